"""Time and check losses beside those of other libraries; `bench.py` runs this, once for each number
of cores, and reads the JSON it prints.

    python tools/bench_losses.py CORES [--quick]

The libraries take turns, so that what else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.special import log_softmax, logsumexp
from sklearn.metrics import log_loss

import celib

try:
    import torch
except ImportError:
    torch = None
try:
    import jax
    import optax
except ImportError:
    optax = None

SIZES = ((4, 4), (256, 10), (8192, 1000), (512, 50257))
TYPES = ("float32", "float64")
SECONDS = 0.25  # for each library in one line of the table
LEAST_ROUNDS = 3
REST = 0.01  # seconds
WARM, TURN = 0.01, 0.001  # seconds
CALL = Callable[[], Any]


class Line(NamedTuple):
    """One line of the table: a loss, a size, a type, with or without the gradient."""

    loss: str
    rows: int
    classes: int
    dtype: str
    gradient: bool


def contenders(line: Line, cores: int) -> dict[str, CALL]:
    """Return, for each library that has this loss, a call that gives its mean over the rows."""
    rng = np.random.default_rng(2026)
    shape = (line.rows, line.classes)
    z = rng.normal(0, 3, shape).astype(line.dtype)
    y = rng.integers(0, line.classes, line.rows)
    hard = rng.integers(0, 2, shape).astype(line.dtype)
    if line.loss == "categorical, from probabilities":
        p = celib.softmax(z)
        return _from_probabilities(y, p)
    loss: Any
    calls: Any
    options: dict[str, Any] = {"alpha": 0.25} if line.loss in ("balanced", "focal") else {}
    if line.loss == "categorical":
        loss, calls = celib.categorical_cross_entropy_from_logits, _categorical
    elif line.loss == "categorical, soft targets":
        loss, calls = celib.categorical_cross_entropy_from_logits, _soft
        y = np.asarray(celib.softmax(rng.normal(0, 3, shape)), line.dtype)
    elif line.loss == "categorical focal":
        loss, calls = celib.categorical_focal_loss_from_logits, _none
    elif line.loss == "binary":
        loss, calls, y = celib.binary_cross_entropy_from_logits, _binary, hard
    elif line.loss == "balanced":
        loss, calls, y = celib.balanced_cross_entropy_from_logits, _none, hard
    else:
        loss, calls, y = celib.focal_loss_from_logits, _focal, hard
    ours = (
        (lambda: celib.value_and_gradient(loss, y, z, **options))
        if line.gradient
        else (lambda: loss(y, z, **options))
    )
    return {"celib": ours, **calls(y, z, line.gradient, cores)}


def _none(y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    return {}


def _from_probabilities(y: Any, p: Any) -> dict[str, CALL]:
    classes = np.arange(p.shape[1])
    return {
        "celib": lambda: celib.categorical_cross_entropy(y, p),
        "scikit-learn": lambda: log_loss(y, p, labels=classes),
    }


def _categorical(y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    rows = np.arange(len(y))

    def textbook() -> Any:
        shifted = z - z.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        totals = exponentials.sum(axis=1)
        value = (np.log(totals) - shifted[rows, y]).mean()
        if not gradient:
            return value
        slopes = exponentials / totals[:, np.newaxis]
        slopes[rows, y] -= 1
        return value, slopes / len(y)

    calls: dict[str, CALL] = {"NumPy, as in textbooks": textbook}
    if not gradient:
        calls["SciPy"] = lambda: -log_softmax(z, axis=1)[rows, y].mean()
    return (
        calls
        | _torch("cross_entropy", y, z, gradient, cores)
        | _optax("softmax_cross_entropy_with_integer_labels", (z, y), gradient)
    )


def _soft(y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    return _torch("cross_entropy", y, z, gradient, cores) | _optax(
        "softmax_cross_entropy", (z, y), gradient
    )


def _binary(y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    return _torch("binary_cross_entropy_with_logits", y, z, gradient, cores) | _optax(
        "sigmoid_binary_cross_entropy", (z, y), gradient
    )


def _focal(y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    return _optax("sigmoid_focal_loss", (z, y), gradient, alpha=0.25)


def _torch(name: str, y: Any, z: Any, gradient: bool, cores: int) -> dict[str, CALL]:
    if torch is None:
        return {}
    torch.set_num_threads(cores)
    loss = getattr(torch.nn.functional, name)
    targets, logits = torch.tensor(y), torch.tensor(z, requires_grad=gradient)

    def call() -> Any:
        if not gradient:
            return loss(logits, targets).item()
        logits.grad = None
        value = loss(logits, targets)
        value.backward()
        return value.item(), logits.grad

    return {"PyTorch": call}


def _optax(
    name: str, arguments: tuple[Any, ...], gradient: bool, **options: Any
) -> dict[str, CALL]:
    if optax is None:
        return {}
    jax.config.update("jax_enable_x64", True)
    logits, targets = map(jax.numpy.asarray, arguments)
    loss = getattr(optax, name)

    def mean(z: Any, y: Any) -> Any:
        return loss(z, y, **options).mean()

    compiled = jax.jit(jax.value_and_grad(mean) if gradient else mean)

    def call() -> Any:
        if not gradient:
            return compiled(logits, targets).item()
        value, slopes = compiled(logits, targets)
        return value.item(), slopes.block_until_ready()

    return {"optax": call}


# --- measuring ----------------------------------------------------------------------------------


def milliseconds(calls: dict[str, CALL], seconds: float, rest: float) -> dict[str, float]:
    """Return the median time of each call; they take turns, with so many seconds between two."""
    repeats = {name: calls_in_a_turn(call) for name, call in calls.items()}
    taken: dict[str, list[float]] = {name: [] for name in calls}
    end = time.perf_counter() + seconds * len(calls)
    while time.perf_counter() < end or len(taken["celib"]) < LEAST_ROUNDS:
        for name, call in calls.items():
            time.sleep(rest)
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            taken[name].append((time.perf_counter() - start) / repeats[name] * 1e3)
    return {name: statistics.median(times) for name, times in taken.items()}


def calls_in_a_turn(call: CALL) -> int:
    """Return how many calls take a turn of a millisecond, once they are warm.

    The first calls of all take longer, in Python by far more than in what is compiled; judged by
    these, a turn in Python would be over before it is warm.
    """
    call()  # compiles, starts threads, touches memory
    calls, start = 0, time.perf_counter()
    while time.perf_counter() < start + WARM:
        call()
        calls += 1
    return max(1, round(calls / WARM * TURN))


def mebibytes(call: CALL) -> float:
    """Return the most memory that NumPy and Python held at once during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def accuracy() -> list[dict[str, Any]]:
    """Return the relative errors of float32 losses, one for each row, against float64."""
    found = []
    for rows, classes in SIZES[1:]:
        rng = np.random.default_rng(2027)
        z = rng.normal(0, 3, (rows, classes)).astype("f4")
        y = rng.integers(0, classes, rows)
        each, exact = np.arange(rows), z.astype("f8")
        want = logsumexp(exact, axis=1) - exact[each, y]
        losses: dict[str, Any] = {
            "celib": celib.categorical_cross_entropy_from_logits(y, z, reduction="none"),
            "SciPy": -log_softmax(z, axis=1)[each, y],
        }
        if torch is not None:
            given = torch.tensor(z), torch.tensor(y)
            losses["PyTorch"] = torch.nn.functional.cross_entropy(*given, reduction="none").numpy()
        if optax is not None:
            theirs = optax.softmax_cross_entropy_with_integer_labels(z, y)
            losses["optax"] = np.asarray(theirs)
        for name, got in losses.items():
            errors = np.abs(got.astype("f8") - want) / want
            found.append(
                {
                    "rows": rows,
                    "classes": classes,
                    "library": name,
                    "largest": float(errors.max()),
                    "root mean square": float(np.sqrt((errors**2).mean())),
                }
            )
    return found


