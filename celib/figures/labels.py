"""Where labels stand that would overlap at the places they name."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["spread"]


def spread(places: ArrayLike, gap: float, highest: float = np.inf) -> list[float]:
    """Move places apart until labels written there do not overlap.

    Parameters
    ----------
    places : array_like, (N,)
        Where the labels would stand best.
    gap : float
        The least distance between two of them.
    highest : float
        The limit that none may pass.

    Returns
    -------
    list of float
        The new places, in the order given; they keep their rank.

    Examples
    --------
    >>> spread([0.5, 3, 0], gap=1)
    [1.0, 3.0, 0.0]
    >>> spread([0, 3, 2.5], gap=1, highest=3)
    [0.0, 3.0, 2.0]
    """
    moved = np.array(places, float)
    order = np.argsort(moved, kind="stable")
    for before, here in pairwise(order):
        moved[here] = max(moved[here], moved[before] + gap)
    limit = highest
    for here in order[::-1]:
        moved[here] = min(moved[here], limit)
        limit = moved[here] - gap
    return [float(place) for place in moved]
