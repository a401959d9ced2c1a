"""Categorical cross-entropy, from probabilities and from logits, against exact arithmetic."""

from fractions import Fraction
from math import exp, inf, isnan, log, log1p, nan

import numpy as np
import oracle
import pytest
from oracle import UNITS, assert_exact, assert_no_minus_zero, figure

import celib
from celib import categorical_cross_entropy as from_probs
from celib import categorical_cross_entropy_from_logits as from_logits

pytestmark = pytest.mark.usefixtures("strict_floats")
both = pytest.mark.parametrize("loss", [from_probs, from_logits], ids=["probs", "logits"])

EPS = 2.0**-53
LOGITS = [
    [690.0, 0.0],
    [700.0, -700.0],
    [720.0, 300.0],
    [0.0, 0.0],
    [1e-17, 0.0],
    [37.0, 0.0],
    [0.0, -350.0, -700.0],
    [3.2, 1.3, 0.2, 0.8],
    *np.random.default_rng(1708).uniform(-700, 700, (12, 4)).tolist(),
    *np.random.default_rng(2002).normal(0, 3, (12, 5)).tolist(),
]
PROBS = [
    [0.775, 0.116, 0.039, 0.070],
    [0.5, 0.5],
    [1 - EPS, EPS],
    [1.0, 1e-300],
    [1 - 1e-9, 0.5e-9, 0.5e-9],
    [0.25, 0.75 - 1e-17, 1e-17],
    [1 / 3, 1 / 3, 1 / 3],
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("z", LOGITS, ids=lambda z: f"{z[0]:.3g},..x{len(z)}")
def test_from_logits_is_exact(z, unit):
    """Every label in turn; label 0 at logits (690, 0) costs log1p(e^-690), about 2e-300."""
    labels, grid = np.arange(len(z)), [z] * len(z)
    want = [c / oracle.LOG_BASE[unit] for c in oracle.costs(z)]
    assert_exact(from_logits(labels, grid, reduction="none", unit=unit), want)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("p", PROBS, ids=lambda p: f"{p[0]:.3g},..x{len(p)}")
def test_from_probabilities_is_exact(p, unit):
    labels, grid = np.arange(len(p)), [p] * len(p)
    want = [c / oracle.LOG_BASE[unit] for c in oracle.probability_costs(p)]
    assert_exact(from_probs(labels, grid, reduction="none", unit=unit), want)


def test_the_tiny_loss_to_its_digits():
    # mpmath, dps = 50: log1p(exp(-690)) is 2.1717382813898270085e-300; torch and optax print 0.0
    tiny = oracle.mp.log1p(oracle.mp.exp(-690))
    assert_exact(from_logits(0, [690.0, 0.0]), tiny)
    assert from_logits(0, [690.0, 0.0]) > 2e-300
    assert_exact(from_logits(1, [690.0, 0.0]), 690 + tiny)


@pytest.mark.parametrize("options", [
    {"class_weight": [0.5, 2.0, 0.25]},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"class_weight": [0.0, 3.0, 1e-3], "label_smoothing": 0.3},
])  # fmt: skip
@pytest.mark.parametrize("target", [
    [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5], [0.999, 0.001, 0.0], [1 / 3] * 3,
])  # fmt: skip
def test_options_are_exact(target, options):
    weight, smoothing = options.get("class_weight"), options.get("label_smoothing", 0.0)
    for z in ([1.5, -0.5, 0.25], [600.0, 0.0, -100.0], [-3.0, 40.0, 0.0]):
        want = oracle.categorical(target, oracle.costs(z), weight, smoothing)
        assert_exact(from_logits(target, z, **options), want)
    for p in ([0.5, 0.25, 0.25], [1 - 2e-9, 1e-9, 1e-9], [1e-300, 0.125, 0.875]):
        want = oracle.categorical(target, oracle.probability_costs(p), weight, smoothing)
        assert_exact(from_probs(target, p, **options), want)


