"""Reliability, expected calibration error, Brier score, temperature and undone weights.

Expected values: hand fractions, closed forms, mpmath at the precision stated, and published
figures with their source beside them.
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import celib

RTOL = 1e-12

# --- reliability --------------------------------------------------------------------------------


def test_binary_bins_by_hand():
    """Four bins; 1/4 and 1/2 are upper ends and belong to the bin below, 0 to the first."""
    probs = [0, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 7 / 8, 1]
    bins = celib.reliability([0, 1, 1, 0, 1, 1, 0], probs, n_bins=4)
    assert bins._fields == ("confidence", "accuracy", "count", "edges")
    np.testing.assert_array_equal(bins.edges, [0, 1 / 4, 1 / 2, 3 / 4, 1])
    np.testing.assert_array_equal(bins.count, [3, 2, 0, 2])
    np.testing.assert_allclose(bins.confidence, [1 / 8, 7 / 16, np.nan, 15 / 16], rtol=RTOL)
    np.testing.assert_allclose(bins.accuracy, [2 / 3, 1 / 2, np.nan, 1 / 2], rtol=RTOL)
    assert bins.count.dtype.kind == "i"


def test_top_label_bins_by_hand():
    """Labels with rows of probabilities: the confidence is that of the top label, right or not."""
    probs = [[1 / 2, 1 / 4, 1 / 4], [1 / 8, 3 / 4, 1 / 8], [1 / 8, 1 / 8, 3 / 4], [0, 0, 1]]
    bins = celib.reliability([1, 1, 0, 2], probs, n_bins=4)
    np.testing.assert_array_equal(bins.count, [0, 1, 2, 1])
    np.testing.assert_allclose(bins.confidence, [np.nan, 1 / 2, 3 / 4, 1], rtol=RTOL)
    np.testing.assert_allclose(bins.accuracy, [np.nan, 0, 1 / 2, 1], rtol=RTOL)
    # Gaps 1/2, 1/4, 0, weighted by 1, 2, 1 of 4.
    got = celib.expected_calibration_error([1, 1, 0, 2], probs, n_bins=4)
    assert got == pytest.approx(1 / 4, rel=RTOL)


def test_binary_confidence_is_of_the_positive_class_not_of_the_top_label():
    """p = 1/8 and y = 0 is a confident right answer, yet confidence 1/8 and accuracy 0."""
    bins = celib.reliability([0], [1 / 8], n_bins=2)
    np.testing.assert_array_equal(bins.confidence, [1 / 8, np.nan])
    np.testing.assert_array_equal(bins.accuracy, [0, np.nan])
    top = celib.reliability([0], [[7 / 8, 1 / 8]], n_bins=2)
    np.testing.assert_array_equal(top.confidence, [np.nan, 7 / 8])
    np.testing.assert_array_equal(top.accuracy, [np.nan, 1])


@pytest.mark.parametrize("n_bins", [1, 2, 7, 10, 15])
def test_every_edge_belongs_to_the_bin_below(n_bins):
    edges = celib.reliability([0], [0.5], n_bins=n_bins).edges
    np.testing.assert_allclose(edges, np.arange(n_bins + 1) / n_bins, rtol=1e-15)
    bins = celib.reliability(np.zeros(n_bins), edges[1:], n_bins=n_bins)
    np.testing.assert_array_equal(bins.count, np.ones(n_bins))
    above = np.nextafter(edges[:-1], 1)
    bins = celib.reliability(np.zeros(n_bins), above, n_bins=n_bins)
    np.testing.assert_array_equal(bins.count, np.ones(n_bins))


@given(
    pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30),
    n_bins=st.integers(1, 20),
)
def test_bins_are_open_below_and_closed_above(pairs, n_bins):
    """Counted again from the edges: lo < p <= hi, and p = 0 in the first bin."""
    p, y = np.array([q for q, _ in pairs]), np.array([float(t) for _, t in pairs])
    bins = celib.reliability(y, p, n_bins=n_bins)
    ece = 0
    for b in range(n_bins):
        inside = (p > bins.edges[b]) & (p <= bins.edges[b + 1]) | ((p == 0) & (b == 0))
        assert bins.count[b] == inside.sum()
        if not inside.any():
            assert np.isnan(bins.confidence[b])
            assert np.isnan(bins.accuracy[b])
            continue
        np.testing.assert_allclose(bins.confidence[b], p[inside].mean(), rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(bins.accuracy[b], y[inside].mean(), rtol=1e-12)
        ece += abs(p[inside].sum() - y[inside].sum()) / len(p)
    got = celib.expected_calibration_error(y, p, n_bins=n_bins)
    assert got == pytest.approx(ece, rel=1e-12, abs=1e-14)


def test_the_default_is_fifteen_bins():
    p = (np.arange(300) + 0.5) / 300
    y = np.arange(300) % 3 == 0
    assert len(celib.reliability(y, p).count) == 15
    fifteen = celib.expected_calibration_error(y, p, n_bins=15)
    assert celib.expected_calibration_error(y, p) == fifteen
    assert fifteen != celib.expected_calibration_error(y, p, n_bins=10)


def test_reliability_gives_no_warning_for_empty_bins(recwarn):
    with np.errstate(all="raise"):
        celib.reliability([1], [0.5], n_bins=15)
        celib.expected_calibration_error([1], [0.5])
    assert not recwarn.list


# --- expected calibration error -----------------------------------------------------------------


@pytest.mark.parametrize(
    "targets, probs, n_bins, expected",
    [
        # torchmetrics 1.9.0, docstring of binary_calibration_error: 0.2900
        ([0, 0, 1, 1, 1], [0.25, 0.25, 0.55, 0.75, 0.75], 2, 0.29),
        # M. Pavlovic, "ECE step by step": nine samples, three bins. With P(y = 1) against the
        # rate of positives the gaps are .63, .94 and .45 of nine (the page's 0.23778 mixes two
        # definitions) ...
        (
            [0, 1, 0, 0, 0, 1, 1, 0, 1],
            [0.22, 0.64, 0.92, 0.42, 0.51, 0.15, 0.70, 0.37, 0.83],
            3,
            2.02 / 9,
        ),
        # induwara.lk ECE calculator: bins of 1, 4, 5 with confidence .55, .6675, .896 and
        # accuracy 1, .5, 1 (values chosen here to have those means): 0.1640
        (
            [1, 1, 1, 0, 0, 1, 1, 1, 1, 1],
            [0.55, 0.63, 0.66, 0.68, 0.70, 0.85, 0.87, 0.90, 0.92, 0.94],
            5,
            0.164,
        ),
        ([1, 0], [1, 0], 10, 0),
        ([0, 1], [1, 0], 10, 1),
        ([1, 1, 1, 0], [0.75] * 4, 10, 0),
        ([1, 0], [0.75, 0.25], 1, 0),  # one bin hides both errors
        ([1, 0], [0.75, 0.25], 2, 1 / 4),
    ],
)
def test_expected_calibration_error(targets, probs, n_bins, expected):
    got = celib.expected_calibration_error(targets, probs, n_bins=n_bins)
    assert type(got) is float
    assert got == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_top_label_form_of_the_same_samples():
    """... and with the top label's confidence max(p, 1 - p), as Guo et al. 2017, 0.19111."""
    p = np.array([0.22, 0.64, 0.92, 0.42, 0.51, 0.15, 0.70, 0.37, 0.83])
    rows = np.stack([1 - p, p], axis=1)
    got = celib.expected_calibration_error([0, 1, 0, 0, 0, 1, 1, 0, 1], rows, n_bins=3)
    assert got == pytest.approx(172 / 900, rel=RTOL)


