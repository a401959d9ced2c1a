"""Training a linear classifier by gradient descent: a loop of five lines, written to be read.

The logits are ``inputs @ weights + bias``. Everything that differs between one classifier and
another (its classes, its weights of classes, its focusing) is the business of the loss that it
descends, so that the same loop trains them all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer
from ._inputs import finite, number, numbers
from .balanced import balanced_cross_entropy_from_logits
from .binary import binary_cross_entropy_from_logits
from .categorical import categorical_cross_entropy_from_logits
from .focal import categorical_focal_loss_from_logits, focal_loss_from_logits
from .gradients import value_and_gradient

__all__ = ["Descent", "LinearModel", "descend", "standardise", "untrained"]

_OF_ONE_LOGIT = (
    binary_cross_entropy_from_logits,
    balanced_cross_entropy_from_logits,
    focal_loss_from_logits,
)
_OF_A_LOGIT_FOR_EACH_CLASS = (
    categorical_cross_entropy_from_logits,
    categorical_focal_loss_from_logits,
)


class LinearModel(NamedTuple):
    """A classifier whose logits are weighted sums of its inputs.

    Attributes
    ----------
    weights : ndarray, (D, K), or (D,) for a model of one logit
        How much each input adds to each logit.
    bias : ndarray, (K,), or a number for a model of one logit
        The logits where all inputs are 0.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64] | float

    def logits(self, inputs: ArrayLike) -> NDArray[np.float64]:
        """Return the logits for each row of inputs.

        Parameters
        ----------
        inputs : array_like, (..., D)
            Finite numbers.

        Returns
        -------
        ndarray, (..., K), or (...) for a model of one logit
            What a loss or a softmax takes.

        Raises
        ------
        ValueError
            If `inputs` has not D numbers in each row, or one is not finite.
        TypeError
            If `inputs` does not hold real numbers.

        Examples
        --------
        >>> model = LinearModel(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.0]))
        >>> model.logits([[2, 3], [0, 0]])
        array([[2.5, 3. ],
               [0.5, 0. ]])
        """
        rows = _real("inputs", inputs)
        wanted = len(self.weights)
        if rows.ndim == 0 or rows.shape[-1] != wanted:
            raise ValueError(
                f"inputs has shape {rows.shape}, but the model has weights for {wanted} numbers "
                f"in each row; the last axis must be of length {wanted}."
            )
        return rows @ self.weights + self.bias


class Descent(NamedTuple):
    """What comes out of a training run.

    Attributes
    ----------
    model : LinearModel
        The trained model.
    losses : ndarray, (steps + 1,)
        The loss on the training examples before the first step and after each, in the unit of
        the loss, without the penalty.
    """

    model: LinearModel
    losses: NDArray[np.float64]


def untrained(n_inputs: int, n_classes: int | None = None) -> LinearModel:
    """Return a model that knows nothing: all its weights, and so all its logits, are 0.

    Parameters
    ----------
    n_inputs : int
        D, the length of one row of inputs.
    n_classes : int, optional
        K, for a model with one logit for each class. Without it the model has a single logit,
        the one that a binary loss takes.

    Returns
    -------
    LinearModel
        It gives every class the same probability, so its cross-entropy is ln K nats.

    Raises
    ------
    ValueError
        If there are no inputs, or fewer than two classes.
    TypeError
        If a number is not whole.

    Examples
    --------
    >>> untrained(64, 10).weights.shape, untrained(30).weights.shape
    ((64, 10), (30,))
    """
    shape: tuple[int, ...] = (_count("n_inputs", n_inputs, at_least=1),)
    if n_classes is None:
        return LinearModel(np.zeros(shape), 0.0)
    classes = _count("n_classes", n_classes, at_least=2)
    return LinearModel(np.zeros((*shape, classes)), np.zeros(classes))


