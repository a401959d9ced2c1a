"""Whatever somebody gives as an answer, turned into plain numbers or refused in a sentence.

Answers come from people and their code: text with a unit, a list of arrays, an object that claims
to equal everything. What is judged is never the object itself but the plain data read from it here,
without calling a method of its own where its type is one of Python's or NumPy's.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Plain", "Unreadable", "is_blank", "letters", "plain"]

# An answer larger than this is none to any question here.
MOST_NUMBERS = 100_000
DEEPEST = 8

_NUMBER = r"[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+−]?\d+)?"
_POINTED = _NUMBER.replace("[.,]", "[.]")  # in a list the comma separates, and is no decimal sign
_LIST = re.compile(rf"\s*[\[(]?\s*{_POINTED}(?:\s*[,;\s]\s*{_POINTED})*\s*,?\s*[\])]?\s*")
_TEXT = re.compile(
    rf"\s*(?P<number>{_NUMBER}|nan|[-+−]?inf(?:inity)?)\s*(?:/\s*(?P<below>{_NUMBER}))?"
    r"\s*(?P<percent>%)?\s*(?:(?P<unit>nats?|bits?|bans?)(?:\s+per\s[\w\s]+)?)?\s*\.?\s*",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """An answer that no number can be read from; its message says why and what to do."""


class Plain(NamedTuple):
    """The plain data of an answer.

    Attributes
    ----------
    value : ndarray of float64
        The numbers.
    digits : int
        With how many significant digits the most precise of them was written.
    unit : str
        The unit written behind it, or an empty text.
    """

    value: NDArray[np.float64]
    digits: int
    unit: str = ""


def plain(answer: Any) -> Plain:
    """Read the numbers from an answer.

    Parameters
    ----------
    answer : number, text, list, tuple or array
        Text may hold a fraction, a percentage and a unit; objects that NumPy can make an array
        of, such as tensors, are asked for it.

    Returns
    -------
    Plain

    Raises
    ------
    Unreadable
        If there are no numbers in it; the message is written for who gave the answer.

    Examples
    --------
    >>> plain("0.3677 bits")
    Plain(value=array(0.3677), digits=4, unit='bits')
    >>> plain([0.5, 1]).value
    array([0.5, 1. ])
    """
    kind = type(answer)
    if issubclass(kind, str):
        return _from_text(str.__str__(answer))
    if issubclass(kind, list | tuple):
        return _from_list(answer)
    value = _from_number(answer, kind)
    return Plain(value, max(_digits(one) for one in value.flat))


def is_blank(answer: Any) -> bool:
    """Tell whether nothing was answered yet: the dots of the page, None, or an empty text."""
    kind = type(answer)
    return answer is ... or answer is None or (issubclass(kind, str) and not str.strip(answer))


def letters(answer: Any) -> str:
    """Read the letters from an answer such as ``"b"``, ``"C, a, D"`` or ``["c", "A"]``.

    Raises
    ------
    Unreadable
        If it is neither text nor a list of texts.
    """
    kind = type(answer)
    if issubclass(kind, list | tuple):
        iterate = list.__iter__ if issubclass(kind, list) else tuple.__iter__
        return "".join(letters(part) for part in islice(iterate(answer), MOST_NUMBERS))
    if not issubclass(kind, str):
        raise Unreadable(f'The answer is made of letters, such as "b"; this is {_a(kind)}.')
    return re.sub(r"[\s,;.()>-]", "", str.upper(answer))


def _from_text(text: str) -> Plain:
    found = _TEXT.fullmatch(text)
    if not found:
        if _LIST.fullmatch(text):
            return _from_list(re.findall(_POINTED, text))
        return _unread(text)
    below = found["below"]
    value, digits = _written(found["number"])
    if below is not None:
        divisor, _ = _written(below)
        if divisor == 0:
            raise Unreadable(f"{text.strip()!r} divides by 0.")
        value, digits = value / divisor, 17
    unit = found["unit"]
    return Plain(
        np.asarray(value / 100 if found["percent"] else value),
        digits,
        unit.lower().rstrip("s") + "s" if unit else "",
    )


def _unread(text: str) -> Plain:
    shown = text.strip()[:40]
    raise Unreadable(
        f'No number can be read from "{shown}"; write one, such as 0.25 or "0.25 nats".'
    )


def _written(number: str) -> tuple[float, int]:
    number = number.replace("−", "-").replace(",", ".")
    return float(number), len(re.sub(r"[eE].*|\D", "", number).lstrip("0"))


def _from_list(answer: Any, depth: int = 0) -> Plain:
    if depth > DEEPEST:
        raise Unreadable(f"The answer is a list in a list, more than {DEEPEST} deep.")
    kind = list if issubclass(type(answer), list) else tuple
    if kind.__len__(answer) > MOST_NUMBERS:
        raise Unreadable(f"The answer has more than {MOST_NUMBERS:,} numbers.")
    parts = [_from_part(part, depth) for part in kind.__iter__(answer)]
    if not parts:
        raise Unreadable("The answer is an empty list.")
    shapes = {part.value.shape for part in parts}
    if len(shapes) > 1:
        raise Unreadable(
            f"The rows of the answer differ in shape: {' and '.join(map(str, sorted(shapes)))}."
        )
    units = {part.unit for part in parts}
    if len(units) > 1:
        raise Unreadable("The numbers of the answer have different units; give all in one.")
    return Plain(
        np.stack([part.value for part in parts]),
        max(part.digits for part in parts),
        units.pop(),
    )


def _from_part(part: Any, depth: int) -> Plain:
    if part is True or part is False:
        return Plain(np.asarray(float(part)), 1)  # yes and no, as an array of them would have it
    if issubclass(type(part), list | tuple):
        return _from_list(part, depth + 1)
    return plain(part)


def _from_number(answer: Any, kind: type) -> NDArray[np.float64]:
    # The types' own methods, because a subclass may have others under the same names.
    if issubclass(kind, bool):
        raise Unreadable(f"The answer is {answer}, which is a truth value and not a number.")
    if issubclass(kind, int):
        return np.asarray(_float(int.__add__(answer, 0)))
    if issubclass(kind, float):
        return np.asarray(float.__add__(answer, 0.0))
    if kind in (Fraction, Decimal):
        return np.asarray(_float(answer))
    if issubclass(kind, np.ndarray):
        return _from_array(np.ndarray.view(answer, np.ndarray))
    if issubclass(kind, np.generic):
        return _from_array(np.asarray(answer))
    if callable(answer):
        raise Unreadable("The answer is a function; call it, and give what it returns.")
    if not hasattr(kind, "__array__"):
        raise Unreadable(f"No number can be read from {_a(kind)}; give a number, or text.")
    try:
        return _from_array(np.array(answer))
    except Exception as error:
        raise Unreadable(f"No number can be read from {_a(kind)}.") from error


def _float(number: int | Fraction | Decimal) -> float:
    try:
        return float(number)
    except (OverflowError, ValueError) as error:
        raise Unreadable("The answer is a number too large for any question here.") from error


def _from_array(array: NDArray[Any]) -> NDArray[np.float64]:
    if array.size > MOST_NUMBERS:
        raise Unreadable(f"The answer has {array.size:,} numbers, more than any question asks for.")
    if array.dtype.kind not in "iuf" and not (array.dtype.kind == "b" and array.ndim):
        raise Unreadable(f"The answer is an array of type {array.dtype}; numbers are needed.")
    if array.size == 0:
        raise Unreadable(f"The answer is an empty array, of shape {array.shape}.")
    # Through the shortest text, so that 0.1 in single precision is 0.1 and not 0.100000001.
    if array.dtype.itemsize < 8 and array.dtype.kind == "f":
        return np.asarray([float(str(one)) for one in array.flat]).reshape(array.shape)
    return array.astype(np.float64)


def _digits(value: float) -> int:
    return len(re.sub(r"[eE].*|\D", "", repr(float(value))).strip("0"))


def _a(kind: type) -> str:
    return f"an object of type {type.__getattribute__(kind, '__name__')}"
