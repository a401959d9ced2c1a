"""The tool that plants mistakes plants the ones it should, and tells which were noticed."""

import ast
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import mutants as tool
import pytest
from mutant_record import Equivalent, record, sorted_out
from mutant_trials import Forks, Job, Verdict
from mutations import Python, mutants

import celib

LOSS = '''
"""A module."""

import math

HALF = 0.5


def loss(p: float, unit: str = "nats") -> float:
    """Never changed: -1 < 0."""
    if p <= 0:
        raise ValueError(f"p is {p + 1}, said in words")
    return -math.log(p) * (HALF if unit == "bits" else 1)
'''


def changes(source, name="module.py"):
    """Give for each mistake the line as it is and as it would be."""
    return {(m.before, m.after) for m in mutants(name, textwrap.dedent(source).encode())}


@pytest.mark.parametrize(
    "line, mistakes",
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = a + b", ["x = a - b", "x = a", "x = b"]),
        ("x = a**b", ["x = a*b", "x = a", "x = b"]),
        ("x = a and b", ["x = a or b", "x = a", "x = b"]),
        ("x = -a", ["x = a"]),
        ("x = not a", ["x = a"]),
        ("x = 0", ["x = 1"]),
        ("x = 1", ["x = 0", "x = 2"]),
        ("x = 7", ["x = 8"]),
        ("x = 0.25", ["x = 0.5"]),
        ("x = True", ["x = False"]),
        ('x = "nats"', ['x = "nat"']),
        ("x = a.mean()", ["x = a.sum()", "x = a"]),
        ("x = min(a, b)", ["x = max(a, b)", "x = min(a)", "x = a"]),
        ("x = f(a, axis=b)", ["x = f(a)", "x = a"]),
        ("x = a if b else c", ["x = a if not (b) else c"]),
        ("x = [a, *b]", ["x = [*b]", "x = [a]"]),
        ("x = {a: b, c: d}", ["x = {c: d}", "x = {a: b}"]),
        ('x = f"{a:.4f} é {b - c}"', ['x = f"{a:.3f} é {b - c}"', 'x = f"{a:.4f} é {b + c}"',
                                      'x = f"{a:.4f} é {b}"', 'x = f"{a:.4f} é {c}"']),
        ("x += a", ["x -= a", "pass"]),
        ("x[a] = b", ["pass"]),
        ("check(a)", ["pass"]),
    ],
)  # fmt: skip
def test_the_mistakes_of_a_line(line, mistakes):
    assert changes(line) == {(line, mistake) for mistake in mistakes}


@pytest.mark.parametrize(
    "lines",
    [
        "import a",
        "from a import b as c",
        '__all__ = ["a", "b"]',
        'def f(a: "int"):\n    """Of 1 + 1."""',
        'x = "three words here"',
        'raise ValueError("wrong")',
        "P = ParamSpec('P')",
        "X: TypeAlias = 'list[X]'",
    ],
)
def test_what_is_left_alone(lines):
    assert not changes(lines)


def test_the_mistakes_of_a_function():
    found = changes(LOSS)
    for after in [
        "HALF = 1.0",
        'def loss(p: float, unit: str = "nat") -> float:',
        "if p < 0:",
        "if p > 0:",
        "if p <= 1:",
        'raise ValueError(f"p is {p - 1}, said in words")',
        "return None",
        'return -math.log1p(p) * (HALF if unit == "bits" else 1)',
        'return -math.log(p) / (HALF if unit == "bits" else 1)',
        'return -math.log(p) * (HALF if unit != "bits" else 1)',
        'return math.log(p) * (HALF if unit == "bits" else 1)',
        'return -p * (HALF if unit == "bits" else 1)',
    ]:
        assert after in {new for _, new in found}, after
    assert not any("Never changed" in old for old, _ in found)
    assert all("said in words" in new for old, new in found if "said" in old)


