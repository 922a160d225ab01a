"""What lesson 04 shows: recipes made from labels that blur, and the Q that each formula maximises."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, labels, number, whole_number
from gmm_lesson.em import expected_log_joint, m_step
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.mixtures import MixturePicture
from gmm_lesson.mixture import Mixture


def blurred(z: NDArray[np.intp], n_classes: int, blur: float) -> Array:
    """Return shares between hard labels (blur 0) and none at all (blur 1: 1/K each), shape (N, K)."""
    return (1 - blur) * np.eye(n_classes)[z] + blur / n_classes


class RecipesPicture(MixturePicture):
    """Objects whose labels blur, and the recipes that the M-step makes of them.

    `z`, shape (N,), are the true classes of the objects y, 0..n_classes - 1; every class has objects that
    differ. Other options are as for `MixturePicture`.
    """

    def __init__(self, y: ArrayLike, z: ArrayLike, n_classes: int, **options: Any) -> None:
        n_classes = whole_number(n_classes, "n_classes", 1)
        objects = array_of(y, "y")
        self.z, self.blur = labels(z, len(objects), n_classes), 0.0
        for k in range(n_classes):
            if (different := np.unique(objects[self.z == k]).size) < 2:
                raise ValueError(
                    f"y must have at least two different values of each class 0..{n_classes - 1};"
                    f" got {different} of class {k}"
                )
        super().__init__(objects, m_step(objects, blurred(self.z, n_classes, 0)), **options)
        self.blur_to(0.0)

    def blur_to(self, blur: float) -> None:
        """Blur the labels: 0 leaves them as they are, 1 leaves nothing of them."""
        blur = number(blur, "blur")
        if blur > 1:
            raise ValueError(f"blur must be at most 1; got {blur:g}")
        r = blurred(self.z, len(self.names), blur)
        self.blur = blur
        self.update(m_step(self.y, r), r=r)
        self.dots.set_paths([marks.marker_path(k) for k in self.z])  # it tells the true class to the end

    def _say(self, mixture: Mixture, r: Array, peaks: Array, probe: float | None) -> str:
        n_k = r.sum(axis=0)
        return words.paragraph(
            f"labels blurred by {self.blur:.2f}: an object counts as {r.max():.3f} of its own class and as"
            f" {r.min():.3f} of each other",
            words.recipes(self.names, mixture, n_k),
            f"the N_k sum to {n_k.sum():.0f}",
        )


@styled()
def q_curves(y: ArrayLike, r: ArrayLike, k: int = 0, *, before: Mixture | None = None) -> Picture:
    """Draw Q against the weight, the mean and the variance of one class, each alone, the rest at their best.

    A dot marks what the M-step's formula gives; with `before`, the mixture before the step, a hollow square
    marks the variance around its mean. The objects y, shape (N,), are not all equal; r, shape (N, K), are
    their responsibilities, K at least 2. When the weight of class k moves, the others share what is left as
    they did.
    """
    y = words.varied(y)
    best = m_step(y, r)
    k = words.one_of_several(k, "k", best.n_components)
    if not 1e-9 < best.weights[k] < 1 - 1e-9:
        raise ValueError(f"r must give class {k} some of the objects, and not all; got {best.weights[k]:g}")
    if before is not None:
        words.same_classes(before, best.n_components, "before")
    top = expected_log_joint(y, r, best)
    weight, mean, variance = best.weights[k], best.means[k], best.variances[k]
    reach = best.sds[k] / np.sqrt(weight * len(y))  # how far a mean can be off before Q falls by half a unit

    def at(name: str, value: float) -> float:
        """Return Q less its top where one parameter has another value."""
        parts = {part: getattr(best, part).copy() for part in ("weights", "means", "variances")}
        if name == "weights":
            parts[name] *= (1 - value) / (1 - weight)
        parts[name][k] = value
        return expected_log_joint(y, r, Mixture(**parts)) - top

    old = variance if before is None else variance + (before.means[k] - mean) ** 2
    figure = marks.new_figure()
    panels = figure.subplots(1, 3, sharey=True)
    shares = max(weight - 0.25, weight / 3), min(weight + 0.25, (2 + weight) / 3)
    for axes, name, label, value, ends in [
        (panels[0], "weights", rf"weight $\pi_{k + 1}$", weight, shares),
        (panels[1], "means", rf"mean $\mu_{k + 1}$", mean, (mean - 5 * reach, mean + 5 * reach)),
        (
            panels[2],
            "variances",
            rf"variance $\sigma_{k + 1}^2$",
            variance,
            (0.4 * variance, max(3 * variance, 1.2 * old)),
        ),
    ]:
        grid = np.sort(np.append(np.linspace(*ends, 101), value))  # the top itself is on the curve
        axes.plot(grid, [at(name, float(x)) for x in grid], color=marks.colour_of(k))
        _mark(axes, value, 0, "o", marks.colour_of(k))
        axes.set_xlabel(label)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(4))
    panels[0].set_ylabel("Q minus its top")
    said = [
        f"Q against one parameter of class {k + 1} at a time, the others at their best (other weights share"
        " what is left)",
        f"it is highest at weight {weight:.3f}, mean {mean:.3f} and variance {variance:.3f}: the values of"
        " the three formulas (dots)",
    ]
    if before is not None:
        lower = at("variances", float(old))
        _mark(panels[2], float(old), lower, "s", "white")
        said.append(
            f"with the variance around the old mean, {old:.3f} (hollow square), Q is {abs(lower):.3f} lower"
        )
    return Picture(figure, words.paragraph(*said))


def _mark(axes: Axes, x: float, height: float, marker: str, face: str) -> None:
    axes.plot(x, height, marker, ms=11, mfc=face, mec="black", mew=2, zorder=3)
