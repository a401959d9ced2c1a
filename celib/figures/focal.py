"""Pictures of focal loss."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib._inputs import number, numbers
from celib.focal import focal_loss, focal_loss_from_logits
from celib.gradients import value_and_gradient
from celib.logits import logit

from .described import DescribedFigure, figure_function, new_figure
from .description import number as written
from .style import INK, LOSS, LOSS_TINT, POINT

__all__ = [
    "Group",
    "Pull",
    "brief",
    "cumulative_loss",
    "even_at",
    "focal_curves",
    "percent",
    "pull",
    "tug_of_war",
]

LARGEST_GAMMA = 5.0  # of the paper's experiments
FINELY = np.linspace(0, LARGEST_GAMMA, 101)
HIGHEST = 5.0  # nats, as the axis of the paper's figure
MARKED = (0.5, 0.9, 0.968, 0.99)
ROOM_ON_THE_LEFT = 0.5  # of the panel, for the words of a mark
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STYLES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (4, 2, 1, 2)), (0, (2, 1.5)), (0, (1, 1.5)))
Floats = NDArray[np.float64]


class Group(NamedTuple):
    """Examples that are all alike.

    Attributes
    ----------
    size : int
        How many there are.
    p_true : float
        The probability that the model gives the truth of each.
    """

    size: int
    p_true: float


class Pull(NamedTuple):
    """What a group of examples has to say in a total.

    Attributes
    ----------
    loss : float
        The sum of their losses, in nats.
    slope : float
        The sum of the sizes of the slopes, each by its own logit, in nats per unit of logit.
    """

    loss: float
    slope: float


EASY, HARD = Group(100_000, 0.99), Group(100, 0.1)


def pull(group: Group, target: int, *, gamma: float, alpha: float | None = None) -> Pull:
    """Return the total focal loss of a group of like examples, and the total size of its slopes.

    Parameters
    ----------
    group : Group
        The examples.
    target : {0, 1}
        Their class.
    gamma, alpha
        As `celib.focal_loss` takes them.

    Returns
    -------
    Pull
        Loss in nats, slope in nats per unit of logit.

    Examples
    --------
    >>> for gamma in 0, 2:
    ...     easy = pull(Group(100_000, 0.99), 0, gamma=gamma)
    ...     print(f"{easy.loss:.4f} nats, {easy.slope:.4f} nats per unit of logit")
    1005.0336 nats, 1000.0000 nats per unit of logit
    0.1005 nats, 0.2990 nats per unit of logit
    """
    z = logit(group.p_true)
    loss, slope = value_and_gradient(
        focal_loss_from_logits, target, z if target else -z, gamma=gamma, alpha=alpha
    )
    return Pull(group.size * loss, group.size * abs(float(slope)))


def even_at(shares: ArrayLike, gammas: ArrayLike) -> float | None:
    """Return the gamma from which on a share that falls with gamma is no more than a half.

    Parameters
    ----------
    shares : array_like, (N,)
        The share at each gamma.
    gammas : array_like, (N,)
        Rising; between two of them the logarithm of share / (1 - share) is taken as straight,
        which for the loss of two groups of like examples it is.

    Returns
    -------
    float or None
        The first gamma if the share never is more than a half, None if it always is.

    Examples
    --------
    >>> even_at([0.8, 0.2], [0, 1])
    0.5
    """
    odds = np.asarray(logit(np.asarray(shares, float)))
    above = np.flatnonzero(odds > 0)
    places = np.asarray(gammas, float)
    if not len(above):
        return float(places[0])
    last = int(above[-1])
    if last == len(places) - 1:
        return None
    return float(np.interp(0, -odds[last : last + 2], places[last : last + 2]))


def brief(value: float) -> str:
    """Write a positive number of any size in few characters.

    Parameters
    ----------
    value : float
        Above 0.

    Returns
    -------
    str
        Four digits.

    Examples
    --------
    >>> brief(1005.03), brief(90), brief(1.005e-7)
    ('1005', '90.00', '1.005·10⁻⁷')
    """
    if 1e-3 <= value < 9999.5:  # beyond, four digits need an exponent
        return f"{value:#.4g}".rstrip(".")
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def percent(share: float) -> str:
    """Write a share of 1 so that neither side is said to have nothing.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Returns
    -------
    str
        Two decimals.

    Examples
    --------
    >>> percent(0.8136), percent(1e-9)
    ('81.36 %', 'under 0.01 %')
    """
    if share < 0.0001:
        return "under 0.01 %"
    return "over 99.99 %" if share > 0.9999 else f"{100 * share:.2f} %"


@figure_function
def tug_of_war(
    easy: tuple[int, float] = EASY,
    hard: tuple[int, float] = HARD,
    *,
    gamma: ArrayLike = (0, 0.5, 1, 2, 5),
    alpha: float | None = None,
) -> DescribedFigure:
    """Draw how two groups share the total loss, and the total slope, as gamma grows.

    Parameters
    ----------
    easy : tuple of int and float
        How many easy negatives there are, and the probability that each gives its truth.
    hard : tuple of int and float
        The same of the hard positives; a smaller probability.
    gamma : array_like, (N,)
        The gammas that have a bar, from 0 to 5.
    alpha : float, optional
        Weight of the positives; the negatives have 1 - alpha.

    Returns
    -------
    DescribedFigure
        On the left the loss, on the right the slope (the sum of the sizes, each by its own
        logit): bars of the shares, and under them the share of the easy ones at every gamma.

    Raises
    ------
    ValueError
        If the easy examples are not easier than the hard ones or a gamma is outside 0 to 5, and
        as `celib.focal_loss`.

    Examples
    --------
    >>> tug_of_war().describe().splitlines()[0]
    'The crowd lets go: 100,000 easy negatives against 100 hard positives. Four panels.'
    """
    crowd, few = Group(*easy), Group(*hard)
    if not 0 < few.p_true < crowd.p_true < 1:
        raise ValueError(
            f"easy examples have p = {crowd.p_true:g} and hard ones {few.p_true:g}; the first must "
            "be larger, and both strictly between 0 and 1."
        )
    gammas = np.atleast_1d(np.asarray(gamma, float))
    if not (np.all(gammas >= 0) and np.all(gammas <= LARGEST_GAMMA)):
        raise ValueError(f"gamma must be from 0 to 5, got {gammas.tolist()}.")
    figure, panels = new_figure(720, 540, 2, 2, height_ratios=[1.7, 1])
    figure.suptitle(
        f"The crowd lets go: {crowd.size:,} easy negative{'s' * (crowd.size != 1)} against "
        f"{few.size:,} hard positive{'s' * (few.size != 1)}",
        x=0.01,
        ha="left",
    )
    units = ("nats", "nats per unit of logit")
    for (bars, curve), what, unit in zip(panels.T, Pull._fields, units, strict=True):
        _share_bars(bars, gammas, _both(crowd, few, gammas, alpha, what))
        bars.set(title=f"The {what} ({unit})", xlabel=f"share of the total {what}")
        _share_curve(curve, _both(crowd, few, FINELY, alpha, what), what)
    return figure


@figure_function
def focal_curves(
    gamma: ArrayLike = (0, 0.5, 1, 2, 5), *, marked: ArrayLike = MARKED
) -> DescribedFigure:
    """Draw focal loss against the probability of the truth, and what it leaves of cross-entropy.

    The left panel is figure 1 of the paper, drawn anew; the right one has the numbers that the
    paper's text gives for gamma = 2, as a factor on a logarithmic axis.

    Parameters
    ----------
    gamma : array_like, (N,)
        Up to five gammas, a curve each.
    marked : array_like
        Probabilities of the truth to mark on the right, strictly between 0 and 1.

    Returns
    -------
    DescribedFigure
        Two panels.

    Raises
    ------
    ValueError
        If there are more than five gammas, one is negative, or there is no mark or one outside
        its range.

    Examples
    --------
    >>> figure = focal_curves([0, 2], marked=[0.9])
    >>> figure.describe().splitlines()[0]
    'No example costs more, and easy ones cost far less. Two panels.'
    """
    gammas = np.atleast_1d(np.asarray(gamma, float))
    if len(gammas) > len(STYLES):
        raise ValueError(f"gamma has {len(gammas)} values; there are styles for {len(STYLES)}.")
    figure, (losses, factors) = new_figure(720, 400, ncols=2)
    figure.suptitle("No example costs more, and easy ones cost far less", x=0.01, ha="left")
    ps = np.linspace(np.exp(-HIGHEST), 1, 301)
    for style, g in zip(STYLES, gammas, strict=False):
        curve = focal_loss(np.ones_like(ps), ps, gamma=g, reduction="none")
        name = f"γ = {g:g}" + (" (cross-entropy)" if g == 0 else "")
        losses.plot(ps, curve, color=INK if g == 0 else LOSS, ls=style, label=name)
    losses.set(xlim=(0, 1), ylim=(0, HIGHEST), ylabel="loss (nats)", title="Focal loss")
    losses.grid(True)
    losses.legend(handlelength=2.8)
    _factor(factors, np.atleast_1d(numbers("marked", np.asarray(marked, float))))
    for axes in losses, factors:
        axes.set_xlabel("probability of the truth, pₜ")
    return figure


@figure_function
def cumulative_loss(
    targets: ArrayLike, logits: ArrayLike, *, gamma: ArrayLike = (0, 0.5, 1, 2)
) -> DescribedFigure:
    """Draw how much of the loss of a model the easier examples own, as the paper's figure 4.

    Within each class the examples are ordered from the smallest loss to the largest and their
    losses are added up, as a share of the loss of the class.

    Parameters
    ----------
    targets : array_like, (N,)
        0 or 1; some of each.
    logits : array_like, (N,)
        What the model says.
    gamma : array_like
        Up to five gammas, a curve each.

    Returns
    -------
    DescribedFigure
        A panel for the positives, one for the negatives.

    Raises
    ------
    ValueError
        If a class has no example or there are more than five gammas, and as `celib.focal_loss`.

    Examples
    --------
    >>> figure = cumulative_loss([1, 1, 0, 0], [2.0, -1.0, -3.0, 0.5])
    >>> figure.describe().splitlines()[0]
    'Gamma takes the loss from the easy examples of each class. Two panels.'
    """
    y, z = numbers("targets", targets), numbers("logits", logits)
    gammas = np.atleast_1d(np.asarray(gamma, float))
    if len(gammas) > len(STYLES):
        raise ValueError(f"gamma has {len(gammas)} values; there are styles for {len(STYLES)}.")
    if not {0, 1} == set(np.unique(y)):
        raise ValueError("targets must hold zeros and ones, some of each.")
    figure, panels = new_figure(720, 340, ncols=2, sharey=True)
    title = "Gamma takes the loss from the easy examples of each class"
    figure.suptitle(title, x=0.01, ha="left")
    for axes, target, name in zip(panels, (1, 0), ("positives", "negatives"), strict=True):
        members = z[y == target]
        for style, g in zip(STYLES, gammas, strict=False):
            ends = np.concatenate([[0.0], np.cumsum(_sorted_losses(target, members, g))])
            share = np.linspace(0, 1, len(ends))
            colour = INK if g == 0 else LOSS
            axes.plot(share, ends / ends[-1], color=colour, ls=style, label=f"γ = {g:g}")
        axes.set(xlim=(0, 1), ylim=(0, 1), title=f"{len(members):,} {name}")
        axes.set_xlabel("share of the examples, easiest first")
        axes.grid(True)
    panels[0].set_ylabel("share of their total loss")
    panels[0].legend(handlelength=2.8)
    return figure


def _sorted_losses(target: int, logits: Floats, gamma: float) -> Floats:
    targets = np.full(len(logits), target)
    losses = focal_loss_from_logits(targets, logits, gamma=gamma, reduction="none")
    return np.sort(losses)


def _both(crowd: Group, few: Group, gammas: Floats, alpha: float | None, what: str) -> Floats:
    """Return loss or slope of the crowd and of the few, a row each, at every gamma."""
    return np.array(
        [
            [getattr(pull(group, target, gamma=g, alpha=alpha), what) for g in gammas.tolist()]
            for group, target in ((crowd, 0), (few, 1))
        ]
    )


def _share_bars(axes: Axes, gammas: Floats, both: Floats) -> None:
    """Draw a bar of length 1 for each gamma, the crowd's share on its left."""
    places = np.arange(len(gammas))
    shares = both / both.sum(axis=0)
    look: dict[str, Any] = {"height": 0.42, "ec": LOSS, "lw": 0.9}
    axes.barh(places, shares[0], color=LOSS_TINT, label="easy negatives", **look)
    axes.barh(places, shares[1], left=shares[0], color=LOSS, label="hard positives", **look)
    axes.axvline(0.5, color=INK, lw=1, ls=":", label="half")
    for side, name, ha in ((0, "easy negatives", "left"), (1, "hard positives", "right")):
        axes.text(side, -0.66, name, ha=ha, va="bottom", size=9, weight="bold")
        for place, total, share in zip(places, both[side], shares[side], strict=True):
            words = f"{brief(total)}: {percent(share)}"
            axes.text(side, place - 0.25, words, ha=ha, va="bottom", size=8)
    axes.set_yticks(places, [f"γ = {g:g}" for g in gammas])
    axes.set(ylim=(len(gammas) - 0.6, -1), xlim=(0, 1), xticks=[0, 0.5, 1])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def _share_curve(axes: Axes, both: Floats, what: str) -> None:
    """Draw the crowd's share at every gamma, and where it comes down to a half."""
    shares = both[0] / both.sum(axis=0)
    axes.axhline(0.5, color=INK, lw=1, ls=":", label="half")
    axes.plot(FINELY, shares, color=LOSS, label=f"easy negatives' share of the {what}")
    even = even_at(shares, FINELY)
    if even is None:
        words = "more than half at every γ up to 5"
    elif even == 0:
        words = "never more than half"
    else:
        words = f"half each at γ = {even:.2f}"
        axes.plot(even, 0.5, "o", ms=7, **POINT, label=words)
    axes.text(LARGEST_GAMMA, 0.56, words, ha="right", va="bottom")
    axes.set(xlim=(0, LARGEST_GAMMA), ylim=(0, 1), yticks=[0, 0.5, 1])
    axes.set_xlabel("focusing, γ")
    axes.set_ylabel("share of the easy")


