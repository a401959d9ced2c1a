"""value_and_gradient and numerical_gradient.

The oracle below knows no formula for a gradient: it writes each loss down from its definition and
lets mpmath differentiate it: at dps 50 for ordinary logits, at dps 700 for logits in [-700, 700].
That many digits are needed for 1 - p_y where the true class leads by 1400, about 1e-608.
"""

import warnings

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import celib
from celib import (
    balanced_cross_entropy_from_logits,
    binary_cross_entropy_from_logits,
    categorical_cross_entropy_from_logits,
    categorical_focal_loss_from_logits,
    focal_loss_from_logits,
    numerical_gradient,
    value_and_gradient,
)

RTOL = 1e-12
# Below the normal range a double has no twelve digits left to compare.
TINY = 1e-307
DTYPES = [np.float16, np.float32, np.float64]

CATEGORICAL = [categorical_cross_entropy_from_logits, categorical_focal_loss_from_logits]
BINARY = [
    binary_cross_entropy_from_logits,
    balanced_cross_entropy_from_logits,
    focal_loss_from_logits,
]


def named(loss):
    return getattr(loss, "__name__", None)


def strictly(function, *args, **options):
    """Call with floating-point signals and warnings as errors: nothing depends on np.seterr."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*args, **options)


# --- the oracle ---------------------------------------------------------------------------------


def categorical_loss(y, z, class_weight=None, label_smoothing=0, gamma=0):
    w = [mp.mpf(v) for v in class_weight or [1] * len(z)]
    e = mp.mpf(label_smoothing)
    total = mp.fsum(mp.exp(v) for v in z)
    loss = mp.mpf(0)
    for y_k, z_k, w_k in zip(y, z, w, strict=True):
        p_k = mp.exp(z_k) / total
        share = y_k * (1 - e) + e / len(z)
        if share:
            loss += w_k * share * (1 - p_k) ** mp.mpf(gamma) * -mp.log(p_k)
    return loss


def binary_loss(y, z, positive=1, negative=1, label_smoothing=0, gamma=0, alpha=None):
    e = mp.mpf(label_smoothing)
    y = y * (1 - e) + e / 2
    p = 1 / (1 + mp.exp(-z))
    cost = mp.mpf(positive) * y * -mp.log(p) + mp.mpf(negative) * (1 - y) * -mp.log(1 - p)
    p_t = y * p + (1 - y) * (1 - p)
    alpha_t = 1 if alpha is None else y * mp.mpf(alpha) + (1 - y) * (1 - mp.mpf(alpha))
    return alpha_t * (1 - p_t) ** mp.mpf(gamma) * cost


def plain(loss, options):
    """The loss of one example, written down above, with this call's options."""
    options = dict(options)
    if loss in (categorical_focal_loss_from_logits, focal_loss_from_logits):
        options.setdefault("gamma", 2)
    if loss in CATEGORICAL:
        return lambda y, z: categorical_loss(y, z, **options)
    if loss is balanced_cross_entropy_from_logits:
        alpha = mp.mpf(options["alpha"])
        return lambda y, z: binary_loss(y, z[0], positive=alpha, negative=1 - alpha)
    options["positive"] = options.pop("pos_weight", 1)
    return lambda y, z: binary_loss(y, z[0], **options)


def weight(y, options):
    """The weight of one example in the weighted mean, from its target as given, not smoothed."""
    if isinstance(y, list):
        return mp.fdot(y, options.get("class_weight") or [1] * len(y))
    alpha = options.get("alpha")
    positive, negative = (options.get("pos_weight", 1), 1) if alpha is None else (alpha, 1 - alpha)
    return positive * y + negative * (1 - y)


def slopes(function, z):
    """The derivative of function(z) by each entry of z, by mpmath's own differentiation."""
    return [
        mp.diff(lambda t, k=k: function([*z[:k], t, *z[k + 1 :]]), z_k) for k, z_k in enumerate(z)
    ]


def oracle(loss, targets, logits, reduction="mean", dps=50, **options):
    """The reduced value and its gradient."""
    values, gradient, weights = [], [], []
    with mp.workdps(dps):
        one = plain(loss, options)
        for y, z in zip(targets, logits, strict=True):
            if loss in CATEGORICAL and not isinstance(y, list):
                y = [float(k == y) for k in range(len(z))]
            z = [mp.mpf(v) for v in np.atleast_1d(z).tolist()]
            y = [mp.mpf(v) for v in y] if isinstance(y, list) else mp.mpf(y)
            values.append(one(y, z))
            gradient.append(slopes(lambda v, y=y: one(y, v), z))
            weights.append(weight(y, options))
        total = {"sum": 1, "mean": len(values), "weighted_mean": mp.fsum(weights)}[reduction]
        value = float(mp.fsum(values) / total)
        gradient = [[float(g / total) for g in row] for row in gradient]
    return value, np.reshape(gradient, np.shape(logits))


