"""How far a fit would move with other objects: the bootstrap, and how often intervals hold the truth."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, generator, number, share, whole_number
from gmm_lesson.em import FLOOR_SHARE, MAX_ITER, default_floor, on_floor, variance
from gmm_lesson.engine import loop, progress, sums
from gmm_lesson.engine.family import Parameters, Sums
from gmm_lesson.engine.loop import Ends
from gmm_lesson.engine.objects import FEW_RESPONSIBILITIES, Objects
from gmm_lesson.mixture import MOST, Mixture, check_mixture
from gmm_lesson.study import information
from gmm_lesson.study.compare import match, orders
from gmm_lesson.study.per_class import Intervals, PerClass

REFITS = 400
REFIT_TOL = 1e-8
"""A refit has converged when about so much log-likelihood is left to gain, per object."""
TOGETHER = 2**18
"""How many responsibilities are in work at once, of several refits: a bar of progress moves between them."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """A fit, `mixture`, and its B refits to resampled objects; K classes.

    `weights`, `means` and `sds`, shape (B, K), are where each refit ended, its classes in the order of the
    fit's that they match; `converged`, shape (B,), says whether it did. It is `degenerate`, shape (B,), where
    a class ended on the floor on variances, or with less than one object's worth of weight: no estimate of
    anything, and left out of `standard_errors` and `intervals`.
    """

    mixture: Mixture
    weights: Array
    means: Array
    sds: Array
    degenerate: NDArray[np.bool_]
    converged: NDArray[np.bool_]

    def standard_errors(self) -> PerClass:
        """Return the standard deviations over the refits, of which two at least must not be degenerate."""
        return PerClass(*self._sound().std(axis=1, ddof=1))

    def intervals(self, level: float = 0.95) -> Intervals:
        """Return percentile intervals: between the refits' (1 - level) / 2 and (1 + level) / 2 quantiles.

        The level is between 0 and 1; two refits at least must not be degenerate.
        """
        level = share(level, "level")
        low, high = np.quantile(self._sound(), [(1 - level) / 2, (1 + level) / 2], axis=1)
        return Intervals(PerClass(*low), PerClass(*high), level)

    def _sound(self) -> Array:
        """Return weights, means and sds of the refits that are not degenerate, shape (3, B', K)."""
        sound = np.array([self.weights, self.means, self.sds])[:, ~self.degenerate]
        if sound.shape[1] < 2:
            raise ValueError(
                f"refits must hold two that are not degenerate; got {sound.shape[1]} of"
                f" {len(self.weights)}: resample more, or raise the floor"
            )
        return sound


def bootstrap(
    y: ArrayLike,
    mixture: Mixture,
    *,
    refits: int = REFITS,
    rng: np.random.Generator | int = 0,
    floor: float | None = None,
) -> Bootstrap:
    """Resample the objects with replacement, fit again from the fit, and again (Efron 1979).

    Each refit starts from `mixture` and is run until it converges. Its classes are matched with those of
    `mixture` (see `match`): their names may have changed places. How the refits scatter is how fits would, if
    the objects were drawn anew. Resampled objects repeat, so a class may collapse onto one of them, or lose
    all its objects; where such refits are many, or where refits sit at two optima, no standard error
    describes the fit: look at the refits.

    `mixture` is the fit, with K classes, to the objects y, shape (N,). Standard errors need a hundred or two
    `refits`, intervals some hundreds: at least 2, at most `MOST` / K. `rng` resamples: a generator, or a
    seed. `floor` is the smallest variance allowed, in y's units squared. None means 1e-6 of the variance of
    y, whose objects must then not be equal.
    """
    y, mixture = array_of(y, "y"), check_mixture(mixture)
    refits, rng = whole_number(refits, "refits", 2, MOST // mixture.n_components), generator(rng)
    floor = default_floor(y) if floor is None else number(floor, "floor")
    n, k = len(y), mixture.n_components
    together = max(1, TOGETHER // (n * k))
    ends = []
    with progress.count(refits, "bootstrap", "refit") as show:
        for first in range(0, refits, together):
            resampled = y[rng.integers(n, size=(min(together, refits - first), n))]
            ends.append(_refits(resampled, mixture, floor))
            if show:
                show(min(first + together, refits), "")
    weights, means, variances = map(np.concatenate, zip(*(end.parameters for end in ends), strict=True))
    degenerate = np.any(on_floor(variances, floor) | (weights * n < 1), axis=1)
    sds = np.sqrt(variances)
    order = orders(mixture, means, sds)
    weights, means, sds = (np.take_along_axis(part, order, axis=1) for part in (weights, means, sds))
    converged = np.concatenate([end.converged for end in ends])
    return Bootstrap(mixture, weights, means, sds, np.asarray(degenerate), converged)


@dataclass(frozen=True, eq=False)
class Coverage:
    """How often intervals held the truth: the share of data sets, for each parameter.

    `monte_carlo` has the standard errors of these shares: the data sets were drawn at random. `n_failed` of
    them gave no interval, and are left out.
    """

    share: PerClass
    monte_carlo: PerClass
    n_failed: int


def coverage(
    true: Mixture, n: int, *, data_sets: int = 400, level: float = 0.95, rng: np.random.Generator | int = 0
) -> Coverage:
    """Draw data sets from a truth, fit each from the truth, and count how often its intervals hold it.

    The intervals are `information.intervals`, of a `level` between 0 and 1. Learned classes are matched with
    the true ones. A data set gives no interval if its fit is no proper maximum.

    A data set has n objects: at least 2, at least as many as classes, and so many that there are data sets
    with intervals. There are at least 2 `data_sets`, at most `MOST` objects in all; `rng`, a generator or a
    seed, draws them.
    """
    check_mixture(true, "true")
    n = whole_number(n, "n", max(2, true.n_components), MOST)
    data_sets = whole_number(data_sets, "data_sets", 2, MOST // n)
    level, rng = share(level, "level"), generator(rng)
    y = np.array([array_of(true.sample(n, rng)[0], "true.sample(n)") for _ in range(data_sets)])
    floor = FLOOR_SHARE * variance(y)
    held = []
    with progress.count(data_sets, "coverage", "data set") as show:
        fitted = _refits(y, true, floor)
        for i in range(data_sets):
            mixture = match(true=true, fitted=fitted.parameters.mixture(i)).fitted
            with contextlib.suppress(ValueError):
                found = information.intervals(y[i], mixture, level=level)
                held.append(found.hold(true).as_array())
            if show:
                show(i + 1, "")
    if not held:
        raise ValueError(f"n must be larger: no data set of {n} objects gives intervals for this mixture")
    held_by = np.mean(held, axis=0)
    monte_carlo = np.sqrt(held_by * (1 - held_by) / len(held))
    return Coverage(PerClass(*held_by), PerClass(*monte_carlo), data_sets - len(held))


def _refits(y: Array, start: Mixture, floor: float) -> Ends:
    """Return where EM ends on each row of y, shape (R, n), from one start."""
    starts = Parameters(*(np.tile(part, (len(y), 1)) for part in Parameters.of([start])))
    return loop.run(Rows(y), starts, max_iter=MAX_ITER, tol=REFIT_TOL, floor=floor, accelerate=True)


class Rows(Objects):
    """Objects for `loop.run` where each restart has its own: row r of y, shape (R, n), is restart r's."""

    def __init__(self, y: Array, family: Any = None) -> None:
        """Lay coordinates through all the rows, if there are none yet."""
        self.y, self.family, self.n = y, family, float(y.shape[1])
        if family is None:
            self.family = Objects(lambda: [(y.ravel(), None)]).family

    def take(self, which: NDArray[np.bool_]) -> Rows:
        """Return the objects of some restarts."""
        return Rows(self.y[which], self.family)

    def e_step(self, now: Parameters, score: bool = True) -> Sums:
        """Return the sums over each restart's own objects."""
        few = now.weights.shape[1] * self.y.shape[1] <= FEW_RESPONSIBILITIES
        found = self.family.textbook_sums(self.y, None, now, score) if few else None
        if found is None:
            each = [self._sums(row, now, score) for row in range(len(self.y))]
            found = Sums(*map(np.concatenate, zip(*each, strict=True)))
        found.log_likelihood[:] -= self.n * self.family.log_unit
        return found

    def _sums(self, row: int, now: Parameters, score: bool) -> Sums:
        mine = now.take([row])
        found = sums.e_step(self.family, self.y[row], None, mine, score)
        if found.origin is None:
            return Sums(found.total, found.log_likelihood, *self.family.zero_origin(mine))
        return found
