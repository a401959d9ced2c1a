"""A live picture of cross-entropy and the Kullback-Leibler divergence."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.figures.style import FAINT, LOSS, LOSS_TINT, MODEL, QUIET, TRUTH
from celib.information import cross_entropy, entropy, kl_divergence, surprisal

from .live import Drawing, LivePicture
from .svg import line, picture, rect, text

__all__ = ["speaking", "swap_codes"]

NAMES = ("dog", "cat", "horse", "cheetah")
SPEAKERS = {"Bob": (1 / 2, 1 / 4, 1 / 8, 1 / 8), "Alice": (1 / 8, 1 / 2, 1 / 4, 1 / 8)}
# Places of the code in tenths of the way from Alice's to Bob's; further out, words get so rare
# that their lengths would flatten everything else.
FIRST, LAST = -2, 18
ALICE, BOB = 0.0, 1.0
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 420
TOP, BASELINE = 78, 296
LEFT, RIGHT = 120, 520
LONGEST = 5.4  # of all the lengths, 5.32 bits
BAR, BAR_LEFT, BAR_WORDS = 40, 560, 610
ROWS = (316, 338, 360, 382, 404)
SLIVER = 1e-9  # a difference of lengths that is only rounding


def swap_codes() -> LivePicture:
    """Move a code between two speakers, and see what each of them pays.

    One control moves the code from Alice's to Bob's and beyond, the other says who speaks. The
    speaker pays the entropy in any code; the divergence comes on top and is 0 only where
    the code is the speaker's own.

    Returns
    -------
    LivePicture
        A slider, two buttons, and the picture of `speaking`.

    Examples
    --------
    >>> live = swap_codes()
    >>> live.controls["code"].value = 1.0
    >>> print(live.drawing.description.split(":")[0])
    Bob speaks in Bob’s own code and pays 1.7500 bits a word
    """
    places = [i / 10 for i in range(FIRST, LAST + 1)]
    return LivePicture(
        speaking,
        code=widgets.SelectionSlider(
            options=[(f"{place:g} ({_owner(place)})".replace("-", "−"), place) for place in places],
            value=ALICE,
            description="place of the code, t",
            layout=widgets.Layout(width="100%", max_width=f"{WIDTH}px"),
            style={"description_width": "160px"},
        ),
        # Buttons: JupyterLab takes the arrow keys of radio buttons and menus for itself.
        speaker=widgets.ToggleButtons(options=list(SPEAKERS), description="who speaks"),
    )


def speaking(code: float, speaker: str) -> Drawing:
    """Draw the words of one speaker in a code, and the mean length in its two parts.

    Parameters
    ----------
    code : float
        Its place: 0 is made for Alice, 1 for Bob, and t for the distribution
        Alice + t (Bob - Alice), as far as that is one.
    speaker : {"Bob", "Alice"}
        Who speaks.

    Returns
    -------
    Drawing
        Its numbers are ``truth``, the speaker's probabilities, ``code``, those that the code was
        made for, ``lengths_bits``, ``entropy_bits``, ``kl_bits`` and ``cross_entropy_bits``.

    Raises
    ------
    ValueError
        If `code` is outside its range or `speaker` is neither Bob nor Alice.

    Examples
    --------
    >>> for code, speaker in (0, "Bob"), (1, "Alice"):
    ...     numbers = speaking(code, speaker).numbers
    ...     print(f"{numbers['entropy_bits']:.4f} + {numbers['kl_bits']:.4f} bits")
    1.7500 + 0.6250 bits
    1.7500 + 0.5000 bits
    """
    low, high = FIRST / 10, LAST / 10
    t = number("code", code, lambda c: low <= c <= high, f"from {low} to {high}")
    if speaker not in SPEAKERS:
        raise ValueError(f"speaker must be one of {', '.join(SPEAKERS)}, got {speaker!r}.")
    p, bob, alice = (np.array(SPEAKERS[name]) for name in (speaker, "Bob", "Alice"))
    q = alice + t * (bob - alice)
    own, used = (np.asarray(surprisal(row, unit="bits")).tolist() for row in (p, q))
    floor = float(entropy(p, unit="bits"))
    extra = float(kl_divergence(p, q, unit="bits"))
    paid = float(cross_entropy(p, q, unit="bits"))

    sums = f"{floor:.4f} bits of entropy and {extra:.4f} bits of divergence"
    heading = f"{speaker} speaks in {_code_in_words(t, speaker)}"
    changes = [float(share * (b - a)) for share, a, b in zip(p, own, used, strict=True)]
    words = _in_words(heading, paid, sums, q.tolist(), changes)
    shapes = [
        text(16, 30, heading, font_size=15, font_weight="bold"),
        *_axes(),
        *_words(p.tolist(), q.tolist(), own, used),
        *_mean(floor, extra, paid, float(cross_entropy(p, q))),
    ]
    return Drawing(
        picture(WIDTH, HEIGHT, f"{heading}: {paid:.4f} bits a word.", words, shapes),
        words,
        {
            "truth": p.tolist(),
            "code": q.tolist(),
            "lengths_bits": used,
            "entropy_bits": floor,
            "kl_bits": extra,
            "cross_entropy_bits": paid,
        },
    )


def _owner(place: float) -> str:
    if place in (ALICE, BOB):
        return "Alice’s" if place == ALICE else "Bob’s"
    if not ALICE < place < BOB:
        return "beyond Alice’s" if place < ALICE else "beyond Bob’s"
    if place == 0.5:
        return "halfway"
    return "nearer Alice’s" if place < 0.5 else "nearer Bob’s"


def _code_in_words(place: float, speaker: str) -> str:
    owner = _owner(place)
    if place in (ALICE, BOB):
        return f"{owner} own code" if owner == f"{speaker}’s" else f"{owner} code"
    return f"a code at t = {place:g} ({owner})".replace("-", "−")


def _in_words(
    heading: str, paid: float, sums: str, q: Sequence[float], changes: Sequence[float]
) -> str:
    made_for = ", ".join(f"{name} {share:.3f}" for name, share in zip(NAMES, q, strict=True))
    felt = ", ".join(
        f"{name} {_signed(change)}" for name, change in zip(NAMES, changes, strict=True)
    )
    return (
        f"{heading} and pays {paid:.4f} bits a word: {sums}. The code is made for {made_for}. "
        f"Against the speaker’s own code the words cost, in bits: {felt}."
    )


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−") if abs(value) >= 5e-4 else "0.000"


def _height(bits: float) -> float:
    return BASELINE - bits / LONGEST * (BASELINE - TOP)


def _axes() -> list[str]:
    """Draw what never changes: scale, key, and the names of the rows."""
    small: dict[str, str | float] = {"font_size": 12}
    rows = ("", "speaker’s p", "code’s q", "length −log₂ q", "p × extra, bits")
    return [
        text(540, 30, "Bits a word", font_size=15, font_weight="bold"),
        line(536, 16, 536, HEIGHT - 16, stroke=FAINT),
        *(_tick(bits) for bits in range(6)),
        text(16, _height(5) + 5, "length, bits", **small),
        rect(120, 46, 14, 13, fill=TRUTH),
        text(140, 57, "the same", **small),
        rect(216, 46, 14, 13, fill=LOSS),
        text(236, 57, "extra", **small),
        _saved(288, 46, 14, 13),
        text(308, 57, "saved", **small),
        line(364, 53, 386, 53, stroke=MODEL, stroke_width=4),
        text(392, 57, "length in this code", **small),
        *(text(16, y, words, **small) for y, words in zip(ROWS, rows, strict=True)),
        line(16, ROWS[3] + 7, 520, ROWS[3] + 7, stroke=FAINT),
    ]


def _tick(bits: int) -> str:
    y = _height(bits)
    return line(LEFT, y, RIGHT, y, stroke=FAINT) + text(
        LEFT - 8, y + 5, f"{bits}", text_anchor="end", font_size=12
    )


def _saved(x: float, y: float, width: float, height: float) -> str:
    return rect(x, y, width, height, fill=LOSS_TINT, stroke=TRUTH, stroke_dasharray="3 3")


def _words(
    p: Sequence[float], q: Sequence[float], own: Sequence[float], used: Sequence[float]
) -> list[str]:
    """Draw each word as wide as it is probable and as high as it is long, over its numbers."""
    shapes = []
    left = float(LEFT)
    for name, share, made_for, mine, length in zip(NAMES, p, q, own, used, strict=True):
        width = share * (RIGHT - LEFT)
        y, change = _height(length), length - mine
        same = max(y, _height(mine))
        shapes.append(rect(left + 1, same, width - 2, BASELINE - same, fill=TRUTH))
        if abs(change) > SLIVER:
            top = min(y, _height(mine))
            place = (left + 1, top, width - 2, same - top)
            shapes.append(rect(*place, fill=LOSS) if change > 0 else _saved(*place))
        shapes.append(line(left, y, left + width, y, stroke=MODEL, stroke_width=4))
        cells = (f"{share:.3f}", f"{made_for:.3f}", f"{length:.3f}", _signed(share * change))
        shapes += _column(left + width / 2, name, *cells)
        left += width
    return shapes


def _column(x: float, *cells: str) -> list[str]:
    return [
        text(x, y, cell, text_anchor="middle", font_size=12)
        for y, cell in zip(ROWS, cells, strict=True)
    ]


def _mean(floor: float, extra: float, paid: float, in_nats: float) -> list[str]:
    """Stand the two parts of the mean length on one another, and write their sums."""
    step, top = _height(floor), _height(paid)
    label: dict[str, str | float] = {"font_size": 13}
    return [
        rect(BAR_LEFT, step, BAR, BASELINE - step, fill=TRUTH),
        rect(BAR_LEFT, top, BAR, step - top, fill=LOSS),
        line(BAR_LEFT - 8, step, 684, step, stroke=QUIET, stroke_dasharray="4 3"),
        text(BAR_WORDS, (step + BASELINE) / 2 - 3, "H(p)", **label),
        text(BAR_WORDS, (step + BASELINE) / 2 + 15, f"{floor:.4f}", **label),
        text(BAR_WORDS, step - 24, "KL", fill=LOSS, **label),
        text(BAR_WORDS, step - 6, f"{extra:.4f}", fill=LOSS, **label),
        text(BAR_LEFT, ROWS[0], "H(p, q) = H(p) + KL", font_size=12),
        text(BAR_LEFT, ROWS[1], f"{paid:.4f} bits", font_weight="bold", **label),
        text(BAR_LEFT, ROWS[2], f"{in_nats:.4f} nats", **label),
        text(BAR_LEFT, ROWS[4], f"sum {extra:.4f} = KL", font_size=12),
    ]
