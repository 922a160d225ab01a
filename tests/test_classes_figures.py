"""Lesson 01's drawings: counts that vary from draw to draw, and the binomial beside them."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from places import assert_inside, assert_on_page, close, said_in, same
from scipy.stats import binom

from gmm_lesson.figures import CountsPicture, counts
from gmm_lesson.figures.classes import binomial
from gmm_lesson.figures.marks import COLOURS

WEIGHTS = [0.3, 0.25, 0.25, 0.2]
DRAWN = np.random.default_rng(0).binomial(200, 0.3, 1000)


# ------------------------------------------------------------------ many draws of one count


@pytest.mark.parametrize("n", [1, 2, 10, 200, 1000])
@pytest.mark.parametrize("weight", [0.001, 0.3, 0.5, 0.999])
def test_the_binomial_is_scipys(n, weight):
    chances = binomial(n, weight)
    close(chances, binom.pmf(np.arange(n + 1), n, weight), rtol=1e-9, atol=1e-15)
    assert chances.sum() == pytest.approx(1, abs=1e-10)


def test_a_dot_a_draw_beside_the_binomial_and_its_band():
    picture = counts(DRAWN, 200, 0.3)
    (axes,) = picture.figure.axes
    (dots,) = axes.collections
    places = np.asarray(dots.get_offsets())
    for value, times in zip(*np.unique(DRAWN, return_counts=True), strict=True):
        same(np.sort(places[places[:, 0] == value, 1]), np.arange(times) + 0.5)
    assert len(places) == 1000
    apart = np.diff(axes.transData.transform([(0, 0), (1, 1)]), axis=0)[0] * 72 / axes.figure.dpi
    assert 2 < np.sqrt(dots.get_sizes()[0]) <= apart.min(), "as large as they can be without touching"
    mean, curve = axes.lines
    assert list(mean.get_xdata()) == [60, 60]
    k, height = curve.get_data()
    close(height, 1000 * binom.pmf(k, 200, 0.3), atol=1e-9)
    low, high = axes.get_xlim()
    same(k, np.arange(np.ceil(low), np.floor(high) + 1))
    (band,) = axes.patches
    sd = np.sqrt(200 * 0.3 * 0.7)
    assert (band.get_x(), band.get_width()) == (pytest.approx(60 - sd), pytest.approx(2 * sd))
    assert said_in(axes) == ["expected 60 ± 6.48", "line: the binomial"]
    inside, exactly = np.mean((DRAWN >= 54) & (DRAWN <= 66)), int((DRAWN == 60).sum())
    assert picture.sentence == (
        f"1,000 draws of the count of class 1 among 200 objects: mean {DRAWN.mean():.1f}, sd"
        f" {DRAWN.std():.1f}; expected 60 ± 6.48. {inside:.1%} of the draws lie in the band from 53.5 to"
        " 66.5; the binomial says 68.4%."
        f" Exactly 60: {exactly} draws ({exactly / 1000:.1%}); the binomial says 6.1%."
    )
    other = counts([2, 3], 10, 0.25, name="the rare class").sentence
    assert other.startswith("2 draws of the count of the rare class among 10 objects: mean 2.5, sd")
    assert "expected 2.5 ± 1.37. 100.0% of the draws" in other


def test_an_end_of_the_band_belongs_to_it():
    # 100 objects, weights .2 and .8: sd 4, so 16 and 24 (76 and 84) are ends, whatever floats make of them.
    for weight, ends in [(0.2, [16, 24]), (0.8, [76, 84])]:
        inside = binom.cdf(ends[1], 100, weight) - binom.cdf(ends[0] - 1, 100, weight)
        said = counts(ends, 100, weight).sentence
        assert "100.0% of the draws lie" in said
        assert f"the binomial says {inside:.1%}. Exactly" in said
        assert " 0.0% of the draws lie" in counts([ends[0] - 1, ends[1] + 1], 100, weight).sentence


def test_stacks_that_are_too_high_are_steps():
    many = np.random.default_rng(1).binomial(200, 0.3, 5000)
    (axes,) = counts(many, 200, 0.3).figure.axes
    assert not axes.collections
    steps = axes.patches[1].get_data()
    same(steps.values, np.bincount(many, minlength=201))
    same(steps.edges, np.arange(202) - 0.5)


def test_draws_far_from_the_expected_count_are_in_view():
    for n, weight in [(1, 0.5), (10, 0.02), (1000, 0.5), (200, 0.99)]:
        low, high = counts([0], n, weight).figure.axes[0].get_xlim()
        assert low < n * weight < high
    for many in ([3, 100, 100], [100, 100, 197]):
        axes = counts(many, 200, 0.5).figure.axes[0]
        x, y = np.asarray(axes.collections[0].get_offsets()).T
        assert sorted(x) == sorted(many)
        assert axes.get_xlim()[0] < min(x) <= max(x) < axes.get_xlim()[1]
        assert 0 < y.min() <= y.max() < axes.get_ylim()[1]
    assert counts([0, 10], 10, 0.5).figure.axes[0].get_xlim() == (-1, 11), "and no count is impossible"


# ------------------------------------------------------------------ the picture that moves


def expected_counts(weights, n):
    """Each object's class by its own uniform number, one object at a time."""
    edges = np.cumsum(weights)
    edges[-1] = 1
    u = np.random.default_rng(0).random((21, 1000))[:, :n]
    z = np.searchsorted(edges, u, side="right")
    return np.array([np.bincount(row, minlength=len(weights)) for row in z])