# --- Brier score --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "targets, probs, expected",
    [
        # scikit-learn 1.9.1, docstring of brier_score_loss: 0.0375 and, for three classes, 0.146.
        ([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3], 0.0375),
        ([0, 1, 2], [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]], 0.44 / 3),
        ([1, 0], [3 / 4, 1 / 2], (1 / 16 + 1 / 4) / 2),
        ([0.5], [3 / 4], 1 / 16),
        # Two classes, summed: twice the binary score.
        ([1, 0], [[1 / 4, 3 / 4], [1 / 2, 1 / 2]], 1 / 16 + 1 / 4),
        ([[0, 1], [1, 0]], [[1 / 4, 3 / 4], [1 / 2, 1 / 2]], 1 / 16 + 1 / 4),
        ([[0.5, 0.25, 0.25]], [[0.25, 0.25, 0.5]], 1 / 8),
        ([0], [[0, 1, 0]], 2),  # the worst there is
        (0, [1 / 2, 1 / 4, 1 / 4], 1 / 4 + 1 / 16 + 1 / 16),  # one label, one distribution
        ([[0], [1]], [[[1 / 2, 1 / 4, 1 / 4]], [[0, 1, 0]]], 3 / 16),
    ],
)
def test_brier_score(targets, probs, expected):
    got = celib.brier_score(targets, probs)
    assert type(got) is float
    assert got == pytest.approx(expected, rel=RTOL)


