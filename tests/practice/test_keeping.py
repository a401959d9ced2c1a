"""The learner's own record: added to, never rewritten, readable, deletable, and nothing else."""

import json
import re
from collections import Counter

import pytest

from celib.practice import check, exercise, exercises, hint, keeping, progress, solution
from celib.practice.telling import paragraph

ID = "categorical/loss-in-nats"


@pytest.fixture(autouse=True)
def _a_fresh_session(monkeypatch):
    monkeypatch.setattr(keeping, "_session", [])


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.delenv("CELIB_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "celib-progress.jsonl"


def events(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_answers_are_kept_beside_the_notebook(kept):
    check(ID, 0.3677)
    check(ID, exercise(ID, "Ada").right, seed="Ada")
    hint(ID)
    answered, right, hinted = events(kept)
    assert {**answered, "time": ""} == {
        "exercise": ID, "seed": None, "status": "mistake", "mistake": "base-2-for-nats", "time": "",
    }  # fmt: skip
    assert (right["status"], right["seed"]) == ("right", "Ada")
    assert hinted["hint"] == 1
    assert answered["time"].endswith("+00:00")
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_what_was_only_looked_at_is_not_kept(kept):
    check(ID)
    check(ID, ...)
    check("dog", 1)
    progress()
    assert not kept.exists()


def test_progress_says_what_is_done_and_which_mistakes_came_up(kept):
    assert "0 of" in progress().text
    assert "No mistake of the catalogue has come up yet" in progress().text
    for answer in (0.3677, 0.3677, -0.2549, 0.2549, 0.2549):
        check(ID, answer)
    said = progress().text
    assert said.startswith("1 of ")
    assert "2 × base 2 where nats were asked for" in said
    assert "1 × the minus sign lost" in said
    assert "categorical   1 of" in said
    assert "celib-progress.jsonl" in said
    assert "Nothing leaves this machine" in " ".join(said.split())


def test_deleted_is_forgotten(kept):
    check(ID, 0.2549)
    kept.unlink()
    keeping._session.clear()  # another day
    assert progress().text.startswith("0 of")


def test_lines_that_are_none_are_left_alone(kept):
    kept.write_text('my own note\n{"exercise": 3}\n[]\n')
    check(ID, 0.2549)
    assert kept.read_text().startswith('my own note\n{"exercise": 3}\n[]\n')
    assert "3 of its lines could not be read and stay as they are" in " ".join(
        progress().text.split()
    )
    assert progress().text.startswith("1 of")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"{" * 10000])
def test_a_damaged_file_stops_nobody(kept, content):
    kept.write_bytes(content)
    assert check(ID, 0.2549).status == "right"
    assert kept.read_bytes().startswith(content)
    progress()


def test_an_empty_file_has_no_line_that_could_not_be_read(kept):
    kept.touch()
    assert " ".join(progress().text.split()).endswith("Nothing leaves this machine.")


def test_a_line_cut_off_does_not_swallow_the_next(kept):
    kept.write_text('{"exercise": "cut')
    check(ID, 0.2549)
    assert progress().text.startswith("1 of")
    assert kept.read_text().startswith('{"exercise": "cut')


def test_where_no_file_can_be_written_the_session_remembers(kept):
    kept.mkdir()
    check(ID, 0.2549)
    assert progress().text.startswith("1 of")
    assert "No file could be kept" in progress().text


def test_the_variable_names_another_place_or_none(tmp_path, monkeypatch, kept):
    monkeypatch.setenv("CELIB_PROGRESS", str(tmp_path / "mine.jsonl"))
    check(ID, 0.2549)
    assert len(events(tmp_path / "mine.jsonl")) == 1
    monkeypatch.setenv("CELIB_PROGRESS", "")
    check(ID, 0.2549)
    assert len(events(tmp_path / "mine.jsonl")) == 1
    assert "Nothing is kept beyond this session" in progress().text
    assert not kept.exists()


