"""Lesson 05's drawings: the loop with its bound, the climb along two axes, and when to stop."""

from __future__ import annotations

import gc
import re
import warnings
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy.stats import norm
from test_figures import PALETTE, assert_labels_are_clear
from test_scrubber import PAYLOAD, curves_of, marks_of

from gmm_lesson import Mixture, e_step, em, load, log_likelihood, m_step
from gmm_lesson.em import remaining_gain
from gmm_lesson.explorers import FOUR_ALIKE, PART_WAYS, THREE, TOGETHER, bound_scrubber
from gmm_lesson.explorers.page import STORING
from gmm_lesson.figures import (
    BoundPicture,
    HalfStepPicture,
    bounds,
    coordinate_ascent,
    coordinate_steps,
    stopping,
)

Y = PART_WAYS.sample(120, 1)[0]
STEPS = 8


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def scrubber():
    one = bound_scrubber()
    yield one
    one.close()


@pytest.fixture
def picture():
    return BoundPicture(Y, TOGETHER, names="AB")


@pytest.fixture(scope="module")
def path():
    return em(Y, TOGETHER, max_iter=STEPS, tol=0).path


def joint(y, mixture):
    """Return pi_k N(y_i | mu_k, sigma_k^2), a row an object."""
    return mixture.weights * norm.pdf(np.asarray(y)[:, None], mixture.means, mixture.sds)


def plain_score(y, mixture):
    return float(np.log(joint(y, mixture).sum(axis=1)).sum())


def plain_bound(y, before, mixture):
    """Return the bound of a mixture for the responsibilities of another."""
    shares = joint(y, before)
    r = shares / shares.sum(axis=1, keepdims=True)
    return float((r * (np.log(joint(y, mixture)) - np.log(r))).sum())


def both(y, path):
    """Return the log-likelihood of every frame, and the bound of all but the first."""
    scores, lower = [plain_score(y, path[0])], []
    for before, after in pairwise(path):
        for mixture in (before, after):
            scores.append(plain_score(y, mixture))
            lower.append(plain_bound(y, before, mixture))
    return np.array(scores), np.array(lower)


# ------------------------------------------------------------------ the loop and its bound


def test_the_default_is_what_the_lesson_shows(scrubber):
    assert len(scrubber.frames) == 1 + 2 * STEPS
    assert scrubber.frames == _frames_of(bound_scrubber(Y, TOGETHER, steps=STEPS))


def _frames_of(scrubber):
    scrubber.close()
    return scrubber.frames


def test_both_numbers_are_those_of_each_frame(picture, path):
    scores, lower = both(Y, path)
    np.testing.assert_allclose(picture.scores, scores, rtol=1e-12)
    np.testing.assert_allclose(picture.bounds, lower, rtol=1e-12)


def test_an_e_step_closes_the_gap_and_an_m_step_opens_one(picture):
    gaps = picture.scores[1:] - picture.bounds
    np.testing.assert_allclose(gaps[::2], 0, atol=1e-11)
    assert (gaps[1::2] > 0).all()
    assert (np.diff(picture.bounds) > 0).all()
    np.testing.assert_allclose(picture.scores[1::2], picture.scores[:-1:2], rtol=1e-14)
    assert (np.diff(picture.scores[::2]) > 0).all()


def test_the_default_has_gaps_that_can_be_seen(picture):
    gaps = (picture.scores - np.append(picture.scores[0], picture.bounds))[2::2]
    low, high = picture.side.get_ylim()
    inches = picture.side.get_window_extent().height / picture.figure.dpi * gaps / (high - low)
    assert (inches > 0.03).sum() >= 6


def test_near_the_end_the_gap_is_the_share_that_theory_says():
    """The gap after an M-step is rho / (1 + rho) of its gain, and the gains shrink by rho^2."""
    picture = BoundPicture(Y, TOGETHER, steps=16)
    gains = np.diff(picture.scores[::2])
    rho = np.sqrt(gains[-1] / gains[-2])
    gap = picture.scores[-1] - picture.bounds[-1]
    assert gap == pytest.approx(gains[-1] * rho / (1 + rho), rel=0.02)


