"""Inside the sandbox: what a cell puts out is bounded, and names are asked for one by one."""

import argparse
import json
import os
import signal
import socket
import sys
import time

import pytest

pytest.importorskip("resource", reason="sandboxes need Linux")

import resource

from celib.classroom.inside import runner, wire
from celib.classroom.inside.runner import Answers, Shown


def error_of(source):
    with pytest.raises(Exception) as raised:  # noqa: PT011
        exec(source, {"__name__": "__main__"})
    return raised.value


def test_pictures_are_kept_as_notebooks_keep_them():
    shown = Shown()
    shown.add("display_data", {"image/png": b"picture", "text/plain": "a picture"}, None)
    (output,) = shown.outputs
    # "picture" in base 64, from coreutils' base64.
    assert output["data"] == {"image/png": "cGljdHVyZQ==", "text/plain": "a picture"}
    assert output["metadata"] == {}
    assert json.dumps(output)


def test_what_is_printed_in_a_row_is_one_output():
    shown = Shown()
    for name, text in [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]:
        shown.write(name, text)
    assert [(one["name"], one["text"]) for one in shown.outputs] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


def test_a_long_print_is_cut_off_once():
    shown = Shown()
    for _ in range(10):
        shown.write("stdout", "x" * 20_000)
    (output,) = shown.outputs
    assert output["text"] == "x" * 50_000 + "\n[the rest of the output is left out]\n"


def test_of_very_many_outputs_the_first_are_kept():
    shown = Shown()
    for place in range(1_000):
        shown.add("display_data", {"text/plain": str(place)}, None)
        shown.write("stdout", str(place))
    assert 100 <= len(shown.outputs) <= 201
    assert shown.outputs[0]["data"] == {"text/plain": "0"}
    assert "left out" in shown.outputs[-1]["data"]["text/plain"]


def test_a_picture_that_is_too_large_is_left_out_and_said_to_be():
    shown = Shown()
    shown.add("display_data", {"image/png": "x" * (3 << 20)}, None)
    (output,) = shown.outputs
    assert "left out" in output["data"]["text/plain"]


def test_of_outputs_that_cannot_be_sent_the_error_still_is():
    told = runner._told(error_of("1 / 0"), 20.0)
    strange = {"output_type": "display_data", "data": {"x": object()}, "metadata": {}}
    sent = runner._sendable({"outputs": [strange, told]})["outputs"]
    assert "left out" in sent[0]["text"]
    assert sent[1:] == [told]


