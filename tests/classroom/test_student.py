"""The judge's end of the conversation: what it may be told, and what it never waits for."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

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

    # A test may put others in their place for the judge's end, while this end still speaks.
    send, receive = wire.send, wire.receive

    def make(*replies, ready_after=0.0, limits=Limits()):  # noqa: B008
        asked = []

        def speak(handle):
            time.sleep(ready_after)
            with contextlib.suppress(wire.Broken):
                send(handle, {"ready": 1})
                for reply in [*replies, None, None]:
                    asked.append(receive(handle, 1 << 20))
                    if asked[-1]["do"] == "look":  # which has no answer
                        asked.append(receive(handle, 1 << 20))
                    if asked[-1]["do"] == "end":
                        reply = {"ended": True}
                    if reply is not None:
                        send(handle, reply)
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
    with notebook({"outputs": []}, ready_after=1.2, limits=Limits(total=1)) as one:
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
        one.process.wait(timeout=60)
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


def test_what_is_said_at_once_has_its_limit(notebook, monkeypatch):
    monkeypatch.setattr(student, "MOST_RECEIVED", 50)
    with (
        notebook({"outputs": ["x" * 60]}) as one,
        pytest.raises(Ended, match=r"it sent 77 bytes at once; at most 50 are taken"),
    ):
        one.run("")


def test_who_takes_no_questions_is_not_waited_for(notebook):
    with notebook() as one:
        seconds = one.socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, 16)
        assert struct.unpack("ll", seconds) == (10, 0)


def test_where_nothing_starts_that_is_no_fault_of_the_students(notebook, monkeypatch):
    monkeypatch.setattr(student, "START", 0.05)
    one = notebook(ready_after=20)
    with pytest.raises(RuntimeError, match="the sandbox did not start"), one:
        pass
    assert one.socket.fileno() == -1
    assert one.process.returncode == -signal.SIGKILL


def test_the_start_has_its_own_time_and_the_notebook_its_own(notebook):
    now = time.monotonic()
    one = notebook(limits=Limits(total=100))
    assert one.last == pytest.approx(now + 160, abs=25)
    with one:
        assert one.last == pytest.approx(now + 100, abs=25)
    assert one.socket.fileno() == -1


def test_a_question_has_its_time_and_some_grace(notebook, monkeypatch):
    waited = []
    now = time.monotonic()
    with notebook(limits=Limits(cell=7, call=2)) as one:
        monkeypatch.setattr(time, "monotonic", lambda: now)  # no pause of the machine counts
        monkeypatch.setattr(wire, "send", lambda handle, message: None)

        def receive(handle, most, deadline):
            waited.append(deadline - now)
            return {"outputs": [], "ended": True}

        monkeypatch.setattr(wire, "receive", receive)
        one.run("")
        one.ask({"do": "get"})
        monkeypatch.setattr(wire, "receive", lambda *a: receive(*a) and {"ended": True})
        one.leave()
        assert waited == pytest.approx([10, 5, 5])


@pytest.mark.parametrize("reply", [{}, {"ended": False}, {"ended": True, "value": 1}], ids=str)
def test_a_look_ends_as_it_was_asked_to(notebook, monkeypatch, reply):
    with notebook() as one:
        monkeypatch.setattr(one, "_ask", lambda request: reply)
        with pytest.raises(Ended, match="what was not asked"), one.look():
            pass


def test_who_has_gone_is_told_in_words(notebook, monkeypatch):
    def gone(*_):
        raise wire.Broken("it is gone")

    words = "The notebook's Python ended before its time: it went out of bounds, or was ended by "
    for what in ("receive", "send"):
        with notebook() as one:
            monkeypatch.setattr(wire, what, gone)
            with pytest.raises(Ended) as told:
                one.run("")
            monkeypatch.undo()
        assert str(told.value) == words + "its own code."


def test_functions_within_results_are_called_by_their_number(notebook):
    replies = [
        {"value": {"function": "make"}},
        {"value": [{"function": 3}]},
        {"value": True},
    ]
    with notebook(*replies) as one, one.look() as names:
        (inner,) = names.get("make")()
        assert inner.__name__ == inner.__qualname__ == "function"
        assert inner(1) is True
    assert [asked.get("function") for asked in one.asked[1:4]] == [None, "make", 3]
    assert [asked["do"] for asked in one.asked] == ["look", "get", "call", "call", "end"]


@pytest.mark.parametrize("name", [None, [1], 1.5])
def test_a_function_without_a_name_was_not_asked_for(notebook, name):
    with (
        notebook({"value": {"function": name}}) as one,
        pytest.raises(Ended, match="what was not asked"),
        one.look() as names,
    ):
        names.get("half")


def test_what_an_error_is_called_and_says_has_its_length():
    error = student._raised(["N" * 90, "m" * 600])
    assert isinstance(error, Raised)
    assert (type(error).__name__, str(error)) == ("N" * 80, "m" * 500)
    assert student._raised([1, 2]).args == ("2",)
    assert type(student._raised(["a", "b", "c"])).__name__ == "Error"
    assert type(student._raised(["NotImplementedError", "x"])) is NotImplementedError


def test_only_pythons_own_errors_are_told_by_name():
    assert student.builtin_name("ValueError") == "ValueError"
    assert student.builtin_name("the answer is 1.75") == "an error"


def test_what_is_too_large_is_told_and_cut(notebook):
    with notebook({"unpackable": "x" * 300}) as one:
        with pytest.raises(Problem) as told, one.look() as names:
            names.get("half")
        assert str(told.value) == "gives what is too large: " + "x" * 200


def test_with_a_process_all_that_it_started_is_ended(notebook, monkeypatch):
    with notebook() as one:
        one.process.kill()
        one.process.wait()
        words = ["sh", "-c", "sleep 30 & echo $!; wait"]
        one.process = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
        child = int(one.process.stdout.readline())
        assert Path(f"/proc/{child}").exists()
    one.process.stdout.close()
    until = time.monotonic() + 60
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_memory_is_that_of_the_process_and_all_below_it(monkeypatch):
    page = os.sysconf("SC_PAGE_SIZE")
    below, sizes = {1: [2, 3], 3: [4], 9: [10]}, {1: 1, 2: 2, 4: 4, 9: 1000, 10: 1000}
    monkeypatch.setattr(student, "_processes", lambda: (below, sizes))
    shares = {1: 10, 2: 20, 3: 0, 4: 40, 9: 5000, 10: 5000}
    monkeypatch.setattr(student, "_fair_share", shares.__getitem__)
    assert student._takes_more(1, 69)
    assert not student._takes_more(1, 70)
    assert student._takes_more(3, 39)
    assert not student._takes_more(5, 0)
    shares[4] = 100 * page  # what is shared, and so counted twice, may be more than there is
    assert student._takes_more(1, 7 * page - 1)
    assert not student._takes_more(1, 7 * page)


def test_a_fair_share_is_what_is_ones_own():
    me = student._fair_share(os.getpid())
    assert 1 << 20 < me < 1 << 36
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    (own,) = (int(line.split()[1]) for line in lines if line.startswith("Pss_Anon"))
    assert me == pytest.approx(own * 1024, rel=0.2)
    assert student._fair_share(999_999_999) == 0


def test_pages_of_files_are_not_counted(monkeypatch):
    texts = {"stat": "7 (a) b) S 3 7 7", "statm": "900 70 20 1 0 5 0"}
    monkeypatch.setattr(os, "listdir", lambda folder: ["self", "7"])
    monkeypatch.setattr(Path, "read_text", lambda path: texts[path.name])
    assert student._processes() == ({3: [7]}, {7: 50})


def test_the_memory_is_watched_twice_a_second(notebook, monkeypatch):
    with notebook() as one:
        one.process.kill()
        one.process.wait()
        one.watch.join(timeout=60)
        assert not one.watch.is_alive()  # a watch ends with what it watches
        looked, slept = [], []
        one.limits = Limits(memory=3 << 30)
        monkeypatch.setattr(one.process, "poll", lambda: 1 if len(looked) == 2 else None)
        monkeypatch.setattr(
            student, "_takes_more", lambda *asked: looked.append(asked) or len(looked) == 2
        )
        monkeypatch.setattr(time, "sleep", slept.append)
        one._watch()
        assert looked == [(one.process.pid, 3 << 30)] * 2
        assert slept == [0.5, 0.5]
        assert one.why_ended == "The notebook was stopped: it took more than 3 GB of memory."
