"""The command as a teacher types it: from the first folder to the last grade, and every refusal."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom.pupils import PUPILS

from celib.classroom import sandbox
from celib.classroom.command import NAMES, main
from celib.classroom.courses import Course

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


def test_the_command_can_be_called_as_a_module():
    command = [sys.executable, "-m", "celib.classroom", "--help"]
    done = subprocess.run(
        command, cwd=Path(sandbox.__file__).parents[2], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "celib-classroom export ps1" in done.stdout


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


@pytest.fixture
def bwrap(monkeypatch):
    """Put another program in the place of bubblewrap, or none."""
    which = shutil.which

    def put(other):
        monkeypatch.setattr(shutil, "which", lambda name: other if name == "bwrap" else which(name))
        sandbox._problem.cache_clear()

    yield put
    sandbox._problem.cache_clear()


def test_without_bubblewrap_it_refuses_and_says_how_to_get_it(course, hand_in, bwrap, capsys):
    hand_in(PUPILS[0])
    bwrap(None)
    assert main(["grade", "small", "--course", str(course)]) == 2
    told = capsys.readouterr().err
    assert "apt install bubblewrap" in told
    assert "--trust" in told
    assert "AppArmor" not in told
    assert not (course / "autograded").exists()


def test_where_bubblewrap_fails_it_refuses_and_names_the_likely_reason(
    course, hand_in, bwrap, capsys
):
    hand_in(PUPILS[0])
    bwrap(shutil.which("false"))
    assert main(["grade", "small", "--course", str(course)]) == 2
    told = capsys.readouterr().err
    assert "does not work here" in told
    assert "kernel.apparmor_restrict_unprivileged_userns" in told
    assert not (course / "autograded").exists()


def test_where_the_sandbox_lacks_packages_it_says_where_to_install_them(
    course, hand_in, bwrap, capsys, tmp_path
):
    hand_in(PUPILS[0])
    program = tmp_path / "bwrap"
    program.write_text(
        "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'numpy'\" >&2\nexit 1\n"
    )
    program.chmod(0o755)
    bwrap(str(program))
    assert main(["grade", "small", "--course", str(course)]) == 2
    told = capsys.readouterr().err
    assert "No module named 'numpy'" in told
    assert sys.executable in told
    assert "PYTHONPATH" in told
    assert "AppArmor" not in told
    assert not (course / "autograded").exists()


def test_a_release_that_nbgrader_refuses_leaves_the_old_one(graded, capsys):
    source = graded / "source" / "small" / "small.ipynb"
    released = graded / "release" / "small"
    before = (released / "small.ipynb").read_bytes()
    notebook = json.loads(source.read_text(encoding="utf-8"))
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") != "number-test"
    ]
    source.write_text(json.dumps(notebook), encoding="utf-8")
    assert main(["release", "small", "--force", "--course", str(graded)]) == 2
    told = capsys.readouterr().err
    # The first sentence is nbgrader's.
    assert "there are submissions associated with it" in told
    assert "Nothing was changed" in told
    assert (released / "small.ipynb").read_bytes() == before
    assert list((graded / "release").iterdir()) == [released]


def test_a_change_of_words_is_released_again_after_a_hand_in(graded):
    source = graded / "source" / "small" / "small.ipynb"
    text = source.read_text(encoding="utf-8")
    assert "A fair coin has one bit." in text
    source.write_text(
        text.replace("A fair coin has one bit.", "A fair coin has 1 bit."), encoding="utf-8"
    )
    assert main(["release", "small", "--force", "--course", str(graded)]) == 0
    released = graded / "release" / "small"
    assert "A fair coin has 1 bit." in (released / "small.ipynb").read_text(encoding="utf-8")
    assert list((graded / "release").iterdir()) == [released]


def test_a_new_release_counts_at_once(course, monkeypatch):
    # A server with nbgrader's pages lives on while the teacher releases.
    from celib.classroom.preprocessors import _master

    monkeypatch.chdir(course)
    about = {"nbgrader": {"assignment": "small", "notebook": "small"}}
    before = _master(about)
    assert _master(about) is before
    os.utime(course / "release" / "small" / "small.ipynb", (1, 1))
    assert _master(about) is not before


# nbgrader's own, two of them.
@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_feedback_can_be_handed_out_by_nbgraders_exchange(course, hand_in, tmp_path):
    # What `nbgrader collect` leaves beside a notebook, see its ExchangeSubmit.
    hand_in(PUPILS[0])
    handed_in = course / "submitted" / PUPILS[0].name / "small"
    (handed_in / "timestamp.txt").write_text("2026-05-04 12:00:00.000000 UTC")
    (handed_in / "submission_secret.txt").write_text("a secret")
    assert main(["grade", "small", "--course", str(course)]) == 0
    # Another hand-in after the grade has a secret of its own.
    (handed_in / "submission_secret.txt").write_text("another secret")
    assert main(["feedback", "small", "--course", str(course)]) == 0
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    app = Course(course).app(Exchange={"root": str(exchange)})
    result = app.release_feedback("small")
    assert result["success"], result
    # The name under which nbgrader's fetch_feedback looks, by its `notebook_hash`.
    name = hashlib.md5(b"a secretsmall").hexdigest()
    (handed_out,) = exchange.glob("*/feedback/*")
    assert handed_out.name == f"{name}.html"
    page = course / "feedback" / PUPILS[0].name / "small" / "small.html"
    assert handed_out.read_bytes() == page.read_bytes()


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


def test_a_course_is_made_of_the_problem_sets_that_are_named(tmp_path, capsys):
    sets = Path(__file__).parent / "course"
    root = tmp_path / "course"
    assert main(["init", str(root), "--from", str(sets), "--gradebook", "sqlite:///x.db"]) == 0
    assert capsys.readouterr().out == f"{root} is a course with 1 problem set.\n"
    assert sorted(one.name for one in root.iterdir() if one.is_dir()) == [
        "release",
        "source",
        "submitted",
    ]
    made = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert "c.CourseDirectory.db_url = 'sqlite:///x.db'\n" in made
    assert main(["init", str(tmp_path / "other"), "--from", str(root)]) == 2
    assert f"There are no problem sets in {root}" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_a_course_is_not_made_twice(course, capsys):
    assert main(["init", str(course)]) == 2
    assert "is a course already" in capsys.readouterr().err


def test_elsewhere_there_is_no_course(tmp_path, capsys):
    assert main(["check", "small", "--course", str(tmp_path)]) == 2
    assert "celib-classroom init" in capsys.readouterr().err
