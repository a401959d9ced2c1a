"""What the formulas of page 03 give, right and wrong, computed elsewhere.

Expected values are mpmath's, of a textbook sum or of what the mistake says in words.
Decimals are worked out by hand, or of the collection's survey of mistakes, to six places.
"""

import pytest
from mpmath import mp
from oracle import costs, log, logsumexp, reals, softmax

from celib.practice import catalogue
from celib.practice.catalogue import quantities

ONE = "probability of the true class"
SOFTMAX = "softmax"
EXTREME = "softmax of extreme logits"
TEMPERED = "softmax at a temperature"
FROM_PROBS = "probabilities at a temperature"
LOGSUMEXP = "logsumexp"
LOSS = "categorical cross-entropy from logits"

DOG = {"targets": 0, "logits": [3.2, 1.3, 0.2, 0.8]}
LAST = {"targets": 2, "logits": [1.2, 2.0, 0.3]}  # whose label counted from 1 begins anew
BATCH = [[1.0, 2.0, 0.5], [0.3, -0.7, 1.3]]
FAR = {"logits": [[1000.0, 1001.0], [0.0, 1.0]]}
SIX_PLACES = 0.51e-6  # half a unit of the sixth, and a rounding
SMALLER = 1 / (1 + mp.e)  # of two logits that differ by 1, the smaller one's probability


def shares(values):
    return [value / mp.fsum(values) for value in values]


def transposed(rows):
    return list(map(list, zip(*rows, strict=True)))


def in_rows_of(size, values):
    return [values[i : i + size] for i in range(0, len(values), size)]


ROOTS = [mp.mpf(8) / 10, mp.sqrt(mp.mpf(32)) / 10, mp.mpf(2) / 10]  # of 0.64, 0.32 and 0.04
Z, P = reals(DOG["logits"]), softmax(DOG["logits"])
TWICE = softmax(P)

