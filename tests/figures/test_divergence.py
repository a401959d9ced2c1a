"""The pictures of page 02 hold the right numbers, and other numbers make other pictures.

Expected numbers are fractions by hand for Bob and Alice, whose probabilities are powers of 1/2,
and otherwise computed with mpmath, from the definition.
"""

import itertools
import re

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from mpmath import mp

from celib.figures import code_swap, floor_and_overcharge, house_style, new_figure
from celib.figures.description import number
from celib.figures.divergence import _fit

ANIMALS = ["dog", "cat", "horse", "cheetah"]
BOB = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
ALICE = [1 / 8, 1 / 2, 1 / 4, 1 / 8]
MODEL = [0.775, 0.116, 0.039, 0.070]


def exact_cross_entropy(p, q, base=2):
    return float(-mp.fsum(mp.mpf(a) * mp.log(mp.mpf(b), base) for a, b in zip(p, q, strict=True)))


def swap(p=BOB, q=ALICE, **options):
    return code_swap(p, q, names=ANIMALS, **options)


def panel(words, title):
    """Give the sentences on the panel with this title, and its numbers, as they are said."""
    (line,) = (line for line in words.splitlines() if f": {title} " in line)
    return line


# --- the code swap --------------------------------------------------------------------------


def test_the_four_panels_say_the_four_means():
    words = swap().describe()
    assert "Bob speaks, in Bob’s code 1.7500 bits." in words
    assert "Bob speaks, in Alice’s code 2.3750 bits = 1.7500 + 0.6250." in words
    assert "Alice speaks, in Bob’s code 2.2500 bits = 1.7500 + 0.5000." in words
    assert "Alice speaks, in Alice’s code 1.7500 bits." in words


def test_rows_are_speakers_and_columns_are_codes():
    words = swap().describe()
    assert "Top left: Bob speaks, in Bob’s code" in words
    assert "Top right: Bob speaks, in Alice’s code" in words
    assert "Bottom left: Alice speaks, in Bob’s code" in words
    assert "Bottom right: Alice speaks, in Alice’s code" in words


def test_a_word_is_as_wide_as_its_probability_and_as_high_as_its_length():
    foreign = panel(swap().describe(), "Bob speaks, in Alice’s code")
    assert "Rectangle “dog”: 0.5 wide, 3 bits high, area 1.5 bits." in foreign
    assert "“cat”: 0.25 wide (from 0.5 to 0.75), 1 bit high, area 0.25 bits." in foreign
    assert "“extra for dog”: 0.5 wide, 2 bits high (from 1 to 3), area 1 bit." in foreign
    assert "“saved on horse”: 0.125 wide (from 0.75 to 0.875), 1 bit high" in foreign
    assert "for cheetah" not in foreign
    assert "on cheetah" not in foreign
    own = panel(swap().describe(), "Bob speaks, in Bob’s code")
    assert "extra" not in own
    assert "saved" not in own


@pytest.mark.parametrize("unit, base", [("bits", 2), ("nats", mp.e), ("bans", 10)])
@pytest.mark.parametrize("p, q", [(BOB, ALICE), (MODEL, BOB)])
def test_areas_add_up_to_the_cross_entropy_and_extra_less_saved_to_the_divergence(p, q, unit, base):
    words = swap(p, q, unit=unit).describe()
    entropies = {"Bob": exact_cross_entropy(p, p, base), "Alice": exact_cross_entropy(q, q, base)}
    rows = {"Bob": p, "Alice": q}
    for speaker, owner in itertools.product(rows, rows):
        line = panel(words, f"{speaker} speaks, in {owner}’s code")
        paid = exact_cross_entropy(rows[speaker], rows[owner], base)
        kinds = {"": paid, "extra for ": 0.0, "saved on ": 0.0}
        said = {
            kind: sum(
                float(area)
                for name in ANIMALS
                for area in re.findall(rf"“{kind}{name}”: .*?, area ([\d.]+) ", line)
            )
            for kind in kinds
        }
        assert said[""] == pytest.approx(paid, abs=3e-4)
        net = said["extra for "] - said["saved on "]
        assert net == pytest.approx(paid - entropies[speaker], abs=3e-4)
        assert f"{paid:.4f} {unit}" in line


def test_the_bar_beside_the_words_is_as_high_as_their_mean():
    figure = swap()
    for axes, floor, extra in zip(figure.axes, [1.75] * 4, [0, 0.625, 0.5, 0], strict=True):
        bars = [patch for patch in axes.patches if patch.get_x() > 1]
        assert [bar.get_height() for bar in bars] == pytest.approx([floor, extra])
        assert bars[1].get_y() == pytest.approx(floor)


