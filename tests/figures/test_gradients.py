"""The pictures of page 06 hold the right numbers, and other numbers make other pictures.

Expected numbers are computed with mpmath, which differentiates each loss itself, or in plain loops.
"""

import itertools
import math
import re

import numpy as np
import pytest
from matplotlib.text import Annotation
from mpmath import mp

from celib.figures import logit_descent, stall, training_curves
from celib.figures.description import number
from celib.figures.gradients import walk

ANIMALS = ["dog", "cat", "horse", "cheetah"]
LOGITS = [3.2, 1.3, 0.2, 0.8]


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def slope(squared, y, p):
    """The derivative of a loss by the logit at which the sigmoid is p, found by mpmath."""

    def loss(z):
        q = sigmoid(z)
        if squared:
            return (q - y) ** 2
        return -mp.log(q) if y else -mp.log(1 - q)

    return float(mp.diff(loss, mp.log(p) - mp.log(1 - mp.mpf(p))))


def descent(squared, p, steps):
    """The probabilities on the way down from p, where the truth is 0."""
    z = math.log(p / (1 - p))
    probs = [p]
    for _ in range(steps):
        q = 1 / (1 + math.exp(-z))
        z -= 2 * q * q * (1 - q) if squared else q
        probs.append(1 / (1 + math.exp(-z)))
    return probs


def by_hand(target, logits, steps, rate):
    """A gradient descent in plain loops: the logits before the first step and after each."""
    z, places = list(logits), [list(logits)]
    for _ in range(steps):
        total = sum(math.exp(v) for v in z)
        z = [v - rate * (math.exp(v) / total - (k == target)) for k, v in enumerate(z)]
        places.append(z)
    return places


