"""Every drawing and explorer refuses what it cannot show, by the argument's name, and stays as it was."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawings import FOUR, LECTURE, MOVING, STARTS, WIDE, Y, Z, around, rate_of
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
    return figures.convergence(runs, **{"rho": 0.5, "optimum": 0, **options})


def intervals(kinds):
    return figures.intervals(true=TRUTH, fitted=WIDE, intervals=kinds)


REFUSED = {
    TypeError: [
        (figures.BoundPicture, (Y, TOGETHER), {"steps": 2.0}, "steps must be a whole number"),
        (figures.CountsPicture, (None,), {}, "weights must be a list or array"),
        (figures.CountsPicture, (WEIGHTS, 200.0), {}, "n must be a whole number"),
        (figures.HalfStepPicture, (Y, None), {}, "start must be a Mixture"),
        (figures.MixturePicture, (Y, None), {}, "mixture must be a Mixture"),
        (figures.OverlapPicture, (None,), {}, "mixture must be a Mixture"),
        (figures.OverlapPicture, (TWO, ["a"], [0]), {}, "y must be a list or array"),
        (figures.SpikePicture, (Y, None), {"honest": 0}, "others must be a Mixture"),
        (figures.SpikePicture, (Y, ONE), {"honest": "best"}, "honest must be a number"),
        (figures.bounds, (Y, TWO, 1, (0, 1)), {}, "start must be a number"),
        (figures.coordinate_ascent, (Y, "two", 1, (0, 1)), {}, "must be a Mixture"),
        (convergence, ({"EM": [-2, -1]},), {"rho": "1"}, "rho must be a number"),
        (convergence, ({"EM": [-2, -1]},), {"since": 0.5}, "since must be a whole number"),
        (convergence, ({"EM": "ab"},), {}, "runs['EM'] must be a list or array"),
        (convergence, ([[-2, -1]],), {}, "runs must be a dict"),
        (figures.counts, (["a"], 10, 0.5), {}, "counts must be a list or array of numbers"),
        (figures.counts, ([1], 10.0, 0.5), {}, "n must be a whole number"),
        (figures.counts, ([1], 10, "a"), {}, "weight must be a number"),
        (figures.floors, ("ab", [0, 0], [3, 3]), {}, "floors must be a list or array"),
        (intervals, ({"b": None},), {}, "intervals['b'] must be Intervals; got NoneType"),
        (figures.misplaced, (Y, Z, None), {}, "mixture must be a Mixture"),
        (figures.misplaced, (["a"], [0], WIDE), {}, "y must be a list or array"),
        (figures.pairs, (), {"true": None, "fitted": TRUTH}, "true must be a Mixture"),
        (figures.pairs, (), {"true": TRUTH, "fitted": None}, "fitted must be a Mixture"),
        (figures.parting, ([[1, 2]], "a"), {}, "nudges must be a list or array"),
        (figures.q_curves, (Y, TWO.log_joint(Y) * 0 + 0.5, 1.0), {}, "k must be a whole number"),
        (figures.stopping, ("abc", 0), {}, "run_log_likelihoods must be a list or array of numbers"),
        (lessons.classes_explorer, ("abc",), {}, "weights must be a list or array"),
        (lessons.classes_explorer, (), {"n": 200.5}, "n must be a whole number"),
        (lessons.em_scrubber, ([1, "2"],), {}, "y must be a list or array of numbers"),
        (lessons.em_scrubber, (), {"start": [0.5, 0.5]}, "start must be a Mixture"),
        (lessons.em_scrubber, (), {"steps": True}, "steps must be a whole number"),
        (lessons.m_step_explorer, (Y, "abc"), {}, "z must be a list or array of numbers"),
        (lessons.spike_explorer, ("abc",), {}, "y must be a list or array"),
        (lessons.spike_explorer, (Y, 2.0), {}, "n_components must be a whole number"),
    ],
    ValueError: [
        (figures.BoundPicture, ([3, 3], TOGETHER), {}, "y must vary; got 2 times 3"),
        (figures.CountsPicture, ([1.0],), {}, "weights must be of at least two classes; got 1"),
        (figures.CountsPicture, (WEIGHTS,), {"names": "ABC"}, "names must have one entry for each of the 4"),
        (figures.MixturePicture, (Y, TWO), {"names": "ABC"}, "names must have one entry for each of the 2"),
        (figures.MixturePicture, (Y, TWO), {"probe": np.inf}, "must be finite"),
        (figures.OverlapPicture, (TWO, [1.0, 2.0]), {}, "y and z must be given together"),
        (figures.OverlapPicture, (TWO, None, [0, 1]), {}, "y and z must be given together"),
        (figures.OverlapPicture, (TWO, [1.0, 2.0], [0, 2]), {}, "z must hold labels 0..1"),
        (figures.OverlapPicture, (TWO, [1.0, 2.0], [0]), {}, "z must have one label for each of the 2"),
        (figures.OverlapPicture, (TWO,), {"names": "ABC"}, "names must have one entry for each of the 2"),
        (
            figures.RestartMapPicture,
            (LECTURE, Parameters.of([ONE])),
            {},
            "starts must have 2 classes or more",
        ),
        (figures.SpikePicture, ([1, 1], ONE), {"honest": 0}, "y must vary; got 2 times 1"),
        (figures.SpikePicture, ([], ONE), {"honest": 0}, "y must not be empty"),
        (figures.SpikePicture, ([1, 2], ONE), {"honest": np.inf}, "honest must be a finite number"),
        (figures.TruthPicture, (TRUTH, Y, Z, WIDE), {"names": "AB"}, "names must have one entry for each"),
        (figures.bounds, (Y, TWO, 1, np.nan), {}, "start must be a finite number"),
        (figures.coordinate_ascent, ([2, 2], TWO, 1, (0, 1)), {}, "y must vary"),
        (figures.coordinate_ascent, (Y, ONE, 0, (0, 1)), {}, "component must be one of at least two classes"),
        (figures.coordinate_ascent, (Y, TWO, 2, (0, 1)), {}, "at least two classes, 0..1; got 2"),
        (figures.coordinate_ascent, (Y, TWO, -1, (0, 1)), {}, "component must be at least 0"),
        (figures.coordinate_ascent, (Y, TWO, 1, 0.5), {}, "start must have one axis"),
        (
            figures.coordinate_ascent,
            (Y, TWO, 1, (0, 1, 2)),
            {},
            "start must have two entries, s and m; got 3",
        ),
        (figures.coordinate_ascent, (Y, TWO, 1, (0, np.inf)), {}, "start must be finite"),
        (convergence, ({"EM": [-2, -1]},), {"rho": 1.0}, "rho must be between 0 and 1; got 1"),
        (convergence, ({"EM": [-2, -1]},), {"rho": 0}, "rho must be between 0 and 1; got 0"),
        (convergence, ({"EM": [-2, 1]},), {}, "runs must start below the optimum 0 and stay there; EM"),
        (convergence, ({"EM": [-2, -1], "b": [0, 0]},), {}, "stay there; b starts at 0"),
        (
            convergence,
            ({"EM": [-2, -1]},),
            {"since": 2},
            "since must be a step of EM before it arrives; got 2",
        ),
        (
            convergence,
            ({"EM": [-2, 0]},),
            {"since": 1},
            "since must be a step of EM before it arrives; got 1",
        ),
        (convergence, ({},), {}, "runs must hold EM's log-likelihoods"),
        (
            figures.counts,
            ([1, 2.5], 10, 0.5),
            {},
            "counts must be whole numbers from 0 to n = 10; got 1..2.5",
        ),
        (figures.counts, ([-1], 10, 0.5), {}, "counts must be whole numbers from 0 to n = 10"),
        (figures.counts, ([11], 10, 0.5), {}, "counts must be whole numbers from 0 to n = 10"),
        (figures.counts, ([], 10, 0.5), {}, "counts must not be empty"),
        (figures.counts, ([1], 0, 0.5), {}, "n must be at least 1"),
        (figures.counts, ([1], 10, 0), {}, "weight must lie between 0 and 1; got 0"),
        (figures.counts, ([1], 10, 1), {}, "weight must lie between 0 and 1; got 1"),
        (figures.counts, ([1], 10, np.nan), {}, "weight must be a finite number"),
        (figures.errors_against_n, ([0, 100], {"a": [1, 1]}), {}, "ns must be above 0; got 0"),
        (figures.errors_against_n, ([50, 100], {"a": [1, 0]}), {}, "errors['a'] must be above 0"),
        (figures.errors_against_n, ([50, 100], {"a": [1]}), {}, "errors['a'] must have one entry for each"),
        (figures.errors_against_n, ([50, 50], {"a": [1, 1]}), {}, "must hold two different ns"),
        (figures.errors_against_n, ([50, 100], {}), {}, "two different ns and an error; got 0 errors"),
        (figures.errors_against_n, ([5, 9], {"a": [1, 1]}, {"a": [1]}), {}, "monte_carlo['a'] must have one"),
        (
            figures.errors_against_n,
            ([5, 9], {"a": [1, 1]}, {"a": [1, -1]}),
            {},
            "monte_carlo['a'] must not be",
        ),
        (figures.floors, ([1, 2], [0], [3, 3]), {}, "log_likelihoods must have one entry for each of the 2"),
        (figures.floors, ([1, 2], [0, 0], [3]), {}, "smallest_sds must have one entry for each of the 2"),
        (figures.floors, ([0, 2], [0, 0], [3, 3]), {}, "floors must be above 0"),
        (figures.floors, ([2, 2], [0, 0], [3, 3]), {}, "floors must be rising"),
        (figures.floors, ([1, 4], [0, 0], [3, 3]), {}, "below their floors; got 3 on a floor of 4"),
        (figures.floors, ([1, 2], [0, np.nan], [3, 3]), {}, "log_likelihoods must be finite"),
        (intervals, ({},), {}, "intervals must hold 1 to 4 kinds; got 0"),
        (intervals, ({"b": around(TWO, 1)},), {}, "intervals['b'] must have 3 classes; got 2"),
        (figures.misplaced, (Y, Z, TWO), {}, "z must hold labels 0..1"),
        (figures.misplaced, (Y, Z[:-1], WIDE), {}, "z must have one label for each of the 60 objects"),
        (
            figures.pairs,
            (),
            {"true": TRUTH, "fitted": TWO},
            "fitted must have as many classes as true, 3; got 2",
        ),
        (figures.parting, ([[1, 2]], [1, 2]), {}, "runs must have one entry for each of the 2 nudges; got 1"),
        (figures.parting, ([[1, 2]], [0]), {}, "nudges must be above 0; got 0"),
        (figures.parting, ([[1, np.inf]], [1]), {}, "runs[0] must be finite"),
        (figures.q_curves, ([1, 2, 3], HALVES, -1), {}, "k must be at least 0"),
        (figures.q_curves, ([1, 2, 3], HALVES, 2), {}, "k must be one of at least two classes, 0..1; got 2"),
        (figures.q_curves, ([1, 2, 3], np.ones((3, 1))), {}, "k must be one of at least two classes"),
        (figures.q_curves, ([2, 2, 2], HALVES), {}, "y must vary"),
        (figures.q_curves, ([1, 2, 3], [[0, 1]] * 3), {}, "r must give class 0 some of the objects"),
        (figures.q_curves, ([1, 2, 3], [[1, 0]] * 3), {}, "some of the objects, and not all; got 1"),
        (figures.q_curves, ([1, 2, 3], HALVES), {"before": THREE}, "before must have 2 components, as r has"),
        (figures.slopegraph, ([1, 2, 3], [1, 2]), {}, "training must have one entry for each of the 2"),
        (figures.slopegraph, ([1, 2], [2]), {}, "fresh must have one entry for each of the 2"),
        (figures.slopegraph, ([1, np.nan], [1, 2]), {}, "training must be finite"),
        (figures.stopping, ([-3, -2], -1), {}, "must have at least three entries; got 2"),
        (
            figures.stopping,
            ([-3, -2, -1], -1.5),
            {},
            "optimum must be at least that of the run, -1; got -1.5",
        ),
        (figures.stopping, ([-3, -2, -2.5], -1), {}, "must not fall"),
        (figures.stopping, ([-3, -2, -1], np.nan), {}, "optimum must be a finite number"),
        (figures.stopping, ([-3, -2, -1], 0), {"tolerances": (0,)}, "tolerances must be above 0"),
        (figures.stopping, ([-3, -2, -1], 0), {"tolerances": (-1,)}, "tolerances must be a finite number"),
        (figures.strategies, ({"x": {"a": 1, "b": 2}, "y": {"a": 1}},), {}, "the same strategies"),
        (figures.strategies, ({},), {}, "at least one data set"),
        (figures.success, (rate_of(0, 10),), {}, "rate must be above 0"),
        (figures.success, (rate_of(5, 10), ([1, 2], [0.5], 10)), {}, "one entry for each of the 2 numbers"),
        (figures.success, (rate_of(5, 10), ([1], [50.0], 10)), {}, "shares must be within 0..1"),
        (lessons.bound_scrubber, (), {"steps": 0}, "steps must be at least 1; got 0"),
        (lessons.classes_explorer, ([1.0],), {}, "weights must have 2 to 4 entries; got 1"),
        (lessons.classes_explorer, (np.full(5, 0.2),), {}, "weights must have 2 to 4 entries; got 5"),
        (lessons.classes_explorer, ([0.5, 0.6],), {}, "weights must sum to one"),
        (lessons.classes_explorer, (), {"n": 9}, "n must be at least 10"),
        (lessons.classes_explorer, (), {"n": 2000}, "n must be at most 1000"),
        (lessons.e_step_explorer, (), {"start": ONE}, "start must have 2 to 4 components; got 1"),
        (lessons.em_scrubber, (), {"start": ONE}, "start must have 2 to 4 components; got 1"),
        (
            lessons.em_scrubber,
            (),
            {"start": Mixture([0.2] * 5, range(5), [1] * 5)},
            "2 to 4 components; got 5",
        ),
        (lessons.em_scrubber, ([1, np.nan],), {}, "y must be finite"),
        (lessons.em_scrubber, ([],), {}, "y must not be empty"),
        (lessons.em_scrubber, ([3, 3, 3],), {}, "y must vary"),
        (lessons.m_step_explorer, (Y, None), {}, "y and z must be given together"),
        (lessons.m_step_explorer, (None, Z), {}, "y and z must be given together"),
        (lessons.m_step_explorer, (Y, 0 * Z), {}, "z must hold 2 to 4 classes; got 1"),
        (lessons.m_step_explorer, (Y, np.arange(60)), {}, "z must hold 2 to 4 classes; got 60"),
        (lessons.m_step_explorer, (Y[:5], Z), {}, "z must have one label for each of the 5 objects"),
        (lessons.m_step_explorer, (Y, Z + 0.5), {}, "z must hold"),
        (lessons.m_step_explorer, ([1, 2, 3], [0, 0, 1]), {}, "values of each class 0..1; got 1 of class 1"),
        (lessons.m_step_explorer, ([1, 1, 2, 3], [0, 0, 1, 1]), {}, "got 1 of class 0"),
        (lessons.m_step_explorer, ([1, 2, 3, 4], [1, 1, 2, 2]), {}, "got 0 of class 0"),
        (lessons.spike_explorer, ([1, 1, 1],), {}, "y must vary"),
        (lessons.spike_explorer, (Y, 1), {}, "n_components must be at least 2; got 1"),
    ],
}
CASES = [(error, *case) for error, cases in REFUSED.items() for case in cases]


@pytest.mark.parametrize(("error", "make", "arguments", "options", "words"), CASES)
def test_what_cannot_be_shown_is_refused_and_leaves_no_widget(error, make, arguments, options, words):
    widgets = set(_instances)
    with pytest.raises(error, match=re.escape(words)):
        make(*arguments, **options)
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
    ("OverlapPicture", (WIDE, [1.0, 2.0]), ValueError, "y must have 60 objects; got 2"),
    ("OverlapPicture", (WIDE, [np.nan] * 60), ValueError, "y must be finite"),
    ("RecipesPicture", (-0.1,), ValueError, "blur must be"),
    ("RecipesPicture", (1.1,), ValueError, "blur must be at most 1; got 1.1"),
    ("RecipesPicture", ("a",), TypeError, "blur must be a number"),
    ("SpikePicture", (-16.75, 1), ValueError, "log_sd must be a finite number, at least -16"),
    ("SpikePicture", (0.75, 1), ValueError, "log_sd must be at most 0; got 0.75"),
    ("SpikePicture", ("0", 1), TypeError, "log_sd must be a number"),
    ("SpikePicture", (-1, 0), ValueError, "which must be at least 1"),
    ("SpikePicture", (-1, 61), ValueError, "which must be at most 60; got 61"),
    ("SpikePicture", (-1, 1.0), TypeError, "which must be a whole number"),
    ("TruthPicture", (Y, Z, TWO), ValueError, "fitted must have as many classes as true, 3; got 2"),
    ("TruthPicture", (Y, Z, None), TypeError, "fitted must be a Mixture"),
    ("TruthPicture", (Y[:5], Z, WIDE), ValueError, "z must have one label for each of the 5 objects"),
    ("TruthPicture", ([np.nan], [0], WIDE), ValueError, "y must be finite"),
]


@pytest.mark.parametrize(("name", "arguments", "error", "words"), UPDATES)
def test_an_update_that_cannot_be_leaves_the_picture_as_it_was(name, arguments, error, words):
    picture = MOVING[name].moved()
    before = picture.sentence, picture.png()
    with pytest.raises(error, match=re.escape(words)):
        getattr(picture, MOVING[name].how)(*arguments)
    assert (picture.sentence, picture.png()) == before


@pytest.mark.parametrize(
    ("selected", "words"), [(13, "selected must be at most 12; got 13"), (0, "at least 1")]
)
def test_a_start_that_there_is_not_leaves_the_map_as_it_was(selected, words):
    picture = MOVING["RestartMapPicture"].moved()
    before = picture.sentence, picture.png()
    with pytest.raises(ValueError, match=words):
        picture.update(STARTS, selected=selected)
    assert (picture.sentence, picture.png()) == before
