"""Lesson 08's drawings: the likelihood that runs away, and slow ends."""

import itertools

import numpy as np
import pytest
from drawings import LECTURE, SLOW_RUN
from oracles import score_of
from places import assert_apart, assert_inside, assert_off_the_lines, assert_on_page, close, said_in, same
from scipy.stats import norm

from gmm_lesson import Mixture, fit, load
from gmm_lesson.figures import SpikePicture, convergence

SORTED = np.sort(LECTURE)
HONEST = -696.7281976607
THREE = fit(LECTURE, 3).mixture.sorted()


def spike(y=LECTURE, others=THREE, honest=HONEST):
    return SpikePicture(y, others, honest=honest)


def assert_spike_shows(picture):
    """Artists and sentence are what the sd and the object of the narrow class imply, by scipy's densities."""
    m, y, others, honest = picture.mixture, picture.y, picture._others, picture.honest
    n, k, at, sd = len(y), others.n_components + 1, m.means[-1], m.sds[-1]
    close(m.weights, np.append((1 - 1 / n) * others.weights, 1 / n))
    same(m.means[:-1], others.means)

    def score(width):
        return score_of(Mixture(m.weights, m.means, np.append(others.variances, width**2)), y)

    assert picture.score == pytest.approx(score(sd), abs=1e-9)
    height, top = norm.pdf(0, 0, sd) / n, picture.axes.get_ylim()[1]
    x, bell = picture.spike.get_data()
    assert bell.max() == pytest.approx(min(height, 2 * top))
    assert (bell[0], bell[-1]) == (0, 0)
    assert np.abs(x - at).max() <= 4.001 * sd + 1e-12 * abs(at)
    if height < top:
        close(bell[1:-1], norm.pdf(x, at, sd)[1:-1] / n, rtol=1e-9)
    log_sds, curve = picture.curve.get_data()
    assert (log_sds[0], log_sds[-1]) == (picture.low, picture.high)
    chosen = np.unique(np.linspace(0, len(log_sds) - 1, 12).astype(int))
    close(curve[chosen], [score(10.0**e) for e in log_sds[chosen]], atol=1e-9)
    x, straight = picture.straight.get_data()
    slope = (y == at).sum() * np.log(10)
    close(np.diff(straight) / np.diff(x), -slope, rtol=1e-9)
    close(straight[:5], curve[:5], atol=1e-9)
    close(picture.dot.get_offsets(), [(np.log10(sd), score(sd))], atol=1e-9)
    assert picture.chosen.get_offsets()[0, 0] == at
    assert picture.peak.get_text() == f"peak {height:.3g}"
    assert picture.title.get_text() == f"log-likelihood {score(sd):.3f}"
    assert picture.slope.get_text() == f"+{slope:.3f} each tenfold"
    which, gap = picture._number, score(sd) - honest
    assert y[which - 1] == at
    assert picture.sentence == (
        f"Class {k}, of weight 1/{n}, sits on the object at {at:.2f} (number {which} of {n} in their order)"
        f" with an sd of {sd:.3g}: its peak is {height:.3g} high. Log-likelihood {score(sd):.3f},"
        f" {abs(gap):.3f} {'above' if gap > 0 else 'below'} the best honest fit of {k}"
        f" classes, {honest:.3f}. An sd ten times smaller adds {score(sd / 10) - score(sd):.3f}."
    )


def assert_spike_is_clear(picture):
    """The curve stays in its frame, and so do the labels in theirs, apart."""
    low, high = picture.score_axes.get_ylim()
    assert low < picture.curve.get_ydata().min() <= picture.curve.get_ydata().max() < high
    (goal,) = (text for text in picture.score_axes.texts if "honest" in text.get_text())
    assert goal.get_text() == f"best honest fit\n{picture.honest:.2f}"
    assert_inside(picture.score_axes, [picture.slope, goal])
    assert_apart([picture.slope, goal], 0)
    names = picture.figure.texts
    assert_inside(picture.axes, names, -2)
    assert_inside(picture.axes, [picture.peak])
    for name in names:
        assert_apart([name, picture.peak])


def test_objects_of_one_value_are_gained_together():
    picture = spike(np.append(LECTURE, LECTURE.min()))
    for log_sd, which, slope in [(-12, 1, "+4.605"), (-12, 3, "+2.303"), (-4, 101, "+2.303")]:
        picture.update(log_sd, which)
        assert_spike_shows(picture)
        assert picture.slope.get_text() == f"{slope} each tenfold"


