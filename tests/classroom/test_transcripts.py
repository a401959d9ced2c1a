"""What of a notebook is run and what is judged, and what a verdict looks like in it."""

from celib.classroom.judge import Outcome
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
