"""Run the checks with the oldest NumPy that celib promises to work with, in an environment apart.

Everything else is as pinned. All checks must pass but that of the bytes of pictures, which the
check of the notebooks makes with the pinned versions of what draws them alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / "build" / "oldest"
PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def oldest_numpy() -> str:
    """Return the series named in pyproject.toml, such as 2.0."""
    [lowest] = re.findall(r'"numpy>=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    return str(lowest) if "." in lowest else f"{lowest}.0"


def set_up() -> None:
    if not Path(PYTHON).exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    others = VENV / "constraints.txt"
    others.write_text("\n".join(pin for pin in pins if not pin.startswith("numpy==")), "utf-8")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = [f"numpy=={oldest_numpy()}.*", "-e", f"{ROOT}[lab,test]"]
    subprocess.run([*pip, "-c", others, *wanted], check=True)


def main() -> int:
    set_up()
    pytest = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    library = [*pytest, "-p", "no:nbval", "celib", "tests"]
    peers = [*pytest, "-p", "no:nbval", "tests/peers"]  # which start threads that a fork would lose
    apart = ["tests/site", "tests/browser", "tests/classroom", "celib/classroom", "tests/peers"]
    library += [f"--ignore={path}" for path in apart]
    # These two are about the environment of `make lab` and `make test`, not about celib.
    library += ["--ignore=tests/test_lab.py", "--ignore=tests/test_environment.py"]
    checks = [
        [PYTHON, "-c", "import numpy; print('NumPy', numpy.__version__)"],
        library,
        peers,
        [*pytest, "--nbval", "notebooks", "--ignore=notebooks/assignments"],
        [PYTHON, "tools/report.py"],
    ]
    failed = [check for check in checks if subprocess.run(check, cwd=ROOT).returncode]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
