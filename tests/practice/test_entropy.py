"""Page 01: its formulas, right and wrong, have the values that others and pencil and paper give."""

import tomllib
from importlib.resources import files

import numpy as np
import oracle
import pytest
from mpmath import mp

from celib.practice import catalogue, exercise
from celib.practice.catalogue import quantities

LN2 = mp.log(2)
SKEWED = [0.8, 0.1, 0.1]
LOPSIDED = [1 / 7, 1 / 7, 5 / 7]
FOUR = [0.5, 0.2, 0.2, 0.1]
ANIMALS = [10, 6, 3, 1]
SHARES = [count / 20 for count in ANIMALS]


def costs(p):
    return [oracle.surprisal(x) for x in p]


# quantity, the mistake that spoils it or None, inputs, value in bits (or without unit), provenance
VALUES = [
    ("surprisal", None, {"p": 1 / 8}, 3, "three halvings"),
    ("surprisal", None, {"p": 0.116}, oracle.surprisal(0.116) / LN2, "mpmath"),
    ("contribution to the entropy", None, {"p": 1 / 4}, mp.mpf(1) / 2, "1/4 of 2 bits"),
    (
        "contribution to the entropy",
        "rarest-contributes-most",
        {"p": 0.01},
        oracle.surprisal(0.01) / LN2,
        "mpmath; 6.6439, the height of the tower on the page",
    ),
    ("entropy", None, {"p": [1 / 2, 1 / 4, 1 / 8, 1 / 8]}, mp.mpf(7) / 4, "(4 + 4 + 3 + 3) / 8"),
    ("entropy", None, {"p": FOUR}, oracle.entropy(FOUR) / LN2, "mpmath"),
    (
        "entropy",
        "entropy-at-most-one",
        {"p": LOPSIDED},
        oracle.entropy(LOPSIDED) / mp.log(3),
        "mpmath; 1.1488 bits of a ceiling of 1.5850",
    ),
    (
        "entropy",
        "surprisals-not-weighted",
        {"p": [1 / 2, 1 / 4, 1 / 8, 1 / 8]},
        mp.mpf(9) / 4,
        "(1 + 2 + 3 + 3) / 4",
    ),
    ("entropy", "surprisals-not-weighted", {"p": FOUR}, mp.fsum(costs(FOUR)) / 4 / LN2, "mpmath"),
    ("entropy", "surprisals-added", {"p": FOUR}, mp.fsum(costs(FOUR)) / LN2, "mpmath"),
    (
        "entropy",
        "zero-when-equal",
        {"p": [0.7, 0.2, 0.1]},
        0,
        "what is believed of a perfect model",
    ),
    ("entropy", "code-length-is-entropy", {"p": SKEWED}, mp.mpf(6) / 5, "0.8 + 2 (0.1) + 2 (0.1)"),
    ("entropy", "code-length-is-entropy", {"p": FOUR}, mp.mpf(9) / 5, "1, 2, 3, 3 questions"),
    ("entropy with an impossible outcome", None, {"p": [0, 0.5, 0.5]}, 1, "a fair coin"),
    (
        "entropy with an impossible outcome",
        None,
        {"p": [0.25, 0.0, 0.75]},
        oracle.entropy([0.25, 0.0, 0.75]) / LN2,
        "mpmath; 0.5623 nats in numpyro's pull request 2276, from SciPy",
    ),
    (
        "entropy with an impossible outcome",
        "zero-times-log-zero",
        {"p": [0.25, 0.0, 0.75]},
        mp.nan,
        "numpyro's pull request 2276",
    ),
    ("entropy of counts", None, {"counts": [2, 1, 1]}, mp.mpf(3) / 2, "1/2 + 2/4 + 2/4"),
    ("entropy of counts", None, {"counts": ANIMALS}, oracle.entropy(SHARES) / LN2, "mpmath"),
    (
        "entropy of counts",
        "counts-not-probabilities",
        {"counts": [2, 1, 1]},
        -2,
        "−2 log2 2, and log2 1 is 0",
    ),
    (
        "entropy of counts",
        "counts-not-probabilities",
        {"counts": ANIMALS},
        20 * (oracle.entropy(SHARES) - mp.log(20)) / LN2,
        "N (H − log N), by mpmath",
    ),
    (
        "entropy of counts",
        "entropy-at-most-one",
        {"counts": [1, 1, 5]},
        oracle.entropy(LOPSIDED) / mp.log(3),
        "mpmath",
    ),
    (
        "entropy of counts",
        "surprisals-not-weighted",
        {"counts": ANIMALS},
        mp.fsum(costs(SHARES)) / 4 / LN2,
        "mpmath",
    ),
    (
        "entropy of counts",
        "surprisals-added",
        {"counts": ANIMALS},
        mp.fsum(costs(SHARES)) / LN2,
        "mpmath",
    ),
    ("mean number of questions", None, {"p": SKEWED}, mp.mpf(6) / 5, "0.8 + 2 (0.1) + 2 (0.1)"),
    (
        "mean number of questions",
        None,
        {"p": [0.7, 0.1, 0.1, 0.1]},
        mp.mpf(3) / 2,
        "0.7 + 0.2 + 0.6",
    ),
    (
        "mean number of questions",
        "code-length-is-entropy",
        {"p": SKEWED},
        oracle.entropy(SKEWED) / LN2,
        "mpmath",
    ),
]


