"""JupyterLab as `make lab` starts it, and a page of it in Chromium, played with as a reader does.

For the tests of the live pictures, in tests/browser, and for `latency.py`.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.error import URLError

import nbformat
import run
import website
from nbformat.v4 import new_code_cell, new_notebook

import notebooks
from celib.explore import Drawing, LivePicture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Request

# Long after a reader would have gone: what is late on a busy machine is not wrong.
SECONDS_TO_START = 180
MILLISECONDS_TO_RUN = 180_000
MILLISECONDS_TO_DRAW = 60_000

# Complaints in the console that are nobody's fault: a part of each, and why it comes.
NOT_OURS = {
    "@jupyterlite/": "`make lite` installs an extension for which JupyterLab itself has no use",
    "/favicon.ico": "Chromium asks for an icon at the root, before JupyterLite names its own",
}

# JavaScript, as seen from a page of JupyterLab.
NOTEBOOK = "jupyterapp.shell.currentWidget.content"
IS_THERE = "window.jupyterapp?.shell"
OPEN = """path => jupyterapp.restored.then(
    () => jupyterapp.commands.execute("docmanager:open", {path})).then(() => null)"""
IS_READY = """path => {
    const panel = jupyterapp.shell.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return panel?.context?.path === path && panel.context.isReady && panel.sessionContext.isReady
        && kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)"
HAS_RUN = f"""() => {NOTEBOOK}.widgets.every(cell => cell.model.type !== "code"
    || cell.model.executionState === "idle" && cell.model.executionCount !== null)"""
RUN = f"""([index, source]) => {{
    const notebook = {NOTEBOOK};
    notebook.activeCellIndex = index;
    if (source !== null) notebook.activeCell.model.sharedModel.setSource(source);
    return jupyterapp.commands.execute("notebook:run-cell").then(() => null);
}}"""
HAS_RUN_CELL = f"index => {NOTEBOOK}.widgets[index].model.executionState === 'idle'"
SAVE = """() => jupyterapp.commands.execute("docmanager:save").then(
    () => jupyterapp.shell.currentWidget.context.path)"""
CLOSE = """async () => {
    const panel = jupyterapp.shell.currentWidget;
    await panel.sessionContext.shutdown();
    panel.dispose();
}"""
SHOW_OUTPUT = f"""async index => {{
    const notebook = {NOTEBOOK};
    notebook.activeCellIndex = index;
    await notebook.scrollToItem(index, "center");
    return notebook.widgets[index].outputArea.node.dataset.shows = `cell-${{index}}`;
}}"""
SHOWN = """output => ({
    svg: output.querySelector(".widget-html svg")?.outerHTML ?? "",
    caption: output.querySelector(".widget-html [role=status]")?.textContent ?? "",
    alert: output.querySelector(".widget-html [role=alert]")?.textContent ?? "",
})"""
AS_SHOWN = """svg => {
    const place = document.createElement("div");
    place.innerHTML = svg;
    return place.innerHTML;
}"""
IS_OTHER = f"([output, svg]) => ({SHOWN})(output).svg !== svg"


# --- JupyterLab ---------------------------------------------------------------------------------


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """Start in a folder what `make lab` starts there, and give its address."""
    port, token = free_port(), secrets.token_hex(8)
    options = [f"--port={port}", f"--IdentityProvider.token={token}"]
    options += ["--LabApp.expose_app_in_browser=True"]
    with mock.patch.multiple(run, ROOT=str(folder), a_browser_can_open=lambda: False):
        lab: Any = run.lab  # which knows no annotations
        [command] = lab(sys.executable, options)
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as settings, tempfile.TemporaryFile() as said:
        surroundings = without_settings(Path(settings))
        process = subprocess.Popen(command, env=surroundings, stderr=said)
        try:
            if not answers(f"{address}/api/status?token={token}", process):
                said.seek(0)
                sys.exit(f"JupyterLab did not start:\n{said.read().decode(errors='replace')}")
            yield f"{address}/lab?token={token}"
        finally:
            process.terminate()
            process.wait()


