"""What lesson 02 says in words, computed."""

import pytest
from scipy.stats import norm

from gmm_lesson import Mixture, fit, load
from gmm_lesson.explorers import objects_explorer
from gmm_lesson.study.compare import best_error_rate

TWO = Mixture([0.5, 0.5], [0, 4], [4, 4])


def test_the_prediction_its_answer_and_the_usual_ones():
    assert norm.sf(2, 0, 2) == pytest.approx(0.159, abs=0.0005)
    assert best_error_rate(TWO) == pytest.approx(norm.sf(1))
    assert 2 * norm.sf(1) == pytest.approx(0.32, abs=0.005)
    assert norm.sf(2) == pytest.approx(0.023, abs=0.0005)


def test_a_variance_handed_over_as_sd_doubles_the_error():
    wrong = best_error_rate(Mixture(TWO.weights, TWO.means, TWO.variances**2))
    assert wrong == pytest.approx(norm.sf(0.5))
    assert wrong == pytest.approx(0.309, abs=0.0005)
    assert round(wrong / best_error_rate(TWO)) == 2
    one = Mixture([0.5, 0.5], [0, 4], [1, 1])
    assert best_error_rate(Mixture(one.weights, one.means, one.variances**2)) == best_error_rate(one)


def test_halving_gap_and_spread_changes_no_error_and_a_gap_of_zero_is_not_blind():
    explorer = objects_explorer()
    before = best_error_rate(explorer.picture.mixture)
    explorer.sliders["gap"].value, explorer.sliders["spread"].value = 10, 1
    assert best_error_rate(explorer.picture.mixture) == pytest.approx(before)
    explorer.reset()
    explorer.sliders["gap"].value = 0
    error = best_error_rate(explorer.picture.mixture)
    assert error == pytest.approx(0.561, abs=0.0005)
    assert error < 0.75


def test_of_the_birds_about_one_in_fourteen_is_misplaced_by_the_best_rule():
    """The same as over these birds, in test_start_lesson.py."""
    assert best_error_rate(fit(load("penguins").y, 2).mixture) == pytest.approx(1 / 14, abs=0.003)
