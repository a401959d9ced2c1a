"""What `make lab` does: the start page is served, and what is missing is said in one sentence."""

import importlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from unittest import mock
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import run
from jupyter_core.paths import jupyter_config_path
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).parent.parent
POSIX = os.name == "posix"
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
needs_posix = pytest.mark.skipif(not POSIX, reason="shell scripts and signals of POSIX")


# --- the start page -----------------------------------------------------------------------------


@pytest.fixture
def jupyter_env(tmp_path):
    """The environment without anyone's Jupyter settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    folders = ("CONFIG", "DATA", "RUNTIME")
    return env | {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in folders}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def printed_address(process):
    said = ""
    for line in process.stderr:
        said += line
        if address := re.search(r"http://127\.0\.0\.1:\S+", line):
            return address[0]
    pytest.fail(f"JupyterLab printed no address:\n{said}")


ask = build_opener(ProxyHandler({})).open  # whatever proxy the machine has is not for this


def get(url, process, **headers):
    while process.poll() is None:
        try:
            with ask(Request(url, headers=headers)) as response:
                return response.read().decode()
        except URLError as error:  # the address is printed a moment before the port is opened
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
        time.sleep(0.1)
    pytest.fail("JupyterLab ended before it could be asked")


def test_make_lab_serves_the_start_page(monkeypatch, jupyter_env):
    monkeypatch.setattr(run, "a_browser_can_open", lambda: False)
    [command] = run.lab(sys.executable, [f"--port={free_port()}"])
    with subprocess.Popen(command, env=jupyter_env, stderr=subprocess.PIPE, text=True) as process:
        guard = threading.Timer(600, process.kill)  # a hang must not hang the suite
        guard.start()
        try:
            address = urlsplit(printed_address(process))
            assert address.path == "/lab/tree/notebooks/00_start_here.ipynb"

            assert "jupyter-config-data" in get(address.geturl(), process)

            contents = address._replace(
                path="/api/contents/notebooks/00_start_here.ipynb", query=""
            )
            token = "token " + address.query.removeprefix("token=")
            notebook = json.loads(get(contents.geturl(), process, Authorization=token))
            assert notebook["type"] == "notebook"
            assert notebook["content"]["cells"]
        finally:
            process.terminate()
            process.stderr.read()
            process.wait()
            guard.cancel()
    if POSIX:
        assert process.returncode == 0


def test_make_lab_sends_what_a_kernel_says_at_once(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", run.SURROUNDINGS["JUPYTER_CONFIG_PATH"])
    first = jupyter_config_path()[0]
    settings = PyFileConfigLoader("jupyter_server_config.py", first).load_config()
    at_once = settings.ServerApp.kernel_websocket_connection_class
    connection = mock.Mock(spec_set=at_once)
    with mock.patch.object(at_once.__base__, "connect") as connect:
        at_once.connect(connection)
    connection.websocket_handler.set_nodelay.assert_called_once_with(True)
    connect.assert_called_once_with()


def test_settings_of_ones_own_come_after_ours(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    seen = importlib.reload(run).SURROUNDINGS["JUPYTER_CONFIG_PATH"]
    monkeypatch.undo()
    importlib.reload(run)
    assert seen.split(os.pathsep) == [str(ROOT / ".jupyter"), "mine"]


@needs_posix
def test_the_command_starts_exactly_that(monkeypatch):
    started = []
    monkeypatch.setattr(run, "set_up", started.append)
    monkeypatch.setattr(os, "execv", lambda program, command: started.append(command) or sys.exit())
    with pytest.raises(SystemExit):
        run.main(["lab"])
    assert started == [{"lab"}, *run.lab(run.VENV_PYTHON, [])]


def outside_make():
    """The environment without the traces of the make that may be running these tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


@needs_make
def test_make_hands_every_command_to_the_same_script():
    for name in run.COMMANDS:
        command = ["make", "--no-print-directory", "-n", name, "PYTHON=sh"]
        said = subprocess.check_output(command, cwd=ROOT, env=outside_make(), text=True)
        assert said.strip() == f"sh tools/run.py {name}"


def test_a_browser_needs_a_screen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "--no-browser" in run.lab("python", [])[0]

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.get", lambda: None)
    assert "--no-browser" not in run.lab("python", [])[0]


# --- the sentences ------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """A fresh copy of what the setup reads, and nothing on the PATH."""
    for name in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "celib", tmp_path / "celib")
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/run.py", tmp_path / "tools")
    (tmp_path / "bin").mkdir()
    return tmp_path


def run_lab(copy, before="", **env):
    """Run `tools/run.py lab` in the copy, after the lines that make its Python a poorer one."""
    script = f"import runpy, sys; sys.argv = ['tools/run.py', 'lab']; {before}\n"
    script += "runpy.run_path('tools/run.py', run_name='__main__')"
    kept = {name: value for name, value in os.environ.items() if name in ("SYSTEMROOT", "TEMP")}
    env = kept | {"PATH": str(copy / "bin"), "HOME": str(copy)} | env
    return subprocess.run(
        [sys.executable, "-c", script], cwd=copy, env=env, capture_output=True, text=True
    )


