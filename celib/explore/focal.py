"""A live picture of focal loss."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.figures.focal import (
    EASY,
    FINELY,
    HARD,
    LARGEST_GAMMA,
    Pull,
    brief,
    even_at,
    percent,
    pull,
)
from celib.figures.style import FAINT, INK, LOSS, LOSS_TINT, QUIET
from celib.information import surprisal

from .live import Drawing, LivePicture
from .svg import DASHES, curve, line, picture, rect, text

__all__ = ["crowd_and_few", "tug_of_gamma"]

NONE = "none"
ALPHAS: tuple[str | float, ...] = (NONE, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
PUBLISHED, SWAPPED, NOT_FLIPPED = "as published", "alpha on the negatives", "p_t not flipped"
FORMULAS = (PUBLISHED, SWAPPED, NOT_FLIPPED)
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 456
LEFT, RIGHT = 16, 684
BARS = {"loss": 92, "slope": 168}
THICK = 30
PLOT, TOP, BASELINE = (56, 366), 258, 398
WORDS = 404
UNITS = {"loss": "nats", "slope": "nats per unit of logit"}


def tug_of_gamma() -> LivePicture:
    """Show who owns the total loss: a crowd of easy negatives, or a few hard positives.

    The crowd is of 100 000 negatives whose truth has probability 0.99, the few are 100 positives
    whose truth has 0.1. One control is gamma, one is alpha, and one says how the formula is
    written: as published, or with one of two common mistakes.

    Returns
    -------
    LivePicture
        Two sliders and a choice, and the picture of `crowd_and_few`.

    Examples
    --------
    >>> live = tug_of_gamma()
    >>> for gamma in 0, 2:
    ...     live.controls["gamma"].value = gamma
    ...     print(f"{live.drawing.numbers['share_loss']:.4%}")
    81.3600%
    0.0539%
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "160px"}
    return LivePicture(
        crowd_and_few,
        gamma=widgets.FloatSlider(
            0.0,
            min=0.0,
            max=LARGEST_GAMMA,
            step=0.1,
            readout_format=".1f",
            description="focusing, gamma",
            layout=wide,
            style=labels,
        ),
        alpha=widgets.SelectionSlider(
            options=[(f"{a}", a) for a in ALPHAS],
            value=NONE,
            description="weight, alpha",
            layout=wide,
            style=labels,
        ),
        # Buttons: JupyterLab takes the arrow keys of radio buttons and menus for itself.
        formula=widgets.ToggleButtons(
            options=list(FORMULAS),
            value=PUBLISHED,
            description="the formula",
            style=labels | {"button_width": "170px"},
        ),
    )


def crowd_and_few(gamma: float, alpha: str | float, formula: str) -> Drawing:
    """Draw how 100 000 easy negatives and 100 hard positives share the loss and the slope.

    Parameters
    ----------
    gamma : float
        From 0 to 5.
    alpha : {"none", 0.1, 0.25, 0.5, 0.75, 0.9, 0.99}
        Weight of the positives, 1 - alpha of the negatives, or no weights.
    formula : {"as published", "alpha on the negatives", "p_t not flipped"}
        The formula, or one of two mistakes: the two weights swapped, or p in the place of p_t
        in the factor, so that a sure and right negative passes for a hard example.

    Returns
    -------
    Drawing
        Its numbers are ``gamma``; ``loss_easy``, ``loss_hard`` in nats; ``slope_easy``,
        ``slope_hard``, the sums of the sizes of the slopes, in nats per unit of logit;
        ``share_loss`` and ``share_slope`` of the easy ones; and, if there is such a gamma up to
        5, ``even_loss`` and ``even_slope``, from which on they own no more than half.

    Raises
    ------
    ValueError
        If `gamma` is outside its range, or `alpha` or `formula` is none of those listed.

    Examples
    --------
    >>> for formula in "as published", "p_t not flipped":
    ...     numbers = crowd_and_few(2, "none", formula).numbers
    ...     print(f"{numbers['loss_easy']:.4f} and {numbers['loss_hard']:.4f} nats")
    0.1005 and 186.5094 nats
    985.0334 and 186.5094 nats
    """
    g = number("gamma", gamma, lambda v: 0 <= v <= LARGEST_GAMMA, "from 0 to 5") + 0.0  # no -0
    if alpha not in ALPHAS:
        raise ValueError(f"alpha must be one of {ALPHAS}, got {alpha!r}.")
    if formula not in FORMULAS:
        raise ValueError(f"formula must be one of {', '.join(FORMULAS)}; got {formula!r}.")
    easy, hard = _pulls(g, alpha, formula)
    n = {
        "gamma": g,
        "loss_easy": easy.loss,
        "loss_hard": hard.loss,
        "slope_easy": easy.slope,
        "slope_hard": hard.slope,
        "share_loss": easy.loss / (easy.loss + hard.loss),
        "share_slope": easy.slope / (easy.slope + hard.slope),
    }
    curves = _shares(alpha, formula)
    for what, shares in curves.items():
        even = even_at(shares, FINELY)
        if even is not None:
            n[f"even_{what}"] = even
    title = (
        f"Gamma {g:.1f}: the easy negatives own {percent(n['share_loss'])} of the loss and "
        f"{percent(n['share_slope'])} of the slope."
    )
    words = _in_words(n, alpha, formula)
    shapes = [*_bars(n), *_axes(), *_curves(n, curves), *_table(n, alpha, formula)]
    return Drawing(picture(WIDTH, HEIGHT, title, words, shapes), words, n)


