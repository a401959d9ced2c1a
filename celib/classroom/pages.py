"""The page that a student gets back."""

from __future__ import annotations

import html

from celib.practice.telling import Told

from .results import Question, Result

__all__ = ["page"]

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 46em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 system-ui, sans-serif;
  color: #1f2328; background: #ffffff; }}
pre {{ background: #f3f4f6; padding: 0.6em; overflow-x: auto; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{student}: <strong>{points} of {most} points</strong>{waits}.</p>
{findings}{questions}
</main>
</body>
</html>
"""


def page(
    assignment: str,
    result: Result,
    questions: list[Question],
    released: dict[str, str],
    *,
    show_inputs: bool,
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    assignment : str
    result : Result
        The student's.
    questions : list of Question
        Those of one notebook.
    released : dict of str to str
        The tests by name, as students have them.
    show_inputs : bool
        Whether to show the inputs on which a function failed.
    """
    points, most = (sum(getattr(one, name) for one in questions) for name in ("points", "most"))
    waits = ", and an answer still to be read" if any(one.waits for one in questions) else ""
    told = "".join(f"<li>{html.escape(text)}</li>" for text in result.findings)
    return PAGE.format(
        title=f"{html.escape(assignment)}: feedback",
        student=html.escape(result.person),
        points=f"{points:g}",
        most=f"{most:g}",
        waits=waits,
        findings=f"<p>Your file was put right before it was graded:</p><ul>{told}</ul>\n"
        if told
        else "",
        questions="\n".join(
            _section(one, released.get(one.name, ""), show_inputs=show_inputs) for one in questions
        ),
    )


def _section(question: Question, released: str, *, show_inputs: bool) -> str:
    points = "waits to be read" if question.waits else f"{question.points:g} of {question.most:g}"
    parts = [f"<h2>{html.escape(question.name)}: {points}</h2>"]
    if outcome := question.outcome:
        text = "Right." if outcome["passed"] else outcome["discreet"]
        if show_inputs and not outcome["passed"]:
            text = outcome["with_inputs"]
        parts.append(_Verdict(text, "right" if outcome["passed"] else "mistake")._repr_html_())
        if visible := released.strip():
            code = html.escape(visible)
            parts.append(
                f"<details><summary>The test, as far as it is yours to see</summary>"
                f"<pre><code>{code}</code></pre></details>"
            )
    if question.comment:
        parts.append(f"<p>Your teacher writes: {html.escape(question.comment)}</p>")
    return "<section>\n" + "\n".join(parts) + "\n</section>"


class _Verdict(Told):
    def __init__(self, text: str, tone: str) -> None:
        super().__init__(text)
        object.__setattr__(self, "_tone", tone)

    @property
    def tone(self) -> str:
        return str(self._tone)  # type: ignore[attr-defined]
