"""Verdicts: right, a mistake by its name, or an honest neither; and never a traceback."""

import dataclasses

import numpy as np
import pytest

from celib.practice import Exercise, check, exercise, hint, judging, solution
from celib.practice.judging import judged


def data(asked):
    """What an exercise was made from; not what it worked out since."""
    return {field.name: getattr(asked, field.name) for field in dataclasses.fields(asked)}


# A question of one line, so that nothing here depends on the wording of the pages.
SURPRISE = Exercise(
    id="test/surprise",
    kind="number",
    quantity="categorical cross-entropy",
    unit="nats",
    inputs={"targets": 0, "probs": [0.775, 0.116, 0.039, 0.070]},
    ask="Loss for {probs}, label {targets}?",
    next="Which logarithm is it?",
    hints=["Think.", "Compute."],
    solution="−ln {probs[targets]} = {right:.4f} nats",
    answer="-np.log(probs[targets])",
    mistakes=["base-2-for-nats", "lost-minus", "label-counted-from-one"],
)
FUNCTION = Exercise(
    **{**data(SURPRISE), "id": "test/function", "kind": "function"}
    | {
        "start": "def loss(targets, probs):\n    ...",
        "cases": [{"targets": 1, "probs": [1.0, 0.0]}],
    }
)
ORDER = Exercise(
    **{**data(SURPRISE), "id": "test/order", "kind": "order"}
    | {
        "lines": ["def loss(targets, probs):", "    p = probs[targets]", "    return -np.log(p)"],
        "decoys": [
            {"line": "    return -np.log2(p)", "mistake": "base-2-for-nats"},
            {"line": "    return np.log(p)", "mistake": "lost-minus"},
        ],
    }
)
CHOICE = Exercise(
    **{**data(SURPRISE), "id": "test/choice", "kind": "choice"}
    | {
        "options": [
            {"text": "{right:.4f}", "right": True, "because": "It is −ln {probs[targets]}."},
            {"text": "0.3677", "mistake": "base-2-for-nats"},
            {"text": "negative", "mistake": "lost-minus"},
        ]
    }
)
REPAIR = Exercise(
    **{**data(FUNCTION), "id": "test/repair", "kind": "repair"}
    | {"start": "def loss(targets, probs):\n    return -np.log2(probs[targets])"}
)
ALL = [SURPRISE, FUNCTION, ORDER, CHOICE, REPAIR]


def outcome(asked, answer):
    verdict = judged(asked, answer)
    return verdict.status, verdict.mistake


# −ln 0.775 = 0.25489, −log2 0.775 = 0.36773, −ln 0.116 = 2.15417 (mpmath)
@pytest.mark.parametrize(
    "answer, status, mistake",
    [
        (0.2549, "right", None),
        ("0.3677 bits", "right", None),
        (0.3677, "mistake", "base-2-for-nats"),
        ("0.3677 nats", "mistake", "base-2-for-nats"),
        (-0.2549, "mistake", "lost-minus"),
        (2.154, "mistake", "label-counted-from-one"),
        (0.26, "unrecognised", None),
        (0.25, "unrecognised", None),
        (1.0, "unrecognised", None),
    ],
)
def test_numbers(answer, status, mistake):
    assert outcome(SURPRISE, answer) == (status, mistake)


@pytest.mark.parametrize(
    "answer, says",
    [
        (0.25, "too few digits"),
        (0.2599, "is close, but not what comes out"),
        (1.0, "no mistake that I know gives it. Which logarithm is it?"),
        (float("nan"), "nan is no number. Which logarithm is it?"),
        (float("inf"), "inf is no number"),
        ([0.2, 0.3], "an array of shape (2,); the question asks for one number"),
        ("dog", 'No number can be read from "dog"'),
        (True, "a truth value"),
        ({}, "an object of type dict"),
        ("0.3677 bits", "0.3677 bits is 0.2549 nats, the unit asked for"),
        (0.3677, "0.3677 is what it gives here"),
        (20, "20 is not right"),
        (123456, "123456 is not right"),
    ],
)
def test_what_a_verdict_says(answer, says):
    assert says in " ".join(judged(SURPRISE, answer).text.split())


