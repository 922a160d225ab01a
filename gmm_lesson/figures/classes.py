"""What lesson 01 shows: how the count of a class varies from draw to draw, and what the binomial expects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy
from matplotlib.collections import PathCollection
from matplotlib.textpath import text_to_path
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, share, whole_number
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.marks import LABEL_SIZE, colour_of, halo, write
from gmm_lesson.mixture import Mixture

DRAWS = 21
"""The draws of a CountsPicture: the one it shows, and 20 others."""
FEWEST, MOST = 10, 1000
"""The objects of a draw of a CountsPicture, at least and at most."""
TALLEST = 80
"""The most dots in a stack; a higher one is drawn as a step."""
LANE, BASE, BESIDE, PEAK = 0.18, 0.36, 0.48, 0.95
"""Heights in a row of a CountsPicture, rows being 1 high: of the draws' lane (its middle), the curve's foot,
the count beside it, and the curve's top."""
LABEL_MARGIN = 0.012
"""Between a curve and the count beside it, as a share of the objects."""


def binomial(n: int, weight: float) -> Array:
    """Return the probability of each count 0..n when each of n objects is one with probability weight."""
    k = np.arange(n + 1)
    of = scipy.special
    ways = of.gammaln(n + 1) - of.gammaln(k + 1) - of.gammaln(n - k + 1)
    return np.asarray(np.exp(ways + of.xlogy(k, weight) + of.xlog1py(n - k, -weight)))


@styled()
def counts(counts: ArrayLike, n: int, weight: float, *, name: str = "class 1") -> Picture:
    """Draw how often each count of a class came up in many draws, a dot a draw, beside the binomial.

    `counts`, shape (R,), are those of the class in R draws of n objects each, 0..n; its weight is between 0
    and 1. Stacks too high for dots are drawn as steps.
    """
    n, weight, drawn = whole_number(n, "n", 1), share(weight, "weight"), array_of(counts, "counts")
    if (drawn != np.rint(drawn)).any() or drawn.min() < 0 or drawn.max() > n:
        raise ValueError(
            f"counts must be whole numbers from 0 to n = {n}; got {drawn.min():g}..{drawn.max():g}"
        )
    expected, sd = n * weight, float(np.sqrt(n * weight * (1 - weight)))
    chances, k = binomial(n, weight), np.arange(n + 1)
    times = np.bincount(drawn.astype(np.intp), minlength=n + 1)
    low = max(min(drawn.min(), expected - 4 * sd), 0) - 1
    high = min(max(drawn.max(), expected + 4 * sd), n) + 1
    tallest = max(int(times.max()), len(drawn) * float(chances.max()))

    figure, axes = marks.new_panel(xlim=(low, high), ylim=(0, 1.2 * tallest))
    axes.set(xlabel=f"objects of {name} among {n}", ylabel="draws")
    axes.axvspan(expected - sd, expected + sd, color=colour_of(0), alpha=0.15, linewidth=0)
    axes.axvline(expected, color=colour_of(0), linestyle="--", linewidth=1.5)
    if times.max() <= TALLEST:
        # A dot a draw, as large as they can be without lying on each other.
        figure.draw_without_rendering()
        where = np.repeat(np.arange(n + 1), times)
        height = np.arange(len(where)) - np.repeat(np.cumsum(times) - times, times) + 0.5
        one = np.diff(axes.transData.transform([(0, 0), (1, 1)]), axis=0) * 72 / figure.dpi
        axes.scatter(where, height, s=0.9 * float(one.min()) ** 2, color=colour_of(0), linewidths=0)
    else:
        axes.stairs(times, np.arange(n + 2) - 0.5, fill=True, color=colour_of(0), alpha=0.6)
    near = (k >= low) & (k <= high)
    axes.plot(k[near], len(drawn) * chances[near], color="black")
    corner, aside, side = (1, -8, "right") if (expected - low) / (high - low) < 0.6 else (0, 8, "left")
    note: Any = {"at": "axes fraction", "fontsize": LABEL_SIZE, "va": "top", "ha": side}
    said = f"expected {_rounded(expected)} ± {sd:.2f}"
    write(axes, said, (corner, 1), (aside, -2), color=colour_of(0), fontweight="bold", **note)
    write(axes, "line: the binomial", (corner, 1), (aside, -24), **note)
    inside = np.abs(k - expected) <= sd + 1e-9  # an end of the band belongs to it
    nearest = int(np.rint(expected))
    return Picture(
        figure,
        f"{len(drawn):,} draws of the count of {name} among {n} objects: mean {drawn.mean():.1f}, sd"
        f" {drawn.std():.1f}; {said}. {times[inside].sum() / len(drawn):.1%} of the draws lie in the band"
        f" from {expected - sd:.1f} to {expected + sd:.1f}; the binomial says"
        f" {chances[inside].sum():.1%}. Exactly {nearest}: {times[nearest]} draws"
        f" ({times[nearest] / len(drawn):.1%}); the binomial says {chances[nearest]:.1%}.",
    )


