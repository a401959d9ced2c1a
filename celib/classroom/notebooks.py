"""Notebooks as plain data of nbformat's version 4, without outputs."""

from __future__ import annotations

import json
from typing import Any

import nbformat

__all__ = ["as_plain"]


def as_plain(notebook: Any) -> dict[str, Any]:
    """Return a notebook of any version as plain data: each text in one piece, and no outputs."""
    plain: dict[str, Any] = json.loads(
        json.dumps(nbformat.convert(nbformat.from_dict(notebook), 4))
    )
    return plain | {"cells": [_normal(cell) for cell in plain["cells"]]}


def _normal(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    if cell["cell_type"] not in ("code", "markdown", "raw"):
        raise ValueError(f"There is no cell of type {cell['cell_type']!r}.")
    empty: dict[str, Any] = (
        {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    )
    return cell | {"source": text, "metadata": dict(cell.get("metadata", {}))} | empty
