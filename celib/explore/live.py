"""A live picture: controls, and a drawing that is a function of their values alone."""

from collections.abc import Callable, Mapping
from html import escape
from textwrap import fill
from typing import Any, NamedTuple

import ipywidgets as widgets

__all__ = ["Drawing", "LivePicture"]

LINE_LENGTH = 88


class Drawing(NamedTuple):
    """What a live picture shows at one setting of its controls.

    Attributes
    ----------
    svg : str
        The picture.
    description : str
        The same in words, with its numbers and their units.
    numbers : mapping of str to float or list of float
        The numbers shown, unrounded.
    """

    svg: str
    description: str
    numbers: Mapping[str, float | list[float]]


# SVG text in an HTML widget is on screen about 20 ms after a key press; the quickest redraw of a
# matplotlib figure takes 60 ms, and a second plotting library would be one more to install.
class LivePicture(widgets.VBox):  # type: ignore[misc]
    """Controls with a picture under them that follows every change at once.

    The words for the picture stand below it as a caption, for everyone. As the last line of a
    cell it is shown once; a notebook that is only read (on GitHub, on paper, not yet run) has
    the words instead, so a stored figure belongs above it.

    Parameters
    ----------
    draw : callable
        Takes the values of the controls, by name, and returns a `Drawing`. It keeps nothing
        between calls.
    **controls : ipywidgets.Widget
        The widgets that have these values, in the order in which they are shown.

    Attributes
    ----------
    draw : callable
        As given.
    controls : dict of str to ipywidgets.Widget
        As given.
    picture : ipywidgets.HTML
        The picture and its caption.

    Examples
    --------
    >>> def square(side):
    ...     return Drawing("<svg/>", f"A square of {side**2} cm².", {"area": side**2})
    >>> live = LivePicture(square, side=widgets.IntSlider(3))
    >>> live.controls["side"].value = 5
    >>> live.drawing.description
    'A square of 25 cm².'
    """

    def __init__(self, draw: Callable[..., Drawing], **controls: widgets.Widget) -> None:
        self.draw = draw
        self.controls = controls
        self.picture = widgets.HTML()
        for control in controls.values():
            # Without one, ipywidgets has the mouse say "null" over the control's name.
            control.tooltip = control.tooltip or control.description
            control.observe(self._redraw, names="value")
        self._redraw()
        super().__init__([*controls.values(), self.picture])

    @property
    def drawing(self) -> Drawing:
        """The drawing at the present setting of the controls."""
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, change: object = None) -> None:
        try:
            drawing = self.drawing
        except Exception as error:
            # JupyterLab hides what a callback raises in its log, and the old picture would stay
            # beside the new setting.
            self.picture.value = f'<p role="alert">{escape(f"{type(error).__name__}: {error}")}</p>'
            raise
        # One message for both, so that picture and words change together.
        self.picture.value = (
            f'{drawing.svg}<p role="status" style="max-width: 700px; line-height: 1.5">'
            f"{escape(drawing.description)}</p>"
        )

    # A stored notebook keeps no widgets, and GitHub leaves SVG outputs blank, so words are what
    # every reader gets, in lines that fit on paper; nbval holds them to the letter.
    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        words = fill(self.drawing.description, width=LINE_LENGTH)
        return bundle | {"text/plain": f"{words}\nRun this cell to move it."}
