"""Acceleration, in fit and as SQUAREM to read: EM's optimum in a fraction of its steps, never a step down."""

import copy
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from problems import PROBLEMS, assert_finite, assert_same_mixture, drawn, overlapping, several_starts

from gmm_lesson import Mixture, e_step, em, fit, load, log_likelihood, m_step
from gmm_lesson.em import default_floor
from gmm_lesson.engine import accelerate
from gmm_lesson.restarts import optima
from gmm_lesson.squarem import squarem

# From classes that are 6 sds apart, where plain EM is fast, to 1.6, where it takes thousands of steps.
GAPS = np.linspace(6, 1.6, 11).round(2)
FAR_ENOUGH = {"tol": 1e-13, "max_iter": 100_000}


def problem(gap):
    rng = np.random.default_rng(100 + int(np.argmin(np.abs(GAPS - gap))))
    y = rng.normal(gap * rng.integers(3, size=2000), 1.0)
    return y, Mixture([0.3, 0.4, 0.3], np.quantile(y, [0.2, 0.5, 0.85]), [y.var()] * 3)


@cache
def both(gap, saddle=False):
    """Return where plain and accelerated EM end; from a saddle, where the classes are hardly told apart."""
    y, start = problem(gap)
    if saddle:
        start = Mixture([0.3, 0.4, 0.3], np.array([-0.01, 0, 0.01]) + y.mean(), [y.var()] * 3)
    return tuple(fit(y, 3, starts=start, accelerate=on, **FAR_ENOUGH) for on in (False, True))


def moved(one, other):
    """Return the largest difference: in shares of a weight or a variance, in sds."""
    return max(
        np.abs(one.weights / other.weights - 1).max(),
        (np.abs(one.means - other.means) / other.sds).max(),
        np.abs(one.variances / other.variances - 1).max(),
    )


# What the guide proposes, for a map that is known: x -> fixed + A (x - fixed)
class Numbers:
    """A family whose parameters are their own coordinates, all of weight one."""

    def pack(self, now):
        return now.copy(), np.ones_like(now)

    def unpack(self, free, like):
        return free


FIXED = np.array([1.0, -2.0, 3.0])
SLOPE = np.diag([0.99, 0.9, 0.5]) + np.array([[0, 0.1, 0], [0, 0, 0.2], [0, 0, 0]])


def linear(x):
    return FIXED + (x - FIXED) @ SLOPE.T


def led(guide, x, gain=1.0):
    """Return where a guide leads from x, if the log-likelihood rose by so much there."""
    n = len(x)
    guide.keeps(x, linear(x), np.full(n, gain), np.ones(n))
    return guide.propose(np.zeros(n, dtype=bool))


@pytest.mark.parametrize("fall", [-1.0, np.nan])
def test_a_linear_map_of_three_numbers_is_solved_in_a_few_jumps_and_an_undone_one_leads_back(fall):
    guide = accelerate.Guide(Numbers(), 2)
    points, jumps = [np.array([[0.0, 0.0, 0.0], [5.0, 1.0, -3.0]])], [np.zeros(2, dtype=bool)]
    for _ in range(8):
        if len(points) == 4:
            undone = copy.deepcopy(guide)
        points.append(led(guide, points[-1]))
        jumps.append(guide.jumped.copy())
    # Steps that shrink by 0.99 would take 2,000 to come as close.
    assert np.abs(points[-1] - FIXED).max() < 1e-6
    np.testing.assert_array_equal(points[1], linear(points[0]))
    # Point 3 came from a jump from point 2. If it had fallen: on with EM from there, and nothing is known.
    assert jumps[3].all()
    np.testing.assert_allclose(led(undone, points[3], fall), linear(points[2]), rtol=1e-14)
    assert not undone.jumped.any()
    assert not undone.dx.any()
    assert not undone.dstep.any()
    assert guide.dx.any()


