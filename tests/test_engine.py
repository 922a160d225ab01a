"""The engine: many starts at once, from three sums a class, against the textbook one at a time."""

from itertools import pairwise

import numpy as np
import pytest
from problems import HAND, HAND_Y, assert_same_mixture, drawn, parts, spread_start

from gmm_lesson import Mixture, e_step, em, engine, fit, log_likelihood, m_step

Y = drawn(60, 3, seed=1)
STARTS = [
    spread_start(Y, 3),
    Mixture([0.2, 0.3, 0.5], [0, 4, 9], [1, 2, 3]),
    Mixture([0.6, 0.2, 0.2], [9, 1, 2], [5, 0.5, 3]),
    Mixture([1 / 3] * 3, [-50, 3, 80], [1, 1, 1]),
]
TOGETHER = engine.Parameters.of(STARTS)


def run(y, starts, *, max_iter=5, tol=0.0, floor=0.0, maximise=engine.m_step):
    begin = engine.Parameters.of(starts)
    return engine.run(y, begin, max_iter=max_iter, tol=tol, floor=floor, maximise=maximise)


def assert_sums_of(sums, y, starts):
    """Compare the sums with the textbook's r; z is the distance from the sums' origin in current sds."""
    for restart, start in enumerate(starts):
        r = e_step(y, start)
        z = (y[:, np.newaxis] - sums.origin[restart]) / np.sqrt(start.variances)
        np.testing.assert_allclose(sums.s0[restart], r.sum(axis=0), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(sums.s1[restart], (r * z).sum(axis=0), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(sums.s2[restart], (r * z**2).sum(axis=0), rtol=1e-11, atol=1e-11)
        assert sums.log_likelihood[restart] == pytest.approx(log_likelihood(y, start), rel=1e-13)


def test_parameters_are_the_mixtures_row_by_row():
    assert TOGETHER.weights.shape == TOGETHER.means.shape == TOGETHER.variances.shape == (4, 3)
    assert [TOGETHER.mixture(restart) for restart in range(4)] == STARTS
    some = TOGETHER.take(np.array([2, 0]))
    assert [some.mixture(restart) for restart in range(2)] == [STARTS[2], STARTS[0]]


def test_e_step_of_the_hand_example():
    sums = engine.e_step(HAND_Y, engine.Parameters.of([HAND]))
    s = 1 / (1 + np.exp(-2))
    # Distances 0, 1, 2 from the first class and -2, -1, 0 from the second; r is s, 1/2, 1 - s.
    np.testing.assert_allclose(sums.s0, [[1.5, 1.5]], rtol=1e-14)
    np.testing.assert_allclose(sums.s1, [[0.5 + 2 * (1 - s), -0.5 - 2 * (1 - s)]], rtol=1e-14)
    np.testing.assert_allclose(sums.s2, [[0.5 + 4 * (1 - s)] * 2], rtol=1e-14)
    assert sums.log_likelihood[0] == pytest.approx(log_likelihood(HAND_Y, HAND), rel=1e-14)


def test_e_step_is_the_textbooks_sums():
    assert_sums_of(engine.e_step(Y, TOGETHER), Y, STARTS)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 60, 179, 180, 181, 361, 10**6])
def test_the_size_of_a_block_does_not_matter(block, monkeypatch):
    monkeypatch.setattr(engine, "BLOCK", block)
    assert_sums_of(engine.e_step(Y, TOGETHER), Y, STARTS)


def test_an_object_far_from_every_class():
    # Both densities are 0 as floats; the logarithm of their ratio is 287.5.
    sums = engine.e_step(np.array([60.0]), engine.Parameters.of([Mixture([0.5, 0.5], [0, 5], [1, 1])]))
    np.testing.assert_allclose(sums.s0, [[np.exp(-287.5), 1]], rtol=1e-12)
    assert sums.log_likelihood[0] == pytest.approx(np.log(0.5) - 55**2 / 2 - np.log(2 * np.pi) / 2, rel=1e-14)


def test_m_step_is_the_textbooks():
    new = engine.m_step(TOGETHER, engine.e_step(Y, TOGETHER), len(Y))
    for restart, start in enumerate(STARTS[:3]):  # the fourth loses two classes, which is for run to mend
        assert_same_mixture(new.mixture(restart), m_step(Y, e_step(Y, start)), rtol=1e-11)


def test_m_step_measures_from_the_means_where_they_lie_among_the_objects():
    # So a callback that reads S2 as the spread around the old mean is right, as in the run of 2021.
    sums = engine.e_step(Y, TOGETHER)
    np.testing.assert_array_equal(sums.origin[:3], TOGETHER.means[:3])
    np.testing.assert_array_equal(sums.origin[3], [Y.min(), 3, Y.max()])


@pytest.mark.parametrize("steps", [0, 1, 2, 10, 40])
def test_every_run_of_a_batch_is_the_textbooks(steps):
    ends = run(Y, STARTS, max_iter=steps)
    for restart, start in enumerate(STARTS):
        textbook = em(Y, start, max_iter=steps, tol=0, floor=0)
        assert_same_mixture(ends.parameters.mixture(restart), textbook.mixture, rtol=1e-9)
        assert ends.log_likelihood[restart] == pytest.approx(textbook.log_likelihoods[-1], rel=1e-12)
    np.testing.assert_array_equal(ends.n_iter, steps)
    np.testing.assert_array_equal(ends.converged, False)


