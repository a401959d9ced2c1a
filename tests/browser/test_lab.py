"""The live pictures in JupyterLab: every control of every one, by keyboard and by mouse."""

import json

import lab_page
import pytest

from celib import explore

pytest.importorskip("playwright", reason="`make browser` installs playwright")

from playing import LIVE, failures, play_by_keyboard, play_by_mouse

WIDGET = "application/vnd.jupyter.widget-view+json"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of ipywidgets: (rule, a part of the element), with the reason why it stands.
ALLOWED = {
    ("aria-input-field-name", "noUi-handle"): (
        "no option of ipywidgets reaches the handle of a slider; its name stands before it, and "
        "its value after it"
    ),
}


def test_every_page_of_the_ten_has_a_live_picture():
    assert [name[:2] for name in LIVE] == [f"{n:02}" for n in range(1, 11)]


@pytest.mark.parametrize("name", LIVE)
def test_a_page_with_its_live_pictures(lab, axe, name):
    """One visit a page; that is where the time goes."""
    with lab.open(f"notebooks/{name}.ipynb"):
        lab.run_all()
        cells = lab.cells()
        assert list(failures(cells)) == []
        assert live(cells) == [*LIVE[name]]
        for index, picture in LIVE[name].items():
            played = lab_page.Played(lab.output(index), getattr(explore, picture)())
            play_by_keyboard(played)
            play_by_mouse(played)
            assert violations(lab.output(index), axe) == []
            assert played.output.locator(".widget-vbox > * > [title=null]:visible").count() == 0
        assert lab.errors == []
        assert lab.elsewhere == []


def live(cells):
    return [
        index
        for index, cell in enumerate(cells)
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", []))
    ]


def violations(output, axe):
    output.page.add_script_tag(path=axe)
    # Lab's body has no height and hides what leaves it, so axe would take all words for hidden.
    output.page.add_style_tag(content="body { height: 100vh }")
    options = json.dumps({"runOnly": WCAG, "resultTypes": ["violations"]})
    found = output.evaluate(f"output => axe.run(output, {options}).then(r => r.violations)")
    return [
        f"{one['id']}: {node['html'][:300]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
        if not any(rule == one["id"] and part in node["html"] for rule, part in ALLOWED)
    ]


def test_a_callback_that_fails_is_told_in_the_place_of_the_picture(lab, folder):
    lab_page.lay(
        folder,
        "failing.ipynb",
        "import ipywidgets\n"
        "from celib.explore import Drawing, LivePicture\n"
        "def draw(side):\n"
        "    if side > 3:\n"
        "        raise ValueError(f'side is {side}, which is more than 3 cm')\n"
        "    return Drawing('<svg/>', f'A square of {side**2} cm².', {'area': side**2})\n"
        "LivePicture(draw, side=ipywidgets.IntSlider(3))",
    )
    with lab.open("failing.ipynb"):
        lab.run_all()
        output = lab.output(0)
        picture = output.locator(".widget-html svg")
        picture.wait_for(state="attached")
        output.locator("[role=slider]").focus()
        lab.page.keyboard.press("ArrowRight")
        alert = output.locator("[role=alert]")
        alert.wait_for()
        assert alert.inner_text() == "ValueError: side is 4, which is more than 3 cm"
        assert picture.count() == 0
        lab.page.keyboard.press("ArrowLeft")
        alert.wait_for(state="detached")
        assert output.locator("[role=status]").inner_text() == "A square of 9 cm²."


def test_words_that_are_too_pale_would_be_found(lab, folder, axe):
    lab_page.lay(folder, "pale.ipynb", "from celib import explore\nexplore.one_logit()")
    with lab.open("pale.ipynb"):
        lab.run_all()
        output = lab.output(0)
        output.locator("[role=status]").evaluate("words => { words.style.color = '#aaa' }")
        [found] = violations(output, axe)
        assert "color-contrast" in found
