"""The bound that both steps raise, and the estimate of what a run of EM has left to gain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from gmm_lesson import Mixture, e_step, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint, lower_bound, remaining_gain

MIXTURE = Mixture([0.2, 0.5, 0.3], [0, 3, 6], [1, 4, 0.25])
Y = MIXTURE.sample(80, 11)[0]
HARD = np.eye(3)[np.arange(80) % 3]
R = np.random.default_rng(12).dirichlet([1, 1, 1], size=80)


def plain_bound(y, r, mixture):
    """Return the bound an object and a class at a time; a share of 0 adds nothing."""
    total = 0.0
    for value, shares in zip(y, r, strict=True):
        for share, weight, mean, sd in zip(shares, mixture.weights, mixture.means, mixture.sds, strict=True):
            if share > 0:
                total += share * (np.log(weight) + norm.logpdf(value, mean, sd) - np.log(share))
    return total


# the bound


@pytest.mark.parametrize("r", [R, HARD, np.full((80, 3), 1 / 3)])
def test_the_bound_is_its_sum_and_of_hard_labels_q(r):
    assert lower_bound(Y, r, MIXTURE) == pytest.approx(plain_bound(Y, r, MIXTURE), rel=1e-12)
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


def test_the_m_step_is_where_the_bound_is_highest():
    best = m_step(Y, R)
    top = lower_bound(Y, R, best)
    for k in range(3):
        for name in ("means", "variances"):
            for change in (-1e-3, 1e-3):
                parts = {n: getattr(best, n).copy() for n in ("weights", "means", "variances")}
                parts[name][k] += change
                assert lower_bound(Y, R, Mixture(**parts)) < top


def test_an_object_far_from_every_class_has_a_finite_bound():
    far = np.append(Y, 1e120)
    r = np.vstack([R, [0, 0, 1]])
    assert np.isfinite(lower_bound(far, r, MIXTURE))


# what is left to gain


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
