"""Inputs drawn by a seed: legal, typeable, and the same each time."""

import numpy as np
import pytest

from celib.practice.variants import Draw

SEEDS = range(50)


def draws(expression):
    return [Draw(seed).inputs({"x": expression})["x"] for seed in SEEDS]


@pytest.mark.parametrize("classes", [2, 3, 4, 10])
def test_distributions_sum_to_one_in_thousandths(classes):
    for drawn in draws(f"distribution({classes})"):
        assert len(drawn) == classes
        assert sum(round(1000 * share) for share in drawn) == 1000
        assert min(drawn) >= 0.02
        assert all(share == round(share, 3) for share in drawn)


def test_batches_have_a_row_for_each_example():
    assert np.shape(Draw(1).inputs({"x": "distributions(5, 3)"})["x"]) == (5, 3)
    assert len(Draw(1).inputs({"x": "probabilities(4)"})["x"]) == 4


def test_numbers_stay_in_their_range_and_have_few_places():
    for drawn in draws("number(-2, 3, 1)"):
        assert -2 <= drawn <= 3
        assert drawn == round(drawn, 1)
    assert set(draws("integer(2, 4)")) == {2, 3, 4}
    assert set(draws("pick('a', 'b')")) == {"a", "b"}
    assert set(draws("label(3)")) == {0, 1, 2}
    assert all(0.05 <= drawn <= 0.95 for drawn in draws("probability()"))
    assert all(max(map(abs, drawn)) <= 3 for drawn in draws("logits(4)"))


def test_labels_of_a_batch_are_not_all_the_same():
    assert all(len(set(drawn)) > 1 for drawn in draws("labels(3, 2)"))
    assert {len(drawn) for drawn in draws("labels(1, 5)")} == {1}


def test_a_seed_and_a_purpose_settle_all():
    assert draws("logits(4)") == draws("logits(4)")
    assert len({tuple(drawn) for drawn in draws("logits(4)")}) > 45
    one, other = (Draw(1, purpose).inputs({"x": "logits(8)"}) for purpose in ("a", "b"))
    assert one != other


def test_a_batch_of_equal_labels_has_its_last_one_changed():
    changed = 0
    for seed in SEEDS:
        for examples in 1, 2, 3:
            drawn = Draw(seed).integers(examples, 0, 2)
            if examples > 1 and len(set(drawn)) == 1:
                drawn = [*drawn[:-1], (drawn[-1] + 1) % 3]
                changed += 1
            assert Draw(seed).labels(examples, 3) == drawn
    assert changed > 10


# Drawn with NumPy 2.4. If NumPy changes its streams, so do the numbers of every student.
@pytest.mark.parametrize(
    "expression, drawn",
    [
        ("number(-2, 3)", -0.57),
        ("numbers(3, 0, 1)", [0.29, 0.93, 0.8]),
        ("numbers(2, 0, 1, 3)", [0.286, 0.93]),
        ("integer(2, 40)", 23),
        ("integers(4, 0, 9)", [5, 2, 6, 9]),
        ("pick('a', 'b', 'c')", "b"),
        ("probability()", 0.31),
        ("probability(0.5, 0.6)", 0.53),
        ("probabilities(6)", [0.31, 0.89, 0.77, 0.85, 0.13, 0.79]),
        ("probabilities(2, 0.5, 0.6)", [0.53, 0.59]),
        ("distribution(4)", [0.083, 0.225, 0.307, 0.385]),
        ("distributions(2, 3)", [[0.126, 0.367, 0.507], [0.475, 0.104, 0.421]]),
        ("logits(4)", [-1.3, 2.6, 1.8, 2.3]),
        ("logits(2, 10)", [-4.3, 8.6]),
        ("label(7)", 3),
        ("labels(3, 5)", [2, 1, 3]),
    ],
)
def test_a_seed_gives_the_same_numbers_next_year(expression, drawn):
    found = Draw("Ada").inputs({"x": expression})["x"]
    assert repr(found) == repr(drawn)  # and plain Python's numbers, which can be shown and typed


def test_draws_can_use_nothing_else():
    for expression in ("open('x')", "__import__('os')", "generator", "inputs({})", "__init__(1)"):
        with pytest.raises(NameError):
            Draw(1).inputs({"x": expression})
