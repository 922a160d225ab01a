"""Every drawing and explorer refuses what it cannot show, by the argument's name, and stays as it was."""

import inspect
import re
from functools import cache, partial

import numpy as np
import pytest
from drawings import CHOICES, DRAWN, FOUR, MOVING, PLANE, Y, Z, around, rate_of
from ipywidgets.widgets.widget import _instances
from problems import plane_start

from gmm_lesson import Mixture
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers import hand, lessons
from gmm_lesson.explorers.explorer import frame_of
from gmm_lesson.explorers.lessons import PART_WAYS

ONE, TWO = Mixture([1], [3], [4]), PART_WAYS
MAKE = {name: drawing for name, drawing in DRAWN.items() if isinstance(drawing, partial)}
MAKE |= {name: moving.make for name, moving in MOVING.items()} | {
    "e_step_explorer": partial(lessons.e_step_explorer, Y, TWO),
    "hand": partial(hand, Y, 3),
}
"""How every drawing and explorer is made, of arguments that will do."""
KINDS = {
    Mixture: [(TypeError, "two")],
    (list, np.ndarray): [(TypeError, "abc"), (TypeError, [None]), (ValueError, [np.nan]), (ValueError, [])],
    dict: [(TypeError, [[-2, -1]]), (ValueError, {})],
    float: [(TypeError, "1"), (ValueError, np.nan), (ValueError, np.inf)],
    int: [(TypeError, 2.5), (TypeError, "1"), (TypeError, True), (ValueError, -1)],
}
"""What will not do in the place of an argument of a kind."""
OWN_ROWS = {"mixtures", "honest", "optimum", "errors", "monte_carlo", "intervals", "rates"}
UNCHECKED = {"LadderPicture", "LadderPicture.update", "top", "index"}
"""Drawings and arguments that only checked numbers reach, or that matplotlib refuses."""
SAID = {"probe": "y", "fitted": "mixture|fitted", "mixture": "mixture|fitted", "runs": "runs|nudges"}
"""Names in an error where they are not the argument's."""
VARIED = "BoundPicture", "SpikePicture", "coordinate_ascent", "q_curves", "HalfStepPicture", "hand"
OTHER_STARTS = dict(zip(("starts", "found"), MOVING["RestartMapPicture"].moves[0], strict=True))
NO_VALUE = [
    *((name, {"y": np.full(60, 3)}, "y must vary") for name in VARIED),
    ("CountsPicture", {"weights": [1.0]}, "weights must be of at least two classes; got 1"),
    ("RestartMapPicture", {"starts": Parameters.of([ONE])}, "starts must have 2 classes"),
    ("coordinate_ascent", {"mixture": ONE, "component": 0}, "component must be one of at least two"),
    ("coordinate_ascent", {"component": 2}, "at least two classes, 0..1; got 2"),
    ("coordinate_ascent", {"start": (0, 1, 2)}, "start must have one entry for each of the 2"),
    ("coordinate_ascent", {"start": (0, np.inf)}, "start must be finite"),
    ("convergence", {"rho": 1.0}, "rho must be above 0 and below 1; got 1"),
    ("convergence", {"log_likelihoods": [-2, 1]}, "log_likelihoods must start below the optimum 0 and stay"),
    ("convergence", {"log_likelihoods": [0, 0], "since": 0}, "and stay there; they start at 0"),
    ("convergence", {"log_likelihoods": [-2, -1], "since": 2}, "since must be a step before EM arrives"),
    ("convergence", {"log_likelihoods": [-2, 0], "since": 1}, "since must be a step before EM arrives"),
    ("counts", {"counts": [1, 2.5]}, "counts must be whole numbers from 0 to n = 200; got 1..2.5"),
    ("counts", {"counts": [201]}, "counts must be whole numbers from 0 to n = 200"),
    ("counts", {"n": 0}, "n must be at least 1"),
    ("counts", {"weight": 1}, "weight must be above 0 and below 1; got 1"),
    ("intervals", {"intervals": {}}, "intervals must hold 1 to 4 kinds; got 0"),
    ("intervals", {"intervals": {"b": around(TWO, 1)}}, "intervals['b'] must have 3 classes; got 2"),
    ("misplaced", {"mixture": TWO, "true": TWO}, "z must hold labels 0..1"),
    ("pairs", {"fitted": TWO}, "fitted must have as many classes as true, 3; got 2"),
    ("placed", {"names": "AB", "z": Z % 2}, "names must have one entry for each of the 3"),
    ("placed", {"z": Z + 1}, "z must hold labels 0..2"),
    ("PlaneHalfStepPicture", {"steps": 0}, "steps must be at least 1; got 0"),
    ("q_curves", {"k": 2}, "k must be one of at least two classes, 0..1; got 2"),
    ("q_curves", {"r": np.ones((60, 1))}, "k must be one of at least two classes"),
    ("q_curves", {"r": [[1, 0]] * 60}, "r must give class 1 some of the objects"),
    ("q_curves", {"r": [[0, 1]] * 60}, "some of the objects, and not all; got 1"),
    ("race", {"runs": {"EM": [-2, -1], "still": [-2, -2]}}, "runs must each move the log-likelihood"),
    ("race", {"runs": {"EM": [-2, np.nan]}}, "runs['EM'] must be finite"),
    ("slopegraph", {"training": [1, 2, 3]}, "training must have one entry for each of the 2"),
    ("slopegraph", {"fresh": [2]}, "fresh must have one entry for each of the 2"),
    ("stopping", {"run_log_likelihoods": [-3, -2]}, "must have at least three entries; got 2"),
    ("stopping", {"optimum": -1.5}, "optimum must be at least that of the run, -1.8"),
    ("stopping", {"run_log_likelihoods": [-3, -2, -2.5]}, "must not fall"),
    ("strategies", {"rates": {"x": {"a": 1, "b": 2}, "y": {"a": 1}}}, "the same strategies"),
    ("strategies", {"rates": {}}, "at least one data set"),
    ("success", {"rate": rate_of(0, 10)}, "rate must be above 0"),
    ("success", {"simulated": ([1, 2], [0.5], 10)}, "one entry for each of the 2 numbers"),
    ("success", {"simulated": ([1], [50.0], 10)}, "shares must be within 0..1"),
    ("HalfStepPicture", {"steps": 0}, "steps must be at least 1; got 0"),
    ("e_step_explorer", {"start": ONE}, "start must have 2 to 4 components; got 1"),
    ("e_step_explorer", {"start": Mixture([0.2] * 5, range(5), [1] * 5)}, "2 to 4 components; got 5"),
    ("hand", {"n_components": 0}, "n_components must be at least 1; got 0"),
    ("hand", {"n_components": 7}, "n_components must be at most 6; got 7"),
    ("hand", {"start": TWO}, "start must have 3 components; got 2"),
    ("hand", {"label": ["a", "b"]}, "label must be a text, or one for each of 1"),
    ("hand", {"y": [[1, 2], [3, 2]], "n_components": 1}, "y must vary"),
    ("hand", {"y": [[1, 2, 3], [3, 2, 1]]}, "y must have the shape (N,) or (N, 2); got (2, 3)"),
    ("BlurredPicture", {"y": [1, 1, 2, 3], "z": [0, 0, 1, 1], "n_classes": 2}, "got 1 of class 0"),
    ("BlurredPicture", {"y": [1, 2, 3, 4], "z": [1, 1, 2, 2]}, "got 0 of class 0"),
    ("BinsPicture.update", {"chosen": 48}, "chosen must be one of [16.0, 32.0, 64.0]; got 48"),
    ("ChoicePicture.update", {"choice": CHOICES[40]}, "choice must be of the 60 objects y"),
    ("ChoicePicture.update", {"y": Y[1:]}, "choice must be of the 59 objects y"),
    ("ChoicePicture.update", {"k": 3}, "k must be one of [1, 2, 4]; got 3"),
    ("CountsPicture.update", {"weights": [0.2, 0.3, 0.5]}, "weights must have 2 entries; got 3"),
    ("CountsPicture.update", {"weights": [0.5, 0.6]}, "weights must sum to one"),
    ("CountsPicture.update", {"weights": [1, 0]}, "weights must be above 0"),
    ("CountsPicture.update", {"n": 9}, "n must be at least 10; got 9"),
    ("CountsPicture.update", {"n": 1001}, "n must be at most 1000; got 1001"),
    ("CountsPicture.update", {"draw": 0}, "draw must be at least 1; got 0"),
    ("CountsPicture.update", {"draw": 22}, "draw must be at most 21; got 22"),
    ("MixturePicture.update", {"mixture": FOUR}, "mixture must have 3 components; got 4"),
    ("OverlapPicture.update", {"mixture": FOUR}, "mixture must have 3 components; got 4"),
    ("OverlapPicture.update", {"y": [1.0, 2.0]}, "one entry for each of the 60 classes in z; got 2"),
    ("BlurredPicture.blur_to", {"blur": -0.1}, "blur must be"),
    ("BlurredPicture.blur_to", {"blur": 1.1}, "blur must be at most 1; got 1.1"),
    ("PlanePicture.update", {"mixture": plane_start(PLANE, 2, "full")}, "must have 3 components; got 2"),
    ("RestartMapPicture.update", OTHER_STARTS | {"selected": 13}, "selected must be at most 12; got 13"),
    ("RestartMapPicture.update", {"selected": 0}, "selected must be at least 1; got 0"),
    ("SpikePicture.update", {"log_sd": -16.75}, "log_sd must be a finite number, at least -16"),
    ("SpikePicture.update", {"log_sd": 0.75}, "log_sd must be at most 0; got 0.75"),
    ("SpikePicture.update", {"which": 0}, "which must be at least 1"),
    ("SpikePicture.update", {"which": 61}, "which must be at most 60; got 61"),
    ("TruthPicture.update", {"fitted": TWO}, "fitted must have as many classes as true, 3; got 2"),
]
"""What cannot be shown: whose, what is given in place of what will do, and words of the message."""


