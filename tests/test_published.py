"""The ledger of published numbers: its form, its recomputation, and that neither can be fooled."""

import ast
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal
from importlib.resources import files

import numpy as np
import pytest

import celib
from celib.published import (
    NAMES,
    VERDICTS,
    Entry,
    agrees,
    evaluate,
    last_place,
    ledger,
    recompute,
)

TEXT = files("celib").joinpath("published.json").read_text(encoding="utf-8")
LEDGER = ledger()
ENTRIES = list(LEDGER.values())
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)

TOPICS = (
    "information",
    "logits",
    "categorical",
    "binary",
    "gradients",
    "balanced",
    "focal",
    "calibration",
)
UNITS = ("nats", "bits", "bans", "trits")
REDUCTIONS = ("mean", "sum", "none", "weighted_mean")
ATTRIBUTES = {"accuracy", "confidence", "count"}  # the fields of a reliability


@each
def test_every_entry_is_confirmed(entry):
    """Right figures have their digits; the others differ in exactly the way the ledger says."""
    again = recompute(entry)
    assert again.confirms, (entry.printed, again)


# ---- form


def test_the_ledger_is_whole():
    assert len(ENTRIES) >= 180
    assert {entry.topic for entry in ENTRIES} == set(TOPICS)
    assert {entry.verdict for entry in ENTRIES} == set(VERDICTS)
    blocks = json.loads(TEXT)
    assert len(blocks) == len(ledger()), "two entries share an id"
    names = [field.name for field in fields(Entry)]
    assert all(list(block) == names for block in blocks)


def test_the_text_is_in_its_one_form():
    """One field a line and topics in the notebooks' order: a change shows as what it is."""

    def line(item):
        return f"  {json.dumps(item[0])}: {json.dumps(item[1], ensure_ascii=False)}"

    blocks = ["{\n" + ",\n".join(map(line, b.items())) + "\n}" for b in json.loads(TEXT)]
    assert "[\n" + ",\n".join(blocks) + "\n]\n" == TEXT
    places = [TOPICS.index(entry.topic) for entry in ENTRIES]
    assert places == sorted(places)


@each
def test_the_fields_are_what_they_should_be(entry):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.id)
    assert all(name.isidentifier() and name not in NAMES for name in entry.inputs)
    assert all(isinstance(leaf, bool | int | float) for leaf in leaves(entry.inputs))
    assert all(math.isfinite(leaf) for leaf in leaves(entry.inputs))

    assert list(entry.convention) == ["unit", "reduction", "words"]
    assert set(listed(entry.convention["unit"])) <= set(UNITS)
    assert set(listed(entry.convention["reduction"])) <= set(REDUCTIONS)
    assert isinstance(entry.convention["words"], str)

    assert all(isinstance(figure, str) for figure in leaves(entry.printed))
    assert [Decimal(figure) for figure in leaves(entry.printed)]
    assert entry.significant is None or 2 <= entry.significant <= 9

    is_right, is_unexplained = entry.verdict == "right", entry.verdict == "unexplained"
    assert entry.verdict in VERDICTS
    assert (entry.printed_by is None) == (is_right or is_unexplained)
    assert (entry.because is None) == is_right
    assert (entry.instead is None) == is_right
    assert entry.because is None or re.fullmatch(r"[A-Z].{30,}\.", entry.because)

    assert list(entry.source) == ["name", "url", "seen_at_source"]
    assert len(entry.source["name"]) > 5
    assert entry.source["url"] is None or re.fullmatch(r"https://\S+", entry.source["url"])
    assert isinstance(entry.source["seen_at_source"], bool)
    assert entry.source["seen_at_source"] or entry.source["url"] is None


@each
def test_expressions_use_known_names_and_every_input(entry):
    used = set()
    for expression in filter(None, (entry.right, entry.printed_by)):
        tree = ast.parse(expression, mode="eval")
        bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and is_stored(n)}
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - bound
        assert names <= set(NAMES) | set(entry.inputs)
        attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert attributes <= ATTRIBUTES
        used |= names
    assert used >= set(entry.inputs), "an input is not used"


