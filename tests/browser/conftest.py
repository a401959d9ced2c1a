"""JupyterLab, started once as `make lab` starts it, and a real browser in front of it."""

import shutil

import lab_page
import pytest
import website

pytest.register_assert_rewrite("playing")


@pytest.fixture(scope="session")
def browser():
    if website.chromium() is None:
        pytest.skip("there is no Chromium on this machine")
    pytest.importorskip("playwright", reason="`make browser` installs playwright")
    with lab_page.opened() as browser:
        yield browser


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder that Lab shows: a copy of the pages."""
    folder = tmp_path_factory.mktemp("lab")
    lab_page.lay_pages(folder)
    return folder


@pytest.fixture(scope="session")
def lab(browser, folder):
    """A window with Lab."""
    with lab_page.started(folder) as address:
        yield lab_page.Lab(browser, address)


@pytest.fixture(scope="session")
def axe():
    """The text of axe-core, which finds what keeps people out."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine; it fetches axe-core")
    website.fetch()
    return website.MODULES / "node_modules" / "axe-core" / "axe.min.js"