def test_a_frame_draws_both_up_to_itself(picture):
    limits = picture.side.get_xlim(), picture.side.get_ylim()
    for index in range(1 + 2 * STEPS):
        picture.go_to(index)
        marks = picture.marks
        np.testing.assert_array_equal(
            marks.score_line.get_xydata(), np.c_[np.arange(index + 1), picture.scores[: index + 1]]
        )
        np.testing.assert_array_equal(
            marks.bound_line.get_xydata(), np.c_[np.arange(1, index + 1), picture.bounds[:index]]
        )
        np.testing.assert_array_equal(marks.score_dots.get_offsets(), marks.score_line.get_xydata())
        np.testing.assert_array_equal(marks.bound_dots.get_offsets(), marks.bound_line.get_xydata())
        assert (picture.side.get_xlim(), picture.side.get_ylim()) == limits
        for line in (marks.score_line, marks.bound_line):
            x, height = line.get_data()
            if len(x):
                assert limits[0][0] < min(x) <= max(x) < limits[0][1]
                assert limits[1][0] < min(height) <= max(height) < limits[1][1]
    (outline,) = picture.marks.gap.get_paths()
    corners = {tuple(corner) for corner in outline.vertices}
    assert {(x, value) for x, value in enumerate(picture.bounds, start=1)} <= corners
    assert {(x, value) for x, value in enumerate(picture.scores) if x} <= corners
    picture.go_to(0)
    assert picture.marks.gap.get_paths() == []


def test_the_two_differ_in_line_and_mark(picture):
    marks = picture.marks
    assert (marks.score_line.get_linestyle(), marks.bound_line.get_linestyle()) == ("-", "--")
    assert marks.score_line.get_color() != marks.bound_line.get_color()
    shapes = [len(dots.get_paths()[0].vertices) for dots in (marks.score_dots, marks.bound_dots)]
    assert shapes[0] > shapes[1] == 5, "circles, and squares"
    assert marks.bound_dots.get_sizes() > marks.score_dots.get_sizes(), "both are seen where they meet"
    assert [tag.get_text() for tag in picture.tags] == ["log-likelihood", "bound"]
    assert [tag.get_color() for tag in picture.tags] == [
        marks.score_line.get_color(),
        marks.bound_line.get_color(),
    ]


@pytest.mark.parametrize("other", [None, (FOUR_ALIKE, 15), (TOGETHER, 1)])
def test_labels_overlap_neither_each_other_nor_the_lines_nor_the_edge(other):
    start, steps = other or (TOGETHER, STEPS)
    y = load("lecture_2021").y if start is FOUR_ALIKE else Y
    picture = BoundPicture(y, start, steps=steps)
    panel = picture.side.get_window_extent()
    for index in range(len(picture.halves)):
        picture.go_to(index)
        assert_labels_are_clear(picture)
        tags = [tag.get_window_extent() for tag in picture.tags if tag.get_visible()]
        assert len(tags) == (2 if index else 1)
        for box in tags:
            assert panel.x0 <= box.x0
            assert box.x1 <= panel.x1
            assert panel.y0 <= box.y0
            assert box.y1 <= panel.y1
        assert len(tags) == 1 or not tags[0].overlaps(tags[1])
        assert picture.title.get_window_extent().x1 <= picture.figure.bbox.x1
        for line in (picture.marks.score_line, picture.marks.bound_line):
            x, height = line.get_data()
            fine = np.linspace(x[0], x[-1], 2000) if len(x) else []
            track = (
                picture.side.transData.transform(np.c_[fine, np.interp(fine, x, height)]) if len(x) else []
            )
            for box in tags:
                assert not any(box.contains(*spot) for spot in track), (index, picture.sentence)


def test_beside_it_stands_the_picture_of_lesson_00(picture):
    plain = HalfStepPicture(Y, TOGETHER, steps=STEPS, names="AB")
    for index in (0, 1, 2, 2 * STEPS):
        plain.go_to(index)
        picture.go_to(index)
        for one, other in zip(plain.curves, picture.curves, strict=True):
            np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
        np.testing.assert_array_equal(plain.dots.get_facecolor(), picture.dots.get_facecolor())
        np.testing.assert_array_equal(plain.dots.get_offsets(), picture.dots.get_offsets())


def test_an_e_step_moves_the_colours_and_an_m_step_the_curves(scrubber):
    for index, (before, after) in enumerate(pairwise(scrubber.frames), start=1):
        assert (marks_of(before.svg) == marks_of(after.svg)) == (index % 2 == 0)
        classes = [curves_of(frame.svg)[0][:3] for frame in (before, after)]
        assert (classes[0] == classes[1]) == (index % 2 == 1)


