"""scikit-learn as the oracle: the same start, the same number of steps, to 1e-8 in log-likelihood.

scikit-learn adds 10 eps to every count N_k before it divides, which moves a mean by a share 2e-15 / N_k of
its value. With a thousandth of an object or more in every class that is below 1e-11: no allowance is needed,
and an assertion keeps the problems so. It has no floor on a variance but reg_covar, which is 0 here; so floor
is 0.
"""

import warnings

import numpy as np
import pytest
from problems import cloud, drawn, parts, plane_start, spread_start
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmm_lesson import em, fit
from gmm_lesson.engine.plane import fit_plane

FITTED = [(n, k) for n in [2, 3, 10, 100, 1_000] for k in [1, 2, 3, 4, 8, 16] if n >= k] + [(30_000, 3)]
"""What scikit-learn can fit: at least two objects, and no fewer than classes."""


KINDS = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}
"""What scikit-learn calls our kinds of covariances."""


def scikit_fit(y, weights, means, covariances, steps, kind="full"):
    """Return scikit-learn's mixture after so many steps from a start, with all matrices, and its score."""
    k, d = means.shape
    inverse = np.linalg.inv(covariances)
    precisions = {
        "full": inverse,
        "tied": inverse[0],
        "diagonal": np.diagonal(inverse, axis1=1, axis2=2),
        "spherical": inverse[:, 0, 0],
    }
    model = GaussianMixture(
        k,
        covariance_type=KINDS[kind],
        weights_init=weights,
        means_init=means,
        precisions_init=precisions[kind],
        reg_covar=0,
        init_params="random",  # of the responsibilities, which the start then replaces
        max_iter=steps,
        tol=0,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # tol=0 never converges: that is wanted
        model.fit(y)
    assert (model.weights_ * len(y)).min() > 1e-3
    assert np.abs(model.means_ - means).max() > 1e-3  # else the steps did nothing to compare
    spread = model.covariances_
    if kind in ("diagonal", "spherical"):
        spread = spread.reshape(k, -1, 1) * np.eye(d)
    return model, np.broadcast_to(spread, (k, d, d)), model.score(y) * len(y)


@pytest.mark.parametrize(("n", "k"), FITTED)
def test_em_and_fit_end_where_scikit_learn_ends(n, k):
    y = drawn(n, min(k, 4), seed=n + k)
    start = spread_start(y, k)
    steps = 5 if n > 3 else 2  # two or three objects collapse soon, and no floor is in the way
    given = start.weights, start.means[:, np.newaxis], start.variances[:, np.newaxis, np.newaxis]
    model, spread, theirs = scikit_fit(y[:, np.newaxis], *given, steps)  # "diag" would subtract large numbers
    run = em(y, start, max_iter=steps, tol=0, floor=0)
    found = fit(y, k, starts=start, max_iter=steps, tol=0, floor=0)
    for mixture, value in [(run.mixture, run.log_likelihoods[-1]), (found.mixture, found.log_likelihood)]:
        assert abs(value - theirs) <= 1e-8
        for own, other in zip(parts(mixture), (model.weights_, model.means_, spread), strict=True):
            np.testing.assert_allclose(own, other.ravel(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("covariance", KINDS)
@pytest.mark.parametrize(
    ("n", "d", "k"), [(50, 1, 2), (60, 2, 1), (200, 2, 3), (500, 3, 4), (3_000, 5, 2), (20_000, 2, 5)]
)
def test_the_plane_ends_where_scikit_learn_ends(n, d, k, covariance):
    """From a start whose covariances are averaged, over classes or axes, where they must be alike."""
    y = cloud(n, d, k, seed=n + d) * np.geomspace(1, 100, d)
    start = plane_start(y, k, covariance)
    weights, means, spread = start.parts
    if covariance == "tied":
        spread = np.average(spread, axis=0, weights=weights)[np.newaxis].repeat(k, axis=0)
    elif covariance == "spherical":
        spread = np.trace(spread, axis1=1, axis2=2)[:, np.newaxis, np.newaxis] / d * np.eye(d)
    model, spread, theirs = scikit_fit(y, weights, means, spread, 8, covariance)
    found = fit_plane(y, k, covariance=covariance, starts=start, max_iter=8, tol=0, floor=0)
    assert found.log_likelihood == pytest.approx(theirs, rel=1e-11)
    np.testing.assert_allclose(found.mixture.weights, model.weights_, rtol=1e-8)
    np.testing.assert_allclose(found.mixture.means, model.means_, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.mixture.covariances, spread, rtol=1e-7, atol=1e-8)
