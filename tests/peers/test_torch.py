"""celib beside PyTorch, in float64, values and gradients; skipped where PyTorch is missing."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch.nn import functional as F  # noqa: E402

import celib  # noqa: E402

RTOL = 1e-12

rng = np.random.default_rng(20191203)
LOGITS = rng.normal(0, 4, (20, 5))
LABELS = rng.integers(0, 5, 20)
SOFT = rng.dirichlet(np.full(5, 0.7), 20)
SCORES = rng.normal(0, 4, 40)
HARD_Y = rng.integers(0, 2, 40).astype(float)
SOFT_Y = rng.random(40)
W = np.array([0.5, 1, 2, 4, 0.1])


def tensor(values):
    return torch.tensor(np.asarray(values))


def doubles(values):
    return torch.tensor(values, dtype=torch.float64)


def same(ours, theirs, targets, logits, **options):
    """Check the reduced loss and its gradient."""
    z = tensor(logits).requires_grad_()
    loss = theirs(z)
    loss.backward()
    value, gradient = celib.value_and_gradient(ours, targets, logits, **options)
    assert value == pytest.approx(loss.item(), rel=RTOL)
    np.testing.assert_allclose(gradient, z.grad.numpy(), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
@pytest.mark.parametrize("e", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_with_labels(weight, e, reduction):
    """PyTorch's "mean" over labels is our "weighted_mean", smoothed or not."""
    same(
        celib.categorical_cross_entropy_from_logits,
        lambda z: F.cross_entropy(
            z,
            tensor(LABELS),
            weight=None if weight is None else tensor(weight),
            label_smoothing=e,
            reduction=reduction,
        ),
        LABELS,
        LOGITS,
        class_weight=weight,
        label_smoothing=e,
        reduction={"mean": "weighted_mean"}.get(reduction, reduction),
    )


