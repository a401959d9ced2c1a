"""The live picture of page 02: its numbers are exact, and each control moves what it should.

Expected numbers are computed with mpmath, from the definition; those at the two speakers' own
codes are fractions by hand.
"""

import itertools
import re

import pytest
from drawings import SVG, assert_words_stand_apart, parsed, words_of
from mpmath import mp

from celib.explore import speaking, swap_codes

BOB = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
ALICE = [1 / 8, 1 / 2, 1 / 4, 1 / 8]
SPEAKERS = {"Bob": BOB, "Alice": ALICE}
PLACES = [i / 10 for i in range(-2, 19)]
SETTINGS = list(itertools.product(PLACES, SPEAKERS))


def coloured(drawing, colour):
    return [r for r in parsed(drawing).iter(f"{SVG}rect") if r.get("fill") == colour]


@pytest.mark.parametrize("place, speaker", SETTINGS)
def test_the_numbers_are_those_of_the_definition(place, speaker):
    numbers = speaking(place, speaker).numbers
    truth = SPEAKERS[speaker]
    code = [a + place * (b - a) for a, b in zip(ALICE, BOB, strict=True)]
    lengths = [-mp.log(mp.mpf(share), 2) for share in code]
    paid = mp.fsum(p * length for p, length in zip(truth, lengths, strict=True))
    assert numbers["truth"] == truth
    assert numbers["code"] == pytest.approx(code, rel=1e-12)
    assert numbers["lengths_bits"] == pytest.approx(
        [float(length) for length in lengths], rel=1e-12
    )
    assert numbers["entropy_bits"] == 1.75
    assert numbers["cross_entropy_bits"] == pytest.approx(float(paid), rel=1e-12)
    assert numbers["kl_bits"] == pytest.approx(float(paid - 1.75), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(
    "place, speaker, kl", [(0, "Bob", 0.625), (1, "Bob", 0), (0, "Alice", 0), (1, "Alice", 0.5)]
)
def test_the_four_of_the_code_swap(place, speaker, kl):
    drawing = speaking(place, speaker)
    assert drawing.numbers["kl_bits"] == pytest.approx(kl, abs=1e-15)
    assert f"{1.75 + kl:.4f} bits" in words_of(drawing)
    assert f"sum {kl:.4f} = KL" in words_of(drawing)
    assert f"1.7500 bits of entropy and {kl:.4f} bits of divergence" in drawing.description


@pytest.mark.parametrize("speaker, home", [("Bob", 1.0), ("Alice", 0.0)])
def test_the_further_from_home_the_larger_the_divergence_and_the_floor_stays(speaker, home):
    kl = [speaking(place, speaker).numbers["kl_bits"] for place in PLACES]
    at = PLACES.index(home)
    assert kl[at] == 0
    assert all(near > far for near, far in itertools.pairwise(kl[: at + 1]))
    assert all(near < far for near, far in itertools.pairwise(kl[at:]))


@pytest.mark.parametrize("place", PLACES)
def test_who_speaks_changes_what_is_paid_and_not_the_code(place):
    bob, alice = speaking(place, "Bob").numbers, speaking(place, "Alice").numbers
    assert bob["code"] == alice["code"]
    assert bob["lengths_bits"] == alice["lengths_bits"]
    assert bob["truth"] != alice["truth"]


def test_what_is_shown_is_what_was_computed():
    drawing = speaking(0.3, "Alice")
    shown = words_of(drawing)
    # code 0.2375, 0.425, 0.2125, 0.125; by mpmath, 0.06008 bits of divergence
    for words in "0.425", "1.234", "2.234", "+0.117", "−0.116", "1.8101 bits", "1.2547 nats":
        assert words in shown
    assert "Alice speaks in a code at t = 0.3 (nearer Alice’s)" in shown
    assert "dog −0.116, cat +0.117, horse +0.059, cheetah 0.000" in drawing.description


@pytest.mark.parametrize("place, speaker", [(0, "Bob"), (1, "Alice"), (1.8, "Alice"), (0.4, "Bob")])
def test_areas_and_the_bar_are_drawn_to_scale(place, speaker):
    drawing = speaking(place, speaker)
    numbers = drawing.numbers
    per_bit = (
        float(next(r for r in coloured(drawing, "#12355B") if r.get("width") == "40").get("height"))
        / 1.75
    )
    extra = [r for r in coloured(drawing, "#B8420A") if r.get("width") not in ("14", "40")]
    areas = sum((float(r.get("width")) + 2) * float(r.get("height")) for r in extra)
    saved = [r for r in coloured(drawing, "#FAF1EC") if r.get("width") != "14"]
    areas -= sum((float(r.get("width")) + 2) * float(r.get("height")) for r in saved)
    assert areas / 400 / per_bit == pytest.approx(numbers["kl_bits"], abs=2e-3)
    (bar,) = (r for r in coloured(drawing, "#B8420A") if r.get("width") == "40")
    assert float(bar.get("height")) / per_bit == pytest.approx(numbers["kl_bits"], abs=1e-3)


@pytest.mark.parametrize("place, speaker", SETTINGS)
def test_every_setting_is_a_whole_picture(place, speaker):
    drawing = speaking(place, speaker)
    svg = parsed(drawing)
    assert svg.get("role") == "img"
    assert re.fullmatch(
        rf"{speaker} speaks in .*: \d\.\d{{4}} bits a word\.", svg.get("aria-label")
    )
    assert svg.find(f"{SVG}desc").text == drawing.description
    assert not re.search("nan|inf|−0.000", " ".join(words_of(drawing)))
    for shape in svg.iter(f"{SVG}rect"):
        assert float(shape.get("y")) >= 0
        assert float(shape.get("height")) >= 0
    tallest = min(float(r.get("y")) for r in svg.iter(f"{SVG}rect") if r.get("fill") == "#B8420A")
    assert tallest >= 46, "a word is taller than the picture"
    assert_words_stand_apart(drawing)


@pytest.mark.parametrize(
    "place, speaker, wrong", [(1.9, "Bob", "code"), (-0.3, "Bob", "code"), (0, "Carol", "speaker")]
)
def test_what_no_control_can_give_is_refused(place, speaker, wrong):
    with pytest.raises(ValueError, match=wrong):
        speaking(place, speaker)


def test_the_controls_reach_their_ends_and_redraw():
    live = swap_codes()
    code, speaker = live.controls.values()
    assert [code.description, speaker.description] == ["place of the code, t", "who speaks"]
    assert (code.value, speaker.value) == (0, "Bob")
    assert [value for _, value in code.options] == PLACES
    before = live.picture.value
    speaker.value = "Alice"
    assert live.picture.value != before
    assert live.drawing.numbers["kl_bits"] == 0
    code.index = len(code.options) - 1
    assert "t = 1.8 (beyond Bob’s)" in live.picture.value
    code.index = 0
    assert "t = −0.2 (beyond Alice’s)" in live.picture.value


def test_the_slider_says_where_the_code_is():
    labels = {value: label for label, value in swap_codes().controls["code"].options}
    assert [labels[t] for t in (-0.1, 0, 0.4, 0.5, 0.6, 1, 1.1)] == [
        "−0.1 (beyond Alice’s)",
        "0 (Alice’s)",
        "0.4 (nearer Alice’s)",
        "0.5 (halfway)",
        "0.6 (nearer Bob’s)",
        "1 (Bob’s)",
        "1.1 (beyond Bob’s)",
    ]
