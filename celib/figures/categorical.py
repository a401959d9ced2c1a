"""Pictures of categorical cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike, NDArray

from celib.categorical import categorical_cross_entropy
from celib.information import surprisal
from celib.logits import one_hot

from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .labels import spread
from .style import INK, LOSS, LOSS_TINT, MODEL, ON_TOP, POINT, QUIET, TRUTH

__all__ = ["loss_curve", "one_column"]

# what an event costs in bits that costs 1 nat
BITS_PER_NAT = surprisal(np.exp(-1), unit="bits")
MAST_FROM = 0.7  # beyond it the curve leaves no room for a label beside its point
ON_GRID = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85}
PITCH = 1.25  # from column to column, so that a column of width 1 has air beside it
Floats = NDArray[np.float64]


@figure_function
def one_column(
    targets: ArrayLike, probs: ArrayLike, *, names: Sequence[str] | None = None
) -> DescribedFigure:
    """Draw the loss of one example as a ledger with a column for each class.

    Every class has a price, -log p, and is charged it y times: the loss is the area of
    rectangles y wide and -log p high. With a hard label one column alone has a width. The price
    is read off the curve of -log p beside them, in nats on the left and in bits on the right.

    Parameters
    ----------
    targets : int or array_like, (K,)
        The true class, or a distribution over the classes.
    probs : array_like, (K,)
        The model's probabilities; those of classes that are charged must be above 0.
    names : sequence of str, optional
        Names of the K classes.

    Returns
    -------
    DescribedFigure
        The picture.

    Raises
    ------
    ValueError
        If `targets` and `probs` are not one example, if there is not one name a class, or if
        the loss is infinite.

    Examples
    --------
    >>> animals = ["dog", "cat", "horse", "cheetah"]
    >>> figure = one_column([1, 0, 0, 0], [0.775, 0.116, 0.039, 0.070], names=animals)
    >>> figure.describe().splitlines()[0]
    'Only the true class pays: 0.2549 nats = 0.3677 bits. Five panels.'
    """
    y, p, classes = _one_example(targets, probs, names)
    prices = np.asarray(surprisal(p))
    in_nats = categorical_cross_entropy(y, p)
    in_bits = categorical_cross_entropy(y, p, unit="bits")

    figure = blank_figure(720, 580)
    figure.set_layout_engine("constrained", h_pad=0.03, hspace=0, wspace=0)
    who = "Only the true class pays" if np.any(y == 1) else "Each class pays its share of its price"
    figure.suptitle(f"{who}: {in_nats:.4f} nats = {in_bits:.4f} bits", x=0.01, ha="left")
    grid = figure.add_gridspec(3, 2, height_ratios=[1, 1, 3.4], width_ratios=[1.35, 1])
    truth = figure.add_subplot(grid[0, 0])
    model = figure.add_subplot(grid[1, 0], sharex=truth)
    price = figure.add_subplot(grid[2, 0], sharex=truth)
    curve = figure.add_subplot(grid[2, 1], sharey=price)
    ledger = figure.add_subplot(grid[:2, 1])

    _probability_row(truth, y, TRUTH, "truth y")
    _probability_row(model, p, MODEL, "model p")
    _columns(price, y, prices, classes)
    _price_curve(curve, y, p, prices, classes)
    _ledger(ledger, y, prices, classes, [f"{in_nats:.4f} nats", f"{in_bits:.4f} bits"])
    _guides(figure, price, curve, y, p, prices)
    for axes in (truth, model, price):
        for k in np.flatnonzero(y):
            axes.axvspan(*(PITCH * k + np.array([-0.6, 0.6])), color=LOSS_TINT, lw=0, zorder=0)
    truth.tick_params(labeltop=True)
    return figure


@figure_function
def loss_curve(probs_true: ArrayLike, *, names: Sequence[str] | None = None) -> DescribedFigure:
    """Draw the loss against the probability given to the true class, and mark some of them.

    Parameters
    ----------
    probs_true : array_like, (N,)
        Probabilities of the true class to mark, above 0 and up to 1.
    names : sequence of str, optional
        What each of them is; written before its numbers.

    Returns
    -------
    DescribedFigure
        The curve -log p, in nats on the left and in bits on the right.

    Raises
    ------
    ValueError
        If a probability is 0, whose loss is infinite, or is none, or if there is not one name
        for each.

    Examples
    --------
    >>> figure = loss_curve([0.936, 0.938], names=["consistent", "printed"])
    >>> figure.describe().splitlines()[0]
    'The surer of the true class, the smaller the loss.'
    """
    p = np.atleast_1d(np.asarray(probs_true, float))
    in_nats, in_bits = np.asarray(surprisal(p)), np.asarray(surprisal(p, unit="bits"))
    if np.isinf(in_nats).any():
        raise ValueError(
            "a probability of 0 has an infinite loss, which no curve can show. "
            f"Mark probabilities above 0; got {p.tolist()}."
        )
    titles = [""] * len(p) if names is None else [f"{name}, " for name in names]
    if len(titles) != len(p):
        raise ValueError(
            f"names has {len(titles)} entries for {len(p)} probabilities. Give each one a name."
        )

    figure, axes = new_figure(700, 430)
    figure.suptitle("The surer of the true class, the smaller the loss", x=0.01, ha="left")
    top = max(4, 1.1 * in_nats.max())
    ps = np.linspace(np.exp(-top), 1, 401)
    axes.plot(ps, surprisal(ps), color=LOSS, label="loss, −log p")
    axes.set(xlim=(0, 1), ylim=(0, top), ylabel="loss (nats)")
    axes.set_xlabel("model's probability of the true class, p")
    axes.grid(True)
    _bits_axis(axes, "loss (bits)")
    heights = _flag_heights(p, in_nats, top)
    for title, *place, height, bits in zip(titles, p, in_nats, heights, in_bits, strict=True):
        words = f"{title}p = {place[0]:.4g}:\n{place[1]:.4f} nats = {bits:.4f} bits"
        _flag(axes, (place[0], place[1]), height, words)
    return figure


def _flag_heights(p: Floats, in_nats: Floats, top: float) -> Floats:
    """Find a height for each label such that no two lie over one another.

    A small probability has its label beside its point, or on a mast above it where another label
    stands there. Where the curve lies low there is no room beside it: there each label flies from
    a mast, the larger the probability the higher.
    """
    heights, beside = in_nats.copy(), p < MAST_FROM
    heights[beside] = spread(in_nats[beside], 0.14 * top)
    taken = list(heights[beside])
    height = 0.3 * top
    for i in np.argsort(p, kind="stable"):
        if p[i] >= MAST_FROM:
            while any(abs(height - other) < 0.14 * top for other in taken):
                height += 0.01 * top
            heights[i] = height
            taken.append(height)
    return heights


def _flag(axes: Axes, place: tuple[float, float], height: float, words: str) -> None:
    axes.plot(*place, "o", ms=7, **POINT, label=words, clip_on=False)
    if height > place[1]:
        axes.plot([place[0]] * 2, [place[1], height], color=INK, lw=0.8, zorder=ON_TOP)
    offset = (0, 0) if place[0] >= MAST_FROM else (9, 3)
    side = "right" if place[0] >= MAST_FROM else "left"
    axes.annotate(
        words,
        (place[0], height),
        xytext=offset,
        textcoords="offset points",
        annotation_clip=False,
        ha=side,
        size=9,
        bbox=ON_GRID,
        zorder=ON_TOP + 1,
    )


def _one_example(
    targets: ArrayLike, probs: ArrayLike, names: Sequence[str] | None
) -> tuple[Floats, Floats, list[str]]:
    p = np.asarray(probs, float)
    if p.ndim != 1:
        raise ValueError(
            f"one_column draws one example, with probs of shape (K,); got shape {p.shape}. "
            "Pass one row, for example probs[0]."
        )
    classes = [f"class {k}" for k in range(len(p))] if names is None else list(names)
    if len(classes) != len(p):
        raise ValueError(
            f"names has {len(classes)} entries for {len(p)} classes. Give each class one name."
        )
    loss = categorical_cross_entropy(targets, p)
    if np.isinf(loss):
        raise ValueError(
            "the loss is infinite, because a class that happened has probability 0, and no column "
            "is tall enough for it. Give that class a probability above 0."
        )
    y = np.asarray(targets, float)
    return (one_hot(int(y), len(p)) if y.ndim == 0 else y), p, classes


def _probability_row(axes: Axes, values: Floats, colour: str, name: str) -> None:
    bars = axes.bar(PITCH * np.arange(len(values)), values, width=1, color=colour, label=name)
    axes.bar_label(bars, [f"{value:.3f}" if value % 1 else f"{value:g}" for value in values])
    axes.set_ylabel(name, rotation=0, ha="right", va="center")
    axes.set(ylim=(0, 1.35), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)


def _columns(axes: Axes, y: Floats, prices: Floats, classes: list[str]) -> None:
    """Draw each class's price as a hollow column, and fill the y-th part of its width."""
    top = 1.15 * max(1, prices[np.isfinite(prices)].max())
    for k, (share, price) in enumerate(zip(y, prices, strict=True)):
        middle, height = PITCH * k, min(price, top)
        colour = LOSS if share else QUIET
        axes.add_patch(Rectangle((middle - 0.5, 0), 1, height, fill=False, ec=QUIET, ls=":"))
        axes.add_patch(
            Rectangle((middle - share / 2, 0), share, height, color=colour, label=classes[k])
        )
        axes.annotate(
            _price(price),
            (middle, height),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=colour,
            size=8.5,
        )
    axes.set(xlim=(-0.7, PITCH * len(y) - 0.55), ylim=(0, top), ylabel="price, −log p (nats)")
    axes.set_xticks(PITCH * np.arange(len(y)), classes)
    axes.tick_params(bottom=False)


