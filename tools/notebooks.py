"""Run, normalise, store and compare the notebooks.

    python tools/notebooks.py write [NOTEBOOK ...]    run, and store what came out
    python tools/notebooks.py check [NOTEBOOK ...]    run, and say what differs from what is stored

Without names, every notebook under ``notebooks/``. A notebook that is written twice has the same
bytes both times. The check sees what nbval, which compares the text of outputs, does not: pictures,
cells stored without having run, cells that should raise and do not, and outputs that cannot be the
same on another machine.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import difflib
import io
import itertools
import re
import subprocess
import sys
import textwrap
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT = 60
# Root mean square difference, of 255, that rounding in another build of matplotlib may make.
PICTURE_TOLERANCE = 0.5
PICTURES = ("image/png", "image/jpeg")
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
READABLE_ID = re.compile(r"(?![0-9a-f]{8}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_ID = 48

# What the text of an output must not hold, and why.
STRAY = {
    r"\b\w*Figure(\(\d| size \d)": "a figure by its name only; end the cell with the figure",
    r"^\w+\((children|value|options)=": "a widget by its name only; give it words, as LivePicture",
    r"<matplotlib\.": "a matplotlib object; give it a name: _ = axes.plot(...)",
    r"\b0x[0-9a-fA-F]{6,}": "a memory address, which is another one each time",
    r"\bnp\.(float|int|uint|bool|str)\w*\(": "NumPy's name of a type; print the number, formatted",
    r"\d\.\d{14,}": "a number to its last digit, which differs between machines; format it",
}
SILENCED = re.compile(r";\s*(#.*)?\s*\Z")
SWITCHES = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$", re.MULTILINE)


class Problem(NamedTuple):
    """Something wrong with a notebook, and where: the number of the cell from 1, or 0 for none."""

    cell: int
    message: str


class NotebookFailed(Exception):
    """A notebook could not be run to its end."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"cell {problem.cell} {problem.message}")
        self.problem = problem


def write(path: Path) -> list[Problem]:
    """Run a notebook and store it; return what is wrong with what came out."""
    stored, fresh = read(path), run(path)
    path.write_text(serialised(fresh), encoding="utf-8", newline="\n")
    return [*structure(stored), *outputs(fresh)]


def check(path: Path) -> list[Problem]:
    """Run a notebook and compare; return what is wrong with it and what differs."""
    stored, fresh = read(path), run(path)
    accept_close_pictures(stored, fresh, exact=is_pinned("matplotlib", "pillow"))
    found = [*structure(stored), *unrun(stored), *outputs(fresh), *differences(stored, fresh)]
    if not found and path.read_bytes() != serialised(fresh).encode():
        found.append(Problem(0, "is not stored in its normal form; use: tools/notebooks.py write"))
    return found


def pages() -> list[Path]:
    """Return all notebooks that are read with outputs: no assignments, and no Jupyter's copies."""
    found = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    return [path for path in found if not {".ipynb_checkpoints", "assignments"} & {*path.parts}]


def read(path: Path) -> NotebookNode:
    with warnings.catch_warnings():
        # the ids whose absence is warned of are given by `normalise`
        warnings.simplefilter("ignore")
        return nbformat.read(path, as_version=4)


