"""Lesson 08's drawings: the likelihood that runs away, its explorer, floors, slow ends, slow beginnings."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from functools import cache

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from scipy.optimize import brentq
from scipy.stats import norm
from test_live import FRAME_LIMIT, on_page, path_points

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.explorers import spike_explorer
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import MovingPicture, SpikePicture, convergence, floors, parting

Y = load("lecture_2021").y
SORTED = np.sort(Y)
HONEST = -696.7281976607
BLUE = to_rgba("#0072b2")


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = spike_explorer()
    yield one
    one.close()


@cache
def three():
    return fit(Y, 3).mixture.sorted()


def spike(**options):
    return SpikePicture(Y, three(), honest=HONEST, **options)


@cache
def one_for_all():
    """A picture for tests that update it first."""
    return spike(label="mass (kg)")


def score_of(y, others, at, sd):
    """The log-likelihood by scipy's own densities."""
    n = len(y)
    parts = [
        np.log(w * (1 - 1 / n)) + norm.logpdf(y, m, s)
        for w, m, s in zip(others.weights, others.means, others.sds, strict=True)
    ]
    return np.logaddexp.reduce([*parts, norm.logpdf(y, at, sd) - np.log(n)]).sum()


def assert_shows(picture, log_sd, which):
    """Artists and sentence are what an sd and an object imply."""
    y, others, honest = picture.y, picture._others, picture.honest
    n, k, at, sd = len(y), others.n_components + 1, y[which - 1], 10.0**log_sd
    score, narrower = (score_of(y, others, at, s) for s in (sd, sd / 10))
    assert picture.score == pytest.approx(score, abs=1e-9)
    assert log_likelihood(y, picture.mixture) == pytest.approx(score, abs=1e-9)
    height, top = norm.pdf(0, 0, sd) / n, picture.axes.get_ylim()[1]
    x, bell = picture.spike.get_data()
    assert bell.max() == pytest.approx(min(height, 2 * top))
    assert (bell[0], bell[-1]) == (0, 0)
    assert np.abs(x - at).max() <= 4.001 * sd + 1e-12 * abs(at)
    if height < top:
        np.testing.assert_allclose(bell[1:-1], norm.pdf(x, at, sd)[1:-1] / n, rtol=1e-9)
    log_sds, curve = picture.curve.get_data()
    assert (log_sds[0], log_sds[-1]) == (picture.low, picture.high)
    chosen = np.unique(np.linspace(0, len(log_sds) - 1, 12).astype(int))
    np.testing.assert_allclose(
        curve[chosen], [score_of(y, others, at, 10.0**e) for e in log_sds[chosen]], atol=1e-9
    )
    x, straight = picture.straight.get_data()
    slope = (y == at).sum() * np.log(10)
    np.testing.assert_allclose(np.diff(straight) / np.diff(x), -slope, rtol=1e-9)
    np.testing.assert_allclose(straight[:5], curve[:5], atol=1e-9)
    np.testing.assert_allclose(picture.dot.get_offsets(), [(log_sd, score)], atol=1e-9)
    assert picture.chosen.get_offsets()[0, 0] == at
    assert picture.peak.get_text() == f"peak {height:.3g}"
    assert picture.title.get_text() == f"log-likelihood {score:.3f}"
    assert picture.slope.get_text() == f"+{slope:.3f} each tenfold"
    assert picture.sentence == (
        f"Class {k}, of weight 1/{n}, sits on the object at {at:.2f} (number {which} of {n} in their order)"
        f" with an sd of {sd:.3g}: its peak is {height:.3g} high. Log-likelihood {score:.3f},"
        f" {abs(score - honest):.3f} {'above' if score > honest else 'below'} the best honest fit of {k}"
        f" classes, {honest:.3f}. An sd ten times smaller adds {narrower - score:.3f}."
    )


