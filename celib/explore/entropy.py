"""Live pictures of entropy."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.figures.entropy import Wall, best_questions, block, spoken_question
from celib.figures.style import FAINT, MODEL, TRUTH
from celib.information import entropy, surprisal

from .live import Drawing, LivePicture
from .svg import line, picture, rect, text

__all__ = ["asking", "twenty_questions"]

NAMES = ("dog", "cat", "horse", "cheetah")
# From the most even to the most skewed, by entropy.
DISTRIBUTIONS = (
    (1 / 4, 1 / 4, 1 / 4, 1 / 4),
    (0.4, 0.3, 0.2, 0.1),
    (1 / 2, 1 / 4, 1 / 8, 1 / 8),
    (0.775, 0.116, 0.039, 0.070),
    (0.8, 0.1, 0.1),
    (0.936, 0.028, 0.013, 0.023),
)
EXAMPLE = 4
TOGETHER = ("one at a time", "in pairs", "in triples")
GROUPS = ("animals", "pairs", "triples")
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 440
TOP, BASELINE = 86, 358
LEFT, RIGHT = 58, 428
TALLEST = 6.5  # of all the towers, 6.3 bits
BARS = (520, 582, 644)
BAR = 40
MOST_QUESTIONS = 2.4
LETTER = 9.0  # at least as wide as a letter is on average, so that what fits is known beforehand


def twenty_questions() -> LivePicture:
    """Play the game of yes/no questions perfectly, and compare with the entropy.

    An animal is drawn, and yes/no questions find out which. The machine asks the questions that
    need the fewest on average. One control chooses how skewed the probabilities are, the other
    how many draws are asked about together.

    Returns
    -------
    LivePicture
        Two sliders, and the picture of `asking`.

    Examples
    --------
    >>> live = twenty_questions()
    >>> live.controls["draws"].value = 3
    >>> print(live.drawing.description.split(". ")[1][:91] + "...")
    Asked about in triples, the animals take 0.9253 questions each on average: 0.0034 more than...
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "160px"}
    return LivePicture(
        asking,
        skew=widgets.SelectionSlider(
            options=[(f"dog {p[0]:.4g}", i) for i, p in enumerate(DISTRIBUTIONS)],
            value=EXAMPLE,
            description="even to skewed",
            layout=wide,
            style=labels,
        ),
        draws=widgets.IntSlider(
            1,
            min=1,
            max=3,
            description="animals asked together",
            layout=wide,
            style=labels,
        ),
    )


def asking(skew: int, draws: int) -> Drawing:
    """Draw the wall of the best yes/no questions, and the mean number of them for 1 to 3 draws.

    Parameters
    ----------
    skew : int
        Which distribution, from 0, the most even, to 5, the most skewed.
    draws : int
        How many independent draws are asked about together, 1 to 3.

    Returns
    -------
    Drawing
        Its numbers are ``probs``, ``entropy_bits`` of one draw, ``questions_per_draw`` (the
        mean for 1, 2 and 3 draws together), ``asked`` and ``surprise_bits`` (of each tower from
        the left, for all its draws).

    Raises
    ------
    ValueError
        If `skew` or `draws` is outside its range.

    Examples
    --------
    >>> drawing = asking(skew=4, draws=2)
    >>> print([f"{mean:.4f}" for mean in drawing.numbers["questions_per_draw"]])
    ['1.2000', '0.9600', '0.9253']
    """
    last = len(DISTRIBUTIONS) - 1
    skew = int(number("skew", skew, lambda s: s in range(last + 1), f"whole, 0 to {last}"))
    draws = int(number("draws", draws, lambda n: n in (1, 2, 3), "1, 2 or 3"))
    probs = list(DISTRIBUTIONS[skew])
    in_bits = float(entropy(probs, unit="bits"))
    blocks = [block(probs, n) for n in (1, 2, 3)]
    walls = [best_questions(together) for _, together in blocks]
    means = [sum(q.width for q in wall.questions) / n for n, wall in enumerate(walls, start=1)]

    outcomes, together = blocks[draws - 1]
    wall = walls[draws - 1]
    widths = [together[k] for k in wall.order]
    surprises = np.asarray(surprisal(widths, unit="bits")).tolist()
    title = (
        f"{means[draws - 1]:.4f} yes/no questions per animal on average, asked about "
        f"{TOGETHER[draws - 1]}; the entropy is {in_bits:.4f} bits."
    )
    drawn = ", ".join(f"{name} {p:.4g}" for name, p in zip(NAMES, probs, strict=False))
    words = _in_words(drawn, in_bits, means, draws, wall, outcomes)
    shapes = [
        *_axes(drawn, draws),
        *_wall(wall, draws),
        *_skyline(widths, surprises, draws),
        # the bricks of pairs and triples are too low for words
        *(_words_on_bricks(wall, outcomes) if draws == 1 else []),
        *_names(wall, widths, outcomes),
        *_bars(means, in_bits, draws),
    ]
    return Drawing(
        picture(WIDTH, HEIGHT, title, words, shapes),
        words,
        {
            "probs": probs,
            "entropy_bits": in_bits,
            "questions_per_draw": means,
            "asked": [float(n) for n in wall.asked],
            "surprise_bits": surprises,
        },
    )


