"""Make a course folder.

It gets nbgrader's layout and settings, and the problem sets of this project, or yours.

  celib-classroom init course
  celib-classroom init course --from my-problem-sets
  celib-classroom init course --gradebook postgresql://teacher@host/grades

PostgreSQL needs its driver beside celib: pip install "psycopg[binary]".
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import celib

from ..courses import CONFIG, CourseError
from .options import plural

OURS = Path(celib.__file__).parent.parent / "notebooks" / "assignments"
SETTINGS = """\
# The settings of this course, for nbgrader and celib-classroom.
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.root = str(Path(__file__).parent)
{gradebook}
# Damaged submissions are repaired, and students' code runs in a sandbox, under plain nbgrader too.
# These are names on purpose: where celib is missing, nbgrader stops and does not run the code.
c.Autograde.sanitize_preprocessors = [
    "celib.classroom.preprocessors.Repair",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "celib.classroom.preprocessors.Judge",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
"""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("folder", type=Path, help="the course folder to be made")
    parser.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="problem sets")
    parser.add_argument("--gradebook", default="", metavar="ADDRESS", help="of another database")


def run(options: argparse.Namespace) -> int:
    """Make the folder."""
    config = options.folder / CONFIG
    if config.exists():
        raise CourseError(f"{options.folder} is a course already; nothing was changed.")
    sets = _problem_sets(options.source or OURS)
    for one in sets:
        shutil.copytree(one, options.folder / "source" / one.name, dirs_exist_ok=True)
    for step in ("source", "release", "submitted"):
        (options.folder / step).mkdir(parents=True, exist_ok=True)
    gradebook = f"c.CourseDirectory.db_url = {options.gradebook!r}\n" if options.gradebook else ""
    name = options.folder.resolve().name
    config.write_text(SETTINGS.format(course=name, gradebook=gradebook), encoding="utf-8")
    print(f"{options.folder} is a course with {plural(len(sets), 'problem set')}.")
    return 0


def _problem_sets(folder: Path) -> list[Path]:
    found = sorted(one for one in folder.glob("*") if any(one.glob("*.ipynb")))
    if not found:
        raise CourseError(
            f"There are no problem sets in {folder}. Name a folder that has one folder for each, "
            "with its notebook inside: --from FOLDER."
        )
    return found
