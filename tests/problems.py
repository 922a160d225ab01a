"""What several test files share: problems to fit, and ways to compare the answers."""

from functools import cache

import numpy as np

from gmm_lesson import Mixture, em
from gmm_lesson.engine.plane import PlaneMixture

HAND_Y = np.array([1.0, 2.0, 3.0])
"""Small enough to do on paper: with HAND, the middle object belongs half to each class."""

HAND = Mixture([0.5, 0.5], [1, 3], [1, 1])


def two_groups(n, seed):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, n), rng.normal(4, 1.5, n)])


PLAIN = two_groups(15, 1)
PAIR = Mixture([0.4, 0.6], [0.5, 3], [1, 2])


def moved(mixture, offset=0.0, scale=1.0):
    return Mixture(mixture.weights, offset + scale * mixture.means, scale**2 * mixture.variances)


PROBLEMS = {
    "on paper": (HAND_Y, HAND),
    "plain": (PLAIN, PAIR),
    "an offset of 1e9": (1e9 + PLAIN, moved(PAIR, offset=1e9)),
    "an offset of -1e9": (PLAIN - 1e9, moved(PAIR, offset=-1e9)),
    "a scale of 1e+150": (1e150 * PLAIN, moved(PAIR, scale=1e150)),
    "a scale of 1e-150": (1e-150 * PLAIN, moved(PAIR, scale=1e-150)),
    "an outlier at 1e6 sd": (np.append(PLAIN, 1e6), PAIR),
    "an outlier at -1e6 sd": (np.append(PLAIN, -1e6), PAIR),
    "two values": (np.repeat([1.0, 2.0], [7, 5]), Mixture([0.5, 0.5], [1.2, 1.7], [0.1, 0.2])),
    "two values, three classes": (
        np.repeat([1.0, 2.0], [7, 5]),
        Mixture([0.2, 0.3, 0.5], [0.9, 1.6, 2.2], [0.1, 0.2, 0.3]),
    ),
    "a dead class": (PLAIN, Mixture([0.4, 0.5, 0.1], [0.5, 3, 1e4], [1, 2, 1])),
    "a class that starts far away": (PLAIN, Mixture([0.5, 0.5], [-1e7, 1e7], [1, 1])),
    "a far object": (np.append(PLAIN, 60.0), Mixture([0.5, 0.5], [0, 5], [1, 1])),
    "one object, one class": (np.array([2.5]), Mixture([1], [0], [1])),
    "one object, four classes": (np.array([2.5]), Mixture([0.1, 0.2, 0.3, 0.4], [0, 1, 3, 4], [1, 2, 1, 2])),
    "fewer objects than classes": (
        np.array([2.5, -1.0, 7.0]),
        Mixture([0.1, 0.2, 0.3, 0.3, 0.1], [0, 1, 3, 5, 9], [1, 2, 1, 2, 1]),
    ),
    "unequal scales": (PLAIN, Mixture([1e-9, 1 - 1e-9], [0.3, 2], [1e-4, 1e4])),
}


def drawn(n, k, seed):
    """Return n objects of k overlapping classes, without the help of the package's own sampler."""
    rng = np.random.default_rng(seed)
    return rng.normal(3.0 * rng.integers(k, size=n), rng.uniform(0.5, 1.5, size=n))


def spread_start(y, k):
    """Return a start with means spread over y, every two apart, unequal weights, and unequal variances."""
    weights = np.arange(k, 2 * k) / np.arange(k, 2 * k).sum()
    means = np.quantile(y, (np.arange(k) + 0.5) / k) + 0.05 + 0.01 * np.arange(k)
    variances = (np.var(y) + 0.5) * np.linspace(0.3, 1.0, k)
    return Mixture(weights, means, variances)


def several_starts(y):
    """Return starts of three classes: spread, sorted or not, close together, and far away."""
    return [
        spread_start(y, 3),
        Mixture([0.2, 0.3, 0.5], [0, 4, 9], [1, 2, 3]),
        Mixture([0.6, 0.2, 0.2], [9, 1, 2], [5, 0.5, 3]),
        Mixture([0.6, 0.2, 0.2], np.array([0.1, 0.2, 0.3]) + y.mean(), [5, 0.5, 3]),
        Mixture([1 / 3] * 3, [-50, 3, 80], [1, 1, 1]),
    ]


def cloud(n, d, k, seed):
    """Return n objects of k classes in d dimensions, each class tilted in its own way."""
    rng = np.random.default_rng(seed)
    shapes = rng.normal(size=(k, d, d)) + np.eye(d)
    z = rng.integers(k, size=n)
    return 3 * rng.normal(size=(k, d))[z] + (shapes[z] @ rng.normal(size=(n, d, 1)))[..., 0]


def plane_start(y, k, covariance, seed=0):
    """Return a start with unequal weights and, for full and tied covariances, tilted ones."""
    rng = np.random.default_rng(seed)
    d = y.shape[1]
    shapes = rng.normal(size=(k, d, d)) if covariance in ("full", "tied") else np.zeros((k, d, d))
    covariances = np.cov(y.T).reshape(d, d) * np.eye(d) + shapes @ np.swapaxes(shapes, 1, 2)
    weights = np.arange(1, k + 1) / np.arange(1, k + 1).sum()
    return PlaneMixture(weights, y[rng.choice(len(y), k, replace=False)], covariances)


@cache
def overlapping():
    """Return lesson 05's 300 objects of two classes, a start, and a run that goes on until nothing moves."""
    rng = np.random.default_rng(2)
    z = rng.integers(0, 2, 300)
    y = rng.normal(np.where(z == 1, 1.0, -1.0), 1.0)
    start = Mixture([0.5, 0.5], [-0.5, 0.5], [y.var()] * 2)
    return y, start, em(y, start, max_iter=20_000, tol=1e-14)


def harder():
    """Return lesson 06's 400 objects: most in one class, few in two that stand close."""
    rng = np.random.default_rng(7)
    z = rng.choice(3, size=400, p=[0.8, 0.1, 0.1])
    return rng.normal(np.array([0, 8, 10])[z], np.array([1, 0.4, 0.4])[z])


def parts(mixture):
    return mixture.weights, mixture.means, mixture.variances


def assert_same_mixture(one, other, rtol=1e-10, atol=1e-10):
    """Compare two mixtures part by part; `atol` is for the means, that may be near 0."""
    np.testing.assert_allclose(one.weights, other.weights, rtol=rtol, atol=1e-14)
    np.testing.assert_allclose(one.means, other.means, rtol=rtol, atol=atol)
    np.testing.assert_allclose(one.variances, other.variances, rtol=rtol)


def assert_same_runs(found, expected, rtol, score=1e-12):
    """Compare all restarts of two fits: parameters to a share of the largest, log-likelihoods to `score`."""
    np.testing.assert_array_equal(found.runs.n_iter, expected.runs.n_iter)
    np.testing.assert_array_equal(found.runs.converged, expected.runs.converged)
    np.testing.assert_allclose(found.runs.log_likelihood, expected.runs.log_likelihood, rtol=score)
    for name in ("weights", "means", "variances"):
        one, other = getattr(found.runs, name), getattr(expected.runs, name)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol * np.abs(other).max())


def assert_finite(found):
    """Look at all numbers of a fit's restarts."""
    runs = found.runs
    for part in (runs.log_likelihood, runs.weights, runs.means, runs.variances):
        assert np.isfinite(part).all()
