"""What lesson 00 says in words, computed."""

import numpy as np
import pytest

from gmm_lesson import Mixture, e_step, em, fit, load
from gmm_lesson.explorers import em_scrubber, hand

BIRDS = load("penguins").y


def test_em_from_where_you_stopped_comes_to_one_of_two_scores():
    """The best known; or a lower one, with both bells at the far right."""
    start = hand(BIRDS, 2).mixture
    ends = [
        em(BIRDS, Mixture(start.weights, means, start.variances), max_iter=3000, tol=1e-9).log_likelihoods[-1]
        for means in (start.means, [30, 35], [35, 40], [32, 50], [45, 55], [50, 55], [48, 56])
    ]
    assert np.round(ends, 2).tolist() == [-1043.56] * 4 + [-1053.44] * 3
    runs = fit(BIRDS, 2, restarts=100).runs.log_likelihood
    assert runs.max() == pytest.approx(-1043.56, abs=0.005)
    assert (runs > runs.max() - 0.01).mean() > 0.75


def test_the_first_of_twelve_steps_makes_nearly_all_of_the_rise_and_the_last_still_gains():
    scores = [half.score for half in em_scrubber().picture.halves[::2]]
    assert len(scores) == 13
    assert (scores[1] - scores[0]) / (scores[-1] - scores[0]) == pytest.approx(0.99, abs=0.005)
    assert (np.diff(scores) > 0.1).all()
    assert np.diff(scores)[1:].max() < 3


def test_about_one_bird_in_fourteen_is_expected_to_be_misplaced():
    best = fit(BIRDS, 2).mixture.sorted()
    wrong = e_step(BIRDS, best).min(axis=1).sum()
    assert round(wrong) == 24
    assert round(len(BIRDS) / wrong) == 14
    lower, middle, upper = e_step([36, 42, 48], best).max(axis=1)
    assert min(lower, upper) > 0.98
    assert middle == pytest.approx(0.5, abs=0.02)
