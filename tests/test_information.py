"""Information, standard errors and EM's rate, against derivatives taken numerically and EM's own steps."""

import numpy as np
import pytest
from problems import drawn

from gmm_lesson import Mixture, e_step, em, fit, log_likelihood, m_step
from gmm_lesson.em import default_floor
from gmm_lesson.study.information import (
    Information,
    intervals,
    missing_fraction,
    slowest_direction,
    standard_errors,
    stationary_gap,
    steps_to,
)
from gmm_lesson.study.per_class import PerClass


def problem(k, seed=0):
    """Return 60 objects and a mixture of k classes that is no optimum of theirs."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(k, 5.0))
    return drawn(60, k, seed), Mixture(weights, 3.0 * np.arange(k) + 0.4, rng.uniform(0.7, 3, k))


OPTIMA = [(1, 1), (2, 1), (2, 5), (3, 4), (4, 3)]


def optimum(k=3, n=150, seed=4):
    y = drawn(n, k, seed)
    start = Mixture(np.full(k, 1 / k), 3.0 * np.arange(k), np.ones(k))
    return y, fit(y, k, starts=start, accelerate=True, tol=1e-14).mixture


def free(mixture):
    """Return the P free parameters, of a mixture or a direction: all weights but the last, means, sds."""
    return np.concatenate([mixture.weights[:-1], mixture.means, mixture.sds])


def parts_of(theta):
    k = (len(theta) + 1) // 3
    weights = np.append(theta[: k - 1], 1 - theta[: k - 1].sum())
    return weights, theta[k - 1 : 2 * k - 1], theta[2 * k - 1 :]


def mixture_of(theta):
    weights, means, sds = parts_of(theta)
    return Mixture(weights, means, sds**2)


def log_joint(theta, y):
    """Return log(pi_k N(y_i | mu_k, sd_k^2)), (N, K), of parameters that may be complex."""
    weights, means, sds = parts_of(theta)
    u = (y[:, np.newaxis] - means) / sds
    return np.log(weights) - np.log(sds) - 0.5 * np.log(2 * np.pi) - 0.5 * u * u


def plain_log_likelihood(theta, y):
    return np.log(np.exp(log_joint(theta, y)).sum(axis=1)).sum()


def gradient(f, theta):
    """Return the derivatives of f by a complex step: exact but for rounding."""
    return np.array([f(theta + 1e-30j * each).imag / 1e-30 for each in np.eye(len(theta))])


def hessian(f, theta, h=1e-5):
    """Return the second derivatives by central differences of exact first ones: about ten digits."""
    ends = [[gradient(f, theta + sign * h * each) for sign in (1, -1)] for each in np.eye(len(theta))]
    return np.array([(up - down) / (2 * h) for up, down in ends])


def in_free(information, values):
    """Return a score, or a matrix, of the 3K numbers in the free parameters, their units being one."""
    k = information.mixture.n_components
    change = np.delete(np.eye(3 * k), k - 1, axis=1)
    change[k - 1, : k - 1] = -1
    change /= information.units[:, np.newaxis]
    return values @ change if values.ndim == 1 else change.T @ values @ change


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_score_and_information_are_the_derivatives_of_the_log_likelihood_and_of_q(k):
    """The complete information is minus the Hessian of Q; less the missing, that of the log-likelihood."""
    y, mixture = problem(k)
    told, r, theta = Information.of(y, mixture), e_step(y, mixture), free(mixture)
    slope = gradient(lambda t: plain_log_likelihood(t, y), theta)
    assert np.abs(slope).min() > 0.01  # no optimum
    np.testing.assert_allclose(in_free(told, told.score()), slope, rtol=1e-10, atol=1e-10)
    complete = in_free(told, told.complete())
    observed = complete - in_free(told, told.missing())
    for found, f in [
        (complete, lambda t: (r * log_joint(t, y)).sum()),
        (observed, lambda t: plain_log_likelihood(t, y)),
    ]:
        expected = -hessian(f, theta)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize(("k", "seed"), OPTIMA)
def test_standard_errors_are_the_roots_of_the_inverse_hessians_diagonal(k, seed):
    y, mixture = optimum(k, 200, seed)
    covariance = np.linalg.inv(-hessian(lambda theta: plain_log_likelihood(theta, y), free(mixture)))
    found = standard_errors(y, mixture)
    np.testing.assert_allclose(free(found), np.sqrt(np.diag(covariance)), rtol=1e-6)
    # The last weight is one minus the others.
    assert found.weights[-1] == pytest.approx(covariance[: k - 1, : k - 1].sum() ** 0.5, rel=1e-6)


def test_intervals_are_so_many_standard_errors_on_both_sides_of_log_odds_means_and_log_sds():
    y, mixture = optimum()
    errors, (weights, means, sds) = standard_errors(y, mixture).as_array(), PerClass.of(mixture).as_array()
    found = intervals(y, mixture)
    for side, ends in ((-1, found.low), (1, found.high)):
        far = side * 1.959963984540054 * errors
        odds = weights / (1 - weights) * np.exp(far[0] / weights / (1 - weights))
        expected = [odds / (1 + odds), means + far[1], sds * np.exp(far[2] / sds)]
        np.testing.assert_allclose(ends.as_array(), expected, rtol=1e-9)
    assert found.level == 0.95
    assert found.hold(mixture).as_array().all()
    beside = Mixture(mixture.weights, mixture.means + 3 * errors[1] * np.eye(3)[1], mixture.variances)
    assert found.hold(beside).as_array().tolist() == [[True] * 3, [True, False, True], [True] * 3]
    narrow = intervals(y, mixture, level=0.6826894921370859)
    np.testing.assert_allclose(narrow.high.means, means + errors[1], rtol=1e-9)


@pytest.mark.parametrize("level", [0.95, 1 - 1e-12])
def test_no_interval_leaves_where_its_parameter_lives(level):
    """Of six objects in one class; with the wider level symmetric ends would be far outside."""
    y = np.concatenate([drawn(200, 1, 1), 30 + drawn(6, 1, 2)])
    mixture = em(y, Mixture([0.9, 0.1], [0, 30], [1, 1])).mixture
    found, errors = intervals(y, mixture, level=level), standard_errors(y, mixture)
    assert min(found.low.weights.min(), found.low.sds.min(), 1 - found.high.weights.max()) > 0
    assert found.hold(mixture).as_array().all()
    for name in ("weights", "sds"):  # else a symmetric interval would do
        assert level < 0.99 or (getattr(mixture, name) - 7 * getattr(errors, name)).min() < 0


def test_a_class_on_the_default_floor_has_no_standard_error_though_the_floor_hardly_holds_it():
    y = np.append(drawn(400, 1, 1), 0.3 + np.array([-1, 1]) * 1e-3)
    y = np.append(y, 50 + np.array([-1.0, 1.0] * 5) * np.sqrt(default_floor(y)))
    floor = default_floor(y)
    for units in (1 - 1e-15, 1, 1 + 1e-15):
        mixture = Mixture([402 / 412, 10 / 412], [y[:402].mean(), 50], [y[:402].var(), floor * units])
        for function in (standard_errors, intervals):
            with pytest.raises(ValueError, match=r"^mixture must have no class on the floor on variances"):
                function(y, mixture)
    # On a lower floor the same class is one like others.
    lower = Mixture(mixture.weights, mixture.means, [y[:402].var(), 0.999 * y[402:].var()])
    assert np.isfinite(standard_errors(y, lower).sds).all()


def test_information_beyond_all_numbers_and_of_a_class_without_objects_is_refused_not_made_nan():
    few, y = [0.0, 1.0, 1.0], drawn(50, 2, 3)
    for values, mixture, words in [
        (few, Mixture([1], [0], [1e-300]), "have classes within .* beyond all numbers"),
        (few, Mixture([0.5, 0.5], [0, 1], [5e-324, 5e-324]), "be a fixed point"),
        (y, Mixture([0.5, 0.5], [0, 3], [1e4, 1e4]), "be a fixed point of EM, or near one; got one"),
    ]:
        for function in (missing_fraction, slowest_direction, standard_errors):
            with pytest.raises(ValueError, match=f"^mixture must {words}"):
                function(values, mixture)
        assert stationary_gap(values, mixture) == float("inf")
    y, mixture = optimum(2, 100, 1)
    empty = Mixture(np.append(mixture.weights, 1e-9), [*mixture.means, 1.5], [*mixture.variances, 1.0])
    with pytest.raises(ValueError, match=r"^mixture must have no class worth less than one object"):
        standard_errors(y, empty)
    far = Mixture([0.5, 0.5 - 1e-200, 1e-200], [1, 1e150, 5], [1, 1e-20, 1e-300])
    told = Information.of([0.0, 1.0, 2.0, 1e150], far)
    for part in (told.complete(), told.missing(), told.score()):
        assert np.isfinite(part).all()
    told = Information.of([0.0, 1.0, 1.0], Mixture([0.5, 0.5], [0, 1], [1e-300, 1e-300]))
    np.testing.assert_allclose(np.diag(told.complete())[2:], [2, 4, -2, -4], rtol=1e-12)


@pytest.mark.parametrize(("k", "seed"), OPTIMA)
def test_rho_is_the_largest_eigenvalue_of_the_derivative_of_a_step_of_em(k, seed):
    y, mixture = optimum(k, 200, seed)
    theta, h = free(mixture), 1e-6

    def step(theta):
        return free(m_step(y, e_step(y, mixture_of(theta))))

    axes = h * np.eye(len(theta))
    jacobian = np.transpose([(step(theta + axis) - step(theta - axis)) / (2 * h) for axis in axes])
    eigenvalues, vectors = np.linalg.eig(jacobian)
    largest = eigenvalues.real.argmax()
    assert missing_fraction(y, mixture) == pytest.approx(eigenvalues[largest].real, abs=1e-7)
    found = slowest_direction(y, mixture)
    changes = found.as_array().ravel() / Information.of(y, mixture).units
    assert changes.max() == np.abs(changes).max(), "the largest change is a rise"
    if k > 1:
        assert found.weights.sum() == pytest.approx(0, abs=1e-12)
        direction, expected = free(found), vectors[:, largest]
        cosine = direction @ expected / np.linalg.norm(direction) / np.linalg.norm(expected)
        assert abs(cosine) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("gap", "target", "rho", "steps"),
    [(1, 0.25, 0.5, 1), (1, 0.24, 0.5, 2), (8, 0.5, 0.5, 2), (1, 1, 0.5, 0), (1, 2, 0.5, 0), (1, 0.1, 0, 1)],
)
def test_steps_by_hand(gap, target, rho, steps):
    assert steps_to(gap, target, rho) == steps


def test_the_slowest_direction_costs_half_of_what_is_not_missing_and_rises_from_a_doubled_class():
    y, best = optimum()
    two = fit(y, 2, accelerate=True, tol=1e-14).mixture.sorted()
    shares = two.weights[[0, 0, 1]] * [1 / 3, 2 / 3, 1]
    saddle = Mixture(shares, two.means[[0, 0, 1]], two.variances[[0, 0, 1]])
    rho = missing_fraction(y, saddle)
    assert rho > 1.001
    assert stationary_gap(y, saddle) < 1e-9
    for function in (standard_errors, intervals):
        with pytest.raises(ValueError, match=r"^mixture must be a maximum .*not positive definite.*saddle"):
            function(y, saddle)
    for mixture, s, rel in [(best, 0.02, 0.02), (saddle, 0.1, 0.1)]:
        expected = (missing_fraction(y, mixture) - 1) / 2 * s**2
        for side in (-s, s):
            beside = mixture_of(free(mixture) + side * free(slowest_direction(y, mixture)))
            risen = log_likelihood(y, beside) - log_likelihood(y, mixture)
            assert risen == pytest.approx(expected, rel=rel, abs=0)


def test_the_stationary_gap_is_what_em_has_left_to_gain():
    y, mixture = optimum()
    start = Mixture(np.full(3, 1 / 3), 3.0 * np.arange(3), np.ones(3))
    run = em(y, start, max_iter=200, tol=0)
    gaps = log_likelihood(y, mixture) - run.log_likelihoods
    for step in np.flatnonzero((gaps < 1e-2) & (gaps > 1e-7))[::5]:
        assert stationary_gap(y, run.path[step]) == pytest.approx(gaps[step], rel=0.1)
    assert stationary_gap(y, mixture) < 1e-12
