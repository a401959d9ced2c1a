"""The look of every picture: one page width, one type size, three colours with fixed meanings.

The colours differ in lightness as well as in hue, so that they stay apart for colour-blind
readers and on grey paper, and each stands out from white (contrast 3:1 or better).
"""

from contextlib import AbstractContextManager
from typing import Any

import matplotlib.style
from cycler import cycler

TRUTH = "#12355B"
MODEL = "#3D9BDC"
LOSS = "#B8420A"
LOSS_TINT = "#FAF1EC"
INK = "#1F2328"
QUIET = "#6B7280"
FAINT = "#D5D9DE"

ON_TOP = 4  # the layer of what no curve may run through; curves are in the second
POINT: dict[str, Any] = {"color": INK, "mec": "white", "zorder": ON_TOP}

CSS_PIXELS_PER_INCH = 100
PIXELS_PER_CSS_PIXEL = 2

# Beside matplotlib's own defaults, which hold for whatever is not named here.
_SETTINGS = {
    "figure.dpi": CSS_PIXELS_PER_INCH,
    "figure.titlesize": 11.5,
    "figure.titleweight": "bold",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=[TRUTH, LOSS, MODEL]),
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "hatch.linewidth": 0.8,
}


def house_style() -> AbstractContextManager[None]:
    """Draw in the collection's style, whatever the reader's own settings are.

    Returns
    -------
    context manager
        Inside it matplotlib's defaults hold, with our settings on top; the reader's settings
        are back afterwards.

    Examples
    --------
    >>> import matplotlib
    >>> with matplotlib.rc_context({"font.size": 40}):
    ...     with house_style():
    ...         inside = matplotlib.rcParams["font.size"]
    ...     outside = matplotlib.rcParams["font.size"]
    >>> inside, outside
    (9.5, 40.0)
    """
    return matplotlib.style.context(["default", _SETTINGS])
