"""Large inputs, a block of rows at a time: small enough for the cache, on all cores.

The loss of an example depends on its own row alone, so a definition can be worked out block by
block without another digit changing. It is several times faster, because what one step writes is
still in the processor's cache when the next step reads it, and because NumPy lets several threads
compute at once; and beside the answer it takes the memory of a few blocks only.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import numpy as np

from ._answers import quiet

Result = TypeVar("Result")

# Bytes. Few enough for the caches, and so many that a thread seldom waits for the interpreter,
# which holds all others up while it goes from one step of the work to the next.
BLOCK = 1 << 21
# Starting a thread costs about 50 microseconds, the time in which a core works through this much.
LEAST_FOR_A_THREAD = 1 << 21
MOST_THREADS = 8  # beyond, memory is what all of them wait for, and each has a block of its own

# On Linux, memory for an array is asked of the system and given back each time, which takes longer
# than the work in it, until a larger array was freed once; from then on it is kept (mallopt(3),
# M_TRIM_THRESHOLD).
np.empty(4 * BLOCK, np.uint8)


def fits_one_block(n_bytes: int) -> bool:
    """Tell whether work that takes so much memory is not worth dividing."""
    return n_bytes <= BLOCK


def in_blocks(work: Callable[[slice], Result], n_rows: int, row_bytes: int) -> list[Result]:
    """Return ``work(rows)`` for one slice of rows after another; several at once where it pays.

    The results are in the order of the rows, and the blocks are the same on every machine, so that
    an answer does not depend on the number of its cores.
    """
    step = max(1, BLOCK // row_bytes)
    blocks = [slice(start, start + step) for start in range(0, n_rows, step)]
    worth = n_rows * row_bytes // LEAST_FOR_A_THREAD
    workers = max(1, min(threads(), worth, MOST_THREADS, len(blocks)))
    if workers == 1:
        return [work(rows) for rows in blocks]
    from concurrent.futures import ThreadPoolExecutor  # here, where it is rarely needed

    results: dict[int, Result] = {}
    # Each thread takes the next block when it is done with one, and stops at the first None.
    waiting = deque([*enumerate(blocks), *[None] * workers])

    @quiet  # which holds for one thread
    def until_none_waits(worker: int) -> None:
        move_to_own_core(worker, workers)
        for block, rows in iter(waiting.popleft, None):
            results[block] = work(rows)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(until_none_waits, range(workers)))  # raises what was raised there
    return [results[block] for block in range(len(blocks))]


def move_to_own_core(worker: int, workers: int) -> None:
    """Keep this thread on a core of its own, if there is just one for each worker.

    A virtual machine commonly starts all threads on the core that is awake, and the work is over
    before its system moves one of them to another.
    """
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) == workers:
            with suppress(OSError):  # a sandbox may refuse it, and the work goes on without
                os.sched_setaffinity(0, {cores[worker]})


def threads() -> int:
    """Return how many threads to use: what OMP_NUM_THREADS says, else one for each core."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if sys.platform == "emscripten":  # a browser, which starts none
        return 1
    if hasattr(os, "sched_getaffinity"):  # fewer than there are, in a container or a job
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
