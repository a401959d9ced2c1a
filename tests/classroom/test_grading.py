"""A class graded without a sandbox or Dask: the runs are made up, and so is what nbgrader says."""

import argparse
import contextlib
import json

import pytest

pytest.importorskip("fcntl", reason="grading needs Linux")
pytest.importorskip("nbgrader", reason="needs nbgrader: install the extra classroom")
pytest.importorskip("distributed", reason="needs dask: install the extra classroom")

import dask.distributed
from classroom.pupils import PUPILS

from celib.classroom import grading
from celib.classroom.command import main
from celib.classroom.commands import check
from celib.classroom.courses import Course, CourseError, load
from celib.classroom.grading import Grading, Job, checked, grade
from celib.classroom.limits import Limits
from celib.classroom.repairing import Finding
from celib.classroom.sandbox import Unavailable

BY_NAME = {pupil.name: pupil for pupil in PUPILS}


class Cluster:
    """Stands for Dask: does at once what it is told, or fails as it is told."""

    def __init__(self):
        self.asked, self.errors, self.schedulers, self.wrote = [], {}, [], []
        self.refuses = {}

    @contextlib.contextmanager
    def cluster(self, scheduler, *, trusted):
        self.schedulers.append((scheduler, trusted))
        yield self

    def submit(self, function, script, student, limits, *, trusted, pure, retries):
        assert (function, pure, retries) == (grading.transcript, False, 2)
        self.asked.append((student, limits, trusted))
        future = argparse.Namespace(release=lambda: None)
        found = {"key": grading.key_of(script, student, trusted=trusted)}
        future.result = lambda: self.answer(student, found)
        return Future(future)

    def answer(self, student, found):
        if student in self.errors:
            raise self.errors[student]
        return dict(found)

    def write(self, student):
        self.wrote.append(student)
        return self.refuses.get(student, "")


class Future:
    """One that can be a key of a dictionary."""

    def __init__(self, inner):
        self.result, self.release = inner.result, inner.release


@pytest.fixture
def cluster(monkeypatch):
    made = Cluster()
    monkeypatch.setattr(grading, "_cluster", made.cluster)
    monkeypatch.setattr(dask.distributed, "as_completed", list)
    monkeypatch.setattr(grading, "Writer", lambda course, assignment: made)
    return made


@pytest.fixture
def three(course, hand_in):
    """A course in which three have handed something in; one of it cannot be read."""
    for name in ("right-00", "no-test", "cut-off"):
        hand_in(BY_NAME[name])
    return Course(course)


def test_each_is_run_with_the_limits_and_told_when_it_is_written(cluster, three):
    told = []
    limits = Limits(cell=3)
    done = grade(three, "small", limits=limits, trusted=True, progress=told.append)
    assert cluster.asked == [(one, limits.as_dict(), True) for one in ("no-test", "right-00")]
    assert cluster.schedulers == [(None, True)]
    assert done.graded == cluster.wrote == told == ["no-test", "right-00"]
    assert done.before == []
    assert list(done.failed) == ["cut-off"]
    assert "is not JSON" in done.failed["cut-off"]
    assert [job.student for job in done.jobs] == ["cut-off", "no-test", "right-00"]


def test_by_default_it_is_in_a_sandbox_with_the_usual_limits(cluster, three):
    grade(three, "small", students=["right-00"], scheduler="tcp://there:1")
    assert cluster.asked == [("right-00", Limits().as_dict(), False)]
    assert cluster.schedulers == [("tcp://there:1", False)]


def test_what_was_put_right_is_kept_beside_the_outputs(cluster, three):
    grade(three, "small")
    (found,) = load(three.kept("small", "no-test", "small"))["findings"]
    assert found["kind"] == "deleted"
    assert "`number-test` was missing" in found["text"]
    assert load(three.kept("small", "right-00", "small"))["findings"] == []


