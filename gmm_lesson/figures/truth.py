"""What lesson 07 shows of objects: who is misplaced, and what more objects do to what is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, labels
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.errors import PARAMETERS
from gmm_lesson.figures.marks import ClassLabels, write
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.study.compare import best_error_rate, borders, fresh_error_rate, match
from gmm_lesson.study.per_class import PerClass

SHOWN = 300
"""The most objects that a strip shows: a frame stays below 50 KiB, and the dots apart."""
POINTS = 240
"""Where a curve of a moving picture is drawn."""


@styled()
def misplaced(
    y: ArrayLike,
    z: ArrayLike,
    mixture: Mixture,
    *,
    true: Mixture,
    names: Sequence[str] | None = None,
    label: str = "value y",
) -> Picture:
    """Draw who is misclassified: a row for each true class, the objects in the colour of the class they get.

    Objects that a mixture gives another class than their own have a black rim. Vertical lines are the borders
    of its rule, which names the most probable class; dashed lines those of the truth. `z`, shape (N,), are
    the true classes of the objects y, 0..K-1, with `names`; `label` says what the values are. The mixture is
    matched with the truth (see `compare.match`).
    """
    fitted = match(true=true, fitted=mixture).fitted
    names = words.class_names(names, true.n_components)
    k, y = fitted.n_components, array_of(y, "y")
    z = labels(z, len(y), k)
    given = fitted.log_joint(y).argmax(axis=1)
    wrong = given != z
    figure, axes = marks.new_panel(title="Colour: the class that the fit gives. Rim: misplaced.")
    heights = z + 0.75 * marks.strip_heights(len(y))
    marks.ClassDots.on(axes, (marks.DOT, 100, 45)).put((y, heights), given, wrong)
    _draw_borders(axes, fitted, color="black")
    _draw_borders(axes, true, color=marks.GREY, linestyle="--")
    margin = 0.03 * np.ptp(y) or 1.0
    axes.set(xlim=(y.min() - margin, y.max() + margin), ylim=(k - 0.45, -0.55))
    axes.set(xlabel=f"{label}   (lines: borders of the fit; dashed: of the truth)", ylabel="true")
    axes.set_yticks(range(k), names)
    axes.tick_params(axis="y", length=0)
    rows = []
    for j in range(k):
        few, of_class = wrong[z == j].sum(), (z == j).sum()
        write(axes, f"{few} of {of_class}", (1, j), (4, 0), axes.get_yaxis_transform(), va="center")
        rows.append(f"{few} of the {of_class} of {names[j]}")
    write(axes, "misplaced", (1, 1), (4, 4), "axes fraction")
    ruled = true.log_joint(y).argmax(axis=1) != z
    fresh, best = fresh_error_rate(true=true, fitted=fitted), best_error_rate(true)
    return Picture(
        figure,
        f"Of {len(y)} objects the fit misplaces {wrong.sum()} ({wrong.mean():.1%}): {', '.join(rows)}. The"
        f" truth misplaces {ruled.sum()} ({ruled.mean():.1%}). Of fresh objects the fit would misplace"
        f" {fresh:.2%}, the best possible rule {best:.2%}.",
    )


def _draw_borders(axes: Axes, mixture: Mixture, **style: Any) -> None:
    """Draw where the rule of a mixture, which names the most probable class, changes its mind."""
    for border in borders(mixture)[0]:
        axes.axvline(border, linewidth=1.5, zorder=0, **style)


class TruthPicture(MovingPicture):
    """A truth that stands still, what a fit learned from objects drawn from it, and the objects.

    Dashed curves are the true weighted densities, solid ones the learned, over a histogram of the objects.
    Below stand the first 300 objects in the colour and marker of their true classes; those that the fit gives
    another class have a black rim. Lines there are the borders of the two rules.

    The truth has K classes; `z`, shape (N,), are those of the objects y, 0..K-1. `fitted` is what was learned
    from y, K classes in any order, and `standard_errors` how far it may be off, in the same order. `names`
    are as for `MixturePicture`.
    """

    def __init__(
        self,
        true: Mixture,
        y: ArrayLike,
        z: ArrayLike,
        fitted: Mixture,
        standard_errors: PerClass,
        *,
        names: Sequence[str] | None = None,
    ) -> None:
        self.true = check_mixture(true, "true")
        self.names = words.class_names(names, true.n_components)
        figure, (self.axes, self.strip) = marks.with_strip()
        self.axes.set_xlim(*marks.span_of(true.means, true, 4.5))
        x = self._grid(true)
        heights = np.exp(true.log_joint(x))
        self.axes.set(ylim=(0, 1.8 * heights.max()), ylabel="density")
        self.strip.xaxis.set_major_locator(MaxNLocator(9, integer=True))
        self.strip.set_xlabel("value y   (colour: true class; rim: misplaced)")
        bars: Any = {"color": marks.GREY, "alpha": 0.25, "linewidth": 0, "zorder": 0}
        self.bars = self.axes.fill_between([0, 1], [0, 0], **bars)
        truth: Any = {"linewidth": 1.8, "linestyle": "--"}
        self.curves = []
        for k, height in enumerate(heights.T):
            self.axes.plot(x, height, color=marks.colour_of(k), **truth)
            self.curves += self.axes.plot([], [], color=marks.colour_of(k), linewidth=3)
        self.axes.plot([], [], color="black", label="learned", linewidth=3)
        self.axes.plot([], [], color="black", label="true", **truth)
        self.axes.legend(loc="upper right", borderpad=0)
        _draw_borders(self.strip, true, color="black", linestyle="--")
        (self.borders,) = self.strip.plot([], [], color="black", linewidth=2, zorder=0)
        self.labels = ClassLabels(self.axes, self.names)
        self.dots = marks.ClassDots.on(self.strip)
        moving = [self.bars, *self.curves, self.borders, *self.dots, *self.labels.texts]
        super().__init__(figure, moving)
        self.update(y, z, fitted, standard_errors)

    def update(self, y: ArrayLike, z: ArrayLike, fitted: Mixture, standard_errors: PerClass) -> None:
        """Show other objects, as many as there are, and what was learned from them."""
        y = array_of(y, "y")
        z = labels(z, len(y), len(self.names))
        found = match(true=self.true, fitted=fitted)
        wrong = found.fitted.log_joint(y).argmax(axis=1) != z
        x = self._grid(found.fitted)
        joint = np.exp(found.fitted.log_joint(x))
        errors = standard_errors.as_array()[:, found.order]
        self.sentence = self._say(y, z, found.fitted, errors, wrong, joint.max(axis=0))
        self.y, self.z, self.fitted = y, z, found.fitted
        counts, edges = marks.histogram(y)
        outline = np.repeat(edges, 2), np.pad(np.repeat(counts, 2), 1)
        self.bars.set_verts([np.column_stack(outline)])
        for curve, height in zip(self.curves, joint.T, strict=True):
            curve.set_data(x, height)
        skyline = np.maximum(joint, np.exp(self.true.log_joint(x))).max(axis=1)
        self.labels.place(found.fitted, x, joint, skyline)
        places, ends = borders(found.fitted)[0], [*self.strip.get_ylim(), np.nan]
        self.borders.set_data(np.repeat(places, 3), np.tile(ends, len(places)))
        few = slice(0, SHOWN)
        self.dots.put((y[few], marks.strip_heights(len(y[few]))), z[few], wrong[few])

    def _grid(self, mixture: Mixture) -> Array:
        return marks.curve_grid(mixture, self.axes.get_xlim(), POINTS)

    def _say(self, y: Array, z: Any, fitted: Mixture, errors: Array, wrong: Any, peaks: Array) -> str:
        true = self.true
        truth, learned = (PerClass.of(mixture).as_array() for mixture in (true, fitted))
        parts = "; ".join(
            f"{name} {words.listed(f'{now:z.2f} ({was:z.2f})' for now, was in zip(*both, strict=True))}"
            for name, *both in zip(self.names, learned.T, truth.T, strict=True)
        )
        off = learned - truth
        worst = words.listed(
            f"{PARAMETERS[i][:-1]} of {self.names[k]} {off[i, k]:+z.2f} ({errors[i, k]:.2f})"
            for i, k in enumerate(np.abs(off).argmax(axis=1))
        )
        of_truth = (true.log_joint(y).argmax(axis=1) != z).sum()
        fresh, best = fresh_error_rate(true=true, fitted=fitted), best_error_rate(true)
        return words.paragraph(
            f"{len(y)} objects",
            f"learned (true) weight, mean, sd: {parts}",
            f"largest errors (standard errors): {worst}",
            f"the fit misplaces {wrong.sum()}, the truth {of_truth}; of fresh objects {fresh:.2%} and"
            f" {best:.2%}",
            *[f"the strip shows the first {SHOWN}"] * (len(y) > SHOWN),
            *words.cut_off(self.axes, self.names, peaks),
            *words.outside(self.axes, y),
        )
