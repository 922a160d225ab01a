"""Where the labels of curves stand: above the curves, clear of each other and inside the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

from gmm_lesson._inputs import Array
from gmm_lesson.figures.marks import colour_of
from gmm_lesson.mixture import Mixture

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
    moved[order] = np.maximum(isotonic_regression(places[order] - steps).x, low) + steps
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
