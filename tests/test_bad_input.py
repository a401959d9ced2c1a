"""Bad input, function by function, and what the refusal must tell the reader.

A message has to name the argument, show the offending value and its place, and say what to do.
First the mistakes that every function of a kind must catch, then those of one function.
"""

import inspect
import re
from math import inf, nan

import numpy as np
import pytest

import celib

pytestmark = pytest.mark.usefixtures("strict_floats")

# A valid call of every public function; each test spoils one argument of it.
ROW = [[0.25, 0.75], [0.5, 0.5]]
CATEGORICAL = {"targets": [0, 1], "probs": ROW}
CATEGORICAL_LOGITS = {"targets": [0, 1], "logits": ROW}
BINARY = {"targets": [0, 1], "probs": [0.25, 0.5]}
BINARY_LOGITS = {"targets": [0, 1], "logits": [0.25, 0.5]}
VALID = {
    "surprisal": {"p": [0.25, 0.5]},
    "entropy": {"p": ROW},
    "cross_entropy": {"p": ROW, "q": ROW},
    "kl_divergence": {"p": ROW, "q": ROW},
    "js_divergence": {"p": ROW, "q": ROW},
    "perplexity": {"p": ROW, "q": ROW},
    "softmax": {"logits": ROW},
    "log_softmax": {"logits": ROW},
    "logsumexp": {"logits": ROW},
    "sigmoid": {"logits": [0.25, 0.5]},
    "log_sigmoid": {"logits": [0.25, 0.5]},
    "logit": {"p": [0.25, 0.5]},
    "one_hot": {"labels": [0, 1], "n_classes": 2},
    "categorical_cross_entropy": CATEGORICAL | {"class_weight": [1, 2]},
    "categorical_cross_entropy_from_logits": CATEGORICAL_LOGITS | {"class_weight": [1, 2]},
    "binary_cross_entropy": BINARY,
    "binary_cross_entropy_from_logits": BINARY_LOGITS,
    "balanced_cross_entropy": BINARY | {"alpha": 0.25},
    "balanced_cross_entropy_from_logits": BINARY_LOGITS | {"alpha": 0.25},
    "focal_loss": BINARY,
    "focal_loss_from_logits": BINARY_LOGITS,
    "categorical_focal_loss": CATEGORICAL | {"class_weight": [1, 2]},
    "categorical_focal_loss_from_logits": CATEGORICAL_LOGITS | {"class_weight": [1, 2]},
    "balanced_class_weight": {"counts": [3, 1]},
    "effective_number_class_weight": {"counts": [3, 1], "beta": 0.9},
    "value_and_gradient": CATEGORICAL_LOGITS | {
        "loss": celib.categorical_cross_entropy_from_logits
    },
    "numerical_gradient": {"function": np.sum, "x": [0.25, 0.5]},
    "reliability": BINARY,
    "expected_calibration_error": BINARY,
    "brier_score": BINARY,
    "fit_temperature": {"targets": [0, 0, 1], "logits": [[2.0, 0.0], [0.0, 1.0], [0.0, 3.0]]},
    "undo_weighting": {"probs": [0.25, 0.5], "pos_weight": 3.0},
}  # fmt: skip
ARRAYS = ("p", "q", "logits", "labels", "targets", "probs", "class_weight", "counts", "x")
PROBABILITIES = ("p", "q", "probs")
UNITS = "'nats', 'bits', 'bans'"
REDUCTIONS = "'mean', 'sum', 'none', 'weighted_mean'"


def takes(*arguments, given=True):
    """Each function with each of these arguments: those given in VALID, or all it accepts."""
    return [
        pytest.param(name, argument, id=f"{name}-{argument}")
        for name, call in VALID.items()
        for argument in arguments
        if argument in (call if given else inspect.signature(getattr(celib, name)).parameters)
    ]


def refusal(name, error=(TypeError, ValueError), **spoiled):
    """The message with which celib refuses the valid call, spoiled."""
    with pytest.raises(error) as caught:
        getattr(celib, name)(**VALID[name] | spoiled)
    return str(caught.value)


