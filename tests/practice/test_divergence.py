"""Page 02: its formulas, right and wrong, have the values that others and pencil and paper give."""

import tomllib
from importlib.resources import files

import numpy as np
import oracle
import pytest
from mpmath import mp

from celib.practice import catalogue, exercise
from celib.practice.catalogue import quantities

LN2 = mp.log(2)
BOB, ALICE = [1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 8, 1 / 2, 1 / 4, 1 / 8]
TWO = {"p": BOB, "q": ALICE}
BENT = {"p": [0.9, 0.1], "q": [0.5, 0.5]}
# pytorch issue 60928: the target adds up to 0.2999, the output to 0.9999
TARGET, OUTPUT = [0.1541, 0.0511, 0.0947], [0.1132, 0.5477, 0.3390]
REPORTED = {"p": TARGET, "q": OUTPUT}
LOSSES = [0.5, 2.5, 0.6]


def divergence(p, q):
    return mp.fsum(oracle.kl_terms(p, q))


def normalised(values):
    exact = oracle.reals(values)
    return [x / mp.fsum(exact) for x in exact]


# quantity, the mistake that spoils it or None, inputs, value in bits (or without unit), provenance
VALUES = [
    ("cross-entropy", None, TWO, mp.mpf(19) / 8, "(3·4 + 1·2 + 2·1 + 3·1) / 8; Olah's 2.375"),
    ("cross-entropy", "truth-and-model-swapped", TWO, mp.mpf(9) / 4, "(1·1 + 2·4 + 3·2 + 3·1) / 8"),
    ("cross-entropy", "divergence-for-cross-entropy", TWO, mp.mpf(5) / 8, "19/8 − 14/8"),
    ("cross-entropy", "surprisals-not-weighted", TWO, mp.mpf(9) / 4, "(3 + 1 + 2 + 3) / 4"),
    (
        "cross-entropy",
        "surprisals-not-weighted",
        BENT,
        1,
        "one bit for either side of a fair coin; Bob's 9/4 is also H(q, p)",
    ),
    (
        "cross-entropy",
        "entropy-for-cross-entropy",
        TWO,
        mp.mpf(7) / 4,
        "(1·4 + 2·2 + 3·1 + 3·1) / 8",
    ),
    (
        "cross-entropy",
        "entropy-for-cross-entropy",
        BENT,
        oracle.entropy([0.9, 0.1]) / LN2,
        "mpmath; Bob's and Alice's entropies are equal, these are not",
    ),
    ("KL divergence", None, TWO, mp.mpf(5) / 8, "1 − 1/4 − 1/8"),
    ("KL divergence", None, BENT, divergence(**BENT) / LN2, "mpmath; 0.3681 nats"),
    ("KL divergence", "divergence-reversed", TWO, mp.mpf(1) / 2, "9/4 − 7/4"),
    (
        "KL divergence",
        "divergence-reversed",
        BENT,
        divergence([0.5, 0.5], [0.9, 0.1]) / LN2,
        "mpmath; 0.5108 nats",
    ),
    (
        "KL divergence",
        "negative-divergence-accepted",
        TWO,
        mp.mpf(-5) / 8,
        "the fraction upside down",
    ),
    (
        "terms of the KL divergence",
        "negative-divergence-accepted",
        TWO,
        [-1, 1 / 4, 1 / 8, 0],
        "upside down",
    ),
    ("KL divergence", "divergence-for-cross-entropy", TWO, mp.mpf(19) / 8, "as above"),
    (
        "terms of the KL divergence",
        None,
        TWO,
        [1, -1 / 4, -1 / 8, 0],
        "log2 of 4, 1/2, 1/2 and 1, weighted by 1/2, 1/4, 1/8, 1/8",
    ),
    (
        "terms of the KL divergence",
        "divergence-for-cross-entropy",
        TWO,
        [3 / 2, 1 / 4, 1 / 4, 3 / 8],
        "lengths 3, 1, 2, 3 weighted by 1/2, 1/4, 1/8, 1/8",
    ),
    (
        "terms of the KL divergence",
        "divergence-reversed",
        TWO,
        [-1 / 4, 1 / 2, 1 / 4, 0],
        "log2 of 1/4, 2, 2 and 1, weighted by 1/8, 1/2, 1/4, 1/8",
    ),
    (
        "KL divergence of an unnormalised target",
        None,
        REPORTED,
        divergence(normalised(TARGET), normalised(OUTPUT)) / LN2,
        "mpmath; 0.5558 nats",
    ),
    (
        "KL divergence of an unnormalised target",
        "negative-divergence-accepted",
        REPORTED,
        mp.fsum(oracle.kl_terms(TARGET, OUTPUT)) / LN2,
        "mpmath; three times the −0.0648 nats that were reported",
    ),
    (
        "KL divergence of an unnormalised target",
        "divergence-reversed",
        REPORTED,
        divergence(normalised(OUTPUT), normalised(TARGET)) / LN2,
        "mpmath",
    ),
    (
        "KL divergence of an unnormalised target",
        "divergence-for-cross-entropy",
        REPORTED,
        oracle.dot(normalised(TARGET), [-mp.log(x) for x in normalised(OUTPUT)]) / LN2,
        "mpmath",
    ),
    ("perplexity", None, {"losses": LOSSES}, mp.exp(mp.mpf(36) / 30), "3.6 nats for 3 words"),
    ("perplexity", None, {"losses": [np.log(70.6083)]}, 70.6083, "huggingface evaluate, after"),
    ("perplexity", "two-to-the-nats", {"losses": LOSSES}, 2 ** (mp.mpf(36) / 30), "2 to the 1.2"),
    (
        "perplexity",
        "mean-of-exponentials",
        {"losses": LOSSES},
        (mp.exp(mp.mpf("0.5")) + mp.exp(mp.mpf("2.5")) + mp.exp(mp.mpf("0.6"))) / 3,
        "mpmath",
    ),
    ("perplexity", "sum-for-mean", {"losses": LOSSES}, mp.exp(mp.mpf("3.6")), "e to the 3.6"),
]


