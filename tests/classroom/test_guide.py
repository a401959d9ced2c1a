"""The teacher's guide, typed: its commands run as they stand there, on a class of three."""

import contextlib
import csv
import json
import os
import re
import shlex
import zipfile
from pathlib import Path

import pytest
from classroom.problem_sets.bank_ps1 import WRONG
from classroom.problem_sets.running import notebook, points_of_tests, tasks

from celib.classroom.command import NAMES as COMMANDS
from celib.classroom.command import main
from celib.classroom.courses import Course

GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", GUIDE, re.M | re.S)
# By id and name, as Canvas and the guide have them.
ANN, BOB, EVE = "4711", "4712", "4713"
NAMES = {ANN: "doeann", BOB: "roebob", EVE: "poeeve"}
(NATS,) = (one for one in WRONG["entropy"] if one.what == "nats")
TITLE = "the natural logarithm where bits were asked for"


def block(command):
    """Return the one block of the guide that has a command."""
    (found,) = (one for one in BLOCKS if command in one)
    return found


def typed(words, folder, *, meanwhile=lambda command: None):
    """Type commands as a shell understands them; `meanwhile` people do what is theirs to do."""
    with contextlib.chdir(folder):
        for line in words.splitlines():
            program, *arguments = shlex.split(line, comments=True)
            if program == "cd":
                (there,) = arguments
                os.chdir(there)
            elif program == "celib-classroom":
                assert main(arguments) == 0, line
                meanwhile(arguments[0])
            else:
                assert (program, arguments) == ("jupyter", ["lab"])
                meanwhile("jupyter")


def solved(course, student, **answers):
    """Return the released ps1 with a student's answers: by default those of the source."""
    text = (course / "release" / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")
    handed_in = json.loads(text)
    answers = {cell.id: cell.source for cell in notebook("ps1").cells} | answers
    answers["who"] = f'student = "{student}"'
    for cell in handed_in["cells"]:
        if cell["id"] == "who" or cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answers[cell["id"]]
    return json.dumps(handed_in)


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def students_hand_in(course):
    """Ann is right, Bob takes nats for bits, and Eve wrote nothing but the written answer."""
    nothing = dict.fromkeys(tasks("ps1"), "raise NotImplementedError()")
    answers = {ANN: {}, BOB: {"entropy": NATS.code}, EVE: nothing}
    files = {
        f"{NAMES[one]}_{one}_98765_ps1.ipynb": solved(course, one, **answers[one]) for one in NAMES
    }
    zipped(course.parent / "downloads.zip", files)


def teacher_reads(course):
    """Every written answer of ps1 gets its 4 points, as formgrader would write them."""
    with Course(course).gradebook() as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            for one in submission.notebooks:
                for grade in one.grades:
                    if grade.needs_manual_grade:
                        grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()


@pytest.fixture(scope="module")
def course(needs_classroom, tmp_path_factory):
    """The course after the whole path."""
    folder = tmp_path_factory.mktemp("guide")
    course = folder / "course"
    people = {"release": students_hand_in, "jupyter": teacher_reads}

    def meanwhile(command):
        if command in people:
            people.pop(command)(course)

    typed(block("celib-classroom init"), folder, meanwhile=meanwhile)
    assert not people
    return course


def page(course, student):
    return (course / "feedback" / student / "ps1" / "ps1.html").read_text(encoding="utf-8")


def test_the_whole_path_has_every_command_once():
    commands = re.findall(r"^celib-classroom (\w+)", block("celib-classroom init"), re.M)
    assert commands == list(COMMANDS)


def test_the_path_ends_with_everybodys_grade(course):
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["ID"]: row for row in csv.DictReader(file)}
    assert {one: row["Student"] for one, row in rows.items()} == NAMES
    assert "| 18 | 4 of them |" in GUIDE
    lost = sum(points_of_tests("ps1")[name] for name in NATS.loses)
    points = {ANN: 18, BOB: 18 - lost, EVE: 4}
    assert {one: float(row["ps1"]) for one, row in rows.items()} == points


def test_everybody_has_a_page_and_bobs_names_his_belief(course):
    told = {one: page(course, one) for one in NAMES}
    assert "18 of 18 points" in told[ANN]
    assert "4 of 18 points" in told[EVE]
    assert [one for one in NAMES if TITLE in told[one]] == [BOB]
    assert not any("inputs_for(who" in text for text in told.values())


def test_the_report_stands_beside(course):
    folder = course / ".classroom" / "ps1"
    assert TITLE in (folder / "report.txt").read_text(encoding="utf-8")
    assert (folder / "report.png").exists()


def test_an_id_that_was_only_mistyped_is_mended_as_the_guide_says(course, capsys):
    (words,) = re.findall(r"`(celib-classroom grade ps1 --student) ann`", GUIDE)
    path = course / "submitted" / ANN / "ps1" / "ps1.ipynb"
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace(f'\\"{ANN}\\"', '\\"471l\\"'), encoding="utf-8")
    again = f"{words} {ANN}\ncelib-classroom feedback ps1"
    typed(again, course)
    assert f"{ANN}: The notebook says student = '471l'" in capsys.readouterr().out
    told = page(course, ANN)
    # Two tests of one point each stand behind the task with numbers of one's own.
    assert "16 of 18 points" in told
    assert "the notebook says student = '471l'; the course knows you as '4711'" in told
    path.write_text(right, encoding="utf-8")
    typed(again, course)
    assert "18 of 18 points" in page(course, ANN)


def test_login_names_are_collected_from_canvas_and_moodle_alike(course, capsys):
    places = {
        "jdoe": "doejane_4721_98765_jdoe-2.ipynb",
        "max.roe": "Max Roe_4722_assignsubmission_file_/max.roe.ipynb",
    }
    files = {where: solved(course, one) for one, where in places.items()}
    zipped(course.parent / "downloads.zip", files)
    typed(block("--pattern"), course)
    for student in places:
        text = (course / "submitted" / student / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")
        assert f'student = \\"{student}\\"' in text
    typed("celib-classroom check ps1", course)
    assert "5 submissions: 5 sound" in capsys.readouterr().out