# --- every loss, every option -------------------------------------------------------------------

ROWS = [[0.5, -1.0, 2.0], [3.0, 0.25, -0.5], [-2.0, 1.0, 1.5], [0.0, 0.0, 0.0]]
LABELS = [2, 1, 0, 0]
SOFT = [[0.25, 0.25, 0.5], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0], [0.125, 0.75, 0.125]]
SCORES = [2.0, -1.5, 0.25, 3.0, -0.5]
HARD_Y = [1.0, 0.0, 1.0, 0.0, 0.0]
SOFT_Y = [0.75, 0.0, 0.5, 1.0, 0.125]
W = [0.5, 1.0, 4.0]

CASES = [
    *(
        (categorical_cross_entropy_from_logits, y, ROWS, options)
        for y in (LABELS, SOFT)
        for options in (
            {},
            {"class_weight": W},
            {"label_smoothing": 0.2},
            {"class_weight": W, "label_smoothing": 0.2},
        )
    ),
    *(
        (categorical_focal_loss_from_logits, y, ROWS, options)
        for y in (LABELS, SOFT)
        for options in (
            {},
            {"gamma": 0},
            {"gamma": 0.5},
            {"gamma": 5},
            {"class_weight": W},
            {"class_weight": W, "gamma": 1},
        )
    ),
    *(
        (binary_cross_entropy_from_logits, y, SCORES, options)
        for y in (HARD_Y, SOFT_Y)
        for options in (
            {},
            {"pos_weight": 3},
            {"label_smoothing": 0.2},
            {"pos_weight": 3, "label_smoothing": 0.2},
        )
    ),
    *(
        (balanced_cross_entropy_from_logits, y, SCORES, {"alpha": alpha})
        for y in (HARD_Y, SOFT_Y)
        for alpha in (0.25, 0.75, 1)
    ),
    *(
        (focal_loss_from_logits, y, SCORES, options)
        for y in (HARD_Y, SOFT_Y)
        for options in (
            {},
            {"gamma": 0},
            {"gamma": 0.5},
            {"gamma": 5},
            {"alpha": 0.25},
            {"alpha": 0.75, "gamma": 1},
            {"alpha": 1, "gamma": 5},
        )
    ),
]


def case_id(case):
    loss, targets, _, options = case
    kind = "soft" if targets in (SOFT, SOFT_Y) else "hard"
    return "-".join([loss.__name__.removesuffix("_from_logits"), kind, *map(str, options.items())])


every_case = pytest.mark.parametrize("case", CASES, ids=map(case_id, CASES))


@every_case
@pytest.mark.parametrize("reduction", ["mean", "sum", "weighted_mean"])
def test_value_and_gradient_against_mpmath(case, reduction):
    loss, targets, logits, options = case
    value, gradient = value_and_gradient(loss, targets, logits, reduction=reduction, **options)
    expected_value, expected = oracle(loss, targets, logits, reduction, **options)
    assert value == pytest.approx(expected_value, rel=RTOL)
    # Soft targets subtract shares of size 1, so their error is measured against 1.
    atol = TINY if targets in (LABELS, HARD_Y) and not options.get("label_smoothing") else 1e-13
    np.testing.assert_allclose(gradient, expected, rtol=RTOL, atol=atol)


@every_case
@pytest.mark.parametrize("reduction", ["mean", "sum", "weighted_mean"])
@pytest.mark.parametrize("unit", ["nats", "bits", "bans"])
def test_gradient_against_central_differences_and_value_against_the_loss(case, reduction, unit):
    loss, targets, logits, options = case
    options = options | {"reduction": reduction, "unit": unit}
    value, gradient = value_and_gradient(loss, targets, logits, **options)
    assert type(value) is float
    assert value == pytest.approx(loss(targets, logits, **options), rel=1e-14)
    numerical = numerical_gradient(lambda z: loss(targets, z, **options), np.array(logits))
    assert gradient.shape == np.shape(logits)
    np.testing.assert_allclose(gradient, numerical, rtol=1e-6, atol=1e-7)


