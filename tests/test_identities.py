"""The identities that hold the functions together, over wide ranges of inputs.

None of them needs an expected number: each says that two ways of asking must give one answer.
"""

from math import isfinite, log

import numpy as np
import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import celib

# Without strict_floats: the arithmetic of these tests may underflow, as NumPy allows. Warnings are
# errors in the whole suite.

RTOL = 1e-11  # two computations of 1e-12 each, and room for the one that is done here


def floats(low, high, **options):
    return st.floats(low, high, allow_nan=False, allow_subnormal=False, **options)


UNIT_INTERVAL = floats(0, 1)
INNER = floats(1e-6, 1 - 1e-6)  # where log and 1 - p are both well conditioned
WEIGHTS = floats(0.015625, 64)
LOGIT = floats(-700, 700)


@st.composite
def logit_grids(draw, low=-700.0, high=700.0, min_classes=1):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(min_classes, 5)))
    return draw(hnp.arrays("f8", shape, elements=floats(low, high)))


@st.composite
def distributions(draw, n=1, zeros=True):
    """n distributions over the same classes: eighths to tiny shares, and zeros."""
    k = draw(st.integers(1, 5))
    share = floats(2.0**-60, 1) | floats(0.125, 1)
    rows = []
    for _ in range(n):
        row = np.array(draw(st.lists(share | st.just(0.0) if zeros else share,
                                     min_size=k, max_size=k)))  # fmt: skip
        assume(row.sum() > 0)
        rows.append(row / row.sum())
    return rows[0] if n == 1 else rows


@st.composite
def labelled_logits(draw, **options):
    z = draw(logit_grids(**options))
    label = st.integers(0, z.shape[1] - 1)
    return np.array(draw(st.lists(label, min_size=len(z), max_size=len(z)))), z


@st.composite
def binary_logits(draw, y=UNIT_INTERVAL, z=LOGIT):
    n = draw(st.integers(1, 6))
    return tuple(np.array(draw(st.lists(one, min_size=n, max_size=n))) for one in (y, z))


reductions = st.sampled_from(["mean", "sum", "none", "weighted_mean"])
units = st.sampled_from(["nats", "bits", "bans"])


def same(got, want, rtol=RTOL, atol=1e-306):
    """The default atol is for what two roundings leave of a subnormal number."""
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol)


# Information.


@given(distributions(2))
def test_cross_entropy_is_entropy_plus_divergence(pq):
    h, kl, ce = celib.entropy(pq[0]), celib.kl_divergence(*pq), celib.cross_entropy(*pq)
    same(h + kl, ce, atol=1e-12)


@given(distributions(2))
def test_divergences_are_never_negative_and_js_is_symmetric_and_at_most_one_bit(pq):
    p, q = pq
    assert celib.kl_divergence(p, q) >= 0
    js = celib.js_divergence(p, q)
    assert 0 <= js <= log(2) * (1 + 1e-15)
    same(js, celib.js_divergence(q, p), atol=1e-15)


@given(distributions(2))
def test_js_is_the_mean_divergence_from_the_middle(pq):
    p, q = pq
    m = (p + q) / 2
    same(
        celib.js_divergence(p, q),
        (celib.kl_divergence(p, m) + celib.kl_divergence(q, m)) / 2,
        atol=1e-12,
    )


@given(distributions())
def test_no_divergence_from_oneself(p):
    assert celib.kl_divergence(p, p) == 0
    assert celib.js_divergence(p, p) == 0
    same(celib.cross_entropy(p, p), celib.entropy(p))


@given(distributions())
def test_entropy_is_the_expected_surprisal_and_at_most_log_k(p):
    h, possible = celib.entropy(p), p[p > 0]
    same(h, np.sum(possible * celib.surprisal(possible)))
    assert 0 <= h <= log(len(p)) + 1e-15


