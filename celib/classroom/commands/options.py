"""Options that several commands share."""

from __future__ import annotations

import argparse
import sys
import time

from ..courses import Course

__all__ = ["Bar", "add_course", "add_problem_set", "course_of", "plural"]


def add_course(parser: argparse.ArgumentParser) -> None:
    """Let the command be told where the course is."""
    parser.add_argument(
        "--course", default=".", metavar="FOLDER", help="the course; here if left out"
    )


def add_problem_set(parser: argparse.ArgumentParser, *, students: bool = False) -> None:
    """Let the command be told which problem set it is about, and whose."""
    parser.add_argument("problem_set", help="its name, such as ps1")
    add_course(parser)
    if students:
        parser.add_argument(
            "--student", action="append", metavar="ID", help="only this one; may be repeated"
        )


def course_of(options: argparse.Namespace) -> Course:
    """Return the course that the command is about."""
    return Course(options.course)


def plural(count: int, one: str, many: str = "") -> str:
    """Count something in words.

    Examples
    --------
    >>> plural(1, "student"), plural(2, "student")
    ('1 student', '2 students')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


class Bar:
    """How far a long command is, and for how long it will still run; on terminals only.

    Parameters
    ----------
    most : int
        How many steps there are.
    """

    WIDTH = 30

    def __init__(self, most: int) -> None:
        self.most, self.done, self.start = most, 0, time.monotonic()

    def __call__(self, step: str) -> None:
        """Tell that a step is done."""
        self.done += 1
        if not sys.stderr.isatty():
            return
        share = self.done / self.most
        left = (time.monotonic() - self.start) * (1 / share - 1)
        bar = ("#" * round(share * self.WIDTH)).ljust(self.WIDTH, ".")
        text = f"\r[{bar}] {self.done}/{self.most}  about {left:.0f} s left  {step:<24.24}"
        print(text, end="\n" if self.done == self.most else "", file=sys.stderr, flush=True)