def assert_inside(picture):
    """The curve stays in its frame, and so do the labels in theirs."""
    low, high = picture.score_axes.get_ylim()
    curve = picture.curve.get_ydata()
    assert low < curve.min()
    assert curve.max() < high
    for text in (picture.peak, picture.slope):
        frame, box = text.axes.get_window_extent(), text.get_window_extent()
        assert frame.x0 - 0.5 <= box.x0, picture.sentence
        assert box.x1 <= frame.x1 + 0.5, picture.sentence
        assert frame.y0 <= box.y0, picture.sentence
        assert box.y1 <= frame.y1 + 0.5, picture.sentence
    frame, peak = picture.axes.get_window_extent(), picture.peak.get_window_extent()
    for name in picture.figure.texts:
        box = name.get_window_extent()
        assert frame.x0 + 2 < box.x0, "clear of the axis"
        assert box.x1 < frame.x1 - 2
        assert min(peak.x1 - box.x0, box.x1 - peak.x0, peak.y1 - box.y0, box.y1 - peak.y0) < 0.5


# ------------------------------------------------------------------ the spike


@pytest.mark.parametrize("which", [1, 100, 101, 200])
@pytest.mark.parametrize("log_sd", [0.5, 0, -1.25, -4, -10, -16])
def test_the_picture_shows_its_numbers(log_sd, which):
    picture = one_for_all()
    assert isinstance(picture, MovingPicture)
    picture.update(log_sd, which)
    assert_shows(picture, log_sd, which)
    assert picture.strip.get_xlabel() == "mass (kg)"


def test_the_spike_of_the_lesson_beats_the_honest_fit_below_1_88e_10():
    picture = one_for_all()
    picture.update(-8, 1)
    assert (
        "Log-likelihood -700.705, 3.976 below the best honest fit of 4 classes, -696.728" in picture.sentence
    )
    picture.update(-10, 1)
    assert "Log-likelihood -696.099, 0.629 above the best honest fit of 4 classes" in picture.sentence
    assert fit(Y, 4).log_likelihood == pytest.approx(HONEST, abs=1e-6)

    def lead(log_sd):
        picture.update(log_sd, 1)
        return picture.score - HONEST

    assert brentq(lead, -12, -8) == pytest.approx(-9.72694, abs=1e-5)


def test_objects_of_one_value_are_gained_together():
    y = np.append(Y, Y.min())
    picture = SpikePicture(y, three(), honest=HONEST)
    picture.update(-12, 1)
    assert_shows(picture, -12, 1)
    assert picture.slope.get_text() == "+4.605 each tenfold"
    picture.update(-12, 3)
    assert_shows(picture, -12, 3)
    assert picture.slope.get_text() == "+2.303 each tenfold"


def test_a_wide_class_may_lose_by_narrowing_and_two_near_objects_make_a_hill():
    picture = one_for_all()
    picture.update(0.5, 101)
    assert "An sd ten times smaller adds -0.141." in picture.sentence
    log_sds, curve = picture.curve.get_data()
    near = (log_sds > -3) & (log_sds < 0)
    assert curve[near].max() > picture.straight.get_ydata()[near].min()
    assert (np.diff(curve[near]) > 0).any()


@pytest.mark.parametrize(("name", "sign"), [("lecture_2021", 1), ("galaxies", 1), ("galaxies", -1)])
def test_curves_and_labels_stay_inside_whatever_the_object(name, sign):
    y = sign * load(name).y
    floor = 1e-3 * y.var()
    others, honest = fit(y, 3, floor=floor).mixture.sorted(), fit(y, 4, floor=floor).log_likelihood
    picture = SpikePicture(y, others, honest=honest)
    for which in range(1, len(y) + 1, 3):
        for log_sd in (picture.low, picture.high):
            picture.update(log_sd, which)
            assert_inside(picture)


@pytest.mark.parametrize("which", [1, 100, 200])
def test_the_peak_is_written_at_the_top_of_the_spike_until_that_leaves_the_frame(which):
    picture = spike()
    frame = picture.axes.get_window_extent()
    gap = 0.05 * picture.figure.dpi
    heights = []
    for log_sd in (0.5, 0, -0.5, -6, -16):
        picture.update(log_sd, which)
        at, peak = SORTED[which - 1], norm.pdf(0, 0, 10.0**log_sd) / len(Y)
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