@every_case
def test_the_defaults_are_those_of_the_loss(case):
    """Mean, in nats: dividing the gradient by N, or by ln 2, must not be forgotten or added."""
    loss, targets, logits, options = case
    value, gradient = value_and_gradient(loss, targets, logits, **options)
    total, of_total = value_and_gradient(loss, targets, logits, reduction="sum", **options)
    assert value == pytest.approx(total / len(logits), rel=1e-14)
    np.testing.assert_allclose(gradient, of_total / len(logits), rtol=1e-13)
    bits, of_bits = value_and_gradient(loss, targets, logits, unit="bits", **options)
    assert value == pytest.approx(bits * float(mp.log(2)), rel=1e-14)
    np.testing.assert_allclose(gradient, of_bits * float(mp.log(2)), rtol=1e-13)


# --- published gradients ------------------------------------------------------------------------


def test_softmax_minus_one_hot_as_mindspore_prints():
    """MindSpore docs, SoftmaxCrossEntropyWithLogits: per example, so the sum, to 8 decimals."""
    _, gradient = value_and_gradient(
        categorical_cross_entropy_from_logits,
        [4, 3],
        [[2, 4, 1, 4, 5], [2, 1, 2, 4, 3]],
        reduction="sum",
    )
    printed = [
        [0.02760027, 0.20393994, 0.01015357, 0.20393994, -0.44563377],
        [0.08015892, 0.02948882, 0.08015892, -0.4077012, 0.21789455],
    ]
    np.testing.assert_allclose(gradient, printed, atol=1.5e-8)


def test_the_weighted_mean_of_pytorch_issue_15258():
    """Loss 0.8847; the gradient is w_y / sum(w) (softmax - one-hot), printed to four decimals."""
    value, gradient = value_and_gradient(
        categorical_cross_entropy_from_logits,
        [1, 0, 1],
        [[-5, -6], [3, 2], [3, 2]],
        class_weight=[3, 2],
        reduction="weighted_mean",
    )
    assert round(value, 4) == 0.8847
    printed = [[0.2089, -0.2089], [-0.1153, 0.1153], [0.2089, -0.2089]]
    np.testing.assert_array_equal(np.round(gradient, 4), printed)


# --- hard labels, to the ends of the range ------------------------------------------------------

WIDE = [-700.0, -350.25, -150.0, -40.0, -1.0, -1e-10, 0.0, 1e-10, 0.5, 37.0, 140.0, 340.0, 700.0]
WIDE_ROWS = [
    [700.0, 0.0, -700.0, 3.0],
    [1e-9, 0.0, 0.0, -1e-9],
    [50.0, 0.0, 0.0, 1.0],
    [-700.0, -700.0, 700.0, 699.0],
    [0.0, 690.0, 1.0, 2.0],
]
BINARY_OPTIONS = [
    (binary_cross_entropy_from_logits, {}),
    (binary_cross_entropy_from_logits, {"pos_weight": 9}),
    (balanced_cross_entropy_from_logits, {"alpha": 0.25}),
    *((focal_loss_from_logits, {"gamma": g}) for g in (0, 0.5, 1, 2, 5)),
    (focal_loss_from_logits, {"gamma": 0.5, "alpha": 0.25}),
    (focal_loss_from_logits, {"gamma": 2, "alpha": 0.25}),
]
CATEGORICAL_OPTIONS = [
    (categorical_cross_entropy_from_logits, {}),
    (categorical_cross_entropy_from_logits, {"class_weight": [1.0, 0.5, 3.0, 7.0]}),
    *((categorical_focal_loss_from_logits, {"gamma": g}) for g in (0, 0.5, 1, 2, 5)),
    (categorical_focal_loss_from_logits, {"gamma": 2, "class_weight": [1.0, 0.5, 3.0, 7.0]}),
]


@pytest.mark.parametrize("loss, options", BINARY_OPTIONS, ids=lambda v: named(v) or str(v))
def test_binary_hard_labels_over_the_whole_range(loss, options):
    targets, logits = [0.0, 1.0] * len(WIDE), list(np.repeat(WIDE, 2))
    value, gradient = strictly(
        value_and_gradient, loss, targets, logits, reduction="sum", **options
    )
    expected_value, expected = oracle(loss, targets, logits, "sum", dps=700, **options)
    assert value == pytest.approx(expected_value, rel=RTOL)
    np.testing.assert_allclose(gradient, expected, rtol=RTOL, atol=TINY)


@pytest.mark.parametrize("loss, options", CATEGORICAL_OPTIONS, ids=lambda v: named(v) or str(v))
def test_categorical_hard_labels_over_the_whole_range(loss, options):
    """Where p_y rounds to 1, p_y - 1 would be 0; its true value is minus the other classes' sum."""
    labels = list(range(4)) * len(WIDE_ROWS)
    logits = [row for row in WIDE_ROWS for _ in range(4)]
    expected_value, expected = oracle(loss, labels, logits, "sum", dps=700, **options)
    for targets in (labels, np.eye(4)[labels]):
        value, gradient = strictly(
            value_and_gradient, loss, targets, logits, reduction="sum", **options
        )
        assert value == pytest.approx(expected_value, rel=RTOL)
        np.testing.assert_allclose(gradient, expected, rtol=RTOL, atol=TINY)


