"""The live picture of page 03: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath, from the definition.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

from celib.explore import shift_and_temperature, slice_and_dial
from celib.explore.logits import TEMPERATURES, _short

LOGITS = [3.2, 1.3, 0.2, 0.8]
SHIFTS = [i / 2 for i in range(-4, 5)]
SETTINGS = list(itertools.product(SHIFTS, TEMPERATURES))


@pytest.mark.parametrize("shift, temperature", SETTINGS)
def test_the_numbers_are_those_of_the_definition(shift, temperature):
    numbers = slice_and_dial(shift, temperature).numbers
    exponentials = [mp.exp((mp.mpf(z) + shift) / temperature) for z in LOGITS]
    total = mp.fsum(exponentials)
    probs = [e / total for e in exponentials]
    nats = -mp.fsum(p * mp.log(p) for p in probs)
    assert numbers["logits"] == pytest.approx([z + shift for z in LOGITS])
    assert numbers["exponentials"] == pytest.approx([float(e) for e in exponentials], rel=1e-12)
    assert numbers["total"] == pytest.approx(float(total), rel=1e-12)
    assert numbers["probs"] == pytest.approx([float(p) for p in probs], rel=1e-12)
    assert numbers["entropy_nats"] == pytest.approx(float(nats), rel=1e-6)
    assert numbers["entropy_bits"] == pytest.approx(float(nats / mp.log(2)), rel=1e-6)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_a_shift_moves_logits_and_sum_and_nothing_else(temperature):
    still, moved = slice_and_dial(0, temperature).numbers, slice_and_dial(1.5, temperature).numbers
    for what in "probs", "entropy_nats", "entropy_bits":
        assert moved[what] == pytest.approx(still[what], rel=1e-9, abs=1e-15)
    assert moved["total"] == pytest.approx(still["total"] * float(mp.exp(1.5 / temperature)))


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_dial_rises_with_the_temperature_from_0_to_ln_4(shift):
    dial = [slice_and_dial(shift, t).numbers["entropy_nats"] for t in TEMPERATURES]
    assert all(low < high for low, high in itertools.pairwise(dial))
    assert dial[0] == pytest.approx(0, abs=1e-6)
    assert dial[-1] == pytest.approx(float(mp.log(4)), abs=1e-4)
    logits = [slice_and_dial(shift, t).numbers["logits"] for t in TEMPERATURES]
    assert all(row == logits[0] for row in logits)


def test_what_is_shown_is_what_was_computed():
    drawing = slice_and_dial(0, 2)
    shown = words_of(drawing)
    for words in "0.523", "0.202", "0.117", "0.158", "1.2042 nats", "1.7373 bits", "1.6", "4.953":
        assert words in shown
    assert "dog 0.523, cat 0.202, horse 0.117, cheetah 0.158" in drawing.description
    assert "1.2042 nats (1.7373 bits)" in drawing.description
    assert "At temperature 2 their exponentials add up to 9.466" in drawing.description


def test_heights_columns_and_dial_are_drawn_to_scale():
    drawing = slice_and_dial(0.5, 3)
    svg = parsed(drawing)
    columns = [r for r in svg.iter(f"{SVG}rect") if r.get("width") == "30"]
    *stack, _frame, dial = [float(r.get("height")) for r in columns]
    full = float(columns[4].get("height"))
    assert [h / full for h in stack] == pytest.approx(drawing.numbers["probs"], abs=1e-3)
    assert dial / full == pytest.approx(drawing.numbers["entropy_bits"] / 2, abs=1e-3)
    points = [r for r in svg.iter(f"{SVG}rect") if r.get("rx") == "5"]
    bottom = float(columns[4].get("y")) + full
    heights = [(bottom - float(p.get("y")) - 5) / full for p in points]
    assert heights == pytest.approx(drawing.numbers["probs"], abs=1e-3)
    # the slice slides: the same step to the right for every point
    moved = [r for r in parsed(slice_and_dial(1.5, 3)).iter(f"{SVG}rect") if r.get("rx") == "5"]
    steps = [float(a.get("x")) - float(b.get("x")) for a, b in zip(moved, points, strict=True)]
    assert min(steps) > 30
    assert steps == pytest.approx([steps[0]] * 4, abs=0.02)


@pytest.mark.parametrize("shift, temperature", SETTINGS)
def test_every_setting_is_a_whole_picture(shift, temperature):
    drawing = slice_and_dial(shift, temperature)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        r"Probability of dog \d\.\d{3}, entropy \d\.\d{4} nats\.", svg.get("aria-label")
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf|−0[^.]", " ".join(words_of(drawing)))
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "shift, temperature, wrong",
    [(2.5, 1, "shift"), (-3, 1, "shift"), (0, 0.05, "temperature"), (0, 0, "temperature")],
)
def test_what_no_control_can_give_is_refused(shift, temperature, wrong):
    with pytest.raises(ValueError, match=wrong):
        slice_and_dial(shift, temperature)


def test_the_controls_reach_their_ends_and_redraw():
    live = shift_and_temperature()
    assert [control.description for control in live.controls.values()] == [
        "add to every logit",
        "temperature",
    ]
    shift, temperature = live.controls.values()
    assert (shift.min, shift.max, shift.value) == (-2, 2, 0)
    before = live.picture.value
    shift.value = 2
    assert live.picture.value != before
    assert live.drawing.numbers["logits"][0] == pytest.approx(5.2)
    assert "+2 on every logit" in live.picture.value
    temperature.index = 0
    assert live.drawing.numbers["entropy_nats"] < 1e-6
    temperature.index = len(temperature.options) - 1
    assert live.drawing.numbers["entropy_nats"] == pytest.approx(float(mp.log(4)), abs=1e-4)


def test_large_and_small_numbers_are_short():
    written = [_short(v) for v in (31.6488, 12345.6, 3.83e22, 0.5, 1.5e-9)]
    assert written == ["31.65", "12346", "3.83·10²²", "0.5", "1.50·10⁻⁹"]
