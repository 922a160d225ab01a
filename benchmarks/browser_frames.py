"""From a key press to the changed picture, in a real browser: the slider layer against `interact`.

One JupyterLab, one notebook with both, keys in turns; the ratios of p50 and p95 are what counts. Needs
Chromium. Run by `make bench`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

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
        write_notebook(Path(one) / "bench.ipynb", [(EXPLORER, []), (INTERACT, [])])
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
    for label, pick in (("p50", statistics.median), ("p95", lambda t: statistics.quantiles(t, n=20)[-1])):
        ours, theirs = pick(times["layer"]), pick(times["interact"])
        print(
            f"{label}: {ours:6.0f} ms, with interact {theirs:6.0f} ms: {ours / theirs:.2f} (aim: {AIM:.2f})"
        )


if __name__ == "__main__":
    main()
