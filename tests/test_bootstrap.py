"""The bootstrap and coverage: refits against EM on each resample, matching, collapsed classes, simulation."""

import numpy as np
import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit, log_likelihood
from gmm_lesson.em import default_floor
from gmm_lesson.study import bootstrap as module
from gmm_lesson.study.bootstrap import bootstrap, coverage
from gmm_lesson.study.compare import match
from gmm_lesson.study.information import intervals

Y = drawn(120, 3, 4)
FIT = fit(Y, 3, starts=Mixture([0.3, 0.3, 0.4], [0, 3, 6], [1, 1, 1])).mixture

FAR_PAIR = np.concatenate([drawn(60, 1, 1), [50.0, 51.0]])
"""Sixty objects, and two far from them that are a class."""
FAR_FIT = em(FAR_PAIR, Mixture([0.9, 0.1], [0, 50.5], [1, 1])).mixture


def refit(found, b):
    return Mixture(found.weights[b], found.means[b], found.sds[b] ** 2)


@pytest.fixture(params=[True, False], ids=["all at once", "row by row, a few at a time"])
def both_ways(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(module, "FEW_RESPONSIBILITIES", 0)
        monkeypatch.setattr(module, "TOGETHER", 7 * Y.size * 3)


def test_each_refit_is_em_on_objects_drawn_with_replacement(both_ways):
    found = bootstrap(Y, FIT, refits=12, rng=5)
    resampled = Y[np.random.default_rng(5).integers(120, size=(12, 120))]
    assert found.converged.all()
    assert not found.degenerate.any()
    ends = module._refits(resampled, FIT, default_floor(Y))
    for b in range(12):
        run = em(resampled[b], FIT, max_iter=20_000, tol=1e-13, floor=default_floor(Y))
        top, expected = run.log_likelihoods[-1], match(true=FIT, fitted=run.mixture).fitted
        for value in (ends.log_likelihood[b], log_likelihood(resampled[b], refit(found, b))):
            assert value == pytest.approx(top, abs=1e-4)
        np.testing.assert_allclose(found.means[b], expected.means, atol=0.01)


def test_classes_that_changed_places_are_matched_back(monkeypatch):
    turned, original = [], module.orders

    def noted(*given):
        turned.append(original(*given))
        return turned[-1]

    monkeypatch.setattr(module, "orders", noted)
    # Two classes with one mean, of which either may become the wider one.
    y = np.random.default_rng(3).normal(size=80)
    fitted = em(y, Mixture([0.5, 0.5], [-0.1, 0.1], [1, 2]), max_iter=3).mixture
    found = bootstrap(y, fitted, refits=100)
    assert (turned[0] != [0, 1]).any(axis=1).sum() > 5  # else nothing was tried
    assert (original(fitted, found.means, found.sds) == [0, 1]).all()


def test_standard_errors_and_intervals_are_those_of_the_refits():
    y = np.concatenate([drawn(60, 1, 1), drawn(90, 1, 2) + 20])
    found = bootstrap(y, em(y, Mixture([0.4, 0.6], [0, 20], [1, 1])).mixture, refits=200)
    assert found.degenerate.sum() == 0
    interval = found.intervals(0.9)
    refits = np.array([found.weights, found.means, found.sds])
    np.testing.assert_allclose(found.standard_errors().as_array(), refits.std(axis=1, ddof=1), rtol=1e-12)
    # 5% of the way from the first to the last of 200 is .95 past the tenth.
    rising = np.sort(refits, axis=1)
    low, high = (0.05 * rising[:, 9] + 0.95 * rising[:, 10], 0.95 * rising[:, 189] + 0.05 * rising[:, 190])
    np.testing.assert_allclose(interval.low.as_array(), low, rtol=1e-12)
    np.testing.assert_allclose(interval.high.as_array(), high, rtol=1e-12)
    assert interval.level == 0.9
    assert found.intervals().level == 0.95


def test_refits_that_lost_a_class_are_counted_and_left_out(both_ways):
    """A resample has both far objects with probability (1 - 2 (61/62)^62 + (60/62)^62) = .40.

    240 of 600 refits are sound on average, with an sd of 12: within 60 but for once in two million seeds.
    """
    found = bootstrap(FAR_PAIR, FAR_FIT, refits=600)
    resampled = FAR_PAIR[np.random.default_rng(0).integers(62, size=(600, 62))]
    both = (resampled == 50).any(axis=1) & (resampled == 51).any(axis=1)
    np.testing.assert_array_equal(found.degenerate[both], False)
    only_one = (resampled >= 50).any(axis=1) & ~both
    assert found.degenerate[only_one].all()
    assert abs(both.sum() - 240) < 60
    assert found.degenerate.sum() >= only_one.sum() > 100
    sound = ~found.degenerate
    np.testing.assert_allclose(found.standard_errors().sds, found.sds[sound].std(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(found.intervals(0.5).low.means, np.quantile(found.means[sound], 0.25, axis=0))
    assert np.isfinite([found.weights, found.means, found.sds]).all()


def test_a_bootstrap_without_two_sound_refits_has_no_errors():
    y = np.append(drawn(60, 1, 1), 50.0)
    fitted = em(y, Mixture([0.9, 0.1], [0, 50], [1, 1])).mixture  # a class of one object, on the floor
    found = bootstrap(y, fitted, refits=20)
    assert found.degenerate.sum() >= 19
    for ask in (found.standard_errors, found.intervals):
        with pytest.raises(ValueError, match=r"^refits must hold two that are not .*; got [01] of 20"):
            ask()


def test_the_floor_is_that_of_the_fit():
    found = bootstrap(Y, FIT, refits=20, floor=4.0)
    assert found.sds.min() == pytest.approx(2.0)
    assert found.degenerate.sum() == 20


def test_coverage_is_the_share_of_its_data_sets_whose_intervals_hold_the_truth():
    true = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [1, 1, 2.25])
    found = coverage(true, 200, data_sets=30, level=0.8, rng=3)
    rng, held, values = np.random.default_rng(3), [], np.array([true.weights, true.means, true.sds])
    for y in [true.sample(200, rng)[0] for _ in range(30)]:
        fitted = match(true=true, fitted=fit(y, 3, starts=true, accelerate=True).mixture).fitted
        ends = intervals(y, fitted, level=0.8)
        held.append((ends.low.as_array() <= values) & (values <= ends.high.as_array()))
    # 270 verdicts; one or two may turn on the last digits of a fit.
    share = found.share.as_array()
    apart = np.abs(share - np.mean(held, axis=0))
    assert apart.max() < 1.5 / 30
    assert apart.sum() < 2.5 / 30
    np.testing.assert_allclose(found.monte_carlo.as_array(), np.sqrt(share * (1 - share) / 30), rtol=1e-12)
    assert 0 < share.min() < share.max() < 1  # else they could be constants
    assert found.n_failed == 0


def test_data_sets_without_an_interval_are_counted():
    # Of so few objects a class often keeps one or none: no maximum.
    found = coverage(Mixture([0.8, 0.2], [0, 9], [1, 1]), 8, data_sets=50)
    assert 5 < found.n_failed < 50
    assert np.isfinite(found.share.as_array()).all()


def test_a_coverage_that_never_gives_an_interval_says_so():
    with pytest.raises(ValueError, match=r"^n must be larger: no data set of 2 objects"):
        coverage(Mixture([0.5, 0.5], [0, 9], [1, 1]), 2, data_sets=3)
