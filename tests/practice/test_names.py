"""What formulas of the catalogue may use beside celib: Huffman's code, and the least expected loss.

The lengths are those of codes built by hand; the minimisers are solved for with pencil and paper.
"""

import numpy as np
import pytest

import celib
from celib.practice.catalogue import computed


@pytest.mark.parametrize(
    "p, bits",
    [
        ([1 / 2, 1 / 4, 1 / 8, 1 / 8], 1.75),
        ([0.4, 0.3, 0.2, 0.1], 1.9),  # words of 1, 2, 3 and 3 bits
        ([0.1, 0.8, 0.1], 1.2),
        ([1], 0.0),
    ],
)
def test_the_mean_length_of_huffmans_code(p, bits):
    assert computed("huffman_length(p)", {"p": p}) == pytest.approx(bits, rel=1e-12)


def power(y, p, reduction, exponent=2):
    assert reduction == "none"
    assert y.shape == p.shape
    return abs(y - p) ** exponent


@pytest.mark.parametrize("truth", [0.001, 0.25, 0.3, 0.9, 0.999, 0.0, 1.0])
def test_the_least_expected_loss(truth):
    """t·(1−p)ⁿ + (1−t)·pⁿ is least where (1−t)/t = ((1−p)/p)ⁿ⁻¹."""
    inputs = {"loss": power, "truth": truth}
    assert computed("loss_minimiser(loss, truth)", inputs) == pytest.approx(truth, abs=1e-8)
    fourth = 0.0 if truth == 0 else 1 / (1 + ((1 - truth) / truth) ** (1 / 3))
    found = computed("loss_minimiser(loss, truth, exponent=4)", inputs)
    assert found == pytest.approx(fourth, abs=1e-8)


@pytest.mark.parametrize("truth", [0.0, 0.02, 0.5, 1.0])
def test_cross_entropy_is_least_at_the_truth_though_infinite_at_the_ends(truth):
    with np.errstate(all="raise"):
        inputs = {"loss": celib.binary_cross_entropy, "truth": truth}
        assert computed("loss_minimiser(loss, truth)", inputs) == pytest.approx(truth, abs=1e-7)
