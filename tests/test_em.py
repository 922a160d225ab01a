"""The textbook on paper, its floor, its loop and its path; `test_referee.py` has its sixty digits."""

from itertools import pairwise

import numpy as np
import pytest
from problems import HAND, HAND_Y, assert_same_mixture, drawn, parts, spread_start

from gmm_lesson import Mixture, e_step, em, log_likelihood, m_step

Y = drawn(60, 3, seed=1)
START = spread_start(Y, 3)


def test_the_hand_example():
    # On paper: class 1 takes 1 / (1 + exp(2y - 4)) of an object at y.
    s = 1 / (1 + np.exp(-2))
    r = np.array([[s, 1 - s], [0.5, 0.5], [1 - s, s]])
    mean = (s * 1 + 0.5 * 2 + (1 - s) * 3) / 1.5
    variance = (s * 1 + 0.5 * 4 + (1 - s) * 9) / 1.5 - mean**2
    expected = Mixture([0.5, 0.5], [mean, 4 - mean], [variance] * 2)
    np.testing.assert_allclose(e_step(HAND_Y, HAND), r, rtol=1e-14)
    assert_same_mixture(m_step(HAND_Y, r), expected, rtol=1e-14)
    assert_same_mixture(em(HAND_Y, HAND, max_iter=1, tol=0).mixture, expected, rtol=1e-14)
    middle, outer = -0.5, np.log((1 + np.exp(-2)) / 2)
    value = middle + 2 * outer - 1.5 * np.log(2 * np.pi)
    assert log_likelihood(HAND_Y, HAND) == pytest.approx(value, rel=1e-14)


def test_m_step_raises_a_variance_to_the_floor_and_nothing_else():
    r = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    made = m_step([1, 3, 10, 10], r, floor=0.5)
    assert made == Mixture([0.5, 0.5], [2, 10], [1, 0.5])


# The loop


def test_em_keeps_its_whole_path():
    run = em(Y, START, max_iter=7, tol=0)
    assert len(run.path) == len(run.log_likelihoods) == 8
    assert run.path[0] == START
    assert run.path[-1] == run.mixture
    assert run.log_likelihoods == pytest.approx([log_likelihood(Y, each) for each in run.path], rel=1e-14)
    for before, after in pairwise(run.path):
        assert_same_mixture(after, m_step(Y, e_step(Y, before)))


@pytest.mark.parametrize("max_iter", [0, 1, 2, 30])
@pytest.mark.parametrize(("y", "start"), [(Y, START), ([-1, 1], Mixture([1], [0], [1]))], ids=["", "still"])
def test_tol_0_takes_exactly_max_iter_steps_also_where_nothing_changes(y, start, max_iter):
    run = em(y, start, max_iter=max_iter, tol=0)
    assert (run.n_iter, run.converged) == (max_iter, False)


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
    assert min(mixture.variances.min() for mixture in run.path) == 2 == run.mixture.variances.min()
    assert np.diff(run.log_likelihoods).min() > -1e-10


def test_inputs_are_left_alone_and_results_share_no_memory_with_them():
    y, r = Y.copy(), e_step(Y, START)
    before, run = r.copy(), em(y, START, max_iter=2)
    results = [e_step(y, START), *parts(m_step(y, r)), run.log_likelihoods, *run.mixture.parts]
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(r, before)
    assert not any(np.shares_memory(array, given) for array in results for given in (y, r))
