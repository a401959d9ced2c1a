"""What the formulas of page 05 give, right and wrong, computed elsewhere.

Expected values are mpmath's, with 50 digits: a textbook sum, or what the mistake says in words.
"""

import pytest
from mpmath import mp
from oracle import binary, binary_costs, binary_logit_costs, entropy, log, sigmoid

from celib.practice import catalogue
from celib.practice.catalogue import quantities

ONE = "binary cross-entropy"
MEAN = "mean binary cross-entropy"
LOGIT = "binary cross-entropy from logits"
LOGISTIC = "logistic loss"
LEAST = "least binary cross-entropy"
LABELS = "predicted labels"

P, Z = 0.85, 2.2  # in the cases below, the probability and the logit of yes
BATCH = {"targets": [1, 0, 0], "probs": [0.7, 0.4, 0.85]}
GIVEN = [mp.mpf(0.7), 1 - mp.mpf(0.4), 1 - mp.mpf(0.85)]  # to the three truths
LIKELIER = [mp.mpf(0.7), 1 - mp.mpf(0.4), mp.mpf(0.85)]  # of the two answers to each
SOFT = {"targets": 0.3, "probs": 0.6}
SOFT_BATCH = {"targets": [0.3, 0.3], "probs": [0.6, 0.6]}
DOGS = {"logits": [0.3, -1.2, 0.9, -0.2, 0.1]}


def prob(y):
    return {"targets": y, "probs": P}


def logit(y):
    return {"targets": y, "logits": Z}


def label(s):
    return {"signs": s, "logits": Z}


def softplus(z):
    return mp.log1p(mp.exp(mp.mpf(z)))


def mean(values):
    return mp.fsum(values) / len(values)


YES, NO = binary_costs(P)
LOGIT_YES, LOGIT_NO = binary_logit_costs(Z)
TWICE_YES, TWICE_NO = binary_logit_costs(float(sigmoid(Z)))
Q = mp.mpf(P)

CASES = [
    # quantity, mistake, inputs, expected
    (ONE, None, prob(1), YES),
    (ONE, None, prob(0), NO),
    (ONE, "negative-term-missing", prob(1), YES),
    (ONE, "negative-term-missing", prob(0), 0),
    (ONE, "predicted-class-charged", prob(0), YES),
    (ONE, "predicted-class-charged", {"targets": 1, "probs": 1 - P}, YES),
    (ONE, "one-minus-p", prob(0), Q),
    (ONE, "one-minus-p", prob(1), 1 - Q),
    (ONE, "no-logarithm", prob(0), Q - 1),
    (ONE, "no-logarithm", prob(1), -Q),
    # A hard truth inside the logarithm: ln 0.
    (ONE, "truth-and-model-swapped", prob(0), mp.inf),
    (ONE, "truth-and-model-swapped", SOFT, binary(0.6, *binary_costs(0.3))),
    (MEAN, "truth-and-model-swapped", BATCH, mp.inf),
    (MEAN, "truth-and-model-swapped", SOFT_BATCH, binary(0.6, *binary_costs(0.3))),
    (MEAN, None, BATCH, mean([-log(p) for p in GIVEN])),
    (MEAN, "negative-term-missing", BATCH, -log(mp.mpf(0.7)) / 3),
    (MEAN, "predicted-class-charged", BATCH, mean([-log(p) for p in LIKELIER])),
    (MEAN, "average-probability", BATCH, -log(mean(GIVEN))),
    (MEAN, "one-minus-p", BATCH, 1 - mean(GIVEN)),
    (MEAN, "no-logarithm", BATCH, -mean(GIVEN)),
    (MEAN, "sum-for-mean", BATCH, mp.fsum(-log(p) for p in GIVEN)),
    (LOGIT, None, logit(0), LOGIT_NO),
    (LOGIT, None, logit(1), LOGIT_YES),
    (LOGIT, "negative-term-missing", logit(0), 0),
    (LOGIT, "negative-term-missing", logit(1), LOGIT_YES),
    (LOGIT, "softmax-on-one-output", logit(0), mp.inf),
    (LOGIT, "softmax-on-one-output", logit(1), 0),
    (LOGIT, "labels-in-the-plus-minus-formula", logit(0), log(2)),
    (LOGIT, "labels-in-the-plus-minus-formula", logit(1), LOGIT_YES),
    (LOGIT, "sigmoid-twice", logit(0), TWICE_NO),
    (LOGIT, "sigmoid-twice", logit(1), TWICE_YES),
    (LOGIT, "predicted-class-charged", logit(0), LOGIT_YES),
    (LOGIT, "predicted-class-charged", {"targets": 1, "logits": -Z}, LOGIT_YES),
    (LOGIT, "one-minus-p", logit(0), sigmoid(Z)),
    (LOGIT, "one-minus-p", logit(1), sigmoid(-Z)),
    (LOGIT, "no-logarithm", logit(0), -sigmoid(-Z)),
    (LOGIT, "no-logarithm", logit(1), -sigmoid(Z)),
    (LOGISTIC, None, label(-1), softplus(Z)),
    (LOGISTIC, None, label(1), softplus(-Z)),
    # y = -1 in the formula for 0 and 1: −(−1) ln p − 2 ln(1 − p), worked out by hand.
    (LOGISTIC, "targets-outside-zero-one", label(-1), log(sigmoid(Z)) - 2 * log(sigmoid(-Z))),
    (LOGISTIC, "targets-outside-zero-one", label(1), softplus(-Z)),
    (LOGISTIC, "sigmoid-twice", label(-1), TWICE_NO),
    (LOGISTIC, "sigmoid-twice", label(1), TWICE_YES),
    (LEAST, None, {"targets": 0.3}, entropy([0.3, 0.7])),
    (LEAST, "perfect-reconstruction-costs-nothing", {"targets": 0.3}, 0),
    (LEAST, "negative-term-missing", {"targets": 0.3}, -mp.mpf(0.3) * log(mp.mpf(0.3))),
    (LABELS, None, DOGS, [1, 0, 1, 0, 1]),
    (LABELS, "threshold-on-the-logit", DOGS, [0, 0, 1, 0, 0]),
    (LABELS, "sigmoid-twice", DOGS, [1, 1, 1, 1, 1]),
]


