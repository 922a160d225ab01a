"""What all drawings share: the Picture, its style, and the parts that several of them draw.

Figures are made without pyplot, so none is global and none leaks. One colour a class (Okabe and Ito's
palette), and a marker or a line style beside it, so that no meaning rests on colour alone. The background is
white and opaque: the picture reads the same in a light and a dark theme. A picture that moves is drawn once:
its `update` changes its moving artists in place, and its sentence with them.

matplotlib's settings (`rcParams`) are a learner's to change, and none of them may change these drawings: they
are made, moved and saved under settings of their own (`styled`).
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from inspect import isfunction
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.mixture import Mixture

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#666666"
DPI = 200
SCREEN_DPI = 96
STYLE: Any = {
    "font.size": 13,
    "font.sans-serif": "DejaVu Sans",  # the one that comes with matplotlib
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 14,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
}
CURVE_POINTS = 400
SURE = 0.99
MINUS_ZERO = re.compile(r"(?<![\w.)])-(?=0(\.0+)?(?!\.?\d))")
"""The minus of a number that is written as 0, or 0.00."""


def _settings() -> dict[str, Any]:
    """Return matplotlib's own settings with those of the course; which program shows a figure is no part."""
    settings = mpl.rcParamsDefault.copy()
    settings.update(STYLE)
    # Copies: a learner who adds to a list of theirs would add to matplotlib's own.
    return {name: deepcopy(value) for name, value in settings.items() if not name.startswith("backend")}


SETTINGS = _settings()


@contextmanager
def styled() -> Iterator[None]:
    """Draw as the course does, whatever settings are in force; they are put back in the end.

    `@styled()` does so for a function. `matplotlib.rc_context` would take as long as a frame.
    """
    rc: Any = mpl.rcParams  # as a dict: all values have been checked, and a deprecated one would warn again
    others = {name: value for name in SETTINGS if (value := dict.get(rc, name)) != SETTINGS[name]}
    dict.update(rc, {name: SETTINGS[name] for name in others})
    try:
        yield
    finally:
        dict.update(rc, others)