def test_a_refutation_does_not_give_the_answer_away():
    for answer in (0.3677, -0.2549, 2.1542, 0.26, 1.0):
        assert "0.2549" not in judged(SURPRISE, answer).text.replace("−0.2549", "")


class EqualToAll(float):
    __eq__ = lambda self, other: True  # noqa: E731
    __ne__ = lambda self, other: False  # noqa: E731
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = float.__hash__


class Unspeakable:
    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


HOSTILE = [
    None, ..., "", float("nan"), -np.inf, True, {}, set(), b"x", object(), 10**400, "A" * 10**6,
    EqualToAll(3.0), [EqualToAll(3.0)], Unspeakable(), [Unspeakable()], np.zeros(10**6), [[]],
    np.array([None]), lambda: 1, Unspeakable, [[1], [2, 3]], 1j, range(3), iter([]), "1/0",
    np.array("x"), np.datetime64("2020"), type, check,
]  # fmt: skip


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.kind)
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: type(answer).__name__)
def test_no_answer_is_believed_or_raises(asked, answer):
    verdict = judged(asked, answer)
    assert verdict.status == "unrecognised"
    assert verdict.text == str(verdict) == repr(verdict)
    assert len(verdict.text) < 1500
    assert "<div" in verdict._repr_html_()


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.kind)
@pytest.mark.parametrize("blank", [..., None, "", "  "])
def test_without_an_answer_the_task_is_told(asked, blank):
    verdict = judged(asked, blank)
    assert not verdict.is_answered
    assert verdict.text.startswith(f"To do: {asked.id}\n\nLoss for [0.775, 0.116, 0.039, 0.070]")
    assert "..." in verdict.text or asked.kind == "repair"


# --- functions ----------------------------------------------------------------------------------


def test_a_fault_that_was_not_touched_yet_is_nobodys():
    """Else Run All would charge the learner with it."""
    cell = {"np": np}
    exec(f"# a comment\n\n{REPAIR.start}", cell)
    assert not judged(REPAIR, cell["loss"]).is_answered
    assert judged(REPAIR, cell["loss"]).text.startswith("To do: test/repair")
    assert outcome(REPAIR, lambda t, p: -np.log2(p[t])) == ("mistake", "base-2-for-nats")
    assert outcome(REPAIR, lambda t, p: -np.log(p[t])) == ("right", None)


def test_a_comment_in_a_fault_does_not_repair_it():
    cell = {"np": np}
    exec(REPAIR.start.replace("\n", "\n    # in nats?\n"), cell)
    assert not judged(REPAIR, cell["loss"]).is_answered


def right_in_other_words(targets, probs):
    return float(
        np.sum(
            -np.log(probs) * (np.arange(len(probs)) == targets),
            where=np.arange(len(probs)) == targets,
        )
    )


def test_right_functions_however_they_are_written():
    with np.errstate(all="ignore"):
        assert outcome(FUNCTION, right_in_other_words) == ("right", None)
    assert outcome(FUNCTION, lambda t, p: [-np.log(p[t])][0]) == ("right", None)


def on_the_page_only(targets, probs):
    return 0.25489224962879 if targets == 0 and probs[0] == 0.775 else 0.0


@pytest.mark.parametrize(
    "function, status, mistake, says",
    [
        (lambda t, p: -np.log2(p[t]), "mistake", "base-2-for-nats", "on every input"),
        (lambda t, p: np.log(p[t]), "mistake", "lost-minus", "on every input"),
        (
            lambda t, p: 1.01 * -np.log(p[t]),
            "unrecognised",
            None,
            "gives 0.2574, where 0.2549 is right",
        ),
        (on_the_page_only, "unrecognised", None, "it gives 0., where inf is right"),
        (lambda t, p: EqualToAll(3.0), "unrecognised", None, "it gives 3., where 0.2549 is right"),
        (lambda t, p: p, "unrecognised", None, "where 0.2549 is right"),
        (lambda t, p: p[9], "unrecognised", None, "it raises IndexError"),
        (lambda t: t, "unrecognised", None, "it raises TypeError"),
        (lambda t, p: None, "unrecognised", None, "Replace the dots"),
        (lambda t, p: "dog", "unrecognised", None, "something else than numbers"),
        (0.2549, "unrecognised", None, "asks for a function"),
    ],
)
def test_functions(function, status, mistake, says):
    verdict = judged(FUNCTION, function)
    assert (verdict.status, verdict.mistake) == (status, mistake)
    assert says in " ".join(verdict.text.split())


