"""Change celib in one place at a time, and see whether the tests or the notebooks notice.

    python tools/mutants.py                       all of celib
    python tools/mutants.py focal figures/entropy.py published.json
    python tools/mutants.py --since main          only lines changed since that commit
    python tools/mutants.py --again               only what was not killed last time
    python tools/mutants.py explore --sample 250  only so many, chosen at random

Each mutant (see `mutations.py`) meets the tests that run its line, then the pages that do, in the
comparison of `tools/notebooks.py`; the first that fails ends it. Those that survive are listed,
except where `tests/equivalent_mutants.toml` says why no input could tell. The score goes to
`docs/mutants.md`.

No maintained tool fits: mutmut leaves decorated functions and the constants of modules alone, here
almost every public function and most of every picture, and cosmic-ray starts a process for each
mutant and chooses no tests. None compares notebooks.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import math
import os
import random
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a fork takes over no threads

from mutant_record import (
    MATHEMATICS,
    RECORD,
    Found,
    Results,
    equivalents,
    record,
    score,
    sorted_out,
)
from mutant_trials import Hunt, Verdict, identity, settled, span
from mutations import Mutant, mutants
from what_runs import ROOT, Coverage, celib_files, say

# What celib and its tests import, so that no fork has to.
WARM = [
    *("mpmath", "scipy", "matplotlib.backends.backend_agg", "matplotlib.figure"),
    *("matplotlib.textpath", "ipywidgets", "doctest", "xml.etree.ElementTree"),
]


def chosen_files(root: Path, names: Sequence[str]) -> list[str]:
    """Give the files that are meant: paths, folders, or names of modules."""
    everything = celib_files(root)
    found: list[str] = []
    for name in names or ["."]:
        part = name.removeprefix("celib/").removeprefix("celib.").strip("/")
        if part == ".":
            fitting = everything
        elif part == "mathematics":
            fitting = [f"celib/{module}.py" for module in MATHEMATICS]
        elif part.endswith((".json", ".toml")):
            fitting = [f"celib/{part}"] * (root / "celib" / part).exists()
        else:
            stem = part.removesuffix(".py")
            fitting = [p for p in everything if p == f"celib/{stem}.py"]
            fitting += [p for p in everything if p.startswith(f"celib/{stem}/")]
        if not fitting:
            sys.exit(f"mutants: there is no {name} in celib")
        found += fitting
    return list(dict.fromkeys(found))


def changed_lines(root: Path, since: str, path: str) -> set[int]:
    command = ["git", "diff", "--unified=0", since, "--", path]
    difference = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    lines: set[int] = set()
    for start, count in re.findall(r"^@@ .* \+(\d+)(?:,(\d+))? @@", difference.stdout, re.M):
        lines |= set(range(int(start), int(start) + int(count or 1)))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--since", metavar="COMMIT")
    parser.add_argument("--again", action="store_true", help="only what was not killed last time")
    parser.add_argument("--unexplained", action="store_true", help="not those called equivalent")
    parser.add_argument(
        "--budget",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="for each mutant: a first look, after which survivors are open",
    )
    parser.add_argument("--tests", nargs="+", default=[], help="only these tests and pages")
    parser.add_argument("--record", action="store_true", help="write docs/mutants.md")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth")
    parser.add_argument("--sample", type=int, metavar="N", help="only N, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="for another sample")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        sys.exit("mutants: this needs os.fork, which Windows has not; use WSL")
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    start = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in WARM:
            importlib.import_module(name)
    coverage, results = Coverage(), Results()
    coverage.refresh(chosen.tests)
    found = {p: mutants(p, Path(p).read_bytes()) for p in chosen_files(ROOT, chosen.files)}
    tried = [m for path in found for m in wanted(found[path], results[path], chosen)]
    if chosen.sample is not None:
        tried = sampled(tried, chosen.sample, chosen.seed)
    say(f"{len(tried)} mutants")
    hunt = Hunt(ROOT, coverage, chosen.workers, chosen.budget)
    for _, those in itertools.groupby(tried, key=lambda mutant: mutant.path):
        results.keep(settled(hunt, list(those)))
    counted, stale = sorted_out(decided(found, results), equivalents())
    report(counted, stale)
    say(f"score {score(counted.values()):.2f} %, {time.monotonic() - start:.0f} s")
    if chosen.record:
        write_record(results)
    return 1 if stale or any(file.survived for file in counted.values()) else 0


def wanted(
    found: Sequence[Mutant], known: dict[str, list[str]], chosen: argparse.Namespace
) -> list[Mutant]:
    if chosen.again:
        found = [m for m in found if known.get(identity(m), [""])[0] != "killed"]
    if chosen.unexplained:
        explained = equivalents()
        found = [m for m in found if not any(e.is_of(m) for e in explained)]
    if chosen.since and found:
        lines = changed_lines(ROOT, chosen.since, found[0].path)
        found = [m for m in found if lines & set(range(*span(m)))]
    return list(found[:: chosen.every])


def sampled(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Choose some mutants at random, in the order in which they stand."""
    chosen = random.Random(seed).sample(range(len(found)), min(size, len(found)))
    return [found[i] for i in sorted(chosen)]


def decided(found: dict[str, list[Mutant]], results: Results) -> list[tuple[Mutant, Verdict]]:
    """Give the mutants that have met the tests, and those that need not."""
    known, those = equivalents(), []
    for path, all_of_it in found.items():
        verdicts = results[path]
        for mutant in all_of_it:
            if identity(mutant) in verdicts:
                those.append((mutant, Verdict(*verdicts[identity(mutant)])))
            elif any(entry.is_of(mutant) for entry in known):
                those.append((mutant, Verdict("explained")))
    return those


def report(counted: dict[str, Found], stale: Sequence[str]) -> None:
    for path, file in counted.items():
        say(
            f"{path}: {file.mutants} mutants, {file.by_tests} killed by tests, {file.by_pages} by "
            f"pages, {file.equivalent} equivalent, {len(file.survived)} survived"
        )
        for one in file.survived:
            say(f"  {path}:{one['line']} {one['function']}")
            say(f"    - {one['before']}\n    + {one['after']}")
    for words in stale:
        say(words)


def write_record(results: Results) -> None:
    """Write down what was tried of the files as they stand, and of how many that was."""
    paths = dict.fromkeys([*celib_files(ROOT), *sorted(results.known)])
    found = {p: mutants(p, Path(p).read_bytes()) for p in paths}
    tried = {p: those for p, those in found.items() if results[p]}
    counted, _ = sorted_out(decided(tried, results), equivalents())
    possible = {p: len(those) for p, those in found.items()}
    RECORD.write_text(record(counted, possible), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
