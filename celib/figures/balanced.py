"""Pictures of what a weight on the rare class moves, and of what it leaves where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib._inputs import number, numbers, probabilities, same_shape
from celib.binary import binary_cross_entropy, binary_cross_entropy_from_logits
from celib.calibration import reliability, undo_weighting
from celib.logits import logit, sigmoid

from .described import DescribedFigure, figure_function, new_figure
from .style import INK, LOSS, MODEL, ON_TOP, POINT, QUIET, TRUTH

__all__ = ["Screening", "bowls", "ranking_and_reliability", "same_ranking", "screening"]

SEPARATION = 2.0
STYLES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)))
MARKS = ("o", "s", "D")
LOWEST: dict[str, Any] = {"color": MODEL, "mec": INK, "zorder": ON_TOP, "clip_on": False}
Floats = NDArray[np.float64]
_BELL = NormalDist()


class Screening(NamedTuple):
    """What a model trained with a weight says and does; see `screening`.

    Attributes
    ----------
    caught, false_alarms : float
        Share of the positives, and of the negatives, given more than an even chance. Without unit.
    mean_stated : float
        Mean of the probabilities it states. Without unit.
    loss_stated, loss_undone : float
        Binary cross-entropy of what it states, and of that after `celib.undo_weighting`, in nats.
    """

    caught: float
    false_alarms: float
    mean_stated: float
    loss_stated: float
    loss_undone: float


def screening(prevalence: float, pos_weight: float) -> Screening:
    r"""Say exactly what weighted training leads to where one measurement tells two classes apart.

    The measurement x is normal with standard deviation 1, around 0 in the negatives and around 2
    in the positives. The log-odds of positive are then a straight line in x, so that a logistic
    model can be exactly right, and with infinitely many examples the weighted loss is least at

    .. math:: z = 2 x - 2 + \ln \frac{\pi}{1 - \pi} + \ln w

    Parameters
    ----------
    prevalence : float
        Pi, the share of positives, strictly between 0 and 1.
    pos_weight : float
        w, the weight of the positives in training; positive and finite.

    Returns
    -------
    Screening
        What this model says and does.

    Raises
    ------
    ValueError, TypeError
        If an argument is outside its range or not one number.

    Examples
    --------
    >>> for pos_weight in 1, 9:
    ...     model = screening(0.1, pos_weight)
    ...     print(f"{model.caught:.4f} caught, {model.mean_stated:.4f} stated on average")
    0.4607 caught, 0.1000 stated on average
    0.8413 caught, 0.2798 stated on average
    """
    pi, w = _share(prevalence), _weight(pos_weight)
    # The sum over an even grid is exact to rounding: the densities vanish at both its ends.
    x = np.linspace(-10.0, 10.0 + SEPARATION, 4001)
    positive, negative = _density(x - SEPARATION), _density(x)
    density = (x[1] - x[0]) * (pi * positive + (1 - pi) * negative)
    true = SEPARATION * (x - SEPARATION / 2) + logit(pi)
    stated = true + np.log(w)
    probs = sigmoid(true)
    losses = [binary_cross_entropy_from_logits(probs, z, reduction="none") for z in (stated, true)]
    cut = SEPARATION / 2 - (logit(pi) + np.log(w)) / SEPARATION
    return Screening(
        caught=_BELL.cdf(SEPARATION - cut),
        false_alarms=_BELL.cdf(-cut),
        mean_stated=float(density @ sigmoid(stated)),
        loss_stated=float(density @ losses[0]),
        loss_undone=float(density @ losses[1]),
    )


def operating_curve(count: int = 121) -> tuple[Floats, Floats]:
    """Return false alarms and caught positives of `screening` at falling thresholds."""
    cuts = np.linspace(SEPARATION + 4, -4, count)
    false_alarms = np.array([_BELL.cdf(-cut) for cut in cuts])
    return false_alarms, np.array([_BELL.cdf(SEPARATION - cut) for cut in cuts])


@figure_function
def bowls(prevalence: float = 0.01, pos_weights: Sequence[float] = (1, 9, 99)) -> DescribedFigure:
    """Draw the mean loss of saying p to everyone, and where weights on the positives move it.

    Parameters
    ----------
    prevalence : float
        Share of positives, strictly between 0 and 1.
    pos_weights : sequence of float
        Up to three weights, each at least 1.

    Returns
    -------
    DescribedFigure
        Two panels with the same bowls: the weighted losses divided by the number of examples, and
        by the sum of their weights. A line joins the lowest points for all weights up to the
        largest; in the second panel it is part of the curve of binary entropy.

    Raises
    ------
    ValueError
        If `prevalence` is not between 0 and 1, or there are no weights, more than three, or one
        is below 1.

    Examples
    --------
    >>> bowls(0.1, [1, 9]).describe().splitlines()[0]
    'A weight moves the answer: from 0.1 at w = 1 to 0.5 at w = 9. Two panels.'
    """
    pi = _share(prevalence)
    weights = [_weight(w) for w in pos_weights]
    if not 0 < len(weights) <= len(STYLES) or min(weights) < 1:
        raise ValueError(
            f"pos_weights is {list(pos_weights)}, but the picture is of one to {len(STYLES)} "
            f"weights of at least 1."
        )
    figure, (by_count, by_weight) = new_figure(720, 470, ncols=2, sharey=True)
    first, last = (
        f"{sigmoid(logit(pi) + np.log(w)):.3g} at w = {w:g}" for w in (min(weights), max(weights))
    )
    figure.suptitle(f"A weight moves the answer: from {first} to {last}", x=0.01, ha="left")
    _bowls(by_weight, pi, weights, "weighted_mean", "÷ sum of weights: “weighted_mean”")
    _entropy(by_weight)
    # Last, since these bowls are the higher ones, and both panels have one axis.
    _bowls(by_count, pi, weights, "mean", "÷ number of examples: “mean”")
    by_count.set_ylabel("loss (nats)")
    return figure


@figure_function
def same_ranking(
    prevalence: float = 0.1, pos_weights: Sequence[float] = (1, 9, 99)
) -> DescribedFigure:
    """Draw what a weight leaves alone, the ranking, and what it bends, the probabilities.

    The models are those of `screening`. ``celib.explore.weight_and_prevalence`` is the same
    picture with controls.

    Parameters
    ----------
    prevalence : float
        Share of positives, strictly between 0 and 1.
    pos_weights : sequence of float
        Up to three weights.

    Returns
    -------
    DescribedFigure
        Two panels: the ROC curve, the same for every weight, with the point that a threshold of
        0.5 picks; and the reliability curve of each weight.

    Raises
    ------
    ValueError
        If an argument is outside its range, or there are no weights or more than three.

    Examples
    --------
    >>> same_ranking(0.1, [1, 9]).describe().splitlines()[0]
    'One ranking, other probabilities. Two panels.'
    """
    weights = [_weight(w) for w in pos_weights]
    if not 0 < len(weights) <= len(STYLES):
        raise ValueError(f"pos_weights has {len(weights)} entries; draw one to {len(STYLES)}.")
    figure, (roc, trust) = new_figure(720, 480, ncols=2)
    figure.suptitle("One ranking, other probabilities", x=0.01, ha="left")
    _roc_axes(roc)
    roc.plot(*operating_curve(), color=MODEL, label="any weight")
    stated = np.linspace(0, 1, 201)
    _trust_axes(trust)
    for w, style, mark in zip(weights, STYLES, MARKS, strict=False):
        model = screening(prevalence, w)
        weight = f"w = {w:.3g}" if w < 1000 else f"w = {w:g}"  # the legend has little room
        alarms = f"{model.caught:.3f} caught, {model.false_alarms:.3f} false"
        _mark(roc, (model.false_alarms, model.caught), mark, f"0.5 at {weight}: {alarms}")
        curve = np.asarray(undo_weighting(stated, w))
        trust.plot(
            stated,
            curve,
            color=MODEL,
            ls=style,
            marker=mark,
            ms=8,
            mfc=INK,
            mec="white",
            markevery=[len(stated) // 2],
            clip_on=False,
            label=f"{weight}: 0.5 means {curve[len(stated) // 2]:.3f}",
        )
    for axes in roc, trust:
        _legend_below(axes)
    return figure


@figure_function
def ranking_and_reliability(
    targets: ArrayLike, probs: Mapping[str, ArrayLike], *, n_bins: int = 5
) -> DescribedFigure:
    """Draw how well models rank real examples, and whether their probabilities come true.

    Parameters
    ----------
    targets : array_like, (N,)
        1 for positive and 0 for negative; both must occur.
    probs : mapping of str to array_like, (N,)
        Up to three models by name: the probability of positive that each gives.
    n_bins : int
        Number of bins of the reliability diagram.

    Returns
    -------
    DescribedFigure
        Two panels: the ROC curve of each model, and the share of positives in each bin against
        the mean probability stated there. The labels say how many examples the bins hold, n.

    Raises
    ------
    ValueError
        If there are no models or more than three, if shapes differ, if a target is not 0 or 1 or
        one class is missing, and as `celib.reliability` does.

    Examples
    --------
    >>> figure = ranking_and_reliability([0, 1, 0, 1], {"a model": [0.1, 0.4, 0.6, 0.9]}, n_bins=2)
    >>> for sentence in figure.describe().split(". ")[-2:]:
    ...     print(sentence)
    Curve “where the two agree” rises from 0 at p = 0, to 1 at p = 1
    Curve “a model, n = 2, 2” stays at 0.5 from p = 0.25 to p = 0.75.
    """
    y = numbers("targets", targets)
    if not 0 < len(probs) <= len(STYLES):
        raise ValueError(f"probs has {len(probs)} models; draw one to {len(STYLES)}.")
    if set(np.unique(y).tolist()) != {0, 1}:
        raise ValueError("targets must be 0 and 1, and both must occur.")
    figure, (roc, trust) = new_figure(720, 450, ncols=2)
    figure.suptitle("The same examples, ranked and believed", x=0.01, ha="left")
    _roc_axes(roc)
    _trust_axes(trust)
    for (name, stated), style, mark in zip(probs.items(), STYLES, MARKS, strict=False):
        p = probabilities("probs", numbers("probs", stated))
        same_shape("targets", y, "probs", p)
        false_alarms, caught = _empirical_roc(y, p)
        roc.plot(false_alarms, caught, color=MODEL if style == "-" else INK, ls=style, label=name)
        bins = reliability(y, p, n_bins=n_bins)
        filled = bins.count > 0
        trust.plot(
            bins.confidence[filled],
            bins.accuracy[filled],
            color=MODEL if style == "-" else INK,
            ls=style,
            marker=mark,
            ms=7,
            mec="white",
            clip_on=False,
            label=f"{name}, n = {', '.join(map(str, bins.count[filled]))}",
        )
    for axes in roc, trust:
        _legend_below(axes)
    return figure


def _share(prevalence: Any) -> float:
    return number("prevalence", prevalence, lambda p: 0 < p < 1, "strictly between 0 and 1")


def _weight(pos_weight: Any) -> float:
    return number("pos_weight", pos_weight, lambda w: 0 < w < np.inf, "positive and finite")


def _density(x: Floats) -> Floats:
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


# --- the bowls ------------------------------------------------------------------------------


def _mean_loss(pi: float, p: Floats, w: float, reduction: str) -> Floats:
    """Return the loss of saying each p to everyone, where a share pi is positive."""
    # A soft target stands for the whole population: a share pi of it is 1, the rest is 0.
    return np.array(
        [binary_cross_entropy([pi], [q], pos_weight=w, reduction=reduction) for q in p.tolist()]
    )


def _bowls(axes: Axes, pi: float, weights: Sequence[float], reduction: str, title: str) -> None:
    across = np.linspace(0.0, 1, 401)
    best = np.asarray(sigmoid(logit(pi) + np.log(weights)))
    on_the_way = np.geomspace(1, max(weights), 60)
    answers = np.asarray(sigmoid(logit(pi) + np.log(on_the_way)))
    floors = [
        _mean_loss(pi, np.array([p]), w, reduction)[0]
        for p, w in zip(answers.tolist(), on_the_way.tolist(), strict=True)
    ]
    axes.plot(answers, floors, color=MODEL, lw=4, alpha=0.6, label="path of the lowest point")
    for w, p, style in zip(weights, best.tolist(), STYLES, strict=False):
        places = np.unique(np.append(across, p))
        losses = _mean_loss(pi, places, w, reduction)
        floor = float(losses[places == p][0])
        words = f"w = {w:g}: {floor:.4f} nats at p = {p:.3g}"
        axes.plot(places, losses, color=LOSS, ls=style, lw=1.8, label=words)
        axes.plot(p, floor, "o", ms=7.5, mew=0.8, **LOWEST)
    axes.set(xlim=(0, 1), ylim=(0, max(2.6, 1.2 * floors[-1])))
    axes.set_xlabel("probability said to everyone, p")
    axes.set_title(title)
    axes.grid(True)
    _legend_below(axes)


def _legend_below(axes: Axes) -> None:
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.16), handlelength=2.8, fontsize=9)


def _entropy(axes: Axes) -> None:
    p = np.linspace(0, 1, 201)[1:-1]
    floor = [float(binary_cross_entropy([q], [q])) for q in p.tolist()]
    axes.plot(p, floor, color=TRUTH, lw=1.2, ls=(0, (6, 3)), label="entropy of (p, 1 − p)")
    _legend_below(axes)


# --- ranking and reliability ----------------------------------------------------------------


def _mark(axes: Axes, place: tuple[float, float], mark: str, words: str) -> None:
    axes.plot(*place, mark, ms=8, **POINT, label=words, clip_on=False)


def _roc_axes(axes: Axes) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="negatives that give a false alarm, share")
    axes.set_ylabel("positives that are caught, share")
    axes.set_title("Ranking: the ROC curve")
    axes.grid(True)


def _trust_axes(axes: Axes) -> None:
    axes.plot([0, 1], [0, 1], color=QUIET, lw=1, label="where the two agree")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability stated, p")
    axes.set_ylabel("share that is positive")
    axes.set_title("Reliability: what comes true")
    axes.grid(True)


def _empirical_roc(y: NDArray[Any], p: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return false alarms and caught positives as the threshold falls past each probability."""
    thresholds = np.unique(p)[::-1]
    alarms = p >= thresholds[:, np.newaxis]
    shares = [alarms[:, y == truth].mean(axis=1) for truth in (0, 1)]
    return np.append(0.0, shares[0]), np.append(0.0, shares[1])
