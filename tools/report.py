"""Check every page and all prose, and say in one table what was held.

    python tools/report.py [NOTEBOOK ...]

Each notebook is run once and compared with what is stored: the text of every output, as nbval
does, and what nbval does not see (tools/notebooks.py). The numbers of the prose are held to what
is shown near them (tools/prose.py), in the notebooks and, unless some are named, in the docstrings
of celib and the documents too. What is wrong stands below the table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import prose
from nbformat import NotebookNode
from passages import files

import notebooks

HEAD = ("", "cells compared", "prose numbers held", "pictures described", "seconds")


class Row(NamedTuple):
    """What was held of a page, or of other prose, and what is wrong with it."""

    name: str
    cells: int = 0
    numbers: int = 0
    pictures: int = 0
    seconds: float = 0.0
    faults: tuple[str, ...] = ()


def page(path: Path, everything: prose.Collection) -> Row:
    """Run a notebook and hold everything in it."""
    start = time.perf_counter()
    stored = notebooks.read(path)
    held, faults = prose.check(path, everything)
    try:
        problems = notebooks.check(path)
        cells = sum(cell.execution_count is not None for _, cell in notebooks.code_cells(stored))
    except notebooks.NotebookFailed as failure:
        problems, cells = [failure.problem], 0
    said = (*(notebooks.told(path, problem) for problem in problems), *faults)
    seconds = time.perf_counter() - start
    return Row(path.stem, cells, held - len(faults), described(stored), seconds, said)


def described(notebook: NotebookNode) -> int:
    """Count the pictures of a notebook that have a description."""
    return sum(
        any(kind.startswith("image/") for kind in output.get("data", {}))
        and not list(notebooks.output_faults(output))
        for _, cell in notebooks.code_cells(notebook)
        for output in cell.outputs
    )


def other_prose(everything: prose.Collection) -> list[Row]:
    """Hold the docstrings and the documents."""
    found: dict[str, list[Row]] = {}
    for path in files():
        if path.suffix != ".ipynb":
            start = time.perf_counter()
            held, faults = prose.check(path, everything)
            name = "docstrings of celib" if path.suffix == ".py" else path.name
            seconds = time.perf_counter() - start
            row = Row(name, numbers=held - len(faults), seconds=seconds, faults=tuple(faults))
            found.setdefault(name, []).append(row)
    return [total(name, rows) for name, rows in found.items()]


def total(name: str, rows: Iterable[Row]) -> Row:
    _, cells, numbers, pictures, seconds, faults = zip(*rows, strict=True)
    return Row(name, sum(cells), sum(numbers), sum(pictures), sum(seconds), sum(faults, ()))


def table(rows: Sequence[Row]) -> str:
    """Set the rows in columns; what a row has none of stays empty."""
    lines: list[tuple[str, ...]] = [HEAD]
    for row in rows:
        counts = (str(count or "") for count in (row.cells, row.numbers, row.pictures))
        lines.append((row.name, *counts, f"{row.seconds:.1f}"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    named = parser.parse_args(arguments).notebooks
    everything = prose.collection()
    paths = named or notebooks.pages()
    # a page waits for its kernel, which is a process of its own
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(partial(page, everything=everything), paths))
    rows += [] if named else other_prose(everything)
    whole = total("together", rows)
    print(table([*rows, whole]))
    if whole.faults:
        print(f"\nWhat is wrong ({len(whole.faults)}):", *whole.faults, sep="\n")
    return 1 if whole.faults else 0


if __name__ == "__main__":
    sys.exit(main())