def test_an_error_is_told_as_notebooks_have_it():
    told = runner._told(error_of("x = 1\nx / 0"), 20.0)
    assert told["output_type"] == "error"
    assert (told["ename"], told["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert told["traceback"][0].startswith("Traceback")
    late = runner._told(runner.TimeIsUp(), 2.5)
    assert late["evalue"] == "the cell did not end within 2.5 seconds"


def test_an_error_that_cannot_even_be_named_is_told():
    error = error_of("class Bad(Exception):\n    def __str__(self): raise ValueError\nraise Bad()")
    assert runner._named(error) == ("Bad", "")


def add(one, other=0):
    return one + other


@pytest.fixture
def answers():
    import math

    return Answers({"two": 2, "add": add, "several": [add, abs], "math": math})


def ask(answers, function, *arguments, **options):
    packed = {"arguments": {"tuple": list(arguments)}, "options": {"dict": list(options.items())}}
    return answers.answer({"do": "call", "function": function} | packed)


def test_a_name_is_answered_by_what_it_stands_for(answers):
    def got(name):
        return answers.answer({"do": "get", "name": name})

    assert got("two") == {"value": 2}
    assert got("three") == {"missing": True}
    assert got("math") == {"module": "math"}
    assert got("add") == {"value": {"function": "add"}}


def test_a_function_is_called_by_its_name_or_by_the_number_it_got(answers):
    assert ask(answers, "add", 2) == {"value": 2}
    assert ask(answers, "add", 2, other=3) == {"value": 5}
    several = answers.answer({"do": "get", "name": "several"})["value"]
    assert several == [{"function": 0}, {"function": 1}]
    assert ask(answers, several[1]["function"], -7) == {"value": 7}


def test_what_a_call_raises_is_an_answer(answers):
    name, _ = ask(answers, "add", 2, more=1)["error"]
    assert name == "TypeError"
    answers.names["large"] = lambda: "x" * 300_000
    assert "300,000" in ask(answers, "large")["unpackable"]


def told_to(monkeypatch, *requests):
    """Let the judge ask these, and then be gone; return what it gets."""
    sent, waiting = [], list(requests)

    def receive(handle, most, deadline=None):
        if not waiting:
            raise wire.Broken("it is gone")
        return waiting.pop(0)

    monkeypatch.setattr(wire, "receive", receive)
    monkeypatch.setattr(wire, "send", lambda handle, message: sent.append((handle, message)))
    return sent


def test_it_is_bound_before_it_is_ready_and_does_what_it_is_asked(monkeypatch):
    bound, looks = [], []
    run = {"do": "run", "source": "x", "seconds": 3}
    sent = told_to(monkeypatch, run, {"do": "look"}, {"do": "sing"}, run)
    monkeypatch.setattr("sys.argv", ["-c", "7", "120", "1000", "64", "300"])
    monkeypatch.setattr(runner, "limit", lambda *numbers: bound.append((numbers, list(sent))))
    monkeypatch.setattr(runner, "started_shell", lambda: "shell")
    monkeypatch.setattr(runner, "ran", lambda *asked: {"outputs": asked})
    monkeypatch.setattr(runner, "look", lambda *asked: looks.append(asked))
    with pytest.raises(wire.Broken):
        runner.main()
    assert bound == [((120, 1000, 64, 300), [])]
    answer = (7, {"outputs": ("shell", "x", 3)})
    assert sent == [(7, {"ready": os.getpid()}), answer, answer]
    assert looks == [(7, "shell")]


def test_every_limit_is_set_for_good(monkeypatch):
    found = {}
    monkeypatch.setattr(resource, "setrlimit", lambda what, both: found.update({what: both}))
    runner.limit(120, 1000, -1, 0)
    assert found == {
        resource.RLIMIT_CPU: (120, 120),
        resource.RLIMIT_AS: (1000, 1000),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (256, 256),
        resource.RLIMIT_CORE: (0, 0),
    }
    runner.limit(120, 1000, 64, 0)
    assert found[resource.RLIMIT_NPROC] == (64, 64)


class Shell:
    """Runs a cell as IPython does, which keeps errors to itself."""

    def __init__(self, *, escapes=False, before_exec=False):
        self.shown = Shown()
        self.escapes, self.before_exec = escapes, before_exec
        self.user_ns = {}

    def run_cell(self, source, *, store_history):
        assert not store_history
        found = argparse.Namespace(error_before_exec=None, error_in_exec=None)
        try:
            exec(source, self.user_ns)
        except BaseException as error:
            if self.escapes:
                raise
            setattr(found, "error_before_exec" if self.before_exec else "error_in_exec", error)
        return found


@pytest.mark.parametrize("how", [{}, {"escapes": True}, {"before_exec": True}], ids=str)
def test_a_cell_gives_its_outputs_and_its_error(how):
    shell, before = Shell(**how), (sys.stdout, sys.stderr)
    source = "import sys; print('one'); print('two', file=sys.stderr)\n1 / 0"
    for _ in range(2):  # those of one cell are not those of the next
        printed, warned, error = runner.ran(shell, source, 5.0)["outputs"]
        assert printed == {"output_type": "stream", "name": "stdout", "text": "one\n"}
        assert warned == {"output_type": "stream", "name": "stderr", "text": "two\n"}
        assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert (sys.stdout, sys.stderr) == before
    assert runner.ran(shell, "", 5.0) == {"outputs": []}


ENDLESS = "while True:\n    try:\n        for _ in iter(int, 1): pass\n"


def test_code_that_catches_everything_is_stopped_all_the_same():
    source = f"{ENDLESS}    except BaseException: break"
    assert runner.ran(Shell(), source, 0.05) == {"outputs": []}
    (error,) = runner.ran(Shell(), f"{source}\nwhile True: pass", 0.05)["outputs"]
    assert error["evalue"] == "the cell did not end within 0.05 seconds"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_except_exception_does_not_swallow_the_end_of_the_time():
    source = (
        "while True:\n    try:\n        for _ in iter(int, 1): pass\n    except Exception: break"
    )
    (error,) = runner.ran(Shell(), source, 0.05)["outputs"]
    assert error["ename"] == "TimeIsUp"


def test_a_stream_is_as_good_as_a_file():
    shown = Shown()
    stream = runner.Stream("stderr", shown)
    assert stream.write("four") == 4
    stream.writelines(["a", "b"])
    stream.flush()
    assert shown.outputs == [{"output_type": "stream", "name": "stderr", "text": "fourab"}]
    assert (stream.encoding, stream.errors, stream.isatty()) == ("utf-8", "strict", False)


def test_what_is_shown_ends_where_it_would_be_too_much(monkeypatch):
    monkeypatch.setattr(runner, "MOST_SHOWN", 1000)
    shown = Shown()
    shown.add("display_data", {"text/plain": "x" * 600, "text/html": "x" * 400}, {"width": 1})
    assert shown.outputs[0]["data"] == {"text/plain": "x" * 600, "text/html": "x" * 400}
    assert shown.outputs[0]["metadata"] == {"width": 1}
    for _ in range(2):
        shown.add("execute_result", {"text/plain": "y"}, None)
    assert shown.outputs[1:] == [
        {"output_type": "execute_result", "data": runner.TOO_MUCH, "metadata": {}}
    ]
    shown.write("stdout", "no room")
    assert len(shown.outputs) == 2


def test_two_hundred_outputs_are_shown_and_no_more():
    shown = Shown()
    for place in range(250):
        shown.write(("stdout", "stderr")[place % 2], "x")
    assert len(shown.outputs) == 200


def test_a_print_is_cut_only_if_it_is_too_long():
    exact, over = Shown(), Shown()
    exact.write("stdout", "x" * 50_000)
    exact.write("stdout", "y")
    over.write("stdout", "x" * 49_999)
    over.write("stdout", "yz")
    assert exact.outputs[0]["text"] == "x" * 50_000
    assert over.outputs[0]["text"] == "x" * 49_999 + "y" + runner.CUT


def test_of_a_long_error_the_end_is_told():
    error = error_of("raise type('N' * 90, (Exception,), {})('m' * 9_000 + 'end')")
    told = runner._told(error, 20.0)
    assert (told["ename"], told["evalue"]) == ("N" * 80, "m" * 500)
    (text,) = told["traceback"]
    assert len(text) == 8_000
    assert text.endswith("end\n")


def test_an_error_that_python_cannot_print_ends_its_cell_only():
    source = "exec(\"raise type('Bad', (Exception,), {})('why')\", {})"  # of no module at all
    (error,) = runner.ran(Shell(), source, 5.0)["outputs"]
    assert (error["ename"], error["evalue"], error["traceback"]) == ("Bad", "why", [""])


def test_the_lines_of_our_own_are_not_the_students_error():
    (error,) = runner.ran(Shell(escapes=True), "1 / 0", 5.0)["outputs"]
    (text,) = error["traceback"]
    assert runner.__file__ not in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize("metadata", [{"x": float("nan")}, {"x": object()}], ids=["nan", "object"])
def test_what_json_does_not_know_is_left_out(metadata):
    shown = {"output_type": "display_data", "data": {}, "metadata": metadata}
    assert runner._sendable({"outputs": [shown]}) == {
        "outputs": [
            {
                "output_type": "stream",
                "name": "stdout",
                "text": "[left out: the outputs cannot be stored]",
            }
        ]
    }


def test_what_is_too_long_for_one_message_is_left_out(monkeypatch):
    reply = {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 50}]}
    size = len(json.dumps(reply))
    monkeypatch.setattr(runner, "MOST_SENT", size + 1)
    assert runner._sendable(reply) is reply
    monkeypatch.setattr(runner, "MOST_SENT", size)
    assert runner._sendable(reply) is not reply


