"""Bring in what students handed in, from a folder or a zip.

Known are the zips of Canvas and Moodle, folders with one folder for each student, and files that
are named after the student. A newer submission is never replaced by an older one.

  celib-classroom collect ps1 downloads.zip
  celib-classroom collect ps1 folder --pattern 'group-.*/(?P<id>[a-z]+)/'
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ..collecting import Found, found_in
from ..courses import KEPT, Course, CourseError, load, save
from .options import add_problem_set, course_of, plural

STAMP = "%Y-%m-%d %H:%M:%S UTC"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--pattern", metavar="REGEX", help="whose a path is, as (?P<id>...)")
    parser.add_argument("--force", action="store_true", help="replace newer ones too")
    add_problem_set(parser)
    parser.add_argument("source", type=Path, help="a folder or a zip")


def run(options: argparse.Namespace) -> int:
    """Place each notebook, and say which could not be."""
    course, name = course_of(options), options.problem_set
    if not options.source.exists():
        raise CourseError(f"There is no {options.source}; give a folder or a zip.")
    names = course.notebooks(name)
    placed: dict[str, Found] = {}
    left: list[str] = []
    for found in found_in(options.source, options.pattern):
        problem = _place(course, name, names, found, placed, force=options.force)
        if problem:
            left.append(f"{found.where}: {problem}")
    people = course.root / KEPT / "students.json"
    save(people, load(people) | {one.student: one.name for one in placed.values()})
    for text in left:
        print(text)
    students = {one.student for one in placed.values()}
    print(
        f"{plural(len(placed), 'notebook')} of {plural(len(students), 'student')} brought in, "
        f"{len(left)} left out."
    )
    return int(bool(left))


def _place(
    course: Course,
    assignment: str,
    names: list[str],
    found: Found,
    placed: dict[str, Found],
    *,
    force: bool,
) -> str:
    """Put a notebook where nbgrader looks for it; return why not, if so."""
    if not found.student:
        return "left out: its path does not say whose it is; say how with --pattern."
    notebook = _notebook(found, names)
    if not notebook:
        return f"left out: which of the notebooks {', '.join(names)} is it?"
    folder = course.folder("submitted", found.student, assignment)
    path, stamp = folder / f"{notebook}.ipynb", folder / "timestamp.txt"
    if path.exists() and path.read_bytes() == found.content:
        placed[str(path)] = found
        return ""
    if path.exists() and stamp.exists() and not force:
        there = datetime.strptime(stamp.read_text().strip(), STAMP).replace(tzinfo=UTC)
        if there >= found.time:
            return f"left out: {found.student} has a newer one, of {there:{STAMP}}."
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(found.content)
    stamp.write_text(found.time.strftime(STAMP))
    placed[str(path)] = found
    return ""


def _notebook(found: Found, names: list[str]) -> str:
    """Return which notebook of the problem set a file is; browsers add to its name."""
    if len(names) == 1:
        return names[0]
    file = PurePosixPath(found.where).stem
    fitting = [name for name in names if name in file]
    return max(fitting, key=len, default="")
