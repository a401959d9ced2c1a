"""The catalogue of mistakes as data: what people believe, the formula it leads to, and the truth.

The files in ``data/mistakes/``, one for each topic, hold two kinds of entries. A *quantity* is
something that can be asked for, such as the entropy of a distribution, with the expression that
gives it. A *mistake* holds, for each quantity that it spoils, the expression that people compute
instead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from celib._answers import nats_per
from celib.published import NAMES, evaluate

from ._names import MORE

__all__ = ["Mistake", "Quantity", "catalogue", "entries", "quantities"]

Floats = NDArray[np.float64]
# The key of a formula that spoils any quantity of information, written in terms of its value.
ANY = "any"
_NAMES = NAMES | MORE
# What a formula may raise on inputs that it is not meant for.
UNFIT = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    ZeroDivisionError,
    OverflowError,
    MemoryError,
)


@dataclass(frozen=True)
class Quantity:
    """Something that can be asked for, and how to compute it.

    Attributes
    ----------
    name : str
        Its name, in the field's terms.
    formula : str
        How it is written for a reader.
    right : str
        Expression over the names of ``inputs``, `celib` and a handful of NumPy; in nats, where the
        quantity has a unit of information.
    inputs : dict of str to str
        The names of its inputs, and for each the expression that draws one; see `variants`.
    information : bool
        Whether it is measured in nats, bits or bans.
    classes, examples : str or None
        Expressions for how many there are, where people divide by that number.
    where : str
        Expression for which inputs it is meant: one example or a batch, say.
    """

    name: str
    formula: str
    right: str
    inputs: dict[str, str]
    information: bool = False
    classes: str | None = None
    examples: str | None = None
    where: str = "True"

    def value(self, inputs: dict[str, Any], unit: str) -> Floats:
        """Return the right value for some inputs, in ``unit`` where it has one."""
        return self.computed(self.right, inputs, unit)

    def computed(self, expression: str, inputs: dict[str, Any], unit: str) -> Floats:
        """Return what an expression gives, in ``unit`` where the quantity has one."""
        value = computed(expression, inputs)
        return value / nats_per(unit) if self.information else value


@dataclass(frozen=True)
class Mistake:
    """Something that people believe, what it makes them compute, and why it is not so.

    Attributes
    ----------
    name : str
        A telling name, unique and stable.
    title : str
        The mistake in a few words.
    belief, truth : str
        What is believed, and what is so.
    refutation : str
        Two or three sentences that separate the two, whatever the numbers are.
    wrong : dict of str to str
        For each quantity spoiled, by its name, the expression computed instead, in nats as the
        right one. Under ``any``, for all quantities of information, an expression over ``right``,
        the value that it spoils in the unit asked for, ``base``, that of the logarithm, and
        ``classes`` and ``examples`` where the quantity has them. Empty where the mistake is a wrong
        sentence only.
    links : list of dict
        Where people made it: ``url``, and what it ``shows``.
    """

    name: str
    title: str
    belief: str
    truth: str
    refutation: str
    wrong: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)

    def value(self, quantity: Quantity, inputs: dict[str, Any], unit: str) -> Floats | None:
        """Return what this mistake gives for a quantity; None if it cannot spoil it."""
        if quantity.name in self.wrong:
            return quantity.computed(self.wrong[quantity.name], inputs, unit)
        return self.spoiled(quantity.value(inputs, unit), quantity, inputs, unit)

    def spoiled(
        self, value: Floats, quantity: Quantity, inputs: dict[str, Any], unit: str
    ) -> Floats | None:
        """Return what this mistake makes of a value; None if it spoils no value as such."""
        if ANY not in self.wrong or not quantity.information:
            return None
        try:
            return computed(
                self.wrong[ANY], surroundings(quantity, inputs, unit) | {"right": value}
            )
        except NameError:  # it divides by the classes, say, and the quantity has none
            return None


def surroundings(quantity: Quantity, inputs: dict[str, Any], unit: str) -> dict[str, Any]:
    """Return what a formula for any quantity may use beside its value."""
    counts = {"classes": quantity.classes, "examples": quantity.examples}
    found = {name: computed(count, inputs) for name, count in counts.items() if count}
    return found | ({"base": np.exp(nats_per(unit))} if quantity.information else {})


def computed(expression: str, inputs: dict[str, Any]) -> Floats:
    """Return the value of an expression; wrong formulas may give nan, and that is their value."""
    with np.errstate(all="ignore"):
        return np.asarray(evaluate(expression, inputs, _NAMES), float)


@cache
def catalogue() -> dict[str, Mistake]:
    """Return the mistakes by name, in the order of the notebooks.

    Returns
    -------
    dict of str to Mistake

    Examples
    --------
    >>> catalogue()["base-2-for-nats"].title
    'base 2 where nats were asked for'
    """
    return {entry["name"]: Mistake(**entry) for entry in entries("mistakes", "mistake")}


@cache
def quantities() -> dict[str, Quantity]:
    """Return the quantities by name, in the order of the notebooks.

    Returns
    -------
    dict of str to Quantity

    Examples
    --------
    >>> quantities()["entropy"].right
    'entropy(p)'
    """
    return {entry["name"]: Quantity(**entry) for entry in entries("mistakes", "quantity")}


def entries(folder: str, kind: str) -> Iterator[dict[str, Any]]:
    """Give the entries of one kind in the data files of a folder, in the order of the notebooks."""
    data = files("celib.practice").joinpath("data", folder)
    for file in sorted(data.iterdir(), key=lambda file: file.name):
        yield from tomllib.loads(file.read_text(encoding="utf-8")).get(kind, [])