def handles():
    return len(os.listdir("/dev/fd"))


# Made in a process that may have threads of other tests; the copy only answers, and ends.
forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@forks
def test_a_copy_answers_and_leaves_nothing_behind():
    before, numbers = handles(), [1]
    shell = Shell()
    shell.user_ns = {"numbers": numbers, "more": lambda: numbers.append(2) or numbers}
    copy = runner.Copy(shell)
    call = {"do": "call", "function": "more", "arguments": {"tuple": []}, "options": {"dict": []}}
    assert copy.answer(call | {"seconds": 5}) == {"value": [1, 2]}
    asked = {"do": "get", "name": "numbers", "seconds": 5}
    assert copy.answer(asked) == {"value": [1, 2]}
    copy.end()
    assert numbers == [1]
    assert handles() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(copy.child, 0)


@forks
def test_a_look_goes_on_after_a_question_that_went_wrong():
    before, shell = handles(), Shell()
    exec(
        "import os, time\nhalf = 0.5\ndef sleep(): time.sleep(30)\ndef leave(): os._exit(1)\n",
        shell.user_ns,
    )

    def call(name, seconds):
        nothing = {"arguments": {"tuple": []}, "options": {"dict": []}}
        return {"do": "call", "function": name, "seconds": seconds} | nothing

    half = {"do": "get", "name": "half", "seconds": 5}
    asked = [half, call("sleep", 0.05), half, call("leave", 5), half, {"do": "end"}]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for question in asked:
            wire.send(ours.fileno(), question)
        runner.look(theirs.fileno(), shell)
        answers = [wire.receive(ours.fileno(), 1000, time.monotonic() + 60) for _ in asked]
    value = {"value": 0.5}
    late, gone = {"problem": "late"}, {"problem": "gone"}
    assert answers == [value, late, value, gone, value, {"ended": True}]
    assert handles() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_where_no_copy_can_be_made_that_is_said(monkeypatch):
    def full():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", full)
    asked = {"do": "get", "name": "half", "seconds": 1}
    sent = told_to(monkeypatch, asked, asked, {"do": "end"})
    before = handles()
    runner.look(7, Shell())
    assert sent == [(7, {"problem": "full"})] * 2 + [(7, {"ended": True})]
    assert handles() == before