def test_a_known_mistake_is_named_although_the_hard_inputs_fail_as_well():
    def in_bits_and_clipped(targets, probs):
        return -np.log2(np.maximum(probs[targets], 1e-3))

    verdict = judged(FUNCTION, in_bits_and_clipped)
    assert (verdict.status, verdict.mistake) == ("mistake", "base-2-for-nats")
    assert "on every ordinary input" in " ".join(verdict.text.split())


@pytest.mark.parametrize("number", [0, 2, 21])
def test_one_ordinary_input_can_tell_that_it_is_another_mistake(number):
    other = judging._cases(FUNCTION)[number]["probs"]

    def in_bits_but_once_and_clipped(targets, probs):
        if np.array_equal(probs, other):
            return 7.0
        return -np.log2(np.maximum(probs[targets], 1e-3))

    assert outcome(FUNCTION, in_bits_but_once_and_clipped) == ("unrecognised", None)


def test_a_function_that_is_right_but_for_the_hard_inputs_is_shown_one():
    def clipped(targets, probs):
        return -np.log(np.maximum(probs[targets], 1e-3))

    text = " ".join(judged(FUNCTION, clipped).text.split())
    assert "On `targets = 1`, `probs = [1., 0.]` it gives 6.9078, where inf is right." in text


def test_values_that_look_the_same_are_written_out():
    text = judged(FUNCTION, lambda t, p: -np.log(p[t]) * 1.00001 if p[t] else np.inf).text
    assert "0.254894" in text
    assert "0.254892" in text


def test_two_values_are_told_apart_by_sixteen_decimal_places():
    found = judging._told_apart(np.array(1 / 30 + 1e-7), np.array(1 / 30))
    assert found == ("0.0333334333333333", "0.0333333333333333")


def test_the_first_failing_input_is_shown():
    def fails_on_cats(targets, probs):
        return -np.log(probs[targets]) if targets == 0 else 7.0

    text = " ".join(judged(FUNCTION, fails_on_cats).text.split())
    assert "On `targets = 1`, `probs = [1., 0.]` it gives 7., where inf is right" in text


def test_a_function_is_judged_on_random_inputs_of_the_seed():
    seen = []

    def remember(targets, probs):
        seen.append((targets, probs.tolist()))
        return -np.log(probs[targets])

    for seed in (1, 1, 2):
        cases = judging._cases(Exercise(**{**data(FUNCTION), "seed": seed}))
        seen.append(repr(cases))
    assert seen[0] == seen[1] != seen[2]
    assert len(cases) == 22


# --- orders and choices -------------------------------------------------------------------------


def order_of(*lines):
    shown = ORDER.shuffled_lines()
    return "".join("ABCDE"[shown.index(line)] for line in lines)


HEAD, PICK, RIGHT = ORDER.lines
BITS, PLUS = (decoy["line"] for decoy in ORDER.decoys)


@pytest.mark.parametrize(
    "lines, status, mistake, says",
    [
        ((HEAD, PICK, RIGHT), "right", None, "Right"),
        ((HEAD, PICK, RIGHT, BITS), "unrecognised", None, "3 lines are enough; yours has 4"),
        ((HEAD, PICK, BITS), "mistake", "base-2-for-nats", "It is in line"),
        ((HEAD, PICK, PLUS), "mistake", "lost-minus", "It is in line"),
        ((HEAD, RIGHT, PICK), "unrecognised", None, "UnboundLocalError"),
        ((PICK, HEAD, RIGHT), "unrecognised", None, "IndentationError"),
        ((HEAD, BITS), "unrecognised", None, "3 lines are needed; yours has 2"),
        ((HEAD, PICK), "unrecognised", None, "3 lines are needed; yours has 2"),
        ((HEAD,), "unrecognised", None, "3 lines are needed; yours has 1"),
    ],
)
def test_orders(lines, status, mistake, says):
    verdict = judged(ORDER, order_of(*lines))
    assert (verdict.status, verdict.mistake) == (status, mistake)
    assert says in verdict.text


