"""Exercises that know the wrong answer: check one, ask for a hint, or have a number explained.

from celib.practice import check, hint, solution, explain
"""

from __future__ import annotations

from typing import Any

from .catalogue import Mistake, catalogue
from .exercises import Exercise, exercise, exercises
from .explaining import Explanation, Finding, explain
from .judging import Verdict, judged
from .keeping import hints_given, progress, record
from .telling import Told, paragraph

__all__ = [
    "Exercise",
    "Explanation",
    "Finding",
    "Mistake",
    "Verdict",
    "catalogue",
    "check",
    "exercise",
    "exercises",
    "explain",
    "hint",
    "progress",
    "solution",
]


def check(id: str, answer: Any = ..., *more: Any, seed: int | str | None = None) -> Verdict:
    """Judge an answer to an exercise: right, a known mistake, or neither.

    Parameters
    ----------
    id : str
        The exercise, such as ``categorical/loss-in-nats``.
    answer : optional
        A number, list, array, text with a unit, letters or a function, as the exercise asks.
        Without it, the exercise is shown.
    *more
        Nothing: several numbers are one list. Who forgets its brackets is told.
    seed : int or str, optional
        For the same exercise with other numbers; a student's id, say.

    Returns
    -------
    Verdict
        With ``status`` and ``mistake``; it shows itself in words. Bad answers are told, not raised.

    Examples
    --------
    >>> verdict = check("categorical/loss-in-nats", 0.3677)
    >>> verdict.status, verdict.mistake
    ('mistake', 'base-2-for-nats')
    """
    try:
        asked = exercise(id, seed)
        if more:
            raise ValueError("An answer is one thing: put several numbers in square brackets.")
    except ValueError as unusable:
        return Verdict(f"Not judged.\n\n{paragraph(str(unusable))}", "unrecognised", None, False)
    verdict = judged(asked, answer)
    if verdict.is_answered:
        record(exercise=id, seed=seed, status=verdict.status, mistake=verdict.mistake)
    return verdict


def hint(id: str, *, seed: int | str | None = None) -> Told:
    """Give a hint; asked again, it says more.

    Parameters
    ----------
    id : str
        The exercise.
    seed : int or str, optional
        As for `check`.

    Returns
    -------
    Told
        The next hint; after the last one, the last one again.

    Examples
    --------
    >>> print(hint("categorical/loss-in-nats").text.splitlines()[0])
    Hint 1 of 2
    """
    asked = exercise(id, seed)
    step = min(hints_given(id) + 1, len(asked.hints))
    record(exercise=id, seed=seed, hint=step)
    then = ""
    if step == len(asked.hints):
        then = f'\n\nThat was the last one; `solution("{id}")` shows the way.'
    said = paragraph(asked.said(asked.hints[step - 1]))
    return Told(f"Hint {step} of {len(asked.hints)}\n\n{said}{then}")


def solution(id: str, *, seed: int | str | None = None) -> Told:
    """Show the worked solution of an exercise.

    Parameters
    ----------
    id : str
        The exercise.
    seed : int or str, optional
        As for `check`.

    Returns
    -------
    Told

    Examples
    --------
    >>> print(solution("categorical/loss-in-nats").text.splitlines()[0])
    Solution: categorical/loss-in-nats
    """
    asked = exercise(id, seed)
    return Told(f"Solution: {id}\n\n{paragraph(asked.said(asked.solution))}")
