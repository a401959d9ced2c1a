"""Inside the sandbox: what a cell puts out is bounded, and names are asked for one by one."""

import json

import pytest

pytest.importorskip("resource", reason="sandboxes need Linux")

from celib.classroom.inside import runner
from celib.classroom.inside.runner import Answers, Shown


def error_of(source):
    with pytest.raises(Exception) as raised:  # noqa: PT011
        exec(source, {})
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