def _pulls(gamma: float, alpha: str | float, formula: str) -> tuple[Pull, Pull]:
    """Return what the crowd has to say and what the few have."""
    weight = None if alpha == NONE else float(alpha)
    if weight is not None and formula == SWAPPED:
        weight = 1 - weight
    hard = pull(HARD, 1, gamma=gamma, alpha=weight)
    if formula != NOT_FLIPPED:
        return pull(EASY, 0, gamma=gamma, alpha=weight), hard
    # (1 - p)^gamma is p_t^gamma for a negative; its slope comes from the product rule.
    cost = EASY.size * float(surprisal(EASY.p_true)) * (1.0 if weight is None else 1 - weight)
    factor, chance = EASY.p_true**gamma, 1 - EASY.p_true
    relative = chance / float(surprisal(EASY.p_true)) - gamma * chance
    return Pull(factor * cost, abs(factor * cost * relative)), hard


@cache
def _shares(alpha: str | float, formula: str) -> dict[str, list[float]]:
    """Return the crowd's share of the loss and of the slope at each gamma of the curve."""
    totals = np.array([_pulls(g, alpha, formula) for g in FINELY.tolist()])
    shares = totals[:, 0] / totals.sum(axis=1)
    return dict(zip(Pull._fields, shares.T.tolist(), strict=True))


def _in_words(n: Mapping[str, float], alpha: str | float, formula: str) -> str:
    weighed = "no alpha" if alpha == NONE else f"alpha {alpha}"
    called = formula if formula == PUBLISHED else f"with a mistake ({formula})"
    return (
        f"Gamma {n['gamma']:.1f}, {weighed}, the formula {called}: 100 000 easy negatives "
        f"cost {brief(n['loss_easy'])} nats and 100 hard positives {brief(n['loss_hard'])} nats, "
        f"so the easy ones own {percent(n['share_loss'])} of the loss; {_ends(n, 'loss')}. "
        f"Of the slope, {brief(n['slope_easy'])} against {brief(n['slope_hard'])} nats per unit "
        f"of logit, they own {percent(n['share_slope'])}; {_ends(n, 'slope')}."
    )


def _ends(n: Mapping[str, float], what: str) -> str:
    even = n.get(f"even_{what}")
    if even is None:
        return "more than half up to gamma 5"
    return "never more than half" if even == 0 else f"at most half from gamma {even:.2f} on"


def _x(gamma: float) -> float:
    return PLOT[0] + gamma / LARGEST_GAMMA * (PLOT[1] - PLOT[0])


def _y(share: float) -> float:
    return BASELINE - share * (BASELINE - TOP)


