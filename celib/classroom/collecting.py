"""Whose notebook is it? Submissions found in folders and zips as learning platforms give them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

__all__ = ["Found", "found_in"]

# doejane_LATE_4711_98765_ps1-2.ipynb, and Jane Doe_4711_assignsubmission_file_/ps1.ipynb
CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<id>\d+)_\d+_[^/]*")
MOODLE = re.compile(r"(?P<name>[^_/]+)_(?P<id>\d+)_assignsubmission_[^/]*")
LARGEST = 100 << 20
MOST_FILES = 20_000


@dataclass(frozen=True)
class Found:
    """A notebook, and whose it is.

    Attributes
    ----------
    where : str
        Its place in the folder or zip.
    student : str
        The student's id; empty if it cannot be told.
    name : str
        What the platform calls the student.
    time : datetime
        When it was handed in, as far as the file says.
    content : bytes
    """

    where: str
    student: str
    name: str
    time: datetime
    content: bytes


def found_in(source: Path, pattern: str | None = None) -> Iterator[Found]:
    """Give the notebooks in a folder or zip.

    Parameters
    ----------
    source : Path
    pattern : str, optional
        A regular expression with a group ``id`` that says whose a path is, where it is not one of
        the platforms' known here.
    """
    read = _in_zip if zipfile.is_zipfile(source) else _in_folder
    for where, time, content in read(source):
        student, name = _whose(where, pattern)
        yield Found(where, student, name, time, content)


def _in_folder(source: Path) -> Iterator[tuple[str, datetime, bytes]]:
    for path in sorted(source.rglob("*.ipynb")):
        if path.is_symlink() or ".ipynb_checkpoints" in path.parts:
            continue
        if path.is_file() and path.stat().st_size <= LARGEST:
            time = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
            yield path.relative_to(source).as_posix(), time, path.read_bytes()


def _in_zip(source: Path) -> Iterator[tuple[str, datetime, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist()[:MOST_FILES]:
            hidden = entry.filename.startswith("__MACOSX") or ".ipynb_checkpoints" in entry.filename
            if entry.filename.endswith(".ipynb") and not hidden and entry.file_size <= LARGEST:
                time = datetime(*entry.date_time, tzinfo=UTC)
                yield entry.filename, time, archive.read(entry)


def _whose(where: str, pattern: str | None) -> tuple[str, str]:
    if pattern:
        match = re.search(pattern, where)
        return (_id(match["id"]), match["id"]) if match else ("", "")
    path = PurePosixPath(where)
    for known, text in [(MOODLE, part) for part in path.parts[:-1]] + [(CANVAS, path.name)]:
        if match := known.fullmatch(text):
            return match["id"], match["name"]
    # A folder for each student, or a file for each.
    name = path.parts[-2] if len(path.parts) > 1 else path.stem
    return _id(name), name


def _id(name: str) -> str:
    """Return a student's id as nbgrader can use it in a path; empty if there is none."""
    return name if re.fullmatch(r"[\w.@-]{1,80}", name) and not name.startswith(".") else ""
