"""Lesson 01's drawings: counts that vary, the binomial beside them, and the explorer that moves both."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from scipy.stats import binom
from test_live import FRAME_LIMIT, on_page, path_points

from gmm_lesson.explorers import classes_explorer
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import CountsPicture, MovingPicture, Picture, counts
from gmm_lesson.figures.classes import binomial

WEIGHTS = [0.3, 0.25, 0.25, 0.2]
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
ALL_ENDS = ["min", "max"]


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = classes_explorer()
    yield one
    one.close()


def assert_nothing_is_cut(picture: Picture) -> None:
    """All that is drawn lies on the page; texts of the axes inside them."""
    picture.figure.draw_without_rendering()
    page, size = picture.figure.get_tightbbox(), picture.figure.get_size_inches()
    assert page.x0 >= -0.01
    assert page.y0 >= -0.01
    assert page.x1 <= size[0] + 0.01
    assert page.y1 <= size[1] + 0.01
    (axes,) = picture.figure.axes
    frame = axes.get_window_extent()
    for text in axes.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0, text.get_text()
        assert box.x1 <= frame.x1, text.get_text()
        assert frame.y0 <= box.y0, text.get_text()
        assert box.y1 <= frame.y1, text.get_text()


# ------------------------------------------------------------------ many draws of one count

DRAWN = np.random.default_rng(0).binomial(200, 0.3, 1000)


@pytest.mark.parametrize("n", [1, 2, 10, 200, 1000])
@pytest.mark.parametrize("weight", [0.001, 0.3, 0.5, 0.999])
def test_the_binomial_is_scipys(n, weight):
    chances = binomial(n, weight)
    np.testing.assert_allclose(chances, binom.pmf(np.arange(n + 1), n, weight), rtol=1e-9, atol=1e-15)
    assert chances.sum() == pytest.approx(1, abs=1e-10)


def test_a_dot_a_draw_stacked_on_its_count():
    (axes,) = counts(DRAWN, 200, 0.3).figure.axes
    (dots,) = axes.collections
    places = np.asarray(dots.get_offsets())
    assert len(places) == 1000
    for value, times in zip(*np.unique(DRAWN, return_counts=True), strict=True):
        np.testing.assert_array_equal(np.sort(places[places[:, 0] == value, 1]), np.arange(times) + 0.5)
    diameter = np.sqrt(dots.get_sizes()[0])
    apart = np.diff(axes.transData.transform([(0, 0), (1, 1)]), axis=0)[0] * 72 / axes.figure.dpi
    assert 2 < diameter <= apart.min(), "as large as they can be without lying on each other"


def test_the_curve_is_what_the_binomial_expects_and_the_band_one_sd():
    (axes,) = counts(DRAWN, 200, 0.3).figure.axes
    mean, curve = axes.lines
    assert list(mean.get_xdata()) == [60, 60]
    k, height = curve.get_data()
    np.testing.assert_allclose(height, 1000 * binom.pmf(k, 200, 0.3), atol=1e-9)
    low, high = axes.get_xlim()
    np.testing.assert_array_equal(k, np.arange(np.ceil(low), np.floor(high) + 1))
    (band,) = axes.patches
    sd = np.sqrt(200 * 0.3 * 0.7)
    assert (band.get_x(), band.get_width()) == (pytest.approx(60 - sd), pytest.approx(2 * sd))
    assert [text.get_text() for text in axes.texts] == ["expected 60 ± 6.48", "line: the binomial"]


def test_the_sentence_of_the_counts():
    inside = np.mean((DRAWN >= 54) & (DRAWN <= 66))
    exactly = int((DRAWN == 60).sum())
    assert counts(DRAWN, 200, 0.3).sentence == (
        f"1,000 draws of the count of class 1 among 200 objects: mean {DRAWN.mean():.1f}, sd"
        f" {DRAWN.std():.1f}; expected 60 ± 6.48. {inside:.1%} of the draws lie in the band from 53.5 to"
        " 66.5; the binomial says 68.4%."
        f" Exactly 60: {exactly} draws ({exactly / 1000:.1%}); the binomial says 6.1%."
    )
    picture = counts([2, 3], 10, 0.25, name="the rare class")
    assert picture.sentence.startswith(
        "2 draws of the count of the rare class among 10 objects: mean 2.5, sd"
    )
    assert "expected 2.5 ± 1.37. 100.0% of the draws" in picture.sentence


def test_an_end_of_the_band_belongs_to_it():
    # 100 objects, weights .2 and .8: sd 4, so 16 and 24 (76 and 84) are ends, whatever floats make of them.
    for weight, ends in [(0.2, [16, 24]), (0.8, [76, 84])]:
        picture = counts(ends, 100, weight)
        assert "100.0% of the draws lie" in picture.sentence
        inside = binom.cdf(ends[1], 100, weight) - binom.cdf(ends[0] - 1, 100, weight)
        assert f"the binomial says {inside:.1%}. Exactly" in picture.sentence
        outside = counts([ends[0] - 1, ends[1] + 1], 100, weight)
        assert " 0.0% of the draws lie" in outside.sentence


def test_stacks_that_are_too_high_are_steps():
    many = np.random.default_rng(1).binomial(200, 0.3, 5000)
    (axes,) = counts(many, 200, 0.3).figure.axes
    assert not axes.collections
    steps = axes.patches[1].get_data()
    np.testing.assert_array_equal(steps.values, np.bincount(many, minlength=201))
    np.testing.assert_array_equal(steps.edges, np.arange(202) - 0.5)


@pytest.mark.parametrize(
    ("n", "weight"), [(200, 0.3), (1, 0.5), (10, 0.9), (10, 0.02), (1000, 0.5), (200, 0.99), (200, 0.01)]
)
def test_the_counts_are_inside_the_page(n, weight):
    picture = counts(np.random.default_rng(1).binomial(n, weight, 1000), n, weight)
    assert_nothing_is_cut(picture)
    (axes,) = picture.figure.axes
    low, high = axes.get_xlim()
    assert low < n * weight < high


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([1, 2.5], 10, 0.5), ValueError, r"counts must be whole numbers from 0 to n = 10; got 1\.\.2\.5"),
        (([-1], 10, 0.5), ValueError, "counts must be whole numbers from 0 to n = 10"),
        (([11], 10, 0.5), ValueError, "counts must be whole numbers from 0 to n = 10"),
        (([], 10, 0.5), ValueError, "counts must not be empty"),
        ((["a"], 10, 0.5), TypeError, "counts must be a list or array of numbers"),
        (([1], 0, 0.5), ValueError, "n must be at least 1"),
        (([1], 10.0, 0.5), TypeError, "n must be a whole number"),
        (([1], 10, 0), ValueError, "weight must lie between 0 and 1; got 0"),
        (([1], 10, 1), ValueError, "weight must lie between 0 and 1; got 1"),
        (([1], 10, np.nan), ValueError, "weight must be a finite number"),
        (([1], 10, "a"), TypeError, "weight must be a number"),
    ],
)
def test_counts_that_cannot_be(arguments, error, words):
    with pytest.raises(error, match=words):
        counts(*arguments)


# ------------------------------------------------------------------ the picture that moves


def expected_counts(weights, n, seed=0):
    """Each object's class by its own uniform number, one object at a time."""
    edges = np.cumsum(weights)
    edges[-1] = 1
    u = np.random.default_rng(seed).random((21, 1000))[:, :n]
    z = np.searchsorted(edges, u, side="right")
    return np.array([np.bincount(row, minlength=len(weights)) for row in z])


