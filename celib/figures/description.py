"""Words for a picture, computed from its artists.

What is drawn is read back from matplotlib, not from the arguments of the function that drew it:
a curve with the wrong sign, a shifted bar or an axis in the wrong unit changes the words.
Artists without a label are decoration and are left out, as matplotlib's legend leaves them out.

An axis label is read as ``name, symbol (unit)``; symbol and unit may be missing.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, PathCollection, PolyCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle
from matplotlib.text import Annotation, Text
from numpy.typing import NDArray

LONGEST_LIST = 12
COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]
Floats = NDArray[np.float64]
AnArtist = TypeVar("AnArtist", bound=Artist)


class Scale(NamedTuple):
    """How to say a value of one axis."""

    name: str
    symbol: str
    unit: str
    tick_names: dict[float, str]

    def place(self, value: float) -> str:
        """Say where on this axis a value lies: ``dog``, ``3 bits``."""
        if value in self.tick_names:
            return self.tick_names[value]
        return (f"{self.symbol} = " if self.symbol else "") + self.amount(value)

    def amount(self, value: float) -> str:
        """Say a value with its unit: ``0.3677 bits``."""
        return quantity(value, self.unit)


def describe(figure: Figure) -> str:
    """Say what a drawn figure shows.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure that has been drawn, so that its limits and ticks are settled.

    Returns
    -------
    str
        The title, then one line for each panel, in the order in which the panels were made.
    """
    panels = [axes for axes in figure.axes if axes.get_visible()]
    places = _places(panels)
    lines = [_sentence(spoken(figure.get_suptitle()))]
    if len(panels) > 1:
        count = COUNTS[len(panels)] if len(panels) < len(COUNTS) else str(len(panels))
        lines[0] = f"{lines[0]} {count} panels.".strip()
    lines += [f"{place}{_panel_words(axes)}" for place, axes in zip(places, panels, strict=True)]
    loose = [text for text in figure.texts if text.get_text() != figure.get_suptitle()]
    lines += _text_sentences(loose, said=" ".join(lines))
    return "\n".join(line for line in lines if line)


def number(value: float) -> str:
    """Write a number for a reader: four significant digits, no trailing zeros.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    str
        The number; a true minus sign, and no exponent from 0.0001 up to ten million.

    Examples
    --------
    >>> number(0.36773178), number(-2.0), number(123456.7), number(2.5e-9)
    ('0.3677', '−2', '123,457', '2.5 × 10^−9')
    """
    value = float(value)
    if not np.isfinite(value):
        written = "not a number" if np.isnan(value) else "infinity"
    elif value and not 1e-4 <= abs(value) < 1e7:
        mantissa, exponent = f"{abs(value):.3e}".split("e")
        written = f"{float(mantissa):g} × 10^{int(exponent)}"
    elif abs(value) >= 1000:
        written = f"{abs(value):,.0f}"
    else:
        written = f"{abs(value):.4g}"
    return ("-" + written if value < 0 else written).replace("-", "−")


def quantity(value: float, unit: str) -> str:
    """Write a number with its unit, in the singular where it is one: ``1 nat``."""
    written = number(value)
    if written == "1" and unit.endswith("s"):
        unit = unit[:-1]
    return f"{written} {unit}".strip()


def spoken(text: str) -> str:
    """Write a label on one line and without the signs of TeX."""
    return " ".join(re.sub(r"\\mathdefault|[$\\{}]", "", text).split())


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else text + "."


def _places(panels: Sequence[Axes]) -> list[str]:
    """Name each panel by where it stands: ``Left: ``, ``Top right: ``."""
    boxes = [axes.get_position() for axes in panels]
    columns = _ranks([(box.x0, box.x1) for box in boxes])
    across = _names(columns, ["left", "centre", "right"], "column")
    down = [""] * len(panels)
    for column in set(columns):
        members = [i for i, c in enumerate(columns) if c == column]
        rows = _ranks([(-boxes[i].y1, -boxes[i].y0) for i in members])
        for i, name in zip(members, _names(rows, ["top", "middle", "bottom"], "row"), strict=True):
            down[i] = name
    names = [f"{d} {a}".strip().capitalize() for d, a in zip(down, across, strict=True)]
    return [f"{name}: " if name else "" for name in names]


def _ranks(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Number the spans from 0 along their axis; spans over one another share a number."""
    centres = [(low + high) / 2 for low, high in spans]
    ends: list[float] = []
    ranks = [0] * len(spans)
    for i in np.argsort(centres, kind="stable"):
        if not ends or centres[i] > ends[-1]:
            ends.append(spans[i][1])
        ranks[i] = len(ends) - 1
    return ranks


