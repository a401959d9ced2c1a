"""Make what students get: without solutions and hidden tests.

celib-classroom release ps1
celib-classroom release ps1 --force      after a change of the source
"""

from __future__ import annotations

import argparse

from ..courses import CourseError
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
    result = course.app().generate_assignment(name, force=options.force, create=True)
    if not result["success"]:
        log = result.get("log") or result.get("error") or ""
        raise CourseError(f"nbgrader could not release {name}:\n{log.strip()}")
    print(f"{name} is released: give students what is in {folder}.")
    return 0
