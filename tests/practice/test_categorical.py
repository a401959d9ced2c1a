"""What the formulas of page 04 give, right and wrong, computed elsewhere.

Expected values are mpmath's, of a textbook sum or of what the mistake says in words.
Decimals are worked out by hand, or of the collection's survey of mistakes, to six places.
"""

import pytest
from mpmath import mp
from oracle import log, logsumexp, reals

from celib.practice import catalogue
from celib.practice.catalogue import quantities

ONE = "categorical cross-entropy"
MEAN = "mean categorical cross-entropy"
EPOCH = "mean loss of an epoch"
TYPICAL = "geometric mean of the true-class probabilities"
NAMED = "categorical cross-entropy in a table with named columns"

SIX_PLACES = 0.51e-6  # half a unit of the sixth, and a rounding
SEED = [0.775, 0.116, 0.039, 0.070]
DOG, CAT, CHEETAH = ({"targets": label, "probs": SEED} for label in (0, 1, 3))
P = reals(SEED)
REST = mp.fsum(log(1 - p) for p in P[1:])

# Two examples of three classes; to the truths they give 0.3 and 0.5.
BATCH = {"targets": [2, 0], "probs": [[0.6, 0.1, 0.3], [0.5, 0.4, 0.1]]}
BILLS = [  # for each example: its loss, and what charging the other classes adds
    (-log(mp.mpf(0.3)), -log(1 - mp.mpf(0.6)) - log(1 - mp.mpf(0.1))),
    (-log(mp.mpf(0.5)), -log(1 - mp.mpf(0.4)) - log(1 - mp.mpf(0.1))),
]
BOTH = mp.fsum(loss for loss, _ in BILLS)
ALL = mp.fsum(loss + more for loss, more in BILLS)

ANIMALS = ["dog", "cat", "horse", "cheetah"]
TABLE = {"animals": ANIMALS, "columns": sorted(ANIMALS), "probs": [0.15, 0.05, 0.7, 0.1]}

CASES = [
    # quantity, mistake, inputs, expected
    (ONE, None, DOG, -log(P[0])),
    (ONE, None, CAT, 2.154165),
    (ONE, None, {"targets": 3, "probs": [0.2, 0.2, 0.1, 0.4, 0.1]}, 0.916291),
    (ONE, "wrong-classes-charged", DOG, 0.490542),
    (ONE, "wrong-classes-charged", CAT, -log(P[1]) - mp.fsum(log(1 - P[k]) for k in (0, 2, 3))),
    # The binary losses that the answer at the link adds up, for the first of five classes.
    (
        ONE,
        "wrong-classes-charged",
        {"targets": 0, "probs": [0.1, 0.5, 0.1, 0.1, 0.2]},
        -mp.fsum(log(mp.mpf(p)) for p in (0.1, 0.5, 0.9, 0.9, 0.8)),
    ),
    (ONE, "binary-mean-over-classes", DOG, 0.122636),
    (ONE, "one-minus-p", DOG, 0.225),
    (ONE, "one-minus-p", CAT, 0.884),
    (ONE, "no-logarithm", DOG, -0.775),
    (ONE, "no-logarithm", {"targets": 0, "probs": [0.9, 0.1]}, -0.9),  # printed at the link
    (ONE, "predicted-class-charged", CAT, 0.254892),
    (ONE, "label-counted-from-one", DOG, 2.154165),
    (ONE, "label-counted-from-one", CHEETAH, -log(P[0])),
    (ONE, "label-read-from-one", CAT, -log(P[0])),
    (ONE, "label-read-from-one", CHEETAH, -log(P[2])),
    # 0.225 times -ln 1e-7, less 0.775 times ln(1 + 1e-7).
    (ONE, "truth-and-model-swapped", DOG, 3.626571),
    (
        ONE,
        "truth-and-model-swapped",
        CAT,
        -(1 - P[1]) * log(mp.mpf(1) / 10**7) - P[1] * log(1 + mp.mpf(1) / 10**7),
    ),
    (ONE, "softmax-twice", DOG, 0.912485),
    (ONE, "softmax-twice", CAT, logsumexp(SEED) - P[1]),
    (MEAN, None, BATCH, BOTH / 2),
    (MEAN, None, {"targets": [[0, 0, 1], [1, 0, 0]], "probs": BATCH["probs"]}, BOTH / 2),
    (MEAN, "wrong-classes-charged", BATCH, ALL / 2),
    (MEAN, "binary-mean-over-classes", BATCH, ALL / 6),
    (MEAN, "one-minus-p", BATCH, 0.6),
    (MEAN, "no-logarithm", BATCH, -0.4),
    (MEAN, "average-probability", BATCH, -log(mp.mpf(0.4))),
    (MEAN, "predicted-class-charged", BATCH, -(log(mp.mpf(0.6)) + log(mp.mpf(0.5))) / 2),
    (MEAN, "label-counted-from-one", BATCH, -(log(mp.mpf(0.6)) + log(mp.mpf(0.4))) / 2),
    (
        MEAN,
        "softmax-twice",
        BATCH,
        (logsumexp([0.6, 0.1, 0.3]) + logsumexp([0.5, 0.4, 0.1]) - mp.mpf(0.3) - mp.mpf(0.5)) / 2,
    ),
    # Batches of 5 and 3 with the means 1.2 and 1.3: 9.9 / 8, and not 2.5 / 2.
    (EPOCH, None, {"batch_sizes": [5, 3], "batch_means": [1.2, 1.3]}, 1.2375),
    (EPOCH, "mean-of-batch-means", {"batch_sizes": [5, 3], "batch_means": [1.2, 1.3]}, 1.25),
    # The losses of 0.9 and 0.1: the root of 0.09, and the half of 1.
    (TYPICAL, None, {"losses": [-float(log(x)) for x in reals([0.9, 0.1])]}, 0.3),
    (TYPICAL, "average-probability", {"losses": [-float(log(x)) for x in reals([0.9, 0.1])]}, 0.5),
    (TYPICAL, "two-to-the-nats", {"losses": [1.5, 2.5]}, 0.25),  # 2 to the -2
    (NAMED, None, TABLE | {"truth": "dog"}, -log(mp.mpf(0.7))),
    (NAMED, None, TABLE | {"truth": "cheetah"}, -log(mp.mpf(0.05))),
    (NAMED, "columns-in-another-order", TABLE | {"truth": "dog"}, -log(mp.mpf(0.15))),
    (NAMED, "columns-in-another-order", TABLE | {"truth": "cheetah"}, -log(mp.mpf(0.1))),
]