def _names(ranks: Sequence[int], words: Sequence[str], noun: str) -> list[str]:
    count = max(ranks, default=0) + 1
    if count == 1:
        return [""] * len(ranks)
    if count > len(words):
        return [f"{noun} {rank + 1}" for rank in ranks]
    chosen = [words[0], words[-1]] if count == 2 else list(words)
    return [chosen[rank] for rank in ranks]


def _panel_words(axes: Axes) -> str:
    x, y = _scale(axes, "x"), _scale(axes, "y")
    sentences = [_sentence(spoken(axes.get_title(where))) for where in ("left", "center", "right")]
    if axes.axison:
        sentences += [_axis_sentence(axes, x, "x"), _axis_sentence(axes, y, "y")]
        sentences += _second_axis_sentences(axes)
    bars = [c for c in axes.containers if isinstance(c, BarContainer)]
    in_bars = {id(patch) for container in bars for patch in container.patches}
    sentences += [_bars_sentence(container, x, y) for container in bars]
    sentences += [_line_sentence(line, axes, x, y) for line in _labelled(axes.lines)]
    sentences += [_collection_sentence(c, x, y) for c in _labelled(axes.collections)]
    sentences += [
        _patch_sentence(patch, axes, x, y)
        for patch in _labelled(axes.patches)
        if id(patch) not in in_bars
    ]
    sentences = [sentence for sentence in sentences if sentence]
    sentences += _text_sentences(axes.texts, said=" ".join(sentences), x=x, y=y)
    return " ".join(sentences)


def _labelled(artists: Iterable[AnArtist]) -> list[AnArtist]:
    return [a for a in artists if a.get_visible() and _quoted(a)]


def _scale(axes: Axes, side: str) -> Scale:
    """Read an axis's label; a panel that leaves it to its neighbour shares the neighbour's."""
    grouper = axes.get_shared_x_axes() if side == "x" else axes.get_shared_y_axes()
    labels = [_axis(a, side).get_label_text() for a in [axes, *grouper.get_siblings(axes)]]
    label = spoken(next(filter(None, labels), ""))
    name, unit = label, ""
    if match := re.fullmatch(r"(.*?)\s*\(([^()]+)\)", label):
        name, unit = match.groups()
    symbol = re.search(r",\s*(\S{1,3})$", name)
    return Scale(name, symbol[1] if symbol else "", unit, _tick_names(_axis(axes, side)))


def _axis(axes: Axes, side: str) -> Axis:
    return axes.xaxis if side == "x" else axes.yaxis


def _tick_names(axis: Axis) -> dict[float, str]:
    """Give the places of an axis whose ticks are names rather than numbers."""
    places = axis.get_majorticklocs()
    labels = map(spoken, axis.get_major_formatter().format_ticks(list(places)))
    return {
        place: label
        for place, label in zip(places, labels, strict=True)
        if re.search(r"[^\W\d_]", label)
    }


def _axis_sentence(axes: Axes, scale: Scale, side: str, which: str = "") -> str:
    axis = _axis(axes, side)
    said_by_neighbour = scale.name and not axis.get_label_text()
    if said_by_neighbour or not axis.get_visible():
        return ""
    direction = "horizontal" if side == "x" else "vertical"
    limits = axes.get_xlim() if side == "x" else axes.get_ylim()
    named = scale.tick_names or not len(axis.get_majorticklocs())
    span = "" if named else f"from {number(limits[0])} to {number(limits[1])}"
    if span and axis.get_scale() == "log":
        span += " on a logarithmic scale"
    name = f"{scale.name} in {scale.unit}" if scale.unit else scale.name
    words = ", ".join(filter(None, [name, span]))
    return f"{(which + direction).capitalize()} axis: {words}." if words else ""


