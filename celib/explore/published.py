"""A live picture of published numbers: paste one, and see which formulas give it."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np

from celib._answers import UNITS
from celib.figures.description import number
from celib.figures.style import FAINT, INK, LOSS, LOSS_TINT, QUIET
from celib.practice.catalogue import catalogue, quantities
from celib.published import agrees

from .live import Drawing, LivePicture
from .svg import line, picture, rect, text

__all__ = ["Candidate", "candidates", "explaining", "paste_a_number"]

LOSS_ASKED, BALANCED_FOCAL = "categorical cross-entropy", "alpha-balanced focal loss"
# Of the catalogue's mistakes the few that a picture has room for.
MISTAKES = (
    "lost-minus",
    "divided-by-the-classes",
    "label-counted-from-one",
    "softmax-twice",
    "wrong-classes-charged",
    "binary-mean-over-classes",
    "one-minus-p",
)
WITHOUT_UNIT = ("one-minus-p",)
DOG = 0
PREDICTIONS = {
    "dog 0.775 (example)": (0.775, 0.116, 0.039, 0.070),
    "dog 0.936 (trained)": (0.936, 0.028, 0.013, 0.023),
    "0.25 each": (0.25, 0.25, 0.25, 0.25),
}
SUGGESTIONS = ("0.2549", "0.3677", "0.1107", "−0.2549", "0.0637", "2.1542", "0.5", "0")
# Beyond this many places from the point, no formula of a modest set can give the figure.
FARTHEST = 15
# Where things stand in the picture, in pixels.
WIDTH, TOP, ROW = 700, 100, 22
NAME, VALUE = 20, 466
AXIS_LEFT, AXIS_RIGHT = 508, 664
AXIS_LOW, AXIS_HIGH = 1e-3, 1e2


class Candidate(NamedTuple):
    """A formula that somebody may have used, and what it gives.

    Attributes
    ----------
    name : str
        What is done, or the mistake by its title in the catalogue.
    value : float
        What it gives.
    unit : str
        ``nats``, ``bits`` or ``bans``; empty where the value has none.
    """

    name: str
    value: float
    unit: str


def candidates(probs: Sequence[float], label: int) -> list[Candidate]:
    """List a modest set of formulas for the loss of one example, the right one first.

    Parameters
    ----------
    probs : sequence of float, (K,)
        The model's probabilities, none of them 1 or 0, for at least two classes.
    label : int
        The true class, counted from 0.

    Returns
    -------
    list of Candidate
        In a fixed order; the formulas are those of `celib.practice`.

    Examples
    --------
    >>> for one in candidates([0.775, 0.116, 0.039, 0.070], 0)[:3]:
    ...     print(f"{one.name:14} {one.value:.4f} {one.unit}")
    right, in nats 0.2549 nats
    right, in bits 0.3677 bits
    right, in bans 0.1107 bans
    """
    p = np.asarray(probs, dtype=np.float64)
    example = {"targets": label, "probs": p}
    focal = {"targets": 1, "probs": float(p[label]), "gamma": 2, "alpha": 0.25}
    return [
        *(_candidate(f"right, in {unit}", LOSS_ASKED, example, unit) for unit in UNITS),
        *(_mistaken(mistake, LOSS_ASKED, example) for mistake in MISTAKES),
        _candidate("entropy of the prediction", "entropy", {"p": p}),
        _candidate("focal, γ = 2", "focal loss", focal),
        _candidate("focal, γ = 2, α = 0.25", BALANCED_FOCAL, focal),
        _mistaken("alpha-on-the-negatives", BALANCED_FOCAL, focal),
    ]


def _candidate(name: str, quantity: str, inputs: dict[str, Any], unit: str = "nats") -> Candidate:
    return Candidate(name, float(quantities()[quantity].value(inputs, unit)), unit)


def _mistaken(mistake: str, quantity: str, inputs: dict[str, Any]) -> Candidate:
    value = catalogue()[mistake].value(quantities()[quantity], inputs, "nats")
    assert value is not None, "each of these mistakes spoils its quantity"
    kind = "focal, " if quantity == BALANCED_FOCAL else ""
    unit = "" if mistake in WITHOUT_UNIT else "nats"
    return Candidate(f"{kind}{catalogue()[mistake].title}", float(value), unit)


def paste_a_number() -> LivePicture:
    """Type a number that somebody claims as the loss, and see which formulas give it.

    The truth is dog. One control takes the number, as printed: its digits decide. The other
    chooses the prediction it is claimed for.

    Returns
    -------
    LivePicture
        A text field with suggestions, a slider, and the picture of `explaining`.

    Examples
    --------
    >>> live = paste_a_number()
    >>> live.controls["claimed"].value = "0.0637"
    >>> print(live.drawing.description.split(". ")[0])
    Claimed: 0.0637, which is 0.2499 times the right loss, 0.2549 nats
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "160px"}
    return LivePicture(
        explaining,
        # A text field, not one for numbers: 0.250 and 0.25 are different claims.
        claimed=widgets.Combobox(
            value="0.3677",
            options=SUGGESTIONS,
            placeholder="a number, as printed",
            description="claimed loss",
            layout=wide,
            style=labels,
        ),
        # Not a menu: JupyterLab takes the arrow keys away from those.
        probs=widgets.SelectionSlider(
            options=list(PREDICTIONS.items()), description="prediction", layout=wide, style=labels
        ),
    )


