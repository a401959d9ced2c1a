"""Every exercise keeps its promises: right answers are accepted, each mistake is known by name."""

import hashlib
import re
import tomllib
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from importlib.resources import files
from itertools import combinations

import answers
import numpy as np
import pytest
from pages import NOTEBOOKS, PAGES

from celib.practice import catalogue, check, exercise, exercises, hint, solution
from celib.practice.catalogue import quantities
from celib.practice.cells import solved, unsolved
from celib.practice.exercises import KINDS, Exercise, is_separated
from celib.practice.variants import Draw

SEEDS = range(20)
IDS = list(exercises())
VALUES = [id for id in IDS if exercises()[id].kind in ("number", "array")]
NUMBERS = [id for id in VALUES if exercises()[id].kind == "number"]
FUNCTIONS = [id for id in IDS if exercises()[id].kind in ("function", "repair")]
CHOICES = [id for id in IDS if exercises()[id].kind == "choice"]
ORDERS = [id for id in IDS if exercises()[id].kind == "order"]


def variants(id):
    return [exercise(id), *(exercise(id, seed) for seed in SEEDS)]


def typed(value, digits):
    """A value as somebody types it: rounded to so many significant digits."""
    return np.vectorize(lambda one: float(f"{one:.{digits}g}"))(value)


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", VALUES)
def test_right_answers_are_accepted_in_every_form(id):
    for asked in variants(id):
        right = asked.right
        forms = [right, right.tolist(), typed(right, 5), typed(right, 4).tolist()]
        if asked.kind == "number":
            number = float(right)
            forms += [number, np.float32(number), [number], np.array([[number]]), (number,)]
            forms += [f"{number:.6g}", f" {number:.4g} {asked.unit}", f"{number:.3g}"]
            forms += [Fraction(number), np.array(number), f"{number * 100:.8g} %"]
        else:
            forms += [tuple(right.tolist()), np.round(right, 4), np.asarray(right, np.float32)]
        for form in forms:
            assert check(id, form, seed=asked.seed).status == "right", form


@pytest.mark.parametrize("id", [id for id in NUMBERS if exercises()[id].unit])
def test_the_right_value_in_another_unit_is_right_if_it_says_so(id):
    asked = exercise(id)
    in_nats = float(asked.right) * {"nats": 1, "bits": np.log(2), "bans": np.log(10)}[asked.unit]
    for unit, size in (("nats", 1), ("bits", np.log(2)), ("bans", np.log(10))):
        assert check(id, f"{in_nats / size:.6g} {unit}").status == "right"


@pytest.mark.parametrize("id", VALUES)
def test_each_mistake_is_recognised_in_every_variant_and_taken_for_no_other(id):
    for asked in variants(id):
        assert list(asked.wrong) == asked.mistakes, "a mistake that does not spoil this quantity"
        for name, wrong in asked.wrong.items():
            for form in (wrong, typed(wrong, 5), typed(wrong, 4), wrong.tolist()):
                verdict = check(id, form, seed=asked.seed)
                assert (verdict.status, verdict.mistake) == ("mistake", name), (asked.seed, form)


@pytest.mark.parametrize("id", VALUES)
def test_right_and_wrong_values_are_apart_at_the_precision_a_person_types(id):
    """Independently of celib.practice.fitting: at three digits no two values are the same."""
    for asked in variants(id):
        values = {"right": asked.right, **asked.wrong}
        for (one, a), (other, b) in combinations(values.items(), 2):
            if a.shape == b.shape and np.all(np.isfinite([a, b])):
                relative = np.max(abs(a - b) / np.maximum(np.maximum(abs(a), abs(b)), 1e-300))
                assert relative > 0.01, (asked.seed, one, other)
            else:
                assert not np.array_equal(a, b, equal_nan=True), (asked.seed, one, other)


@pytest.mark.parametrize("id", VALUES)
def test_an_answer_that_is_nobodys_is_not_guessed_at(id):
    asked = exercise(id)
    strange = np.asarray(asked.right) * 0 + 123.456
    verdict = check(id, strange)
    assert (verdict.status, verdict.mistake) == ("unrecognised", None)
    assert asked.said(asked.next).split()[-1] in verdict.text


