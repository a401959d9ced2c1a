"""The pictures of page 01: widths, heights and areas are those of the definition.

Expected numbers are fractions by hand, or computed with mpmath from the definition.
"""

import itertools
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from mpmath import mp

from celib.figures import (
    house_style,
    new_figure,
    question_wall,
    surprise_skyline,
    tall_but_thin,
)
from celib.figures.entropy import _fits, _name_towers, best_questions, block, spoken_question
from celib.figures.style import INK, LOSS, MODEL, QUIET

ANIMALS = ["dog", "cat", "horse", "cheetah"]
PROBS = [0.775, 0.116, 0.039, 0.070]
HALVING = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
PER_NAT = {"nats": mp.mpf(1), "bits": 1 / mp.log(2), "bans": 1 / mp.log(10)}


def areas(words, unit=""):
    return [float(area) for area in re.findall(rf"Rectangle .*?area ([\d.]+) ?{unit}", words)]


def shown(figure):
    """Give the texts of a figure that are on view, panel by panel."""
    figure.draw_without_rendering()
    return [[t for t in axes.texts if t.get_visible()] for axes in figure.axes]


# --- the skyline ----------------------------------------------------------------------------


def test_the_skyline_of_halvings_is_exact():
    words = surprise_skyline(HALVING, names=ANIMALS).describe()
    for sentence in [
        "The area of the skyline is the entropy: 1.7500 bits. Two panels.",
        "Vertical axis: surprise, −log2 p in bits",
        "Horizontal line “mean height, H” at 1.75 bits.",
        "Rectangle “dog”: 0.5 wide, 1 bit high, area 0.5 bits.",
        "Rectangle “cat”: 0.25 wide (from 0.5 to 0.75), 2 bits high, area 0.5 bits.",
        "Rectangle “cheetah”: 0.125 wide (from 0.875 to 1), 3 bits high, area 0.375 bits.",
        "“horse 0.125 × 3.0000 = 0.3750”",
    ]:
        assert sentence in words


@pytest.mark.parametrize("unit", PER_NAT)
def test_the_towers_of_the_example_add_up_to_its_entropy_in_each_unit(unit):
    words = surprise_skyline(PROBS, unit=unit).describe()
    terms = [-mp.mpf(p) * mp.log(mp.mpf(p)) * PER_NAT[unit] for p in PROBS]
    assert areas(words, unit) == pytest.approx([float(term) for term in terms], rel=1e-3)
    assert f"{float(mp.fsum(terms)):.4f} {unit}" in words


def test_an_impossible_outcome_has_no_tower_and_adds_nothing():
    words = surprise_skyline([0, 0.5, 0.5]).describe()
    assert "Rectangle “outcome 0”" not in words
    assert "“outcome 0 0.000 × ∞ = 0.0000”" in words
    assert "the entropy: 1.0000 bits" in words


def test_a_certain_outcome_has_a_flat_skyline():
    assert areas(surprise_skyline([0, 1]).describe(), "bits") == [0]


@pytest.mark.parametrize(
    "change", [{"p": [0.776, 0.115, 0.039, 0.070]}, {"unit": "nats"}, {"names": list("abcd")}]
)
def test_another_skyline_has_other_words_and_another_picture(change):
    example = {"p": PROBS, "names": ANIMALS}
    one, other = surprise_skyline(**example), surprise_skyline(**(example | change))
    assert one.describe() != other.describe()
    assert one.png() != other.png()


@pytest.mark.parametrize("p", [PROBS, HALVING, [0.936, 0.028, 0.013, 0.023], [0.25] * 4])
def test_names_stay_in_or_above_their_towers(p):
    skyline = shown(surprise_skyline(p, names=ANIMALS))[0]
    boxes = [text.get_window_extent() for text in skyline]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


@pytest.mark.parametrize(
    "room, how",
    [
        (lambda w, h: (w + 6.5, h + 2.5), ("white", 0, True)),
        (lambda w, h: (w + 6.5, h + 1.5), (INK, 0, True)),
        (lambda w, h: (w + 5.5, w + 6.5), ("white", 90, True)),
        (lambda w, h: (h + 0.5, w + 6.5), ("white", 90, True)),
        (lambda w, h: (h + 0.5, w + 5.5), (INK, 0, False)),
        (lambda w, h: (h - 0.5, w + 6.5), (INK, 0, False)),
        (lambda w, h: (w + 5.5, h + 1.5), (INK, 0, False)),
    ],
)
def test_a_name_lies_stands_flies_or_is_left_out_as_its_tower_has_room(room, how):
    """With three pixels on either side along the name, and one or none across."""
    with house_style():
        _, axes = new_figure(700, 300)
        size = axes.text(0, 0, "a name", size=8.5).get_window_extent()
        width, height = np.array(room(size.width, size.height)) / axes.bbox.size
        _name_towers(axes, [0.5], [width], [height], ["a name"])
    name = axes.texts[1]
    assert (name.get_color(), name.get_rotation(), name.get_visible()) == how
    flies = how[:2] == (INK, 0) and name.get_visible()
    assert name.get_position() == (0.5 + width / 2, height if flies else height / 2)
    assert name.get_va() == ("bottom" if flies else "center")


