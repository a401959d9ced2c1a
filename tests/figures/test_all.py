"""What holds for every picture, whatever it shows: nothing is cut off, hidden or hard to read.

The pages hold the pictures that they store; here are harder ones: marks on the edge of a panel,
many labels, long names, what is impossible, other units.
"""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from cycler import cycler
from matplotlib.collections import Collection, PolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from celib import figures
from celib.figures import (
    balanced,
    binary,
    calibration,
    description,
    focal,
    gradients,
    style,
)
from celib.figures.labels import spread


def exact(*numbers):
    """Give numbers as fractions, which pictures draw like any other."""
    return [Fraction(str(number)) for number in numbers]


OF_CLASSES = [np.eye(4)[[0, 1, 2, 3, 0]] * 0.6 + 0.1, np.full((5, 4), 0.25)]
CODES = exact(0.6, 0.3, 0.1, 0), exact(0.1, 0.27, 0.63, 0)
WORDS = ["a", "a longer word", "of", "never"]
LOSSES = {"training": [1.2, 0.6, 0.3], "test": [1.3, 0.8, 0.7], "old": [1.1, 1], "own": [0.1, 0.3]}
GALLERY = {
    "bowls": lambda: figures.bowls(0.3, [9, 2]),
    "code_swap": lambda: figures.code_swap(*CODES, names=WORDS, speakers=["Zoe", "Max"]),
    "concept_map": lambda: figures.concept_map(),
    "cumulative_loss": lambda: figures.cumulative_loss(
        [1, 0, 0, 1], [5, -1, -3, 2], gamma=exact(0, 0.5, 3)
    ),
    "floor_and_overcharge": lambda: figures.floor_and_overcharge([0.8, 0.2], [0.6, 0.4]),
    "focal_curves": lambda: figures.focal_curves(exact(0, 1, 3), marked=exact(0.6, 0.95)),
    "log_loss_graph": lambda: figures.log_loss_graph([0.01, 0.05, 0.45, 0.65, 0.8, 1], name="q"),
    "logit_descent": lambda: figures.logit_descent(2, [1, -1, -2], rate=0.7, goal_bits=1.5),
    "logits_to_probabilities": lambda: figures.logits_to_probabilities(exact(-3, 2, 0.5)),
    "loss_curve": lambda: figures.loss_curve(
        exact(0.01, 0.3, 0.7, 0.95, 1), names=["rare", *"abcd"]
    ),
    "minimiser_map": lambda: figures.minimiser_map(0.05),
    "once_or_twice": lambda: figures.once_or_twice(-6),
    "one_column": lambda: figures.one_column(
        [0.7, 0.3, 0, 0], exact(0.3, 0.6, 0.1, 0), names=WORDS
    ),
    "question_wall": lambda: figures.question_wall(CODES[0], names=WORDS, draws=[1, 4]),
    "ranking_and_reliability": lambda: figures.ranking_and_reliability(
        [0, 1, 0, 1], {"plain": [0, 0.4, 0.6, 1], "weighted": [0.1, 0.9, 0.4, 1]}, n_bins=2
    ),
    "ratio_fingerprint": lambda: figures.ratio_fingerprint(
        ["0.1", "9", "1"],
        exact(0.9, 3, 1),
        names=["a digit", "b", "c"],
        lines={"1": 1, "near 1": 1.02},
    ),
    "reliability_diagram": lambda: figures.reliability_diagram([0, 1, 2, 3, 1], OF_CLASSES),
    "same_loss": lambda: figures.same_loss(2, [exact(0.225, 0, 0.775), exact(0.1, 0.125, 0.775)]),
    "same_ranking": lambda: figures.same_ranking(0.1, [1 / 9, 1, 9]),
    "slice_of_exp": lambda: figures.slice_of_exp(exact(1, 2.6, 0.2), shift=-1, temperature=0.8),
    "stall": lambda: figures.stall(steps=30),
    "surprise_skyline": lambda: figures.surprise_skyline(
        exact(0.05, 0.9, 0.04, 0.01, 0),
        names=["upright", "flat", "thin", "b", "never"],
        unit="nats",
    ),
    "tall_but_thin": lambda: figures.tall_but_thin(exact(0.6, 0.37, 0.1), unit="nats"),
    "temperatures": lambda: figures.temperatures(exact(2, 1, 0), exact(0.5, 2, 8)),
    "training_curves": lambda: figures.training_curves(LOSSES, every=5, n_classes=4),
    "tug_of_war": lambda: figures.tug_of_war(
        (9, 0.6), (10**6, 0.1), gamma=exact(0, 5), alpha=0.9999
    ),
    "wrong_decisions": lambda: figures.wrong_decisions(1, 0.5),
}
# What pictures were not drawn for, but what somebody will draw.
HARDER = {
    "bowls of a rare class": lambda: figures.bowls(0.01),
    "bowls of a large weight": lambda: figures.bowls(0.5, [1, 1000]),
    "floor_and_overcharge of codes nearly alike": lambda: figures.floor_and_overcharge(
        [0.5, 0.5], [0.52, 0.48]
    ),
    "focal_curves near both ends": lambda: figures.focal_curves(marked=[0.01, 0.4, 0.6, 0.99]),
    "logit_descent from logits nearly alike": lambda: figures.logit_descent(
        0, [1, 1.02, 1.05, 0.98]
    ),
    "loss_curve of probabilities nearly alike": lambda: figures.loss_curve(
        [0.5, 0.51, 0.52, 0.75, 0.8], names=["first", "second", "third", "fourth", "fifth"]
    ),
    "same_ranking under a large weight": lambda: figures.same_ranking(0.01, [1, 1000]),
    "stall of a few steps": lambda: figures.stall(0.999999, steps=10),
    "temperatures near both ends": lambda: figures.temperatures([3, 1, 0, 1], [0.05, 1, 50]),
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


def test_numbers_beside_the_pictures_are_floats_and_arrays_as_promised():
    singles = [
        *balanced.screening(0.1, 9),
        *calibration.consequence("weight 9", 9, 0.02),
        *focal.pull(focal.Group(9, 0.9), 0, gamma=2),
        *(focal.even_at(exact(*shares), exact(0, 1)) for shares in ((0.8, 0.2), (0.4, 0.2))),
        *spread(exact(0, 0.5), gap=1),
    ]
    assert {type(single) for single in singles} == {float}
    arrays = [
        calibration.truth_behind(0.8, "weight 9"),
        calibration.output_for(0.8, "weight 9"),
        *binary.prices(1, 0.5),
        *gradients.walk(0, [1, 0], steps=1),
    ]
    assert {type(array) for array in arrays} == {np.ndarray}


def labels(figure):
    """Give the names of what is drawn, panel by panel."""
    return [[artist.get_label() for artist in axes.lines] for axes in figure.axes]


def test_who_asks_for_nothing_gets_the_picture_of_the_page():
    assert figures.bowls().get_suptitle().endswith("from 0.01 at w = 1 to 0.5 at w = 99")
    ranked, believed = labels(figures.same_ranking())
    assert ranked[1:] == [  # Phi(1 - ln(9 / w) / 2) and Phi(-1 - ln(9 / w) / 2)
        "0.5 at w = 1: 0.461 caught, 0.018 false",
        "0.5 at w = 9: 0.841 caught, 0.159 false",
        "0.5 at w = 99: 0.986 caught, 0.579 false",
    ]
    assert "w = 9: 0.5 means 0.100" in believed
    assert "weight 2: 0.8889" in labels(figures.minimiser_map())[0]
    tenths = figures.reliability_diagram([0, 1], [[0.05, 0.95]]).axes[1].patches
    assert [bar.get_height() for bar in tenths] == [1, *[0] * 8, 1]


@pytest.mark.parametrize("name", [*GALLERY, *HARDER])
def test_a_picture_can_be_read(name, monkeypatch):
    monkeypatch.setitem(style._SETTINGS, "axes.prop_cycle", cycler(color=["#00ff00"]))
    figure = (GALLERY | HARDER)[name]()
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

        hold_to_the_layers(axes)


def hold_to_the_layers(axes):
    """Let nothing lie over a mark or through words, and words stand out from what is under them."""
    layers = [artist for artist in axes.get_children() if artist is not axes.patch]
    layers.sort(key=lambda artist: artist.get_zorder())
    level = {artist: i for i, artist in enumerate(layers)}
    lines = [line for line in axes.lines if not is_mark(line) and len(line.get_xdata()) > 1]
    marks = [(mark, place) for mark in axes.lines if is_mark(mark) for place in places(mark)]
    for mark, place in marks:
        half = mark.get_markersize() * axes.figure.dpi / 72 / 2
        whole = Bbox.from_extents(*(place - half), *(place + half))
        inside = Bbox.intersection(whole, axes.bbox)
        assert not mark.get_clip_on() or np.allclose(inside, whole), f"{mark} is cut in half"
        over = [line for line in lines if level[line] > level[mark] and is_named(line)]
        assert not any(crosses(line, whole.padded(-half / 2)) for line in over), f"on {mark}"
        spines = [axes.spines[side] for side in ("left", "bottom") if not mark.get_clip_on()]
        for spine in (spine for spine in spines if spine.get_visible()):
            near = whole.overlaps(spine.get_window_extent())
            assert level[mark] > level[spine] or not near, f"an axis runs through {mark}"
    for text in (t for t in axes.texts if t.get_visible() and t.get_text().strip()):
        box, plate = Text.get_window_extent(text).padded(-1.5), text.get_bbox_patch()
        for line in lines:
            hidden = plate and level[line] < level[text]
            assert hidden or not crosses(line, box), f"a line runs through {text}"
        around = plate.get_window_extent() if plate else box
        for mark, place in marks:
            assert not around.contains(*place) or level[mark] > level[text], f"{text} on {mark}"
        for x in (box.x0, (box.x0 + box.x1) / 2, box.x1):
            under = plate and to_rgb(plate.get_facecolor())
            under = under or ground(layers[: level[text]], (x, (box.y0 + box.y1) / 2))
            assert contrast(text.get_color(), under) > 3, f"{text} does not stand out"


def is_mark(line):
    marker = line.get_marker() not in ("None", "_")
    return marker and (line.get_linestyle() == "None" or len(line.get_xdata()) == 1)


def places(line):
    """Give the points of a line on the screen."""
    points = line.get_transform().transform(np.column_stack(line.get_data(orig=False)))
    return points[np.isfinite(points).all(axis=1)]


def crosses(line, box):
    return Path(places(line)).intersects_bbox(box, filled=False)


def ground(layers, point):
    """Give the colour that is seen at a point once these layers are drawn."""
    seen = np.ones(3)
    for layer in layers:
        for path, face in areas(layer):
            if path.contains_point(point):
                seen = face[3] * face[:3] + (1 - face[3]) * seen
    return seen


def areas(artist):
    """Give the areas that an artist fills, on the screen, each with its colour."""
    transform = artist.get_transform()
    if isinstance(artist, Patch) and not isinstance(artist, FancyArrowPatch):
        yield artist.get_path().transformed(transform), np.array(artist.get_facecolor())
    elif isinstance(artist, PolyCollection) and len(artist.get_facecolor()):
        for path in artist.get_paths():
            yield path.transformed(transform), artist.get_facecolor()[0]


def contrast(one, other):
    """Give the contrast of two colours as the guidelines for accessible pages (WCAG) have it."""
    channels = np.array([to_rgb(one), to_rgb(other)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return high / low


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
