"""The notebook of 2021, replayed: what it printed comes out again, and what lesson 11 says of it is true."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from gmm_lesson import Mixture, e_step, fit, load, log_likelihood, m_step
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers.lessons import LIKE_2021
from gmm_lesson.restarts import optima
from gmm_lesson.study import original
from gmm_lesson.study.triage import triage

Y = load("lecture_2021").y


def start_from(rows, y):
    """Return the start, of weights 1/4, that gives these responsibilities."""

    def off(free):
        log = -(free[4:] + (y[:, np.newaxis] - free[:4]) ** 2 / np.exp(free[4:])) / 2
        log -= log.max(axis=1, keepdims=True)
        return (log - np.log(np.exp(log).sum(axis=1, keepdims=True)) - np.log(rows)).ravel()

    near = np.append(original.START.means + 0.01, np.log(original.START.variances) + 0.001)
    found = least_squares(off, near, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale=[1] * 4 + [0.05] * 4)
    return Mixture([0.25] * 4, found.x[:4], np.exp(found.x[4:]))


def test_the_start_follows_from_three_printed_rows_and_they_give_the_printed_variances():
    """The stored start has seen the printed variances; this one has not."""
    start = start_from(original.PRINTED_RESPONSIBILITIES, Y[:3])
    assert np.abs(start.means - original.START.means).max() < 1e-6
    assert np.abs(start.variances - original.START.variances).max() < 1e-6
    r = e_step(Y, start)
    off = original.m_step(Y, r, start).variances - original.PRINTED_M_STEP.variances
    assert np.abs(off).max() < 1e-5
    assert (original.PRINTED_M_STEP.variances - m_step(Y, r).variances).min() > 23


def test_its_first_step_to_all_printed_digits_and_the_textbook_s_has_other_variances():
    r = e_step(Y, original.START)
    # Nine digits were printed, and the start is recovered from them.
    assert np.abs(r[:3] / original.PRINTED_RESPONSIBILITIES - 1).max() < 1.1e-8
    replay, textbook = original.m_step(Y, r, original.START), m_step(Y, r)
    for ours, printed in zip(replay.parts, original.PRINTED_M_STEP.parts, strict=True):
        assert [f"{value:.8f}" for value in ours] == [f"{value:.8f}" for value in printed]
    assert np.abs(textbook.means - original.PRINTED_M_STEP.means).max() < 1e-8
    assert (textbook.variances < original.PRINTED_M_STEP.variances / 1.5).all()


@pytest.mark.parametrize("old_mean", [True, False])
def test_the_batch_takes_the_same_steps_as_the_single_m_step(old_mean):
    mixture = original.START
    for _ in range(20):
        r = e_step(Y, mixture)
        mixture = original.m_step(Y, r, mixture) if old_mean else m_step(Y, r)
    batch = original.run(Y, Parameters.of([original.START] * 2), max_iter=20, old_mean=old_mean)
    for part, values in zip(batch.parameters, mixture.parts, strict=True):
        np.testing.assert_allclose(part, [values] * 2, rtol=1e-9)
    assert batch.log_likelihood[0] == pytest.approx(log_likelihood(Y, mixture), abs=1e-9)


def test_its_best_is_the_best_and_what_it_printed_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        original.PRINTED_ENDINGS[0] = 0
    best = fit(Y, 4).log_likelihood
    assert best == pytest.approx(-696.72819766, abs=1e-8)
    assert original.PRINTED_ENDINGS.max() == pytest.approx(best, abs=1e-6)


def test_starts_redraw_the_means_and_nothing_else():
    starts = original.draw_starts(Y, 4000, 0)
    assert (starts.weights == 0.25).all()
    assert (starts.variances == original.START.variances).all()
    assert_uniform(starts.means.ravel(), Y.max())


def assert_uniform(values, most):
    """Between 0 and most, all different, and their mean within six of its sds of the middle."""
    assert len(np.unique(values)) == len(values)
    assert 0 < values.min() < values.max() < most
    assert abs(values.mean() - most / 2) < 6 * most / np.sqrt(12 * len(values))


def test_the_truth_is_drawn_with_sds_not_variances_and_a_rank_is_seldom_one_class_in_both_panels():
    rng = np.random.default_rng(0)
    truths = [original.draw_truth(rng) for _ in range(2000)]
    means, sds = (np.array([getattr(truth, part) for truth in truths]) for part in ("means", "sds"))
    for i in range(4):
        assert_uniform(means[:, i], 20 * (i + 1))
        assert_uniform(sds[:, i], 2 * (i + 1))
    other = (np.argsort(means, axis=1) != np.argsort(sds, axis=1)).any(axis=1).mean()
    assert abs(other - 0.895) < 6 * 0.0069


@pytest.fixture(scope="module")
def runs():
    """2,000 starts as the original's, until they converge; the Monte Carlo error of a share is 0.011."""
    starts = original.draw_starts(Y, 2000, 2021)
    return starts, original.run(Y, starts, max_iter=20_000, tol=1e-13)


@pytest.fixture(scope="module")
def after_201(runs):
    """The log-likelihoods of the same starts after the original's number of steps."""
    return original.run(Y, runs[0])


