"""What the formulas of page 09 give, right and wrong, computed elsewhere.

Fractions are worked out by hand; what needs a logarithm is mpmath's, with 50 digits.
"""

import pytest
from mpmath import mp
from oracle import entropy, log

from celib.practice import catalogue
from celib.practice.catalogue import quantities


def right(name, **inputs):
    return quantities()[name].value(inputs, "nats").tolist()


def wrong(mistake, name, **inputs):
    return catalogue()[mistake].value(quantities()[name], inputs, "nats").tolist()


def value(mistake, name, **inputs):
    return wrong(mistake, name, **inputs) if mistake else right(name, **inputs)


def fraction(text):
    above, _, below = text.partition("/")
    return mp.mpf(above) / mp.mpf(below or 1)


def exactly(value):
    if isinstance(value, list):
        return [exactly(one) for one in value]
    return pytest.approx(float(value), rel=1e-12, abs=1e-15)


# --- the baseline -------------------------------------------------------------------------------


def test_what_a_baseline_costs_to_somebody_who_thinks_of_a_coin():
    # 0.0980 nats: the answer at stats.stackexchange.com/questions/276067 has it as 0.098.
    name = "lowest loss without looking"
    assert right(name, prevalence=0.02) == exactly(entropy([0.02, 0.98]))
    assert right(name, prevalence=0.02) == pytest.approx(0.098039, abs=1e-6)
    assert wrong("good-without-baseline", name, prevalence=0.02) == exactly(mp.log(2))


@pytest.mark.parametrize(
    "mistake, baseline",
    [
        (None, entropy([0.02, 0.98])),
        ("good-without-baseline", mp.log(2)),
        ("baseline-in-another-unit", entropy([0.02, 0.98]) / mp.log(2)),
        ("negative-term-missing", -mp.mpf(0.02) * mp.log(mp.mpf(0.02))),
    ],
)
def test_the_share_of_the_baseline_saved(mistake, baseline):
    inputs = {"loss": 0.1, "prevalence": 0.02}
    name = "share of the baseline saved"
    assert value(mistake, name, **inputs) == exactly(1 - mp.mpf(0.1) / baseline)


def test_the_model_of_the_page_is_worse_than_its_baseline():
    saved = right("share of the baseline saved", loss=0.1, prevalence=0.02)
    assert saved == pytest.approx(-0.020, abs=5e-4)


# --- focal loss ---------------------------------------------------------------------------------


def expected_focal_loss(truth, said, gamma):
    yes = (1 - said) ** gamma * -mp.log(said)
    no = said**gamma * -mp.log(1 - said)
    return truth * yes + (1 - truth) * no


@pytest.mark.parametrize("said, gamma", [(0.7, 2), (0.25, 3), (0.9, 1), (0.4, 0)])
def test_the_probability_behind_a_focal_output_makes_it_the_cheapest(said, gamma):
    """mpmath: where the derivative of the expected loss by the output is 0."""
    truth = right("probability behind a focal output", output=said, gamma=gamma)
    slope = mp.diff(lambda q: expected_focal_loss(mp.mpf(truth), q, gamma), mp.mpf(said))
    assert abs(slope) < 1e-12
    here = expected_focal_loss(mp.mpf(truth), mp.mpf(said), gamma)
    assert all(
        expected_focal_loss(mp.mpf(truth), mp.mpf(said) + step, gamma) > here
        for step in (-0.01, 0.01)
    )


def test_a_focal_output_is_not_the_probability():
    """A true 0.8 is said as 0.626615 under gamma 2: the root of the slope, by mpmath."""
    said = mp.findroot(lambda q: mp.diff(lambda x: expected_focal_loss(0.8, x, 2), q), 0.6)
    assert abs(said - mp.mpf("0.626615")) < mp.mpf("5e-7")
    inputs = {"output": float(said), "gamma": 2}
    assert right("probability behind a focal output", **inputs) == exactly(0.8)
    name = "focal-outputs-are-probabilities"
    assert wrong(name, "probability behind a focal output", **inputs) == exactly(said)
    inputs["output"] = 0.8  # taken for the truth, and bent
    once_more = wrong("bent-once-more", "probability behind a focal output", **inputs)
    assert once_more == pytest.approx(float(said), abs=1e-6)


# --- label smoothing ----------------------------------------------------------------------------

LABEL = {"targets": 2, "label_smoothing": 0.1, "n_classes": 5}


@pytest.mark.parametrize(
    "mistake, on_the_label, elsewhere",
    [
        (None, 0.92, 0.02),  # 0.9 + 0.1/5 and 0.1/5
        ("smoothing-over-the-wrong-classes", 0.9, 0.025),  # 1 − 0.1 and 0.1/4
        ("uniform-part-not-scaled", 1.1, 0.2),  # 0.9 + 1/5 and 1/5
    ],
)
def test_smoothed_labels(mistake, on_the_label, elsewhere):
    row = [elsewhere, elsewhere, on_the_label, elsewhere, elsewhere]
    assert value(mistake, "smoothed labels", **LABEL) == exactly(row)


