"""Categorical cross-entropy: one true class of K, or a distribution over K."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._answers import Answer, float_type, quiet, weighted, weighted_sums
from ._inputs import (
    class_targets,
    class_weights,
    distributions,
    fitting_targets,
    numbers,
    smoothing,
)
from ._reductions import Examples, Floats, Weighed, reduced
from .logits import Softmax, at_labels, one_hot, surprisal_of_labels

__all__ = ["categorical_cross_entropy", "categorical_cross_entropy_from_logits"]


@quiet
def categorical_cross_entropy(
    targets: ArrayLike,
    probs: ArrayLike,
    *,
    class_weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Surprise of a classifier at the true classes, from its probabilities.

    .. math:: L = \sum_k w_k\, y_k\, (-\log p_k)

    With hard labels, w = 1 and no smoothing this is :math:`-\log p_{true}`: only the probability
    of the true class enters.

    Parameters
    ----------
    targets : array_like
        Labels, of the shape of `probs` less the last axis, or distributions, of the shape of
        `probs`. The shape decides, not the type.
    probs : array_like, (..., K)
        Predicted distributions.
    class_weight : array_like, (K,), optional
        w, finite and not negative.
    label_smoothing : float
        e in [0, 1]: y becomes y (1 - e) + e / K.
    reduction : {"mean", "sum", "none", "weighted_mean"}
        "mean" divides by the number of examples. "weighted_mean" divides by the sum of the
        examples' weights, each the sum over classes of w_k y_k before smoothing; PyTorch's "mean"
        does that for labels.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float, or ndarray of the shape of `probs` less the last axis for "none"
        Loss in `unit`; inf where a true class has probability 0.

    Raises
    ------
    ValueError
        If a row of `probs` or of target distributions is not a distribution, a label is not one
        of 0 ... K - 1, shapes do not fit, or an option is outside its range.
    TypeError
        If an array does not hold real numbers or an option is not one number.

    References
    ----------
    I. J. Good (1952). Rational decisions. Journal of the Royal Statistical Society B 14.
    https://doi.org/10.1111/j.2517-6161.1952.tb00104.x

    C. Szegedy et al. (2016). Rethinking the Inception architecture (label smoothing).
    https://arxiv.org/abs/1512.00567

    Examples
    --------
    >>> probs = [0.775, 0.116, 0.039, 0.070]
    >>> for unit in "bits", "nats":
    ...     print(f"{categorical_cross_entropy([1, 0, 0, 0], probs, unit=unit):.4f} {unit}")
    0.3677 bits
    0.2549 nats
    >>> categorical_cross_entropy(0, probs) == categorical_cross_entropy([1, 0, 0, 0], probs)
    True
    """
    e = smoothing(label_smoothing)
    examples = class_examples(targets, "probs", probs, class_weight, e)
    w = class_weights(class_weight, examples.scores.shape[-1])

    def weigh(y: Floats, p: Floats) -> Weighed:
        y, p = class_targets(y, p), distributions("probs", p, -1)
        if are_labels(y, p) and e == 0:
            return weigh_labels(y, -np.log(at_labels(y, p)), w)
        y = as_distributions(y, p)
        return weigh_classes(y, smoothed(y, e), -np.log(p), w)

    return reduced(weigh, examples, reduction, unit)


@quiet
def categorical_cross_entropy_from_logits(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    class_weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Surprise of a classifier at the true classes, from its logits.

    .. math:: L = \sum_k w_k\, y_k \Bigl(\log \sum_j e^{z_j} - z_k\Bigr)

    Parameters
    ----------
    targets : array_like
        Labels, of the shape of `logits` less the last axis, or distributions, of the shape of
        `logits`. The shape decides, not the type.
    logits : array_like, (..., K)
        Any real numbers; -inf rules a class out.
    class_weight, label_smoothing, reduction, unit
        As in `categorical_cross_entropy`.

    Returns
    -------
    float, or ndarray of the shape of `logits` less the last axis for "none"
        Loss in `unit`. Losses far below the rounding of 1 are kept, large ones are finite.

    Raises
    ------
    ValueError
        If a logit is +inf, a row is -inf throughout, targets are not labels or distributions of
        a fitting shape, or an option is outside its range.
    TypeError
        If an array does not hold real numbers or an option is not one number.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham (2021). Accurately computing the log-sum-exp and
    softmax functions. https://doi.org/10.1093/imanum/draa038

    Examples
    --------
    >>> print(f"{categorical_cross_entropy_from_logits(0, [3.2, 1.3, 0.2, 0.8]):.4f} nats")
    0.2547 nats
    >>> print(f"{categorical_cross_entropy_from_logits(0, [600, 0]):.4g} nats")
    2.65e-261 nats
    >>> categorical_cross_entropy_from_logits([1, 0], [[1000, 0], [1000, 0]], reduction="none")
    array([1000.,    0.])
    """
    e = smoothing(label_smoothing)
    examples = class_examples(targets, "logits", logits, class_weight, e)
    w = class_weights(class_weight, examples.scores.shape[-1])

    def weigh(y: Floats, z: Floats) -> Weighed:
        y = class_targets(y, z)
        if are_labels(y, z) and e == 0:
            return weigh_labels(y, surprisal_of_labels(y, z), w)
        y = as_distributions(y, z)
        return weigh_classes(y, smoothed(y, e), Softmax.of(z).costs(), w)

    return reduced(weigh, examples, reduction, unit)


def class_examples(
    targets: ArrayLike,
    scores_name: str,
    scores: ArrayLike,
    class_weight: ArrayLike | None,
    label_smoothing: float = 0.0,
) -> Examples:
    """Return targets and scores whose shapes fit; what they hold is checked with the work."""
    z = numbers(scores_name, scores)
    y = fitting_targets(targets, scores_name, z)
    of_labels = are_labels(y, z)
    # Weights and smoothed targets are arrays of their own.
    of_costs_alone = label_smoothing == 0 and (of_labels or class_weight is None)
    dtype = float_type(z) if of_labels else float_type(y, z)
    return Examples(y, z, z.shape[:-1], dtype, 2 if of_costs_alone else 4)


def weigh_labels(labels: Floats, costs: Floats, w: Floats | None) -> Weighed:
    """Return each example's loss and weight from what its label costs."""
    return (costs, None) if w is None else (weighted(costs, w[labels]), w[labels])


def weigh_classes(targets: Floats, shares: Floats, costs: Floats, w: Floats | None) -> Weighed:
    """Return each example's loss, the sum of w_k share_k cost_k, and what its classes weigh.

    The shares are the target distributions, smoothed or not; the weights are w_k y_k without
    smoothing. costs, of shape (..., K), hold what each class would cost if it were the true one.
    """
    if w is None:
        return weighted_sums(costs, shares), None
    return weighted_sums(costs, w * shares), w * targets


def are_labels(targets: Floats, scores: Floats) -> bool:
    """Tell labels from distributions, by shape."""
    return targets.ndim < scores.ndim


def as_distributions(targets: Floats, scores: Floats) -> Floats:
    """Return checked targets, labels or not, as one distribution for each example."""
    return one_hot(targets, scores.shape[-1]) if are_labels(targets, scores) else targets


def smoothed(targets: Floats, label_smoothing: float) -> Floats:
    """Return target distributions with that share of each spread evenly over the classes."""
    if label_smoothing == 0:
        return targets
    return targets * (1 - label_smoothing) + label_smoothing / targets.shape[-1]
