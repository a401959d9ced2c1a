"""Functions that are right on ordinary inputs only: the hard ones of an exercise catch them."""

from dataclasses import replace

import numpy as np
import pytest

from celib.practice import check, exercise
from celib.practice.judging import judged


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def shares(powers):
    return powers / powers.sum(axis=-1, keepdims=True)


def chosen(p, targets):
    return np.where(targets == 1, p, 1 - p)


HALF_RIGHT = [
    ("divergence/repair-the-mean", "four classes", lambda p, q: 4 * np.mean(p * np.log(p / q))),
    ("divergence/write-the-cross-entropy", "0 log 0", lambda p, q: -np.sum(p * np.log(q))),
    (
        "divergence/write-the-cross-entropy",
        "leaves out what the model calls impossible",
        lambda p, q: -np.sum(p[q > 0] * np.log(q[q > 0])),
    ),
    (
        "logits/safe-softmax",
        "shifts by the first logit",
        lambda logits: shares(np.exp(logits - logits[:, :1])),
    ),
    (
        "binary/write-it-for-logits",
        "through the probability",
        lambda targets, logits: -np.log(chosen(sigmoid(logits), targets)),
    ),
    (
        "binary/write-it-for-logits",
        "overflows",
        lambda targets, logits: np.log(1 + np.exp(logits)) - targets * logits,
    ),
    (
        "gradients/softmax-prime",
        "three classes",
        lambda targets, logits: shares(np.exp(logits)) - np.eye(3)[targets],
    ),
    (
        "gradients/write-the-gradient",
        "overflows",
        lambda targets, logits: (
            (shares(np.exp(logits)) - np.eye(logits.shape[1])[targets]) / len(targets)
        ),
    ),
    (
        "gradients/write-the-gradient",
        "three examples",
        lambda targets, logits: (
            (
                shares(np.exp(logits - logits.max(axis=1, keepdims=True)))
                - np.eye(logits.shape[1])[targets]
            )
            / 3
        ),
    ),
    (
        "balanced/weight-inside-the-logarithm",
        "through the probability",
        lambda targets, logits, pos_weight: np.mean(
            np.where(targets == 1, pos_weight, 1) * -np.log(chosen(sigmoid(logits), targets))
        ),
    ),
    (
        "focal/alpha-for-both",
        "a clip",
        lambda targets, probs, gamma, alpha: np.mean(
            chosen(alpha, targets)
            * (1 - chosen(probs, targets)) ** gamma
            * -np.log(np.maximum(chosen(probs, targets), 1e-7))
        ),
    ),
    (
        "focal/probability-from-the-loss",
        "a clip",
        lambda targets, probs, gamma, class_weight: (
            class_weight[targets]
            * (1 - probs[targets]) ** gamma
            * -np.log(np.maximum(probs[targets], 1e-7))
        ),
    ),
    ("published/mend-the-metric", "four words", lambda losses: np.exp(np.sum(losses) / 4)),
]


@pytest.mark.parametrize("id, flaw, function", HALF_RIGHT)
def test_what_is_right_on_ordinary_inputs_only_is_not_accepted(id, flaw, function):
    ordinary_only = replace(exercise(id), cases=[])
    assert judged(ordinary_only, function).status == "right", "it fails on ordinary inputs too"
    assert check(id, function).status != "right", flaw
