"""What celib accepts, and the sentence it says about what it cannot accept.

Every message names the argument, shows the offending value and its place, and says what to do.
"""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import row_sums

# How far a row may miss a sum of 1: rounding in its own type, or figures printed to six places.
SUM_TOLERANCE = {"e": 5e-3, "f": 1e-4}  # NumPy's letters of float16 and float32
SUM_TOLERANCE_FLOAT64 = 1e-6
# How far an entry may leave [0, 1] and still be read as 0 or 1: a few roundings in float64.
ENTRY_TOLERANCE = 1e-12
LONGEST_ROW_SHOWN = 8


def numbers(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return `values` as an array of real numbers, at least one, in the type they have."""
    if _is_masked(values):
        raise TypeError(
            f"{name} is a masked array, and its masked entries would be counted; "
            f"pass the entries you mean, for example {name}.compressed()."
        )
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} must be rectangular, but its rows differ in length: {_shown(values)}."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold real numbers, got {_shown(values)} ({array.dtype} to NumPy); "
            "pass a number, a list of numbers or an array of them."
        )
    if array.size == 0:
        raise ValueError(
            f"{name} is empty (shape {array.shape}), and nothing has no answer; "
            f"pass at least one number."
        )
    # Bytes in the other order, as in files of another machine, would be a type of their own.
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def number(name: str, value: Any, accepts: Callable[[float], bool], wanted: str) -> float:
    """Return the single number `value` if `accepts` it; `wanted` says in words what is accepted."""
    if type(value) is float:  # as most are, and then there is nothing to find out
        single = value
    else:
        array = np.asarray(value)
        if array.ndim or array.dtype.kind not in "biuf":
            raise TypeError(f"{name} must be one number ({wanted}), got {_shown(value)}.")
        single = float(array)
    if not accepts(single):
        raise ValueError(f"{name} must be {wanted}, got {value}.")
    return single


def class_axis(name: str, array: NDArray[Any], axis: Any) -> int:
    """Return `axis` as an index of one axis of `array`."""
    try:
        place = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be one integer, got {axis!r}.") from None
    if array.ndim == 0:
        raise ValueError(
            f"{name} is the single number {array}, but an axis of classes is needed: "
            f"pass a list such as [0.3, 0.7]."
        )
    if not -array.ndim <= place < array.ndim:
        raise ValueError(
            f"axis {axis} does not exist in {name} of shape {array.shape}; "
            f"use one from {-array.ndim} to {array.ndim - 1}."
        )
    return place


def same_shape(name: str, array: NDArray[Any], other_name: str, other: NDArray[Any]) -> None:
    """Refuse two arrays that would have to be broadcast."""
    if array.shape != other.shape:
        raise ValueError(
            f"{name} has shape {array.shape} but {other_name} has shape {other.shape}; "
            f"they must be the same, since nothing is broadcast: reshape or repeat one of them."
        )


def working(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` in the type celib computes in: float16 in float32, integers in float64."""
    if array.dtype.kind != "f":
        return array.astype(np.float64)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def probabilities(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` with every entry known to be a probability."""
    values = working(array)
    least, most = _extremes(values)
    if least >= 0 and most <= 1:  # as nearly always
        return values
    if not (least >= -ENTRY_TOLERANCE and most <= 1 + ENTRY_TOLERANCE):
        wrong = ~((values >= -ENTRY_TOLERANCE) & (values <= 1 + ENTRY_TOLERANCE))
        place, value = _first(name, array, wrong)
        if np.isnan(value):
            hint = "find where it arose"
        elif name == "targets":
            hint = "write two classes as 0 and 1; from -1 and +1, that is (targets + 1) / 2"
        else:
            hint = "if these are logits, use softmax or sigmoid, or the ..._from_logits function"
        raise ValueError(f"{place} is {value!s}, but a probability lies in [0, 1]; {hint}.")
    return np.clip(values, 0, 1)


def distributions(name: str, array: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return `array` with every row along `axis` known to be a probability distribution."""
    axis = class_axis(name, array, axis)
    values = probabilities(name, array)
    tolerance = SUM_TOLERANCE.get(array.dtype.char, SUM_TOLERANCE_FLOAT64)
    sums = row_sums(values if axis == -1 else np.moveaxis(values, axis, -1))
    least, most = _extremes(sums)
    if max(1 - least, most - 1) > tolerance:
        index = tuple(np.argwhere(np.abs(sums - 1) > tolerance)[0])
        row = np.moveaxis(array, axis, -1)[index]
        raise ValueError(
            f"{_row_name(name, index, axis, array.ndim)} sums to {row.sum(dtype='f8'):.9g}, not 1 "
            f"(tolerance {tolerance:g}): {_shown(row)}. Look for a misprint or the wrong axis; "
            f"divide by the sum if these are counts, use softmax if these are logits."
        )
    return values


def checked_logits(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` with every entry known to be a logit."""
    values = working(array)
    if not values.item(values.argmax()) < np.inf and np.isposinf(values).any():  # or it is nan
        place, _ = _first(name, values, np.isposinf(values))
        raise ValueError(
            f"{place} is inf, and inf - inf has no value; a logit may be as large as its type "
            f"holds, or -inf to rule a class out."
        )
    return values


def logit_rows(name: str, array: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return `array` with every row along `axis` known to be the logits of one example."""
    axis = class_axis(name, array, axis)
    values = checked_logits(name, array)
    ruled_out = np.isneginf(values).all(axis=axis)
    if ruled_out.any():
        index = tuple(np.argwhere(ruled_out)[0])
        raise ValueError(
            f"{_row_name(name, index, axis, array.ndim)} is -inf throughout, which rules out "
            f"every class; leave at least one logit finite."
        )
    return values


def checked_labels(name: str, array: NDArray[Any], n_classes: int) -> NDArray[np.intp]:
    """Return `array` as class indices 0 ... n_classes - 1."""
    if array.dtype.kind == "f":
        unwhole = ~np.isfinite(array) | (array != np.floor(array))
        if unwhole.any():
            place, value = _first(name, array, unwhole)
            raise ValueError(
                f"{place} is {value!s}, but a label is a whole number, the index of the true "
                f"class; probabilities as targets need one entry per class."
            )
    labels = array.astype(np.intp, copy=False)
    # Read as an unsigned number, a negative one is larger than any number of classes; and for few
    # labels, argmax finds the largest in half the time of max.
    unsigned = labels.view(np.uintp)
    if unsigned.item(unsigned.argmax()) >= n_classes:
        place, value = _first(name, array, (array < 0) | (array >= n_classes))
        hint = ""
        if value == n_classes:
            hint = "; if yours start at 1, subtract 1"
        elif value < 0:
            hint = "; if a negative label marks an example to ignore, leave that example out"
        raise ValueError(
            f"{place} is {value!s}, but the labels of {n_classes} classes run "
            f"from 0 to {n_classes - 1}{hint}."
        )
    return labels


def row_labels(targets: ArrayLike, scores_name: str, scores: NDArray[Any]) -> NDArray[np.intp]:
    """Return one checked label for each row of `scores`."""
    array = numbers("targets", targets)
    if array.shape != scores.shape[:-1]:
        raise ValueError(
            f"targets has shape {array.shape}, but {scores_name} of shape {scores.shape} needs "
            f"one label for each row, shape {scores.shape[:-1]}."
        )
    return checked_labels("targets", array, scores.shape[-1])


def fitting_targets(targets: ArrayLike, scores_name: str, scores: NDArray[Any]) -> NDArray[Any]:
    """Return `targets` as distributions (shape of `scores`) or labels (that less its last axis).

    The shape alone decides, so a float array of labels and an integer array of one-hot rows are
    both read as what they are. Their entries are not looked at here.
    """
    class_axis(scores_name, scores, -1)
    array = numbers("targets", targets)
    if array.shape not in (scores.shape, scores.shape[:-1]):
        raise ValueError(
            f"targets of shape {array.shape} do not fit {scores_name} of shape {scores.shape}: "
            f"distributions have shape {scores.shape}, labels {scores.shape[:-1]}."
        )
    return array


def class_targets(fitting: NDArray[Any], scores: NDArray[Any]) -> NDArray[Any]:
    """Return targets of a fitting shape with their entries checked; labels as indices."""
    if fitting.ndim == scores.ndim:
        return distributions("targets", fitting, -1)
    return checked_labels("targets", fitting, scores.shape[-1])


def class_weights(class_weight: ArrayLike | None, n_classes: int) -> NDArray[Any] | None:
    """Return one finite weight, not negative, for each class, if there are any."""
    if class_weight is None:
        return None
    weights = numbers("class_weight", class_weight)
    if weights.shape != (n_classes,):
        raise ValueError(
            f"class_weight has shape {weights.shape}, but {n_classes} classes need shape "
            f"({n_classes},): one weight for each, in their order."
        )
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        place, value = _first("class_weight", weights, wrong)
        raise ValueError(f"{place} is {value!s}; a weight is finite and not negative.")
    return weights


def finite(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` with every entry known to be finite."""
    if not np.isfinite(array).all():
        place, value = _first(name, array, ~np.isfinite(array))
        raise ValueError(f"{place} is {value!s}, but every number here must be finite.")
    return array


def smoothing(label_smoothing: Any) -> float:
    """Return the share of each target that is spread over all classes."""
    return number("label_smoothing", label_smoothing, lambda e: 0 <= e <= 1, "between 0 and 1")


def focusing(gamma: Any) -> float:
    """Return the exponent of a focal loss."""
    return number("gamma", gamma, lambda g: 0 <= g < np.inf, "finite and 0 or more")


def positive_share(alpha: Any) -> float:
    """Return alpha, the weight of the positive class."""
    return number("alpha", alpha, lambda a: 0 <= a <= 1, "between 0 and 1")


def _is_masked(values: Any) -> bool:
    # To name numpy.ma imports it, which takes longer than most losses; few arrays need it.
    is_special = isinstance(values, np.ndarray) and type(values) is not np.ndarray
    return is_special and isinstance(values, np.ma.MaskedArray)


def _extremes(values: NDArray[Any]) -> tuple[float, float]:
    """Return the least and the largest entry, or nan where one is; for few, faster than min."""
    return values.item(values.argmin()), values.item(values.argmax())


def _first(name: str, array: NDArray[Any], marked: NDArray[Any]) -> tuple[str, Any]:
    index = tuple(np.argwhere(marked)[0])
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return place, array[index]


def _row_name(name: str, index: tuple[Any, ...], axis: int, ndim: int) -> str:
    if not index:
        return name
    places = [str(i) for i in index]
    places.insert(axis % ndim, ":")
    if places[-1] == ":":
        places.pop()
    return f"{name}[{', '.join(places)}]"


def _shown(values: Any) -> str:
    if isinstance(values, np.ndarray):
        entries = [str(value) for value in values[:LONGEST_ROW_SHOWN]]
        return f"[{', '.join(entries + ['...'] * (len(values) > LONGEST_ROW_SHOWN))}]"
    return reprlib.repr(values)