class CountsPicture(MovingPicture):
    """The counts of K classes in one draw, each beside its binomial and 20 other draws: a row a class.

    Across goes the share of the objects, count / N. In a row stand the binomial (a step a count, as high as
    the row whatever it is), filled from one sd below to one above the expected share; the count of the draw,
    a large marker; and below the curve the counts of the other draws, a dot each.

    All draws use the same random numbers whatever the weights and N: more objects are added to those that
    are there, and an object changes its class only when a boundary between two classes passes its number.

    The K weights are positive and sum to one, K at least 2; a draw has n objects, 10..1000; the first of
    the 21 is shown at first. The classes have `names`, or are "class 1" and so on.
    """

    def __init__(self, weights: ArrayLike, n: int = 200, *, names: Sequence[str] | None = None) -> None:
        classes = range(len(_weights_of(weights)))
        if len(classes) < 2:
            raise ValueError(f"weights must be of at least two classes; got {len(classes)}")
        self.names = words.class_names(names, len(classes))
        self._uniforms = np.random.default_rng(0).random((DRAWS, MOST))
        self._feet = np.array([float(k) for k in reversed(classes)])  # the first class on top
        self._lanes = LANE + 0.24 * marks.strip_heights(DRAWS)  # a draw keeps its height in the lane
        figure, self.axes = marks.new_panel(xlim=(-0.05, 1.05), ylim=(-0.08, len(classes)))
        axes = self.axes
        axes.set(xticks=np.linspace(0, 1, 6), xlabel="share of the objects")
        axes.set_yticks(self._feet + 0.5, self.names, fontsize=LABEL_SIZE, fontweight="bold")
        axes.tick_params(axis="y", length=0)
        for k, (text, foot) in enumerate(zip(axes.get_yticklabels(), self._feet, strict=True)):
            text.set_color(colour_of(k))
            axes.axhline(foot + BASE, color=marks.GREY, linewidth=0.8)
        self.bands = [
            axes.fill_between([0, 1], [0, 0], color=colour_of(k), alpha=0.35, linewidth=0) for k in classes
        ]
        self.curves = [axes.plot([], [], color=colour_of(k), linewidth=1.75)[0] for k in classes]
        self.others = [self._scatter(k, 22, colour_of(k), 2) for k in classes]
        # A black marker under a smaller one is an outline that the live picture can draw too.
        self.rims = [self._scatter(k, 140, "black", 3) for k in classes]
        self.marks = [self._scatter(k, 60, colour_of(k), 4) for k in classes]
        self.labels = [
            axes.text(0, foot + BESIDE, "", fontsize=LABEL_SIZE - 2, path_effects=halo(4))
            for foot in self._feet
        ]
        per_class: list[Any] = [self.bands, self.curves, self.others, self.rims, self.marks, self.labels]
        super().__init__(figure, [artist for artists in per_class for artist in artists])
        font = self.labels[0].get_fontproperties()
        texts = [" of " + "0" * digits for digits in range(9)]  # digits are equally wide
        points = [text_to_path.get_text_width_height_descent(text, font, False)[0] for text in texts]
        self._widths = np.array(points) * figure.dpi / 72 / axes.bbox.width * np.ptp(axes.get_xlim())
        self.update(weights, n, 1)

    def update(self, weights: ArrayLike, n: int, draw: int) -> None:
        """Show other weights of as many classes, another number of objects, or another of the draws."""
        shares = _weights_of(weights)
        if len(shares) != len(self.names):
            raise ValueError(f"weights must have {len(self.names)} entries; got {len(shares)}")
        n, draw = whole_number(n, "n", FEWEST, MOST), whole_number(draw, "draw", 1, DRAWS)
        # The counts of all draws, shape (DRAWS, K); they sum to n.
        below = [(self._uniforms[:, :n] < edge).sum(axis=1) for edge in np.cumsum(shares)[:-1]]
        drawn = np.diff(below, axis=0, prepend=0, append=n).T
        sds = np.sqrt(shares * (1 - shares) / n)
        self.weights, self.n, self.draw, self.counts = shares, n, draw, drawn
        mine, others = drawn[draw - 1], np.delete(drawn, draw - 1, axis=0)
        lanes = np.delete(self._lanes, draw - 1)
        self.sentence = self._say(mine)
        for k, foot in enumerate(self._feet):
            x, height = _steps(n, float(shares[k]), float(sds[k]))
            height = foot + BASE + (PEAK - BASE) * height
            self.curves[k].set_data(x, height)
            band = np.clip(x, shares[k] - sds[k], shares[k] + sds[k])  # what is outside falls on its ends
            self.bands[k].set_verts([np.column_stack([band, height])])
            self.others[k].set_offsets(np.column_stack([others[:, k] / n, lanes + foot]))
            for mark in (self.rims[k], self.marks[k]):
                mark.set_offsets([(mine[k] / n, foot + LANE)])
            self._put_label(k, f"{mine[k]} of {n}", x, height)

    def _scatter(self, k: int, area: float, colour: str, zorder: int) -> PathCollection:
        style: Any = {"marker": marks.marker_of(k), "color": colour, "linewidths": 0, "zorder": zorder}
        return self.axes.scatter([], [], s=area, **style)

    def _put_label(self, k: int, text: str, x: Array, height: Array) -> None:
        """Put a count to the right of its curve, or to the left if it would leave the picture there."""
        label, width = self.labels[k], self._widths[len(text) - len(" of ")]
        high = x[height > self._feet[k] + (BASE + BESIDE) / 2]
        left = float(high.max()) + LABEL_MARGIN
        if left + width > self.axes.get_xlim()[1]:
            left = float(high.min()) - LABEL_MARGIN - width
        label.set(text=text, x=left)

    def _say(self, mine: NDArray[np.intp]) -> str:
        n, weights = self.n, self.weights
        expected, sds = n * weights, np.sqrt(n * weights * (1 - weights))
        classes = "; ".join(
            f"{name} (weight {weight:.3f}): {count}, expected {_rounded(mean)} ± {sd:.2f}"
            for name, weight, count, mean, sd in zip(self.names, weights, mine, expected, sds, strict=True)
        )
        head = f"{n} objects in {len(weights)} classes, draw {self.draw}"
        return words.paragraph(head, classes, f"the counts sum to {mine.sum()}")


def _rounded(value: float) -> str:
    return f"{value:.4g}" if value < 1e4 else f"{value:.0f}"


def _steps(n: int, weight: float, sd: float) -> tuple[Array, Array]:
    """Return the binomial as steps, a step 1 / n wide and the highest 1 high, within 4 sds of the weight."""
    first = max(int(np.floor((weight - 4 * sd) * n)), 0)
    last = min(int(np.ceil((weight + 4 * sd) * n)), n)
    height = binomial(n, weight)[first : last + 1]
    x = (np.arange(first, last + 2) - 0.5) / n
    return np.repeat(x, 2), np.pad(np.repeat(height / height.max(), 2), 1)


def _weights_of(weights: ArrayLike) -> Array:
    """Return weights that a mixture would take."""
    weights = array_of(weights, "weights")
    return Mixture(weights, np.zeros(len(weights)), np.ones(len(weights))).weights