def says(message, *fragments):
    """Every fragment is there; one that begins or ends in a word does so at its boundary."""
    for fragment in fragments:
        pattern = rf"(?<![\w.]){re.escape(fragment)}(?![\w])"
        assert re.search(pattern, message), f"{fragment!r} is not in: {message}"


def test_every_public_function_is_here():
    functions = {n for n in celib.__all__ if inspect.isfunction(getattr(celib, n))}
    assert functions == set(VALID)
    for name, call in VALID.items():
        getattr(celib, name)(**call)


# The contract of names, orders and defaults. Options are keyword-only.

CLASS_OPTIONS = "*, class_weight=None, label_smoothing=0.0, reduction='mean', unit='nats'"
BINARY_OPTIONS = "*, pos_weight=None, label_smoothing=0.0, reduction='mean', unit='nats'"
BALANCED_OPTIONS = "*, alpha, reduction='mean', unit='nats'"
FOCAL_OPTIONS = "*, gamma=2.0, alpha=None, reduction='mean', unit='nats'"
CLASS_FOCAL_OPTIONS = "*, gamma=2.0, class_weight=None, reduction='mean', unit='nats'"
SIGNATURES = {
    "surprisal": "p, *, unit='nats'",
    "entropy": "p, *, axis=-1, unit='nats'",
    "cross_entropy": "p, q, *, axis=-1, unit='nats'",
    "kl_divergence": "p, q, *, axis=-1, unit='nats'",
    "js_divergence": "p, q, *, axis=-1, unit='nats'",
    "perplexity": "p, q=None, *, axis=-1",
    "softmax": "logits, *, axis=-1, temperature=1.0",
    "log_softmax": "logits, *, axis=-1, temperature=1.0",
    "logsumexp": "logits, *, axis=-1",
    "sigmoid": "logits",
    "log_sigmoid": "logits",
    "logit": "p",
    "one_hot": "labels, n_classes",
    "categorical_cross_entropy": f"targets, probs, {CLASS_OPTIONS}",
    "categorical_cross_entropy_from_logits": f"targets, logits, {CLASS_OPTIONS}",
    "binary_cross_entropy": f"targets, probs, {BINARY_OPTIONS}",
    "binary_cross_entropy_from_logits": f"targets, logits, {BINARY_OPTIONS}",
    "balanced_cross_entropy": f"targets, probs, {BALANCED_OPTIONS}",
    "balanced_cross_entropy_from_logits": f"targets, logits, {BALANCED_OPTIONS}",
    "focal_loss": f"targets, probs, {FOCAL_OPTIONS}",
    "focal_loss_from_logits": f"targets, logits, {FOCAL_OPTIONS}",
    "categorical_focal_loss": f"targets, probs, {CLASS_FOCAL_OPTIONS}",
    "categorical_focal_loss_from_logits": f"targets, logits, {CLASS_FOCAL_OPTIONS}",
    "balanced_class_weight": "counts",
    "effective_number_class_weight": "counts, *, beta",
    "value_and_gradient": "loss, targets, logits, **options",
    "numerical_gradient": "function, x",
    "reliability": "targets, probs, *, n_bins=15",
    "expected_calibration_error": "targets, probs, *, n_bins=15",
    "brier_score": "targets, probs",
    "fit_temperature": "targets, logits",
    "undo_weighting": "probs, pos_weight",
}


@pytest.mark.parametrize("name", VALID)
def test_signatures_are_the_contract(name):
    signature = inspect.signature(getattr(celib, name))
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    assert str(inspect.Signature(plain)) == f"({SIGNATURES[name]})"