def test_polishing_ends_after_so_many_steps_or_where_they_are_tiny_and_begins_with_a_step_of_em():
    def arrived(guide, gain, slope):
        guide.keeps(x, slope(x), gain, np.ones(2))
        return guide.arrived(gain, np.ones(2), 1e-9).tolist()

    def slow(x):
        return FIXED + 0.999 * (x - FIXED)

    # EM's steps stay large, and the first restart gains nothing more, the second does.
    guide, x = accelerate.Guide(Numbers(), 2), np.zeros((2, 3))
    answers = [arrived(guide, np.array([0.0, 1.0]), slow) for _ in range(accelerate.POLISH + 1)]
    assert answers == [[False, False]] * accelerate.POLISH + [[True, False]]
    guide = accelerate.Guide(Numbers(), 2)
    guide.jumped = np.array([False, True])
    assert arrived(guide, np.zeros(2), lambda x: x + 1e-11) == [True, False]


def test_after_an_undone_jump_comes_squarems():
    guide, x = accelerate.Guide(Numbers(), 1), np.zeros((1, 3))
    while not guide.jumped.any():
        x = led(guide, x)
    assert not guide.stretched.any()  # steps shrink: Anderson's turn
    stretches = []
    for gain in [-1.0, -1.0, -1.0, 1.0, 1.0]:
        x = led(guide, x, gain)  # the jump falls or climbs ...
        while not guide.jumped.any():
            x = led(guide, x)  # ... and after a step of EM there is another
        stretches.append((bool(guide.stretched[0]), float(guide.stretch[0])))
    # Anderson's fell; then SQUAREM's fell twice; then one climbed, and Anderson's had its turn again.
    first, least = accelerate.STRETCH, accelerate.SHORTEST
    shorter = max(first / 4, least)
    assert stretches[0] == (True, first)
    assert stretches[1:3] == [(True, shorter), (True, max(shorter / 4, least))]
    assert stretches[3][1] == 4 * stretches[2][1]
    assert not stretches[3][0]


# Where it leads
@pytest.mark.parametrize(("gap", "saddle"), [*((gap, False) for gap in GAPS), (2.04, True), (6.0, True)])
def test_it_reaches_the_optimum_of_plain_em_in_a_fraction_of_the_steps(gap, saddle):
    plain, fast = both(gap, saddle)
    assert plain.converged
    assert fast.converged
    slow = gap < 3 or saddle
    assert (plain.n_iter > 500) == slow
    assert fast.n_iter <= (plain.n_iter / 10 if slow else plain.n_iter + 5)
    assert fast.log_likelihood >= plain.log_likelihood - 1e-6
    # Plain EM stops a little before the optimum: where steps shrink by 1 - q, at 1 / q times its last step.
    assert moved(fast.mixture, plain.mixture) < 2e-3
    y, _ = problem(gap)
    assert fast.log_likelihood == pytest.approx(log_likelihood(y, fast.mixture), rel=1e-12)
    assert moved(m_step(y, e_step(y, fast.mixture)), fast.mixture) < 1e-5, "EM stays there"


@pytest.mark.parametrize("gap", [1.6, 2.48, 3.36, 6.0])
@pytest.mark.parametrize("tol", [1e-8, 1e-10])
def test_it_stops_where_no_more_than_about_tol_is_left_to_gain(gap, tol):
    # Not where a step gained so little: plain EM of the problem with a gap of 1.6 has then a thousand to go.
    y, start = problem(gap)
    found = fit(y, 3, starts=start, accelerate=True, tol=tol)
    assert found.converged
    # What is left is an estimate, from the last few steps: good to an order of magnitude.
    assert max(run.log_likelihood for run in both(gap)) - found.log_likelihood < 10 * tol * len(y)


def test_each_restart_jumps_on_its_own():
    y = drawn(300, 3, seed=4)
    begin = fit(y, 3, starts=["uniform", "classes"], restarts=8, rng=2, max_iter=0).runs.starts
    starts = [*several_starts(y), *(begin.mixture(restart) for restart in range(16))]
    how = {"accelerate": True, "tol": 1e-9}
    together = fit(y, 3, starts=starts, **how).runs
    alone = [fit(y, 3, starts=start, **how) for start in starts]
    # Rounding differs with the size of a batch, and the last decision to stop may hang on it: one step.
    assert np.abs(together.n_iter - [found.n_iter for found in alone]).max() <= 1
    assert (together.n_iter == [found.n_iter for found in alone]).mean() > 0.8
    values = np.array([found.log_likelihood for found in alone])
    np.testing.assert_allclose(together.log_likelihood, values, atol=1e-5)
    np.testing.assert_array_equal(optima(together.log_likelihood).which, optima(values).which)
    assert len(set(together.n_iter)) > 5  # they left the batch at different times