def assert_counts_show(picture):
    """Every artist and the sentence are what weights, n and draw imply."""
    weights, n, draw = picture.weights, picture.n, picture.draw
    all_counts = expected_counts(weights, n)
    same(picture.counts, all_counts)
    mine, others = all_counts[draw - 1], np.delete(all_counts, draw - 1, axis=0)
    parts = []
    for k, (name, weight) in enumerate(zip(picture.names, weights, strict=True)):
        foot, sd = len(weights) - 1 - k, np.sqrt(weight * (1 - weight) / n)
        # the binomial: a step a count, the highest as high as the row
        x, height = picture.curves[k].get_data()
        pmf = binom.pmf(np.arange(n + 1), n, weight)
        middles, tops = (x[1:-2:2] + x[2:-1:2]) / 2, height[1:-2:2]
        drawn = np.rint(middles * n).astype(int)
        close(middles * n, drawn, atol=1e-6)
        close((tops - foot - 0.36) / 0.59, pmf[drawn] / pmf.max(), atol=1e-9)
        assert pmf[drawn].sum() > 0.999
        # the band: from one sd below to one above, under the curve
        outline = picture.bands[k].get_paths()[0].vertices
        ends = max(weight - sd, -0.5 / n), min(weight + sd, 1 + 0.5 / n)
        close([outline[:, 0].min(), outline[:, 0].max()], ends, atol=1e-9)
        close([outline[:, 1].min(), outline[:, 1].max()], [foot + 0.36, foot + 0.95])
        # the draw, and the others
        for mark in (picture.rims[k], picture.marks[k]):
            close(mark.get_offsets(), [(mine[k] / n, foot + 0.18)])
        dots = np.asarray(picture.others[k].get_offsets())
        close(dots[:, 0], others[:, k] / n)
        assert foot < dots[:, 1].min() <= dots[:, 1].max() < foot + 0.36
        assert picture.labels[k].get_text() == f"{mine[k]} of {n}"
        for artist in (picture.curves[k], picture.axes.get_yticklabels()[k]):
            assert artist.get_color() == COLOURS[k]
        assert to_hex(picture.marks[k].get_facecolor()[0]).upper() == COLOURS[k]
        parts.append(f"{name} (weight {weight:.3f}): {mine[k]}, expected {n * weight:.4g} ± {n * sd:.2f}")
    assert [text.get_text() for text in picture.axes.get_yticklabels()] == picture.names
    assert len({mark.get_paths()[0].vertices.tobytes() for mark in picture.marks}) == len(weights)
    said = "; ".join(parts)
    inside = (np.abs(others / n - weights) <= np.sqrt(weights * (1 - weights) / n) + 1e-12).sum(axis=0)
    within = ", ".join(f"{name} {count}" for name, count in zip(picture.names, inside, strict=True))
    assert picture.sentence == (
        f"{n} objects in {len(weights)} classes, draw {draw}. {said[0].upper()}{said[1:]}. The counts sum to"
        f" {n}. In the band, of 20 other draws: {within}."
    )
    assert_counts_are_clear(picture)


def assert_counts_are_clear(picture):
    """The counts stand inside the axes, each in its own row, and no curve runs through one."""
    assert_inside(picture.axes, picture.labels, slack=0)
    for k, label in enumerate(picture.labels):
        box = label.get_window_extent().transformed(picture.axes.transData.inverted())
        foot = len(picture.labels) - 1 - k
        assert foot + 0.36 < box.y0 < box.y1 < foot + 1.05, picture.sentence
        x, height = picture.curves[k].get_data()
        assert (height[(x > box.x0) & (x < box.x1)] < box.y0 + 0.03).all(), picture.sentence


RARE = [0.97, 0.01, 0.01, 0.01]


@pytest.mark.parametrize(
    ("weights", "n", "draw"),
    [(WEIGHTS, 200, 1), ([0.3, 0.7], 10, 20), ([0.5, 0.3, 0.2], 205, 7), (RARE, 1000, 21), (RARE, 10, 7)],
)
def test_the_picture_shows_its_numbers(weights, n, draw):
    picture = CountsPicture(weights, n, draw)
    assert (list(picture.weights), picture.n, picture.draw) == (weights, n, draw)
    assert_counts_show(picture)
    assert_on_page(picture)


def test_counts_are_clear_wherever_the_weights_are():
    picture = CountsPicture(WEIGHTS, names="ABCD")
    rng = np.random.default_rng(0)
    for draw in range(100):
        weights = rng.dirichlet(np.full(4, 0.6)) + 0.002
        n = int(rng.choice([10, 11, 20, 50, 200, 1000]))
        picture.update(weights / weights.sum(), n, 1 + draw % 21)
        assert_counts_are_clear(picture)
    for half in np.linspace(0.3, 0.7, 41):
        picture.update([half, 1 - half - 0.02, 0.01, 0.01], 10, 1)
        assert_counts_are_clear(picture)


def test_more_objects_are_added_and_a_weight_that_moves_a_little_moves_few():
    picture, before = CountsPicture(WEIGHTS, 10), np.zeros((21, 4), int)
    for n in range(10, 1001, 45):
        picture.update(WEIGHTS, n, 3)
        assert (picture.counts >= before).all()
        before = picture.counts
    picture.update(WEIGHTS, 200, 1)
    before = picture.counts
    picture.update([0.301, 0.249, 0.25, 0.2], 200, 1)
    moved = picture.counts - before
    assert (moved[:, 2:] == 0).all(), "classes whose ends stay keep their objects"
    assert (moved[:, 0] >= 0).all()
    assert 0 < moved[:, 0].sum() < 21
