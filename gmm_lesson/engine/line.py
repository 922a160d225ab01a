"""Gaussians on a line, as the engine wants to know them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.engine.family import (
    LARGEST_VARIANCE,
    LONGEST_LOG,
    SMALLEST_VARIANCE,
    Family,
    Parameters,
    Sums,
    weights_of,
)
from gmm_lesson.engine.sums import OVERFLOW
from gmm_lesson.mixture import FARTHEST


class Line(Family):
    """The family of Gaussians on a line, given a point among the objects, the smallest, and the largest."""

    flat = "sits on a single value of y, so its variance is 0"
    ones = np.ones(())

    def __init__(self, centre: float, low: float, high: float) -> None:
        super().__init__(centre, low, high)
        largest = max(-self.low, self.high)
        self.bound = np.array([1.0, largest, largest**2])
        # What rounding alone gives to equal objects, or is no longer a number above 0 as a variance of y.
        rounding = (8 * np.finfo(float).eps * max(-low, high) / self.unit) ** 2
        self.rounding = max(rounding, float(np.nextafter(0, 1)) / self.unit / self.unit)

    def scaled(self, given: Parameters) -> Parameters:
        """Return parameters of y as parameters of t."""
        with np.errstate(over="ignore"):
            weights, means, variances = super().scaled(given)
        return Parameters(weights, means, np.clip(variances, SMALLEST_VARIANCE, LARGEST_VARIANCE))

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

    def centred(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return exponents, (m, n), and 1, z and z^2, (m, 3, n), with z = (t - origin) / unit."""
        out = np.ones((len(unit), *phi.shape))
        _measure(phi[1], narrow.means, unit, out)
        exponents = out[:, 2] * -0.5
        exponents += (np.log(narrow.weights) - 0.5 * np.log(narrow.variances))[:, np.newaxis]
        if (origin != narrow.means).any():
            _measure(phi[1], origin, unit, out)
        return exponents, out

    def textbook_sums(self, y: Array, counts: Array | None, now: Parameters, score: bool) -> Sums | None:
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

    def _moments(self, total: Array, n_k: Array) -> tuple[Array, Array]:
        means = total[..., 1] / n_k
        return means, total[..., 2] / n_k - means**2

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
        """Undo `pack`; no variance leaves the range of numbers."""
        log_weights, means, logs = np.split(free, 3, axis=1)
        return Parameters(weights_of(log_weights), means, np.exp(np.clip(logs, -LONGEST_LOG, LONGEST_LOG)))


def _measure(t: Array, place: Array, unit: Array, out: Array) -> None:
    z = np.subtract(t, place[:, np.newaxis], out=out[:, 1])
    z /= unit[:, np.newaxis]
    np.clip(z, -FARTHEST, FARTHEST, out=z)
    np.multiply(z, z, out=out[:, 2])
