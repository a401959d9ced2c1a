"""Every live picture at a few settings, element by element, as it was when somebody looked at it.

What a picture says is held by the other tests; where its shapes and words stand, and what its
controls are like, is held here. A file in `stored` is itself an SVG: a browser shows all the
settings, one under another. After a change that is meant,

    python tests/explore/test_stored.py

writes the files anew; look at them, and at the difference, before you commit them.

Positions are written to a hundredth of a pixel and none of these lies near the middle between two,
so that another NumPy, or another machine, writes the same.
"""

import inspect
import re
import xml.etree.ElementTree as ET
from difflib import unified_diff
from pathlib import Path

import pytest

import celib.explore
from celib.explore import LivePicture
from celib.explore.svg import arrow, rect

STORED = Path(__file__).parent / "stored"
DOG, TRAINED = (0.775, 0.116, 0.039, 0.070), (0.936, 0.028, 0.013, 0.023)
EVEN = (0.25, 0.25, 0.25, 0.25)
# The example of the page, the ends of the controls, and whatever is drawn otherwise than that.
SETTINGS = {
    "twenty_questions": [(4, 1), (0, 1), (3, 2), (1, 1), (4, 3), (5, 1)],
    "swap_codes": [(0.0, "Bob"), (1.0, "Bob"), (1.8, "Alice"), (-0.2, "Bob"), (0.4, "Alice")],
    "shift_and_temperature": [(0, 1), (2, 0.1), (-2, 100), (-1, 0.3), (0.5, 5)],
    "share_the_rest": [(0.775, 0.5), (0.01, 0), (0.99, 1), (0.5, 0.2)],
    "one_logit": [
        *((1.3, "logit"), (-6, "probability"), (6, "both by mistake"), (-1.7, "both by mistake")),
    ],
    "step_downhill": [(0,), (1,), (9,), (15,)],
    "weight_and_prevalence": [(0.1, 9), (0.01, 99), (0.5, 1), (0.05, 1 / 9)],
    "tug_of_gamma": [
        *((0, "none", "as published"), (2, 0.25, "as published"), (5, 0.99, "as published")),
        *((1.3, 0.1, "alpha on the negatives"), (2, 0.75, "p_t not flipped")),
    ],
    "decision_card": [
        *(("focal, gamma 2", 9, 0.02), ("cross-entropy", 1, 0.5), ("weight 9", 9, 0.02)),
        *(("weight 9", 99, 0.01), ("focal, gamma 2", 2, 0.2)),
    ],
    "paste_a_number": [
        *(("0.3677", DOG), ("a third", TRAINED), ("−0.2549", DOG), ("1.3863", EVEN)),
        *(("0", TRAINED), ("1e-9", DOG), ("12345", DOG), ("0.02", TRAINED)),
    ],
}
# Of a control, what a reader meets.
TRAITS = ("description", "value", "min", "max", "step", "readout_format", "options", "placeholder")
LOOKS = {
    "layout": ("width", "max_width"),
    "style": ("description_width", "button_width"),
}


def controls_of(live):
    """Give each control of a live picture in some lines of words."""
    for name, control in live.controls.items():
        yield f"{name}: {type(control).__name__}"
        yield from (f"  {t} {getattr(control, t)!r}" for t in TRAITS if hasattr(control, t))
        for part, traits in LOOKS.items():
            of_part = getattr(control, part)
            yield from (f"  {t} {getattr(of_part, t)!r}" for t in traits if hasattr(of_part, t))


def sheet(name):
    """Put the controls of a live picture and its settings on one sheet, an element a line."""
    live = getattr(celib.explore, name)()
    lines, top = [], 0.0
    for setting in SETTINGS[name]:
        drawing = live.draw(**dict(zip(live.controls, setting, strict=True)))
        width, height = re.search(r'viewBox="0 0 (\S+) (\S+)"', drawing.svg).groups()
        lines += [
            f"<!-- {', '.join(map(str, setting))} -->",
            f'<svg y="{top:g}" width="{width}" height="{height}">',
            # rounding may leave a little less than nothing of a bar
            *re.sub(r"(?<=>)(?=<)", "\n", drawing.svg.replace('"-0"', '"0"')).splitlines(),
            "</svg>",
        ]
        top += float(height)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 {top:g}">',
            *("<!--", *(line.replace("--", "- -") for line in controls_of(live)), "-->"),
            *lines,
            "</svg>\n",
        ]
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_every_shape_and_word_is_where_it_was(name):
    stored = (STORED / f"{name}.svg").read_text(encoding="utf-8")
    drawn = sheet(name)
    ET.fromstring(drawn)
    if drawn != stored:
        changed = [*unified_diff(stored.splitlines(), drawn.splitlines(), lineterm="", n=0)][2:]
        changed = "\n".join(line[:200] for line in changed[:20])
        pytest.fail(
            f"{name} is drawn otherwise than it was stored (- stored, + drawn):\n{changed}\n"
            "If that is meant, run `python tests/explore/test_stored.py` and look at the pictures "
            "in tests/explore/stored."
        )


def test_every_live_picture_is_stored():
    made = {
        name
        for name, one in vars(celib.explore).items()
        if inspect.isfunction(one) and inspect.signature(one).return_annotation is LivePicture
    }
    assert made == set(SETTINGS) == {file.stem for file in STORED.glob("*.svg")}


def test_places_are_written_to_a_hundredth_of_a_pixel():
    shapes = rect(1 / 3, 1, 1.004, 1.006) + arrow(2 / 3, 1 / 3, 20 / 3, "black")
    assert 'x="0.33" y="1" width="1" height="1.01"' in shapes
    assert max(len(places) for places in re.findall(r"\.(\d+)", shapes)) == 2


if __name__ == "__main__":
    for picture in SETTINGS:
        (STORED / f"{picture}.svg").write_text(sheet(picture), encoding="utf-8", newline="\n")
