"""The checker of numbers in prose sees the errors that we plant, and none where there is none."""

import itertools
import json
import random
import re

import mpmath
import nbformat
import prose
import pytest
from passages import files, numbers, page_passages, passages

EVERYTHING = prose.collection()
# What the pools, units and declarations notice alone, whatever is on record.
ALONE = EVERYTHING._replace(record=None)
TEXTS = {path: passages(path) for path in files()}
PAGES = [path for path in TEXTS if path.suffix == ".ipynb"]


# --- the collection, and errors planted in it ---------------------------------------------------


def test_the_record_is_that_of_the_collection():
    now = {
        file: [word for one in read for word in prose.recorded(one.text)]
        for read in TEXTS.values()
        for file in {one.file for one in read}
    }
    assert {file: words for file, words in now.items() if words} == EVERYTHING.record


def test_the_record_is_written_as_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(prose, "RECORD", tmp_path / "record.json")
    monkeypatch.setattr(prose, "files", lambda: PAGES[:2])
    prose.record()
    written = json.loads(prose.RECORD.read_text("utf-8"))
    assert list(written) == [f"notebooks/{path.name}" for path in PAGES[:2]]
    assert all(words == EVERYTHING.record[file] for file, words in written.items())


def read(passage):
    return numbers(prose.prose(passage.text))


def put(passage, *changes):
    """Write other figures in the place of some numbers of a passage."""
    text = passage.text
    for number, figure in sorted(changes, reverse=True, key=lambda change: change[0].start):
        text = text[: number.start] + figure + text[number.start + len(number.text) :]
    return passage._replace(text=text)


def last_digit_changes():
    """Another last digit in one number of two decimals or more: all nine, of every number."""
    for passage in itertools.chain(*TEXTS.values()):
        for number in read(passage):
            if decimals := re.search(r"\.\d{2,}", number.text):
                last = decimals.end() - 1
                for digit in sorted(set("0123456789") - {number.text[last]}):
                    figure = number.text[:last] + digit + number.text[last + 1 :]
                    yield {passage: put(passage, (number, figure))}


def swaps(path, how_many):
    """Pairs of numbers of a page, each in the other's place."""
    every = [(passage, number) for passage in TEXTS[path] for number in read(passage)]
    pairs = [
        pair for pair in itertools.combinations(every, 2) if pair[0][1].value != pair[1][1].value
    ]
    for (here, one), (there, other) in random.Random(0).sample(pairs, min(how_many, len(pairs))):
        if here is there:
            yield {here: put(here, (one, other.text), (other, one.text))}
        else:
            yield {here: put(here, (one, other.text)), there: put(there, (other, one.text))}


def unnoticed(planted, collection):
    """Which of the changes, each of old passages into new ones, are not a fault."""
    return [
        change
        for change in planted
        if not any(prose.faults(passage, collection) for passage in change.values())
    ]


def off_record(change):
    """Whether the numbers of the file are no longer those on record."""
    file = next(iter(change)).file
    (texts,) = (texts for texts in TEXTS.values() if texts and texts[0].file == file)
    now = [change.get(passage, passage) for passage in texts]
    return any(prose.changes(now, EVERYTHING.record[file]))


def test_every_change_of_a_last_digit_is_noticed():
    planted = list(last_digit_changes())
    assert len(planted) > 5000
    missed = unnoticed(planted, ALONE)
    assert len(missed) < 0.05 * len(planted)
    assert all(off_record(change) for change in missed)


def test_swaps_of_two_true_numbers_of_a_page_are_noticed():
    planted = [one for path in PAGES for one in swaps(path, how_many=200)]
    assert len(planted) > 2000
    missed = unnoticed(planted, ALONE)
    assert len(missed) < 0.2 * len(planted)
    assert all(off_record(change) for change in missed)


def test_units_exchanged_are_noticed():
    exchange = {"nats": "bits", "bits": "nats"}
    planted = []
    for passage in itertools.chain(*TEXTS.values()):
        for number in read(passage):
            if number.unit in exchange and passage.text[: number.end].endswith(number.unit):
                start = number.end - len(number.unit)
                text = passage.text[:start] + exchange[number.unit] + passage.text[number.end :]
                planted.append({passage: passage._replace(text=text)})
    assert len(planted) > 130
    missed = unnoticed(planted, ALONE)
    assert len(missed) < 0.2 * len(planted)
    assert all(off_record(change) for change in missed)


# --- what may stand in a text -------------------------------------------------------------------