CASES = [
    # quantity, mistake, inputs, expected
    (ONE, None, DOG, P[0]),
    (ONE, None, LAST, softmax(LAST["logits"])[2]),
    (ONE, "divided-by-the-sum", DOG, Z[0] / mp.fsum(Z)),
    (ONE, "divided-by-the-sum", DOG, 0.581818),
    (ONE, "logits-as-probabilities", DOG, 3.2),
    (ONE, "softmax-twice", DOG, TWICE[0]),
    (ONE, "softmax-twice", DOG, 0.401572),
    (ONE, "sigmoid-for-softmax", DOG, 1 / (1 + mp.exp(-Z[0]))),
    (ONE, "sigmoid-for-softmax", DOG, 0.960834),
    (ONE, "label-read-from-one", LAST, softmax(LAST["logits"])[1]),
    (ONE, "label-read-from-one", DOG, mp.nan),  # no class stands before the first
    (ONE, "label-counted-from-one", DOG, P[1]),
    (ONE, "label-counted-from-one", LAST, softmax(LAST["logits"])[0]),
    (SOFTMAX, None, {"logits": BATCH}, [softmax(row) for row in BATCH]),
    (SOFTMAX, None, {"logits": BATCH[0]}, softmax(BATCH[0])),
    (SOFTMAX, "divided-by-the-sum", {"logits": BATCH}, [shares(reals(row)) for row in BATCH]),
    (SOFTMAX, "logits-as-probabilities", {"logits": BATCH}, BATCH),
    (
        SOFTMAX,
        "sigmoid-for-softmax",
        {"logits": BATCH},
        [[1 / (1 + mp.exp(-z)) for z in reals(row)] for row in BATCH],
    ),
    (SOFTMAX, "softmax-twice", {"logits": BATCH}, [softmax(softmax(row)) for row in BATCH]),
    (
        SOFTMAX,
        "softmax-down-the-batch",
        {"logits": BATCH},
        transposed([softmax(column) for column in transposed(BATCH)]),
    ),
    (SOFTMAX, "softmax-down-the-batch", {"logits": [[3.2, 1.3, 0.2, 0.8]]}, [[1, 1, 1, 1]]),
    (
        SOFTMAX,
        "one-sum-for-the-batch",
        {"logits": BATCH},
        in_rows_of(3, softmax(BATCH[0] + BATCH[1])),
    ),
    (EXTREME, None, FAR, [[SMALLER, 1 - SMALLER]] * 2),
    (EXTREME, "maximum-of-the-batch", FAR, [[SMALLER, 1 - SMALLER], [mp.nan, mp.nan]]),
    (EXTREME, "exp-overflows", FAR, [[mp.nan, mp.nan], [SMALLER, 1 - SMALLER]]),
    # Printed so at the link: 0, 0 and nan.
    (EXTREME, "exp-overflows", {"logits": [[1.0, -10.0, 1000.0]]}, [[0, 0, mp.nan]]),
    (EXTREME, "exp-overflows", {"logits": [[-1000.0, -1001.0]]}, [[mp.nan, mp.nan]]),
    (EXTREME, "softmax-down-the-batch", FAR, [[1, 1], [0, 0]]),
    (EXTREME, "one-sum-for-the-batch", FAR, [[SMALLER, 1 - SMALLER], [0, 0]]),
    (
        TEMPERED,
        None,
        {"logits": [2.0, 1.0, 0.0], "temperature": 2.0},
        softmax([1, 0.5, 0]),
    ),
    (
        TEMPERED,
        "temperature-multiplied",
        {"logits": [2.0, 1.0, 0.0], "temperature": 2.0},
        softmax([4, 2, 0]),
    ),
    # (1, 2) times 10, and what somebody expects who looks at ratios.
    (TEMPERED, None, {"logits": [1.0, 2.0], "temperature": 0.1}, softmax([10, 20])),
    (
        TEMPERED,
        "only-ratios-matter",
        {"logits": [1.0, 2.0], "temperature": 0.1},
        [SMALLER, 1 - SMALLER],
    ),
    (TEMPERED, "divided-by-the-sum", {"logits": [1.0, 2.0], "temperature": 0.1}, shares([1, 2])),
    (
        TEMPERED,
        "softmax-twice",
        {"logits": [1.0, 2.0], "temperature": 0.1},
        softmax(softmax([10, 20])),
    ),
    # The square root of each probability, and the square of each: 25, 9 and 4 of 38.
    (FROM_PROBS, None, {"probs": [0.64, 0.32, 0.04], "temperature": 2}, shares(ROOTS)),
    (
        FROM_PROBS,
        "temperature-multiplied",
        {"probs": [0.5, 0.3, 0.2], "temperature": 2},
        shares([25, 9, 4]),
    ),
    (
        FROM_PROBS,
        "temperature-on-probabilities",
        {"probs": [0.7, 0.2, 0.1], "temperature": 2},
        [0.7, 0.2, 0.1],
    ),
    (
        FROM_PROBS,
        "softmax-twice",
        {"probs": [0.7, 0.2, 0.1], "temperature": 2},
        softmax([0.7, 0.2, 0.1], 2),
    ),
    (LOGSUMEXP, None, {"logits": [5.0, 6.0]}, 6.313262),
    (LOGSUMEXP, None, {"logits": [14.2, 13.1, 12.5]}, logsumexp([14.2, 13.1, 12.5])),
    (LOGSUMEXP, "logsumexp-shift-invariant", {"logits": [5.0, 6.0]}, log(1 + 1 / mp.e)),
    (LOSS, None, DOG, costs(DOG["logits"])[0]),
    (LOSS, None, DOG, 0.254699),
    (LOSS, "divided-by-the-sum", DOG, -log(Z[0] / mp.fsum(Z))),
    (LOSS, "logits-as-probabilities", DOG, -1.163151),
    (LOSS, "logits-as-probabilities", {"targets": 1, "logits": [1.0, -0.5]}, mp.nan),
    (LOSS, "softmax-twice", DOG, 0.912368),
    # The floor that the survey gives for four classes: ln(1 + 3/e).
    (LOSS, "softmax-twice", {"targets": 0, "logits": [1000.0, 0.0, 0.0, 0.0]}, log(1 + 3 / mp.e)),
    (LOSS, "sigmoid-for-softmax", DOG, log(1 + mp.exp(-Z[0]))),
    (LOSS, "label-read-from-one", LAST, costs(LAST["logits"])[1]),
    (LOSS, "label-counted-from-one", DOG, costs(DOG["logits"])[1]),
    (
        LOSS,
        "predicted-class-charged",
        {"targets": 1, "logits": DOG["logits"]},
        costs(DOG["logits"])[0],
    ),
    (LOSS, "one-minus-p", DOG, mp.fsum(P[1:])),
    (LOSS, "no-logarithm", DOG, -P[0]),
    (LOSS, "wrong-classes-charged", DOG, -log(P[0]) - mp.fsum(log(1 - p) for p in P[1:])),
]


@pytest.mark.parametrize("quantity, mistake, inputs, expected", CASES)
def test_a_formula_gives_what_was_computed_elsewhere(quantity, mistake, inputs, expected):
    asked = quantities()[quantity]
    got = asked.value(inputs, "nats")
    if mistake:
        got = asked.computed(catalogue()[mistake].wrong[quantity], inputs, "nats")
    assert got.tolist() == approximately(expected)


def approximately(expected):
    if isinstance(expected, list):
        return [approximately(one) for one in expected]
    return pytest.approx(float(expected), abs=SIX_PLACES, nan_ok=True)


def test_no_formula_of_this_page_is_left_out():
    used = {(quantity, mistake) for quantity, mistake, *_ in CASES}
    mine = {quantity for quantity, _ in used}
    assert used == {
        *((name, None) for name in mine),
        *((name, one.name) for one in catalogue().values() for name in one.wrong if name in mine),
    }


def test_the_sum_of_exponentials_in_other_bases():
    """log2 and log10 of e^14.2 + e^13.1 + e^12.5, which is what those mistakes come to."""
    total, inputs = mp.exp(logsumexp([14.2, 13.1, 12.5])), {"logits": [14.2, 13.1, 12.5]}
    for mistake, base in (("base-2-for-nats", 2), ("base-10", 10)):
        got = catalogue()[mistake].value(quantities()[LOGSUMEXP], inputs, "nats")
        assert got.tolist() == approximately(mp.log(total, base))