def test_published_figures_from_probabilities():
    # K. E. Koech, Towards Data Science: 0.3677 is bits; the same loss is 0.2549 nats
    koech = [1, 0, 0, 0], [0.775, 0.116, 0.039, 0.070]
    assert from_probs(*koech, unit="bits") == figure(0.3677, 4)
    assert from_probs(*koech) == figure(0.2549, 4)
    assert from_probs([1, 0, 0, 0], [0.936, 0.028, 0.013, 0.023], unit="bits") == figure(0.0954, 4)
    # -log10(0.775), mpmath at 20 digits
    assert from_probs(*koech, unit="bans") == pytest.approx(0.11069829749368971076, rel=1e-14)
    # StackOverflow, "What is cross-entropy?"
    assert from_probs([0, 1, 0], [0.228, 0.619, 0.153]) == figure(0.47965000629754095, 15)
    # Keras 3.15.1, docstring of CategoricalCrossentropy; its probability 0 belongs to no label
    keras = [1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    assert from_probs(*keras, reduction="none")[0] == figure(0.0513, 4)
    assert from_probs(*keras, reduction="none")[1] == figure(2.303, 3)
    assert from_probs(*keras) == figure(1.177, 3)
    assert from_probs(*keras, reduction="sum") == figure(2.354, 3)
    # J. McCaffrey: two classifiers of the same accuracy
    for p_true, printed in (([0.4, 0.4, 0.1], 1.38), ([0.7, 0.7, 0.3], 0.64)):
        assert from_probs([0, 0, 0], [[p, 1 - p] for p in p_true]) == figure(printed, 2)


def test_published_figures_from_logits():
    # TensorFlow, softmax_cross_entropy_with_logits: soft targets, one row each (in float32: the
    # first is right to seven places)
    tensorflow = from_logits(
        [[1, 0, 0], [0, 0.8, 0.2]], [[4.0, 2.0, 1.0], [0.0, 5.0, 1.0]], reduction="none"
    )
    assert tensorflow[0] == figure(0.16984604, 7)
    assert tensorflow[1] == figure(0.82474494, 7)
    # TensorFlow, sparse_softmax_cross_entropy_with_logits
    rows = [[2, -5, 0.5, -0.1], [0, 0, 1.9, 1.4], [-100, 100, -100, -100]]
    sparse = from_logits([0, 3, 1], rows, reduction="none")
    assert sparse[0] == figure(0.29750752, 7)
    assert sparse[1] == figure(1.1448325, 7)
    # they print 0.0 for the third; it is 3 e^-200
    assert_exact(sparse[2], oracle.costs(rows[2])[1])
    assert 0 < sparse[2] < 1e-86
    # optax 0.2.8, docstring of softmax_cross_entropy_with_integer_labels
    optax = from_logits([0, 1], [[1.2, -0.8, -0.5], [0.9, -1.2, 1.1]], reduction="none")
    assert optax[0] == figure(0.2761, 4)
    assert optax[1] == figure(2.9518, 4)
    # Stanford CS231n, SVM vs softmax: the scores of x = (-15, 22, -44, 56), class 2
    assert from_logits(2, [-2.85, 0.86, 0.28]) == figure(1.04, 2)


def test_published_weighted_figures():
    # PyTorch issue 25571: none, sum, and the mean over the weights 6 + 4
    logits, weight = [[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]], [2, 4, 6]
    none = from_logits([2, 1], logits, class_weight=weight, reduction="none")
    assert none[0] == figure(5.639, 3)
    assert none[1] == figure(4.9593, 4)
    for reduction, printed in (("sum", 10.5983), ("weighted_mean", 1.0598)):
        got = from_logits([2, 1], logits, class_weight=weight, reduction=reduction)
        assert got == figure(printed, 4)
    # PyTorch issue 8062: 4000 and 0 at weights 20 and 10; 2000 over 2 examples, 133.33 over 30
    issue = [0, 1], [[-100.0, 100.0], [-100.0, 100.0]]
    weighted = {"class_weight": [20, 10]}
    assert from_logits(*issue, **weighted) == figure(2000.0, 9)
    assert from_logits(*issue, **weighted, reduction="weighted_mean") == figure(133.3333, 4)
    # PyTorch issue 15258
    issue = [1, 0, 1], [[-5.0, -6.0], [3.0, 2.0], [3.0, 2.0]]
    got = from_logits(*issue, class_weight=[3, 2], reduction="weighted_mean")
    assert got == figure(0.8847, 4)


# Reductions, weights and smoothing by hand: probabilities 1/2, 1/4, 1/8 cost 1, 2, 3 bits.

LABELS = [0, 0, 1]
DYADIC = [[1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 2, 1 / 4], [3 / 8, 1 / 8, 1 / 2]]
ONE_HOT = [[1, 0, 0], [1, 0, 0], [0, 1, 0]]
WEIGHT = [2, 5, 1]


def dyadic(loss, targets=LABELS, rows=slice(None), **options):
    model = np.array(DYADIC)[rows] if loss is from_probs else np.log(DYADIC)[rows]
    return loss(np.array(targets)[rows], model, unit="bits", **options)


@both
@pytest.mark.parametrize("targets", [LABELS, ONE_HOT], ids=["labels", "distributions"])
@pytest.mark.parametrize(
    "options, want",
    [
        ({"reduction": "none"}, [1, 2, 3]),
        ({}, 2),
        ({"reduction": "mean"}, 2),
        ({"reduction": "sum"}, 6),
        ({"reduction": "weighted_mean"}, 2),
        # weights 2, 2, 5: 2 * 1, 2 * 2, 5 * 3
        ({"class_weight": WEIGHT, "reduction": "none"}, [2, 4, 15]),
        ({"class_weight": WEIGHT, "reduction": "sum"}, 21),
        ({"class_weight": WEIGHT}, 7),
        ({"class_weight": WEIGHT, "reduction": "weighted_mean"}, Fraction(21, 9)),
        ({"class_weight": np.array(WEIGHT, "f4"), "reduction": "weighted_mean"}, Fraction(21, 9)),
    ],
)
def test_reductions_by_hand(loss, targets, options, want):
    want = [float(w) for w in np.ravel(want)]
    np.testing.assert_allclose(np.ravel(dyadic(loss, targets, **options)), want, rtol=1e-14)


@both
@pytest.mark.parametrize(
    "options, want",
    [
        # y = (4/5, 1/10, 1/10) on costs (1, 2, 2)
        ({}, Fraction(4, 5) * 1 + Fraction(1, 10) * 2 + Fraction(1, 10) * 2),
        # each term times its own class's weight, not the label's
        (
            {"class_weight": WEIGHT},
            2 * Fraction(4, 5) * 1 + 5 * Fraction(1, 10) * 2 + 1 * Fraction(1, 10) * 2,
        ),
        # the weight of the example is the label's, unsmoothed: 2
        ({"class_weight": WEIGHT, "reduction": "weighted_mean"}, Fraction(28, 10) / 2),
    ],
)
def test_label_smoothing_by_hand(loss, options, want):
    for targets in (LABELS, ONE_HOT):
        got = dyadic(loss, targets, slice(0, 1), label_smoothing=3 / 10, **options)
        assert got == pytest.approx(float(want), rel=1e-14)


@both
def test_full_smoothing_forgets_the_label(loss):
    none = dyadic(loss, label_smoothing=1, reduction="none")
    np.testing.assert_allclose(none[0], 5 / 3, rtol=1e-14)
    np.testing.assert_allclose(none[1], 5 / 3, rtol=1e-14)


@both
def test_soft_targets_share_the_weights(loss):
    """(1/2, 1/2, 0) at weights (2, 5, 1): cost 2/2 * 1 + 5/2 * 2 = 6, weight 7/2."""
    model = DYADIC[0] if loss is from_probs else np.log(DYADIC[0])
    options = {"class_weight": WEIGHT, "unit": "bits"}
    assert loss([0.5, 0.5, 0], model, **options) == pytest.approx(6, rel=1e-14)
    got = loss([0.5, 0.5, 0], model, **options, reduction="weighted_mean")
    assert got == pytest.approx(6 / 3.5, rel=1e-14)


@both
def test_reductions_run_over_every_example_of_any_shape(loss):
    model = np.array(DYADIC + DYADIC[::-1]).reshape(2, 3, 3)
    model = model if loss is from_probs else np.log(model)
    labels = np.array([[0, 0, 1], [1, 0, 0]])
    none = loss(labels, model, reduction="none", unit="bits")
    np.testing.assert_allclose(none, [[1, 2, 3], [3, 2, 1]], rtol=1e-14)
    assert loss(labels, model, unit="bits") == pytest.approx(2, rel=1e-14)
    assert loss(labels, model, unit="bits", reduction="sum") == pytest.approx(12, rel=1e-14)


# Distributions or labels: the shape decides, never the dtype.


@both
def test_targets_of_the_models_shape_are_distributions_whatever_their_type(loss):
    model = np.array(DYADIC) if loss is from_probs else np.log(DYADIC)
    swapped = np.eye(3)[[1, 2, 0]]  # as labels this would not even have the right shape
    want = loss(swapped, model)
    for dtype in (bool, "i1", "u8", "f4", "f8"):
        assert loss(swapped.astype(dtype), model) == pytest.approx(want, rel=1e-6)
    assert loss(swapped.tolist(), model) == want


@both
@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "f2", "f4", "f8"])
def test_targets_without_the_class_axis_are_labels_whatever_their_type(loss, dtype):
    assert dyadic(loss, np.array(LABELS, dtype)) == dyadic(loss, LABELS)


