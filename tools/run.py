"""Set up this project's own .venv, pinned by constraints.txt, and run its commands there.

`make lab` is `python3 tools/run.py lab`; whoever has no make types that.

Only the standard library, and only words that every Python since 2.7 can read: a Python that is
too old must live long enough to say so.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
import webbrowser
from multiprocessing.pool import ThreadPool

OLDEST, NEWEST = (3, 11), (3, 14)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START_PAGE = "notebooks/00_start_here.ipynb"

VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "Scripts\\python.exe" if os.name == "nt" else "bin/python")
STAMP = os.path.join(VENV, "celib-setup.txt")
LOG = os.path.join(ROOT, ".venv-setup.log")

# The same for every run: no reader's answers are touched, and no library starts threads of its own
# beside the other runs. What a console cannot show must not end what prints it. Jupyter reads our
# settings, after anyone's own.
SETTINGS = [os.path.join(ROOT, ".jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")]
SURROUNDINGS = {
    "CELIB_PROGRESS": "",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONIOENCODING": ":backslashreplace",
    "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, SETTINGS)),
}

OFFLINE = re.compile("(?i)connect|name resolution|dns|proxy|timed out|max retries|failed to fetch")
# A line of pytest's in which nothing failed: it says how far it is, and nothing once it is over.
# Not rb"...", which Python 2.7 cannot read.
PROGRESS = re.compile(b"^[.sx]+ *\\[ *[0-9]+%\\]\r?\n", re.MULTILINE)

# What needs nbgrader and a sandbox.
CLASSROOM = ["celib/classroom", "tests/classroom"]
# Options of pytest for what is run by itself.
ALONE = ["-p", "no:nbval", "-q", "--no-header", "-rs", "--durations=5"]


# --- what each command runs ---------------------------------------------------------------------


def lab(python, args):
    command = [python, "-m", "jupyterlab"]
    command += ["--ServerApp.root_dir=" + ROOT, "--LabApp.default_url=/lab/tree/" + START_PAGE]
    # The address is the first thing to see, without a log; Ctrl-C is meant, without a question.
    command += ["--ServerApp.log_level=WARN", "--LabApp.log_level=WARN", "-y"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--allow-root"]
    if not a_browser_can_open():
        command += ["--no-browser"]
    return [command + args]


def test(python, args):
    """All checks, in parts of their own that run side by side; the longest first."""
    pytest = [python, "-m", "pytest", "-q", "--no-header", "--durations=3"]
    library = pytest + ["-p", "no:nbval"]  # only to load it takes over a second
    # What pyproject.toml says, but for the doctests: to find none in a test takes long.
    plain = library + ["-o", "addopts=--strict-markers --strict-config --import-mode=importlib"]
    coverage = ["--cov", "--cov-report=term-missing:skip-covered"]
    # Tests of what the coverage gate leaves out, which would be a third slower under its tracing.
    pictures = ["tests/figures", "tests/explore", "tests/test_figures.py", "tests/test_explore.py"]
    pictures += ["tests/peers"]
    pages = ["tests/practice", "tests/test_lab.py", "tests/test_notebooks_tool.py"]
    pages += ["tests/test_pages.py", "tests/test_prose.py", "tests/test_report.py"]
    pages += ["tests/test_mutants.py", "tests/test_regressions.py", "tests/test_speed.py"]
    pages = [path for path in pages if os.path.exists(path)]
    # Everything else, so that a new test belongs somewhere.
    apart = pictures + pages + ["tests/site", "tests/browser"] + CLASSROOM
    others = ["celib", "tests"] + ["--ignore=" + path for path in apart]
    # It notices a dead kernel only after the time that a cell may take, and sees no pictures,
    # which our own check does.
    nbval = ["--nbval", "--nbval-cell-timeout=60", "--ignore=notebooks/assignments"]
    return [
        ("practice, pages and tools", plain + pages + args),
        ("mathematics", library + coverage + others + args),
        ("pictures and peers", plain + pictures + args),
        ("notebooks, by nbval", pytest + nbval + ["notebooks"] + args),
        ("notebooks and prose, by our check", [python, "tools/report.py"]),
    ]


def peers(python, args):
    return [[python, "-m", "pytest", "tests/peers", "-rs"] + args]


def lint(python, args):
    ruff = [python, "-m", "ruff"]
    return [ruff + ["check"], ruff + ["format", "--check"], [python, "-m", "mypy"]]


def check(python, args):
    return [[python, "tools/report.py"] + args]


def notebooks(python, args):
    write = [python, "tools/notebooks.py"] + (args or ["write"])
    return [write] if args else [[python, "tools/answers.py"], write]


def oldest(python, args):
    return [[python, "tools/oldest.py"]]


def bench(python, args):
    return [[python, "tools/bench.py"] + args]


def mutants(python, args):
    return [[python, "tools/mutants.py"] + (args or ["--record"])]


def regressions(python, args):
    return [[python, "tools/regressions.py"] + args]


def lite(python, args):
    return [[python, "tools/lite.py"] + args]


def classroom(python, args):
    return [[python, "-m", "pytest"] + ALONE + CLASSROOM + args]


def site(python, args):
    return [[python, "tools/website.py"] + args]


def browser(python, args):
    pytest = [python, "-m", "pytest"] + ALONE
    # Each starts a browser of its own, which two in one process could not.
    return [pytest + [pages] + args for pages in ("tests/site", "tests/browser")]


def setup(python, args):
    return []


COMMANDS = {  # name: (what it runs, the extras of pyproject.toml it needs)
    "setup": (setup, {"lab", "test", "classroom", "lite", "site", "peers"}),
    "lab": (lab, {"lab"}),
    "test": (test, {"lab", "test"}),
    "check": (check, {"lab", "test"}),
    "peers": (peers, {"lab", "test", "peers"}),
    "lint": (lint, {"lab", "test"}),
    "notebooks": (notebooks, {"lab", "test"}),
    "mutants": (mutants, {"lab", "test"}),
    "regressions": (regressions, {"lab", "test"}),
    "oldest": (oldest, {"lab", "test"}),
    "bench": (bench, {"lab", "test", "peers", "site"}),
    "classroom": (classroom, {"lab", "test", "classroom"}),
    "lite": (lite, {"lab", "site", "lite"}),
    "site": (site, {"lab", "site"}),
    "browser": (browser, {"lab", "test", "site"}),
}


def a_browser_can_open():
    if sys.platform.startswith("linux"):  # without a screen, webbrowser would offer one in text
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


# --- the environment ----------------------------------------------------------------------------


def set_up(needed):
    """Make .venv hold what is needed; do nothing where it does already."""
    fingerprint, present = inputs(), set()
    if succeeds([VENV_PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]):
        if os.path.exists(STAMP):
            with open(STAMP) as stamp:
                recorded, extras = stamp.read().splitlines()
            present = set(extras.split())
            if recorded == fingerprint and needed <= present:
                return
            os.remove(STAMP)  # so that an interrupted install is not taken for a finished one
    else:
        create_venv()
    install(sorted(needed | present))
    ask_no_questions()
    with open(STAMP, "w") as stamp:
        stamp.write(fingerprint + "\n" + " ".join(sorted(needed | present)) + "\n")


def inputs():
    """All that .venv depends on; its own place too, since what is installed there knows it."""
    digest = hashlib.sha256(ROOT.encode("utf-8"))
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def create_venv():
    if has_venv_module():
        command = [sys.executable, "-m", "venv", "--clear", VENV]
    elif succeeds(["uv", "--version"]):
        command = ["uv", "venv", "--seed", "--clear", "--python", sys.executable, VENV]
    else:
        stop(
            "Python's venv module is missing from {0}: install it (on Debian and Ubuntu: "
            "apt install python{1}.{2}-venv), or install uv, and try again.",
            sys.executable,
            sys.version_info[0],
            sys.version_info[1],
        )
    say("Creating .venv with Python {0}.{1}.{2} ...", *sys.version_info[:3])
    if not logged(command):
        stop("No .venv could be created with {0}: {1} tells why.", sys.executable, LOG)


def has_venv_module():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def install(extras):
    # A machine may keep its own, smaller build of PyTorch where only pip is told to look.
    if "peers" not in extras and succeeds(["uv", "--version"]):
        command = ["uv", "pip", "install", "--python", VENV_PYTHON]
    else:
        command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
        command += ["--no-input", "--retries", "2", "--progress-bar", "off"]
    say("Installing the pinned packages for {0} (minutes the first time) ...", ", ".join(extras))
    if not logged(command + ["-c", "constraints.txt", "-e", ".[" + ",".join(extras) + "]"]):
        with open(LOG, "rb") as log:
            offline = OFFLINE.search(log.read().decode("utf-8", "replace"))
        if offline:
            stop("The packages could not be downloaded: no network, it seems; {0} tells more.", LOG)
        stop("The packages could not be installed: {0} tells why.", LOG)


def ask_no_questions():
    """Decline JupyterLab's news and look for updates, which it would offer over the start page."""
    folder = os.path.join(VENV, "share", "jupyter", "lab", "settings")
    if not os.path.isdir(folder):
        os.makedirs(folder)
    declined = {"fetchNews": "false", "checkForUpdates": False}
    with open(os.path.join(folder, "overrides.json"), "w") as settings:
        json.dump({"@jupyterlab/apputils-extension:notification": declined}, settings)


