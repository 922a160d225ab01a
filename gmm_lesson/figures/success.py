"""What lesson 06 shows of hit rates: what several restarts buy, and which strategy hits where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of, whole_number
from gmm_lesson.figures import words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.marks import COLOURS, GREY, MARKERS, SLIDE, new_figure, new_panel
from gmm_lesson.restarts import HitRate, restarts_needed
from gmm_lesson.restarts import success as chance_of

MOST = 40
"""The largest number of restarts to show."""
WANTED = 0.99
"""The chance of the best optimum that restarts shall buy."""


@styled()
def success(rate: HitRate, simulated: tuple[ArrayLike, ArrayLike, int] | None = None) -> Picture:
    """Draw the chance that one of R restarts hits, 1 - (1 - p)^R, against R, and what simulation says.

    Parameters
    ----------
    rate : HitRate
        The hit rate p. The band is the formula at the ends of its interval.
    simulated : (array_like, array_like, int), optional
        Numbers of restarts, shape (M,); the shares of searches in which one of the first so many hit, shape
        (M,); and how many searches there were. They may be the same ones for each number. A bar is two
        standard errors of the formula's chance each way.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the hit rate is 0.
    """
    needed = restarts_needed(rate.rate, WANTED)
    figure, axes = new_panel(xlabel="restarts R", ylabel="chance that one hits")
    axes.set(xlim=(0.5, MOST + 0.5), ylim=(0, 1.13))
    r = np.arange(1, MOST + 1)
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
    said = [
        f"the chance that one of R restarts hits, at a hit rate of {rate.rate:.3f} (95% interval"
        f" {rate.low:.3f} to {rate.high:.3f})",
        f"{WANTED:.0%} takes {needed}{span}",
    ]
    if needed <= MOST:
        axes.plot([needed, needed], [0, WANTED], **wanted)
    place = needed if 0.2 * MOST < needed < 0.8 * MOST else MOST / 2
    text = f"{WANTED:.0%}: {words.counted(needed, 'restart')}"
    axes.text(place, WANTED + 0.03, text, ha="center", va="bottom")
    if simulated is not None:
        numbers, shares = (array_of(simulated[i], f"simulated[{i}]") for i in (0, 1))
        n = whole_number(simulated[2], "simulated[2]", 1)
        words.one_for_each(shares, "simulated[1]", len(numbers), "numbers of restarts")
        if shares.min() < 0 or shares.max() > 1:
            raise ValueError(f"simulated shares must be within 0..1; got {shares.min():g}..{shares.max():g}")
        expected = chance_of(rate.rate, numbers)
        bars = 2 * np.sqrt(expected * (1 - expected) / n)
        axes.errorbar(numbers, shares, bars, fmt="s", color=COLOURS[1], ms=6, lw=1.5, zorder=4)
        axes.text(0.98, 0.2, f"simulated: {n:,} searches, after R starts", color=COLOURS[1], **corner)
        dots = "; ".join(
            f"{p:.1%}, {share:.1%} after {number:.0f}"
            for p, share, number in zip(expected, shares, numbers, strict=True)
        )
        said.append(f"formula and {n:,} simulated searches: {dots}")
    return Picture(figure, words.paragraph(*said))


@styled()
def strategies(rates: Mapping[str, Mapping[str, HitRate]]) -> Picture:
    """Draw the hit rates of strategies on several data sets, with their intervals: a panel each.

    Set off are the highest of a panel and all whose interval overlaps its interval: they are no clear losers.

    Parameters
    ----------
    rates : mapping of str to mapping of str to HitRate
        By the name of the data set and of the strategy: the same strategies in each. The first data set says
        the order, the highest hit rate on top.
    """
    if not rates or not all(rates.values()):
        raise ValueError("rates must hold at least one data set with one strategy; got none")
    first = next(iter(rates.values()))
    for name, own in rates.items():
        if set(own) != set(first):
            raise ValueError(
                f"rates must have the same strategies for each data set; got others for {name!r}"
            )
    order = sorted(first, key=lambda strategy: -first[strategy].rate)
    figure = new_figure(SLIDE)
    panels = figure.subplots(1, len(rates), sharex=True, sharey=True, squeeze=False)[0]
    said = [f"Hit rates of {len(order)} strategies"]
    for panel, (name, own) in zip(panels, rates.items(), strict=True):
        best = max(order, key=lambda strategy: own[strategy].rate)
        leaders = [strategy for strategy in order if own[strategy].high >= own[best].low]
        for place, strategy in enumerate(order):
            rate, wins = own[strategy], strategy in leaders
            colour, weight = COLOURS[wins], "bold" if wins else "normal"
            panel.plot([rate.low, rate.high], [-place, -place], color=colour, linewidth=3)
            panel.plot(rate.rate, -place, MARKERS[wins], color=colour, ms=8)
            # On the side with room.
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
