"""Mixtures over objects, stacked with their overlap (lesson 02), and made from blurred labels (lesson 04)."""

import numpy as np
import pytest
from drawings import FOUR, LECTURE, PALETTE, WIDE, Y, Z
from matplotlib.colors import to_rgb
from oracles import joint_of, outside_of, parameters_of, peaks_of, score_of, shares_of
from places import assert_labels_are_clear, close, same
from problems import assert_same_mixture
from scipy.stats import norm

from gmm_lesson import Mixture, e_step, figures, m_step
from gmm_lesson.explorers.lessons import THREE
from gmm_lesson.figures import MixturePicture, OverlapPicture, q_curves
from gmm_lesson.figures.marks import marker_path
from gmm_lesson.study.compare import best_error_rate

TWO = Mixture([0.5, 0.5], [0, 2], [1, 1])
BROAD = Mixture([0.5, 0.5], [0, 2], [4, 4])
INSIDE = Mixture([0.7, 0.3], [0, 0], [9, 0.25])
ALIKE = Mixture([0.5, 0.5], [1, 1], [2, 2])
OUTSIDE = Mixture([0.25] * 4, [1, 2, 9, 25], [1, 9, 4, 1])
SETTINGS = [TWO, BROAD, FOUR, INSIDE, Mixture([0.95, 0.05], [0, 1], [1, 1]), Mixture([1], [3], [4]), ALIKE]


def assert_mixture_shows(picture, r=None):
    """Curves, total, objects, probe and sentence are what the mixture, the objects and the probe imply."""
    m, y, names = picture.mixture, picture.y, picture.names
    for k, curve in enumerate(picture.curves):
        x, height = curve.get_data()
        close(height, joint_of(m, x)[:, k], atol=1e-12)
        assert curve.get_linestyle() == ["-", "--", "-.", ":"][k % 4]
        assert picture.labels.texts[k].get_text() == names[k]
    x, total = picture.total.get_data()
    close(total, joint_of(m, x).sum(axis=1), atol=1e-12)
    shown = shares_of(m, y) if r is None else r
    close(picture.dots.get_facecolor()[:, :3], shown @ PALETTE[: len(names)], atol=1e-9)
    same(picture.dots.get_offsets()[:, 0], y)
    assert_labels_are_clear(picture)
    if r is not None:
        return
    assert picture.dots.get_paths() == [marker_path(k) for k in shown.argmax(axis=1)]
    assert parameters_of(names, m) in picture.sentence
    assert f"log-likelihood {score_of(m, y):.3f}." in picture.sentence
    assert f"It places {(shown.max(axis=1) > 0.99).sum()} objects" in picture.sentence
    if picture.probe is not None:
        owners = zip(names, shares_of(m, [picture.probe])[0], strict=True)
        said = ", ".join(f"{name} {share:.3f}" for name, share in owners)
        assert f" Who owns y = {picture.probe:.2f}? {said}." in picture.sentence
        assert [list(line.get_xdata()) for line in picture.probe_lines] == [[picture.probe] * 2] * 2
    assert picture.sentence.endswith(peaks_of(picture, m))


def edge(area):
    """The upper edge of an area that reaches down to the axis: x and height."""
    (outline,) = area.get_paths()
    x, height = outline.vertices[:-1].T  # the last point closes it
    assert (x[0], x[-1], height[0], height[-1]) == (x[1], x[-2], 0, 0)
    return x[1:-1], height[1:-1]


def assert_dots_show(dots, y, z, wrong):
    """Objects have the colour and the marker of a class; those that are misplaced have a black rim below."""
    for scatter, chosen in zip(dots, (~wrong, wrong, wrong), strict=True):
        same(np.asarray(scatter.get_offsets())[:, 0], y[chosen])
        assert scatter.get_paths() == [marker_path(k) for k in z[chosen]]
        wanted = np.zeros((1, 3)) if scatter is dots.rims else PALETTE[z[chosen]]
        close(scatter.get_facecolor()[:, :3], wanted, atol=1e-9)
    assert dots.placed.get_zorder() < dots.rims.get_zorder() < dots.misplaced.get_zorder()
    assert dots.rims.get_sizes()[0] > dots.misplaced.get_sizes()[0] >= dots.placed.get_sizes()[0]


