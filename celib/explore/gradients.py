"""A live picture of gradient descent."""

from collections.abc import Sequence
from functools import partial

import ipywidgets as widgets

from celib._inputs import number
from celib.categorical import categorical_cross_entropy_from_logits
from celib.figures.gradients import BITS_PER_NAT, Walk, walk
from celib.figures.style import FAINT, LOSS, MODEL, QUIET

from .live import Drawing, LivePicture
from .svg import arrow, line, picture, rect, text

__all__ = ["push_and_pull", "step_downhill"]

NAMES = ("dog", "cat", "horse", "cheetah")
EXAMPLE = (3.2, 1.3, 0.2, 0.8)
DOG = 0
LAST_STEP = 15
GOAL_BITS = 0.095
# The next step is drawn so many times as long, since it is much shorter than the logits differ.
MAGNIFIED = 10
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 440
TOP, BASELINE = 74, 274
LOWEST_LOGIT, HIGHEST_LOGIT = -0.7, 5.6
COLUMNS = (172, 252, 332, 412)
SUMS = 480
DIVIDER, LOSS_BAR, BAR = 520, 630, 46
TALLEST_LOSS = 0.26
ROWS = (302, 332, 357, 382, 407)


def step_downhill() -> LivePicture:
    """Show a gradient descent on four logits: the true one is pulled up, the others pushed down.

    The picture is true to one example: a dog, and the model's logits for dog, cat, horse and
    cheetah. At each step every logit moves by truth minus model, y - p, which is a learning rate
    of 1.

    Returns
    -------
    LivePicture
        A slider, and the picture of `push_and_pull`.

    Examples
    --------
    >>> live = step_downhill()
    >>> live.controls["step"].value = 9
    >>> print(live.drawing.description.split(". ")[0])
    After 9 steps the model's probability of dog is 0.939 and the loss 0.0634 nats = 0.0915 bits
    """
    return LivePicture(
        push_and_pull,
        step=widgets.IntSlider(
            0,
            min=0,
            max=LAST_STEP,
            description="steps taken",
            layout=widgets.Layout(width="100%", max_width=f"{WIDTH}px"),
            style={"description_width": "160px"},
        ),
    )


def push_and_pull(step: int) -> Drawing:
    """Draw logits, the push on each and the loss, after some steps of gradient descent.

    Parameters
    ----------
    step : int
        How many steps have been taken, from 0 to 15.

    Returns
    -------
    Drawing
        Its numbers are ``logits``, ``probs``, ``slopes`` (model minus truth, in nats per unit of
        logit), ``pushes`` (truth minus model, the next step), ``loss_nats`` and ``loss_bits``.

    Raises
    ------
    ValueError
        If `step` is outside its range.

    Examples
    --------
    >>> first = push_and_pull(0).numbers
    >>> [round(push, 3) for push in first["pushes"]], round(abs(sum(first["pushes"])), 6)
    ([0.225, -0.116, -0.039, -0.07], 0.0)
    """
    taken = int(number("step", step, range(LAST_STEP + 1).__contains__, "a step from 0 to 15"))
    path = walk(DOG, EXAMPLE, steps=taken)
    logits, probs = path.logits[-1].tolist(), path.probs[-1].tolist()
    slopes = path.slopes[-1].tolist()
    pushes = [-slope for slope in slopes]
    in_nats, in_bits = _losses(logits)

    words = _in_words(taken, logits, pushes, probs, f"{in_nats:.4f} nats = {in_bits:.4f} bits")
    title = f"Step {taken}: probability of dog {probs[DOG]:.3f}, loss {in_bits:.4f} bits."
    shapes = [
        *_axes(),
        *_classes(path, logits, probs, pushes),
        *_loss(in_nats, in_bits),
    ]
    return Drawing(
        picture(WIDTH, HEIGHT, title, words, shapes),
        words,
        {
            "logits": logits,
            "probs": probs,
            "slopes": slopes,
            "pushes": pushes,
            "loss_nats": in_nats,
            "loss_bits": in_bits,
        },
    )


def _losses(logits: Sequence[float]) -> tuple[float, float]:
    loss = partial(categorical_cross_entropy_from_logits, DOG, logits)
    return float(loss(unit="nats")), float(loss(unit="bits"))


def _in_words(
    step: int,
    logits: Sequence[float],
    pushes: Sequence[float],
    probs: Sequence[float],
    loss: str,
) -> str:
    steps = "1 step" if step == 1 else f"{step} steps"
    places = ", ".join(f"{name} {_plain(z)}" for name, z in zip(NAMES, logits, strict=True))
    moves = ", ".join(
        f"{name} {_direction(push)}" for name, push in zip(NAMES, pushes, strict=True)
    )
    return (
        f"After {steps} the model's probability of dog is {probs[DOG]:.3f} and the loss {loss}. "
        f"The logits are {places}. The next step moves each by truth minus model, y − p: {moves}. "
        f"The four moves add up to 0."
    )


