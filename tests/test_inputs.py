"""What celib makes of its input before it computes, and the details of what it says about it."""

import subprocess
import sys
from math import inf, log, nan

import numpy as np
import pytest

import celib
from celib._inputs import number, probabilities, working

CUBE = np.full((2, 3, 2), 1 / 3)  # rows along axis 1


def complaint(function, *args, **options):
    with pytest.raises((TypeError, ValueError)) as caught:
        function(*args, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "given, computed",
    [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), ("i1", "f8"), ("u8", "f8"), ("?", "f8")],
)
def test_float16_is_computed_in_float32_and_what_is_no_float_in_float64(given, computed):
    ones = np.ones(2, given)
    assert working(ones).dtype == np.dtype(computed)
    assert probabilities("p", ones).dtype == np.dtype(computed)


def test_a_first_loss_waits_for_no_import():
    """NumPy imports some of its parts when they are named, which may take ten times a loss."""
    code = """
import sys, numpy as np, celib
given = [[2, 1], np.array([2, 1])], [[[1, 2, 3], [3, 2, 1]], np.array([[1, 2, 3], [3, 2, 1.0]])]
before = set(sys.modules)
for targets, logits in zip(*given):
    celib.categorical_cross_entropy_from_logits(targets, logits)
print(*set(sys.modules) - before)
"""
    assert not subprocess.check_output([sys.executable, "-c", code], text=True).strip()


@pytest.mark.parametrize("given", [3, 3.0, np.float32(3), np.int8(3), np.array(3.0)])
def test_a_number_given_as_any_type_is_computed_with_as_a_float(given):
    got = number("gamma", given, lambda gamma: gamma == 3, "three")
    assert (type(got), got) == (float, 3.0)


@pytest.mark.parametrize("order", "<>")
def test_the_tolerance_of_a_type_holds_in_either_order_of_its_bytes(order):
    near = np.array([0.5, 0.50002], order + "f4")
    assert celib.entropy(near) == pytest.approx(log(2), rel=1e-4)


@pytest.mark.parametrize("value, cost", [(-1e-12, inf), (1 + 1e-12, 0.0)])
def test_an_entry_exactly_at_the_tolerance_is_accepted(value, cost):
    assert celib.surprisal(value) == cost


def test_what_is_within_the_tolerance_is_not_named():
    entries = np.array([0.0, 1.0, -1e-12, 1 + 1e-12, 1.5])
    assert complaint(probabilities, "p", entries).startswith("p[4] is 1.5,")


def test_a_long_column_of_float32_is_added_up_in_float64():
    """200,000 equal parts, added one after the other in float32, miss 1 by more than is allowed."""
    parts = np.full((200_000, 2), 1 / 200_000, "f4")
    np.testing.assert_allclose(celib.entropy(parts, axis=0), log(200_000), rtol=1e-4)


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "function, args, advice",
    [
        (celib.surprisal, [nan], "find where it arose"),
        (celib.surprisal, [3.2], "if these are logits"),
        (celib.binary_cross_entropy, [-1, 0.5], "write two classes as 0 and 1"),
        (celib.binary_cross_entropy, [1, 1.5], "if these are logits"),
        (celib.binary_cross_entropy, [nan, 0.5], "find where it arose"),
    ],
)
def test_each_mistake_with_probabilities_has_its_own_advice(function, args, advice):
    said = complaint(function, *args)
    others = {"find where it arose", "if these are logits", "write two classes as 0 and 1"}
    assert advice in said
    assert not any(other in said for other in others - {advice})


@pytest.mark.parametrize(
    "label, advice",
    [(4, "if yours start at 1"), (-1, "if a negative label marks an example to ignore"), (7, "")],
)
def test_each_mistake_with_labels_has_its_own_advice(label, advice):
    said = complaint(celib.categorical_cross_entropy, [label], [[0.25] * 4])
    assert said.partition("from 0 to 3")[2].startswith(f"; {advice}" if advice else ".")


