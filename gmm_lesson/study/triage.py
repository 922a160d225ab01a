"""What may be wrong with an answer of EM: unconverged, a saddle, spurious, or one maximum among others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number
from gmm_lesson.em import FLOOR_SHARE, default_floor, log_likelihood, on_floor
from gmm_lesson.engine.fit import Fit, fit
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import SAME_OPTIMUM
from gmm_lesson.study.information import FLAT, missing_fraction, slowest_direction, stationary_gap
from gmm_lesson.study.per_class import PerClass

FEW, NARROW = 20, 0.1
"""A class is spurious with a weight worth fewer objects than FEW, and an sd below NARROW of the others'."""
EMPTY = 0.1
"""A class with a weight worth fewer objects than this has none: it may be anywhere at no cost."""
PARTED = 0.1
"""How far classes on level ground are parted to see whether EM climbs from there, in sds."""


@dataclass(frozen=True)
class Triage:
    """What `kind` of answer it is ("unconverged", "spurious", "saddle" or "local"), and what `says` so."""

    kind: str
    says: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.says}"


def triage(
    y: ArrayLike, mixture: Mixture, *, best: float | None = None, floor: float | None = None
) -> Triage:
    """Say what kind of answer a mixture that EM ended at is.

    The first that holds:

    - *unconverged*: the place where EM would stand still is more than .01 in log-likelihood away by the slope
      and the curvature here (`information.stationary_gap`), and EM, run on, gains more than that;
    - *spurious*: a class is on the floor on variances;
    - *saddle*: a direction leads up from there, or a class is empty and could be put among the objects, and
      EM started so gains more than .01;
    - *spurious*: a class has a weight worth fewer than twenty objects, and an sd below a tenth of the median
      of the others'. That is a rule of thumb: a real class may look so, and only what is known beside the
      objects tells;
    - *local*: a maximum. Whether there is a better one, only other starts can tell.

    Each .01 is in total log-likelihood. The classes that it names count from 1. EM is run on, and from beside
    a saddle, with `fit(..., accelerate=True)`.

    `mixture` is where EM ended, converged or not, on the objects y, shape (N,); `best` the log-likelihood of
    the best answer that is known, to be told how far below it this one is. `floor` is the smallest variance
    that EM was allowed, in y's units squared. None means 1e-6 of the variance of y, whose objects must then
    not be equal; 0 means that there was none.
    """
    y, mixture = array_of(y, "y"), check_mixture(mixture)
    if len(y) < mixture.n_components:
        raise ValueError(
            f"y must have at least as many objects as mixture has classes, {mixture.n_components};"
            f" got {len(y)}"
        )
    best = None if best is None else number(best, "best", -(LARGEST**2))
    floor = default_floor(y) if floor is None else number(floor, "floor")
    found = _kind(y, mixture, floor)
    if best is None:
        return found
    below = best - log_likelihood(y, mixture)
    beside = (
        f"It is {_three(below)} below the best known, {_three(best)}."
        if below > SAME_OPTIMUM
        else f"None better is known: the best is {_three(best)}."
    )
    return Triage(found.kind, f"{found.says} {beside}")


