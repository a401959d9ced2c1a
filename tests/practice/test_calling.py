"""Calling functions that hang, crash or eat memory, in a copy of the process and without one."""

import itertools
import os
import sys
import time

import numpy as np
import pytest

from celib.practice import calling
from celib.practice.calling import Problem, is_guarded, outcomes


@pytest.fixture(params=["forked", "here"])
def way(request, monkeypatch):
    if request.param == "here":
        monkeypatch.delattr(os, "fork")
    elif not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    return request.param


def first(function, *arguments, seconds=5.0):
    return outcomes(function, [arguments], seconds)[0]


def test_values_come_back_plain(way):
    found = outcomes(lambda p, k: p * k, [[0.5, 2], [np.array([1.0, 2.0]), 3]])
    assert [one.value.value.tolist() for one in found] == [1.0, [3.0, 6.0]]


def forever(x):
    while True:
        pass


def forever_and_deaf(x):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


@pytest.mark.parametrize("function", [forever, forever_and_deaf])
def test_a_loop_without_end_is_stopped(way, function):
    started = time.monotonic()
    outcome = first(function, 1.0, seconds=0.3)
    assert "did not return within 0.3 seconds" in outcome.problem
    assert time.monotonic() - started < 5
    assert first(abs, -1.0).value.value == 1.0, "the next call works"


def test_an_endless_loop_inside_a_library_is_stopped_where_the_system_can_fork(way):
    if way == "here":
        pytest.skip("no line of Python runs in it")
    assert "did not return" in first(lambda x: sum(itertools.repeat(1)), 0.0, seconds=0.3).problem


@pytest.mark.parametrize(
    "function, says",
    [
        (lambda x: 1 / 0, "raises ZeroDivisionError: division by zero"),
        (lambda x: sys.exit(3), "raises SystemExit: 3"),
        (lambda: 1, "raises TypeError"),
        (lambda x: "dog", 'something else than numbers: No number can be read from "dog"'),
        (lambda x: np.zeros(200_000), "the result has 200,000 numbers"),
        (lambda x: [[1], [1, 2]], "differ in shape"),
        (lambda x: object(), "an object of type object"),
        (lambda x: None, "returns nothing yet"),
        (lambda x: ..., "returns nothing yet"),
    ],
)
def test_problems_are_told_not_raised(way, function, says):
    outcome = first(function, 1.0)
    assert outcome.value is None
    assert says in outcome.problem


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no")


def test_an_error_that_cannot_be_said_is_named(way):
    def function(x):
        raise Unspeakable

    assert first(function, 1.0).problem == "raises Unspeakable"


def test_calls_end_at_the_first_that_fails(way):
    found = outcomes(lambda x: 1 / x, [[1.0], [0], [2.0]])
    assert len(found) == 2
    assert found[0].value.value == 1.0
    assert "ZeroDivisionError" in found[1].problem


def test_the_arguments_are_copies(way):
    mine = np.array([1.0, 2.0])

    def spoil(x):
        x[:] = 0
        return x

    assert first(spoil, mine).value.value.tolist() == [0, 0]
    assert mine.tolist() == [1, 2]


def test_what_it_prints_and_warns_is_not_shown(way, capfd):
    def noisy(x):
        print("hello")
        return np.log(np.array(-x))

    assert np.isnan(first(noisy, 1.0).value.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is that of Linux")
def test_memory_is_limited(way):
    if way == "here":
        pytest.skip("only a copy of the process can be limited")
    outcome = first(lambda x: float(np.ones(3 * calling.MEMORY // 16, np.float64).sum()), 1.0)
    assert "MemoryError" in outcome.problem


def test_a_process_that_dies_without_a_word_is_noticed(way):
    if way == "here":
        pytest.skip("it would end the tests")
    assert "ends the whole program" in first(lambda x: os._exit(0), 1.0).problem


def test_what_is_left_of_the_tracing_is_nothing(way):
    before = sys.gettrace()
    first(forever, 1.0, seconds=0.1)
    assert sys.gettrace() is before


@pytest.fixture
def guarded():
    token = is_guarded.set(True)
    yield
    is_guarded.reset(token)


def test_guarded_calls_are_made_here(guarded):
    seen = []
    found = outcomes(lambda x: seen.append(x) or x, [[1.0], [2.0]])
    assert seen == [1.0, 2.0]  # in a copy of the process it would have stayed empty
    assert [one.value.value for one in found] == [1.0, 2.0]


def test_guarded_calls_end_with_the_first_that_fails(guarded):
    found = outcomes(lambda x: 1 / x, [[1.0], [0.0], [2.0]])
    assert [one.value is None for one in found] == [False, True]
    assert found[-1].kind == "raises ZeroDivisionError"


def test_a_problem_elsewhere_is_told_in_its_own_words(guarded):
    def elsewhere(x):
        raise Problem("did not return: the machine is far away")

    (found,) = outcomes(elsewhere, [[1.0]])
    assert found.problem == "did not return: the machine is far away"
    assert found.kind == "did not return"


def raises_what_it_was_given(x):
    raise type(f"Got{x}", (Exception,), {})("and says it again")


def raises_with_what_it_was_given(x):
    raise ValueError(f"{x}")


@pytest.mark.parametrize(
    "function,kind",
    [
        (raises_what_it_was_given, "raises an error"),
        (raises_with_what_it_was_given, "raises ValueError"),
    ],
)
def test_the_kind_of_a_problem_has_no_input_in_it(function, kind):
    (found,) = outcomes(function, [[0.3125]])
    assert "0.3125" in found.problem
    assert found.kind == kind


def not_written_yet(x):
    raise NotImplementedError


def test_what_says_that_it_is_not_written_yet_is_blank():
    (found,) = outcomes(not_written_yet, [[1.0]])
    assert found.is_blank
