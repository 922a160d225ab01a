"""What lesson 08 shows of what a floor decides, and of how slowly EM ends and begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number, share, whole_number
from gmm_lesson.em import ON_FLOOR, on_floor
from gmm_lesson.figures import words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.labels import write_beside
from gmm_lesson.figures.marks import GREY, colour_of, line_of, new_figure, new_panel
from gmm_lesson.study.information import steps_to

WITHIN = 1e-8
"""What counts as arrived, in total log-likelihood: far above rounding, which must not decide the step."""
PARTED = 0.1
"""Classes have parted once the log-likelihood is higher than at the start by so much."""


@styled()
def floors(
    floors: ArrayLike, log_likelihoods: ArrayLike, smallest_sds: ArrayLike, *, unit: str = ""
) -> Picture:
    """Draw what a floor on the sd decides: the best fit found with it, and the smallest sd in that fit.

    An answer that sits on its floor is hollow: not the objects set that sd, but whoever chose the floor.

    Parameters
    ----------
    floors : array_like, shape (M,)
        The floors, as sds in y's units: above 0, rising.
    log_likelihoods, smallest_sds : array_like, shape (M,)
        The best log-likelihood found with each, and the smallest sd in that fit, not below its floor.
    unit : str
        The unit of y, for the axes.
    """
    at = words.above_zero(floors, "floors")
    scores = words.one_for_each(log_likelihoods, "log_likelihoods", len(at), "floors")
    sds = words.one_for_each(smallest_sds, "smallest_sds", len(at), "floors")
    if (np.diff(at) <= 0).any():
        raise ValueError(f"floors must be rising; got {list(at)}")
    if (low := sds < at / ON_FLOOR).any():
        raise ValueError(
            f"smallest_sds must not be below their floors; got {sds[low][0]:g} on a floor of {at[low][0]:g}:"
            " a floor here is an sd, the square root of the floor that fit takes"
        )
    floored, of = on_floor(sds, at), f" ({unit})" if unit else ""
    figure = new_figure()
    left, right = figure.subplots(1, 2)
    for axes, values in ((left, scores), (right, sds)):
        axes.set(xscale="log", xlabel=f"floor on the sd{of}")
        axes.plot(at, values, color=GREY, linewidth=1, zorder=1)
        for held, face in ((floored, "white"), (~floored, colour_of(0))):
            axes.plot(at[held], values[held], "o", ms=10, mfc=face, mec=colour_of(0), mew=2, zorder=2)
    left.set_ylabel("best log-likelihood")
    left.margins(y=0.15)
    left.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    right.set(yscale="log", ylabel=f"smallest sd{of}")
    for axis, values in ((left.xaxis, at), (right.xaxis, at), (right.yaxis, np.append(at, sds))):
        _plain_log(axis, values)
    right.plot(at, at, color="black", linestyle=":", linewidth=1.5, zorder=0)
    middle = float(np.sqrt(at[0] * at[-1]))
    write_beside(right, "sd = floor", (middle, middle), (8, -10))
    if floored.any():  # below the line, where no sd can be
        corner: Any = {"transform": right.transAxes, "ha": "right"}
        right.text(0.98, 0.03, "hollow: on the floor", color=colour_of(0), **corner)
    rows = zip(at, scores, sds, strict=True)
    found = "; ".join(f"{floor:.3g}: {score:.2f}, {sd:.4g}" for floor, score, sd in rows)
    return Picture(
        figure,
        f"The best log-likelihood and its smallest sd{of}, by the floor on the sd. {found}. On their floor"
        f" (hollow): {words.listed(at[floored], '.3g') or 'none'}.",
    )


@styled()
def convergence(runs: Mapping[str, ArrayLike], *, rho: float, optimum: float, since: int) -> Picture:
    """Draw how fast runs close in on an optimum, beside the straight line that theory predicts for EM.

    The gap is what the log-likelihood still lacks. Near the optimum each step of EM leaves rho of the error
    and rho^2 of the gap: on a log axis, a line of slope 2 log10(rho). It begins at one step of EM, and ends
    where rho alone says that the gap is 1e-8.

    Parameters
    ----------
    runs : dict of str to array_like
        Names of runs, and their log-likelihoods after 0, 1, 2, ... steps of EM; EM's is the first, and
        the line is for it.
    rho : float
        The fraction of the information that is missing: between 0 and 1.
    optimum : float
        The log-likelihood that they close in on; no run climbs above it.
    since : int
        The step of EM from which to predict.
    """
    rho, optimum = share(rho, "rho"), number(optimum, "optimum", least=-(LARGEST**2))
    if not isinstance(runs, Mapping):
        raise TypeError(f"runs must be a dict of names and log-likelihoods; got {type(runs).__name__}")
    if not runs:
        raise ValueError("runs must hold EM's log-likelihoods at least; got none")
    gaps = {name: optimum - array_of(run, f"runs[{name!r}]") for name, run in runs.items()}
    for name, gap in gaps.items():
        if gap.min() < -WITHIN or gap[0] <= WITHIN:
            raise ValueError(
                f"runs must start below the optimum {optimum:.9g} and stay there; {name} starts at"
                f" {optimum - gap[0]:.9g} and reaches {optimum - gap.min():.9g}"
            )
    first, gap = next(iter(gaps.items()))
    if not whole_number(since, "since", 0) < len(gap) or gap[since] <= WITHIN:
        raise ValueError(f"since must be a step of {first} before it arrives; got {since}")
    predicted = since + steps_to(gap[since], WITHIN, rho)

    figure, axes = new_panel(yscale="log", xlabel="steps of EM", ylabel="gap in log-likelihood")
    for k, (name, run) in enumerate(gaps.items()):
        shown = np.maximum(run[: _arrival(run) + 1], WITHIN / 10)
        width, alpha = (8, 0.5) if name == first else (2.5, 1)
        axes.plot(shown, color=colour_of(k), linewidth=width, alpha=alpha)
        place = len(shown) // 3 if name == first else int((shown <= np.sqrt(shown[0] * WITHIN)).argmax())
        place = place or len(shown) - 1
        write_beside(axes, name, (place, shown[place]), (10, 10), colour_of(k))
    steps = np.array([since, (since + 2 * predicted) // 3, predicted])
    line = gap[since] * rho ** (2.0 * (steps - since))
    axes.plot(steps[::2], line[::2], color="black", linestyle="--", linewidth=1.5)
    write_beside(axes, "predicted", (steps[1], line[1]), (10, 10))
    axes.set_ylim(WITHIN / 3, 3 * max(gap.max() for gap in gaps.values()))
    axes.set_xlim(left=0)
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_formatter(NullFormatter())
    tenfold = np.log(0.1) / (2 * np.log(rho))
    return Picture(
        figure,
        f"The gap to the optimum, {optimum:.4f}, against steps of EM. In the slowest direction"
        f" {rho:.5f} of the information is missing: each step leaves {rho**2:.5f} of the gap, and"
        f" {tenfold:.0f} steps a tenth. From step {since}, where it is {gap[since]:.3g}, that predicts"
        f" {WITHIN:g} at step {predicted}. Steps to {WITHIN:g}:"
        f" {'; '.join(_arrives(*each) for each in gaps.items())}.",
    )


@styled()
def parting(runs: Sequence[ArrayLike], nudges: ArrayLike) -> Picture:
    """Draw how long classes that start almost alike stay together: log-likelihood against steps.

    `runs` holds the log-likelihoods of each run of EM, from its start on; `nudges`, shape (R,) and above 0,
    how far apart its classes began.
    """
    paths = [array_of(run, f"runs[{i}]") for i, run in enumerate(runs)]
    apart = words.one_for_each(words.above_zero(nudges, "nudges"), "nudges", len(paths), "runs")
    low, high = min(path.min() for path in paths), max(path.max() for path in paths)
    figure, axes = new_panel(xlabel="step", ylabel="log-likelihood")
    said = []
    for k, (path, nudge) in enumerate(zip(paths, apart, strict=True)):
        axes.plot(path, **line_of(k))
        parted = path > path[0] + PARTED
        when = f"{parted.argmax()} steps" if parted.any() else f"not in {len(path) - 1}"
        said.append(f"{nudge:g}, {when}")
        if parted.any():
            rise = int((path >= (path[0] + path.max()) / 2).argmax())
            write_beside(axes, f"{nudge:g}", (rise, (low + high) / 2), (-8, 0), colour_of(k))
    for level, name, up in ((paths[0][0], "start", -11), (high, "highest", 11)):
        axes.axhline(level, color=GREY, linewidth=1, zorder=0)
        write_beside(axes, f"{name} {level:.2f}", (0, level), (6, up), GREY)
    axes.margins(y=0.14)
    axes.set_xlim(left=0)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_title("How far apart the classes began, and when they part")
    return Picture(
        figure,
        f"Log-likelihood against steps, for classes that start almost alike, at {paths[0][0]:.3f}. How far"
        f" apart they began, and when it has climbed by {PARTED:g}: {'; '.join(said)}. The highest value is"
        f" {high:.3f}.",
    )


def _arrival(gap: Array) -> int:
    """Return the first step at which a gap is closed, or the last one there is."""
    there = gap <= WITHIN
    return int(there.argmax()) if there.any() else len(gap) - 1


def _arrives(name: str, gap: Array) -> str:
    end = _arrival(gap)
    return f"{name} {end}" if gap[end] <= WITHIN else f"{name} not in {end}, {gap[end]:.3g} left"


def _plain_log(axis: Axis, values: Array) -> None:
    """Label a log axis with plain numbers, and with more than powers of ten if it spans few of them."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if values.max() < 30 * values.min() else (1,)))
    axis.set_major_formatter("{x:zg}")
    axis.set_minor_formatter(NullFormatter())
