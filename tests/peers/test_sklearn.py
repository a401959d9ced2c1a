"""celib beside scikit-learn, and the conventions that can be shown with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

import celib

RTOL = 1e-12


def examples(seed, n=50, k=4):
    rng = np.random.default_rng(seed)
    return rng.integers(0, k, n), rng.dirichlet(np.full(k, 0.5), n)


def binary_examples(seed, n=60):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, n).astype(float), rng.uniform(0.001, 0.999, n)


def test_log_loss():
    y, p = examples(1)
    got = celib.categorical_cross_entropy(y, p)
    assert got == pytest.approx(log_loss(y, p, labels=range(4)), rel=RTOL)
    got = celib.categorical_cross_entropy(y, p, reduction="sum")
    assert got == pytest.approx(log_loss(y, p, labels=range(4), normalize=False), rel=RTOL)
    y, p = binary_examples(2)
    assert celib.binary_cross_entropy(y, p) == pytest.approx(log_loss(y, p), rel=RTOL)


def test_log_loss_with_sample_weights_is_the_weighted_mean():
    """scikit-learn's average divides by the sum of the weights, as reduction "weighted_mean"."""
    y, p = examples(3)
    w = np.array([0.5, 1, 3, 8])
    theirs = log_loss(y, p, labels=range(4), sample_weight=w[y])
    got = celib.categorical_cross_entropy(y, p, class_weight=w, reduction="weighted_mean")
    assert got == pytest.approx(theirs, rel=RTOL)
    y, p = binary_examples(4)
    theirs = log_loss(y, p, sample_weight=np.where(y == 1, 7, 1))
    got = celib.binary_cross_entropy(y, p, pos_weight=7, reduction="weighted_mean")
    assert got == pytest.approx(theirs, rel=RTOL)
    theirs = log_loss(y, p, sample_weight=np.where(y == 1, 0.25, 0.75))
    got = celib.balanced_cross_entropy(y, p, alpha=0.25, reduction="weighted_mean")
    assert got == pytest.approx(theirs, rel=RTOL)


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6))
def test_compute_class_weight_balanced(counts):
    y = np.repeat(range(len(counts)), counts)
    theirs = compute_class_weight("balanced", classes=np.unique(y), y=y)
    np.testing.assert_allclose(celib.balanced_class_weight(counts), theirs, rtol=RTOL)


def test_brier_score_of_binary_and_of_many_classes():
    y, p = binary_examples(5)
    assert celib.brier_score(y, p) == pytest.approx(brier_score_loss(y, p), rel=RTOL)
    y, p = examples(6)
    theirs = brier_score_loss(y, p, labels=range(4))
    assert celib.brier_score(y, p) == pytest.approx(theirs, rel=RTOL)


def test_convention_brier_score_of_two_columns_scikit_learn_halves_celib_does_not():
    """With scale_by_half="auto" scikit-learn makes two columns and one agree: it halves the first.

    celib sums over the classes it is given, as Brier did: 0.075 for the docstring's 0.0375.
    """
    y, p = np.array([0, 1, 1, 0]), np.array([0.1, 0.9, 0.8, 0.3])
    rows = np.stack([1 - p, p], axis=1)
    assert brier_score_loss(y, p) == pytest.approx(0.0375)
    assert brier_score_loss(y, rows) == pytest.approx(0.0375)
    assert brier_score_loss(y, rows, scale_by_half=False) == pytest.approx(0.075)
    assert celib.brier_score(y, p) == pytest.approx(0.0375, rel=RTOL)
    assert celib.brier_score(y, rows) == pytest.approx(0.075, rel=RTOL)


@pytest.mark.parametrize("n_bins", [2, 5, 15])
def test_calibration_curve_leaves_out_the_empty_bins(n_bins):
    """The same bins (lo, hi]; scikit-learn drops an empty one, celib keeps it as nan."""
    y, p = binary_examples(7, n=25)
    p = np.concatenate([p**3, [0, 0.2, 0.5, 1]])
    y = np.concatenate([y, [0, 1, 1, 1]])
    bins = celib.reliability(y, p, n_bins=n_bins)
    filled = bins.count > 0
    true, predicted = calibration_curve(y, p, n_bins=n_bins)
    np.testing.assert_allclose(bins.accuracy[filled], true, rtol=RTOL)
    np.testing.assert_allclose(bins.confidence[filled], predicted, rtol=RTOL)


def test_convention_weighted_mean_who_divides_by_what():
    """One batch, four denominators. Two examples, losses 1 and 2 bits, weights 1 and 3.

    - by the sum of weights, 7/4: scikit-learn (sample_weight), PyTorch with class weights and
      labels (F.cross_entropy), Keras's reduction "mean_with_sample_weight", celib "weighted_mean"
    - by the number of examples, 7/2: Keras's default "sum_over_batch_size"
      (keras/src/losses/loss.py, reduce_weighted_values), PyTorch with class weights and
      probabilities as targets, and F.binary_cross_entropy_with_logits, celib "mean"
    - not at all, 7: celib "sum"
    test_torch.py runs PyTorch's three cases.
    """
    y, p, w = [0, 1], [[1 / 2, 1 / 2], [3 / 4, 1 / 4]], [1, 3]
    losses = -np.log2([1 / 2, 1 / 4])

    scikit_learn = log_loss(y, p, sample_weight=[1, 3]) / np.log(2)
    keras = np.sum(losses * w) / len(losses)
    keras_mean_with_sample_weight = np.sum(losses * w) / np.sum(w)
    assert (scikit_learn, keras, keras_mean_with_sample_weight) == pytest.approx(
        (7 / 4, 7 / 2, 7 / 4)
    )

    def celib_says(reduction):
        return celib.categorical_cross_entropy(
            y, p, class_weight=w, reduction=reduction, unit="bits"
        )

    assert celib_says("weighted_mean") == pytest.approx(scikit_learn, rel=RTOL)
    assert celib_says("mean") == pytest.approx(keras, rel=RTOL)
    assert celib_says("sum") == pytest.approx(7, rel=RTOL)


