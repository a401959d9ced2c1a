"""The concept inventory: noted without a word, kept in a file, compared fairly."""

import json
import string
from fnmatch import fnmatchcase

import pytest

from celib.practice import catalogue
from celib.practice.inventory import RIGHT, Sheet, gain, questions


def letter(number, when, meaning):
    """The letter under which an option stands: by its meaning, ``right`` or a mistake."""
    probe = Sheet(when)
    for one in string.ascii_uppercase[:4]:
        probe.answer(number, one)
        if probe.chosen[questions()[number - 1].id] == meaning:
            return one
    raise AssertionError(meaning)


def wrong(number):
    return next(o["mistake"] for o in questions()[number - 1].options if "mistake" in o)


def filled(when, rights, who=""):
    """A sheet of which the first questions are answered rightly, and the others wrongly."""
    sheet = Sheet(when, who)
    for number in range(1, len(questions()) + 1):
        meaning = RIGHT if number <= rights else wrong(number)
        sheet.answer(number, letter(number, when, meaning))
    return sheet


def test_there_are_twenty_each_with_three_known_mistakes():
    assert len(questions()) == 20
    for asked in questions():
        mistakes = [option["mistake"] for option in asked.options if "mistake" in option]
        assert [bool(option.get("right")) for option in asked.options].count(True) == 1
        assert len(set(mistakes)) == len(asked.options) - 1 >= 3
        assert set(mistakes) <= set(catalogue()), asked.id


def test_a_question_is_a_choice_that_gives_nothing_away():
    for one in questions():
        beside = (one.next, one.hints, one.solution, one.answer)
        assert (one.kind, *beside) == ("choice", "", [], "", "")


@pytest.mark.usefixtures("system_of_ascii")
def test_files_are_read_as_utf_8_whatever_the_system_takes_text_for(tmp_path):
    assert "log₂ 7" in questions.__wrapped__()[1].options[0]["text"]
    for when in ("before", "after"):
        sheet = {"when": when, "who": "Zoë", "answers": {}}
        file = tmp_path / f"z-{when}.json"
        file.write_text(json.dumps(sheet, ensure_ascii=False), encoding="utf-8")
    filled("after", 3, "Ana").save(tmp_path)
    assert "once only: Ana." in gain(tmp_path, tmp_path).text


def test_each_question_and_option_can_be_read():
    for when in ("before", "after"):
        for number, asked in enumerate(questions(), 1):
            shown = " ".join(Sheet(when).answer(number).text.split())
            assert " ".join(asked.said(asked.ask).split()) in shown
            for option in asked.options:
                assert " ".join(asked.said(option["text"]).split()) in shown


