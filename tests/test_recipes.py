"""Lesson 04's drawings: recipes from blurred labels, and Q against one parameter at a time."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from scipy.stats import norm
from test_figures import PALETTE, assert_labels_are_clear

from gmm_lesson import Mixture, e_step, load, m_step
from gmm_lesson.explorers import THREE, m_step_explorer
from gmm_lesson.explorers.page import STORING
from gmm_lesson.figures import RecipesPicture, q_curves
from gmm_lesson.study import original

Y, Z = THREE.sample(200, 5)
BLUR = "blur of the labels"


@pytest.fixture
def explorer(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    one = m_step_explorer()
    yield one
    one.close()


def recipes(blur):
    """Counts, weights, means and variances from blurred labels, an object at a time."""
    r = np.array([[1 - blur + blur / 3 if k == z else blur / 3 for k in range(3)] for z in Z])
    n_k = r.sum(axis=0)
    means = np.array([np.average(Y, weights=r[:, k]) for k in range(3)])
    variances = np.array([np.average((Y - means[k]) ** 2, weights=r[:, k]) for k in range(3)])
    return r, n_k, n_k / 200, means, variances


@pytest.mark.parametrize("blur", [0, 0.02, 0.5, 1])
def test_the_picture_shows_what_the_m_step_makes_of_the_labels(explorer, blur):
    explorer.sliders[BLUR].value = blur
    r, n_k, weights, means, variances = recipes(blur)
    picture = explorer.picture
    for k, curve in enumerate(picture.curves):
        x, height = curve.get_data()
        expected = weights[k] * norm.pdf(x, means[k], np.sqrt(variances[k]))
        np.testing.assert_allclose(height, expected, atol=1e-12)
    np.testing.assert_allclose(picture.dots.get_facecolor()[:, :3], r @ PALETTE[:3], atol=1e-9)
    numbers = zip("ABC", n_k, weights, means, np.sqrt(variances), strict=True)
    assert explorer.sentence == (
        f"Labels blurred by {blur:.2f}: an object counts as {1 - blur + blur / 3:.3f} of its own class and as"
        f" {blur / 3:.3f} of each other. "
        + "; ".join(
            f"{c}: N_k {n:.1f}, weight {w:.2f}, mean {m:.2f}, sd {s:.2f}" for c, n, w, m, s in numbers
        )
        + ". The N_k sum to 200."
    )
    assert explorer.sentence in explorer.readout.value
    assert_labels_are_clear(picture)
    assert len(explorer.svg.encode()) < 50 * 1024


def test_markers_are_the_true_classes_to_the_end(explorer):
    for blur in (0, 0.98, 1):
        explorer.sliders[BLUR].value = blur
        paths = [id(path) for path in explorer.picture.dots.get_paths()]
        assert len({(path, z) for path, z in zip(paths, Z, strict=True)}) == len(set(paths)) == 3


def test_other_objects_and_other_numbers_of_classes():
    four = Mixture([0.1, 0.2, 0.3, 0.4], [0, 4, 8, 12], [1, 4, 1, 9])
    for mixture in (THREE, four):
        y, z = mixture.sample(100, 1)
        explorer = m_step_explorer(y, z, label="length (mm)")
        assert explorer.picture.strip.get_xlabel() == "length (mm)"
        slider = explorer.sliders[BLUR]
        for value in (slider.min, slider.max, slider.value):
            slider.value = value
            assert "The N_k sum to 100." in explorer.sentence
            assert_labels_are_clear(explorer.picture)
        explorer.close()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((Y, None), ValueError, "y and z must be given together"),
        ((None, Z), ValueError, "y and z must be given together"),
        ((Y, np.zeros(200)), ValueError, "z must hold 2 to 4 classes; got 1"),
        ((Y, np.arange(200)), ValueError, "z must hold 2 to 4 classes; got 200"),
        ((Y[:5], Z), ValueError, "z must have one label for each of the 5 objects"),
        ((Y, Z + 0.5), ValueError, "z must hold"),
        ((Y, "abc"), TypeError, "z must be a list or array of numbers"),
        (
            ([1, 2, 3], [0, 0, 1]),
            ValueError,
            "y must have at least two different values of each class 0..1; got 1 of",
        ),
        (([1, 1, 2, 3], [0, 0, 1, 1]), ValueError, "got 1 of class 0"),
        (([1, 2, 3, 4], [1, 1, 2, 2]), ValueError, "got 0 of class 0"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        m_step_explorer(*arguments)


@pytest.mark.parametrize("blur", [-0.1, 1.1, np.nan, "a"])
def test_a_blur_that_is_none_leaves_the_picture_as_it_was(blur):
    picture = RecipesPicture(Y, Z, 3)
    picture.blur_to(0.25)
    sentence, before = picture.sentence, picture.png()
    with pytest.raises((TypeError, ValueError), match="blur must be"):
        picture.blur_to(blur)
    picture.blur_to(picture.blur)
    assert (picture.sentence, picture.png()) == (sentence, before)


def test_each_curve_of_q_has_its_top_at_the_formula():
    y = load("lecture_2021").y
    before = original.START
    r = e_step(y, before)
    best = m_step(y, r)
    picture = q_curves(y, r, 1, before=before)
    values = best.weights[1], best.means[1], best.variances[1]
    for axes, value in zip(picture.figure.axes, values, strict=True):
        curve, dot = axes.lines[:2]
        x, height = curve.get_data()
        assert height.max() <= 0
        assert abs(x[height.argmax()] - value) <= x[1] - x[0]
        assert (np.diff(height[x < value]) > 0).all()
        assert (np.diff(height[x > value]) < 0).all()
        assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (value, 0)
        assert curve.get_color() == "#D55E00"
    square = picture.figure.axes[2].lines[2]
    old = (r[:, 1] * (y - before.means[1]) ** 2).sum() / r[:, 1].sum()
    assert square.get_xdata()[0] == pytest.approx(old)
    lower = r[:, 1].sum() / 2 * (np.log(old / best.variances[1]) + best.variances[1] / old - 1)
    assert square.get_ydata()[0] == pytest.approx(-lower)
    assert picture.sentence.endswith(f"the old mean, {old:.3f} (hollow square), Q is {lower:.3f} lower.")
    assert f"weight {values[0]:.3f}, mean {values[1]:.3f} and variance {values[2]:.3f}" in picture.sentence
    assert to_rgb(square.get_markerfacecolor()) == (1, 1, 1)


def test_q_against_one_parameter_is_q():
    """The curve of the variance, recomputed from densities."""
    r = e_step(Y, THREE)
    best = m_step(Y, r)
    x, height = q_curves(Y, r, 0).figure.axes[2].lines[0].get_data()

    def q(first):
        sds = np.sqrt(np.r_[first, best.variances[1:]])
        return (r * np.log(best.weights * norm.pdf(Y[:, None], best.means, sds))).sum()

    np.testing.assert_allclose(height, [q(v) - q(best.variances[0]) for v in x], atol=1e-8)
    x, height = q_curves(Y, r, 0).figure.axes[0].lines[0].get_data()
    n_k = r.sum(axis=0)
    rest = best.weights[1:] / best.weights[1:].sum()
    expected = [n_k @ np.log(np.r_[w, (1 - w) * rest]) - n_k @ np.log(best.weights) for w in x]
    np.testing.assert_allclose(height, expected, atol=1e-8)


@pytest.mark.parametrize("k", [-1, 3, 1.0])
def test_q_curves_want_a_class_that_there_is(k):
    with pytest.raises((TypeError, ValueError), match="k must be"):
        q_curves(Y, e_step(Y, THREE), k)


def test_q_curves_want_two_classes():
    with pytest.raises(ValueError, match="k must be one of at least two classes"):
        q_curves(Y, np.ones((200, 1)))


def test_a_rare_class_has_its_dots_on_its_curves():
    r = np.column_stack([np.full(200, 0.995), np.full(200, 0.005)])
    for axes in q_curves(Y, r, 1).figure.axes:
        curve, dot = axes.lines[:2]
        x, height = curve.get_data()
        assert height.max() == pytest.approx(0, abs=1e-9)
        assert dot.get_xdata()[0] in x


@pytest.mark.parametrize(
    ("y", "r", "before", "words"),
    [
        ([2, 2, 2], [[0.5, 0.5]] * 3, None, "y must vary"),
        ([1, 2, 3], [[0, 1]] * 3, None, "r must give class 0 some of the objects, and not all; got 1e-200"),
        ([1, 2, 3], [[1, 0]] * 3, None, "r must give class 0 some of the objects, and not all; got 1"),
        ([1, 2, 3], [[0.5, 0.5]] * 3, THREE, "before must have 2 components, as r has; got 3"),
    ],
)
def test_q_curves_refuse_what_has_no_top(y, r, before, words):
    with pytest.raises(ValueError, match=words):
        q_curves(y, r, before=before)


def test_an_old_mean_that_is_the_new_one_costs_nothing():
    r = e_step(Y, THREE)
    assert q_curves(Y, r, before=m_step(Y, r)).sentence.endswith("Q is 0.000 lower.")
