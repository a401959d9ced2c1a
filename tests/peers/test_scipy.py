"""celib beside SciPy: the same numbers, and where the two differ, who does what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special, stats
from scipy.spatial import distance

import celib

RTOL = 1e-12
BASES = {"nats": np.e, "bits": 2, "bans": 10}

logits_ = hnp.arrays(float, (3, 5), elements=st.floats(-700, 700))


def distributions(seed, shape=(4, 6), concentration=0.3):
    """Rows of very uneven probabilities, a third of them 0."""
    rng = np.random.default_rng(seed)
    p = rng.gamma(concentration, size=shape) * (rng.random(shape) < 2 / 3)
    p[..., 0] += 0.01
    return p / p.sum(axis=-1, keepdims=True)


@given(z=logits_)
def test_softmax_and_its_logarithm(z):
    for axis in (0, 1, -1):
        np.testing.assert_allclose(
            celib.softmax(z, axis=axis), special.softmax(z, axis=axis), rtol=RTOL, atol=1e-307
        )
        # SciPy loses the digits of log p near 0 (see the test of tiny losses), hence atol.
        np.testing.assert_allclose(
            celib.log_softmax(z, axis=axis), special.log_softmax(z, axis=axis), RTOL, 1e-15
        )
        np.testing.assert_allclose(
            celib.logsumexp(z, axis=axis), special.logsumexp(z, axis=axis), rtol=RTOL, atol=1e-13
        )


@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_temperature_divides_the_logits(temperature):
    z = np.random.default_rng(1).normal(0, 5, (3, 4))
    got = celib.softmax(z, temperature=temperature)
    np.testing.assert_allclose(got, special.softmax(z / temperature, axis=-1), rtol=RTOL)


@given(z=st.floats(-700, 700))
def test_sigmoid_and_its_logarithm(z):
    assert celib.sigmoid(z) == pytest.approx(special.expit(z), rel=RTOL, abs=0)
    assert celib.log_sigmoid(z) == pytest.approx(special.log_expit(z), rel=RTOL, abs=0)


@given(p=st.floats(0, 1, allow_subnormal=False))
def test_logit(p):
    assert celib.logit(p) == pytest.approx(special.logit(p), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("unit", BASES)
def test_entropy_and_divergences(unit):
    """SciPy names the unit by the base of the logarithm."""
    p, q = distributions(2), distributions(3)
    mixed = (p + q) / 2
    base = BASES[unit]
    got = celib.entropy(p, unit=unit)
    np.testing.assert_allclose(got, stats.entropy(p, base=base, axis=-1), rtol=RTOL)
    got = celib.kl_divergence(p, mixed, unit=unit)
    np.testing.assert_allclose(got, stats.entropy(p, mixed, base=base, axis=-1), rtol=1e-11)
    relative = special.rel_entr(p, q).sum(axis=-1) / np.log(base)
    np.testing.assert_allclose(celib.kl_divergence(p, q, unit=unit), relative, rtol=RTOL)
    np.testing.assert_allclose(
        celib.cross_entropy(p, mixed, unit=unit),
        stats.entropy(p, base=base, axis=-1) + stats.entropy(p, mixed, base=base, axis=-1),
        rtol=RTOL,
    )


def test_impossible_events_cost_inf_in_both():
    assert celib.kl_divergence([0.5, 0.5], [1, 0]) == stats.entropy([0.5, 0.5], [1, 0]) == np.inf


@pytest.mark.parametrize("axis", [0, -1])
def test_entropy_along_an_axis(axis):
    p = distributions(4)
    p = p if axis == -1 else p.T
    np.testing.assert_allclose(celib.entropy(p, axis=axis), stats.entropy(p, axis=axis), rtol=RTOL)


def test_convention_scipy_jensenshannon_is_the_distance_celib_the_divergence():
    """distance.jensenshannon is the square root of the divergence.

    [1, 0] against [1/2, 1/2]: SciPy prints 0.46450 nats^(1/2), celib 0.21576 nats.
    """
    assert distance.jensenshannon([1, 0], [0.5, 0.5]) == pytest.approx(0.46450140402245893)
    assert celib.js_divergence([1, 0], [0.5, 0.5]) == pytest.approx(0.21576155433883565, rel=RTOL)
    p, q = distributions(5), distributions(6)
    for unit, base in BASES.items():
        root = distance.jensenshannon(p, q, base=base, axis=-1)
        np.testing.assert_allclose(celib.js_divergence(p, q, unit=unit), root**2, rtol=1e-11)


def test_convention_scipy_normalises_celib_refuses():
    """entropy([1, 1, 2]) is that of [1/4, 1/4, 1/2] in SciPy, 1.5 bits; celib takes no counts."""
    assert stats.entropy([1, 1, 2], base=2) == pytest.approx(1.5)
    assert celib.entropy([1 / 4, 1 / 4, 1 / 2], unit="bits") == pytest.approx(1.5, rel=RTOL)
    with pytest.raises(ValueError, match="2"):
        celib.entropy([1, 1, 2], unit="bits")


def test_tiny_losses_scipy_log_softmax_loses_digits_celib_keeps_them():
    """log softmax(40, 0)_0 is -log1p(e^-40) = -4.248e-18; SciPy gives 0 for it."""
    assert special.log_softmax([40.0, 0.0])[0] == 0
    assert celib.log_softmax([40.0, 0.0])[0] == pytest.approx(-4.248354255291589e-18, rel=RTOL)
    # Its log_expit, for two classes, is as careful as celib.
    assert special.log_expit(40.0) == pytest.approx(-4.248354255291589e-18, rel=RTOL)
