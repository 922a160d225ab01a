"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

Figures are made without pyplot, so none is global and none leaks. One colour a class (Okabe and Ito's
palette), and a marker or a line style beside it, so that no meaning rests on colour alone. The background is
white and opaque: the picture reads the same in a light and a dark theme. A picture that moves is drawn once:
its `update` changes its moving artists in place, and its sentence with them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.em import e_step, log_likelihood
from gmm_lesson.mixture import Mixture, check_mixture

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#666666"
DPI = 200
SCREEN_DPI = 96
STYLE: Any = {
    # Black on white, whatever style the learner has switched on.
    **dict.fromkeys(["figure.facecolor", "axes.facecolor"], "white"),
    **dict.fromkeys(
        ["text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"], "black"
    ),
    "axes.grid": False,
    "font.size": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 14,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
}
LABEL_SIZE = 16
"""Labels on curves, in points: read from the last row, on a picture 260 pixels high."""
LABEL_GAP = 0.05
"""Between a label and the curves below it, in inches."""
LABEL_STEPS = np.array([0, 1, -1, 1.5, -1.5, 0.5, -0.5, 2, -2])
"""Where a label may stand: so many sds from its class's mean, the better places first."""
CURVE_POINTS = 400
SURE = 0.99


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

    def __repr__(self) -> str:
        return self.sentence

    def png(self) -> bytes:
        """Return the figure as a PNG file, without a stamp of who drew it."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
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


def show(outputs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Display outputs, each a bundle and its metadata, under the cell that is running."""
    from IPython.display import display

    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


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

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """

    @mpl.rc_context(STYLE)
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
        classes = range(mixture.n_components)
        self.names = [f"class {k + 1}" for k in classes] if names is None else list(names)
        if len(self.names) != len(classes):
            raise ValueError(f"names must have one entry for each of the {len(classes)} classes; got {names}")
        figure, (self.axes, self.strip) = _with_strip(size)
        counts, edges = np.histogram(self.y, bins=_bins(self.y), density=True)
        self.axes.stairs(counts, edges, fill=True, color=GREY, alpha=0.25)
        self.axes.set_xlim(*(_range(self.y, mixture) if span is None else span))
        if top is None:
            top = 1.2 * max(counts.max(), mixture.density(self._grid(mixture)).max())
        self.axes.set_ylim(0, top)
        self.axes.set_ylabel("density")
        self.strip.set_xlabel(label)
        (self.total,) = self.axes.plot([], [], color="black", linewidth=6, alpha=0.25)
        self.curves = [
            self.axes.plot([], [], color=_colour(k), linestyle=LINE_STYLES[k % 4])[0] for k in classes
        ]
        self.labels = [_label(figure, name, _colour(k)) for k, name in enumerate(self.names)]
        self.dots = _dots(self.strip, self.y)
        self._marker_paths = [_marker(k) for k in classes]
        common: Any = {"color": "black", "linestyle": ":", "linewidth": 1.5}
        self.probe_lines = (
            [] if probe is None else [axes.axvline(0, **common) for axes in (self.axes, self.strip)]
        )
        moving = [*self.probe_lines, self.total, *self.curves, self.dots, *self.labels]
        super().__init__(figure, moving)
        self._sizes = [_size(text) for text in self.labels]
        self.update(mixture, probe)

    def update(self, mixture: Mixture, probe: float | None = None) -> None:
        """Show another mixture of as many components, over the same objects, and another probe if given.

        Raises
        ------
        TypeError, ValueError
            If it is no such mixture, or the probe is not finite; the picture stays as it was.
        """
        probe = self.probe if probe is None else probe
        if check_mixture(mixture).n_components != len(self.names):
            raise ValueError(f"mixture must have {len(self.names)} components; got {mixture.n_components}")
        x = self._grid(mixture)
        joint = np.exp(mixture.log_joint(x))
        total = joint.sum(axis=1)
        r = e_step(self.y, mixture)
        self.sentence = self._say(mixture, r, joint.max(axis=0), probe)
        self.mixture, self.probe = mixture, probe
        self.total.set_data(x, total)
        for curve, height in zip(self.curves, joint.T, strict=True):
            curve.set_data(x, height)
        self._place_labels(x, joint, total)
        colours = np.array([mpl.colors.to_rgb(_colour(k)) for k in range(len(self.names))])
        self.dots.set_facecolor(np.clip(r @ colours, 0, 1))
        self.dots.set_paths([self._marker_paths[k] for k in r.argmax(axis=1)])
        for line in self.probe_lines:
            line.set_xdata(np.full(2, probe))

    def _grid(self, mixture: Mixture) -> Array:
        """Return where to draw: evenly over the picture, and closely within 4 sds of every mean."""
        low, high = self.axes.get_xlim()
        near = CURVE_POINTS // 2 // mixture.n_components
        close = mixture.means[:, np.newaxis] + np.linspace(-4, 4, near) * mixture.sds[:, np.newaxis]
        even = np.linspace(low, high, CURVE_POINTS - close.size)
        return np.sort(np.concatenate([even, np.clip(close, low, high).ravel()]))

    def _place_labels(self, x: Array, joint: Array, total: Array) -> None:
        """Put each label above the curves, clear of the others; narrow classes choose first."""
        to_inches = (self.axes.transData - self.figure.dpi_scale_trans).transform
        frame = to_inches(np.column_stack([self.axes.get_xlim(), self.axes.get_ylim()]))
        skyline = to_inches(np.column_stack([x, total]))
        share = joint / np.maximum(total, np.finfo(float).tiny)[:, np.newaxis]
        means, sds = self.mixture.means, self.mixture.sds
        taken: list[Array] = []
        for k in np.argsort(sds, kind="stable"):
            stands = means[k] + LABEL_STEPS * sds[k]
            middles = to_inches(np.column_stack([stands, np.zeros(len(stands))]))[:, 0]
            corners = _corners(middles, self._sizes[k], skyline, share[:, k], frame)
            box = _free_box(corners, self._sizes[k], taken, frame)
            taken.append(box)
            self.labels[k].set_position((box[:, 0].mean(), box[0, 1]))

    def _say(self, mixture: Mixture, r: Array, peaks: Array, probe: float | None) -> str:
        sure = int((r.max(axis=1) > SURE).sum())
        classes = zip(self.names, mixture.weights, mixture.means, mixture.sds, strict=True)
        parts = "; ".join(f"{n}: weight {w:.2f}, mean {m:.2f}, sd {s:.2f}" for n, w, m, s in classes)
        sentences = [
            f"A mixture of {len(r[0])} classes over {len(r)} objects; log-likelihood"
            f" {log_likelihood(self.y, mixture):.3f}",
            parts[0].upper() + parts[1:],
            f"It places {sure} objects with more than {SURE:.0%} certainty",
        ]
        if probe is not None:
            shares = ", ".join(
                f"{name} {share:.3f}"
                for name, share in zip(self.names, e_step([probe], mixture)[0], strict=True)
            )
            sentences.append(f"Who owns y = {probe:.2f}? {shares}")
        cut = self.axes.get_ylim()[1]
        sentences += [
            f"The peak of {name}, {peak:.2f}, is above the picture"
            for name, peak in zip(self.names, peaks, strict=True)
            if peak > cut
        ]
        return ". ".join(sentences) + "."


@mpl.rc_context(STYLE)
def objects(y: ArrayLike, *, label: str = "value y") -> Picture:
    """Draw objects of unknown class: a grey histogram above a grey strip, an object a dot."""
    y = array_of(y, "y")
    figure, (top, strip) = _with_strip()
    counts, edges = np.histogram(y, bins=_bins(y))
    top.stairs(counts, edges, fill=True, color=GREY, alpha=0.6)
    top.set_ylabel("objects per bin")
    _dots(strip, y)
    strip.set_xlabel(label)
    tallest = int(counts.argmax())
    return Picture(
        figure,
        f"A histogram of {len(y)} objects between {y.min():.1f} and {y.max():.1f}. The tallest bin, from"
        f" {edges[tallest]:.1f} to {edges[tallest + 1]:.1f}, holds {int(counts[tallest])} of them.",
    )


def mixture(y: ArrayLike, fitted: Mixture, *, label: str = "value y") -> Picture:
    """Draw a mixture over its objects: density, components, and the objects coloured by responsibility."""
    return MixturePicture(y, fitted, label=label)


@mpl.rc_context(STYLE)
def ladder(endings: ArrayLike, finished: Sequence[bool], rungs: ArrayLike, names: Sequence[str]) -> Picture:
    """Draw where restarts ended between the rungs of a ladder: one rung a level, the best on top.

    Rungs stand at equal distances, whatever lies between them; an ending between two rungs is placed in
    proportion.

    Parameters
    ----------
    endings : array_like, shape (R,)
        The last log-likelihood of each restart.
    finished : sequence of bool, length R
        Whether it had converged; such endings are filled.
    rungs : array_like, shape (M,)
        The log-likelihood of each level (an optimum, or a plateau), falling.
    names : sequence of str, length M
        What to call each.
    """
    endings, rungs = array_of(endings, "endings"), array_of(rungs, "rungs")
    figure = _figure()
    axes = figure.add_subplot()
    # One more rung, as far below the last as the last is below the first: nothing ends beneath the ladder.
    low = min(2 * rungs[-1] - rungs[0], endings.min())
    height = np.interp(-endings, -np.append(rungs, low), -np.arange(len(rungs) + 1.0))
    for place, (value, name) in enumerate(zip(rungs, names, strict=True)):
        axes.axhline(-place, color=GREY, linewidth=1, zorder=0)
        axes.annotate(
            f"{value:.2f}  {name}",
            (len(endings) + 0.7, -place),
            xytext=(0, 2),
            textcoords="offset points",
            va="bottom",
            ha="left",
        )
    for run, (h, done) in enumerate(zip(height, finished, strict=True), start=1):
        axes.plot(run, h, "o", ms=11, mfc=COLOURS[0] if done else "white", mec=COLOURS[0], mew=2)
    axes.set_xlim(0.4, len(endings) + 5)
    axes.set_xticks(range(1, len(endings) + 1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("restart", loc="left")
    axes.set_title("Filled: finished. Hollow: not, as far as anybody can tell.")
    axes.set_ylabel("log-likelihood, not to scale")
    done_runs = [run for run, done in enumerate(finished, start=1) if done]
    best = [run for run, ending in enumerate(endings, start=1) if ending > rungs[0] - 0.01]
    return Picture(
        figure,
        f"Where {len(endings)} restarts ended, on a ladder of {len(rungs)} levels from {rungs[0]:.2f} down to"
        f" {rungs[-1]:.2f}. Restarts {_list(done_runs)} had finished; {_list(best)} reached the top rung.",
    )


@mpl.rc_context(STYLE)
def closing(*, true: Mixture, fitted: Mixture, matched: Mixture) -> Picture:
    """Draw learned against true parameters: as the notebook of 2021 did, half mended, and done right.

    Left, true standard deviations and learned *variances* on one axis, each list sorted on its own. In the
    middle, standard deviations on both sides, still sorted. Right, each true class beside the learned one
    matched to it.

    Parameters
    ----------
    true, fitted : Mixture
        The truth, and what was learned from its objects.
    matched : Mixture
        `fitted`, with its classes in the order of the true ones they match.
    """
    figure = _figure()
    left, middle, right = figure.subplots(1, 3)
    truth = (np.sort(true.means), np.sort(true.sds))
    wrong = (np.sort(fitted.means), np.sort(fitted.variances))
    _pairs(left, truth, wrong)
    left.set_title("As in 2021")
    left.set_ylabel("true sd, learned variance")
    _pairs(middle, truth, (np.sort(fitted.means), np.sort(fitted.sds)))
    middle.set_title("sds, still sorted")
    _pairs(right, (true.means, true.sds), (matched.means, matched.sds))
    right.set_title("Done right")
    for axes in (middle, right):
        axes.set_ylabel("sd")
        axes.set_ylim(0, 1.2 * max(true.sds.max(), fitted.sds.max()))
    grey: Any = {"color": GREY, "marker": "o", "linestyle": ""}
    left.plot([], [], ms=14, mfc="none", label="true", **grey)
    left.plot([], [], ms=7, label="learned", **grey)
    left.legend(loc="upper left", fontsize=12)
    seeming = np.abs(wrong[1] - truth[1]).max()
    error = np.abs(matched.sds - true.sds).max()
    moved = int((np.argsort(true.means) != np.argsort(true.sds)).sum())
    return Picture(
        figure,
        "Learned against true classes, mean across and spread upwards. Left, as in 2021, learned variances"
        f" stand against true sds and the largest gap is {seeming:.1f}. In the middle, sds sorted by"
        f" themselves: {moved} of {len(true.sds)} true classes have the sd of another. Right, matched: the"
        f" largest error of an sd is {error:.2f}.",
    )


def _pairs(axes: Axes, true: tuple[Array, Array], learned: tuple[Array, Array]) -> None:
    for k in range(len(true[0])):
        axes.plot([true[0][k], learned[0][k]], [true[1][k], learned[1][k]], color=_colour(k), linewidth=1)
        common: Any = {"color": _colour(k), "marker": MARKERS[k], "linestyle": ""}
        axes.plot(true[0][k], true[1][k], ms=14, mfc="none", mew=1.5, **common)
        axes.plot(learned[0][k], learned[1][k], ms=7, **common)
    axes.set_xlabel("mean")
    axes.margins(0.15)
    axes.set_ylim(-0.05 * axes.get_ylim()[1], axes.get_ylim()[1] * 1.25)


def _figure(size: tuple[float, float] = (8, 4)) -> Figure:
    return Figure(figsize=size, layout="constrained")


def _with_strip(size: tuple[float, float] = (8, 4)) -> tuple[Figure, tuple[Axes, Axes]]:
    figure = _figure(size)
    top, strip = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    top.tick_params(labelbottom=False)
    # As many ticks whatever the height: one that came after the layout would push the label off the page.
    top.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    strip.set_yticks([])
    strip.set_ylim(-0.7, 0.7)
    strip.spines["left"].set_visible(False)
    return figure, (top, strip)


def _dots(strip: Axes, y: Array) -> PathCollection:
    """Draw a grey dot for each object, smaller if there are many; nothing in their heights is random."""
    heights = np.arange(len(y)) * 0.6180339887498949 % 1 - 0.5  # low discrepancy: they spread by themselves
    return strip.scatter(y, heights, s=np.clip(4000 / len(y), 18, 40), color=GREY, linewidths=0)


def _marker(k: int) -> Any:
    style = MarkerStyle(MARKERS[k % len(MARKERS)])
    return style.get_path().transformed(style.get_transform())


def _label(figure: Figure, text: str, colour: str) -> Text:
    """Return a label to be placed in inches, its baseline's middle; a white halo lifts it off any curve."""
    return figure.text(
        0.0,
        0.0,
        text,
        color=colour,
        fontsize=LABEL_SIZE,
        fontweight="bold",
        ha="center",
        va="baseline",
        transform=figure.dpi_scale_trans,
        path_effects=[withStroke(linewidth=4, foreground="white")],
    )


