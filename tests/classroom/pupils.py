"""A class of made-up students: what each hands in, and what each must get for it.

The problem set is ``course/small``: `entropy-coin` (1 point) and `entropy-all` (2) test the
function of the cell `entropy`, `number-test` (2) the number of the cell `number`: 1.75 bits, the
entropy of (1/2, 1/4, 1/8, 1/8) by hand. `why` is written. Every hostile cell is bounded, so that
it could not hurt the machine of the tests even if the sandbox failed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field

RIGHT = """\
def entropy_bits(p):
    p = np.asarray(p, float)
    p = p[p > 0]
    return float(-np.sum(p * np.log2(p)))
"""
WRONG = "def entropy_bits(p):\n    return {}"
NUMBER = "bits = 1.75"
FULL = {"entropy-coin": 1, "entropy-all": 2, "number-test": 2}
NO_NUMBER = FULL | {"number-test": 0}
NO_FUNCTION = {"entropy-coin": 0, "entropy-all": 0, "number-test": 2}
ONLY_COIN = {"entropy-coin": 1, "entropy-all": 0, "number-test": 2}
NOTHING = dict.fromkeys(FULL, 0)


@dataclass
class Pupil:
    """One student.

    `points` is None where nothing can be graded; `mistake` is the catalogue's name that the
    verdict of some test must have, `says` a part of a message to the teacher, `found` the kinds of
    repairs, `prints` what the outputs must hold.
    """

    name: str
    points: dict[str, int] | None = field(default_factory=lambda: dict(FULL))
    entropy: str = RIGHT
    number: str = NUMBER
    damage: Callable[[dict], object] | None = None
    mistake: str = ""
    says: str = ""
    found: set[str] = field(default_factory=set)
    prints: str = ""

    def content(self, released: dict, **places: str) -> bytes | None:
        """Return the file handed in, or None."""
        notebook = copy.deepcopy(released)
        cell_with(notebook, "student =")["source"] = f"import numpy as np\nstudent = {self.name!r}"
        for name, text in (("entropy", self.entropy), ("number", self.number)):
            for place, value in places.items():
                text = text.replace(f"<{place}>", value)
            cell(notebook, name)["source"] = text
        result = self.damage(notebook) if self.damage else None
        if result is MISSING:
            return None
        return result if isinstance(result, bytes) else json.dumps(notebook).encode()


MISSING = object()


def cell_with(notebook: dict, text: str) -> dict:
    """Return the cell that holds some text."""
    return next(one for one in notebook["cells"] if text in one["source"])


def cell(notebook: dict, name: str) -> dict:
    """Return a cell by nbgrader's name for it."""
    return next(one for one in notebook["cells"] if grade_id(one) == name)


def grade_id(one: dict) -> str:
    return one["metadata"].get("nbgrader", {}).get("grade_id", "")


def without(*names: str) -> Callable[[dict], object]:
    def damage(notebook: dict) -> None:
        notebook["cells"] = [one for one in notebook["cells"] if grade_id(one) not in names]

    return damage


def doubled(name: str, **changes: str) -> Callable[[dict], object]:
    def damage(notebook: dict) -> None:
        place = notebook["cells"].index(cell(notebook, name))
        notebook["cells"].insert(place, copy.deepcopy(notebook["cells"][place]) | changes)

    return damage


def changed(name: str, **changes: str) -> Callable[[dict], object]:
    return lambda notebook: cell(notebook, name).update(changes)


def reordered(notebook: dict) -> None:
    notebook["cells"].reverse()


def richer(notebook: dict) -> None:
    cell(notebook, "number-test")["metadata"]["nbgrader"]["points"] = 100


def renamed(notebook: dict) -> None:
    for one in notebook["cells"]:
        one["metadata"].pop("nbgrader", None)


def foreign(notebook: dict) -> None:
    notebook["cells"] = [{"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}]


def in_julia(notebook: dict) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "julia", "display_name": "J", "language": "julia"}


def huge(notebook: dict) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (11 << 20)}
    cell(notebook, "number")["outputs"] = [output]


def same_ids(notebook: dict) -> None:
    for one in notebook["cells"]:
        one["id"] = "same"