# What no array argument may be.


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
@pytest.mark.parametrize("junk", ["cat", ["a", "b"], [1j, 0], [None, 1], {0: 0.5}, [{}]], ids=str)
def test_what_holds_no_real_numbers(name, argument, junk):
    message = refusal(name, TypeError, **{argument: junk})
    says(message, argument, "real numbers", repr(junk))


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
def test_integers_beyond_every_float(name, argument):
    says(refusal(name, **{argument: [10**400, 1]}), argument)


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
def test_none_is_no_array(name, argument):
    if argument in ("class_weight", "q"):
        return  # those two may be left out
    says(refusal(name, TypeError, **{argument: None}), argument, "None")


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
@pytest.mark.parametrize("empty", [[], np.empty((0, 3)), np.empty((2, 0))], ids=str)
def test_empty_arrays(name, argument, empty):
    message = refusal(name, ValueError, **{argument: empty})
    says(message, argument, "empty", str(np.shape(empty)))


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
def test_ragged_lists(name, argument):
    says(refusal(name, ValueError, **{argument: [[0.5, 0.5], [1.0]]}), argument, "length", "[1.0]")


@pytest.mark.parametrize("name, argument", takes(*ARRAYS))
def test_masked_arrays_are_refused_rather_than_unmasked(name, argument):
    masked = np.ma.masked_array([0.5, 0.5], mask=[True, False])
    says(refusal(name, TypeError, **{argument: masked}), argument, "masked")


# What a probability may not be: the message gives place and value.


@pytest.mark.parametrize("name, argument", takes(*PROBABILITIES))
@pytest.mark.parametrize("value", [1.5, -0.25, nan, inf, -inf, 2, -1e-9])
def test_entries_that_are_no_probabilities(name, argument, value):
    """Second row, first entry: [1, 0] of a matrix, [1] of a list."""
    spoiled = np.array(VALID[name][argument], "f8")
    index = (1, 0)[: spoiled.ndim]
    spoiled[index] = value
    message = refusal(name, ValueError, **{argument: spoiled})
    place = f"{argument}[{', '.join(map(str, index))}]"
    says(message, place, f"{value:g}", "probability")


@pytest.mark.parametrize("value", [1.0000001, 1 + 1.5e-12, -1.23456789e-9])
def test_entries_just_outside_are_shown_with_all_their_digits(value):
    """To be told that 1 is above 1 helps nobody."""
    says(refusal("surprisal", p=[0.5, value]), "p[1]", repr(value))
    says(refusal("binary_cross_entropy", targets=[0, value]), "targets[1]", repr(value))


@pytest.mark.parametrize("value", [1.5, -0.25, nan])
@pytest.mark.parametrize("name", [n for n, c in VALID.items() if BINARY.items() <= c.items()])
def test_binary_targets_that_are_no_probabilities(name, value):
    says(refusal(name, ValueError, targets=[0, value]), "targets[1]", f"{value:g}")


@pytest.mark.parametrize("name, argument", takes(*PROBABILITIES))
@pytest.mark.parametrize(
    "row, total",
    # the second is a published misprint: 0.938 where 0.936 was meant
    [([0.5, 0.6, 0.0, 0.0], "1.1"), ([0.938, 0.028, 0.013, 0.023], "1.002"), ([1, 1, 0, 0], "2")],
)
def test_rows_that_do_not_sum_to_one(name, argument, row, total):
    if np.ndim(VALID[name][argument]) == 1:
        return  # a list of probabilities of events, not a distribution
    fair = [[0.25] * 4] * 2
    call = {a: fair for a in PROBABILITIES if a in VALID[name]} | {argument: [fair[0], row]}
    if "class_weight" in VALID[name]:
        call["class_weight"] = None
    message = refusal(name, ValueError, **call)
    says(message, f"{argument}[1]", total, "1e-06", str(row[0]))
    assert re.search("misprint|softmax", message)


def test_perplexity_of_one_distribution_names_it():
    says(refusal("perplexity", ValueError, p=[0.5, 0.25], q=None), "p", "0.75")
    says(refusal("perplexity", TypeError, p="cat", q=None), "p", "cat")


@pytest.mark.parametrize("name", ["entropy", "cross_entropy", "kl_divergence", "perplexity"])
def test_columns_are_named_as_columns(name):
    """Rows sum to 1, columns do not: with axis=0 the message shows p[:, 0]."""
    rows = [[0.25, 0.75], [0.5, 0.5]]
    call = dict.fromkeys(VALID[name], rows)
    message = refusal(name, ValueError, **call, axis=0)
    says(message, "p[:, 0]", "0.75", "axis")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_tolerance_in_the_message_is_that_of_the_type(dtype):
    tolerance = {"f2": "0.005", "f4": "0.0001", "f8": "1e-06"}[dtype]
    says(refusal("entropy", p=np.array([0.5, 0.25], dtype)), "p", "0.75", tolerance)


