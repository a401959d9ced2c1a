"""From the losses of the examples to the answer: their mean, their sum, or each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ._answers import Answer, answer, nats_per, one_of, typed
from ._blocks import fits_one_block, in_blocks

REDUCTIONS = ("mean", "sum", "none", "weighted_mean")

Floats: TypeAlias = NDArray[Any]
# Losses; and weights, of the examples or of each class in them, unless all of them are 1.
Weighed: TypeAlias = tuple[Floats, Floats | None]
Weigh: TypeAlias = Callable[[Floats, Floats], Weighed]  # from targets and scores of some examples
# The same, with the derivative of each example's own loss by its logits in front.
Slope: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Weighed]]


class Examples(NamedTuple):
    """The examples that a loss is asked about.

    Attributes
    ----------
    targets, scores : ndarray
        As given.
    shape : tuple of int
        That of `scores`, less the axis of the classes if there is one.
    dtype : dtype
        Of the answer.
    arrays : int
        About how many arrays of the size of `scores` the work needs at once.
    """

    targets: Floats
    scores: Floats
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    arrays: int

    @property
    def number(self) -> int:
        """How many they are."""
        return math.prod(self.shape)

    @property
    def row_bytes(self) -> int:
        """How much memory the work on one of them needs."""
        return self.arrays * self.scores.itemsize * self.scores.size // self.number

    @property
    def are_few(self) -> bool:
        """Whether all of them are one block."""
        return fits_one_block(self.arrays * self.scores.nbytes)

    def rows(self) -> tuple[Floats, Floats]:
        """Return targets and scores with all examples along the first axis."""
        axes = len(self.shape)
        y, z = (
            array.reshape(self.number, *array.shape[axes:]) for array in (self.targets, self.scores)
        )
        return y, z


def reduced(weigh: Weigh, examples: Examples, reduction: Any, unit: Any) -> Answer:
    """Return the loss of `examples`, reduced and in `unit`."""
    one_of("reduction", reduction, REDUCTIONS)
    nats = nats_per(unit)
    if examples.are_few:
        losses, weights = weigh(examples.targets, examples.scores)
        divisors = _divisors(weights, reduction, losses.size)
        reduced_losses = losses if reduction == "none" else _total(losses, divisors)
        return answer(reduced_losses, examples.dtype, nats)
    y, z = examples.rows()
    if reduction == "none":
        each = np.empty(examples.number, examples.dtype)

        def fill(rows: slice) -> None:
            each[rows] = answer(weigh(y[rows], z[rows])[0], examples.dtype, nats)

        _worked(fill, weigh, examples)
        return each.reshape(examples.shape)
    value, _ = _added_up(weigh, examples, reduction)
    return answer(value, examples.dtype, nats)


def reduced_with_gradient(
    slope: Slope, examples: Examples, reduction: Any, unit: Any
) -> tuple[float, Answer]:
    """Return the reduced loss of `examples` and its derivative by each logit, both in `unit`."""
    one_of("reduction", reduction, REDUCTIONS)
    nats = nats_per(unit)

    def weigh(y: Floats, z: Floats) -> Weighed:
        return slope(y, z)[1]

    if examples.are_few:
        slopes, (losses, weights) = slope(examples.targets, examples.scores)
        divisors = _divisors(weights, reduction, losses.size)
        value = answer(_total(losses, divisors), examples.dtype, nats)
        return float(value), typed(_divided(slopes, _in_unit(divisors, nats)), examples.dtype)
    y, z = examples.rows()
    gradient = np.empty(z.shape, examples.dtype)
    if reduction == "weighted_mean":  # all weights are needed before any slope can be divided
        _, divisors = _added_up(weigh, examples, reduction)
    else:
        divisors = _divisors(None, reduction, examples.number)
    divisors = _in_unit(divisors, nats)

    def fill(rows: slice) -> _Part:
        slopes, (losses, weights) = slope(y[rows], z[rows])
        for divisor in divisors[:-1]:
            slopes /= divisor
        np.divide(slopes, divisors[-1], out=gradient[rows])
        return _part(losses, weights, reduction, examples.number)

    value, _ = _joined(_worked(fill, weigh, examples), reduction, examples.number)
    return float(answer(value, examples.dtype, nats)), gradient.reshape(examples.scores.shape)


def _added_up(weigh: Weigh, examples: Examples, reduction: str) -> tuple[float, tuple[float, ...]]:
    y, z = examples.rows()
    parts = _worked(
        lambda rows: _part(*weigh(y[rows], z[rows]), reduction, examples.number), weigh, examples
    )
    return _joined(parts, reduction, examples.number)


def _worked(work: Callable[[slice], Any], weigh: Weigh, examples: Examples) -> list[Any]:
    try:
        return in_blocks(work, examples.number, examples.row_bytes)
    except ValueError:
        weigh(examples.targets, examples.scores)  # says where in the whole, not in its block
        raise


def _divisors(weights: Floats | None, reduction: str, number: int) -> tuple[float, ...]:
    """Return what losses and slopes are divided by, one divisor after the other."""
    if reduction in ("sum", "none"):
        return ()
    if reduction == "mean" or weights is None:
        return (float(number),)
    weights = weights.astype(np.float64)
    largest = _weighty(float(weights.max()))
    # In two steps, because the sum of very large weights would overflow.
    return largest, float(_total(weights, (largest,)))


def _in_unit(divisors: tuple[float, ...], nats: float) -> tuple[float, ...]:
    """Return divisors of which the last one turns nats into a unit of so many nats as well."""
    return (*divisors[:-1], divisors[-1] * nats) if divisors else (nats,)


def _divided(values: Floats, divisors: tuple[float, ...]) -> Floats:
    for divisor in divisors:
        values = values / divisor
    return values


def _total(values: Floats, divisors: tuple[float, ...]) -> Floats:
    # The sum may need more digits than its terms.
    total = np.add.reduce(values, axis=None, dtype=np.float64)
    if total < math.inf:  # as nearly always
        return _divided(total, divisors)
    # Divided before they are added up, very large losses keep a finite mean.
    return np.add.reduce(_divided(values, divisors), axis=None, dtype=np.float64)


class _Part(NamedTuple):
    """What one block adds; to a weighted mean, in units of the block's largest weight."""

    value: float
    weight: float = 1.0
    largest: float = 1.0