def assert_one_sentence(finished, *words):
    assert finished.returncode == 1
    said = finished.stderr.strip()
    assert "\n" not in said
    assert "Traceback" not in said
    for word in words:
        assert word in said


OLD = "sys.version_info = (3, 8, 18)"


def test_too_old_a_python(copy):
    assert_one_sentence(run_lab(copy, OLD), "Python 3.11 or newer is missing", "is Python 3.8")
    assert not (copy / ".venv").exists()


@needs_posix
def test_too_old_a_python_beside_a_newer_one(copy):
    shim, newer = copy / "bin/python3.14", copy / "bin/python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")  # as pyenv leaves them for versions that are not set
    newer.write_text('#!/bin/sh\ntest "$1" = -c || echo newer: "$@"\n')
    for script in (shim, newer):
        script.chmod(0o755)
    finished = run_lab(copy, OLD)
    assert finished.returncode == 0
    assert re.fullmatch(r"newer: \S*tools/run\.py lab", finished.stdout.strip())


@needs_make
def test_no_python_at_all():
    finished = subprocess.run(
        ["make", "--no-print-directory", "lab", "PYTHON=no-such-python"],
        cwd=ROOT,
        env=outside_make(),
        capture_output=True,
        text=True,
    )
    assert finished.returncode != 0
    ours = [line for line in finished.stderr.splitlines() if not line.startswith("make")]
    assert len(ours) == 1
    assert "Python 3.11 or newer is missing" in ours[0]


def test_no_venv_module(copy):
    finished = run_lab(copy, "sys.modules['ensurepip'] = None")
    assert_one_sentence(finished, "venv module is missing", "apt install python3.")
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_no_network(copy, installer):
    if installer == "uv":
        if not (POSIX and shutil.which("uv")):
            pytest.skip("no uv on this machine")
        (copy / "bin/uv").symlink_to(shutil.which("uv"))
    dead = "http://127.0.0.1:9"  # where nobody listens
    proxies = {f"{scheme}_PROXY": dead for scheme in ("HTTP", "HTTPS", "ALL")}
    waits = {"PIP_RETRIES": "1", "UV_HTTP_RETRIES": "1"}
    nothing_stored = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}
    finished = run_lab(copy, **proxies, **waits, **nothing_stored, PIP_CONFIG_FILE=os.devnull)
    assert_one_sentence(finished, "could not be downloaded", "network", ".venv-setup.log")
    # Nothing half done is taken for done the next time.
    assert not (copy / ".venv/celib-setup.txt").exists()


def test_the_setup_is_quick_the_second_time_and_anew_when_the_pins_change(monkeypatch, tmp_path):
    installed = []
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(run, "ROOT", str(tmp_path))
    monkeypatch.setattr(run, "STAMP", str(tmp_path / "stamp.txt"))
    monkeypatch.setattr(run, "VENV_PYTHON", sys.executable)
    monkeypatch.setattr(run, "install", installed.append)
    monkeypatch.setattr(run, "ask_no_questions", lambda: None)

    run.set_up({"lab"})
    run.set_up({"lab"})
    assert installed == [["lab"]]

    run.set_up({"lab", "test"})
    run.set_up({"lab"})
    assert installed == [["lab"], ["lab", "test"]]

    with (tmp_path / "constraints.txt").open("a") as pins:
        pins.write("# changed\n")
    run.set_up({"lab"})  # keeps what was there
    assert installed == [["lab"], ["lab", "test"], ["lab", "test"]]


def test_the_script_can_be_read_by_old_pythons():
    source = (ROOT / "tools/run.py").read_text(encoding="utf-8")
    compile(source, "tools/run.py", "exec")
    newer_than_python_2 = re.findall(
        r"\bf[\"']|:=|\basync\b|\bnonlocal\b|->|^\s+\*\w+,$", source, re.M
    )
    assert not newer_than_python_2


def test_parts_run_side_by_side_and_what_failed_is_told_and_counts(capfdbinary):
    def part(code):
        return [sys.executable, "-c", code]

    good = "print('..s.    [ 50%]\\n....    [100%]\\n4 passed')"
    bad = "import sys; print('.F..    [100%]\\nit broke'); sys.exit(3)"
    assert run.side_by_side([("good one", part(good))]) == 0
    assert run.side_by_side([("good one", part(good)), ("bad one", part(bad))]) == 1
    said = capfdbinary.readouterr().out.decode()
    assert "[ 50%]" not in said
    assert ".F..    [100%]" in said
    assert re.search(r"^good one +\d+ s   4 passed$", said, re.MULTILINE)
    assert re.search(r"^bad one +\d+ s   FAILED: it broke$", said, re.MULTILINE)