def test_an_impossible_outcome_hides_no_name_after_it():
    towers, ledger = shown(surprise_skyline([0.5, 0, 0.5], names=ANIMALS[:3]))
    assert [text.get_text() for text in towers[1:]] == ["dog", "horse"]
    colours = [text.get_color() for text in ledger]
    assert colours == [INK, QUIET, INK, LOSS]


def test_the_sum_stands_under_its_terms_and_in_its_panel():
    for p in ([1], [1 / 2, 1 / 2 - 2**-14, 2**-14], [0.05] * 20):
        *_, ledger = (figure := surprise_skyline(p)).axes
        figure.draw_without_rendering()
        *terms, total = [text.get_text() for text in ledger.texts]
        assert {len(line) for line in terms} == {len(total)}
        assert all(0 < text.get_position()[1] < 1 for text in ledger.texts)
    words = surprise_skyline([1 - 2**-11 - 2**-14, 2**-11, 2**-14, 0]).describe()
    # by hand: 11/2048 and 14/16384; 2^-14 is 0.00006104, 2^-11 is 0.00048828
    for term in ["4.9e-04 × 11.0000 = 0.0054", "6.1e-05 × 14.0000 = 0.0009", "0.000 × ∞ = 0.0000"]:
        assert term in words
    assert "0.001 × 10.9" in surprise_skyline([0.9995, 0.0005]).describe()


def test_a_name_over_a_low_tower_is_read_over_the_line_of_the_mean():
    texts, _ = shown(surprise_skyline([0.8, 0.1999, 0.0001], names=ANIMALS[:3]))
    [dog] = [text for text in texts if text.get_text() == "dog"]
    ground = dog.get_bbox_patch()
    assert to_hex(ground.get_facecolor()) == "#ffffff"
    assert ground.get_edgecolor()[3] == 0
    figure_pixels, words = ground.get_window_extent(), dog.get_window_extent()
    assert np.allclose(figure_pixels.extents, words.extents, atol=0.6)  # and hides no more


@pytest.mark.parametrize("draw", [surprise_skyline, tall_but_thin])
@pytest.mark.parametrize("p, highest", [([0.5, 0.5], 1), ([1.0], 1), ([0.125] * 8, 3)])
def test_the_axis_has_room_for_one_unit_and_a_little_over_the_tallest_tower(draw, p, highest):
    towers = draw(p).axes[0]
    assert towers.get_xlim() == (0, 1)
    low, high = towers.get_ylim()
    assert low == 0
    assert 1.05 * highest < high < 1.2 * highest


@pytest.mark.parametrize(
    "unit, formula",
    [("nats", "ln p (nats)"), ("bits", "log2 p (bits)"), ("bans", "log10 p (bans)")],
)
def test_the_axes_name_the_logarithm_of_the_unit(unit, formula):
    skyline, _ = surprise_skyline(HALVING, unit=unit).axes
    towers, areas = tall_but_thin([0.5], unit=unit).axes
    assert skyline.get_ylabel() == towers.get_ylabel() == f"surprise, −{formula}"
    assert areas.get_ylabel() == f"area, −p {formula}"


@pytest.mark.parametrize("draw", [surprise_skyline, question_wall])
@pytest.mark.parametrize(
    "p, names, words",
    [
        ([PROBS, PROBS], None, "shape"),
        ([0.938, 0.028, 0.013, 0.023], None, "sum"),
        ([0.5, 0.5], ["one"], "1 entries for 2"),
    ],
)
def test_what_is_no_distribution_is_not_drawn(draw, p, names, words):
    with pytest.raises(ValueError, match=words):
        draw(p, names=names)


# --- tall but thin --------------------------------------------------------------------------


def test_a_rarer_tower_is_taller_and_thinner():
    words = tall_but_thin([0.5, 0.25, 0.01]).describe()
    for sentence in [
        "Rectangle “p = 0.5”: 0.5 wide, 1 bit high, area 0.5 bits.",
        "Rectangle “p = 0.25”: 0.25 wide, 2 bits high, area 0.5 bits.",
        "Rectangle “p = 0.01”: 0.01 wide, 6.644 bits high, area 0.06644 bits.",
        # 1 / (e ln 2) = 0.530738
        "starts at 0 bits at p = 0, is highest, 0.5307 bits, at p = 0.3679 and ends at 0 bits",
        "p = 0.25, 0.5 bits; p = 0.01, 0.06644 bits.",
    ]:
        assert sentence in words