# Logits.


@pytest.mark.parametrize("name, argument", takes("logits"))
def test_positive_infinity_is_no_logit(name, argument):
    spoiled = np.array(VALID[name][argument], "f8")
    index = (1, 0)[: spoiled.ndim]
    spoiled[index] = inf
    message = refusal(name, ValueError, logits=spoiled)
    says(message, f"logits[{', '.join(map(str, index))}]", "inf", "logit")


@pytest.mark.parametrize("name, argument", takes("logits"))
def test_a_row_of_only_minus_infinity(name, argument):
    spoiled = np.array(VALID[name][argument], "f8")
    if spoiled.ndim == 1:
        return
    spoiled[1] = -inf
    says(refusal(name, ValueError, logits=spoiled), "logits[1]", "-inf", "finite")


# Shapes.


@pytest.mark.parametrize("name", [n for n in VALID if {"p", "q"} <= set(VALID[n])])
def test_two_distributions_of_different_shapes(name):
    for q in ([0.5, 0.5], [[0.25, 0.75]], [[0.5, 0.25, 0.25]] * 2):
        says(refusal(name, ValueError, q=q), "p", "q", "(2, 2)", str(np.shape(q)))


@pytest.mark.parametrize("name, model", takes("probs", "logits"))
def test_targets_that_do_not_fit(name, model):
    if "targets" not in VALID[name]:
        return
    shape = str(np.shape(VALID[name][model]))
    for targets in ([0, 1, 1, 0, 1], [[[0]]], [[0, 1, 0], [1, 0, 0]]):
        message = refusal(name, ValueError, targets=targets)
        says(message, "targets", str(np.shape(targets)), model)
        if name != "fit_temperature":  # compares with the rows alone
            says(message, shape)


@pytest.mark.parametrize("name", [n for n in VALID if "axis" in SIGNATURES[n]])
def test_a_single_number_has_no_axis(name):
    first, *others = VALID[name]
    for rest in (0.5, [0.5, 0.5]):  # it is told before its shape is compared
        message = refusal(name, ValueError, **{first: 0.5} | dict.fromkeys(others, rest))
        says(message, first, "0.5", "list")


@pytest.mark.parametrize("name", [n for n in VALID if "axis" in SIGNATURES[n]])
def test_axes_that_do_not_exist(name):
    for axis in (2, -3, 10):
        says(refusal(name, ValueError, axis=axis), "axis", str(axis), "(2, 2)")
    for axis in (1.0, None, (0, 1), "rows", [0]):
        says(refusal(name, TypeError, axis=axis), "axis", "one integer", repr(axis))


def test_a_single_probability_is_no_distribution_of_classes():
    for name in ("categorical_cross_entropy", "categorical_focal_loss"):
        says(refusal(name, ValueError, targets=1, probs=0.7, class_weight=None), "probs", "0.7")


# Labels.

WITH_LABELS = [
    *(n for n in VALID if n.startswith("categorical")), "one_hot", "value_and_gradient"
]  # fmt: skip


@pytest.mark.parametrize("name", WITH_LABELS)
@pytest.mark.parametrize(
    "label, advice",
    [
        (2, "subtract 1"),  # labels from 1 to K
        (7, "0 to 1"),
        (-1, "0 to 1"),
        (0.5, "whole number"),
        (nan, "whole number"),
        (inf, "whole number"),
    ],
)
def test_labels_that_name_no_class(name, label, advice):
    argument = "labels" if name == "one_hot" else "targets"
    says(refusal(name, ValueError, **{argument: [0, label]}), f"{argument}[1]", str(label), advice)


def test_a_number_of_classes_given_as_a_float_is_said_as_a_whole_number():
    says(refusal("one_hot", ValueError, labels=[2], n_classes=2.0), "of 2 classes", "to 1;")


