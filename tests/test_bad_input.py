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
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import gmm_lesson
from gmm_lesson import Mixture, e_step, em, fit, load, m_step
from gmm_lesson.em import lower_bound, remaining_gain
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.plane import PlaneMixture, fit_plane
from gmm_lesson.engine.starts import uniform_means
from gmm_lesson.restarts import success
from gmm_lesson.squarem import squarem
from gmm_lesson.study.bootstrap import bootstrap
from gmm_lesson.study.information import intervals
from gmm_lesson.study.original import m_step as m_step_of_2021
from gmm_lesson.study.triage import triage

PACKAGE = Path(gmm_lesson.__file__).parent


def refuses(*_, **__):
    raise RuntimeError("not with me")


ODD_ONES = [type("Odd", (), {name: refuses})() for name in ("__array__", "__repr__")]
"""Objects that raise errors of their own when they are made an array, or printed."""


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
IN_SPACE = PlaneMixture([0.5, 0.5], np.zeros((2, 3)), [np.eye(3)] * 2)
FITTED = squarem(Y, TWO, tol=1e-14).mixture
LONG = 10**5000  # more digits than Python prints
HOLDS_ITSELF = [1.0, 2.0]
HOLDS_ITSELF += [HOLDS_ITSELF, HOLDS_ITSELF]
ONES, THIRD = np.ones((1, 2)), np.array([1.0, 2.0, 4.0])
NARROW = Mixture([0.5, 0.5], [0, 1], [1e-300, 5e-324])
WIDE = Mixture([0.5, 0.5], [-1e153, 1e153], [1e306, 1e306])
MASKED = np.ma.array(THIRD, mask=[False, True, False])
ODD, DAY = Decimal("sNaN"), np.timedelta64(1, "D")


def with_third(value):
    return [1.0, value, 4.0]


