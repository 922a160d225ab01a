"""What lesson 07 shows: learned against true, with error bars, on fresh objects, and object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, labels
from gmm_lesson.figures.base import (
    GREY,
    LINE_STYLES,
    MARKERS,
    MovingPicture,
    Picture,
    bin_edges,
    colour_of,
    curve_grid,
    draw_pairs,
    marker_path,
    new_figure,
    put_dots,
    strip_heights,
    styled,
    with_strip,
)
from gmm_lesson.figures.labels import free_box, new_label, place_labels, size_of, spread_out
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.study.compare import Match, best_error_rate, borders, fresh_error_rate, match
from gmm_lesson.study.per_class import Intervals, PerClass

PARAMETERS = ("weights", "means", "sds")
DOT, RIM = 22, 60
"""Areas of an object and of the rim of one that is misplaced, in points squared."""
SHOWN = 300
"""The most objects that a strip shows: a frame stays below 50 KiB, and the dots apart."""
POINTS = 240
"""Where a curve of a moving picture is drawn."""


@styled()
def pairs(*, true: Mixture, fitted: Mixture) -> Picture:
    """Draw each true class beside the learned one that matches it: means across, sds upwards.

    Where sorting the means and the sds, each list on its own, makes pairs that are no class, those stand in a
    second panel, with the true classes in grey.

    Parameters
    ----------
    true, fitted : Mixture
        Two mixtures of K classes, each in any order.

    Raises
    ------
    TypeError, ValueError
        If either is not a Mixture, or they differ in size.
    """
    found = match(true=true, fitted=fitted)
    sorted_pairs = [(np.sort(mixture.means), np.sort(mixture.sds)) for mixture in (true, fitted)]
    made_up = [
        len(set(zip(*pair, strict=True)) - set(zip(mixture.means, mixture.sds, strict=True)))
        for pair, mixture in zip(sorted_pairs, (true, fitted), strict=True)
    ]
    figure = new_figure((8, 3.2))
    panels = figure.subplots(1, 2 if any(made_up) else 1, squeeze=False, sharey=True)[0]
    draw_pairs(panels[0], (true.means, true.sds), (found.fitted.means, found.fitted.sds))
    panels[0].set_title("Matched")
    # As many ticks whatever the layout: longer labels that came after it would push the axis off the page.
    panels[0].yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    panels[0].set_ylabel("sd")
    numbers = zip(found.true.means, found.true.sds, found.fitted.means, found.fitted.sds, strict=True)
    said = "; ".join(
        f"class {k} true {m:z.2f}, {s:.2f}, learned {lm:z.2f}, {ls:.2f}"
        for k, (m, s, lm, ls) in enumerate(numbers, start=1)
    )
    mean_error, sd_error = (np.abs(errors).max() for errors in (found.mean_errors, found.sd_errors))
    sentence = f"Matched, mean and sd: {said}. Largest errors: mean {mean_error:.2f}, sd {sd_error:.2f}."
    if any(made_up):
        panels[1].plot(true.means, true.sds, "o", ms=22, color=GREY, alpha=0.3, mew=0)
        draw_pairs(panels[1], *sorted_pairs)
        panels[1].set_title("Sorted; grey: true classes")
        seeming = np.abs(sorted_pairs[1][1] - sorted_pairs[0][1]).max()
        sentence += (
            f" Sorted separately (right), {made_up[0]} of {len(true.means)} true and {made_up[1]} of"
            f" {len(true.means)} learned pairs are no class; largest sd error {seeming:.2f}."
        )
    top = 1.35 * float(max(true.sds.max(), fitted.sds.max()))
    for axes in panels:
        axes.set_xlabel("")
        axes.set_ylim(-0.06 * top, top)
    figure.supxlabel("mean   (hollow: true; filled: learned)", fontsize=13)
    _name_pairs(figure, panels[0], found.true, found.fitted)
    return Picture(figure, sentence)


def _name_pairs(figure: Figure, axes: Axes, true: Mixture, learned: Mixture) -> None:
    """Write a class's name beside its pair: above, below, or at a side, wherever nothing else is."""
    names = [new_label(figure, f"class {k + 1}", colour_of(k)) for k in range(true.n_components)]
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    to_inches = (axes.transData - figure.dpi_scale_trans).transform
    frame = to_inches(np.column_stack([axes.get_xlim(), axes.get_ylim()]))
    room, edge = 0.15, 0.05  # around a marker's centre, and inside the frame, in inches
    ends = [to_inches(np.column_stack([mixture.means, mixture.sds])) for mixture in (true, learned)]
    taken = [np.array([place - 0.8 * room, place + 0.8 * room]) for end in ends for place in end]
    for k, name in enumerate(names):
        size, pair = size_of(name), np.array([end[k] for end in ends])
        (left, bottom), (right, top), (across, up) = pair.min(axis=0), pair.max(axis=0), pair.mean(axis=0)
        aside = up - size[1] / 2
        corners = [
            (float(np.clip(x, frame[0, 0] + edge, frame[1, 0] - edge - size[0])), float(y))
            for x, y in [
                (across - size[0] / 2, top + room),
                (across - size[0] / 2, bottom - room - size[1]),
                (right + room, aside),
                (left - room - size[0], aside),
            ]
        ]
        box = free_box(corners, size, taken, frame)
        taken.append(box)
        name.set_position((float(box[:, 0].mean()), float(box[0, 1])))


