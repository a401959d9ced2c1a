"""Pictures say what they show, look the same every time, and leave the reader's settings alone."""

import io
import itertools
import re
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from PIL import Image

from celib.figures import (
    LOSS,
    MODEL,
    TRUTH,
    DescribedFigure,
    house_style,
    loss_curve,
    new_figure,
    one_column,
)
from celib.figures.description import number
from celib.figures.style import FAINT, INK

ANIMALS = ["dog", "cat", "horse", "cheetah"]
TRUE_DOG = [1, 0, 0, 0]
PROBS = [0.775, 0.116, 0.039, 0.070]


def ledger(targets=TRUE_DOG, probs=PROBS, names=ANIMALS):
    return one_column(targets, probs, names=names)


def drawn(plot, **settings):
    """Describe one panel in which `plot` has drawn."""
    figure, axes = new_figure(400, 300)
    plot(axes)
    axes.set(**settings)
    return figure.describe()


# --- the ledger of categorical cross-entropy ------------------------------------------------


def test_the_ledger_says_its_numbers_with_their_units():
    words = ledger().describe()
    for sentence in [
        "Only the true class pays: 0.2549 nats = 0.3677 bits. Five panels.",
        "Bars “truth y”: dog 1, cat 0, horse 0, cheetah 0.",
        "Bars “model p”: dog 0.775, cat 0.116, horse 0.039, cheetah 0.07.",
        "Rectangle “dog”: 1 wide, 0.2549 nats high, area 0.2549 nats.",
        "Rectangle “horse”: 0 wide, 3.244 nats high, area 0 nats.",
        "Point “dog” at p = 0.775, 0.2549 nats.",
        "Second vertical axis: price, −log p in bits, from 0 to 5.382.",
        "“dog 1 × 0.2549 nats = 0.2549 nats”",
    ]:
        assert sentence in words


def test_a_smoothed_truth_widens_every_column():
    words = ledger([0.925, 0.025, 0.025, 0.025]).describe()
    assert "Each class pays its share of its price: 0.4372 nats = 0.6308 bits." in words
    assert "Rectangle “horse”: 0.025 wide, 3.244 nats high, area 0.0811 nats." in words
    areas = re.findall(r"Rectangle .*?area ([\d.]+) nats", words)
    assert sum(map(float, areas)) == pytest.approx(0.4372, abs=2e-4)


def test_a_truth_between_two_classes_is_paid_by_both():
    said = ledger([0.7, 0.3, 0, 0]).get_suptitle()
    assert said.startswith("Each class pays its share of its price")


def test_a_label_and_its_one_hot_row_give_the_same_picture():
    assert ledger(0).png() == ledger(TRUE_DOG).png()


def test_a_single_class_is_drawn_too():
    assert "“class 0 1 × 0.0000 nats = 0.0000 nats”" in one_column(0, [1.0]).describe()


def test_an_impossible_class_that_did_not_happen_costs_nothing():
    words = one_column(0, [0.5, 0.5, 0]).describe()
    assert "“class 2 0 × ∞ nats = 0.0000 nats”" in words
    assert "0.6931 nats = 1.0000 bits" in words


@pytest.mark.parametrize(
    "change",
    [
        {"probs": [0.776, 0.115, 0.039, 0.070]},
        {"targets": [0, 1, 0, 0]},
        {"names": ["dog", "cat", "zebra", "cheetah"]},
    ],
)
def test_other_data_give_other_words_and_another_picture(change):
    assert ledger(**change).describe() != ledger().describe()
    assert ledger(**change).png() != unchanged_png()


@cache
def unchanged_png():
    return ledger().png()


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"names": ["dog"]}, "1 entries for 4 classes"),
        ({"probs": [PROBS, PROBS]}, "one example"),
        ({"probs": [0.938, 0.028, 0.013, 0.023]}, "sum"),
        ({"probs": [0, 0.5, 0.25, 0.25]}, "the loss is infinite"),
        ({"targets": 4}, "targets"),
    ],
)
def test_the_ledger_refuses_what_it_cannot_draw_and_says_why(arguments, words):
    with pytest.raises(ValueError, match=words):
        ledger(**arguments)


# --- the loss curve -------------------------------------------------------------------------


