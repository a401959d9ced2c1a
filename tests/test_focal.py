"""Focal loss, binary (Lin et al. 2017, arXiv:1708.02002) and categorical.

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
# Below the normal range a double has no twelve digits left to compare.
TINY = 1e-307
GAMMAS = [0, 0.5, 1, 2, 5]
DTYPES = [np.float16, np.float32, np.float64]


def strictly(function, *args, **options):
    """Call with floating-point signals and warnings as errors: nothing depends on np.seterr."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*args, **options)


def exact_binary(y, p, gamma, alpha=None):
    """The definition, term by term, at the working precision; 0 log 0 is 0."""
    y, p, gamma = mp.mpf(y), mp.mpf(p), mp.mpf(gamma)
    cost = (y * -mp.log(p) if y else 0) + ((1 - y) * -mp.log(1 - p) if y < 1 else 0)
    p_t = y * p + (1 - y) * (1 - p)
    alpha_t = 1 if alpha is None else y * mp.mpf(alpha) + (1 - y) * (1 - mp.mpf(alpha))
    return alpha_t * (1 - p_t) ** gamma * cost


def exact_categorical(y, p, gamma, w):
    return mp.fsum(
        w_k * mp.mpf(y_k) * (1 - p_k) ** mp.mpf(gamma) * -mp.log(p_k)
        for y_k, p_k, w_k in zip(y, p, w, strict=True)
        if y_k
    )


def exact_softmax(z):
    top = [mp.exp(mp.mpf(float(v))) for v in z]
    return [v / mp.fsum(top) for v in top]


# --- binary: hand fractions ---------------------------------------------------------------------

# One example of each kind, of 3, 3, 1 and 2 bits; 1 - p_t is 7/8, 7/8, 1/2 and 3/4.
TARGETS = [1, 0, 0, 1]
PROBS = [1 / 8, 7 / 8, 1 / 2, 1 / 4]


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"gamma": 0}, [3, 3, 1, 2]),
        ({"gamma": 1}, [21 / 8, 21 / 8, 1 / 2, 3 / 2]),
        ({}, [147 / 64, 147 / 64, 1 / 4, 9 / 8]),  # gamma is 2, and there is no alpha
        ({"alpha": 1 / 4}, [147 / 256, 441 / 256, 3 / 16, 9 / 32]),
        ({"alpha": 1}, [147 / 64, 0, 0, 9 / 8]),  # the positives only
        ({"alpha": 0}, [0, 147 / 64, 1 / 4, 0]),  # the negatives only
        ({"gamma": 0, "alpha": 1 / 4}, [3 / 4, 9 / 4, 3 / 4, 1 / 2]),
        ({"reduction": "sum", "alpha": 1 / 4}, 177 / 64),
        ({"reduction": "mean", "alpha": 1 / 4}, 177 / 256),
        # The weights are alpha_t = 1/4 + 3/4 + 3/4 + 1/4 = 2, without the focal factor.
        ({"reduction": "weighted_mean", "alpha": 1 / 4}, 177 / 128),
        # Without alpha every weight is 1; the sum is 147/32 + 11/8.
        ({"reduction": "weighted_mean"}, 191 / 128),
    ],
)
def test_hand_fractions(options, expected):
    options = {"reduction": "none", "unit": "bits"} | options
    got = celib.focal_loss(TARGETS, PROBS, **options)
    np.testing.assert_allclose(got, expected, rtol=RTOL)
    got = celib.focal_loss_from_logits(TARGETS, celib.logit(PROBS), **options)
    np.testing.assert_allclose(got, expected, rtol=RTOL)


