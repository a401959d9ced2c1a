"""Damaged submissions are put right from the teacher's notebook, and answers are left alone."""

import copy
import json
import os

import pytest

pytest.importorskip("nbformat", reason="needs nbformat: install the extra classroom")

from celib.classroom import repairing
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


def told(notebook):
    return [(one.kind, one.text) for one in repaired(notebook, MASTER)[1]]


def test_every_repair_is_told_in_words(submitted):
    assert told(submitted) == []
    cells = submitted["cells"]
    cells.append(copy.deepcopy(find(submitted, "one")))
    cells.append(copy.deepcopy(find(submitted, "two-test")))
    find(submitted, "one-test")["source"] = "pass"
    find(submitted, "why")["cell_type"] = "raw"
    cells.remove(find(submitted, "two"))
    cells.remove(find(submitted, "intro"))
    assert told(submitted) == [
        ("duplicated", "The cell `one` is there 2 times; the last that was changed counts."),
        ("duplicated", "The cell `two-test` is there 2 times; it is judged once."),
        ("reordered", "Cells of yours were moved; they were put back in order."),
        ("deleted", "The cell `intro` was missing; it was put back."),
        ("edited", "The cell `one-test`, which is yours, was edited; your own text counts."),
        ("deleted", "The cell `two` was missing; it is taken as not answered."),
        ("retyped", "The cell `why` was of type raw; it is markdown again."),
    ]


def test_a_mark_that_was_lost_is_told(submitted):
    find(submitted, "one")["metadata"] = {}
    assert told(submitted) == [
        ("unmarked", "The cell `one` had lost its mark; it was known by its id.")
    ]


def test_what_is_put_back_for_an_answer_is_a_comment_where_it_is_code(submitted):
    for lost in ("one", "why"):
        submitted["cells"].remove(find(submitted, lost))
    result, _ = mended(submitted)
    words = "This cell was missing from what was handed in; it was put back without an answer."
    assert find(result, "one")["source"] == f"# {words}"
    assert find(result, "why")["source"] == words
    assert find(RELEASED, "one")["source"] == "# YOUR CODE HERE"  # the teacher's own is as it was


def test_blanks_around_a_cell_are_no_change(submitted):
    find(submitted, "one-test")["source"] = "\nassert one == 1 \n"
    find(submitted, "two-test")["source"] = "assert two == 2\n"  # whole, as a teacher would try it
    stub = copy.deepcopy(find(submitted, "one"))
    stub["source"] = "# YOUR CODE HERE\n\n"
    submitted["cells"].insert(3, stub)
    result, kinds = mended(submitted)
    assert kinds == ["duplicated"]
    assert find(result, "one")["source"] == "one = 1"
    assert find(result, "one-test")["source"] == "assert one == 1"


def test_of_answers_that_nobody_changed_the_first_is_kept(submitted):
    one = find(submitted, "one")
    one["source"], one["metadata"]["first"] = "# YOUR CODE HERE", True
    again = copy.deepcopy(one)
    again["metadata"]["first"] = False
    submitted["cells"].append(again)
    result, _ = mended(submitted)
    assert find(result, "one")["metadata"]["first"] is True
    assert name(result["cells"][-1]) == ""  # the copy, as an ordinary cell


def test_what_stands_before_the_first_of_the_teachers_stays_there(submitted):
    first, last = cell("first", "x = 1"), cell("last", "y = 2")
    submitted["cells"] = [first, *submitted["cells"], last]
    result, kinds = mended(submitted)
    assert kinds == []
    assert sources(result)[0] == "x = 1"
    assert sources(result)[-1] == "y = 2"
    assert sources(result)[1:3] == ["Welcome", "import numpy as np"]


def test_a_mended_cell_has_what_a_notebook_needs_and_no_more(submitted):
    one = find(submitted, "one")
    one["metadata"]["tags"] = ["mine"]
    one["strange"], one["outputs"], one["execution_count"] = 1, [{"output_type": "stream"}], 7
    result, _ = mended(submitted)
    grading = find(RELEASED, "one")["metadata"]["nbgrader"]
    assert find(result, "one") == {
        "id": "id-one",
        "cell_type": "code",
        "metadata": {"tags": ["mine"], "nbgrader": grading},
        "source": "one = 1",
        "outputs": [],
        "execution_count": None,
    }
    assert "outputs" not in find(result, "why")


