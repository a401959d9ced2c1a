"""Time from a key press to the new picture on screen, for each live picture in JupyterLab.

    python tools/latency.py                   all live pictures
    python tools/latency.py one_logit ...     some, by their names in celib.explore

Beside each, in the same Lab and the same minute, stands what a reader would otherwise write: a
function that returns a matplotlib figure of the same topic, under `interact`. Only on a machine
that has nothing else to do are the milliseconds worth comparing; the ratio holds on a busy one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import lab_page
import numpy as np

import notebooks

if TYPE_CHECKING:
    from playwright.sync_api import Locator

RESULTS = notebooks.ROOT / "build" / "bench" / "latency.json"
CHANGES, WARM_UP = 25, 3
LONGEST_WAIT = 20_000  # milliseconds
WANTED_MILLISECONDS, WANTED_RATIO = 33, 3

# For each live picture a figure of the same topic, as a function of one number k and its range.
UNDER_INTERACT = {
    "twenty_questions": ("question_wall([k / 100] + 3 * [(1 - k / 100) / 3])", (30, 90)),
    "swap_codes": ("code_swap([.5, .25, .15, .1], [k / 100] + 3 * [(1 - k / 100) / 3])", (5, 95)),
    "shift_and_temperature": ("slice_of_exp([3.2, 1.3, 0.2, 0.8], shift=k / 20)", (-60, 60)),
    "share_the_rest": ("one_column(0, [k / 100] + 3 * [(1 - k / 100) / 3])", (5, 95)),
    "one_logit": ("once_or_twice(k / 10)", (-60, 60)),
    "step_downhill": ("logit_descent(0, [3.2, 1.3, 0.2, 0.8], steps=k)", (5, 60)),
    "weight_and_prevalence": ("same_ranking(0.1, [1, k])", (2, 99)),
    "tug_of_gamma": ("tug_of_war(gamma=[k / 20])", (0, 100)),
    "decision_card": ("wrong_decisions(k, 0.02)", (2, 99)),
    "paste_a_number": (
        "ratio_fingerprint([k / 100] * 9, [0.2549] * 9, names='ABCDEFGHI', lines={'right': 1})",
        (10, 99),
    ),
}
INTERACT = """\
from ipywidgets import interact
from celib import figures
@interact(k={range})
def draw(k):
    return figures.{figure}"""

# The time of the key press is the event's own. The picture is on screen once the frame after its
# arrival has been painted, which is when a message that was sent in that frame arrives.
WATCH = """output => {
    const picture = () => output.querySelector(".widget-html svg, img");
    const state = one => one?.src ?? one?.outerHTML;
    const times = window.celibTimes = [];
    let pressed = null, before = state(picture());
    output.addEventListener("keydown", event => { pressed = event.timeStamp; }, true);
    const changed = async () => {
        const now = picture();
        if (pressed === null || !now || state(now) === before) return;
        const since = pressed;
        pressed = null;
        before = state(now);
        await now.decode?.();
        requestAnimationFrame(() => {
            const painted = new MessageChannel();
            painted.port1.onmessage = () => times.push(performance.now() - since);
            painted.port2.postMessage(null);
        });
    };
    new MutationObserver(changed).observe(
        output, {subtree: true, childList: true, attributes: true, characterData: true});
}"""


class Times(NamedTuple):
    """Milliseconds from key to picture."""

    median: float
    percentile_95: float


class Compared(NamedTuple):
    """A live picture, and the same idea under `interact`."""

    name: str
    live: Times
    interact: Times

    @property
    def ratio(self) -> float:
        return self.interact.median / self.live.median

    @property
    def is_quick(self) -> bool:
        return self.live.median <= WANTED_MILLISECONDS and self.ratio >= WANTED_RATIO


def measured(names: Sequence[str]) -> list[Compared]:
    """Measure some live pictures, one after the other, in one Lab."""
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with lab_page.opened() as browser, lab_page.started(folder) as address:
            lab = lab_page.Lab(browser, address)
            for name in names:
                figure, span = UNDER_INTERACT[name]
                plain = INTERACT.format(range=span, figure=figure)
                live = f"from celib import explore\nexplore.{name}()"
                lab_page.lay(folder, f"{name}.ipynb", live, plain)
                with lab.open(f"{name}.ipynb"):
                    lab.run_all()
                    found.append(Compared(name, times(lab.output(0)), times(lab.output(1))))
                print(f"{name} is measured.", file=sys.stderr)
    return found


def times(output: Locator) -> Times:
    """Press the arrow keys on the first slider of an output, and wait for each picture."""
    slider = lab_page.Slider(output.locator(".widget-slider").first, None)
    output.locator(".widget-html svg, img").first.wait_for()
    output.evaluate(WATCH)
    slider.handle.focus()
    for count in range(1, WARM_UP + CHANGES + 1):
        slider.press()
        output.page.wait_for_function(
            "count => celibTimes.length >= count", arg=count, timeout=LONGEST_WAIT
        )
    taken = output.page.evaluate("celibTimes")[WARM_UP:]
    return Times(float(np.median(taken)), float(np.percentile(taken, 95)))


def table(found: Sequence[Compared]) -> str:
    """Return the measurements as a table, in milliseconds."""
    lines = ["live picture           median   95 %   interact   95 %   times faster"]
    for one in found:
        live, other = one.live, one.interact
        lines.append(
            f"{one.name:22} {live.median:6.0f} {live.percentile_95:6.0f}"
            f"   {other.median:8.0f} {other.percentile_95:6.0f}   {one.ratio:12.1f}"
        )
    return "\n".join(lines)


def write(found: Sequence[Compared]) -> None:
    machine = {"machine": platform.platform(), "cores": os.cpu_count()}
    pictures = {
        one.name: {"live": one.live._asdict(), "interact": one.interact._asdict()} for one in found
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(machine | {"milliseconds": pictures}, indent=2), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*UNDER_INTERACT, []], metavar="NAME")
    found = measured(parser.parse_args(arguments).names or [*UNDER_INTERACT])
    write(found)
    print(f"From key to picture in JupyterLab, milliseconds, {CHANGES} changes each\n")
    print(table(found))
    slow = [one.name for one in found if not one.is_quick]
    wanted = f"{WANTED_MILLISECONDS} ms at most, and {WANTED_RATIO} times faster than interact"
    print(f"\nWanted: a median of {wanted}. Not so: {', '.join(slow) or 'none'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
