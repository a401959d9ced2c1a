"""Gradient descent on a linear model.

Expected answers are known without descending: the step is written out by hand in loops, and where
each group of inputs has its own probability, the best model gives each group its share of the
class.
"""

import math

import numpy as np
import pytest

import celib
from celib import training
from celib.training import LinearModel, descend, standardise, untrained

pytestmark = pytest.mark.usefixtures("strict_floats")

CATEGORICAL = celib.categorical_cross_entropy_from_logits
BINARY = celib.binary_cross_entropy_from_logits
# Two groups of points: of the first, two in six are in class 1; of the second, nine in ten.
GROUPED = np.array([[0.0]] * 6 + [[1.0]] * 10)
IN_CLASS_1 = np.array([0, 0, 0, 0, 1, 1] + [0] + [1] * 9)
LOG_ODDS = [math.log(2 / 4), math.log(9 / 1)]

INPUTS = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]
START = LinearModel(np.array([[0.1, -0.2], [0.3, 0.0], [-0.4, 0.2]]), np.array([0.05, -0.05]))


def softmax_by_hand(z):
    total = sum(math.exp(v) for v in z)
    return [math.exp(v) / total for v in z]


def one_step_by_hand(labels, inputs, start, rate, penalty):
    """Follow the formulas entry by entry, without an array."""
    weights, bias = start.weights.tolist(), list(start.bias)
    n, d, k = len(inputs), len(weights), len(bias)
    by_weight = [[penalty * weights[i][j] for j in range(k)] for i in range(d)]
    by_bias = [0.0] * k
    for x, label in zip(inputs, labels, strict=True):
        z = [bias[j] + sum(x[i] * weights[i][j] for i in range(d)) for j in range(k)]
        for j, p in enumerate(softmax_by_hand(z)):
            slope = (p - (j == label)) / n
            by_bias[j] += slope
            for i in range(d):
                by_weight[i][j] += x[i] * slope
    return (
        [[weights[i][j] - rate * by_weight[i][j] for j in range(k)] for i in range(d)],
        [bias[j] - rate * by_bias[j] for j in range(k)],
    )


@pytest.mark.parametrize("rate, penalty", [(0.1, 0.0), (2.0, 0.0), (0.1, 3.0)])
def test_one_step_is_the_one_written_out_by_hand(rate, penalty):
    got = descend(CATEGORICAL, [1, 0], INPUTS, start=START, steps=1, rate=rate, penalty=penalty)
    weights, bias = one_step_by_hand([1, 0], INPUTS, START, rate, penalty)
    np.testing.assert_allclose(got.model.weights, weights, rtol=1e-12)
    np.testing.assert_allclose(got.model.bias, bias, rtol=1e-12)


def test_one_logit_and_two_classes_are_the_same_model():
    """Two classes start with nothing between them, and the difference of their logits descends
    twice as fast, since each of them moves.
    """
    one = descend(BINARY, IN_CLASS_1, GROUPED, start=untrained(1), steps=30, rate=0.4)
    two = descend(CATEGORICAL, IN_CLASS_1, GROUPED, start=untrained(1, 2), steps=30, rate=0.2)
    np.testing.assert_allclose(one.losses, two.losses, rtol=1e-12)
    difference = np.diff(two.model.weights, axis=1)[:, 0]
    np.testing.assert_allclose(one.model.weights, difference, rtol=1e-12)
    assert one.model.bias == pytest.approx(float(np.diff(two.model.bias)[0]), rel=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4, 10, 1000])
def test_an_untrained_model_costs_the_logarithm_of_the_number_of_classes(n_classes):
    run = descend(CATEGORICAL, [0, 1], INPUTS, start=untrained(3, n_classes), steps=0, rate=1)
    assert run.losses.tolist() == pytest.approx([math.log(n_classes)], rel=1e-12)
    one_logit = descend(BINARY, [0, 1], INPUTS, start=untrained(3), steps=0, rate=1)
    assert one_logit.losses.tolist() == pytest.approx([math.log(2)], rel=1e-12)


def test_each_group_is_given_its_share():
    model, _ = descend(BINARY, IN_CLASS_1, GROUPED, start=untrained(1), steps=4000, rate=2)
    np.testing.assert_allclose(model.logits([[0], [1]]), LOG_ODDS, rtol=1e-6)


@pytest.mark.parametrize(
    "loss, options, odds",
    [
        (BINARY, {"pos_weight": 5}, 5),
        (celib.balanced_cross_entropy_from_logits, {"alpha": 0.75}, 3),
        (celib.balanced_cross_entropy_from_logits, {"alpha": 0.2}, 1 / 4),
    ],
)
def test_options_reach_the_loss(loss, options, odds):
    """A weight on the positive class multiplies the odds that are learned."""
    run = descend(loss, IN_CLASS_1, GROUPED, start=untrained(1), steps=6000, rate=2, **options)
    np.testing.assert_allclose(
        run.model.logits([[0], [1]]), np.add(LOG_ODDS, math.log(odds)), rtol=1e-5
    )


