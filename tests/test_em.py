"""The textbook on paper, its loop, its bound, what is left to gain; sixty digits: `test_referee.py`."""

from itertools import pairwise

import numpy as np
import pytest
from oracles import joint_of
from problems import HAND, HAND_Y, assert_same_mixture, drawn, parts, several_starts
from scipy.special import entr

from gmm_lesson import Mixture, e_step, em, fit, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint, lower_bound, remaining_gain

Y = drawn(60, 3, seed=1)
STARTS = several_starts(Y)
START = STARTS[0]
MIXTURE = Mixture([0.2, 0.5, 0.3], [0, 3, 6], [1, 4, 0.25])
HARD = np.eye(3)[np.arange(60) % 3]
R = np.random.default_rng(12).dirichlet([1, 1, 1], size=60)


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


def test_no_variance_goes_below_the_floor_from_the_start_on_and_the_path_still_climbs():
    run, start = em(Y, STARTS[2], floor=2), STARTS[2]
    assert run.path[0] == Mixture(start.weights, start.means, [5, 2, 3])
    assert min(mixture.variances.min() for mixture in run.path) == 2 == run.mixture.variances.min()
    assert np.diff(run.log_likelihoods).min() > -1e-10


def test_inputs_are_left_alone_and_results_share_no_memory_with_them():
    y, r = Y.copy(), e_step(Y, START)
    before, run, found = r.copy(), em(y, START, max_iter=2), fit(y, 3, starts=STARTS, max_iter=2)
    runs, starts = found.runs, [*found.runs.starts]
    results = [e_step(y, START), *parts(m_step(y, r)), run.log_likelihoods, *run.mixture.parts]
    results += [*parts(found.mixture), runs.weights, runs.means, runs.variances, runs.log_likelihood]
    given = [y, r, *(part for start in STARTS for part in parts(start))]
    np.testing.assert_array_equal(y, Y)
    np.testing.assert_array_equal(r, before)
    assert not any(np.shares_memory(array, other) for array in results + starts for other in given)
    assert not any(np.shares_memory(array, other) for array in results for other in starts)


@pytest.mark.parametrize("r", [R, HARD, np.full((60, 3), 1 / 3)])
def test_the_bound_is_its_sum_and_of_hard_labels_q(r):
    expected = (r * np.log(joint_of(MIXTURE, Y))).sum() + entr(r).sum()
    assert lower_bound(Y, r, MIXTURE) == pytest.approx(expected, rel=1e-12)
    assert r is not HARD or lower_bound(Y, r, MIXTURE) == expected_log_joint(Y, r, MIXTURE)


def test_the_e_step_lifts_the_bound_to_the_log_likelihood_and_no_r_lifts_it_higher():
    """The gap is the Kullback-Leibler divergence of r from the E-step's responsibilities."""
    for mixture in (MIXTURE, Mixture([0.6, 0.3, 0.1], [-1, 2, 9], [9, 1, 1])):
        top, best = log_likelihood(Y, mixture), e_step(Y, mixture)
        assert lower_bound(Y, best, mixture) == pytest.approx(top, rel=1e-13)
        for weight in (0.01, 0.5, 1.0):
            r = (1 - weight) * best + weight * R
            gap = top - lower_bound(Y, r, mixture)
            assert gap > 0
            assert gap == pytest.approx((r * np.log(r / best)).sum(), rel=1e-8)


def test_an_object_far_from_every_class_has_a_finite_bound():
    far = np.append(Y, 1e120)
    r = np.vstack([R, [0, 0, 1]])
    assert np.isfinite(lower_bound(far, r, MIXTURE))


@pytest.mark.parametrize("q", [0.1, 0.5, 0.99])
def test_gains_that_shrink_by_one_factor_leave_what_is_estimated_and_only_the_last_three_count(q):
    scores = -100 - 3 * q ** np.arange(8)
    assert remaining_gain(scores) == pytest.approx(-100 - scores[-1], rel=1e-6)
    tail = [-9.0, -8.0, -7.5]
    assert remaining_gain([-20, -10, -11, *tail]) == remaining_gain(tail) == 0.5


@pytest.mark.parametrize(
    ("scores", "left"),
    [
        # Gains alike, that grow, from a plateau, and none; then a fall that is rounding, and a gain.
        *(
            ([-3, -2, -1], np.inf),
            ([-4, -3, -1], np.inf),
            ([-3, -3, -1], np.inf),
            ([-900, -900 - 1e-13, -800], np.inf),
        ),
        *(([-3, -1, -1], 0), ([-1, -1, -1], 0), ([0, 0, 0], 0), ([-900, -800, -800 - 2e-13], 0)),
        ([-900, -800, -800 + 2e-13], 0),
    ],
)
def test_where_there_is_no_factor(scores, left):
    assert remaining_gain(scores) == left
