"""Live pictures: what every one of them does, and the one of page 04.

No browser here: the drawing is a pure function of the controls, and ipywidgets tells a picture
of a change in the same way whether it came from a hand or from Python.
"""

import itertools
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import ipywidgets
import numpy as np
import pytest
from drawings import SVG, assert_words_stand_apart, boxes, parsed, words_of

import celib
from celib.explore import Drawing, LivePicture, share_the_rest, sharing
from celib.explore.categorical import BASELINE, COLUMNS, HEIGHT, TOP, WIDTH
from celib.explore.svg import arrow, picture, text
from celib.figures.sharing import same_loss
from celib.figures.style import LOSS, MODEL, TRUTH

ANIMALS = ["dog", "cat", "horse", "cheetah"]
PROBABILITIES = [0.01, 0.015, 0.1, 0.25, 0.37, 0.5, 0.775, 0.9, 0.935, 0.985, 0.99]
EVENNESS = [0, 0.1, 0.3, 0.4, 0.5, 0.6, 0.9, 1]
SETTINGS = list(itertools.product(PROBABILITIES, EVENNESS))
every_setting = pytest.mark.parametrize("p_dog, evenness", SETTINGS)
CORNERS = list(itertools.product([0.01, 0.37, 0.99], [0, 0.5, 1]))
extreme_settings = pytest.mark.parametrize("p_dog, evenness", CORNERS)


# --- the numbers of page 04's picture -----------------------------------------------------------


@every_setting
def test_the_numbers_are_celibs(p_dog, evenness):
    numbers = sharing(p_dog, evenness).numbers
    p = numbers["probs"]
    assert sum(p) == pytest.approx(1, abs=1e-15)
    assert p[0] == p_dog
    assert numbers["loss_nats"] == celib.categorical_cross_entropy([1, 0, 0, 0], p)
    assert numbers["loss_bits"] == celib.categorical_cross_entropy(0, p, unit="bits")
    # by the definition, and by hand
    assert numbers["loss_nats"] == pytest.approx(-math.log(p_dog), rel=1e-14)
    assert numbers["pushes"] == pytest.approx([1 - p[0], -p[1], -p[2], -p[3]], abs=1e-15)
    assert sum(numbers["pushes"]) == pytest.approx(0, abs=1e-15)


@every_setting
def test_the_pushes_are_what_the_loss_loses_when_a_logit_rises(p_dog, evenness):
    numbers = sharing(p_dog, evenness).numbers
    present = [k for k, p in enumerate(numbers["probs"]) if p > 0]

    def loss(logits):
        return celib.categorical_cross_entropy_from_logits(0, logits)

    slopes = celib.numerical_gradient(loss, np.log([numbers["probs"][k] for k in present]))
    assert [numbers["pushes"][k] for k in present] == pytest.approx(-slopes, abs=1e-8)


def test_the_example_is_the_one_of_the_pages():
    numbers = sharing(0.775, 0.5).numbers
    assert numbers["probs"] == pytest.approx([0.775, 0.116, 0.039, 0.070], rel=1e-14)
    assert f"{numbers['loss_nats']:.4f} {numbers['loss_bits']:.4f}" == "0.2549 0.3677"
    assert sharing(0.775, 0).numbers["probs"] == pytest.approx([0.775, 0.225, 0, 0])
    assert sharing(0.775, 1).numbers["probs"] == pytest.approx([0.775, 0.075, 0.075, 0.075])


@pytest.mark.parametrize("p_dog", PROBABILITIES)
def test_sharing_the_rest_differently_moves_the_pushes_and_not_the_loss(p_dog):
    drawings = [sharing(p_dog, evenness) for evenness in EVENNESS]
    for name in "loss_nats", "loss_bits":
        assert len({drawing.numbers[name] for drawing in drawings}) == 1
    pushes = np.array([drawing.numbers["pushes"] for drawing in drawings])
    assert pushes[:, 0] == pytest.approx(1 - p_dog)  # dog's own
    assert (np.diff(pushes[:, 1]) > 0).all()  # cat is pushed down less and less,
    assert (np.diff(pushes[:, 2:], axis=0) < 0).all()  # horse and cheetah more and more


