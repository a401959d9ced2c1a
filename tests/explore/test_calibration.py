"""The live picture of page 09: its numbers are exact, and each control moves what it should.

Expected numbers are closed forms by hand; those of focal loss are held in the tests of the figures.
"""

import itertools
import re
from functools import cache

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of

from celib import explore
from celib.explore import decision_card
from celib.explore.calibration import MISSES, PREVALENCES
from celib.figures.calibration import TRAININGS, consequence

face_value = cache(explore.face_value)  # slow, and many tests look at the same settings
SOME = list(itertools.product(TRAININGS, [1, 9, 99], [0.5, 0.02]))
SETTINGS = [
    *SOME,
    *(("focal, gamma 5", miss, 0.01) for miss in MISSES),
    *(("weight 9", 4, prevalence) for prevalence in PREVALENCES),
]
PROBLEMS = list(itertools.product(MISSES, PREVALENCES))


def bars(drawing):
    """Give the parts of the two bars that are filled, of 1."""
    widths = [float(r.get("width")) for r in parsed(drawing).iter(f"{SVG}rect")]
    tall = [r.get("height") == "14" for r in parsed(drawing).iter(f"{SVG}rect")]
    empty, cost, again, best = (w for w, yes in zip(widths, tall, strict=True) if yes)
    assert empty == again
    return cost / empty, best / empty


@pytest.mark.parametrize("miss, prevalence", PROBLEMS)
def test_the_numbers_of_a_weight_are_those_of_the_closed_form(miss, prevalence):
    # odds of 1 to miss, divided by 9; P(x > t) = (1 - t)^b, and E[x; x > t] by parts
    n = face_value("weight 9", miss, prevalence).numbers
    b = (1 - prevalence) / prevalence
    assert n["threshold"] == pytest.approx(1 / (1 + miss))
    assert n["output"] == pytest.approx(9 / (9 + miss))
    assert n["acts_from"] == pytest.approx(1 / (1 + 9 * miss))
    for cost, t in ((n["cost"], 1 / (1 + 9 * miss)), (n["best"], 1 / (1 + miss))):
        above = (1 - t) ** b
        caught = t * above + (1 - t) ** (b + 1) / (b + 1)
        assert cost == pytest.approx(100 * ((above - caught) + miss * (prevalence - caught)))


@pytest.mark.parametrize("training, miss, prevalence", SOME)
def test_the_numbers_are_those_of_the_figure(training, miss, prevalence):
    assert face_value(training, miss, prevalence).numbers == (
        consequence(training, miss, prevalence)._asdict()
    )


@pytest.mark.parametrize("miss, prevalence", PROBLEMS)
def test_cross_entropy_needs_no_correction(miss, prevalence):
    drawing = face_value("cross-entropy", miss, prevalence)
    assert drawing.numbers["cost"] == pytest.approx(drawing.numbers["best"])
    assert drawing.numbers["output"] == pytest.approx(1 / (1 + miss))
    assert "Nothing is lost" in drawing.description
    assert "No correction is needed." in words_of(drawing)


def test_what_is_shown_is_what_was_computed():
    drawing = face_value("focal, gamma 2", 9, 0.02)
    shown = words_of(drawing)
    for words in "focal, gamma 2", "0.1000", "0.3058", "0.0026", "87.4 of 100", "86.1", "17.9":
        assert words in shown
    for words in (
        "A miss costs 9 false alarms, and 2% of the cases are positive",
        "there this model says 0.3058",
        "pays 86.1 instead of 17.9 false alarms for 100 cases",
        "act where this output exceeds 0.3058",
    ):
        assert words in drawing.description
    words = face_value("smoothing 0.3", 19, 0.01).description
    assert "acts in every case" in words
    assert "A miss costs 1 false alarm," in face_value("weight 9", 1, 0.5).description


@pytest.mark.parametrize("training, miss", list(itertools.product(TRAININGS, MISSES)))
def test_the_prevalence_moves_costs_and_no_threshold(training, miss):
    numbers = [face_value(training, miss, share).numbers for share in PREVALENCES]
    for name in "threshold", "output", "acts_from":
        assert len({n[name] for n in numbers}) == 1
    assert len({n["best"] for n in numbers}) == len(PREVALENCES)


@pytest.mark.parametrize("miss, prevalence", PROBLEMS)
def test_the_training_moves_the_cost_and_not_the_best(miss, prevalence):
    numbers = [face_value(training, miss, prevalence).numbers for training in TRAININGS]
    for name in "threshold", "best":
        assert len({n[name] for n in numbers}) == 1
    assert len({round(n["output"], 6) for n in numbers}) >= 3


@pytest.mark.parametrize("training, miss, prevalence", SOME)
def test_bars_and_band_are_drawn_to_scale(training, miss, prevalence):
    drawing = face_value(training, miss, prevalence)
    n = drawing.numbers
    assert bars(drawing) == pytest.approx((n["cost"] / 100, n["best"] / 100), abs=1e-4)
    band = next(r for r in parsed(drawing).iter(f"{SVG}rect") if r.get("height") == "290")
    dots = [r for r in parsed(drawing).iter(f"{SVG}rect") if r.get("rx") == "5"]
    right = float(band.get("x")) + float(band.get("width"))
    assert float(dots[0].get("x")) + 5 == pytest.approx(right, abs=0.02)
    if n["acts_from"]:
        assert float(dots[1].get("x")) + 5 == pytest.approx(float(band.get("x")), abs=0.02)
    else:
        assert len(dots) == 1


@pytest.mark.parametrize("training, miss, prevalence", SETTINGS)
def test_every_setting_is_a_whole_picture(training, miss, prevalence):
    drawing = face_value(training, miss, prevalence)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        r"Trained with [\w ,.-]+: at face value \d+\.\d, at best \d+\.\d false alarms "
        r"for 100 cases\.",
        svg.get("aria-label"),
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search(r"nan|inf\b|-0\.0", " ".join(words_of(drawing)))
    assert all(0 <= part <= 1 for part in bars(drawing))
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "setting, wrong",
    [
        (("hinge", 9, 0.1), "training"),
        (("weight 9", 0.5, 0.1), "miss must be from 1 to 99"),
        (("weight 9", 100, 0.1), "miss must be from 1 to 99"),
        (("weight 9", 9, 0.6), "prevalence from 0.01 to 0.5"),
        (("weight 9", 9, 0.001), "prevalence from 0.01 to 0.5"),
    ],
)
def test_what_no_control_can_give_is_refused(setting, wrong):
    with pytest.raises(ValueError, match=wrong):
        face_value(*setting)


def test_the_controls_reach_their_ends_and_redraw():
    live = decision_card()
    training, miss, prevalence = live.controls.values()
    assert [control.description for control in live.controls.values()] == [
        "trained with",
        "a miss costs",
        "prevalence",
    ]
    assert [*training.options] == [*TRAININGS]
    before = live.picture.value
    training.value = "weight 9"
    assert live.drawing.numbers["cost"] == pytest.approx(55.30, abs=0.01)
    assert live.picture.value != before
    miss.value, prevalence.value = 1, 0.5
    # evenly spread: 25 at best, and 16 more where 0.1 to 0.5 is decided wrongly
    assert live.drawing.numbers["best"] == pytest.approx(25)
    assert live.drawing.numbers["cost"] == pytest.approx(41)
    miss.value, prevalence.value = 99, 0.01
    assert "A miss costs 99 false alarms, and 1% of" in live.picture.value
