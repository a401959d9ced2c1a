"""Each problem set grades as it should: the solution, nothing at all, wrong and right answers."""

import importlib
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from classroom.problem_sets.running import (
    ASSIGNMENTS,
    NAMES,
    STUB,
    cells,
    graded,
    notebook,
    points_of_tests,
    tasks,
    without_hidden_tests,
    without_solution,
)

from celib.practice import catalogue

GUIDE = Path(__file__).parents[3] / "docs" / "guide.md"
BANKS = {name: importlib.import_module(f"classroom.problem_sets.bank_{name}") for name in NAMES}
WRONG = [
    pytest.param(name, task, wrong, id=f"{name}-{task}-{wrong.what.replace(' ', '-')}")
    for name, bank in BANKS.items()
    for task, some in bank.WRONG.items()
    for wrong in some
]
RIGHT = [
    pytest.param(name, task, right, id=f"{name}-{task}-{right.what.replace(' ', '-')}")
    for name, bank in BANKS.items()
    for task, some in bank.RIGHT.items()
    for right in some
]
sets = pytest.mark.parametrize("name", NAMES)


def test_there_are_six():
    assert NAMES == ["ps1", "ps2", "ps3", "ps4", "ps5", "ps6"]


@sets
@pytest.mark.parametrize("apart", [True, False], ids=["judged-apart", "in-the-kernel"])
def test_the_solution_of_the_source_gets_full_marks(name, apart):
    assert graded(name, apart=apart, pictures=True) == {}


@sets
def test_as_released_a_set_runs_says_what_is_to_do_and_gets_nothing(name):
    failed = graded(name, released=True)
    assert set(failed) == set(points_of_tests(name))
    for cell in cells(name):
        if cell.is_solution and cell.type == "code":
            left = without_solution(cell.source)
            assert STUB.splitlines()[0] in left
            says = left.replace(STUB, "")
            assert '"""' in says or re.search(r"^# .*\bit\b|^# .*\b[Nn]ame", says, re.M), says


@pytest.mark.parametrize("name,task,wrong", WRONG)
def test_a_wrong_solution_loses_what_it_should_and_no_more(name, task, wrong):
    failed = graded(name, {task: wrong.code})
    assert set(failed) == wrong.loses, failed
    if wrong.mistake:
        title = catalogue()[wrong.mistake].title
        assert any(title in message for message in failed.values()), failed


@pytest.mark.parametrize("name,task,right", RIGHT)
def test_a_right_solution_written_otherwise_loses_nothing(name, task, right):
    assert graded(name, {task: right.code}) == {}


@sets
def test_the_banks_are_full_and_every_test_can_be_lost(name):
    bank = BANKS[name]
    lost = set()
    for task, judged in tasks(name).items():
        assert len(bank.WRONG[task]) >= 3, task
        assert len(bank.RIGHT[task]) >= 2, task
        assert all(wrong.loses for wrong in bank.WRONG[task]), task
        lost |= {id for wrong in bank.WRONG[task] for id in wrong.loses & set(judged)}
    assert lost == set(points_of_tests(name))
    named = [wrong for some in bank.WRONG.values() for wrong in some if wrong.mistake]
    assert len(named) >= 6


@sets
def test_points_are_said_where_they_are_given(name):
    total = sum(cell.points for cell in cells(name))
    assert f"{total} points in all" in cells(name)[0].source
    for cell in cells(name):
        if cell.is_test:
            points = "1 point" if cell.points == 1 else f"{cell.points} points"
            assert cell.source.startswith(f"# {points}: ")
            assert cell.points in (1, 2)
    assert 5 <= len(tasks(name)) <= 7


@sets
def test_one_answer_is_written_and_has_a_rubric_here_and_in_the_guide(name):
    written = [cell for cell in cells(name) if cell.type == "markdown" and cell.is_solution]
    assert len(written) == 1
    assert "**Rubric**" in written[0].source
    guide = GUIDE.read_text(encoding="utf-8")
    rubric = written[0].source.partition("**Rubric**")[2]
    for title in re.findall(r"^\d\. \*([^*]+)\*", rubric, re.M):
        assert f"*{title}*" in guide, title


@sets
def test_the_guide_says_how_long_a_set_takes_and_what_it_is_worth(name):
    first = cells(name)[0].source
    title = re.search(r"^# Problem set (\d · .*)", first)[1]
    minutes = re.search(r"Allow about (\d+) minutes", first)[1]
    total, written = (
        sum(cell.points for cell in cells(name) if cell.type in types)
        for types in (("code", "markdown"), ("markdown",))
    )
    row = next(line for line in GUIDE.read_text(encoding="utf-8").splitlines() if title in line)
    assert [part.strip() for part in row.split("|")[3:6]] == [
        f"{minutes} minutes",
        str(total),
        f"{written} of them",
    ]


@sets
def test_a_set_is_stored_without_outputs_and_known_to_nbgrader(name):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (extra classroom)")
    from nbgrader.nbgraderformat import MetadataValidator

    MetadataValidator().validate_nb(notebook(name))
    for cell in notebook(name).cells:
        assert not cell.get("outputs"), cell.id
        assert cell.get("execution_count") is None, cell.id
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """All sets, released by nbgrader in one go."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (extra classroom)")
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    course = tmp_path_factory.mktemp("course")
    source = course / "source" / "all"
    source.mkdir(parents=True)
    for name in NAMES:
        (source / f"{name}.ipynb").write_bytes((ASSIGNMENTS / name / f"{name}.ipynb").read_bytes())
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.course_id = "cross-entropy"
    with pytest.MonkeyPatch.context() as patched:
        # nbgrader looks for the command alembic, which stands beside this Python
        beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        patched.setenv("PATH", beside)
        result = NbGraderAPI(config=config).generate_assignment("all")
    assert result["success"], result["log"]
    return course / "release" / "all"


@sets
def test_nbgrader_releases_what_we_think_it_does(name, release):
    released = nbformat.read(release / f"{name}.ipynb", as_version=4)
    for ours, theirs in zip(cells(name), released.cells, strict=True):
        if ours.type == "code":
            expected = without_hidden_tests(without_solution(ours.source))
            assert squeezed(theirs.source) == squeezed(expected)
        elif ours.is_solution:
            assert "Rubric" not in theirs.source
        else:
            assert theirs.source == ours.source
    text = "".join(cell.source for cell in released.cells)
    assert "HIDDEN" not in text
    assert "BEGIN SOLUTION" not in text
    assert "expect(" not in text


def squeezed(source):
    return re.sub(r"\n\s*\n", "\n", source.strip())
