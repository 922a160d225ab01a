"""From a key press to the changed picture, in a real browser: the slider layer, `interact`, and the hand.

One JupyterLab, one notebook with both, keys in turns; the ratios of p50 and p95 are what counts. Of the hand,
which asks no kernel, the frames of a drag: script and layout. Needs Chromium. Run by `make bench`.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from lab import find_chromium, open_notebook, run_all, running_chromium, running_lab, slider, write_notebook

WARM_UP = 4
KEYS = 60
AIM = 1 / 3
EXPLORER = """
from gmm_lesson import fit, load
from gmm_lesson.explorers import e_step_explorer
y = load("lecture_2021").y
start = fit(y, 4).mixture.sorted()
e_step_explorer(y, start)
""".strip()
INTERACT = """
import io, ipywidgets
from IPython.display import Image, display
from gmm_lesson import Mixture
from gmm_lesson.figures import MixturePicture
def rebuild(mean):
    means = [start.means[0], mean, *start.means[2:]]
    picture = MixturePicture(y, Mixture(start.weights, means, start.variances), size=(8, 3.2))
    picture.figure.savefig(png := io.BytesIO(), dpi=100)
    display(Image(png.getvalue()))
mean = ipywidgets.FloatSlider(33.5, min=0, max=75, step=0.5, description="interact")
ipywidgets.interact(rebuild, mean=mean);
""".strip()
HAND = """
import numpy as np
from gmm_lesson.explorers import hand
hand(np.random.default_rng(0).normal(size=342) * np.repeat([1, 3], 171), 6)
""".strip()
PLANE = """
hand(np.random.default_rng(0).normal(size=(342, 2)) * np.repeat([[1], [3]], 171, axis=0), 6)
""".strip()
HELD = {"on the line": (2, "mean and weight of class 3"), "in the plane": (3, "first axis of class 3")}
"""Which cell has the hand, and what is dragged."""
HAND_AIM = {"p50": 4, "p95": 8}
"""Milliseconds a frame, for 342 objects and six classes."""
# The first callback of a frame and the last one: what stands between is the hand's.
FRAMES = """() => {
  window.frames = [];
  window.over?.abort();
  window.over = new AbortController();
  const watch = (action, capture) => addEventListener(
    "pointermove", () => requestAnimationFrame(action), { capture, signal: over.signal });
  let first = 0;
  watch(() => { first = performance.now(); }, true);
  watch(() => {
    document.querySelectorAll(".gmm-hand svg").forEach((svg) => svg.getBoundingClientRect());
    frames.push(performance.now() - first);
  }, false);
}"""
# The time from the key to the first frame after the picture in the same cell has changed, in the browser.
WATCH = """selector => {
  const cell = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[selector.cell];
  window.waited = new Promise(done => {
    let begin;
    addEventListener('keydown', event => { begin = event.timeStamp; }, {capture: true, once: true});
    const seen = new MutationObserver(changes => {
      const added = changes.flatMap(change => [...change.addedNodes]).filter(node => node.querySelector);
      if (!added.some(node => node.matches(selector.picture) || node.querySelector(selector.picture))) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
    });
    seen.observe(cell, {childList: true, subtree: true});
  });
}"""


def main() -> None:
    """Print p50 and p95 of both, and their ratios."""
    path = find_chromium()
    if path is None:
        print("no Chromium: the browser is left out")
        return
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        write_notebook(Path(one) / "bench.ipynb", [EXPLORER, INTERACT, HAND, PLANE])
        with running_lab(Path(one), Path(two)) as url, running_chromium(path) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 1600})
            open_notebook(page, url, "bench.ipynb")
            run_all(page)
            cells = page.locator(".jp-CodeCell")
            layer, rebuilt = slider(cells.nth(0), "mean of B"), slider(cells.nth(1), "interact")
            rebuilt.wait_for(timeout=60_000)
            cells.nth(1).locator("img").first.wait_for(timeout=60_000)
            times: dict[str, list[float]] = {"layer": [], "interact": []}
            for number in range(WARM_UP + KEYS):
                for name, place, handle, picture in (
                    ("layer", 0, layer, "svg[role=img]"),
                    ("interact", 1, rebuilt, "img"),
                ):
                    page.wait_for_timeout(300)
                    handle.focus()
                    page.evaluate(WATCH, {"cell": place, "picture": picture})
                    handle.press("ArrowLeft" if number % 2 else "ArrowRight")  # to and fro: never at an end
                    waited = page.evaluate("window.waited")
                    if number >= WARM_UP:
                        times[name].append(waited)
            dragged, messages = zip(*(drag(page, *which) for which in HELD.values()), strict=True)
    for label, pick in (("p50", statistics.median), ("p95", lambda t: statistics.quantiles(t, n=20)[-1])):
        ours, theirs = pick(times["layer"]), pick(times["interact"])
        print(
            f"{label}: {ours:6.0f} ms, with interact {theirs:6.0f} ms: {ours / theirs:.2f} (aim: {AIM:.2f})"
        )
        for where, frames in zip(HELD, dragged, strict=True):
            print(f"     a frame of the hand {where}: {pick(frames):.1f} ms (aim: {HAND_AIM[label]})")
    print(f"messages to the kernel during {sum(map(len, dragged))} frames of a drag: {sum(messages)}")


def drag(page: Page, place: int, name: str) -> tuple[list[float], int]:
    """Return the milliseconds of each frame of a drag, and how often the kernel was told meanwhile."""
    cell = page.locator(".jp-CodeCell").nth(place)
    handle = cell.get_by_role("slider", name=name)
    handle.scroll_into_view_if_needed()
    cell.get_by_role("combobox", name="look at").select_option("class 3")  # the most work: all dots change
    page.evaluate(FRAMES)
    page.evaluate("""() => {
      window.messages = 0;
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) { messages += 1; return send.call(this, data); };
    }""")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(200):
        page.mouse.move(x + 40 * math.sin(step / 10), y + 20 * math.cos(step / 10))
    found = page.evaluate("[frames.slice(10), messages]")
    page.mouse.up()
    return found[0], found[1]


if __name__ == "__main__":
    main()