@pytest.mark.parametrize(("name", "sign"), [("lecture_2021", 1), ("galaxies", 1), ("galaxies", -1)])
def test_curves_and_labels_stay_inside_whatever_the_object(name, sign):
    y = sign * load(name).y
    floor = 1e-3 * y.var()
    picture = spike(y, fit(y, 3, floor=floor).mixture.sorted(), fit(y, 4, floor=floor).log_likelihood)
    assert_on_page(picture)
    for which, log_sd in itertools.product(range(1, len(y) + 1, 5), (picture.low, picture.high)):
        picture.update(log_sd, which)
        assert_spike_is_clear(picture)


@pytest.mark.parametrize("which", [1, 100, 200])
def test_the_peak_is_written_at_the_top_of_the_spike_until_that_leaves_the_frame(which):
    picture = spike()
    frame, gap, heights = picture.axes.get_window_extent(), 0.05 * picture.figure.dpi, []
    for log_sd in (0.5, 0, -0.5, -6, -16):
        picture.update(log_sd, which)
        at, peak = SORTED[which - 1], norm.pdf(0, 0, 10.0**log_sd) / len(LECTURE)
        x, top = picture.axes.transData.transform((at, min(peak, picture.axes.get_ylim()[1])))
        box = picture.peak.get_window_extent()
        assert box.y0 == pytest.approx(min(top + gap, frame.y1 - box.height), abs=1.5)
        heights.append(box.y0)
        assert box.x0 - 2.2 * gap < x < box.x1 + 2.2 * gap, "beside the spike, or above it"
    assert heights[2] < frame.y0 + 0.2 * frame.height < heights[3] == heights[4]
    before = picture.peak.get_position()
    picture.png()
    picture.update(-16, which)
    assert picture.peak.get_position() == before, "saving it moves nothing"


@pytest.mark.parametrize("honest", [-725.0, -717.0, -700.0, -685.0, -640.0])
def test_there_is_room_for_the_goal_wherever_it_is(honest):
    picture = spike(honest=honest)
    picture.update(-4, 1)
    assert_spike_is_clear(picture)
    (goal,) = (text for text in picture.score_axes.texts if "honest" in text.get_text())
    assert_off_the_lines(picture.score_axes, [goal], [picture.curve])


def test_two_objects_and_one_other_class_are_enough():
    picture = spike([0.0, 1.0], Mixture([1], [0.5], [0.25]), 0)
    for log_sd, which in itertools.product((picture.low, picture.high), (1, 2)):
        picture.update(log_sd, which)
        assert_spike_shows(picture)


RHO = 0.9968315463
"""The largest eigenvalue of I_complete^-1 I_missing at the optimum of lesson 05's slow case."""


def test_the_slow_case_keeps_to_the_prediction():
    optimum = float(SLOW_RUN.max())
    picture = convergence(SLOW_RUN[:3201], rho=RHO, optimum=optimum, since=1000)
    (axes,) = picture.figure.axes
    em_line, line = axes.lines
    gap = optimum - SLOW_RUN
    close(em_line.get_ydata()[:2600], gap[:2600], rtol=1e-9)
    end = int((gap <= 1e-8).argmax())
    assert len(em_line.get_ydata()) == end + 1, "to where the gap is closed"
    (first, last), (high, low) = line.get_data()
    assert (first, last, high) == (1000, 2670, gap[1000])
    assert np.log10(low / high) / (last - first) == pytest.approx(2 * np.log10(RHO))
    assert 1e-8 * RHO**2 < low <= 1e-8
    assert axes.get_ylim()[0] < 1e-8 < gap[0] < axes.get_ylim()[1]
    assert said_in(axes) == ["EM", "predicted"]
    assert_on_page(picture)
    assert picture.sentence == (
        "The gap to the optimum, -537.6986, against steps of EM. In the slowest direction 0.99683 of the"
        " information is missing: each step leaves 0.99367 of the gap, and 363 steps a tenth. From step 1000,"
        f" where it is 0.000399, that predicts 1e-08 at step 2670. EM is there at step {end}."
    )


def test_a_run_that_has_not_arrived():
    # The gap starts at 1 and halves: from what is left at step 10, 1e-8 is 17 steps further.
    picture = convergence(-(0.5 ** np.arange(11)), rho=0.5**0.5, optimum=0, since=10)
    assert picture.sentence.endswith(
        " each step leaves 0.50000 of the gap, and 3 steps a tenth. From step 10, where it is 0.000977, that"
        " predicts 1e-08 at step 27. EM lacks 0.000977 after 10."
    )