@pytest.mark.parametrize("id", VALUES)
def test_seeds_give_other_numbers_and_the_same_seed_the_same(id):
    drawn = [repr(exercise(id, seed).inputs) for seed in SEEDS]
    assert drawn == [repr(exercise(id, seed).inputs) for seed in SEEDS]
    assert len(set(drawn)) >= 10


# --- functions, choices, orders -----------------------------------------------------------------


@pytest.mark.parametrize("id", IDS)
def test_the_solved_cell_is_accepted(id):
    for asked in variants(id)[: 6 if id in FUNCTIONS else None]:
        assert status(solved(asked)) == ("right", None), asked.seed


@pytest.mark.parametrize("id", IDS)
def test_the_unsolved_cell_says_what_is_to_do(id):
    asked = exercise(id)
    verdict = run(unsolved(asked))
    assert verdict.status != "right"
    assert verdict.text.startswith(f"To do: {id}")
    assert not verdict.is_answered
    assert ("..." in verdict.text) == (asked.kind != "repair")


@pytest.mark.parametrize("id", [id for id in FUNCTIONS if exercises()[id].kind == "repair"])
def test_the_fault_to_repair_is_one_of_the_catalogue(id):
    names = {"np": np}
    exec(exercise(id).start, names)
    faulty = [made for made in names.values() if callable(made) and hasattr(made, "__code__")][-1]
    verdict = check(id, lambda *arguments: faulty(*arguments))
    assert (verdict.status, verdict.mistake in exercise(id).mistakes) == ("mistake", True)
    assert exercise(id).source.startswith("https://")


def status(cell):
    verdict = run(cell)
    return verdict.status, verdict.mistake


def run(cell):
    names = {"np": np, "check": check}
    *lines, last = cell.rsplit("\ncheck(", 1)
    exec("\n".join(lines), names)
    return eval(f"check({last.removeprefix('check(')}", names)


@pytest.mark.parametrize("id", FUNCTIONS)
def test_a_function_with_a_known_mistake_is_told_which(id):
    asked = exercise(id)
    assert asked.mistakes
    for name in asked.mistakes:
        verdict = check(id, with_mistake(asked, name))
        assert (verdict.status, verdict.mistake) == ("mistake", name)


def with_mistake(asked, name):
    def function(*arguments):
        inputs = dict(zip(asked.asks_for.inputs, arguments, strict=True))
        return catalogue()[name].value(asked.asks_for, inputs, asked.unit)

    return function


@pytest.mark.parametrize("id", CHOICES)
def test_each_distractor_names_its_mistake_and_one_option_is_right(id):
    for asked in variants(id)[:4]:
        options = asked.shuffled_options()
        assert [bool(option.get("right")) for option in options].count(True) == 1
        assert len({asked.said(option["text"]) for option in options}) == len(options)
        for letter, option in zip("ABCDEFGH", options, strict=False):
            verdict = check(id, letter.lower(), seed=asked.seed)
            assert verdict.mistake == option.get("mistake")
            assert verdict.status == ("right" if option.get("right") else "mistake")


@pytest.mark.parametrize("id", ORDERS)
def test_each_decoy_is_named(id):
    asked = exercise(id)
    assert len(asked.decoys) >= 2
    shown = asked.shuffled_lines()
    assert len(set(shown)) == len(shown)
    for decoy in asked.decoys:
        beside = [line for line in asked.lines if indent(line) == indent(decoy["line"])]
        verdicts = []
        for replaced in beside:
            lines = [decoy["line"] if line == replaced else line for line in asked.lines]
            verdicts.append(check(id, "".join("ABCDEFGHIJ"[shown.index(line)] for line in lines)))
        assert decoy["mistake"] in {verdict.mistake for verdict in verdicts}
        assert "right" not in {verdict.status for verdict in verdicts}


def indent(line):
    return len(line) - len(line.lstrip())


# --- words --------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_was_tried_yet(monkeypatch):
    monkeypatch.setattr("celib.practice.keeping._session", [])