@given(p=st.floats(0.01, 0.99), q=st.floats(0.01, 0.99))
def test_brier_score_is_proper(p, q):
    """Where y = 1 happens with frequency p, no forecast q beats p: E(q) - E(p) = (q - p)^2."""

    def expected_score(f):
        return p * celib.brier_score([1], [f]) + (1 - p) * celib.brier_score([0], [f])

    got = expected_score(q) - expected_score(p)
    assert got == pytest.approx((q - p) ** 2, abs=1e-14)


# --- temperature --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lead, right, total", [(2, 3, 4), (4, 3, 4), (0.01, 6, 10), (700, 99, 100), (1e-5, 2, 3)]
)
def test_temperature_in_closed_form(lead, right, total):
    """Two classes, one lead z: softmax(z / T) = share of right answers, so T = z / logit(share)."""
    logits = [[lead, 0]] * total
    labels = [0] * right + [1] * (total - right)
    with mp.workdps(30):
        expected = float(mp.mpf(lead) / mp.log(mp.mpf(right) / (total - right)))
    got = celib.fit_temperature(labels, logits)
    assert type(got) is float
    assert got == pytest.approx(expected, rel=1e-9)


LOGITS = [[2.0, 0.5, -1.0], [0.1, 0.3, 3.0], [1.0, 1.5, 0.0], [-2.0, 4.0, 3.5], [0.0, 0.2, 0.1]]
LABELS = [0, 2, 0, 1, 2]


def test_temperature_against_mpmath():
    """The root of d(loss)/d(1/T), found at dps 50."""

    def slope(b):
        total = mp.mpf(0)
        for z, y in zip(LOGITS, LABELS, strict=True):
            e = [mp.exp(mp.mpf(v) * b) for v in z]
            total += mp.fdot(e, z) / mp.fsum(e) - z[y]
        return total

    with mp.workdps(50):
        expected = float(1 / mp.findroot(slope, (mp.mpf("0.1"), 3), solver="anderson"))
    assert celib.fit_temperature(LABELS, LOGITS) == pytest.approx(expected, rel=1e-9)


def loss_at(temperature, labels, logits):
    return celib.categorical_cross_entropy_from_logits(labels, np.asarray(logits) / temperature)


