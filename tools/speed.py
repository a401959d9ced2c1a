"""The measurements of docs/speed.json as a picture and as tables, for the site's page on speed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bench
import matplotlib
from matplotlib.figure import Figure

from celib.figures import house_style
from celib.figures.style import FAINT, INK

PICTURES = """\
From a key press on a slider to the new picture on screen, in JupyterLab and Chromium: the median \
and the 95th percentile of 25 changes. Beside it stands a matplotlib figure of the same topic \
under `interact`, in the same run.

The live pictures are SVG written as text, which the kernel has done within a few milliseconds. \
The rest is the way there and back, and the screen's own rhythm. `make lab` also tells the server \
to send each message at once: Jupyter's own setting lets TCP hold a small message back until the \
one before it is acknowledged, which costs up to 40 ms for every picture, here and under \
`interact`. The setting is the file `.jupyter/jupyter_server_config.py` of the project."""
SOURCE = "<!-- speed -->"
# Told apart by shape as well as by colour.
MARKS = {"SciPy": ("s", "#b35900"), "PyTorch": ("D", "#2a5f9e"), "optax": ("^", "#2a7f62")}
FARTHEST = 12  # drawn there, whatever is beyond


def filled(page: str, picture: Path) -> str:
    """Return the page with picture and tables where they belong; the picture is drawn."""
    found = json.loads(bench.RECORD.read_text(encoding="utf-8"))
    draw(found["losses"], picture)
    shown = [entry for entry in found["losses"] if entry["loss"] == "categorical"]
    system, numpy = found["machine"]["system"], found["machine"]["libraries"]["numpy"]
    parts = [
        f"![{described(shown)}]({picture.name})",
        "How many times as long as celib others take for the mean over the rows; above 1, celib is "
        f"the faster one. What is beyond {FARTHEST} is drawn there. The tables have this number "
        "for each library, after celib's own time and memory. All were measured in one run, taking "
        f"turns, on {system} with NumPy {numpy}.",
        bench.loss_table([entry for entry in found["losses"] if entry["dtype"] == "float32"]),
        "## How exact\n\nRelative errors of the losses of single rows in float32, against float64, "
        "for logits with a standard deviation of 3:",
        bench.accuracy_table(found["accuracy"]),
    ]
    if found.get("imports"):
        parts.append(f"## What is felt\n\n{bench.import_sentence(found['imports'])}")
    if found.get("latency"):
        parts += ["## Live pictures", PICTURES, bench.latency_table(found["latency"])]
    return page.replace(SOURCE, "\n\n".join(parts))


def draw(entries: Iterable[dict[str, Any]], place: Path) -> None:
    """Draw how many times as long as celib each library takes, for the categorical loss."""
    chosen = _chosen(entries)
    with house_style(), matplotlib.rc_context({"svg.hashsalt": "celib"}):
        figure = Figure(figsize=(7, 4.6), layout="constrained")
        axes = figure.subplots()
        axes.axvline(1, color=INK, lw=1.5)
        for name, (marker, color) in MARKS.items():
            places = [
                (min(entry["ms"][name] / entry["ms"]["celib"], FARTHEST), row)
                for row, entry in enumerate(chosen)
                if name in entry["ms"]
            ]
            axes.plot(*zip(*places, strict=True), marker, color=color, label=name, ms=7)
        axes.set_yticks(range(len(chosen)), [_named(entry) for entry in chosen])
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.set_xlim(0.08, 14)
        axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10], ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
        axes.minorticks_off()
        axes.set_xlabel("times as long as celib, which is the line at 1 (logarithmic scale)")
        axes.grid(axis="y", color=FAINT, lw=0.8)
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.12), ncols=3, frameon=False)
        figure.savefig(place, format="svg", metadata={"Date": None, "Creator": None})


def described(entries: Iterable[dict[str, Any]]) -> str:
    """Say in words what the picture shows, with its numbers."""
    parts = []
    for entry in _chosen(entries):
        ratios = [
            f"{name} {entry['ms'][name] / entry['ms']['celib']:.2f}"
            for name in MARKS
            if name in entry["ms"]
        ]
        parts.append(f"{_named(entry)}: {', '.join(ratios)}")
    return (
        "Dots on a logarithmic axis: how many times as long as celib other libraries take for the "
        f"categorical cross-entropy in float32. {'; '.join(parts)}."
    )


def _chosen(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        entry for entry in entries if (entry["loss"], entry["dtype"]) == ("categorical", "float32")
    ]


def _named(entry: dict[str, Any]) -> str:
    gradient = ", with gradient" if entry["gradient"] else ""
    cores = "1 core" if entry["cores"] == 1 else f"{entry['cores']} cores"
    return f"{entry['rows']} × {entry['classes']}{gradient}, {cores}"