def test_a_nearly_certain_class_keeps_its_gradient():
    """By hand: logits (690, 0), label 0: the gradient is (-e^-690, e^-690), about 1e-300."""
    _, gradient = value_and_gradient(categorical_cross_entropy_from_logits, 0, [690.0, 0.0])
    with mp.workdps(30):
        tiny = float(mp.exp(-690))
    np.testing.assert_allclose(gradient, [-tiny, tiny], rtol=RTOL)
    _, gradient = value_and_gradient(binary_cross_entropy_from_logits, 1, 690.0)
    assert gradient == pytest.approx(-tiny, rel=RTOL)


# --- what every gradient has to satisfy ---------------------------------------------------------

rows_ = hnp.arrays(float, (3, 4), elements=st.floats(-700, 700))
labels_ = st.lists(st.integers(0, 3), min_size=3, max_size=3)
shares_ = hnp.arrays(float, (3, 4), elements=st.floats(0.01, 1)).map(
    lambda a: a / a.sum(axis=-1, keepdims=True)
)
categorical_options = st.sampled_from(
    [
        (categorical_cross_entropy_from_logits, {"label_smoothing": 0.1}),
        (categorical_cross_entropy_from_logits, {"class_weight": [1, 0.5, 3, 0]}),
        *CATEGORICAL_OPTIONS,
    ]
)


@given(z=rows_, y=labels_ | shares_, option=categorical_options)
def test_categorical_gradients_sum_to_zero(z, y, option):
    """Adding a constant to a row changes nothing, so no gradient points that way."""
    loss, options = option
    _, gradient = value_and_gradient(loss, y, z, reduction="sum", **options)
    np.testing.assert_allclose(gradient.sum(axis=-1), 0, atol=1e-13 * 8)


@given(z=rows_, y=labels_)
def test_hard_labels_push_their_class_up_and_the_others_down(z, y):
    for loss in CATEGORICAL:
        _, gradient = value_and_gradient(loss, y, z, reduction="sum")
        own = np.eye(4, dtype=bool)[y]
        assert (gradient[own] <= 0).all()
        assert (gradient[~own] >= 0).all()


@given(z=rows_, y=labels_ | shares_)
def test_cross_entropy_gradients_stay_between_minus_one_and_one(z, y):
    _, gradient = value_and_gradient(categorical_cross_entropy_from_logits, y, z, reduction="sum")
    assert np.abs(gradient).max() <= 1 + 1e-14
    _, gradient = value_and_gradient(binary_cross_entropy_from_logits, z > 0, z, reduction="sum")
    assert np.abs(gradient).max() <= 1


@given(z=rows_, y=labels_, gamma=st.floats(0, 5))
def test_focal_gradients_are_bounded(z, y, gamma):
    """|d/dz| = (1 - p)^gamma (1 - p - gamma p log p), and -p log p <= 1/e."""
    bound = 1 + gamma / np.e + 1e-12
    _, gradient = value_and_gradient(
        categorical_focal_loss_from_logits, y, z, gamma=gamma, reduction="sum"
    )
    assert np.abs(gradient).max() <= bound
    _, gradient = value_and_gradient(
        focal_loss_from_logits, z > 100, z, gamma=gamma, reduction="sum"
    )
    assert np.abs(gradient).max() <= bound