def run(path: Path, *, timeout: int = CELL_TIMEOUT) -> NotebookNode:
    """Run a notebook afresh, in its own directory, and return it normalised."""
    notebook = read(path)
    for _, cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    reached = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index + 1

    client = NotebookClient(
        notebook,
        timeout=timeout,
        # its own four seconds lose outputs, without a word, where a machine pauses
        iopub_timeout=timeout,
        kernel_name="python3",
        on_cell_start=remember,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        # a loop of its own, so that pages can run in several threads; and without the kernel's log
        asyncio.run(client.async_execute(stderr=subprocess.DEVNULL))
    except CellExecutionError as error:
        raise NotebookFailed(Problem(reached, f"raises {error.ename}: {error.evalue}")) from error
    except CellTimeoutError as error:
        raise NotebookFailed(Problem(reached, f"runs over {timeout} seconds")) from error
    except DeadKernelError as error:
        raise NotebookFailed(Problem(reached, "ends the kernel")) from error
    if any("error" in kinds(state.get("outputs", [])) for state in client.widget_state.values()):
        raise NotebookFailed(Problem(0, "has a live picture whose callback raises"))
    return normalise(notebook)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Leave in a notebook that has run only what is the same whenever and wherever it runs."""
    notebook.metadata = METADATA
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    name_cells(notebook)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
    for count, (_, cell) in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
        cell.outputs = merged([normal_output(output, count) for output in cell.outputs])
    return notebook


def normal_output(output: NotebookNode, count: int) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    if "data" in output:
        # a live picture is stored in words: the id of its model is another one each time
        output.data.pop(WIDGET, None)
        for kind in PICTURES:
            if kind in output.data:
                output.data[kind] = "".join(output.data[kind].split())
    return output


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in several pieces, whose number is a matter of timing."""
    whole: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and whole and whole[-1].get("name") == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def name_cells(notebook: NotebookNode) -> None:
    """Give every cell an id that a reader of a diff understands; keep those that do."""
    given: set[str] = set()
    for cell in notebook.cells:
        if READABLE_ID.fullmatch(cell.get("id", "")) and cell.id not in given:
            given.add(cell.id)
        else:
            cell.id = ""
    for cell in notebook.cells:
        if not cell.id:
            name = slug(topic(cell)) or cell.cell_type
            numbered = (f"{name}-{n}" for n in itertools.count(2))
            cell.id = next(i for i in itertools.chain([name], numbered) if i not in given)
            given.add(cell.id)


def topic(cell: NotebookNode) -> str:
    lines = [line for line in cell.source.splitlines() if line.strip()]
    telling = r"#+ " if cell.cell_type == "markdown" else r"(?!import |from |#|%)"
    return next((line for line in lines if re.match(telling, line)), "".join(lines[:1]))


def slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"^[^a-z]+", "", letters))
    return textwrap.shorten(" ".join(words), LONGEST_ID, placeholder="").replace(" ", "-")


def serialised(notebook: NotebookNode) -> str:
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n") + "\n"


