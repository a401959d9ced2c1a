"""How an answer is given: its unit, its reduction over examples, its type."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Answer: TypeAlias = float | NDArray[Any]

# One of each unit, in nats.
UNITS = {"nats": 1.0, "bits": math.log(2), "bans": math.log(10)}
REDUCTIONS = ("mean", "sum", "none", "weighted_mean")

# 0 log 0 and impossible events are legal here, and log(0) = -inf is the value meant.
quiet = np.errstate(all="ignore")


def nats_per(unit: Any) -> float:
    """Return how many nats one `unit` has."""
    return UNITS[one_of("unit", unit, tuple(UNITS))]


def one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return `value` if it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}.")
    return value


def float_type(*arrays: NDArray[Any]) -> np.dtype[Any]:
    """Return NumPy's promoted type of those `arrays` that hold floats; float64 if none does."""
    floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
    return np.result_type(*floats) if floats else np.dtype(np.float64)


def weighted(costs: Any, weights: Any) -> NDArray[Any]:
    """Return weights * costs, where weight 0 takes even an infinite cost to 0."""
    return np.where((weights != 0) | np.isnan(costs), weights * costs, 0.0)


def divided(values: NDArray[Any], weights: NDArray[Any], reduction: Any) -> NDArray[Any]:
    """Return `values` over what the reduction divides by; each example has one of the `weights`."""
    if one_of("reduction", reduction, REDUCTIONS) in ("sum", "none"):
        return values
    if reduction == "mean":
        return values / weights.size
    weights = weights.astype(np.float64)
    largest = float(weights.max())
    if not 0 < largest < math.inf:
        raise ValueError(
            f"reduction 'weighted_mean' divides by the sum of the examples' weights, which is "
            f"{largest:g}; give a class that is present a positive, finite weight, or use 'mean'."
        )
    # In two steps, because the sum of very large weights would overflow.
    return values / largest / np.sum(weights / largest)


def reduce_losses(losses: NDArray[Any], weights: NDArray[Any], reduction: Any) -> NDArray[Any]:
    """Return the reduced `losses`; `weights` are the examples' own, for "weighted_mean"."""
    # Dividing before summing keeps the mean of very large losses finite.
    shares = divided(losses, weights, reduction)
    return shares if reduction == "none" else np.asarray(np.sum(shares, dtype=np.float64))


def answer(value: Any, dtype: DTypeLike, unit: Any = "nats") -> Answer:
    """Return `value`, in nats so far, in `unit` and `dtype`; a Python float if no axis is left."""
    # Adding 0 turns -0.0, as in -log(1), into 0.0.
    result = np.asarray(value / nats_per(unit) + 0.0).astype(dtype)
    return float(result) if result.ndim == 0 else result
