"""A picture that also says in words what it shows."""

import base64
import io
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .description import describe
from .style import CSS_PIXELS_PER_INCH, PIXELS_PER_CSS_PIXEL, house_style

P = ParamSpec("P")


class DescribedFigure(Figure):
    """A matplotlib figure that carries its own description.

    It is made without ``pyplot``: nothing is registered anywhere, and a notebook shows it once,
    as the value of the last line of a cell. A notebook stores two forms of it: the picture,
    and as plain text the description, which is computed from what was drawn.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def describe(self) -> str:
        """Say what the picture shows.

        Returns
        -------
        str
            A line for the whole picture and one for each panel: its axes with their units and
            limits, its curves, bars, labelled areas, marked points and text.
        """
        with house_style():
            if any(panel.stale for panel in self.axes):  # else it was drawn, and has its ticks
                self.draw_without_rendering()
            return describe(self)

    def png(self) -> bytes:
        """Draw the picture.

        Returns
        -------
        bytes
            A PNG file, twice as fine as its size on the page; the same figure gives the same
            bytes every time.
        """
        buffer = io.BytesIO()
        with house_style():
            self.savefig(
                buffer,
                format="png",
                dpi=CSS_PIXELS_PER_INCH * PIXELS_PER_CSS_PIXEL,
                metadata={"Software": None},
            )
        return buffer.getvalue()

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        width, height = (round(side * CSS_PIXELS_PER_INCH) for side in self.get_size_inches())
        data = {
            "image/png": base64.b64encode(self.png()).decode("ascii"),
            "text/plain": self.describe(),
        }
        return data, {"image/png": {"width": width, "height": height}}


def figure_function(draw: Callable[P, DescribedFigure]) -> Callable[P, DescribedFigure]:
    """Make a function that draws a figure draw it in the house style.

    matplotlib reads its settings when a line or a text is made, so the whole body of the
    function must run in the style, not only the making of the figure.

    Parameters
    ----------
    draw : callable
        A function that returns a `DescribedFigure`.

    Returns
    -------
    callable
        The same function, drawing in the house style.
    """

    @wraps(draw)
    def in_house_style(*args: P.args, **kwargs: P.kwargs) -> DescribedFigure:
        with house_style():
            return draw(*args, **kwargs)

    return in_house_style


@figure_function
def blank_figure(width: float, height: float) -> DescribedFigure:
    """Start a picture without panels, for layouts such as ``Figure.subplot_mosaic``.

    Parameters
    ----------
    width, height : float
        Size on the page, in CSS pixels. 700 is the width of a notebook's page.

    Returns
    -------
    DescribedFigure
        An empty figure that lays its panels out so that no label is cut off.
    """
    size = (width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH)
    return DescribedFigure(figsize=size, layout="constrained")


def new_figure(
    width: float = 700, height: float = 400, nrows: int = 1, ncols: int = 1, **options: Any
) -> tuple[DescribedFigure, Any]:
    """Start a picture.

    Parameters
    ----------
    width, height : float
        Size on the page, in CSS pixels. 700 is the width of a notebook's page.
    nrows, ncols : int
        Panels down and across.
    **options
        Passed to `matplotlib.figure.Figure.subplots`: ``sharey=True``, ``width_ratios=[2, 1]``.

    Returns
    -------
    figure : DescribedFigure
        The picture.
    axes : Axes or ndarray of Axes
        One panel, or an array of them, as from ``Figure.subplots``.

    Examples
    --------
    >>> figure, axes = new_figure(700, 300)
    >>> _ = axes.plot([0, 0.5, 1], [2, 1, 0], label="cost")
    >>> _ = axes.set(xlabel="probability, p", ylabel="cost (nats)", xlim=(0, 1), ylim=(0, 2))
    >>> for sentence in figure.describe().split(". "):
    ...     print(sentence)
    Horizontal axis: probability, p, from 0 to 1
    Vertical axis: cost in nats, from 0 to 2
    Curve “cost” falls from 2 nats at p = 0, through 1 nat at p = 0.5, to 0 nats at p = 1.
    """
    figure = blank_figure(width, height)
    with house_style():
        return figure, figure.subplots(nrows, ncols, **options)
