"""Which formulas, right or wrong, give a number: the catalogue read backwards."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from celib._answers import UNITS, one_of

from .catalogue import ANY, Mistake, Quantity, catalogue, computed, quantities
from .plain import Plain, Unreadable, plain
from .telling import Told, paragraph

__all__ = ["Explanation", "Finding", "explain"]

Floats = NDArray[np.float64]
BASES = {"nats": "e", "bits": "2", "bans": "10"}
# Single precision carries hardly more, and losses are often computed in it.
TRUSTED_DIGITS = 6
MOST_MISTAKES = 3
MOST_SHOWN = 5
# What a formula may raise on inputs that it is not meant for.
_UNFIT = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    ZeroDivisionError,
    OverflowError,
    MemoryError,
)


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
    formula : str
        Python over the inputs, `celib` and NumPy that gives the number.
    unused : tuple of str
        Inputs that were given and that it does not use.
    changed : str
        An input that must have been another, where that alone explains the number.
    """

    quantity: str
    unit: str
    mistakes: tuple[str, ...]
    formula: str
    unused: tuple[str, ...] = ()
    changed: str = ""

    @property
    def steps(self) -> int:
        """How far it is from the right formula for the inputs given: the fewer, the likelier."""
        return len(self.mistakes) + len(self.unused) + 2 * bool(self.changed)


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


