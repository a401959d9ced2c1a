"""What practice says: plain text first, the same set in HTML where a notebook can show it."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass

__all__ = ["WIDTH", "Told", "paragraph"]

WIDTH = 88
# Dark enough on white, light enough on black; the words carry the meaning, never the colour.
EDGES = {"right": "#2a7f62", "mistake": "#b35900", "unrecognised": "#6b7280", "": "#6b7280"}


@dataclass(frozen=True, repr=False)
class Told:
    """Text that a notebook shows as it is meant: a heading, paragraphs, code.

    Attributes
    ----------
    text : str
        The first line is the heading; lines that start with four spaces are code.
    """

    text: str

    @property
    def tone(self) -> str:
        """Which of `EDGES` to draw beside it."""
        return ""

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heading, _, rest = self.text.partition("\n")
        blocks = "".join(map(_block, re.split(r"\n\n+", rest.strip("\n")))) if rest else ""
        edge = f"border-left: 4px solid {EDGES[self.tone]}; padding: 0.1em 0.8em"
        return f'<div style="{edge}"><p><strong>{_inline(heading)}</strong></p>{blocks}</div>'


def paragraph(text: str) -> str:
    """Wrap the paragraphs of a text, and leave alone its lines of code."""
    blocks = re.split(r"\n\n+", text.strip("\n"))
    return "\n\n".join(
        block if _is_code(block) else textwrap.fill(block, WIDTH, break_on_hyphens=False)
        for block in blocks
    )


def _block(block: str) -> str:
    if _is_code(block):
        # A notebook sets what stands in pre alone in the type of the text.
        code = html.escape(textwrap.dedent(block))
        return f'<pre style="margin: 0.6em 0"><code>{code}</code></pre>'
    return f"<p>{_inline(block)}</p>"


def _is_code(block: str) -> bool:
    return all(line.startswith("    ") for line in block.splitlines())


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
