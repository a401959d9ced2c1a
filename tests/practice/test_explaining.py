"""From a number back to the formula: right ones, wrong ones, compositions, and honest failure."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from celib.practice import catalogue, explain
from celib.practice.catalogue import ANY, computed, quantities
from celib.practice.explaining import Finding, formulas
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


@pytest.mark.parametrize("label", [0, np.int8(0), np.uint8(0), np.array(0)])
def test_a_label_is_an_index_however_it_is_written(label):
    """−ln 0.116, of the second class."""
    found = first("2.1542", targets=label, probs=DOG["probs"])
    assert found.mistakes == ("label-counted-from-one",)


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
    assert "Few digits" not in explain([0.5, 0.5], logits=[0.0, 0.0], of="softmax").text


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
        (0.5, {"logits": [0.0, 0.0], "of": "softmax", "unit": "hartleys"}, "unit must be one of"),
        (0.5, {"p": ["a", "b"], "q": [1.0], "of": "cross-entropy"}, "cannot be computed from p, q"),
    ],
)
def test_what_cannot_be_explained_is_told_in_a_sentence(number, inputs, says):
    found = explain(number, **inputs)
    assert found.findings == ()
    assert says in " ".join(found.text.split())


def test_inputs_that_celib_refuses_are_told_why():
    found = explain(0.7777, targets=0, probs=[0.5, 0.7, 0.3, 0.1])
    assert "celib refuses these inputs: probs sums to 1.6" in " ".join(found.text.split())


def test_inputs_are_told_as_they_were_given():
    text = explain(0.7777, n_classes=1.5, of="loss before training").text
    assert "celib refuses these inputs" in text
    assert "array" not in text


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
        own = [one for one in catalogue().values() if quantity.name in one.wrong]
        for seed in SEEDS:
            inputs = Draw(seed, name + quantity.name).inputs(quantity.inputs)
            unit = "bits" if name == "natural-log-for-bits" else "nats"
            wrong = catalogue()[name].value(quantity, inputs, unit)
            if wrong is None:
                break  # it is no mistake here, whatever the inputs
            right = quantity.value(inputs, unit)
            others = (right, *(one.value(quantity, inputs, unit) for one in own))
            if not all(are_apart(wrong, other) for other in others):
                continue  # it has a name of its own
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


# --- which come first, and how many -------------------------------------------------------------


def ranked(number, **inputs):
    return [(one.unit, one.mistakes) for one in explain(number, **inputs).findings]


# In these, −ln 1/4 = 1.386 nats = 2 bits, and a third of it is 0.462 nats. Charging the others as
# well adds −ln 1/2 − ln 3/4, and makes 2.367 nats of it. Softmax of the probabilities gives 0.3045
# to the first class, which is 1.189 nats = 1.716 bits = 0.516 bans (mpmath).
QUARTER = {"targets": 0, "probs": [0.25, 0.5, 0.25]}


def test_fewer_mistakes_come_first_then_nats_and_what_is_much_less_likely_is_left_out():
    """A formula with two mistakes gives 2 as well."""
    assert ranked("2", **QUARTER) == [
        ("bits", ()),
        ("nats", ("wrong-classes-charged",)),
        ("bits", ("softmax-twice",)),
    ]


def test_a_mistake_of_the_very_quantity_comes_before_one_that_spoils_any():
    assert ranked("0.5", **QUARTER) == [
        ("bans", ("softmax-twice",)),
        ("nats", ("divided-by-the-classes",)),
    ]


def test_what_takes_one_mistake_more_is_shown_too():
    assert [len(mistakes) for _, mistakes in ranked("0.5", **DOG)] == [1, 2]


def test_five_are_shown_at_most():
    assert len(ranked("1", **DOG)) == 5


@pytest.mark.parametrize("number", ["0.3677", "0.2549", "nan"])
def test_the_same_value_has_one_finding_for_each_unit(number):
    """Base 2 is no mistake where no unit was claimed; and nan is the same as nan."""
    found = explain(number, of="categorical cross-entropy", **DOG).findings
    assert len({one.unit for one in found}) == len(found)


def test_each_mistake_input_and_cut_is_a_step_and_another_digit_is_two():
    right = Finding("entropy", "nats", (), np.array(1.0))
    assert right.steps == 0
    assert replace(right, mistakes=("base-10", "lost-minus")).steps == 2
    assert replace(right, unused=("q",)).steps == 1
    assert replace(right, cut_off=True).steps == 1
    assert replace(right, changed="p[0] = 0.5 instead of 0.6").steps == 2
    both = replace(right, mistakes=("base-10",), unused=("q",), changed="p = 1 instead of 2")
    assert replace(both, cut_off=True).steps == 5


def test_what_was_found_is_shown_as_it_is_told_and_cannot_be_changed():
    found = explain("0.2549", **DOG)
    assert repr(found) == str(found) == found.text
    for thing, name in ((found, "text"), (found.findings[0], "unit")):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, "bits")


def test_findings_can_be_compared_and_printed():
    """Though arrays have no truth, and many digits."""
    found = explain([0.8699, 0.1301], logits=[3.2, 1.3], of="softmax").findings
    assert found == explain([0.87, 0.13], logits=[3.2, 1.3], of="softmax").findings
    assert "array" not in repr(found)


# --- mistakes on top of each other --------------------------------------------------------------


def spoiled(unit, name, **inputs):
    """The mistakes that are made on top of the right formula."""
    found = [set(one.mistakes) for one in formulas(unit, name, inputs)]
    return [mistakes for mistakes in found if mistakes <= set(ON_TOP)]


def test_mistakes_add_up_but_a_logarithm_has_one_base():
    inputs = {"targets": 0, "probs": np.array(DOG["probs"])}
    # One of three bases or none, with or without the minus, and the division: 4 · 2 · 2.
    assert len(spoiled("nats", "categorical cross-entropy", **inputs)) == 16
    # Without a claim no base is wrong, and each of three units has its own: 3 · 2 · 2.
    assert len(spoiled(None, "categorical cross-entropy", **inputs)) == 12


def test_probabilities_have_no_base_and_no_minus_to_lose():
    assert spoiled("nats", "softmax", logits=np.array([3.2, 1.3])) == [set()]
    assert explain([-0.8699, -0.1301], logits=[3.2, 1.3]).findings == ()


@pytest.mark.parametrize("unit", ["nats", "bits", "bans"])
def test_every_formula_gives_its_value_and_has_three_mistakes_at_most(unit):
    counts = set()
    for quantity in quantities().values():
        drawn = Draw(1, quantity.name).inputs(quantity.inputs)
        inputs = {name: as_given(value) for name, value in drawn.items()}
        for found in formulas(unit, quantity.name, inputs):
            value = computed(found.formula, inputs)
            assert np.allclose(value, found.value, rtol=1e-12, atol=0, equal_nan=True), found
            assert isinstance(found.value, np.ndarray)
            counts.add(len(found.mistakes))
    assert counts == {0, 1, 2, 3}


def as_given(value):
    array = np.asarray(value)
    return value if array.dtype.kind == "U" else array


# --- which digits are whose ---------------------------------------------------------------------


def way_of_finding(number, value):
    """How a number is found where a formula gives a value, if it is."""
    # A step of length 0 leaves the logits as they are.
    told = explain(
        number, of="logits after one step of descent", targets=0, logits=[value, 7.0], rate=0
    )
    assert not told.text.startswith("Not explained")
    ways = {one.cut_off for one in told.findings if not one.changed}
    assert len(ways) <= 1
    return {True: "cut off", False: "rounded"}[ways.pop()] if ways else None


@pytest.mark.parametrize(
    "number, value, way",
    [
        ("0.2549", 0.254849, None),
        ("0.2549", 0.254851, "rounded"),
        ("0.2549", 0.254949, "rounded"),
        ("0.2549", 0.254951, "cut off"),
        ("0.2549", 0.254999, "cut off"),
        ("0.2549", 0.255001, None),
        ("-0.2549", -0.254849, None),
        ("-0.2549", -0.254851, "rounded"),
        ("-0.2549", -0.254951, "cut off"),
        ("-0.2549", 0.254951, None),
        ("250", 249.6, "rounded"),
        ("1.0", 0.96, "rounded"),  # the digits are those of the number that was typed
        ("1", 0.51, "rounded"),
        ("1", 1.51, None),  # one digit says too little
        ("15", 15.9, "cut off"),
        ("1.5e-200", 1.59e-200, "cut off"),
        ("0.1234567", 0.1234563, "rounded"),  # of seven digits six are trusted
        ("0.1234567", 0.1234561, None),
        ("0", 4.9e-7, "rounded"),
        ("0", -4.9e-7, "rounded"),
        ("0", 5e-7, None),
        ("0", -6e-7, None),
        ("0/3", 0.5, None),
        ("10e400", 0.5, None),  # too large for a float, so infinite
        ("nan/2", 0.5, None),
    ],
)
def test_a_number_is_a_value_rounded_or_cut_off_at_its_last_digit(number, value, way):
    assert way_of_finding(number, value) == way


@pytest.mark.parametrize(
    "number, value, way",
    [
        # 0.1 − 0.09995 is 5.0000000000008e-5 in floating point, and 0.1001 − 0.1 less than 1e-4.
        ("0.1000", 0.09995, "rounded"),
        ("0.1000", 0.1001, None),
        # A part in a billion is taken for rounding, and no more.
        ("15", 14.49999999975, "rounded"),
        ("15", 14.49999999925, None),
        ("15", 15.9999999985, "cut off"),
        ("15", 15.9999999995, None),
        # The borders themselves, to the last bit.
        ("1", 1 - 0.5 * (1 + 1e-9), "rounded"),
        ("10e-300", 1.0999999999e-299, None),
    ],
)
def test_on_the_border_of_a_digit_there_is_room_for_the_rounding_of_floats(number, value, way):
    assert way_of_finding(number, value) == way


@pytest.mark.parametrize(
    "typed, value, way",
    [
        ([0.2549, 7.0], 0.254849, None),
        ([0.2549, 7.0], 0.254851, "rounded"),
        ([0.2549, 7.0], 0.254951, None),
        ([700.25, 7.0], 700.256, None),  # 1e-5 of it, but not its last place
        ([0.1234567, 7.0], 0.1234563, "rounded"),  # of seven places six are trusted
        ([0.1234567, 7.0], 0.1234561, None),
        ([0.101, 7.0], 0.1015, "rounded"),  # 0.1015 − 0.101 is 0.0005000000000000004
        ([0.5, 7.0], 0.449999999925, None),
        ([7.0, 7.0], 0.5, None),
        ([[7.0], [7.0]], 7.0, None),
        ([7.0], 7.0, None),
    ],
)
def test_numbers_are_values_rounded_at_the_last_place_of_any(typed, value, way):
    assert way_of_finding(typed, value) == way


@pytest.mark.parametrize(
    "number, probs, mistakes",
    [
        ("inf", [0.0, 1.0], {()}),
        ("-inf", [0.0, 1.0], {("lost-minus",)}),
        ("inf", [0.6, 0.4], set()),
        # Read from 1, the label 0 is no class at all.
        ("nan", [0.6, 0.4], {("label-read-from-one",)}),
        # (1 − 0)/2, and nothing that is infinite.
        ("0.5", [0.0, 1.0], {("one-minus-p", "divided-by-the-classes")}),
    ],
)
def test_infinity_and_nan_are_found_where_a_formula_gives_just_them(number, probs, mistakes):
    found = explain(number, of="categorical cross-entropy", targets=0, probs=probs).findings
    assert {one.mistakes for one in found} == mistakes


def test_nan_is_not_infinity():
    p = {"p": [0.5, 0.5, 0.0], "of": "entropy with an impossible outcome"}
    assert {one.mistakes for one in explain("nan", **p).findings} == {("zero-times-log-zero",)}
    assert explain("inf", **p).findings == ()


# --- one digit changed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number, inputs, changed",
    [
        # −ln 0.7 = 0.35667 (mpmath)
        ("0.3567", {"targets": 1, "probs": 0.9}, "probs = 0.7 instead of 0.9"),
        # −ln 0.92 = 0.083382
        ("0.0834", {"targets": 1, "probs": 0.62}, "probs = 0.92 instead of 0.62"),
        # softmax of 3.2, 1.9, 0.2, 0.8 (mpmath)
        (
            [0.7077, 0.1929, 0.0352, 0.0642],
            {"logits": [3.2, 1.3, 0.2, 0.8]},
            "logits[1] = 1.9 instead of 1.3",
        ),
        # 0.6 ln 0.6/0.4, 0.3 ln 0.3/0.4 and 0: with 0.6 the sum is not 1, but it is a formula
        (
            [0.2433, -0.0863, 0.0],
            {"p": [0.5, 0.3, 0.2], "q": [0.4, 0.4, 0.2]},
            "p[0] = 0.6 instead of 0.5",
        ),
        # exp(22/20), where the loss that was 3 has become 8
        ("3.0042", {"losses": [1.0] * 19 + [8.0]}, "losses[19] = 3 instead of 8"),
    ],
)
def test_one_digit_may_have_been_another_in_any_input(number, inputs, changed):
    assert [one.changed for one in explain(number, **inputs).findings] == [changed]


def test_a_point_is_no_digit():
    """exp(5) = 148.413 is the perplexity of a loss of 005, and 0.5 was given."""
    assert explain("148.41", losses=[0.5], of="perplexity").findings == ()


def test_in_more_than_twenty_numbers_no_misprint_is_looked_for():
    """exp(23/21) = 2.98985, where the loss that was 3 has become 8."""
    assert explain("2.9899", losses=[1.0] * 20 + [8.0]).findings == ()


def test_a_misprint_is_as_likely_as_two_mistakes():
    """−ln 0.25, 0.35, 0.45 and 0.55 lie between 0.5 and 1.5, as 0.75 / ln 2 = 1.08 does."""
    inputs = {"targets": 1, "probs": 0.75, "of": "binary cross-entropy"}
    found = explain("1", unit="nats", **inputs).findings
    assert [bool(one.changed) for one in found] == [True] * 4 + [False]
    assert len(found[4].mistakes) == 2


def test_a_misprint_is_not_looked_for_where_one_mistake_is_enough():
    """1 − 0.6 is 0.4, which −ln 0.7 = 0.357 would be as well."""
    inputs = {"targets": 1, "probs": 0.6, "of": "binary cross-entropy"}
    found = explain("0.4", unit="nats", **inputs).findings
    assert [(one.mistakes, one.changed) for one in found] == [(("one-minus-p",), "")]


# --- word for word ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number, inputs, text",
    [
        (
            "-0.3677",
            {"unit": "nats", **DOG},
            """\
