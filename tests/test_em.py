"""The textbook: E-step, M-step, log-likelihood and the loop, against closed forms and
plain densities."""

from itertools import pairwise

import numpy as np
import pytest
from problems import (
    HAND,
    HAND_Y,
    assert_same_mixture,
    drawn,
    normal_density,
    parts,
    spread_start,
)

from gmm_lesson import Mixture, e_step, em, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint

# On paper: class 1 takes 1 / (1 + exp(2y - 4)) of an object at y.
S = 1 / (1 + np.exp(-2))
HAND_R = np.array([[S, 1 - S], [0.5, 0.5], [1 - S, S]])
HAND_MEAN = (S * 1 + 0.5 * 2 + (1 - S) * 3) / 1.5
HAND_VARIANCE = (S * 1 + 0.5 * 4 + (1 - S) * 9) / 1.5 - HAND_MEAN**2

Y = drawn(60, 3, seed=1)
START = spread_start(Y, 3)


def weighted_densities(y, mixture):
    """Return pi_k N(y_i | mu_k, sigma_k^2), a row a class."""
    return np.array([w * normal_density(y, m, v) for w, m, v in zip(*parts(mixture), strict=True)])


def bayes(y, mixture):
    joint = weighted_densities(y, mixture)
    return (joint / joint.sum(axis=0)).T


def plain_q(y, r, mixture):
    """Return Q, what the M-step maximises: the joint log-density, averaged over the responsibilities."""
    return float((r * np.log(weighted_densities(y, mixture)).T).sum())


# E-step


def test_e_step_of_the_hand_example():
    np.testing.assert_allclose(e_step(HAND_Y, HAND), HAND_R, rtol=1e-14)


def test_e_step_is_bayes_rule():
    np.testing.assert_allclose(e_step(Y, START), bayes(Y, START), rtol=1e-11, atol=1e-300)


def test_e_step_of_an_object_far_from_every_class():
    # Both densities are 0 as floats; the logarithm of their ratio is 5 * 60 - 25 / 2 = 287.5.
    mixture = Mixture([0.5, 0.5], [0, 5], [1, 1])
    np.testing.assert_array_equal(mixture.density([60]), [0])
    np.testing.assert_allclose(e_step([60], mixture), [[np.exp(-287.5), 1]], rtol=1e-12)


# M-step


def test_m_step_of_the_hand_example():
    expected = Mixture([0.5, 0.5], [HAND_MEAN, 4 - HAND_MEAN], [HAND_VARIANCE] * 2)
    assert_same_mixture(m_step(HAND_Y, HAND_R), expected, rtol=1e-14)


def test_m_step_of_whole_objects_is_each_classs_share_mean_and_variance():
    r = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [0, 1]])
    made = m_step([1, 10, 5, 20, 60], r)
    assert_same_mixture(made, Mixture([0.4, 0.6], [3, 30], [4, 1400 / 3]), rtol=1e-14)


def test_m_step_raises_a_variance_to_the_floor_and_nothing_else():
    r = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    made = m_step([1, 3, 10, 10], r, floor=0.5)
    assert made == Mixture([0.5, 0.5], [2, 10], [1, 0.5])


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.1, 1e-150])
def test_m_step_of_a_single_value_needs_a_floor_whatever_the_value(value):
    # The mean of three times 0.1 is not 0.1: the variance is rounding, not exactly 0.
    with pytest.raises(ValueError, match=r"^floor must be above 0"):
        m_step([value, value, value, 2 * value], [[1, 0], [1, 0], [1, 0], [0, 1]])


def test_a_class_that_lost_its_objects_gets_the_mean_and_variance_of_all():
    y = np.array([1.0, 2.0, 6.0])
    made = m_step(y, [[1, 0], [1, 0], [1, 0]])
    assert 0 < made.weights[1] < 1e-190
    assert_same_mixture(made, Mixture([1, made.weights[1]], [3, 3], [14 / 3] * 2), rtol=1e-14)
    assert np.isfinite(log_likelihood(y, made))


# Log-likelihood


def test_log_likelihood_of_the_hand_example():
    middle = -0.5 - np.log(2 * np.pi) / 2
    outer = np.log((1 + np.exp(-2)) / 2) - np.log(2 * np.pi) / 2
    assert log_likelihood(HAND_Y, HAND) == pytest.approx(middle + 2 * outer, rel=1e-14)