@pytest.mark.parametrize("name, mistake, inputs, expected", CASES)
def test_a_formula_gives_what_its_words_say(name, mistake, inputs, expected):
    expected = [float(one) for one in expected] if isinstance(expected, list) else float(expected)
    assert computed(name, mistake, inputs) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def computed(name, mistake, inputs):
    quantity = quantities()[name]
    if mistake is None:
        return quantity.value(inputs, "nats").tolist()
    return catalogue()[mistake].value(quantity, inputs, "nats").tolist()


def test_every_formula_of_the_page_is_held():
    ours = {ONE, MEAN, LOGIT, LOGISTIC, LEAST, LABELS}
    spoiled = {(name, one.name) for one in catalogue().values() for name in ours & set(one.wrong)}
    assert spoiled | {(name, None) for name in ours} <= {case[:2] for case in CASES}


# Recomputed by hand from the survey of mistakes, four places.
@pytest.mark.parametrize(
    "name, mistake, inputs, four_places",
    [
        (ONE, None, {"targets": 0, "probs": 0.8}, 1.6094),
        (LOGIT, None, {"targets": 0, "logits": 1.3}, 1.5410),
        (LOGIT, "labels-in-the-plus-minus-formula", {"targets": 0, "logits": 2.0}, 0.6931),
        (LOGIT, "sigmoid-twice", {"targets": 1, "logits": 2.0}, 0.3467),
        (LOGIT, "sigmoid-twice", {"targets": 0, "logits": 1.3}, 1.1613),
        (LOGIT, "no-logarithm", {"targets": 0, "logits": 1.3}, -0.2142),
        (LEAST, None, {"targets": 0.3}, 0.6109),
    ],
)
def test_the_survey_of_mistakes_has_these(name, mistake, inputs, four_places):
    assert computed(name, mistake, inputs) == pytest.approx(four_places, abs=5e-5)


def test_logits_as_large_as_the_page_asks_for():
    for y, z, loss in ((0, 1000.0, 1000), (1, -1000.0, 1000), (1, 1000.0, 0), (0, 40.0, 40)):
        assert computed(LOGIT, None, {"targets": y, "logits": z}) == pytest.approx(loss, abs=1e-12)


def test_a_target_of_minus_one_pays_for_being_sure():
    # Without bound below: the more sure of no, the less the loss, by 1 nat for each unit of logit.
    for z in (-10.0, -100.0):
        loss = computed(LOGISTIC, "targets-outside-zero-one", {"signs": -1, "logits": z})
        assert loss == pytest.approx(z, abs=1e-4)


def test_no_answer_costs_less_than_the_least():
    least = computed(LEAST, None, {"targets": 0.35})
    assert all(binary(0.35, *binary_costs(p / 100)) >= least - 1e-12 for p in range(1, 100))
