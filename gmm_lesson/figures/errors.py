"""What lessons 07 and 11 show of numbers: learned beside true, with error bars, on fresh objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.marks import free_box, inches_of, new_label, size_of, write_ends
from gmm_lesson.mixture import Mixture
from gmm_lesson.study.compare import match
from gmm_lesson.study.per_class import Intervals, PerClass

PARAMETERS = ("weights", "means", "sds")


@styled()
def pairs(*, true: Mixture, fitted: Mixture) -> Picture:
    """Draw each true class beside the learned one that matches it, in any order: means across, sds upwards.

    Where sorting the means and the sds, each list on its own, makes pairs that are no class, those stand in a
    second panel, with the true classes in grey.
    """
    found = match(true=true, fitted=fitted)
    sorted_pairs = [(np.sort(mixture.means), np.sort(mixture.sds)) for mixture in (true, fitted)]
    made_up = [
        len(set(zip(*pair, strict=True)) - set(zip(mixture.means, mixture.sds, strict=True)))
        for pair, mixture in zip(sorted_pairs, (true, fitted), strict=True)
    ]
    figure = marks.new_figure()
    panels = figure.subplots(1, 2 if any(made_up) else 1, squeeze=False, sharey=True)[0]
    draw_pairs(panels[0], (true.means, true.sds), (found.fitted.means, found.fitted.sds))
    panels[0].set(title="Matched", ylabel="sd")
    marks.steady_ticks(panels[0])
    numbers = np.column_stack([true.means, true.sds, found.fitted.means, found.fitted.sds])
    rows = "; ".join(
        f"class {k} true {m:z.2f}, {s:.2f}, learned {lm:z.2f}, {ls:.2f}"
        for k, (m, s, lm, ls) in enumerate(numbers, start=1)
    )
    mean_error, sd_error = (np.abs(errors).max() for errors in (found.mean_errors, found.sd_errors))
    said = [f"matched, mean and sd: {rows}", f"largest errors: mean {mean_error:.2f}, sd {sd_error:.2f}"]
    if any(made_up):
        panels[1].plot(true.means, true.sds, "o", ms=22, color=marks.GREY, alpha=0.3, mew=0)
        draw_pairs(panels[1], *sorted_pairs)
        panels[1].set_title("Sorted; grey: true classes")
        of, seeming = len(true.means), np.abs(sorted_pairs[1][1] - sorted_pairs[0][1]).max()
        said.append(
            f"sorted separately (right), {made_up[0]} of {of} true and {made_up[1]} of {of} learned pairs are"
            f" no class; largest sd error {seeming:.2f}"
        )
    top = 1.35 * float(max(true.sds.max(), fitted.sds.max()))
    for axes in panels:
        axes.set(xlabel="", ylim=(-0.06 * top, top))
    figure.supxlabel("mean   (hollow: true; filled: learned)", fontsize=13)
    _name_pairs(figure, panels[0], found.true, found.fitted)
    return Picture(figure, words.paragraph(*said))


def draw_pairs(axes: Axes, true: tuple[Array, Array], learned: tuple[Array, Array]) -> None:
    """Draw true classes (hollow) and learned ones (filled), means across and spreads upwards, joined."""
    for k, (here, there) in enumerate(zip(np.transpose(true), np.transpose(learned), strict=True)):
        axes.plot(*np.transpose([here, there]), color=marks.colour_of(k), linewidth=1)
        common: Any = {"color": marks.colour_of(k), "marker": marks.marker_of(k), "linestyle": ""}
        axes.plot(*here, ms=14, mfc="none", mew=1.5, **common)
        axes.plot(*there, ms=7, **common)
    axes.set_xlabel("mean")
    axes.margins(0.15)


def _name_pairs(figure: Figure, axes: Axes, true: Mixture, learned: Mixture) -> None:
    """Write a class's name beside its pair: above, below, or at a side, wherever nothing else is."""
    names = [new_label(figure, f"class {k + 1}", marks.colour_of(k)) for k in range(true.n_components)]
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    to_inches, frame = inches_of(axes)
    room, edge = 0.15, 0.05  # around a marker's centre, and inside the frame, in inches
    ends = [to_inches(np.column_stack([mixture.means, mixture.sds])) for mixture in (true, learned)]
    taken = [np.array([place - 0.8 * room, place + 0.8 * room]) for end in ends for place in end]
    for k, name in enumerate(names):
        size, pair = size_of(name), np.array([end[k] for end in ends])
        (left, bottom), (right, top) = pair.min(axis=0) - room - size, pair.max(axis=0) + room
        x, y = pair.mean(axis=0) - size / 2
        places = np.array([(x, top), (x, bottom), (right, y), (left, y)])
        places[:, 0] = np.clip(places[:, 0], frame[0, 0] + edge, frame[1, 0] - edge - size[0])
        box = free_box([(float(x), float(y)) for x, y in places], size, taken, frame)
        taken.append(box)
        name.set_position((float(box[:, 0].mean()), float(box[0, 1])))


