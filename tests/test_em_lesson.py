"""What lesson 05 says in words, computed."""

import numpy as np
import pytest
from problems import overlapping

from gmm_lesson import Mixture, e_step, em, load, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint, remaining_gain
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.exercises.predict import QUESTIONS

LECTURE = load("lecture_2021").y


def test_the_steps_their_gains_and_what_is_left():
    _, _, run = overlapping()
    scores, gains = run.log_likelihoods, np.diff(run.log_likelihoods)
    left = scores[-1] - scores
    assert left[62] == pytest.approx(0.054, abs=5e-4)
    assert "Here it is .054" in QUESTIONS["05-left"].why
    assert left[62] / gains[61] == pytest.approx(62, abs=0.5)
    assert gains[62:962].sum() == pytest.approx(0.05, abs=5e-3)
    for step, gain, within in [(61, 0.00087, 5e-6), (73, 0.0002, 2e-5)]:
        assert gains[step] == pytest.approx(gain, abs=within)
    steps = [int((gains < tolerance).argmax()) + 1 for tolerance in (1e-1, 1e-3, 1e-6)]
    assert steps == [2, 62, 1148]
    # The estimate of what is left is far off for a while: ask it for a hundred steps.
    said = {n: remaining_gain(scores[: n + 1]) for n in range(2, 201)}
    assert left[62] / said[62] == pytest.approx(18, abs=0.5)
    assert [n for n in range(53, 80) if said[n] < 0.01] == list(range(58, 75))  # 17 steps in a row
    assert left[74] > 0.045


def test_an_early_end_of_another_climb_is_no_end():
    """One right step from where the silent bugs end gains .006, .12 and .60."""
    gains = []
    for name in ("weights-left-out", "equal-weights", "hard-assignment"):
        end = Mixture(*LABS["em"].ran(name).parts)
        gains += np.diff(em(LECTURE, end, max_iter=1, tol=0).log_likelihoods).tolist()
    assert np.round(gains, 3) == pytest.approx([0.006, 0.12, 0.60], abs=5e-3)


def test_equal_weights_climbs_the_log_likelihood_of_mixtures_of_equal_weights():
    """And weights left out takes the same way. Hard assignment climbs that of objects and classes."""
    left_out, equal = (Mixture(*LABS["em"].ran(name).parts) for name in ("weights-left-out", "equal-weights"))
    assert left_out.means == pytest.approx(equal.means, abs=1e-3)
    assert left_out.variances == pytest.approx(equal.variances, abs=1e-2)
    assert equal.weights == pytest.approx(0.25)
    now = Mixture([0.25] * 4, [10, 30, 40, 60], [100] * 4)
    scores, hard, classified = [], now, []
    for _ in range(60):
        scores.append(log_likelihood(LECTURE, now))
        new = m_step(LECTURE, e_step(LECTURE, now))
        now = Mixture([0.25] * 4, new.means, new.variances)
        r = np.eye(4)[e_step(LECTURE, hard).argmax(axis=1)]
        classified.append(expected_log_joint(LECTURE, r, hard))
        hard = m_step(LECTURE, r)
    assert np.diff(scores).min() > -1e-10
    assert np.diff(classified).min() > -1e-10
    assert now.means == pytest.approx(equal.means, abs=0.05)


def test_no_one_step_size_suits_both_means_and_em_suits_each():
    """Of 40 step sizes none comes within .01 in less than four times EM's steps."""
    y, counts = Mixture([0.9, 0.1], [0, 3], [1, 1]).sample(100, rng=1)[0], {}

    def steps(size=None):
        means, scores = np.array([-1, 1.5]), []
        for _ in range(61):
            now = Mixture([0.9, 0.1], means, [1, 1])
            scores.append(log_likelihood(y, now))
            r = e_step(y, now)
            slope = r.T @ y - r.sum(axis=0) * means
            means = means + slope / r.sum(axis=0) if size is None else means + size * slope
        counts[size] = r.sum(axis=0)
        return np.array(scores)

    def arrival(scores):
        there = scores > best - 0.01
        return int(there.argmax()) if there.any() else 1000

    best = steps().max()
    ours, others = arrival(steps()), {size: steps(size) for size in np.arange(1, 41) / 1000}
    assert min(map(arrival, others.values())) >= 4 * ours
    assert (arrival(others[0.02]), ours) == (23, 5)
    assert arrival(others[0.002]) == arrival(others[0.03]) == 1000
    assert np.abs(np.diff(others[0.03][-9:])).min() > 10, "to and fro, for ever"
    assert counts[None] == pytest.approx([90, 10], abs=0.5), "EM's own step sizes are one by these"


def test_k_means_is_em_with_hard_shares_and_equal_weights_and_variances():
    """From any means both take the same way, and its border is halfway; EM's is nearer to the rarer class."""
    y = load("penguins").y
    means, em_s = np.array([35.0, 55.0]), Mixture([0.5, 0.5], [35, 55], [9, 9])
    for _ in range(20):
        r = np.eye(2)[np.abs(y[:, np.newaxis] - means).argmin(axis=1)]
        means = r.T @ y / r.sum(axis=0)
        hard = np.eye(2)[e_step(y, em_s).argmax(axis=1)]
        em_s = Mixture(em_s.weights, m_step(y, hard).means, em_s.variances)
        assert em_s.means == pytest.approx(means)
    fitted = em(y, Mixture([0.5, 0.5], [35, 55], [25, 25])).mixture
    assert fitted.sds[0] < fitted.sds[1]
    assert fitted.weights[0] < fitted.weights[1]
    moved = r.argmax(axis=1) != e_step(y, fitted).argmax(axis=1)
    assert r[moved].argmax(axis=1).tolist() == [0] * 28
