"""What the formulas of page 06 give, right and wrong, computed elsewhere.

A gradient is expected to be what mpmath's finite differences, with 50 digits, say of the loss; a
wrong one what the mistake says in words, written once more with mpmath.
"""

import pytest
from mpmath import mp
from oracle import binary_logit_costs, costs, log, sigmoid, softmax

from celib.practice import catalogue
from celib.practice.catalogue import quantities

FOUR = "gradient of the categorical cross-entropy"
BATCH = "gradient of the mean categorical cross-entropy"
BINARY = "gradient of the binary cross-entropy"
CLIPPED = "gradient of the clipped binary cross-entropy"
FIRST = "loss before training"
STEP = "logits after one step of descent"

Z, T = [0.4, 2.0, 1.1, -0.5], 2
ROWS, LABELS = [[0.5, 2.0, -1.0], [1.0, 1.5, 0.2]], [1, 0]
P = softmax(Z)
TINY = mp.mpf(10) ** -18


def nudged(loss, logits):
    """The slope of a loss by each logit, by moving it a little to either side."""
    slopes = []
    for k in range(len(logits)):
        beside = [
            [z + (TINY * sign if j == k else 0) for j, z in enumerate(logits)] for sign in (1, -1)
        ]
        slopes.append((loss(beside[0]) - loss(beside[1])) / (2 * TINY))
    return slopes


def surprise(logits, label):
    """−ln of the softmax at a label, from logits of 50 digits."""
    return log(mp.fsum(mp.exp(z) for z in logits)) - logits[label]


def slopes(logits, label):
    return nudged(lambda z: surprise(z, label), [mp.mpf(z) for z in logits])


def times(factors, values):
    return [a * b for a, b in zip(factors, values, strict=True)]


def flat(p):
    return [x * (1 - x) for x in p]


def only(label, value, k=4):
    return [value if j == label else mp.mpf(0) for j in range(k)]


def each_row(of, share=2):
    """Of each row, what some function of logits and label gives, divided among the examples."""
    rows = zip(ROWS, LABELS, strict=True)
    return [[one / share for one in of(row, label)] for row, label in rows]


def down_the_batch(row, label):
    """Each entry's share of its column, minus the truth."""
    of_column = [mp.fsum(mp.exp(mp.mpf(other[k])) for other in ROWS) for k in range(3)]
    return [mp.exp(mp.mpf(z)) / of_column[k] - (k == label) for k, z in enumerate(row)]


def binary_slope(y, z):
    """The slope of ln(1 + e^z) − y z."""
    return nudged(lambda one: mp.log1p(mp.exp(one[0])) - y * one[0], [mp.mpf(z)])[0]


def clipped_slope(z, epsilon):
    def loss(one):
        p = 1 / (1 + mp.exp(-one[0]))
        return -log(1 - min(max(p, epsilon), 1 - epsilon))

    return nudged(loss, [mp.mpf(z)])[0]


def logit(y, z=1.6):
    return {"targets": y, "logits": z}


EPSILON = mp.mpf(1e-7)
# Two within the clip, which acts from ln(10^7), about 16.1, on, and two beyond it.
FAR = [1.2, 9.0, 25.0, -30.0]
THREE = {"targets": 0, "logits": FAR, "epsilon": 1e-7}
ONE = {"targets": T, "logits": Z}
TWO = {"targets": LABELS, "logits": ROWS}
WALK = ONE | {"rate": 0.5}
TWICE = softmax([float(p) for p in P])

