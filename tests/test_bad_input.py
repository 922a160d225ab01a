"""Bad input: every argument of every function of the face, with everything that it must refuse.

A refusal is a TypeError or a ValueError that the package raises itself (not one that escapes from numpy),
that names the argument and says what came ("got ..."), and no warning comes before it: warnings are errors.
"""

import inspect
import re
from collections import deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import gmm_lesson
from gmm_lesson import Mixture, e_step, em, fit, load, log_likelihood, m_step
from gmm_lesson.em import expected_log_joint, lower_bound, remaining_gain
from gmm_lesson.engine.family import Parameters
from gmm_lesson.restarts import optima, success
from gmm_lesson.study import original

PACKAGE = Path(gmm_lesson.__file__).parent

Y = [1.0, 2.0, 4.0]
R = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
TWO = Mixture([0.5, 0.5], [1, 3], [1, 1])
THREE = Mixture([0.2, 0.3, 0.5], [1, 3, 5], [1, 1, 1])


class Stubborn:
    """An object that raises an error of its own when it is made an array."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("detach me first")


class Mute:
    """An object that cannot be printed."""

    def __repr__(self):
        raise RuntimeError("no words")


HOLDS_ITSELF = [1.0, 2.0]
HOLDS_ITSELF += [HOLDS_ITSELF, HOLDS_ITSELF]
LONG = 10**5000  # more digits than Python prints

NOT_NUMBERS = {
    "None": None,
    "text": "1, 2, 4",
    "empty text": "",
    "bytes": b"124",
    "list of text": ["1", "2", "4"],
    "array of text": np.array(["1", "2", "4"]),
    "text among numbers": [1.0, "2", 4.0],
    "None among numbers": [1.0, None, 4.0],
    "booleans": [True, False, True],
    "array of booleans": np.array([True, False, True]),
    "a boolean among numbers": [1.0, True, 4.0],
    "a numpy boolean among numbers": [1.0, np.True_, 4.0],
    "a boolean among objects": np.array([1.0, True, 4.0], dtype=object),
    "complex": [1 + 0j, 2j, 4.0],
    "array of complex": np.array([1j, 2j, 4j]),
    "dates": np.array(["2021-06-01", "2021-06-02"], dtype="datetime64[D]"),
    "dict": {1: 1.0, 2: 2.0, 3: 4.0},
    "set": {1.0, 2.0, 4.0},
    "frozenset": frozenset({1.0, 2.0, 4.0}),
    "generator": (value for value in [1.0, 2.0, 4.0]),
    "a function": len,
    "a Mixture": TWO,
    "bytearray": bytearray(b"124"),
    "durations": np.array([1, 2, 4], dtype="timedelta64[s]"),
    "list of durations": [np.timedelta64(1, "s"), np.timedelta64(2, "s")],
    "a duration among numbers": [1.0, np.timedelta64(2, "D"), 4.0],
    "a structure": np.zeros(3, dtype=[("y", float)]),
    "booleans in a deque": deque([1.0, True, 4.0]),
    "what will not be an array": Stubborn(),
    "what cannot be printed": Mute(),
}
NOT_IN_RANGE = {
    "NaN": [1.0, np.nan, 4.0],
    "inf": [1.0, np.inf, 4.0],
    "-inf": [1.0, -np.inf, 4.0],
    "masked": np.ma.array([1.0, 2.0, 4.0], mask=[False, True, False]),
    "too large": [1.0, 1e307, 4.0],
    "too large for a float": [1, 10**400, 4],
    "too long to print": [1, -LONG, 4],
    "masked among numbers": [1.0, np.ma.masked, 4.0],
    "decimal NaN": [1.0, Decimal("NaN"), 4.0],
    "decimal NaN that signals": [1.0, Decimal("sNaN"), 4.0],
    "decimal inf": [1.0, Decimal("-Infinity"), 4.0],
    "fraction too large": [1, Fraction(10**400, 3), 4],
}
BAD_ARRAYS = {
    **NOT_NUMBERS,
    **NOT_IN_RANGE,
    "empty list": [],
    "empty array": np.array([]),
    "2-D": [[1.0, 2.0, 4.0]],
    "2-D column": np.ones((3, 1)),
    "3-D": np.ones((1, 3, 1)),
    "a number": 3.0,
    "0-d": np.array(3.0),
    "True": True,
    "ragged": [[1.0, 2.0], [4.0]],
    "ragged, deeper": [1.0, [2.0, 4.0]],
    "a list that holds itself": HOLDS_ITSELF,
    "lists in lists in lists in lists": [[[[[1.0]]]]],
    "a masked array in a list": [np.ma.array([1.0, 2.0, 4.0], mask=[0, 1, 0])],
}
BAD_NUMBERS_OF_ANY_SHAPE = {
    name: value
    for name, value in BAD_ARRAYS.items()
    if name not in ("2-D", "2-D column", "3-D", "a number", "0-d")
} | {"a number that is NaN": np.nan, "a large number": 10**400}
CONSTANT = {"constant": [4.0, 4.0, 4.0], "one object": [4.0]}

ONE_BLOCK = np.array([1.0, 2.0, 4.0])


class Once:
    """Blocks that are gone after the first pass."""

    def __init__(self):
        self.blocks = iter([ONE_BLOCK, ONE_BLOCK])

    def __iter__(self):
        yield from self.blocks


class NoBlocks:
    """A collection of no blocks."""

    def __iter__(self):
        return iter(())


class Lists:
    """Blocks that are lists."""

    def __init__(self, *blocks):
        self.blocks = blocks

    def __iter__(self):
        return iter(self.blocks)


BAD_BLOCKS = {
    "generator of blocks": (block for block in [ONE_BLOCK]),
    "iterator of blocks": iter([ONE_BLOCK]),
    "map of blocks": map(np.sqrt, [ONE_BLOCK]),
    "blocks that are gone after a pass": Once(),
    "no blocks": NoBlocks(),
    "constant blocks": [np.full(3, 4.0), np.full(2, 4.0)],
    "a 2-D block": [ONE_BLOCK, np.ones((3, 1))],
    "2-D blocks": [np.ones((3, 1)), np.ones((3, 1))],
    "blocks among numbers": [ONE_BLOCK, 3.0],
    "a block of text": [ONE_BLOCK, np.array(["1"])],
    "a block of booleans": [ONE_BLOCK, np.array([True])],
    "a ragged block": Lists([1.0, 2.0], [1.0, [2.0, 4.0]]),
    "ragged blocks": Lists([1.0, [2.0, 4.0]]),
    "a block of None": Lists([1.0, 2.0], None),
    "a number for a block": Lists([1.0, 2.0], 3.0),
    "a block of complex": [ONE_BLOCK, np.array([1j])],
    "a block of objects": [ONE_BLOCK, np.array([1.0, None], dtype=object)],
    "a masked block": [ONE_BLOCK, np.ma.array(ONE_BLOCK, mask=[False, True, False])],
    **{
        f"{name} in a block": [ONE_BLOCK, np.array(NOT_IN_RANGE[name])]
        for name in ("NaN", "inf", "-inf", "too large")
    },
}
BAD_OBJECT_COUNTS = {
    **{name: value for name, value in BAD_ARRAYS.items() if name != "None"},
    "shorter": [1, 2],
    "longer": [1, 2, 3, 4],
    "negative": [1, -1, 2],
    "a little negative": [1, -1e-300, 2],
    "all 0": [0, 0, 0],
    "blocks": [np.ones(2), np.ones(1)],
    "a column": np.ones((3, 1)),
}

BAD_WEIGHTS = {
    **BAD_ARRAYS,
    "zero": [0.0, 1.0],
    "negative": [-0.5, 1.5],
    "sum above one": [0.5, 0.6],
    "sum below one": [0.5, 0.4],
    "all zero": [0.0, 0.0],
}
OTHER_LENGTHS = {"shorter": [1.0], "longer": [1.0, 2.0, 3.0]}
BAD_VARIANCES = {
    **BAD_ARRAYS,
    **OTHER_LENGTHS,
    "zero": [1.0, 0.0],
    "negative": [1.0, -1.0],
    "-0": [1.0, -0.0],
}

BAD_R = {
    **NOT_NUMBERS,
    **{name: [[value, 0.0] for value in values] for name, values in NOT_IN_RANGE.items() if name != "masked"},
    "masked": np.ma.array(R, mask=np.eye(3, 2)),
    "empty list": [],
    "empty rows": [[], [], []],
    "1-D": [1.0, 0.5, 0.0],
    "3-D": np.ones((3, 1, 1)),
    "a number": 1.0,
    "0-d": np.array(1.0),
    "ragged": [[1.0, 0.0], [1.0], [0.0, 1.0]],
    "booleans in rows": [[True, False], [False, True], [True, False]],
    "a boolean in a row": [[1.0, 0.0], [True, 0.0], [0.0, 1.0]],
    "negative": [[1.0, 0.0], [1.5, -0.5], [0.0, 1.0]],
    "a row above one": [[1.0, 0.0], [0.6, 0.6], [0.0, 1.0]],
    "a row below one": [[1.0, 0.0], [0.4, 0.4], [0.0, 1.0]],
    "a row of zeros": [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]],
    "columns for rows": np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]),
    "too few rows": [[1.0, 0.0], [0.0, 1.0]],
    "too many rows": [[1.0, 0.0]] * 4,
}

BAD_MIXTURES = {
    "None": None,
    "text": "Mixture",
    "number": 3,
    "a tuple": ([0.5, 0.5], [1, 3], [1, 1]),
    "an array": np.ones((3, 2)),
    "the class": Mixture,
    "a dict": {"weights": [1], "means": [0], "variances": [1]},
    "a fit": fit(Y, 1, restarts=1),
}

NOT_ONE_NUMBER = {
    "None": None,
    "text": "1",
    "list": [1],
    "array": np.array([1]),
    "0-d": np.array(1),
    "True": True,
    "False": False,
    "numpy boolean": np.True_,
    "complex": 1j,
    "duration": np.timedelta64(1, "D"),
    "not a time": np.timedelta64("NaT"),
    "date": np.datetime64("2021-06-01"),
    "what cannot be printed": Mute(),
}
BAD_SWITCHES = {
    **{
        name: value
        for name, value in NOT_ONE_NUMBER.items()
        if name not in ("True", "False", "numpy boolean")
    },
    "0": 0,
    "1": 1,
    "1.0": 1.0,
    "NaN": np.nan,
    "empty text": "",
    "the word": "True",
    "empty list": [],
    "list of it": [True],
    "array of it": np.array([True]),
    "0-d boolean": np.array(True),
}
BAD_NUMBERS = {
    **NOT_ONE_NUMBER,
    "NaN": np.nan,
    "numpy NaN": np.float64("nan"),
    "inf": np.inf,
    "-inf": -np.inf,
    "negative": -1e-9,
    "negative integer": -1,
    "too large for a float": 10**400,
    "too long to print": LONG,
    "far below 0": -LONG,
    "decimal NaN": Decimal("NaN"),
    "decimal NaN that signals": Decimal("sNaN"),
    "fraction too large": Fraction(10**400, 3),
}
BAD_WHOLE_NUMBERS = {
    **NOT_ONE_NUMBER,
    "whole float": 2.0,
    "fraction": 1.5,
    "numpy float": np.float64(2),
    "NaN": np.nan,
    "inf": np.inf,
    "negative": -1,
    "numpy negative": np.int64(-1),
    "whole decimal": Decimal(2),
    "whole fraction": Fraction(2),
    "far above what numpy has": 10**30,
    "too long to print": LONG,
    "far below 0": -LONG,
}
BAD_COUNTS = {**BAD_WHOLE_NUMBERS, "zero": 0}
BAD_CLASSES = {**BAD_COUNTS, "K > N": 4}
BAD_SIZES = {**BAD_COUNTS, "more than memory holds": 10**12}
BAD_RNGS = {
    **NOT_ONE_NUMBER,
    "negative": -1,
    "far below 0": -LONG,
    "float": 1.0,
    "NaN": np.nan,
    "RandomState": np.random.RandomState(0),  # numpy's old kind
    "numpy.random": np.random,
    "bit generator": np.random.PCG64(0),
}
BAD_NAMES = {
    "unknown": "iris",
    "capital": "Galaxies",
    "with its ending": "galaxies.csv",
    "empty": "",
    "None": None,
    "number": 3,
    "bytes": b"galaxies",
    "list": ["galaxies"],
    "path": Path("galaxies"),
    "long": "galaxies" * 100,
    "what cannot be printed": Mute(),
    "True": True,
}
BAD_STARTS = {
    "unknown": "kmeans",
    "empty text": "",
    "None": None,
    "number": 3,
    "True": True,
    "bytes": b"uniform",
    "the class": Mixture,
    "a strategy itself": gmm_lesson.engine.starts.uniform_means,
    "empty list": [],
    "empty tuple": (),
    "empty generator": iter(()),
    "list with None": ["uniform", None],
    "list with a number": ["uniform", 3],
    "list of lists": [["uniform"]],
    "list with an unknown": ["uniform", "kmeans"],
    "array of numbers": np.array([1.0, 2.0]),
    "0-d": np.array("uniform"),
    "dict": {"uniform": 1},
    "set": {"uniform", "objects"},  # its order differs from run to run, so the fit would
    "wrong K": THREE,
    "wrong K in a list": [TWO, THREE],
    "parameters": ([0.5, 0.5], [1, 3], [1, 1]),
}
BAD_ORDERS = {
    **BAD_ARRAYS,
    "too short": [0],
    "too long": [0, 1, 2],
    "one twice": [0, 0],
    "from 1": [1, 2],
    "negative": [0, -1],
    "fractions": [0.5, 1.0],
}

ONES = np.ones((1, 2))
BAD_PARAMETERS = {
    **BAD_MIXTURES,
    "arrays": tuple(Parameters.of([TWO])),
    "no start": Parameters(np.empty((0, 2)), np.empty((0, 2)), np.empty((0, 2))),
    "parts of other lengths": Parameters(ONES / 2, np.ones((2, 2)), ONES),
    "rows of other lengths": Parameters(ONES / 2, np.ones((1, 3)), ONES),
    "no rows": Parameters(*(np.array([0.5, 0.5]),) * 3),
    "None": Parameters(None, None, None),
    "weights that do not sum to one": Parameters(ONES, ONES, ONES),
    "NaN": Parameters(ONES / 2, ONES * np.nan, ONES),
    "a variance of 0": Parameters(ONES / 2, ONES, 0 * ONES),
    "in the plane": Parameters(ONES / 2, np.ones((1, 2, 2)), np.ones((1, 2, 2, 2))),
}

COLLAPSING = Mixture([0.5, 0.5], [1, 3], [1e-9, 1])
COLLAPSE = {"0, with a class on a single value": 0, "0.0, the same": 0.0}

# Function, its good arguments, and the bad values of each: the argument named here is the one to be blamed.
FACE = {
    "Mixture": (
        Mixture,
        {"weights": [0.5, 0.5], "means": [1.0, 3.0], "variances": [1.0, 1.0]},
        {
            "weights": BAD_WEIGHTS,
            "means": {**BAD_ARRAYS, **OTHER_LENGTHS},
            "variances": BAD_VARIANCES,
        },
    ),
    "Mixture.density": (TWO.density, {"y": Y}, {"y": BAD_ARRAYS}),
    "Mixture.log_joint": (TWO.log_joint, {"y": Y}, {"y": BAD_ARRAYS}),
    "Mixture.sample": (TWO.sample, {"n": 3, "rng": 0}, {"n": BAD_SIZES, "rng": BAD_RNGS}),
    "Mixture.reordered": (TWO.reordered, {"order": [1, 0]}, {"order": BAD_ORDERS}),
    "e_step": (e_step, {"y": Y, "mixture": TWO}, {"y": BAD_ARRAYS, "mixture": BAD_MIXTURES}),
    "m_step": (
        m_step,
        {"y": Y, "r": R, "floor": 0.1},
        {"y": BAD_ARRAYS, "r": BAD_R, "floor": BAD_NUMBERS},
    ),
    "log_likelihood": (log_likelihood, {"y": Y, "mixture": TWO}, {"y": BAD_ARRAYS, "mixture": BAD_MIXTURES}),
    "em": (
        em,
        {"y": Y, "start": TWO, "max_iter": 5, "tol": 0.0, "floor": None},
        {
            "y": {**BAD_ARRAYS, **CONSTANT},
            "start": BAD_MIXTURES,
            "max_iter": BAD_WHOLE_NUMBERS,
            "tol": BAD_NUMBERS,
            "floor": {name: value for name, value in BAD_NUMBERS.items() if name != "None"},
        },
    ),
    "fit": (
        fit,
        {
            "y": Y,
            "n_components": 2,
            "starts": "uniform",
            "restarts": 2,
            "rng": 0,
            "max_iter": 5,
            "tol": 0.0,
            "floor": None,
            "accelerate": False,
            "compress": False,
            "counts": None,
        },
        {
            # Of one object, K = 2 is to blame.
            "y": {**BAD_ARRAYS, **BAD_BLOCKS, "constant": CONSTANT["constant"]},
            "n_components": BAD_CLASSES,
            "starts": BAD_STARTS,
            "restarts": BAD_COUNTS,
            "rng": BAD_RNGS,
            "max_iter": BAD_WHOLE_NUMBERS,
            "tol": BAD_NUMBERS,
            "floor": {name: value for name, value in BAD_NUMBERS.items() if name != "None"},
            "accelerate": BAD_SWITCHES,
            "compress": BAD_SWITCHES,
            "counts": BAD_OBJECT_COUNTS,
        },
    ),
    "expected_log_joint": (
        expected_log_joint,
        {"y": Y, "r": R, "mixture": TWO},
        {"y": BAD_ARRAYS, "r": BAD_R, "mixture": BAD_MIXTURES},
    ),
    "lower_bound": (
        lower_bound,
        {"y": Y, "r": R, "mixture": TWO},
        {"y": BAD_ARRAYS, "r": BAD_R, "mixture": BAD_MIXTURES},
    ),
    "remaining_gain": (
        remaining_gain,
        {"log_likelihoods": [-3.0, -2.0, -1.5]},
        {"log_likelihoods": {**BAD_ARRAYS, "two": [-2.0, -1.0], "falling": [-1.0, -2.0, -3.0]}},
    ),
    "original.draw_truth": (
        original.draw_truth,
        {"rng": 0, "gap": 20.0, "spread": 2.0},
        {"rng": BAD_RNGS, "gap": BAD_NUMBERS, "spread": {**BAD_NUMBERS, "zero": 0}},
    ),
    "original.draw_starts": (
        original.draw_starts,
        {"y": Y, "n": 2, "rng": 0},
        {"y": BAD_ARRAYS, "n": BAD_SIZES, "rng": BAD_RNGS},
    ),
    "original.m_step": (
        original.m_step,
        {"y": Y, "r": R, "before": TWO},
        {
            "y": BAD_ARRAYS,
            "r": {**BAD_R, "other classes": np.ones((3, 1)), "a class without objects": [[1, 0]] * 3},
            "before": BAD_MIXTURES,
        },
    ),
    "original.run": (
        original.run,
        {"y": Y, "starts": Parameters.of([TWO]), "max_iter": 2, "tol": 0.0, "old_mean": True},
        {
            "y": {**BAD_ARRAYS, **CONSTANT},
            "starts": BAD_PARAMETERS,
            "max_iter": BAD_WHOLE_NUMBERS,
            "tol": BAD_NUMBERS,
            "old_mean": BAD_SWITCHES,
        },
    ),
    "load": (load, {"name": "galaxies"}, {"name": BAD_NAMES}),
    "success": (
        success,
        {"rate": [0.5, 0.1], "restarts": 3},
        {
            "rate": {**BAD_NUMBERS_OF_ANY_SHAPE, "above 1": [0.5, 1.1], "below 0": -0.1},
            "restarts": {
                **BAD_NUMBERS_OF_ANY_SHAPE,
                "half": 0.5,
                "negative": [-1, 2],
                "other shape": [1, 2, 3],
            },
        },
    ),
    "optima": (
        optima,
        {"log_likelihood": [-1.0, -2.0], "within": 0.1},
        {"log_likelihood": BAD_ARRAYS, "within": BAD_NUMBERS},
    ),
}
CASES = [
    pytest.param(function, good, argument, value, id=f"{name}-{argument}-{kind}")
    for name, (function, good, bad) in FACE.items()
    for argument, values in bad.items()
    for kind, value in values.items()
]


def assert_refused(call, argument):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert caught.type in (TypeError, ValueError)  # not a kind of them, as UnicodeError is
    last = Path(caught.traceback[-1].path)
    assert PACKAGE in last.parents, f"the error escaped from {last.name}: {caught.value}"
    message = str(caught.value)
    assert re.search(rf"\b{argument}\b.* must ", message), f"does not name {argument}: {message}"
    assert re.search(r"\bgot \S", message), f"does not say what came: {message}"
    assert len(message) < 300


@pytest.mark.parametrize(("function", "good", "argument", "value"), CASES)
def test_refuses(function, good, argument, value):
    assert_refused(lambda: function(**{**good, argument: value}), argument)


@pytest.mark.parametrize("name", FACE)
def test_the_good_arguments_are_good(name):
    # Else every refusal above could be of something else.
    function, good, _ = FACE[name]
    assert function(**good) is not None


@pytest.mark.parametrize("name", FACE)
def test_every_argument_is_in_the_table(name):
    function, good, bad = FACE[name]
    accepted = set(inspect.signature(function).parameters)
    assert set(bad) == set(good) == accepted


def test_every_function_of_the_face_is_in_the_table():
    # What the functions return is not for users to make; test_plane.py has the table of the plane.
    returned, plane = {"Dataset", "EMRun", "Fit"}, {"PlaneMixture", "fit_plane"}
    assert set(gmm_lesson.__all__) - returned - plane - set(FACE) == set()
    methods = {
        f"Mixture.{name}"
        for name, member in inspect.getmembers(Mixture, inspect.isfunction)
        if not name.startswith("_") and len(inspect.signature(member).parameters) > 1
    }
    assert methods - set(FACE) == set()


@pytest.mark.parametrize("floor", COLLAPSE.values(), ids=COLLAPSE)
@pytest.mark.parametrize(
    "call",
    [
        lambda floor: m_step(Y, [[1, 0], [0, 1], [0, 1]], floor=floor),
        lambda floor: em(Y, COLLAPSING, floor=floor, max_iter=50),
        lambda floor: fit(Y, 2, starts=COLLAPSING, floor=floor, max_iter=50),
        lambda floor: em([4, 4, 4], TWO, floor=floor),
        lambda floor: fit([4, 4, 4], 2, starts=TWO, floor=floor),
        lambda floor: fit([4, 4, 4], 2, floor=floor),
        lambda floor: em([4], TWO, floor=floor),
    ],
    ids=[
        "m_step",
        "em",
        "fit",
        "em, constant",
        "fit, constant",
        "fit, constant, own starts",
        "em, one object",
    ],
)
def test_a_collapse_at_floor_0_blames_the_floor(call, floor):
    assert_refused(lambda: call(floor), "floor")


@pytest.mark.parametrize("value", [1e-170, 1e-200, 1e-320])
def test_objects_whose_variance_is_too_small_for_a_float_are_refused_not_divided_by(value):
    y = [value, 2 * value, 4 * value]
    assert_refused(lambda: em(y, TWO), "y")
    assert_refused(lambda: fit(y, 2), "y")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: e_step(TWO, Y), "mixture"),
        (lambda: log_likelihood(TWO, Y), "mixture"),
        (lambda: m_step(R, Y), "y"),
        (lambda: em(TWO, Y), "y"),
        (lambda: fit(2, Y), "y"),
        (lambda: TWO.sample(np.random.default_rng(0), 3), "n"),
    ],
    ids=["e_step", "log_likelihood", "m_step", "em", "fit", "sample"],
)
def test_swapped_arguments_are_refused(call, argument):
    assert_refused(call, argument)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: e_step([1, np.nan, 3], TWO), ["got nan at y[1]"]),
        (lambda: Mixture([0.5, 0.5], [1, 3], [1, -2]), ["got -2 at variances[1]"]),
        (lambda: Mixture([0.5, 0.6], [1, 3], [1, 2]), ["sum of 1.1", "divide them by their sum"]),
        (lambda: m_step(Y, [[1, 0], [0.5, 0.25], [0, 1]]), ["sum of 0.75 in row 1"]),
        (lambda: m_step(Y, [[1, 0], [1.5, -0.5], [0, 1]]), ["got -0.5 at r[1, 1]"]),
        (lambda: fit(Y, 4), ["at most the number of objects, 3", "got 4"]),
        (lambda: fit(Y, 2, starts=THREE), ["n_components=2", "got one with 3"]),
        (lambda: fit(Y, 2, starts="kmeans"), ["'k-means++'", "got 'kmeans'"]),
        (lambda: fit(Y, 2, counts=[1, -2, 1]), ["got -2 at counts[1]"]),
        (lambda: fit(Y, 2, counts=[1, 1]), ["each of the 3 objects", "got 2"]),
        (lambda: fit(Y, 2, counts=[1e-320] * 3), ["counts must sum to at least 1e-300"]),
        (lambda: fit(Y, 2, floor=5e-324), ["floor must be 0, or at least", "got 4.94066e-324"]),
        (lambda: fit([ONE_BLOCK, np.array([1, np.nan])], 2), ["got nan at y[1][1]"]),
        (
            lambda: original.m_step([4, 4, 4], R, Mixture([0.5, 0.5], [1, 4], [1, 1])),
            ["before must have no mean on all", "got 4 for class 1"],
        ),
        (lambda: fit([np.empty(0), ONE_BLOCK, np.array([1, np.inf])], 2), ["got inf at y[2][1]"]),
        (
            lambda: fit([ONE_BLOCK, np.array([1, 2, np.nan])], 2, counts=[np.zeros(3), np.array([0, 1, 1])]),
            ["got nan at y[1][2]"],
        ),
        (
            lambda: fit([ONE_BLOCK, ONE_BLOCK], 2, counts=[np.ones(3), np.array([1, 1, -2])]),
            ["got -2 at counts[1][2]"],
        ),
        (lambda: fit(iter([ONE_BLOCK]), 2), ["list of arrays", "got list_iterator"]),
        (lambda: load("iris"), ["'galaxies'", "got 'iris'"]),
        (lambda: em([4, 4, 4], TWO), ["3 times 4", "floor above 0"]),
    ],
)
def test_says_where_and_what_would_do(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "counts",
    [
        np.ones(6),
        [1, 1, 1, 1, 1, 1],
        [np.ones(3)],
        [np.ones(3)] * 3,
        [np.ones(3), np.ones(2)],
        [np.ones(3), np.array([1, -1, 1])],
        [np.ones(3), np.array([1, np.nan, 1])],
        [np.ones(3), np.ones((3, 1))],
        [np.ones(3), np.array([True, True, False])],
        [np.zeros(3), np.zeros(3)],
        (np.ones(3) for _ in range(2)),
        Once(),
        NoBlocks(),
        3,
        "111",
    ],
)
def test_counts_of_blocks_come_in_blocks_like_theirs(counts):
    assert fit([ONE_BLOCK, ONE_BLOCK], 2, counts=[np.ones(3), np.ones(3)]).converged
    assert_refused(lambda: fit([ONE_BLOCK, ONE_BLOCK], 2, counts=counts), "counts")


def test_counts_of_entries_that_are_there_must_leave_enough_of_them():
    assert_refused(lambda: fit(Y, 2, counts=[0, 3, 0]), "n_components")
    assert_refused(lambda: fit(Y, 1, counts=[0, 3, 0]), "y")  # what is left is constant


def test_a_refused_call_leaves_its_input_alone():
    y, r = np.array([1.0, np.nan, 4.0]), np.array([[1.0, 0.0], [0.7, 0.7], [0.0, 1.0]])
    for call in [lambda: e_step(y, TWO), lambda: fit(y, 2), lambda: m_step(Y, r)]:
        with pytest.raises(ValueError, match="must"):
            call()
    np.testing.assert_array_equal(y, [1, np.nan, 4])
    np.testing.assert_array_equal(r, [[1, 0], [0.7, 0.7], [0, 1]])