def page(*cells):
    """Make a page of texts and of code cells, each a pair of its code and what it prints."""
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append(nbformat.v4.new_markdown_cell(cell))
        else:
            code, printed = cell
            made.append(nbformat.v4.new_code_cell(code))
            made[-1].outputs = [nbformat.v4.new_output("stream", text=printed)]
    return nbformat.v4.new_notebook(cells=made)


def complaints(text, *code, collection=ALONE):
    """Return what is said of the first text of a page that goes on with code and other texts."""
    first, *_ = page_passages(page(text, *code), "page")
    return [fault.message for fault in prose.faults(first, collection)]


@pytest.mark.parametrize(
    "text, printed",
    [
        ("It costs 0.36 bits, 0.368 bits or 0.3677 bits.", "0.36773 bits, and 0.36"),
        ("It costs **0.3677** bits or $0.3677\\,\\text{bits}$.", "0.3677 bits"),
        ("It costs 0.25.", "0.25 bits"),
        ("It costs 0.3677 bits.", "0.3677"),
        ("It costs 0.3677 bits.", "loss in bits\n   0.3677"),
        ("They cost 0.3677 and 1.25 bits.", "0.3677 bits, 1.25 bits"),
        ("They cost 0.3677 bits.", "[1.25 0.3677] bits"),
        ("A ratio of 1.25, without unit.", "1.25 without unit"),
        ("It is 47 %, or $47\\%$, or 47 per cent.", "0.4699"),
        ("It is 47 %.", "right: 47.0%"),
        ("It is 47.5 %.", "share in %\n47.5"),
        ("A share of 0.47.", "47%"),
        ("It is 1e-7, $10^{-7}$, 10⁻⁷.", "1e-07"),
        ("It is $3.4 \\times 10^{-7}$, 3.4 × 10⁻⁷ or 3.4 · 10^{-7}.", "3.41e-07"),
        ("About $1.86 \\cdot 10^8$ examples.", "1.856e+08"),
        ("It is 1,234.5 or 1{,}234.5 or 1\u202f234.5.", "1234.5"),
        ("It is −0.25 and $-0.25$.", "-0.25"),
        ("A quarter, $\\frac{1}{4}$, $\\tfrac14$ or 1/4.", "0.25"),
        ("A third is 1/3.", "0.333"),
        ("In all 14 / 8 = 1.75, and $0.8 \\times 0.8 = 0.64$, and $0.1^3 = 0.001$.", "0.8 0.1"),
    ],
)
def test_a_number_that_is_shown_is_held(text, printed):
    assert complaints(text, ("f()", printed)) == []


@pytest.mark.parametrize(
    "text, printed, complaint",
    [
        ("It costs 0.3678 bits.", "0.36773 bits", "0.3678 bits: no output"),
        ("It costs 0.3677 nats.", "0.3677 bits", "an output near it has this number in bits"),
        ("It costs 0.36 bits.", "0.36 nats\n1.25 bits", "this number in nats"),
        ("They cost 1.25 and 0.36 nats.", "1.25 bits, 0.36 nats", "this number in bits"),
        ("They cost 1.25 nats.", "[1.25 0.36] bits", "this number in bits"),
        ("A ratio of 1.25, without unit.", "1.25 bits", "this number in bits"),
        ("It is 48 %.", "0.4699", "48 %: no output"),
        ("It is 4.7 %.", "0.47", "4.7 %: no output"),
        ("It is $10^{-6}$.", "1e-07", "10^{-6}: no output"),
        ("It is 3.4 × 10⁻⁸.", "3.4e-07", "3.4 × 10⁻⁸: no output"),
        ("It is 1,234.5.", "234.5", "1,234.5: no output"),
        ("It is −0.25.", "0.25", "−0.25: no output"),
        ("It is 0.25.", "-0.25", "0.25: no output"),
        ("It is $\\frac{1}{5}$.", "0.25", "\\frac{1}{5}: no output"),
        ("It is 0.00.", "0.004", "0.00: no output"),
        ("It is 0.250.", "0.25", "0.250: no output"),
        ("It is 0.4.", "0.3851", "0.4: no output"),
        ("In all 14 / 8 = 1.76.", "", "1.76: no output"),
        ("```python\nf()  # 0.3678 bits\n```", "0.3677 bits", "0.3678 bits: no output"),
    ],
)
def test_a_number_that_is_not_shown_is_a_fault(text, printed, complaint):
    (said,) = complaints(text, ("f()", printed))
    assert complaint in said


