"""What a class has earned, question by question: the gradebook's points, the transcripts' words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .courses import KEPT, Course, load

__all__ = ["Question", "Result", "results"]


@dataclass(frozen=True)
class Question:
    """One thing that earns points.

    Attributes
    ----------
    name : str
        The cell's name.
    points, most : float
        What was earned, and what can be. A written answer nobody has read yet has earned nothing.
    waits : bool
        Whether somebody has still to read it.
    outcome : dict
        What the judge found, as `celib.classroom.judge.Outcome`; empty for a written answer.
    comment : str
        What the teacher wrote to it.
    """

    name: str
    points: float
    most: float
    waits: bool
    outcome: dict[str, Any]
    comment: str = ""


@dataclass(frozen=True)
class Result:
    """One student's problem set.

    Attributes
    ----------
    student, person : str
        The id, and the name as the learning platform has it.
    questions : dict of str to list of Question
        By notebook.
    sandbox : str
        How the code was run; empty if it was not.
    findings : list of str
        What was put right.
    """

    student: str
    person: str
    questions: dict[str, list[Question]] = field(default_factory=dict)
    sandbox: str = ""
    findings: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Question]:
        """The questions of all notebooks."""
        return [one for some in self.questions.values() for one in some]

    @property
    def is_graded(self) -> bool:
        """Whether there is a grade at all; without one there are no points, not even zero."""
        return bool(self.questions)

    @property
    def points(self) -> float:
        """What was earned."""
        return sum(one.points for one in self.all)

    @property
    def most(self) -> float:
        """What could be."""
        return sum(one.most for one in self.all)


def results(course: Course, assignment: str) -> list[Result]:
    """Return the results of all who handed something in.

    Parameters
    ----------
    course : Course
    assignment : str
    """
    people = load(course.root / KEPT / "students.json")
    names = course.notebooks(assignment)
    found = []
    with course.gradebook() as gradebook:
        for student in course.students(assignment):
            kept = {name: load(course.kept(assignment, student, name)) for name in names}
            result = Result(student, people.get(student, student))
            if course.folder("autograded", student, assignment).exists() and all(kept.values()):
                submission = gradebook.find_submission(assignment, student)
                result = Result(
                    student,
                    result.person,
                    {one.name: _questions(one, kept[one.name]) for one in submission.notebooks},
                    next(iter(kept.values()))["sandbox"],
                    [f["text"] for f in next(iter(kept.values())).get("findings", [])],
                )
            found.append(result)
    return found


def _questions(notebook: Any, kept: dict[str, Any]) -> list[Question]:
    comments = {one.name: one.comment or "" for one in notebook.comments}
    order = {name: place for place, name in enumerate(kept["tests"])}
    grades = sorted(notebook.grades, key=lambda one: order.get(one.name, len(order)))
    return [
        Question(
            grade.name,
            float(grade.score),
            float(grade.max_score),
            bool(grade.needs_manual_grade),
            kept["tests"].get(grade.name, {}),
            comments.get(grade.name, ""),
        )
        for grade in grades
    ]
