"""Surprisal, entropy, cross-entropy, divergences and perplexity against exact arithmetic."""

from math import inf

import numpy as np
import oracle
import pytest
from oracle import UNITS, assert_exact, assert_no_minus_zero, figure

import celib

pytestmark = pytest.mark.usefixtures("strict_floats")

ONE = {"entropy": celib.entropy}  # functions of p
TWO = {  # functions of p and q
    "cross_entropy": celib.cross_entropy,
    "kl_divergence": celib.kl_divergence,
    "js_divergence": celib.js_divergence,
}
EXACT = {
    "entropy": oracle.entropy,
    "cross_entropy": oracle.cross_entropy,
    "kl_divergence": lambda p, q: oracle.mp.fsum(oracle.kl_terms(p, q)),
    "js_divergence": lambda p, q: oracle.mp.fsum(oracle.js_terms(p, q)),
}

EPS = 2.0**-53
P = [0.10, 0.40, 0.50]
Q = [0.80, 0.15, 0.05]

DISTRIBUTIONS = {
    "certain": [0.0, 1.0, 0.0],
    "uniform": [1 / 3, 1 / 3, 1 / 3],
    "dyadic": [1 / 2, 1 / 4, 1 / 4],
    "nearly-dyadic": [1 / 2 + 2**-40, 1 / 4 - 2**-40, 1 / 4],
    "one-tiny": [1.0, 1e-300, 1e-17],
    "nearly-certain": [1 - EPS, EPS, 0.0],
    "subnormal": [5e-324, 0.25, 0.75],
    "plain": P,
    "other": Q,
}
PAIRS = [(a, b) for a in DISTRIBUTIONS for b in DISTRIBUTIONS]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("p", [1.0, 1 - EPS, 0.5, 0.16, 1e-17, 1e-300, 5e-324])
def test_surprisal_is_exact(p, unit):
    assert_exact(celib.surprisal(p, unit=unit), oracle.surprisal(p) / oracle.LOG_BASE[unit])


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("p", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_entropy_is_exact(p, unit):
    assert_exact(celib.entropy(p, unit=unit), oracle.entropy(p) / oracle.LOG_BASE[unit])


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("p, q", PAIRS)
def test_cross_entropy_is_exact(p, q, unit):
    p, q = DISTRIBUTIONS[p], DISTRIBUTIONS[q]
    want = oracle.cross_entropy(p, q) / oracle.LOG_BASE[unit]
    assert_exact(celib.cross_entropy(p, q, unit=unit), want)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("p, q", PAIRS)
def test_divergences_are_exact(p, q, unit):
    """Relative to the largest term: the divergence of close distributions is a small difference."""
    p, q = DISTRIBUTIONS[p], DISTRIBUTIONS[q]
    for divergence, terms in (
        (celib.kl_divergence, oracle.kl_terms(p, q)),
        (celib.js_divergence, oracle.js_terms(p, q)),
    ):
        terms = [term / oracle.LOG_BASE[unit] for term in terms]
        want = oracle.mp.fsum(terms)
        assert_exact(divergence(p, q, unit=unit), want, largest_term=oracle.largest(terms))


def test_published_figures():
    kl, bits = celib.kl_divergence, {"unit": "bits"}
    # SciPy 1.17.1, docstring of stats.entropy
    fair, unfair = [1 / 2, 1 / 2], [9 / 10, 1 / 10]
    assert celib.entropy(unfair, **bits) == figure(0.46899559358928117, 15)
    assert celib.cross_entropy(fair, unfair, **bits) == figure(1.736965594166206, 14)
    assert kl(fair, unfair, **bits) == figure(0.7369655941662062, 14)
    # J. Brownlee, MachineLearningMastery, on cross-entropy and on the KL divergence: H(P, Q) is
    # 3.288 and H(Q, P) 2.906, so the order of the arguments shows
    assert celib.entropy(P, **bits) == figure(1.361, 3)
    assert celib.cross_entropy(P, Q, **bits) == figure(3.288, 3)
    assert celib.cross_entropy(Q, P, **bits) == figure(2.906, 3)
    assert kl(P, Q, **bits) == figure(1.927, 3)
    assert kl(Q, P, **bits) == figure(2.022, 3)
    assert kl(P, Q) == figure(1.336, 3)
    assert kl(Q, P) == figure(1.401, 3)
    assert celib.js_divergence(P, Q, **bits) == figure(0.420, 3)
    # Wikipedia, Kullback-Leibler divergence: binomial(2, 0.4) against uniform, nats
    binomial, uniform = [9 / 25, 12 / 25, 4 / 25], [1 / 3] * 3
    assert kl(binomial, uniform) == figure(0.0852996, 7)
    assert kl(uniform, binomial) == figure(0.097455, 6)
    # SciPy 1.17.1, docstring of jensenshannon, the distance: the root of the divergence
    assert celib.js_divergence([1.0, 0.0], fair) ** 0.5 == figure(0.46450140402245893, 15)
    # Cover and Thomas, Elements of Information Theory, example 1.1.2: the horse race
    assert celib.entropy([1 / 2, 1 / 4, 1 / 8, 1 / 16] + [1 / 64] * 4, **bits) == 2.0
    # "word probability 0.16", howchu.com; the base, unstated there, is 2
    assert celib.surprisal(0.16, **bits) == figure(2.64, 2)


def test_units_by_hand():
    # 1/8 is three halvings; ln 8 and log10 8 are mpmath's at 20 digits
    assert celib.surprisal(1 / 8, unit="bits") == 3.0
    assert celib.surprisal(1 / 8) == pytest.approx(2.0794415416798359283, rel=1e-15)
    # Turing's ban is a factor of ten
    assert celib.surprisal(1 / 10, unit="bans") == pytest.approx(1, rel=1e-15)
    assert celib.surprisal(1 / 8, unit="bans") == pytest.approx(0.90308998699194358564, rel=1e-15)


def test_perplexity():
    # a fair choice among n has perplexity n; 2^1.75 for the dyadic one; e^H(p,q) in general
    assert_exact(celib.perplexity([1 / 10] * 10), 10)
    assert_exact(celib.perplexity([0.5, 0.25, 0.125, 0.125]), oracle.mp.mpf(2) ** 1.75)
    assert_exact(celib.perplexity(P), oracle.mp.exp(oracle.entropy(P)))
    assert_exact(celib.perplexity(P, Q), oracle.mp.exp(oracle.cross_entropy(P, Q)))
    assert celib.perplexity([1.0, 0.0]) == 1.0
    assert celib.perplexity([0.5, 0.5], [1.0, 0.0]) == inf


def test_what_never_happens_costs_nothing():
    """0 log 0 is 0: a class of probability 0 changes nothing, in any function."""
    for name, f in ONE.items():
        assert f([0.5, 0.5, 0.0]) == f([0.5, 0.5]), name
    for name, f in TWO.items():
        assert f([0.5, 0.5, 0.0], [0.25, 0.75, 0.0]) == f([0.5, 0.5], [0.25, 0.75]), name
    # p is 0 where q is not: nothing is paid for the second class
    assert celib.cross_entropy([1.0, 0.0], [0.5, 0.5], unit="bits") == 1.0
    assert celib.kl_divergence([1.0, 0.0], [0.5, 0.5], unit="bits") == 1.0


def test_the_impossible_costs_infinitely_much():
    assert celib.surprisal(0.0) == inf
    assert celib.cross_entropy([0.5, 0.5], [1.0, 0.0]) == inf
    assert celib.kl_divergence([0.5, 0.5], [1.0, 0.0]) == inf
    assert celib.cross_entropy([1e-300, 1.0], [0.0, 1.0]) == inf  # however rare


def test_js_of_disjoint_distributions_is_one_bit():
    assert celib.js_divergence([1.0, 0.0], [0.0, 1.0], unit="bits") == 1.0


@pytest.mark.parametrize("p", [[1.0], [0.0, 1.0], [0.3, 0.7], [1 / 3] * 3, [0.1] * 10])
def test_zero_is_plain_zero(p):
    """Nothing to learn is 0.0: not -0.0, not -1e-17."""
    assert_no_minus_zero(celib.surprisal(1.0))
    for value in (celib.kl_divergence(p, p), celib.js_divergence(p, p)):
        assert value == 0.0
        assert_no_minus_zero(value)
    assert celib.entropy(p) >= 0.0
    assert_no_minus_zero(celib.entropy(p))


@pytest.mark.parametrize("delta", [2.0**-52, 2.0**-40, 2.0**-27, 1e-9, 1e-6])
def test_divergences_of_close_distributions_are_not_negative(delta):
    """The terms are about delta and cancel to about delta squared, which rounding can outweigh."""
    p = np.random.default_rng(1951).dirichlet([1.0] * 5, 200)
    q = p * (1 + delta * np.random.default_rng(1945).uniform(-1, 1, p.shape))
    q /= q.sum(axis=1, keepdims=True)
    for f in (celib.kl_divergence, celib.js_divergence):
        assert (f(p, q) >= 0).all()
        assert (f(q, p) >= 0).all()
        assert_no_minus_zero(f(p, q))


# Shapes and axes.

GRID_P = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]])
GRID_Q = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])