def test_the_right_panel_has_room_for_its_labels_wherever_the_goal_is():
    for honest in (-725.0, -717.0, -700.0, -685.0, -640.0):
        picture = SpikePicture(Y, three(), honest=honest)
        picture.update(-4, 1)
        assert_inside(picture)
        (goal,) = (text for text in picture.score_axes.texts if "honest" in text.get_text())
        assert goal.get_text() == f"best honest fit\n{honest:.2f}"
        frame, box = picture.score_axes.get_window_extent(), goal.get_window_extent()
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
        assert not box.overlaps(picture.slope.get_window_extent())
        at = picture.score_axes.transData.transform(picture.curve.get_xydata())
        assert not any(box.contains(*point) for point in at)


@pytest.mark.parametrize("size", [(8, 3.2), (8, 4)])
def test_nothing_is_cut_off_at_the_edge_of_the_page(size):
    page = spike(size=size).figure.get_tightbbox()
    assert page.x0 >= 0
    assert page.y0 >= 0
    assert page.x1 <= size[0]
    assert page.y1 <= size[1]


def test_an_update_is_the_same_picture_as_a_new_one():
    moved, new = spike(), spike()
    for log_sd, which in [(-16, 200), (0.25, 30), (-3, 7)]:
        moved.update(log_sd, which)
    new.update(-3, 7)
    assert moved.sentence == new.sentence
    assert moved.png() == new.png()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((-16.25, 1), ValueError, "log_sd must be a finite number, at least -16"),
        ((0.75, 1), ValueError, "log_sd must be at most 0.5; got 0.75"),
        ((np.nan, 1), ValueError, "log_sd must be a finite number"),
        (("0", 1), TypeError, "log_sd must be a number"),
        ((0, 0), ValueError, "which must be at least 1"),
        ((0, 201), ValueError, "which must be one of the 200 objects; got 201"),
        ((0, 1.0), TypeError, "which must be a whole number"),
    ],
)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(arguments, error, words):
    picture = one_for_all()
    before = picture.sentence, picture.png()
    with pytest.raises(error, match=words):
        picture.update(*arguments)
    assert (picture.sentence, picture.png()) == before


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([1, 1], Mixture([1], [0], [1]), 0), ValueError, "y must vary; got 2 times 1"),
        (([], Mixture([1], [0], [1]), 0), ValueError, "y must not be empty"),
        (([1, 2], None, 0), TypeError, "others must be a Mixture"),
        (([1, 2], Mixture([1], [0], [1]), np.inf), ValueError, "honest must be a finite number"),
        (([1, 2], Mixture([1], [0], [1]), "best"), TypeError, "honest must be a number"),
    ],
)
def test_a_spike_that_cannot_be(arguments, error, words):
    y, others, honest = arguments
    with pytest.raises(error, match=words):
        SpikePicture(y, others, honest=honest)


def test_two_objects_and_one_other_class_are_enough():
    picture = SpikePicture([0.0, 1.0], Mixture([1], [0.5], [0.25]), honest=0)
    for log_sd, which in itertools.product((picture.low, picture.high), (1, 2)):
        picture.update(log_sd, which)
        assert_shows(picture, log_sd, which)
        assert_inside(picture)


# ------------------------------------------------------------------ its explorer


def test_every_control_at_its_ends_and_its_default(explorer):
    sd, which = (explorer.sliders[name] for name in ("log10 of the sd", "object, in order"))
    assert (sd.min, sd.value, sd.max, sd.step) == (-16, 0, 0.5, 0.25)
    assert (which.min, which.value, which.max) == (1, 1, 200)
    start = explorer.sentence
    assert explorer.picture.honest == pytest.approx(HONEST, abs=1e-6)
    for one, other in itertools.product((-16, 0, 0.5), (200, 77, 1)):
        sd.value, which.value = one, other
        assert_shows(explorer.picture, one, other)
        assert explorer.sentence == explorer.picture.sentence
        assert explorer.sentence in explorer.readout.value
        assert len(explorer.svg.encode()) + len(explorer.readout.value.encode()) <= FRAME_LIMIT
        assert "cannot" not in explorer.readout.value
    explorer.reset()
    assert explorer.sentence == start


