"""What is inside the sandbox, and as whom its code runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="sandboxes need Linux")

import celib
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


@pytest.fixture
def made_up(monkeypatch):
    """A machine with known folders, of which the commands are known word for word."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(os.path, "islink", lambda path: path == "/lib")
    monkeypatch.setattr(os, "readlink", lambda path: "usr" + path)
    monkeypatch.setattr(sandbox, "_environment_mounts", lambda: [sandbox.Mount("/opt/python")])
    monkeypatch.setattr(sandbox, "_fonts", lambda: [Path("/cache/fontlist-v3.json")])
    monkeypatch.setattr(sandbox, "_environment", lambda: {"LANG": "C.UTF-8", "HOME": sandbox.HOME})


SYSTEM_WORDS = """\
--symlink usr/lib /lib --ro-bind /usr /usr --ro-bind-try /lib64 /lib64 --ro-bind-try /bin /bin
--ro-bind-try /sbin /sbin --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache
--ro-bind-try /etc/fonts /etc/fonts --ro-bind-try /etc/alternatives /etc/alternatives
--ro-bind-try /etc/localtime /etc/localtime"""
RUNNER_WORDS = """\
--ro-bind {inside} /grading/inside
--ro-bind /cache/fontlist-v3.json /grading/fonts/fontlist-v3.json"""
ALONE_WORDS = """\
/usr/bin/bwrap --unshare-all --unshare-user --disable-userns --die-with-parent
--new-session --clearenv --uid 1000 --gid 1000 --hostname sandbox --cap-drop ALL
{system} --proc /proc --dev /dev
--size 777 --tmpfs /dev/shm --size 777 --tmpfs /tmp --size 777 --tmpfs /home/student
--ro-bind /opt/python /opt/python {runner}
--symlink /grading/fonts/fontlist-v3.json /tmp/matplotlib/fontlist-v3.json
--remount-ro /dev --remount-ro / --chdir /home/student
--setenv LANG C.UTF-8 --setenv HOME /home/student"""
NOBODY_WORDS = """\
/usr/bin/bwrap --die-with-parent --cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID
{folders} {system} --bind /proc /proc --dev-bind /dev /dev --ro-bind /opt/python /opt/python
{runner}
/usr/bin/setpriv --reuid 61184 --regid 61184 --clear-groups"""


def test_every_word_of_the_sandbox_is_there(made_up, monkeypatch):
    # Each keeps something in or out; where one is lost, most notebooks still run.
    runner = RUNNER_WORDS.format(inside=sandbox.INSIDE)
    alone = ALONE_WORDS.format(system=SYSTEM_WORDS, runner=runner)
    assert sandbox._wrapped(Limits(disk=777)) == alone.split()
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    folders = " ".join(f"--dir {folder}" for folder in sandbox._parents())
    nobody = NOBODY_WORDS.format(system=SYSTEM_WORDS, runner=runner, folders=folders)
    alone = ALONE_WORDS.format(system=SYSTEM_WORDS, runner="--ro-bind /grading /grading")
    assert sandbox._wrapped(Limits(disk=777)) == f"{nobody} {alone}".split()


def test_folders_above_the_mounts_are_made_from_the_top(made_up):
    found = sandbox._parents()
    assert set(found) == {"/opt", "/etc", "/grading", "/grading/fonts", "/tmp"}
    assert found.index("/grading") < found.index("/grading/fonts")


