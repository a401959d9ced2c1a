"""The live pictures of the pages: move a control, and picture, words and numbers follow at once.

Each is a plain function from the values of its controls to a drawing, with native ipywidgets
around it. The numbers are celib's, the colours those of `celib.figures`; importing this starts
nothing and shows nothing.
"""

from .balanced import ranking_and_trust, weight_and_prevalence
from .binary import one_logit, two_prices
from .calibration import decision_card, face_value
from .categorical import share_the_rest, sharing
from .divergence import speaking, swap_codes
from .entropy import asking, twenty_questions
from .focal import crowd_and_few, tug_of_gamma
from .gradients import push_and_pull, step_downhill
from .live import Drawing, LivePicture
from .logits import shift_and_temperature, slice_and_dial
from .published import Candidate, candidates, explaining, paste_a_number

__all__ = [
    "Candidate",
    "Drawing",
    "LivePicture",
    "asking",
    "candidates",
    "crowd_and_few",
    "decision_card",
    "explaining",
    "face_value",
    "one_logit",
    "paste_a_number",
    "push_and_pull",
    "ranking_and_trust",
    "share_the_rest",
    "sharing",
    "shift_and_temperature",
    "slice_and_dial",
    "speaking",
    "step_downhill",
    "swap_codes",
    "tug_of_gamma",
    "twenty_questions",
    "two_prices",
    "weight_and_prevalence",
]
