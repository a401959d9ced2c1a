"""A student's notebook as the judge sees it: cells to run, names to read, functions to call.

Whatever the notebook does, each method returns within its time: with an answer, or with `Ended`.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from celib.practice.calling import NEVER, Problem

from . import sandbox
from .inside import wire
from .inside.packing import Unpackable, pack, unpack
from .limits import Limits

__all__ = ["Ended", "Raised", "Student", "builtin_name"]

MOST_RECEIVED = 8 << 20
START = 60.0
GRACE = 3.0
WATCH_EVERY = 0.5


class Ended(BaseException):
    """The student's notebook runs no longer; the message says why, as a sentence.

    Not an Exception, so that no test takes it for the answer to a call.
    """


class Raised(Exception):
    """An error in the student's function; the message is what it says, in the student's words."""


class Student:
    """One student's notebook, in a sandbox of its own.

    Parameters
    ----------
    limits : Limits
    trusted : bool
        Whether to do without a sandbox.
    """

    def __init__(self, limits: Limits, *, trusted: bool = False) -> None:
        self.limits = limits
        self.why_ended = ""
        self.last = time.monotonic() + START + limits.total
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 10, 0))
        self.socket = ours
        with theirs:
            self.process = sandbox.started(theirs.fileno(), limits, trusted=trusted)
        self.watch = threading.Thread(target=self._watch, daemon=True)
        self.watch.start()

    def __enter__(self) -> Student:
        try:
            self._receive(START)
        except Ended as ended:
            self.socket.close()
            raise RuntimeError("the sandbox did not start") from ended
        self.last = time.monotonic() + self.limits.total
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end("It was ended.")
        self.socket.close()

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run a cell, and return what it puts out."""
        reply = self._ask({"do": "run", "source": source, "seconds": self.limits.cell})
        outputs = reply.get("outputs")
        if not isinstance(outputs, list):
            self._fail("it answered what was not asked")
        return outputs

    def look(self) -> Look:
        """Begin to look at what the cells so far have made; nothing that is done changes it."""
        self._send({"do": "look"})
        return Look(self)

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Ask about a name, or for a call."""
        return self._ask(question | {"seconds": self.limits.call})

    def leave(self) -> None:
        """End a look."""
        if self._ask({"do": "end", "seconds": self.limits.call}) != {"ended": True}:
            self._fail("it answered what was not asked")

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._send(request)
        return self._receive(request["seconds"] + GRACE)

    def _send(self, request: dict[str, Any]) -> None:
        if self.why_ended:
            raise Ended(self.why_ended)
        try:
            wire.send(self.socket.fileno(), request)
        except wire.Broken as broken:
            self._fail(str(broken))

    def _receive(self, seconds: float) -> dict[str, Any]:
        deadline = min(time.monotonic() + seconds, self.last)
        try:
            return wire.receive(self.socket.fileno(), MOST_RECEIVED, deadline)
        except wire.Late:
            if deadline == self.last:
                self._fail(f"it took more than {self.limits.total:g} seconds in all")
            self._fail("it did not answer in time, not even to be stopped")
        except wire.Broken as broken:
            self._fail(str(broken))

    def _fail(self, why: str) -> NoReturn:
        self._end(
            "The notebook's Python ended before its time: it went out of bounds, or was ended by "
            "its own code."
            if why == "it is gone"
            else f"The notebook was stopped: {why}."
        )
        raise Ended(self.why_ended)

    def _end(self, why: str) -> None:
        self.why_ended = self.why_ended or why
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def _watch(self) -> None:
        """End a notebook whose processes together take more memory than one may."""
        while self.process.poll() is None:
            if _takes_more(self.process.pid, self.limits.memory):
                taken = f"{self.limits.memory / (1 << 30):.3g} GB of memory"
                self.why_ended = f"The notebook was stopped: it took more than {taken}."
                self._end(self.why_ended)
            time.sleep(WATCH_EVERY)


class Look:
    """The names of a notebook at one point in it."""

    def __init__(self, student: Student) -> None:
        self.student = student

    def __enter__(self) -> Look:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if not self.student.why_ended:
            self.student.leave()

    def get(self, name: str) -> Any:
        """Return a name's value: plain data, or a function to be called from here.

        Raises
        ------
        NameError
            If there is no such name.
        """
        reply = self.student.ask({"do": "get", "name": name})
        if "missing" in reply:
            raise NameError(
                f"There is no `{name}` in your notebook at this point. Is its cell still to be "
                "done, or did it stop with an error?"
            )
        if "module" in reply:
            raise NameError(f"The test uses `{name}`, and does not import it.")
        return self._value(reply, f"`{name}`")

    def call(self, function: str | int, arguments: Any, options: Any) -> Any:
        """Call a function of the notebook."""
        request = {"arguments": pack(arguments), "options": pack(options), "function": function}
        return self._value(self.student.ask({"do": "call"} | request), "the result")

    def _value(self, reply: dict[str, Any], what: str) -> Any:
        if reply.get("problem") == "late":
            raise Problem(NEVER.format(seconds=self.student.limits.call))
        if "problem" in reply:
            raise Problem(
                "could not be called: the notebook has started too many processes"
                if reply["problem"] == "full"
                else "ends the whole program"
            )
        if "unpackable" in reply:
            raise Problem(f"gives what is too large: {str(reply['unpackable'])[:200].rstrip('.')}")
        if "error" in reply:
            raise _raised(reply["error"])
        try:
            return unpack(reply["value"], self._function)
        except (KeyError, Unpackable):
            self.student._fail("it answered what was not asked")

    def _function(self, name: Any) -> Callable[..., Any]:
        if not isinstance(name, str | int):
            raise Unpackable("This is no function's name.")

        def function(*arguments: Any, **options: Any) -> Any:
            return self.call(name, arguments, options)

        function.__name__ = function.__qualname__ = name if isinstance(name, str) else "function"
        return function


def builtin_name(name: str) -> str:
    """Return an error's name if Python gave it; a name of the student's own may say anything."""
    return name if hasattr(builtins, name) else "an error"


def _raised(error: Any) -> Exception:
    try:
        name, message = (str(part) for part in error)
    except (TypeError, ValueError):
        name, message = "Error", ""
    if name == "NotImplementedError":
        return NotImplementedError(message)
    kind: type[Exception] = type(name[:80], (Raised,), {})
    return kind(message[:500])


def _takes_more(root: int, most: int) -> bool:
    """Tell whether a process and all below it have more memory than so many bytes."""
    below, sizes = _processes()
    tree, found = [root], [root]
    while found:
        children = below.get(found.pop(), [])
        tree += children
        found += children
    pages = sum(sizes.get(process, 0) for process in tree)
    # What copies of a process share was counted for each; a fair count takes longer.
    return pages * os.sysconf("SC_PAGE_SIZE") > most and sum(map(_fair_share, tree)) > most


def _fair_share(process: int) -> int:
    """Return the bytes that a process has, each shared page divided among those who share it."""
    with contextlib.suppress(OSError):  # it ended meanwhile
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss_Anon:"))
    return 0


def _processes() -> tuple[dict[int, list[int]], dict[int, int]]:
    """Return the children of each process of this machine, and its pages."""
    below: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            pages = Path(f"/proc/{entry}/statm").read_text().split()
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile
        below.setdefault(parent, []).append(int(entry))
        sizes[int(entry)] = int(pages[1]) - int(pages[2])
    return below, sizes
