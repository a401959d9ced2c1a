"""Binary cross-entropy: two classes, one probability."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._answers import Answer, constant, float_type, has_nan, quiet, weighted
from ._inputs import number, numbers, probabilities, same_shape, smoothing
from ._reductions import Examples, Floats, Weighed, reduced
from .logits import Pair, Sigmoid

__all__ = ["binary_cross_entropy", "binary_cross_entropy_from_logits"]


@quiet
def binary_cross_entropy(
    targets: ArrayLike,
    probs: ArrayLike,
    *,
    pos_weight: float | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Surprise of a yes-or-no classifier, from its probability of yes.

    .. math:: L = -\bigl(w\, y \log p + (1 - y) \log (1 - p)\bigr)

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1]: 1 for the positive class, 0 for the negative, between for soft targets.
    probs : array_like, of the shape of `targets`
        p, the predicted probability of the positive class.
    pos_weight : float, optional
        w, the weight of the positive class; finite, not negative, 1 if not given.
    label_smoothing : float
        e in [0, 1]: y becomes y (1 - e) + e / 2.
    reduction : {"mean", "sum", "none", "weighted_mean"}
        "mean" divides by the number of examples, "weighted_mean" by the sum of their weights
        w y + 1 - y, taken before smoothing.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float, or ndarray of the shape of `probs` for "none"
        Loss in `unit`; inf where p rules out what is true.

    Raises
    ------
    ValueError
        If a target or a probability leaves [0, 1], shapes differ or an option is outside its
        range.
    TypeError
        If an array does not hold real numbers or an option is not one number.

    References
    ----------
    D. R. Cox (1958). The regression analysis of binary sequences. Journal of the Royal
    Statistical Society B 20. https://doi.org/10.1111/j.2517-6161.1958.tb00292.x

    Examples
    --------
    >>> for unit in "nats", "bits":
    ...     print(f"{binary_cross_entropy(1, 0.012, unit=unit):.4f} {unit}")
    4.4228 nats
    6.3808 bits
    >>> binary_cross_entropy([1, 0], [0.5, 1.0], reduction="none")
    array([0.69314718,        inf])
    """
    examples = two_class_examples(targets, "probs", probs)
    w, e = positive_weight(pos_weight), smoothing(label_smoothing)

    def weigh(y: Floats, p: Floats) -> Weighed:
        p = probabilities("probs", p)
        return weigh_binary(shares(y, p.dtype), costs_from_probs(p), w, e)

    return reduced(weigh, examples, reduction, unit)


@quiet
def binary_cross_entropy_from_logits(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    pos_weight: float | None = None,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Surprise of a yes-or-no classifier, from its logit of yes.

    .. math:: L = w\, y \log (1 + e^{-z}) + (1 - y) \log (1 + e^{z})

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1].
    logits : array_like, of the shape of `targets`
        z, the log-odds of the positive class.
    pos_weight, label_smoothing, reduction, unit
        As in `binary_cross_entropy`.

    Returns
    -------
    float, or ndarray of the shape of `logits` for "none"
        Loss in `unit`. Losses far below the rounding of 1 are kept, large ones are finite.

    Raises
    ------
    ValueError
        If a target leaves [0, 1], a logit is +inf, shapes differ or an option is outside its
        range.
    TypeError
        If an array does not hold real numbers or an option is not one number.

    References
    ----------
    D. R. Cox (1958). The regression analysis of binary sequences.
    https://doi.org/10.1111/j.2517-6161.1958.tb00292.x

    Examples
    --------
    >>> print(f"{binary_cross_entropy_from_logits(1, -1.3):.4f} nats")
    1.5410 nats
    >>> print(f"{binary_cross_entropy_from_logits(1, -1.3, pos_weight=2):.4f} nats")
    3.0820 nats
    >>> binary_cross_entropy_from_logits([0, 1], [-1000, -1000], reduction="none")
    array([   0., 1000.])
    """
    examples = two_class_examples(targets, "logits", logits)
    w, e = positive_weight(pos_weight), smoothing(label_smoothing)

    def weigh(y: Floats, z: Floats) -> Weighed:
        two = Sigmoid.of(z)
        return weigh_binary(shares(y, two.dtype), two.costs(), w, e)

    return reduced(weigh, examples, reduction, unit)


def two_class_examples(
    targets: ArrayLike, scores_name: str, scores: ArrayLike, arrays: int = 5
) -> Examples:
    """Return targets and scores of one shape; what they hold is checked with the work."""
    y, z = numbers("targets", targets), numbers(scores_name, scores)
    same_shape("targets", y, scores_name, z)
    return Examples(y, z, z.shape, float_type(y, z), arrays)


def shares(targets: Floats, dtype: np.dtype[Any]) -> Pair:
    """Return y and 1 - y of checked targets; of whole ones in the type of the scores, as fast."""
    y = probabilities("targets", targets)
    if targets.dtype.kind != "f":
        y = y.astype(dtype)
    return Pair(y, constant(1, y.dtype) - y)


def costs_from_probs(p: Floats) -> Pair:
    """Return -log p and -log(1 - p)."""
    return Pair(-np.log(p), -np.log1p(-p))


def weigh_two(y: Pair, costs: Pair, positive_weight: float, negative_weight: float) -> Floats:
    """Return each example's loss: its two costs, weighted by class and by target."""
    if_positive = (costs.positive, *_factors(y.positive, positive_weight))
    if_negative = (costs.negative, *_factors(y.negative, negative_weight))
    losses = reduce(mul, if_positive) + reduce(mul, if_negative)
    return weighted(*if_positive) + weighted(*if_negative) if has_nan(losses) else losses


def _factors(share: Floats, weight: float) -> tuple[Any, ...]:
    """Return what a cost is multiplied by, one after the other, without a weight of 1.

    Not their product: a weight may be infinite in the type of the targets, and then still must not
    touch what has a share of 0.
    """
    return (share,) if weight == 1 else (share, weight)


def mixed(y: Pair, if_positive: Any, if_negative: Any) -> Floats:
    """Return the value for the true class; between the two for a soft target."""
    return y.positive * if_positive + y.negative * if_negative


def positive_weight(pos_weight: Any) -> float:
    """Return the weight of the positive class, 1 if none is given."""
    if pos_weight is None:
        return 1.0
    return number("pos_weight", pos_weight, lambda w: 0 <= w < np.inf, "finite and 0 or more")


def smoothed_binary(y: Pair, label_smoothing: float) -> Pair:
    """Return targets with that share of each spread evenly over the two classes."""
    if label_smoothing == 0:
        return y
    positive, negative = (share * (1 - label_smoothing) + label_smoothing / 2 for share in y)
    return Pair(positive, negative)


def weigh_binary(y: Pair, costs: Pair, w: float, label_smoothing: float) -> Weighed:
    """Return each example's loss and weight."""
    losses = weigh_two(smoothed_binary(y, label_smoothing), costs, w, 1.0)
    return losses, None if w == 1 else weighted(w, y.positive) + y.negative
