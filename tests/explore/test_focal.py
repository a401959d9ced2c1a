"""The live picture of page 08: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath, from the definition in Lin et al. 2017
(arXiv:1708.02002), and from the two mistakes written out.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

from celib.explore import crowd_and_few, tug_of_gamma

ALPHAS = ["none", 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
FORMULAS = ["as published", "alpha on the negatives", "p_t not flipped"]
GAMMAS = [0, 0.1, 0.6, 1.3, 2, 3.7, 5]
SETTINGS = list(itertools.product([0, 0.6, 2, 5], ["none", 0.25, 0.99], FORMULAS))


def exact_loss(y, z, gamma, alpha, formula):
    p = 1 / (1 + mp.exp(-mp.mpf(z)))
    p_t = p if y else 1 - p
    on_positives = 1 if alpha == "none" else mp.mpf(alpha)
    on_negatives = 1 if alpha == "none" else 1 - mp.mpf(alpha)
    if formula == "alpha on the negatives":
        on_positives, on_negatives = on_negatives, on_positives
    missing = 1 - p if formula == "p_t not flipped" else 1 - p_t
    return (on_positives if y else on_negatives) * missing ** mp.mpf(gamma) * -mp.log(p_t)


def exact(gamma, alpha, formula):
    """Give the totals of the two groups."""
    totals = {}
    for name, size, y, p_true in (("easy", 100_000, 0, "0.99"), ("hard", 100, 1, "0.1")):
        z = mp.log(mp.mpf(p_true) / (1 - mp.mpf(p_true))) * (1 if y else -1)
        slope = mp.diff(lambda at, y=y: exact_loss(y, at, gamma, alpha, formula), z)
        totals[f"loss_{name}"] = float(size * exact_loss(y, z, gamma, alpha, formula))
        totals[f"slope_{name}"] = float(size * abs(slope))
    for what in ("loss", "slope"):
        both = totals[f"{what}_easy"] + totals[f"{what}_hard"]
        totals[f"share_{what}"] = totals[f"{what}_easy"] / both
    return totals


@pytest.mark.parametrize("gamma, alpha, formula", SETTINGS)
def test_the_numbers_are_those_of_the_definition(gamma, alpha, formula):
    numbers = crowd_and_few(gamma, alpha, formula).numbers
    assert numbers["gamma"] == gamma
    for name, value in exact(gamma, alpha, formula).items():
        assert numbers[name] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize("what", ["loss", "slope"])
@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_marker_stands_where_the_easy_ones_stop_dominating(alpha, formula, what):
    share = lambda g: exact(g, alpha, formula)[f"share_{what}"]  # noqa: E731
    even = crowd_and_few(1, alpha, formula).numbers.get(f"even_{what}")
    if even is None:
        assert min(share(g) for g in GAMMAS) > 0.5
    elif even == 0:
        assert max(share(g) for g in GAMMAS) <= 0.5
    else:
        assert share(even) == pytest.approx(0.5, abs=1e-4)
        assert share(0) > 0.5 > share(5)


def test_what_is_shown_is_what_was_computed():
    drawing = crowd_and_few(2, "none", "as published")
    shown = words_of(drawing)
    for words in "0.1005, 0.05 %", "186.5, 99.95 %", "0.2990, 0.27 %", "110.2, 99.73 %":
        assert words in shown
    for words in "Formula: as published", "1.005·10⁻⁶ nats", "at most half from gamma 0.33 on":
        assert words in shown
    assert (
        "100 000 easy negatives cost 0.1005 nats and 100 hard positives 186.5 nats, so the easy "
        "ones own 0.05 % of the loss; at most half from gamma 0.33 on. Of the slope, 0.2990 "
        "against 110.2 nats per unit of logit, they own 0.27 %; at most half from gamma 0.61 on."
    ) in drawing.description
    assert "mistake" not in drawing.description
    assert "mistake (p_t not flipped)" in crowd_and_few(2, "none", FORMULAS[2]).description


def test_a_formula_that_does_not_flip_gets_no_better():
    for gamma in GAMMAS:
        numbers = crowd_and_few(gamma, "none", "p_t not flipped").numbers
        assert numbers["share_loss"] > 0.8
        assert "even_loss" not in numbers


@pytest.mark.parametrize("alpha", [a for a in ALPHAS if a != "none"])
def test_swapped_weights_are_the_other_weights(alpha):
    swapped = crowd_and_few(2, alpha, "alpha on the negatives").numbers
    assert swapped["loss_hard"] == pytest.approx(
        (1 - alpha) / alpha * crowd_and_few(2, alpha, "as published").numbers["loss_hard"]
    )


@pytest.mark.parametrize("gamma, alpha, formula", SETTINGS)
def test_bars_and_points_are_drawn_to_scale(gamma, alpha, formula):
    drawing = crowd_and_few(gamma, alpha, formula)
    rects = list(parsed(drawing).iter(f"{SVG}rect"))
    for what, top in (("loss", "92"), ("slope", "168")):
        easy, hard, whole = (r for r in rects if r.get("y") == top)
        widths = [float(r.get("width")) for r in (easy, hard, whole)]
        assert widths[2] == 668
        share = drawing.numbers[f"share_{what}"]
        assert widths[0] / 668 == pytest.approx(share, abs=1e-4)
        assert widths[1] / 668 == pytest.approx(1 - share, abs=1e-4)
        places = [r for r in rects if r.get("rx") == "5"]
        point = places[0 if what == "loss" else 1]
        assert 398 - float(point.get("y")) - 5 == pytest.approx(140 * share, abs=0.011)
        across = (float(point.get("x")) + 5 - 56) / 310
        assert across == pytest.approx(gamma / 5, abs=1e-4)


@pytest.mark.parametrize("gamma, alpha, formula", SETTINGS)
def test_every_setting_is_a_whole_picture(gamma, alpha, formula):
    drawing = crowd_and_few(gamma, alpha, formula)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        r"Gamma \d\.\d: the easy negatives own .* % of the loss and .* % of the slope\.",
        svg.get("aria-label"),
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf", " ".join(words_of(drawing)))
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "gamma, alpha, formula, wrong",
    [
        (5.1, "none", "as published", "gamma"),
        (-1, "none", "as published", "gamma"),
        (2, 0.3, "as published", "alpha"),
        (2, "none", "as printed", "formula"),
    ],
)
def test_what_no_control_can_give_is_refused(gamma, alpha, formula, wrong):
    with pytest.raises(ValueError, match=wrong):
        crowd_and_few(gamma, alpha, formula)


def test_the_controls_reach_their_ends_and_redraw():
    live = tug_of_gamma()
    gamma, alpha, formula = live.controls.values()
    descriptions = [control.description for control in live.controls.values()]
    assert descriptions == ["focusing, gamma", "weight, alpha", "the formula"]
    assert (gamma.min, gamma.max, gamma.value) == (0, 5, 0)
    assert [value for _, value in alpha.options] == ALPHAS
    assert list(formula.options) == FORMULAS
    before = live.picture.value
    gamma.value = 5
    assert live.picture.value != before
    # 100 000 times 0.01^5 times -ln 0.99, by hand
    assert live.drawing.numbers["loss_easy"] == pytest.approx(1.0050336e-7)
    alpha.value = 0.25
    assert live.drawing.numbers["loss_easy"] == pytest.approx(0.75 * 1.0050336e-7)
    formula.value = "alpha on the negatives"
    assert live.drawing.numbers["loss_easy"] == pytest.approx(0.25 * 1.0050336e-7)
    assert "mistake" in live.picture.value