def test_the_page_shows_the_artists(explorer):
    sd, which = (explorer.sliders[name] for name in ("log10 of the sd", "object, in order"))
    sd.value, which.value = -12, 150
    root, picture = ET.fromstring(explorer.svg), explorer.picture
    assert root.get("aria-label") == explorer.sentence
    paths = [path for path in root.iter("path") if path.get("fill") == "none"]
    drawn = {(path.get("stroke"), path.get("stroke-width")): path_points(path) for path in paths}
    assert len(drawn) == 2, "curve and spike have one colour and one width"
    (straight,) = (points for (stroke, _), points in drawn.items() if stroke == "#666666")
    expected = on_page(explorer, picture.straight.get_transform(), picture.straight.get_xydata())
    np.testing.assert_allclose(straight[[0, -1]], expected[[0, -1]], atol=1)
    purple = [path_points(path) for path in paths if path.get("stroke") == "#cc79a7"]
    spike_path, curve = sorted(purple, key=lambda points: np.ptp(points[:, 0]))
    (at, _), (_, top) = on_page(
        explorer, picture.axes.transData, [(SORTED[149], 0), (0, picture.axes.get_ylim()[1])]
    )
    np.testing.assert_allclose(spike_path[:, 0], at, atol=1)
    assert spike_path[:, 1].min() < top, "it leaves the frame at the top, and the page cuts it there"
    ends = on_page(explorer, picture.curve.get_transform(), picture.curve.get_xydata()[[0, -1]])
    np.testing.assert_allclose(curve[[0, -1]], ends, atol=1)
    for text in (picture.peak, picture.title, picture.slope):
        (mark,) = (mark for mark in root.iter("text") if mark.text == text.get_text())
        (place,) = on_page(explorer, text.get_transform(), [text.get_position()])
        np.testing.assert_allclose([float(mark.get("x")), float(mark.get("y"))], place, atol=1)
    (dot,) = root.iter("circle")
    (place,) = on_page(explorer, picture.dot.get_offset_transform(), picture.dot.get_offsets())
    np.testing.assert_allclose([float(dot.get("cx")), float(dot.get("cy"))], place, atol=1)


def test_what_is_stored_and_what_is_live(explorer, monkeypatch):
    (data, _), (said, _) = explorer.outputs()
    assert WIDGET in data
    assert data["text/plain"] == said["text/plain"] == explorer.sentence
    monkeypatch.setenv(STORING, "1")
    assert WIDGET not in explorer.outputs()[0][0]


def test_an_explorer_of_other_objects():
    velocities = load("galaxies").y
    honest = spike_explorer(velocities, 4, floor=200.0**2, label="velocity (km/s)")
    assert honest.picture.honest == pytest.approx(-764.1462, abs=1e-3)
    assert honest.picture.strip.get_xlabel() == "velocity (km/s)"
    assert honest.sliders["object, in order"].max == 82
    assert_shows(honest.picture, 2.5, 1)
    honest.close()
    spurious = spike_explorer(velocities, 2)
    assert spurious.picture.mixture.n_components == 2
    spurious.close()
    for arguments, error, words in [
        (([1, 1, 1],), ValueError, "y must vary"),
        ((Y, 1), ValueError, "n_components must be at least 2; got 1"),
        ((Y, 2.0), TypeError, "n_components must be a whole number"),
        (("abc",), TypeError, "y must be a list or array"),
    ]:
        with pytest.raises(error, match=words):
            spike_explorer(*arguments)


# ------------------------------------------------------------------ what a floor decides

FLOORS = [10, 100, 200, 300]
SCORES = [-756.88, -757.76, -762.0, -763.5]
SDS = [43, 100.00000001, 422.5, 422.5]


def dots(axes):
    """Every point, and whether it is filled."""
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    return sorted(
        (*point, line.get_markerfacecolor() != "white") for line in marks for point in line.get_xydata()
    )