@given(distributions(2, zeros=False))
def test_perplexity_is_the_exponential_of_the_entropy(pq):
    same(celib.perplexity(pq[0]), np.exp(celib.entropy(pq[0])))
    same(celib.perplexity(*pq), np.exp(celib.cross_entropy(*pq)))
    same(np.log2(celib.perplexity(*pq)), celib.cross_entropy(*pq, unit="bits"), atol=1e-13)


@given(floats(1e-300, 1), floats(1e-300, 1))
def test_surprisals_of_independent_events_add(p, q):
    assume(p * q > 1e-300)
    same(celib.surprisal(p) + celib.surprisal(q), celib.surprisal(p * q), atol=1e-15)


# Logits.


@given(logit_grids(), floats(0.01, 100))
def test_softmax_rows_sum_to_one(z, temperature):
    same(celib.softmax(z).sum(axis=1), 1, rtol=1e-14)
    same(celib.softmax(z, temperature=temperature).sum(axis=1), 1, rtol=1e-14)


@given(logit_grids(-300, 300))
def test_log_softmax_is_the_logarithm_of_softmax(z):
    same(np.exp(celib.log_softmax(z)), celib.softmax(z))
    same(celib.log_softmax(z), np.log(celib.softmax(z)), atol=1e-12)


@given(logit_grids(-300, 300))
def test_softmax_is_what_is_left_of_logsumexp(z):
    left = z - celib.logsumexp(z)[:, np.newaxis]
    same(celib.log_softmax(z), left, atol=1e-12)


@given(logit_grids(), st.integers(-1000, 1000))
def test_only_differences_of_logits_matter(z, shift):
    """Logits in 1/64 and whole shifts, so that adding is exact and equality can be."""
    z = np.round(z * 64) / 64
    np.testing.assert_array_equal(celib.softmax(z + shift), celib.softmax(z))
    np.testing.assert_array_equal(celib.log_softmax(z + shift), celib.log_softmax(z))
    same(celib.logsumexp(z + shift), celib.logsumexp(z) + shift, atol=1e-12)


@given(logit_grids(-100, 100), floats(0.25, 100))
def test_temperature_is_division(z, temperature):
    same(celib.softmax(z, temperature=temperature), celib.softmax(z / temperature))


@given(binary_logits())
def test_the_softmax_of_two_is_the_sigmoid(yz):
    z = yz[1]
    two = np.stack([np.zeros_like(z), z], axis=1)
    same(celib.softmax(two)[:, 1], celib.sigmoid(z))
    same(celib.log_softmax(two)[:, 1], celib.log_sigmoid(z))
    same(celib.log_softmax(two)[:, 0], celib.log_sigmoid(-z))
    same(celib.sigmoid(z) + celib.sigmoid(-z), 1)


@given(floats(-700, 30))
def test_logit_undoes_sigmoid(z):
    """Up to 30: beyond, 1 - sigmoid(z) is a few roundings of 1 wide."""
    same(celib.logit(celib.sigmoid(z)), z, rtol=1e-12, atol=2**-50 * np.exp(max(z, 0)))


@given(labelled_logits())
def test_one_hot_has_its_one_where_the_label_is(labelled):
    labels, z = labelled
    rows = celib.one_hot(labels, z.shape[1])
    np.testing.assert_array_equal(rows.argmax(axis=1), labels)
    np.testing.assert_array_equal(rows.sum(axis=1), 1)
    assert set(rows.ravel()) <= {0, 1}


# Losses. A pair of functions is one loss, from probabilities and from logits.


@given(labelled_logits(), reductions, units, st.data())
def test_labels_are_one_hot_distributions(labelled, reduction, unit, data):
    labels, z = labelled
    weight = data.draw(hnp.arrays("f8", z.shape[1], elements=WEIGHTS))
    options = {"reduction": reduction, "unit": unit, "class_weight": weight}
    options["label_smoothing"] = data.draw(st.sampled_from([0, 0.25]))
    rows = celib.one_hot(labels, z.shape[1])
    for loss in (
        lambda y: celib.categorical_cross_entropy_from_logits(y, z, **options),
        lambda y: celib.categorical_cross_entropy(y, celib.softmax(z), **options),
    ):
        same(loss(rows), loss(labels))


