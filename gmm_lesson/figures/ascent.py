"""What lessons 04 and 05 show of the climb: the Q of an M-step, why EM goes up, and when to stop.

For the landscape all but one mean of a mixture is known, so that it fits a page. Then the responsibilities
are those of one number too: s, the mean that they were made with. The lower bound stands over s and m, the
mean of the mixture, and EM climbs it along the two axes in turn (Neal and Hinton 1998).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number
from gmm_lesson.em import e_step, expected_log_joint, log_likelihood, lower_bound, m_step, remaining_gain
from gmm_lesson.figures import words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.marks import GREY, LINE_STYLES, colour_of, new_figure, new_panel, write, write_beside
from gmm_lesson.mixture import Mixture, check_mixture

GRID = 61
CONTOURS = 9
CLIMBED = 6
"""Steps of EM that the landscape shows."""
CLOSE = 1e-10
"""Steps that move the mean by less, in sds of its class, are the end."""
MOST = 100_000
"""So many steps look for the end: rounding may never let it come closer."""
STAR: Any = {"marker": "*", "color": "white", "mec": "black", "ms": 15, "zorder": 4}


class OneMean:
    """A mixture of which one mean is to be learned from objects; all else is known."""

    def __init__(self, y: ArrayLike, mixture: Mixture, component: int) -> None:
        self.y, self.known = words.varied(y), check_mixture(mixture)
        self.k = words.one_of_several(component, "component", mixture.n_components)

    def at(self, mean: float) -> Mixture:
        """Return the mixture with this mean."""
        means = self.known.means.copy()
        means[self.k] = mean
        return Mixture(self.known.weights, means, self.known.variances)

    def bounds(self, s: float, means: Sequence[float] | Array) -> list[float]:
        """Return the lower bound at each of several means, for the responsibilities made with the mean s."""
        r = e_step(self.y, self.at(s))
        return [lower_bound(self.y, r, self.at(m)) for m in means]

    def best(self, s: float) -> float:
        """Return the mean at which the bound is highest, for the responsibilities made with the mean s."""
        return float(m_step(self.y, e_step(self.y, self.at(s)), floor=1e-300).means[self.k])

    def end(self, start: float) -> float:
        """Return the mean to which EM climbs from a start."""
        for _ in range(MOST):
            before, start = start, self.best(start)
            if abs(start - before) < CLOSE * self.known.sds[self.k]:
                break
        return start

    def climb(self, start: Array | tuple[float, float], steps: int) -> Array:
        """Return s and m at the start, after E-step 1, M-step 1, E-step 2, ..., shape (2 steps + 1, 2)."""
        points = [tuple(start)]
        for _ in range(steps):
            m = points[-1][1]
            points += [(m, m), (m, self.best(m))]
        return np.array(points)


@styled()
def coordinate_ascent(y: ArrayLike, mixture: Mixture, component: int, start: tuple[float, float]) -> Picture:
    """Draw six steps of EM as a climb along two axes in turn: the responsibilities first, then the mean.

    Across, s, the mean that the responsibilities come from; upwards, m, the mean of the mixture. The contours
    are those of the lower bound. For each m the best s is m itself, on the diagonal, where the bound is the
    log-likelihood; for each s the best m is a weighted mean, the second curve. EM ends where they cross.

    Of the mixture all is known but the mean of one component, 0..K-1, K at least 2, which is learned from the
    objects y, shape (N,), not all equal. `start` is s and m at the start.
    """
    one = OneMean(y, mixture, component)
    track = one.climb(words.one_for_each(start, "start", 2, "means"), CLIMBED)
    end = one.end(track[-1, 1])
    shown = [*track.flat, end]
    room = 0.18 * max(np.ptp(shown), one.known.sds[one.k])
    span = np.linspace(min(shown) - room, max(shown) + room, GRID)
    bound = np.array([one.bounds(s, span) for s in span]).T
    peak = log_likelihood(one.y, one.at(end))
    top = max(peak, float(bound.max()))
    figure, axes = new_panel(xlabel="s, the mean behind the responsibilities")
    depths = (top - bound.min()) / 2.0 ** np.arange(CONTOURS)
    shades = [str(shade) for shade in np.linspace(0.72, 1, CONTOURS)]
    axes.contourf(span, span, bound, [*(top - depths), top + 1], colors=shades)
    axes.contour(span, span, bound, top - depths, colors=[GREY], linewidths=0.8, linestyles="-")
    axes.plot(span, span, color="black", linestyle="--", linewidth=1.5)
    best = np.array([one.best(s) for s in span])
    axes.plot(span, best, color=colour_of(one.k), linestyle="-.")
    axes.plot(*track.T, color="black", linewidth=2)
    axes.plot(*track.T, "o", color="black", ms=5)
    axes.plot(end, end, **STAR)
    axes.set(xlim=span[[0, -1]], ylim=span[[0, -1]], ylabel="m, the mean\nof the mixture")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6))
    uphill = 1 if end >= track[1, 1] else -1  # to the right and up, or to the left and down
    for half_step, (here, there) in enumerate(pairwise(track)):
        # A stair that is long enough has its letter on the side of the second curve.
        run, rise = np.abs(there - here) / np.ptp(span)
        if half_step % 2 and rise > 0.08:
            write_beside(axes, "M", (here + there) / 2, (-5 * uphill, 0))
        elif not half_step % 2 and run > 0.05:
            write_beside(axes, "E", (here + there) / 2, (0, 9 * uphill))
    foot = (span[0] + min(shown)) / 2 if uphill > 0 else (span[-1] + max(shown)) / 2
    write_beside(axes, "s = m: here the bound is the log-likelihood", (foot, foot), (10 * uphill, 0))
    middle = int((0.5 + 0.05 * uphill) * GRID)
    curve = span[middle], best[middle]
    write_beside(axes, "the best m for each s", curve, (-6 * uphill, 14 * uphill), colour_of(one.k))
    write_beside(axes, "end", (end, end), (12 * uphill, -14 * uphill))
    aside = 9 if track[0, 0] > track[0, 1] else -9
    write_beside(axes, "start", track[0], (aside, 4 * uphill))
    first, second, last = (one.bounds(s, [m])[0] for s, m in track[[0, 1, -1]])
    return Picture(
        figure,
        "The lower bound over s, the mean behind the responsibilities, and m, that of the mixture. EM climbs"
        f" in stairs: E-steps across to s = m, M-steps up or down to the best m. The bound is {first:.2f} at"
        f" the start, {second:.2f} after E-step 1, {last:.2f} after M-step {CLIMBED}, and {peak:.2f} at the"
        f" end (star, m = {end:.2f}).",
    )


ARRIVED = 0.01
"""A run so far below the top has arrived; ten times nearer it is not drawn."""


@styled()
def race(runs: Mapping[str, ArrayLike]) -> Picture:
    """Draw how far below the top several runs are at each step; the top is the highest that any reaches.

    The runs are by name: log-likelihoods at the start and after each step, at least two, none of them
    constant.
    """
    if not isinstance(runs, Mapping):
        raise TypeError(f"runs must be a dict of names and log-likelihoods; got {type(runs).__name__}")
    scores = {name: array_of(run, f"runs[{name!r}]") for name, run in runs.items()}
    if not all(np.ptp(run) > ARRIVED for run in scores.values()) or not scores:
        raise ValueError(f"runs must each move the log-likelihood by more than {ARRIVED}; got {scores}")
    top = max(run.max() for run in scores.values())
    figure, axes = new_panel(xlabel="step", ylabel="log-likelihood\nbelow the top", yscale="log")
    said = []
    for k, (name, run) in enumerate(scores.items()):
        left, colour = top - run, colour_of(k)
        axes.plot(np.maximum(left, ARRIVED / 100), color=colour, linestyle=LINE_STYLES[k])
        there = left < ARRIVED
        step, last = int(there.argmax()), len(run) - 1
        said.append(
            f"{name} at step {step}" if there.any() else f"{name} not by step {last} ({left[-1]:.2f} left)"
        )
        place = step if there.any() else last // 2
        write_beside(axes, name, (place, left[place]), (8, 10), colour)
    axes.set(xlim=(0, max(map(len, scores.values())) - 1), ylim=(ARRIVED / 10, None))
    axes.yaxis.set_major_formatter("{x:g}")
    head = f"How far below the top, {top:.2f}, each run is at each step"
    return Picture(figure, f"{head}. Within {ARRIVED:g} of it: {'; '.join(said)}.")


TOLERANCES = 0.1, 1e-3, 1e-6
FACTOR = 2
"""An estimate within this factor of the truth is a good one."""
ROUNDING = 64 * float(np.finfo(float).eps)
"""What is below this share of the log-likelihood is not drawn: rounding made it."""


@styled()
def stopping(run_log_likelihoods: ArrayLike, optimum: float) -> Picture:
    """Draw the last gain, what truly remains and the estimate of it, at every step of a run of EM.

    Both axes are logarithmic. A dotted line marks the step at which a tolerance of .1, .001 and a millionth
    stops the run: the first whose gain is no larger, in the total log-likelihood (not per object). The run's
    log-likelihoods, shape (T + 1,), are those of the start and after each of T steps, at least two; none
    falls, as EM's never do, and the optimum to which it climbs is below none of them.
    """
    scores = array_of(run_log_likelihoods, "run_log_likelihoods")
    if len(scores) < 3:
        raise ValueError(f"run_log_likelihoods must have at least three entries; got {len(scores)}")
    optimum = number(optimum, "optimum", -LARGEST)
    dust = ROUNDING * float(np.abs(scores).max())
    if optimum < scores.max() - dust:
        raise ValueError(f"optimum must be at least that of the run, {scores.max():.9g}; got {optimum:.9g}")
    steps, gains, left = np.arange(1, len(scores)), np.diff(scores), (optimum - scores)[1:]
    estimates = np.array([np.nan, *(remaining_gain(scores[step - 2 : step + 1]) for step in steps[1:])])
    small = {tolerance: steps[gains <= tolerance] for tolerance in TOLERANCES}
    stops = {tolerance: int(some[0]) for tolerance, some in small.items() if len(some)}
    last = max(stops.values(), default=len(steps))
    good = (estimates <= FACTOR * left) & (FACTOR * estimates >= left)
    good_from = 1 + int(max(steps[:last][~good[:last]]))  # there is none at step 1
    figure, axes = new_panel(xscale="log", yscale="log", xlim=(0.9, 1.1 * len(steps)))
    axes.set(xlabel="step", ylabel="log-likelihood")
    axes.xaxis.set_major_formatter("{x:zg}")
    for text, curve, colour, style, step, away in [
        ("what remains", left, "black", "-", round(len(steps) ** 0.2), 11),
        ("last gain", gains, colour_of(0), "-.", round(len(steps) ** 0.3), -11),
        ("estimate", estimates, colour_of(1), "--", min(good_from, last), -13),
    ]:
        shown = np.isfinite(curve) & (curve > dust)
        axes.plot(steps, np.where(shown, curve, np.nan), color=colour, linestyle=style)
        if shown.any():
            near = steps[shown][np.abs(steps[shown] - step).argmin()]
            write_beside(axes, text, (near, curve[near - 1]), (6, away), colour)
    said, above = [], axes.get_xaxis_transform()
    for tolerance in TOLERANCES:
        if tolerance not in stops:
            said.append(f"{tolerance:g} does not stop it")
            continue
        step = stops[tolerance]
        axes.axvline(step, color=GREY, linestyle=":", linewidth=1.5)
        write(axes, f"tol {tolerance:g}", (step, 1), (0, 4), above, ha="center", color=GREY)
        estimate = estimates[step - 1]
        guess = f"{estimate:.2g}" if np.isfinite(estimate) else "none"
        said.append(f"{tolerance:g}, step {step:,}: {gains[step - 1]:.2g}, {left[step - 1]:.2g}, {guess}")
    reliable = (
        f"From step {good_from:,} to step {last:,} the estimate is within a factor {FACTOR} of what remains."
        if good_from <= last
        else f"At step {last:,} the estimate is not within a factor {FACTOR} of what remains."
    )
    head = "Where each tolerance stops: the last gain, what remains, and the estimate of it"
    return Picture(figure, f"{head}. {'; '.join(said)}. {reliable}")


@styled()
def q_curves(y: ArrayLike, r: ArrayLike, k: int = 0) -> Picture:
    """Draw Q against the weight, the mean and the variance of one class, each alone, the rest at their best.

    A dot marks what the M-step's formula gives. The objects y, shape (N,), are not all equal; r, shape
    (N, K), are their responsibilities, K at least 2. When the weight of class k moves, the others share what
    is left as they did.
    """
    y = words.varied(y)
    best = m_step(y, r)
    k = words.one_of_several(k, "k", best.n_components)
    if not 1e-9 < best.weights[k] < 1 - 1e-9:
        raise ValueError(f"r must give class {k} some of the objects, and not all; got {best.weights[k]:g}")
    top = expected_log_joint(y, r, best)
    weight, mean, variance = best.weights[k], best.means[k], best.variances[k]
    reach = best.sds[k] / np.sqrt(weight * len(y))  # how far a mean can be off before Q falls by half a unit

    def at(name: str, value: float) -> float:
        """Return Q less its top where one parameter has another value."""
        parts = {part: getattr(best, part).copy() for part in ("weights", "means", "variances")}
        if name == "weights":
            parts[name] *= (1 - value) / (1 - weight)
        parts[name][k] = value
        return expected_log_joint(y, r, Mixture(**parts)) - top

    figure = new_figure()
    panels = figure.subplots(1, 3, sharey=True)
    shares = max(weight - 0.25, weight / 3), min(weight + 0.25, (2 + weight) / 3)
    around = mean - 5 * reach, mean + 5 * reach
    above = 0.4 * variance, 3 * variance
    for axes, name, label, value, ends in [
        (panels[0], "weights", rf"weight $\pi_{k + 1}$", weight, shares),
        (panels[1], "means", rf"mean $\mu_{k + 1}$", mean, around),
        (panels[2], "variances", rf"variance $\sigma_{k + 1}^2$", variance, above),
    ]:
        grid = np.sort(np.append(np.linspace(*ends, 101), value))  # the top itself is on the curve
        axes.plot(grid, [at(name, float(x)) for x in grid], color=colour_of(k))
        axes.plot(value, 0, "o", mfc=colour_of(k), ms=11, mec="black", mew=2, zorder=3)
        axes.set_xlabel(label)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(4))
    panels[0].set_ylabel("Q minus its top")
    return Picture(
        figure,
        f"Q against one parameter of class {k + 1} at a time, the others at their best (other weights share"
        f" what is left). It is highest at weight {weight:.3f}, mean {mean:.3f} and variance {variance:.3f}:"
        " the values of the three formulas (dots).",
    )
