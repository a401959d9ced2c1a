"""The sandbox: bubblewrap around a student's notebook, as a user that owns nothing.

Inside there is a read-only system and Python, three small folders in memory, and no network. The
processes of a student can see nothing of the course, of other students, or of the judge; and they
can neither outlive the judge nor take more than their limits.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import celib

from .limits import Limits

__all__ = ["Unavailable", "is_available", "refuse_without", "started", "visible"]

INSIDE = Path(__file__).parent / "inside"
START = "import sys; sys.path.insert(0, {folder!r}); from inside.runner import main; main()"
HOME = "/home/student"
PICTURES = "/tmp/matplotlib"
# Users that no system gives to a person. One user is enough: each sandbox counts its own processes.
NOBODY = 61_184
INSTALL = """\
Students' code runs in a sandbox made by bubblewrap, and that {why}.
{hint}
Debian, Ubuntu:   sudo apt install bubblewrap
Fedora:           sudo dnf install bubblewrap
macOS, Windows:   grade inside a Linux virtual machine, or WSL2; bubblewrap needs Linux

In a container, user namespaces must be allowed: for docker, `--security-opt seccomp=unconfined` or
a profile that permits them. Where you trust every student as you trust yourself, `--trust` runs
their code without a sandbox; each grade then says so."""
APPARMOR = """
Ubuntu 23.10 and later: where `sysctl kernel.apparmor_restrict_unprivileged_userns` says 1, only a
program whose AppArmor profile has the rule `userns,` can use user namespaces. Give {bwrap}
such a profile.
"""
LACKING = """\
Students' code runs in a sandbox made by bubblewrap, and that {why}.

Inside there are the packages of {python} and of its environment, and none that PYTHONPATH adds.
Install celib there, with its extra classroom, and grade with that environment's celib-classroom."""


class Unavailable(RuntimeError):
    """There is no sandbox here; the message says how to get one."""


class Mount(NamedTuple):
    """A folder or file that can be read inside, at the same place as outside."""

    path: str
    needed: bool = True


def started(handle: int, limits: Limits, *, trusted: bool) -> subprocess.Popen[bytes]:
    """Start the runner of one student, with its end of a socket.

    Parameters
    ----------
    handle : int
        The socket's file descriptor.
    limits : Limits
    trusted : bool
        Whether to do without a sandbox.

    Raises
    ------
    Unavailable
        If there is no sandbox and none was waived.
    """
    if not trusted:
        refuse_without()
    folder = INSIDE.parent if trusted else "/grading"
    numbers = [handle, round(limits.total), limits.memory, limits.processes, limits.disk]
    if trusted:  # the user's own processes count there, and are not ours to limit
        numbers[3] = -1
    python = [sys.executable, "-X", "utf8", "-c", START.format(folder=str(folder))]
    command = [*python, *map(str, numbers)]
    return subprocess.Popen(
        command if trusted else [*_wrapped(limits), *command],
        pass_fds=[handle],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment() | {"HOME": os.path.expanduser("~")} if trusted else {},
        cwd="/",
        start_new_session=True,
    )


def visible() -> list[str]:
    """Return what of this machine can be read inside."""
    return [mount.path for mount in _mounts()]


@cache
def is_available() -> bool:
    """Tell whether a sandbox can be made here."""
    return not _problem()


def refuse_without() -> None:
    """Raise `Unavailable` where no sandbox can be made."""
    if problem := _problem():
        if "ModuleNotFoundError" in problem:
            raise Unavailable(LACKING.format(why=problem, python=sys.executable))
        hint = APPARMOR.format(bwrap=_bwrap()) if shutil.which("bwrap") else ""
        raise Unavailable(INSTALL.format(why=problem, hint=hint))