def test_a_mistake_says_where_it_is_and_when_it_acts():
    by_line = {m.after: m for m in mutants("module.py", LOSS.encode())}
    assert by_line["HALF = 1.0"].at_import
    assert by_line["HALF = 1.0"].names == {"HALF"}
    assert by_line['def loss(p: float, unit: str = "nat") -> float:'].at_import
    inside = by_line["if p < 0:"]
    assert (inside.function, inside.lines, inside.at_import) == ("loss", (11, 11), False)
    assert inside.place == "module.py:11 loss"


def test_lines_keep_their_numbers():
    """What follows a mistake is where it was, or living functions would not be found."""
    source = b"x = f(\n    a,\n    b=c,\n)\n\n\ndef g():\n    return 1\n"
    for mutant in mutants("module.py", source):
        assert mutant.text.count(b"\n") == source.count(b"\n"), mutant.after


def test_every_expression_in_an_fstring_of_celib_is_found():
    """Python tells their places only from 3.12 on."""
    for path in Path(celib.__file__).parent.rglob("*.py"):
        module = Python(path.name, path.read_bytes())
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FormattedValue):
                written = ast.parse(module.words(node.value), mode="eval").body
                assert ast.dump(written) == ast.dump(node.value), f"{path}:{node.lineno}"


def test_mistakes_in_data():
    """Numbers change their last digit, formulas whatever a formula may; sentences stay."""
    toml = '[one]\nwrong = "log2(p) * 2"\nvalue = 0.3677\nbecause = "It is 1 - p, not p."\n'
    assert {new for _, new in changes(toml, "data.toml")} >= {
        "value = 0.3678",
        'wrong = "log2(p) / 2"',
        'wrong = "log2(p)"',
        'wrong = "p * 2"',
        'wrong = "log2(p) * 3"',
    }
    assert not any("because" in old for old, _ in changes(toml, "data.toml"))
    ledger = json.dumps([{"id": "a", "printed": "0.95", "inputs": {"p": [0.5, 1]}}], indent=1)
    found = mutants("data.json", ledger.encode())
    assert {(m.function, m.after) for m in found} == {
        ("a", '"printed": "0.96",'),
        ("a", "0.6,"),
        ("a", "2"),
    }


# --- which are noticed --------------------------------------------------------------------------

PACKAGE = {
    "celib/__init__.py": "from .loss import ask, double, LIMIT\n",
    "celib/loss.py": (
        "LIMIT = 3\n\n\ndef double(x):\n    return x * 2\n\n\n"
        "def ask(x, limit=LIMIT):\n    while x < limit:\n        x += 1\n    return x\n"
    ),
    # as in our own conftest.py: functions that are frozen are not looked for as others are
    "conftest.py": "import gc\n\n\ndef pytest_collection_finish():\n    gc.freeze()\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n',
}
WEAK = "import celib\n\n\ndef test_double():\n    assert celib.double(0) == 0\n"
STRONG = "import celib\n\n\ndef test_double():\n    assert celib.double(3) == 6\n"
ASKS = "\n\ndef test_ask():\n    assert celib.ask(1) == 3\n    assert celib.ask(2, 5) == 5\n"
TOOL = """
import json, os, sys
from pathlib import Path
sys.path[:0] = [os.getcwd()]
import mutant_trials, mutations, what_runs
mutant_trials.SECONDS_MORE = 0.5
root = Path.cwd()
coverage = what_runs.Coverage(root, root / "build")
coverage.refresh()
tried = mutations.mutants("celib/loss.py", (root / "celib/loss.py").read_bytes())
results = mutant_trials.settled(mutant_trials.Hunt(root, coverage, 1), tried)
print("RESULT" + json.dumps([[m.after, v.outcome, v.by] for m, v in results]))
"""