def test_the_nearest_output_is_a_hint():
    (said,) = complaints("It costs 0.3678 bits.", ("f()", "9 nats, 0.3677 bits"))
    assert said.endswith("(nearest output: 0.3677 bits)")


def test_what_the_code_says_holds_too():
    code = "f(0.775, -2.5, [1/8, 2**-7], '0.05')"
    assert complaints("0.775, −2.5, 0.125, 0.0078125 and 0.05.", (code, "")) == []
    assert len(complaints("0.7750, 0.126 and 0.05 nats.", (code, "0.05 bits"))) == 3


def test_only_two_code_cells_each_side_are_near():
    shown = ("f()", "0.25")
    other = ("g()", "")
    assert complaints("It is 0.25.", other, shown) == []
    assert complaints("It is 0.25.", other, other, shown) != []
    assert complaints("In `f(0.25)`.", other, other, ("f(0.25)", "")) == []


@pytest.mark.parametrize(
    "text",
    [
        "See [it](https://example.org/1.25) or https://example.org/3.5 and arXiv:1708.02002.",
        "Section 3.2, figure 5.1, table (2.1), Python 3.11, CC BY 4.0, v1.2 and 0.1.0.",
        "# 3.1 A heading",
        "<img width='1.5'> and $x_{0.5}$ <!-- 0.75 -->",
        "```\n0.25\n```",
        "Labels 0 / 1, 17 of 1000, 3 nats.",
    ],
)
def test_what_is_no_decimal_of_the_subject_needs_no_source(text):
    assert complaints(text) == []


def test_a_comparison_is_not_taken_for_a_tag():
    assert len(complaints("$p < 0.25$ and $q > 0.75$")) == 2


# --- declarations -------------------------------------------------------------------------------

FAR = (("f()", ""), ("f()", ""), ("f()", "2.375 bits"))


@pytest.mark.parametrize(
    "given",
    [
        "2.375 here, the bill",
        "2.375 bits here",
        "2.375 = 19 / 8, the bill",
        "2.375 assumed, a story",
        "2.375 Lin et al. 2017, table 1",
        "2.375 https://example.org",
    ],
)
def test_a_declared_number_is_held(given):
    assert complaints(f"It is 2.375. <!-- given: {given} -->", *FAR) == []


@pytest.mark.parametrize(
    "given, complaint",
    [
        ("2.375", "the source is missing"),
        ("2.375 computed above", "the source is missing"),
        ("2.375 nats here", "this page does not show it"),
        ("2.375 = 19 / 9", "that is not what it gives"),
        ("2.375 = open('x')", "that is not what it gives"),
        ("2.375 page 04", "that page does not show it"),
        ("2.375 page 99", "that page does not show it"),
        ("2.375 code celib/_inputs.py", "that file does not have it"),
        ("2.375 ledger koech-first-loss", "the ledger does not have it there"),
        ("2.375 ledger nowhere", "the ledger does not have it there"),
        ("2.375 here; 0.5 assumed", "declares 0.5 assumed: no number of it needs that"),
        ("2.375 here; Lin et al. 2017", "declares no number: 'Lin et al. 2017'"),
    ],
)
def test_a_declaration_that_is_not_so_is_a_fault(given, complaint):
    (said,) = complaints(f"It is 2.375. <!-- given: {given} -->", *FAR)
    assert complaint in said


@pytest.mark.parametrize(
    "number, source, other",
    [
        ("4.6804 bits", "page 01", "4.6804 nats"),
        ("1e-6", "code celib/_inputs.py", "1e-5"),
        ("0.095 bits", "ledger koech-second-loss-as-printed", "0.095 nats"),
        ("0.09234 bits", "ledger koech-second-loss-as-printed", "0.09235 bits"),  # put right
        ("0.938", "ledger koech-second-loss-as-printed", "0.937"),  # put in
    ],
)
def test_a_declaration_is_held_to_a_page_a_file_or_the_ledger(number, source, other):
    assert complaints(f"It is {number}. <!-- given: {number} {source} -->") == []
    (said,) = complaints(f"It is {other}. <!-- given: {other} {source} -->")
    assert "does not" in said


def test_a_declared_number_has_the_unit_it_has_there():
    assert complaints("It is 2.375 bits. <!-- given: 2.375 here -->", *FAR) == []
    said, _ = complaints("It is 2.375 nats. <!-- given: 2.375 here -->", *FAR)
    assert said.startswith("2.375 nats: no output")