def test_the_sentences_of_the_first_frames(scrubber, path):
    scores, lower = both(Y, path)
    start, e, m, e2 = (frame.sentence for frame in scrubber.frames[:4])
    assert start == (
        f"Start: a guess. No object is shared out yet, so there is no bound. Log-likelihood {scores[0]:.2f}."
        " A: weight 0.50, mean 0.50, sd 1.41; B: weight 0.50, mean 2.50, sd 1.41."
    )
    sure = [(e_step(Y, mixture).max(axis=1) > 0.99).sum() for mixture in path[:2]]
    assert e == (
        f"E-step 1: the responsibilities follow from the curves; {sure[0]} of 120 objects have more than 99%"
        f" in one class. The first bound is the log-likelihood, {scores[0]:.2f}, which stands still."
    )
    parts = zip("AB", path[1].weights, path[1].means, path[1].sds, strict=True)
    classes = "; ".join(f"{c}: weight {w:.2f}, mean {mu:.2f}, sd {sd:.2f}" for c, w, mu, sd in parts)
    assert m == (
        "M-step 1: the curves follow from the responsibilities. The bound rises by"
        f" {lower[1] - lower[0]:.2f} to {lower[1]:.2f}, the log-likelihood by {scores[2] - scores[1]:.2f} to"
        f" {scores[2]:.2f}: a gap of {scores[2] - lower[1]:.2f}. {classes}."
    )
    assert e2 == (
        f"E-step 2: the responsibilities follow from the curves; {sure[1]} of 120 objects have more than 99%"
        f" in one class. The bound rises by {lower[2] - lower[1]:.2f} and meets the log-likelihood,"
        f" {scores[3]:.2f}, which stands still."
    )


def test_the_titles_say_the_gap(picture):
    titles = []
    for index in range(1 + 2 * STEPS):
        picture.go_to(index)
        titles.append(picture.title.get_text())
    assert titles[0] == "Start: no bound yet"
    assert titles[1::2] == [f"E-step {t}: they meet" for t in range(1, STEPS + 1)]
    gaps = (picture.scores[1:] - picture.bounds)[1::2]
    assert titles[2::2] == [f"M-step {t}: gap {gap:.2f}" for t, gap in enumerate(gaps, start=1)]


def test_the_page_gets_both_lines_their_marks_and_their_labels(scrubber):
    """What moves is in the frames, so not in the background that stays."""
    for index, frame in enumerate(scrubber.frames):
        lines, labels = curves_of(frame.svg)
        drawn = [line for line in lines if " " in line]  # from one point to another
        assert len(drawn) == 3 + min(index, 2), "the curves and their sum, and the two lines"
        texts = ["A", "B", "log-likelihood", *(["bound"] if index else [])]
        assert [text for text, *_ in labels][:-1] == texts
        assert labels[-1][0].startswith(scrubber.picture.halves[index].title)
        objects, *sides = list(ET.fromstring(frame.svg).iter("g"))
        assert [len(group) for group in (objects, *sides)] == [len(Y), index, index + 1]
    before = scrubber.picture.background()
    scrubber.picture.go_to(0)
    assert scrubber.picture.background() == before


def test_all_frames_together_are_small(scrubber):
    sent = [child.value for stack in (scrubber._overlays, scrubber.readout) for child in stack.children]
    assert sum(len(text.encode()) for text in sent) <= PAYLOAD / 2


def test_play_and_the_stored_filmstrip(scrubber, monkeypatch):
    assert scrubber.play_button.description == "Play"
    assert scrubber.play.max == scrubber.slider.max == 2 * STEPS
    monkeypatch.setenv(STORING, "1")
    (data, metadata), (text, _) = scrubber.outputs()
    assert data["text/plain"] == text["text/markdown"] == scrubber.picture.filmstrip().sentence
    assert metadata["image/png"]["width"] <= 768
    assert metadata["image/png"]["height"] <= 365