def _second_axis_sentences(axes: Axes) -> list[str]:
    second = [cast(Axes, child) for child in axes.child_axes if hasattr(child, "set_functions")]
    return [
        _axis_sentence(child, _scale(child, side), side, which="second ")
        for child in second
        for side in ("x", "y")
        if _axis(child, side).get_label_text()
    ]


def _bars_sentence(bars: BarContainer, x: Scale, y: Scale) -> str:
    if bars.orientation == "vertical":
        along, across = x, y
        places = [patch.get_x() + patch.get_width() / 2 for patch in bars.patches]
        spans = [(patch.get_y(), patch.get_y() + patch.get_height()) for patch in bars.patches]
    else:
        along, across = y, x
        places = [patch.get_y() + patch.get_height() / 2 for patch in bars.patches]
        spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in bars.patches]
    kind = "Bars" + _quoted(bars)
    if len(places) > LONGEST_LIST:
        ends = np.array([end for _, end in spans])
        course = _course(np.array(places), ends, along, across)
        return f"{len(places)} {kind.lower()}: a row that {course}."
    words = [
        f"{along.place(round(place, 9))} {_extent(start, end, across)}"
        for place, (start, end) in zip(places, spans, strict=True)
    ]
    return f"{kind}: {', '.join(words)}."


def _extent(start: float, end: float, scale: Scale) -> str:
    if start == 0:
        return scale.amount(end)
    return f"from {number(start)} to {scale.amount(end)}"


def _quoted(artist: Artist | BarContainer) -> str:
    label = spoken(str(artist.get_label()))
    return "" if label.startswith("_") or not label else f" “{label}”"


def _line_sentence(line: Line2D, axes: Axes, x: Scale, y: Scale) -> str:
    xs = np.asarray(line.get_xdata(orig=False), float)
    ys = np.asarray(line.get_ydata(orig=False), float)
    x_is_data, y_is_data = line.get_transform().contains_branch_seperately(axes.transData)
    if not x_is_data:
        return f"Horizontal line{_quoted(line)} at {y.place(ys[0])}."
    if not y_is_data:
        return f"Vertical line{_quoted(line)} at {x.place(xs[0])}."
    if line.get_linestyle() == "None" or len(xs) == 1:
        return _points_sentence(_quoted(line), xs, ys, x, y)
    return f"Curve{_quoted(line)} {_course(xs, ys, x, y)}."


def _points_sentence(label: str, xs: Floats, ys: Floats, x: Scale, y: Scale) -> str:
    if len(xs) > LONGEST_LIST:
        return (
            f"{len(xs)} points{label}, across from {x.place(xs.min())} to {x.place(xs.max())} and "
            f"up from {y.place(ys.min())} to {y.place(ys.max())}."
        )
    where = "; ".join(f"{x.place(a)}, {y.place(b)}" for a, b in zip(xs, ys, strict=True))
    return f"{'Point' if len(xs) == 1 else 'Points'}{label} at {where}."


def _course(xs: Floats, ys: Floats, x: Scale, y: Scale) -> str:
    """Say how a curve runs: where it starts and ends, and what it reaches on the way."""
    finite = np.isfinite(xs) & np.isfinite(ys)
    if not finite.any():
        return "has no finite value"
    xs, ys = xs[finite], ys[finite]
    # rounding errors differ between machines; beside the curve's size they are nothing
    small = 1e-9 * np.abs(ys).max()
    ys = np.where(np.abs(ys) <= small, 0.0, ys)
    steps = np.diff(ys)
    start, end = (f"{y.amount(ys[i])} at {x.place(xs[i])}" for i in (0, -1))
    if np.all(np.abs(ys - ys[0]) <= small):
        return f"stays at {y.amount(ys[0])} from {x.place(xs[0])} to {x.place(xs[-1])}"
    if np.all(steps >= -small) or np.all(steps <= small):
        verb = "rises" if ys[-1] > ys[0] else "falls"
        return f"{verb} from {start}, {_halfway(xs, ys, x, y)}to {end}"
    turns = []
    for word, extreme in (("lowest", ys.min()), ("highest", ys.max())):
        i = int(np.argmax(np.abs(ys - extreme) <= small))
        if 0 < i < len(ys) - 1:
            turns.append((i, f"is {word}, {y.amount(ys[i])}, at {x.place(xs[i])}"))
    on_the_way = "".join(f", {words}" for _, words in sorted(turns))
    return f"starts at {start}{on_the_way} and ends at {end}"


