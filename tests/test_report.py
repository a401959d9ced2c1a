"""The report counts what was held of each page, and ends in failure when anything was not."""

import base64
from copy import deepcopy
from pathlib import Path

import nbformat
import prose
import pytest
import report

import notebooks

SQUARE = base64.b64encode((notebooks.ROOT / "docs" / "cross_entropy.png").read_bytes()).decode()


def stored(said="It costs 0.25 bits."):
    """A page as it is stored: two cells that ran, with a number, and a picture in words."""
    page = nbformat.v4.new_notebook()
    page.cells = [
        nbformat.v4.new_markdown_cell(f"# A title\n\n{said}", id="title"),
        nbformat.v4.new_code_cell("cost()", id="cost"),
        nbformat.v4.new_code_cell("draw()", id="draw"),
    ]
    page.cells[1].outputs = [nbformat.v4.new_output("stream", text="0.25 bits\n")]
    picture = {"image/png": SQUARE, "text/plain": "A price of 0.25 bits."}
    page.cells[2].outputs = [nbformat.v4.new_output("display_data", picture)]
    return notebooks.normalise(page)


@pytest.fixture
def reported(tmp_path, monkeypatch, capsys):
    """Say what the report says, and how it ends, of one stored page and what running it gives."""
    nothing_on_record = prose.collection()._replace(record=None)
    monkeypatch.setattr(prose, "collection", lambda: nothing_on_record)

    def tell(page, fresh):
        path = Path(tmp_path, "01_page.ipynb")
        path.write_text(notebooks.serialised(page), encoding="utf-8", newline="\n")
        monkeypatch.setattr(notebooks, "run", lambda path: fresh())
        ended = report.main([str(path)])
        return ended, capsys.readouterr().out.splitlines()

    return tell


def test_a_page_that_is_right_is_counted(reported):
    ended, lines = reported(stored(), stored)
    assert ended == 0
    assert [line.split()[:4] for line in lines[1:]] == [
        ["01_page", "2", "1", "1"],
        ["together", "2", "1", "1"],
    ]


def test_what_is_wrong_stands_below_the_table(reported):
    fresh = stored()
    fresh.cells[1].outputs[0].text = "0.26 bits\n"
    fresh.cells[2].outputs[0].data["text/plain"] = "A price of 0.26 bits."
    ended, lines = reported(stored("It costs 0.27 bits."), lambda: deepcopy(fresh))
    assert ended == 1
    assert lines[1].split()[:3] == ["01_page", "2", "1"]
    assert lines[4] == "What is wrong (3):"
    assert lines[5].startswith("01_page.ipynb cell 2 [cost()] has another text now")
    assert any(line.startswith("01_page.ipynb cell 3 [draw()] has another") for line in lines)
    assert lines[-1].startswith("01_page.ipynb cell 1 line 3: 0.27 bits: no output")


def test_a_picture_without_words_is_not_counted(reported):
    page = stored()
    page.cells[2].outputs[0].data["text/plain"] = "<Figure>"
    ended, lines = reported(page, lambda: deepcopy(page))
    assert ended == 1
    assert lines[1].split()[:3] == ["01_page", "2", "1"]
    assert "shows a picture that nothing describes" in lines[-1]


def test_of_a_page_that_cannot_run_no_cell_was_compared(reported):
    def fail():
        raise notebooks.NotebookFailed(notebooks.Problem(2, "ends the kernel"))

    ended, lines = reported(stored(), fail)
    assert ended == 1
    assert lines[1].split()[:3] == ["01_page", "1", "1"]
    assert lines[-1] == "01_page.ipynb cell 2 [cost()] ends the kernel"


def test_docstrings_and_documents_are_held_too(monkeypatch):
    texts = {path.name: path for path in report.files() if path.suffix != ".ipynb"}
    assert {"focal.py", "README.md", "CONTRIBUTING.md", "seeds.md"} <= set(texts)
    monkeypatch.setattr(
        report, "files", lambda: [texts["focal.py"], texts["entropy.py"], texts["seeds.md"]]
    )
    rows = report.other_prose(prose.collection())
    assert [row.name for row in rows] == ["docstrings of celib", "seeds.md"]
    assert all(row.numbers for row in rows)
    rows = report.table([report.Row("a page", cells=3, seconds=1.25), report.Row("a text")])
    assert rows.splitlines()[1].split() == ["a", "page", "3", "1.2"]