NOT_OF_CELIB = {
    # exponentials, smoothed labels and a generalised divergence: celib has no function for them
    "cs231n-exponentials",
    "optax-generalized-kl",
    "tf-keras-smoothing-of-labels",
}


@each
def test_the_right_value_is_computed_by_celib(entry):
    names = {n.id for n in ast.walk(ast.parse(entry.right)) if isinstance(n, ast.Name)}
    assert bool(names & set(celib.__all__)) == (entry.id not in NOT_OF_CELIB)


@each
def test_the_unit_of_an_entry_is_the_unit_of_its_expression(entry):
    units = set(listed(entry.convention["unit"]))
    asked = set(re.findall(r"unit='(\w+)'", entry.right))
    assert asked == units - {"nats", "trits"}


@each
def test_decimals_in_a_reason_are_those_of_the_entry(entry):
    """A sentence must not quote a number that nothing holds."""
    again = recompute(entry)
    known = [float(leaf) for leaf in leaves([entry.inputs, again.right, again.printed_by or []])]
    printed = set(leaves(entry.printed))
    for figure in re.findall(r"\d+\.\d+", entry.because or ""):
        assert figure in printed or any(agrees(value, figure) for value in known), figure


def test_the_numbers_that_the_pages_stand_on():
    """The figures of the curriculum, from the ledger's entries, to the places the pages give."""
    want = {
        "koech-first-loss": ("right", "0.3677"),
        "koech-second-loss-as-printed": ("wrong", "0.0923"),
        "koech-second-loss-consistent": ("right", "0.0954"),
        "d2l-logsumexp-shift": ("claim", "5"),
        "karpathy-initial-probability": ("wrong", "0.0909"),
        "pytorch-smoothing-floor": ("wrong", "1.0158"),
        "huggingface-perplexity-base-two": ("wrong", "70.61"),
        "centernet-initial-probability": ("wrong", "0.1007"),
    }
    for name, (verdict, figure) in want.items():
        assert LEDGER[name].verdict == verdict
        assert agrees(recompute(LEDGER[name]).right, figure), name
    assert agrees(recompute(LEDGER["cs231n-scores-not-probabilities"]).right[:2], ["1.0", "6.8e-6"])
    assert agrees(recompute(LEDGER["stale-softmax-output"]).right[:2], ["1.0", "4e-44"])
    with pytest.raises(ValueError, match=r"sums to 1\.002"):
        celib.categorical_cross_entropy(0, [0.938, 0.028, 0.013, 0.023])


# ---- what must be noticed


@pytest.mark.parametrize(
    # nothing gives an unexplained figure, so nothing holds its digits
    "entry",
    [entry for entry in ENTRIES if entry.verdict != "unexplained"],
    ids=lambda entry: entry.id,
)
def test_any_digit_changed_is_noticed(entry):
    """One unit in the last place that is compared, of any one figure printed."""
    for index, figure in enumerate(leaves(entry.printed)):
        if Decimal(figure).is_finite():
            place = last_place(figure, entry.significant)
            for changed in (Decimal(figure) + place, Decimal(figure) - place):
                altered = put(entry.printed, index, str(changed))
                assert not holds(replace(entry, printed=altered)), changed


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if entry.verdict != "right"],
    ids=lambda entry: entry.id,
)
def test_any_digit_of_a_correction_changed_is_noticed(entry):
    for index, figure in enumerate(leaves(entry.instead)):
        if Decimal(figure).is_finite():
            changed = str(Decimal(figure) + last_place(figure))
            assert not holds(replace(entry, instead=put(entry.instead, index, changed)))


