"""Large inputs: the same answers as small ones, in little memory, whatever the number of cores.

What is held to what: an answer for many rows to the answers for a few of them at a time, which are
one block each and are held to mpmath elsewhere; sums to math.fsum, which rounds an exact sum once.
"""

import math
import os
import platform
import subprocess
import sys
import threading
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

import celib
from celib import _blocks
from celib._blocks import in_blocks, threads
from celib._reductions import Examples
from celib.binary import two_class_examples
from celib.categorical import class_examples

CATEGORICAL = [
    (celib.categorical_cross_entropy, {}),
    (celib.categorical_cross_entropy, {"class_weight": True, "label_smoothing": 0.1}),
    (celib.categorical_cross_entropy_from_logits, {}),
    (celib.categorical_cross_entropy_from_logits, {"class_weight": True}),
    (celib.categorical_cross_entropy_from_logits, {"label_smoothing": 0.1}),
    (celib.categorical_focal_loss, {}),
    (celib.categorical_focal_loss_from_logits, {"class_weight": True}),
]
BINARY = [
    (celib.binary_cross_entropy, {}),
    (celib.binary_cross_entropy_from_logits, {"pos_weight": 3, "label_smoothing": 0.2}),
    (celib.balanced_cross_entropy, {"alpha": 0.25}),
    (celib.balanced_cross_entropy_from_logits, {"alpha": 0.25}),
    (celib.focal_loss, {"alpha": 0.25}),
    (celib.focal_loss_from_logits, {}),
]
WITH_GRADIENT = [
    (loss, options) for loss, options in CATEGORICAL + BINARY if loss.__name__.endswith("logits")
]
ROWS, CLASSES = 3000, 300  # 7 MiB in float64, a dozen blocks or more
NUMBERS = 100  # of a binary loss for each of those rows
FEW = 100  # rows that are one block


def case(loss, options, dtype, soft=False, rows=ROWS):
    """Targets, scores and options for `loss`; among logits, some far beyond the range of exp."""
    rng = np.random.default_rng(len(loss.__name__))
    from_logits = loss.__name__.endswith("logits")
    if "categorical" in loss.__name__:
        scores = rng.normal(0, 3, (rows, CLASSES)).astype(dtype)
        targets = rng.integers(2, CLASSES, rows)
        if soft:
            targets = celib.softmax(rng.normal(0, 3, (rows, CLASSES)))
        elif from_logits and "label_smoothing" not in options:
            scores[::11, 1] = -np.inf  # a class ruled out, that is no label
        squash = celib.softmax
        if "class_weight" in options:
            options = options | {"class_weight": np.linspace(0, 2, CLASSES)}
    else:
        scores = rng.normal(0, 3, rows * NUMBERS).astype(dtype)
        targets = rng.random(rows * NUMBERS) if soft else rng.integers(0, 2, rows * NUMBERS)
        squash = celib.sigmoid
    if not from_logits:
        return targets, squash(scores), options
    scores[::7] *= 100
    return targets, scores, options


def a_few_at_a_time(function, targets, scores):
    step = FEW if scores.ndim == 2 else FEW * NUMBERS
    parts = [slice(start, start + step) for start in range(0, len(scores), step)]
    return [function(targets[part], scores[part]) for part in parts]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
@pytest.mark.parametrize("loss, options", CATEGORICAL + BINARY)
def test_many_rows_cost_what_a_few_at_a_time_cost(loss, options, soft, dtype):
    y, z, options = case(loss, options | {"unit": "bits"}, dtype, soft)
    few = a_few_at_a_time(lambda y, z: loss(y, z, reduction="none", **options), y, z)
    want = np.concatenate(few)
    got = loss(y, z, reduction="none", **options)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == want.dtype
    assert np.isfinite(want).mean() > 0.5
    for reduction, divisor in ("sum", 1), ("mean", len(want)):
        exact = math.fsum(want.tolist()) / divisor if np.isfinite(want).all() else np.inf
        rtol = 1e-13 if dtype == "f8" or soft else 1e-6
        assert loss(y, z, reduction=reduction, **options) == pytest.approx(exact, rel=rtol)


