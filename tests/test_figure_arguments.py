"""Every drawing and explorer refuses what it cannot show, by the argument's name, and stays as it was."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from drawings import ERRORS, FOUND, FOUR, LECTURE, MOVING, STARTS, WIDE, Y, Z, around, looks, rate_of
from ipywidgets.widgets.widget import _instances

from gmm_lesson import Mixture, figures
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers import lessons
from gmm_lesson.explorers.lessons import PART_WAYS, THREE, TOGETHER, TRUTH

ONE = Mixture([1], [3], [4])
TWO = PART_WAYS
HALVES = np.full((3, 2), 0.5)
WEIGHTS = [0.3, 0.25, 0.25, 0.2]


def convergence(runs, **options):
    return figures.convergence(runs, **{"rho": 0.5, "optimum": 0, "since": 0, **options})


def intervals(kinds):
    return figures.intervals(true=TRUTH, fitted=WIDE, intervals=kinds)


NO_KIND = [
    (lambda: figures.BoundPicture(Y, TOGETHER, steps=2.0), "steps must be a whole number"),
    (lambda: figures.CountsPicture(None), "weights must be a list or array"),
    (lambda: figures.CountsPicture(WEIGHTS, 200.0), "n must be a whole number"),
    (lambda: figures.HalfStepPicture(Y, None), "start must be a Mixture"),
    (lambda: figures.MixturePicture(Y, None), "mixture must be a Mixture"),
    (lambda: figures.OverlapPicture(None, Y, Z), "mixture must be a Mixture"),
    (lambda: figures.OverlapPicture(TWO, ["a"], [0]), "y must be a list or array"),
    (lambda: figures.OverlapPicture(TWO, [1.0, 2.0], None), "z must be a list or array"),
    (lambda: figures.SpikePicture(Y, None, honest=0), "others must be a Mixture"),
    (lambda: figures.SpikePicture(Y, ONE, honest="best"), "honest must be a number"),
    (lambda: figures.bounds(Y, TWO, 1, (0, 1)), "start must be a number"),
    (lambda: figures.coordinate_ascent(Y, "two", 1, (0, 1)), "must be a Mixture"),
    (lambda: convergence({"EM": [-2, -1]}, rho="1"), "rho must be a number"),
    (lambda: convergence({"EM": [-2, -1]}, since=0.5), "since must be a whole number"),
    (lambda: convergence({"EM": "ab"}), "runs['EM'] must be a list or array"),
    (lambda: convergence([[-2, -1]]), "runs must be a dict"),
    (lambda: figures.counts(["a"], 10, 0.5), "counts must be a list or array of numbers"),
    (lambda: figures.counts([1], 10.0, 0.5), "n must be a whole number"),
    (lambda: figures.counts([1], 10, "a"), "weight must be a number"),
    (lambda: figures.floors("ab", [0, 0], [3, 3]), "floors must be a list or array"),
    (lambda: intervals({"b": None}), "intervals['b'] must be Intervals; got NoneType"),
    (lambda: figures.misplaced(Y, Z, None, true=TRUTH), "fitted must be a Mixture"),
    (lambda: figures.misplaced(["a"], [0], WIDE, true=TRUTH), "y must be a list or array"),
    (lambda: figures.pairs(true=None, fitted=TRUTH), "true must be a Mixture"),
    (lambda: figures.pairs(true=TRUTH, fitted=None), "fitted must be a Mixture"),
    (lambda: figures.parting([[1, 2]], "a"), "nudges must be a list or array"),
    (lambda: figures.q_curves(Y, TWO.log_joint(Y) * 0 + 0.5, 1.0), "k must be a whole number"),
    (lambda: figures.stopping("abc", 0), "run_log_likelihoods must be a list or array of numbers"),
    (lambda: lessons.classes_explorer("abc"), "weights must be a list or array"),
    (lambda: lessons.classes_explorer(n=200.5), "n must be a whole number"),
    (lambda: lessons.em_scrubber([1, "2"]), "y must be a list or array of numbers"),
    (lambda: lessons.em_scrubber(start=[0.5, 0.5]), "start must be a Mixture"),
    (lambda: lessons.em_scrubber(steps=True), "steps must be a whole number"),
    (lambda: lessons.m_step_explorer(Y, "abc"), "z must be a list or array of numbers"),
    (lambda: lessons.spike_explorer("abc"), "y must be a list or array"),
    (lambda: lessons.spike_explorer(Y, 2.0), "n_components must be a whole number"),
]
NO_VALUE = [
    (lambda: figures.BoundPicture([3, 3], TOGETHER), "y must vary; got 2 times 3"),
    (lambda: figures.CountsPicture([1.0]), "weights must be of at least two classes; got 1"),
    (lambda: figures.CountsPicture(WEIGHTS, names="ABC"), "names must have one entry for each"),
    (lambda: figures.MixturePicture(Y, TWO, names="ABC"), "names must have one entry for each"),
    (lambda: figures.MixturePicture(Y, TWO, probe=np.inf), "must be finite"),
    (lambda: figures.OverlapPicture(TWO, [], []), "y must not be empty"),
    (lambda: figures.OverlapPicture(TWO, [1.0, 2.0], [0, 2]), "z must hold labels 0..1"),
    (lambda: figures.OverlapPicture(TWO, [1.0, 2.0], [0]), "z must have one label for each of the 2"),
    (lambda: figures.OverlapPicture(TWO, [1.0], [0], names="ABC"), "names must have one entry for each"),
    (lambda: figures.RestartMapPicture(LECTURE, Parameters.of([ONE]), FOUND), "starts must have 2 classes"),
    (lambda: figures.SpikePicture([1, 1], ONE, honest=0), "y must vary; got 2 times 1"),
    (lambda: figures.SpikePicture([], ONE, honest=0), "y must not be empty"),
    (lambda: figures.SpikePicture([1, 2], ONE, honest=np.inf), "honest must be a finite number"),
    (lambda: figures.TruthPicture(TRUTH, Y, Z, WIDE, ERRORS, names="AB"), "names must have one entry"),
    (lambda: figures.bounds(Y, TWO, 1, np.nan), "start must be a finite number"),
    (lambda: figures.coordinate_ascent([2, 2], TWO, 1, (0, 1)), "y must vary"),
    (lambda: figures.coordinate_ascent(Y, ONE, 0, (0, 1)), "component must be one of at least two"),
    (lambda: figures.coordinate_ascent(Y, TWO, 2, (0, 1)), "at least two classes, 0..1; got 2"),
    (lambda: figures.coordinate_ascent(Y, TWO, -1, (0, 1)), "component must be at least 0"),
    (lambda: figures.coordinate_ascent(Y, TWO, 1, 0.5), "start must have one axis"),
    (lambda: figures.coordinate_ascent(Y, TWO, 1, (0, 1, 2)), "start must have one entry for each of the 2"),
    (lambda: figures.coordinate_ascent(Y, TWO, 1, (0, np.inf)), "start must be finite"),
    (lambda: convergence({"EM": [-2, -1]}, rho=1.0), "rho must be above 0 and below 1; got 1"),
    (lambda: convergence({"EM": [-2, -1]}, rho=0), "rho must be above 0 and below 1; got 0"),
    (lambda: convergence({"EM": [-2, 1]}), "runs must start below the optimum 0 and stay there; EM"),
    (lambda: convergence({"EM": [-2, -1], "b": [0, 0]}), "stay there; b starts at 0"),
    (lambda: convergence({"EM": [-2, -1]}, since=2), "since must be a step of EM before it arrives"),
    (lambda: convergence({"EM": [-2, 0]}, since=1), "since must be a step of EM before it arrives"),
    (lambda: convergence({}), "runs must hold EM's log-likelihoods"),
    (lambda: figures.counts([1, 2.5], 10, 0.5), "counts must be whole numbers from 0 to n = 10; got 1..2.5"),
    (lambda: figures.counts([-1], 10, 0.5), "counts must be whole numbers from 0 to n = 10"),
    (lambda: figures.counts([11], 10, 0.5), "counts must be whole numbers from 0 to n = 10"),
    (lambda: figures.counts([], 10, 0.5), "counts must not be empty"),
    (lambda: figures.counts([1], 0, 0.5), "n must be at least 1"),
    (lambda: figures.counts([1], 10, 0), "weight must be above 0 and below 1; got 0"),
    (lambda: figures.counts([1], 10, 1), "weight must be above 0 and below 1; got 1"),
    (lambda: figures.counts([1], 10, np.nan), "weight must be a finite number"),
    (lambda: figures.errors_against_n([0, 100], {"a": [1, 1]}, {}), "ns must be above 0; got 0"),
    (lambda: figures.errors_against_n([5, 9], {"a": [1, 0]}, {"a": [1, 1]}), "errors['a'] must be above 0"),
    (lambda: figures.errors_against_n([5, 9], {"a": [1]}, {"a": [1, 1]}), "errors['a'] must have one entry"),
    (lambda: figures.errors_against_n([5, 9], {"a": [1, 1]}, {}), "monte_carlo must have the names"),
    (lambda: figures.errors_against_n([50, 50], {"a": [1, 1]}, {}), "must hold two different ns"),
    (lambda: figures.errors_against_n([50, 100], {}, {}), "two different ns and an error; got 0 errors"),
    (lambda: figures.errors_against_n([5, 9], {"a": [1, 1]}, {"a": [1]}), "monte_carlo['a'] must have one"),
    (
        lambda: figures.errors_against_n([5, 9], {"a": [1, 1]}, {"a": [1, -1]}),
        "monte_carlo['a'] must be above",
    ),
    (lambda: figures.floors([1, 2], [0], [3, 3]), "log_likelihoods must have one entry for each of the 2"),
    (lambda: figures.floors([1, 2], [0, 0], [3]), "smallest_sds must have one entry for each of the 2"),
    (lambda: figures.floors([0, 2], [0, 0], [3, 3]), "floors must be above 0"),
    (lambda: figures.floors([2, 2], [0, 0], [3, 3]), "floors must be rising"),
    (lambda: figures.floors([1, 4], [0, 0], [3, 3]), "below their floors; got 3 on a floor of 4"),
    (lambda: figures.floors([1, 2], [0, np.nan], [3, 3]), "log_likelihoods must be finite"),
    (lambda: intervals({}), "intervals must hold 1 to 4 kinds; got 0"),
    (lambda: intervals({"b": around(TWO, 1)}), "intervals['b'] must have 3 classes; got 2"),
    (lambda: figures.misplaced(Y, Z, TWO, true=TWO), "z must hold labels 0..1"),
    (lambda: figures.misplaced(Y, Z[:-1], WIDE, true=TRUTH), "z must have one label for each of the 60"),
    (lambda: figures.pairs(true=TRUTH, fitted=TWO), "fitted must have as many classes as true, 3; got 2"),
    (lambda: figures.parting([[1, 2]], [1, 2]), "nudges must have one entry for each of the 1 runs"),
    (lambda: figures.parting([[1, 2]], [0]), "nudges must be above 0; got 0"),
    (lambda: figures.parting([[1, np.inf]], [1]), "runs[0] must be finite"),
    (lambda: figures.q_curves([1, 2, 3], HALVES, -1), "k must be at least 0"),
    (lambda: figures.q_curves([1, 2, 3], HALVES, 2), "k must be one of at least two classes, 0..1; got 2"),
    (lambda: figures.q_curves([1, 2, 3], np.ones((3, 1))), "k must be one of at least two classes"),
    (lambda: figures.q_curves([2, 2, 2], HALVES), "y must vary"),
    (lambda: figures.q_curves([1, 2, 3], [[0, 1]] * 3), "r must give class 0 some of the objects"),
    (lambda: figures.q_curves([1, 2, 3], [[1, 0]] * 3), "some of the objects, and not all; got 1"),
    (lambda: figures.q_curves([1, 2, 3], HALVES, before=THREE), "before must have 2 components; got 3"),
    (lambda: figures.slopegraph([1, 2, 3], [1, 2]), "training must have one entry for each of the 2"),
    (lambda: figures.slopegraph([1, 2], [2]), "fresh must have one entry for each of the 2"),
    (lambda: figures.slopegraph([1, np.nan], [1, 2]), "training must be finite"),
    (lambda: figures.stopping([-3, -2], -1), "must have at least three entries; got 2"),
    (lambda: figures.stopping([-3, -2, -1], -1.5), "optimum must be at least that of the run, -1; got -1.5"),
    (lambda: figures.stopping([-3, -2, -2.5], -1), "must not fall"),
    (lambda: figures.stopping([-3, -2, -1], np.nan), "optimum must be a finite number"),
    (lambda: figures.stopping([-3, -2, -1], 0, tolerances=(0,)), "tolerances must be above 0"),
    (lambda: figures.stopping([-3, -2, -1], 0, tolerances=(-1,)), "tolerances must be above 0; got -1"),
    (lambda: figures.strategies({"x": {"a": 1, "b": 2}, "y": {"a": 1}}), "the same strategies"),
    (lambda: figures.strategies({}), "at least one data set"),
    (lambda: figures.success(rate_of(0, 10), ([1], [0.5], 10)), "rate must be above 0"),
    (lambda: figures.success(rate_of(5, 10), ([1, 2], [0.5], 10)), "one entry for each of the 2 numbers"),
    (lambda: figures.success(rate_of(5, 10), ([1], [50.0], 10)), "shares must be within 0..1"),
    (lambda: lessons.bound_scrubber(steps=0), "steps must be at least 1; got 0"),
    (lambda: lessons.classes_explorer([1.0]), "weights must have 2 to 4 entries; got 1"),
    (lambda: lessons.classes_explorer(np.full(5, 0.2)), "weights must have 2 to 4 entries; got 5"),
    (lambda: lessons.classes_explorer([0.5, 0.6]), "weights must sum to one"),
    (lambda: lessons.classes_explorer(n=9), "n must be at least 10"),
    (lambda: lessons.classes_explorer(n=2000), "n must be at most 1000"),
    (lambda: lessons.e_step_explorer(start=ONE), "start must have 2 to 4 components; got 1"),
    (lambda: lessons.em_scrubber(start=ONE), "start must have 2 to 4 components; got 1"),
    (lambda: lessons.em_scrubber(start=Mixture([0.2] * 5, range(5), [1] * 5)), "2 to 4 components; got 5"),
    (lambda: lessons.em_scrubber([1, np.nan]), "y must be finite"),
    (lambda: lessons.em_scrubber([]), "y must not be empty"),
    (lambda: lessons.em_scrubber([3, 3, 3]), "y must vary"),
    (lambda: lessons.m_step_explorer(Y, None), "y and z must be given together"),
    (lambda: lessons.m_step_explorer(None, Z), "y and z must be given together"),
    (lambda: lessons.m_step_explorer(Y, 0 * Z), "z must hold 2 to 4 classes; got 1"),
    (lambda: lessons.m_step_explorer(Y, np.arange(60)), "z must hold 2 to 4 classes; got 60"),
    (lambda: lessons.m_step_explorer(Y[:5], Z), "z must have one label for each of the 5 objects"),
    (lambda: lessons.m_step_explorer(Y, Z + 0.5), "z must hold"),
    (lambda: lessons.m_step_explorer([1, 2, 3], [0, 0, 1]), "values of each class 0..1; got 1 of class 1"),
    (lambda: lessons.m_step_explorer([1, 1, 2, 3], [0, 0, 1, 1]), "got 1 of class 0"),
    (lambda: lessons.m_step_explorer([1, 2, 3, 4], [1, 1, 2, 2]), "got 0 of class 0"),
    (lambda: lessons.spike_explorer([1, 1, 1]), "y must vary"),
    (lambda: lessons.spike_explorer(Y, 1), "n_components must be at least 2; got 1"),
]


REFUSED = [(TypeError, *case) for case in NO_KIND] + [(ValueError, *case) for case in NO_VALUE]


@pytest.mark.parametrize(("error", "make", "words"), REFUSED)
def test_what_cannot_be_shown_is_refused_and_leaves_no_widget(error, make, words):
    widgets = set(_instances)
    with pytest.raises(error, match=re.escape(words)):
        make()
    assert set(_instances) == widgets


UPDATES = [
    ("CountsPicture", ([0.2, 0.3, 0.5], 200, 1), ValueError, "weights must have 2 entries; got 3"),
    ("CountsPicture", ([0.5, 0.6], 200, 1), ValueError, "weights must sum to one"),
    ("CountsPicture", ([1, 0], 200, 1), ValueError, "weights must be above 0"),
    ("CountsPicture", ([0.5, 0.5], 9, 1), ValueError, "n must be at least 10; got 9"),
    ("CountsPicture", ([0.5, 0.5], 1001, 1), ValueError, "n must be at most 1000; got 1001"),
    ("CountsPicture", ([0.5, 0.5], 200, 0), ValueError, "draw must be at least 1; got 0"),
    ("CountsPicture", ([0.5, 0.5], 200, 22), ValueError, "draw must be at most 21; got 22"),
    ("CountsPicture", ([0.5, 0.5], 200, "1"), TypeError, "draw must be a whole number"),
    ("MixturePicture", (FOUR,), ValueError, "mixture must have 3 components; got 4"),
    ("MixturePicture", (WIDE, np.nan), ValueError, "finite"),
    ("MixturePicture", (None,), TypeError, "mixture must be a Mixture"),
    ("OverlapPicture", (FOUR,), ValueError, "mixture must have 3 components; got 4"),
    ("OverlapPicture", (None,), TypeError, "mixture must be a Mixture"),
    (
        "OverlapPicture",
        (WIDE, [1.0, 2.0]),
        ValueError,
        "y must have one entry for each of the 60 classes in z; got 2",
    ),
    ("OverlapPicture", (WIDE, [np.nan] * 60), ValueError, "y must be finite"),
    ("RecipesPicture", (-0.1,), ValueError, "blur must be"),
    ("RecipesPicture", (1.1,), ValueError, "blur must be at most 1; got 1.1"),
    ("RecipesPicture", ("a",), TypeError, "blur must be a number"),
    (
        "RestartMapPicture",
        (STARTS, FOUND, {"selected": 13}),
        ValueError,
        "selected must be at most 12; got 13",
    ),
    ("RestartMapPicture", (STARTS, FOUND, {"selected": 0}), ValueError, "selected must be at least 1; got 0"),
    ("SpikePicture", (-16.75, 1), ValueError, "log_sd must be a finite number, at least -16"),
    ("SpikePicture", (0.75, 1), ValueError, "log_sd must be at most 0; got 0.75"),
    ("SpikePicture", ("0", 1), TypeError, "log_sd must be a number"),
    ("SpikePicture", (-1, 0), ValueError, "which must be at least 1"),
    ("SpikePicture", (-1, 61), ValueError, "which must be at most 60; got 61"),
    ("SpikePicture", (-1, 1.0), TypeError, "which must be a whole number"),
    ("TruthPicture", (Y, Z, TWO, ERRORS), ValueError, "fitted must have as many classes as true, 3; got 2"),
    ("TruthPicture", (Y, Z, None, ERRORS), TypeError, "fitted must be a Mixture"),
    ("TruthPicture", (Y[:5], Z, WIDE, ERRORS), ValueError, "z must have one label for each of the 5 objects"),
    ("TruthPicture", ([np.nan], [0], WIDE, ERRORS), ValueError, "y must be finite"),
]


@pytest.fixture(scope="module")
def moved():
    """Return pictures that have moved, and how each looks: once for all that they refuse."""

    @cache
    def of(name):
        picture = MOVING[name].moved()
        return picture, looks(picture)

    return of


@pytest.mark.parametrize(("name", "move", "error", "words"), UPDATES)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(name, move, error, words, moved):
    picture, before = moved(name)
    with pytest.raises(error, match=re.escape(words)):
        MOVING[name].move(picture, move)
    assert looks(picture) == before