def test_every_run_stops_where_the_textbook_stops():
    ends = run(Y, STARTS, max_iter=5000, tol=1e-7)
    textbook = [em(Y, start, tol=1e-7, floor=0) for start in STARTS]
    np.testing.assert_array_equal(ends.n_iter, [path.n_iter for path in textbook])
    assert ends.converged.all()
    assert len(set(ends.n_iter)) > 1  # else none left the batch before another


def test_a_run_that_runs_out_of_steps_beside_one_that_converged():
    steps = run(Y, STARTS, max_iter=5000, tol=1e-7).n_iter
    short = int(np.sort(steps)[-1]) - 1
    ends = run(Y, STARTS, max_iter=short, tol=1e-7)
    np.testing.assert_array_equal(ends.converged, steps <= short)
    np.testing.assert_array_equal(ends.n_iter, np.minimum(steps, short))


def test_a_run_does_not_depend_on_its_neighbours():
    ends = run(Y, STARTS, max_iter=5000, tol=1e-7)
    for restart, start in enumerate(STARTS):
        alone = run(Y, [start], max_iter=5000, tol=1e-7)
        assert alone.n_iter[0] == ends.n_iter[restart]
        assert_same_mixture(alone.parameters.mixture(0), ends.parameters.mixture(restart), rtol=1e-9)


def test_the_log_likelihood_is_that_of_the_mixture_it_ends_at():
    for tol, steps in [(0.0, 3), (1e-4, 5000)]:
        ends = run(Y, STARTS, max_iter=steps, tol=tol)
        for restart in range(len(STARTS)):
            value = log_likelihood(Y, ends.parameters.mixture(restart))
            assert ends.log_likelihood[restart] == pytest.approx(value, rel=1e-13)


def test_the_log_likelihood_never_falls():
    values = np.array([run(Y, STARTS, max_iter=steps).log_likelihood for steps in range(30)])
    for before, after in pairwise(values):
        assert (after - before).min() > -1e-11


def test_the_starts_are_left_alone_and_not_shared():
    begin = engine.Parameters.of(STARTS)
    before = [part.copy() for part in begin]
    ends = engine.run(Y, begin, max_iter=3, tol=0.0, floor=2.0, maximise=engine.m_step)
    for part, original, end in zip(begin, before, ends.parameters, strict=True):
        np.testing.assert_array_equal(part, original)
        assert not np.shares_memory(part, end)


def test_the_floor_holds_in_the_start_and_in_every_step():
    for steps in [0, 1, 50]:
        ends = run(Y, STARTS, max_iter=steps, floor=2.0)
        for restart, start in enumerate(STARTS):
            textbook = em(Y, start, max_iter=steps, tol=0, floor=2.0)
            assert_same_mixture(ends.parameters.mixture(restart), textbook.mixture, rtol=1e-9)
        assert ends.parameters.variances.min() == 2


def test_floor_0_stops_with_an_error_where_a_class_collapses():
    y = np.array([0.0, 0, 4, 5, 7])
    with pytest.raises(ValueError, match=r"^floor must be above 0 here: class 0 of start 1 .*got floor=0$"):
        run(y, [Mixture([1 / 2] * 2, [2, 5], [9, 9]), Mixture([0.4, 0.6], [0, 5], [0.1, 1])], max_iter=9)


def test_a_class_that_lost_its_objects_gets_the_mean_and_variance_of_all():
    y = drawn(40, 1, seed=3)
    start = Mixture([0.5, 0.5], [0, 1e6], [1, 1])
    for steps in [1, 2, 5]:
        ends = run(y, [start], max_iter=steps)
        made = ends.parameters.mixture(0)
        assert 0 < made.weights[1] < 1e-190
        expected = Mixture([1, made.weights[1]], [y.mean()] * 2, [y.var()] * 2)
        assert_same_mixture(made, expected, rtol=1e-11)
        assert np.isfinite(ends.log_likelihood).all()


@pytest.mark.parametrize("far", [1e3, 1e6, 1e9, 1e12])
@pytest.mark.parametrize("variance", [1e-3, 1.0, 100.0])
def test_a_start_far_outside_the_objects_goes_where_the_textbook_goes(far, variance):
    # Sums around the far mean would lose every digit of the variance: (1e9)^2 + 1 is (1e9)^2.
    y = np.concatenate([drawn(50, 1, seed=4), 8 + drawn(50, 1, seed=5)])
    for means in [[-far, far], [far, 2 * far]]:
        start = Mixture([0.5, 0.5], means, [variance, variance])
        ends = run(y, [start], max_iter=20, floor=1e-5)
        textbook = em(y, start, max_iter=20, tol=0, floor=1e-5)
        assert_same_mixture(ends.parameters.mixture(0), textbook.mixture, rtol=1e-9)


def test_the_m_step_may_be_replaced():
    # An M-step that moves the means alone.
    def means_only(now, sums, n):
        return now._replace(means=engine.m_step(now, sums, n).means)

    ends = run(Y, STARTS[:1], max_iter=2, maximise=means_only)
    assert_same_mixture(ends.parameters.mixture(0), two_moves(STARTS[0]))


def two_moves(start):
    now = start
    for _ in range(2):
        now = Mixture(now.weights, m_step(Y, e_step(Y, now)).means, now.variances)
    return now


def test_fit_runs_on_it():
    found = fit(Y, 3, starts=STARTS, max_iter=6, tol=0, floor=0)
    ends = run(Y, STARTS, max_iter=6)
    for part, end in zip(found.runs.starts, TOGETHER, strict=True):
        np.testing.assert_array_equal(part, end)
    np.testing.assert_array_equal(found.runs.log_likelihood, ends.log_likelihood)
    assert parts(found.runs.mixture(1))[1].tolist() == ends.parameters.means[1].tolist()