Y = drawn(200, 3, seed=1)
HARD = {
    **{f"a gap of {gap}": (y := problem(gap)[0][:300], several_starts(y)) for gap in (1.6, 2.92, 6.0)},
    **{name: (y, [start]) for name, (y, start) in PROBLEMS.items() if start.n_components <= len(y) > 1},
    # It closes in on them, ever faster: a jump along that way would pass the floor.
    "a class of two neighbours": (
        np.append(np.random.default_rng(0).normal(0, 1, 100), [4, 4.0001]),
        [Mixture([0.9, 0.1], [0, 4], [1, 0.5]), Mixture([0.9, 0.1], [0, 3.5], [1, 0.1])],
    ),
    "identical classes": (Y, [Mixture([1 / 3] * 3, [mean] * 3, [mean**2] * 3) for mean in (1, 3)]),
}


@pytest.mark.parametrize(("y", "starts"), HARD.values(), ids=HARD)
def test_hard_inputs_give_no_nan_and_the_log_likelihood_never_falls(y, starts):
    k = starts[0].n_components
    for tol, steps in [(1e-11, 2000), (0.0, 150)]:
        how = {"starts": starts, "max_iter": steps, "tol": tol}
        plain, fast = (fit(y, k, accelerate=on, **how) for on in (False, True))
        assert_finite(fast)
        fast, plain = fast.runs, plain.runs
        np.testing.assert_allclose(fast.weights.sum(axis=1), 1, rtol=1e-12)
        assert fast.means.min() >= y.min()
        assert fast.means.max() <= y.max()
        assert fast.log_likelihood.max() >= plain.log_likelihood.max() - 1e-6 * len(y)
    path = [fit(y, k, starts=starts, accelerate=True, max_iter=m, tol=0).runs for m in range(40)]
    assert min(runs.variances.min() for runs in [fast, *path]) >= default_floor(y) * (1 - 1e-12)
    values = np.array([runs.log_likelihood for runs in path])
    assert np.diff(values, axis=0).min() > -1e-9 * max(1, np.abs(values).max() / 1e3)
    if len(y) != 300:
        return
    for runs in path[::6]:
        expected = [log_likelihood(y, runs.mixture(restart)) for restart in range(len(starts))]
        np.testing.assert_allclose(runs.log_likelihood, expected, rtol=1e-12)
    # It stood still where a jump was undone; so jumps were tried that fell, and the test is one.
    assert (np.diff(values, axis=0) == 0).any()


# SQUAREM, the one to read

LECTURE = load("lecture_2021").y
BEGINNINGS = fit(LECTURE, 4, restarts=8, max_iter=0).runs.starts


@pytest.mark.parametrize("seed", range(8))
def test_the_readable_one_never_falls_and_stops_at_a_fixed_point_of_em(seed):
    run = squarem(LECTURE, BEGINNINGS.mixture(seed))
    assert run.converged
    assert np.diff(run.log_likelihoods).min() > -1e-12 * abs(run.log_likelihoods[-1])
    assert run.log_likelihoods == pytest.approx([log_likelihood(LECTURE, each) for each in run.path])
    assert_same_mixture(em(LECTURE, run.mixture, max_iter=20).mixture, run.mixture, 1e-4)
    same = [a is b for a, b in pairwise(run.path)]
    assert not same[-1], "a jump that is undone ends no run"
    assert any(same), "a step changes nothing, because its jump was undone, and the run goes on"


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
def test_under_the_readable_one_classes_that_collapse_stay_on_the_floor_without_a_warning(k):
    y = load("galaxies").y
    for seed in range(10):
        start = Mixture([1 / k] * k, np.random.default_rng(seed).choice(y, k, replace=False), [1e5] * k)
        run = squarem(y, start, floor=100.0, max_iter=500)
        assert run.mixture.variances.min() >= 100
        assert np.diff(run.log_likelihoods).min() > -1e-12 * abs(run.log_likelihoods[-1])


def test_the_readable_one_leaves_a_tie_alone():
    """Steps of length zero lead nowhere: no 0/0."""
    run = squarem(LECTURE, Mixture([0.5, 0.5], [30, 30], [100, 100]))
    assert run.converged
    assert run.log_likelihoods[-1] == pytest.approx(fit(LECTURE, 1).log_likelihood)
