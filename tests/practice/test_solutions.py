"""What a solution works out on a line of its own comes out, whatever the numbers of the variant."""

import math
import re
from itertools import pairwise, starmap
from textwrap import dedent

import numpy as np
import pytest
from quantities import arithmetic

from celib.practice import check, exercise, exercises

SIGNS = {"−": "-", "×": "*", "·": "*", "÷": "/", "^": "**", "log₂": "log2", "divided by": "/"}
OPERATORS = ("+", "-", "*", "/")
UNIT = re.compile(r"\b(nats?|bits?|bans?)( for \w+)?\b")
LOGARITHM = re.compile(r"\b(ln|log2|log10) (\d[\d.]*(?:e-\d+)?)")
TIMES = re.compile(r"(?<=\d) (?=ln|log)")
EXPONENTIAL = re.compile(r"\be(?=\*\*)")
LIST = re.compile(r"\[([^][]*)\]")


def value(words):
    """Return what a sum on numbers gives, or None for all other words."""
    try:
        return arithmetic(EXPONENTIAL.sub(repr(math.e), LOGARITHM.sub(r"\1(\2)", words)))
    except (SyntaxError, ValueError):
        return None


def in_signs_of_python(text):
    for sign, operator in SIGNS.items():
        text = text.replace(sign, operator)
    return TIMES.sub(" * ", UNIT.sub("", text))


def entry_by_entry(line):
    """Give a line that is about lists of one length once for each place in them, else as it is."""
    lists = [entries.split(",") for entries in LIST.findall(line)]
    if len({len(entries) for entries in lists}) != 1:
        return [line]
    return [LIST.sub(lambda found, k=k: found[1].split(",")[k], line) for k in range(len(lists[0]))]


def beside(left, right):
    """Return the longest sums that end and begin at an equals sign, by their values."""
    before, after = left.split(", ")[-1].split(), right.split(", ")[0].rstrip(".,:").split()
    ends = (before[i:] for i in range(len(before)) if not i or before[i - 1] not in OPERATORS)
    begins = (
        after[:i] for i in range(len(after), 0, -1) if "".join(after[i : i + 1]) not in OPERATORS
    )
    for some in (ends, begins):
        found = (value(" ".join(words)) for words in some)
        yield next((one for one in found if one is not None), None)


def equations(id, seed):
    """Give the lines of a solution in which sums or numbers are equal, and the two values."""
    asked = exercise(id, seed)
    for whole in asked.said(asked.solution).splitlines():
        for line in entry_by_entry(whole):
            for left, right in starmap(beside, pairwise(in_signs_of_python(line).split("="))):
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


# --- code ---------------------------------------------------------------------------------------


def blocks(id):
    """Give the blocks of code that a solution shows, each as its lines."""
    asked = exercise(id)
    for paragraph in asked.said(asked.solution).split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if all(line.startswith("    ") for line in lines) and is_code(dedent(paragraph)):
            yield dedent(paragraph).strip("\n").splitlines()


def is_code(text):
    return re.search(r"^(def|return)\b|^\w+ = .*\w\(", text, re.MULTILINE)


def typed_in(block, start):
    """The cell with a block in it: a function as a whole, other lines for those of their name."""
    if block[0].startswith("def "):
        return "\n".join(block)
    *lines, last = start.strip("\n").splitlines()
    for new in block:
        kept = [line for line in lines if line.split()[0] != new.split()[0]]
        lines = [*kept, f"    {new}"]
    return "\n".join(lines if block[-1].startswith("return") else [*lines, last])


WITH_CODE = [id for id in exercises() if list(blocks(id))]


def test_every_function_has_code_in_its_solution():
    asked_for = {id for id, one in exercises().items() if one.kind in ("function", "repair")}
    assert asked_for <= set(WITH_CODE)


@pytest.mark.parametrize("id", WITH_CODE)
def test_the_code_of_a_solution_is_right_if_it_is_typed_in(id):
    asked = exercise(id)
    for block in blocks(id):
        if asked.kind == "order":
            assert block == asked.lines
        elif asked.kind in ("function", "repair"):
            names = {"np": np}
            exec(typed_in(block, asked.start), names)
            assert check(id, list(names.values())[-1]).status == "right", block
        else:
            names = {"np": np} | {name: np.array(given) for name, given in asked.inputs.items()}
            exec("\n".join(block[:-1]), names)
            assert check(id, eval(block[-1], names)).status == "right", block
