"""Numbers of one's own: the same each time, other people's are others, and mistakes show."""

import re

import numpy as np
import pytest
from classroom.problem_sets.running import NAMES, cells

from celib.classroom import expect
from celib.practice.catalogue import quantities
from celib.practice.drawing import inputs_for
from celib.practice.fitting import are_apart

CALL = re.compile(r'inputs_for\(who, "([^"]+)"(?:, unit="(\w+)")?\)')
DRAWN = sorted(
    {found for name in NAMES for cell in cells(name) for found in CALL.findall(cell.source)}
)
CLASS = [f"student-{number}" for number in range(60)]


def test_every_set_has_numbers_for_each_student():
    for name in NAMES:
        assert any(CALL.search(cell.source) for cell in cells(name)), name


@pytest.mark.parametrize("quantity,unit", DRAWN)
def test_numbers_are_the_same_each_time_and_most_students_have_their_own(quantity, unit):
    drawn = [repr(inputs_for(student, quantity, unit=unit)) for student in CLASS]
    assert drawn == [repr(inputs_for(student, quantity, unit=unit)) for student in CLASS]
    assert len(set(drawn)) > len(CLASS) / 3


@pytest.mark.parametrize("quantity,unit", DRAWN)
def test_the_right_value_passes_and_no_mistake_gives_it(quantity, unit):
    asked = quantities()[quantity]
    for student in CLASS[:15]:
        inputs = inputs_for(student, quantity, unit=unit)
        arrays = {n: np.array(v) if isinstance(v, list) else v for n, v in inputs.items()}
        right = asked.value(arrays, unit or "nats")
        expect(right.tolist(), quantity, unit=unit, inputs=inputs)
        if asked.information:
            # Bits for nats: a factor of ln 2, whatever the inputs are.
            factor = np.log(2) if unit == "bits" else 1 / np.log(2)
            with pytest.raises(AssertionError, match="A known mistake"):
                expect((right * factor).tolist(), quantity, unit=unit, inputs=inputs)


def test_no_student_gets_a_bill_that_a_wrong_formula_gives_too():
    for student in CLASS:
        drawn = inputs_for(student, "cross-entropy", unit="bits")
        p, q = np.array(drawn["p"]), np.array(drawn["q"])
        right = -np.sum(p * np.log2(q))
        wrong = {
            "truth and model swapped": -np.sum(q * np.log2(p)),
            "entropy": -np.sum(p * np.log2(p)),
            "divergence": np.sum(p * np.log2(p / q)),
            "plain average": -np.mean(np.log2(q)),
        }
        for what, value in wrong.items():
            assert abs(value / right - 1) > 0.01, f"{student}: {what}"


def test_the_labels_of_problem_set_6_show_every_mistake_in_their_floor_too():
    floor = quantities()["smallest smoothed cross-entropy"]
    for student in CLASS:
        drawn = inputs_for(student, "smoothed labels")
        inputs = {name: drawn[name] for name in floor.inputs}
        right = floor.value(inputs, "nats")
        over_the_others = entropy_over_the_others(**inputs)
        assert are_apart(right, np.asarray(over_the_others)), inputs


def entropy_over_the_others(label_smoothing, n_classes):
    """The floor by hand, of a label whose share goes to the other classes alone."""
    rest = label_smoothing / (n_classes - 1)
    kept = 1 - label_smoothing
    return -kept * np.log(kept) - (n_classes - 1) * rest * np.log(rest)