def test_floors_show_their_numbers():
    picture = floors(FLOORS, SCORES, SDS, honest=-762, unit="km/s")
    left, right = picture.figure.axes
    filled = [True, False, True, True]
    assert dots(left) == list(zip(FLOORS, SCORES, filled, strict=True))
    assert dots(right) == list(zip(FLOORS, SDS, filled, strict=True))
    assert (left.get_xscale(), right.get_xscale(), right.get_yscale()) == ("log", "log", "log")
    assert left.get_xlabel() == right.get_xlabel() == "floor on the sd (km/s)"
    assert any(list(line.get_ydata()) == [-762, -762] for line in left.lines)
    assert [text.get_text() for text in right.texts] == ["sd = floor", "hollow: on the floor"]
    frame = right.get_window_extent()
    for text in right.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0, text
        assert box.x1 <= frame.x1, text
        assert frame.y0 <= box.y0, text
    assert picture.sentence == (
        "The best log-likelihood and its smallest sd (km/s), by the floor on the sd. 10: -756.88, 43; 100:"
        " -757.76, 100; 200: -762.00, 422.5; 300: -763.50, 422.5. On their floor (hollow): 100. Answers above"
        " the honest -762.00: 2."
    )
    plain = floors([1], [-2], [3])
    assert "honest" not in plain.sentence
    assert plain.sentence.endswith(" 1: -2.00, 3. On their floor (hollow): none.")
    assert [text.get_text() for text in plain.figure.axes[1].texts] == ["sd = floor"], "nothing is hollow"
    assert plain.figure.axes[1].get_ylabel() == "smallest sd"


@pytest.mark.parametrize("lowest", [-759.79, -757.3, -764.0, -790.0])
def test_the_log_likelihoods_of_floors_have_round_ticks(lowest):
    left = floors(FLOORS, np.linspace(-756.88, lowest, 4), SDS).figure.axes[0]
    step = np.diff(left.get_yticks())[0]
    assert round(float(step / 10 ** np.floor(np.log10(step) + 1e-9)), 6) in (1, 2, 5)


def test_a_floor_turns_a_spurious_answer_into_a_floored_one():
    """On the galaxies a class of two velocities wins with four classes, unless the floor forbids it."""
    y = load("galaxies").y
    ends, last = [], []
    for sd in (10.0, 20.0, 50.0):
        ends.append(fit(y, 4, starts=["uniform", *last], floor=sd**2, restarts=100))
        last = [ends[-1].mixture]
    scores, sds = [end.log_likelihood for end in ends], [end.mixture.sds.min() for end in ends]
    picture = floors([10, 20, 50], scores, sds, honest=-764.1462, unit="km/s")
    assert [filled for *_, filled in dots(picture.figure.axes[1])] == [True, False, True]
    assert " 10: -763.29, 17.5; 20: -763.32, 20; 50: -764.15, 422.5. On their floor (hollow): 20." in (
        picture.sentence
    )
    assert "Answers above the honest -764.15: 2." in picture.sentence


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            ([1, 2], [0], [3, 3]),
            ValueError,
            "log_likelihoods must have one entry for each of the 2 floors; got 1",
        ),
        (
            ([1, 2], [0, 0], [3]),
            ValueError,
            "smallest_sds must have one entry for each of the 2 floors; got 1",
        ),
        (([0, 2], [0, 0], [3, 3]), ValueError, "floors must be above 0 and rising"),
        (([2, 2], [0, 0], [3, 3]), ValueError, "floors must be above 0 and rising"),
        (
            ([1, 4], [0, 0], [3, 3]),
            ValueError,
            "smallest_sds must not be below their floors; got 3 on a floor of 4",
        ),
        (([1, 2], [0, np.nan], [3, 3]), ValueError, "log_likelihoods must be finite"),
        (("ab", [0, 0], [3, 3]), TypeError, "floors must be a list or array"),
    ],
)
def test_floors_that_cannot_be(arguments, error, words):
    with pytest.raises(error, match=words):
        floors(*arguments)


# ------------------------------------------------------------------ slow ends


