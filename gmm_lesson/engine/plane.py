"""The same EM in the plane and beyond: vectors for objects, a covariance matrix where the variance was."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import LARGEST, Array, array_of, generator, number, one_of, whole_number
from gmm_lesson.em import FLOOR_SHARE, MAX_ITER, TOL, typical_variance
from gmm_lesson.engine.fit import RESTARTS, Fit, best_fit, checked_floor
from gmm_lesson.engine.objects import Objects, limits_of
from gmm_lesson.engine.plane_family import Diagonal, Full, Spherical, Tied
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.engine.starts import clusters, spread_out
from gmm_lesson.mixture import MOST, Components


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


FAMILIES = {"full": Full, "tied": Tied, "diagonal": Diagonal, "spherical": Spherical}


def fit_plane(
    y: ArrayLike,
    n_components: int,
    *,
    covariance: str = "full",
    starts: str | PlaneMixture | Iterable[str | PlaneMixture] = "k-means++",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
    floor: ArrayLike | None = None,
    accelerate: bool = False,
    counts: ArrayLike | None = None,
) -> Fit:
    """Fit a Gaussian mixture in d dimensions by EM from several starts and keep the best.

    Parameters
    ----------
    y : array_like, shape (N, d), or blocks of such
        The objects; blocks as in `gmm_lesson.fit`.
    n_components : int
        How many classes, K: at least 1, at most N.
    covariance : "full", "tied", "diagonal" or "spherical"
        What the covariance matrices may be: any; one for all classes; without correlations; or one variance
        along all axes, in y's units. Starts are averaged where they are not so; correlated ones are refused
        for "diagonal".
    starts : str, PlaneMixture, or a sequence of them
        Where to start. A name of `STRATEGIES` is drawn `restarts` times; a PlaneMixture is one start.
    restarts, rng, max_iter, tol, accelerate, counts
        As in `gmm_lesson.fit`.
    floor : float, array_like of shape (d,), or None
        The smallest variance allowed along each axis, in y's units squared: no class may be flatter in any
        direction than one whose coordinates are independent with these variances. None means 1e-6 of the
        variance of y along each axis, without the objects that are far along it, as in `gmm_lesson.fit`.

    Returns
    -------
    Fit
        Its `mixture` is a PlaneMixture; its runs have means of shape (R, K, d) and covariance matrices for
        variances, (R, K, d, d).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant along an axis and no floor above 0 is given.
    """
    covariance = one_of(covariance, "covariance", tuple(FAMILIES))
    source = objects_of(y, counts, FAMILIES[covariance], 2)
    how: dict[str, Any] = {"starts": starts, "restarts": restarts, "rng": rng}
    how |= {"max_iter": max_iter, "tol": tol, "floor": floor, "accelerate": accelerate}
    return best_fit(source, n_components, PlaneMixture, STRATEGIES, _floor, **how)


def random_objects(y: Array, k: int, rng: np.random.Generator) -> PlaneMixture:
    """Return a start with means at k different objects, equal weights, the typical variances of y."""
    return _start(y, y[rng.choice(len(y), k, replace=False)])


def k_means_plus_plus(y: Array, k: int, rng: np.random.Generator) -> PlaneMixture:
    """Return a start with means at objects that lie apart, axes measured in their sds; as on the line."""
    low, high = limits_of(y)
    z = clusters(y, ((y < low) | (y > high)).any(axis=1), k, rng)
    if z is not None:
        return _start_of(y, z, k)
    away = y - y.min(axis=0)
    sds = away.std(axis=0)
    return _start(y, y[spread_out(away / np.where(sds > 0, sds, 1.0), k, rng)])


STRATEGIES: dict[str, Callable[[Array, int, np.random.Generator], PlaneMixture]] = {
    "objects": random_objects,
    "k-means++": k_means_plus_plus,
}
"""The named ways of drawing a start: (y, K, rng) to a PlaneMixture."""


def _start(y: Array, means: Array) -> PlaneMixture:
    k = len(means)
    return PlaneMixture(np.full(k, 1 / k), means, np.tile(np.diag(_variances(y)), (k, 1, 1)))


def _start_of(y: Array, z: NDArray[np.intp], k: int) -> PlaneMixture:
    """Return the start of clusters, with independent coordinates; an empty one is like all objects."""
    typical, means, variances = _variances(y), np.tile(y.mean(axis=0), (k, 1)), np.tile(_variances(y), (k, 1))
    n = np.bincount(z, minlength=k)
    for i in np.flatnonzero(n):
        mine = y[z == i]
        means[i], variances[i] = mine.mean(axis=0), np.maximum(mine.var(axis=0), FLOOR_SHARE * typical)
    weights = np.maximum(n, 1) / np.maximum(n, 1).sum()
    return PlaneMixture(weights, means, variances[..., np.newaxis] * np.eye(y.shape[1]))


def _variances(y: Array) -> Array:
    """Return the typical variance along each axis, or 1 where all objects are equal."""
    variances = np.apply_along_axis(typical_variance, 0, y)
    return np.where(variances > 0, variances, 1.0)


def _floor(floor: Any, source: Objects) -> Array:
    d = source.family.d
    if floor is not None:
        single = isinstance(floor, numbers.Real) or getattr(floor, "ndim", 1) == 0
        array = np.full(d, number(floor, "floor")) if single else array_of(floor, "floor")
        if array.shape != (d,) or array.min() < 0 or (array > 0).any() != (array > 0).all():
            raise ValueError(f"floor must be {d} numbers, all above 0 or all 0; got {array.tolist()}")
        for value, unit in zip(array, source.family.unit, strict=True):
            checked_floor(float(value), float(unit))
        return array
    floor = FLOOR_SHARE * source.spread.variance
    constant = ~(floor > 0)
    if constant.any():
        raise ValueError(
            f"y must vary along every axis for floor=None to have a meaning; got a variance of 0 along axis"
            f" {constant.argmax()}: leave it out, use larger units, or give a floor above 0"
        )
    return np.asarray(floor)