−0.3677: what gives it

categorical cross-entropy, in nats: base 2 where nats were asked for; the minus sign
lost

    -(categorical_cross_entropy(targets, probs) * log(exp(1)) / log(2))

Base 2 gives bits and the natural logarithm gives nats; 1 bit is ln 2 nats.""",
        ),
        (
            [0.7751, 0.1159, 0.0386, 0.0703],
            {"logits": [3.2, 1.3, 0.2, 0.8], "gamma": 2.0, "of": "softmax"},
            """\
These numbers: what gives it

softmax: gamma not used

    softmax(logits)""",
        ),
        (
            0.095,
            {"targets": 0, "probs": [0.938, 0.028, 0.013, 0.023]},
            """\
0.095: what gives it

categorical cross-entropy, in bits: probs[0] = 0.936 instead of 0.938

    categorical_cross_entropy(targets, probs) / log(2)

Few digits fit many formulas: ask for more before you believe one.""",
        ),
        (
            "2.1541",
            {**DOG, "targets": 1},
            """\
2.1541: what gives it

categorical cross-entropy, in nats: cut off, not rounded

    categorical_cross_entropy(targets, probs)""",
        ),
        (
            "0.3677",
            DOG,
            """\
0.3677: what gives it

categorical cross-entropy, in bits: right

    categorical_cross_entropy(targets, probs) / log(2)""",
        ),
        (
            "0.7777",
            {"logits": [0.0, 0.0], "of": "softmax"},
            """\