def test_the_filmstrip_shows_the_loop_and_all_of_both_numbers(picture, path):
    picture.go_to(5)
    before = picture.sentence, picture.png()
    strip = picture.filmstrip()
    assert (picture.sentence, picture.png()) == before
    *panels, side = strip.figure.get_axes()
    wanted = [1, 2, 3, 16]
    assert [panel.get_title(loc="left") for panel in panels] == [
        "E-step 1",
        "M-step 1",
        "E-step 2",
        "M-step 8",
    ]
    for panel, index in zip(panels, wanted, strict=True):
        m, r = picture.halves[index].mixture, picture.halves[index].r
        for k, line in enumerate(panel.lines):
            x, height = line.get_data()
            np.testing.assert_allclose(height, m.weights[k] * norm.pdf(x, m.means[k], m.sds[k]), atol=1e-12)
        (dots,) = panel.collections
        np.testing.assert_allclose(dots.get_facecolor()[:, :3], r @ PALETTE[:2], atol=1e-9)
    scores, lower = both(Y, path)
    bound, score = side.lines
    np.testing.assert_allclose(bound.get_xydata(), np.c_[1 : 2 * STEPS + 1, lower])
    np.testing.assert_allclose(score.get_xydata(), np.c_[0 : 2 * STEPS + 1, scores])
    assert [label.get_text() for label in side.get_xticklabels()] == ["E", "M"] * STEPS
    assert [text.get_text() for text in side.texts] == ["log-likelihood", "bound"]
    gaps = scores[1:] - lower
    widest = int(gaps.argmax())
    assert f"rises from {scores[0]:.2f} to {scores[-1]:.2f}, at M-steps only." in strip.sentence
    assert (
        f" {gaps[widest]:.2f} at its widest after M-step {(widest + 1) // 2}, {gaps[-1]:.2f} after M-step 8."
        in strip.sentence
    )
    strip.figure.draw_without_rendering()
    page = strip.figure.get_tightbbox()
    assert page.x0 >= 0
    assert page.y0 >= 0
    assert page.x1 <= 8
    assert page.y1 <= 3.8
    boxes = [text.get_window_extent() for text in side.texts]
    assert not boxes[0].overlaps(boxes[1])


def test_a_filmstrip_of_one_step_and_of_many():
    strip = BoundPicture(Y, TOGETHER, steps=1, label="length").filmstrip()
    assert [axes.get_title(loc="left") for axes in strip.figure.get_axes()] == ["E-step 1", "M-step 1", ""]
    assert strip.sentence.startswith("EM from a guess, in 1 step. ")
    assert re.search(r"open a gap, \d\.\d\d at its widest after M-step 1\. Class 1: weight", strip.sentence)
    side = BoundPicture(Y, TOGETHER, steps=12).filmstrip().figure.get_axes()[-1]
    assert side.get_xlabel() == "step"
    ticks = zip(side.get_xticks(), side.get_xticklabels(), strict=True)
    assert all(place == 2 * int(label.get_text()) for place, label in ticks)


def test_at_an_optimum_nothing_can_be_told_from_nothing():
    picture = BoundPicture(Y, em(Y, TOGETHER, tol=0, max_iter=500).mixture, steps=2)
    picture.go_to(2)
    assert picture.sentence.count("less than 0.00001") == 3
    assert picture.title.get_text() == "M-step 1: gap < 0.00001"
    assert "-0.0" not in picture.sentence
    assert np.ptp(picture.side.get_ylim()) >= 1e-3


def test_closing_leaves_nothing_behind():
    gc.collect()
    widgets = set(_instances)
    scrubber = bound_scrubber(steps=2)
    scrubber.outputs()
    scrubber.close()
    gc.collect()
    assert set(_instances) == widgets


def test_other_objects_and_three_classes():
    y = THREE.sample(60, 2)[0]
    scrubber = bound_scrubber(y, THREE, steps=2, label="length (mm)")
    assert scrubber.picture.strip.get_xlabel() == "length (mm)"
    assert scrubber.picture.names == ["A", "B", "C"]
    assert len(scrubber.frames) == 5
    scrubber.close()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y": [3, 3, 3]}, ValueError, "y must vary"),
        ({"y": [1, np.nan]}, ValueError, "y must be finite"),
        ({"start": Mixture([1], [0], [1])}, ValueError, "start must have 2 to 4 components; got 1"),
        ({"start": [0.5, 0.5]}, TypeError, "start must be a Mixture"),
        ({"steps": 0}, ValueError, "steps must be at least 1; got 0"),
    ],
)
def test_what_the_scrubber_cannot_show_is_refused(arguments, error, message):
    widgets = set(_instances)
    with pytest.raises(error, match=message):
        bound_scrubber(**arguments)
    assert set(_instances) == widgets


