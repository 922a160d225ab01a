"""What lesson 06 shows: which start leads where, which strategy hits where; and lesson 11 of 2021's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, whole_number
from gmm_lesson.engine.family import Parameters
from gmm_lesson.figures import marks, words
from gmm_lesson.figures.base import MovingPicture, Picture, styled
from gmm_lesson.figures.marks import COLOURS, GREY, write
from gmm_lesson.restarts import SAME_OPTIMUM, HitRate, hit_rate, restarts_needed
from gmm_lesson.restarts import success as chance_of
from gmm_lesson.study.basins import Basins, way

NAMED = 5
"""Optima with a colour, a marker and a line in the key of their own: the best, and the most frequent."""
DOT, PLACE = 3.6, 13.0
"""Diameters of a start and of an optimum, in points."""
APART = PLACE / 3
"""Points between the places of two optima that do not lie at one place."""
WIDE = 0.62
"""The share of the width that the map has; the key has the rest."""
FINEST = 1e-15
"""The tolerance of a way that ends near a saddle at the usual one."""


class _Row(NamedTuple):
    """What shows an optimum: its starts, its place, and its line in the key."""

    dots: Line2D
    place: Line2D
    mark: Line2D
    text: Text


class RestartMapPicture(MovingPicture):
    """The restart map: each start a dot, with the colour and marker of the optimum that EM reaches from it.

    A start stands at two of its means, sorted: its middle two, or of three classes the upper two. Large
    hollow markers stand where these means are at the optima. A black line is the way of one start from its
    place to its optimum; starts are numbered by where they lead, the best first. In the key stand each
    optimum's log-likelihood and share of the starts, the best on top; beyond the best and the most frequent
    ones they share a small grey marker. An optimum that the first starts named keeps its colour and marker.

    The R starts have K classes, 2 or more, over the objects y, shape (N,); `found` says where they lead. Both
    axes show the values of `span`, or of objects and starts if it is left out.
    """

    def __init__(
        self, y: ArrayLike, starts: Parameters, found: Basins, *, span: tuple[float, float] | None = None
    ) -> None:
        self.y = array_of(y, "y")
        k = starts.means.shape[1]
        if k < 2:
            raise ValueError(f"starts must have 2 classes or more: the map shows two means; got {k}")
        self.pair = np.array([(k - 1) // 2, (k - 1) // 2 + 1])
        figure = marks.new_figure()
        self.axes, self.key = figure.subplots(1, 2, width_ratios=[WIDE, 1 - WIDE])
        values = np.append(self.y, starts.means)
        low, high = (values.min(), values.max()) if span is None else span
        room = 0.03 * (high - low)
        self.axes.set(xlim=(low - room, high + room), ylim=(low - room, high + room))
        self.axes.set_xlabel(f"mean {self.pair[0] + 1} of {k}, sorted")
        self.axes.set_ylabel(f"mean {self.pair[1] + 1} of {k}, sorted")
        self.key.set(xlim=(0, 1), ylim=(-NAMED - 0.6, 1.6))
        self.key.axis("off")
        self.key.text(0.0, 1.0, "log-likelihood: share")
        self.rows = []
        for slot in range(NAMED + 1):  # the last is for all that have no slot of their own
            colour, marker = (marks.colour_of(slot), marks.marker_of(slot)) if slot < NAMED else (GREY, "X")
            alike: Any = {"marker": marker, "linestyle": "", "color": colour}
            (dots,) = self.axes.plot([], [], ms=DOT, mew=0, zorder=3 if slot < NAMED else 2, **alike)
            (place,) = self.axes.plot([], [], ms=PLACE, mfc="white", mew=2.5, zorder=5, **alike)
            (mark,) = self.key.plot([], [], ms=9, mew=0, **alike)
            text = self.key.text(0.12, 0, "", fontsize=14, color=colour, fontweight="bold")
            self.rows.append(_Row(dots, place, mark, text))
        (self.halo,) = self.axes.plot([], [], color="white", linewidth=4, zorder=5.5)
        (self.way,) = self.axes.plot([], [], color="black", linewidth=1.8, zorder=6)
        (self.here,) = self.axes.plot([], [], "o", ms=8, mfc="black", mec="white", mew=1.2, zorder=7)
        self._slots: list[float] = []
        moving = [*(artist for row in self.rows for artist in row), self.halo, self.way, self.here]
        super().__init__(figure, moving)
        self.update(starts, found)

    def update(self, starts: Parameters, found: Basins, *, selected: int = 1) -> None:
        """Show other starts of as many classes, and the way of one, 1..R."""
        whole_number(selected, "selected", 1, len(starts.means))
        self.starts, self.found, self.order = starts, found, np.argsort(found.which, kind="stable")
        # The best has a line of its own, and so have the most frequent.
        frequent = np.argsort(-found.counts, kind="stable")
        self._show(np.sort([0, *frequent[frequent > 0][: NAMED - 1]]))
        self.select(selected)

    def select(self, selected: int) -> None:
        """Show the way of another start, 1..R."""
        index = int(self.order[whole_number(selected, "selected", 1, len(self.order)) - 1])
        level = float(self.found.log_likelihood[self.found.which[index]])
        means, end = way(self.y, self.starts.mixture(index))
        if abs(end - level) > SAME_OPTIMUM:  # a saddle held it
            means, end = way(self.y, self.starts.mixture(index), tol=FINEST)
        places = means[:, self.pair]
        for line in (self.way, self.halo):
            line.set_data(*places.T)
        self.here.set_data(*places[:1].T)
        self.selected, self.steps = selected, len(means) - 1
        begin, arrived = (words.listed(means[i], ".1f") for i in (0, -1))
        self.sentence = (
            f"{self._map} Start {selected}, means {begin}, takes {self.steps} steps to {level:.2f}, means"
            f" {arrived}."
        )

    def nearest(self, across: float, down: float) -> int:
        """Return the start whose dot is nearest to a place of the figure, in shares of its size; 1..R."""
        place = self.figure.transFigure.transform((across, 1 - down))
        dots = self.axes.transData.transform(np.sort(self.starts.means, axis=1)[:, self.pair])
        return int(((dots - place) ** 2).sum(axis=1)[self.order].argmin()) + 1

    def _show(self, named: NDArray[np.intp]) -> None:
        """Put the dots and the key, with a line for each optimum named, and say the same."""
        starts, found = self.starts, self.found
        places = np.sort(starts.means, axis=1)[:, self.pair]
        others = np.setdiff1d(np.arange(len(found.counts)), named)
        groups = dict(zip(self._slots_of(found.log_likelihood[named]), named[:, np.newaxis], strict=True))
        groups[NAMED] = others
        for slot, row in enumerate(self.rows):
            some = groups.get(slot, others[:0])
            chosen, here = np.isin(found.which, some), len(some) > 0
            is_named = slot < NAMED and here
            row.dots.set_data(*places[chosen].T)
            row.place.set_data(*found.places.means[some if is_named else others[:0]][:, self.pair].T)
            rank = int((named < some[0]).sum()) if is_named else len(named)
            name = f"{found.log_likelihood[some[0]]:z.2f}" if is_named else words.counted(len(some), "other")
            row.mark.set_data([0.04] * here, [0.14 - rank] * here)
            row.text.set_y(-rank)
            row.text.set_text(f"{name}: {chosen.mean():.1%}" if here else "")
        self.hits = hits = hit_rate(found.log_likelihood[found.which])
        levels = words.listed(f"{found.log_likelihood[m]:.2f} ({found.counts[m]:,})" for m in named)
        self._map = (
            f"{len(starts.means):,} starts with variances of {starts.variances.mean():.1f} lead to"
            f" {len(found.counts)} {'optima' if len(found.counts) > 1 else 'optimum'}"
            f"{', best and most frequent' if len(others) else ''}: {levels}."
            f"{self._shared(found, named)} Hit rate {hits.rate:.3f} ({hits.low:.3f} to {hits.high:.3f}); 99%"
            f" takes {words.counted(restarts_needed(hits.rate), 'restart')}."
        )

    def _slots_of(self, levels: Array) -> list[int]:
        """Return the slot of each optimum named: its own since the first starts, or a free one."""
        if not self._slots:
            self._slots = levels.tolist()
        near = np.abs(levels[:, np.newaxis] - self._slots) < SAME_OPTIMUM
        known = {i: int(near[i].argmax()) for i in np.flatnonzero(near.any(axis=1)).tolist()}
        free = iter([slot for slot in range(NAMED) if slot not in known.values()])
        return [known[i] if i in known else next(free) for i in range(len(levels))]

    def _shared(self, found: Basins, named: NDArray[np.intp]) -> str:
        """Say which optima named lie on each other here, and in which of their sorted means they differ."""
        means = found.places.means[named]
        per_dot = 72 / self.axes.figure.dpi
        points = self.axes.transData.transform(means[:, self.pair]) * per_dot
        unit = np.ptp(self.axes.get_xlim()) / (self.axes.bbox.width * per_dot)
        said, left = "", list(range(len(named)))
        while left:
            group = [i for i in left if np.hypot(*(points[i] - points[left[0]])) < APART]
            left = [i for i in left if i not in group]
            if len(group) == 1:
                continue
            *levels, last = (f"{found.log_likelihood[named[i]]:.2f}" for i in group)
            differ = np.setdiff1d(np.flatnonzero(np.ptp(means[group], axis=0) >= APART * unit), self.pair) + 1
            what = f"mean{'s' if len(differ) > 1 else ''} {words.listed(differ)}"
            said += (
                f" ({', '.join(levels)} and {last} differ in"
                f" {what if len(differ) else 'weights and variances'} alone.)"
            )
        return said


MOST_RESTARTS = 40
"""The largest number of restarts to show."""
WANTED = 0.99
"""The chance of the best optimum that restarts shall buy."""


@styled()
def success(rate: HitRate, simulated: tuple[ArrayLike, ArrayLike, int]) -> Picture:
    """Draw the chance that one of R restarts hits, 1 - (1 - p)^R, against R, and what simulation says.

    `rate` is the hit rate p, above 0; the band is the formula at the ends of its interval. `simulated` holds
    numbers of restarts, shape (M,), the shares of searches in which one of the first so many hit, shape (M,),
    and how many searches there were. A bar is two standard errors of the formula's chance each way.
    """
    needed = restarts_needed(rate.rate, WANTED)
    numbers, n = array_of(simulated[0], "simulated[0]"), whole_number(simulated[2], "simulated[2]", 1)
    shares = words.one_for_each(simulated[1], "simulated[1]", len(numbers), "numbers of restarts")
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(f"simulated shares must be within 0..1; got {shares.min():g}..{shares.max():g}")
    figure, axes = marks.new_panel(xlabel="restarts R", ylabel="chance that one hits")
    axes.set(xlim=(0.5, MOST_RESTARTS + 0.5), ylim=(0, 1.13))
    r = np.arange(1, MOST_RESTARTS + 1)
    axes.fill_between(r, chance_of(rate.low, r), chance_of(rate.high, r), color=COLOURS[0], alpha=0.2, lw=0)
    axes.plot(r, chance_of(rate.rate, r), color=COLOURS[0], zorder=3)
    wanted: Any = {"color": GREY, "linewidth": 1, "linestyle": "--", "zorder": 1}
    axes.axhline(WANTED, **wanted)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    # The labels stand where the formula is not: under the curve's shoulder.
    corner: Any = {"transform": axes.transAxes, "ha": "right"}
    axes.text(0.98, 0.08, f"1 - (1 - p)^R, p = {rate.rate:.3f}", color=COLOURS[0], **corner)
    few, many = (restarts_needed(p, WANTED) if p > 0 else None for p in (rate.high, rate.low))
    span = "" if few == many else f", at the ends of the interval {few} and {many or 'any number'}"
    if needed <= MOST_RESTARTS:
        axes.plot([needed, needed], [0, WANTED], **wanted)
    place = needed if 0.2 * MOST_RESTARTS < needed < 0.8 * MOST_RESTARTS else MOST_RESTARTS / 2
    axes.text(place, WANTED + 0.03, f"{WANTED:.0%}: {words.counted(needed, 'restart')}", ha="center")
    expected = chance_of(rate.rate, numbers)
    bars = 2 * np.sqrt(expected * (1 - expected) / n)
    axes.errorbar(numbers, shares, bars, fmt="s", color=COLOURS[1], ms=6, lw=1.5, zorder=4)
    axes.text(0.98, 0.2, f"simulated: {n:,} searches, after R starts", color=COLOURS[1], **corner)
    rows = zip(expected, shares, numbers, strict=True)
    dots = "; ".join(f"{p:.1%}, {share:.1%} after {number:.0f}" for p, share, number in rows)
    return Picture(
        figure,
        f"The chance that one of R restarts hits, at a hit rate of {rate.rate:.3f} (95% interval"
        f" {rate.low:.3f} to {rate.high:.3f}). {WANTED:.0%} takes {needed}{span}. Formula and {n:,} simulated"
        f" searches: {dots}.",
    )


@styled()
def strategies(rates: Mapping[str, Mapping[str, HitRate]]) -> Picture:
    """Draw the hit rates of strategies on several data sets, with their intervals: a panel each.

    Set off are the highest of a panel and all whose interval overlaps its interval: they are no clear losers.
    `rates` are by the name of the data set and of the strategy, the same ones in each. The first data set
    says the order, the highest hit rate on top.
    """
    if not rates or not all(rates.values()):
        raise ValueError("rates must hold at least one data set with one strategy; got none")
    first = next(iter(rates.values()))
    if others := [name for name, own in rates.items() if set(own) != set(first)]:
        raise ValueError(f"rates must have the same strategies for each data set; got others for {others}")
    order = sorted(first, key=lambda strategy: -first[strategy].rate)
    figure = marks.new_figure()
    panels = figure.subplots(1, len(rates), sharex=True, sharey=True, squeeze=False)[0]
    said = [f"Hit rates of {len(order)} strategies"]
    for panel, (name, own) in zip(panels, rates.items(), strict=True):
        best = max(order, key=lambda strategy: own[strategy].rate)
        leaders = [strategy for strategy in order if own[strategy].high >= own[best].low]
        for place, strategy in enumerate(order):
            rate, wins = own[strategy], strategy in leaders
            colour, weight = COLOURS[wins], "bold" if wins else "normal"
            panel.plot([rate.low, rate.high], [-place, -place], color=colour, linewidth=3)
            panel.plot(rate.rate, -place, marks.MARKERS[wins], color=colour, ms=8)
            edge, side = (rate.high + 0.03, "left") if rate.high < 0.7 else (rate.low - 0.03, "right")
            style: Any = {"color": colour, "ha": side, "va": "center", "fontweight": weight}
            panel.text(edge, -place, f"{rate.rate:.3f}", **style)
        panel.set(title=name, xlim=(-0.03, 1.03), ylim=(0.6 - len(order), 0.6), xlabel="hit rate")
        panel.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        panel.grid(axis="y", color=GREY, alpha=0.2)
        panel.set_axisbelow(True)
        shown = words.listed(f"{strategy} {own[strategy].rate:.3f}" for strategy in order)
        verdict = f"no clear winner: {', '.join(leaders)}" if len(leaders) > 1 else f"{best} hits most often"
        said.append(f"{name}: {shown}; {verdict}")
    panels[0].set_yticks(-np.arange(len(order)), order)
    return Picture(figure, f"{'. '.join(said)}.")


class LadderPicture(MovingPicture):
    """Where restarts stand between the rungs of a ladder: one rung a level, the best on top.

    `rungs`, shape (M,), are those of levels (an optimum, or a plateau), falling, with `names`. The restarts'
    log-likelihoods after `step` steps have shape (R,); those that have `finished` are filled. Rungs stand at
    equal distances, a restart between two of them in proportion, and what is far below the last at the foot.
    """

    def __init__(self, rungs: ArrayLike, names: Sequence[str], *restarts: Any) -> None:
        self.rungs, n = array_of(rungs, "rungs"), len(restarts[0])
        figure, axes = marks.new_panel(ylabel="log-likelihood,\nnot to scale", xlim=(0.4, n + 5), yticks=[])
        for place, (value, name) in enumerate(zip(self.rungs, names, strict=True)):
            axes.axhline(-place, color=GREY, linewidth=1, zorder=0)
            write(axes, f"{value:z.2f}  {name}", (n + 0.7, -place), (0, 2), va="bottom", ha="left")
        common: Any = {"linestyle": "", "ms": 11, "mec": COLOURS[0], "mew": 2}
        self.dots = [axes.plot([], [], "o", mfc=face, **common)[0] for face in (COLOURS[0], "white")]
        axes.set(xticks=range(1, n + 1), ylim=(-len(self.rungs) - 0.4, 0.7))
        axes.set_title("Filled: finished. Hollow: not.")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("restart", loc="left")
        super().__init__(figure, self.dots)
        self.update(*restarts)

    def update(self, log_likelihoods: ArrayLike, finished: ArrayLike, step: int) -> None:
        """Show the restarts after another number of steps."""
        values, done = array_of(log_likelihoods, "log_likelihoods"), np.array(finished, dtype=bool)
        ladder = np.append(self.rungs, 2 * self.rungs[-1] - self.rungs[0])
        height, runs = np.interp(-values, -ladder, -np.arange(len(ladder))), np.arange(1, len(values) + 1)
        for dots, chosen in zip(self.dots, (done, ~done), strict=True):
            dots.set_data(runs[chosen], height[chosen])
        best = runs[values > self.rungs[0] - SAME_OPTIMUM]
        self.sentence = words.paragraph(
            f"{len(runs)} restarts after {step} steps, on a ladder of {len(self.rungs)} levels from"
            f" {self.rungs[0]:z.2f} down to {self.rungs[-1]:z.2f}: at {words.listed(values, 'z.2f')}",
            f"finished: {words.listed(runs[done]) or 'none'}",
            f"on the top rung: {words.listed(best) or 'none'}",
        )
