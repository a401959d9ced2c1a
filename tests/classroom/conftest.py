"""A course of the tests' own, and students in it."""

import importlib.util
import json
import shutil
import socket
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    missing = _missing()
    for item in items:
        if "needs_classroom" in item.fixturenames and missing:
            item.add_marker(pytest.mark.skip(reason=missing))


def _missing():
    for name in ("nbgrader", "distributed", "nbformat", "IPython"):
        if importlib.util.find_spec(name) is None:
            return f"needs {name}: install the extra classroom"
    if not shutil.which("bwrap"):
        return "needs bubblewrap: apt install bubblewrap"
    from celib.classroom.sandbox import is_available

    return "" if is_available() else "bubblewrap can make no sandbox here"


@pytest.fixture(scope="session")
def needs_classroom():
    """Marks what runs students' code; skipped with the reason where it cannot."""


@pytest.fixture(scope="session")
def released(needs_classroom, tmp_path_factory):
    """A course with the small problem set, released; to be copied, not changed."""
    from celib.classroom.command import main

    root = tmp_path_factory.mktemp("teacher") / "course"
    assert main(["init", str(root), "--from", str(HERE / "course")]) == 0
    assert main(["release", "small", "--course", str(root)]) == 0
    return root


@pytest.fixture
def course(released, tmp_path):
    """A released course of the test's own."""
    return shutil.copytree(released, tmp_path / "course")


@pytest.fixture(scope="session")
def handed_out(released):
    """The notebook that students get."""
    from celib.classroom.notebooks import as_plain

    text = (released / "release" / "small" / "small.ipynb").read_text(encoding="utf-8")
    return as_plain(json.loads(text))


@pytest.fixture
def hand_in(course, handed_out):
    """Put what a student hands in where nbgrader looks for it."""

    def place(pupil, **places):
        folder = course / "submitted" / pupil.name / "small"
        folder.mkdir(parents=True, exist_ok=True)
        content = pupil.content(handed_out, **places)
        if content is not None:
            (folder / "small.ipynb").write_bytes(content)

    return place


@pytest.fixture
def listener():
    """A server on this machine that nobody may reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