@pytest.mark.parametrize("classes", [7, 60, 101, CLASSES])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_an_example_among_others_costs_to_the_last_digit_what_it_costs_alone(dtype, classes):
    loss = celib.categorical_cross_entropy_from_logits
    y, z, _ = case(loss, {}, dtype, rows=FEW)
    y, z = y % classes, z[:, :classes]
    z[np.arange(FEW), y] = 0.0  # no label is ruled out
    alone = [celib.value_and_gradient(loss, label, row) for label, row in zip(y, z, strict=True)]
    costs, slopes = zip(*alone, strict=True)
    np.testing.assert_array_equal(loss(y, z, reduction="none"), costs)
    _, gradient = celib.value_and_gradient(loss, y, z, reduction="sum")
    np.testing.assert_array_equal(gradient, slopes)


@pytest.mark.parametrize("loss, options", CATEGORICAL + BINARY)
def test_the_weighted_mean_of_many_rows(loss, options):
    """Σ loss / Σ weight, both from parts, whose weighted means and total weights are known."""
    y, z, options = case(loss, options, "f8", soft=True)

    def part(y, z):
        total = loss(y, z, reduction="sum", **options)
        return total, total / loss(y, z, reduction="weighted_mean", **options)

    losses, weights = zip(*a_few_at_a_time(part, y, z), strict=True)
    got = loss(y, z, reduction="weighted_mean", **options)
    assert got == pytest.approx(math.fsum(losses) / math.fsum(weights), rel=1e-12)


@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("unit", ["nats", "bits"])
@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
@pytest.mark.parametrize("loss, options", WITH_GRADIENT)
def test_gradients_of_many_rows(loss, options, soft, unit, reduction):
    """Each row's slope is its own, and only what all are divided by is common."""
    y, z, options = case(loss, options, "f8", soft)
    value, gradient = celib.value_and_gradient(
        loss, y, z, reduction=reduction, unit=unit, **options
    )

    def slopes(y, z):
        return celib.value_and_gradient(loss, y, z, reduction="sum", unit=unit, **options)[1]

    sums = np.concatenate(a_few_at_a_time(slopes, y, z))
    total = loss(y, z, reduction="sum", unit=unit, **options)
    assert value == pytest.approx(loss(y, z, reduction=reduction, unit=unit, **options), rel=1e-12)
    divisor = total / value
    np.testing.assert_allclose(gradient, sums / divisor, rtol=1e-11, atol=1e-300)


