"""The catalogue read backwards: which errata of the ledger does `explain` solve by itself?

Each case gives a printed figure of ``celib/published.json`` and what it was made from, under the
names of the catalogue. Solved means that the first finding is the explanation which the ledger
had before there was a catalogue.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest

from celib import surprisal
from celib.practice import explain
from celib.published import evaluate, ledger

AUDITED = ("wrong", "ambiguous", "claim")


class Case(NamedTuple):
    """A figure of an entry, the call that should explain it, and the explanation."""

    entry: str
    figure: str
    inputs: dict
    quantity: str
    mistakes: tuple = ()
    changed: str = ""
    unused: tuple = ()
    cut_off: bool = False


SEEN = [0.938, 0.028, 0.013, 0.023]
NINE = {
    "targets": [0, 1, 0, 0, 0, 1, 1, 0, 1],
    "probs": [0.22, 0.64, 0.92, 0.42, 0.51, 0.15, 0.7, 0.37, 0.83],
    "n_bins": 3,
}
SOLVED = [
    Case(
        "message-length-rare-symbol",
        "2.32",
        {"p": 0.1},
        "surprisal",
        changed="p = 0.2 instead of 0.1",
    ),
    Case(
        "huggingface-perplexity-base-two",
        "19.1218",
        {"losses": [math.log(70.6083)]},
        "perplexity",
        ("two-to-the-nats",),
    ),
    Case(
        "magenta-mean-of-perplexities",
        "11",
        {"losses": [surprisal(0.5), surprisal(0.05)]},
        "perplexity",
        ("mean-of-exponentials",),
    ),
    Case(
        "centernet-initial-probability",
        "0.18",
        {"logits": -2.19},
        "sigmoid",
        ("two-in-the-place-of-e",),
    ),
    Case(
        "koech-second-loss-as-printed",
        "0.095",
        {"targets": 0, "probs": SEEN},
        "categorical cross-entropy",
        changed="probs[0] = 0.936 instead of 0.938",
    ),
    Case(
        "optax-formula-without-minus",
        "-0.2761",
        {"targets": 0, "logits": [1.2, -0.8, -0.5]},
        "categorical cross-entropy from logits",
        ("lost-minus",),
    ),
    Case(
        "optax-formula-without-minus",
        "-2.9518",
        {"targets": 1, "logits": [0.9, -1.2, 1.1]},
        "categorical cross-entropy from logits",
        ("lost-minus",),
    ),
    Case(
        "cs231n-softmax-loss-older-figure",
        "0.452",
        {"targets": 2, "logits": [-2.85, 0.86, 0.28]},
        "categorical cross-entropy from logits",
        ("base-10",),
    ),
    Case("cs231n-slide-older", "0.89", {"p": 0.13}, "surprisal", ("base-10",)),
    Case(
        "label-smoothing-over-the-others",
        ["0.025", "0.025", "0.9", "0.025", "0.025"],
        {"targets": 2, "label_smoothing": 0.1, "n_classes": 5},
        "smoothed labels",
        ("smoothing-over-the-wrong-classes",),
    ),
    Case(
        "ml-glossary-arguments-swapped",
        "inf",
        {"targets": 1, "probs": 0.1},
        "binary cross-entropy",
        ("truth-and-model-swapped",),
    ),
    # Read as one tenth exactly, as the ledger reads it.
    Case(
        "karpathy-initial-probability",
        "0.100",
        {"logits": math.log(1 / 10)},
        "sigmoid",
        ("odds-as-probability",),
    ),
    # Losses as the issue prints them, 5.6390 and 4.9593, without their weights.
    Case(
        "pytorch-weighted-mean-expected",
        "5.29915",
        {"losses": [5.6390 / 6, 4.9593 / 4], "weights": [6, 4]},
        "weighted mean",
        ("divided-by-n-not-weights",),
    ),
    Case(
        "focal-review-cross-entropies",
        "0.00436",
        {"targets": 1, "probs": 0.99},
        "binary cross-entropy",
        ("base-10",),
    ),
    Case(
        "focal-review-focal-losses",
        "4.36e-07",
        {"targets": 1, "probs": 0.99, "gamma": 2},
        "focal loss",
        ("base-10",),
    ),
    Case(
        "alpha-read-as-inverse-frequency",
        "4",
        {"targets": 1, "alpha": 0.25},
        "factor of alpha",
        ("alpha-divides",),
    ),
    Case(
        "alpha-read-as-inverse-frequency",
        "1.33",
        {"targets": 0, "alpha": 0.25},
        "factor of alpha",
        ("alpha-divides",),
    ),
    Case(
        "keras-focal-called-for-cross-entropy",
        "0.714",
        {"targets": [0, 0], "probs": [0.4, 0.6], "gamma": 2},
        "mean binary cross-entropy",
        unused=("gamma",),
    ),
    Case(
        "pavlovic-calibration-error",
        "0.23778",
        NINE,
        "expected calibration error",
        ("right-decisions-for-positives",),
    ),
    Case(
        "double-softmax-expectation",
        "0.479",
        {"targets": 1, "logits": [0.228, 0.619, 0.153]},
        "categorical cross-entropy from logits",
        ("divided-by-the-sum",),  # which leaves these scores as they are: they sum to 1
        cut_off=True,
    ),
    Case(
        "focal-review-cross-entropies",
        "0.0457",
        {"targets": 1, "probs": 0.9},
        "binary cross-entropy",
        ("base-10",),
        cut_off=True,
    ),
    Case(
        "focal-review-focal-losses",
        "0.00045",
        {"targets": 1, "probs": 0.9, "gamma": 2},
        "focal loss",
        ("base-10",),
        cut_off=True,
    ),
]

# What explain does not solve, and why. A figure that it comes to solve belongs into SOLVED.
NO_QUANTITY = "the catalogue has no such quantity"
UNSOLVED = [
    (
        "stale-softmax-output",
        ["0.9584", "0.0176", "0.0065", "0.0176"],
        {"logits": [100.0, 0.0, 0.0, 0.0]},
        "several digits of the input were changed, and one is tried at a time",
    ),
    (
        "course-notes-pasted-figure",
        "0.2014",
        {"targets": 0, "logits": [2.0, 0.5, -1.0]},
        "no mistake leaves out a class; what is found is a misprint that nearly would",
    ),
    (
        "tf-keras-smoothing-of-labels",
        ["0.1", "0.9"],
        {"targets": 1, "label_smoothing": 0.2, "n_classes": 3},
        "the figures are of two classes, and no number of classes is varied",
    ),
    (
        "tensorflow-fraud-initial-loss",
        "0.01317",
        {"counts": [284315, 492]},
        "the share was typed with two digits, and no input is rounded on trial",
    ),
    (
        "focal-factor-from-the-logit",
        "5.25304651260376",
        {"targets": 1, "logits": -1.0, "gamma": 2},
        NO_QUANTITY,
    ),
    (
        "tensorflow-addons-swapped-arguments",
        "0.00010971",
        {"targets": 1, "probs": 0.97, "gamma": 2, "alpha": 0.25},
        "the figure shows the library's clipping, which the catalogue does not know",
    ),
    (
        "focal-ratio-between-tenth-and-nine-tenths",
        "100",
        {"targets": 1, "probs": 0.9, "gamma": 2},
        NO_QUANTITY,
    ),
    (
        "focal-ratio-between-half-and-nine-tenths",
        "100",
        {"targets": 1, "probs": 0.9, "gamma": 2},
        NO_QUANTITY,
    ),
    ("weighted-probability-in-focal-loss", "5.17", {"probs": 0.7, "pos_weight": 2}, NO_QUANTITY),
    ("d2l-logsumexp-shift", "0", {"logits": [6.0, 7.0, 8.0]}, NO_QUANTITY),
]
# Here the ledger's explanation is the second finding: with two digits the simpler one fits as well.
SECOND = Case(
    "pytorch-smoothing-floor",
    "4.4e-1",
    {"label_smoothing": 0.1, "n_classes": 1000},
    "smallest smoothed cross-entropy",
    ("smoothing-over-the-wrong-classes", "base-10"),
)


def found(case):
    unit = ledger()[case.entry].convention["unit"]
    return explain(case.figure, unit=unit, **case.inputs).findings


def named(finding):
    return finding.quantity, finding.mistakes, finding.changed, finding.unused, finding.cut_off


def explanation(case):
    return case.quantity, case.mistakes, case.changed, case.unused, case.cut_off


@pytest.mark.parametrize("case", SOLVED, ids=lambda case: f"{case.entry} {case.figure}")
def test_the_first_finding_is_the_ledgers_explanation(case):
    assert named(found(case)[0]) == explanation(case)


@pytest.mark.parametrize("case", SOLVED, ids=lambda case: f"{case.entry} {case.figure}")
def test_and_gives_what_the_ledgers_expression_gives(case):
    entry = ledger()[case.entry]
    value = np.atleast_1d(found(case)[0].value).ravel()
    theirs = np.atleast_1d(evaluate(entry.printed_by, entry.inputs)).ravel()
    if value.size == 1 < theirs.size:  # one figure of several
        theirs = theirs[[np.argmin(abs(theirs - value))] if np.isfinite(value) else [0]]
    # The ledger's expression has the rounding and the cutting of the print in it, ours has not.
    np.testing.assert_allclose(value, theirs, rtol=2e-2 if case.cut_off else 2e-3)


def test_two_digits_leave_room_for_a_simpler_explanation():
    first, second = found(SECOND)[:2]
    assert first.mistakes == ("base-10",)
    assert named(second) == explanation(SECOND)


@pytest.mark.parametrize("entry, figure, inputs, why", UNSOLVED)
def test_what_is_not_solved_is_said_to_be_so(entry, figure, inputs, why):
    """The first finding, if any, is not the ledger's: its value is none that was printed."""
    unit = ledger()[entry].convention["unit"]
    findings = explain(figure, unit=unit, **inputs).findings
    assert not findings or findings[0].changed == "logits[2] = -9 instead of -1"
    assert why