def _bars(n: Mapping[str, float]) -> list[str]:
    """Draw the rope: one bar for the loss and one for the slope, the crowd on the left."""
    bold: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    shapes = [
        text(LEFT, 30, "100 000 easy negatives", **bold),
        text(LEFT, 50, "p_t = 0.99 each", font_size=13),
        text(RIGHT, 30, "100 hard positives", text_anchor="end", **bold),
        text(RIGHT, 50, "p_t = 0.1 each", text_anchor="end", font_size=13),
    ]
    for what, top in BARS.items():
        share = n[f"share_{what}"]
        middle, end = LEFT + share * (RIGHT - LEFT), (LEFT + RIGHT) / 2
        sides = [
            (LEFT, "start", n[f"{what}_easy"], share),
            (RIGHT, "end", n[f"{what}_hard"], 1 - share),
        ]
        shapes += [
            text(x, top - 8, f"{brief(value)}, {percent(part)}", text_anchor=anchor, font_size=13)
            for x, anchor, value, part in sides
        ]
        shapes += [
            text(end, top - 8, f"{what}, {UNITS[what]}", text_anchor="middle", font_size=13),
            rect(LEFT, top, middle - LEFT, THICK, fill=LOSS_TINT),
            rect(middle, top, RIGHT - middle, THICK, fill=LOSS),
            rect(LEFT, top, RIGHT - LEFT, THICK, fill="none", stroke=LOSS),
            line(end, top - 4, end, top + THICK + 4, stroke=INK, stroke_dasharray="2 3"),
        ]
    return shapes


def _axes() -> list[str]:
    small: dict[str, Any] = {"font_size": 13}
    across = [
        text(_x(g), BASELINE + 19, f"{g}", text_anchor="middle", **small)
        for g in range(round(LARGEST_GAMMA) + 1)
    ]
    up = [
        shape
        for share, words in ((0, "0"), (0.5, "half"), (1, "all"))
        for shape in (
            line(PLOT[0] - 5, _y(share), PLOT[1], _y(share), stroke=FAINT),
            text(PLOT[0] - 10, _y(share) + 5, words, text_anchor="end", **small),
        )
    ]
    return [
        text(LEFT, TOP - 20, "Share of the easy negatives", font_weight="bold", **small),
        *up,
        line(PLOT[0], TOP, PLOT[0], BASELINE, stroke=QUIET),
        line(PLOT[0], BASELINE, PLOT[1], BASELINE, stroke=QUIET),
        *across,
        text(PLOT[1], BASELINE + 40, "gamma", text_anchor="end", **small),
        _stroke(((x, BASELINE + 35) for x in (PLOT[0] + 1, PLOT[0] + 29)), "loss"),
        text(PLOT[0] + 38, BASELINE + 40, "loss", **small),
        _stroke(((x, BASELINE + 35) for x in (PLOT[0] + 101, PLOT[0] + 134)), "slope"),
        text(PLOT[0] + 143, BASELINE + 40, "slope", **small),
    ]


def _stroke(places: Iterable[tuple[float, float]], what: str) -> str:
    dashes = "none" if what == "loss" else DASHES
    return curve(places, stroke=LOSS, stroke_width=2.5, stroke_dasharray=dashes)


def _curves(n: Mapping[str, float], curves: Mapping[str, list[float]]) -> list[str]:
    """Draw both shares against gamma, that of the slope dashed; mark where they pass a half."""
    shapes = [line(_x(n["gamma"]), TOP, _x(n["gamma"]), BASELINE, stroke=QUIET)]
    for what, shares in curves.items():
        places = [(_x(g), _y(s)) for g, s in zip(FINELY.tolist(), shares, strict=True)]
        shapes.append(_stroke(places, what))
        if n.get(f"even_{what}"):
            x = _x(n[f"even_{what}"])
            shapes.append(rect(x - 4, _y(0.5) - 4, 8, 8, fill="white", stroke=INK))
        x, y = _x(n["gamma"]), _y(n[f"share_{what}"])
        shapes.append(rect(x - 5, y - 5, 10, 10, rx=5, fill=INK, stroke="white"))
    return shapes


def _table(n: Mapping[str, float], alpha: str | float, formula: str) -> list[str]:
    rows = [
        ("gamma", f"{n['gamma']:.1f}"),
        ("alpha", f"{alpha}"),
        ("loss of one easy negative", f"{brief(n['loss_easy'] / EASY.size)} nats"),
        ("loss of one hard positive", f"{brief(n['loss_hard'] / HARD.size)} nats"),
    ]
    shapes = [text(WORDS, TOP - 20, f"Formula: {formula}", font_size=13, font_weight="bold")]
    for row, (name, value) in enumerate(rows):
        y = TOP + 6 + 22 * row
        shapes += [
            text(WORDS, y, name, font_size=13),
            text(RIGHT, y, value, font_size=13, text_anchor="end"),
        ]
    for row, what in enumerate(UNITS):
        y = TOP + 106 + 44 * row
        shapes += [
            text(WORDS, y, f"Easy negatives own of the {what}", font_size=13),
            text(WORDS, y + 18, _ends(n, what), font_size=13, font_weight="bold"),
        ]
    return shapes
