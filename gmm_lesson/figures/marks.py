"""What several drawings draw: panels, curves' colours and places, histograms, and objects as dots.

One colour a class (Okabe and Ito's palette), and a marker or a line style beside it, so that no meaning rests
on colour alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.mixture import Mixture

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#666666"
SLIDE = (8, 3.2)
"""Width and height in inches of what is shown on a slide; 8 by 4 is the most that a lesson shows."""
CURVE_POINTS = 400
DOT, RIM = 22, 60
"""Areas of an object and of the rim of one that is misplaced, in points squared."""


def new_figure(size: tuple[float, float] = SLIDE) -> Figure:
    """Return an empty figure of a size in inches."""
    return Figure(figsize=size, layout="constrained")


def new_panel(size: tuple[float, float] = SLIDE, **settings: Any) -> tuple[Figure, Axes]:
    """Return a figure of a size in inches with one panel; `settings` are its labels, limits and scales."""
    figure = new_figure(size)
    axes = figure.add_subplot()
    axes.set(**settings)
    return figure, axes


def with_strip(size: tuple[float, float] = SLIDE, *, side: bool = False) -> tuple[Figure, list[Axes]]:
    """Return a figure of a size in inches with a panel for densities above a thin strip for the objects.

    With `side`, a third panel stands at their right, as wide as they are and as high as both.
    """
    figure = new_figure(size)
    grid = figure.add_gridspec(2, 1 + side, height_ratios=[4, 1])
    top = figure.add_subplot(grid[0, 0])
    strip = figure.add_subplot(grid[1, 0], sharex=top)
    top.tick_params(labelbottom=False)
    steady_ticks(top)
    strip.set(yticks=[], ylim=(-0.7, 0.7))
    strip.spines["left"].set_visible(False)
    return figure, [top, strip, *([figure.add_subplot(grid[:, 1])] if side else [])]


def steady_ticks(axes: Axes) -> None:
    """Give an axis upwards as many ticks whatever the height.

    One that came after the layout would push the axis's label off the page.
    """
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def colour_of(k: int) -> str:
    """Return the colour of class k, the same through the whole course."""
    return COLOURS[k % len(COLOURS)]


def marker_of(k: int) -> str:
    """Return the marker of class k, the same through the whole course."""
    return MARKERS[k % len(MARKERS)]


@cache
def marker_path(k: int) -> Path:
    """Return the marker of class k as a path, for a scatter whose markers differ."""
    style = MarkerStyle(marker_of(k))
    return style.get_path().transformed(style.get_transform())


def line_of(k: int) -> dict[str, Any]:
    """Return the colour and the line style of class k, as `plot` takes them."""
    return {"color": colour_of(k), "linestyle": LINE_STYLES[k % len(LINE_STYLES)]}


def curve_grid(mixture: Mixture, span: tuple[float, float], points: int = CURVE_POINTS) -> Array:
    """Return where to draw curves: evenly over the span, and closely within 4 sds of every mean."""
    close = near_means(mixture, points // 2 // mixture.n_components)
    even = np.linspace(*span, points - close.size)
    return np.sort(np.concatenate([even, np.clip(close, *span)]))


def near_means(mixture: Mixture, points: int) -> Array:
    """Return so many places within 4 sds of each mean, in no order."""
    return np.asarray((mixture.means + np.outer(np.linspace(-4, 4, points), mixture.sds)).ravel())


def span_of(y: ArrayLike, fitted: Mixture, reach: float = 3) -> tuple[float, float]:
    """Return the least and the largest value to show: the objects, and so many sds around every mean."""
    ends = fitted.means - reach * fitted.sds, fitted.means + reach * fitted.sds
    values = np.concatenate([*ends, np.asarray(y)])
    return float(values.min()), float(values.max())


def histogram(y: Array, *, density: bool = True) -> tuple[Array, Array]:
    """Return the heights and edges of 10 to 40 bins, as many as the objects allow."""
    edges = np.histogram_bin_edges(y, bins=int(np.clip(len(y) // 5, 10, 40)))
    return np.histogram(y, bins=edges, density=density)


def draw_histogram(axes: Axes, y: Array) -> tuple[Array, Array]:
    """Draw the density of the objects as grey bars; return their heights and edges."""
    heights, edges = histogram(y)
    axes.stairs(heights, edges, fill=True, color=GREY, alpha=0.25)
    return heights, edges


def strip_heights(n: int) -> Array:
    """Return heights for n objects in a strip, shape (n,): they spread by themselves, and none is random."""
    return np.asarray(np.arange(n) * 0.6180339887498949 % 1 - 0.5)  # a sequence of low discrepancy


def draw_dots(strip: Axes, y: Array) -> PathCollection:
    """Draw a grey dot for each object, smaller if there are many; nothing in their heights is random."""
    return strip.scatter(y, strip_heights(len(y)), s=np.clip(4000 / len(y), 18, 40), color=GREY, linewidths=0)


class ClassDots(NamedTuple):
    """Objects in the colours and markers of their classes; a black rim tells those that are misplaced."""

    placed: PathCollection
    rims: PathCollection
    misplaced: PathCollection

    @classmethod
    def on(cls, axes: Axes, areas: tuple[float, float, float] = (DOT, RIM, DOT)) -> ClassDots:
        """Make the three scatters, of nothing yet; their areas are in points squared."""
        black: Any = {"color": "black", "linewidths": 0}
        return cls(
            *(axes.scatter([], [], s=area, zorder=k, **black) for k, area in enumerate(areas, start=1))
        )

    def put(self, places: tuple[Array, Array], z: NDArray[np.intp], wrong: NDArray[np.bool_]) -> None:
        """Put objects on their places, across and upwards: z gives colour and marker, `wrong` a rim."""
        for dots, chosen in zip(self, (~wrong, wrong, wrong), strict=True):
            dots.set_offsets(np.column_stack([values[chosen] for values in places]))
            dots.set_paths([marker_path(k) for k in z[chosen]])
            if dots is not self.rims:
                dots.set_facecolor([colour_of(k) for k in z[chosen]])
