"""The same EM as em.py, for many starts at once. What fit() runs on.

Two ideas make it fast and keep it accurate:

- The objects lie on the last axis and the classes before them, (R, K, N), so that numpy sums along
  memory; R starts are one more axis, and one call of numpy serves them all.
- The M-step needs three sums for each class only. With z = (y - mean) / sd, an object's distance from
  the *current* class in its own sds, they are S0 = sum r, S1 = sum r z and S2 = sum r z^2. Near the end
  the mean hardly moves, so the new variance, S2/S0 - (S1/S0)^2 in the old variance's units, loses no digits,
  whatever the offset and the scale of y. A class that starts far outside the objects would lose them all
  in its first step: there z is measured from the nearest object instead.

A start that has converged leaves the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.em import WHISPER, gain_is_negligible, rounding, variance
from gmm_lesson.mixture import FARTHEST, Mixture

BLOCK = 32_768
"""How many numbers the work array of one block holds: it stays in the processor's cache."""


class Parameters(NamedTuple):
    """The parameters of R mixtures of K classes: three arrays of shape (R, K)."""

    weights: Array
    means: Array
    variances: Array

    def mixture(self, restart: int) -> Mixture:
        """Return the mixture of one restart."""
        return Mixture(*(part[restart] for part in self))

    def take(self, which: NDArray[np.intp]) -> Parameters:
        """Return the parameters of some restarts, in the order given."""
        return Parameters(*(part[which] for part in self))

    @classmethod
    def of(cls, mixtures: list[Mixture]) -> Parameters:
        """Return the parameters of a list of mixtures of one size."""
        return cls(
            np.array([mixture.weights for mixture in mixtures]),
            np.array([mixture.means for mixture in mixtures]),
            np.array([mixture.variances for mixture in mixtures]),
        )


class Sums(NamedTuple):
    """What one E-step leaves for the M-step, and the log-likelihood that it saw on the way."""

    s0: Array
    """sum_i r_ik, shape (R, K)."""
    s1: Array
    """sum_i r_ik z_ik, shape (R, K); z is measured from `origin`, in current sds."""
    s2: Array
    """sum_i r_ik z_ik^2, shape (R, K)."""
    log_likelihood: Array
    """Log-likelihood of the parameters that the E-step used, shape (R,)."""
    origin: Array
    """The current means, but for a class more than the range of y outside it: there the nearest object."""


Maximise = Callable[[Parameters, Sums, int], Parameters]


class Ends(NamedTuple):
    """Where R runs of EM ended: as in `EMRun`, each with one entry a restart."""

    parameters: Parameters
    log_likelihood: Array
    n_iter: NDArray[np.intp]
    converged: NDArray[np.bool_]


def run(
    y: Array,
    starts: Parameters,
    *,
    max_iter: int,
    tol: float,
    floor: float,
    maximise: Maximise,
) -> Ends:
    """Run EM from R starts at once, each until it converges or has taken `max_iter` steps.

    Parameters
    ----------
    y : ndarray, shape (N,)
        The objects.
    starts : Parameters
        R starts of K classes each.
    max_iter, tol, floor
        As in `em`.
    maximise : callable
        The M-step: from the parameters, the sums and N to the next parameters.

    Raises
    ------
    ValueError
        If `floor` is 0 and a class of any run ends on a single value.
    """
    n, n_restarts = len(y), len(starts.weights)
    now = Parameters(*(part.copy() for part in starts))
    np.maximum(now.variances, floor, out=now.variances)
    log_likelihood = np.full(n_restarts, -np.inf)
    n_iter = np.zeros(n_restarts, dtype=np.intp)
    converged = np.zeros(n_restarts, dtype=bool)
    active = np.arange(n_restarts)
    for iteration in range(max_iter + 1):
        sums = e_step(y, now.take(active))
        converged[active] = gain_is_negligible(sums.log_likelihood - log_likelihood[active], n, tol)
        log_likelihood[active] = sums.log_likelihood
        n_iter[active] = iteration
        going = ~converged[active]
        if iteration == max_iter or not going.any():
            break
        active = active[going]
        sums = Sums(*(part[going] for part in sums))
        new = _guarded(maximise(now.take(active), sums, n), sums, y, floor)
        for part, values in zip(now, new, strict=True):
            part[active] = values
    return Ends(now, log_likelihood, n_iter, converged)