def without_settings(folder: Path) -> dict[str, str]:
    """Return this environment without anyone's Jupyter settings, and with this celib."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    folders = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    return kept | folders | run.SURROUNDINGS | {"PYTHONPATH": str(notebooks.ROOT)}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(URLError), ask(url):
            return True
        time.sleep(0.1)
    return False


def lay(folder: Path, name: str, *cells: str) -> None:
    """Lay a notebook of one's own in a folder that Lab shows."""
    laid = new_notebook(cells=[new_code_cell(source) for source in cells])
    laid.metadata.update(notebooks.METADATA)
    nbformat.write(laid, folder / name)


def lay_pages(folder: Path) -> None:
    """Lay a copy of the pages, so that nothing that is stored can change."""
    shutil.copytree(
        notebooks.ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.jsonl", "celib-inventory-*"),
    )


# --- the browser --------------------------------------------------------------------------------


@contextmanager
def opened() -> Iterator[Browser]:
    """Open the system's Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=MILLISECONDS_TO_DRAW)
    with sync_playwright() as play:
        # Chromium's sandbox refuses to run as root, which CI often is.
        browser = play.chromium.launch(
            executable_path=website.chromium(),
            # Neither Lab nor the browser edition needs another host, and none is to be had.
            args=[
                "--no-sandbox",
                "--force-device-scale-factor=1",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


class Lab:
    """A window with JupyterLab, what its console complains of, and what it asks other hosts for."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page = browser.new_page(
            # High enough for a live picture with its words: axe looks at what is on screen.
            viewport={"width": 1280, "height": 1300},
            reduced_motion="reduce",
        )
        self.page.set_default_timeout(MILLISECONDS_TO_RUN)
        self.page.context.on("request", self.ask)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_function(IS_THERE)

    def ask(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.elsewhere.append(request.url)

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(
            part in message.text + message.location["url"] for part in NOT_OURS
        ):
            self.errors.append(message.text)

    @contextmanager
    def open(self, path: str) -> Iterator[None]:
        """Open a notebook; close it in the end, and its kernel."""
        self.errors.clear()
        self.elsewhere.clear()
        self.reach(path)
        try:
            yield
        finally:
            self.page.evaluate(CLOSE)

    def reach(self, path: str) -> None:
        self.page.evaluate(OPEN, path)
        self.page.wait_for_function(IS_READY, arg=path)

    def reload(self) -> None:
        """Save the notebook, and load the window with it anew."""
        path = self.page.evaluate(SAVE)
        self.page.reload()
        self.page.wait_for_function(IS_THERE)
        self.reach(path)

    def run_all(self) -> None:
        """Run all cells, as the menu does, and wait for the end."""
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(HAS_RUN)

    def run(self, index: int, source: str | None = None) -> str:
        """Run a cell, with other words in it if they are given, and return its outputs as text."""
        self.page.evaluate(RUN, [index, source])
        self.page.wait_for_function(HAS_RUN_CELL, arg=index)
        said = map(text_of, self.cells()[index]["outputs"])
        return " ".join(" ".join(said).split())

    def cells(self) -> list[Any]:
        """Return the cells with their outputs, as Lab would save them."""
        return list(self.page.evaluate(f"{NOTEBOOK}.widgets.map(cell => cell.model.toJSON())"))

    def output(self, index: int) -> Locator:
        """Scroll to the output of a cell."""
        return self.page.locator(f"[data-shows={self.page.evaluate(SHOW_OUTPUT, index)}]")


def text_of(output: dict[str, Any]) -> str:
    data: dict[str, str] = output.get("data", {})
    return str(output.get("evalue") or output.get("text") or data.get("text/plain", ""))


# --- a live picture -----------------------------------------------------------------------------


class Played:
    """A live picture on a page, beside the same one made here.

    Parameters
    ----------
    output
        Where it is on the page.
    twin
        What `celib.explore` makes in this process; its controls follow those on the page, so that
        it says what the page has to show.
    """

    def __init__(self, output: Locator, twin: LivePicture) -> None:
        self.output, self.twin = output, twin
        self.controls: list[Any] = [
            KINDS[type(control).__name__](output.locator(".widget-vbox > *").nth(place), control)
            for place, control in enumerate(twin.controls.values())
        ]

    def shown(self) -> dict[str, str]:
        """Return picture and words as they are on the page, and what went wrong in their place."""
        return dict(self.output.evaluate(SHOWN))

    def expected(self) -> Drawing:
        """Return what `celib.explore` draws at the setting that the controls on the page show."""
        for control in self.controls:
            control.follow()
        return self.twin.drawing

    def changes_from(self, svg: str) -> bool:
        """Wait until the picture on the page is not this one."""
        from playwright.sync_api import TimeoutError as NotInTime

        here = [self.output.element_handle(), svg]
        try:
            self.output.page.wait_for_function(IS_OTHER, arg=here, timeout=MILLISECONDS_TO_DRAW)
        except NotInTime:
            return False
        return True

    def settle(self) -> tuple[Drawing, dict[str, str]]:
        """Wait until the page shows what it should; return that, and what it does show."""
        until = time.monotonic() + MILLISECONDS_TO_DRAW / 1000
        while True:  # a control may itself be late, and say something else the next time
            drawing = self.expected()
            drawing = drawing._replace(svg=self.output.page.evaluate(AS_SHOWN, drawing.svg))
            shown = self.shown()
            right = {"svg": drawing.svg, "caption": drawing.description, "alert": ""}
            if shown == right or shown["alert"] or time.monotonic() > until:
                return drawing, shown
            self.output.page.wait_for_timeout(50)


class Slider:
    """A slider on the page, and the one here that follows it."""

    def __init__(self, place: Locator, twin: Any) -> None:
        self.place, self.twin = place, twin
        self.handle = place.locator("[role=slider]")
        self.readout = place.locator(".widget-readout")

    def follow(self) -> None:
        position = float(
            self.place.locator("[aria-valuetext]").get_attribute("aria-valuetext") or 0
        )
        if hasattr(self.twin, "options"):
            self.twin.index = round(position)
        else:
            self.twin.value = position

    def label(self) -> str:
        """Return what the readout has to say."""
        if hasattr(self.twin, "options"):
            option = self.twin.options[self.twin.index]
            return str(option[0] if isinstance(option, tuple) else option)
        return format(self.twin.value, self.twin.readout_format).replace("-", "−")

    def press(self) -> None:
        now, last = map(self.handle.get_attribute, ("aria-valuenow", "aria-valuemax"))
        self.place.page.keyboard.press("ArrowLeft" if now == last else "ArrowRight")

    def pull(self) -> None:
        """Drag the handle by a third of the way."""
        way, handle = self.place.locator(".noUi-base").bounding_box(), self.handle.bounding_box()
        assert way is not None
        assert handle is not None
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        by = way["width"] / 3
        mouse = self.place.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + by if x + by < way["x"] + way["width"] else x - by, y, steps=4)
        mouse.up()


