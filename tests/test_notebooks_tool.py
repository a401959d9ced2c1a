"""The authoring command stores what a page puts out, and its check sees what nbval does not."""

import base64
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

import notebooks

TITLE = nbformat.v4.new_markdown_cell("# What a page says\n\nIts first words.")


def png(shade: int, size: tuple[int, int] = (8, 8)) -> str:
    file = io.BytesIO()
    Image.fromarray(np.full((*size, 3), shade, np.uint8)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


PICTURE = f"{{'image/png': '{png(255)}', 'text/plain': 'A white square.'}}"
LIVE = f"""
import ipywidgets

class Live(ipywidgets.VBox):
    def _repr_mimebundle_(self, **options):
        return {{**super()._repr_mimebundle_(**options), **{PICTURE}}}

Live([ipywidgets.IntSlider()])
"""


def page(path: Path, *sources: str, tags: dict[int, str] | None = None) -> Path:
    cells = [TITLE] + [nbformat.v4.new_code_cell(source) for source in sources]
    for number, tag in (tags or {}).items():
        cells[number - 1].metadata.tags = [tag]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def messages(problems):
    said = {}
    for cell, message in problems:
        said[cell] = f"{said[cell]}; {message}" if cell in said else message
    return said


GOOD = (
    "from IPython.display import display",
    "print('a')\nprint('b')\n1 + 1",
    f"display({PICTURE}, raw=True)",
    "1 / 0",
    LIVE,
    "assert True",
)
FAULTY = (
    "from matplotlib.figure import Figure\nFigure().subplots().plot([1])",
    "[Figure()]",
    "object()",
    "import numpy as np\nnp.log(2)",
    "0.1 + 0.2",
    "import warnings\nwarnings.warn('careful')",
    "1 + 1",
    "import ipywidgets\nipywidgets.IntSlider()",
    f"from IPython.display import display\ndisplay({{'image/png': '{png(0)}'}}, raw=True)",
    "from IPython.display import SVG\nSVG('<svg></svg>')",
    "button = ipywidgets.Button()\nbutton.on_click(lambda _: 1 / 0)\nbutton.click()",
)
FAILING = {
    "raises": ("1", "raise ValueError('no such class')"),
    "dies": ("1", "import os; os._exit(1)"),
    "sleeps": ("1", "import time; time.sleep(60)"),
    "callback": (
        "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    1 / 0\nprint('on')",
    ),
}


@pytest.fixture(scope="module")
def good_page(tmp_path_factory):
    path = page(
        tmp_path_factory.mktemp("pages") / "good.ipynb", *GOOD, tags={5: "raises-exception"}
    )
    assert notebooks.write(path) == []
    return path


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, good_page):
    """What running each page gives, or how it fails. Each waits for its kernel: all at once."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: page(folder / f"{name}.ipynb", *cells) for name, cells in FAILING.items()}
    paths["faulty"] = page(folder / "faulty.ipynb", *FAULTY, tags={8: "raises-exception"})
    paths["good"] = good_page

    def outcome(name):
        try:
            # nbclient can miss the reply to a cell with an Output widget until its time is over
            return notebooks.run(paths[name], timeout={"sleeps": 10, "callback": 15}.get(name, 60))
        except notebooks.NotebookFailed as failure:
            return failure

    with ThreadPoolExecutor() as pool:
        return dict(zip(paths, pool.map(outcome, paths), strict=True))


@pytest.fixture
def tampered(good_page, tmp_path):
    """A copy of the good page, stored again after `change` has had its way with the cells."""

    def tamper(change) -> Path:
        notebook = notebooks.read(good_page)
        change(notebook.cells)
        path = tmp_path / "tampered.ipynb"
        path.write_text(notebooks.serialised(notebook), encoding="utf-8")
        return path

    return tamper


def test_a_page_run_again_has_the_same_bytes(good_page, outcomes):
    assert notebooks.serialised(outcomes["good"]).encode() == good_page.read_bytes()


def test_a_page_is_stored_without_anything_of_this_machine(good_page):
    notebook = notebooks.read(good_page)
    assert notebook.metadata == notebooks.METADATA
    counts = [cell.execution_count for _, cell in notebooks.code_cells(notebook)]
    assert counts == [1, 2, 3, 4, 5, 6]
    assert notebook.cells[2].outputs[0].text == "a\nb\n"
    assert notebook.cells[4].outputs[0].traceback == ["ZeroDivisionError: division by zero"]
    assert notebook.cells[4].metadata == {"tags": ["raises-exception"]}
    assert set(notebook.cells[5].outputs[0].data) == {"image/png", "text/plain"}


def test_check_sees_every_tampering_and_nothing_else(tampered, outcomes, monkeypatch):
    def change(cells):
        cells[1].execution_count = None
        cells[2].outputs[0].text = "a\nc\n"
        cells[3].outputs[0].data["image/png"] = png(0, (4, 4))
        del cells[5].outputs[0].data["image/png"]
        cells[6].outputs = [nbformat.v4.new_output("display_data", {"image/png": png(0)})]

    monkeypatch.setattr(notebooks, "run", lambda path: deepcopy(outcomes["good"]))
    assert messages(notebooks.check(tampered(change))) == {
        2: "is stored without having run",
        3: "has another text now\n- c\n+ b",
        4: "shows another picture: its size has changed",
        6: "puts out other things\n- text/plain\n+ image/png and text/plain",
        7: "puts out other things\n- image/png\n+ nothing",
    }


def test_check_asks_for_the_normal_form(tampered, monkeypatch):
    def change(cells):
        cells[0].metadata = {"collapsed": True}

    monkeypatch.setattr(notebooks, "run", lambda path: notebooks.normalise(notebooks.read(path)))
    (problem,) = notebooks.check(tampered(change))
    assert "normal form" in problem.message


def test_nbval_passes_what_we_must_see_and_compares_the_words_of_a_live_picture(tampered):
    def change(cells):
        cells[1].outputs, cells[1].execution_count = [], None
        cells[3].outputs[0].data["image/png"] = png(0, (4, 4))
        cells[5].outputs[0].data["text/plain"] += " And more."

    options = ["--nbval", "-q", "--color=no", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, str(tampered(change))]
    run = subprocess.run(command, capture_output=True, text=True)
    assert "1 failed, 5 passed" in run.stdout, run.stdout
    assert "And more." in run.stdout


@pytest.mark.parametrize(
    "name, cell, complaint",
    [
        ("raises", 3, "raises ValueError: no such class"),
        ("dies", 3, "ends the kernel"),
        ("sleeps", 3, "runs over 10 seconds"),
        ("callback", 0, "has a live picture whose callback raises"),
    ],
)
def test_a_page_that_cannot_run_is_known_with_its_cell(name, cell, complaint, outcomes):
    assert outcomes[name].problem == (cell, complaint)


def test_a_page_that_cannot_run_is_named_and_left_as_it_was(
    outcomes, tmp_path, monkeypatch, capsys
):
    def fail(path):
        raise outcomes["raises"]

    monkeypatch.setattr(notebooks, "run", fail)
    path = page(tmp_path / "failing.ipynb", *FAILING["raises"])
    before = path.read_bytes()
    assert notebooks.main(["write", str(path)]) == 1
    said = "failing.ipynb cell 3 [raise ValueError('no such class')] raises ValueError: no such"
    assert said in capsys.readouterr().out
    assert path.read_bytes() == before


def test_outputs_no_page_should_show_are_named(outcomes):
    found = messages(notebooks.outputs(outcomes["faulty"]))
    complaints = {
        2: "'<matplotlib.'",
        3: "a figure by its name",
        4: "a memory address",
        5: "'np.float64('",
        6: "its last digit",
        7: "writes to stderr",
        8: "does not raise",
        9: "a widget by its name only",
        10: "nothing describes",
        11: "nothing describes",
        12: "shows an error: ZeroDivisionError",
    }
    assert list(found) == list(complaints)
    for cell, words in complaints.items():
        assert words in found[cell]


def test_the_structure_of_a_page_is_held():
    cells = [
        nbformat.v4.new_markdown_cell("No title"),
        nbformat.v4.new_code_cell(""),
        nbformat.v4.new_code_cell("x;  # no comment hides it"),
        nbformat.v4.new_code_cell("# NBVAL_IGNORE_OUTPUT\nx"),
        nbformat.v4.new_code_cell("x", metadata={"tags": ["nbval-skip"]}),
    ]
    found = messages(notebooks.structure(nbformat.v4.new_notebook(cells=cells)))
    assert list(found) == [0, 2, 3, 4, 5]
    for cell, words in {0: "title", 2: "empty", 3: "';'", 4: "switches", 5: "switches"}.items():
        assert words in found[cell]


def test_pictures_may_differ_by_rounding_only_away_from_the_pinned_versions():
    def shown(*shades):
        cell = nbformat.v4.new_code_cell("x")
        cell.outputs = [
            nbformat.v4.new_output("display_data", {"image/png": png(s), "text/plain": "words"})
            for s in shades
        ]
        return nbformat.v4.new_notebook(cells=[cell])

    def complaints(old, new, exact):
        notebooks.accept_close_pictures(old, new, exact=exact)
        return list(notebooks.differences(old, new))

    (exact,) = complaints(shown(0), shown(1), exact=True)
    assert (
        exact.message == "shows another picture: 1.00 of 255 apart in the mean (root mean square)"
    )
    assert len(complaints(shown(0), shown(1), exact=False)) == 1
    almost = shown(0)
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[0, 0] = 3
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    almost.cells[0].outputs[0].data["image/png"] = base64.b64encode(file.getvalue()).decode()
    assert complaints(shown(0), almost, exact=False) == []
    assert len(complaints(shown(0), shown(0, 0), exact=False)) == 1


def test_cells_have_ids_a_reader_understands_and_keep_them():
    cells = [
        nbformat.v4.new_markdown_cell("Prose first\n## The loss, in *bits*"),
        nbformat.v4.new_code_cell("import numpy as np\n# why\nloss = surprisal(0.775)"),
        nbformat.v4.new_code_cell("loss = surprisal(0.775)"),
        nbformat.v4.new_markdown_cell("$\\pi$"),
        nbformat.v4.new_markdown_cell("42"),
        nbformat.v4.new_code_cell("changed since", id="kept-as-it-is"),
        nbformat.v4.new_code_cell("second"),
        nbformat.v4.new_code_cell("drawn", id="0cfa9c1d-5f2e"),
    ]
    cells[6].id = cells[5].id
    notebook = nbformat.v4.new_notebook()
    notebook.cells = cells
    notebooks.name_cells(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert ids == [
        "the-loss-in-bits",
        "loss-surprisal-0-775",
        "loss-surprisal-0-775-2",
        "pi",
        "markdown",
        "kept-as-it-is",
        "second",
        "drawn",
    ]
    notebooks.name_cells(notebook)
    assert [cell.id for cell in notebook.cells] == ids
