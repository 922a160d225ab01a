"""SQUAREM, the readable one: where it ends, that it never falls, and how many steps it saves."""

from itertools import pairwise

import numpy as np
import pytest
from problems import assert_same_mixture, overlapping

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.squarem import squarem

LECTURE = load("lecture_2021").y
STARTS = fit(LECTURE, 4, restarts=8, max_iter=0).runs.starts


@pytest.mark.parametrize("seed", range(8))
def test_it_never_falls_and_stops_at_a_fixed_point_of_em(seed):
    run = squarem(LECTURE, STARTS.mixture(seed))
    assert run.converged
    assert np.diff(run.log_likelihoods).min() > -1e-12 * abs(run.log_likelihoods[-1])
    assert run.log_likelihoods == pytest.approx([log_likelihood(LECTURE, each) for each in run.path])
    assert_same_mixture(em(LECTURE, run.mixture, max_iter=20).mixture, run.mixture, 1e-4)
    same = [a is b for a, b in pairwise(run.path)]
    assert not same[-1], "a jump that is undone ends no run"
    assert any(same), "a step changes nothing, because its jump was undone, and the run goes on"


def test_it_reaches_em_s_optimum_in_a_tenth_of_the_steps():
    y, start, slow = overlapping()
    quick, top = squarem(y, start, tol=1e-14), slow.log_likelihoods[-1]
    assert quick.log_likelihoods[-1] == pytest.approx(top, abs=1e-8)
    near = [int((top - run.log_likelihoods < 1e-6).argmax()) for run in (slow, quick)]
    assert near[1] < near[0] / 10


def test_the_third_step_starts_where_the_first_two_lead():
    """By hand: x + 2 a s + a^2 v, in logs of weights and variances and in means by the sd of y."""
    y, start, _ = overlapping()
    first, second, third = squarem(y, start, max_iter=3).path[1:]
    x0, x1, x2 = (
        np.array([np.log(each.weights), each.means / y.std(), np.log(each.variances)])
        for each in (start, first, second)
    )
    s, v = x1 - x0, x2 - 2 * x1 + x0
    a = np.sqrt((s**2).sum() / (v**2).sum())
    log_weights, means, log_variances = x0 + 2 * a * s + a**2 * v
    landed = Mixture(np.exp(log_weights) / np.exp(log_weights).sum(), means * y.std(), np.exp(log_variances))
    assert log_likelihood(y, landed) > log_likelihood(y, second)
    assert_same_mixture(third, em(y, landed, max_iter=1).mixture, 1e-12)


@pytest.mark.parametrize("k", [4, 6])
def test_classes_that_collapse_stay_on_the_floor_without_a_warning(k):
    y = load("galaxies").y
    for seed in range(10):
        start = Mixture([1 / k] * k, np.random.default_rng(seed).choice(y, k, replace=False), [1e5] * k)
        run = squarem(y, start, floor=100.0, max_iter=500)
        assert run.mixture.variances.min() >= 100
        assert np.diff(run.log_likelihoods).min() > -1e-12 * abs(run.log_likelihoods[-1])


def test_a_tie_is_left_alone():
    """Steps of length zero lead nowhere: no 0/0."""
    run = squarem(LECTURE, Mixture([0.5, 0.5], [30, 30], [100, 100]))
    assert run.converged
    assert run.log_likelihoods[-1] == pytest.approx(fit(LECTURE, 1).log_likelihood)