@pytest.mark.parametrize("name, mistake, inputs, value, provenance", VALUES)
def test_a_formula_has_the_value_known_from_elsewhere(name, mistake, inputs, value, provenance):
    quantity = quantities()[name]
    unit = "bits" if quantity.information else ""
    inputs = {key: np.asarray(given) for key, given in inputs.items()}
    if mistake is None:
        found = quantity.value(inputs, unit)
    else:
        found = catalogue()[mistake].value(quantity, inputs, unit)
    assert float(found) == pytest.approx(float(value), rel=1e-12, nan_ok=True), provenance


def test_every_formula_for_a_quantity_of_the_page_has_such_a_value():
    file = files("celib.practice").joinpath("data", "mistakes", "01_entropy.toml")
    own = {one["name"] for one in tomllib.loads(file.read_text(encoding="utf-8"))["quantity"]}
    formulas = {(name, None) for name in own}
    for mistake in catalogue().values():
        formulas |= {(name, mistake.name) for name in own & set(mistake.wrong)}
    assert formulas - {(name, mistake) for name, mistake, *_ in VALUES} == set()


@pytest.mark.parametrize(
    "name, value",
    [
        ("surprise-in-bits", oracle.surprisal(0.04) / LN2),
        ("entropy-in-bits", oracle.entropy([0.4, 0.3, 0.2, 0.1]) / LN2),
        ("repair-the-zero", oracle.entropy([0.25, 0.75])),
        ("of-counts", oracle.entropy([0.5, 0.3, 0.15, 0.05]) / LN2),
        ("how-many-questions", mp.mpf("1.35")),  # 0.75 + 2 (0.15) + 3 (0.1)
    ],
)
def test_an_exercise_asks_for_what_its_sentence_says(name, value):
    assert float(exercise(f"entropy/{name}").right) == pytest.approx(float(value), rel=1e-12)


def test_the_areas_of_the_skyline_are_those_of_mpmath():
    right = exercise("entropy/areas-of-the-skyline").right
    oracle.assert_exact(right, [p * oracle.surprisal(p) / LN2 for p in (0.55, 0.25, 0.15, 0.05)])


def test_in_who_is_right_the_sentences_are_as_true_and_as_wrong_as_they_are_judged():
    asked = exercise("entropy/who-is-right")
    p = asked.inputs["p"]
    areas = [x * oracle.surprisal(x) for x in p]
    assert min(areas) == areas[-1] < max(areas)
    bits = oracle.entropy(p) / LN2
    assert (
        1 < bits < mp.mpf("1.72")
    )  # 1.72 = 0.49 + 2 (0.3) + 3 (0.2) + 3 (0.01): the best questions
    assert float(mp.fsum(costs(p)) / 4 / LN2) > 2


@pytest.mark.parametrize("seed", [None, *range(20)])
def test_the_worked_questions_are_those_of_huffman(seed):
    """The solution adds up three groups, which is right only for four outcomes."""
    asked = exercise("entropy/how-many-questions", seed)
    first, second, third, fourth = sorted(asked.inputs["p"])
    chain = fourth + 2 * third + 3 * (first + second)  # one after the other
    assert float(asked.right) == pytest.approx(min(2, chain), rel=1e-12)
    assert eval(asked.answer, {"p": asked.inputs["p"]}) == pytest.approx(min(2, chain), rel=1e-12)
