"""The README promises nothing that is not there."""

import base64
import doctest
import re
from pathlib import Path

import pytest
import run

import notebooks
from celib import figures

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(
    r"\]\((?!https:)([^)#]+)\)", README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
)
PAGES = re.findall(r"^\| \[(\d\d) · (.+?)\]\(notebooks/(.+?)\.ipynb\) \|", README, re.M)


def test_the_examples_give_what_they_print():
    example = "\n".join(re.findall(r"```python\n(.+?)```", README, re.S))
    test = doctest.DocTestParser().get_doctest(example, {}, "README.md", "README.md", 0)
    said = []
    outcome = doctest.DocTestRunner().run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted >= 8
    assert "0.2549 nats = 0.3677 bits" in example


@pytest.mark.parametrize("target", sorted(set(LINKS)))
def test_links_lead_somewhere(target):
    assert (ROOT / target).exists()


def test_the_map_has_every_page_under_its_title():
    there = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [name for _, _, name in PAGES] == [path.stem for path in there]
    for (number, title, _), path in list(zip(PAGES, there, strict=True))[1:]:
        assert f"# {number} · {title}" in path.read_text(encoding="utf-8")


def test_the_picture_is_what_the_library_draws():
    drawn = figures.one_column(
        [1, 0, 0, 0], [0.775, 0.116, 0.039, 0.070], names=["dog", "cat", "horse", "cheetah"]
    )
    stored = (ROOT / "docs" / "cross_entropy.png").read_bytes()
    pictures = (base64.b64encode(png).decode() for png in (stored, drawn.png()))
    assert notebooks.distance(*pictures) <= notebooks.PICTURE_TOLERANCE
    alt = re.search(r"!\[(.+?)\]", README, re.S)[1]
    for number in re.findall(r"\d\.\d{4}", alt):
        assert number in drawn.describe() or f"{float(number):.4g}" in drawn.describe()


def test_the_commands_exist():
    for command in re.findall(r"^make (\w+)", README, re.M):
        assert command in run.COMMANDS
    for command in re.findall(r"^py tools/run\.py (\w+)", README, re.M):
        assert command in run.COMMANDS
