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


def weighted(costs: NDArray[Any], weights: Any) -> NDArray[Any]:
    """Return weights * costs, where weight 0 takes even an infinite cost to 0."""
    return np.where((weights != 0) | np.isnan(costs), weights * costs, 0.0)


def divisor(losses: NDArray[Any], weights: Any, reduction: Any) -> float:
    """Return what the sum of `losses` is divided by."""
    if one_of("reduction", reduction, REDUCTIONS) in ("sum", "none"):
        return 1.0
    if reduction == "mean":
        return float(losses.size)
    total = float(np.sum(np.broadcast_to(weights, losses.shape), dtype=np.float64))
    if total == 0:
        raise ValueError(
            "reduction 'weighted_mean' divides by the sum of the examples' weights, which is 0; "
            "give at least one example present a positive weight, or use 'mean'."
        )
    return total


def reduce_losses(losses: NDArray[Any], weights: Any, reduction: Any) -> NDArray[Any]:
    """Return the reduced `losses`; `weights` are the examples' own, for "weighted_mean"."""
    scale = divisor(losses, weights, reduction)
    if reduction == "none":
        return losses
    # Dividing first keeps the mean of very large losses finite.
    return np.asarray(np.sum(losses / scale, dtype=np.float64))


def answer(value: Any, dtype: DTypeLike, unit: Any = "nats") -> Answer:
    """Return `value`, in nats so far, in `unit` and `dtype`; a Python float if no axis is left."""
    # Adding 0 turns -0.0, as in -log(1), into 0.0.
    result = np.asarray(value / nats_per(unit) + 0.0).astype(dtype)
    return float(result) if result.ndim == 0 else result
