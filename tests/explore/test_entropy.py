"""The live picture of page 01: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath from the definition, or by hand.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

import celib
from celib.explore import asking, twenty_questions
from celib.explore.entropy import BASELINE, DISTRIBUTIONS, LEFT, RIGHT, TALLEST, TOP
from celib.figures import MODEL, TRUTH

SETTINGS = list(itertools.product(range(len(DISTRIBUTIONS)), (1, 2, 3)))
every_setting = pytest.mark.parametrize("skew, draws", SETTINGS)


def bricks(drawing):
    """Give the sides of the bricks of the wall, as probability and questions per animal."""
    for rect in parsed(drawing).iter(f"{SVG}rect"):
        if rect.get("fill") == MODEL and rect.get("stroke-width") == "0.8":
            width, height = float(rect.get("width")), float(rect.get("height"))
            yield width / (RIGHT - LEFT), height * TALLEST / (BASELINE - TOP)


def bits(p):
    return float(-mp.fsum(mp.mpf(q) * mp.log(mp.mpf(q), 2) for q in p))


@every_setting
def test_the_numbers_are_those_of_the_definition(skew, draws):
    numbers = asking(skew, draws).numbers
    p = DISTRIBUTIONS[skew]
    assert numbers["probs"] == list(p)
    assert numbers["entropy_bits"] == pytest.approx(bits(p), rel=1e-12)
    assert numbers["entropy_bits"] == celib.entropy(p, unit="bits")
    together = [mp.fprod(c) for c in itertools.product(map(mp.mpf, p), repeat=draws)]
    surprises = sorted(float(-mp.log(q, 2)) for q in together)
    assert sorted(numbers["surprise_bits"]) == pytest.approx(surprises, rel=1e-12)
    assert sum(2.0**-n for n in numbers["asked"]) == 1
    # with its own probability, each tower counts in the mean
    mean = sum(2**-s * n for s, n in zip(numbers["surprise_bits"], numbers["asked"], strict=True))
    assert numbers["questions_per_draw"][draws - 1] == pytest.approx(mean / draws, rel=1e-12)


@pytest.mark.parametrize(
    "skew, means",
    [
        (0, [2, 2, 2]),
        (2, [1.75, 1.75, 1.75]),
        # by hand: 1 × 0.775 + 2 × 0.116 + 3 × 0.109
        (3, [1.334, None, None]),
        (4, [1.2, 0.96, None]),
        (5, [1.1, None, None]),
    ],
)
def test_the_means_are_those_by_hand(skew, means):
    shown = asking(skew, 1).numbers["questions_per_draw"]
    for got, want in zip(shown, means, strict=True):
        assert want is None or got == pytest.approx(want, rel=1e-12)


def test_the_distributions_go_from_even_to_skewed():
    entropies = [bits(p) for p in DISTRIBUTIONS]
    assert entropies == sorted(entropies, reverse=True)


@every_setting
def test_the_bricks_have_the_area_that_is_said(skew, draws):
    drawing = asking(skew, draws)
    area = sum(width * height for width, height in bricks(drawing))
    mean = drawing.numbers["questions_per_draw"][draws - 1]
    assert area == pytest.approx(mean, abs=0.01)  # coordinates are written to 1/100 pixel


@every_setting
def test_the_bars_and_the_line_of_the_entropy_share_one_scale(skew, draws):
    drawing = asking(skew, draws)
    bars = [r for r in parsed(drawing).iter(f"{SVG}rect") if r.get("stroke") == MODEL]
    lines = [e for e in parsed(drawing).iter(f"{SVG}line") if e.get("stroke-width") == "3"]
    heights = [float(bar.get("height")) for bar in bars] + [BASELINE - float(lines[-1].get("y1"))]
    numbers = drawing.numbers
    amounts = [*numbers["questions_per_draw"], numbers["entropy_bits"]]
    scales = [height / amount for height, amount in zip(heights, amounts, strict=True)]
    assert scales == pytest.approx([scales[0]] * 4, rel=1e-3)  # written to 1/100 pixel


@every_setting
def test_picture_and_words_say_the_same_numbers(skew, draws):
    drawing = asking(skew, draws)
    mean = f"{drawing.numbers['questions_per_draw'][draws - 1]:.4f}"
    entropy = f"{drawing.numbers['entropy_bits']:.4f} bits"
    root = parsed(drawing)
    assert root.get("role") == "img"
    for number in (mean, entropy):
        assert number in root.get("aria-label")
        assert number in drawing.description
        assert any(number in words for words in words_of(drawing))
    assert root.find(f"{SVG}desc").text == drawing.description
    means = drawing.numbers["questions_per_draw"]
    for n, name in enumerate(["one at a time", "in pairs", "in triples"]):
        assert f"{means[n]:.4f} {name}" in drawing.description


def test_the_example_in_words():
    assert asking(4, 1).description == (
        "Probabilities: dog 0.8, cat 0.1, horse 0.1. Asked about one at a time, the animals take "
        "1.2000 questions each on average: 0.2781 more than the entropy of 0.9219 bits. Questions "
        "until each animal is found: dog 1, cat 2, horse 2. Questions per animal: 1.2000 one at a "
        "time, 0.9600 in pairs, 0.9253 in triples."
    )
    assert "on average: exactly the entropy of 2.0000 bits. The 16 possible pairs take 4" in (
        asking(0, 2).description
    )


@every_setting
def test_no_words_lie_over_one_another_or_outside(skew, draws):
    assert_words_stand_apart(asking(skew, draws))


def test_each_control_moves_what_it_should_and_nothing_else():
    live = twenty_questions()
    start = live.drawing
    assert (live.controls["skew"].value, live.controls["draws"].value) == (4, 1)

    live.controls["draws"].value = 2
    pairs = live.drawing
    for kept in ("probs", "entropy_bits", "questions_per_draw"):
        assert pairs.numbers[kept] == start.numbers[kept]
    assert len(start.numbers["asked"]) == 3
    assert len(pairs.numbers["asked"]) == 9
    assert pairs.svg in live.picture.value

    live.controls["skew"].value = 3
    assert live.controls["draws"].value == 2
    assert live.drawing.numbers["probs"] == [0.775, 0.116, 0.039, 0.070]
    assert live.drawing.description in live.picture.value


def test_the_controls_say_what_they_are():
    live = twenty_questions()
    assert [control.description for control in live.controls.values()] == [
        "even to skewed",
        "animals asked together",
    ]
    labels = [label for label, _ in live.controls["skew"].options]
    assert labels == ["dog 0.25", "dog 0.4", "dog 0.5", "dog 0.775", "dog 0.8", "dog 0.936"]
    assert "dog 0.8, cat 0.1, horse 0.1" in words_of(live.drawing)


@pytest.mark.parametrize(
    "draws, heights",
    # -log2 of 0.8 and of 0.1, and their means in a pair
    [(1, {0, 0.32, 3.32}), (2, {0, 0.32, 1.82, 3.32})],
)
def test_the_line_of_surprise_has_the_height_of_one_animal(draws, heights):
    lines = [e for e in parsed(asking(4, draws)).iter(f"{SVG}line") if e.get("stroke") == TRUTH]
    skyline = [e for e in lines if e.get("stroke-linecap")]
    tops = {round((BASELINE - float(e.get("y1"))) * TALLEST / (BASELINE - TOP), 2) for e in skyline}
    assert tops == heights


@pytest.mark.parametrize("setting", [(-1, 1), (6, 1), (1.5, 1), (0, 0), (0, 4), (0, 2.5)])
def test_settings_outside_the_range_are_refused(setting):
    with pytest.raises(ValueError, match=re.escape(str(setting[0])) + "|draws"):
        asking(*setting)