def lines(quick: bool) -> Iterator[Line]:
    if quick:
        for rows, classes in SIZES:
            for gradient in (False, True):
                yield Line("categorical", rows, classes, "float32", gradient)
        return
    losses = ["categorical", "categorical, soft targets", "categorical focal"]
    losses += ["binary", "balanced", "focal"]
    for loss in losses:
        for rows, classes in SIZES:
            for dtype in TYPES:
                for gradient in (False, True):
                    yield Line(loss, rows, classes, dtype, gradient)
    for rows, classes in SIZES:
        for dtype in TYPES:
            yield Line("categorical, from probabilities", rows, classes, dtype, False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cores", type=int)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):  # which binds even what asks nobody
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    table = []
    for line in lines(options.quick):
        calls = contenders(line, options.cores)

        # PyTorch's threads stay awake a while after a call, on the core that the next one needs.
        shared = options.cores > 1 and line.rows * line.classes > 1e6
        times = milliseconds(calls, SECONDS, REST if shared else 0.0)
        entry = line._asdict() | {"cores": options.cores, "ms": times}
        numpy_only = {name: calls[name] for name in calls if name not in ("PyTorch", "optax")}
        entry["MiB"] = {name: mebibytes(call) for name, call in numpy_only.items()}
        table.append(entry)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(json.dumps({"losses": table, "accuracy": accuracy() if options.cores == 1 else []}))


if __name__ == "__main__":
    main()