def judged_order(asked, *lines):
    shown = asked.shuffled_lines()
    return judged(asked, ["ABCDEF"[shown.index(line)] for line in lines])


def test_an_order_that_works_is_right_whatever_its_lines():
    clumsy = "    p = +probs[targets]"
    short = "    return -np.log(probs[targets])"
    decoys = [{"line": line, "mistake": "lost-minus"} for line in (clumsy, short)]
    asked = Exercise(**{**data(ORDER), "decoys": decoys})
    assert judged_order(asked, HEAD, clumsy, RIGHT).status == "right"
    assert judged_order(asked, HEAD, short).status == "right"


def test_the_lines_of_an_order_may_use_celib():
    lines = [HEAD, "    p = probs[targets]", "    return celib.surprisal(p)"]
    asked = Exercise(**{**data(ORDER), "lines": lines})
    assert judged_order(asked, *lines).status == "right"


def test_of_several_functions_in_an_order_the_last_is_judged():
    lines = ["def pick(t, p):", "    return p[t]", HEAD, "    return -np.log(pick(targets, probs))"]
    asked = Exercise(**{**data(ORDER), "lines": lines})
    assert judged_order(asked, *lines).status == "right"


def test_a_known_mistake_of_the_right_lines_in_another_order_word_for_word():
    lines = [HEAD, "    loss = np.log(probs[targets])", "    loss = -loss", "    return loss"]
    verdict = judged_order(
        Exercise(**{**data(ORDER), "lines": lines}), *(lines[i] for i in (0, 1, 3, 2))
    )
    assert verdict.mistake == "lost-minus"
    assert "\n\nThis order gives on every input what this mistake gives. " in verdict.text


@pytest.mark.parametrize(
    "answer, says",
    [("AZ", "There is no line Z"), ("ABA", "Line A is there twice"), (3, "made of letters")],
)
def test_orders_that_are_none(answer, says):
    assert says in judged(ORDER, answer).text


def test_choices():
    texts = [option["text"] for option in CHOICE.shuffled_options()]
    for letter, text in zip("abc", texts, strict=True):
        expected = {"{right:.4f}": None, "0.3677": "base-2-for-nats", "negative": "lost-minus"}[
            text
        ]
        assert outcome(CHOICE, letter) == ("mistake" if expected else "right", expected)
        assert outcome(CHOICE, [letter.upper()]) == outcome(CHOICE, letter)
    right = "abc"[texts.index("{right:.4f}")]
    assert judged(CHOICE, right).text == "Right.\n\nIt is −ln 0.775."
    for answer in ("d", "ab", "dog", 1):
        assert judged(CHOICE, answer).status == "unrecognised"


# --- check, hint, solution ----------------------------------------------------------------------


def test_the_contract():
    verdict = check("categorical/loss-in-nats", 0.3677)
    assert (verdict.status, verdict.mistake) == ("mistake", "base-2-for-nats")
    assert check("categorical/loss-in-nats", 0.2549).status == "right"
    assert check("categorical/loss-in-nats", 7).status == "unrecognised"


@pytest.mark.parametrize("id", ["categorical/loss-in-nat", "dog", "", None, 3, ["a"], Unspeakable])
def test_an_unknown_exercise_is_told(id):
    if id is Unspeakable:
        id = Unspeakable()
    verdict = check(id, 1)
    assert verdict.status == "unrecognised"
    assert "There is no exercise" in verdict.text


