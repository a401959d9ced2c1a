"""Focal loss: cross-entropy that turns its attention from easy examples to hard ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._answers import Answer, constant, has_nan, quiet, weighted
from ._inputs import (
    class_targets,
    class_weights,
    distributions,
    focusing,
    positive_share,
    probabilities,
)
from ._reductions import Floats, Weighed, reduced
from .binary import costs_from_probs, mixed, shares, two_class_examples, weigh_two
from .categorical import are_labels, class_examples, weigh_classes, weigh_labels
from .logits import Pair, Sigmoid, Softmax, at_labels, surprisal_of_labels

__all__ = [
    "categorical_focal_loss",
    "categorical_focal_loss_from_logits",
    "focal_loss",
    "focal_loss_from_logits",
]


@quiet
def focal_loss(
    targets: ArrayLike,
    probs: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Binary cross-entropy, scaled down where the prediction is already good.

    .. math::

        L = -\alpha_t (1 - p_t)^\gamma \log p_t, \qquad
        p_t, \alpha_t = \begin{cases} p, \alpha & y = 1 \\ 1 - p, 1 - \alpha & y = 0 \end{cases}

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1]. Soft targets follow optax: p_t and alpha_t are the means of their two cases,
        and the logarithm is the binary cross-entropy.
    probs : array_like, of the shape of `targets`
        p, the predicted probability of the positive class.
    gamma : float
        0 or more; 0 is the binary cross-entropy.
    alpha : float, optional
        Weight of the positive class in [0, 1], 1 - alpha of the negative; none if not given.
        The paper's best pair was gamma = 2 with alpha = 0.25.
    reduction : {"mean", "sum", "none", "weighted_mean"}
        "mean" divides by the number of examples, "weighted_mean" by the sum of alpha_t. The
        paper divides the sum by the number of positive examples.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float, or ndarray of the shape of `probs` for "none"
        Loss in `unit`.

    Raises
    ------
    ValueError
        If a target, a probability or `alpha` leaves [0, 1], `gamma` is negative or shapes differ.
    TypeError
        If an array does not hold real numbers or an option is not one number.

    References
    ----------
    T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár (2017). Focal loss for dense object
    detection. https://arxiv.org/abs/1708.02002

    Examples
    --------
    >>> for gamma in 0, 2:
    ...     print(f"gamma {gamma}: {focal_loss(1, 0.9, gamma=gamma):.6f} nats")
    gamma 0: 0.105361 nats
    gamma 2: 0.001054 nats
    >>> print(f"{focal_loss(1, 0.9, alpha=0.25):.6f} nats")
    0.000263 nats
    """
    examples = two_class_examples(targets, "probs", probs, 6)
    g, share = focusing(gamma), optional_share(alpha)

    def weigh(targets: Floats, p: Floats) -> Weighed:
        p = probabilities("probs", p)
        y = shares(targets, p.dtype)
        missing = missing_to_true_class(y, Pair(p, 1 - p))
        return weigh_focal(y, costs_from_probs(p), missing, g, share)

    return reduced(weigh, examples, reduction, unit)


