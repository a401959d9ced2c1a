"""What a solution works out on a line of its own comes out, whatever the numbers of the variant."""

import re
from itertools import pairwise

import pytest
from quantities import arithmetic

from celib.practice import exercise, exercises

SIGNS = {"−": "-", "×": "*", "·": "*", "÷": "/", "^": "**"}
UNIT = re.compile(r"\b(nats?|bits?|bans?)( for \w+)?\b")
LOGARITHM = re.compile(r"\b(ln|log2|log10) ([\d.]+)")


def value(words):
    """Return what a sum on numbers gives, or None for all other words."""
    sum_of_numbers = LOGARITHM.sub(r"\1(\2)", UNIT.sub("", words).replace("log₂", "log2"))
    for sign, operator in SIGNS.items():
        sum_of_numbers = sum_of_numbers.replace(sign, operator)
    try:
        return arithmetic(sum_of_numbers)
    except (SyntaxError, ValueError):
        return None


def equations(id, seed):
    """Give the lines of a solution in which sums or numbers are equal, and the two values."""
    asked = exercise(id, seed)
    for line in asked.said(asked.solution).splitlines():
        if line.startswith("    "):
            for left, right in pairwise(map(value, line.split("="))):
                if left is not None and right is not None:
                    yield line.strip(), left, right


WORKED_OUT = [id for id in exercises() if list(equations(id, None))]


def test_many_solutions_work_something_out():
    assert len(WORKED_OUT) >= 30


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
@pytest.mark.parametrize("id", WORKED_OUT)
def test_what_is_worked_out_comes_out(id, seed):
    for line, left, right in equations(id, seed):
        assert left == pytest.approx(right, rel=0.01), line  # of rounded numbers
