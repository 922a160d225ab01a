"""fit: where it starts, which restart it keeps, and which optimum each restart reached."""

import numpy as np
import pytest
from problems import assert_same_mixture, drawn, several_starts
from scipy import stats

from gmm_lesson import Mixture, em, fit, load, m_step
from gmm_lesson.engine.plane import fit_plane
from gmm_lesson.engine.starts import STRATEGIES, k_means_plus_plus
from gmm_lesson.restarts import hit_rate, optima, restarts_needed, success

Y = drawn(60, 3, seed=1)
STARTS = several_starts(Y)[::2]

# Draws with fixed seeds: each bound has a false-alarm rate below 1e-6, so it holds for nearly every seed.
FALSE_ALARM = 1e-7


POINTS = np.column_stack([Y, drawn(60, 2, seed=2)])


def of_strategies(*names):
    """Run a test on the strategies of these names, on the line and in the plane."""
    kinds = {"line": (Y, fit), "plane": (POINTS, fit_plane)}
    rows = {f"{name}, {kind}": (*kinds[kind], name, STRATEGIES[name]) for kind in kinds for name in names}
    return pytest.mark.parametrize(("y", "fit_of", "name", "draw"), rows.values(), ids=rows)


@of_strategies("uniform", "objects", "k-means++")
def test_a_strategy_for_the_means_has_equal_weights_and_the_variance_of_y(y, fit_of, name, draw):
    start = draw(y, 4, np.random.default_rng(0))
    np.testing.assert_allclose(start.weights, 0.25, rtol=1e-14)
    np.testing.assert_allclose(start.sds, [y.std(axis=0)] * 4, rtol=1e-12)


@of_strategies(*STRATEGIES)
@pytest.mark.parametrize("shift", [-1e6, 2.0**36, 2.0**40])
def test_starts_far_from_zero_are_those_near_it(y, fit_of, name, draw, shift):
    near, far = (draw(np.round(y, 3) + by, 4, np.random.default_rng(7)) for by in (0, shift))
    np.testing.assert_allclose(far.means - shift, near.means, atol=1e-3)
    np.testing.assert_allclose(far.parts[2], near.parts[2], rtol=1e-3, atol=1e-6)


@of_strategies(*STRATEGIES)
def test_the_same_seed_gives_the_same_fit(y, fit_of, name, draw):
    one, same, other = (fit_of(y, 3, starts=name, restarts=4, rng=rng, max_iter=20) for rng in (9, 9, 10))
    for part, equal, different in zip(one.runs.starts, same.runs.starts, other.runs.starts, strict=True):
        np.testing.assert_array_equal(part, equal)
        assert part.shape == different.shape
    np.testing.assert_array_equal(one.runs.log_likelihood, same.runs.log_likelihood)
    assert one.mixture == same.mixture
    assert not np.array_equal(one.runs.starts.means, other.runs.starts.means)