@styled()
def slopegraph(training: ArrayLike, fresh: ArrayLike) -> Picture:
    """Draw the log-likelihoods of fit and truth, on the 200 objects of the fit and on fresh ones: two lines.

    `training` and `fresh`, shape (2,) each, are those of the fit and of the truth, there and here.
    """
    both = ("training", training), ("fresh", fresh)
    values = np.array([words.one_for_each(two, name, 2, "mixtures") for name, two in both])
    names, colours = ("the fit", "the truth"), [marks.colour_of(k) for k in (0, 1)]
    figure, axes = marks.new_panel(title="log-likelihood of 200 objects", yticks=[])
    for k, line in enumerate(values.T):
        axes.plot([0, 1], line, marker=marks.marker_of(k), ms=9, **marks.line_of(k))
    axes.set_xticks([0, 1], ["the objects of the fit", "fresh objects"])
    axes.tick_params(axis="x", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.margins(y=0.2)
    for x, column, across in zip((0, 1), values, ("right", "left"), strict=True):
        texts = [f"{name}  {value:z.2f}" for name, value in zip(names, column, strict=True)]
        write_ends(axes, x, column, texts, colours, across)
    ahead = values[:, 0] - values[:, 1]
    here, there = (
        f"the fit has {v[0]:.2f} and the truth {v[1]:.2f}, {abs(gap):.2f} {'less' if gap > 0 else 'more'}"
        for v, gap in zip(values, ahead, strict=True)
    )
    return Picture(
        figure,
        f"Log-likelihood of 200 objects. On the objects of the fit {here}; on fresh objects {there}. The"
        f" lines {'cross' if ahead[0] * ahead[1] < 0 else 'do not cross'}.",
    )


@styled()
def intervals(*, true: Mixture, fitted: Mixture, intervals: Mapping[str, Intervals]) -> Picture:
    """Draw how far learned parameters are from the true ones, with intervals of several kinds side by side.

    All is learned minus true: an interval that crosses the line at 0 holds the true value. Where it misses,
    however narrowly, its marker of what was learned is hollow. The keys of `intervals` say what each kind is
    called ("bootstrap"); its ends are in the order of `fitted`, which is matched with the truth here.
    """
    found = match(true=true, fitted=fitted)
    k = true.n_components
    if not 1 <= len(intervals) <= len(marks.LINE_STYLES):
        raise ValueError(f"intervals must hold 1 to {len(marks.LINE_STYLES)} kinds; got {len(intervals)}")
    ends = {name: _ends(kind, name, found.order) for name, kind in intervals.items()}
    truth, learned = (PerClass.of(mixture).as_array() for mixture in (true, found.fitted))
    figure = marks.new_figure()
    panels = figure.subplots(1, 3, sharey=True)
    offsets = (np.arange(len(ends)) - (len(ends) - 1) / 2) * 0.9 / (len(ends) + 1)
    for i, (axes, parameter) in enumerate(zip(panels, PARAMETERS, strict=True)):
        for row, true_value in enumerate(truth[i]):
            common: Any = {"color": marks.colour_of(row), "zorder": 2}
            for (low, high), offset, style in zip(ends.values(), offsets, marks.LINE_STYLES, strict=False):
                both, height = np.array([low[i, row], high[i, row]]) - true_value, row + offset
                axes.plot(both, [height] * 2, linestyle=style, **common)
                axes.plot(both, [height] * 2, marker="|", linestyle="", ms=9, mew=2, **common)
                misses = not low[i, row] <= true_value <= high[i, row]
                face = "white" if misses else marks.colour_of(row)
                off, marker = learned[i, row] - true_value, marks.marker_of(row)
                axes.plot(off, height, marker=marker, ms=7, mew=2, mfc=face, **common)
        axes.axvline(0, color="black", linewidth=1.5, zorder=1)
        axes.set_title(parameter)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    for name, style in zip(ends, marks.LINE_STYLES, strict=False):
        panels[0].plot([], [], style, color=marks.GREY, label=name)
    panels[0].plot([], [], "o", color=marks.GREY, ms=7, label="learned")
    panels[0].plot([], [], "o", color=marks.GREY, mfc="white", ms=7, mew=2, label="hollow: misses")
    panels[0].plot([], [], "|", color="black", ms=16, mew=1.5, label="true")
    panels[1].set_xlabel("learned minus true")
    panels[0].set_yticks(range(k), [f"class {row + 1}" for row in range(k)])
    panels[0].set_ylim(k - 0.4, -0.6)
    columns, gaps = 5 if len(ends) == 2 else 4, {"handletextpad": 0.5, "columnspacing": 1.2}
    figure.legend(loc="outside lower center", ncols=columns, handlelength=2, **gaps)
    said = ["intervals around learned weights, means and sds, less the true ones"]
    for name, (low, high) in ends.items():
        outside = np.argwhere((truth < low) | (truth > high))
        missed = words.listed(f"{PARAMETERS[i][:-1]} of class {row + 1}" for i, row in outside)
        widths = zip(PARAMETERS, (high - low).mean(axis=1), strict=True)
        said.append(
            f"{name}, {intervals[name].level:.0%}: {truth.size - len(outside)} of {truth.size} hold the true"
            f" value{', not the ' + missed if missed else ''}; mean widths:"
            f" {words.listed(f'{parameter} {width:.3f}' for parameter, width in widths)}"
        )
    return Picture(figure, words.paragraph(*said))


def _ends(kind: Intervals, name: str, order: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the ends of one kind in the order of the true classes, shape (3, K) each."""
    if not isinstance(kind, Intervals):
        raise TypeError(f"intervals[{name!r}] must be Intervals; got {type(kind).__name__}")
    ends = kind.low.as_array(), kind.high.as_array()
    if ends[0].shape[1] != len(order):
        raise ValueError(f"intervals[{name!r}] must have {len(order)} classes; got {ends[0].shape[1]}")
    return ends[0][:, order], ends[1][:, order]


@styled()
def closing(*, true: Mixture, fitted: Mixture, matched: Mixture) -> Picture:
    """Draw learned against true parameters: the two panels of the notebook of 2021, and what was meant.

    Left, means against their rank; in the middle, spreads against theirs, true standard deviations beside
    learned *variances*, on the axis of the means. Each list is sorted on its own, so a rank is no class.
    Right, true classes beside the learned ones: `matched` is `fitted`, with its classes in their order.
    """
    figure = marks.new_figure((8, 4))
    means, spreads, pairs = figure.subplots(1, 3)
    true_means, true_sds, variances = map(np.sort, (true.means, true.sds, fitted.variances))
    ranks = np.arange(1, len(true_means) + 1)
    for axes, title, truth, learned in (
        (means, "2021: means", true_means, np.sort(fitted.means)),
        (spreads, "2021: spreads", true_sds, variances),
    ):
        axes.plot(ranks, truth, "o", color=marks.GREY, ms=14, mfc="none", mew=1.5, label="true")
        axes.plot(ranks, learned, "o", color=marks.GREY, ms=7, label="learned")
        axes.set(title=title, xticks=ranks, xlim=(0.5, len(ranks) + 0.5), xlabel="rank")
    spreads.sharey(means)
    shown = np.concatenate([true_means, fitted.means, true_sds, variances])
    margin = 0.1 * np.ptp(shown)
    means.set_ylim(shown.min() - margin, shown.max() + margin)
    means.set_ylabel("mean")
    spreads.set_ylabel("true sd, learned variance")
    means.legend(loc="upper left", fontsize=12)
    draw_pairs(pairs, (true.means, true.sds), (matched.means, matched.sds))
    top = 1.2 * max(true.sds.max(), fitted.sds.max())
    pairs.set(title="Done right: pairs", ylabel="sd", ylim=(0, top))
    others = int((np.argsort(true.means) != np.argsort(true.sds)).sum())
    gap, error = np.abs(variances - true_sds).max(), np.abs(matched.sds - true.sds).max()
    return Picture(
        figure,
        "Learned against true classes. Left and middle, as in 2021: means and spreads, each list sorted on"
        f" its own. Learned variances beside true sds: gaps up to {gap:.1f}. At {others} of {len(ranks)}"
        " ranks the true mean and the true sd belong to different classes. Right, matched pairs: errors of an"
        f" sd up to {error:.2f}.",
    )