0.7777: nothing fits.

No formula that I know, right or wrong, gives it for these inputs. I tried those for
softmax, with up to 3 mistakes each, rounded or cut off, and every input with one digit
changed. Are the inputs those it was computed from?""",
        ),
        (
            "0.0637",
            DOG,
            """\
0.0637: what gives it

categorical cross-entropy, in nats: a division by the number of classes

    categorical_cross_entropy(targets, probs) / len(probs)

The sum over classes comes first; only then is there one loss for each example, and the
mean is over examples.""",
        ),
        (
            "0.775",
            DOG,
            """\
0.775: what gives it

categorical cross-entropy, in nats: the probability without its logarithm; the minus
sign lost

    -(-probs[targets])

PyTorch's `NLLLoss`, for one, only picks an entry and changes its sign. The logarithm
has to be taken before.""",
        ),
        (
            "0.6109",
            {"targets": 0, "probs": [0.5, 0.7, 0.3]},
            """\
0.6109: nothing fits.

No formula that I know, right or wrong, gives it for these inputs. I tried those for
categorical cross-entropy, least binary cross-entropy, with up to 3 mistakes each,
rounded or cut off, and every input with one digit changed. celib refuses these inputs:
probs sums to 1.5, not 1 (tolerance 1e-06): [0.5, 0.7, 0.3]. Look for a misprint or the
wrong axis; divide by the sum if these are counts, use softmax if these are logits. Are
the inputs those it was computed from?""",
        ),
        (
            0.5,
            {"cats": 3},
            """\
Not explained.

No quantity here takes 'cats'; known are alpha, animals, batch_means, batch_sizes, bits,
class_weight, columns, counts, epsilon, gamma, label_smoothing, logits, loss, losses,
n_bins, n_classes, output, p, pos_weight, prevalence, probs, q, rate, signs, targets,
temperature, truth, weights.""",
        ),
    ],
)
def test_what_is_told_word_for_word(number, inputs, text):
    assert explain(number, **inputs).text == text
