"""Submissions as they come, and what is done about the damaged ones.

A teacher's cell that was deleted, copied, moved, retyped or edited is put right from the teacher's
own notebook, and every repair is told. What students wrote is never changed.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .masters import Master, MasterCell
from .notebooks import as_plain

__all__ = ["Finding", "Unusable", "read", "repaired"]

LARGEST = 100 << 20
HUGE = 10 << 20
ADDED = "This cell was missing from what was handed in; it was put back without an answer."


@dataclass(frozen=True)
class Finding:
    """Something about a submission that was put right, and that the teacher should know.

    Attributes
    ----------
    kind : str
        ``deleted``, ``duplicated``, ``reordered``, ``retyped``, ``edited``, ``unmarked``,
        ``kernel``, ``huge`` or ``student``.
    text : str
        The sentence for the teacher.
    """

    kind: str
    text: str


class Unusable(ValueError):
    """A submission that cannot be graded; the message says why, and what to do."""


def read(path: Path) -> tuple[dict[str, Any], list[Finding]]:
    """Read a submitted notebook.

    Raises
    ------
    Unusable
        If there is none in the file.
    """
    if not path.exists():
        raise Unusable(f"There is no file {path.name}: was it handed in under another name?")
    size = path.stat().st_size
    if size > LARGEST:
        raise Unusable(f"{path.name} has {size >> 20} MB; ask for it without its outputs.")
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unusable(
            f"{path.name} is no notebook, for it is not JSON ({str(error)[:80]}). It may have been "
            "cut off on its way: ask for it again."
        ) from error
    try:
        notebook = as_plain(notebook)
    except Exception as error:
        kind = type(error).__name__
        raise Unusable(
            f"{path.name} is JSON, but no notebook ({kind}): ask for the file that Jupyter saved."
        ) from error
    findings = []
    if size > HUGE:
        text = f"The file has {size >> 20} MB, nearly all of it outputs; they are left out."
        findings.append(Finding("huge", text))
    language = _language(notebook)
    if language not in ("", "python"):
        text = f"The notebook says that it is written in {language}; it was run with Python."
        findings.append(Finding("kernel", text))
    return notebook, findings


def repaired(submitted: dict[str, Any], master: Master) -> tuple[dict[str, Any], list[Finding]]:
    """Put the teacher's cells right in a submitted notebook.

    Returns
    -------
    notebook : dict
        With the whole tests in it, each teacher's cell once and in its order.
    findings : list of Finding
        What was put right.

    Raises
    ------
    Unusable
        If it has none of the cells that make it this problem set.
    """
    repair = _Repair(copy.deepcopy(submitted["cells"]), master)
    cells = repair.cells()
    notebook = {key: value for key, value in submitted.items() if key != "cells"}
    return copy.deepcopy(notebook) | {"cells": _with_ids(cells)}, repair.findings


class _Repair:
    def __init__(self, cells: list[dict[str, Any]], master: Master) -> None:
        self.master = master
        self.findings: list[Finding] = []
        self.places = {one.name: place for place, one in enumerate(master.cells)}
        self.by_id = {one.cell.get("id", one.name): one.name for one in master.cells}
        self.submitted = [(self._name(cell), cell) for cell in cells]
        if master.cells and not any(name for name, _ in self.submitted):
            raise Unusable(
                "None of this problem set's cells is in it: is it another notebook, or a copy "
                "without its metadata? Ask for it again, made from the file you released."
            )

    def cells(self) -> list[dict[str, Any]]:
        chosen = {one.name: self._chosen(one) for one in self.master.cells}
        behind: dict[str, list[dict[str, Any]]] = {"": []}
        last, order = "", []
        for name, cell in self.submitted:
            if name and chosen[name] is cell:
                last = name
                behind.setdefault(last, [])
                order.append(self.places[name])
            elif not name:
                behind[last].append(cell)
            elif self.master.cells[self.places[name]].is_answer:
                behind[last].append(_without_grading(cell))
        if order != sorted(order):
            self._tell("reordered", "Cells of yours were moved; they were put back in order.")
        result = behind[""]
        for one in self.master.cells:
            result += [self._restored(one, chosen[one.name]), *behind.get(one.name, [])]
        return result

    def _name(self, cell: dict[str, Any]) -> str:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if isinstance(name, str) and name in self.places:
            return name
        cell["metadata"].pop("nbgrader", None)
        name = self.by_id.get(cell.get("id"), "")
        if name:
            text = f"The cell `{name}` had lost its mark; it was known by its id."
            self._tell("unmarked", text)
        return name

    def _chosen(self, one: MasterCell) -> dict[str, Any] | None:
        """Return the cell that counts: of several answers the last that says something."""
        found = [cell for name, cell in self.submitted if name == one.name]
        if len(found) > 1:
            times = f"{len(found)} times"
            what = "the last that was changed counts" if one.is_answer else "it is judged once"
            self._tell("duplicated", f"The cell `{one.name}` is there {times}; {what}.")
        changed = [cell for cell in found if cell["source"].strip() != one.cell["source"].strip()]
        if one.is_answer and changed:
            return changed[-1]
        return found[0] if found else None

    def _restored(self, one: MasterCell, cell: dict[str, Any] | None) -> dict[str, Any]:
        kind = one.cell["cell_type"]
        if cell is None:
            text = "it was put back" if not one.is_answer else "it is taken as not answered"
            self._tell("deleted", f"The cell `{one.name}` was missing; {text}.")
            source = (f"# {ADDED}" if kind == "code" else ADDED) if one.is_answer else one.source
            return copy.deepcopy(one.cell) | {"source": source}
        if cell["cell_type"] != kind:
            text = f"The cell `{one.name}` was of type {cell['cell_type']}; it is {kind} again."
            self._tell("retyped", text)
        known = (one.cell["source"].strip(), one.source.strip())
        if not one.is_answer and cell["source"].strip() not in known:
            text = f"The cell `{one.name}`, which is yours, was edited; your own text counts."
            self._tell("edited", text)
        return {
            **{key: cell[key] for key in ("id", "attachments") if key in cell},
            "cell_type": kind,
            "metadata": cell["metadata"] | {"nbgrader": dict(one.grading)},
            "source": cell["source"] if one.is_answer else one.source,
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }

    def _tell(self, kind: str, text: str) -> None:
        self.findings.append(Finding(kind, text))


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata", {})
    language = metadata.get("kernelspec", {}).get("language")
    return str(language or metadata.get("language_info", {}).get("name", "")).lower()


def _without_grading(cell: dict[str, Any]) -> dict[str, Any]:
    cell["metadata"].pop("nbgrader", None)
    return cell


def _with_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each cell an id of its own; copies in a file may share one."""
    used: set[str] = set()
    for place, cell in enumerate(cells):
        if cell.get("id", "") in used | {""}:
            cell["id"] = f"cell-{place}"
        used.add(cell["id"])
    return cells
