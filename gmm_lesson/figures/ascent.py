"""What lesson 05 shows of why the loop climbs: a mixture with one mean to learn, so that it fits a page.

The weights, the variances and the other means are known. Then the responsibilities are those of one number
too: s, the mean that they were made with. The lower bound is a landscape over s and m, the mean of the
recipes, and EM climbs it along the two axes in turn (Neal and Hinton 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number, whole_number
from gmm_lesson.em import e_step, log_likelihood, lower_bound, m_step
from gmm_lesson.figures.base import GREY, LINE_STYLES, Picture, colour_of, new_figure, styled
from gmm_lesson.figures.labels import write_beside
from gmm_lesson.mixture import Mixture, check_mixture

GRID = 61
CONTOURS = 9
BOUND_COLOURS = tuple(colour_of(k) for k in range(3))
"""One for each E-step: no class is meant."""
CLOSE = 1e-10
"""Steps that move the mean by less, in sds of its class, are the end."""
MOST = 100_000
"""So many steps look for the end."""


class CoordinateStep(NamedTuple):
    """Where EM stands after half a step.

    Attributes
    ----------
    title : str
        "Start", "E-step 1", "M-step 1" and so on.
    s : float
        The mean that the responsibilities come from.
    m : float
        The mean of the recipes.
    bound : float
        The lower bound there.
    """

    title: str
    s: float
    m: float
    bound: float


class OneMean:
    """A mixture of which one mean is to be learned from objects; all else is known.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    mixture : Mixture
        What is known: its weights, its variances and its other means.
    component : int
        Whose mean is to be learned, 0..K-1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant, or there is one class only.
    """

    def __init__(self, y: ArrayLike, mixture: Mixture, component: int) -> None:
        self.y, self.known = array_of(y, "y"), check_mixture(mixture)
        if np.ptp(self.y) == 0:
            raise ValueError(f"y must vary; got {len(self.y)} times {self.y[0]:g}")
        self.k = whole_number(component, "component", 0)
        if not self.k < mixture.n_components or mixture.n_components < 2:
            raise ValueError(
                f"component must be one of at least two classes, 0..{mixture.n_components - 1};"
                f" got {component}"
            )

    def at(self, mean: float) -> Mixture:
        """Return the mixture with this mean."""
        means = self.known.means.copy()
        means[self.k] = mean
        return Mixture(self.known.weights, means, self.known.variances)

    def bounds(self, s: float, means: Sequence[float] | Array) -> list[float]:
        """Return the lower bound at each of several means, for the responsibilities made with the mean s."""
        r = e_step(self.y, self.at(s))
        return [lower_bound(self.y, r, self.at(m)) for m in means]

    def bound(self, s: float, m: float) -> float:
        """Return the lower bound at the mean m, for the responsibilities made with the mean s."""
        return self.bounds(s, [m])[0]

    def log_likelihood(self, mean: float) -> float:
        """Return the log-likelihood of the mixture with this mean."""
        return log_likelihood(self.y, self.at(mean))

    def best(self, s: float) -> float:
        """Return the mean at which the bound is highest, for the responsibilities made with the mean s."""
        return float(m_step(self.y, e_step(self.y, self.at(s)), floor=1e-300).means[self.k])

    def end(self, start: float) -> float:
        """Return the mean to which EM climbs from a start."""
        m = start
        for _ in range(MOST):
            before, m = m, self.best(m)
            if abs(m - before) < CLOSE * self.known.sds[self.k]:
                break
        return m

    def climb(self, start: tuple[float, float], steps: int) -> list[CoordinateStep]:
        """Return the start, then two points for each step: an E-step moves s, an M-step m."""
        s, m = start
        points = [CoordinateStep("Start", s, m, self.bound(s, m))]
        for step in range(1, steps + 1):
            s = m
            points.append(CoordinateStep(f"E-step {step}", s, m, self.bound(s, m)))
            m = self.best(s)
            points.append(CoordinateStep(f"M-step {step}", s, m, self.bound(s, m)))
        return points


def coordinate_steps(
    y: ArrayLike, mixture: Mixture, component: int, start: tuple[float, float], *, steps: int = 6
) -> list[CoordinateStep]:
    """Return the points that `coordinate_ascent` draws: the start, then E-steps and M-steps in turn.

    The arguments, and what they raise, are those of `coordinate_ascent`.
    """
    return OneMean(y, mixture, component).climb(_pair(start), whole_number(steps, "steps", 1))


@styled()
def coordinate_ascent(
    y: ArrayLike,
    mixture: Mixture,
    component: int,
    start: tuple[float, float],
    *,
    steps: int = 6,
    size: tuple[float, float] = (8, 3.2),
) -> Picture:
    """Draw EM as a climb along two axes in turn: the responsibilities first, then the recipes.

    Across, s, the mean that the responsibilities come from; upwards, m, the mean of the recipes. The contours
    are those of the lower bound. For each m the best s is m itself, on the diagonal, where the bound is the
    log-likelihood; for each s the best m is a weighted mean, the second curve. EM ends where they cross.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    mixture : Mixture
        What is known: its weights, its variances and all its means but one.
    component : int
        Whose mean is to be learned, 0..K-1.
    start : (float, float)
        s and m at the start.
    steps : int
        How many steps to show: an E-step and an M-step each.
    size : (float, float)
        Width and height in inches.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant, or there is one class only.
    """
    one = OneMean(y, mixture, component)
    points = one.climb(_pair(start), whole_number(steps, "steps", 1))
    end = one.end(points[-1].m)
    track = np.array([(point.s, point.m) for point in points])
    low, high = min(track.min(), end), max(track.max(), end)
    reach = 0.18 * max(high - low, float(one.known.sds[one.k]))
    span = np.linspace(low - reach, high + reach, GRID)
    bound = np.array([one.bounds(s, span) for s in span]).T
    top = max(one.log_likelihood(end), float(bound.max()))
    figure = new_figure(size)
    axes = figure.add_subplot()
    depths = (top - bound.min()) / 2.0 ** np.arange(CONTOURS)
    shades = [str(shade) for shade in np.linspace(0.72, 1, CONTOURS)]
    axes.contourf(span, span, bound, [*(top - depths), top + 1], colors=shades)
    axes.contour(span, span, bound, top - depths, colors=[GREY], linewidths=0.8, linestyles="-")
    axes.plot(span, span, color="black", linestyle="--", linewidth=1.5)
    best = np.array([one.best(s) for s in span])
    axes.plot(span, best, color=colour_of(one.k), linestyle="-.")
    axes.plot(*track.T, color="black", linewidth=2)
    axes.plot(*track.T, "o", color="black", ms=5)
    axes.plot(end, end, "*", color="white", mec="black", ms=15, zorder=4)
    axes.set(xlim=span[[0, -1]], ylim=span[[0, -1]])
    axes.set_xlabel("s, the mean behind the responsibilities")
    axes.set_ylabel("m, the mean\nof the recipes")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6))
    uphill = 1 if end >= points[1].m else -1  # to the right and up, or to the left and down
    _letter_stairs(axes, track, uphill)
    foot = low - reach / 2 if uphill > 0 else high + reach / 2
    write_beside(axes, "s = m: here the bound is the log-likelihood", (foot, foot), (10 * uphill, 0))
    middle = int((0.5 + 0.05 * uphill) * GRID)
    spot, colour = (span[middle], best[middle]), colour_of(one.k)
    write_beside(axes, "the best m for each s", spot, (-6 * uphill, 14 * uphill), colour)
    write_beside(axes, "end", (end, end), (12 * uphill, -14 * uphill))
    outside = 1 if track[0, 0] > track[0, 1] else -1
    write_beside(axes, "start", (track[0, 0], track[0, 1]), (9 * outside, 4 * uphill))
    return Picture(figure, _say_climb(points, end, one.log_likelihood(end)))


@styled()
def bounds(
    y: ArrayLike,
    mixture: Mixture,
    component: int,
    start: float,
    *,
    steps: int = 3,
    size: tuple[float, float] = (8, 3.2),
) -> Picture:
    """Draw the log-likelihood over one mean, and the bound that each of the first E-steps puts below it.

    A bound touches the log-likelihood where the E-step was made (dot), has the same slope there, and lies
    below it everywhere else. The M-step goes to its top (square); the next E-step starts right above.

    Parameters
    ----------
    y, mixture, component, size
        As for `coordinate_ascent`.
    start : float
        The mean at the start.
    steps : int
        How many steps to show, 1 to 3.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant, or there is one class only.
    """
    one = OneMean(y, mixture, component)
    start, steps = number(start, "start", -LARGEST), whole_number(steps, "steps", 1)
    if steps > len(BOUND_COLOURS):
        raise ValueError(f"steps must be at most {len(BOUND_COLOURS)}, to be told apart; got {steps}")
    means = [start]
    for _ in range(steps):
        means.append(one.best(means[-1]))
    end = one.end(means[-1])
    low, high = min(*means, end), max(*means, end)
    reach = 0.25 * max(high - low, float(one.known.sds[one.k]))
    span = np.linspace(low - reach, high + reach, 4 * GRID)
    curve = np.array([one.log_likelihood(m) for m in span])
    figure = new_figure(size)
    axes = figure.add_subplot()
    axes.plot(span, curve, color="black")
    tops, said = [], []
    for step, (s, m) in enumerate(pairwise(means), start=1):
        colour, style = BOUND_COLOURS[step - 1], LINE_STYLES[step % len(LINE_STYLES)]
        axes.plot(span, one.bounds(s, span), color=colour, linestyle=style, linewidth=2)
        tops.append(one.bound(s, m))
        axes.plot(s, one.log_likelihood(s), "o", color="black", ms=7, zorder=4)
        axes.plot(m, tops[-1], "s", color=colour, mec="black", ms=8, zorder=4)
        said.append(f"bound {step} touches it at {s:.2f}, its top is at {m:.2f} ({tops[-1]:.2f})")
    top, least = one.log_likelihood(end), min(one.log_likelihood(start), float(curve.min()))
    height = max(top - least, 1e-6)
    axes.set(xlim=span[[0, -1]], ylim=(least - 0.25 * height, top + 0.2 * height))
    axes.set(xlabel="mean m", ylabel="log-likelihood")
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.plot(end, top, "*", color="white", mec="black", ms=15, zorder=4)
    uphill = 1 if end >= start else -1
    peak = curve[np.abs(span - (means[-1])).argmin()]
    write_beside(axes, "log-likelihood", (means[-1], peak), (-10 * uphill, 12))
    for step, (m, height) in enumerate(zip(means[1:], tops, strict=True), start=1):
        write_beside(axes, f"bound {step}", (m, height), (6 * uphill, -22), BOUND_COLOURS[step - 1])
    return Picture(
        figure,
        f"The log-likelihood over the mean of class {one.k + 1}, from {start:.2f}"
        f" ({one.log_likelihood(start):.2f}) to its top at {end:.2f} ({top:.2f}), and below it"
        f" {steps} bound{'s' if steps > 1 else ''}: {'; '.join(said)}.",
    )


def _letter_stairs(axes: Axes, track: Array, uphill: int) -> None:
    """Write E or M beside the stairs that are long enough for a letter, on the side of the second curve."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for half_step, (here, there) in enumerate(pairwise(track)):
        run, rise = np.abs(there - here) / (right - left, top - bottom)
        spot = (here + there) / 2
        if half_step % 2 == 0 and run > 0.05:
            write_beside(axes, "E", (spot[0], spot[1]), (0, 9 * uphill))
        elif half_step % 2 and rise > 0.08:
            write_beside(axes, "M", (spot[0], spot[1]), (-5 * uphill, 0))


def _say_climb(points: list[CoordinateStep], end: float, top: float) -> str:
    climbed = ", ".join(f"{point.bound:.2f} after {point.title}" for point in (points[1], points[-1]))
    return (
        "The lower bound over s, the mean behind the responsibilities, and m, that of the recipes. EM climbs"
        " in stairs: E-steps across to s = m, M-steps up or down to the best m. The bound is"
        f" {points[0].bound:.2f} at the start, {climbed}, and {top:.2f} at the end (star, m = {end:.2f})."
    )


def _pair(start: tuple[float, float]) -> tuple[float, float]:
    pair = array_of(start, "start")
    if pair.shape != (2,):
        raise ValueError(f"start must have two entries, s and m; got {len(pair)}")
    return float(pair[0]), float(pair[1])