def pool():
    """Return hostile values by kind, made anew: some can be passed over only once."""
    return {
        "0": [0],
        "1": [1],
        "10^12": [10**12],
        "10^30": [10**30],
        "above 1": [2.0, 1.5, np.float64(2), Decimal(2), Fraction(2), 95.0, 1e300],
        "below 1": [0.5, 5e-324],
        "below 0": [-1, -1e-9, np.int64(-1)],
        "too large for a float": [10**400, LONG],
        "not finite": [np.nan, np.inf, -np.inf, -LONG, Decimal("NaN"), ODD, Fraction(10**400, 3)],
        "0-d": [np.array(3.0)],
        "one axis": [[3.0], THIRD, [-1e153, 0.0, 1e153]],
        "six numbers": [[2.0] * 6],
        "two numbers": [[0.0, 1.0]],
        "rows": [[[1.0, 2.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]],
        "column": [np.ones((6, 1))],
        "responsibilities": [R],
        "3-D": [np.ones((1, 3, 1))],
        "None": [None],
        "switch": [True, np.False_],
        "generator": [np.random.default_rng(0)],
        "no generator": [np.random.RandomState(0), np.random, np.random.PCG64(0)],
        "text": ["1, 2, 4", "", b"124", bytearray(b"124")],
        "text in it": [["1", "2", "4"], np.array(["1", "2", "4"]), with_third("2")],
        "booleans": [[True, False, True], np.array([True, False, True]), [[True, False], [False, True]]],
        "a boolean in it": [with_third(True), with_third(np.True_), [[1.0, 0.0], [True, 0.0], [0.0, 1.0]]],
        "a boolean in objects": [np.array(with_third(True), dtype=object), deque(with_third(True))],
        "complex": [1j, with_third(2j), np.array([1j, 2j, 4j])],
        "time": [DAY, np.timedelta64("NaT"), datetime.timedelta(5), np.datetime64("2021-06-01")],
        "dates and durations": [np.array(["2021-06-01"], dtype="M8[D]"), np.array([1, 2], dtype="m8[s]")],
        "a duration in it": [[DAY, 2 * DAY], with_third(DAY)],
        "objects": [object(), len, Mixture, Path("galaxies"), *ODD_ONES, with_third(None)],
        "structure": [np.zeros(3, dtype=[("y", float)])],
        # The order of a set of names differs from run to run, so a fit would.
        "no order": [{1: 1.0, 2: 2.0, 3: 4.0}, {1.0, 2.0}, {"uniform", "objects"}, frozenset({1.0, 2.0})],
        "not finite in it": [*map(with_third, [np.nan, np.inf, -np.inf, ODD, Decimal("-Infinity")])],
        "too large in it": [*map(with_third, [1e307, -1e307, 10**400, -LONG, Fraction(10**400, 3)])],
        "NaN in a row": [[[1.0, 2.0], [np.nan, 2.0]]],
        "masked": [MASKED, [MASKED], with_third(np.ma.masked), np.ma.array(R, mask=np.eye(6, 2))],
        "empty": [[], (), np.array([]), [[], [], []], iter(())],
        "ragged": [[[1.0, 2.0], [4.0]], [1.0, [2.0, 4.0]], HOLDS_ITSELF, [[[[[1.0]]]]]],
        "mixture": [TWO, NARROW, WIDE, Mixture([1, 1e-300], [0, 1e150], [1, 1e-100])],
        "mixture of others": [Mixture([1], [0], [1]), THREE],
        "mixture of the plane": [FLAT],
        "list of mixtures": [[TWO]],
        "no mixture": [fit(Y, 1, restarts=1), IN_SPACE, {"weights": [1]}, [TWO, None], [TWO, THREE]],
        "parameters": [Parameters.of([TWO])],
        "no parameters": [
            ([0.5, 0.5], [1, 3], [1, 1]),
            tuple(Parameters.of([TWO])),
            Parameters(None, None, None),
            Parameters([[1.0], [0.5, 0.5]], [[0.0]], [[1.0]]),
            *(Parameters(part, part, part) for part in (np.empty((0, 2)), np.array([0.5, 0.5]), ONES)),
            *(Parameters(ONES / 2, means, ONES) for means in (np.ones((2, 2)), ONES * np.nan)),
            *(Parameters(ONES / 2, ONES, variances) for variances in (0 * ONES, -ONES)),
            Parameters(ONES / 2, np.ones((1, 2, 2)), np.ones((1, 2, 2, 2))),
        ],
        "data set": ["galaxies"],
        "covariance": ["full"],
        "strategy": ["uniform"],
        "other names": ["Galaxies", "iris", "kmeans", "diag", "galaxies" * 100, np.array("uniform")],
        "no strategies": [uniform_means, *(["uniform", odd] for odd in (None, 3, "kmeans")), [["uniform"]]],
        "list of names": [["galaxies"]],
        "once": [iter([1.0, 2.0]), iter(["kmeans"]), iter([THIRD]), Blocks(THIRD, THIRD, passes=1)],
    }


WHOLE = {"0", "1", "10^12"}
NOT_NEGATIVE = WHOLE | {"10^30", "above 1", "below 1"}
FINITE = NOT_NEGATIVE | {"below 0", "0-d"}
ONE_AXIS = {"one axis", "six numbers", "two numbers"}
TUPLES = {"parameters", "no parameters"}  # of arrays: blocks of objects, or an array, too
MIXTURES = {"mixture", "mixture of others"}
MAY_PASS = {
    "objects": ONE_AXIS,
    "objects or blocks": ONE_AXIS | TUPLES,
    "rows": {"rows", "column", "responsibilities"} | TUPLES,
    "objects or rows": ONE_AXIS | {"rows", "column", "responsibilities"} | TUPLES,
    "shares": {"responsibilities", "column"},
    "mixture": MIXTURES,
    "not negative": NOT_NEGATIVE,
    "above 0": NOT_NEGATIVE - {"0"},
    "share": {"below 1"},
    "not negative or None": NOT_NEGATIVE | {"None"},
    "number or None": FINITE | {"None"},
    "whole": WHOLE,
    "number of rounds": WHOLE,
    "switch": {"switch"},
    "generator": {"generator", "10^30", "too large for a float"} | WHOLE,
    "name": {"data set"},
    "covariance": {"covariance"},
    "starts": {"strategy", "list of mixtures", "mixture"},
    "plane starts": {"strategy", "mixture of the plane"},
    "many starts": {"parameters", "list of mixtures"},
    "counts": {"six numbers", "None"},
    "one for each class": {"two numbers"},
    "floors": NOT_NEGATIVE | {"None", "two numbers"},
    "numbers of any shape": FINITE | TUPLES | ONE_AXIS | {"rows", "column", "responsibilities", "3-D"},
    "order": {"two numbers"},
    "components": ONE_AXIS,
    "nothing": set(),
}
"""Kinds that an argument of each kind may take: what can be used, or what fits no other argument."""

# By an argument's name: a good value, and of which kind it is.
ARGUMENTS = {
    "y": (Y, "objects"),
    "r": (R, "shares"),
    **dict.fromkeys(("mixture", "fitted"), (FITTED, "mixture")),
    **dict.fromkeys(("start", "true", "before"), (TWO, "mixture")),
    "floor": (0.1, "not negative or None"),
    **dict.fromkeys(("tol", "gap", "spread", "within"), (1e-3, "not negative")),
    **dict.fromkeys(("rho", "rate"), (0.5, "not negative")),
    **dict.fromkeys(("chance", "level"), (0.5, "share")),
    "target": (1e-6, "above 0"),
    "best": (1.0, "number or None"),
    "n": (9, "whole"),
    "refits": (9, "nothing"),
    "max_iter": (9, "number of rounds"),
    **dict.fromkeys(("n_components", "restarts", "draws"), (2, "number of rounds")),
    **dict.fromkeys(("data_sets", "folds"), (2, "nothing")),
    "d": (2, "whole"),
    "components": ([1, 2], "components"),
    **dict.fromkeys(("accelerate", "compress", "old_mean"), (True, "switch")),
    "rng": (0, "generator"),
    "starts": ("uniform", "starts"),
    "counts": (None, "counts"),
    "name": ("galaxies", "name"),
    "covariance": ("full", "covariance"),
    "z": ([0, 0, 0, 1, 1, 1], "nothing"),
    **dict.fromkeys(("log_likelihood", "log_likelihoods"), ([-3.0, -2.0, -1.5], "objects")),
    "order": ([1, 0], "order"),
    "weights": ([0.5, 0.5], "objects"),
    **dict.fromkeys(("means", "variances"), ([1.0, 3.0], "one for each class")),
}
CHOICES = "by_components", "held_out", "bootstrap_choices", "likelihood_ratios"
OTHERS = {
    "em.m_step": {"floor": (0.1, "not negative")},
    "original.run": {"starts": (Parameters.of([TWO]), "many starts")},
    "basins.basins": {"starts": ([TWO], "many starts")},
    "bootstrap.coverage": {"n": (30, "whole"), "refits": (9, "whole")},
    "information.steps_to": {"gap": (0.1, "above 0")},
    "restarts.success": dict.fromkeys(("rate", "restarts"), (1, "numbers of any shape")),
    "fit.fit": {"y": (Y, "objects or blocks")},
    "plane.fit_plane": {
        "y": (ROWS, "rows"),
        "starts": ("objects", "plane starts"),
        "floor": (None, "floors"),
    },
    "plane.PlaneMixture": {"means": (FLAT.means, "rows"), "covariances": (FLAT.covariances, "nothing")},
    **{f"PlaneMixture.{name}": {"y": (ROWS, "rows")} for name in ("log_joint", "density")},
    **{f"choose.{name}": {"y": (Y, "objects or rows")} for name in CHOICES},
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
    asked = [
        name for name, part in inspect.signature(function).parameters.items() if part.kind < part.VAR_KEYWORD
    ]
    CALLS[called] = function, {name: (ARGUMENTS | OTHERS.get(called, {}))[name] for name in asked}
CASES = [(name, argument) for name, (_, asked) in CALLS.items() for argument in asked]


def numbers_in(answer):
    """Yield all the arrays and numbers in an answer."""
    if isinstance(answer, (Mixture, PlaneMixture)):
        answer = answer.parts
    elif is_dataclass(answer):
        answer = [getattr(answer, field.name) for field in fields(answer)]
    elif isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (tuple, list)):
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


def with_one(called, /, **one):
    """Call a function with good arguments but for one."""
    function, asked = CALLS[called]
    return function(**{argument: value for argument, (value, _) in asked.items()} | one)


@pytest.mark.parametrize(("name", "argument"), CASES, ids=[".".join(case) for case in CASES])
def test_what_is_hostile_is_refused_by_name_or_gives_numbers(name, argument):
    asked, faults = CALLS[name][1], []
    for kind, values in pool().items():
        if asked[argument][1] == "number of rounds" and kind == "10^12":
            continue  # it would be begun
        may_pass = kind in MAY_PASS[asked[argument][1]]
        names = asked if may_pass else [argument]
        for place, value in enumerate(values):
            said = fault(partial(with_one, name, **{argument: value}), names, may_pass)
            faults += [f"{kind} {place}: {said}"] if said else []
    assert not faults


@pytest.mark.parametrize("name", CALLS)
def test_the_good_arguments_are_good(name):
    assert with_one(name) is not None


def test_every_function_of_the_face_is_in_the_table():
    found = {name.partition(".")[2] for name in CALLS}
    assert set(gmm_lesson.__all__) - {"Dataset", "EMRun", "Fit"} <= found
    assert {"fit_plane", "sample", "intervals", "hold", "triage", "bootstrap", "run", "success"} <= found


# What one argument of one function may not be, beside the rest; who is to blame, and the words.

COLLAPSING, EQUAL = Mixture([0.5, 0.5], [1, 3], [1e-9, 1]), [4.0, 4.0, 4.0]
MIDDLE, SHARES = Mixture([0.5, 0.5], [1, 4], [1, 1]), [[1, 0], [0, 1], [0, 1]]
TILTED = PlaneMixture([0.4, 0.6], [[0, 0], [1, 1]], [[[2, 1.2], [1.2, 1]], np.eye(2)])
HARD = [[1, 0], [1, 0], [1, 0], [0, 1]]
EYES, EVEN = np.array([np.eye(2)] * 2), np.array([True, True, False])
ONE, BROKEN = np.ones(3), np.array([1.0, np.nan, 4.0])
FIVE = [[1.0, 0.0]] * 5
CALLS["fit of blocks"] = fit, CALLS["fit.fit"][1] | {"y": ([THIRD] * 2, ""), "counts": ([ONE] * 2, "")}
BAD = {
    ("mixture.Mixture", "weights"): [[0, 1], [-0.5, 1.5], [0.5, 0.6], [0.5, 0.4], [0.0, 0.0]],
    ("mixture.Mixture", "variances"): [[1.0, 0.0], [1.0, -1.0], [1.0, -0.0]],
    ("Mixture.reordered", "order"): [[0], [0, 1, 2], [0, 0], [1, 2], [0, -1], [0.5, 1.0]],
    ("em.m_step", "r"): [*([*FIVE, row] for row in ([1.5, -0.5], [0.6, 0.6], [0, 0])), np.transpose(R), FIVE],
    ("original.m_step", "r"): [np.ones((6, 1)), [[1, 0]] * 6],
    ("fit.fit", "y"): [
        *(Blocks([1.0, 2.0], second) for second in ([1.0, [2.0, 4.0]], None, 3.0)),
        *([THIRD, second] for second in (np.ones((3, 1)), 3.0, MASKED)),
        *([THIRD, np.array([second])] for second in ("1", True, 1j, np.nan, np.inf, -np.inf, 1e307, None)),
        Blocks(),
    ],
    ("fit.fit", "counts"): [
        *([value] * 6 for value in (0, -1, -1e-300, 5e-324)),
        *([1, value, 1, 1, 1, 1] for value in (-1, -1e-300)),
        *([1] * 7, [ONE, ONE]),
    ],
    ("fit of blocks", "counts"): [
        *([ONE, last] for last in (np.ones(2), [1, -1, 1], np.full(3, np.nan), np.ones((3, 1)), EVEN)),
        *([ONE] * blocks for blocks in (1, 3)),
        *(np.ones(6), [1] * 6, [ONE * 0, ONE * 0], 3, "111", iter([ONE, ONE])),
        *(Blocks(ONE, ONE, passes=1), Blocks()),
    ],
    ("em.lower_bound", "r"): [R[:3], [[1.0]] * 6, np.subtract(R, 1), np.multiply(2, R)],
    ("restarts.success", "rate"): [[0.5, 1.1], [0.5, -0.1], -0.1],
    ("restarts.success", "restarts"): [[0.5], [-1, 2], -1],
    ("restarts.restarts_needed", "rate"): [0, 1.5, 5e-324, 1e-308, 1e-17],
    ("information.steps_to", "rho"): [1, 1.5],
    **{(f"choose.{name}", "components"): [[2, 1], [7], [1.5], [0]] for name in CHOICES[:3]},
    ("choose.held_out", "folds"): [1, 7],
    **{(f"choose.{name}", "draws"): [0] for name in CHOICES[2:]},
    ("choose.likelihood_ratios", "n_components"): [0, 6],
    **{("choose.n_parameters", name): [0] for name in ("n_components", "d")},
    ("triage.triage", "y"): [[1.0]],
    ("basins.basins", "y"): [EQUAL],
    ("compare.error_rate", "z"): [[0, value, 0, 0, 0, 0] for value in (2, -1, 0.5)],
    ("compare.match", "fitted"): [THREE],
    ("Intervals.hold", "mixture"): [THREE],
    ("plane.PlaneMixture", "weights"): [[0.5, 0.6], [0.5, 0.0], [1.2, -0.2], [np.nan, 0.5]],
    ("plane.PlaneMixture", "means"): [[0, 1], np.zeros((2, 0)), np.full((2, 2), np.inf)],
    ("plane.PlaneMixture", "covariances"): [
        *(np.ones((2, 2)), np.full((2, 2, 2), np.nan), [np.eye(3)] * 2, -EYES, 0 * EYES),
        *([[[1.0, one], [other, 1.0]]] * 2 for one, other in [(2.0, 2.0), (0.5, 0.4)]),
    ],
    ("plane.fit_plane", "y"): [
        [[1.0, 2.0], [1.0, 3.0]],
        *([np.ones(one), np.ones(other)] for one, other in [((4, 2), (4, 3)), (2, 3), (2, (3, 2))]),
    ],
    ("plane.fit_plane", "starts"): [IN_SPACE, [FLAT, IN_SPACE]],
    ("plane.fit_plane", "floor"): [[1.0], [1.0, -1.0], [0.0, 1.0], [[1.0, 1.0]], [1, [2, 3]], 5e-324],
    ("plane.fit_plane", "counts"): [[1.0], [-1.0] * 20, [0.0] * 20, [5e-324] * 20],
}


@pytest.mark.parametrize("case", BAD, ids=".".join)
def test_what_does_not_belong_together_is_refused(case):
    name, argument = case
    for value in BAD[case]:
        assert fault(partial(with_one, name, **{argument: value}), [argument]) is None, value


@pytest.mark.parametrize(
    ("call", "blamed", "words"),
    [
        # The mean of three times 0.1 is not 0.1: the variance is rounding, not exactly 0.
        *(
            (lambda x=x: m_step([x, x, x, 2 * x], HARD, floor=0), "floor", "class 0 sits on a single value")
            for x in (1, 0.1, 1e9 + 0.1, 1e-150)
        ),
        (lambda: em(THIRD, COLLAPSING, floor=0.0, max_iter=50), "floor", "got floor=0"),
        (lambda: fit(THIRD, 2, starts=COLLAPSING, floor=0, max_iter=50), "floor", "got floor=0"),
        *((lambda y=y: em(y, TWO, floor=0), "floor", "above 0") for y in (EQUAL, [4])),
        *((lambda s=s: fit(EQUAL, 2, starts=s, floor=0), "floor", "above 0") for s in (TWO, "objects")),
        (lambda: fit(THIRD, 2, floor=5e-324), "floor", "0, or at least .*got 4.94066e-324"),
        *((lambda x=x: em(x * THIRD, TWO), "y", "larger units") for x in (1e-170, 1e-200, 1e-320)),
        (lambda: fit(1e-200 * THIRD, 2), "y", "larger units"),
        *((lambda f=f: f(EQUAL, TWO), "y", "3 times 4.*floor") for f in (em, squarem, bootstrap, triage)),
        *((lambda y=y: fit(y, 2), "y", "times 4") for y in (EQUAL, [np.full(3, 4.0), np.full(2, 4.0)])),
        (lambda: fit(THIRD, 1, counts=[0, 3, 0]), "y", "must vary"),  # what is left is constant
        (lambda: e_step([1, np.nan, 3], TWO), "y", r"got nan at y\[1\]"),
        (lambda: fit([THIRD, np.array([1, np.nan])], 2), "y", r"got nan at y\[1\]\[1\]"),
        (lambda: fit([np.empty(0), THIRD, np.array([1, np.inf])], 2), "y", r"got inf at y\[2\]\[1\]"),
        (lambda: fit([ONE, BROKEN], 2, counts=[ONE * 0, ONE * [0, 1, 1]]), "y", r"nan at y\[1\]\[1\]"),
        (lambda: fit(iter([THIRD]), 2), "y", "passed over again.*list of arrays.*got list_iterator"),
        (lambda: fit_plane(np.column_stack([Y, [5.0] * 6]), 2), "y", "must vary along every axis.*axis 1"),
        (lambda: fit(THIRD, 4), "n_components", "at most the number of objects, 3.*got 4"),
        (lambda: fit(THIRD, 2, starts=THREE), "starts", "n_components=2.*got one with 3"),
        (lambda: fit(THIRD, 2, starts="kmeans"), "starts", r"'k-means\+\+'.*got 'kmeans'"),
        (lambda: fit_plane(ROWS, 2, covariance="diagonal", starts=TILTED), "starts", "got"),
        (lambda: fit(THIRD, 2, counts=[1, -2, 1]), "counts", r"got -2 at counts\[1\]"),
        (lambda: fit(THIRD, 2, counts=[1, 1]), "counts", "each of the 3 objects.*got 2"),
        (lambda: fit(THIRD, 2, counts=[1e-320] * 3), "counts", "sum to at least 1e-300"),
        (lambda: fit([ONE, ONE], 2, counts=[ONE, np.array([1, 1, -2])]), "counts", r"-2 at counts\[1\]\[2\]"),
        (lambda: Mixture([0.5, 0.5], [1, 3], [1, -2]), "variances", r"got -2 at variances\[1\]"),
        (lambda: Mixture([0.5, 0.6], [1, 3], [1, 2]), "weights", "sum of 1.1.*divide them by their sum"),
        (lambda: m_step(THIRD, [[1, 0], [0.5, 0.25], [0, 1]]), "r", "sum of 0.75 in row 1"),
        (lambda: lower_bound(Y, R[:3], TWO), "r", r"row for each object.*shape \(6, 2\).*got \(3, 2\)"),
        (lambda: m_step_of_2021(EQUAL, SHARES, MIDDLE), "before", "no mean on all.*got 4 for class 1"),
        (lambda: bootstrap([*Y, 50.0], em([*Y, 50.0], TWO).mixture, refits=1), "refits", "got 1"),
        (lambda: load("iris"), "name", "'galaxies'.*got 'iris'"),
        (lambda: success([1, [2, 3]], 2), "rate", "rows of unequal length"),
        (lambda: success([0.1, 0.2], [1, 2, 3]), "rate and restarts", "broadcast"),
        (lambda: remaining_gain([-3, -2]), "log_likelihoods", "at least three entries.*got 2"),
        (lambda: remaining_gain([-3, -3.25, -2]), "log_likelihoods", "not fall.*fall by 0.25"),
    ],
)
def test_who_is_to_blame_where_and_what_would_do(call, blamed, words):
    assert fault(call, [blamed]) is None
    with pytest.raises((TypeError, ValueError), match=words):
        call()


def test_weights_and_responsibilities_may_sum_to_one_to_seven_printed_digits():
    assert Mixture([0.3333333] * 3, [0, 1, 2], [1, 1, 1]).sample(5, 0)[0].shape == (5,)
    assert m_step([1, 2, 4], [[0.3333333] * 3] * 3).n_components == 3