def test_the_defaults():
    """gamma = 2, no alpha, mean, nats: (147/64 + 147/64 + 1/4 + 9/8) / 4 bits."""
    got = celib.focal_loss(TARGETS, PROBS)
    assert got == pytest.approx(191 / 128 * float(mp.log(2)), rel=RTOL)


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("y", [0, 1, 0.3, 0.75])
def test_probabilities_against_mpmath(y, alpha, gamma):
    """dps 400 keeps 1 - p for p = 1e-300."""
    p = [1e-300, 1e-20, 0.03125, 0.25, 0.5, 0.7, 0.95, 1 - 2**-53]
    with mp.workdps(400):
        expected = [float(exact_binary(y, v, gamma, alpha)) for v in p]
    got = celib.focal_loss(np.full(8, y), p, gamma=gamma, alpha=alpha, reduction="none")
    np.testing.assert_allclose(got, expected, rtol=RTOL, atol=TINY)


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("y", [0, 1, 0.3, 0.75])
def test_logits_against_mpmath(y, alpha, gamma):
    """dps 400 keeps 1 - p for logits of +-700; losses of 1e-300 keep their twelve digits."""
    z = np.array([-700, -340, -150, -37, -5, -1, -1e-9, 0, 1e-9, 0.3, 2, 37, 100, 150, 340, 700])
    with mp.workdps(400):
        p = [1 / (1 + mp.exp(-mp.mpf(v))) for v in z]
        expected = [float(exact_binary(y, v, gamma, alpha)) for v in p]
    got = celib.focal_loss_from_logits(
        np.full(z.shape, y), z, gamma=gamma, alpha=alpha, reduction="none"
    )
    np.testing.assert_allclose(got, expected, rtol=RTOL, atol=TINY)


def test_soft_targets_as_optax():
    """p_t = y p + (1 - y)(1 - p), alpha_t likewise: not the sum of two focal losses."""
    # y = 3/4, p = 1/2: p_t = 1/2 and 1 bit, so 1/4 bit; alpha_t = 3/16 + 3/16 = 3/8.
    assert celib.focal_loss(0.75, 0.5, unit="bits") == pytest.approx(1 / 4, rel=RTOL)
    got = celib.focal_loss(0.75, 0.5, alpha=0.25, unit="bits")
    assert got == pytest.approx(3 / 32, rel=RTOL)
    # The weight of the soft example is alpha_t = 3/8; beside it y = 1, p = 1/2 of weight 1/4.
    got = celib.focal_loss(
        [0.75, 1], [0.5, 0.5], alpha=0.25, reduction="weighted_mean", unit="bits"
    )
    assert got == pytest.approx((3 / 32 + 1 / 16) / (5 / 8), rel=RTOL)


@pytest.mark.parametrize("unit, divisor", [("nats", 1), ("bits", mp.log(2)), ("bans", mp.log(10))])
def test_units(unit, divisor):
    """The unit belongs to the logarithm, not to the focal factor."""
    assert celib.focal_loss(1, 0.5, unit=unit) == pytest.approx(
        float(mp.log(2) / 4 / divisor), rel=RTOL
    )
    assert celib.categorical_focal_loss(0, [0.5, 0.5], unit=unit) == pytest.approx(
        float(mp.log(2) / 4 / divisor), rel=RTOL
    )


# --- binary: published figures ------------------------------------------------------------------


@pytest.mark.parametrize(
    "p_t, times_less", [(0.9, 100), (0.968, 976.5625), (0.5, 4), (1 - 10**-1.5, 1000)]
)
def test_times_less_than_cross_entropy_lin_et_al(p_t, times_less):
    """Lin et al. 2017, section 3.2, gamma = 2: 100 times at 0.9, "with p_t about 0.968" 1000 times

    (0.968 itself gives 976.6), and at most 4 times where p_t <= 0.5.
    """
    ratio = celib.binary_cross_entropy(1, p_t) / celib.focal_loss(1, p_t, gamma=2)
    assert ratio == pytest.approx(times_less, rel=1e-9)


def test_a_hundred_times_is_not_between_two_examples():
    """Often misquoted: FL(0.1) / FL(0.9) is 1770 and FL(0.5) / FL(0.9) is 164, neither 100."""
    hard, middle, easy = celib.focal_loss([1, 1, 1], [0.1, 0.5, 0.9], reduction="none")
    assert (hard / easy, middle / easy) == pytest.approx((1770.20197, 164.470337), rel=1e-8)


def test_p_t_is_a_probability_not_a_logit():
    """Logits -1 and 0.2, y = 1, gamma = 2: 0.70187 and 0.12121.

    semilleroCV/deep-learning-notes printed 5.25305 and 0.38281: (1 - z)^2 in place of (1 - p)^2.
    """
    got = celib.focal_loss_from_logits([1, 1], [-1, 0.2], reduction="none")
    np.testing.assert_allclose(got, [0.701868303411385, 0.12121250092646658], rtol=RTOL)


