"""Where to start: the ways of drawing a start, k-means++ among them, outliers apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array, one_of
from gmm_lesson.em import FLOOR_SHARE, m_step, typical_variance
from gmm_lesson.engine.objects import Objects, limits_of
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.mixture import Mixture

LLOYD = 4
"""How many steps of k-means part far objects from each other, and the others."""


def uniform_means(y: Array, k: int, rng: np.random.Generator) -> Any:
    """Return a start with means uniform over the range of y, equal weights, and the typical variance of y."""
    return _start(y, rng.uniform(y.min(axis=0), y.max(axis=0), (k, *y.shape[1:])))


def random_objects(y: Array, k: int, rng: np.random.Generator) -> Any:
    """Return a start with means at k different objects, equal weights, and the typical variance of y."""
    return _start(y, rng.choice(y, k, replace=False))


def k_means_plus_plus(y: Array, k: int, rng: np.random.Generator) -> Any:
    """Return a start with means at objects that lie apart, equal weights, and the typical variance of y.

    Each next mean is an object drawn with probability proportional to its squared distance from the
    nearest mean so far (Arthur and Vassilvitskii, 2007). Far objects would draw all means to themselves:
    where there are some, most starts are the M-step of clusters, some of far objects and some of the others
    (see `clusters`).
    """
    z = clusters(_rows(y), k, rng)
    return _start(y, y[spread_out(_rows(y), k, rng)]) if z is None else _start_of(y, z, k)


def random_classes(y: Array, k: int, rng: np.random.Generator) -> Any:
    """Return the M-step of random classes: every object in one of k classes, drawn evenly."""
    return _start_of(y, rng.integers(k, size=len(y)), k)


STRATEGIES: dict[str, Callable[[Array, int, np.random.Generator], Any]] = {
    "uniform": uniform_means,
    "objects": random_objects,
    "k-means++": k_means_plus_plus,
    "classes": random_classes,
}
"""The named ways of drawing a start: (y, K, rng) to a Mixture, or of y with axes to a PlaneMixture."""


def spread_out(t: Array, k: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return which of the objects t, shape (n, d), k-means++ takes for k means, axes measured in ranges."""
    t = _in_ranges(t)
    chosen = [int(rng.integers(len(t)))]
    nearest = np.full(len(t), np.inf)
    while len(chosen) < k:
        nearest = np.minimum(nearest, ((t - t[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(rng.choice(len(t), p=nearest / nearest.sum() if nearest.any() else None)))
    return np.array(chosen)


def clusters(y: Array, k: int, rng: np.random.Generator) -> NDArray[np.intp] | None:
    """Return a cluster of each object, 0..k-1, those of far objects apart from the others; None for no split.

    How many clusters the far objects get is drawn: from none, which is no split, to k - 1, or as many as they
    have places. k-means finds the clusters on either side, from k-means++. y has the shape (n, d).
    """
    low, high = limits_of(y)
    far = ((y < low) | (y > high)).any(axis=1)
    places = len(np.unique(y[far], axis=0))
    if k == 1 or not 0 < places < len(y):
        return None
    beyond = int(rng.integers(min(k - 1, places) + 1))
    if not beyond:
        return None
    z = np.empty(len(y), dtype=np.intp)
    z[far], z[~far] = _k_means(y[far], beyond, rng), beyond + _k_means(y[~far], k - beyond, rng)
    return z


def _k_means(y: Array, k: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the clusters of a few steps of k-means, axes measured in their ranges."""
    t = _in_ranges(y)
    means = t[spread_out(t, k, rng)]
    for _ in range(LLOYD):
        z = ((t[:, np.newaxis] - means) ** 2).sum(axis=2).argmin(axis=1)
        n = np.bincount(z, minlength=k)
        sums = np.array([np.bincount(z, column, minlength=k) for column in t.T]).T
        means = np.where(n[:, np.newaxis] > 0, sums / np.maximum(n, 1)[:, np.newaxis], means)
    return np.asarray(z)


def starts_of(
    starts: Any, source: Objects, k: int, restarts: int, rng: np.random.Generator, kind: type[Any]
) -> tuple[list[Any], bool]:
    """Return the mixtures to start from, given or drawn by the strategies named; and whether all are drawn.

    `kind` is what a start is: `Mixture` on the line.
    """
    if isinstance(starts, (str, kind)):
        several = [starts]
    elif isinstance(starts, Iterable) and not _unordered(starts):
        several = list(starts)
    else:
        raise TypeError(
            f"starts must be a strategy's name, a {kind.__name__}, or a sequence of them;"
            f" got {type(starts).__name__}"
        )
    if not several:
        raise ValueError("starts must hold at least one start; got an empty sequence")
    drawn: list[Any] = []
    named = [isinstance(start, str) for start in several]
    y = source.sample(rng, k) if any(named) else np.empty(0)
    for start in several:
        if isinstance(start, kind):
            if start.n_components != k:
                raise ValueError(
                    f"starts must have n_components={k} classes each; got one with {start.n_components}"
                )
            if start.means.shape[1:] != np.shape(source.low):
                d, other = np.size(source.low), start.means.shape[1]
                raise ValueError(f"starts must have means in {d} dimensions; got {other}")
            drawn.append(start)
        else:
            strategy = STRATEGIES[one_of(start, "starts", tuple(STRATEGIES))]
            drawn.extend(strategy(y, k, rng) for _ in range(restarts))
    return drawn, all(named)


def _unordered(starts: object) -> bool:
    # A set is refused because its order, and with it the fit, would differ from run to run.
    return isinstance(starts, (bytes, dict, set, frozenset)) or getattr(starts, "ndim", 1) == 0


def _start(y: Array, means: Array) -> Any:
    k = len(means)
    return _mixture(np.full(k, 1 / k), means, np.broadcast_to(_variances(y), means.shape))


def _start_of(y: Array, z: NDArray[np.intp], k: int) -> Any:
    """Return the M-step of clusters, along each axis by itself."""
    r, floors = np.eye(k)[z], np.atleast_1d(FLOOR_SHARE * _variances(y))
    axes = [m_step(t, r, floor=floor) for t, floor in zip(_rows(y).T, floors, strict=True)]
    shape = (k, *y.shape[1:])
    means, variances = (
        np.transpose(part).reshape(shape) for part in zip(*(a.parts[1:] for a in axes), strict=True)
    )
    return _mixture(axes[0].weights, means, variances)


def _mixture(weights: Array, means: Array, variances: Array) -> Any:
    if means.ndim == 1:
        return Mixture(weights, means, variances)
    return PlaneMixture(weights, means, variances[..., np.newaxis] * np.eye(means.shape[1]))


def _variances(y: Array) -> Array:
    """Return the typical variance along each axis; 1 where all objects are equal: any will do for those."""
    variances = np.apply_along_axis(typical_variance, 0, y)
    return np.where(variances > 0, variances, 1.0)


def _rows(y: Array) -> Array:
    return y.reshape(len(y), -1)


def _in_ranges(y: Array) -> Array:
    """Return rows with axes measured in their ranges: the square of a tiny distance must not become 0."""
    scale = np.ptp(y, axis=0)
    return np.asarray((y - y.min(axis=0)) / np.where(scale > 0, scale, 1.0))
