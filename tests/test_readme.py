"""The README promises nothing that is not there."""

import doctest
import re
from pathlib import Path

import pytest
import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(
    r"\]\((?!https:)([^)#]+)\)", README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
)
PAGES = re.findall(r"^\| (\d\d) \| (\[)?.+ \| (\w+) \|$", README, re.M)


def test_the_examples_give_what_they_print():
    [example] = re.findall(r"```python\n(.+?)```", README, re.S)
    test = doctest.DocTestParser().get_doctest(example, {}, "README.md", "README.md", 0)
    said = []
    outcome = doctest.DocTestRunner().run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted >= 8
    assert "0.2549 nats = 0.3677 bits" in example


@pytest.mark.parametrize("target", sorted(set(LINKS)))
def test_links_lead_somewhere(target):
    assert (ROOT / target).exists()


def test_the_map_is_honest():
    assert [number for number, *_ in PAGES] == [f"{number:02}" for number in range(11)]
    ready = {number for number, _, state in PAGES if state == "ready"}
    assert ready == {number for number, link, _ in PAGES if link}
    assert ready == {page.name[:2] for page in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_commands_exist():
    for command in re.findall(r"^make (\w+)", README, re.M):
        assert command in run.COMMANDS
    for command in re.findall(r"^py tools/run\.py (\w+)", README, re.M):
        assert command in run.COMMANDS