def assert_overlap_shows(picture):
    """Areas, dark area, objects and sentence are what the mixture and the objects imply."""
    m, y = picture.mixture, picture.y
    for k, area in enumerate(picture.areas):
        x, height = edge(area)
        close(height, joint_of(m, x)[:, : k + 1].sum(axis=1), atol=1e-12)
        close(area.get_facecolor()[0], [*(0.5 + 0.5 * PALETTE[k]), 1])
        assert (np.diff(x) >= 0).all()
    layers = [area.get_zorder() for area in picture.areas]
    assert layers == sorted(layers, reverse=True), "the sum of all lies behind"
    assert picture.dark.get_zorder() > max(layers)
    x, total = picture.total.get_data()
    close(total, joint_of(m, x).sum(axis=1), atol=1e-12)
    x, dark = edge(picture.dark)
    parts = joint_of(m, x)
    close(dark, parts.sum(axis=1) - parts.max(axis=1), atol=1e-12)
    error, (low, high) = best_error_rate(m), picture.axes.get_xlim()
    if (m.means - 5 * m.sds >= low).all() and (m.means + 5 * m.sds <= high).all():
        assert np.trapezoid(dark, x) == pytest.approx(error, abs=1e-3)
    wrong = joint_of(m, y).argmax(axis=1) != picture.z
    assert_dots_show(picture.dots, y, picture.z, wrong)
    assert f"the best rule misplaces {wrong.sum()} ({wrong.mean():.1%})." in picture.sentence
    if total.max() > picture.axes.get_ylim()[1]:
        assert f" The density reaches {total.max():.2f}, above the picture." in picture.sentence
    for name, mean in zip(picture.names, m.means, strict=True):
        outside = f" The mean of {name} is outside the picture."
        assert (outside in picture.sentence) == (not low <= mean <= high)
    assert picture.sentence.endswith(outside_of(picture))
    assert picture.title.get_text() == f"Dark: the best possible error rate, {error:.3f}"
    assert_labels_are_clear(picture)


@pytest.mark.parametrize(("k", "names"), [(1, None), (2, "ABCD"), (3, None), (4, None), (4, "ABCD")])
def test_labels_are_clear_wherever_the_classes_are(k, names):
    rng = np.random.default_rng(k)
    first = Mixture(np.full(k, 1 / k), np.arange(k), np.ones(k))
    scale = {"names": names and names[:k], "size": (8, 3.2), "span": (-5, 20), "top": 0.4}
    over, stacked = MixturePicture(Y, first, **scale), OverlapPicture(first, Y, 0 * Z, **scale)
    for draw in range(60):
        weights = rng.dirichlet(np.full(k, 0.5)) + 1e-3
        means = rng.choice([-5, 0, 0.5, 3, 20, 25], k) if draw % 2 else rng.uniform(-5, 20, k)
        sds = rng.choice([0.05, 0.5, 5, 40], k) if draw % 3 else np.ones(k)
        for picture in (over, stacked):
            picture.update(Mixture(weights / weights.sum(), means, sds**2))
            assert_labels_are_clear(picture)


def test_labels_stand_above_the_curves_where_there_is_room():
    picture = MixturePicture(Y, FOUR)
    to_data = picture.axes.transData.inverted()
    for label in picture.labels.texts:
        box = label.get_window_extent().transformed(to_data)
        x, total = picture.total.get_data()
        baseline = label.get_transform().transform(label.get_position())
        assert total[(x > box.x0) & (x < box.x1)].max() < to_data.transform(baseline)[1]


def test_objects_are_counted_in_bins():
    picture = figures.objects([0.0, 1.0, 9.0, 9.5, 10.0], label="mass (kg)")
    top, strip = picture.figure.axes
    (bars,) = (patch.get_data() for patch in top.patches)
    same(bars.values, [1, 1, 0, 0, 0, 0, 0, 0, 0, 3])
    close(bars.edges, np.arange(11))
    same(strip.collections[0].get_offsets()[:, 0], [0, 1, 9, 9.5, 10])
    assert strip.get_xlabel() == "mass (kg)"
    assert picture.sentence == (
        "A histogram of 5 objects between 0.0 and 10.0. The tallest bin, from 9.0 to 10.0, holds 3 of them."
    )
    assert len(figures.objects(LECTURE).figure.axes[0].patches[0].get_data().values) == 40


