"""The project's ledger of published numbers, and the check that recomputes each of them.

The ledger is ``published.json``, one block for each figure or group of figures found in print. An
entry says what was printed, the expression that gives the right value from the entry's inputs, and
our verdict:

right
    The right value has the digits printed.
rounded
    Last digits differ, because an intermediate was rounded, or the figure was cut off.
clipped
    The library keeps probabilities away from 0 and 1 by an epsilon, and the figure shows it.
ambiguous
    The figure is right under another convention than the one stated or usual.
wrong
    It is the value of something else.
claim
    A statement, not a figure, is mistaken; printed is what it implies for the inputs.
unexplained
    The right value differs, and no formula known to us gives the figure.

Every entry that is not right has the figure that belongs in its place, a sentence why and, unless
it is unexplained, the expression that does give what was printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

import celib

__all__ = ["NAMES", "VERDICTS", "Entry", "Recomputed", "agrees", "evaluate", "ledger", "recompute"]

VERDICTS = ("right", "rounded", "clipped", "ambiguous", "wrong", "claim", "unexplained")

# A double carries 15 decimal digits faithfully; digits printed beyond them are not compared.
TRUSTED_DIGITS = 15

# What expressions may use beside their inputs: celib's public names and a handful of NumPy's.
_NUMPY = (
    "abs arange array average concatenate exp float32 floor inf log log1p log2 max maximum mean "
    "minimum nanmax nansum ones ravel repeat reshape round sqrt sum where"
)
NAMES: dict[str, Any] = {
    **{name: getattr(np, name) for name in _NUMPY.split()},
    **{name: getattr(celib, name) for name in celib.__all__},
    "len": len,
    "zip": zip,
}

Printed: TypeAlias = "str | list[Printed]"
Value: TypeAlias = "float | list[Value]"


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger.

    Attributes
    ----------
    id : str
        A readable name, unique and stable.
    topic : str
        The module of `celib`, and the notebook, that the entry belongs to.
    inputs : dict
        Numbers and arrays by the names that the expressions use.
    convention : dict
        ``unit``, ``reduction`` and, where more must be said, ``words``.
    printed : str or nested list of str
        The figure or figures as printed, so that the digits are known.
    significant : int or None
        How many digits the figures stand for, where it is not as many as are printed: fewer for
        results of single precision, more for a round number that is meant exactly.
    right : str
        Expression that gives the right value.
    verdict : str
        One of `VERDICTS`.
    instead : str or nested list of str, or None
        The right value, rounded, where it is not what was printed.
    printed_by : str or None
        Expression that gives what was printed, where that is not the right value.
    because : str or None
        Why the two differ.
    source : dict
        ``name``, ``url`` or None, and ``seen_at_source``: whether the figure was read there,
        rather than in a copy or, for exact values of textbooks, from memory.
    """

    id: str
    topic: str
    inputs: dict[str, Any]
    convention: dict[str, Any]
    printed: Printed
    significant: int | None
    right: str
    verdict: str
    instead: Printed | None
    printed_by: str | None
    because: str | None
    source: dict[str, Any]


@dataclass(frozen=True)
class Recomputed:
    """What the expressions of an entry give, and whether that bears out its verdict.

    Attributes
    ----------
    right : float or nested list of float
        The right value.
    printed_by : float or nested list of float, or None
        The value of the expression said to give what was printed.
    confirms : bool
        For the verdict "right": the right value has the digits printed. For others: it has those
        of ``instead`` and not those printed, which the value of ``printed_by``, if any, has.
    """

    right: Value
    printed_by: Value | None
    confirms: bool


def ledger() -> dict[str, Entry]:
    """Return the entries by their id, in the order of the notebooks.

    Returns
    -------
    dict of str to Entry
        Read anew at each call, and the caller's to change.

    Examples
    --------
    >>> entry = ledger()["koech-first-loss"]
    >>> print(entry.printed, entry.convention["unit"], entry.verdict)
    0.3677 bits right
    """
    text = files("celib").joinpath("published.json").read_text(encoding="utf-8")
    return {block["id"]: Entry(**block) for block in json.loads(text)}


