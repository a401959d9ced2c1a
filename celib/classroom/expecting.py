"""What a test of a problem set expects of an answer, judged by the catalogue of mistakes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from celib._answers import UNITS, one_of
from celib.practice.catalogue import ANY, UNFIT, Quantity, catalogue, quantities
from celib.practice.exercises import Exercise
from celib.practice.judging import Verdict, judged
from celib.practice.variants import Draw

__all__ = ["Unmet", "expect"]

NEXT = "Take an input so small that you can work the answer out by hand, and compare step by step."
NOTHING_YET = "Not done yet: there is no answer here, or the function returns nothing."


class Unmet(AssertionError):
    """An answer that is not what was expected; the message is the verdict.

    Attributes
    ----------
    mistake : str or None
        The name of the mistake in the catalogue, where the answer is one.
    discreet : str
        The verdict without any input of the tests: what may be told to everybody.
    """

    def __init__(self, verdict: Verdict) -> None:
        text = verdict.text if verdict.is_answered else NOTHING_YET
        super().__init__(text)
        self.mistake = verdict.mistake
        self.discreet = verdict.discreet or text


def expect(
    answer: Any,
    quantity: str,
    *,
    unit: str = "",
    inputs: Mapping[str, Any] | None = None,
    cases: Sequence[Mapping[str, Any]] = (),
    vary: Mapping[str, str] | None = None,
    mistakes: Sequence[str] | None = None,
) -> None:
    """Expect an answer to be right, and say which known mistake it is where it is not.

    Parameters
    ----------
    answer : number, text, list, array or function
        The student's. A value is right as in `celib.practice.check`; a function must be right on
        ``cases`` and on twenty inputs drawn at random, always the same ones.
    quantity : str
        What is asked for, by its name in the catalogue, such as ``"entropy"``. A function takes
        the inputs of the quantity by position, in the catalogue's order.
    unit : {"nats", "bits", "bans"}
        The unit asked for, where the quantity is one of information.
    inputs : mapping of str to value, optional
        The inputs from which a value was to be computed. Without them a function is expected.
    cases : sequence of mappings
        More inputs on which a function is judged; hard ones, say.
    vary : mapping of str to str, optional
        Expressions that draw an input of a function where the catalogue's do not fit, such as
        ``{"p": "distribution(6)"}``.
    mistakes : sequence of str, optional
        The names of those to recognise; by default all that can spoil the quantity.

    Raises
    ------
    Unmet
        If the answer is not right. It is an `AssertionError`, with the verdict as its message.
    ValueError
        If the test itself is at fault: an unknown quantity, say.

    Examples
    --------
    >>> expect(1.5, "entropy", unit="bits", inputs={"p": [0.5, 0.25, 0.25]})
    >>> expect(1.0397, "entropy", unit="bits", inputs={"p": [0.5, 0.25, 0.25]})
    Traceback (most recent call last):
        ...
    celib.classroom.expecting.Unmet: Not yet. A known mistake: the natural logarithm where bits ...
    """
    asked = _quantity(quantity, unit)
    draws = {name: (vary or {}).get(name, how) for name, how in asked.inputs.items()}
    _refuse_strangers(asked, [*([inputs] if inputs else []), *cases, vary or {}])
    first = dict(inputs) if inputs else Draw("first", f"expect {quantity}").inputs(draws)
    exercise = Exercise(
        id=f"expect {quantity}",
        kind=_kind(asked, unit, inputs),
        ask="",
        next=NEXT,
        hints=[],
        solution="",
        answer="",
        quantity=quantity,
        unit=unit,
        inputs={name: _listed(value) for name, value in first.items()},
        vary=draws,
        cases=[dict(case) for case in cases],
        mistakes=_mistakes(asked, unit, [first, *cases]) if mistakes is None else list(mistakes),
    )
    verdict = judged(exercise, answer)
    if verdict.status != "right":
        raise Unmet(verdict)


def _quantity(name: str, unit: str) -> Quantity:
    if name not in quantities():
        near = difflib.get_close_matches(name, quantities(), n=3, cutoff=0.4)
        meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(f"There is no quantity {name!r} in the catalogue.{meant}")
    asked = quantities()[name]
    if asked.information:
        one_of("unit", unit, tuple(UNITS))
    elif unit:
        raise ValueError(f"{name!r} is not measured in {unit!r}; leave the unit out.")
    return asked


def _refuse_strangers(asked: Quantity, given: Sequence[Mapping[str, Any]]) -> None:
    for name in (name for some in given for name in some if name not in asked.inputs):
        known = ", ".join(asked.inputs)
        raise ValueError(f"{asked.name!r} has no input {name!r}; its inputs are {known}.")


def _kind(asked: Quantity, unit: str, inputs: Mapping[str, Any] | None) -> str:
    if inputs is None:
        return "function"
    if missing := [name for name in asked.inputs if name not in inputs]:
        raise ValueError(f"{asked.name!r} also needs the input {missing[0]!r}.")
    return "array" if asked.value(dict(inputs), unit or "nats").ndim else "number"


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _mistakes(asked: Quantity, unit: str, cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the mistakes that can spoil a quantity; the most telling, its own, first."""
    spoiling = [
        [name for name, mistake in catalogue().items() if key in mistake.wrong]
        for key in (asked.name, *([ANY] if asked.information else []))
    ]
    names = dict.fromkeys(name for some in spoiling for name in some)
    return [name for name in names if all(_can_be_made(name, asked, unit, case) for case in cases)]


def _can_be_made(name: str, asked: Quantity, unit: str, inputs: Mapping[str, Any]) -> bool:
    """Tell whether the wrong formula gives anything: summing over rows needs rows."""
    arrays = {
        name: np.array(value) if isinstance(value, list) else value
        for name, value in inputs.items()
    }
    try:
        return catalogue()[name].value(asked, arrays, unit) is not None
    except UNFIT:
        return False
