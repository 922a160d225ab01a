"""How many restarts: which optimum each of them reached, how often it was the best, how many are enough.

What an argument must be stands in a docstring; any other gets a TypeError or a ValueError that names it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import LARGEST, Array, array_of, number, share

MANY = 2**53
"""The largest number of restarts that is computed with: from here on floats leave some whole numbers out."""
SAME_OPTIMUM = 0.01
"""Within so much of each other, total log-likelihoods are those of one optimum."""


@dataclass(frozen=True, eq=False)
class Optima:
    """The different optima that restarts reached, best first.

    Attributes
    ----------
    log_likelihood : ndarray, shape (M,)
        The highest log-likelihood in each group, falling.
    counts : ndarray of int, shape (M,)
        How many restarts reached it.
    which : ndarray of int, shape (R,)
        The group of each restart, 0..M-1.
    """

    log_likelihood: Array
    counts: NDArray[np.intp]
    which: NDArray[np.intp]


def optima(log_likelihood: ArrayLike, *, within: float = SAME_OPTIMUM) -> Optima:
    """Group restarts by the optimum they reached.

    Two restarts reached the same one if no gap above `within` lies between their log-likelihoods.
    Different optima with equal log-likelihoods count as one: on real data that is always the same mixture
    with its classes in another order.

    Parameters
    ----------
    log_likelihood : array_like, shape (R,)
        Where each restart ended, converged.
    within : float
        The largest gap inside a group, in total log-likelihood.
    """
    values, within = array_of(log_likelihood, "log_likelihood"), number(within, "within")
    order = np.argsort(-values, kind="stable")
    falls = -np.diff(values[order]) > within
    group = np.concatenate([[0], np.cumsum(falls)]).astype(np.intp)
    which = np.empty(len(values), dtype=np.intp)
    which[order] = group
    first = np.flatnonzero(np.concatenate([[True], falls]))
    return Optima(values[order][first], np.bincount(which), which)


@dataclass(frozen=True)
class HitRate:
    """How often a restart reaches the best optimum, and how well so many restarts tell that.

    Attributes
    ----------
    hits, n : int
        How many of how many restarts reached it.
    rate : float
        hits / n.
    low, high : float
        The ends of the interval for the chance of a hit (Wilson, 1927).
    """

    hits: int
    n: int
    rate: float
    low: float
    high: float


def hit_rate(
    log_likelihood: ArrayLike, *, best: float | None = None, within: float = SAME_OPTIMUM, level: float = 0.95
) -> HitRate:
    """Return the share of restarts that reached the best optimum, with its interval.

    The interval holds every chance p from which the share is less than z sqrt(p (1 - p) / n) away, with z the
    normal quantile of the level (Wilson, 1927). It never leaves 0..1, and is not empty where all or none hit.

    Parameters
    ----------
    log_likelihood : array_like, shape (n,)
        Where each restart ended, converged.
    best : float or None
        The log-likelihood to be reached; the highest of them if None.
    within : float
        How far below it still counts as a hit, in total log-likelihood.
    level : float
        How often the interval shall hold the true chance, above 0 and below 1.
    """
    values, within = array_of(log_likelihood, "log_likelihood"), number(within, "within")
    top = float(values.max()) if best is None else number(best, "best", -LARGEST)
    level = share(level, "level")
    n, hits = len(values), int((values >= top - within).sum())
    rate, z = hits / n, float(scipy.special.ndtri(0.5 + level / 2))
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # But for rounding these are the ends where none or all hit.
    low, high = 0.0 if hits == 0 else middle - half, 1.0 if hits == n else middle + half
    return HitRate(hits, n, rate, float(low), float(high))


def success(rate: ArrayLike, restarts: ArrayLike) -> Array:
    """Return the chance that at least one of R restarts hits, 1 - (1 - p)^R.

    Parameters
    ----------
    rate : float or array_like
        The chance p that one restart hits, 0..1.
    restarts : int or array_like
        R, at least 0. The two are broadcast against each other.
    """
    p, r = array_of(rate, "rate", ndim=None), array_of(restarts, "restarts", ndim=None)
    if p.min() < 0 or p.max() > 1:
        raise ValueError(f"rate must be within 0..1; got {p[(p < 0) | (p > 1)][0]:g}")
    if r.min() < 0 or (r != np.rint(r)).any():
        raise ValueError(
            f"restarts must be whole numbers, at least 0; got {r[(r < 0) | (r != np.rint(r))][0]:g}"
        )
    try:
        np.broadcast_shapes(p.shape, r.shape)
    except ValueError:
        raise ValueError(
            f"rate and restarts must have shapes that can be broadcast; got {p.shape} and {r.shape}"
        ) from None
    with np.errstate(divide="ignore"):
        log_miss = np.where(r == 0, 0.0, np.log1p(-p) * np.maximum(r, 1))
    return np.asarray(0.0 - np.expm1(log_miss))


def restarts_needed(rate: float, chance: float = 0.99) -> int:
    """Return the fewest restarts of which at least one hits with a given chance.

    Parameters
    ----------
    rate : float
        The chance that one restart hits, above 0 and at most 1.
    chance : float
        The chance that at least one of them shall hit, above 0 and below 1.
    """
    rate, chance = number(rate, "rate"), share(chance, "chance")
    if not 0 < rate <= 1:
        raise ValueError(f"rate must be above 0 and at most 1: no number of restarts would do; got {rate:g}")
    if success(rate, MANY) < chance:
        raise ValueError(f"rate must be so large that {MANY:.0e} restarts are enough; got {rate:g}")
    # Halved, not solved for: so it is the inverse of `success` to the last digit.
    few, enough = 0, MANY
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if success(rate, middle) >= chance else (middle, enough)
    return enough
