"""From logits to probabilities and back, without overflow and without losing small numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, answer, constant, float_type, quiet, row_sums
from ._blocks import in_blocks
from ._inputs import (
    checked_labels,
    checked_logits,
    class_axis,
    logit_rows,
    number,
    numbers,
    probabilities,
    working,
)
from ._reductions import Floats

__all__ = ["log_sigmoid", "log_softmax", "logit", "logsumexp", "one_hot", "sigmoid", "softmax"]


@quiet
def softmax(logits: ArrayLike, *, axis: int = -1, temperature: float = 1.0) -> Answer:
    r"""Turn logits into a probability distribution.

    .. math:: p_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}

    Parameters
    ----------
    logits : array_like, (..., K, ...)
        Any real numbers; -inf rules a class out. Only their differences matter.
    axis : int
        The axis of the classes.
    temperature : float
        T > 0: above 1 flattens the distribution, below 1 sharpens it.

    Returns
    -------
    ndarray of the shape of `logits`
        Probabilities, without unit, that sum to 1 along `axis`.

    Raises
    ------
    ValueError
        If a logit is +inf, a row is -inf throughout, `temperature` is not positive, `axis` does
        not exist or `logits` is empty.
    TypeError
        If `logits` does not hold real numbers.

    Notes
    -----
    A nan makes its row nan. Subtracting the largest logit first changes nothing in the fraction
    and keeps every exponential at or below 1.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham (2021). Accurately computing the log-sum-exp and
    softmax functions. IMA Journal of Numerical Analysis 41.
    https://doi.org/10.1093/imanum/draa038

    Examples
    --------
    >>> print(softmax([3.2, 1.3, 0.2, 0.8]).round(3))
    [0.775 0.116 0.039 0.07 ]
    >>> print(softmax([3.2, 1.3, 0.2, 0.8], temperature=2).round(3))
    [0.523 0.202 0.117 0.158]
    >>> print(softmax([1000, 0]))
    [1. 0.]
    """
    heat = _positive(temperature)
    return _row_by_row(lambda z: Softmax.of(z, heat).probabilities(), logits, axis)


@quiet
def log_softmax(logits: ArrayLike, *, axis: int = -1, temperature: float = 1.0) -> Answer:
    r"""Logarithm of the softmax, in nats, exact where the softmax itself rounds to 0 or 1.

    .. math:: \log p_k = z_k / T - \log \sum_j e^{z_j / T}

    Parameters
    ----------
    logits : array_like, (..., K, ...)
        Any real numbers; -inf rules a class out.
    axis : int
        The axis of the classes.
    temperature : float
        T > 0: above 1 flattens the distribution, below 1 sharpens it.

    Returns
    -------
    ndarray of the shape of `logits`
        Log-probabilities in nats, at most 0.

    Raises
    ------
    ValueError, TypeError
        As `softmax`.

    Notes
    -----
    With the largest logit m taken out, the sum is 1 plus the other terms. Adding those through
    ``log1p`` keeps them even where they are far below the rounding of 1.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham (2021). Accurately computing the log-sum-exp and
    softmax functions. https://doi.org/10.1093/imanum/draa038

    Examples
    --------
    The logarithm of a computed softmax loses what `log_softmax` keeps:

    >>> import numpy as np
    >>> with np.errstate(divide="ignore"):
    ...     print(np.log(softmax([1000, 0])))
    [  0. -inf]
    >>> print(log_softmax([1000, 0]))
    [    0. -1000.]
    >>> print(f"{log_softmax([50, 0])[0]:.4g} nats")
    -1.929e-22 nats
    """
    heat = _positive(temperature)
    return _row_by_row(lambda z: -Softmax.of(z, heat).costs(), logits, axis)


@quiet
def logsumexp(logits: ArrayLike, *, axis: int = -1) -> Answer:
    r"""Logarithm of a sum of exponentials, :math:`\log \sum_k e^{z_k}`, a smooth maximum.

    Parameters
    ----------
    logits : array_like, (..., K, ...)
        Any real numbers; -inf adds nothing to the sum.
    axis : int
        The axis summed over.

    Returns
    -------
    float or ndarray of the shape of `logits` less `axis`
        In nats, between max(z) and max(z) + log K. Adding c to every logit adds c.

    Raises
    ------
    ValueError, TypeError
        As `softmax`.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham (2021). Accurately computing the log-sum-exp and
    softmax functions. https://doi.org/10.1093/imanum/draa038

    Examples
    --------
    >>> print(f"{logsumexp([3.2, 1.3, 0.2, 0.8]):.4f} nats")
    3.4547 nats
    >>> logsumexp([1000, -1000])
    1000.0
    """
    return _row_by_row(lambda z: z.max(axis=-1) + Softmax.of(z).log_total(), logits, axis)


@quiet
def sigmoid(logits: ArrayLike) -> Answer:
    r"""Probability of the positive class, :math:`1 / (1 + e^{-z})`.

    Parameters
    ----------
    logits : array_like, any shape
        Log-odds of the positive class; -inf is probability 0.

    Returns
    -------
    float or ndarray of the shape of `logits`
        Probabilities, without unit. It is the softmax of the two logits (z, 0).

    Raises
    ------
    ValueError
        If a logit is +inf or `logits` is empty.
    TypeError
        If `logits` does not hold real numbers.

    References
    ----------
    D. R. Cox (1958). The regression analysis of binary sequences. Journal of the Royal
    Statistical Society B 20. https://doi.org/10.1111/j.2517-6161.1958.tb00292.x

    Examples
    --------
    >>> sigmoid(0)
    0.5
    >>> print(sigmoid([-1000, 1.3]).round(4))
    [0.     0.7858]
    """
    array = numbers("logits", logits)
    return answer(Sigmoid.of(array).probabilities().positive, float_type(array))


@quiet
def log_sigmoid(logits: ArrayLike) -> Answer:
    r"""Logarithm of the sigmoid, :math:`-\log(1 + e^{-z})`, in nats.

    Parameters
    ----------
    logits : array_like, any shape
        Log-odds of the positive class.

    Returns
    -------
    float or ndarray of the shape of `logits`
        Log-probabilities in nats, at most 0. ``log_sigmoid(-z)`` is that of the negative class.

    Raises
    ------
    ValueError, TypeError
        As `sigmoid`.

    References
    ----------
    M. Mächler (2012). Accurately computing log(1 - exp(-|a|)). Vignette of the R package Rmpfr.

    Examples
    --------
    >>> log_sigmoid(-1000)
    -1000.0
    >>> print(f"{log_sigmoid(50):.4g} nats")
    -1.929e-22 nats
    """
    array = numbers("logits", logits)
    return answer(-Sigmoid.of(array).costs().positive, float_type(array))


@quiet
def logit(p: ArrayLike) -> Answer:
    r"""Log-odds of a probability, :math:`\log \frac{p}{1 - p}`, the inverse of `sigmoid`.

    Parameters
    ----------
    p : array_like, any shape
        Probabilities.

    Returns
    -------
    float or ndarray of the shape of `p`
        Log-odds in nats, from -inf (p = 0) through 0 (p = 1/2) to inf (p = 1).

    Raises
    ------
    ValueError
        If an entry is not a probability or `p` is empty.
    TypeError
        If `p` does not hold real numbers.

    References
    ----------
    D. R. Cox (1958). The regression analysis of binary sequences. Journal of the Royal
    Statistical Society B 20. https://doi.org/10.1111/j.2517-6161.1958.tb00292.x

    Examples
    --------
    >>> logit(0.5)
    0.0
    >>> print(f"{logit(1 / 11):.4f} nats")
    -2.3026 nats
    """
    array = numbers("p", p)
    p = probabilities("p", array)
    # The difference of logarithms cancels near 1/2, where 2p - 1 is exact.
    near_half = np.abs(p - 0.5) < 0.25
    log_odds = np.where(near_half, 2 * np.arctanh(2 * p - 1), np.log(p) - np.log1p(-p))
    return answer(log_odds, float_type(array))


def one_hot(labels: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Write class labels as distributions with a single 1.

    Parameters
    ----------
    labels : array_like, any shape
        Class indices from 0 to ``n_classes - 1``: integers, booleans or whole floats.
    n_classes : int
        K, at least 1.

    Returns
    -------
    ndarray of float64, the shape of `labels` with a last axis of length K

    Raises
    ------
    ValueError
        If a label is not whole or out of range, `labels` is empty or `n_classes` is below 1.
    TypeError
        If `labels` does not hold real numbers or `n_classes` is not one number.

    References
    ----------
    C. M. Bishop (2006). Pattern Recognition and Machine Learning, section 4.1.3 (1-of-K coding).

    Examples
    --------
    >>> print(one_hot(0, 4))
    [1. 0. 0. 0.]
    >>> print(one_hot([2, 1], 3))
    [[0. 0. 1.]
     [0. 1. 0.]]
    """
    count = number("n_classes", n_classes, lambda k: k >= 1 and k % 1 == 0, "a whole number >= 1")
    indices = checked_labels("labels", numbers("labels", labels), int(count))
    rows = np.zeros((*indices.shape, int(count)))
    np.put_along_axis(rows, indices[..., np.newaxis], 1.0, axis=-1)
    return rows


