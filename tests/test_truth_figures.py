"""Lesson 07: the error rates, borders and simulated errors behind its pictures, these, and its explorer."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from scipy.stats import norm
from test_figures import assert_labels_are_clear
from test_live import FRAME_LIMIT, on_page, path_points

from gmm_lesson import Mixture, em, figures, fit, log_likelihood
from gmm_lesson.explorers import TRUTH, truth_explorer
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import TruthPicture
from gmm_lesson.figures.labels import spread_out
from gmm_lesson.study.compare import best_error_rate, borders, errors_by_n, fresh_error_rate
from gmm_lesson.study.information import Intervals, PerClass, standard_errors

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
CROSSED = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [4, 0.25, 1])
LEARNED = Mixture([0.25, 0.45, 0.3], [7.5, 0.5, 4.25], [1.44, 3.61, 0.36])  # its classes: 3, 1, 2
NARROW_INSIDE = Mixture([0.7, 0.3], [0, 0], [9, 0.25])
ALIKE = Mixture([0.5, 0.5], [1, 1], [2, 2])
Y, Z = TRUTH.sample(200, 1)
FIT = Mixture(  # what EM finds for them from the truth, to four digits
    [0.4726, 0.3174, 0.21], [-0.0925, 3.5546, 7.7215], [0.6277, 1.2843, 2.3598]
)


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = truth_explorer()
    yield one
    one.close()


def joint_of(mixture, x):
    return mixture.weights * norm.pdf(np.asarray(x)[:, None], mixture.means, mixture.sds)


def some_mixtures(n, seed):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        k = rng.integers(2, 6)
        yield Mixture(rng.dirichlet(np.ones(k)), rng.normal(0, 4, k), rng.uniform(0.2, 9, k))


def assert_on_page(picture):
    picture.figure.draw_without_rendering()  # the layout
    page, (width, height) = picture.figure.get_tightbbox(), picture.figure.get_size_inches()
    assert page.x0 >= -0.01, picture.sentence
    assert page.y0 >= -0.01, picture.sentence
    assert page.x1 <= width + 0.01, picture.sentence
    assert page.y1 <= height + 0.01, picture.sentence


def assert_texts_are_apart(texts):
    boxes = [text.get_window_extent() for text in texts]
    for one, other in itertools.combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(across, up) <= 0.5, (one, other)


# ------------------------------------------------------------------ borders and error rates


@pytest.mark.parametrize("mixture", [TRUTH, CROSSED, NARROW_INSIDE, *some_mixtures(20, 5)])
def test_borders_are_where_the_most_probable_class_changes(mixture):
    places, winner = borders(mixture)
    x = np.linspace(-60, 60, 240_001)
    best = joint_of(mixture, x).argmax(axis=1)
    seen = (joint_of(mixture, x) > 1e-290).any(axis=1)  # farther out scipy's densities are 0
    at = np.searchsorted(places, x)
    near = np.abs(np.subtract.outer(x, places)).min(axis=1, initial=np.inf) < 1e-6
    np.testing.assert_array_equal(winner[at][seen & ~near], best[seen & ~near])
    assert (np.diff(places) > 0).all()
    assert (np.diff(winner) != 0).all(), "the class changes at every border"
    for place, (one, other) in zip(places, itertools.pairwise(winner), strict=True):
        log_joint = mixture.log_joint([place])[0]
        assert log_joint[one] == pytest.approx(log_joint[other], abs=1e-6)


def test_borders_that_are_known():
    np.testing.assert_allclose(borders(Mixture([0.5, 0.5], [0, 2], [1, 1]))[0], [1])
    places, winner = borders(NARROW_INSIDE)
    np.testing.assert_allclose(places[0], -places[1])
    assert winner.tolist() == [0, 1, 0]
    for mixture, winners in [
        (Mixture([1], [3], [4]), [0]),
        (ALIKE, [0]),
        (Mixture([0.3, 0.7], [0, 0], [1, 1]), [1]),
    ]:
        assert borders(mixture)[0].size == 0
        assert borders(mixture)[1].tolist() == winners


def test_the_error_rate_on_fresh_objects_is_an_integral_under_the_truth():
    rng = np.random.default_rng(2)
    x = np.linspace(-40, 40, 400_001)
    for true in [TRUTH, *some_mixtures(12, 3)]:
        k = true.n_components
        fitted = Mixture(
            rng.dirichlet(np.full(k, 9.0)),
            true.means + rng.normal(0, 1, k),
            true.variances * rng.uniform(0.5, 2, k),
        )
        right = np.take_along_axis(joint_of(true, x), fitted.log_joint(x).argmax(axis=1)[:, None], axis=1)[
            :, 0
        ]
        rate = fresh_error_rate(true=true, fitted=fitted)
        assert rate == pytest.approx(1 - np.trapezoid(right, x), abs=2e-4)
        assert rate >= best_error_rate(true) - 1e-12
        assert fresh_error_rate(true=true, fitted=true) == best_error_rate(true)


def test_whose_objects_and_whose_rule_are_told_apart():
    bold = Mixture([0.9, 0.1], [0, 2], [1, 1])
    even = Mixture([0.5, 0.5], [0, 2], [1, 1])
    border = 1 + np.log(9) / 2
    expected = 0.5 * norm.sf(border) + 0.5 * norm.cdf(border - 2)
    assert fresh_error_rate(true=even, fitted=bold) == pytest.approx(expected)
    assert fresh_error_rate(true=bold, fitted=even) == pytest.approx(norm.sf(1))


@pytest.mark.parametrize(
    ("true", "fitted", "error", "words"),
    [
        (None, TRUTH, TypeError, "true must be a Mixture"),
        (TRUTH, None, TypeError, "fitted must be a Mixture"),
        (TRUTH, ALIKE, ValueError, "fitted must have as many classes as true, 3; got 2"),
    ],
)
def test_rates_and_pairs_of_what_cannot_be_compared(true, fitted, error, words):
    for function in (fresh_error_rate, figures.pairs):
        with pytest.raises(error, match=words):
            function(true=true, fitted=fitted)


# ------------------------------------------------------------------ errors against N


def test_simulated_errors_are_those_of_the_textbook_from_the_truth():
    true = Mixture([0.6, 0.4], [0, 5], [1, 2.25])
    found = errors_by_n(true, [30, 80], rng=7, repetitions=4)
    rng = np.random.default_rng(7)
    assert found.ns.tolist() == [30, 80]
    for row, n in enumerate([30, 80]):
        errors = []
        for _ in range(4):
            y, _ = true.sample(n, rng)
            fitted = em(y, true).mixture.sorted()
            errors.append([fitted.weights - true.weights, fitted.means - true.means, fitted.sds - true.sds])
        squares = (np.array(errors) ** 2).mean(axis=2)  # (4, 3)
        for name, q in zip(("weights", "means", "sds"), squares.T, strict=True):
            assert found.rms[name][row] == pytest.approx(np.sqrt(q.mean()), rel=1e-4)
            error = q.std(ddof=1) / 2 / (2 * np.sqrt(q.mean()))
            assert found.monte_carlo[name][row] == pytest.approx(error, rel=1e-3)


def test_errors_of_one_class_are_those_of_mean_and_sd():
    """sd / sqrt(N), and sd / sqrt(2 N) nearly; five standard errors: a false alarm in 400,000 seeds."""
    found = errors_by_n(Mixture([1], [3], [4]), [100, 400], rng=1, repetitions=200)
    for name, expected in [("means", 2 / np.sqrt([100, 400])), ("sds", 2 / np.sqrt([200, 800]))]:
        assert (np.abs(found.rms[name] - expected) < 5 * found.monte_carlo[name]).all()
        np.testing.assert_allclose(found.monte_carlo[name] / found.rms[name], 1 / np.sqrt(400), rtol=0.4)
    assert not found.rms["weights"].any()
    assert not found.monte_carlo["weights"].any()


def test_two_objects_are_enough_for_one_class_or_two():
    one, two = Mixture([1], [3], [4]), Mixture([0.5, 0.5], [0, 50], [1, 1])
    pairs = [one.sample(2, rng)[0] for rng in [np.random.default_rng(5)] for _ in range(6)]
    expected = np.sqrt(np.mean([(np.mean(pair) - 3) ** 2 for pair in pairs]))
    assert errors_by_n(one, [2], rng=5, repetitions=6).rms["means"][0] == pytest.approx(expected, rel=1e-6)
    assert np.isfinite(errors_by_n(two, [2], rng=5, repetitions=6).rms["means"]).all()
    with pytest.raises(ValueError, match=r"^ns must be at least 2; got 1"):
        errors_by_n(one, [2, 1], rng=5, repetitions=6)


def test_classes_that_change_places_count_as_found(monkeypatch):
    """A fit with its classes in another order has the same errors."""
    plain = errors_by_n(TRUTH, [100], rng=3, repetitions=3)

    def turned(*arguments, **options):
        found = fit(*arguments, **options)
        object.__setattr__(found, "mixture", found.mixture.reordered([2, 0, 1]))
        return found

    monkeypatch.setattr("gmm_lesson.study.compare.fit", turned)
    assert errors_by_n(TRUTH, [100], rng=3, repetitions=3).rms == plain.rms


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"true": None}, TypeError, "true must be a Mixture"),
        ({"ns": []}, ValueError, "ns must not be empty"),
        ({"ns": [2]}, ValueError, "ns must be at least 3; got 2"),
        ({"ns": [100.5]}, TypeError, "ns must be a whole number"),
        ({"ns": "100"}, TypeError, "ns must be a list or array"),
        ({"repetitions": 1}, ValueError, "repetitions must be at least 2"),
        ({"rng": None}, TypeError, "rng must be a seed"),
    ],
)
def test_errors_that_cannot_be_simulated(options, error, words):
    with pytest.raises(error, match=words):
        errors_by_n(**{"true": TRUTH, "ns": [10], "rng": 0, **options})


NS = np.array([50, 100, 400])
ERRORS = {"weights": np.array([0.1, 0.08, 0.03]), "means": np.array([0.5, 0.3, 0.2])}
BARS = {"weights": np.array([0.01, 0.004, 0.003]), "means": np.array([0.05, 0.03, 0.01])}


def test_errors_against_n_are_where_they_should_be():
    picture = figures.errors_against_n(NS, ERRORS, BARS, label="error")
    (axes,) = picture.figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    for k, (container, name) in enumerate(zip(axes.containers, ERRORS, strict=True)):
        line, _, (bars,) = container.lines
        np.testing.assert_array_equal(line.get_xdata(), NS)
        np.testing.assert_array_equal(line.get_ydata(), ERRORS[name])
        assert to_hex(line.get_color()) == COLOURS[k]
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(
            ends, np.column_stack([ERRORS[name] - BARS[name], ERRORS[name] + BARS[name]])
        )
    reference = axes.lines[-1]
    x, height = reference.get_data()
    np.testing.assert_allclose(np.log(height[1] / height[0]) / np.log(x[1] / x[0]), -0.5)
    assert {text.get_text() for text in axes.texts} == {"weights", "means", "slope of 1/√N"}
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["50", "100", "400"]
    slopes = {name: np.polyfit(np.log(NS), np.log(error), 1)[0] for name, error in ERRORS.items()}
    assert picture.sentence.startswith(
        "Error against the number of objects N, both axes logarithmic. From N = 50"
    )
    assert "weights from 0.100 to 0.030; means from 0.500 to 0.200." in picture.sentence
    for name, slope in slopes.items():
        assert f"{name} {slope:.2f} (standard error 0.0" in picture.sentence
    assert "standard error" not in figures.errors_against_n(NS, ERRORS).sentence


def test_the_standard_error_of_a_slope_through_two_points():
    picture = figures.errors_against_n([100, 10_000], {"a": [0.2, 0.02]}, {"a": [0.03, 0.001]})
    error = np.hypot(0.15, 0.05) / np.log(100)
    assert f"a -0.50 (standard error {error:.2f});" in picture.sentence
    assert round(error, 2) == 0.03


@pytest.mark.parametrize("last", [[0.05, 0.0505, 0.0501], [0.01, 0.05, 0.9], [0.1, 0.1, 0.1]])
def test_labels_of_errors_are_apart_and_on_the_page(last):
    picture = figures.errors_against_n([100, 1000], {"abc"[k]: [0.1, end] for k, end in enumerate(last)})
    picture.figure.draw_without_rendering()
    (axes,) = picture.figure.axes
    assert_texts_are_apart(axes.texts)
    assert_on_page(picture)
    assert min(text.get_window_extent().y0 for text in axes.texts) >= axes.get_window_extent().y0 - 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 100], {"a": [1, 1]}), "ns must be above 0 to have a logarithm; got 0"),
        (([50, 100], {"a": [1, 0]}), r"errors\['a'\] must be above 0"),
        (([50, 100], {"a": [1]}), r"errors\['a'\] must have one entry for each of the 2 ns; got 1"),
        (([50, 50], {"a": [1, 1]}), "ns and errors must hold two different ns"),
        (([50, 100], {}), "ns and errors must hold two different ns and an error; got 0 errors"),
        (([50, 100], {"a": [1, 1]}, {"a": [1]}), r"monte_carlo\['a'\] must be 2 numbers, none below 0"),
        (([50, 100], {"a": [1, 1]}, {"a": [1, -1]}), r"monte_carlo\['a'\] must be 2 numbers, none below 0"),
    ],
)
def test_errors_that_cannot_be_drawn(arguments, words):
    with pytest.raises(ValueError, match=words):
        figures.errors_against_n(*arguments)


def test_places_spread_by_as_little_as_it_takes():
    np.testing.assert_allclose(spread_out(np.array([5.0, 1.0, 9.0]), 2), [5, 1, 9])
    np.testing.assert_allclose(spread_out(np.array([5.0, 5.0, 5.0]), 2), [3, 5, 7])
    np.testing.assert_allclose(spread_out(np.array([9.0, 1.0, 2.0]), 3), [9, 0, 3])
    np.testing.assert_allclose(spread_out(np.array([9.0, 1.0, 2.0]), 3, low=1), [9, 1, 4])


# ------------------------------------------------------------------ pairs


def marks(axes, size):
    """What stands in a panel of pairs: the single markers of a size, in their order."""
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if len(line.get_xdata()) == 1 and line.get_markersize() == size
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_pairs_join_each_true_class_to_its_match_whatever_the_order(order):
    picture = figures.pairs(true=CROSSED, fitted=LEARNED.reordered(list(order)))
    left, right = picture.figure.axes
    assert marks(left, 14) == [(0, 2), (4, 0.5), (8, 1)]
    np.testing.assert_allclose(marks(left, 7), [(0.5, 1.9), (4.25, 0.6), (7.5, 1.2)])
    joins = [line.get_xydata() for line in left.lines if len(line.get_xdata()) == 2]
    np.testing.assert_allclose(joins, [[(0, 2), (0.5, 1.9)], [(4, 0.5), (4.25, 0.6)], [(8, 1), (7.5, 1.2)]])
    assert marks(right, 14) == [(0, 0.5), (4, 1), (8, 2)]
    np.testing.assert_allclose(marks(right, 7), [(0.5, 0.6), (4.25, 1.2), (7.5, 1.9)])
    (grey,) = (line for line in right.lines if line.get_markersize() == 22)
    np.testing.assert_array_equal(grey.get_xydata(), [(0, 2), (4, 0.5), (8, 1)])
    assert picture.sentence == (
        "Matched, mean and sd: class 1 true 0.00, 2.00, learned 0.50, 1.90; class 2 true 4.00, 0.50, learned"
        " 4.25, 0.60; class 3 true 8.00, 1.00, learned 7.50, 1.20. Largest errors: mean 0.50, sd 0.20. Sorted"
        " separately (right), 3 of 3 true and 3 of 3 learned pairs are no class; largest sd error 0.20."
    )


def test_where_sorting_makes_no_wrong_pair_there_is_one_panel():
    picture = figures.pairs(true=TRUTH, fitted=FIT)
    assert len(picture.figure.axes) == 1
    assert "Sorted" not in picture.sentence
    half = Mixture([0.5, 0.3, 0.2], [0, 4, 8], [1, 2.25, 1.21])
    said = figures.pairs(true=half, fitted=FIT).sentence
    assert "2 of 3 true and 0 of 3 learned pairs are no class" in said


@pytest.mark.parametrize(
    "true",
    [
        TRUTH,
        CROSSED,
        Mixture([1], [3], [4]),
        Mixture([0.4, 0.3, 0.2, 0.1], [0, 0.3, 8, 8.1], [4, 4.2, 1, 0.8]),
        Mixture([0.25] * 4, [0, 1, 2, 30], [1, 1.1, 100, 0.01]),
    ],
)
def test_the_names_of_pairs_are_apart_and_on_the_page(true):
    rng = np.random.default_rng(0)
    k = true.n_components
    fitted = Mixture(
        true.weights, true.means + rng.normal(0, 0.3, k), true.variances * rng.uniform(0.7, 1.4, k)
    )
    picture = figures.pairs(true=true, fitted=fitted)
    picture.figure.draw_without_rendering()
    names = picture.figure.texts[-k:]
    assert [name.get_text() for name in names] == [f"class {j + 1}" for j in range(k)]
    assert [to_hex(name.get_color()) for name in names] == COLOURS[:k]
    assert_texts_are_apart(names)
    assert_on_page(picture)


# ------------------------------------------------------------------ the slopegraph


def test_the_slopegraph_says_who_is_ahead_where():
    picture = figures.slopegraph([-470.66, -474.24], [-488.64, -483.76])
    (axes,) = picture.figure.axes
    np.testing.assert_array_equal(
        [line.get_ydata() for line in axes.lines], [[-470.66, -488.64], [-474.24, -483.76]]
    )
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
    said = [(text.xy[0], text.xy[1], text.get_text(), to_hex(text.get_color())) for text in axes.texts]
    assert said == [
        (0, -470.66, "the fit  -470.66", COLOURS[0]),
        (0, -474.24, "the truth  -474.24", COLOURS[1]),
        (1, -488.64, "the fit  -488.64", COLOURS[0]),
        (1, -483.76, "the truth  -483.76", COLOURS[1]),
    ]
    assert picture.sentence == (
        "Log-likelihood of 200 objects. On the objects of the fit the fit has -470.66 and the truth -474.24,"
        " 3.58"
        " less; on fresh objects the fit has -488.64 and the truth -483.76, 4.88 more. The lines cross."
    )
    apart = figures.slopegraph([-2, -1], [-4, -3], ("a poor optimum", "B"), label="something")
    assert apart.sentence == (
        "Something. On the objects of the fit a poor optimum has -2.00 and B -1.00, 1.00 more; on fresh"
        " objects a"
        " poor optimum has -4.00 and B -3.00, 1.00 more. The lines do not cross."
    )


@pytest.mark.parametrize(
    "values", [([-470.66, -470.67], [-488.64, -488.63]), ([-1, -1], [-1, -1]), ([-99999, 0], [0, -99999])]
)
@pytest.mark.parametrize("names", [("the fit", "the truth"), ("a rather long name", "B")])
def test_the_ends_of_the_slopegraph_are_apart_and_on_the_page(values, names):
    picture = figures.slopegraph(*values, names)
    picture.figure.draw_without_rendering()
    assert_texts_are_apart(picture.figure.axes[0].texts)
    assert_on_page(picture)


@pytest.mark.parametrize("values", [([1, 2, 3], [1, 2]), ([1], [2]), ([1, np.nan], [1, 2])])
def test_a_slopegraph_that_cannot_be(values):
    with pytest.raises(ValueError, match="must "):
        figures.slopegraph(*values)


# ------------------------------------------------------------------ intervals


def around(mixture, width):
    middle, width = PerClass.of(mixture).as_array(), np.broadcast_to(width, (3, mixture.n_components))
    return Intervals(PerClass(*(middle - width)), PerClass(*(middle + width)), 0.95)


def test_intervals_stand_around_what_was_learned_less_the_truth():
    wide, narrow = around(LEARNED, 0.6), around(LEARNED, np.array([0.04, 0.3, 0.15])[:, None])
    picture = figures.intervals(
        true=CROSSED, fitted=LEARNED, intervals={"bootstrap": wide, "information": narrow}
    )
    order = [1, 2, 0]  # where the true classes are in what was learned
    for i, (axes, parameter) in enumerate(zip(picture.figure.axes, ("weights", "means", "sds"), strict=True)):
        assert axes.get_title(loc="left") == parameter
        off = (getattr(LEARNED, parameter)[order] - getattr(CROSSED, parameter)).repeat(2)
        width = np.tile([0.6, (0.04, 0.3, 0.15)[i]], 3)
        bars = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"]
        drawn = [bar for bar in bars if to_hex(bar.get_color()) in COLOURS]
        np.testing.assert_allclose(
            [bar.get_xdata() for bar in drawn], np.column_stack([off - width, off + width])
        )
        assert [to_hex(bar.get_color()) for bar in drawn] == list(np.repeat(COLOURS[:3], 2))
        assert [bar.get_linestyle() for bar in drawn] == ["-", "--"] * 3
        heights = [bar.get_ydata()[0] for bar in drawn]
        assert heights == sorted(heights), "class by class, one kind below the other"
        assert len(set(heights)) == 6
        dots = [line for line in axes.lines if len(line.get_xdata()) == 1]
        np.testing.assert_allclose([dot.get_xdata()[0] for dot in dots], off)
        assert [dot.get_marker() for dot in dots] == list(np.repeat(["o", "s", "^"], 2))
        assert [dot.get_markerfacecolor() == "white" for dot in dots] == list(np.abs(off) > width)
        (zero,) = (
            line
            for line in axes.lines
            if to_hex(line.get_color()) == "#000000" and list(line.get_xdata()) == [0, 0]
        )
        assert zero.get_ydata() == [0, 1], "from end to end"
    assert picture.sentence == (
        "Intervals around learned weights, means and sds, less the true ones. Bootstrap, 95%: 9 of 9 hold"
        " the true"
        " value; mean widths: weights 1.200, means 1.200, sds 1.200. Information, 95%: 4 of 9 hold the true"
        " value,"
        " not the weight of class 1, weight of class 3, mean of class 1, mean of class 3, sd of class 3;"
        " mean widths: weights 0.080, means 0.600, sds 0.300."
    )
    assert [text.get_text() for text in picture.figure.legends[0].texts] == [
        "bootstrap",
        "information",
        "learned",
        "hollow: misses",
        "true",
    ]
    assert_on_page(picture)


def test_an_interval_that_misses_narrowly_is_hollow_all_the_same():
    off = abs(FIT.means[1] - TRUTH.means[1])
    for width, hollow in [(off - 1e-6, True), (off + 1e-6, False)]:
        picture = figures.intervals(true=TRUTH, fitted=FIT, intervals={"b": around(FIT, width)})
        dots = [line for line in picture.figure.axes[1].lines if len(line.get_xdata()) == 1]
        assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, hollow, False]
        assert ("not the" in picture.sentence) == hollow


@pytest.mark.parametrize("kinds", [1, 2, 4])
def test_kinds_of_intervals_stand_clear_of_the_next_class(kinds):
    picture = figures.intervals(
        true=TRUTH, fitted=FIT, intervals={f"kind {i}": around(FIT, 0.1) for i in range(kinds)}
    )
    dots = [line.get_ydata()[0] for line in picture.figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert (np.diff(dots) > 0.15).all()
    assert [round(dot) for dot in dots] == list(np.repeat([0, 1, 2], kinds))
    assert_on_page(picture)


@pytest.mark.parametrize(
    ("kinds", "error", "words"),
    [
        ({}, ValueError, "intervals must hold 1 to 4 kinds; got 0"),
        ({"b": None}, TypeError, r"intervals\['b'\] must be Intervals; got NoneType"),
        ({"b": around(ALIKE, 1)}, ValueError, r"intervals\['b'\] must have 3 classes; got 2"),
    ],
)
def test_intervals_that_cannot_be(kinds, error, words):
    with pytest.raises(error, match=words):
        figures.intervals(true=TRUTH, fitted=FIT, intervals=kinds)


# ------------------------------------------------------------------ who is misplaced


def test_who_is_misplaced_stands_in_the_row_of_its_class_in_the_colour_it_gets():
    picture = figures.misplaced(Y, Z, FIT.reordered([1, 2, 0]), true=TRUTH, label="mass (kg)")
    (axes,) = picture.figure.axes
    given, ruled = joint_of(FIT, Y).argmax(axis=1), joint_of(TRUTH, Y).argmax(axis=1)
    wrong = given != Z
    assert 0 < wrong.sum() < 20
    right_dots, rims, wrong_dots = axes.collections
    for dots, chosen in [(right_dots, ~wrong), (rims, wrong), (wrong_dots, wrong)]:
        places = np.asarray(dots.get_offsets())
        np.testing.assert_array_equal(places[:, 0], Y[chosen])
        np.testing.assert_array_equal(np.rint(places[:, 1]), Z[chosen])
    for dots, chosen in [(right_dots, ~wrong), (wrong_dots, wrong)]:
        assert [to_hex(colour) for colour in dots.get_facecolor()] == [COLOURS[k] for k in given[chosen]]
        sides = [len(path.vertices) for path in dots.get_paths()]
        assert len({(k, side) for k, side in zip(given[chosen], sides, strict=True)}) == len(
            set(given[chosen])
        )
    assert to_hex(rims.get_facecolor()[0]) == "#000000"
    assert right_dots.get_zorder() < rims.get_zorder() < wrong_dots.get_zorder()
    assert rims.get_sizes()[0] > wrong_dots.get_sizes()[0] > right_dots.get_sizes()[0]
    solid = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "-"]
    dashed = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    np.testing.assert_allclose(solid, borders(FIT)[0])
    np.testing.assert_allclose(dashed, borders(TRUTH)[0])
    counts = [f"{(wrong & (k == Z)).sum()} of the {(k == Z).sum()} of class {k + 1}" for k in range(3)]
    assert picture.sentence == (
        f"Of 200 objects the fit misplaces {wrong.sum()} ({wrong.mean():.1%}): {', '.join(counts)}. The true"
        f" recipes"
        f" misplace {(ruled != Z).sum()} ({(ruled != Z).mean():.1%}). Of fresh objects the fit would misplace"
        f" {fresh_error_rate(true=TRUTH, fitted=FIT):.2%}, the best possible rule"
        f" {best_error_rate(TRUTH):.2%}."
    )
    assert axes.get_xlabel() == "mass (kg)   (lines: borders of the fit; dashed: of the truth)"
    assert_on_page(picture)


def test_without_a_truth_only_the_fit_is_told_of():
    picture = figures.misplaced(Y, Z, FIT)
    assert picture.sentence == (
        "Of 200 objects the fit misplaces 7 (3.5%): 5 of the 100 of class 1, 2 of the 60 of class 2, 0 of"
        " the 40"
        " of class 3."
    )
    assert not [line for line in picture.figure.axes[0].lines if line.get_linestyle() == "--"]
    assert "truth" not in picture.figure.axes[0].get_xlabel()


def test_a_class_without_objects_and_an_object_alone():
    picture = figures.misplaced([1.0], [0], FIT, true=TRUTH)
    assert picture.sentence.startswith(
        "Of 1 objects the fit misplaces 0 (0.0%): 0 of the 1 of class 1, 0 of the 0 of class 2,"
    )
    assert_on_page(picture)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((Y, Z, None), TypeError, "mixture must be a Mixture"),
        ((Y, Z, ALIKE), ValueError, r"z must hold labels 0\.\.1"),
        ((Y, Z[:-1], FIT), ValueError, "z must have one label for each of the 200 objects"),
        ((["a"], [0], FIT), TypeError, "y must be a list or array"),
    ],
)
def test_misplaced_objects_that_cannot_be(arguments, error, words):
    with pytest.raises(error, match=words):
        figures.misplaced(*arguments)


# ------------------------------------------------------------------ the picture that moves


def sentence_of(names, true, fitted, y, z, errors):
    """The sentence, from the numbers and scipy's densities."""
    truth, learned = (np.array([m.weights, m.means, m.sds]) for m in (true, fitted))
    parts = "; ".join(
        f"{name} {a[0]:.2f} ({b[0]:.2f}), {a[1]:z.2f} ({b[1]:.2f}), {a[2]:.2f} ({b[2]:.2f})"
        for name, a, b in zip(names, learned.T, truth.T, strict=True)
    )
    said = []
    for i, what in enumerate(["weight", "mean", "sd"]):
        k = np.abs(learned - truth)[i].argmax()
        told = "" if errors is None else f" ({errors[i, k]:.2f})"
        said.append(f"{what} of {names[k]} {(learned - truth)[i, k]:+z.2f}{told}")
    log_joints = [np.log(m.weights) + norm.logpdf(y[:, None], m.means, m.sds) for m in (fitted, true)]
    wrong, ruled = ((log_joint.argmax(axis=1) != z).sum() for log_joint in log_joints)
    sentence = (
        f"{len(y)} objects. Learned (true) weight, mean, sd: {parts}. Largest errors"
        f"{'' if errors is None else ' (standard errors)'}: {', '.join(said)}. The fit misplaces {wrong}, the"
        f" truth {ruled}; of fresh objects {fresh_error_rate(true=true, fitted=fitted):.2%} and"
        f" {best_error_rate(true):.2%}."
    )
    return sentence + (" The strip shows the first 300." if len(y) > 300 else "")


