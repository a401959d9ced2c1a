"""A grader that is killed goes on where it was: nothing is lost, and nothing is run twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from classroom.pupils import PUPILS

from celib.classroom.command import main

ALL = os.environ.get("CELIB_CLASSROOM_LONG") == "1"
KILLS = 20 if ALL else 3
GRADE = "import sys; from celib.classroom.command import main; sys.exit(main(sys.argv[1:]))"
TAKEN = (
    "right-00",
    "right-01",
    "right-02",
    "nats",
    "zero",
    "number-minus",
    "no-test",
    "killer",
    "raises",
    "blank",
)


@pytest.fixture(scope="module")
def handed_in(released, handed_out, tmp_path_factory):
    """A course in which ten students have handed something in."""
    root = shutil.copytree(released, tmp_path_factory.mktemp("killed") / "course")
    for pupil in PUPILS:
        if pupil.name in TAKEN:
            folder = root / "submitted" / pupil.name / "small"
            folder.mkdir(parents=True)
            (folder / "small.ipynb").write_bytes(pupil.content(handed_out))
    return root


def started(root):
    command = [sys.executable, "-c", GRADE, "grade", "small", "--course", str(root)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def grades(root):
    """Return what the gradebook says, and how often each grade is in it."""
    from celib.classroom.courses import Course
    from celib.classroom.results import results

    found = results(Course(root), "small")
    assert len(found) == len(TAKEN)
    assert all(one.is_graded for one in found)
    return {one.student: {q.name: q.points for q in one.all} for one in found}


def transcripts(root):
    """Return each transcript that is kept, and when it was written."""
    return {
        path: (path.stat().st_mtime_ns, json.loads(path.read_text()))
        for path in (root / ".classroom" / "small").rglob("*.json")
    }


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory):
    root = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")
    start = time.monotonic()
    process = started(root)
    assert process.wait(timeout=300) == 0
    return grades(root), time.monotonic() - start


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_a_random_moment(kill, handed_in, undisturbed, tmp_path):
    expected, seconds = undisturbed
    root = shutil.copytree(handed_in, tmp_path / "course")
    process = started(root)
    time.sleep(random.Random(kill).uniform(0.1, 1.0) * seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = transcripts(root)
    assert main(["grade", "small", "--course", str(root)]) == 0
    assert grades(root) == expected
    after = transcripts(root)
    assert {path: after[path] for path in kept} == kept


def test_grading_again_keeps_what_the_teacher_has_given(handed_in, tmp_path):
    from nbgrader.api import Gradebook

    root = shutil.copytree(handed_in, tmp_path / "course")
    one = ["grade", "small", "--course", str(root), "--student", "right-00"]
    assert main(one) == 0
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("why", "small", "small", "right-00")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    assert main(one) == 0
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_grade("why", "small", "small", "right-00").score == 2.5


def test_only_one_grader_at_a_time(handed_in, tmp_path, capsys):
    import fcntl

    root = shutil.copytree(handed_in, tmp_path / "course")
    (root / ".classroom").mkdir(exist_ok=True)
    with open(root / ".classroom" / "small.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert main(["grade", "small", "--course", str(root)]) == 2
    assert "Somebody is grading small" in capsys.readouterr().err