# These may be what they like: a cut in a tail, a guard under a logarithm, what is shifted, the
# probability at which two losses are compared.
FREE = {
    ("cover-geometric-source", "tosses"),
    ("optax-generalized-kl", "tiny"),
    ("d2l-logsumexp-shift", "x"),
    ("alpha-read-as-inverse-frequency", "p"),
}


@each
def test_any_input_changed_is_noticed(entry):
    """Some number of every input, made larger, spoils the entry."""
    for name, value in entry.inputs.items():
        if (entry.id, name) not in FREE:
            changed = [
                replace(entry, inputs={**entry.inputs, name: put(value, index, nudged(leaf))})
                for index, leaf in enumerate(leaves(value))
            ]
            assert not all(map(holds, changed)), name


EDITS = [
    ("unit='bits'", "unit='nats'"),
    ("unit='bits'", "unit='bans'"),
    ("reduction='sum'", "reduction='mean'"),
    ("reduction='weighted_mean'", "reduction='mean'"),
    ("gamma=2", "gamma=1"),
    ("gamma=", "gamma=1 + "),
    ("alpha=0.25", "alpha=0.75"),
    ("alpha=0.25", "alpha=None"),
    ("label_smoothing=smoothing", "label_smoothing=0"),
    ("pos_weight=weight", "pos_weight=None"),
    ("class_weight=", "class_weight=None and "),
    ("kl_divergence(p, q", "kl_divergence(q, p"),
    ("cross_entropy(p, q", "cross_entropy(q, p"),
    ("sqrt(js_divergence", "(js_divergence"),
    ("softmax(", "softmax(2 * "),
    ("sigmoid(", "sigmoid(-"),
    ("surprisal(", "surprisal(0.5 * "),
    ("n_bins=2", "n_bins=1"),
    ("n_bins=3", "n_bins=2"),
    ("beta=beta", "beta=beta**2"),
    ("axis=0", "axis=1"),
    ("class_weight(counts", "class_weight(counts[::-1]"),
]


@pytest.mark.parametrize("old, new", EDITS, ids=lambda text: text)
def test_any_expression_changed_is_noticed(old, new):
    touched = [entry for entry in ENTRIES if old in entry.right]
    assert touched
    survivors = [e.id for e in touched if holds(replace(e, right=e.right.replace(old, new)))]
    assert survivors == []


@each
def test_no_other_verdict_would_do(entry):
    """A right figure is not called wrong, nor a wrong one right, without a complaint."""
    others = {"right": ("wrong", "unexplained")}.get(entry.verdict, ("right",))
    for verdict in others:
        assert not recompute(replace(entry, verdict=verdict)).confirms


def test_a_right_figure_needs_no_correction():
    entry = LEDGER["koech-first-loss"]
    assert not recompute(replace(entry, instead=entry.printed)).confirms
    assert not recompute(replace(entry, instead=entry.printed, verdict="wrong")).confirms


def test_a_wrong_explanation_is_noticed():
    entry = LEDGER["pytorch-smoothing-floor"]
    assert not recompute(replace(entry, printed_by=entry.right)).confirms
    assert not recompute(replace(entry, right=entry.printed_by)).confirms


# ---- the comparison itself


