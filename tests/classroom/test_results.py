"""What is kept, read again: the gradebook's points, the transcripts' words, nbgrader's folders."""

import json
import os
from types import SimpleNamespace as Thing

import pytest

pytest.importorskip("fcntl", reason="grading needs Linux")
pytest.importorskip("nbgrader", reason="needs nbgrader: install the extra classroom")

import nbformat

from celib.classroom import preprocessors, results, writing
from celib.classroom.courses import Course, CourseError, save
from celib.classroom.limits import Limits
from celib.classroom.masters import Master, as_master
from celib.classroom.notebooks import as_plain
from celib.classroom.results import Question, Result
from celib.classroom.transcripts import key_of

PASSED = {"passed": True, "message": ""}


def grade(name, score, most, waits=False):
    return Thing(name=name, score=score, max_score=most, needs_manual_grade=waits)


def test_questions_are_in_the_order_of_the_tests_and_what_is_read_comes_last():
    notebook = Thing(
        grades=[grade("why", 0, 3, True), grade("b", 1, 2), grade("a", 2, 2)],
        comments=[Thing(name="why", comment="Good."), Thing(name="a", comment=None)],
    )
    tests = {"a": PASSED, "b": {"passed": False}}
    assert results._questions(notebook, {"tests": tests}) == [
        Question("a", 2.0, 2.0, False, PASSED, ""),
        Question("b", 1.0, 2.0, False, {"passed": False}, ""),
        Question("why", 0.0, 3.0, True, {}, "Good."),
    ]


def test_points_are_those_of_all_notebooks():
    one, two = Question("a", 1.5, 2.0, False, {}), Question("b", 0.25, 1.0, False, {})
    both = Result("ann", "Ann", {"first": [one], "second": [two]})
    assert both.all == [one, two]
    assert (both.points, both.most, both.is_graded) == (1.75, 3.0, True)
    nothing = Result("bob", "Bob")
    assert (nothing.is_graded, nothing.sandbox, nothing.findings) == (False, "", [])


@pytest.fixture
def kept(course, monkeypatch):
    """A course in which ann is graded, bob only run, and eve only there."""
    made = Course(course)
    for student in ("eve", "bob", "ann"):
        made.folder("submitted", student, "small").mkdir(parents=True)
    found = {"sandbox": "bubblewrap", "tests": {"a": PASSED}, "findings": [{"text": "Mended."}]}
    for student in ("bob", "ann"):
        save(made.kept("small", student, "small"), found)
    made.folder("autograded", "ann", "small").mkdir(parents=True)
    made.folder("autograded", "eve", "small").mkdir(parents=True)
    save(course / ".classroom" / "students.json", {"ann": "Ann Doe"})
    notebook = Thing(name="small", grades=[grade("a", 1, 1)], comments=[])
    gradebook = Thing(find_submission=lambda *who: asked.append(who) or Thing(notebooks=[notebook]))
    asked = []

    class Book:
        def __enter__(self):
            return gradebook

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(Course, "gradebook", lambda self: Book())
    made.asked = asked
    return made


def test_a_result_is_of_whom_both_nbgrader_and_we_have_graded(kept):
    ann, bob, eve = results.results(kept, "small")
    question = Question("a", 1.0, 1.0, False, PASSED, "")
    assert ann == Result("ann", "Ann Doe", {"small": [question]}, "bubblewrap", ["Mended."])
    assert (bob, eve) == (Result("bob", "bob"), Result("eve", "eve"))
    assert kept.asked == [("small", "ann")]


def test_transcripts_of_before_had_no_findings(kept):
    save(kept.kept("small", "ann", "small"), {"sandbox": "none: trusted", "tests": {}})
    ann, *_ = results.results(kept, "small")
    assert (ann.sandbox, ann.findings) == ("none: trusted", [])


