"""From a number back to the formula: right ones, wrong ones, compositions, and honest failure."""

import numpy as np
import pytest

from celib.practice import catalogue, explain
from celib.practice.catalogue import ANY, computed, quantities
from celib.practice.explaining import formulas
from celib.practice.fitting import are_apart
from celib.practice.variants import Draw

DOG = {"targets": 0, "probs": [0.775, 0.116, 0.039, 0.070]}
SEEDS = range(20)
SPOILED = [(name, what) for name, one in catalogue().items() for what in one.wrong if what != ANY]
ON_TOP = [name for name, one in catalogue().items() if ANY in one.wrong]


def first(number, **inputs):
    found = explain(number, **inputs).findings
    return found[0] if found else None


# −ln 0.775 = 0.254892, −log2 0.775 = 0.367732, −log10 0.775 = 0.110698 (mpmath)
@pytest.mark.parametrize(
    "number, unit, mistakes, in_unit",
    [
        ("0.2549", None, (), "nats"),
        ("0.3677", None, (), "bits"),
        ("0.1107", None, (), "bans"),
        ("0.3677 bits", None, (), "bits"),
        ("0.3677", "nats", ("base-2-for-nats",), "nats"),
        ("0.3677 nats", None, ("base-2-for-nats",), "nats"),
        ("0.2549", "bits", ("natural-log-for-bits",), "bits"),
        ("0.1107", "nats", ("base-10",), "nats"),
        ("-0.2549", None, ("lost-minus",), "nats"),
        ("-0.3677", "nats", ("base-2-for-nats", "lost-minus"), "nats"),
        ("0.0637", None, ("divided-by-the-classes",), "nats"),
        ("2.1542", None, ("label-counted-from-one",), "nats"),
        ("-3.1078", "nats", ("label-counted-from-one", "base-2-for-nats", "lost-minus"), "nats"),
    ],
)
def test_the_dog(number, unit, mistakes, in_unit):
    found = first(number, unit=unit, **DOG)
    assert found.quantity == "categorical cross-entropy"
    assert set(found.mistakes) == set(mistakes)
    assert found.unit == in_unit


def test_what_nothing_gives_is_said_to_be_so():
    found = explain("0.91357", **DOG)
    assert found.findings == ()
    assert "nothing fits" in found.text
    assert "I tried those for categorical cross-entropy" in " ".join(found.text.split())


def test_a_misprinted_input_is_found():
    """The first seed's second loss: −log2 0.938 is 0.0923, and 0.936 gives 0.0954 bits."""
    found = first(0.095, targets=0, probs=[0.938, 0.028, 0.013, 0.023])
    assert found.changed == "probs[0] = 0.936 instead of 0.938"
    assert (found.unit, found.mistakes) == ("bits", ())


def test_a_number_that_was_cut_off_is_found():
    """−ln 0.116 = 2.15417 nats: rounded 2.154, cut off 2.1541."""
    found = first("2.1541", targets=1, probs=DOG["probs"])
    assert found.cut_off
    assert (found.mistakes, found.steps) == ((), 1)
    assert "cut off, not rounded" in explain("2.1541", targets=1, probs=DOG["probs"]).text
    assert not first("2.1542", targets=1, probs=DOG["probs"]).cut_off
    assert explain("2.1543", targets=1, probs=DOG["probs"]).findings == ()


def test_entries_of_an_array_have_places_not_digits():
    softmax = [0.7751, 0.1159, 0.0386, 0.0703]  # of 3.2, 1.3, 0.2, 0.8, as on page 03
    found = first(softmax, logits=[3.2, 1.3, 0.2, 0.8])
    assert (found.quantity, found.mistakes) == ("softmax", ())
    assert not explain(
        [0.7751, 0.1159, 0.0387, 0.0703], logits=[3.2, 1.3, 0.2, 0.8], of="softmax"
    ).findings


def test_last_zeros_are_part_of_the_claim():
    assert explain("0.250", **DOG).text.startswith("0.250: ")
    assert explain("-2 nats", **DOG).text.startswith("−2: ")


def test_few_digits_are_a_warning():
    assert "Few digits" in explain(0.3, **DOG).text
    assert "Few digits" not in explain(0.2549, **DOG).text


def test_single_precision_is_not_held_against_a_number():
    assert first(float(np.float32(0.25489224962879)), **DOG).mistakes == ()
    assert first(np.float32(0.3677318), **DOG).unit == "bits"