# --- runs side by side --------------------------------------------------------------------------


def side_by_side(runs):
    """Run what is named, several at once; print each when it ends, then all."""
    # One more than there are cores, since those with notebooks often wait for a kernel.
    lanes = min(len(runs), 1 + (os.cpu_count() or 1))
    say("Running {0}: {1} at a time ...", "; ".join(name for name, _ in runs), lanes)
    start, ended = time.time(), []
    with ThreadPool(lanes) as pool:
        for name, seconds, code, said in pool.imap_unordered(timed, runs):
            say("\n--- {0} {1}\n", name, "-" * (93 - len(name)))
            sys.stdout.buffer.write(PROGRESS.sub(b"", said))
            ended.append((name, seconds, code, last_line(said)))
    say("\n--- where the time went {0}\n", "-" * 74)
    for name, seconds, code, result in ended:
        say("{0:27} {1:4.0f} s   {2}{3}", name, seconds, "FAILED: " if code else "", result)
    say("{0:27} {1:4.0f} s", "all, side by side", time.time() - start)
    return 1 if any(code for _, _, code, _ in ended) else 0


def timed(run):
    name, command = run
    start = time.time()
    process = subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = process.communicate()[0]
    return name, time.time() - start, process.returncode, said


def last_line(said):
    lines = said.decode("utf-8", "replace").strip().splitlines() or [""]
    return lines[-1].strip("= ")


