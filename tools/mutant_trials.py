"""Mutants tried: each in a fork of its own, against the tests and the pages that run its lines.

Libraries are imported once. Where the mistake is in a function celib too is imported, all tests are
collected, and each fork gives the living function its new code. A mistake that acts at import gets
a fork in which celib has not been imported yet.
"""

from __future__ import annotations

import builtins
import gc
import hashlib
import io
import itertools
import json
import math
import os
import resource
import select
import signal
import sys
import time
import types
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any, NoReturn

import pytest
from fast_kernel import Page
from hypothesis import Phase, settings
from mutations import Mutant
from what_runs import PYTEST, Check, Coverage, Mentions, celib_files, in_a_fork, is_page, say

TIMES_AS_LONG, SECONDS_MORE, SECONDS_WAITED = 10, 2.0, 60.0
MORE_MEMORY = 4 << 30


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: ``killed``, and by what, or ``survived``."""

    outcome: str
    by: str = ""


@dataclass(frozen=True)
class Job:
    mutant: Mutant
    checks: list[Check]  # in the order in which they are to be tried
    complete: bool = True  # whether these are all that could tell

    @property
    def seconds(self) -> float:
        return sum(check.seconds for check in self.checks)


class Trial:
    """In a fork: the checks of one mutant, as a plugin of pytest, and the pages after them."""

    def __init__(self, root: Path, job: Job, tell: Callable[[Verdict], NoReturn]) -> None:
        self.root, self.job, self.tell = root, job, tell
        self.order = {check.name: i for i, check in enumerate(job.checks)}

    def end(self, by: str) -> NoReturn:
        self.tell(Verdict("killed", by))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = self.chosen(items)

    def chosen(self, items: Iterable[pytest.Item]) -> list[pytest.Item]:
        wanted = [item for item in items if item.nodeid in self.order]
        return sorted(wanted, key=lambda item: self.order[item.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.end(report.nodeid or "import")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        raised = call.excinfo
        if raised and not raised.errisinstance(pytest.skip.Exception):
            self.end(item.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        index = self.order[item.nodeid]
        limit_time(self.job.checks[index].seconds, lambda: self.end(f"{item.nodeid} (endless)"))

    def pages(self) -> None:
        mutant = self.job.mutant
        for check in self.job.checks:
            if not is_page(check.name):
                continue
            touched = {
                int(cell)
                for cell, lines in check.cells.items()
                if mutant.at_import or set(lines.get(mutant.path, ())) & set(range(*span(mutant)))
            }
            limit_time(check.seconds, lambda name=check.name: self.end(f"{name} (endless)"))  # type: ignore[misc]
            for cell, fault, _ in Page(self.root / check.name).run(wanted=touched):
                if fault:
                    self.end(f"{check.name}, cell {cell}")


def span(mutant: Mutant) -> tuple[int, int]:
    return mutant.lines[0], mutant.lines[1] + 1


def limit_time(normal: float, otherwise: Callable[[], object]) -> None:
    # of this process's own time: a busy machine makes no mutant endless
    signal.signal(signal.SIGPROF, lambda *args: otherwise())
    signal.setitimer(signal.ITIMER_PROF, normal * TIMES_AS_LONG + SECONDS_MORE)
    # but one that only waits uses none
    signal.signal(signal.SIGALRM, lambda *args: otherwise())
    signal.setitimer(signal.ITIMER_REAL, normal * TIMES_AS_LONG + SECONDS_WAITED)


def try_hot(trial: Trial, session: pytest.Session, install: Callable[[Mutant], bool]) -> None:
    if not install(trial.job.mutant):
        trial.tell(Verdict("cold"))
    items = trial.chosen(session.items)
    for item, following in itertools.zip_longest(items, items[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    trial.pages()


def try_cold(trial: Trial) -> None:
    mutant = trial.job.mutant
    if mutant.path.endswith(".py"):
        sys.meta_path.insert(0, Changed(trial.root, mutant))
    else:
        change_file(trial.root / mutant.path, mutant.text)
    files = dict.fromkeys(check.file for check in trial.job.checks if not is_page(check.name))
    if files:
        # until the first test starts, what takes time is the import
        limit_time(5.0, lambda: trial.end("import (endless)"))
        status = pytest.main([*PYTEST, *files], plugins=[trial, Settings()])
        if status != pytest.ExitCode.OK:
            trial.tell(Verdict("undecided", f"pytest ended with {status!r}"))
    trial.pages()


class Changed(MetaPathFinder):
    """Imports a module from its text with the mistake in it."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        self.file, self.text = root / mutant.path, mutant.text
        self.name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        text = self.text

        class Loader(SourceFileLoader):
            def get_code(self, fullname: str) -> types.CodeType:
                return compile_quietly(text, self.path)

        return spec_from_file_location(name, self.file, loader=Loader(name, str(self.file)))


