"""The live pictures as they move on the site, without a kernel: each state is what celib draws."""

import gzip
import itertools
import json
import math
import re
from types import SimpleNamespace

import frames
import laying
import pytest
from pages import PAGES

import celib.explore

DOG, TRAINED = (0.775, 0.116, 0.039, 0.070), (0.936, 0.028, 0.013, 0.023)
EVEN = (0.25, 0.25, 0.25, 0.25)
# What the controls say, and the values that this means; the state at the start is the first.
STATES = {
    "twenty_questions": {
        ("dog 0.8", "1"): (4, 1),
        ("dog 0.25", "1"): (0, 1),
        ("dog 0.936", "3"): (5, 3),
        ("dog 0.775", "2"): (3, 2),
    },
    "swap_codes": {
        ("0 (Alice’s)", "Bob"): (0.0, "Bob"),
        ("−0.2 (beyond Alice’s)", "Bob"): (-0.2, "Bob"),
        ("1.8 (beyond Bob’s)", "Alice"): (1.8, "Alice"),
        ("1 (Bob’s)", "Bob"): (1.0, "Bob"),
        ("0.4 (nearer Alice’s)", "Alice"): (0.4, "Alice"),
    },
    "shift_and_temperature": {
        ("+0.0", "1"): (0, 1),
        ("−2.0", "0.1"): (-2, 0.1),
        ("+2.0", "100"): (2, 100),
        ("−1.5", "0.3"): (-1.5, 0.3),
    },
    "share_the_rest": {
        ("0.775", "example"): (0.775, 0.5),
        ("0.010", "only cat"): (0.01, 0),
        ("0.990", "even"): (0.99, 1),
        ("0.500", "even"): (0.5, 1),
        ("0.935", "example"): (0.935, 0.5),
    },
    "one_logit": {
        ("1.3", "logit"): (1.3, "logit"),
        ("−6.0", "probability"): (-6, "probability"),
        ("6.0", "both by mistake"): (6, "both by mistake"),
        ("−1.7", "both by mistake"): (-1.7, "both by mistake"),
        ("0.0", "logit"): (0, "logit"),
    },
    "step_downhill": {("0",): (0,), ("1",): (1,), ("9",): (9,), ("15",): (15,)},
    "weight_and_prevalence": {
        ("0.1", "9"): (0.1, 9),
        ("0.01", "99"): (0.01, 99),
        ("0.5", "1"): (0.5, 1),
        ("0.05", "1/9"): (0.05, 1 / 9),
    },
    "tug_of_gamma": {
        ("0.0", "none", "as published"): (0, "none", "as published"),
        ("5.0", "0.99", "as published"): (5, 0.99, "as published"),
        ("0.4", "none", "p_t not flipped"): (0.4, "none", "p_t not flipped"),
        ("2.0", "0.25", "alpha on the negatives"): (2, 0.25, "alpha on the negatives"),
        ("1.3", "0.1", "as published"): (1.3, 0.1, "as published"),
    },
    "decision_card": {
        ("focal, gamma 2", "9 false alarms", "2%"): ("focal, gamma 2", 9, 0.02),
        ("cross-entropy", "1 false alarm", "50%"): ("cross-entropy", 1, 0.5),
        ("smoothing 0.3", "99 false alarms", "1%"): ("smoothing 0.3", 99, 0.01),
        ("weight 9", "19 false alarms", "20%"): ("weight 9", 19, 0.2),
    },
    "paste_a_number": {
        ("0.3677", "dog 0.775 (example)"): ("0.3677", DOG),
        ("0.1107", "dog 0.775 (example)"): ("0.1107", DOG),
        ("0.11", "dog 0.775 (example)"): ("0.11", DOG),
        ("0.1", "dog 0.775 (example)"): ("0.1", DOG),
        ("1.3863", "0.25 each"): ("1.3863", EVEN),
        ("−0.0661", "dog 0.936 (trained)"): ("−0.0661", TRAINED),
    },
}
# Bytes as they travel, compressed: the page and the frames that only it needs. The slowest phones
# would bear three times as much; elements stored again in each frame would take ten times.
MOST = 500_000


def page_of(name):
    """Return the page that shows a live picture."""
    (page,) = [
        page
        for page, notebook in PAGES.items()
        if any(cell.source == f"explore.{name}()" for cell in notebook.cells)
    ]
    return page


