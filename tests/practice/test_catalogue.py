"""Formulas of the catalogue: in which unit, over which names, and what none can be applied to."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from celib.practice.catalogue import (
    Mistake,
    Quantity,
    catalogue,
    computed,
    entries,
    quantities,
    surroundings,
)

SURPRISE = Quantity("surprise", "−ln p", "-log(p)", {"p": "probability()"}, information=True)
ODDS = Quantity("odds", "p / (1 − p)", "p / (1 - p)", {"p": "probability()"})


def mistake(**wrong):
    return Mistake("m", "title", "belief", "truth", "refutation", wrong)


def test_what_is_not_said_of_a_quantity_is_no():
    assert (ODDS.information, ODDS.classes, ODDS.examples) == (False, None, None)
    assert computed(ODDS.where, {})
    assert (mistake().wrong, mistake().links) == ({}, [])


def test_whoever_reads_an_entry_cannot_change_it():
    with pytest.raises(FrozenInstanceError):
        quantities()["surprisal"].right = "p"
    with pytest.raises(FrozenInstanceError):
        catalogue()["lost-minus"].title = "found"
    right = quantities()["surprisal"].value({"p": 1 / 8}, "bits")
    assert (
        catalogue()["lost-minus"].value(quantities()["surprisal"], {"p": 1 / 8}, "bits") == -right
    )


# −log2 1/8 = 3, −ln 1/8 = 3 ln 2, −log10 1/100 = 2
@pytest.mark.parametrize(
    "p, unit, value", [(1 / 8, "bits", 3), (1 / 8, "nats", 3 * np.log(2)), (1 / 100, "bans", 2)]
)
def test_information_comes_in_the_unit_asked_for(p, unit, value):
    assert SURPRISE.value({"p": p}, unit) == pytest.approx(value, rel=1e-14)
    assert mistake(surprise="log(p)").value(SURPRISE, {"p": p}, unit) == pytest.approx(-value)
    assert mistake(any="-right").value(SURPRISE, {"p": p}, unit) == pytest.approx(-value)


def test_what_has_no_unit_is_the_same_in_every_one():
    assert ODDS.value({"p": 0.75}, "bits") == 3
    assert mistake(odds="1 - p").value(ODDS, {"p": 0.75}, "bits") == 0.25


def test_a_mistake_of_any_quantity_spoils_information_only():
    assert mistake(any="-right").value(ODDS, {"p": 0.75}, "bits") is None
    assert mistake().value(SURPRISE, {"p": 0.75}, "bits") is None
    assert mistake(odds="p").value(SURPRISE, {"p": 0.75}, "bits") is None


def test_a_formula_of_its_own_goes_before_that_of_any():
    both = mistake(surprise="0 * p", any="-right")
    assert both.value(SURPRISE, {"p": 0.75}, "bits") == 0


def test_a_formula_may_divide_by_what_the_quantity_has():
    per_class = mistake(any="right / classes")
    assert per_class.value(SURPRISE, {"p": 0.25}, "bits") is None
    batch = Quantity("b", "", "sum(x)", {}, True, "shape(x)[1]", "shape(x)[0]")
    inputs = {"x": np.ones((2, 3))}
    assert surroundings(batch, inputs, "bits") == {"classes": 3, "examples": 2, "base": 2}
    assert per_class.value(batch, inputs, "nats") == 2
    assert mistake(any="right / examples").value(batch, inputs, "nats") == 3
    assert surroundings(ODDS, {"p": 0.75}, "bits") == {}


def test_a_base_is_that_of_the_logarithm_of_the_unit():
    bases = [surroundings(SURPRISE, {}, unit)["base"] for unit in ("nats", "bits", "bans")]
    assert bases == pytest.approx([np.e, 2, 10], rel=1e-14)


def test_what_a_wrong_formula_gives_is_its_value_whatever_it_is():
    with np.errstate(all="raise"):
        assert np.isnan(computed("0 * log(p)", {"p": np.float64(0)}))
    found = computed("p > 0", {"p": np.array([0.5, -0.5])})
    assert found.dtype == np.float64
    assert found.tolist() == [1, 0]


@pytest.mark.usefixtures("system_of_ascii")
def test_entries_come_in_the_order_of_the_pages_and_of_their_files():
    names = [one["name"] for one in entries("mistakes", "mistake")]
    assert names == list(catalogue())
    assert [one["name"] for one in entries("mistakes", "quantity")] == list(quantities())
    assert list(quantities())[:3] == ["surprisal", "contribution to the entropy", "entropy"]
    topics = [one["id"].partition("/")[0] for one in entries("exercises", "exercise")]
    assert list(dict.fromkeys(topics)) == [
        *("entropy", "divergence", "logits", "categorical", "binary", "gradients", "balanced"),
        *("focal", "calibration", "published"),
    ]


def test_the_same_entries_are_read_once():
    assert catalogue() is catalogue()
    assert quantities() is quantities()