@cache
def slow():
    """Lesson 05's slow case: EM's log-likelihoods, the accelerated ones, the optimum."""
    rng = np.random.default_rng(2)
    z = rng.integers(0, 2, 300)
    y = rng.normal(np.where(z == 1, 1.0, -1.0), 1.0)
    start = Mixture([0.5, 0.5], [-0.5, 0.5], [y.var()] * 2)
    plain = em(y, start, tol=0, max_iter=3200).log_likelihoods
    jumps = [fit(y, 2, starts=start, accelerate=True, tol=0, max_iter=n).log_likelihood for n in range(61)]
    return plain, np.array(jumps), fit(y, 2, starts=start, accelerate=True, tol=1e-15).log_likelihood


RHO = 0.9968315463
"""The largest eigenvalue of I_complete^-1 I_missing at that optimum."""


def test_the_slow_case_keeps_to_the_prediction():
    plain, jumps, optimum = slow()
    assert optimum == pytest.approx(-537.6986, abs=1e-4)
    assert (np.diff(jumps) >= -1e-9).all(), "a path, though every point is a fit of its own"
    picture = convergence({"EM": plain, "accelerated": jumps}, rho=RHO, optimum=optimum, since=1000)
    assert "each step leaves 0.99367 of the gap, and 363 steps a tenth." in picture.sentence
    assert "From step 1000, where it is 0.000399, that predicts 1e-08 at step 2670." in picture.sentence
    assert picture.sentence.startswith("The gap to the optimum, -537.6986, against steps of EM. In")
    assert picture.figure.axes[0].get_xlabel() == "steps of EM"
    assert "Steps to 1e-08: EM 2686; accelerated 47." in picture.sentence
    (axes,) = picture.figure.axes
    em_line, fast, line = axes.lines
    gap = optimum - plain
    np.testing.assert_allclose(em_line.get_ydata()[:2600], gap[:2600], rtol=1e-9)
    assert len(em_line.get_ydata()) == 2687, "nothing is drawn once the gap is closed"
    assert len(fast.get_ydata()) == 48
    (first, last), (high, low) = line.get_data()
    assert (first, last) == (1000, 2670)
    assert high == gap[1000]
    assert np.log10(low / high) / (last - first) == pytest.approx(2 * np.log10(RHO))
    assert 1e-8 * RHO**2 < low <= 1e-8
    assert [text.get_text() for text in axes.texts] == ["EM", "accelerated", "predicted"]


def test_runs_that_have_not_arrived():
    log_likelihoods = -(0.5 ** np.arange(11))
    picture = convergence({"EM": log_likelihoods, "other": [-2, -1]}, rho=0.5**0.5, optimum=0)
    # The gap starts at 1 and halves: it is below a thousandth at step 10, and 1e-8 is 17 steps further.
    assert "From step 10, where it is 0.000977, that predicts 1e-08 at step 27." in picture.sentence
    assert "Steps to 1e-08: EM not in 10, 0.000977 left; other not in 1, 1 left." in picture.sentence
    assert "leaves 0.50000 of the gap, and 3 steps a tenth." in picture.sentence


@pytest.mark.parametrize(
    ("runs", "options", "error", "words"),
    [
        ({"EM": [-2, -1]}, {"rho": 1.0}, ValueError, "rho must be between 0 and 1; got 1"),
        ({"EM": [-2, -1]}, {"rho": 0}, ValueError, "rho must be between 0 and 1; got 0"),
        ({"EM": [-2, -1]}, {"rho": "1"}, TypeError, "rho must be a number"),
        ({"EM": [-2, 1]}, {}, ValueError, "runs must start below the optimum 0 and stay there; EM"),
        ({"EM": [-2, -1], "b": [0, 0]}, {}, ValueError, "stay there; b starts at 0"),
        ({"EM": [-2, -1]}, {"since": 2}, ValueError, "since must be a step of EM before it arrives; got 2"),
        ({"EM": [-2, 0]}, {"since": 1}, ValueError, "since must be a step of EM before it arrives; got 1"),
        ({"EM": [-2, -1]}, {"since": 0.5}, TypeError, "since must be a whole number"),
        ({"EM": "ab"}, {}, TypeError, r"runs\['EM'\] must be a list or array"),
        ({}, {}, ValueError, "runs must be a dict"),
        ([[-2, -1]], {}, TypeError, "runs must be a dict"),
    ],
)
def test_convergence_that_cannot_be(runs, options, error, words):
    with pytest.raises(error, match=words):
        convergence(runs, **{"rho": 0.5, "optimum": 0, **options})


