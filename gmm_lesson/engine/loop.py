"""The loop: EM from many starts at once, each until it has converged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.em import TRACE, gain_is_negligible
from gmm_lesson.engine.accelerate import Guide
from gmm_lesson.engine.family import Parameters, Sums, where
from gmm_lesson.engine.objects import Objects

Maximise = Callable[[Parameters, Sums, float], Parameters]


class Ends(NamedTuple):
    """Where R runs of EM ended: as in `EMRun`, each with one entry a restart."""

    parameters: Parameters
    log_likelihood: Array
    n_iter: NDArray[np.intp]
    converged: NDArray[np.bool_]


def run(
    source: Objects,
    starts: Parameters,
    *,
    max_iter: int,
    tol: float,
    floor: Any,
    maximise: Maximise | None = None,
    accelerate: bool = False,
    watch: Callable[[int, int], None] | None = None,
) -> Ends:
    """Run EM from R starts at once, each until it converges or has taken all its steps.

    What is asked is as in `fit`, but no floor is None. `maximise` is another M-step than the family's, in the
    family's coordinates. `watch` is called after each step with the number of steps and of restarts still
    going. Raises a ValueError if `floor` is 0 and a class of any run ends on a single value, or flat.
    """
    family, n, n_restarts = source.family, source.n, len(starts.weights)
    given = family.scaled(starts)
    guarded, floor = bool(np.any(floor)), family.scaled_floor(floor)
    none = np.zeros(starts.weights.shape, dtype=bool)
    here = at = family.constrained(given, none, floor)
    end = Parameters(*(part.copy() for part in here))
    log_likelihood = best = np.full(n_restarts, -np.inf)
    n_iter, converged = np.zeros(n_restarts, dtype=np.intp), np.zeros(n_restarts, dtype=bool)
    guide = Guide(family, n_restarts) if accelerate else None
    going = np.arange(n_restarts)

    def image() -> Parameters:
        new = step(source, here, sums, floor, maximise)
        if not guarded and (collapsed := family.collapsed(new)).any():
            restart, k = np.argwhere(collapsed)[0]
            raise ValueError(
                f"floor must be above 0 here: class {k} of start {going[restart]} {family.flat}; got floor=0"
            )
        return new

    for iteration in range(max_iter + 1):
        sums = source.e_step(here, accelerate or tol > 0 or iteration == max_iter)
        gain = sums.log_likelihood - best
        settled = done = gain_is_negligible(gain, n, tol)
        if guide:
            kept = guide.keeps(here, image(), gain, sums.log_likelihood)
            done = settled & guide.arrived(gain, sums.log_likelihood, tol * n)
            at = Parameters(*(where(kept, *parts) for parts in zip(here, at, strict=True)))
            best = np.where(kept, sums.log_likelihood, best)
        else:
            at, best = here, sums.log_likelihood
        leaving = int(np.count_nonzero(done))
        over = iteration == max_iter or leaving == len(going)
        if over or leaving:
            gone = np.flatnonzero(done | over)
            for part, values in zip(end, at, strict=True):
                part[going[gone]] = values[gone]
            log_likelihood[going[gone]], n_iter[going[gone]], converged[going] = best[gone], iteration, done
        if watch:
            watch(iteration, len(going) - leaving)
        if over:
            break
        if guide:
            here = family.constrained(guide.propose(settled), none[going], floor)
        if leaving:
            on = ~done
            going, best, sums, here, at = going[on], best[on], sums.take(on), here.take(on), at.take(on)
            source = source.take(on)
            if guide:
                guide.keep(on)
        if not guide:
            here = image()
    if not np.isfinite(log_likelihood).all():
        raise ValueError("y must be the same at every pass, and finite; got other numbers after the first")
    # What has not moved comes back as it was given, to the last digit.
    parts = zip(end, given, starts, family.unscaled(end), strict=True)
    found = Parameters(*(np.where(inner == before, start, outer) for inner, before, start, outer in parts))
    return Ends(found, log_likelihood, n_iter, converged)


def step(
    source: Objects, here: Parameters, sums: Sums, floor: Any, maximise: Maximise | None = None
) -> Parameters:
    """Return where a step of EM leads from here, in the family's coordinates, given the sums there."""
    new = (maximise or source.family.m_step)(here, sums, source.n)
    allowed: Parameters = source.family.constrained(new, sums.counts < TRACE * source.n, floor)
    return allowed
