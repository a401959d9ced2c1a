"""Plant known regressions, one at a time, in a copy of the project, and see that each is noticed.

    python tools/regressions.py               all of tests/regressions.toml
    python tools/regressions.py focal prose   those with one of these words in kind, name or path

Each names the checks that must fail: a file for pytest, `page NOTEBOOK`, which is the comparison
of tools/notebooks.py, or `prose FILE`, which is tools/prose.py. All of them run once with nothing
planted: one that fails by itself would seem to notice everything.

`mutants.py` asks whether any test notices a small change of celib; this asks whether the right
ones notice what people really get wrong, in celib and around it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "regressions.toml"


class Regression(NamedTuple):
    """A mistake to plant: what it is called, where it goes, and which checks must notice it."""

    kind: str
    what: str
    path: str
    before: str
    after: str
    noticed: list[str]


def regressions() -> list[Regression]:
    kinds = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return [Regression(kind, **entry) for kind, entries in kinds.items() for entry in entries]


def chosen(those: Sequence[Regression], words: Sequence[str]) -> list[Regression]:
    names = [f"{one.kind} {one.what} {one.path}" for one in those]
    found = [any(word in name for word in words) for name in names]
    return [one for one, is_meant in zip(those, found, strict=True) if is_meant or not words]


def copied(root: Path, folder: Path) -> None:
    """Copy what git tracks, as it stands now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)


@contextmanager
def planted(regression: Regression, root: Path) -> Iterator[None]:
    """Have the regression in its file, and then the file as it was."""
    file = root / regression.path
    was, before = file.read_bytes(), regression.before.encode()
    if was.count(before) != 1:
        raise ValueError(f"{regression.path} has not exactly once: {regression.before}")
    file.write_bytes(was.replace(before, regression.after.encode()))
    try:
        yield
    finally:
        file.write_bytes(was)


def command(check: str) -> list[str]:
    match check.split():
        case ["page", page]:
            return ["tools/notebooks.py", "check", page]
        case ["prose", file]:
            return ["tools/prose.py", file]
    return ["-m", "pytest", "-x", "-q", "-p", "no:nbval", "-p", "no:cacheprovider", check]


def passes(check: str, root: Path) -> bool:
    # Without compiled files: one of a regression could pass for that of what is planted next.
    surroundings = {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "CELIB_PROGRESS": ""}
    done = subprocess.run(
        [sys.executable, *command(check)],
        cwd=root,
        env=os.environ | surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0


def hunt(root: Path, those: Sequence[Regression], pool: ThreadPool) -> bool:
    """Plant one after the other; say and return whether all checks that are named noticed."""
    checks = list(dict.fromkeys(check for one in those for check in one.noticed))
    say(f"{len(checks)} checks, with nothing planted ...")
    failing = [check for check, is_fine in ran(checks, root, pool) if not is_fine]
    for check in failing:
        say(f"{check} FAILS BY ITSELF, with nothing planted")
    unnoticed = 0
    for one in those:
        start = time.monotonic()
        with planted(one, root):
            passed = [check for check, is_fine in ran(one.noticed, root, pool) if is_fine]
        noticed = [check for check in one.noticed if check not in [*passed, *failing]]
        words = f"noticed by {', '.join(noticed) or 'nothing'}"
        words += f", NOT BY {', '.join(passed)}" if passed else ""
        say(f"{one.kind}: {one.what}: {words}; {time.monotonic() - start:.0f} s")
        unnoticed += len(noticed) < len(one.noticed)
    say(f"{len(those) - unnoticed} of {len(those)} regressions are noticed by all that should")
    return not unnoticed


def ran(checks: Sequence[str], root: Path, pool: ThreadPool) -> list[tuple[str, bool]]:
    return list(zip(checks, pool.map(lambda check: passes(check, root), checks, 1), strict=True))


def say(words: str) -> None:
    print(words, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    named = parser.parse_args(arguments)
    those = chosen(regressions(), named.words)
    if not those:
        sys.exit(f"regressions: none is about {' or '.join(named.words)}")
    start = time.monotonic()
    with TemporaryDirectory() as folder, ThreadPool(named.workers) as pool:
        copied(ROOT, Path(folder))
        is_fine = hunt(Path(folder), those, pool)
    say(f"{time.monotonic() - start:.0f} s")
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
