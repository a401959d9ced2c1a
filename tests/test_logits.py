"""Softmax, sigmoid and their logarithms against exact arithmetic, to the edge of each type."""

from math import inf, isnan, log, nan

import numpy as np
import oracle
import pytest
from oracle import assert_exact, assert_no_minus_zero, figure

import celib
from celib._answers import row_sums
from celib.logits import _row_starts

pytestmark = pytest.mark.usefixtures("strict_floats")

# Chosen to break naive code: overflow, underflow, absorption, cancellation.
ROWS = [
    [0.0],
    [700.0],
    [0.0, 0.0],
    [690.0, 0.0],
    [0.0, -690.0],
    [700.0, -700.0],
    [-700.0, -700.0],
    [700.0, 700.0, 700.0],
    [1e-17, 0.0],
    [1e-300, -1e-300],
    [36.0, 0.0, -36.0],
    [3.2, 1.3, 0.2, 0.8],
    [0.5, 0.25, -0.25, -0.5],
    *np.random.default_rng(20170807).uniform(-700, 700, (20, 4)).tolist(),
    *np.random.default_rng(1948).normal(0, 3, (20, 5)).tolist(),
]
SCALARS = [0.0, 1e-300, 1e-17, 0.5, 1.0, 2.2, 17.0, 37.0, 120.0, 400.0, 690.0, 700.0]
SCALARS += [-z for z in SCALARS[1:]]
rows = pytest.mark.parametrize("z", ROWS, ids=lambda z: f"{z[0]:.3g},..x{len(z)}")


@rows
def test_softmax_is_exact(z):
    assert_exact(celib.softmax(z), oracle.softmax(z))


@rows
def test_log_softmax_is_exact(z):
    """e^-690 survives in log_softmax([690, 0]): the first entry is -log1p(e^-690), not 0."""
    assert_exact(celib.log_softmax(z), [-c for c in oracle.costs(z)])


@rows
def test_logsumexp_is_exact(z):
    """Relative to the largest term: max(z) and the logarithm of the rest may cancel near 0."""
    assert_exact(celib.logsumexp(z), oracle.logsumexp(z), largest_term=abs(max(z)))


@rows
@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0, 30.0])
def test_temperature_divides_the_logits(z, temperature):
    # 1e-11: a tenth of a degree makes 14000 of a distance of 1400, and ten times its rounding
    costs = oracle.costs(z, temperature)
    assert_exact(celib.softmax(z, temperature=temperature), oracle.softmax(z, temperature), 1e-11)
    assert_exact(celib.log_softmax(z, temperature=temperature), [-c for c in costs], 1e-11)


@pytest.mark.parametrize("z", SCALARS)
def test_sigmoid_and_its_logarithm_are_exact(z):
    assert_exact(celib.sigmoid(z), oracle.sigmoid(z))
    assert_exact(celib.log_sigmoid(z), oracle.log_sigmoid(z))


@pytest.mark.parametrize(
    "p", [1e-300, 1e-17, 1e-10, 0.1, 0.25, 0.4999999, 0.5 + 2**-30, 0.5, 0.75, 0.9, 1 - 2.0**-53]
)
def test_logit_is_exact(p):
    """Relative to the largest term: log p and log(1 - p) cancel near one half."""
    assert_exact(celib.logit(p), oracle.logit(p), largest_term=abs(log(p)))


@pytest.mark.parametrize(
    "p", [0.5 - 2**-54, 0.499999895084, 0.50000035889, 0.4999991538, 0.500001404, 0.6]
)
def test_logit_near_one_half_keeps_all_its_digits(p):
    """Relative to the small answer itself: 2p - 1 is exact there, the logarithms are not."""
    assert_exact(celib.logit(p), oracle.logit(p))


