"""The concept inventory: twenty questions for before and after, and what was gained between.

sheet = Sheet("before")
sheet.answer(1, ...)
"""

from __future__ import annotations

import json
import string
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import chain, count
from pathlib import Path
from typing import Any

from .catalogue import catalogue
from .exercises import Exercise
from .plain import Unreadable, is_blank, letters
from .telling import Told, paragraph

__all__ = ["RIGHT", "Gain", "Sheet", "gain", "questions"]

RIGHT = "right"
WHEN = ("before", "after")


@cache
def questions() -> list[Exercise]:
    """Return the questions, in their order.

    Returns
    -------
    list of Exercise
        Of kind ``choice``; each wrong option names a mistake of the catalogue.
    """
    text = files("celib.practice").joinpath("data", "inventory.toml").read_text(encoding="utf-8")
    nothing: dict[str, Any] = {
        "kind": "choice",
        "next": "",
        "hints": [],
        "solution": "",
        "answer": "",
    }
    return [Exercise(**nothing, **entry) for entry in tomllib.loads(text)["question"]]


class Sheet:
    """One person's answers, before or after.

    Parameters
    ----------
    when : {"before", "after"}
        The options come in another order the second time.
    who : str, optional
        A name or number by which a teacher's `gain` pairs two sheets.

    Examples
    --------
    >>> sheet = Sheet("before")
    >>> print(sheet.answer(1, "A"))
    Noted: question 1, A. 1 of 20 answered.
    """

    def __init__(self, when: str, who: str = "") -> None:
        if when not in WHEN:
            raise ValueError(f'when must be "before" or "after", got {when!r}.')
        self.when, self.who = when, str(who)
        self.chosen: dict[str, str] = {}

    def answer(self, number: int, letter: Any = ...) -> Told:
        """Note an answer, without saying whether it is right; without one, show the question.

        Parameters
        ----------
        number : int
            Of the question, from 1.
        letter : str, optional
            ``"A"`` to ``"D"``.

        Returns
        -------
        Told
        """
        if type(number) is not int or not 1 <= number <= len(questions()):
            return Told(
                f"There is no question {number!r}; they are numbered 1 to {len(questions())}."
            )
        asked = questions()[number - 1]
        options = _shuffled(asked, self.when)
        if is_blank(letter):
            return Told(_question(number, asked, options))
        try:
            chosen = letters(letter)
        except Unreadable as unreadable:
            return Told(f"Not noted.\n\n{paragraph(str(unreadable))}")
        known = string.ascii_uppercase[: len(options)]
        if len(chosen) != 1 or chosen not in known:
            return Told(f"Not noted: choose one of the letters {known[0]} to {known[-1]}.")
        self.chosen[asked.id] = _meaning(options[known.index(chosen)])
        count = f"{len(self.chosen)} of {len(questions())} answered."
        return Told(f"Noted: question {number}, {chosen}. {count}")

    def save(self, folder: str | Path = ".") -> Told:
        """Write the sheet to a small file of yours; an older one is never overwritten.

        Parameters
        ----------
        folder : path, optional
            Where to; beside the notebook, if not given.

        Returns
        -------
        Told
            Which file, and what is still unanswered.
        """
        if not self.chosen:
            return Told("Nothing is answered yet, so nothing was saved.")
        file = _unused(Path(folder), f"celib-inventory-{self.when}")
        sheet = {"when": self.when, "who": self.who, "answers": self.chosen}
        file.write_text(json.dumps(sheet, indent=1) + "\n", encoding="utf-8")
        open_ones = [i for i, one in enumerate(questions(), 1) if one.id not in self.chosen]
        left = f" Not answered: {', '.join(map(str, open_ones))}." if open_ones else ""
        return Told(f"Saved in {file.name}.{left}")


@dataclass(frozen=True, repr=False)
class Gain(Told):
    """What changed between two times.

    Attributes
    ----------
    text : str
        The report, as it is shown.
    people : int
        How many were there both times.
    right : dict of str to (int, int)
        For each question, by its id, how many had it right before and after.
    mistakes : dict of str to (int, int)
        For each mistake that came up, how often before and after.
    """

    people: int
    right: dict[str, tuple[int, int]]
    mistakes: dict[str, tuple[int, int]]


def gain(before: Any, after: Any) -> Gain:
    """Compare sheets from before and after: one person's, or those of a class.

    Parameters
    ----------
    before, after : path or list of paths
        Files that `Sheet.save` wrote, or folders of them. People are paired by ``who``; who is
        missing at one of the two times is named, and left out.

    Returns
    -------
    Gain
        With the normalised gain of R. Hake (1998), (after − before) / (all − before), which is
        the share of what could be gained; https://doi.org/10.1119/1.18809.

    Raises
    ------
    ValueError
        If a file is no sheet, or nobody was there both times.
    """
    first, second = _sheets(before, "before"), _sheets(after, "after")
    if len(first) == len(second) == 1:
        people = list(zip(first.values(), second.values(), strict=True))
    else:
        people = [(first[who], second[who]) for who in first if who in second]
    if not people:
        raise ValueError(
            "Nobody has a sheet from before and one from after; are the names the same?"
        )
    right = {one.id: _counts(people, one.id, RIGHT) for one in questions()}
    names = dict.fromkeys(name for pair in people for sheet in pair for name in sheet.values())
    mistakes = {name: _chosen(people, name) for name in names if name != RIGHT}
    missing = [] if len(first) == len(second) == 1 else sorted(set(first) ^ set(second))
    return Gain(_report(right, mistakes, len(people), missing), len(people), right, mistakes)