@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
@pytest.mark.parametrize("e", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy_with_probabilities_as_targets(weight, e, reduction):
    """PyTorch's "mean" over probabilities is our "mean"."""
    same(
        celib.categorical_cross_entropy_from_logits,
        lambda z: F.cross_entropy(
            z,
            tensor(SOFT),
            weight=None if weight is None else tensor(weight),
            label_smoothing=e,
            reduction=reduction,
        ),
        SOFT,
        LOGITS,
        class_weight=weight,
        label_smoothing=e,
        reduction=reduction,
    )


@pytest.mark.parametrize("y", [HARD_Y, SOFT_Y], ids=["hard", "soft"])
@pytest.mark.parametrize("pos_weight", [None, 0.2, 9.0])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_binary_cross_entropy_with_logits(y, pos_weight, reduction):
    """pos_weight, unlike class weights, leaves the denominator N: our "mean"."""
    same(
        celib.binary_cross_entropy_from_logits,
        lambda z: F.binary_cross_entropy_with_logits(
            z,
            tensor(y),
            pos_weight=None if pos_weight is None else doubles(pos_weight),
            reduction=reduction,
        ),
        y,
        SCORES,
        pos_weight=pos_weight,
        reduction=reduction,
    )


def test_reduction_none():
    got = celib.categorical_cross_entropy_from_logits(
        LABELS, LOGITS, class_weight=W, reduction="none"
    )
    theirs = F.cross_entropy(tensor(LOGITS), tensor(LABELS), weight=tensor(W), reduction="none")
    np.testing.assert_allclose(got, theirs.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [None, 0.25])
def test_autograd_of_the_focal_loss_as_defined(gamma, alpha):
    """PyTorch itself has no focal loss; autograd differentiates torchvision's lines."""

    def definition(z):
        y, p = tensor(HARD_Y), torch.sigmoid(z)
        p_t = p * y + (1 - p) * (1 - y)
        loss = F.binary_cross_entropy_with_logits(z, y, reduction="none") * (1 - p_t) ** gamma
        return (loss if alpha is None else (alpha * y + (1 - alpha) * (1 - y)) * loss).mean()

    same(celib.focal_loss_from_logits, definition, HARD_Y, SCORES / 4, gamma=gamma, alpha=alpha)


def test_convention_weighted_mean_pytorch_divides_by_weights_for_labels_by_n_for_probabilities():
    """Two examples, losses 1 and 2 bits, class weights 1 and 3; the weighted sum is 7 bits.

    - labels: 7 / (1 + 3) = 7/4
    - the very same labels as one-hot probabilities: 7 / 2
    - celib decides by the reduction asked for, not by how the targets are written
    """
    z, w = np.log([[1 / 2, 1 / 2], [3 / 4, 1 / 4]]), [1.0, 3.0]
    labels = F.cross_entropy(tensor(z), torch.tensor([0, 1]), weight=doubles(w))
    one_hot = F.cross_entropy(tensor(z), tensor(np.eye(2)), weight=doubles(w))
    assert float(labels) / np.log(2) == pytest.approx(7 / 4)
    assert float(one_hot) / np.log(2) == pytest.approx(7 / 2)
    for targets in ([0, 1], np.eye(2)):
        for reduction, expected in ("weighted_mean", 7 / 4), ("mean", 7 / 2):
            got = celib.categorical_cross_entropy_from_logits(
                targets, z, class_weight=w, reduction=reduction, unit="bits"
            )
            assert got == pytest.approx(expected, rel=RTOL)


def test_convention_label_smoothing_with_class_weights_weights_each_smoothed_part():
    """Label 0, p = (1/2, 1/4, 1/4), so 1, 2, 2 bits; e = 0.3 leaves 0.8, 0.1, 0.1; w = 1, 2, 4.

    - PyTorch and celib: 1 * 0.8 * 1 + 2 * 0.1 * 2 + 4 * 0.1 * 2 = 2.0 bits, and the weight in the
      mean is that of the label, 1: weighted mean 2.0
    - the weight of the label on the whole smoothed loss would give 1 * 1.2 = 1.2
    """
    z, w = np.log([[1 / 2, 1 / 4, 1 / 4]]), [1.0, 2.0, 4.0]
    theirs = F.cross_entropy(tensor(z), torch.tensor([0]), weight=doubles(w), label_smoothing=0.3)
    assert float(theirs) / np.log(2) == pytest.approx(2.0)
    for reduction in ("mean", "weighted_mean"):
        got = celib.categorical_cross_entropy_from_logits(
            [0], z, class_weight=w, label_smoothing=0.3, reduction=reduction, unit="bits"
        )
        assert got == pytest.approx(2.0, rel=RTOL)


def test_convention_pos_weight_of_pytorch_divides_by_n():
    """One positive of 2 bits, three negatives of 1 bit, pos_weight = 3: 9 / 4 bits, not 9 / 6."""
    z, y = celib.logit([1 / 4, 1 / 2, 1 / 2, 1 / 2]), [1.0, 0.0, 0.0, 0.0]
    theirs = F.binary_cross_entropy_with_logits(tensor(z), doubles(y), pos_weight=doubles(3.0))
    assert float(theirs) / np.log(2) == pytest.approx(9 / 4)
    options = {"pos_weight": 3, "unit": "bits"}
    got = celib.binary_cross_entropy_from_logits(y, z, **options)
    assert got == pytest.approx(9 / 4, rel=RTOL)
    got = celib.binary_cross_entropy_from_logits(y, z, reduction="weighted_mean", **options)
    assert got == pytest.approx(9 / 6, rel=RTOL)


def test_tiny_losses_pytorch_says_0_celib_keeps_them():
    """Logits (40, 0), label 0: log1p(e^-40) = 4.248e-18; F.cross_entropy says 0.

    F.binary_cross_entropy_with_logits keeps the loss but loses its gradient: sigmoid(40) - 1 is 0.
    """
    loss = 4.248354255291589e-18
    assert float(F.cross_entropy(doubles([[40.0, 0.0]]), torch.tensor([0]))) == 0
    z = doubles([40.0]).requires_grad_()
    theirs = F.binary_cross_entropy_with_logits(z, doubles([1.0]))
    theirs.backward()
    assert float(theirs.detach()) == pytest.approx(loss, rel=RTOL, abs=0)
    assert float(z.grad) == 0

    ours = celib.categorical_cross_entropy_from_logits
    assert ours([0], [[40.0, 0.0]]) == pytest.approx(loss, rel=RTOL, abs=0)
    value, gradient = celib.value_and_gradient(
        celib.binary_cross_entropy_from_logits, [1.0], [40.0]
    )
    assert (value, gradient[0]) == pytest.approx((loss, -loss), rel=RTOL, abs=0)


def test_convention_certain_and_wrong_pytorch_stops_the_logarithm_at_minus_100():
    """F.binary_cross_entropy of a true event of probability 0, or 1e-60, is 100; celib's is inf,

    and 138.16. Its docstring: "we clamp log function outputs to be greater than or equal to -100".
    """
    for p, exact in (0.0, np.inf), (1e-60, 60 * np.log(10)):
        assert float(F.binary_cross_entropy(doubles([p]), doubles([1.0]))) == 100
        assert celib.binary_cross_entropy([1.0], [p]) == pytest.approx(exact, rel=RTOL)


def test_masked_classes_with_probabilities_as_targets_are_nan_in_pytorch():
    """0 times inf: PyTorch says nan for a masked class of target 0, celib 0."""
    row, target = [[0.0, -np.inf]], [[1.0, 0.0]]
    assert torch.isnan(F.cross_entropy(doubles(row), doubles(target)))
    assert celib.categorical_cross_entropy_from_logits(target, row) == 0
    assert float(F.cross_entropy(doubles(row), torch.tensor([0]))) == 0
