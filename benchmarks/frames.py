"""What a step of a slider costs in the kernel: the slider layer against `interact`, which draws anew.

Both show the same mixture of four classes over 200 objects, in turns, in one run; the ratio of the medians is
what counts, not the times. Run by `make bench`.
"""

from __future__ import annotations

import contextlib
import io
import statistics
import time

import ipywidgets

from gmm_lesson import Mixture, fit, load
from gmm_lesson.explorers import NAMES, e_step_explorer
from gmm_lesson.figures import MixturePicture

STEPS = 40
AIM = 0.1
PAYLOAD = 50


def main() -> None:
    """Print the two medians, their ratio, and the largest payload of a frame."""
    y = load("lecture_2021").y
    start = fit(y, 4).mixture.sorted()
    explorer = e_step_explorer(y, start)
    moving = explorer.sliders["mean of B"]

    def rebuild(mean: float) -> None:
        means = start.means.copy()
        means[1] = mean
        picture = MixturePicture(y, Mixture(start.weights, means, start.variances), names=NAMES)
        picture.figure.savefig(io.BytesIO(), format="png", dpi=100)  # as notebooks do by default

    with contextlib.redirect_stdout(io.StringIO()):  # outside a notebook it clears the terminal
        interact = ipywidgets.interactive(rebuild, mean=ipywidgets.FloatSlider(30, min=0, max=70, step=0.5))
    rebuilding = interact.children[0]
    layer_times, interact_times, payloads = [], [], []
    for step in range(STEPS):
        layer_times.append(timed(moving, moving.min + moving.step * (3 + step)))
        with contextlib.redirect_stdout(io.StringIO()):
            interact_times.append(timed(rebuilding, 10 + step * 0.5))
        payloads.append(len(explorer.svg) + len(explorer.readout.value))
    layer, rebuilt = statistics.median(layer_times), statistics.median(interact_times)
    print(f"a frame of the slider layer       {1e3 * layer:8.2f} ms (median of {STEPS})")
    print(f"the same figure, with interact    {1e3 * rebuilt:8.2f} ms")
    print(f"ratio                             {layer / rebuilt:8.3f}    (aim: at most {AIM})")
    print(f"largest payload                   {max(payloads) / 1024:8.1f} KiB (aim: at most {PAYLOAD})")


def timed(slider: ipywidgets.FloatSlider, value: float) -> float:
    """Set a slider and return the seconds until everything that follows from it is done."""
    begin = time.perf_counter()
    slider.value = value
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
