"""Errors of fits against N: the numbers behind a picture of lesson 07."""

import numpy as np
import pytest

from gmm_lesson import Mixture, em, fit
from gmm_lesson.explorers.lessons import TRUTH
from gmm_lesson.study.compare import errors_by_n


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


def test_two_objects_are_enough_for_one_class_or_two():
    one, two = Mixture([1], [3], [4]), Mixture([0.5, 0.5], [0, 50], [1, 1])
    pairs = [one.sample(2, rng)[0] for rng in [np.random.default_rng(5)] for _ in range(6)]
    expected = np.sqrt(np.mean([(np.mean(pair) - 3) ** 2 for pair in pairs]))
    found = errors_by_n(one, [2], rng=5, repetitions=6)
    assert found.rms["means"][0] == pytest.approx(expected, rel=1e-6)
    assert found.rms["weights"] == found.monte_carlo["weights"] == [0]
    assert np.isfinite(errors_by_n(two, [2], rng=5, repetitions=6).rms["means"]).all()
    for true, ns, least in [(one, [2, 1], "2; got 1"), (TRUTH, [2], "3; got 2")]:
        with pytest.raises(ValueError, match=f"^ns must be at least {least}"):
            errors_by_n(true, ns, rng=5, repetitions=6)


def test_classes_that_change_places_count_as_found(monkeypatch):
    """A fit with its classes in another order has the same errors."""
    plain = errors_by_n(TRUTH, [100], rng=3, repetitions=3)

    def turned(*arguments, **options):
        found = fit(*arguments, **options)
        object.__setattr__(found, "mixture", found.mixture.reordered([2, 0, 1]))
        return found

    monkeypatch.setattr("gmm_lesson.study.compare.fit", turned)
    assert errors_by_n(TRUTH, [100], rng=3, repetitions=3).rms == plain.rms