@styled()
def slopegraph(
    training: ArrayLike,
    fresh: ArrayLike,
    names: Sequence[str] = ("the fit", "the truth"),
    *,
    label: str = "log-likelihood of 200 objects",
) -> Picture:
    """Draw two mixtures' log-likelihoods on the objects of the fit and on fresh ones: two lines.

    Parameters
    ----------
    training, fresh : array_like, shape (2,)
        The log-likelihood of the first and of the second mixture, there and here.
    names : (str, str)
        What to call the mixtures.
    label : str
        What the numbers are.

    Raises
    ------
    TypeError, ValueError
        If the numbers are not two each.
    """
    both = array_of(training, "training"), array_of(fresh, "fresh")
    if sizes := {len(names), *(len(part) for part in both)} - {2}:
        raise ValueError(f"training, fresh and names must have two entries each; got {sizes.pop()}")
    values = np.array(both)
    figure = new_figure((8, 3.2))
    axes = figure.add_subplot()
    styles: list[Any] = [{"color": colour_of(0)}, {"color": colour_of(1), "linestyle": "--"}]
    for line, marker, style in zip(values.T, MARKERS, styles, strict=False):
        axes.plot([0, 1], line, marker=marker, ms=9, **style)
    axes.set_xticks([0, 1], ["the objects of the fit", "fresh objects"])
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.margins(y=0.2)
    axes.set_title(label)
    for x, column, across in [(0, values[0], "right"), (1, values[1], "left")]:
        texts = [f"{name}  {value:z.2f}" for name, value in zip(names, column, strict=True)]
        _write_beside(axes, x, column, texts, [colour_of(0), colour_of(1)], across)
    ahead = values[:, 0] - values[:, 1]
    here, there = (
        f"{names[0]} has {v[0]:.2f} and {names[1]} {v[1]:.2f}, {abs(gap):.2f} {'less' if gap > 0 else 'more'}"
        for v, gap in zip(values, ahead, strict=True)
    )
    crossing = "cross" if ahead[0] * ahead[1] < 0 else "do not cross"
    return Picture(
        figure,
        f"{label[0].upper()}{label[1:]}. On the objects of the fit {here}; on fresh objects {there}. The"
        f" lines {crossing}.",
    )


