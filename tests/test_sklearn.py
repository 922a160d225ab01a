"""scikit-learn as the oracle: the same start, the same number of steps.

scikit-learn adds 10 eps to every count N_k before it divides, which moves a mean by a share 2e-15 / N_k of
its value. With a thousandth of an object or more in every class that is below 1e-11: no allowance is needed,
and an assertion keeps the problems so. It has no floor on a variance but reg_covar, which is 0 here; so floor
is 0.
"""

import warnings

import numpy as np
import pytest
from problems import cloud, plane_start
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmm_lesson.engine.plane import fit_plane

KINDS = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}
"""What scikit-learn calls our kinds of covariances."""


def of_kind(matrices, kind):
    """Return a matrix a class as scikit-learn holds those of a kind."""
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)
    return {"full": matrices, "tied": matrices[0], "diagonal": diagonals, "spherical": diagonals[:, 0]}[kind]


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
    # What is drawn at random are responsibilities, which the start then replaces.
    how = {"reg_covar": 0, "init_params": "random", "random_state": 0, "max_iter": 8, "tol": 0}
    how |= {"weights_init": weights, "means_init": means, "covariance_type": KINDS[covariance]}
    model = GaussianMixture(k, precisions_init=of_kind(np.linalg.inv(spread), covariance), **how)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # tol=0 never converges: that is wanted
        model.fit(y)
    assert (model.weights_ * len(y)).min() > 1e-3
    assert np.abs(model.means_ - means).max() > 1e-3  # else the steps did nothing to compare
    found = fit_plane(y, k, covariance=covariance, starts=start, max_iter=8, tol=0, floor=0)
    assert found.log_likelihood == pytest.approx(model.score(y) * len(y), rel=1e-11)
    np.testing.assert_allclose(found.mixture.weights, model.weights_, rtol=1e-8)
    np.testing.assert_allclose(found.mixture.means, model.means_, rtol=1e-8, atol=1e-8)
    held = of_kind(found.mixture.covariances, covariance)
    np.testing.assert_allclose(held, model.covariances_, rtol=1e-7, atol=1e-8)
    beside = held.ndim < 3 and covariance != "tied"
    assert not (beside and (found.mixture.covariances * (1 - np.eye(d))).any())