@pytest.mark.parametrize("id", IDS)
def test_hints_climb_and_the_solution_states_the_answer(id):
    for asked in (exercise(id), exercise(id, 1)):
        assert len(asked.hints) >= 2
        for step in range(len(asked.hints)):
            assert f"Hint {step + 1} of" in hint(id, seed=asked.seed).text
        assert status(solved(asked)) == ("right", None)  # after which hints begin anew
        said = solution(id, seed=asked.seed).text
        assert len(said) > 60
        if asked.kind == "number":
            assert any(fits_in(said, float(asked.right), digits) for digits in (3, 4, 5))


def fits_in(text, value, digits):
    forms = {f"{value:.{digits}f}", f"{value:.{digits}g}", f"{value:.{digits - 1}e}"}
    return any(form.replace("-", "−") in text or form in text for form in forms)


@pytest.mark.parametrize("id", NUMBERS)
def test_nothing_but_the_solution_gives_the_answer_away(id):
    asked = exercise(id)
    given = "".join(asked.said(text) for text in [asked.ask, asked.next, *asked.hints])
    refuted = "".join(catalogue()[name].refutation for name in asked.mistakes)
    number = f"{float(asked.right):.4f}"
    assert number not in given.replace("−", "-") + refuted or number in repr(asked.inputs)


def made(**given):
    texts = dict.fromkeys(("ask", "next", "solution", "answer"), "")
    return Exercise(**({"id": "made/here", "kind": "number", "hints": [], **texts} | given))


@pytest.mark.parametrize(
    "template, inputs, said",
    [
        ("{p}", {"p": 0.07}, "0.07"),
        ("{z:.2f}, or {z}", {"z": -1.5}, "−1.50, or -1.5"),  # the second one into Python
        ("{1 - p:.2f} and {log(p):.3f}", {"p": 0.5}, "0.50 and −0.693"),
        ("{2 * p}", {"p": 0.25}, "0.5"),
        ("{n}, a {what}", {"n": 3, "what": "cat"}, "3, a cat"),
        ("{p}", {"p": [0.775, 0.116, 0.039, 0.07]}, "[0.775, 0.116, 0.039, 0.070]"),
        ("{p}", {"p": np.array([0.5, -0.25])}, "[0.50, -0.25]"),
        ("{p}", {"p": np.array([0.5, 0.25], np.float32)}, "[0.50, 0.25]"),
        ("{p:.3f}", {"p": [0.5, 0.25]}, "[0.500, 0.250]"),
        ("{p}", {"p": [1e-07, 0.25]}, "[1e-07, 0.25]"),
        ("{p / sum(p)}", {"p": [1, 7]}, "[0.125, 0.875]"),
        ("{counts}", {"counts": [3, 12]}, "[3, 12]"),
        ("{both}", {"both": [1, 0.5]}, "[1, 0.5]"),
        ("{rows}", {"rows": [[0.5, 0.25], [3.0, 1.5]]}, "[[0.50, 0.25], [3.0, 1.5]]"),
        ("{rows:.1f}", {"rows": [[1.0, 2.0], [3.0, 1.5]]}, "[[1.0, 2.0], [3.0, 1.5]]"),
        ("{cube}", {"cube": [[[1, 2]], [[3, 4]]]}, "[[[1, 2]], [[3, 4]]]"),
        ("a set {{1, 2}}", {}, "a set {1, 2}"),
        ("all right", {}, "all right"),
    ],
)
def test_a_template_is_filled_in(template, inputs, said):
    assert made(inputs=inputs).said(template) == said


def test_what_is_right_is_filled_in_and_stays_no_input():
    """−log2 0.25 = 2."""
    inputs = {"targets": 0, "probs": [0.25, 0.75]}
    asked = made(quantity="categorical cross-entropy", unit="bits", inputs=inputs)
    assert asked.said("{right:.1f} bits, and twice {2 * right:.0f}") == "2.0 bits, and twice 4"
    assert list(asked.inputs) == ["targets", "probs"]


def test_a_text_without_the_value_needs_no_inputs():
    """A function to write may have cases only."""
    assert made(kind="function", quantity="softmax").said("Write softmax.") == "Write softmax."


