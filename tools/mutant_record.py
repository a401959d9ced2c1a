"""What became of the mutants: kept from run to run, explained, counted, written down."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutant_trials import Verdict, identity
from mutations import Mutant
from what_runs import ROOT, STORE, digest, is_page

EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
RECORD = ROOT / "docs" / "mutants.md"
MATHEMATICS = (
    *("_answers", "_blocks", "_inputs", "_reductions", "balanced", "binary", "calibration"),
    *("categorical", "focal", "gradients", "information", "logits", "training"),
)


@dataclass(frozen=True)
class Equivalent:
    """A mutant that no input can tell from celib, and why."""

    path: str
    function: str
    before: str
    after: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        return (self.path, self.function, self.before, self.after) == _name(mutant)


def _name(mutant: Mutant) -> tuple[str, str, str, str]:
    return mutant.path, mutant.function, mutant.before, mutant.after


def equivalents(file: Path = EQUIVALENT) -> list[Equivalent]:
    if not file.exists():
        return []
    blocks = tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", [])
    return [Equivalent(**block) for block in blocks]


@dataclass(frozen=True)
class Found:
    """The mutants of one file: how many, and which of them did not die."""

    mutants: int
    by_tests: int
    by_pages: int
    equivalent: int
    survived: list[dict[str, Any]]


def sorted_out(
    results: Iterable[tuple[Mutant, Verdict]], known: Sequence[Equivalent]
) -> tuple[dict[str, Found], list[str]]:
    """Count by file; say which explanations belong to no survivor."""
    by_file: dict[str, list[tuple[Mutant, Verdict]]] = defaultdict(list)
    for mutant, verdict in results:
        by_file[mutant.path].append((mutant, verdict))
    stale = []
    found = {}
    for path, those in sorted(by_file.items()):
        alive = [m for m, v in those if v.outcome != "killed"]
        explained = [m for m in alive if any(e.is_of(m) for e in known)]
        for entry in known:
            if entry.path == path and not any(entry.is_of(m) for m in alive):
                there = any(entry.is_of(m) for m, _ in those)
                stale.append(
                    f"{path} {entry.function}: {entry.after}\n    "
                    + ("is killed" if there else "is no mutant now")
                    + "; take it out of the file of equivalent mutants"
                )
        pages = sum(v.outcome == "killed" and is_page(v.by.partition(",")[0]) for _, v in those)
        found[path] = Found(
            len(those),
            len(those) - len(alive) - pages,
            pages,
            len(explained),
            [
                {"line": m.lines[0], "function": m.function, "before": m.before, "after": m.after}
                for m in alive
                if m not in explained
            ],
        )
    return found, stale


def score(found: Iterable[Found]) -> float:
    """Killed in a hundred that could be."""
    counted = list(found)
    possible = sum(f.mutants - f.equivalent for f in counted)
    return 100 * (1 - sum(len(f.survived) for f in counted) / possible) if possible else 100.0


def record(known: dict[str, Found], possible: Mapping[str, int]) -> str:
    """Write a page: a row for each file that was tried whole, and one for each group of files."""
    lines = [
        "# What the tests would notice",
        "",
        "Every number here was counted by `make mutants`, which changes one operator, constant,",
        "argument, condition or line of celib at a time and runs the tests and the pages that use",
        "it. A mutant that fails none of them has survived. Equivalent are those that no input can",
        "tell from the original; [a file](../tests/equivalent_mutants.toml) says why of each.",
        "Where not all were tried, those that were are whole files or drawn at random.",
        "",
        "| | mutants | killed by tests | killed by pages | equivalent | survived | score |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    groups: dict[str, list[str]] = defaultdict(list)
    for path in known:
        groups[_group(path)].append(path)
    for group in sorted(groups, key=lambda g: (g != "mathematics", g)):
        for path in groups[group]:
            if known[path].mutants == possible[path]:
                lines.append(_row(f"`{path.removeprefix('celib/')}`", [known[path]]))
        tried = sum(known[path].mutants for path in groups[group])
        there = sum(count for path, count in possible.items() if _group(path) == group)
        some = f", {tried} of {there}" if tried < there else ""
        lines.append(_row(f"**{group}**{some}", [known[path] for path in groups[group]]))
    lines.append(_row("**all that were tried**", list(known.values())))
    return "\n".join(lines) + "\n"


def _group(path: str) -> str:
    inner = path.removeprefix("celib/")
    if inner.removesuffix(".py") in MATHEMATICS:
        return "mathematics"
    if not path.endswith(".py"):
        return "data"
    return inner.partition("/")[0] if "/" in inner else "ledger and libraries"


def _row(name: str, found: Sequence[Found]) -> str:
    numbers = (
        sum(f.mutants for f in found),
        sum(f.by_tests for f in found),
        sum(f.by_pages for f in found),
        sum(f.equivalent for f in found),
        sum(len(f.survived) for f in found),
    )
    shown = int(score(found) * 10) / 10  # never rounded up to 100
    return f"| {name} | " + " | ".join(map(str, numbers)) + f" | {shown:.1f} % |"


class Results:
    """What became of the mutants of each file, kept until the file changes."""

    def __init__(self, root: Path = ROOT, store: Path = STORE) -> None:
        self.root, self.file = root, store / "results.json"
        self.known: dict[str, Any] = {}
        if self.file.exists():
            self.known = json.loads(self.file.read_text())

    def __getitem__(self, path: str) -> dict[str, list[str]]:
        kept = self.known.get(path, {})
        same = kept.get("digest") == digest(self.root / path)
        return kept["verdicts"] if same else {}

    def keep(self, results: Iterable[tuple[Mutant, Verdict]]) -> None:
        by_file: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for mutant, verdict in results:
            by_file[mutant.path][identity(mutant)] = [verdict.outcome, verdict.by]
        for path, verdicts in by_file.items():
            whole = {**self[path], **verdicts}
            self.known[path] = {"digest": digest(self.root / path), "verdicts": whole}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.known))