# Options.


@pytest.mark.parametrize("name", [n for n in VALID if "unit" in SIGNATURES[n]])
@pytest.mark.parametrize("unit", ["nat", "Bits", "", None, 2, ["bits"]])
def test_unknown_units(name, unit):
    says(refusal(name, ValueError, unit=unit), "unit", repr(unit))
    assert UNITS in refusal(name, unit=unit)


@pytest.mark.parametrize("name", [n for n in VALID if "reduction" in SIGNATURES[n]])
@pytest.mark.parametrize("reduction", ["average", "MEAN", "batchmean", None, 0, True])
def test_unknown_reductions(name, reduction):
    says(refusal(name, ValueError, reduction=reduction), "reduction", repr(reduction))
    assert REDUCTIONS in refusal(name, reduction=reduction)


RANGES = {
    "temperature": ([0, -1, nan, inf, -inf], "positive"),
    "label_smoothing": ([-0.1, 1.1, nan, inf], "between 0 and 1"),
    "gamma": ([-1, -1e-9, nan, inf], "0 or more"),
    "alpha": ([-0.1, 1.1, nan, 25], "between 0 and 1"),
    "beta": ([1, -0.1, 1.5, nan], "below 1"),
    "n_bins": ([0, -3, 2.5, nan, inf], "whole number"),
    "n_classes": ([0, -1, 1.5, nan, inf], "whole number"),
}


@pytest.mark.parametrize("name, option", takes(*RANGES, given=False))
def test_options_outside_their_range(name, option):
    values, wanted = RANGES[option]
    for value in values:
        says(refusal(name, ValueError, **{option: value}), option, str(value), wanted)
    for value in ([0.5, 0.5], "0.5", 1j, {}):
        says(refusal(name, TypeError, **{option: value}), option, "one number", repr(value))


@pytest.mark.parametrize("name, option", takes("pos_weight", given=False))
def test_pos_weight_outside_its_range(name, option):
    wanted = "positive" if name == "undo_weighting" else "0 or more"
    for value in (-1, nan, inf, *([0] if name == "undo_weighting" else [])):
        says(refusal(name, ValueError, pos_weight=value), "pos_weight", str(value), wanted)
    for value in ([1, 2], "3"):  # one weight, not one for each class
        says(refusal(name, TypeError, pos_weight=value), "pos_weight", "one number", repr(value))


@pytest.mark.parametrize("name, option", takes("class_weight", given=False))
def test_class_weights_that_do_not_fit(name, option):
    for value in ([1, 2, 3], [1], 2.0, [[1, 2]]):
        message = refusal(name, ValueError, class_weight=value)
        says(message, "class_weight", str(np.shape(value)), "(2,)")
    for value in (-1.0, nan, inf):
        message = refusal(name, ValueError, class_weight=[1, value])
        says(message, "class_weight[1]", f"{value:g}", "not negative")


@pytest.mark.parametrize("name", [n for n in VALID if "class_weight" in SIGNATURES[n]])
def test_a_total_weight_of_zero(name):
    call = {"class_weight": [0, 1], "reduction": "weighted_mean", "targets": [0, 0]}
    says(refusal(name, ValueError, **call), "weighted_mean", "weights", "0", "positive", "'mean'")


@pytest.mark.parametrize(
    "name, option",
    [
        ("binary_cross_entropy", {"pos_weight": 0}),
        ("binary_cross_entropy_from_logits", {"pos_weight": 0}),
        ("balanced_cross_entropy", {"alpha": 0}),
        ("balanced_cross_entropy_from_logits", {"alpha": 0}),
        ("focal_loss", {"alpha": 0}),
        ("focal_loss_from_logits", {"alpha": 0}),
    ],
)
def test_a_total_weight_of_zero_in_binary(name, option):
    call = {"reduction": "weighted_mean", "targets": [1, 1]} | option
    says(refusal(name, ValueError, **call), "weighted_mean", "weights", "0", "positive", "'mean'")


