"""The pictures of page 05 hold the right numbers, and other numbers make other pictures.

Expected numbers are computed with mpmath, from the definitions, or are fractions by hand.
"""

import itertools
import re

import numpy as np
import pytest
from mpmath import mp

from celib.figures import log_loss_graph, once_or_twice
from celib.figures.binary import prices

LOGITS = [-6, -2.5, -0.3, 0, 0.2, 1.3, 6]
MARKED = [0.012, 0.1, 0.5, 1]


def exact_sigmoid(z):
    return 1 / (1 + mp.exp(-mp.mpf(z)))


def exact_loss(y, z, twice):
    given = exact_sigmoid(z) if twice else mp.mpf(z)
    return mp.log(1 + mp.exp(-given if y else given))


def lines_named(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def overlapping(texts):
    boxes = [text.get_window_extent() for text in texts]
    return [a for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


# --- prices and slopes ----------------------------------------------------------------------


@pytest.mark.parametrize("y, twice", [(1, False), (1, True), (0, False), (0, True)])
def test_prices_and_slopes_are_those_of_the_definition(y, twice):
    losses, slopes = prices(y, LOGITS, twice=twice)
    exact = [float(exact_loss(y, z, twice)) for z in LOGITS]
    by_logit = [float(mp.diff(lambda z: exact_loss(y, z, twice), z)) for z in LOGITS]
    assert losses == pytest.approx(exact, rel=1e-12)
    assert slopes == pytest.approx(by_logit, rel=1e-9)


def test_one_logit_has_one_price():
    loss, slope = prices(0, 1.3)
    assert float(loss) == pytest.approx(float(mp.log(1 + mp.exp(mp.mpf("1.3")))))
    assert float(slope) == pytest.approx(float(exact_sigmoid(1.3)))


# --- the graph of both log losses -----------------------------------------------------------


def test_the_graph_says_losses_and_slopes_at_its_marks():
    words = log_loss_graph(MARKED, name="isDog").describe()
    for sentence in [
        "Point “p = 0.012: 4.4228 nats, slope −83.33” at p = 0.012, 4.423 nats.",
        "Point “p = 0.1: 2.3026 nats, slope −10” at p = 0.1, 2.303 nats.",
        "Point “p = 0.5: 0.6931 nats, slope −2” at p = 0.5, 0.6931 nats.",
        "Point “p = 1: 0.0000 nats, slope −1” at p = 1, 0 nats.",
        "slopes in nats per unit of p.",
        "Horizontal axis: model's probability of isDog = 1, p, from 0 to 1.",
        "Vertical axis: loss in nats, from 0 to 5.",
        "Second vertical axis: loss in bits, from 0 to 7.213.",
        "Curve “isDog = 1” falls from 5 nats",
        "Curve “isDog = 0” rises from 0 nats at p = 0,",
    ]:
        assert sentence in words


@pytest.mark.parametrize("label, sign", [("y = 1", 1), ("y = 0", -1)])
def test_each_curve_is_minus_the_logarithm_of_the_probability_of_its_truth(label, sign):
    figure = log_loss_graph([0.5])
    (curve,) = lines_named(figure.axes[0], label)
    xs, ys = curve.get_data()
    of_truth = xs if sign > 0 else 1 - xs
    assert np.exp(-ys) == pytest.approx(of_truth, rel=1e-9, abs=1e-12)
    assert max(ys) == pytest.approx(5)


@pytest.mark.parametrize("p", MARKED)
def test_tangents_touch_the_curve_with_the_slope_written(p):
    figure = log_loss_graph(p)
    (tangent,) = lines_named(figure.axes[0], f"tangent at p = {p:.4g}")
    (left, right), (high, low) = tangent.get_data()
    slope = (low - high) / (right - left)
    assert slope == pytest.approx(-1 / p)
    assert high + slope * (p - left) == pytest.approx(float(-mp.log(p)), abs=1e-12)


def test_bits_stand_beside_the_nats_in_their_proportion():
    (second,) = log_loss_graph([0.5]).axes[0].child_axes
    to_bits, to_nats = second._functions
    assert to_bits(float(mp.log(2))) == pytest.approx(1)
    assert to_nats(2) == pytest.approx(float(mp.log(4)))


@pytest.mark.parametrize("probs", [MARKED, [0.001, 0.2, 0.5, 0.938]])
def test_no_two_labels_of_the_graph_lie_over_one_another(probs):
    figure = log_loss_graph(probs, name="isDog")
    figure.draw_without_rendering()
    texts = figure.axes[0].texts
    assert len(texts) == len(probs) + 2
    assert not overlapping(texts)


@pytest.mark.parametrize("p, beside", [(0.3, True), (0.31, False)])
def test_a_label_stands_beside_its_point_where_the_curve_is_steep(p, beside):
    axes = log_loss_graph([p]).axes[0]
    axes.figure.draw_without_rendering()
    point, _ = axes.transData.transform((p, 0))
    assert (axes.texts[2].get_window_extent().x0 > point) == beside


def test_labels_on_masts_stand_as_low_as_they_can_the_larger_probability_lowest():
    axes = log_loss_graph([0.8, 0.45, 1, 0.65]).axes[0]
    axes.figure.draw_without_rendering()
    labels = {text.get_text()[4:8]: text.get_window_extent() for text in axes.texts[2:]}
    middles = [labels[p] for p in ("0.65", "0.45")]
    for low, high in itertools.pairwise([labels["1: 0"], labels["0.8:"], *middles]):
        assert high.y0 > low.y1
    for low, high in itertools.pairwise(middles):
        assert high.y0 - low.y1 < low.height


def test_the_axis_grows_with_the_largest_loss():
    assert log_loss_graph([1e-4]).axes[0].get_ylim()[1] > float(-mp.log(1e-4))


@pytest.mark.parametrize(
    "probs, message", [([0.5, 0], "infinite loss"), ([1.5], "1.5"), ([-0.1], "-0.1")]
)
def test_the_graph_refuses_what_it_cannot_draw(probs, message):
    with pytest.raises(ValueError, match=message):
        log_loss_graph(probs)


def test_other_data_make_other_words():
    assert log_loss_graph([0.3]).describe() != log_loss_graph([0.31]).describe()
    assert "isCat = 0" in log_loss_graph([0.3], name="isCat").describe()
    assert once_or_twice(1.3).describe() != once_or_twice(-1.3).describe()


# --- one sigmoid or two ---------------------------------------------------------------------


@pytest.mark.parametrize("z", [-6, -4.4, 0, 1.3, 6])
def test_the_four_panels_say_the_values_at_the_logit(z):
    figure = once_or_twice(z)
    readings = [axes.texts[0].get_text().replace("−", "-") for axes in figure.axes]
    for panel, (what, twice) in enumerate(itertools.product(["loss", "slope"], [False, True])):
        assert readings[panel].startswith(f"at z = {z:.4g}:")
        for y, line in zip((1, 0), readings[panel].splitlines()[1:], strict=True):
            shown = float(re.search(r": ([-+\d.]+)", line)[1])
            loss = lambda at, y=y, twice=twice: exact_loss(y, at, twice)  # noqa: E731
            expected = loss(z) if what == "loss" else mp.diff(loss, z)
            assert f"y = {y}" in line
            assert shown == pytest.approx(float(expected), abs=5.1e-5)


def test_the_panels_say_floors_and_limits():
    words = once_or_twice(1.3).describe()
    assert words.startswith("A second sigmoid flattens the losses and weakens the pushes.")
    for sentence in [
        "Top left: sigmoid once, as meant. Vertical axis: loss in nats, from 0 to 6.2.",
        "“at z = 1.3: y = 1 (solid): 0.2410 nats, y = 0 (dashed): 1.5410 nats”",
        "“at z = 1.3: y = 1 (solid): 0.3755 nats, y = 0 (dashed): 1.1613 nats”",
        "“at z = 1.3: y = 1 (solid): −0.2142, y = 0 (dashed): +0.7858”",
        "Vertical axis: slope in nats per unit of z, from −1.15 to 1.45.",
    ]:
        assert sentence in words


@pytest.mark.parametrize("z", [-6, -1, 1.3, 6])
def test_readings_stand_where_no_curve_runs(z):
    figure = once_or_twice(z)
    figure.draw_without_rendering()
    for axes in figure.axes:
        (reading,) = axes.texts
        box = reading.get_window_extent()
        for curve in (line for line in axes.lines if len(line.get_xdata()) > 2):
            on_screen = axes.transData.transform(np.transpose(curve.get_data()))
            assert not any(box.contains(x, y) for x, y in on_screen)


@pytest.mark.parametrize("z", [-6.1, 7])
def test_a_logit_outside_the_picture_is_refused(z):
    with pytest.raises(ValueError, match="logit"):
        once_or_twice(z)


def test_prices_names_the_logits_that_are_none():
    for wrong in ("much", [], [1.0, np.inf]):
        with pytest.raises((TypeError, ValueError), match=r"^logits"):
            prices(1, wrong)
