"""A class in words, tables, pages and a picture: made-up results, nothing graded."""

import argparse
import csv
import io
import re
import sys
import time

import pytest

pytest.importorskip("fcntl", reason="grading needs Linux")

from celib.classroom.command import NAMES, _parser
from celib.classroom.commands import export, options, release, report
from celib.classroom.courses import CourseError
from celib.classroom.pages import page
from celib.classroom.results import Question, Result
from celib.practice.catalogue import catalogue
from celib.practice.telling import EDGES

RIGHT = {"passed": True, "message": "", "discreet": "", "with_inputs": "", "mistake": None}
NATS = {
    "passed": False,
    "message": "All of it.",
    "discreet": "Not <yet>.",
    "with_inputs": "Not for p = [1].",
    "mistake": "natural-log-for-bits",
}


def result(student, *outcomes, waits=False, findings=(), comment=""):
    """Give two points for each right answer, and have one that is written."""
    questions = [
        Question(f"task-{n}", 2.0 * one["passed"], 2.0, False, one)
        for n, one in enumerate(outcomes)
    ]
    questions.append(Question("why", 0.0 if waits else 2.5, 3.0, waits, {}, comment))
    return Result(student, student.title(), {"small": questions}, "bubblewrap", list(findings))


CLASS = [result("ann", RIGHT, RIGHT), result("bob", NATS, NATS), result("eve", RIGHT, NATS)]
ABSENT = Result("zoe", "Zoe")


@pytest.fixture
def of_the_class(monkeypatch, tmp_path):
    """Run a command on the class above."""

    def run(module, *arguments, found=(*CLASS, ABSENT)):
        course = argparse.Namespace(root=tmp_path)
        (tmp_path / ".classroom" / "small").mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(module, "course_of", lambda options: course)
        monkeypatch.setattr(module, "results", lambda course, name: list(found))
        parser = argparse.ArgumentParser()
        module.add_to(parser)
        return module.run(parser.parse_args(["small", *arguments]))

    return run


def test_a_report_counts_students_and_not_answers(of_the_class, capsys, tmp_path):
    assert of_the_class(report) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    # By hand: task-0 2, 0 and 2 points; task-1 2, 0 and 0; each written answer 2.5 of 3.
    assert lines[0].split() == ["question", "points", "full"]
    assert lines[1].split() == ["task-0", "1.33", "of", "2", "67%"]
    assert lines[2].split() == ["task-1", "0.67", "of", "2", "33%"]
    assert lines[3].split()[:6] == ["why", "2.50", "of", "3", "0%", "nobody:"]
    mistake = catalogue()["natural-log-for-bits"]
    assert lines[4:] == [
        "",
        "What the class believes (3 students):",
        "",
        f"  2  {mistake.title}",
        f"     believed: {mistake.belief}",
        f"     true:     {mistake.truth}",
        "",
        lines[-1],
    ]
    kept = tmp_path / ".classroom" / "small"
    assert (kept / "report.txt").read_text(encoding="utf-8") in told
    said = (kept / "report-picture.txt").read_text(encoding="utf-8")
    assert mistake.title in said
    assert "of 3" in said


def test_a_class_without_known_mistakes_has_no_picture(of_the_class, capsys, tmp_path):
    assert of_the_class(report, found=[result("ann", RIGHT, waits=True)]) == 0
    told = capsys.readouterr().out
    assert "No known mistake was made." in told
    assert "still to be read" in told
    assert "nobody" not in told
    assert not (tmp_path / ".classroom" / "small" / "report.png").exists()


def test_a_picture_grows_with_its_rows():
    from celib.classroom.drawing import beliefs_drawn

    one, ten = (beliefs_drawn({f"mistake {n}": 2 for n in range(m)}, students=5) for m in (1, 10))
    height = [figure.png()[20:24] for figure in (one, ten)]  # as the header of a PNG has it
    pixels = [int.from_bytes(part, "big") for part in height]
    assert pixels[1] > 2 * pixels[0]


@pytest.mark.parametrize("layout", ["nbgrader", "canvas", "moodle"])
def test_a_table_leaves_blank_who_is_not_graded(of_the_class, tmp_path, layout, capsys):
    path = tmp_path / "grades.csv"
    assert of_the_class(export, "--to", layout, "--questions", "--out", str(path)) == 1
    with open(path, encoding="utf-8", newline="") as file:
        ann, *_, zoe = csv.DictReader(file)
    assert "Ann" in ann.values()
    assert ann["task-0"] == "2"
    assert ann["why"] == "2.5"
    points = {"nbgrader": "score", "canvas": "small", "moodle": "Grade"}[layout]
    assert (ann[points], zoe[points], zoe["why"]) == ("6.5", "", "")
    if layout != "canvas":
        assert (ann := ann[{"nbgrader": "max_score", "moodle": "Maximum Grade"}[layout]]) == "7"
    told = capsys.readouterr()
    assert f"{path}: 4 students." in told.out
    assert "left blank: zoe." in told.err
    assert "to be read" not in told.err