def change_file(file: Path, text: bytes) -> None:
    """Let whoever opens a data file read another text."""
    opened = io.open

    def open_changed(name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(name, (str, os.PathLike)) and Path(name) == file:
            return io.BytesIO(text) if "b" in mode else io.StringIO(text.decode())
        return opened(name, mode, *args, **kwargs)

    io.open = open_changed  # type: ignore[assignment]  # which pathlib uses
    builtins.open = open_changed  # type: ignore[assignment]


def compile_quietly(text: bytes, path: str) -> types.CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(text, path, "exec", dont_inherit=True)


class Settings:
    """hypothesis as in the tests, but content with any example that fails."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        settings.register_profile(
            "mutants", settings(), phases=(Phase.explicit, Phase.generate), print_blob=False
        )
        settings.load_profile("mutants")


Key = tuple[str, str, int]


class Living:
    """The functions of celib that are alive in this process, by their code."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.functions: dict[Key, list[types.FunctionType]] = defaultdict(list)
        gc.unfreeze()  # what was collected, which is not to be overlooked
        gc.collect()
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType):
                self.functions[self._key(thing.__code__)].append(thing)

    def _key(self, code: types.CodeType) -> Key:
        return code.co_filename, code.co_qualname, code.co_firstlineno

    def install(self, mutant: Mutant) -> bool:
        """Give the functions their code with the mistake; say whether that is possible."""
        module = compile_quietly(mutant.text, str(self.root / mutant.path))
        changed = False
        for code in nested(module):
            for function in self.functions.get(self._key(code), ()):
                if function.__code__ != code:
                    try:
                        function.__code__ = code
                    except ValueError:  # it uses other variables of the function around it
                        return False
                    changed = True
        return changed


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from nested(constant)