def assert_shows(picture, fitted, y, z, errors=None):
    """Curves, histogram, borders, objects, labels and sentence are what the numbers imply."""
    sentence = sentence_of(picture.names, picture.true, fitted, y, z, errors)
    peaks = fitted.weights * norm.pdf(0) / fitted.sds
    for name, peak in zip(picture.names, peaks, strict=True):
        if peak > picture.axes.get_ylim()[1]:
            sentence += f" The peak of {name}, {peak:.2f}, is above the picture."
    low, high = picture.axes.get_xlim()
    if outside := int(((y < low) | (y > high)).sum()):
        sentence += f" Objects outside the picture: {outside}."
    assert picture.sentence == sentence
    for k, curve in enumerate(picture.curves):
        x, height = curve.get_data()
        np.testing.assert_allclose(height, joint_of(fitted, x)[:, k], atol=1e-12)
        assert to_hex(curve.get_color()) == COLOURS[k]
    still = [line for line in picture.axes.lines if line not in picture.curves and len(line.get_xdata())]
    assert len(still) == picture.true.n_components
    for k, curve in enumerate(still):
        x, height = curve.get_data()
        np.testing.assert_allclose(height, joint_of(picture.true, x)[:, k], atol=1e-12)
        assert curve.get_linestyle() == "--"
    (outline,) = picture.bars.get_paths()
    x, height = outline.vertices[:-1].T
    assert np.trapezoid(height, x) == pytest.approx(1), "a histogram of density"
    assert (x.min(), x.max()) == (y.min(), y.max())
    lines = picture.borders.get_xdata()
    np.testing.assert_allclose(lines[::3], borders(fitted)[0])
    shown_y, shown_z = y[:300], z[:300]
    wrong = joint_of(fitted, shown_y).argmax(axis=1) != shown_z
    for dots, chosen in [(picture.dots, ~wrong), (picture.misplaced, wrong), (picture.rims, wrong)]:
        np.testing.assert_array_equal(np.asarray(dots.get_offsets())[:, 0], shown_y[chosen])
        if dots is not picture.rims:
            wanted = [to_rgb(COLOURS[k]) for k in shown_z[chosen]]
            np.testing.assert_allclose(
                dots.get_facecolor()[:, :3].reshape(-1, 3), np.reshape(wanted, (-1, 3)), atol=1e-9
            )
    assert_labels_are_clear(picture)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_the_picture_shows_its_numbers(order):
    errors = standard_errors(Y, fit(Y, 3, starts=TRUTH).mixture)
    turned = PerClass(*errors.as_array()[:, order])
    picture = TruthPicture(TRUTH, Y, Z, FIT.reordered(order), turned, label="mass (kg)")
    assert_shows(picture, FIT, Y, Z, errors.as_array())
    assert picture.names == ["class 1", "class 2", "class 3"]
    assert picture.strip.get_xlabel() == "mass (kg)   (colour: true class; rim: misplaced)"
    dashed = [line.get_xdata()[0] for line in picture.strip.lines if line.get_linestyle() == "--"]
    np.testing.assert_allclose(dashed, borders(TRUTH)[0])
    assert [text.get_text() for text in picture.axes.get_legend().texts] == ["learned", "true"]
    assert_on_page(picture)


