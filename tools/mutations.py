"""The mistakes that `tools/mutants.py` makes, one at a time, in a Python or a data file.

A mutation is an edit of the text, so what is reported is what was run. Left alone are docstrings,
annotations, imports, sentences (strings of three words or more, and the strings of a raise) and
the names between double underscores, such as ``__all__``.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import json
import re
import tomllib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

COMPARISONS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "is not": ("is",),
    "is": ("is not",),
    "not in": ("in",),
    "in": ("not in",),
}
OPERATORS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "//": "*",
    "%": "*",
    "**": "*",
    "@": "*",
    "|": "&",
    "&": "|",
    "^": "|",
    "<<": ">>",
    ">>": "<<",
}
PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("mean", "sum"),
    ("any", "all"),
    ("log", "log1p"),
    ("exp", "expm1"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("isneginf", "isposinf"),
    ("isnan", "isfinite"),
    ("cumsum", "cumprod"),
    ("sin", "cos"),
    ("startswith", "endswith"),
    ("lstrip", "rstrip"),
)
NAMES = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
# For these the order of arguments is one and the same.
SYMMETRIC = ("min", "max", "minimum", "maximum", "hypot", "float_type", "isclose")
TYPING = ("TypeVar", "ParamSpec", "NewType", "cast")
SENTENCE = re.compile(r"\S\s+\S+\s+\S")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """One mistake: the file, the place in it, and the lines as they are and as they would be."""

    path: str
    function: str  # qualified name; empty outside of any
    lines: tuple[int, int]  # of the statement, first and last
    before: str
    after: str
    text: bytes  # the whole file with the mistake
    at_import: bool  # whether it acts when the module is imported, not when a function runs
    names: frozenset[str]  # what the statement assigns, where that is outside of any function

    @property
    def place(self) -> str:
        return f"{self.path}:{self.lines[0]}" + (f" {self.function}" if self.function else "")


@dataclass(frozen=True)
class Edit:
    """Bytes `start` to `end` of a file, and what takes their place."""

    start: int
    end: int
    new: str


def mutants(path: str, text: bytes) -> list[Mutant]:
    """Give every mistake that can be made in a file; `path` says of what kind it is."""
    if path.endswith(".py"):
        return list(Python(path, text).mutants())
    return list(data_mutants(path, text))


class Python:
    """A module, and the mistakes that can be made in it."""

    def __init__(self, path: str, text: bytes) -> None:
        self.path, self.text = path, text
        self.tree = ast.parse(text)
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self.line_starts = starts
        self.parents: dict[ast.AST, ast.AST] = {}
        self._locate_formatted_values()
        for node in ast.walk(self.tree):
            self.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)

    def mutants(self) -> Iterator[Mutant]:
        known = set()
        whole = ast.dump(self.tree)
        for node in self._mutable(self.tree):
            for edit in self.edits(node):
                mutant = self._mutant(node, edit)
                if (
                    mutant
                    and mutant.text not in known
                    and ast.dump(ast.parse(mutant.text)) != whole
                ):
                    known.add(mutant.text)
                    yield mutant

    # --- places -------------------------------------------------------------------------------

    def span(self, node: ast.AST) -> tuple[int, int]:
        start = self.line_starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self.line_starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def source(self, start: int, end: int) -> str:
        return self.text[start:end].decode()

    def words(self, node: ast.AST) -> str:
        return self.source(*self.span(node))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def _locate_formatted_values(self) -> None:
        """Find the expressions in f-strings, whose places Python tells only from 3.12 on."""
        for joined in [n for n in ast.walk(self.tree) if isinstance(n, ast.JoinedStr)]:
            if isinstance(getattr(joined, "located", None), bool):
                continue
            cursor, end = self.span(joined)
            for value in joined.values:
                if not isinstance(value, ast.FormattedValue):
                    continue
                start, cursor = self._place_of(value.value, cursor, end)
                value.value = self._parsed_at(start, self.source(start, cursor))
                if value.format_spec is not None:
                    value.format_spec.located = True  # type: ignore[attr-defined]

    def _place_of(self, expression: ast.expr, start: int, end: int) -> tuple[int, int]:
        whole = ast.dump(expression)
        for opening in re.finditer(rb"\{", self.text[start:end]):
            first = start + opening.end()
            for closing in re.finditer(rb"[}!:=]", self.text[first:end]):
                last = first + closing.start()
                with contextlib.suppress(SyntaxError, ValueError):
                    words = self.source(first, last)
                    if ast.dump(ast.parse(words, mode="eval").body) == whole:
                        return first, last
        raise ValueError(f"{self.path}:{expression.lineno}: an f-string that cannot be read")

    def _parsed_at(self, start: int, words: str) -> ast.expr:
        line = self.text.count(b"\n", 0, start)
        column = start - self.line_starts[line]
        expression = ast.parse(words, mode="eval").body
        for node in ast.walk(expression):
            if isinstance(node, (ast.expr, ast.keyword)):
                node.lineno += line
                node.end_lineno = node.lineno
                node.col_offset += column
                node.end_col_offset = (node.end_col_offset or 0) + column
        return expression

    def _mutable(self, node: ast.AST) -> Iterator[ast.AST]:
        """Walk over what may be changed."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and ast.unparse(value.func) in TYPING[:-1]:
            return
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id.startswith("__") for t in targets):
            return
        if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
            return
        yield node
        for field, child in ast.iter_fields(node):
            if field in ("annotation", "returns"):
                continue
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST) and not _is_docstring(one):
                    yield from self._mutable(one)

    def _mutant(self, node: ast.AST, edit: Edit) -> Mutant | None:
        statement = next(n for n in (node, *self.above(node)) if isinstance(n, ast.stmt))
        first, last = self._statement_lines(statement, node)
        old, new = self.source(edit.start, edit.end), edit.new
        # Whatever follows must stay on its line.
        missing = old.count("\n") - new.count("\n")
        if missing > 0:
            replaces = isinstance(node, ast.expr) and self.span(node) == (edit.start, edit.end)
            new = f"({new}{chr(10) * missing})" if replaces else new + "\n" * missing
        text = self.text[: edit.start] + new.encode() + self.text[edit.end :]
        if not _compiles(text):
            return None
        begin = self.text.rfind(b"\n", 0, edit.start) + 1
        finish = self.text.find(b"\n", edit.end) % (len(self.text) + 1)
        around = self.source(begin, edit.start), self.source(edit.end, finish)
        functions = [
            n for n in (node, *self.above(node)) if isinstance(n, (*FUNCTIONS, ast.ClassDef))
        ]
        at_import, names = self._when(node)
        return Mutant(
            self.path,
            ".".join(n.name for n in reversed(functions)),
            (first, last),
            _on_one_line(around[0] + old + around[1]),
            _on_one_line(around[0] + edit.new + around[1]),
            text,
            at_import,
            names,
        )

    def _statement_lines(self, statement: ast.stmt, node: ast.AST) -> tuple[int, int]:
        body = getattr(statement, "body", None)
        if isinstance(statement, FUNCTIONS):
            # a default or a decorator: whatever runs the function may tell
            return statement.body[0].lineno, statement.end_lineno or 0
        if isinstance(body, list) and body:
            return statement.lineno, max(statement.lineno, body[0].lineno - 1)
        return statement.lineno, statement.end_lineno or statement.lineno

    def _when(self, node: ast.AST) -> tuple[bool, frozenset[str]]:
        inside: ast.AST = node
        for outer in self.above(node):
            if isinstance(outer, (*FUNCTIONS, ast.Lambda)):
                body = outer.body if isinstance(outer.body, list) else [outer.body]
                if inside in body:
                    return False, frozenset()
            inside = outer
        names = {
            n.id
            for s in (node, *self.above(node))
            if isinstance(s, (ast.Assign, ast.AnnAssign))
            for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        names |= {s.name for s in self.above(node) if isinstance(s, ast.ClassDef)}
        return True, frozenset(names)

    # --- mistakes -----------------------------------------------------------------------------

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """Give the mistakes at one node."""
        kind = type(node).__name__
        yield from getattr(self, f"_{kind}", lambda node: ())(node)
        if isinstance(node, ast.stmt):
            yield from self._statement(node)
        test = getattr(node, "test", None)
        for condition in [test] if test is not None else getattr(node, "ifs", []):
            if not isinstance(condition, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
                yield Edit(*self.span(condition), f"not ({self.words(condition)})")

    def _gap(self, left: ast.AST, right: ast.AST, operator: str) -> tuple[int, int]:
        """Find an operator between two operands, past the brackets and comments around them."""
        gap = self.source(self.span(left)[1], self.span(right)[0])
        blank = re.sub(r"#.*", lambda match: " " * len(match[0].encode()), gap)
        start = self.span(left)[1] + blank.index(operator)
        return start, start + len(operator)

    def _Compare(self, node: ast.Compare) -> Iterator[Edit]:
        operands = [node.left, *node.comparators]
        for left, right in itertools.pairwise(operands):
            gap = self.source(self.span(left)[1], self.span(right)[0])
            found = re.search(r"is not|not in|is|in|[<>=!]=|[<>]", gap)
            if found:
                where = self._gap(left, right, found[0])
                yield from (Edit(*where, other) for other in COMPARISONS[found[0]])

    def _BinOp(self, node: ast.BinOp) -> Iterator[Edit]:
        gap = self.source(self.span(node.left)[1], self.span(node.right)[0])
        found = re.search(r"\*\*|//|<<|>>|[-+*/%@|&^]", re.sub(r"#.*", "", gap))
        if not found or any(isinstance(n, ast.JoinedStr) for n in (node.left, node.right)):
            return
        start, end = self._gap(node.left, node.right, found[0])
        first, last = self.span(node)
        yield Edit(start, end, OPERATORS[found[0]])
        yield Edit(first, last, self.source(first, start).strip())
        yield Edit(first, last, self.source(end, last).strip())

    def _BoolOp(self, node: ast.BoolOp) -> Iterator[Edit]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        first, last = self.span(node)
        pairs = itertools.pairwise(node.values)
        gaps = [self._gap(left, right, old) for left, right in pairs]
        bounds = [first, *(place for gap in gaps for place in gap), last]
        parts = [self.source(*bounds[i : i + 2]).strip() for i in range(0, len(bounds), 2)]
        yield Edit(first, last, f" {new} ".join(parts))
        for i in range(len(parts)):
            yield Edit(first, last, f" {old} ".join(parts[:i] + parts[i + 1 :]))

    def _UnaryOp(self, node: ast.UnaryOp) -> Iterator[Edit]:
        first, last = self.span(node)
        sign = {ast.USub: "-", ast.Not: "not", ast.Invert: "~", ast.UAdd: "+"}[type(node.op)]
        yield Edit(first, last, self.source(first + len(sign), last).strip())

    def _Constant(self, node: ast.Constant) -> Iterator[Edit]:
        where, value = self.span(node), node.value
        if isinstance(value, bool):
            yield Edit(*where, str(not value))
        elif isinstance(value, int):
            others = {0: (1,), 1: (0, 2)}.get(value, (value + 1,))
            yield from (Edit(*where, str(other)) for other in others)
        elif isinstance(value, float):
            others_ = {0.0: (1.0,), 1.0: (0.0, 2.0)}.get(value, (2 * value,))
            yield from (Edit(*where, repr(other)) for other in others_)
        elif isinstance(value, str) and not self._is_words(node):
            yield Edit(*where, json.dumps(value[:-1] or "x", ensure_ascii=False))

    def _is_words(self, node: ast.Constant) -> bool:
        formatted = isinstance(self.parents[node], (ast.JoinedStr, ast.Expr))
        raised = any(isinstance(outer, ast.Raise) for outer in self.above(node))
        return formatted or raised or bool(SENTENCE.search(str(node.value)))

    def _FormattedValue(self, node: ast.FormattedValue) -> Iterator[Edit]:
        """Print a number with one digit fewer."""
        if node.format_spec is None or any(isinstance(n, ast.Raise) for n in self.above(node)):
            return
        end = self.span(node.value)[1]
        found = re.match(rb"(![rsa])?:[^{}\d]*\.(\d+)[efg%]\}", self.text[end:])
        if found:
            start = end + found.start(2)
            digits = int(found[2])
            yield Edit(start, end + found.end(2), str(digits - 1 if digits else 1))

    def _Call(self, node: ast.Call) -> Iterator[Edit]:
        if isinstance(self.parents[node], ast.Raise) or ast.unparse(node.func) in TYPING:
            return
        first, last = self.span(node)
        given = [*node.args, *node.keywords]
        plain = [a for a in node.args if not isinstance(a, ast.Starred)]
        for argument in node.keywords:
            yield self._without(given, argument)
        if len(node.args) > 1:
            yield self._without(given, node.args[-1])
        called = ast.unparse(node.func).rpartition(".")[2]
        if len(plain) == len(node.args) and called not in SYMMETRIC:
            for left, right in itertools.pairwise(plain):
                (start, _), (_, end) = self.span(left), self.span(right)
                yield Edit(start, end, f"{self.words(right)}, {self.words(left)}")
        if isinstance(self.parents[node], ast.Expr):
            return  # taken out as a statement
        function = node.func
        if isinstance(function, ast.Attribute) and not self._is_module(function.value):
            yield Edit(first, last, self.words(function.value))
        elif plain and plain[0] is node.args[0]:
            yield Edit(first, last, self.words(plain[0]))

    def _is_module(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._imported

    @cached_property
    def _imported(self) -> set[str]:
        imports = [n for n in ast.walk(self.tree) if isinstance(n, ast.Import)]
        return {(a.asname or a.name).split(".")[0] for n in imports for a in n.names}

    def _without(self, items: Sequence[ast.AST], item: ast.AST) -> Edit:
        """Take one of several items, between commas, out."""
        i = list(items).index(item)
        start, end = self.span(item)
        if i + 1 < len(items):
            return Edit(start, self._start(items[i + 1]), "")
        return Edit(self.span(items[i - 1])[1] if i else start, end, "")

    def _start(self, node: ast.AST) -> int:
        start = self.span(node)[0]
        before = re.search(rb"\*\*\s*$", self.text[:start])  # the stars of **options
        starred = isinstance(node, ast.keyword) and node.arg is None and before
        return start - len(before[0]) if starred and before else start

    def _elements(self, node: ast.List | ast.Tuple | ast.Set) -> Iterator[Edit]:
        if isinstance(getattr(node, "ctx", None), ast.Store) or len(node.elts) < 2:
            return
        if isinstance(self.parents[node], ast.Subscript):
            return
        for element in node.elts:
            yield self._without(node.elts, element)

    _List = _Set = _elements

    def _Tuple(self, node: ast.Tuple) -> Iterator[Edit]:
        if isinstance(self.parents[node], (ast.Assign, ast.AnnAssign, ast.For, ast.comprehension)):
            yield from self._elements(node)

    def _Dict(self, node: ast.Dict) -> Iterator[Edit]:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None or len(node.keys) < 2:
                continue
            start, end = self.span(key)[0], self.span(value)[1]
            comma = re.match(rb"\s*,", self.text[end:])
            yield Edit(start, end + (comma.end() if comma else 0), "")

    def _Attribute(self, node: ast.Attribute) -> Iterator[Edit]:
        if node.attr in NAMES:
            end = self.span(node)[1]
            yield Edit(end - len(node.attr), end, NAMES[node.attr])

    def _Name(self, node: ast.Name) -> Iterator[Edit]:
        parent = self.parents[node]
        called = isinstance(parent, ast.Call) and parent.func is node
        if called and node.id in ("min", "max", "any", "all"):
            yield Edit(*self.span(node), NAMES[node.id])

    def _Return(self, node: ast.Return) -> Iterator[Edit]:
        if node.value is not None and ast.unparse(node.value) != "None":
            yield Edit(*self.span(node.value), "None")

    def _AugAssign(self, node: ast.AugAssign) -> Iterator[Edit]:
        gap = self.source(self.span(node.target)[1], self.span(node.value)[0])
        operator = gap.strip().removesuffix("=")
        start = self.span(node.target)[1] + gap.index(operator)
        yield Edit(start, start + len(operator), OPERATORS[operator])

    def _Break(self, node: ast.Break) -> Iterator[Edit]:
        yield Edit(*self.span(node), "continue")

    def _Continue(self, node: ast.Continue) -> Iterator[Edit]:
        yield Edit(*self.span(node), "break")

    def _statement(self, node: ast.stmt) -> Iterator[Edit]:
        """Leave a statement out, or a decorator."""
        for decorator in getattr(node, "decorator_list", []):
            start, end = self.span(decorator)
            yield Edit(self.text.rindex(b"@", 0, start), end, "")
        changes = isinstance(node, ast.Assign) and not any(
            isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            for target in node.targets
            for n in ast.walk(target)
        )
        if isinstance(node, (ast.Expr, ast.AugAssign, ast.Delete)) or changes:
            yield Edit(*self.span(node), "pass")


def _compiles(text: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "perhaps you missed a comma": one was taken out
        try:
            compile(text, "mutant", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _is_docstring(node: ast.AST) -> bool:
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return constant and isinstance(node.value.value, (str, type(...)))  # type: ignore[attr-defined]


def _on_one_line(text: str) -> str:
    return re.sub(r"(?<=[(\[{]) | (?=[)\]}])|,(?= [)\]}])", "", " ".join(text.split()))


# --- data ---------------------------------------------------------------------------------------


def data_mutants(path: str, text: bytes) -> Iterator[Mutant]:
    """Change one number or one formula of a TOML or JSON file."""
    source = text.decode()
    for start, end, new in sorted(set(_data_edits(source))):
        changed = source[:start] + new + source[end:]
        try:
            same = _loaded(path, changed) == _loaded(path, source)
        except ValueError:
            continue
        if not same:
            first = source.rfind("\n", 0, start) + 1
            last = source.find("\n", end) % (len(source) + 1)
            line = source.count("\n", 0, start) + 1
            after = source[first:start] + new + source[end:last]
            yield Mutant(
                path,
                _entry(source[:start]),
                (line, line),
                _on_one_line(source[first:last]),
                _on_one_line(after),
                changed.encode(),
                True,
                frozenset(),
            )


def _loaded(path: str, text: str) -> object:
    return tomllib.loads(text) if path.endswith(".toml") else json.loads(text)


def _entry(before: str) -> str:
    """Name the entry that a place in a file belongs to: the last header, id or name above it."""
    named = re.findall(r'^\[+([^\]\n]+)\]|^\s*"?(?:id|name)"?\s*[=:]\s*"([^"]+)"', before, re.M)
    return next((one or other for one, other in reversed(named)), "")


def _data_edits(text: str) -> Iterator[tuple[int, int, str]]:
    number = r"(?<![\w.\"'-])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.\"'])"
    for line in re.finditer(r"[^\n]+", text):
        if line[0].lstrip().startswith("#"):
            continue
        strings = [m.span() for m in re.finditer(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'', line[0])]
        for found in re.finditer(number, line[0]):
            if not any(a <= found.start() < b for a, b in strings):
                start = line.start() + found.start()
                yield start, line.start() + found.end(), _other_number(found[0])
        for a, b in strings:
            inner = line[0][a + 1 : b - 1]
            for start, end, new in _formula_edits(inner):
                base = line.start() + a + 1
                yield base + start, base + end, new


def _other_number(written: str) -> str:
    """Change the last digit, as a misprint would."""
    mantissa, *exponent = written.split("e")
    last = str((int(mantissa[-1]) + 1) % 10)
    return "e".join([mantissa[:-1] + last, *exponent])


def _formula_edits(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the mistakes in a string that is a formula, or a figure."""
    if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text):
        yield 0, len(text), _other_number(text)
        return
    if re.fullmatch(r"[a-z]\w*(?:[-/][a-z]\w*)+", text):
        return  # a name such as base-2-for-nats, though Python would read a difference
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return
    computes = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Compare)
    if not any(isinstance(node, computes) for node in ast.walk(tree)) or not text.isascii():
        return
    module = Python("formula.py", text.encode())
    for node in module._mutable(module.tree):
        if not isinstance(node, ast.stmt):
            for edit in module.edits(node):
                if '"' not in edit.new and "\n" not in edit.new:
                    yield edit.start, edit.end, edit.new