HALF = NUMBER + "\n"
FLOAT_LIAR = """\
class Liar(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __lt__(self, other): return True
    __gt__ = __lt__
    def __array_ufunc__(self, *inputs, **options): return True
    __hash__ = None
"""
PATCHES = """\
import builtins, celib, celib.practice.judging
np.allclose = lambda *a, **k: True
np.log2 = np.log
celib.entropy = lambda *a, **k: 0.0
celib.practice.judging._equal = lambda *a: True
builtins.abs = lambda x: 0
"""
LOOK_AROUND = """\
import os, sys
found = []
for folder, below, files in os.walk("/"):
    if folder.startswith(("/proc", "/usr", "/dev", "/sys", sys.prefix, sys.base_prefix)):
        below.clear()  # or the walk alone may outlast the cell
        continue
    for file in files:
        try:
            with open(os.path.join(folder, file), "rb") as f:
                if b"teachers know " + b"5150" in f.read(1 << 20): found.append(file)
        except OSError:
            pass
print("found", len(found), "tests;", os.path.exists("<course>"), os.path.exists("<canary>"))
"""
WRITE_OUTSIDE = """\
import os, sqlite3
failed = 0
for path in ("<canary>", "<course>/gradebook.db", "<course>/stolen", "/usr/stolen", "/stolen"):
    try:
        open(path, "w").write("stolen")
    except OSError:
        failed += 1
try:
    sqlite3.connect("<course>/gradebook.db").execute("update grade set manual_score = 100")
except sqlite3.Error:
    failed += 1
print("failed", failed)
"""
CALL_OUT = """\
import socket
failed = 0
for address in (("127.0.0.1", <port>), ("localhost", <port>)):
    try:
        socket.create_connection(address, timeout=1)
    except OSError:
        failed += 1
print("failed", failed)
"""
FORKS = """\
import os, time
children = []
for _ in range(2000):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        time.sleep(30)
        os._exit(0)
    children.append(child)
print("few" if len(children) < 100 else "many")
"""
FILL = """\
import os
written = 0
for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm", "/dev", "/", "/grading"):
    for n in range(20):
        try:
            with open(os.path.join(folder, f"filler{n}"), "wb") as f:
                for _ in range(8):
                    written += f.write(bytes(1 << 20))
        except OSError:
            break
print("little" if written < 300 << 20 else "much")
for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm"):
    for file in os.listdir(folder):
        if file.startswith("filler"): os.remove(os.path.join(folder, file))
"""
HOGS = """\
import os, time
for _ in range(6):
    if os.fork() == 0:
        hog = bytearray(400 << 20)
        hog[::4096] = b"x" * len(hog[::4096])
        time.sleep(20)
        os._exit(0)
time.sleep(15)
"""
SETSID = """\
import os, signal, time
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/usr/bin/sleep", ["survivor-5150", "50"])
    os._exit(0)
"""
DEAF = """\
import signal, time
signal.signal(signal.SIGALRM, signal.SIG_IGN)
until = time.time() + 40
while time.time() < until: pass
"""
FORGE = """\
import os, struct, json
for message in ({"value": 1.75}, {"outputs": []}, {"ended": True}) * 20:
    data = json.dumps(message).encode()
    for fd in range(3, 32):
        try: os.write(fd, struct.pack(">I", len(data)) + data)
        except OSError: pass
"""
GARBAGE = """\
import os
for fd in range(3, 32):
    try: os.write(fd, bytes([255]) * 100_000)
    except OSError: pass
"""
LIMITS = """\
import resource
try:
    resource.setrlimit(resource.RLIMIT_NPROC, (5000, 5000))
    print("raised")
except ValueError:
    print("refused")
"""
NAMESPACES = """\
import subprocess
print(subprocess.run(["unshare", "-Urm", "true"]).returncode != 0)
"""
NEXT_CELL = "raise ValueError('no')"

