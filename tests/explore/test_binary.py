"""The live picture of page 05: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath, from the definitions.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

from celib.explore import one_logit, two_prices
from celib.explore.binary import CALLS

CHOICES = ["probability", "logit", "both by mistake"]
LOGITS = [-6, -4.4, -1.3, -0.3, 0, 0.1, 1.3, 3, 6]
SETTINGS = list(itertools.product(LOGITS, CHOICES))


def exact_sigmoid(z):
    return 1 / (1 + mp.exp(-mp.mpf(z)))


def exact_loss(y, z, given):
    logit = exact_sigmoid(z) if given == "both by mistake" else mp.mpf(z)
    return mp.log(1 + mp.exp(-logit if y else logit))


@pytest.mark.parametrize("z, given", SETTINGS)
def test_the_numbers_are_those_of_the_definition(z, given):
    numbers = two_prices(z, given).numbers
    assert numbers["logit"] == z
    assert numbers["probability"] == pytest.approx(float(exact_sigmoid(z)), rel=1e-12)
    for y, answer in ((1, "yes"), (0, "no")):
        exact = exact_loss(y, z, given)
        slope = mp.diff(lambda at, y=y: exact_loss(y, at, given), z)
        assert numbers[f"loss_{answer}"] == pytest.approx(float(exact), rel=1e-12)
        assert numbers[f"slope_{answer}"] == pytest.approx(float(slope), rel=1e-9)
    # what is charged for is the probability that would cost as much
    assert numbers["charged"] == pytest.approx(float(mp.exp(-exact_loss(1, z, given))), rel=1e-12)


@pytest.mark.parametrize("z", LOGITS)
def test_probability_and_logit_are_two_ways_to_the_same_numbers(z):
    probability, logit = (two_prices(z, given).numbers for given in CHOICES[:2])
    assert probability == pytest.approx(logit, rel=1e-12)
    drawings = [two_prices(z, given) for given in CHOICES[:2]]
    assert drawings[0].description == drawings[1].description
    assert drawings[0].svg != drawings[1].svg  # the call shown


def test_a_second_sigmoid_keeps_the_losses_above_their_floors():
    # ln(1 + 1/e) and ln 2
    for z in LOGITS:
        numbers = two_prices(z, "both by mistake").numbers
        assert numbers["loss_yes"] > 0.31326
        assert numbers["loss_no"] > 0.69314
        assert numbers["charged"] > 0.5
    words = two_prices(0, "both by mistake").description
    assert "below 0.3133 nats for yes or 0.6931 nats for no" in words


def test_the_slopes_are_one_apart_unless_there_are_two_sigmoids():
    for z in LOGITS:
        right, wrong = (two_prices(z, given).numbers for given in CHOICES[1:])
        assert right["slope_no"] - right["slope_yes"] == pytest.approx(1, rel=1e-12)
        assert wrong["slope_no"] - wrong["slope_yes"] < 0.26


def test_what_is_shown_is_what_was_computed():
    shown = words_of(two_prices(1.3, "logit"))
    for words in "1.3", "0.7858", "0.2410 nats", "1.5410 nats", "−0.2142", "(y, z)":
        assert words in shown
    shown = words_of(two_prices(1.3, "both by mistake"))
    for words in "0.6869", "0.3755 nats", "1.1613 nats", "−0.0527", "0.1156", "(y, sigmoid(z))":
        assert words in shown
    words = two_prices(1.3, "both by mistake").description
    assert "Logit 1.3, probability 0.7858. The loss takes the probability for a logit" in words
    assert "charges for p = 0.6869" in words
    assert "the loss is 0.3755 nats and its slope −0.0527 nats per unit of logit" in words


@pytest.mark.parametrize("z, given", SETTINGS)
def test_points_and_bar_are_drawn_to_scale(z, given):
    drawing = two_prices(z, given)
    svg = parsed(drawing)
    yes, no = (r for r in svg.iter(f"{SVG}rect") if r.get("rx") == "5")
    heights = [318 - float(point.get("y")) - 5 for point in (yes, no)]
    per_nat = (318 - 76) / 6.2
    expected = [drawing.numbers[f"loss_{answer}"] * per_nat for answer in ("yes", "no")]
    assert heights == pytest.approx(expected, abs=0.011)
    assert yes.get("x") == no.get("x")
    across = (float(yes.get("x")) + 5 - 56) / (366 - 56)
    assert across == pytest.approx((z + 6) / 12, abs=1e-4)
    empty, full = (float(r.get("width")) for r in svg.iter(f"{SVG}rect") if r.get("height") == "14")
    assert full / empty == pytest.approx(drawing.numbers["charged"], abs=1e-4)


@pytest.mark.parametrize("z, given", SETTINGS)
def test_every_setting_is_a_whole_picture(z, given):
    drawing = two_prices(z, given)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        r"Logit −?\d\.\d: \d\.\d{4} nats if the answer is yes, \d\.\d{4} nats if it is no\.",
        svg.get("aria-label"),
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf|−0.0000|-", " ".join(words_of(drawing)))
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "z, given, wrong", [(6.1, "logit", "z must"), (-7, "logit", "z must"), (0, "odds", "given")]
)
def test_what_no_control_can_give_is_refused(z, given, wrong):
    with pytest.raises(ValueError, match=wrong):
        two_prices(z, given)


def test_the_controls_reach_their_ends_and_redraw():
    live = one_logit()
    z, given = live.controls.values()
    assert [z.description, given.description] == ["logit, z", "the loss is given the"]
    assert (z.min, z.max, z.value) == (-6, 6, 1.3)
    assert list(given.options) == list(CALLS) == CHOICES
    before = live.picture.value
    z.value = -6
    assert live.picture.value != before
    assert live.drawing.numbers["loss_yes"] == pytest.approx(6.0024757)  # ln(1 + e^6)
    given.value = "both by mistake"
    assert live.drawing.numbers["logit"] == -6
    assert live.drawing.numbers["loss_yes"] < 0.6932
    assert "again" in live.picture.value
    z.value = 6
    assert live.drawing.numbers["loss_yes"] == pytest.approx(0.3139, abs=1e-4)
