"""Hostile values in every argument of every public function of the maths, one table by module.

What cannot be used is refused by a TypeError or a ValueError that names the argument, and what can be gives
numbers. Nothing else: no other error, no warning (they are errors here), no NaN.
"""

import datetime
import inspect
import re
from dataclasses import fields, is_dataclass
from decimal import Decimal

import numpy as np
import pytest

from gmm_lesson import Mixture, squarem
from gmm_lesson.engine.family import Parameters
from gmm_lesson.study import basins, bootstrap, compare, information, triage

Y = [0.0, 1.0, 2.5, 7.0, 8.0, 9.5]
TWO = Mixture([0.5, 0.5], [1, 8], [1, 1])
FITTED = squarem.squarem(Y, TWO, tol=1e-14).mixture
REFITS = bootstrap.bootstrap(Y, FITTED, refits=3)
INTERVALS = information.intervals(Y, FITTED)

HOSTILE = {
    "None": None,
    "text": "x",
    "empty text": "",
    "bytes": b"1",
    "True": True,
    "numpy's False": np.False_,
    "0": 0,
    "-1": -1,
    "-3.5": -3.5,
    "0.5": 0.5,
    "an enormous int": 10**400,
    "a huge int": 10**30,
    "a huge float": 1e300,
    "a tiny float": 5e-324,
    "NaN": float("nan"),
    "inf": float("inf"),
    "complex": 1j,
    "a decimal NaN": Decimal("sNaN"),
    "numpy's timedelta": np.timedelta64(5, "s"),
    "timedelta": datetime.timedelta(5),
    "date": np.datetime64("2021-06-01"),
    "empty list": [],
    "empty array": np.empty((0, 2)),
    "list of None": [None, None],
    "list of text": ["a", "b"],
    "ragged list": [1.0, [2.0, 3.0]],
    "rows": [[1.0, 2.0], [3.0, 4.0]],
    "NaN in a list": [1.0, float("nan")],
    "inf in a list": [1.0, float("inf")],
    "huge numbers": [1e300, -1e300],
    "an enormous int in a list": [1, 10**400],
    "one number": [3.0],
    "equal numbers": [2.0, 2.0, 2.0],
    "extremes": [-1e153, 0.0, 1e153],
    "array of complex": np.array([1j, 2.0]),
    "booleans": [True, False],
    "timedeltas": np.array([1, 2], dtype="timedelta64[s]"),
    "masked": np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
    "set": {1.0, 2.0},
    "dict": {"a": 1.0},
    "object": object(),
    "function": len,
    "a class": Mixture,
    "a Mixture": TWO,
    "one class": Mixture([1], [0], [1]),
    "a narrow Mixture": Mixture([0.5, 0.5], [0, 1], [1e-300, 5e-324]),
    "a wide Mixture": Mixture([0.5, 0.5], [-1e153, 1e153], [1e306, 1e306]),
    "an empty class": Mixture([1, 1e-300], [0, 1e150], [1, 1e-100]),
    "a list of Mixtures": [TWO],
    "Mixtures and None": [TWO, None],
    "Mixtures of different sizes": [TWO, Mixture([1], [0], [1])],
    "Parameters of None": Parameters(None, None, None),
    "ragged Parameters": Parameters([[1.0], [0.5, 0.5]], [[0.0]], [[1.0]]),
    "Parameters with NaN": Parameters(np.ones((1, 1)), np.full((1, 1), np.nan), np.ones((1, 1))),
    "Parameters of different shapes": Parameters(np.ones((1, 1)), np.ones((2, 1)), np.ones((1, 1))),
    "a negative variance": Parameters(np.ones((1, 1)), np.ones((1, 1)), -np.ones((1, 1))),
    "weights that do not sum to one": Parameters(np.ones((1, 2)), np.ones((1, 2)), np.ones((1, 2))),
}


def generator():
    return (value for value in [1.0, 2.0])