def test_only_what_lies_nowhere_else_is_mounted_for_python(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/opt/python/environment")
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")
    monkeypatch.setattr(sys, "executable", "/srv/build/bin/python")
    monkeypatch.setattr(celib, "__file__", "/work/project/celib/__init__.py")
    found = sandbox._environment_mounts()
    assert found == [
        sandbox.Mount(path) for path in ("/srv/build", "/opt/python", "/work/project/celib")
    ]


def test_the_environment_inside_is_known_word_for_word(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/python/bin/python")
    monkeypatch.setattr(celib, "__file__", "/work/project/celib/__init__.py")
    assert sandbox._environment() == {
        "HOME": "/home/student",
        "PATH": "/opt/python/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": "/work/project",
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": "/tmp/ipython",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "CELIB_PROGRESS": "",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def test_the_list_of_fonts_is_looked_for_where_matplotlib_keeps_it(monkeypatch, tmp_path):
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (".cache/matplotlib", "cache/matplotlib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "fontlist-v3.json").write_text("{}")
    assert sandbox._fonts() == [tmp_path / ".cache/matplotlib/fontlist-v3.json"]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert sandbox._fonts() == [tmp_path / "cache/matplotlib/fontlist-v3.json"]


def test_a_student_is_started_with_nothing_of_ours(made_up, monkeypatch):
    started = []
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **options: started.append((command, options))
    )
    monkeypatch.setattr(sandbox, "_problem", lambda: "")
    limits = Limits(total=7.4, memory=1000, processes=5, disk=300)
    sandbox.started(9, limits, trusted=False)
    sandbox.started(9, limits, trusted=True)
    (command, options), (trusted, of_trusted) = started
    wrapped = sandbox._wrapped(limits)
    assert command[: len(wrapped)] == wrapped
    start = "import sys; sys.path.insert(0, '/grading'); from inside.runner import main; main()"
    python = [sys.executable, "-X", "utf8", "-c"]
    assert command[len(wrapped) :] == [*python, start, "9", "7", "1000", "5", "300"]
    nowhere = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    same = {"pass_fds": [9], "cwd": "/", "start_new_session": True, **nowhere}
    assert options == same | {"env": {}}
    home = {"LANG": "C.UTF-8", "HOME": os.path.expanduser("~")}
    assert of_trusted == same | {"env": home}
    start = start.replace("/grading", str(sandbox.INSIDE.parent))
    assert trusted == [*python, start, "9", "7", "1000", "-1", "300"]


@pytest.mark.parametrize(
    "code,said,problem",
    [
        (0, "warning: old", ""),
        (1, "first\nNo permissions\n", "does not work here (No permissions)"),
        (1, " \n", "does not work here (no reason given)"),
    ],
)
def test_whether_it_works_is_tried(made_up, monkeypatch, code, said, problem):
    tried = []

    def run(command, **options):
        tried.append((command, options))
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(subprocess, "run", run)
    assert sandbox._problem.__wrapped__() == problem
    ((command, options),) = tried
    words = [*sandbox._wrapped(Limits()), sys.executable, "-c", "import numpy, IPython, celib"]
    assert command == words
    assert (options["env"], options["cwd"]) == ({}, "/")
    assert options["stdin"] == subprocess.DEVNULL
    monkeypatch.setattr(sandbox, "_problem", lambda: problem)
    assert sandbox.is_available.__wrapped__() is (code == 0)


@pytest.mark.parametrize(
    "problem,bwrap,start,words",
    [
        ("is not installed here", None, "that is not installed here.\n\nDebian", "--trust"),
        ("does not work here (no)", "/x/bwrap", "(no).\n\nUbuntu 23.10", "Give /x/bwrap\nsuch"),
        ("lacks (ModuleNotFoundError)", "/x/bwrap", "Error).\n\nInside", sys.executable),
    ],
)
def test_without_a_sandbox_it_is_said_what_to_do(monkeypatch, problem, bwrap, start, words):
    monkeypatch.setattr(sandbox, "_problem", lambda: problem)
    monkeypatch.setattr(shutil, "which", lambda name: bwrap)
    with pytest.raises(sandbox.Unavailable) as told:
        sandbox.refuse_without()
    text = str(told.value)
    assert start in text
    assert words in text
    assert ("AppArmor" in text) is ("Ubuntu" in start)
    monkeypatch.setattr(sandbox, "_problem", lambda: "")
    assert sandbox.refuse_without() is None


def test_a_program_that_is_not_there_is_called_by_its_name(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert sandbox._found("setpriv") == "setpriv"
    assert sandbox._bwrap() == "bwrap"
    monkeypatch.setattr(shutil, "which", lambda name: f"/x/{name}")
    assert sandbox._bwrap() == "/x/bwrap"