@given(labelled_logits(low=-300, high=300), reductions, units, floats(0, 1))
def test_from_logits_is_from_probabilities_on_the_softmax(labelled, reduction, unit, smoothing):
    labels, z = labelled
    options = {"reduction": reduction, "unit": unit, "label_smoothing": smoothing}
    same(
        celib.categorical_cross_entropy_from_logits(labels, z, **options),
        celib.categorical_cross_entropy(labels, celib.softmax(z), **options),
        atol=1e-12,
    )


@given(binary_logits(z=floats(-30, 30)), reductions, units, floats(0, 1), WEIGHTS)
def test_from_logits_is_from_probabilities_on_the_sigmoid(yz, reduction, unit, smoothing, weight):
    y, z = yz
    options = {"reduction": reduction, "unit": unit, "label_smoothing": smoothing}
    same(
        celib.binary_cross_entropy_from_logits(y, z, pos_weight=weight, **options),
        celib.binary_cross_entropy(y, celib.sigmoid(z), pos_weight=weight, **options),
        atol=2**-52 * weight * np.exp(30) * len(y),
    )


@given(binary_logits(), WEIGHTS, floats(0, 1), reductions, units)
def test_categorical_of_two_classes_is_binary(yz, weight, smoothing, reduction, unit):
    y, z = yz
    options = {"label_smoothing": smoothing, "reduction": reduction, "unit": unit}
    rows, two = np.stack([1 - y, y], axis=1), np.stack([np.zeros_like(z), z], axis=1)
    same(
        celib.categorical_cross_entropy_from_logits(rows, two, class_weight=[1, weight], **options),
        celib.binary_cross_entropy_from_logits(y, z, pos_weight=weight, **options),
    )


@given(binary_logits(z=INNER), WEIGHTS, floats(0, 1), reductions, units)
def test_categorical_of_two_probabilities_is_binary(yp, weight, smoothing, reduction, unit):
    y, p = yp
    options = {"label_smoothing": smoothing, "reduction": reduction, "unit": unit}
    rows, two = np.stack([1 - y, y], axis=1), np.stack([1 - p, p], axis=1)
    # 1 - p is rounded here, which p near 0 or 1 feels
    same(
        celib.categorical_cross_entropy(rows, two, class_weight=[1, weight], **options),
        celib.binary_cross_entropy(y, p, pos_weight=weight, **options),
        atol=1e-14 * weight * len(y),
    )


@given(distributions(2))
def test_categorical_with_soft_targets_is_cross_entropy(pq):
    assert celib.categorical_cross_entropy(*pq) == pytest.approx(
        celib.cross_entropy(*pq), rel=RTOL, abs=0
    )


@given(binary_logits(), floats(0.015625, 1 - 0.015625), reductions, units)
def test_balanced_is_weighted_binary(yz, alpha, reduction, unit):
    """alpha and 1 - alpha are 1 - alpha times the weights alpha / (1 - alpha) and 1."""
    y, z = yz
    options = {"reduction": reduction, "unit": unit}
    scale = 1 if reduction == "weighted_mean" else 1 - alpha
    pos_weight = alpha / (1 - alpha)
    for balanced, binary, model in (
        (celib.balanced_cross_entropy_from_logits, celib.binary_cross_entropy_from_logits, z),
        (celib.balanced_cross_entropy, celib.binary_cross_entropy, celib.sigmoid(z)),
    ):
        got = balanced(y, model, alpha=alpha, **options)
        same(got, scale * np.asarray(binary(y, model, pos_weight=pos_weight, **options)))


@given(binary_logits(), reductions, units)
def test_focal_at_gamma_zero_is_binary(yz, reduction, unit):
    y, z = yz
    options = {"reduction": reduction, "unit": unit}
    p = celib.sigmoid(z)
    same(
        celib.focal_loss_from_logits(y, z, gamma=0, **options),
        celib.binary_cross_entropy_from_logits(y, z, **options),
    )
    same(
        celib.focal_loss(y, p, gamma=0, **options),
        celib.binary_cross_entropy(y, p, **options),
    )