def test_an_update_is_the_same_picture_as_a_new_one():
    y, z = TRUTH.sample(500, 3)
    thin = Mixture([0.3, 0.3, 0.4], [0, 4, 30], [0.01, 1, 9])
    for objects, fitted in [((y, z), FIT), ((np.append(y, 99.0), np.append(z, 2)), thin)]:
        moved = TruthPicture(TRUTH, Y, Z, FIT)
        moved.update(*objects, fitted)
        assert_shows(moved, fitted, *objects)
        new = TruthPicture(TRUTH, *objects, fitted)
        assert moved.sentence == new.sentence
        assert moved.png() == new.png()
    assert (
        "The peak of class 1, 1.20, is above the picture. Objects outside the picture: 1." in moved.sentence
    )


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((Y, Z, ALIKE), ValueError, "fitted must have as many classes as true, 3; got 2"),
        ((Y, Z, None), TypeError, "fitted must be a Mixture"),
        ((Y[:5], Z, FIT), ValueError, "z must have one label for each of the 5 objects"),
        (([np.nan], [0], FIT), ValueError, "y must be finite"),
    ],
)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(arguments, error, words):
    picture = TruthPicture(TRUTH, Y, Z, FIT)
    before = picture.sentence, picture.png()
    with pytest.raises(error, match=words):
        picture.update(*arguments)
    assert (picture.sentence, picture.png()) == before