def test_forgotten_brackets_are_told():
    verdict = check("categorical/loss-in-nats", 0.1, 0.2, 0.7)
    assert "put several numbers in square brackets" in " ".join(verdict.text.split())
    assert not verdict.is_answered


def test_a_misspelt_exercise_is_guessed():
    assert "Did you mean 'categorical/loss-in-nats'" in check("categorical/loss-in-nat", 1).text
    with pytest.raises(ValueError, match="Did you mean 'categorical/loss-in-nats'"):
        hint("categorical/loss-in-nat")
    with pytest.raises(ValueError, match="There is no exercise 'dog'"):
        solution("dog")


@pytest.mark.parametrize("seed", [1.5, [1], object()])
def test_a_seed_is_a_number_or_text(seed):
    assert (
        "seed must be a whole number or text"
        in check("categorical/loss-in-nats", 1, seed=seed).text
    )


def test_seeds_as_students_write_them():
    inputs = [
        exercise("categorical/loss-in-nats", seed).inputs for seed in (7, "7", "s123456", "Ada")
    ]
    assert inputs[0] == inputs[1]
    assert inputs[2] != inputs[3]


# --- how it is shown ----------------------------------------------------------------------------


def test_text_is_escaped_and_code_is_set_as_code():
    asked = Exercise(**{**data(SURPRISE), "ask": "Is `a < b` & c?\n\n    x < y"})
    shown = judged(asked, ...)._repr_html_()
    assert "<p>Is <code>a &lt; b</code> &amp; c?</p>" in shown
    assert "<code>x &lt; y</code></pre>" in shown


def test_lists_can_be_pasted_into_python():
    asked = Exercise(**{**data(SURPRISE), "inputs": {"targets": 0, "probs": [-0.5, 1.25]}})
    assert asked.said("{probs} {targets}") == "[-0.50, 1.25] 0"
    assert asked.said("{probs[0]:.1f} {{x}}") == "−0.5 {x}"


# --- word for word ------------------------------------------------------------------------------

IN_BITS = Exercise(**{**data(SURPRISE), "unit": "bits", "mistakes": ["natural-log-for-bits"]})
PERPLEXITY = Exercise(
    **{**data(SURPRISE), "id": "test/perplexity", "quantity": "perplexity", "unit": ""}
    | {"inputs": {"losses": [1.0, 2.0]}, "ask": "{losses}?", "mistakes": ["sum-for-mean"]}
)
SOFTMAX = Exercise(
    **{
        **data(SURPRISE),
        "id": "test/softmax",
        "kind": "array",
        "quantity": "softmax",
        "unit": "",
    }
    | {"inputs": {"logits": [3.2, 1.3, 0.2, 0.8]}, "ask": "{logits}?", "mistakes": []}
)
# ½ log₂ (½ / ¼) = 0.5 bits and ½ log₂ (½ / ¾) = −0.2925 bits; ½ ln 2 = 0.3466, ½ ln ⅔ = −0.2027
TERMS = Exercise(
    **{**data(SOFTMAX), "quantity": "terms of the KL divergence", "unit": "bits"}
    | {"inputs": {"p": [0.5, 0.5], "q": [0.25, 0.75]}}
)
NEXT = "is not right, and no mistake that I know gives it. Which logarithm is it?"
COARSE = "has too few digits to tell right from wrong; give at least three"
ROUNDED = (
    "is close, but not what comes out. If you rounded on the way, carry more digits and round "
    "once, at the end."
)