def test_a_second_run_runs_and_writes_nothing(cluster, three):
    grade(three, "small")
    for name in ("right-00", "no-test"):  # as nbgrader leaves them, which is not here
        three.folder("autograded", name, "small").mkdir(parents=True)
    told = []
    done = grade(three, "small", progress=told.append)
    assert len(cluster.asked) == len(cluster.wrote) == 2
    assert (done.graded, done.before) == ([], ["no-test", "right-00"])
    assert told == done.before
    assert len(cluster.schedulers) == 1  # no cluster is made for nothing


def test_a_transcript_whose_grade_was_not_written_is_written_and_not_run_again(cluster, three):
    grade(three, "small", students=["right-00"])
    done = grade(three, "small", students=["right-00"])
    assert (done.graded, done.before) == (["right-00"], [])
    assert (len(cluster.asked), len(cluster.wrote)) == (1, 2)


def test_another_answer_is_run_again_and_so_is_another_trust(cluster, three, hand_in):
    grade(three, "small", students=["right-00"])
    other = BY_NAME["nats"].__class__(**{**vars(BY_NAME["nats"]), "name": "right-00"})
    hand_in(other)
    grade(three, "small", students=["right-00"])
    grade(three, "small", students=["right-00"], trusted=True)
    assert len(cluster.asked) == len(cluster.wrote) == 3


def test_who_made_the_grader_stumble_is_not_graded_and_the_others_are(cluster, three):
    told = []
    cluster.errors["no-test"] = ValueError("the worker is gone")
    done = grade(three, "small", progress=told.append)
    assert done.failed["no-test"] == "the grader stumbled (ValueError: the worker is gone)"
    assert done.graded == ["right-00"]
    assert told == ["no-test", "right-00"]
    assert load(three.kept("small", "no-test", "small")) == {}


def test_where_there_is_no_sandbox_nobody_is_graded(cluster, three):
    cluster.errors["right-00"] = Unavailable("none here")
    with pytest.raises(Unavailable):
        grade(three, "small")


def test_what_nbgrader_refuses_is_told_and_tried_again(cluster, three):
    cluster.refuses["right-00"] = "Disk full"
    done = grade(three, "small", students=["right-00"])
    assert done.failed == {"right-00": "nbgrader could not write the grade: Disk full"}
    assert done.graded == []
    cluster.refuses.clear()
    assert grade(three, "small", students=["right-00"]).graded == ["right-00"]
    assert len(cluster.asked) == 1