def test_published_figures():
    # SciPy 1.17.1, docstrings of special.softmax, log_softmax and log_expit
    assert celib.softmax([1, 0.5, 0.2, 3])[3] == figure(0.782332, 6)
    assert celib.softmax([2, 12, 13, 3])[0] == figure(1.22094e-05, 10)
    assert celib.log_softmax([1000.0, 1.0]).tolist() == [0.0, -999.0]
    assert celib.log_sigmoid(-3.0) == figure(-3.04858735, 8)
    assert celib.log_sigmoid(2.5) == figure(-0.07888973, 8)
    assert celib.log_sigmoid(29.0) == figure(-2.54366565e-13, 21)
    assert celib.log_sigmoid(400.0) == figure(-1.9151696e-174, 181)
    # K. E. Koech, Towards Data Science
    koech = celib.softmax([3.2, 1.3, 0.2, 0.8])
    for got, printed in zip(koech, [0.775, 0.116, 0.039, 0.070], strict=True):
        assert got == figure(printed, 3)
    # M. Kersner, Temperature in Softmax Layer
    assert celib.softmax([10, 20, 30])[1] == figure(4.53978686e-05, 12)
    assert celib.softmax([10, 20, 30], temperature=30)[0] == figure(0.23023722, 8)
    # Stanford CS231n, linear classification; halved logits are temperature 2
    assert celib.softmax([1, -2, 0])[0] == figure(0.7, 1)
    assert celib.softmax([1, -2, 0], temperature=2)[2] == figure(0.33, 2)


def test_by_hand():
    # e^(ln 2), e^(ln 6) and e^0 are 2, 6 and 1, of 9 together
    z = [log(2), log(6), 0]
    np.testing.assert_allclose(celib.softmax(z), [2 / 9, 6 / 9, 1 / 9], rtol=1e-15)
    assert celib.logsumexp(z) == pytest.approx(log(9), rel=1e-15)
    assert celib.sigmoid(log(3)) == pytest.approx(3 / 4, rel=1e-15)
    assert celib.logit(3 / 4) == pytest.approx(log(3), rel=1e-15)
    assert celib.sigmoid(0) == 0.5
    assert celib.logit(0.5) == 0.0


# The edges.


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_largest_logits_of_each_type(dtype):
    top = np.finfo(dtype).max
    z = np.array([[top, -top], [top, top], [-top, -top], [0, top]], dtype)
    assert celib.softmax(z).tolist() == [[1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1]]
    half = np.float64(-log(2)).astype(dtype).item()
    # the difference, twice the largest number, is beyond every type
    assert celib.log_softmax(z).tolist() == [[0, -inf], [half, half], [half, half], [-top, 0]]
    assert celib.logsumexp(z).tolist() == [top, top, -top, top]
    assert_no_minus_zero(celib.softmax(z))
    assert_no_minus_zero(celib.log_softmax(z))
    ends = np.array([top, -top], dtype)
    assert celib.sigmoid(ends).tolist() == [1, 0]
    assert celib.log_sigmoid(ends).tolist() == [0, -top]


@pytest.mark.parametrize("temperature", [1e-300, 1e-10, 1.0, 1e10])
@pytest.mark.parametrize("top", [1.0, 1e300, np.finfo("f8").max])
def test_temperature_of_huge_logits(top, temperature):
    """Only z - max(z) is divided: dividing z first would make inf - inf."""
    assert celib.softmax([top, top], temperature=temperature).tolist() == [0.5, 0.5]
    spread = celib.softmax([top, 0.0], temperature=temperature)
    if top / 745 > temperature:
        assert spread.tolist() == [1.0, 0.0]
    assert not np.isnan(celib.log_softmax([top, 0.0, -top], temperature=temperature)).any()


@pytest.mark.parametrize("temperature", [1e-50, 1e-300])
def test_a_temperature_that_rounds_to_zero_in_the_type(temperature):
    """All goes to the largest logit, as it does in the limit."""
    z = np.array([[2, 1, -inf], [0, 0, -1]], "f4")
    assert celib.softmax(z, temperature=temperature).tolist() == [[1, 0, 0], [0.5, 0.5, 0]]
    log_p = celib.log_softmax(z, temperature=temperature)
    assert log_p[0].tolist() == [0, -inf, -inf]


