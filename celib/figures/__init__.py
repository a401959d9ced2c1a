"""The pictures of the pages: each function takes data and returns a figure that describes itself.

They are drawn with matplotlib, which ``import celib`` does not load; ``import celib.figures`` does,
without ``pyplot`` and without touching the reader's settings.
"""

from .balanced import bowls, ranking_and_reliability, same_ranking
from .binary import log_loss_graph, once_or_twice
from .calibration import minimiser_map, reliability_diagram, wrong_decisions
from .categorical import loss_curve, one_column
from .concepts import concept_map
from .described import DescribedFigure, blank_figure, figure_function, new_figure
from .divergence import code_swap, floor_and_overcharge
from .entropy import question_wall, surprise_skyline, tall_but_thin
from .focal import cumulative_loss, focal_curves, tug_of_war
from .gradients import logit_descent, stall, training_curves
from .logits import logits_to_probabilities, slice_of_exp, temperatures
from .published import ratio_fingerprint
from .sharing import same_loss
from .style import LOSS, MODEL, TRUTH, house_style

__all__ = [
    "LOSS",
    "MODEL",
    "TRUTH",
    "DescribedFigure",
    "blank_figure",
    "bowls",
    "code_swap",
    "concept_map",
    "cumulative_loss",
    "figure_function",
    "floor_and_overcharge",
    "focal_curves",
    "house_style",
    "log_loss_graph",
    "logit_descent",
    "logits_to_probabilities",
    "loss_curve",
    "minimiser_map",
    "new_figure",
    "once_or_twice",
    "one_column",
    "question_wall",
    "ranking_and_reliability",
    "ratio_fingerprint",
    "reliability_diagram",
    "same_loss",
    "same_ranking",
    "slice_of_exp",
    "stall",
    "surprise_skyline",
    "tall_but_thin",
    "temperatures",
    "training_curves",
    "tug_of_war",
    "wrong_decisions",
]
