"""SVG as text: the few shapes the live pictures are drawn with.

Every function returns a piece of SVG. Attributes are keyword arguments, written with ``_`` for
``-``: ``font_size=14`` becomes ``font-size="14"``. The shapes carry no ``id`` and no style sheet,
so any number of pictures can stand in one page without touching each other or the page.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from celib.figures.style import FAINT, INK

__all__ = ["arrow", "curve", "line", "picture", "rect", "text"]

DASHES = "6 7"  # of a curve, whose round ends make them longer and the gaps shorter
HEAD_LENGTH = 11.0
HEAD_WIDTH = 14.0


def picture(
    width: float, height: float, title: str, description: str, shapes: Iterable[str]
) -> str:
    """Put shapes together into an SVG image that says what it shows.

    Parameters
    ----------
    width, height : float
        Size of the drawing in its own units; on the page it is at most `width` CSS pixels wide
        and shrinks with the page.
    title : str
        What a screen reader calls the picture: one sentence, with its numbers.
    description : str
        All that the picture shows, in words.
    shapes : iterable of str
        Pieces of SVG.

    Returns
    -------
    str
        An ``<svg>`` element.

    Examples
    --------
    >>> print(picture(20, 10, "A bar.", "One bar, 5 high.", [rect(0, 5, 4, 5)])[:57])
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 1
    """
    # A card of its own: ink on white, as the stored figures, in the light and in the dark theme.
    card = rect(0.5, 0.5, width - 1, height - 1, rx=6, fill="white", stroke=FAINT)
    return _element(
        "svg",
        _element("title", escape(title)),
        _element("desc", escape(description)),
        card,
        *shapes,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=title,
        style=f"display: block; width: 100%; max-width: {width:g}px",
        fill=INK,
        font_family="DejaVu Sans, Verdana, system-ui, sans-serif",
        font_size=14,
    )


def rect(x: float, y: float, width: float, height: float, **attributes: str | float) -> str:
    """Draw a rectangle whose top left corner is at (x, y).

    Parameters
    ----------
    x, y, width, height : float
        Place and size; y grows downwards.
    **attributes : str or float
        Further attributes, such as ``fill="white"``.

    Returns
    -------
    str
        A ``<rect>`` element.

    Examples
    --------
    >>> rect(10, 20, 30, 5.125, fill="white")
    '<rect x="10" y="20" width="30" height="5.12" fill="white"/>'
    """
    return _element("rect", x=x, y=y, width=width, height=height, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> str:
    """Draw a straight line.

    Parameters
    ----------
    x1, y1, x2, y2 : float
        The two ends.
    **attributes : str or float
        Further attributes, such as ``stroke="black"``.

    Returns
    -------
    str
        A ``<line>`` element.

    Examples
    --------
    >>> line(0, 0, 10, 0, stroke_width=2)
    '<line x1="0" y1="0" x2="10" y2="0" stroke-width="2"/>'
    """
    return _element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def curve(places: Iterable[tuple[float, float]], **attributes: str | float) -> str:
    """Draw a line through points, one after the other, with round ends and corners.

    Parameters
    ----------
    places : iterable of pairs of float
        The points, x and y.
    **attributes : str or float
        Further attributes, such as ``stroke="black"``.

    Returns
    -------
    str
        A ``<polyline>`` element, not filled.

    Examples
    --------
    >>> curve([(0, 0), (10, 2.125), (20, 9)], stroke="black")[:47]
    '<polyline points="0,0 10,2.12 20,9" fill="none"'
    """
    points = " ".join(f"{_written(x)},{_written(y)}" for x, y in places)
    ends: dict[str, str | float] = {"stroke_linecap": "round", "stroke_linejoin": "round"}
    return _element("polyline", points=points, fill="none", **ends, **attributes)


def arrow(x: float, start: float, end: float, color: str) -> str:
    """Draw an arrow straight up or down, its point exactly at `end`.

    Parameters
    ----------
    x : float
        Where it stands.
    start, end : float
        Heights of tail and point. An arrow shorter than its head has a smaller head.
    color : str
        A CSS colour.

    Returns
    -------
    str
        A ``<path>`` element.

    Examples
    --------
    >>> arrow(0, 0, 10, "black")
    '<path d="M-2 0H2V0H6.36L0 10L-6.36 0H-2Z" fill="black"/>'
    """
    size = min(1.0, abs(end - start) / HEAD_LENGTH)
    neck = end - size * HEAD_LENGTH * (1 if end > start else -1)
    half = size * HEAD_WIDTH / 2
    outline = (
        f"M{_written(x - 2)} {_written(start)}H{_written(x + 2)}V{_written(neck)}"
        f"H{_written(x + half)}L{_written(x)} {_written(end)}L{_written(x - half)} {_written(neck)}"
        f"H{_written(x - 2)}Z"
    )
    return _element("path", d=outline, fill=color)


def text(x: float, y: float, words: str, **attributes: str | float) -> str:
    """Write words on a line that starts at (x, y), or as ``text_anchor`` says.

    Parameters
    ----------
    x, y : float
        A point on the baseline.
    words : str
        Plain text; what is special in SVG is escaped.
    **attributes : str or float
        Further attributes, such as ``text_anchor="middle"``.

    Returns
    -------
    str
        A ``<text>`` element.

    Examples
    --------
    >>> text(5, 9, "p < 1", text_anchor="end")
    '<text x="5" y="9" text-anchor="end">p &lt; 1</text>'
    """
    return _element("text", escape(words), x=x, y=y, **attributes)


def _element(tag: str, *content: str, **attributes: str | float) -> str:
    named = "".join(
        f" {name.replace('_', '-')}={quoteattr(_written(value))}"
        for name, value in attributes.items()
    )
    return f"<{tag}{named}>{''.join(content)}</{tag}>" if content else f"<{tag}{named}/>"


def _written(value: str | float) -> str:
    """Write a coordinate to a hundredth of a pixel, finer than any screen shows; -0 as 0."""
    return value if isinstance(value, str) else f"{round(value, 2) + 0.0:g}"