@pytest.fixture(scope="module")
def sampled():
    return {name: frames.sampled(frames.made(name)) for name in STATES}


def test_every_live_picture_of_the_pages_is_held_here():
    assert laying.live_pictures() == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_a_frame_is_what_celib_draws(sampled, name):
    live = getattr(celib.explore, name)()
    words = [[word for word, _ in frames.places(one)] for one in live.controls.values()]
    for said, values in STATES[name].items():
        setting = [among.index(word) for among, word in zip(words, said, strict=True)]
        drawn = live.draw(*values)
        assert frames.decoded(sampled[name], setting) == drawn.svg
    assert len(sampled[name].frames) == math.prod(sampled[name].sizes) == math.prod(map(len, words))


@pytest.mark.parametrize("name", STATES)
def test_no_two_settings_have_one_frame(sampled, name):
    """A control whose place is not used, or used for another's, would give one picture twice."""
    settings = itertools.product(*map(range, sampled[name].sizes))
    pictures = {frames.decoded(sampled[name], setting) for setting in settings}
    assert len(pictures) == len(sampled[name].frames)


@pytest.mark.parametrize("name", STATES)
def test_every_frame_is_a_whole_picture_with_its_words(sampled, name):
    for elements in sampled[name].frames:
        svg = "".join(sampled[name].elements[element] for element in elements)
        assert svg.startswith("<svg ")
        assert svg.endswith("</svg>")
        _, _, words = svg.partition("<desc>")
        assert re.search(r"\d", words[: words.index("</desc>")])


@pytest.mark.parametrize("name", STATES)
def test_the_controls_stand_where_the_notebook_has_them(name):
    said, values = next(iter(STATES[name].items()))
    live = getattr(celib.explore, name)()
    at_start = [frames.places(one)[frames.start(one)] for one in live.controls.values()]
    assert at_start == list(zip(said, values, strict=True))
    assert live.drawing == live.draw(*values)


def test_the_numbers_that_page_10_asks_for_can_be_chosen():
    cells = [cell.source for cell in PAGES[page_of("paste_a_number")].cells]
    after = cells[cells.index("explore.paste_a_number()") + 1 :]
    asked = re.findall(r"(?<=[Tt]ype )\d\.\d+|(?<=then )\d\.\d+", after[0])
    tried = [re.findall(r'"(-?\d\.\d+)"', cell) for cell in after if "explore.explaining(" in cell]
    offered = [word for word, _ in frames.places(frames.made("paste_a_number").controls["claimed"])]
    wanted = {one.replace("-", "−") for one in itertools.chain(asked, *tried)}
    assert len(wanted) == 12
    assert wanted <= set(offered)


def test_a_cell_that_cannot_be_found_is_refused():
    assert frames.called("explore.one_logit()\n") == "one_logit"
    with pytest.raises(ValueError, match=r"'explore.one_logit\(3\)' .* a call without arguments"):
        frames.called("explore.one_logit(3)")


@pytest.mark.parametrize("name", STATES)
def test_a_page_with_its_frames_travels_light(site, name):
    files = [f"{page_of(name)}.html", f"{frames.FOLDER}/{name}.js"]
    sizes = [len(gzip.compress((site / "notebooks" / file).read_bytes())) for file in files]
    assert sum(sizes) < MOST


# --- in a browser -------------------------------------------------------------------------------

SHOWS = """(picture, svg) => {
    const box = document.createElement("div");
    box.innerHTML = svg;
    return picture.querySelector(".live-drawing").firstChild.isEqualNode(box.firstChild);
}"""


