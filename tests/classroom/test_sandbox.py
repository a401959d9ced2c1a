"""What is inside the sandbox, and as whom its code runs."""

import os
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="sandboxes need Linux")

from celib.classroom import sandbox
from celib.classroom.limits import Limits

# What numpy, matplotlib and `datetime` of a notebook look for.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/localtime")
TELL = "import os, sys; print(*filter(os.path.exists, sys.argv[1:]), os.getcwd(), sep='\\n')"


def test_where_bubblewrap_works_so_does_the_sandbox():
    # Else a broken sandbox would only have all its tests skipped.
    bare = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--bind", "/", "/"]
    if not shutil.which("bwrap") or subprocess.run([*bare, "true"], capture_output=True).returncode:
        pytest.skip("needs bubblewrap, and namespaces that may be made")
    assert sandbox._problem() == ""


def test_of_the_system_there_is_what_python_needs_and_no_more(needs_classroom):
    elsewhere = ("/etc/passwd", "/etc/shadow", "/var", "/boot", "/proc/self")
    command = [*sandbox._wrapped(Limits()), sys.executable, "-c", TELL]
    done = subprocess.run(
        [*command, *SYSTEM, *SETTINGS, *elsewhere], capture_output=True, text=True, env={}, cwd="/"
    )
    *there, folder = done.stdout.split()
    outside = [path for path in (*SYSTEM, *SETTINGS) if os.path.exists(path)]
    assert there == [*outside, "/proc/self"], done.stderr
    assert folder == sandbox.HOME


def test_what_can_be_read_inside_is_told(needs_classroom):
    told = sandbox.visible()
    for path in ("/usr", *SETTINGS):
        assert path in told
    assert any(sys.prefix.startswith(path) for path in told)
    assert "/" not in told
    assert os.path.expanduser("~") not in told


def test_a_folder_inside_another_is_mounted_with_it(monkeypatch):
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")
    monkeypatch.setattr(sys, "prefix", "/opt/python/environment")
    told = [mount.path for mount in sandbox._environment_mounts()]
    assert "/opt/python" in told
    assert "/opt/python/environment" not in told
    monkeypatch.setattr(sys, "base_prefix", "/usr/local")  # which is mounted with the system
    assert "/usr/local" not in [mount.path for mount in sandbox._environment_mounts()]


@pytest.mark.parametrize("user", [0, 1000], ids=["root", "a user"])
def test_root_becomes_nobody_before_the_sandbox_is_made(monkeypatch, user):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    command = sandbox._wrapped(Limits())
    inner = command.index("--unshare-all")
    if user:
        assert inner == 1
        assert "--reuid" not in command
        return
    before = command[: inner - 1]  # up to the inner bubblewrap
    privileges = [before[i + 1] for i, part in enumerate(before) if part == "--cap-add"]
    assert privileges == ["CAP_SETUID", "CAP_SETGID"]
    setpriv = before[-6:]
    assert os.path.basename(setpriv[0]) == "setpriv"
    assert setpriv[1:] == ["--reuid", "61184", "--regid", "61184", "--clear-groups"]


def test_root_needs_a_way_to_become_nobody(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "setpriv" else "/bin/false")
    assert "needs setpriv" in sandbox._problem.__wrapped__()
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert "setpriv" not in sandbox._problem.__wrapped__()


def test_folders_in_memory_have_their_limit(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    command = sandbox._wrapped(Limits(disk=12345))
    limited = [command[i + 3] for i, part in enumerate(command) if part == "--size"]
    assert limited == ["/dev/shm", "/tmp", sandbox.HOME]
    assert command.count("12345") == command.count("--tmpfs") == 3


def test_the_list_of_fonts_is_handed_in(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    (tmp_path / "fontlist-v3.json").write_text("{}")
    (tmp_path / "other.json").write_text("{}")
    words = " ".join(sandbox._wrapped(Limits()))
    assert f"--ro-bind {tmp_path}/fontlist-v3.json /grading/fonts/fontlist-v3.json" in words
    link = "--symlink /grading/fonts/fontlist-v3.json /tmp/matplotlib/fontlist-v3.json"
    assert link in words
    assert "other.json" not in words


def test_trusted_code_runs_without_and_only_then(monkeypatch):
    started = []
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **options: started.append((*args, options))
    )
    monkeypatch.setattr(sandbox, "_problem", lambda: "is not installed here")
    limits = Limits(total=7.4, memory=1000, processes=5, disk=300)
    sandbox.started(0, limits, trusted=True)
    with pytest.raises(sandbox.Unavailable):
        sandbox.started(0, limits, trusted=False)
    ((command, options),) = started
    assert command[0] == sys.executable
    # Processes are not limited: the user's own would count.
    assert command[-5:] == ["0", "7", "1000", "-1", "300"]
    assert options["env"]["HOME"] == os.path.expanduser("~")
    assert options["start_new_session"]
