"""What a solution works out on a line of its own comes out, whatever the numbers of the variant."""

import ast
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
    """Tell statements of Python from sums, and from lists of numbers."""
    try:
        return not isinstance(ast.parse(text).body[0], ast.Expr)
    except SyntaxError:
        return False


def typed_in(block, start):
    """The cell with a block in it: a function as a whole, other lines for those of their name.

    Where a block returns nothing, what it computes last takes the place of what was returned.
    """
    if block[0].startswith("def "):
        return "\n".join(block)
    *lines, _ = start.strip("\n").splitlines()
    if not block[-1].startswith("return"):
        block = [*block[:-1], f"return {block[-1].partition(' = ')[2]}"]
    for new in block:
        kept = [line for line in lines if line.split()[0] != new.split()[0]]
        lines = [*kept, f"    {new}"]
    return "\n".join(lines)


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


# --- sentences ----------------------------------------------------------------------------------

# What a solution says with the numbers of its page where nothing stands equal to anything, and
# where that comes from. Decimals without a sum are mpmath's.
SENTENCES = [
    ("entropy/surprise-in-bits", "in bits the logarithm has the base 2", "what a bit is"),
    ("entropy/surprise-in-bits", "dividing by ln 2 turns it into bits", "log2 x = ln x / ln 2"),
    ("entropy/repair-the-zero", "1e-12 spoils the twelfth decimal place", "it adds 2.0e-12"),
    ("entropy/repair-the-zero", "and 1e-6 the sixth", "it adds 2.0e-6"),
    ("entropy/of-counts", "With four kinds it must lie between 0 and 2 bits", "log2 4"),
    ("entropy/how-many-questions", "what is left: 0.250", "0.15 + (0.06 + 0.04)"),
    ("entropy/how-many-questions", "then everything: 1\n", "0.1 + 0.25 + 1 is 1.35"),
    ("entropy/who-is-right", "ceiling for four outcomes is 2 bits", "log2 4"),
    ("divergence/perplexity", "mean loss is 2.7051, and 2 to that power", "1.875 / ln 2"),
    ("logits/another-temperature", "At temperature 1 it would have been [0.6897, 0.2537,", ""),
    ("logits/temperature-from-probabilities", "p to the power 1/2", "half of ln p"),
    ("logits/temperature-from-probabilities", "[0.8000, 0.5657, 0.2000], sum 1.5657", "roots"),
    ("logits/safe-softmax", "its largest exponential is 1, and its sum lies between 1 and", "e^0"),
    ("logits/once-or-twice", "their exponentials p add up to 1", "probabilities"),
    ("categorical/accuracy-and-loss", "Right before: 2 of 4, after: 3 of 4.", "above one half"),
    ("binary/mean-of-three", "[0.70, 0.60, 0.10]", "0.7, 1 − 0.4, 1 − 0.9"),
    ("binary/mean-of-three", "[0.3567, 0.5108, 2.3026]", ""),
    ("binary/yes-or-no", "The sigmoid of 0 is 0.5", "1 / (1 + 1)"),
    ("binary/yes-or-no", "logit is above 0, and the border of 0.5", "1 / (1 + 1)"),
    ("binary/loss-of-a-logit", "−ln(1 − 0.91683)", "2.4868, as the other way"),
    ("binary/write-it-for-logits", "The loss is ln(1 + e^z) − y z", "−ln(1 − p) is ln(1 + e^z)"),
    ("binary/minus-one-for-no", "−1 is the truth y = 0, and a no costs ln(1 + e^z)", "−ln(1 − p)"),
    ("binary/which-sentence-holds", "p = 0.8. Its log loss is −ln 0.2. The", "1 − 0.8"),
    ("binary/which-sentence-holds", "(1, 0) and (0.2, 0.8) is −1 ln 0.2 − 0 ln 0.8", "−Σ p ln q"),
    ("binary/which-sentence-holds", "y of −1 the first gives ln 0.8 − 2 ln 0.2", "1 − y is 2"),
    ("binary/which-sentence-holds", "y of 0 the second gives ln 2", "ln(1 + e^0)"),
    ("gradients/four-slopes", "[0, 0, 1, 0]", "label 2 of four"),
    ("gradients/four-slopes", "They add up to 0", "1 − 1"),
    ("gradients/first-loss", "evenly, 1/26 each", "26 classes"),
    ("balanced/lowest-loss", "A yes then costs 2.8134 nats, a no 0.0619 nats", ""),
    ("balanced/starting-bias", "odds are 80 to 920", "yes to no"),
    ("balanced/starting-bias", "which is 80 in 1000", "80 of 80 + 920"),
    ("balanced/alpha-by-class", "probability 0.80, and its weight is 0.20", "1 − 0.2, 1 − 0.8"),
    ("balanced/positive-weight", "Each negative weighs 1, together 930. The 70", "the counts"),
    ("balanced/weight-on-one-term", "the target is 1, that counts 6 times", "positives"),
    ("balanced/sampled-and-weighted", "Even sampling makes the odds 1", "1 : 1"),
    ("balanced/which-beta", "1 / (1 − beta): with 0.9 it is 10", "1 / 0.1"),
    ("balanced/which-beta", "With 0.999 it is 1000", "1 / 0.001"),
    ("balanced/which-beta", "    4.49\n", "(1 − 0.999^5000) / (1 − 0.999^250)"),
    ("balanced/which-beta", "the full 20", "5000 / 250"),
    (
        "balanced/what-a-rare-class-needs",
        "says 0.01 to everybody has an accuracy of 0.99",
        "1 − 0.01",
    ),
    ("focal/one-example", "p_t = 0.70, and lacks 0.30", "1 − 0.3"),
    ("focal/what-gamma-does", "(1 − p_t)² lies between 0 and 1", "as p_t does"),
    ("focal/what-gamma-does", "For p_t = 0.1 it is 0.81, for p_t = 0.9 it is 0.01", "0.9², 0.1²"),
    ("focal/starting-loss", "an example with the truth 1 has p_t = 0.05", "a positive has p"),
    ("focal/with-alpha", "For the truth 0 the weight is 0.80 and p_t is 0.30", "1 − 0.2, 1 − 0.7"),
    ("focal/gamma-zero", "The factor to the power 0 is 1", "x^0"),
    ("focal/gamma-zero", "for the truth 1 it is 0.30", "alpha is for positives"),
    ("focal/gamma-zero", "cross-entropy of page 07", "whose title it is"),
    ("focal/mean-of-a-batch", "[0.80, 0.70, 0.40, 0.25]", "p, 1 − p, 1 − p, p"),
    ("calibration/how-much-is-saved", "A figure below 0 means worse", "1 − loss / baseline"),
    ("calibration/what-a-focal-model-means", "s₁ = −0.0719 nats if yes", "slope by the logit"),
    ("calibration/what-a-focal-model-means", "s₀ = 0.6970 nats if no", "slope by the logit"),
    ("calibration/mend-the-smoothed-labels", "gets ε/K and not 1/K", "ε among K"),
    ("calibration/where-the-smoothed-loss-stops", "has 0.92 on the true class", "0.9 + 0.1/5"),
    ("calibration/where-the-smoothed-loss-stops", "0.02 on each of the 4 others", "0.1/5, 5 − 1"),
    ("calibration/weights-under-smoothing", "is [0.8000, 0.1000, 0.1000]", "0.7 + 0.3/3, 0.3/3"),
    ("calibration/weights-under-smoothing", "[0.8000, 0.1000, 0.4000], which", "the last times 4"),
    (
        "published/which-copy-is-in-nats",
        "1/ln 2 (bits), times 1/ln 10 (bans)",
        "log_b x = ln x / ln b",
    ),
    ("published/alpha-of-a-negative", "would have 1.429", "1 / 0.7"),
    (
        "published/a-loss-in-a-review",
        "times 1/ln 10, cut off after five places: base 10",
        "0.00045",
    ),
    ("published/turn-the-formula-round", "from 0.2983 to 0.3004", "2 to −1.745 and to −1.735"),
    (
        "entropy/repair-the-zero",
        "0 × −∞, which is nan for a computer and 0 by",
        "the limit of p ln p",
    ),
    ("entropy/repair-the-zero", "knows that 0 log 0 is 0", "the limit of p ln p"),
    ("divergence/the-perfect-model", "The divergence is 0", "ln 1"),
    ("divergence/always-right", "divergence is 0 for q = p and above 0 otherwise", "Gibbs"),
    ("divergence/always-right", "the fair coin pays 1 bit to itself", "log2 2"),
    ("divergence/always-right", "Bob's has a floor above 0", "14/8 bits"),
    ("divergence/always-right", "no divergence is below 0", "Gibbs"),
    ("divergence/write-the-cross-entropy", "says −∞ for the logarithm of 0", "the limit"),
    ("logits/once-or-twice", "subtracts ln 1, which is 0", "e^0 is 1"),
    ("logits/once-or-twice", "p lie between 0 and 1, and taken as logits no two", "probabilities"),
    ("logits/once-or-twice", "differ by more than 1.", "1 − 0"),
    ("categorical/one-wrong-of-four", "A row of 0 and 1 that is wrong gives the truth", "one-hot"),
    ("categorical/one-wrong-of-four", "a probability of 0, and its loss is infinite", "−ln 0"),
    ("categorical/one-wrong-of-four", "an epsilon in place of the 0", "which the loss would need"),
    ("binary/write-it-for-logits", "e^−|z| is never above 1", "e^0"),
    ("binary/minus-one-for-no", "The formula for the labels −1 and +1", "ln(1 + e^(−s z))"),
    ("binary/which-sentence-holds", "with a small p it even falls below 0", "ln p − 2 ln(1 − p)"),
    (
        "binary/two-sigmoids",
        "none is below 0, so none of the results is below one half",
        "1 / (1 + e^0)",
    ),
    ("binary/several-animals", "The targets are 0 or 1 for each animal", "there or not"),
    ("gradients/one-slope", "The truth is 0", "a no"),
    ("gradients/softmax-prime", "has a `loss_prime`, −1/p", "of −ln p"),
    ("gradients/pushed-hardest", "The truth is 0, so each slope is the probability", "p − 0"),
    ("gradients/pushed-hardest", "none is pushed harder than 1", "p − 0"),
    ("gradients/behind-the-clip", "1e−07 away from 1:", "1 − ε"),
    ("gradients/behind-the-clip", "the slope is what it said, minus 0", "p − y"),
    ("gradients/behind-the-clip", "so that slope is 0", "of a constant"),
    ("gradients/behind-the-clip", "from the logit it would be almost 1:", "the sigmoid of 25"),
    ("balanced/what-a-rare-class-needs", "at a threshold of 0.5", "0.01 is below it"),
    ("balanced/what-a-rare-class-needs", "from one that says 0, and cross-entropy can", "−ln 0"),
    ("calibration/mend-the-smoothed-labels", "The shrunken label sums to 1 − ε", "(1 − ε) 1"),
    ("calibration/assemble-the-smoothed-loss", "1 − ε + ε/K", "1 − (K − 1) ε/K"),
    ("calibration/weights-under-smoothing", "which no longer sums to 1", "0.8 + 0.1 + 0.4"),
    ("published/alpha-of-a-negative", "the negatives have the rest of 1", "1 − α"),
    ("entropy/repair-the-zero", "For [0.25, 0.00, 0.75] that is 0.5623 nats", ""),
    ("logits/one-softmax-too-many", "For [4.0, 1.0, -2.0] and label 0 that is 0.0509 nats", ""),
    ("logits/one-softmax-too-many", "with the softmax in front it was 0.5838", ""),
    ("binary/write-it-for-logits", "At the logit 0.8 with the truth 0 that is 1.1711 nats", ""),
    ("published/mend-the-metric", "For [1.2, 3.4, 0.7, 2.9] that is 7.7679", "e^(8.2/4)"),
]


@pytest.mark.parametrize("id, words, provenance", SENTENCES)
def test_the_numbers_in_a_sentence_are_those_of_pencil_and_mpmath(id, words, provenance):
    assert words in exercise(id).said(exercise(id).solution), provenance
