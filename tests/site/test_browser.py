"""The site in a real browser: formulas set, nothing fetched elsewhere, open to everyone."""

import re

import laying
import pytest
import website
from pages import NOTEBOOKS

WIDTHS = {"narrow": 320, "phone": 390, "tablet": 820, "desktop": 1280}
SCREENSHOTS = website.BUILD / "screenshots"
ANSWERS = sorted((NOTEBOOKS / "answers").glob("*.ipynb"))
ALL = [
    *(f"{name}.html" for name in (*laying.WRITTEN, "rosetta", "status", "search", "genindex")),
    *(f"notebooks/{path.stem}.html" for path in sorted(NOTEBOOKS.glob("*.ipynb"))),
    *(f"notebooks/answers/{path.stem}.html" for path in ANSWERS),
    *(f"api/{module}.html" for module in laying.MODULES),
]


@pytest.mark.parametrize("name", ALL)
def test_a_page(visit, name):
    """One load a page; that is where the time goes."""
    with visit(name, viewport={"width": 1280, "height": 900}) as visited:
        assert visited.unset() == []
        assert visited.violations() == []
        for device, width in WIDTHS.items():
            visited.page.set_viewport_size({"width": width, "height": 900})
            wide = visited.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{device}: the page is {wide} wide"
            photograph(visited.page, f"{name.replace('/', '-').removesuffix('.html')}-{device}")
        visited.page.emulate_media(color_scheme="dark")
        visited.page.wait_for_selector("html[data-theme=dark]")
        assert visited.violations(only=["color-contrast"]) == []
        assert visited.elsewhere == []
        assert visited.errors == []


def photograph(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=False)


def test_formulas_and_pictures_are_on_the_pages(visit):
    with visit("notebooks/04_categorical_cross_entropy.html") as visited:
        assert visited.page.locator("mjx-container").count() > 20
        pictures = visited.page.locator("article img")
        assert pictures.count() == 3
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 600


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_search_finds_focal(visit, theme):
    with visit("search.html?q=focal", color_scheme=theme) as visited:
        visited.page.wait_for_selector("#search-results li a")
        visited.page.wait_for_function("document.querySelectorAll('#search-results li').length > 3")
        found = visited.page.locator("#search-results li a").evaluate_all("a => a.map(b => b.href)")
        assert any("08_focal_loss.html" in link for link in found)
        assert visited.elsewhere == []


def test_everything_is_reached_by_keyboard(visit):
    name = "notebooks/04_categorical_cross_entropy.html"
    with visit(name, viewport={"width": 1280, "height": 900}) as visited:
        page = visited.page
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


def test_the_first_key_leads_past_the_navigation(visit):
    with visit("notebooks/01_surprise_and_entropy.html") as visited:
        visited.page.keyboard.press("Tab")
        assert "main content" in visited.page.evaluate("document.activeElement.innerText")
        visited.page.keyboard.press("Enter")
        visited.page.wait_for_url(re.compile("#main-content$"))


def test_paper_has_the_page_and_not_its_navigation(visit):
    with visit("notebooks/04_categorical_cross_entropy.html") as visited:
        visited.page.emulate_media(media="print")
        for hidden in (".bd-header", ".bd-sidebar-primary", ".run-links", ".prev-next-footer"):
            assert not any(one.is_visible() for one in visited.page.locator(hidden).all()), hidden
        assert visited.page.locator("article h1").is_visible()
        assert visited.page.locator("article img").first.is_visible()


@pytest.mark.parametrize(
    "planted, rule",
    [
        ("<img src='_static/favicon.svg'>", "image-alt"),
        ("<p style='color: #999; background: #fff'>pale</p>", "color-contrast"),
        (  # no code, which the theme would let be reached a third of a second after it is planted
            "<div style='height: 2em; overflow: auto'><p>far</p><p>too</p><p>high</p></div>",
            "scrollable-region-focusable",
        ),
        ("<button></button>", "button-name"),
    ],
)
def test_a_planted_violation_is_found(visit, planted, rule):
    with visit("index.html") as visited:
        visited.page.evaluate(
            "html => document.querySelector('article').innerHTML += html", planted
        )
        assert [one for one in visited.violations() if one.startswith(f"{rule}: ")]


def test_a_formula_that_is_not_set_would_be_seen(visit):
    with visit("notebooks/04_categorical_cross_entropy.html") as visited:
        assert visited.unset() == []
        visited.page.evaluate("document.querySelector('mjx-container').replaceWith('x^2')")
        assert visited.unset() == ["x^2"]


def test_a_request_elsewhere_would_be_seen(visit):
    with visit("index.html") as visited:
        visited.page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
        assert visited.elsewhere == ["https://elsewhere.example/"]