def explaining(claimed: str, probs: Sequence[float]) -> Drawing:
    """Draw which of the `candidates` give a claimed number to the digits it has.

    Parameters
    ----------
    claimed : str
        The number as printed. Anything that is not a number draws the formulas alone.
    probs : sequence of float, (K,)
        The model's probabilities; class 0, dog, is true.

    Returns
    -------
    Drawing
        Its numbers are ``values``, one for each formula, ``matches``, the places of the formulas
        that give the claimed number, and, where there is one, ``claimed`` and ``ratio``, claimed
        over right.

    Examples
    --------
    >>> drawing = explaining("0.1107", [0.775, 0.116, 0.039, 0.070])
    >>> print(f"ratio {drawing.numbers['ratio']:.4f}, formulas {drawing.numbers['matches']}")
    ratio 0.4343, formulas [2]
    """
    rows = candidates(probs, DOG)
    figure = _figure(claimed)
    numbers: dict[str, float | list[float]] = {"values": [row.value for row in rows]}
    matches: list[int] = []
    ratio = None
    if figure is not None:
        matches = [i for i, row in enumerate(rows) if agrees(row.value, figure)]
        ratio = float(figure) / rows[0].value
        numbers |= {"claimed": float(figure), "ratio": ratio}
    numbers["matches"] = [*matches]
    words = _in_words(figure, ratio, rows, matches)
    shapes = [*_axes(rows), *_claim(figure, ratio, len(rows)), *_rows(rows, matches)]
    height = TOP + ROW * len(rows) + 16
    svg = picture(WIDTH, height, f"{words.split('. ')[0].rstrip('.')}.", words, shapes)
    return Drawing(svg, words, numbers)


def _figure(claimed: str) -> str | None:
    """Return the number that was typed, or None; readers copy the true minus sign of a page."""
    figure = claimed.strip().replace("−", "-")
    try:
        value = Decimal(figure)
    except InvalidOperation:
        return None
    return figure if value.is_finite() and abs(value.adjusted()) <= FARTHEST else None


def _in_words(
    figure: str | None, ratio: float | None, rows: Sequence[Candidate], matches: Sequence[int]
) -> str:
    if figure is None or ratio is None:
        return f"Type a number such as 0.3677. The right loss is {_amount(rows[0])}."
    claim = (
        f"Claimed: {_written(figure)}, which is {_short(ratio)} times the right loss, "
        f"{_amount(rows[0])}. "
    )
    found = [f"{rows[i].name} = {_amount(rows[i])}" for i in matches]
    if not found:
        return f"{claim}None of the {len(rows)} formulas gives it to the digits typed."
    if len(found) == 1:
        return f"{claim}One formula gives it to the digits typed: {found[0]}."
    return (
        f"{claim}{len(found)} formulas give it to the digits typed, so it cannot tell them apart: "
        f"{'; '.join(found)}."
    )


