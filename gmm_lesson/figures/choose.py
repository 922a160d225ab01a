"""What lesson 09 shows: fits with several numbers of classes, and how often each number is chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of, whole_number
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.study.choose import Choice


class ChoicePicture(MovingPicture):
    """Objects with the fit of K classes, beside the BIC of every number of classes, above the lowest.

    The objects y, shape (N,), are those of the `choice`; `k` is one of its numbers of classes, `label` what
    the values are, for the axis. The axes stay when other objects come, fitted with the same numbers.
    """

    def __init__(self, y: ArrayLike, choice: Choice, k: int, *, label: str = "value y") -> None:
        figure = marks.new_figure()
        self.axes, side = figure.subplots(1, 2, width_ratios=[3, 2])
        heights, edges = marks.histogram(array_of(y, "y"))
        margin = 0.1 * (edges[-1] - edges[0])
        self.x = np.linspace(edges[0] - margin, edges[-1] + margin, marks.CURVE_POINTS)
        self.axes.set(xlim=self.x[[0, -1]], ylim=(0, 1.4 * heights.max()), xlabel=label, ylabel="density")
        (self.bars,) = self.axes.plot([], [], color=marks.GREY, linewidth=1)
        (self.total,) = self.axes.plot([], [], color="black", linewidth=6, alpha=0.25)
        self.components = choice.components
        most = self.components.max()
        self.curves = [self.axes.plot([], [], **marks.line_of(c))[0] for c in range(most)]
        self.bic = side.scatter([], [], s=60, color=marks.GREY, linewidths=0)
        self.chosen = side.scatter([], [], s=150, color="black", linewidths=0)
        side.set(xlim=(self.components.min() - 0.5, most + 0.5), xticks=self.components, ylim=(-3, 40))
        side.set(xlabel="classes K", ylabel="BIC above the lowest")
        super().__init__(figure, [self.bars, self.total, *self.curves, self.bic, self.chosen])
        self.update(y, choice, k)

    def update(self, y: ArrayLike, choice: Choice, k: int) -> None:
        """Show other objects with their fits, or the fit of another number of classes."""
        y, k = array_of(y, "y"), whole_number(k, "k", 1)
        if choice.n != len(y) or not np.array_equal(choice.components, self.components):
            raise ValueError(
                f"choice must be of the {len(y)} objects y, with K of {self.components.tolist()}"
            )
        if k not in self.components:
            raise ValueError(f"k must be one of {self.components.tolist()}; got {k}")
        place, above = self.components.tolist().index(k), choice.bic - choice.bic.min()
        joint = np.exp(choice.fits[place].mixture.sorted().log_joint(self.x))
        rows = zip(self.components, above, strict=True)
        self.sentence = words.paragraph(
            f"{len(y)} objects and the fit of {k} class{'es' * (k > 1)}: log-likelihood"
            f" {choice.log_likelihoods[place]:.2f}, {choice.n_parameters[place]} parameters, BIC"
            f" {choice.bic[place]:.1f}",
            f"BIC above the lowest: {words.listed(f'{more:.1f} at K = {each}' for each, more in rows)}",
        )
        heights, edges = marks.histogram(y)
        self.bars.set_data(np.repeat(edges, 2), np.pad(np.repeat(heights, 2), 1))
        self.total.set_data(self.x, joint.sum(axis=1))
        for i, curve in enumerate(self.curves):
            curve.set_data((self.x, joint[:, i]) if i < k else ([], []))
        self.bic.set_offsets(np.column_stack([self.components, above]))
        self.chosen.set_offsets([k, above[place]])


@styled()
def how_often(chosen: ArrayLike) -> Picture:
    """Draw how often each number of classes is one of those `chosen`, shape (draws,)."""
    components, counts = np.unique(array_of(chosen, "chosen"), return_counts=True)
    figure, axes = marks.new_panel((8, 2.4), xlabel="classes K with the lowest BIC", ylabel="bootstraps")
    axes.bar_label(axes.bar(components, counts, width=0.6, color=marks.GREY), fontsize=14)
    axes.set_xticks(components)
    axes.margins(y=0.15)
    said = words.listed(f"K = {k:.0f} in {n}" for k, n in zip(components, counts, strict=True))
    return Picture(figure, f"Of {counts.sum()} bootstraps BIC chose {said}.")