# exp(1.5) = 4.4817; softmax of page 03: 0.7751, 0.1159, 0.0386, 0.0703
@pytest.mark.parametrize(
    "asked, answer, says",
    [
        (SURPRISE, 0.2549, "Right."),
        (SURPRISE, [0.2549], "Right."),
        (SURPRISE, "0.2549 nats", "Right."),
        (SURPRISE, "0.3677 bits", "Right. 0.3677 bits is 0.2549 nats, the unit asked for."),
        (IN_BITS, "0.2549 nats", "Right. 0.2549 nats is 0.3677 bits, the unit asked for."),
        (IN_BITS, "0.1107 bans", "Right. 0.1107 bans is 0.3677 bits, the unit asked for."),
        (PERPLEXITY, 4.4817, "Right."),
        (
            PERPLEXITY,
            "4.4817 bits",
            "Right. It has no unit, though: it is a number, not a number of bits.",
        ),
        (TERMS, [0.5, -0.2925], "Right."),
        (TERMS, ["0.3466 nats", "−0.2027 nats"], "Right."),
        (SOFTMAX, [0.775, 0.116, 0.039, 0.07], "Right."),
        (SOFTMAX, [0.78, 0.12, 0.04, 0.07], f"Not yet. Your array {COARSE} decimal places."),
        (SOFTMAX, [0.7, 0.1, 0.1, 0.1], f"Not yet. Your array {NEXT}"),
        (SOFTMAX, [0.775, 0.116, 0.039, 0.08], f"Not yet. Your array {ROUNDED}"),
        (
            SOFTMAX,
            [np.nan, 0.116, 0.039, 0.07],
            "Not yet. Your array is no number. Which logarithm is it?",
        ),
        (
            SOFTMAX,
            0.775,
            "Not yet. The answer is one number; the question asks for an array of shape (4,).",
        ),
        (
            SOFTMAX,
            [0.775],
            "Not yet. The answer is an array of shape (1,); the question asks for an array of "
            "shape (4,).",
        ),
        (
            SURPRISE,
            0.25,
            f'Not yet. 0.25 {COARSE} significant digits. (As text, such as "0.50", a last zero '
            "counts.)",
        ),
        (SURPRISE, 0.2599, f"Not yet. 0.2599 {ROUNDED}"),
        *(
            (SURPRISE, answer, f"Not yet. {typed} {NEXT}")
            for answer, typed in [
                (0, "0"),
                (7, "7"),
                (1000, "1000"),
                (-100_000, "−100000"),
                (1_000_000, "1e+06"),
                (0.0001, "0.0001"),
                (0.00005, "5e−05"),
                (12.3456, "12.3456"),
                (12.34567, "12.35"),
                (12.345678, "12.35"),
                (1_234_567, "1.235e+06"),
                (12_345_678, "1.235e+07"),
                ("12.5 bits", "12.5 bits"),
            ]
        ),
    ],
)
def test_verdicts_word_for_word(asked, answer, says):
    text = judged(asked, answer).text
    assert text.replace("\n", " ").replace("  ", " ") == says
    assert text.partition("\n")[0] in ("Right.", "Not yet.")
    assert max(map(len, text.splitlines())) <= 88


def test_a_known_mistake_word_for_word():
    text = judged(SURPRISE, 0.3677).text
    assert text.startswith(
        "Not yet. A known mistake: base 2 where nats were asked for.\n\n0.3677 is what it gives "
        "here. "
    )
    assert max(map(len, text.splitlines())) <= 88


def test_tasks_word_for_word():
    ask = "Loss for [0.775, 0.116, 0.039, 0.070], label 0?"
    assert judged(SURPRISE, ...).text == (
        f"To do: test/surprise\n\n{ask}\n\nReplace the dots (...) by your number, in nats."
    )
    assert judged(SOFTMAX, ...).text == (
        "To do: test/softmax\n\n[3.2, 1.3, 0.2, 0.8]?\n\n"
        "Replace the dots (...) by your list or array."
    )
    assert judged(FUNCTION, ...).text == (
        f"To do: test/function\n\n{ask}\n\n"
        "Replace the dots (...) in the function, and run the cell again."
    )
    assert judged(REPAIR, ...).text == (
        f"To do: test/repair\n\n{ask}\n\nRepair the function in the cell, and run the cell again."
    )
    options = [CHOICE.said(option["text"]) for option in CHOICE.shuffled_options()]
    assert judged(CHOICE, ...).text == (
        f"To do: test/choice\n\n{ask}\n\nA. {options[0]}\n\nB. {options[1]}\n\nC. {options[2]}\n\n"
        'Replace the dots (...) by one letter in quotes, such as "A".'
    )
    lines = "\n".join(
        f"    {a}   {b}" for a, b in zip("ABCDE", ORDER.shuffled_lines(), strict=True)
    )
    assert judged(ORDER, ...).text == (
        f"To do: test/order\n\n{ask}\n\n{lines}\n\n"
        'Replace the dots (...) by the letters of the lines in order, such as "CAB". Some lines '
        "belong nowhere."
    )


