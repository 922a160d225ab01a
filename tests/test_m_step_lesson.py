"""What lesson 04 says in words, computed."""

import numpy as np
import pytest

from gmm_lesson import Mixture, e_step, fit, load, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.explorers import THREE, m_step_explorer
from gmm_lesson.study import original
from gmm_lesson.study.information import missing_fraction

LECTURE, BIRDS = load("lecture_2021"), load("penguins").y


def test_the_example_on_paper():
    r = np.array([[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]])
    assert [1, 2, 3] @ r[:, 0] == pytest.approx(2.238)
    assert m_step([1, 2, 3], r).means[0] == pytest.approx(1.492)
    assert r.sum(axis=0) == pytest.approx([1.5, 1.5])


def test_a_tenth_of_blur_doubles_the_sd_of_a():
    explorer = m_step_explorer()
    slider, sds = explorer.sliders["blur of the labels"], []
    for blur in (0, 0.08, 0.1):
        slider.value = blur
        sds.append(explorer.picture.mixture.sds[0])
    assert sds[1] < 2 * sds[0] < sds[2]
    assert "counts as 0.933 of its own class" in explorer.sentence
    slider.value = 1
    assert np.ptp(explorer.picture.mixture.parts, axis=1) == pytest.approx(0, abs=1e-9)
    assert THREE.sample(200, 5)[0].std() == pytest.approx(3.69, abs=0.005), "the sd of all objects"


def test_silent_bugs_lower_q_where_em_ends():
    """All but the old mean: there the parameters are at the top of Q already."""
    lab = LABS["m_step"]
    silent = [name for name in lab.names if lab.heard(name) == "none"]
    end = fit(LECTURE.y, 4).mixture
    r = e_step(LECTURE.y, end)
    top = expected_log_joint(LECTURE.y, r, end)
    for name in silent:
        step = lab.exercises[0].function(*lab.edits(name))
        q = expected_log_joint(LECTURE.y, r, Mixture(*step(LECTURE.y, r, end.means)))
        assert q == pytest.approx(top, abs=1e-6) if name.startswith("old-mean") else q < top - 0.01, name


def test_near_the_end_both_steps_have_the_same_rate_and_need_as_many_steps():
    end = fit(LECTURE.y, 4, tol=1e-13).mixture
    rate = missing_fraction(LECTURE.y, end)
    assert rate == pytest.approx(0.868548, abs=1e-6)
    top, steps = log_likelihood(LECTURE.y, end), []
    for old_mean in (True, False):
        mixture, below, moved = Mixture([0.25] * 4, [10, 30, 40, 60], [100] * 4), [], []
        for _ in range(110):
            r = e_step(LECTURE.y, mixture)
            new = original.m_step(LECTURE.y, r, mixture) if old_mean else m_step(LECTURE.y, r)
            moved.append(np.linalg.norm(new.means - mixture.means))
            mixture = new
            below.append(top - log_likelihood(LECTURE.y, mixture))
        assert moved[90] / moved[89] == pytest.approx(rate, abs=1e-4)
        steps.append([int(np.argmax(np.array(below) < level)) for level in (1e-4, 1e-8)])
    old, new = np.diff(steps)[:, 0]
    assert abs(old - new) <= 2, "what is paid late"
    assert steps[0][0] > steps[1][0] + 10, "what is paid early"
