"""A test cell judged: the points, all of it for the teacher, and for the student no secret."""

import contextlib

import pytest

from celib.classroom.expecting import NOTHING_YET
from celib.classroom.judge import HIDDEN_FAILED, judged
from celib.classroom.student import Ended, Raised
from celib.practice.calling import Problem, is_guarded

VISIBLE = "assert half == 0.5"
HIDDEN = "assert half * 2 == 1"


class Notebook:
    """A student's names without a sandbox around them."""

    def __init__(self, **names):
        self.names = names

    @contextlib.contextmanager
    def look(self):
        yield self

    def get(self, name):
        if name not in self.names:
            raise NameError(f"There is no `{name}` in your notebook")
        return self.names[name]


def outcome(source, released="", **names):
    return judged(Notebook(**names), source, released, "ann")


def raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize(
    "last,points",
    [("part / 2", 0.5), ("1", 1.0), ("part == 1", None), ("'words'", None), ("part = 2", None)],
)
def test_the_number_in_the_last_line_is_the_points_for_a_part(last, points):
    found = outcome(f"part = 1\n{last}")
    assert found.passed
    assert found.points == points
    assert outcome("").points is None


def test_the_last_line_is_run_even_if_it_is_no_expression():
    assert not outcome('"""Half is half."""\nassert half == 0.5', half=0.25).passed


def test_a_test_sees_who_it_is_and_what_it_prints_is_kept():
    found = outcome("print('for', STUDENT)\nassert half == 0.5", half=0.25)
    assert not found.passed
    assert found.printed == "for ann\n"
    assert outcome("print('for', STUDENT, end='')").printed == "for ann"


def test_a_judge_leaves_nothing_behind():
    assert outcome("assert True").passed
    assert not outcome("assert False").passed
    assert not is_guarded.get()


def test_pythons_own_functions_are_not_the_students():
    assert outcome("assert max(1, 2) == 2", max=min).passed
    assert not outcome("assert largest(1, 2) == 2", largest=min).passed


def test_a_line_that_students_know_may_be_told_and_a_hidden_one_not():
    source = f"{VISIBLE}\n{HIDDEN}"
    seen = outcome(source, VISIBLE, half=0.25)
    assert seen.message == seen.discreet == "`assert half == 0.5` does not hold."
    hidden = outcome(HIDDEN, VISIBLE, half=0.25)
    assert hidden.message == "`assert half * 2 == 1` does not hold."
    assert hidden.discreet == hidden.with_inputs == HIDDEN_FAILED


def test_the_words_of_an_assertion_are_told_as_they_are():
    source = "assert half == 0.5, 'Half of one is a half.'"
    assert outcome(source, half=1).message == "Half of one is a half."
    assert outcome(source, source, half=1).discreet == "Half of one is a half."
    assert outcome(source, half=1).discreet == HIDDEN_FAILED


def test_a_test_that_breaks_is_told_to_the_teacher_and_keeps_what_is_hidden():
    found = outcome("1 / zero", "", zero=0)
    assert found.message == "The test ends with ZeroDivisionError: division by zero"
    assert found.discreet == found.with_inputs == HIDDEN_FAILED


@pytest.mark.parametrize(
    "error,message,discreet",
    [
        (NotImplementedError("secret"), NOTHING_YET, NOTHING_YET),
        (
            type("ValueError", (Raised,), {})("secret"),
            "Your function raises ValueError: secret",
            "Your function raises ValueError.",
        ),
        (
            type("Secret", (Raised,), {})(),
            "Your function raises Secret",
            "Your function raises an error.",
        ),
        (
            Problem("gives what is too large: secret"),
            "Your function gives what is too large: secret.",
            "Your function gives what is too large.",
        ),
        (Ended("It was stopped."), "It was stopped.", "It was stopped."),
    ],
    ids=["nothing yet", "raises", "own name", "problem", "ended"],
)
def test_what_went_wrong_in_a_function_is_told_to_students_without_its_words(
    error, message, discreet
):
    found = outcome("half()", "half()", half=raising(error))
    assert not found.passed
    assert (found.message, found.discreet) == (message, discreet)
    # Where the teacher lets inputs be seen, so may the words of their own function.
    theirs = isinstance(error, Raised | Problem)
    assert found.with_inputs == (message if theirs else discreet)