def test_rows_without_any_weight_may_fill_a_block():
    """The first blocks weigh nothing, and smoothed they cost something all the same."""
    z = np.random.default_rng(3).normal(0, 3, (ROWS, CLASSES))
    y = np.repeat([0, 1], ROWS // 2)
    options = {"class_weight": np.arange(CLASSES) > 0, "label_smoothing": 0.1}
    loss = celib.categorical_cross_entropy_from_logits
    total = loss(y, z, reduction="sum", **options)
    got = loss(y, z, reduction="weighted_mean", **options)
    assert got == pytest.approx(total / (ROWS / 2), rel=1e-13)
    with pytest.raises(ValueError, match="the sum of the examples' weights, which is 0"):
        loss(np.zeros(ROWS, int), z, reduction="weighted_mean", class_weight=np.arange(CLASSES) > 0)


def test_very_large_weights_and_losses_keep_their_mean():
    """Neither total is a float64: 3000 weights of 1e307, and as many losses of 1e308 nats."""
    loss = celib.categorical_cross_entropy_from_logits
    z = np.zeros((ROWS, CLASSES))
    y = np.zeros(ROWS, int)
    options = {"class_weight": np.full(CLASSES, 1e307), "reduction": "weighted_mean"}
    assert loss(y, z, **options) == pytest.approx(math.log(CLASSES), rel=1e-13)
    value, gradient = celib.value_and_gradient(loss, y, z, **options)
    assert value == pytest.approx(math.log(CLASSES), rel=1e-13)
    assert gradient[0, 1] == pytest.approx(1 / CLASSES / ROWS, rel=1e-13)
    z[:, 1] = 1e308
    assert loss(y, z) == pytest.approx(1e308, rel=1e-13)


def test_weights_of_very_different_size():
    """The examples of weight 1e-200 count for nothing beside those of 1e200."""
    z = np.zeros((ROWS, CLASSES))
    z[::2, 0] = 5.0
    y = np.arange(ROWS) % 2
    weight = np.full(CLASSES, 1e200)
    weight[0] = 1e-200
    options = {"class_weight": weight, "reduction": "weighted_mean"}
    loss = celib.categorical_cross_entropy_from_logits
    assert loss(y, z, **options) == pytest.approx(math.log(CLASSES), rel=1e-13)
    _, gradient = celib.value_and_gradient(loss, y, z, **options)
    assert gradient[1, 2] == pytest.approx(1 / CLASSES / (ROWS / 2), rel=1e-13)


def test_weights_in_float32_are_added_up_in_float64():
    """A third of the rows each weigh 1, 1/3 and 1/7, as float32 writes them."""
    weight = np.ones(CLASSES, "f4")
    weight[:3] = 1, 1 / 3, 1 / 7
    y, z = np.arange(ROWS) % 3, np.zeros((ROWS, CLASSES))
    z[::3, 3] = 9.0
    loss = celib.categorical_cross_entropy_from_logits
    w = [Fraction(float(one)) for one in weight[:3]]
    share = float(w[0] / sum(w))
    want = share * math.log(CLASSES - 1 + math.exp(9)) + (1 - share) * math.log(CLASSES)
    for few in (slice(None), slice(99)):
        got = loss(y[few], z[few], class_weight=weight, reduction="weighted_mean")
        assert got == pytest.approx(want, rel=1e-13)


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda y, z: z.__setitem__((2345, 67), np.inf), r"logits\[2345, 67\] is inf"),
        (lambda y, z: z.__setitem__(2345, -np.inf), r"logits\[2345\] is -inf throughout"),
        (
            lambda y, z: y.__setitem__(2345, CLASSES),
            rf"targets\[2345\] is {CLASSES}, .* subtract 1",
        ),
        (lambda y, z: y.__setitem__(2345, -100), r"targets\[2345\] is -100, .* leave that example"),
    ],
)
@pytest.mark.parametrize("reduction", ["mean", "none", "weighted_mean"])
def test_what_is_wrong_is_named_by_its_place_in_the_whole(spoil, message, reduction):
    z = np.random.default_rng(5).normal(0, 3, (ROWS, CLASSES))
    y = np.arange(ROWS) % CLASSES
    spoil(y, z)
    loss = celib.categorical_cross_entropy_from_logits
    with pytest.raises(ValueError, match=message):
        loss(y, z, reduction=reduction)
    if reduction != "none":
        with pytest.raises(ValueError, match=message):
            celib.value_and_gradient(loss, y, z, reduction=reduction)


def test_the_place_is_that_in_the_shape_given():
    z = np.zeros((30, 100, CLASSES))
    z[21, 45, 67] = np.inf
    with pytest.raises(ValueError, match=r"logits\[21, 45, 67\] is inf"):
        celib.categorical_cross_entropy_from_logits(np.zeros((30, 100), int), z)
    p = np.full((30, 100, CLASSES), 0.5)
    p[21, 45, 67] = 1.5
    with pytest.raises(ValueError, match=r"probs\[21, 45, 67\] is 1.5"):
        celib.binary_cross_entropy(np.zeros(p.shape), p)


