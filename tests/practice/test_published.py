"""What the formulas of page 10 give, right and wrong, computed elsewhere."""

import pytest
from mpmath import mp
from oracle import sigmoid

from celib.practice import catalogue
from celib.practice.catalogue import quantities


def value(mistake, name, **inputs):
    if mistake is None:
        return quantities()[name].value(inputs, "nats").tolist()
    return catalogue()[mistake].value(quantities()[name], inputs, "nats").tolist()


def exactly(number):
    return pytest.approx(float(number), rel=1e-12)


@pytest.mark.parametrize(
    "mistake, expected",
    [
        (None, sigmoid(-2.19)),
        ("odds-as-probability", mp.exp(mp.mpf(-2.19))),
        ("prior-bias-sign", sigmoid(2.19)),
        ("two-in-the-place-of-e", 1 / (1 + mp.mpf(2) ** mp.mpf(2.19))),
    ],
)
def test_what_a_bias_stands_for(mistake, expected):
    assert value(mistake, "sigmoid", logits=-2.19) == exactly(expected)


def test_the_bias_of_the_published_question():
    """CenterNet issue 590: −2.19 was read as about 0.18; the model begins near 0.1."""
    assert value(None, "sigmoid", logits=-2.19) == pytest.approx(0.1007, abs=5e-5)
    found = value("two-in-the-place-of-e", "sigmoid", logits=-2.19)
    assert found == pytest.approx(0.18, abs=0.005)


@pytest.mark.parametrize(
    "mistake, of_a_positive, of_a_negative",
    [
        (None, 0.25, 0.75),  # Lin et al. 2017, equation 3
        ("alpha-divides", 4, "4/3"),  # the forum answer prints 4 and 1.33
        ("alpha-on-the-negatives", 0.75, 0.25),
    ],
)
def test_the_factor_of_alpha(mistake, of_a_positive, of_a_negative):
    for target, expected in ((1, of_a_positive), (0, of_a_negative)):
        above, _, below = str(expected).partition("/")
        found = value(mistake, "factor of alpha", targets=target, alpha=0.25)
        assert found == exactly(float(above) / float(below or 1))


@pytest.mark.parametrize(
    "mistake, expected",
    [
        (None, mp.mpf(1) / 8),
        ("another-base-undone", mp.exp(-3)),
        ("base-10", mp.mpf(1) / 1000),
        ("lost-minus", 8),
    ],
)
def test_the_probability_behind_three_bits(mistake, expected):
    assert value(mistake, "probability behind a code length", bits=3.0) == exactly(expected)


def test_exchanged_arguments_cost_infinitely_much_where_the_label_is_certain():
    """ml-glossary issue 28 shows inf and inf, for labels of 1 and predictions of 0.1 and 0.8."""
    for probs in (0.1, 0.8):
        found = value("truth-and-model-swapped", "binary cross-entropy", targets=1, probs=probs)
        assert found == float("inf")
    rows = {"targets": [1, 1], "probs": [0.1, 0.8]}
    assert value("truth-and-model-swapped", "mean binary cross-entropy", **rows) == float("inf")
