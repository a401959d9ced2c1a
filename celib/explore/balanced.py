"""A live picture of what a weight on the positive class leaves alone, and what it moves."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from celib._inputs import number
from celib.calibration import undo_weighting
from celib.figures.balanced import Screening, operating_curve, screening
from celib.figures.style import FAINT, INK, LOSS, MODEL, QUIET

from .live import Drawing, LivePicture
from .svg import curve, line, picture, rect, text

__all__ = ["ranking_and_trust", "weight_and_prevalence"]

PREVALENCES = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5)
WEIGHTS = (1 / 9, 1 / 3, 1.0, 3.0, 9.0, 19.0, 49.0, 99.0)
SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-3, 1e3
# Where things stand in the picture, in pixels.
WIDTH, HEIGHT = 700, 470
TOP, BASELINE = 62, 292
ROC, TRUST = 62, 420
SIDE = BASELINE - TOP
DIVIDER = 350
ROWS = (376, 400, 424, 448)
STEPS = 60


def weight_and_prevalence() -> LivePicture:
    """Show a screening test whose model is trained at some prevalence and with some weight.

    Neither control moves the ROC curve. The weight bends the reliability curve, and moves the
    point that a threshold of 0.5 picks on the ROC curve; the prevalence moves that point too.

    Returns
    -------
    LivePicture
        Two sliders, and the picture of `ranking_and_trust`.

    Examples
    --------
    >>> live = weight_and_prevalence()
    >>> live.controls["pos_weight"].value = 99.0
    >>> print(f"{live.drawing.numbers['true_at_half']:.2f}")
    0.01
    """
    wide = widgets.Layout(width="100%", max_width=f"{WIDTH}px")
    labels = {"description_width": "170px"}
    return LivePicture(
        ranking_and_trust,
        prevalence=widgets.SelectionSlider(
            options=[(f"{p:g}", p) for p in PREVALENCES],
            value=0.1,
            description="prevalence, share",
            layout=wide,
            style=labels,
        ),
        pos_weight=widgets.SelectionSlider(
            options=[(_weight_in_words(w), w) for w in WEIGHTS],
            value=9.0,
            description="weight of positives, w",
            layout=wide,
            style=labels,
        ),
    )


def ranking_and_trust(prevalence: float, pos_weight: float) -> Drawing:
    """Draw the ROC curve and the reliability curve of `celib.figures.balanced.screening`.

    Parameters
    ----------
    prevalence : float
        Share of positives, strictly between 0 and 1.
    pos_weight : float
        Weight of the positives in training, from 0.001 to 1000.

    Returns
    -------
    Drawing
        Its numbers are ``caught`` and ``false_alarms`` (shares of the positives and of the
        negatives above a threshold of 0.5), ``true_at_half`` (how often a stated 0.5 comes true),
        ``mean_stated``, all without unit, and ``loss_stated_nats`` and ``loss_undone_nats``.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> for pos_weight in 1, 9:
    ...     drawing = ranking_and_trust(0.1, pos_weight)
    ...     print(f"{drawing.numbers['loss_stated_nats']:.4f} nats")
    0.1831 nats
    0.3563 nats
    """
    wanted = f"from {SMALLEST_WEIGHT:g} to {LARGEST_WEIGHT:g}"
    w = number("pos_weight", pos_weight, lambda w: SMALLEST_WEIGHT <= w <= LARGEST_WEIGHT, wanted)
    model = screening(prevalence, w)
    true_at_half = float(undo_weighting(0.5, w))
    words = _in_words(prevalence, w, model, true_at_half)
    title = (
        f"At prevalence {prevalence:g} and weight {_weight_in_words(w)}, a stated 0.5 comes true "
        f"in {true_at_half:.3f} of the cases."
    )
    shapes = [
        *_frame(),
        *_roc(model),
        *_trust(w, true_at_half),
        *_table(prevalence, model, true_at_half),
    ]
    return Drawing(
        picture(WIDTH, HEIGHT, title, words, shapes),
        words,
        {
            "caught": model.caught,
            "false_alarms": model.false_alarms,
            "true_at_half": true_at_half,
            "mean_stated": model.mean_stated,
            "loss_stated_nats": model.loss_stated,
            "loss_undone_nats": model.loss_undone,
        },
    )


def _weight_in_words(w: float) -> str:
    return f"{w:g}" if w >= 1 else f"1/{1 / w:g}"


def _in_words(prevalence: float, w: float, model: Screening, true_at_half: float) -> str:
    return (
        f"Prevalence {prevalence:g}, weight {_weight_in_words(w)}. The ROC curve is the same for "
        f"every weight and prevalence; a threshold of 0.5 picks the point with "
        f"{model.caught:.3f} of the positives caught and {model.false_alarms:.3f} of the "
        f"negatives as false alarms. A stated 0.5 comes true in {true_at_half:.3f} of the cases. "
        f"The mean stated probability is {model.mean_stated:.3f}, the share of positives "
        f"{prevalence:.3f}. The loss is {model.loss_stated:.4f} nats as stated and "
        f"{model.loss_undone:.4f} nats with the weight undone."
    )


def _frame() -> list[str]:
    """Draw what never changes: headings, both squares and their scales."""
    heading: dict[str, str | float] = {"font_size": 15, "font_weight": "bold"}
    return [
        text(16, 30, "Ranking: the ROC curve", **heading),
        text(DIVIDER + 24, 30, "Reliability", **heading),
        line(DIVIDER, 16, DIVIDER, ROWS[-1] + 4, stroke=FAINT),
        *_square(ROC, "negatives with a false alarm, share", "positives caught, share"),
        *_square(TRUST, "probability stated", "share positive"),
    ]


def _square(left: float, below: str, beside: str) -> list[str]:
    ticks = [
        shape
        for share, words in ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
        for shape in (
            line(left, _y(share), left + SIDE, _y(share), stroke=FAINT),
            line(left + share * SIDE, TOP, left + share * SIDE, BASELINE, stroke=FAINT),
            text(left - 8, _y(share) + 5, words, text_anchor="end", font_size=13),
            text(left + share * SIDE, BASELINE + 18, words, text_anchor="middle", font_size=13),
        )
    ]
    middle = left + SIDE / 2
    return [
        *ticks,
        text(left, TOP - 10, beside, font_size=13),
        text(middle, BASELINE + 38, below, text_anchor="middle", font_size=13),
    ]


def _y(share: float) -> float:
    return BASELINE - share * SIDE


def _curve(left: float, xs: Sequence[float], ys: Sequence[float], color: str) -> str:
    places = [(left + x * SIDE, _y(y)) for x, y in zip(xs, ys, strict=True)]
    return curve(places, stroke=color, stroke_width=2.5)


def _dot(x: float, y: float) -> str:
    return rect(x - 6, y - 6, 12, 12, rx=6, fill=INK, stroke="white", stroke_width=1.5)


def _roc(model: Screening) -> list[str]:
    false_alarms, caught = operating_curve(STEPS)
    return [
        _curve(ROC, false_alarms.tolist(), caught.tolist(), MODEL),
        _dot(ROC + model.false_alarms * SIDE, _y(model.caught)),
    ]


def _trust(w: float, true_at_half: float) -> list[str]:
    # evenly spaced in the odds, so that the curve is smooth where it is steep
    odds = np.geomspace(1e-3, 1e3, STEPS) * np.sqrt(w)
    stated = np.concatenate([[0.0], odds / (1 + odds), [1.0]])
    true = np.asarray(undo_weighting(stated, w))
    return [
        line(TRUST, BASELINE, TRUST + SIDE, TOP, stroke=QUIET, stroke_width=1.5),
        _curve(TRUST, stated.tolist(), true.tolist(), MODEL),
        _dot(TRUST + SIDE / 2, _y(true_at_half)),
    ]


def _table(prevalence: float, model: Screening, true_at_half: float) -> list[str]:
    left = (
        ("●  a threshold of 0.5 gives", ""),
        ("positives caught", f"{model.caught:.3f}"),
        ("false alarms", f"{model.false_alarms:.3f}"),
    )
    right = (
        ("●  a stated 0.5 comes true", f"{true_at_half:.3f}"),
        ("stated on average", f"{model.mean_stated:.3f}"),
        ("share of positives", f"{prevalence:.3f}"),
    )
    shapes = []
    for start, end, rows in ((16, DIVIDER - 24, left), (DIVIDER + 24, WIDTH - 16, right)):
        for y, (words, value) in zip(ROWS, rows, strict=False):
            shapes += [text(start, y, words), text(end, y, value, text_anchor="end")]
    losses = (
        (16, f"loss as stated {model.loss_stated:.4f} nats"),
        (DIVIDER + 24, f"weight undone {model.loss_undone:.4f} nats"),
    )
    return [*shapes, *(text(x, ROWS[-1], words, fill=LOSS) for x, words in losses)]
