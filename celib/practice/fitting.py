"""When a typed number stands for a value, and when two values cannot be taken for each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .plain import Plain

__all__ = ["are_apart", "fits", "is_close", "is_too_coarse", "places"]

Floats = NDArray[np.float64]

# How far a typed number may be off: people round on the way. Fewer digits than these, and it could
# stand for too many values.
SLACK = 1e-3
FEWEST_DIGITS = 3
# No number within its slack of one value is then within the slack of the other: three digits leave
# at most 0.5 % (0.995 to 1.005 is written 1.00), on either side, and we ask for a little more.
APART = 0.011
# Entries of an array are typed with at least so many decimal places.
FEWEST_PLACES = 3
ZERO = 1e-9


def fits(answer: Plain, value: Floats) -> bool:
    """Tell whether an answer stands for a value: rounded to three digits or more, or within 0.1 %.

    The entries of an array may instead be rounded to three or more decimal places.
    """
    if answer.value.shape != value.shape:
        return False
    if value.ndim == 0:
        return _number_fits(float(answer.value), float(value), max(answer.digits, FEWEST_DIGITS))
    strange = ~np.isfinite(value) | ~np.isfinite(answer.value)
    if not np.array_equal(answer.value[strange], value[strange], equal_nan=True):
        return False
    typed, meant = answer.value[~strange], value[~strange]
    half_a_place = 0.5 * 10.0 ** -max(places(typed), FEWEST_PLACES)
    return bool(np.all(abs(typed - meant) <= np.maximum(SLACK * abs(meant), half_a_place) + ZERO))


def is_too_coarse(answer: Plain, value: Floats) -> bool:
    """Tell whether an answer has the digits of a value, but too few of them."""
    if answer.value.shape != value.shape:
        return False
    if value.ndim:
        half_a_place = 0.5 * 10.0 ** -places(answer.value)
        near = np.allclose(answer.value, value, rtol=0, atol=half_a_place * (1 + 1e-9))
        return bool(near) and places(answer.value) < FEWEST_PLACES
    if answer.digits >= FEWEST_DIGITS:
        return False
    return _number_fits(float(answer.value), float(value), max(answer.digits, 1))


def is_close(answer: Plain, value: Floats) -> bool:
    """Tell whether an answer is off by so little that a rounding on the way may be the reason."""
    if answer.value.shape != value.shape or not np.all(np.isfinite(value)):
        return False
    largest = np.max(abs(value))
    return bool(np.max(abs(answer.value - value)) <= 0.02 * largest)


def are_apart(one: Floats, other: Floats) -> bool:
    """Tell whether no answer can fit two values at once."""
    if one.shape != other.shape:
        return True
    strange = ~np.isfinite(one) | ~np.isfinite(other)
    if not np.array_equal(one[strange], other[strange], equal_nan=True):
        return True
    least = 2.2 * 10.0**-FEWEST_PLACES if one.ndim else 10 * ZERO
    one, other = one[~strange], other[~strange]
    larger = np.maximum(abs(one), abs(other))
    return bool(np.any(abs(one - other) > np.maximum(APART * larger, least)))


def _number_fits(typed: float, value: float, digits: int) -> bool:
    if not (math.isfinite(typed) and math.isfinite(value)):
        return typed == value or (math.isnan(typed) and math.isnan(value))
    if value == 0 or typed == 0:
        return abs(typed - value) <= ZERO
    place = 10.0 ** (math.floor(math.log10(abs(typed))) - digits + 1)
    return abs(typed - value) <= max(SLACK * abs(value), place / 2 * (1 + 1e-9))


def places(typed: Floats) -> int:
    """Return with how many decimal places the most precise entry was typed."""
    texts = (np.format_float_positional(one, trim="-") for one in typed.flat)
    return max((len(text.partition(".")[2]) for text in texts), default=0)
