"""Lessons 00 and 05: EM half a step at a time, and the bound that it lifts."""

import re
from itertools import pairwise

import numpy as np
import pytest
from drawings import FOUR_ALIKE, LECTURE, PALETTE, looks
from oracles import bound_of, joint_of, parameters_of, score_of, shares_of
from places import (
    assert_apart,
    assert_inside,
    assert_labels_are_clear,
    assert_off_the_lines,
    assert_on_page,
    close,
    said_in,
    same,
)
from test_mixture_figures import assert_mixture_shows

from gmm_lesson import Mixture, em
from gmm_lesson.explorers.lessons import PART_WAYS, TOGETHER
from gmm_lesson.figures import BoundPicture, HalfStepPicture

Y = PART_WAYS.sample(120, 1)[0]


def frames_of(y, start, steps):
    """Return the mixture, the responsibilities, the log-likelihood and the bound of every frame."""
    path = em(y, start, max_iter=steps, tol=0).path
    frames = [(path[0], None, score_of(path[0], y), None)]
    for before, after in pairwise(path):
        r = shares_of(before, y)
        frames += [(m, r, score_of(m, y), bound_of(y, before, m)) for m in (before, after)]
    return frames


def title_of(index):
    return "Start" if index == 0 else f"{'ME'[index % 2]}-step {(index + 1) // 2}"


def sure_of(r):
    return f"{(r.max(axis=1) > 0.99).sum()} of {len(r)} objects have more than 99% in one class"


@pytest.fixture(scope="module")
def lecture_frames():
    return frames_of(LECTURE, FOUR_ALIKE, 15)


def test_frames_are_the_start_and_then_e_and_m_in_turn(lecture_frames):
    picture = HalfStepPicture(LECTURE, FOUR_ALIKE, label="length")
    assert picture.strip.get_xlabel() == "length"
    assert len(picture.halves) == len(lecture_frames) == 31
    sizes, places = set(), []
    for index, (mixture, r, score, _) in enumerate(lecture_frames):
        picture.go_to(index)
        assert picture.sentence.startswith(f"{title_of(index)}: ")
        assert f"core (log-likelihood) {score:.1f}" in picture.sentence
        if r is None:
            assert np.ptp(picture.dots.get_facecolor()[:, :3]) == 0, "nobody has shared them out: grey"
            assert len(set(map(id, picture.dots.get_paths()))) == 1
        else:
            assert_mixture_shows(picture, r)
            gain = f"up by {score - lecture_frames[index - 1][2]:.1f}".replace("by 0.0", "by less than 0.1")
            assert (sure_of(r) if index % 2 else gain) in picture.sentence
        assert index % 2 or parameters_of(picture.names, mixture) in picture.sentence
        places.append([label.get_position() for label in picture.labels.texts])
        sizes.add((picture.axes.get_xlim(), picture.axes.get_ylim()))
    assert len(sizes) == 1, "all frames have the same axes"
    assert np.abs(np.diff(places[2:], axis=0)).max() < 0.4, "labels follow their curves in small steps"


def test_a_class_that_collapses_is_cut_and_said():
    y = np.append(Mixture([0.4, 0.6], [0, 5], [1, 4]).sample(60, 1)[0], [20.0, 20.0001])
    picture = HalfStepPicture(y, Mixture([0.9, 0.1], [3, 20], [9, 1]), steps=10)
    picture.go_to(20)
    top, peak = picture.axes.get_ylim()[1], picture.curves[1].get_ydata().max()
    assert picture.curves[0].get_ydata().max() > top / 10, "the other class can be seen"
    assert peak > top
    assert picture.sentence.endswith(f" The peak of class 2, {peak:.2f}, is above the picture.")