class Moving:
    """A live picture on the site, and the one of celib that it has to be like."""

    def __init__(self, visited, name):
        self.visited, self.page, self.states = visited, visited.page, STATES[name]
        self.live = getattr(celib.explore, name)()
        self.box = self.page.locator(f".live-picture[data-name={name}]")
        self.labels = [one.description for one in self.live.controls.values()]

    def holds(self, values):
        from playwright.sync_api import expect

        drawn = self.live.draw(*values)
        expect(self.box.locator(".live-words")).to_have_text(drawn.description)
        assert self.box.locator(".live-words").text_content() == drawn.description
        assert self.box.evaluate(SHOWS, drawn.svg)

    def slider(self, label):
        return self.box.get_by_role("slider", name=label, exact=True)

    def menu(self, label):
        return self.box.get_by_role("combobox", name=label, exact=True)

    def buttons(self, label):
        return self.box.get_by_role("group", name=label, exact=True).get_by_role("radio")

    def set(self, said):
        """Move all controls by keyboard."""
        for label, word in zip(self.labels, said, strict=True):
            self.press(label, word)

    def control(self, label):
        """Return the control of this name, and what it says; of buttons, the chosen one."""
        if self.buttons(label).count():
            chosen = self.buttons(label).and_(self.page.locator(":checked"))
            return chosen, "one => one.labels[0].textContent.trim()"
        if self.menu(label).count():
            return self.menu(label), "one => one.selectedOptions[0].textContent"
        return self.slider(label), "one => one.getAttribute('aria-valuetext')"

    def says(self, label):
        control, says = self.control(label)
        return control.evaluate(says)

    def press(self, label, word):
        """Move the control of this name by keyboard, until it says this word."""
        self.control(label)[0].focus()
        if self.slider(label).count():
            self.slide(label, word)
        elif self.menu(label).count():
            self.page.keyboard.press("Home")
            self.go_on("ArrowDown", label, word)
        else:
            self.go_on("ArrowRight", label, word)
        assert self.says(label) == word

    def slide(self, label, word):
        """Move a slider from its nearer end; each step is drawn, so that a way takes its time."""
        words = json.loads(self.slider(label).get_attribute("data-words"))
        after, before = words.index(word), words[::-1].index(word)
        self.page.keyboard.press("Home" if after <= before else "End")
        for _ in range(min(after, before)):
            self.page.keyboard.press("ArrowRight" if after <= before else "ArrowLeft")

    def go_on(self, key, label, word):
        for _ in range(200):
            if self.says(label) == word:
                return
            self.page.keyboard.press(key)


@pytest.fixture
def moving(visit):
    """Open the page of a live picture."""
    opened = []

    def open_page(name, **options):
        opened.append(visit(f"notebooks/{page_of(name)}.html", **options))
        return Moving(opened[-1], name)

    yield open_page
    for visited in opened:
        visited.context.close()


@pytest.fixture(scope="module", params=STATES)
def picture(request, visit):
    """Open the page of each live picture once, since loading it is what takes the time."""
    with visit(f"notebooks/{page_of(request.param)}.html") as visited:
        yield Moving(visited, request.param)


def test_it_opens_where_the_notebook_has_it(picture):
    said, values = next(iter(picture.states.items()))
    for label, word in zip(picture.labels, said, strict=True):
        assert picture.says(label) == word
    sliders = picture.box.get_by_role("slider")
    starts = [frames.start(c) for c in picture.live.controls.values() if hasattr(c, "readout")]
    assert [int(slider.input_value()) for slider in sliders.all()] == starts
    picture.holds(values)


def test_keys_move_it(picture):
    for said, values in picture.states.items():
        picture.set(said)
        picture.holds(values)
        for slider in picture.box.get_by_role("slider").all():
            beside = slider.locator("+ output").text_content()
            assert beside == slider.get_attribute("aria-valuetext")
            assert beside in said
    assert picture.visited.elsewhere == picture.visited.errors == []


def test_a_mouse_moves_it(picture):
    picture.page.set_viewport_size({"width": 1000, "height": 900})
    said, values = next(iter(picture.states.items()))
    picture.set(said)
    values = dict(zip(picture.labels, values, strict=True))
    for label, control in zip(picture.labels, picture.live.controls.values(), strict=True):
        places = frames.places(control)
        if picture.slider(label).count():
            for place in dragged(picture.page, picture.slider(label)):
                values[label] = places[place][1]
                picture.holds(values.values())
            assert values[label] == places[-1][1]
        elif picture.menu(label).count():
            word, values[label] = places[0]
            picture.menu(label).select_option(word)
        else:
            word, values[label] = places[-1]
            picture.box.get_by_text(word, exact=True).click()
        picture.holds(values.values())


