"""The checks of the course, `check.e_step(my_e_step)` and so on: one for every file with an EXERCISE."""

import importlib
import inspect
import pkgutil
import sys
from typing import Any

import numpy as np

from gmm_lesson.exercises import chance
from gmm_lesson.exercises.answer_sheet import answer_sheet
from gmm_lesson.exercises.judge import judge
from gmm_lesson.exercises.kit import Exercise
from gmm_lesson.exercises.learner import SECONDS
from gmm_lesson.exercises.review import review
from gmm_lesson.exercises.verdict import Verdict


def _exercises() -> tuple[Exercise, ...]:
    # Every exercise that a file beside this one declares, in the order of the lessons.
    files = pkgutil.iter_modules(sys.modules[__name__.rpartition(".")[0]].__path__)
    names = [name for _, name, _ in files if not name.endswith(("checks", "labs"))]
    modules = [importlib.import_module(f"gmm_lesson.exercises.{name}") for name in names]
    found = [module.EXERCISE for module in modules if hasattr(module, "EXERCISE")]
    return tuple(sorted(found, key=lambda exercise: (exercise.lesson, exercise.check)))


EXERCISES = _exercises()
CHECKS = tuple(exercise.check for exercise in EXERCISES)  # in the order of the lessons
KNOWN = ", ".join(f"check.{name}(my_{name})" for name in (*CHECKS, "review")) + ", check.answer_sheet(...)"

DOC = """

It returns a Verdict: right; not started; crashed; wrong in a way that we know, by name, or in another way,
with the smallest example found. It raises nothing, whatever the function does.
"""
RNG = """
The function is run hundreds of times, on generators whose seeds come from `rng`, a numpy Generator or a seed;
all else is a TypeError or ValueError. Over all seeds, a right function is called anything but right less
often than once in a million.
"""


class Checks:
    """The checks of the course, one for each function that a learner writes: `check.e_step(my_e_step)`.

    A function may take so many `seconds` in one check, all its calls together.
    """

    review = staticmethod(review)
    answer_sheet = staticmethod(answer_sheet)  # of lesson 13: it judges no function

    def __init__(self, seconds: float = SECONDS) -> None:
        for exercise in EXERCISES:
            setattr(self, exercise.check, _check(exercise, seconds))

    def __call__(self, *functions: object) -> None:
        """Say how a check is called."""
        raise TypeError(f"say which check: {KNOWN}")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no check.{name}; there is {KNOWN}")

    def __repr__(self) -> str:
        return f"the checks: {KNOWN}"


def _check(exercise: Exercise, seconds: float) -> Any:
    def check(function: object) -> Verdict:
        return judge(function, exercise, seconds)

    def check_by_chance(function: object, *, rng: np.random.Generator | int = 0) -> Verdict:
        return chance.judge(function, exercise, rng=rng, seconds=seconds)

    random = exercise.cases[0].runs > 0
    made = check_by_chance if random else check
    made.__doc__ = inspect.cleandoc(exercise.about) + DOC + RNG * random
    made.__name__ = made.__qualname__ = exercise.check
    return made


check = Checks()