@styled()
def intervals(*, true: Mixture, fitted: Mixture, intervals: Mapping[str, Intervals]) -> Picture:
    """Draw how far learned parameters are from the true ones, with intervals of several kinds side by side.

    All is learned minus true, so that the truth is at 0 whatever the class: an interval that crosses the line
    at 0 holds the true value. Where it misses, however narrowly, its marker of what was learned is hollow.

    Parameters
    ----------
    true, fitted : Mixture
        The truth and what was learned; K classes each. They are matched here.
    intervals : dict of str to information.Intervals
        What each kind is called ("bootstrap"), and its ends, in the order of the classes of `fitted`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    found = match(true=true, fitted=fitted)
    k = true.n_components
    if not 1 <= len(intervals) <= len(LINE_STYLES):
        raise ValueError(f"intervals must hold 1 to {len(LINE_STYLES)} kinds; got {len(intervals)}")
    ends = {name: _ends(kind, name, found.order) for name, kind in intervals.items()}
    truth, learned = (PerClass.of(mixture).as_array() for mixture in (true, found.fitted))
    figure = new_figure((8, 3.2))
    panels = figure.subplots(1, 3, sharey=True)
    offsets = (np.arange(len(ends)) - (len(ends) - 1) / 2) * 0.9 / (len(ends) + 1)
    for i, (axes, parameter) in enumerate(zip(panels, PARAMETERS, strict=True)):
        for row in range(k):
            common: Any = {"color": colour_of(row), "zorder": 2}
            for (low, high), offset, style in zip(ends.values(), offsets, LINE_STYLES, strict=False):
                both, height = np.array([low[i, row], high[i, row]]) - truth[i, row], row + offset
                axes.plot(both, [height] * 2, linestyle=style, **common)
                axes.plot(both, [height] * 2, marker="|", linestyle="", ms=9, mew=2, **common)
                misses = not low[i, row] <= truth[i, row] <= high[i, row]
                axes.plot(
                    learned[i, row] - truth[i, row],
                    height,
                    marker=MARKERS[row % len(MARKERS)],
                    ms=7,
                    mew=2,
                    mfc="white" if misses else colour_of(row),
                    **common,
                )
        axes.axvline(0, color="black", linewidth=1.5, zorder=1)
        axes.set_title(parameter)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    for name, style in zip(ends, LINE_STYLES, strict=False):
        panels[0].plot([], [], color=GREY, linestyle=style, label=name)
    panels[0].plot([], [], "o", color=GREY, ms=7, label="learned")
    panels[0].plot([], [], "o", color=GREY, mfc="white", ms=7, mew=2, label="hollow: misses")
    panels[0].plot([], [], "|", color="black", ms=16, mew=1.5, label="true")
    panels[1].set_xlabel("learned minus true")
    panels[0].set_yticks(range(k), [f"class {row + 1}" for row in range(k)])
    panels[0].set_ylim(k - 0.4, -0.6)
    figure.legend(
        loc="outside lower center",
        ncols=5 if len(ends) == 2 else 4,
        handlelength=2,
        handletextpad=0.5,
        columnspacing=1.2,
    )
    said = [
        _say_intervals(f"{name}, {intervals[name].level:.0%}", truth, *both) for name, both in ends.items()
    ]
    return Picture(
        figure, f"Intervals around learned weights, means and sds, less the true ones. {' '.join(said)}"
    )


def _ends(kind: Intervals, name: str, order: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the ends of one kind, checked, in the order of the true classes, shape (3, K) each."""
    if not isinstance(kind, Intervals):
        raise TypeError(f"intervals[{name!r}] must be Intervals; got {type(kind).__name__}")
    ends = kind.low.as_array(), kind.high.as_array()
    if ends[0].shape[1] != len(order):
        raise ValueError(f"intervals[{name!r}] must have {len(order)} classes; got {ends[0].shape[1]}")
    return ends[0][:, order], ends[1][:, order]


def _say_intervals(name: str, truth: Array, low: Array, high: Array) -> str:
    outside = [
        f"{PARAMETERS[i][:-1]} of class {row + 1}" for i, row in np.argwhere((truth < low) | (truth > high))
    ]
    widths = zip(PARAMETERS, (high - low).mean(axis=1), strict=True)
    wide = ", ".join(f"{parameter} {width:.3f}" for parameter, width in widths)
    missed = f", not the {', '.join(outside)}" if outside else ""
    return (
        f"{name[0].upper()}{name[1:]}: {truth.size - len(outside)} of {truth.size} hold the true"
        f" value{missed}; mean widths: {wide}."
    )


