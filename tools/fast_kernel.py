"""Notebooks run in this very process: a fast kernel, for the mutants of `mutants.py` only.

It agrees with a real one on every page as it stands, which each measurement of what runs what
holds anew; what decides about a page is still `make test`.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

import notebooks

NO_HISTORY = Config({"HistoryManager": {"enabled": False}})


class Page:
    """A notebook, and what it should put out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notebook = notebooks.read(path)
        self.exact = notebooks.is_pinned("matplotlib", "pillow")

    def run(
        self, wanted: set[int] | None = None, before: Callable[[int], object] = lambda n: None
    ) -> Iterator[tuple[int, str, float]]:
        """Run the cells, the last wanted one being the last; say what is not as stored.

        What an unwanted cell displays is neither made nor compared.
        """
        Shell.clear_instance()
        shell: Any = Shell.instance(config=NO_HISTORY)
        here = Path.cwd()
        os.chdir(self.path.parent)
        try:
            for number, cell in notebooks.code_cells(self.notebook):
                if wanted is not None and number > max(wanted):
                    return
                before(number)
                shown = wanted is None or number in wanted
                start = time.perf_counter()
                given: list[dict[str, Any]] = []
                shell.display_pub.given = shell.displayhook.given = given
                shell.display_formatter.shown = shown
                with (
                    contextlib.redirect_stdout(Stream("stdout", given)),
                    contextlib.redirect_stderr(Stream("stderr", given)),
                ):
                    result = shell.run_cell(cell.source, store_history=False)
                error = result.error_before_exec or result.error_in_exec
                fault = self._fault(number, cell, given, error, shown)
                yield number, fault, time.perf_counter() - start
        finally:
            os.chdir(here)

    def _fault(
        self, number: int, cell: Any, given: list[dict[str, Any]], error: Any, shown: bool
    ) -> str:
        if error is not None:
            name = type(error).__name__
            if "raises-exception" not in cell.metadata.get("tags", []):
                return f"raises {name}: {error}"
            given.append(
                {"output_type": "error", "ename": name, "evalue": str(error), "traceback": []}
            )
        if not shown:
            return ""
        fresh = [notebooks.normal_output(nbformat.from_dict(o), number) for o in given]
        one, other = (
            nbformat.from_dict({"cells": [{**cell, "outputs": outputs}]})
            for outputs in (cell.outputs, notebooks.merged(fresh))
        )
        notebooks.accept_close_pictures(one, other, exact=self.exact)
        return next((p.message for p in notebooks.differences(one, other)), "")


class Formatter(DisplayFormatter):
    """Makes all forms of what is displayed, as a kernel does, or none where nobody looks."""

    shown = True

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> Any:
        shown: Any = super().format
        return shown(obj, include, exclude) if self.shown else ({}, {})


class Publisher(DisplayPublisher):
    """Keeps what a cell displays, in the form in which a notebook stores it."""

    given: list[dict[str, Any]]

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **kwargs: Any) -> None:
        if data:
            self.given.append(
                {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            )


class Hook(DisplayHook):
    """Keeps the value of a cell's last line, likewise."""

    given: list[dict[str, Any]]

    def __call__(self, value: object = None) -> None:
        if value is not None:
            shell: Any = self.shell
            data, metadata = shell.display_formatter.format(value)
            if data:
                self.given.append(
                    {"output_type": "execute_result", "data": data, "metadata": metadata}
                )


class Shell(InteractiveShell):
    """IPython without a terminal, a history or a traceback."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def init_display_formatter(self) -> None:
        self.display_formatter = Formatter(parent=self)
        self.display_formatter.active_types = self.display_formatter.format_types

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        pass


class Stream(io.StringIO):
    def __init__(self, name: str, given: list[dict[str, Any]]) -> None:
        super().__init__()
        self.name, self.given = name, given

    def write(self, text: str) -> int:
        if text:
            self.given.append({"output_type": "stream", "name": self.name, "text": text})
        return len(text)
