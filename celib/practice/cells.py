"""The code cell of an exercise, as a page has it and as somebody who solved it has it."""

from __future__ import annotations

import re
import string
from typing import Any

from .exercises import Exercise

__all__ = ["right_letters", "solved", "unsolved"]


def unsolved(asked: Exercise) -> str:
    """Return the cell before it is answered.

    Parameters
    ----------
    asked : Exercise

    Returns
    -------
    str

    Examples
    --------
    >>> from celib.practice import exercise
    >>> print(unsolved(exercise("categorical/loss-in-nats")))
    check("categorical/loss-in-nats", ...)
    """
    if asked.start:
        return f"{asked.start.strip()}\n\n\n{_check(asked, _defined(asked.start))}"
    return _check(asked, "...")


def solved(asked: Exercise) -> str:
    """Return the cell with a right answer; it needs NumPy, as ``np``, and `check`.

    Parameters
    ----------
    asked : Exercise

    Returns
    -------
    str

    Examples
    --------
    >>> from celib.practice import exercise
    >>> print(solved(exercise("categorical/loss-in-nats")))
    targets = 0
    probs = np.array([0.775, 0.116, 0.039, 0.07])
    check("categorical/loss-in-nats", -np.log(probs[targets]))
    """
    if asked.kind in ("choice", "order"):
        return _check(asked, f'"{right_letters(asked)}"')
    if asked.start:
        return f"{asked.answer.strip()}\n\n\n{_check(asked, _defined(asked.answer))}"
    inputs = [f"{name} = {_written(value)}" for name, value in asked.inputs.items()]
    *lines, last = asked.answer.strip().splitlines()
    return "\n".join([*inputs, *lines, _check(asked, last)])


def right_letters(asked: Exercise) -> str:
    """Return the letters that answer a choice or an order.

    Parameters
    ----------
    asked : Exercise

    Returns
    -------
    str
    """
    if asked.kind == "choice":
        rights = [option.get("right") for option in asked.shuffled_options()]
        return string.ascii_uppercase[rights.index(True)]
    shown = asked.shuffled_lines()
    return "".join(string.ascii_uppercase[shown.index(line)] for line in asked.lines)


def _check(asked: Exercise, answer: str) -> str:
    seed = "" if asked.seed is None else f", seed={asked.seed!r}"
    return f'check("{asked.id}", {answer}{seed})'


def _defined(code: str) -> str:
    """Return the name of the last function that some code defines."""
    return str(re.findall(r"^def (\w+)", code, re.MULTILINE)[-1])


def _written(value: Any) -> str:
    return f"np.array({value})" if isinstance(value, list) else repr(value)