@pytest.mark.parametrize("unit, nats", [("bits", math.log(2)), ("bans", math.log(10))])
def test_in_another_unit_the_same_step_needs_another_rate(unit, nats):
    in_nats = descend(CATEGORICAL, [1, 0], INPUTS, start=START, steps=9, rate=0.3)
    other = descend(CATEGORICAL, [1, 0], INPUTS, start=START, steps=9, rate=0.3 * nats, unit=unit)
    np.testing.assert_allclose(other.losses * nats, in_nats.losses, rtol=1e-12)
    np.testing.assert_allclose(other.model.weights, in_nats.model.weights, rtol=1e-12)


def test_a_sum_steps_as_far_as_a_mean_at_so_many_times_the_rate():
    mean = descend(CATEGORICAL, [1, 0], INPUTS, start=START, steps=5, rate=0.2)
    total = descend(CATEGORICAL, [1, 0], INPUTS, start=START, steps=5, rate=0.1, reduction="sum")
    np.testing.assert_allclose(total.model.weights, mean.model.weights, rtol=1e-12)
    np.testing.assert_allclose(total.losses, 2 * mean.losses, rtol=1e-12)


@pytest.mark.parametrize(
    "loss, options",
    [
        (celib.focal_loss_from_logits, {"gamma": 2.0, "alpha": 0.25}),
        (celib.focal_loss_from_logits, {"gamma": 0.5}),
        (celib.categorical_focal_loss_from_logits, {"gamma": 2.0, "class_weight": [1, 3]}),
        (CATEGORICAL, {"label_smoothing": 0.1}),
    ],
)
def test_every_loss_descends(loss, options):
    start = untrained(1, 2 if "categorical" in loss.__name__ else None)
    run = descend(loss, IN_CLASS_1, GROUPED, start=start, steps=50, rate=0.5, **options)
    assert run.losses.shape == (51,)
    assert (np.diff(run.losses) < 0).all()
    last = loss(IN_CLASS_1, run.model.logits(GROUPED), **options)
    assert run.losses[-1] == pytest.approx(last, rel=1e-12)


def test_distributions_as_targets():
    rows = celib.one_hot(IN_CLASS_1, 2)
    soft = descend(CATEGORICAL, rows, GROUPED, start=untrained(1, 2), steps=9, rate=1)
    hard = descend(CATEGORICAL, IN_CLASS_1, GROUPED, start=untrained(1, 2), steps=9, rate=1)
    np.testing.assert_allclose(soft.losses, hard.losses, rtol=1e-12)


def test_a_run_can_be_gone_on_with():
    whole = descend(BINARY, IN_CLASS_1, GROUPED, start=untrained(1), steps=20, rate=1)
    first = descend(BINARY, IN_CLASS_1, GROUPED, start=untrained(1), steps=8, rate=1)
    second = descend(BINARY, IN_CLASS_1, GROUPED, start=first.model, steps=12, rate=1)
    np.testing.assert_array_equal(second.model.weights, whole.model.weights)
    np.testing.assert_array_equal([*first.losses, *second.losses[1:]], whole.losses)


def test_nothing_that_was_passed_is_changed():
    inputs, targets, start = GROUPED.copy(), IN_CLASS_1.copy(), untrained(1, 2)
    descend(CATEGORICAL, targets, inputs, start=start, steps=3, rate=1)
    standardise(inputs)
    np.testing.assert_array_equal(inputs, GROUPED)
    np.testing.assert_array_equal(targets, IN_CLASS_1)
    assert not start.weights.any()
    assert not np.any(start.bias)


def test_logits_of_one_row_of_many_and_of_a_block():
    row = [1.0, -2.0, 0.5]
    by_hand = [
        sum(x * w for x, w in zip(row, START.weights[:, j], strict=True)) + START.bias[j]
        for j in range(2)
    ]
    np.testing.assert_allclose(START.logits(row), by_hand, rtol=1e-12)
    assert START.logits([[row, row]]).shape == (1, 2, 2)
    one_logit = LinearModel(np.array([2.0, 0.0, -1.0]), 3.0)
    assert one_logit.logits([row, [1, 1, 1]]).tolist() == [4.5, 4.0]
    assert START.logits(np.array([row], np.float32)).dtype == np.float64


# --- standardise ----------------------------------------------------------------------------


