"""The site in a real browser: formulas set, nothing fetched elsewhere, open to everyone."""

import json
import re

import laying
import pytest
import website
from pages import NOTEBOOKS

WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1280}
SCREENSHOTS = website.BUILD / "screenshots"
ANSWERS = sorted((NOTEBOOKS / "answers").glob("*.ipynb"))
ALL = [
    *(f"{name}.html" for name in (*laying.WRITTEN, "rosetta", "status", "search", "genindex")),
    *(f"notebooks/{path.stem}.html" for path in sorted(NOTEBOOKS.glob("*.ipynb"))),
    *(f"notebooks/answers/{path.stem}.html" for path in ANSWERS),
    *(f"api/{module}.html" for module in laying.MODULES),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The theme's own: (rule, a part of the element), with the reason why it stands.
ALLOWED = {
    ("label-content-name-mismatch", "search-button-field"): (
        "the theme's search button is called Search and shows the keys Ctrl+K beside that word"
    ),
}
FORMULAS_ARE_SET = """() => window.MathJax?.startup?.promise
    ? MathJax.startup.promise.then(() => true) : !document.querySelector(".math")"""


class Visit:
    """A page in a browser, and what it did while it was open."""

    def __init__(self, browser, address, name, **options):
        self.elsewhere, self.errors = [], []
        # Colours that fade from one theme into the other have no contrast to measure on the way.
        self.context = browser.new_context(reduced_motion="reduce", **options)
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

    def violations(self, only=WCAG):
        self.page.add_script_tag(path=website.MODULES / "node_modules" / "axe-core" / "axe.min.js")
        options = json.dumps({"runOnly": only, "resultTypes": ["violations"]})
        found = self.page.evaluate(f"axe.run(document, {options}).then(r => r.violations)")
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


@pytest.mark.parametrize("name", ALL)
def test_a_page(browser, address, name):
    """One load a page; that is where the time goes."""
    with Visit(browser, address, name, viewport={"width": 1280, "height": 900}) as visit:
        assert visit.unset() == []
        assert visit.violations() == []
        for device, width in WIDTHS.items():
            visit.page.set_viewport_size({"width": width, "height": 900})
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{device}: the page is {wide} wide"
            photograph(visit.page, f"{name.replace('/', '-').removesuffix('.html')}-{device}")
        visit.page.emulate_media(color_scheme="dark")
        visit.page.wait_for_selector("html[data-theme=dark]")
        assert visit.violations(only=["color-contrast"]) == []
        assert visit.elsewhere == []
        assert visit.errors == []


def photograph(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=False)


def test_formulas_and_pictures_are_on_the_pages(browser, address):
    with Visit(browser, address, "notebooks/04_categorical_cross_entropy.html") as visit:
        assert visit.page.locator("mjx-container").count() > 20
        pictures = visit.page.locator("article img")
        assert pictures.count() == 3
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 600


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_search_finds_focal(browser, address, theme):
    with Visit(browser, address, "search.html?q=focal", color_scheme=theme) as visit:
        visit.page.wait_for_selector("#search-results li a")
        visit.page.wait_for_function("document.querySelectorAll('#search-results li').length > 3")
        found = visit.page.locator("#search-results li a").evaluate_all("a => a.map(b => b.href)")
        assert any("08_focal_loss.html" in link for link in found)
        assert visit.elsewhere == []


def test_everything_is_reached_by_keyboard(browser, address):
    name = "notebooks/04_categorical_cross_entropy.html"
    with Visit(browser, address, name, viewport={"width": 1280, "height": 900}) as visit:
        page = visit.page
        page.wait_for_timeout(500)  # the theme lets wide code be reached a moment after loading
        wanted = page.evaluate("""() => [...document.querySelectorAll(
            "a[href], button, summary, [tabindex='0']")].filter(one => one.checkVisibility(
            {visibilityProperty: true}) && one.tabIndex >= 0 && !one.closest("mjx-container")
            ).map((one, n) => one.dataset.reach = String(n))""")
        reached = set()
        for _ in range(2 * len(wanted) + 200):
            page.keyboard.press("Tab")
            here = page.evaluate("""() => [document.activeElement.dataset.reach ?? "",
                document.activeElement === document.body]""")
            if here[1] and reached:
                break
            reached.add(here[0])
        assert set(wanted) <= reached


def test_the_first_key_leads_past_the_navigation(browser, address):
    with Visit(browser, address, "notebooks/01_surprise_and_entropy.html") as visit:
        visit.page.keyboard.press("Tab")
        assert "main content" in visit.page.evaluate("document.activeElement.innerText")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(re.compile("#main-content$"))


def test_paper_has_the_page_and_not_its_navigation(browser, address):
    with Visit(browser, address, "notebooks/04_categorical_cross_entropy.html") as visit:
        visit.page.emulate_media(media="print")
        for hidden in (".bd-header", ".bd-sidebar-primary", ".run-links", ".prev-next-footer"):
            assert not any(one.is_visible() for one in visit.page.locator(hidden).all()), hidden
        assert visit.page.locator("article h1").is_visible()
        assert visit.page.locator("article img").first.is_visible()


@pytest.mark.parametrize(
    "planted, rule",
    [
        ("<img src='_static/favicon.svg'>", "image-alt"),
        ("<p style='color: #999; background: #fff'>pale</p>", "color-contrast"),
        (
            "<div style='width: 9em; overflow: auto'><pre>far too wide for that</pre></div>",
            "scrollable-region-focusable",
        ),
        ("<button></button>", "button-name"),
    ],
)
def test_a_planted_violation_is_found(browser, address, planted, rule):
    with Visit(browser, address, "index.html") as visit:
        visit.page.evaluate("html => document.querySelector('article').innerHTML += html", planted)
        assert [one for one in visit.violations() if one.startswith(f"{rule}: ")]


def test_a_formula_that_is_not_set_would_be_seen(browser, address):
    with Visit(browser, address, "notebooks/04_categorical_cross_entropy.html") as visit:
        assert visit.unset() == []
        visit.page.evaluate("document.querySelector('mjx-container').replaceWith('x^2')")
        assert visit.unset() == ["x^2"]


def test_a_request_elsewhere_would_be_seen(browser, address):
    with Visit(browser, address, "index.html") as visit:
        visit.page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
        assert visit.elsewhere == ["https://elsewhere.example/"]
