"""How long the browser edition takes to start, beside a bare JupyterLite with the same libraries.

Each run has a cold profile of Chromium. The two notebooks import the same libraries and show a figure that a
slider moves: ours by the package, the bare one by matplotlib and ipywidgets. Needs Chromium; fetches what
Pyodide has compiled. Run by `make bench`; writes browser_start.md.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from edition import build, open_edition, served
from lab import PATIENCE, find_chromium, running_chromium, slider, write_notebook

TURNS = 3
KEYS = 10
AIM = 1.15
OURS = """
import numpy as np
from gmm_lesson import Mixture, load
from gmm_lesson.explorers import e_step_explorer, hand
e_step_explorer()
""".strip()
BARE = """
import io
import anywidget
import ipywidgets
import numpy as np
import scipy.optimize
import scipy.special
from matplotlib.figure import Figure
x = np.linspace(-5, 8, 400)
def draw(mean):
    axes = (figure := Figure(figsize=(8, 3.2))).subplots()
    for at in (mean, 3):
        axes.plot(x, np.exp(-((x - at) ** 2) / 2))
    axes.plot(x[::7], 0 * x[::7], "o")
    figure.savefig(png := io.BytesIO(), dpi=200)
    return png.getvalue()
picture = ipywidgets.Image(value=draw(0))
moved = ipywidgets.FloatSlider(0, min=-3, max=3, step=0.25, description="mean of A")
moved.observe(lambda change: setattr(picture, "value", draw(change.new)), "value")
ipywidgets.VBox([moved, picture])
""".strip()
LIBRARIES = ("numpy", "scipy", "matplotlib", "ipywidgets", "anywidget")
SHOWN = {"ours": "svg[role=img]", "bare": "img"}
STEP = """selector => new Promise(done => {
  const cell = document.querySelector('.jp-Notebook .jp-CodeCell'), begin = performance.now();
  const look = () => {
    const now = cell.querySelector(selector)?.src ?? cell.querySelector(selector)?.ariaLabel;
    if (window.before && now && now !== window.before) done(performance.now() - begin);
    else requestAnimationFrame(look);
  };
  window.before = cell.querySelector(selector)?.src ?? cell.querySelector(selector)?.ariaLabel;
  look();
})"""


def start(browser: Browser, url: str, picture: str) -> tuple[float, float, float]:
    """Return seconds to the first cell's figure, megabytes loaded, and milliseconds of a slider's step."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page, sizes = context.new_page(), []
    context.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))
    begin = time.monotonic()
    open_edition(page, url, "start")
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    cell.locator(f".jp-OutputArea {picture}").first.wait_for(timeout=PATIENCE * 1e3)
    seconds = time.monotonic() - begin
    handle, steps = slider(cell, "mean of A"), []
    for number in range(KEYS):
        page.wait_for_timeout(300)
        page.evaluate(f"picture => {{ window.waited = ({STEP})(picture); }}", picture)
        handle.press("ArrowLeft" if number % 2 else "ArrowRight")
        steps.append(page.evaluate("window.waited"))
    context.close()
    return seconds, sum(sizes) / 1e6, statistics.median(steps[2:])


def main() -> None:
    """Print the table, and write it."""
    path = find_chromium()
    if path is None:
        print("no Chromium: the browser is left out")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = {
            "ours": {},
            "bare, loaded our way": {"packages": LIBRARIES},
            "bare": {"packages": LIBRARIES, "lean": False},
        }
        for number, (way, how) in enumerate(ways.items()):
            lesson = folder / f"{number}" / "start.ipynb"
            lesson.parent.mkdir()
            write_notebook(lesson, [OURS if way == "ours" else BARE])
            build(folder / f"{number}", lessons=[lesson], **how)
        found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
        for _ in range(TURNS):
            for number, way in enumerate(ways):
                with served(folder / f"{number}") as url, running_chromium(path) as browser:
                    found[way].append(start(browser, url, SHOWN[way.split(",")[0]]))
    middle = {way: list(map(statistics.median, zip(*rows, strict=True))) for way, rows in found.items()}
    lines = [
        "# How long the browser edition takes to start",
        "",
        f"Medians of {TURNS} cold starts in turns.",
        "",
    ]
    lines += ["| what | first cell's figure, s | loaded, MB | a slider's step, ms |", "|---|---|---|---|"]
    for way, (seconds, megabytes, step) in middle.items():
        lines.append(f"| {way} | {seconds:.1f} | {megabytes:.1f} | {step:.0f} |")
    for way in list(ways)[1:]:
        ratios = [f"{ours / theirs:.2f}" for ours, theirs in zip(middle["ours"], middle[way], strict=True)]
        lines.append(f"| ours to {way} (aim: at most {AIM}) | {' | '.join(ratios)} |")
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
