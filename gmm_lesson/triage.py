"""What may be wrong with an answer of EM: unconverged, a saddle, spurious, or one maximum among others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import LARGEST, Array, array_of, number
from gmm_lesson.em import default_floor, log_likelihood
from gmm_lesson.information import FLAT, PerClass, missing_fraction, slowest_direction, stationary_gap
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import Fit, fit

STILL = 0.01
"""EM has arrived where its end is nearer than this, in total log-likelihood."""
FEW, NARROW = 20, 0.1
"""A class is spurious with a weight worth fewer objects than FEW, and an sd below NARROW of the others'."""
PARTED = 0.1
"""How far classes on level ground are parted to see whether EM climbs from there, in sds."""


@dataclass(frozen=True)
class Triage:
    """What kind of answer it is, and why.

    Attributes
    ----------
    kind : str
        "unconverged", "spurious", "saddle" or "local".
    says : str
        The same in a sentence or two, with numbers.
    """

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
    - *saddle*: it is near, but a direction leads up from there, and EM started beside it gains more than .01;
    - *spurious*: a class has a weight worth fewer than twenty objects, and an sd below a tenth of the median
      of the others'. That is a rule of thumb: a real class may look so, and only what is known beside the
      objects tells. A class on the floor on variances is spurious in any case;
    - *local*: a maximum. Whether there is a better one, only other starts can tell.

    EM is run on, and from beside a saddle, with `fit(..., accelerate=True)`.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    mixture : Mixture
        Where EM ended, converged or not.
    best : float or None
        The log-likelihood of the best answer that is known, to be told how far below it this one is.
    floor : float or None
        The smallest variance that EM was allowed, in y's units squared. None means 1e-6 of the variance of y.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant and no floor above 0 is given.
    """
    y, mixture = array_of(y, "y"), check_mixture(mixture)
    best = None if best is None else number(best, "best", -(LARGEST**2))
    floor = default_floor(y) if floor is None else number(floor, "floor")
    found = _kind(y, mixture, floor)
    if best is None:
        return found
    below = best - log_likelihood(y, mixture)
    beside = (
        f"It is {below:.3f} below the best known, {best:.3f}."
        if below > STILL
        else f"None better is known: the best is {best:.3f}."
    )
    return Triage(found.kind, f"{found.says} {beside}")


def _kind(y: Array, mixture: Mixture, floor: float) -> Triage:
    if _on_floor(mixture, floor) or stationary_gap(y, mixture) > STILL:
        gain, run = _climb(y, mixture, mixture, floor)
        if gain > STILL:
            return Triage(
                "unconverged",
                f"EM has not arrived: run on, it gains {gain:.3f} more and ends at {run.log_likelihood:.3f}.",
            )
        mixture = run.mixture
    k = int(mixture.variances.argmin())
    objects = f"{mixture.weights[k] * len(y):.3g}"
    if _on_floor(mixture, floor):
        return Triage(
            "spurious",
            f"Class {k + 1}, with a weight worth {objects} objects, is on the floor on variances,"
            f" {floor:.3g}: were that lower, the log-likelihood would be higher.",
        )
    others = float(np.median(np.delete(mixture.sds, k))) if mixture.n_components > 1 else 0.0
    rho = missing_fraction(y, mixture)
    if rho > 1 - FLAT:
        ends = (_climb(y, mixture, beside, floor) for beside in _beside(y, mixture, rho, floor))
        gain, run = max(ends, key=lambda end: end[0])
        if gain > STILL:
            return Triage(
                "saddle",
                f"EM stands nearly still, but in one direction each step leads {rho:.6g} times as far away:"
                f" started beside it, EM gains {gain:.3f} and ends at {run.log_likelihood:.3f}.",
            )
    if mixture.weights[k] * len(y) < FEW and mixture.sds[k] < NARROW * others:
        return Triage(
            "spurious",
            f"Class {k + 1}, with a weight worth {objects} objects, has an sd of {mixture.sds[k]:.3g}, where"
            f" the median of the others is {others:.3g}: it lives on a few objects that lie close together.",
        )
    level = "and the log-likelihood falls in every direction" if rho <= 1 - FLAT else "on level ground"
    return Triage(
        "local",
        f"A maximum: EM stands still, {level}. Only other starts can tell whether there is a better one.",
    )


def _on_floor(mixture: Mixture, floor: float) -> bool:
    return bool(mixture.variances.min() <= floor)


def _climb(y: Array, mixture: Mixture, start: Mixture, floor: float) -> tuple[float, Fit]:
    """Return where EM leads from a start, and how far above a mixture that is."""
    run = fit(y, mixture.n_components, starts=start, accelerate=True, floor=floor)
    return run.log_likelihood - log_likelihood(y, mixture), run


def _beside(y: Array, mixture: Mixture, rho: float, floor: float) -> list[Mixture]:
    """Return the mixtures on both sides of a saddle, in the direction in which EM leaves it."""
    values = PerClass.of(mixture).as_array()
    if rho > 1 + FLAT:
        change = slowest_direction(y, mixture).as_array()
        # Weights and sds must stay above 0.
        change *= min(1.0, 0.5 / np.max(np.abs(change[[0, 2]] / values[[0, 2]])))
    else:
        # Level in a direction, as where equal classes share their weight: part the classes' means instead.
        apart = PARTED * np.where(np.arange(mixture.n_components) % 2, 1, -1)
        change = np.array([0 * apart, apart * mixture.sds, 0 * apart])
    sides = (values + change, values - change)
    return [Mixture(weights, means, np.maximum(sds**2, floor)) for weights, means, sds in sides]
