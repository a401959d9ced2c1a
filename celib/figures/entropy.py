"""Pictures of surprise and entropy."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from celib.information import entropy, surprisal

from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .style import INK, LOSS, MODEL, QUIET, TRUTH

__all__ = ["Wall", "best_questions", "question_wall", "surprise_skyline", "tall_but_thin"]

MOST_OUTCOMES = 1000
LOGARITHMS = {"nats": "ln", "bits": "log2", "bans": "log10"}
TOGETHER = {1: "one draw at a time", 2: "pairs of draws", 3: "triples of draws"}
Floats = NDArray[np.float64]


class Question(NamedTuple):
    """One yes/no question: ``yes`` leads to the outcomes named in it, the others follow."""

    left: float
    width: float
    asked_before: int
    yes: tuple[int, ...]


class Wall(NamedTuple):
    """The yes/no questions that find an outcome in the smallest mean number of questions.

    Attributes
    ----------
    order : list of int
        The outcomes, from the one that is "yes" every time to the one that is "no" every time.
    asked : list of int
        How many questions find each of them, in this order.
    questions : list of Question
        Each as a brick: as wide as the probability that it is asked, one question high.
    """

    order: list[int]
    asked: list[int]
    questions: list[Question]


class _Branch(NamedTuple):
    probability: float
    outcomes: tuple[int, ...]
    yes: _Branch | None = None
    no: _Branch | None = None


@figure_function
def surprise_skyline(
    p: ArrayLike, *, names: Sequence[str] | None = None, unit: str = "bits"
) -> DescribedFigure:
    """Draw entropy as the area of a skyline with a tower for each outcome.

    A tower is as wide as the outcome's probability and as high as its surprise, so its area is
    what it adds to the entropy. The widths add up to 1, so the whole area is also the mean
    height, which is drawn as a line.

    Parameters
    ----------
    p : array_like, (K,)
        A distribution.
    names : sequence of str, optional
        Names of the K outcomes.
    unit : {"bits", "nats", "bans"}
        Unit of the surprise.

    Returns
    -------
    DescribedFigure
        The picture.

    Raises
    ------
    ValueError
        If `p` is not one distribution, if there is not one name an outcome or if `unit` is
        unknown.

    Examples
    --------
    >>> figure = surprise_skyline([1/2, 1/4, 1/8, 1/8], names=["dog", "cat", "horse", "cheetah"])
    >>> figure.describe().splitlines()[0]
    'The area of the skyline is the entropy: 1.7500 bits. Two panels.'
    """
    probs, outcomes = _one_distribution(p, names)
    mean = entropy(probs, unit=unit)
    heights = np.asarray(surprisal(probs, unit=unit))

    figure = blank_figure(700, 390)
    figure.suptitle(f"The area of the skyline is the entropy: {mean:.4f} {unit}", x=0.01, ha="left")
    skyline, ledger = figure.subplots(1, 2, width_ratios=[1.75, 1])
    lefts = np.cumsum(probs) - probs
    for left, width, height, name in zip(lefts, probs, heights, outcomes, strict=True):
        if width:
            skyline.add_patch(
                Rectangle((left, 0), width, height, fc=TRUTH, ec="white", lw=0.8, label=name)
            )
    skyline.axhline(mean, color=LOSS, ls="--", lw=1.5, label="mean height, H")
    top = 1.12 * max(1, heights[np.isfinite(heights)].max())
    skyline.set(xlim=(0, 1), ylim=(0, top), xlabel="probability", ylabel=_surprise_label(unit))
    skyline.annotate(
        f"H =\n{mean:.4f}\n{unit}",
        (1, mean),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        color=LOSS,
        weight="bold",
        size=9,
    )
    _ledger(ledger, probs, heights, outcomes, f"{mean:.4f} {unit}")
    figure.draw_without_rendering()
    _name_towers(skyline, lefts, probs, heights, outcomes)
    return figure


@figure_function
def tall_but_thin(probs: ArrayLike, *, unit: str = "bits") -> DescribedFigure:
    """Draw what events of different probabilities add to an entropy: towers, and their areas.

    Parameters
    ----------
    probs : array_like, (N,)
        Probabilities of the events, above 0 and up to 1; they need not add up to 1.
    unit : {"bits", "nats", "bans"}
        Unit of the surprise.

    Returns
    -------
    DescribedFigure
        On the left a tower for each event, with its top corner on the curve -log p; on the right
        the curve of the areas, -p log p.

    Raises
    ------
    ValueError
        If an entry is 0, whose tower has no top, or no probability, or if `unit` is unknown.

    Examples
    --------
    >>> figure = tall_but_thin([0.5, 0.01])
    >>> figure.describe().splitlines()[0]
    'A rarer event has a taller and thinner tower. Two panels.'
    """
    p = np.atleast_1d(np.asarray(probs, float))
    heights = np.asarray(surprisal(p, unit=unit))
    if np.isinf(heights).any():
        raise ValueError(
            "an event of probability 0 is infinitely surprising, and no tower is tall enough for "
            f"it. Draw probabilities above 0; got {p.tolist()}."
        )
    figure, (towers, areas) = new_figure(700, 370, 1, 2, sharex=True)
    figure.suptitle("A rarer event has a taller and thinner tower", x=0.01, ha="left")
    top = 1.1 * max(1, heights.max())
    scale = 1 / surprisal(1 / np.e, unit=unit)
    curve = np.exp(-np.linspace(0, top * scale, 401)[::-1])
    for width, height in zip(p, heights, strict=True):
        tower = Rectangle((0, 0), width, height, fc=to_rgba(TRUTH, 0.1), ec=TRUTH, lw=1.3)
        tower.set_label(f"p = {width:.4g}")
        towers.add_patch(tower)
    towers.plot(curve, surprisal(curve, unit=unit), color=INK, lw=1.5, label="−log p")
    towers.set(xlim=(0, 1), ylim=(0, top), ylabel=_surprise_label(unit))
    towers.set_title("towers under the curve of surprise")

    ps = np.union1d(np.linspace(0, 1, 401), 1 / np.e)  # with the place of the maximum
    # p = 0 adds nothing: the limit of p log p
    area = [q * surprisal(q, unit=unit) if q else 0.0 for q in ps]
    areas.plot(ps, area, color=TRUTH, label="area")
    areas.plot(p, p * heights, "o", ms=7, color=TRUTH, mec="white", label="towers", clip_on=False)
    areas.set(ylim=(0, 1.12 * max(area)), ylabel=f"area, −p {LOGARITHMS[unit]} p ({unit})")
    areas.set_title("what each of them adds")
    beside: dict[str, Any] = {"textcoords": "offset points", "size": 8.5}
    on_curve = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for width, height in zip(p, heights, strict=True):
        towers.annotate(f"p = {width:.4g}", (width, height), xytext=(6, 3), **beside)
        words = f"{width * height:.4f} {unit}"
        # inside the hump before its top, outside it after
        offset = (5, -16) if width < 1 / np.e else (9, 3)
        areas.annotate(words, (width, width * height), xytext=offset, bbox=on_curve, **beside)
    for axes in (towers, areas):
        axes.set_xlabel("probability, p")
    return figure


@figure_function
def question_wall(
    p: ArrayLike, *, draws: Sequence[int] = (1,), names: Sequence[str] | None = None
) -> DescribedFigure:
    """Draw the best yes/no questions for finding out what was drawn, as a wall of bricks.

    A brick is one question, as wide as the probability that it is asked. The tower over an
    outcome is as high as the number of questions that find it, so the area is the mean number of
    questions; the skyline of surprise is drawn over it. For several draws that are asked
    about together, heights are given per draw.

    Parameters
    ----------
    p : array_like, (K,)
        The distribution of one draw.
    draws : sequence of int
        How many independent draws to ask about together: a panel for each entry.
    names : sequence of str, optional
        Names of the K outcomes.

    Returns
    -------
    DescribedFigure
        The picture.

    Raises
    ------
    ValueError
        If `p` is not one distribution, if there is not one name an outcome, or if so many draws
        together have more than 1000 outcomes.

    Examples
    --------
    >>> figure = question_wall([0.8, 0.1, 0.1], draws=[1, 2])
    >>> for line in figure.describe().splitlines()[:2]:
    ...     print(line.split(" Horizontal")[0])
    Questions (bricks) against surprise (line): the entropy is 0.9219 bits. Two panels.
    Left: one draw at a time: 1.2000 questions per draw.
    """
    probs, outcomes = _one_distribution(p, names)
    mean = entropy(probs, unit="bits")
    figure, grid = new_figure(700, 360, 1, len(draws), sharey=True, squeeze=False)
    figure.suptitle(
        f"Questions (bricks) against surprise (line): the entropy is {mean:.4f} bits",
        x=0.01,
        ha="left",
    )
    first = grid[0, 0]  # whose vertical axis is that of all
    first.set(ylabel="questions, and bits, per draw", ylim=(0, 1))
    candidates = [
        (axes, *candidate)
        for axes, n in zip(grid[0], draws, strict=True)
        for candidate in _wall_panel(axes, probs, outcomes, n)
    ]
    first.set_ylim(0, 1.12 * first.get_ylim()[1])
    figure.draw_without_rendering()
    for axes, text, *room in candidates:
        text.set_visible(_fits(text, axes, *room))
    return figure


def best_questions(probs: Sequence[float]) -> Wall:
    """Find the yes/no questions that need the fewest questions on average (Huffman).

    The two rarest groups of outcomes are told apart by the last question, and from then on they
    are one group.

    Parameters
    ----------
    probs : sequence of float
        Probabilities of the outcomes, each above 0.

    Returns
    -------
    Wall
        The questions.

    References
    ----------
    D. A. Huffman (1952). A method for the construction of minimum-redundancy codes. Proceedings
    of the IRE 40. https://doi.org/10.1109/JRPROC.1952.273898

    Examples
    --------
    >>> wall = best_questions([1/8, 1/2, 1/4, 1/8])
    >>> wall.order, wall.asked
    ([1, 2, 0, 3], [1, 2, 3, 3])
    >>> sum(question.width for question in wall.questions)
    1.75
    """
    ages = itertools.count()
    groups = [(p, next(ages), _Branch(p, (k,))) for k, p in enumerate(probs)]
    heapq.heapify(groups)
    while len(groups) > 1:
        (_, _, rarer), (_, _, commoner) = heapq.heappop(groups), heapq.heappop(groups)
        # the shorter question is the more readable: "dog?" before "cat or horse?"
        yes, no = sorted(
            (commoner, rarer), key=lambda b: (len(b.outcomes), -b.probability, b.outcomes)
        )
        both = _Branch(yes.probability + no.probability, yes.outcomes + no.outcomes, yes, no)
        heapq.heappush(groups, (both.probability, next(ages), both))
    wall = Wall([], [], [])
    _lay(wall, groups[0][2], left=0.0, asked=0)
    return wall


def block(probs: Iterable[float], draws: int) -> tuple[list[tuple[int, ...]], list[float]]:
    """List the outcomes of independent draws that can happen, and their probabilities."""
    probs = list(probs)
    possible = [k for k, p in enumerate(probs) if p > 0]
    if draws < 1 or len(possible) ** draws > MOST_OUTCOMES:
        raise ValueError(
            f"{draws} draws with {len(possible)} outcomes each have {len(possible)}^{draws} "
            f"outcomes together; ask for at least 1 draw and at most {MOST_OUTCOMES} outcomes."
        )
    outcomes = list(itertools.product(possible, repeat=draws))
    return outcomes, [math.prod(probs[k] for k in outcome) for outcome in outcomes]


def spoken_question(
    yes: Sequence[int], outcomes: Sequence[tuple[int, ...]], names: Sequence[str]
) -> str:
    """Put a question into words: ``dog?``, ``cat or horse?``."""
    return " or ".join(", ".join(names[k] for k in outcomes[i]) for i in yes) + "?"


def _lay(wall: Wall, branch: _Branch, left: float, asked: int) -> None:
    if branch.yes is None or branch.no is None:
        wall.order.extend(branch.outcomes)
        wall.asked.append(asked)
        return
    wall.questions.append(Question(left, branch.probability, asked, branch.yes.outcomes))
    _lay(wall, branch.yes, left, asked + 1)
    _lay(wall, branch.no, left + branch.yes.probability, asked + 1)


def _wall_panel(
    axes: Axes, probs: Floats, names: Sequence[str], draws: int
) -> list[tuple[Text, float, float]]:
    """Draw one wall; return the words written on it, each with the room it has to fit in."""
    outcomes, together = block(probs.tolist(), draws)
    wall = best_questions(together)
    widths = np.array([together[k] for k in wall.order])
    edges = np.append(0, np.cumsum(widths))
    asked = np.array(wall.asked) / draws
    surprise = np.asarray(surprisal(widths, unit="bits")) / draws
    mean = sum(question.width for question in wall.questions) / draws

    words = TOGETHER.get(draws, f"{draws} draws together")
    axes.set_title(f"{words}:\n{mean:.4f} questions per draw", size=9)
    axes.fill_between(
        edges, np.append(asked, asked[-1]), step="post", color=MODEL, lw=0, label="questions"
    )
    for question in wall.questions:
        low = question.asked_before / draws
        brick = (question.left, low), question.width, 1 / draws
        axes.add_patch(Rectangle(*brick, fill=False, ec="white", lw=1 / draws**0.5))
    axes.fill_between(
        edges,
        np.append(surprise, surprise[-1]),
        step="post",
        facecolor="none",
        edgecolor=TRUTH,
        lw=2,
        label="surprise",
        clip_on=False,
    )
    if draws == 1:
        for left, width, height, k in zip(edges[:-1], widths, asked, wall.order, strict=True):
            tower = Rectangle((left, 0), width, height, fill=False, lw=0)
            tower.set_label(f"questions for {names[outcomes[k][0]]}")
            axes.add_patch(tower)
    top = max(axes.get_ylim()[1], asked.max(), surprise.max())
    axes.set(xlim=(0, 1), ylim=(0, top), xlabel="probability")
    return _wall_words(axes, wall, edges, np.maximum(asked, surprise), outcomes, names, draws)


def _wall_words(
    axes: Axes,
    wall: Wall,
    edges: Floats,
    tops: Floats,
    outcomes: Sequence[tuple[int, ...]],
    names: Sequence[str],
    draws: int,
) -> list[tuple[Text, float, float]]:
    words: list[tuple[Text, float, float]] = []
    # not in the layout, which would make room for words that will not stay
    middle: dict[str, Any] = {"ha": "center", "size": 8.5, "in_layout": False}
    on_brick = {"facecolor": MODEL, "edgecolor": "none", "pad": 0.5}
    # the bricks of several draws are too low for words
    for question in wall.questions if draws == 1 else []:
        place = question.left + question.width / 2, question.asked_before + 0.5
        asks = spoken_question(question.yes, outcomes, names)
        text = axes.text(*place, asks, va="center", bbox=on_brick, **middle)
        words.append((text, question.width, 1))
    for left, right, top, k in zip(edges[:-1], edges[1:], tops, wall.order, strict=True):
        name = ", ".join(names[i] for i in outcomes[k])
        above = axes.annotate(
            name,
            ((left + right) / 2, top),
            xytext=(0, 4),
            textcoords="offset points",
            color=TRUTH,
            **middle,
        )
        words.append((above, right - left, axes.get_ylim()[1]))
    return words


def _fits(text: Text, axes: Axes, width: float, height: float) -> bool:
    """Tell whether words have room in a part of the axes, with two pixels on either side."""
    box = text.get_window_extent()
    across, up = _pixels(axes, width, height)
    return bool(box.width + 4 <= across and box.height <= up)


def _one_distribution(p: ArrayLike, names: Sequence[str] | None) -> tuple[Floats, Sequence[str]]:
    probs = np.asarray(p, float)
    if probs.ndim != 1:
        raise ValueError(
            f"one distribution is drawn, of shape (K,); got shape {probs.shape}. "
            "Pass one row, for example p[0]."
        )
    outcomes = [f"outcome {k}" for k in range(len(probs))] if names is None else names
    if len(outcomes) != len(probs):
        raise ValueError(
            f"names has {len(outcomes)} entries for {len(probs)} outcomes. Give each one name."
        )
    return probs, outcomes


def _surprise_label(unit: str) -> str:
    return f"surprise, −{LOGARITHMS[unit]} p ({unit})"


def _pixels(axes: Axes, width: float, height: float) -> Floats:
    corners = axes.transData.transform([(0, 0), (width, height)])
    return corners[1] - corners[0]


def _name_towers(
    axes: Axes, lefts: Floats, widths: Floats, heights: Floats, names: Sequence[str]
) -> None:
    """Write each name in its tower, upright where that is narrow, and above it where it is low."""
    for left, width, height, name in zip(lefts, widths, heights, names, strict=True):
        if not width:
            continue
        text = axes.text(left + width / 2, height / 2, name, ha="center", va="center", size=8.5)
        across, up = _pixels(axes, width, height)
        box = text.get_window_extent()
        if box.width + 6 <= across and box.height + 2 <= up:
            text.set_color("white")
        elif box.height <= across and box.width + 6 <= up:
            text.set(color="white", rotation=90)
        elif box.width + 6 <= across:
            text.set(y=height, va="bottom")
            text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0})  # over the mean
        else:
            text.set_visible(False)


def _ledger(axes: Axes, probs: Floats, heights: Floats, names: Sequence[str], total: str) -> None:
    """Write the sum out, a line for each tower."""
    axes.set_axis_off()
    axes.set_title("width × height = area")
    longest = max(map(len, names))
    wide = [f"{p:.1e}" if 0 < p < 0.0005 else f"{p:.3f}" for p in probs]
    widest = max(map(len, wide))
    tall = [f"{height:.4f}" if p else "∞" for p, height in zip(probs, heights, strict=True)]
    tallest = max(map(len, tall))
    areas = [p * height if p else 0.0 for p, height in zip(probs, heights, strict=True)]
    lines = [
        f"{name:{longest}}  {width:>{widest}} × {height:>{tallest}} = {area:.4f}"
        for name, width, height, area in zip(names, wide, tall, areas, strict=True)
    ]
    lines.append(f"{'= ' + total:>{len(lines[0])}}")
    for i, line in enumerate(lines):
        last = i == len(lines) - 1
        axes.text(
            0,
            1 - (i + 0.5) / max(8, len(lines)),
            line,
            color=LOSS if last else INK if probs[i] else QUIET,
            family="DejaVu Sans Mono",
            size=8.5,
            va="center",
            weight="bold" if last else "normal",
        )
