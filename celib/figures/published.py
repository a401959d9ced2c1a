"""Pictures of published numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from celib.published import last_place

from .described import DescribedFigure, figure_function, new_figure
from .style import INK, LOSS, QUIET

__all__ = ["ratio_fingerprint"]

ROW, NAME_ROW = 27, 18
# A character of a line's name, as a share of the width of the axis.
CHARACTER = 0.021


class _Print(NamedTuple):
    """A printed figure over its right value, and what a unit of its last digit leaves open."""

    name: str
    words: str
    ratio: float
    lowest: float
    highest: float
    on: str


@figure_function
def ratio_fingerprint(
    printed: Sequence[str],
    right: ArrayLike,
    *,
    names: Sequence[str],
    lines: Mapping[str, float],
) -> DescribedFigure:
    """Draw printed figures, divided by the right values, among ratios that mistakes leave behind.

    A bar shows what the digits leave open: one unit in the last place either way, since figures
    are rounded or cut off. A figure is on a line if the line crosses its bar.

    Parameters
    ----------
    printed : sequence of str, (N,)
        Figures as printed, above 0, so that their digits are known.
    right : array_like, (N,)
        The right values, above 0.
    names : sequence of str
        What each figure is, or where it stands.
    lines : mapping of str to float
        Ratios above 0 that a mistake leaves behind, by their names.

    Returns
    -------
    DescribedFigure
        One row a figure, the smallest ratio lowest.

    Raises
    ------
    ValueError
        If there is not one name and one right value for each figure, or if one of these or a
        line is not a number above 0.

    Examples
    --------
    >>> lines = {"1/ln 10": 0.4343, "right": 1, "1/ln 2": 1.4427}
    >>> figure = ratio_fingerprint(["0.3677", "0.15"], [0.2549, 0.2549], names="ab", lines=lines)
    >>> figure.describe().splitlines()[0]
    'One of 2 printed figures is on a line.'
    """
    prints = _prints(printed, right, names, lines)
    ends = [one.ratio for one in prints] + list(lines.values())
    low, high = min(ends) / 1.5, max(ends) * 1.5
    rows = _rows_of_names(lines, low, high)
    height = 79 + NAME_ROW * (1 + max(rows.values(), default=0)) + ROW * len(prints)
    figure, axes = new_figure(720, height)
    hits = sum(bool(one.on) for one in prints)
    count = {0: "None", 1: "One"}.get(hits, str(hits))
    title = f"{count} of {len(prints)} printed figures {'is' if hits <= 1 else 'are'} on a line"
    figure.suptitle(title, x=0.01, ha="left")

    axes.set_xscale("log")
    axes.set(xlim=(low, high), ylim=(-0.7, len(prints) - 0.3))
    axes.set_xlabel("printed ÷ right, r")
    axes.set_yticks(range(len(prints)), [one.name for one in prints])
    axes.tick_params(axis="y", length=0)
    ticks = _ticks(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    for name, at in lines.items():
        _draw_line(axes, name, at, rows[name])
    for place, one in enumerate(prints):
        _draw_print(axes, place, one)
    return figure


def _prints(
    printed: Sequence[str], right: ArrayLike, names: Sequence[str], lines: Mapping[str, float]
) -> list[_Print]:
    values = np.asarray(right, float)
    if not len(printed) == len(names) == values.size or values.ndim != 1:
        raise ValueError(
            f"there are {len(printed)} printed figures, right values of shape {values.shape} and "
            f"{len(names)} names. Give each figure one right value and one name."
        )
    for number in [*map(float, printed), *values.tolist(), *lines.values()]:
        if not 0 < number < np.inf:
            raise ValueError(
                f"a ratio axis holds numbers above 0, got {number}. Look at the sign, a zero or "
                "an infinity before you look at a ratio."
            )
    prints = [_print(*one, lines) for one in zip(printed, values.tolist(), names, strict=True)]
    return sorted(prints, key=lambda one: one.ratio)


def _print(printed: str, right: float, name: str, lines: Mapping[str, float]) -> _Print:
    figure, place = float(printed), float(last_place(printed))
    lowest, ratio, highest = ((figure + units * place) / right for units in (-1, 0, 1))
    on = " or ".join(line for line, at in lines.items() if lowest <= at <= highest)
    words = f"{printed} ÷ {right:.4g} = {ratio:.4g}: {on or 'no line'}"
    return _Print(name, words, ratio, lowest, highest, on)


def _ticks(low: float, high: float) -> list[float]:
    """Give 1, 2, 5, 10, ... or, where that would be a crowd, powers of ten only."""
    steps = (1, 2, 5) if high < 300 * low else (1,)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))))
    ticks = [step * 10.0**decade for decade in decades for step in steps]
    return [tick for tick in ticks if low <= tick <= high]


def _rows_of_names(lines: Mapping[str, float], low: float, high: float) -> dict[str, int]:
    """Give each line's name one of as many rows as it takes to keep the names apart."""
    ends: list[float] = []
    rows = {}
    for name, at in sorted(lines.items(), key=lambda line: line[1]):
        middle, half = np.log(at / low) / np.log(high / low), CHARACTER * len(name) / 2
        row = next((i for i, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[row : row + 1] = [middle + half]
        rows[name] = row
    return rows


def _draw_line(axes: Axes, name: str, at: float, row: int) -> None:
    axes.axvline(at, color=INK, lw=1, ls=(0, (4, 2)), label=name)
    axes.annotate(
        name,
        (at, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 3 + 13 * row),
        textcoords="offset points",
        ha="center",
        size=9,
    )


def _draw_print(axes: Axes, place: int, one: _Print) -> None:
    colour = LOSS if one.on else QUIET
    # The bar of a single digit may reach below 0, where a logarithmic axis ends.
    ends = np.clip([one.lowest, one.highest], *axes.get_xlim())
    axes.plot(ends, [place, place], color=colour, lw=5, alpha=0.35, solid_capstyle="butt")
    axes.plot(
        *([one.ratio], [place]),
        "o",
        ms=8,
        mec=colour,
        mew=1.6,
        mfc=LOSS if one.on else "white",
        label=one.words,
    )
    axes.annotate(
        one.words,
        (1, place),
        xycoords=axes.get_yaxis_transform(),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        size=8.5,
        color=INK if one.on else QUIET,
    )