PUPILS = [
    # --- right, and written in different ways
    *[Pupil(f"right-{n:02d}") for n in range(5)],
    Pupil(
        "right-loop",
        entropy="import math\ndef entropy_bits(p):\n"
        "    return -sum(x * math.log2(x) for x in p if x > 0)",
    ),
    Pupil("right-array", entropy=RIGHT.replace("return float(", "return np.array(")),
    Pupil(
        "right-celib",
        entropy="import celib\nentropy_bits = lambda p: celib.entropy(p, unit='bits')",
    ),
    Pupil("right-text", number="bits = '1.75 bits'", points=NO_NUMBER),
    Pupil("right-fraction", number="from fractions import Fraction\nbits = Fraction(7, 4)"),
    Pupil("right-magic", number="%matplotlib inline\n" + NUMBER),
    Pupil("right-prints", number="print('hello')\n" + NUMBER, prints="hello"),
    # --- mistakes of the catalogue
    Pupil(
        "nats",
        entropy=RIGHT.replace("log2", "log"),
        points=NO_FUNCTION,
        mistake="natural-log-for-bits",
    ),
    Pupil("bans", entropy=RIGHT.replace("log2", "log10"), points=NO_FUNCTION, mistake="base-10"),
    Pupil("minus", entropy=RIGHT.replace("-np", "np"), points=NO_FUNCTION, mistake="lost-minus"),
    Pupil("mean", entropy=RIGHT.replace("np.sum", "np.mean"), points=NO_FUNCTION),
    Pupil("zero", entropy=RIGHT.replace("    p = p[p > 0]\n", ""), points=ONLY_COIN),
    Pupil("number-nats", number="bits = 1.2130", points=NO_NUMBER, mistake="natural-log-for-bits"),
    Pupil("number-minus", number="bits = -1.75", points=NO_NUMBER, mistake="lost-minus"),
    Pupil(
        "number-classes", number="bits = 0.4375", points=NO_NUMBER, mistake="divided-by-the-classes"
    ),
    Pupil("number-strange", number="bits = 42.0", points=NO_NUMBER, says="no mistake that I know"),
    Pupil("raises", entropy=WRONG.format("1 / 0"), points=NO_FUNCTION, says="ZeroDivisionError"),
    Pupil("blank", entropy=WRONG.format("..."), points=NO_FUNCTION, says="Not done yet"),
    Pupil("syntax", number="bits = = 1", points=NO_NUMBER, says="There is no `bits`"),
    # --- damaged
    Pupil("no-test", damage=without("number-test"), found={"deleted"}),
    Pupil("no-answer", damage=without("number"), points=NO_NUMBER, found={"deleted"}),
    Pupil("double-test", damage=doubled("number-test"), found={"duplicated"}),
    Pupil("double-answer", damage=doubled("number", source="bits = 3"), found={"duplicated"}),
    Pupil("reordered", damage=reordered, found={"reordered"}),
    Pupil("retyped", damage=changed("number", cell_type="markdown"), found={"retyped"}),
    Pupil("no-marks", damage=renamed, found={"unmarked"}),
    Pupil("same-ids", damage=same_ids),
    Pupil("richer", damage=richer),
    Pupil("julia", damage=in_julia, found={"kernel"}),
    Pupil("huge", damage=huge, found={"huge"}),
    Pupil("foreign", damage=foreign, points=None, says="another notebook"),
    Pupil("cut-off", damage=lambda _: b'{"cells": [', points=None, says="not JSON"),
    Pupil("no-notebook", damage=lambda _: b"[1, 2]", points=None, says="no notebook"),
    Pupil("empty", damage=lambda _: b"", points=None, says="not JSON"),
    Pupil("missing", damage=lambda _: MISSING, points=None, says="no file"),
    # --- hostile
    Pupil("endless", number="while True: pass", points=NO_NUMBER),
    Pupil(
        "endless-function",
        entropy=WRONG.format("all(one == 0 for one in iter(int, 1))"),
        points=NO_FUNCTION,
        says="did not return within",
    ),
    Pupil("deaf", number=DEAF, points=NO_NUMBER, says="did not answer in time"),
    Pupil("memory-hog", number="hog = [bytearray(1 << 28) for _ in range(16)]", points=NO_NUMBER),
    Pupil("many-hogs", number=HOGS, points=NO_NUMBER),
    Pupil(
        "fork-bomb",
        number=NUMBER + "\n" + FORKS,
        points=NO_NUMBER,
        prints="few",
        says="too many processes",
    ),
    Pupil("disk-filler", number=NUMBER + "\n" + FILL, prints="little"),
    Pupil("reader", number=NUMBER + "\n" + LOOK_AROUND, prints="found 0 tests; False False"),
    Pupil("thief", number=NUMBER + "\n" + WRITE_OUTSIDE, prints="failed 6"),
    Pupil("caller", number=NUMBER + "\n" + CALL_OUT, prints="failed 2"),
    Pupil(
        "liar",
        entropy=FLOAT_LIAR + WRONG.format("Liar(3)"),
        number=FLOAT_LIAR + "bits = Liar(3)",
        points=NOTHING,
    ),
    Pupil(
        "editor",
        number="bits = 3",
        damage=changed("number-test", source="pass"),
        points=NO_NUMBER,
        found={"edited"},
    ),
    Pupil("patcher", entropy=PATCHES + RIGHT, points=NO_FUNCTION, mistake="natural-log-for-bits"),
    Pupil(
        "killer",
        number="import os\nos.kill(os.getpid(), 9)",
        points=NO_NUMBER,
        says="ended before its time",
    ),
    Pupil("kill-all", number="import os\nos.kill(-1, 9)", points=NO_NUMBER),
    Pupil(
        "flood", number="for _ in range(300_000): print('x' * 1000)\n" + NUMBER, prints="left out"
    ),
    Pupil("garbage", number=GARBAGE, points=NO_NUMBER),
    Pupil("forger", number=FORGE, points=NO_NUMBER),
    Pupil("survivor", number=NUMBER + "\n" + SETSID),
    Pupil("limits", number=NUMBER + "\n" + LIMITS, prints="refused"),
    Pupil("namespaces", number=NUMBER + "\n" + NAMESPACES + "\n", prints="True"),
    Pupil("itself", number="bits = []\nbits.append(bits)", points=NO_NUMBER, says="nested"),
    Pupil("enormous", number="bits = 10 ** 100_000", points=NO_NUMBER, says="too large"),
]