@pytest.mark.parametrize("mixture", SETTINGS)
def test_an_overlap_shows_its_numbers(mixture):
    y, z = mixture.sample(200, 3)
    picture = figures.overlap(mixture, y, z)
    assert_overlap_shows(picture)
    assert picture.figure.axes[1].get_xlabel() == "value y"
    x, height = edge(picture.areas[-1])
    assert np.trapezoid(height, x) == pytest.approx(1, abs=1e-3)
    outside = OverlapPicture(OUTSIDE, Y, 0 * Z, span=(-5, 20), top=0.1)
    assert "The mean of class 4 is outside the picture." in outside.sentence
    assert_overlap_shows(outside)


def test_the_dark_area_has_its_corner_where_the_classes_cross():
    for weight in (0.5, 0.2):  # where log((1 - w) / w) = 2 y - 2
        mixture, cross = Mixture([1 - weight, weight], [0, 2], [1, 1]), 1 + np.log((1 - weight) / weight) / 2
        x, dark = edge(OverlapPicture(mixture, [0, 2], [0, 1]).dark)
        assert x[dark.argmax()] == pytest.approx(cross, abs=1e-9)
        assert dark.max() == pytest.approx(weight * norm.pdf(cross - 2), rel=1e-9)


def blurred_parameters(y, z, k, blur):
    """Shares and a mixture from blurred labels, an object at a time."""
    r = np.array([[1 - blur + blur / k if j == c else blur / k for j in range(k)] for c in z])
    means = [np.average(y, weights=column) for column in r.T]
    variances = [np.average((y - mean) ** 2, weights=column) for mean, column in zip(means, r.T, strict=True)]
    return r, Mixture(r.mean(axis=0), means, variances)


def assert_blur_shows(picture):
    k, blur = len(picture.names), picture.blur
    r, mixture = blurred_parameters(picture.y, picture.z, k, blur)
    assert_same_mixture(picture.mixture, mixture, rtol=1e-9, atol=1e-12)
    assert_mixture_shows(picture, r)
    assert picture.dots.get_paths() == [marker_path(c) for c in picture.z], "the true classes, to the end"
    said = f"counts as {1 - blur + blur / k:.3f} of its own class and as {blur / k:.3f} of each"
    assert said in picture.sentence
    assert parameters_of(picture.names, mixture, r) in picture.sentence


@pytest.mark.parametrize(("k", "rare"), [(0, 0), (1, 0), (2, 0), (1, 0.995)])
def test_q_against_one_parameter_is_q_and_has_its_top_at_the_formula(k, rare):
    y, _ = THREE.sample(200, 5)
    r = (1 - rare) * e_step(y, WIDE) + rare * np.array([1, 0, 0])
    best = m_step(y, r)
    picture = q_curves(y, r, k)
    parts = "weights", "means", "variances"

    def q(part, value):
        changed = {name: getattr(best, name).copy() for name in parts}
        if part == "weights":
            changed[part] *= (1 - value) / (1 - best.weights[k])
        changed[part][k] = value
        return (r * np.log(joint_of(Mixture(**changed), y))).sum()

    for axes, part in zip(picture.figure.axes, parts, strict=True):
        value, (curve, dot) = getattr(best, part)[k], axes.lines
        x, height = curve.get_data()
        close(height, [q(part, v) - q(part, value) for v in x], atol=1e-8)
        assert (np.diff(height[x < value]) > 0).all()
        assert (np.diff(height[x > value]) < 0).all()
        assert dot.get_xydata().tolist() == [[value, 0]]
        assert x[0] < value < x[-1]
        assert value in x
        close(to_rgb(curve.get_color()), PALETTE[k])
    weight, mean, variance = (getattr(best, part)[k] for part in parts)
    assert f"of class {k + 1} at a time" in picture.sentence
    assert f" weight {weight:.3f}, mean {mean:.3f} and variance {variance:.3f}:" in picture.sentence


def test_the_dots_of_the_outermost_objects_are_whole():
    picture = figures.mixture([-20.0, 0.0, 20.0], Mixture([1], [0], [1]))
    centres = picture.strip.transData.transform(picture.dots.get_offsets())[:, 0]
    radius = np.sqrt(picture.dots.get_sizes().max()) / 2 * picture.figure.dpi / 72
    assert picture.strip.bbox.x0 <= centres.min() - radius
    assert picture.strip.bbox.x1 >= centres.max() + radius