# --- questions ----------------------------------------------------------------------------------


def _shuffled(asked: Exercise, when: str) -> list[dict[str, Any]]:
    return replace(asked, seed=when).shuffled_options()


def _question(number: int, asked: Exercise, options: list[dict[str, Any]]) -> str:
    rows = zip(string.ascii_uppercase, options, strict=False)
    texts = [paragraph(f"{letter}. {asked.said(option['text'])}") for letter, option in rows]
    return "\n\n".join([f"Question {number}", paragraph(asked.said(asked.ask)), *texts])


def _meaning(option: dict[str, Any]) -> str:
    return RIGHT if option.get("right") else str(option["mistake"])


def _unused(folder: Path, name: str) -> Path:
    numbers = chain([""], (f"-{i}" for i in count(2)))
    return next(
        file for number in numbers if not (file := folder / f"{name}{number}.json").exists()
    )


# --- sheets -------------------------------------------------------------------------------------


def _sheets(given: Any, when: str) -> dict[str, dict[str, str]]:
    """Return the answers by who gave them."""
    found: dict[str, dict[str, str]] = {}
    for file in _files(given, when):
        sheet = _sheet(file)
        if sheet["when"] != when:
            raise ValueError(f"{file} is a sheet from {sheet['when']}, not from {when}.")
        who = sheet["who"] or file.stem
        if who in found:
            raise ValueError(f"There are two sheets of {who!r} from {when}; {file} is one of them.")
        found[who] = sheet["answers"]
    if not found:
        raise ValueError(f"No sheet from {when} in {given}.")
    return found


def _files(given: Any, when: str) -> Iterable[Path]:
    paths: Sequence[Any] = given if isinstance(given, list | tuple) else [given]
    for path in map(Path, paths):
        yield from sorted(path.rglob(f"*-{when}*.json")) if path.is_dir() else [path]


def _sheet(file: Path) -> dict[str, Any]:
    try:
        sheet = json.loads(file.read_text(encoding="utf-8"))
        answers = {id: str(name) for id, name in sheet["answers"].items()}
        return {"when": sheet["when"], "who": str(sheet["who"]), "answers": answers}
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file} is no sheet of the concept inventory.") from error


# --- the report ---------------------------------------------------------------------------------

People = list[tuple[dict[str, str], dict[str, str]]]


def _counts(people: People, id: str, meaning: str) -> tuple[int, int]:
    before, after = (sum(pair[i].get(id) == meaning for pair in people) for i in (0, 1))
    return before, after


def _chosen(people: People, name: str) -> tuple[int, int]:
    before, after = (Counter(n for pair in people for n in pair[i].values())[name] for i in (0, 1))
    return before, after


def _report(
    right: dict[str, tuple[int, int]],
    mistakes: dict[str, tuple[int, int]],
    people: int,
    missing: list[str],
) -> str:
    before, after = (sum(counts[i] for counts in right.values()) for i in (0, 1))
    most = people * len(right)
    persons = "One person" if people == 1 else f"{people} people"
    blocks = [
        f"{persons}: {before} of {most} right before, {after} after",
        _normalised(before, after, most),
        "By question, right before and after:",
        "\n".join(
            f"    {number:2}  {id.partition('/')[2]:32} {b:4} → {a:4}"
            for number, (id, (b, a)) in enumerate(right.items(), 1)
        ),
    ]
    if mistakes:
        rows = sorted(mistakes.items(), key=lambda item: (-item[1][1], -item[1][0]))
        blocks.append(
            "By mistake, chosen before and after, and in how many questions it is offered:"
        )
        blocks.append(
            "\n".join(
                f"    {_title(name):70} {b:4} → {a:4}   in {_offers(name)}" for name, (b, a) in rows
            )
        )
    chosen = [sum(counts[i] for counts in mistakes.values()) for i in (0, 1)]
    if left := 2 * most - before - after - sum(chosen):
        blocks.append(f"Left open, and counted as not right: {left}.")
    if missing:
        blocks.append(paragraph(f"Left out, since there once only: {', '.join(missing)}."))
    return "\n\n".join(blocks)


def _normalised(before: int, after: int, most: int) -> str:
    if before == most:
        return "Everything was right before, so nothing could be gained."
    return f"Normalised gain: {(after - before) / (most - before):.2f} of what could be gained."


def _offers(name: str) -> int:
    return sum(option.get("mistake") == name for one in questions() for option in one.options)


def _title(name: str) -> str:
    return catalogue()[name].title if name in catalogue() else name
