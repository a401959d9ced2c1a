"""Balanced cross-entropy and the class-weight helpers.

Expected values: hand fractions (probabilities that are powers of 1/2, so bits are whole numbers),
mpmath at the precision stated, and published figures with their source beside them.
"""

import warnings

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import celib

RTOL = 1e-12

# One example of each kind; with unit="bits" the plain losses are 3, 3, 1 and 2.
TARGETS = [1, 0, 0, 1]
PROBS = [1 / 8, 7 / 8, 1 / 2, 1 / 4]
# alpha = 1/4: 1/4 on the positives, 3/4 on the negatives.
QUARTER = [3 / 4, 9 / 4, 3 / 4, 1 / 2]


def strictly(function, *args, **options):
    """Call with floating-point signals and warnings as errors: nothing depends on np.seterr."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*args, **options)


def exact(y, z, alpha):
    """The definition at dps 400, which keeps 1 - p for |z| up to 700."""
    with mp.workdps(400):
        p = 1 / (1 + mp.exp(-mp.mpf(z)))
        return mp.mpf(alpha) * y * -mp.log(p) + (1 - mp.mpf(alpha)) * (1 - y) * -mp.log(1 - p)


# --- balanced cross-entropy ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "reduction, expected",
    [
        ("none", QUARTER),
        ("sum", 17 / 4),
        ("mean", 17 / 16),
        ("weighted_mean", 17 / 8),  # weights 1/4 + 3/4 + 3/4 + 1/4 = 2
    ],
)
def test_hand_fractions(reduction, expected):
    got = celib.balanced_cross_entropy(TARGETS, PROBS, alpha=0.25, reduction=reduction, unit="bits")
    np.testing.assert_allclose(got, expected, rtol=RTOL)
    got = celib.balanced_cross_entropy_from_logits(
        TARGETS, celib.logit(PROBS), alpha=0.25, reduction=reduction, unit="bits"
    )
    np.testing.assert_allclose(got, expected, rtol=RTOL)


def test_alpha_is_the_weight_of_the_positive_class():
    """alpha = 1 keeps the positives only, alpha = 0 the negatives only; the others exactly 0."""
    loss = celib.balanced_cross_entropy
    ends = [loss(TARGETS, PROBS, alpha=a, reduction="none", unit="bits") for a in (1, 0)]
    np.testing.assert_allclose(ends, [[3, 0, 0, 2], [0, 3, 1, 0]], rtol=RTOL)


def test_soft_targets_weight_each_part_not_the_whole():
    # y = 1/2, p = 1/4: 1/2 (1/8 * 2 bits) + 1/2 (7/8 * log2(4/3) bits) for alpha = 1/8.
    expected = 1 / 8 + 7 / 16 * float(mp.log(mp.mpf(4) / 3, 2))
    got = celib.balanced_cross_entropy([0.5], [0.25], alpha=1 / 8, unit="bits")
    assert got == pytest.approx(expected, rel=RTOL)


def test_weight_of_a_soft_target_in_the_weighted_mean():
    # y = 1/4 and p = 1/2 (1 bit either way): the loss and the weight are both
    # 1/4 * 1/8 + 3/4 * 7/8 = 11/16; a second example y = 1, p = 1/4: loss 1/8 * 2, weight 1/8.
    got = celib.balanced_cross_entropy(
        [0.25, 1], [0.5, 0.25], alpha=1 / 8, reduction="weighted_mean", unit="bits"
    )
    assert got == pytest.approx((11 / 16 + 2 / 8) / (11 / 16 + 1 / 8), rel=RTOL)


@pytest.mark.parametrize("alpha", [0.1, 0.25, 0.9])
@pytest.mark.parametrize("y", [0, 1])
def test_from_logits_against_mpmath(alpha, y):
    z = np.array([-700, -350.5, -36, -1, -1e-9, 0, 0.5, 20, 36, 350.5, 700])
    got = celib.balanced_cross_entropy_from_logits(
        np.full(z.shape, y), z, alpha=alpha, reduction="none"
    )
    np.testing.assert_allclose(got, [float(exact(y, v, alpha)) for v in z], rtol=RTOL)


@pytest.mark.parametrize("p", [1e-300, 1e-20, 0.3, 1 - 2**-53])
@pytest.mark.parametrize("y", [0, 1])
def test_from_probabilities_against_mpmath(p, y):
    """A probability of 1e-300 for a negative is a loss of 1e-300 (1 - alpha), not 0."""
    with mp.workdps(400):
        loss = -mp.log(mp.mpf(p)) * mp.mpf(0.2) if y else -mp.log(1 - mp.mpf(p)) * (1 - mp.mpf(0.2))
    got = celib.balanced_cross_entropy(y, p, alpha=0.2)
    assert got == pytest.approx(float(loss), rel=RTOL, abs=0)


@pytest.mark.parametrize("unit, divisor", [("nats", 1), ("bits", mp.log(2)), ("bans", mp.log(10))])
def test_units(unit, divisor):
    got = celib.balanced_cross_entropy(1, 0.5, alpha=0.25, unit=unit)
    assert got == pytest.approx(float(mp.log(2) / 4 / divisor), rel=RTOL)


def test_zero_weight_times_an_infinite_loss_is_zero():
    got = strictly(
        celib.balanced_cross_entropy, [0, 1], [1, 0.5], alpha=1, reduction="none", unit="bits"
    )
    np.testing.assert_allclose(got, [0, 1], rtol=RTOL)
    assert strictly(celib.balanced_cross_entropy, 0, 1, alpha=0.5) == np.inf
    assert strictly(celib.balanced_cross_entropy, [0, 1], [0, 1], alpha=0.5) == 0
    got = strictly(
        celib.balanced_cross_entropy_from_logits, [0, 1], [np.finfo(float).max, 0], alpha=1
    )
    assert got == pytest.approx(float(mp.log(2)) / 2, rel=RTOL)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_extreme_logits(dtype):
    edge = np.finfo(dtype).max
    logits = np.array([edge, -edge, edge, -edge], dtype)
    targets = np.array([1, 0, 0, 1], dtype)
    got = strictly(
        celib.balanced_cross_entropy_from_logits, targets, logits, alpha=0.25, reduction="none"
    )
    assert got.dtype == dtype
    # A wrong answer at logit z costs |z| (the softplus of a huge number is that number).
    np.testing.assert_allclose(got, np.array([0, 0, 0.75 * edge, 0.25 * edge], dtype), rtol=1e-3)


def test_types_of_the_answers():
    assert type(celib.balanced_cross_entropy(1, 0.5, alpha=0.5)) is float
    assert type(celib.balanced_cross_entropy(TARGETS, PROBS, alpha=0.5)) is float
    single = np.array([0.25, 0.5], np.float32)
    got = celib.balanced_cross_entropy(
        np.array([0, 1], np.float32), single, alpha=0.3, reduction="none"
    )
    assert got.dtype == np.float32
    square = celib.balanced_cross_entropy(
        np.reshape(TARGETS, (2, 2)),
        np.reshape(PROBS, (2, 2)),
        alpha=0.25,
        reduction="none",
        unit="bits",
    )
    np.testing.assert_allclose(square, np.reshape(QUARTER, (2, 2)), rtol=RTOL)


probabilities = st.floats(0, 1, exclude_min=True, exclude_max=True, allow_subnormal=False)
alphas = st.floats(0.001, 0.999)
logits_ = st.floats(-700, 700)
targets_ = st.sampled_from([0.0, 1.0, 0.25, 0.9])


@given(y=targets_, z=logits_, alpha=alphas)
def test_balanced_is_weighted_binary(y, z, alpha):
    """balanced(alpha) = (1 - alpha) binary(pos_weight = alpha / (1 - alpha)).

    Exact for hard labels; a soft one adds two terms of one sign, so it is as good.
    """
    got = celib.balanced_cross_entropy_from_logits([y], [z], alpha=alpha)
    binary = celib.binary_cross_entropy_from_logits([y], [z], pos_weight=alpha / (1 - alpha))
    np.testing.assert_allclose(got, (1 - alpha) * binary, rtol=1e-12, atol=1e-307)


@given(y=targets_, p=probabilities)
def test_alpha_one_half_halves_binary_cross_entropy(y, p):
    got = celib.balanced_cross_entropy([y], [p], alpha=0.5)
    np.testing.assert_allclose(got, celib.binary_cross_entropy([y], [p]) / 2, rtol=1e-14)


@given(y=targets_, p=probabilities, alpha=alphas)
def test_swapping_the_classes_swaps_alpha(y, p, alpha):
    """Calling the other class positive changes nothing but the names (1 - p must be exact here)."""
    p = np.round(p, 6)
    got = celib.balanced_cross_entropy([1 - y], [1 - p], alpha=1 - alpha)
    expected = celib.balanced_cross_entropy([y], [p], alpha=alpha)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@given(z=st.lists(logits_, min_size=2, max_size=6), alpha=alphas)
def test_equal_weights_make_the_weighted_mean_a_mean(z, alpha):
    """All targets of one class carry one weight: the weighted mean forgets alpha."""
    ones = np.ones(len(z))
    got = celib.balanced_cross_entropy_from_logits(ones, z, alpha=alpha, reduction="weighted_mean")
    expected = celib.binary_cross_entropy_from_logits(ones, z)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-307)


@pytest.mark.parametrize("alpha", [-0.1, 1.5, np.nan])
@pytest.mark.parametrize(
    "loss", [celib.balanced_cross_entropy, celib.balanced_cross_entropy_from_logits]
)
def test_alpha_outside_the_unit_interval_is_refused(loss, alpha):
    with pytest.raises(ValueError, match=rf"(?s)alpha.*{alpha}|{alpha}.*alpha"):
        loss([1, 0], [0.5, 0.5], alpha=alpha)


def test_alpha_is_asked_for_by_name():
    with pytest.raises(TypeError):
        celib.balanced_cross_entropy([1], [0.5])
    with pytest.raises(TypeError):
        celib.balanced_cross_entropy([1], [0.5], 0.25)


@pytest.mark.parametrize("targets, alpha", [([1, 1], 0), ([0, 0], 1)])
def test_a_total_weight_of_zero_is_refused_in_the_weighted_mean(targets, alpha):
    with pytest.raises(ValueError, match="weight"):
        celib.balanced_cross_entropy(targets, [0.5, 0.5], alpha=alpha, reduction="weighted_mean")
    assert celib.balanced_cross_entropy(targets, [0.5, 0.5], alpha=alpha) == 0


# --- class weights ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "counts, expected",
    [
        ([1, 1, 1], [1, 1, 1]),
        ([10, 30], [2, 2 / 3]),
        ([1, 2, 4, 8], [15 / 4, 15 / 8, 15 / 16, 15 / 32]),
        # scikit-learn 1.9.1, docstring of compute_class_weight, y = [1, 1, 1, 1, 0, 0].
        ([2, 4], [1.5, 0.75]),
        # TensorFlow tutorial "Classification on imbalanced data": 284315 and 492 transactions;
        # printed as 0.50 and 289.44.
        ([284315, 492], [284807 / (2 * 284315), 284807 / (2 * 492)]),
    ],
)
def test_balanced_class_weight(counts, expected):
    got = celib.balanced_class_weight(counts)
    np.testing.assert_allclose(got, expected, rtol=RTOL)
    # Weighted by them, every class counts the same and the total stays n.
    np.testing.assert_allclose(np.dot(got, counts), sum(counts), rtol=RTOL)


def test_counts_are_added_up_in_a_type_that_holds_their_sum():
    """100 + 50 is more than a signed byte holds, and so is 2 x 100."""
    got = celib.balanced_class_weight(np.array([100, 50], "i1"))
    assert got.tolist() == [150 / (2 * 100), 150 / (2 * 50)]


def test_balanced_class_weight_prints_the_tensorflow_figures():
    assert [f"{w:.2f}" for w in celib.balanced_class_weight([284315, 492])] == ["0.50", "289.44"]


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.999, 1 - 1e-6, 1 - 2**-40])
@pytest.mark.parametrize("counts", [[1, 1], [30, 100, 25], [1, 10, 10**6], [5, 7]])
def test_effective_number_class_weight_against_mpmath(counts, beta):
    """(1 - beta) / (1 - beta^n), scaled to sum K. With beta near 1, 1 - beta^n must not cancel."""
    with mp.workdps(60):
        w = [(1 - mp.mpf(beta)) / (1 - mp.mpf(beta) ** n) for n in counts]
        expected = [float(v * len(counts) / mp.fsum(w)) for v in w]
    got = celib.effective_number_class_weight(counts, beta=beta)
    np.testing.assert_allclose(got, expected, rtol=RTOL)


@pytest.mark.parametrize(
    "counts, beta, expected",
    [
        # 1 - 1/2 = 1/2 and 1 - 1/4 = 3/4, so 1/E is 2 : 4/3 = 3 : 2, of sum 2.
        ([1, 2], 0.5, [6 / 5, 4 / 5]),
        # beta = 0: the effective number of every class is 1.
        ([1, 50, 1000], 0, [1, 1, 1]),
    ],
)
def test_effective_number_hand_fractions(counts, beta, expected):
    got = celib.effective_number_class_weight(counts, beta=beta)
    np.testing.assert_allclose(got, expected, rtol=RTOL)


def test_effective_number_tends_to_inverse_frequency():
    counts = np.array([3, 10, 200])
    inverse = celib.balanced_class_weight(counts)
    got = celib.effective_number_class_weight(counts, beta=1 - 1e-13)
    np.testing.assert_allclose(got, inverse * 3 / inverse.sum(), rtol=1e-9)


def test_effective_number_weights_in_a_loss_as_published():
    """fcakyon/balanced-loss, tests/test_losses.py (commit 36b23be): 1.59, asserted to 0.01.

    Its targets are one-hot rows, so PyTorch divides by N: reduction "mean" here.
    """
    weights = celib.effective_number_class_weight([30, 100, 25], beta=0.999)
    got = celib.categorical_cross_entropy_from_logits(
        [0, 2], [[0.78, 0.1, 0.05], [0.78, 0.83, 0.05]], class_weight=weights
    )
    # 1.59943186064998... (mpmath, dps 50): the page's 1.59 is cut, not rounded.
    assert got == pytest.approx(1.5994318606499873, rel=RTOL)


@given(
    counts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
    beta=st.floats(0, 1, exclude_max=True),
)
def test_effective_number_orders_and_sums(counts, beta):
    got = celib.effective_number_class_weight(counts, beta=beta)
    assert got.sum() == pytest.approx(len(counts), rel=1e-12)
    order = np.argsort(counts, kind="stable")
    assert np.all(np.diff(got[order]) <= 1e-12 * got.max())


@pytest.mark.parametrize("counts", [[3, 0], [-1, 4], [], [np.nan, 1]])
@pytest.mark.parametrize(
    "helper",
    [
        celib.balanced_class_weight,
        lambda counts: celib.effective_number_class_weight(counts, beta=0.9),
    ],
    ids=["balanced", "effective"],
)
def test_counts_must_be_positive(helper, counts):
    with pytest.raises(ValueError, match="counts"):
        helper(counts)


@pytest.mark.parametrize("beta", [-0.1, 1, 1.5, np.nan])
def test_beta_outside_its_range_is_refused(beta):
    with pytest.raises(ValueError, match=rf"(?s)beta.*{beta}|{beta}.*beta"):
        celib.effective_number_class_weight([3, 4], beta=beta)