def test_paddlepaddle_sigmoid_focal_loss():
    """PaddlePaddle docs, sigmoid_focal_loss: 0.65782464, the sum over the 2 positives."""
    got = celib.focal_loss_from_logits(
        [[1, 0, 0], [0, 1, 0]],
        [[0.97, 0.91, 0.03], [0.55, 0.43, 0.71]],
        alpha=0.25,
        gamma=2,
        reduction="sum",
    )
    # 0.65782465821821... (mpmath, dps 50); the page's figure was computed in float32.
    assert got / 2 == pytest.approx(0.65782465821821, rel=RTOL)


# --- binary: identities -------------------------------------------------------------------------

targets_ = st.sampled_from([0.0, 1.0, 0.25, 0.9])
hard = st.sampled_from([0.0, 1.0])
logits_ = st.floats(-700, 700)
gammas = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0]) | st.floats(0, 8)
alphas = st.floats(0, 1)


@given(y=targets_, z=logits_)
def test_gamma_zero_without_alpha_is_binary_cross_entropy(y, z):
    got = celib.focal_loss_from_logits([y], [z], gamma=0)
    np.testing.assert_allclose(got, celib.binary_cross_entropy_from_logits([y], [z]), rtol=1e-14)
    p = celib.sigmoid(z)
    got = celib.focal_loss([y], [p], gamma=0)
    np.testing.assert_allclose(got, celib.binary_cross_entropy([y], [p]), rtol=1e-14)


@given(y=hard, z=logits_, alpha=alphas)
def test_gamma_zero_with_alpha_is_balanced_cross_entropy(y, z, alpha):
    got = celib.focal_loss_from_logits([y], [z], gamma=0, alpha=alpha)
    expected = celib.balanced_cross_entropy_from_logits([y], [z], alpha=alpha)
    np.testing.assert_allclose(got, expected, rtol=1e-14, atol=TINY)


@given(y=targets_, z=logits_, gamma=gammas)
def test_alpha_one_half_halves(y, z, gamma):
    got = celib.focal_loss_from_logits([y], [z], gamma=gamma, alpha=0.5)
    plain = celib.focal_loss_from_logits([y], [z], gamma=gamma)
    np.testing.assert_allclose(got, plain / 2, rtol=1e-14, atol=TINY)


@given(y=targets_, z=st.floats(-30, 30), gamma=gammas)
def test_ratio_to_cross_entropy_is_the_focal_factor(y, z, gamma):
    p = celib.sigmoid(z)
    ratio = celib.focal_loss([y], [p], gamma=gamma) / celib.binary_cross_entropy([y], [p])
    # 1 - p_t = y (1 - p) + (1 - y) p, a form in which nothing cancels.
    np.testing.assert_allclose(ratio, (y * (1 - p) + (1 - y) * p) ** gamma, rtol=1e-12)


@given(y=targets_, z=logits_, gamma=gammas, alpha=alphas)
def test_flipping_the_class_flips_p_and_alpha(y, z, gamma, alpha):
    got = celib.focal_loss_from_logits([1 - y], [-z], gamma=gamma, alpha=1 - alpha)
    expected = celib.focal_loss_from_logits([y], [z], gamma=gamma, alpha=alpha)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-16)


@given(y=targets_, z=logits_, gamma=gammas)
def test_the_factor_never_raises_a_loss(y, z, gamma):
    got = celib.focal_loss_from_logits([y], [z], gamma=gamma)
    ce = celib.binary_cross_entropy_from_logits([y], [z])
    assert 0 <= got <= ce * (1 + 1e-12)


# --- categorical --------------------------------------------------------------------------------

