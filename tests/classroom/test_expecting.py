"""Expectations of a test cell: right passes, a known mistake is named, nothing else is blamed."""

import math
import subprocess
import sys

import numpy as np
import pytest

from celib.classroom import Unmet, expect, expecting
from celib.practice.catalogue import catalogue, quantities

HALVES = {"p": [0.5, 0.25, 0.25]}


def entropy_in_bits(p):
    return -sum(share * math.log2(share) for share in p if share > 0)


def test_a_right_function_passes_and_says_nothing(capsys):
    assert expect(entropy_in_bits, "entropy", unit="bits") is None
    assert capsys.readouterr() == ("", "")


# 1.5 bits by hand: half of the time 1 bit, else 2 bits. In nats 1.5 ln 2 = 1.0397.
@pytest.mark.parametrize("answer", [1.5, "1.5", "1.50 bits", np.float32(1.5), [1.5], "3/2"])
def test_a_right_value_passes(answer):
    expect(answer, "entropy", unit="bits", inputs=HALVES)


@pytest.mark.parametrize(
    "answer,mistake",
    [(1.0397, "natural-log-for-bits"), (-1.5, "lost-minus"), (0.5, "divided-by-the-classes")],
)
def test_a_known_mistake_is_named_and_refuted(answer, mistake):
    with pytest.raises(Unmet, match="A known mistake") as unmet:
        expect(answer, "entropy", unit="bits", inputs=HALVES)
    assert unmet.value.mistake == mistake
    assert unmet.value.discreet == str(unmet.value)


def test_a_mistake_of_a_function_is_named():
    with pytest.raises(Unmet, match="the natural logarithm where bits") as unmet:
        expect(lambda p: math.log(2) * entropy_in_bits(p), "entropy", unit="bits")
    assert unmet.value.mistake == "natural-log-for-bits"


def test_only_the_mistakes_that_are_listed_are_recognised():
    with pytest.raises(Unmet) as unmet:
        expect(1.0397, "entropy", unit="bits", inputs=HALVES, mistakes=["lost-minus"])
    assert unmet.value.mistake is None


def test_an_array_is_judged_as_one():
    inputs = {"logits": [0.0, math.log(3)]}  # exp gives 1 and 3, so shares of 1/4 and 3/4
    expect([0.25, 0.75], "softmax", inputs=inputs)
    with pytest.raises(Unmet):
        expect([0.75, 0.25], "softmax", inputs=inputs)


def test_a_case_is_judged_as_well_as_random_inputs():
    def right_if_certain_of_nothing(p):
        return entropy_in_bits(p) if min(p) > 0 else 7.0

    expect(right_if_certain_of_nothing, "entropy", unit="bits")
    with pytest.raises(Unmet, match="gives 7"):
        expect(right_if_certain_of_nothing, "entropy", unit="bits", cases=[{"p": [0.0, 0.5, 0.5]}])


def test_inputs_are_drawn_as_the_test_says():
    seen = set()

    def watched(p):
        seen.add(len(p))
        return entropy_in_bits(p)

    from celib.practice.calling import is_guarded

    token = is_guarded.set(True)  # else the calls are made in a copy, where nothing is seen
    expect(watched, "entropy", unit="bits", vary={"p": "distribution(6)"})
    is_guarded.reset(token)
    assert seen == {6}


def raises_with_its_input(p):
    raise ValueError(f"I was given {p}")


def raises_a_name(p):
    raise type(f"GotInput{p[0]}", (Exception,), {})()


@pytest.mark.parametrize("answer", [raises_with_its_input, raises_a_name, lambda p: 0.123])
def test_the_discreet_verdict_has_no_input(answer):
    case = {"p": [0.123456, 0.876544]}
    with pytest.raises(Unmet) as unmet:
        expect(answer, "entropy", unit="bits", cases=[case])
    assert "p = " in str(unmet.value)
    assert not any(digit in unmet.value.discreet for digit in "0123456789")
    assert "input" not in unmet.value.discreet.replace("one of the inputs tried", "").replace(
        "Take an input", ""
    )


@pytest.mark.parametrize("blank", [..., None, "", lambda p: None])
def test_nothing_yet_is_told_as_nothing_yet(blank):
    with pytest.raises(Unmet, match="Not done yet") as unmet:
        expect(blank, "entropy", unit="bits")
    assert unmet.value.mistake is None