@pytest.mark.parametrize("name, mistake, inputs, value, provenance", VALUES)
def test_a_formula_has_the_value_known_from_elsewhere(name, mistake, inputs, value, provenance):
    found = computed(name, mistake, inputs)
    wanted = np.array(value, dtype=float)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15, err_msg=provenance)


def computed(name, mistake, inputs):
    quantity = quantities()[name]
    unit = "bits" if quantity.information else ""
    inputs = {key: np.asarray(given) for key, given in inputs.items()}
    if mistake is None:
        return quantity.value(inputs, unit)
    return catalogue()[mistake].value(quantity, inputs, unit)


def test_every_formula_for_a_quantity_of_the_page_has_such_a_value():
    file = files("celib.practice").joinpath("data", "mistakes", "02_divergence.toml")
    own = {one["name"] for one in tomllib.loads(file.read_text(encoding="utf-8"))["quantity"]}
    formulas = {(name, None) for name in own}
    for mistake in catalogue().values():
        formulas |= {(name, mistake.name) for name in own & set(mistake.wrong)}
    assert formulas - {(name, mistake) for name, mistake, *_ in VALUES} == set()


def test_published_figures_come_out_as_they_were_printed():
    printed = oracle.figure(-0.0648, 4)  # pytorch issue 60928, in nats, and a mean over 3 classes
    negative = computed(
        "KL divergence of an unnormalised target", "negative-divergence-accepted", REPORTED
    )
    assert float(negative) * float(LN2) / 3 == printed
    before = computed("perplexity", "two-to-the-nats", {"losses": [np.log(70.6083)]})
    assert float(before) == oracle.figure(19.1218, 4)  # huggingface evaluate, issue 241


def exact(name):
    """Give the inputs of an exercise as the fractions that they are written as."""
    inputs = exercise(f"divergence/{name}").inputs
    return {key: [mp.mpf(str(x)) for x in values] for key, values in inputs.items()}


def cross_entropy(p, q):
    return mp.fsum(a * -mp.log(b) for a, b in zip(p, q, strict=True))


def relative(p, q):
    return mp.fsum(a * mp.log(a / b) for a, b in zip(p, q, strict=True))


def after_dividing(p, q):
    total = mp.fsum(p)
    return relative([x / total for x in p], q)


@pytest.mark.parametrize(
    "name, value",
    [
        ("the-bill-in-bits", lambda p, q: cross_entropy(p, q) / LN2),
        ("the-perfect-model", lambda p: cross_entropy(p, p)),
        ("the-overcharge", relative),
        ("repair-the-mean", relative),
        ("below-zero", after_dividing),
        ("perplexity", lambda losses: mp.exp(mp.fsum(losses) / len(losses))),
        ("write-the-cross-entropy", cross_entropy),
    ],
)
def test_an_exercise_asks_for_what_its_sentence_says(name, value):
    right = float(exercise(f"divergence/{name}").right)
    assert right == pytest.approx(float(value(**exact(name))), rel=1e-12)


def test_the_terms_are_those_of_mpmath():
    asked = exact("term-by-term")
    terms = [a * mp.log(a / b) / LN2 for a, b in zip(asked["p"], asked["q"], strict=True)]
    right = exercise("divergence/term-by-term").right
    np.testing.assert_allclose(right, np.array(terms, float), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", [None, *range(20)])
def test_the_plain_sum_of_an_unnormalised_target_is_below_zero(seed):
    asked = exercise("divergence/below-zero", seed)
    assert asked.wrong["negative-divergence-accepted"] < 0 < asked.right


def test_each_wrong_sentence_about_divergence_has_a_counterexample():
    fair, bent, bad = [0.5, 0.5], [0.25, 0.75], [0.1, 0.9]
    assert cross_entropy(fair, fair) == LN2  # not 0 for q = p
    assert cross_entropy(BOB, ALICE) != cross_entropy(ALICE, BOB)
    assert cross_entropy(BOB, ALICE) != relative(BOB, ALICE)
    assert relative([0.6, 0.4], [0.9, 0.1]) > 0  # even more for the likely class
    assert relative(fair, bad) > relative(fair, bent) + relative(bent, bad)