def test_the_loss_curve_says_the_marked_losses_in_both_units():
    words = loss_curve([0.775, 0.936, 0.938], names=["first", "then", "printed"]).describe()
    assert "Curve “loss, −log p” falls from 4 nats at p = 0.01832" in words
    assert "first, p = 0.775: 0.2549 nats = 0.3677 bits" in words
    assert "then, p = 0.936: 0.0661 nats = 0.0954 bits" in words
    assert "printed, p = 0.938: 0.0640 nats = 0.0923 bits" in words


def test_labels_of_the_loss_curve_do_not_lie_over_one_another():
    figure = loss_curve([0.01, 0.25, 0.775, 0.936, 0.938], names=["a bad one", *"bcde"])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_labels_of_losses_nearly_alike_stand_on_masts_a_label_apart():
    axes = loss_curve([0.1, 0.12, 0.11, 0.7]).axes[0]
    *left, right = sorted(text.xy for text in axes.texts)
    label = 0.14 * 4  # of the height of the panel
    lowest = -np.log(0.12)
    heights = [lowest + 2 * label, lowest + label, lowest]
    np.testing.assert_allclose(left, np.transpose([[0.1, 0.11, 0.12], heights]))
    assert right == pytest.approx((0.7, 0.3 * 4))
    sides = {text.xy[0]: (text.get_ha(), text.xyann) for text in axes.texts}
    assert sides[0.1] == ("left", (9, 3))
    assert sides[0.7] == ("right", (0, 0))
    masts = [line.get_data() for line in axes.lines if len(line.get_xdata()) == 2]
    assert sorted(x[0] for x, _ in masts) == [0.1, 0.11, 0.7]


def test_a_label_above_the_panel_is_drawn_too():
    figure = loss_curve([0.72, 0.76, 0.8, 0.84, 0.88, 0.92, 0.96, 1])
    figure.draw_without_rendering()
    panel = figure.axes[0].get_window_extent()
    texts = figure.axes[0].texts
    assert max(text.xy[1] for text in texts) > 4
    assert all(text.get_window_extent().x1 > panel.x0 + 10 for text in texts)


@pytest.mark.parametrize(
    "probs, names, words",
    [
        ([0.5, 0], None, "infinite loss"),
        ([1.5], None, "1.5"),
        ([0.5, 0.6], ["one"], "1 entries for 2"),
    ],
)
def test_the_loss_curve_refuses_what_it_cannot_draw(probs, names, words):
    with pytest.raises(ValueError, match=words):
        loss_curve(probs, names=names)


# --- words from what was drawn --------------------------------------------------------------

X = np.linspace(0, 2, 201)


@pytest.mark.parametrize(
    "y, words",
    [
        (2 * X, "rises from 0 bits at z = 0, through 2 bits at z = 1, to 4 bits at z = 2"),
        (X**2, "rises from 0 bits at z = 0, through 1 bit at z = 1, to 4 bits at z = 2"),
        (-2 * X, "falls from 0 bits at z = 0, through −2 bits at z = 1, to −4 bits at z = 2"),
        (
            (X - 1) ** 2,
            "starts at 1 bit at z = 0, is lowest, 0 bits, at z = 1 and ends at 1 bit at z = 2",
        ),
        (
            np.sin(np.pi * X),
            "starts at 0 bits at z = 0, is highest, 1 bit, at z = 0.5, "
            "is lowest, −1 bits, at z = 1.5 and ends at 0 bits at z = 2",
        ),
        (np.full(201, 0.3), "stays at 0.3 bits from z = 0 to z = 2"),
        (
            np.where(X == 0, np.inf, X),
            "rises from 0.01 bits at z = 0.01, through 1 bit at z = 1, to 2 bits at z = 2",
        ),
        (np.full(201, np.nan), "has no finite value"),
    ],
)
def test_a_curve_is_told_by_where_it_goes(y, words):
    said = drawn(lambda axes: axes.plot(X, y, label="f"), xlabel="logit, z", ylabel="cost (bits)")
    assert f"Curve “f” {words}." in said


def test_the_unit_the_limits_and_the_scale_are_said():
    said = drawn(
        lambda axes: axes.semilogx([0.01, 1], [2, 0], label="f"), xlabel="p", ylabel="cost (nats)"
    )
    assert "Horizontal axis: p, from" in said
    assert "on a logarithmic scale" in said
    assert "Vertical axis: cost in nats, from −0.1 to 2.1." in said
    assert "falls from 2 nats at 0.01, to 0 nats at 1." in said