ROW = [1 / 2, 1 / 4, 1 / 4]


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"gamma": 0}, [1, 2, 2]),
        ({"gamma": 1}, [1 / 2, 3 / 2, 3 / 2]),
        ({}, [1 / 4, 9 / 8, 9 / 8]),
        ({"class_weight": [1, 2, 4]}, [1 / 4, 9 / 4, 9 / 2]),
        ({"class_weight": [1, 2, 4], "reduction": "sum"}, 7),
        ({"class_weight": [1, 2, 4], "reduction": "mean"}, 7 / 3),
        # The weights are w, 1 + 2 + 4, without the focal factor.
        ({"class_weight": [1, 2, 4], "reduction": "weighted_mean"}, 1),
        ({"reduction": "weighted_mean"}, 5 / 6),
    ],
)
@pytest.mark.parametrize("targets", [[0, 1, 2], np.eye(3)], ids=["labels", "one-hot"])
def test_categorical_hand_fractions(targets, options, expected):
    options = {"reduction": "none", "unit": "bits"} | options
    got = celib.categorical_focal_loss(targets, [ROW] * 3, **options)
    np.testing.assert_allclose(got, expected, rtol=RTOL)
    got = celib.categorical_focal_loss_from_logits(targets, np.log([ROW] * 3), **options)
    np.testing.assert_allclose(got, expected, rtol=RTOL)


def test_categorical_soft_targets_per_class():
    """Each class carries its own factor: w_k y_k (1 - p_k)^gamma (-log p_k)."""
    y = [[1 / 2, 1 / 2, 0]]
    got = celib.categorical_focal_loss(y, [ROW], unit="bits")
    assert got == pytest.approx(11 / 16, rel=RTOL)
    options = {"class_weight": [1, 2, 4], "unit": "bits"}
    got = celib.categorical_focal_loss(y, [ROW], **options)
    assert got == pytest.approx(5 / 4, rel=RTOL)
    got = celib.categorical_focal_loss(y, [ROW], reduction="weighted_mean", **options)
    assert got == pytest.approx(5 / 6, rel=RTOL)


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("w", [None, [0.3, 1, 2, 7]])
def test_categorical_logits_against_mpmath(gamma, w):
    """dps 700 keeps 1 - p_y for a lead of 1400 over the other classes."""
    rows = [
        [700, 0, -700, 3],
        [1e-9, 0, 0, -1e-9],
        [50, 0, 0, 1],
        [-700, -700, 700, 699],
        [0.3, -2, 1, 0.7],
        [140, 0, -1, 2],
    ]
    with mp.workdps(700):
        expected = [
            float(exact_categorical(np.eye(4)[k], exact_softmax(z), gamma, w or [1] * 4))
            for z in rows
            for k in range(4)
        ]
    got = celib.categorical_focal_loss_from_logits(
        np.tile(range(4), 6),
        np.repeat(rows, 4, axis=0).astype(float),
        gamma=gamma,
        class_weight=w,
        reduction="none",
    )
    np.testing.assert_allclose(got, expected, rtol=RTOL, atol=TINY)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_categorical_soft_targets_against_mpmath(gamma):
    """dps 50; every term has one sign, so nothing cancels."""
    y, p, w = [0.125, 0.25, 0.5, 0.125], [0.7, 0.1, 0.15, 0.05], [0.3, 1, 2, 7]
    with mp.workdps(50):
        expected = float(exact_categorical(y, [mp.mpf(v) for v in p], gamma, w))
    got = celib.categorical_focal_loss(y, p, gamma=gamma, class_weight=w)
    assert got == pytest.approx(expected, rel=RTOL)


@pytest.mark.parametrize(
    "probs, printed",
    [
        # Keras 3.15.1, docstrings of CategoricalFocalCrossentropy and of the function
        ([[0.05, 0.95, 0], [0.1, 0.8, 0.1]], [3.2058331e-05, 0.46627346]),
        ([[0.05, 0.9, 0.05], [0.1, 0.85, 0.05]], [2.63401289e-04, 0.675912094]),
    ],
)
def test_categorical_figures_of_the_keras_docstrings(probs, printed):
    """Keras has one alpha for all classes, 0.25 by default: a constant factor, no balance."""
    got = celib.categorical_focal_loss([1, 2], probs, class_weight=[0.25] * 3, reduction="none")
    np.testing.assert_allclose(got, printed, rtol=1e-5)  # Keras computes in float32


