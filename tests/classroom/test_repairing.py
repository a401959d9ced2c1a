"""Damaged submissions are put right from the teacher's notebook, and answers are left alone."""

import copy
import json
import os

import pytest

pytest.importorskip("nbformat", reason="needs nbformat: install the extra classroom")

from celib.classroom.masters import as_master
from celib.classroom.repairing import Unusable, read, repaired


def cell(name, source, kind="code", **grading):
    marks = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {
        "cell_type": kind,
        "id": f"id-{name}",
        "metadata": {"nbgrader": {**marks, **grading, "grade_id": name}} if grading else {},
        "source": source,
        **({"outputs": [], "execution_count": None} if kind == "code" else {}),
    }


RELEASED = {
    "cells": [
        cell("intro", "Welcome", "markdown", locked=True),
        cell("setup", "import numpy as np"),
        cell("one", "# YOUR CODE HERE", solution=True),
        cell("one-test", "assert one == 1", grade=True, locked=True, points=1),
        cell("two", "# YOUR CODE HERE", solution=True),
        cell("two-test", "", grade=True, locked=True, points=2),
        cell("why", "YOUR ANSWER HERE", "markdown", grade=True, solution=True, points=3),
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
HIDDEN = {"intro": "Welcome", "one-test": "assert one == 1", "two-test": "assert two == 2"}
MASTER = as_master(RELEASED, HIDDEN)
ORDER = ["intro", "one", "one-test", "two", "two-test", "why"]


@pytest.fixture
def submitted():
    notebook = copy.deepcopy(RELEASED)
    find(notebook, "one")["source"] = "one = 1"
    find(notebook, "two")["source"] = "two = 2"
    find(notebook, "why")["source"] = "Because."
    return notebook


def name(one):
    return one["metadata"].get("nbgrader", {}).get("grade_id", "")


def find(notebook, wanted):
    (found,) = [one for one in notebook["cells"] if name(one) == wanted]
    return found


def sources(notebook):
    return [one["source"] for one in notebook["cells"]]


def mended(notebook):
    before = copy.deepcopy(notebook)
    result, findings = repaired(notebook, MASTER)
    assert notebook == before
    assert [name(one) for one in result["cells"] if name(one)] == ORDER
    ids = [one["id"] for one in result["cells"]]
    assert len(ids) == len(set(ids))
    return result, [finding.kind for finding in findings]


def test_a_sound_one_gets_its_hidden_tests_and_nothing_is_said(submitted):
    result, kinds = mended(submitted)
    assert kinds == []
    assert find(result, "two-test")["source"] == "assert two == 2"
    assert sources(result)[1:3] == ["import numpy as np", "one = 1"]


@pytest.mark.parametrize("lost", ORDER)
def test_a_lost_cell_is_put_back(submitted, lost):
    submitted["cells"].remove(find(submitted, lost))
    result, kinds = mended(submitted)
    assert kinds == ["deleted"]
    if lost in HIDDEN:
        assert find(result, lost)["source"] == HIDDEN[lost]
    else:
        # Not the stub, which might undo what the student wrote elsewhere.
        assert "was missing" in find(result, lost)["source"]


def test_of_two_answers_the_last_that_says_something_counts(submitted):
    place = submitted["cells"].index(find(submitted, "one"))
    old, new, stub = (copy.deepcopy(submitted["cells"][place]) for _ in range(3))
    old["source"], new["source"], stub["source"] = "one = 0", "one = 7", "# YOUR CODE HERE"
    submitted["cells"][place : place + 1] = [old, new, stub]
    result, kinds = mended(submitted)
    assert kinds == ["duplicated"]
    assert find(result, "one")["source"] == "one = 7"
    assert "one = 0" in sources(result)  # it ran in the student's notebook, and runs in ours


def test_a_copied_test_is_there_once(submitted):
    submitted["cells"].append(copy.deepcopy(find(submitted, "one-test")))
    result, kinds = mended(submitted)
    assert kinds == ["duplicated"]
    assert sources(result).count("assert one == 1") == 1


def test_moved_cells_take_their_followers_along(submitted):
    note = cell("note", "helper = 3")
    submitted["cells"].insert(submitted["cells"].index(find(submitted, "two")) + 1, note)
    cells = submitted["cells"]
    cells[2:4], cells[4:6] = cells[4:6], cells[2:4]
    result, kinds = mended(submitted)
    assert kinds == ["reordered"]
    place = sources(result).index("helper = 3")
    assert name(result["cells"][place - 1]) == "two"


def test_an_edited_test_is_the_teachers_again(submitted):
    find(submitted, "one-test")["source"] = "pass"
    result, kinds = mended(submitted)
    assert kinds == ["edited"]
    assert find(result, "one-test")["source"] == "assert one == 1"


def test_points_cannot_be_given_to_oneself(submitted):
    find(submitted, "one-test")["metadata"]["nbgrader"]["points"] = 100
    find(submitted, "one")["metadata"]["nbgrader"].update(grade=True, points=50)
    result, _ = mended(submitted)
    assert find(result, "one-test")["metadata"]["nbgrader"]["points"] == 1
    assert "points" not in find(result, "one")["metadata"]["nbgrader"]


def test_a_retyped_answer_is_code_again(submitted):
    one = find(submitted, "one")
    one["cell_type"] = "markdown"
    del one["outputs"], one["execution_count"]
    result, kinds = mended(submitted)
    assert kinds == ["retyped"]
    assert find(result, "one")["cell_type"] == "code"
    assert find(result, "one")["outputs"] == []


def test_cells_without_marks_are_known_by_their_id(submitted):
    for one in submitted["cells"]:
        one["metadata"] = {}
    result, kinds = mended(submitted)
    assert set(kinds) == {"unmarked"}
    assert find(result, "one")["source"] == "one = 1"


def test_marks_that_are_not_the_teachers_are_dropped(submitted):
    strange = cell("stranger", "x = 1", grade=True, locked=True, points=99)
    submitted["cells"].append(strange)
    result, _ = mended(submitted)
    assert "x = 1" in sources(result)


def test_another_notebook_is_not_graded():
    with pytest.raises(Unusable, match="another notebook"):
        repaired({"cells": [cell("x", "1")], "metadata": {}}, MASTER)


def test_cells_of_an_older_format_have_no_ids_and_get_some(submitted):
    for one in submitted["cells"]:
        del one["id"]
    result, kinds = mended(submitted)
    assert kinds == []
    assert all(one["id"] for one in result["cells"])


def test_what_a_student_pasted_into_an_answer_stays_attached(submitted):
    find(submitted, "why")["attachments"] = {"a.png": {"image/png": ""}}
    result, _ = mended(submitted)
    assert find(result, "why")["attachments"] == {"a.png": {"image/png": ""}}


def test_an_enormous_file_is_not_even_read(tmp_path):
    path = tmp_path / "small.ipynb"
    with open(path, "wb") as file:
        os.truncate(file.fileno(), 101 << 20)  # it takes no room on the disk
    with pytest.raises(Unusable, match="has 101 MB; ask for it without its outputs"):
        read(path)


def test_a_large_file_is_read_and_its_size_told(tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(RELEASED) + " " * (11 << 20), encoding="utf-8")
    notebook, findings = read(path)
    assert len(notebook["cells"]) == len(RELEASED["cells"])
    (finding,) = findings
    assert finding.kind == "huge"
    assert "has 11 MB" in finding.text
    path.write_text(json.dumps(RELEASED) + " " * (9 << 20), encoding="utf-8")
    assert read(path)[1] == []


@pytest.mark.parametrize(
    "metadata,said",
    [
        ({}, []),
        ({"kernelspec": {"name": "python3"}}, []),
        ({"kernelspec": {"language": "Python"}}, []),
        ({"language_info": {"name": "python"}}, []),
        ({"kernelspec": {"language": "R"}}, ["r"]),
        ({"kernelspec": {}, "language_info": {"name": "julia"}}, ["julia"]),
    ],
    ids=str,
)
def test_another_language_is_told(tmp_path, metadata, said):
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(RELEASED | {"metadata": metadata}), encoding="utf-8")
    _, findings = read(path)
    assert [one.kind for one in findings] == ["kernel"] * len(said)
    assert all(f"written in {one};" in findings[0].text for one in said)