def test_names_must_be_as_many_as_classes():
    with pytest.raises(ValueError, match="names must have one entry for each of the 3 classes"):
        TruthPicture(TRUTH, Y, Z, FIT, names="AB")


# ------------------------------------------------------------------ the explorer


def implied(explorer):
    """Objects and classes, from the sliders and numpy alone."""
    n, draw = (int(explorer.sliders[name].value) for name in ("number of objects", "draw"))
    rng, drawn = np.random.default_rng(draw), []
    for size in (200, 1800):
        z = rng.choice(3, size=size, p=[0.5, 0.3, 0.2])
        drawn.append((rng.normal(np.array([0, 4, 8])[z], np.array([1, 1, 1.5])[z]), z))
    y, z = (np.concatenate(part)[:n] for part in zip(*drawn, strict=True))
    return y, z


def assert_shows_its_sliders(explorer):
    y, z = implied(explorer)
    np.testing.assert_array_equal(explorer.picture.y, y)
    np.testing.assert_array_equal(explorer.picture.z, z)
    fitted = explorer.picture.fitted
    assert_shows(explorer.picture, fitted, y, z, standard_errors(y, fitted).as_array())
    assert explorer.sentence == explorer.picture.sentence
    assert "cannot" not in explorer.readout.value
    assert "above the picture" not in explorer.sentence
    assert len(explorer.svg.encode()) + len(explorer.readout.value.encode()) <= FRAME_LIMIT
    assert_svg_is_the_artists(explorer)


