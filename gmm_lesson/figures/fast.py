"""What lesson 12 shows: how many times as fast, and how far off on a histogram."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of, whole_number
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled


@styled()
def speeds(times: Mapping[str, float], about: str) -> Picture:
    """Draw how many times as fast each way is, by its name, above 0; `about` says as what, and where."""
    if not isinstance(times, Mapping):
        raise TypeError(f"times must be a dict of names and numbers; got {type(times).__name__}")
    names, values = list(times), array_of(list(times.values()), "times")
    figure, axes = marks.new_panel((8, 0.9 + 0.45 * len(names)), xscale="log", xlabel="times as fast")
    said = [f"{value:.3g}" if value < 1000 else f"{float(f'{value:.2g}'):,.0f}" for value in values]
    axes.bar_label(axes.barh(names, values, color=marks.GREY, height=0.6), said, padding=4, fontsize=14)
    axes.set(xlim=(min(0.5, values.min()), 4 * values.max()))
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.invert_yaxis()
    return Picture(figure, f"{about}: {words.listed(map(' '.join, zip(names, said, strict=True)))}.")


class BinsPicture(MovingPicture):
    """How far a fit to a histogram is from the fit to the objects: against the number of bins, by kind.

    `errors` holds for each kind of histogram the largest error at each number of `bins`, (B,), rising: of a
    weight or a variance in shares of it, of a mean in sds of its class. `chosen` is one of these numbers.
    """

    def __init__(self, bins: ArrayLike, errors: Mapping[str, ArrayLike], chosen: int) -> None:
        self.bins, self.errors = array_of(bins, "bins"), {k: array_of(e, k) for k, e in errors.items()}
        figure, axes = marks.new_panel(xlabel="bins", ylabel="largest error", yscale="log")
        axes.set_xscale("log", base=2)
        axes.set_xticks(self.bins, [f"{n:.0f}" for n in self.bins])
        for k, (name, error) in enumerate(self.errors.items()):
            axes.plot(self.bins, error, color=marks.colour_of(k), linestyle=marks.LINE_STYLES[k])
            marks.write_beside(axes, name, (self.bins[2], error[2]), (12, 12), marks.colour_of(k))
        (self.dots,) = axes.plot([], [], "o", color="black", markersize=11)
        super().__init__(figure, [self.dots])
        self.update(chosen)

    def update(self, chosen: int) -> None:
        """Choose another number of bins."""
        place = np.flatnonzero(self.bins == whole_number(chosen, "chosen", 1))
        if not place.size:
            raise ValueError(f"chosen must be one of {self.bins.tolist()}; got {chosen}")
        found = {name: error[place[0]] for name, error in self.errors.items()}
        self.dots.set_data([chosen] * len(found), list(found.values()))
        said = words.listed(f"{name} {error:.2g}" for name, error in found.items())
        self.sentence = f"{chosen} bins. Largest error of a parameter: {said}."