def test_uniform_means_are_uniform_over_the_range():
    means = STRATEGIES["uniform"](Y, 5000, np.random.default_rng(3)).means
    assert means.min() >= Y.min()
    assert means.max() <= Y.max()
    assert stats.kstest(means, stats.uniform(Y.min(), np.ptp(Y)).cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("plane", [False, True])
@pytest.mark.parametrize(
    ("name", "chances"),
    [
        ("objects", [[0, 1 / 2, 1 / 2], [1 / 2, 0, 1 / 2], [1 / 2, 1 / 2, 0]]),
        # From 0, the squares are 0, 1, 9; from 1, they are 1, 0, 4; from 3, they are 9, 4, 0.
        ("k-means++", [[0, 1 / 10, 9 / 10], [1 / 5, 0, 4 / 5], [9 / 13, 4 / 13, 0]]),
    ],
)
def test_two_means_are_drawn_evenly_or_the_second_by_its_squared_distance(name, chances, plane):
    y, rng, counts = np.array([0.0, 1.0, 3.0]), np.random.default_rng(5), np.zeros((3, 3))
    place = {0: 0, 1: 1, 3: 2}
    for _ in range(2000):
        first, second = np.ravel(STRATEGIES[name](y[:, np.newaxis] if plane else y, 2, rng).means)
        counts[place[first], place[second]] += 1
    chances = np.array(chances) / 3
    np.testing.assert_array_equal(counts[chances == 0], 0)
    assert stats.chisquare(counts[chances > 0], 2000 * chances[chances > 0]).pvalue > FALSE_ALARM


def test_k_means_plus_plus_measures_from_the_nearest_mean_not_from_the_last_and_may_run_out_of_values():
    # With means at 0 and 10 the third can only be 6: its nearest mean is 4 away, the others are means.
    rng = np.random.default_rng(6)
    for _ in range(200):
        assert set(k_means_plus_plus(np.array([0.0, 6.0, 10.0]), 3, rng).means) == {0, 6, 10}
    assert set(k_means_plus_plus(np.array([1.0, 1.0, 2.0]), 3, rng).means) == {1, 2}


def test_random_classes_is_the_m_step_of_whole_objects():
    z = np.random.default_rng(8).integers(3, size=len(Y))
    expected = m_step(Y, np.eye(3)[z], floor=1e-6 * Y.var())
    assert STRATEGIES["classes"](Y, 3, np.random.default_rng(8)) == expected
    plane = STRATEGIES["classes"](POINTS, 3, np.random.default_rng(8))
    for k in range(3):
        np.testing.assert_allclose(plane.means[k], POINTS[z == k].mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(plane.covariances[k], np.diag(POINTS[z == k].var(axis=0)), rtol=1e-12)


def test_what_is_far_along_one_axis_gets_classes_of_its_own():
    y = POINTS.copy()
    y[::10, 1] = 999.0
    starts = [k_means_plus_plus(y, 3, np.random.default_rng(seed)) for seed in range(20)]
    parted = [start for start in starts if np.ptp(start.weights) > 0]
    assert 0 < len(parted) < 20
    for start in parted:
        assert start.weights[start.means[:, 1] > 990].sum() == pytest.approx(0.1)


@pytest.mark.parametrize(("max_iter", "arrives"), [(12, True), (4, False)])
def test_keeps_the_restart_with_the_highest_log_likelihood_and_reports_it_in_plain_types(max_iter, arrives):
    how, starts = {"max_iter": max_iter, "tol": 0.002}, several_starts(Y)
    found, ends = fit(Y, 3, starts=starts, **how), [em(Y, start, **how) for start in starts]
    runs, scores = found.runs, [end.log_likelihoods[-1] for end in ends]
    np.testing.assert_allclose(runs.log_likelihood, scores, rtol=1e-12)
    assert runs.n_iter.tolist() == [end.n_iter for end in ends]
    best = int(np.argmax(scores))
    assert best == 1  # neither the first nor the last, nor the one with the most steps
    assert found.mixture == runs.mixture(best)
    assert_same_mixture(found.mixture, ends[best].mixture, rtol=1e-9)
    said = found.log_likelihood, found.n_iter, found.converged
    assert said == (runs.log_likelihood[best], ends[best].n_iter, arrives)
    assert [type(part) for part in (*said, found.mixture)] == [float, int, bool, Mixture]
    assert len(runs) == 5
    assert {part.shape for part in (runs.weights, runs.means, runs.variances)} == {(5, 3)}
    assert {part.shape for part in (runs.log_likelihood, runs.n_iter, runs.converged)} == {(5,)}


def test_a_start_is_tried_once_in_its_place_and_a_strategy_as_often_as_restarts_says():
    mixed = ["uniform", STARTS[0], "classes"]
    for starts, n in [(STARTS[0], 1), ("uniform", 5), (mixed, 11), (iter(STARTS), 3)]:
        runs = fit(Y, 3, starts=starts, restarts=5, max_iter=1).runs
        assert len(runs) == n
        for place, start in {1: [(0, STARTS[0])], 11: [(5, STARTS[0])], 3: [*enumerate(STARTS)]}.get(n, []):
            assert runs.starts.mixture(place) == start
    assert len(fit(Y, 3, max_iter=1).runs) == 20


def test_a_generator_moves_on_and_the_default_seed_is_0():
    rng = np.random.default_rng(0)
    first, second = (fit(Y, 3, restarts=4, rng=rng, max_iter=3) for _ in range(2))
    default = fit(Y, 3, restarts=4, max_iter=3)
    np.testing.assert_array_equal(first.runs.starts.means, default.runs.starts.means)
    assert not np.array_equal(first.runs.starts.means, second.runs.starts.means)


@pytest.mark.parametrize(
    ("values", "within", "tops", "counts", "which"),
    [
        ([-5.0, -1.0, -1.001, -9.0, -5.002, -1.0], 0.01, [-1, -5, -9], [3, 2, 1], [1, 0, 0, 2, 1, 0]),
        # Chained: 0 and 2 are farther apart than `within`, but no gap between them is.
        ([0.0, 1.0, 2.0, 3.5], 1.0, [3.5, 2], [1, 3], [1, 1, 1, 0]),
        ([1.0, 1.0, 2.0], 0, [2, 1], [1, 2], [1, 1, 0]),
        ([3], 0.01, [3], [1], [0]),
        ([3, 3, 1], 0.01, [3, 1], [2, 1], [0, 0, 1]),
    ],
)
def test_optima_are_grouped_and_counted_best_first(values, within, tops, counts, which):
    given = np.array(values)
    found = optima(given, within=within)
    parts_of = found.log_likelihood, found.counts, found.which
    assert [part.tolist() for part in parts_of] == [tops, counts, which]
    assert given.tolist() == values
    assert not np.shares_memory(found.log_likelihood, given)


def test_hits_are_within_a_hundredth_of_the_best():
    found = hit_rate([-5.0, -5.009, -5.02, -7.0])
    assert (found.hits, found.n, found.rate) == (2, 4, 0.5)
    assert hit_rate([-5.0, -5.009, -5.02, -7.0], within=0.5).hits == 3
    assert hit_rate([-5.0, -5.009], best=-4.0).hits == 0
    assert hit_rate([-5.0, -3.0], best=-5.0).hits == 2, "what is better than the best known is a hit"
    kinds = [type(value) for value in (found.hits, found.n, found.rate, found.low, found.high)]
    assert kinds == [int, int, float, float, float]


def rates(n, level=0.95):
    return [hit_rate(np.repeat([0.0, -1.0], [k, n - k]), best=0.0, level=level) for k in range(n + 1)]


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_the_ends_of_the_interval_are_as_many_sds_away_as_the_level_says(level):
    # Wilson's own condition: |share - p| = z sqrt(p (1 - p) / n) at both ends.
    for n in (1, 10, 1000):
        for found in rates(n, level)[:: max(1, n // 10)]:
            for p in {found.low, found.high} - {0.0, 1.0}:
                z = abs(found.rate - p) / np.sqrt(p * (1 - p) / n)
                assert 2 * stats.norm.sf(z) == pytest.approx(1 - level, rel=1e-6)
            assert 0 <= found.low <= found.rate <= found.high <= 1
            assert found.high > found.low


def test_success_is_one_less_the_chance_that_all_miss():
    np.testing.assert_allclose(success(0.222, [0, 1, 10, 19]), 1 - 0.778 ** np.array([0, 1, 10, 19]))
    np.testing.assert_allclose(success([0, 0.5, 1], [[1], [3]]), [[0, 0.5, 1], [0, 0.875, 1]])
    assert success(1, 0) == 0
    assert success(0, 5) == 0
    assert success(1e-12, 5) == pytest.approx(5e-12, rel=1e-9, abs=0), "no digits are lost"


def test_restarts_needed_is_the_inverse_of_success():
    for rate in [1e-9, 0.001, 0.222, 0.5, 0.77]:
        for restarts in [*range(1, 30), 100, 1000, 10**6]:
            chance = float(success(rate, restarts))
            if chance < 1 and success(rate, restarts - 1) < chance:  # else floats cannot tell the two apart
                assert restarts_needed(rate, chance) == restarts
    assert restarts_needed(1e-12, 1e-9) == 1001  # of 1000 it is 1e-9 - 5e-19
    assert restarts_needed(0.9999999999999999) == restarts_needed(1) == 1


BEST_2021 = -696.72819766
"""As the original printed it."""


@pytest.mark.parametrize("tens", range(10))
def test_default_settings_find_the_best_of_2021_from_every_seed(tens):
    y = load("lecture_2021").y
    for seed in range(10 * tens, 10 * tens + 10):
        assert fit(y, 4, rng=seed).log_likelihood == pytest.approx(BEST_2021, abs=1e-6)
