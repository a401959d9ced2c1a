"""The pictures of page 03 hold the right numbers, and other numbers make other pictures.

Expected numbers are computed with mpmath, from the definition.
"""

import itertools
import re

import numpy as np
import pytest
from matplotlib.text import Annotation
from mpmath import mp

from celib.figures import logits_to_probabilities, slice_of_exp, temperatures
from celib.figures.description import number

ANIMALS = ["dog", "cat", "horse", "cheetah"]
LOGITS = [3.2, 1.3, 0.2, 0.8]


def exact_shares(exponents):
    heights = [mp.exp(mp.mpf(u)) for u in exponents]
    return [float(height / mp.fsum(heights)) for height in heights]


def exact_entropy(shares):
    return float(-mp.fsum(mp.mpf(p) * mp.log(p) for p in shares))


def points(words):
    """Read back the points of each row: their places and their heights."""
    rows = re.findall(r"Points “exponentials” at (.*?)\. (?:“|$)", words, re.MULTILINE)
    return [
        [tuple(map(to_float, re.findall(r"[−\d.,]*\d", pair))) for pair in row.split("; ")]
        for row in rows
    ]


def to_float(written):
    return float(written.replace("−", "-").replace(",", ""))


def stacked(figure):
    """Give the heights of the pieces of each column of shares."""
    return [
        [patch.get_height() for patch in axes.patches] for axes in figure.axes if axes.containers
    ]


# --- from logits to probabilities -----------------------------------------------------------


def test_the_two_steps_say_their_numbers():
    words = logits_to_probabilities(LOGITS, names=ANIMALS).describe()
    for sentence in [
        "Softmax: exponentiate, then divide by the sum, 31.65. Three panels.",
        "Bars “logit”: dog 3.2, cat 1.3, horse 0.2, cheetah 0.8.",
        "Bars “e^z”: dog 24.53, cat 3.669, horse 1.221, cheetah 2.226.",
        "Bars “probability”: dog 0.7751, cat 0.1159, horse 0.03859, cheetah 0.07032.",
    ]:
        assert sentence in words


def test_negative_logits_go_to_the_left_and_their_exponentials_do_not():
    words = logits_to_probabilities([0, -1.5]).describe()
    assert "Bars “logit”: class 0 0, class 1 −1.5." in words
    assert "Bars “e^z”: class 0 1, class 1 0.2231." in words


def test_classes_stand_from_top_to_bottom_in_their_order():
    figure = logits_to_probabilities(LOGITS, names=ANIMALS)
    low, high = figure.axes[2].get_ylim()
    assert low > high


# --- the slice of exp -----------------------------------------------------------------------


@pytest.mark.parametrize("shift, temperature", [(2.0, 0.5), (-1.0, 0.5), (2.0, 3.0), (0.5, 1.0)])
def test_points_stand_on_exp_and_columns_show_their_shares(shift, temperature):
    figure = slice_of_exp(LOGITS, shift=shift, temperature=temperature, names=ANIMALS)
    exponents = [
        LOGITS,
        [z + shift for z in LOGITS],
        [z / temperature for z in LOGITS],
    ]
    for row, expected in zip(points(figure.describe()), exponents, strict=True):
        for (u, height), exact in zip(row, expected, strict=True):
            assert u == pytest.approx(exact, rel=1e-3, abs=1e-4)
            assert height == pytest.approx(float(mp.exp(exact)), rel=1e-3)
    for column, expected in zip(stacked(figure), exponents, strict=True):
        assert column == pytest.approx(exact_shares(expected), rel=1e-12)


def test_a_shift_changes_the_sum_and_not_the_column():
    figure = slice_of_exp(LOGITS, shift=2, names=ANIMALS)
    first, second, third = stacked(figure)
    assert second == pytest.approx(first, rel=1e-12)
    assert third != pytest.approx(first, rel=1e-2)
    words = figure.describe()
    assert "as they are: the axis ends at the sum, 31.65." in words
    assert "+2 on every logit: the axis ends at the sum, 233.9." in words
    assert "every logit divided by 0.5: the axis ends at the sum, 621.8." in words
    assert "−1 on every logit" in slice_of_exp(LOGITS, shift=-1).describe()


def test_a_name_is_beside_its_point_from_a_third_of_the_sum_on():
    figure = slice_of_exp(np.log([0.28, 0.36, 0.36]), temperature=1, names=["low", "high", "other"])
    sides = {text.get_text(): text.get_ha() for axes in figure.axes for text in axes.texts}
    assert (sides["low"], sides["high"]) == ("center", "right")


def test_the_curve_leaves_the_picture_at_the_logarithm_of_the_sum():
    words = slice_of_exp(LOGITS, names=ANIMALS).describe()
    log_total = float(mp.log(mp.fsum(mp.exp(z) for z in LOGITS)))
    assert f"to 31.65 at z = {number(log_total)}." in words


def test_a_point_as_part_of_its_axis_is_its_share():
    figure = slice_of_exp(LOGITS, names=ANIMALS)
    curve, _, _, stack, _, _ = figure.axes
    (marks,) = (line for line in curve.lines if line.get_marker() == "o")
    assert marks.get_ydata() / curve.get_ylim()[1] == pytest.approx(exact_shares(LOGITS))
    assert stack.get_ylim() == (0, 1)
    figure.draw_without_rendering()
    assert stack.get_position().y0 == pytest.approx(curve.get_position().y0)
    assert stack.get_position().y1 == pytest.approx(curve.get_position().y1)


