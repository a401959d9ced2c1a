"""The ratio fingerprint: its ratios, its lines, and what their digits leave open.

Expected ratios are fractions done by hand, or mpmath's logarithms.
"""

import itertools
import re

import numpy as np
import pytest
from mpmath import mp

from celib.figures import ratio_fingerprint

LINES = {
    "1/ln 10": float(1 / mp.log(10)),
    "ln 2": float(mp.log(2)),
    "right": 1,
    "1/ln 2": float(1 / mp.log(2)),
    "ln 10": float(mp.log(10)),
    "mean weight": 5,
}
DOG = float(-mp.log(mp.mpf("0.775")))


def fingerprint(printed=("0.3677", "0.1107", "0.5"), right=(DOG,) * 3, names="abc", lines=LINES):
    return ratio_fingerprint(printed, right, names=names, lines=lines)


def test_it_says_each_ratio_and_its_line():
    words = fingerprint(["3", "0.25", "0.4343"], [4, 0.05, 1]).describe()
    for sentence in [
        "3 of 3 printed figures are on a line.",
        "Horizontal axis: printed ÷ right, r, from 0.2895 to 7.5 on a logarithmic scale.",
        "Vertical line “1/ln 10” at r = 0.4343.",
        "Point “0.4343 ÷ 1 = 0.4343: 1/ln 10” at r = 0.4343, c.",
        "Point “0.25 ÷ 0.05 = 5: mean weight” at r = 5, b.",
    ]:
        assert sentence in words
    # 3 ± 1 over 4 is from 1/2 to 1, and two lines lie there
    assert "Point “3 ÷ 4 = 0.75: ln 2 or right” at r = 0.75, a." in words


def test_bits_and_bans_read_as_nats_land_on_their_lines():
    words = fingerprint().describe()
    assert "0.3677 ÷ 0.2549 = 1.443: 1/ln 2" in words
    assert "0.1107 ÷ 0.2549 = 0.4343: 1/ln 10" in words
    assert "0.5 ÷ 0.2549 = 1.962: ln 10" in words  # 0.4 to 0.6 over 0.2549 is 1.57 to 2.35


@pytest.mark.parametrize(
    "printed, on",
    [
        ("0.44", True),  # 0.43 to 0.45
        ("0.440", False),  # 0.439 to 0.441; 1/ln 10 is 0.4343
        ("0.43", True),
        ("0.434", True),
        ("0.4342", True),
        ("0.4341", False),  # 0.4340 to 0.4342
        ("4.34e-1", True),
    ],
)
def test_the_digits_decide_whether_a_line_is_met(printed, on):
    words = fingerprint([printed], [1], "a", {"1/ln 10": LINES["1/ln 10"]}).describe()
    assert (": 1/ln 10” at" in words) is on
    assert (": no line” at" in words) is not on


def test_near_ln_2_is_not_ln_2():
    """A code length of 2.32 for 3.3219 bits: the trap of the page."""
    words = fingerprint(["2.32"], [float(mp.log(10, 2))], "a").describe()
    assert "None of 1 printed figures is on a line." in words
    assert "2.32 ÷ 3.322 = 0.6984: no line" in words


def test_filled_dots_are_those_on_a_line_and_bars_have_the_width_of_a_last_place():
    figure = fingerprint(["0.4", "0.37"], [1, 1], "ab", {"right": 1, "here": 0.4})
    axes = figure.axes[0]
    dots = {d.get_ydata()[0]: d for d in axes.lines if d.get_marker() == "o"}
    bars = [b for b in axes.lines if b.get_linewidth() == 5]
    assert dots[0].get_markerfacecolor() == "white"
    assert dots[1].get_markerfacecolor() != "white"
    np.testing.assert_allclose(bars[0].get_xdata(), [0.36, 0.38])
    np.testing.assert_allclose(bars[1].get_xdata(), [0.3, 0.5])


@pytest.mark.parametrize(
    "change",
    [
        {"printed": ["0.3677", "0.1107", "0.6"]},
        {"right": [DOG, DOG, 2 * DOG]},
        {"names": "abd"},
        {"lines": LINES | {"ln 10": 3}},
    ],
)
def test_other_data_give_other_words_and_another_picture(change):
    assert fingerprint(**change).describe() != fingerprint().describe()
    assert fingerprint(**change).png() != fingerprint().png()


@pytest.mark.parametrize("lines", [LINES, {f"line {i}": 1 + i / 50 for i in range(8)}])
def test_no_label_lies_over_another(lines):
    figure = fingerprint(lines=lines)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == len(lines) + 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_a_wide_axis_has_a_tick_a_decade():
    axes = fingerprint(["0.001", "900"], [1, 1], "ab").axes[0]
    ticks = " ".join(tick.get_text() for tick in axes.get_xticklabels())
    assert ticks == "0.001 0.01 0.1 1 10 100 1000"


@pytest.mark.parametrize(
    "change, words",
    [
        ({"names": "ab"}, "2 names"),
        ({"right": [1, 2]}, r"shape \(2,\)"),
        ({"printed": ["-0.3677", "0.1107", "0.5"]}, "Look at the sign"),
        ({"printed": ["inf", "0.1107", "0.5"]}, "above 0, got inf"),
        ({"right": [0, 1, 2]}, "above 0, got 0"),
        ({"lines": {"zero": 0}}, "above 0, got 0"),
    ],
)
def test_it_refuses_what_has_no_ratio(change, words):
    with pytest.raises(ValueError, match=words):
        fingerprint(**change)


def test_the_lowest_row_is_the_smallest_ratio():
    words = fingerprint().describe()
    assert re.findall(r"at r = [\d.]+, ([abc])", words) == ["b", "a", "c"]