def descend(
    loss: Callable[..., Answer],
    targets: ArrayLike,
    inputs: ArrayLike,
    *,
    start: LinearModel,
    steps: int,
    rate: float,
    penalty: float = 0.0,
    **options: Any,
) -> Descent:
    r"""Train a linear model by gradient descent, on all examples at every step.

    .. math::
        W \leftarrow W - \eta \Bigl(\frac{\partial L}{\partial W} + \lambda W\Bigr), \qquad
        b \leftarrow b - \eta \frac{\partial L}{\partial b}

    Parameters
    ----------
    loss : callable
        One of celib's losses whose name ends in ``_from_logits``.
    targets : array_like
        As the loss takes them: one for each row of `inputs`.
    inputs : array_like, (N, D)
        Finite numbers; best of about the same size in each column, see `standardise`.
    start : LinearModel
        Where to begin: `untrained`, or the model of an earlier run to go on with it.
    steps : int
        Number of steps.
    rate : float
        Learning rate, the length of a step for a slope of 1.
    penalty : float
        Lambda: (lambda / 2) times the sum of the squared weights is added to what is descended,
        in the unit of the loss. The bias is not penalised.
    **options
        As the loss takes them, for example ``pos_weight=9`` or ``reduction="sum"``. The
        reduction is "mean" if not given.

    Returns
    -------
    Descent
        The trained `model` and the `losses` on the way to it.

    Raises
    ------
    ValueError
        If `inputs` is not a table of finite numbers as wide as `start` expects, if `start` has
        not the logits that the loss takes, if `steps`, `rate` or `penalty` is outside its range,
        and as the loss does.
    TypeError
        If an array does not hold real numbers or a number is not one, and as the loss does.

    Examples
    --------
    One of three points on the left is in class 1, and two of three on the right, so the model
    should find odds of 1 to 2 and 2 to 1, which are logits of -ln 2 and ln 2:

    >>> from celib import binary_cross_entropy_from_logits
    >>> model, losses = descend(
    ...     binary_cross_entropy_from_logits,
    ...     [0, 0, 1, 0, 1, 1],
    ...     [[-1], [-1], [-1], [1], [1], [1]],
    ...     start=untrained(1),
    ...     steps=50,
    ...     rate=1.0,
    ... )
    >>> print(f"{losses[0]:.4f} nats before, {losses[-1]:.4f} nats after")
    0.6931 nats before, 0.6365 nats after
    >>> model.logits([[-1], [1]]).round(4)
    array([-0.6931,  0.6931])
    """
    x = _table(inputs)
    _fitting(loss, start)
    number("rate", rate, lambda r: 0 < r < np.inf, "finite and above 0")
    number("penalty", penalty, lambda p: 0 <= p < np.inf, "finite and 0 or more")
    model, losses = start, []
    for _ in range(_count("steps", steps, at_least=0)):
        value, slopes = value_and_gradient(loss, targets, model.logits(x), **options)
        losses.append(value)
        # A logit is a sum of inputs times weights, so each weight's slope is its input times the
        # logit's slope, added up over the examples; the bias has an input of 1.
        by_weight, by_bias = x.T @ slopes, np.sum(slopes, axis=0)
        weights = model.weights - rate * (by_weight + penalty * model.weights)
        model = LinearModel(weights, model.bias - rate * by_bias)
    value, _ = value_and_gradient(loss, targets, model.logits(x), **options)
    return Descent(model, np.array([*losses, value]))


def standardise(inputs: ArrayLike, *, like: ArrayLike | None = None) -> NDArray[np.float64]:
    """Shift and scale each column to mean 0 and standard deviation 1.

    Parameters
    ----------
    inputs : array_like, (N, D)
        Finite numbers.
    like : array_like, (M, D), optional
        Take means and standard deviations from these rows. The inputs of a test are standardised
        like those of the training, so that the model meets them in the same scale.

    Returns
    -------
    ndarray, (N, D)
        The standardised columns, without unit. A column that does not vary in `like` is shifted
        only.

    Raises
    ------
    ValueError
        If an argument is not a table of finite numbers or the two differ in their columns.
    TypeError
        If an array does not hold real numbers.

    Examples
    --------
    >>> standardise([[1, 7], [3, 7]])
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> standardise([[5, 8]], like=[[1, 7], [3, 7]])
    array([[3., 1.]])
    """
    x = _table(inputs)
    known = x if like is None else _table(like, "like")
    if x.shape[1] != known.shape[1]:
        raise ValueError(
            f"inputs has {x.shape[1]} columns, but like has {known.shape[1]}; they must be the "
            f"same measurements, in the same order."
        )
    # An exact comparison: the standard deviation of equal numbers can be off 0 by rounding.
    varies = known.max(axis=0) > known.min(axis=0)
    return (x - known.mean(axis=0)) / np.where(varies, known.std(axis=0), 1.0)


def _real(name: str, values: ArrayLike) -> NDArray[np.float64]:
    return finite(name, numbers(name, values)).astype(np.float64)


def _table(values: ArrayLike, name: str = "inputs") -> NDArray[np.float64]:
    table = _real(name, values)
    if table.ndim != 2:
        raise ValueError(
            f"{name} has shape {table.shape}, but a table is needed: a row for each example, a "
            f"column for each measurement; one measurement is {name}.reshape(-1, 1)."
        )
    return table


def _fitting(loss: Callable[..., Answer], start: LinearModel) -> None:
    """Refuse a model with one logit where the loss takes one for each class, and the reverse."""
    one_logit = start.weights.ndim == 1
    if one_logit and loss in _OF_A_LOGIT_FOR_EACH_CLASS:
        raise ValueError(
            f"{loss.__name__} takes a logit for each class, but start has a single one; "
            f"begin with untrained({len(start.weights)}, number of classes)."
        )
    if not one_logit and loss in _OF_ONE_LOGIT:
        raise ValueError(
            f"{loss.__name__} takes a single logit, but start has {start.weights.shape[1]}; "
            f"begin with untrained({len(start.weights)})."
        )


def _count(name: str, value: Any, *, at_least: int) -> int:
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {value!r}.") from None
    if count < at_least:
        raise ValueError(f"{name} must be {at_least} or more, got {count}.")
    return count
