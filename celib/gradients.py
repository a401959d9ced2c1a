"""Gradients of the losses with respect to their logits, exact and by finite differences."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Parameter, signature
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, quiet, weighted
from ._inputs import (
    class_targets,
    class_weights,
    finite,
    focusing,
    logit_rows,
    numbers,
    positive_share,
    smoothing,
    working,
)
from ._reductions import Examples, Floats, Slope, Weighed, reduced_with_gradient
from .balanced import balanced_cross_entropy_from_logits, weigh_balanced
from .binary import (
    binary_cross_entropy_from_logits,
    positive_weight,
    shares,
    smoothed_binary,
    two_class_examples,
    weigh_binary,
    weigh_two,
)
from .categorical import (
    are_labels,
    as_distributions,
    categorical_cross_entropy_from_logits,
    class_examples,
    smoothed,
    weigh_classes,
    weigh_labels,
)
from .focal import (
    categorical_focal_loss_from_logits,
    focal_factor,
    focal_loss_from_logits,
    focused,
    missing_to_true_class,
    optional_share,
    true_class_weight,
    weigh_focal,
)
from .logits import (
    Pair,
    Sigmoid,
    Softmax,
    at_labels,
    label_places,
    one_hot,
    others,
)

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
    given = _arguments(loss, targets, logits, options)
    reduction, unit = given.pop("reduction"), given.pop("unit")
    if reduction == "none":
        raise ValueError(
            "reduction 'none' gives a loss for each example, not one number to differentiate; "
            "use 'mean', 'sum' or 'weighted_mean'."
        )
    slope, examples = _SLOPES[loss](**given)
    return reduced_with_gradient(slope, examples, reduction, unit)


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


@cache
def _options(loss: Callable[..., Answer]) -> tuple[set[str], dict[str, Any]]:
    """Return the names of a loss's options, and the defaults of those that have one."""
    options = [p for p in signature(loss).parameters.values() if p.kind is Parameter.KEYWORD_ONLY]
    defaults = {p.name: p.default for p in options if p.default is not Parameter.empty}
    return {p.name for p in options}, defaults


def _arguments(
    loss: Callable[..., Answer], targets: ArrayLike, logits: ArrayLike, options: dict[str, Any]
) -> dict[str, Any]:
    """Return all arguments of a loss by name, with its defaults for those not given."""
    names, defaults = _options(loss)
    given = defaults | options
    if given.keys() != names:
        try:  # binding says best what is wrong; for every call it would take too long
            signature(loss).bind(targets, logits, **options)
        except TypeError as error:
            raise TypeError(f"{loss.__name__}: {error}.") from None
    return given | {"targets": targets, "logits": logits}


# Each of these takes the arguments of one loss, and returns how to find slopes, and of what.
_Sloped = tuple[Slope, Examples]


def _categorical(
    targets: ArrayLike, logits: ArrayLike, class_weight: ArrayLike | None, label_smoothing: float
) -> _Sloped:
    e = smoothing(label_smoothing)
    examples = class_examples(targets, "logits", logits, class_weight, e)
    w = class_weights(class_weight, examples.scores.shape[-1])

    def slope(y: Floats, z: Floats) -> tuple[Floats, Weighed]:
        y = class_targets(y, z)
        if are_labels(y, z) and e == 0:
            costs, slopes = _of_labels(y, z)
            return _weighed(slopes, y, w), weigh_labels(y, costs, w)
        y, classes = as_distributions(y, z), Softmax.of(z)
        push = smoothed(y, e)
        weighed = weigh_classes(y, push, classes.costs(), w)
        return classes.slopes(push if w is None else w * push), weighed

    return slope, examples


def _categorical_focal(
    targets: ArrayLike, logits: ArrayLike, gamma: float, class_weight: ArrayLike | None
) -> _Sloped:
    examples = class_examples(targets, "logits", logits, class_weight)
    w, g = class_weights(class_weight, examples.scores.shape[-1]), focusing(gamma)

    def slope(y: Floats, z: Floats) -> tuple[Floats, Weighed]:
        y = class_targets(y, z)
        if are_labels(y, z):
            costs, slopes = _of_labels(y, z)
            slopes *= _focus(costs, g)[..., np.newaxis]
            return _weighed(slopes, y, w), weigh_labels(y, focused(costs, g), w)
        classes = Softmax.of(z)
        costs = classes.costs()
        push = y * _focus(costs, g)
        weighed = weigh_classes(y, y, focused(costs, g), w)
        return classes.slopes(push if w is None else w * push), weighed

    return slope, examples


