"""Live pictures of categorical cross-entropy."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.categorical import categorical_cross_entropy, categorical_cross_entropy_from_logits
from celib.figures.style import FAINT, LOSS, MODEL, TRUTH
from celib.gradients import value_and_gradient
from celib.information import surprisal

from .live import Drawing, LivePicture
from .svg import arrow, line, picture, rect, text

__all__ = ["share_the_rest", "sharing"]

NAMES = ("dog", "cat", "horse", "cheetah")
EXAMPLE = (0.775, 0.116, 0.039, 0.070)
DOG = 0
LOWEST, HIGHEST = 0.01, 0.99
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 390
TOP, BASELINE = 62, 262
COLUMNS = (172, 252, 332, 412)
BAR = 46
SUMS = 480
LOSS_BAR = 616
ROWS = (286, 316, 342, 368)
# The loss at the lowest probability, 4.61 nats, fits under this.
TALLEST_LOSS = 5.0


def share_the_rest() -> LivePicture:
    """Show that only the probability of the true class enters the loss, and what the rest does.

    The picture is true to one example: a dog, and the model's probabilities for dog, cat, horse
    and cheetah. One control sets the probability of dog, the other shares what remains among the
    wrong classes. Sharing it differently leaves the loss as it is, but not the push on the
    logits.

    Returns
    -------
    LivePicture
        Two sliders, and the picture of `sharing`.

    Examples
    --------
    >>> live = share_the_rest()
    >>> live.controls["evenness"].value = 1
    >>> print(live.drawing.description.split(". ")[1])
    Here it is shared as cat 0.075, horse 0.075, cheetah 0.075
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "160px"}
    return LivePicture(
        sharing,
        p_dog=widgets.FloatSlider(
            EXAMPLE[DOG],
            min=LOWEST,
            max=HIGHEST,
            step=0.005,
            readout_format=".3f",
            description="probability of dog",
            layout=wide,
            style=labels,
        ),
        evenness=widgets.SelectionSlider(
            options=[(_sharing_in_a_word(i / 10), i / 10) for i in range(11)],
            value=0.5,
            description="sharing of the rest",
            layout=wide,
            style=labels,
        ),
    )


def sharing(p_dog: float, evenness: float) -> Drawing:
    """Draw the probabilities, the push on each logit and the loss, where the truth is dog.

    Parameters
    ----------
    p_dog : float
        The model's probability of dog, from 0.01 to 0.99.
    evenness : float
        How the rest is shared among cat, horse and cheetah: 0 all on cat, 0.5 as 0.116 to 0.039
        to 0.070, 1 evenly, and in between in proportion.

    Returns
    -------
    Drawing
        Its numbers are ``probs``, ``pushes`` (truth minus model, which is minus the gradient
        with respect to the logits, in nats per unit of logit), ``loss_nats`` and ``loss_bits``.

    Raises
    ------
    ValueError
        If `p_dog` or `evenness` is outside its range.

    Examples
    --------
    >>> drawing = sharing(0.775, 0.5)
    >>> print(f"{drawing.numbers['loss_nats']:.4f} nats = {drawing.numbers['loss_bits']:.4f} bits")
    0.2549 nats = 0.3677 bits
    """
    probs = _shared(p_dog, evenness)
    in_nats = float(categorical_cross_entropy(DOG, probs))
    in_bits = float(categorical_cross_entropy(DOG, probs, unit="bits"))
    # log p is one choice of logits that gives p; surprisal takes log 0 without a warning.
    logits = -np.asarray(surprisal(probs))
    _, gradient = value_and_gradient(categorical_cross_entropy_from_logits, DOG, logits)
    pushes = [-slope for slope in np.asarray(gradient).tolist()]

    loss = f"{in_nats:.4f} nats ({in_bits:.4f} bits)"
    shares = [f"{name} {p:.3f}" for name, p in zip(NAMES, probs, strict=True)]
    title = f"Loss {loss} with {', '.join(shares)}."
    words = _in_words(shares, pushes, loss)
    shapes = [*_axes(), *_classes(probs, pushes), *_loss(in_nats, in_bits)]
    return Drawing(
        picture(WIDTH, HEIGHT, title, words, shapes),
        words,
        {"probs": probs, "pushes": pushes, "loss_nats": in_nats, "loss_bits": in_bits},
    )