@both
def test_boolean_labels(loss):
    model = [[0.25, 0.75], [0.5, 0.5]]
    assert loss([True, False], model) == loss([1, 0], model) != loss([0, 1], model)


@both
def test_a_single_example(loss):
    model = DYADIC[0] if loss is from_probs else np.log(DYADIC[0])
    for label in (1, 1.0, True, np.array(1), np.int8(1), [0, 1, 0], (0.0, 1.0, 0.0)):
        got = loss(label, model, unit="bits")
        assert got == pytest.approx(2, rel=1e-14)
        assert type(got) is float
        assert type(loss(label, model, reduction="none")) is float


# Zero and infinity.


def test_nothing_to_learn_costs_plain_zero():
    for got in (
        from_probs(0, [1.0, 0.0]),
        from_probs([0, 1], [[1, 0], [0, 1]], reduction="none"),
        from_probs([1, 0], [1, 0], class_weight=[1, 2]),
        from_logits(0, [5.0]),
        from_logits(0, [0.0, -inf]),
        from_logits([0, 0], [[0.0, -inf], [800.0, -800.0]], reduction="none"),
        from_logits([1.0, 0.0], [3.0, -inf], unit="bits"),
    ):
        assert not np.any(got)
        assert_no_minus_zero(got)


def test_there_is_no_hidden_epsilon():
    # -ln of the smallest float64, mpmath at 20 digits: 744.44007192138126231
    assert from_probs(0, [5e-324, 1.0]) == pytest.approx(744.44007192138126231, rel=1e-14)
    assert from_probs(0, [0.0, 1.0]) == inf
    assert from_probs([0.5, 0.5], [1.0, 0.0]) == inf
    assert from_probs([1e-300, 1.0], [0.0, 1.0]) == inf
    assert from_probs([0, 0], [[0.0, 1.0], [0.5, 0.5]], reduction="none").tolist() == [
        inf, pytest.approx(log(2))
    ]  # fmt: skip
    for reduction in ("mean", "sum", "weighted_mean"):
        assert from_probs([0, 0], [[0.0, 1.0], [0.5, 0.5]], reduction=reduction) == inf
    assert from_probs(1, [1.0, 0.0], label_smoothing=0.1) == inf
    assert from_probs(0, [1.0, 0.0], label_smoothing=0.1) == inf  # smoothing expects some of it