@pytest.mark.parametrize("name", ["balanced_class_weight", "effective_number_class_weight"])
def test_counts_of_no_class(name):
    for value in (0, -2, nan, inf):
        says(refusal(name, ValueError, counts=[3, value]), "counts[1]", str(value))
    for value in (5, [[1, 2], [3, 4]]):
        says(refusal(name, ValueError, counts=value), "counts", str(np.shape(value)))


def test_the_gradient_of_something_else():
    """The loss is one of the from_logits functions themselves, and is reduced to one number."""
    known = "categorical_cross_entropy_from_logits", "focal_loss_from_logits"
    for loss, shown in (
        (celib.categorical_cross_entropy, "categorical_cross_entropy"),
        ("categorical", "categorical"),
        (None, "None"),
        ([1, 0], "[1, 0]"),  # the loss forgotten, the targets in its place
        (np.array([1, 0]), "[1, 0]"),
    ):
        says(refusal("value_and_gradient", loss=loss), "loss", shown, *known)
    says(
        refusal("value_and_gradient", ValueError, reduction="none"), "reduction", "'none'", "'sum'"
    )
    says(refusal("value_and_gradient", reduction="average"), "reduction", "'average'")
    said = refusal("value_and_gradient", loss=celib.categorical_cross_entropy)
    assert said.endswith(", categorical_focal_loss_from_logits, got categorical_cross_entropy.")
    assert UNITS in refusal("value_and_gradient", unit="nat")
    says(refusal("value_and_gradient", TypeError, gamma=2.0), "gamma")  # of another loss


def test_the_numerical_gradient_of_something_else():
    says(refusal("numerical_gradient", ValueError, function=np.exp), "function", "one number")
    says(refusal("numerical_gradient", ValueError, function=lambda x: "1"), "one number", "'1'")
    says(refusal("numerical_gradient", TypeError, function=3), "function", "3")
    for value in (nan, inf):
        says(refusal("numerical_gradient", ValueError, x=[0.5, value]), "x[1]", str(value))


def test_temperatures_that_do_not_exist():
    right = [[2.0, 0.0], [0.0, 1.0]]
    says(refusal("fit_temperature", ValueError, targets=[0, 1], logits=right), "T = 0", "held-out")
    says(refusal("fit_temperature", ValueError, targets=[1, 0], logits=right), "infinity", "labels")
    for bad, shown in ((nan, "nan"), (inf, "inf")):
        says(refusal("fit_temperature", targets=[1, 0], logits=[[bad, 0], [0, 1]]), "logits", shown)
    masked = [[-inf, 0.0], [0.0, 1.0]]
    says(refusal("fit_temperature", targets=[0, 1], logits=masked), "logits", "-inf", "row 0")
    # a class ruled out has no part in the mean of its row: -1/2, below it -2/3 of the labels
    worse = [[0.0, 1.0, -inf]] * 3
    says(refusal("fit_temperature", targets=[0, 0, 1], logits=worse), "infinity")
    says(refusal("fit_temperature", targets=[0], logits=[1.0]), "logits", "(1,)", "(N, K)")
    says(refusal("fit_temperature", targets=[0, 2], logits=right), "targets[1]", "2", "subtract 1")


def test_calibration_of_a_batch_of_batches():
    call = {"targets": [[0]], "probs": [[[0.5, 0.5]]]}
    for name in ("reliability", "expected_calibration_error"):
        says(refusal(name, ValueError, **call), "probs", "(1, 1, 2)", "(N, K)")
        says(refusal(name, ValueError, targets=[0, 3], probs=ROW), "targets[1]", "3")
        says(refusal(name, ValueError, targets=[0, 1], probs=[[0.5, 0.6]] * 2), "probs[0]", "1.1")


def test_messages_are_sentences_of_readable_length():
    """A row of a thousand entries is shown by its beginning."""
    message = refusal("entropy", p=np.full(1000, 0.5))
    says(message, "500")
    assert "0.5, ..." in message  # a number is never cut in two: "0.93..." might be 0.938
    assert message.endswith(".")
    assert len(message) < 400
