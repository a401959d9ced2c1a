"""A live picture of the softmax."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.figures.labels import spread
from celib.figures.style import FAINT, MODEL, QUIET
from celib.information import entropy
from celib.logits import logsumexp, softmax

from .live import Drawing, LivePicture
from .svg import curve, line, picture, rect, text

__all__ = ["shift_and_temperature", "slice_and_dial"]

NAMES = ("dog", "cat", "horse", "cheetah")
EXAMPLE = (3.2, 1.3, 0.2, 0.8)
LARGEST_SHIFT = 2.0
TEMPERATURES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 100.0)
MOST_EVEN = float(np.log(len(NAMES)))
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 420
TOP, BASELINE = 84, 250
PLOT = (88, 408)
STACK, STACK_WORDS = 444, 486
DIVIDER, DIAL = 596, 664
BAR = 30
COLUMNS = (172, 262, 352, 442)
SUMS = 536
ROWS = (318, 342, 364, 386, 408)
# What the horizontal axis shows, whatever the shift.
FIRST, LAST = min(EXAMPLE) - LARGEST_SHIFT - 0.6, max(EXAMPLE) + LARGEST_SHIFT + 0.6
NAME_GAP, SHARE_GAP = 48.0, 17.0
STEPS = 48
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shift_and_temperature() -> LivePicture:
    """Show what a softmax does not notice and what it does: a shift, and a temperature.

    The picture is true to one example: the logits of dog, cat, horse and cheetah. One control
    adds the same number to all of them, which moves everything but the probabilities. The other
    is the temperature, which moves the entropy between 0 and ln 4 nats.

    Returns
    -------
    LivePicture
        Two sliders, and the picture of `slice_and_dial`.

    Examples
    --------
    >>> live = shift_and_temperature()
    >>> live.controls["temperature"].value = 2.0
    >>> print(f"{live.drawing.numbers['entropy_nats']:.4f} nats")
    1.2042 nats
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "160px"}
    return LivePicture(
        slice_and_dial,
        shift=widgets.FloatSlider(
            0.0,
            min=-LARGEST_SHIFT,
            max=LARGEST_SHIFT,
            step=0.5,
            readout_format="+.1f",
            description="add to every logit",
            layout=wide,
            style=labels,
        ),
        temperature=widgets.SelectionSlider(
            options=[(f"{t:g}", t) for t in TEMPERATURES],
            value=1.0,
            description="temperature",
            layout=wide,
            style=labels,
        ),
    )


def slice_and_dial(shift: float, temperature: float) -> Drawing:
    """Draw logits on the curve of exp, their shares of the sum, and the entropy of the shares.

    Parameters
    ----------
    shift : float
        Added to every logit, from -2 to 2.
    temperature : float
        From 0.1 to 100; the exponentials are those of (logit + shift) / temperature.

    Returns
    -------
    Drawing
        Its numbers are ``logits`` (shifted), ``exponentials``, ``total`` (their sum), ``probs``,
        ``entropy_nats`` and ``entropy_bits``.

    Raises
    ------
    ValueError
        If `shift` or `temperature` is outside its range.

    Examples
    --------
    >>> same = slice_and_dial(0, 1), slice_and_dial(2, 1)
    >>> [f"{drawing.numbers['total']:.4g}" for drawing in same]
    ['31.65', '233.9']
    >>> [f"{drawing.numbers['probs'][0]:.4f}" for drawing in same]
    ['0.7751', '0.7751']
    """
    c = number("shift", shift, lambda s: abs(s) <= LARGEST_SHIFT, "from -2 to 2") + 0.0  # no -0
    t = number("temperature", temperature, lambda t: 0.1 <= t <= 100, "from 0.1 to 100")
    z = [logit + c for logit in EXAMPLE]
    exponents = [logit / t for logit in z]
    exponentials = np.exp(exponents).tolist()
    log_total = float(logsumexp(exponents))
    probs = np.asarray(softmax(z, temperature=t)).tolist()
    in_nats, in_bits = float(entropy(probs)), float(entropy(probs, unit="bits"))

    total = float(np.exp(log_total))
    words = _in_words(c, t, z, total, probs, f"{in_nats:.4f} nats ({in_bits:.4f} bits)")
    title = f"Probability of dog {probs[0]:.3f}, entropy {in_nats:.4f} nats."
    shapes = [
        *_axes(total),
        _curve(t, log_total),
        *_points(z, probs),
        *_stack(probs),
        *_dial(in_nats, in_bits),
        *_table(z, exponents, exponentials, total, probs),
    ]
    return Drawing(
        picture(WIDTH, HEIGHT, title, words, shapes),
        words,
        {
            "logits": z,
            "exponentials": exponentials,
            "total": total,
            "probs": probs,
            "entropy_nats": in_nats,
            "entropy_bits": in_bits,
        },
    )


