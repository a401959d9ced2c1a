"""Make what students get: without solutions and hidden tests.

celib-classroom release ps1
celib-classroom release ps1 --force      after a change of the source
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from ..courses import KEPT, Course, CourseError
from .options import add_problem_set, course_of


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser)
    parser.add_argument("--force", action="store_true", help="make it again")


def run(options: argparse.Namespace) -> int:
    """Let nbgrader generate the assignment."""
    course, name = course_of(options), options.problem_set
    if name not in course.assignments():
        known = ", ".join(course.assignments()) or "none"
        raise CourseError(f"There is no problem set {name!r} in source; there are: {known}.")
    folder = course.folder("release", ".", name)
    if folder.exists() and not options.force:
        raise CourseError(f"{folder} is there already. Make it again with --force.")
    _generate(course, name, folder)
    print(f"{name} is released: give students what is in {folder}.")
    return 0


def _generate(course: Course, name: str, folder: Path) -> None:
    """Generate beside the old release, which stays in its place if nbgrader refuses."""
    aside = f"{KEPT}/releasing"
    made = course.root / aside
    shutil.rmtree(made, ignore_errors=True)
    app = course.app(CourseDirectory={"release_directory": aside})
    result = app.generate_assignment(name, force=True, create=True)
    if not result["success"]:
        kept = f" {folder} is as it was." if folder.exists() else ""
        log = result.get("log") or result.get("error") or ""
        raise CourseError(f"nbgrader could not release {name}.{kept} It says:\n{_complaint(log)}")
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    os.replace(app.coursedir.format_path(aside, ".", name), folder)
    shutil.rmtree(made)


def _complaint(log: str) -> str:
    """Return the last line but nbgrader's own summing up, or all if there is none."""
    lines = [line for line in log.strip().splitlines() if line.startswith(ERRORS)]
    return "\n".join(lines) or log.strip()