def test_bars_points_areas_lines_and_bands_are_said():
    def plot(axes):
        axes.barh(["p", "q"], [0.25, 0.5], left=[0, 0.25], label="share")
        axes.scatter([0.1, 0.2], [0, 1], label="seen")
        axes.fill_between([0, 1], [0, 0], [1, 1], label="extra")
        axes.axvline(0.5, label="half")
        axes.axhspan(0, 1, label="room")
        axes.annotate("here", (0.5, 1), xytext=(0.6, 0.5), arrowprops={})
        axes.plot([0, 1], [0, 1])

    said = drawn(plot, xlabel="mass (bits)")
    for sentence in [
        "Bars “share”: p 0.25 bits, q from 0.25 to 0.75 bits.",
        "Points “seen” at 0.1 bits, p; 0.2 bits, q.",
        "Shaded area “extra” from 0 bits to 1 bit, between 0 and 1; its size is 1.",
        "Vertical line “half” at 0.5 bits.",
        "Band “room” from p to q.",
        "“here” points to 0.5 bits, q.",
    ]:
        assert sentence in said
    assert "Curve" not in said


def test_many_points_and_bars_are_summed_up():
    said = drawn(lambda axes: axes.plot(X, X**2, "o", label="runs"))
    assert "201 points “runs”, across from 0 to 2 and up from 0 to 4." in said
    said = drawn(lambda axes: axes.bar(np.arange(30), np.arange(30.0), label="counts"))
    assert "30 bars “counts”: a row that rises from 0 at 0, through 14 at 14, to 29 at 29." in said


def test_text_that_repeats_what_was_said_is_not_said_twice():
    def plot(axes, label):
        bars = axes.bar(["dog"], [0.07], label="p")
        axes.bar_label(bars, [label])

    assert "“0.070”" not in drawn(lambda axes: plot(axes, "0.070"))
    assert "“0.071”" in drawn(lambda axes: plot(axes, "0.071"))


@pytest.mark.parametrize("title, said", [("Why", "Why."), *[(f"Why{c}", f"Why{c}") for c in ".?!"]])
def test_what_ends_a_sentence_is_not_written_twice(title, said):
    figure, axes = new_figure(600, 400)
    figure.suptitle(title)
    axes.plot(X, X, label="f")
    assert figure.describe().splitlines()[0] == said


def test_panels_are_named_by_their_place():
    figure, grid = new_figure(600, 400, 2, 3)
    for axes in grid.flat:
        axes.plot(X, X, label="f")
    starts = [line.split(":")[0] for line in figure.describe().splitlines()]
    places = [
        f"{row} {column}" for row in ("Top", "Bottom") for column in ("left", "centre", "right")
    ]
    assert starts == ["Six panels.", *places]


@pytest.mark.parametrize(
    "count, names",
    [(3, ["Top", "Middle", "Bottom"]), (4, ["Row 1", "Row 2", "Row 3", "Row 4"])],
)
def test_panels_over_one_another_are_named_from_the_top(count, names):
    figure, panels = new_figure(400, 600, count, 1)
    for axes in panels:
        axes.plot(X, X, label="f")
    starts = [line.split(":")[0] for line in figure.describe().splitlines()]
    assert starts[1:] == names


def test_a_second_axis_is_said_on_either_side():
    def plot(axes):
        axes.secondary_xaxis("top", functions=(lambda x: 2 * x, lambda x: x / 2)).set_xlabel("w")

    assert "Second horizontal axis: w, from 0 to 2." in drawn(plot, xlim=(0, 1))


def test_bars_with_names_are_called_by_them_wherever_rounding_puts_them():
    def plot(axes):
        axes.bar([0.1, 0.3], [1, 2], width=0.8, label="n")
        axes.set_xticks([0.1, 0.3], ["low", "high"])

    assert 0.1 - 0.8 / 2 + 0.8 / 2 != 0.1
    assert "Bars “n”: low 1, high 2." in drawn(plot)


def test_one_place_is_a_point_and_two_are_a_curve():
    said = drawn(lambda axes: axes.plot([0.5], [1], marker="o", label="here"))
    assert "Point “here” at 0.5, 1." in said
    said = drawn(lambda axes: axes.plot([0, 1], [2, 3], label="there"))
    assert "Curve “there” rises from 2 at 0, to 3 at 1." in said


