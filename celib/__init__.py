"""Cross-entropy and its relatives, with the unit part of every number.

The names come in the order of the notebooks. Everything takes the truth first and the model
second, and computes with NumPy alone.
"""

from .information import cross_entropy, entropy, js_divergence, kl_divergence, perplexity, surprisal
from .logits import log_sigmoid, log_softmax, logit, logsumexp, one_hot, sigmoid, softmax
from .categorical import categorical_cross_entropy, categorical_cross_entropy_from_logits
from .binary import binary_cross_entropy, binary_cross_entropy_from_logits
from .gradients import numerical_gradient, value_and_gradient
from .balanced import (
    balanced_class_weight,
    balanced_cross_entropy,
    balanced_cross_entropy_from_logits,
    effective_number_class_weight,
)
from .focal import (
    categorical_focal_loss,
    categorical_focal_loss_from_logits,
    focal_loss,
    focal_loss_from_logits,
)
from .calibration import (
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability,
    undo_weighting,
)

__version__ = "0.1.0"

__all__ = [
    "surprisal",
    "entropy",
    "cross_entropy",
    "kl_divergence",
    "js_divergence",
    "perplexity",
    "softmax",
    "log_softmax",
    "logsumexp",
    "sigmoid",
    "log_sigmoid",
    "logit",
    "one_hot",
    "categorical_cross_entropy",
    "categorical_cross_entropy_from_logits",
    "binary_cross_entropy",
    "binary_cross_entropy_from_logits",
    "value_and_gradient",
    "numerical_gradient",
    "balanced_cross_entropy",
    "balanced_cross_entropy_from_logits",
    "balanced_class_weight",
    "effective_number_class_weight",
    "focal_loss",
    "focal_loss_from_logits",
    "categorical_focal_loss",
    "categorical_focal_loss_from_logits",
    "reliability",
    "expected_calibration_error",
    "brier_score",
    "fit_temperature",
    "undo_weighting",
]
