"""The pictures of page 09 hold the right numbers, and other numbers make other pictures.

Expected numbers are fractions by hand, mpmath, or the closed form of Charoenphakdee et al. (2021),
https://arxiv.org/abs/2011.09172, for focal loss: the true probability behind an output q is
(1 - q)^g terms, weighed against each other.
"""

import itertools
import re

import numpy as np
import pytest
from mpmath import mp

from celib.figures import minimiser_map, reliability_diagram, wrong_decisions
from celib.figures.calibration import TRAININGS, consequence, output_for, truth_behind

PROBS = [1e-6, 0.02, 0.1, 0.5, 0.8, 0.9, 0.999]
GAMMAS = [("cross-entropy", 0), ("focal, gamma 1", 1), ("focal, gamma 2", 2), ("focal, gamma 5", 5)]
PROBLEMS = list(itertools.product([1, 4, 9, 99], [0.5, 0.1, 0.02]))


def phi(v, gamma):
    """Formula of the paper: how steep the focal loss is at v, relative to 1/v."""
    v = mp.mpf(v)
    return (1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * mp.log(v)


def focal_truth(v, gamma):
    ours, theirs = mp.mpf(v) / phi(v, gamma), (1 - mp.mpf(v)) / phi(1 - mp.mpf(v), gamma)
    return float(ours / (ours + theirs))


def lines_named(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def overlapping(figure):
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text()]
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    boxes = [artist.get_window_extent() for artist in [*texts, *legends]]
    return [a for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


# --- what an output means -----------------------------------------------------------------------


@pytest.mark.parametrize("training, gamma", GAMMAS)
def test_the_truth_behind_a_focal_output_is_that_of_the_paper(training, gamma):
    for v in 0.01, 0.2, 0.5, 0.8, 0.97:
        assert float(truth_behind(v, training)) == pytest.approx(focal_truth(v, gamma), rel=1e-9)


@pytest.mark.parametrize("w", [2, 9])
def test_weights_multiply_the_odds(w):
    for p in PROBS:
        assert float(output_for(p, f"weight {w}")) == pytest.approx(w * p / (w * p + 1 - p))
        assert float(truth_behind(p, f"weight {w}")) == pytest.approx(p / (p + w * (1 - p)))


@pytest.mark.parametrize("e", [0.1, 0.3])
def test_smoothing_is_a_straight_line(e):
    for p in PROBS:
        assert float(output_for(p, f"smoothing {e}")) == pytest.approx(p * (1 - e) + e / 2)
    # no true probability leads below e / 2
    assert float(truth_behind(e / 4, f"smoothing {e}")) < 0


@pytest.mark.parametrize("training", TRAININGS)
def test_output_and_truth_are_each_others_inverse_and_rise(training):
    outputs = output_for(PROBS, training)
    assert truth_behind(outputs, training) == pytest.approx(PROBS, rel=1e-6)
    assert (np.diff(outputs) > 0).all()


@pytest.mark.parametrize("training", TRAININGS)
def test_the_output_is_the_cheapest_one(training):
    """Found again by search, with the losses written out."""
    p, q = 0.3, (np.arange(1, 10000)) / 10000
    w = {"weight 2": 2, "weight 9": 9}.get(training, 1)
    gamma = dict(GAMMAS).get(training, 0)
    e = {"smoothing 0.1": 0.1, "smoothing 0.3": 0.3}.get(training, 0)
    if_yes = -w * (1 - q) ** gamma * ((1 - e / 2) * np.log(q) + e / 2 * np.log(1 - q))
    if_no = -(q**gamma) * ((1 - e / 2) * np.log(1 - q) + e / 2 * np.log(q))
    cheapest = q[(p * if_yes + (1 - p) * if_no).argmin()]
    assert float(output_for(p, training)) == pytest.approx(cheapest, abs=1e-4)


@pytest.mark.parametrize("bad", [0, 1, -0.1, 1.1])
def test_outputs_without_a_finite_logit_are_refused(bad):
    with pytest.raises(ValueError, match="output"):
        truth_behind(bad, "cross-entropy")
    with pytest.raises(ValueError, match="true"):
        output_for(bad, "cross-entropy")


def test_true_probabilities_are_taken_from_a_billionth_on():
    ends = [1e-9, 1 - 1e-9]
    assert output_for(ends, "cross-entropy") == pytest.approx(ends, rel=1e-6)
    for beyond in 0.9e-9, 1 - 0.9e-9:
        with pytest.raises(ValueError, match="from 1e-9 to 1 - 1e-9"):
            output_for(beyond, "cross-entropy")


def test_an_unknown_training_is_refused():
    with pytest.raises(ValueError, match="cross-entropy, weight 2"):
        output_for(0.5, "hinge")


# --- what comes of it ---------------------------------------------------------------------------


def integrated(acts_from, miss, prevalence):
    """Cost for 100 cases, by integration over the density b (1 - x)^(b - 1)."""
    b = (1 - mp.mpf(prevalence)) / mp.mpf(prevalence)
    density = lambda x: b * (1 - x) ** (b - 1)  # noqa: E731
    missed = mp.quad(lambda x: x * density(x), [0, mp.mpf(acts_from)])
    alarmed = mp.quad(lambda x: (1 - x) * density(x), [mp.mpf(acts_from), 1])
    return float(100 * (miss * missed + alarmed))


@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.parametrize("miss, prevalence", PROBLEMS)
def test_costs_are_the_integrals(training, miss, prevalence):
    result = consequence(training, miss, prevalence)
    assert result.threshold == pytest.approx(1 / (1 + miss))
    assert result.best == pytest.approx(integrated(1 / (1 + miss), miss, prevalence), rel=1e-9)
    assert result.cost == pytest.approx(integrated(result.acts_from, miss, prevalence), rel=1e-9)
    assert result.cost >= result.best - 1e-9
    b = (1 - prevalence) / prevalence
    between = (1 - result.acts_from) ** b - (1 - result.threshold) ** b
    assert result.otherwise == pytest.approx(100 * abs(between), abs=1e-9)


@pytest.mark.parametrize("miss, prevalence", PROBLEMS)
def test_cross_entropy_loses_nothing_and_neither_does_focal_at_equal_costs(miss, prevalence):
    result = consequence("cross-entropy", miss, prevalence)
    assert result.cost == pytest.approx(result.best, rel=1e-12)
    if miss == 1:
        for training in "focal, gamma 5", "smoothing 0.3":
            assert consequence(training, 1, prevalence).otherwise == pytest.approx(0, abs=1e-9)
        # a weight moves the border of 0.5 as well: to 1 in 10
        assert consequence("weight 9", 1, prevalence).acts_from == pytest.approx(0.1)


def test_evenly_spread_cases_by_hand():
    # c / (2 (1 + c)) for each case at best: 45 for 100; (1 - 0.1) / 2 more false alarms if always
    assert consequence("cross-entropy", 9, 0.5).best == pytest.approx(45)
    assert consequence("smoothing 0.3", 9, 0.5).acts_from == 0
    assert consequence("smoothing 0.3", 9, 0.5).cost == pytest.approx(50)


@pytest.mark.parametrize("miss, prevalence", [(0, 0.1), (np.inf, 0.1), (9, 0), (9, 0.6)])
def test_costs_and_prevalences_outside_their_range_are_refused(miss, prevalence):
    with pytest.raises(ValueError, match=r"miss|prevalence"):
        consequence("cross-entropy", miss, prevalence)


# --- the pictures -------------------------------------------------------------------------------


def test_the_map_says_the_outputs_at_its_mark():
    words = minimiser_map(0.8).describe()
    for sentence in [
        "What the cheapest output is, for each true probability. Three panels.",
        "Point “cross-entropy: 0.8000” at p = 0.8, q = 0.8.",
        "Point “weight 2: 0.8889” at p = 0.8, q = 0.8889.",  # 8/9
        "Point “weight 9: 0.9730” at p = 0.8, q = 0.973.",  # 36/37
        "Point “focal, gamma 2: 0.6266” at p = 0.8, q = 0.6266.",
        "Point “smoothing 0.1: 0.7700” at p = 0.8, q = 0.77.",
        "Point “smoothing 0.3: 0.7100” at p = 0.8, q = 0.71.",
        "Horizontal axis: true probability, p, from 0 to 1.",
        "Vertical axis: model's output, q, from 0 to 1.",
    ]:
        assert sentence in words
    assert minimiser_map(0.3).describe() != words


def test_the_curves_of_the_map_are_those_of_the_theory():
    weights, focal, smoothing = minimiser_map(0.8).axes
    for axes in weights, focal, smoothing:
        (diagonal,) = lines_named(axes, "cross-entropy")
        xs, ys = diagonal.get_data()
        assert ys == pytest.approx(xs)
    (curve,) = lines_named(weights, "weight 9")
    xs, ys = curve.get_data()
    assert ys == pytest.approx(9 * xs / (9 * xs + 1 - xs))
    (curve,) = lines_named(focal, "focal, gamma 2")
    for x, y in list(zip(*curve.get_data(), strict=True))[::20]:
        assert x == pytest.approx(focal_truth(y, 2), rel=1e-6)
    (curve,) = lines_named(smoothing, "smoothing 0.3")
    xs, ys = curve.get_data()
    assert ys == pytest.approx(0.15 + 0.7 * xs)


def test_the_bars_say_the_costs():
    words = wrong_decisions(9, 0.02).describe()
    assert "acting where the output exceeds 0.1" in words
    assert "Horizontal axis: cost in false alarms for 100 cases" in words
    for training in TRAININGS:
        cost = consequence(training, 9, 0.02).cost
        shown = re.search(rf"{training} ([\d.]+) false alarms for 100 cases", words)[1]
        assert float(shown) == pytest.approx(cost, rel=5e-4)
    best = re.search(r"“best decisions” at ([\d.]+)", words)[1]
    assert float(best) == pytest.approx(integrated(0.1, 9, 0.02), rel=5e-4)
    assert wrong_decisions(4, 0.02).describe() != words
    assert wrong_decisions(9, 0.1).describe() != words
    assert "a miss costs 1 false alarm, prevalence 2 %" in wrong_decisions(1, 0.02).describe()


@pytest.mark.parametrize("miss, prevalence", [(9, 0.02), (1, 0.5), (99, 0.01), (4, 0.1)])
def test_no_two_labels_of_the_bars_lie_over_one_another(miss, prevalence):
    assert not overlapping(wrong_decisions(miss, prevalence))


@pytest.mark.parametrize("prob", [0.01, 0.5, 0.99])
def test_the_keys_of_the_map_keep_apart(prob):
    assert not overlapping(minimiser_map(prob))


CAME = [0, 0, 1, 1, 1]
STATED = [0.25, 0.25, 0.55, 0.75, 0.75]


def test_the_diagram_says_bins_counts_and_error():
    # torchmetrics 1.9.0 prints 0.2900 for these five forecasts in two bins
    figure = reliability_diagram(CAME, [STATED], n_bins=2, titles=["forecaster"])
    words = figure.describe()
    assert "forecaster ECE 0.2900" in words
    assert "Points “bins” at p = 0.25, 0; p = 0.6833, 1." in words
    assert "Bars “examples”: p = 0.25 2, p = 0.75 3." in words
    assert "0.0900" in reliability_diagram(CAME, [STATED], n_bins=1).describe()


def test_each_model_has_its_column():
    lazy = [0.6] * 5
    figure = reliability_diagram(CAME, [STATED, lazy], n_bins=5)
    assert [axes.get_title("left") for axes in figure.axes[:2]] == [
        "model 0\nECE 0.2900",
        "model 1\nECE 0.0000",
    ]
    (points,) = lines_named(figure.axes[1], "bins")
    assert np.transpose(points.get_data()) == pytest.approx(np.array([[0.6, 0.6]]))


def test_the_gaps_run_from_the_diagonal_to_the_points():
    axes = reliability_diagram(CAME, [STATED], n_bins=2).axes[0]
    (gaps,) = axes.collections
    segments = np.array(gaps.get_segments())
    assert segments == pytest.approx(
        np.array([[[0.25, 0.25], [0.25, 0]], [[2.05 / 3, 2.05 / 3], [2.05 / 3, 1]]])
    )


def test_a_title_for_each_model_or_none():
    with pytest.raises(ValueError, match="2 entries for 1 models"):
        reliability_diagram(CAME, [STATED], titles=["a", "b"])


@pytest.mark.parametrize("prob", [0, 1, 1.2])
def test_the_map_marks_what_it_can_show(prob):
    with pytest.raises(ValueError, match="prob"):
        minimiser_map(prob)
