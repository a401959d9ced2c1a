"""Problem sets run and graded in this process, quickly: cells as code, without a kernel."""

import copy
import functools
import re
import types
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np

from celib.practice.calling import is_guarded

ASSIGNMENTS = Path(__file__).parents[3] / "notebooks" / "assignments"
NAMES = sorted(path.stem for path in ASSIGNMENTS.glob("*/*.ipynb"))
STUDENT = "ada"
# What nbgrader puts in the place of a solution, unless it is told otherwise.
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
PLAIN = (bool, int, float, str, list, tuple, dict, np.ndarray, np.generic, types.NoneType)


class Cell(NamedTuple):
    """A cell of a problem set, with what nbgrader knows of it."""

    id: str
    type: str
    source: str
    is_solution: bool
    is_test: bool
    points: int


class Wrong(NamedTuple):
    """A wrong solution: what it loses, and the mistake that the grade should name."""

    what: str
    code: str
    loses: set
    mistake: str | None = None


class Right(NamedTuple):
    """A solution that is right, and written otherwise than in the source."""

    what: str
    code: str


@functools.cache
def notebook(name):
    return nbformat.read(ASSIGNMENTS / name / f"{name}.ipynb", as_version=4)


@functools.cache
def cells(name):
    found = []
    for cell in notebook(name).cells:
        known = cell.metadata.get("nbgrader", {})
        found.append(
            Cell(
                cell.id,
                cell.cell_type,
                cell.source,
                bool(known.get("solution")),
                bool(known.get("grade")) and cell.cell_type == "code",
                known.get("points", 0),
            )
        )
    return found


def points_of_tests(name):
    return {cell.id: cell.points for cell in cells(name) if cell.is_test}


def tasks(name):
    """Give the id of each solution cell, with the ids of the tests that follow it."""
    found = {}
    for cell in cells(name):
        if cell.is_solution and cell.type == "code":
            judged = found[cell.id] = []
        if cell.is_test:
            judged.append(cell.id)
    return found


def region(kind):
    return re.compile(rf"^([ \t]*)### BEGIN {kind}\n.*?^[ \t]*### END {kind}$", re.M | re.S)


def without_solution(source):
    """Return a solution cell as nbgrader releases it."""
    return region("SOLUTION").sub(
        lambda found: "\n".join(found[1] + line for line in STUB.splitlines()), source
    )


def without_hidden_tests(source):
    """Return a test cell as nbgrader releases it."""
    return re.sub(r"\n?\Z", "", region("HIDDEN TESTS").sub("", source).replace("\n\n\n", "\n\n"))


def graded(name, answers=None, *, apart=True, pictures=False, released=False):
    """Run a problem set and return the message of each failed test cell.

    ``answers`` replaces the source of cells by their id. Test cells run ``apart``, with nothing of
    the student's but functions and plain data, or as in nbgrader's kernel, among the student's.
    """
    answers = {"who": f'student = "{STUDENT}"'} | (answers or {})
    names, failed = {"__name__": "__main__"}, {}
    for cell in cells(name):
        if cell.type != "code" or (cell.id.startswith("picture") and not pictures):
            continue
        source = answers.get(cell.id, cell.source)
        if released and cell.is_solution:
            source = without_solution(source)
        if cell.is_test:
            around = fetched(names) | {"STUDENT": STUDENT} if apart else names
            if (message := error(source, around)) is not None:
                failed[cell.id] = message
        else:
            message = error(source, names)
            allowed = cell.is_solution and (released or cell.id in answers)
            assert message is None or allowed, f"{name}, {cell.id}: {message}"
    return failed


@np.errstate(all="ignore")  # a student may see a warning that the house would not tolerate
def error(source, names):
    """Run a cell and return what it raised, in words, or None."""
    token = is_guarded.set(True)  # as in the judge; and no answer of the banks runs for ever
    try:
        exec(compile(source, "a cell", "exec", dont_inherit=True), names)
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    finally:
        is_guarded.reset(token)
    return None


def fetched(names):
    """Return what a judge outside the student's process can have of the student's names."""
    return {
        name: value if callable(value) else copy.deepcopy(value)
        for name, value in names.items()
        if isinstance(value, PLAIN) or (callable(value) and not isinstance(value, type))
    }
