"""For which inputs a formula is meant, and how many classes and examples are in them.

`explain` tries no formula on inputs for which it is not meant: a loss of one example on a batch,
say, or a divergence on something that does not sum to 1. The counts are those that people divide
by; here they are counted by eye.
"""

import numpy as np
import pytest

from celib.practice import explain
from celib.practice.catalogue import quantities, surroundings

ONE, TWO = [0.5, 0.3, 0.2], [0.2, 0.2, 0.6]
ROWS = [ONE, TWO]
NEARLY, HARDLY = [0.5, 0.5 + 8e-7], [0.5, 0.5 + 1.5e-6]  # a sum may be off by a millionth
SCORES = [2.0, -1.0, 0.5]
GAMMA, WEIGHT, ALPHA = {"gamma": 2}, {"pos_weight": 3}, {"gamma": 2, "alpha": 0.25}

# quantity, inputs, how many classes and examples are in them, if people divide by those
MEANT = [
    ("entropy", {"p": ONE}, 3, None),
    ("entropy", {"p": [1.0]}, 1, None),
    ("entropy with an impossible outcome", {"p": [0.0, 1.0]}, 2, None),
    ("entropy with an impossible outcome", {"p": [0.0, 0.0, 0.5, 0.5]}, 4, None),
    ("entropy of counts", {"counts": [3, 1]}, 2, None),
    ("entropy of counts", {"counts": [3, 1, 1]}, 3, None),
    ("mean number of questions", {"p": ONE}, None, None),
    ("cross-entropy", {"p": ONE, "q": TWO}, 3, None),
    ("cross-entropy", {"p": NEARLY, "q": NEARLY}, 2, None),
    ("KL divergence", {"p": ONE, "q": TWO}, 3, None),
    ("KL divergence", {"p": NEARLY, "q": NEARLY}, 2, None),
    ("terms of the KL divergence", {"p": ONE, "q": TWO}, None, None),
    ("terms of the KL divergence", {"p": NEARLY, "q": NEARLY}, None, None),
    ("KL divergence of an unnormalised target", {"p": [0.1, 0.2], "q": [0.5, 0.5]}, 2, None),
    ("KL divergence of an unnormalised target", {"p": [0.9, 0.8], "q": [0.5, 0.5]}, 2, None),
    ("KL divergence of an unnormalised target", {"p": HARDLY, "q": [0.5, 0.5]}, 2, None),
    ("probability of the true class", {"targets": 1, "logits": SCORES}, None, None),
    ("softmax", {"logits": SCORES}, None, None),
    ("softmax", {"logits": [SCORES, SCORES]}, None, None),
    ("softmax of extreme logits", {"logits": [[1000.0, 0.0]]}, None, None),
    ("softmax of extreme logits", {"logits": [[-701.0, 0.0]]}, None, None),
    ("probabilities at a temperature", {"probs": ONE, "temperature": 2}, None, None),
    ("categorical cross-entropy from logits", {"targets": 1, "logits": SCORES}, 3, None),
    ("categorical cross-entropy", {"targets": 1, "probs": ONE}, 3, None),
    ("mean categorical cross-entropy", {"targets": [0, 2], "probs": ROWS}, 3, 2),
    ("mean loss of an epoch", {"batch_means": [1.0, 2.0], "batch_sizes": [5, 3]}, None, 8),
    ("binary cross-entropy", {"targets": 1, "probs": 0.7}, None, None),
    ("mean binary cross-entropy", {"targets": [1, 0, 1], "probs": ONE}, None, 3),
    ("mean binary cross-entropy", {"targets": [[1, 0, 1], [0, 1, 1]], "probs": ROWS}, None, 6),
    ("binary cross-entropy from logits", {"targets": 1, "logits": 0.5}, None, None),
    ("logistic loss", {"signs": -1, "logits": 0.5}, None, None),
    ("least binary cross-entropy", {"targets": 0.3}, None, None),
    ("predicted labels", {"logits": SCORES}, None, None),
    ("gradient of the categorical cross-entropy", {"targets": 1, "logits": SCORES}, None, None),
    (
        "gradient of the mean categorical cross-entropy",
        {"targets": [0, 1], "logits": [SCORES, SCORES]},
        None,
        None,
    ),
    ("gradient of the binary cross-entropy", {"targets": 1, "logits": 0.5}, None, None),
    ("loss before training", {"n_classes": 7}, 7, None),
    (
        "logits after one step of descent",
        {"targets": 1, "logits": SCORES, "rate": 0.5},
        None,
        None,
    ),
    ("starting bias", {"counts": [9, 1]}, None, None),
    ("positive weight", {"counts": [9, 1]}, None, None),
    ("balanced cross-entropy", {"targets": 1, "probs": 0.7, "alpha": 0.25}, None, None),
    ("mean weighted binary cross-entropy", {"targets": [1, 0, 1], "probs": ONE} | WEIGHT, None, 3),
    (
        "mean weighted binary cross-entropy from logits",
        {"targets": [1, 0, 1], "logits": SCORES} | WEIGHT,
        None,
        3,
    ),
    ("probability with the weight undone", {"probs": 0.7} | WEIGHT, None, None),
    ("weighted mean", {"losses": [1.0, 2.0, 0.5], "weights": [1, 5, 2]}, None, 3),
    ("alpha-balanced focal loss", {"targets": 1, "probs": 0.7} | ALPHA, None, None),
    ("mean alpha-balanced focal loss", {"targets": [1, 0, 1], "probs": ONE} | ALPHA, None, 3),
    ("focal loss", {"targets": 1, "probs": 0.7} | GAMMA, None, None),
    ("mean focal loss", {"targets": [1, 0, 1], "probs": ONE} | GAMMA, None, 3),
    ("focal loss at the starting bias", {"targets": 1, "prevalence": 0.1} | GAMMA, None, None),
    (
        "class-weighted focal loss",
        {"targets": 1, "probs": ONE, "class_weight": [1, 2, 3]} | GAMMA,
        3,
        None,
    ),
    ("categorical focal loss from logits", {"targets": 1, "logits": SCORES} | GAMMA, 3, None),
    ("probability behind a focal output", {"output": 0.7} | GAMMA, None, None),
    ("smoothed labels", {"targets": 1, "label_smoothing": 0.1, "n_classes": 5}, None, None),
    ("smoothed cross-entropy", {"targets": 1, "probs": ONE, "label_smoothing": 0.1}, 3, None),
    ("smallest smoothed cross-entropy", {"label_smoothing": 0.1, "n_classes": 5}, 5, None),
    (
        "cheapest output under class weights and label smoothing",
        {"targets": 1, "class_weight": [1, 2], "label_smoothing": 0.1},
        None,
        None,
    ),
    ("expected calibration error", {"targets": [1, 0, 1], "probs": ONE, "n_bins": 2}, None, None),
    ("probability behind a code length", {"bits": 3.0}, None, None),
    ("sigmoid", {"logits": 0.5}, None, None),
    ("factor of alpha", {"targets": 1, "alpha": 0.25}, None, None),
    (
        "categorical cross-entropy in a table with named columns",
        {"truth": "b", "animals": ["b", "a"], "columns": ["a", "b"], "probs": [0.4, 0.6]},
        2,
        None,
    ),
]
NOT_MEANT = [
    ("entropy", {"p": 0.5}),
    ("entropy", {"p": ROWS}),
    ("entropy", {"p": [0.0, 0.5, 0.5]}),
    ("entropy", {"p": [0.0, 0.0, 0.5, 0.5]}),
    ("entropy with an impossible outcome", {"p": ONE}),
    ("entropy with an impossible outcome", {"p": [[0.0, 1.0], [0.5, 0.5]]}),
    ("entropy of counts", {"counts": 3}),
    ("entropy of counts", {"counts": [[3, 1], [2, 2]]}),
    ("mean number of questions", {"p": 0.5}),
    ("mean number of questions", {"p": ROWS}),
    *(
        (name, {"p": p, "q": q})
        for name in ("cross-entropy", "KL divergence", "terms of the KL divergence")
        for p, q in (
            (0.5, 0.5),
            (1.0, 1.0),
            (ROWS, ROWS),
            ([[0.5, 0.5]], [[0.5, 0.5]]),
            ([0.1, 0.2], [0.5, 0.5]),
            ([0.9, 0.8], [0.5, 0.5]),
            (HARDLY, [0.5, 0.5]),
        )
    ),
    ("KL divergence of an unnormalised target", {"p": ONE, "q": TWO}),
    ("KL divergence of an unnormalised target", {"p": NEARLY, "q": NEARLY}),
    ("KL divergence of an unnormalised target", {"p": ROWS, "q": ROWS}),
    ("KL divergence of an unnormalised target", {"p": 0.5, "q": 0.5}),
    ("probability of the true class", {"targets": [0, 1], "logits": [SCORES, SCORES]}),
    ("softmax", {"logits": [[SCORES], [SCORES]]}),
    ("softmax of extreme logits", {"logits": [1000.0, 0.0]}),
    ("softmax of extreme logits", {"logits": [[700.0, 0.0]]}),
    ("softmax of extreme logits", {"logits": [SCORES, SCORES]}),
    ("probabilities at a temperature", {"probs": 0.5, "temperature": 2}),
    ("probabilities at a temperature", {"probs": ROWS, "temperature": 2}),
    ("categorical cross-entropy from logits", {"targets": [0, 1], "logits": [SCORES, SCORES]}),
    ("categorical cross-entropy", {"targets": 1, "probs": 0.7}),
    ("categorical cross-entropy", {"targets": [0, 2], "probs": ROWS}),
    ("mean categorical cross-entropy", {"targets": 1, "probs": ONE}),
    ("binary cross-entropy", {"targets": [1, 0, 1], "probs": ONE}),
    ("mean binary cross-entropy", {"targets": 1, "probs": 0.7}),
    ("mean binary cross-entropy", {"targets": 1, "probs": ONE}),
    ("binary cross-entropy from logits", {"targets": 1, "logits": SCORES}),
    ("logistic loss", {"signs": [1, -1, 1], "logits": SCORES}),
    ("least binary cross-entropy", {"targets": [0.3, 0.4]}),
    ("predicted labels", {"logits": 0.5}),
    ("predicted labels", {"logits": [SCORES, SCORES]}),
    ("gradient of the categorical cross-entropy", {"targets": 1, "logits": 0.5}),
    ("gradient of the categorical cross-entropy", {"targets": [0, 1], "logits": [SCORES] * 2}),
    ("gradient of the mean categorical cross-entropy", {"targets": 1, "logits": SCORES}),
    ("gradient of the binary cross-entropy", {"targets": [1, 0, 1], "logits": SCORES}),
    (
        "logits after one step of descent",
        {"targets": [0, 1], "logits": [SCORES, SCORES], "rate": 0.5},
    ),
    ("starting bias", {"counts": [9, 1, 3]}),
    ("starting bias", {"counts": 9}),
    ("positive weight", {"counts": [9, 1, 3]}),
    ("positive weight", {"counts": 9}),
    ("balanced cross-entropy", {"targets": [1, 0, 1], "probs": ONE, "alpha": 0.25}),
    ("mean weighted binary cross-entropy", {"targets": 1, "probs": 0.7} | WEIGHT),
    ("mean weighted binary cross-entropy from logits", {"targets": 1, "logits": 0.5} | WEIGHT),
    ("probability with the weight undone", {"probs": ONE} | WEIGHT),
    ("alpha-balanced focal loss", {"targets": [1, 0, 1], "probs": ONE} | ALPHA),
    ("mean alpha-balanced focal loss", {"targets": 1, "probs": 0.7} | ALPHA),
    ("mean alpha-balanced focal loss", {"targets": 1, "probs": ONE} | ALPHA),
    ("mean alpha-balanced focal loss", {"targets": [1, 0], "probs": 0.7} | ALPHA),
    ("focal loss", {"targets": [1, 0, 1], "probs": ONE} | GAMMA),
    ("mean focal loss", {"targets": 1, "probs": 0.7} | GAMMA),
    ("mean focal loss", {"targets": 1, "probs": ONE} | GAMMA),
    ("mean focal loss", {"targets": [1, 0], "probs": 0.7} | GAMMA),
    ("focal loss at the starting bias", {"targets": [1, 0], "prevalence": 0.1} | GAMMA),
    (
        "class-weighted focal loss",
        {"targets": [0, 1], "probs": ROWS, "class_weight": [1, 2, 3]} | GAMMA,
    ),
    (
        "class-weighted focal loss",
        {"targets": [1, 0, 1], "probs": ONE, "class_weight": [1, 2, 3]} | GAMMA,
    ),
    ("class-weighted focal loss", {"targets": 1, "probs": 0.7, "class_weight": [1, 2]} | GAMMA),
    ("categorical focal loss from logits", {"targets": [0, 1], "logits": [SCORES] * 2} | GAMMA),
    ("categorical focal loss from logits", {"targets": [1, 0, 1], "logits": SCORES} | GAMMA),
    ("categorical focal loss from logits", {"targets": 1, "logits": 0.5} | GAMMA),
    ("probability behind a focal output", {"output": [0.7, 0.4]} | GAMMA),
    ("smoothed labels", {"targets": [1, 0], "label_smoothing": 0.1, "n_classes": 5}),
    ("smoothed cross-entropy", {"targets": [0, 1], "probs": ROWS, "label_smoothing": 0.1}),
    ("smoothed cross-entropy", {"targets": [0, 1, 1], "probs": ONE, "label_smoothing": 0.1}),
    ("smoothed cross-entropy", {"targets": 1, "probs": 0.7, "label_smoothing": 0.1}),
    (
        "cheapest output under class weights and label smoothing",
        {"targets": [1, 0], "class_weight": [1, 2], "label_smoothing": 0.1},
    ),
    (
        "cheapest output under class weights and label smoothing",
        {"targets": 1, "class_weight": 2.0, "label_smoothing": 0.1},
    ),
    ("expected calibration error", {"targets": 1, "probs": 0.7, "n_bins": 2}),
    ("expected calibration error", {"targets": 1, "probs": ONE, "n_bins": 2}),
    ("expected calibration error", {"targets": [1, 0], "probs": 0.7, "n_bins": 2}),
    ("probability behind a code length", {"bits": [3.0, 1.0]}),
    ("sigmoid", {"logits": SCORES}),
    ("factor of alpha", {"targets": [1, 0], "alpha": 0.25}),
]


def is_tried(name, inputs):
    told = " ".join(explain("0.98765", of=name, **inputs).text.split())
    return f"{name} cannot be computed from" not in told


@pytest.mark.parametrize("name, inputs, classes, examples", MEANT)
def test_a_formula_is_tried_on_inputs_for_which_it_is_meant(name, inputs, classes, examples):
    assert is_tried(name, inputs)


@pytest.mark.parametrize("name, inputs", NOT_MEANT)
def test_a_formula_is_not_tried_on_other_inputs(name, inputs):
    assert not is_tried(name, inputs)


@pytest.mark.parametrize("name, inputs, classes, examples", MEANT)
def test_classes_and_examples_are_counted_as_one_would(name, inputs, classes, examples):
    arrays = {one: np.array(given) for one, given in inputs.items()}
    found = surroundings(quantities()[name], arrays, "nats")
    assert found.get("classes") == classes
    assert found.get("examples") == examples


def test_no_condition_and_no_count_is_left_out():
    said = {one.name for one in quantities().values() if one.where != "True"}
    assert said == {name for name, _ in NOT_MEANT}
    counted = {one.name for one in quantities().values() if one.classes or one.examples}
    assert said | counted == {name for name, *_ in MEANT}