def recompute(entry: Entry) -> Recomputed:
    """Evaluate the expressions of an entry and compare them with what was printed.

    Parameters
    ----------
    entry : Entry
        An entry of the ledger, or one changed with ``dataclasses.replace``.

    Returns
    -------
    Recomputed
        The values, and whether they bear out the verdict.

    Examples
    --------
    >>> again = recompute(ledger()["koech-second-loss-as-printed"])
    >>> print(f"{again.right:.4f} bits, not {again.printed_by:.4f} bits: {again.confirms}")
    0.0923 bits, not 0.0954 bits: True
    """
    right = evaluate(entry.right, entry.inputs)
    other = None if entry.printed_by is None else evaluate(entry.printed_by, entry.inputs)
    has_digits = agrees(right, entry.printed, entry.significant)
    if entry.verdict == "right":
        return Recomputed(right, other, confirms=has_digits and entry.instead is None)
    corrected = entry.instead is not None and agrees(right, entry.instead)
    explained = other is None or agrees(other, entry.printed, entry.significant)
    return Recomputed(right, other, confirms=not has_digits and corrected and explained)


def evaluate(expression: str, inputs: dict[str, Any], names: Mapping[str, Any] = NAMES) -> Value:
    """Return the value of one of the ledger's expressions, arrays as nested lists.

    Parameters
    ----------
    expression : str
        Python over the names in `names` and in `inputs`.
    inputs : dict
        Numbers and nested lists; lists become arrays.
    names : mapping
        What may be called.

    Returns
    -------
    float or nested list of float

    Examples
    --------
    >>> evaluate("entropy(p, unit='bits')", {"p": [0.25, 0.25, 0.5]})
    1.5
    """
    arrays = {k: np.asarray(v) if isinstance(v, list) else v for k, v in inputs.items()}
    # The text is our own, packaged with the code it is evaluated by, and no more privileged.
    # Names first: an empty dict takes them all at once, one that holds anything one by one.
    value = eval(_compiled(expression), {**names, **arrays, "__builtins__": {}})
    return np.asarray(value, dtype=np.float64).tolist()


@cache
def _compiled(expression: str) -> CodeType:
    return compile(expression, "a formula", "eval")


def agrees(value: Value, printed: Printed, significant: int | None = None) -> bool:
    """Tell whether a value, rounded as far as a printed figure is, is that figure.

    Parameters
    ----------
    value : float or nested list of float
        What was computed.
    printed : str or nested list of str
        What was printed, in lists of the same lengths.
    significant : int, optional
        How many digits of each figure to compare; all that are printed, up to 15, if not given.

    Returns
    -------
    bool
        For lists, whether all figures agree. A value halfway between two agrees with both.

    Examples
    --------
    >>> agrees(0.36773, "0.3677"), agrees(0.36773, "0.3678")
    (True, False)
    >>> agrees(0.16984602, "0.16984604"), agrees(0.16984602, "0.16984604", significant=7)
    (False, True)
    """
    if isinstance(printed, list) or isinstance(value, list):
        return (
            isinstance(printed, list)
            and isinstance(value, list)
            and len(value) == len(printed)
            and all(agrees(v, p, significant) for v, p in zip(value, printed, strict=True))
        )
    figure, number = Decimal(printed), Decimal(value)
    if not (figure.is_finite() and number.is_finite()):
        return figure == number
    step = last_place(printed, significant)
    return abs(number - figure) <= step / 2 + abs(figure) * Decimal("1e-16")


def last_place(printed: str, significant: int | None = None) -> Decimal:
    """Return the size of one unit in the last place of a printed figure that is compared.

    Parameters
    ----------
    printed : str
        A finite figure.
    significant : int, optional
        As in `agrees`.

    Returns
    -------
    Decimal

    Examples
    --------
    >>> print(last_place("0.3677"), last_place("4.58e-05"), last_place("0.1", significant=2))
    0.0001 1E-7 0.01
    """
    figure = Decimal(printed)
    places = int(figure.as_tuple().exponent)
    if figure == 0:
        return Decimal(1).scaleb(places)
    leading = figure.adjusted() + 1
    if significant is not None:
        places = leading - significant
    return Decimal(1).scaleb(max(places, leading - TRUSTED_DIGITS))