def test_columns_have_mean_0_and_standard_deviation_1():
    x = np.random.default_rng(0).gamma(2, 30, (50, 4)) + 1e4
    z = standardise(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(z.std(axis=0), 1, rtol=1e-10)


def test_a_test_is_standardised_like_the_training():
    z = standardise([[7, 0], [3, 5]], like=[[1, 5], [5, 5], [1, 5], [5, 5]])
    assert z.tolist() == [[2.0, -5.0], [0.0, 0.0]]


def test_a_column_that_does_not_vary_is_shifted_only():
    # The standard deviation of these is 1.4e-17, which must not be divided by.
    x = np.full((3, 1), 0.1)
    assert np.std(x) > 0
    np.testing.assert_allclose(standardise(x), 0, atol=1e-15)
    np.testing.assert_allclose(standardise([[0.3]], like=x), [[0.2]])
    # beside a column that does, and is larger
    assert standardise([[1, 7], [1, 9]]).tolist() == [[0.0, -1.0], [0.0, 1.0]]


def test_columns_are_standardised_in_float64_whatever_they_come_in():
    x = np.array([[0.1], [0.2], [0.4]], "f4")
    assert standardise(x).tolist() == standardise(x.astype("f8")).tolist()


# --- refusals -------------------------------------------------------------------------------


def valid(**changes):
    call = {
        "loss": CATEGORICAL,
        "targets": [1, 0],
        "inputs": INPUTS,
        "start": START,
        "steps": 2,
        "rate": 0.1,
    } | changes
    return descend(**call)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"inputs": [1.0, 2.0]}, r"inputs has shape \(2,\).*inputs.reshape\(-1, 1\)"),
        ({"inputs": [[1, 2], [3, 4]]}, r"weights for 3 numbers"),
        ({"inputs": [[1, 2, math.nan], [3, 4, 5]]}, r"inputs\[0, 2\] is nan"),
        ({"targets": [1, 2]}, r"targets\[1\] is 2.*run from 0 to 1"),
        ({"targets": [1, 0, 1]}, r"targets of shape \(3,\)"),
        ({"rate": 0}, "rate must be finite and above 0, got 0"),
        ({"rate": math.inf}, "rate must be finite"),
        ({"penalty": -1}, "penalty must be finite and 0 or more, got -1"),
        ({"penalty": math.inf}, "penalty must be finite and 0 or more, got inf"),
        ({"steps": -1}, "steps must be 0 or more, got -1"),
        ({"reduction": "none"}, "not one number"),
        ({"loss": celib.categorical_cross_entropy}, "loss must be one of"),
        ({"loss": BINARY}, r"single logit, but start has 2; begin with untrained\(3\)"),
        ({"start": untrained(3)}, r"logit for each class.*untrained\(3, number of classes\)"),
    ],
)
def test_refusals_of_a_descent(changes, says):
    with pytest.raises(ValueError, match=says):
        valid(**changes)


@pytest.mark.parametrize(
    "loss, start, says",
    [
        (celib.binary_cross_entropy_from_logits, START, "single logit, but start has 2"),
        (celib.balanced_cross_entropy_from_logits, START, "single logit, but start has 2"),
        (celib.focal_loss_from_logits, START, "single logit, but start has 2"),
        (celib.categorical_cross_entropy_from_logits, untrained(3), "logit for each class"),
        (celib.categorical_focal_loss_from_logits, untrained(3), "logit for each class"),
    ],
)
def test_each_loss_knows_how_many_logits_it_takes(loss, start, says):
    with pytest.raises(ValueError, match=rf"^{loss.__name__} takes a .*{says.split(',')[0]}"):
        valid(loss=loss, start=start)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: valid(steps=1.5), "steps must be a whole number, got 1.5"),
        (lambda: valid(rate=[0.1, 0.2]), "rate must be one number"),
        (lambda: valid(inputs=[["a", "b", "c"]]), "inputs must hold real numbers"),
        (lambda: untrained(2.0), "n_inputs must be a whole number"),
    ],
)
def test_what_is_not_a_number_is_refused(call, says):
    with pytest.raises(TypeError, match=says):
        call()


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: untrained(0), "n_inputs must be 1 or more, got 0"),
        (lambda: untrained(3, 1), "n_classes must be 2 or more, got 1"),
        (lambda: START.logits([1, 2]), r"inputs has shape \(2,\).*weights for 3 numbers"),
        (lambda: START.logits(1.0), "last axis must be of length 3"),
        (lambda: START.logits([1, 2, math.nan]), r"^inputs\[2\] is nan"),
        (lambda: standardise([1, 2]), "inputs has shape"),
        (lambda: standardise(INPUTS, like=[1, 2, 3]), r"like has shape \(3,\)"),
        (lambda: standardise(INPUTS, like=[[1, 2]]), "inputs has 3 columns, but like has 2"),
        (lambda: standardise([[1, math.inf]]), r"inputs\[0, 1\] is inf"),
    ],
)
def test_other_refusals(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_it_is_reached_as_a_module():
    assert training.descend is descend
    assert not set(training.__all__) & set(celib.__all__)