def _shared(p_dog: float, evenness: float) -> list[float]:
    p = number("p_dog", p_dog, lambda p: LOWEST <= p <= HIGHEST, f"from {LOWEST} to {HIGHEST}")
    place = number("evenness", evenness, lambda e: 0 <= e <= 1, "from 0 to 1")
    wrong = np.array(EXAMPLE[1:])
    stages = [[1, 0, 0], wrong / wrong.sum(), [1 / 3] * 3]
    shares = [np.interp(place, [0, 0.5, 1], of_class) for of_class in np.transpose(stages)]
    return [p, *(float((1 - p) * share) for share in shares)]


def _sharing_in_a_word(evenness: float) -> str:
    """Name a sharing, shortly: a longer word makes the slider's track shrink under the hand."""
    if evenness == 0.5:
        return "example"
    if evenness < 0.5:
        return "mostly cat" if evenness > 0 else "only cat"
    return "more even" if evenness < 1 else "even"


def _in_words(shares: Sequence[str], pushes: Sequence[float], loss: str) -> str:
    others = ", ".join(share for k, share in enumerate(shares) if k != DOG)
    felt = [f"{name} {_direction(push)}" for name, push in zip(NAMES, pushes, strict=True)]
    return (
        f"With {shares[DOG]} the loss is {loss}, however the other {pushes[DOG]:.3f} is shared. "
        f"Here it is shared as {others}. The push y − p on each logit does depend on that: "
        f"{', '.join(felt)} (nats per unit of logit). The pushes add up to 0."
    )


def _direction(push: float) -> str:
    if _signed(push) == "0.000":
        return "0.000"
    return f"{'up' if push > 0 else 'down'} {abs(push):.3f}"


def _signed(value: float) -> str:
    written = f"{value:+.3f}".replace("-", "−")
    return "0.000" if float(f"{value:.3f}") == 0 else written


def _height(p: float) -> float:
    return BASELINE - p * (BASELINE - TOP)


def _axes() -> list[str]:
    """Draw what never changes: headings, scales, and the names of the rows."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    key = ROWS[1:]
    return [
        text(16, 30, "Each logit is pushed by truth − model", **heading),
        text(540, 30, "The loss", **heading),
        line(520, 16, 520, HEIGHT - 16, stroke=FAINT),
        *(_tick(134, 440, _height(p), words) for p, words in ((0, "0"), (0.5, "0.5"), (1, "1"))),
        text(16, _height(1) + 5, "probability"),
        *(_tick(572, 660, _loss_height(nats), f"{nats}") for nats in range(5)),
        text(540, _loss_height(TALLEST_LOSS) + 5, "nats"),
        rect(16, key[0] - 7, 14, 5, fill=TRUTH),
        text(38, key[0], "truth y"),
        rect(16, key[1] - 11, 14, 13, fill=MODEL),
        text(38, key[1], "model p"),
        arrow(23, key[2] + 2, key[2] - 13, LOSS),
        text(38, key[2], "push y − p"),
        line(16, ROWS[2] + 9, SUMS + 20, ROWS[2] + 9, stroke=FAINT),
    ]


def _tick(start: float, end: float, y: float, words: str) -> str:
    return line(start, y, end, y, stroke=FAINT) + text(
        start - 8, y + 5, words, text_anchor="end", font_size=13
    )


def _classes(probs: Sequence[float], pushes: Sequence[float]) -> list[str]:
    """Draw the four bars with their arrows, and under each its column of the table."""
    shapes = []
    for k, (x, p, push) in enumerate(zip(COLUMNS, probs, pushes, strict=True)):
        y = float(k == DOG)
        shapes += [
            rect(x - BAR / 2, _height(p), BAR, BASELINE - _height(p), fill=MODEL),
            rect(x - BAR / 2 - 6, _height(y) - 2.5, BAR + 12, 5, fill=TRUTH),
            arrow(x, _height(p), _height(p + push), LOSS),
            *_column(x, NAMES[k], f"{y:.0f}", f"{p:.3f}", _signed(push)),
        ]
    return [*shapes, *_column(SUMS, "sum", "1", "1", "0")]


def _column(x: float, *cells: str) -> list[str]:
    return [text(x, y, cell, text_anchor="middle") for y, cell in zip(ROWS, cells, strict=True)]


def _loss_height(nats: float) -> float:
    return BASELINE - nats / TALLEST_LOSS * (BASELINE - TOP)


def _loss(in_nats: float, in_bits: float) -> list[str]:
    top = _loss_height(in_nats)
    return [
        rect(LOSS_BAR - BAR / 2, top, BAR, BASELINE - top, fill=LOSS),
        *_column(
            LOSS_BAR,
            "−log p(dog)",
            f"{in_nats:.4f} nats",
            f"{in_bits:.4f} bits",
            "only p(dog) counts",
        ),
    ]
