"""What the pages promise together: every seed statement has its place, every name its use."""

import ast
import inspect
import re
import sys
from itertools import pairwise

import pytest
from pages import NOTEBOOKS, PAGES

import celib

# docs/seeds.md is the truth about where each statement of the two documents is treated.
SEEDS = (NOTEBOOKS.parent / "docs" / "seeds.md").read_text(encoding="utf-8")
PLACES = {
    statement: pages.split(", ")
    for statement, pages in re.findall(r"^\| (S[AB]\w+) \| .+? \| ([\d, ]+) \|", SEEDS, re.M)
}


def text(page, kind):
    return "\n\n".join(cell.source for cell in page.cells if cell.cell_type == kind)


def anchors(page):
    marks = re.findall(r"<!-- seed: (.*?) -->", text(page, "markdown"))
    return {statement for mark in marks for statement in mark.split()}


@pytest.mark.parametrize("statement", PLACES)
def test_every_statement_of_the_seeds_has_its_place(statement):
    found = {name[:2] for name, page in PAGES.items() if statement in anchors(page)}
    assert set(PLACES[statement]) <= found


def test_all_statements_are_in_the_table():
    numbers = [*(f"SA{i}" for i in range(1, 19)), *(f"SB{i}" for i in range(1, 15))]
    assert set(PLACES) == {*numbers, "SB12b", "SB12c"}


def test_no_page_treats_a_statement_that_does_not_exist():
    for name, page in PAGES.items():
        assert anchors(page) <= set(PLACES), name


@pytest.mark.parametrize("name", [name for name in PAGES if name[:2] not in ("00", "11", "12")])
def test_a_page_has_its_frame(name):
    said = text(PAGES[name], "markdown")
    for part in (
        rf"^# {name[:2]} · ",
        r"^\*\*You will be able to\*\*",
        r"^\*\*You need\*\*",
        r"^\*\*About \d+ minutes",
        r"\*\*Predict",
        r"^## On your own",
        r"^## In one breath",
        r"^## Further reading",
        r"\*\*Next:\*\*",
    ):
        assert re.search(part, said, re.M), f"{name} has no {part}"


def test_the_map_has_every_page_with_its_title_and_its_minutes():
    start = text(PAGES["00_start_here"], "markdown")
    rows = re.findall(r"^\| \[(.+?)\]\((.+?)\.ipynb\) \| .+? \| (\d+) \|", start, re.M)
    pages = {name: text(page, "markdown") for name, page in PAGES.items() if name[:2] != "00"}
    assert [name for _, name, _ in rows] == list(pages)
    for title, name, minutes in rows:
        assert pages[name].startswith(f"# {title}\n")
        assert f"**About {minutes} minutes" in pages[name]


@pytest.mark.parametrize("name", PAGES)
def test_links_to_other_pages_lead_there(name):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text(PAGES[name], "markdown")):
        assert (NOTEBOOKS / target).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_a_link_with_a_number_says_the_title_of_its_page(name):
    links = re.findall(r"\[(\d\d · .+?)\]\((\w+)\.ipynb\)", text(PAGES[name], "markdown"))
    for title, target in links:
        if title != "00 · Start here":  # whose title is a sentence of its own
            assert text(PAGES[target], "markdown").startswith(f"# {title}\n"), title


@pytest.mark.parametrize("name", PAGES)
def test_equalities_shown_to_the_reader_are_as_tight_as_they_look(name):
    for node in ast.walk(ast.parse(text(PAGES[name], "code"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.isclose", "np.allclose"):
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert given.get("atol") == "0", f"NumPy allows 1e-8 besides: {ast.unparse(node)}"


@pytest.mark.parametrize("name", PAGES)
def test_a_live_picture_has_a_still_one_above_it(name):
    shown = [[]] + [cell.outputs for cell in PAGES[name].cells if cell.cell_type == "code"]
    for above, outputs in pairwise(shown):
        if any("Run this cell to move it." in said(output) for output in outputs):
            assert any("image/png" in output.get("data", {}) for output in above)


def said(output):
    return output.get("data", {}).get("text/plain", "")


@pytest.mark.parametrize("name", [name for name in PAGES if name[:2] not in ("00", "11", "12")])
def test_a_page_has_a_live_picture(name):
    cells = [cell for cell in PAGES[name].cells if cell.cell_type == "code"]
    assert any("to move it." in said(output) for cell in cells for output in cell.outputs)


@pytest.fixture(scope="module")
def values_used():
    """Run every page and note the options with which its cells call celib's functions."""
    names = {inspect.unwrap(getattr(celib, name)).__code__: name for name in celib.__all__}
    used = {name: {option: set() for option in ["", *options(name)]} for name in celib.__all__}

    def note(frame, *_):
        if (name := names.get(frame.f_code)) and is_called_on_a_page(frame):
            for option in used[name]:
                used[name][option].add(repr(frame.f_locals.get(option)))

    for page in PAGES.values():
        space = {"__name__": "a page"}
        for cell in page.cells:
            # What exercises call inside is not called by the page, and slow to follow.
            if cell.cell_type == "code" and not re.search(
                r"^(check|explain|sheet)\b", cell.source, re.M
            ):
                code = compile(cell.source, "a page", "exec")
                before = sys.gettrace()
                sys.settrace(note)  # which is told of calls, and by its None of nothing inside
                try:
                    exec(code, space)
                finally:
                    sys.settrace(before)
    return used


def is_called_on_a_page(frame):
    """Look past the one frame that NumPy's errstate puts around most of celib's functions."""
    callers = [frame.f_back, frame.f_back.f_back]
    return any(caller.f_globals.get("__name__") == "a page" for caller in callers)


def options(name):
    parameters = inspect.signature(getattr(celib, name)).parameters.values()
    return [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]


@pytest.mark.parametrize("name", celib.__all__)
def test_every_public_function_is_used_on_a_page_with_two_values_of_each_option(name, values_used):
    assert values_used[name][""], "no page calls it"
    for option in options(name):
        assert len(values_used[name][option]) >= 2, f"{option} has one value on all pages"