class Softmax(NamedTuple):
    """The softmax of rows of logits, taken apart so that nothing overflows and nothing is lost.

    Attributes
    ----------
    below : ndarray, (..., K)
        By how much each logit is below the largest of its row, over the temperature: at most 0.
    exponentials : ndarray, (..., K)
        Those of `below`, but 0 in the place of the largest, where it would be 1.
    peaks : ndarray of indices, (..., 1)
        Where the largest of each row is, counted through the whole array.
    rest : ndarray, (..., 1)
        Sums of `exponentials`, which a 1 among them would round.
    """

    below: Floats
    exponentials: Floats
    peaks: NDArray[np.intp]
    rest: Floats

    @classmethod
    def of(cls, logits: Floats, heat: float = 1.0) -> Softmax:
        """Take apart the softmax of (..., K) logits, which are checked on the way."""
        z = working(logits)
        peaks = z.argmax(axis=-1, keepdims=True) + _row_starts(z.shape)
        largest = z.take(peaks)
        zeros = largest - largest  # or nan, where the row is to become nan
        if np.count_nonzero(zeros):
            logit_rows("logits", logits, -1)  # says what is no logit at all
        below = z - largest
        if heat != 1:
            below /= max(heat, float(np.finfo(z.dtype).smallest_subnormal))  # 0 would make 0 / 0
        exponentials = np.exp(below, order="C")
        exponentials.put(peaks, zeros)
        return cls(below, exponentials, peaks, row_sums(exponentials)[..., np.newaxis])

    def total(self) -> Floats:
        """Return the sums of all exponentials, the largest of which is 1."""
        return constant(1, self.rest.dtype) + self.rest

    def log_total(self) -> Floats:
        """Return the logarithm of the sum of all exponentials, less the largest logit."""
        return np.log1p(self.rest)[..., 0]

    def costs(self) -> Floats:
        """Return -log p."""
        return np.log1p(self.rest) - self.below

    def probabilities(self) -> Floats:
        """Return p."""
        total = self.total()
        p = self.exponentials / total
        p.put(self.peaks, 1 / total)
        return p

    def slopes(self, push: Floats) -> Floats:
        """Return the slopes by z of what falls by `push` for each nat that log p rises.

        They are sum(push) p - push, since dlog p_k / dz_j is 1 - p_j for j = k and -p_j for others.
        """
        pushed = row_sums(push)[..., np.newaxis]
        each = pushed / self.total()
        slopes = self.exponentials * each - push
        # The largest p may round to 1. Its slope is what the others lack to a sum of 0.
        slopes.put(self.peaks, pushed - push.take(self.peaks) - self.rest * each)
        return slopes