def test_a_declaration_that_nothing_needs_is_a_fault_but_a_quotation_may_stand_by_chance():
    shown = ("f()", "2.375 bits")
    assert complaints("It is 2.375. <!-- given: 2.375 Lin 2017 -->", shown) == []
    (said,) = complaints("It is 2.375. <!-- given: 2.375 = 19 / 8 -->", shown)
    assert said == "declares 2.375 = 19 / 8: no number of it needs that"


@pytest.mark.parametrize(
    "text, said",
    [
        ("It is 0.5 or 0.25.", "0.5: on record is nothing here"),
        ("It is 0.25.", "nothing: on record is 0.5 here"),
        ("It is 0.25 bits or 0.5.", "0.25 bits: on record is 0.25 here"),
        ("It is.", "nothing: on record is 0.25, 0.5 here"),
    ],
)
def test_the_record_notices_whatever_changes(text, said):
    read = page_passages(page(text, "More.", ("f(0.25, 0.5)", "")), "page")
    assert said in next(prose.changes(read, ["0.25", "0.5"]))[1].message


def test_the_record_lets_cells_be_parted():
    read = page_passages(page("It is 0.25.", ("f()", ""), "It is 0.5."), "page")
    assert list(prose.changes(read, ["0.25", "0.5"])) == []


# --- the numbers that many pages share ----------------------------------------------------------


@pytest.mark.parametrize("key", EVERYTHING.keys.values(), ids=lambda key: key.figure)
def test_a_key_number_is_what_its_expression_gives(key):
    names = {"ln": mpmath.log, "log2": lambda x: mpmath.log(x, 2), "exp": mpmath.exp}
    exact = re.sub(r"\d+\.\d+", r"mpf('\g<0>')", key.expression)
    value = eval(exact, {**names, "mpf": mpmath.mpf})
    places = len(key.figure.partition(".")[2])
    assert mpmath.nstr(mpmath.nint(value * 10**places), 10) == (
        mpmath.nstr(mpmath.mpf(key.figure) * 10**places, 10)
    )


def test_a_key_number_has_its_unit_wherever_it_stands():
    assert complaints("It is 0.3677 bits.") == []
    assert complaints("In bits: 0.3677.", ("f()", "0.3677")) == []
    assert complaints("It is $-\\log_2 0.775 = 0.3677$.", ("f(0.775)", "0.3677")) == []
    for text in "It is 0.3677.", "It is 0.3677 nats.", "Not in bits.\n\nIt is 0.3677.":
        (said,) = complaints(text, ("f()", "0.3677"))
        assert "its unit is missing; 0.3677 bits is the loss of the example" in said


# --- docstrings, documents, the command line ----------------------------------------------------

MODULE = '''
"""A module, to 1e-6."""

TOLERANCE = 1e-6

def loss(p, alpha=0.25):
    """Return 0.25, 0.2549 nats or {number}.

    >>> loss(0.775)
    0.2549
    """
    return alpha
'''


@pytest.mark.parametrize(
    "number, fails",
    [
        ("1e-6", False),
        ("0.775", False),
        ("5e-3", False),  # the tolerance for rows of half precision, in celib/_inputs.py
        ("0.116", True),
    ],
)
def test_a_docstring_is_held_to_its_example_and_its_code(tmp_path, number, fails):
    path = tmp_path / "module.py"
    path.write_text(MODULE.format(number=number), encoding="utf-8")
    held, wrong = prose.check(path, ALONE)
    assert held == 4
    assert len(wrong) == fails
    if fails:
        assert wrong[0].startswith("module.py loss line ")
        assert "0.116" in wrong[0]


def test_a_document_is_held_paragraph_by_paragraph(tmp_path):
    path = tmp_path / "read.md"
    path.write_text(
        "It is 0.25.\n\n```python\n>>> 1 / 4\n0.25\n```\n\n"
        "| 0.5 | <!-- given: 0.5 assumed --> |\n| 0.5 |\n",
        encoding="utf-8",
    )
    _, wrong = prose.check(path, ALONE)
    assert len(wrong) == 1
    assert wrong[0].startswith("read.md line 9: 0.5: no output, code or declaration near it")


def test_the_command_says_file_cell_line_number_and_hint(tmp_path, capsys):
    path = tmp_path / "page.ipynb"
    nbformat.write(page("# T", "One\n\nIt costs 0.3678 bits.", ("f()", "0.3677 bits")), path)
    assert prose.main([str(path)]) == 1
    said, summary = capsys.readouterr().out.splitlines()
    assert said.startswith("page.ipynb cell 2 line 3: 0.3678 bits: no output")
    assert said.endswith("(nearest output: 0.3677 bits)")
    assert summary == "1 numbers in the prose, 1 fault"