def test_the_shape_of_the_answer_is_that_of_the_examples():
    z = np.random.default_rng(6).normal(0, 3, (30, 100, CLASSES))
    y = np.random.default_rng(7).integers(0, CLASSES, (30, 100))
    loss = celib.categorical_cross_entropy_from_logits
    got = loss(y, z, reduction="none")
    assert got.shape == (30, 100)
    assert got[21, 45] == loss(y[21, 45], z[21, 45])
    # The same rows in another order in memory, as when the classes come second.
    turned = np.moveaxis(np.ascontiguousarray(np.moveaxis(z, -1, 1)), 1, -1)
    np.testing.assert_array_equal(loss(y, turned, reduction="none"), got)
    assert celib.value_and_gradient(loss, y, turned)[1].shape == z.shape
    flat = z[0], z.reshape(-1, CLASSES)  # one block, and more
    for rows, labels in zip(flat, (y[0], y.reshape(-1)), strict=True):
        got = loss(labels, np.asfortranarray(rows), reduction="none")
        np.testing.assert_array_equal(got, loss(labels, rows, reduction="none"))


def test_an_unknown_option_is_refused_before_the_work():
    """However long that takes: what is wrong with the logits would be found only there."""
    z = np.full((ROWS, CLASSES), np.inf)
    loss = celib.categorical_cross_entropy_from_logits
    for option in ({"unit": "shannons"}, {"reduction": "median"}):
        for few in (slice(None), slice(2)):
            with pytest.raises(ValueError, match="must be one of"):
                loss(np.zeros(ROWS, int)[few], z[few], **option)
            with pytest.raises(ValueError, match="must be one of"):
                celib.value_and_gradient(loss, np.zeros(ROWS, int)[few], z[few], **option)


@pytest.mark.parametrize("dtype", ["f2", "i8", "f8"])
def test_other_types_of_logits(dtype):
    z = np.random.default_rng(8).normal(0, 9, (ROWS, CLASSES)).astype(dtype)
    y = np.arange(ROWS) % CLASSES
    loss = celib.categorical_cross_entropy_from_logits
    few = a_few_at_a_time(lambda y, z: loss(y, z, reduction="none"), y, z)
    np.testing.assert_array_equal(loss(y, z, reduction="none"), np.concatenate(few))
    gradient = celib.value_and_gradient(loss, y, z)[1]
    assert gradient.dtype == (dtype if dtype != "i8" else "f8")


@pytest.mark.parametrize("dtype", ["f2", "i8"])
@pytest.mark.parametrize("function", [celib.softmax, celib.log_softmax, celib.logsumexp])
def test_other_types_for_softmax_and_its_relatives(function, dtype):
    z = np.random.default_rng(15).normal(0, 9, (ROWS, CLASSES)).astype(dtype)
    parts = [function(z[start : start + FEW]) for start in range(0, ROWS, FEW)]
    got = function(z)
    np.testing.assert_array_equal(got, np.concatenate(parts))
    assert got.dtype == (dtype if dtype == "f2" else "f8")


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("function", [celib.softmax, celib.log_softmax, celib.logsumexp])
def test_softmax_and_its_relatives_along_any_axis(function, axis):
    z = np.random.default_rng(13).normal(0, 99, (30, 100, CLASSES)).astype("f4")
    rows = np.moveaxis(z, axis, -1)
    got = function(z, axis=axis)
    if got.ndim == 3:
        got = np.moveaxis(got, axis, -1)
    for index in np.ndindex(rows.shape[:1]):
        np.testing.assert_allclose(got[index], function(rows[index]), rtol=3e-6, atol=1e-37)
    spoilt = np.moveaxis(z.copy(), axis, -1)
    spoilt[7, 8] = -np.inf
    place = {-1: "7, 8", 2: "7, 8", 0: ":, 7, 8", 1: "7, :, 8"}[axis]
    with pytest.raises(ValueError, match=rf"logits\[{place}\] is -inf throughout"):
        function(np.moveaxis(spoilt, -1, axis), axis=axis)


# --- memory -------------------------------------------------------------------------------------


