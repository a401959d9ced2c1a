"""What the formulas of mistakes and exercises may use beside celib and a handful of NumPy."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def huffman_length(p: ArrayLike) -> float:
    """Return the average length of Huffman's code for a distribution, in bits."""
    heap = [float(share) for share in np.asarray(p, float)]
    heapq.heapify(heap)
    length = 0.0
    while len(heap) > 1:
        # Each join puts one bit in front of everything joined.
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        length += joined
        heapq.heappush(heap, joined)
    return length


def loss_minimiser(loss: Any, truth: float, **options: Any) -> float:
    """Return the prediction of least expected loss for an event of probability ``truth``."""
    low, high = 0.0, 1.0
    for _ in range(4):  # each grid narrows the bracket a hundredfold
        grid = np.linspace(low, high, 401)
        happens = loss(np.ones(401), grid, reduction="none", **options)
        does_not = loss(np.zeros(401), grid, reduction="none", **options)
        # 0 times an infinite loss, at the ends, is nan
        best = int(np.nanargmin(truth * happens + (1 - truth) * does_not))
        low, high = grid[max(best - 2, 0)], grid[min(best + 2, 400)]
    return float((low + high) / 2)


_NUMPY = "argmax clip diag expm1 eye full isnan log10 ndim prod shape sign size sort zeros"
MORE: dict[str, Any] = {
    **{name: getattr(np, name) for name in _NUMPY.split()},
    "huffman_length": huffman_length,
    "loss_minimiser": loss_minimiser,
}
