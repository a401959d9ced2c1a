"""Build the browser edition in build/lite: JupyterLab in the browser, with nothing to install.

    python tools/lite.py                      Python itself comes from Pyodide's public CDN
    PYODIDE_TREE=DIR python tools/lite.py     or from a copy in DIR, and nothing from elsewhere

It holds the pages, celib and what its live pictures need. What a reader writes there stays in the
storage of their browser. Where build/lite stands, `make site` makes it part of the site.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

import notebooks

ROOT = notebooks.ROOT
LITE, SOURCE = ROOT / "build" / "lite", ROOT / "build" / "lite-source"
CONTENTS, WHEELS = SOURCE / "contents", SOURCE / "pypi"
START = "notebooks/00_start_here.ipynb"
LINKED = ("docs/seeds.md",)  # what else the pages lead to
# What Pyodide has not; the versions are those of constraints.txt.
NOT_IN_PYODIDE = ("comm", "ipywidgets", "jupyterlab-widgets")
# By name: whoever builds may have other extensions of JupyterLab.
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager")
PYODIDE_KERNEL = f"{EXTENSIONS[0]}:kernel"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
INSTALL = """\
# In the browser, Python starts without packages. This line fetches those of the pages.
%pip install -q celib ipywidgets matplotlib"""
# JupyterLite's own leads to an empty Lab. Every page of it reads the configuration from here.
FIRST_PAGE = f"""\
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Cross-entropy, in the browser</title>
    <link rel="icon" href="lab/favicon.ico">
    <script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">
      {{}}
    </script>
    <script>location.replace("lab/index.html?path={START}")</script>
  </head>
  <body><a href="lab/index.html?path={START}">Start here</a></body>
</html>
"""


def build(pyodide: Path | None) -> None:
    """Build the browser edition, with a copy of Pyodide if its folder is given."""
    for folder in (SOURCE, LITE):
        shutil.rmtree(folder, ignore_errors=True)
    lay_contents()
    lay_wheels()
    if pyodide is not None:
        shutil.copytree(pyodide, SOURCE / "static" / "pyodide")
    lay_settings(closed=pyodide is not None)
    jupyterlite()
    (LITE / "index.html").write_text(FIRST_PAGE, encoding="utf-8")
    print(f"The browser edition is in {LITE}; python -m http.server -d {LITE} shows it.")


def lay_contents() -> None:
    """Lay the pages, each with a cell that fetches what it needs."""
    for path in notebooks.pages():
        notebook = notebooks.read(path)
        notebook.cells.insert(1, new_code_cell(INSTALL, id="install-celib"))
        notebook.metadata.kernelspec = KERNEL
        nbformat.write(notebook, made(CONTENTS / path.relative_to(ROOT)))
    for name in LINKED:
        shutil.copy(ROOT / name, made(CONTENTS / name))


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def lay_wheels() -> None:
    """Lay the packages that the browser fetches from the site itself."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    download = ["download", "--no-deps", "--only-binary=:all:", "-c", str(ROOT / "constraints.txt")]
    run([*pip, *download, "-d", str(WHEELS), *NOT_IN_PYODIDE])
    run([*pip, "wheel", "--no-deps", "-w", str(WHEELS), str(ROOT)])


def lay_settings(*, closed: bool) -> None:
    """Lay JupyterLite's configuration; a closed edition asks no other host for anything."""
    config = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Cross-entropy, in the browser",
            "defaultKernelName": KERNEL["name"],
            "exposeAppInBrowser": True,  # which tests/browser drives it by
            "litePluginSettings": {PYODIDE_KERNEL: {"disablePyPIFallback": closed}},
        },
    }
    # The question whether to fetch JupyterLab's news would stand over the page.
    declined = {"fetchNews": "false", "checkForUpdates": False}
    settings = {"@jupyterlab/apputils-extension:notification": declined}
    for name, said in (("jupyter-lite.json", config), ("overrides.json", settings)):
        (SOURCE / name).write_text(json.dumps(said, indent=2), encoding="utf-8")


def jupyterlite() -> None:
    """Let JupyterLite build what was laid."""
    installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--no-sourcemaps"]
    command += ["--lite-dir=.", f"--output-dir={LITE}", f"--contents={CONTENTS}", "--apps=lab"]
    command += ["--no-unused-shared-packages", "--ignore-sys-prefix"]
    command += [f"--LiteBuildConfig.federated_extensions={installed / one}" for one in EXTENSIONS]
    run(command)


def run(command: Sequence[str]) -> None:
    """Run a command, which has something to say only if it fails."""
    ended = subprocess.run(
        command, cwd=SOURCE, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if ended.returncode:
        sys.exit(f"{ended.stdout}{ended.stderr}\nThis failed: {' '.join(command)}")


def main() -> int:
    tree = os.environ.get("PYODIDE_TREE", "")
    pyodide = Path(tree).expanduser().absolute() if tree else None
    if pyodide is not None and not (pyodide / "pyodide-lock.json").exists():
        sys.exit(f"PYODIDE_TREE is {tree!r}, and there is no Pyodide: no pyodide-lock.json.")
    build(pyodide)
    return 0


if __name__ == "__main__":
    sys.exit(main())
