"""A live picture of binary cross-entropy."""

from collections.abc import Mapping

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.binary import binary_cross_entropy, binary_cross_entropy_from_logits
from celib.figures.binary import prices
from celib.figures.style import FAINT, INK, LOSS, MODEL, QUIET
from celib.logits import sigmoid

from .live import Drawing, LivePicture
from .svg import DASHES, curve, line, picture, rect, text

__all__ = ["one_logit", "two_prices"]

FARTHEST = 6.0
EXAMPLE = 1.3
HIGHEST = 6.2  # nats: a little more than the loss of the farthest logit
# What is handed to which loss, and how the control calls it.
CALLS = {
    "probability": "binary_cross_entropy(y, sigmoid(z))",
    "logit": "binary_cross_entropy_from_logits(y, z)",
    "both by mistake": "binary_cross_entropy_from_logits(y, sigmoid(z))",
}
MISTAKE = "both by mistake"
# What the loss of each truth nears at best when it takes a probability, 0 to 1, for a logit.
FLOORS = {
    1: float(binary_cross_entropy_from_logits(1, 1)),
    0: float(binary_cross_entropy_from_logits(0, 0)),
}
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 400
PLOT, TOP, BASELINE = (56, 366), 76, 318
TABLE, VALUES = 404, 684
STEPS = 72
TANGENT = 44.0  # the length of one, in pixels
PIXELS_PER_LOGIT = (PLOT[1] - PLOT[0]) / (2 * FARTHEST)
PIXELS_PER_NAT = (BASELINE - TOP) / HIGHEST


