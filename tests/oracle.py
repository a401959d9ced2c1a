"""Exact answers for the numbers a float really holds: mpmath, 50 decimal digits.

Every formula is the textbook sum, written once more and without regard to speed, so that it shares
nothing with celib but the mathematics. A float enters as the exact binary fraction that it is.
"""

import numpy as np
import pytest
from mpmath import mp

mp.dps = 50
LOG_BASE = {"nats": mp.mpf(1), "bits": mp.log(2), "bans": mp.log(10)}
UNITS = tuple(LOG_BASE)


def reals(values):
    return [mp.mpf(float(v)) for v in np.ravel(values)]


def log(x):
    return mp.log(x) if x else -mp.inf


def largest(terms):
    return max(map(abs, terms))


def times(weight, cost):
    """Weight times cost where weight 0 means: does not count, whatever it costs."""
    return weight * cost if weight else mp.mpf(0)


def dot(weights, costs):
    return mp.fsum(times(w, c) for w, c in zip(weights, costs, strict=True))


# Information, of distributions p and q.


def surprisal(p):
    return -log(mp.mpf(float(p)))


def entropy(p):
    return cross_entropy(p, p)


def cross_entropy(p, q):
    return dot(reals(p), [-log(x) for x in reals(q)])


def kl_terms(p, q):
    """p_k log(p_k / q_k), of either sign: where p and q are close, they nearly cancel."""
    return [times(a, log(a / b) if b else mp.inf) for a, b in zip(reals(p), reals(q), strict=True)]


def js_terms(p, q):
    """Half the terms of KL(p, m) and of KL(q, m), where m = (p + q) / 2."""
    m = [(a + b) / 2 for a, b in zip(reals(p), reals(q), strict=True)]
    return [
        times(a / 2, log(a / b)) if a else mp.mpf(0)
        for x in (p, q)
        for a, b in zip(reals(x), m, strict=True)
    ]


# Logits. The sums leave out their largest term and go through log1p: at 50 digits, log(1 + e^-690)
# computed any other way would be 0.


def costs(logits, temperature=1.0):
    """-log softmax: the cost of each class."""
    z = [x / mp.mpf(float(temperature)) for x in reals(logits)]
    return [
        mp.log1p(mp.fsum(mp.exp(other - own) for j, other in enumerate(z) if j != k))
        if mp.isfinite(own)
        else mp.inf
        for k, own in enumerate(z)
    ]


def softmax(logits, temperature=1.0):
    return [mp.exp(-c) for c in costs(logits, temperature)]


def logsumexp(logits):
    return max(reals(logits)) + min(costs(logits))


def sigmoid(z):
    return 1 / (1 + mp.exp(-mp.mpf(float(z))))


def log_sigmoid(z):
    return -mp.log1p(mp.exp(-mp.mpf(float(z))))


def logit(p):
    return log(mp.mpf(float(p))) - mp.log1p(-mp.mpf(float(p)))


# Losses of one example.


def one_hot(label, k):
    return [float(j == label) for j in range(k)]


def categorical(target, class_costs, weight=None, smoothing=0.0):
    """The sum of w_k y_k (-log p_k), y smoothed; target is a distribution."""
    k, e = len(class_costs), mp.mpf(float(smoothing))
    y = [t * (1 - e) + e / k for t in reals(target)]
    w = reals([1.0] * k if weight is None else weight)
    return dot(w, [times(a, c) for a, c in zip(y, class_costs, strict=True)])


def probability_costs(probs):
    return [-log(p) for p in reals(probs)]


def binary(y, cost_of_one, cost_of_zero, pos_weight=1.0, smoothing=0.0):
    e = mp.mpf(float(smoothing))
    y = mp.mpf(float(y)) * (1 - e) + e / 2
    one = times(mp.mpf(float(pos_weight)), times(y, cost_of_one))
    return one + times(1 - y, cost_of_zero)


def binary_costs(p):
    """The cost of a one and of a zero at probability p."""
    p = mp.mpf(float(p))
    return -log(p), mp.inf if p == 1 else -mp.log1p(-p)


def binary_logit_costs(z):
    return -log_sigmoid(z), -log_sigmoid(-z)


# Comparison.

SMALLEST = mp.mpf(5e-324)  # below it a float64 has nothing to say


def assert_exact(got, want, rtol=1e-12, largest_term=0.0):
    """Each number of got is the number of want, relative to want or to the largest term if given.

    The comparison itself is in mpmath: a float comparison would round, overflow or lose e^-690.
    """
    got, want = np.ravel(got), np.ravel(np.array(want, dtype=object))
    assert got.shape == want.shape
    for g, w in zip(map(mp.mpf, map(float, got)), map(mp.mpf, want), strict=True):
        scale = max(abs(w), mp.mpf(largest_term))
        same = g == w or abs(g - w) <= mp.mpf(rtol) * scale + SMALLEST
        assert same, f"got {mp.nstr(g, 20)}, exact is {mp.nstr(w, 20)}, scale {mp.nstr(scale, 5)}"
    assert_no_minus_zero(got)


def assert_no_minus_zero(got):
    got = np.ravel(got)
    assert not np.any(np.signbit(got) & (got == 0)), f"minus zero in {got}"


def figure(value, decimals):
    """A printed figure: equal to what rounds to it at that many decimals."""
    return pytest.approx(value, abs=0.5 * 10.0**-decimals, rel=0)