def _kind(y: Array, mixture: Mixture, floor: float) -> Triage:
    if on_floor(mixture.variances, floor).any() or stationary_gap(y, mixture) > SAME_OPTIMUM:
        climb = _climb(y, mixture, mixture, floor)
        if climb.gain > SAME_OPTIMUM:
            return Triage("unconverged", f"EM has not arrived: run on, it {climb.says(' more')}.")
        mixture = climb.run.mixture
    floored = on_floor(mixture.variances, floor)
    objects = mixture.weights * len(y)
    if floored.any():
        k = int(floored.argmax())
        return Triage(
            "spurious",
            f"Class {k + 1}, with a weight worth {objects[k]:.3g} objects, is on the floor on variances,"
            f" {floor:.3g}: were that lower, the log-likelihood would be higher.",
        )
    try:
        rho = missing_fraction(y, mixture)
    except ValueError:  # even the complete information is level, as of a class far from every object
        rho = 1.0
    for beside, why in _ways_up(y, mixture, rho, floor):
        climb = max((_climb(y, mixture, start, floor) for start in beside), key=lambda climb: climb.gain)
        if climb.gain > SAME_OPTIMUM:
            return Triage("saddle", f"EM stands nearly still, but {why}, EM {climb.says()}.")
    for k in range(mixture.n_components):
        others = float(np.median(np.delete(mixture.sds, k))) if mixture.n_components > 1 else 0.0
        if objects[k] < FEW and mixture.sds[k] < NARROW * others:
            return Triage(
                "spurious",
                f"Class {k + 1}, with a weight worth {objects[k]:.3g} objects, has an sd of"
                f" {mixture.sds[k]:.3g}, where the median of the others is {others:.3g}: it lives on a few"
                " objects that lie close together.",
            )
    level = "and the log-likelihood falls in every direction" if rho <= 1 - FLAT else "on level ground"
    others_tell = "Only other starts can tell whether there is a better one."
    return Triage("local", f"A maximum: EM stands still, {level}. {others_tell}")


class _Climb(NamedTuple):
    """Where EM leads from a start, and how far above a mixture that is: infinity if a class collapses."""

    gain: float
    run: Fit

    def says(self, more: str = "") -> str:
        if self.gain == math.inf:
            return "lets a class collapse, and gains without end"
        return f"gains {_three(self.gain)}{more} and ends at {_three(self.run.log_likelihood)}"


def _climb(y: Array, mixture: Mixture, start: Mixture, floor: float) -> _Climb:
    # Without a floor a class may collapse, and no end is reached: one far below every class shows that.
    guard = floor or FLOOR_SHARE**2 * float(mixture.variances.min())
    run = fit(y, mixture.n_components, starts=start, accelerate=True, floor=guard)
    if floor == 0 and on_floor(run.mixture.variances, guard).any():
        return _Climb(math.inf, run)
    return _Climb(run.log_likelihood - log_likelihood(y, mixture), run)


def _ways_up(y: Array, mixture: Mixture, rho: float, floor: float) -> Iterator[tuple[list[Mixture], str]]:
    """Yield starts beside a mixture, from which EM may climb, and what they are."""
    values = PerClass.of(mixture).as_array()
    empty = mixture.weights * len(y) < EMPTY
    if empty.any():
        k = int(empty.argmax())
        why = f"class {k + 1} is empty: given a part of another one's objects"
        yield [_shared(values, k, int(j), floor) for j in np.flatnonzero(~empty)], why
    if rho > 1 + FLAT:
        change = slowest_direction(y, mixture).as_array()
        # Weights and sds must stay above 0.
        change *= min(1.0, 0.5 / np.max(np.abs(change[[0, 2]] / values[[0, 2]])))
        why = f"in one direction each step leads {rho:.6g} times as far away: started beside it"
        yield _both_sides(values, change, floor), why
    if rho > 1 - FLAT:
        # Level in a direction, as where equal classes share their weight: part the classes' means.
        apart = PARTED * np.where(np.arange(mixture.n_components) % 2, 1, -1)
        change = np.array([0 * apart, apart * mixture.sds, 0 * apart])
        why = "on level ground: with its classes a little apart"
        yield _both_sides(values, change, floor), why


def _both_sides(values: Array, change: Array, floor: float) -> list[Mixture]:
    return [_mixture(values + change, floor), _mixture(values - change, floor)]


def _shared(values: Array, k: int, j: int, floor: float) -> Mixture:
    """Return the mixture with class k in a half of class j, whose parts lie an sd of it apart."""
    values = values.copy()
    values[:, k] = values[:, j]
    values[0, [j, k]] /= 2
    values[1, [j, k]] += values[2, j] * np.array([-0.5, 0.5])
    return _mixture(values, floor)


def _mixture(values: Array, floor: float) -> Mixture:
    weights, means, sds = values
    return Mixture(weights / weights.sum(), means, np.maximum(sds**2, floor))


def _three(value: float) -> str:
    """Return a log-likelihood with three decimals, or a few digits of one with dozens."""
    return f"{value:.3f}" if abs(value) < 1e15 else f"{value:.4g}"