@given(z=st.lists(logits_, min_size=2, max_size=5), gamma=gammas)
def test_categorical_gamma_zero_and_shift(z, gamma):
    losses = celib.categorical_focal_loss_from_logits
    for k in range(len(z)):
        np.testing.assert_allclose(
            losses(k, z, gamma=0), celib.categorical_cross_entropy_from_logits(k, z), rtol=1e-14
        )
    # Rounded to 2^-20, so adding 512 is exact and only the shift can make a difference.
    z = np.round(np.array(z) * 2**20) / 2**20
    np.testing.assert_allclose(
        losses(0, z + 512, gamma=gamma), losses(0, z, gamma=gamma), rtol=1e-12, atol=TINY
    )


@given(y=hard, z=logits_, gamma=gammas)
def test_two_classes_are_the_binary_focal_loss(y, z, gamma):
    got = celib.categorical_focal_loss_from_logits(int(y), [0.0, z], gamma=gamma)
    expected = celib.focal_loss_from_logits(y, z, gamma=gamma)
    np.testing.assert_allclose(got, expected, rtol=2e-12, atol=TINY)


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_extreme_logits(dtype, gamma):
    edge = np.finfo(dtype).max
    logits = np.array([edge, -edge, edge, -edge, 0], dtype)
    targets = np.array([1, 0, 0, 1, 1], dtype)
    got = strictly(celib.focal_loss_from_logits, targets, logits, gamma=gamma, reduction="none")
    assert got.dtype == dtype
    # Certain and wrong costs |z|; certain and right nothing; log 2 / 2^gamma in between.
    expected = [0, 0, float(edge), float(edge), float(mp.log(2)) / 2**gamma]
    np.testing.assert_allclose(got.astype(float), expected, rtol=1e-3)
    soft = strictly(
        celib.focal_loss_from_logits,
        np.full(5, 0.5, dtype),
        logits,
        gamma=gamma,
        alpha=0.25,
        reduction="none",
    )
    assert np.isfinite(soft).all()


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_categorical_extreme_logits(dtype, gamma):
    edge = np.finfo(dtype).max
    loss = celib.categorical_focal_loss_from_logits
    logits = np.array([[edge, 0, 0], [0, -edge, 0], [0, edge, 0]], dtype)
    got = strictly(loss, [0, 1, 1], logits, gamma=gamma, reduction="none")
    assert got.dtype == dtype
    np.testing.assert_allclose(got.astype(float), [0, float(edge), 0], rtol=1e-3)
    # edge - (-edge) is more than the type holds, and so is the loss.
    got = strictly(
        loss, [0, 1], np.array([[edge, -edge]] * 2, dtype), gamma=gamma, reduction="none"
    )
    np.testing.assert_array_equal(got, [0, np.inf])


@pytest.mark.parametrize("gamma", GAMMAS)
def test_certain_probabilities(gamma):
    """Right and certain is 0, even as 0^0 * 0; wrong and certain inf; weight 0 times inf is 0."""
    got = strictly(celib.focal_loss, [1, 0, 1, 0], [1, 0, 0, 1], gamma=gamma, reduction="none")
    np.testing.assert_array_equal(got, [0, 0, np.inf, np.inf])
    got = strictly(celib.focal_loss, [0, 1], [1, 1], gamma=gamma, alpha=1, reduction="none")
    np.testing.assert_array_equal(got, [0, 0])
    rows = [[1, 0, 0]] * 2
    got = strictly(celib.categorical_focal_loss, [0, 1], rows, gamma=gamma, reduction="none")
    np.testing.assert_array_equal(got, [0, np.inf])
    got = strictly(celib.categorical_focal_loss, [0, 1], rows, gamma=gamma, class_weight=[1, 0, 1])
    assert got == 0
    # A target that gives the impossible class nothing does not care about it.
    got = strictly(celib.categorical_focal_loss, [[0.5, 0.5, 0]], [[0.5, 0.5, 0]], gamma=gamma)
    assert got == pytest.approx(float(mp.log(2)) / 2**gamma, rel=RTOL)


@pytest.mark.parametrize("alpha", [None, 0.25])
def test_what_is_ruled_out_costs_inf_though_the_power_rounds_to_zero(alpha):
    """0.5^2000 is no float64, but not 0 either, and inf times it is inf."""
    got = strictly(celib.focal_loss, [0.5, 1], [0, 1], gamma=2000, alpha=alpha, reduction="none")
    np.testing.assert_array_equal(got, [np.inf, 0])


