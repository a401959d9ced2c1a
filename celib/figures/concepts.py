"""The map of the ideas, page by page."""

from __future__ import annotations

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from .described import DescribedFigure, blank_figure, figure_function
from .style import INK, LOSS, MODEL, QUIET, TRUTH

__all__ = ["concept_map"]


class _Idea(NamedTuple):
    """An idea, its page, its place, and whether it is of the truth, the model or the loss."""

    words: str
    page: str
    x: float
    y: float
    colour: str


class _Step(NamedTuple):
    """How one idea becomes another; `bend` takes an arrow round what stands between them."""

    start: str
    end: str
    words: str
    bend: float = 0.0


IDEAS = {
    "surprise": _Idea("surprise\n−log p", "01", 0, 2, INK),
    "entropy": _Idea("entropy\nH(p)", "01", 1, 2, TRUTH),
    "cross-entropy": _Idea("cross-entropy\nH(p, q)", "02", 2, 2, LOSS),
    "divergence": _Idea("KL divergence\nH(p, q) − H(p)", "02", 3, 2, LOSS),
    "logits": _Idea("logits\nz", "03", 0, 1, MODEL),
    "softmax": _Idea("softmax\nprobabilities", "03", 1, 1, MODEL),
    "categorical": _Idea("categorical\ncross-entropy", "04", 2, 1, LOSS),
    "gradient": _Idea("gradient\np − y", "06", 3, 1, LOSS),
    "calibration": _Idea("calibration\nof p", "09", 1, 0, MODEL),
    "binary": _Idea("binary\ncross-entropy", "05", 2, 0, LOSS),
    "balanced": _Idea("balanced\ncross-entropy", "07", 3, 0, LOSS),
    "focal": _Idea("focal loss\nwith γ", "08", 3, -1, LOSS),
    "published": _Idea("published numbers\nof all these", "10", 1, -1, INK),
}
STEPS = [
    _Step("surprise", "entropy", "on average"),
    _Step("entropy", "cross-entropy", "wrong model"),
    _Step("cross-entropy", "divergence", "the excess"),
    _Step("cross-entropy", "categorical", "one true class"),
    _Step("logits", "softmax", "normalised"),
    _Step("softmax", "categorical", "at the truth"),
    _Step("categorical", "gradient", "its slope"),
    _Step("gradient", "logits", "one step of training", bend=0.2),
    _Step("softmax", "calibration", "are they true?"),
    _Step("categorical", "binary", "two classes"),
    _Step("binary", "balanced", "weighted"),
    _Step("balanced", "focal", "by difficulty"),
]


@figure_function
def concept_map() -> DescribedFigure:
    """Draw the ideas of the collection, the pages they are on, and how one leads to the next.

    Returns
    -------
    DescribedFigure
        The picture.

    Examples
    --------
    >>> "Arrow “surprise (01), on average: entropy (01)”." in concept_map().describe()
    True
    """
    figure = blank_figure(760, 460)
    # Arrows end at the edges of boxes, whose places must not be moved by a layout any more.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.4, 3.5), ylim=(-1.35, 2.35))
    axes.set_axis_off()
    boxes = {name: _box(axes, idea) for name, idea in IDEAS.items()}
    figure.draw_without_rendering()
    for step in STEPS:
        _arrow(axes, step, boxes)
    return figure


def _box(axes: Axes, idea: _Idea) -> Text:
    style = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": idea.colour, "lw": 2}
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    page = f"page {idea.page}"
    axes.text(idea.x, idea.y - 0.17, page, size=8.5, color=QUIET, zorder=4, **centred)
    # The empty third line makes room for the page inside the box.
    words = f"{idea.words}\n"
    return axes.text(idea.x, idea.y, words, weight="bold", bbox=style, **centred)


def _arrow(axes: Axes, step: _Step, boxes: dict[str, Text]) -> None:
    start, end = IDEAS[step.start], IDEAS[step.end]
    arrow = FancyArrowPatch(
        (start.x, start.y),
        (end.x, end.y),
        patchA=boxes[step.start].get_bbox_patch(),
        patchB=boxes[step.end].get_bbox_patch(),
        connectionstyle=f"arc3,rad={step.bend}",
        arrowstyle="-|>",
        mutation_scale=12,
        color=INK,
        label=f"{step.start} ({start.page}), {step.words}: {step.end} ({end.page})",
    )
    axes.add_patch(arrow)
    small: dict[str, Any] = {"size": 8.5, "color": INK}
    if step.bend:
        axes.text(0.42, start.y + 0.37, step.words, ha="center", va="bottom", **small)
    elif start.y == end.y:
        middle = (_edge(boxes[step.start], "x1") + _edge(boxes[step.end], "x0")) / 2
        axes.text(middle, start.y + 0.06, step.words, ha="center", va="bottom", **small)
    else:
        axes.text(start.x + 0.05, start.y - 0.4, step.words, va="center", **small)


def _edge(box: Text, side: str) -> float:
    axes = box.axes
    assert axes is not None
    patch = box.get_bbox_patch()
    assert patch is not None
    extent = patch.get_window_extent().transformed(axes.transData.inverted())
    return getattr(extent, side)