def test_gains_of_runs_like_the_sixth_shrink_by_rho_squared(runs, after_201):
    """The nineteen values that it printed of that run have a ratio of .7544."""
    assert sum(i > 200 - 20 for i in range(200)) == 19
    starts, theirs = runs
    below = theirs.log_likelihood.max() - after_201.log_likelihood
    like = starts.take(np.flatnonzero((below > 1e-8) & (below < 1e-6)))
    a, b, c, d = (original.run(Y, like, max_iter=n).log_likelihood for n in (183, 184, 200, 201))
    assert len(a) > 10
    np.testing.assert_allclose(((d - c) / (b - a)) ** (1 / 17), 0.7544, atol=2e-4)
    sixth = original.PRINTED_ENDINGS.max() - original.PRINTED_ENDINGS[5]
    assert sixth == pytest.approx(8.6e-9, abs=0.05e-9)


def test_what_lesson_11_says_of_its_starts(runs, after_201):
    starts, ended = runs
    ends, top = ended.log_likelihood, -696.7382
    levels = optima(ends).log_likelihood[optima(ends).counts >= 30]
    done = (np.abs(original.PRINTED_ENDINGS[:, np.newaxis] - levels) < 0.001).any(axis=1)
    assert [*np.flatnonzero(done) + 1] == [3, 4, 5, 6, 8]
    spurious = ended.parameters.variances[np.abs(ends + 711.525) < 0.001].min()
    assert spurious == pytest.approx(0.0056, abs=5e-5)
    assert (1 - (after_201.log_likelihood > top).mean()) ** 10 == pytest.approx(0.0012, abs=1e-4)
    assert (ends - after_201.log_likelihood > 0.001).mean() == pytest.approx(1 / 3, abs=0.02)
    assert (after_201.log_likelihood[:100] > top).sum() == 44
    rng = np.random.default_rng(3)
    for y, tries, share in [
        (Y, starts, 0.56),
        (Y, starts._replace(variances=15 + rng.random((2000, 4))), 0.55),
        (Y, starts._replace(weights=rng.dirichlet(np.ones(4), 2000)), 0.55),
        (Y + 20, original.draw_starts(Y + 20, 2000, 2021), 0.34),
    ]:
        found = original.run(y, tries, max_iter=20_000, tol=1e-11).log_likelihood
        assert (found > top).mean() == pytest.approx(share, abs=0.012)


def test_ten_starts_end_as_the_ten_of_2021_and_what_lesson_11_says_of_them(runs, after_201):
    ten, (starts, ended) = list(LIKE_2021), runs
    assert np.abs(after_201.log_likelihood[ten] - original.PRINTED_ENDINGS).max() < 0.01
    at = {
        step: original.run(Y, starts.take(ten), max_iter=step).log_likelihood for step in (30, 60, 120, 735)
    }
    still = np.abs(after_201.log_likelihood[ten] - at[60]) < 0.001
    left = ended.log_likelihood[ten] - after_201.log_likelihood[ten]
    assert (np.flatnonzero(still & (left > 0.001)) + 1).tolist() == [1, 7]
    plateau = fit(Y, 3).log_likelihood
    for step in (30, 120):
        assert (np.abs(at[step][[0, 1, 6, 9]] - plateau) < 0.01).all()
    assert at[120][8] < after_201.log_likelihood[1430] < -781
    np.testing.assert_allclose(at[735], ended.log_likelihood[ten], rtol=0, atol=1e-3)
    np.testing.assert_allclose(at[735][[0, 1, 6, 9, 8]], [-714.568] * 4 + [-778.157], atol=2e-3)


# What lesson 11 says a second reading finds.
def test_the_stored_responsibilities_are_a_step_behind(runs):
    starts = runs[0].take(slice(0, 300))
    before, after = original.run(Y, starts, max_iter=200), original.run(Y, starts)
    one, two = ([e_step(Y, run.parameters.mixture(i)) for i in range(300)] for run in (before, after))
    late = np.abs(np.array(one) - two).max(axis=(1, 2))
    best = after.log_likelihood > -696.7382
    assert np.median(late[best]) < 1e-9 < 1e-4 < np.median(late[~best])


def test_its_m_step_never_lowers_the_log_likelihood():
    """Nor Q, and never as high as the textbook's: test_inputs.py."""
    now, starts = -np.inf, original.draw_starts(Y, 50, 0)
    starts.means[0] = original.START.means
    for _ in range(300):
        ends = original.run(Y, starts, max_iter=1)
        assert (ends.log_likelihood >= now - 1e-9).all()
        now, starts = ends.log_likelihood, ends.parameters


def test_the_best_of_ten_is_seldom_unfinished(runs, after_201):
    tens = after_201.log_likelihood.reshape(200, 10)
    ends = runs[1].log_likelihood.reshape(200, 10)[np.arange(200), tens.argmax(axis=1)]
    assert (ends - tens.max(axis=1) > 0.001).sum() <= 5


def test_what_kind_of_place_each_of_the_ten_ended_at(after_201):
    """Of ours that ended nearest (9 is called a saddle now and then)."""
    kinds = {1: "saddle", 4: "local", 7: "saddle", 8: "spurious", 2: "unconverged", 10: "unconverged"}
    kinds |= dict.fromkeys((3, 5, 6), "local")
    for number, kind in kinds.items():
        twin = int(np.abs(after_201.log_likelihood - original.PRINTED_ENDINGS[number - 1]).argmin())
        assert triage(Y, after_201.parameters.mixture(twin)).kind == kind, number