@given(binary_logits(), floats(0, 1), st.sampled_from(["mean", "sum", "none"]))
def test_focal_at_gamma_zero_with_alpha_is_balanced(yz, alpha, reduction):
    y, z = np.round(yz[0]), yz[1]  # hard targets: alpha_t is then the weight of the one true class
    same(
        celib.focal_loss_from_logits(y, z, gamma=0, alpha=alpha, reduction=reduction),
        celib.balanced_cross_entropy_from_logits(y, z, alpha=alpha, reduction=reduction),
    )


@given(binary_logits(st.sampled_from([0.0, 1.0]), floats(-30, 30)), floats(0, 5), floats(0, 1))
def test_focal_is_the_focal_factor_times_the_loss(yz, gamma, alpha):
    y, z = yz
    missing = celib.sigmoid(np.where(y == 1, -z, z))  # 1 - p_t
    factor = missing**gamma * np.where(y == 1, alpha, 1 - alpha)
    bce = celib.binary_cross_entropy_from_logits(y, z, reduction="none")
    got = celib.focal_loss_from_logits(y, z, gamma=gamma, alpha=alpha, reduction="none")
    same(got, factor * bce)


@given(labelled_logits(low=-30, high=30), floats(0, 5), st.data())
def test_categorical_focal_is_the_focal_factor_times_the_loss(labelled, gamma, data):
    labels, z = labelled
    weight = data.draw(hnp.arrays("f8", z.shape[1], elements=WEIGHTS))
    options = {"class_weight": weight, "reduction": "none"}
    missing = -np.expm1(np.take_along_axis(celib.log_softmax(z), labels[:, None], axis=1)[:, 0])
    ce = celib.categorical_cross_entropy_from_logits(labels, z, **options)
    got = celib.categorical_focal_loss_from_logits(labels, z, gamma=gamma, **options)
    same(got, missing**gamma * ce)
    same(celib.categorical_focal_loss_from_logits(labels, z, gamma=0, **options), ce)


LOSSES = {  # each with hard targets, so that one call fits all
    "categorical": celib.categorical_cross_entropy_from_logits,
    "categorical probs": lambda y, z, **o: celib.categorical_cross_entropy(
        y, celib.softmax(z), **o
    ),
    "categorical focal": celib.categorical_focal_loss_from_logits,
    "categorical focal probs": lambda y, z, **o: celib.categorical_focal_loss(
        y, celib.softmax(z), **o
    ),
    "binary": lambda y, z, **o: celib.binary_cross_entropy_from_logits(y % 2, z[:, 0], **o),
    "binary probs": lambda y, z, **o: celib.binary_cross_entropy(
        y % 2, celib.sigmoid(z[:, 0]), **o
    ),
    "balanced": lambda y, z, **o: celib.balanced_cross_entropy_from_logits(
        y % 2, z[:, 0], alpha=0.25, **o
    ),
    "balanced probs": lambda y, z, **o: celib.balanced_cross_entropy(
        y % 2, celib.sigmoid(z[:, 0]), alpha=0.25, **o
    ),
    "focal": lambda y, z, **o: celib.focal_loss_from_logits(y % 2, z[:, 0], alpha=0.25, **o),
    "focal probs": lambda y, z, **o: celib.focal_loss(
        y % 2, celib.sigmoid(z[:, 0]), alpha=0.25, **o
    ),
}


def every_loss():
    """Give all of them to one example, since to draw it takes longer than to use it."""
    for name, loss in LOSSES.items():
        note(name)  # the last one noted is the one that failed
        yield loss


@given(labelled=labelled_logits(), unit=units)
def test_the_sum_is_the_mean_times_the_number_of_examples(labelled, unit):
    for loss in every_loss():
        none = loss(*labelled, reduction="none", unit=unit)
        assert none.shape == labelled[0].shape
        total, mean = (loss(*labelled, reduction=r, unit=unit) for r in ("sum", "mean"))
        assert type(mean) is type(total) is float
        if np.all(np.isfinite(none)):  # from probabilities, e^-1400 is 0 and costs inf
            same(total, none.sum())
            same(total, mean * len(none))
            same(total, np.longdouble(mean) * len(none))