def peak(function):
    """The most memory that NumPy and Python held at once during a call, in MiB."""
    function()
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
@pytest.mark.parametrize(
    "loss, options",
    [
        *CATEGORICAL,
        (celib.categorical_cross_entropy, {"label_smoothing": 1.0}),
        (celib.categorical_cross_entropy_from_logits, {"label_smoothing": 1.0}),
        *BINARY,
    ],
)
def test_a_thread_takes_a_few_mebibytes(loss, options, soft, monkeypatch):
    """All its arrays together have about two, and a few more where some are in float64."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    y, z, options = case(loss, options, "f4", soft, rows=5000)
    assert peak(lambda: loss(y, z, **options)) < 6


@pytest.mark.parametrize("options", [{}, {"class_weight": np.arange(CLASSES) + 1.0}])
@pytest.mark.parametrize("name", ["categorical_cross_entropy", "categorical_focal_loss"])
@pytest.mark.parametrize("ending", ["", "_from_logits"])
def test_with_labels_a_thread_takes_little_more_than_a_block(name, ending, options, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    loss = getattr(celib, name + ending)
    y, z, _ = case(loss, {}, "f4", False, rows=5000)
    assert peak(lambda: loss(y, z, **options)) < 2


@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
@pytest.mark.parametrize("loss, options", WITH_GRADIENT)
def test_a_gradient_takes_itself_and_a_few_mebibytes(loss, options, soft, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    y, z, options = case(loss, options, "f4", soft, rows=5000)
    _, gradient = celib.value_and_gradient(loss, y, z, **options)
    most = gradient.nbytes / 2**20 + 10
    assert peak(lambda: celib.value_and_gradient(loss, y, z, **options)) < most


@pytest.mark.parametrize("shape", [(ROWS, CLASSES), (CLASSES, ROWS)])
@pytest.mark.parametrize("function", [celib.softmax, celib.log_softmax, celib.logsumexp])
def test_softmax_too_takes_less_than_a_block(function, shape, monkeypatch):
    """Beside the answer, of which there are its blocks and the whole."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    z = np.random.default_rng(14).normal(0, 9, shape)
    answers = 2 * function(z).nbytes / 2**20
    assert peak(lambda: function(z)) < answers + 1


