"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

Figures are made without pyplot, so none is global and none leaks. One colour a class (Okabe and Ito's
palette), and a marker or a line style beside it, so that no meaning rests on colour alone. The background is
white and opaque: the picture reads the same in a light and a dark theme.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.em import e_step
from gmm_lesson.mixture import Mixture

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#666666"
DPI = 200
SCREEN_DPI = 96
STYLE: Any = {
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2,
}


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
        self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def bundle(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the picture as Jupyter displays it: data by mime type, and metadata."""
        width, height = self.figure.get_size_inches() * SCREEN_DPI
        data = {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.sentence}
        size = {"width": round(width), "height": round(height)}
        return data, {"image/png": {"alt": self.sentence, **size}}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        display(  # type: ignore[no-untyped-call]
            {"text/markdown": self.sentence, "text/plain": self.sentence}, raw=True
        )


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


@mpl.rc_context(STYLE)
def mixture(y: ArrayLike, fitted: Mixture, *, label: str = "value y") -> Picture:
    """Draw a mixture over its objects: density, components, and the objects coloured by responsibility."""
    y = array_of(y, "y")
    figure, (top, strip) = _with_strip()
    x = np.linspace(*_range(y, fitted), 800)
    top.stairs(*np.histogram(y, bins=_bins(y), density=True), fill=True, color=GREY, alpha=0.25)
    joint = np.exp(fitted.log_joint(x))
    total = joint.sum(axis=1)
    top.plot(x, total, color="black", linewidth=4, alpha=0.25)
    for k in range(fitted.n_components):
        top.plot(x, joint[:, k], color=_colour(k), linestyle=LINE_STYLES[k % 4])
        peak = int(joint[:, k].argmax())
        top.annotate(
            f"class {k + 1}",
            (x[peak], total[peak]),
            xytext=(0, 3),
            textcoords="offset points",
            color=_colour(k),
            ha="center",
            va="bottom",
        )
    top.set_ylabel("density")
    r = e_step(y, fitted)
    _dots(strip, y, r)
    strip.set_xlabel(label)
    sure = int((r.max(axis=1) > 0.99).sum())
    parts = "; ".join(
        f"class {k + 1}: weight {w:.2f}, mean {m:.1f}, sd {s:.1f}"
        for k, (w, m, s) in enumerate(zip(fitted.weights, fitted.means, fitted.sds, strict=True))
    )
    return Picture(
        figure,
        f"A mixture of {fitted.n_components} classes over {len(y)} objects, {sure} of which it places with"
        f" more than 99% certainty. {parts[0].upper()}{parts[1:]}.",
    )


@mpl.rc_context(STYLE)
def ladder(endings: ArrayLike, finished: Sequence[bool], rungs: ArrayLike, names: Sequence[str]) -> Picture:
    """Draw where restarts ended between the rungs of a ladder: one rung an optimum, the best on top.

    Rungs stand at equal distances, whatever lies between them; an ending between two rungs is placed in
    proportion.

    Parameters
    ----------
    endings : array_like, shape (R,)
        The last log-likelihood of each restart.
    finished : sequence of bool, length R
        Whether it had converged; such endings are filled.
    rungs : array_like, shape (M,)
        The log-likelihood of each optimum, falling.
    names : sequence of str, length M
        What to call each.
    """
    endings, rungs = array_of(endings, "endings"), array_of(rungs, "rungs")
    figure = _figure()
    axes = figure.add_subplot()
    height = np.interp(-endings, -rungs, -np.arange(len(rungs)))
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
    axes.set_title("Filled: converged. Hollow: still on its way.")
    done_runs = [run for run, done in enumerate(finished, start=1) if done]
    best = [run for run, ending in enumerate(endings, start=1) if ending > rungs[0] - 0.01]
    return Picture(
        figure,
        f"Where {len(endings)} restarts ended, on a ladder of {len(rungs)} optima from {rungs[0]:.2f} down to"
        f" {rungs[-1]:.2f}. Restarts {_list(done_runs)} had converged; {_list(best)} reached the top rung.",
    )


@mpl.rc_context(STYLE)
def closing(*, true: Mixture, fitted: Mixture, matched: Mixture) -> Picture:
    """Draw learned against true parameters twice: as the notebook of 2021 did, and done right.

    Left, true standard deviations and learned *variances* on one axis, each list sorted on its own. Right,
    standard deviations on both sides, each true class beside the learned one matched to it.

    Parameters
    ----------
    true, fitted : Mixture
        The truth, and what was learned from its objects.
    matched : Mixture
        `fitted`, with its classes in the order of the true ones they match.
    """
    figure = _figure()
    left, right = figure.subplots(1, 2)
    wrong = (np.sort(fitted.means), np.sort(fitted.variances))
    truth = (np.sort(true.means), np.sort(true.sds))
    _pairs(left, truth, wrong, ("true sd", "learned variance, each list sorted"))
    left.set_title("As in 2021")
    left.set_ylabel("true sd, learned variance")
    _pairs(right, (true.means, true.sds), (matched.means, matched.sds), ("true", "learned, matched"))
    right.set_title("Done right")
    right.set_ylabel("sd")
    error = np.abs(matched.sds - true.sds).max()
    seeming = np.abs(wrong[1] - truth[1]).max()
    return Picture(
        figure,
        "Learned against true classes, mean across and spread upwards. Left, as in 2021, learned variances"
        f" stand against true sds and the largest gap is {seeming:.1f}; right, matched and in sds, it is"
        f" {error:.2f}.",
    )


def _pairs(
    axes: Axes, true: tuple[Array, Array], learned: tuple[Array, Array], names: tuple[str, str]
) -> None:
    for k in range(len(true[0])):
        axes.plot([true[0][k], learned[0][k]], [true[1][k], learned[1][k]], color=_colour(k), linewidth=1)
        common: Any = {"color": _colour(k), "marker": MARKERS[k], "linestyle": ""}
        axes.plot(true[0][k], true[1][k], ms=14, mfc="none", mew=1.5, **common)
        axes.plot(learned[0][k], learned[1][k], ms=7, **common)
    grey: Any = {"color": GREY, "marker": "o", "linestyle": ""}
    axes.plot([], [], ms=14, mfc="none", label=names[0], **grey)
    axes.plot([], [], ms=7, label=names[1], **grey)
    axes.legend(loc="upper left", fontsize=11)
    axes.set_xlabel("mean")
    axes.margins(0.12)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.25)


def _figure() -> Figure:
    return Figure(figsize=(8, 4), layout="constrained")


def _with_strip() -> tuple[Figure, tuple[Axes, Axes]]:
    figure = _figure()
    top, strip = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    top.tick_params(labelbottom=False)
    strip.set_yticks([])
    strip.set_ylim(-0.7, 0.7)
    strip.spines["left"].set_visible(False)
    return figure, (top, strip)


def _dots(strip: Axes, y: Array, r: Array | None = None) -> None:
    """Draw each object as a dot; colour by responsibility, marker by the class that owns it."""
    # The same scatter for the same objects: a fixed low-discrepancy sequence, no random numbers.
    height = (np.arange(len(y)) * 0.6180339887498949) % 1 - 0.5
    if r is None:
        strip.scatter(y, height, s=14, color=GREY, linewidths=0)
        return
    blend = np.clip(r @ np.array([mpl.colors.to_rgb(_colour(k)) for k in range(r.shape[1])]), 0, 1)
    owner = r.argmax(axis=1)
    for k in range(r.shape[1]):
        mine = owner == k
        strip.scatter(
            y[mine], height[mine], s=18, c=blend[mine], marker=MARKERS[k % len(MARKERS)], linewidths=0
        )


def _bins(y: Array) -> list[float]:
    return [float(edge) for edge in np.linspace(y.min(), y.max(), 41)]


def _range(y: Array, fitted: Mixture) -> tuple[float, float]:
    return (
        float(min(y.min(), (fitted.means - 3 * fitted.sds).min())),
        float(max(y.max(), (fitted.means + 3 * fitted.sds).max())),
    )


def _colour(k: int) -> str:
    return COLOURS[k % len(COLOURS)]


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)