@given(labelled=labelled_logits(), reduction=reductions)
def test_units_are_scalings(labelled, reduction):
    for loss in every_loss():
        nats, bits, bans = (
            np.asarray(loss(*labelled, reduction=reduction, unit=u))
            for u in ("nats", "bits", "bans")
        )
        same(bits * log(2), nats)
        same(bans * log(10), nats)
        assert loss(*labelled, reduction=reduction).__class__ in (float, np.ndarray)
        same(loss(*labelled, reduction=reduction), nats, rtol=0, atol=0)  # nats is the default


@given(labelled=labelled_logits(), data=st.data())
def test_the_order_of_the_examples_does_not_matter(labelled, data):
    labels, z = labelled
    order = data.draw(st.permutations(range(len(labels))))
    for loss in every_loss():
        none = loss(labels, z, reduction="none")
        np.testing.assert_array_equal(loss(labels[order], z[order], reduction="none"), none[order])
        for reduction in ("mean", "sum", "weighted_mean"):
            same(loss(labels[order], z[order], reduction=reduction),
                 loss(labels, z, reduction=reduction))  # fmt: skip


@given(labelled_logits(), reductions, st.data())
def test_the_names_of_the_classes_do_not_matter(labelled, reduction, data):
    """Permute classes and weights together: the same loss, with labels and with distributions."""
    labels, z = labelled
    order = np.array(data.draw(st.permutations(range(z.shape[1]))))
    weight = data.draw(hnp.arrays("f8", z.shape[1], elements=WEIGHTS))
    renamed = np.argsort(order)[labels]
    options = {"reduction": reduction, "label_smoothing": 0.125}
    for loss in (
        celib.categorical_cross_entropy_from_logits,
        lambda y, z, **o: celib.categorical_cross_entropy(y, celib.softmax(z), **o),
    ):
        want = loss(labels, z, class_weight=weight, **options)
        same(loss(renamed, z[:, order], class_weight=weight[order], **options), want)
        rows = celib.one_hot(labels, z.shape[1])
        same(loss(rows[:, order], z[:, order], class_weight=weight[order], **options), want)


@given(labelled_logits(), st.integers(-1000, 1000))
def test_losses_do_not_feel_a_shift_of_the_logits(labelled, shift):
    labels, z = labelled
    z = np.round(z * 64) / 64  # so that adding a whole number is exact
    for loss in (
        celib.categorical_cross_entropy_from_logits,
        celib.categorical_focal_loss_from_logits,
    ):
        same(loss(labels, z + shift, reduction="none"), loss(labels, z, reduction="none"))


@given(labelled_logits(), WEIGHTS, reductions)
def test_equal_weights_are_a_factor_and_cancel_in_the_weighted_mean(labelled, weight, reduction):
    labels, z = labelled
    weights = [weight] * z.shape[1]
    factor = 1 if reduction == "weighted_mean" else weight
    plain = celib.categorical_cross_entropy_from_logits(labels, z, reduction=reduction)
    got = celib.categorical_cross_entropy_from_logits(
        labels, z, class_weight=weights, reduction=reduction
    )
    same(got, factor * np.asarray(plain))


@given(labelled_logits(), st.data())
def test_the_weighted_mean_is_the_weighted_sum_over_the_total_weight(labelled, data):
    labels, z = labelled
    weight = data.draw(hnp.arrays("f8", z.shape[1], elements=WEIGHTS))
    options = {"class_weight": weight}
    loss = celib.categorical_cross_entropy_from_logits
    total = weight[labels].sum()
    same(
        loss(labels, z, **options, reduction="weighted_mean") * total,
        loss(labels, z, **options, reduction="sum"),
    )