def test_in_nats_the_largest_area_is_the_probability_it_has():
    words = tall_but_thin([0.5], unit="nats").describe()
    assert "is highest, 0.3679 nats, at p = 0.3679" in words
    assert "Rectangle “p = 0.5”: 0.5 wide, 0.6931 nats high, area 0.3466 nats." in words


def test_four_digits_name_a_tower_and_its_area_is_read_over_the_curve():
    towers, areas = tall_but_thin([0.1234]).axes
    assert towers.patches[0].get_label() == towers.texts[0].get_text() == "p = 0.1234"
    assert to_hex(areas.texts[0].get_bbox_patch().get_facecolor()) == "#ffffff"


def test_one_event_needs_no_list():
    assert tall_but_thin(0.5).describe() == tall_but_thin([0.5]).describe()


@pytest.mark.parametrize(
    "probs, words", [([0.5, 0], r"above 0; got \[0\.5, 0\.0\]\."), ([1.5], "1.5")]
)
def test_a_tower_without_top_is_refused(probs, words):
    with pytest.raises(ValueError, match=words):
        tall_but_thin(probs)


# --- the best questions ---------------------------------------------------------------------


def fewest_questions(probs):
    """Try every tree of questions: the smallest mean number, by brute force."""
    if len(probs) == 1:
        return 0.0
    first, *others = range(len(probs))
    splits = itertools.chain.from_iterable(
        itertools.combinations(others, n) for n in range(len(others))
    )
    best = np.inf
    for split in splits:
        yes = [probs[k] for k in (first, *split)]
        no = [probs[k] for k in others if k not in split]
        best = min(best, sum(probs) + fewest_questions(yes) + fewest_questions(no))
    return best


@pytest.mark.parametrize(
    "p", [[1.0], [0.9, 0.1], [0.8, 0.1, 0.1], PROBS, HALVING, [0.3, 0.25, 0.2, 0.15, 0.1]]
)
def test_no_other_questions_are_better(p):
    wall = best_questions(p)
    assert sorted(wall.order) == list(range(len(p)))
    mean = sum(p[k] * n for k, n in zip(wall.order, wall.asked, strict=True))
    assert mean == pytest.approx(fewest_questions(p), rel=1e-12)
    assert sum(question.width for question in wall.questions) == pytest.approx(mean, rel=1e-12)
    assert sum(2.0**-n for n in wall.asked) == 1  # Kraft: no question is wasted


@pytest.mark.parametrize("draws", [1, 2, 3, 4])
def test_the_mean_lies_within_a_question_of_the_entropy_of_the_block(draws):
    for p in (PROBS, [0.8, 0.1, 0.1], [0.99, 0.01]):
        _, together = block(p, draws)
        bits = draws * -mp.fsum(mp.mpf(q) * mp.log(mp.mpf(q), 2) for q in p)
        mean = sum(question.width for question in best_questions(together).questions)
        assert bits <= mean < bits + 1


def test_a_question_leads_to_the_animals_it_names():
    outcomes, probs = block(HALVING, 1)
    wall = best_questions(probs)
    spoken = [spoken_question(q.yes, outcomes, ANIMALS) for q in wall.questions]
    assert spoken == ["dog?", "cat?", "horse?"]
    assert [(q.left, q.width, q.asked_before) for q in wall.questions] == [
        (0, 1, 0),
        (1 / 2, 1 / 2, 1),
        (3 / 4, 1 / 4, 2),
    ]
    assert spoken_question((0, 1), outcomes, ANIMALS) == "dog or cat?"
    assert spoken_question((0,), [(0, 1), (1, 1)], ANIMALS) == "dog, cat?"


def test_the_commoner_or_the_first_of_two_is_asked_about():
    assert best_questions([0.4, 0.6]).questions[0].yes == (1,)
    assert best_questions([0.5, 0.5]).questions[0].yes == (0,)


def test_a_block_has_every_outcome_that_can_happen():
    outcomes, probs = block([0.75, 0, 0.25], 2)
    assert outcomes == [(0, 0), (0, 2), (2, 0), (2, 2)]
    assert probs == [9 / 16, 3 / 16, 3 / 16, 1 / 16]
    assert block(iter([0.5, 0.5]), 1) == ([(0,), (1,)], [0.5, 0.5])
    assert len(block([0.1] * 10, 3)[0]) == 1000


# --- the wall -------------------------------------------------------------------------------


