"""Which optimum each of many starts reaches: the basins of the restart map, at a third of the price.

A start belongs to the optimum that EM leads it to. To name it, nobody has to walk to its top. Two things make
the way shorter:

- *A known optimum ends it.* The first to come to rest shows where an optimum is; all others stop within half
  an sd of it. EM also comes to rest near a saddle, where even a tolerance of 1e-11 stops some: a place of
  rest counts only if steps of EM lead back to it from every side (`is_optimum`). Near a saddle everybody
  walks on.
- *A straight stretch is one leap.* Where a step is nearly `rate` times the step before, so are those that
  follow, and they sum to a geometric series (projective integration; Gear and Kevrekidis, 2003). Leaps are
  short, a tenth of an sd, and only where EM creeps, so that they do not change where it leads. Those of
  `accelerate` are longer: they reach an optimum sooner, and for some starts another one.

Of 17,000 starts, on the objects of 2021 and on a harder set, seven end elsewhere than with EM's own steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, number, whole_number
from gmm_lesson.em import MAX_ITER, TOL
from gmm_lesson.engine import loop, progress
from gmm_lesson.engine.accelerate import length
from gmm_lesson.engine.family import Parameters, Sums
from gmm_lesson.engine.objects import Objects
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import Optima, optima

CYCLE, ROUND, YOUNG = 3, 4, 20
"""The steps of EM from leap to leap, the leaps from look to look, and the steps before the first leap."""
CREEP, STRAIGHT = 0.03, 0.01
"""A leap needs a step below so many sds, which is a number times the step before but for such a share."""
LEAP, STEPS, BEND, GROWTH = 0.1, 50.0, 0.1, 1.3
"""It goes at most so many sds and steps, fewer if the shares of those would sum to more than BEND, and trusts
no faster growth."""
NEAR, REST = 0.5, 1e-4
"""An optimum is reached within so many sds; a place may be one where a step is less than so many.