class Pair(NamedTuple):
    """Something that the positive and the negative class have: shares, odds, costs."""

    positive: Floats
    negative: Floats


class Sigmoid(NamedTuple):
    """The sigmoid of logits, taken apart in the same way.

    Attributes
    ----------
    logits : ndarray, any shape
        In the type that is computed in.
    less_likely : ndarray
        e^-|z|: what the less likely class weighs if the other one weighs 1.
    """

    logits: Floats
    less_likely: Floats

    @classmethod
    def of(cls, logits: Floats) -> Sigmoid:
        """Take apart the sigmoid of logits, which are checked on the way."""
        z = checked_logits("logits", logits)
        return cls(z, np.exp(-np.abs(z)))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type that is computed in."""
        return self.less_likely.dtype

    def odds(self) -> Pair:
        """Return what both classes weigh, of which the likelier one weighs 1."""
        # As a number of one type with the others; where both weigh 1, it says nothing.
        zero, one = constant(0, self.dtype), constant(1, self.dtype)
        is_positive = (self.logits > zero).astype(self.dtype)
        return Pair(
            np.maximum(self.less_likely, is_positive),
            np.maximum(self.less_likely, one - is_positive),
        )

    def total(self) -> Floats:
        """Return the sum of the odds."""
        return constant(1, self.dtype) + self.less_likely

    def probabilities(self) -> Pair:
        """Return p and 1 - p."""
        odds, total = self.odds(), self.total()
        return Pair(odds.positive / total, odds.negative / total)

    def costs(self) -> Pair:
        """Return -log of both: log(1 + e^-z) and log(1 + e^z)."""
        beyond = np.log1p(self.less_likely)
        # With a number in place of one array, maximum takes three times as long.
        zeros = self.less_likely * constant(0, self.dtype)
        above = np.maximum(self.logits, zeros)
        return Pair(above - self.logits + beyond, above + beyond)


def others(
    labels: NDArray[np.intp], logits: Floats
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_] | None]:
    """Weigh all classes against the labels by e^z, for arrays of shapes (n,) and (n, K).

    Returns e^z of every class, 0 for the label; their sums; e^z of the labels; and which rows, if
    any, need the shifted way, because there these numbers come near the end of their type, or
    something is no logit at all.
    """
    # Most logits need no shift. To find the largest and subtract it would take half as long again
    # as all of this, for the few that do.
    each = np.exp(logits, order="C")
    places = label_places(labels, logits)
    # One rounding here would be in the answer; in the total, those of many classes even out.
    label = np.exp(logits.take(places), dtype=np.float64)
    each.put(places, 0.0)
    total = row_sums(each).astype(np.float64)  # as the labels': one type is quicker
    least, most = _range(each.dtype)
    smaller, both = np.minimum(total, label), total + label
    if smaller.item(smaller.argmin()) > least and both.item(both.argmax()) < most:
        return each, total, label, None
    return each, total, label, ~((smaller > least) & (both < most))


def label_places(labels: NDArray[np.intp], rows: Floats) -> NDArray[np.intp]:
    """Return where the labels of the rows are, counted through the whole array."""
    return labels + _row_starts(rows.shape)[..., 0]


@lru_cache(maxsize=4)  # of a block, and of what is left after the last
def _row_starts(shape: tuple[int, ...]) -> NDArray[np.intp]:
    *others, length = shape
    starts = np.arange(0, math.prod(shape), length).reshape(*others, 1)
    starts.setflags(write=False)
    return starts


def surprisal_of_labels(labels: NDArray[np.intp], logits: Floats) -> Floats:
    """Return -log softmax of the logits at the labels, log(1 + sum of e^z_k / e^z_label)."""
    y, z = labels.reshape(-1), working(logits).reshape(-1, logits.shape[-1])
    _, total, label, shifted = others(y, z)
    costs = np.log1p(total / label)
    if shifted is not None:
        logit_rows("logits", logits, -1)
        costs[shifted] = at_labels(y[shifted], Softmax.of(z[shifted]).costs())
    return costs.reshape(labels.shape)


def at_labels(labels: NDArray[np.intp], scores: Floats) -> Floats:
    """Return of each row the score of its label."""
    rows = scores.reshape(-1, scores.shape[-1])
    return rows[np.arange(len(rows)), labels.reshape(-1)].reshape(labels.shape)


@cache
def _range(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return bounds between which no quotient of two numbers leaves the type."""
    least = math.sqrt(np.finfo(dtype).tiny)
    return least, 1 / least


def _row_by_row(work: Callable[[Floats], Floats], logits: ArrayLike, axis: int) -> Answer:
    """Return what `work` makes of the logits of each example, in blocks where they are many."""
    array = numbers("logits", logits)
    place, dtype = class_axis("logits", array, axis), float_type(array)
    turned = np.moveaxis(array, place, -1)
    n_classes = turned.shape[-1]
    rows = turned.reshape(-1, n_classes)
    try:
        answers = np.concatenate(
            in_blocks(
                lambda part: answer(work(rows[part]), dtype),
                len(rows),
                5 * n_classes * array.itemsize,  # at once, about
            )
        )
    except ValueError:
        logit_rows("logits", array, place)  # which says where in the whole
        raise
    if answers.ndim == 1:  # one for each example
        return answers.reshape(turned.shape[:-1]) if array.ndim > 1 else answers.item()
    return np.moveaxis(answers.reshape(turned.shape), -1, place)


def _positive(temperature: Any) -> float:
    return number("temperature", temperature, lambda t: 0 < t < np.inf, "positive and finite")