def _in_words(
    drawn: str,
    in_bits: float,
    means: Sequence[float],
    draws: int,
    wall: Wall,
    outcomes: Sequence[tuple[int, ...]],
) -> str:
    mean = means[draws - 1]
    over = mean - in_bits
    # the halving distributions reach the entropy, up to rounding
    against = "exactly" if over < 1e-9 else f"{over:.4f} more than"
    if draws == 1:
        each = ", ".join(
            f"{NAMES[outcomes[k][0]]} {asked}"
            for k, asked in zip(wall.order, wall.asked, strict=True)
        )
        found = f"Questions until each animal is found: {each}."
    else:
        fewest, most = min(wall.asked), max(wall.asked)
        span = f"{fewest}" if fewest == most else f"from {fewest} to {most}"
        found = f"The {len(outcomes)} possible {GROUPS[draws - 1]} take {span} questions."
    return (
        f"Probabilities: {drawn}. Asked about {TOGETHER[draws - 1]}, the animals take {mean:.4f} "
        f"questions each on average: {against} the entropy of {in_bits:.4f} bits. {found} "
        f"Questions per animal: {means[0]:.4f} one at a time, {means[1]:.4f} in pairs, "
        f"{means[2]:.4f} in triples."
    )


def _height(amount: float) -> float:
    return BASELINE - amount / TALLEST * (BASELINE - TOP)


def _across(p: float) -> float:
    return LEFT + p * (RIGHT - LEFT)


def _axes(drawn: str, draws: int) -> list[str]:
    """Draw the headings, the scale and the key."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    key = HEIGHT - 16
    return [
        text(16, 30, f"Asking about animals {TOGETHER[draws - 1]}", **heading),
        text(16, 51, drawn, font_size=13),
        text(16, 71, "height: questions, and bits, per animal", font_size=13),
        text(480, 30, "Mean per animal", **heading),
        line(456, 16, 456, HEIGHT - 44, stroke=FAINT),
        *(_tick(_height(n), f"{n}") for n in range(7)),
        rect(16, key - 11, 20, 13, fill=MODEL, stroke="white"),
        text(42, key, "one question, as wide as its chance to be asked", font_size=13),
        line(420, key - 4, 440, key - 4, stroke=TRUTH, stroke_width=3),
        text(446, key, "surprise, −log2 p (bits)", font_size=13),
    ]


def _tick(y: float, words: str) -> str:
    return line(LEFT, y, RIGHT, y, stroke=FAINT) + text(
        LEFT - 8, y + 5, words, text_anchor="end", font_size=13
    )


def _wall(wall: Wall, draws: int) -> list[str]:
    shapes = []
    for question in wall.questions:
        top, low = (
            _height((question.asked_before + 1) / draws),
            _height(question.asked_before / draws),
        )
        width = question.width * (RIGHT - LEFT)
        pen: dict[str, str | float] = {"fill": MODEL, "stroke": "white", "stroke_width": 0.8}
        shapes.append(rect(_across(question.left), top, width, low - top, **pen))
    return shapes


def _words_on_bricks(wall: Wall, outcomes: Sequence[tuple[int, ...]]) -> list[str]:
    """Write the questions on the bricks with room for them, over the line of surprise."""
    halo: dict[str, str | float] = {"stroke": MODEL, "stroke_width": 3, "paint_order": "stroke"}
    shapes = []
    for question in wall.questions:
        words = spoken_question(question.yes, outcomes, NAMES)
        if len(words) * LETTER < question.width * (RIGHT - LEFT):
            x = _across(question.left + question.width / 2)
            y = _height(question.asked_before + 0.5) + 5
            shapes.append(text(x, y, words, text_anchor="middle", **halo))
    return shapes


def _skyline(widths: Sequence[float], surprises: Sequence[float], draws: int) -> list[str]:
    """Draw the tops of the towers of surprise, and the steps between them."""
    edges = [0.0, *np.cumsum(widths).tolist()]
    tops = [_height(bits / draws) for bits in surprises]
    pen: dict[str, str | float] = {
        "stroke": TRUTH,
        "stroke_width": 2.5,
        "stroke_linecap": "square",
    }
    shapes = [
        line(_across(a), top, _across(b), top, **pen)
        for a, b, top in zip(edges[:-1], edges[1:], tops, strict=True)
    ]
    sides = [BASELINE, *tops, BASELINE]
    return shapes + [
        line(_across(x), a, _across(x), b, **pen)
        for x, a, b in zip(edges, sides[:-1], sides[1:], strict=True)
    ]


def _names(wall: Wall, widths: Sequence[float], outcomes: Sequence[tuple[int, ...]]) -> list[str]:
    """Write under each tower that is wide enough what it stands for."""
    shapes = []
    left = 0.0
    for k, width in zip(wall.order, widths, strict=True):
        name = ", ".join(NAMES[i] for i in outcomes[k])
        if len(name) * LETTER < width * (RIGHT - LEFT):
            shapes.append(
                text(_across(left + width / 2), BASELINE + 18, name, text_anchor="middle")
            )
        left += width
    return shapes


def _bars(means: Sequence[float], in_bits: float, draws: int) -> list[str]:
    """Draw the mean for one, two and three draws, against the entropy."""
    shapes = []
    for n, (x, mean) in enumerate(zip(BARS, means, strict=True), start=1):
        top = BASELINE - mean / MOST_QUESTIONS * (BASELINE - TOP)
        fill = MODEL if n == draws else "white"
        shapes += [
            rect(x - BAR / 2, top, BAR, BASELINE - top, fill=fill, stroke=MODEL, stroke_width=2),
            text(
                x,
                top - 8,
                f"{mean:.4f}",
                text_anchor="middle",
                font_weight="bold" if n == draws else "normal",
            ),
            text(x, BASELINE + 18, ("single", *GROUPS[1:])[n - 1], text_anchor="middle"),
        ]
    floor = BASELINE - in_bits / MOST_QUESTIONS * (BASELINE - TOP)
    return [
        *shapes,
        line(486, floor, 678, floor, stroke=TRUTH, stroke_width=3),
        text(480, 51, "questions", font_size=13),
        text(582, BASELINE + 40, f"line: entropy {in_bits:.4f} bits", text_anchor="middle"),
    ]