# ------------------------------------------------------------------ the climb along two axes

ONE = Mixture([0.7, 0.3], [0, 2], [1, 1])
ONE_Y = ONE.sample(100, 1)[0]


def with_mean(mean, mixture=ONE, k=1):
    means = mixture.means.copy()
    means[k] = mean
    return Mixture(mixture.weights, means, mixture.variances)


def plain_best(s):
    shares = joint(ONE_Y, with_mean(s))
    return np.average(ONE_Y, weights=shares[:, 1] / shares.sum(axis=1))


def test_the_stairs_are_e_steps_and_m_steps():
    points = coordinate_steps(ONE_Y, ONE, 1, (0.5, -0.75), steps=6)
    assert [point.title for point in points] == [
        "Start",
        *(f"{c}-step {t}" for t in range(1, 7) for c in "EM"),
    ]
    assert points[0][1:3] == (0.5, -0.75)
    for half_step, (here, there) in enumerate(pairwise(points)):
        if half_step % 2 == 0:
            assert there[1:3] == (here.m, here.m), "an E-step moves s to m"
            assert there.bound == pytest.approx(plain_score(ONE_Y, with_mean(here.m)), rel=1e-12)
        else:
            assert there.s == here.s, "an M-step moves m alone"
            assert there.m == pytest.approx(plain_best(here.s), rel=1e-12)
        assert there.bound > here.bound
    for point in points:
        assert point.bound == pytest.approx(
            plain_bound(ONE_Y, with_mean(point.s), with_mean(point.m)), rel=1e-12
        )


@pytest.mark.parametrize("start", [(0.5, -0.75), (-1.5, -0.75), (5, 4.5), (2, 2)])
def test_no_other_s_is_better_for_an_m_and_no_other_m_for_an_s(start):
    points = coordinate_steps(ONE_Y, ONE, 1, start, steps=2)
    for point in points[1:]:
        for change in (-0.01, 0.01):
            moved = (point.s + change, point.m) if point.title[0] == "E" else (point.s, point.m + change)
            assert plain_bound(ONE_Y, with_mean(moved[0]), with_mean(moved[1])) < point.bound


