"""scikit-learn as the oracle: the same start, the same number of steps, to 1e-8 in log-likelihood.

scikit-learn adds 10 eps to every count N_k before it divides, which moves a mean by a share 2e-15 / N_k of
its value. With a thousandth of an object or more in every class that is below 1e-11: no allowance is needed,
and `assert_comparable` keeps the problems so. It has no floor on a variance but reg_covar, which is 0 here;
so floor is 0.
"""

import warnings

import numpy as np
import pytest
from problems import drawn, parts, spread_start
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmm_lesson import Mixture, e_step, em, fit, log_likelihood

STEPS = 5
SIZES = [1, 2, 3, 10, 100, 1_000, 30_000]
CLASSES = [1, 2, 3, 4, 8, 16]
FITTED = [(n, k) for n in SIZES for k in CLASSES if n >= max(2, k)]
"""What scikit-learn can fit: at least two objects, and no fewer than classes."""

BY_HAND = [(n, k) for n in SIZES[:5] for k in CLASSES]


def scikit_fit(y, start, steps):
    """Return scikit-learn's mixture after so many steps from a start."""
    model = GaussianMixture(
        start.n_components,
        covariance_type="full",  # "diag" takes the variance as a difference of large numbers
        weights_init=start.weights,
        means_init=start.means[:, np.newaxis],
        precisions_init=1 / start.variances[:, np.newaxis, np.newaxis],
        reg_covar=0,
        init_params="random",  # of the responsibilities, which the start then replaces
        max_iter=steps,
        tol=0,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # tol=0 never converges: that is wanted
        return model.fit(y[:, np.newaxis])


def scikit_by_hand(mixture):
    """Return scikit-learn's mixture with given parameters, not fitted to anything."""
    model = GaussianMixture(mixture.n_components, covariance_type="full")
    model.weights_ = mixture.weights
    model.means_ = mixture.means[:, np.newaxis]
    model.covariances_ = mixture.variances[:, np.newaxis, np.newaxis]
    model.precisions_cholesky_ = 1 / np.sqrt(model.covariances_)
    return model


def assert_comparable(model, n):
    assert (model.weights_ * n).min() > 1e-3


def assert_is_scikits(mixture, value, model, y):
    theirs = model.score(y[:, np.newaxis]) * len(y)
    assert abs(value - theirs) <= 1e-8
    for own, other in zip(parts(mixture), (model.weights_, model.means_, model.covariances_), strict=True):
        np.testing.assert_allclose(own, other.ravel(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("n", "k"), FITTED)
def test_em_and_fit_end_where_scikit_learn_ends(n, k):
    y = drawn(n, min(k, 4), seed=n + k)
    start = spread_start(y, k)
    steps = STEPS if n > 3 else 2  # two or three objects collapse soon, and no floor is in the way
    model = scikit_fit(y, start, steps)
    assert_comparable(model, n)
    assert np.abs(model.means_.ravel() - start.means).max() > 1e-3  # else the steps did nothing to compare
    run = em(y, start, max_iter=steps, tol=0, floor=0)
    assert_is_scikits(run.mixture, run.log_likelihoods[-1], model, y)
    found = fit(y, k, starts=start, max_iter=steps, tol=0, floor=0)
    assert_is_scikits(found.mixture, found.log_likelihood, model, y)


@pytest.mark.parametrize(("n", "k"), BY_HAND)
def test_densities_and_responsibilities_are_scikit_learns(n, k):
    # Where it cannot fit (N = 1, N < K) it can still judge.
    y = drawn(n, min(k, 4), seed=n + k)
    mixture = spread_start(y, k)
    model = scikit_by_hand(mixture)
    np.testing.assert_allclose(mixture.density(y), np.exp(model.score_samples(y[:, np.newaxis])), rtol=1e-11)
    assert abs(log_likelihood(y, mixture) - model.score_samples(y[:, np.newaxis]).sum()) <= 1e-8
    np.testing.assert_allclose(
        e_step(y, mixture), model.predict_proba(y[:, np.newaxis]), rtol=1e-10, atol=1e-300
    )


@pytest.mark.parametrize(("n", "k"), [(1, 1), (1, 3), (2, 5), (10, 16)])
def test_steps_with_fewer_objects_than_classes_are_scikit_learns_own(n, k):
    # Its fit refuses these, but its two steps do not: run them by hand, as its fit would.
    y = drawn(n, min(k, 4), seed=n + k)
    start = spread_start(y, k)
    floor, now = 0.05, start  # against a collapse on one object; scikit-learn has none: it is applied by hand
    for _ in range(STEPS):
        model = scikit_by_hand(now)
        model.reg_covar = 0
        model._m_step(y[:, np.newaxis], np.log(model.predict_proba(y[:, np.newaxis])))
        variances = np.maximum(model.covariances_.ravel(), floor)
        now = Mixture(model.weights_, model.means_.ravel(), variances)
    run = em(y, start, max_iter=STEPS, tol=0, floor=floor)
    assert abs(run.log_likelihoods[-1] - scikit_by_hand(now).score_samples(y[:, np.newaxis]).sum()) <= 1e-8
