"""Every argument of every public function of the maths, with every hostile value: one table of each.

What cannot be used is refused: by a TypeError or a ValueError that the package raises itself (none that
escapes from numpy), that names the argument and says what came ("got ..."), and no warning comes before it.
What can be used gives numbers, never NaN. `MAY_PASS` says which values an argument of each kind may take.
"""

import datetime
import importlib
import inspect
import re
from collections import deque
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import gmm_lesson
from gmm_lesson import Mixture, e_step, em, fit, load, m_step
from gmm_lesson.em import lower_bound, remaining_gain
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.plane import PlaneMixture, fit_plane
from gmm_lesson.restarts import success
from gmm_lesson.squarem import squarem
from gmm_lesson.study.bootstrap import bootstrap
from gmm_lesson.study.information import intervals
from gmm_lesson.study.original import m_step as m_step_of_2021
from gmm_lesson.study.triage import triage

PACKAGE = Path(gmm_lesson.__file__).parent


class Stubborn:
    """An object that raises an error of its own when it is made an array."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("detach me first")


class Mute:
    """An object that cannot be printed."""

    def __repr__(self):
        raise RuntimeError("no words")


class Blocks:
    """Blocks that are gone after so many passes."""

    def __init__(self, *blocks, passes=10**9):
        self.blocks, self.passes = blocks, passes

    def __iter__(self):
        self.passes -= 1
        return iter(self.blocks if self.passes >= 0 else ())


Y = [0.0, 1.0, 2.5, 7.0, 8.0, 9.5]
R = [[1.0, 0.0]] * 3 + [[0.5, 0.5], [0.0, 1.0], [0.0, 1.0]]
ROWS = np.random.default_rng(19).normal(size=(20, 2)).tolist()
TWO = Mixture([0.5, 0.5], [1, 8], [1, 1])
THREE = Mixture([0.2, 0.3, 0.5], [1, 3, 5], [1, 1, 1])
FLAT = PlaneMixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2)] * 2)
FITTED = squarem(Y, TWO, tol=1e-14).mixture
LONG = 10**5000  # more digits than Python prints
HOLDS_ITSELF = [1.0, 2.0]
HOLDS_ITSELF += [HOLDS_ITSELF, HOLDS_ITSELF]
ONES = np.ones((1, 2))
THIRD = np.array([1.0, 2.0, 4.0])

NUMBERS = {
    "0": 0,
    "1": 1,
    "2.0": 2.0,
    "1.5": 1.5,
    "0.5": 0.5,
    "-1": -1,
    "-1e-9": -1e-9,
    "numpy's 2.0": np.float64(2),
    "numpy's -1": np.int64(-1),
    "a whole decimal": Decimal(2),
    "a whole fraction": Fraction(2),
    "10^12": 10**12,
    "10^30": 10**30,
    "1e300": 1e300,
    "5e-324": 5e-324,
    "NaN": float("nan"),
    "inf": float("inf"),
    "-inf": -float("inf"),
    "too large for a float": 10**400,
    "too long to print": LONG,
    "far below 0": -LONG,
    "a decimal NaN": Decimal("NaN"),
    "a decimal NaN that signals": Decimal("sNaN"),
    "a fraction too large": Fraction(10**400, 3),
    "0-d": np.array(3.0),
}
ARRAYS = {
    "one number": [3.0],
    "two numbers": [0.0, 1.0],
    "1, 2, 4": THIRD,
    "equal numbers": [2.0] * 6,
    "extremes": [-1e153, 0.0, 1e153],
    "a row": [[1.0, 2.0, 4.0]],
    "rows": [[1.0, 2.0], [3.0, 4.0]],
    "a column": np.ones((6, 1)),
    "3-D": np.ones((1, 3, 1)),
    "responsibilities": R,
}
NO_ARRAYS = {
    "None": None,
    "text": "1, 2, 4",
    "empty text": "",
    "bytes": b"124",
    "bytearray": bytearray(b"124"),
    "True": True,
    "numpy's False": np.False_,
    "complex": 1j,
    "a duration": np.timedelta64(1, "D"),
    "no duration": np.timedelta64("NaT"),
    "datetime's duration": datetime.timedelta(5),
    "a date": np.datetime64("2021-06-01"),
    "an object": object(),
    "a function": len,
    "a class": Mixture,
    "a path": Path("galaxies"),
    "a Generator": np.random.default_rng(0),
    "a RandomState": np.random.RandomState(0),
    "numpy.random": np.random,
    "a bit generator": np.random.PCG64(0),
    "dict": {1: 1.0, 2: 2.0, 3: 4.0},
    "set": {1.0, 2.0, 4.0},
    "set of names": {"uniform", "objects"},  # its order differs from run to run, so a fit would
    "frozenset": frozenset({1.0, 2.0, 4.0}),
    "what will not be an array": Stubborn(),
    "what cannot be printed": Mute(),
    "list of text": ["1", "2", "4"],
    "array of text": np.array(["1", "2", "4"]),
    "text among numbers": [1.0, "2", 4.0],
    "None among numbers": [1.0, None, 4.0],
    "booleans": [True, False, True],
    "array of booleans": np.array([True, False, True]),
    "a boolean among numbers": [1.0, True, 4.0],
    "a numpy boolean among numbers": [1.0, np.True_, 4.0],
    "a boolean among objects": np.array([1.0, True, 4.0], dtype=object),
    "booleans in a deque": deque([1.0, True, 4.0]),
    "booleans in rows": [[True, False], [False, True], [True, False]],
    "a boolean in a row": [[1.0, 0.0], [True, 0.0], [0.0, 1.0]],
    "complex among numbers": [1 + 0j, 2j, 4.0],
    "array of complex": np.array([1j, 2j, 4j]),
    "array of dates": np.array(["2021-06-01", "2021-06-02"], dtype="datetime64[D]"),
    "array of durations": np.array([1, 2, 4], dtype="timedelta64[s]"),
    "list of durations": [np.timedelta64(1, "s"), np.timedelta64(2, "s")],
    "a duration among numbers": [1.0, np.timedelta64(2, "D"), 4.0],
    "a structure": np.zeros(3, dtype=[("y", float)]),
    "NaN among numbers": [1.0, np.nan, 4.0],
    "inf among numbers": [1.0, np.inf, 4.0],
    "-inf among numbers": [1.0, -np.inf, 4.0],
    "NaN in a row": [[1.0, 2.0], [np.nan, 2.0]],
    "a number too large": [1.0, 1e307, 4.0],
    "one too large for a float": [1, 10**400, 4],
    "one too long to print": [1, -LONG, 4],
    "masked": np.ma.array(THIRD, mask=[False, True, False]),
    "masked in rows": np.ma.array(R, mask=np.eye(6, 2)),
    "masked among numbers": [1.0, np.ma.masked, 4.0],
    "a masked array in a list": [np.ma.array(THIRD, mask=[0, 1, 0])],
    "a decimal NaN among numbers": [1.0, Decimal("sNaN"), 4.0],
    "a decimal inf among numbers": [1.0, Decimal("-Infinity"), 4.0],
    "a fraction too large among numbers": [1, Fraction(10**400, 3), 4],
    "empty list": [],
    "empty tuple": (),
    "empty array": np.array([]),
    "empty rows": [[], [], []],
    "ragged": [[1.0, 2.0], [4.0]],
    "ragged, deeper": [1.0, [2.0, 4.0]],
    "a list that holds itself": HOLDS_ITSELF,
    "lists in lists in lists in lists": [[[[[1.0]]]]],
}
MIXTURES = {
    "a Mixture": TWO,
    "one class": Mixture([1], [0], [1]),
    "three classes": THREE,
    "a narrow Mixture": Mixture([0.5, 0.5], [0, 1], [1e-300, 5e-324]),
    "a wide Mixture": Mixture([0.5, 0.5], [-1e153, 1e153], [1e306, 1e306]),
    "an empty class": Mixture([1, 1e-300], [0, 1e150], [1, 1e-100]),
}
NO_MIXTURES = {
    "a fit": fit(Y, 1, restarts=1),
    "a PlaneMixture": FLAT,
    "a PlaneMixture in space": PlaneMixture([0.5, 0.5], np.zeros((2, 3)), [np.eye(3)] * 2),
    "its parts": ([0.5, 0.5], [1, 3], [1, 1]),
    "its parts by name": {"weights": [1], "means": [0], "variances": [1]},
    "list of Mixtures": [TWO],
    "Mixtures and None": [TWO, None],
    "Mixtures of different sizes": [TWO, THREE],
    "Parameters": Parameters.of([TWO]),
    "arrays of parameters": tuple(Parameters.of([TWO])),
    "no Parameters": Parameters(*(np.empty((0, 2)),) * 3),
    "Parameters of None": Parameters(None, None, None),
    "Parameters of other lengths": Parameters(ONES / 2, np.ones((2, 2)), ONES),
    "ragged Parameters": Parameters([[1.0], [0.5, 0.5]], [[0.0]], [[1.0]]),
    "Parameters of no rows": Parameters(*(np.array([0.5, 0.5]),) * 3),
    "Parameters whose weights sum to two": Parameters(ONES, ONES, ONES),
    "Parameters with NaN": Parameters(ONES / 2, ONES * np.nan, ONES),
    "Parameters with a variance of 0": Parameters(ONES / 2, ONES, 0 * ONES),
    "Parameters with a negative variance": Parameters(ONES / 2, ONES, -ONES),
    "Parameters in the plane": Parameters(ONES / 2, np.ones((1, 2, 2)), np.ones((1, 2, 2, 2))),
}
NAMES = {
    "galaxies": "galaxies",
    "Galaxies": "Galaxies",
    "iris": "iris",
    "kmeans": "kmeans",
    "full": "full",
    "diag": "diag",
    "a long name": "galaxies" * 100,
    "list of names": ["galaxies"],
    "a strategy": "uniform",
    "a strategy itself": gmm_lesson.engine.starts.uniform_means,
    "list with None": ["uniform", None],
    "list with a number": ["uniform", 3],
    "list of lists": [["uniform"]],
    "list with an unknown": ["uniform", "kmeans"],
    "0-d name": np.array("uniform"),
}


def pool():
    """Return all hostile values by name; those that can be passed over once are made anew."""
    once = {
        "generator": (value for value in [1.0, 2.0, 4.0]),
        "generator of names": (name for name in ["kmeans"]),
        "empty iterator": iter(()),
        "iterator of blocks": iter([THIRD]),
        "map of blocks": map(np.sqrt, [THIRD]),
        "blocks that are gone after a pass": Blocks(THIRD, THIRD, passes=1),
    }
    return NUMBERS | ARRAYS | NO_ARRAYS | MIXTURES | NO_MIXTURES | NAMES | once


FINITE = set(NUMBERS) - {"NaN", "inf", "-inf", "too large for a float", "too long to print", "far below 0"}
FINITE -= {"a decimal NaN", "a decimal NaN that signals", "a fraction too large"}
NOT_NEGATIVE = FINITE - {"-1", "-1e-9", "numpy's -1", "0-d"}
WHOLE = {"0", "1", "10^12"}
TUPLES = {
    "its parts",
    "arrays of parameters",
    *(name for name in NO_MIXTURES if name.startswith("Parameters")),
}
"""Named tuples of arrays are blocks of objects, or arrays, too."""
ONE_AXIS = {"one number", "two numbers", "1, 2, 4", "equal numbers", "extremes"}
MAY_PASS = {
    "objects": ONE_AXIS,
    "objects or blocks": ONE_AXIS | TUPLES,
    "rows": {"rows", "a row", "a column", "responsibilities"} | TUPLES,
    "shares": {"responsibilities", "a column"},
    "mixture": set(MIXTURES),
    "not negative": NOT_NEGATIVE,
    "not negative or None": NOT_NEGATIVE | {"None"},
    "number or None": FINITE | {"None"} - {"0-d"},
    "whole": WHOLE,
    "number of rounds": WHOLE,
    "switch": {"True", "numpy's False"},
    "generator": {"a Generator", *WHOLE, "10^30", "too large for a float", "too long to print"},
    "name": {"galaxies"},
    "covariance": {"full"},
    "starts": {
        "a strategy",
        "a Mixture",
        "list of Mixtures",
        "a narrow Mixture",
        "a wide Mixture",
        "an empty class",
    },
    "plane starts": {"a PlaneMixture", "a strategy"},
    "many starts": {"Parameters", "list of Mixtures"},
    "counts": ONE_AXIS | {"None"},
    "floors": NOT_NEGATIVE | {"None", "two numbers"},
    "numbers of any shape": FINITE | TUPLES | set(ARRAYS),
    "order": {"two numbers"},
    "nothing": set(),
}

# By an argument's name: a good value, and of which kind it is.
ARGUMENTS = {
    "y": (Y, "objects"),
    "r": (R, "shares"),
    **dict.fromkeys(("mixture", "fitted"), (FITTED, "mixture")),
    **dict.fromkeys(("start", "true", "before"), (TWO, "mixture")),
    "floor": (0.1, "not negative or None"),
    **dict.fromkeys(("tol", "gap", "spread", "within"), (1e-3, "not negative")),
    **dict.fromkeys(("target", "rho", "rate", "chance", "level"), (0.5, "not negative")),
    "best": (1.0, "number or None"),
    **dict.fromkeys(("n", "refits"), (9, "whole")),
    "max_iter": (9, "number of rounds"),
    **dict.fromkeys(("n_components", "restarts", "data_sets", "repetitions"), (2, "number of rounds")),
    **dict.fromkeys(("accelerate", "compress", "old_mean"), (True, "switch")),
    "rng": (0, "generator"),
    "starts": ("uniform", "starts"),
    "counts": (None, "counts"),
    "name": ("galaxies", "name"),
    "covariance": ("full", "covariance"),
    "z": ([0, 0, 0, 1, 1, 1], "objects"),
    "ns": ([10], "objects"),
    **dict.fromkeys(("log_likelihood", "log_likelihoods"), ([-3.0, -2.0, -1.5], "objects")),
    "order": ([1, 0], "order"),
    "weights": ([0.5, 0.5], "objects"),
    **dict.fromkeys(("means", "variances"), ([1.0, 3.0], "objects")),
}
METHODS = "log_joint", "density", "responsibilities"
OTHERS = {
    "em.m_step": {"floor": (0.1, "not negative")},
    "original.run": {"starts": (Parameters.of([TWO]), "many starts")},
    "basins.basins": {"starts": ([TWO], "many starts")},
    "bootstrap.coverage": {"n": (30, "whole")},
    "restarts.success": dict.fromkeys(("rate", "restarts"), (1, "numbers of any shape")),
    "fit.fit": {"y": (Y, "objects or blocks")},
    "plane.fit_plane": {
        "y": (ROWS, "rows"),
        "starts": ("objects", "plane starts"),
        "floor": (None, "floors"),
    },
    "plane.PlaneMixture": {"means": (FLAT.means, "rows"), "covariances": (FLAT.covariances, "nothing")},
    **{
        f"PlaneMixture.{name}": {"y": (ROWS, "rows")} for name in ("log_joint", "density", "responsibilities")
    },
}

MODULES = [
    *(f"gmm_lesson.{name}" for name in ("em", "restarts", "squarem", "engine.fit", "engine.plane", "data")),
    *(f"gmm_lesson.study.{path.stem}" for path in PACKAGE.glob("study/[!_]*.py")),
]
INSIDE = ["floor_for", "on_floor", "gain_is_negligible", "responsibilities_of", "best_fit"]
"""Take what others have checked, as does every function that asks for an `Array`, not for an `ArrayLike`."""


def functions():
    """Yield every public function of the maths by its name, and every method that takes something."""
    for module in map(importlib.import_module, MODULES):
        for name, part in vars(module).items():
            own = inspect.isfunction(part) and part.__module__ == module.__name__ and name[0] != "_"
            if own and name not in INSIDE and "Array" not in list(part.__annotations__.values())[:-1]:
                yield f"{module.__name__.rpartition('.')[2]}.{name}", part
    for name, made in {"mixture.Mixture": Mixture, "plane.PlaneMixture": PlaneMixture}.items():
        yield name, made
    for made in [TWO, FLAT, bootstrap(Y, FITTED, refits=3), intervals(Y, FITTED)]:
        for name, part in inspect.getmembers(made, inspect.ismethod):
            if name[0] != "_" and inspect.signature(part).parameters and part.__self__ is made:
                yield f"{type(made).__name__}.{name}", part


CALLS = {}
for called, function in functions():
    asked = inspect.signature(function).parameters
    CALLS[called] = function, {name: (ARGUMENTS | OTHERS.get(called, {}))[name] for name in asked}
CASES = [(name, argument) for name, (_, asked) in CALLS.items() for argument in asked]


def numbers_in(answer):
    """Yield all the arrays and numbers in an answer."""
    if is_dataclass(answer):
        for field in fields(answer):
            yield from numbers_in(getattr(answer, field.name))
    elif isinstance(answer, Mixture):
        yield from (answer.weights, answer.means, answer.variances)
    elif isinstance(answer, PlaneMixture):
        yield from (answer.weights, answer.means, answer.covariances)
    elif isinstance(answer, dict):
        yield from numbers_in(list(answer.values()))
    elif isinstance(answer, (tuple, list)):
        for each in answer:
            yield from numbers_in(each)
    elif not isinstance(answer, (str, type, type(None))):
        yield np.asarray(answer, dtype=float)


def fault(call, names, may_pass=False):
    """Return what is wrong with how a call refuses one of these arguments, or with the numbers it gives."""
    try:
        answer = call()
    except (TypeError, ValueError) as error:
        last, said = inspect.trace()[-1].filename, str(error)
        named = any(re.search(rf"\b{name}\b.* must ", said) for name in names)
        ours = PACKAGE in Path(last).parents and type(error) in (TypeError, ValueError)
        says = may_pass or re.search(r"\bgot \S", said)
        return None if named and ours and says and len(said) < 300 else f"{error!r} from {last}"
    except (Exception, Warning) as error:
        return repr(error)
    if not may_pass:
        return f"passes: {answer}"[:200]
    return "NaN" if any(np.isnan(part).any() for part in numbers_in(answer)) else None


@pytest.mark.parametrize(("name", "argument"), CASES, ids=[".".join(case) for case in CASES])
def test_what_is_hostile_is_refused_by_name_or_gives_numbers(name, argument):
    function, asked = CALLS[name]
    good = {each: value for each, (value, _) in asked.items()}
    faults = {}
    for what, value in pool().items():
        if asked[argument][1] == "number of rounds" and what == "10^12":
            continue  # it would be begun
        may_pass = what in MAY_PASS[asked[argument][1]]
        names = asked if may_pass else [argument]
        faults[what] = fault(lambda v=value: function(**{**good, argument: v}), names, may_pass)
    assert not [f"{what}: {said}" for what, said in faults.items() if said]


@pytest.mark.parametrize("name", CALLS)
def test_the_good_arguments_are_good(name):
    function, asked = CALLS[name]
    assert function(**{argument: value for argument, (value, _) in asked.items()}) is not None


def test_every_function_of_the_face_is_in_the_table():
    found = {name.partition(".")[2] for name in CALLS}
    assert set(gmm_lesson.__all__) - {"Dataset", "EMRun", "Fit"} <= found
    assert {"fit_plane", "sample", "intervals", "hold", "triage", "bootstrap", "run", "success"} <= found


# What one argument of one function may not be, beside the rest; the face's words; who is to blame.

COLLAPSING, EQUAL = Mixture([0.5, 0.5], [1, 3], [1e-9, 1]), [4.0, 4.0, 4.0]
SHARES = [[1, 0], [0, 1], [0, 1]]
TILTED = PlaneMixture([0.4, 0.6], [[0, 0], [1, 1]], [[[2, 1.2], [1.2, 1]], np.eye(2)])
IN_SPACE = PlaneMixture([0.5, 0.5], np.zeros((2, 3)), [np.eye(3)] * 2)
BAD = {
    ("mixture.Mixture", "weights"): [[0, 1], [-0.5, 1.5], [0.5, 0.6], [0.5, 0.4], [0.0, 0.0]],
    ("mixture.Mixture", "means"): [[1.0], [1.0, 2.0, 3.0]],
    ("mixture.Mixture", "variances"): [[1.0, 0.0], [1.0, -1.0], [1.0, -0.0], [1.0], [1.0, 2.0, 3.0]],
    ("Mixture.reordered", "order"): [[0], [0, 1, 2], [0, 0], [1, 2], [0, -1], [0.5, 1.0]],
    ("em.m_step", "r"): [
        [[1.0, 0.0]] * 5 + [[1.5, -0.5]],
        [[1.0, 0.0]] * 5 + [[0.6, 0.6]],
        [[1.0, 0.0]] * 5 + [[0.0, 0.0]],
        np.transpose(R),
        [[1.0, 0.0]] * 5,
        [[1.0, 0.0]] * 7,
    ],
    ("original.m_step", "r"): [np.ones((6, 1)), [[1, 0]] * 6],
    ("fit.fit", "y"): [
        [THIRD, np.ones((3, 1))],
        [THIRD, 3.0],
        [THIRD, np.array(["1"])],
        [THIRD, np.array([True])],
        Blocks([1.0, 2.0], [1.0, [2.0, 4.0]]),
        Blocks([1.0, 2.0], None),
        Blocks([1.0, 2.0], 3.0),
        Blocks(),
        [THIRD, np.array([1j])],
        [THIRD, np.array([1.0, None], dtype=object)],
        [THIRD, np.ma.array(THIRD, mask=[False, True, False])],
        *([THIRD, np.array([1.0, value])] for value in (np.nan, np.inf, -np.inf, 1e307)),
    ],
    ("fit.fit", "n_components"): [7],
    ("fit.fit", "starts"): [THREE, [TWO, THREE], np.array([1.0, 2.0])],
    ("fit.fit", "counts"): [
        [1, 2],
        [1] * 7,
        [1, -1, 1, 1, 1, 1],
        [1, -1e-300, 1, 1, 1, 1],
        [0] * 6,
        [5e-324] * 6,
        [np.ones(3)] * 2,
    ],
    ("em.lower_bound", "r"): [R[:3], [[1.0]] * 6, np.subtract(R, 1), np.multiply(2, R)],
    ("em.remaining_gain", "log_likelihoods"): [[-2.0, -1.0], [-1.0, -2.0, -3.0], [-3, np.nan, -2]],
    ("restarts.success", "rate"): [[0.5, 1.1], [0.5, -0.1], -0.1],
    ("restarts.success", "restarts"): [[0.5], [-1, 2], -1],
    ("restarts.restarts_needed", "rate"): [0, 1.5, 5e-324, 1e-308, 1e-17],
    ("restarts.restarts_needed", "chance"): [0, 1],
    ("restarts.hit_rate", "level"): [0, 1, 95],
    ("information.intervals", "level"): [0, 1, 95],
    ("information.steps_to", "gap"): [0],
    ("information.steps_to", "target"): [0],
    ("information.steps_to", "rho"): [1, 1.5],
    ("bootstrap.bootstrap", "refits"): [0, 1],
    ("bootstrap.coverage", "refits"): [1],
    ("bootstrap.coverage", "data_sets"): [0, 1],
    ("bootstrap.coverage", "level"): [0, 1, 95],
    ("triage.triage", "y"): [[1.0]],
    ("basins.basins", "y"): [EQUAL],
    ("compare.error_rate", "z"): [[0], [0, 2, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0], [0, 0.5, 0, 0, 0, 0]],
    ("compare.match", "fitted"): [THREE],
    ("Intervals.hold", "mixture"): [THREE],
    ("plane.PlaneMixture", "weights"): [[0.5, 0.6], [0.5, 0.0], [1.2, -0.2], [np.nan, 0.5]],
    ("plane.PlaneMixture", "means"): [[0, 1], np.zeros((2, 0)), np.full((2, 2), np.inf)],
    ("plane.PlaneMixture", "covariances"): [
        np.ones((2, 2)),
        [np.eye(3)] * 2,
        [-np.eye(2)] * 2,
        np.zeros((2, 2, 2)),
        [[[1.0, 2.0], [2.0, 1.0]]] * 2,
        [[[1.0, 0.5], [0.4, 1.0]]] * 2,
        np.full((2, 2, 2), np.nan),
    ],
    ("plane.fit_plane", "y"): [
        [[1.0, 2.0], [1.0, 3.0]],
        [np.ones((4, 2)), np.ones((4, 3))],
        [np.ones(2), np.ones(3)],
        [np.ones(2), np.ones((3, 2))],
    ],
    ("plane.fit_plane", "n_components"): [21],
    ("plane.fit_plane", "starts"): [IN_SPACE, [FLAT, IN_SPACE]],
    ("plane.fit_plane", "floor"): [[1.0], [1.0, -1.0], [0.0, 1.0], [[1.0, 1.0]], [1, [2, 3]], 5e-324],
    ("plane.fit_plane", "counts"): [[1.0], [-1.0] * 20, [0.0] * 20, [5e-324] * 20],
}


@pytest.mark.parametrize("case", BAD, ids=".".join)
def test_what_does_not_belong_together_is_refused(case):
    name, argument = case
    function, asked = CALLS[name]
    good = {each: value for each, (value, _) in asked.items()}
    for value in BAD[case]:
        assert fault(lambda v=value: function(**{**good, argument: v}), [argument]) is None, value


@pytest.mark.parametrize(
    ("blamed", "call"),
    [
        ("floor", lambda: m_step([1.0, 2.0, 4.0], SHARES, floor=0)),
        ("floor", lambda: em([1.0, 2.0, 4.0], COLLAPSING, floor=0.0, max_iter=50)),
        ("floor", lambda: fit([1.0, 2.0, 4.0], 2, starts=COLLAPSING, floor=0, max_iter=50)),
        ("floor", lambda: em(EQUAL, TWO, floor=0)),
        ("floor", lambda: fit(EQUAL, 2, starts=TWO, floor=0)),
        ("floor", lambda: fit(EQUAL, 2, floor=0)),
        ("floor", lambda: em([4], TWO, floor=0)),
        *(("y", lambda x=x: em([x, 2 * x, 4 * x], TWO)) for x in (1e-170, 1e-200, 1e-320)),
        *(("y", lambda x=x: fit([x, 2 * x, 4 * x], 2)) for x in (1e-170, 1e-200, 1e-320)),
        *(("y", lambda f=f: f(EQUAL, TWO)) for f in (em, squarem, bootstrap, triage)),
        *(("y", lambda y=y: fit(y, 2)) for y in (EQUAL, [np.full(3, 4.0), np.full(2, 4.0)])),
        ("y", lambda: em([4.0], TWO)),
        ("n_components", lambda: fit(THIRD, 2, counts=[0, 3, 0])),
        ("y", lambda: fit(THIRD, 1, counts=[0, 3, 0])),  # what is left is constant
        ("refits", lambda: bootstrap([*Y, 50.0], em([*Y, 50.0], TWO).mixture, refits=1)),
        ("rate and restarts", lambda: success([0.1, 0.2], [1, 2, 3])),
        ("starts", lambda: fit_plane(ROWS, 2, covariance="diagonal", starts=TILTED)),
    ],
)
def test_who_is_to_blame(blamed, call):
    assert fault(call, [blamed]) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: e_step([1, np.nan, 3], TWO), ["got nan at y[1]"]),
        (lambda: Mixture([0.5, 0.5], [1, 3], [1, -2]), ["got -2 at variances[1]"]),
        (lambda: Mixture([0.5, 0.6], [1, 3], [1, 2]), ["sum of 1.1", "divide them by their sum"]),
        (lambda: m_step(THIRD, [[1, 0], [0.5, 0.25], [0, 1]]), ["sum of 0.75 in row 1"]),
        (lambda: m_step(THIRD, [[1, 0], [1.5, -0.5], [0, 1]]), ["got -0.5 at r[1, 1]"]),
        (lambda: fit(THIRD, 4), ["at most the number of objects, 3", "got 4"]),
        (lambda: fit(THIRD, 2, starts=THREE), ["n_components=2", "got one with 3"]),
        (lambda: fit(THIRD, 2, starts="kmeans"), ["'k-means++'", "got 'kmeans'"]),
        (lambda: fit(THIRD, 2, counts=[1, -2, 1]), ["got -2 at counts[1]"]),
        (lambda: fit(THIRD, 2, counts=[1, 1]), ["each of the 3 objects", "got 2"]),
        (lambda: fit(THIRD, 2, counts=[1e-320] * 3), ["counts must sum to at least 1e-300"]),
        (lambda: fit(THIRD, 2, floor=5e-324), ["floor must be 0, or at least", "got 4.94066e-324"]),
        (lambda: fit([THIRD, np.array([1, np.nan])], 2), ["got nan at y[1][1]"]),
        (
            lambda: m_step_of_2021(EQUAL, [[1, 0], [0.5, 0.5], [0, 1]], Mixture([0.5, 0.5], [1, 4], [1, 1])),
            ["before must have no mean on all", "got 4 for class 1"],
        ),
        (lambda: fit([np.empty(0), THIRD, np.array([1, np.inf])], 2), ["got inf at y[2][1]"]),
        (
            lambda: fit([THIRD, np.array([1, 2, np.nan])], 2, counts=[np.zeros(3), np.array([0, 1, 1])]),
            ["got nan at y[1][2]"],
        ),
        (
            lambda: fit([THIRD, THIRD], 2, counts=[np.ones(3), np.array([1, 1, -2])]),
            ["got -2 at counts[1][2]"],
        ),
        (lambda: fit(iter([THIRD]), 2), ["list of arrays", "passed over again", "got list_iterator"]),
        (lambda: load("iris"), ["'galaxies'", "got 'iris'"]),
        (lambda: em(EQUAL, TWO), ["3 times 4", "floor above 0"]),
        (lambda: success([1, [2, 3]], 2), ["rate must be", "rows of unequal length"]),
        (lambda: lower_bound(Y, R[:3], TWO), ["row for each object", "shape (6, 2)", "got (3, 2)"]),
        (lambda: remaining_gain([-3, -2]), ["at least three entries", "got 2"]),
        (lambda: remaining_gain([-3, -2, -2.5]), ["must not fall", "got a fall by 0.5"]),
        (lambda: remaining_gain([-3, -3.25, -2]), ["got a fall by 0.25"]),
        (lambda: remaining_gain([-900, -800, -800.0001]), ["got a fall by 0.0001"]),
        (lambda: fit_plane(np.column_stack([Y, [5.0] * 6]), 2), ["y must vary along every axis", "axis 1"]),
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
        [1] * 6,
        [np.ones(3)],
        [np.ones(3)] * 3,
        [np.ones(3), np.ones(2)],
        [np.ones(3), np.array([1, -1, 1])],
        [np.ones(3), np.array([1, np.nan, 1])],
        [np.ones(3), np.ones((3, 1))],
        [np.ones(3), np.array([True, True, False])],
        [np.zeros(3), np.zeros(3)],
        (np.ones(3) for _ in range(2)),
        Blocks(np.ones(3), np.ones(3), passes=1),
        Blocks(),
        3,
        "111",
    ],
)
def test_counts_of_blocks_come_in_blocks_like_theirs(counts):
    assert fit([THIRD, THIRD], 2, counts=[np.ones(3), np.ones(3)]).converged
    assert fault(lambda: fit([THIRD, THIRD], 2, counts=counts), ["counts"]) is None


def test_a_refused_call_leaves_its_input_alone():
    y, r = np.array([1.0, np.nan, 4.0]), np.array([[1.0, 0.0], [0.7, 0.7], [0.0, 1.0]])
    for call in [lambda: e_step(y, TWO), lambda: fit(y, 2), lambda: m_step(THIRD, r)]:
        with pytest.raises(ValueError, match="must"):
            call()
    np.testing.assert_array_equal(y, [1, np.nan, 4])
    np.testing.assert_array_equal(r, [[1, 0], [0.7, 0.7], [0, 1]])


def test_weights_and_responsibilities_may_sum_to_one_to_seven_printed_digits():
    assert Mixture([0.3333333] * 3, [0, 1, 2], [1, 1, 1]).sample(5, 0)[0].shape == (5,)
    assert m_step([1, 2, 4], [[0.3333333] * 3] * 3).n_components == 3
