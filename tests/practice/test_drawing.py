"""Numbers of one's own are drawn again until each mistake shows, and no longer than need be."""

import numpy as np
import pytest

from celib.practice import drawing
from celib.practice.catalogue import Mistake, Quantity
from celib.practice.drawing import inputs_for
from celib.practice.variants import Draw


@pytest.fixture
def draw(monkeypatch):
    """Draw the inputs of a quantity that one mistake spoils, both given by their formulas."""

    def drawn(right, wrong, inputs, *, unit=""):
        asked = Quantity("asked", "", right, inputs, information="any" in wrong)
        mistake = Mistake("m", "title", "belief", "truth", "refutation", wrong)
        monkeypatch.setattr(drawing, "quantities", lambda: {"asked": asked})
        monkeypatch.setattr(drawing, "catalogue", lambda: {"m": mistake})
        return inputs_for("Ada", "asked", unit=unit)

    return drawn


DIE = {"x": "integer(1, 6)"}
FIRST = Draw("Ada", "inputs of asked").inputs(DIE)
SAYS_SO = "'asked' has no inputs on which every mistake shows"


def test_the_first_numbers_on_which_the_mistake_shows_are_taken(draw):
    assert draw("x", {"asked": "2 * x"}, DIE) == FIRST
    for face in range(1, 7):
        hidden_elsewhere = {"asked": f"x * where(x == {face}, 2, 1.005)"}
        assert draw("x", hidden_elsewhere, DIE) == {"x": face}


def test_a_list_is_an_array_to_the_formulas_and_a_list_to_the_student(draw):
    assert draw("x * 2", {"asked": "x + x[1]"}, {"x": "[1.0, 2.0]"}) == {"x": [1.0, 2.0]}


@pytest.mark.parametrize("wrong", ["x * 1.005", "x * (1 + 1.5e-14)"])
def test_where_the_mistake_never_shows_it_says_so(draw, wrong):
    with pytest.raises(RuntimeError, match=SAYS_SO):
        draw("x", {"asked": wrong}, DIE)


@pytest.mark.parametrize("same", ["x", "x * (1 + 5e-15)", "x * inf", "x * (inf - inf)"])
def test_what_gives_the_same_number_is_no_mistake(draw, same):
    right = same if "inf" in same else "x"
    assert draw(right, {"asked": same}, DIE) == FIRST


def test_a_mistake_shows_in_the_unit_asked_for_and_that_is_nats_if_none_is(draw):
    hidden_in_bits = {"any": "right * where(base < 2.5, 1.005, 2)"}
    for unit in ("", "nats", "bans"):
        assert draw("x", hidden_in_bits, DIE, unit=unit) == FIRST
    with pytest.raises(RuntimeError, match=SAYS_SO):
        draw("x", hidden_in_bits, DIE, unit="bits")


@pytest.mark.parametrize(
    "formula",
    [
        *("zeros(-1)", "x(1)", "array([1])[5]", "{}['a']", "1 / 0", "2.0 ** 5000"),
        "zeros(10 ** 17)",
    ],
)
def test_a_formula_that_does_not_fit_the_numbers_is_no_mistake_on_them(draw, formula):
    with pytest.raises(MemoryError):
        np.zeros(10**17)  # the first time, NumPy 2.0 imports what it raises, as no formula may
    assert draw("x", {"asked": formula}, DIE) == FIRST


def test_the_numbers_of_a_student_depend_on_the_quantity():
    drawn = [inputs_for("Ada", name) for name in ("cross-entropy", "KL divergence")]
    assert [list(one) for one in drawn] == [["p", "q"]] * 2
    assert drawn[0] != drawn[1]