def assert_shows(picture, weights, n, draw):
    """Every artist and the sentence are what weights, n and draw imply."""
    weights = np.asarray(weights, float)
    all_counts = expected_counts(weights, n)
    mine, others = all_counts[draw - 1], np.delete(all_counts, draw - 1, axis=0)
    assert mine.sum() == n
    parts = []
    for k, (name, weight) in enumerate(zip(picture.names, weights, strict=True)):
        foot = len(weights) - 1 - k
        sd = np.sqrt(weight * (1 - weight) / n)
        # the binomial: a step a count, the highest as high as the row
        x, height = picture.curves[k].get_data()
        pmf = binom.pmf(np.arange(n + 1), n, weight)
        middles, tops = (x[1:-2:2] + x[2:-1:2]) / 2, height[1:-2:2]
        drawn = np.rint(middles * n).astype(int)
        np.testing.assert_allclose(middles * n, drawn, atol=1e-6)
        np.testing.assert_allclose((tops - foot - 0.36) / 0.59, pmf[drawn] / pmf.max(), atol=1e-9)
        assert pmf[drawn].sum() > 0.999
        # the band: from one sd below to one above, under the curve
        (outline,) = picture.bands[k].get_paths()
        left, right = outline.vertices[:, 0].min(), outline.vertices[:, 0].max()
        assert left == pytest.approx(max(weight - sd, -0.5 / n), abs=1e-9)
        assert right == pytest.approx(min(weight + sd, 1 + 0.5 / n), abs=1e-9)
        assert outline.vertices[:, 1].min() == pytest.approx(foot + 0.36)
        assert outline.vertices[:, 1].max() == pytest.approx(foot + 0.95)
        # the draw, and the others
        for mark in (picture.rims[k], picture.marks[k]):
            np.testing.assert_allclose(mark.get_offsets(), [(mine[k] / n, foot + 0.18)])
        dots = np.asarray(picture.others[k].get_offsets())
        np.testing.assert_allclose(dots[:, 0], others[:, k] / n)
        assert (dots[:, 1] > foot).all()
        assert (dots[:, 1] < foot + 0.36).all()
        assert picture.labels[k].get_text() == f"{mine[k]} of {n}"
        parts.append(f"{name} (weight {weight:.3f}): {mine[k]}, expected {n * weight:.4g} ± {n * sd:.2f}")
    said = "; ".join(parts)
    inside = (np.abs(others / n - weights) <= np.sqrt(weights * (1 - weights) / n) + 1e-12).sum(axis=0)
    within = ", ".join(f"{name} {count}" for name, count in zip(picture.names, inside, strict=True))
    assert picture.sentence == (
        f"{n} objects in {len(weights)} classes, draw {draw}. {said[0].upper()}{said[1:]}. The counts sum to"
        f" {n}. In the band, of 20 other draws: {within}."
    )
    assert_labels_are_clear(picture)


