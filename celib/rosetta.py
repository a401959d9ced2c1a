"""One loss in six libraries: how each calls it, and what it gives for one and the same input.

``rosetta.json`` holds the calls as text, with the number that each gave. The call of `celib` is run
when a table is made; those of the other libraries are run by the tests wherever these are
installed, and need not be installed here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

import celib

__all__ = ["LOSSES", "Library", "Phrase", "Table", "inputs", "libraries", "phrases", "run", "table"]

LOSSES = (
    "categorical, from probabilities",
    "categorical, from logits",
    "binary, from probabilities",
    "binary, from logits",
    "categorical, weighted",
    "categorical, smoothed",
    "binary, focal",
    "the truth called impossible",
)
HOME = "celib"
# Notebooks set tables as numbers, to the right; these are words.
LEFT = 'style="text-align: left"'
# Words in the place of a call, and not set as code.
NO_CALL = "none"


@dataclass(frozen=True)
class Library:
    """What holds for all losses of one library.

    Attributes
    ----------
    version : str
        The version whose numbers are recorded.
    setup : tuple of str
        Lines that import it and turn the lists of `inputs` into its own arrays.
    order : str
        Order of the two arguments.
    takes : str
        Whether the model is given as probabilities or as logits.
    base : str
        Base of the logarithm.
    reduction : str
        What is done to a batch if nothing is said.
    weights : str
        How weights are given, and what the weighted sum is divided by.
    clipping : str
        What happens to a probability of 0 for what is true.
    """

    version: str
    setup: tuple[str, ...]
    order: str
    takes: str
    base: str
    reduction: str
    weights: str
    clipping: str


@dataclass(frozen=True)
class Phrase:
    """How one library says one loss.

    Attributes
    ----------
    loss : str
        One of `LOSSES`.
    library : str
        One of `libraries`.
    call : str or None
        An expression over the names that the library's setup leaves; None if it has no way to
        say this.
    needs : str or None
        A package that the call needs beside the library.
    value : str or None
        What it gave, as recorded.
    unit : str
        Unit of that number.
    note : str
        What a reader should know of this call, or nothing.
    """

    loss: str
    library: str
    call: str | None
    needs: str | None
    value: str | None
    unit: str
    note: str


@dataclass(frozen=True)
class Table:
    """Rows of words, shown as a table by a notebook and as lines of text elsewhere.

    Attributes
    ----------
    caption : str
        What the table is about.
    header : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        The cells.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        lines = [self.caption]
        for first, *rest in self.rows:
            named = zip(self.header[1:], rest, strict=True)
            lines += [first, *(f"    {name}: {words}" for name, words in named if words)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        columns = "".join(f'<th scope="col" {LEFT}>{escape(name)}</th>' for name in self.header)
        rows = "\n".join(f"<tr>{self._html_row(row)}</tr>" for row in self.rows)
        html = (
            f"<table>\n<caption>{escape(self.caption)}</caption>\n"
            f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
        )
        return {"text/plain": str(self), "text/html": html}

    def _html_row(self, row: Sequence[str]) -> str:
        cells = [f'<th scope="row" {LEFT}>{escape(row[0])}</th>']
        for name, words in zip(self.header[1:], row[1:], strict=True):
            is_code = name == "call" and words != NO_CALL
            shown = f"<code>{escape(words)}</code>" if is_code else escape(words)
            cells.append(f"<td {LEFT}>{shown}</td>")
        return "".join(cells)


def inputs() -> dict[str, Any]:
    """Return the input of all calls, as lists by name.

    Returns
    -------
    dict of str to list
        Read anew at each call, and the caller's to change.

    Examples
    --------
    >>> inputs()["labels"], inputs()["logits"][0]
    ([0, 1], [3.2, 1.3, 0.2, 0.8])
    """
    return dict(_read()["inputs"])


def libraries() -> dict[str, Library]:
    """Return the libraries by name, celib first.

    Returns
    -------
    dict of str to Library

    Examples
    --------
    >>> for name in "celib", "optax":
    ...     print(f"{name}: {libraries()[name].order}")
    celib: truth, model
    optax: model, truth
    """
    return {
        name: Library(**{**block, "setup": tuple(block["setup"])})
        for name, block in _read()["libraries"].items()
    }


def phrases(loss: str | None = None) -> list[Phrase]:
    """Return how the libraries say a loss, or all of them.

    Parameters
    ----------
    loss : str, optional
        One of `LOSSES`; all if not given.

    Returns
    -------
    list of Phrase
        In the order of the losses and of the libraries.

    Raises
    ------
    ValueError
        If `loss` is not one of the list.

    Examples
    --------
    >>> for one in phrases("binary, from logits")[:2]:
    ...     print(one.library, one.value, one.unit)
    celib 0.8910 nats
    SciPy 0.8910 nats
    """
    if loss is not None and loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}; got {loss!r}.")
    blocks = _read()["phrases"]
    return [Phrase(**block) for block in blocks if loss in (None, block["loss"])]