def dragged(page, slider):
    """Drag a slider from its left end to its right, and give its place on the way."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    across = [box["x"] + 8 + (box["width"] - 16) * i / 6 for i in range(7)]
    page.mouse.move(across[0], box["y"] + box["height"] / 2)
    page.mouse.down()
    for x in across:
        page.mouse.move(x, box["y"] + box["height"] / 2)
        yield int(slider.input_value())
    page.mouse.up()


def test_it_is_open_to_everyone(picture):
    picture.page.set_viewport_size({"width": 320, "height": 640})
    picture.set([*picture.states][-1])
    assert picture.visited.violations(within=".live-picture") == []
    assert picture.page.evaluate("document.documentElement.scrollWidth") <= 320
    picture.page.emulate_media(color_scheme="dark")
    picture.page.wait_for_selector("html[data-theme=dark]")
    assert picture.visited.violations(["color-contrast"], ".live-picture") == []


def test_controls_stand_above_the_picture_and_are_not_wider(picture):
    for width in 320, 360, 800, 1440:
        picture.page.set_viewport_size({"width": width, "height": 900})
        svg = picture.box.locator("svg").bounding_box()
        for control in picture.box.locator("input, select, output, legend, label").all():
            box = control.bounding_box()
            assert svg["x"] - 1 <= box["x"]
            assert box["x"] + box["width"] <= svg["x"] + svg["width"] + 1
            assert box["y"] + box["height"] <= svg["y"]


def test_a_track_keeps_its_length_while_its_word_changes(moving):
    picture = moving("swap_codes")
    (label, _) = picture.labels
    for width in 320, 1440:
        picture.page.set_viewport_size({"width": width, "height": 900})
        boxes = []
        for word in ("0 (Alice’s)", "−0.2 (beyond Alice’s)", "1 (Bob’s)"):
            picture.press(label, word)
            boxes.append(picture.slider(label).bounding_box())
        assert boxes[0] == boxes[1] == boxes[2]


def test_a_flood_of_moves_is_told_once(moving):
    picture = moving("step_downhill")
    picture.box.locator("[role=status]").evaluate("""one => {
        window.told = [];
        const note = () => one.textContent && told.push(one.textContent);
        new MutationObserver(note).observe(one, {childList: true});
    }""")
    clock = picture.page.clock  # stopped, so that no pause of the machine is one of the reader's
    clock.install(time="2026-01-01")
    clock.pause_at("2026-01-02")
    picture.press("steps taken", "1")
    picture.holds([1])
    for _ in range(8):
        clock.run_for(400)
        picture.page.keyboard.press("ArrowRight")
    picture.holds([9])
    assert picture.page.evaluate("told") == []
    clock.run_for(600)
    assert picture.page.evaluate("told") == [picture.live.draw(9).description]
    clock.run_for(5000)
    assert len(picture.page.evaluate("told")) == 1
    # its word belongs to the slider, which tells it; a second telling would be noise
    assert picture.box.locator("output").get_attribute("aria-live") == "off"


def test_frames_wait_until_their_picture_is_near(moving):
    picture = moving("share_the_rest")
    arrived = "Object.keys(files).length"
    assert picture.page.evaluate(arrived) == 0
    picture.box.scroll_into_view_if_needed()
    picture.page.wait_for_function(f"{arrived} === 1")


def test_frames_that_do_not_arrive_are_spoken_of_and_asked_for_again(moving):
    picture = moving("step_downhill")
    picture.page.route("**/frames/*", lambda route: route.abort())
    picture.press("steps taken", "3")
    message = picture.box.get_by_text("did not arrive")
    message.wait_for()
    assert message.bounding_box()["height"] > 10
    picture.page.unroute("**/frames/*")
    picture.press("steps taken", "9")
    picture.holds([9])
    assert message.count() == 0


def test_paper_has_the_picture_and_no_controls(moving):
    picture = moving("one_logit")
    picture.page.emulate_media(media="print")
    assert picture.box.locator("svg").is_visible()
    assert picture.box.locator(".live-words").is_visible()
    for hidden in ("form", ".live-note"):
        assert not any(one.is_visible() for one in picture.box.locator(hidden).all()), hidden


def test_without_a_script_the_picture_stands_still(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/notebooks/{page_of('one_logit')}.html")
    box = page.locator(".live-picture")
    assert box.locator("svg").is_visible()
    assert box.locator(".live-words").inner_text().endswith("none is steeper than 1.")
    assert box.get_by_text(frames.ELSEWHERE).is_visible()
    assert not box.locator("form").is_visible()
    context.close()


def test_it_moves_on_a_site_that_is_read_from_a_disk(browser, site):
    page = browser.new_page()
    page.goto((site / "notebooks" / f"{page_of('step_downhill')}.html").as_uri())
    picture = Moving(SimpleNamespace(page=page), "step_downhill")
    picture.press("steps taken", "9")
    picture.holds([9])
    page.close()
