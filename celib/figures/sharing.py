"""A picture of what the probabilities of the wrong classes do, and what they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from celib.categorical import categorical_cross_entropy, categorical_cross_entropy_from_logits
from celib.gradients import value_and_gradient
from celib.information import surprisal
from celib.logits import one_hot

from .described import DescribedFigure, figure_function, new_figure
from .style import LOSS, MODEL, TRUTH

__all__ = ["same_loss"]

# How far under the axis the rows of numbers stand, in points.
MODEL_ROW, PUSH_ROW = 32, 47
# The longest head of an arrow, in points, and the push from which on there is room for it.
HEAD, ROOM_FOR_HEAD = 9.0, 0.06
Floats = NDArray[np.float64]


@figure_function
def same_loss(
    target: int,
    probs: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    titles: Sequence[str] | None = None,
) -> DescribedFigure:
    """Draw predictions that differ only in the wrong classes: one loss, but other pushes.

    Each panel has the model's probabilities as bars and the truth as lines. An arrow runs from
    the one to the other: it is the push on that class's logit, truth minus model, which is minus
    the gradient of the loss, in nats per unit of logit. ``celib.explore.share_the_rest`` is the
    same picture with controls.

    Parameters
    ----------
    target : int
        The true class.
    probs : array_like, (N, K)
        Predictions, a panel each, that give the true class the same probability.
    names : sequence of str, optional
        Names of the K classes.
    titles : sequence of str, optional
        Titles of the N panels.

    Returns
    -------
    DescribedFigure
        The picture.

    Raises
    ------
    ValueError
        If the predictions have different losses, or there is not one name a class or one title a
        prediction.

    Examples
    --------
    >>> figure = same_loss(0, [[0.775, 0.225, 0.000], [0.775, 0.100, 0.125]])
    >>> figure.describe().splitlines()[0]
    'The same loss, 0.2549 nats = 0.3677 bits, but another push on the logits. Two panels.'
    """
    rows = np.atleast_2d(np.asarray(probs, float))
    labels = np.full(len(rows), target)
    losses = np.asarray(categorical_cross_entropy(labels, rows, reduction="none"))
    if np.ptp(losses) > 1e-9 * losses.max():
        raise ValueError(
            f"the predictions have different losses, {losses.round(4).tolist()} nats; "
            f"give class {target} the same probability in each."
        )
    classes = _one_each("names", names, "class", rows.shape[1])
    headings = _one_each("titles", titles, "prediction", len(rows))

    figure, panels = new_figure(720, 340, 1, len(rows), sharey=True, squeeze=False)
    in_bits = categorical_cross_entropy(labels, rows, unit="bits")
    figure.suptitle(
        f"The same loss, {losses[0]:.4f} nats = {in_bits:.4f} bits, but another push on the logits",
        x=0.01,
        ha="left",
    )
    for axes, p, heading in zip(panels[0], rows, headings, strict=True):
        _push_to_truth(axes, one_hot(target, len(p)), p, _pushes(target, p))
        axes.set_title(heading, weight="normal")
        axes.set_xticks(range(len(p)), classes)
    panels[0, 0].set_ylabel("probability")
    # beside the truth's line, on the side where there is another class
    side, ha = (0.45, "left") if target < len(classes) - 1 else (-0.45, "right")
    panels[0, 0].text(target + side, 0.93, "truth y", color=TRUTH, size=8.5, ha=ha)
    for depth, words in ((MODEL_ROW, "model p"), (PUSH_ROW, "push y − p")):
        _row(panels[0, 0], [-0.7], depth, [words], ha="right")
    return figure


def _one_each(argument: str, given: Sequence[str] | None, what: str, count: int) -> list[str]:
    words = [f"{what} {k}" for k in range(count)] if given is None else list(given)
    if len(words) != count:
        raise ValueError(f"{argument} has {len(words)} entries for {count}. Give each {what} one.")
    return words


def _pushes(target: int, p: Floats) -> Floats:
    # log p is one choice of logits that gives p; surprisal takes log 0 without a warning.
    logits = -surprisal(p)
    _, gradient = value_and_gradient(categorical_cross_entropy_from_logits, target, logits)
    # Rounding errors would show: as arrows that miss their end by 1e-17, and in the words.
    return -np.round(gradient, 12)


def _push_to_truth(axes: Axes, y: Floats, p: Floats, pushes: Floats) -> None:
    places = np.arange(len(p))
    axes.bar(places, p, width=0.6, color=MODEL, label="model p")
    axes.plot(places, y, "_", ms=25, mew=3.5, color=TRUTH, label="truth y", clip_on=False)
    _arrows(axes, y - pushes, pushes)
    _row(axes, places, MODEL_ROW, [f"{value:.3f}" for value in p])
    _row(axes, places, PUSH_ROW, [_signed(push) for push in pushes])
    axes.set(xlim=(-0.6, len(p) - 0.4), ylim=(0, 1), yticks=[0, 0.5, 1])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False, left=False, labelsize=8.5)
    axes.grid(True, axis="y")


def _arrows(axes: Axes, starts: Floats, pushes: Floats) -> None:
    """Draw each arrow as a thin bar, which the words for the picture can read, and a head."""
    shafts = axes.bar(
        range(len(pushes)), pushes, bottom=starts, width=0.06, color=LOSS, label="push y − p"
    )
    for place, (shaft, start, push) in enumerate(zip(shafts, starts, pushes, strict=True)):
        # bar() goes through the bar's other end and back, and loses the last digit.
        shaft.set(height=push, zorder=3)
        if push:
            size = HEAD * min(1.0, abs(push) / ROOM_FOR_HEAD)
            head = {"arrowstyle": "-|>", "color": LOSS, "mutation_scale": size}
            head |= {"shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (place, start + push), (place, start), arrowprops=head)


def _signed(push: float) -> str:
    return f"{push:+.3f}".replace("-", "−") if push else "0.000"


def _row(
    axes: Axes, places: Iterable[float], depth: float, words: Sequence[str], ha: str = "center"
) -> None:
    """Write words under the axis, at their classes."""
    for place, word in zip(places, words, strict=True):
        axes.annotate(
            word,
            (place, 0),
            xytext=(0, -depth),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=ha,
            size=8.5,
            annotation_clip=False,
        )