# ------------------------------------------------------------------ slow beginnings


def test_classes_that_start_alike_part_the_later_the_more_alike_they_are():
    apart = np.array([-1.5, -0.5, 0.5, 1.5])
    nudges = [1, 0.1, 1e-2]
    runs = [
        em(
            Y, Mixture([0.25] * 4, Y.mean() + nudge * apart, [Y.var()] * 4), tol=0, max_iter=750
        ).log_likelihoods
        for nudge in nudges
    ]
    picture = parting(runs, nudges)
    (axes,) = picture.figure.axes
    for line, run in zip(axes.lines[:3], runs, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), run)
    steps = [int((run > run[0] + 0.1).argmax()) for run in runs]
    assert steps == sorted(steps)
    said = "; ".join(f"{nudge:g}, {step} steps" for nudge, step in zip(nudges, steps, strict=True))
    assert picture.sentence == (
        f"Log-likelihood against steps, for classes that start almost alike, at {runs[0][0]:.3f}. How far"
        f" apart they began, and when it has climbed by 0.1: {said}. The highest value is"
        f" {max(run.max() for run in runs):.3f}."
    )
    assert [text.get_text() for text in axes.texts] == [
        "1",
        "0.1",
        "0.01",
        f"start {runs[0][0]:.2f}",
        f"highest {max(run.max() for run in runs):.2f}",
    ]
    levels = [line.get_ydata()[0] for line in axes.lines[3:]]
    assert levels == [runs[0][0], max(run.max() for run in runs)]
    for text in axes.texts[3:]:
        frame, box = axes.get_window_extent(), text.get_window_extent()
        assert frame.y0 < box.y0
        assert box.y1 < frame.y1 + 1
    # The linear step at the one-class point, from skewness and kurtosis: what leaves grows by this a step.
    z = (Y - Y.mean()) / Y.std()
    skew, kurtosis = (z**3).mean(), (z**4).mean()
    growth = np.linalg.eigvals([[1, skew], [skew / 2, (kurtosis - 1) / 2]]).max()
    assert steps[2] - steps[1] == pytest.approx(np.log(10) / np.log(growth), rel=0.05)


def test_identical_classes_never_part():
    same = em(Y, Mixture([0.25] * 4, [Y.mean()] * 4, [Y.var()] * 4), tol=0, max_iter=50).log_likelihoods
    picture = parting([same, [-850, -800]], [1e-300, 1])
    assert "1e-300, not in 50; 1, 1 steps." in picture.sentence
    texts = [text.get_text() for text in picture.figure.axes[0].texts]
    assert texts == ["1", f"start {same[0]:.2f}", "highest -800.00"]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([[1, 2]], [1, 2]), ValueError, "runs must have one entry for each of the 2 nudges; got 1"),
        (([[1, 2]], [0]), ValueError, "nudges must be above 0; got 0"),
        (([[1, np.inf]], [1]), ValueError, r"runs\[0\] must be finite"),
        (([[1, 2]], "a"), TypeError, "nudges must be a list or array"),
    ],
)
def test_partings_that_cannot_be(arguments, error, words):
    with pytest.raises(error, match=words):
        parting(*arguments)


def test_the_other_pictures_stay_on_their_page():
    plain, jumps, optimum = slow()
    pictures = [
        floors(FLOORS, SCORES, SDS, honest=-762, unit="km/s"),
        convergence({"EM": plain, "accelerated": jumps}, rho=RHO, optimum=optimum),
        parting([plain, jumps], [1, 2]),
    ]
    for picture in pictures:
        picture.figure.draw_without_rendering()
        page = picture.figure.get_tightbbox()
        assert page.x0 >= 0
        assert page.y0 >= 0
        assert page.x1 <= 8
        assert page.y1 <= 3.2