@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_axis_is_where_the_distribution_lies(name):
    f, args = {**ONE, **TWO}[name], (GRID_P,) if name in ONE else (GRID_P, GRID_Q)
    rows = [EXACT[name](*pair) for pair in zip(*args, strict=True)]
    transposed = [a.T for a in args]
    assert_exact(f(*args), rows)
    assert_exact(f(*args, axis=1), rows)
    assert_exact(f(*transposed, axis=0), rows)
    assert_exact(f(*transposed, axis=-2), rows)
    cube = [np.stack([a, a[::-1]], axis=2) for a in args]  # (2, 3, 2), distributions in the middle
    assert_exact(f(*cube, axis=1), [[rows[0], rows[1]], [rows[1], rows[0]]])


def test_perplexity_takes_an_axis_too():
    want = [oracle.mp.exp(oracle.cross_entropy(p, q)) for p, q in zip(GRID_P, GRID_Q, strict=True)]
    assert_exact(celib.perplexity(GRID_P.T, GRID_Q.T, axis=0), want)
    assert_exact(celib.perplexity(GRID_P.T, axis=0), [
        oracle.mp.exp(oracle.entropy(p)) for p in GRID_P
    ])  # fmt: skip


def test_surprisal_is_elementwise():
    got = celib.surprisal([[1.0, 0.5], [0.25, 0.0]], unit="bits")
    assert got.tolist() == [[0.0, 1.0], [2.0, inf]]


