"""Binary cross-entropy, from probabilities and from logits, against exact arithmetic."""

from fractions import Fraction
from math import inf, isnan, log, nan

import numpy as np
import oracle
import pytest
from oracle import UNITS, assert_exact, assert_no_minus_zero, figure

import celib
from celib import binary_cross_entropy as from_probs
from celib import binary_cross_entropy_from_logits as from_logits

pytestmark = pytest.mark.usefixtures("strict_floats")
both = pytest.mark.parametrize("loss", [from_probs, from_logits], ids=["probs", "logits"])

EPS = 2.0**-53
LOGITS = [0.0, 1e-300, 1e-17, 0.5, 1.0, 17.0, 37.0, 350.0, 690.0, 700.0]
LOGITS += [-z for z in LOGITS[1:]]
LOGITS += np.random.default_rng(1912).uniform(-700, 700, 20).tolist()
PROBS = [0.0, 5e-324, 1e-300, 1e-17, 0.1, 0.5, 0.9, 1 - 1e-9, 1 - EPS, 1.0]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("y", [0, 1])
def test_hard_labels_are_exact(y, unit):
    base = oracle.LOG_BASE[unit]
    for z in LOGITS:
        want = oracle.binary(y, *oracle.binary_logit_costs(z)) / base
        assert_exact(from_logits(y, z, unit=unit), want)
    for p in PROBS:
        want = oracle.binary(y, *oracle.binary_costs(p)) / base
        assert_exact(from_probs(y, p, unit=unit), want)


@pytest.mark.parametrize("y", [0, 1, 0.25, 0.5, 1 - 1e-9, 1e-17])
@pytest.mark.parametrize("options", [
    {},
    {"pos_weight": 3.0},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"pos_weight": 1e-3, "label_smoothing": 0.3},
])  # fmt: skip
def test_soft_targets_and_options_are_exact(y, options):
    settings = options.get("pos_weight", 1.0), options.get("label_smoothing", 0.0)
    for z in LOGITS:
        costs = oracle.binary_logit_costs(z)
        want = oracle.binary(y, *costs, *settings)
        assert_exact(from_logits(y, z, **options), want)
    for p in PROBS:
        want = oracle.binary(y, *oracle.binary_costs(p), *settings)
        assert_exact(from_probs(y, p, **options), want)


def test_published_figures():
    # J. Brownlee, MachineLearningMastery: ten examples, and their mean
    y = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    p = [0.8, 0.9, 0.9, 0.6, 0.8, 0.1, 0.4, 0.2, 0.1, 0.3]
    printed = [0.223, 0.105, 0.105, 0.511, 0.223, 0.105, 0.511, 0.223, 0.105, 0.357]
    for got, want in zip(from_probs(y, p, reduction="none"), printed, strict=True):
        assert got == figure(want, 3)
    assert from_probs(y, p) == figure(0.247, 3)
    # SciPy 1.17.1, docstring of special.xlogy
    scipy = [0, 1, 0, 1, 1, 0], [0.3, 0.8, 0.4, 0.7, 0.9, 0.2]
    assert from_probs(*scipy) == figure(0.29597052165495025, 15)
    # TensorFlow, sigmoid_cross_entropy_with_logits; the last target is soft
    z, y = [1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 0.0], [0, 0, 0, 1, 1, 1, 0.5]
    one, other, even = 1.3132617, 0.3132617, 0.6931472
    printed = [one, other, even, other, one, even, even]
    for got, want in zip(from_logits(y, z, reduction="none"), printed, strict=True):
        assert got == figure(want, 7)
    # PaddlePaddle, binary_cross_entropy_with_logits
    assert from_logits([1, 0, 1], [5.0, 1.0, 3.0]) == figure(0.45618808, 7)
    # optax 0.2.8, losses/_classification_test.py
    assert from_logits([1, 0], [-1e9, -1e-9]) == figure(500000000.0, 0)
    assert from_logits([0, 1], [-1e9, -1e-9]) == figure(0.3465736, 7)
    # Keras 3.15.1, losses_test.py: the mean, then with label_smoothing 0.1
    keras = [[1, 0, 1], [0, 1, 1]], [[10.0, -10.0, 10.0], [10.0, 10.0, -10.0]]
    assert from_logits(*keras) == figure(3.3333, 3)
    assert from_logits([1, 0, 1], [10.0, -10.0, -10.0], label_smoothing=0.1) == figure(3.5, 3)