def curves(axes):
    """The labelled lines of a panel, by name."""
    return {
        line.get_label(): np.transpose(line.get_data())
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


# --- the walk -------------------------------------------------------------------------------


def test_a_step_is_the_whole_slope_unless_another_rate_is_asked_for():
    """From logits 0 and 0 the push on the truth is a half."""
    path = walk(0, [0.0, 0.0], steps=1)
    assert np.asarray(path.logits)[1].tolist() == [0.5, -0.5]


@pytest.mark.parametrize("target, rate", [(0, 1.0), (0, 0.5), (2, 2.0)])
def test_a_walk_is_the_one_written_out_by_hand(target, rate):
    path = walk(target, LOGITS, steps=7, rate=rate)
    expected = np.array(by_hand(target, LOGITS, 7, rate))
    np.testing.assert_allclose(path.logits, expected, rtol=1e-12)
    heights = np.exp(expected)
    shares = heights / heights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(path.probs, shares, rtol=1e-12)
    np.testing.assert_allclose(path.losses, -np.log(shares[:, target]), rtol=1e-12)
    np.testing.assert_allclose(path.slopes, shares - np.eye(4)[target], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    "spoilt, says",
    [
        ({"logits": [LOGITS]}, r"one row, of shape \(K,\); got shape \(1, 4\)"),
        ({"logits": [1, np.inf]}, r"logits\[1\] is inf"),
        ({"rate": 0}, "rate must be finite and above 0"),
        ({"steps": -1}, "steps must be a whole number >= 0, got -1"),
        ({"steps": 2.5}, "steps must be a whole number >= 0, got 2.5"),
        ({"target": 4}, "run from 0 to 3"),
    ],
)
def test_a_walk_that_cannot_be_taken_is_refused(spoilt, says):
    valid = {"target": 0, "logits": LOGITS, "steps": 1} | spoilt
    with pytest.raises(ValueError, match=says):
        walk(valid.pop("target"), valid.pop("logits"), **valid)


@pytest.mark.parametrize("steps", [0, -1, 2.5])
@pytest.mark.parametrize("draw", [stall, lambda **options: logit_descent(0, LOGITS, **options)])
def test_a_picture_of_a_descent_takes_at_least_a_step(draw, steps):
    with pytest.raises(ValueError, match=rf"steps must be a whole number >= 1, got {steps}\."):
        draw(steps=steps)


# --- the stall ------------------------------------------------------------------------------


def test_every_slope_is_the_derivative_of_its_loss():
    drawn = curves(stall().axes[0])
    for squared, name in (False, "cross-entropy"), (True, "squared error"):
        for y in 0, 1:
            for p, height in drawn[f"{name}, truth {y}"][1:-1:20]:
                assert height == pytest.approx(slope(squared, y, p), rel=1e-9, abs=1e-12)


def test_the_words_for_the_slopes():
    words = stall(0.9, steps=30).describe()
    for sentence in [
        "Curve “cross-entropy, truth 0” rises from 0 at p = 0, through 0.5 at p = 0.5, to 1 at p",
        "Curve “cross-entropy, truth 1” rises from −1 at p = 0, through −0.5 at p = 0.5, to 0 at p",
        # 8 / 27, at p = 2/3 and 1/3
        "Curve “squared error, truth 0” starts at 0 at p = 0, is highest, 0.2963, at p = 0.665",
        "Curve “squared error, truth 1” starts at 0 at p = 0, is lowest, −0.2963, at p = 0.335",
        "Point “0.9000” at p = 0.9, 0.9.",
        "Point “0.1620” at p = 0.9, 0.162.",
    ]:
        assert sentence in words


@pytest.mark.parametrize("p", [0.9, 0.99])
def test_both_descents_are_those_of_plain_loops(p):
    drawn = curves(stall(p, steps=70).axes[1])
    for squared, name in (False, "cross-entropy"), (True, "squared error"):
        expected = descent(squared, p, 70)
        np.testing.assert_allclose(drawn[name][:, 1], expected, rtol=1e-9)
        first = next(i for i, q in enumerate(expected) if q < 0.5)
        assert f"“{name}: p < 0.5 at step {first}”" in stall(p, steps=70).describe()


def test_a_descent_that_has_not_arrived_says_where_it_stands():
    last = descent(True, 0.999, 20)[-1]
    assert f"“squared error: p = {last:.4f} at step 20”" in stall(0.999, steps=20).describe()


def test_a_change_of_mind_is_named_where_there_is_room():
    """On the right of its mark in the first half of the steps, and on the left after it."""
    first = next(i for i, q in enumerate(descent(False, 0.99, 80)) if q < 0.5)
    for steps, side in (2 * first, "left"), (2 * first - 1, "right"), (first, "right"):
        axes = stall(0.99, steps=steps).axes[1]
        (words,) = (text for text in axes.texts if "p < 0.5" in text.get_text())
        assert words.xy[0] == first
        assert words.get_ha() == side


def test_descents_that_have_not_arrived_are_marked_and_named_under_one_another():
    figure = stall(0.99, steps=3)
    axes = figure.axes[1]
    fast, slow = (descent(squared, 0.99, 3)[-1] for squared in (False, True))
    marks = [np.ravel(line.get_data()) for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(marks, [[3, fast], [3, slow]], rtol=1e-9)
    (words,) = (text for text in axes.texts if "error" in text.get_text())
    assert words.get_text().splitlines() == [
        *("cross-entropy:", f"p = {fast:.4f}", "at step 3"),
        *("squared error:", f"p = {slow:.4f}", "at step 3"),
    ]
    figure.draw_without_rendering()
    right, top = axes.transData.transform((3, fast))
    box = words.get_window_extent()
    assert right - 40 < box.x1 < right
    assert top - 20 < box.y1 < top


def test_the_mark_follows_its_probability():
    marks = [
        {key for key in curves(stall(p, steps=10).axes[0]) if re.fullmatch(r"0\.\d{4}", key)}
        for p in (0.9, 0.99)
    ]
    assert marks == [{"0.9000", "0.1620"}, {"0.9900", "0.0196"}]


@pytest.mark.parametrize("p", [0.5, 1, 0.1])
def test_a_beginning_that_is_not_wrong_or_has_no_logit_is_refused(p):
    with pytest.raises(ValueError, match=r"p must be between 0.5 and 1"):
        stall(p)


# --- four logits on their way ---------------------------------------------------------------


def test_the_run_of_the_dog_passes_the_goal_between_steps_8_and_9():
    words = logit_descent(0, LOGITS, names=ANIMALS, goal_bits=0.095).describe()
    places = by_hand(0, LOGITS, 15, 1.0)
    bits = [-math.log2(math.exp(z[0]) / sum(map(math.exp, z))) for z in places]
    assert bits[8] > 0.095 > bits[9]
    for sentence in [
        f"Fifteen steps downhill: from {bits[0]:.4f} to {bits[15]:.4f} bits. Two panels.",
        f"“step 0: {bits[0]:.4f} bits”",
        f"“step 8: {bits[8]:.4f} bits” points to n = 8, {number(bits[8] * math.log(2))} nats",
        f"“step 9: {bits[9]:.4f} bits” points to n = 9, {number(bits[9] * math.log(2))} nats",
        f"Horizontal line “0.095 bits” at {number(0.095 * math.log(2))} nats.",
        f"Curve “dog” rises from 3.2 at n = 0, through {number(places[7][0])} at n = 7, "
        f"to {number(places[15][0])} at n = 15.",
        f"Curve “horse” falls from 0.2 at n = 0, through {number(places[7][2])} at n = 7, "
        f"to {number(places[15][2])} at n = 15.",
    ]:
        assert sentence in words
    (second,) = logit_descent(0, LOGITS).axes[1].child_axes
    assert second._functions[0](math.log(2)) == pytest.approx(1)


def test_another_truth_rate_or_goal_makes_another_picture():
    first = logit_descent(0, LOGITS, steps=9).describe()
    assert logit_descent(1, LOGITS, steps=9).describe() != first
    assert logit_descent(0, LOGITS, steps=9, rate=0.5).describe() != first
    assert "Curve “class 0” falls" in logit_descent(1, LOGITS, steps=9).describe()
    assert "Curve “class 1” rises" in logit_descent(1, LOGITS, steps=9).describe()
    without, below = logit_descent(0, LOGITS), logit_descent(0, LOGITS, goal_bits=0.01)
    assert "line" not in without.describe()
    assert re.findall(r"“step (\d+)", below.describe()) == ["0"]
    start, after = walk(0, LOGITS, steps=1).losses / np.log(2)
    for goal, named in ((start + 0.1, ["0"]), ((start + after) / 2, ["0", "0", "1"])):
        words = logit_descent(0, LOGITS, goal_bits=goal).describe()
        assert re.findall(r"“step (\d+)", words) == named
    with pytest.raises(ValueError, match="3 entries for 4 classes"):
        logit_descent(0, LOGITS, names=ANIMALS[:3])


def test_names_of_logits_that_end_alike_stand_a_line_apart():
    axes = logit_descent(0, [1, 1.02, 1.05, 0.98]).axes[0]
    paths = np.array([line.get_ydata() for line in axes.lines])
    names = {text.get_text(): text.xy[1] for text in axes.texts}
    line = 0.055 * np.ptp(paths)
    lowest = paths[3, -1]
    assert names["class 0"] == paths[0, -1]
    assert [names[f"class {k}"] for k in (3, 1, 2)] == pytest.approx(
        [lowest, lowest + line, lowest + 2 * line]
    )


def test_the_labels_of_both_figures_keep_off_one_another():
    for figure in stall(), logit_descent(0, LOGITS, names=ANIMALS, goal_bits=0.095):
        figure.draw_without_rendering()
        for axes in figure.axes:
            # an annotation's own extent has its arrow in it
            boxes = [
                text.get_bbox_patch().get_window_extent()
                if isinstance(text, Annotation) and text.get_bbox_patch()
                else text.get_window_extent()
                for text in axes.texts
            ]
            for one, other in itertools.combinations(boxes, 2):
                assert not one.overlaps(other)


# --- training curves ------------------------------------------------------------------------


def test_curves_say_their_steps_and_losses():
    losses = {"training": [math.log(3), 0.5, 0.25], "test": [math.log(3), 0.6, 0.7]}
    words = training_curves(losses, every=20, n_classes=3).describe()
    for sentence in [
        "Vertical axis: loss in nats, from 0",
        "Second vertical axis: loss in bits, from 0",
        "Horizontal line “ln 3 = 1.0986 nats” at 1.099 nats.",
        "Curve “training” falls from 1.099 nats at n = 0, through 0.5 nats at n = 20, to 0.25 nats "
        "at n = 40.",
        "Curve “test” starts at 1.099 nats at n = 0, is lowest, 0.6 nats, at n = 20 and ends at "
        "0.7 nats at n = 40.",
    ]:
        assert sentence in words
    assert "n = 2" in training_curves(losses).describe()
    assert "ln" not in training_curves(losses).describe()
    (second,) = training_curves(losses).axes[0].child_axes
    assert second._functions[0](math.log(2)) == pytest.approx(1)
    assert training_curves(losses, title="Sixty digits").get_suptitle() == "Sixty digits"


def test_a_start_above_every_loss_is_in_the_picture():
    axes = training_curves({"training": [0.2, 0.1]}, n_classes=1000).axes[0]
    assert axes.get_ylim()[1] > math.log(1000)


@pytest.mark.parametrize(
    "losses, says",
    [
        ({}, "from 1 to 4 curves, got 0"),
        ({f"{i}": [1.0] for i in range(5)}, "from 1 to 4 curves, got 5"),
        ({"test": [[1.0]]}, r"test must be one row of losses, got shape \(1, 1\)"),
        ({"test": [1.0, np.nan]}, r"test\[1\] is nan"),
    ],
)
def test_what_is_not_a_row_of_losses_is_refused(losses, says):
    with pytest.raises(ValueError, match=says):
        training_curves(losses)
