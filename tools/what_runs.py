"""Which tests and pages run which lines of celib."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import coverage
import pytest
from fast_kernel import Page
from mutations import Python

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / "build" / "mutants"
# Slow, and what they hold about celib others hold as well.
LEFT_OUT = ("tests/peers/",)
# Plain assertions: pytest's own importer of modules with tests would come before ours.
PYTEST = [
    *("-p", "no:cacheprovider", "-p", "no:terminal", "--disable-plugin-autoload"),
    *("--capture=no", "--assert=plain"),
]


@dataclass(frozen=True)
class Check:
    """A test, or a page of the notebooks, and what it runs of celib."""

    name: str
    seconds: float
    lines: dict[str, list[int]]
    cells: dict[str, dict[str, list[int]]]  # of a page: the lines that each cell runs

    @property
    def file(self) -> str:
        return self.name.partition("::")[0]

    def runs(self, path: str, lines: Iterable[int]) -> bool:
        return not set(lines).isdisjoint(self.lines.get(path, ()))


class Coverage:
    """Which tests and pages run which lines; measured once, and again where files changed."""

    def __init__(self, root: Path = ROOT, store: Path = STORE) -> None:
        self.root, self.file = root, store / "coverage.json"
        self.known: dict[str, Any] = {"sources": {}, "files": {}}
        if self.file.exists():
            self.known = json.loads(self.file.read_text())

    def refresh(self, only: Sequence[str] = ()) -> None:
        """Measure what is not known yet; only some tests and pages if they are named."""
        sources = {path: digest(self.root / path) for path in celib_files(self.root)}
        was = self.known["sources"]
        moved = {path for path in {*sources, *was} if sources.get(path) != was.get(path)}
        files = self.known["files"]
        helpers = digest(*sorted((self.root / "tests").glob("[!t]*.py")))
        wanted = {
            file: digest(self.root / file) + helpers
            for file in checking_files(self.root)
            if not only or file.startswith(tuple(only))
        }
        for file in list(files):
            touched = {path for check in files[file]["checks"] for path in check["lines"]}
            fresh = not (self.root / file).exists() or file in wanted
            if touched & moved or (fresh and files[file]["digest"] != wanted.get(file)):
                del files[file]
        missing = [file for file in wanted if file not in files]
        if missing:
            say(f"measuring what runs what: {len(missing)} files ...")
            measured = in_a_fork(lambda: measure(self.root, missing))
            for file in missing:
                files[file] = {"digest": wanted[file], "checks": measured.get(file, [])}
        self.known["sources"] = sources
        self.wanted = set(wanted)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.known))

    @cached_property
    def checks(self) -> list[Check]:
        found = [c for file in self.wanted for c in self.known["files"][file]["checks"]]
        return [Check(**check) for check in found if check["lines"]]

    @cached_property
    def by_line(self) -> dict[tuple[str, int], list[Check]]:
        index = defaultdict(list)
        for check in self.checks:
            for path, lines in check.lines.items():
                for line in lines:
                    index[path, line].append(check)
        return index

    def of(self, places: Iterable[tuple[str, int]]) -> list[Check]:
        found = {check.name: check for place in places for check in self.by_line.get(place, ())}
        return sorted(found.values(), key=lambda check: (is_page(check.name), check.seconds))


def digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def celib_files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in (root / "celib").rglob("*.py"))


def checking_files(root: Path) -> list[str]:
    """Give the files with tests and pages of celib, not those of the tools."""
    tests = sorted((root / "tests").rglob("test_*.py"))
    files = [
        p for p in tests if b"import celib" in p.read_bytes() or b"from celib" in p.read_bytes()
    ]
    files += [p for p in (root / "celib").rglob("*.py") if b">>> " in p.read_bytes()]
    files += sorted((root / "notebooks").glob("*.ipynb"))
    names = [path.relative_to(root).as_posix() for path in files]
    return [name for name in names if not name.startswith(LEFT_OUT)]


def is_page(name: str) -> bool:
    return name.endswith(".ipynb")


def measure(root: Path, files: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Run tests and pages once, and note which lines of celib each runs."""
    tracer = coverage.Coverage(
        data_file=None, include=[str(root / "celib" / "*")], config_file=False, messages=False
    )
    seconds: dict[str, float] = {}
    failed: list[str] = []

    class Measuring:
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
            forget()
            tracer.switch_context(item.nodeid)
            start = time.perf_counter()
            result = yield
            seconds[item.nodeid] = time.perf_counter() - start
            return result

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    def in_cell(file: str, number: int) -> None:
        tracer.switch_context(f"{file}::{number}")

    tracer.start()
    tests = [file for file in files if not is_page(file)]
    if tests:
        pytest.main([*PYTEST, *tests], plugins=[Measuring()])
    for file in filter(is_page, files):
        seconds[file] = 0.0
        for cell, fault, took in Page(root / file).run(before=partial(in_cell, file)):
            seconds[file] += took
            if fault:
                failed.append(file)
                say(f"{file}, cell {cell}, is not as stored: {fault}")
    tracer.stop()
    for name in failed:
        say(f"left out, since it fails as things are: {name}")
    return _by_file(root, tracer.get_data(), seconds, set(failed))