def test_a_table_says_who_waits_and_stands_where_the_teacher_is(
    of_the_class, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert of_the_class(export, "--to", "canvas", found=[result("ann", RIGHT, waits=True)]) == 0
    assert "still to be read: ann." in capsys.readouterr().err
    header, row = (tmp_path / "small-canvas.csv").read_text(encoding="utf-8").splitlines()
    assert header == "Student,ID,SIS Login ID,Section,small"
    assert row == "Ann,ann,,,2"


def words_of(one, **options):
    options = {"show_inputs": False, "released": {}} | options
    return page("small", one, one.all, options.pop("released"), **options)


def test_a_page_has_all_that_a_student_may_know():
    one = result(
        "<ann>", RIGHT, NATS, findings=["It was <cut>."], comment="Well & good.", waits=True
    )
    text = words_of(one, released={"task-0": "assert 1 < 2", "task-1": " "})
    assert "<strong>2 of 7 points</strong>, and an answer still to be read." in text
    assert "<li>It was &lt;cut&gt;.</li>" in text
    assert "<h2>task-0: 2 of 2</h2>" in text
    assert "<h2>task-1: 0 of 2</h2>" in text
    assert "<h2>why: waits to be read</h2>" in text
    assert text.count("<section>") == text.count("</section>") == 3
    assert text.count("Right.") == 1
    assert "Not &lt;yet&gt;." in text
    assert "Well &amp; good." in text
    assert text.count("<details>") == 1
    assert "assert 1 &lt; 2" in text
    assert not [word for word in ("All of it", "p = [1]", "<ann>", "<Ann>") if word in text]
    assert "p = [1]" in words_of(one, show_inputs=True)


def test_a_page_on_which_nothing_was_put_right_says_nothing_of_it():
    text = words_of(result("ann", RIGHT))
    assert "put right" not in text
    assert "still to be read" not in text
    assert "teacher writes" not in text


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_says_what_it_is_for(name):
    (commands,) = [one for one in _parser()._actions if one.choices]
    assert all(one.help for one in commands._choices_actions)
    assert all(one.help for one in commands.choices[name]._actions)


def test_nbgraders_own_help_says_what_trust_is():
    pytest.importorskip("nbgrader", reason="needs nbgrader: install the extra classroom")
    from celib.classroom.preprocessors import Judge

    assert "without a sandbox" in Judge.class_get_trait_help(Judge.trusted)
    assert Judge.trusted.default_value is False


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_says_how_long_it_will_still_take(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = options.Bar(4)
    now[0] += 10
    bar("ann")
    # A quarter took 10 s, so three quarters will take 30.
    drawn = "\r[" + "#" * 8 + "." * 22 + "] 1/4  about 30 s left  ann" + " " * 21
    assert sys.stderr.getvalue() == drawn
    for name in ("bob", "eve", "a name that is longer than the line"):
        bar(name)
    assert sys.stderr.getvalue().endswith("4/4  about 0 s left  a name that is longer th\n")


def test_a_bar_is_for_terminals_only(monkeypatch, capsys):
    options.Bar(1)("ann")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "answer,said",
    [
        ({"log": "[INFO]\n    ValueError: first\n    x.Error: no points\nTail"}, "no points"),
        ({"log": "It stopped.\n"}, "It stopped."),
        ({"log": "", "error": "Disk full"}, "Disk full"),
        ({}, ""),
    ],
    ids=str,
)
def test_a_refused_release_says_why_and_what_is_as_it_was(tmp_path, answer, said):
    start = "nbgrader could not release small. It says: " + said
    assert release._refusal(answer, "small", tmp_path / "small") == start
    kept = f"\nNothing was changed: {tmp_path} is as it was."
    assert release._refusal(answer, "small", tmp_path) == start + kept


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_of_a_table_is_known(of_the_class, tmp_path, capsys):
    path = tmp_path / "grades.csv"
    found = [result("ann", RIGHT), ABSENT]
    assert of_the_class(export, "--out", str(path), found=found) == 1
    assert rows(path) == [
        {
            "assignment": "small",
            "student_id": "ann",
            "name": "Ann",
            "score": "4.5",
            "max_score": "5",
            "sandbox": "bubblewrap",
            "task-0": "2",
            "why": "2.5",
        },
        {
            "assignment": "small",
            "student_id": "zoe",
            "name": "Zoe",
            "score": "",
            "max_score": "",
            "sandbox": "not graded",
            "task-0": "",
            "why": "",
        },
    ]
    assert of_the_class(export, "--to", "moodle", "--out", str(path), found=found[:1]) == 0
    assert rows(path) == [
        {
            "Identifier": "Participant ann",
            "Full name": "Ann",
            "Grade": "4.5",
            "Maximum Grade": "5",
        }
    ]
    assert of_the_class(export, "--to", "canvas", "--out", str(path), found=found[:1]) == 0
    ((row),) = rows(path)
    assert row == {"Student": "Ann", "ID": "ann", "SIS Login ID": "", "Section": "", "small": "4.5"}


def test_thirds_of_points_are_rounded_and_large_sums_are_not():
    assert [export._number(points) for points in (2 / 3, 1234.0, 0.0)] == ["0.6667", "1234", "0"]


def test_without_a_layout_it_is_nbgraders(of_the_class, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert of_the_class(export, found=[result("ann", RIGHT)]) == 0
    assert capsys.readouterr() == ("small-nbgrader.csv: 1 student.\n", "")
    assert len(rows("small-nbgrader.csv")) == 1


def test_those_who_are_missing_or_wait_are_named(of_the_class, tmp_path, capsys):
    names = [result(name, RIGHT, waits=True) for name in ("ann", "bob")]
    found = [*names, ABSENT, Result("yan", "Yan")]
    assert of_the_class(export, "--out", str(tmp_path / "x.csv"), found=found) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Not graded, so left blank: zoe, yan.",
        "With written answers still to be read: ann, bob.",
    ]


def test_a_report_is_laid_out_in_columns(of_the_class, capsys, tmp_path):
    of_the_class(report)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "question" + " " * 24 + " " * 7 + "points" + "   full"
    assert lines[1] == "task-0" + " " * 26 + " " * 2 + "  1.33 of 2" + "    67%"
    assert lines[3].endswith("2.50 of 3     0%   nobody: is the test itself right?")
    folder = tmp_path / ".classroom" / "small"
    words = f"Also in {folder}: report.txt and, where there are mistakes, report.png."
    assert lines[-2:] == ["", words]


def test_what_waits_to_be_read_is_not_called_the_tests_fault(of_the_class, capsys):
    found = [result("ann", RIGHT, waits=True), result("bob", RIGHT)]
    of_the_class(report, found=found)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].endswith("1.25 of 3     0%   still to be read")
    assert lines[1].endswith("100%")