# Types.

EVERY = [
    (celib.surprisal, (GRID_P,)),
    (celib.entropy, (GRID_P,)),
    (celib.cross_entropy, (GRID_P, GRID_Q)),
    (celib.kl_divergence, (GRID_P, GRID_Q)),
    (celib.js_divergence, (GRID_P, GRID_Q)),
    (celib.perplexity, (GRID_P,)),
    (celib.perplexity, (GRID_P, GRID_Q)),
]
every = pytest.mark.parametrize("f, args", EVERY, ids=lambda x: getattr(x, "__name__", "of"))


@every
@pytest.mark.parametrize("dtype, rtol", [("f2", 2e-3), ("f4", 1e-6), ("f8", 1e-12)])
def test_an_array_comes_back_in_its_own_precision(f, args, dtype, rtol):
    rounded = [a.astype(dtype) for a in args]
    got = f(*rounded)
    assert got.dtype == np.dtype(dtype)
    want = f(*[a.astype("f8") for a in rounded]) if dtype == "f4" else f(*args)
    # a KL term of 0.5 against a result of 0.3: float16 loses a little more than its 2^-11
    np.testing.assert_allclose(got.astype("f8"), want, rtol=rtol if dtype != "f2" else 5e-3)


@every
def test_one_answer_is_a_python_float(f, args):
    one = (0.5,) if f is celib.surprisal else [a[0] for a in args]
    assert type(f(*one)) is float
    assert type(f(*[np.asarray(a, dtype="f4") for a in one])) is float
    assert type(f(*[np.asarray(a).tolist() for a in one])) is float


