"""The site, built once, and a real browser in front of it."""

import functools
import importlib.util
import json
import shutil

import pytest
import website

MISSING = [name for name in ("myst_nb", "playwright") if importlib.util.find_spec(name) is None]
REPOSITORY = "someone/some-fork"  # an address that no file of the project can have by chance

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The theme's own: (rule, a part of the element), with the reason why it stands.
ALLOWED = {
    ("label-content-name-mismatch", "search-button-field"): (
        "the theme's search button is called Search and shows the keys Ctrl+K beside that word"
    ),
}
# Milliseconds, long after a reader would have gone: what is late on a busy machine is not wrong.
PATIENCE = 120_000
FORMULAS_ARE_SET = """() => window.MathJax?.startup?.promise
    ? MathJax.startup.promise.then(() => true) : !document.querySelector(".math")"""


class Visit:
    """A page in a browser, and what it did while it was open."""

    def __init__(self, browser, address, name, **options):
        self.elsewhere, self.errors = [], []
        # Colours that fade from one theme into the other have no contrast to measure on the way.
        self.context = browser.new_context(reduced_motion="reduce", **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.route("**/*", self.only(address))
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}/{name}", wait_until="load")
        self.page.wait_for_function(FORMULAS_ARE_SET)

    def only(self, address):
        def route(route):
            url = route.request.url
            if url.startswith((f"{address}/", "data:", "blob:")):
                route.continue_()
            else:
                self.elsewhere.append(url)
                route.abort()

        return route

    def note(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def unset(self):
        missing = ".math:not(:has(mjx-container)), mjx-merror"
        return self.page.locator(missing).all_inner_texts()

    def violations(self, only=WCAG, within="html"):
        self.page.add_script_tag(path=website.MODULES / "node_modules" / "axe-core" / "axe.min.js")
        options = json.dumps({"runOnly": only, "resultTypes": ["violations"]})
        found = self.page.evaluate(f"axe.run('{within}', {options}).then(r => r.violations)")
        return [
            f"{one['id']}: {node['html'][:300]} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
            if not any(rule == one["id"] and part in node["html"] for rule, part in ALLOWED)
        ]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


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
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        # Chromium's sandbox refuses to run as root, which CI often is.
        browser = play.chromium.launch(
            executable_path=website.chromium(),
            args=["--no-sandbox", "--force-device-scale-factor=1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visit(browser, address):
    """Open a page of the site by its name."""
    return functools.partial(Visit, browser, address)
