"""The live pictures of the pages: move a control, and picture, words and numbers follow at once.

Each is a plain function from the values of its controls to a drawing, with native ipywidgets
around it. The numbers are celib's, the colours those of `celib.figures`; importing this starts
nothing and shows nothing.
"""

from .categorical import share_the_rest, sharing
from .live import Drawing, LivePicture

__all__ = ["Drawing", "LivePicture", "share_the_rest", "sharing"]
