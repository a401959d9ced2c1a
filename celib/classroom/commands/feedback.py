"""Write a page for each student: what was earned, and what a wrong answer is a sign of.

A page has the tests as students know them, never a hidden one. The inputs on which a function
failed are shown only if you say so.

  celib-classroom feedback ps1
  celib-classroom feedback ps1 --show-inputs
"""

from __future__ import annotations

import argparse
import shutil

from ..courses import Course
from ..pages import page
from ..results import Result, results
from .options import add_problem_set, course_of, plural

# What `nbgrader release_feedback` asks for beside a page, where a JupyterHub's exchange gave it.
FOR_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser)
    parser.add_argument(
        "--show-inputs", action="store_true", help="also the inputs on which a function failed"
    )


def run(options: argparse.Namespace) -> int:
    """Write the pages."""
    course, name = course_of(options), options.problem_set
    graded = [one for one in results(course, name) if one.is_graded]
    for result in graded:
        _write(course, name, result, show_inputs=options.show_inputs)
    print(f"{plural(len(graded), 'page')} in {course.root / 'feedback'}.")
    return 0


def _write(course: Course, assignment: str, result: Result, *, show_inputs: bool) -> None:
    folder = course.folder("feedback", result.student, assignment)
    folder.mkdir(parents=True, exist_ok=True)
    for notebook, questions in result.questions.items():
        master = course.master(assignment, notebook)
        text = page(assignment, result, questions, master.released, show_inputs=show_inputs)
        (folder / f"{notebook}.html").write_text(text, encoding="utf-8")
    # As it was graded: what was handed in since has a secret of its own.
    graded = course.folder("autograded", result.student, assignment)
    for name in FOR_THE_EXCHANGE:
        if (graded / name).exists():
            shutil.copyfile(graded / name, folder / name)