@pytest.mark.parametrize("id", IDS)
def test_an_exercise_is_of_a_known_kind_and_form(id):
    asked = exercises()[id]
    assert asked.kind in KINDS
    assert asked.source == "" or asked.source.startswith("https://")
    assert len(set(asked.mistakes)) == len(asked.mistakes)
    assert set(asked.mistakes) <= set(catalogue())
    assert {one["mistake"] for one in asked.options if "mistake" in one} <= set(catalogue())


# --- variants -----------------------------------------------------------------------------------


def test_nobody_can_change_an_exercise_which_all_share():
    assert exercise(VALUES[0]) is exercise(VALUES[0])
    with pytest.raises(FrozenInstanceError):
        exercise(VALUES[0]).unit = "bans"


def test_exercises_about_the_same_have_numbers_of_their_own():
    one, other = (
        exercise("categorical/mean-of-three", 1),
        exercise("categorical/assemble-the-loss", 1),
    )
    assert one.quantity == other.quantity
    assert one.inputs["probs"] != other.inputs["probs"]


def test_a_seed_draws_the_same_in_every_release():
    """By hand: NumPy's generator, from the digest of the exercise and the seed."""
    # The first numbers of these are apart, and the label is drawn first, from 0 to 2.
    for seed in ("ada", "emmy", 1, 2):
        digest = hashlib.sha256(f"categorical/loss-in-nats:{seed}".encode()).digest()
        label = np.random.default_rng(list(digest)).integers(0, 3)
        assert exercise("categorical/loss-in-nats", seed).inputs["targets"] == label


def test_the_same_lines_stand_in_another_order_elsewhere_and_for_another_seed():
    lines = [f"line {i}" for i in range(20)]
    decoys = [{"line": "no line", "mistake": "lost-minus"}]
    ids, seeds = ("made/here", "made/there"), (None, 1, "ada")
    shown = [
        tuple(made(kind="order", id=id, seed=seed, lines=lines, decoys=decoys).shuffled_lines())
        for id in ids
        for seed in seeds
    ]
    assert len(set(shown)) == 6
    assert all(sorted(one) == sorted([*lines, "no line"]) for one in shown)
    assert lines == [f"line {i}" for i in range(20)]


def test_options_are_apart_if_they_read_differently():
    options = [{"text": "{p}", "right": True}, {"text": "{1 - p}", "mistake": "one-minus-p"}]
    assert is_separated(made(kind="choice", options=options, inputs={"p": 0.25}))
    assert not is_separated(made(kind="choice", options=options, inputs={"p": 0.5}))


@pytest.mark.parametrize(
    "probability, mistakes, separated",
    [
        (0.3, ["base-2-for-nats", "lost-minus", "no-logarithm"], True),
        # −ln 1 = −log2 1 = 0: what is right is what a mistake gives, though another gives −1.
        (1.0, ["base-2-for-nats", "no-logarithm"], False),
        # ln 0.567143 = −0.567143: two mistakes give the same, which is not right.
        (0.567143, ["lost-minus", "no-logarithm"], False),
    ],
)
def test_values_are_apart_if_each_is_from_every_other(probability, mistakes, separated):
    inputs = {"targets": 0, "probs": [probability, 1 - probability]}
    asked = {"quantity": "categorical cross-entropy", "unit": "nats", "inputs": inputs}
    assert is_separated(made(mistakes=mistakes, **asked)) == separated


def test_arrays_are_apart_as_numbers_are():
    """Of equal logits softmax makes equal parts, and once more the same."""
    asked = {"kind": "array", "quantity": "softmax", "mistakes": ["softmax-twice"]}
    assert not is_separated(made(inputs={"logits": [0.3, 0.3]}, **asked))
    assert is_separated(made(inputs={"logits": [0.3, 1.3]}, **asked))


def test_draws_that_are_never_apart_are_given_up(monkeypatch):
    asked = made(quantity="softmax", kind="array", mistakes=["softmax-twice"])
    asked = replace(asked, vary={"logits": "[pick(0.1, 0.2)] * 3"})
    monkeypatch.setitem(exercises(), asked.id, asked)
    with pytest.raises(RuntimeError, match="made/here has no variant whose mistakes are apart"):
        exercise(asked.id, 1)