def test_every_erratum_is_solved_or_said_not_to_be():
    errata = {entry.id for entry in ledger().values() if entry.verdict in AUDITED}
    assert {case.entry for case in [*SOLVED, SECOND]} | {one[0] for one in UNSOLVED} == errata


@pytest.mark.parametrize(
    "entry, inputs",
    [
        ("brown-corpus-bits-of-a-perplexity", {"p": 1 / 247}),
        ("cs231n-scores-not-probabilities", {"logits": [12.5, 0.6, -23.0]}),
        ("click4ai-test-case", {"targets": 1, "probs": 0.7, "gamma": 2, "alpha": 0.25}),
    ],
)
def test_what_the_ledger_cannot_explain_the_catalogue_does_not_either(entry, inputs):
    entry = ledger()[entry]
    assert entry.verdict == "unexplained"
    told = explain(entry.printed, unit=entry.convention["unit"], **inputs)
    assert told.findings == ()
    assert "nothing fits" in told.text


# Page 10: six homework answers about the dog, and the eight of its first exercise.
DOG = {"targets": 0, "probs": [0.775, 0.116, 0.039, 0.070]}
AFTER = {"targets": 0, "probs": [0.936, 0.028, 0.013, 0.023]}


@pytest.mark.parametrize(
    "figure, inputs, mistake",
    [
        ("0.3677", DOG, "base-2-for-nats"),
        ("0.1107", DOG, "base-10"),
        ("0.0637", DOG, "divided-by-the-classes"),
        ("2.1542", DOG, "label-counted-from-one"),
        (
            "0.0097",
            {"targets": 1, "probs": 0.775, "gamma": 2, "alpha": 0.25},
            "alpha-on-the-negatives",
        ),
        ("0.9125", DOG, "softmax-twice"),
        ("0.0954", AFTER, "base-2-for-nats"),
        ("0.0287", AFTER, "base-10"),
        ("-0.0661", AFTER, "lost-minus"),
        ("0.0165", AFTER, "divided-by-the-classes"),
        ("3.5756", AFTER, "label-counted-from-one"),
        ("0.7894", AFTER, "softmax-twice"),
        ("0.1309", AFTER, "wrong-classes-charged"),
        ("0.0640", AFTER, "one-minus-p"),
    ],
)
def test_the_homework_of_the_page(figure, inputs, mistake):
    assert explain(figure, unit="nats", **inputs).findings[0].mistakes == (mistake,)