class Forks:
    """Runs each job in a fork of this process, some at a time."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(
        self, jobs: Iterable[Job], work: Callable[[Job, Callable[[Verdict], NoReturn]], None]
    ) -> Iterator[tuple[Job, Verdict]]:
        waiting, running = iter(jobs), {}  # type: ignore[var-annotated]
        while True:
            while len(running) < self.workers and (job := next(waiting, None)):
                pipe, child = self._start(job, work)
                running[pipe] = job, child, time.monotonic() + longest(job)
            if not running:
                return
            ready, _, _ = select.select(list(running), [], [], 1.0)
            late = [pipe for pipe, (_, _, end) in running.items() if time.monotonic() > end]
            for pipe in {*ready, *late}:
                job, child, _ = running.pop(pipe)
                if pipe not in ready:
                    os.kill(child, signal.SIGKILL)
                answer = os.read(pipe, 1 << 16) if pipe in ready else b""
                os.close(pipe)
                os.waitpid(child, 0)
                with suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)  # what it started and left
                crash = Verdict(
                    "killed", "the end of the process" if pipe in ready else "the clock"
                )
                yield job, Verdict(*json.loads(answer)) if answer else crash

    def _start(
        self, job: Job, work: Callable[[Job, Callable[[Verdict], NoReturn]], None]
    ) -> tuple[int, int]:
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            return reading, child

        def tell(verdict: Verdict) -> NoReturn:
            os.write(writing, json.dumps([verdict.outcome, verdict.by]).encode())
            os._exit(0)

        try:
            os.setpgid(0, 0)
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            limit_memory()
            gc.disable()
            work(job, tell)
        except BaseException as error:
            tell(Verdict("undecided", f"{type(error).__name__}: {error}"[:500]))
        tell(Verdict("survived"))


def longest(job: Job) -> float:
    return 120 + 2 * TIMES_AS_LONG * job.seconds


def limit_memory() -> None:
    with open("/proc/self/statm") if os.path.exists("/proc/self/statm") else io.StringIO("0") as f:
        now = int(f.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MORE_MEMORY, resource.RLIM_INFINITY))


class Collected:
    """A plugin of pytest that, where it would run the tests, runs the mutants."""

    def __init__(self, work: Callable[[pytest.Session], None]) -> None:
        self.work = work

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.work(session)
        return True


class Hunt:
    """The mutants of some files, and what became of them."""

    def __init__(
        self, root: Path, coverage: Coverage, workers: int, budget: float = math.inf
    ) -> None:
        self.root, self.coverage, self.workers, self.budget = root, coverage, workers, budget
        self.kills: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.mentions = Mentions(root)

    def jobs(self, found: Iterable[Mutant]) -> Iterator[Job]:
        """Give each mutant its checks: first those that were of use in this place before."""
        for mutant in found:
            here, near = self.kills[mutant.path, mutant.function], self.kills[mutant.path, ""]
            # 07_balanced.toml holds what the exercises of balanced are about
            topic = mutant.path.rpartition("/")[2].partition(".")[0].lstrip("0123456789_")

            seen: Counter[str] = Counter()
            ranked = []
            for check in self.checks(mutant):
                # one case of every test before the second of any
                test = check.name.partition("[")[0]
                seen[test] += 1
                useful = here[check.name], near[check.name], topic in check.name
                # the function of data is the entry, by which the cases of a test are named
                own = not mutant.path.endswith(".py") and f"[{mutant.function}]" in check.name
                others = [-u for u in useful[:2]], seen[test], not useful[2]
                rank = is_page(check.name), not own, *others
                ranked.append(((*rank, check.seconds), check))
            checks = [check for _, check in sorted(ranked, key=lambda pair: pair[0])]
            spent = itertools.accumulate(check.seconds for check in checks)
            within = [c for c, s in zip(checks, spent, strict=True) if s <= self.budget]
            yield Job(mutant, within, len(within) == len(checks))

    def checks(self, mutant: Mutant) -> list[Check]:
        if not mutant.at_import or not mutant.names:
            if mutant.path.endswith(".py"):
                found = self.coverage.of((mutant.path, line) for line in range(*span(mutant)))
                if found or not mutant.at_import:
                    return found
            return self.coverage.of(self.mentions.of_file(mutant.path))
        users = self.coverage.of(self.mentions.of_names(mutant.names))
        return users or self.coverage.of(self.mentions.of_file(mutant.path))

    def run(self, found: Sequence[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
        cold = [m for m in found if m.at_import]
        hot = [m for m in found if not m.at_import]
        forks = Forks(self.workers)
        yield from self._noted(forks.run(self.jobs(cold), self._cold))
        again: list[Mutant] = []
        files = sorted({c.file for m in hot for c in self.checks(m) if not is_page(c.name)})
        results: list[tuple[Mutant, Verdict]] = []

        def hunt(session: pytest.Session) -> None:
            living = Living(self.root)
            for page in {c.name for m in hot for c in self.checks(m) if is_page(c.name)}:
                Page(self.root / page)  # imports what pages need
            gc.freeze()
            for one in self._noted(forks.run(self.jobs(hot), self._hot(session, living))):
                if one[1].outcome == "cold":
                    again.append(one[0])
                else:
                    results.append(one)

        if hot:
            in_process = [*PYTEST, *(files or celib_files(self.root))]
            status = pytest.main(in_process, plugins=[Collected(hunt), Settings()])
            if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                sys.exit(f"mutants: the tests cannot be collected ({status!r})")
        yield from results
        for mutant in again:
            yield mutant, Verdict("cold")

    def _noted(self, results: Iterable[tuple[Job, Verdict]]) -> Iterator[tuple[Mutant, Verdict]]:
        for job, verdict in results:
            if verdict.outcome == "killed":
                self.kills[job.mutant.path, job.mutant.function][verdict.by] += 1
                self.kills[job.mutant.path, ""][verdict.by] += 1
            elif not job.complete:
                verdict = Verdict("open")
            show(job, verdict)
            yield job.mutant, verdict

    def _cold(self, job: Job, tell: Callable[[Verdict], NoReturn]) -> None:
        try_cold(Trial(self.root, job, tell))

    def _hot(
        self, session: pytest.Session, living: Living
    ) -> Callable[[Job, Callable[[Verdict], NoReturn]], None]:
        def work(job: Job, tell: Callable[[Verdict], NoReturn]) -> None:
            trial = Trial(self.root, job, tell)
            session.config.pluginmanager.register(trial)
            try_hot(trial, session, living.install)

        return work


def show(job: Job, verdict: Verdict) -> None:
    if verdict.outcome != "killed":
        mutant = job.mutant
        checked = verdict.by or (f"{len(job.checks)} checks" if job.checks else "nothing runs it")
        say(f"{verdict.outcome.upper()} {mutant.place} ({checked})")
        say(f"  - {mutant.before}\n  + {mutant.after}")


def settled(hunt: Hunt, tried: Sequence[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
    """Run the mutants; those that no living function takes get a fresh import."""
    undecided = []
    for mutant, verdict in in_pairs(hunt, tried):
        if verdict.outcome == "cold":
            undecided.append(mutant)
        else:
            yield mutant, verdict
    cold = [Mutant(**{**vars(mutant), "at_import": True}) for mutant in undecided]
    yield from zip(undecided, (v for _, v in in_pairs(hunt, cold)), strict=True)


def in_pairs(hunt: Hunt, tried: Sequence[Mutant]) -> list[tuple[Mutant, Verdict]]:
    """Run the mutants in a fork, so that this process never imports celib."""

    def work() -> list[tuple[int, str, str]]:
        index = {identity(m): i for i, m in enumerate(tried)}
        return [(index[identity(m)], v.outcome, v.by) for m, v in hunt.run(tried)]

    answers = sorted(in_a_fork(work)) if tried else []
    return [(tried[i], Verdict(outcome, by)) for i, outcome, by in answers]


def identity(mutant: Mutant) -> str:
    return hashlib.sha256(mutant.path.encode() + mutant.text).hexdigest()[:20]