def test_a_course_knows_its_folders(course):
    made = Course(str(course))
    (course / "source" / "empty").mkdir()
    (course / "source" / "another").mkdir()
    (course / "source" / "another" / "x.ipynb").write_text("{}")
    assert made.root == course.resolve()
    assert made.assignments() == ["another", "small"]
    assert made.notebooks("small") == ["small"]
    for name in ("b", "a"):
        (course / "release" / "small" / f"{name}.ipynb").write_text("{}")
        (course / "submitted" / name / "small").mkdir(parents=True)
    assert made.notebooks("small") == ["a", "b", "small"]
    (course / "submitted" / "c" / "another").mkdir(parents=True)
    assert made.students("small") == ["a", "b"]
    assert made.kept("small", "a", "b") == course.resolve() / ".classroom" / "small/a/b.json"
    with pytest.raises(CourseError) as told:
        made.notebooks("another")
    assert str(told.value) == (
        "another is not released yet. Run `celib-classroom release another` first; known are "
        "another, small."
    )
    for one in (course / "source").rglob("*.ipynb"):
        one.unlink()
    with pytest.raises(CourseError, match=r"known are none\.$"):
        made.notebooks("another")


def test_where_no_course_is_it_is_said_how_to_make_one(tmp_path):
    with pytest.raises(CourseError) as told:
        Course(tmp_path)
    assert f"{tmp_path.resolve()} is no course folder: it has no nbgrader_config.py." in str(
        told.value
    )


def test_a_gradebook_and_an_interface_are_the_courses(course):
    made = Course(course)
    with made.gradebook() as gradebook:
        assert [one.name for one in gradebook.assignments] == ["small"]
        assert gradebook.db.bind.url.database == str(course / "gradebook.db")
        assert gradebook.course_id == "course"
    app = made.app(CourseDirectory={"release_directory": "elsewhere"})
    assert app.coursedir.root == str(course)
    assert app.coursedir.format_path("elsewhere", ".", "x").startswith(str(course))
    assert app.coursedir.release_directory == "elsewhere"


def test_a_master_has_what_is_hidden(course):
    master = Course(course).master("small", "small")
    hidden = {one.name: one for one in master.cells}["number-test"]
    assert "5150" in hidden.source
    assert "5150" not in hidden.cell["source"]
    assert list(master.released) == ["entropy-coin", "entropy-all", "number-test"]


def known(name, kind="code", **grading):
    marks = {"nbgrader": {"grade_id": name, **grading}}
    return {"cell_type": kind, "metadata": marks, "source": f"released {name}"}


def test_which_cells_are_tests_and_which_are_answers():
    cells = [
        known("intro", "markdown", locked=True),
        known("answer", solution=True),
        known("test", grade=True, locked=True),
        known("why", "markdown", grade=True, solution=True),
        known("task", "markdown", task=True),
        known("picture", grade=True, solution=True),
        known("read", "markdown", grade=True),
        known("nothing"),
        {"cell_type": "code", "metadata": {}, "source": ""},
    ]
    master = as_master(
        {"cells": cells}, {name: f"all of {name}" for name in ("intro", "test", "read")}
    )
    names = [one.name for one in master.cells]
    assert names == ["intro", "answer", "test", "why", "task", "picture", "read"]
    assert [one.name for one in master.cells if one.is_answer] == [
        "answer",
        "why",
        "task",
        "picture",
    ]
    assert [one.name for one in master.cells if one.is_test] == ["test"]
    assert master.released == {"test": "released test"}
    assert [one.source for one in master.cells][:3] == [
        "all of intro",
        "released answer",
        "all of test",
    ]


def test_a_notebook_is_made_plain():
    cells = [
        {"cell_type": "code", "source": ["a\n", "b"], "outputs": [{"x": 1}], "execution_count": 3},
        {"cell_type": "markdown", "source": "c", "metadata": {"k": 1}, "id": "i"},
        {"cell_type": "raw", "source": "", "metadata": {}},
    ]
    notebook = {"cells": cells, "metadata": {"m": 1}, "nbformat": 4, "nbformat_minor": 5}
    code, markdown, raw = as_plain(notebook)["cells"]
    assert code == {
        "cell_type": "code",
        "source": "a\nb",
        "outputs": [],
        "execution_count": None,
        "metadata": {},
    }
    assert markdown == {"cell_type": "markdown", "source": "c", "metadata": {"k": 1}, "id": "i"}
    assert "outputs" not in raw
    assert as_plain(notebook)["metadata"] == {"m": 1}
    cells.append({"cell_type": "heading", "source": "", "metadata": {}})
    with pytest.raises(ValueError, match="There is no cell of type 'heading'"):
        as_plain(notebook)


