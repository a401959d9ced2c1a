"""The judge's end of the conversation: what it may be told, and what it never waits for."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from celib.classroom import sandbox, student
from celib.classroom.inside import wire
from celib.classroom.inside.packing import unpack
from celib.classroom.limits import Limits
from celib.classroom.student import Ended, Raised, Student
from celib.practice.calling import Problem

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sandboxes need Linux")


@pytest.fixture
def notebook(monkeypatch):
    """Make a student whose Python does nothing and whose answers are given here, in order."""

    def make(*replies, ready_after=0.0, limits=Limits()):  # noqa: B008
        asked = []

        def speak(handle):
            time.sleep(ready_after)
            with contextlib.suppress(wire.Broken):
                wire.send(handle, {"ready": 1})
                for reply in [*replies, None, None]:
                    asked.append(wire.receive(handle, 1 << 20))
                    if asked[-1]["do"] == "look":  # which has no answer
                        asked.append(wire.receive(handle, 1 << 20))
                    if asked[-1]["do"] == "end":
                        reply = {"ended": True}
                    if reply is not None:
                        wire.send(handle, reply)
            os.close(handle)

        def started(handle, limits, *, trusted):
            threading.Thread(target=speak, args=[os.dup(handle)], daemon=True).start()
            return subprocess.Popen(["sleep", "30"], start_new_session=True)

        monkeypatch.setattr(sandbox, "started", started)
        made = Student(limits)
        made.asked = asked
        return made

    return make


def test_outputs_of_a_cell_are_what_it_answers(notebook):
    with notebook({"outputs": ["one"]}, limits=Limits(cell=7)) as one:
        assert one.run("x = 1") == ["one"]
        assert one.asked == [{"do": "run", "source": "x = 1", "seconds": 7}]


def test_the_time_to_start_is_not_taken_from_the_notebook(notebook):
    with notebook({"outputs": []}, ready_after=0.3, limits=Limits(total=0.2)) as one:
        assert one.run("") == []


def test_afterwards_nothing_of_it_is_left(notebook):
    with notebook() as one:
        assert one.process.poll() is None
    assert one.process.returncode == -signal.SIGKILL
    with pytest.raises(Ended, match="It was ended"):
        one.run("")


def test_when_the_time_for_all_is_over_it_is_ended(notebook):
    with notebook(limits=Limits(total=0.1)) as one:
        with pytest.raises(Ended, match=r"more than 0\.1 seconds in all"):
            one.run("")
        assert one.process.returncode == -signal.SIGKILL


def test_silence_is_not_waited_for(notebook, monkeypatch):
    monkeypatch.setattr(student, "GRACE", 0.1)
    with (
        notebook(limits=Limits(cell=0.1)) as one,
        pytest.raises(Ended, match="did not answer in time"),
    ):
        one.run("")


@pytest.mark.parametrize("reply", [{}, {"outputs": "all"}, {"value": 1}], ids=str)
def test_what_was_not_asked_ends_it(notebook, reply):
    with notebook(reply) as one:
        with pytest.raises(Ended, match="what was not asked"):
            one.run("")
        with pytest.raises(Ended, match="what was not asked"):  # the first reason stays
            one.run("")


def test_a_value_is_looked_up(notebook):
    with notebook({"value": {"tuple": [1, 2]}}) as one, one.look() as names:
        assert names.get("half") == (1, 2)
    assert [asked["do"] for asked in one.asked] == ["look", "get", "end"]
    assert one.asked[1]["name"] == "half"


def test_a_function_is_called_where_it_lives(notebook):
    replies = [{"value": {"function": "half"}}, {"value": 0.5}]
    with notebook(*replies, limits=Limits(call=3)) as one, one.look() as names:
        half = names.get("half")
        assert half.__name__ == "half"
        assert half(1, other=2) == 0.5
    asked = one.asked[2]
    assert (asked["function"], asked["seconds"]) == ("half", 3)
    assert unpack(asked["arguments"]) == (1,)
    assert unpack(asked["options"]) == {"other": 2}


@pytest.mark.parametrize(
    "reply,kind,said",
    [
        ({"missing": True}, NameError, "There is no `half` in your notebook"),
        ({"module": "numpy"}, NameError, "uses `half`, and does not import it"),
        ({"problem": "late"}, Problem, "did not return within 5 seconds"),
        ({"problem": "full"}, Problem, "has started too many processes"),
        ({"problem": "gone"}, Problem, "ends the whole program"),
        ({"unpackable": "It is long."}, Problem, "gives what is too large: It is long$"),
        ({"error": ["KeyError", "'p'"]}, Raised, "^'p'$"),
        ({"error": ["NotImplementedError", ""]}, NotImplementedError, "^$"),
        ({"error": None}, Raised, "^$"),
        ({"value": {"eval": "1"}}, Ended, "what was not asked"),
        ({}, Ended, "what was not asked"),
    ],
    ids=str,
)
def test_what_is_no_value_is_told(notebook, reply, kind, said):
    with notebook(reply) as one:
        with pytest.raises(kind, match=said) as raised, one.look() as names:
            names.get("half")
        if kind is Raised:
            name, _ = reply["error"] or ("Error", "")
            assert type(raised.value).__name__ == name


def test_an_endless_message_is_cut(notebook):
    with notebook({"error": ["KeyError", "x" * 600]}) as one:
        with pytest.raises(Raised) as raised, one.look() as names:
            names.get("half")
        assert str(raised.value) == "x" * 500


def test_who_takes_more_memory_than_allowed_is_ended(notebook):
    with notebook() as one:
        one.limits = Limits(memory=1 << 10)  # which even a process that sleeps has
        one.process.wait(timeout=10)
        with pytest.raises(Ended, match=r"took more than 9\.54e-07 GB of memory"):
            one.run("")


def test_processes_that_end_meanwhile_hide_no_others(monkeypatch):
    me = os.getpid()
    monkeypatch.setattr(os, "listdir", lambda folder: ["cpuinfo", "999999999", str(me)])
    below, sizes = student._processes()
    assert list(below.values()) == [[me]]
    assert list(below) == [os.getppid()]
    assert 1 << 20 < sizes[me] * os.sysconf("SC_PAGE_SIZE") < 1 << 40


def test_memory_is_counted_with_that_of_childrens_children():
    code = "x = b'x' * (64 << 20); print(flush=True); input()"
    outer = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", outer, outer, code], **pipes) as process:
        process.stdout.readline()
        assert student._takes_more(process.pid, 60 << 20)
        assert not student._takes_more(process.pid, 200 << 20)
        process.communicate(b"\n")