def test_a_masked_class_costs_infinity_only_where_it_is_expected():
    z = [[0.0, -inf, 0.0]] * 3
    got = from_logits([0, 1, 2], z, reduction="none", unit="bits")
    np.testing.assert_allclose(got, [1, inf, 1], rtol=1e-14)
    assert from_logits([0.5, 0, 0.5], z[0], unit="bits") == pytest.approx(1, rel=1e-14)
    assert from_logits(0, z[0], label_smoothing=0.1) == inf


def test_weight_zero_does_not_count_even_infinity():
    options = {"class_weight": [0, 1]}
    assert from_probs(0, [0.0, 1.0], **options) == 0.0
    assert from_logits(0, [-inf, 0.0], **options) == 0.0
    assert_no_minus_zero(from_probs(0, [0.0, 1.0], **options))
    two = [0, 1], [[0.0, 1.0], [0.5, 0.5]]
    assert from_probs(*two, **options, unit="bits") == 0.5
    assert from_probs(*two, **options, unit="bits", reduction="weighted_mean") == 1.0
    # smoothing puts some of the target on the impossible class; its weight is 0
    assert from_probs(1, [0.0, 1.0], **options, label_smoothing=0.5) == 0.0


@both
def test_no_weight_at_all_has_no_weighted_mean(loss):
    options = {"class_weight": [0, 1]}
    assert loss([0, 0], [[0.5, 0.5]] * 2, **options) == 0.0
    with pytest.raises(ValueError, match="weight"):
        loss([0, 0], [[0.5, 0.5]] * 2, **options, reduction="weighted_mean")