# Beyond one, two and many of the parts that a row is added up in.
@pytest.mark.parametrize("k", [100, 101, 1000, 1024, 1025, 2048, 2049, 50257, 10**6])
def test_equal_logits_cost_log_k_to_the_last_digit_of_float32(k):
    """Added up one after the other, a million float32 would be off by thousands of roundings."""
    z, even = np.zeros((1, k), "f4"), np.full((1, k), 1 / k, "f4")
    loss, want = celib.categorical_cross_entropy_from_logits, log(k)
    assert celib.logsumexp(z)[0] == pytest.approx(want, rel=2e-7)
    assert celib.logsumexp(z.T, axis=0)[0] == pytest.approx(want, rel=2e-7)
    assert loss([k // 2], z) == pytest.approx(want, rel=2e-7)
    # Here 1 / k and each of k products are rounded too; NumPy 2.0 adds up a million less well.
    rounded = 3e-7 if k < 10**6 else 1e-6
    assert loss(even, z) == pytest.approx(want, rel=rounded)
    assert celib.categorical_cross_entropy(even, even) == pytest.approx(want, rel=rounded)
    value, gradient = celib.value_and_gradient(loss, [0], z)
    assert value == pytest.approx(want, rel=2e-7)
    assert gradient[0, 1:] == pytest.approx(1 / k, rel=2e-7)


def test_a_row_is_added_up_whatever_its_length():
    """Whole numbers that float32 holds: their sum, n (n + 1) / 2, has no rounding."""
    for n in (1, 99, 100, 101, 1023, 1024, 1025, 2047, 2048, 2500, 4000):
        rows = np.stack([np.arange(1, n + 1), np.ones(n)]).astype("f4")
        for given in (rows, np.asfortranarray(rows), rows[:, ::-1]):
            sums = row_sums(given)
            assert sums.tolist() == [n * (n + 1) / 2, n]
            assert sums.dtype == np.float32
        assert row_sums(rows[0]) == n * (n + 1) / 2
        cube = np.stack([rows, 2 * rows, 3 * rows])
        assert row_sums(cube).tolist() == [[k * n * (n + 1) / 2, k * n] for k in (1, 2, 3)]


def test_minus_infinity_masks_a_class():
    z = [0.0, -inf, 0.0]
    assert celib.softmax(z).tolist() == [0.5, 0.0, 0.5]
    assert celib.log_softmax(z)[1] == -inf
    assert celib.logsumexp(z) == pytest.approx(log(2), rel=1e-15)
    # the other classes are what they would be without the masked one
    kept = [1.5, -0.5]
    np.testing.assert_array_equal(celib.log_softmax([1.5, -0.5, -inf])[:2], celib.log_softmax(kept))
    assert celib.softmax([-inf, 3.0], temperature=0.5).tolist() == [0.0, 1.0]
    assert celib.log_softmax([-inf, 3.0]).tolist() == [-inf, 0.0]
    assert celib.sigmoid(-inf) == 0.0
    assert celib.log_sigmoid(-inf) == -inf


def test_logit_of_certainty_is_infinite():
    assert celib.logit([0.0, 1.0]).tolist() == [-inf, inf]


@pytest.mark.parametrize("z", [nan, [nan], [[nan]]])
def test_nan_as_the_only_logit(z):
    z = np.atleast_1d(z)
    for f in (celib.softmax, celib.log_softmax, celib.logsumexp):
        assert np.isnan(f(z)).all()


def test_nan_stays_in_its_row():
    z = np.array([[0.0, nan], [0.0, 0.0]])
    for f in (celib.softmax, celib.log_softmax):
        assert np.isnan(f(z)[0]).all()
        np.testing.assert_array_equal(f(z)[1], f(z[1]))
    assert isnan(celib.logsumexp(z)[0])
    assert celib.logsumexp(z)[1] == celib.logsumexp(z[1])
    assert np.isnan(celib.softmax([-inf, nan])).all()
    for f in (celib.sigmoid, celib.log_sigmoid):
        assert np.isnan(f([nan, 0.0])).tolist() == [True, False]


# Shapes and axes.

GRID = np.array([[3.2, 1.3, 0.2], [-1.0, 0.0, 2.0]])
ROWWISE = [celib.softmax, celib.log_softmax, celib.logsumexp]
rowwise = pytest.mark.parametrize("f", ROWWISE, ids=lambda f: f.__name__)


@rowwise
def test_axis_is_where_the_classes_lie(f):
    by_rows = np.array([f(row) for row in GRID])
    np.testing.assert_array_equal(f(GRID), by_rows)
    np.testing.assert_array_equal(f(GRID, axis=1), by_rows)
    np.testing.assert_array_equal(f(GRID.T, axis=0), by_rows.T)
    np.testing.assert_array_equal(f(GRID.T, axis=-2), by_rows.T)
    cube = np.stack([GRID, 2 * GRID], axis=2)  # (2, 3, 2), classes in the middle
    want = np.stack([f(GRID), f(2 * GRID)], axis=-1)
    np.testing.assert_array_equal(f(cube, axis=1), want)


def test_softmax_keeps_the_shape_and_logsumexp_drops_the_axis():
    assert celib.softmax(GRID).shape == celib.log_softmax(GRID).shape == (2, 3)
    assert celib.logsumexp(GRID).shape == (2,)
    assert celib.sigmoid(GRID).shape == celib.log_sigmoid(GRID).shape == (2, 3)


# Types.

ALL = [
    (celib.softmax, GRID),
    (celib.log_softmax, GRID),
    (celib.logsumexp, GRID),
    (celib.sigmoid, GRID),
    (celib.log_sigmoid, GRID),
    (celib.logit, np.array([[0.2, 0.7, 0.9], [0.1, 0.25, 0.999]])),
]
every = pytest.mark.parametrize("f, x", ALL, ids=lambda x: getattr(x, "__name__", "of"))


@every
@pytest.mark.parametrize("dtype, rtol", [("f2", 1e-3), ("f4", 1e-6), ("f8", 1e-15)])
def test_an_array_comes_back_in_its_own_precision(f, x, dtype, rtol):
    x = x.astype(dtype)
    got = f(x)
    assert got.dtype == np.dtype(dtype)
    np.testing.assert_allclose(got.astype("f8"), f(x.astype("f8")), rtol=rtol)


@every
def test_lists_and_memory_orders(f, x):
    np.testing.assert_array_equal(f(x.tolist()), f(x))
    np.testing.assert_array_equal(f(np.asfortranarray(x)), f(x))


@every
def test_inputs_are_left_alone(f, x):
    x = x.copy()
    before = x.copy()
    x.flags.writeable = False
    f(x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("f", [celib.sigmoid, celib.log_sigmoid, celib.logit])
@pytest.mark.parametrize("x", [1, True, 0.5, np.array(0.5), np.float32(0.5), np.float16(0.5)])
def test_one_answer_is_a_python_float(f, x):
    assert type(f(x)) is float
    assert f(x) == pytest.approx(f(float(x)), rel=1e-3)  # float16 has 11 bits


def test_logsumexp_of_one_row_is_a_python_float():
    assert type(celib.logsumexp([0, 1])) is float
    assert type(celib.logsumexp(np.array([0, 1], "f4"))) is float
    assert type(celib.logsumexp([5])) is float


def test_integer_and_boolean_logits_are_numbers():
    np.testing.assert_array_equal(celib.softmax([0, 1]), celib.softmax([0.0, 1.0]))
    np.testing.assert_array_equal(celib.softmax([False, True]), celib.softmax([0.0, 1.0]))
    np.testing.assert_array_equal(
        celib.softmax(np.array([-128, 127], "i1")), celib.softmax([-128.0, 127.0])
    )


# One-hot.


@pytest.mark.parametrize(
    "labels", [[0, 2], [0.0, 2.0], np.array([0, 2], "u1"), np.array([0, 2], "f2"), (0, 2)]
)
def test_one_hot(labels):
    assert celib.one_hot(labels, 3).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_one_hot_of_any_shape():
    assert celib.one_hot(1, 2).tolist() == [0, 1]
    assert celib.one_hot(np.array(1), 2).tolist() == [0, 1]
    assert celib.one_hot([True, False], 2).tolist() == [[0, 1], [1, 0]]
    assert celib.one_hot([[0, 1], [1, 1]], 2).shape == (2, 2, 2)
    assert celib.one_hot([0], 1).tolist() == [[1]]


def test_where_rows_begin_is_worked_out_once_and_cannot_be_changed():
    starts = _row_starts((2, 3, 4))
    assert starts.tolist() == [[[0], [4], [8]], [[12], [16], [20]]]
    assert _row_starts((2, 3, 4)) is starts
    with pytest.raises(ValueError, match="read-only"):
        starts[...] = 0