def _by_file(
    root: Path, data: Any, seconds: dict[str, float], failed: set[str]
) -> dict[str, list[dict[str, Any]]]:
    lines: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for measured in data.measured_files():
        path = Path(measured).relative_to(root).as_posix()
        for line, contexts in data.contexts_by_lineno(measured).items():
            for context in contexts:
                lines[context][path].append(line)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, took in seconds.items():
        if name in failed:
            continue
        cells = {c.rpartition("::")[2]: lines[c] for c in lines if c.startswith(f"{name}::")}
        cells = cells if is_page(name) else {}
        whole = dict(lines.get(name, {}))
        for cell in cells.values():
            for path, numbers in cell.items():
                whole[path] = sorted({*whole.get(path, ()), *numbers})
        check = {"name": name, "seconds": took, "lines": whole, "cells": cells}
        found[name.partition("::")[0]].append(check)
    return found


def forget() -> None:
    """Empty the caches of celib and of the tests, so that each test does all of its work."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("celib", "drawings", "oracle", "tests"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


class Mentions:
    """Where in celib names and files are mentioned."""

    def __init__(self, root: Path) -> None:
        self.modules = {p: Python(p, (root / p).read_bytes()) for p in celib_files(root)}

    def of_names(self, names: Iterable[str]) -> set[tuple[str, int]]:
        """Give the lines that define or use a name, or another that was assigned by its help."""
        wanted, places = set(names), set()
        grown = True
        while grown:
            before = len(wanted)
            for path, module in self.modules.items():
                for node in ast.walk(module.tree):
                    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in wanted:
                        places |= _lines(path, node)
                    name = getattr(node, "id", getattr(node, "attr", None))
                    if not isinstance(node, (ast.Name, ast.Attribute)) or name not in wanted:
                        continue
                    at_import, assigned = module._when(node)
                    if at_import:
                        wanted |= assigned
                        functions = (
                            n for n in module.above(node) if isinstance(n, ast.FunctionDef)
                        )
                        for function in functions:
                            places |= _lines(path, function)
                    else:
                        statement = next(
                            n for n in (node, *module.above(node)) if isinstance(n, ast.stmt)
                        )
                        places |= _lines(path, statement)
            grown = len(wanted) > before
        return places

    def of_file(self, path: str) -> set[tuple[str, int]]:
        """Give the lines of a module, or of the modules that name a data file or stand near it."""
        folder, _, name = path.rpartition("/")
        paths = [p for p, module in self.modules.items() if name.encode() in module.text]
        if path.endswith(".py"):
            paths = [path]
        while folder and not paths:
            paths = [p for p in self.modules if p.startswith(folder + "/")]
            folder = folder.rpartition("/")[0]
        return {(p, n + 1) for p in paths for n in range(self.modules[p].text.count(b"\n"))}


def _lines(path: str, node: Any) -> set[tuple[str, int]]:
    return {(path, line) for line in range(node.lineno, node.end_lineno + 1)}


def in_a_fork(work: Callable[[], Any]) -> Any:
    """Do something in a process that is gone afterwards, and return what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump(work(), pipe)
            sys.stdout.flush()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("mutants: it failed; see above")
    return json.loads(answer)


def say(words: str) -> None:
    print(words, flush=True)