def test_the_weighted_mean_of_the_keras_docstring():
    """Keras 3.15.1, CategoricalCrossentropy, sample_weight=[0.3, 0.7]: 0.814, divided by N = 2.

    Dividing by the sum of weights, 1.0, gives 1.627.
    """
    rows = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    losses = celib.categorical_cross_entropy([1, 2], rows, reduction="none")
    assert round(float(np.sum(losses * [0.3, 0.7]) / 2), 3) == 0.814
    # The same weights, as weights of the classes 1 and 2.
    options = {"class_weight": [1, 0.3, 0.7]}
    assert round(celib.categorical_cross_entropy([1, 2], rows, **options), 3) == 0.814
    got = celib.categorical_cross_entropy([1, 2], rows, reduction="weighted_mean", **options)
    assert round(got, 3) == 1.627


def test_convention_pos_weight_alpha_and_class_weight_say_the_same_thing_thrice():
    """Negatives outnumber positives three to one: what does each name want?

    - pos_weight (PyTorch, TensorFlow): 3 on the positives, 1 on the negatives
    - alpha (Lin et al.; Xie and Tu): 3/4 on the positives, 1/4 on the negatives
    - class_weight "balanced" (scikit-learn): n / (K n_c) = 2/3 on class 0 and 2 on class 1
    All have the ratio 3 : 1, so one weighted mean; the plain means differ by the constants.
    """
    y, p = [0, 0, 0, 1], [1 / 2, 1 / 2, 3 / 4, 1 / 4]  # 1, 1, 2 and 2 bits
    rows = np.stack([np.subtract(1, p), p], axis=1)
    w = compute_class_weight("balanced", classes=np.array([0, 1]), y=np.array(y))
    np.testing.assert_allclose(w, [2 / 3, 2], rtol=RTOL)
    np.testing.assert_allclose(celib.balanced_class_weight([3, 1]), w, rtol=RTOL)

    def all_three(reduction):
        options = {"reduction": reduction, "unit": "bits"}
        return (
            celib.binary_cross_entropy(y, p, pos_weight=3, **options),
            celib.balanced_cross_entropy(y, p, alpha=3 / 4, **options),
            celib.categorical_cross_entropy(y, rows, class_weight=w, **options),
        )

    assert all_three("mean") == pytest.approx((10 / 4, 10 / 16, 10 / 6), rel=RTOL)
    assert all_three("weighted_mean") == pytest.approx((10 / 6,) * 3, rel=RTOL)
    theirs = log_loss(y, p, sample_weight=compute_sample_weight("balanced", y)) / np.log(2)
    assert theirs == pytest.approx(10 / 6, rel=RTOL)


def test_class_weight_balanced_moves_the_odds_and_undo_weighting_moves_them_back():
    """A constant model: LogisticRegression(class_weight) learns the weighted rate of positives."""
    y = np.repeat([0, 1], [90, 10])
    x = np.zeros((100, 1))
    model = LogisticRegression(C=np.inf, class_weight={0: 1, 1: 9}, tol=1e-10).fit(x, y)
    learned = model.predict_proba(x)[0, 1]
    assert learned == pytest.approx(0.5, abs=1e-6)
    assert celib.undo_weighting(learned, 9) == pytest.approx(0.1, abs=1e-6)


def test_convention_certain_and_wrong_who_clips_at_what():
    """A true event of probability 0. Only celib says what the formula says.

    - scikit-learn clips to [eps, 1 - eps] of the dtype: 36.04 in float64, 15.94 in float32
    - Keras clips to its epsilon 1e-7 (keras/src/backend/config.py): 16.12
    - PyTorch's F.binary_cross_entropy stops each logarithm at -100 (see test_torch.py): 100
    - celib: inf, without a warning
    """
    for dtype, shown in (np.float64, 36.04), (np.float32, 15.94):
        theirs = log_loss([1], np.array([[1, 0]], dtype), labels=[0, 1])
        assert theirs == pytest.approx(-np.log(np.finfo(dtype).eps), rel=1e-6)
        assert round(theirs, 2) == shown
    keras = -np.log(np.clip(0.0, 1e-7, 1 - 1e-7))
    assert round(float(keras), 2) == 16.12
    assert celib.categorical_cross_entropy([1], [[1, 0]]) == np.inf
    assert celib.binary_cross_entropy([1], [0]) == np.inf
    # Clipping also gives the certain and right a loss, of -log(1 - eps).
    assert log_loss([0], [[1, 0]], labels=[0, 1]) == pytest.approx(2.22e-16, rel=1e-2)
    assert celib.categorical_cross_entropy([0], [[1, 0]]) == 0
