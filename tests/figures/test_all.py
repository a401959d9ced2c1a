"""What holds for every picture, whatever it shows: nothing is cut off, hidden or hard to read."""

import itertools

import numpy as np
import pytest
from cycler import cycler
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from celib import figures
from celib.figures import description, style

P, Q = [0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]
LOGITS = [3.2, 1.3, 0.2, 0.8]
NAMES = ["dog", "cat", "horse", "cheetah"]
TRUTHS = np.arange(40) % 4 == 0
STATED = {"plain": np.linspace(0.05, 0.6, 40), "weighted": np.linspace(0.3, 0.95, 40)}
OF_CLASSES = [np.eye(4)[[0, 1, 2, 3, 0]] * 0.6 + 0.1, np.full((5, 4), 0.25)]
GALLERY = {
    "bowls": lambda: figures.bowls(),
    "code_swap": lambda: figures.code_swap(P, Q, names=NAMES),
    "concept_map": lambda: figures.concept_map(),
    "cumulative_loss": lambda: figures.cumulative_loss(TRUTHS, np.linspace(-6, 3, 40)),
    "floor_and_overcharge": lambda: figures.floor_and_overcharge(P, Q),
    "focal_curves": lambda: figures.focal_curves(),
    "log_loss_graph": lambda: figures.log_loss_graph([0.012, 0.1, 0.5, 1], name="isDog"),
    "logit_descent": lambda: figures.logit_descent(0, LOGITS, names=NAMES, goal_bits=0.095),
    "logits_to_probabilities": lambda: figures.logits_to_probabilities(LOGITS, names=NAMES),
    "loss_curve": lambda: figures.loss_curve([0.775, 0.936, 0.938]),
    "minimiser_map": lambda: figures.minimiser_map(),
    "once_or_twice": lambda: figures.once_or_twice(1.3),
    "one_column": lambda: figures.one_column(0, [0.775, 0.116, 0.039, 0.07], names=NAMES),
    "question_wall": lambda: figures.question_wall(P, names=NAMES),
    "ranking_and_reliability": lambda: figures.ranking_and_reliability(TRUTHS, STATED),
    "ratio_fingerprint": lambda: figures.ratio_fingerprint(
        ["0.3677", "0.15"], [0.2549, 0.1], names=["bits", "other"], lines={"1/ln 2": 1.4427}
    ),
    "reliability_diagram": lambda: figures.reliability_diagram([0, 1, 2, 3, 1], OF_CLASSES),
    "same_loss": lambda: figures.same_loss(0, [[0.775, 0.225, 0], [0.775, 0.1, 0.125]]),
    "same_ranking": lambda: figures.same_ranking(),
    "slice_of_exp": lambda: figures.slice_of_exp(LOGITS, names=NAMES),
    "stall": lambda: figures.stall(),
    "surprise_skyline": lambda: figures.surprise_skyline(P, names=NAMES),
    "tall_but_thin": lambda: figures.tall_but_thin([0.5, 0.25, 0.1, 0.01]),
    "temperatures": lambda: figures.temperatures(LOGITS, [0.25, 1, 4], names=NAMES),
    "training_curves": lambda: figures.training_curves(
        {"training": [1.2, 0.6, 0.3], "test": [1.3, 0.8, 0.7]}, n_classes=4
    ),
    "tug_of_war": lambda: figures.tug_of_war(),
    "wrong_decisions": lambda: figures.wrong_decisions(9, 0.02),
}
COLOURS = {
    colour.lower()
    for name, colour in vars(style).items()
    if name.isupper() and str(colour).startswith("#")
}


def test_every_picture_is_in_the_gallery():
    makers = {"blank_figure", "new_figure", "figure_function", "house_style"}
    names = {name for name in figures.__all__ if name.islower()}
    assert set(GALLERY) == names - makers


@pytest.mark.parametrize("name", GALLERY)
def test_a_picture_can_be_read(name, monkeypatch):
    monkeypatch.setitem(style._SETTINGS, "axes.prop_cycle", cycler(color=["#00ff00"]))
    figure = GALLERY[name]()
    figure.draw_without_rendering()
    texts = shown_texts(figure)
    for text in texts:
        box = Text.get_window_extent(text)
        assert min(box.x0, box.y0) >= -0.5, text
        assert box.x1 <= figure.bbox.x1 + 0.5, text
        assert box.y1 <= figure.bbox.y1 + 0.5, text
        assert 7.5 <= text.get_size() <= 12, text
        assert to_hex(text.get_color()) in {"#ffffff", *COLOURS}, text
    if name == "concept_map":  # the last line of a box is empty, for the page: it has its own test
        texts = [text for text in texts if not text.get_bbox_patch()]
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-1)) for text in texts]
    for (words, one), (others, other) in itertools.combinations(boxes, 2):
        assert not one.overlaps(other), f"{words} lies over {others}"

    for title in (text for text in figure.texts if text.get_text() == figure.get_suptitle()):
        assert (title.get_position()[0], title.get_ha()) == (0.01, "left")
    assert name == "concept_map" or figure.get_suptitle()
    assert figure.bbox.width in (700, 720, 760)

    for axes in figure.axes:
        drawn = [a for a in axes.get_children() if isinstance(a, DATA) and is_named(a)]
        assert drawn or axes.texts, f"nothing in {axes}"
        for artist in drawn:
            assert colours(artist) <= {"#ffffff", *COLOURS}, artist
        for side, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            said = description._scale(axes, side)
            ticks = [tick for tick in axis.get_ticklabels() if tick.get_text()]
            assert said.name or said.tick_names or not ticks or not axes.axison, axes
        if curves := [in_view(axes, line) for line in axes.lines if is_curve(axes, line)]:
            points = np.concatenate(curves)
            assert np.ptp(points[:, 0]) > 0.5, f"less than half of the width is used in {axes}"
            assert points.min() > -1e-6, f"a curve lies under {axes} or left of it"
        if legend := axes.get_legend():
            frame = legend.get_window_extent()
            for line in axes.lines:
                places = axes.transData.transform(np.column_stack(line.get_data()))
                assert not frame.count_contains(places), f"the legend covers {line.get_label()}"


DATA = (Line2D, Patch, Collection)


def is_curve(axes, line):
    in_data = line.get_transform() == axes.transData
    return (
        is_named(line) and in_data and line.get_linestyle() != "None" and len(line.get_xdata()) > 1
    )


def in_view(axes, line):
    """Give the finite points of a line, in widths and heights of the panel."""
    points = np.column_stack(line.get_data(orig=False))
    points = points[np.isfinite(points).all(axis=1)]
    return axes.transAxes.inverted().transform(axes.transData.transform(points))


def is_named(artist):
    return not str(artist.get_label()).startswith("_")


def colours(artist):
    if isinstance(artist, Line2D) and artist.get_linestyle() == "None":
        return {to_hex(artist.get_markerfacecolor()), to_hex(artist.get_markeredgecolor())}
    if isinstance(artist, Line2D):
        return {to_hex(artist.get_color())}
    drawn = np.atleast_2d(artist.get_facecolor())
    return {to_hex(colour[:3]) for colour in drawn if colour.size and colour[3]}


def shown_texts(figure):
    """Give the texts that are seen; a tick beyond the limits of its axis is not."""
    unseen = set()
    seconds = (second for axes in figure.axes for second in axes.child_axes)
    for axes in (*figure.axes, *seconds):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not (axes.axison and low <= tick.get_loc() <= high):
                    unseen |= {id(tick.label1), id(tick.label2)}
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in unseen
    ]
