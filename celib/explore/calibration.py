"""A live picture of decisions that take a model's output for a probability."""

from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from celib.figures.calibration import TRAININGS, Consequence, consequence, output_for
from celib.figures.style import FAINT, INK, LOSS, LOSS_TINT, MODEL, QUIET, TRUTH
from celib.logits import logit, sigmoid

from .live import Drawing, LivePicture
from .svg import curve, line, picture, rect, text

__all__ = ["decision_card", "face_value"]

MISSES = (1, 2, 4, 9, 19, 49, 99)
PREVALENCES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
# Where things stand in the picture, in pixels. The axes are even in log-odds.
WIDTH, HEIGHT = 700, 420
PLOT, TOP, BASELINE = (58, 348), 62, 352
TABLE, VALUES = 392, 684
EDGE = float(logit(0.999))
TICKS = (0.01, 0.1, 0.5, 0.9, 0.99)
STEPS = 60


def decision_card() -> LivePicture:
    """Show what a way to train does to the decisions of somebody who believes the output.

    One control says how the model was trained, one what a miss costs, one how common the positive
    class is.

    Returns
    -------
    LivePicture
        Three sliders, and the picture of `face_value`.

    Examples
    --------
    >>> live = decision_card()
    >>> live.controls["training"].value = "cross-entropy"
    >>> print(live.drawing.description.split(". ")[2][:51])
    Nothing is lost by taking its output at face value:
    """
    wide = {"layout": widgets.Layout(width="100%", max_width=f"{WIDTH}px")}
    wide["style"] = {"description_width": "160px"}
    return LivePicture(
        face_value,
        # a slider, since JupyterLab keeps the up and down keys of a list for itself
        training=widgets.SelectionSlider(
            options=[*TRAININGS], value="focal, gamma 2", description="trained with", **wide
        ),
        miss=widgets.SelectionSlider(
            options=[(_alarms(cost), cost) for cost in MISSES],
            value=9,
            description="a miss costs",
            **wide,
        ),
        prevalence=widgets.SelectionSlider(
            options=[(f"{share:.0%}", share) for share in PREVALENCES],
            value=0.02,
            description="prevalence",
            **wide,
        ),
    )


def face_value(training: str, miss: float, prevalence: float) -> Drawing:
    """Draw which decisions go wrong where a model's output is taken for the true probability.

    Parameters
    ----------
    training : str
        One of `celib.figures.calibration.TRAININGS`.
    miss : float
        Cost of a miss, in false alarms, from 1 to 99.
    prevalence : float
        Share of the positive class, from 0.01 to 0.5.

    Returns
    -------
    Drawing
        Its numbers are those of `celib.figures.calibration.consequence`.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> n = face_value("weight 9", 9, 0.02).numbers
    >>> print(f"{n['best']:.1f} and {n['cost']:.1f} false alarms for 100 cases")
    17.9 and 55.3 false alarms for 100 cases
    """
    if not (MISSES[0] <= miss <= MISSES[-1] and PREVALENCES[-1] <= prevalence <= PREVALENCES[0]):
        raise ValueError("miss must be from 1 to 99, prevalence from 0.01 to 0.5.")
    result = consequence(training, miss, prevalence)
    words = _in_words(training, miss, prevalence, result)
    title = (
        f"Trained with {training}: at face value {result.cost:.1f}, at best {result.best:.1f} "
        f"false alarms for 100 cases."
    )
    shapes = [*_map(training, result), *_card(training, result)]
    numbers = {name: float(value) for name, value in result._asdict().items()}
    return Drawing(picture(WIDTH, HEIGHT, title, words, shapes), words, numbers)


def _in_words(training: str, miss: float, prevalence: float, result: Consequence) -> str:
    setting = (
        f"Trained with {training}. A miss costs {_alarms(miss)}, and {prevalence:.0%} of the cases "
        f"are positive: acting is better above a true probability of {result.threshold:.4f}"
    )
    if _nothing_lost(result):
        return (
            f"{setting}, and there this model says {result.output:.4f}. Nothing is lost by taking "
            f"its output at face value: {result.cost:.1f} false alarms for 100 cases, the best "
            f"possible."
        )
    return (
        f"{setting}, and there this model says {result.output:.4f}. Whoever takes its output at "
        f"face value acts {_from(result)}, decides {result.otherwise:.1f} of 100 cases otherwise "
        f"than is best, and pays {result.cost:.1f} instead of {result.best:.1f} false alarms for "
        f"100 cases. Two ways out: train with cross-entropy, or act where this output exceeds "
        f"{result.output:.4f}."
    )


def _alarms(count: float) -> str:
    return f"{count:g} false alarm" + ("s" if count != 1 else "")


def _from(result: Consequence) -> str:
    if result.acts_from == 0:
        return "in every case"
    return f"above a true probability of {result.acts_from:.4f}"


def _limit(result: Consequence) -> str:
    return f"{result.acts_from:.4f}" if result.acts_from else "0, always"


def _nothing_lost(result: Consequence) -> bool:
    # Rounding apart: the two thresholds are found by different ways.
    return abs(result.acts_from - result.threshold) < 1e-9


