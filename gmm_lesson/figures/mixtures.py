"""Objects, and a mixture over them."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.em import e_step, log_likelihood
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.labels import ClassLabels
from gmm_lesson.mixture import Mixture, check_mixture


class MixturePicture(MovingPicture):
    """A mixture over its objects: density, weighted components, and the objects coloured by responsibility.

    The histogram of the objects stands still. The components, the total (wide and pale), their labels and the
    strip of objects move. An object's colour blends its classes' colours by responsibility; its marker is
    that of the class which owns most of it.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    mixture : Mixture
        The K components to start with.
    names : sequence of str, length K, optional
        What to call the classes; "class 1" and so on if left out.
    label : str
        What the values are, for the axis.
    size : (float, float)
        Width and height in inches.
    span : (float, float), optional
        The values to show; objects and components +- 3 sds if left out.
    top : float, optional
        The density at the upper edge; room for this mixture and its labels if left out. A curve that outgrows
        it is cut there, and the sentence says how high it goes.
    probe : float, optional
        A value to mark and to divide between the classes.
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
        self.probe_lines = [
            axes.axvline(0, color="black", linestyle=":", linewidth=1.5)
            for axes in (self.axes, self.strip)
            if probe is not None
        ]
        super().__init__(figure, [*self.probe_lines, self.total, *self.curves, self.dots, *self.labels.texts])
        self.update(mixture, probe)

    def update(self, mixture: Mixture, probe: float | None = None, *, r: Array | None = None) -> None:
        """Show another mixture of as many components, over the same objects, and another probe if given.

        Parameters
        ----------
        mixture : Mixture
            The components to draw.
        probe : float, optional
            The value to mark; where it was, if left out.
        r : ndarray, shape (N, K), optional
            The shares that colour the objects; those of an E-step with `mixture` if left out.
        """
        probe = self.probe if probe is None else probe
        if check_mixture(mixture).n_components != len(self.names):
            raise ValueError(f"mixture must have {len(self.names)} components; got {mixture.n_components}")
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
        colours = np.array([mpl.colors.to_rgb(marks.colour_of(k)) for k in range(len(self.names))])
        self.dots.set_facecolor(np.clip(r @ colours, 0, 1))
        self.dots.set_paths([marks.marker_path(k) for k in r.argmax(axis=1)])
        for line in self.probe_lines:
            line.set_xdata(np.full(2, probe))

    def _page(self, size: tuple[float, float]) -> tuple[Figure, tuple[Axes, Axes]]:
        """Return the figure, with the axes of the curves and those of the objects: there may be others."""
        return marks.with_strip(size)

    def _grid(self, mixture: Mixture) -> Array:
        return marks.curve_grid(mixture, self.axes.get_xlim())

    def _say(self, mixture: Mixture, r: Array, peaks: Array, probe: float | None) -> str:
        said = [
            f"a mixture of {len(r[0])} classes over {len(r)} objects; log-likelihood"
            f" {log_likelihood(self.y, mixture):.3f}",
            words.recipes(self.names, mixture),
            f"it places {words.sure(r)} objects with more than {words.SURE:.0%} certainty",
        ]
        if probe is not None:
            shares = zip(self.names, e_step([probe], mixture)[0], strict=True)
            said.append(
                f"who owns y = {probe:.2f}? " + ", ".join(f"{name} {share:.3f}" for name, share in shares)
            )
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


def mixture(
    y: ArrayLike, fitted: Mixture, *, label: str = "value y", size: tuple[float, float] = (8, 4)
) -> Picture:
    """Draw a mixture over its objects: density, components, and the objects coloured by responsibility."""
    return MixturePicture(y, fitted, label=label, size=size)
