"""Balanced cross-entropy, and the class weights people balance with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, quiet
from ._inputs import number, numbers, positive_share, probabilities
from ._reductions import Floats, Weighed, reduced
from .binary import costs_from_probs, mixed, shares, two_class_examples, weigh_two
from .logits import Pair, Sigmoid

__all__ = [
    "balanced_class_weight",
    "balanced_cross_entropy",
    "balanced_cross_entropy_from_logits",
    "effective_number_class_weight",
]


@quiet
def balanced_cross_entropy(
    targets: ArrayLike,
    probs: ArrayLike,
    *,
    alpha: float,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Binary cross-entropy with weight alpha on the positive class, 1 - alpha on the negative.

    .. math:: L = -\alpha\, y \log p - (1 - \alpha) (1 - y) \log (1 - p)

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1].
    probs : array_like, of the shape of `targets`
        p, the predicted probability of the positive class.
    alpha : float
        Weight of the positive class, in [0, 1]. The share of *negatives* among the examples
        makes both classes weigh the same; one half halves the plain loss.
    reduction : {"mean", "sum", "none", "weighted_mean"}
        "mean" divides by the number of examples, "weighted_mean" by the sum of their weights
        alpha y + (1 - alpha) (1 - y).
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float, or ndarray of the shape of `probs` for "none"
        Loss in `unit`. It is 1 - alpha times the binary cross-entropy whose `pos_weight` is
        alpha / (1 - alpha).

    Raises
    ------
    ValueError
        If a target, a probability or `alpha` leaves [0, 1], or shapes differ.
    TypeError
        If an array does not hold real numbers or `alpha` is not one number.

    References
    ----------
    S. Xie and Z. Tu (2015). Holistically-nested edge detection (class-balanced cross-entropy).
    https://arxiv.org/abs/1504.06375

    Examples
    --------
    >>> print(f"{balanced_cross_entropy(1, 0.1, alpha=0.75):.4f} nats")
    1.7269 nats
    >>> print(f"{balanced_cross_entropy(1, 0.1, alpha=0.25):.4f} nats")
    0.5756 nats
    """
    examples = two_class_examples(targets, "probs", probs)
    a = positive_share(alpha)

    def weigh(y: Floats, p: Floats) -> Weighed:
        p = probabilities("probs", p)
        return weigh_balanced(shares(y, p.dtype), costs_from_probs(p), a)

    return reduced(weigh, examples, reduction, unit)


@quiet
def balanced_cross_entropy_from_logits(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    alpha: float,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Balanced cross-entropy from the logit of the positive class.

    .. math:: L = \alpha\, y \log (1 + e^{-z}) + (1 - \alpha) (1 - y) \log (1 + e^{z})

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1].
    logits : array_like, of the shape of `targets`
        z, the log-odds of the positive class.
    alpha, reduction, unit
        As in `balanced_cross_entropy`.

    Returns
    -------
    float, or ndarray of the shape of `logits` for "none"
        Loss in `unit`.

    Raises
    ------
    ValueError, TypeError
        As `balanced_cross_entropy`; a logit of +inf is refused.

    References
    ----------
    S. Xie and Z. Tu (2015). Holistically-nested edge detection. https://arxiv.org/abs/1504.06375

    Examples
    --------
    >>> print(f"{balanced_cross_entropy_from_logits(0, -1.3, alpha=0.75):.4f} nats")
    0.0603 nats
    >>> print(f"{balanced_cross_entropy_from_logits(0, -1.3, alpha=0.25):.4f} nats")
    0.1808 nats
    """
    examples = two_class_examples(targets, "logits", logits)
    a = positive_share(alpha)

    def weigh(y: Floats, z: Floats) -> Weighed:
        two = Sigmoid.of(z)
        return weigh_balanced(shares(y, two.dtype), two.costs(), a)

    return reduced(weigh, examples, reduction, unit)


def balanced_class_weight(counts: ArrayLike) -> NDArray[np.float64]:
    r"""Weights that make every class weigh the same in total, :math:`w_c = n / (K n_c)`.

    Parameters
    ----------
    counts : array_like, (K,)
        Number of examples of each class, all positive.

    Returns
    -------
    ndarray of float64, (K,)
        Weights, without unit; their mean over the examples is 1. They are scikit-learn's
        ``class_weight="balanced"``.

    Raises
    ------
    ValueError
        If a count is not positive and finite, or `counts` is not one-dimensional.
    TypeError
        If `counts` does not hold real numbers.

    References
    ----------
    G. King and L. Zeng (2001). Logistic regression in rare events data. Political Analysis 9.
    https://doi.org/10.1093/oxfordjournals.pan.a004868

    Examples
    --------
    >>> print(balanced_class_weight([900, 100]).round(4))
    [0.5556 5.    ]
    """
    n = _class_counts(counts)
    return n.sum() / (len(n) * n)


@quiet
def effective_number_class_weight(counts: ArrayLike, *, beta: float) -> NDArray[np.float64]:
    r"""Weights by the effective number of examples, scaled to sum to K.

    .. math:: w_c \propto \frac{1 - \beta}{1 - \beta^{n_c}}

    Parameters
    ----------
    counts : array_like, (K,)
        Number of examples of each class, all positive.
    beta : float
        In [0, 1). 0 weighs all classes alike; towards 1 the weights approach those by inverse
        count. Useful values are near 1 - 1/n: at 0.9 counts above 50 already weigh alike.

    Returns
    -------
    ndarray of float64, (K,)
        Weights, without unit, that sum to K.

    Raises
    ------
    ValueError
        If a count is not positive and finite, `counts` is not one-dimensional or `beta` is
        outside [0, 1).
    TypeError
        If `counts` does not hold real numbers or `beta` is not one number.

    References
    ----------
    Y. Cui et al. (2019). Class-balanced loss based on effective number of samples.
    https://arxiv.org/abs/1901.05555

    Examples
    --------
    >>> print(effective_number_class_weight([900, 100], beta=0.999).round(4))
    [0.2764 1.7236]
    >>> print(effective_number_class_weight([900, 100], beta=0.9).round(4))
    [1. 1.]
    """
    n = _class_counts(counts)
    beta = number("beta", beta, lambda b: 0 <= b < 1, "at least 0 and below 1")
    inverse = -1 / np.expm1(n * np.log(beta))
    return len(n) * inverse / inverse.sum()


def weigh_balanced(y: Pair, costs: Pair, a: float) -> Weighed:
    """Return each example's loss and weight."""
    return weigh_two(y, costs, a, 1 - a), mixed(y, a, 1 - a)


def _class_counts(counts: ArrayLike) -> NDArray[np.float64]:
    n = numbers("counts", counts).astype(np.float64)
    if n.ndim != 1:
        raise ValueError(f"counts has shape {n.shape}, but one count for each class is needed.")
    wrong = ~(np.isfinite(n) & (n > 0))
    if wrong.any():
        place = np.argmax(wrong)
        raise ValueError(
            f"counts[{place}] is {n[place]:g}, but a class needs at least one example to have a "
            f"weight; drop the class or merge it."
        )
    return n