def test_the_picture_draws_the_bound_the_stairs_and_both_curves():
    picture = coordinate_ascent(ONE_Y, ONE, 1, (0.5, -0.75))
    (axes,) = picture.figure.axes
    diagonal, best, stairs, dots, star = axes.lines
    np.testing.assert_array_equal(*diagonal.get_data())
    for s, m in best.get_xydata()[::10]:
        assert m == pytest.approx(plain_best(s), rel=1e-9)
    points = coordinate_steps(ONE_Y, ONE, 1, (0.5, -0.75))
    np.testing.assert_array_equal(stairs.get_xydata(), [point[1:3] for point in points])
    np.testing.assert_array_equal(dots.get_xydata(), stairs.get_xydata())
    ((s, m),) = star.get_xydata()
    assert s == m == pytest.approx(plain_best(s), abs=1e-8)
    # A contour, though drawn between grid points, joins points of one height.
    contours = axes.collections[-1]
    for level, contour in zip(contours.levels, contours.get_paths(), strict=True):
        for s, m in contour.vertices[:: max(len(contour.vertices) // 5, 1)]:
            assert plain_bound(ONE_Y, with_mean(s), with_mean(m)) == pytest.approx(level, abs=0.1)
    assert len(contours.levels) >= 8
    for axis in (axes.get_xlim(), axes.get_ylim()):
        assert axis[0] < min(stairs.get_xydata().min(), s)
        assert max(stairs.get_xydata().max(), s) < axis[1]
    end, top = star.get_xdata()[0], plain_score(ONE_Y, with_mean(star.get_xdata()[0]))
    assert picture.sentence.endswith(
        f", {points[-1].bound:.2f} after M-step 6, and {top:.2f} at the end (star, m = {end:.2f})."
    )
    start, first = points[0].bound, points[1].bound
    assert f" {start:.2f} at the start, {first:.2f} after E-step 1," in picture.sentence


@pytest.mark.parametrize("start", [(0.5, -0.75), (-1.5, -0.75), (5, 4.5), (1.9, 2.0)])
def test_labels_of_the_climb_stand_clear_and_on_the_page(start):
    picture = coordinate_ascent(ONE_Y, ONE, 1, start)
    (axes,) = picture.figure.axes
    said = [text.get_text() for text in axes.texts]
    for label in ("s = m: here the bound is the log-likelihood", "the best m for each s", "start", "end"):
        assert said.count(label) == 1
    assert said.count("E") >= 1
    picture.figure.draw_without_rendering()
    frame = axes.get_window_extent()
    boxes = [text.get_window_extent() for text in axes.texts]
    for i, box in enumerate(boxes):
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 - 1 <= box.y0
        assert box.y1 <= frame.y1 + 1
        for other in boxes[:i]:
            overlap = (
                min(box.x1, other.x1) - max(box.x0, other.x0),
                min(box.y1, other.y1) - max(box.y0, other.y0),
            )
            assert min(overlap) < 3, said


@pytest.mark.parametrize("start", [0.2, 4.5])
def test_a_bound_touches_the_log_likelihood_and_lies_below_it(start):
    picture = bounds(ONE_Y, ONE, 1, start, steps=3)
    (axes,) = picture.figure.axes
    score = axes.lines[0]
    span, height = score.get_data()
    np.testing.assert_allclose(height, [plain_score(ONE_Y, with_mean(m)) for m in span], rtol=1e-12)
    m = start
    for step in range(3):
        curve, dot, square = axes.lines[1 + 3 * step : 4 + 3 * step]
        x, bound = curve.get_data()
        np.testing.assert_array_equal(x, span)
        np.testing.assert_allclose(
            bound, [plain_bound(ONE_Y, with_mean(m), with_mean(v)) for v in x], rtol=1e-12
        )
        assert (bound <= height + 1e-10).all()
        assert dot.get_xydata()[0] == pytest.approx([m, plain_score(ONE_Y, with_mean(m))])
        # Equal in value and in slope where the E-step was made: a bound of another s cuts the curve there.
        h = 1e-5
        at = [plain_bound(ONE_Y, with_mean(m), with_mean(m + change)) for change in (-h, 0, h)]
        level = [plain_score(ONE_Y, with_mean(m + change)) for change in (-h, 0, h)]
        assert at[1] == pytest.approx(level[1], abs=1e-10)
        assert at[2] - at[0] == pytest.approx(level[2] - level[0], abs=1e-3 * h)
        best = plain_best(m)
        top = plain_bound(ONE_Y, with_mean(m), with_mean(best))
        assert square.get_xydata()[0] == pytest.approx([best, top])
        assert top >= bound.max()
        assert (
            f"bound {step + 1} touches it at {m:.2f}, its top is at {best:.2f} ({top:.2f})"
            in picture.sentence
        )
        m = best
    styles = {(line.get_color(), line.get_linestyle()) for line in axes.lines if len(line.get_xdata()) > 1}
    assert len(styles) == 4
    assert len({style for _, style in styles}) == 4


def test_the_labels_of_the_bounds_stand_clear():
    picture = bounds(ONE_Y, ONE, 1, 0.2)
    picture.figure.draw_without_rendering()
    (axes,) = picture.figure.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    assert [text.get_text() for text in axes.texts] == ["log-likelihood", "bound 1", "bound 2", "bound 3"]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    x, height = axes.lines[0].get_data()
    track = axes.transData.transform(np.c_[x, height])
    assert not any(box.contains(*spot) for box in boxes for spot in track)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "words"),
    [
        (coordinate_ascent, ([2, 2], ONE, 1, (0, 1)), ValueError, "y must vary"),
        (
            coordinate_ascent,
            (ONE_Y, Mixture([1], [0], [1]), 0, (0, 1)),
            ValueError,
            "one of at least two classes",
        ),
        (coordinate_ascent, (ONE_Y, ONE, 2, (0, 1)), ValueError, r"component must be .* 0..1; got 2"),
        (coordinate_ascent, (ONE_Y, ONE, -1, (0, 1)), ValueError, "component must be at least 0"),
        (coordinate_ascent, (ONE_Y, "two", 1, (0, 1)), TypeError, "must be a Mixture"),
        (coordinate_ascent, (ONE_Y, ONE, 1, 0.5), ValueError, "start must have one axis"),
        (
            coordinate_ascent,
            (ONE_Y, ONE, 1, (0, 1, 2)),
            ValueError,
            "start must have two entries, s and m; got 3",
        ),
        (coordinate_steps, (ONE_Y, ONE, 1, (0, np.inf)), ValueError, "start must be finite"),
        (bounds, (ONE_Y, ONE, 1, (0, 1)), TypeError, "start must be a number"),
        (bounds, (ONE_Y, ONE, 1, np.nan), ValueError, "start must be a finite number"),
    ],
)
def test_what_cannot_be_climbed_is_refused(function, arguments, error, words):
    with pytest.raises(error, match=words):
        function(*arguments)