def test_a_mistake_counts_once_for_each_who_made_it():
    held = report.beliefs(CLASS)
    assert held == {"natural-log-for-bits": 2}
    assert report.beliefs([result("ann", RIGHT)]) == {}


def test_the_picture_has_the_most_frequent_dozen(of_the_class, monkeypatch, tmp_path):
    drawn = []
    names = list(catalogue())[:13]
    found = [result("ann", *({**NATS, "mistake": name} for name in names))]
    found.append(result("bob", *[RIGHT] * 12, {**NATS, "mistake": names[12]}))

    class Figure:
        def png(self):
            return b"png"

        def describe(self):
            return "words"

    from celib.classroom import drawing

    def draw(held, *, students):
        drawn.append((held, students))
        return Figure()

    monkeypatch.setattr(drawing, "beliefs_drawn", draw)
    of_the_class(report, found=found)
    ((held, students),) = drawn
    titles = {catalogue()[name].title for name in names}
    assert (len(held), students) == (12, 2)
    assert next(iter(held.items())) == (catalogue()[names[12]].title, 2)
    assert set(held) < titles
    folder = tmp_path / ".classroom" / "small"
    assert (folder / "report.png").read_bytes() == b"png"
    assert (folder / "report-picture.txt").read_text() == "words\n"


def test_where_nothing_is_graded_there_is_no_report(of_the_class):
    with pytest.raises(CourseError) as told:
        of_the_class(report, found=[ABSENT])
    words = "Nothing of small is graded yet; `celib-classroom grade small` does."
    assert str(told.value) == words


def test_the_most_frequent_mistake_is_drawn_on_top():
    from celib.classroom.drawing import beliefs_drawn

    figure = beliefs_drawn({"often": 4, "seldom": 1}, students=5)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["seldom", "often"]
    assert [bar.get_width() for bar in axes.patches] == [1, 4]
    assert axes.get_xlim() == (0, 5)
    assert axes.get_xlabel() == "students who made it, of 5"


def test_a_page_is_the_same_word_for_word():
    one = result("ann", RIGHT, findings=["Mended."], comment="Well.")
    text = words_of(one, released={"task-0": "\nassert half\n"})
    start = text.index("<main>")
    assert text[start:].startswith(
        "<main>\n<h1>small: feedback</h1>\n<p>Ann: <strong>4.5 of 5 points</strong>.</p>\n"
        "<p>Your file was put right before it was graded:</p><ul><li>Mended.</li></ul>\n"
        "<section>\n<h2>task-0: 2 of 2</h2>\n"
    )
    assert (
        "<details><summary>The test, as far as it is yours to see</summary>"
        "<pre><code>assert half</code></pre></details>\n</section>\n<section>\n"
        "<h2>why: 2.5 of 3</h2>\n<p>Your teacher writes: Well.</p>\n</section>\n</main>" in text
    )


def test_right_and_wrong_look_different():
    right, wrong = (words_of(result("ann", one)) for one in (RIGHT, NATS))
    plain = NATS | {"passed": True}
    assert "Right." in words_of(result("ann", plain), show_inputs=True)
    for tone, text in (("right", right), ("mistake", wrong)):
        assert re.findall(r"border-left: 4px solid (#\w+)", text) == [EDGES[tone]]