@pytest.fixture
def two_notebooks(three):
    """The same set with a second notebook, which no-test has forgotten."""
    with three.gradebook() as gradebook:
        gradebook.update_or_create_notebook("more", "small")
    (three.root / "release" / "small" / "more.ipynb").write_text(
        json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    folder = three.root / "submitted" / "right-00" / "small"
    (folder / "more.ipynb").write_bytes((folder / "small.ipynb").read_bytes())
    return three


def test_of_two_notebooks_the_grade_is_written_when_both_are_run(cluster, two_notebooks):
    done = grade(two_notebooks, "small")
    assert cluster.asked[0][0] == cluster.asked[1][0] == "right-00"
    assert cluster.wrote == done.graded == ["right-00"]
    assert done.failed["no-test"].startswith("There is no file more.ipynb")
    kept = load(two_notebooks.kept("small", "right-00", "written").with_suffix(".done"))
    assert sorted(kept) == ["more", "small"]


def test_only_those_who_are_named_are_looked_at(three):
    assert [job.student for job in checked(three, "small", ["no-test"])] == ["no-test"]
    assert [job.student for job in checked(three, "small")] == ["cut-off", "no-test", "right-00"]
    sound, damaged = (checked(three, "small", [one])[0] for one in ("right-00", "no-test"))
    assert (sound.findings, sound.unusable) == ([], "")
    assert [one.kind for one in damaged.findings] == ["deleted"]


@pytest.mark.parametrize(
    "source,said",
    [
        ('student = "bob"', "bob"),
        ("import numpy as np\nstudent='bob'  # me", "bob"),
        ('student = "ann"', ""),
        ('if True:\n    student = "bob"', ""),
        ("student = 4711", ""),
        ("", ""),
    ],
)
def test_another_id_in_the_notebook_is_found(source, said):
    found = grading._other_student([{"kind": "run", "source": source}], "ann")
    text = f"The notebook says student = {said!r}; personal numbers are those of 'ann'."
    assert found == ([Finding("student", text)] if said else [])
    # A test may well say who it is about.
    assert not grading._other_student([{"kind": "test", "source": source}], "ann")


def test_nobody_else_grades_meanwhile(three):
    with grading._alone(three, "small"):
        with grading._alone(three, "other"):
            pass
        with (
            pytest.raises(CourseError, match="Somebody is grading small"),
            grading._alone(three, "small"),
        ):
            pass
    with grading._alone(three, "small"):
        pass


def test_where_no_scheduler_is_the_address_is_told(monkeypatch):
    seen = []

    def client(address, timeout):
        seen.append((address, timeout))
        raise OSError("timed out")

    monkeypatch.setattr(dask.distributed, "Client", client)
    with pytest.raises(CourseError, match=r"no Dask scheduler at tcp://x:1 \(timed out\)"):
        grading._client("tcp://x:1")
    assert seen == [("tcp://x:1", 10.0)]


def test_the_commands_limits_are_the_graders(course, hand_in, monkeypatch, capsys):
    for name in ("right-00", "no-test"):
        hand_in(BY_NAME[name])
    seen = []

    def graded(course, name, **options):
        seen.append((name, options))
        jobs = [
            Job("ann", findings=[Finding("huge", "Large.")]),
            Job("bob", findings=[Finding("huge", "Unseen.")]),
        ]
        return Grading(["ann"], ["bob", "eve"], {"zoe": "Why."}, jobs)

    monkeypatch.setattr("celib.classroom.commands.grade.grade", graded)
    many = ["--cell-seconds", "3", "--seconds", "50", "--memory", "0.5", "--scheduler", "tcp://x:1"]
    arguments = ["grade", "small", "--course", str(course)]
    assert main([*arguments, *many, "--trust", "--student", "ann", "--student", "bob"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ann: Large.",
        "zoe: NOT GRADED, and no zero. Why.",
        "1 submission graded, 2 had been before, 1 not graded."
        " Students' code ran without a sandbox.",
    ]
    ((name, options),) = seen
    assert (name, options["students"], options["trusted"]) == ("small", ["ann", "bob"], True)
    assert options["scheduler"] == "tcp://x:1"
    assert options["limits"] == Limits(cell=3.0, total=50.0, memory=512 << 20)
    assert options["progress"].most == 2
    monkeypatch.setattr(
        "celib.classroom.commands.grade.grade",
        lambda course, name, **options: seen.append((name, options)) or Grading(["ann", "bob"]),
    )
    assert main(arguments) == 0
    assert capsys.readouterr().out == "2 submissions graded, 0 not graded.\n"
    _, options = seen[1]
    assert (options["scheduler"], options["trusted"]) == (None, False)
    assert (options["students"], options["limits"]) == (["no-test", "right-00"], Limits())


def test_check_counts_the_sound_and_the_mended_and_those_that_cannot_be(
    course, monkeypatch, capsys
):
    seen = []
    large, told = Finding("huge", "Large."), Finding("student", "Another.")
    jobs = [Job("ann"), Job("bob", findings=[large, told]), Job("eve", unusable="Cut off.")]
    monkeypatch.setattr(check, "checked", lambda *asked: seen.append(asked[1:]) or jobs)
    arguments = ["check", "small", "--course", str(course), "--student", "ann"]
    assert main(arguments) == 1
    assert seen == [("small", ["ann"])]
    assert capsys.readouterr().out.splitlines() == [
        "bob: Large.",
        "bob: Another.",
        "eve: NOT GRADED. Cut off.",
        "3 submissions: 1 sound, 1 put right, 1 that cannot be graded.",
    ]
    jobs.pop()
    assert main(arguments[:-2]) == 0
    assert "2 submissions: 1 sound, 1 put right, 0 that" in capsys.readouterr().out
    jobs.clear()
    assert main(arguments) == 2
    assert "Nobody has handed in small; `collect` brings it here." in capsys.readouterr().err
