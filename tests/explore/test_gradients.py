"""The live picture of page 06: its numbers are those of a descent in plain loops.

Every step of the slider is looked at.
"""

import itertools
import math
import re

import numpy as np
import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of

import celib
from celib.explore import push_and_pull, step_downhill
from celib.explore.gradients import COLUMNS, MAGNIFIED, _height, _loss_height

LOGITS = [3.2, 1.3, 0.2, 0.8]
STEPS = range(16)


def by_hand(steps):
    z = list(LOGITS)
    for _ in range(steps):
        total = sum(math.exp(v) for v in z)
        z = [v + (k == 0) - math.exp(v) / total for k, v in enumerate(z)]
    return z


def arrow_tips(drawing):
    """Give the height of tail and point of each arrow that stands beside a logit."""
    paths = [path.get("d") for path in parsed(drawing).iter(f"{SVG}path")]
    ends = []
    for d in paths:
        tail = float(re.match(r"M\S+ ([-\d.]+)H", d)[1])
        x, tip = map(float, re.search(r"L([-\d.]+) ([-\d.]+)L", d).groups())
        if any(abs(x - 18 - column) < 1e-6 for column in COLUMNS):
            ends.append((tail, tip))
    return ends


@pytest.mark.parametrize("step", STEPS)
def test_the_numbers_are_those_of_a_descent_by_hand(step):
    numbers = push_and_pull(step).numbers
    z = by_hand(step)
    total = sum(math.exp(v) for v in z)
    probs = [math.exp(v) / total for v in z]
    assert numbers["logits"] == pytest.approx(z, rel=1e-12, abs=1e-14)
    assert numbers["probs"] == pytest.approx(probs, rel=1e-12)
    assert numbers["pushes"] == pytest.approx([1 - probs[0], *(-p for p in probs[1:])], rel=1e-10)
    assert numbers["slopes"] == [-push for push in numbers["pushes"]]
    assert sum(numbers["pushes"]) == pytest.approx(0, abs=1e-15)
    assert numbers["loss_nats"] == pytest.approx(-math.log(probs[0]), rel=1e-12)
    assert numbers["loss_bits"] == pytest.approx(-math.log2(probs[0]), rel=1e-12)
    _, slopes = celib.value_and_gradient(celib.categorical_cross_entropy_from_logits, 0, z)
    np.testing.assert_allclose(numbers["slopes"], slopes, rtol=1e-10)


def test_the_loss_falls_and_passes_0095_bits_between_steps_8_and_9():
    bits = [push_and_pull(step).numbers["loss_bits"] for step in STEPS]
    assert all(later < earlier for earlier, later in itertools.pairwise(bits))
    assert bits[8] > 0.095 > bits[9]


@pytest.mark.parametrize("step", [0, 1, 9, 15])
def test_what_is_shown_is_what_was_computed(step):
    drawing = push_and_pull(step)
    numbers, shown = drawing.numbers, words_of(drawing)
    for key, form in ("logits", "{:.3f}"), ("probs", "{:.3f}"), ("pushes", "{:+.3f}"):
        for value in numbers[key]:
            assert form.format(value).replace("-", "−") in shown
    nats, bits = f"{numbers['loss_nats']:.4f} nats", f"{numbers['loss_bits']:.4f} bits"
    assert {nats, bits, "0.095 bits", "5.500"} <= set(shown)
    words = drawing.description
    assert words.startswith(f"After {step} step{'' if step == 1 else 's'} the model's")
    assert f"the loss {nats} = {bits}." in words
    assert f"dog up {numbers['pushes'][0]:.3f}, cat down {-numbers['pushes'][1]:.3f}" in words


@pytest.mark.parametrize("step", STEPS)
def test_arrows_and_bars_are_drawn_to_scale(step):
    drawing = push_and_pull(step)
    numbers = drawing.numbers
    tips = arrow_tips(drawing)
    assert len(tips) == 4
    for (tail, tip), z, push in zip(tips, numbers["logits"], numbers["pushes"], strict=True):
        assert tail == pytest.approx(_height(z), abs=0.01)
        assert tail - tip == pytest.approx(MAGNIFIED * push * (_height(0) - _height(1)), abs=0.02)
    # pixels up and down are the same number
    assert sum(tail - tip for tail, tip in tips) == pytest.approx(0, abs=0.05)
    (bar,) = (r for r in parsed(drawing).iter(f"{SVG}rect") if r.get("width") == "46")
    per_nat = _loss_height(0) - _loss_height(1)
    assert float(bar.get("height")) / per_nat == pytest.approx(numbers["loss_nats"], abs=1e-4)
    (goal,) = (
        one
        for one in parsed(drawing).iter(f"{SVG}line")
        if one.get("stroke-dasharray") and float(one.get("y1")) < _loss_height(0)
    )
    at = (_loss_height(0) - float(goal.get("y1"))) / per_nat
    assert at == pytest.approx(0.095 * math.log(2), abs=1e-4)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_a_whole_picture(step):
    drawing = push_and_pull(step)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        rf"Step {step}: probability of dog 0\.\d{{3}}, loss 0\.\d{{4}} bits\.",
        svg.get("aria-label"),
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf|−0[^.]", " ".join(words_of(drawing)))
    assert_words_stand_apart(drawing)
    assert all(60 < tip < 290 for _, tip in arrow_tips(drawing))


@pytest.mark.parametrize("step", [-1, 16, 0.5])
def test_a_step_that_the_slider_cannot_give_is_refused(step):
    with pytest.raises(ValueError, match="step must be a step from 0 to 15"):
        push_and_pull(step)


def test_the_slider_reaches_both_ends_and_redraws():
    live = step_downhill()
    (slider,) = live.controls.values()
    assert (slider.min, slider.max, slider.step) == (STEPS[0], STEPS[-1], 1)
    assert slider.description == "steps taken"
    for step in 15, 0, 9:
        slider.value = step
        assert push_and_pull(step).svg in live.picture.value
    assert "0.0915 bits" in live.picture.value
