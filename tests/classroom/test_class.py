"""A class with everything in it, graded: each gets what is due, and nothing outside is touched."""

import contextlib
import json
import re
import time
from pathlib import Path

import pytest
from classroom.pupils import PUPILS

from celib.classroom.command import main

NAMES = [pupil.name for pupil in PUPILS]
HIDDEN = ("5150", "0.25, 0.75", "hidden message")


@pytest.fixture(scope="module")
def graded(released, handed_out, tmp_path_factory):
    """The class, graded once for all tests here."""
    import shutil
    import socket

    root = shutil.copytree(released, tmp_path_factory.mktemp("class") / "course")
    canary = root.parent / "canary"
    canary.write_text("sings")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = str(server.getsockname()[1])
        for pupil in PUPILS:
            folder = root / "submitted" / pupil.name / "small"
            folder.mkdir(parents=True)
            content = pupil.content(handed_out, course=str(root), canary=str(canary), port=port)
            if content is not None:
                (folder / "small.ipynb").write_bytes(content)
        limits = ["--cell-seconds", "12", "--seconds", "90", "--memory", "1"]
        status = main(["grade", "small", "--course", str(root), *limits])
        assert status == 1  # some cannot be graded, and that is said
        with pytest.raises(BlockingIOError):
            server.accept()
    assert canary.read_text() == "sings"
    assert main(["feedback", "small", "--course", str(root)]) == 0
    return root


@pytest.fixture(scope="module")
def points(graded):
    from celib.classroom.courses import Course
    from celib.classroom.results import results

    return {one.student: one for one in results(Course(graded), "small")}


def transcript(graded, name):
    return json.loads((graded / ".classroom" / "small" / name / "small.json").read_text())


def test_the_class_is_a_class():
    assert len(NAMES) == len(set(NAMES)) >= 60


@pytest.mark.parametrize("pupil", PUPILS, ids=NAMES)
def test_everybody_gets_what_is_due(pupil, points, graded):
    result = points[pupil.name]
    if pupil.points is None:
        assert not result.is_graded
        return
    earned = {one.name: one.points for one in result.all if one.name != "why"}
    assert earned == pupil.points, json.dumps(transcript(graded, pupil.name), indent=1)
    assert sum(one.most for one in result.all) == 8


@pytest.mark.parametrize("pupil", [one for one in PUPILS if one.mistake], ids=lambda one: one.name)
def test_the_mistake_is_named(pupil, points):
    assert pupil.mistake in {one.outcome.get("mistake") for one in points[pupil.name].all}


@pytest.mark.parametrize(
    "pupil", [one for one in PUPILS if one.points and one.says], ids=lambda one: one.name
)
def test_the_teacher_is_told_why(pupil, points):
    messages = [one.outcome.get("message", "") for one in points[pupil.name].all]
    assert pupil.says in " ".join(" ".join(messages).split())


@pytest.mark.parametrize(
    "pupil", [one for one in PUPILS if one.points is None or one.found], ids=lambda one: one.name
)
def test_damage_is_found(pupil, graded):
    from celib.classroom.courses import Course
    from celib.classroom.grading import checked

    (job,) = checked(Course(graded), "small", [pupil.name])
    assert {finding.kind for finding in job.findings} >= pupil.found
    assert (pupil.says in job.unusable) if pupil.points is None else not job.unusable


@pytest.mark.parametrize("pupil", [one for one in PUPILS if one.prints], ids=lambda one: one.name)
def test_what_was_tried_has_failed(pupil, graded):
    outputs = json.dumps(transcript(graded, pupil.name)["outputs"])
    assert pupil.prints in outputs


def test_nothing_of_the_sandboxes_is_left(graded):
    until = time.monotonic() + 60  # the system needs a moment to clear away what was killed
    while (left := [one for one in commands() if b"survivor-5150" in one]) and (
        time.monotonic() < until
    ):
        time.sleep(0.1)
    assert not left


def commands():
    """Give the command lines of all processes."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_bytes()


def test_no_hidden_test_is_in_any_feedback(graded):
    pages = list((graded / "feedback").rglob("*.html"))
    assert len(pages) == sum(pupil.points is not None for pupil in PUPILS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not [part for part in HIDDEN if part in text], page


def test_feedback_teaches(graded):
    text = (graded / "feedback" / "nats" / "small" / "small.html").read_text(encoding="utf-8")
    words = " ".join(re.sub("<[^>]*>", " ", text).split())
    assert "A known mistake: the natural logarithm where bits were asked for." in words
    assert "use base 2, or divide by ln 2" in words


def test_feedback_shows_inputs_only_if_the_teacher_says_so(graded):
    path = graded / "feedback" / "raises" / "small" / "small.html"
    assert "p = [" not in path.read_text(encoding="utf-8")
    assert main(["feedback", "small", "--course", str(graded), "--show-inputs"]) == 0
    assert "p = [" in path.read_text(encoding="utf-8")
    assert main(["feedback", "small", "--course", str(graded)]) == 0


def test_a_second_run_does_nothing(graded, capsys):
    path = graded / ".classroom" / "small" / "nats" / "small.json"
    before = path.stat().st_mtime_ns
    main(["grade", "small", "--course", str(graded)])
    assert "0 submissions graded" in capsys.readouterr().out
    assert path.stat().st_mtime_ns == before