# By hand: 1 at probability 1/2, 1/4 costs 1, 2 bits; 0 at probability 3/4, 7/8 costs 2, 3 bits.

Y = [1, 1, 0, 0]
P = [1 / 2, 1 / 4, 3 / 4, 7 / 8]
Z = [0.0, -log(3), log(3), log(7)]


def by_hand(loss, targets=Y, rows=slice(None), **options):
    model = P if loss is from_probs else Z
    return loss(targets[rows], model[rows], unit="bits", **options)


@both
@pytest.mark.parametrize(
    "options, want",
    [
        ({"reduction": "none"}, [1, 2, 2, 3]),
        ({}, 2),
        ({"reduction": "mean"}, 2),
        ({"reduction": "sum"}, 8),
        ({"reduction": "weighted_mean"}, 2),
        # weights 3, 3, 1, 1: 3 * 1, 3 * 2, 2, 3
        ({"pos_weight": 3, "reduction": "none"}, [3, 6, 2, 3]),
        ({"pos_weight": 3, "reduction": "sum"}, 14),
        ({"pos_weight": 3}, Fraction(14, 4)),
        ({"pos_weight": 3, "reduction": "weighted_mean"}, Fraction(14, 8)),
        ({"pos_weight": 0.5, "reduction": "weighted_mean"}, Fraction(13, 2) / 3),
    ],
)
def test_reductions_by_hand(loss, options, want):
    want = [float(w) for w in np.ravel(want)]
    np.testing.assert_allclose(np.ravel(by_hand(loss, **options)), want, rtol=1e-14)


@both
def test_label_smoothing_by_hand(loss):
    """At p = 1/2 both outcomes cost 1 bit: only the weights show. y becomes 9/10."""
    one = slice(0, 1)
    assert by_hand(loss, rows=one, label_smoothing=0.2) == 1.0
    got = by_hand(loss, rows=one, label_smoothing=0.2, pos_weight=3)
    assert got == pytest.approx(3 * 9 / 10 + 1 / 10, rel=1e-14)
    # the example weighs what it weighs unsmoothed: 3
    options = {"label_smoothing": 0.2, "pos_weight": 3, "reduction": "weighted_mean"}
    assert by_hand(loss, rows=one, **options) == pytest.approx(28 / 30, rel=1e-14)
    # 0 at 3/4: y becomes 1/10, of costs log2(4/3) and 2
    got = by_hand(loss, rows=slice(2, 3), label_smoothing=0.2)
    assert got == pytest.approx(0.1 * (2 - log(3, 2)) + 0.9 * 2, rel=1e-14)


@both
def test_soft_targets_share_pos_weight(loss):
    """y = 1/4 at p = 1/2: cost 3/4 + 3/4, weight 3/4 + 3/4."""
    assert by_hand(loss, [0.25], slice(0, 1), pos_weight=3) == 1.5
    options = {"pos_weight": 3, "reduction": "weighted_mean"}
    assert by_hand(loss, [0.25], slice(0, 1), **options) == pytest.approx(1, rel=1e-15)


@both
def test_every_element_is_an_example(loss):
    model = np.array(P if loss is from_probs else Z).reshape(2, 2)
    y = np.array(Y).reshape(2, 2)
    none = loss(y, model, reduction="none", unit="bits")
    np.testing.assert_allclose(none, [[1, 2], [2, 3]], rtol=1e-14)
    assert loss(y, model, unit="bits") == pytest.approx(2, rel=1e-14)
    assert loss(y, model, unit="bits", reduction="sum") == pytest.approx(8, rel=1e-14)


# Zero and infinity.


def test_nothing_to_learn_costs_plain_zero():
    for got in (
        from_probs(1, 1.0),
        from_probs(0, 0.0),
        from_probs([1, 0], [1, 0], reduction="none"),
        from_probs([1, 0], [1, 0], pos_weight=3),
        from_logits([1, 0], [800.0, -800.0], reduction="none"),
        from_logits(0, -inf),
        from_logits(0.0, -inf, unit="bits", pos_weight=2),
    ):
        assert not np.any(got)
        assert_no_minus_zero(got)


