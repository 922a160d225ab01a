"""Clusters to start from: k-means++ and a few steps of k-means, outliers apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array

LLOYD = 4
"""How many steps of k-means part far objects from each other, and the others."""


def spread_out(t: Array, k: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return which of the objects t, shape (n, d), k-means++ takes for k means."""
    chosen = [int(rng.integers(len(t)))]
    nearest = np.full(len(t), np.inf)
    while len(chosen) < k:
        nearest = np.minimum(nearest, ((t - t[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(rng.choice(len(t), p=nearest / nearest.sum() if nearest.any() else None)))
    return np.array(chosen)


def clusters(y: Array, far: NDArray[np.bool_], k: int, rng: np.random.Generator) -> NDArray[np.intp] | None:
    """Return a cluster of each object, 0..k-1, those of far objects apart from the others; None for no split.

    How many clusters the far objects get is drawn: from none, which is no split, to k - 1, or as many as they
    have places. k-means finds the clusters on either side, from k-means++.

    Parameters
    ----------
    y : ndarray, shape (n, d)
        The objects.
    far : ndarray of bool, shape (n,)
        Which are far.
    """
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
    scale = np.ptp(y, axis=0)
    t = (y - y.min(axis=0)) / np.where(scale > 0, scale, 1.0)
    means = t[spread_out(t, k, rng)]
    for _ in range(LLOYD):
        z = ((t[:, np.newaxis] - means) ** 2).sum(axis=2).argmin(axis=1)
        n = np.bincount(z, minlength=k)
        sums = np.array([np.bincount(z, column, minlength=k) for column in t.T]).T
        means = np.where(n[:, np.newaxis] > 0, sums / np.maximum(n, 1)[:, np.newaxis], means)
    return np.asarray(z)