@pytest.mark.parametrize(
    ("function", "start", "steps", "words"),
    [
        (coordinate_ascent, (0, 1), 0, "steps must be at least 1"),
        (coordinate_steps, (0, 1), 0, "steps must be at least 1"),
        (bounds, 0, 0, "steps must be at least 1"),
        (bounds, 0, 4, "steps must be at most 3"),
    ],
)
def test_numbers_of_steps_that_cannot_be_shown_are_refused(function, start, steps, words):
    with pytest.raises(ValueError, match=words):
        function(ONE_Y, ONE, 1, start, steps=steps)


# ------------------------------------------------------------------ when to stop


@pytest.fixture(scope="module")
def slow():
    """The run of the lesson: its log-likelihoods, and where it ends."""
    rng = np.random.default_rng(2)
    z = rng.integers(0, 2, 300)
    y = rng.normal(np.where(z == 1, 1.0, -1.0), 1.0)
    start = Mixture([0.5, 0.5], [-0.5, 0.5], [y.var()] * 2)
    run = em(y, start, max_iter=4000, tol=0)
    return run.log_likelihoods[:2001], float(run.log_likelihoods.max())


def test_the_recipe_of_the_lesson(slow):
    """A loose tolerance stops far from the end, and the last gain does not say so."""
    scores, optimum = slow
    assert optimum == pytest.approx(-537.69863055, abs=1e-7)
    gains = np.diff(scores)
    for tolerance, step, score in [(0.1, 2, -539.510), (1e-3, 62, -537.7525), (1e-6, 1148, -537.6988)]:
        assert 1 + (gains <= tolerance).argmax() == step
        assert scores[step] == pytest.approx(score, abs=6e-4)
    assert gains[61] == pytest.approx(0.00087, abs=5e-6)
    assert optimum - scores[62] == pytest.approx(0.054, abs=5e-4)


def test_the_estimate_fails_where_one_rate_gives_way_to_a_slower_one_and_holds_after(slow):
    scores, optimum = slow
    ratio = {
        step: remaining_gain(scores[: step + 1]) / (optimum - scores[step])
        for step in (10, 62, 79, 200, 1148)
    }
    assert ratio[10] == np.inf, "the gains still grow"
    assert ratio[62] < 0.1
    assert 0.5 < ratio[79] < 0.6
    assert 1.1 < ratio[200] < 1.15
    assert ratio[1148] == pytest.approx(1.0165, abs=0.001)


def test_the_picture_draws_gain_remainder_and_estimate(slow):
    scores, optimum = slow
    picture = stopping(scores, optimum)
    (axes,) = picture.figure.axes
    left, gain, estimate = (line.get_data() for line in axes.lines[:3])
    for x, _ in (left, gain, estimate):
        np.testing.assert_array_equal(x, np.arange(1, 2001))
    np.testing.assert_allclose(left[1], optimum - scores[1:])
    np.testing.assert_allclose(gain[1], np.diff(scores))
    wanted = [np.nan, *(remaining_gain(scores[: step + 1]) for step in range(2, 2001))]
    np.testing.assert_array_equal(estimate[1], np.where(np.isfinite(wanted), wanted, np.nan))
    assert np.isnan(estimate[1][9]), "where gains grow there is a gap"
    assert [line.get_xdata()[0] for line in axes.lines[3:]] == [2, 62, 1148]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    styles = {(line.get_color(), line.get_linestyle()) for line in axes.lines[:3]}
    assert len({style for _, style in styles}) == len(styles) == 3
    assert to_rgb(axes.lines[0].get_color()) == (0, 0, 0)


