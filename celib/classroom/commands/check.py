"""Look at what was handed in before it is graded.

Names what is damaged and how it is put right, and what cannot be graded. Nothing is run.

  celib-classroom check ps1
"""

from __future__ import annotations

import argparse

from ..courses import CourseError
from ..grading import Job, checked
from .options import add_problem_set, course_of, plural


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser, students=True)


def run(options: argparse.Namespace) -> int:
    """Check, and say what was found."""
    jobs = checked(course_of(options), options.problem_set, options.student)
    if not jobs:
        raise CourseError(f"Nobody has handed in {options.problem_set}; `collect` brings it here.")
    print_findings(jobs)
    sound = sum(not (job.unusable or job.findings) for job in jobs)
    unusable = sum(bool(job.unusable) for job in jobs)
    print(
        f"{plural(len(jobs), 'submission')}: {sound} sound, "
        f"{len(jobs) - sound - unusable} put right, {unusable} that cannot be graded."
    )
    return int(unusable > 0)


def print_findings(jobs: list[Job]) -> None:
    """Say what was found in each submission."""
    for job in jobs:
        for text in [f"NOT GRADED. {job.unusable}"] if job.unusable else []:
            print(f"{job.student}: {text}")
        for finding in job.findings:
            print(f"{job.student}: {finding.text}")
