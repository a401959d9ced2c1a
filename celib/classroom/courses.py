"""A course folder: nbgrader's layout and gradebook, and beside them the transcripts."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from .masters import Master, as_master
from .notebooks import as_plain

__all__ = ["CONFIG", "Course", "CourseError"]

CONFIG = "nbgrader_config.py"
KEPT = ".classroom"


class CourseError(RuntimeError):
    """Something that the teacher has to put right; the message says what."""


class Course:
    """A course folder.

    Parameters
    ----------
    root : str or Path
        The folder with ``nbgrader_config.py``.

    Raises
    ------
    CourseError
        If it is none.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        if not (self.root / CONFIG).exists():
            raise CourseError(
                f"{self.root} is no course folder: it has no {CONFIG}. Make one with "
                "`celib-classroom init FOLDER`, or name yours with --course."
            )

    @property
    def db_url(self) -> str:
        """The gradebook's address."""
        return str(self.directory.db_url)

    @property
    def directory(self) -> Any:
        """Where nbgrader keeps what."""
        return _directory(self.root)

    def app(self, **options: Any) -> Any:
        """Return nbgrader's interface, set up as the course says."""
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import Config

        config = load_config(self.root)
        config.merge(Config(options))
        return NbGraderAPI(config=config)

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        """Open nbgrader's gradebook."""
        from nbgrader.api import Gradebook

        with Gradebook(self.db_url, self.directory.course_id or "default_course") as gradebook:
            yield gradebook

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return where nbgrader keeps one step of an assignment."""
        return Path(self.directory.format_path(step, student, assignment))

    def assignments(self) -> list[str]:
        """Return the names of the problem sets in the source folder."""
        source = self.folder("source", ".", "")
        return sorted(one.name for one in source.glob("*") if any(one.glob("*.ipynb")))

    def notebooks(self, assignment: str) -> list[str]:
        """Return the names of the notebooks of a problem set that was released."""
        released = self.folder("release", ".", assignment)
        names = sorted(path.stem for path in released.glob("*.ipynb"))
        if not names:
            raise CourseError(
                f"{assignment} is not released yet. Run `celib-classroom release {assignment}` "
                f"first; known are {', '.join(self.assignments()) or 'none'}."
            )
        return names

    def students(self, assignment: str) -> list[str]:
        """Return the ids of those who handed something in."""
        submitted = self.folder("submitted", "*", assignment)
        return sorted(
            path.parent.name for path in self.root.glob(str(submitted.relative_to(self.root)))
        )

    def master(self, assignment: str, notebook: str) -> Master:
        """Return the teacher's notebook, as released and with what is hidden."""
        path = self.folder("release", ".", assignment) / f"{notebook}.ipynb"
        with self.gradebook() as gradebook:
            known = gradebook.find_notebook(notebook, assignment).source_cells
            sources = {cell.name: cell.source for cell in known}
        return as_master(as_plain(json.loads(path.read_text(encoding="utf-8"))), sources)

    def kept(self, assignment: str, student: str, notebook: str) -> Path:
        """Return where the transcript of one notebook is kept."""
        return self.root / KEPT / assignment / student / f"{notebook}.json"


@lru_cache(maxsize=8)
def _directory(root: Path) -> Any:
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=load_config(root))


def load_config(root: Path) -> Any:
    """Load a course's configuration as nbgrader does."""
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def load(path: Path) -> dict[str, Any]:
    """Return what is kept in a file; an empty dictionary if nothing is."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def save(path: Path, content: dict[str, Any]) -> None:
    """Keep something in a file so that, at any moment, the file is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False
    ) as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