def _of_labels(labels: NDArray[np.intp], logits: Floats) -> tuple[Floats, Floats]:
    """Return -log p at the labels and its slopes p - y, both from the same exponentials."""
    y, z = labels.reshape(-1), working(logits).reshape(-1, logits.shape[-1])
    slopes, total, label, shifted = others(y, z)
    costs = np.log1p(total / label)
    slopes *= (1 / (total + label)).astype(slopes.dtype)[:, np.newaxis]
    slopes.put(label_places(y, z), -total / (total + label))
    if shifted is not None:
        logit_rows("logits", logits, -1)
        classes = Softmax.of(z[shifted])
        costs[shifted] = at_labels(y[shifted], classes.costs())
        slopes[shifted] = classes.slopes(one_hot(y[shifted], z.shape[-1]))
    return costs.reshape(labels.shape), slopes.reshape(logits.shape)


def _weighed(slopes: Floats, labels: NDArray[np.intp], w: Floats | None) -> Floats:
    return slopes if w is None else slopes * w[labels][..., np.newaxis]


def _focus(costs: Floats, g: float) -> Floats:
    """Return how fast a focal loss rises with the cost l = -log p that it takes down.

    That is the derivative of (1 - e^-l)^gamma l by l, (1 - p)^gamma (1 + gamma p l / (1 - p)).
    """
    missing = -np.expm1(-costs)
    return focal_factor(missing, g) * (1 + g * weighted(costs / _divisor(missing), np.exp(-costs)))


def _binary(
    targets: ArrayLike, logits: ArrayLike, pos_weight: float | None, label_smoothing: float
) -> _Sloped:
    w, e = positive_weight(pos_weight), smoothing(label_smoothing)

    def slope(targets: Floats, z: Floats) -> tuple[Floats, Weighed]:
        two = Sigmoid.of(z)
        y = shares(targets, two.dtype)
        slopes = _of_two(smoothed_binary(y, e), two.odds(), w, 1.0) / two.total()
        return slopes, weigh_binary(y, two.costs(), w, e)

    return slope, two_class_examples(targets, "logits", logits)


def _balanced(targets: ArrayLike, logits: ArrayLike, alpha: float) -> _Sloped:
    a = positive_share(alpha)

    def slope(targets: Floats, z: Floats) -> tuple[Floats, Weighed]:
        two = Sigmoid.of(z)
        y = shares(targets, two.dtype)
        slopes = _of_two(y, two.odds(), a, 1 - a) / two.total()
        return slopes, weigh_balanced(y, two.costs(), a)

    return slope, two_class_examples(targets, "logits", logits)


def _focal(targets: ArrayLike, logits: ArrayLike, gamma: float, alpha: float | None) -> _Sloped:
    g, share = focusing(gamma), optional_share(alpha)

    def slope(targets: Floats, z: Floats) -> tuple[Floats, Weighed]:
        two = Sigmoid.of(z)
        y, p, costs = shares(targets, two.dtype), two.probabilities(), two.costs()
        missing = missing_to_true_class(y, p)
        loss, loss_slope = weigh_two(y, costs, 1.0, 1.0), _of_two(y, p, 1.0, 1.0)
        # The product rule on (1 - p_t)^gamma times the loss: d(1 - p_t)/dz = (1 - 2y) p (1 - p).
        missing_slope = (y.negative - y.positive) * p.positive * p.negative / _divisor(missing)
        rise = loss_slope + weighted(loss, g * missing_slope)
        slopes, alpha_t = focal_factor(missing, g) * rise, true_class_weight(y, share)
        slopes = slopes if alpha_t is None else alpha_t * slopes
        return slopes, weigh_focal(y, costs, missing, g, share)

    return slope, two_class_examples(targets, "logits", logits, 6)


def _divisor(missing: Floats) -> Floats:
    """Return what is missing to 1, or the least number above 0: what it divides is 0 there too."""
    return np.maximum(missing, np.finfo(missing.dtype).smallest_subnormal)


def _of_two(y: Pair, p: Pair, positive_weight: float, negative_weight: float) -> Floats:
    # How fast the costs of both classes rise with the logit is weighed like the costs.
    return weigh_two(y, Pair(-p.negative, p.positive), positive_weight, negative_weight)


_SLOPES: dict[Callable[..., Answer], Callable[..., _Sloped]] = {
    categorical_cross_entropy_from_logits: _categorical,
    binary_cross_entropy_from_logits: _binary,
    balanced_cross_entropy_from_logits: _balanced,
    focal_loss_from_logits: _focal,
    categorical_focal_loss_from_logits: _categorical_focal,
}
