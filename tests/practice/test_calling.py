"""Calling functions that hang, crash or eat memory, in a copy of the process and without one."""

import itertools
import json
import os
import sys
import time
import warnings

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
    assert [(one.problem, one.is_blank) for one in found] == [("", False)] * 2
    assert [one.value.digits for one in found] == [1, 1]


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
    assert time.monotonic() - started < 60
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
    assert len(outcomes(lambda x: 1 / x, [[0], [1.0]])) == 1


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


def test_a_process_that_dies_in_the_midst_has_given_what_came_before(way):
    if way == "here":
        pytest.skip("it would end the tests")
    found = outcomes(lambda x: x or os._exit(0), [[1.0], [0], [2.0]])
    assert [one.problem for one in found] == ["", "ends the whole program"]
    assert found[0].value.value == 1.0


@pytest.fixture
def forks(monkeypatch):
    """The copies that are made; each of them with a warning, as Python gives beside threads."""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    made, fork = [], os.fork

    def warn_and_fork():
        warnings.warn("This process is multi-threaded.", DeprecationWarning, stacklevel=2)
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(os, "fork", warn_and_fork)
    return made


def test_nothing_is_left_of_a_copy_not_even_its_pipe(forks, monkeypatch):
    pipe = os.pipe()
    monkeypatch.setattr(os, "pipe", lambda: pipe)
    assert "did not return" in first(forever, 1.0, seconds=0.1).problem
    for end in pipe:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)
    with pytest.raises(ChildProcessError):  # it has been waited for already
        os.waitpid(forks[0], 0)


@pytest.mark.parametrize("function", [forever, abs])
def test_what_is_left_of_the_tracing_is_nothing(way, function):
    before = sys.gettrace()
    first(function, 1.0, seconds=0.1)
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


def test_guarded_calls_get_copies_too(guarded):
    mine = np.array([1.0, 2.0])
    found = outcomes(lambda p, k: p.__imul__(k), [{"p": mine, "k": 3}.values()])
    assert found[0].value.value.tolist() == [3.0, 6.0]
    assert mine.tolist() == [1.0, 2.0]


def test_guarded_calls_leave_the_filters_of_warnings_alone(guarded):
    """Other threads share them. What NumPy makes of a logarithm of −1 concerns nobody."""

    def warns(x):
        warnings.warn("Look out.", UserWarning, stacklevel=1)
        return np.log(np.array(-x))

    with pytest.warns(UserWarning, match="Look out") as said:
        assert np.isnan(first(warns, 1.0).value.value)
    assert len(said) == 1


def test_guarded_calls_end_with_the_first_that_fails(guarded):
    found = outcomes(lambda x: 1 / x, [[1.0], [0.0], [2.0]])
    assert [one.value is None for one in found] == [False, True]
    assert found[-1].kind == "raises ZeroDivisionError"


def raises(message):
    def function(x):
        raise ValueError(message)

    return function


@pytest.mark.parametrize(
    "function, problem",
    [
        (
            lambda x: np.zeros(200_000),
            "returns something else than numbers: the result has 200,000 numbers, more than any "
            "question asks for",
        ),
        (raises("No dog."), "raises ValueError: No dog"),
        (raises("dog" * 100), f"raises ValueError: {'dog' * 66}do"),
        (raises(""), "raises ValueError"),
        (raises(Unspeakable()), "raises ValueError"),
    ],
)
def test_problems_word_for_word(guarded, function, problem):
    assert first(function, 1.0) == (None, problem, False)


@pytest.mark.parametrize("nothing", [None, ..., ""])
def test_what_returns_nothing_is_blank(guarded, nothing):
    assert first(lambda x: nothing, 1.0) == (None, "returns nothing yet", True)
    assert first(not_written_yet, 1.0) == (None, "returns nothing yet", True)


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


# --- the copy, looked at from inside ------------------------------------------------------------


