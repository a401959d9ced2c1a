"""The one writer of the gradebook: nbgrader's own autograding, fed with transcripts."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .courses import Course, load_config

__all__ = ["Writer"]


class Writer:
    """Writes grades and autograded notebooks as nbgrader does.

    Parameters
    ----------
    course : Course
    assignment : str
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self.config = load_config(course.root)
        self.config.CourseDirectory.assignment_id = assignment
        self.config.Autograde.force = True
        self.config.Autograde.create_student = True

    def write(self, student: str) -> str:
        """Write the grades of one student; return what went wrong, if anything did."""
        from nbgrader.converters import Autograde
        from nbgrader.coursedir import CourseDirectory

        directory = CourseDirectory(config=self.config, student_id=student)
        said = _Said()
        converter = Autograde(coursedir=directory, config=self.config)
        converter.log = said.log
        try:
            with _inside(self.course.root), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # nbgrader's own, about its queries
                converter.start()
        except Exception as error:
            return said.last or f"{type(error).__name__}: {error}"
        return ""


class _Said:
    """Keeps the last complaint of nbgrader's, which it logs and does not raise."""

    def __init__(self) -> None:
        self.last = ""
        self.log = logging.Logger("nbgrader")
        handler = logging.Handler(logging.ERROR)
        handler.emit = self._keep  # type: ignore[method-assign]
        self.log.addHandler(handler)

    def _keep(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        self.last = lines[-1] if lines else self.last


@contextmanager
def _inside(folder: Any) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
