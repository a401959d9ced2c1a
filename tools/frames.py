"""Draw every state of the live pictures beforehand, so that they move on the site too.

A live picture is a function of its controls, and each control has a list of places, so all states
can be drawn where Python runs, and looked up where it does not. Frames have most of their elements
in common: each different element is stored once, in a table, and a frame is the list of its
elements' numbers. `docs/static/live.js` puts a frame together as `decoded` does.
"""

from __future__ import annotations

import html
import itertools
import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as widgets

import celib.explore
from celib.explore import LivePicture

FOLDER = "frames"  # beside the pages
CALL = re.compile(r"explore\.(\w+)\(\)")
ELEMENT = re.compile(r"<[^>]*>[^<]*")  # a tag and the words behind it
# A reader types into a text field what they like; of that, the site has what page 10 names.
NAMED = (
    *("0.1107", "0.11", "0.1", "1.3863", "0.9125", "0.0954", "0.0287", "−0.0661", "0.0165"),
    *("3.5756", "0.7894", "0.1309", "0.0640"),
)

ELSEWHERE = "Run in Jupyter, this cell gives a picture that you can move."
SMALL = '<span class="live-narrow"> Turned on its side, a phone shows the picture larger.</span>'
TYPING = " Run in Jupyter, this cell takes any number that you type."


class Frames(NamedTuple):
    """All states of a live picture: how many places each control has, and the pictures."""

    sizes: list[int]
    elements: list[str]
    frames: list[list[int]]  # the last control moves fastest


def called(source: str) -> str:
    """Return which live picture a cell shows."""
    call = CALL.fullmatch(source.strip())
    if call is None:
        raise ValueError(
            f"The cell {source!r} stores a live picture, so it must be a call without arguments, "
            "such as explore.one_logit(); write it so, and the site finds its pictures."
        )
    return call[1]


def made(name: str) -> LivePicture:
    return getattr(celib.explore, name)()


def write(names: Iterable[str], folder: Path) -> None:
    """Write the frames of live pictures, a file each.

    They are scripts and not plain JSON, since a browser that reads the site from a disk or a
    memory stick refuses to fetch anything else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        frames = json.dumps(
            sampled(made(name))._asdict(), ensure_ascii=False, separators=(",", ":")
        )
        text = f'framesOf("{name}",{frames});\n'
        (folder / f"{name}.js").write_text(text, encoding="utf-8", newline="\n")


# --- frames -------------------------------------------------------------------------------------


def sampled(live: LivePicture) -> Frames:
    """Draw a live picture at every setting of its controls."""
    values = [[value for _, value in places(control)] for control in live.controls.values()]
    numbers: dict[str, int] = {}
    frames = []
    for setting in itertools.product(*values):
        svg = live.draw(**dict(zip(live.controls, setting, strict=True))).svg
        frames.append([numbers.setdefault(part, len(numbers)) for part in ELEMENT.findall(svg)])
    return Frames([*map(len, values)], [*numbers], frames)


def decoded(stored: Frames, setting: Sequence[int]) -> str:
    """Put the picture together whose controls stand at these places, counted from 0."""
    number = 0
    for size, place in zip(stored.sizes, setting, strict=True):
        number = number * size + place
    return "".join(stored.elements[element] for element in stored.frames[number])


def places(control: widgets.Widget) -> list[tuple[str, Any]]:
    """Return what a control shows at each of its places, and the value it has there."""
    if isinstance(control, widgets.Combobox):
        offered = sorted({*control.options, *NAMED}, key=lambda one: float(one.replace("−", "-")))
        return [(one, one) for one in offered]
    if hasattr(control, "options"):
        return [one if isinstance(one, tuple) else (one, one) for one in control.options]
    steps = math.floor((control.max - control.min) / control.step + 0.5)
    values = [round(control.min + i * control.step, 9) for i in range(steps + 1)]
    return [(f"{v:{control.readout_format}}".replace("-", "−"), v) for v in values]


def start(control: widgets.Widget) -> int:
    """Return the place at which a control stands before anybody moves it."""
    return [value for _, value in places(control)].index(control.value)


# --- what the page shows ------------------------------------------------------------------------


def markup(cell: str, source: str) -> str:
    """Set a live picture at its start, with controls that wait for the script."""
    name = called(source)
    live = made(name)
    rows = "".join(row(control, of, f"{cell}-{of}") for of, control in live.controls.items())
    drawing = live.drawing
    return (
        f'<div class="live-picture" data-cell="{cell}" data-name="{name}" '
        f'data-frames="{FOLDER}/{name}.js">'
        f'<form class="live-controls" autocomplete="off" hidden style="--widest: {widest(live)}ch">'
        f'<p class="live-note">{how(live)}{SMALL}</p>{rows}</form>'
        f'<div class="live-drawing">{drawing.svg}</div>'
        f'<p class="live-words">{html.escape(drawing.description)}</p>'
        f'<p class="live-note live-still">{ELSEWHERE}</p>'
        '<p class="visually-hidden" role="status"></p></div>'
    )


def row(control: widgets.Widget, name: str, identity: str) -> str:
    """Write a control as one of the browser's own, whose value is its place."""
    label = html.escape(control.description)
    words = [html.escape(word) for word, _ in places(control)]
    at = start(control)
    if isinstance(control, widgets.ToggleButtons):
        choices = buttons(name, words, at)
        return f'<fieldset class="live-row"><legend>{label}</legend>{choices}</fieldset>'
    write_field = menu if isinstance(control, widgets.Combobox) else slider
    field = write_field(f'id="{identity}" name="{name}"', words, at)
    return f'<div class="live-row"><label for="{identity}">{label}</label>{field}</div>'


def buttons(name: str, words: Sequence[str], at: int) -> str:
    return "".join(
        f'<label><input type="radio" name="{name}" value="{i}"{" checked" * (i == at)}> '
        f"{word}</label>"
        for i, word in enumerate(words)
    )


def menu(called: str, words: Sequence[str], at: int) -> str:
    options = "".join(
        f'<option value="{i}"{" selected" * (i == at)}>{word}</option>'
        for i, word in enumerate(words)
    )
    return f"<select {called}>{options}</select>"


def slider(called: str, words: Sequence[str], at: int) -> str:
    """Write a slider with the word for its place beside it, which its script keeps up with."""
    all_words = html.escape(json.dumps(list(map(html.unescape, words)), ensure_ascii=False))
    # the slider itself says its word to a screen reader; without "off" the reader hears it twice
    return (
        f'<input type="range" {called} min="0" max="{len(words) - 1}" value="{at}" '
        f'aria-valuetext="{words[at]}" data-words="{all_words}">'
        f'<output aria-live="off">{words[at]}</output>'
    )


def widest(live: LivePicture) -> int:
    """Return the most letters beside a slider: given room for them, no track changes its length."""
    sliders = [control for control in live.controls.values() if hasattr(control, "readout")]
    return max(len(word) for control in sliders for word, _ in places(control))


def how(live: LivePicture) -> str:
    """Say how a reader moves the controls."""
    kinds = [type(control) for control in live.controls.values()]
    typed, choices = kinds.count(widgets.Combobox), kinds.count(widgets.ToggleButtons)
    sliders = len(kinds) - typed - choices
    ways = ["choose a number"] * typed
    ways += ["move the slider" if sliders == 1 else "move the sliders"]
    ways += ["press a button"] * choices
    sentence = f"{' and '.join(ways)}, or use the arrow keys.{TYPING * typed}"
    return sentence[0].upper() + sentence[1:]
