"""The teacher's notebook as it was released: the measure of what is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Master", "MasterCell", "as_master"]


@dataclass(frozen=True)
class MasterCell:
    """One cell that nbgrader knows.

    Attributes
    ----------
    name : str
        Its name, nbgrader's ``grade_id``.
    cell : dict
        As it was released.
    source : str
        The text with all that is hidden from students.
    """

    name: str
    cell: dict[str, Any]
    source: str

    @property
    def grading(self) -> dict[str, Any]:
        """What nbgrader keeps of it."""
        return self.cell["metadata"]["nbgrader"]

    @property
    def is_answer(self) -> bool:
        """Whether students write in it."""
        return bool(self.grading.get("solution") or self.grading.get("task"))

    @property
    def is_test(self) -> bool:
        """Whether it is code that judges."""
        is_code = self.cell["cell_type"] == "code"
        return bool(is_code and self.grading.get("grade") and not self.is_answer)


@dataclass(frozen=True)
class Master:
    """A notebook of the teacher's.

    Attributes
    ----------
    cells : tuple of MasterCell
        Those that nbgrader knows, in order.
    """

    cells: tuple[MasterCell, ...]

    @property
    def released(self) -> dict[str, str]:
        """The tests by name, as students have them."""
        return {one.name: one.cell["source"] for one in self.cells if one.is_test}


def as_master(released: dict[str, Any], sources: dict[str, str]) -> Master:
    """Put together what was released and what was hidden.

    Parameters
    ----------
    released : dict
        The released notebook.
    sources : dict of str to str
        The full text of locked cells by name, as the gradebook keeps it.
    """
    known = [cell for cell in released["cells"] if _name(cell)]
    cells = [MasterCell(_name(cell), cell, cell["source"]) for cell in known]
    return Master(
        tuple(
            MasterCell(one.name, one.cell, one.source if one.is_answer else sources[one.name])
            for one in cells
        )
    )


def _name(cell: dict[str, Any]) -> str:
    grading = cell["metadata"].get("nbgrader", {})
    known = any(grading.get(kind) for kind in ("grade", "solution", "locked", "task"))
    return grading.get("grade_id", "") if known else ""