def assert_panels_show(panels, frames, titles):
    assert [panel.get_title(loc="left") for panel in panels] == titles
    for panel, (mixture, r, *_) in zip(panels, frames, strict=True):
        for k, line in enumerate(panel.lines):
            x, height = line.get_data()
            close(height, joint_of(mixture, x)[:, k], atol=1e-12)
            assert line.get_linestyle() == ["-", "--", "-.", ":"][k]
            assert height.max() < panel.get_ylim()[1]
        (dots,) = panel.collections
        if r is not None:
            close(dots.get_facecolor()[:, :3], r @ PALETTE[: r.shape[1]], atol=1e-9)
        up = np.asarray(dots.get_offsets())[:, 1]
        assert panel.get_ylim()[0] < up.min() <= up.max() < 0, "below the curves"


@pytest.mark.parametrize(("steps", "chosen"), [(1, [0, 1, 2]), (15, [0, 1, 2, 3, 4, 8, 16, 30])])
def test_a_filmstrip_shows_the_first_frames_some_later_ones_and_the_last(steps, chosen, lecture_frames):
    picture = HalfStepPicture(LECTURE, FOUR_ALIKE, steps=steps, label="length")
    picture.go_to(1)
    before = looks(picture)
    strip = picture.filmstrip()
    assert looks(picture) == before, "it stays where it was"
    panels, frames = strip.figure.get_axes(), [lecture_frames[index] for index in chosen]
    titles = [f"{title_of(index)}: {lecture_frames[index][2]:.1f}" for index in chosen]
    assert_panels_show(panels, frames, titles)
    assert_on_page(strip)
    assert_apart([panel._left_title for panel in panels])
    for place, panel in enumerate(panels):
        ticks = [label.get_visible() for label in panel.get_xticklabels()]
        assert any(ticks) == (place + 4 >= len(panels))
    assert strip.figure.get_supxlabel() == "length"
    assert f"in {steps} step{'s' if steps > 1 else ''}. The score" in strip.sentence
    after = ", ".join(f"{lecture_frames[i][2]:.1f} after {i // 2}" for i in chosen if i and i % 2 == 0)
    assert f" at the start, {after}. At the end {sure_of(frames[-1][1])};" in strip.sentence


@pytest.mark.parametrize(("y", "start", "steps"), [(Y, TOGETHER, 8), (LECTURE, FOUR_ALIKE, 15)])
def test_a_frame_shows_both_numbers_up_to_itself(y, start, steps):
    picture, frames = BoundPicture(y, start, steps=steps), frames_of(y, start, steps)
    scores, lower = np.array([f[2] for f in frames]), np.array([f[3] for f in frames[1:]])
    close(picture.scores, scores, rtol=1e-12)
    close(picture.bounds, lower, rtol=1e-12)
    marks, limits = picture.marks, np.array([picture.side.get_xlim(), picture.side.get_ylim()])
    for index, (_, r, score, bound) in enumerate(frames):
        picture.go_to(index)
        upper = np.c_[np.arange(index + 1), scores[: index + 1]]
        below = np.c_[np.arange(1, index + 1), lower[:index]]
        for line, dots, wanted in [
            (marks.score_line, marks.score_dots, upper),
            (marks.bound_line, marks.bound_dots, below),
        ]:
            close(line.get_xydata(), wanted)
            close(dots.get_offsets(), wanted)
            assert ((wanted >= limits[:, 0]) & (wanted <= limits[:, 1])).all()
        gap = {tuple(corner.round(9)) for path in marks.gap.get_paths() for corner in path.vertices}
        assert gap == ({tuple(corner.round(9)) for corner in np.r_[upper[1:], below]} if index else set())
        same([picture.side.get_xlim(), picture.side.get_ylim()], limits)
        tags = [tag for tag in picture.tags if tag.get_visible()]
        assert [tag.get_text() for tag in tags] == ["log-likelihood", "bound"][: 1 + (index > 0)]
        assert_inside(picture.side, tags)
        assert_apart(tags, 0)
        assert_off_the_lines(picture.side, tags, [marks.score_line, marks.bound_line])
        assert_labels_are_clear(picture)
        ends = "no bound yet" if r is None else "they meet" if index % 2 else f"gap {score - bound:.2f}"
        ends = ends.replace("gap 0.00", "gap < 0.01")
        assert picture.title.get_text() == f"{title_of(index)}: {ends}"
        assert picture.title.get_window_extent().x1 <= picture.figure.bbox.x1
        if index and not index % 2 and y is Y:
            rise = bound - frames[index - 1][3]
            assert f"{score:.2f}: a gap of {score - bound:.2f}." in picture.sentence
            assert f" The bound rises by {rise:.2f} to {bound:.2f}" in picture.sentence
        if r is not None:
            assert_mixture_shows(picture, r)