@pytest.mark.parametrize(
    "mistake, row",
    [
        (None, ["0.925", "0.025", "0.025", "0.025"]),
        ("smoothing-over-the-wrong-classes", ["0.9", "1/30", "1/30", "1/30"]),
        ("uniform-part-not-scaled", ["1.15", "0.25", "0.25", "0.25"]),
    ],
)
def test_smoothed_cross_entropy_of_the_dog(mistake, row):
    probs = ["0.775", "0.116", "0.039", "0.070"]
    expected = -mp.fsum(fraction(y) * log(mp.mpf(p)) for y, p in zip(row, probs, strict=True))
    inputs = {"targets": 0, "probs": [float(p) for p in probs], "label_smoothing": 0.1}
    assert value(mistake, "smoothed cross-entropy", **inputs) == exactly(expected)


def test_smoothed_cross_entropy_is_what_the_page_and_pytorch_say():
    inputs = {"targets": 0, "probs": [0.775, 0.116, 0.039, 0.070], "label_smoothing": 0.1}
    assert right("smoothed cross-entropy", **inputs) == pytest.approx(0.4372, abs=5e-5)


@pytest.mark.parametrize(
    "mistake, row",
    [
        (None, [0.925, 0.025, 0.025, 0.025]),
        ("smoothing-over-the-wrong-classes", [0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3]),
        ("smoothed-loss-reaches-zero", [1.0]),
    ],
)
def test_the_smallest_smoothed_loss_is_the_entropy_of_the_label(mistake, row):
    inputs = {"label_smoothing": 0.1, "n_classes": 4}
    assert value(mistake, "smallest smoothed cross-entropy", **inputs) == exactly(entropy(row))


def test_the_floor_of_a_published_request():
    """pytorch issue 130342: 0.44 for 0.1 and 1000 classes, in base 10 and with the others only."""
    inputs = {"label_smoothing": 0.1, "n_classes": 1000}
    name = "smallest smoothed cross-entropy"
    theirs = wrong("smoothing-over-the-wrong-classes", name, **inputs)
    assert theirs / float(mp.log(10)) == pytest.approx(0.44, abs=0.005)
    assert right(name, **inputs) == pytest.approx(1.015, abs=0.0005)


@pytest.mark.parametrize(
    "mistake, row",
    [
        (None, [19 / 28, 9 / 28]),  # 0.1 · 0.95 and 0.9 · 0.05, over their sum 0.14
        ("weights-only-rescale", [0.95, 0.05]),
        ("smoothing-over-the-wrong-classes", [0.5, 0.5]),  # 0.1 · 0.9 and 0.9 · 0.1
    ],
)
def test_the_cheapest_output_under_weights_and_smoothing(mistake, row):
    """The weights and the smoothing of pytorch issue 104776, seen from the frequent class."""
    inputs = {"targets": 0, "class_weight": [0.1, 0.9], "label_smoothing": 0.1}
    name = "cheapest output under class weights and label smoothing"
    assert value(mistake, name, **inputs) == exactly(row)


# --- the calibration error ----------------------------------------------------------------------

# Nine predictions, from M. Pavlovic's explanation of the measure. With three bins, by hand:
# up to 1/3:  0.15, 0.22              sum 0.37, positives 1, right decisions 1
# up to 2/3:  0.37, 0.42, 0.51, 0.64  sum 1.94, positives 1, right decisions 3
# above:      0.70, 0.83, 0.92        sum 2.45, positives 2, right decisions 2
NINE = {
    "targets": [0, 1, 0, 0, 0, 1, 1, 0, 1],
    "probs": [0.22, 0.64, 0.92, 0.42, 0.51, 0.15, 0.7, 0.37, 0.83],
    "n_bins": 3,
}


def test_the_expected_calibration_error_counts_positives():
    by_hand = (abs(1 - 0.37) + abs(1 - 1.94) + abs(2 - 2.45)) / 9
    assert right("expected calibration error", **NINE) == exactly(by_hand)


def test_right_decisions_in_the_place_of_positives_give_the_published_figure():
    by_hand = (abs(1 - 0.37) + abs(3 - 1.94) + abs(2 - 2.45)) / 9
    found = wrong("right-decisions-for-positives", "expected calibration error", **NINE)
    assert found == exactly(by_hand)
    assert found == pytest.approx(0.23778, abs=5e-6)


def test_bins_counted_alike():
    by_hand = (abs(1 - 0.37) / 2 + abs(1 - 1.94) / 4 + abs(2 - 2.45) / 3) / 3
    found = wrong("bins-counted-alike", "expected calibration error", **NINE)
    assert found == exactly(by_hand)
    # Two bins, one of them empty: the empty one counts for nothing.
    assert wrong(
        "bins-counted-alike",
        "expected calibration error",
        targets=[1, 0],
        probs=[0.2, 0.4],
        n_bins=2,
    ) == exactly(0.2)
