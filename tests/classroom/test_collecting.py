"""Whose is it? What learning platforms give, as their manuals describe the names."""

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from celib.classroom import collecting
from celib.classroom.collecting import found_in
from celib.classroom.command import main

# From the manuals of Canvas ("download submissions") and Moodle ("download all submissions").
NAMES = {
    "doejane_4711_98765_small.ipynb": ("4711", "doejane"),
    "doejane_LATE_4711_98765_small-2.ipynb": ("4711", "doejane"),
    "Jane Doe_815_assignsubmission_file_/small.ipynb": ("815", "Jane Doe"),
    "Jane Doe_815_assignsubmission_file/work/small.ipynb": ("815", "Jane Doe"),
    "jdoe/small.ipynb": ("jdoe", "jdoe"),
    "all/jdoe/small (1).ipynb": ("jdoe", "jdoe"),
    "jdoe.ipynb": ("jdoe", "jdoe"),
    "jane.doe@example.org/small.ipynb": ("jane.doe@example.org", "jane.doe@example.org"),
    "Jane Doe/small.ipynb": ("", "Jane Doe"),
    "../small.ipynb": ("", ".."),
    "a" * 80 + ".ipynb": ("a" * 80, "a" * 80),
    "a" * 81 + ".ipynb": ("", "a" * 81),
}


def zipped(path, names, time=(2026, 5, 4, 12, 0, 0), content=b"{}"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, time), content)
    return path


@pytest.mark.parametrize("name", list(NAMES))
def test_a_student_is_known_by_the_path(tmp_path, name):
    (found,) = found_in(zipped(tmp_path / "all.zip", [name]))
    assert (found.student, found.name) == NAMES[name]
    assert found.time == datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_what_nobody_handed_in_is_passed_over(tmp_path):
    names = ["__MACOSX/jdoe.ipynb", "jdoe/.ipynb_checkpoints/small-checkpoint.ipynb", "jdoe.txt"]
    assert not list(found_in(zipped(tmp_path / "all.zip", names)))


def test_another_layout_is_told_by_a_pattern(tmp_path):
    path = zipped(tmp_path / "all.zip", ["group-3/a/jdoe-final/x.ipynb"])
    (found,) = found_in(path, r"/(?P<id>[a-z]+)-final/")
    assert found.student == "jdoe"


def test_a_folder_is_as_good_as_a_zip(tmp_path):
    (tmp_path / "jdoe").mkdir()
    (tmp_path / "jdoe" / "small.ipynb").write_bytes(b"{}")
    os.symlink("/etc/passwd", tmp_path / "thief.ipynb")
    (found,) = found_in(tmp_path)
    assert (found.student, found.content) == ("jdoe", b"{}")


@pytest.mark.parametrize("megabytes,taken", [(100, True), (101, False)])
def test_what_is_too_large_for_a_notebook_is_passed_over(tmp_path, megabytes, taken, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"{}")  # what it holds is not the matter
    with open(tmp_path / "jdoe.ipynb", "wb") as file:
        os.truncate(file.fileno(), megabytes << 20)  # it takes no room on the disk
    assert [found.student for found in found_in(tmp_path)] == ["jdoe"] * taken


