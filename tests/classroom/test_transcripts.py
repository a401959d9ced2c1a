"""What of a notebook is run and what is judged, and what a verdict looks like in it."""

import hashlib
from typing import ClassVar

import pytest

from celib.classroom import transcripts
from celib.classroom.judge import Outcome
from celib.classroom.limits import Limits
from celib.classroom.student import Ended
from celib.classroom.transcripts import _run, _shown, key_of, script_of


def cell(source, kind="code", **grading):
    metadata = {"nbgrader": grading} if grading else {}
    return {"cell_type": kind, "source": source, "metadata": metadata}


NOTEBOOK = {
    "cells": [
        cell("Welcome", "markdown", locked=True, grade_id="intro"),
        cell("import math"),
        cell("half = 1 / 2", solution=True, grade_id="half"),
        cell("assert half == 0.5", grade=True, grade_id="half-test", points=2),
        cell("assert half < 1", grade=True, grade_id="hidden-test", points=1),
        # Code that the teacher reads and gives points for: nothing can judge it.
        cell("draw()", grade=True, solution=True, grade_id="picture", points=3),
    ]
}


def test_cells_are_run_and_only_the_teachers_tests_are_judged():
    script = script_of(NOTEBOOK, {"half-test": "# as released"})
    assert [step["kind"] for step in script] == ["run", "run", "test", "test", "run"]
    assert script[-1]["source"] == "draw()"
    test, hidden = script[2:4]
    assert (test["name"], test["points"], test["source"], test["released"]) == (
        "half-test",
        2.0,
        "assert half == 0.5",
        "# as released",
    )
    assert hidden["released"] == ""


def test_another_run_has_another_key():
    script = script_of(NOTEBOOK, {})
    keys = [
        key_of(script, "ann", trusted=False),
        key_of(script, "bob", trusted=False),
        key_of(script, "ann", trusted=True),
        key_of(script[:-1], "ann", trusted=False),
    ]
    assert len(set(keys)) == 4
    assert key_of(script_of(NOTEBOOK, {}), "ann", trusted=False) == keys[0]


def test_a_verdict_is_what_nbgrader_takes_points_from():
    assert _shown(Outcome(True)) == []
    (part,) = _shown(Outcome(True, points=0.5))
    assert part["output_type"] == "execute_result"
    assert part["data"] == {"text/plain": "0.5"}
    printed, error = _shown(Outcome(False, "It is a third.", "No.", printed="for ann\n"))
    assert (printed["output_type"], printed["name"]) == ("stream", "stdout")
    assert printed["text"] == "for ann\n"
    assert (error["output_type"], error["ename"]) == ("error", "AssertionError")
    assert error["evalue"] == "It is a third."
    assert error["traceback"] == ["AssertionError: It is a third."]


def test_a_cell_that_was_not_run_says_why():
    class Gone:
        def run(self, source):
            raise Ended("The notebook was stopped.")

    (error,) = _run(Gone(), "half = 1 / 2")
    assert (error["ename"], error["evalue"]) == ("NotRun", "The notebook was stopped.")


class Notebook:
    """Stands for a student's: gives back what it is to run, and may end."""

    made: ClassVar[list] = []

    def __init__(self, limits, *, trusted):
        self.made.append((limits, trusted))
        self.why_ended = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.why_ended = self.why_ended or "It was ended."

    def run(self, source):
        if "leave" in source:
            self.why_ended = "It has left."
        if self.why_ended:
            raise Ended(self.why_ended)
        return [source]


@pytest.mark.parametrize("trusted", [False, True])
def test_a_transcript_has_all_that_was_put_out_and_earned(monkeypatch, trusted):
    judged = []

    def judge(notebook, *about):
        judged.append(about)
        return Outcome(False, "A third.", "No.") if len(judged) == 1 else Outcome(True, points=0.5)

    monkeypatch.setattr(transcripts, "Student", Notebook)
    monkeypatch.setattr(transcripts, "judged", judge)
    script = script_of(NOTEBOOK, {"half-test": "# as released"})
    found = transcripts.transcript(script, "ann", Limits(cell=3).as_dict(), trusted=trusted)
    assert Notebook.made[-1] == (Limits(cell=3), trusted)
    assert judged == [
        ("assert half == 0.5", "# as released", "ann"),
        ("assert half < 1", "", "ann"),
    ]
    assert found.pop("key") == key_of(script, "ann", trusted=trusted)
    tests = {
        "half-test": Outcome(False, "A third.", "No.").as_dict() | {"most": 2.0},
        "hidden-test": Outcome(True, points=0.5).as_dict() | {"most": 1.0},
    }
    assert found == {
        "student": "ann",
        "sandbox": "none: trusted" if trusted else "bubblewrap",
        "ended": "",
        "outputs": [
            ["import math"],
            ["half = 1 / 2"],
            _shown(Outcome(False, "A third.", "No.")),
            _shown(Outcome(True, points=0.5)),
            ["draw()"],
        ],
        "tests": tests,
    }


def test_what_comes_after_the_end_is_not_run(monkeypatch):
    monkeypatch.setattr(transcripts, "Student", Notebook)
    script = [{"kind": "run", "source": source} for source in ("1", "leave()", "2")]
    found = transcripts.transcript(script, "ann", {}, trusted=False)
    assert found["ended"] == "It has left."
    first, *others = found["outputs"]
    assert first == ["1"]
    (error,) = others[0]
    assert others == [[error], [error]]
    assert error == {
        "output_type": "error",
        "ename": "NotRun",
        "evalue": "It has left.",
        "traceback": ["NotRun: It has left."],
    }


def test_a_key_is_the_same_as_yesterday():
    # Else a new version of ours would run every class again.
    known = hashlib.sha256(b'[1, [{"a": 1, "b": 2}], "ann", false]').hexdigest()
    assert key_of([{"b": 2, "a": 1}], "ann", trusted=False) == known


def test_a_task_that_is_read_is_run():
    (step,) = script_of({"cells": [cell("x", grade=False, locked=True, grade_id="a")]}, {})
    assert step == {"kind": "run", "source": "x"}


def test_a_verdict_is_written_as_notebooks_have_it():
    (part,) = _shown(Outcome(True, points=2.0))
    assert part == {
        "output_type": "execute_result",
        "data": {"text/plain": "2.0"},
        "metadata": {},
    }
    (zero,) = _shown(Outcome(True, points=0.0))
    assert zero["data"] == {"text/plain": "0.0"}
    (failed,) = _shown(Outcome(False, points=1.0, message="No."))
    assert failed["ename"] == "AssertionError"