@pytest.mark.parametrize("options", [{}, {"shift": -1, "temperature": 0.4}])
def test_no_two_names_lie_over_one_another(options):
    figure = slice_of_exp(LOGITS, names=ANIMALS, **options)
    figure.draw_without_rendering()
    for axes in figure.axes:
        words = [text for text in axes.texts if text.get_text()]
        boxes = [text.get_window_extent().padded(-1) for text in words]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_an_exponential_too_large_for_a_picture_is_refused():
    with pytest.raises(ValueError, match="above 700"):
        slice_of_exp([1000, 0])
    with pytest.raises(ValueError, match="above 700"):
        slice_of_exp(LOGITS, temperature=0.001)


# --- temperatures ---------------------------------------------------------------------------


def test_the_entropy_at_each_temperature_is_exact():
    words = temperatures(LOGITS, [0.25, 1, 4], names=ANIMALS).describe()
    assert "towards ln 4 = 1.3863 nats. Two panels." in words
    for t in 0.25, 1, 4:
        shares = exact_shares([z / t for z in LOGITS])
        nats = exact_entropy(shares)
        named = zip(ANIMALS, shares, strict=True)
        bars = ", ".join(f"{name} {number(p)}" for name, p in named)
        assert f"Bars “T = {t:g}”: {bars}." in words
        assert f"“T = {t:g}: {nats:.4f} nats” at T = {t:g}, H = {number(nats)} nats." in words


def test_the_curve_of_entropy_rises_to_the_logarithm_of_the_number_of_classes():
    words = temperatures([2.0, 1.0, 0.0], [2]).describe()
    assert temperatures([2.0, 1.0, 0.0], 2).describe() == words
    assert "Horizontal line “ln 3” at H = 1.099 nats." in words
    figure = temperatures([2.0, 1.0, 0.0], [2])
    (curve,) = (line for line in figure.axes[1].lines if len(line.get_xdata()) > 2)
    nats = np.asarray(curve.get_ydata())
    assert (np.diff(nats) > 0).all()
    assert nats[-1] == pytest.approx(np.log(3), abs=1e-4)
    assert nats[0] == pytest.approx(0, abs=1e-9)


def test_the_axis_reaches_from_the_coldest_mark_to_the_hottest():
    axes = temperatures(LOGITS, [0.01, 400]).axes[1]
    assert axes.get_xlim() == pytest.approx((0.01, 400))


def test_entropy_has_both_its_units_in_their_proportion():
    (second,) = temperatures(LOGITS, [1]).axes[1].child_axes
    assert second.get_ylabel() == "entropy, H (bits)"
    to_bits, to_nats = second._functions
    assert to_bits(float(mp.log(4))) == pytest.approx(2)
    assert to_nats(2) == pytest.approx(float(mp.log(4)))


def test_labels_of_temperatures_keep_off_the_curve_and_one_another():
    figure = temperatures(LOGITS, [0.25, 1, 4], names=ANIMALS)
    figure.draw_without_rendering()
    axes = figure.axes[1]
    boxes = [text.get_window_extent() for text in axes.texts if isinstance(text, Annotation)]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    (curve,) = (line for line in axes.lines if len(line.get_xdata()) > 2)
    on_screen = axes.transData.transform(np.transpose(curve.get_data()))
    assert not any(box.contains(x, y) for box in boxes for x, y in on_screen)


@pytest.mark.parametrize("coldest, hottest", [(0.05, 50), (0.02, 100)])
def test_labels_of_temperatures_near_the_ends_stay_in_the_panel(coldest, hottest):
    figure = temperatures(LOGITS, [coldest, hottest], names=ANIMALS)
    figure.draw_without_rendering()
    axes = figure.axes[1]
    low, high = (t.get_window_extent() for t in axes.texts if isinstance(t, Annotation))
    panel = axes.get_window_extent()
    assert panel.x0 < low.x0 < panel.x0 + 0.1 * panel.width
    assert panel.x1 - 0.1 * panel.width < high.x1 < panel.x1
    assert low.y0 > panel.y0
    assert high.y1 < axes.transData.transform((1, np.log(4)))[1]


# --- all of them ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "draw", [logits_to_probabilities, slice_of_exp, lambda z, **o: temperatures(z, [1, 2], **o)]
)
def test_what_is_not_one_row_with_a_name_for_each_is_refused(draw):
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        draw([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="not finite"):
        draw([1, np.nan])
    with pytest.raises(ValueError, match="3 entries for 4 classes"):
        draw(LOGITS, names=["dog", "cat", "horse"])


@pytest.mark.parametrize("wrong, says", [([], "temperature is empty"), ([1, 0], "got 0.0")])
def test_temperatures_that_cannot_be_drawn_are_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        temperatures(LOGITS, wrong)


@pytest.mark.parametrize("draw", [slice_of_exp, lambda z: temperatures(z, [1, 2])])
def test_another_logit_makes_other_words(draw):
    assert draw(LOGITS).describe() != draw([3.3, 1.3, 0.2, 0.8]).describe()
