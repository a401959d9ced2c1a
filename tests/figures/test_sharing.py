"""Predictions that share a loss: the bars, the pushes and the numbers beneath them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from celib.figures import LOSS, MODEL, TRUTH, same_loss

NAMES = ["dog", "cat", "horse"]
SHARED = [[0.7, 0.3, 0], [0.7, 0.2, 0.1]]


def words_of(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_a_picture_says_its_bars_and_that_every_push_leads_to_the_truth():
    words = same_loss(0, SHARED, names=NAMES, titles=["sure of cat", "torn"]).describe()
    assert words.splitlines() == [
        "The same loss, 0.3567 nats = 0.5146 bits, but another push on the logits. Two panels.",
        "Left: sure of cat. Vertical axis: probability, from 0 to 1. "
        "Bars “model p”: dog 0.7, cat 0.3, horse 0. "
        "Bars “push y − p”: dog from 0.7 to 1, cat from 0.3 to 0, horse 0. "
        "Points “truth y” at dog, 1; cat, 0; horse, 0. “+0.300”. “−0.300”.",
        "Right: torn. "
        "Bars “model p”: dog 0.7, cat 0.2, horse 0.1. "
        "Bars “push y − p”: dog from 0.7 to 1, cat from 0.2 to 0, horse from 0.1 to 0. "
        "Points “truth y” at dog, 1; cat, 0; horse, 0. “+0.300”. “−0.200”. “−0.100”.",
    ]


def test_the_pushes_are_exact():
    """Truth minus model, to the last digit: no rounding error shows as an arrow."""
    for axes, p in zip(same_loss(0, SHARED).axes, SHARED, strict=True):
        _, pushes = axes.containers
        heights = [bar.get_height() for bar in pushes]
        assert heights == [float(f"{y - q:.3f}") for y, q in zip([1, 0, 0], p, strict=True)]
        heads = [text for text in axes.texts if not text.get_text()]
        assert [head.xy for head in heads] == [(k, float(k == 0)) for k in np.flatnonzero(p)]
        assert [head.xyann for head in heads] == [(k, p[k]) for k in np.flatnonzero(p)]


def test_the_numbers_stand_beneath_their_bars_and_are_named_once():
    first, second = same_loss(0, SHARED).axes
    numbers = ["0.700", "0.300", "0.000", "+0.300", "−0.300", "0.000"]
    assert words_of(first) == [*numbers, "truth y", "model p", "push y − p"]
    assert words_of(second) == ["0.700", "0.200", "0.100", "+0.300", "−0.200", "−0.100"]
    places = [text.xy[0] for text in second.texts if text.get_text()]
    assert places == [0, 1, 2] * 2
    written = [*(text for text in second.texts if text.get_text()), *second.get_xticklabels()]
    assert {text.get_size() for text in written} == {8.5}


@pytest.mark.parametrize("target, side", [(0, "left"), (1, "left"), (2, "right")])
def test_the_truths_name_stands_beside_its_line_where_there_is_room(target, side):
    figure = same_loss(target, [np.roll([0.7, 0.2, 0.1], target)])
    (name,) = (text for text in figure.axes[0].texts if text.get_text() == "truth y")
    assert (name.get_ha(), name.get_color()) == (side, TRUTH)
    assert 0.3 < abs(name.get_position()[0] - target) < 0.5
    assert (name.get_position()[0] > target) == (side == "left")
    assert name.get_position()[1] < 1


def test_each_colour_has_its_meaning():
    (axes,) = same_loss(0, [[0.7, 0.2, 0.1]]).axes
    model, pushes = axes.containers
    assert {to_hex(bar.get_facecolor()) for bar in model} == {MODEL.lower()}
    assert {to_hex(bar.get_facecolor()) for bar in pushes} == {LOSS.lower()}
    heads = [text.arrow_patch for text in axes.texts if not text.get_text()]
    assert {to_hex(head.get_facecolor()) for head in heads} == {LOSS.lower()}
    assert [line.get_color() for line in axes.lines] == [TRUTH]


def test_one_prediction_needs_no_list_around_it():
    alone = same_loss(0, [0.7, 0.2, 0.1]).describe()
    assert alone == same_loss(0, [[0.7, 0.2, 0.1]]).describe()


def test_losses_are_the_same_to_nine_digits():
    """Of ln(1 / 0.7) = 0.357 nats, that is 4e-10."""
    same_loss(0, [[0.7, 0.3], [0.7 * (1 + 2e-10), 0.3]])
    with pytest.raises(ValueError, match="different losses"):
        same_loss(0, [[0.7, 0.3], [0.7 * (1 + 8e-10), 0.3]])
    with pytest.raises(ValueError, match=r"\[0.3567, 0.5108\] nats; give class 0 the same prob"):
        same_loss(0, [[0.7, 0.3], [0.6, 0.4]])


@pytest.mark.parametrize(
    "given, words",
    [
        ({"names": ["dog"]}, "names has 1 entries for 3. Give each class one."),
        ({"titles": ["a", "b", "c"]}, "titles has 3 entries for 2. Give each prediction one."),
    ],
)
def test_there_is_a_name_for_each(given, words):
    with pytest.raises(ValueError, match=words):
        same_loss(0, SHARED, **given)
