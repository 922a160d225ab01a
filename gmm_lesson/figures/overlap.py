"""What lesson 02 shows: a mixture as the sum of its classes, and the part that no rule can get right."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, labels
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture
from gmm_lesson.figures.labels import ClassLabels
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.study.compare import best_error_rate

POINTS = 320
"""Where an edge is drawn, about: a frame of four classes and 200 objects stays below 50 KiB."""
DARK = "#333333"
PALE = 0.5
"""How much white is in the colour of an area."""
AREAS = (26, 66, 26)
"""Of an object, of the rim of one that is misplaced, and of that object, in points squared."""


class OverlapPicture(MovingPicture):
    """A mixture as the sum of its weighted classes, one on top of the other, and where they overlap.

    The area of class k lies on those of the classes before it, so that the upper edge is the density of the
    mixture. The dark area at the foot is that density less its largest part: what the best rule, which names
    the class with the largest pi_k N(y | mu_k, sigma_k^2), gets wrong. It measures the best possible error
    rate. Below stand the objects, if any, in the colour and marker of their true classes; those that the
    best rule misplaces have a black rim.

    Parameters
    ----------
    mixture : Mixture
        The K components to start with.
    y, z : array_like, shape (N,), optional
        Objects and their true classes, 0..K-1.
    names, label, size, span, top
        As for `MixturePicture`; the span is that of objects and components +- 4 sds if left out.
    """

    def __init__(
        self,
        mixture: Mixture,
        y: ArrayLike | None = None,
        z: ArrayLike | None = None,
        *,
        names: Sequence[str] | None = None,
        label: str = "value y",
        size: tuple[float, float] = (8, 4),
        span: tuple[float, float] | None = None,
        top: float | None = None,
    ) -> None:
        self.mixture, self.y, self.z = check_mixture(mixture), np.empty(0), np.empty(0, np.intp)
        self.names = words.class_names(names, mixture.n_components)
        classes = range(mixture.n_components)
        if (y is None) != (z is None):
            raise ValueError("y and z must be given together; got only one of them")
        if y is not None and z is not None:
            self.y = array_of(y, "y")
            self.z = labels(z, len(self.y), len(classes))
        if len(self.y):
            figure, (self.axes, strip) = marks.with_strip(size)
        else:
            figure, self.axes = marks.new_panel(size)
            strip = self.axes
            marks.steady_ticks(self.axes)
        strip.set_xlabel(label)
        reach = np.concatenate([mixture.means - 4 * mixture.sds, mixture.means + 4 * mixture.sds, self.y])
        self.axes.set(xlim=(reach.min(), reach.max()) if span is None else span, ylabel="density")
        self.axes.set_ylim(0, 1.3 * mixture.density(self._grid(mixture)).max() if top is None else top)
        # Each area reaches down to the axis, and lies over those of the classes after it.
        *self.areas, self.dark = (
            self.axes.fill_between([0, 1], [0, 0], color=colour, linewidth=0, zorder=layer)
            for colour, layer in [*((_pale(k), 1.5 - 0.01 * k) for k in classes), (DARK, 1.6)]
        )
        (self.total,) = self.axes.plot([], [], color="black", linewidth=2)
        self.labels = ClassLabels(self.axes, self.names)
        self.title = marks.fixed_title(self.axes, "Dark: the best possible error rate, 0.000")
        self.dots = marks.ClassDots.on(strip, AREAS)
        moving = [*self.areas, self.dark, self.total, *self.dots, *self.labels.texts, self.title]
        super().__init__(figure, moving)
        self.update(mixture)

    def update(self, mixture: Mixture, y: ArrayLike | None = None) -> None:
        """Show another mixture of as many components, and as many other objects of the same classes.

        Parameters
        ----------
        mixture : Mixture
            The components to draw.
        y : array_like, shape (N,), optional
            The objects; where they were, if left out.
        """
        if check_mixture(mixture).n_components != len(self.names):
            raise ValueError(f"mixture must have {len(self.names)} components; got {mixture.n_components}")
        objects = self.y if y is None else array_of(y, "y")
        if len(objects) != len(self.z):
            raise ValueError(f"y must have {len(self.z)} objects; got {len(objects)}")
        wrong = np.zeros(0, bool)
        if len(objects):
            wrong = mixture.log_joint(objects).argmax(axis=1) != self.z
        x = self._grid(mixture)
        joint = np.exp(mixture.log_joint(x))
        edges = joint.cumsum(axis=1)
        total, error = edges[:, -1], best_error_rate(mixture)
        self.mixture, self.y = mixture, objects
        self.sentence = self._say(error, wrong, float(total.max()))
        for area, edge in zip(self.areas, edges.T, strict=True):
            area.set_verts([_down_to_axis(x, edge)])
        self.dark.set_verts([_down_to_axis(x, total - joint.max(axis=1))])
        self.total.set_data(x, total)
        self.title.set_text(f"Dark: the best possible error rate, {error:.3f}")
        self.labels.place(mixture, x, joint, total)
        self.dots.put((objects, marks.strip_heights(len(objects))), self.z, wrong)

    def _grid(self, mixture: Mixture) -> Array:
        """Return where to draw: evenly, closely within 4 sds of a mean, and at the dark area's corners."""
        low, high = self.axes.get_xlim()
        near = POINTS // 2 // mixture.n_components | 1  # odd: the mean is among them
        close = np.clip(marks.near_means(mixture, near), low, high)
        x = np.unique(np.concatenate([np.linspace(low, high, POINTS // 2), close]))
        log_joint = mixture.log_joint(x)
        winner = log_joint.argmax(axis=1)
        left = np.flatnonzero(np.diff(winner))
        old, new = winner[left], winner[left + 1]
        lead, lag = (log_joint[i, old] - log_joint[i, new] for i in (left, left + 1))
        corners = x[left] + (x[left + 1] - x[left]) * lead / np.maximum(lead - lag, np.finfo(float).tiny)
        return np.unique(np.concatenate([x, corners]))

    def _say(self, error: float, wrong: NDArray[np.bool_], peak: float) -> str:
        low, high = self.axes.get_xlim()
        said = [
            f"a mixture of {len(self.names)} classes",
            words.recipes(self.names, self.mixture),
            f"best possible error rate {error:.3f}, the dark area",
        ]
        if len(wrong):
            said.append(
                f"of these {len(wrong)} objects the best rule misplaces {wrong.sum()} ({wrong.mean():.1%})"
            )
        if peak > self.axes.get_ylim()[1]:
            said.append(f"the density reaches {peak:.2f}, above the picture")
        means = zip(self.names, self.mixture.means, strict=True)
        said += [f"the mean of {name} is outside the picture" for name, m in means if not low <= m <= high]
        return words.paragraph(*said, *words.outside(self.axes, self.y))


def overlap(
    mixture: Mixture,
    y: ArrayLike | None = None,
    z: ArrayLike | None = None,
    *,
    label: str = "value y",
    size: tuple[float, float] = (8, 4),
) -> Picture:
    """Draw a mixture as the sum of its classes, what no rule can get right, and objects with true classes."""
    return OverlapPicture(mixture, y, z, label=label, size=size)


def _down_to_axis(x: Array, height: Array) -> Array:
    """Return the outline of the area between a curve and the axis."""
    return np.column_stack([np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0], height, [0]])])


def _pale(k: int) -> tuple[float, float, float]:
    """Return the colour of class k mixed with white: opaque, so that an area hides those behind it."""
    red, green, blue = ((1 - PALE) * part + PALE for part in mpl.colors.to_rgb(marks.colour_of(k)))
    return red, green, blue