def _size(label: Text) -> Array:
    """Return a label's width and height in inches, its descent left out: few have one."""
    figure = label.get_figure(root=True)
    assert figure is not None
    box = label.get_window_extent()
    return np.array([box.width, box.height]) / figure.dpi


def _corners(
    middles: Array, size: Array, skyline: Array, share: Array, frame: Array
) -> list[tuple[float, float]]:
    """Return the lower left corners that a label may have, the better first, all in inches.

    It stands on the skyline, the total density, at one of the middles: rather where all of it is inside the
    frame, where its class has a good share, and where no neighbour's flank holds it up; then in their order.
    """
    half, ranked = size[0] / 2, []
    for rank, middle in enumerate(np.clip(middles, frame[0, 0] + half, frame[1, 0] - half)):
        first, here, last = np.searchsorted(skyline[:, 0], (middle - half, middle, middle + half))
        here = min(int(here), len(skyline) - 1)
        bottom = skyline[max(first - 1, 0) : last + 1, 1].max() + LABEL_GAP
        hidden = bottom + size[1] > frame[1, 1]
        corner = (float(middle - half), float(min(bottom, frame[1, 1] - size[1])))
        ranked.append((hidden, share[here] < 0.4, bottom - skyline[here, 1] > 0.25, rank, corner))
    return [corner for *_, corner in sorted(ranked)]


def _free_box(corners: list[tuple[float, float]], size: Array, taken: list[Array], frame: Array) -> Array:
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


def _bins(y: Array) -> list[float]:
    return [float(edge) for edge in np.histogram_bin_edges(y, bins=int(np.clip(len(y) // 5, 10, 40)))]


def _range(y: Array, fitted: Mixture) -> tuple[float, float]:
    return (
        float(min(y.min(), (fitted.means - 3 * fitted.sds).min())),
        float(max(y.max(), (fitted.means + 3 * fitted.sds).max())),
    )


def _colour(k: int) -> str:
    return COLOURS[k % len(COLOURS)]


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)