def test_memory_at_the_size_of_a_vocabulary(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    z = np.random.default_rng(9).normal(0, 3, (512, 50257)).astype("f4")  # 98 MiB
    y = np.arange(512)
    loss = celib.categorical_cross_entropy_from_logits
    assert peak(lambda: loss(y, z)) < 8
    assert peak(lambda: celib.value_and_gradient(loss, y, z)) < z.nbytes / 2**20 + 8


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about the malloc of Linux")
def test_memory_is_kept_for_the_next_block():
    """The system hands out memory in pages of 4 KiB: here over a thousand for each loss, if asked
    for it anew each time, which takes several times as long as the loss."""
    code = """
import resource, numpy as np, celib
logits = np.ones((200, 1000), "f4")
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    celib.binary_cross_entropy_from_logits(logits, logits)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
    assert int(subprocess.check_output([sys.executable, "-c", code], env=one_thread)) < 50


def test_a_file_larger_than_the_memory_it_may_take(tmp_path):
    """Memory-mapped logits are read a block at a time, and never copied as a whole."""
    shape = (40_000, CLASSES)
    z = np.memmap(tmp_path / "logits.f4", "f4", "w+", shape=shape)
    z[:] = np.random.default_rng(10).normal(0, 3, shape)
    y = np.arange(len(z)) % CLASSES
    loss = celib.categorical_cross_entropy_from_logits
    stored = np.memmap(tmp_path / "logits.f4", "f4", "r", shape=shape)
    assert loss(y, stored) == loss(y, np.array(z))
    assert peak(lambda: loss(y, stored)) < 8


def test_dask_arrays_chunk_by_chunk():
    """As in the documentation: a loss for each row of each chunk, reduced by Dask."""
    da = pytest.importorskip("dask.array")
    z = np.random.default_rng(11).normal(0, 3, (ROWS, CLASSES)).astype("f4")
    y = np.arange(ROWS) % CLASSES
    losses = da.blockwise(
        celib.categorical_cross_entropy_from_logits,
        "n",
        da.from_array(y, chunks=700),
        "n",
        da.from_array(z, chunks=(700, CLASSES)),
        "nk",
        reduction="none",
        concatenate=True,
        dtype=z.dtype,
    )
    want = celib.categorical_cross_entropy_from_logits(y, z, reduction="none")
    np.testing.assert_array_equal(losses.compute(), want)
    assert float(losses.mean().compute()) == pytest.approx(float(want.mean()), rel=1e-6)


# --- blocks and threads -------------------------------------------------------------------------


def test_blocks_cover_every_row_once_and_in_order():
    for n in (1, 7, 1000, 10_003):
        rows = range(n)
        parts = in_blocks(rows.__getitem__, n, _blocks.BLOCK // 10)
        assert [row for part in parts for row in part] == list(rows)
        assert max(map(len, parts)) <= 10


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_the_number_of_cores_changes_no_digit(cores, monkeypatch):
    z = np.random.default_rng(12).normal(0, 3, (ROWS, CLASSES))
    y = np.arange(ROWS) % CLASSES
    loss = celib.categorical_cross_entropy_from_logits
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    value, gradient = celib.value_and_gradient(loss, y, z)
    monkeypatch.setenv("OMP_NUM_THREADS", str(cores))
    assert loss(y, z) == value
    again = celib.value_and_gradient(loss, y, z)
    assert again[0] == value
    np.testing.assert_array_equal(again[1], gradient)


def test_how_many_threads(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", {0: {1, 4, 6}}.__getitem__, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    for wanted in (1, 2, 7):
        monkeypatch.setenv("OMP_NUM_THREADS", str(wanted))
        assert threads() == wanted
    for unusable in ("", "0", "many", "-2"):
        monkeypatch.setenv("OMP_NUM_THREADS", unusable)
        assert threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads() == 3
    with monkeypatch.context() as browser:
        browser.setattr("sys.platform", "emscripten")
        assert threads() == 1
    monkeypatch.delattr("os.sched_getaffinity")
    assert threads() == 8
    monkeypatch.setattr("os.cpu_count", lambda: None)  # which says that it cannot tell
    assert threads() == 1


def test_a_core_for_each_thread_if_there_are_as_many(monkeypatch):
    cores = {2, 5, 7}
    taken = []
    monkeypatch.setattr("os.sched_getaffinity", {0: cores}.__getitem__, raising=False)
    monkeypatch.setattr(
        "os.sched_setaffinity", lambda thread, own: taken.append((thread, own)), raising=False
    )
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    in_blocks(lambda rows: None, 6, _blocks.LEAST_FOR_A_THREAD)
    assert sorted(taken, key=str) == [(0, {2}), (0, {5}), (0, {7})]
    taken.clear()
    monkeypatch.setenv("OMP_NUM_THREADS", "2")  # which two, the system knows better
    in_blocks(lambda rows: None, 6, _blocks.LEAST_FOR_A_THREAD)
    assert taken == []


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no such call on this system")
def test_the_calling_thread_is_left_where_it_may_run(monkeypatch):
    before = os.sched_getaffinity(0)
    monkeypatch.setenv("OMP_NUM_THREADS", str(len(before)))
    in_blocks(lambda rows: None, 2 * len(before), _blocks.LEAST_FOR_A_THREAD)
    assert os.sched_getaffinity(0) == before


def test_a_system_without_affinity_needs_none(monkeypatch):
    monkeypatch.delattr("os.sched_setaffinity", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert in_blocks(lambda rows: rows.start, 2, _blocks.LEAST_FOR_A_THREAD) == [0, 1]


def test_a_system_that_refuses_a_core_does_the_work_all_the_same(monkeypatch):
    def refuse(thread, cores):
        raise PermissionError("not in this sandbox")

    monkeypatch.setattr("os.sched_getaffinity", {0: {1, 2}}.__getitem__, raising=False)
    monkeypatch.setattr("os.sched_setaffinity", refuse, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert in_blocks(lambda rows: rows.start, 2, _blocks.LEAST_FOR_A_THREAD) == [0, 1]


def at_once(n_threads, n_rows, row_bytes):
    """Which thread works on each row, when all wait until so many are at it."""
    met = threading.Barrier(n_threads, timeout=120)

    def work(rows):
        met.wait()
        return threading.get_ident()

    return in_blocks(work, n_rows, row_bytes)


def test_every_two_mebibytes_are_worth_a_thread(monkeypatch):
    this, mebibyte = threading.get_ident(), 2**20
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    assert len(set(at_once(2, 2, 2 * mebibyte))) == 2
    assert set(at_once(1, 3, (4 * mebibyte - 1) // 3)) == {this}
    assert set(at_once(1, 1, 64 * mebibyte)) == {this}  # nothing to share
    assert len(set(at_once(8, 32, 2 * mebibyte))) == 8
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert set(at_once(1, 4, 2 * mebibyte)) == {this}


def test_there_are_never_more_than_eight_threads(monkeypatch):
    workers = set()
    monkeypatch.setattr(_blocks, "move_to_own_core", lambda *each: workers.add(each))
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    in_blocks(lambda rows: None, 100, _blocks.LEAST_FOR_A_THREAD)
    assert workers == {(worker, 8) for worker in range(8)}


def test_what_the_work_on_an_example_takes():
    """So many arrays, of 6 classes of 4 bytes; and what fills a block is worked on at once."""
    y = np.zeros((2, 5), int)
    examples = Examples(y, np.zeros((2, 5, 6), "f4"), y.shape, np.dtype("f4"), 3)
    assert (examples.number, examples.row_bytes) == (10, 3 * 6 * 4)
    z, w = examples.scores, np.ones(6)
    for targets, weight, smoothing, arrays in (
        (y, None, 0.0, 2),
        (y, w, 0.0, 2),
        (y, None, 0.1, 4),
        (z, None, 0.0, 2),
        (z, w, 0.0, 4),
        (z, None, 0.1, 4),
    ):
        soft = class_examples(targets, "logits", z, weight, smoothing)
        assert soft.row_bytes == arrays * 6 * 4
    assert class_examples(y, "logits", z, None).row_bytes == 2 * 6 * 4
    assert two_class_examples(y, "logits", y.astype("f4")).row_bytes == 5 * 4
    for size, arrays in (2**21 // 24, 3), (2**21 // 8, 1):
        for z, few in (np.zeros(size), True), (np.zeros(size + 1), False):
            assert Examples(z, z, z.shape, z.dtype, arrays).are_few is few


def test_what_a_thread_raises_is_raised(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")

    def work(rows):
        raise ArithmeticError(rows.start)

    with pytest.raises(ArithmeticError):
        in_blocks(work, 100, _blocks.LEAST_FOR_A_THREAD)


def test_threads_are_as_quiet_as_the_rest(monkeypatch):
    """A masked class that is the label costs inf, without a warning, on any thread."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    z = np.zeros((ROWS, CLASSES))
    z[:, 0] = -np.inf
    z[:, 1] = 1e300
    assert celib.categorical_cross_entropy_from_logits(np.zeros(ROWS, int), z) == math.inf


@pytest.mark.parametrize(
    "module, function",
    [
        ("logits", celib.softmax),
        ("_reductions", lambda z: celib.categorical_cross_entropy_from_logits(z[:, 0], z)),
    ],
)
def test_what_goes_wrong_in_blocks_alone_is_not_swallowed(module, function, monkeypatch):
    """The whole, looked at again to name the place, is then found to be in order."""

    def fail(*_):
        raise ValueError("no block for today")

    monkeypatch.setattr(f"celib.{module}.in_blocks", fail)
    with pytest.raises(ValueError, match="no block for today"):
        function(np.zeros((ROWS, CLASSES)))
