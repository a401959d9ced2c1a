"""Cells in a real sandbox: what they put out, what is seen of them, and what cannot spoil it."""

import base64

import pytest

from celib.practice.calling import Problem


@pytest.fixture(scope="module")
def notebook(needs_classroom):
    """One for all tests here; each uses names of its own."""
    from celib.classroom.limits import Limits
    from celib.classroom.student import Student

    with Student(Limits(call=2.5)) as one:
        yield one


def test_outputs_come_in_their_order_and_form(notebook):
    source = (
        "import sys\n"
        "from IPython.display import HTML, display\n"
        "print('one')\nprint('two', file=sys.stderr)\n"
        "display(HTML('<b>three</b>'))\n40 + 2"
    )
    printed, warned, shown, result = notebook.run(source)
    assert printed == {"output_type": "stream", "name": "stdout", "text": "one\n"}
    assert warned == {"output_type": "stream", "name": "stderr", "text": "two\n"}
    assert (shown["output_type"], shown["data"]["text/html"]) == ("display_data", "<b>three</b>")
    assert (result["output_type"], result["data"]) == ("execute_result", {"text/plain": "42"})
    assert notebook.run("_ + 1")[0]["data"] == {"text/plain": "43"}
    assert notebook.run("_;\nNone") == []


def test_a_picture_is_shown_when_its_cell_ends(notebook):
    pytest.importorskip("matplotlib")
    shown = notebook.run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert base64.b64decode(shown[-1]["data"]["image/png"]).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "source,name",
    [("1 / 0", "ZeroDivisionError"), ("1 1", "SyntaxError"), ("raise SystemExit", "SystemExit")],
)
def test_an_error_ends_its_cell_and_not_the_notebook(notebook, source, name):
    *before, error = notebook.run(f"{source}\nprint('not reached')")
    assert "stdout" not in [output["name"] for output in before]  # IPython may warn on stderr
    assert (error["output_type"], error["ename"]) == ("error", name)
    assert notebook.run("print('goes on')")[0]["text"] == "goes on\n"


def test_nothing_of_what_was_run_is_written_down(notebook):
    shown = notebook.run("get_ipython().history_manager.enabled")
    assert shown[0]["data"] == {"text/plain": "False"}


def test_a_look_changes_nothing(notebook):
    notebook.run("mine = [1]\ndef add(one): mine.append(one); return list(mine)")
    for _ in range(2):
        with notebook.look() as names:
            assert names.get("add")(2) == [1, 2]
    assert notebook.run("mine")[0]["data"] == {"text/plain": "[1]"}


def test_a_function_that_never_returns_spoils_no_other(notebook):
    notebook.run("def never(): \n    while True: pass\ndef half(one): return one / 2")
    with notebook.look() as names:
        with pytest.raises(Problem, match=r"did not return within 2\.5 seconds"):
            names.get("never")()
        assert names.get("half")(3) == 1.5
        assert names.get("half")(1) == 0.5


def test_a_function_that_ends_the_program_spoils_no_other(notebook):
    notebook.run("import os\ndef leave(): os._exit(1)\ndef third(one): return one / 3")
    with notebook.look() as names:
        with pytest.raises(Problem, match="ends the whole program"):
            names.get("leave")()
        assert names.get("third")(3) == 1.0
