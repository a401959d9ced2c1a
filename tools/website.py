"""Build the site in build/site: the pages as they are stored, ready for any static web server.

    python tools/website.py                   build it
    python tools/website.py --run             build it, running every notebook for its status page
    python tools/website.py --colab FOLDER    lay the notebooks for Colab, and build nothing

The site asks no other host for anything: MathJax and its fonts come from the package registry, in
the versions of docs/package.json and checked by docs/package-lock.json. Where the project is
published, CELIB_REPOSITORY=OWNER/NAME (on GitHub) gives each page its buttons for Binder and
Colab. A browser edition in build/lite becomes part of the site, with a button on each page.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import frames
import laying
from site_faults import faults

import notebooks

ROOT = notebooks.ROOT
BUILD = ROOT / "build"
SOURCE, SITE, LITE = BUILD / "site-source", BUILD / "site", BUILD / "lite"
MODULES, ASSETS = BUILD / "npm", BUILD / "assets"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")

# What of the fetched packages the site serves, and where below _static/vendor.
SERVED = {
    "mathjax/tex-mml-chtml.js": "mathjax/tex-mml-chtml.js",
    "mathjax/a11y": "mathjax/a11y",
    "mathjax/sre": "mathjax/sre",
    "mathjax/ui": "mathjax/ui",
    "mathjax/input": "mathjax/input",
    "mathjax/LICENSE": "mathjax/LICENSE",
    "@mathjax/mathjax-newcm-font/chtml": "fonts/mathjax-newcm-font/chtml",
    "@mathjax/mathjax-newcm-font/chtml.js": "fonts/mathjax-newcm-font/chtml.js",
}


def build(*, run: bool = False, repository: str = "") -> None:
    """Build the site; end with a sentence where something is missing or wrong."""
    fetch()
    laying.lay(SOURCE, measured() if run else None)
    browser = chromium()
    sphinx({"repository": repository, "pdf": browser, "lite": LITE.exists()})
    for path in notebooks.pages():
        shutil.copy(path, SITE / path.relative_to(ROOT))
    frames.write(laying.live_pictures(), SITE / "notebooks" / frames.FOLDER)
    if LITE.exists():
        shutil.copytree(LITE, SITE / "lite", dirs_exist_ok=True)
    if browser:
        print_pages(browser)
    else:
        print("No PDFs: there is no Chromium on this machine; the pages are built without them.")
    wrong = faults(SITE)
    if wrong:
        sys.exit("\n".join([*wrong, f"{len(wrong)} faults in {SITE}"]))
    print(f"The site is in {SITE}; python -m http.server -d {SITE} shows it.")


# --- what the site serves -----------------------------------------------------------------------


def fetch() -> None:
    """Fetch MathJax and axe-core by npm, which holds them to the lock file's hashes."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing, which fetches MathJax for the site; install Node.js 20 or newer.")
    MODULES.mkdir(parents=True, exist_ok=True)
    lock = laying.DOCS / "package-lock.json"
    installed = MODULES / "node_modules" / ".celib-lock.json"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(laying.DOCS / name, MODULES)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([npm, "ci", *quiet], cwd=MODULES, check=True)
        shutil.copy(lock, installed)
    shutil.rmtree(ASSETS, ignore_errors=True)
    for name, place in SERVED.items():
        source, target = MODULES / "node_modules" / name, ASSETS / "vendor" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


def sphinx(said: dict[str, object]) -> None:
    """Let Sphinx build what was laid; `said` is what the templates may ask."""
    shutil.rmtree(SITE, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q"]
    command += ["-c", str(laying.DOCS), "-d", str(BUILD / "doctrees")]
    for name, value in said.items():
        command += ["-A", f"{name}={value or ''}"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([*command, str(SOURCE), str(SITE)], env=surroundings, check=False)
    if ended.returncode:
        sys.exit("Sphinx could not build the site, or warned; its messages are above.")
    (SITE / ".nojekyll").touch()  # GitHub Pages would leave out the folders that begin with _


def measured() -> str:
    """Run every notebook and return the report's table, faults and all."""
    command = [sys.executable, str(ROOT / "tools" / "report.py")]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, check=False
    )
    return ended.stdout.strip("\n")


# --- paper --------------------------------------------------------------------------------------


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, and give its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def print_pages(browser: str) -> None:
    """Print each page of the collection as a PDF beside it."""
    pages = [path for path in notebooks.pages() if path.parent.name != "answers"]
    with served(SITE) as address:
        for path in pages:
            place = path.relative_to(ROOT)
            print_page(browser, f"{address}/{place.with_suffix('.html').as_posix()}", SITE / place)


def print_page(browser: str, address: str, place: Path) -> None:
    command = [browser, "--headless", "--disable-gpu", "--no-pdf-header-footer"]
    # The clock runs ahead only while nothing is loading, so MathJax has ended its work by then.
    command += ["--virtual-time-budget=20000", f"--print-to-pdf={place.with_suffix('.pdf')}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--no-sandbox"]
    ended = subprocess.run([*command, address], capture_output=True, text=True, check=False)
    if ended.returncode or not place.with_suffix(".pdf").exists():
        sys.exit(f"{place.stem} could not be printed: {ended.stderr}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--run", action="store_true", help="run every notebook, for the status page"
    )
    parser.add_argument("--colab", type=Path, metavar="FOLDER", help="lay the notebooks for Colab")
    options = parser.parse_args(arguments)
    repository = os.environ.get("CELIB_REPOSITORY", "")
    if options.colab is None:
        build(run=options.run, repository=repository)
    elif repository:
        laying.lay_for_colab(options.colab, repository)
    else:
        sys.exit("CELIB_REPOSITORY is not set; Colab installs celib from OWNER/NAME on GitHub.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