def assert_labels_are_clear(picture):
    """The counts stand inside the axes, each in its own row, and no curve runs through one."""
    frame = picture.axes.get_window_extent()
    to_data = picture.axes.transData.inverted()
    for k, label in enumerate(picture.labels):
        box = label.get_window_extent()
        assert frame.x0 <= box.x0, picture.sentence
        assert box.x1 <= frame.x1, picture.sentence
        box = box.transformed(to_data)
        foot = len(picture.labels) - 1 - k
        assert foot + 0.36 < box.y0, picture.sentence
        assert box.y1 < foot + 1.05
        x, height = picture.curves[k].get_data()
        under = (x > box.x0) & (x < box.x1)
        assert (height[under] < box.y0 + 0.03).all(), picture.sentence


@pytest.mark.parametrize("weights", [WEIGHTS, [0.3, 0.7], [0.5, 0.3, 0.2], [0.97, 0.01, 0.01, 0.01]])
@pytest.mark.parametrize(("n", "draw"), [(200, 1), (10, 20), (1000, 21), (205, 7)])
def test_the_picture_shows_its_numbers(weights, n, draw):
    picture = CountsPicture(weights, n, draw)
    assert_shows(picture, weights, n, draw)
    assert_nothing_is_cut(picture)
    assert isinstance(picture, MovingPicture)


