"""How practice says things: lines that fit, code left alone, HTML that is safe and can be seen."""

import re

import pytest

from celib.practice.judging import Verdict
from celib.practice.telling import EDGES, Told, paragraph


def test_lines_have_88_characters_at_most():
    assert paragraph("a" * 43 + " " + "b" * 44) == "a" * 43 + " " + "b" * 44
    assert paragraph("a" * 43 + " " + "b" * 45) == "a" * 43 + "\n" + "b" * 45
    assert paragraph("a" * 80 + " cross-entropy") == "a" * 80 + "\ncross-entropy"


def test_paragraphs_stay_apart_and_code_stays_as_it_is():
    text = "\n\none\ntwo\n\n\n\n    p  =  1\n      q\n\nthree\n\n"
    assert paragraph(text) == "one two\n\n    p  =  1\n      q\n\nthree"
    assert paragraph("    half\na code") == "    half a code"
    assert paragraph("   x\n   y") == "   x    y"


def test_the_html_word_for_word():
    text = 'Is `p < 1` & "so"?\n\n\nA `q`\n\n\n    if p < 1:\n        q\n\nB'
    assert Verdict(text, "mistake")._repr_html_() == (
        '<div style="border-left: 4px solid #b35900; padding: 0.1em 0.8em">'
        '<p><strong>Is <code>p &lt; 1</code> &amp; "so"?</strong></p>'
        "<p>A <code>q</code></p>"
        '<pre style="margin: 0.6em 0"><code>if p &lt; 1:\n    q</code></pre>'
        "<p>B</p></div>"
    )
    assert Told("Noted.")._repr_html_() == (
        '<div style="border-left: 4px solid #6b7280; padding: 0.1em 0.8em">'
        "<p><strong>Noted.</strong></p></div>"
    )


def test_as_text_it_is_the_text():
    assert repr(Told("A\n\nB")) == str(Told("A\n\nB")) == "A\n\nB"


@pytest.mark.parametrize("status", ["right", "mistake", "unrecognised", ""])
def test_each_edge_can_be_seen_on_white_and_on_black(status):
    """A contrast of 3, as WCAG 2.2 asks for what is no text (success criterion 1.4.11)."""
    assert re.fullmatch("#[0-9a-f]{6}", EDGES[status])
    parts = [int(EDGES[status][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 3
    assert (luminance + 0.05) / 0.05 >= 3
    assert EDGES[status] in Verdict("x", status)._repr_html_()