def _x(p: float) -> float:
    middle, half = sum(PLOT) / 2, (PLOT[1] - PLOT[0]) / 2
    return middle + half * _inside(p)


def _y(p: float) -> float:
    middle, half = (TOP + BASELINE) / 2, (BASELINE - TOP) / 2
    return middle - half * _inside(p)


def _inside(p: float) -> float:
    """Return where on an axis a probability stands, from -1 to 1, at its end if beyond."""
    return float(np.clip(logit(p) / EDGE, -1, 1))


def _map(training: str, result: Consequence) -> list[str]:
    small = {"font_size": 13}
    scales = [
        shape
        for p in TICKS
        for shape in (
            line(_x(p), TOP, _x(p), BASELINE, stroke=FAINT),
            line(PLOT[0], _y(p), PLOT[1], _y(p), stroke=FAINT),
            text(_x(p), BASELINE + 18, f"{p:g}", text_anchor="middle", **small),
            text(PLOT[0] - 8, _y(p) + 5, f"{p:g}", text_anchor="end", **small),
        )
    ]
    start, end = _x(result.acts_from), _x(result.threshold)
    across = {"stroke": INK, "stroke_dasharray": "5 3"}
    return [
        text(16, 26, "What the model says", font_size=15, font_weight="bold"),
        text(16, 46, "for each true probability", **small),
        rect(start, TOP, end - start, BASELINE - TOP, fill=LOSS_TINT, stroke=LOSS),
        *scales,
        line(PLOT[0], BASELINE, PLOT[1], TOP, stroke=TRUTH),
        _curve(training),
        line(PLOT[0], _y(result.threshold), PLOT[1], _y(result.threshold), **across),
        line(PLOT[0], TOP, PLOT[0], BASELINE, stroke=QUIET),
        line(PLOT[0], BASELINE, PLOT[1], BASELINE, stroke=QUIET),
        _dot(_x(result.threshold), _y(result.output)),
        # where every output exceeds the threshold, the curve does not cross it
        *([_dot(_x(result.acts_from), _y(result.threshold))] if result.acts_from else []),
        text(PLOT[1], BASELINE + 38, "true probability", text_anchor="end", **small),
        rect(16, BASELINE + 46, 14, 12, fill=LOSS_TINT, stroke=LOSS),
        text(36, BASELINE + 57, "decided wrongly", **small),
        line(168, BASELINE + 52, 196, BASELINE + 52, **across),
        text(204, BASELINE + 57, f"threshold {result.threshold:.4g}", **small),
    ]


@lru_cache
def _curve(training: str) -> str:
    true = np.asarray(sigmoid(np.linspace(-EDGE, EDGE, STEPS + 1)))
    outputs = output_for(true, training)
    shown = np.abs(logit(outputs)) < EDGE + 1e-9
    places = zip(true[shown].tolist(), outputs[shown].tolist(), strict=True)
    return curve(((_x(p), _y(q)) for p, q in places), stroke=MODEL, stroke_width=3)


def _dot(x: float, y: float) -> str:
    return rect(x - 5, y - 5, 10, 10, rx=5, fill=INK, stroke="white")


def _card(training: str, result: Consequence) -> list[str]:
    bold: dict[str, str | float] = {"font_weight": "bold"}
    otherwise = f"{result.otherwise:.1f} of 100"
    advice = (
        ["No correction is needed."]
        if _nothing_lost(result)
        else ["Train with cross-entropy, or act", f"where this output exceeds {result.output:.4f}."]
    )
    lines = [
        text(TABLE, 337 + 22 * i, words, font_size=14, **bold) for i, words in enumerate(advice)
    ]
    return [
        line(370, 16, 370, HEIGHT - 16, stroke=FAINT),
        text(TABLE, 26, training, font_size=15, **bold),
        *_rows(
            56,
            ("act above a true probability of", f"{result.threshold:.4f}"),
            ("there this model says", f"{result.output:.4f}"),
            ("taken at face value, it acts above", _limit(result)),
            ("cases decided wrongly", otherwise),
        ),
        text(TABLE, 172, "Cost, in false alarms for 100 cases", font_size=14, **bold),
        *_bar(198, "output at face value", result.cost, LOSS),
        *_bar(252, "best decisions", result.best, TRUTH),
        text(TABLE, 312, "What to do", font_size=14, **bold),
        *lines,
    ]


def _rows(top: float, *rows: tuple[str, str]) -> list[str]:
    return [
        shape
        for i, (label, value) in enumerate(rows)
        for shape in (
            text(TABLE, top + 26 * i, label, font_size=13),
            text(VALUES, top + 26 * i, value, font_size=13, text_anchor="end"),
        )
    ]


def _bar(top: float, label: str, cost: float, color: str) -> list[str]:
    # No setting costs more than acting in every case, which is fewer than 100 false alarms.
    full = (VALUES - TABLE) / 100
    return [
        *_rows(top, (label, f"{cost:.1f}")),
        rect(TABLE, top + 8, VALUES - TABLE, 14, fill=FAINT),
        rect(TABLE, top + 8, cost * full, 14, fill=color),
    ]
