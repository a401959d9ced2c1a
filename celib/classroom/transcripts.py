"""One student's notebook, run and judged: a transcript of what each cell put out and earned."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .judge import Outcome, judged
from .limits import Limits
from .student import Ended, Student

__all__ = ["key_of", "script_of", "transcript"]

# A change of how answers are judged makes the transcripts of before out of date.
VERSION = 1


def key_of(script: list[dict[str, Any]], student: str, *, trusted: bool) -> str:
    """Return what tells one run from another: the same key, the same transcript."""
    parts = [VERSION, script, student, trusted]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def transcript(
    script: list[dict[str, Any]], student: str, limits: dict[str, float], *, trusted: bool
) -> dict[str, Any]:
    """Run a notebook's cells and judge its tests.

    Parameters
    ----------
    script : list of dict
        The code cells in order, as plain data: ``kind`` is ``run`` or ``test``, then ``id``,
        ``source``, and for a test its ``name``, its ``points`` and the source as ``released``.
    student : str
        The student's id.
    limits : dict
        As `Limits` has them.
    trusted : bool
        Whether to do without a sandbox.

    Returns
    -------
    dict
        Plain data: the ``outputs`` of each cell by its id, the ``tests`` by name, and how it was
        run.
    """
    outputs: list[Any] = []
    tests: dict[str, Any] = {}
    ended = ""
    with Student(Limits(**limits), trusted=trusted) as notebook:  # type: ignore[arg-type]
        for cell in script:
            if cell["kind"] == "run":
                outputs.append(_run(notebook, cell["source"]))
                continue
            outcome = judged(notebook, cell["source"], cell["released"], student)
            outputs.append(_shown(outcome))
            tests[cell["name"]] = outcome.as_dict() | {"most": cell["points"]}
        ended = notebook.why_ended
    return {
        "key": key_of(script, student, trusted=trusted),
        "student": student,
        "sandbox": "none: trusted" if trusted else "bubblewrap",
        "ended": ended,
        "outputs": outputs,
        "tests": tests,
    }


def script_of(notebook: dict[str, Any], released: dict[str, str]) -> list[dict[str, Any]]:
    """Return the code cells of a repaired notebook as `transcript` takes them.

    Parameters
    ----------
    notebook : dict
        With the whole tests in it.
    released : dict of str to str
        The tests by name, as students have them.
    """
    return [_step(cell, released) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _step(cell: dict[str, Any], released: dict[str, str]) -> dict[str, Any]:
    grading = cell["metadata"].get("nbgrader", {})
    if not grading.get("grade") or grading.get("solution"):
        return {"kind": "run", "source": cell["source"]}
    name = grading["grade_id"]
    return {
        "kind": "test",
        "name": name,
        "points": float(grading["points"]),
        "source": cell["source"],
        "released": released.get(name, ""),
    }


def _run(notebook: Student, source: str) -> list[dict[str, Any]]:
    try:
        return notebook.run(source)
    except Ended as ended:
        return [_error("NotRun", str(ended))]


def _shown(outcome: Outcome) -> list[dict[str, Any]]:
    """Return a test's outcome as outputs from which nbgrader takes the points."""
    shown: list[dict[str, Any]] = []
    if outcome.printed:
        shown.append({"output_type": "stream", "name": "stdout", "text": outcome.printed})
    if not outcome.passed:
        return [*shown, _error("AssertionError", outcome.message)]
    if outcome.points is not None:
        data = {"text/plain": repr(outcome.points)}
        shown.append({"output_type": "execute_result", "data": data, "metadata": {}})
    return shown


def _error(name: str, message: str) -> dict[str, Any]:
    told = f"{name}: {message}"
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [told]}