def test_the_sentence_on_stopping(slow):
    scores, optimum = slow
    assert stopping(scores, optimum).sentence == (
        "Where each tolerance stops: the last gain, what remains, and the estimate of it. 0.1, step 2: 0.012,"
        " 1.8, 0.00015; 0.001, step 62: 0.00087, 0.054, 0.003; 1e-06, step 1,148: 1e-06, 0.00016, 0.00016."
        " From step 79 to step 1,148 the estimate is within a factor 2 of what remains."
    )


def test_where_the_estimate_is_good_is_counted_to_the_last_stop(slow):
    scores, optimum = slow
    assert stopping(scores, optimum, tolerances=[1e-3]).sentence.endswith(
        "At step 62 the estimate is not within a factor 2 of what remains."
    )
    # With no tolerance that stops it, to the end of the run.
    short = stopping(scores[:101], optimum, tolerances=[1e-7]).sentence
    assert ". 1e-07 does not stop it. From step 79 to step 100 the estimate is within" in short


@pytest.mark.parametrize("tolerances", [(0.1, 1e-3, 1e-6), (0.1, 1e-3, 1e-6, 1e-8), (1e-6, 1e-3)])
def test_labels_of_stopping_are_clear_and_on_the_page(slow, tolerances):
    scores, optimum = slow
    figure = stopping(scores, optimum, tolerances=tolerances).figure
    figure.draw_without_rendering()
    page = figure.get_tightbbox()
    assert page.x0 >= 0
    assert page.x1 <= 8
    assert page.y1 <= 3.2
    (axes,) = figure.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    for line in axes.lines[:3]:
        drawn = line.get_xydata()[np.isfinite(line.get_ydata())]
        track = axes.transData.transform(drawn)
        assert not any(box.contains(*spot) for box in boxes for spot in track)


def test_a_run_that_is_at_its_end_draws_nothing_and_says_so():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = stopping([-5, -5, -5, -5], -5)
        picture.png()
    assert ". 0.1, step 1: 0, 0, none;" in picture.sentence


@pytest.mark.parametrize(
    ("scores", "optimum", "tolerances", "error", "words"),
    [
        ([-3, -2], -1, (0.1,), ValueError, "run_log_likelihoods must have at least three entries; got 2"),
        ([-3, -2, -1], -1.5, (0.1,), ValueError, "optimum must be at least that of the run, -1; got -1.5"),
        ([-3, -2, -2.5], -1, (0.1,), ValueError, "must not fall"),
        ([-3, -2, -1], np.nan, (0.1,), ValueError, "optimum must be a finite number"),
        ([-3, -2, -1], 0, (0,), ValueError, "tolerances must be above 0"),
        ([-3, -2, -1], 0, (-1,), ValueError, "tolerances must be a finite number, at least 0"),
        ("abc", 0, (0.1,), TypeError, "run_log_likelihoods must be a list or array of numbers"),
    ],
)
def test_what_is_no_run_is_refused(scores, optimum, tolerances, error, words):
    with pytest.raises(error, match=words):
        stopping(scores, optimum, tolerances=tolerances)


def test_no_drawing_stays_alive():
    gc.collect()
    before = sum(isinstance(thing, Figure) for thing in gc.get_objects())
    for picture in (coordinate_ascent(ONE_Y, ONE, 1, (0.5, -0.75)), bounds(ONE_Y, ONE, 1, 0.2)):
        picture.png()
    del picture
    gc.collect()
    assert sum(isinstance(thing, Figure) for thing in gc.get_objects()) == before


def test_all_fit_on_a_slide(slow):
    for picture in (
        coordinate_ascent(ONE_Y, ONE, 1, (0.5, -0.75)),
        bounds(ONE_Y, ONE, 1, 0.2),
        stopping(*slow),
    ):
        assert tuple(picture.figure.get_size_inches()) == (8, 3.2)


def test_log_likelihood_and_m_step_agree_with_the_plain_ones():
    """What the tests above compare with is what lesson 03 and 04 taught."""
    assert plain_score(ONE_Y, ONE) == pytest.approx(log_likelihood(ONE_Y, ONE), rel=1e-12)
    assert plain_best(0.3) == pytest.approx(m_step(ONE_Y, e_step(ONE_Y, with_mean(0.3))).means[1], rel=1e-12)
