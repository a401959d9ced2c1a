"""The picture of what a class believes."""

from __future__ import annotations

from collections.abc import Mapping

from celib.figures.described import DescribedFigure, figure_function, new_figure
from celib.figures.style import MODEL

__all__ = ["beliefs_drawn"]

ROW, MARGIN = 28, 70


@figure_function
def beliefs_drawn(held: Mapping[str, int], *, students: int) -> DescribedFigure:
    """Draw how many students made each mistake.

    Parameters
    ----------
    held : mapping of str to int
        The number of students by the title of the mistake, the most frequent first.
    students : int
        How many there are.

    Returns
    -------
    DescribedFigure
    """
    figure, axes = new_figure(700, MARGIN + ROW * len(held))
    names = list(held)[::-1]
    axes.barh(names, [held[name] for name in names], color=MODEL)
    axes.set(xlabel=f"students who made it, of {students}", xlim=(0, students))
    return figure