def test_a_row_in_a_cube_is_named_and_shown_as_it_is():
    spoiled = CUBE.copy()
    spoiled[1, :, 0] = [0.5, 0.25, 0.125]
    said = complaint(celib.entropy, spoiled, axis=1)
    assert said.startswith("p[1, :, 0] sums to 0.875, not 1")
    assert "[0.5, 0.25, 0.125]" in said
    spoiled = np.moveaxis(spoiled, 1, 0)
    said = complaint(celib.entropy, spoiled, axis=0)
    assert said.startswith("p[:, 1, 0] sums to 0.875, not 1")
    assert "[0.5, 0.25, 0.125]" in said
    logits = CUBE.copy()
    logits[1, 2] = -inf
    assert complaint(celib.softmax, logits).startswith("logits[1, 2] is -inf throughout")
    assert complaint(celib.softmax, [-inf, -inf]).startswith("logits is -inf throughout")


@pytest.mark.parametrize("targets", [np.zeros(CUBE.shape[:2], int), np.full(CUBE.shape, 0.5)])
@pytest.mark.parametrize(
    "loss",
    [celib.categorical_cross_entropy_from_logits, celib.categorical_focal_loss_from_logits],
)
def test_a_logit_that_is_none_is_named_by_losses_and_gradients(loss, targets):
    for value, said in (-inf, "logits[1, 0] is -inf throughout"), (inf, "logits[1, 0, 0] is inf"):
        logits = CUBE.copy()
        logits[1, 0] = value
        assert complaint(loss, targets, logits).startswith(said)
        assert complaint(celib.value_and_gradient, loss, targets, logits).startswith(said)


def test_the_axes_that_there_are_are_told():
    assert complaint(celib.entropy, CUBE, axis=3).endswith("use one from -3 to 2.")


def test_the_shapes_that_would_fit_are_told():
    said = complaint(celib.categorical_cross_entropy, [0, 1], np.full((2, 3, 4), 0.25))
    assert said.endswith("distributions have shape (2, 3, 4), labels (2, 3).")
    said = complaint(celib.fit_temperature, [0, 1, 0], np.zeros((2, 4)))
    assert said.endswith("of shape (2, 4) needs one label for each row, shape (2,).")
    said = complaint(celib.reliability, [0, 1, 0], np.full((2, 4), 0.25))
    assert "but probs of shape (2, 4) needs one label" in said


def test_a_brier_score_names_the_row_that_is_no_distribution():
    said = complaint(celib.brier_score, [0, 1], [[0.5, 0.5], [0.5, 0.25]])
    assert said.startswith("probs[1] sums to 0.75")


def test_eight_entries_are_shown_whole_and_nine_by_their_first_eight():
    half, shown = np.full(9, 0.5), "0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5"
    assert f"[{shown}]. Look" in complaint(celib.entropy, half[:8])
    assert f"[{shown}, ...]. Look" in complaint(celib.entropy, half)
    assert "...]" in complaint(celib.entropy, [[0.5, 0.5]] * 99 + [[1.0]])


def test_a_row_may_miss_1_by_the_tolerance_and_no_more():
    """1 + 1e-6 rounds to less, and 1 - 1e-6 to what is further off, by 3e-17."""
    high, low = [0.5, (1 + 1e-6) - 0.5], [0.5, (1 - 1e-6) - 0.5]
    assert celib.entropy([high, high]).shape == (2,)
    said = complaint(celib.entropy, [high, low, [0.9, 0]])
    assert said.startswith("p[1] sums to 0.999999, not 1 (tolerance 1e-06)")
    nearer = [0.5, np.nextafter(low[1], 1)]
    assert celib.entropy([high, nearer]).shape == (2,)
    further = [0.5, np.nextafter(high[1], 1) + 1e-16]
    assert complaint(celib.entropy, [nearer, further]).startswith("p[1] sums to 1.000001, not 1")


def test_the_sum_is_told_with_all_its_digits():
    """Three float16 nearest 0.3, each 1229 / 4096, are 0.900146... together."""
    said = complaint(celib.entropy, np.array([0.3, 0.3, 0.3], "f2"))
    assert said.startswith(f"p sums to {3 * 1229 / 4096:.9g}, not 1 (tolerance 0.005)")