def assert_svg_is_the_artists(explorer):
    root, picture = ET.fromstring(explorer.svg), explorer.picture
    assert root.get("aria-label") == explorer.sentence
    paths = [path for path in root.iter("path") if path.get("d")[0] == "M"]
    by_stroke = {path.get("stroke"): path for path in paths if path.get("stroke") in COLOURS}
    for k, curve in enumerate(picture.curves):
        expected = on_page(explorer, curve.get_transform(), np.column_stack(curve.get_data()))
        drawn = path_points(by_stroke[COLOURS[k]])
        np.testing.assert_allclose(drawn[[0, -1]], expected[[0, -1]], atol=1)
    (bars,) = (path for path in paths if path.get("fill") == "#666666")
    expected = on_page(explorer, picture.bars.get_transform(), picture.bars.get_paths()[0].vertices)
    assert path_points(bars)[:, 1].min() == pytest.approx(expected[:, 1].min(), abs=1)
    texts = {text.text: text for text in root.iter("text")}
    for label in picture.labels:
        (place,) = on_page(explorer, label.get_transform(), [label.get_position()])
        text = texts[label.get_text()]
        np.testing.assert_allclose([float(text.get("x")), float(text.get("y"))], place, atol=1)
    wrong = len(picture.misplaced.get_offsets())
    assert [len(group) for group in root.iter("g")] == [min(300, len(picture.y)) - wrong, wrong, wrong]


