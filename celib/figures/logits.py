"""Pictures of logits and the softmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib._inputs import numbers
from celib.information import entropy
from celib.logits import logsumexp, softmax

from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .labels import spread
from .style import FAINT, INK, MODEL, POINT, QUIET

__all__ = ["logits_to_probabilities", "slice_of_exp", "temperatures"]

BITS_PER_NAT = 1 / np.log(2)
LARGEST_EXPONENT = 700.0  # e to this is near the largest float64; no axis goes further
NAME_GAP = 0.09  # of the width of a panel: what the longest of the four animals takes
SHARE_GAP = 0.105  # of the height of a stack: a line of type
COLDEST, HOTTEST = 0.02, 100.0
WORDS_WIDTH = 0.27  # of the panel of the entropy: what a temperature and its entropy take
GROUP_GAP = 0.5  # of a bar, between the bars of one temperature and the next
Floats = NDArray[np.float64]


@figure_function
def logits_to_probabilities(
    logits: ArrayLike, *, names: Sequence[str] | None = None
) -> DescribedFigure:
    """Draw the two steps of a softmax: exponentiate, then divide by the sum.

    Parameters
    ----------
    logits : array_like, (K,)
        Any finite numbers.
    names : sequence of str, optional
        Names of the K classes.

    Returns
    -------
    DescribedFigure
        Three panels: the logits, their exponentials, the probabilities.

    Raises
    ------
    ValueError
        If `logits` is not one row of finite numbers or there is not one name a class.

    Examples
    --------
    >>> figure = logits_to_probabilities([3.2, 1.3, 0.2, 0.8])
    >>> figure.describe().splitlines()[0]
    'Softmax: exponentiate, then divide by the sum, 31.65. Three panels.'
    """
    z, classes = _one_row(logits, names)
    exponentials = np.exp(z)
    figure, panels = new_figure(720, 250, ncols=3, sharey=True)
    total = f"{exponentials.sum():.4g}"
    figure.suptitle(f"Softmax: exponentiate, then divide by the sum, {total}", x=0.01, ha="left")
    _bars(panels[0], z, classes, "logit, z", "any real numbers", "{:.4g}", QUIET)
    _bars(panels[1], exponentials, classes, "$e^z$", "all above 0", "{:.4g}", QUIET)
    _bars(panels[2], softmax(z), classes, "probability, p", f"÷ {total}: sum 1", "{:.3f}", MODEL)
    panels[0].invert_yaxis()
    return figure


@figure_function
def slice_of_exp(
    logits: ArrayLike,
    *,
    shift: float = 2.0,
    temperature: float = 0.5,
    names: Sequence[str] | None = None,
) -> DescribedFigure:
    """Draw logits as points on the curve of exp: as they are, shifted, and divided.

    The vertical axis of each row ends at the sum of the exponentials, so that the height of a
    point, measured against its axis, is its probability. A shift slides the points along the
    curve and multiplies the axis with them; a temperature moves them apart or together.

    Parameters
    ----------
    logits : array_like, (K,)
        Any finite numbers.
    shift : float
        What the second row adds to every logit.
    temperature : float
        T > 0: what the third row divides every logit by.
    names : sequence of str, optional
        Names of the K classes.

    Returns
    -------
    DescribedFigure
        Three rows: on the left the points on the curve, on the right the same heights stacked.

    Raises
    ------
    ValueError
        If `logits` is not one row of finite numbers, if there is not one name a class, if
        `temperature` is not positive, or if an exponential is too large to draw.

    Examples
    --------
    >>> figure = slice_of_exp([3.2, 1.3, 0.2, 0.8], names=["dog", "cat", "horse", "cheetah"])
    >>> figure.describe().splitlines()[0]
    'A shift leaves every share as it is; a factor does not. Six panels.'
    """
    z, classes = _one_row(logits, names)
    rows = [
        (z, "as they are", softmax(z)),
        (z + shift, f"{shift:+g} on every logit".replace("-", "−"), softmax(z + shift)),
        (
            z / temperature,
            f"every logit divided by {temperature:g}",
            softmax(z, temperature=temperature),
        ),
    ]
    if max(u.max() for u, _, _ in rows) > LARGEST_EXPONENT:
        raise ValueError(
            f"an exponent is above {LARGEST_EXPONENT:g}, and no axis is long enough for it. "
            "Draw smaller logits, a smaller shift or a higher temperature."
        )
    figure = blank_figure(720, 620)
    figure.suptitle("A shift leaves every share as it is; a factor does not", x=0.01, ha="left")
    grid = figure.add_gridspec(3, 2, width_ratios=[5, 1])
    curves = [figure.add_subplot(grid[0, 0])]
    curves += [figure.add_subplot(grid[row, 0], sharex=curves[0]) for row in (1, 2)]
    stacks = [figure.add_subplot(grid[row, 1]) for row in range(3)]
    places = np.concatenate([u for u, _, _ in rows])
    margin = 0.07 * np.ptp(places) + 0.1
    curves[0].set_xlim(places.min() - margin, places.max() + margin)
    for curve, stack, (u, title, p) in zip(curves, stacks, rows, strict=True):
        _points_on_exp(curve, u, classes, title)
        _stack(stack, np.asarray(p), classes)
    curves[-1].set_xlabel("exponent, z")
    return figure


@figure_function
def temperatures(
    logits: ArrayLike,
    temperature: ArrayLike,
    *,
    names: Sequence[str] | None = None,
) -> DescribedFigure:
    """Draw the softmax of the same logits at several temperatures, and its entropy at all.

    Parameters
    ----------
    logits : array_like, (K,)
        Any finite numbers.
    temperature : array_like, (N,)
        T > 0, some temperatures to show.
    names : sequence of str, optional
        Names of the K classes.

    Returns
    -------
    DescribedFigure
        A panel of probabilities for each temperature, and under them the entropy, in nats on the
        left and in bits on the right, against the temperature.

    Raises
    ------
    ValueError
        If `logits` is not one row of finite numbers, if there is not one name a class, or if
        there is no temperature or one that is not positive.

    Examples
    --------
    >>> figure = temperatures([3.2, 1.3, 0.2, 0.8], [0.5, 2])
    >>> figure.describe().splitlines()[0]
    'The hotter, the more even: from 0 nats towards ln 4 = 1.3863 nats. Two panels.'
    """
    z, classes = _one_row(logits, names)
    marked = np.atleast_1d(numbers("temperature", np.asarray(temperature, float)))
    ceiling = np.log(len(z))
    figure = blank_figure(720, 480)
    figure.suptitle(
        f"The hotter, the more even: from 0 nats towards ln {len(z)} = {ceiling:.4f} nats",
        x=0.01,
        ha="left",
    )
    bars, curve = figure.subplots(2, 1, height_ratios=[1, 1.25])
    _groups(bars, marked, z, classes)
    _entropy_curve(curve, z, marked, ceiling)
    return figure


def _one_row(logits: ArrayLike, names: Sequence[str] | None) -> tuple[Floats, list[str]]:
    z = np.asarray(logits, float)
    if z.ndim != 1 or not np.isfinite(z).all():
        raise ValueError(
            f"the picture is of one row of finite logits; got shape {z.shape}"
            f"{'' if np.isfinite(z).all() else ' with entries that are not finite'}. "
            "Pass one row, for example logits[0]."
        )
    classes = [f"class {k}" for k in range(len(z))] if names is None else list(names)
    if len(classes) != len(z):
        raise ValueError(
            f"names has {len(classes)} entries for {len(z)} classes. Give each class one name."
        )
    return z, classes


def _bars(
    axes: Axes,
    values: ArrayLike,
    classes: list[str],
    label: str,
    title: str,
    form: str,
    colour: str,
) -> None:
    bars = axes.barh(classes, values, color=colour, label=label.split(",")[0])
    axes.bar_label(bars, [form.format(value) for value in np.asarray(values)], padding=3)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set(xlabel=label, title=title)
    axes.margins(x=0.28)
    axes.tick_params(left=False)


def _points_on_exp(axes: Axes, u: Floats, classes: list[str], title: str) -> None:
    """Draw the curve up to the sum of the points' heights, where the axis ends."""
    total = float(np.exp(logsumexp(u)))
    heights = np.exp(u)
    left, right = axes.get_xlim()
    grid = np.linspace(left, min(right, np.log(total)), 400)
    axes.plot(grid, np.exp(grid), color=QUIET, lw=1.3, label="exp")
    axes.vlines(u, 0, heights, color=MODEL, lw=1.6)
    axes.plot(u, heights, "o", ms=7, color=MODEL, mec="white", label="exponentials", zorder=3)
    names_at = spread(u, NAME_GAP * (right - left))
    for name, place, here, height in zip(classes, names_at, u, heights, strict=True):
        # where the curve is steep, it would run through a name above its point
        beside = height > total / 3
        axes.annotate(
            name,
            (here if beside else place, height),
            xytext=(-8, -3) if beside else (0, 6),
            textcoords="offset points",
            ha="right" if beside else "center",
            size=8.5,
        )
    axes.set(ylim=(0, total), yticks=[0, total], ylabel="$e^z$")
    axes.set_yticklabels(["0", f"{total:.4g}"])
    axes.set_title(f"{title}: the axis ends at the sum, {total:.4g}")