def test_nan_logits_spoil_their_own_row_only():
    z = [[0.0, nan], [0.0, 0.0]]
    for targets in ([1, 1], [0, 1], [[0, 1], [0, 1]]):
        got = from_logits(targets, z, reduction="none", unit="bits")
        assert isnan(got[0])
        assert got[1] == pytest.approx(1)
    assert isnan(from_logits([0, 1], z))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_largest_logits_of_each_type(dtype):
    """A loss too large for the type is inf; none is nan and nothing warns."""
    top = np.finfo(dtype).max
    z = np.array([[top, -top], [top, -top], [top, top], [0, top]], dtype)
    got = from_logits([0, 1, 0, 0], z, reduction="none")
    assert got.dtype == np.dtype(dtype)
    assert got.tolist() == [0, inf, np.float64(log(2)).astype(dtype).item(), top.item()]
    assert_no_minus_zero(got)
    assert not isnan(from_logits([[0.5, 0.5]], z[:1]))
    assert not isnan(from_logits([0, 0], z[2:], reduction="sum"))


def test_a_sum_too_large_for_float64_is_inf_and_its_mean_is_not():
    top = np.finfo("f8").max
    two = [0, 0], [[0, top], [0, top]]
    assert from_logits(*two, reduction="sum") == inf
    assert from_logits(*two) == from_logits(*two, reduction="weighted_mean") == top
    assert from_logits(0, [0, top], class_weight=[2, 1]) == inf


def test_float16_sums_do_not_overflow_on_the_way_to_a_mean():
    """100 losses of 1000 are 1e5 together, more than float16 holds; their mean is not."""
    z = np.array([[0, 1000]] * 100, "f2")
    assert from_logits([0] * 100, z) == 1000.0


# Types and inputs.


def test_of_two_classes_the_nearest_float32():
    """log(1 + e^-x), by the C library in float64, where one exponential is 1 and not rounded."""
    x = np.linspace(-5, 8, 500, dtype="f4")
    want = [log1p(exp(-logit)) for logit in x.tolist()]
    got = from_logits(np.ones(500, int), np.stack([0 * x, x], axis=1), reduction="none")
    np.testing.assert_array_equal(got, np.array(want, "f4"))


def test_float16_is_worked_out_in_float32():
    """So that of log(1 + e^x) too, whose exponential is rounded, the nearest float16 comes out."""
    x = np.linspace(-5, 8, 500, dtype="f2")
    want = [log1p(exp(logit)) for logit in x.tolist()]
    logits, first = np.stack([0 * x, x], axis=1), np.eye(2, dtype="f2")[np.zeros(500, int)]
    for targets in (np.zeros(500, int), first):
        got = from_logits(targets, logits, reduction="none")
        np.testing.assert_array_equal(got, np.array(want, "f2"))


@both
@pytest.mark.parametrize("dtype, rtol", [("f2", 1e-3), ("f4", 1e-6), ("f8", 1e-15)])
@pytest.mark.parametrize("targets", [LABELS, ONE_HOT], ids=["labels", "distributions"])
def test_an_array_comes_back_in_the_models_precision(loss, targets, dtype, rtol):
    model = np.array(DYADIC if loss is from_probs else [[3, 1, -2], [0, 0.5, 1], [2, 2, 2]], dtype)
    targets = np.array(targets) if np.ndim(targets) == 1 else np.array(targets, dtype)
    got = loss(targets, model, reduction="none", class_weight=[1, 0.5, 2])
    assert got.dtype == np.dtype(dtype)
    want = loss(targets.tolist(), model.tolist(), reduction="none", class_weight=[1, 0.5, 2])
    np.testing.assert_allclose(got.astype("f8"), want, rtol=rtol)
    for reduction in ("mean", "sum", "weighted_mean"):
        assert type(loss(targets, model, reduction=reduction)) is float


@both
def test_only_floats_have_a_say_in_the_type(loss):
    """Labels are indices, whole targets and weights are mere numbers: the model's type stays."""
    model = np.array(DYADIC, "f4")
    for targets in (LABELS, np.array(LABELS, "f8"), ONE_HOT, np.array(ONE_HOT, bool)):
        for dtype in ("f2", "f4", "f8"):
            weight = np.array(WEIGHT, "f8")
            got = loss(targets, model.astype(dtype), reduction="none", class_weight=weight)
            assert got.dtype == np.dtype(dtype)
    assert loss(np.array(ONE_HOT, "f8"), model, reduction="none").dtype == np.float64


