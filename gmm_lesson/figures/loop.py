"""The loop of EM, half a step at a time (lesson 00), and the two numbers that it lifts (lesson 05)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, whole_number
from gmm_lesson.em import e_step, em, log_likelihood, lower_bound
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture
from gmm_lesson.figures.marks import inches_of, new_label, size_of, write
from gmm_lesson.figures.mixtures import MixturePicture
from gmm_lesson.mixture import Components, Mixture

PANELS = (0, 1, 2, 3, 4, 8, 16)
"""The frames on a filmstrip, beside the last: the first steps whole, then ever longer strides."""
IN_A_ROW = 4
SCORE, BOUND = "log-likelihood", "bound"
SHOWN = (1, 2, 3)
"""The frames on the filmstrip of a BoundPicture, beside the last."""
AREA = "#F5D899"
"""A pale orange, which no class of up to four has: the gap."""
TAG_SIZE = 13
ROOM = 0.36
"""Right of the last half-step, as a share of the panel: for the label of the bound."""
LETTERED = 10
"""Up to so many steps, the filmstrip has a letter below the axis for each half-step."""
FLAT = 1e-3
"""Log-likelihoods that differ by less are drawn as a flat line."""


class HalfStep(NamedTuple):
    """One frame: the curves, the shares that colour the objects (none at the start), the score."""

    title: str
    mixture: Any
    r: Array | None
    score: float


class HalfSteps(MovingPicture):
    """EM on its way, a frame at a time: an E-step moves the colours alone, an M-step the classes alone.

    Frame 0 is the start, with objects that nobody has shared out; frame 2t - 1 is E-step t, and frame 2t
    M-step t. All frames have the same axes. It is one half of a picture: the other draws a mixture.
    """

    halves: list[HalfStep]
    y: Array
    names: list[str]
    shapes: str
    """What stands for the classes."""
    dots: PathCollection
    curves: list[Line2D]
    update: Any

    def go_to(self, index: int) -> None:
        """Show a frame."""
        half = self.halves[index]
        nobody = np.full((len(self.y), len(self.names)), 1 / len(self.names))
        self.update(half.mixture, r=nobody if half.r is None else half.r)
        if half.r is None:
            self.dots.set_facecolor(marks.GREY)
        self.index = index
        self.sentence = words.paragraph(*self._what_happened(index), *self._cut_off())

    def filmstrip(self) -> Picture:
        """Return up to eight of the frames on one page: the first steps, some later ones, the last."""
        last = len(self.halves) - 1
        chosen = [index for index in PANELS if index < last] + [last]
        rows = -(-len(chosen) // IN_A_ROW)
        figure = marks.new_figure((8, 0.4 + 1.8 * rows))
        panels = figure.subplots(rows, IN_A_ROW, sharex=True, sharey=True, squeeze=False).ravel()
        self._draw_panels(panels, chosen, lambda half: f"{half.title}: {half.score:z.1f}")
        for place, panel in enumerate(panels):
            panel.tick_params(labelbottom=place + IN_A_ROW >= len(chosen))
        for panel in panels[len(chosen) :]:
            panel.remove()
        figure.supxlabel(self.figure.axes[-1].get_xlabel(), fontsize=13)
        after = [index for index in chosen if index and index % 2 == 0]
        scores = words.listed(f"{self.halves[index].score:.1f} after {index // 2}" for index in after)
        parts = (f"{name} {words.listed(part, '.2f')}" for name, part in self._ends().items())
        return Picture(
            figure,
            f"EM from a guess, in {words.counted(last // 2, 'step')}. The score (log-likelihood) is"
            f" {self.halves[0].score:.1f} at the start, {scores}. At the end {self._sure(last)};"
            f" {'; '.join(parts)}.",
        )

    def _draw_panels(
        self, panels: Iterable[Axes], chosen: Sequence[int], title: Callable[[HalfStep], str]
    ) -> None:
        """Draw frames small, one in each panel; leave the picture as it was."""
        here = self.index
        for panel, index in zip(panels, chosen, strict=False):
            self.go_to(index)
            for k, shape in enumerate(self.curves):
                panel.plot(*shape.get_data(), **marks.line_of(k), linewidth=1.5)
            dots = panel.scatter(*self._set_up(panel), s=5, linewidths=0)
            dots.set(facecolor=self.dots.get_facecolor(), paths=self.dots.get_paths())
            panel.set_title(title(self.halves[index]), fontsize=12)
        self.go_to(here)

    def _what_happened(self, index: int) -> list[str]:
        half = self.halves[index]
        score = f"score (log-likelihood) {half.score:.1f}"
        if index == 0:
            return ["start: a guess", "no object is shared out yet", score, self._classes(index)]
        if index % 2:
            return [f"{half.title}: the shares follow from the {self.shapes}; {self._sure(index)}", score]
        gain = f"{half.score - self.halves[index - 1].score:.1f}"
        score += f", up by {'less than 0.1' if float(gain) == 0 else gain}"
        return [f"{half.title}: the {self.shapes} follow from the shares", score, self._classes(index)]

    def _sure(self, index: int) -> str:
        r = self.halves[index].r
        assert r is not None
        return f"{words.sure(r)} of {len(r)} objects have more than {words.SURE:.0%} in one class"

    def _set_up(self, panel: Axes) -> tuple[Array, Array]:
        """Give a small panel its limits; return the places of the objects in it."""
        raise NotImplementedError

    def _classes(self, index: int) -> str:
        raise NotImplementedError

    def _ends(self) -> dict[str, Array]:
        """Return what a filmstrip says of the last mixture."""
        raise NotImplementedError

    def _cut_off(self) -> list[str]:
        return []


class HalfStepPicture(HalfSteps, MixturePicture):
    """EM on its way on the line, as the frames of `HalfSteps`.

    The objects y, shape (N,), are not all equal; `start` is the first guess, and `steps` says how many steps
    to show, an E-step and an M-step each. `names` and `label` are as for `MixturePicture`.
    """

    shapes = "curves"

    def __init__(self, y: ArrayLike, start: Mixture, *, steps: int = 15, **options: Any) -> None:
        y = words.varied(y)
        self.halves = half_steps(y, em(y, start, max_iter=whole_number(steps, "steps", 1), tol=0).path)
        mixtures = [half.mixture for half in self.halves]
        ends = np.array([marks.span_of(y, mixture) for mixture in mixtures])
        tallest = float(marks.histogram(y)[0].max())
        peak = max(float(mixture.density(mixture.means).max()) for mixture in mixtures)
        # A class that collapses has a spike for a curve: it is cut, so that the others stay to be seen.
        top = 1.3 * float(np.clip(peak, tallest, 2 * tallest))
        super().__init__(y, mixtures[0], size=marks.SLIDE, span=(ends.min(), ends.max()), top=top, **options)
        self.go_to(0)

    def _grid(self, mixture: Mixture) -> Array:
        """Return where to draw, every third point left out: the page gets all frames at once."""
        return np.delete(super()._grid(mixture), np.s_[1:-1:3])

    def _set_up(self, panel: Axes) -> tuple[Array, Array]:
        top = self.axes.get_ylim()[1] / 1.2  # no labels there
        marks.draw_histogram(panel, self.y)
        panel.set(xlim=self.axes.get_xlim(), ylim=(-0.3 * top, top), yticks=[])
        panel.spines["left"].set_visible(False)
        return self.y, top * (0.2 * marks.strip_heights(len(self.y)) - 0.16)

    def _classes(self, index: int) -> str:
        return words.parameters(self.names, self.halves[index].mixture)

    def _ends(self) -> dict[str, Array]:
        end = self.halves[-1].mixture
        return {"weights": end.weights, "means": end.means, "sds": end.sds}

    def _cut_off(self) -> list[str]:
        return words.cut_off(self.axes, self.names, [float(np.max(c.get_ydata())) for c in self.curves])


def half_steps(y: Array, path: Sequence[Components]) -> list[HalfStep]:
    """Return the start, then two frames for each step of a path of EM."""
    scores = [log_likelihood(y, mixture) for mixture in path]
    halves = [HalfStep("Start", path[0], None, scores[0])]
    for step, (before, after) in enumerate(pairwise(path), start=1):
        r = e_step(y, before)
        halves.append(HalfStep(f"E-step {step}", before, r, scores[step - 1]))
        halves.append(HalfStep(f"M-step {step}", after, r, scores[step]))
    return halves


class _Marks(NamedTuple):
    """What a panel shows of the two numbers, and of the gap between them."""

    gap: PolyCollection
    bound_line: Line2D
    score_line: Line2D
    bound_dots: PathCollection
    score_dots: PathCollection

    @classmethod
    def on(cls, side: Axes) -> _Marks:
        """Draw them, of nothing yet. The squares are larger than the dots: both are seen where they meet."""
        return cls(
            side.fill_between([0, 1], [0, 0], color=AREA, linewidth=0),
            side.plot([], [], color=marks.GREY, linestyle="--", linewidth=2)[0],
            side.plot([], [], color="black", linewidth=2)[0],
            side.scatter([], [], s=42, marker="s", color=marks.GREY, linewidths=0, zorder=3),
            side.scatter([], [], s=14, color="black", linewidths=0, zorder=4),
        )


class BoundPicture(HalfStepPicture):
    """EM on its way, half a step at a time, and beside it what each half-step does to two numbers.

    At the left is the picture of `HalfStepPicture`. At the right, the log-likelihood of the frame's mixture
    (solid line, dots) and its lower bound for the frame's responsibilities (dashed line, squares), over all
    half-steps so far; the area between them is the gap. Before the first E-step there is no bound.

    `scores` are the log-likelihoods of frames 0, 1, 2, ..., and `bounds` the lower bounds of frames 1, 2, ...
    """

    def __init__(self, y: ArrayLike, start: Mixture, *, steps: int = 8, **options: Any) -> None:
        super().__init__(y, start, steps=steps, **options)
        self.moving = (*self.moving, *self.marks, *self.tags, self.title)

    def _page(self, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
        figure, (*axes, self.side) = marks.with_strip(side=True)
        self.scores = np.array([half.score for half in self.halves])
        self.bounds = np.array(
            [lower_bound(self.y, half.r, half.mixture) for half in self.halves if half.r is not None]
        )
        self._digits = int(np.clip(2 - np.floor(np.log10(max(np.ptp(self.scores), FLAT))), 2, 6))
        self._dress(self.side)
        self.marks = _Marks.on(self.side)
        self.tags = [new_label(figure, SCORE, "black"), new_label(figure, BOUND, marks.GREY)]
        for tag, side in zip(self.tags, ("right", "left"), strict=True):
            tag.set(fontsize=TAG_SIZE, ha=side)
        self._tag_width = float(size_of(self.tags[0])[0])
        self.title = self.side.set_title("M-step", y=1.0)
        return figure, axes

    def go_to(self, index: int) -> None:
        """Show a frame."""
        super().go_to(index)
        self._put_marks(self.marks, index)
        half = self.halves[index]
        said = "no bound yet" if half.r is None else "they meet" if index % 2 else f"gap {self._open(index)}"
        self.title.set_text(f"{half.title}: {said.replace('less than', '<')}")
        self._put_tags()

    def filmstrip(self) -> Picture:
        """Return the first half-steps and the last in a row, and the two numbers of all of them below."""
        last = len(self.halves) - 1
        chosen = [index for index in SHOWN if index < last] + [last]
        figure = marks.new_figure((8, 3.8))
        grid = figure.add_gridspec(2, len(chosen), height_ratios=[1, 1.7])
        panels = [figure.add_subplot(grid[0, place]) for place in range(len(chosen))]
        self._draw_panels(panels, chosen, lambda half: half.title)
        for panel in panels:
            panel.set_xticks([])
        side = figure.add_subplot(grid[1, :])
        self._dress(side, wide=True)
        self._put_marks(_Marks.on(side), last)
        widest = 1 + int((self.scores[1:] - self.bounds).argmax())  # an M-step: the bound has its label there
        write(side, SCORE, (last, self.scores[last]), (0, 8), ha="right", weight="bold")
        spot = widest, self.bounds[widest - 1]
        write(side, BOUND, spot, (10, -16), ha="left", color=marks.GREY, weight="bold")
        ending = f", {self._open(last)} after M-step {last // 2}"
        said = [
            f"EM from a guess, in {words.counted(last // 2, 'step')}",
            f"the log-likelihood rises from {self._digit(self.scores[0])} to {self._digit(self.scores[-1])},"
            " at M-steps only",
            "the bound rises at every half-step: E-steps lift it to the log-likelihood, M-steps open a gap,"
            f" {self._open(widest)} at its widest after M-step {widest // 2}{ending * (widest < last)}",
        ]
        return Picture(figure, words.paragraph(*said, self._classes(last)))

    def _dress(self, side: Axes, *, wide: bool = False) -> None:
        """Give an empty panel its limits, its ticks and its name; a wide one has room for more ticks."""
        last, middle = len(self.scores) - 1, (self.scores.min() + self.scores.max()) / 2
        height = max(np.ptp(self.scores), FLAT)
        side.set_xlim(-0.04 * last, 1.04 * last if wide else (1 + ROOM) * last)
        side.set_ylim(middle - 0.72 * height, middle + 0.72 * height)
        side.yaxis.set_major_locator(MaxNLocator(4))
        side.ticklabel_format(axis="y", useOffset=False)
        if wide and last <= 2 * LETTERED:
            side.set_xticks(range(1, last + 1), ["EM"[index % 2] for index in range(last)])
            side.set_xlabel("half-step")
        else:
            steps = np.array(MaxNLocator(8 if wide else 4, integer=True).tick_values(0, last // 2), int)
            steps = steps[(steps >= 0) & (steps <= last // 2)]
            side.set_xticks(2 * steps, [str(step) for step in steps])
            side.set_xlabel("step")

    def _put_marks(self, marks: _Marks, index: int) -> None:
        """Show both numbers up to a frame."""
        x, score, bound = np.arange(index + 1), self.scores[: index + 1], self.bounds[:index]
        marks.score_line.set_data(x, score)
        marks.bound_line.set_data(x[1:], bound)
        marks.score_dots.set_offsets(np.column_stack([x, score]))
        marks.bound_dots.set_offsets(np.column_stack([x[1:], bound]))
        outline = np.column_stack([np.append(x[1:], x[:0:-1]), np.append(bound, score[:0:-1])])
        marks.gap.set_verts([outline] if index else [])

    def _put_tags(self) -> None:
        """Put the labels by the newest marks: no line ever falls, so above left and below right are free."""
        to_inches, frame = inches_of(self.side)
        least = frame[0, 0] + self._tag_width + 0.05
        x, top = to_inches((self.index, self.scores[self.index]))
        self.tags[0].set_position((max(x - 0.05, least), top + 0.12))
        self.tags[1].set_visible(self.index > 0)
        if self.index:
            bottom = to_inches((self.index, self.bounds[self.index - 1]))[1]
            self.tags[1].set_position((x + 0.1, bottom - 0.24))

    def _what_happened(self, index: int) -> list[str]:
        title, score = self.halves[index].title, self._digit(self.scores[index])
        if index == 0:
            no_bound = "no object is shared out yet, so there is no bound"
            return ["start: a guess", no_bound, f"log-likelihood {score}", self._classes(index)]
        bound = self.bounds[index - 1]
        rise = self._amount(bound - self.bounds[index - 2])
        if index % 2:
            meets = "the first bound is" if index == 1 else f"the bound rises by {rise} and meets"
            follow = f"{title}: the responsibilities follow from the curves; {self._sure(index)}"
            return [follow, f"{meets} the log-likelihood, {score}, which stands still"]
        gain = self._amount(self.scores[index] - self.scores[index - 1])
        rises = f"the bound rises by {rise} to {self._digit(bound)}, the log-likelihood by {gain} to {score}"
        follow = f"{title}: the curves follow from the responsibilities"
        return [follow, f"{rises}: a gap of {self._open(index)}", self._classes(index)]

    def _open(self, index: int) -> str:
        return self._amount(self.scores[index] - self.bounds[index - 1])

    def _digit(self, value: float) -> str:
        return f"{value:z.{self._digits}f}"

    def _amount(self, value: float) -> str:
        """Return how much, or that it is too little to be seen; rounding can make it less than nothing."""
        said = self._digit(value)
        return f"less than {self._digit(10.0**-self._digits)}" if float(said) == 0 else said
