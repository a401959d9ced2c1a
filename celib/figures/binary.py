"""Pictures of binary cross-entropy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib._inputs import checked_logits, number, numbers
from celib.binary import binary_cross_entropy, binary_cross_entropy_from_logits
from celib.gradients import value_and_gradient
from celib.logits import sigmoid

from .described import DescribedFigure, figure_function, new_figure
from .style import INK, LOSS, ON_TOP, POINT, QUIET

__all__ = ["Prices", "log_loss_graph", "once_or_twice", "prices"]

BITS_PER_NAT = binary_cross_entropy(1, np.exp(-1), unit="bits")
FARTHEST = 6.0  # from 0 that a logit may be marked
# On a curve of y = 1, labels stand beside its steep part, above its middle, and on masts where it
# runs low and the other curve leaves no room.
STEEP_TO, LOW_FROM = 0.3, 0.7
TANGENT = 0.075  # half the length of a tangent, in widths of the panel
ASPECT = 0.56  # height of the panel by its width
ON_GRID = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85}
STYLES: dict[int, Any] = {1: "-", 0: (0, (4, 2))}
KINDS = {1: "solid", 0: "dashed"}
ALL_LOGITS = np.linspace(-FARTHEST, FARTHEST, 241)
Floats = NDArray[np.float64]


class Prices(NamedTuple):
    """What one truth costs at each logit, and how fast that changes with the logit.

    Attributes
    ----------
    losses : ndarray
        In nats.
    slopes : ndarray
        Their derivatives by the logit, in nats per unit of logit.
    """

    losses: Floats
    slopes: Floats


def prices(target: float, logits: ArrayLike, *, twice: bool = False) -> Prices:
    """Return the loss of each logit for one truth, and its slope.

    Parameters
    ----------
    target : float
        y in [0, 1]: what is true at every logit.
    logits : array_like, any shape
        z, the log-odds of the positive class.
    twice : bool
        Make a common mistake: give sigmoid(z) to a loss that applies the sigmoid itself. The
        slope is still that by z, since z is what training moves.

    Returns
    -------
    Prices
        Losses and slopes, of the shape of `logits`.

    Raises
    ------
    ValueError, TypeError
        As `celib.binary_cross_entropy_from_logits`.

    Examples
    --------
    >>> for twice in False, True:
    ...     loss, slope = prices(1, -3, twice=twice)
    ...     print(f"{loss:.4f} nats, slope {slope:.4f} nats per unit of logit")
    3.0486 nats, slope -0.9526 nats per unit of logit
    0.6697 nats, slope -0.0221 nats per unit of logit
    """
    z = checked_logits("logits", numbers("logits", logits)).astype(float)
    y = np.full(z.shape, target)
    # the chain rule: how fast what the loss is given changes with z
    given, rate = (sigmoid(z), sigmoid(z) * sigmoid(-z)) if twice else (z, 1.0)
    losses = binary_cross_entropy_from_logits(y, given, reduction="none")
    _, by_given = value_and_gradient(binary_cross_entropy_from_logits, y, given, reduction="sum")
    return Prices(np.asarray(losses), np.asarray(by_given * rate))


@figure_function
def log_loss_graph(probs: ArrayLike, *, name: str = "y") -> DescribedFigure:
    """Draw what a probability costs if the answer is yes, and if it is no, with slopes.

    Parameters
    ----------
    probs : array_like, (N,)
        Probabilities of yes to mark on the curve of yes, above 0 and up to 1. Their labels keep
        apart if they are few and spread out.
    name : str
        Name of the truth, which is 1 for yes and 0 for no.

    Returns
    -------
    DescribedFigure
        The curves -log p and -log(1 - p), in nats on the left and in bits on the right; at each
        marked point the tangent, whose slope is -1/p nats per unit of p.

    Raises
    ------
    ValueError
        If a probability is 0, whose loss is infinite, or is none.

    Examples
    --------
    >>> figure = log_loss_graph([0.012, 1], name="isDog")
    >>> figure.describe().splitlines()[0]
    'One probability, two prices: the truth decides which curve is paid.'
    """
    p = np.atleast_1d(numbers("probs", probs)).astype(float)
    losses = np.asarray(binary_cross_entropy(np.ones_like(p), p, reduction="none"))
    if np.isinf(losses).any():
        raise ValueError(
            "a probability of 0 has an infinite loss if the answer is yes, which no curve can "
            f"show. Mark probabilities above 0; got {p.tolist()}."
        )
    figure, axes = new_figure(720, 460)
    title = "One probability, two prices: the truth decides which curve is paid"
    figure.suptitle(title, x=0.01, ha="left")
    top = max(5.0, 1.1 * losses.max())
    axes.set(xlim=(0, 1), ylim=(0, top), ylabel="loss (nats)")
    axes.set_xlabel(f"model's probability of {name} = 1, p")
    axes.set_title("slopes in nats per unit of p", weight="normal", loc="right", color=QUIET)
    axes.grid(True)
    _branches(axes, name, top)
    for place, loss, height in zip(p, losses, _label_heights(p, losses, top), strict=True):
        _tangent(axes, place, loss, -1 / place, top)
        _mark(axes, place, loss, height)
    second = axes.secondary_yaxis(
        "right", functions=(lambda nats: nats * BITS_PER_NAT, lambda bits: bits / BITS_PER_NAT)
    )
    second.set_ylabel("loss (bits)")
    return figure


@figure_function
def once_or_twice(logit: float) -> DescribedFigure:
    """Draw both losses and their slopes against the logit, with one sigmoid and with two.

    Parameters
    ----------
    logit : float
        z, a logit to mark on every curve, from -6 to 6.

    Returns
    -------
    DescribedFigure
        Four panels: above the losses and below their slopes, on the left as they are meant, on
        the right where a sigmoid was applied before a loss that applies it itself.

    Raises
    ------
    ValueError
        If `logit` is outside its range.

    Examples
    --------
    >>> figure = once_or_twice(1.3)
    >>> figure.describe().splitlines()[0]
    'A second sigmoid flattens the losses and weakens the pushes. Four panels.'
    """
    z = number("logit", logit, lambda z: abs(z) <= FARTHEST, "from -6 to 6")
    figure, panels = new_figure(720, 560, nrows=2, ncols=2, sharex=True, sharey="row")
    title = "A second sigmoid flattens the losses and weakens the pushes"
    figure.suptitle(title, x=0.01, ha="left")
    for column, twice in enumerate((False, True)):
        losses, slopes = panels[:, column]
        losses.set_title("sigmoid twice, by mistake" if twice else "sigmoid once, as meant")
        slopes.set_xlabel("logit, z")
        curves = {y: prices(y, ALL_LOGITS, twice=twice) for y in (1, 0)}
        here = {y: prices(y, z, twice=twice) for y in (1, 0)}
        _against_logit(losses, {y: curves[y].losses for y in curves})
        _against_logit(slopes, {y: curves[y].slopes for y in curves})
        _reading(losses, z, {y: here[y].losses for y in here}, "{:.4f} nats", (0.5, "center"))
        _reading(slopes, z, {y: here[y].slopes for y in here}, "{:+.4f}", (0.03, "left"))
    panels[0, 0].set(ylabel="loss (nats)", ylim=(0, 6.2), xlim=(-FARTHEST, FARTHEST))
    panels[1, 0].set(ylabel="slope (nats per unit of z)", ylim=(-1.15, 1.45))
    for axes in panels.flat:
        axes.grid(True)
    for axes in panels[1]:
        axes.axhline(0, color=INK, lw=0.8)
    return figure


def _branches(axes: Axes, name: str, top: float) -> None:
    """Draw the two curves, each as far as the picture is high, and name them."""
    yes = np.linspace(np.exp(-top), 1, 801)
    for y, xs, words, where, align in (
        (1, yes, "−ln p\nslope −1/p", (0.05, 0.73), "left"),
        (0, 1 - yes[::-1], "−ln(1 − p)\nslope 1/(1 − p)", (0.95, 0.73), "right"),
    ):
        losses = binary_cross_entropy(np.full_like(xs, y), xs, reduction="none")
        axes.plot(xs, losses, color=LOSS, ls=STYLES[y], label=f"{name} = {y}")
        axes.text(
            *where,
            f"{name} = {y}: {words}",
            transform=axes.transAxes,
            ha=align,
            va="center",
            color=LOSS,
            weight="bold",
            bbox=ON_GRID,
        )


def _label_heights(p: Floats, losses: Floats, top: float) -> Floats:
    """Find a height for each label: beside its point, or on a mast above the low part."""
    heights = losses.copy()
    taken = {"middle": 0.3 * top, "low": 0.12 * top}
    for i in np.argsort(-p):
        if p[i] > STEEP_TO:
            part = "low" if p[i] >= LOW_FROM else "middle"
            heights[i] = taken[part]
            taken[part] += 0.07 * top
    return heights


def _mark(axes: Axes, p: float, loss: float, height: float) -> None:
    slope = f"{-1 / p:.4g}".replace("-", "−")
    words = f"p = {p:.4g}: {loss:.4f} nats, slope {slope}"
    axes.plot([p], [loss], "o", ms=7, **POINT, label=words, clip_on=False)
    if p <= STEEP_TO:
        axes.annotate(
            words, (p, loss), xytext=(11, 2), textcoords="offset points", size=9, bbox=ON_GRID
        )
        return
    align = "right" if p >= LOW_FROM else "center"
    axes.plot([p, p], [loss, height], color=INK, lw=0.8)
    axes.text(p, height, words, ha=align, size=9, bbox=ON_GRID)


def _tangent(axes: Axes, p: float, loss: float, slope: float, top: float) -> None:
    """Draw a piece of the tangent, equally long on the page at every slope."""
    half = TANGENT / np.hypot(1, slope * ASPECT / top)
    xs = np.array([p - half, min(p + half, 1)])
    axes.plot(
        xs, loss + slope * (xs - p), color=INK, lw=1.2, label=f"tangent at p = {p:.4g}", zorder=3
    )


def _against_logit(axes: Axes, curves: Mapping[int, Floats]) -> None:
    for y, values in curves.items():
        axes.plot(ALL_LOGITS, values, color=LOSS, ls=STYLES[y], label=f"y = {y}")


def _reading(
    axes: Axes, z: float, values: Mapping[int, Floats], form: str, where: tuple[float, str]
) -> None:
    """Mark one logit on both curves, and write its two values where no curve runs."""
    axes.axvline(z, color=QUIET, lw=0.9, ls=":")
    for y, value in values.items():
        axes.plot(
            [z],
            [value],
            "o",
            ms=7,
            color=INK,
            mec="white",
            label=f"y = {y}",
            clip_on=False,
            zorder=ON_TOP,
        )
    amounts = [f"y = {y} ({KINDS[y]}): {form.format(values[y])}" for y in values]
    place, align = where
    axes.text(
        place,
        0.97,
        (f"at z = {z:.4g}:\n" + ",\n".join(amounts)).replace("-", "−"),
        transform=axes.transAxes,
        ha=align,
        va="top",
        size=9,
        bbox=ON_GRID,
    )