At 0.7 several in 1,000 starts of 2021 would stop at the wrong one: they pass an optimum on the way.
"""
JUDGED = 4
"""How many places are judged in a round."""
TILT = 1e-4
"""How far from such a place EM is asked where it leads, in sds."""


@dataclass(frozen=True, eq=False)
class Basins(Optima):
    """The `Optima` that starts reach; `places` has the weights, means and variances of each, shape (M, K).

    The classes of an optimum are in the order of the means.
    """

    places: Parameters


def basins(y: ArrayLike, starts: Parameters | Sequence[Mixture], *, max_iter: int = MAX_ITER) -> Basins:
    """Return which optimum EM reaches from each of R starts of K classes.

    Optima are told apart as in `restarts.optima`. The floor on variances is the default of `fit`. The objects
    y, shape (N,), are not all equal. After `max_iter` steps those still on their way are left to `loop.run`
    and its tolerance of 1e-11.
    """
    source, starts = objects_of(y), Parameters.checked(starts)
    max_iter = whole_number(max_iter, "max_iter", 0)
    walk = _Walk(source, starts, source.floor())
    with progress.bar(max_iter, len(walk.going)) as watch:
        while walk.steps < max_iter and len(walk.going):
            walk.go()
            walk.look()
            if watch:
                watch(walk.steps, len(walk.going))
    return walk.over()


def way(y: ArrayLike, start: Mixture, *, tol: float = TOL, max_iter: int = MAX_ITER) -> tuple[Array, float]:
    """Return the means along EM's way from a start, and the log-likelihood at its end.

    The means, shape (n_iter + 1, K), are the start's, then those after each step, always in their order. The
    objects y are not all equal; `tol` and `max_iter` are as in `fit`.
    """
    source, start = objects_of(y), check_mixture(start, "start")
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")
    family, means = source.family, []

    def record(now: Parameters, sums: Sums, n: float) -> Parameters:
        means.append(now.means)
        new: Parameters = family.m_step(now, sums, n)
        return new

    floor = source.floor()
    begin = Parameters.of([start])
    ends = loop.run(source, begin, max_iter=max_iter, tol=tol, floor=floor, maximise=record)
    before = family.centre + family.unit * np.concatenate([*means, np.empty((0, start.n_components))])
    return np.sort(np.concatenate([before, ends.parameters.means]), axis=1), float(ends.log_likelihood[0])


class _Walk:
    """Starts on their way, in the family's coordinates, and the optima found so far."""

    def __init__(self, source: Objects, starts: Parameters, floor: float) -> None:
        self.source, self.family, self.given_floor = source, source.family, floor
        self.floor = self.family.scaled_floor(floor)
        self.here = self._constrained(self.family.scaled(starts))
        n = len(starts.weights)
        self.going, self.which, self.steps = np.arange(n), np.full(n, -1), 0
        self.size = self.rate = np.full(n, np.inf)
        self.places = self.here.take(slice(0))

    def go(self) -> None:
        for _ in range(ROUND):
            points = [self.here]
            for _ in range(CYCLE):
                points.append(self._step(points[-1]))
            self.steps += CYCLE
            self.here = points[-1]
            if self.steps > YOUNG:
                self._leap(*points[-3:])

    def _step(self, here: Parameters) -> Parameters:
        return loop.step(self.source, here, self.source.e_step(here, score=False), self.floor)

    def _constrained(self, here: Parameters) -> Parameters:
        allowed: Parameters = self.family.constrained(here, np.zeros(here.weights.shape, bool), self.floor)
        return allowed

    def _leap(self, first: Parameters, second: Parameters, third: Parameters) -> None:
        """Go on along the last two steps where they tell where the next ones lead."""
        free = self.family.pack(third)[0]
        middle, per_sd = self._in_sds(second)
        before, step = (middle - self.family.pack(first)[0]) * per_sd, (free - middle) * per_sd
        self.size = length(step)
        self.rate = np.vecdot(step, before) / np.maximum(np.vecdot(before, before), 1e-300)
        odd = length(step - self.rate[:, np.newaxis] * before) / np.maximum(self.size, 1e-300)
        # rate + rate^2 + ... of so many steps to come, in units of the last one.
        rate = np.minimum(np.maximum(self.rate, 1e-3), GROWTH)
        n = np.minimum(BEND / np.maximum(odd, 1e-9), STEPS)
        even = np.abs(rate - 1) < 1e-6
        ahead = np.where(even, n, rate * (rate**n - 1) / np.where(even, 1.0, rate - 1))
        ahead = np.minimum(ahead, LEAP / np.maximum(self.size, 1e-300))
        leaps = (odd < STRAIGHT) & (self.size < CREEP) & (ahead >= 1)
        if leaps.any():
            target = free[leaps] + ahead[leaps, np.newaxis] * (free - middle)[leaps]
            landed = self._constrained(self.family.unpack(target, third.take(leaps)))
            for part, new in zip(self.here, landed, strict=True):
                part[leaps] = new

    def look(self) -> None:
        """Part from those that have reached an optimum, a new one perhaps."""
        here = _in_order(self.here)
        reached = self._nearest(here)
        at_rest = np.flatnonzero((reached < 0) & (self.size < REST) & (self.rate < 1))
        for which in at_rest[:JUDGED]:
            one = here.take([which])
            if self._nearest(one)[0] < 0 and self.is_optimum(one):
                self.places = _joined(self.places, one)
                reached = self._nearest(here)
        self.which[self.going] = reached
        on = reached < 0
        self.going, self.here = self.going[on], self.here.take(on)
        self.size = self.size[on]

    def _in_sds(self, here: Parameters) -> tuple[Array, Array]:
        """Return the free coordinates, (R, P), and what one of each is in sds of its class."""
        free, scale = self.family.pack(here)
        return free, scale / np.tile(np.sqrt(here.weights), 3)

    def _nearest(self, here: Parameters) -> NDArray[np.intp]:
        """Return the known optimum that is near, or -1."""
        free, (places, per_sd) = self.family.pack(here)[0], self._in_sds(self.places)
        if not len(places):
            return np.full(len(free), -1)
        distance = length((free[:, np.newaxis] - places) * per_sd)
        return np.where(distance.min(axis=1) < NEAR, distance.argmin(axis=1), -1)

    def is_optimum(self, one: Parameters) -> bool:
        """Whether EM leads back to a place of rest from all sides: no eigenvalue of its slope reaches 1."""
        free, per_sd = self._in_sds(one)
        n = free.shape[1]
        tilts = np.diag(TILT / per_sd[0])
        around = free + np.concatenate([tilts, -tilts])
        around = self.family.unpack(around, one.take(np.zeros(2 * n, dtype=np.intp)))
        ends = self.family.pack(self._step(self._constrained(around)))[0]
        slope = (ends[:n] - ends[n:]) * per_sd / (2 * TILT)
        return bool(np.abs(np.linalg.eigvals(slope)).max() < 1)

    def over(self) -> Basins:
        places, which = self.places, self.which
        if len(self.going):
            starts = self.family.unscaled(self.here)
            ends = loop.run(self.source, starts, max_iter=MAX_ITER, tol=TOL, floor=self.given_floor)
            which[self.going] = np.arange(len(self.going)) + len(places.weights)
            places = _joined(places, _in_order(self.family.scaled(ends.parameters)))
        found = optima(self.source.e_step(places).log_likelihood)
        best = np.array([np.flatnonzero(found.which == m)[0] for m in range(len(found.counts))])
        which = found.which[which]
        counts = np.bincount(which, minlength=len(best))
        return Basins(found.log_likelihood, counts, which, self.family.unscaled(places.take(best)))


def _in_order(here: Parameters) -> Parameters:
    """Return the same mixtures with their classes in the order of the means."""
    order = np.argsort(here.means, axis=1, kind="stable")
    return Parameters(*(np.take_along_axis(part, order, axis=1) for part in here))


def _joined(one: Parameters, other: Parameters) -> Parameters:
    return Parameters(*(np.concatenate(parts) for parts in zip(one, other, strict=True)))
