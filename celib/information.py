"""Surprisal, entropy, cross-entropy and divergences of probability distributions.

Formulas take the truth first and the model second, as in H(p, q).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._answers import Answer, answer, float_type, nats_per, quiet
from ._inputs import class_axis, distributions, numbers, probabilities, same_shape

__all__ = [
    "cross_entropy",
    "entropy",
    "js_divergence",
    "kl_divergence",
    "perplexity",
    "surprisal",
]


@quiet
def surprisal(p: ArrayLike, *, unit: str = "nats") -> Answer:
    r"""How surprising an event of probability `p` is, :math:`-\log p`.

    Parameters
    ----------
    p : array_like, any shape
        Probabilities, each in [0, 1].
    unit : {"nats", "bits", "bans"}
        Unit of the answer: natural logarithm, base 2, base 10.

    Returns
    -------
    float or ndarray of the shape of `p`
        Surprisal in `unit`, from 0 (certain) to inf (impossible).

    Raises
    ------
    ValueError
        If an entry is not a probability, `p` is empty or `unit` is unknown.
    TypeError
        If `p` does not hold real numbers.

    References
    ----------
    C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical Journal
    27. https://doi.org/10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> surprisal(0.5, unit="bits")
    1.0
    >>> print(f"{surprisal(0.775):.4f} nats, {surprisal(0.775, unit='bits'):.4f} bits")
    0.2549 nats, 0.3677 bits
    """
    array = numbers("p", p)
    return answer(-np.log(probabilities("p", array)), float_type(array), nats_per(unit))


@quiet
def entropy(p: ArrayLike, *, axis: int = -1, unit: str = "nats") -> Answer:
    r"""Mean surprise of a source that knows its own distribution.

    .. math:: H(p) = -\sum_k p_k \log p_k, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array_like, (..., K, ...)
        Distributions along `axis`.
    axis : int
        The axis over which each distribution sums to 1.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float or ndarray of the shape of `p` less `axis`
        Entropy in `unit`, from 0 to log K.

    Raises
    ------
    ValueError
        If a row is not a distribution (within 1e-6 in float64, 1e-4 in float32, 5e-3 in
        float16), `axis` does not exist, `p` is empty or `unit` is unknown.
    TypeError
        If `p` does not hold real numbers or `axis` is not one integer.

    References
    ----------
    C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical Journal
    27. https://doi.org/10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> entropy([1/2, 1/4, 1/8, 1/8], unit="bits")
    1.75
    >>> print(f"{entropy([0.775, 0.116, 0.039, 0.070]):.4f} nats")
    0.7601 nats
    """
    array = numbers("p", p)
    p = distributions("p", array, axis)
    return answer(_expectation(p, -np.log(p), axis), float_type(array), nats_per(unit))


@quiet
def cross_entropy(p: ArrayLike, q: ArrayLike, *, axis: int = -1, unit: str = "nats") -> Answer:
    r"""Mean surprise of a model `q` at events drawn from the truth `p`.

    .. math:: H(p, q) = -\sum_k p_k \log q_k = H(p) + D_{KL}(p \| q)

    Parameters
    ----------
    p, q : array_like, (..., K, ...), of one shape
        True and model distributions along `axis`.
    axis : int
        The axis over which each distribution sums to 1.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float or ndarray of the shape of `p` less `axis`
        Cross-entropy in `unit`, at least H(p); inf where the model rules out what can happen.

    Raises
    ------
    ValueError, TypeError
        As `entropy`, for `p` and for `q`, and if their shapes differ.

    References
    ----------
    T. M. Cover and J. A. Thomas (2006). Elements of Information Theory, 2nd ed., ch. 2 and 5.
    https://doi.org/10.1002/047174882X

    Examples
    --------
    >>> cross_entropy([1/2, 1/4, 1/8, 1/8], [1/8, 1/2, 1/4, 1/8], unit="bits")
    2.375
    >>> cross_entropy([1/8, 1/2, 1/4, 1/8], [1/2, 1/4, 1/8, 1/8], unit="bits")
    2.25
    """
    p, q, dtype = _pair(p, q, axis)
    return answer(_expectation(p, -np.log(q), axis), dtype, nats_per(unit))


@quiet
def kl_divergence(p: ArrayLike, q: ArrayLike, *, axis: int = -1, unit: str = "nats") -> Answer:
    r"""Extra surprise for believing `q` where `p` is true (Kullback-Leibler).

    .. math:: D_{KL}(p \| q) = \sum_k p_k \log \frac{p_k}{q_k} = H(p, q) - H(p)

    Parameters
    ----------
    p, q : array_like, (..., K, ...), of one shape
        True and model distributions along `axis`.
    axis : int
        The axis over which each distribution sums to 1.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float or ndarray of the shape of `p` less `axis`
        Divergence in `unit`, never negative, 0 only where p equals q. It is not a distance:
        swapping `p` and `q` changes it, and the triangle inequality fails.

    Raises
    ------
    ValueError, TypeError
        As `entropy`, for `p` and for `q`, and if their shapes differ.

    References
    ----------
    S. Kullback and R. A. Leibler (1951). On information and sufficiency. Annals of Mathematical
    Statistics 22. https://doi.org/10.1214/aoms/1177729694

    Examples
    --------
    >>> p, q = [1/2, 1/4, 1/8, 1/8], [1/8, 1/2, 1/4, 1/8]
    >>> print(f"{kl_divergence(p, q, unit='bits'):.3f} bits")
    0.625 bits
    >>> print(f"{kl_divergence(q, p, unit='bits'):.3f} bits")
    0.500 bits
    """
    p, q, dtype = _pair(p, q, axis)
    divergence = _expectation(p, _log_ratio(p, q, p - q), axis)
    # The exact value is never negative; that of rows which miss a sum of 1 a little can be.
    return answer(np.maximum(divergence, 0.0), dtype, nats_per(unit))


@quiet
def js_divergence(p: ArrayLike, q: ArrayLike, *, axis: int = -1, unit: str = "nats") -> Answer:
    r"""Symmetric, bounded relative of the Kullback-Leibler divergence (Jensen-Shannon).

    .. math::

        D_{JS} = \tfrac12 D_{KL}(p \| m) + \tfrac12 D_{KL}(q \| m), \qquad m = \tfrac12 (p + q)

    Parameters
    ----------
    p, q : array_like, (..., K, ...), of one shape
        Distributions along `axis`.
    axis : int
        The axis over which each distribution sums to 1.
    unit : {"nats", "bits", "bans"}
        Unit of the answer.

    Returns
    -------
    float or ndarray of the shape of `p` less `axis`
        Divergence in `unit`, from 0 to log 2. Its square root is a distance; SciPy's
        ``jensenshannon`` returns that root.

    Raises
    ------
    ValueError, TypeError
        As `entropy`, for `p` and for `q`, and if their shapes differ.

    References
    ----------
    J. Lin (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
    Information Theory 37. https://doi.org/10.1109/18.61115

    Examples
    --------
    >>> js_divergence([1, 0], [0, 1], unit="bits")
    1.0
    >>> print(f"{js_divergence([0.1, 0.4, 0.5], [0.8, 0.15, 0.05], unit='bits'):.3f} bits")
    0.420 bits
    """
    p, q, dtype = _pair(p, q, axis)
    # log(p / m) as log(2p / (p + q)): halving the tiniest numbers would lose them.
    from_p = _expectation(p, _log_ratio(2 * p, p + q, p - q), axis)
    from_q = _expectation(q, _log_ratio(2 * q, p + q, q - p), axis)
    return answer(np.maximum((from_p + from_q) / 2, 0.0), dtype, nats_per(unit))


@quiet
def perplexity(p: ArrayLike, q: ArrayLike | None = None, *, axis: int = -1) -> Answer:
    r"""Number of equally likely outcomes that would be as surprising on average.

    .. math:: PP(p) = e^{H(p)}, \qquad PP(p, q) = e^{H(p, q)} \qquad (H \text{ in nats})

    Parameters
    ----------
    p : array_like, (..., K, ...)
        Distributions along `axis`.
    q : array_like of the shape of `p`, optional
        Model distributions; without them, the perplexity of `p` itself.
    axis : int
        The axis over which each distribution sums to 1.

    Returns
    -------
    float or ndarray of the shape of `p` less `axis`
        A count of outcomes, without unit: 2 to the entropy in bits is the same number.

    Raises
    ------
    ValueError, TypeError
        As `entropy` and `cross_entropy`.

    References
    ----------
    F. Jelinek, R. L. Mercer, L. R. Bahl and J. K. Baker (1977). Perplexity: a measure of the
    difficulty of speech recognition tasks. https://doi.org/10.1121/1.2016299

    Examples
    --------
    >>> print(f"{perplexity([0.25] * 4):.3f} outcomes")
    4.000 outcomes
    >>> print(f"{perplexity([1, 0, 0, 0], [0.775, 0.116, 0.039, 0.070]):.3f} outcomes")
    1.290 outcomes
    """
    if q is None:
        array = numbers("p", p)
        p = q = distributions("p", array, axis)
        dtype = float_type(array)
    else:
        p, q, dtype = _pair(p, q, axis)
    return answer(np.exp(_expectation(p, -np.log(q), axis)), dtype)


def _pair(
    p: ArrayLike, q: ArrayLike, axis: int
) -> tuple[NDArray[Any], NDArray[Any], np.dtype[Any]]:
    truth, model = numbers("p", p), numbers("q", q)
    class_axis("p", truth, axis)
    same_shape("p", truth, "q", model)
    dtype = float_type(truth, model)
    return distributions("p", truth, axis), distributions("q", model, axis), dtype


def _log_ratio(a: NDArray[Any], b: NDArray[Any], difference: NDArray[Any]) -> NDArray[Any]:
    """Return log(a / b), exact where a and b are close and `difference` is a - b."""
    close = np.abs(difference) < b / 2
    return np.where(close, np.log1p(difference / b), np.log(a) - np.log(b))


def _expectation(p: NDArray[Any], costs: NDArray[Any], axis: int) -> NDArray[Any]:
    # What cannot happen counts for nothing, even where its cost is inf or inf - inf.
    return np.where(p > 0, p * costs, 0.0).sum(axis=axis)