@styled()
def errors_against_n(
    ns: ArrayLike,
    errors: Mapping[str, ArrayLike],
    monte_carlo: Mapping[str, ArrayLike] | None = None,
    *,
    label: str = "root mean squared error",
) -> Picture:
    """Draw errors against the number of objects, both axes logarithmic, beside the slope of 1/sqrt(N).

    Parameters
    ----------
    ns : array_like, shape (M,)
        The numbers of objects, above 0, at least two different ones.
    errors : dict of str to array_like, shape (M,)
        The errors, above 0, by the name of what is off ("means").
    monte_carlo : dict of str to array_like, shape (M,), optional
        Their standard errors, under the same names: shown as bars of one, and told of the slopes.
    label : str
        What the errors are, for the axis.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    A slope is that of the least squares line through log error against log N. `compare.errors_by_n` makes the
    numbers.
    """
    ns = _above_zero(ns, "ns")
    if not errors or np.ptp(ns) == 0:
        raise ValueError(f"ns and errors must hold two different ns and an error; got {len(errors)} errors")
    lines = {name: _above_zero(values, f"errors[{name!r}]", len(ns)) for name, values in errors.items()}
    bars = {
        name: array_of((monte_carlo or {}).get(name, np.zeros(len(ns))), f"monte_carlo[{name!r}]")
        for name in lines
    }
    if short := [name for name, bar in bars.items() if len(bar) != len(ns) or bar.min() < 0]:
        raise ValueError(
            f"monte_carlo[{short[0]!r}] must be {len(ns)} numbers, none below 0;"
            f" got {bars[short[0]].tolist()}"
        )
    figure = new_figure((8, 3.2))
    axes = figure.add_subplot(xscale="log", yscale="log")
    for k, (name, line) in enumerate(lines.items()):
        common: Any = {
            "color": colour_of(k),
            "marker": MARKERS[k % len(MARKERS)],
            "capsize": 3,
            "elinewidth": 1.5,
        }
        axes.errorbar(ns, line, yerr=bars[name], linestyle=LINE_STYLES[k % 4], ms=6, **common)
    least, most = ns.min(), ns.max()
    above = 1.5 * max(float((line * np.sqrt(ns / least)).max()) for line in lines.values())
    reference = above / np.sqrt(np.array([least, most]) / least)
    axes.plot([least, most], reference, color=GREY, linestyle=":", linewidth=2)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(ns, [f"{n:,.0f}" for n in ns])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:zg}")
    axes.set_xlabel("number of objects N")
    axes.set_ylabel(label)
    last = int(ns.argmax())
    heights = [*(line[last] for line in lines.values()), reference[1]]
    colours = [*(colour_of(k) for k in range(len(lines))), GREY]
    _write_beside(axes, most, heights, [*lines, "slope of 1/√N"], colours, "left")
    slopes = ", ".join(f"{name} {_slope(ns, line, bars[name])}" for name, line in lines.items())
    first = int(ns.argmin())
    numbers = "; ".join(f"{name} from {line[first]:.3f} to {line[last]:.3f}" for name, line in lines.items())
    return Picture(
        figure,
        f"{label[0].upper()}{label[1:]} against the number of objects N, both axes logarithmic. From N ="
        f" {least:,.0f} to {most:,.0f} they go: {numbers}. Slopes: {slopes}; 1/√N has slope -0.50.",
    )


def _above_zero(values: ArrayLike, name: str, size: int | None = None) -> Array:
    array = array_of(values, name)
    if size is not None and len(array) != size:
        raise ValueError(f"{name} must have one entry for each of the {size} ns; got {len(array)}")
    if array.min() <= 0:
        raise ValueError(f"{name} must be above 0 to have a logarithm; got {array.min():g}")
    return array


def _slope(ns: Array, line: Array, bars: Array) -> str:
    """Return the slope of log error against log N, and its standard error if there is one."""
    away = np.log(ns) - np.log(ns).mean()
    share = away / (away @ away)
    slope, error = share @ np.log(line), np.sqrt(share**2 @ (bars / line) ** 2)
    return f"{slope:z.2f}" + (f" (standard error {error:.2f})" if error > 0 else "")


