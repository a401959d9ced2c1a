"""Which formulas, right or wrong, give a number: the catalogue read backwards."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from celib._answers import UNITS, one_of

from .catalogue import (
    ANY,
    UNFIT,
    Mistake,
    Quantity,
    catalogue,
    computed,
    quantities,
    surroundings,
)
from .fitting import FEWEST_DIGITS, places
from .plain import Plain, Unreadable, plain
from .telling import Told, paragraph

__all__ = ["Explanation", "Finding", "explain"]

Floats = NDArray[np.float64]
BASES = {"nats": "exp(1)", "bits": "2", "bans": "10"}
# Single precision carries hardly more, and losses are often computed in it.
TRUSTED_DIGITS = 6
MOST_MISTAKES = 3
MOST_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """A formula that gives the number.

    Attributes
    ----------
    quantity : str
        What it computes, or was meant to.
    unit : str
        The unit of the result; empty for a quantity without one.
    mistakes : tuple of str
        The names of the mistakes in it, none if it is right.
    value : float or ndarray
        What it gives.
    unused : tuple of str
        Inputs that were given and that it does not use.
    changed : str
        An input that must have been another, where that alone explains the number.
    cut_off : bool
        Whether the number is the value cut off after its last digit, and not rounded there.
    """

    quantity: str
    unit: str
    mistakes: tuple[str, ...]
    value: Floats = field(compare=False, repr=False)
    unused: tuple[str, ...] = ()
    changed: str = ""
    cut_off: bool = False

    @property
    def steps(self) -> int:
        """How far it is from the right formula for the inputs given: the fewer, the likelier."""
        return len(self.mistakes) + len(self.unused) + 2 * bool(self.changed) + self.cut_off

    @property
    def formula(self) -> str:
        """Python over the inputs, `celib` and NumPy that gives the value."""
        quantity = quantities()[self.quantity]
        formula, on_top = _start(quantity, self.mistakes), self.mistakes
        if on_top and quantity.name in catalogue()[on_top[0]].wrong:
            on_top = on_top[1:]
        if self.unit not in ("", "nats"):
            formula = f"{_grouped(formula)} / log({BASES[self.unit]})"
        for name in on_top:
            formula = _on_top(catalogue()[name], formula, quantity, self.unit)
        return formula


@dataclass(frozen=True, repr=False)
class Explanation(Told):
    """What `explain` found.

    Attributes
    ----------
    text : str
        The findings in words, as they are shown.
    findings : tuple of Finding
        The most likely first; empty where nothing fits.
    """

    findings: tuple[Finding, ...] = ()


def explain(
    number: Any, *, unit: str | None = None, of: str | None = None, **inputs: Any
) -> Explanation:
    """Find the formulas, right and wrong, that give a number for some inputs.

    Parameters
    ----------
    number : number or text
        As it was printed: its digits say how closely a formula must agree. Text keeps last zeros.
    unit : {"nats", "bits", "bans"}, optional
        The unit claimed for it. Without it a result in any of them counts as right.
    of : str, optional
        What it is claimed to be, such as ``"cross-entropy"``. Without it, it may be anything that
        can be computed from the inputs.
    **inputs
        What it was computed from, under the names that `celib` uses: ``targets``, ``probs``,
        ``logits``, ``p``, ``q``, ``gamma`` and so on.

    Returns
    -------
    Explanation
        With ``findings``, the most likely first: the fewest mistakes, nats before bits and bans.
        Inputs that nobody can compute with are told, not raised.

    Examples
    --------
    >>> found = explain(0.3677, unit="nats", targets=0, probs=[0.775, 0.116, 0.039, 0.070])
    >>> found.findings[0].mistakes
    ('base-2-for-nats',)
    """
    try:
        typed = plain(number)
        if unit or typed.unit:
            unit = one_of("unit", unit or typed.unit, UNITS)
        given = {name: _input(name, value) for name, value in inputs.items()}
        found = _findings(typed, unit, of, given)
    except ValueError as unusable:
        return Explanation(f"Not explained.\n\n{paragraph(str(unusable))}")
    return Explanation(_told(typed, of, given, found), tuple(found))


def formulas(unit: str | None, of: str | None, inputs: dict[str, Any]) -> Iterator[Finding]:
    """Give every formula for some inputs, with at most `MOST_MISTAKES` mistakes.

    Parameters
    ----------
    unit, of : str or None
        As for `explain`.
    inputs : dict
        Numbers and arrays by name.

    Yields
    ------
    Finding
        First the right formulas, then those with mistakes.
    """
    for quantity in _fitting(of, inputs):
        unused = tuple(name for name in inputs if name not in quantity.inputs)
        for mistakes in _starts(quantity):
            value = _value(_start(quantity, mistakes), inputs)
            if value is not None:
                for in_unit in _units(quantity, unit):
                    one = _in(in_unit, value)
                    first = Finding(quantity.name, in_unit, mistakes, one, unused)
                    yield from _spoiled(first, quantity, inputs, base_counts=unit is not None)


# --- the formulas -------------------------------------------------------------------------------


def _fitting(of: str | None, inputs: dict[str, Any]) -> list[Quantity]:
    """Return the quantities that can be computed from the inputs."""
    known = {name for quantity in quantities().values() for name in quantity.inputs}
    if of is not None:
        one_of("of", of, quantities())
    if strangers := [name for name in inputs if name not in known]:
        raise ValueError(
            f"No quantity here takes {strangers[0]!r}; known are {', '.join(sorted(known))}."
        )
    found = [
        one
        for one in quantities().values()
        if of in (None, one.name) and set(one.inputs) <= set(inputs) and _value(one.where, inputs)
    ]
    if not found:
        what = f"{of} cannot" if of else "Nothing known here can"
        raise ValueError(f"{what} be computed from {', '.join(inputs) or 'no input'} alone.")
    return found


def _starts(quantity: Quantity) -> list[tuple[str, ...]]:
    """Return the mistakes to start from: none, or one that spoils this very quantity."""
    own = [(one.name,) for one in catalogue().values() if quantity.name in one.wrong]
    return [(), *own]


def _start(quantity: Quantity, mistakes: tuple[str, ...]) -> str:
    own = catalogue()[mistakes[0]].wrong.get(quantity.name) if mistakes else None
    return own or quantity.right


def _units(quantity: Quantity, unit: str | None) -> Iterable[str]:
    if not quantity.information:
        return ("",)
    return UNITS if unit is None else (unit,)


def _in(unit: str, value: Floats) -> Floats:
    """Return a value that is in nats so far in a unit; in none, it stays as it is."""
    return np.asarray(value / UNITS.get(unit, 1.0))


def _spoiled(
    first: Finding, quantity: Quantity, inputs: dict[str, Any], *, base_counts: bool
) -> Iterator[Finding]:
    """Give a formula, and what becomes of it by mistakes that can be made on top of any."""
    around = surroundings(quantity, inputs, first.unit)
    fitting = {
        mistake.name: mistake.wrong[ANY]
        for mistake in catalogue().values()
        if ANY in mistake.wrong
        and quantity.information
        and quantity.name not in mistake.wrong
        and _names_in(mistake.wrong[ANY]) <= {"right", *around}
        and (base_counts or "base" not in _names_in(mistake.wrong[ANY]))
    }
    values: dict[tuple[str, ...], Floats] = {(): first.value}
    yield first
    for count in range(1, MOST_MISTAKES - len(first.mistakes) + 1):
        for names in itertools.combinations(fitting, count):
            if sum("base" in _names_in(fitting[name]) for name in names) <= 1:
                inner = {**around, "right": values[names[:-1]]}
                values[names] = computed(fitting[names[-1]], inner)
                yield replace(first, value=values[names], mistakes=first.mistakes + names)


@cache
def _names_in(formula: str) -> frozenset[str]:
    return frozenset(re.findall(r"right|classes|examples|base", formula))


def _on_top(mistake: Mistake, formula: str, quantity: Quantity, unit: str) -> str:
    """Write a mistake over a formula."""
    parts: dict[str, Any] = {"right": formula, "base": BASES.get(unit)}
    parts |= {"classes": quantity.classes, "examples": quantity.examples}
    return re.sub(
        r"\b(?:right|classes|examples|base)\b",
        lambda found: _grouped(parts[found[0]]),
        mistake.wrong[ANY],
    )


def _grouped(formula: str) -> str:
    """Put brackets around a formula, where it has operators outside of any."""
    tree = ast.parse(formula, mode="eval").body
    return f"({formula})" if isinstance(tree, ast.BinOp | ast.UnaryOp) else formula


# --- comparing ----------------------------------------------------------------------------------


def _findings(
    typed: Plain, unit: str | None, of: str | None, inputs: dict[str, Any]
) -> list[Finding]:
    found = []
    for one in formulas(unit, of, inputs):
        if _gives(one.value, typed):
            found.append(one)
        elif _gives_cut_off(one.value, typed):
            found.append(replace(one, cut_off=True))
    if not found or min(one.steps for one in found) >= 2:
        found += _misprints(typed, unit, of, inputs)
    units = ["", *UNITS]
    # A mistake that belongs to the quantity is likelier than one that can be made on top of any.
    found.sort(key=lambda one: (one.steps, _on_any(one), units.index(one.unit)))
    likely = [one for one in found if one.steps <= found[0].steps + 1]
    return _different(likely)[:MOST_SHOWN]


def _on_any(one: Finding) -> int:
    return sum(one.quantity not in catalogue()[name].wrong for name in one.mistakes)


def _different(found: list[Finding]) -> list[Finding]:
    """Leave out a finding whose value an earlier one for the same quantity and unit has."""
    kept: list[Finding] = []
    for one in found:
        alike = (
            other for other in kept if (other.quantity, other.unit) == (one.quantity, one.unit)
        )
        if not any(np.array_equal(one.value, other.value, equal_nan=True) for other in alike):
            kept.append(one)
    return kept


def _value(formula: str, inputs: dict[str, Any]) -> Floats | None:
    try:
        return computed(formula, inputs)
    except UNFIT:
        return None


def _gives(value: Floats, typed: Plain) -> bool:
    """Tell whether a value, or for one number an entry of it, has the digits typed."""
    if typed.value.ndim == 0:
        return any(_has_digits(entry, float(typed.value), typed.digits) for entry in value.flat)
    # The entries of an array are printed with one number of places, not of digits.
    half_a_place = 0.5 * 10.0 ** -min(places(typed.value), TRUSTED_DIGITS)
    return typed.value.shape == value.shape and np.allclose(
        value, typed.value, rtol=0, atol=half_a_place * (1 + 1e-9), equal_nan=True
    )


def _gives_cut_off(value: Floats, typed: Plain) -> bool:
    """Tell whether a value, cut off after as many digits as were typed, is what was typed."""
    if typed.value.ndim or typed.digits < 2:
        return False
    number = float(typed.value)
    if number == 0 or not math.isfinite(number):
        return False
    place, sign = _place(number, typed.digits), math.copysign(1, number)
    return any(0 <= sign * (entry - number) < place * (1 - 1e-9) for entry in value.flat)


def _has_digits(value: float, typed: float, digits: int) -> bool:
    if not math.isfinite(typed):
        return value == typed or (math.isnan(value) and math.isnan(typed))
    if typed == 0:
        return abs(value) < 0.5 * 10.0**-TRUSTED_DIGITS
    return abs(value - typed) <= _place(typed, digits) / 2 * (1 + 1e-9)


def _place(typed: float, digits: int) -> float:
    """Return the size of a unit in the last place of a number, of the digits that are trusted."""
    trusted = min(digits, TRUSTED_DIGITS)
    return 10.0 ** (math.floor(math.log10(abs(typed))) + 1 - trusted)


def _misprints(
    typed: Plain, unit: str | None, of: str | None, inputs: dict[str, Any]
) -> list[Finding]:
    """Find inputs of which one digit must have been another, all else being right."""
    found = []
    fitting = [one for one in _fitting(of, inputs) if set(one.inputs) == set(inputs)]
    for changed, others in _one_digit_changed(inputs):
        for quantity in fitting:
            value = _value(quantity.right, others)
            if value is None:
                continue
            for in_unit in _units(quantity, unit):
                one = _in(in_unit, value)
                if _gives(one, typed):
                    found.append(Finding(quantity.name, in_unit, (), one, changed=changed))
    return found


def _one_digit_changed(inputs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in inputs.items():
        array = np.asarray(value)
        if array.dtype.kind != "f" or array.size > 20:
            continue
        for place, was in np.ndenumerate(array):
            for now in _neighbours(was):
                other = array.copy()
                other[place] = now
                where = f"{name}[{', '.join(map(str, place))}]" if place else name
                changed = f"{where} = {now:g} instead of {was:g}"
                yield changed, inputs | {name: other if place else float(other)}


def _neighbours(number: float) -> Iterator[float]:
    """Give the numbers that differ from one in a single digit."""
    text = np.format_float_positional(number)
    for i, digit in enumerate(text):
        if digit.isdigit():
            for other in "0123456789":
                if other != digit:
                    yield float(text[:i] + other + text[i + 1 :])


def _input(name: str, value: Any) -> Any:
    try:
        array = plain(value).value
    except Unreadable as unreadable:
        if np.asarray(value).dtype.kind == "U":
            return value  # names, of columns say
        raise ValueError(f"{name}: {unreadable}") from unreadable
    # Labels are indices, and an index is an integer.
    whole = np.asarray(value).dtype.kind in "iu"
    array = array.astype(int) if whole else array
    return array.item() if array.ndim == 0 else array


# --- words --------------------------------------------------------------------------------------


def _told(typed: Plain, of: str | None, inputs: dict[str, Any], found: list[Finding]) -> str:
    if typed.value.ndim:
        number = "These numbers"
    else:
        # With its last zeros, which are part of the claim.
        number = f"{typed.value:#.{typed.digits}g}".rstrip(".").replace("-", "−")
    if not found:
        return f"{number}: nothing fits.\n\n{paragraph(_nothing(of, inputs))}"
    blocks = [f"{number}: what gives it", *map(_line, found)]
    if found[0].mistakes:
        blocks.append(paragraph(catalogue()[found[0].mistakes[0]].truth))
    if typed.value.ndim == 0 and typed.digits < FEWEST_DIGITS:
        blocks.append("Few digits fit many formulas: ask for more before you believe one.")
    return "\n\n".join(blocks)


def _line(one: Finding) -> str:
    faults = [catalogue()[name].title for name in one.mistakes]
    faults += [f"{name} not used" for name in one.unused]
    faults += [one.changed] if one.changed else []
    faults += ["cut off, not rounded"] if one.cut_off else []
    what = f"{one.quantity}{', in ' * bool(one.unit)}{one.unit}"
    said = paragraph(f"{what}: {'; '.join(faults) or 'right'}")
    return f"{said}\n\n    {one.formula}"


def _nothing(of: str | None, inputs: dict[str, Any]) -> str:
    fitting = _fitting(of, inputs)
    refused = next(
        (f" celib refuses these inputs: {why}" for why in _refusals(fitting, inputs)), ""
    )
    return (
        f"No formula that I know, right or wrong, gives it for these inputs. I tried those for "
        f"{', '.join(one.name for one in fitting)}, with up to {MOST_MISTAKES} mistakes each, "
        f"rounded or cut off, and every input with one digit changed.{refused} Are the inputs "
        "those it was computed from?"
    )


def _refusals(fitting: list[Quantity], inputs: dict[str, Any]) -> Iterator[Exception]:
    for quantity in fitting:
        try:
            computed(quantity.right, inputs)
        except UNFIT as error:
            yield error
