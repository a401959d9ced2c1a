"""Say what the class earned, question by question, and which mistakes it believes in.

Writes a table and a picture beside what it prints.

  celib-classroom report ps1
"""

from __future__ import annotations

import argparse
from collections import Counter

from celib.practice.catalogue import catalogue

from ..courses import KEPT, CourseError
from ..results import Result, results
from .options import add_problem_set, course_of, plural

MOST_SHOWN = 12


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_problem_set(parser)


def run(options: argparse.Namespace) -> int:
    """Report."""
    course, name = course_of(options), options.problem_set
    graded = [one for one in results(course, name) if one.is_graded]
    if not graded:
        raise CourseError(f"Nothing of {name} is graded yet; `celib-classroom grade {name}` does.")
    held = beliefs(graded)
    text = "\n".join([*_questions(graded), "", *_mistakes(held, len(graded))])
    folder = course.root / KEPT / name
    (folder / "report.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    if held:
        from ..drawing import beliefs_drawn

        shown = {catalogue()[one].title: count for one, count in held.most_common(MOST_SHOWN)}
        figure = beliefs_drawn(shown, students=len(graded))
        (folder / "report.png").write_bytes(figure.png())
        (folder / "report-picture.txt").write_text(figure.describe() + "\n", encoding="utf-8")
    print(f"\nAlso in {folder}: report.txt and, where there are mistakes, report.png.")
    return 0


def beliefs(graded: list[Result]) -> Counter[str]:
    """Count the students who made each mistake at least once."""
    return Counter(
        mistake
        for result in graded
        for mistake in {one.outcome.get("mistake") for one in result.all}
        if mistake is not None
    )


def _questions(graded: list[Result]) -> list[str]:
    """Return the table of questions; what nobody got right may be the test's own fault."""
    lines = [f"{'question':<32} {'points':>12} {'full':>6}"]
    for place, question in enumerate(graded[0].all):
        ones = [result.all[place] for result in graded]
        mean = sum(one.points for one in ones) / len(ones)
        full = sum(one.points == one.most for one in ones)
        read = not any(one.waits for one in ones)
        note = "" if full or not read else "   nobody: is the test itself right?"
        note = note if read else "   still to be read"
        of = f"{mean:.2f} of {question.most:g}"
        lines.append(f"{question.name:<32} {of:>12} {full / len(ones):>6.0%}{note}")
    return lines


def _mistakes(held: Counter[str], students: int) -> list[str]:
    if not held:
        return ["No known mistake was made."]
    lines = [f"What the class believes ({plural(students, 'student')}):"]
    for name, count in held.most_common():
        mistake = catalogue()[name]
        lines += ["", f"{count:>3}  {mistake.title}", f"     believed: {mistake.belief}"]
        lines.append(f"     true:     {mistake.truth}")
    return lines