@pytest.fixture
def left(monkeypatch):
    """What the copy did to leave, and that it was limited before."""
    done = []
    monkeypatch.setattr(os, "_exit", done.append)
    monkeypatch.setattr(calling, "_limit_memory", lambda: done.append("limited"))
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    return done


def written_by_a_copy(function, calls):
    reading, writing = os.pipe()
    try:
        calling._leave_after(function, calls, writing)
    finally:
        os.close(writing)
        with os.fdopen(reading) as lines:
            found = [json.loads(line) for line in lines]
    return found


def test_a_copy_writes_a_line_for_each_call_and_leaves(left, capsys):
    def talks(x):
        print("hello")
        print("hello", file=sys.stderr)
        warnings.warn("hello", UserWarning, stacklevel=1)
        return [1 / x, 0.25]

    assert written_by_a_copy(talks, [[2.0], [0], [1.0]]) == [
        [[[0.5, 0.25], 2], "", False],
        [None, "raises ZeroDivisionError: division by zero", False],
    ]
    assert left == ["limited", 0]
    assert capsys.readouterr() == ("", "")


def test_a_copy_leaves_whatever_happens(left):
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written_by_a_copy(stopped, [[1.0]])
    assert left == ["limited", 0]


def test_lines_are_read_until_the_deadline_and_no_longer(monkeypatch):
    monkeypatch.setattr(calling.time, "monotonic", lambda: 10.0)
    reading, writing = os.pipe()
    os.write(writing, b"one\ntwo\ncut of")
    os.close(writing)
    assert calling._lines(reading, 10.0) == ([], False)
    assert calling._lines(reading, 10.5) == ([b"one", b"two"], True)
    os.close(reading)


class Left(Exception):
    pass


def test_what_is_called_in_the_copy_has_the_end_to_write_to(monkeypatch):
    given = []

    def leave(*arguments):
        given.extend(arguments)
        raise Left

    pipe = os.pipe()
    monkeypatch.setattr(os, "pipe", lambda: pipe)
    monkeypatch.setattr(os, "fork", lambda: 0, raising=False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a copy stops nobody"))
    monkeypatch.setattr(os, "waitpid", lambda *_: pytest.fail("a copy waits for nobody"))
    monkeypatch.setattr(calling, "_leave_after", leave)
    with pytest.raises(Left):
        calling._forked(abs, [[1.0]], 5.0)
    assert given == [abs, [[1.0]], pipe[1]]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(pipe[0])
    os.close(pipe[1])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is that of Linux")
def test_the_limit_is_what_the_process_has_and_two_gibibytes(monkeypatch):
    import resource

    limits = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    calling._limit_memory()
    ((what, (soft, hard)),) = limits
    with open("/proc/self/status") as status:
        size = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmSize"))
    assert what == resource.RLIMIT_AS
    assert soft == hard == pytest.approx(size + 2 * 2**30, abs=2**26)


@pytest.mark.parametrize("error", [OSError, ValueError, ImportError])
def test_a_system_that_knows_no_such_limit_calls_without_one(monkeypatch, error):
    def refuse(*_):
        raise error

    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "setrlimit", refuse)
    calling._limit_memory()


def test_in_a_browser_calls_are_made_here(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    seen = []
    outcomes(lambda x: seen.append(x) or x, [[1.0]])
    assert seen == [1.0]


def test_the_clock_is_looked_at_again_and_again_until_the_deadline(monkeypatch):
    monkeypatch.setattr(calling.time, "monotonic", lambda: 10.0)
    watch = calling._watch(10.0)
    assert watch(None, "line", None) is watch  # which Python calls at the next line
    with pytest.raises(calling._TooLate):
        calling._watch(9.5)(None, "line", None)


def test_all_calls_together_may_take_five_seconds(way, monkeypatch):
    name = {"forked": "_forked", "here": "_timed"}[way]
    monkeypatch.setattr(calling, name, lambda function, calls, seconds: [seconds])
    assert outcomes(abs, [[1.0]]) == [5.0]
