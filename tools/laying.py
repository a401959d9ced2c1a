"""Lay the sources of the site: the pages as Sphinx is to read them, and the pages made from code.

Nothing is executed: the notebooks come with the results that are stored in them.
"""

from __future__ import annotations

import html
import importlib
import importlib.metadata
import inspect
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import frames
import nbformat
import speed
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

import celib
import notebooks
from celib import figures, rosetta

ROOT = notebooks.ROOT
DOCS = ROOT / "docs"
WRITTEN = (
    "index",
    "read",
    "teach",
    "guide",
    "look_up",
    "glossary",
    "seeds",
    "speed",
)  # pages of docs/
NEWLINE = "\n"  # which an f-string of Python 3.11 cannot hold
ANIMALS = ("dog", "cat", "horse", "cheetah")

LIVE = "Run this cell to move it."
COMMENT = re.compile(r"[ \t]*<!-- (?!seed:).*?-->", re.DOTALL)
SEED = re.compile(r"^<!-- seed: (.*?) -->$", re.MULTILINE)
# Where the reader is to act: predict, check, explain, remember.
ASK = re.compile(r"(?<![^\n]\n)^(?=\*\*(Predict|Check|Explain|Return)\b)", re.MULTILINE)
SEED_ROW = re.compile(r"^\| (S[AB]\w+) (\|.+?\|) ([\d, ]+) \|", re.MULTILINE)
NAMELESS = re.compile(r"^\|\s*\|(?=.*\n\|[\s:|-]+\|$)", re.MULTILINE)
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
# What a table is called: its caption, and its columns, since two may have one caption.
NAMES = re.compile(r"<caption>.*?</caption>|<th scope=\"col\".*?</th>", re.DOTALL)

# The modules a reader may import from, in the order of the notebooks; their titles are written here
# because a module's own first line is a sentence.
MODULES = {
    "celib.information": "Entropy, cross-entropy, divergence",
    "celib.logits": "Softmax and logits",
    "celib.categorical": "Categorical cross-entropy",
    "celib.binary": "Binary cross-entropy",
    "celib.gradients": "Gradients",
    "celib.training": "Training",
    "celib.balanced": "Balanced cross-entropy",
    "celib.focal": "Focal loss",
    "celib.calibration": "Calibration",
    "celib.published": "Published numbers",
    "celib.rosetta": "Six libraries",
    "celib.datasets": "Data sets",
    "celib.figures": "Pictures",
    "celib.explore": "Live pictures",
    "celib.practice": "Exercises",
    "celib.practice.inventory": "The concept inventory",
}


def lay(source: Path, status: str | None = None) -> None:
    """Lay all sources of the site in an empty folder."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "notebooks" / "answers").mkdir(parents=True)
    (source / "api").mkdir()
    for name in WRITTEN:
        written = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        if name == "speed":
            written = speed.filled(written, source / "speed.svg")
        put(source / f"{name}.md", COMMENT.sub("", at_root(written)))
    seeds = source / "seeds.md"
    put(seeds, linked_seeds(seeds.read_text(encoding="utf-8")))
    for path in notebooks.pages():
        nbformat.write(laid(notebooks.read(path)), source / path.relative_to(ROOT))
    put(source / "rosetta.md", rosetta_page())
    put(source / "status.md", status_page(status))
    for module, title in MODULES.items():
        put(source / "api" / f"{module}.md", reference(module, title))
    draw(source / "cross_entropy.svg")


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def at_root(text: str) -> str:
    """Mend the links of a page of docs/, which on the site is not in a folder."""
    return text.replace("](../", "](")


# --- notebooks ----------------------------------------------------------------------------------


def laid(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook as the site shows it: pictures described, places of the seeds marked."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = marked(COMMENT.sub("", cell.source.replace("](../docs/", "](../")))
        elif cell.cell_type == "code":
            cell.outputs = [shown(output, cell) for output in cell.outputs]
            for words in descriptions(cell):
                cell.metadata["mystnb"] = {"image": picture_options(cell, words)}
                cells.append(new_markdown_cell(in_words(words)))
    notebook.cells = cells
    return notebook


def marked(source: str) -> str:
    """Mark the places of the seeds' statements, for links, and those where the reader acts."""
    source = SEED.sub(lambda found: "".join(map(anchor, found[1].split())) + "\n", source)
    source = ASK.sub(lambda found: f"{{.ask .{found[1].lower()}}}\n", source)
    return named_columns(source)