def _part(losses: Floats, weights: Floats | None, reduction: str, number: int) -> _Part:
    if reduction != "weighted_mean":
        return _Part(float(_total(losses, _divisors(None, reduction, number))))
    weights = np.ones(losses.shape) if weights is None else weights.astype(np.float64)
    largest = float(weights.max())
    unit = largest or 1.0  # smoothed, an example of weight 0 still has a loss
    value = _total(losses, (unit, number))
    return _Part(float(value), float(_total(weights, (unit, number))), largest)


def _joined(parts: list[_Part], reduction: str, number: int) -> tuple[float, tuple[float, ...]]:
    """Return the reduced loss and, of a weighted mean, what the slopes are divided by."""
    value = sum(part.value for part in parts)
    if reduction != "weighted_mean":
        return value, ()
    largest = _weighty(max(part.largest for part in parts))
    in_units = [(part.largest or 1.0) / largest for part in parts]
    value = sum(part.value * unit for part, unit in zip(parts, in_units, strict=True))
    weight = sum(part.weight * unit for part, unit in zip(parts, in_units, strict=True))
    return value / weight, (largest, weight * number)


def _weighty(largest: float) -> float:
    if not 0 < largest < math.inf:
        raise ValueError(
            f"reduction 'weighted_mean' divides by the sum of the examples' weights, which is "
            f"{largest:g}; give a class that is present a positive, finite weight, or use 'mean'."
        )
    return largest