def test_labels_are_clear_wherever_the_weights_are():
    picture = CountsPicture(WEIGHTS, names="ABCD")
    rng = np.random.default_rng(0)
    for draw in range(100):
        weights = rng.dirichlet(np.full(4, 0.6)) + 0.002
        n = int(rng.choice([10, 11, 20, 50, 200, 1000]))
        picture.update(weights / weights.sum(), n, 1 + draw % 21)
        assert_labels_are_clear(picture)
    for half in np.linspace(0.3, 0.7, 41):
        picture.update([half, 1 - half - 0.02, 0.01, 0.01], 10, 1)
        assert_labels_are_clear(picture)


def test_the_draws_are_draws_of_the_multinomial():
    picture = CountsPicture(WEIGHTS)
    seeds = [CountsPicture(WEIGHTS, 10, seed=seed)._draw(np.array(WEIGHTS), 1000) for seed in range(3)]
    drawn = np.concatenate([picture._draw(np.array(WEIGHTS), 1000), *seeds])
    z = (drawn.mean(axis=0) - 1000 * np.array(WEIGHTS)) / np.sqrt(
        1000 * np.array(WEIGHTS) * (1 - np.array(WEIGHTS)) / len(drawn)
    )
    assert np.abs(z).max() < 5
    assert not np.array_equal(seeds[0], seeds[1])
    np.testing.assert_array_equal(drawn[:21], seeds[0], "seed 0 is the default")


def test_more_objects_are_added_to_those_that_are_there():
    picture, before = CountsPicture(WEIGHTS, 10), np.zeros((21, 4), int)
    for n in range(10, 1001, 45):
        picture.update(WEIGHTS, n, 3)
        assert (picture.counts >= before).all()
        assert (picture.counts.sum(axis=1) == n).all()
        before = picture.counts


def test_a_weight_that_moves_a_little_moves_few_objects():
    picture = CountsPicture(WEIGHTS)
    before = picture.counts
    picture.update([0.301, 0.249, 0.25, 0.2], 200, 1)
    moved = picture.counts - before
    assert (moved[:, 2:] == 0).all(), "classes whose ends stay keep their objects"
    assert (moved[:, 0] >= 0).all()
    assert 0 < moved[:, 0].sum() < 21


def test_an_update_is_the_same_picture_as_a_new_one():
    moved = CountsPicture(WEIGHTS)
    moved.update([0.1, 0.2, 0.3, 0.4], 50, 5)
    new = CountsPicture([0.1, 0.2, 0.3, 0.4], 50, 5)
    assert moved.sentence == new.sentence
    assert moved.png() == new.png()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([0.5, 0.5], 200, 1), ValueError, "weights must have 4 entries; got 2"),
        (([0.5, 0.5, 0.5, 0.5], 200, 1), ValueError, "weights must sum to one"),
        (([0.5, 0.5, 0, 0], 200, 1), ValueError, "weights must be above 0"),
        (([0.5, np.nan, 0.1, 0.1], 200, 1), ValueError, "weights must be finite"),
        ((None, 200, 1), TypeError, "weights must be a list or array"),
        ((WEIGHTS, 9, 1), ValueError, "n must be at least 10; got 9"),
        ((WEIGHTS, 1001, 1), ValueError, "n must be at most 1000; got 1001"),
        ((WEIGHTS, 200.0, 1), TypeError, "n must be a whole number"),
        ((WEIGHTS, 200, 0), ValueError, "draw must be at least 1; got 0"),
        ((WEIGHTS, 200, 22), ValueError, "draw must be at most 21; got 22"),
        ((WEIGHTS, 200, "1"), TypeError, "draw must be a whole number"),
    ],
)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(arguments, error, words):
    picture = CountsPicture(WEIGHTS)
    before = picture.sentence, picture.png()
    with pytest.raises(error, match=words):
        picture.update(*arguments)
    assert (picture.sentence, picture.png()) == before
    if "4 entries" not in words:
        with pytest.raises(error, match=words):
            CountsPicture(*arguments)


