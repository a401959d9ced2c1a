"""What the formulas of page 08 give, right and wrong, computed elsewhere.

Expected values are mpmath's: factor, weight and surprise, multiplied as the mistake says in words.
"""

import numpy as np
import pytest
from mpmath import mp
from oracle import figure, log, reals, sigmoid, softmax

from celib.practice import catalogue
from celib.practice.catalogue import quantities

QUARTER = mp.mpf(1) / 4
GAMMA = 3  # odd, so that a factor with the wrong sign shows
BATCH = {"targets": [1, 0, 1], "probs": [0.9, 0.3, 0.1], "gamma": GAMMA}
SAID = reals(BATCH["probs"])
TRUE = [SAID[0], 1 - SAID[1], SAID[2]]  # the probabilities of the three truths
WEIGHTS = [QUARTER, 1 - QUARTER, QUARTER]
CLASSES = {"targets": 1, "probs": [0.3, 0.6, 0.1], "gamma": GAMMA, "class_weight": [2, 3, 4]}
LOGITS = {"targets": 0, "logits": [3.2, 1.3, 0.2, 0.8], "gamma": GAMMA}


def value(quantity, mistake, inputs):
    asked = quantities()[quantity]
    inputs = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    if mistake is None:
        return asked.value(inputs, "nats")
    return catalogue()[mistake].value(asked, inputs, "nats")


def mean(terms):
    return mp.fsum(terms) / len(terms)


def focal(p_t, gamma=GAMMA):
    return (1 - mp.mpf(p_t)) ** gamma * -log(mp.mpf(p_t))


def focal_of_power(p_t, gamma=GAMMA):
    return mp.mpf(p_t) ** gamma * -log(mp.mpf(p_t))


def focal_times(p_t, gamma=GAMMA):
    return gamma * (1 - mp.mpf(p_t)) * -log(mp.mpf(p_t))


def weighted(losses):
    return mean([w * loss for w, loss in zip(WEIGHTS, losses, strict=True)])


def not_flipped():
    """The losses of the batch, with 1 − p in the factor also where the truth is 0."""
    return [(1 - p) ** GAMMA * -log(p_t) for p, p_t in zip(SAID, TRUE, strict=True)]


def one_factor():
    surprise = mean([-log(p_t) for p_t in TRUE])
    return (1 - mp.exp(-surprise)) ** GAMMA * surprise


CASES = [
    ("mean focal loss", None, BATCH, mean([focal(p) for p in TRUE])),
    ("mean focal loss", "power-of-p", BATCH, mean([focal_of_power(p) for p in TRUE])),
    ("mean focal loss", "times-gamma", BATCH, mean([focal_times(p) for p in TRUE])),
    ("mean focal loss", "p-not-flipped", BATCH, mean(not_flipped())),
    ("mean focal loss", "p-from-the-mean-loss", BATCH, one_factor()),
]
for mistake, expected in {
    None: weighted([focal(p) for p in TRUE]),
    "alpha-on-the-negatives": mean([focal(p) for p in TRUE]) - weighted([focal(p) for p in TRUE]),
    "alpha-on-both-classes": QUARTER * mean([focal(p) for p in TRUE]),
    "gamma-zero-forgets-alpha": mean([focal(p) for p in TRUE]),
    "power-of-p": weighted([focal_of_power(p) for p in TRUE]),
    "times-gamma": weighted([focal_times(p) for p in TRUE]),
    "p-not-flipped": weighted(not_flipped()),
}.items():
    CASES += [("mean alpha-balanced focal loss", mistake, BATCH | {"alpha": 0.25}, expected)]