@pytest.mark.parametrize("quantity, mistake, inputs, expected", CASES)
def test_a_formula_gives_what_was_computed_elsewhere(quantity, mistake, inputs, expected):
    asked = quantities()[quantity]
    got = asked.value(inputs, "nats")
    if mistake:
        got = asked.computed(catalogue()[mistake].wrong[quantity], inputs, "nats")
    assert float(got) == pytest.approx(float(expected), abs=SIX_PLACES)


def test_no_formula_of_this_page_is_left_out():
    used = {(quantity, mistake) for quantity, mistake, *_ in CASES}
    mine = {quantity for quantity, _ in used}
    assert used == {
        *((name, None) for name in mine),
        *((name, one.name) for one in catalogue().values() for name in one.wrong if name in mine),
    }


# Of the survey; the counts are the quantities' own, so these hold them.
@pytest.mark.parametrize(
    "quantity, mistake, inputs, expected",
    [
        (ONE, "base-2-for-nats", DOG, 0.367732),
        (ONE, "base-10", DOG, 0.110698),
        (ONE, "lost-minus", DOG, -0.254892),
        (ONE, "divided-by-the-classes", DOG, 0.063723),
        (MEAN, "divided-by-the-classes", BATCH, BOTH / 6),
        (MEAN, "sum-for-mean", BATCH, BOTH),
        (EPOCH, "sum-for-mean", {"batch_sizes": [5, 3], "batch_means": [1.2, 1.3]}, 9.9),
        (NAMED, "divided-by-the-classes", TABLE | {"truth": "dog"}, -log(mp.mpf(0.7)) / 4),
    ],
)
def test_mistakes_on_top_of_a_value(quantity, mistake, inputs, expected):
    got = catalogue()[mistake].value(quantities()[quantity], inputs, "nats")
    assert float(got) == pytest.approx(float(expected), abs=SIX_PLACES)


def test_the_loss_in_bits():
    got = catalogue()["natural-log-for-bits"].value(quantities()[ONE], DOG, "bits")
    assert float(got) == pytest.approx(0.254892, abs=SIX_PLACES)
    assert float(quantities()[ONE].value(DOG, "bits")) == pytest.approx(0.367732, abs=SIX_PLACES)
