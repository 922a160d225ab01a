"""The whole of EM once, half a step at a time: a guess, then E-steps and M-steps in turn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, whole_number
from gmm_lesson.em import e_step, em
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import Picture
from gmm_lesson.figures.mixtures import MixturePicture
from gmm_lesson.mixture import Mixture

PANELS = (0, 1, 2, 3, 4, 8, 16)
"""The frames on a filmstrip, beside the last: the first steps whole, then ever longer strides."""
IN_A_ROW = 4


class HalfStep(NamedTuple):
    """One frame: the curves, the shares that colour the objects (none at the start), the score."""

    title: str
    mixture: Mixture
    r: Array | None
    score: float


class HalfStepPicture(MixturePicture):
    """EM on its way, a frame at a time: an E-step moves the colours alone, an M-step the curves alone.

    Frame 0 is the start, with objects that nobody has shared out; frame 2t - 1 is E-step t, and frame 2t
    M-step t. All frames have the same axes.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects, not all equal.
    start : Mixture
        The first guess.
    steps : int
        How many steps to show: an E-step and an M-step each.
    **options
        `names` and `label`, as for `MixturePicture`.
    """

    def __init__(self, y: ArrayLike, start: Mixture, *, steps: int = 15, **options: Any) -> None:
        y = words.varied(y)
        self.halves = half_steps(y, start, steps)
        mixtures = [half.mixture for half in self.halves]
        low, high = np.transpose([marks.span_of(y, mixture) for mixture in mixtures])
        tallest = float(marks.histogram(y)[0].max())
        peak = max(float(mixture.density(mixture.means).max()) for mixture in mixtures)
        # A class that collapses has a spike for a curve: it is cut, so that the others stay to be seen.
        top = 1.3 * float(np.clip(peak, tallest, 2 * tallest))
        span = float(low.min()), float(high.max())
        super().__init__(y, mixtures[0], size=marks.SLIDE, span=span, top=top, **options)
        self.go_to(0)

    def go_to(self, index: int) -> None:
        """Show a frame."""
        half = self.halves[index]
        nobody = np.full((len(self.y), len(self.names)), 1 / len(self.names))
        self.update(half.mixture, r=nobody if half.r is None else half.r)
        if half.r is None:
            self.dots.set_facecolor(marks.GREY)
        self.index = index
        peaks = [float(np.max(curve.get_ydata())) for curve in self.curves]
        said = words.cut_off(self.axes, self.names, peaks)
        self.sentence = words.paragraph(*self._what_happened(index), *said)

    def _grid(self, mixture: Mixture) -> Array:
        """Return where to draw, every third point left out: the page gets all frames at once."""
        return np.delete(super()._grid(mixture), np.s_[1:-1:3])

    def filmstrip(self) -> Picture:
        """Return up to eight of the frames on one page: the first steps, some later ones, the last."""
        last = len(self.halves) - 1
        chosen = [index for index in PANELS if index < last] + [last]
        rows = -(-len(chosen) // IN_A_ROW)
        figure = marks.new_figure((8, 0.4 + 1.8 * rows))
        panels = figure.subplots(rows, IN_A_ROW, sharex=True, sharey=True, squeeze=False).ravel()
        self._draw_panels(list(panels), chosen)
        for place, panel in enumerate(panels):
            panel.tick_params(labelbottom=place + IN_A_ROW >= len(chosen))
            if place >= len(chosen):
                panel.remove()
        figure.supxlabel(self.strip.get_xlabel(), fontsize=13)
        after = [index for index in chosen if index and index % 2 == 0]
        scores = ", ".join(f"{self.halves[index].score:.1f} after {index // 2}" for index in after)
        end = self.halves[last].mixture
        parts = [f"{part} {words.listed(getattr(end, part), '.2f')}" for part in ("weights", "means", "sds")]
        return Picture(
            figure,
            f"EM from a guess, in {words.counted(last // 2, 'step')}. The score (log-likelihood) is"
            f" {self.halves[0].score:.1f} at the start, {scores}. At the end {self._sure(last)};"
            f" {'; '.join(parts)}.",
        )

    def _draw_panels(self, panels: Sequence[Axes], chosen: Sequence[int]) -> None:
        """Draw frames small, one in each panel, and leave the picture where it was."""
        here = self.index
        for panel, index in zip(panels, chosen, strict=False):
            self.go_to(index)
            self._draw_panel(panel)
        self.go_to(here)

    def _draw_panel(self, panel: Axes) -> None:
        """Draw the frame as it is now, small: the objects lie below the curves."""
        top = self.axes.get_ylim()[1] / 1.2  # no labels here
        marks.draw_histogram(panel, self.y)
        for curve in self.curves:
            style, colour = curve.get_linestyle(), curve.get_color()
            panel.plot(*curve.get_data(), color=colour, linestyle=style, linewidth=1.5)
        dots = marks.draw_dots(panel, self.y)
        places = np.asarray(self.dots.get_offsets())
        dots.set_offsets(np.column_stack([places[:, 0], top * (0.2 * places[:, 1] - 0.16)]))
        dots.set_sizes([5])
        dots.set_facecolor(self.dots.get_facecolor())
        dots.set_paths(self.dots.get_paths())
        panel.set(xlim=self.axes.get_xlim(), ylim=(-0.3 * top, top), yticks=[])
        panel.spines["left"].set_visible(False)
        panel.set_title(self._title(self.index), fontsize=12)

    def _title(self, index: int) -> str:
        """Return what stands over a frame on the filmstrip."""
        return f"{self.halves[index].title}: {self.halves[index].score:z.1f}"

    def _what_happened(self, index: int) -> list[str]:
        """Return the sentences of a frame, without full stops."""
        half = self.halves[index]
        score = f"score (log-likelihood) {half.score:.1f}"
        if index == 0:
            return ["start: a guess", "no object is shared out yet", score, self._classes(index)]
        if index % 2:
            return [f"{half.title}: the shares follow from the curves; {self._sure(index)}", score]
        gain = f"{half.score - self.halves[index - 1].score:.1f}"
        gain = "less than 0.1" if float(gain) == 0 else gain
        return [
            f"{half.title}: the curves follow from the shares",
            f"{score}, up by {gain}",
            self._classes(index),
        ]

    def _sure(self, index: int) -> str:
        r = self.halves[index].r
        assert r is not None
        return f"{words.sure(r)} of {len(r)} objects have more than {words.SURE:.0%} in one class"

    def _classes(self, index: int) -> str:
        return words.recipes(self.names, self.halves[index].mixture)


def half_steps(y: Array, start: Mixture, steps: int) -> list[HalfStep]:
    """Return the start, then two frames for each step of `em`, which never stops early."""
    run = em(y, start, max_iter=whole_number(steps, "steps", 1), tol=0)
    scores = run.log_likelihoods.tolist()
    halves = [HalfStep("Start", run.path[0], None, scores[0])]
    for step, (before, after) in enumerate(pairwise(run.path), start=1):
        r = e_step(y, before)
        halves.append(HalfStep(f"E-step {step}", before, r, scores[step - 1]))
        halves.append(HalfStep(f"M-step {step}", after, r, scores[step]))
    return halves
