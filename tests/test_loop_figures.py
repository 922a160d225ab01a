"""Lessons 00 and 05: EM half a step at a time, and the bound that it lifts."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from drawings import LECTURE, PALETTE, looks
from oracles import bound_of, joint_of, recipes_of, score_of, shares_of
from places import (
    assert_apart,
    assert_inside,
    assert_labels_are_clear,
    assert_off_the_lines,
    assert_on_page,
    close,
    said_in,
)
from test_mixture_figures import assert_mixture_shows

from gmm_lesson import Mixture, em
from gmm_lesson.explorers.lessons import FOUR_ALIKE, PART_WAYS, TOGETHER
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


# ------------------------------------------------------------------ half-steps


@pytest.fixture(scope="module")
def lecture_frames():
    return frames_of(LECTURE, FOUR_ALIKE, 15)


def test_frames_are_the_start_and_then_e_and_m_in_turn(lecture_frames):
    picture = HalfStepPicture(LECTURE, FOUR_ALIKE, label="length")
    assert picture.strip.get_xlabel() == "length"
    sizes, places = [], []
    for index, (mixture, r, score, _) in enumerate(lecture_frames):
        picture.go_to(index)
        said = f"core (log-likelihood) {score:.1f}"
        recipes = recipes_of(picture.names, mixture)
        if r is None:
            colours = picture.dots.get_facecolor()[:, :3]
            assert np.ptp(colours) == 0, "nobody has shared the objects out: they are grey"
            assert len(set(map(id, picture.dots.get_paths()))) == 1
            wanted = f"a guess. No object is shared out yet. S{said}. {recipes}."
        else:
            assert_mixture_shows(picture, r)
            sure = f"{(r.max(axis=1) > 0.99).sum()} of 200 objects have more than 99% in one class"
            gain = f"{score - lecture_frames[index - 1][2]:.1f}"
            gain = "less than 0.1" if gain == "0.0" else gain
            wanted = f"the curves follow from the shares. S{said}, up by {gain}. {recipes}."
            if index % 2:
                wanted = f"the shares follow from the curves; {sure}. S{said}."
        assert picture.sentence == f"{title_of(index)}: {wanted}"
        places.append([label.get_position() for label in picture.labels.texts])
        sizes.append((picture.axes.get_xlim(), picture.axes.get_ylim()))
    assert len(picture.halves) == len(lecture_frames) == 31
    assert len(set(sizes)) == 1, "all frames have the same axes"
    assert np.abs(np.diff(places[2:], axis=0)).max() < 0.4, "labels follow their curves in small steps"
    assert "up by less than 0.1" in picture.sentence


def test_a_class_that_collapses_is_cut_and_said():
    y = np.append(Mixture([0.4, 0.6], [0, 5], [1, 4]).sample(60, 1)[0], [20.0, 20.0001])
    picture = HalfStepPicture(y, Mixture([0.9, 0.1], [3, 20], [9, 1]), steps=10)
    picture.go_to(20)
    top, peak = picture.axes.get_ylim()[1], picture.curves[1].get_ydata().max()
    assert peak > top
    assert picture.sentence.endswith(f" The peak of class 2, {peak:.2f}, is above the picture.")
    assert picture.curves[0].get_ydata().max() > top / 10, "the other class can be seen"
    picture.go_to(0)
    assert "above" not in picture.sentence


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
        assert panel.get_ylim()[0] < dots.get_offsets()[:, 1].min()
        assert dots.get_offsets()[:, 1].max() < 0, "below the curves"


@pytest.mark.parametrize(
    ("steps", "chosen"),
    [
        (1, [0, 1, 2]),
        (4, [0, 1, 2, 3, 4, 8]),
        (8, [0, 1, 2, 3, 4, 8, 16]),
        (15, [0, 1, 2, 3, 4, 8, 16, 30]),
    ],
)
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
    end, r = frames[-1][:2]
    after = ", ".join(f"{lecture_frames[i][2]:.1f} after {i // 2}" for i in chosen if i and i % 2 == 0)
    parts = zip(("weights", "means", "sds"), (end.weights, end.means, end.sds), strict=True)
    classes = "; ".join(f"{part} " + ", ".join(f"{value:.2f}" for value in values) for part, values in parts)
    assert strip.sentence == (
        f"EM from a guess, in {steps} step{'s' if steps > 1 else ''}. The score (log-likelihood) is -951.7 at"
        f" the start, {after}. At the end {(r.max(axis=1) > 0.99).sum()} of 200 objects have more than 99% in"
        f" one class; {classes}."
    )


# ------------------------------------------------------------------ the loop and its bound


@pytest.mark.parametrize(
    ("y", "start", "steps"), [(Y, TOGETHER, 8), (LECTURE, FOUR_ALIKE, 15), (Y, TOGETHER, 1)]
)
def test_a_frame_shows_both_numbers_up_to_itself(y, start, steps):
    picture, frames = BoundPicture(y, start, steps=steps), frames_of(y, start, steps)
    scores, lower = np.array([f[2] for f in frames]), np.array([f[3] for f in frames[1:]])
    close(picture.scores, scores, rtol=1e-12)
    close(picture.bounds, lower, rtol=1e-12)
    limits = picture.side.get_xlim(), picture.side.get_ylim()
    marks, decimals = picture.marks, 2 if steps == 8 or y is LECTURE else 3
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
            assert (wanted >= [limits[0][0], limits[1][0]]).all()
            assert (wanted <= [limits[0][1], limits[1][1]]).all()
        if index:
            corners = {tuple(corner.round(9)) for corner in marks.gap.get_paths()[0].vertices}
            assert {tuple(corner.round(9)) for corner in np.r_[upper[1:], below]} == corners
        else:
            assert marks.gap.get_paths() == []
        assert (picture.side.get_xlim(), picture.side.get_ylim()) == limits
        tags = [tag for tag in picture.tags if tag.get_visible()]
        assert [tag.get_text() for tag in tags] == ["log-likelihood", "bound"][: 1 + (index > 0)]
        assert_inside(picture.side, tags)
        assert_apart(tags, 0)
        assert_off_the_lines(picture.side, tags, [marks.score_line, marks.bound_line])
        assert_labels_are_clear(picture)
        said = "no bound yet" if r is None else "they meet" if index % 2 else None
        assert picture.title.get_text().startswith(f"{title_of(index)}: {said or 'gap'}")
        assert picture.title.get_window_extent().x1 <= picture.figure.bbox.x1
        if decimals == 2 and y is Y:
            assert picture.sentence == bound_sentence(picture.names, index, frames)
            if index and not index % 2:
                assert picture.title.get_text().endswith(f" gap {score - bound:.2f}")
        if r is not None:
            assert_mixture_shows(picture, r)


def bound_sentence(names, index, frames):
    mixture, r, score, bound = frames[index]
    recipes = recipes_of(names, mixture)
    if r is None:
        return (
            "Start: a guess. No object is shared out yet, so there is no bound. Log-likelihood"
            f" {score:.2f}. {recipes}."
        )
    rise = None if index == 1 else f"{bound - frames[index - 1][3]:.2f}"
    rise = "less than 0.01" if rise == "0.00" else rise
    if index % 2:
        sure = f"{(r.max(axis=1) > 0.99).sum()} of {len(r)} objects have more than 99% in one class"
        what = "The first bound is" if index == 1 else f"The bound rises by {rise} and meets"
        return (
            f"{title_of(index)}: the responsibilities follow from the curves; {sure}. {what} the"
            f" log-likelihood, {score:.2f}, which stands still."
        )
    return (
        f"{title_of(index)}: the curves follow from the responsibilities. The bound rises by {rise} to"
        f" {bound:.2f}, the log-likelihood by {score - frames[index - 1][2]:.2f} to {score:.2f}: a gap of"
        f" {score - bound:.2f}. {recipes}."
    )


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
    widest = int(gaps.argmax())
    if steps == 8:
        rise = f"rises from {scores[0]:.2f} to {scores[-1]:.2f}, at M-steps only."
        assert f"in 8 steps. The log-likelihood {rise}" in strip.sentence
        ending = f"{gaps[widest]:.2f} at its widest after M-step {(widest + 1) // 2}, {gaps[-1]:.2f} after"
        end = f"open a gap, {ending} M-step 8. {recipes_of(picture.names, frames[-1][0])}."
        assert strip.sentence.endswith(end)
    if steps == 1:
        assert re.search(r"in 1 step\. .*\d at its widest after M-step 1\. Class 1", strip.sentence)