@pytest.mark.parametrize("gamma", GAMMAS)
def test_masked_classes(gamma):
    """-inf masks a class: the loss is that of the remaining classes."""
    full = strictly(
        celib.categorical_focal_loss_from_logits, [0], [[1.0, 2.0, -np.inf]], gamma=gamma
    )
    rest = strictly(celib.categorical_focal_loss_from_logits, [0], [[1.0, 2.0]], gamma=gamma)
    assert full == pytest.approx(rest, rel=RTOL)
    assert (
        strictly(celib.categorical_focal_loss_from_logits, 1, [0.0, -np.inf], gamma=gamma) == np.inf
    )
    assert strictly(celib.focal_loss_from_logits, [1, 0], [-np.inf, -np.inf], gamma=gamma) == np.inf


def test_nan_logits_stay_in_their_row():
    got = celib.focal_loss_from_logits([1, 1], [np.nan, 0.0], reduction="none")
    np.testing.assert_allclose(got, [np.nan, float(mp.log(2)) / 4], rtol=RTOL)
    got = celib.categorical_focal_loss_from_logits(
        [0, 0], [[np.nan, 0.0], [0.0, 0.0]], reduction="none"
    )
    np.testing.assert_allclose(got, [np.nan, float(mp.log(2)) / 4], rtol=RTOL)


def test_types_and_shapes_of_the_answers():
    assert type(celib.focal_loss(1, 0.5)) is float
    assert type(celib.focal_loss_from_logits(TARGETS, PROBS)) is float
    assert type(celib.categorical_focal_loss(0, ROW, reduction="none")) is float
    half = np.full((2, 3), 0.5, np.float32)
    got = celib.focal_loss(half, half, reduction="none")
    assert (got.dtype, got.shape) == (np.float32, (2, 3))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["labels", "integer one-hot", "float one-hot"])
def test_targets_of_any_kind_leave_the_type_of_the_logits(kind, dtype):
    labels = np.zeros((2, 4), int)
    targets = labels if kind == "labels" else np.eye(3, dtype=int)[labels]
    if kind == "float one-hot":
        targets = targets.astype(dtype)
    got = celib.categorical_focal_loss_from_logits(
        targets, np.zeros((2, 4, 3), dtype), reduction="none"
    )
    assert (got.dtype, got.shape) == (dtype, (2, 4))
    np.testing.assert_allclose(got, float(mp.log(3)) * 4 / 9, rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("gamma", [-1, -0.5, np.nan])
@pytest.mark.parametrize(
    "loss, targets, scores",
    [
        (celib.focal_loss, TARGETS, PROBS),
        (celib.focal_loss_from_logits, TARGETS, PROBS),
        (celib.categorical_focal_loss, [0], [ROW]),
        (celib.categorical_focal_loss_from_logits, [0], [ROW]),
    ],
)
def test_negative_gamma_is_refused(loss, targets, scores, gamma):
    with pytest.raises(ValueError, match=f"gamma.*{gamma}|{gamma}.*gamma"):
        loss(targets, scores, gamma=gamma)


@pytest.mark.parametrize("alpha", [-1, 1.01, 25, np.nan])
def test_alpha_outside_the_unit_interval_is_refused(alpha):
    """torchvision's alpha = -1, "none", is refused too: say None."""
    with pytest.raises(ValueError, match=f"alpha.*{alpha}|{alpha}.*alpha"):
        celib.focal_loss(TARGETS, PROBS, alpha=alpha)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"1\.2"):
        celib.focal_loss([1, 0], [0.5, 1.2])
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)|\(3,\).*\(2,\)"):
        celib.focal_loss([1, 0], [0.5, 0.2, 0.3])
    with pytest.raises(ValueError, match=r"0\.9"):
        celib.categorical_focal_loss([0], [[0.5, 0.4]])
    with pytest.raises(ValueError, match="3"):
        celib.categorical_focal_loss([3], [ROW])
    with pytest.raises(ValueError, match="class_weight"):
        celib.categorical_focal_loss([0], [ROW], class_weight=[1, 2])
    with pytest.raises(TypeError):
        celib.focal_loss([1], [0.5], 2.0)
