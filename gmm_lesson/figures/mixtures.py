"""A mixture over its objects, as the sum of its classes (lesson 02), and of labels that blur (lesson 04)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, labels, number, whole_number
from gmm_lesson.em import e_step, log_likelihood, m_step
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.marks import ClassLabels
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.study.compare import best_error_rate, borders


class MixturePicture(MovingPicture):
    """A mixture over its objects: density, weighted components, and the objects coloured by responsibility.

    The histogram of the objects stands still. The components, the total (wide and pale), their labels and the
    strip of objects move. An object's colour blends its classes' colours by responsibility; its marker is
    that of the class which owns most of it.

    y, shape (N,), are the objects, and `mixture` the K components to start with; `names` what to call them
    ("class 1" and so on), `label` what the values are, for the axis, `size` width and height in inches. It
    shows the values of `span`, or else objects and components +- 3 sds; `top` is the density at the upper
    edge, or there is room for this mixture and its labels. A curve that outgrows it is cut there, and the
    sentence says how high it goes. `probe` is a value to mark and to divide between the classes.
    """

    def __init__(
        self,
        y: ArrayLike,
        mixture: Mixture,
        *,
        names: Sequence[str] | None = None,
        label: str = "value y",
        size: tuple[float, float] = (8, 4),
        span: tuple[float, float] | None = None,
        top: float | None = None,
        probe: float | None = None,
    ) -> None:
        self.y, self.mixture, self.probe = array_of(y, "y"), check_mixture(mixture), probe
        self.names = words.class_names(names, mixture.n_components)
        figure, (self.axes, self.strip) = self._page(size)
        bars, _ = marks.draw_histogram(self.axes, self.y)
        self.axes.set(xlim=marks.span_of(self.y, mixture) if span is None else span, ylabel="density")
        if top is None:
            top = 1.2 * max(bars.max(), mixture.density(self._grid(mixture)).max())
        self.axes.set_ylim(0, top)
        self.strip.set_xlabel(label)
        (self.total,) = self.axes.plot([], [], color="black", linewidth=6, alpha=0.25)
        self.curves = [self.axes.plot([], [], **marks.line_of(k))[0] for k in range(len(self.names))]
        self.labels = ClassLabels(self.axes, self.names)
        self.dots = marks.draw_dots(self.strip, self.y)
        marked = (self.axes, self.strip) if probe is not None else ()
        self.probe_lines = [axes.axvline(0, color="black", linestyle=":", linewidth=1.5) for axes in marked]
        super().__init__(figure, [*self.probe_lines, self.total, *self.curves, self.dots, *self.labels.texts])
        self.update(mixture, probe)

    def update(self, mixture: Mixture, probe: float | None = None, *, r: Array | None = None) -> None:
        """Show another mixture of as many components, over the same objects, and another probe if given.

        r, shape (N, K), has the shares that colour the objects; those of an E-step if left out.
        """
        probe = self.probe if probe is None else probe
        words.same_classes(mixture, len(self.names))
        x = self._grid(mixture)
        joint = np.exp(mixture.log_joint(x))
        total = joint.sum(axis=1)
        r = e_step(self.y, mixture) if r is None else r
        self.sentence = self._say(mixture, r, joint.max(axis=0), probe)
        self.mixture, self.probe = mixture, probe
        self.total.set_data(x, total)
        for curve, height in zip(self.curves, joint.T, strict=True):
            curve.set_data(x, height)
        self.labels.place(mixture, x, joint, total)
        marks.colour_by_shares(self.dots, r)
        for line in self.probe_lines:
            line.set_xdata(np.full(2, probe))

    def _page(self, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
        return marks.with_strip(size)

    def _grid(self, mixture: Mixture) -> Array:
        return marks.curve_grid(mixture, self.axes.get_xlim())

    def _say(self, mixture: Mixture, r: Array, peaks: Array, probe: float | None) -> str:
        said = [
            f"a mixture of {len(r[0])} classes over {len(r)} objects; log-likelihood"
            f" {log_likelihood(self.y, mixture):.3f}",
            words.parameters(self.names, mixture),
            f"it places {words.sure(r)} objects with more than {words.SURE:.0%} certainty",
        ]
        if probe is not None:
            shares = zip(self.names, e_step([probe], mixture)[0], strict=True)
            owners = words.listed(f"{name} {share:.3f}" for name, share in shares)
            said.append(f"who owns y = {probe:.2f}? {owners}")
        return words.paragraph(*said, *words.cut_off(self.axes, self.names, peaks))


@styled()
def objects(y: ArrayLike, *, label: str = "value y") -> Picture:
    """Draw objects of unknown class: a grey histogram above a grey strip, an object a dot."""
    y = array_of(y, "y")
    figure, (top, strip) = marks.with_strip((8, 4))
    counts, edges = marks.histogram(y, density=False)
    top.stairs(counts, edges, fill=True, color=marks.GREY, alpha=0.6)
    top.set_ylabel("objects per bin")
    marks.draw_dots(strip, y)
    strip.set_xlabel(label)
    tallest = int(counts.argmax())
    return Picture(
        figure,
        f"A histogram of {len(y)} objects between {y.min():.1f} and {y.max():.1f}. The tallest bin, from"
        f" {edges[tallest]:.1f} to {edges[tallest + 1]:.1f}, holds {int(counts[tallest])} of them.",
    )


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
    rate. Below stand the objects y, shape (N,), in the colour and marker of their true classes z, 0..K-1;
    those that the best rule misplaces have a black rim. All else is as for `MixturePicture`, but for the span
    if it is left out: objects and components +- 4 sds.
    """

    def __init__(
        self,
        mixture: Mixture,
        y: ArrayLike,
        z: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        size: tuple[float, float] = (8, 4),
        span: tuple[float, float] | None = None,
        top: float | None = None,
    ) -> None:
        self.mixture, self.y = check_mixture(mixture), array_of(y, "y")
        self.z = labels(z, len(self.y), mixture.n_components)
        self.names = words.class_names(names, mixture.n_components)
        figure, (self.axes, strip) = marks.with_strip(size)
        strip.set_xlabel("value y")
        self.axes.set(xlim=marks.span_of(self.y, mixture, 4) if span is None else span, ylabel="density")
        self.axes.set_ylim(0, 1.3 * mixture.density(self._grid(mixture)).max() if top is None else top)
        # Each area reaches down to the axis, and hides those of the classes after it: none is transparent.
        pale = [mpl.colors.to_rgb(marks.colour_of(k)) for k in range(len(self.names))]
        colours = [*((1 - PALE) * np.array(pale) + PALE), DARK]
        layers = [*(1.5 - 0.01 * np.arange(len(pale))), 1.6]
        *self.areas, self.dark = (
            self.axes.fill_between([0, 1], [0, 0], color=colour, linewidth=0, zorder=layer)
            for colour, layer in zip(colours, layers, strict=True)
        )
        (self.total,) = self.axes.plot([], [], color="black", linewidth=2)
        self.labels = ClassLabels(self.axes, self.names)
        self.title = self.axes.set_title("Dark: the best possible error rate, 0.000", y=1.0)
        self.dots = marks.ClassDots.on(strip, AREAS)
        moving = [*self.areas, self.dark, self.total, *self.dots, *self.labels.texts, self.title]
        super().__init__(figure, moving)
        self.update(mixture)

    def update(self, mixture: Mixture, y: ArrayLike | None = None) -> None:
        """Show another mixture of as many components, and other objects of the same classes if given."""
        words.same_classes(mixture, len(self.names))
        objects = self.y if y is None else words.one_for_each(y, "y", len(self.z), "classes in z")
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
        corners = np.clip(borders(mixture)[0], low, high)
        return np.unique(np.concatenate([np.linspace(low, high, POINTS // 2), close, corners]))

    def _say(self, error: float, wrong: NDArray[np.bool_], peak: float) -> str:
        low, high = self.axes.get_xlim()
        said = [
            f"a mixture of {len(self.names)} classes",
            words.parameters(self.names, self.mixture),
            f"best possible error rate {error:.3f}, the dark area",
            f"of these {len(wrong)} objects the best rule misplaces {wrong.sum()} ({wrong.mean():.1%})",
        ]
        if peak > self.axes.get_ylim()[1]:
            said.append(f"the density reaches {peak:.2f}, above the picture")
        means = zip(self.names, self.mixture.means, strict=True)
        said += [f"the mean of {name} is outside the picture" for name, m in means if not low <= m <= high]
        return words.paragraph(*said, *words.outside(self.axes, self.y))


mixture, overlap = MixturePicture, OverlapPicture
"""Their names in a lesson that moves neither."""


def _down_to_axis(x: Array, height: Array) -> Array:
    return np.column_stack([np.pad(x, 1, "edge"), np.pad(height, 1)])


def blurred(z: NDArray[np.intp], n_classes: int, blur: float) -> Array:
    """Return shares between hard labels (blur 0) and none at all (blur 1: 1/K each), shape (N, K)."""
    return (1 - blur) * np.eye(n_classes)[z] + blur / n_classes


class BlurredPicture(MixturePicture):
    """Objects whose labels blur, and the parameters that the M-step makes of them.

    `z`, shape (N,), are the true classes of the objects y, 0..n_classes - 1; every class has objects that
    differ. Other options are as for `MixturePicture`.
    """

    def __init__(self, y: ArrayLike, z: ArrayLike, n_classes: int, **options: Any) -> None:
        n_classes = whole_number(n_classes, "n_classes", 1)
        y = array_of(y, "y")
        self.z, self.blur = labels(z, len(y), n_classes), 0.0
        for k in range(n_classes):
            if (different := np.unique(y[self.z == k]).size) < 2:
                raise ValueError(
                    f"y must have at least two different values of each class 0..{n_classes - 1};"
                    f" got {different} of class {k}"
                )
        super().__init__(y, m_step(y, blurred(self.z, n_classes, 0)), **options)
        self.blur_to(0.0)

    def blur_to(self, blur: float) -> None:
        """Blur the labels: 0 leaves them as they are, 1 leaves nothing of them."""
        blur = number(blur, "blur")
        if blur > 1:
            raise ValueError(f"blur must be at most 1; got {blur:g}")
        self.blur, r = blur, blurred(self.z, len(self.names), blur)
        self.update(m_step(self.y, r), r=r)
        self.dots.set_paths([marks.marker_path(k) for k in self.z])  # it tells the true class to the end

    def _say(self, mixture: Mixture, r: Array, peaks: Array, probe: float | None) -> str:
        n_k = r.sum(axis=0)
        return words.paragraph(
            f"labels blurred by {self.blur:.2f}: an object counts as {r.max():.3f} of its own class and as"
            f" {r.min():.3f} of each other",
            words.parameters(self.names, mixture, n_k),
            f"the N_k sum to {n_k.sum():.0f}",
        )
