"""Judging an answer: right, a mistake of the catalogue, or neither, and what to say then."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import celib
from celib._answers import nats_per

from .calling import outcomes
from .catalogue import catalogue
from .exercises import Exercise, wrong_values
from .fitting import fits, is_close, is_too_coarse
from .plain import Plain, Unreadable, is_blank, letters, plain
from .telling import Told, paragraph
from .variants import Draw

__all__ = ["Verdict", "judged", "task"]

Floats = NDArray[np.float64]
RANDOM_CASES = 20
# Nobody types so many digits: such an answer was computed, and is said in four.
COMPUTED_DIGITS = 7
TOO_FEW = 'significant digits. (As text, such as "0.50", a last zero counts.)'
# A function of the learner's may sum in another order; it may not round.
RELATIVE, ABSOLUTE = 1e-6, 1e-9


@dataclass(frozen=True, repr=False)
class Verdict(Told):
    """What `check` says of an answer.

    Attributes
    ----------
    text : str
        The verdict in words, as it is shown.
    status : str
        ``right``, ``mistake`` or ``unrecognised``.
    mistake : str or None
        The name of the mistake in the catalogue.
    is_answered : bool
        False where there was nothing to judge yet.
    discreet : str
        The same without the input on which a function failed; empty where the text names none.
    """

    status: str
    mistake: str | None = None
    is_answered: bool = True
    discreet: str = ""

    @property
    def tone(self) -> str:
        """Which edge to draw beside it: that of the status."""
        return self.status


def judged(asked: Exercise, answer: Any) -> Verdict:
    """Judge an answer to an exercise; whatever the answer is, the result is a verdict."""
    if is_blank(answer):
        return task(asked)
    try:
        return _JUDGES[asked.kind](asked, answer)
    except Unreadable as unreadable:
        return _unrecognised(str(unreadable))


def task(asked: Exercise) -> Verdict:
    """Say what is to do."""
    blocks = [f"To do: {asked.id}", paragraph(asked.said(asked.ask)), _shown(asked), _how(asked)]
    text = "\n\n".join(block for block in blocks if block)
    return Verdict(text, "unrecognised", is_answered=False)


# --- verdicts -----------------------------------------------------------------------------------


def _right(remark: str) -> Verdict:
    return Verdict("\n\n".join(["Right.", paragraph(remark)]) if remark else "Right.", "right")


def _mistaken(name: str, what: str) -> Verdict:
    mistake = catalogue()[name]
    text = f"Not yet. A known mistake: {mistake.title}.\n\n"
    return Verdict(text + paragraph(f"{what} {mistake.refutation}"), "mistake", name)


def _unrecognised(why: str, discreet: str = "") -> Verdict:
    text, discreet = (why and f"Not yet.\n\n{paragraph(why)}" for why in (why, discreet))
    return Verdict(text, "unrecognised", discreet=discreet)


def _neither(asked: Exercise, what: str) -> Verdict:
    return _unrecognised(
        f"{what} is not right, and no mistake that I know gives it. {asked.said(asked.next)}"
    )


# --- numbers and arrays -------------------------------------------------------------------------


def _judge_value(asked: Exercise, answer: Any) -> Verdict:
    right, wrong_ones, typed = asked.right, asked.wrong, plain(answer)
    given = _in_unit(_in_shape(typed, right), asked)
    if fits(given, right):
        return _right(_same_in_other_unit(typed, asked))
    for name, wrong in wrong_ones.items():
        if fits(given, wrong):
            return _mistaken(name, f"{_typed(typed)} is what it gives here.")
    if not np.all(np.isfinite(given.value)):
        return _unrecognised(f"{_typed(typed)} is no number. {asked.said(asked.next)}")
    if any(is_too_coarse(given, value) for value in (right, *wrong_ones.values())):
        return _unrecognised(
            f"{_typed(typed)} has too few digits to tell right from wrong; give at least three "
            + ("decimal places." if right.ndim else TOO_FEW)
        )
    if is_close(given, right):
        return _unrecognised(
            f"{_typed(typed)} is close, but not what comes out. If you rounded on the way, carry "
            "more digits and round once, at the end.",
        )
    return _neither(asked, _typed(typed))


def _in_shape(typed: Plain, right: Floats) -> Plain:
    if typed.value.shape == right.shape:
        return typed
    if typed.value.size == right.size == 1:
        return typed._replace(value=typed.value.reshape(right.shape))
    asked = "one number" if right.ndim == 0 else f"an array of shape {right.shape}"
    given = "one number" if typed.value.ndim == 0 else f"an array of shape {typed.value.shape}"
    raise Unreadable(f"The answer is {given}; the question asks for {asked}.")


def _in_unit(typed: Plain, asked: Exercise) -> Plain:
    if not (typed.unit and asked.unit):
        return typed
    return typed._replace(value=typed.value * (nats_per(typed.unit) / nats_per(asked.unit)))


def _same_in_other_unit(typed: Plain, asked: Exercise) -> str:
    if typed.unit and not asked.unit:
        return f"It has no unit, though: it is a number, not a number of {typed.unit}."
    if typed.unit in ("", asked.unit) or typed.value.ndim:
        return ""
    return f"{_typed(typed)} is {float(asked.right):.4g} {asked.unit}, the unit asked for."


def _typed(typed: Plain) -> str:
    if typed.value.ndim:
        return "Your array"
    number, digits = float(typed.value), typed.digits
    text = f"{number:.{max(digits, 1) if digits < COMPUTED_DIGITS else 4}g}"
    if "e" in text and 1e-4 <= abs(number) < 1e6:
        text = f"{number:g}"
    return f"{text} {typed.unit}".rstrip().replace("-", "−")


# --- functions ----------------------------------------------------------------------------------


def _judge_function(asked: Exercise, answer: Any) -> Verdict:
    if not callable(answer):
        raise Unreadable(
            "The exercise asks for a function: give its name, without brackets behind it."
        )
    if _is_unchanged(asked, answer):
        return task(asked)
    return _judge_calls(asked, answer, "Your function")


def _is_unchanged(asked: Exercise, function: Callable[..., Any]) -> bool:
    """Tell whether a function is still the one that stands on the page."""
    code = getattr(function, "__code__", None)
    return code is not None and code in [
        made.__code__.replace(co_firstlineno=code.co_firstlineno, co_linetable=code.co_linetable)
        for made in _functions(asked.start)
    ]


def _judge_calls(asked: Exercise, function: Callable[..., Any], who: str) -> Verdict:
    cases = _cases(asked)
    found = outcomes(function, [list(case.values()) for case in cases])
    last = found[-1]
    if last.is_blank and len(found) == 1:
        return task(asked)
    if last.value is None:
        next = asked.said(asked.next)
        failure = f"On {_inputs(cases[len(found) - 1])} it {last.problem}. {next}"
        return _unrecognised(failure, f"On one of the inputs tried it {last.kind}. {next}")
    given = [one.value.value for one in found if one.value is not None]
    expected = [asked.asks_for.value(case, asked.unit) for case in cases]
    if _all_equal(given, expected):
        return _right(f"Judged on {len(cases)} inputs, {RANDOM_CASES} of them random.")
    wrong = [wrong_values(asked, case) for case in cases]
    # A mistake may come with another at the hard inputs, such as an overflow.
    ordinary = [0, *range(1 + len(asked.cases), len(cases))]
    for where, some in ("every input", range(len(cases))), ("every ordinary input", ordinary):
        if _all_equal([given[i] for i in some], [expected[i] for i in some]):
            break
        for name in wrong[0]:
            if _all_equal([given[i] for i in some], [wrong[i][name] for i in some]):
                return _mistaken(name, f"{who} gives on {where} what this mistake gives.")
    return _first_failure(asked, cases, given, expected)


def _cases(asked: Exercise) -> list[dict[str, Any]]:
    """Give the inputs on which a function is judged: the page's, chosen ones, random ones."""
    draw = Draw(f"{asked.seed}", f"cases of {asked.id}")
    draws = {name: asked.vary.get(name, how) for name, how in asked.asks_for.inputs.items()}
    random_cases = [draw.inputs(draws) for _ in range(RANDOM_CASES)]
    cases = [asked.inputs, *asked.cases, *random_cases]
    return [{name: _array(case[name]) for name in asked.asks_for.inputs} for case in cases]