def test_the_explorer_starts_with_the_objects_of_the_lesson(explorer):
    np.testing.assert_array_equal(explorer.picture.y, TRUTH.sample(200, 1)[0])
    assert explorer.sentence == (
        "200 objects. Learned (true) weight, mean, sd: A 0.47 (0.50), -0.09 (0.00), 0.79 (1.00); B 0.32"
        " (0.30), 3.55 (4.00), 1.13 (1.00); C 0.21 (0.20), 7.72 (8.00), 1.54 (1.50). Largest errors (standard"
        " errors): weight of A -0.03 (0.04), mean of B -0.45 (0.23), sd of A -0.21 (0.09). The fit misplaces"
        " 7, the truth 2; of fresh objects 5.74% and 4.23%."
    )
    assert {name: slider.value for name, slider in explorer.sliders.items()} == {
        "number of objects": 200,
        "draw": 1,
    }
    assert tuple(explorer.picture.figure.get_size_inches()) == (8, 3.2)


def test_every_control_at_its_ends_and_its_default(explorer):
    n, draw = explorer.sliders["number of objects"], explorer.sliders["draw"]
    assert (n.min, n.max, n.step, draw.min, draw.max) == (50, 2000, 50, 1, 20)
    default = explorer.sentence
    for size, seed in itertools.product((50, 300, 350, 2000), (1, 13, 20)):
        n.value, draw.value = size, seed
        assert_shows_its_sliders(explorer)
    explorer.reset()
    assert explorer.sentence == default


