"""The pictures of page 07 hold the right numbers, and other numbers make other pictures.

Expected numbers are computed with mpmath, from the definition, or counted by hand.
"""

import re

import numpy as np
import pytest
from mpmath import mp

from celib.figures import bowls, ranking_and_reliability, same_ranking
from celib.figures.balanced import screening
from celib.figures.description import number

SCREENINGS = [(0.1, 1), (0.1, 9), (0.01, 99), (0.5, 1 / 9), (0.25, 49)]


def best(prevalence, w):
    odds = mp.mpf(w) * prevalence / (1 - mp.mpf(prevalence))
    return odds / (1 + odds)


def weighted_loss(prevalence, p, w):
    return -(w * prevalence * mp.log(p) + (1 - mp.mpf(prevalence)) * mp.log(1 - p))


def bell(x):
    return mp.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi)


def expected(prevalence, value):
    """Integrate a function of the true probability over all measurements."""

    def density_times_value(x):
        odds = mp.exp(2 * x - 2) * prevalence / (1 - mp.mpf(prevalence))
        density = prevalence * bell(x - 2) + (1 - mp.mpf(prevalence)) * bell(x)
        return density * value(odds / (1 + odds))

    return float(mp.quad(density_times_value, [-9, -3, 0, 2, 5, 11]))


def stated(p, w):
    return w * p / (w * p + 1 - p)


# --- what weighted training leads to ---------------------------------------------------------


@pytest.mark.parametrize("prevalence, w", SCREENINGS)
def test_screening_is_exact(prevalence, w):
    got = screening(prevalence, w)
    w = mp.mpf(w)
    cut = 1 - (mp.log(mp.mpf(prevalence) / (1 - mp.mpf(prevalence))) + mp.log(w)) / 2
    assert got.caught == pytest.approx(float(mp.ncdf(2 - cut)), rel=1e-12)
    assert got.false_alarms == pytest.approx(float(mp.ncdf(-cut)), rel=1e-12)
    mean = expected(prevalence, lambda p: stated(p, w))
    assert got.mean_stated == pytest.approx(mean, rel=1e-9)

    def loss(p, q):
        return -p * mp.log(q) - (1 - p) * mp.log(1 - q)

    as_stated = expected(prevalence, lambda p: loss(p, stated(p, w)))
    assert got.loss_stated == pytest.approx(as_stated, rel=1e-9)
    assert got.loss_undone == pytest.approx(expected(prevalence, lambda p: loss(p, p)), rel=1e-9)


def test_without_a_weight_the_mean_is_the_prevalence_and_there_is_nothing_to_undo():
    for prevalence in 0.01, 0.3:
        model = screening(prevalence, 1)
        assert model.mean_stated == pytest.approx(prevalence, rel=1e-11)
        assert model.loss_stated == model.loss_undone


@pytest.mark.parametrize("prevalence, w", [(0, 1), (1, 1), (0.1, 0), (0.1, np.inf), (0.1, -1)])
def test_screening_refuses_what_is_outside(prevalence, w):
    with pytest.raises(ValueError, match=r"prevalence|pos_weight"):
        screening(prevalence, w)


# --- bowls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("prevalence, weights", [(0.01, [1, 9, 99]), (0.2, [2, 7])])
def test_lowest_points_are_those_of_the_definition(prevalence, weights):
    left, right = bowls(prevalence, weights).describe().splitlines()[1:]
    for w in weights:
        p = best(prevalence, w)
        by_count = weighted_loss(prevalence, p, w)
        by_weight = by_count / (w * prevalence + 1 - mp.mpf(prevalence))
        for words, floor in (left, by_count), (right, by_weight):
            label = f"w = {w}: {float(floor):.4f} nats at p = {float(p):.3g}"
            lowest = f"is lowest, {number(float(floor))} nats, at p = {number(float(p))}"
            (curve,) = re.findall(rf"Curve “{label}” (.*?)\. ?(?=Curve|$)", words)
            assert lowest in curve


def test_a_bowl_is_the_definition_everywhere():
    by_count, by_weight = bowls(0.05, [1, 20]).axes
    for axes, divisor in (by_count, 1), (by_weight, 1.95):
        (curve,) = (line for line in axes.lines if line.get_label().startswith("w = 20"))
        p, losses = map(np.asarray, curve.get_data())
        exact = [float(weighted_loss(0.05, q, 20)) / divisor for q in p[::50]]
        assert losses[::50] == pytest.approx(exact, rel=1e-12)


def test_under_the_weighted_mean_every_lowest_point_has_its_entropy():
    axes = bowls(0.01, [1, 99]).axes[1]
    (path,) = (line for line in axes.lines if line.get_label() == "path of the lowest point")
    (entropy,) = (line for line in axes.lines if line.get_label().startswith("entropy"))
    for line in path, entropy:
        p, height = map(np.asarray, line.get_data())
        exact = [float(weighted_loss(q, q, 1)) for q in p]
        assert height == pytest.approx(exact, rel=1e-12)
    assert path.get_xdata()[[0, -1]] == pytest.approx([0.01, 0.5])