class Buttons:
    """A row of buttons on the page, one of them chosen."""

    def __init__(self, place: Locator, twin: Any) -> None:
        self.place, self.twin = place, twin
        # The last: on page 05 the first two mean the same.
        self.handle = place.locator("button:not(.mod-active)").last

    def follow(self) -> None:
        # A button gets its words a moment after it is there.
        chosen = self.place.locator("button.mod-active", has_text=re.compile(r"\S"))
        self.twin.value = chosen.inner_text()

    def press(self) -> None:
        self.place.page.keyboard.press("Space")

    def pull(self) -> None:
        self.handle.click()


class Field:
    """A field on the page that takes words, and suggests some."""

    def __init__(self, place: Locator, twin: Any) -> None:
        self.place, self.twin = place, twin
        self.handle = place.locator("input")

    def follow(self) -> None:
        self.twin.value = self.handle.input_value()

    def press(self) -> None:
        """Write another suggestion over the present one."""
        words = next(words for words in self.twin.options if words != self.twin.value)
        self.place.page.keyboard.press("ControlOrMeta+A")
        self.place.page.keyboard.type(words)

    def pull(self) -> None:
        self.handle.click()
        self.press()


KINDS = {
    "FloatSlider": Slider,
    "IntSlider": Slider,
    "SelectionSlider": Slider,
    "ToggleButtons": Buttons,
    "Combobox": Field,
}
