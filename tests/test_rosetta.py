"""The table of one loss in six libraries is complete, and celib's column is computed.

That the other columns hold is tested in ``peers/test_rosetta.py``.
"""

import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

import celib
from celib import rosetta

# By hand: ln of the sums of exponentials of the logits, less the logit of the truth; the mean of a
# dog's 0.254699 and a cat's 2.154699 nats, and of softplus(-1.3) and softplus(1.3).
BY_HAND = {
    "categorical, from probabilities": 1.204529,  # -(ln 0.775 + ln 0.116) / 2
    "categorical, from logits": 1.204699,
    "binary, from probabilities": 0.890949,  # -(ln 0.7858 + ln 0.2142) / 2
    "binary, from logits": 0.891008,
    "categorical, weighted": 3.359399,  # (0.254699 + 3 * 2.154699) / 2
    "categorical, smoothed": 1.292199,
    "binary, focal": 0.481342,
    "the truth called impossible": float("inf"),
}


def test_every_library_says_every_loss_or_says_that_it_cannot():
    said = [(one.loss, one.library) for one in rosetta.phrases()]
    assert said == [(loss, name) for loss in rosetta.LOSSES for name in rosetta.libraries()]
    for one in rosetta.phrases():
        assert (one.call is None) == (one.value is None)
        assert one.unit == "nats"
        assert one.call or one.note
    assert list(rosetta.libraries()) == [
        "celib",
        "SciPy",
        "scikit-learn",
        "PyTorch",
        "Keras",
        "optax",
    ]


def test_libraries_and_phrases_and_tables_are_values():
    """They can be put into a set, which what can be changed cannot."""
    assert len(set(rosetta.libraries().values())) == 6
    assert len(set(rosetta.phrases())) == 6 * len(rosetta.LOSSES)
    tables = [rosetta.table(about=["setup"]), *map(rosetta.table, rosetta.LOSSES)]
    assert len(set(tables)) == 1 + len(rosetta.LOSSES)


def test_the_table_is_read_as_utf8_whatever_the_machine_prefers(monkeypatch):
    as_usual = rosetta.phrases()
    monkeypatch.setattr(io, "text_encoding", lambda encoding, *_: encoding or "utf-16")
    assert rosetta.phrases() == as_usual


def test_ours_is_this_version():
    assert rosetta.libraries()["celib"].version == celib.__version__


@pytest.mark.parametrize("loss", rosetta.LOSSES)
def test_our_column_is_computed_and_as_recorded(loss):
    ours = rosetta.phrases(loss)[0]
    assert ours.library == "celib"
    assert rosetta.run(ours) == pytest.approx(BY_HAND[loss], abs=6e-7)
    assert ours.value == f"{rosetta.run(ours):.4f}"
    assert rosetta.table(loss).rows[0][2] == f"{ours.value} nats"


def test_a_changed_call_changes_our_number(monkeypatch):
    ours = rosetta.phrases("categorical, from logits")[0]
    other = replace(ours, call=ours.call.replace("labels,", "labels[::-1],"), value="0.0000")
    assert rosetta.run(other) == rosetta.run(ours)  # two photos with the same answer
    monkeypatch.setattr(rosetta, "phrases", lambda loss: [replace(other, call="1 / 8")])
    assert rosetta.table("categorical, from logits").rows[0][2] == "0.1250 nats"
    assert type(rosetta.run(replace(other, call="1"))) is float


def test_what_cannot_be_said_cannot_be_run():
    nothing = next(one for one in rosetta.phrases("binary, from probabilities") if one.call is None)
    with pytest.raises(ValueError, match="optax has no call for 'binary, from prob"):
        rosetta.run(nothing)
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        rosetta.run(replace(rosetta.phrases()[0], needs="no_such_package"))


def test_a_loss_that_is_not_listed_is_refused():
    known = ", ".join(rosetta.LOSSES)
    with pytest.raises(ValueError, match=rf"^loss must be one of {known}; got 'hinge'\.$"):
        rosetta.phrases("hinge")


def test_the_inputs_are_the_callers_to_change():
    rosetta.inputs()["labels"][0] = 3
    assert rosetta.inputs()["labels"] == [0, 1]


@pytest.mark.parametrize("table", [rosetta.table(loss) for loss in rosetta.LOSSES])
def test_tables_are_well_formed_and_say_the_same_in_both_forms(table):
    bundle = table._repr_mimebundle_()
    html = ET.fromstring(bundle["text/html"].replace("&#x27;", "'"))
    assert html.find("caption").text == table.caption
    assert [th.get("scope") for th in html.iter("th")] == ["col"] * 4 + ["row"] * 6
    for row in html.find("tbody"):
        cells = ["".join(cell.itertext()) for cell in row]
        for words in filter(None, cells):
            assert words in bundle["text/plain"]
    assert str(table) == bundle["text/plain"]


A_TABLE = rosetta.Table(
    "Is 1 < 2?",
    ("library", "call", "R&D"),
    (("<one>", "f(1 < 2)", "a < b"), ("two", "none", "")),
)


def test_a_table_as_lines_of_text():
    """What is empty has no line."""
    assert str(A_TABLE).splitlines() == [
        "Is 1 < 2?",
        "<one>",
        "    call: f(1 < 2)",
        "    R&D: a < b",
        "two",
        "    call: none",
    ]


def test_a_table_as_html():
    html = A_TABLE._repr_mimebundle_()["text/html"].replace(f" {rosetta.LEFT}", "")
    assert html.splitlines() == [
        "<table>",
        "<caption>Is 1 &lt; 2?</caption>",
        '<thead><tr><th scope="col">library</th><th scope="col">call</th>'
        '<th scope="col">R&amp;D</th></tr></thead>',
        "<tbody>",
        '<tr><th scope="row">&lt;one&gt;</th><td><code>f(1 &lt; 2)</code></td>'
        "<td>a &lt; b</td></tr>",
        '<tr><th scope="row">two</th><td>none</td><td></td></tr>',
        "</tbody>",
        "</table>",
    ]


def test_a_row_has_a_cell_for_each_column():
    for cells in (("one",), ("one", "f(1)", "more")):
        table = rosetta.Table("Too few, too many", ("library", "call"), (cells,))
        with pytest.raises(ValueError, match="zip"):
            str(table)
        with pytest.raises(ValueError, match="zip"):
            table._html_row(cells)


def test_a_table_of_a_loss_names_it_and_says_where_there_is_no_call():
    table = rosetta.table("binary, from probabilities")
    assert table.caption == "Binary, from probabilities"
    assert table.header == ("library", "call", "number", "note")
    optax = table.rows[-1]
    assert optax[:3] == ("optax", "none", "")
    assert optax[3]


def test_calls_are_set_as_code_and_what_stands_for_none_is_not():
    html = rosetta.table("categorical, from logits")._repr_mimebundle_()["text/html"]
    assert html.count("<code>") == 5
    assert "<code>none</code>" not in html


def test_habits_have_the_columns_asked_for():
    table = rosetta.table(about=["base", "clipping"])
    assert table.caption == "Habits of the libraries"
    assert all(isinstance(row[1], str) for row in rosetta.table(about=["setup"]).rows)
    assert table.header == ("library", "base", "clipping")
    assert table.rows[0] == ("celib 0.1.0", 'natural; unit="bits" for base 2', "none: inf")
