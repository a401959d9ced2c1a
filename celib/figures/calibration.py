"""Pictures of what a loss makes a model say, and of whether what it says comes true."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib._inputs import number, numbers, probabilities
from celib.binary import binary_cross_entropy_from_logits
from celib.calibration import expected_calibration_error, reliability
from celib.focal import focal_loss_from_logits
from celib.gradients import value_and_gradient
from celib.logits import logit, sigmoid

from .described import DescribedFigure, figure_function, new_figure
from .style import INK, LOSS, MODEL, POINT, QUIET, TRUTH

__all__ = [
    "TRAININGS",
    "Consequence",
    "consequence",
    "minimiser_map",
    "output_for",
    "reliability_diagram",
    "truth_behind",
    "wrong_decisions",
]

# How a binary classifier may be trained: the loss, and what it is given beside targets and logits.
TRAININGS: dict[str, tuple[Any, dict[str, Any]]] = {
    "cross-entropy": (binary_cross_entropy_from_logits, {}),
    "weight 2": (binary_cross_entropy_from_logits, {"pos_weight": 2}),
    "weight 9": (binary_cross_entropy_from_logits, {"pos_weight": 9}),
    "focal, gamma 1": (focal_loss_from_logits, {"gamma": 1}),
    "focal, gamma 2": (focal_loss_from_logits, {"gamma": 2}),
    "focal, gamma 5": (focal_loss_from_logits, {"gamma": 5}),
    "smoothing 0.1": (binary_cross_entropy_from_logits, {"label_smoothing": 0.1}),
    "smoothing 0.3": (binary_cross_entropy_from_logits, {"label_smoothing": 0.3}),
}
PANELS = {
    "weight on yes": ("cross-entropy", "weight 2", "weight 9"),
    "focal loss": ("cross-entropy", "focal, gamma 1", "focal, gamma 2", "focal, gamma 5"),
    "label smoothing": ("cross-entropy", "smoothing 0.1", "smoothing 0.3"),
}
STYLES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)))
ON_GRID = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85}
# Logits between which every minimiser of a true probability from 1e-9 to 1 - 1e-9 is found.
FARTHEST = 40.0
Floats = NDArray[np.float64]


class Consequence(NamedTuple):
    """What it costs to take a trained model's output for the true probability.

    Costs are counted in false alarms for 100 cases.

    Attributes
    ----------
    threshold : float
        The true probability above which acting is the better choice.
    output : float
        What the model says there: the threshold that decides rightly on its output.
    acts_from : float
        The true probability above which somebody acts who compares the output with `threshold`.
    otherwise : float
        Cases, of 100, that are then decided otherwise than is best.
    best : float
        Cost of the best decisions.
    cost : float
        Cost of the decisions made.
    """

    threshold: float
    output: float
    acts_from: float
    otherwise: float
    best: float
    cost: float


def truth_behind(output: ArrayLike, training: str) -> Floats:
    """Return the true probability at which an output is the cheapest on average.

    There the pull upwards, which comes with that probability, balances the pull downwards.

    Parameters
    ----------
    output : array_like
        What the model says, a probability between 0 and 1, both excluded.
    training : str
        One of `TRAININGS`.

    Returns
    -------
    ndarray of the shape of `output`
        Outside [0, 1] where no true probability leads to this output.

    Raises
    ------
    ValueError
        If an output is not between 0 and 1 or `training` is not one of the list.

    Examples
    --------
    >>> for training in "cross-entropy", "focal, gamma 2":
    ...     print(f"{truth_behind(0.8, training):.4f}")
    0.8000
    0.9765
    """
    p = probabilities("output", numbers("output", output))
    if ((p == 0) | (p == 1)).any():
        raise ValueError("an output of 0 or 1 belongs to no finite logit; stay between the two.")
    return _truth_behind_logit(np.asarray(logit(p)), training)


def output_for(true: ArrayLike, training: str) -> Floats:
    """Return the output that costs least on average where the positive class has a probability.

    Parameters
    ----------
    true : array_like
        The true probability of the positive class, from 1e-9 to 1 - 1e-9.
    training : str
        One of `TRAININGS`.

    Returns
    -------
    ndarray of the shape of `true`
        What a model says that has learned all there is to learn.

    Raises
    ------
    ValueError
        If a probability is outside its range or `training` is not one of the list.

    Examples
    --------
    >>> for training in "cross-entropy", "weight 9", "focal, gamma 2", "smoothing 0.1":
    ...     print(f"{output_for(0.8, training):.4f}")
    0.8000
    0.9730
    0.6266
    0.7700
    """
    wanted = probabilities("true", numbers("true", true)).astype(float)
    if ((wanted < 1e-9) | (wanted > 1 - 1e-9)).any():
        raise ValueError("a true probability must be from 1e-9 to 1 - 1e-9.")
    low, high = np.full(wanted.shape, -FARTHEST), np.full(wanted.shape, FARTHEST)
    # The truth behind a logit rises with it, so the place lies in one of the parts, and in one of
    # that one's parts; after nine times, the part is as small as the numbers can say.
    for _ in range(9):
        ends = np.linspace(low, high, 65, axis=-1)
        after = np.sum(_truth_behind_logit(ends, training) < wanted[..., np.newaxis], axis=-1)
        after = np.clip(after[..., np.newaxis], 1, 64)  # rounding can reach beyond the parts
        low, high = (np.take_along_axis(ends, at, axis=-1)[..., 0] for at in (after - 1, after))
    return np.asarray(sigmoid(high))


def consequence(training: str, miss: float, prevalence: float) -> Consequence:
    """Return what comes of taking a model's output for the true probability.

    The model has learned all that its loss asks for. The true probabilities of the cases are
    spread as a beta distribution with parameters 1 and (1 - prevalence) / prevalence: evenly at a
    prevalence of 0.5, and piled up near 0 where the class is rare.

    Parameters
    ----------
    training : str
        One of `TRAININGS`.
    miss : float
        Cost of a miss, in false alarms, above 0.
    prevalence : float
        Share of the positive class, above 0 and up to 0.5.

    Returns
    -------
    Consequence
        Thresholds and costs, exact.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> result = consequence("focal, gamma 2", miss=9, prevalence=0.02)
    >>> print(f"{result.threshold:.4f} {result.output:.4f} {result.acts_from:.4f}")
    0.1000 0.3058 0.0026
    >>> print(f"{result.best:.1f} {result.cost:.1f} false alarms for 100 cases")
    17.9 86.1 false alarms for 100 cases
    """
    c = number("miss", miss, lambda c: 0 < c < np.inf, "finite and above 0")
    share = number("prevalence", prevalence, lambda s: 0 < s <= 0.5, "above 0 and up to 0.5")
    threshold = 1 / (1 + c)
    acts_from = float(np.clip(truth_behind(threshold, training), 0, 1))
    left = _above(threshold, share), _above(acts_from, share)
    return Consequence(
        threshold=threshold,
        output=float(output_for(threshold, training)),
        acts_from=acts_from,
        otherwise=100 * abs(left[0] - left[1]),
        best=_cost(threshold, c, share),
        cost=_cost(acts_from, c, share),
    )


@figure_function
def minimiser_map(prob: float = 0.8) -> DescribedFigure:
    """Draw what each loss makes a perfect learner say, against the probability that is true.

    Parameters
    ----------
    prob : float
        A true probability to mark on every curve, from 0.01 to 0.99.

    Returns
    -------
    DescribedFigure
        Three panels, for weights on the positive class, focal loss and label smoothing. The
        diagonal is cross-entropy, for which the two are the same.

    Raises
    ------
    ValueError
        If `prob` is outside its range.

    Examples
    --------
    >>> figure = minimiser_map(0.8)
    >>> figure.describe().splitlines()[0]
    'What the cheapest output is, for each true probability. Three panels.'
    """
    true = number("prob", prob, lambda p: 0.01 <= p <= 0.99, "from 0.01 to 0.99")
    figure, panels = new_figure(720, 410, 1, 3, sharey=True)
    title = "What the cheapest output is, for each true probability"
    figure.suptitle(title, x=0.01, ha="left")
    for axes, (heading, trainings) in zip(panels, PANELS.items(), strict=True):
        _map(axes, true, trainings)
        axes.set_title(heading, weight="normal")
    panels[0].set_ylabel("model's output, q")
    return figure


@figure_function
def wrong_decisions(miss: float, prevalence: float) -> DescribedFigure:
    """Draw what it costs to take outputs for probabilities, for each way to train.

    Parameters
    ----------
    miss : float
        Cost of a miss, in false alarms, above 0.
    prevalence : float
        Share of the positive class, above 0 and up to 0.5.

    Returns
    -------
    DescribedFigure
        A bar for each training, as in `consequence`, and a line at the cost of the best
        decisions.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> print(wrong_decisions(9, 0.02).describe().splitlines()[0])
    Outputs taken at face value: a miss costs 9 false alarms, prevalence 2 %.
    """
    results = [consequence(training, miss, prevalence) for training in TRAININGS]
    figure, axes = new_figure(720, 360)
    figure.suptitle(
        f"Outputs taken at face value: a miss costs {miss:g} false alarm{'s' * (miss != 1)}, "
        f"prevalence {100 * prevalence:g} %",
        x=0.01,
        ha="left",
    )
    axes.set_title(f"acting where the output exceeds {results[0].threshold:.4g}", weight="normal")
    costs, best = [result.cost for result in results], results[0].best
    axes.barh(range(len(costs)), costs, height=0.6, color=LOSS, label="cost")
    axes.axvline(best, color=TRUTH, label="best decisions")
    beside: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
    for row, cost in enumerate(costs):
        axes.annotate(f"{cost:.1f}", (cost, row), **beside)
    axes.annotate(f"best: {best:.1f}", (best, -0.75), color=TRUTH, **beside)
    axes.set_xlabel("cost (false alarms for 100 cases)")
    axes.set_yticks(range(len(costs)), [*TRAININGS])
    axes.set(xlim=(0, 1.12 * max(costs)), ylim=(len(costs) - 0.5, -1.2))
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    return figure


@figure_function
def reliability_diagram(
    targets: ArrayLike,
    predictions: Sequence[ArrayLike],
    *,
    n_bins: int = 10,
    titles: Sequence[str] | None = None,
) -> DescribedFigure:
    """Draw how often statements came true, against how sure they were, for several models.

    Parameters
    ----------
    targets : array_like, (N,)
        As in `celib.reliability`.
    predictions : sequence of array_like
        The `probs` of each model, as in `celib.reliability`.
    n_bins : int
        Number of bins of equal width on [0, 1].
    titles : sequence of str, optional
        Names of the models.

    Returns
    -------
    DescribedFigure
        Above, a point for each bin that is not empty, and its distance to the diagonal, which is
        where stated and true agree; below, how many examples are in each bin.

    Raises
    ------
    ValueError
        As `celib.reliability`, and if there is not one title for each model.

    Examples
    --------
    >>> figure = reliability_diagram([0, 0, 1, 1, 1], [[0.25, 0.25, 0.55, 0.75, 0.75]], n_bins=2)
    >>> figure.describe().splitlines()[0]
    'How often it came true, against how sure the model was. Two panels.'
    """
    names = [f"model {i}" for i in range(len(predictions))] if titles is None else list(titles)
    if len(names) != len(predictions):
        raise ValueError(f"titles has {len(names)} entries for {len(predictions)} models.")
    figure, panels = new_figure(
        720,
        430,
        2,
        len(predictions),
        sharex=True,
        sharey="row",
        height_ratios=[3, 1],
        squeeze=False,
    )
    title = "How often it came true, against how sure the model was"
    figure.suptitle(title, x=0.01, ha="left")
    for (above, below), probs, name in zip(panels.T, predictions, names, strict=True):
        bins = reliability(targets, probs, n_bins=n_bins)
        filled = bins.count > 0
        _gaps(above, bins.confidence[filled], bins.accuracy[filled])
        error = expected_calibration_error(targets, probs, n_bins=n_bins)
        above.set_title(f"{name}\nECE {error:.4f}", weight="normal")
        middles = (bins.edges[1:] + bins.edges[:-1]) / 2
        below.bar(middles, bins.count, width=0.9 / n_bins, color=MODEL, label="examples")
        below.set_xlabel("stated probability, p")
    panels[0, 0].set(ylabel="share that came true", xlim=(0, 1), ylim=(0, 1))
    panels[1, 0].set_ylabel("examples")
    return figure


def _truth_behind_logit(z: Floats, training: str) -> Floats:
    try:
        loss, options = TRAININGS[training]
    except KeyError:
        raise ValueError(f"training must be one of {', '.join(TRAININGS)}.") from None
    options = {**options, "reduction": "sum"}
    outcomes = np.stack([np.ones_like(z), np.zeros_like(z)])
    _, slopes = value_and_gradient(loss, outcomes, np.stack([z, z]), **options)
    if_yes, if_no = np.asarray(slopes)
    return np.asarray(if_no / (if_no - if_yes))


def _above(true: float, prevalence: float) -> float:
    """Return the share of cases whose true probability lies above one."""
    return (1 - true) ** ((1 - prevalence) / prevalence)


def _cost(acts_from: float, miss: float, prevalence: float) -> float:
    """Return the cost of acting above a true probability, in false alarms for 100 cases."""
    alarms = (1 - prevalence) * (1 - acts_from) * _above(acts_from, prevalence)
    caught = prevalence * (1 - acts_from) * _above(acts_from, prevalence)
    caught += acts_from * _above(acts_from, prevalence)
    return 100 * (alarms + miss * (prevalence - caught))


@lru_cache
def _curve(training: str) -> tuple[Floats, Floats]:
    """Return true probabilities, closer together near 0 and 1, and the outputs for them."""
    true = np.asarray(sigmoid(np.linspace(-9, 9, 181)))
    return true, output_for(true, training)


def _map(axes: Axes, true: float, trainings: Sequence[str]) -> None:
    honest, *others = trainings
    axes.plot(*_curve(honest), color=TRUTH, lw=1.4, label=honest)
    for training, style in zip(others, STYLES, strict=False):
        axes.plot(*_curve(training), color=MODEL, ls=style, label=training)
    axes.axvline(true, color=QUIET, lw=0.9, ls=":", zorder=1)
    readings = []
    for training in trainings:
        output = output_for(true, training)
        readings.append(f"{training}: {output:.4f}")
        axes.plot([true], [output], "o", ms=6, **POINT, label=readings[-1])
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", anchor="N", xlabel="true probability, p")
    axes.grid(True)
    axes.legend(
        axes.lines[: len(trainings)],
        readings,
        title=f"output at p = {true:g}",
        alignment="left",
        loc="upper left",
        bbox_to_anchor=(-0.06, -0.24),
        borderpad=0,
        handlelength=2.6,
    )


def _gaps(axes: Axes, stated: Floats, true: Floats) -> None:
    axes.plot([0, 1], [0, 1], color=TRUTH, lw=1.2, label="stated = true")
    axes.vlines(stated, stated, true, color=LOSS, lw=3)
    axes.plot(stated, true, "o", ms=6, color=MODEL, mec=INK, mew=0.8, label="bins", clip_on=False)
    axes.set(aspect="equal")
    axes.grid(True)