# --- small helpers ------------------------------------------------------------------------------


def succeeds(command):
    with open(os.devnull, "wb") as nowhere:
        try:
            return subprocess.call(command, cwd=ROOT, stdout=nowhere, stderr=nowhere) == 0
        except OSError:  # no such program
            return False


def logged(command):
    with open(LOG, "wb") as log:
        return subprocess.call(command, cwd=ROOT, stdout=log, stderr=log) == 0


def say(sentence, *details):
    print(sentence.format(*details))
    sys.stdout.flush()


def stop(sentence, *details):
    sys.exit(sentence.format(*details))


def python_is_new_enough(python):
    return succeeds([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])


def newer_python():
    """A Python on the PATH that is new enough. Asked, not looked for: it may be an empty shim."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        if python_is_new_enough("python3.{0}".format(minor)):
            return "python3.{0}".format(minor)
    stop(
        "Python 3.11 or newer is missing: {0} is Python {1}.{2}; install a newer one, "
        "or name it with PYTHON=... after make.",
        sys.executable,
        sys.version_info[0],
        sys.version_info[1],
    )


def main(argv):
    if not argv or argv[0] not in COMMANDS:
        sys.exit("usage: python tools/run.py " + "|".join(COMMANDS))
    if sys.version_info < OLDEST:
        sys.exit(subprocess.call([newer_python(), os.path.abspath(__file__)] + argv))
    os.chdir(ROOT)
    commands, extras = COMMANDS[argv[0]]
    set_up(extras)
    commands = commands(VENV_PYTHON, argv[1:])
    if argv[0] != "lab":
        os.environ.update(SURROUNDINGS)
    if argv[0] == "test":
        sys.exit(side_by_side(commands))
    if len(commands) == 1 and os.name == "posix":
        os.execv(VENV_PYTHON, commands[0])  # Ctrl-C then reaches the command itself
    failures = [command for command in commands if subprocess.call(command) != 0]
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
