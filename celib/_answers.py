"""What all answers share: their units, their types, and sums in which nothing small is lost."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from functools import lru_cache, partial, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Answer: TypeAlias = float | NDArray[Any]

# One of each unit, in nats.
UNITS = {"nats": 1.0, "bits": math.log(2), "bans": math.log(10)}

# Numbers in a row: as many are added up as fast in either of two ways; as many by one; and as many
# products, which are rounded themselves.
SHORT_ROW, LONG_ROW, LONG_ROW_OF_PRODUCTS = 100, 1024, 512

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
    floats = {array.dtype for array in arrays if array.dtype.kind == "f"}
    if len(floats) == 1:
        return floats.pop()
    return np.result_type(*floats) if floats else np.dtype(np.float64)


@lru_cache(maxsize=128)
def constant(value: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a number as an array of no axes: few others meet it twice as fast as Python's own."""
    array = np.asarray(value, dtype)
    array.setflags(write=False)
    return array


def weighted(costs: Any, *weights: Any) -> NDArray[Any]:
    """Return costs times all weights, where a weight of 0 takes even an infinite cost to 0."""
    products = math.prod(weights, start=costs)
    if not has_nan(products):  # as nearly always
        return products
    counts = reduce(np.logical_and, weights, True)
    return np.where(counts | np.isnan(costs), products, 0.0)


def weighted_sums(costs: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of weighted costs along the last axis."""
    sums = _in_parts(np.vecdot, LONG_ROW_OF_PRODUCTS, costs, weights)
    return row_sums(weighted(costs, weights)) if has_nan(sums) else sums


def has_nan(values: NDArray[Any]) -> bool:
    """Tell whether any is nan; then the least is, and is found faster than every nan."""
    return math.isnan(values.item(values.argmin()))


def row_sums(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the sums along the last axis."""
    # einsum adds up long rows twice as fast, but takes longer to begin.
    if rows.shape[-1] <= SHORT_ROW:
        return np.add.reduce(rows, axis=-1)
    return _in_parts(partial(np.einsum, "...k->..."), LONG_ROW, rows)


def _in_parts(
    add_up: Callable[..., NDArray[Any]], longest: int, *rows: NDArray[Any]
) -> NDArray[Any]:
    """Return what rows add up to, one part of a long row after the other.

    Added up by one, more numbers would round more. Their number alone decides, so that a sum has
    the same digits beside any others.
    """
    *others, n_columns = rows[0].shape
    if n_columns <= longest:
        return add_up(*rows)
    left = n_columns % longest
    parts = add_up(*(row[..., left:].reshape(*others, -1, longest) for row in rows))
    return np.add.reduce(parts, axis=-1) + add_up(*(row[..., :left] for row in rows))


def answer(value: Any, dtype: np.dtype[Any], nats: float = 1.0) -> Answer:
    """Return `value`, in nats so far, in a unit of so many and in `dtype`, as `typed` does."""
    # Adding 0 turns -0.0, as in -log(1), into 0.0.
    return typed(value / nats + 0.0, dtype)


def typed(value: Any, dtype: np.dtype[Any]) -> Answer:
    """Return `value` in `dtype`; a Python float if no axis is left."""
    if not getattr(value, "ndim", 0):
        return float(dtype.type(value))
    return value.astype(dtype, copy=False)
