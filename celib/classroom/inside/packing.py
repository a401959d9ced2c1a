"""Values as JSON: numbers, text, lists, tuples, dictionaries and arrays of numbers; never pickles.

A value is rebuilt from its plain data on the other side, so that an object which lies about what it
equals arrives as the number or list that it is.
"""

from __future__ import annotations

import base64
import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Unpackable", "pack", "unpack"]

MOST_PARTS = 200_000
MOST_TEXT = 200_000
DEEPEST = 12
LARGEST_INTEGER = 1 << 1024
KINDS = "biuf"


class Unpackable(ValueError):
    """A value that is no plain data, or too much of it."""


def pack(value: Any, function: Callable[[Any], Any] | None = None) -> Any:
    """Turn a value into JSON.

    Parameters
    ----------
    value : object
        Anything; what is no plain data becomes the name of its type.
    function : callable, optional
        What to send for a function.
    """
    return _Packer(function).packed(value, 0)


def unpack(data: Any, function: Callable[[Any], Any] | None = None) -> Any:
    """Turn what `pack` made into a value again; `Unpackable` if it made no such thing."""
    try:
        return _unpacked(data, function)
    except Unpackable:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise Unpackable("This is no packed value.") from error


class Other:
    """Stands for an object that is no plain data: there is nothing to be judged in it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"an object of type {self.kind}"


class _Packer:
    def __init__(self, function: Callable[[Any], Any] | None) -> None:
        self.function = function
        self.parts = 0

    def packed(self, value: Any, depth: int) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Unpackable(f"It has more than {MOST_PARTS:,} parts.")
        if depth > DEEPEST:
            raise Unpackable(f"It is nested more than {DEEPEST} deep.")
        kind = type(value)
        if value is None or value is True or value is False:
            return value
        if value is ...:
            return {"dots": True}
        # The types' own methods, because a subclass may have others under the same names.
        if issubclass(kind, str):  # NumPy's texts too: `names[np.argmax(p)]` is one
            return _text(str.__str__(value))
        if issubclass(kind, np.ndarray | np.generic):
            return _packed_array(np.asarray(value))
        if issubclass(kind, int):
            return _integer(int.__pos__(value))
        if issubclass(kind, float):
            return _float(float.__pos__(value))
        if issubclass(kind, list):
            return [self.packed(part, depth + 1) for part in list.__iter__(value)]
        if issubclass(kind, tuple):
            return {"tuple": [self.packed(part, depth + 1) for part in tuple.__iter__(value)]}
        if issubclass(kind, dict):
            items = dict.items(value)
            return {"dict": [[self.packed(part, depth + 1) for part in item] for item in items]}
        return self._packed_object(value, kind)

    def _packed_object(self, value: Any, kind: type) -> Any:
        if self.function and callable(value):
            return {"function": self.function(value)}
        if hasattr(kind, "__array__"):
            return _packed_array(np.asarray(value))
        if issubclass(kind, numbers.Real):
            return _float(float(value))
        return {"other": str(type.__getattribute__(kind, "__name__"))[:80]}


def _text(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise Unpackable(f"It is a text of {len(text):,} characters; at most {MOST_TEXT:,} go.")
    return text


def _integer(number: int) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise Unpackable("It is a number too large for any question here.")
    return number


def _float(number: float) -> Any:
    return number if math.isfinite(number) else {"float": str(number)}


def _packed_array(array: np.ndarray[Any, Any]) -> Any:
    if array.size > MOST_PARTS:
        raise Unpackable(f"It is an array of {array.size:,} numbers; at most {MOST_PARTS:,} go.")
    if array.dtype.kind not in KINDS or array.dtype.itemsize > 8:
        if array.dtype == object and array.ndim:
            return _Packer(None).packed(array.tolist(), 0)
        return {"other": f"array of {array.dtype}"[:80]}
    plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    data = base64.b64encode(plain.tobytes()).decode()
    return {"array": [plain.dtype.str, list(array.shape), data]}


def _unpacked(data: Any, function: Callable[[Any], Any] | None) -> Any:
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [_unpacked(part, function) for part in data]
    ((tag, content),) = data.items()
    if tag == "function" and function:
        return function(content)
    return _UNPACKED[tag](content, function)


def _unpacked_dict(items: Any, function: Any) -> dict[Any, Any]:
    return {_unpacked(key, function): _unpacked(value, function) for key, value in items}


def _unpacked_array(content: Any, _: Any) -> Any:
    name, shape, data = content
    kind = np.dtype(str(name))
    sizes = [int(size) for size in shape]
    if kind.kind not in KINDS or kind.itemsize > 8 or min(sizes, default=0) < 0:
        raise Unpackable("This is no array of numbers.")
    array = np.frombuffer(base64.b64decode(data), kind).reshape(sizes)
    # A copy can be written to, and has the byte order of this machine.
    native = array.astype(kind.newbyteorder("="))
    return native if native.ndim else native[()]


_UNPACKED: dict[str, Callable[[Any, Any], Any]] = {
    "dots": lambda content, _: ...,
    "tuple": lambda content, function: tuple(_unpacked(part, function) for part in content),
    "dict": _unpacked_dict,
    "array": _unpacked_array,
    "float": lambda content, _: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content],
    "other": lambda content, _: Other(str(content)[:80]),
}
