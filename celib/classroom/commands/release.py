"""Make what students get: without solutions and hidden tests.

celib-classroom release ps1
celib-classroom release ps1 --force      after a change of the source
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from ..courses import Course, CourseError
from .options import add_problem_set, course_of

# The end of a traceback, as nbgrader indents it in its log.
RAISED = re.compile(r"^ {4}\w[\w.]*: (.+)$", re.MULTILINE)


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
    """Generate beside the old release, which keeps its place if nbgrader refuses."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".") as aside:
        step = str(Path(aside).relative_to(course.root))
        app = course.app(CourseDirectory={"release_directory": step})
        result = app.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise CourseError(_refusal(result, name, folder))
        if folder.exists():
            os.replace(folder, Path(aside) / "before")
        os.replace(app.coursedir.format_path(step, ".", name), folder)


def _refusal(result: dict[str, str], name: str, folder: Path) -> str:
    log = (result.get("log") or result.get("error") or "").strip()
    said = (RAISED.findall(log) or [log])[-1]
    kept = f"\nNothing was changed: {folder} is as it was." if folder.exists() else ""
    return f"nbgrader could not release {name}. It says: {said}{kept}"
