"""Read prose, and the code and outputs that its numbers may come from.

The prose of a notebook is its Markdown, that of a module its docstrings; each piece comes with the
numbers shown near it.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from nbformat import NotebookNode
from quantities import UNIT, Quantity, literals, named, quantities, rounded

import notebooks

ROOT = Path(__file__).resolve().parent.parent
WINDOW = 2  # code cells before and after; with the whole page, swapped numbers would pass
# Numbers with fewer places and fewer digits must be shown as they are: 0.4 is not a rounded 0.38.
ROUNDED_PLACES, ROUNDED_DIGITS = 2, 3
# Where the tolerances are set that docstrings of all modules state.
TOLERANCES = ROOT / "celib" / "_inputs.py"
# What in Markdown is no prose, or no number of the subject.
FENCE = re.compile(r"^( *)(```|~~~)(.*?)^ *\2[^\n]*$", re.DOTALL | re.MULTILINE)
OTHER = re.compile(
    r"""<!--.*?--> | \]\([^)]*\) | https?://\S+ | </?[a-zA-Z][^>\n]*> | \b(?:arXiv|doi):\S+
    | ^\#+\ \d+(?:\.\d+)*\.?\s | \bv\d[\w.]*
    | \b(?:section|figure|exercise|chapter|table|eq\.|version|python|licen[cs]e|cc\ by)
      \s+\(?[A-Z]?\d+(?:\.\d+)*""",
    re.DOTALL | re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)
# Where a paragraph, or a row of a table, ends.
BREAK = re.compile(r"\n\s*\n|\n(?=\|)")
PERCENT = re.compile(r"%|\bper\s?cent\b")

Definition: TypeAlias = ast.ClassDef | ast.FunctionDef


class Shown(NamedTuple):
    """A number that an output shows, and the units named in its line or, if none, in the output."""

    quantity: Quantity
    units: frozenset[str]

    def may_be_in(self, unit: str) -> bool:
        own = self.quantity.unit
        return own == unit if own is not None else not self.units or unit in self.units


class Pool:
    """The numbers that prose may take up: what outputs show, and the literals of the code."""

    def __init__(
        self, shown: Iterable[Shown] = (), literals: Iterable[Decimal] = (), code: str = ""
    ) -> None:
        self.shown, self.code = list(shown), code
        self.literals = list(literals)
        self._places: dict[Decimal, int] = {}  # of each literal, as it is written most finely
        for one in self.literals:
            finest = self._places.get(one, 0)
            self._places[one] = max(finest, -int(one.as_tuple().exponent))
        self._to: dict[int, dict[Decimal, list[Shown]]] = {}

    @classmethod
    def of(cls, code: str, outputs: Iterable[str]) -> Pool:
        return cls((one for text in outputs for one in shown(text)), literals(code), code)

    @classmethod
    def joined(cls, pools: Sequence[Pool]) -> Pool:
        return cls(
            (one for pool in pools for one in pool.shown),
            (one for pool in pools for one in pool.literals),
            "\n".join(pool.code for pool in pools),
        )

    def writes(self, number: Quantity) -> bool:
        """Tell whether the code has a number, to its places and without regard to its sign."""
        if number.is_ratio:
            return any(is_close(value, number.value) for value in self._places)
        values = {number.value, abs(number.value)} & self._places.keys()
        return any(number.places <= max(self._places[value], 1) for value in values)

    def to(self, places: int) -> dict[Decimal, list[Shown]]:
        """Return what is shown to so many places or more, by its value rounded to them."""
        if places not in self._to:
            table: dict[Decimal, list[Shown]] = {}
            for one in self.shown:
                value, finer = one.quantity.value, one.quantity.places - places
                if finer >= 0:
                    for key in rounded(value, places) if finer else {value}:
                        if key or not value:  # 0.00 is not a rounded 0.004
                            table.setdefault(key, []).append(one)
            self._to[places] = table
        return self._to[places]

    def outputs(self, number: Quantity) -> list[Shown]:
        """Return what is shown and has, rounded, the digits of a number, in whatever unit."""
        if number.is_ratio:
            return [one for one in self.shown if shows(one.quantity, number.value)]
        found = self.to(number.places).get(number.value, [])
        if number.unit == "%":  # a column of percents has no sign beside each
            column = self.to(number.places - 2).get(number.value.scaleb(2), [])
            return [*found, *(one for one in column if "%" in one.units)]
        if number.places >= ROUNDED_PLACES or number.digits >= ROUNDED_DIGITS:
            return found
        return [one for one in found if one.quantity.value == number.value]


def shows(number: Quantity, value: Decimal) -> bool:
    """Tell whether a number stands for a fraction, which it may give to two places or more."""
    if number.places < ROUNDED_PLACES or number.is_ratio:
        return is_close(number.value, value)
    return number.value in rounded(value, number.places)


def is_close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < Decimal("1e-12")


def shown(text: str) -> list[Shown]:
    """Return the numbers of an output."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    return [
        Shown(number, units(line) or units(text)) for line in lines for number in quantities(line)
    ]


def units(text: str) -> frozenset[str]:
    """Return the units that a text names."""
    named_ones = {named(*match.groups()) for match in re.finditer(rf"\b{UNIT}", text)}
    return frozenset(named_ones | ({"%"} if PERCENT.search(text) else set()))