def test_a_folders_file_is_as_old_as_it_is_and_copies_of_jupyters_are_none(tmp_path):
    for name in ("jdoe.ipynb", ".ipynb_checkpoints/jdoe.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    os.utime(tmp_path / "jdoe.ipynb", (86_400.5, 86_400.5))
    (found,) = found_in(tmp_path)
    assert (found.where, found.time) == ("jdoe.ipynb", datetime(1970, 1, 2, tzinfo=UTC))


def test_a_path_that_the_pattern_does_not_fit_is_nobodys(tmp_path):
    path = zipped(tmp_path / "all.zip", ["jdoe.ipynb"])
    (found,) = found_in(path, r"/(?P<id>[a-z]+)-final/")
    assert (found.student, found.name) == ("", "")


@pytest.fixture
def collect(course, tmp_path):
    def run(names, *more, **how):
        path = zipped(tmp_path / "all.zip", names, **how)
        return main(["collect", "small", str(path), "--course", str(course), *more])

    return run


def submitted(course, student):
    return (course / "submitted" / student / "small" / "small.ipynb").read_bytes()


def test_submissions_are_put_where_nbgrader_looks(collect, course, capsys):
    assert collect(["doejane_LATE_4711_98765_small-2.ipynb", "Jane Doe/small.ipynb"]) == 1
    assert submitted(course, "4711") == b"{}"
    stamp = course / "submitted" / "4711" / "small" / "timestamp.txt"
    assert stamp.read_text() == "2026-05-04 12:00:00 UTC"
    told = capsys.readouterr().out
    assert "Jane Doe/small.ipynb: left out" in told
    assert "--pattern" in told
    assert "1 notebook of 1 student brought in, 1 left out." in told


def test_an_older_one_never_takes_the_place_of_a_newer(collect, course, capsys):
    later, earlier = (2026, 5, 5, 0, 0, 0), (2026, 5, 3, 0, 0, 0)
    assert collect(["ann.ipynb"], time=later, content=b"later") == 0
    assert collect(["ann.ipynb"], time=earlier, content=b"earlier") == 1
    assert "ann has a newer one, of 2026-05-05" in capsys.readouterr().out
    assert submitted(course, "ann") == b"later"
    assert collect(["ann.ipynb"], "--force", time=earlier, content=b"earlier") == 0
    assert submitted(course, "ann") == b"earlier"


def test_the_newest_of_several_in_one_zip_counts(course, tmp_path):
    names = {
        "doejane_4711_2_small.ipynb": ((2026, 5, 5, 0, 0, 0), b"new"),
        "doejane_4711_1_small.ipynb": ((2026, 5, 4, 0, 0, 0), b"old"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, (time, content) in names.items():
            archive.writestr(zipfile.ZipInfo(name, time), content)
    path = tmp_path / "all.zip"
    path.write_bytes(buffer.getvalue())
    main(["collect", "small", str(path), "--course", str(course)])
    assert submitted(course, "4711") == b"new"


def test_links_of_a_zip_and_what_is_no_file_are_passed_over(tmp_path):
    (tmp_path / "folder.ipynb").mkdir()
    os.symlink("folder.ipynb", tmp_path / "link.ipynb")
    (tmp_path / "a.ipynb").write_bytes(b"{}")
    (tmp_path / "b.txt").write_bytes(b"{}")
    assert [found.where for found in found_in(tmp_path)] == ["a.ipynb"]


def test_of_a_zip_only_so_much_is_looked_at(tmp_path, monkeypatch):
    path = zipped(tmp_path / "all.zip", ["a.ipynb", "b.ipynb", "c.ipynb"], content=b"12")
    monkeypatch.setattr(collecting, "MOST_FILES", 2)
    assert [found.where for found in found_in(path)] == ["a.ipynb", "b.ipynb"]
    monkeypatch.setattr(collecting, "LARGEST", 2)
    assert [found.content for found in found_in(path)] == [b"12", b"12"]
    monkeypatch.setattr(collecting, "LARGEST", 1)
    assert not list(found_in(path))


def test_a_pattern_says_whose_and_an_id_must_be_one(tmp_path):
    path = zipped(tmp_path / "all.zip", ["x/jane doe/a.ipynb", ".hidden/a.ipynb"])
    one, two = found_in(path, r"(?P<id>[^/]+)/a\.ipynb")
    assert (one.student, one.name) == ("", "jane doe")
    assert (two.student, two.name) == ("", ".hidden")


def stamp_of(course, student):
    return (course / "submitted" / student / "small" / "timestamp.txt").read_text()


def test_the_same_again_is_brought_in_and_stays_as_it_was(collect, course, capsys):
    assert collect(["ann.ipynb"]) == 0
    before = stamp_of(course, "ann")
    assert collect(["ann.ipynb"], time=(2026, 5, 3, 0, 0, 0)) == 0
    assert stamp_of(course, "ann") == before
    assert "1 notebook of 1 student brought in, 0 left out." in capsys.readouterr().out


def test_one_of_the_same_second_does_not_take_its_place(collect, course, capsys):
    assert collect(["ann.ipynb"], content=b"first") == 0
    assert collect(["ann.ipynb"], content=b"second") == 1
    assert submitted(course, "ann") == b"first"
    said = "ann.ipynb: left out: ann has a newer one, of 2026-05-04 12:00:00 UTC."
    assert said in capsys.readouterr().out
    # Without a time of its own there is nothing to compare.
    (course / "submitted" / "ann" / "small" / "timestamp.txt").unlink()
    assert collect(["ann.ipynb"], content=b"second") == 0
    assert submitted(course, "ann") == b"second"
    assert stamp_of(course, "ann") == "2026-05-04 12:00:00 UTC"


def test_names_of_before_are_kept(collect, course):
    collect(["doejane_4711_1_small.ipynb"])
    collect(["roemax_4712_1_small.ipynb"])
    people = json.loads((course / ".classroom" / "students.json").read_text())
    assert people == {"4711": "doejane", "4712": "roemax"}


def test_where_there_are_several_notebooks_the_name_tells_which(collect, course, capsys):
    for name in ("small-2", "other"):
        (course / "release" / "small" / f"{name}.ipynb").write_text("{}")
    names = ["d_1_2_small-2 (1).ipynb", "d_1_3_small.ipynb", "d_1_4_what.ipynb"]
    assert collect(names) == 1
    folder = course / "submitted" / "1" / "small"
    assert sorted(one.name for one in folder.glob("*.ipynb")) == ["small-2.ipynb", "small.ipynb"]
    told = capsys.readouterr().out
    said = "what.ipynb: left out: which of the notebooks other, small, small-2 is it?"
    assert said in told
    assert "2 notebooks of 1 student brought in, 1 left out." in told


def test_a_pattern_can_be_typed(collect, course):
    assert collect(["x/jdoe-final.ipynb"], "--pattern", r"(?P<id>[a-z]+)-final") == 0
    assert submitted(course, "jdoe") == b"{}"
