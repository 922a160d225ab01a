"""Lesson 02's drawing: a mixture stacked from its classes, the part that no rule gets right, its explorer."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from scipy.stats import norm
from test_figures import assert_labels_are_clear
from test_live import FRAME_LIMIT, on_page, path_points

from gmm_lesson import Mixture
from gmm_lesson.explorers import objects_explorer
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import MovingPicture, OverlapPicture, overlap
from gmm_lesson.study import original
from gmm_lesson.study.compare import best_error_rate

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
TWO = Mixture([0.5, 0.5], [0, 2], [1, 1])
WIDE = Mixture([0.5, 0.5], [0, 2], [4, 4])
FOUR = Mixture([0.1, 0.2, 0.3, 0.4], [0, 4, 8, 12], [1, 4, 1, 9])
INSIDE = Mixture([0.7, 0.3], [0, 0], [9, 0.25])
RARE = Mixture([0.95, 0.05], [0, 1], [1, 1])
ONE = Mixture([1], [3], [4])
ALIKE = Mixture([0.5, 0.5], [1, 1], [2, 2])
SETTINGS = [TWO, WIDE, FOUR, INSIDE, RARE, ONE, ALIKE]
GAPS, SPREADS = (0.0, 20.0, 40.0), (0.25, 2.0, 10.0)


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = objects_explorer()
    yield one
    one.close()


def edge(area):
    """The upper edge of an area that reaches down to the axis: x and height."""
    (outline,) = area.get_paths()
    x, height = outline.vertices[:-1].T  # the last point closes it
    assert (x[0], x[-1]) == (x[1], x[-2])
    assert (height[0], height[-1]) == (0, 0)
    return x[1:-1], height[1:-1]


def parts_of(mixture, x):
    return mixture.weights * norm.pdf(np.asarray(x)[:, None], mixture.means, mixture.sds)


def assert_shows(picture, mixture, y):
    """Areas, labels, objects and sentence are what mixture and objects imply."""
    for k, area in enumerate(picture.areas):
        x, height = edge(area)
        np.testing.assert_allclose(height, parts_of(mixture, x)[:, : k + 1].sum(axis=1), atol=1e-12)
        assert (np.diff(x) >= 0).all()
    x, total = picture.total.get_data()
    np.testing.assert_allclose(total, mixture.density(x), rtol=1e-12)
    x, dark = edge(picture.dark)
    parts = parts_of(mixture, x)
    np.testing.assert_allclose(dark, parts.sum(axis=1) - parts.max(axis=1), atol=1e-12)
    error, (low, high) = best_error_rate(mixture), picture.axes.get_xlim()
    if (mixture.means - 5 * mixture.sds >= low).all() and (mixture.means + 5 * mixture.sds <= high).all():
        assert np.trapezoid(dark, x) == pytest.approx(error, abs=1e-3)
    said = "; ".join(
        f"{name}: weight {w:.2f}, mean {m:.2f}, sd {s:.2f}"
        for name, w, m, s in zip(picture.names, mixture.weights, mixture.means, mixture.sds, strict=True)
    )
    sentence = f"A mixture of {len(picture.names)} classes. {said[0].upper()}{said[1:]}. Best possible error"
    sentence += f" rate {error:.3f}, the dark area."
    if len(y):
        wrong = parts_of(mixture, y).argmax(axis=1) != picture.z
        sentence += f" Of these {len(y)} objects the best rule misplaces {wrong.sum()} ({wrong.mean():.1%})."
        colours = np.array([to_rgb(COLOURS[k]) for k in range(len(picture.names))])
        for dots, chosen in [(picture.dots, ~wrong), (picture.misplaced, wrong), (picture.rims, wrong)]:
            np.testing.assert_array_equal(dots.get_offsets()[:, 0], y[chosen])
            paths = [id(path) for path in dots.get_paths()]
            assert paths == [id(picture._marker_paths[k]) for k in picture.z[chosen]]
            wanted = np.zeros((1, 3)) if dots is picture.rims else colours[picture.z[chosen]]
            np.testing.assert_allclose(dots.get_facecolor()[:, :3], wanted, atol=1e-9)
    if total.max() > picture.axes.get_ylim()[1]:
        sentence += f" The density reaches {total.max():.2f}, above the picture."
    for name, mean in zip(picture.names, mixture.means, strict=True):
        if not low <= mean <= high:
            sentence += f" The mean of {name} is outside the picture."
    if outside := int(((y < low) | (y > high)).sum()):
        sentence += f" Objects outside the picture: {outside}."
    assert picture.sentence == sentence
    assert picture.title.get_text() == f"Dark: the best possible error rate, {error:.3f}"
    assert_labels_are_clear(picture)


# ------------------------------------------------------------------ the picture


@pytest.mark.parametrize("mixture", SETTINGS)
def test_the_picture_shows_its_numbers(mixture):
    y, z = mixture.sample(200, 3)
    picture = overlap(mixture, y, z, label="mass (kg)")
    assert isinstance(picture, OverlapPicture)
    assert isinstance(picture, MovingPicture)
    assert_shows(picture, mixture, y)
    assert picture.figure.axes[1].get_xlabel() == "mass (kg)"
    assert_shows(overlap(mixture), mixture, np.empty(0))


@pytest.mark.parametrize("mixture", SETTINGS)
def test_the_dark_area_is_the_best_possible_error_rate(mixture):
    picture = OverlapPicture(mixture)
    x, dark = edge(picture.dark)
    assert np.trapezoid(dark, x) == pytest.approx(best_error_rate(mixture), abs=1e-3)
    x, height = edge(picture.areas[-1])
    assert np.trapezoid(height, x) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "mixture",
    [
        *SETTINGS[:5],
        *[original.draw_truth(9, gap=gap, spread=spread) for gap in GAPS for spread in SPREADS],
        *[original.draw_truth(truth) for truth in (1, 4, 12, 20)],
    ],
)
def test_the_best_error_rate_is_what_200_000_objects_suffer(mixture):
    rng, n = np.random.default_rng(11), 200_000
    z = np.minimum(np.searchsorted(np.cumsum(mixture.weights), rng.random(n)), mixture.n_components - 1)
    y = mixture.means[z] + mixture.sds[z] * rng.standard_normal(n)
    log_parts = np.log(mixture.weights) + norm.logpdf(y[:, None], mixture.means, mixture.sds)
    rate, error = np.mean(log_parts.argmax(axis=1) != z), best_error_rate(mixture)
    assert abs(rate - error) <= 5 * np.sqrt(error * (1 - error) / n) + 1e-12


def test_the_predictions_of_the_lesson():
    assert "Best possible error rate 0.159, the dark area." in overlap(TWO).sentence
    assert "Best possible error rate 0.309, the dark area." in overlap(WIDE).sentence
    assert best_error_rate(TWO) == pytest.approx(norm.cdf(-1), abs=1e-12)
    assert best_error_rate(WIDE) == pytest.approx(norm.cdf(-0.5), abs=1e-12)


def test_the_dark_area_has_its_corner_where_the_classes_cross():
    x, dark = edge(OverlapPicture(TWO).dark)
    assert x[dark.argmax()] == pytest.approx(1, abs=1e-9)
    assert dark.max() == pytest.approx(0.5 * norm.pdf(1), rel=1e-9)
    skew = Mixture([0.8, 0.2], [0, 2], [1, 1])  # log(.8 / .2) = 2 y - 2
    x, dark = edge(OverlapPicture(skew).dark)
    assert np.abs(x - (1 + np.log(4) / 2)).min() < 1e-9


def test_the_classes_lie_in_their_order_and_colours():
    picture = OverlapPicture(FOUR)
    layers = [area.get_zorder() for area in picture.areas]
    assert layers == sorted(layers, reverse=True), "the sum of all lies behind"
    assert picture.dark.get_zorder() > max(layers)
    for k, area in enumerate(picture.areas):
        pale = 0.5 + 0.5 * np.array(to_rgb(COLOURS[k]))
        np.testing.assert_allclose(area.get_facecolor()[0], [*pale, 1])
        assert picture.labels[k].get_color().lower() == COLOURS[k]
        assert picture.labels[k].get_text() == f"class {k + 1}"


def test_rims_lie_under_the_objects_they_ring_and_over_the_rest():
    picture = OverlapPicture(TWO, *TWO.sample(50, 0))
    assert picture.dots.get_zorder() < picture.rims.get_zorder() < picture.misplaced.get_zorder()
    assert picture.rims.get_sizes()[0] > picture.misplaced.get_sizes()[0] == picture.dots.get_sizes()[0]


def test_an_update_is_the_same_picture_as_a_new_one():
    y, z = FOUR.sample(100, 0)
    moved = OverlapPicture(FOUR, y, z, span=(-5, 20), top=0.3)
    other = Mixture([0.25] * 4, [1, 2, 9, 25], [1, 9, 4, 1])
    moved.update(other, y + 1)
    new = OverlapPicture(other, y + 1, z, span=(-5, 20), top=0.3)
    assert_shows(moved, other, y + 1)
    assert "The mean of class 4 is outside the picture." in new.sentence
    assert moved.sentence == new.sentence
    assert moved.png() == new.png()


def test_objects_stay_where_they_were_if_left_out():
    y, z = TWO.sample(50, 0)
    picture = OverlapPicture(TWO, y, z)
    picture.update(WIDE)
    assert_shows(picture, WIDE, y)


@pytest.mark.parametrize("mixture", [TWO, FOUR])
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((ONE,), ValueError, "mixture must have . components; got 1"),
        ((None,), TypeError, "mixture must be a Mixture"),
        (("same", [1.0, 2.0]), ValueError, "y must have 50 objects; got 2"),
        (("same", [np.nan] * 50), ValueError, "y must be finite"),
        (("same", "abc"), TypeError, "y must be a list or array"),
    ],
)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(mixture, arguments, error, words):
    picture = OverlapPicture(mixture, *mixture.sample(50, 0))
    before = picture.sentence, picture.png()
    arguments = [mixture if argument == "same" else argument for argument in arguments]
    with pytest.raises(error, match=words):
        picture.update(*arguments)
    assert (picture.sentence, picture.png()) == before


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((None,), {}, TypeError, "mixture must be a Mixture"),
        ((TWO, [1.0, 2.0]), {}, ValueError, "y and z must be given together"),
        ((TWO, None, [0, 1]), {}, ValueError, "y and z must be given together"),
        ((TWO, [1.0, 2.0], [0, 2]), {}, ValueError, r"z must hold labels 0\.\.1"),
        ((TWO, [1.0, 2.0], [0]), {}, ValueError, "z must have one label for each of the 2 objects"),
        ((TWO, ["a"], [0]), {}, TypeError, "y must be a list or array"),
        ((TWO,), {"names": "ABC"}, ValueError, "names must have one entry for each of the 2 classes"),
    ],
)
def test_a_picture_that_cannot_be(arguments, options, error, words):
    with pytest.raises(error, match=words):
        OverlapPicture(*arguments, **options)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("names", [None, "ABCD"])
def test_labels_are_clear_wherever_the_classes_are(k, names):
    rng = np.random.default_rng(k)
    first = Mixture(np.full(k, 1 / k), np.arange(k), np.ones(k))
    picture = OverlapPicture(first, names=names and names[:k], size=(8, 3.2), span=(-15, 130), top=0.105)
    for draw in range(40):
        weights = rng.dirichlet(np.full(k, 0.5)) + 1e-3
        means = rng.choice([-15, 0, 0.5, 3, 130, 150], k) if draw % 2 else rng.uniform(-15, 130, k)
        sds = rng.choice([0.05, 0.5, 5, 40], k) if draw % 3 else np.ones(k)
        picture.update(Mixture(weights / weights.sum(), means, sds**2))
        assert_labels_are_clear(picture)


@pytest.mark.parametrize("size", [(8, 4), (8, 3.2)])
@pytest.mark.parametrize("top", [0.001, 0.03, 0.1, 0.105, 0.25, 0.31, 1, 30])
def test_nothing_is_cut_off_at_the_edge_of_the_page(top, size):
    for objects in [(), FOUR.sample(50, 0)]:
        page = OverlapPicture(FOUR, *objects, size=size, top=top).figure.get_tightbbox()
        assert page.x0 >= 0
        assert page.y0 >= 0
        assert page.x1 <= size[0]
        assert page.y1 <= size[1]


# ------------------------------------------------------------------ the truth of 2021


def test_gap_and_spread_scale_the_same_draws():
    default, plain = original.draw_truth(5), original.draw_truth(5, gap=1, spread=1)
    np.testing.assert_allclose(default.means, 20 * plain.means)
    np.testing.assert_allclose(default.sds, 2 * plain.sds)
    assert original.draw_truth(5, gap=20.0, spread=2.0) == default
    rng = np.random.default_rng(5)
    np.testing.assert_array_equal(default.means, rng.random(4) * 20 * np.arange(1, 5))
    np.testing.assert_allclose(default.sds, rng.random(4) * 2 * np.arange(1, 5), rtol=1e-14)
    assert (original.draw_truth(5, gap=0).means == 0).all()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"gap": -1}, ValueError, "gap must be a finite number, at least 0"),
        ({"gap": np.nan}, ValueError, "gap must be a finite number"),
        ({"gap": "20"}, TypeError, "gap must be a number"),
        ({"spread": 0}, ValueError, "spread must be above 0; got 0"),
        ({"spread": -2}, ValueError, "spread must be a finite number"),
        ({"spread": np.inf}, ValueError, "spread must be a finite number"),
        ({"spread": True}, TypeError, "spread must be a number"),
    ],
)
def test_a_truth_that_cannot_be(options, error, words):
    with pytest.raises(error, match=words):
        original.draw_truth(0, **options)


# ------------------------------------------------------------------ the explorer


def implied(explorer):
    """Mixture and objects, from the sliders and numpy alone."""
    gap, spread, truth = (explorer.sliders[name].value for name in ("gap", "spread", "truth"))
    rng, i = np.random.default_rng(int(truth)), np.arange(1, 5)
    means, sds = rng.random(4) * gap * i, rng.random(4) * spread * i
    rng = np.random.default_rng(20)
    z, noise = rng.integers(4, size=200), rng.standard_normal(200)
    return Mixture([0.25] * 4, means, sds**2), means[z] + sds[z] * noise


def assert_shows_its_sliders(explorer):
    mixture, y = implied(explorer)
    np.testing.assert_allclose(explorer.picture.mixture.means, mixture.means, rtol=1e-14)
    np.testing.assert_allclose(explorer.picture.mixture.variances, mixture.variances, rtol=1e-14)
    np.testing.assert_allclose(explorer.picture.y, y, rtol=1e-12)
    assert_shows(explorer.picture, explorer.picture.mixture, explorer.picture.y)
    assert explorer.sentence == explorer.picture.sentence
    assert "cannot" not in explorer.readout.value
    assert len(explorer.svg.encode()) + len(explorer.readout.value.encode()) <= FRAME_LIMIT
    assert_svg_is_the_artists(explorer)


def assert_svg_is_the_artists(explorer):
    root, picture = ET.fromstring(explorer.svg), explorer.picture
    assert root.get("aria-label") == explorer.sentence
    fills = [path for path in root.iter("path") if path.get("d").endswith("z") and path.get("d")[0] == "M"]
    colours = [
        "#{:02x}{:02x}{:02x}".format(*np.rint(255 * area.get_facecolor()[0, :3]).astype(int))
        for area in picture.areas
    ]
    assert [fill.get("fill") for fill in fills] == [*reversed(colours), "#333333"], "the sum of all first"
    for fill, area in zip(fills, [*reversed(picture.areas), picture.dark], strict=True):
        expected = on_page(explorer, area.get_transform(), area.get_paths()[0].vertices)
        np.testing.assert_allclose(path_points(fill), expected, atol=1)
    texts = {text.text: text for text in root.iter("text")}
    for label in [*picture.labels, picture.title]:
        text = texts[label.get_text()]
        (place,) = on_page(explorer, label.get_transform(), [label.get_position()])
        np.testing.assert_allclose([float(text.get("x")), float(text.get("y"))], place, atol=1)
        assert 0 < float(text.get("y")) < 3.2 * 960, "on the page"
    marks = [len(group) for group in root.iter("g")]
    wrong = len(picture.misplaced.get_offsets())
    assert marks == [200 - wrong, wrong, wrong]


def test_the_explorer_starts_with_four_classes_that_overlap_somewhat(explorer):
    assert explorer.sentence == (
        "A mixture of 4 classes. A: weight 0.25, mean 17.40, sd 1.43; B: weight 0.25, mean 11.47, sd 3.66;"
        " C: weight 0.25, mean 36.19, sd 5.16; D: weight 0.25, mean 62.20, sd 7.35. Best possible error rate"
        " 0.064, the dark area. Of these 200 objects the best rule misplaces 15 (7.5%)."
    )
    assert {name: slider.value for name, slider in explorer.sliders.items()} == {
        "gap": 20,
        "spread": 2,
        "truth": 9,
    }
    density = explorer.picture.total.get_ydata()
    peaks = np.flatnonzero((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:]))
    assert len(peaks) == 4
    assert tuple(explorer.picture.figure.get_size_inches()) == (8, 3.2)


def test_every_control_at_its_ends_and_its_default(explorer):
    assert_shows_its_sliders(explorer)
    for slider in explorer.sliders.values():
        default = slider.value
        for value in (slider.min, slider.max, default):
            slider.value = value
            assert_shows_its_sliders(explorer)


def test_all_ends_together_and_every_truth(explorer):
    gap, spread, truth = (explorer.sliders[name] for name in ("gap", "spread", "truth"))
    assert (gap.min, gap.max, spread.min, spread.max, truth.min, truth.max) == (0, 40, 0.25, 10, 1, 20)
    default = explorer.sentence
    for g, s, t in itertools.product(GAPS, SPREADS, range(1, 21)):
        gap.value, spread.value, truth.value = g, s, t
        assert_shows_its_sliders(explorer)
    explorer.reset()
    assert explorer.sentence == default


def test_each_slider_changes_what_it_should_and_nothing_else(explorer):
    picture = explorer.picture
    before, z = picture.mixture, picture.z.copy()
    noise = (picture.y - before.means[z]) / before.sds[z]
    explorer.sliders["gap"].value = 10
    after = picture.mixture
    np.testing.assert_allclose(after.means, before.means / 2)
    np.testing.assert_array_equal(after.sds, before.sds)
    np.testing.assert_allclose((picture.y - after.means[z]) / after.sds[z], noise, atol=1e-9)
    explorer.sliders["spread"].value = 4
    later = picture.mixture
    np.testing.assert_array_equal(later.means, after.means)
    np.testing.assert_allclose(later.sds, 2 * after.sds)
    np.testing.assert_allclose((picture.y - later.means[z]) / later.sds[z], noise, atol=1e-9)
    explorer.sliders["truth"].value = 10
    last = picture.mixture
    np.testing.assert_allclose(last.means, original.draw_truth(10).means / 2)
    np.testing.assert_allclose(last.sds, 2 * original.draw_truth(10).sds)
    np.testing.assert_array_equal(picture.z, z)
    np.testing.assert_array_equal(last.weights, [0.25] * 4)


def test_gap_narrows_and_spread_widens_the_overlap(explorer):
    def error():
        return best_error_rate(explorer.picture.mixture)

    rates = []
    for gap in (40, 20, 10, 5, 0):
        explorer.sliders["gap"].value = gap
        rates.append(error())
    assert rates == sorted(rates)
    explorer.reset()
    rates = []
    for spread in (0.25, 1, 2, 5, 10):
        explorer.sliders["spread"].value = spread
        rates.append(error())
    assert rates == sorted(rates)
    assert rates[0] < 0.001


def test_showing_it_moves_nothing(explorer):
    before = explorer.svg
    for _ in range(2):  # matplotlib places a title that is left to it anew at every drawing
        explorer.outputs()
        explorer._paint("")
        assert explorer.svg == before


def test_what_moves_is_not_in_the_background(explorer):
    before = explorer.picture.background()
    for name, value in [("gap", 3), ("spread", 7), ("truth", 2)]:
        explorer.sliders[name].value = value
    assert explorer.picture.background() == before


def test_stored_and_live_bundles_differ_in_the_widget_alone(explorer, monkeypatch):
    live = explorer.outputs()
    monkeypatch.setenv(STORING, "1")
    stored = explorer.outputs()
    (data, metadata), (text, _) = stored
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == text["text/markdown"] == text["text/plain"] == explorer.sentence
    assert metadata["image/png"] == {"alt": explorer.sentence, "width": 768, "height": 307}
    for (one, _), (other, _) in zip(live, stored, strict=True):
        assert one.pop(WIDGET)
        assert one == other