@both
def test_weights_as_large_as_float64_holds(loss):
    """Their total overflows; the weighted mean of ln 2 and ln 2 is still ln 2."""
    got = loss([0, 1], [[0.5, 0.5]] * 2, class_weight=[1e308, 1e308], reduction="weighted_mean")
    assert got == pytest.approx(log(2))
    soft = loss([[1, 0]] * 2, [[0.5, 0.5]] * 2, class_weight=[1e308, 1], reduction="weighted_mean")
    assert soft == got


@both
def test_inputs_are_left_alone(loss):
    for targets in (np.array(LABELS), np.array(ONE_HOT, "f8")):
        args = [targets, np.array(DYADIC), np.array(WEIGHT, "f8")]
        before = [a.copy() for a in args]
        for a in args:
            a.flags.writeable = False
        loss(args[0], args[1], class_weight=args[2], label_smoothing=0.1)
        for a, b in zip(args, before, strict=True):
            np.testing.assert_array_equal(a, b)


@both
def test_lists_arrays_and_memory_orders_agree(loss):
    want = loss(ONE_HOT, DYADIC)
    assert loss(np.array(ONE_HOT), np.array(DYADIC)) == want
    assert loss(np.asfortranarray(ONE_HOT), np.asfortranarray(DYADIC)) == want
    want = loss(LABELS, DYADIC)
    assert loss(tuple(LABELS), tuple(map(tuple, DYADIC))) == want


# Tolerance.


@pytest.mark.parametrize("dtype, tolerance", [("f8", 1e-6), ("f4", 1e-4), ("f2", 5e-3)])
@pytest.mark.parametrize("side", [-1, 1])
def test_rows_may_miss_one_by_the_tolerance_of_their_type(dtype, tolerance, side):
    near = np.array([[0.5, 0.5 + side * 0.9 * tolerance]], dtype)
    far = np.array([[0.5, 0.5 + side * 1.1 * tolerance]], dtype)
    fair = np.array([[0.5, 0.5]], dtype)
    from_probs([1], near), from_probs(near, fair), from_logits(near, fair)
    for refused in (lambda: from_probs([1], far), lambda: from_probs(far, fair),
                    lambda: from_logits(far, fair)):  # fmt: skip
        with pytest.raises(ValueError, match="sum"):
            refused()


def test_an_accepted_row_is_not_renormalised():
    p = [0.5 - 0.9e-6, 0.5]
    assert_exact(from_probs(0, p), -oracle.mp.log(p[0]))
    assert_exact(from_probs(p, [0.5, 0.5]), oracle.cross_entropy(p, [0.5, 0.5]))
    assert_exact(from_logits(p, [0.0, 0.0]), oracle.cross_entropy(p, [0.5, 0.5]))


def test_an_entry_may_leave_the_interval_by_1e_12():
    assert from_probs(0, [1 + 0.9e-12, -0.9e-12]) == 0.0
    assert from_probs(1, [1 + 0.9e-12, -0.9e-12]) == inf
    assert from_probs([1 + 0.9e-12, -0.9e-12], [1.0, 0.0]) == 0.0
    assert from_logits([1 + 0.9e-12, -0.9e-12], [0.0, -inf]) == 0.0
    for row in ([1 + 1.1e-12, 0.0], [1.0, -1.1e-12]):
        with pytest.raises(ValueError, match="probs"):
            from_probs(0, row)
        with pytest.raises(ValueError, match="targets"):
            from_probs(row, [0.5, 0.5])


def test_the_misprinted_row_is_refused_with_its_sum():
    """0.938 for 0.936: the row sums to 1.002, which no rounding excuses."""
    with pytest.raises(ValueError, match=r"1\.002"):
        from_probs([1, 0, 0, 0], [0.938, 0.028, 0.013, 0.023])


def test_rows_that_sum_to_one_are_legal_logits():
    assert_exact(celib.categorical_cross_entropy_from_logits(0, [0.775, 0.225]),
                 oracle.costs([0.775, 0.225])[0])  # fmt: skip


def test_of_exponentials_that_are_finite_the_quotient_need_not_be():
    """e^690 and e^-690 are numbers in float64, e^1380 is none; log(1 + e^1380) is 1380 + 2e-600."""
    loss = celib.categorical_cross_entropy_from_logits
    assert loss([1, 0], [[690.0, -690.0]] * 2, reduction="none").tolist() == [1380.0, 0.0]