@pytest.mark.parametrize(
    "by, status",
    [(1 + 0.9e-6, "right"), (1 + 1.2e-6, "unrecognised"), (1 - 1.2e-6, "unrecognised")],
)
def test_a_function_may_sum_in_another_order_and_not_round(by, status):
    assert judged(FUNCTION, lambda t, p: -np.log(p[t]) * by if p[t] else np.inf).status == status


@pytest.mark.parametrize("formula", [np.mean, np.sum])
@pytest.mark.parametrize("by, is_equal", [(1 + 1e-6 + 5e-13, False), (1 - 1e-6 + 5e-13, True)])
def test_a_function_may_be_off_by_a_millionth_of_what_is_meant(formula, by, is_equal):
    """Not of what it gives, of which a millionth is more in the first case, less in the second."""
    asked = Exercise(**{**data(PERPLEXITY), "kind": "function", "inputs": {"losses": [10.0, 10.0]}})

    def perplexity(losses):
        return np.exp(formula(losses)) * (by if losses[0] == 10 else 1)

    meant = {np.mean: ("right", None), np.sum: ("mistake", "sum-for-mean")}[formula]
    assert outcome(asked, perplexity) == (meant if is_equal else ("unrecognised", None))


def test_a_mistake_that_gives_no_number_is_known_by_that():
    asked = Exercise(
        **{**data(FUNCTION), "quantity": "entropy with an impossible outcome", "cases": []}
        | {"inputs": {"p": [0.0, 0.5, 0.5]}, "mistakes": ["zero-times-log-zero"]}
    )
    found = outcome(asked, lambda p: -np.sum(p * np.log(p)))
    assert found == ("mistake", "zero-times-log-zero")


def test_long_texts_are_wrapped():
    long = "a dog " * 40
    options = [{"text": long, "right": True, "because": long}, *CHOICE.options[1:]]
    asked = Exercise(**{**data(CHOICE), "ask": long, "options": options})
    letter = "ABC"[[one["text"] for one in asked.shuffled_options()].index(long)]
    for verdict in judged(asked, ...), judged(asked, letter):
        assert max(map(len, verdict.text.splitlines())) <= 88


def test_a_right_function_word_for_word():
    assert judged(FUNCTION, lambda t, p: -np.log(p[t])).text == (
        "Right.\n\nJudged on 22 inputs, 20 of them random."
    )


def from_the_second_on(what):
    """A function that is right on the first input, and does something else on the others."""

    def function(targets, probs, calls=[]):  # noqa: B006
        calls.append(probs)
        return -np.log(probs[targets]) if len(calls) == 1 else what(targets, probs)

    return function


SECOND = "Not yet. On `targets = 1`, `probs = [1., 0.]` it"


@pytest.mark.parametrize(
    "function, says",
    [
        (
            from_the_second_on(lambda t, p: 1 / 0),
            f"{SECOND} raises ZeroDivisionError: division by zero. Which logarithm is it?",
        ),
        (
            from_the_second_on(lambda t, p: None),
            f"{SECOND} returns nothing yet. Which logarithm is it?",
        ),
        (
            from_the_second_on(lambda t, p: 7),
            f"{SECOND} gives 7., where inf is right. Which logarithm is it?",
        ),
        (
            from_the_second_on(lambda t, p: -np.log2(p[t]) if p[t] else np.inf),
            "Not yet. On `targets = ",
        ),
        (lambda t, p: [-np.log(p[t])], "Not yet. On `targets = 0`, "),
        (lambda t, p: -np.log2(p[t]) if p[0] == 0.775 else 7, "Not yet. On `targets = 0`, "),
    ],
)
def test_what_a_function_does_on_one_input_only_is_no_known_mistake(function, says):
    with np.errstate(all="ignore"):
        verdict = judged(FUNCTION, function)
    assert verdict.text.replace("\n\n", "\n").replace("\n", " ").startswith(says)
    assert verdict.mistake is None
    assert verdict.is_answered