def _halfway(xs: Floats, ys: Floats, x: Scale, y: Scale) -> str:
    """Say a value on the way, which tells a bent curve from a straight one with the same ends."""
    i = int(np.argmin(np.abs(xs - (xs[0] + xs[-1]) / 2)))
    return f"through {y.amount(ys[i])} at {x.place(xs[i])}, " if 0 < i < len(xs) - 1 else ""


def _collection_sentence(collection: Collection, x: Scale, y: Scale) -> str:
    if isinstance(collection, PathCollection):
        offsets = np.asarray(collection.get_offsets(), float)
        return _points_sentence(_quoted(collection), offsets[:, 0], offsets[:, 1], x, y)
    if isinstance(collection, PolyCollection):
        return " ".join(
            _area_sentence(_quoted(collection), np.asarray(path.vertices, float), x, y)
            for path in collection.get_paths()
        )
    return ""


def _area_sentence(label: str, corners: Floats, x: Scale, y: Scale) -> str:
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    xs, ys = corners.T
    area = abs(np.sum(xs * np.roll(ys, -1) - ys * np.roll(xs, -1))) / 2
    return (
        f"Shaded area{label} from {x.place(left)} to {x.place(right)}, between "
        f"{y.amount(low)} and {y.amount(high)}; its size is {quantity(area, y.unit)}."
    )


def _patch_sentence(patch: Patch, axes: Axes, x: Scale, y: Scale) -> str:
    label = _quoted(patch)
    if isinstance(patch, FancyArrowPatch):
        return f"Arrow{label}."
    if not isinstance(patch, Rectangle):
        return ""
    x_is_data, y_is_data = patch.get_transform().contains_branch_seperately(axes.transData)
    across = f"from {x.place(patch.get_x())} to {x.place(patch.get_x() + patch.get_width())}"
    up = f"from {y.place(patch.get_y())} to {y.place(patch.get_y() + patch.get_height())}"
    if not (x_is_data and y_is_data):
        return f"Band{label} {across if x_is_data else up}."
    area = patch.get_width() * patch.get_height()
    return (
        f"Rectangle{label}: {_side(patch.get_x(), patch.get_width(), x, 'wide')}, "
        f"{_side(patch.get_y(), patch.get_height(), y, 'high')}, "
        f"area {quantity(area, y.unit)}."
    )


def _side(start: float, length: float, scale: Scale, word: str) -> str:
    """Say a side of a rectangle, and where it stands unless that is on the zero line."""
    words = f"{scale.amount(length)} {word}"
    if start and not scale.tick_names:
        words += f" (from {number(start)} to {number(start + length)})"
    return words


def _text_sentences(
    texts: Iterable[Text], said: str, x: Scale | None = None, y: Scale | None = None
) -> list[str]:
    """Quote the text of a picture, except where it only repeats what has been said."""
    sentences = []
    for text in texts:
        words = spoken(text.get_text())
        if not words or not text.get_visible() or _repeats(words, said):
            continue
        sentence = f"“{words}”"
        if x and y and isinstance(text, Annotation) and text.arrow_patch is not None:
            sentence += f" points to {x.place(text.xy[0])}, {y.place(text.xy[1])}"
        sentences.append(sentence + ".")
    return sentences


def _repeats(words: str, said: str) -> bool:
    rounded = re.sub(r"\d+\.\d+", lambda match: number(float(match[0])), words)
    return any(
        re.search(rf"(?<![\w.−-]){re.escape(form)}(?!\w|\.\d)", said) for form in (words, rounded)
    )
