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

KEYS = 40
AIM = 1 / 3
EXPLORER = """
from gmm_lesson import fit, load
from gmm_lesson.explorers import e_step_explorer
y = load("lecture_2021").y
start = fit(y, 4).mixture.sorted()
e_step_explorer(y, start)
""".strip()
INTERACT = """
%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt, numpy as np
from gmm_lesson import Mixture, e_step
def rebuild(mean):
    mixture = Mixture(start.weights, [start.means[0], mean, *start.means[2:]], start.variances)
    x = np.linspace(0, 75, 400)
    joint = np.exp(mixture.log_joint(x))
    figure, (top, strip) = plt.subplots(2, 1, figsize=(8, 3.2), height_ratios=[4, 1])
    top.hist(y, 40, density=True, color="0.8")
    top.plot(x, joint)
    top.plot(x, joint.sum(axis=1))
    strip.scatter(y, np.arange(200) % 7, c=e_step(y, mixture)[:, :3], s=18)
    plt.show()
mean = ipywidgets.FloatSlider(33.5, min=0, max=75, step=0.5, description="interact")
ipywidgets.interact(rebuild, mean=mean);
""".strip()
# The time from the key to the first frame after the picture in the same cell has changed, in the browser.
WATCH = """selector => {
  const cell = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[selector.cell];
  window.waited = new Promise(done => {
    const begin = performance.now();
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
            for _ in range(KEYS):
                for name, place, handle, picture in (
                    ("layer", 0, layer, "svg[role=img]"),
                    ("interact", 1, rebuilt, "img"),
                ):
                    page.wait_for_timeout(300)
                    handle.focus()
                    page.evaluate(WATCH, {"cell": place, "picture": picture})
                    handle.press("ArrowRight")
                    times[name].append(page.evaluate("window.waited"))
    for label, pick in (("p50", statistics.median), ("p95", lambda t: statistics.quantiles(t, n=20)[-1])):
        ours, theirs = pick(times["layer"]), pick(times["interact"])
        print(
            f"{label}: {ours:6.0f} ms, with interact {theirs:6.0f} ms: {ours / theirs:.2f} (aim: {AIM:.2f})"
        )


if __name__ == "__main__":
    main()