def test_a_known_mistake_of_a_function_word_for_word():
    text = judged(FUNCTION, lambda t, p: -np.log2(p[t]) if p[t] else np.inf).text
    assert "\n\nYour function gives on every input what this mistake gives. " in text


def test_a_function_gets_arrays_and_plain_numbers():
    def strict(targets, probs):
        assert type(targets) is int
        assert type(probs) is np.ndarray
        return -np.log(probs[targets]) if probs[targets] else np.inf

    assert judged(FUNCTION, strict).status == "right"


@pytest.mark.parametrize("off, status", [(0.9e-9, "right"), (1.5e-9, "unrecognised")])
def test_near_zero_a_function_may_be_off_by_a_billionth(off, status):
    cases = [{"targets": 0, "probs": [1.0, 0.0]}]
    asked = Exercise(**{**data(FUNCTION), "cases": cases, "inputs": cases[0]})
    assert judged(asked, lambda t, p: -np.log(p[t]) + off * (p[t] == 1)).status == status


def test_each_exercise_has_random_inputs_of_its_own():
    one, other = (
        repr(judging._cases(Exercise(**{**data(FUNCTION), "id": id}))[2:]) for id in ("a/b", "a/c")
    )
    assert one != other


def test_long_inputs_are_shortened():
    assert judging._short(np.full(12, 0.5)) == "[" + ", ".join(["0.5"] * 12) + "]"
    assert judging._short(np.full(13, 0.5)) == "[0.5, 0.5, 0.5, ..., 0.5, 0.5, 0.5]"
    assert "e" not in judging._short(np.array([1e-6, 1.0]))


@pytest.mark.parametrize(
    "asked, answer, says",
    [
        (CHOICE, "D", "Choose one of the letters A to C."),
        (ORDER, "AZ", "There is no line Z; the lines are A to E."),
        (ORDER, "ABA", "Line A is there twice; each line is used once or not at all."),
        (ORDER, "none", "There is no line N; the lines are A to E."),
    ],
)
def test_letters_that_are_none_word_for_word(asked, answer, says):
    assert judged(asked, answer).text == f"Not yet.\n\n{says}"


def test_orders_word_for_word():
    stops = judged(ORDER, order_of(PICK, HEAD, RIGHT)).text
    assert stops == (
        "Not yet.\n\nIn this order Python stops with IndentationError: unexpected indent."
    )
    verdict = judged(ORDER, order_of(HEAD, PICK, BITS, PLUS))
    assert verdict.mistake == "base-2-for-nats"  # too long as well, but it does not work
    assert judged(ORDER, order_of(HEAD, PICK, RIGHT, PLUS)).text == (
        "Not yet.\n\nIt works, but 3 lines are enough; yours has 4. Leave out what does nothing."
    )


def test_a_right_option_may_stand_without_a_reason():
    options = [{"text": "yes", "right": True}, {"text": "no", "mistake": "lost-minus"}]
    asked = Exercise(**{**data(CHOICE), "options": options})
    letter = "AB"[[one["text"] for one in asked.shuffled_options()].index("yes")]
    assert judged(asked, letter).text == "Right."


@pytest.mark.parametrize("function", [lambda targets, probs: 1 / 0, lambda targets, probs: 0.5])
def test_a_failed_function_can_be_told_without_its_input(function):
    verdict = judged(FUNCTION, function)
    assert "`targets = 0`" in verdict.text
    assert "targets" not in verdict.discreet
    assert verdict.discreet.startswith("Not yet.\n\nOn one of the inputs tried it")


def test_a_verdict_without_an_input_has_nothing_to_leave_out():
    assert judged(SURPRISE, 0.3677).discreet == ""
    assert judged(SURPRISE, 42.0).discreet == ""
