"""Hold every number in the prose to something that the code shows.

    python tools/prose.py [FILE ...]    say which numbers nothing near them gives
    python tools/prose.py --record      after reading them: record the numbers as they stand now

Without names: every notebook, every docstring of celib, README.md, CONTRIBUTING.md and docs/*.md.
A decimal, a percentage, a power of ten or a number with a unit of information must

- be shown, rounded to the digits written, by an output of the two code cells before or after it
  (in a docstring or a document: by one of its examples), with the same unit if that states one,
- or be a literal of their code,
- or be one of the collection's key numbers (key_numbers.json), with its unit,
- or be what the arithmetic before it gives: 14 / 8 = 1.75,
- or be declared, in an HTML comment in the same cell:

    <!-- given: 2.375 here, Bob's bill -->            shown elsewhere on this page
    <!-- given: 0.3677 bits page 04 -->               shown on that page
    <!-- given: 2.375 = 19 / 8 -->                    worked out
    <!-- given: 1e-6 code celib/_inputs.py -->        written in that file
    <!-- given: 0.0954 ledger koech-second-loss -->   in that entry of celib/published.json
    <!-- given: 0.35 assumed, the loss of a story --> set by the text itself
    <!-- given: 0.25 Lin et al. 2017, section 3 -->   quoted; the source begins with a capital

Several are parted by semicolons. A declaration that no number needs is a fault too.

Two numbers may both be true and stand in each other's place. Against that, prose_numbers.json has
the numbers of each file in their order, as they were when somebody last read and recorded them.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from passages import (
    BREAK,
    ROOT,
    Passage,
    Pool,
    cell_pools,
    files,
    is_close,
    numbers,
    passages,
    prose,
)
from quantities import Quantity, arithmetic, quantities, rounded

import notebooks
from celib.published import Entry, ledger

KEYS = Path(__file__).with_name("key_numbers.json")
RECORD = Path(__file__).with_name("prose_numbers.json")
UNITS = ("nats", "bits", "bans", "without unit")
GIVEN = re.compile(r"<!--\s*given:(.*?)-->", re.DOTALL)
# What in a paragraph tells the unit of a key number in it.
SIGNS = {
    "nats": r"\bnats?\b|\\ln\b|natural log",
    "bits": r"\bbits?\b|log_?2|base 2",
    "bans": r"\bbans?\b|log_?\{?10|base 10",
}
# Arithmetic as it stands in a sentence or a formula, before an equals sign.
EQUALS = re.compile(r"[\s$]*(?:=|≈|\\approx)[\s$]*$")
TERMS = re.compile(r"(?:\\cdot|\\times|[\d.\s()+*/×·−^$-])*$")
OPERATORS = {r"\cdot": "*", r"\times": "*", "×": "*", "·": "*", "−": "-", "^": "**", "$": ""}


class Declaration(NamedTuple):
    """A number whose source the text names."""

    number: Quantity
    source: str
    line: int
    complaint: str | None

    @property
    def is_quotation(self) -> bool:
        """Whether the number is another's, and only by chance like one that is shown nearby."""
        return not re.match(r"=|(?:here|page|code)\b", self.source)

    def holds(self, number: Quantity, passage: Passage, collection: Collection) -> bool:
        """Whether it is this number, in its unit, that is declared, rightly or wrongly."""
        units = {self.number.unit, number.unit} - {None}
        if self.number.value != number.value or len(units) > 1:
            return False
        return bool(self.complaint) or not unfounded(number, self.source, passage, collection)


class Fault(NamedTuple):
    """Something wrong with the numbers of a passage, and in which of its lines."""

    line: int
    message: str


class Collection(NamedTuple):
    """What any passage may refer to."""

    pages: dict[str, Pool]
    keys: dict[str, Key]
    ledger: dict[str, Entry]
    record: dict[str, list[str]] | None  # None: there is none to keep to


class Key(NamedTuple):
    """One of the numbers that many pages share."""

    figure: str
    unit: str
    expression: str
    meaning: str


def faults(passage: Passage, collection: Collection) -> list[Fault]:
    """Return what is wrong with the numbers of a passage."""
    text = prose(passage.text)
    declarations, found = declared(passage, collection)
    needed: set[Declaration] = set()
    for number in numbers(text):
        key = collection.keys.get(digits(number))
        mine = [one for one in declarations if one.holds(number, passage, collection)]
        complaint = unheld(number, text, passage, key) or misnamed(number, text, key)
        needed.update(one for one in mine if complaint or one.is_quotation)
        if complaint and not mine:
            found.append(Fault(text.count("\n", 0, number.start), complaint))
    for one in declarations:
        unneeded = None if one in needed else "no number of it needs that"
        if message := one.complaint or unneeded:
            found.append(Fault(one.line, f"declares {written(one.number)} {one.source}: {message}"))
    return sorted(found)