def test_lines_that_enclose_nothing_are_no_area():
    assert "area" not in drawn(lambda axes: axes.hlines([0.5, 0.7], 0, 1, label="levels"))


def test_panels_that_share_an_axis_share_its_unit():
    figure, (left, right) = new_figure(600, 300, 1, 2, sharey=True)
    left.set_ylabel("cost (nats)")
    left.plot([0, 1], [2, 0], label="f")
    right.plot([0, 1], [1, 0], label="g")
    assert "Curve “g” falls from 1 nat at 0, to 0 nats at 1." in figure.describe()


@pytest.mark.parametrize(
    "value, words",
    [
        (0.070, "0.07"),
        (-0.5, "−0.5"),
        (0, "0"),
        (12345, "12,345"),
        (1e9, "1 × 10^9"),
        (0.00001234, "1.234 × 10^−5"),
        (np.inf, "infinity"),
        (-np.inf, "−infinity"),
        (np.nan, "not a number"),
    ],
)
def test_numbers_are_written_for_a_reader(value, words):
    assert number(value) == words


# --- the picture ----------------------------------------------------------------------------


def test_a_picture_is_the_same_twice_whatever_the_readers_settings():
    plain = ledger()
    with rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 7}):
        changed = ledger()
        assert changed.png() == changed.png() == plain.png()
        assert changed.describe() == plain.describe()


def test_a_notebook_gets_the_picture_its_size_and_its_words():
    figure, axes = new_figure(400, 300)
    axes.plot(X, X, label="f")
    data, metadata = figure._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == figure.describe()
    assert metadata == {"image/png": {"width": 400, "height": 300}}
    assert isinstance(figure, DescribedFigure)


def test_a_picture_is_twice_as_fine_as_its_size_on_the_page_in_whole_pixels():
    figure, _ = new_figure()
    assert figure._repr_mimebundle_()[1] == {"image/png": {"width": 700, "height": 400}}
    assert Image.open(io.BytesIO(figure.png())).size == (1400, 800)
    size = new_figure(333.4, 300)[0]._repr_mimebundle_()[1]["image/png"]
    assert size == {"width": 333, "height": 300}


def test_a_plain_picture_has_the_look_of_the_collection():
    with house_style():
        figure, axes = new_figure()
        lines = [axes.plot(X, X + shift, label="f")[0] for shift in range(3)]
        axes.set(title="one", xlabel="z", ylim=(-1, 5))
        axes.grid(True)
        legend = axes.legend()
        title = figure.suptitle("all")
        figure.draw_without_rendering()
    assert [line.get_color() for line in lines] == [TRUTH, LOSS, MODEL]
    assert (title.get_size(), title.get_weight()) == (11.5, "bold")
    assert axes.get_title("left") == "one"
    assert [axes.spines[side].get_visible() for side in ("top", "right")] == [False, False]
    assert not legend.get_frame_on()
    (low, *_), name = axes.get_yticklabels(), axes.xaxis.label
    assert low.get_text() == "−1"
    assert low.get_color() == name.get_color() == title.get_color() == INK
    assert low.get_size() < name.get_size() < axes.title.get_size() < title.get_size()
    assert {text.get_fontname() for text in (low, name, title)} == {"DejaVu Sans"}
    assert axes.xaxis.get_gridlines()[0].get_color() == FAINT
    assert axes.xaxis.get_gridlines()[0].get_linewidth() < lines[0].get_linewidth() / 2
    assert axes.get_axisbelow()


def test_importing_figures_touches_neither_pyplot_nor_settings():
    code = """
import sys, matplotlib
before = matplotlib.rcParams.copy()
import celib
assert "celib.figures" not in sys.modules
from celib.figures import one_column
one_column(0, [0.5, 0.5])._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules
assert matplotlib.rcParams.copy() == before
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_colours_stay_apart_in_grey_and_from_white():
    def luminance(colour):
        channels = np.array(to_rgb(colour))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    def lightness(colour):
        return 116 * luminance(colour) ** (1 / 3) - 16

    for one, other in itertools.combinations([TRUTH, MODEL, LOSS], 2):
        assert abs(lightness(one) - lightness(other)) > 15
    for colour in (TRUTH, MODEL, LOSS):
        assert 1.05 / (luminance(colour) + 0.05) >= 3
