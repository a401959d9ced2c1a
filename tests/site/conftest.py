"""The site, built once, and a real browser in front of it."""

import importlib.util
import shutil

import pytest
import website

MISSING = [name for name in ("myst_nb", "playwright") if importlib.util.find_spec(name) is None]
REPOSITORY = "someone/some-fork"  # an address that no file of the project can have by chance


@pytest.fixture(scope="session")
def site():
    """The built site, with everything that a published one has."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed; `make site` installs it")
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine; it fetches MathJax")
    patch = pytest.MonkeyPatch()
    patch.setattr(website, "SITE", website.BUILD / "site-tested")
    patch.setattr(website, "SOURCE", website.BUILD / "site-tested-source")
    patch.setattr(website, "LITE", website.BUILD / "no-browser-edition")
    website.build(repository=REPOSITORY)
    yield website.SITE
    patch.undo()


@pytest.fixture(scope="session")
def address(site):
    with website.served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser(site):
    if website.chromium() is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Chromium's sandbox refuses to run as root, which CI often is.
        browser = play.chromium.launch(
            executable_path=website.chromium(),
            args=["--no-sandbox", "--force-device-scale-factor=1"],
        )
        yield browser
        browser.close()