def changes(passages: Sequence[Passage], record: Sequence[str]) -> Iterator[tuple[Passage, Fault]]:
    """Find where the numbers of a file are not those on record, in their order."""
    places = [(one, word) for one in passages for word in recorded(one.text)]
    now = [word for _, word in places]
    matcher = difflib.SequenceMatcher(None, record, now, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            was, is_now = (", ".join(words) or "nothing" for words in (record[i:j], now[k:m]))
            passage = places[min(k, len(places) - 1)][0] if places else passages[0]
            yield (
                passage,
                Fault(
                    0,
                    f"{is_now}: on record is {was} here; "
                    "if this is what you mean: python tools/prose.py --record",
                ),
            )


@cache
def recorded(text: str) -> list[str]:
    """Return the numbers of a text as they go on record."""
    return [written(number) for number in numbers(prose(text))]


def is_held(number: Quantity, text: str, passage: Passage, key: Key | None) -> bool:
    """Tell whether a number needs no declaration."""
    if key and number.unit == key.unit:
        return True
    outputs = passage.near.outputs(number)
    if outputs and number.unit in UNITS:
        return any(one.may_be_in(number.unit) for one in outputs)
    return (
        bool(outputs)
        or passage.near.writes(number)
        or in_code_span(number, text, passage)
        or is_worked_out(number, text)
    )


def digits(number: Quantity) -> str:
    return f"{number.value:f}"


def in_code_span(number: Quantity, text: str, passage: Passage) -> bool:
    """Tell whether a number stands in `code` that the page runs."""
    for span in re.finditer(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", text, re.DOTALL):
        if span.start() < number.start < span.end():
            return passage.page.writes(number) or span[2] in passage.page.code
    return False


def is_worked_out(number: Quantity, text: str) -> bool:
    """Tell whether arithmetic stands before a number, and gives it: 14 / 8 = 1.75."""
    equals = EQUALS.search(text[: number.start])
    if not equals:
        return False
    terms = TERMS.search(text[: equals.start()])
    expression = terms[0] if terms else ""
    for symbol, operator in OPERATORS.items():
        expression = expression.replace(symbol, operator)
    return gives(expression, number)


def gives(expression: str, number: Quantity) -> bool:
    """Tell whether an expression, rounded, is a number."""
    try:
        value = Decimal(repr(arithmetic(expression)))
        if number.is_ratio:
            return is_close(value, number.value)
        return number.value in rounded(value, number.places)
    except (SyntaxError, ValueError, ArithmeticError):
        return False


def unheld(number: Quantity, text: str, passage: Passage, key: Key | None) -> str | None:
    """Say why a number needs a declaration, if it does."""
    if is_held(number, text, passage, key):
        return None
    if here := passage.near.outputs(number):
        others = {one.quantity.unit or " or ".join(sorted(one.units)) for one in here}
        return (
            f"{written(number)}: an output near it has this number in {', '.join(sorted(others))}"
        )
    nearest = min(
        passage.near.shown, key=lambda one: abs(one.quantity.value - number.value), default=None
    )
    hint = f" (nearest output: {written(nearest.quantity)})" if nearest else ""
    return f"{written(number)}: no output, code or declaration near it gives this number{hint}"


def misnamed(number: Quantity, text: str, key: Key | None) -> str | None:
    """Say that a key number stands in another unit than its own, or in none."""
    if key is None or number.unit == key.unit:
        return None
    if number.unit is None and re.search(SIGNS[key.unit], paragraph(text, number)):
        return None
    return f"{written(number)}: its unit is missing; {key.figure} {key.unit} is {key.meaning}"


def paragraph(text: str, number: Quantity) -> str:
    start = max((end.end() for end in BREAK.finditer(text, 0, number.start)), default=0)
    end = BREAK.search(text, number.end)
    return text[start : end.start() if end else None]


def written(number: Quantity) -> str:
    return f"{number.text} {number.unit}" if number.unit in UNITS else number.text


def declared(passage: Passage, collection: Collection) -> tuple[list[Declaration], list[Fault]]:
    """Return the declarations of a passage, and what is wrong with them."""
    found, wrong = [], []
    for comment in GIVEN.finditer(passage.text):
        line = passage.text.count("\n", 0, comment.start())
        for entry in comment[1].split(";"):
            given, source = parted(entry)
            if not given:
                wrong.append(Fault(line, f"declares no number: {entry.strip()!r}"))
            for number in given:
                complaint = unfounded(number, source, passage, collection)
                found.append(Declaration(number, source, line, complaint))
    return found, wrong


def parted(entry: str) -> tuple[list[Quantity], str]:
    """Part a declaration into its numbers, which come first, and their source."""
    given, end = [], 0
    for number in quantities(entry):
        if entry[end : number.start].strip(", \n"):
            break
        given.append(number)
        end = number.end
    return given, " ".join(entry[end:].split())


def unfounded(
    number: Quantity, source: str, passage: Passage, collection: Collection
) -> str | None:
    """Say what is wrong with a declared number, if anything is."""
    word, _, rest = source.partition(" ")
    match word.rstrip(",:"):
        case "=":
            return None if gives(rest.split(",")[0], number) else "that is not what it gives"
        case "assumed":
            return None
        case "here":
            return None if has(passage.page, number) else "this page does not show it"
        case "page":
            page = collection.pages.get(rest[:2])
            return None if page and has(page, number) else "that page does not show it"
        case "code":
            module = ROOT / rest.split(",")[0]
            code = module.read_text(encoding="utf-8") if module.is_file() else ""
            return None if Pool.of(code, ()).writes(number) else "that file does not have it"
        case "ledger":
            entry = collection.ledger.get(rest.split(",")[0])
            return None if entry and prints(entry, number) else "the ledger does not have it there"
        case name if re.match(r"[A-Z]|https?:", name):
            return None
    return "the source is missing; see the head of tools/prose.py"


def has(pool: Pool, number: Quantity) -> bool:
    shown = pool.outputs(number)
    if number.unit in UNITS:
        return any(one.may_be_in(number.unit) for one in shown)
    return bool(shown) or pool.writes(number)


def prints(entry: Entry, number: Quantity) -> bool:
    """Tell whether an entry of the ledger takes, prints (in its unit) or corrects a number."""
    if number.value in [Decimal(str(one)) for one in flat(list(entry.inputs.values()))]:
        return True
    figures = [Decimal(one) for one in flat([entry.printed, entry.instead or []])]
    unit = entry.convention["unit"]
    return number.value in figures and (number.unit is None or number.unit in flat([unit]))


def flat(nested: Any) -> list[str]:
    return [leaf for one in nested for leaf in (flat(one) if isinstance(one, list) else [one])]


def collection() -> Collection:
    pages = {
        path.name[:2]: Pool.joined(list(cell_pools(notebooks.read(path)).values()))
        for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    keys = [Key(**key) for key in json.loads(KEYS.read_text(encoding="utf-8"))]
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return Collection(pages, {key.figure: key for key in keys}, ledger(), record)


def record() -> None:
    """Write down the numbers of all files as they stand, a passage a line."""
    lines: dict[str, list[str]] = {}
    for passage in (one for path in files() for one in passages(path)):
        if now := recorded(passage.text):
            words = json.dumps(now, ensure_ascii=False)[1:-1]
            lines.setdefault(passage.file, []).append(words)
    parts = [f"{json.dumps(file)}: [\n" + ",\n".join(said) + "\n]" for file, said in lines.items()]
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    RECORD.write_text(text, encoding="utf-8", newline="\n")


def check(path: Path, everything: Collection) -> tuple[int, list[str]]:
    """Return how many numbers the prose of a file has, and what is wrong with them."""
    read = passages(path)
    wrong = [(passage, fault) for passage in read for fault in faults(passage, everything)]
    if read and not wrong and everything.record is not None:
        wrong = list(changes(read, everything.record.get(read[0].file, ())))
    held = sum(len(recorded(passage.text)) for passage in read)
    return held, [told(passage, fault) for passage, fault in wrong]


def told(passage: Passage, fault: Fault) -> str:
    """Say a fault, and where it is: the line in the cell, or that in the file."""
    where = f"{passage.file} {passage.place}".strip()
    return f"{where} line {passage.line + fault.line}: {fault.message}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args(arguments)
    everything = collection()
    if chosen.record:
        everything = everything._replace(record=None)
    checked = [check(path, everything) for path in chosen.files or files()]
    wrong = [line for _, lines in checked for line in lines]
    print(*wrong, sep="\n", end="\n" * bool(wrong))
    faults_found = f"{len(wrong) or 'no'} fault{'s' * (len(wrong) != 1)}"
    print(f"{sum(held for held, _ in checked)} numbers in the prose, {faults_found}")
    if chosen.record and not wrong:
        record()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
