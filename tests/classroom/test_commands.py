"""What each command hands on, says and writes, without a class: the doing is tested elsewhere."""

import argparse
import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest

pytest.importorskip("fcntl", reason="grading needs Linux")
pytest.importorskip("nbgrader", reason="needs nbgrader: install the extra classroom")

from celib.classroom import command, grading, preprocessors, repairing
from celib.classroom.commands import feedback, init, options, release
from celib.classroom.courses import Course, CourseError
from celib.classroom.inside import runner
from celib.classroom.results import Question, Result
from celib.classroom.sandbox import Unavailable
from celib.classroom.student import MOST_RECEIVED


@pytest.fixture
def doing(monkeypatch):
    """Let `check` do something else."""

    def put(run):
        module = Thing(__doc__="First line.\nMore\n", add_to=lambda parser: None, run=run)
        monkeypatch.setattr(command, "NAMES", ("check",))
        monkeypatch.setattr(command.importlib, "import_module", lambda name, package: module)

    return put


@pytest.mark.parametrize("error", [CourseError("No course."), Unavailable("No sandbox.")])
def test_what_the_teacher_has_to_do_is_told_without_a_traceback(doing, capsys, error):
    def run(options):
        raise error

    doing(run)
    assert command.main(["check"]) == 2
    assert capsys.readouterr() == ("", f"{error}\n")


def test_a_stop_is_no_accident(doing, capsys):
    def run(options):
        raise KeyboardInterrupt

    doing(run)
    assert command.main(["check"]) == 2
    told = capsys.readouterr()
    assert told == ("", "\nStopped. The same command goes on where it was.\n")


def test_programs_beside_this_python_are_found(doing, monkeypatch):
    seen = []
    doing(lambda options: seen.append(os.environ["PATH"]) or True)
    monkeypatch.setenv("PATH", "/elsewhere")
    assert command.main(["check"]) == 1
    monkeypatch.delenv("PATH")
    assert command.main(["check"]) == 1
    beside = os.path.dirname(sys.executable)
    assert seen == [f"{beside}:/elsewhere", f"{beside}:"]


def test_a_command_must_be_named(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["celib-classroom"])
    with pytest.raises(SystemExit) as done:
        command.main()
    assert done.value.code == 2
    told = capsys.readouterr().err
    assert "usage: celib-classroom [-h] command ..." in told
    assert "required: command" in told


def test_help_is_laid_out_as_it_was_written(doing, capsys):
    doing(lambda options: 0)
    with pytest.raises(SystemExit):
        command.main(["--help"])
    told = capsys.readouterr().out
    assert "Assign problem sets, grade them in a sandbox, and say what was believed." in told
    assert command.EXAMPLES.rstrip() in told
    assert " First line\n" in told
    assert "commands:\n" in told
    with pytest.raises(SystemExit):
        command.main(["check", "--help"])
    assert "\nFirst line.\nMore\n" in capsys.readouterr().out


def parsed(add, *arguments):
    parser = argparse.ArgumentParser()
    add(parser)
    return vars(parser.parse_args(arguments))


def test_options_have_their_defaults_and_may_be_repeated():
    def add(parser):
        options.add_problem_set(parser, students=True)

    assert parsed(add, "ps1") == {"problem_set": "ps1", "course": ".", "student": None}
    found = parsed(add, "ps1", "--student", "a", "--student", "b", "--course", "there")
    assert found == {"problem_set": "ps1", "course": "there", "student": ["a", "b"]}
    assert parsed(options.add_problem_set, "ps1") == {"problem_set": "ps1", "course": "."}
    assert parsed(init.add_to, "x") == {"folder": Path("x"), "source": None, "gradebook": ""}
    assert parsed(release.add_to, "x", "--force")["force"] is True
    assert parsed(release.add_to, "x")["force"] is False
    assert parsed(feedback.add_to, "x")["show_inputs"] is False
    assert parsed(feedback.add_to, "x", "--show-inputs")["show_inputs"] is True


@pytest.mark.parametrize(
    "count,words,said",
    [
        (0, ["page"], "0 pages"),
        (1, ["page"], "1 page"),
        (2, ["child", "children"], "2 children"),
        (1, ["child", "children"], "1 child"),
    ],
)
def test_what_is_counted_has_its_number(count, words, said):
    assert options.plural(count, *words) == said


def test_a_course_without_other_wishes_has_our_problem_sets(tmp_path, capsys, monkeypatch):
    sets = tmp_path / "sets"
    for name in ("b", "a"):
        (sets / name).mkdir(parents=True)
        (sets / name / "x.ipynb").write_text(name)
    (sets / "notes").mkdir()
    (sets / "notes" / "x.txt").write_text("no problem set")
    monkeypatch.setattr(init, "OURS", sets)
    monkeypatch.chdir(tmp_path)
    assert command.main(["init", "my course"]) == 0
    assert capsys.readouterr().out == "my course is a course with 2 problem sets.\n"
    root = tmp_path / "my course"
    found = sorted(str(one.relative_to(root)) for one in root.rglob("*"))
    assert found == sorted(
        ["nbgrader_config.py", "release", "submitted", "source"]
        + [f"source/{one}" for one in ("a", "a/x.ipynb", "b", "b/x.ipynb")]
    )
    made = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert "c.CourseDirectory.course_id = 'my course'\n" in made
    assert "db_url" not in made
    assert Course(root).directory.db_url == f"sqlite:///{root}/gradebook.db"
    assert command.main(["init", "my course"]) == 2
    assert capsys.readouterr().err == "my course is a course already; nothing was changed.\n"


