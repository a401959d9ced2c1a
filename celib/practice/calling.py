"""Calling a learner's function so that it can neither hang nor end the notebook.

Where the system can fork, the calls are made in a copy of the process with a limit on time and
memory, and only plain data comes back. Elsewhere, as in a browser or on Windows, they are made here
and every line checks the clock; that stops a loop in Python, though not one inside a library.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import io
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np

from .plain import Plain, Unreadable, is_blank, plain

__all__ = ["Outcome", "Problem", "is_guarded", "outcomes"]

SECONDS = 5.0
MEMORY = 2 << 30  # bytes beyond what the process has
ENDS = "ends the whole program"
NEVER = "did not return within {seconds:g} seconds: look for a loop that cannot end"


class Outcome(NamedTuple):
    """What one call gave: a plain value, or the problem, as the end of a sentence."""

    value: Plain | None
    problem: str = ""
    is_blank: bool = False

    @property
    def kind(self) -> str:
        """The problem without the words that the function itself put into it."""
        kind = self.problem.partition(":")[0]
        name = kind.removeprefix("raises ")
        return kind if name == kind or hasattr(builtins, name) else "raises an error"


class Problem(Exception):
    """A call that failed outside the function; the message is the end of a sentence."""


# Whether what is called is guarded already: runs elsewhere, with limits of its own.
is_guarded: ContextVar[bool] = ContextVar("is_guarded", default=False)


def outcomes(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]], seconds: float = SECONDS
) -> list[Outcome]:
    """Call a function with each of some arguments, until one call fails.

    Parameters
    ----------
    function : callable
        Anybody's.
    calls : sequence of sequences
        The positional arguments of each call. The function gets copies.
    seconds : float
        How long all calls together may take.

    Returns
    -------
    list of Outcome
        One for each call, up to and including the first that fails.

    Examples
    --------
    >>> [outcome.value.value.item() for outcome in outcomes(abs, [[-2.5], [1.0]])]
    [2.5, 1.0]
    """
    if is_guarded.get():
        return list(_until_one_fails(function, calls))
    if hasattr(os, "fork") and sys.platform != "emscripten":  # which has it, but cannot do it
        return _forked(function, calls, seconds)
    return list(_timed(function, calls, seconds))


def _until_one_fails(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]]
) -> Iterator[Outcome]:
    for arguments in calls:
        yield (outcome := _called(function, arguments))
        if outcome.value is None:
            return


# --- in a copy of the process -------------------------------------------------------------------


def _forked(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]], seconds: float
) -> list[Outcome]:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python and others warn of forks in programs with threads; the copy only calls and leaves.
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        os.close(reading)
        _leave_after(function, calls, writing)
    os.close(writing)
    try:
        lines, in_time = _lines(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    found = [_received(line) for line in lines]
    if len(found) < len(calls) and (not found or found[-1].value is not None):
        found.append(Outcome(None, ENDS if in_time else NEVER.format(seconds=seconds)))
    return found


def _leave_after(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]], writing: int
) -> NoReturn:
    try:
        _limit_memory()
        sys.stdout = sys.stderr = io.StringIO()
        for outcome in _until_one_fails(function, calls):
            os.write(writing, (_sent(outcome) + "\n").encode())
    finally:
        os._exit(0)  # nothing of the notebook's may run a second time, not even its clean-up


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))


def _lines(reading: int, deadline: float) -> tuple[list[bytes], bool]:
    """Return the lines that were written, and whether the writer finished in time."""
    received, finished = b"", False
    while (left := deadline - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        part = os.read(reading, 65536)
        if not part:
            finished = True
            break
        received += part
    return received.split(b"\n")[:-1], finished


def _sent(outcome: Outcome) -> str:
    value = outcome.value and [outcome.value.value.tolist(), outcome.value.digits]
    return json.dumps([value, outcome.problem, outcome.is_blank])


def _received(line: bytes) -> Outcome:
    value, problem, blank = json.loads(line)
    return Outcome(value and Plain(np.asarray(value[0]), value[1]), problem, blank)


# --- here ---------------------------------------------------------------------------------------


def _timed(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]], seconds: float
) -> Iterator[Outcome]:
    watch = _watch(time.monotonic() + seconds)
    for arguments in calls:
        try:
            outcome = _watched(watch, function, arguments)
        except _TooLate:
            outcome = Outcome(None, NEVER.format(seconds=seconds))
        yield outcome
        if outcome.value is None:
            return


def _watch(deadline: float) -> Callable[[Any, str, Any], Any]:
    """Return what is to be called at each line, and raises after a deadline."""

    def watch(frame: Any, event: str, _: Any) -> Any:
        if time.monotonic() > deadline:
            raise _TooLate
        return watch

    return watch


def _watched(
    watch: Callable[[Any, str, Any], Any], function: Callable[..., Any], arguments: Sequence[Any]
) -> Outcome:
    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return _called(function, arguments)
    finally:
        sys.settrace(before)


class _TooLate(BaseException):
    """Not an Exception, so that a bare ``except Exception`` in a loop does not swallow it."""


def _called(function: Callable[..., Any], arguments: Sequence[Any]) -> Outcome:
    try:
        with np.errstate(all="ignore"), _without_warnings():
            result = function(*copy.deepcopy(list(arguments)))
        if is_blank(result):
            return Outcome(None, "returns nothing yet", is_blank=True)
        return Outcome(plain(result))
    except Unreadable as unreadable:
        said = str(unreadable).rstrip(".").replace("The answer", "the result")
        return Outcome(None, f"returns something else than numbers: {said}")
    except NotImplementedError:  # what stands there until something is written
        return Outcome(None, "returns nothing yet", is_blank=True)
    except Problem as problem:
        return Outcome(None, str(problem))
    except (Exception, SystemExit) as error:
        return Outcome(None, f"raises {_named(error).rstrip('.')}")


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    if is_guarded.get():
        # Warnings stay where the function runs; here are other threads, which share the filters.
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _named(error: BaseException) -> str:
    name = type.__getattribute__(type(error), "__name__")
    try:
        message = str(error)[:200]
    except Exception:
        message = ""
    return f"{name}: {message}" if message else str(name)