NOTEBOOK = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_code_cell("1"),
        nbformat.v4.new_markdown_cell("words"),
        nbformat.v4.new_code_cell("2"),
    ]
)
ABOUT = {"nbgrader": {"assignment": "small", "student": "ann", "notebook": "small"}}
SCRIPT = [{"kind": "run", "source": "1"}, {"kind": "run", "source": "2"}]
STREAM = {"output_type": "stream", "name": "stdout", "text": "x"}
RESULT = {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}}


@pytest.fixture
def judge(course, monkeypatch):
    """Judge a notebook inside the course, with made-up runs."""
    asked = []

    def transcript(*what, trusted):
        asked.append((*what, trusted))
        key = key_of(what[0], what[1], trusted=trusted)
        return {"key": key, "outputs": [[STREAM], [RESULT]]}

    def run(trusted=False):
        one = preprocessors.Judge(trusted=trusted)
        notebook, about = one.preprocess(nbformat.from_dict(NOTEBOOK), ABOUT)
        assert about is ABOUT
        return [cell for cell in notebook.cells if cell.cell_type == "code"], asked

    monkeypatch.chdir(course)
    monkeypatch.setattr(preprocessors, "transcript", transcript)
    monkeypatch.setattr(preprocessors, "_master", lambda resources: Master(()))
    return run


@pytest.mark.parametrize("trusted", [False, True])
def test_nbgrader_gets_the_outputs_of_one_run(judge, trusted):
    (first, second), asked = judge(trusted)
    assert asked == [(SCRIPT, "ann", Limits().as_dict(), trusted)]
    assert (first.outputs, first.execution_count) == ([STREAM], 1)
    assert (second.outputs, second.execution_count) == ([RESULT | {"execution_count": 2}], 2)
    # What is kept, whether it was trusted or not, is not run again.
    assert judge(not trusted)[0] == [first, second]
    assert len(asked) == 1


def test_nbgrader_is_told_what_was_put_right(course, monkeypatch):
    monkeypatch.chdir(course)
    told = []
    released = nbformat.read(course / "release" / "small" / "small.ipynb", as_version=4)
    released.cells = [one for one in released.cells if one.id != "number-test"]
    one = preprocessors.Repair()
    monkeypatch.setattr(one.log, "warning", told.append)
    mended, about = one.preprocess(released, ABOUT)
    assert about is ABOUT
    assert told == ["The cell `number-test` was missing; it was put back."]
    assert "number-test" in [c.metadata.get("nbgrader", {}).get("grade_id") for c in mended.cells]


def test_nbgraders_last_complaint_is_kept():
    said = writing._Said()
    assert said.last == ""
    said.log.warning("nothing")
    assert said.last == ""
    said.log.error("first\nlast line\n")
    assert said.last == "last line"
    said.log.error(" ")
    assert said.last == "last line"


@pytest.mark.parametrize(
    "log,answer", [("It broke.\nDisk full", "Disk full"), ("", "ValueError: no"), (None, "")]
)
def test_what_nbgrader_could_not_write_is_said(course, monkeypatch, log, answer):
    from nbgrader import converters

    seen, here = [], os.getcwd()

    class Autograde:
        def __init__(self, coursedir, config):
            seen.append((coursedir.student_id, coursedir.assignment_id, config.Autograde))

        def start(self):
            seen.append(os.getcwd())
            if log is not None:
                self.log.error(log)
                raise ValueError("no")

    monkeypatch.setattr(converters, "Autograde", Autograde)
    assert writing.Writer(Course(course), "small").write("ann") == answer
    (student, assignment, config), folder = seen
    assert (student, assignment, folder) == ("ann", "small", str(course.resolve()))
    assert (config.force, config.create_student) == (True, True)
    assert os.getcwd() == here


def test_a_master_is_read_again_when_it_is_released_again(tmp_path):
    path = tmp_path / "x"
    assert preprocessors._age(path) == 0.0
    path.write_text(json.dumps({}))
    os.utime(path, ns=(5, 7))
    assert preprocessors._age(path) == 7