def test_there_is_no_hidden_epsilon():
    # -ln of the smallest float64, mpmath at 20 digits
    assert from_probs(1, 5e-324) == pytest.approx(744.44007192138126231, rel=1e-14)
    assert from_probs(0, 5e-324) == 5e-324  # log1p(-p) is -p here
    assert from_probs([1, 0], [0.0, 1.0], reduction="none").tolist() == [inf, inf]
    assert from_probs(1e-300, 0.0) == inf
    assert from_probs(1 - EPS, 1.0) == inf
    assert from_probs(1, 1.0, label_smoothing=0.1) == inf
    assert from_logits(1, -inf) == inf
    for reduction in ("mean", "sum", "weighted_mean"):
        assert from_probs([1, 1], [0.0, 0.5], reduction=reduction) == inf


def test_weight_zero_does_not_count_even_infinity():
    for got in (from_probs(1, 0.0, pos_weight=0), from_logits(1, -inf, pos_weight=0)):
        assert got == 0.0
        assert_no_minus_zero(got)
    two = [1, 0], [0.0, 0.5]
    assert from_probs(*two, pos_weight=0, unit="bits") == 0.5
    assert from_probs(*two, pos_weight=0, unit="bits", reduction="weighted_mean") == 1.0


@both
def test_no_weight_at_all_has_no_weighted_mean(loss):
    assert loss([1, 1], [0.5, 0.5], pos_weight=0) == 0.0
    with pytest.raises(ValueError, match="weight"):
        loss([1, 1], [0.5, 0.5], pos_weight=0, reduction="weighted_mean")


def test_nan_logits_spoil_their_own_example_only():
    for y in (0, 1, 0.5):
        got = from_logits([y, 1], [nan, 0.0], reduction="none", unit="bits")
        assert isnan(got[0])
        assert got[1] == 1.0
    assert isnan(from_logits([0, 1], [nan, 0.0]))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_largest_logits_of_each_type(dtype):
    top = np.finfo(dtype).max
    z = np.array([top, -top, top, -top, top], dtype)
    got = from_logits(np.array([1, 0, 0, 1, 0.5], dtype), z, reduction="none")
    assert got.dtype == np.dtype(dtype)
    assert got.tolist() == [0, 0, top, top, top / 2]
    assert_no_minus_zero(got)


def test_a_loss_too_large_for_float64_is_inf():
    top = np.finfo("f8").max
    assert from_logits(1, -top, pos_weight=2) == inf
    assert from_logits([0, 0], [top, top], reduction="sum") == inf


# Types and inputs.


@both
@pytest.mark.parametrize("dtype, rtol", [("f2", 1e-3), ("f4", 1e-6), ("f8", 1e-15)])
def test_an_array_comes_back_in_its_own_precision(loss, dtype, rtol):
    y, model = np.array(Y, dtype), np.array(P if loss is from_probs else Z, dtype)
    got = loss(y, model, pos_weight=1.5, label_smoothing=0.125, reduction="none")
    assert got.dtype == np.dtype(dtype)
    want = loss(y.tolist(), model.tolist(), pos_weight=1.5, label_smoothing=0.125, reduction="none")
    np.testing.assert_allclose(got.astype("f8"), want, rtol=rtol)
    for reduction in ("mean", "sum", "weighted_mean"):
        assert type(loss(y, model, reduction=reduction)) is float


def test_a_sum_has_more_digits_than_its_terms():
    """2^24 + 6 log 2 is 2^24 + 4.2; in float32, which has even numbers only there, + 4.

    Added up in float32, each log 2 would be lost beside 2^24.
    """
    z = np.array([-(2**24), 0, 0, 0, 0, 0, 0], "f4")
    assert from_logits(np.ones(7, "f4"), z, reduction="sum") == 2**24 + 4


@both
@pytest.mark.parametrize("dtype", [bool, "i1", "u8", "f2", "f4", "f8"])
def test_targets_of_any_type(loss, dtype):
    assert by_hand(loss, np.array(Y, dtype)) == by_hand(loss, Y)


@both
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_only_floats_have_a_say_in_the_type(loss, dtype):
    model = np.array(P, dtype)
    assert loss(Y, model, reduction="none", pos_weight=np.float64(2)).dtype == np.dtype(dtype)
    assert loss(np.array(Y, bool), model, reduction="none").dtype == np.dtype(dtype)
    assert loss(np.array(Y, "f8"), model, reduction="none").dtype == np.float64