def _in_words(
    c: float, t: float, z: Sequence[float], total: float, probs: Sequence[float], spread_out: str
) -> str:
    logits = ", ".join(f"{name} {_plain(v)}" for name, v in zip(NAMES, z, strict=True))
    shares = ", ".join(f"{name} {p:.3f}" for name, p in zip(NAMES, probs, strict=True))
    return (
        f"{_signed(c)} on every logit: {logits}. At temperature {t:g} their exponentials add up to "
        f"{_short(total)}, and the probabilities are {shares}, whatever was added to all logits. "
        f"Their entropy is {spread_out}, between 0 for a certain answer and "
        f"ln 4 = {MOST_EVEN:.4f} nats for an even one."
    )


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "−")


def _plain(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _short(value: float) -> str:
    """Write a positive number of any size in few characters, if need be with a power of ten."""
    if 0.001 <= value < 1e5:
        return f"{value:.4g}" if value < 1e4 else f"{value:.0f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def _x(logit: float) -> float:
    return PLOT[0] + (logit - FIRST) / (LAST - FIRST) * (PLOT[1] - PLOT[0])


def _y(share: float) -> float:
    return BASELINE - share * (BASELINE - TOP)


def _axes(total: float) -> list[str]:
    """Draw the frame: headings and scales. The curve's axis ends at the sum."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    ticks = [
        shape
        for place in (-2, 0, 2, 4)
        for shape in (
            line(_x(place), BASELINE, _x(place), BASELINE + 5, stroke=QUIET),
            text(_x(place), BASELINE + 19, _plain(place), text_anchor="middle", font_size=13),
        )
    ]
    return [
        text(16, 30, "Heights on the curve e^(z / T)", **heading),
        text(STACK - BAR / 2 - 12, 30, "as shares of 1", **heading),
        text(DIVIDER + 14, 30, "Entropy", **heading),
        line(DIVIDER, 16, DIVIDER, ROWS[-1] + 4, stroke=FAINT),
        line(PLOT[0], TOP, PLOT[0], BASELINE, stroke=QUIET),
        line(PLOT[0], BASELINE, PLOT[1], BASELINE, stroke=QUIET),
        text(PLOT[0] - 8, TOP + 5, _short(total), text_anchor="end", font_size=13),
        text(PLOT[0] - 8, TOP + 21, "the sum", text_anchor="end", font_size=13),
        text(PLOT[0] - 8, BASELINE + 5, "0", text_anchor="end", font_size=13),
        text(PLOT[1], BASELINE + 36, "logit, shifted", text_anchor="end", font_size=13),
        *ticks,
    ]


def _curve(t: float, log_total: float) -> str:
    """Draw exp(z / T) as far as the sum of the four heights, where the axis ends."""
    end = min(LAST, t * log_total)
    across = np.linspace(FIRST, end, STEPS)
    # a cold curve runs flat and then straight up, where steps across would be too coarse
    up = t * (log_total + np.log(np.linspace(0.02, 1, STEPS)))
    zs = np.sort([*across, *up[(up > FIRST) & (up < end)]])
    shares = np.exp(zs / t - log_total)
    places = [(_x(z), _y(share)) for z, share in zip(zs.tolist(), shares.tolist(), strict=True)]
    return curve(places, stroke=QUIET, stroke_width=1.5)


def _points(z: Sequence[float], probs: Sequence[float]) -> list[str]:
    """Draw each logit at its height, hanging from its name."""
    names_at = spread([_x(logit) for logit in z], NAME_GAP)
    shapes = []
    for name, place, logit, p in zip(NAMES, names_at, z, probs, strict=True):
        x, y = _x(logit), _y(p)
        shapes += [
            text(place, TOP - 26, name, text_anchor="middle", font_size=13),
            line(place, TOP - 20, x, TOP - 8, stroke=FAINT),
            line(x, TOP - 8, x, y, stroke=FAINT),
            line(x, y, x, BASELINE, stroke=MODEL, stroke_width=2),
            rect(x - 5, y - 5, 10, 10, rx=5, fill=MODEL, stroke="white"),
        ]
    return shapes


def _stack(probs: Sequence[float]) -> list[str]:
    """Stack the heights to a column as high as the axis."""
    tops = [_y(end) for end in np.cumsum(probs).tolist()]
    heights = [p * (BASELINE - TOP) for p in probs]
    middles = [top + height / 2 for top, height in zip(tops, heights, strict=True)]
    # upside down, as y grows downwards
    words_at = [-y for y in spread([-m for m in middles], SHARE_GAP, highest=-TOP)]
    shapes = []
    for name, p, top, height, middle, place in zip(
        NAMES, probs, tops, heights, middles, words_at, strict=True
    ):
        shapes += [
            rect(STACK - BAR / 2, top, BAR, height, fill=MODEL, stroke="white"),
            line(STACK + BAR / 2, middle, STACK_WORDS - 4, place, stroke=FAINT),
            text(STACK_WORDS, place + 5, f"{name} {p:.3f}", font_size=13),
        ]
    return shapes


def _dial(in_nats: float, in_bits: float) -> list[str]:
    """Draw the entropy between its two ends, 0 and ln 4."""
    top = _y(in_nats / MOST_EVEN)
    ends = [
        text(DIAL - BAR / 2 - 8, y + 5, words, text_anchor="end", font_size=13)
        for y, words in ((TOP, "ln 4"), (BASELINE, "0"))
    ]
    return [
        *ends,
        rect(DIAL - BAR / 2, TOP, BAR, BASELINE - TOP, fill="none", stroke=QUIET),
        rect(DIAL - BAR / 2, top, BAR, BASELINE - top, fill=MODEL),
        text(DIVIDER + 12, ROWS[0], f"{in_nats:.4f} nats"),
        text(DIVIDER + 12, ROWS[1], f"{in_bits:.4f} bits"),
        text(DIVIDER + 12, ROWS[2], "at most", fill=QUIET),
        text(DIVIDER + 12, ROWS[3], f"{MOST_EVEN:.4f} nats", fill=QUIET),
    ]


def _table(
    z: Sequence[float],
    exponents: Sequence[float],
    exponentials: Sequence[float],
    total: float,
    probs: Sequence[float],
) -> list[str]:
    labels = ("", "logit, shifted, z", "z / T", "e to this", "÷ sum: p")
    shapes = [text(16, y, label, font_size=13) for y, label in zip(ROWS, labels, strict=True)]
    for k, x in enumerate(COLUMNS):
        cells = [NAMES[k], _plain(z[k]), _plain(exponents[k]), _short(exponentials[k])]
        shapes += _column(x, *cells, f"{probs[k]:.3f}")
    return [*shapes, *_column(SUMS, "sum", "", "", _short(total), "1")]


def _column(x: float, *cells: str) -> list[str]:
    return [
        text(x, y, cell, text_anchor="middle", font_size=13)
        for y, cell in zip(ROWS, cells, strict=True)
    ]
