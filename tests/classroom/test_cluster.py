"""The same grades, whoever does the work; and faster than nbgrader alone."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from classroom.pupils import PUPILS

from celib.classroom.command import main

ROOT = Path(__file__).parents[2]
TAKEN = ("right-00", "right-array", "nats", "zero", "no-answer", "killer")


def placed(root, handed_out, pupils):
    for name, pupil in pupils.items():
        folder = root / "submitted" / name / "small"
        folder.mkdir(parents=True)
        (folder / "small.ipynb").write_bytes(pupil.content(handed_out))


def grades(root):
    from celib.classroom.courses import Course
    from celib.classroom.results import results

    found = results(Course(root), "small")
    return {one.student: {q.name: q.points for q in one.all} for one in found}


@pytest.fixture
def scheduler(needs_classroom, tmp_path):
    """A cluster of two worker processes with nothing but celib: no folder of the course."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CELIB_PROGRESS": ""}
    dask = [sys.executable, "-m"]
    quiet = ["--no-dashboard"]
    alone = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0"]
    unheard = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    host, port = "127.0.0.1", address.rpartition(":")[2]
    processes = [
        subprocess.Popen(
            [*dask, "distributed.cli.dask_scheduler", "--host", host, "--port", port, *quiet],
            env=environment,
            cwd=tmp_path,
            **unheard,
        ),
        *[
            subprocess.Popen(
                [*dask, "distributed.cli.dask_worker", address, "--host", host, *alone, *quiet],
                env=environment,
                cwd=tmp_path,
                **unheard,
            )
            for _ in range(2)
        ],
    ]
    until = time.monotonic() + 120
    while time.monotonic() < until:  # a busy machine starts it later than anyone has to wait
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection((host, int(port))).close()
            break
        time.sleep(0.1)
    yield address
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()


def test_a_cluster_of_processes_gives_the_same_grades(released, handed_out, scheduler, tmp_path):
    from dask.distributed import Client

    pupils = {pupil.name: pupil for pupil in PUPILS if pupil.name in TAKEN}
    here = shutil.copytree(released, tmp_path / "here")
    there = shutil.copytree(released, tmp_path / "there")
    for root, more in ((here, []), (there, ["--scheduler", scheduler])):
        placed(root, handed_out, pupils)
        assert main(["grade", "small", "--course", str(root), *more]) == 0
    with Client(scheduler) as client:
        assert len(client.scheduler_info()["workers"]) == 2
    assert grades(there) == grades(here)
    assert {name: points["number-test"] for name, points in grades(here).items()} == {
        name: pupil.points["number-test"] for name, pupil in pupils.items()
    }


def test_nobody_else_can_speak_to_the_grader(needs_classroom):
    import psutil

    from celib.classroom.grading import _cluster

    with _cluster(None, trusted=False) as client:
        assert client.scheduler.address.startswith("inproc://")
        mine = psutil.Process().net_connections()
        open_to_all = {one.laddr.ip for one in mine if one.status == "LISTEN"} - {"127.0.0.1"}
    assert not open_to_all


def test_a_scheduler_that_is_not_there_is_told(course, hand_in, capsys, monkeypatch):
    monkeypatch.setattr("celib.classroom.grading.PATIENCE", 1.0)
    hand_in(PUPILS[0])
    address = "tcp://127.0.0.1:1"
    assert main(["grade", "small", "--course", str(course), "--scheduler", address]) == 2
    assert address in capsys.readouterr().err


@pytest.mark.skipif(
    os.environ.get("CELIB_CLASSROOM_LONG") != "1",
    reason="takes minutes: set CELIB_CLASSROOM_LONG=1",
)
def test_three_times_as_fast_as_nbgrader_alone(released, handed_out, tmp_path):
    """60 harmless submissions, graded by ours and by plain nbgrader, one after the other."""
    harmless = [pupil for pupil in PUPILS if pupil.name.startswith(("right", "number", "na"))]
    harmless = [pupil for pupil in harmless if pupil.name not in ("right-magic", "namespaces")]
    pupils = {f"{n:02d}": harmless[n % len(harmless)] for n in range(60)}
    ours = shutil.copytree(released, tmp_path / "ours")
    plain = shutil.copytree(released, tmp_path / "plain")
    (plain / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        f"c.CourseDirectory.root = {str(plain)!r}\nc.CourseDirectory.course_id = 'course'\n"
    )
    for root in (ours, plain):
        placed(root, handed_out, pupils)
    grader = "import sys; from celib.classroom.command import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + environment["PATH"]
    seconds = {}
    for name, command, root in (
        ("ours", ["-c", grader, "grade", "small"], ours),
        ("plain", ["-m", "nbgrader", "autograde", "small"], plain),
    ):
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True
        )
        seconds[name] = time.monotonic() - start
        assert done.returncode == 0, done.stderr[-2000:]
    print(json.dumps(seconds))
    assert grades(ours) == {name: grades_of(plain, name) for name in pupils}
    assert seconds["plain"] >= 3 * seconds["ours"]


def grades_of(root, student):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db", "course") as gradebook:
        notebook = gradebook.find_submission_notebook("small", "small", student)
        return {grade.name: grade.score for grade in notebook.grades}