@cache
def moved(name):
    """Return a picture that has moved, how it looks, and how it moves: once for all that it refuses."""
    picture, moving = MOVING[name].moved(), MOVING[name]
    return picture, frame_of(picture), moving.move(picture, moving.moves[-1])


def arguments_of(name):
    """Return what is called, and its arguments by name."""
    call = moved(name.split(".")[0])[2] if "." in name else MAKE[name]
    return call.func, inspect.signature(call.func).bind(*call.args, **call.keywords).arguments


def refusals():
    calls = [*MAKE, *(f"{name}.{moving.how}" for name, moving in MOVING.items())]
    for name in [name for name in calls if name not in UNCHECKED]:
        for argument, value in arguments_of(name)[1].items():
            kind = next((kind for kind in KINDS if isinstance(value, kind)), None)
            if kind and argument not in UNCHECKED | OWN_ROWS:
                for error, wrong in KINDS[kind]:
                    yield error, name, {argument: wrong}, rf"^({SAID.get(argument, argument)})\b.* must "
        if {"y", "z"} <= arguments_of(name)[1].keys():
            yield ValueError, name, {"z": Z[1:]}, "z must have one label for each of the 60"
            yield ValueError, name, {"z": Z + 3}, r"z must hold labels 0\.\.2"
        if "names" in inspect.signature(arguments_of(name)[0]).parameters:
            yield ValueError, name, {"names": "AAAAA"}, "names must have one entry for each of the"
    yield TypeError, "SpikePicture", {"honest": "best"}, "honest must be a number"
    yield TypeError, "intervals", {"intervals": {"b": None}}, r"intervals\['b'\] must be Intervals; got None"
    yield from ((ValueError, name, given, re.escape(words)) for name, given, words in NO_VALUE)


@pytest.mark.parametrize(("error", "name", "given", "words"), list(refusals()))
def test_what_cannot_be_shown_is_refused_and_leaves_all_as_it_was(error, name, given, words):
    widgets, (call, arguments) = set(_instances), arguments_of(name)
    with pytest.raises(error, match=words):
        call(**{**arguments, **given})
    assert set(_instances) == widgets
    if "." in name:
        picture, before, _ = moved(name.split(".")[0])
        assert frame_of(picture) == before