def test_a_name_that_is_missing_is_told_by_name():
    found = outcome(HIDDEN)
    assert found.message == found.discreet == "There is no `half` in your notebook"


def test_a_known_mistake_of_an_answer_is_named():
    # The entropy of a fair coin is 1 bit, in nats ln 2.
    source = "from celib.classroom import expect\n"
    source += "expect(bits, 'entropy', unit='bits', inputs={'p': [0.5, 0.5]})"
    found = outcome(source, bits=0.6931)
    assert not found.passed
    assert found.mistake == "natural-log-for-bits"
    assert found.message == found.discreet == found.with_inputs
    assert outcome(source, bits=1.0).as_dict() == outcome("").as_dict()


def test_the_last_line_of_several_is_where_it_failed():
    source = "def close(x):\n    assert x < 1\nassert half == 0.5\nclose(half * 4)"
    found = outcome(source, "def close(x):\n    assert x < 1", half=0.5)
    # Told is the innermost line of the test, as students have it.
    assert found.message == found.discreet == "`assert x < 1` does not hold."
    assert found.with_inputs == found.discreet


def test_a_test_that_cannot_be_read_is_the_teachers_to_mend():
    found = outcome("assert (", "assert (")
    assert found.message.startswith("The test ends with SyntaxError: ")
    assert found.discreet == HIDDEN_FAILED
    assert not found.passed


def test_what_a_test_prints_elsewhere_is_not_kept(capsys):
    found = outcome("import sys\nprint('seen', 1, sep='-')\nprint('there', file=sys.stdout)")
    assert found.printed == "seen-1\n"
    assert capsys.readouterr().out == "there\n"
    known = "assert half, 'No.'"
    assert outcome(f"print('first')\n{known}", half=0).printed == "first\n"


def test_tests_have_celib_and_numpy_and_a_name_of_their_own():
    source = "assert np.sum([1, 2]) == 3\nassert celib.entropy([1.0]) == 0\n"
    assert outcome(f"{source}assert __name__ == '__test__'").passed


def test_a_name_is_asked_for_once_and_one_of_the_tests_own_never():
    asked = []

    class Counting(Notebook):
        def get(self, name):
            asked.append(name)
            return super().get(name)

    source = "mine = 2\nassert half + half == 1\nassert mine == 2\nassert half == 0.5"
    assert judged(Counting(half=0.5, mine=3), source, "", "ann").passed
    assert asked == ["half"]


def test_while_it_judges_calls_are_made_where_they_are_and_not_in_copies():
    seen = []
    assert outcome("half()", half=lambda: seen.append(is_guarded.get())).passed
    assert seen == [True]


def test_a_part_of_the_points_is_a_plain_number():
    found = outcome("np.float32(0.5)")
    assert type(found.points) is float
    assert found.as_dict() == {
        "passed": True,
        "message": "",
        "discreet": "",
        "with_inputs": "",
        "mistake": None,
        "points": 0.5,
        "printed": "",
    }
    assert outcome("True").points is None


@pytest.mark.parametrize("visible", ["  assert half == 0.5  ", f"x = 1\n\t{VISIBLE}\ny = 2"])
def test_a_line_is_known_however_it_is_indented(visible):
    assert outcome(f"if True:\n    {VISIBLE}", visible, half=1).discreet.startswith("`assert")
    assert outcome(f"if True:\n    {VISIBLE}", "# " + VISIBLE, half=1).discreet == HIDDEN_FAILED