def _write_beside(
    axes: Axes, x: float, heights: ArrayLike, texts: Sequence[str], colours: Sequence[str], across: str
) -> None:
    """Write a text beside each of several heights at x, clear of each other; the layout makes room for them.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where; it stays as high as it is.
    x : float
        Where the heights are.
    heights : array_like, shape (M,)
        What the texts say.
    texts, colours : sequence of str, length M
        The texts, and their colours.
    across : "left" or "right"
        The end of the text that is near x.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    ends = np.asarray(heights)
    old = axes.transData.transform([(x, height) for height in ends])[:, 1] * 72 / figure.dpi
    shift = spread_out(old, 19, low=axes.get_window_extent().y0 * 72 / figure.dpi + 8) - old
    for text, height, up, colour in zip(texts, ends, shift, colours, strict=True):
        axes.annotate(
            text,
            (x, height),
            xytext=(12 if across == "left" else -12, float(up)),
            textcoords="offset points",
            ha=across,
            va="center",
            color=colour,
            fontsize=14,
        )


@styled()
def misplaced(
    y: ArrayLike, z: ArrayLike, mixture: Mixture, *, true: Mixture | None = None, label: str = "value y"
) -> Picture:
    """Draw who is misclassified: a row for each true class, the objects in the colour of the class they get.

    Objects that a mixture gives another class than their own have a black rim. Vertical lines are the borders
    of its rule, which names the most probable class; dashed lines those of the truth, if it is known.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    z : array_like of int, shape (N,)
        Their true classes, 0..K-1.
    mixture : Mixture
        What judges them. Its class k must mean the true class k, if `true` is left out.
    true : Mixture, optional
        The truth; then `mixture` is matched with it (see `compare.match`).
    label : str
        What the values are, for the axis.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    fitted = check_mixture(mixture) if true is None else match(true=true, fitted=mixture).fitted
    k, y = fitted.n_components, array_of(y, "y")
    z = labels(z, len(y), k)
    given = fitted.log_joint(y).argmax(axis=1)
    wrong = given != z
    figure = new_figure((8, 3.2))
    axes = figure.add_subplot()
    heights = z + 0.75 * strip_heights(len(y))
    paths = [marker_path(j) for j in range(k)]
    for chosen, area, coloured, layer in [
        (~wrong, DOT, True, 1),
        (wrong, 100, False, 2),
        (wrong, 45, True, 3),
    ]:
        dots = axes.scatter([], [], s=area, color="black", linewidths=0, zorder=layer)
        put_dots(dots, (y[chosen], heights[chosen]), given[chosen], paths, coloured=coloured)
    for border in borders(fitted)[0]:
        axes.axvline(border, color="black", linewidth=1.5, zorder=0)
    if true is not None:
        for border in borders(true)[0]:
            axes.axvline(border, color=GREY, linewidth=1.5, linestyle="--", zorder=0)
    low, high = float(y.min()), float(y.max())
    margin = (high - low) * 0.03 or 1.0
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(k - 0.45, -0.55)
    axes.set_yticks(range(k), [f"class {j + 1}" for j in range(k)])
    axes.set_ylabel("true")
    axes.tick_params(axis="y", length=0)
    both = "; dashed: of the truth" if true else ""
    axes.set_xlabel(f"{label}   (lines: borders of the fit{both})")
    counts = [(int(wrong[z == j].sum()), int((z == j).sum())) for j in range(k)]
    for j, (few, all_) in enumerate(counts):
        axes.annotate(
            f"{few} of {all_}",
            (1, j),
            xycoords=axes.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            ha="left",
        )
    axes.annotate("misplaced", (1, 1), xycoords="axes fraction", xytext=(4, 4), textcoords="offset points")
    axes.set_title("Colour: the class that the fit gives. Rim: misplaced.")
    rows = ", ".join(f"{few} of the {all_} of class {j}" for j, (few, all_) in enumerate(counts, start=1))
    sentence = f"Of {len(y)} objects the fit misplaces {wrong.sum()} ({wrong.mean():.1%}): {rows}."
    if true is not None:
        sentence += f" {_say_rates(y, z, true=true, fitted=fitted)}."
    return Picture(figure, sentence)


