"""Pictures of cross-entropy and the Kullback-Leibler divergence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from celib.information import cross_entropy, entropy, kl_divergence, surprisal

from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .style import INK, LOSS, LOSS_TINT, MODEL, POINT, TRUTH

__all__ = ["code_swap", "floor_and_overcharge"]

MEAN = (1.09, 0.1)  # left side and width of the bar of the mean, beside a panel of width 1
HEADROOM = 0.83  # of the panel of a floor: how high a mark may be for its words to fit above it
SLIVER = 1e-9  # a difference of lengths that is only rounding
Floats = NDArray[np.float64]


@figure_function
def code_swap(
    p: ArrayLike,
    q: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    speakers: Sequence[str] = ("Bob", "Alice"),
    unit: str = "bits",
) -> DescribedFigure:
    """Draw what two speakers pay for their words, each in both codes.

    A word is a rectangle, as wide as its probability in the mouth of the speaker and as high as
    its length in the code, -log of the probability the code was made for. The area is the mean
    length: an entropy where speaker and code belong together, a cross-entropy where they do not.
    What a foreign code adds to a word is shaded, what it saves is hatched; added less saved is
    the divergence.

    Parameters
    ----------
    p, q : array_like, (K,)
        The distributions of the first and of the second speaker. What one of them says must have
        a probability above 0 in the other's.
    names : sequence of str, optional
        The K words.
    speakers : sequence of two str
        Who speaks `p`, and who speaks `q`.
    unit : {"bits", "nats", "bans"}
        Unit of the lengths.

    Returns
    -------
    DescribedFigure
        Four panels: a row for each speaker, a column for each code.

    Raises
    ------
    ValueError
        If `p` and `q` are not two distributions of one shape (K,), if there is not one name a
        word and a speaker, if a cross-entropy is infinite or if `unit` is unknown.

    Examples
    --------
    >>> bob, alice = [1/2, 1/4, 1/8, 1/8], [1/8, 1/2, 1/4, 1/8]
    >>> figure = code_swap(bob, alice, names=["dog", "cat", "horse", "cheetah"])
    >>> for panel in figure.axes[1:3]:
    ...     print(panel.get_title("left"))
    Bob speaks, in Alice’s code
    2.3750 bits = 1.7500 + 0.6250
    Alice speaks, in Bob’s code
    2.2500 bits = 1.7500 + 0.5000
    """
    rows, words = _two_distributions(p, q, names, speakers)
    prices = [np.asarray(surprisal(row, unit=unit)) for row in rows]
    spoken = [price[row > 0] for row, price in product(rows, prices)]

    figure = blank_figure(720, 600)
    figure.suptitle(
        "A foreign code costs extra (shaded) and saves a little (hatched)", x=0.01, ha="left"
    )
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    top = 1.1 * max(1, *(lengths.max() for lengths in spoken))
    panels[0, 0].set(xlim=(0, 1), xticks=[0, 0.5, 1], ylim=(0, top))
    written: list[tuple[Text, float, float]] = []
    for row, column in product(range(2), repeat=2):
        axes = panels[row, column]
        written += _speech(axes, rows[row], prices[row], prices[column], words)
        mean = float(cross_entropy(rows[row], rows[column], unit=unit))
        extra = float(kl_divergence(rows[row], rows[column], unit=unit))
        title = f"{speakers[row]} speaks, in {speakers[column]}’s code\n{mean:.4f} {unit}"
        axes.set_title(title + (f" = {mean - extra:.4f} + {extra:.4f}" if row != column else ""))
        _mean_bar(axes, mean - extra, extra)
    for axes in panels[:, 0]:
        axes.set_ylabel(f"length of the word ({unit})")
    for axes in panels[1]:
        axes.set_xlabel("probability of the word")
    figure.draw_without_rendering()
    for text, width, height in written:
        _fit(text, width, height)
    return figure


@figure_function
def floor_and_overcharge(
    p: ArrayLike,
    q: ArrayLike,
    *,
    reach: tuple[float, float] = (-0.2, 1.8),
    speakers: Sequence[str] = ("Bob", "Alice"),
    unit: str = "bits",
) -> DescribedFigure:
    """Draw the cross-entropy while the code moves from `q` to `p` and beyond.

    The code at place t is made for the distribution q + t (p - q): for `q` at 0, for `p` at 1.
    Each speaker pays the same entropy everywhere, the floor, and on top of it the divergence,
    which is 0 where the code is the speaker's own and nowhere else.

    Parameters
    ----------
    p, q : array_like, (K,)
        The distributions of the first and of the second speaker, different from each other.
    reach : tuple of float
        The first place t of the code, at most 0, and the last, at least 1; at both, every
        probability must be above 0.
    speakers : sequence of two str
        Who speaks `p`, and who speaks `q`.
    unit : {"bits", "nats", "bans"}
        Unit of the lengths.

    Returns
    -------
    DescribedFigure
        A panel for each speaker.

    Raises
    ------
    ValueError
        If `p` and `q` are not two distributions of one shape (K,), if there are not two
        speakers, if the reach leaves out 0 or 1, if a probability is not above 0 at an end of it
        or if `unit` is unknown.

    Examples
    --------
    >>> figure = floor_and_overcharge([1/2, 1/4, 1/8, 1/8], [1/8, 1/2, 1/4, 1/8])
    >>> for line in figure.describe().splitlines()[1:]:
    ...     print(line.split(" Horizontal")[0])
    Left: Bob speaks: never below 1.7500 bits.
    Right: Alice speaks: never below 1.7500 bits.
    """
    rows, _ = _two_distributions(p, q, None, speakers)
    if not (reach[0] <= 0 and reach[1] >= 1):
        raise ValueError(
            f"reach is from t = {reach[0]:g} to t = {reach[1]:g}, which leaves out the code of a "
            "speaker; begin at 0 or before, and end at 1 or after."
        )
    places = np.unique(np.append(np.linspace(*reach, 401), [0, 1]))
    codes = rows[1] + places[:, np.newaxis] * (rows[0] - rows[1])
    if codes.min() <= 0:
        raise ValueError(
            f"a probability of the code falls to {codes.min():.4g} between t = {reach[0]:g} and "
            f"t = {reach[1]:g}, where no code is left; choose a smaller reach."
        )
    figure, panels = new_figure(720, 400, 1, 2, sharex=True, sharey=True)
    figure.suptitle("The code can be improved down to the floor, and no further", x=0.01, ha="left")
    for axes, truth, speaker in zip(panels, rows, speakers, strict=True):
        paid = np.asarray(cross_entropy(np.tile(truth, (len(codes), 1)), codes, unit=unit))
        floor = entropy(truth, unit=unit)
        axes.fill_between(places, floor, paid, color=LOSS, alpha=0.35, lw=0)
        axes.fill_between(places, 0, floor, color=TRUTH, lw=0)
        axes.plot(places, paid, color=LOSS, label="cross-entropy, floor + KL")
        axes.axhline(floor, color=TRUTH, lw=1, label="floor, the entropy")
        axes.text(sum(reach) / 2, floor / 5, "paid in any code", color="white", ha="center")
        axes.set_title(f"{speaker} speaks: never below {floor:.4f} {unit}")
        axes.set_xlabel("place of the code, t")
        for place, owner in ((0, speakers[1]), (1, speakers[0])):
            at_place = paid[places == place][0]
            words = f"{owner}’s code:\n{at_place:.4f} {unit}"
            _marked(axes, place, at_place, words, own=owner == speaker)
    dearest = max(cross_entropy(*rows, unit=unit), cross_entropy(*rows[::-1], unit=unit))
    top = max(panels[0].get_ylim()[1], dearest / HEADROOM)
    panels[0].set(xlim=reach, ylim=(0, top), ylabel=f"mean length ({unit})")
    return figure


def _two_distributions(
    p: ArrayLike, q: ArrayLike, names: Sequence[str] | None, speakers: Sequence[str]
) -> tuple[list[Floats], list[str]]:
    rows = [np.asarray(p, float), np.asarray(q, float)]
    if rows[0].ndim != 1:
        raise ValueError(
            f"two distributions are drawn, each of shape (K,); got shape {rows[0].shape}. "
            "Pass one row of each, for example p[0] and q[0]."
        )
    if math.inf in (cross_entropy(*rows), cross_entropy(*rows[::-1])):
        raise ValueError(
            "a cross-entropy is infinite, because one of the two can say a word for which the "
            "other's code has no room; give that word a probability above 0 in both."
        )
    words = [f"word {k}" for k in range(len(rows[0]))] if names is None else list(names)
    if len(words) != len(rows[0]):
        raise ValueError(f"names has {len(words)} entries for {len(rows[0])} words; name each one.")
    if len(speakers) != 2:
        raise ValueError(f"speakers has {len(speakers)} entries; name the two of them.")
    return rows, words


def _speech(
    axes: Axes, truth: Floats, own: Floats, used: Floats, names: Sequence[str]
) -> list[tuple[Text, float, float]]:
    """Draw the words of one speaker; return what is written, with the room that each has."""
    written = []
    lefts = np.cumsum(truth) - truth
    for left, width, mine, length, name in zip(lefts, truth, own, used, names, strict=True):
        if not width:
            continue
        low, high = sorted([mine, length])
        whole = Rectangle((left, 0), width, length, fill=False, lw=0, label=name)
        axes.add_patch(whole)
        axes.add_patch(Rectangle((left, 0), width, low, fc=TRUTH, ec="white", lw=0.8))
        if high - low > SLIVER:
            change = width * (length - mine)
            axes.add_patch(_difference(left, width, low, high, name, added=change > 0))
            amount = f"{change:+.3g}".replace("-", "−")
            colour = "white" if change > 0 else INK
            text = _inside(axes, left + width / 2, (low + high) / 2, amount, color=colour)
            written.append((text, width, high - low))
        axes.plot([left, left + width], [length, length], color=MODEL, solid_capstyle="butt")
        word = _inside(axes, left + width / 2, low / 2, name, color="white")
        written.append((word, width, low))
    return written


def _difference(
    left: float, width: float, low: float, high: float, name: str, added: bool
) -> Rectangle:
    """Shade what a word costs more than in its own code, or hatch what it costs less."""
    look: dict[str, Any] = {"fc": LOSS, "ec": "white"}
    if not added:
        look = {"fc": LOSS_TINT, "ec": TRUTH, "hatch": "///", "ls": ":"}
    label = f"extra for {name}" if added else f"saved on {name}"
    return Rectangle((left, low), width, high - low, lw=0.8, label=label, **look)


def _inside(axes: Axes, x: float, y: float, words: str, color: str) -> Text:
    box = {"fc": "white", "ec": "none", "pad": 0.6} if color == INK else None
    return axes.text(
        x, y, words, color=color, ha="center", va="center", size=8.5, bbox=box, in_layout=False
    )


def _fit(text: Text, width: float, height: float) -> None:
    """Turn a text upright where its rectangle is narrow; take it away where there is no room."""
    assert text.axes is not None
    corners = text.axes.transData.transform([(0, 0), (width, height)])
    across, up = corners[1] - corners[0]
    box = text.get_window_extent()
    if box.width + 4 <= across and box.height <= up:
        return
    text.set_rotation(90)
    text.set_visible(bool(box.height <= across and box.width + 4 <= up))


def _mean_bar(axes: Axes, floor: float, extra: float) -> None:
    """Stand the mean length beside the words: as high as their area, which is 1 wide."""
    left, width = MEAN
    beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "lw": 0, "clip_on": False}
    axes.add_patch(Rectangle((left, 0), width, floor, color=TRUTH, **beside))
    axes.add_patch(Rectangle((left, floor), width, extra, color=LOSS, **beside))
    middle = left + width / 2
    written: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "textcoords": "offset points",
        "ha": "center",
        "size": 9,
    }
    axes.annotate("mean", (middle, 0), xytext=(0, -7), va="top", **written)
    mean = floor + extra
    axes.annotate(f"{mean:.4g}", (middle, mean), xytext=(0, 3), weight="bold", **written)


def _marked(axes: Axes, place: float, paid: float, words: str, own: bool) -> None:
    """Mark a code; the words stand in the floor or, for a foreign code, clear of the curve."""
    axes.plot(place, paid, "o", ms=7, **POINT, label=words, clip_on=False)
    outwards = "left" if place == 0 else "right"
    axes.annotate(
        words,
        (place, paid),
        xytext=(0, -9 if own else 9),
        textcoords="offset points",
        va="top" if own else "bottom",
        ha="center" if own and place else outwards,
        color="white" if own else INK,
        size=8.5,
    )
