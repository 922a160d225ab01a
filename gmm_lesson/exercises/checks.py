"""What right means: for each function that a learner writes, its inputs and what must hold of its answer.

A check is an `Exercise`, three lines in `Checks` and its name in `CHECKS`. To add one: name the arguments,
give the right function, list the inputs from the smallest up, and its mistakes in `mistakes/`. The tests
then run every mistake through it and ask that no two give the same numbers. What is random is judged by
counting instead: see `sampling.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import e_step
from gmm_lesson.exercises import mistakes
from gmm_lesson.exercises.judging import Case, Exercise, Reading, judge, read_parts
from gmm_lesson.exercises.rules import (
    PARAMETERS,
    entry_for_each_class,
    finite,
    means_among_the_objects,
    not_negative,
    row_for_each_object,
    rows_sum_to_one,
    variances_not_negative,
    weights_sum_to_one,
)
from gmm_lesson.exercises.sampling import DRAW_CLASSES, SAMPLE_OBJECTS, judge_sampler
from gmm_lesson.exercises.verdict import Verdict
from gmm_lesson.mixture import Mixture


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


def _read_parameters(raw: Any, given: dict[str, Any]) -> Reading:
    if isinstance(raw, Mixture):
        raw = raw.weights, raw.means, raw.variances
    return read_parts(raw, PARAMETERS, len(given["r"][0]))


def _refused_by_mixture(error: BaseException, given: dict[str, Any]) -> bool:
    """Whether a variance of 0 is right here, and the error says that a Mixture has none."""
    said = str(error).startswith(("variances must be above 0", "floor must be above 0"))
    return isinstance(error, ValueError) and said and bool(mistakes.MStep()(**given)[2].min() < 1e-12)


M_STEP = Exercise(
    check="m_step",
    arguments=("y", "r"),
    optional=("means",),
    answer="the new weights, means and variances",
    parts=PARAMETERS,
    right=mistakes.MStep(),
    read=_read_parameters,
    excused=_refused_by_mixture,
    rules=(entry_for_each_class, finite, weights_sum_to_one, variances_not_negative, means_among_the_objects),
    mistakes=mistakes.M_STEP,
    pairs=mistakes.m_step_pairs(),
    # Whatever divides by N_k - 1, or gives each object to one class, has a number in every case that is no
    # edge: no N_k is 1 there, and every class is the likeliest of some object.
    cases=(
        Case("one object of one class", ([2], [[1]], [1]), edge=True),
        Case("one object in two classes", ([2], [[0.3, 0.7]], [1, 3]), edge=True),
        Case("two objects, one in each class", ([1, 3], [[1, 0], [0, 1]], [0, 4]), edge=True),
        Case("two objects of one class", ([1, 4], [[1], [1]], [2])),
        Case("the example to do by hand", ([1, 2, 3], [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]], [1, 3])),
        Case("as many objects as classes", ([0.5, 3], [[0.8, 0.2], [0.3, 0.7]], [0, 2])),
        Case(
            "five labelled objects",
            ([2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]], [3, 6]),
        ),
        Case(
            "a large class and a small one",
            ([2, 4, 5, 9], [[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8]], [3, 8]),
        ),
        Case("three objects of one class", ([1, 2, 6], [[1], [1], [1]], [2])),
        Case(
            "three classes",
            (
                [-2, 0.5, 3, 4.5],
                [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.15, 0.75], [0.05, 0.35, 0.6]],
                [-1, 1, 4],
            ),
        ),
        Case(
            "three objects in three classes",
            ([4, -1.5, 0], [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15]], [3, 1, -1]),
        ),
        Case(
            "twelve objects in four classes",
            (
                [3.1, -0.4, 7.8, 2.2, 5.5, 0.9, 4.7, -1.3, 6.1, 1.6, 8.3, 3.9],
                [
                    [0.1, 0.6, 0.1, 0.2],
                    [0.9, 0.05, 0, 0.05],
                    [0, 0.1, 0.7, 0.2],
                    [0.3, 0.2, 0.05, 0.45],
                    [0, 0.35, 0.6, 0.05],
                    [0.55, 0.15, 0, 0.3],
                    [0.05, 0.7, 0.15, 0.1],
                    [0.85, 0, 0, 0.15],
                    [0, 0.2, 0.65, 0.15],
                    [0.25, 0.15, 0, 0.6],
                    [0, 0, 0.9, 0.1],
                    [0.1, 0.55, 0.1, 0.25],
                ],
                [0.5, 3.2, 6.4, 2.1],
            ),
        ),
        Case(
            "far from zero",
            ([999.5, 1001, 1000.25, 998.75], [[0.8, 0.2], [0.1, 0.9], [0.4, 0.6], [0.7, 0.3]], [999, 1000]),
            edge=True,
        ),
        Case(
            "a class with almost no objects",
            ([20, 30, 60], [[0.9998, 0.0002], [0.9997, 0.0003], [0.9995, 0.0005]], [25, 50]),
            edge=True,
        ),
        Case(
            "five labelled objects",
            ([2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]], [3, 6]),
            form="whole numbers",
        ),
        Case(
            "the example to do by hand",
            ([1, 2, 3], [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]], [1, 3]),
            form="lists",
        ),
        Case(
            "five labelled objects",
            ([2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]], [3, 6]),
            form="lists",
        ),
    ),
)

EXERCISES = (E_STEP, M_STEP)
"""Every exercise: the tests run all of its mistakes through each."""

CHECKS = ("draw_classes", "sample_objects", "e_step", "m_step")
"""Every check, in the order of the lessons."""


class Checks:
    """The checks of the course, one for each function that a learner writes: `check.e_step(my_e_step)`."""

    def draw_classes(self, function: object, *, rng: np.random.Generator | int = 0) -> Verdict:
        """Judge a draw of classes: a function of (n, weights, rng) that returns z.

        Parameters
        ----------
        function : callable
            Your function. It gets n, the weights, shape (K,), as an array or a plain list, and a numpy
            Generator, and returns the classes z of n independent objects, shape (n,), each one of 0..K-1.
        rng : numpy.random.Generator or int
            Where the seeds come from of the generators that your function is run on. A seed gives the
            same Verdict every time.

        Returns
        -------
        Verdict
            As from `e_step`, from counts over hundreds of runs. Over all seeds, a right function is
            called anything but right less often than once in a million.

        Raises
        ------
        TypeError, ValueError
            If `rng` is neither a generator nor a seed.
        """
        return judge_sampler(function, DRAW_CLASSES, rng=rng)

    def sample_objects(self, function: object, *, rng: np.random.Generator | int = 0) -> Verdict:
        """Judge a draw of objects: a function of (n, weights, means, variances, rng) that returns y and z.

        Parameters
        ----------
        function : callable
            Your function. It gets n, the weights, means and variances, shape (K,), as arrays or plain
            lists, and a numpy Generator. It returns the values y, shape (n,), and the classes z, shape
            (n,): z as in `draw_classes`, and y_i from the Gaussian of class z_i.
        rng : numpy.random.Generator or int
            As in `draw_classes`.

        Returns
        -------
        Verdict
            As from `draw_classes`.

        Raises
        ------
        TypeError, ValueError
            If `rng` is neither a generator nor a seed.
        """
        return judge_sampler(function, SAMPLE_OBJECTS, rng=rng)

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

    def m_step(self, function: object) -> Verdict:
        """Judge an M-step: a function of (y, r) that returns weights, means and variances.

        Parameters
        ----------
        function : callable
            Your function. It gets y, shape (N,), and the responsibilities r, shape (N, K), as arrays or
            plain lists; one that takes a third argument gets the means before the step too, shape (K,).
            It returns the new weights, means and variances, each of shape (K,).

        Returns
        -------
        Verdict
            As from `e_step`. A variance around the means before the step is called by its own name: it
            is no error, but it is not the maximiser of Q.
        """
        return judge(function, M_STEP)

    def __call__(self, *functions: object) -> None:
        """Say how a check is called."""
        raise TypeError(f"say which check: {_known()}")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no check.{name}; there is {_known()}")

    def __repr__(self) -> str:
        return f"the checks: {_known()}"


def _known() -> str:
    return ", ".join(f"check.{name}(my_{name})" for name in CHECKS)


check = Checks()
