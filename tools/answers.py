"""Write the answer notebooks: each exercise of a page with a right answer and its solution.

    python tools/answers.py    write to notebooks/answers/ what is not there yet, and run it

They are made from the exercises in celib/practice/data/exercises/ alone; change those, not them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import notebooks
from celib.practice import Exercise, exercises
from celib.practice.cells import solved

PAGES = notebooks.ROOT / "notebooks"
ANSWERS = PAGES / "answers"
FIRST_CELL = "import numpy as np\n\nfrom celib.practice import check, solution"


def answers(page: Path) -> NotebookNode:
    """Return the notebook of answers to a page, before it is run."""
    title = notebooks.read(page).cells[0].source.splitlines()[0].removeprefix("# ")
    cells = [
        new_markdown_cell(f"# Answers to {title}\n\n{introduction(page, title)}"),
        new_code_cell(FIRST_CELL),
    ]
    for asked in exercises_on(page):
        cells += [
            new_markdown_cell(f"## {asked.id}"),
            new_code_cell(solved(asked)),
            new_code_cell(f'solution("{asked.id}")'),
        ]
    return formatted(new_notebook(cells=cells))


def formatted(notebook: NotebookNode) -> NotebookNode:
    """Set the code as ruff does, since the answers of the exercises are written in one line."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.ipynb"
        nbformat.write(notebook, path)
        ruff = [sys.executable, "-m", "ruff", "format", "--quiet"]
        subprocess.run([*ruff, "--config", notebooks.ROOT / "pyproject.toml", path], check=True)
        return notebooks.read(path)


def introduction(page: Path, title: str) -> str:
    numbers = re.findall(r"\d+\.\d+", title)
    given = f"\n\n<!-- given: {' '.join(numbers)} page {page.name[:2]} -->" if numbers else ""
    return (
        f"One right answer to each exercise of [the page](../{page.name}), and how to get there. "
        "Others are as right. Each is looked up best after a try, and after its hints." + given
    )


def exercises_on(page: Path) -> list[Exercise]:
    """Return the exercises that the code cells of a page check, in their order."""
    code = "\n".join(cell.source for cell in notebooks.read(page).cells if cell.cell_type == "code")
    names = re.findall(r'^check\(\s*"([^"]+)"', code, re.MULTILINE)
    return [exercises()[name] for name in names]


def pages() -> list[Path]:
    """Return the pages that have exercises."""
    numbered = sorted(PAGES.glob("[01][0-9]_*.ipynb"))
    # The start page shows what a check is like, with an exercise of page 04.
    return [page for page in numbered[1:] if exercises_on(page)]


def is_current(page: Path) -> bool:
    """Tell whether the stored answers to a page are those of its exercises."""
    stored = ANSWERS / page.name
    return stored.exists() and sources(notebooks.read(stored)) == sources(answers(page))


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def main() -> int:
    ANSWERS.mkdir(exist_ok=True)
    wanted = {page.name for page in pages()}
    for path in ANSWERS.glob("*.ipynb"):
        if path.name not in wanted:
            path.unlink()
    changed = [page for page in pages() if not is_current(page)]
    for page in changed:
        nbformat.write(answers(page), ANSWERS / page.name)
    names = [str(ANSWERS / page.name) for page in changed]
    return notebooks.main(["write", *names]) if names else 0


if __name__ == "__main__":
    sys.exit(main())
