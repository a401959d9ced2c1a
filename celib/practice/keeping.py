"""What was tried, kept in a small file that belongs to the learner and leaves the machine never.

The file is ``celib-progress.jsonl`` in the folder of the notebook: one line of JSON for each
answer, added and never rewritten. The environment variable CELIB_PROGRESS names another place;
where it is empty, nothing is kept beyond the session.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .catalogue import catalogue
from .exercises import exercises
from .telling import Told, paragraph

__all__ = ["hints_given", "progress", "record"]

FILE = "celib-progress.jsonl"
# Of this session: all there is where no file can be written.
_session: list[dict[str, Any]] = []


def progress() -> Told:
    """Show which exercises are done, and which mistakes came up on the way.

    Returns
    -------
    Told
        A summary. The file it was read from is yours: open it, copy it, delete it.
    """
    events, unread = _events()
    done = {event["exercise"] for event in events if event.get("status") == "right"}
    blocks = [f"{len(done & set(exercises()))} of {len(exercises())} exercises are done."]
    blocks.append("\n".join(_topics(done)))
    blocks.append(_mistakes(events))
    blocks.append(paragraph(_where(unread)))
    return Told("\n\n".join(blocks))


def record(**event: Any) -> None:
    """Add an event, with its time, to the learner's file."""
    event["time"] = datetime.now(UTC).isoformat(timespec="seconds")
    _session.append(event)
    if (file := _file()) is not None:
        try:
            # A line that was cut off stays as it is; it must not take this one with it.
            begin = "\n" if _ends_in_a_line(file) else ""
            with open(file, "a", encoding="utf-8") as lines:
                lines.write(begin + json.dumps(event) + "\n")
        except OSError:
            return  # a folder that cannot be written to; `progress` says so


def hints_given(id: str) -> int:
    """Return how many hints were asked for since the exercise was last done."""
    given = 0
    for event in _events()[0]:
        if event["exercise"] == id:
            given = 0 if event.get("status") == "right" else max(given, event.get("hint", 0))
    return given


def _file() -> Path | None:
    place = os.environ.get("CELIB_PROGRESS")
    return None if place == "" else Path(place or FILE).absolute()


def _ends_in_a_line(file: Path) -> bool:
    return file.exists() and file.read_bytes()[-1:] not in (b"", b"\n")


def _events() -> tuple[list[dict[str, Any]], int]:
    """Return the events, and how many lines of the file are none."""
    file = _file()
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file else []
    except OSError:
        lines = []
    if not lines:
        return list(_session), 0
    found = [event for line in lines if (event := _event(line)) is not None]
    return found, len(lines) - len(found)


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("exercise"), str) else None


def _topics(done: set[str]) -> list[str]:
    asked = Counter(id.partition("/")[0] for id in exercises())
    of_done = Counter(id.partition("/")[0] for id in done & set(exercises()))
    return [f"    {topic:12} {of_done[topic]:2} of {count}" for topic, count in asked.items()]


def _mistakes(events: list[dict[str, Any]]) -> str:
    names = Counter(event["mistake"] for event in events if event.get("mistake") in catalogue())
    if not names:
        return "No mistake of the catalogue has come up yet."
    rows = (f"    {count} × {catalogue()[name].title}" for name, count in names.most_common())
    return "\n".join(["Mistakes that came up:", "", *rows])


def _where(unread: int) -> str:
    file = _file()
    if file is None:
        return "Nothing is kept beyond this session."
    if not file.is_file():
        return f"No file could be kept at {file.name}; this is what the session remembers."
    strange = f" {unread} of its lines could not be read and stay as they are." if unread else ""
    return (
        f"Kept in {file.name}, beside this notebook: plain text, yours to read, copy or delete. "
        f"Nothing leaves this machine.{strange}"
    )