def test_the_highest_of_the_lowest_points_is_in_the_picture():
    heights = {panel.get_ylim() for panel in bowls(0.01).axes}
    assert heights == {(0, 2.6)}  # as on the page
    highest = float(weighted_loss(0.5, best(0.5, 1000), 1000))
    for weights in [1, 1000], [1000, 1]:
        for panel in bowls(0.5, weights).axes:
            assert panel.get_ylim() == pytest.approx((0, 1.2 * highest))
    roomy = bowls(0.5, [1, 25])  # whose highest is 2.12 nats
    assert roomy.axes[0].get_ylim() == (0, 2.6)


def test_who_asks_for_nothing_sees_the_weights_of_the_page():
    lines = [line.get_label() for line in bowls().axes[0].lines]
    assert [label.split(":")[0] for label in lines[1::2]] == ["w = 1", "w = 9", "w = 99"]


def test_the_title_says_where_the_answer_goes():
    words = bowls(0.01, [1, 9, 99]).describe()
    assert words.startswith("A weight moves the answer: from 0.01 at w = 1 to 0.5 at w = 99.")
    assert "from 0.1 at w = 1 to 0.25 at w = 3" in bowls(0.1, [1, 3]).describe()
    assert "Vertical axis: loss in nats" in words


@pytest.mark.parametrize("weights", [[], [1, 2, 3, 4], [0.5], [1, 0]])
def test_bowls_refuse_other_weights(weights):
    with pytest.raises(ValueError, match="pos_weight"):
        bowls(0.01, weights)
    with pytest.raises(ValueError, match="picture is of one to 3 weights of at least 1"):
        bowls(0.01, [1, 2, 3, 4])


# --- one ranking ----------------------------------------------------------------------------


def test_marks_lie_on_the_roc_curve_and_say_their_numbers():
    words = same_ranking(0.1, [1, 9, 99]).describe()
    for w, caught, false, true in (
        (1, "0.461", "0.018", "0.5"),
        (9, "0.841", "0.159", "0.1"),
        (99, "0.986", "0.579", "0.01"),
    ):
        assert f"0.5 at w = {w}: {caught} caught, {false} false" in words
        curve = rf"“w = {w}: 0.5 means {float(true):.3f}” rises .* through {true} at p = 0.5,"
        assert re.search(curve, words)
    roc = same_ranking(0.3, [1000]).axes[0]
    curve, mark = roc.lines
    assert "at w = 1000: " in mark.get_label()
    for x, y in [*zip(*curve.get_data(), strict=True), *zip(*mark.get_data(), strict=True)]:
        cut = mp.sqrt(2) * mp.erfinv(1 - 2 * mp.mpf(float(x))) if x > 1e-6 else None
        if cut is not None and x < 1 - 1e-9:
            assert y == pytest.approx(float(mp.ncdf(2 - cut)), abs=1e-6)


def test_prevalence_moves_marks_and_not_curves():
    one, other = same_ranking(0.1, [1, 9]), same_ranking(0.01, [1, 9])
    for panel, moves in (0, True), (1, False):
        lines = zip(one.axes[panel].lines, other.axes[panel].lines, strict=True)
        same = [np.array_equal(a.get_xydata(), b.get_xydata()) for a, b in lines]
        assert same == ([True, False, False] if moves else [True] * 3)


@pytest.mark.parametrize("weights", [[], [1, 2, 3, 4], [-1]])
def test_a_ranking_of_other_weights_is_refused(weights):
    with pytest.raises(ValueError, match="pos_weight"):
        same_ranking(0.1, weights)


# --- real examples --------------------------------------------------------------------------


def test_roc_and_bins_of_five_examples_by_hand():
    figure = ranking_and_reliability(
        [0, 0, 1, 0, 1], {"a": [0.1, 0.3, 0.3, 0.6, 0.9], "b": [0.9] * 5}, n_bins=2
    )
    roc, trust = figure.axes
    by_name = {line.get_label(): line.get_xydata().tolist() for line in roc.lines}
    third = 1 / 3
    steps = [[0, 0], [0, 0.5], [third, 0.5], [2 * third, 1], [1, 1]]
    assert np.allclose(by_name["a"], steps)
    assert by_name["b"] == [[0, 0], [1, 1]]
    bins = {line.get_label(): line.get_xydata().tolist() for line in trust.lines}
    assert np.allclose(bins["a, n = 3, 2"], [[0.7 / 3, third], [0.75, 0.5]])
    assert np.allclose(bins["b, n = 5"], [[0.9, 0.4]])


def test_turned_targets_make_other_words():
    p = {"a": [0.1, 0.3, 0.4, 0.9]}
    one = ranking_and_reliability([0, 0, 1, 1], p).describe()
    assert one != ranking_and_reliability([1, 1, 0, 0], p).describe()


@pytest.mark.parametrize(
    "targets, probs, message",
    [
        ([0, 1], {}, "0 models"),
        ([0, 1], {name: [0.1, 0.2] for name in "abcd"}, "4 models"),
        ([0, 0], {"a": [0.1, 0.2]}, "both must occur"),
        ([0, 0.5], {"a": [0.1, 0.2]}, "both must occur"),
        ([0, 1], {"a": [0.1, 0.2, 0.3]}, "shape"),
        ([0, 1], {"a": [0.1, 1.2]}, "1.2"),
    ],
)
def test_what_cannot_be_ranked_is_refused(targets, probs, message):
    with pytest.raises(ValueError, match=message):
        ranking_and_reliability(targets, probs)
