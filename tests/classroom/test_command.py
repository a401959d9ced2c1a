"""The command as a teacher types it: from the first folder to the last grade, and every refusal."""

import csv
import shutil
import subprocess

import pytest
from classroom.pupils import PUPILS

from celib.classroom import sandbox
from celib.classroom.command import NAMES, main

TAKEN = ("right-00", "nats", "no-test", "cut-off")


@pytest.fixture
def graded(course, hand_in, capsys):
    """A course with four students, graded."""
    for pupil in PUPILS:
        if pupil.name in TAKEN:
            hand_in(pupil)
    assert main(["grade", "small", "--course", str(course)]) == 1
    return course


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_has_examples(name, capsys):
    with pytest.raises(SystemExit) as done:
        main([*([name] if name else []), "--help"])
    assert done.value.code == 0
    assert f"celib-classroom {name}".strip() in capsys.readouterr().out


def test_what_went_wrong_is_told_and_nobody_gets_a_silent_zero(graded, capsys):
    assert main(["grade", "small", "--course", str(graded)]) == 1
    told = capsys.readouterr().out
    assert "cut-off: NOT GRADED, and no zero." in told
    assert "0 submissions graded, 3 had been before, 1 not graded." in told


def test_check_runs_nothing(course, hand_in, capsys):
    for pupil in PUPILS:
        if pupil.name in TAKEN:
            hand_in(pupil)
    assert main(["check", "small", "--course", str(course)]) == 1
    told = capsys.readouterr().out
    assert "no-test: The cell `number-test` was missing; it was put back." in told
    assert "4 submissions: 2 sound, 1 put right, 1 that cannot be graded." in told
    assert not (course / ".classroom").exists()


def test_a_notebook_made_with_another_id_is_told(course, hand_in, capsys):
    hand_in(PUPILS[0])
    shutil.move(course / "submitted" / PUPILS[0].name, course / "submitted" / "another")
    assert main(["check", "small", "--course", str(course)]) == 0
    told = capsys.readouterr().out
    assert "The notebook says student = 'right-00'; personal numbers are those of 'another'" in told


def test_export_has_a_column_for_each_question(graded, tmp_path, capsys):
    path = tmp_path / "out.csv"
    assert main(["export", "small", "--course", str(graded), "--out", str(path)]) == 1
    rows = {row["student_id"]: row for row in table(path)}
    # 5 of 8 points, for nobody has read the written answer; by hand from the set's points.
    assert rows["right-00"]["score"] == "5"
    assert rows["right-00"]["entropy-all"] == "2"
    assert rows["nats"]["score"] == "2"
    assert rows["right-00"]["sandbox"] == "bubblewrap"
    assert rows["cut-off"]["score"] == ""
    assert rows["cut-off"]["sandbox"] == "not graded"
    assert "left blank: cut-off" in capsys.readouterr().err


@pytest.mark.parametrize(
    "layout,who,points", [("canvas", "ID", "small"), ("moodle", "Identifier", "Grade")]
)
def test_export_knows_the_platforms(graded, tmp_path, layout, who, points):
    path = tmp_path / "out.csv"
    main(["export", "small", "--course", str(graded), "--to", layout, "--out", str(path)])
    rows = {row[who].removeprefix("Participant "): row[points] for row in table(path)}
    assert rows == {"right-00": "5", "nats": "2", "no-test": "5", "cut-off": ""}


def test_report_says_what_the_class_believes(graded, capsys):
    assert main(["report", "small", "--course", str(graded)]) == 0
    told = capsys.readouterr().out
    assert "the natural logarithm where bits were asked for" in told
    assert (graded / ".classroom" / "small" / "report.png").read_bytes()[:4] == b"\x89PNG"
    said = (graded / ".classroom" / "small" / "report-picture.txt").read_text()
    assert "of 3" in said


def test_nbgraders_own_autograde_runs_in_the_sandbox_too(course, hand_in):
    reader = next(pupil for pupil in PUPILS if pupil.name == "thief")
    hand_in(reader, course=str(course), canary=str(course / "canary"))
    import os
    import sys
    from pathlib import Path

    environment = {**os.environ, "PYTHONPATH": str(Path(sandbox.__file__).parents[2])}
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + environment["PATH"]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "small"],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not (course / "stolen").exists()
    assert "failed 6" in (course / "autograded" / "thief" / "small" / "small.ipynb").read_text()


def test_trust_is_a_choice_that_is_written_beside_the_grade(course, hand_in, tmp_path, capsys):
    hand_in(PUPILS[0])
    assert main(["grade", "small", "--course", str(course), "--trust"]) == 0
    assert "without a sandbox" in capsys.readouterr().out
    path = tmp_path / "out.csv"
    main(["export", "small", "--course", str(course), "--out", str(path)])
    assert table(path)[0]["sandbox"] == "none: trusted"


def test_without_bubblewrap_it_refuses_and_says_how_to_get_it(course, hand_in, monkeypatch, capsys):
    hand_in(PUPILS[0])
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "bwrap" else which(name))
    sandbox._problem.cache_clear()
    try:
        assert main(["grade", "small", "--course", str(course)]) == 2
    finally:
        monkeypatch.undo()
        sandbox._problem.cache_clear()
    told = capsys.readouterr().err
    assert "apt install bubblewrap" in told
    assert "--trust" in told
    assert not (course / "autograded").exists()


@pytest.mark.parametrize(
    "arguments,said",
    [
        (["grade", "small"], "Nobody has handed in small"),
        (["grade", "ps9"], "Nobody has handed in ps9"),
        (["release", "ps9"], "there are: small"),
        (["release", "small"], "--force"),
        (["check", "ps9"], "celib-classroom release ps9"),
        (["report", "small"], "Nothing of small is graded yet"),
        (["collect", "small", "nowhere.zip"], "There is no nowhere.zip"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_refusals_say_what_to_do(course, arguments, said, capsys):
    assert main([*arguments, "--course", str(course)]) == 2
    assert said in capsys.readouterr().err


def test_a_course_is_not_made_twice(course, capsys):
    assert main(["init", str(course)]) == 2
    assert "is a course already" in capsys.readouterr().err


def test_elsewhere_there_is_no_course(tmp_path, capsys):
    assert main(["check", "small", "--course", str(tmp_path)]) == 2
    assert "celib-classroom init" in capsys.readouterr().err