def test_the_two_numbers_differ_in_line_and_mark_and_their_gap_can_be_seen():
    picture = BoundPicture(Y, TOGETHER)
    marks = picture.marks
    assert (marks.score_line.get_linestyle(), marks.bound_line.get_linestyle()) == ("-", "--")
    lines = [marks.score_line.get_color(), marks.bound_line.get_color()]
    assert lines[0] != lines[1]
    assert [tag.get_color() for tag in picture.tags] == lines
    corners = [len(dots.get_paths()[0].vertices) for dots in (marks.score_dots, marks.bound_dots)]
    assert corners[0] > corners[1] == 5, "circles, and squares"
    assert marks.bound_dots.get_sizes() > marks.score_dots.get_sizes(), "both are seen where they meet"
    gaps = (picture.scores[1:] - picture.bounds)[1::2]
    height = picture.side.get_window_extent().height / picture.figure.dpi / np.ptp(picture.side.get_ylim())
    assert (height * gaps > 0.03).sum() >= 6, "inches"


def test_at_an_optimum_nothing_can_be_told_from_nothing():
    picture = BoundPicture(Y, em(Y, TOGETHER, tol=0, max_iter=500).mixture, steps=2)
    picture.go_to(2)
    assert picture.sentence.count("less than 0.00001") == 3
    assert picture.title.get_text() == "M-step 1: gap < 0.00001"
    assert np.ptp(picture.side.get_ylim()) >= 1e-3


@pytest.mark.parametrize(("steps", "chosen"), [(1, [1, 2]), (8, [1, 2, 3, 16]), (12, [1, 2, 3, 24])])
def test_the_filmstrip_of_the_bound_shows_all_of_both_numbers(steps, chosen):
    picture, frames = BoundPicture(Y, TOGETHER, steps=steps), frames_of(Y, TOGETHER, steps)
    strip = picture.filmstrip()
    *panels, side = strip.figure.get_axes()
    assert_panels_show(panels, [frames[index] for index in chosen], [title_of(index) for index in chosen])
    bound, score = side.lines
    scores, lower = np.array([f[2] for f in frames]), np.array([f[3] for f in frames[1:]])
    close(bound.get_xydata(), np.c_[1 : 2 * steps + 1, lower])
    close(score.get_xydata(), np.c_[0 : 2 * steps + 1, scores])
    ticks = [label.get_text() for label in side.get_xticklabels()]
    if steps <= 10:
        assert ticks == ["E", "M"] * steps
    else:
        assert side.get_xlabel() == "step"
        assert [2 * int(label) for label in ticks] == list(side.get_xticks())
    assert said_in(side) == ["log-likelihood", "bound"]
    assert_apart(side.texts, 0)
    assert_on_page(strip)
    gaps = scores[1:] - lower
    if steps == 8:
        widest = f"{gaps.max():.2f} at its widest after M-step {(gaps.argmax() + 1) // 2}"
        assert f"open a gap, {widest}, {gaps[-1]:.2f} after M-step 8." in strip.sentence
    if steps == 1:
        assert re.search(r"in 1 step\. .*\d at its widest after M-step 1\. Class 1", strip.sentence)