def named_columns(source: str) -> str:
    """Name the first column of a table that has no name for it, where it is heard and not seen."""
    return NAMELESS.sub('| <span class="visually-hidden">of what</span> |', source)


def anchor(statement: str) -> str:
    return f'<span id="seed-{statement}"></span>'


def descriptions(cell: NotebookNode) -> Iterator[str]:
    """Give the description of each stored picture of a cell."""
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            yield output.data["text/plain"]


def picture_options(cell: NotebookNode, words: str) -> dict[str, str]:
    sizes = [output.get("metadata", {}).get("image/png", {}) for output in cell.outputs]
    widths = {f"{size['width']}px" for size in sizes if "width" in size}
    return {"alt": short(words), **({"width": widths.pop()} if len(widths) == 1 else {})}


def short(description: str) -> str:
    """Take as much of a description as states a number; the rest stands under the picture."""
    lines: list[str] = []
    for line in description.splitlines():
        lines.append(line)
        if re.search(r"\d", line):
            break
    return " ".join(lines)


def in_words(description: str) -> str:
    """Set the whole description of a picture under it, folded, for everyone."""
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in description.splitlines())
    return (
        '<details class="in-words"><summary>The picture in words</summary>'
        f"<div>{lines}</div></details>"
    )


def shown(output: NotebookNode, cell: NotebookNode) -> NotebookNode:
    """Return an output as the site shows it."""
    data = output.get("data", {})
    if is_live(output):
        output.data = NotebookNode({"text/html": frames.markup(cell.id, cell.source)})
    elif "<table>" in data.get("text/html", ""):
        data["text/html"] = scrollable(data["text/html"])
    return output


def is_live(output: NotebookNode) -> bool:
    return output.get("data", {}).get("text/plain", "").rstrip().endswith(LIVE)


def live_pictures() -> set[str]:
    """Return which live pictures the pages show."""
    return {
        frames.called(cell.source)
        for path in notebooks.pages()
        for _, cell in notebooks.code_cells(notebooks.read(path))
        if any(map(is_live, cell.outputs))
    }


def scrollable(text: str) -> str:
    """Let a wide table scroll by itself, by keyboard too."""

    def frame(found: re.Match[str]) -> str:
        words = ", ".join(re.sub(r"<.*?>", "", one) for one in NAMES.findall(found[0]))
        return f'<div class="wide" role="region" aria-label="{words}" tabindex="0">{found[0]}</div>'

    return TABLE.sub(frame, text)


# --- pages made from what is known elsewhere ----------------------------------------------------


def linked_seeds(text: str) -> str:
    """Lead from each row of the table of statements to the place that treats it."""
    names = {
        path.stem[:2]: path.stem for path in notebooks.pages() if path.parent.name != "answers"
    }

    def link(statement: str, number: str) -> str:
        return f'<a href="notebooks/{names[number]}.html#seed-{statement}">{number}</a>'

    def row(found: re.Match[str]) -> str:
        statement, middle, pages = found.groups()
        links = ", ".join(link(statement, number) for number in pages.split(", "))
        return f"| {statement} {middle} {links} |"

    return SEED_ROW.sub(row, named_columns(text))


def rosetta_page() -> str:
    """Set what six libraries say for each loss, and their habits."""
    tables = [rosetta.table(loss) for loss in rosetta.LOSSES]
    about = ("order", "takes", "base", "reduction", "weights", "clipping")
    tables += [rosetta.table(about=[what]) for what in about]
    names = [*rosetta.LOSSES, *(f"habits: {what}" for what in about)]
    given = "\n".join(f"{name} = {value}" for name, value in rosetta.inputs().items())
    parts = [
        "# Six libraries side by side",
        "The same losses of the same inputs in celib, SciPy, scikit-learn, PyTorch, Keras and "
        "optax. The numbers of celib are computed when this site is built; those of the others "
        "are recorded, and tests run the calls again. "
        "[Page 11](notebooks/11_rosetta.ipynb) says what makes them differ.",
        f"The inputs:\n\n```python\n{given}\n```",
    ]
    for name, table in zip(names, tables, strict=True):
        text = table._repr_mimebundle_()["text/html"]
        parts.append(f"## {name[0].upper()}{name[1:]}\n\n{scrollable(text)}")
    return "\n\n".join(parts) + "\n"