def test_log_likelihood_of_an_object_far_from_every_class():
    mixture = Mixture([0.5, 0.5], [0, 5], [1, 1])
    expected = np.log(0.5) - 55**2 / 2 - np.log(2 * np.pi) / 2
    assert log_likelihood([60], mixture) == pytest.approx(expected, rel=1e-14)


# The loop


def test_em_of_the_hand_example_for_a_step():
    run = em(HAND_Y, HAND, max_iter=1, tol=0)
    expected = Mixture([0.5, 0.5], [HAND_MEAN, 4 - HAND_MEAN], [HAND_VARIANCE] * 2)
    assert_same_mixture(run.mixture, expected, rtol=1e-14)


def test_em_keeps_its_whole_path():
    run = em(Y, START, max_iter=7, tol=0)
    assert len(run.path) == len(run.log_likelihoods) == 8
    assert run.path[0] == START
    assert run.path[-1] == run.mixture
    for mixture, value in zip(run.path, run.log_likelihoods, strict=True):
        assert value == pytest.approx(log_likelihood(Y, mixture), rel=1e-14)
    for before, after in pairwise(run.path):
        assert_same_mixture(after, m_step(Y, bayes(Y, before)))


@pytest.mark.parametrize("max_iter", [0, 1, 2, 25])
def test_tol_0_takes_exactly_max_iter_steps(max_iter):
    run = em(Y, START, max_iter=max_iter, tol=0)
    assert (run.n_iter, run.converged) == (max_iter, False)


def test_tol_0_goes_on_even_where_nothing_changes():
    optimum = Mixture([1], [0.0], [1.0])
    run = em([-1, 1], optimum, max_iter=30, tol=0)
    assert (run.n_iter, run.converged) == (30, False)
    assert run.log_likelihoods[-1] == run.log_likelihoods[-2]


@pytest.mark.parametrize("tol", [1e-3, 1e-6, 1e-9])
def test_stops_at_the_first_step_that_gains_at_most_tol_an_object(tol):
    run = em(Y, START, tol=tol)
    gains = np.abs(np.diff(run.log_likelihoods)) / len(Y)
    assert run.converged
    assert gains[-1] <= tol
    assert (gains[:-1] > tol).all()


def test_a_start_below_the_floor_is_raised_to_it():
    start = Mixture([0.5, 0.5], [0, 5], [0.1, 2])
    assert em(Y, start, floor=1, max_iter=0).mixture == Mixture([0.5, 0.5], [0, 5], [1, 2])
    assert em(Y, start, floor=0, max_iter=0).mixture == start


def test_no_variance_goes_below_the_floor_and_the_path_still_climbs():
    run = em(Y, START, floor=2)
    for mixture in run.path:
        assert mixture.variances.min() >= 2
    assert run.mixture.variances.min() == 2  # else the floor did nothing here
    assert np.diff(run.log_likelihoods).min() > -1e-10


def test_the_default_floor_is_a_millionth_of_the_variance():
    # The first class ends on the two equal objects and would end in an infinity.
    y = np.array([0.0, 0.0, 4, 5, 7])
    run = em(y, Mixture([0.4, 0.6], [0, 5], [0.1, 1]))
    assert run.mixture.variances[0] == pytest.approx(1e-6 * y.var(), rel=1e-12)


# What goes in and what comes out


def test_inputs_are_left_alone_and_results_share_no_memory_with_them():
    y, r = Y.copy(), bayes(Y, START)
    r_before = r.copy()
    results = [e_step(y, START), *parts(m_step(y, r)), em(y, START, max_iter=2).log_likelihoods]
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(r, r_before)
    for array in results:
        assert not np.shares_memory(array, y)
        assert not np.shares_memory(array, r)
    for mixture in em(y, START, max_iter=2).path:
        for part in parts(mixture):
            assert not np.shares_memory(part, y)


@pytest.mark.parametrize("seed", range(5))
def test_q_is_the_average_of_the_joint_log_density(seed):
    rng = np.random.default_rng(seed)
    mixture = Mixture([0.2, 0.5, 0.3], [0, 3, 5], [1, 4, 0.25])
    y, r = rng.normal(2, 3, size=20), rng.dirichlet([1, 1, 1], size=20)
    assert expected_log_joint(y, r, mixture) == pytest.approx(plain_q(y, r, mixture), rel=1e-12)