def one_logit() -> LivePicture:
    """Show both prices of one logit, both slopes, and what a second sigmoid does to them.

    One control moves the logit. The other says what is handed to the loss: a probability to the
    loss that takes probabilities, the logit to the one that takes logits, which is the same, or
    a probability to the one that takes logits, which is a mistake that raises no error.

    Returns
    -------
    LivePicture
        A slider and a choice, and the picture of `two_prices`.

    Examples
    --------
    >>> live = one_logit()
    >>> live.controls["given"].value = "both by mistake"
    >>> print(f"{live.drawing.numbers['loss_no']:.4f} nats")
    1.1613 nats
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    return LivePicture(
        two_prices,
        z=widgets.FloatSlider(
            EXAMPLE,
            min=-FARTHEST,
            max=FARTHEST,
            step=0.1,
            readout_format=".1f",
            description="logit, z",
            layout=wide,
            style={"description_width": "160px"},
        ),
        # JupyterLab takes the arrow keys away from radio buttons
        given=widgets.ToggleButtons(
            options=list(CALLS),
            value="logit",
            description="the loss is given the",
            layout=wide,
            style={"description_width": "initial", "button_width": "auto"},
        ),
    )


def two_prices(z: float, given: str) -> Drawing:
    """Draw what a logit costs if the answer is yes and if it is no, with the slopes.

    Parameters
    ----------
    z : float
        A logit, from -6 to 6.
    given : {"probability", "logit", "both by mistake"}
        What the loss is given: sigmoid(z) as a probability, z as a logit, or sigmoid(z) as if it
        were a logit, so that the sigmoid is applied twice.

    Returns
    -------
    Drawing
        Its numbers are ``logit``, ``probability`` (the sigmoid of it), ``charged`` (the
        probability that the loss charges for), ``loss_yes`` and ``loss_no`` in nats, and
        ``slope_yes`` and ``slope_no`` by z, in nats per unit of logit.

    Raises
    ------
    ValueError
        If `z` is outside its range or `given` is none of the three.

    Examples
    --------
    >>> for given in "probability", "logit", "both by mistake":
    ...     numbers = two_prices(1.3, given).numbers
    ...     print(f"{numbers['loss_yes']:.4f} and {numbers['loss_no']:.4f} nats")
    0.2410 and 1.5410 nats
    0.2410 and 1.5410 nats
    0.3755 and 1.1613 nats
    """
    if given not in CALLS:
        raise ValueError(f"given must be one of {', '.join(CALLS)}; got {given!r}.")
    # adding 0 turns -0.0 into 0.0
    place = number("z", z, lambda v: abs(v) <= FARTHEST, "from -6 to 6") + 0.0
    twice = given == MISTAKE
    p = float(sigmoid(place))
    n = {
        "logit": place,
        "probability": p,
        "charged": float(sigmoid(p)) if twice else p,
        "loss_yes": _loss(1, place, given),
        "loss_no": _loss(0, place, given),
        "slope_yes": float(prices(1, place, twice=twice).slopes),
        "slope_no": float(prices(0, place, twice=twice).slopes),
    }
    title = (
        f"Logit {_signed(place, 1)}: {n['loss_yes']:.4f} nats if the answer is yes, "
        f"{n['loss_no']:.4f} nats if it is no."
    )
    words = _in_words(n, twice)
    shapes = [
        *_axes(place),
        *(_curves(twice=False, color=QUIET, width=1) if twice else []),
        *_curves(twice=twice, color=LOSS, width=2.5),
        *_point(place, n["loss_yes"], n["slope_yes"]),
        *_point(place, n["loss_no"], n["slope_no"]),
        *_table(n, CALLS[given]),
    ]
    return Drawing(picture(WIDTH, HEIGHT, title, words, shapes), words, n)


def _loss(y: int, z: float, given: str) -> float:
    """Call the loss as the control says."""
    if given == "probability":
        return float(binary_cross_entropy(y, sigmoid(z)))
    return float(binary_cross_entropy_from_logits(y, sigmoid(z) if given == MISTAKE else z))


def _in_words(n: Mapping[str, float], twice: bool) -> str:
    charged = (
        "The loss takes the probability for a logit and applies the sigmoid again: it charges "
        f"for p = {n['charged']:.4f}"
        if twice
        else "The loss charges for this probability"
    )
    limits = (
        f"No logit brings the loss below {FLOORS[1]:.4f} nats for yes or {FLOORS[0]:.4f} nats "
        "for no."
        if twice
        else "The two slopes are 1 apart, and none is steeper than 1."
    )
    return (
        f"Logit {_signed(n['logit'], 1)}, probability {n['probability']:.4f}. {charged}. "
        f"If the answer is yes (y = 1), the loss is {n['loss_yes']:.4f} nats and its slope "
        f"{_signed(n['slope_yes'], 4)} nats per unit of logit; if it is no (y = 0), "
        f"{n['loss_no']:.4f} nats and {_signed(n['slope_no'], 4)}. {limits}"
    )


def _signed(value: float, places: int) -> str:
    written = f"{value:.{places}f}".replace("-", "−")
    return written.lstrip("−") if float(f"{value:.{places}f}") == 0 else written


def _x(z: float) -> float:
    return PLOT[0] + (z + FARTHEST) * PIXELS_PER_LOGIT


def _y(nats: float) -> float:
    return BASELINE - nats * PIXELS_PER_NAT


def _axes(z: float) -> list[str]:
    """Draw headings and scales, and a line at the logit."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    small = {"font_size": 13}
    across = [
        shape
        for place in (-6, -4, -2, 0, 2, 4, 6)
        for shape in (
            line(_x(place), BASELINE, _x(place), BASELINE + 5, stroke=QUIET),
            text(
                _x(place),
                BASELINE + 20,
                f"{place}".replace("-", "−"),
                text_anchor="middle",
                **small,
            ),
        )
    ]
    up = [
        shape
        for nats in range(7)
        for shape in (
            line(PLOT[0] - 5, _y(nats), PLOT[1], _y(nats), stroke=FAINT),
            text(PLOT[0] - 10, _y(nats) + 5, f"{nats}", text_anchor="end", **small),
        )
    ]
    return [
        text(16, 30, "What this logit costs", **heading),
        text(16, 56, "nats", **small),
        *up,
        line(PLOT[0], TOP, PLOT[0], BASELINE, stroke=QUIET),
        line(PLOT[0], BASELINE, PLOT[1], BASELINE, stroke=QUIET),
        *across,
        text(PLOT[1], BASELINE + 40, "logit, z", text_anchor="end", **small),
        line(_x(z), TOP, _x(z), BASELINE, stroke=QUIET, stroke_dasharray="2 3"),
        *_key(16, BASELINE + 66, "y = 1, yes", dashed=False),
        *_key(146, BASELINE + 66, "y = 0, no", dashed=True),
        line(276, BASELINE + 61, 306, BASELINE + 61, stroke=INK, stroke_width=1.5),
        text(314, BASELINE + 66, "slope", **small),
    ]