NUMBERS = {
    # H(7/10, 1/10, 1/10, 1/10) in bits and nats; the mean of log2 10/7 and three times log2 10;
    # Huffman's groups 2/10 + 3/10 + 1.
    1: ("1.36", "0.94", "2.62", "1.50"),
    2: ("2.81",),  # ln 7 / ln 2
    6: ("0.88", "0.98", "0.73"),  # 1 / (1 + e^−2), 1 / (1 + e^−4), 1 / (1 + e^−1)
    8: ("= 1.61", "= 0.69", "= 0.80", "= 2.32"),  # ln 5, ln 2, 1 − 1/5, log2 5
    10: ("7 %", "15 %"),  # e^−2.7 = 0.0672, 2^−2.7 = 0.1539
    13: ("0.128",),  # 0.8 · 0.8 · 0.2
    14: ("1.37", "6.85", "13.7", "0.33"),  # 13.7/10, 13.7/2, 0.2 + 13.5, (1/5 + 1/6) / (1 + 1/9)
    15: ("17 %", "99 %", "4 %"),  # 4/23, 76/77, 0.8/19
    17: ("a fifth",),  # 1 − (9/10)² = 0.19
    # Entropies of (0.91, nine times 0.01) and of (0.9, nine times 1/90), in nats.
    20: ("0.50", "0.54"),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_in_options_are_right(number):
    shown = " ".join(Sheet("before").answer(number).text.split())
    for one in NUMBERS[number]:
        assert one in shown


# The key, written once more by hand.
KEY = {
    1: "1.36: *", 2: "At most log₂ 7 *", 3: "The mean of log₂ 1/q, weighted by p.", 4: "2 bits, *",
    5: "It is never negative, *", 6: "It rises, from 0.88 to 0.98: *", 7: "Softmax *: even *",
    8: "−ln 0.2 = 1.61", 9: "The loss stays: *", 10: "The geometric mean * is e^−2.7, *",
    11: "It may rise or fall: *", 12: "−ln 0.3, *", 13: "0.8", 14: "13.7 / 10 = 1.37",
    15: "About 17 %: *", 16: "0.05, *", 17: "It falls by about a fifth; *", 18: "The rare one: *",
    19: "A count *", 20: "It can hardly fall further: *",
}  # fmt: skip


@pytest.mark.parametrize("number", range(1, 21))
def test_the_right_option_is_that_of_the_key(number):
    asked = questions()[number - 1]
    (right,) = (asked.said(option["text"]) for option in asked.options if option.get("right"))
    assert fnmatchcase(right, KEY[number])


def test_noting_says_nothing_of_right_or_wrong():
    words = {Sheet("before").answer(1, one).text for one in ("a", "B", " c ", "d.")}
    assert words == {f"Noted: question 1, {one}. 1 of 20 answered." for one in "ABCD"}


@pytest.mark.parametrize("answer", ["E", "AB", "dog", 1, 0.5, object(), ["A", "B"]])
def test_what_is_no_letter_is_not_noted(answer):
    sheet = Sheet("before")
    assert "ot noted" in sheet.answer(1, answer).text
    assert sheet.chosen == {}


@pytest.mark.parametrize("number", [0, 21, -1, 1.0, "1", None, True])
def test_questions_have_numbers(number):
    assert "There is no question" in Sheet("before").answer(number, "A").text


def test_when_is_before_or_after():
    with pytest.raises(ValueError, match='when must be "before" or "after", got \'now\''):
        Sheet("now")


def test_the_options_stand_in_another_order_the_second_time():
    same = [Sheet("before").answer(n).text == Sheet("after").answer(n).text for n in range(1, 21)]
    assert sum(same) < 5


def test_an_older_sheet_is_never_overwritten(tmp_path):
    sheet = Sheet("before", "Ada")
    assert "nothing was saved" in sheet.save(tmp_path).text
    sheet.answer(3, "A")
    assert "Not answered: 1, 2, 4" in sheet.save(tmp_path).text
    sheet.answer(3, "B")
    sheet.save(tmp_path)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["celib-inventory-before-2.json", "celib-inventory-before.json"]
    assert json.loads((tmp_path / files[1]).read_text())["who"] == "Ada"


def test_the_gain_of_one_person(tmp_path):
    filled("before", 5).save(tmp_path)
    filled("after", 14).save(tmp_path)
    found = gain(tmp_path / "celib-inventory-before.json", tmp_path / "celib-inventory-after.json")
    assert found.text.startswith("One person: 5 of 20 right before, 14 after")
    assert "Normalised gain: 0.60" in found.text  # (14 − 5) / (20 − 5)
    assert found.right[questions()[0].id] == (1, 1)
    assert found.right[questions()[9].id] == (0, 1)
    assert found.right[questions()[19].id] == (0, 0)
    assert found.mistakes[wrong(20)] == (1, 1) or found.mistakes[wrong(20)][1] >= 1
    assert "Left out" not in found.text


def test_the_gain_of_a_class(tmp_path):
    for who, before, after in (("Ada", 0, 10), ("Bo", 10, 20), ("Cy", 20, 20)):
        filled("before", before, who).save(tmp_path)
        filled("after", after, who).save(tmp_path)
    filled("before", 3, "Di").save(tmp_path)
    found = gain(tmp_path, tmp_path)
    assert found.people == 3
    assert found.text.startswith("3 people: 30 of 60 right before, 50 after")
    assert "Normalised gain: 0.67" in found.text  # (50 − 30) / (60 − 30)
    assert "Left out, since there once only: Di." in found.text
    assert found.right[questions()[0].id] == (2, 3)
    assert found.right[questions()[19].id] == (1, 2)
    before, after = (sum(counts[i] for counts in found.mistakes.values()) for i in (0, 1))
    assert (before, after) == (30, 10)


def test_who_knew_everything_could_gain_nothing(tmp_path):
    for when in ("before", "after"):
        filled(when, 20).save(tmp_path)
    assert "nothing could be gained" in gain(tmp_path, tmp_path).text


def test_files_that_are_no_sheets_are_named(tmp_path):
    filled("before", 5, "Ada").save(tmp_path)
    (good,) = tmp_path.iterdir()
    with pytest.raises(ValueError, match="No sheet from after"):
        gain(good, tmp_path)
    with pytest.raises(ValueError, match="is a sheet from before, not from after"):
        gain(good, good)
    with pytest.raises(ValueError, match="cannot be read"):
        gain(tmp_path / "none.json", good)
    for text in ("[]", "{", '{"when": "before", "who": "", "answers": 3}'):
        bad = tmp_path / "bad.json"
        bad.write_text(text)
        with pytest.raises(ValueError, match=r"bad\.json is no sheet"):
            gain(bad, good)


def test_people_are_paired_by_name(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    for who in ("Ada", "Bo"):
        filled("before", 1, who).save(tmp_path / "one")
        filled("after", 2, who + "x").save(tmp_path / "two")
    with pytest.raises(ValueError, match="are the names the same"):
        gain(tmp_path / "one", tmp_path / "two")
    filled("before", 1, "Ada").save(tmp_path / "one")
    with pytest.raises(ValueError, match="two sheets of 'Ada'"):
        gain(tmp_path / "one", tmp_path / "two")


# --- word for word ------------------------------------------------------------------------------


def answered(when, who, meanings):
    """A sheet with the answers to some questions, by their meaning."""
    sheet = Sheet(when, who)
    for number, meaning in meanings.items():
        sheet.answer(number, letter(number, when, meaning))
    return sheet


def test_a_report_word_for_word(tmp_path):
    w = {number: wrong(number) for number in (1, 2, 4, 5)}
    assert len(set(w.values())) == 4
    for when, who, meanings in (
        ("before", "Ada", {1: w[1], 5: w[5]}),
        ("before", "Bo", {1: w[1], 2: RIGHT, 4: w[4], 5: w[5]}),
        ("after", "Ada", {1: RIGHT, 2: w[2], 3: RIGHT}),
        ("after", "Bo", {1: w[1], 2: w[2]}),
        *(("before", one, {1: RIGHT}) for one in ("Fay", "Di", "Eve", "Cy")),
    ):
        answered(when, who, meanings).save(tmp_path)
    found = gain(tmp_path, tmp_path)
    counts = {1: (0, 1), 2: (1, 0), 3: (0, 1)}
    names = [one.id.partition("/")[2].ljust(32) for one in questions()]
    offered = [o.get("mistake") for one in questions() for o in one.options]
    mistakes = [(w[2], 0, 2), (w[1], 2, 1), (w[5], 2, 0), (w[4], 1, 0)]
    assert (
        repr(found)
        == (
            "2 people: 1 of 40 right before, 2 after\n\n"
            "Normalised gain: 0.03 of what could be gained.\n\n"
            "By question, right before and after:\n\n"
            + "\n".join(
                f"    {n:>2}  {name}    {counts.get(n, (0, 0))[0]} →    {counts.get(n, (0, 0))[1]}"
                for n, name in enumerate(names, 1)
            )
            + "\n\n"
            "By mistake, chosen before and after, and in how many questions it is offered:\n\n"
            + "\n".join(
                f"    {catalogue()[m].title.ljust(70)}    {b} →    {a}   in {offered.count(m)}"
                for m, b, a in mistakes
            )
            # twice 40, less 3 right and 8 wrong
            + "\n\nLeft open, and counted as not right: 69."
            "\n\nLeft out, since there once only: Cy, Di, Eve, Fay."
        )
    )


def test_a_report_on_one_who_knew_all_has_no_mistakes(tmp_path):
    for when in ("before", "after"):
        filled(when, 20, "Ada").save(tmp_path)
    text = gain([tmp_path], (tmp_path,)).text
    assert "By mistake" not in text
    assert "Left" not in text
    assert text.splitlines()[2] == "Everything was right before, so nothing could be gained."


def test_a_long_list_of_names_is_wrapped(tmp_path):
    for i in range(40):
        answered("before", f"student {i}", {1: RIGHT}).save(tmp_path)
    for i in range(2):
        answered("after", f"student {i}", {1: RIGHT}).save(tmp_path)
    assert max(map(len, gain(tmp_path, tmp_path).text.splitlines()[-8:])) <= 88


def test_a_file_word_for_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sheet = filled("before", 20)
    assert sheet.who == ""
    assert sheet.save().text == "Saved in celib-inventory-before.json."
    sheet.save(str(tmp_path))
    first, *_, last = [one.id for one in questions()]
    text = (tmp_path / "celib-inventory-before.json").read_text()
    assert text.startswith('{\n "when": "before",\n "who": "",\n "answers": {\n  "' + first + '"')
    assert text.endswith(f'  "{last}": "right"\n }}\n}}\n')
    assert (tmp_path / "celib-inventory-before-2.json").read_text() == text


class AnAnswerInAClassOfItsOwn:
    pass


def test_what_a_sheet_says_word_for_word():
    sheet = Sheet("before")
    assert sheet.who == ""
    known = "There is no question {}; they are numbered 1 to 20."
    assert [sheet.answer(n).text for n in (0, 21)] == [known.format(0), known.format(21)]
    assert sheet.answer(1, "E").text == "Not noted: choose one of the letters A to D."
    assert sheet.answer(1, AnAnswerInAClassOfItsOwn()).text == (
        'Not noted.\n\nThe answer is made of letters, such as "b"; this is an object of type\n'
        "AnAnswerInAClassOfItsOwn."
    )
    for number, asked in enumerate(questions(), 1):
        said = sheet.answer(number).text
        heading, ask, *options = said.split("\n\n")
        assert heading == f"Question {number}"
        assert " ".join(ask.split()) == " ".join(asked.said(asked.ask).partition("\n\n")[0].split())
        assert [o[:3] for o in options[-4:]] == ["A. ", "B. ", "C. ", "D. "]
        assert max(map(len, said.splitlines())) <= 88


def test_sheets_without_a_name_are_different_people(tmp_path):
    for name in ("a-before", "b-before", "a-after"):
        sheet = {"when": name[2:], "who": "", "answers": {}}
        (tmp_path / f"{name}.json").write_text(json.dumps(sheet))
    with pytest.raises(ValueError, match="are the names the same"):
        gain(tmp_path, tmp_path)


def test_a_number_is_a_name(tmp_path):
    assert Sheet("before", 7).who == "7"
    for when, who in (("before", 7), ("after", "7"), ("before", 8), ("after", 8)):
        sheet = {"when": when, "who": who, "answers": {questions()[0].id: "right"}}
        (tmp_path / f"{who!r}-{when}.json").write_text(json.dumps(sheet))
    assert gain(tmp_path, tmp_path).right[questions()[0].id] == (2, 2)


def test_an_answer_that_no_sheet_gives_is_counted_under_its_text(tmp_path):
    for when in ("before", "after"):
        sheet = {"when": when, "who": "", "answers": {questions()[0].id: 3}}
        (tmp_path / f"a-{when}.json").write_text(json.dumps(sheet))
    assert gain(tmp_path, tmp_path).mistakes == {"3": (1, 1)}


def test_a_report_lists_the_files_of_a_folder_by_name(tmp_path):
    for name in "dbacfe":
        for when in ("before", "after"):
            sheet = {"when": when, "who": name, "answers": {questions()[0].id: name}}
            (tmp_path / f"{name}-{when}.json").write_text(json.dumps(sheet))
    assert list(gain(tmp_path, tmp_path).mistakes) == list("abcdef")


def test_sheets_are_numbered_without_end(tmp_path):
    for number in ("", *(f"-{i}" for i in range(2, 1000))):
        (tmp_path / f"celib-inventory-before{number}.json").touch()
    assert "celib-inventory-before-1000.json" in filled("before", 1).save(tmp_path).text