@both
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_a_pos_weight_beyond_the_type_is_not_nan(loss, dtype):
    """1e300 is no float32; the negative example does not feel it and the positive one is inf."""
    y, half = np.array([0, 1], dtype), np.array([0.5, 0.5], dtype)
    got = loss(y, half, pos_weight=1e300, reduction="none")
    assert np.isfinite(got[0])
    assert got[1] > 6e4
    negatives = loss(np.zeros(2, dtype), half, pos_weight=1e300, reduction="weighted_mean")
    assert negatives == pytest.approx(loss(0.0, 0.5), rel=1e-3)


@both
def test_one_example_is_a_python_float(loss):
    for y in (1, True, 1.0, np.array(1), np.float32(1)):
        for model in (0.5, np.array(0.5), np.float32(0.5), np.float16(0.5), 1):
            for reduction in ("mean", "sum", "none", "weighted_mean"):
                assert type(loss(y, model, reduction=reduction)) is float


@both
def test_inputs_are_left_alone(loss):
    args = np.array(Y, "f8"), np.array(P)
    before = [a.copy() for a in args]
    for a in args:
        a.flags.writeable = False
    loss(*args, pos_weight=2, label_smoothing=0.1)
    for a, b in zip(args, before, strict=True):
        np.testing.assert_array_equal(a, b)


@both
def test_lists_arrays_and_memory_orders_agree(loss):
    y, model = [[1, 0, 1], [0, 1, 1]], [[0.5, 0.25, 0.125], [0.75, 1, 0.875]]
    want = loss(y, model, reduction="none")
    for order in "CF":
        got = loss(np.array(y, order=order), np.array(model, order=order), reduction="none")
        np.testing.assert_array_equal(got, want)


def test_an_entry_may_leave_the_interval_by_1e_12():
    assert from_probs(1, 1 + 0.9e-12) == 0.0
    assert from_probs(0, -0.9e-12) == 0.0
    assert from_probs(1, -0.9e-12) == inf
    assert from_probs(1 + 0.9e-12, 1.0) == 0.0
    assert from_probs(-0.9e-12, 0.0) == 0.0
    assert from_logits(-0.9e-12, -inf) == 0.0
    for outside in (1 + 1.1e-12, -1.1e-12):
        with pytest.raises(ValueError, match="probs"):
            from_probs(1, outside)
        for loss in (from_probs, from_logits):
            with pytest.raises(ValueError, match="targets"):
                loss(outside, 0.5)


def test_probabilities_are_legal_logits():
    assert_exact(celib.binary_cross_entropy_from_logits(1, 0.775), -oracle.log_sigmoid(0.775))


@pytest.mark.parametrize("w", [0.5, 1, 2, 3])
def test_a_weighted_mean_at_even_odds_is_one_bit_whatever_the_weight(w):
    """(w log 2 + log 2) / (w + 1) = log 2, by hand."""
    options = {"pos_weight": w, "reduction": "weighted_mean", "unit": "bits"}
    assert celib.binary_cross_entropy([1, 0], [0.5, 0.5], **options) == pytest.approx(1, rel=1e-15)
    assert celib.binary_cross_entropy_from_logits([1, 0], [0.0, 0.0], **options) == pytest.approx(
        1, rel=1e-15
    )


@pytest.mark.parametrize("dtype", [bool, "u1", int, "f8"])
@pytest.mark.parametrize(
    "loss", [celib.binary_cross_entropy_from_logits, celib.focal_loss_from_logits]
)
def test_whole_targets_are_worked_with_in_the_type_of_the_logits(loss, dtype):
    """But float64 ones stay what they are, and so is the answer."""
    z, y = np.linspace(-9, 9, 50, dtype="f4"), np.arange(50) % 2
    each = loss(y.astype(dtype), z, reduction="none")
    other = loss(y.astype("f4"), z, reduction="none")
    if dtype == "f8":
        assert each.dtype == np.float64
        assert each == pytest.approx(other, rel=1e-6)
    else:
        assert each.dtype == np.float32
        assert each.tolist() == other.tolist()
    value, slopes = celib.value_and_gradient(loss, y.astype(dtype), z)
    assert slopes.dtype == each.dtype
    assert value == pytest.approx(each.mean(dtype="f8"), rel=1e-6)
