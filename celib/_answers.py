"""How an answer is given: its unit and its type."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Answer: TypeAlias = float | NDArray[Any]

# One of each unit, in nats.
UNITS = {"nats": 1.0, "bits": math.log(2), "bans": math.log(10)}

# 0 log 0 and impossible events are legal here, and log(0) = -inf is the value meant.
quiet = np.errstate(all="ignore")


def nats_per(unit: Any) -> float:
    """Return how many nats one `unit` has."""
    return UNITS[one_of("unit", unit, UNITS)]


def one_of(name: str, value: Any, choices: Collection[str]) -> str:
    """Return `value` if it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}.")
    return value


def float_type(*arrays: NDArray[Any]) -> np.dtype[Any]:
    """Return NumPy's promoted type of those `arrays` that hold floats; float64 if none does."""
    floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
    if len(floats) == 1:
        return floats[0]
    return np.result_type(*floats) if floats else np.dtype(np.float64)


def weighted(costs: Any, weights: Any) -> NDArray[Any]:
    """Return weights * costs, where weight 0 takes even an infinite cost to 0."""
    products = weights * costs
    if not np.isnan(np.min(products)):  # as nearly always, and five times as fast to find out
        return products
    return np.where((weights != 0) | np.isnan(costs), products, 0.0)


def answer(value: Any, dtype: np.dtype[Any], unit: Any = "nats") -> Answer:
    """Return `value`, in nats so far, in `unit` and `dtype`; a Python float if no axis is left."""
    # Adding 0 turns -0.0, as in -log(1), into 0.0.
    result = value / nats_per(unit) + 0.0
    if not getattr(result, "ndim", 0):
        return float(dtype.type(result))
    return result.astype(dtype, copy=False)