@given(z=st.floats(-700, 700), y=st.sampled_from([0.0, 1.0]))
def test_two_classes_have_the_binary_gradient(z, y):
    value, gradient = value_and_gradient(binary_cross_entropy_from_logits, y, z)
    value_2, gradient_2 = value_and_gradient(
        categorical_cross_entropy_from_logits, int(y), [0.0, z]
    )
    assert value_2 == pytest.approx(value, rel=2e-12, abs=TINY)
    np.testing.assert_allclose(gradient_2, [-gradient, gradient], rtol=2e-12, atol=TINY)


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss, options", BINARY_OPTIONS, ids=lambda v: named(v) or str(v))
def test_binary_gradients_at_the_edge_of_the_type(loss, options, dtype):
    """Certain and right: 0. Certain and wrong: the loss is |z| times a weight, so +- the weight."""
    edge = np.finfo(dtype).max
    targets, logits = np.array([1, 0, 0, 1], dtype), np.array([edge, -edge, edge, -edge], dtype)
    _, gradient = strictly(
        value_and_gradient, loss, targets, logits / dtype(4), reduction="sum", **options
    )
    positive = options.get("pos_weight", options.get("alpha") or 1)
    negative = 1 - options["alpha"] if "alpha" in options else 1
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient, [0, 0, negative, -positive], rtol=1e-6)
    value, gradient = strictly(
        value_and_gradient, loss, targets, logits, reduction="sum", **options
    )
    assert not np.isnan(value)
    np.testing.assert_allclose(gradient, [0, 0, negative, -positive], rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss, options", CATEGORICAL_OPTIONS, ids=lambda v: named(v) or str(v))
def test_categorical_gradients_at_the_edge_of_the_type(loss, options, dtype):
    edge = np.finfo(dtype).max
    logits = np.array([[edge, -edge, 0, -edge]] * 3, dtype)
    value, gradient = strictly(
        value_and_gradient, loss, [0, 1, 2], logits, reduction="sum", **options
    )
    w = options.get("class_weight", [1, 1, 1, 1])
    assert value == np.inf
    assert gradient.dtype == dtype
    expected = [[0, 0, 0, 0], [w[1], -w[1], 0, 0], [w[2], 0, -w[2], 0]]
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)


@pytest.mark.parametrize("loss", CATEGORICAL, ids=named)
def test_masked_classes_get_no_gradient(loss):
    """-inf rules a class out: gradient 0 there, and elsewhere that of the remaining classes."""
    rows, rest = [[1.0, -np.inf, 2.0], [-np.inf, 0.5, 0.25]], [[1.0, 2.0], [0.5, 0.25]]
    value, gradient = strictly(value_and_gradient, loss, [0, 2], rows)
    value_2, gradient_2 = strictly(value_and_gradient, loss, [0, 1], rest)
    assert value == pytest.approx(value_2, rel=RTOL)
    (a, b), (c, d) = gradient_2
    np.testing.assert_allclose(gradient, [[a, 0, b], [0, c, d]], rtol=RTOL)


@pytest.mark.parametrize("loss", CATEGORICAL, ids=named)
def test_a_class_may_be_masked_for_all_examples(loss):
    """Whatever axes they have: only a row without any class left is refused."""
    z = np.linspace(-2, 3, 24).reshape(2, 3, 4)
    z[..., 0] = -np.inf
    y = np.broadcast_to([0, 0.25, 0.25, 0.5], z.shape)
    value, gradient = value_and_gradient(loss, y, z, reduction="sum")
    rest, of_rest = value_and_gradient(loss, y[..., 1:], z[..., 1:], reduction="sum")
    assert value == pytest.approx(rest, rel=RTOL)
    assert loss(y, z, reduction="sum") == pytest.approx(rest, rel=RTOL)
    np.testing.assert_allclose(gradient[..., 1:], of_rest, rtol=RTOL)
    assert not gradient[..., 0].any()


@pytest.mark.parametrize("loss", CATEGORICAL, ids=named)
def test_a_masked_true_class_costs_inf_and_has_a_gradient(loss):
    """softmax - one-hot is finite even there: push the masked class up, the other down."""
    value, gradient = strictly(value_and_gradient, loss, 1, [0.0, -np.inf])
    assert value == np.inf
    np.testing.assert_allclose(gradient, [1, -1], rtol=RTOL)


@pytest.mark.parametrize("gamma", [0.5, 1, 2])
def test_minus_infinity_in_a_binary_loss(gamma):
    value, gradient = strictly(
        value_and_gradient,
        focal_loss_from_logits,
        [0, 1],
        [-np.inf, -np.inf],
        gamma=gamma,
        reduction="sum",
    )
    assert value == np.inf
    np.testing.assert_array_equal(gradient, [0, -1])


@pytest.mark.parametrize("loss", CATEGORICAL, ids=named)
def test_nan_stays_in_its_row(loss):
    value, gradient = value_and_gradient(loss, [0, 1], [[np.nan, 0.0], [0.0, 0.0]])
    assert np.isnan(value)
    assert np.isnan(gradient[0]).all()
    assert np.isfinite(gradient[1]).all()


def test_zero_weight_has_zero_gradient():
    _, gradient = value_and_gradient(
        categorical_cross_entropy_from_logits,
        [0, 1],
        [[0.0, -np.inf], [1.0, 2.0]],
        class_weight=[1, 0],
        reduction="weighted_mean",
    )
    np.testing.assert_array_equal(gradient, 0)
    value, gradient = value_and_gradient(
        balanced_cross_entropy_from_logits, [0, 0], [5.0, 700.0], alpha=1
    )
    assert value == 0
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_types_of_the_answers(dtype):
    for loss, targets, logits, options in CASES[::5]:
        z = np.array(logits, dtype)
        y = np.array(targets) if targets is LABELS else np.array(targets, dtype)
        before = z.copy()
        value, gradient = value_and_gradient(loss, y, z, **options)
        assert type(value) is float
        assert (gradient.dtype, gradient.shape) == (z.dtype, z.shape)
        np.testing.assert_array_equal(z, before)
        _, expected = value_and_gradient(loss, targets, logits, **options)
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=8 * np.finfo(dtype).eps)