def _price_curve(axes: Axes, y: Floats, p: Floats, prices: Floats, classes: list[str]) -> None:
    ps = np.linspace(np.exp(-axes.get_ylim()[1]), 1, 401)
    axes.plot(ps, surprisal(ps), color=INK, lw=1.5, label="−log p")
    for share, place, price, name in zip(y, p, prices, classes, strict=True):
        if np.isinf(price):
            continue
        colour = LOSS if share else QUIET
        fill = colour if share else "white"
        axes.plot([place], [price], "o", ms=7, mec=colour, mfc=fill, label=name, clip_on=False)
        axes.annotate(name, (place, price), xytext=(8, 4), textcoords="offset points", color=colour)
    axes.set(xlim=(0, 1), xlabel="model's probability, p")
    axes.tick_params(left=False, labelleft=False)
    axes.spines["left"].set_visible(False)
    _bits_axis(axes, "price, −log p (bits)")


def _bits_axis(axes: Axes, label: str) -> None:
    to_bits, to_nats = partial(np.multiply, BITS_PER_NAT), partial(np.multiply, 1 / BITS_PER_NAT)
    second = axes.secondary_yaxis("right", functions=(to_bits, to_nats))
    second.set_ylabel(label)


def _guides(
    figure: DescribedFigure, columns: Axes, curve: Axes, y: Floats, p: Floats, prices: Floats
) -> None:
    """Lead the eye from the top of each column to its point on the curve."""
    for k in np.flatnonzero(p):
        figure.add_artist(
            ConnectionPatch(
                (PITCH * k + 0.5, prices[k]),
                (p[k], prices[k]),
                columns.transData,
                curve.transData,
                color=LOSS if y[k] else QUIET,
                ls=":",
                lw=0.9,
                shrinkB=4,
            )
        )