def _stack(axes: Axes, p: Floats, classes: list[str]) -> None:
    """Stack the shares to a column that is as high as the axis beside it."""
    starts = np.cumsum(p) - p
    middles = starts + p / 2
    words_at = spread(middles, SHARE_GAP, highest=1 - SHARE_GAP / 3)
    for name, start, share, middle, place in zip(
        classes, starts, p, middles, words_at, strict=True
    ):
        axes.bar([0], [share], bottom=[start], width=1, color=MODEL, ec="white", lw=0.8, label=name)
        axes.plot([0.5, 0.8], [middle, place], color=FAINT, lw=0.9)
        axes.text(0.9, place, f"{name} {share:.3f}", va="center", size=8.5)
    axes.set(xlim=(-0.5, 3.2), ylim=(0, 1), yticks=[0, 1])
    axes.set_xticks([0], ["shares"])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("probability, p", labelpad=-4)
    axes.spines["bottom"].set_visible(False)


def _groups(axes: Axes, marked: Floats, z: Floats, classes: list[str]) -> None:
    """Draw the probabilities at each temperature, one group of bars beside the other."""
    count = len(z)
    ticks: list[float] = []
    for group, t in enumerate(marked):
        p = np.asarray(softmax(z, temperature=t))
        places = group * (count + GROUP_GAP) + np.arange(count)
        bars = axes.bar(places, p, color=MODEL, label=f"T = {t:g}")
        axes.bar_label(bars, [f"{share:.3f}" for share in p], size=8.5)
        axes.text(places.mean(), 1.12, f"T = {t:g}", ha="center", weight="bold")
        ticks.extend(places)
    axes.set_xticks(ticks, classes * len(marked), size=7.5)
    axes.set(xlim=(-0.7, ticks[-1] + 0.7), ylim=(0, 1.25), yticks=[0, 0.5, 1])
    axes.set_ylabel("probability, p")
    axes.tick_params(axis="x", length=0)