def test_a_number_is_no_function():
    with pytest.raises(Unmet, match="asks for a function"):
        expect(1.5, "entropy", unit="bits")


@pytest.mark.parametrize(
    "call,said",
    [
        (lambda: expect(1.5, "entropie", unit="bits"), "Did you mean 'entropy'"),
        (lambda: expect(1.5, "entropy"), "'nats', 'bits', 'bans'"),
        (lambda: expect(1.5, "softmax", unit="bits"), "leave the unit out"),
        (lambda: expect(1.5, "entropy", unit="bits", inputs={"q": [1.0]}), "its inputs are p"),
        (lambda: expect(1.5, "cross-entropy", unit="bits", inputs={"p": [1.0]}), "needs .* 'q'"),
    ],
)
def test_a_test_at_fault_is_told_to_its_author(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("quantity", list(quantities()))
def test_every_quantity_can_be_expected(quantity):
    asked = quantities()[quantity]
    unit = "nats" if asked.information else ""

    def right(*inputs):
        return asked.value(dict(zip(asked.inputs, inputs, strict=True)), "nats")

    expect(right, quantity, unit=unit)
    with pytest.raises(Unmet):
        expect(lambda *inputs: 0.1234567, quantity, unit=unit)


def test_importing_it_needs_numpy_only():
    code = (
        "import sys; from celib.classroom import expect; "
        "heavy = {'nbgrader', 'IPython', 'nbformat', 'matplotlib', 'dask'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def message(call):
    with pytest.raises(ValueError) as told:  # noqa: PT011
        call()
    return str(told.value)


def test_a_test_at_fault_is_told_all_that_its_author_needs():
    assert message(lambda: expect(1, "xyzzy")) == "There is no quantity 'xyzzy' in the catalogue."
    near = message(lambda: expect(1, "entropy of coding"))
    assert near.startswith("There is no quantity 'entropy of coding' in the catalogue. Did you")
    unit = message(lambda: expect(1, "softmax", unit="bits"))
    assert unit == "'softmax' is not measured in 'bits'; leave the unit out."
    inputs = {"inputs": {"p": [1.0], "x": 1}}
    for given in (inputs, {"cases": [{"x": 1}]}, {"vary": {"x": "1"}}):
        told = message(lambda given=given: expect(1, "cross-entropy", unit="bits", **given))
        assert told == "'cross-entropy' has no input 'x'; its inputs are p, q."
    told = message(lambda: expect(1, "cross-entropy", unit="bits", inputs={"p": [1.0]}))
    assert told == "'cross-entropy' also needs the input 'q'."


def test_inputs_may_be_arrays():
    expect(1.5, "entropy", unit="bits", inputs={"p": np.array([0.5, 0.25, 0.25])})
    with pytest.raises(Unmet) as unmet:
        expect(1.0397, "entropy", unit="bits", inputs={"p": np.array([0.5, 0.25, 0.25])})
    assert unmet.value.mistake == "natural-log-for-bits"


def test_a_wrong_answer_is_told_how_to_go_on():
    with pytest.raises(Unmet, match="Take an input so small that you") as unmet:
        expect(42.0, "entropy", unit="bits", inputs=HALVES)
    assert unmet.value.mistake is None


def test_no_mistakes_may_be_asked_for():
    with pytest.raises(Unmet) as unmet:
        expect(1.0397, "entropy", unit="bits", inputs=HALVES, mistakes=[])
    assert unmet.value.mistake is None


def test_the_mistakes_of_a_quantity_come_before_those_of_all():
    asked = quantities()["entropy"]
    names = expecting._mistakes(asked, "bits", [HALVES])
    own = [name for name in names if "entropy" in catalogue()[name].wrong]
    assert names[: len(own)] == own
    assert 0 < len(own) < len(names)
    assert len(names) == len(set(names))
    assert "natural-log-for-bits" in names
    # Where logarithms are not taken in units, none can be mistaken for another.
    assert "natural-log-for-bits" not in expecting._mistakes(
        quantities()["softmax"], "", [{"logits": [0.0, 1.0]}]
    )


def test_always_the_same_inputs_are_drawn():
    from celib.practice.calling import is_guarded

    seen = []
    token = is_guarded.set(True)
    for _ in range(2):
        seen.append([])
        expect(lambda p: seen[-1].append(tuple(p)) or entropy_in_bits(p), "entropy", unit="bits")
    is_guarded.reset(token)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) >= 20
