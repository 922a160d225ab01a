"""What lesson 00 says in words, computed."""

import numpy as np
import pytest

from gmm_lesson import e_step, fit, load
from gmm_lesson.explorers import em_scrubber

Y = load("lecture_2021").y


def test_after_about_eight_steps_the_picture_hardly_changes():
    scrubber = em_scrubber()
    mixtures = [half.mixture for half in scrubber.picture.halves[::2]]
    scores = [half.score for half in scrubber.picture.halves[::2]]
    scrubber.close()
    for mixture in mixtures[8:]:
        assert np.abs(mixture.means - mixtures[-1].means).max() < 0.1
        assert np.abs(mixture.sds - mixtures[-1].sds).max() < 0.1
    assert np.abs(mixtures[4].sds - mixtures[-1].sds).max() > 0.3
    assert 0 < scores[-1] - scores[8] < 0.2


def test_the_unsure_objects_are_class_2():
    shares = e_step(Y, fit(Y, 4).mixture.sorted())
    unsure = shares.max(axis=1) <= 0.99
    assert (~unsure).sum() == 134
    assert abs((~unsure).mean() - 2 / 3) < 0.01
    assert (1 - shares.max(axis=1)).sum() == pytest.approx(7, abs=0.04)
    assert (shares[unsure].argmax(axis=1) == 1).sum() == (shares.argmax(axis=1) == 1).sum() > unsure.sum() / 2