def _factor(axes: Axes, marked: Floats) -> None:
    """Draw what gamma = 2 leaves of a cross-entropy, as far as the last mark."""
    for p in marked.tolist():
        number("marked", p, lambda v: 0 < v < 1, "strictly between 0 and 1")
    ps = np.linspace(0, marked.max(), 301)
    axes.plot(ps, (1 - ps) ** 2, color=LOSS, ls=STYLES[3], label="(1 − pₜ)²")
    for p in marked.tolist():
        words = f"pₜ = {p:g}: 1/{written((1 - p) ** -2)}"
        axes.plot(p, (1 - p) ** 2, "o", ms=6.5, **POINT, label=words, clip_on=False)
        early = p < ROOM_ON_THE_LEFT
        axes.annotate(
            words,
            (p, (1 - p) ** 2),
            xytext=(9, 1) if early else (-9, -1),
            textcoords="offset points",
            ha="left" if early else "right",
            va="bottom" if early else "top",
        )
    exponents = range(round(-2 * np.log10(1 - marked.max())) + 1)
    axes.set(yscale="log", xlim=(0, 1), ylim=((1 - marked.max()) ** 2 / 2, 2))
    axes.set_yticks([10.0**-k for k in exponents], ["1", *(f"1/{10**k:,}" for k in exponents[1:])])
    axes.minorticks_off()
    axes.set_ylabel("factor on the cross-entropy")
    axes.set_title("What γ = 2 leaves of it")
    axes.grid(True)
