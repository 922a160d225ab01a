"""What lesson 06 says in words, computed."""

import re

import numpy as np
import pytest
from problems import harder

from gmm_lesson import Mixture, em, fit, load, m_step
from gmm_lesson.exercises.predict import QUESTIONS
from gmm_lesson.explorers import restarts_explorer
from gmm_lesson.restarts import hit_rate, restarts_needed
from gmm_lesson.study import original
from gmm_lesson.study.basins import basins

LECTURE = load("lecture_2021").y
BEST = fit(LECTURE, 4).log_likelihood


def widened(rng, doublings):
    """Return the hit rate of a thousand starts of 2021, their variances doubled so many times."""
    starts = original.draw_starts(LECTURE, 1000, rng=rng)
    led = basins(LECTURE, starts._replace(variances=starts.variances * 2**doublings))
    return hit_rate(led.log_likelihood[led.which], best=BEST).rate


def test_the_two_answers_of_the_first_example():
    three, ends = harder(), []
    for seed in (0, 2):
        means = np.random.default_rng(seed).choice(three, 3, replace=False)
        run = em(three, Mixture([1 / 3] * 3, means, [three.var()] * 3))
        assert run.converged
        ends.append(run.log_likelihoods[-1])
    assert ends[1] == pytest.approx(-738.945, abs=5e-4)
    assert round(ends[1] - ends[0]) == 32


def test_the_prediction():
    answer = float(QUESTIONS["06-ten"].answer)
    assert pytest.approx(answer, abs=5e-4) == (1 - 0.236) ** 10
    assert pytest.approx(0.764) == 1 - 0.236
    assert 1 / answer == pytest.approx(15, abs=0.5)
    rate = hit_rate(np.repeat([0.0, -1.0], [236, 764]))
    assert [restarts_needed(p) for p in (rate.rate, rate.high, rate.low)] == [18, 16, 20]
    assert round(1 - 0.05 ** (1 / 1000), 3) == 0.003  # what 1,000 starts miss 5 times of 100


def test_what_the_explorer_answers():
    explorer = restarts_explorer()
    doubled, start = explorer.sliders["doublings"], explorer.sliders["start"]

    hits = {}
    for value in (3, 3.5, 5, 0):
        doubled.value = value
        hits[value] = float(re.search(r"Hit rate (\d\.\d+)", explorer.sentence)[1])
    assert round(hits[0], 2) in (0.54, 0.55)
    assert hits[3] < 0.9 < hits[3.5]
    assert round(hits[5], 2) == 0.99
    start.value = 700
    assert "Start 700, means 7.3, 15.9, 33.5, 54.6" in explorer.sentence
    assert "means 7.9, 11.1, 36.1, 57.9" in explorer.sentence
    assert fit(LECTURE, 4).mixture.sorted().means[1:3].round() == pytest.approx([33, 39])


def test_random_classes_need_patience():
    start = m_step(LECTURE, np.eye(4)[load("lecture_2021").random_class - 1])
    run = em(LECTURE, start)
    said = [-855.74, -854.62, -697.13]
    assert run.log_likelihoods[[0, 50, 150]].round(2).tolist() == said
    assert run.n_iter == 212
    assert run.log_likelihoods[-1] == pytest.approx(BEST, abs=1e-6)
    loose = em(LECTURE, start, tol=1e-3)
    assert (loose.n_iter, loose.converged, loose.log_likelihoods[-1].round(2)) == (3, True, -854.67)


def test_3_5_or_4_doublings_take_the_hit_rate_past_point_nine():
    for draw in range(2, 5):
        first = next(doublings for doublings in (3, 3.5, 4) if widened(draw, doublings) > 0.9)
        assert first in (3.5, 4)
    assert widened(draw, 5) > 0.97
