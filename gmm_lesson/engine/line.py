"""Gaussians on a line, as the engine wants to know them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.em import WHISPER
from gmm_lesson.engine.family import Parameters, Sums
from gmm_lesson.engine.sums import OVERFLOW
from gmm_lesson.mixture import FARTHEST

SMALLEST, LARGEST = 1e-280, 1e280
"""Variances outside are moved to these, in units of the objects' size: 1 / variance must be a number."""
LEAST = 1e-305
"""The smallest floor, in the same units: a variance on it must have an inverse still."""
LONGEST_LOG = 300
"""The log of a variance, in the same units, beyond which no jump goes: its square must be a number too."""


class Line:
    """The family of Gaussians on a line.

    It works on t = (y - centre) / unit. The unit is a power of two, so that dividing by it rounds nothing.

    Parameters
    ----------
    centre : float
        A point among the objects: their mean.
    low, high : float
        The smallest and the largest object.
    """

    flat = "sits on a single value of y, so its variance is 0"

    def __init__(self, centre: float, low: float, high: float) -> None:
        farthest = max(centre - low, high - centre)
        self.centre = centre
        self.unit = 2.0 ** max(int(np.ceil(np.log2(farthest))), -500) if farthest > 0 else 1.0
        self.low, self.high = (low - centre) / self.unit, (high - centre) / self.unit
        largest = max(-self.low, self.high)
        self.bound = np.array([1.0, largest, largest**2])
        # What an object's log-density in y is short of that in t, and of the constant left out by `natural`.
        self.log_unit = float(np.log(self.unit) + 0.5 * np.log(2 * np.pi))
        self.mean, self.variance = 0.0, 0.0
        # What rounding alone gives to equal objects, or is no longer a number above 0 as a variance of y.
        rounding = (8 * np.finfo(float).eps * max(-low, high) / self.unit) ** 2
        self.rounding = max(rounding, float(np.nextafter(0, 1)) / self.unit / self.unit)

    def anywhere(self) -> Parameters:
        """Return a mixture of one class, whose sums tell the mean and variance of all objects."""
        return Parameters(np.ones((1, 1)), np.zeros((1, 1)), np.ones((1, 1)))

    def tell(self, sums: Sums, n: float) -> None:
        """Learn the mean and variance of all n objects, in t, from the sums of `anywhere`."""
        _, mean, variance = self.m_step(self.anywhere(), sums, n)
        self.mean, self.variance = float(mean[0, 0]), float(variance[0, 0]) if self.low < self.high else 0.0

    def inward(self, given: Parameters) -> Parameters:
        """Return parameters of y as parameters of t."""
        with np.errstate(over="ignore"):
            means = (given.means - self.centre) / self.unit
            variances = given.variances / self.unit / self.unit
        return Parameters(
            given.weights + 0.0,
            np.clip(means, -FARTHEST, FARTHEST),
            np.clip(variances, SMALLEST, LARGEST),
        )

    def outward(self, found: Parameters) -> Parameters:
        """Return parameters of t as parameters of y."""
        return Parameters(
            found.weights, self.centre + self.unit * found.means, found.variances * self.unit * self.unit
        )

    def inward_floor(self, floor: float) -> float:
        """Return a floor on variances of y as one of t."""
        return min(max(floor / self.unit / self.unit, LEAST if floor else 0.0), LARGEST)

    def features(self, y: Array, out: Array) -> None:
        """Write 1, t and t^2 into `out`, shape (3, n)."""
        out[0] = 1
        np.subtract(y, self.centre, out=out[1])
        out[1] *= 1 / self.unit
        np.multiply(out[1], out[1], out=out[2])

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta = (peak - mu^2 / 2v, mu / v, -1 / 2v), (K, R, 3), and peak = log(pi / sd), (K, R)."""
        weights, means, variances = (part.T for part in now)
        eta = np.empty((*weights.shape, 3))
        peak = np.log(weights) - 0.5 * np.log(variances)
        np.divide(-0.5, variances, out=eta[..., 2])
        np.divide(means, variances, out=eta[..., 1])
        np.subtract(peak, 0.5 * means * eta[..., 1], out=eta[..., 0])
        return eta, peak

    def nowhere(self, now: Parameters) -> tuple[Array, Array]:
        """Return the origin 0 and the unit 1 for every class, both (R, K)."""
        return np.zeros(now.means.shape), np.ones(now.means.shape)

    def origin(self, narrow: Parameters) -> tuple[Array, Array]:
        """Return the points that narrow classes are measured from, and the units, both (m,).

        The origin is the current mean. Near the end it hardly moves, so that the new variance, in the old
        one's units S2 / S0 - (S1 / S0)^2, loses no digits. A class more than the range of the objects outside
        it would lose them all in its first step: its origin is the object nearest to it.
        """
        nearest = np.clip(narrow.means, self.low, self.high)
        far = np.abs(narrow.means - nearest) > self.high - self.low
        return np.where(far, nearest, narrow.means), np.sqrt(narrow.variances)

    def careful(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return exponents, (m, n), and 1, z and z^2, (m, 3, n), with z = (t - origin) / unit."""
        out = np.ones((len(unit), *phi.shape))
        _measure(phi[1], narrow.means, unit, out)
        exponents = out[:, 2] * -0.5
        exponents += (np.log(narrow.weights) - 0.5 * np.log(narrow.variances))[:, np.newaxis]
        if (origin != narrow.means).any():
            _measure(phi[1], origin, unit, out)
        return exponents, out

    def directly(self, y: Array, counts: Array | None, now: Parameters, score: bool) -> Sums | None:
        """Return the sums of z = (t - mean) / sd; None if a class is far outside and needs an `origin`."""
        weights, means, variances = (part.T for part in now)
        span = self.high - self.low
        if not (means.min() >= self.low - span and means.max() <= self.high + span):
            return None
        t = (y - self.centre) / self.unit
        sds = np.sqrt(variances)
        z = t - means[..., np.newaxis]
        z *= (1 / sds)[..., np.newaxis]
        r = z * z
        r *= -0.5
        r += (np.log(weights) - np.log(sds))[..., np.newaxis]
        top = r.max(axis=0)
        r -= top
        np.clip(r, -OVERFLOW, OVERFLOW, out=r)
        np.exp(r, out=r)
        joint = np.add.reduce(r, axis=0)
        log_likelihood = np.zeros(len(now.weights))
        if score:
            log_p = top + np.log(joint)
            log_likelihood += (log_p if counts is None else log_p * counts).sum(axis=-1)
        r *= (1.0 if counts is None else counts) / joint
        total = np.empty((*now.weights.shape, 3))
        total[..., 0], total[..., 1] = r.sum(axis=-1).T, np.vecdot(r, z).T
        r *= z
        total[..., 2] = np.vecdot(r, z).T
        return Sums(total, log_likelihood, now.means, sds.T)

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages: N_k / N, the mean, and the mean square less the squared mean."""
        n_k = np.maximum(sums.counts, WHISPER * n)
        shift = sums.total[..., 1] / n_k
        spread = sums.total[..., 2] / n_k - shift**2
        if sums.origin is not None and sums.unit is not None:
            shift, spread = sums.origin + sums.unit * shift, sums.unit**2 * spread
        return Parameters(n_k / n, shift, spread)

    def mended(self, new: Parameters, empty: NDArray[np.bool_], floor: Any) -> Parameters:
        """Return `new` with its variances floored, and what `em.m_step` gives a class left empty."""
        weights, means, variances = new
        if empty.any():
            means = np.where(empty, self.mean, means)
            variances = np.where(empty, self.variance, variances)
        return Parameters(weights, means, np.maximum(variances, floor))

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which variances rounding alone could give to equal objects."""
        return new.variances <= self.rounding

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return log weights, means and log variances, (R, 3K), and the square roots of their information."""
        weights, means, variances = now
        root = np.sqrt(weights)
        free = np.concatenate([np.log(weights), means, np.log(variances)], axis=1)
        return free, np.concatenate([root, root / np.sqrt(variances), root / np.sqrt(2)], axis=1)

    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; the weights sum to one again, and no variance leaves the range of numbers."""
        log_weights, means, log_variances = np.split(free, 3, axis=1)
        log_weights = np.maximum(log_weights - log_weights.max(axis=1, keepdims=True), np.log(WHISPER))
        weights = np.exp(log_weights)
        weights /= weights.sum(axis=1, keepdims=True)
        return Parameters(weights, means, np.exp(np.clip(log_variances, -LONGEST_LOG, LONGEST_LOG)))


def _measure(t: Array, place: Array, unit: Array, out: Array) -> None:
    """Write z = (t - place) / unit and its square."""
    z = np.subtract(t, place[:, np.newaxis], out=out[:, 1])
    z /= unit[:, np.newaxis]
    np.clip(z, -FARTHEST, FARTHEST, out=z)
    np.multiply(z, z, out=out[:, 2])
