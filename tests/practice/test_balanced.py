"""What the formulas of page 07 give, right and wrong, computed elsewhere.

Expected values are fractions worked out by hand or, where there is a logarithm, mpmath's.
"""

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp
from oracle import binary, binary_costs, binary_logit_costs, entropy, figure, log, logit, surprisal

from celib.practice import catalogue
from celib.practice.catalogue import quantities

CAMERA = {"prevalence": 0.01}
TEN_TO_ONE = {"counts": [10, 1]}
SCIKIT = {"counts": [900, 100]}  # the example of the documentation of class weights
TWO = {"targets": [1, 0], "probs": [0.3, 0.4], "pos_weight": 3}
TWO_LOGITS = {"targets": [1, 0], "logits": [-0.5, 0.8], "pos_weight": 3}
UNDO = {"probs": 0.5, "pos_weight": 99}
BOTH = {"prevalence": 0.1, "pos_weight": 9}
PAIR = {"losses": [0.2, 1.5], "weights": [1, 9]}


def value(quantity, mistake, inputs):
    asked = quantities()[quantity]
    if mistake is None:
        return asked.value(inputs, "nats")
    return catalogue()[mistake].value(asked, inputs, "nats")


def half(positive_part, negative_part):
    """The mean over one positive and one negative."""
    return (positive_part + negative_part) / 2


def of_probs(pos_weight):
    yes, no = TWO["probs"]
    return half(binary(1, *binary_costs(yes), pos_weight), binary(0, *binary_costs(no)))


def of_logits(pos_weight):
    yes, no = TWO_LOGITS["logits"]
    return half(binary(1, *binary_logit_costs(yes), pos_weight), binary(0, *binary_logit_costs(no)))


FRACTIONS = [
    ("positive weight", None, {"counts": [300, 100]}, 3),  # PyTorch's documentation: 300/100
    ("positive weight", "weight-inverted", {"counts": [300, 100]}, Fraction(1, 3)),
    ("positive weight", "weight-is-frequency", {"counts": [300, 100]}, Fraction(1, 4)),
    # 400 examples to 100; half of that, where n/(K n_c) is meant
    ("positive weight", "odds-as-probability", {"counts": [300, 100]}, 4),
    ("positive weight", "weights-normalised-otherwise", {"counts": [300, 100]}, 2),
    # scikit-learn's: 1000/(2·900) and 1000/(2·100)
    ("balanced class weights", None, SCIKIT, [Fraction(5, 9), 5]),
    ("balanced class weights", "weight-inverted", SCIKIT, [Fraction(9, 5), Fraction(1, 5)]),
    ("balanced class weights", "weight-is-frequency", SCIKIT, [Fraction(9, 10), Fraction(1, 10)]),
    # 1/900 and 1/100 over their mean, 1/180
    (
        "balanced class weights",
        "weights-normalised-otherwise",
        SCIKIT,
        [Fraction(1, 5), Fraction(9, 5)],
    ),
    # odds of 1, over 99: 1/99, a probability of 1/100
    ("probability with the weight undone", None, UNDO, Fraction(1, 100)),
    (
        "probability with the weight undone",
        "weighted-probability-at-face-value",
        UNDO,
        Fraction(1, 2),
    ),
    ("probability with the weight undone", "weight-inverted", UNDO, Fraction(99, 100)),
    ("probability with the weight undone", "odds-as-probability", UNDO, Fraction(1, 198)),
    # even sampling makes the odds 1, the weight 9 to 1
    ("prediction after even sampling and a weight", None, BOTH, Fraction(9, 10)),
    ("prediction after even sampling and a weight", "corrected-twice", BOTH, Fraction(1, 2)),
    (
        "prediction after even sampling and a weight",
        "weighted-probability-at-face-value",
        BOTH | {"prevalence": 0.2},
        Fraction(1, 5),
    ),
    ("prediction after even sampling and a weight", "weight-inverted", BOTH, Fraction(1, 10)),
    # 1 · 0.2 + 9 · 1.5 = 13.7
    ("weighted mean", None, PAIR, Fraction(137, 100)),
    ("weighted mean", "divided-by-n-not-weights", PAIR, Fraction(137, 20)),
    ("weighted mean", "sum-for-mean", PAIR, Fraction(137, 10)),
    # (0.2/1 + 1.5/9) / (1/1 + 1/9) = (9 · 0.2 + 1 · 1.5) / 10
    ("weighted mean", "weight-inverted", PAIR, Fraction(33, 100)),
    ("lowest loss without looking", "optimum-is-the-majority", CAMERA, 0),
]


@pytest.mark.parametrize("quantity, mistake, inputs, expected", FRACTIONS)
def test_what_a_fraction_gives(quantity, mistake, inputs, expected):
    want = np.asarray(expected, float)
    assert value(quantity, mistake, arrays(inputs)) == pytest.approx(want, rel=1e-12, abs=1e-15)


def arrays(inputs):
    return {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}