@given(labelled_logits(), floats(0, 1))
def test_smoothing_is_a_mixture_with_the_uniform_distribution(labelled, e):
    """L(smoothed) = (1 - e) L(label) + e L(uniform), whose targets are written out."""
    labels, z = labelled
    loss = celib.categorical_cross_entropy_from_logits
    k = z.shape[1]
    uniform = np.full(z.shape, 1 / k)
    got = loss(labels, z, label_smoothing=e)
    same(got, (1 - e) * loss(labels, z) + e * loss(uniform, z))
    rows = (1 - e) * celib.one_hot(labels, k) + e / k
    same(got, loss(rows, z))


@given(binary_logits(), floats(0, 1))
def test_binary_smoothing_is_a_mixture_with_one_half(yz, e):
    y, z = yz
    loss = celib.binary_cross_entropy_from_logits
    same(loss(y, z, label_smoothing=e), (1 - e) * loss(y, z) + e * loss(np.full_like(y, 0.5), z))


@given(binary_logits(), reductions)
def test_binary_does_not_care_which_class_is_called_positive(yz, reduction):
    y, z = np.round(yz[0]), yz[1]
    same(
        celib.binary_cross_entropy_from_logits(1 - y, -z, reduction=reduction),
        celib.binary_cross_entropy_from_logits(y, z, reduction=reduction),
    )


@given(hnp.arrays("f8", (2, 3, 4), elements=LOGIT), st.integers(-3, 2))
def test_axis_is_transposition(z, axis):
    moved = np.moveaxis(z, axis, -1)
    for f in (celib.softmax, celib.log_softmax):
        np.testing.assert_array_equal(np.moveaxis(f(z, axis=axis), axis, -1), f(moved))
    np.testing.assert_array_equal(celib.logsumexp(z, axis=axis), celib.logsumexp(moved))
    p, q = celib.softmax(moved / 100), celib.softmax(-moved / 100)
    back = [np.moveaxis(x, -1, axis) for x in (p, q)]
    # summed in another order, so equal to a few roundings
    same(celib.entropy(back[0], axis=axis), celib.entropy(p), atol=1e-13)
    for f in (celib.cross_entropy, celib.kl_divergence, celib.js_divergence, celib.perplexity):
        same(f(*back, axis=axis), f(p, q), atol=1e-13)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@given(data=st.data())
def test_logits_to_the_edge_of_the_type_give_no_nan(dtype, data):
    """Any finite logits, and -inf beside one: nothing is nan or negative, and nothing warns."""
    width = 8 * np.dtype(dtype).itemsize
    finite = st.floats(allow_nan=False, allow_infinity=False, width=width)
    z = data.draw(hnp.arrays(dtype, (3, 3), elements=finite | st.just(-np.inf)))
    z[:, 0] = data.draw(hnp.arrays(dtype, 3, elements=finite))
    labels = data.draw(hnp.arrays("i8", 3, elements=st.integers(0, 2)))
    p, log_p = celib.softmax(z), celib.log_softmax(z)
    total = celib.logsumexp(z)
    loss = celib.categorical_cross_entropy_from_logits(labels, z, reduction="none")
    y = (labels == 1).astype(dtype)
    binary = celib.binary_cross_entropy_from_logits(y, z[:, 0], reduction="none")
    focal = celib.focal_loss_from_logits(y, z[:, 0], reduction="none")
    for answer in (p, log_p, total, loss, binary, focal):
        assert answer.dtype == np.dtype(dtype)
        assert not np.isnan(answer).any()
    assert ((p >= 0) & (p <= 1)).all()
    assert (log_p <= 0).all()
    assert np.isfinite(total).all()
    assert min(loss.min(), binary.min(), focal.min()) >= 0
    finite_label = np.isfinite(np.take_along_axis(log_p, labels[:, None], axis=1)[:, 0])
    assert (np.isfinite(loss) == finite_label).all()
    for reduction in ("mean", "sum", "weighted_mean"):
        value = celib.categorical_cross_entropy_from_logits(labels, z, reduction=reduction)
        assert value >= 0
        assert isfinite(value) or not finite_label.all() or reduction == "sum"