@pytest.mark.parametrize(
    "value, printed, significant, answer",
    [
        (0.36773, "0.3677", None, True),
        (0.36776, "0.3677", None, False),
        (0.125, "0.12", None, True),  # halfway: rounded to even
        (0.125, "0.13", None, True),  # halfway: rounded up
        (0.9, "1", None, True),
        (0.15, "0.1", None, True),  # halfway, in decimals; as a double a little less
        (0.15, "0.2", None, True),
        (-0.15, "-0.2", None, True),
        (0.5, "0", None, True),
        (0.4, "0", None, True),
        (0.6, "0", None, False),
        (0.3, "0.00", None, False),
        (0.04, "0.0", 2, True),  # a zero has no leading digit to count from
        (-0.0, "-0.0", None, True),
        (5.3e8, "5e08", None, True),
        (5.3e8, "5e08", 2, False),
        (0.0909, "0.1", None, True),
        (0.0909, "0.1", 2, False),
        (2.5e-5, "2.54e-05", None, False),
        (0.46899559358928122, "0.46899559358928117", None, True),  # one rounding of a double
        (0.46899559358928222, "0.46899559358928117", None, False),
        (math.inf, "inf", None, True),
        (-math.inf, "inf", None, False),
        (1e300, "inf", None, False),
        (math.inf, "1000", None, False),
        (math.nan, "0.5", None, False),
        ([1.0, 2.0], ["1", "2"], None, True),
        ([1.0, 2.0], ["1"], None, False),
        ([1.0], "1", None, False),
        (1.0, ["1"], None, False),
        ([[1.0], [2.0]], [["1"], ["3"]], None, False),
    ],
)
def test_agreement(value, printed, significant, answer):
    assert agrees(value, printed, significant) is answer


def test_expressions_cannot_reach_beyond_their_names():
    for expression in ("open('x')", "__import__('os')", "np.exp(1)", "unknown"):
        with pytest.raises(NameError):
            evaluate(expression, {})


def test_an_input_is_meant_before_a_function_of_its_name():
    assert "entropy" in NAMES
    assert evaluate("entropy", {"entropy": 2.0}) == 2.0


def test_arrays_and_numbers_come_back_plain():
    assert evaluate("2 * p", {"p": [0.25, 0.5]}) == [0.5, 1.0]
    assert type(evaluate("softmax(z)[0]", {"z": [0, 0]})) is float
    assert type(evaluate("1 + 1", {})) is float


def test_lists_become_arrays_and_numbers_stay_what_they_are():
    assert evaluate("[0.5] * n", {"n": 2}) == [0.5, 0.5]
    assert evaluate("p * n", {"n": 2, "p": [0.5]}) == [1.0]


def test_the_ledger_is_the_callers_own():
    ledger()["koech-first-loss"].inputs["probs"][0] = 0.0
    assert ledger()["koech-first-loss"].inputs["probs"][0] == 0.775


def test_the_ledger_is_read_as_utf8_whatever_the_machine_prefers(monkeypatch):
    monkeypatch.setattr(io, "text_encoding", lambda encoding, *_: encoding or "utf-16")
    assert ledger() == LEDGER


def test_an_entry_and_its_values_are_changed_by_making_others():
    entry = LEDGER["koech-first-loss"]
    for one in (entry, recompute(entry)):
        with pytest.raises(FrozenInstanceError):
            one.right = "0"


def test_importing_celib_does_not_load_it():
    """Nor does importing the module read the file: it is read when the ledger is asked for."""
    code = (
        "import sys, celib; assert 'celib.published' not in sys.modules; "
        "import json; json.loads = None; import celib.published"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


# ---- helpers


def leaves(tree):
    if isinstance(tree, dict):
        tree = list(tree.values())
    if not isinstance(tree, list):
        return [tree]
    return [leaf for branch in tree for leaf in leaves(branch)]


def put(tree, index, leaf):
    """Return a copy of nested lists in which one leaf, counted from the left, is another."""
    flat = leaves(tree)
    flat[index] = leaf
    rest = iter(flat)

    def rebuilt(branch):
        return [rebuilt(b) for b in branch] if isinstance(branch, list) else next(rest)

    return rebuilt(tree)


def nudged(leaf):
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int):
        return leaf + max(1, leaf // 2)
    return leaf * 2 if leaf else 0.1


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def is_stored(name):
    return isinstance(name.ctx, ast.Store)


def holds(entry):
    """Tell whether an altered entry would still pass; a refusal or a crash is a complaint."""
    try:
        with np.errstate(all="ignore"):
            return recompute(entry).confirms
    except (ValueError, TypeError, IndexError, ArithmeticError):
        return False
