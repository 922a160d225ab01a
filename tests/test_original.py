"""The notebook of 2021, replayed: what it printed comes out again, and what lesson 11 says of it is true."""

import numpy as np
import pytest

from gmm_lesson import Mixture, e_step, em, fit, load, log_likelihood, loop, m_step, original
from gmm_lesson.em import default_floor, expected_log_joint
from gmm_lesson.family import Parameters
from gmm_lesson.objects import objects_of

Y = load("lecture_2021").y


def test_its_first_responsibilities():
    r = e_step(Y, original.START)[:3]
    # Nine digits were printed, and the start is recovered from them.
    assert np.abs(r / original.PRINTED_RESPONSIBILITIES - 1).max() < 1.1e-8


def test_its_first_m_step_to_all_printed_digits():
    replay = original.m_step(Y, e_step(Y, original.START), original.START)
    for name in ("weights", "means", "variances"):
        ours = [f"{value:.8f}" for value in getattr(replay, name)]
        assert ours == [f"{value:.8f}" for value in getattr(original.PRINTED_M_STEP, name)]


def test_the_textbook_s_m_step_has_other_variances():
    textbook = m_step(Y, e_step(Y, original.START))
    assert np.abs(textbook.means - original.PRINTED_M_STEP.means).max() < 1e-8
    assert (textbook.variances < original.PRINTED_M_STEP.variances / 1.5).all()


def test_the_batch_takes_the_same_steps_as_the_single_m_step():
    mixture = original.START
    for _ in range(20):
        mixture = original.m_step(Y, e_step(Y, mixture), mixture)
    batch = original.run(Y, Parameters.of([original.START] * 2), max_iter=20)
    for one in range(2):
        for name in ("weights", "means", "variances"):
            np.testing.assert_allclose(
                getattr(batch.parameters.mixture(one), name), getattr(mixture, name), rtol=1e-9
            )
    assert batch.log_likelihood[0] == pytest.approx(log_likelihood(Y, mixture), abs=1e-9)


def test_with_the_new_mean_it_is_the_textbook_s():
    starts = Parameters.of([original.START] * 2)
    batch = original.run(Y, starts, max_iter=20, old_mean=False)
    one = em(Y, original.START, max_iter=20, tol=0).mixture
    np.testing.assert_allclose(batch.parameters.variances, [one.variances] * 2, rtol=1e-9)
    with pytest.raises(TypeError, match="old_mean must be True or False"):
        original.run(Y, starts, old_mean=0)


def test_its_m_step_never_lowers_q_and_never_tops_it():
    rng = np.random.default_rng(0)
    for _ in range(200):
        before = Mixture(rng.dirichlet(np.ones(4)), rng.uniform(0, 70, 4), rng.uniform(1, 200, 4))
        r = e_step(Y, before)
        q = [
            expected_log_joint(Y, r, mixture)
            for mixture in (before, original.m_step(Y, r, before), m_step(Y, r))
        ]
        assert q[0] < q[1] < q[2]


def test_its_m_step_never_lowers_the_log_likelihood():
    now, starts = -np.inf, original.draw_starts(Y, 50, 0)
    for steps in range(0, 60, 3):
        ends = original.run(Y, starts, max_iter=steps)
        assert (ends.log_likelihood >= now - 1e-9).all()
        now = ends.log_likelihood


def test_its_best_is_the_best():
    assert fit(Y, 4).log_likelihood == pytest.approx(-696.72819766, abs=1e-8)
    assert original.PRINTED_ENDINGS.max() == pytest.approx(fit(Y, 4).log_likelihood, abs=1e-6)


def test_starts_redraw_the_means_and_nothing_else():
    starts = original.draw_starts(Y, 4000, 0)
    assert (starts.weights == 0.25).all()
    assert (starts.variances == original.START.variances).all()
    assert starts.means.min() > 0
    assert starts.means.max() < Y.max()
    # Uniform on (0, max): mean max / 2; 16,000 draws, six sds of their mean.
    assert abs(starts.means.mean() - Y.max() / 2) < 6 * Y.max() / np.sqrt(12 * 16_000)
    assert len(np.unique(starts.means)) == 16_000


def test_the_truth_is_drawn_with_sds_not_variances():
    rng = np.random.default_rng(0)
    truths = [original.draw_truth(rng) for _ in range(2000)]
    i = np.arange(1, 5)
    assert (np.array([truth.sds for truth in truths]) < 2 * i).all()
    # U(0, 1) * 2 i has mean i and sd 2 i / sqrt(12): 2,000 draws of each class, six sds of their mean.
    sds = np.mean([truth.sds for truth in truths], axis=0)
    assert (np.abs(sds - i) < 6 * 2 * i / np.sqrt(12 * 2000)).all()
    assert (
        np.abs(np.mean([t.means for t in truths], axis=0) - 10 * i) < 6 * 20 * i / np.sqrt(12 * 2000)
    ).all()


def test_the_printed_numbers_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        original.PRINTED_ENDINGS[0] = 0


@pytest.fixture(scope="module")
def runs():
    """2,000 starts as the original's, until they converge; the Monte Carlo error of a share is 0.011."""
    starts = original.draw_starts(Y, 2000, 5)
    theirs = original.run(Y, starts, max_iter=20_000, tol=1e-12)
    floor = default_floor(Y)
    ours = loop.run(objects_of(Y), starts, max_iter=20_000, tol=1e-12, floor=floor)
    return starts, theirs, ours


def hits(ends):
    return (ends.log_likelihood > -696.7282 - 0.01).mean()


def test_what_the_old_mean_changes(runs):
    """The lesson's claims, on other starts than its own: each within six Monte Carlo errors."""
    _, theirs, ours = runs
    assert theirs.converged.all()
    assert ours.converged.all()
    assert abs(hits(theirs) - 0.557) < 6 * 0.0157  # the error of a difference of two such shares
    assert abs(hits(ours) - 0.541) < 6 * 0.0157
    assert 0.03 < (np.abs(theirs.log_likelihood - ours.log_likelihood) > 0.01).mean() < 0.15
    both = (theirs.log_likelihood > -696.7382) & (ours.log_likelihood > -696.7382)
    assert 1.0 < np.median(theirs.n_iter[both] / ours.n_iter[both]) < 1.15


def test_what_201_steps_change(runs):
    starts, theirs, _ = runs
    stopped = original.run(Y, starts)
    assert (stopped.n_iter == 201).all()
    assert not stopped.converged.any()
    assert abs(hits(stopped) - 0.489) < 6 * 0.0157
    assert hits(stopped) < hits(theirs) - 0.03


def test_the_forgotten_classes_are_a_start_that_reaches_the_best():
    start = m_step(Y, np.eye(4)[load("lecture_2021").random_class - 1])
    np.testing.assert_allclose(start.means, [35.28, 36.67, 31.85, 33.94], atol=0.005)
    run = em(Y, start)
    assert run.log_likelihoods[0] == pytest.approx(-855.74, abs=0.01)
    assert run.log_likelihoods[50] < -854
    assert run.log_likelihoods[-1] == pytest.approx(-696.728198, abs=1e-6)
