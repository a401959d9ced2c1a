"""Reading numbers from whatever somebody gives as an answer."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from celib.practice.plain import Unreadable, is_blank, letters, plain


@pytest.mark.parametrize(
    "answer, value, digits, unit",
    [
        (0.2549, 0.2549, 4, ""),
        (2, 2.0, 1, ""),
        (-0.5, -0.5, 1, ""),
        (np.float32(0.1), 0.1, 1, ""),  # not 0.10000000149, which it also is
        (np.float64(0.25), 0.25, 2, ""),
        (np.int64(3), 3.0, 1, ""),
        (np.array(0.125), 0.125, 3, ""),
        (Fraction(1, 4), 0.25, 2, ""),
        (Decimal("0.3677"), 0.3677, 4, ""),
        ("0.2549", 0.2549, 4, ""),
        (" 0.2500 ", 0.25, 4, ""),
        ("+.25", 0.25, 2, ""),
        ("−0.25", -0.25, 2, ""),
        ("2.5e-3", 0.0025, 2, ""),
        ("0,2549", 0.2549, 4, ""),
        ("0.3677 bits", 0.3677, 4, "bits"),
        ("1 bit", 1.0, 1, "bits"),
        ("0.2549 NATS.", 0.2549, 4, "nats"),
        ("0.1107bans", 0.1107, 4, "bans"),
        ("77.5 %", 0.775, 3, ""),
        ("3/8", 0.375, 17, ""),
        ("7/4 bits", 1.75, 17, "bits"),
        ("0.832 nats per unit of logit", 0.832, 3, "nats"),
        ("77,5\u202f%", 0.775, 3, ""),
        ("0.25\u00a0nats", 0.25, 2, "nats"),
    ],
)
def test_numbers_are_read_as_they_are_meant(answer, value, digits, unit):
    read = plain(answer)
    assert read.value.shape == ()
    assert float(read.value) == pytest.approx(value, rel=1e-15)
    assert (read.digits, read.unit) == (digits, unit)


@pytest.mark.parametrize(
    "answer, value",
    [
        ([1, 2.5], [1, 2.5]),
        ((0.5, [0.25])[0:1], [0.5]),
        ([[1, 0], [0, 1]], [[1, 0], [0, 1]]),
        ([np.array([1.0, 2.0]), (3, 4)], [[1, 2], [3, 4]]),
        (np.arange(3), [0, 1, 2]),
        (["0.5 nats", "0.25 nats"], [0.5, 0.25]),
        ("[0.5, −0.25]", [0.5, -0.25]),
        ("(1 2 3)", [1, 2, 3]),
        ("[1,1,0.5]", [1, 1, 0.5]),
        ("0, 1, 0.5", [0, 1, 0.5]),
        ("0; 1", [0, 1]),
        ([True, False], [1, 0]),
        (np.array([0.3, -0.2]) > 0, [1, 0]),
    ],
)
def test_arrays_are_read_with_their_shape(answer, value):
    np.testing.assert_array_equal(plain(answer).value, value)


@pytest.mark.parametrize(
    "answer, value",
    [
        ("nan", np.nan),
        ("-inf", -np.inf),
        ("−Infinity", -np.inf),
        ("+inf", np.inf),
        (np.inf, np.inf),
    ],
)
def test_what_is_no_number_is_read_as_such(answer, value):
    read = plain(answer)
    np.testing.assert_equal(float(read.value), value)
    assert read.digits == 0


@pytest.mark.parametrize(
    "answer, digits, unit",
    [
        (np.array([0.5, 0.125, 0.25]), 3, ""),
        ([0.5, 0.125, 0.25], 3, ""),
        (["0.5 nats", "0.25 nat"], 2, "nats"),
        ([True, False], 1, ""),
        (0.0, 0, ""),
    ],
)
def test_the_most_precise_entry_counts_and_a_unit_that_all_share(answer, digits, unit):
    read = plain(answer)
    assert (read.digits, read.unit) == (digits, unit)


@pytest.mark.parametrize(
    "answer",
    [
        *(3, 0.5, "1/4", Fraction(1, 4), Decimal("0.25"), [True]),
        *(np.arange(3), np.array([True]), np.float32([0.1, 0.2])),
    ],
)
def test_what_is_read_is_of_double_precision(answer):
    assert plain(answer).value.dtype == np.float64


def nested(kind, levels):
    answer = 0.5
    for _ in range(levels):
        answer = kind([answer])
    return answer


@pytest.mark.parametrize("kind", [list, tuple])
def test_an_answer_may_be_so_large_and_so_deep_and_no_more(kind):
    assert plain(nested(kind, 9)).value.shape == (1,) * 9
    with pytest.raises(Unreadable, match="more than 8 deep"):
        plain(nested(kind, 10))
    assert plain(kind([0.5] * 100_000)).value.size == 100_000
    assert plain(np.zeros(100_000)).value.size == 100_000


class Endless(list):
    def __iter__(self):
        return iter(int, 1)

    def __len__(self):
        return 0


NESTED = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "answer, says",
    [
        ("dog", 'No number can be read from "dog"'),
        (["0.5 nats", "1 bits"], "have different units"),
        (["0.5 nats", 1], "have different units"),
        ("1, two", 'No number can be read from "1, two"'),
        ("0.25 or 0.5", 'No number can be read from "0.25 or 0.5"'),
        ("1/0", "divides by 0"),
        (True, "True, which is a truth value"),
        (np.array(True), "type bool"),
        (np.True_, "type bool"),
        (np.array([1j]), "type complex128"),
        (np.array(["1"]), "type <U1"),
        (np.array([object()]), "type object"),
        ({}, "an object of type dict"),
        (b"0.25", "an object of type bytes"),
        (object(), "an object of type object"),
        (lambda: 0.25, "a function; call it"),
        ([], "an empty list"),
        (np.zeros((0, 2)), "an empty array, of shape (0, 2)"),
        ([[1, 2], [3]], "differ in shape: (1,) and (2,)"),
        (np.zeros(100_001), "100,001 numbers"),
        ([0.5] * 100_001, "more than 100,000 numbers"),
        (NESTED, "more than 8 deep"),
        (10**400, "too large"),
        (["a", 1], 'No number can be read from "a"'),
        ([[0.5] * n for n in (9, 1, 5, 3, 7)], "shape: (1,) and (3,) and (5,) and (7,) and (9,)."),
        (" 1/0 ", "'1/0' divides by 0."),
        ("  " + "dog" * 20, f'"{("dog" * 20)[:40]}"; write one'),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(answer, says):
    with pytest.raises(Unreadable, match=r"The|No|1/0") as refused:
        plain(answer)
    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


# --- objects that lie ---------------------------------------------------------------------------


class EqualToAll(float):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
    __float__ = lambda self: 0.2549  # noqa: E731
    __hash__ = float.__hash__

    def __repr__(self):
        raise RuntimeError("no repr")


class LyingArray(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __eq__(self, other):
        return np.array(True)

    def astype(self, *_, **__):
        return np.array(0.2549)

    def view(self, *_):
        return np.array(0.2549)


class LyingText(str):
    def strip(self, *_):
        return "0.2549"

    def replace(self, *_):
        return "0.2549"


class LyingList(list):
    def __iter__(self):
        return iter([0.2549])


class LyingSingle(np.float32):
    flat = (0.2549,)


def test_the_number_itself_is_read_not_what_its_object_says():
    assert float(plain(LyingSingle(3.0)).value) == 3.0
    assert letters(LyingList(["a", "b"])) == "AB"
    assert float(plain(EqualToAll(3.0)).value) == 3.0
    assert float(plain(np.array(7.0).view(LyingArray)).value) == 7.0
    assert float(plain(LyingText("0.5")).value) == 0.5
    np.testing.assert_array_equal(plain(LyingList([0.5, 0.25])).value, [0.5, 0.25])
    np.testing.assert_array_equal(plain(Endless([0.5])).value, [0.5])


class ArrayLike:
    def __array__(self, dtype=None, copy=None):
        return np.array([0.5, 0.25])


class ArrayOfText(ArrayLike):
    def __array__(self, dtype=None, copy=None):
        return np.array(["0.5"])


class OnlyFloat:
    def __float__(self):
        return 0.5


class Broken:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no")


def test_tensors_of_other_libraries_are_asked_for_an_array():
    np.testing.assert_array_equal(plain(ArrayLike()).value, [0.5, 0.25])
    for one in Broken, ArrayOfText, OnlyFloat:
        with pytest.raises(Unreadable, match=f"object of type {one.__name__}"):
            plain(one())
    with pytest.raises(Unreadable, match="give a number, or text"):
        plain(OnlyFloat())


# --- letters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer, read",
    [
        ("b", "B"),
        ("C, a D", "CAD"),
        (["c", "A"], "CA"),
        (("b",), "B"),
        ("a) b)", "AB"),
        ("A->B", "AB"),
    ],
)
def test_letters_are_read_in_any_dress(answer, read):
    assert letters(answer) == read


@pytest.mark.parametrize("answer", [3, 0.5, [1], {"a"}, object()])
def test_letters_are_text(answer):
    with pytest.raises(Unreadable, match=r"made of letters, such as \"b\"; this is an object of"):
        letters(answer)


def test_letters_without_end_are_not_all_read():
    assert len(letters(["a"] * 100_001)) == 100_000


@pytest.mark.parametrize(
    "answer, blank",
    [(..., True), (None, True), ("", True), (" ", True), (0, False), ([], False), ("a", False)],
)
def test_dots_are_no_answer(answer, blank):
    assert is_blank(answer) is blank