class Passage(NamedTuple):
    """A piece of prose, and where its numbers may come from."""

    file: str
    place: str  # the number of a cell, the name of a function
    line: int
    text: str
    near: Pool
    page: Pool


def prose(text: str) -> str:
    """Blank out what is not prose, so that every number stays where it is."""
    text = FENCE.sub(lambda fence: comments_only(fence[0]), text)
    return OTHER.sub(lambda other: re.sub(r"[^\n]", " ", other[0]), text)


def comments_only(fence: str) -> str:
    """Leave of a block of code what its comments say, unless it is run as an example."""
    keep = r"#.*" if ">>>" not in fence else r"(?!)"
    blank = re.sub(r"[^\n]", " ", fence)
    for comment in re.finditer(keep, fence):
        blank = blank[: comment.start()] + comment[0] + blank[comment.end() :]
    return blank


def numbers(text: str) -> list[Quantity]:
    """Return the numbers of a text that must be held: all but integers."""
    return [one for one in quantities(text) if one.places or one.is_ratio or one.unit == "%"]


def files() -> list[Path]:
    """Return what people wrote; docs/mutants.md is written by the program that counted."""
    documents = sorted((ROOT / "docs").glob("*.md"))
    return [
        *notebooks.pages(),
        *sorted((ROOT / "celib").rglob("*.py")),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(path for path in documents if path.name != "mutants.md"),
    ]


def passages(path: Path) -> list[Passage]:
    """Return the prose of a notebook, a module or a Markdown file."""
    path = path.resolve()
    file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    if path.suffix == ".ipynb":
        return page_passages(notebooks.read(path), file)
    text = path.read_text(encoding="utf-8")
    read = module_passages if path.suffix == ".py" else document_passages
    return read(text, file)


def page_passages(page: NotebookNode, file: str) -> list[Passage]:
    """Return the Markdown cells of a notebook, each with what the code cells around it show."""
    pools = cell_pools(page)
    whole = Pool.joined(list(pools.values()))
    found = []
    for number, cell in enumerate(page.cells, start=1):
        if cell.cell_type == "markdown":
            above = [pool for n, pool in pools.items() if n < number][-WINDOW:]
            below = [pool for n, pool in pools.items() if n > number][:WINDOW]
            near = Pool.joined(above + below)
            place = f"cell {number}"
            found.append(Passage(file, place, 1, cell.source, near, whole))
    return found


def cell_pools(page: NotebookNode) -> dict[int, Pool]:
    return {
        number: Pool.of(cell.source, [text for output in cell.outputs for text in texts(output)])
        for number, cell in notebooks.code_cells(page)
    }


def texts(output: NotebookNode) -> list[str]:
    """Return what an output says, without the tags of HTML."""
    words = notebooks.words(output)
    return [
        re.sub(r"<[^>]+>", " ", text) if "html" in kind else text
        for kind, text in words.items()
        if "svg" not in kind
    ]


def document_passages(text: str, file: str) -> list[Passage]:
    """Return the paragraphs and the rows of tables of a Markdown file, with all its examples."""
    near = examples(text)
    text = FENCE.sub(lambda fence: comments_only(fence[0]), text)
    starts = [0, *(end.end() for end in BREAK.finditer(text)), len(text)]
    found = []
    for start, end in pairwise(starts):
        part, line = text[start:end], text.count("\n", 0, start) + 1
        found.append(Passage(file, "", line, part, near, near))
    return found


def examples(text: str, code: str = "") -> Pool:
    """Return what the examples of a text show, with their code and some more."""
    parsed = doctest.DocTestParser().get_examples(text)
    return Pool.of("".join(one.source for one in parsed) + code, [one.want for one in parsed])


def module_passages(source: str, file: str) -> list[Passage]:
    """Return the docstrings of a module, each with its examples and the code it stands in."""
    module = ast.parse(source)
    shared = constants(source) + constants(TOLERANCES.read_text(encoding="utf-8"))
    said = [
        (name, node, node.body[0].lineno, text)
        for name, node in documented(module)
        if (text := ast.get_docstring(node, clean=False))
    ]
    take_out_docstrings(module)
    found = []
    for name, node, line, text in said:
        near = examples(text, ast.unparse(node) + shared)
        found.append(Passage(file, name, line, without_examples(text), near, near))
    return found


@cache
def constants(source: str) -> str:
    """Return the assignments at the top of a module."""
    found = (
        node for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)
    )
    return "".join(f"\n{ast.get_source_segment(source, node)}" for node in found)


def documented(node: ast.Module | Definition, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give a module or definition and all definitions in it, each with its name."""
    yield name or "module", node
    for inner in node.body:
        if isinstance(inner, Definition):
            yield from documented(inner, f"{name}.{inner.name}".lstrip("."))


def without_examples(text: str) -> str:
    return "".join(
        piece if isinstance(piece, str) else "\n" * (piece.source + piece.want).count("\n")
        for piece in doctest.DocTestParser().parse(text)
    )


def take_out_docstrings(module: ast.Module) -> None:
    """Leave no text that stands alone in a module or in anything in it."""
    for inner in ast.walk(module):
        if isinstance(body := getattr(inner, "body", None), list):
            alone = [
                one
                for one in body
                if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            ]
            inner.body = [one for one in body if one not in alone] or [ast.Pass()]  # type: ignore[attr-defined]
