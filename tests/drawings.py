"""Reading a live picture back: its words, and the places they take."""

import itertools
import xml.etree.ElementTree as ET
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing):
    return ET.fromstring(drawing.svg)


def words_of(drawing):
    return [element.text or "" for element in parsed(drawing).iter(f"{SVG}text")]


def boxes(drawing):
    """Give for each text of a drawing the rectangle it takes."""
    for element in parsed(drawing).iter(f"{SVG}text"):
        if not element.text:
            continue
        size, weight = float(element.get("font-size", 14)), element.get("font-weight", "normal")
        (left, low), (right, high) = ink(element.text, size, weight)
        x, y = float(element.get("x")), float(element.get("y"))
        start = x - right * {"middle": 0.5, "end": 1}.get(element.get("text-anchor"), 0)
        yield element.text, (start + left, y - high, start + right, y - low)


@cache
def ink(words, size, weight):
    """Measure words in DejaVu Sans, the first font that the pictures ask for."""
    font = FontProperties(family="DejaVu Sans", weight=weight)
    return TextPath((0, 0), words, size, prop=font).get_extents().get_points()


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_words_stand_apart(drawing):
    """Let no word lie over another one or leave the picture."""
    _, _, width, height = map(float, parsed(drawing).get("viewBox").split())
    placed = list(boxes(drawing))
    for words, (left, top, right, bottom) in placed:
        assert left >= 0, words
        assert top >= 0, words
        assert right <= width, words
        assert bottom <= height, words
    for (words, one), (others, other) in itertools.combinations(placed, 2):
        assert not overlap(one, other), f"{words} lies over {others}"
