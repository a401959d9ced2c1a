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


def test_draws_can_use_nothing_else():
    for expression in ("open('x')", "__import__('os')", "generator", "inputs({})"):
        with pytest.raises(NameError):
            Draw(1).inputs({"x": expression})