class Picture:
    """A figure and the sentence that says what it shows, with its numbers.

    In a notebook it shows both: the picture, with the sentence as its alternative text, and the sentence
    below it, for readers who cannot see the picture and for the test that compares stored text.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing.
    sentence : str
        What it shows.
    """

    def __init__(self, figure: Figure, sentence: str) -> None:
        self.figure = figure
        self.sentence = sentence

    @property
    def sentence(self) -> str:
        """What it shows. No number in it is minus zero, as one a little below 0 is when rounded."""
        return self._sentence

    @sentence.setter
    def sentence(self, sentence: str) -> None:
        self._sentence = MINUS_ZERO.sub("", sentence)

    def __init_subclass__(cls) -> None:
        """Let every picture be made and moved as the course draws."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if isfunction(method) and (name == "__init__" or not name.startswith("_")):
                setattr(cls, name, styled()(method))

    def __repr__(self) -> str:
        return self.sentence

    @styled()
    def png(self) -> bytes:
        """Return the figure as a PNG file, without a stamp of who drew it."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
        self.figure.set_layout_engine("none")  # laid out once: a second time would move things by a hair
        return buffer.getvalue()

    def bundle(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the picture as Jupyter displays it: data by mime type, and metadata."""
        width, height = self.figure.get_size_inches() * SCREEN_DPI
        data = {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.sentence}
        size = {"width": round(width), "height": round(height)}
        return data, {"image/png": {"alt": self.sentence, **size}}

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the two outputs that a notebook shows: the picture's bundle, and the sentence's."""
        return [self.bundle(), ({"text/markdown": self.sentence, "text/plain": self.sentence}, {})]

    def _ipython_display_(self) -> None:
        show(self.outputs())


class MovingPicture(Picture):
    """A picture that is drawn once; its `update` then changes the artists in `moving`, and the sentence.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing, complete. It is laid out here, once: from now on nothing static moves.
    moving : sequence of matplotlib.artist.Artist
        The artists that `update` changes.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        super().__init__(figure, "")
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        self.moving = tuple(moving)

    def background(self) -> bytes:
        """Return a PNG of what does not move."""
        shown = [artist for artist in self.moving if artist.get_visible()]
        try:
            for artist in shown:
                artist.set_visible(False)
            return self.png()
        finally:
            for artist in shown:
                artist.set_visible(True)


def new_figure(size: tuple[float, float] = (8, 4)) -> Figure:
    """Return an empty figure of a size in inches; 8 by 4 is the most that a lesson shows."""
    return Figure(figsize=size, layout="constrained")


def with_strip(size: tuple[float, float] = (8, 4), *, columns: int = 1) -> tuple[Figure, tuple[Axes, Axes]]:
    """Return a figure of a size in inches with a plot above a thin strip for the objects.

    They fill the first of as many columns, equally wide; what the others hold is up to the caller.
    """
    figure = new_figure(size)
    grid = figure.add_gridspec(2, columns, height_ratios=[4, 1])
    top = figure.add_subplot(grid[0, 0])
    strip = figure.add_subplot(grid[1, 0], sharex=top)
    top.tick_params(labelbottom=False)
    # As many ticks whatever the height: one that came after the layout would push the label off the page.
    top.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    strip.set_yticks([])
    strip.set_ylim(-0.7, 0.7)
    strip.spines["left"].set_visible(False)
    return figure, (top, strip)


def strip_heights(n: int) -> Array:
    """Return heights for n objects in a strip, shape (n,): they spread by themselves, and none is random."""
    return np.asarray(np.arange(n) * 0.6180339887498949 % 1 - 0.5)  # a sequence of low discrepancy


def draw_dots(strip: Axes, y: Array) -> PathCollection:
    """Draw a grey dot for each object, smaller if there are many; nothing in their heights is random."""
    return strip.scatter(y, strip_heights(len(y)), s=np.clip(4000 / len(y), 18, 40), color=GREY, linewidths=0)


def marker_path(k: int) -> Any:
    """Return the marker of class k as a path, for a scatter whose markers differ."""
    style = MarkerStyle(MARKERS[k % len(MARKERS)])
    return style.get_path().transformed(style.get_transform())


def put_dots(
    dots: PathCollection,
    places: tuple[Array, Array],
    z: NDArray[np.intp],
    paths: Sequence[Any],
    *,
    coloured: bool = True,
) -> None:
    """Put the dots of a scatter on n places, with the markers of their classes, and in their colours.

    Parameters
    ----------
    dots : matplotlib.collections.PathCollection
        The scatter.
    places : (ndarray, ndarray)
        Across and upwards, shape (n,) each.
    z : ndarray of int, shape (n,)
        The classes, 0..K-1.
    paths : sequence, length K
        The markers of the classes, from `marker_path`.
    coloured : bool
        Whether their colours change.
    """
    dots.set_offsets(np.column_stack(places))
    dots.set_paths([paths[k] for k in z])
    if coloured:
        dots.set_facecolor([colour_of(k) for k in z])


def draw_pairs(axes: Axes, true: tuple[Array, Array], learned: tuple[Array, Array]) -> None:
    """Draw true classes (hollow) and learned ones (filled) in the plane, in pairs that a line joins.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where; its lower end becomes 0, or a little less.
    true, learned : (ndarray, ndarray)
        Means (across) and spreads (upwards), shape (K,) each; the k-th of both are a pair.
    """
    for k in range(len(true[0])):
        axes.plot([true[0][k], learned[0][k]], [true[1][k], learned[1][k]], color=colour_of(k), linewidth=1)
        common: Any = {"color": colour_of(k), "marker": MARKERS[k % len(MARKERS)], "linestyle": ""}
        axes.plot(true[0][k], true[1][k], ms=14, mfc="none", mew=1.5, **common)
        axes.plot(learned[0][k], learned[1][k], ms=7, **common)
    axes.set_xlabel("mean")
    axes.margins(0.15)
    axes.set_ylim(-0.05 * axes.get_ylim()[1], axes.get_ylim()[1] * 1.25)


def curve_grid(mixture: Mixture, span: tuple[float, float], points: int = CURVE_POINTS) -> Array:
    """Return where to draw curves: evenly over the span, and closely within 4 sds of every mean."""
    low, high = span
    near = points // 2 // mixture.n_components
    close = mixture.means[:, np.newaxis] + np.linspace(-4, 4, near) * mixture.sds[:, np.newaxis]
    even = np.linspace(low, high, points - close.size)
    return np.sort(np.concatenate([even, np.clip(close, low, high).ravel()]))


def bin_edges(y: Array) -> list[float]:
    """Return the edges of 10 to 40 bins, as many as the objects allow."""
    return [float(edge) for edge in np.histogram_bin_edges(y, bins=int(np.clip(len(y) // 5, 10, 40)))]


def span_of(y: Array, fitted: Mixture) -> tuple[float, float]:
    """Return the least and the largest value to show: the objects, and 3 sds around every mean."""
    return (
        float(min(y.min(), (fitted.means - 3 * fitted.sds).min())),
        float(max(y.max(), (fitted.means + 3 * fitted.sds).max())),
    )


def colour_of(k: int) -> str:
    """Return the colour of class k, the same through the whole course."""
    return COLOURS[k % len(COLOURS)]


def listed(numbers: Sequence[int]) -> str:
    """Return numbers as they stand in a sentence."""
    return ", ".join(str(number) for number in numbers)


def show(outputs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Display outputs, each a bundle and its metadata, under the cell that is running."""
    from IPython.display import display

    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