def test_a_picture_needs_two_classes_and_a_name_for_each():
    with pytest.raises(ValueError, match="weights must be of at least two classes; got 1"):
        CountsPicture([1.0])
    with pytest.raises(ValueError, match="names must have one entry for each of the 4 classes"):
        CountsPicture(WEIGHTS, names="ABC")


def test_each_class_has_its_colour_its_marker_and_its_row():
    picture = CountsPicture(WEIGHTS, names="ABCD")
    rows = picture.axes.get_yticklabels()
    assert [text.get_text() for text in rows] == list("ABCD")
    assert [text.get_color().lower() for text in rows] == COLOURS
    assert [curve.get_color().lower() for curve in picture.curves] == COLOURS
    outlines = {picture.marks[k].get_paths()[0].vertices.tobytes() for k in range(4)}
    assert len(outlines) == 4
    for k in range(4):
        np.testing.assert_array_equal(picture.rims[k].get_facecolor(), [[0, 0, 0, 1]])
        assert (
            picture.rims[k].get_sizes()[0]
            > picture.marks[k].get_sizes()[0]
            > picture.others[k].get_sizes()[0]
        )


# ------------------------------------------------------------------ the explorer


def state(explorer):
    parts = np.array([explorer.sliders[f"weight of {name}"].value for name in explorer.picture.names])
    n, draw = explorer.sliders["number of objects"].value, explorer.sliders["draw"].value
    return parts / parts.sum(), int(n), int(draw)


def test_the_explorer_starts_with_the_lessons_question(explorer):
    weights, n, draw = state(explorer)
    np.testing.assert_allclose(weights, WEIGHTS)
    assert (n, draw) == (200, 1)
    assert explorer.sentence == (
        "200 objects in 4 classes, draw 1. A (weight 0.300): 53, expected 60 ± 6.48; B (weight 0.250): 44,"
        " expected 50 ± 6.12; C (weight 0.250): 48, expected 50 ± 6.12; D (weight 0.200): 55, expected"
        " 40 ± 5.66. The counts sum to 200. In the band, of 20 other draws: A 15, B 13, C 13, D 14."
    )
    assert tuple(explorer.picture.figure.get_size_inches()) == (8, 3.2)


@pytest.mark.parametrize("weights", [None, [0.5, 0.3, 0.2], [0.5, 0.5]])
def test_every_control_at_its_ends_and_its_default(weights):
    explorer = classes_explorer(weights)
    assert_shows(explorer.picture, *state(explorer))
    for slider in explorer.sliders.values():
        default = slider.value
        for value in (slider.min, slider.max, default):
            slider.value = value
            assert_shows(explorer.picture, *state(explorer))
            assert explorer.sentence == explorer.picture.sentence
            assert "cannot" not in explorer.readout.value
            assert len(explorer.svg.encode()) <= FRAME_LIMIT
            assert_svg_is_the_artists(explorer)
    explorer.close()


def test_every_pair_of_controls_at_its_ends(explorer):
    default = explorer.sentence
    for one, other in itertools.combinations(explorer.sliders.values(), 2):
        for ends in itertools.product(ALL_ENDS, repeat=2):
            one.value, other.value = getattr(one, ends[0]), getattr(other, ends[1])
            assert_shows(explorer.picture, *state(explorer))
            assert "cannot" not in explorer.readout.value
        explorer.reset()
    assert explorer.sentence == default


@pytest.mark.parametrize("end", ALL_ENDS)
def test_all_controls_at_one_end(explorer, end):
    for slider in explorer.sliders.values():
        slider.value = getattr(slider, end)
    assert_shows(explorer.picture, *state(explorer))
    assert_nothing_is_cut(explorer.picture)