def _array(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value


def _all_equal(found: list[Floats], values: list[Floats]) -> bool:
    return all(map(_equal, found, values))


def _equal(one: Floats, other: Floats) -> bool:
    return one.shape == other.shape and np.allclose(
        one, other, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True
    )


def _first_failure(
    asked: Exercise, cases: list[dict[str, Any]], found: list[Floats], expected: list[Floats]
) -> Verdict:
    for case, one, value in zip(cases, found, expected, strict=True):
        if not _equal(one, value):
            given, right = _told_apart(one, value)
            next = asked.said(asked.next)
            return _unrecognised(
                f"On {_inputs(case)} it gives {given}, where {right} is right. {next}",
                f"On one of the inputs tried it does not give what is right, and no mistake that "
                f"I know gives what it does. {next}",
            )
    raise AssertionError("no case failed")


def _inputs(case: dict[str, Any]) -> str:
    return ", ".join(f"`{name} = {_short(np.asarray(value))}`" for name, value in case.items())


def _told_apart(one: Floats, other: Floats) -> tuple[str, str]:
    """Write two values with so many digits that the texts differ."""
    texts = _short(one), _short(other)
    return texts if texts[0] != texts[1] else (_short(one, 16), _short(other, 16))


def _short(value: NDArray[Any], digits: int = 4) -> str:
    with np.printoptions(precision=digits, threshold=12, suppress=digits == 4):
        return " ".join(np.array2string(value, separator=", ").split())


# --- choices and orders -------------------------------------------------------------------------


def _judge_choice(asked: Exercise, answer: Any) -> Verdict:
    options = asked.shuffled_options()
    chosen = letters(answer)
    known = string.ascii_uppercase[: len(options)]
    if len(chosen) != 1 or chosen not in known:
        raise Unreadable(f"Choose one of the letters {known[0]} to {known[-1]}.")
    option = options[known.index(chosen)]
    if option.get("right"):
        return _right(asked.said(option.get("because", "")))
    return _mistaken(option["mistake"], f"{chosen} is what it leads to.")


def _judge_order(asked: Exercise, answer: Any) -> Verdict:
    shown, chosen = asked.shuffled_lines(), letters(answer)
    known = string.ascii_uppercase[: len(shown)]
    if strangers := [letter for letter in chosen if letter not in known]:
        raise Unreadable(
            f"There is no line {strangers[0]}; the lines are {known[0]} to {known[-1]}."
        )
    if twice := [letter for letter, count in Counter(chosen).items() if count > 1]:
        raise Unreadable(f"Line {twice[0]} is there twice; each line is used once or not at all.")
    lines = [shown[known.index(letter)] for letter in chosen]
    verdict = _judge_code(asked, lines)
    if verdict.status == "right" and len(lines) > len(asked.lines):
        return _unrecognised(
            f"It works, but {len(asked.lines)} lines are enough; yours has {len(lines)}. "
            "Leave out what does nothing."
        )
    if verdict.status == "right":
        return verdict
    if len(lines) < len(asked.lines):
        return _unrecognised(f"{len(asked.lines)} lines are needed; yours has {len(lines)}.")
    for decoy in asked.decoys:
        if decoy["line"] in lines:
            letter = known[shown.index(decoy["line"])]
            return _mistaken(decoy["mistake"], f"It is in line {letter}.")
    return verdict


def _judge_code(asked: Exercise, lines: list[str]) -> Verdict:
    try:
        functions = _functions("\n".join(lines))
    except (SyntaxError, NameError) as error:
        return _unrecognised(
            f"In this order Python stops with {type(error).__name__}: {error.args[0]}."
        )
    if not functions:
        return _unrecognised("In this order the lines define no function.")
    return _judge_calls(asked, functions[-1], "This order")


def _functions(code: str) -> list[FunctionType]:
    """Return the functions that some code of ours defines, as a cell of a notebook would."""
    names: dict[str, Any] = {"np": np, "celib": celib}
    exec(compile(code, "a cell", "exec", dont_inherit=True), names)
    return [made for made in names.values() if isinstance(made, FunctionType)]


# --- what is shown ------------------------------------------------------------------------------


def _shown(asked: Exercise) -> str:
    if asked.kind == "choice":
        texts = [asked.said(option["text"]) for option in asked.shuffled_options()]
        rows = zip(string.ascii_uppercase, texts, strict=False)
        return "\n\n".join(paragraph(f"{letter}. {text}") for letter, text in rows)
    if asked.kind == "order":
        rows = zip(string.ascii_uppercase, asked.shuffled_lines(), strict=False)
        return "\n".join(f"    {letter}   {line}" for letter, line in rows)
    return ""


def _how(asked: Exercise) -> str:
    unit = f", in {asked.unit}" if asked.unit else ""
    return {
        "number": f"Replace the dots (...) by your number{unit}.",
        "array": f"Replace the dots (...) by your list or array{unit}.",
        "function": "Replace the dots (...) in the function, and run the cell again.",
        "repair": "Repair the function in the cell, and run the cell again.",
        "choice": 'Replace the dots (...) by one letter in quotes, such as "A".',
        "order": 'Replace the dots (...) by the letters of the lines in order, such as "CAB". '
        "Some lines belong nowhere.",
    }[asked.kind]


_JUDGES = {
    "number": _judge_value,
    "array": _judge_value,
    "function": _judge_function,
    "repair": _judge_function,
    "choice": _judge_choice,
    "order": _judge_order,
}
