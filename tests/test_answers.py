"""How an answer is added up and divided: the details that the losses share."""

import math

import numpy as np
import pytest

import celib
from celib._answers import constant

UNREADABLE = np.array(["nats", "bits"])


def test_a_sum_of_many_float32_losses_is_rounded_once():
    """math.fsum rounds an exact sum; adding in float32 would be off in the last places."""
    logits = np.random.default_rng(1948).normal(0, 3, 100_000).astype("f4")
    ones = np.ones_like(logits)
    losses = celib.binary_cross_entropy_from_logits(ones, logits, reduction="none")
    total = celib.binary_cross_entropy_from_logits(ones, logits, reduction="sum")
    assert total == float(np.float32(math.fsum(losses.tolist())))
    mean = celib.binary_cross_entropy_from_logits(ones, logits)
    assert mean == float(np.float32(math.fsum(losses.tolist()) / len(losses)))


def test_a_number_that_all_losses_share_cannot_be_changed():
    one = constant(1, np.dtype("f4"))
    assert (one.dtype, one.ndim, one) == ("f4", 0, 1)
    assert constant(1, np.dtype("f4")) is one
    with pytest.raises(ValueError, match="read-only"):
        one[...] = 2


def test_weights_are_added_up_in_float64():
    """At p = 1/2 every example costs its weight times ln 2, so their weighted mean is ln 2."""
    targets = np.array([0.25, 0.75, 1.0], "f4")
    options = {"pos_weight": 3, "reduction": "weighted_mean"}
    got = celib.binary_cross_entropy(targets, np.full(3, 0.5), **options)
    assert got == pytest.approx(math.log(2), rel=1e-15)


def test_weights_of_classes_are_added_up_in_float64():
    """With equal logits every class costs its weight times ln 3, so their weighted mean is ln 3."""
    targets = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], "f4")
    options = {"class_weight": np.array([1, 3, 7], "f4"), "reduction": "weighted_mean"}
    loss, logits = celib.categorical_cross_entropy_from_logits, np.zeros((2, 3))
    assert loss(targets, logits, **options) == pytest.approx(math.log(3), rel=1e-15)


def test_a_total_weight_beyond_the_type_is_refused():
    ones = np.ones(2, "f4")
    with pytest.raises(ValueError, match="the sum of the examples' weights, which is inf"):
        celib.binary_cross_entropy(ones, ones, pos_weight=1e300, reduction="weighted_mean")


def test_weight_zero_does_not_hide_what_is_not_a_number():
    """0 times inf is 0 by the rule of weights; 0 times nan stays nan, or a fault would not show."""
    logits = [[math.nan, 0.0], [0.0, 0.0]]
    for options in ({"class_weight": [0, 1]}, {"class_weight": [0, 1], "label_smoothing": 0.1}):
        losses = celib.categorical_cross_entropy_from_logits(
            [0, 1], logits, reduction="none", **options
        )
        assert np.isnan(losses).tolist() == [True, False]
    losses = celib.binary_cross_entropy_from_logits(
        [1, 0], [math.nan, 0.0], pos_weight=0, reduction="none"
    )
    assert np.isnan(losses).tolist() == [True, False]


@pytest.mark.parametrize("option", ["unit", "reduction"])
def test_an_array_of_names_is_no_name(option):
    with pytest.raises(ValueError, match=f"^{option} must be one of '"):
        celib.binary_cross_entropy([0, 1], [0.5, 0.5], **{option: UNREADABLE})


@pytest.mark.parametrize(
    "loss, options",
    [
        (celib.binary_cross_entropy, {}),
        (celib.binary_cross_entropy_from_logits, {}),
        (celib.balanced_cross_entropy, {"alpha": 0.25}),
        (celib.balanced_cross_entropy_from_logits, {"alpha": 0.25}),
        (celib.focal_loss, {}),
        (celib.focal_loss_from_logits, {}),
    ],
)
@pytest.mark.parametrize(
    "targets, model, expected", [("i8", "f4", "f4"), ("f4", "f8", "f8"), ("f8", "f4", "f8")]
)
def test_the_wider_of_two_float_types_wins_and_integers_have_no_say(
    loss, options, targets, model, expected
):
    half = np.full(2, 0.5, model)
    assert loss(np.ones(2, targets), half, reduction="none", **options).dtype == np.dtype(expected)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_an_answer_is_in_the_byte_order_of_the_machine(dtype):
    """As NumPy's own functions give it, whatever the order of the input."""
    native = np.array([[0.0, 1.0, 7.0], [2.0, 0.5, 9.0]], dtype)
    swapped = native.astype(native.dtype.newbyteorder())
    for function in (celib.softmax, celib.logsumexp, celib.sigmoid):
        got = function(swapped)
        assert got.dtype == native.dtype
        np.testing.assert_array_equal(got, function(native))


def test_a_brier_score_of_float32_is_rounded_to_it():
    score = celib.brier_score([1, 0], np.array([0.9, 0.3], "f4"))
    assert score == float(np.float32(score)) == pytest.approx((0.1**2 + 0.3**2) / 2, rel=1e-6)