def test_a_folder_that_is_there_becomes_a_course_and_loses_nothing(tmp_path):
    root = tmp_path / "course"
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "source" / "ps1" / "mine.txt").write_text("mine")
    assert command.main(["init", str(root)]) == 0
    assert (root / "source" / "ps1" / "mine.txt").read_text() == "mine"
    assert (root / "source" / "ps1" / "ps1.ipynb").exists()


@pytest.fixture
def generating(course, monkeypatch):
    """Let nbgrader release what is wanted, or refuse."""
    seen = []

    def generate(name, **how):
        seen.append((name, how))
        if not seen[0]:
            return {"success": False, "error": "No."}
        folder = Path(made[-1]) / name
        folder.mkdir(parents=True)
        (folder / "new.ipynb").write_text("{}")
        return {"success": True}

    made = []

    def app(self, **options):
        step = options["CourseDirectory"]["release_directory"]
        made.append(self.root / step)
        assert made[-1].parent == self.root / "release"
        directory = Thing(format_path=lambda step, student, name: str(self.root / step / name))
        return Thing(generate_assignment=generate, coursedir=directory)

    monkeypatch.setattr(Course, "app", app)
    return seen


def test_a_release_takes_the_place_of_the_old_one(course, generating, capsys):
    folder = course / "release" / "small"
    arguments = ["release", "small", "--course", str(course)]
    assert command.main(arguments) == 2
    told = capsys.readouterr().err
    assert told == f"{folder} is there already. Make it again with --force.\n"
    assert command.main([*arguments, "--force"]) == 0
    told = capsys.readouterr().out
    assert told == f"small is released: give students what is in {folder}.\n"
    assert [one.name for one in folder.iterdir()] == ["new.ipynb"]
    assert list((course / "release").iterdir()) == [folder]
    assert generating == [("small", {"force": True, "create": True})]
    assert command.main(["release", "x", "--course", str(course)]) == 2
    told = capsys.readouterr().err
    assert told == "There is no problem set 'x' in source; there are: small.\n"


def test_a_page_is_written_for_each_who_is_graded(course, monkeypatch, capsys):
    question = Question(
        "number-test",
        0.0,
        2.0,
        False,
        {"passed": False, "discreet": "Not yet.", "with_inputs": "Not for p = [1]."},
    )
    found = [Result("ann", "Ann", {"small": [question]}), Result("bob", "Bob")]
    monkeypatch.setattr(feedback, "results", lambda course, name: found)
    graded = course / "autograded" / "ann" / "small"
    graded.mkdir(parents=True)
    (graded / "timestamp.txt").write_text("then")
    assert command.main(["feedback", "small", "--course", str(course)]) == 0
    assert capsys.readouterr().out == f"1 page in {course.resolve() / 'feedback'}.\n"
    folder = course / "feedback" / "ann" / "small"
    assert sorted(one.name for one in folder.iterdir()) == ["small.html", "timestamp.txt"]
    assert (folder / "timestamp.txt").read_text() == "then"
    text = (folder / "small.html").read_text(encoding="utf-8")
    assert "<title>small: feedback</title>" in text
    assert "Not yet." in text
    assert not (course / "feedback" / "bob").exists()
    assert command.main(["feedback", "small", "--course", str(course), "--show-inputs"]) == 0
    assert "p = [1]" in (folder / "small.html").read_text(encoding="utf-8")


def test_pages_and_what_is_checked_are_of_the_right_notebook(course, monkeypatch, tmp_path):
    # The small set and its notebook have one name; most sets have not.
    asked = []
    nothing = Thing(released={"t": "assert half"})
    monkeypatch.setattr(Course, "master", lambda self, *names: asked.append(names) or nothing)
    question = Question("t", 1.0, 1.0, False, {"passed": True})
    result = Result("ann", "Ann", {"first": [question], "second": []})
    feedback._write(Course(course), "ps1", result, show_inputs=False)
    folder = course / "feedback" / "ann" / "ps1"
    assert sorted(one.name for one in folder.iterdir()) == ["first.html", "second.html"]
    assert "assert half" in (folder / "first.html").read_text(encoding="utf-8")
    assert "<section>" not in (folder / "second.html").read_text(encoding="utf-8")
    monkeypatch.setattr(Course, "notebooks", lambda self, assignment: ["first"])
    grading.checked(Course(course), "ps1", ["ann"])
    monkeypatch.chdir(course)
    about = {"assignment": "ps1", "student": "ann", "notebook": "first"}
    assert preprocessors._master({"nbgrader": about}) is nothing
    pairs = [("ps1", "first"), ("ps1", "second"), ("ps1", "first"), ("ps1", "first")]
    assert asked == pairs


def test_sizes_are_those_that_are_told():
    # In the guide and in messages; what is sent must be less than what is taken.
    assert (repairing.HUGE, repairing.LARGEST) == (10 * 1024**2, 100 * 1024**2)
    assert (runner.MOST_SHOWN, runner.MOST_SENT) == (2 * 1024**2, 4 * 1024**2)
    assert MOST_RECEIVED == 8 * 1024**2
    assert runner.FROM_JUDGE == 64 * 1024**2


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_of_one_step_is_full_at_once(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    options.Bar(1)("ann")
    assert sys.stderr.getvalue() == f"\r[{'#' * 30}] 1/1  about 0 s left  {'ann':<24}\n"
