"""Test cells, executed where the student's code cannot reach: beside the judge, not the student.

The names that a test does not define or import are the student's. They are looked up when the test
asks for them, and arrive as plain data or as functions that are called inside the sandbox.
"""

from __future__ import annotations

import ast
import builtins
import io
import numbers
import traceback
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import celib
from celib.practice.calling import Problem, is_guarded

from .expecting import NOTHING_YET, Unmet
from .student import Ended, Look, Raised, Student, builtin_name

__all__ = ["Outcome", "judged"]

FILE = "<test>"
HIDDEN_FAILED = "A hidden test of this task does not hold."


@dataclass(frozen=True)
class Outcome:
    """What a test cell found.

    Attributes
    ----------
    passed : bool
    message : str
        For the teacher: why it did not pass.
    discreet : str
        For the student: the same without anything of a hidden test, and without inputs.
    with_inputs : str
        The same with the inputs on which a function failed, where the teacher lets them be seen.
    mistake : str or None
        The name of the mistake in the catalogue, where the answer is one.
    points : float or None
        The value of the cell's last line, where that is a number: points for a part.
    printed : str
        What the test printed.
    """

    passed: bool
    message: str = ""
    discreet: str = ""
    with_inputs: str = ""
    mistake: str | None = None
    points: float | None = None
    printed: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


class Names(dict[str, Any]):
    """The names of one test: its own, and behind them the student's."""

    def __init__(self, look: Look, own: dict[str, Any]) -> None:
        super().__init__(own)
        self.look = look

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)  # Python's own: a student's `abs` or `max` is not asked
        value = self.look.get(name)
        self[name] = value
        return value


def judged(student: Student, source: str, released: str, name: str) -> Outcome:
    """Execute a test cell on a student's notebook.

    Parameters
    ----------
    student : Student
    source : str
        The test with all that is hidden.
    released : str
        The test as students have it.
    name : str
        The student's id, which the test sees as ``STUDENT``.
    """
    printed = io.StringIO()
    own = {"np": np, "celib": celib, "STUDENT": name, "__name__": "__test__"}
    own["print"] = lambda *values, **options: print(*values, **{"file": printed} | options)
    token = is_guarded.set(True)
    try:
        with student.look() as look:
            points = _executed(source, Names(look, own))
    except (Exception, Ended) as error:
        return _failed(error, source, released, printed.getvalue())
    finally:
        is_guarded.reset(token)
    return Outcome(True, points=points, printed=printed.getvalue())


def _executed(source: str, names: Names) -> float | None:
    """Execute a cell, and return the value of its last line if that is a number."""
    tree = ast.parse(source, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    value = eval(compile(ast.Expression(last.value), FILE, "eval"), names)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return float(value) if is_number else None


def _failed(error: BaseException, source: str, released: str, printed: str) -> Outcome:
    if isinstance(error, Unmet):
        text = str(error)
        return Outcome(False, text, error.discreet, text, error.mistake, printed=printed)
    line = _line(error, source)
    message, discreet = _told(error, line)
    if not discreet:
        visible = line in map(str.strip, released.splitlines())
        discreet = message if visible else HIDDEN_FAILED
    theirs = isinstance(error, Raised | Problem)
    return Outcome(False, message, discreet, message if theirs else discreet, printed=printed)


def _told(error: BaseException, line: str) -> tuple[str, str]:
    """Return what to tell the teacher, and the student; empty if that depends on where it was."""
    if isinstance(error, NotImplementedError):
        return NOTHING_YET, NOTHING_YET
    if isinstance(error, Raised):
        name = type(error).__name__
        told = f"Your function raises {name}"
        return f"{told}: {error}".rstrip(": "), f"Your function raises {builtin_name(name)}."
    if isinstance(error, Problem):
        return f"Your function {error}.", f"Your function {str(error).partition(':')[0]}."
    if isinstance(error, Ended | NameError):
        return str(error), str(error)
    if isinstance(error, AssertionError):
        return str(error) or f"`{line}` does not hold.", ""
    return f"The test ends with {type(error).__name__}: {error}", ""


def _line(error: BaseException, source: str) -> str:
    """Return the line of the test in which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    numbers = [frame.lineno or 0 for frame in frames if frame.filename == FILE]
    lines = ["", *source.splitlines()]
    return lines[numbers[-1]].strip() if numbers else ""