def test_float16_is_worked_out_in_float32():
    """Beside a logit of 0, the slope e^x / (1 + e^x) of another class is the nearest float16."""
    x = np.linspace(-5, 8, 500, dtype="f2")
    want = 1 / (1 + np.exp(-x.astype("f8")))
    for targets in (np.zeros(500, int), np.eye(2, dtype="f2")[np.zeros(500, int)]):
        _, gradient = value_and_gradient(
            categorical_cross_entropy_from_logits,
            targets,
            np.stack([0 * x, x], axis=1),
            reduction="sum",
        )
        np.testing.assert_array_equal(gradient[:, 1], want.astype("f2"))


@pytest.mark.parametrize("loss", BINARY, ids=named)
def test_the_wider_of_two_float_types_wins_and_integers_have_no_say(loss):
    options = {"alpha": 0.25} if loss is balanced_cross_entropy_from_logits else {}
    for y, z, expected in (("i8", "f4", "f4"), ("f4", "f8", "f8"), ("f8", "f4", "f8")):
        _, gradient = value_and_gradient(loss, np.ones(2, y), np.ones(2, z), **options)
        assert gradient.dtype == np.dtype(expected)


@pytest.mark.parametrize("loss", BINARY, ids=named)
def test_a_scalar_logit_has_a_scalar_gradient(loss):
    options = {"alpha": 0.5} if loss is balanced_cross_entropy_from_logits else {}
    for targets, logits in [(1, 0.25), (np.array(1.0), np.array(0.25))]:
        value, gradient = value_and_gradient(loss, targets, logits, **options)
        assert type(value) is float
        assert type(gradient) is float
        _, (in_a_list,) = value_and_gradient(loss, [1], [0.25], **options)
        assert gradient == pytest.approx(in_a_list, rel=1e-15)


def test_any_number_of_axes():
    z = np.arange(24.0).reshape(2, 3, 4) % 5
    y = np.arange(6).reshape(2, 3) % 4
    for weights in (None, [1, 2, 3, 4]):
        value, gradient = value_and_gradient(
            categorical_cross_entropy_from_logits, y, z, class_weight=weights
        )
        flat_value, flat = value_and_gradient(
            categorical_cross_entropy_from_logits,
            y.ravel(),
            z.reshape(6, 4),
            class_weight=weights,
        )
        assert value == pytest.approx(flat_value, rel=1e-14)
        np.testing.assert_allclose(gradient, flat.reshape(2, 3, 4), rtol=1e-14)
    value, gradient = value_and_gradient(focal_loss_from_logits, z % 2, z)
    flat_value, flat = value_and_gradient(focal_loss_from_logits, (z % 2).ravel(), z.ravel())
    assert value == pytest.approx(flat_value, rel=1e-14)
    np.testing.assert_allclose(gradient, flat.reshape(2, 3, 4), rtol=1e-14)


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", CATEGORICAL + BINARY, ids=named)
def test_reduction_none_is_refused(loss):
    """A gradient belongs to one number."""
    options = {"alpha": 0.5} if loss is balanced_cross_entropy_from_logits else {}
    targets, logits = ([0], [[0.0, 1.0]]) if loss in CATEGORICAL else ([1], [0.0])
    with pytest.raises(ValueError, match="none"):
        value_and_gradient(loss, targets, logits, reduction="none", **options)


@pytest.mark.parametrize(
    "loss", [celib.categorical_cross_entropy, celib.focal_loss, celib.entropy, np.mean, "focal"]
)
def test_other_functions_are_refused(loss):
    with pytest.raises((TypeError, ValueError), match="from_logits"):
        value_and_gradient(loss, [0, 1], [0.5, 0.5])