def test_no_draw_leaves_the_explorer_without_a_picture(explorer):
    n, draw = explorer.sliders["number of objects"], explorer.sliders["draw"]
    for size, seed in itertools.product((50, 100, 150, 1000), range(1, 21)):
        n.value, draw.value = size, seed
        assert "cannot" not in explorer.readout.value, (size, seed)
        assert explorer.sentence.startswith(f"{size} objects.")
        assert_labels_are_clear(explorer.picture)


def test_the_explorer_shows_the_optimum_next_to_the_truth(explorer):
    n = explorer.sliders["number of objects"]
    for size in (50, 200, 600):
        n.value = size
        y, _ = implied(explorer)
        run = em(y, TRUTH)
        assert log_likelihood(y, explorer.picture.fitted) == pytest.approx(run.log_likelihoods[-1], abs=1e-4)
        np.testing.assert_allclose(explorer.picture.fitted.means, run.mixture.means, atol=2e-3)


def test_more_objects_join_those_that_are_there(explorer):
    n = explorer.sliders["number of objects"]
    before = explorer.picture.y
    n.value = 1500
    np.testing.assert_array_equal(explorer.picture.y[:200], before)
    n.value = 50
    np.testing.assert_array_equal(explorer.picture.y, before[:50])


def test_showing_it_moves_nothing_and_what_moves_is_not_in_the_background(explorer):
    before, background = explorer.svg, explorer.picture.background()
    explorer.outputs()
    explorer._paint("")
    assert explorer.svg == before
    explorer.sliders["draw"].value = 13
    explorer.sliders["number of objects"].value = 50
    assert explorer.svg != before
    assert explorer.picture.background() == background


