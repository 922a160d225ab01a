"""What several drawings draw: panels, curves' colours and places, histograms, objects as dots, and labels.

One colour a class (Okabe and Ito's palette), and a marker or a line style beside it, so that no meaning rests
on colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure, SubFigure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
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
    room = 0.01 * np.ptp(y)  # more than the radius of a dot, or it would be cut
    ends = fitted.means - reach * fitted.sds, fitted.means + reach * fitted.sds
    return float(min(ends[0].min(), np.min(y) - room)), float(max(ends[1].max(), np.max(y) + room))


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


def colour_by_shares(dots: PathCollection, r: Array) -> None:
    """Blend the classes' colours by responsibility, (N, K); the marker is that of the largest."""
    colours = np.array([mpl.colors.to_rgb(colour_of(k)) for k in range(r.shape[1])])
    dots.set_facecolor(np.clip(r @ colours, 0, 1))
    dots.set_paths([marker_path(k) for k in r.argmax(axis=1)])


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


Place = tuple[float, float]
LABEL_SIZE = 16
"""Labels on curves, in points: read from the last row, on a picture 260 pixels high."""
LABEL_GAP = 0.05
"""Between a label and the curves below it, in inches."""
LABEL_STEPS = np.array([0, 1, -1, 1.5, -1.5, 0.5, -0.5, 2, -2])
"""Where a label may stand: so many sds from its class's mean, the better places first."""


def new_label(figure: Figure | SubFigure, text: str, colour: str) -> Text:
    """Return a label to be placed in inches, its baseline's middle; a white halo lifts it off any curve."""
    style: Any = {"fontsize": LABEL_SIZE, "fontweight": "bold", "path_effects": halo(4)}
    return figure.text(0, 0, text, color=colour, ha="center", transform=figure.dpi_scale_trans, **style)


def size_of(label: Text) -> Array:
    """Return a label's width and height in inches, its descent left out: few have one."""
    box = label.get_window_extent()
    return np.array([box.width, box.height]) / label.figure.dpi


class ClassLabels:
    """The names of the classes, above their curves: clear of the others, and inside the panel.

    So many inches of `room` at either side of a name stay free.
    """

    def __init__(self, axes: Axes, names: Sequence[str], room: float = 0.0) -> None:
        self.axes = axes
        self.texts = [new_label(axes.figure, name, colour_of(k)) for k, name in enumerate(names)]
        # Measured once: a text that was saved to a file keeps that file's resolution.
        self._sizes = [size_of(text) + np.array([2 * room, 0]) for text in self.texts]

    def place(self, mixture: Mixture, x: Array, joint: Array, skyline: Array) -> None:
        """Put each name above the curves; narrow classes choose first.

        `joint`, shape (M, K), has the weighted densities at x; below the skyline, shape (M,), may be no name.
        """
        to_inches, frame = inches_of(self.axes)
        edge = to_inches(np.column_stack([x, skyline]))
        share = joint / np.maximum(skyline, np.finfo(float).tiny)[:, np.newaxis]
        taken: list[Array] = []
        for k in np.argsort(mixture.sds, kind="stable"):
            stands = mixture.means[k] + LABEL_STEPS * mixture.sds[k]
            middles = to_inches(np.column_stack([stands, 0 * stands]))[:, 0]
            size = self._sizes[k]
            box = free_box(corners_for(middles, size, edge, share[:, k], frame), size, taken, frame)
            taken.append(box)
            self.texts[k].set_position((box[:, 0].mean(), box[0, 1]))


def inches_of(axes: Axes) -> tuple[Callable[[Any], Array], Array]:
    """Return what turns places in a panel into inches on the page, and the panel's corners in inches."""
    to_inches = (axes.transData - axes.figure.dpi_scale_trans).transform
    return to_inches, to_inches(np.column_stack([axes.get_xlim(), axes.get_ylim()]))


