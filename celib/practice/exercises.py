"""The exercises as data: what is asked, of which kind, and which mistakes each can recognise.

The files in ``data/exercises/`` hold them, one file for each page. Sentences are templates: in
braces stands an expression over the inputs, and ``right``, as in ``{right:.4f}``; so no number in
them is typed.
"""

from __future__ import annotations

import difflib
import random
import string
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .catalogue import Quantity, catalogue, computed, entries, quantities
from .fitting import are_apart
from .variants import Draw

__all__ = ["KINDS", "Exercise", "exercise", "exercises"]

KINDS = ("number", "array", "function", "repair", "choice", "order")
MOST_DRAWS = 1000
Floats = NDArray[np.float64]
Seed: TypeAlias = "int | str | None"


@dataclass(frozen=True)
class Exercise:
    """One exercise, with the numbers of one seed.

    Attributes
    ----------
    id : str
        Topic and name, such as ``categorical/loss-in-nats``.
    kind : str
        One of `KINDS`: a ``number``, an ``array``, a ``function`` to write, one to ``repair``, a
        ``choice``, or lines to put in ``order``.
    ask : str
        The question, as a template.
    next : str
        The useful question for somebody whose answer nobody recognises.
    hints : list of str
        Each says more than the one before.
    solution : str
        The worked solution, as a template.
    answer : str
        Python for an answer that is right, with the inputs as variables: what the solved copy of
        the page has. For a function, its definition.
    quantity : str
        What is asked for, by its name in the catalogue; empty for a choice.
    unit : str
        ``nats``, ``bits``, ``bans``, or empty for a number without unit.
    inputs : dict
        The inputs by name: for kinds that compute.
    vary : dict of str to str
        Expressions that draw other inputs, where those of the quantity do not fit.
    mistakes : list of str
        The names of those it can recognise.
    cases : list of dict
        More inputs on which a function is judged.
    start : str
        For a function, what stands in the cell before it is answered; for ``repair``, the fault.
    options : list of dict
        Of a choice: ``text``, and ``right = true`` or the ``mistake`` it shows.
    lines, decoys : list
        Of an order: the lines as they belong, and lines that do not, each with its ``mistake``.
    source : str
        Where the fault was found in the wild, as a link.
    """

    id: str
    kind: str
    ask: str
    next: str
    hints: list[str]
    solution: str
    answer: str
    quantity: str = ""
    unit: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    vary: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    start: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    decoys: list[dict[str, str]] = field(default_factory=list)
    source: str = ""
    seed: Seed = None

    @property
    def asks_for(self) -> Quantity:
        """The quantity asked for."""
        return quantities()[self.quantity]

    @cached_property
    def right(self) -> Floats:
        """The right value for the inputs."""
        return self.asks_for.value(self.inputs, self.unit)

    @cached_property
    def wrong(self) -> dict[str, Floats]:
        """What each mistake gives for the inputs."""
        return wrong_values(self, self.inputs)

    def said(self, template: str) -> str:
        """Fill in a template."""
        names = dict(self.inputs)
        if self.quantity and "right" in template:
            names["right"] = self.right
        return "".join(
            text + (_shown(name, form, names) if name else "")
            for text, name, form, _ in string.Formatter().parse(template)
        )

    def shuffled_options(self) -> list[dict[str, Any]]:
        """Return the options in the order in which they are shown, which depends on the seed."""
        return _shuffled(self.options, self.id, self.seed)

    def shuffled_lines(self) -> list[str]:
        """Return lines and decoys in the order in which they are shown."""
        return _shuffled([*self.lines, *(d["line"] for d in self.decoys)], self.id, self.seed)


def wrong_values(exercise: Exercise, inputs: dict[str, Any]) -> dict[str, Floats]:
    """Return what each mistake of an exercise gives for some inputs."""
    values = {
        name: catalogue()[name].value(exercise.asks_for, inputs, exercise.unit)
        for name in exercise.mistakes
    }
    return {name: value for name, value in values.items() if value is not None}


def exercise(id: str, seed: Seed = None) -> Exercise:
    """Return an exercise, with the numbers of its page or those of a seed.

    Parameters
    ----------
    id : str
        Its name, such as ``categorical/loss-in-nats``.
    seed : int or str, optional
        A student's id, say. The same seed always draws the same numbers; every value that a
        recognised mistake gives is then apart from the right one, and from each other.

    Returns
    -------
    Exercise

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> exercise("categorical/loss-in-nats").inputs
    {'targets': 0, 'probs': [0.775, 0.116, 0.039, 0.07]}
    """
    if not isinstance(id, str) or id not in exercises():
        raise ValueError(_unknown(id))
    if not isinstance(seed, int | str | None):
        raise ValueError(f"seed must be a whole number or text, got {type(seed).__name__}.")
    return exercises()[id] if seed is None else _variant(id, seed)


@cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises by their id, in the order of the pages.

    Returns
    -------
    dict of str to Exercise

    Examples
    --------
    >>> next(iter(exercises()))
    'entropy/surprise-in-bits'
    """
    return {entry["id"]: Exercise(**entry) for entry in entries("exercises", "exercise")}


def _unknown(id: object) -> str:
    if not isinstance(id, str):
        first = next(iter(exercises()))
        return f"There is no exercise of that name: names are text, such as {first!r}."
    near = difflib.get_close_matches(id, exercises(), n=3, cutoff=0.4)
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"There is no exercise {id[:60]!r}.{meant}"


@lru_cache(maxsize=4096)
def _variant(id: str, seed: int | str) -> Exercise:
    of = exercises()[id]
    draws = of.asks_for.inputs | of.vary if of.quantity else of.vary
    draw = Draw(seed, of.id)
    for _ in range(MOST_DRAWS):
        drawn = replace(of, seed=seed, inputs=of.inputs | draw.inputs(draws))
        if is_separated(drawn):
            return drawn
    raise RuntimeError(f"{of.id} has no variant whose mistakes are apart: change its draws.")


def is_separated(exercise: Exercise) -> bool:
    """Tell whether right and wrong answers are all apart, so that none is taken for another."""
    if exercise.kind not in ("number", "array"):
        texts = [exercise.said(option["text"]) for option in exercise.options]
        return len(set(texts)) == len(texts)
    values = [exercise.right, *exercise.wrong.values()]
    return all(are_apart(one, other) for i, one in enumerate(values) for other in values[:i])


def _shuffled(things: list[Any], id: str, seed: Seed) -> list[Any]:
    order = list(things)
    random.Random(f"{id}:{seed}").shuffle(order)
    return order


def _shown(expression: str, form: str | None, names: dict[str, Any]) -> str:
    value = names[expression] if expression in names else computed(expression, names)
    if np.ndim(value):
        return _listed(value, form or "")
    return format(value, form).replace("-", "−") if form else str(value)


def _listed(value: Any, form: str) -> str:
    """Write a list so that it can be pasted into Python."""
    entries = value.tolist() if isinstance(value, np.ndarray) else value
    if np.ndim(entries) > 1:
        return f"[{', '.join(_listed(row, form) for row in entries)}]"
    form = form or _common_form(entries)
    return f"[{', '.join(format(entry, form) for entry in entries)}]"


def _common_form(values: list[Any]) -> str:
    """Return the format in which all numbers of a list have the same number of places."""
    if not all(isinstance(value, float) for value in values):
        return ""
    places = max(len(str(value).partition(".")[2]) for value in values)
    return "" if any("e" in str(value) for value in values) else f".{places}f"