def test_stored_and_live_bundles_differ_in_the_widget_alone(explorer, monkeypatch):
    live = explorer.outputs()
    monkeypatch.setenv(STORING, "1")
    stored = explorer.outputs()
    assert stored[0][0]["text/plain"] == explorer.sentence
    assert stored[0][1]["image/png"] == {"alt": explorer.sentence, "width": 768, "height": 307}
    for (one, _), (other, _) in zip(live, stored, strict=True):
        assert one.pop(WIDGET)
        assert one == other


# ------------------------------------------------------------------ the numbers of the lesson


def test_the_fit_wins_on_its_objects_and_the_truth_on_fresh_ones():
    rng = np.random.default_rng(1)
    y, z = TRUTH.sample(200, rng)
    found = fit(y, 3, starts=TRUTH)
    fresh, _ = TRUTH.sample(100_000, rng)
    assert found.mixture.means == pytest.approx(FIT.means, abs=2e-4)
    assert round(found.log_likelihood, 2) == -470.66
    assert round(log_likelihood(y, TRUTH), 2) == -474.24
    assert round(log_likelihood(fresh, found.mixture) / 500, 2) == -488.64
    assert round(log_likelihood(fresh, TRUTH) / 500, 2) == -483.76
    assert z.tolist() == Z.tolist()
