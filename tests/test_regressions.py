"""Every known regression can be planted, and the tool that plants them tells what was noticed."""

import subprocess
from collections import Counter
from multiprocessing.pool import ThreadPool

import pytest
import regressions as tool
from regressions import Regression

REGRESSIONS = tool.regressions()


@pytest.mark.parametrize("one", REGRESSIONS, ids=lambda one: one.what)
def test_what_is_planted_stands_once_in_its_file_and_its_checks_exist(one):
    assert (tool.ROOT / one.path).read_text(encoding="utf-8").count(one.before) == 1
    assert one.after != one.before
    assert one.noticed
    for check in one.noticed:
        *kind, file = check.split()
        assert kind in ([], ["page"], ["prose"])
        assert (tool.ROOT / file).is_file()
        assert kind or file.endswith(".py")


def test_there_are_enough_of_each_kind():
    counts = Counter(one.kind for one in REGRESSIONS)
    assert counts["mathematics"] >= 12
    assert counts["figures"] + counts["live"] >= 6
    assert counts["prose"] >= 6
    assert all(counts[kind] for kind in ("pages", "outputs", "ledger", "exercises"))
    assert max(Counter((one.kind, one.what) for one in REGRESSIONS).values()) == 1


def test_words_choose_by_kind_name_or_path():
    assert tool.chosen(REGRESSIONS, []) == REGRESSIONS
    (ignored,) = tool.chosen(REGRESSIONS, ["gamma ignored"])
    assert ignored.path == "celib/focal.py"
    found = tool.chosen(REGRESSIONS, ["ledger", "README"])
    assert {one.path for one in found} >= {"celib/published.json", "README.md"}
    assert len(found) < len(REGRESSIONS)
    with pytest.raises(SystemExit, match="none is about nothing-such"):
        tool.main(["nothing-such"])


def test_a_check_is_run_as_it_is_named():
    assert tool.command("page a.ipynb") == ["tools/notebooks.py", "check", "a.ipynb"]
    assert tool.command("prose README.md") == ["tools/prose.py", "README.md"]
    pytest_run = tool.command("tests/test_a.py")
    assert (pytest_run[:2], pytest_run[-1]) == (["-m", "pytest"], "tests/test_a.py")


def test_only_what_git_tracks_is_copied_and_as_it_stands_now(tmp_path):
    source, copy = tmp_path / "source", tmp_path / "copy"
    (source / "inner").mkdir(parents=True)
    for name in ("kept", "inner/edited", "deleted"):
        (source / name).write_text("as committed")
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    subprocess.run(["git", "add", "."], cwd=source, check=True)
    (source / "inner/edited").write_text("as edited")
    (source / "deleted").unlink()
    (source / "untracked").touch()
    tool.copied(source, copy)
    found = {path.name: path.read_text() for path in copy.rglob("*") if path.is_file()}
    assert found == {"kept": "as committed", "edited": "as edited"}


# --- in a small tree ----------------------------------------------------------------------------

DOUBLE = "def double(x):\n    return x * 2\n"
TREE = {
    "double.py": DOUBLE,
    # The checks here are programs that this one runs.
    "tools/prose.py": "import runpy, sys\nrunpy.run_path(sys.argv[1])\n",
    "strong.py": "from double import double\nassert double(3) == 6\n",
    "weak.py": "from double import double\nassert double(2) == 4\n",
    "broken.py": "assert False\n",
}


@pytest.fixture
def hunt(tmp_path, capsys):
    """Plant x + 2 or x ** 2 in a tree; give whether all is well, and what is said."""
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def hunted(after, *checks):
        noticed = [f"prose {check}.py" for check in checks]
        one = Regression("sums", "not doubled", "double.py", "x * 2", after, noticed)
        with ThreadPool(2) as pool:
            is_fine = tool.hunt(tmp_path, [one], pool)
        assert (tmp_path / "double.py").read_text() == DOUBLE
        assert not list(tmp_path.rglob("__pycache__"))
        return is_fine, capsys.readouterr().out

    return hunted


def test_what_is_noticed_is_well(hunt):
    is_fine, said = hunt("x * 3", "strong", "weak")
    assert is_fine
    assert "sums: not doubled: noticed by prose strong.py, prose weak.py; " in said
    assert "1 of 1 regressions are noticed" in said


def test_a_check_that_does_not_notice_is_told(hunt):
    is_fine, said = hunt("x + 2", "strong", "weak")
    assert not is_fine
    assert "noticed by prose strong.py, NOT BY prose weak.py; " in said
    assert "0 of 1 regressions are noticed" in said


def test_a_check_that_fails_by_itself_notices_nothing(hunt):
    is_fine, said = hunt("x * 3", "strong", "broken")
    assert not is_fine
    assert "prose broken.py FAILS BY ITSELF" in said
    assert "noticed by prose strong.py; " in said
    assert "0 of 1 regressions are noticed" in said


def test_the_file_is_as_it_was_even_after_an_interruption(tmp_path):
    (tmp_path / "double.py").write_text(DOUBLE)
    one = Regression("sums", "not doubled", "double.py", "x * 2", "x + 2", [])

    def interrupted():
        assert "x + 2" in (tmp_path / "double.py").read_text()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), tool.planted(one, tmp_path):
        interrupted()
    assert (tmp_path / "double.py").read_text() == DOUBLE


def test_what_does_not_stand_there_once_is_not_planted(tmp_path):
    (tmp_path / "double.py").write_text(DOUBLE)
    one = Regression("sums", "twice there", "double.py", "x", "y", [])
    with (
        pytest.raises(ValueError, match=r"double\.py has not exactly once: x"),
        tool.planted(one, tmp_path),
    ):
        raise AssertionError("it was planted")
