"""The live picture of page 10: its formulas are right, and the digits typed decide.

Expected values are computed with mpmath, from the formulas as the picture writes them.
"""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from drawings import SVG, assert_words_stand_apart
from mpmath import mp

from celib.explore import candidates, explaining, paste_a_number
from celib.explore.published import PREDICTIONS, SUGGESTIONS
from celib.practice import catalogue
from celib.published import agrees

EXAMPLE = (0.775, 0.116, 0.039, 0.070)
CLAIMS = [*SUGGESTIONS, "0.0002032", "-1.3863", "0.00000001", "99999", "1e-15", "12.09", "", "dog"]
SETTINGS = list(itertools.product(CLAIMS, PREDICTIONS.values()))


def title(mistake):
    return catalogue()[mistake].title


def by_definition(probs):
    """Give every value of the list, in its order, from the definitions; dog is true."""
    p = [mp.mpf(q) for q in probs]
    k, dog = len(p), p[0]
    nats = -mp.log(dog)
    binary = nats - mp.fsum(mp.log(1 - q) for q in p[1:])
    focal = (1 - dog) ** 2 * nats
    return [
        nats,
        nats / mp.log(2),
        nats / mp.log(10),
        -nats,
        nats / k,
        -mp.log(p[1]),
        mp.log(mp.fsum(mp.exp(q) for q in p)) - dog,
        binary,
        binary / k,
        1 - dog,
        -mp.fsum(q * mp.log(q) for q in p),
        focal,
        focal / 4,
        3 * focal / 4,
    ]


@pytest.mark.parametrize("probs", [*PREDICTIONS.values(), (0.6, 0.3, 0.1), (0.2, 0.8)])
def test_every_formula_gives_what_its_definition_gives(probs):
    values = [one.value for one in candidates(probs, 0)]
    assert values == pytest.approx([float(v) for v in by_definition(probs)], rel=1e-9)


def test_the_true_class_may_be_any():
    rows = candidates([0.116, 0.775, 0.039, 0.070], 1)
    assert rows[0].value == pytest.approx(-float(mp.log(0.775)))
    assert rows[5].value == pytest.approx(-float(mp.log(0.039)))  # the next class
    assert candidates([0.1, 0.9], 1)[5].value == pytest.approx(-float(mp.log(0.1)))


def test_units_are_said():
    units = {one.name: one.unit for one in candidates(EXAMPLE, 0)}
    assert units["right, in bits"] == "bits"
    assert units["right, in bans"] == "bans"
    assert units[title("one-minus-p")] == ""
    assert sorted(set(units.values())) == ["", "bans", "bits", "nats"]


@pytest.mark.parametrize(
    "claimed, names",
    [
        ("0.2549", ["right, in nats"]),
        ("0.3677", ["right, in bits"]),
        ("0.1107", ["right, in bans"]),
        ("-0.2549", [title("lost-minus")]),
        ("−0.2549", [title("lost-minus")]),  # a true minus sign, as the page prints it
        (" 0.0637 ", [title("divided-by-the-classes")]),
        ("2.1542", [title("label-counted-from-one")]),
        (
            "0.1",
            ["right, in bans", title("divided-by-the-classes"), title("binary-mean-over-classes")],
        ),
        ("0.0097", [f"focal, {title('alpha-on-the-negatives')}"]),
        ("0.11", ["right, in bans"]),
        ("0.2500", []),
        ("0.25", ["right, in nats"]),
        ("7", []),
    ],
)
def test_the_digits_typed_decide(claimed, names):
    rows = candidates(EXAMPLE, 0)
    drawing = explaining(claimed, EXAMPLE)
    assert [rows[i].name for i in drawing.numbers["matches"]] == names
    for name in names:
        assert f"{name} = " in drawing.description


def test_a_uniform_prediction_cannot_tell_four_formulas_apart():
    drawing = explaining("1.3863", (0.25,) * 4)
    assert len(drawing.numbers["matches"]) == 4
    assert "so it cannot tell them apart" in drawing.description


@pytest.mark.parametrize("claimed, probs", SETTINGS)
def test_the_numbers_agree_with_one_another_at_every_setting(claimed, probs):
    drawing = explaining(claimed, probs)
    numbers = drawing.numbers
    assert numbers["values"] == pytest.approx([float(v) for v in by_definition(probs)], rel=1e-9)
    if "claimed" not in numbers:
        assert not re.search(r"\d", claimed)
        assert numbers["matches"] == []
        return
    figure = claimed.replace("−", "-")
    assert numbers["claimed"] == float(figure)
    assert numbers["ratio"] * numbers["values"][0] == pytest.approx(float(figure))
    hits = [i for i, value in enumerate(numbers["values"]) if agrees(value, figure)]
    assert numbers["matches"] == hits


@pytest.mark.parametrize("claimed, probs", SETTINGS)
def test_the_svg_is_well_formed_labelled_and_nothing_overlaps(claimed, probs):
    drawing = explaining(claimed, probs)
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") in drawing.description
    assert root.find(f"{SVG}desc").text == drawing.description
    assert_words_stand_apart(drawing)


def test_only_rows_that_match_are_filled():
    plain, hit = explaining("7", EXAMPLE).svg, explaining("0.3677", EXAMPLE).svg
    assert plain.count('fill="#B8420A"') == 0
    assert hit.count('font-weight="bold"') == plain.count('font-weight="bold"') + 2


@pytest.mark.parametrize("claimed", ["", "dog", "nan", "inf", "1e400", "0.3677 nats", "-"])
def test_what_is_not_a_number_is_asked_for_again(claimed):
    drawing = explaining(claimed, EXAMPLE)
    assert drawing.description == ("Type a number such as 0.3677. The right loss is 0.2549 nats.")
    assert "ratio" not in drawing.numbers


def test_zero_has_no_place_on_a_ratio_axis():
    assert "claimed<" not in explaining("0", EXAMPLE).svg
    assert "claimed<" in explaining("0.1", EXAMPLE).svg
    assert "off the axis<" in explaining("99999", EXAMPLE).svg


def test_the_two_controls_change_what_they_should_and_nothing_else():
    live = paste_a_number()
    first = live.drawing.numbers
    live.controls["claimed"].value = "0.1107"
    assert live.drawing.numbers["values"] == first["values"]
    assert live.drawing.numbers["matches"] == [2]
    live.controls["probs"].value = PREDICTIONS["dog 0.936 (trained)"]
    assert live.drawing.numbers["claimed"] == 0.1107
    assert live.drawing.numbers["values"][0] == pytest.approx(-float(mp.log(0.936)))
    assert all(control.description for control in live.controls.values())
    assert "0.1107" in live.picture.value