def corners_for(middles: Array, size: Array, skyline: Array, share: Array, frame: Array) -> list[Place]:
    """Return the lower left corners that a label may have, the better first, all in inches.

    It stands on the skyline, the total density, at one of the middles: rather where all of it is inside the
    frame, where its class has a good share, and where no neighbour's flank holds it up; then in their order.
    """
    half, ranked = size[0] / 2, []
    for rank, middle in enumerate(np.clip(middles, frame[0, 0] + half, frame[1, 0] - half)):
        first, here, last = np.searchsorted(skyline[:, 0], (middle - half, middle, middle + half))
        here = min(here, len(skyline) - 1)
        bottom = skyline[max(first - 1, 0) : last + 1, 1].max() + LABEL_GAP
        hidden = bottom + size[1] > frame[1, 1]
        corner = (float(middle - half), float(min(bottom, frame[1, 1] - size[1])))
        ranked.append((hidden, share[here] < 0.4, bottom - skyline[here, 1] > 0.25, rank, corner))
    return [corner for *_, corner in sorted(ranked)]


def free_box(corners: list[Place], size: Array, taken: list[Array], frame: Array) -> Array:
    """Return a box of a size, inside a frame and clear of the boxes taken: the first corner that is.

    Boxes are [[left, bottom], [right, top]]. If no corner is clear, the box goes straight above or below one
    that is taken, as near to the first corner as it can.
    """
    first = np.array(corners[0])
    stacked = [(first[0], y) for box in taken for y in (box[1, 1], box[0, 1] - size[1])]
    stacked.sort(key=lambda corner: abs(corner[1] - first[1]))
    for corner in [*corners, *stacked]:
        box = np.array([corner, corner + size])
        inside = box[0, 1] >= frame[0, 1] - 1e-9 and box[1, 1] <= frame[1, 1] + 1e-9
        if inside and not any((box[0] < other[1]).all() and (box[1] > other[0]).all() for other in taken):
            return box
    return np.array([first, first + size])  # more labels than the frame can hold


def spread_out(places: Array, gap: float, low: float = -np.inf) -> Array:
    """Return places, shape (M,), in their order, each at least a gap above the next lower, none below `low`.

    They move as little as that takes, in the sum of squares.
    """
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(len(places))
    moved = np.empty(len(places))
    moved[order] = np.maximum(scipy.optimize.isotonic_regression(places[order] - steps).x, low) + steps
    return moved


def write(axes: Axes, text: str, spot: Any, away: Place, at: Any = "data", **style: Any) -> None:
    """Write a text so many points away from a spot, which is in data or other coordinates of `annotate`."""
    axes.annotate(text, spot, away, xycoords=at, textcoords="offset points", **style)


def write_beside(axes: Axes, text: str, spot: Any, away: Place, colour: str = "black") -> None:
    """Write a text beside a spot, so many points away from it; a halo lifts it off the lines."""
    side = "center" if away[0] == 0 else "left" if away[0] > 0 else "right"
    write(axes, text, spot, away, ha=side, va="center", color=colour, weight="bold", path_effects=halo(3))


def halo(width: float) -> list[Any]:
    """Return what draws a text with a white rim, so many points wide: it lifts it off the lines."""
    return [withStroke(linewidth=width, foreground="white")]


def write_ends(
    axes: Axes, x: float, heights: ArrayLike, texts: Sequence[str], colours: Sequence[str], across: str
) -> None:
    """Write a text beside each of several heights at x, clear of each other; the layout makes room for them.

    The texts' ends that are near x, left or right, are said by `across`; the panel stays as high as it is.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    ends = np.column_stack(np.broadcast_arrays(x, heights))
    old = axes.transData.transform(ends)[:, 1] * 72 / figure.dpi
    shift = spread_out(old, 19, low=axes.get_window_extent().y0 * 72 / figure.dpi + 8) - old
    aside = 12 if across == "left" else -12
    for text, end, up, colour in zip(texts, ends, shift, colours, strict=True):
        style: Any = {"ha": across, "va": "center", "color": colour, "fontsize": 14}
        write(axes, text, end, (aside, float(up)), **style)