def test_the_refusals_of_the_loss_hold_here_too():
    with pytest.raises(ValueError, match="gamma"):
        value_and_gradient(focal_loss_from_logits, [1], [0.0], gamma=-1)
    with pytest.raises(ValueError, match="alpha"):
        value_and_gradient(balanced_cross_entropy_from_logits, [1], [0.0], alpha=2)
    with pytest.raises(ValueError, match="5"):
        value_and_gradient(categorical_cross_entropy_from_logits, [5], [[0.0, 1.0]])
    with pytest.raises(ValueError, match="weight"):
        value_and_gradient(
            categorical_cross_entropy_from_logits,
            [0],
            [[0.0, 1.0]],
            class_weight=[0, 1],
            reduction="weighted_mean",
        )
    with pytest.raises(TypeError):
        value_and_gradient(balanced_cross_entropy_from_logits, [1], [0.0])
    with pytest.raises(TypeError):
        value_and_gradient(binary_cross_entropy_from_logits, [1], [0.0], gamma=2)


REFUSED_BY_CATEGORICAL = [
    {"targets": [], "logits": []},
    {"logits": [["a", "b"]]},
    {"logits": 1.0},
    {"targets": [[0, 1]]},
    {"logits": [[0.0, 1.0], [np.inf, 0.0]]},
    {"logits": [[0.0, 1.0], [-np.inf, -np.inf]]},
    {"logits": [[0.0, 1.0], [-np.inf, -np.inf]], "targets": [[0.5, 0.5], [0.5, 0.5]]},
    {"targets": [0, 2]},
    {"targets": [0, 0.5]},
    {"targets": [[0.5, 0.5], [0.5, 0.6]]},
    {"class_weight": [1, 2, 3]},
    {"class_weight": [1, -2]},
]
REFUSED_BY_BINARY = [
    {"targets": [], "logits": []},
    {"targets": ["yes", "no"]},
    {"logits": ["yes", "no"]},
    {"targets": [0, 1, 1]},
    {"logits": [0.0, np.inf]},
    {"targets": [0, 1.5]},
]


@pytest.mark.parametrize(
    "loss, wrong",
    [(loss, wrong) for loss in CATEGORICAL for wrong in REFUSED_BY_CATEGORICAL]
    + [(loss, wrong) for loss in BINARY for wrong in REFUSED_BY_BINARY],
    ids=lambda v: named(v) or str(v),
)
def test_what_the_loss_refuses_is_refused_in_the_same_words(loss, wrong):
    right = {"targets": [0, 1], "logits": [[0.0, 1.0]] * 2 if loss in CATEGORICAL else [0.0, 1.0]}
    right |= {"alpha": 0.25} if loss is balanced_cross_entropy_from_logits else {}
    with pytest.raises((TypeError, ValueError)) as by_loss:
        loss(**right | wrong)
    with pytest.raises(by_loss.type) as here:
        value_and_gradient(loss, **right | wrong)
    assert str(here.value) == str(by_loss.value)


@pytest.mark.parametrize(
    "loss, option",
    [
        (categorical_cross_entropy_from_logits, "label_smoothing"),
        (binary_cross_entropy_from_logits, "label_smoothing"),
        (binary_cross_entropy_from_logits, "pos_weight"),
        (balanced_cross_entropy_from_logits, "alpha"),
        (focal_loss_from_logits, "alpha"),
        (focal_loss_from_logits, "gamma"),
        (categorical_focal_loss_from_logits, "gamma"),
    ],
)
@pytest.mark.parametrize("type_of_logits", [np.float32, np.float64])
@pytest.mark.parametrize("type_of_option", [np.float16, np.float64])
def test_an_option_counts_as_the_number_it_is(loss, option, type_of_logits, type_of_option):
    """In float16, 1 - 0.1 is off by 1e-4; in float64, the logits of a float32 would grow digits."""
    rng = np.random.default_rng(1708)
    z = rng.normal(0, 3, (40, 3)).astype(type_of_logits)
    y = rng.integers(0, 2, 40 if loss in CATEGORICAL else (40, 3))
    given = type_of_option(0.1)
    _, got = value_and_gradient(loss, y, z, **{option: given})
    _, expected = value_and_gradient(loss, y, z, **{option: float(given)})
    assert got.tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_pos_weight_beyond_the_type_leaves_the_negatives_alone(dtype):
    """1e300 is no float32: by hand, a negative at p = 1/2 still has the slope 1/2."""
    y, z = np.zeros(2, dtype), np.zeros(2, dtype)
    for reduction, slope in (("sum", 1 / 2), ("weighted_mean", 1 / 4)):
        _, gradient = value_and_gradient(
            binary_cross_entropy_from_logits, y, z, pos_weight=1e300, reduction=reduction
        )
        assert gradient.tolist() == [slope, slope]