WITH_LOGARITHMS = [
    ("lowest loss without looking", None, CAMERA, entropy([0.01, 0.99])),
    ("lowest loss without looking", "negative-term-missing", CAMERA, surprisal(0.01) / 100),
    ("lowest loss without looking", "good-without-baseline", CAMERA, mp.log(2)),  # 0.5 to all
    ("starting bias", None, TEN_TO_ONE, -mp.log(10)),
    ("starting bias", "odds-as-probability", TEN_TO_ONE, logit(0.1)),  # ln(1/9)
    ("starting bias", "share-for-odds", TEN_TO_ONE, -mp.log(11)),  # one of eleven
    ("starting bias", "prior-bias-sign", TEN_TO_ONE, mp.log(10)),
    ("starting bias", "base-10", TEN_TO_ONE, -1),
    ("mean weighted binary cross-entropy", None, TWO, of_probs(3)),
    ("mean weighted binary cross-entropy", "weight-on-both-terms", TWO, 3 * of_probs(1)),
    ("mean weighted binary cross-entropy", "weight-inverted", TWO, of_probs(mp.mpf(1) / 3)),
    (
        "mean weighted binary cross-entropy",
        "negative-term-missing",
        TWO,
        half(3 * surprisal(0.3), 0),
    ),
    ("mean weighted binary cross-entropy from logits", None, TWO_LOGITS, of_logits(3)),
    (
        "mean weighted binary cross-entropy from logits",
        "weight-on-both-terms",
        TWO_LOGITS,
        3 * of_logits(1),
    ),
    (
        "mean weighted binary cross-entropy from logits",
        "weight-inverted",
        TWO_LOGITS,
        of_logits(mp.mpf(1) / 3),
    ),
    # a positive with the logit −0.5, taken three times into the exponential
    (
        "mean weighted binary cross-entropy from logits",
        "weight-inside-the-log",
        TWO_LOGITS,
        half(mp.log1p(mp.exp(mp.mpf(3) / 2)), binary_logit_costs(0.8)[1]),
    ),
]
for y, p_t in ((1, mp.mpf(0.3)), (0, 1 - mp.mpf(0.3))):
    one = {"targets": y, "probs": 0.3, "alpha": 0.75}
    weight = mp.mpf(3 if y else 1) / 4
    WITH_LOGARITHMS += [
        ("balanced cross-entropy", None, one, -weight * log(p_t)),
        ("balanced cross-entropy", "alpha-on-the-negatives", one, -(1 - weight) * log(p_t)),
        ("balanced cross-entropy", "alpha-divides", one, -log(p_t) / weight),
    ]


@pytest.mark.parametrize("quantity, mistake, inputs, expected", WITH_LOGARITHMS)
def test_what_mpmath_gives(quantity, mistake, inputs, expected):
    assert value(quantity, mistake, arrays(inputs)) == pytest.approx(float(expected), rel=1e-12)


def test_small_weights_inside_the_logarithm_give_ln_2_whatever_the_scores():
    """The number of the report: 0.693, for weights of 0.03 to 0.06 and scores from -5 to 4."""
    scores = np.random.default_rng(30).integers(-5, 5, 25)
    labels = np.where(np.arange(25) < 16, 1, 0)
    inputs = {"targets": labels, "logits": scores, "pos_weight": 0.5 / 16}
    positives = value(
        "mean weighted binary cross-entropy from logits",
        "weight-inside-the-log",
        {name: v[:16] if name != "pos_weight" else v for name, v in inputs.items()},
    )
    assert positives == pytest.approx(np.log(2), abs=0.05)


def test_a_published_weighted_mean():
    """A PyTorch forum thread: 51.48 in all, 23 weights of 1 and one of 55, printed .658."""
    losses = [0.5] * 23 + [(51.48 - 11.5) / 55]  # any with that weighted sum
    inputs = arrays({"losses": losses, "weights": [1] * 23 + [55]})
    assert value("weighted mean", None, inputs) == figure(0.66, 2)
    assert value("weighted mean", "divided-by-n-not-weights", inputs) == figure(2.145, 3)


def test_every_formula_of_the_page_has_its_value_here():
    used = {(quantity, mistake) for quantity, mistake, _, _ in FRACTIONS + WITH_LOGARITHMS}
    mine = {quantity for quantity, _ in used}
    assert used == {
        *((name, None) for name in mine),
        *((name, one.name) for one in catalogue().values() for name in one.wrong if name in mine),
    }


@pytest.mark.parametrize(
    "name, counts, expected",
    [
        ("starting bias", {"positives": 1, "negatives": 10}, -mp.log(10)),
        ("positive weight", {"positives": 100, "negatives": 300}, 3),  # PyTorch's documentation
        ("prediction after even sampling and a weight", {"w": 9}, Fraction(9, 10)),  # odds 9 : 1
    ],
)
def test_the_formula_as_a_reader_has_it_says_the_same(name, counts, expected):
    written = eval(quantities()[name].formula, {"ln": np.log} | counts)
    assert written == pytest.approx(float(expected), rel=1e-12)
