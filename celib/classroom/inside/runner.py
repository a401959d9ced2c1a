"""Runs a student's cells, one after the other, and lets the judge look at what they made.

Started with a socket and its limits as arguments, as in `sandbox`. It trusts the judge; the judge
does not trust it, for the student's code lives in this very process.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import traceback
from typing import Any, NoReturn

from . import wire
from .packing import Unpackable, pack, unpack

__all__ = ["main"]

MOST_SENT = 4 << 20
MOST_STREAM = 50_000
MOST_SHOWN = 2 << 20
MOST_TRACEBACK = 8_000
FROM_JUDGE = 64 << 20
CUT = "\n[the rest of the output is left out]\n"
TOO_MUCH = {"text/plain": "[left out: the cell has shown too much]"}


class TimeIsUp(BaseException):
    """Not an Exception, so that a bare ``except Exception`` in a loop does not swallow it."""


def main() -> None:
    """Do what the judge asks, until it asks no more."""
    handle, seconds, memory, processes, disk = map(int, sys.argv[1:])
    limit(seconds, memory, processes, disk)
    shell = started_shell()
    wire.send(handle, {"ready": os.getpid()})
    while True:
        request = wire.receive(handle, FROM_JUDGE)
        if request["do"] == "run":
            wire.send(handle, ran(shell, request["source"], request["seconds"]))
        elif request["do"] == "look":
            look(handle, shell)


def limit(seconds: int, memory: int, processes: int, disk: int) -> None:
    """Bind this process and all it starts; nothing inside can loosen it again."""
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_FSIZE: disk,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        if most >= 0:
            resource.setrlimit(what, (most, most))


# --- cells --------------------------------------------------------------------------------------


def started_shell() -> Any:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.formatters import DisplayFormatter
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
            shown.add("display_data", data, metadata)

    class Hook(DisplayHook):
        def __call__(self, result: Any = None) -> None:
            if result is not None:
                shell: Any = self.shell
                data, metadata = shell.display_formatter.format(result)
                shown.add("execute_result", data, metadata)
                shell.user_ns["_"] = result

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)
        shown: Shown

        def init_display_formatter(self) -> None:
            self.display_formatter: Any = DisplayFormatter(parent=self)
            self.display_formatter.active_types = self.display_formatter.format_types

        def enable_gui(self, gui: Any = None) -> None:
            pass  # pictures are shown as the cell ends; there is no window to be watched

        def showtraceback(self, *args: Any, **kwargs: Any) -> None:
            pass

        showsyntaxerror = showtraceback

    shown = Shown()
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.shown = shown
    return shell


class Shown:
    """What a cell puts out, in the form in which a notebook stores it; no more than is bearable."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.size = 0

    def write(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") != name:
            last = {"output_type": "stream", "name": name, "text": ""}
            if not self._fits(200):
                return
            self.outputs.append(last)
        room = MOST_STREAM - len(last["text"])
        if room > 0:
            last["text"] += text if len(text) <= room else text[:room] + CUT

    def add(self, kind: str, data: Any, metadata: Any) -> None:
        data = {str(name): _as_text(content) for name, content in data.items()}
        if not self._fits(sum(len(str(content)) for content in data.values())):
            if self.outputs and self.outputs[-1].get("data") == TOO_MUCH:
                return  # said once; a loop would else fill the page with it
            data = TOO_MUCH
        self.outputs.append({"output_type": kind, "data": data, "metadata": metadata or {}})

    def _fits(self, size: int) -> bool:
        self.size += size
        return self.size <= MOST_SHOWN and len(self.outputs) < 200


def _as_text(content: Any) -> Any:
    if isinstance(content, bytes):
        import base64

        return base64.b64encode(content).decode()
    return content


class Stream:
    """Stands for stdout or stderr while a cell runs."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, shown: Shown) -> None:
        self.name, self.shown = name, shown

    def write(self, text: str) -> int:
        self.shown.write(self.name, str(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def ran(shell: Any, source: str, seconds: float) -> dict[str, Any]:
    """Run one cell, and return its outputs and the name of the error that ended it."""
    shown = shell.shown
    shown.__init__()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout", shown), Stream("stderr", shown)
    signal.signal(signal.SIGALRM, _time_is_up)
    # Again and again, for code that catches everything.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as escaped:
        error = escaped
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout, sys.stderr = before
    outputs = list(shown.outputs)
    if error is not None:
        outputs.append(_told(error, seconds))
    return _sendable({"outputs": outputs})


def _time_is_up(*_: Any) -> NoReturn:
    raise TimeIsUp


def _told(error: BaseException, seconds: float) -> dict[str, Any]:
    name, message = _named(error)
    if isinstance(error, TimeIsUp):
        message = f"the cell did not end within {seconds:g} seconds"
    try:
        lines = traceback.format_exception(type(error), error, error.__traceback__)
    except Exception:  # of an error whose class says strange things about itself
        lines = []
    ours = [line for line in lines if "/IPython/" not in line and __file__ not in line]
    text = "".join(ours)[-MOST_TRACEBACK:]
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [text]}


def _named(error: BaseException) -> tuple[str, str]:
    try:
        message = str(error)[:500]
    except Exception:
        message = ""
    return str(type.__getattribute__(type(error), "__name__"))[:80], message


def _sendable(reply: dict[str, Any]) -> dict[str, Any]:
    """Return the reply, or what can be sent instead of it."""
    import json

    try:
        if len(json.dumps(reply, allow_nan=False)) < MOST_SENT:
            return reply
    except (ValueError, TypeError, RecursionError):
        pass
    left_out = "[left out: the outputs cannot be stored]"
    shown = {"output_type": "stream", "name": "stdout", "text": left_out}
    errors = [one for one in reply["outputs"] if one["output_type"] == "error"]
    return {"outputs": [shown, *errors]}


# --- what the judge looks at --------------------------------------------------------------------


def look(handle: int, shell: Any) -> None:
    """Answer the judge's questions out of copies of this process, until it has seen enough.

    What a question changes, or breaks, is changed in the copy.
    """
    copy: Copy | None = None
    while True:
        request = wire.receive(handle, FROM_JUDGE)
        if request["do"] == "end":
            break
        try:
            copy = copy or Copy(shell)
            reply = copy.answer(request)
        except wire.Late:
            reply = {"problem": "late"}
        except (wire.Broken, OSError) as error:
            reply = {"problem": "gone" if isinstance(error, wire.Broken) else "full"}
        wire.send(handle, reply)
        if "problem" in reply and copy:
            copy.end()
            copy = None
    if copy:
        copy.end()
    wire.send(handle, {"ended": True})


class Copy:
    """A copy of the process in which the judge's calls are made."""

    def __init__(self, shell: Any) -> None:
        theirs, self.asking = os.pipe()
        self.hearing, ours = os.pipe()
        try:
            self.child = os.fork()
        except OSError:
            for end in (theirs, self.asking, self.hearing, ours):
                os.close(end)
            raise
        if self.child == 0:
            try:
                os.close(self.asking)
                os.close(self.hearing)
                Answers(shell.user_ns).serve(theirs, ours)
            finally:
                os._exit(0)
        os.close(theirs)
        os.close(ours)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        wire.send(self.asking, request)
        return wire.receive(self.hearing, MOST_SENT, time.monotonic() + request["seconds"])

    def end(self) -> None:
        os.close(self.asking)
        os.close(self.hearing)
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)


class Answers:
    """Answers questions about the names that the cells have defined."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.made: list[Any] = []

    def serve(self, hearing: int, answering: int) -> None:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        while True:
            request = wire.receive(hearing, FROM_JUDGE)
            wire.send(answering, self.answer(request))

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            if request["do"] == "get":
                return self._got(request["name"])
            return {"value": self._packed(self._called(request))}
        except Unpackable as error:
            return {"unpackable": str(error)}
        except BaseException as error:
            return {"error": _named(error)}

    def _got(self, name: str) -> dict[str, Any]:
        if name not in self.names:
            return {"missing": True}
        value = self.names[name]
        if isinstance(value, type(os)):
            return {"module": value.__name__}
        return {"value": pack(value, lambda _: name) if callable(value) else self._packed(value)}

    def _called(self, request: dict[str, Any]) -> Any:
        arguments = unpack(request["arguments"])
        options = unpack(request["options"])
        name = request["function"]
        function = self.made[name] if isinstance(name, int) else self.names[name]
        return function(*arguments, **options)

    def _packed(self, value: Any) -> Any:
        return pack(value, self._kept)

    def _kept(self, function: Any) -> int:
        self.made.append(function)
        return len(self.made) - 1