def test_swapping_the_two_swaps_the_panels():
    words, swapped = swap().describe(), swap(ALICE, BOB, speakers=("Alice", "Bob")).describe()
    for speaker, owner in itertools.product(("Bob", "Alice"), repeat=2):
        title = f"{speaker} speaks, in {owner}’s code"
        rectangles = [
            re.findall(r"Rectangle .*? area [\d.]+ bits?\.", panel(text, title))
            for text in (words, swapped)
        ]
        assert rectangles[0] == rectangles[1]
        assert len(rectangles[0]) >= 4


def test_no_two_words_lie_over_one_another():
    figure = swap()
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts if text.get_visible()]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_a_name_without_room_is_left_out_of_the_picture_and_not_of_the_words():
    figure = code_swap([0.99, 0.01], [0.5, 0.5], names=["ordinary", "extraordinary"])
    hidden = [
        text.get_text() for axes in figure.axes for text in axes.texts if not text.get_visible()
    ]
    assert "extraordinary" in hidden
    assert "Rectangle “extraordinary”: 0.01 wide" in figure.describe()


@pytest.mark.parametrize(
    "room, how",
    [
        (lambda w, h: (w + 4.5, h + 0.5), (0, True)),
        (lambda w, h: (w + 3.5, h + 0.5), (90, False)),
        (lambda w, h: (w + 4.5, h - 0.5), (90, False)),
        (lambda w, h: (h + 0.5, w + 4.5), (90, True)),
        (lambda w, h: (h - 0.5, w + 4.5), (90, False)),
        (lambda w, h: (h + 0.5, w + 3.5), (90, False)),
    ],
)
def test_words_lie_stand_or_are_left_out_as_their_rectangle_has_room(room, how):
    """With two pixels on either side along the words, and none across."""
    with house_style():
        _, axes = new_figure(700, 300)
        text = axes.text(0, 0, "a word", size=8.5)
        size = text.get_window_extent()
        _fit(text, *np.array(room(size.width, size.height)) / axes.bbox.size)
    assert (text.get_rotation(), text.get_visible()) == how


def test_a_word_nobody_says_is_no_obstacle():
    words = code_swap([0.5, 0.5, 0], [0.25, 0.75, 0]).describe()
    assert (
        f"Bob speaks, in Alice’s code {exact_cross_entropy([0.5, 0.5], [0.25, 0.75]):.4f}" in words
    )
    assert "word 2" not in words
    words = code_swap([0.5, 0, 0.5], [0.25, 0, 0.75]).describe()
    assert "word 1" not in words
    assert words.count("Rectangle “word 2”") == 4


@pytest.mark.parametrize(
    "p, highest", [([1.0], 1), ([0.5, 0.5], 1), ([0.125] * 8, 3)], ids=["certain", "1 bit", "3"]
)
def test_the_axis_has_room_for_one_bit_and_a_little_over_the_longest_word(p, highest):
    for axes in code_swap(p, p).axes:
        low, high = axes.get_ylim()
        assert low == 0
        assert 1.05 * highest < high < 1.2 * highest


# --- the floor ------------------------------------------------------------------------------


@pytest.mark.parametrize("unit, base", [("bits", 2), ("nats", mp.e)])
def test_each_curve_touches_its_floor_where_the_code_is_the_speakers_own(unit, base):
    figure = floor_and_overcharge(BOB, ALICE, unit=unit)
    entropy = exact_cross_entropy(BOB, BOB, base)
    for axes, truth, home in zip(figure.axes, (BOB, ALICE), (1, 0), strict=True):
        (curve,) = (line for line in axes.lines if len(line.get_xdata()) > 2)
        ts, paid = (np.asarray(data) for data in curve.get_data())
        assert ts[np.argmin(paid)] == home
        assert paid.min() == pytest.approx(entropy)
        for i in (0, 57, 300, len(ts) - 1):
            code = [a + ts[i] * (b - a) for a, b in zip(ALICE, BOB, strict=True)]
            assert paid[i] == pytest.approx(exact_cross_entropy(truth, code, base))


def test_the_floor_says_its_numbers():
    left, right = floor_and_overcharge(BOB, ALICE).describe().splitlines()[1:]
    assert "Bob speaks: never below 1.7500 bits." in left
    assert "Horizontal line “floor, the entropy” at 1.75 bits." in left
    assert "Point “Alice’s code: 2.3750 bits” at t = 0, 2.375 bits." in left
    assert "Point “Bob’s code: 1.7500 bits” at t = 1, 1.75 bits." in left
    assert "Point “Bob’s code: 2.2500 bits” at t = 1, 2.25 bits." in right
    assert "Point “Alice’s code: 1.7500 bits” at t = 0, 1.75 bits." in right


