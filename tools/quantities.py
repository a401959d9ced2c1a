"""Read the numbers of a text: their value, the digits they were given with, and their unit."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from math import exp, log, log2, log10, pi, sqrt
from typing import NamedTuple

UNIT = r"(?:(nat|bit|ban)s?\b|((?:without|no)\s+unit\b))"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
POWER = r"10\s*(?:\^\s*(?:\{\s*[-−+]?\d+\s*\}|[-−]\d+|\d)|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
RATIO = r"(?<!/)\d+/[1-9]\d*(?![\w/])|\\[dt]?frac(?:\{\d+\}|\d)(?:\{[1-9]\d*\}|[1-9](?!\d))"
GROUP = r"(?:,|\{,\}|\\,|[\u2009\u202f\u00a0])"
NUMBER = re.compile(
    rf"""(?<![\w.^_])(?<![\w.^_]\{{)(?<!\d,)        # not within a word, a version or an index
    (?P<sign>(?<![\w)\]}}])[-−+])?
    (?: (?P<ratio>{RATIO})
      | (?P<power>{POWER})
      | (?P<whole>\d{{1,3}}(?:{GROUP}\d{{3}})+(?!\d)|\d+)?(?P<fraction>\.\d+)?
        (?<=\d)
        (?: [eE](?P<e>[-+]?\d+) | \s*(?:\\times|\\cdot|×|·)\s*(?P<times>{POWER}) )?
    )
    (?!\.?\d)(?!\w*\.\d)
    (?P<percent>\s?\\?%|\s+per\s?cent\b)?""",
    re.VERBOSE,
)
# What may stand between a number and its unit: spaces, and the marks of Markdown and LaTeX.
UNIT_AFTER = re.compile(rf"(?:,(?= *without)|[\s~$*`-]|\\[,; ]|\\(?:text|mathrm|textrm)\{{)*{UNIT}")
ARRAY = re.compile(rf"\[([^][]*)\],?\s+{UNIT}")
DECIMAL = re.compile(r"\d+\.\d+")  # 0.070 has three places, 0.07 two
LISTED = re.compile(r"\s{2,}|[\s$*`~()]*(?:,|,?\s(?:and|or|to)\s|–)[\s$*`~()]*")


class Quantity(NamedTuple):
    """A number as written. That of a percentage is the share: 47 % is 0.47, to two places."""

    text: str
    value: Decimal
    places: int
    unit: str | None
    start: int
    end: int

    @property
    def is_ratio(self) -> bool:
        """Whether it is a fraction, and so exact whatever its places."""
        return "/" in self.text or "frac" in self.text

    @property
    def digits(self) -> int:
        """How many significant digits it is written with."""
        return max(self.value.adjusted() + 1 + self.places, 1)


def quantities(text: str) -> list[Quantity]:
    """Return all numbers of a text, each with the unit that it, or its list, is given in."""
    found = [quantity(match, text) for match in NUMBER.finditer(text) if match[0]]
    for array in ARRAY.finditer(text):
        for i, one in enumerate(found):
            if array.start() < one.start < array.end():
                found[i] = one._replace(unit=named(array[2], array[3]))
    for i in range(len(found) - 2, -1, -1):
        one, after = found[i], found[i + 1]
        between = text[one.end : after.start]
        if one.unit is None and after.unit not in (None, "%") and LISTED.fullmatch(between):
            found[i] = one._replace(unit=after.unit)
    return found


def quantity(match: re.Match[str], text: str) -> Quantity:
    if match["ratio"]:
        parts = re.findall(r"\d+", match["ratio"])
        above, below = parts if len(parts) == 2 else parts[0]  # \frac12
        value, places = Decimal(int(above)) / Decimal(int(below)), 0
    elif match["power"]:
        value, places = Decimal(1), 0
    else:
        whole, fraction = re.sub(r"\D", "", match["whole"] or "0"), match["fraction"] or ""
        value, places = Decimal(whole + fraction), max(len(fraction) - 1, 0)
    shift = int(match["e"] or 0) or exponent(match["times"] or match["power"] or "")
    if match["percent"]:
        shift -= 2
    if match["sign"] in ("-", "−"):
        value = -value
    unit, end = "%" if match["percent"] else None, match.end()
    if after := UNIT_AFTER.match(text, end):
        unit, end = named(*after.groups()), after.end()
    return Quantity(match[0], value.scaleb(shift), places - shift, unit, match.start(), end)


def named(unit: str | None, none: str | None) -> str:
    """Return the name of a unit that `UNIT` matched."""
    return f"{unit}s" if unit else "without unit"


def exponent(power: str) -> int:
    """Return the 7 of 10⁷ or 10^{7}, with its sign."""
    digits = power.strip()[2:].translate(SUPERSCRIPTS).replace("−", "-")
    return int(re.sub(r"[^-\d]", "", digits) or 0)


def rounded(value: Decimal, places: int) -> set[Decimal]:
    """Return a value to that many places; two where it lies halfway."""
    step = Decimal(1).scaleb(-places)
    return {value.quantize(step, rounding) for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP)}


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "ln": log,
    "log2": log2,
    "log10": log10,
    "exp": exp,
    "sqrt": sqrt,
}
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def arithmetic(expression: str | ast.expr) -> float:
    """Return the value of numbers joined by + - * / ** and `FUNCTIONS`; refuse anything else."""
    node = (
        ast.parse(expression.strip(), mode="eval").body
        if isinstance(expression, str)
        else expression
    )
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="pi"):
            return pi
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -arithmetic(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](arithmetic(left), arithmetic(right))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](arithmetic(argument))
    raise ValueError(f"{ast.unparse(node)} is not arithmetic on numbers")


def literals(code: str) -> Iterator[Decimal]:
    """Return the numbers written in code: alone, in a text, or as a fraction such as 1/4."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a magic of IPython
        yield from (found.value for found in quantities(code))
        return
    lines = code.encode().splitlines()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text):
                yield from (found.value for found in quantities(text))
            case ast.Constant(value=bool()):
                continue
            case ast.Constant(value=int() | float() as number):
                written = lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
                yield Decimal(written if DECIMAL.fullmatch(written) else repr(number))
            case ast.BinOp(op=ast.Div() | ast.Pow()):
                try:
                    yield Decimal(repr(arithmetic(node)))
                except (ValueError, ArithmeticError):
                    continue