def e_step(y: Array, parameters: Parameters) -> Sums:
    """Return the sums of every restart, a block of restarts and objects at a time."""
    n_restarts, k = parameters.weights.shape
    objects = min(len(y), max(1, BLOCK // k))
    restarts = max(1, BLOCK // (k * objects))
    s0, s1, s2 = (np.zeros((n_restarts, k)) for _ in range(3))
    total = Sums(s0, s1, s2, np.zeros(n_restarts), _origin(y, parameters.means))
    for first in range(0, n_restarts, restarts):
        rows = slice(first, first + restarts)
        some = Parameters(*(part[rows] for part in parameters))
        for left in range(0, len(y), objects):
            blocks = _block(y[left : left + objects], some, total.origin[rows])
            for part, block in zip(total[:-1], blocks, strict=True):
                part[rows] += block
    return total


def _origin(y: Array, means: Array) -> Array:
    """Return the points that the sums are measured from, shape (R, K)."""
    low, high = y.min(), y.max()
    nearest = np.clip(means, low, high)
    return np.where(np.abs(means - nearest) > high - low, nearest, means)


def _block(y: Array, parameters: Parameters, origin: Array) -> tuple[Array, Array, Array, Array]:
    """Return the sums of one block; everything in here has the shape (R, K, N) or less."""
    weights, means, variances = (part[:, :, np.newaxis] for part in parameters)
    with np.errstate(over="ignore"):
        z = (y - means) / np.sqrt(variances)
    np.clip(z, -FARTHEST, FARTHEST, out=z)
    z_squared = z * z
    r = np.log(weights) - 0.5 * np.log(2 * np.pi * variances) - 0.5 * z_squared
    top = r.max(axis=1, keepdims=True)
    r -= top
    np.exp(r, out=r)
    joint = r.sum(axis=1, keepdims=True)
    r /= joint
    if (origin[:, :, np.newaxis] != means).any():
        with np.errstate(over="ignore"):
            z = (y - origin[:, :, np.newaxis]) / np.sqrt(variances)
        np.clip(z, -FARTHEST, FARTHEST, out=z)
        z_squared = z * z
    return (
        r.sum(axis=2),
        np.einsum("rkn,rkn->rk", r, z),
        np.einsum("rkn,rkn->rk", r, z_squared),
        (top + np.log(joint)).sum(axis=(1, 2)),
    )


def m_step(now: Parameters, sums: Sums, n: int) -> Parameters:
    """Return the next parameters of every restart from its sums."""
    s0 = np.maximum(sums.s0, WHISPER * n)
    shift = sums.s1 / s0
    return Parameters(
        s0 / n,
        sums.origin + np.sqrt(now.variances) * shift,
        now.variances * (sums.s2 / s0 - shift**2),
    )


def _guarded(new: Parameters, sums: Sums, y: Array, floor: float) -> Parameters:
    """Return `new` with the variances floored, and with what `em.m_step` gives a class left empty."""
    empty = sums.s0 < WHISPER * len(y)
    means = np.where(empty, y.mean(), new.means)
    variances = np.maximum(np.where(empty, variance(y), new.variances), floor)
    if floor == 0 and variances.min() <= rounding(y):
        restart, k = np.argwhere(variances == variances.min())[0]
        raise ValueError(
            f"floor must be above 0 here: class {k} of start {restart} sits on a single value of y,"
            f" so its variance is 0; got floor={floor:g}"
        )
    return Parameters(new.weights, means, variances)
