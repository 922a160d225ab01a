"""What lesson 05 shows of when to stop: the gain of the last step is not what is left to gain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import LARGEST, Array, array_of, number
from gmm_lesson.em import remaining_gain
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.labels import write, write_beside
from gmm_lesson.figures.marks import GREY, colour_of, new_panel

FACTOR = 2
"""An estimate within this factor of the truth is a good one."""
ROUNDING = 64 * float(np.finfo(float).eps)
"""What is below this share of the log-likelihood is not drawn: rounding made it."""


@styled()
def stopping(
    run_log_likelihoods: ArrayLike, optimum: float, *, tolerances: Sequence[float] = (0.1, 1e-3, 1e-6)
) -> Picture:
    """Draw the last gain, what truly remains and the estimate of it, at every step of a run of EM.

    Both axes are logarithmic. A dotted line marks the step at which each tolerance stops the run: the first
    whose gain, in the total log-likelihood, is no larger.

    Parameters
    ----------
    run_log_likelihoods : array_like, shape (T + 1,)
        The log-likelihood of the start and after each of T steps, at least two; `EMRun.log_likelihoods`.
    optimum : float
        The log-likelihood to which the run climbs; not below any of its own.
    tolerances : sequence of float
        Tolerances in the total log-likelihood (not per object), above 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the log-likelihoods fall: EM never lowers them.
    """
    scores = array_of(run_log_likelihoods, "run_log_likelihoods")
    if len(scores) < 3:
        raise ValueError(f"run_log_likelihoods must have at least three entries; got {len(scores)}")
    optimum = number(optimum, "optimum", -LARGEST)
    dust = ROUNDING * float(np.abs(scores).max())
    if optimum < scores.max() - dust:
        raise ValueError(f"optimum must be at least that of the run, {scores.max():.9g}; got {optimum:.9g}")
    for tolerance in tolerances:
        if number(tolerance, "tolerances") == 0:
            raise ValueError("tolerances must be above 0; got 0")
    steps, gains, left = np.arange(1, len(scores)), np.diff(scores), (optimum - scores)[1:]
    estimates = np.array([np.nan, *(remaining_gain(scores[step - 2 : step + 1]) for step in steps[1:])])
    stops = {tolerance: _first(gains <= tolerance) for tolerance in tolerances}
    last = max((step for step in stops.values() if step), default=len(steps))
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
    _mark_stops(axes, stops, len(steps))
    return Picture(figure, _say(stops, (gains, left, estimates), good_from, last))


def _mark_stops(axes: Axes, stops: dict[float, int | None], n_steps: int) -> None:
    """Draw a line at each stop, with its tolerance above the axes: higher up if the last one is too near."""
    before, high = 0.0, False
    for tolerance, step in stops.items():
        if step is None:
            continue
        axes.axvline(step, color=GREY, linestyle=":", linewidth=1.5)
        high = not high and before > 0 and abs(np.log(step / before)) < 0.15 * np.log(n_steps)
        above, up = axes.get_xaxis_transform(), 20 if high else 4
        write(axes, f"tol {tolerance:g}", (step, 1), (0, up), above, ha="center", color=GREY)
        before = step


def _say(
    stops: dict[float, int | None], curves: tuple[Array, Array, Array], good_from: int, last: int
) -> str:
    said = []
    for tolerance, step in stops.items():
        if step is None:
            said.append(f"{tolerance:g} does not stop it")
            continue
        gain, left, estimate = (curve[step - 1] for curve in curves)
        guess = f"{estimate:.2g}" if np.isfinite(estimate) else "none"
        said.append(f"{tolerance:g}, step {step:,}: {gain:.2g}, {left:.2g}, {guess}")
    reliable = (
        f"From step {good_from:,} to step {last:,} the estimate is within a factor {FACTOR} of what remains."
        if good_from <= last
        else f"At step {last:,} the estimate is not within a factor {FACTOR} of what remains."
    )
    head = "Where each tolerance stops: the last gain, what remains, and the estimate of it"
    return f"{head}. {'; '.join(said)}. {reliable}"


def _first(small: NDArray[np.bool_]) -> int | None:
    """Return the first step at which something holds, or None."""
    return 1 + int(small.argmax()) if small.any() else None
