"""Gradients of the losses with respect to their logits, exact and by finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, answer, divided, float_type, quiet, weighted
from ._inputs import (
    checked_logits,
    class_targets,
    class_weights,
    finite,
    focusing,
    logit_rows,
    numbers,
    positive_share,
    probabilities,
    smoothing,
)
from .balanced import balanced_cross_entropy_from_logits
from .binary import (
    binary_cross_entropy_from_logits,
    costs_from_logits,
    positive_weight,
    smoothed_binary,
    weigh_two,
)
from .categorical import (
    as_distributions,
    categorical_cross_entropy_from_logits,
    loss_type,
    smoothed,
)
from .focal import (
    categorical_focal_loss_from_logits,
    focal_loss_from_logits,
    mixed,
    true_class_weight,
)
from .logits import log_probabilities, positive_probability

__all__ = ["numerical_gradient", "value_and_gradient"]


@quiet
def value_and_gradient(
    loss: Callable[..., Answer], targets: ArrayLike, logits: ArrayLike, **options: Any
) -> tuple[float, Answer]:
    r"""Return a loss and its gradient with respect to the logits.

    For the categorical cross-entropy of one example the gradient is prediction minus truth,

    .. math:: \frac{\partial L}{\partial z_k} = p_k - y_k,

    and for the binary one :math:`p - y`.

    Parameters
    ----------
    loss : callable
        One of celib's losses whose name ends in ``_from_logits``.
    targets, logits : array_like
        As the loss takes them.
    **options
        As the loss takes them. The reduction is "mean" if not given; "none" is refused, since
        the gradient is that of one number.

    Returns
    -------
    value : float
        The reduced loss in its unit.
    gradient : ndarray of the shape of `logits`, or float
        Its derivative by each logit, in the same unit. Over the classes of an example the
        gradient of a categorical loss sums to 0.

    Raises
    ------
    ValueError
        If `loss` is not one of these losses or the reduction is "none", and as the loss does.
    TypeError
        As the loss does.

    References
    ----------
    J. S. Bridle (1990). Probabilistic interpretation of feedforward classification network
    outputs. https://doi.org/10.1007/978-3-642-76153-9_28

    Examples
    --------
    >>> from celib import categorical_cross_entropy_from_logits
    >>> value, gradient = value_and_gradient(
    ...     categorical_cross_entropy_from_logits, 0, [3.2, 1.3, 0.2, 0.8]
    ... )
    >>> print(f"{value:.4f} nats", gradient.round(5))
    0.2547 nats [-0.22485  0.11594  0.03859  0.07032]
    """
    if not callable(loss) or loss not in _SLOPES:
        names = ", ".join(known.__name__ for known in _SLOPES)
        given = getattr(loss, "__name__", repr(loss))
        raise ValueError(f"loss must be one of {names}, got {given}.")
    reduction = options.get("reduction", "mean")
    if reduction == "none":
        raise ValueError(
            "reduction 'none' gives a loss for each example, not one number to differentiate; "
            "use 'mean', 'sum' or 'weighted_mean'."
        )
    value = loss(targets, logits, **options)
    unit = options.pop("unit", "nats")
    options.pop("reduction", None)
    slopes, weights, dtype = _SLOPES[loss](targets, logits, **options)
    return float(value), answer(divided(slopes, weights, reduction), dtype, unit)


def numerical_gradient(function: Callable[..., Any], x: ArrayLike) -> Answer:
    r"""Gradient of a function by central differences, to check an exact one against.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `x` and returns one number.
    x : array_like, any shape
        Finite numbers.

    Returns
    -------
    float or ndarray of the shape of `x`
        Derivatives, in the unit of the function, good to about 1e-7 where it is smooth and of
        moderate size.

    Raises
    ------
    ValueError
        If `x` is empty or not finite, or `function` does not return one number.
    TypeError
        If `x` does not hold real numbers or `function` cannot be called.

    References
    ----------
    W. H. Press et al. (2007). Numerical Recipes, 3rd ed., section 5.7.

    Examples
    --------
    >>> print(numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [1.0, 5.0]).round(6))
    [2. 3.]
    >>> abs(numerical_gradient(np.exp, 0.0) - 1) < 1e-7
    True
    """
    if not callable(function):
        raise TypeError(f"function must be something to call with x, got {function!r}.")
    point = finite("x", numbers("x", x)).astype(np.float64)
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        # The cube root of the rounding unit balances rounding against curvature. Losses depend on
        # differences of logits, so the step grows only where x could not be moved by so little.
        step = max(np.cbrt(np.finfo(np.float64).eps), 2**12 * np.spacing(abs(point[index])))
        above, below = point.copy(), point.copy()
        above[index] += step
        below[index] -= step
        rise = _one_number(function(above)) - _one_number(function(below))
        gradient[index] = rise / (above[index] - below[index])
    return float(gradient) if gradient.ndim == 0 else gradient


def _one_number(value: Any) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biuf":
        raise ValueError(
            f"function must return one number, got {value!r}; reduce it, for example by its sum."
        )
    return float(array.reshape(()))


# Each of these returns the derivative of every example's own loss by its logits, the examples'
# weights, and the type of the answer.
_Slopes = tuple[NDArray[Any], NDArray[Any], np.dtype[Any]]


def _categorical_slopes(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    class_weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    gamma: float = 0.0,
) -> _Slopes:
    scores = numbers("logits", logits)
    y = as_distributions(class_targets(targets, "logits", scores), scores)
    w = class_weights(class_weight, scores.shape[-1])
    log_p = log_probabilities(logit_rows("logits", scores, -1))
    p, missing = np.exp(log_p), -np.expm1(log_p)
    # With l = log p, a class costs (1 - e^l)^gamma (-l); its derivative by l is
    # -(1 - p)^gamma (1 + gamma p (-l) / (1 - p)), and (-l) / (1 - p) is 1 where p is 1.
    per_missing = np.where(missing > 0, -log_p / missing, 1.0)
    slope = -(missing**gamma) * (1 + gamma * weighted(per_missing, p))
    pull = slope * (w * smoothed(y, smoothing(label_smoothing)))
    others = pull.sum(axis=-1, keepdims=True) - pull
    # dl_k / dz_j is 1 - p_j for j = k and -p_j for the others.
    slopes = pull * missing - p * others
    return slopes, (w * y).sum(axis=-1), loss_type(targets, scores)


def _binary_slopes(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    pos_weight: float | None = None,
    label_smoothing: float = 0.0,
) -> _Slopes:
    y, z, dtype = _binary_inputs(targets, logits)
    w = positive_weight(pos_weight)
    slopes = _two_slopes(smoothed_binary(y, smoothing(label_smoothing)), z, w, 1.0)
    return slopes, weighted(w, y) + (1 - y), dtype


def _balanced_slopes(targets: ArrayLike, logits: ArrayLike, *, alpha: float) -> _Slopes:
    y, z, dtype = _binary_inputs(targets, logits)
    a = positive_share(alpha)
    return _two_slopes(y, z, a, 1 - a), mixed(y, a, 1 - a), dtype


def _focal_slopes(
    targets: ArrayLike, logits: ArrayLike, *, gamma: float = 2.0, alpha: float | None = None
) -> _Slopes:
    y, z, dtype = _binary_inputs(targets, logits)
    g = focusing(gamma)
    alpha_t = true_class_weight(y, alpha)
    p_yes, p_no = positive_probability(z), positive_probability(-z)
    missing = mixed(y, p_no, p_yes)
    loss = weigh_two(y, costs_from_logits(z), 1.0, 1.0)
    # The product rule on (1 - p_t)^gamma times the loss, with d(1 - p_t)/dz = (1 - 2y) p (1 - p).
    missing_slope = (1 - 2 * y) * np.where(missing > 0, p_yes * p_no / missing, 0.0)
    loss_slope = _two_slopes(y, z, 1.0, 1.0)
    slopes = alpha_t * missing**g * (loss_slope + weighted(loss, g * missing_slope))
    return slopes, alpha_t, dtype


def _binary_inputs(
    targets: ArrayLike, logits: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any], np.dtype[Any]]:
    # The loss itself, called first, has refused shapes that differ.
    y, z = numbers("targets", targets), numbers("logits", logits)
    return probabilities("targets", y), checked_logits("logits", z), float_type(y, z)


def _two_slopes(
    y: NDArray[Any], z: NDArray[Any], weight_if_positive: float, weight_if_negative: float
) -> NDArray[Any]:
    up = weighted(weight_if_negative, 1 - y) * positive_probability(z)
    return up - weighted(weight_if_positive, y) * positive_probability(-z)


def _categorical_focal_slopes(
    targets: ArrayLike,
    logits: ArrayLike,
    *,
    gamma: float = 2.0,
    class_weight: ArrayLike | None = None,
) -> _Slopes:
    return _categorical_slopes(targets, logits, class_weight=class_weight, gamma=focusing(gamma))


_SLOPES: dict[Callable[..., Answer], Callable[..., _Slopes]] = {
    categorical_cross_entropy_from_logits: _categorical_slopes,
    binary_cross_entropy_from_logits: _binary_slopes,
    balanced_cross_entropy_from_logits: _balanced_slopes,
    focal_loss_from_logits: _focal_slopes,
    categorical_focal_loss_from_logits: _categorical_focal_slopes,
}
