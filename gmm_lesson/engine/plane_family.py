"""Gaussians in d dimensions, as the engine wants to know them.

Nothing in the engine changes. The logarithm of such a Gaussian is a polynomial too: its features are 1, the
coordinates, and the products of two coordinates, or for diagonal covariances the squares alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.em import WHISPER
from gmm_lesson.engine.family import Parameters, Sums
from gmm_lesson.engine.line import LARGEST, LEAST
from gmm_lesson.mixture import FARTHEST

ROUNDING = 16 * np.finfo(float).eps
"""A covariance with an axis of less than this share of the longest one's variance is flat by rounding."""


class Full:
    """The family of Gaussians with full covariance matrices; t = (y - centre) / unit along each axis.

    Parameters
    ----------
    centre, low, high : ndarray, shape (d,)
        The mean of the objects, and the smallest and largest along each axis.
    """

    flat = "is flat: its objects lie in one point, or do not spread along every direction"

    def __init__(self, centre: Array, low: Array, high: Array) -> None:
        farthest = np.maximum(centre - low, high - centre)
        self.centre = centre
        self.unit = 2.0 ** np.maximum(np.ceil(np.log2(np.where(farthest > 0, farthest, 1.0))), -500)
        self.low, self.high = (low - centre) / self.unit, (high - centre) / self.unit
        self.log_unit = float(np.log(self.unit).sum() + 0.5 * len(centre) * np.log(2 * np.pi))
        self.d = len(centre)
        self.pairs = self._pairs()
        largest = np.maximum(-self.low, self.high)[:, np.newaxis]
        self.bound = self._filled(largest, np.empty((1 + self.d + len(self.pairs), 1)))[:, 0]
        self.mean, self.variance = np.zeros(self.d), self._shaped(np.ones(self.d))

    # Coordinates

    def anywhere(self) -> Parameters:
        """Return a mixture of one class, whose sums tell the mean and covariance of all objects."""
        return Parameters(
            np.ones((1, 1)), np.zeros((1, 1, self.d)), self._shaped(np.ones(self.d))[np.newaxis, np.newaxis]
        )

    def tell(self, sums: Sums, n: float) -> None:
        """Learn the mean and covariance of all n objects, in t, from the sums of `anywhere`."""
        _, mean, variance = self.m_step(self.anywhere(), sums, n)
        self.mean, self.variance = mean[0, 0], variance[0, 0]

    def inward(self, given: Parameters) -> Parameters:
        """Return parameters of y as parameters of t."""
        means = np.clip((given.means - self.centre) / self.unit, -FARTHEST, FARTHEST)
        return Parameters(given.weights + 0.0, means, given.variances / self._square_units())

    def outward(self, found: Parameters) -> Parameters:
        """Return parameters of t as parameters of y."""
        means = self.centre + self.unit * found.means
        return Parameters(found.weights, means, found.variances * self._square_units())

    def inward_floor(self, floor: Any) -> Array:
        """Return a floor on the variance along each axis, of y, as one of t, shape (d,)."""
        floor = np.broadcast_to(floor, self.d)
        with np.errstate(over="ignore"):
            inner = np.nan_to_num(floor / self.unit / self.unit, posinf=LARGEST)
        return np.asarray(np.where(floor > 0, np.maximum(inner, LEAST), inner))

    def features(self, y: Array, out: Array) -> None:
        """Write 1, t, and the products of two coordinates into `out`, shape (F, n)."""
        t = out[1 : self.d + 1]
        np.subtract(y.T, self.centre[:, np.newaxis], out=t)
        t /= self.unit[:, np.newaxis]
        self._filled(t, out)

    def nowhere(self, now: Parameters) -> tuple[Array, Array]:
        """Return the origin 0 and the unit 1 for every class."""
        unit = self._shaped(np.ones(self.d))
        return np.zeros(now.means.shape), np.broadcast_to(unit, (*now.weights.shape, *unit.shape)).copy()

    def origin(self, narrow: Parameters) -> tuple[Array, Array]:
        """Return where narrow classes are measured from, (m, d), and in which units: `_roots`."""
        nearest = np.clip(narrow.means, self.low, self.high)
        far = np.abs(narrow.means - nearest) > self.high - self.low
        return np.where(far, nearest, narrow.means), self._roots(narrow.variances)

    def careful(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return exponents, (m, n), and the features of z = unit^-1 (t - origin), (m, F, n)."""
        t, out = phi[1 : self.d + 1], np.empty((len(unit), *phi.shape))

        def measure(place: Array) -> None:
            z = self._measured(t - place[..., np.newaxis], unit)
            for one, features in zip(np.clip(z, -FARTHEST, FARTHEST), out, strict=True):
                self._filled(one, features)

        measure(narrow.means)
        peak = np.log(narrow.weights) - self._log_root(unit)
        exponents = peak[:, np.newaxis] - 0.5 * (out[:, 1 : self.d + 1] ** 2).sum(axis=1)
        if (origin != narrow.means).any():
            measure(origin)
        return exponents, out

    def directly(self, y: Array, counts: Array | None, now: Parameters, score: bool) -> None:
        """Return None: with matrices the engine's way is sooner prepared."""

    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; the weights sum to one again."""
        r, k = like.weights.shape
        log_weights, means, logs, rest = np.split(free, np.cumsum([k, k * self.d, k * self.d]), axis=1)
        weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        sizes = np.exp(np.clip(logs, -300, 300)).reshape(r, k, self.d)
        return Parameters(weights, means.reshape(r, k, self.d), self._unpacked(sizes, rest))

    # What a diagonal covariance does in another way

    def _pairs(self) -> list[tuple[int, int]]:
        """Return the products of coordinates that are features."""
        return [(i, j) for i in range(self.d) for j in range(i, self.d)]

    def _filled(self, t: Array, out: Array) -> Array:
        """Write the features of t, shape (d, n), into `out`."""
        out[0] = 1
        out[1 : self.d + 1] = t
        for row, (i, j) in enumerate(self.pairs, start=self.d + 1):
            np.multiply(t[i], t[j], out=out[row])
        return out

    def _shaped(self, variances: Array) -> Array:
        """Return the covariance of independent coordinates with these variances, shape (d,)."""
        return np.diag(variances)

    def _square_units(self) -> Array:
        return np.outer(self.unit, self.unit)

    def _roots(self, variances: Array) -> Array:
        return np.asarray(np.linalg.cholesky(variances))

    def _log_root(self, roots: Array) -> Array:
        return np.asarray(np.log(np.diagonal(roots, axis1=-2, axis2=-1)).sum(axis=-1))

    def _measured(self, away: Array, unit: Array) -> Array:
        return np.asarray(np.linalg.solve(unit, away))

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta (constant, precision times mean, minus half the precision), (K, R, F), and the peak."""
        precision = np.linalg.inv(now.variances)
        linear = (precision @ now.means[..., np.newaxis])[..., 0]
        peak = np.log(now.weights) - self._log_root(self._roots(now.variances))
        i, j = np.transpose(self.pairs)
        products = np.where(i == j, -0.5, -1.0) * precision[..., i, j]
        constant = peak - 0.5 * np.vecdot(now.means, linear)
        eta = np.concatenate([constant[..., np.newaxis], linear, products], axis=-1)
        return np.ascontiguousarray(np.swapaxes(eta, 0, 1)), peak.T

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages: N_k / N, the mean, and the mean product less the product of means."""
        n_k = np.maximum(sums.counts, WHISPER * n)
        means, products = np.split(sums.total[..., 1:] / n_k[..., np.newaxis], [self.d], axis=-1)
        spread = np.empty((*means.shape, self.d))
        for row, (i, j) in enumerate(self.pairs):
            spread[..., i, j] = spread[..., j, i] = products[..., row] - means[..., i] * means[..., j]
        if sums.origin is not None and sums.unit is not None:
            means = sums.origin + (sums.unit @ means[..., np.newaxis])[..., 0]
            spread = sums.unit @ spread @ np.swapaxes(sums.unit, -1, -2)
            spread = (spread + np.swapaxes(spread, -1, -2)) / 2
        return Parameters(n_k / n, means, spread)

    def mended(self, new: Parameters, empty: NDArray[np.bool_], floor: Array) -> Parameters:
        """Return `new` with no variance along any direction below the floor's, and empty classes mended.

        Where axes are scaled so that the floor is 1, no eigenvalue may be below 1. Raising those that are to
        1 maximises Q among all such matrices. And none may be so far below the largest that the matrix is
        singular by rounding.
        """
        weights, means, variances = new
        if empty.any():
            means = np.where(empty[..., np.newaxis], self.mean, means)
            variances = np.where(empty[..., np.newaxis, np.newaxis], self.variance, variances)
        if floor.any():
            root = np.outer(np.sqrt(floor), np.sqrt(floor))
            sizes, axes = np.linalg.eigh(variances / root)
            least = np.maximum(1, ROUNDING * sizes[..., -1])
            low = sizes[..., 0] < least
            if low.any():
                sizes = np.maximum(sizes, least[..., np.newaxis])
                raised = (axes * sizes[..., np.newaxis, :]) @ np.swapaxes(axes, -1, -2) * root
                variances = np.where(low[..., np.newaxis, np.newaxis], raised, variances)
        return Parameters(weights, means, variances)

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which covariances are flat but for rounding."""
        sizes = np.linalg.eigvalsh(new.variances)
        return np.asarray(sizes[..., 0] <= ROUNDING * np.maximum(sizes[..., -1], ROUNDING))

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return log weights, means, the Cholesky factor, its diagonal in logs; and how much each matters."""
        weights, means, variances = now
        r = len(weights)
        factor = self._roots(variances)
        sizes, i, j = np.diagonal(factor, axis1=2, axis2=3), *np.tril_indices(self.d, -1)
        root = np.sqrt(weights)[..., np.newaxis]
        sds = np.sqrt(np.diagonal(variances, axis1=2, axis2=3))
        free = [np.log(weights)[..., np.newaxis], means, np.log(sizes), factor[..., i, j]]
        scale = [root, root / sds, np.sqrt(2) * root * np.ones(self.d), root / sizes[..., i]]
        free, scale = ([part.reshape(r, -1) for part in parts] for parts in (free, scale))
        return np.concatenate(free, axis=1), np.concatenate(scale, axis=1)

    def _unpacked(self, sizes: Array, rest: Array) -> Array:
        factor = np.zeros((*sizes.shape, self.d))
        i, j = np.tril_indices(self.d, -1)
        factor[..., range(self.d), range(self.d)] = sizes
        factor[..., i, j] = rest.reshape(*sizes.shape[:2], len(i))
        return np.asarray(factor @ np.swapaxes(factor, -1, -2))


class Diagonal(Full):
    """The family of Gaussians with independent coordinates; variances have the shape (R, K, d)."""

    def _pairs(self) -> list[tuple[int, int]]:
        return [(i, i) for i in range(self.d)]

    def _shaped(self, variances: Array) -> Array:
        return variances

    def _square_units(self) -> Array:
        return self.unit**2

    def _roots(self, variances: Array) -> Array:
        return np.sqrt(variances)

    def _log_root(self, roots: Array) -> Array:
        return np.asarray(np.log(roots).sum(axis=-1))

    def _measured(self, away: Array, unit: Array) -> Array:
        return away / unit[..., np.newaxis]

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta, (K, R, 1 + 2d), and the peak."""
        linear = now.means / now.variances
        peak = np.log(now.weights) - 0.5 * np.log(now.variances).sum(axis=-1)
        constant = peak - 0.5 * np.vecdot(now.means, linear)
        eta = np.concatenate([constant[..., np.newaxis], linear, -0.5 / now.variances], axis=-1)
        return np.ascontiguousarray(np.swapaxes(eta, 0, 1)), peak.T

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages: N_k / N, the mean, and the mean square less the squared mean."""
        n_k = np.maximum(sums.counts, WHISPER * n)
        means, squares = np.split(sums.total[..., 1:] / n_k[..., np.newaxis], 2, axis=-1)
        spread = squares - means**2
        if sums.origin is not None and sums.unit is not None:
            means, spread = sums.origin + sums.unit * means, sums.unit**2 * spread
        return Parameters(n_k / n, means, spread)

    def mended(self, new: Parameters, empty: NDArray[np.bool_], floor: Array) -> Parameters:
        """Return `new` with floored variances, and with all objects' mean and variances for empty classes."""
        weights, means, variances = new
        if empty.any():
            means = np.where(empty[..., np.newaxis], self.mean, means)
            variances = np.where(empty[..., np.newaxis], self.variance, variances)
        return Parameters(weights, means, np.maximum(variances, floor))

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which classes have a variance that rounding alone could give to equal numbers."""
        return np.asarray((new.variances <= ROUNDING**2).any(axis=-1))

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return log weights, means and log sds; and how much each matters."""
        weights, means, variances = now
        root = np.sqrt(weights)[..., np.newaxis]
        free = [np.log(weights)[..., np.newaxis], means, 0.5 * np.log(variances)]
        scale = [root, root / np.sqrt(variances), np.sqrt(2) * root * np.ones(self.d)]
        free, scale = ([part.reshape(len(weights), -1) for part in parts] for parts in (free, scale))
        return np.concatenate(free, axis=1), np.concatenate(scale, axis=1)

    def _unpacked(self, sizes: Array, rest: Array) -> Array:
        return sizes**2
