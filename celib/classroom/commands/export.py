"""Write the grades as a table for your learning platform, or your own.

celib-classroom export ps1                     one column for each question
celib-classroom export ps1 --to canvas --out ps1.csv
celib-classroom export ps1 --to moodle --questions
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..results import Result, results
from .options import add_problem_set, course_of, plural

Row = dict[str, Any]


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser)
    parser.add_argument("--to", choices=sorted(LAYOUTS), default="nbgrader", help="whose layout")
    parser.add_argument("--questions", action="store_true", help="a column for each question, too")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="PROBLEM_SET-LAYOUT.csv by default"
    )


def run(options: argparse.Namespace) -> int:
    """Write the table."""
    name = options.problem_set
    found = results(course_of(options), name)
    layout = LAYOUTS[options.to]
    rows = [layout(name, result) for result in found]
    if options.questions or options.to == "nbgrader":
        for row, result in zip(rows, found, strict=True):
            row.update({one.name: _number(one.points) for one in result.all})
    path = options.out or Path(f"{name}-{options.to}.csv")
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    missing = [one.student for one in found if not one.is_graded]
    waiting = [one.student for one in found if any(question.waits for question in one.all)]
    print(f"{path}: {plural(len(rows), 'student')}.")
    if missing:
        print(f"Not graded, so left blank: {', '.join(missing)}.", file=sys.stderr)
    if waiting:
        print(f"With written answers still to be read: {', '.join(waiting)}.", file=sys.stderr)
    return int(bool(missing))


def _nbgrader(name: str, result: Result) -> Row:
    return {
        "assignment": name,
        "student_id": result.student,
        "name": result.person,
        "score": _number(result.points) if result.is_graded else "",
        "max_score": _number(result.most) if result.is_graded else "",
        "sandbox": result.sandbox or "not graded",
    }


def _canvas(name: str, result: Result) -> Row:
    return {
        "Student": result.person,
        "ID": result.student,
        "SIS Login ID": "",
        "Section": "",
        name: _number(result.points) if result.is_graded else "",
    }


def _moodle(name: str, result: Result) -> Row:
    return {
        "Identifier": f"Participant {result.student}",
        "Full name": result.person,
        "Grade": _number(result.points) if result.is_graded else "",
        "Maximum Grade": _number(result.most) if result.is_graded else "",
    }


def _number(points: float) -> str:
    return f"{points:.4g}"


LAYOUTS: dict[str, Callable[[str, Result], Row]] = {
    "nbgrader": _nbgrader,
    "canvas": _canvas,
    "moodle": _moodle,
}