def _direction(push: float) -> str:
    return f"{'up' if push > 0 else 'down'} {abs(push):.3f}"


def _plain(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _height(z: float) -> float:
    return BASELINE - (z - LOWEST_LOGIT) / (HIGHEST_LOGIT - LOWEST_LOGIT) * (BASELINE - TOP)


def _loss_height(nats: float) -> float:
    return BASELINE - nats / TALLEST_LOSS * (BASELINE - TOP)


def _axes() -> list[str]:
    """Draw what never changes: headings, scales, and the names of the rows."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    ticks = [
        shape
        for z in range(6)
        for shape in (
            line(134, _height(z), 440, _height(z), stroke=FAINT),
            text(126, _height(z) + 5, f"{z}", text_anchor="end", font_size=13),
        )
    ]
    return [
        text(16, 30, "Pull on the truth, push on the rest", **heading),
        text(
            16,
            52,
            f"grey bar: the start; arrow: the next step, {MAGNIFIED} times as long",
            font_size=13,
        ),
        text(540, 30, "The loss", **heading),
        line(DIVIDER, 16, DIVIDER, HEIGHT - 16, stroke=FAINT),
        text(16, _height(5) + 5, "logit z"),
        *ticks,
        line(570, BASELINE, 690, BASELINE, stroke=QUIET),
        *(
            text(562, _loss_height(nats) + 5, f"{nats:g}", text_anchor="end", font_size=13)
            for nats in (0, 0.1, 0.2)
        ),
        text(540, TOP - 12, "nats", font_size=13),
        rect(16, ROWS[1] - 11, 13, 13, rx=6.5, fill=MODEL),
        text(38, ROWS[1], "logit z"),
        text(38, ROWS[2], "model p"),
        text(38, ROWS[3], "truth y"),
        arrow(23, ROWS[4] + 2, ROWS[4] - 13, LOSS),
        text(38, ROWS[4], "step y − p"),
        line(16, ROWS[4] + 9, SUMS + 24, ROWS[4] + 9, stroke=FAINT),
    ]


def _classes(
    path: Walk, logits: Sequence[float], probs: Sequence[float], pushes: Sequence[float]
) -> list[str]:
    """Draw each logit with its way so far and its next step, and its column of the table."""
    shapes = []
    for k, x in enumerate(COLUMNS):
        start, here = path.logits[0, k], logits[k]
        shapes += [
            line(x, _height(start), x, _height(here), stroke=MODEL, stroke_width=2),
            rect(x - 14, _height(start) - 1, 28, 2, fill=QUIET),
            rect(x - 7, _height(here) - 7, 14, 14, rx=7, fill=MODEL, stroke="white"),
            arrow(x + 18, _height(here), _height(here + MAGNIFIED * pushes[k]), LOSS),
            *_column(
                x,
                NAMES[k],
                _plain(here),
                f"{probs[k]:.3f}",
                "1" if k == DOG else "0",
                _signed(pushes[k]),
            ),
        ]
    return [*shapes, *_column(SUMS, "sum", _plain(sum(logits)), "1", "1", "0")]


def _column(x: float, *cells: str) -> list[str]:
    return [text(x, y, cell, text_anchor="middle") for y, cell in zip(ROWS, cells, strict=True)]


def _loss(in_nats: float, in_bits: float) -> list[str]:
    """Draw the loss against where it was published to have come to."""
    top, goal = _loss_height(in_nats), _loss_height(GOAL_BITS / BITS_PER_NAT)
    return [
        rect(LOSS_BAR - BAR / 2, top, BAR, BASELINE - top, fill=LOSS),
        line(570, goal, 690, goal, stroke=QUIET, stroke_width=1.5, stroke_dasharray="4 3"),
        text(LOSS_BAR, ROWS[0], "−log p(dog)", text_anchor="middle"),
        text(LOSS_BAR, ROWS[1], f"{in_nats:.4f} nats", text_anchor="middle"),
        text(LOSS_BAR, ROWS[2], f"{in_bits:.4f} bits", text_anchor="middle"),
        line(540, ROWS[4] - 5, 566, ROWS[4] - 5, stroke=QUIET, stroke_dasharray="4 3"),
        text(574, ROWS[4], f"{GOAL_BITS} bits", font_size=13),
    ]