# --- numerical_gradient -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "function, x, expected",
    [
        (lambda x: np.sum(x**2), [1.0, -2.0, 3.0], [2, -4, 6]),
        (
            lambda x: np.sum(np.exp(x)),
            [[0.0, 1.0], [2.0, -3.0]],
            [[1, np.e], [np.exp(2.0), np.exp(-3.0)]],
        ),
        (lambda x: x[0] * x[1] ** 2, [3.0, 5.0], [25, 30]),
        (lambda x: np.sum(np.sin(x)), [1.0, -20.0], np.cos([1.0, -20.0])),
        (lambda x: np.sum(x), [7], [1]),
    ],
)
def test_numerical_gradient_of_known_functions(function, x, expected):
    np.testing.assert_allclose(numerical_gradient(function, x), expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("shift", [0, 700, -700])
def test_numerical_gradient_of_a_loss_that_depends_on_differences(shift):
    """A large logit is no excuse for a large step: softmax sees only (0, 1/2, -1)."""
    z = np.array([0.0, 0.5, -1.0]) + shift
    got = numerical_gradient(lambda v: categorical_cross_entropy_from_logits(0, v), z)
    with mp.workdps(30):
        e = [mp.exp(v) for v in (mp.mpf(0), mp.mpf(0.5), mp.mpf(-1))]
        expected = [float(v / mp.fsum(e)) for v in e]
    np.testing.assert_allclose(got, np.subtract(expected, [1, 0, 0]), rtol=0, atol=1e-7)


@pytest.mark.parametrize("x", [1e12, -1e12])
def test_numerical_gradient_takes_a_step_that_far_numbers_can_show(x):
    """1e12 moves by 1e-4 at the least, and a seventh of it is rounded by as much as 1e-5."""
    assert numerical_gradient(lambda v: v / 7, x) == pytest.approx(1 / 7, rel=1e-3)


def test_numerical_gradient_takes_no_longer_step_than_it_must():
    """At 1e8 the third derivative of a sine already shows in a step of a hundredth."""
    assert numerical_gradient(lambda v: np.sin(v - 1e8), 1e8) == pytest.approx(1, rel=1e-7)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_function_may_return_its_number_in_an_array(shape):
    got = numerical_gradient(lambda x: np.reshape(np.sum(x**2), shape), [1.0, 3.0])
    np.testing.assert_allclose(got, [2, 6], rtol=1e-7)


def test_a_function_may_return_a_number_without_a_sign():
    """A step down from 1 to 0, in a type that knows no -1."""
    assert numerical_gradient(lambda x: np.uint8(x < 0), 0.0) < 0


def test_numerical_gradient_is_central():
    """|x| at 0 has no slope: central differences say 0, one-sided ones +-1."""
    assert numerical_gradient(lambda x: np.abs(x).sum(), [0.0]) == pytest.approx([0])


def test_numerical_gradient_leaves_its_input_alone():
    x = np.array([1, 2, 3])
    seen = []
    gradient = numerical_gradient(lambda v: seen.append(v) or float(np.sum(v**3)), x)
    np.testing.assert_allclose(gradient, [3, 12, 27], rtol=1e-7)
    np.testing.assert_array_equal(x, [1, 2, 3])
    assert x.dtype.kind == "i"


def test_numerical_gradient_of_a_scalar_is_a_float():
    gradient = numerical_gradient(lambda x: float(x) ** 3, 2.0)
    assert type(gradient) is float
    assert gradient == pytest.approx(12, rel=1e-7)


@pytest.mark.parametrize("gamma", [-1.0, np.inf, np.nan])
@pytest.mark.parametrize("loss", [focal_loss_from_logits, categorical_focal_loss_from_logits])
@pytest.mark.parametrize("targets", [[0, 1], [[1.0, 0.0], [0.5, 0.5]]])
def test_a_gamma_that_no_focal_loss_has_is_refused_with_the_gradient_too(loss, gamma, targets):
    with pytest.raises(ValueError, match="gamma must be finite and 0 or more, got"):
        celib.value_and_gradient(loss, targets, np.zeros((2, 2)), gamma=gamma)


MISSES_ALPHA = r"missing a required (keyword-only )?argument: 'alpha'"  # since Python 3.13


@pytest.mark.parametrize(
    "loss, options, message",
    [
        ("categorical_cross_entropy", {"gamma": 2}, "got an unexpected keyword argument 'gamma'"),
        ("balanced_cross_entropy", {}, MISSES_ALPHA),
        ("balanced_cross_entropy", {"gamma": 2}, MISSES_ALPHA),
    ],
)
def test_options_that_the_loss_does_not_have_or_misses(loss, options, message):
    name = f"{loss}_from_logits"
    with pytest.raises(TypeError, match=f"^{name}: {message}.$"):
        celib.value_and_gradient(getattr(celib, name), [0.0, 1.0], [0.0, 1.0], **options)
