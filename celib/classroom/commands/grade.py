"""Run every notebook in a sandbox, judge it, and write the grades to nbgrader's gradebook.

Stopped at any moment, the same command goes on where it was.

  celib-classroom grade ps1
  celib-classroom grade ps1 --student ann --student bob
  celib-classroom grade ps1 --scheduler tcp://head-node:8786
"""

from __future__ import annotations

import argparse

from ..courses import CourseError
from ..grading import grade
from ..limits import Limits
from .check import print_findings
from .options import Bar, add_problem_set, course_of, plural


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser, students=True)
    limits = Limits()
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")
    parser.add_argument("--cell-seconds", type=float, default=limits.cell, help="for a cell")
    parser.add_argument("--seconds", type=float, default=limits.total, help="for a notebook")
    parser.add_argument("--memory", type=float, default=limits.memory / (1 << 30), help="in GB")
    parser.add_argument(
        "--trust", action="store_true", help="run students' code WITHOUT a sandbox; grades say so"
    )


def run(options: argparse.Namespace) -> int:
    """Grade, and say how it went."""
    course, name = course_of(options), options.problem_set
    students = options.student or course.students(name)
    if not students:
        raise CourseError(f"Nobody has handed in {name}; `collect` brings it here.")
    limits = Limits(
        cell=options.cell_seconds,
        total=options.seconds,
        memory=round(options.memory * (1 << 30)),
    )
    done = grade(
        course,
        name,
        students=students,
        scheduler=options.scheduler,
        limits=limits,
        trusted=options.trust,
        progress=Bar(len(students)),
    )
    print_findings([job for job in done.jobs if job.student in done.graded])
    for student, why in done.failed.items():
        print(f"{student}: NOT GRADED, and no zero. {why}")
    before = f", {len(done.before)} had been before" if done.before else ""
    print(
        f"{plural(len(done.graded), 'submission')} graded{before}, {len(done.failed)} not graded."
        + (" Students' code ran without a sandbox." if options.trust else "")
    )
    return int(bool(done.failed))