def reference(module: str, title: str) -> str:
    """List what a module offers; Sphinx fills in the docstrings."""
    names = public(module)
    summary = "".join(f"   {home(module, name)}.{name}\n" for name in names)
    members = "\n".join(directive(home(module, name), name) for name in names)
    return (
        f"# {title}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :no-members:\n\n"
        ".. currentmodule:: None\n\n"
        f".. autosummary::\n   :nosignatures:\n\n{summary}\n{members}\n```\n"
    )


def public(module: str) -> list[str]:
    """Return the public functions of a module, then its classes."""
    imported = importlib.import_module(module)
    names = [name for name in imported.__all__ if callable(getattr(imported, name))]
    return sorted(names, key=lambda name: inspect.isclass(getattr(imported, name)))


def home(module: str, name: str) -> str:
    """Return where a reader imports a name from."""
    here = getattr(importlib.import_module(module), name)
    return "celib" if getattr(celib, name, None) is here else module


def directive(place: str, name: str) -> str:
    if inspect.isclass(getattr(importlib.import_module(place), name)):
        return f".. autoclass:: {place}.{name}\n   :members:\n"
    return f".. autofunction:: {place}.{name}\n"


def draw(path: Path) -> None:
    """Draw the picture of the landing page, which the README shows too."""
    import matplotlib

    figure = figures.one_column([1, 0, 0, 0], [0.775, 0.116, 0.039, 0.070], names=ANIMALS)
    with figures.house_style(), matplotlib.rc_context({"svg.hashsalt": "celib"}):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


# --- status -------------------------------------------------------------------------------------


def status_page(measured: str | None) -> str:
    """Say what was checked of each page, with which versions; `measured` is the report's table."""
    rows = [*map(status_row, (path for path in notebooks.pages() if path.parent.name != "answers"))]
    head = "| page | cells stored with their results | pictures described | exercises |"
    if measured is None:
        ran = (
            "The site shows results as they are stored; this build did not run them again. "
            "`make test` does, before every change is taken in, and compares text and pictures. "
            "A build with `--run` runs them too and puts what was compared, and the seconds, here."
        )
    else:
        ran = (
            "For this build every notebook was run afresh and compared with what is stored, and "
            "the numbers of the prose were held to what is shown near them:"
            f"\n\n```text\n{measured}\n```"
        )
    versions = "\n".join(f"| {name} | {version} |" for name, version in used())
    return (
        f"# Status\n\nWhat stands behind the pages, as of this build{built_from()}.\n\n"
        f"## Stored\n\n{head}\n|---|---|---|---|\n{NEWLINE.join(rows)}\n\n"
        f"## Run\n\n{ran}\n\n"
        f"## Versions\n\n| what | version |\n|---|---|\n{versions}\n"
    )


def status_row(path: Path) -> str:
    notebook = notebooks.read(path)
    cells = [cell for _, cell in notebooks.code_cells(notebook)]
    stored = sum(cell.execution_count is not None for cell in cells)
    pictures = sum(1 for cell in cells for _ in descriptions(cell))
    exercises = sum(cell.source.lstrip().startswith("check(") for cell in cells)
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    link = f"[{title}](notebooks/{path.name})"
    return f"| {link} | {stored} of {len(cells)} | {pictures} | {exercises} |"


def used() -> list[tuple[str, str]]:
    names = ("numpy", "matplotlib", "ipywidgets", "Sphinx", "myst-nb")
    versions = [(name, importlib.metadata.version(name)) for name in names]
    return [("celib", celib.__version__), ("Python", platform.python_version()), *versions]


def built_from() -> str:
    """Name the commit, where there is one."""
    command = ["git", "log", "-1", "--format=, from commit %h of %cs"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()


# --- notebooks for Colab ------------------------------------------------------------------------


def lay_for_colab(target: Path, repository: str) -> None:
    """Lay the notebooks with a first cell that installs celib, for the branch that Colab opens."""
    install = f'%pip install -q "celib @ git+https://github.com/{repository}"'
    for path in notebooks.pages():
        notebook = notebooks.read(path)
        notebook.cells.insert(1, new_code_cell(install, id="install-celib"))
        place = target / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, place)
