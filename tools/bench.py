"""Measure what is felt: the losses beside other libraries, imports, notebooks, live pictures.

    python tools/bench.py              measure, and print the tables
    python tools/bench.py --quick      only the categorical loss in float32, in a minute
    python tools/bench.py --record     measure, and keep the numbers in docs/speed.json

Everything of one table is measured in one run, taking turns, since machines differ and are not
always as fast; what to look at are the ratios. The site draws its picture from docs/speed.json.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "speed.json"
LATENCY = ROOT / "build" / "bench" / "latency.json"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "jax", "optax")
STARTS = 31


def losses(quick: bool) -> dict[str, Any]:
    """Return times and errors of the losses, with one core and with all."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: dict[str, Any] = {"losses": [], "accuracy": []}
    for number in sorted({1, cores or 1}):
        command = [sys.executable, str(ROOT / "tools" / "bench_losses.py"), str(number)]
        ended = subprocess.run(
            command + ["--quick"] * quick,
            env=surroundings(number),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        for key, value in json.loads(ended.stdout).items():
            found[key] += value
    return found


def surroundings(cores: int) -> dict[str, str]:
    """Return an environment in which every library uses so many cores."""
    numbers = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    flags = (
        f"--xla_cpu_multi_thread_eigen={str(cores > 1).lower()} "
        f"intra_op_parallelism_threads={cores}"
    )
    return (
        dict(os.environ)
        | dict.fromkeys(numbers, str(cores))
        | {"XLA_FLAGS": flags, "PYTHONPATH": str(ROOT)}
    )


def imports() -> dict[str, float]:
    """Return the seconds that a fresh Python takes to import, beyond starting; in turns."""
    statements = {"nothing": "pass", "numpy": "import numpy", "celib": "import celib"}
    taken: dict[str, list[float]] = {name: [] for name in statements}
    # Both as they are from the second time on, compiled: where nothing may be written down,
    # celib would be compiled each time, and NumPy not.
    env = surroundings(1) | {"PYTHONDONTWRITEBYTECODE": ""}
    for _ in range(1 + STARTS):
        for name, statement in statements.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], env=env, check=True)
            taken[name].append(time.perf_counter() - start)
    middle = {name: statistics.median(times[1:]) for name, times in taken.items()}
    return {name: middle[name] - middle["nothing"] for name in ("numpy", "celib")}


def notebooks() -> str:
    """Return the report of one run of every notebook, which has their seconds."""
    command = [sys.executable, str(ROOT / "tools" / "report.py")]
    ended = subprocess.run(
        command,
        env=surroundings(1),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.stdout.strip("\n")


def latency() -> dict[str, Any] | None:
    """Return how long live pictures take to follow a key press; None without a browser."""
    command = [sys.executable, str(ROOT / "tools" / "latency.py")]
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    found: dict[str, Any] | None = None
    if ended.returncode == 0:
        found = json.loads(LATENCY.read_text(encoding="utf-8"))["milliseconds"]
    return found


def machine() -> dict[str, Any]:
    """Return what was measured on, without names of people or places."""
    installed = {}
    for name in LIBRARIES:
        try:
            installed[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "libraries": installed,
    }


# --- telling ------------------------------------------------------------------------------------


def told(found: dict[str, Any]) -> str:
    """Return all tables as Markdown."""
    parts = [loss_table(found["losses"])]
    if found["accuracy"]:
        parts.append(accuracy_table(found["accuracy"]))
    if "imports" in found:
        parts.append(import_sentence(found["imports"]))
    if found.get("notebooks"):
        parts.append(f"```text\n{found['notebooks']}\n```")
    if found.get("latency"):
        parts.append(latency_table(found["latency"]))
    return "\n\n".join(parts)


def loss_table(entries: Sequence[dict[str, Any]]) -> str:
    """Say how many times as long as celib each library takes, one table for a loss and a type."""
    kinds = dict.fromkeys((entry["loss"], entry["dtype"]) for entry in entries)
    return "\n\n".join(
        one_loss([entry for entry in entries if (entry["loss"], entry["dtype"]) == kind])
        for kind in kinds
    )


def one_loss(entries: Sequence[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for entry in entries for name in entry["ms"]))
    names.remove("celib")
    rows = [
        [
            f"{entry['rows']} × {entry['classes']}" + ", gradient" * entry["gradient"],
            str(entry["cores"]),
            f"{entry['ms']['celib']:.3g}",
            f"{entry['MiB']['celib']:.1f}",
            *(ratio(entry["ms"], name) for name in names),
        ]
        for entry in entries
    ]
    title = f"**{entries[0]['loss'].capitalize()}**, {entries[0]['dtype']}"
    head = ["rows × classes", "cores", "celib, ms", "celib, MiB", *names]
    return f"{title}\n\n{markdown(head, rows)}"


def ratio(ms: dict[str, float], name: str) -> str:
    return f"{ms[name] / ms['celib']:.2f}" if name in ms else ""


def accuracy_table(entries: Sequence[dict[str, Any]]) -> str:
    head = ["rows × classes", "library", "largest relative error", "root mean square"]
    rows = [
        [
            f"{entry['rows']} × {entry['classes']}",
            entry["library"],
            f"{entry['largest']:.2g}",
            f"{entry['root mean square']:.2g}",
        ]
        for entry in entries
    ]
    return markdown(head, rows)


def import_sentence(seconds: dict[str, float]) -> str:
    numpy, celib = seconds["numpy"], seconds["celib"]
    return (
        f"`import celib` takes {celib / numpy:.2f} times as long as `import numpy` "
        f"({celib * 1e3:.0f} and {numpy * 1e3:.0f} ms)."
    )


def latency_table(pictures: dict[str, dict[str, dict[str, float]]]) -> str:
    head = ["live picture", "median, ms", "95 %, ms", "`interact`, ms", "95 %, ms", "times as long"]
    rows = [
        [
            f"`{name}`",
            *(f"{one[key]:.0f}" for one in (live, plain) for key in ("median", "percentile_95")),
            f"{plain['median'] / live['median']:.1f}",
        ]
        for name, found in pictures.items()
        for live, plain in [(found["live"], found["interact"])]
    ]
    return markdown(head, rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only the categorical loss")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.relative_to(ROOT)}")
    options = parser.parse_args()
    found = {"machine": machine(), **losses(options.quick)}
    if not options.quick:
        found |= {"imports": imports(), "notebooks": notebooks(), "latency": latency()}
    print(told(found))
    if options.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