@every
def test_lists_are_arrays(f, args):
    np.testing.assert_array_equal(f(*[a.tolist() for a in args]), f(*args))


@every
def test_inputs_are_left_alone(f, args):
    args = [a.copy() for a in args]
    before = [a.copy() for a in args]
    for a in args:
        a.flags.writeable = False
    f(*args)
    for a, b in zip(args, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_wider_type_of_two_wins():
    single = GRID_P.astype("f4")
    assert celib.cross_entropy(single, GRID_Q).dtype == np.float64
    assert celib.cross_entropy(single.astype("f2"), GRID_Q.astype("f4")).dtype == np.float32


def test_integers_and_booleans_are_probabilities_0_and_1():
    assert celib.surprisal(1) == celib.surprisal(True) == 0.0
    assert celib.surprisal(np.array([0, 1])).tolist() == [inf, 0.0]
    assert celib.entropy([0, 1, 0]) == celib.entropy([False, True, False]) == 0.0
    assert celib.cross_entropy([0, 1], [0.5, 0.5], unit="bits") == 1.0


def test_zero_dimensional_arrays_and_numpy_scalars():
    for p in (np.array(0.25), np.float64(0.25), np.float32(0.25), np.float16(0.25)):
        got = celib.surprisal(p, unit="bits")
        assert got == 2.0
        assert type(got) is float


def test_views_in_any_memory_order():
    assert_exact(
        celib.entropy(np.asfortranarray(GRID_P)[::-1]),
        [oracle.entropy(GRID_P[1]), oracle.entropy(GRID_P[0])],
    )


# Tolerance: how far a row may miss 1, and an entry leave [0, 1].


@pytest.mark.parametrize("dtype, tolerance", [("f8", 1e-6), ("f4", 1e-4), ("f2", 5e-3)])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_row_may_miss_one_by_the_tolerance_of_its_type(dtype, tolerance, side):
    near = np.array([0.5, 0.5 + side * 0.9 * tolerance], dtype)
    far = np.array([0.5, 0.5 + side * 1.1 * tolerance], dtype)
    fair = np.array([0.5, 0.5], dtype)
    for f in (celib.entropy, celib.perplexity):
        f(near)
        with pytest.raises(ValueError, match="sum"):
            f(far)
    for f in (*TWO.values(), celib.perplexity):
        f(near, fair), f(fair, near)
        for p, q in ((far, fair), (fair, far)):
            with pytest.raises(ValueError, match="sum"):
                f(p, q)


def test_an_accepted_row_is_not_renormalised():
    p = [0.5, 0.5 - 0.9e-6]
    assert_exact(celib.entropy(p), oracle.entropy(p))
    assert_exact(celib.cross_entropy(p, [0.5, 0.5]), oracle.cross_entropy(p, [0.5, 0.5]))
    assert_exact(celib.cross_entropy([0.5, 0.5], p), oracle.cross_entropy([0.5, 0.5], p))


def test_an_entry_may_leave_the_interval_by_1e_12():
    assert celib.surprisal(1 + 0.9e-12) == 0.0
    assert celib.surprisal(-0.9e-12) == inf
    assert celib.entropy([1 + 0.9e-12, -0.9e-12]) == 0.0
    assert celib.cross_entropy([1.0, -0.9e-12], [1.0, 0.0]) == 0.0
    for p in (1 + 1.1e-12, -1.1e-12):
        with pytest.raises(ValueError, match=r"\bp\b"):
            celib.surprisal(p)
        with pytest.raises(ValueError, match=r"\bp\b"):
            celib.entropy([p, 1 - p])
