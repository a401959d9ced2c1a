"""Whether predicted probabilities come true, and how to mend those that do not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, answer, float_type, quiet, weighted
from ._inputs import (
    class_targets,
    distributions,
    fitting_targets,
    logit_rows,
    number,
    numbers,
    probabilities,
    row_labels,
    same_shape,
)
from .categorical import as_distributions

__all__ = [
    "Reliability",
    "brier_score",
    "expected_calibration_error",
    "fit_temperature",
    "reliability",
    "undo_weighting",
]


class Reliability(NamedTuple):
    """Predictions grouped by confidence, bin by bin; see `reliability`."""

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    count: NDArray[np.int64]  # type: ignore[assignment]  # hides tuple.count
    edges: NDArray[np.float64]


@quiet
def reliability(targets: ArrayLike, probs: ArrayLike, *, n_bins: int = 15) -> Reliability:
    """Compare stated confidence with what came true, in bins of equal width.

    Parameters
    ----------
    targets : array_like, (N,)
        Binary outcomes in [0, 1], or class labels.
    probs : array_like, (N,) or (N, K)
        Probabilities of the positive class, or predicted distributions. Of a distribution the
        top class counts: its probability is the confidence, being the label the accuracy.
    n_bins : int
        Number of bins of equal width on [0, 1]; each is (lo, hi], the first also holds 0.

    Returns
    -------
    Reliability
        ``confidence`` and ``accuracy``, (n_bins,), the means in each bin (nan in an empty one);
        ``count``, (n_bins,); ``edges``, (n_bins + 1,). None has a unit.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not a probability or a label, or `n_bins` is below 1.
    TypeError
        If an array does not hold real numbers or `n_bins` is not one number.

    References
    ----------
    A. Niculescu-Mizil and R. Caruana (2005). Predicting good probabilities with supervised
    learning. https://doi.org/10.1145/1102351.1102430

    Examples
    --------
    >>> bins = reliability([0, 0, 1, 1, 1], [0.25, 0.25, 0.55, 0.75, 0.75], n_bins=2)
    >>> print(bins.confidence.round(4), bins.accuracy, bins.count)
    [0.25   0.6833] [0. 1.] [2 3]
    """
    confidence, correct = _stated_and_true(targets, probs)
    wanted = "a whole number of at least 1"
    bins = int(number("n_bins", n_bins, lambda n: n >= 1 and n % 1 == 0, wanted))
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = np.maximum(np.searchsorted(edges, confidence, side="left") - 1, 0)
    count = np.bincount(index, minlength=bins)
    return Reliability(
        confidence=np.bincount(index, weights=confidence, minlength=bins) / count,
        accuracy=np.bincount(index, weights=correct, minlength=bins) / count,
        count=count,
        edges=edges,
    )


def expected_calibration_error(targets: ArrayLike, probs: ArrayLike, *, n_bins: int = 15) -> float:
    r"""Mean gap between confidence and accuracy, weighted by the size of the bins.

    .. math:: ECE = \sum_b \frac{n_b}{N} \bigl| accuracy_b - confidence_b \bigr|

    Parameters
    ----------
    targets, probs, n_bins
        As in `reliability`.

    Returns
    -------
    float
        A probability, without unit: 0 for perfect calibration. It depends on `n_bins`.

    Raises
    ------
    ValueError, TypeError
        As `reliability`.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger (2017). On calibration of modern neural
    networks. https://arxiv.org/abs/1706.04599

    Examples
    --------
    >>> probs = [0.25, 0.25, 0.55, 0.75, 0.75]
    >>> print(f"{expected_calibration_error([0, 0, 1, 1, 1], probs, n_bins=2):.2f}")
    0.29
    >>> print(f"{expected_calibration_error([0, 0, 1, 1, 1], probs, n_bins=1):.2f}")
    0.09
    """
    bins = reliability(targets, probs, n_bins=n_bins)
    filled = bins.count > 0
    gaps = np.abs(bins.accuracy[filled] - bins.confidence[filled])
    return float(np.average(gaps, weights=bins.count[filled]))


def brier_score(targets: ArrayLike, probs: ArrayLike) -> Answer:
    r"""Mean squared distance between predicted probabilities and what happened.

    .. math:: BS = \frac1N \sum_n (p_n - y_n)^2 \quad\text{or}\quad
              \frac1N \sum_n \sum_k (p_{nk} - y_{nk})^2

    Parameters
    ----------
    targets : array_like
        Binary: y in [0, 1], one-dimensional (or one number). Categorical: labels, or
        distributions of the shape of `probs`.
    probs : array_like, (N,), a number, or (..., K)
        Probabilities of the positive class, or predicted distributions. A one-dimensional pair
        is binary; a distribution for a single label is categorical.

    Returns
    -------
    float
        Without unit. The categorical form, summed over classes, is twice the binary one for
        K = 2.

    Raises
    ------
    ValueError
        If shapes do not fit or an entry is not a probability or a label.
    TypeError
        If an array does not hold real numbers.

    References
    ----------
    G. W. Brier (1950). Verification of forecasts expressed in terms of probability. Monthly
    Weather Review 78. https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> print(f"{brier_score([1, 0], [0.9, 0.2]):.3f}")
    0.025
    >>> print(f"{brier_score([0], [[0.775, 0.116, 0.039, 0.070]]):.4f}")
    0.0705
    """
    scores, outcomes = numbers("probs", probs), numbers("targets", targets)
    if scores.ndim < 2 and outcomes.shape == scores.shape:
        gaps = probabilities("probs", scores) - probabilities("targets", outcomes)
        return answer(np.mean(gaps**2), float_type(outcomes, scores))
    y = class_targets(fitting_targets(targets, "probs", scores), scores)
    gaps = distributions("probs", scores, -1) - as_distributions(y, scores)
    return answer(np.mean(np.sum(gaps**2, axis=-1)), float_type(scores))


@quiet
def fit_temperature(targets: ArrayLike, logits: ArrayLike) -> float:
    r"""Find the temperature that makes held-out labels least surprising.

    .. math:: T = \arg\min_T \; \frac1N \sum_n -\log \mathrm{softmax}(z_n / T)_{y_n}

    Parameters
    ----------
    targets : array_like, (N,)
        Labels of held-out examples.
    logits : array_like, (N, K)
        Their logits.

    Returns
    -------
    float
        T, without unit: above 1 if the model was overconfident, below 1 if it was too modest.

    Raises
    ------
    ValueError
        If there is no best temperature: every label has the largest logit of its row (the loss
        falls all the way to T = 0), or the labels' logits are no larger than their rows' means on
        average (it falls all the way to infinity), or all logits of each row are equal. Also if
        shapes do not fit, a label is out of range or a logit is nan or +inf.
    TypeError
        If an array does not hold real numbers.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger (2017). On calibration of modern neural
    networks. https://arxiv.org/abs/1706.04599

    Examples
    --------
    >>> logits = [[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0]]
    >>> print(f"{fit_temperature([0, 0, 0, 1], logits):.4f}")
    3.6410
    """
    scores = numbers("logits", logits)
    if scores.ndim != 2:
        raise ValueError(f"logits has shape {scores.shape}, but (N, K) is needed.")
    labels = row_labels(targets, "logits", scores)
    z = logit_rows("logits", scores, -1).astype(np.float64)
    if np.isnan(z).any():
        raise ValueError("logits hold nan, and no temperature is best for nan; remove those rows.")
    below_peak = z - z.max(axis=1, keepdims=True)
    true = np.take_along_axis(below_peak, labels[:, np.newaxis], axis=1)[:, 0]
    if np.isneginf(true).any():
        raise ValueError(
            f"logits rule out the true class of row {np.argmin(true)} with -inf, so its loss "
            f"is inf at every temperature."
        )

    def slope(inverse_temperature: float) -> float:
        """Derivative of the mean loss by 1/T; the loss is convex in 1/T."""
        e = np.exp(below_peak * inverse_temperature)
        e[np.isneginf(below_peak)] = 0.0
        expected = np.where(e > 0, e * below_peak, 0.0).sum(axis=1) / e.sum(axis=1)
        return float(np.mean(expected - true))

    if (below_peak == 0).all():
        raise ValueError(
            "the logits of every row are all equal, so each temperature gives the same loss; "
            "check that these are logits of a trained model."
        )
    if (true == 0).all():
        raise ValueError(
            "every label has the largest logit of its row, so the loss falls all the way to "
            "T = 0; use held-out examples, some of which the model gets wrong."
        )
    if slope(0.0) >= 0:
        raise ValueError(
            "the labels' logits are on average no larger than their rows' means, so the loss "
            "falls all the way to T = infinity; check that labels and logits belong together."
        )
    low, high = 0.0, 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 1 / high


@quiet
def undo_weighting(probs: ArrayLike, pos_weight: float) -> Answer:
    r"""Turn probabilities learned with a positive weight back into probabilities.

    Training with weight w on the positive class multiplies the odds a model learns by w:

    .. math:: p = \frac{p_w}{p_w + w (1 - p_w)}

    Parameters
    ----------
    probs : array_like, any shape
        :math:`p_w`, predicted after training with `pos_weight`.
    pos_weight : float
        w, positive and finite; for a balanced loss alpha / (1 - alpha).

    Returns
    -------
    float or ndarray of the shape of `probs`
        Probabilities, without unit.

    Raises
    ------
    ValueError
        If an entry is not a probability or `pos_weight` is not positive and finite.
    TypeError
        If `probs` does not hold real numbers or `pos_weight` is not one number.

    References
    ----------
    C. Elkan (2001). The foundations of cost-sensitive learning. IJCAI 17, theorem 2.

    Examples
    --------
    >>> print(f"{undo_weighting(0.5, 99):.2f}")
    0.01
    """
    array = numbers("probs", probs)
    p = probabilities("probs", array)
    w = number("pos_weight", pos_weight, lambda w: 0 < w < np.inf, "positive and finite")
    # A weight may be infinite in the type of p, and then still must not touch p = 1.
    return answer(p / (p + weighted(w, 1 - p)), float_type(array))


def _stated_and_true(targets: ArrayLike, probs: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return for each example the confidence stated and how far it came true."""
    scores = numbers("probs", probs)
    if scores.ndim == 1:
        outcomes = numbers("targets", targets)
        same_shape("targets", outcomes, "probs", scores)
        stated, true = probabilities("probs", scores), probabilities("targets", outcomes)
        return stated, true
    if scores.ndim != 2:
        raise ValueError(f"probs has shape {scores.shape}, but (N,) or (N, K) is needed.")
    labels = row_labels(targets, "probs", scores)
    p = distributions("probs", scores, -1)
    top = p.argmax(axis=1)
    return p.max(axis=1), top == labels
