"""The calls of other libraries that the pages show, run where the library is installed.

A page shows such a call in a fenced block whose last line ends with the number it gives and its
unit: `log_loss(...)  # 0.2549 nats`. The pages themselves need none of these libraries.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

PAGES = Path(__file__).parents[2] / "notebooks"
UNIT = r"(nats|bits|bans|without unit|the root of .* nats)\b"
SAID = re.compile(rf"#\s*(-?\d+(?:\.(\d+))?),? {UNIT}.*$")


def calls():
    for path in sorted(PAGES.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                blocks = re.findall(r"^```python\n(.*?)^```", cell.source, re.S | re.M)
                yield from (pytest.param(block, id=f"{path.stem}:{cell.id}") for block in blocks)


CALLS = list(calls())


@pytest.mark.filterwarnings("ignore")  # theirs to give: PyTorch warns of kl_div with "mean"
@pytest.mark.parametrize("block", CALLS)
def test_another_library_gives_the_number_beside_its_call(block):
    said = SAID.search(block.rstrip().splitlines()[-1])
    assert said, f"the last line must end with its number and unit:\n{block}"
    number, decimals = float(said[1]), len(said[2] or "")
    *setting_up, last = ast.parse(block).body
    assert isinstance(last, ast.Expr), f"the last line must be a value:\n{block}"
    names = {}
    try:
        exec(compile(ast.Module(setting_up, []), "page", "exec"), names)
    except ModuleNotFoundError as missing:
        pytest.skip(f"{missing.name} is not installed")
    value = float(eval(compile(ast.Expression(last.value), "page", "eval"), names))
    # Single precision has seven digits, so the last of four decimals is safe.
    assert abs(value - number) <= 0.5001 * 10**-decimals


def test_the_pages_do_show_such_calls():
    libraries = {"scipy", "sklearn", "torch", "optax"}
    shown = "\n".join(call.values[0] for call in CALLS)
    assert {name for name in libraries if f"import {name}" in shown or f"from {name}" in shown} == (
        libraries
    )