CASES = [
    # quantity, mistake, inputs, expected
    (FOUR, None, ONE, slopes(Z, T)),
    (FOUR, "gradient-sign", ONE, [-one for one in slopes(Z, T)]),
    (FOUR, "sigmoid-slope-twice", ONE, times(slopes(Z, T), flat(P))),
    # Of the chain, −1/p times the derivative of the softmax, only the diagonal: −(1 − p).
    (FOUR, "diagonal-jacobian", ONE, only(T, -1 / P[T] * P[T] * (1 - P[T]))),
    (FOUR, "gradient-by-probability", ONE, only(T, -1 / P[T])),
    (FOUR, "label-counted-from-one", ONE, slopes(Z, T + 1)),
    (FOUR, "softmax-twice", ONE, [p - (k == T) for k, p in enumerate(TWICE)]),
    (BATCH, None, TWO, each_row(slopes)),
    (BATCH, "gradient-of-the-sum", TWO, each_row(slopes, share=1)),
    (BATCH, "gradient-sign", TWO, each_row(slopes, share=-2)),
    (
        BATCH,
        "sigmoid-slope-twice",
        TWO,
        each_row(lambda z, t: times(slopes(z, t), flat(softmax(z)))),
    ),
    (BATCH, "diagonal-jacobian", TWO, each_row(lambda z, t: only(t, softmax(z)[t] - 1, 3))),
    (BATCH, "softmax-down-the-batch", TWO, each_row(down_the_batch)),
    (BINARY, None, logit(0), binary_slope(0, 1.6)),
    (BINARY, None, logit(1), binary_slope(1, 1.6)),
    (BINARY, "gradient-sign", logit(0), -binary_slope(0, 1.6)),
    (BINARY, "gradient-sign", logit(1), -binary_slope(1, 1.6)),
    (BINARY, "sigmoid-slope-twice", logit(0), sigmoid(1.6) ** 2 * sigmoid(-1.6)),
    (BINARY, "sigmoid-slope-twice", logit(1), -(sigmoid(-1.6) ** 2) * sigmoid(1.6)),
    (BINARY, "gradient-by-probability", logit(0), 1 / sigmoid(-1.6)),
    (BINARY, "gradient-by-probability", logit(1), -1 / sigmoid(1.6)),
    (BINARY, "sigmoid-twice", logit(0), sigmoid(float(sigmoid(1.6)))),
    (BINARY, "sigmoid-twice", logit(1), sigmoid(float(sigmoid(1.6))) - 1),
    # ln(1 + e^0) does not move with the logit.
    (BINARY, "labels-in-the-plus-minus-formula", logit(0), 0),
    (BINARY, "labels-in-the-plus-minus-formula", logit(1), binary_slope(1, 1.6)),
    (CLIPPED, None, THREE, [clipped_slope(z, EPSILON) for z in FAR]),
    (CLIPPED, None, THREE | {"logits": 25.0}, 0),
    (CLIPPED, None, THREE | {"targets": 1, "logits": 1.2}, binary_slope(1, 1.2)),
    (CLIPPED, "clipping-keeps-the-gradient", THREE, [binary_slope(0, z) for z in FAR]),
    (CLIPPED, "gradient-sign", THREE, [-clipped_slope(z, EPSILON) for z in FAR]),
    (
        CLIPPED,
        "sigmoid-slope-twice",
        THREE,
        times([clipped_slope(z, EPSILON) for z in FAR], flat([sigmoid(z) for z in FAR])),
    ),
    # 1/(1 − p), with the p of the clip: 1/ε at its upper end, but for the rounding of 1 − ε.
    (
        CLIPPED,
        "gradient-by-probability",
        THREE,
        [1 / sigmoid(-1.2), 1 / sigmoid(-9.0), 1 / (1 - mp.mpf(1 - 1e-7)), 1 / (1 - EPSILON)],
    ),
    (
        CLIPPED,
        "gradient-by-probability",
        THREE | {"targets": 1, "logits": -1.2},
        -1 / sigmoid(-1.2),
    ),
    (
        CLIPPED,
        "gradient-by-probability",
        THREE | {"targets": 1, "logits": [25.0, -30.0]},
        [-1 / (1 - EPSILON), -1 / EPSILON],
    ),
    (FIRST, None, {"n_classes": 26}, log(26)),
    (FIRST, "first-loss-is-one", {"n_classes": 26}, 1),
    (FIRST, "one-minus-p", {"n_classes": 26}, mp.mpf(25) / 26),
    (FIRST, "no-logarithm", {"n_classes": 26}, -mp.mpf(1) / 26),
    (FIRST, "divided-by-the-classes", {"n_classes": 26}, log(26) / 26),
    (STEP, None, WALK, [z - s / 2 for z, s in zip(Z, slopes(Z, T), strict=True)]),
    (STEP, "gradient-sign", WALK, [z + s / 2 for z, s in zip(Z, slopes(Z, T), strict=True)]),
]


@pytest.mark.parametrize("name, mistake, inputs, expected", CASES)
def test_a_formula_gives_what_its_words_say(name, mistake, inputs, expected):
    found = computed(name, mistake, inputs)
    assert shape(found) == shape(expected)
    for one, other in zip(flatly(found), flatly(expected), strict=True):
        assert one == pytest.approx(float(other), rel=1e-12, abs=1e-15)


def computed(name, mistake, inputs):
    quantity = quantities()[name]
    if mistake is None:
        return quantity.value(inputs, "nats").tolist()
    return catalogue()[mistake].value(quantity, inputs, "nats").tolist()


def flatly(value):
    return [one for row in value for one in flatly(row)] if isinstance(value, list) else [value]


def shape(value):
    return [shape(one) for one in value] if isinstance(value, list) else None


def test_every_formula_of_the_page_is_held():
    ours = {FOUR, BATCH, BINARY, CLIPPED, FIRST, STEP}
    spoiled = {(name, one.name) for one in catalogue().values() for name in ours & set(one.wrong)}
    assert spoiled | {(name, None) for name in ours} <= {case[:2] for case in CASES}


# Recomputed by hand from the survey of mistakes, for logits (3.2, 1.3, 0.2, 0.8), truth first.
@pytest.mark.parametrize(
    "mistake, six_places",
    [(None, -0.224850), ("gradient-sign", 0.224850), ("sigmoid-slope-twice", -0.039190)],
)
def test_the_survey_of_mistakes_has_these(mistake, six_places):
    found = computed(FOUR, mistake, {"targets": 0, "logits": [3.2, 1.3, 0.2, 0.8]})
    assert found[0] == pytest.approx(six_places, abs=5e-7)


def test_the_oracle_s_own_losses_have_these_slopes():
    """The losses nudged above are those of the oracle, which the rest of the suite trusts."""
    assert surprise([mp.mpf(z) for z in Z], T) == pytest.approx(float(costs(Z)[T]), rel=1e-15)
    yes, no = binary_logit_costs(1.6)
    assert no - yes == pytest.approx(1.6, rel=1e-15)
