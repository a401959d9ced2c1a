"""Numbers for one student, on which no known mistake gives the right answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from .catalogue import UNFIT, Quantity, catalogue, quantities
from .fitting import are_apart
from .variants import Draw

__all__ = ["inputs_for"]

MOST_DRAWS = 1000


def inputs_for(student: str, quantity: str, *, unit: str = "") -> dict[str, Any]:
    """Draw the inputs of a quantity for a student: the same ones each time.

    Parameters
    ----------
    student : str
        The student's id.
    quantity : str
        A quantity of the catalogue, such as ``"entropy"``.
    unit : {"nats", "bits", "bans"}
        The unit that will be asked for, where the quantity is one of information.

    Returns
    -------
    dict of str to value
        By the names of the catalogue. A known mistake gives another value on them than the right
        formula does.

    Examples
    --------
    >>> inputs_for("ada", "cross-entropy", unit="bits")
    {'p': [0.061, 0.144, 0.727, 0.068], 'q': [0.242, 0.412, 0.04, 0.306]}
    """
    asked = quantities()[quantity]
    draw = Draw(student, f"inputs of {quantity}")
    for _ in range(MOST_DRAWS):
        drawn = draw.inputs(asked.inputs)
        if _tells_mistakes_apart(asked, drawn, unit or "nats"):
            return drawn
    raise RuntimeError(f"{quantity!r} has no inputs on which every mistake shows.")


def _tells_mistakes_apart(asked: Quantity, inputs: dict[str, Any], unit: str) -> bool:
    right = asked.value(inputs, unit)
    return all(
        are_apart(right, wrong)
        # "Base 2" is no mistake where bits are asked for.
        or np.allclose(right, wrong, rtol=1e-14, atol=0, equal_nan=True)
        for name in catalogue()
        if (wrong := _wrong_value(name, asked, inputs, unit)) is not None
    )


def _wrong_value(name: str, asked: Quantity, inputs: dict[str, Any], unit: str) -> Any:
    try:
        return catalogue()[name].value(asked, inputs, unit)
    except UNFIT:
        return None