def _entropy_curve(axes: Axes, z: Floats, marked: Floats, ceiling: float) -> None:
    ts = np.geomspace(min(COLDEST, marked.min()), max(HOTTEST, marked.max()), 301)
    curve = [float(entropy(softmax(z, temperature=t))) for t in ts.tolist()]
    axes.plot(ts, curve, color=INK, lw=1.6, label="entropy of the softmax")
    axes.axhline(ceiling, color=QUIET, ls="--", lw=1, label=f"ln {len(z)}")
    axes.set(xscale="log", xlim=(ts[0], ts[-1]), ylim=(0, 1.12 * ceiling))
    axes.set(xlabel="temperature, T", ylabel="entropy, H (nats)")
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    for t in marked.tolist():
        nats = float(entropy(softmax(z, temperature=t)))
        words = f"T = {t:g}: {nats:.4f} nats"
        axes.plot([t], [nats], "o", ms=7, label=words, clip_on=False, **(POINT | {"color": MODEL}))
        # low on the curve there is room only on its left, and near an end only inwards
        low = nats < ceiling / 10
        across = np.log(t / ts[0]) / np.log(ts[-1] / ts[0])
        axes.annotate(
            words,
            (max(across, WORDS_WIDTH) if low else min(across, 1 - WORDS_WIDTH), nats),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-9, 11) if low else (9, -11),
            textcoords="offset points",
            ha="right" if low else "left",
            va="center",
            size=9,
        )
    second = axes.secondary_yaxis(
        "right", functions=(lambda nats: nats * BITS_PER_NAT, lambda bits: bits / BITS_PER_NAT)
    )
    second.set_ylabel("entropy, H (bits)")