def test_the_wall_says_questions_and_surprise():
    words = question_wall([0.8, 0.1, 0.1], draws=[1, 2, 3], names=ANIMALS[:3]).describe()
    # by hand: 0.8 + 2 × 0.2; and (1 + 0.36 + 0.2 + 0.16 + 0.1 + 0.08 + 0.02) / 2 for pairs
    for sentence in [
        "the entropy is 0.9219 bits. Three panels.",
        "Left: one draw at a time: 1.2000 questions per draw.",
        "Centre: pairs of draws: 0.9600 questions per draw.",
        "Right: triples of draws: 0.9253 questions per draw.",
        "Rectangle “questions for dog”: 0.8 wide, 1 high, area 0.8.",
        "Shaded area “questions” from 0 to 1, between 0 and 2; its size is 1.2.",
        "Shaded area “questions” from 0 to 1, between 0 and 3; its size is 0.96.",
        "Shaded area “questions” from 0 to 1, between 0 and 3; its size is 0.9253.",
        "Shaded area “surprise” from 0 to 1, between 0 and 3.322; its size is 0.9219.",
    ]:
        assert sentence in words
    assert words.count("its size is 0.9219") == 3


@pytest.mark.parametrize("p", [PROBS, HALVING, [0.8, 0.1, 0.1]])
def test_words_on_the_wall_do_not_lie_over_one_another(p):
    panels = shown(question_wall(p, draws=[1, 2, 3], names=ANIMALS[: len(p)]))
    assert {"dog?", "dog", "cat?"} <= {text.get_text() for text in panels[0]}
    for texts in panels:
        boxes = [text.get_window_extent() for text in texts]
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_what_is_certain_needs_no_question_on_an_axis_that_has_room_for_one():
    words = question_wall([1]).describe()
    assert "0.0000 questions per draw" in words
    assert "Vertical axis: questions, and bits, per draw, from 0 to 1.12." in words


def test_what_cannot_happen_is_not_asked_about():
    without, with_it = question_wall([0.5, 0.5]), question_wall([0.5, 0.5, 0])
    assert without.describe() == with_it.describe()


def test_the_axis_has_room_for_the_highest_tower_of_all_panels():
    """Three even outcomes need up to 2 questions alone, and 5/3 each in triples."""
    for draws in ([1, 3], [3, 1], [1]):
        figure = question_wall([0.34, 0.33, 0.33], draws=draws)
        assert figure.axes[0].get_ylim() == pytest.approx((0, 2.24))
    assert figure.axes[0].get_title("left").startswith("one draw at a time:")
    assert question_wall([1 / 2, 1 / 2], draws=[4]).axes[0].get_title("left").startswith("4 draws")


def test_names_stand_over_the_bricks_and_over_the_skyline():
    (axes,) = question_wall([0.34, 0.33, 0.33], names=ANIMALS[:3]).axes
    questions, surprise = [1, 2, 2], [-np.log2(0.34), -np.log2(0.33), -np.log2(0.33)]
    heights = {text.get_text(): text.xy[1] for text in axes.texts if hasattr(text, "xy")}
    assert list(heights.values()) == pytest.approx(np.maximum(questions, surprise))


def test_a_question_is_shown_where_its_brick_has_room():
    (texts,) = shown(question_wall([2.0**-k for k in (*range(1, 30), 29)]))
    assert not [text for text in texts if text.get_text().endswith("?")]  # bricks are too low
    (texts,) = shown(question_wall([0.97, 0.01, 0.01, 0.01], names=ANIMALS))
    asked = [text for text in texts if text.get_text().endswith("?")]
    assert [text.get_text() for text in asked] == ["dog?"]  # the others are too narrow
    assert to_hex(asked[0].get_bbox_patch().get_facecolor()) == MODEL.lower()


@pytest.mark.parametrize(
    "wider, higher, fits",
    [(4.5, 0.5, True), (3.5, 0.5, False), (4.5, -0.5, False)],
)
def test_words_fit_with_two_pixels_on_either_side(wider, higher, fits):
    with house_style():
        _, axes = new_figure(700, 300)
        text = axes.text(0, 0, "a name", size=8.5)
        box = text.get_window_extent()
        room = np.array([box.width + wider, box.height + higher]) / axes.bbox.size
        assert _fits(text, axes, *room) is fits


@pytest.mark.parametrize("draws", [0, 6])
def test_too_many_draws_or_none_are_refused(draws):
    counted = (
        rf"{draws} draws with 4 outcomes each have 4\^{draws} outcomes .* at most 1000 outcomes"
    )
    with pytest.raises(ValueError, match=counted):
        question_wall(PROBS, draws=[draws])
