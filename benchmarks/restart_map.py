"""What a new draw of the restart map costs: a thousand restarts of EM, drawn, against 50 frames of a slider.

The map is that of lesson 06, on a draw it has not shown; the frames are those of lesson 03, as in
`frames.py`, and those of the map's own slider "start", each with EM's way from one start and all dots. They
take turns in one run; the ratios of the medians are what counts, not the times. Run by `make bench`.
"""

from __future__ import annotations

import statistics
import time

from frames import timed

from gmm_lesson import fit, load
from gmm_lesson.em import floor_for
from gmm_lesson.engine import loop
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.explorers import e_step_explorer, restarts_explorer
from gmm_lesson.study import original

FRAMES = 50
AIM = 1.0
PAYLOAD = 50


def main() -> None:
    """Print both medians, their ratio, what the restarts alone cost, and the largest payload of a map."""
    y = load("lecture_2021").y
    slider = e_step_explorer(y, fit(y, 4).mixture.sorted()).sliders["mean of B"]
    explorer = restarts_explorer()
    draw, start = explorer.sliders["draw"], explorer.sliders["start"]
    maps, frames, own, plain, payloads = [], [], [], [], []
    for seed in range(2, int(draw.max) + 1):
        maps.append(timed(draw, seed))
        payloads.append(len(explorer.svg) + len(explorer.readout.value))
        frames.append(sum(timed(slider, slider.min + slider.step * (3 + step)) for step in range(FRAMES)))
        own.append(sum(timed(start, start.max * (1 + step) // FRAMES) for step in range(FRAMES)))
        start.value = 1
        if seed % 5 == 0:
            plain.append(to_the_end(seed))
    drawn, fifty, fifty_own = (statistics.median(times) for times in (maps, frames, own))
    print(f"a new draw of the restart map     {1e3 * drawn:8.1f} ms (median of {len(maps)})")
    print(f"{FRAMES} frames of the slider layer     {1e3 * fifty:8.1f} ms")
    print(f"ratio                             {drawn / fifty:8.3f}    (aim: below {AIM:g})")
    print(f"{FRAMES} frames of the map's own slider {1e3 * fifty_own:8.1f} ms")
    print(f"ratio                             {drawn / fifty_own:8.3f}")
    print(f"EM alone, every restart to 1e-11  {1e3 * statistics.median(plain):8.1f} ms")
    print(f"largest payload                   {max(payloads) / 1024:8.1f} KiB (aim: at most {PAYLOAD})")


def to_the_end(seed: int) -> float:
    """Return the seconds that the same restarts take if none is cut short."""
    source = objects_of(load("lecture_2021").y)
    starts = original.draw_starts(load("lecture_2021").y, 1000, seed)
    floor = floor_for(source.spread.variance, source.size, source.family.centre)
    begin = time.perf_counter()
    loop.run(source, starts, max_iter=5000, tol=1e-11, floor=floor)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