def _say_rates(y: Array, z: NDArray[np.intp], *, true: Mixture, fitted: Mixture) -> str:
    wrong = true.log_joint(y).argmax(axis=1) != z
    fresh, best = fresh_error_rate(true=true, fitted=fitted), best_error_rate(true)
    return (
        f"The true recipes misplace {wrong.sum()} ({wrong.mean():.1%}). Of fresh objects the fit would"
        f" misplace {fresh:.2%}, the best possible rule {best:.2%}"
    )


class TruthPicture(MovingPicture):
    """A truth that stands still, what a fit learned from objects drawn from it, and the objects.

    Dashed curves are the true weighted densities, solid ones the learned, over a histogram of the objects.
    Below stand the first 300 objects in the colour and marker of their true classes; those that the fit gives
    another class have a black rim. Lines there are the borders of the two rules.

    Parameters
    ----------
    true : Mixture
        The truth, K classes.
    y, z : array_like, shape (N,)
        The objects and their true classes, 0..K-1.
    fitted : Mixture
        What was learned from y, K classes in any order.
    standard_errors : information.PerClass, optional
        Those of what was learned, in its order, to be told beside the errors.
    names : sequence of str, length K, optional
        What to call the classes; "class 1" and so on if left out.
    label : str
        What the values are, for the axis.
    size : (float, float)
        Width and height in inches.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """

    def __init__(
        self,
        true: Mixture,
        y: ArrayLike,
        z: ArrayLike,
        fitted: Mixture,
        standard_errors: PerClass | None = None,
        *,
        names: Sequence[str] | None = None,
        label: str = "value y",
        size: tuple[float, float] = (8, 3.2),
    ) -> None:
        classes = range(check_mixture(true, "true").n_components)
        self.true = true
        self.names = [f"class {k + 1}" for k in classes] if names is None else list(names)
        if len(self.names) != len(classes):
            raise ValueError(f"names must have one entry for each of the {len(classes)} classes; got {names}")
        figure, (self.axes, self.strip) = with_strip(size)
        self.axes.set_xlim((true.means - 4.5 * true.sds).min(), (true.means + 4.5 * true.sds).max())
        x = self._grid(true)
        heights = np.exp(true.log_joint(x))
        self.axes.set_ylim(0, 1.8 * heights.max())
        self.axes.set_ylabel("density")
        self.strip.xaxis.set_major_locator(MaxNLocator(9, integer=True))
        self.strip.set_xlabel(f"{label}   (colour: true class; rim: misplaced)")
        self.bars = self.axes.fill_between([0, 1], [0, 0], color=GREY, alpha=0.25, linewidth=0, zorder=0)
        for k in classes:
            self.axes.plot(x, heights[:, k], color=colour_of(k), linestyle="--", linewidth=1.8)
        self.curves = [self.axes.plot([], [], color=colour_of(k), linewidth=3)[0] for k in classes]
        for name, style in [("learned", {"linewidth": 3}), ("true", {"linewidth": 1.8, "linestyle": "--"})]:
            self.axes.plot([], [], color="black", label=name, **style)  # type: ignore[arg-type]
        self.axes.legend(loc="upper right", borderpad=0)
        for border in borders(true)[0]:
            self.strip.axvline(border, color="black", linewidth=1.5, linestyle="--", zorder=0)
        (self.borders,) = self.strip.plot([], [], color="black", linewidth=2, zorder=0)
        self.labels = [new_label(figure, name, colour_of(k)) for k, name in enumerate(self.names)]
        self.dots, self.rims, self.misplaced = (
            self.strip.scatter([], [], s=area, color="black", linewidths=0, zorder=zorder)
            for area, zorder in [(DOT, 1), (RIM, 2), (DOT, 3)]
        )
        self._paths = [marker_path(k) for k in classes]
        scatters = [self.dots, self.rims, self.misplaced]
        super().__init__(figure, [self.bars, *self.curves, self.borders, *scatters, *self.labels])
        self._sizes = [size_of(text) for text in self.labels]
        self.update(y, z, fitted, standard_errors)

    def update(
        self,
        y: ArrayLike,
        z: ArrayLike,
        fitted: Mixture,
        standard_errors: PerClass | None = None,
    ) -> None:
        """Show other objects, as many as there are, and what was learned from them.

        Parameters
        ----------
        y, z : array_like, shape (N,)
            The objects and their true classes.
        fitted : Mixture
            What was learned, in any order.
        standard_errors : information.PerClass, optional
            Those of what was learned, in its order.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above; the picture stays as it was.
        """
        y = array_of(y, "y")
        z = labels(z, len(y), len(self.names))
        found = match(true=self.true, fitted=fitted)
        wrong = found.fitted.log_joint(y).argmax(axis=1) != z
        x = self._grid(found.fitted)
        joint = np.exp(found.fitted.log_joint(x))
        errors = None if standard_errors is None else standard_errors.as_array()[:, found.order]
        sentence = self._say(y, z, found, errors, wrong, joint.max(axis=0))
        self.y, self.z, self.fitted, self.sentence = y, z, found.fitted, sentence
        counts, edges = np.histogram(y, bins=bin_edges(y), density=True)
        outline = np.repeat(edges, 2), np.concatenate([[0], np.repeat(counts, 2), [0]])
        self.bars.set_verts([np.column_stack(outline)])
        for curve, height in zip(self.curves, joint.T, strict=True):
            curve.set_data(x, height)
        skyline = np.maximum(joint, np.exp(self.true.log_joint(x))).max(axis=1)
        place_labels(self.axes, self.labels, self._sizes, found.fitted, (x, joint, skyline))
        lines = np.repeat(borders(found.fitted)[0], 3)
        low, high = self.strip.get_ylim()
        self.borders.set_data(lines, np.tile([low, high, np.nan], len(lines) // 3))
        few = slice(0, SHOWN)
        heights = strip_heights(len(y[few]))
        for dots, chosen in [(self.dots, ~wrong[few]), (self.rims, wrong[few]), (self.misplaced, wrong[few])]:
            places = y[few][chosen], heights[chosen]
            put_dots(dots, places, z[few][chosen], self._paths, coloured=dots is not self.rims)

    def _grid(self, mixture: Mixture) -> Array:
        return curve_grid(mixture, self.axes.get_xlim(), POINTS)

    def _say(
        self,
        y: Array,
        z: NDArray[np.intp],
        found: Match,
        errors: Array | None,
        wrong: NDArray[np.bool_],
        peaks: Array,
    ) -> str:
        true, fitted = found.true, found.fitted
        truth, learned = (PerClass.of(mixture).as_array() for mixture in (true, fitted))
        parts = "; ".join(
            f"{name} " + ", ".join(f"{now:z.2f} ({was:z.2f})" for now, was in zip(*both, strict=True))
            for name, *both in zip(self.names, learned.T, truth.T, strict=True)
        )
        said = []
        for i, k in enumerate(np.abs(learned - truth).argmax(axis=1)):
            told = "" if errors is None else f" ({errors[i, k]:.2f})"
            said.append(f"{PARAMETERS[i][:-1]} of {self.names[k]} {learned[i, k] - truth[i, k]:+z.2f}{told}")
        of_truth = (true.log_joint(y).argmax(axis=1) != z).sum()
        fresh, best = fresh_error_rate(true=true, fitted=fitted), best_error_rate(true)
        sentences = [
            f"{len(y)} objects. Learned (true) weight, mean, sd: {parts}",
            f"Largest errors{'' if errors is None else ' (standard errors)'}: {', '.join(said)}",
            f"The fit misplaces {wrong.sum()}, the truth {of_truth}; of fresh objects {fresh:.2%} and"
            f" {best:.2%}",
        ]
        if len(y) > SHOWN:
            sentences.append(f"The strip shows the first {SHOWN}")
        top = self.axes.get_ylim()[1]
        sentences += [
            f"The peak of {name}, {peak:.2f}, is above the picture"
            for name, peak in zip(self.names, peaks, strict=True)
            if peak > top
        ]
        low, high = self.axes.get_xlim()
        outside = int(((y < low) | (y > high)).sum())
        if outside:
            sentences.append(f"Objects outside the picture: {outside}")
        return ". ".join(sentences) + "."