def test_the_rest_of_the_notebook_is_the_students_and_not_the_same_object(submitted):
    submitted["metadata"]["mine"] = [1]
    result, _ = mended(submitted)
    assert {key: value for key, value in result.items() if key != "cells"} == {
        "metadata": {"mine": [1]},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    result["metadata"]["mine"].append(2)
    assert submitted["metadata"]["mine"] == [1]


def test_cells_with_one_id_get_others(submitted):
    submitted["cells"] = [*submitted["cells"], cell("x", "1"), cell("x", "2"), cell("", "3")]
    submitted["cells"][-1]["id"] = ""
    result, _ = mended(submitted)
    assert [one["id"] for one in result["cells"]][-3:] == ["id-x", "cell-8", "cell-9"]


def test_marks_of_strange_kinds_are_no_marks(submitted):
    submitted["cells"][1]["metadata"]["nbgrader"] = {"grade_id": ["one"]}
    result, kinds = mended(submitted)
    assert kinds == []
    assert result["cells"][1]["metadata"] == {}


def test_a_problem_set_without_cells_of_its_own_takes_any():
    nothing = as_master({"cells": []}, {})
    result, findings = repaired({"cells": [cell("x", "1")], "metadata": {}}, nothing)
    assert (sources(result), findings) == (["1"], [])


def written(tmp_path, content):
    path = tmp_path / "small.ipynb"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content,start,end",
    [
        (b'{"cells": [', "small.ipynb is no notebook, for it is not JSON (", "ask for it again."),
        (b"\xff", "small.ipynb is no notebook, for it is not JSON (", "ask for it again."),
        (b"[" * 200_000, "small.ipynb is no notebook, for it is not JSON (", "ask for it again."),
        (b"[1, 2]", "small.ipynb is JSON, but no notebook (", "the file that Jupyter saved."),
        (b'{"nbformat": 4}', "small.ipynb is JSON, but no notebook (", "that Jupyter saved."),
    ],
    ids=["cut off", "no text", "deep", "a list", "no cells"],
)
def test_what_is_no_notebook_is_refused_with_a_reason(tmp_path, content, start, end):
    with pytest.raises(Unusable) as refused:
        read(written(tmp_path, content))
    assert str(refused.value).startswith(start)
    assert str(refused.value).endswith(end)
    assert len(str(refused.value)) < 220


def test_a_file_that_is_not_there_is_refused_with_a_reason(tmp_path):
    with pytest.raises(Unusable) as refused:
        read(tmp_path / "small.ipynb")
    words = "There is no file small.ipynb: was it handed in under another name?"
    assert str(refused.value) == words


def test_the_mark_that_some_editors_put_first_is_no_harm(tmp_path):
    notebook, findings = read(written(tmp_path, b"\xef\xbb\xbf" + json.dumps(RELEASED).encode()))
    assert (len(notebook["cells"]), findings) == (7, [])


def test_sizes_are_told_from_the_first_byte_too_much(tmp_path, monkeypatch):
    content = json.dumps(RELEASED).encode()
    path = written(tmp_path, content)
    monkeypatch.setattr(repairing, "HUGE", len(content))
    monkeypatch.setattr(repairing, "LARGEST", len(content))
    assert read(path)[1] == []
    monkeypatch.setattr(repairing, "HUGE", len(content) - 1)
    (finding,) = read(path)[1]
    assert finding.text == "The file has 0 MB, nearly all of it outputs; they are left out."
    monkeypatch.setattr(repairing, "LARGEST", len(content) - 1)
    with pytest.raises(Unusable, match="has 0 MB"):
        read(path)


def test_a_notebook_that_says_nothing_of_itself_is_read(tmp_path):
    bare = {key: value for key, value in RELEASED.items() if key != "metadata"}
    notebook, findings = read(written(tmp_path, json.dumps(bare).encode()))
    assert (len(notebook["cells"]), findings) == (7, [])
