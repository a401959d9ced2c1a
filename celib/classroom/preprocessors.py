"""nbgrader's steps that are ours: repair what was handed in, and judge it in the sandbox."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from .courses import Course, load, save
from .limits import Limits
from .masters import Master
from .repairing import repaired
from .transcripts import key_of, script_of, transcript

__all__ = ["Judge", "Repair"]


class Repair(NbGraderPreprocessor):  # type: ignore[misc]  # it has no types
    """Puts the teacher's cells right before nbgrader looks at them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the repaired notebook."""
        mended, findings = repaired(json.loads(json.dumps(nb)), _master(resources))
        for finding in findings:
            self.log.warning(finding.text)
        return nbformat.from_dict(mended), resources


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # it has no types
    """Fills in the outputs: those of the transcript, or of a run now if there is none."""

    trusted = Bool(False, help="Run students' code without a sandbox.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with the outputs of a run in the sandbox."""
        about = resources["nbgrader"]
        script = script_of(json.loads(json.dumps(nb)), _master(resources).released)
        kept = Course(os.getcwd()).kept(about["assignment"], about["student"], about["notebook"])
        found = load(kept)
        keys = [key_of(script, about["student"], trusted=how) for how in (False, True)]
        if found.get("key") not in keys:
            limits = Limits().as_dict()
            found = transcript(script, about["student"], limits, trusted=self.trusted)
            save(kept, found)
        _fill_in(nb, found)
        return nb, resources


def _fill_in(nb: Any, found: dict[str, Any]) -> None:
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    for count, (cell, outputs) in enumerate(zip(code, found["outputs"], strict=True), start=1):
        cell.execution_count = count
        cell.outputs = [_output(output, count) for output in outputs]


def _output(output: dict[str, Any], count: int) -> Any:
    number = {"execution_count": count} if output["output_type"] == "execute_result" else {}
    return nbformat.from_dict({**output, **number})


def _master(resources: Any) -> Master:
    """Return the teacher's notebook; nbgrader works inside the course folder."""
    about = resources["nbgrader"]
    course = Course(os.getcwd())
    path = course.folder("release", ".", about["assignment"]) / f"{about['notebook']}.ipynb"
    return _read_master(course.root, about["assignment"], about["notebook"], _age(path))


@lru_cache(maxsize=64)
def _read_master(root: Path, assignment: str, notebook: str, age: float) -> Master:
    return Course(root).master(assignment, notebook)


def _age(path: Path) -> float:
    return path.stat().st_mtime_ns if path.exists() else 0.0
