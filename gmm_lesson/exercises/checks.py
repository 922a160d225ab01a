"""What right means: for each function that a learner writes, its inputs and what must hold of its answer.

A check is an `Exercise` and three lines in `Checks`. To add one: name the arguments, give the right
function, list the inputs from the smallest up, and its mistakes in `mistakes.py`. The tests then run
every mistake through it and ask that no two give the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import e_step
from gmm_lesson.exercises import mistakes
from gmm_lesson.exercises.judging import Case, Exercise, judge
from gmm_lesson.exercises.verdict import Verdict
from gmm_lesson.mixture import Mixture

# What must hold of any responsibilities.


def row_for_each_object(given: dict[str, Any], r: Array) -> str | None:
    """Say so if r is not of shape (N, K)."""
    wanted = (len(given["y"]), len(given["means"]))
    if r.shape == wanted:
        return None
    return (
        f"an array of shape {wanted} is wanted, a row for each object and a column for each class;"
        f" yours is of shape {r.shape}"
    )


def finite(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is a NaN or an infinity."""
    del given
    if np.isfinite(numbers).all():
        return None
    odd = numbers[~np.isfinite(numbers)]
    return (
        f"every entry should be a finite number; {odd.size} of yours {'is' if odd.size == 1 else 'are'} not"
    )


def not_negative(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is an entry below zero."""
    del given
    if not (numbers < -1e-9).any():  # a NaN is not below zero: `finite` says so
        return None
    return f"no entry should be below 0; your smallest is {np.nanmin(numbers):.4g}"


def rows_sum_to_one(given: dict[str, Any], r: Array) -> str | None:
    """Say so if a row does not sum to one."""
    del given
    sums = r.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) <= 1e-4:
        return None
    return f"every row should sum to 1; your row {worst} sums to {sums[worst]:.4g}"


def _e_step(y: Any, weights: Any, means: Any, variances: Any) -> Array:
    return e_step(y, Mixture(weights, means, variances))


E_STEP = Exercise(
    check="e_step",
    arguments=("y", "weights", "means", "variances"),
    answer="the responsibilities",
    right=_e_step,
    rules=(row_for_each_object, finite, not_negative, rows_sum_to_one),
    mistakes=mistakes.E_STEP,
    pairs=mistakes.e_step_pairs(),
    # From the smallest up, and each with one thing more than those before it: the first that fails is
    # shown, and its name is a hint in itself.
    cases=(
        Case("one object of one class", ([2], [1], [1], [4])),
        Case("one object", ([1], [0.5, 0.5], [1, 3], [1, 1])),
        Case("the example to do by hand", ([1, 2, 3], [0.5, 0.5], [1, 3], [1, 1])),
        Case("weights .9 and .1", ([2], [0.9, 0.1], [1, 3], [1, 1])),
        Case("unequal variances", ([2], [0.5, 0.5], [0, 3], [1, 4])),
        Case("a wide class round a narrow one", ([-4, -2], [0.5, 0.5], [0, 3], [1, 9])),
        Case("as many objects as classes", ([0.5, 3], [0.7, 0.3], [0, 2], [0.25, 4])),
        Case("one class", ([1, 2, 5], [1], [2], [4])),
        Case("three classes", ([-1, 2.5], [0.2, 0.3, 0.5], [-2, 0, 3], [2.25, 0.49, 4])),
        Case("three objects in three classes", ([0, 1.5, 4], [0.6, 0.3, 0.1], [4, 0, 1], [1, 4, 0.25])),
        Case(
            "twelve objects in four classes",
            (
                [3.1, -0.4, 7.8, 2.2, 5.5, 0.9, 4.7, -1.3, 6.1, 1.6, 8.3, 3.9],
                [0.15, 0.4, 0.25, 0.2],
                [0.5, 3.2, 6.4, 2.1],
                [1.7, 0.8, 2.6, 5.3],
            ),
        ),
        Case("a far-away object", ([60], [0.5, 0.5], [0, 5], [1, 1]), edge=True),
        Case("a far-away object beside a near one", ([0, 60], [0.9, 0.1], [0, 5], [1, 1]), edge=True),
        Case("an object very far away", ([-1000], [0.3, 0.7], [0, 5], [1, 1]), edge=True),
        Case("unequal variances", ([1, 2, 3], [0.5, 0.5], [1, 4], [1, 4]), form="whole numbers"),
        Case("the example to do by hand", ([1, 2, 3], [0.5, 0.5], [1, 3], [1, 1]), form="lists"),
        Case("three classes", ([-1, 2.5], [0.2, 0.3, 0.5], [-2, 0, 3], [2.25, 0.49, 4]), form="lists"),
    ),
)

EXERCISES = (E_STEP,)
"""Every exercise: the tests run all of its mistakes through each."""


class Checks:
    """The checks of the course, one for each function that a learner writes: `check.e_step(my_e_step)`."""

    def e_step(self, function: object) -> Verdict:
        """Judge an E-step: a function of (y, weights, means, variances) that returns r.

        Parameters
        ----------
        function : callable
            Your function. It gets y, shape (N,), and weights, means and variances, shape (K,), as arrays
            or plain lists, and returns the responsibilities r, shape (N, K).

        Returns
        -------
        Verdict
            Right; not started; crashed; wrong in a way that we know, by name; or wrong in another way,
            with the smallest example found. It raises nothing, whatever the function does.
        """
        return judge(function, E_STEP)

    def __call__(self, *functions: object) -> None:
        """Say how a check is called."""
        raise TypeError(f"say which check: {_known()}")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no check.{name}; there is {_known()}")

    def __repr__(self) -> str:
        return f"the checks: {_known()}"


def _known() -> str:
    return ", ".join(f"check.{exercise.check}(my_{exercise.check})" for exercise in EXERCISES)


check = Checks()
