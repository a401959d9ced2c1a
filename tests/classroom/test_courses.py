"""What is kept of a course is whole or not there, and lies where it belongs."""

import os
import tempfile

import pytest

from celib.classroom.courses import load, save


def test_what_is_kept_comes_back(tmp_path):
    path = tmp_path / "small" / "ann" / "small.json"
    save(path, {"key": "é"})
    save(path, {"key": "ü"})
    assert load(path) == {"key": "ü"}
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b'{"key": ', b"[]", b"\xff"])
def test_of_what_is_not_whole_nothing_is_kept(tmp_path, content):
    path = tmp_path / "small.json"
    path.write_bytes(content)
    assert load(path) == {}
    assert load(tmp_path / "nothing.json") == {}


def test_it_is_written_beside_its_place_because_elsewhere_may_be_another_disk(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "another disk"))
    path = tmp_path / "small.json"
    save(path, {"key": 1})
    assert load(path) == {"key": 1}


def test_killed_while_it_writes_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "small.json"
    save(path, {"key": 1})

    def killed(number):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        save(path, {"key": 2})
    assert load(path) == {"key": 1}