def test_no_temperature_of_a_fine_grid_is_better():
    best = celib.fit_temperature(LABELS, LOGITS)
    losses = [loss_at(best * f, LABELS, LOGITS) for f in np.geomspace(1e-2, 1e2, 2001)]
    assert loss_at(best, LABELS, LOGITS) <= min(losses) + 1e-15
    assert int(np.argmin(losses)) == 1000


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_temperature_of_a_calibrated_model_is_recovered(temperature):
    """Labels drawn from softmax(u): the logits T u are calibrated again by T, and u by 1."""
    rng = np.random.default_rng(20170614)
    u = rng.normal(0, 2, (20000, 4))
    labels = (u + rng.gumbel(size=u.shape)).argmax(axis=1)
    got = celib.fit_temperature(labels, temperature * u)
    assert got == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("share", [1 / 4, 1 / 2, 7 / 10])
def test_temperature_one_where_the_model_is_calibrated(share):
    """Exactly calibrated by construction: ten examples, labels in the proportions predicted."""
    rows = np.array([[0.7, 0.2, 0.1]] * 10 + [[share, 1 - share, 0]] * 20)
    labels = [0] * 7 + [1] * 2 + [2] + [0] * round(20 * share) + [1] * round(20 * (1 - share))
    with np.errstate(divide="ignore"):
        logits = np.log(rows)  # -inf masks the third class
    assert celib.fit_temperature(labels, logits) == pytest.approx(1, rel=1e-9)


@given(
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-100, 100),
    flips=st.lists(st.integers(0, 2), min_size=5, max_size=5),
)
def test_scaled_logits_scale_the_temperature_and_shifted_ones_do_not(scale, shift, flips):
    z = np.array(LOGITS)
    true = np.take_along_axis(z, np.array(flips)[:, None], axis=1)[:, 0]
    # Far enough from both refusals.
    assume((true < z.max(axis=1)).any() and np.mean(true - z.mean(axis=1)) > 0.05)
    base = celib.fit_temperature(flips, z)
    assert celib.fit_temperature(flips, scale * z) == pytest.approx(scale * base, rel=1e-8)
    assert celib.fit_temperature(flips, z + shift) == pytest.approx(base, rel=1e-8)


@pytest.mark.parametrize(
    "labels, logits",
    [
        ([0, 1], [[1.0, 0.0], [0.0, 3.0]]),
        ([0, 0], [[1.0, 1.0, 0.0], [2.0, 1.0, 0.0]]),  # a tie for the top does not hold T up
        ([2], [[-5.0, -np.inf, 700.0]]),
    ],
)
def test_all_right_would_run_to_zero(labels, logits):
    with pytest.raises(ValueError, match=r"(?i)T = 0|zero|to 0"):
        celib.fit_temperature(labels, logits)


@pytest.mark.parametrize(
    "labels, logits",
    [
        ([1, 0], [[1.0, 0.0], [0.0, 3.0]]),  # all wrong
        ([0, 1, 1], [[1.0, 0.0], [3.0, 0.0], [1.0, 0.0]]),  # wrong where it is sure
        ([0, 1], [[2.0, 0.0], [2.0, 0.0]]),  # as often wrong as right: the gains cancel exactly
        ([1], [[2.0, 1.0, 0.0]]),  # the true logit is the mean of its row
    ],
)
def test_mostly_wrong_would_run_to_infinity(labels, logits):
    with pytest.raises(ValueError, match=r"(?i)infin"):
        celib.fit_temperature(labels, logits)


def test_equal_logits_have_no_best_temperature():
    with pytest.raises(ValueError, match="all equal"):
        celib.fit_temperature([0, 1], [[1.0, 1.0], [3.0, 3.0]])


# --- undo_weighting -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "p, weight, expected",
    [
        (1 / 2, 99, 1 / 100),
        (3 / 4, 3, 1 / 2),
        (1 / 4, 3, 1 / 10),
        (1 / 4, 1 / 3, 1 / 2),
        (0.3, 1, 0.3),
        (0, 5, 0),
        (1, 5, 1),
        (1e-300, 4, 2.5e-301),
        ([1 / 2, 3 / 4], 3, [1 / 4, 1 / 2]),
    ],
)
def test_undo_weighting_by_hand(p, weight, expected):
    np.testing.assert_allclose(celib.undo_weighting(p, weight), expected, rtol=RTOL)


