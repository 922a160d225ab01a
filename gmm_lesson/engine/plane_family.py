"""Mixtures of Gaussians in d dimensions, and such Gaussians as the engine wants to know them.

Nothing in the engine changes. The logarithm of such a Gaussian is a polynomial too: its features are 1, the
coordinates, and the products of two coordinates, or for diagonal covariances the squares alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import LARGEST, Array, array_of, generator, whole_number
from gmm_lesson.engine.family import LONGEST_LOG, Family, Parameters, weights_of, where
from gmm_lesson.mixture import FARTHEST, MOST, Components

ROUNDING = 16 * np.finfo(float).eps
"""A covariance with an axis of less than this share of the longest one's variance is flat by rounding."""


class PlaneMixture(Components):
    """A mixture of K Gaussians in d dimensions. It cannot be changed; make another one instead.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Probability of each class: positive, summing to one (to 1e-6).
    means : array_like, shape (K, d)
        Mean of each class, in the units of the objects.
    covariances : array_like, shape (K, d, d)
        Covariance matrix of each class, symmetric and positive definite, in those units squared.
    """

    __slots__ = ()

    def __init__(self, weights: ArrayLike, means: ArrayLike, covariances: ArrayLike) -> None:
        weights, means = array_of(weights, "weights"), array_of(means, "means", 2)
        covariances = array_of(covariances, "covariances", 3, LARGEST**2)
        k, d = means.shape
        if weights.shape != (k,):
            raise ValueError(f"weights must have one entry for each of the {k} means; got {weights.size}")
        if covariances.shape != (k, d, d):
            raise ValueError(f"covariances must have the shape {(k, d, d)}; got {covariances.shape}")
        scale = np.sqrt(np.abs(np.diagonal(covariances, axis1=1, axis2=2)))
        odd = np.abs(covariances - np.swapaxes(covariances, 1, 2)) > 1e-9 * scale[:, :, None] * scale[:, None]
        if odd.any():
            raise ValueError(
                f"covariances must be symmetric; got one that is not at {np.argwhere(odd)[0][0]}"
            )
        covariances = (covariances + np.swapaxes(covariances, 1, 2)) / 2
        for place, matrix in enumerate(covariances):
            try:
                np.linalg.cholesky(matrix)
            except np.linalg.LinAlgError:
                raise ValueError(
                    f"covariances must be positive definite; got {matrix.tolist()} at covariances[{place}]"
                ) from None
        super().__init__(weights, means, covariances)

    @property
    def means(self) -> Array:
        """Mean of each class, shape (K, d), in the objects' units."""
        return self._parts[1]

    @property
    def covariances(self) -> Array:
        """Covariance matrix of each class, shape (K, d, d), in the objects' units squared."""
        return self._parts[2]

    @property
    def sds(self) -> Array:
        """Standard deviation of each class along each coordinate, shape (K, d)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariances, axis1=1, axis2=2)))

    @property
    def correlations(self) -> Array:
        """Correlation matrix of each class, shape (K, d, d)."""
        return np.asarray(self.covariances / (self.sds[:, :, np.newaxis] * self.sds[:, np.newaxis]))

    def log_joint(self, y: ArrayLike) -> Array:
        """Return log(pi_k N(y_i | mu_k, Sigma_k)), shape (N, K): a row an object; y has the shape (N, d)."""
        y, d = array_of(y, "y", 2), self.means.shape[1]
        if y.shape[1] != d:
            raise ValueError(f"y must have {d} columns, one a coordinate; got {y.shape[1]}")
        factor = np.linalg.cholesky(self.covariances)  # L L', so |L^-1 (y - mu)| is the distance in sds
        away = (y[:, np.newaxis] - self.means)[..., np.newaxis]
        z = np.linalg.solve(factor, away)[..., 0]
        log_root = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
        log_gaussian = -0.5 * (z**2).sum(axis=2) - log_root - 0.5 * d * np.log(2 * np.pi)
        return np.asarray(np.log(self.weights) + log_gaussian)

    def sample(self, n: int, rng: np.random.Generator | int) -> tuple[Array, NDArray[np.intp]]:
        """Draw n objects, (n, d), and their classes, (n,), as `Mixture.sample`: the class, then the place."""
        n, rng = whole_number(n, "n", 1, MOST), generator(rng)
        z = rng.choice(self.n_components, size=n, p=self.weights / self.weights.sum())
        factor = np.linalg.cholesky(self.covariances)
        normal = rng.standard_normal((n, self.means.shape[1], 1))
        return self.means[z] + (factor[z] @ normal)[..., 0], z

    def __repr__(self) -> str:
        shapes = f"{self.n_components} classes in {self.means.shape[1]} dimensions"
        with np.printoptions(precision=4, suppress=False):
            return f"PlaneMixture({shapes}, weights={self.weights}, means={self.means.tolist()})"


class Full(Family):
    """The family of Gaussians with full covariance matrices; variances have the shape (R, K, d, d).

    Centre, low and high have the shape (d,).
    """

    flat = "is flat: its objects lie in one point, or do not spread along every direction"

    correlated = True

    def __init__(self, centre: Array, low: Array, high: Array) -> None:
        super().__init__(centre, low, high)
        self.d = d = len(centre)
        # The products of coordinates that are features.
        self.pairs = [(i, j) for i in range(d) for j in range(i, d) if self.correlated or i == j]
        self.ones = np.eye(d) if self.correlated else np.ones(d)
        largest = np.maximum(-self.low, self.high)[:, np.newaxis]
        self.bound = self._filled(largest, np.empty((1 + d + len(self.pairs), 1)))[:, 0]

    def features(self, y: Array, out: Array) -> None:
        """Write 1, t, and the products of two coordinates into `out`, shape (F, n)."""
        t = out[1 : self.d + 1]
        np.subtract(y.T, self.centre[:, np.newaxis], out=t)
        t /= self.unit[:, np.newaxis]
        self._filled(t, out)

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta (constant, precision times mean, minus half the precision), (K, R, F), and the peak."""
        linear, products, log_root = self._precise(now)
        peak = np.log(now.weights) - log_root
        constant = peak - 0.5 * np.vecdot(now.means, linear)
        eta = np.concatenate([constant[..., np.newaxis], linear, products], axis=-1)
        return np.ascontiguousarray(np.swapaxes(eta, 0, 1)), peak.T

    def centred(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
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

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return log weights, means, the Cholesky factor, its diagonal in logs; and how much each matters."""
        weights, means, variances = now
        root = np.sqrt(weights)[..., np.newaxis]
        sds, logs, below, units = self._parts(variances)
        free = [np.log(weights)[..., np.newaxis], means, logs, below]
        scale = [root, root / sds, np.sqrt(2) * root * np.ones(self.d), root / units]
        free, scale = ([part.reshape(len(weights), -1) for part in parts] for parts in (free, scale))
        return np.concatenate(free, axis=1), np.concatenate(scale, axis=1)

    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; no variance leaves the range of numbers."""
        r, k = like.weights.shape
        log_weights, means, logs, below = np.split(free, np.cumsum([k, k * self.d, k * self.d]), axis=1)
        sizes = np.exp(np.clip(logs, -LONGEST_LOG, LONGEST_LOG)).reshape(r, k, self.d)
        return Parameters(weights_of(log_weights), means.reshape(r, k, self.d), self._joined(sizes, below))

    def _filled(self, t: Array, out: Array) -> Array:
        """Write the features of t, shape (d, n), into `out`."""
        out[0] = 1
        out[1 : self.d + 1] = t
        for row, (i, j) in enumerate(self.pairs, start=self.d + 1):
            np.multiply(t[i], t[j], out=out[row])
        return out

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which covariances are flat but for rounding."""
        sizes = np.linalg.eigvalsh(new.variances)
        return np.asarray(sizes[..., 0] <= ROUNDING * np.maximum(sizes[..., -1], ROUNDING))

    def _square_units(self) -> Array:
        return np.outer(self.unit, self.unit)

    def _roots(self, variances: Array) -> Array:
        return np.asarray(np.linalg.cholesky(variances))

    def _log_root(self, roots: Array) -> Array:
        return np.asarray(np.log(np.diagonal(roots, axis1=-2, axis2=-1)).sum(axis=-1))

    def _measured(self, away: Array, unit: Array) -> Array:
        return np.asarray(np.linalg.solve(unit, away))

    def _precise(self, now: Parameters) -> tuple[Array, Array, Array]:
        precision = np.linalg.inv(now.variances)
        i, j = np.transpose(self.pairs)
        products = np.where(i == j, -0.5, -1.0) * precision[..., i, j]
        linear = (precision @ now.means[..., np.newaxis])[..., 0]
        return linear, products, self._log_root(self._roots(now.variances))

    def _moments(self, total: Array, n_k: Array) -> tuple[Array, Array]:
        means, products = np.split(total[..., 1:] / n_k[..., np.newaxis], [self.d], axis=-1)
        spread = np.empty((*means.shape, self.d))
        for row, (i, j) in enumerate(self.pairs):
            spread[..., i, j] = spread[..., j, i] = products[..., row] - means[..., i] * means[..., j]
        return means, spread

    def _uncentred(self, means: Array, spread: Array, origin: Array, unit: Array) -> tuple[Array, Array]:
        means = origin + (unit @ means[..., np.newaxis])[..., 0]
        spread = unit @ spread @ np.swapaxes(unit, -1, -2)
        return means, (spread + np.swapaxes(spread, -1, -2)) / 2

    def _floored(self, variances: Array, floor: Array) -> Array:
        """Return covariances with no variance along any direction below the floor's.

        Where axes are scaled so that the floor is 1, no eigenvalue may be below 1. Raising those that are to
        1 maximises Q among all such matrices. And none may be so far below the largest that the matrix is
        singular by rounding.
        """
        if not floor.any():
            return variances
        root = np.outer(np.sqrt(floor), np.sqrt(floor))
        sizes, axes = np.linalg.eigh(variances / root)
        least = np.maximum(1, ROUNDING * sizes[..., -1])
        low = sizes[..., 0] < least
        if not low.any():
            return variances
        sizes = np.maximum(sizes, least[..., np.newaxis])
        return where(low, (axes * sizes[..., np.newaxis, :]) @ np.swapaxes(axes, -1, -2) * root, variances)

    def _parts(self, variances: Array) -> tuple[Array, Array, Array, Array]:
        factor, (i, j) = self._roots(variances), np.tril_indices(self.d, -1)
        variances, sizes = (np.diagonal(part, axis1=2, axis2=3) for part in (variances, factor))
        return np.sqrt(variances), np.log(sizes), factor[..., i, j], sizes[..., i]

    def _joined(self, sizes: Array, below: Array) -> Array:
        factor = np.zeros((*sizes.shape, self.d))
        i, j = np.tril_indices(self.d, -1)
        factor[..., range(self.d), range(self.d)] = sizes
        factor[..., i, j] = below.reshape(*sizes.shape[:2], len(i))
        return np.asarray(factor @ np.swapaxes(factor, -1, -2))


class Tied(Full):
    """One full covariance matrix for all classes: the average of what each would have, by their weights."""

    def taken(self, starts: Parameters) -> Parameters:
        """Return starts with the average of their covariances."""
        return starts._replace(variances=self._average(starts))

    def constrained(self, new: Parameters, empty: NDArray[np.bool_], floor: Array) -> Parameters:
        """Return `new` with one covariance matrix for all, floored; empty classes have all objects' mean."""
        new = super().constrained(new, empty, 0 * floor)
        return new._replace(variances=self._floored(self._average(new), floor))

    def _average(self, given: Parameters) -> Array:
        weights = given.weights[..., np.newaxis, np.newaxis]
        average = (weights * given.variances).sum(axis=1, keepdims=True)
        return np.broadcast_to(average, given.variances.shape).copy()


class Diagonal(Full):
    """The family of Gaussians with independent coordinates; variances have the shape (R, K, d)."""

    correlated = False
    _square_units, _roots, _floored = Family._square_units, Family._roots, Family._floored

    def _uncentred(self, means: Array, spread: Array, origin: Array, unit: Array) -> tuple[Array, Array]:
        return Family._uncentred(self, means, spread, origin, unit)

    def taken(self, starts: Parameters) -> Parameters:
        """Return starts with the diagonals of their covariances, which must be all there is."""
        if (starts.variances * (1 - np.eye(self.d))).any():
            raise ValueError('starts must have diagonal covariances for covariance="diagonal"; got others')
        return starts._replace(variances=np.diagonal(starts.variances, axis1=2, axis2=3))

    def whole(self, found: Parameters) -> Parameters:
        """Return parameters with covariance matrices."""
        return found._replace(variances=found.variances[..., np.newaxis] * np.eye(self.d))

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which classes have a variance that rounding alone could give to equal numbers."""
        return np.asarray((new.variances <= ROUNDING**2).any(axis=-1))

    def _log_root(self, roots: Array) -> Array:
        return np.asarray(np.log(roots).sum(axis=-1))

    def _measured(self, away: Array, unit: Array) -> Array:
        return away / unit[..., np.newaxis]

    def _precise(self, now: Parameters) -> tuple[Array, Array, Array]:
        log_root = 0.5 * np.log(now.variances).sum(axis=-1)
        return now.means / now.variances, -0.5 / now.variances, log_root

    def _moments(self, total: Array, n_k: Array) -> tuple[Array, Array]:
        means, squares = np.split(total[..., 1:] / n_k[..., np.newaxis], 2, axis=-1)
        return means, squares - means**2

    def _parts(self, variances: Array) -> tuple[Array, Array, Array, Array]:
        none = variances[..., :0]
        return np.sqrt(variances), 0.5 * np.log(variances), none, none

    def _joined(self, sizes: Array, below: Array) -> Array:
        return sizes**2


class Spherical(Diagonal):
    """The family of Gaussians that spread alike along every axis, in the units of y; variances (R, K, d)."""

    def taken(self, starts: Parameters) -> Parameters:
        """Return starts with the average variance along the axes."""
        diagonals = np.diagonal(starts.variances, axis1=2, axis2=3)
        return starts._replace(variances=self._average(diagonals, np.ones(self.d)))

    def constrained(self, new: Parameters, empty: NDArray[np.bool_], floor: Array) -> Parameters:
        """Return `new` with one variance along all axes, floored; empty classes have all objects' mean."""
        new = super().constrained(new, empty, 0 * floor)
        squares = self._square_units()
        least = self._average(floor, squares) if floor.any() else floor
        return new._replace(variances=self._floored(self._average(new.variances, squares), least))

    def _average(self, variances: Array, squares: Array) -> Array:
        """Return variances in units of which the squares are given, as one in the units of y is in them."""
        return np.asarray((variances * squares).mean(axis=-1, keepdims=True) / squares)
