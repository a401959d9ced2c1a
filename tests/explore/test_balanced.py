"""The live picture of page 07: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath, from the definition.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

from celib.explore import ranking_and_trust, weight_and_prevalence
from celib.explore.balanced import PREVALENCES, WEIGHTS

SETTINGS = list(itertools.product(PREVALENCES, WEIGHTS))
LEFT_EDGE = 350


def curves(drawing):
    """Give the points of the curves of the left and of the right half."""
    roc, trust = (
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in parsed(drawing).iter(f"{SVG}polyline")
    )
    assert max(roc)[0] < LEFT_EDGE < min(trust)[0]
    return roc, trust


def dots(drawing):
    """Give the centres of the two dots as shares of the two squares."""
    found = [e for e in parsed(drawing).iter(f"{SVG}rect") if e.get("width") == "12"]
    centres = [(float(e.get("x")) + 6, float(e.get("y")) + 6) for e in found]
    return [
        ((x - left) / 230, (292 - y) / 230) for (x, y), left in zip(centres, (62, 420), strict=True)
    ]


@pytest.mark.parametrize("prevalence, w", SETTINGS)
def test_the_numbers_are_those_of_the_definition(prevalence, w):
    drawing = ranking_and_trust(prevalence, w)
    odds = mp.mpf(prevalence) / (1 - mp.mpf(prevalence)) * mp.mpf(w)
    cut = 1 - mp.log(odds) / 2
    assert drawing.numbers["caught"] == pytest.approx(float(mp.ncdf(2 - cut)), rel=1e-12)
    assert drawing.numbers["false_alarms"] == pytest.approx(float(mp.ncdf(-cut)), rel=1e-12)
    assert drawing.numbers["true_at_half"] == pytest.approx(1 / (1 + w), rel=1e-12)
    at_roc, at_trust = dots(drawing)
    expected = drawing.numbers["false_alarms"], drawing.numbers["caught"]
    assert at_roc == pytest.approx(expected, abs=1e-3)
    assert at_trust == pytest.approx((0.5, 1 / (1 + w)), abs=1e-3)


def test_mean_and_losses_at_one_setting():
    """The three integrals by mpmath's quadrature, in nats: 0.27984, 0.35632, 0.18306."""
    numbers = ranking_and_trust(0.1, 9).numbers
    assert numbers["mean_stated"] == pytest.approx(0.2798398036827, rel=1e-9)
    assert numbers["loss_stated_nats"] == pytest.approx(0.3563163602131, rel=1e-9)
    assert numbers["loss_undone_nats"] == pytest.approx(0.1830625670249, rel=1e-9)


def test_neither_control_moves_the_roc_curve_and_only_the_weight_the_other():
    roc, trust = curves(ranking_and_trust(0.1, 9))
    assert len(roc) > 50
    assert len(trust) > 50
    for prevalence, w in SETTINGS:
        same_roc, other = curves(ranking_and_trust(prevalence, w))
        assert same_roc == roc
        assert (other == trust) == (w == 9)


@pytest.mark.parametrize("w", WEIGHTS)
def test_the_reliability_curve_divides_the_odds_by_the_weight(w):
    _, trust = curves(ranking_and_trust(0.1, w))
    for x, y in trust:
        stated, true = (x - 420) / 230, (292 - y) / 230
        at_most_a_pixel = 1 / 230 * (1 + 1 / w)
        assert stated * (1 - true) == pytest.approx(w * true * (1 - stated), abs=at_most_a_pixel)


def test_a_weight_of_negatives_over_positives_puts_the_dot_in_one_place():
    places = [ranking_and_trust(p, w).numbers for p, w in ((0.5, 1), (0.1, 9), (0.01, 99))]
    for numbers in places:
        assert numbers["caught"] == pytest.approx(float(mp.ncdf(1)))
        assert numbers["false_alarms"] == pytest.approx(float(mp.ncdf(-1)))


@pytest.mark.parametrize("prevalence", PREVALENCES)
def test_only_an_even_weight_states_the_prevalence_and_the_least_loss(prevalence):
    for w in WEIGHTS:
        numbers = ranking_and_trust(prevalence, w).numbers
        gap = numbers["loss_stated_nats"] - numbers["loss_undone_nats"]
        if w == 1:
            assert numbers["mean_stated"] == pytest.approx(prevalence, rel=1e-11)
            assert gap == 0
        else:
            assert (numbers["mean_stated"] > prevalence) == (w > 1)
            assert gap > 0.001


def test_what_is_shown_is_what_was_computed():
    drawing = ranking_and_trust(0.1, 9)
    shown = words_of(drawing)
    for words in "0.841", "0.159", "0.280", "loss as stated 0.3563 nats":
        assert words in shown
    assert shown.count("0.100") == 2
    assert "Prevalence 0.1, weight 9." in drawing.description
    assert "0.841 of the positives caught and 0.159 of the negatives" in drawing.description
    assert "0.3563 nats as stated and 0.1831 nats with the weight undone" in drawing.description
    assert "weight 1/9." in ranking_and_trust(0.1, 1 / 9).description


@pytest.mark.parametrize("prevalence, w", SETTINGS)
def test_every_setting_is_a_whole_picture(prevalence, w):
    drawing = ranking_and_trust(prevalence, w)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        r"At prevalence 0\.\d+ and weight \d+(/\d)?, a stated 0\.5 comes true in 0\.\d{3} of the "
        r"cases\.",
        svg.get("aria-label"),
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf", " ".join(words_of(drawing)))
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "prevalence, w, wrong",
    [(0, 1, "prevalence"), (1, 1, "prevalence"), (0.1, 0, "pos_weight"), (0.1, 2e3, "pos_weight")],
)
def test_what_no_control_can_give_is_refused(prevalence, w, wrong):
    with pytest.raises(ValueError, match=wrong):
        ranking_and_trust(prevalence, w)


def test_the_controls_reach_their_ends_and_redraw():
    live = weight_and_prevalence()
    prevalence, weight = live.controls.values()
    assert prevalence.description == "prevalence, share"
    assert weight.description == "weight of positives, w"
    assert (prevalence.value, weight.value) == (0.1, 9)
    before = live.picture.value
    weight.index = 0
    assert live.picture.value != before
    assert live.drawing.numbers["true_at_half"] == pytest.approx(0.9)
    weight.index = len(weight.options) - 1
    assert live.drawing.numbers["true_at_half"] == pytest.approx(0.01)
    prevalence.index = 0
    assert live.drawing.numbers["caught"] == pytest.approx(float(mp.ncdf(1)))
    assert "Prevalence 0.01, weight 99." in live.picture.value