@pytest.fixture
def package(tmp_path):
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def hunt(package, tests):
    (package / "tests" / "test_loss.py").write_text(tests)
    environment = os.environ | {"PYTHONPATH": str(Path(tool.__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", TOOL], cwd=package, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "COLD" not in done.stdout  # all mistakes are made while the functions live
    result = done.stdout.rpartition("RESULT")[2]
    return {after: (outcome, by) for after, outcome, by in json.loads(result)}


def test_what_no_test_notices_survives_and_what_one_notices_does_not(package):
    found = hunt(package, WEAK)
    assert found["return x / 2"] == ("survived", "")
    assert found["return 2"] == ("killed", "tests/test_loss.py::test_double")
    assert found["x += 2"] == ("survived", "")  # nothing runs it


def test_a_better_test_kills_all_also_the_endless_and_those_at_import(package):
    found = hunt(package, STRONG + ASKS)
    by = "tests/test_loss.py::test_double"
    assert found["return x / 2"] == found["return 2"] == found["return x * 3"] == ("killed", by)
    assert found["x -= 1"] == ("killed", "tests/test_loss.py::test_ask (endless)")
    assert found["LIMIT = 4"] == ("killed", "tests/test_loss.py::test_ask")
    assert {outcome for outcome, _ in found.values()} == {"killed"}


# --- the record ---------------------------------------------------------------------------------


def verdicts(**outcomes):
    known = {m.after: m for m in mutants("celib/loss.py", b"x = a < b\n")}
    return [(known["x = a " + {"le": "<=", "ge": ">="}[k] + " b"], v) for k, v in outcomes.items()]


KILLED, SURVIVED = Verdict("killed", "tests/test_loss.py::test_x"), Verdict("survived")
EXPLAINED = Equivalent("celib/loss.py", "", "x = a < b", "x = a <= b", "a is never b")


def test_a_survivor_counts_unless_it_is_explained():
    found, stale = sorted_out(verdicts(le=SURVIVED, ge=KILLED), [])
    assert [one["after"] for one in found["celib/loss.py"].survived] == ["x = a <= b"]
    assert not stale
    assert "| 2 | 1 | 0 | 0 | 1 | 50.0 % |" in record(found, {"celib/loss.py": 2})
    found, stale = sorted_out(verdicts(le=SURVIVED, ge=KILLED), [EXPLAINED])
    assert not found["celib/loss.py"].survived
    assert not stale
    assert "| 2 | 1 | 0 | 1 | 0 | 100.0 % |" in record(found, {"celib/loss.py": 2})


def test_a_sample_says_of_how_many_it_is():
    found, _ = sorted_out(verdicts(le=KILLED), [])
    page = record(found, {"celib/loss.py": 2})
    assert "| **ledger and libraries**, 1 of 2 | 1 | 1 | 0 | 0 | 0 | 100.0 % |" in page
    assert "`loss.py`" not in page


def test_samples_are_those_of_their_seed():
    all_of_it = mutants("celib/loss.py", LOSS.encode())
    one, same, other = (tool.sampled(all_of_it, 5, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert one == [m for m in all_of_it if m in one]
    assert len(one) == 5
    assert tool.sampled(all_of_it, 10_000, 1) == all_of_it


def test_an_explanation_of_what_is_killed_or_gone_is_stale():
    _, stale = sorted_out(verdicts(le=KILLED, ge=KILLED), [EXPLAINED])
    assert ["is killed" in words for words in stale] == [True]
    _, stale = sorted_out(verdicts(ge=KILLED), [EXPLAINED])
    assert ["is no mutant now" in words for words in stale] == [True]


def test_what_ends_the_process_is_killed():
    (mutant, _), *_ = verdicts(le=SURVIVED)
    job = Job(mutant, [])
    ((_, verdict),) = Forks(2).run([job], lambda job, tell: os._exit(3))
    assert verdict.outcome == "killed"
    assert list(Forks(2).run([job], lambda job, tell: None)) == [(job, SURVIVED)]