PAIR = {"y": Y, "mixture": FITTED}
GOOD = {
    basins: {"basins": {"y": Y, "starts": [TWO], "max_iter": 90}, "way": {"y": Y, "start": TWO}},
    bootstrap: {
        "bootstrap": {**PAIR, "refits": 2, "rng": 0, "floor": 1.0},
        "coverage": {"true": TWO, "n": 30, "data_sets": 2, "refits": 2, "level": 0.9, "rng": 0},
    },
    compare: {
        "match": {"true": TWO, "fitted": FITTED},
        "error_rate": {"y": [0, 1, 8], "z": [0, 0, 1], "mixture": TWO},
        "best_error_rate": {"mixture": TWO},
        "fresh_error_rate": {"true": TWO, "fitted": FITTED},
        "borders": {"mixture": TWO},
        "errors_by_n": {"true": TWO, "ns": [10], "rng": 0, "repetitions": 2},
    },
    information: {
        **dict.fromkeys(
            (
                *("complete_information", "missing_information", "observed_information", "score"),
                *("standard_errors", "missing_fraction", "stationary_gap", "slowest_direction"),
            ),
            PAIR,
        ),
        "intervals": {**PAIR, "level": 0.9},
        "steps_to": {"gap": 1.0, "target": 0.1, "rho": 0.5},
        "check_level": {"level": 0.5},
    },
    squarem: {"squarem": {"y": Y, "start": TWO, "max_iter": 9, "tol": 1e-9, "floor": 0.1}},
    triage: {"triage": {**PAIR, "best": 1.0, "floor": 0.1}},
}
METHODS = {
    "Bootstrap.intervals": (REFITS.intervals, {"level": 0.9}),
    "Intervals.hold": (INTERVALS.hold, {"mixture": TWO}),
}
INTERNAL = {"orders"}
"""Take what others have checked: arrays of floats that match."""
CALLS = {
    **{
        f"{module.__name__.rpartition('.')[2]}.{name}": (getattr(module, name), good)
        for module, functions in GOOD.items()
        for name, good in functions.items()
    },
    **METHODS,
}
CASES = [(name, argument) for name, (_, good) in CALLS.items() for argument in good]


def numbers_in(answer):
    """Yield all the arrays and numbers in an answer."""
    if is_dataclass(answer):
        for field in fields(answer):
            yield from numbers_in(getattr(answer, field.name))
    elif isinstance(answer, Mixture):
        yield from (answer.weights, answer.means, answer.variances)
    elif isinstance(answer, dict):
        for each in answer.values():
            yield from numbers_in(each)
    elif isinstance(answer, (tuple, list)):
        for each in answer:
            yield from numbers_in(each)
    elif not isinstance(answer, (str, type(None))):
        yield np.asarray(answer, dtype=float)


@pytest.mark.parametrize(("name", "argument"), CASES, ids=[".".join(case) for case in CASES])
def test_what_is_hostile_is_refused_by_name_or_gives_numbers(name, argument):
    function, good = CALLS[name]
    faults = []
    for what, value in [*HOSTILE.items(), ("generator", generator())]:
        try:
            answer = function(**{**good, argument: value})
        except (TypeError, ValueError) as error:
            first = re.split(r"\W", str(error))[0]
            if first not in inspect.signature(function).parameters or "must" not in str(error):
                faults.append(f"{what}: {error!r}")
        except (Exception, Warning) as error:  # whatever it is, it is named below
            faults.append(f"{what}: {error!r}")
        else:
            # A gap may be infinite: nothing is near. Nothing is ever NaN.
            if any(np.isnan(part).any() for part in numbers_in(answer)):
                faults.append(f"{what}: NaN")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", CALLS)
def test_the_good_arguments_are_good_and_all_there(name):
    function, good = CALLS[name]
    assert [part.size for part in numbers_in(function(**good))] or name == "triage.triage"
    assert set(good) <= set(inspect.signature(function).parameters)
    left_out = {"tol", "max_iter", "best"} if name == "basins.way" else set()
    assert set(inspect.signature(function).parameters) - left_out == set(good)


@pytest.mark.parametrize("module", GOOD, ids=lambda module: module.__name__)
def test_every_public_function_is_in_the_table(module):
    own = {
        name
        for name, part in vars(module).items()
        if inspect.isfunction(part) and part.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own - INTERNAL == set(GOOD[module])