def explain(number: Any, *, unit: str | None = None, **inputs: Any) -> Explanation:
    """Find the formulas, right and wrong, that give a number for some inputs.

    Parameters
    ----------
    number : number or text
        As it was printed: its digits say how closely a formula must agree. Text keeps last zeros.
    unit : {"nats", "bits", "bans"}, optional
        The unit claimed for it. Without it a result in any of them counts as right.
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
            unit = one_of("unit", unit or typed.unit, tuple(UNITS))
        given = {name: _input(name, value) for name, value in inputs.items()}
        found = _findings(typed, unit, given)
    except ValueError as unusable:
        return Explanation(f"Not explained.\n\n{paragraph(str(unusable))}")
    return Explanation(_told(typed, given, found), tuple(found))


def formulas(unit: str | None, inputs: dict[str, Any]) -> Iterator[Finding]:
    """Give every formula for some inputs, with at most `MOST_MISTAKES` mistakes."""
    for quantity in _fitting(inputs):
        unused = tuple(name for name in inputs if name not in quantity.inputs)
        for start, mistakes in _starts(quantity):
            for in_unit in _units(quantity, unit):
                formula = start if in_unit in ("", "nats") else f"({start}) / log({BASES[in_unit]})"
                first = Finding(quantity.name, in_unit, mistakes, formula, unused)
                yield from _spoiled(first, quantity, base_counts=unit is not None)


# --- the formulas -------------------------------------------------------------------------------


def _fitting(inputs: dict[str, Any]) -> list[Quantity]:
    """Return the quantities that can be computed from the inputs."""
    known = {name for quantity in quantities().values() for name in quantity.inputs}
    if strangers := [name for name in inputs if name not in known]:
        raise ValueError(
            f"No quantity here takes {strangers[0]!r}; known are {', '.join(sorted(known))}."
        )
    found = [
        one
        for one in quantities().values()
        if set(one.inputs) <= set(inputs) and _meant(one, inputs)
    ]
    if not found:
        raise ValueError(
            f"No quantity here is computed from {', '.join(inputs) or 'nothing'} alone."
        )
    return found


def _meant(quantity: Quantity, inputs: dict[str, Any]) -> bool:
    try:
        return bool(computed(quantity.where, inputs))
    except _UNFIT:
        return False


def _starts(quantity: Quantity) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield quantity.right, ()
    for mistake in catalogue().values():
        if quantity.name in mistake.wrong:
            yield mistake.wrong[quantity.name], (mistake.name,)


def _units(quantity: Quantity, unit: str | None) -> Iterable[str]:
    if not quantity.information:
        return ("",)
    return UNITS if unit is None else (unit,)


def _spoiled(first: Finding, quantity: Quantity, *, base_counts: bool) -> Iterator[Finding]:
    """Give a formula, and what becomes of it by mistakes that can be made on top of any."""
    on_top = [
        mistake
        for mistake in catalogue().values()
        if ANY in mistake.wrong and (base_counts or not _mistakes_the_base(mistake))
    ]
    for count in range(MOST_MISTAKES - len(first.mistakes) + 1):
        for some in itertools.combinations(on_top, count):
            if sum(map(_mistakes_the_base, some)) > 1:
                continue
            formula: str | None = first.formula
            for mistake in some:
                formula = formula and _on_top(mistake, formula, quantity, first.unit)
            if formula:
                names = first.mistakes + tuple(mistake.name for mistake in some)
                yield replace(first, formula=formula, mistakes=names)


def _mistakes_the_base(mistake: Mistake) -> bool:
    return "base" in _names_in(mistake.wrong[ANY])


def _names_in(expression: str) -> set[str]:
    return set(re.findall(r"[a-z_]\w*", expression))


def _on_top(mistake: Mistake, formula: str, quantity: Quantity, unit: str) -> str | None:
    """Write a mistake over a formula; None where the quantity has nothing of the kind."""
    parts = {"right": formula, "classes": quantity.classes, "examples": quantity.examples}
    parts["base"] = BASES.get(unit)
    used = _names_in(mistake.wrong[ANY]) & set(parts)
    if any(parts[name] is None for name in used):
        return None
    return re.sub(
        r"\b(right|classes|examples|base)\b",
        lambda found: f"({parts[found[1]]})",
        mistake.wrong[ANY],
    )


# --- comparing ----------------------------------------------------------------------------------


def _findings(typed: Plain, unit: str | None, inputs: dict[str, Any]) -> list[Finding]:
    found, seen = [], set()
    for one in formulas(unit, inputs):
        value = _value(one.formula, inputs)
        # Two names for one formula are one finding: the first, which has the fewest mistakes.
        if value is not None and _gives(value, typed):
            key = (one.unit, round(float(np.sum(value)), 9), one.steps)
            if key not in seen:
                seen.add(key)
                found.append(one)
    if not found or min(one.steps for one in found) >= 2:
        found += _misprints(typed, unit, inputs)
    units = ["", *UNITS]
    found.sort(key=lambda one: (one.steps, units.index(one.unit)))
    return [one for one in found if one.steps <= found[0].steps + 1][:MOST_SHOWN]


def _value(formula: str, inputs: dict[str, Any]) -> Floats | None:
    try:
        return computed(formula, inputs | {"e": np.e})
    except _UNFIT:
        return None


def _gives(value: Floats, typed: Plain) -> bool:
    """Tell whether a value, or for one number an entry of it, has the digits typed."""
    if typed.value.shape == value.shape:
        return all(map(_has_digits, value.flat, typed.value.flat, itertools.repeat(typed.digits)))
    return typed.value.ndim == 0 and any(
        _has_digits(entry, float(typed.value), typed.digits) for entry in value.flat
    )


def _has_digits(value: float, typed: float, digits: int) -> bool:
    if not (np.isfinite(value) and np.isfinite(typed)):
        return value == typed or bool(np.isnan(value) and np.isnan(typed))
    if typed == 0:
        return abs(value) < 0.5 * 10.0**-TRUSTED_DIGITS
    place = 10.0 ** (np.floor(np.log10(abs(typed))) + 1 - min(max(digits, 1), TRUSTED_DIGITS))
    return bool(abs(value - typed) <= place / 2 * (1 + 1e-9))


def _misprints(typed: Plain, unit: str | None, inputs: dict[str, Any]) -> list[Finding]:
    """Find inputs of which one digit must have been another."""
    found = []
    for changed, others in _one_digit_changed(inputs):
        for one in formulas(unit, others):
            if one.mistakes or one.unused:
                continue
            value = _value(one.formula, others)
            if value is not None and _gives(value, typed):
                found.append(replace(one, changed=changed))
    return found


def _one_digit_changed(inputs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in inputs.items():
        array = np.asarray(value)
        if array.dtype.kind != "f" or array.size > 20:
            continue
        for place in np.ndindex(array.shape):
            was = float(array[place])
            for now in _neighbours(was):
                other = array.copy()
                other[place] = now
                where = f"{name}[{', '.join(map(str, place))}]" if place else name
                changed = f"{where} = {now:g} instead of {was:g}"
                yield changed, inputs | {name: other if place else float(other)}


def _neighbours(number: float) -> Iterator[float]:
    """Give the numbers that differ from one in a single digit."""
    text = np.format_float_positional(number, trim="-")
    for i, digit in enumerate(text):
        if digit.isdigit():
            for other in "0123456789":
                if other != digit:
                    yield float(text[:i] + other + text[i + 1 :])


def _input(name: str, value: Any) -> Any:
    try:
        array = plain(value).value
    except Unreadable as unreadable:
        raise ValueError(f"{name}: {unreadable}") from unreadable
    # Labels are indices, and an index is an integer.
    whole = np.asarray(value).dtype.kind in "iu"
    array = array.astype(int) if whole else array
    return array.item() if array.ndim == 0 else array


# --- words --------------------------------------------------------------------------------------


def _told(typed: Plain, inputs: dict[str, Any], found: list[Finding]) -> str:
    number = (
        "These numbers" if typed.value.ndim else f"{float(typed.value):.{max(typed.digits, 1)}g}"
    )
    if not found:
        return f"{number}: nothing fits.\n\n" + paragraph(_nothing(inputs))
    blocks = [f"{number}: what gives it"]
    blocks += [_line(one, inputs) for one in found]
    if found[0].mistakes:
        blocks.append(paragraph(catalogue()[found[0].mistakes[0]].truth))
    if typed.value.ndim == 0 and typed.digits < 3:
        blocks.append(
            paragraph("Few digits fit many formulas: ask for more before you believe one.")
        )
    return "\n\n".join(blocks)


def _line(one: Finding, inputs: dict[str, Any]) -> str:
    faults = [catalogue()[name].title for name in one.mistakes]
    faults += [f"{name} not used" for name in one.unused]
    faults += [one.changed] if one.changed else []
    what = f"{one.quantity}{', in ' * bool(one.unit)}{one.unit}"
    said = paragraph(f"{what}: {' and '.join(faults) or 'right'}")
    return f"{said}\n\n    {one.formula}"


def _nothing(inputs: dict[str, Any]) -> str:
    names = ", ".join(one.name for one in _fitting(inputs))
    refused = "".join(f" celib refuses these inputs: {why}" for why in _refusals(inputs))
    return (
        f"No formula that I know, right or wrong, gives it for these inputs. I tried those for "
        f"{names}, with up to {MOST_MISTAKES} mistakes each, and every input with one digit "
        f"changed.{refused} Are the inputs those it was computed from?"
    )


def _refusals(inputs: dict[str, Any]) -> Iterator[str]:
    for quantity in _fitting(inputs):
        try:
            computed(quantity.right, inputs)
        except _UNFIT as error:
            yield str(error)
            return