@given(p=st.floats(1e-6, 1 - 1e-6), weight=st.floats(1e-3, 1e3))
def test_undo_weighting_divides_the_odds(p, weight):
    got = celib.undo_weighting(p, weight)
    assert got / (1 - got) == pytest.approx(p / (1 - p) / weight, rel=1e-6)
    assert celib.undo_weighting(got, 1 / weight) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("rate, weight", [(0.01, 99), (0.3, 2), (0.5, 0.25)])
def test_undo_weighting_recovers_the_rate_a_weighted_loss_has_moved(rate, weight):
    """The p that minimises the weighted loss is w r / (w r + 1 - r): its slope is 0 there."""
    targets = np.repeat([1.0, 0.0], [round(1000 * rate), 1000 - round(1000 * rate)])
    learned = weight * rate / (weight * rate + 1 - rate)
    _, gradient = celib.value_and_gradient(
        celib.binary_cross_entropy_from_logits,
        targets,
        np.full(1000, celib.logit(learned)),
        pos_weight=weight,
    )
    assert gradient.sum() == pytest.approx(0, abs=1e-14)
    assert celib.undo_weighting(learned, weight) == pytest.approx(rate, rel=RTOL)


def test_types_of_undone_probabilities():
    assert type(celib.undo_weighting(0.5, 2)) is float
    got = celib.undo_weighting(np.full((2, 3), 0.5, np.float32), 3)
    assert (got.dtype, got.shape) == (np.float32, (2, 3))


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: celib.reliability([1], [0.5], n_bins=0), r"n_bins.*0"),
        (lambda: celib.expected_calibration_error([1], [0.5], n_bins=-3), r"n_bins.*-3"),
        (lambda: celib.reliability([1], [1.5]), r"1\.5"),
        (lambda: celib.reliability([1, 0], [0.5]), r"\(2,\).*\(1,\)|\(1,\).*\(2,\)"),
        (lambda: celib.reliability([3], [[0.5, 0.5]]), "3"),
        (lambda: celib.reliability([], []), "empty"),
        (lambda: celib.brier_score([0], [[0.5, 0.4]]), r"0\.9"),
        (lambda: celib.brier_score([2.0], [0.5]), "2"),
        (lambda: celib.brier_score([[0.5, 0.25]], [[0.5, 0.5]]), r"targets\[0\] sums to 0\.75"),
        (lambda: celib.brier_score([3], [[0.5, 0.5]]), r"targets\[0\] is 3"),
        (lambda: celib.fit_temperature([0, 1], [1.0, 2.0]), "shape"),
        (lambda: celib.fit_temperature([0], [[1.0, 2.0], [2.0, 1.0]]), "shape"),
        (lambda: celib.fit_temperature([7], [[1.0, 2.0]]), "7"),
        (lambda: celib.fit_temperature([0, 0], [[0.0, 1.0], [np.nan, 1.0]]), "nan"),
        (lambda: celib.undo_weighting(0.5, -2), "-2"),
        (lambda: celib.undo_weighting(0.5, 0), "pos_weight"),
        (lambda: celib.undo_weighting(1.5, 2), r"1\.5"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_logits_of_float32_are_fitted_in_float64():
    rng = np.random.default_rng(1706)
    single, labels = rng.normal(0, 3, (200, 3)).astype("f4"), rng.integers(0, 3, 200)
    single[np.arange(200), labels] += np.float32(2)
    assert celib.fit_temperature(labels, single) == celib.fit_temperature(
        labels, single.astype("f8")
    )


def test_a_weight_beyond_the_type_of_the_probabilities_is_undone_without_a_warning():
    """Odds of 1 divided by 1e300 are no float32 but 0."""
    assert celib.undo_weighting(np.array([0.5, 1.0], "f4"), 1e300).tolist() == [0.0, 1.0]
