"""Playing with the live pictures in a real browser, and holding each to what celib draws."""

import re

import lab_page
import pytest
from pages import PAGES

# The last line of a cell that shows a live picture.
SHOWS = re.compile(r"^explore\.(\w+)\(\)\Z", re.MULTILINE)
# Of each page that has any: the cells with live pictures, and the pictures' names in celib.explore.
LIVE = {
    name: pictures
    for name, page in PAGES.items()
    if (
        pictures := {
            index: found[1]
            for index, cell in enumerate(page.cells)
            if cell.cell_type == "code" and (found := SHOWS.search(cell.source))
        }
    )
}


def failures(cells):
    """Give the errors and warnings that cells have put out, but for those that they announce."""
    for number, cell in enumerate(cells, 1):
        if "raises-exception" not in cell["metadata"].get("tags", []):
            for output in cell.get("outputs", []):
                if output["output_type"] == "error" or output.get("name") == "stderr":
                    yield f"cell {number}: {output.get('evalue') or output.get('text')}"


def play_by_keyboard(played):
    """Move each control with keys alone."""
    drawing = settled(played)
    played.controls[0].handle.focus()
    for control in played.controls:
        reach(control)
        control.press()
        drawing = settled(played, after=drawing)


def play_by_mouse(played):
    """Pull or click each control."""
    drawing = settled(played)
    for control in played.controls:
        control.pull()
        drawing = settled(played, after=drawing)


def reach(control):
    """Go on with the Tab key until the control can be moved."""
    for _ in range(12):
        if control.handle.evaluate("handle => handle === document.activeElement"):
            return
        control.handle.page.keyboard.press("Tab")
    pytest.fail(f"the Tab key does not lead to {control.place.inner_text()!r}")


def settled(played, after=None):
    """Return the drawing that is shown, after making sure that it is right, and a new one."""
    if after is not None:
        assert played.changes_from(after.svg), "a control was moved, and the picture stayed"
    drawing, shown = played.settle()
    assert shown == {"svg": drawing.svg, "caption": drawing.description, "alert": ""}
    for control in played.controls:
        if isinstance(control, lab_page.Slider):
            from playwright.sync_api import expect  # here, since not every test run has it

            expect(control.readout).to_have_text(control.label())
    if after is not None:
        assert drawing.description != after.description
        assert drawing.numbers != after.numbers
    return drawing
