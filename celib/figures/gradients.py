"""Pictures of gradients and of the descents they drive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from celib._inputs import finite, number, numbers
from celib.binary import binary_cross_entropy_from_logits
from celib.categorical import categorical_cross_entropy_from_logits
from celib.gradients import value_and_gradient
from celib.information import surprisal
from celib.logits import logit, sigmoid, softmax

from .described import DescribedFigure, figure_function, new_figure
from .labels import spread
from .style import FAINT, INK, LOSS, MODEL, ON_TOP, POINT, QUIET, TRUTH

__all__ = ["Walk", "logit_descent", "stall", "training_curves", "walk"]

NAME_GAP = 0.055  # of the height of a panel: a line of type
BITS_PER_NAT = float(surprisal(np.exp(-1), unit="bits"))
SQUARED: Any = (0, (4, 2))
STYLES: tuple[Any, ...] = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
Floats = NDArray[np.float64]


class Walk(NamedTuple):
    """A gradient descent on the logits of one example, before the first step and after each.

    Attributes
    ----------
    logits, probs, slopes : ndarray, (steps + 1, K)
        Where it stands, what the softmax makes of that, and the slope of the loss by each logit,
        in nats per unit of logit.
    losses : ndarray, (steps + 1,)
        Categorical cross-entropy, in nats.
    """

    logits: Floats
    probs: Floats
    slopes: Floats
    losses: Floats


def walk(target: int, logits: ArrayLike, *, steps: int, rate: float = 1.0) -> Walk:
    """Descend the cross-entropy of one example, moving its logits themselves.

    Parameters
    ----------
    target : int
        The true class.
    logits : array_like, (K,)
        Where to begin.
    steps : int
        How many steps to take.
    rate : float
        Learning rate: how far a logit moves for a slope of 1 nat per unit of logit.

    Returns
    -------
    Walk
        Logits, probabilities, slopes and losses on the way.

    Raises
    ------
    ValueError, TypeError
        If `logits` is not one row, `steps` is no whole number from 0 on, `rate` is not above 0,
        and as the loss does.

    Examples
    --------
    >>> on_the_way = walk(0, [3.2, 1.3, 0.2, 0.8], steps=9)
    >>> on_the_way.probs[[0, 5, 9], 0].round(4)
    array([0.7751, 0.9087, 0.9385])
    """
    z = finite("logits", numbers("logits", logits)).astype(float)
    if z.ndim != 1:
        raise ValueError(f"logits must be one row, of shape (K,); got shape {z.shape}.")
    steps = _whole(steps, 0)
    number("rate", rate, lambda r: 0 < r < np.inf, "finite and above 0")
    places, losses, slopes = [], [], []
    for _ in range(steps + 1):
        value, by_logit = value_and_gradient(categorical_cross_entropy_from_logits, target, z)
        places.append(z)
        losses.append(value)
        slopes.append(by_logit)
        z = z - rate * by_logit
    on_the_way = np.array(places)
    return Walk(on_the_way, np.asarray(softmax(on_the_way)), np.array(slopes), np.array(losses))


def _whole(steps: Any, least: int) -> int:
    wanted = f"a whole number >= {least}"
    return int(number("steps", steps, lambda n: n >= least and n % 1 == 0, wanted))


@figure_function
def stall(p: float = 0.99, *, steps: int = 80) -> DescribedFigure:
    """Draw how hard two losses push at each probability, and how far each push leads.

    On the left the slope of cross-entropy by the logit, p - y, and that of the squared error
    (p - y)^2, which is 2 (p - y) p (1 - p). On the right a descent of each, at a learning rate of
    1, from a model that is sure of yes where the truth is no.

    Parameters
    ----------
    p : float
        The probability of yes to mark, and to begin with; strictly between 0.5 and 1.
    steps : int
        How many steps to take.

    Returns
    -------
    DescribedFigure
        Two panels.

    Raises
    ------
    ValueError
        If `p` is not between 0.5 and 1, or `steps` no whole number from 1 on.

    Examples
    --------
    >>> stall(0.9).describe().splitlines()[0]
    'Cross-entropy pushes hardest where squared error falls silent. Two panels.'
    """
    number("p", p, lambda value: 0.5 < value < 1, "between 0.5 and 1")
    steps = _whole(steps, 1)
    figure, (pushes, descents) = new_figure(720, 400, ncols=2, width_ratios=[1.15, 1])
    figure.set_layout_engine("constrained", wspace=0.08)
    title = "Cross-entropy pushes hardest where squared error falls silent"
    figure.suptitle(title, x=0.01, ha="left")
    _pushes(pushes, p)
    _descents(descents, p, steps)
    return figure


@figure_function
def logit_descent(
    target: int,
    logits: ArrayLike,
    *,
    steps: int = 15,
    rate: float = 1.0,
    names: Sequence[str] | None = None,
    goal_bits: float | None = None,
) -> DescribedFigure:
    """Draw a gradient descent on the logits of one example: the logits, and the loss.

    Parameters
    ----------
    target : int
        The true class.
    logits : array_like, (K,)
        Where to begin.
    steps : int
        How many steps to take.
    rate : float
        Learning rate.
    names : sequence of str, optional
        Names of the K classes.
    goal_bits : float, optional
        A loss to draw a line at, in bits. The last step above it and the first below are
        labelled.

    Returns
    -------
    DescribedFigure
        Two panels, the second with its loss in nats on the left and in bits on the right.

    Raises
    ------
    ValueError
        If there is not one name for each class, `steps` is 0, and as `walk`.

    Examples
    --------
    >>> figure = logit_descent(0, [3.2, 1.3, 0.2, 0.8], steps=9)
    >>> figure.describe().splitlines()[0]
    'Nine steps downhill: from 0.3675 to 0.0915 bits. Two panels.'
    """
    steps = _whole(steps, 1)
    path = walk(target, logits, steps=steps, rate=rate)
    n_classes = path.logits.shape[1]
    classes = [f"class {k}" for k in range(n_classes)] if names is None else list(names)
    if len(classes) != n_classes:
        raise ValueError(f"names has {len(classes)} entries for {n_classes} classes.")
    in_bits = path.losses * BITS_PER_NAT
    figure, (left, right) = new_figure(720, 400, ncols=2, width_ratios=[1, 1.15])
    count = {9: "Nine", 15: "Fifteen"}.get(steps, str(steps))
    title = f"{count} steps downhill: from {in_bits[0]:.4f} to {in_bits[-1]:.4f} bits"
    figure.suptitle(title, x=0.01, ha="left")
    _logit_paths(left, path, classes, target)
    _loss_path(right, path, goal_bits)
    return figure


@figure_function
def training_curves(
    losses: Mapping[str, ArrayLike],
    *,
    every: int = 1,
    n_classes: int | None = None,
    title: str = "The loss on the way down",
) -> DescribedFigure:
    """Draw losses against the number of steps, for example of training and of test.

    Parameters
    ----------
    losses : mapping of str to array_like, (N,)
        The curves by name, up to four, in nats: before the first step, and then after every so
        many.
    every : int
        How many steps lie between two losses.
    n_classes : int, optional
        Draw a line at ln K, where a model of K classes that knows nothing begins.
    title : str
        The title.

    Returns
    -------
    DescribedFigure
        The curves, in nats on the left and in bits on the right.

    Raises
    ------
    ValueError
        If there is no curve, there are more than four, or one is not a row of finite numbers.

    Examples
    --------
    >>> figure = training_curves({"training": [2.3, 0.5], "test": [2.3, 0.6]}, every=10)
    >>> for sentence in figure.describe().split(". ")[-2:]:
    ...     print(sentence)
    Curve “training” falls from 2.3 nats at n = 0, to 0.5 nats at n = 10
    Curve “test” falls from 2.3 nats at n = 0, to 0.6 nats at n = 10.
    """
    curves = {name: _curve(name, values) for name, values in losses.items()}
    if not 0 < len(curves) <= len(STYLES):
        raise ValueError(f"losses must hold from 1 to {len(STYLES)} curves, got {len(curves)}.")
    figure, axes = new_figure(700, 380)
    figure.suptitle(title, x=0.01, ha="left")
    top = max(curve.max() for curve in curves.values())
    if n_classes is not None:
        start = np.log(n_classes)
        axes.axhline(start, color=QUIET, lw=1, ls=":", label=f"ln {n_classes} = {start:.4f} nats")
        top = max(top, start)
    for style, (name, curve) in zip(STYLES, curves.items(), strict=False):
        steps = every * np.arange(len(curve))
        axes.plot(steps, curve, color=LOSS if style == "-" else INK, ls=style, label=name)
    axes.set(xlabel="steps taken, n", ylabel="loss (nats)", ylim=(0, 1.08 * top))
    axes.set_xlim(0)
    axes.grid(True)
    axes.legend(frameon=True, framealpha=1, edgecolor="none", handlelength=2.6)
    _bits_axis(axes)
    return figure


def _curve(name: str, values: ArrayLike) -> Floats:
    curve = finite(name, numbers(name, values))
    if curve.ndim != 1:
        raise ValueError(f"{name} must be one row of losses, got shape {curve.shape}.")
    return curve


def _bits_axis(axes: Axes) -> None:
    to_bits, to_nats = partial(np.multiply, BITS_PER_NAT), partial(np.multiply, 1 / BITS_PER_NAT)
    axes.secondary_yaxis("right", functions=(to_bits, to_nats)).set_ylabel("loss (bits)")


# --- the stall ------------------------------------------------------------------------------


def _slope(y: float, z: Floats) -> Floats:
    """Return the slope of cross-entropy at each logit, in nats per unit of logit."""
    targets = np.full(z.shape, y)
    _, slopes = value_and_gradient(binary_cross_entropy_from_logits, targets, z, reduction="sum")
    return np.asarray(slopes)


def _squared_slope(y: float, z: Floats) -> Floats:
    """Return the slope of (p - y)^2 at each logit."""
    p, missing = np.asarray(sigmoid(z)), np.asarray(sigmoid(-z))
    return 2 * (p - y) * p * missing


def _pushes(axes: Axes, p: float) -> None:
    ps = np.linspace(0, 1, 201)
    # as near to 0 and 1 as makes no difference, since the logit of 1 is infinite
    zs = np.asarray(logit(ps.clip(1e-12, 1 - 1e-12)))
    for y in 0, 1:
        axes.plot(ps, _slope(y, zs), color=LOSS, label=f"cross-entropy, truth {y}")
    for y in 0, 1:
        slopes = _squared_slope(y, zs)
        axes.plot(ps, slopes, color=INK, ls=SQUARED, label=f"squared error, truth {y}")
    here = np.array([logit(p)])
    for slope in _slope(0, here)[0], _squared_slope(0, here)[0]:
        label = f"{slope:.4f}"
        axes.plot(p, slope, "o", ms=7, **POINT, label=label, clip_on=False)
        axes.annotate(label, (1, slope), xytext=(7, 1), textcoords="offset points", va="center")
    axes.text(0.58, 0.42, "cross-entropy", color=LOSS)
    axes.text(0.52, 0.08, "squared error")
    axes.axhline(0, color=QUIET, lw=0.8)
    axes.text(0.03, 0.66, "truth 0:\nthe logit must fall", color=TRUTH, size=9)
    axes.text(
        0.97, -0.62, "truth 1:\nthe logit must rise", color=TRUTH, size=9, ha="right", va="top"
    )
    axes.set(xlim=(0, 1), ylim=(-1.04, 1.04), xlabel="model's probability of yes, p")
    axes.set_ylabel("slope of the loss, per unit of logit")
    axes.set_title("Slope by the logit")
    axes.grid(True)


def _descents(axes: Axes, p: float, steps: int) -> None:
    never_yet: dict[str, float] = {}
    for slope, style, name in (
        (_slope, "-", "cross-entropy"),
        (_squared_slope, SQUARED, "squared error"),
    ):
        z = np.array([logit(p)])
        places = [z]
        for _ in range(steps):
            z = z - slope(0, z)
            places.append(z)
        probs = np.asarray(sigmoid(np.concatenate(places)))
        axes.plot(probs, color=MODEL if style == "-" else INK, ls=style, label=name)
        changed = np.flatnonzero(probs < 0.5)  # the steps at which the model no longer says yes
        step = int(changed[0]) if len(changed) else steps
        axes.plot(step, probs[step], "o", ms=7, **POINT, clip_on=False)
        if len(changed):
            late = step > steps / 2
            axes.annotate(
                f"{name}:\np < 0.5\nat step {step}",
                (step, probs[step]),
                xytext=(-16, 4) if late else (9, 0),
                textcoords="offset points",
                ha="right" if late else "left",
                va="bottom" if late else "center",
            )
        else:
            never_yet[f"{name}:\np = {probs[step]:.4f}\nat step {step}"] = probs[step]
    if never_yet:  # there is room only under them
        axes.annotate(
            "\n".join(never_yet),
            (steps, min(never_yet.values())),
            xytext=(-16, -6),
            textcoords="offset points",
            ha="right",
            va="top",
        )
    axes.axhline(0.5, color=FAINT, lw=1, zorder=0)
    axes.axhline(0, color=TRUTH, lw=2.5, label="truth", clip_on=False)
    axes.annotate(
        "truth",
        (steps, 0),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        color=TRUTH,
    )
    axes.set(xlim=(0, steps), ylim=(0, 1.04), xlabel="steps taken, n")
    axes.set_ylabel("model's probability of yes, p")
    axes.set_title("Descent from sure and wrong")


# --- the descent of four logits -------------------------------------------------------------


def _logit_paths(axes: Axes, path: Walk, classes: Sequence[str], target: int) -> None:
    steps = np.arange(len(path.losses))
    ends = spread(path.logits[-1], NAME_GAP * np.ptp(path.logits))
    for k, (name, end) in enumerate(zip(classes, ends, strict=True)):
        true = k == target
        lw = 2.6 if true else 1.2
        axes.plot(steps, path.logits[:, k], "o-", ms=4, lw=lw, color=MODEL, label=name)
        axes.annotate(
            name,
            (steps[-1], end),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            weight="bold" if true else "normal",
        )
    axes.set(xlabel="steps taken, n", ylabel="logit, z", xlim=(0, steps[-1]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("Logits: one up, the others down")
    axes.grid(True)


def _loss_path(axes: Axes, path: Walk, goal_bits: float | None) -> None:
    steps = np.arange(len(path.losses))
    axes.plot(steps, path.losses, "o-", ms=4.5, lw=1.4, color=LOSS, label="loss, −log p", zorder=3)
    axes.set(xlabel="steps taken, n", ylabel="loss (nats)", xlim=(-0.4, steps[-1] + 0.4))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, 1.12 * path.losses[0])
    axes.set_title("Loss of the true class")
    axes.grid(True)
    _bits_axis(axes)
    _step_label(axes, path, 0, (9, 0))
    if goal_bits is not None:
        goal = goal_bits / BITS_PER_NAT
        axes.axhline(goal, color=QUIET, lw=1.2, ls=":", label=f"{goal_bits:g} bits")
        axes.text(steps[-1], goal, f"{goal_bits:g} bits", ha="right", va="bottom", color=QUIET)
        below = np.flatnonzero(path.losses < goal)
        if len(below) and below[0] > 0:
            _step_label(axes, path, int(below[0]) - 1, (-8, 38))
            _step_label(axes, path, int(below[0]), (-80, -26))


def _step_label(axes: Axes, path: Walk, step: int, offset: tuple[float, float]) -> None:
    axes.annotate(
        f"step {step}: {path.losses[step] * BITS_PER_NAT:.4f} bits",
        (step, path.losses[step]),
        xytext=offset,
        textcoords="offset points",
        va="center",
        arrowprops={"arrowstyle": "-", "color": QUIET, "lw": 0.8, "shrinkB": 4} if step else None,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85},
        zorder=ON_TOP,
    )