@cache
def _problem() -> str:
    if not shutil.which("bwrap"):
        return "is not installed here"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "needs setpriv (package util-linux) when root grades"
    done = subprocess.run(
        [*_wrapped(Limits()), sys.executable, "-c", "import numpy, IPython, celib"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"does not work here ({said})"
    return ""


# --- the command --------------------------------------------------------------------------------


def _wrapped(limits: Limits) -> list[str]:
    """Return the command up to where the command to be run inside belongs."""
    alone = [
        _bwrap(),
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"),
        *("--new-session", "--clearenv", "--uid", "1000", "--gid", "1000"),
        *("--hostname", "sandbox", "--cap-drop", "ALL"),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *_folder_in_memory("/dev/shm", limits.disk),
        *_folder_in_memory("/tmp", limits.disk),
        *_folder_in_memory(HOME, limits.disk),
        *_mounted(),
        *(("--ro-bind", "/grading", "/grading") if os.geteuid() == 0 else _runner()),
        *(part for file in _fonts() for part in _within(file)),
        # What is not a mount of its own lies in memory too, without a limit.
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME),
        *(part for name, value in _environment().items() for part in ("--setenv", name, value)),
    ]
    return [*_as_nobody(), *alone] if os.geteuid() == 0 else alone


def _as_nobody() -> list[str]:
    """Return a command that gives up being root, and all that only root can read.

    The environment may lie in root's own home, so it is mounted before.
    """
    keep = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    user = str(NOBODY)
    return [
        _bwrap(),
        *("--die-with-parent", *keep),
        *(part for folder in _parents() for part in ("--dir", folder)),
        *_system(),
        # Whole, for without a full view of it none can be made inside.
        *("--bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev"),
        *_mounted(),
        *_runner(),
        *(_found("setpriv"), "--reuid", user, "--regid", user, "--clear-groups"),
    ]


def _system() -> list[str]:
    links = [path for path in ("/lib", "/lib64", "/bin", "/sbin") if os.path.islink(path)]
    return [
        *(part for path in links for part in ("--symlink", os.readlink(path), path)),
        *(part for mount in _system_mounts() for part in _read_only(mount)),
    ]


def _system_mounts() -> list[Mount]:
    real = [path for path in ("/lib", "/lib64", "/bin", "/sbin") if not os.path.islink(path)]
    etc = ["/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/localtime"]
    return [Mount("/usr"), *(Mount(path, needed=False) for path in (*real, *etc))]


def _mounted() -> list[str]:
    return [part for mount in _environment_mounts() for part in _read_only(mount)]


def _environment_mounts() -> list[Mount]:
    """Return where Python and its packages are, as far as the system has them not."""
    folders = [sys.prefix, sys.base_prefix, str(Path(celib.__file__).parent)]
    folders += [os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))]
    kept: list[str] = []
    for folder in sorted({os.path.abspath(folder) for folder in folders}, key=len):
        if not any(_lies_in(folder, other) for other in ("/usr", *kept)):
            kept.append(folder)
    return [Mount(folder) for folder in kept]


def _mounts() -> list[Mount]:
    return [*_system_mounts(), *_environment_mounts()]


def _runner() -> list[str]:
    """Return the mounts of what is run inside, and of matplotlib's list of fonts.

    Without the list, the first picture of every student would begin with seconds of making it.
    """
    fonts = [part for file in _fonts() for part in ("--ro-bind", str(file), _in_fonts(file))]
    return ["--ro-bind", str(INSIDE), "/grading/inside", *fonts]


def _fonts() -> list[Path]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    folder = Path(os.environ.get("MPLCONFIGDIR") or cache / "matplotlib")
    return sorted(folder.glob("fontlist-*.json"))


def _in_fonts(file: Path) -> str:
    return f"/grading/fonts/{file.name}"


def _within(file: Path) -> tuple[str, str, str]:
    return "--symlink", _in_fonts(file), f"{PICTURES}/{file.name}"


def _read_only(mount: Mount) -> tuple[str, str, str]:
    return "--ro-bind" if mount.needed else "--ro-bind-try", mount.path, mount.path


def _folder_in_memory(path: str, size: int) -> tuple[str, ...]:
    return "--size", str(size), "--tmpfs", path


def _parents() -> list[str]:
    """Return the folders above the mounts, which bubblewrap would make for root's eyes only."""
    paths = [*(mount.path for mount in _mounts()), "/grading/inside", "/grading/fonts/x", "/tmp/x"]
    folders = {str(folder) for path in paths for folder in Path(path).parents}
    return sorted(folders - {"/"}, key=len)


def _lies_in(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _environment() -> dict[str, str]:
    return {
        "HOME": HOME,
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(celib.__file__).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": "/tmp/ipython",
        "MPLCONFIGDIR": PICTURES,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "CELIB_PROGRESS": "",
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }


def _bwrap() -> str:
    return _found("bwrap")


def _found(program: str) -> str:
    return shutil.which(program) or program
