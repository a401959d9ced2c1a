"""The map of ideas names every page, once as a box and where its arrows lead."""

import re

from celib.figures import concept_map
from celib.figures.concepts import IDEAS, STEPS


def test_every_page_of_the_collection_is_on_the_map():
    assert {idea.page for idea in IDEAS.values()} == {f"{page:02}" for page in range(1, 11)}


def test_the_map_says_its_arrows_in_words():
    said = concept_map().describe()
    arrows = re.findall(r"Arrow “(.+?) \((\d\d)\), (.+?): (.+?) \((\d\d)\)”", said)
    assert len(arrows) == len(STEPS)
    assert ("categorical", "04", "its slope", "gradient", "06") in arrows


def test_nothing_on_the_map_lies_over_another_thing():
    figure = concept_map()
    figure.draw_without_rendering()
    (axes,) = figure.axes
    boxes = [text.get_bbox_patch() for text in axes.texts if text.get_bbox_patch()]
    labels = [text for text in axes.texts if not text.get_bbox_patch() and "page" not in str(text)]
    extents = [artist.get_window_extent() for artist in (*boxes, *labels)]
    for i, one in enumerate(extents):
        assert not any(one.overlaps(other) for other in extents[:i])
        assert min(one.x0, one.y0) >= 0
        assert one.x1 <= figure.bbox.x1
        assert one.y1 <= figure.bbox.y1