@pytest.mark.parametrize("evenness", EVENNESS)
def test_a_surer_model_loses_less_whatever_the_sharing(evenness):
    drawings = [sharing(p_dog, evenness) for p_dog in PROBABILITIES]
    assert (np.diff([drawing.numbers["loss_nats"] for drawing in drawings]) < 0).all()
    rests = np.array([drawing.numbers["probs"][1:] for drawing in drawings])
    assert rests / rests.sum(axis=1, keepdims=True) == pytest.approx(
        np.tile(rests[0] / rests[0].sum(), (len(rests), 1))
    )


@pytest.mark.parametrize(
    "setting, complaint",
    [
        ((0.0, 0.5), "p_dog must be from 0.01 to 0.99, got 0.0"),
        ((1.0, 0.5), "p_dog must be from 0.01 to 0.99, got 1.0"),
        ((0.5, 1.5), "evenness must be from 0 to 1, got 1.5"),
        ((0.5, -0.1), "evenness must be from 0 to 1, got -0.1"),
    ],
)
def test_a_setting_the_picture_cannot_show_is_refused(setting, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        sharing(*setting)


# --- what is drawn ------------------------------------------------------------------------------


@every_setting
def test_picture_and_words_say_the_numbers(p_dog, evenness):
    drawing = sharing(p_dog, evenness)
    numbers, root, written = drawing.numbers, parsed(drawing), words_of(drawing)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == root.get("aria-label")
    assert root.find(f"{SVG}desc").text == drawing.description
    for loss in f"{numbers['loss_nats']:.4f} nats", f"{numbers['loss_bits']:.4f} bits":
        assert loss in written
        assert loss in drawing.description
        assert loss in root.get("aria-label")
    for name, p, push in zip(ANIMALS, numbers["probs"], numbers["pushes"], strict=True):
        assert f"{p:.3f}" in written
        assert f"{name} {p:.3f}" in drawing.description
        assert f"{name} {p:.3f}" in root.get("aria-label")
        size = f"{abs(push):.3f}"
        if size == "0.000":
            assert "0.000" in written
            assert f"{name} 0.000" in drawing.description
        else:
            assert ("+" if push > 0 else "−") + size in written
            assert f"{name} {'up' if push > 0 else 'down'} {size}" in drawing.description


def test_the_example_in_words():
    assert sharing(0.775, 0.5).description == (
        "With dog 0.775 the loss is 0.2549 nats (0.3677 bits), however the other 0.225 is shared. "
        "Here it is shared as cat 0.116, horse 0.039, cheetah 0.070. The push y − p on each "
        "logit does depend on that: dog up 0.225, cat down 0.116, horse down 0.039, cheetah down "
        "0.070 (nats per unit of logit). The pushes add up to 0."
    )


@every_setting
def test_bars_arrows_and_the_loss_have_the_size_that_is_said(p_dog, evenness):
    drawing = sharing(p_dog, evenness)
    numbers, unit = drawing.numbers, BASELINE - TOP
    above = [rect for rect in parsed(drawing).iter(f"{SVG}rect") if float(rect.get("y")) < 266]
    bars = [float(rect.get("height")) / unit for rect in above if rect.get("fill") == MODEL]
    assert bars == pytest.approx(numbers["probs"], abs=1e-4)
    truths = [float(rect.get("y")) + 2.5 for rect in above if rect.get("fill") == TRUTH]
    assert truths == [TOP, BASELINE, BASELINE, BASELINE]
    (loss,) = [float(rect.get("height")) for rect in above if rect.get("fill") == LOSS]
    assert loss / unit * 5 == pytest.approx(numbers["loss_nats"], abs=1e-3)
    arrows = [arrow_of(path.get("d")) for path in parsed(drawing).iter(f"{SVG}path")]
    drawn = {x: (start - end) / unit for x, start, end in arrows if x in COLUMNS}
    assert [drawn[x] for x in COLUMNS] == pytest.approx(numbers["pushes"], abs=1e-4)


def arrow_of(path):
    """Read back where an arrow stands, starts and ends."""
    x, start = re.match(r"M(\S+) ([^H]+)H", path).groups()
    end = re.search(r"L\S+ ([^L]+)L", path)[1]
    return float(x) + 2, float(start), float(end)


@extreme_settings
def test_no_words_lie_over_one_another_or_outside(p_dog, evenness):
    placed = list(boxes(sharing(p_dog, evenness)))
    for (one, a), (other, b) in itertools.combinations(placed, 2):
        apart = a[0] > b[2] or b[0] > a[2] or a[1] > b[3] or b[1] > a[3]
        assert apart, (one, other)
    for words, (left, top, right, low) in placed:
        inside = left > 4 and top > 4 and right < WIDTH - 4 and low < HEIGHT - 4
        assert inside, words


@pytest.mark.parametrize("second", [(12, 30), (190, 60)])
def test_words_over_one_another_or_outside_would_be_noticed(second):
    words = [text(10, 30, "one"), text(*second, "other")]
    with pytest.raises(AssertionError):
        assert_words_stand_apart(Drawing(picture(200, 100, "t", "d", words), "d", {}))


@extreme_settings
def test_words_are_large_enough_to_read(p_dog, evenness):
    for element in parsed(sharing(p_dog, evenness)).iter(f"{SVG}text"):
        assert float(element.get("font-size", 14)) >= 13


# --- SVG ----------------------------------------------------------------------------------------


def test_what_is_special_in_svg_is_escaped():
    hard = "p < 1 & q > 0, \"so\" 'it' goes"
    root = ET.fromstring(picture(10, 10, hard, hard, [text(0, 0, hard, font_family=hard)]))
    assert root.get("aria-label") == hard
    assert {element.text for element in root if element.text} == {hard}
    assert root.find(f"{SVG}text").get("font-family") == hard


@pytest.mark.parametrize("start, end", [(0, 100), (100, 0), (50, 47), (50, 50.5), (50, 50)])
def test_an_arrow_ends_exactly_at_its_point_and_stays_between_its_ends(start, end):
    path = ET.fromstring(arrow(7, start, end, "black")).get("d")
    assert arrow_of(path) == (7, start, end)
    heights = [float(y) for y in re.findall(r"(?:V|[ML]\S+ )([-\d.]+)", path)]
    assert min(start, end) <= min(heights)
    assert max(heights) <= max(start, end)


# --- live ---------------------------------------------------------------------------------------


def test_the_picture_follows_the_controls():
    live = share_the_rest()
    assert (live.controls["p_dog"].value, live.controls["evenness"].value) == (0.775, 0.5)
    assert sharing(0.775, 0.5).svg in live.picture.value
    live.controls["p_dog"].value = 0.9
    assert live.drawing == sharing(0.9, 0.5)
    assert live.drawing.svg in live.picture.value
    assert "0.1054 nats (0.1520 bits)" in live.picture.value
    live.controls["evenness"].value = 1
    assert live.drawing == sharing(0.9, 1)
    assert live.drawing.svg in live.picture.value


def test_every_position_of_the_controls_can_be_drawn_and_shows():
    live = share_the_rest()
    p_dog, evenness = live.controls.values()
    seen = set()
    for p, index in itertools.product([p_dog.min, 0.5, p_dog.max], range(len(evenness.options))):
        p_dog.value, evenness.index = p, index
        ET.fromstring(f"<div>{live.picture.value}</div>")
        seen.add(live.picture.value)
    assert len(seen) == 3 * 11
    assert [label for label, _ in evenness.options][::5] == ["only cat", "example", "even"]
    # between the named positions the slider says which way it goes
    assert {label for label, _ in evenness.options[1:5]} == {"mostly cat"}
    assert {label for label, _ in evenness.options[6:10]} == {"more even"}


def test_the_controls_are_native_and_have_names():
    live = share_the_rest()
    assert [control.description for control in live.controls.values()] == [
        "probability of dog",
        "sharing of the rest",
    ]
    assert live.children == (*live.controls.values(), live.picture)
    assert {type(child).__module__.split(".")[0] for child in live.children} == {"ipywidgets"}


def test_two_pictures_share_nothing():
    one, other = share_the_rest(), share_the_rest()
    before = other.picture.value
    one.controls["p_dog"].value = 0.1
    one.controls["evenness"].value = 0
    assert other.picture.value == before
    assert other.drawing == sharing(0.775, 0.5)
    assert not re.search(r"\bid=", one.picture.value)  # so neither does the page they stand in


def test_a_drawing_that_fails_is_seen_and_is_heard():
    def half(n):
        return Drawing(f"<svg>{1 / n:g}</svg>", f"1/{n} is {1 / n:g}.", {"half": 1 / n})

    live = LivePicture(half, n=ipywidgets.IntSlider(2))
    with pytest.raises(ZeroDivisionError):
        live.controls["n"].value = 0
    assert '<p role="alert">ZeroDivisionError: ' in live.picture.value
    assert "<svg>" not in live.picture.value  # no old picture beside a new setting
    live.controls["n"].value = 4
    assert "1/4 is 0.25." in live.picture.value
    with pytest.raises(ZeroDivisionError):
        LivePicture(half, n=ipywidgets.IntSlider(0))


def test_the_caption_is_escaped():
    live = LivePicture(
        lambda n: Drawing("<svg/>", f"{n} < 3 & 'so' on", {}), n=ipywidgets.IntText(2)
    )
    caption = ET.fromstring(f"<div>{live.picture.value}</div>").find("p")
    assert caption.text == "2 < 3 & 'so' on"
    assert caption.get("role") == "status"  # said by a screen reader when it changes


def test_a_stored_notebook_has_the_words_and_a_live_one_the_picture():
    live = share_the_rest()
    bundle = live._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    words, how = bundle["text/plain"].rsplit("\n", 1)
    assert " ".join(words.split()) == live.drawing.description
    assert how == "Run this cell to move it."
    assert max(map(len, words.splitlines())) <= 88
    live.controls["p_dog"].value = 0.9
    assert "0.1054 nats" in live._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize(
    "code",
    [
        "import celib, sys; assert not {'ipywidgets', 'IPython', 'matplotlib'} & set(sys.modules)",
        "import celib.explore, ipywidgets, sys, threading;"
        "from ipywidgets.widgets.widget import _instances;"
        "assert not _instances and threading.active_count() == 1;"
        "assert 'matplotlib.pyplot' not in sys.modules",
    ],
    ids=["celib loads nothing heavier than NumPy", "celib.explore makes and starts nothing"],
)
def test_importing(code):
    subprocess.run([sys.executable, "-c", code], check=True)


# --- its static twin ----------------------------------------------------------------------------


def test_the_static_twin_shows_what_the_live_picture_shows():
    places = [0, 0.5, 1]
    drawings = [sharing(0.775, place) for place in places]
    probs = [drawing.numbers["probs"] for drawing in drawings]
    figure = same_loss(0, probs, names=ANIMALS, titles=["only cat", "example", "even"])
    words = figure.describe()
    assert words.startswith("The same loss, 0.2549 nats = 0.3677 bits, but another push on the")
    for drawing, panel, title in zip(
        drawings, words.splitlines()[1:], ["only cat", "example", "even"], strict=True
    ):
        assert f": {title}. " in panel
        pushes = [f"“{push:+.3f}”".replace("-", "−") for push in drawing.numbers["pushes"] if push]
        assert re.findall("“[+−].*?”", panel) == pushes
        for name, p in zip(ANIMALS[1:], drawing.numbers["probs"][1:], strict=True):
            assert re.search(rf"{name} (from )?{p:g}\b", panel)


def test_the_static_twin_shows_other_losses_and_classes_as_well():
    words = same_loss(2, [0.25, 0.25, 0.5]).describe()
    assert words.startswith("The same loss, 0.6931 nats = 1.0000 bits")
    assert "class 2 from 0.5 to 1" in words
    assert "class 0 from 0.25 to 0" in words
    assert same_loss(0, [[0.5, 0.5], [0.5, 0.5]]).describe().count("“truth y” at class 0, 1") == 2


def test_the_static_twin_refuses_what_it_cannot_claim():
    with pytest.raises(
        ValueError, match=r"different losses, \[0.6931, 0.9163\] nats; give class 0"
    ):
        same_loss(0, [[0.5, 0.5], [0.4, 0.6]])
    with pytest.raises(ValueError, match=r"names has 3 entries for 2. Give each class one."):
        same_loss(0, [[0.5, 0.5]], names=["a", "b", "c"])
    with pytest.raises(ValueError, match=r"titles has 2 entries for 1. Give each prediction one."):
        same_loss(0, [[0.5, 0.5]], titles=["a", "b"])