@quiet
def focal_loss_from_logits(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Binary focal loss from the logit of the positive class.

    .. math::

        L = -\alpha_t (1 - p_t)^\gamma \log p_t, \qquad
        p_t = \sigma(z) \text{ for } y = 1, \; \sigma(-z) \text{ for } y = 0

    Parameters
    ----------
    targets : array_like, any shape
        y in [0, 1].
    logits : array_like, of the shape of `targets`
        z, the log-odds of the positive class.
    gamma, alpha, reduction, unit
        As in `focal_loss`.

    Returns
    -------
    float, or ndarray of the shape of `logits` for "none"
        Loss in `unit`.

    Raises
    ------
    ValueError, TypeError
        As `focal_loss`; a logit of +inf is refused.

    References
    ----------
    T.-Y. Lin et al. (2017). Focal loss for dense object detection.
    https://arxiv.org/abs/1708.02002

    Examples
    --------
    >>> for gamma in 0, 2:
    ...     print(f"gamma {gamma}: {focal_loss_from_logits(0, 0.0, gamma=gamma):.4f} nats")
    gamma 0: 0.6931 nats
    gamma 2: 0.1733 nats
    """
    examples = two_class_examples(targets, "logits", logits, 6)
    g, share = focusing(gamma), optional_share(alpha)

    def weigh(targets: Floats, z: Floats) -> Weighed:
        two = Sigmoid.of(z)
        y = shares(targets, two.dtype)
        missing = missing_to_true_class(y, two.odds()) / two.total()
        return weigh_focal(y, two.costs(), missing, g, share)

    return reduced(weigh, examples, reduction, unit)


@quiet
def categorical_focal_loss(
    targets: ArrayLike,
    probs: ArrayLike,
    *,
    gamma: float = 2.0,
    class_weight: ArrayLike | None = None,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Categorical cross-entropy, scaled down where the prediction is already good.

    .. math:: L = \sum_k w_k\, y_k\, (1 - p_k)^\gamma (-\log p_k)

    Parameters
    ----------
    targets : array_like
        Labels, of the shape of `probs` less the last axis, or distributions, of the shape of
        `probs`.
    probs : array_like, (..., K)
        Predicted distributions.
    gamma : float
        0 or more; 0 is the categorical cross-entropy.
    class_weight : array_like, (K,), optional
        w, finite and not negative: the alpha of each class.
    reduction : {"mean", "sum", "none", "weighted_mean"}
        "mean" divides by the number of examples, "weighted_mean" by the sum over examples of
        w_k y_k, without the focal factor.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float, or ndarray of the shape of `probs` less the last axis for "none"
        Loss in `unit`.

    Raises
    ------
    ValueError, TypeError
        As `categorical_cross_entropy`, and if `gamma` is negative.

    References
    ----------
    T.-Y. Lin et al. (2017). Focal loss for dense object detection.
    https://arxiv.org/abs/1708.02002

    Examples
    --------
    >>> for gamma in 0, 2:
    ...     loss = categorical_focal_loss(0, [0.775, 0.116, 0.039, 0.070], gamma=gamma)
    ...     print(f"gamma {gamma}: {loss:.4f} nats")
    gamma 0: 0.2549 nats
    gamma 2: 0.0129 nats
    """
    examples = class_examples(targets, "probs", probs, class_weight)
    w, g = class_weights(class_weight, examples.scores.shape[-1]), focusing(gamma)

    def weigh(y: Floats, p: Floats) -> Weighed:
        y, p = class_targets(y, p), distributions("probs", p, -1)
        if are_labels(y, p):
            p_true = at_labels(y, p)
            return weigh_labels(y, -np.log(p_true) * focal_factor(1 - p_true, g), w)
        return weigh_classes(y, y, -np.log(p) * focal_factor(1 - p, g), w)

    return reduced(weigh, examples, reduction, unit)


@quiet
def categorical_focal_loss_from_logits(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    gamma: float = 2.0,
    class_weight: ArrayLike | None = None,
    reduction: str = "mean",
    unit: str = "nats",
) -> Answer:
    r"""Categorical focal loss from logits.

    .. math:: L = \sum_k w_k\, y_k\, (1 - p_k)^\gamma (-\log p_k), \qquad p = \mathrm{softmax}(z)

    Parameters
    ----------
    targets : array_like
        Labels, of the shape of `logits` less the last axis, or distributions, of the shape of
        `logits`.
    logits : array_like, (..., K)
        Any real numbers; -inf rules a class out.
    gamma, class_weight, reduction, unit
        As in `categorical_focal_loss`.

    Returns
    -------
    float, or ndarray of the shape of `logits` less the last axis for "none"
        Loss in `unit`.

    Raises
    ------
    ValueError, TypeError
        As `categorical_cross_entropy_from_logits`, and if `gamma` is negative.

    References
    ----------
    T.-Y. Lin et al. (2017). Focal loss for dense object detection.
    https://arxiv.org/abs/1708.02002

    Examples
    --------
    >>> for gamma in 0, 2:
    ...     loss = categorical_focal_loss_from_logits(0, [3.2, 1.3, 0.2, 0.8], gamma=gamma)
    ...     print(f"gamma {gamma}: {loss:.4f} nats")
    gamma 0: 0.2547 nats
    gamma 2: 0.0129 nats
    """
    examples = class_examples(targets, "logits", logits, class_weight)
    w, g = class_weights(class_weight, examples.scores.shape[-1]), focusing(gamma)

    def weigh(y: Floats, z: Floats) -> Weighed:
        y = class_targets(y, z)
        if are_labels(y, z):
            return weigh_labels(y, focused(surprisal_of_labels(y, z), g), w)
        return weigh_classes(y, y, focused(Softmax.of(z).costs(), g), w)

    return reduced(weigh, examples, reduction, unit)


def optional_share(alpha: float | None) -> float | None:
    """Return alpha, the weight of the positive class, or None for no weights."""
    return None if alpha is None else positive_share(alpha)


def missing_to_true_class(y: Pair, p: Pair) -> Floats:
    """Return 1 - p_t, without the subtraction that would lose it where p_t rounds to 1."""
    return mixed(y, p.negative, p.positive)


def true_class_weight(y: Pair, share: float | None) -> Floats | None:
    """Return alpha_t, if there is an alpha."""
    if share is None:
        return None
    dtype = y.positive.dtype
    return mixed(y, constant(share, dtype), constant(1 - share, dtype))


def focal_factor(missing: Floats, g: float) -> Floats:
    """Return (1 - p)^g of what p misses to 1."""
    # The usual g is 2, and a square takes a sixth of the time of any other power.
    return missing * missing if g == 2 else missing**g


def focused(costs: Floats, g: float) -> Floats:
    """Scale costs -log p by (1 - p)^g; expm1 keeps 1 - p where p rounds to 1."""
    return costs * focal_factor(-np.expm1(-costs), g)


def weigh_focal(y: Pair, costs: Pair, missing: Floats, g: float, share: float | None) -> Weighed:
    """Return each example's loss and weight; `missing` is 1 - p_t."""
    losses, alpha_t = weigh_two(y, costs, 1.0, 1.0), true_class_weight(y, share)
    focal = losses * focal_factor(missing, g)
    product = focal if alpha_t is None else focal * alpha_t
    if has_nan(product):
        # What is ruled out costs inf, even times a power that rounds to 0, if it has any weight.
        focal = np.where(np.isinf(losses), losses, focal)
        product = focal if alpha_t is None else weighted(focal, alpha_t)
    return product, alpha_t