def test_a_speaker_with_less_entropy_has_a_lower_floor():
    words = floor_and_overcharge(MODEL, BOB, reach=(-0.05, 1.05)).describe()
    floor = exact_cross_entropy(MODEL, MODEL)
    assert f"Bob speaks: never below {floor:.4f} bits." in words
    assert f"“floor, the entropy” at {number(floor)} bits" in words
    assert "Alice speaks: never below 1.7500 bits." in words


def test_labels_of_the_codes_keep_off_the_curve():
    figure = floor_and_overcharge(BOB, ALICE)
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
        (curve,) = (line for line in axes.lines if len(line.get_xdata()) > 2)
        on_screen = axes.transData.transform(np.transpose(curve.get_data()))
        assert not any(box.contains(x, y) for box in boxes for x, y in on_screen)


@pytest.mark.parametrize("one, other", [([0.9, 0.1], [0.91, 0.09]), ([0.91, 0.09], [0.9, 0.1])])
@pytest.mark.parametrize("unit, base", [("bits", 2), ("nats", mp.e)])
def test_words_over_a_floor_that_is_nearly_all_have_room(one, other, unit, base):
    figure = floor_and_overcharge(one, other, unit=unit)
    dearest = max(exact_cross_entropy(one, other, base), exact_cross_entropy(other, one, base))
    for panel in figure.axes:
        assert panel.get_ylim() == pytest.approx((0, dearest / 0.83))


@pytest.mark.parametrize(
    "reach, says",
    [
        ((0, 2), "falls to 0 between t = 0 and t = 2, .* smaller reach"),
        ((-1, 1), "falls to -0.25 between t = -1 and t = 1, .* smaller reach"),
        ((0.1, 1.2), "from t = 0.1 to t = 1.2, .* begin at 0 or before"),
        ((-0.1, 0.9), "from t = -0.1 to t = 0.9, .* end at 1 or after"),
        ((1, 0), "from t = 1 to t = 0, .* begin at 0"),
        ((0, np.nan), "end at 1 or after"),
    ],
)
def test_a_reach_beyond_the_last_code_or_short_of_a_speakers_is_refused(reach, says):
    with pytest.raises(ValueError, match=says):
        floor_and_overcharge(BOB, ALICE, reach=reach)


def test_a_reach_from_the_one_code_to_the_other_is_enough():
    figure = floor_and_overcharge(BOB, ALICE, reach=(0, 1))
    assert figure.describe().count("from 0 to 1.") == 2
    marks = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert len(marks) == 4
    assert not any(mark.get_clip_on() for mark in marks)  # they stand on the edges


# --- both -----------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [code_swap, floor_and_overcharge])
def test_what_cannot_be_drawn_is_refused_with_a_reason(draw):
    with pytest.raises(ValueError, match=r"shape \(2, 4\)"):
        draw([BOB, BOB], ALICE)
    with pytest.raises(ValueError, match="sum"):
        draw([0.5, 0.4], [0.5, 0.5])
    with pytest.raises(ValueError, match="infinite"):
        draw([1, 0], [0.5, 0.5])
    with pytest.raises(ValueError, match="infinite"):
        draw([0.5, 0.5], [1, 0])
    with pytest.raises(ValueError, match="3 entries"):
        draw(BOB, ALICE, speakers=["Bob", "Alice", "Carol"])


def test_names_are_one_a_word():
    with pytest.raises(ValueError, match="3 entries for 4 words"):
        code_swap(BOB, ALICE, names=["dog", "cat", "horse"])


@pytest.mark.parametrize("draw", [code_swap, floor_and_overcharge])
def test_other_data_units_and_speakers_make_other_words(draw):
    words = draw(BOB, ALICE).describe()
    assert draw([0.4, 0.35, 1 / 8, 1 / 8], ALICE, **REACH[draw]).describe() != words
    assert draw(ALICE, BOB, **REACH[draw]).describe() != words
    assert "nats" in draw(BOB, ALICE, unit="nats").describe()
    assert "Carol speaks" in draw(BOB, ALICE, speakers=("Carol", "Alice")).describe()
    assert draw(BOB, ALICE).png() == draw(BOB, ALICE).png()


REACH = {code_swap: {}, floor_and_overcharge: {"reach": (-0.2, 1.2)}}


def test_rectangles_are_where_they_are_said_to_be():
    axes = swap().axes[1]
    labelled = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_label() in ANIMALS]
    edges = [(p.get_x(), p.get_x() + p.get_width()) for p in labelled]
    assert edges == [(0, 0.5), (0.5, 0.75), (0.75, 0.875), (0.875, 1)]