def _key(x: float, y: float, words: str, *, dashed: bool) -> list[str]:
    dashes = DASHES if dashed else "none"
    ends = [(x + 1, y - 5), (x + 34, y - 5)]
    return [
        curve(ends, stroke=LOSS, stroke_width=2.5, stroke_dasharray=dashes),
        text(x + 42, y, words, font_size=13),
    ]


def _curves(*, twice: bool, color: str, width: float) -> list[str]:
    """Draw both losses against the logit, that of no dashed."""
    zs = np.linspace(-FARTHEST, FARTHEST, STEPS + 1)
    shapes = []
    for y, dashes in ((1, "none"), (0, DASHES)):
        losses = prices(y, zs, twice=twice).losses
        places = [(_x(z), _y(nats)) for z, nats in zip(zs.tolist(), losses.tolist(), strict=True)]
        shapes.append(curve(places, stroke=color, stroke_width=width, stroke_dasharray=dashes))
    return shapes


def _point(z: float, loss: float, slope: float) -> list[str]:
    """Draw a point on a curve with a piece of the tangent, equally long at every slope."""
    steepness = slope * PIXELS_PER_NAT / PIXELS_PER_LOGIT
    half = TANGENT / 2 / PIXELS_PER_LOGIT / np.hypot(1, steepness)
    places = max(z - half, -FARTHEST), min(z + half, FARTHEST)
    ends = [(_x(place), _y(loss + slope * (place - z))) for place in places]
    return [
        line(*ends[0], *ends[1], stroke=INK, stroke_width=1.5),
        rect(_x(z) - 5, _y(loss) - 5, 10, 10, rx=5, fill=INK, stroke="white"),
    ]


def _table(n: Mapping[str, float], how: str) -> list[str]:
    function, _, arguments = how.partition("(")
    bold: dict[str, str | float] = {"font_weight": "bold"}
    share = n["charged"] * (VALUES - TABLE)
    shapes = [
        text(TABLE, 30, "The loss is called as", font_size=15, **bold),
        text(TABLE, 54, function, font_size=13),
        text(TABLE, 74, f"({arguments}", font_size=13),
        *_lines(
            104,
            ("logit, z", _signed(n["logit"], 1)),
            ("probability, sigmoid(z)", f"{n['probability']:.4f}"),
            ("probability charged for", f"{n['charged']:.4f}"),
        ),
        rect(TABLE, 156, VALUES - TABLE, 14, fill=FAINT),
        rect(TABLE, 156, share, 14, fill=MODEL),
    ]
    for answer, top in (("yes", 202), ("no", 286)):
        shapes += [
            text(TABLE, top, f"If the answer is {answer}", **bold),
            *_lines(
                top + 24,
                ("loss", f"{n[f'loss_{answer}']:.4f} nats"),
                ("slope, nats per unit of z", _signed(n[f"slope_{answer}"], 4)),
            ),
        ]
    return shapes


def _lines(top: float, *rows: tuple[str, str]) -> list[str]:
    return [
        shape
        for i, (label, value) in enumerate(rows)
        for shape in (
            text(TABLE, top + 22 * i, label, font_size=13),
            text(VALUES, top + 22 * i, value, font_size=13, text_anchor="end"),
        )
    ]
