"""The pictures of the pages: each function takes data and returns a figure that describes itself.

They are drawn with matplotlib, which ``import celib`` does not load; ``import celib.figures`` does,
without ``pyplot`` and without touching the reader's settings.
"""

from .categorical import loss_curve, one_column
from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .entropy import question_wall, surprise_skyline, tall_but_thin
from .logits import logits_to_probabilities, slice_of_exp, temperatures
from .published import ratio_fingerprint
from .style import LOSS, MODEL, TRUTH, house_style

__all__ = [
    "LOSS",
    "MODEL",
    "TRUTH",
    "DescribedFigure",
    "blank_figure",
    "figure_function",
    "house_style",
    "logits_to_probabilities",
    "loss_curve",
    "new_figure",
    "one_column",
    "question_wall",
    "ratio_fingerprint",
    "slice_of_exp",
    "surprise_skyline",
    "tall_but_thin",
    "temperatures",
]