def test_hints_climb_stay_at_the_last_and_begin_anew_when_done(kept):
    steps = [hint(ID).text.split()[1] for _ in range(3)]
    assert steps[0] == "1"
    assert steps[1] == "2"
    last = hint(ID).text.split()[1]
    assert hint(ID).text.split()[1] == last
    assert "solution(" in hint(ID).text
    check(ID, 0.2549)
    assert hint(ID).text.split()[1] == "1"


def test_progress_word_for_word(kept):
    for answer in (0.3677, -0.2549, 0.3677, 0.2549):
        check(ID, answer)
    with open(kept, "a") as lines:
        lines.write('{"exercise": "categorical/gone", "status": "right"}\n')
    topics = Counter(id.partition("/")[0] for id in exercises())
    assert progress().text == (
        f"1 of {len(exercises())} exercises are done.\n\n"
        + "\n".join(
            f"    {topic.ljust(12)}  {int(topic == 'categorical')} of {count}"
            for topic, count in topics.items()
        )
        + "\n\nMistakes that came up:\n\n"
        "    2 × base 2 where nats were asked for\n    1 × the minus sign lost\n\n"
        "Kept in celib-progress.jsonl, beside this notebook: plain text, yours to read, copy or\n"
        "delete. Nothing leaves this machine."
    )


def test_the_time_of_an_answer_is_kept_to_the_second_in_utc(kept):
    check(ID, 0.2549)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", events(kept)[0]["time"])
    assert kept.read_text().endswith("}\n")


def test_a_session_without_a_file_hands_out_no_part_of_itself(kept, monkeypatch):
    monkeypatch.setenv("CELIB_PROGRESS", "")
    check(ID, 0.2549)
    keeping._events()[0].clear()
    assert progress().text.startswith("1 of")
    assert progress().text.endswith("Nothing is kept beyond this session.")


def test_an_answer_is_no_hint(kept):
    check(ID, 0.3677)
    assert keeping.hints_given(ID) == 0


@pytest.mark.usefixtures("system_of_ascii")
def test_the_file_is_read_as_utf_8_whatever_the_system_takes_text_for(kept):
    kept.write_text('{"exercise": "früher/weg"}\n', encoding="utf-8")
    assert keeping._events() == ([{"exercise": "früher/weg"}], 0)


@pytest.mark.parametrize("line", ["[1]", "3", '"exercise"', "null", '{"exercise": null}'])
def test_whatever_json_a_line_has(kept, line):
    kept.write_text(f"{line}\n")
    assert keeping._events() == ([], 1)


@pytest.mark.parametrize("id", [ID, "calibration/mean-gap-of-six-forecasts"])
def test_hints_and_solutions_word_for_word(kept, id):
    asked = exercise(id, "Ada")
    first, last = (paragraph(asked.said(one)) for one in asked.hints)
    assert hint(id, seed="Ada").text == f"Hint 1 of 2\n\n{first}"
    assert hint(id, seed="Ada").text == (
        f'Hint 2 of 2\n\n{last}\n\nThat was the last one; `solution("{id}")` shows the way.'
    )
    assert [event["seed"] for event in events(kept)] == ["Ada", "Ada"]
    said = solution(id, seed="Ada").text
    assert said == f"Solution: {id}\n\n{paragraph(asked.said(asked.solution))}"
    assert said != solution(id).text
    assert max(map(len, said.splitlines())) <= 88


def test_what_cannot_be_judged_is_told_word_for_word(kept):
    verdict = check(ID, 0.1, 0.9)
    assert verdict.text == (
        "Not judged.\n\nAn answer is one thing: put several numbers in square brackets."
    )
    assert (verdict.status, verdict.mistake, verdict.is_answered) == ("unrecognised", None, False)
    assert max(map(len, check("categorical/loss-in-nat", 1).text.splitlines())) <= 88
