"""Borders, error rates, and errors against N: the numbers behind the pictures of lesson 07."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from oracles import joint_of
from scipy.stats import norm

from gmm_lesson import Mixture, em, fit, log_likelihood
from gmm_lesson.explorers.lessons import TRUTH
from gmm_lesson.study.compare import best_error_rate, borders, errors_by_n, fresh_error_rate

CROSSED = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [4, 0.25, 1])
NARROW_INSIDE = Mixture([0.7, 0.3], [0, 0], [9, 0.25])
ALIKE = Mixture([0.5, 0.5], [1, 1], [2, 2])


def some_mixtures(n, seed):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        k = rng.integers(2, 6)
        yield Mixture(rng.dirichlet(np.ones(k)), rng.normal(0, 4, k), rng.uniform(0.2, 9, k))


# ------------------------------------------------------------------ borders and error rates


@pytest.mark.parametrize("mixture", [TRUTH, CROSSED, NARROW_INSIDE, *some_mixtures(20, 5)])
def test_borders_are_where_the_most_probable_class_changes(mixture):
    places, winner = borders(mixture)
    x = np.linspace(-60, 60, 240_001)
    best = joint_of(mixture, x).argmax(axis=1)
    seen = (joint_of(mixture, x) > 1e-290).any(axis=1)  # farther out scipy's densities are 0
    at = np.searchsorted(places, x)
    near = np.abs(np.subtract.outer(x, places)).min(axis=1, initial=np.inf) < 1e-6
    np.testing.assert_array_equal(winner[at][seen & ~near], best[seen & ~near])
    assert (np.diff(places) > 0).all()
    assert (np.diff(winner) != 0).all(), "the class changes at every border"
    for place, (one, other) in zip(places, itertools.pairwise(winner), strict=True):
        log_joint = mixture.log_joint([place])[0]
        assert log_joint[one] == pytest.approx(log_joint[other], abs=1e-6)


def test_borders_that_are_known():
    np.testing.assert_allclose(borders(Mixture([0.5, 0.5], [0, 2], [1, 1]))[0], [1])
    places, winner = borders(NARROW_INSIDE)
    np.testing.assert_allclose(places[0], -places[1])
    assert winner.tolist() == [0, 1, 0]
    for mixture, winners in [
        (Mixture([1], [3], [4]), [0]),
        (ALIKE, [0]),
        (Mixture([0.3, 0.7], [0, 0], [1, 1]), [1]),
    ]:
        assert borders(mixture)[0].size == 0
        assert borders(mixture)[1].tolist() == winners


def test_the_error_rate_on_fresh_objects_is_an_integral_under_the_truth():
    rng = np.random.default_rng(2)
    x = np.linspace(-40, 40, 400_001)
    for true in [TRUTH, *some_mixtures(12, 3)]:
        k = true.n_components
        fitted = Mixture(
            rng.dirichlet(np.full(k, 9.0)),
            true.means + rng.normal(0, 1, k),
            true.variances * rng.uniform(0.5, 2, k),
        )
        right = np.take_along_axis(joint_of(true, x), fitted.log_joint(x).argmax(axis=1)[:, None], axis=1)[
            :, 0
        ]
        rate = fresh_error_rate(true=true, fitted=fitted)
        assert rate == pytest.approx(1 - np.trapezoid(right, x), abs=2e-4)
        assert rate >= best_error_rate(true) - 1e-12
        assert fresh_error_rate(true=true, fitted=true) == best_error_rate(true)


def test_whose_objects_and_whose_rule_are_told_apart():
    bold = Mixture([0.9, 0.1], [0, 2], [1, 1])
    even = Mixture([0.5, 0.5], [0, 2], [1, 1])
    border = 1 + np.log(9) / 2
    expected = 0.5 * norm.sf(border) + 0.5 * norm.cdf(border - 2)
    assert fresh_error_rate(true=even, fitted=bold) == pytest.approx(expected)
    assert fresh_error_rate(true=bold, fitted=even) == pytest.approx(norm.sf(1))


# ------------------------------------------------------------------ errors against N


def test_simulated_errors_are_those_of_the_textbook_from_the_truth():
    true = Mixture([0.6, 0.4], [0, 5], [1, 2.25])
    found = errors_by_n(true, [30, 80], rng=7, repetitions=4)
    rng = np.random.default_rng(7)
    assert found.ns.tolist() == [30, 80]
    for row, n in enumerate([30, 80]):
        errors = []
        for _ in range(4):
            y, _ = true.sample(n, rng)
            fitted = em(y, true).mixture.sorted()
            errors.append([fitted.weights - true.weights, fitted.means - true.means, fitted.sds - true.sds])
        squares = (np.array(errors) ** 2).mean(axis=2)  # (4, 3)
        for name, q in zip(("weights", "means", "sds"), squares.T, strict=True):
            assert found.rms[name][row] == pytest.approx(np.sqrt(q.mean()), rel=1e-4)
            error = q.std(ddof=1) / 2 / (2 * np.sqrt(q.mean()))
            assert found.monte_carlo[name][row] == pytest.approx(error, rel=1e-3)


def test_errors_of_one_class_are_those_of_mean_and_sd():
    """sd / sqrt(N), and sd / sqrt(2 N) nearly; five standard errors: a false alarm in 400,000 seeds."""
    found = errors_by_n(Mixture([1], [3], [4]), [100, 400], rng=1, repetitions=200)
    for name, expected in [("means", 2 / np.sqrt([100, 400])), ("sds", 2 / np.sqrt([200, 800]))]:
        assert (np.abs(found.rms[name] - expected) < 5 * found.monte_carlo[name]).all()
        np.testing.assert_allclose(found.monte_carlo[name] / found.rms[name], 1 / np.sqrt(400), rtol=0.4)
    assert not found.rms["weights"].any()
    assert not found.monte_carlo["weights"].any()


def test_two_objects_are_enough_for_one_class_or_two():
    one, two = Mixture([1], [3], [4]), Mixture([0.5, 0.5], [0, 50], [1, 1])
    pairs = [one.sample(2, rng)[0] for rng in [np.random.default_rng(5)] for _ in range(6)]
    expected = np.sqrt(np.mean([(np.mean(pair) - 3) ** 2 for pair in pairs]))
    assert errors_by_n(one, [2], rng=5, repetitions=6).rms["means"][0] == pytest.approx(expected, rel=1e-6)
    assert np.isfinite(errors_by_n(two, [2], rng=5, repetitions=6).rms["means"]).all()
    with pytest.raises(ValueError, match=r"^ns must be at least 2; got 1"):
        errors_by_n(one, [2, 1], rng=5, repetitions=6)


def test_classes_that_change_places_count_as_found(monkeypatch):
    """A fit with its classes in another order has the same errors."""
    plain = errors_by_n(TRUTH, [100], rng=3, repetitions=3)

    def turned(*arguments, **options):
        found = fit(*arguments, **options)
        object.__setattr__(found, "mixture", found.mixture.reordered([2, 0, 1]))
        return found

    monkeypatch.setattr("gmm_lesson.study.compare.fit", turned)
    assert errors_by_n(TRUTH, [100], rng=3, repetitions=3).rms == plain.rms


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"true": None}, TypeError, "true must be a Mixture"),
        ({"ns": []}, ValueError, "ns must not be empty"),
        ({"ns": [2]}, ValueError, "ns must be at least 3; got 2"),
        ({"ns": [100.5]}, TypeError, "ns must be a whole number"),
        ({"ns": "100"}, TypeError, "ns must be a list or array"),
        ({"repetitions": 1}, ValueError, "repetitions must be at least 2"),
        ({"rng": None}, TypeError, "rng must be a seed"),
    ],
)
def test_errors_that_cannot_be_simulated(options, error, words):
    with pytest.raises(error, match=words):
        errors_by_n(**{"true": TRUTH, "ns": [10], "rng": 0, **options})


# ------------------------------------------------------------------ the numbers of the lesson


def test_the_fit_wins_on_its_objects_and_the_truth_on_fresh_ones():
    rng = np.random.default_rng(1)
    y, _ = TRUTH.sample(200, rng)
    found = fit(y, 3, starts=TRUTH)
    fresh, _ = TRUTH.sample(100_000, rng)
    assert found.mixture.means == pytest.approx([-0.0925, 3.5546, 7.7215], abs=2e-4)
    assert round(found.log_likelihood, 2) == -470.66
    assert round(log_likelihood(y, TRUTH), 2) == -474.24
    assert round(log_likelihood(fresh, found.mixture) / 500, 2) == -488.64
    assert round(log_likelihood(fresh, TRUTH) / 500, 2) == -483.76
