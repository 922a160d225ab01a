"""The same EM in the plane and beyond: vectors for objects, a covariance matrix where the variance was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import one_of
from gmm_lesson.em import MAX_ITER, TOL
from gmm_lesson.engine.fit import RESTARTS, Fit, best_fit
from gmm_lesson.engine.plane_family import Diagonal, Full, PlaneMixture, Spherical, Tied
from gmm_lesson.engine.reading import objects_of

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

    The Fit's `mixture` is a PlaneMixture; its runs have means of shape (R, K, d) and covariance matrices for
    variances, (R, K, d, d). A y that is constant along an axis needs a floor above 0.
    """
    covariance = one_of(covariance, "covariance", tuple(FAMILIES))
    source = objects_of(y, counts, FAMILIES[covariance], 2)
    how: dict[str, Any] = {"starts": starts, "restarts": restarts, "rng": rng}
    how |= {"max_iter": max_iter, "tol": tol, "floor": floor, "accelerate": accelerate}
    return best_fit(source, n_components, PlaneMixture, **how)