@pytest.mark.parametrize(
    "number, inputs, says",
    [
        ("dog", DOG, 'No number can be read from "dog"'),
        (None, DOG, "No number can be read"),
        (0.5, {**DOG, "of": "dogs"}, "of must be one of"),
        (0.5, {**DOG, "of": "entropy"}, "entropy cannot be computed from targets, probs alone"),
        (0.5, {}, "Nothing known here can be computed from no input alone"),
        (0.5, {"cats": 3}, "No quantity here takes 'cats'; known are"),
        (0.5, {"probs": [0.5, 0.5]}, "Nothing known here can be computed from probs alone"),
        (0.5, {"targets": 0, "probs": "dog"}, "celib refuses these inputs: probs"),
        (0.5, {"targets": 0, "probs": []}, "probs: The answer is an empty list"),
        ("0.5", {**DOG, "unit": "hartleys"}, "unit must be one of"),
    ],
)
def test_what_cannot_be_explained_is_told_in_a_sentence(number, inputs, says):
    found = explain(number, **inputs)
    assert found.findings == ()
    assert says in " ".join(found.text.split())


def test_inputs_that_celib_refuses_are_told_why():
    found = explain(0.7777, targets=0, probs=[0.5, 0.7, 0.3, 0.1])
    assert "celib refuses these inputs: probs sums to 1.6" in " ".join(found.text.split())


@pytest.mark.parametrize("name, what", SPOILED)
def test_each_mistake_is_found_in_every_quantity_that_it_spoils(name, what):
    """Twenty random inputs each; the number as printed to six digits."""
    quantity, units = quantities()[what], ("nats", "bits")
    tried = 0
    for inputs in separated(quantity, name):
        unit = units[tried % 2] if quantity.information else None
        wrong = catalogue()[name].value(quantity, inputs, unit or "nats")
        found = first(typed(wrong), unit=unit, of=what, **inputs)
        assert found, inputs
        assert (found.quantity, found.mistakes) == (what, (name,)), (inputs, found)
        tried += 1
    assert tried == len(SEEDS)


@pytest.mark.parametrize("name", ON_TOP)
def test_each_mistake_on_top_is_found(name):
    tried = 0
    for quantity in quantities().values():
        for seed in SEEDS:
            inputs = Draw(seed, name + quantity.name).inputs(quantity.inputs)
            unit = "bits" if name == "natural-log-for-bits" else "nats"
            right = quantity.value(inputs, unit)
            wrong = catalogue()[name].value(quantity, inputs, unit)
            own = [one for one in catalogue().values() if quantity.name in one.wrong]
            others = [right, *(one.value(quantity, inputs, unit) for one in own)]
            if wrong is None or not all(are_apart(wrong, other) for other in others):
                continue  # it is no mistake here, or has a name of its own
            found = explain(typed(wrong), unit=unit, of=quantity.name, **inputs).findings
            assert (name,) in [one.mistakes for one in found if one.steps == 1], (quantity, inputs)
            tried += 1
    assert tried >= len(SEEDS)


def separated(quantity, name):
    """Inputs on which the mistake is apart from the right value and from all other mistakes."""
    others = [
        one for one in catalogue().values() if quantity.name in one.wrong and one.name != name
    ]
    found = 0
    for seed in range(100 * len(SEEDS)):
        inputs = Draw(seed, quantity.name).inputs(quantity.inputs)
        wrong = catalogue()[name].value(quantity, inputs, "nats")
        values = [quantity.value(inputs, "nats")]
        values += [one.value(quantity, inputs, "nats") for one in others]
        if all(are_apart(wrong, value) for value in values):
            found += 1
            yield inputs
            if found == len(SEEDS):
                return


def typed(value):
    if value.ndim == 0:
        return f"{float(value):#.6g}"
    return value


@pytest.mark.parametrize("unit", [None, "nats", "bits"])
def test_the_formula_that_is_shown_gives_the_number(unit):
    number = explain("0.3677", unit=unit, **DOG)
    for found in number.findings:
        inputs = {"targets": 0, "probs": np.array(DOG["probs"])}
        assert computed(found.formula, inputs) == pytest.approx(0.3677, abs=5e-5)
        assert found.formula in number.text


def test_right_comes_before_wrong_and_nats_before_bits():
    for one in ("0.2549", "0.3677", "0.5", "1"):
        steps = [found.steps for found in explain(one, **DOG).findings]
        assert steps == sorted(steps)
    assert (
        next(formulas(None, None, {"targets": 0, "probs": np.array(DOG["probs"])})).mistakes == ()
    )