def code_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Give the code cells, each with its number among all cells."""
    return ((n, c) for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code")


def kinds(outputs: Sequence[NotebookNode]) -> list[str]:
    """Name what a cell put out: ``stdout``, ``error``, or the forms of what it displayed."""
    return [
        " and ".join(sorted(output["data"]))
        if "data" in output
        else output.get("name", output["output_type"])
        for output in outputs
    ]


def structure(notebook: NotebookNode) -> Iterator[Problem]:
    """Find what is wrong with a page before it runs."""
    start = [cell.source for cell in notebook.cells[:1] if cell.cell_type == "markdown"]
    if not any(source.startswith("# ") for source in start):
        yield Problem(0, "does not start with its title, a Markdown cell that starts with '# '")
    for number, cell in code_cells(notebook):
        tags = cell.metadata.get("tags", [])
        if not cell.source.strip():
            yield Problem(number, "is an empty code cell; take it out")
        if SILENCED.search(cell.source):
            yield Problem(number, "ends in ';', which nbval does not see; use: _ = ...")
        if SWITCHES.search(cell.source) or any(tag.startswith("nbval") for tag in tags):
            yield Problem(number, "switches a comparison off; make its output deterministic")


def unrun(notebook: NotebookNode) -> Iterator[Problem]:
    """Find the cells that nbval would pass whatever they put out."""
    for number, cell in code_cells(notebook):
        if cell.execution_count is None:
            yield Problem(number, "is stored without having run")


def outputs(notebook: NotebookNode) -> Iterator[Problem]:
    """Find outputs that no page should show."""
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            yield from (Problem(number, message) for message in output_faults(output))
        may_raise = "raises-exception" in cell.metadata.get("tags", [])
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if may_raise and not errors:
            yield Problem(number, "is tagged raises-exception but does not raise")
        if errors and not may_raise:  # that of a callback is shown, and the cell goes on
            yield Problem(number, f"shows an error: {errors[0].ename}: {errors[0].evalue}")


def output_faults(output: NotebookNode) -> Iterator[str]:
    if output.get("name") == "stderr":
        yield f"writes to stderr: {first_line(output.text)}"
    data = output.get("data", {})
    text = "\n".join(words(output).values())
    for pattern, meaning in STRAY.items():
        if found := re.search(pattern, text):
            yield f"shows {found[0]!r}: {meaning}"
    is_picture = any(kind.startswith("image/") for kind in data)
    if is_picture and re.fullmatch(r"\s*(<.*>)?\s*", data.get("text/plain", "")):
        yield "shows a picture that nothing describes; make it with celib.figures"


def words(output: NotebookNode) -> dict[str, str]:
    """Give everything in an output that is text, by the kind of text it is."""
    texts = {key: output[key] for key in ("text", "ename", "evalue") if key in output}
    texts |= {kind: text for kind, text in output.get("data", {}).items() if kind not in PICTURES}
    return {kind: str(text) for kind, text in texts.items()}


def pictures(output: NotebookNode) -> dict[str, str]:
    return {kind: data for kind, data in output.get("data", {}).items() if kind in PICTURES}


def differences(stored: NotebookNode, fresh: NotebookNode) -> Iterator[Problem]:
    """Find where the outputs of two notebooks with the same cells differ."""
    for (number, old), (_, new) in zip(code_cells(stored), code_cells(fresh), strict=True):
        old_outputs, new_outputs = merged(old.outputs), new.outputs
        if kinds(old_outputs) != kinds(new_outputs):
            was, now = (", ".join(kinds(o)) or "nothing" for o in (old_outputs, new_outputs))
            yield Problem(number, f"puts out other things\n- {was}\n+ {now}")
            continue
        for one, other in zip(old_outputs, new_outputs, strict=True):
            yield from (Problem(number, message) for message in output_differences(one, other))


def output_differences(old: NotebookNode, new: NotebookNode) -> Iterator[str]:
    was, now = words(old), words(new)
    for kind in was:
        if was[kind] != now[kind]:
            lines = difflib.ndiff(was[kind].splitlines(), now[kind].splitlines())
            changed = [line for line in lines if line.startswith(("-", "+"))]
            yield "\n".join([f"has another {kind} now", *(changed or ["  in its line ends"])])
    for kind, picture in pictures(new).items():
        if pictures(old)[kind] != picture:
            yield f"shows another picture: {picture_difference(pictures(old)[kind], picture)}"


def accept_close_pictures(stored: NotebookNode, fresh: NotebookNode, *, exact: bool) -> None:
    """Take over stored pictures that differ only as far as another build of matplotlib may."""
    for (_, old), (_, new) in zip(code_cells(stored), code_cells(fresh), strict=True):
        for one, other in zip(old.outputs, new.outputs, strict=False):
            for kind, picture in pictures(one).items():
                apart = distance(picture, pictures(other).get(kind))
                if not exact and apart <= PICTURE_TOLERANCE:
                    other.data[kind] = picture


def picture_difference(old: str, new: str) -> str:
    apart = distance(old, new)
    if np.isinf(apart):
        return "its size has changed"
    return f"{apart:.2f} of 255 apart in the mean (root mean square)"


def distance(old: str, new: str | None) -> float:
    """Give the root mean square difference of two pictures in base64; inf if sizes differ."""
    if new is None:
        return np.inf
    one, other = pixels(old), pixels(new)
    if one.shape != other.shape:
        return np.inf
    return float(np.sqrt(np.mean((one - other) ** 2)))


def pixels(picture: str) -> NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"), float)


def is_pinned(*packages: str) -> bool:
    """Say whether the packages are installed in the versions that drew the stored pictures."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return all(f"{package}=={metadata.version(package)}" in pins for package in packages)


def first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


def told(path: Path, problem: Problem) -> str:
    """Say a problem: the notebook, the cell and its first line, what is wrong, and the lines."""
    where = ""
    if problem.cell:
        where = f" cell {problem.cell} [{first_line(read(path).cells[problem.cell - 1].source)}]"
    return f"{path.name}{where} {textwrap.indent(problem.message, '    ').lstrip()}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["write", "check"])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    chosen = parser.parse_args(arguments)
    found = 0
    for path in chosen.notebooks or pages():
        try:
            problems = {"write": write, "check": check}[chosen.action](path)
        except NotebookFailed as failure:
            problems = [failure.problem]
        for problem in problems:
            print(told(path, problem))
        if not problems:
            print(f"{path.name} {'is written' if chosen.action == 'write' else 'is as stored'}")
        found += len(problems)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
