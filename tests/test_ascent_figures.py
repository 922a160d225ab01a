"""Lesson 05: the climb along two axes, the race with gradient ascent, and when to stop."""

import numpy as np
import pytest
from drawings import ONE_MEAN, SLOW
from oracles import bound_of, score_of, shares_of
from places import assert_apart, assert_off_the_lines, assert_on_page, close, said_in, same

from gmm_lesson import Mixture
from gmm_lesson.em import remaining_gain
from gmm_lesson.figures import coordinate_ascent, race, stopping

ONE_Y, ONE, _ = ONE_MEAN


def with_mean(mean):
    return Mixture(ONE.weights, [ONE.means[0], mean], ONE.variances)


def best_mean(s):
    return np.average(ONE_Y, weights=shares_of(with_mean(s), ONE_Y)[:, 1])


@pytest.mark.parametrize("start", [(0.5, -0.75), (-1.5, -0.75), (5, 4.5), (1.9, 2.0)])
def test_the_climb_draws_the_bound_the_stairs_and_both_curves(start):
    track = [start]
    for _ in range(6):
        s = track[-1][1]
        track += [(s, s), (s, best_mean(s))]
    lower = [bound_of(ONE_Y, with_mean(s), with_mean(m)) for s, m in track]
    assert (np.diff(lower) > 0).all()
    picture = coordinate_ascent(ONE_Y, ONE, 1, start)
    (axes,) = picture.figure.axes
    diagonal, second, stairs, dots, star = axes.lines
    same(*diagonal.get_data())
    for s, m in second.get_xydata()[::10]:
        assert m == pytest.approx(best_mean(s), rel=1e-9)
    for line in (stairs, dots):
        close(line.get_xydata(), track, rtol=1e-12)
    ((s, end),) = star.get_xydata()
    assert s == end == pytest.approx(best_mean(s), abs=1e-8)
    contours = axes.collections[-1]
    for level, contour in zip(contours.levels, contours.get_paths(), strict=True):
        for s, m in contour.vertices[:: max(len(contour.vertices) // 5, 1)]:
            assert bound_of(ONE_Y, with_mean(s), with_mean(m)) == pytest.approx(level, abs=0.1)
    assert len(contours.levels) >= 8
    for low, high in (axes.get_xlim(), axes.get_ylim()):
        assert low < min(np.min(track), end) <= max(np.max(track), end) < high
    said = f" {lower[0]:.2f} at the start, {lower[1]:.2f} after E-step 1, {lower[-1]:.2f} after M-step 6"
    assert said in picture.sentence
    top = score_of(with_mean(end), ONE_Y)
    assert picture.sentence.endswith(f"{top:.2f} at the end (star, m = {end:.2f}).")
    for label in ("s = m: here the bound is the log-likelihood", "the best m for each s", "start", "end"):
        assert said_in(axes).count(label) == 1


def test_a_race_draws_what_each_run_lacks_of_the_highest():
    runs = {"there": [-9, -1.005, -1, -1.002], "creeps": [-9, -8, -7, -6], "falls": [-9, -12, -10, -11.25]}
    picture = race(runs)
    (axes,) = picture.figure.axes
    for line, run in zip(axes.lines, runs.values(), strict=True):
        seen = np.array([-1.0 - score for score in run]) > 1e-3 / 2
        close(line.get_xydata()[seen], np.c_[range(4), -1.0 - np.array(run)][seen])
        assert line.get_ydata().min() > 0, "on a logarithmic axis"
    assert (axes.get_yscale(), axes.get_ylim()[0], axes.get_xlim()) == ("log", 1e-3, (0, 3))
    assert len({line.get_linestyle() for line in axes.lines}) == len(runs)
    assert said_in(axes) == list(runs)
    assert [text.get_color() for text in axes.texts] == [line.get_color() for line in axes.lines]
    assert picture.sentence == (
        "How far below the top, -1.00, each run is at each step. Within 0.01 of it: there at step 1; creeps"
        " not by step 3 (5.00 left); falls not by step 3 (10.25 left)."
    )


def test_stopping_draws_gain_remainder_and_estimate():
    scores, optimum = SLOW
    picture = stopping(scores, optimum)
    (axes,) = picture.figure.axes
    wanted = [np.nan, *(remaining_gain(scores[: step + 1]) for step in range(2, 2001))]
    curves = optimum - scores[1:], np.diff(scores), np.where(np.isfinite(wanted), wanted, np.nan)
    for line, curve in zip(axes.lines, curves, strict=False):
        close(line.get_xydata(), np.c_[np.arange(1, 2001), curve])
    assert np.isnan(curves[2][9]), "where gains grow there is a gap"
    assert [line.get_xdata()[0] for line in axes.lines[3:]] == [2, 62, 1148]
    assert_on_page(picture)
    assert_apart(axes.texts, 0)
    assert_off_the_lines(axes, axes.texts, axes.lines[:3])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert len({line.get_linestyle() for line in axes.lines[:3]}) == 3
    assert (
        " 0.1, step 2: 0.012, 1.8, 0.00015; 0.001, step 62: 0.00087, 0.054, 0.003; 1e-06, step 1,148: 1e-06,"
        " 0.00016, 0.00016. From step 79 to step 1,148 the estimate is within a factor 2 of what remains."
    ) in picture.sentence
    short = "; 1e-06 does not stop it. At step 62 the estimate is not within a factor 2 of what remains."
    assert short in stopping(scores[:101], optimum).sentence
    never = stopping([-9, -5, -3, -2], -1).sentence
    assert "1e-06 does not stop it. From step 2 to step 3 the estimate is within a factor 2" in never
    at_its_end = stopping([-5, -5, -5, -5], -5)
    at_its_end.png()
    assert ". 0.1, step 1: 0, 0, none;" in at_its_end.sentence