def _amount(row: Candidate) -> str:
    return f"{_short(row.value)} {row.unit}".strip()


def _short(value: float) -> str:
    """Write four places, or four digits where places would show too few or too many."""
    return _written(f"{value:.4f}") if 0.001 <= abs(value) < 1e4 else number(value)


def _written(figure: str) -> str:
    return figure.replace("-", "−")


def _across(ratio: float) -> float:
    """Give the place of a ratio on the axis; one beyond its ends is drawn at the end."""
    share = np.log(np.clip(ratio, AXIS_LOW, AXIS_HIGH) / AXIS_LOW) / np.log(AXIS_HIGH / AXIS_LOW)
    return float(AXIS_LEFT + share * (AXIS_RIGHT - AXIS_LEFT))


def _axes(rows: Sequence[Candidate]) -> list[str]:
    bottom = TOP + ROW * len(rows)
    shapes = [
        text(NAME, TOP - 12, "formula for the loss", font_size=13, fill=QUIET),
        text(VALUE, TOP - 12, "value", text_anchor="end", font_size=13, fill=QUIET),
        text(586, 34, "size ÷ right size", text_anchor="middle", font_size=13, fill=QUIET),
    ]
    for ratio, words in ((1e-3, "0.001"), (0.1, "0.1"), (1, "1"), (10, "10")):
        x = _across(ratio)
        colour = QUIET if ratio == 1 else FAINT
        shapes += [
            line(x, TOP - 6, x, bottom, stroke=colour),
            text(x, TOP - 12, words, text_anchor="middle", font_size=12, fill=QUIET),
        ]
    return shapes


def _claim(figure: str | None, ratio: float | None, n_rows: int) -> list[str]:
    """Write the claimed number, and let its ratio fall as a line through the rows."""
    if figure is None or ratio is None:
        return [text(NAME, 34, "Type a number, as printed", font_size=16, font_weight="bold")]
    head = f"{_written(figure)} = {_short(ratio)} × right"
    shapes = [text(NAME, 34, head, font_size=16, font_weight="bold")]
    if not ratio:
        return shapes
    x, words, anchor = _across(abs(ratio)), "claimed", "middle"
    if not AXIS_LOW <= abs(ratio) <= AXIS_HIGH:
        words, anchor = "off the axis", "end" if abs(ratio) > 1 else "start"
    return [
        *shapes,
        line(x, TOP - 6, x, TOP + ROW * n_rows, stroke=INK, stroke_width=2, stroke_dasharray="5 3"),
        text(x, 64, words, text_anchor=anchor, font_size=13),
    ]


def _rows(rows: Sequence[Candidate], matches: Sequence[int]) -> list[str]:
    shapes = []
    for i, row in enumerate(rows):
        y, hit = TOP + ROW * i + 16, i in matches
        look: dict[str, str | float] = {
            "font_size": 13,
            "fill": LOSS if hit else INK,
            "font_weight": "bold" if hit else "normal",
        }
        if hit:
            tint = rect(NAME - 8, y - 16, AXIS_LEFT - NAME - 10, ROW, fill=LOSS_TINT, rx=3)
            shapes.append(tint)
        shapes += [
            text(NAME, y, row.name, **look),
            text(VALUE, y, _amount(row), text_anchor="end", **look),
            _dot(_across(abs(row.value / rows[0].value)), y - 5, hit),
        ]
    return shapes


def _dot(x: float, y: float, hit: bool) -> str:
    fill, stroke = (LOSS, LOSS) if hit else ("white", QUIET)
    return rect(x - 5, y - 5, 10, 10, rx=5, fill=fill, stroke=stroke, stroke_width=1.5)