def test_each_slider_changes_what_it_should_and_nothing_else(explorer):
    picture, sliders = explorer.picture, explorer.sliders

    def shapes():
        return [curve.get_xydata().copy() for curve in picture.curves]

    before, counts_before = shapes(), picture.counts
    sliders["draw"].value = 2
    assert all(np.array_equal(a, b) for a, b in zip(before, shapes(), strict=True)), "a draw moves no curve"
    np.testing.assert_array_equal(picture.counts, counts_before)
    assert picture.draw == 2
    sliders["number of objects"].value = 400
    np.testing.assert_allclose(picture.weights, WEIGHTS)
    assert (picture.n, picture.draw) == (400, 2)
    for k, name in enumerate("ABCD"):
        weights = picture.weights
        sliders[f"weight of {name}"].value += 1
        gain = picture.weights - weights
        assert gain[k] > 0
        assert (np.delete(gain, k) < 0).all()
        assert (picture.n, picture.draw) == (400, 2)


def test_the_sliders_count_in_whole_numbers(explorer):
    n, draw = explorer.sliders["number of objects"], explorer.sliders["draw"]
    assert (n.min, n.max, n.step, n.readout_format) == (10, 1000, 10, ".0f")
    assert (draw.min, draw.max, draw.step, draw.readout_format) == (1, 20, 1, ".0f")
    assert ((200 - n.min) / n.step).is_integer()


def assert_svg_is_the_artists(explorer):
    root, picture = ET.fromstring(explorer.svg), explorer.picture
    assert root.get("aria-label") == explorer.sentence
    texts = list(root.iter("text"))
    assert [text.text for text in texts] == [label.get_text() for label in picture.labels]
    for text, label in zip(texts, picture.labels, strict=True):
        (place,) = on_page(explorer, label.get_transform(), [label.get_position()])
        np.testing.assert_allclose([float(text.get("x")), float(text.get("y"))], place, atol=1)
    lines = [path for path in root.iter("path") if path.get("fill") == "none"]
    assert [line.get("stroke") for line in lines] == COLOURS[: len(lines)]
    for line, curve in zip(lines, picture.curves, strict=True):
        expected = on_page(explorer, curve.get_transform(), curve.get_xydata())
        drawn = path_points(line)
        assert drawn[:, 1].min() == pytest.approx(expected[:, 1].min(), abs=1)
        assert drawn[:, 0].max() == pytest.approx(expected[:, 0].max(), abs=1)
    fills = [path for path in root.iter("path") if path.get("opacity") == "0.35"]
    for fill, band in zip(fills, picture.bands, strict=True):
        expected = on_page(explorer, band.get_transform(), band.get_paths()[0].vertices)
        drawn = path_points(fill)
        np.testing.assert_allclose(drawn.min(axis=0), expected.min(axis=0), atol=1)
        np.testing.assert_allclose(drawn.max(axis=0), expected.max(axis=0), atol=1)
    circles = list(root.iter("circle"))
    assert len(circles) == 22, "A: 20 others, and the draw with its rim"
    assert [c.get("fill") for c in circles[-2:]] == ["#000000", COLOURS[0]]


def test_showing_it_moves_nothing(explorer):
    before = explorer.svg
    explorer.outputs()
    explorer._paint("")
    assert explorer.svg == before


def test_what_moves_is_not_in_the_background(explorer):
    before = explorer.picture.background()
    explorer.sliders["weight of A"].value = 10
    explorer.sliders["number of objects"].value = 50
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


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"weights": [1.0]}, ValueError, "weights must have 2 to 4 entries; got 1"),
        ({"weights": np.full(5, 0.2)}, ValueError, "weights must have 2 to 4 entries; got 5"),
        ({"weights": [0.5, 0.6]}, ValueError, "weights must sum to one"),
        ({"weights": "abc"}, TypeError, "weights must be a list or array"),
        ({"n": 9}, ValueError, "n must be at least 10"),
        ({"n": 2000}, ValueError, "n must be at most 1000"),
        ({"n": 200.5}, TypeError, "n must be a whole number"),
    ],
)
def test_an_explorer_that_cannot_be(arguments, error, words):
    with pytest.raises(error, match=words):
        classes_explorer(**arguments)


def test_the_readout_names_what_moved(explorer):
    explorer.sliders["number of objects"].value = 1000
    assert re.search(r"<b>number of objects: 1000\.</b> 1000 objects in 4 classes", explorer.readout.value)