for y, p_t in ((1, mp.mpf(0.3)), (0, 1 - mp.mpf(0.3))):
    one = {"targets": y, "probs": 0.3, "gamma": 3}
    alpha_t = QUARTER if y else 1 - QUARTER
    CASES += [
        ("focal loss", None, one, focal(p_t, 3)),
        ("focal loss", "power-of-p", one, focal_of_power(p_t, 3)),
        ("focal loss", "times-gamma", one, focal_times(p_t, 3)),
    ]
    for mistake, expected in {
        None: alpha_t * focal(p_t, 3),
        "alpha-on-the-negatives": (1 - alpha_t) * focal(p_t, 3),
        "alpha-divides": focal(p_t, 3) / alpha_t,
        "gamma-zero-forgets-alpha": focal(p_t, 3),
        "power-of-p": alpha_t * focal_of_power(p_t, 3),
        "times-gamma": alpha_t * focal_times(p_t, 3),
        # exp of the weighted logarithm is a power
        "p-from-weighted-loss": (1 - p_t**alpha_t) ** 3 * alpha_t * -log(p_t),
    }.items():
        CASES += [("alpha-balanced focal loss", mistake, one | {"alpha": 0.25}, expected)]
    start = {"targets": y, "prevalence": 0.3, "gamma": 3}
    CASES += [
        ("focal loss at the starting bias", None, start, focal(p_t, 3)),
        # with the other sign the model begins at 0.7, and p_t is the rest
        ("focal loss at the starting bias", "prior-bias-sign", start, focal(1 - p_t, 3)),
        ("focal loss at the starting bias", "power-of-p", start, focal_of_power(p_t, 3)),
        ("focal loss at the starting bias", "times-gamma", start, focal_times(p_t, 3)),
    ]
P_TRUE, P_DOG = mp.mpf(0.6), softmax(LOGITS["logits"])[0]
SIGMOIDS = [sigmoid(z) for z in LOGITS["logits"]]
CASES += [
    ("class-weighted focal loss", None, CLASSES, 3 * focal(P_TRUE)),
    ("class-weighted focal loss", "power-of-p", CLASSES, 3 * focal_of_power(P_TRUE)),
    ("class-weighted focal loss", "times-gamma", CLASSES, 3 * focal_times(P_TRUE)),
    (
        "class-weighted focal loss",
        "p-from-weighted-loss",
        CLASSES,
        (1 - P_TRUE**3) ** GAMMA * 3 * -log(P_TRUE),
    ),
    ("categorical focal loss from logits", None, LOGITS, focal(P_DOG)),
    ("categorical focal loss from logits", "power-of-p", LOGITS, focal_of_power(P_DOG)),
    ("categorical focal loss from logits", "times-gamma", LOGITS, focal_times(P_DOG)),
    (
        "categorical focal loss from logits",
        "one-sigmoid-per-class",
        LOGITS,
        focal(SIGMOIDS[0]) + mp.fsum(focal(1 - s) for s in SIGMOIDS[1:]),
    ),
]


@pytest.mark.parametrize("quantity, mistake, inputs, expected", CASES)
def test_what_mpmath_gives(quantity, mistake, inputs, expected):
    assert value(quantity, mistake, inputs) == pytest.approx(float(expected), rel=1e-12)


def test_the_paper_says_a_hundred_times_less_at_nine_tenths():
    """Lin et al. 2017, section 3.2: with gamma = 2 an example at 0.9 has 100 times lower loss."""
    easy = {"targets": 1, "probs": 0.9, "gamma": 2}
    ratio = -np.log(0.9) / value("focal loss", None, easy)
    assert ratio == pytest.approx(100, rel=1e-12)


@pytest.mark.parametrize(
    "mistake, printed, places",
    [
        (None, 0.000263, 6),
        ("alpha-on-the-negatives", 0.00079, 5),
        ("alpha-divides", 0.00421, 5),
        ("power-of-p", 0.0213, 4),
        ("times-gamma", 0.00527, 5),
    ],
)
def test_the_survey_of_mistakes_on_one_example(mistake, printed, places):
    """p = 0.9, y = 1, gamma = 2, alpha = 0.25: figures of the survey this catalogue grew out of."""
    inputs = {"targets": 1, "probs": 0.9, "gamma": 2, "alpha": 0.25}
    assert value("alpha-balanced focal loss", mistake, inputs) == figure(printed, places)


def test_every_formula_of_the_page_has_its_value_here():
    used = {(quantity, mistake) for quantity, mistake, _, _ in CASES}
    mine = {quantity for quantity, _ in used}
    assert used == {
        *((name, None) for name in mine),
        *((name, one.name) for one in catalogue().values() for name in one.wrong if name in mine),
    }
