"""Inputs drawn by a seed, so that each student gets numbers of their own.

An input is described by an expression over the functions of `Draw`, such as ``distribution(4)``.
What they draw has few enough digits to be typed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

__all__ = ["Draw"]


class Draw:
    """Random inputs of one seed; each method is a name that expressions may use."""

    def __init__(self, seed: int | str, purpose: str = "") -> None:
        digest = hashlib.sha256(f"{purpose}:{seed}".encode()).digest()
        self.generator = np.random.default_rng(list(digest))

    def inputs(self, expressions: dict[str, str]) -> dict[str, Any]:
        """Draw one value for each name, in their order."""
        names = {
            name: getattr(self, name)
            for name in vars(Draw)
            if not name.startswith("_") and name != "inputs"
        }
        return {
            name: eval(expression, {"__builtins__": {}, **names})
            for name, expression in expressions.items()
        }

    def number(self, low: float, high: float, places: int = 2) -> float:
        """Draw a number of so many decimal places."""
        return round(float(self.generator.uniform(low, high)), places)

    def numbers(self, count: int, low: float, high: float, places: int = 2) -> list[float]:
        """Draw a list of numbers."""
        return [self.number(low, high, places) for _ in range(count)]

    def integer(self, low: int, high: int) -> int:
        """Draw an integer, both ends included."""
        return int(self.generator.integers(low, high + 1))

    def integers(self, count: int, low: int, high: int) -> list[int]:
        """Draw a list of integers."""
        return [self.integer(low, high) for _ in range(count)]

    def pick(self, *choices: Any) -> Any:
        """Draw one of the choices."""
        return choices[int(self.generator.integers(len(choices)))]

    def probability(self, low: float = 0.05, high: float = 0.95) -> float:
        """Draw a probability of two places."""
        return self.number(low, high, 2)

    def probabilities(self, count: int, low: float = 0.05, high: float = 0.95) -> list[float]:
        """Draw a list of probabilities, each for an event of its own."""
        return [self.probability(low, high) for _ in range(count)]

    def distribution(self, classes: int) -> list[float]:
        """Draw probabilities that sum to 1, in thousandths, each at least 20 of them."""
        shares = self.generator.dirichlet(np.full(classes, 1.2))
        thousandths = 20 + np.floor(shares * (1000 - 20 * classes)).astype(int)
        thousandths[np.argmax(thousandths)] += 1000 - thousandths.sum()
        return [int(part) / 1000 for part in thousandths]

    def distributions(self, examples: int, classes: int) -> list[list[float]]:
        """Draw one distribution for each example."""
        return [self.distribution(classes) for _ in range(examples)]

    def logits(self, classes: int, spread: float = 3.0) -> list[float]:
        """Draw logits of one decimal place."""
        return self.numbers(classes, -spread, spread, 1)

    def label(self, classes: int) -> int:
        """Draw a label."""
        return self.integer(0, classes - 1)

    def labels(self, examples: int, classes: int) -> list[int]:
        """Draw one label for each example; at least two differ where there are two."""
        drawn = self.integers(examples, 0, classes - 1)
        if examples > 1 and len(set(drawn)) == 1:
            drawn[-1] = (drawn[-1] + 1) % classes
        return drawn
