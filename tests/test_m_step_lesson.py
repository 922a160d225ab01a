"""What lesson 04 says in words, computed."""

import numpy as np
import pytest

from gmm_lesson import Mixture, e_step, fit, load, m_step
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises import check
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.explorers import THREE, m_step_explorer
from gmm_lesson.study import original

LECTURE = load("lecture_2021")
R = np.array([[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]])


def test_the_example_on_paper():
    assert pytest.approx(2.238) == 0.881 * 1 + 0.5 * 2 + 0.119 * 3
    assert m_step([1, 2, 3], R).means[0] == pytest.approx(1.492)
    assert R.sum(axis=0) == pytest.approx([1.5, 1.5])


def test_random_labels_give_four_means_near_that_of_all():
    z = np.asarray(LECTURE.random_class)
    means = [LECTURE.y[z == k].mean() for k in (1, 2, 3, 4)]
    assert np.round(means, 2).tolist() == [35.28, 36.67, 31.85, 33.94]
    assert LECTURE.y.mean() == pytest.approx(34.5, abs=0.01)


def test_a_tenth_of_blur_doubles_the_sd_of_a():
    explorer = m_step_explorer()
    slider = explorer.sliders["blur of the labels"]
    start = explorer.picture.mixture.sds[0]
    slider.value = 0.08
    assert explorer.picture.mixture.sds[0] < 2 * start
    slider.value = 0.1
    assert explorer.picture.mixture.sds[0] > 2 * start
    assert "counts as 0.933 of its own class" in explorer.sentence
    slider.value = 1
    mixture = explorer.picture.mixture
    for values in (mixture.weights, mixture.means, mixture.variances):
        assert np.ptp(values) == pytest.approx(0, abs=1e-9)
    explorer.close()


def test_what_the_old_mean_costs_in_q():
    before = original.START
    r = e_step(LECTURE.y, before)
    theirs, ours = original.m_step(LECTURE.y, r, before), m_step(LECTURE.y, r)
    np.testing.assert_allclose(theirs.variances, ours.variances + (ours.means - before.means) ** 2)
    n_k = r.sum(axis=0)
    lost = n_k / 2 * (np.log(theirs.variances / ours.variances) + ours.variances / theirs.variances - 1)
    q = [expected_log_joint(LECTURE.y, r, mixture) for mixture in (theirs, ours)]
    assert lost.sum() == pytest.approx(q[1] - q[0])
    assert round(lost[2], 1) == 27.9
    assert round(lost.sum()) == 55


def test_silent_bugs_lower_q_where_em_ends():
    """All but the old mean: there the recipes are at the top of Q already."""
    lab = LABS["m_step"]
    silent = [name for name in lab.names if not lab.ringing(name)]
    assert (len(silent), len(lab.names)) == (4, 10)
    end = fit(LECTURE.y, 4).mixture
    r = e_step(LECTURE.y, end)
    top = expected_log_joint(LECTURE.y, r, end)
    for name in silent:
        exercise, way = lab.edit(name)
        q = expected_log_joint(LECTURE.y, r, Mixture(*exercise.function(way)(LECTURE.y, r, end.means)))
        if name == "old-mean-in-the-variance":
            assert q == pytest.approx(top, abs=1e-6)
        else:
            assert q < top - 0.01, name


def test_equal_recipes_have_the_sd_of_all_objects():
    assert THREE.sample(200, 5)[0].std() == pytest.approx(3.69, abs=0.005)


def test_the_check_does_not_call_the_old_mean_wrong():
    def old_mean(y, r, means):
        y, r = np.asarray(y)[:, np.newaxis], np.asarray(r)
        n_k = r.sum(axis=0)
        return n_k / len(y), (r * y).sum(axis=0) / n_k, (r * (y - means) ** 2).sum(axis=0) / n_k

    verdict = check.m_step(old_mean)
    assert verdict.message.startswith("Not the maximiser of Q")
    assert "wrong" not in verdict.message.lower()
    assert not verdict.right
