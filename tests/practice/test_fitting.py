"""When a typed number stands for a value, and that it can stand for one value only."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from celib.practice.fitting import are_apart, fits, is_close, is_too_coarse
from celib.practice.plain import plain

# The dog's loss: −ln 0.775 = 0.25489… nats (mpmath, 50 digits).
LOSS = np.array(0.254892249628790)


@pytest.mark.parametrize(
    "typed, right",
    [
        ("0.254892", True),
        ("0.2549", True),
        ("0.255", True),
        ("0.25489224962879", True),
        ("0.2547", True),  # from probabilities rounded to three places: 0.08 % away
        ("0.2545", False),  # 0.15 % away
        ("0.254", False),  # three digits, cut off
        ("0.256", False),
        ("0.25", False),
        ("0.3677", False),
        ("-0.2549", False),
    ],
)
def test_three_digits_are_needed_and_they_must_be_right(typed, right):
    assert fits(plain(typed), LOSS) is right


@pytest.mark.parametrize(
    "typed, value, right",
    [
        ("1.00", 0.9955, True),  # the places are those of the number typed
        ("0.995", 1.0, False),
        ("-0.2547", -0.254892, True),
        ("1001", 1000.0, True),  # 0.1 % exactly
        ("0.250", 0.2505, True),  # half a place exactly, though not in binary
        ("1.01", 1.015, True),
        ("1e-9", 0.0, True),
        ("1.5e-9", 0.0, False),
        ("0", 1e-9, True),
        ("0", 0.01, False),
        ("0", -0.01, False),
    ],
)
def test_how_far_a_number_may_be_off(typed, value, right):
    assert fits(plain(typed), np.array(value)) is right


def test_a_last_zero_that_python_drops_is_not_held_against_anybody():
    assert fits(plain(0.35), np.array(0.35049))
    assert fits(plain("0.350"), np.array(0.35049))
    assert not fits(plain("0.350"), np.array(0.3508))


@pytest.mark.parametrize(
    "typed, value, coarse",
    [
        ("0.25", 0.25489, True),
        ("0.3", 0.25489, True),
        ("0.2", 0.25489, False),
        ("0.250", 0.25489, False),
        ("0.255", 0.25489, False),  # digits enough
        ("0.25", 0.29, False),
        ("1.0", 0.96, True),
    ],
)
def test_too_few_digits_are_noticed(typed, value, coarse):
    assert is_too_coarse(plain(typed), np.array(value)) is coarse


def test_too_few_places_are_noticed():
    assert is_too_coarse(plain([0.78, 0.12, 0.1]), np.array([0.775, 0.1159, 0.1091 - 0.005]))
    assert not is_too_coarse(plain([0.78, 0.13, 0.1]), np.array([0.775, 0.1159, 0.1]))
    assert not is_too_coarse(plain([0.775, 0.116, 0.109]), np.array([0.775, 0.1159, 0.1091]))
    assert is_too_coarse(plain([0.78, 0.12]), np.array([0.775, 0.1159, 0.1091])) is False
    assert not is_too_coarse(plain([0.78, 0.1]), np.array([0.772, 0.1]))
    assert not is_too_coarse(plain([1000.1, 0.1]), np.array([1000.155, 0.1]))


def test_zero_infinity_and_nan_stand_for_themselves_only():
    for value in (0.0, np.inf, -np.inf, np.nan):
        others = {0.0, np.inf, -np.inf, 0.01}
        assert fits(plain(value), np.array(value))
        assert not any(fits(plain(other), np.array(value)) for other in others if other != value)


def test_entries_of_an_array_may_be_rounded_to_three_places():
    softmax = np.array([0.775150, 0.115938, 0.038592, 0.070320])
    assert fits(plain([0.775, 0.116, 0.039, 0.07]), softmax)
    assert not fits(plain([0.78, 0.12, 0.04, 0.07]), softmax)
    assert not fits(plain([0.775, 0.116, 0.039, 0.08]), softmax)
    assert not fits(plain([0.775, 0.116, 0.039]), softmax)
    assert not fits(plain([0.775, 0.116, 0.039, np.nan]), softmax)
    assert fits(plain([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert fits(plain([np.nan]), np.array([np.nan]))


@pytest.mark.parametrize(
    "typed, value, right",
    [
        ([0.1, 0.9], [0.1004, 0.9], True),
        ([0.1, 0.9], [0.1008, 0.9], False),
        ([0.1001, 0.9], [0.1004, 0.9], False),  # one with four places says how exact it is
        ([0.062, 0.5], [0.0625, 0.5], True),  # half a place exactly
        ([-10.005, 1.0], [-10.0, 1.0], True),  # within 0.1 %
        ([1.0, 2.0], [1.0, np.inf], False),
        ([1.0, np.inf], [1.0, 2.0], False),
        ([1.0], [1.0, 2.0], False),
    ],
)
def test_how_far_an_entry_may_be_off(typed, value, right):
    assert fits(plain(typed), np.array(value)) is right


def test_close_is_within_two_percent():
    assert is_close(plain(0.25), LOSS)
    assert not is_close(plain(0.26), LOSS)
    assert is_close(plain([1.0, 0.01]), np.array([1.0, 0.02]))
    assert not is_close(plain([1.0]), np.array([np.inf]))


@pytest.mark.parametrize(
    "typed, value, close",
    [
        (51, 50, True),  # two percent exactly
        (-0.25, -0.2549, True),
        (0.1, 1.0, False),
        ([1.0, 0.5], [1.0, 0.02], False),
        ([1.0, 2.0], [1.0, np.inf], False),
        ([1.0, 1.0], 1.0, False),
    ],
)
def test_how_close_is_close(typed, value, close):
    assert is_close(plain(typed), np.array(value)) is close


SIZES = st.floats(1e-4, 1e4)


@given(one=SIZES, ratio=st.floats(0.5, 2), digits=st.integers(3, 8))
def test_no_answer_fits_two_values_that_are_apart(one, ratio, digits):
    a, b = np.array(one), np.array(one * ratio)
    if are_apart(a, b):
        for value in (a, b):
            answer = plain(f"{float(value):.{digits}g}")
            assert fits(answer, value)
            assert not (fits(answer, a) and fits(answer, b))


@given(
    one=st.lists(st.floats(0.01, 10), min_size=2, max_size=4),
    entry=st.integers(0, 1),
    by=st.floats(-1, 1),
)
def test_no_array_fits_two_that_are_apart(one, entry, by):
    a = np.array(one)
    b = a.copy()
    b[entry] += by
    if are_apart(a, b):
        for places in (3, 4, 6):
            assert not (fits(plain(np.round(a, places)), a) and fits(plain(np.round(a, places)), b))


def test_values_of_other_shapes_or_kinds_are_apart():
    assert are_apart(np.zeros(2), np.zeros(3))
    assert are_apart(np.array(np.nan), np.array(1.0))
    assert not are_apart(np.array(np.nan), np.array(np.nan))
    assert not are_apart(np.array(np.inf), np.array(np.inf))
    assert not are_apart(np.array(0.0), np.array(0.0))
    assert are_apart(np.array(0.0), np.array(1e-6))
    assert not are_apart(np.array(1.0), np.array(1.01))
    assert are_apart(np.array(1.0), np.array(1.02))


@pytest.mark.parametrize(
    "one, other, apart",
    [
        (1.0, 1.0111, False),  # 1.1 % of the larger
        (1.0, 1.0112, True),
        (-1.0, -1.0111, False),
        (0.0, 5e-9, False),
        (0.0, 1.05e-8, True),
        ([0.1], [0.1021], False),  # 2.2 in the third place
        ([0.1], [0.1023], True),
        ([0.1, 1.0], [0.1, 2.0], True),
        (1.0, np.inf, True),
        ([1.0, np.inf], [1.0, 1.0], True),
    ],
)
def test_how_far_values_must_be_apart(one, other, apart):
    assert are_apart(np.array(one), np.array(other)) is apart
    assert are_apart(np.array(other), np.array(one)) is apart