def _ledger(axes: Axes, y: Floats, prices: Floats, classes: list[str], sums: Sequence[str]) -> None:
    """Write the sum out, a line for each class."""
    axes.set_axis_off()
    axes.set_title("y × (−log p), added up")
    shares = [f"{share:.4g}" for share in y]
    lines = [
        f"{name:{max(map(len, classes))}}  {share:>{max(map(len, shares))}} × {_price(price):>11}"
        f" = {_price(amount)}"
        for name, share, price, amount in zip(
            classes, shares, prices, _charges(y, prices), strict=True
        )
    ]
    lines += [f"{'= ' + total:>{len(lines[0])}}" for total in sums]
    colours = [INK if share else QUIET for share in y] + [LOSS] * len(sums)
    for i, (line, colour) in enumerate(zip(lines, colours, strict=True)):
        axes.text(
            0,
            1 - (i + 0.5) / (len(lines) + 0.5),
            line,
            color=colour,
            family="DejaVu Sans Mono",
            size=8.5,
            va="center",
            weight="bold" if colour == LOSS else "normal",
        )


def _charges(y: Floats, prices: Floats) -> Floats:
    """Multiply as the loss does: a class that is not charged costs nothing at any price."""
    return np.array([share * price if share else 0 for share, price in zip(y, prices, strict=True)])


def _price(nats: float) -> str:
    return "∞ nats" if np.isinf(nats) else f"{nats:.4f} nats"