def run(phrase: Phrase) -> float:
    """Run a call in the library that it belongs to, which must be installed.

    Parameters
    ----------
    phrase : Phrase
        With a call.

    Returns
    -------
    float
        What it gives for `inputs`, in the unit of the phrase.

    Raises
    ------
    ValueError
        If the library has no such call.
    ModuleNotFoundError
        If the library, or what else the call needs, is not installed.

    Examples
    --------
    >>> ours = phrases("categorical, from logits")[0]
    >>> print(f"{ours.call}: {run(ours):.4f} {ours.unit}")
    celib.categorical_cross_entropy_from_logits(labels, logits): 1.2047 nats
    """
    if phrase.call is None:
        raise ValueError(f"{phrase.library} has no call for {phrase.loss!r}: {phrase.note}")
    names = inputs()
    setup = [*libraries()[phrase.library].setup]
    if phrase.needs is not None:
        setup.append(f"import {phrase.needs}")
    # The text is our own, packaged with the code that runs it, and no more privileged.
    exec("\n".join(setup), names)
    return float(eval(phrase.call, names))


def table(loss: str | None = None, *, about: Sequence[str] = ()) -> Table:
    """Make a table of what the libraries give for one loss, or of their habits.

    Parameters
    ----------
    loss : str, optional
        One of `LOSSES`. The number of celib is computed now; the others are as recorded.
    about : sequence of str
        Without a loss: attributes of `Library`, one a column.

    Returns
    -------
    Table
        A row for each library.

    Raises
    ------
    ValueError
        If `loss` is not one of the list.

    Examples
    --------
    >>> print(table(about=["order"]))
    Habits of the libraries
    celib 0.1.0
        order: truth, model
    SciPy 1.17.1
        order: truth, model
    scikit-learn 1.9.1
        order: truth, model
    PyTorch 2.13.0
        order: model, truth
    Keras 3.15.1
        order: truth, model
    optax 0.2.8
        order: model, truth
    """
    known = libraries()
    if loss is None:
        rows = [
            (f"{name} {library.version}", *(str(getattr(library, what)) for what in about))
            for name, library in known.items()
        ]
        return Table("Habits of the libraries", ("library", *about), tuple(rows))
    rows = [
        (phrase.library, phrase.call or NO_CALL, _number(phrase), phrase.note)
        for phrase in phrases(loss)
    ]
    return Table(loss[0].upper() + loss[1:], ("library", "call", "number", "note"), tuple(rows))


def _number(phrase: Phrase) -> str:
    if phrase.value is None:
        return ""
    value = f"{run(phrase):.4f}" if phrase.library == HOME else phrase.value
    return f"{value} {phrase.unit}"


def _read() -> Any:
    text = files(celib).joinpath("rosetta.json").read_text(encoding="utf-8")
    return json.loads(text)
