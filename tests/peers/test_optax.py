"""celib beside JAX and optax, in float64, values and gradients."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")
jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402  (the precision has to be set before arrays are made)

import celib  # noqa: E402

RTOL = 1e-12

rng = np.random.default_rng(20170807)
LOGITS = rng.normal(0, 4, (20, 5))
LABELS = rng.integers(0, 5, 20)
SOFT = rng.dirichlet(np.full(5, 0.7), 20)
SCORES = rng.normal(0, 4, 40)
HARD_Y = rng.integers(0, 2, 40).astype(float)
SOFT_Y = rng.random(40)


def both(ours, theirs, targets, logits, **options):
    """Check per-example losses, and the gradient of their mean."""
    got = ours(targets, logits, reduction="none", **options)
    np.testing.assert_allclose(got, theirs(jnp.array(logits)), rtol=1e-11, atol=1e-13)
    value, gradient = celib.value_and_gradient(ours, targets, logits, **options)
    their_value, their_gradient = jax.value_and_grad(lambda z: theirs(z).mean())(jnp.array(logits))
    assert value == pytest.approx(float(their_value), rel=RTOL)
    np.testing.assert_allclose(gradient, their_gradient, rtol=1e-10, atol=1e-15)


def test_softmax_cross_entropy():
    both(
        celib.categorical_cross_entropy_from_logits,
        lambda z: optax.softmax_cross_entropy(z, SOFT), SOFT, LOGITS,
    )  # fmt: skip
    both(
        celib.categorical_cross_entropy_from_logits,
        lambda z: optax.softmax_cross_entropy_with_integer_labels(z, LABELS), LABELS, LOGITS,
    )  # fmt: skip


@pytest.mark.parametrize("y", [HARD_Y, SOFT_Y], ids=["hard", "soft"])
def test_sigmoid_binary_cross_entropy(y):
    both(
        celib.binary_cross_entropy_from_logits,
        lambda z: optax.sigmoid_binary_cross_entropy(z, y), y, SCORES,
    )  # fmt: skip


@pytest.mark.parametrize("y", [HARD_Y, SOFT_Y], ids=["hard", "soft"])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [None, 0.25])
def test_sigmoid_focal_loss(y, gamma, alpha):
    both(
        celib.focal_loss_from_logits,
        lambda z: optax.sigmoid_focal_loss(z, y, gamma=gamma, alpha=alpha), y, SCORES,
        gamma=gamma, alpha=alpha,
    )  # fmt: skip


@pytest.mark.parametrize("e", [0.0, 0.1, 1.0])
def test_smooth_labels(e):
    smoothed = optax.smooth_labels(jnp.eye(5)[LABELS], e)
    both(
        celib.categorical_cross_entropy_from_logits,
        lambda z: optax.softmax_cross_entropy(z, smoothed), LABELS, LOGITS, label_smoothing=e,
    )  # fmt: skip


def test_the_gradient_formula_is_the_derivative_of_the_categorical_focal_loss():
    """optax has no categorical focal loss; jax.grad differentiates its definition."""
    w = np.array([0.5, 1, 2, 3, 0.1])

    def definition(z):
        log_p = jax.nn.log_softmax(z)
        return -(w * SOFT * (1 - jnp.exp(log_p)) ** 1.5 * log_p).sum(axis=-1)

    both(
        celib.categorical_focal_loss_from_logits, definition, SOFT, LOGITS,
        gamma=1.5, class_weight=w,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sigmoid", "log_sigmoid"])
def test_functions_of_jax_nn(name):
    np.testing.assert_allclose(
        getattr(celib, name)(LOGITS), getattr(jax.nn, name)(LOGITS), rtol=RTOL, atol=1e-15
    )


def test_convention_label_smoothing_where_the_share_e_goes():
    """Three classes, label 0, p = (1/2, 1/4, 1/4), so 1, 2, 2 bits, and e = 0.3.

    - e / K on every class, the true one keeps 1 - e + e / K = 0.8: Szegedy et al. 2016, optax,
      PyTorch, Keras (keras/src/losses/losses.py, categorical_crossentropy), celib: 1.2 bits
    - e / (K - 1) on the others, the true one keeps 1 - e = 0.7: some tutorials: 1.3 bits
    - binary: y (1 - e) + e / 2, the same rule at K = 2 (Keras, celib). 1 becomes 0.85; code that
      uses e itself for the other class (1 becomes 1 - e = 0.7) smooths twice as much.
    - with class weights PyTorch and celib weight each class's smoothed part by its own weight,
      not the whole loss by the weight of the label (see test_torch.py)
    """
    bits, e, k = np.array([1, 2, 2]), 0.3, 3
    label = np.eye(k)[0]
    szegedy = np.dot(label * (1 - e) + e / k, bits)
    other = np.dot(np.where(label == 1, 1 - e, e / (k - 1)), bits)
    theirs = np.dot(optax.smooth_labels(jnp.array(label), e), bits)
    assert (szegedy, float(theirs), other) == pytest.approx((1.2, 1.2, 1.3))
    got = celib.categorical_cross_entropy(0, [1 / 2, 1 / 4, 1 / 4], label_smoothing=e, unit="bits")
    assert got == pytest.approx(1.2, rel=RTOL)
    # The e / (K - 1) convention is ours with e K / (K - 1).
    got = celib.categorical_cross_entropy(
        0, [1 / 2, 1 / 4, 1 / 4], label_smoothing=e * k / (k - 1), unit="bits"
    )
    assert got == pytest.approx(1.3, rel=RTOL)

    keras_binary = 1.0 * (1 - e) + 0.5 * e
    assert keras_binary == pytest.approx(0.85)
    got = celib.binary_cross_entropy(1, 1 / 4, label_smoothing=e)
    assert got == pytest.approx(celib.binary_cross_entropy(0.85, 1 / 4), rel=RTOL)


def test_convention_focal_alpha_which_class_and_what_means_none():
    """A positive of 2 bits and a negative of 1 bit, gamma = 0 so that alpha alone is seen.

    - Lin et al. 2017, optax, torchvision, Keras, celib: alpha on the positives, 1 - alpha on the
      negatives. With alpha = 0.25 the rare positives get the *smaller* weight: 0.5 and 0.75 bits.
      (It is tuned for gamma = 2, where easy negatives have already shrunk; for rare positives at
      gamma = 0 it is the wrong way round.)
    - "alpha on the negatives", as is often read into it, would give 1.5 and 0.25.
    - no alpha: None in optax (its default) and celib (its default); alpha = -1 in torchvision,
      whose default is 0.25 (torchvision/ops/focal_loss.py); apply_class_balancing=False in Keras,
      its default, where alpha = 0.25 is then ignored.
    - reduction: optax and torchvision give each example's loss ("none"), Keras and celib the mean;
      Lin et al. divide the sum by the number of positives.
    """
    y, p = np.array([1.0, 0.0]), np.array([1 / 4, 1 / 2])
    z = np.log(p) - np.log1p(-p)

    def torchvision(z, y, alpha=0.25, gamma=2):
        p = 1 / (1 + np.exp(-z))
        p_t = p * y + (1 - p) * (1 - y)
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)) * (1 - p_t) ** gamma
        return loss if alpha < 0 else (alpha * y + (1 - alpha) * (1 - y)) * loss

    def in_bits(**options):
        options = {"gamma": 0, "reduction": "none", "unit": "bits"} | options
        return celib.focal_loss_from_logits(y, z, **options)

    np.testing.assert_allclose(in_bits(alpha=0.25), [0.5, 0.75], rtol=RTOL)
    for theirs in (
        optax.sigmoid_focal_loss(jnp.array(z), y, alpha=0.25, gamma=0.0),
        torchvision(z, y, gamma=0),
    ):
        np.testing.assert_allclose(np.asarray(theirs) / np.log(2), [0.5, 0.75], rtol=RTOL)
    for theirs in (
        optax.sigmoid_focal_loss(jnp.array(z), y),
        torchvision(z, y, alpha=-1),
    ):
        np.testing.assert_allclose(np.asarray(theirs) / np.log(2), [9 / 8, 1 / 4], rtol=RTOL)
    np.testing.assert_allclose(in_bits(gamma=2), [9 / 8, 1 / 4], rtol=RTOL)
    np.testing.assert_allclose(in_bits(), [2, 1], rtol=RTOL)
    mean = celib.focal_loss_from_logits(y, z, alpha=0.25, unit="bits")
    assert mean == pytest.approx((9 / 32 + 3 / 16) / 2, rel=RTOL)
    with pytest.raises(ValueError, match="alpha"):
        in_bits(alpha=-1)


def test_tiny_losses_optax_says_0_celib_keeps_them():
    """Logits (z, 0), label 0: the loss is log1p(e^-z). From z = 37 on, 1 + e^-z is 1 in a double.

    optax's softmax losses say 0, and so does the true class's gradient p - 1. Its sigmoid losses
    use log1p and keep the digits: optax itself gives two answers for one example.
    """
    for z, loss in (40.0, 4.248354255291589e-18), (690.0, 2.171738281389827e-300):
        row = jnp.array([z, 0.0])
        theirs = optax.softmax_cross_entropy_with_integer_labels(row, jnp.array(0))
        assert float(theirs) == float(optax.softmax_cross_entropy(row, jnp.array([1.0, 0.0]))) == 0
        sigmoid = optax.sigmoid_binary_cross_entropy(jnp.array(z), jnp.array(1.0))
        assert float(sigmoid) == pytest.approx(loss, rel=RTOL, abs=0)
        slope = jax.grad(lambda v: optax.softmax_cross_entropy(v, jnp.array([1.0, 0.0])))(row)
        assert float(slope[0]) == 0

        ours = celib.categorical_cross_entropy_from_logits
        assert ours(0, [z, 0.0]) == pytest.approx(loss, rel=RTOL, abs=0)
        assert celib.binary_cross_entropy_from_logits(1, z) == pytest.approx(loss, rel=RTOL, abs=0)
        _, gradient = celib.value_and_gradient(ours, 0, [z, 0.0])
        np.testing.assert_allclose(gradient, [-loss, loss], rtol=RTOL)


def test_masked_classes_optax_needs_another_function_celib_does_not():
    """0 times -(-inf): optax.softmax_cross_entropy says nan, its safe variant and celib 0."""
    row, target = jnp.array([0.0, -jnp.inf]), jnp.array([1.0, 0.0])
    assert np.isnan(optax.softmax_cross_entropy(row, target))
    assert float(optax.safe_softmax_cross_entropy(row, target)) == 0
    assert celib.categorical_cross_entropy_from_logits([1.0, 0.0], [0.0, -np.inf]) == 0