@pytest.mark.parametrize(
    "id, says",
    [
        (
            "entropy",
            "There is no exercise 'entropy'. Did you mean 'entropy/of-counts' or "
            "'entropy/who-is-right' or 'entropy/repair-the-zero'?",
        ),
        ("zzz", "There is no exercise 'zzz'."),
        ("z" * 61, f"There is no exercise '{'z' * 60}'."),
        (None, f"There is no exercise of that name: names are text, such as {IDS[0]!r}."),
        (["entropy"], f"There is no exercise of that name: names are text, such as {IDS[0]!r}."),
    ],
)
def test_an_exercise_that_is_not_there_is_told_with_those_of_similar_names(id, says):
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        exercise(id)


@pytest.mark.parametrize("seed, kind", [(1.5, "float"), ([1], "list"), (b"ada", "bytes")])
def test_a_seed_is_a_whole_number_or_text(seed, kind):
    with pytest.raises(ValueError, match=f"a whole number or text, got {kind}"):
        exercise(VALUES[0], seed)
    for good in (0, -1, 10**30, "", "ada"):
        assert exercise(VALUES[0], good).seed == good


# --- together -----------------------------------------------------------------------------------


def test_they_are_those_of_the_files_in_the_order_of_the_pages():
    """Read afresh, since what was read once is kept."""
    folder = files("celib.practice").joinpath("data", "exercises")
    names = sorted(file.name for file in folder.iterdir())
    texts = [folder.joinpath(name).read_text("utf-8") for name in names]
    entries = [entry for text in texts for entry in tomllib.loads(text)["exercise"]]
    read = exercises.__wrapped__()
    assert list(read) == [entry["id"] for entry in entries]
    assert [one.ask for one in read.values()] == [entry["ask"] for entry in entries]


def test_there_are_many_and_of_every_kind():
    assert len(IDS) >= 50
    assert {exercises()[id].kind for id in IDS} == set(KINDS)


@pytest.mark.parametrize("name", [name for name in PAGES if name[:2] not in ("00", "11", "12")])
def test_a_page_has_five_exercises_or_more_of_several_kinds(name):
    found = {id: exercises()[id].kind for id in IDS if f'check("{id}"' in code(name)}
    assert len(found) >= 5
    assert len(set(found.values())) >= 3


@pytest.mark.parametrize("id", IDS)
def test_an_exercise_stands_on_one_page_as_its_data_have_it(id):
    pages = [page for name, page in PAGES.items() if name != "00_start_here"]
    cells = [cell for page in pages for cell in page.cells if cell.cell_type == "code"]
    found = [cell.source for cell in cells if f'check("{id}"' in cell.source]
    assert found == [unsolved(exercise(id))]


def code(name):
    return "\n".join(cell.source for cell in PAGES[name].cells if cell.cell_type == "code")


def test_the_answer_notebooks_are_those_of_the_exercises():
    stored = sorted((NOTEBOOKS / "answers").glob("*.ipynb"))
    assert [path.name for path in stored] == [page.name for page in answers.pages()]
    for page in answers.pages():
        assert answers.is_current(page), "make notebooks"
    for path in stored:
        assert "Not yet" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", catalogue())
def test_a_mistake_is_used_and_says_all_it_must(name):
    mistake = catalogue()[name]
    options = [option for one in exercises().values() for option in [*one.options, *one.decoys]]
    numeric = [one for one in exercises().values() if name in one.mistakes]
    used = numeric or [option for option in options if option.get("mistake") == name]
    assert used, "no exercise shows it"
    if mistake.wrong:
        assert numeric, "a numeric mistake belongs into a numeric exercise"
    assert set(mistake.wrong) <= {*quantities(), "any"}
    assert 2 <= mistake.refutation.count(". ") + 1 <= 4
    assert all(link["url"].startswith("https://") and link["shows"] for link in mistake.links)


@pytest.mark.parametrize("name", quantities())
def test_a_quantity_can_be_drawn_computed_and_asked_for(name):
    quantity = quantities()[name]
    for seed in SEEDS:
        inputs = Draw(seed, name).inputs(quantity.inputs)
        assert not np.any(np.isnan(quantity.value(inputs, "nats")))
    assert any(one.quantity == name for one in exercises().values())
