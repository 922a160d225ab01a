"""Lesson 01's drawings: counts that vary from draw to draw, and the binomial beside them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from places import assert_inside, close, said_in, same
from scipy.stats import binom

from gmm_lesson.figures import CountsPicture, counts
from gmm_lesson.figures.marks import COLOURS

WEIGHTS = [0.3, 0.25, 0.25, 0.2]
DRAWN = np.random.default_rng(0).binomial(200, 0.3, 1000)


def test_a_dot_a_draw_beside_the_binomial_and_its_band():
    picture = counts(DRAWN, 200, 0.3)
    (axes,) = picture.figure.axes
    (dots,), (mean, curve), (band,) = axes.collections, axes.lines, axes.patches
    places = np.asarray(dots.get_offsets())
    for value, times in zip(*np.unique(DRAWN, return_counts=True), strict=True):
        same(np.sort(places[places[:, 0] == value, 1]), np.arange(times) + 0.5)
    apart = np.diff(axes.transData.transform([(0, 0), (1, 1)]), axis=0)[0] * 72 / axes.figure.dpi
    assert 2 < np.sqrt(dots.get_sizes()[0]) <= apart.min(), "as large as they can be without touching"
    assert list(mean.get_xdata()) == [60, 60]
    low, high = axes.get_xlim()
    k = np.arange(np.ceil(low), np.floor(high) + 1)
    close(curve.get_xydata(), np.c_[k, 1000 * binom.pmf(k, 200, 0.3)], atol=1e-9)
    sd = np.sqrt(200 * 0.3 * 0.7)
    close([band.get_x(), band.get_width()], [60 - sd, 2 * sd])
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
    # Stacks that are too high are steps.
    many = np.random.default_rng(1).binomial(200, 0.3, 5000)
    (axes,) = counts(many, 200, 0.3).figure.axes
    assert not axes.collections
    steps = axes.patches[1].get_data()
    same(steps.values, np.bincount(many, minlength=201))
    same(steps.edges, np.arange(202) - 0.5)


def test_an_end_of_the_band_belongs_to_it():
    # 100 objects, weights .2 and .8: sd 4, so 16 and 24 (76 and 84) are ends, whatever floats make of them.
    for weight, ends in [(0.2, [16, 24]), (0.8, [76, 84])]:
        inside = binom.cdf(ends[1], 100, weight) - binom.cdf(ends[0] - 1, 100, weight)
        said = counts(ends, 100, weight).sentence
        assert f"100.0% of the draws lie in the band from {ends[0]}.0 to {ends[1]}.0" in said
        assert f"the binomial says {inside:.1%}. Exactly" in said
        assert " 0.0% of the draws lie" in counts([ends[0] - 1, ends[1] + 1], 100, weight).sentence


@pytest.mark.parametrize(
    ("many", "n", "weight"),
    [([0], 1, 0.5), ([0], 10, 0.02), ([0], 200, 0.99), ([3, 100, 100], 200, 0.5), ([100, 197], 200, 0.5)],
)
def test_draws_far_from_the_expected_count_are_in_view(many, n, weight):
    axes = counts(many, n, weight).figure.axes[0]
    (x, y), (low, high) = np.asarray(axes.collections[0].get_offsets()).T, axes.get_xlim()
    assert sorted(x) == many
    assert low < min(n * weight, *many) <= max(n * weight, *many) < high
    assert 0 < y.min() <= y.max() < axes.get_ylim()[1]
    assert counts([0, 10], 10, 0.5).figure.axes[0].get_xlim() == (-1, 11), "and no count is impossible"


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
        corners = zip(ends, (foot + 0.36, foot + 0.95), strict=True)
        close([outline.min(axis=0), outline.max(axis=0)], list(corners))
        # the draw, and the others
        for mark in (picture.rims[k], picture.marks[k]):
            close(mark.get_offsets(), [(mine[k] / n, foot + 0.18)])
        dots = np.asarray(picture.others[k].get_offsets())
        close(dots[:, 0], others[:, k] / n)
        assert foot < dots[:, 1].min() <= dots[:, 1].max() < foot + 0.36
        tick = picture.axes.get_yticklabels()[k]
        assert (picture.labels[k].get_text(), tick.get_text()) == (f"{mine[k]} of {n}", name)
        assert picture.curves[k].get_color() == tick.get_color() == COLOURS[k]
        assert to_hex(picture.marks[k].get_facecolor()[0]).upper() == COLOURS[k]
        said = f"{name} (weight {weight:.3f}): {mine[k]}, expected {n * weight:.4g} ± {n * sd:.2f}"
        assert said[1:] in picture.sentence
    assert len({mark.get_paths()[0].vertices.tobytes() for mark in picture.marks}) == len(weights)
    assert picture.sentence.endswith(f" The counts sum to {n}.")
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


def test_counts_are_clear_wherever_the_weights_are():
    picture, rng = CountsPicture(WEIGHTS, names="ABCD"), np.random.default_rng(0)
    drawn = [rng.dirichlet(np.full(4, 0.6)) + 0.002 for _ in range(100)]
    halves = [[half, 1 - half - 0.02, 0.01, 0.01] for half in np.linspace(0.3, 0.7, 41)]
    for draw, weights in enumerate([*drawn, *halves]):
        n = int(rng.choice([10, 11, 20, 50, 200, 1000])) if draw < 100 else 10
        picture.update(weights / np.sum(weights), n, 1 + draw % 21)
        assert_counts_are_clear(picture)
