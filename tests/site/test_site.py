"""The site as files: what is linked is there, what is promised is said, every picture has words."""

import html
import importlib
import json
import re
from itertools import pairwise

import laying
import pytest
import run
import site_faults
import website
from pages import NOTEBOOKS, PAGES

import celib
import notebooks

# The terms behind the links of the two documents that the collection grew out of, and those that
# the pages define.
TERMS_OF_THE_SEEDS = [
    "entropy",
    "classification model",
    "binary classification",
    "loss function",
    "log loss",
    "class imbalance",
    "focal loss",
    "balanced cross-entropy loss",
]
TERMS_OF_THE_PAGES = (
    "surprise bit nat ban perplexity cross-entropy softmax logit logsumexp temperature one-hot "
    "label gradient prevalence odds sigmoid likelihood epsilon reduction calibration accuracy "
    "threshold"
)


def text(site, name):
    return (site / name).read_text(encoding="utf-8")


def test_nothing_is_wrong_with_the_built_site(site):
    assert site_faults.faults(site) == []


@pytest.mark.parametrize(
    "planted, said",
    [
        ('<a href="gone.html">x</a>', "leads to gone.html, which is not there"),
        ('<a href="#gone">x</a>', "leads to #gone, a place that is not on that page"),
        ('<a href="other.html#gone">x</a>', "leads to other.html#gone, a place that is not"),
        ('<a href="../../etc/passwd">x</a>', "leads to ../../etc/passwd"),
        ('<img src="a.png">', "without words that state its numbers"),
        ('<img src="a.png" alt="">', "without words that state its numbers"),
        ('<img src="a.png" alt="_images/abc">', "without words that state its numbers"),
        ('<script src="https://cdn.example/x.js"></script>', "fetches https://cdn.example/x.js"),
        ('<script src="//cdn.example/x.js"></script>', "fetches //cdn.example/x.js"),
        ('<link rel="preconnect" href="https://fonts.example">', "fetches https://fonts.example"),
        ('<div data-frames="frames/gone.js">', "leads to frames/gone.js, which is not there"),
        ("<p>Run this cell to move it.</p>", "shows an instruction for a live picture"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, planted, said):
    (tmp_path / "a.png").touch()
    (tmp_path / "other.html").write_text('<p id="here">x</p>')
    page = tmp_path / "index.html"
    page.write_text('<a href="other.html#here">x</a><img src="a.png" alt="0.5 nats">')
    assert site_faults.faults(tmp_path) == []
    page.write_text(planted)
    assert any(said in fault for fault in site_faults.faults(tmp_path))


def test_a_style_sheet_that_fetches_elsewhere_is_found(tmp_path):
    sheet = tmp_path / "a.css"
    sheet.write_text("@font-face { src: url('fonts/a.woff2') } a { background: url(data:x) }")
    assert site_faults.faults(tmp_path) == []
    sheet.write_text('@import "https://fonts.example/a.css";')
    assert site_faults.faults(tmp_path) == ["a.css: fetches https://fonts.example/a.css"]


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_has_its_own_words(site, name):
    page = text(site, f"notebooks/{name}.html")
    said = [
        output.data["text/plain"]
        for cell in PAGES[name].cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    article = page[page.index("<article") : page.index("</article>")]
    alts = [html.unescape(alt) for alt in re.findall(r'<img[^>]*? alt="([^"]*)"', article)]
    assert len(alts) == len(said)
    for alt, words in zip(alts, said, strict=True):
        assert " ".join(words.split()).startswith(" ".join(alt.split()))
        for line in words.splitlines():
            assert html.escape(line) in page, "the whole description stands under the picture"


@pytest.mark.parametrize("name", PAGES)
def test_a_live_picture_says_what_it_shows(site, name):
    page = " ".join(html.unescape(text(site, f"notebooks/{name}.html")).split())
    live = [
        output.data["text/plain"].replace("Run this cell to move it.", "")
        for cell in PAGES[name].cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "Run this cell to move it." in output.get("data", {}).get("text/plain", "")
    ]
    for words in live:
        assert " ".join(words.split()) in page
    assert page.count('class="live-picture"') == len(live)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_buttons(site, name):
    page = text(site, f"notebooks/{name}.html")
    place = f"notebooks/{name}.ipynb"
    for link in (
        f'href="{name}.ipynb"',
        f'href="{name}.pdf"',
        f'href="https://mybinder.org/v2/gh/someone/some-fork/HEAD?labpath={place}"',
        f'href="https://colab.research.google.com/github/someone/some-fork/blob/colab/{place}"',
    ):
        assert link in page
    assert (site / place).read_bytes() == (NOTEBOOKS / f"{name}.ipynb").read_bytes()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_printed(site, name):
    if website.chromium() is None:
        pytest.skip("there is no Chromium on this machine, so there are no PDFs")
    printed = (site / "notebooks" / f"{name}.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(printed) > 50_000


def test_the_pages_follow_one_another(site):
    names = ["read.html", *(f"notebooks/{name}.html" for name in PAGES), "teach.html"]
    for here, there in pairwise(names):
        page = text(site, here)
        following = re.search(r'class="right-next"\s+href="([^"]+)"', page)[1]
        assert (site / here).parent.joinpath(following).resolve() == (site / there).resolve()


def test_the_glossary_has_every_term(site):
    page = text(site, "glossary.html")
    for term in TERMS_OF_THE_SEEDS + TERMS_OF_THE_PAGES.split():
        assert f'id="term-{term.replace(" ", "-")}"' in page, term


def test_every_statement_of_the_seeds_leads_to_its_place(site):
    links = re.findall(r'href="(notebooks/[^"]+\.html)#seed-(S[AB]\w+)"', text(site, "seeds.html"))
    statements = [*(f"SA{i}" for i in range(1, 19)), *(f"SB{i}" for i in range(1, 15))]
    assert {statement for _, statement in links} == {*statements, "SB12b", "SB12c"}
    for page, statement in links:
        assert f'id="seed-{statement}"' in text(site, page)


def test_every_public_name_is_in_the_reference(site):
    everything = "".join(page.read_text("utf-8") for page in (site / "api").glob("*.html"))
    for place in ("celib", *laying.MODULES):
        module = importlib.import_module(place)
        for name in module.__all__:
            if callable(getattr(module, name)):
                ours = [f'id="celib.{name}"', f'id="{place}.{name}"']
                assert any(mark in everything for mark in ours), name
    for name in celib.__all__:
        assert f'id="celib.{name}"' in everything, name


def test_six_libraries_stand_side_by_side(site):
    page = html.unescape(text(site, "rosetta.html"))
    for library in ("celib", "SciPy", "scikit-learn", "PyTorch", "Keras", "optax"):
        assert library in page
    assert "celib.focal_loss_from_logits(y, z, gamma=2)" in page


def test_the_status_says_what_was_not_done(site):
    page = text(site, "status.html")
    for name in PAGES:
        assert f'href="notebooks/{name}.html"' in page
    assert "this build did not run them again" in page


def test_a_status_with_measurements_shows_them(site):
    page = laying.status_page("table of the report")
    assert "table of the report" in page
    assert "did not run" not in page


def test_colab_installs_the_library_first(tmp_path):
    laying.lay_for_colab(tmp_path, "someone/some-fork")
    for name, page in PAGES.items():
        laid = json.loads((tmp_path / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        code = [cell for cell in laid["cells"] if cell["cell_type"] == "code"]
        assert "%pip install" in "".join(code[0]["source"])
        assert "https://github.com/someone/some-fork" in "".join(code[0]["source"])
        assert len(laid["cells"]) == len(page.cells) + 1


def test_no_address_of_a_registry_is_in_the_lock_file():
    lock = (laying.DOCS / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    for name, package in json.loads(lock)["packages"].items():
        assert not name or package["integrity"].startswith("sha512-")


def test_the_command_exists():
    assert "site" in run.COMMANDS
    assert notebooks.ROOT == laying.ROOT
