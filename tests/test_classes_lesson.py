"""What lesson 01 says in words, computed."""

import re

import numpy as np
import pytest
from scipy.stats import binom, multinomial

from gmm_lesson.exercises.labs import LABS
from gmm_lesson.explorers import classes_explorer

N, WEIGHTS = 200, np.array([0.3, 0.25, 0.25, 0.2])


def test_the_prediction_its_answer_and_the_lecturers_remarks():
    pmf = binom.pmf(np.arange(N + 1), N, 0.3)
    assert pmf[60] == pytest.approx(0.061, abs=0.001)
    assert round(1 / pmf[60]) == 16
    assert pmf.argmax() == 60
    assert 1 - pmf[50:71].sum() == pytest.approx(0.105, abs=0.0005)
    assert pmf[59:62].sum() < 0.2  # so they cannot all be .5
    assert pmf[47:74].sum() > 0.95  # 27 counts, 13 either way, about two sds
    assert list(N * WEIGHTS) == [60, 50, 50, 40]
    assert multinomial.pmf([60, 50, 50, 40], N, WEIGHTS) < 0.001


def test_sds_of_counts_and_shares():
    """The band holds two draws in three. Four times the objects: twice the sd, half the share's."""
    assert binom.std(N, 0.3) == pytest.approx(6.48, abs=0.005)
    for n in (50, 200):
        assert binom.std(4 * n, 0.3) / binom.std(n, 0.3) == pytest.approx(2)
        assert (binom.std(4 * n, 0.3) / (4 * n)) / (binom.std(n, 0.3) / n) == pytest.approx(1 / 2)
    sd = binom.std(N, WEIGHTS)
    inside = binom.cdf(N * WEIGHTS + sd, N, WEIGHTS) - binom.cdf(N * WEIGHTS - sd, N, WEIGHTS)
    assert (np.abs(inside - 2 / 3) < 0.05).all()


def test_five_of_the_explorers_draws_lie_outside_the_band():
    explorer = classes_explorer()
    outside = 0
    for draw in range(1, 21):
        explorer.sliders["draw"].value = draw
        count = int(re.search(r"A \(weight 0\.300\): (\d+),", explorer.sentence)[1])
        outside += abs(count - 60) > binom.std(N, 0.3)
    assert outside == 5
    expected = 20 * (1 - binom.pmf(np.arange(54, 67), N, 0.3).sum())
    assert 6 < expected < 7


def test_the_band_shows_from_a_single_draw_what_no_alarm_hears():
    lab = LABS["classes"]
    for name in ("weights-ignored", "equal-counts"):
        n, weights = lab.given["n"], np.array(lab.given["weights"])
        off = [np.abs(lab.ran(bug).counts - n * weights) / binom.std(n, weights) for bug in (name, "")]
        assert (off[0].max(axis=1) > 3).all()
        assert off[0].max(axis=1).mean() > 4
        assert (off[1] < 3).all()
