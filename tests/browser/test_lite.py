"""The browser edition, from a plain web server, with every other host refused."""

import lab_page
import lite
import pytest
import website

from celib import explore

pytest.importorskip("playwright", reason="`make browser` installs playwright")

from playing import LIVE, failures, play_by_keyboard

NAME = "04_categorical_cross_entropy"
PATH = f"notebooks/{NAME}.ipynb"
CHECK = 'check("categorical/loss-in-nats", ...)'
INSTALL = 1  # the place of the cell that only the browser edition has
SHOW_PROGRESS = "from celib.practice import progress\nprogress()"
ENDLESS = """\
def endless(table):
    while True:
        pass

check("logits/safe-softmax", endless)"""
SAFE_SOFTMAX = """\
def safe_softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)

check("logits/safe-softmax", safe_softmax)"""


@pytest.fixture(scope="module")
def address():
    if not lite.LITE.exists():
        pytest.skip("build/lite is not there; `PYODIDE_TREE=DIR make lite` builds it")
    if not (lite.LITE / "static" / "pyodide").exists():
        pytest.skip("build/lite takes Pyodide from its CDN; `PYODIDE_TREE=DIR make lite` does not")
    with website.served(lite.LITE) as address:
        yield address


@pytest.fixture
def start_page(browser, address):
    """The browser edition as it greets a newcomer."""
    lab = lab_page.Lab(browser, address)
    yield lab
    lab.page.close()


@pytest.fixture
def page_04(browser, address):
    """The browser edition as the buttons of the site open it."""
    lab = lab_page.Lab(browser, f"{address}/lab/index.html?path={PATH}")
    yield lab
    lab.page.close()


def test_it_opens_the_start_page(start_page):
    start_page.page.get_by_role("heading", name="Start here").wait_for()
    assert start_page.page.locator(".jp-toast-button").count() == 0
    assert start_page.errors == []
    assert start_page.elsewhere == []


def test_page_04_runs_and_is_practised_on_and_remembers(page_04):
    """One visit, since Python takes long to start in a browser."""
    lab = page_04
    with lab.open(PATH):
        lab.run_all()
        cells = lab.cells()
        assert list(failures(cells)) == []

        asks = [cell["source"] for cell in cells].index(CHECK)
        said = lab.run(asks, CHECK.replace("...", "0.3677"))
        assert "A known mistake: base 2 where nats were asked for" in said
        assert "Right" in lab.run(asks, CHECK.replace("...", "0.2549"))
        # Nothing can be forked here, so functions are called, and stopped, in the notebook itself.
        assert "look for a loop that cannot end" in lab.run(asks, ENDLESS)
        assert "Right" in lab.run(asks, SAFE_SOFTMAX)
        remembered = lab.run(asks, SHOW_PROGRESS)
        assert "2 of " in remembered
        assert "1 × base 2 where nats were asked for" in remembered

        [(place, picture)] = LIVE[NAME].items()
        output = lab.output(place + INSTALL)
        play_by_keyboard(lab_page.Played(output, getattr(explore, picture)()))

        lab.reload()
        lab.run(INSTALL)
        assert lab.run(asks) == remembered
        assert lab.errors == []
        assert lab.elsewhere == []
