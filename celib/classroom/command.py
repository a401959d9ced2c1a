"""The command ``celib-classroom``: a problem set from the first folder to the last grade."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from .courses import CourseError
from .sandbox import Unavailable

__all__ = ["main"]

NAMES = ("init", "release", "collect", "check", "grade", "feedback", "report", "export")
EXAMPLES = """\
from the first folder to the last grade:
  celib-classroom init course                 a course folder with the problem sets
  cd course
  celib-classroom release ps1                 what students get is in release/ps1
  celib-classroom collect ps1 downloads.zip   what your learning platform gives you
  celib-classroom check ps1                   what is damaged, and how it is put right
  celib-classroom grade ps1                   every notebook in a sandbox of its own
  celib-classroom feedback ps1                a page for each student
  celib-classroom report ps1                  what the class believes
  celib-classroom export ps1 --to canvas      grades, question by question
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.

    Returns
    -------
    int
        0 if all went well, 1 if something is left for the teacher to do, 2 if nothing was done.
    """
    options = _parser().parse_args(arguments)
    # nbgrader calls alembic, which lies beside this Python and may not be on the path.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    try:
        return int(options.run(options))
    except (CourseError, Unavailable) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where it was.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="celib-classroom",
        description="Assign problem sets, grade them in a sandbox, and say what was believed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command", title="commands")
    for name in NAMES:
        module = importlib.import_module(f".commands.{name}", __package__)
        first, _, rest = (module.__doc__ or "").partition("\n")
        one = commands.add_parser(
            name,
            help=first.rstrip("."),
            description=f"{first}\n{rest}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_to(one)
        one.set_defaults(run=module.run)
    return parser
