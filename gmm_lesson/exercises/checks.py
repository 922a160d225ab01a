"""What right means: for each function that a learner writes, its inputs and what must hold of its answer.

A check is an `Exercise`, three lines in `Checks` and its name in `CHECKS`. To add one: name the arguments,
give the right function, list the inputs from the smallest up, and its mistakes in `mistakes/`. The tests
then run every mistake through it and ask that no two give the same numbers. What is random is judged by
counting instead: see `chance.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import e_step
from gmm_lesson.exercises import chance, draw_classes, mistakes, sample_objects
from gmm_lesson.exercises.calling import SECONDS
from gmm_lesson.exercises.inputs import (
    BY_HAND,
    FOUR_MIXED,
    FOUR_SHARED,
    HAND_SHARES,
    LABELLED,
    THREE_MIXED,
    THREE_SHARED,
)
from gmm_lesson.exercises.judging import Case, Exercise, judge
from gmm_lesson.exercises.loops import EM, LOG_LIKELIHOOD
from gmm_lesson.exercises.readings import read_parameters, refused_by_mixture
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
from gmm_lesson.exercises.searches import BEST_RESTART, FLOORED_M_STEP, MATCH
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
        Case("the example to do by hand", BY_HAND),
        Case("weights .9 and .1", ([2], [0.9, 0.1], [1, 3], [1, 1])),
        Case("unequal variances", ([2], [0.5, 0.5], [0, 3], [1, 4])),
        Case("a wide class round a narrow one", ([-4, -2], [0.5, 0.5], [0, 3], [1, 9])),
        Case("as many objects as classes", ([0.5, 3], [0.7, 0.3], [0, 2], [0.25, 4])),
        Case("one class", ([1, 2, 5], [1], [2], [4])),
        Case("three classes", THREE_MIXED),
        Case("three objects in three classes", ([0, 1.5, 4], [0.6, 0.3, 0.1], [4, 0, 1], [1, 4, 0.25])),
        Case(
            "twelve objects in four classes",
            FOUR_MIXED,
        ),
        Case("a far-away object", ([60], [0.5, 0.5], [0, 5], [1, 1]), edge=True),
        Case("a far-away object beside a near one", ([0, 60], [0.9, 0.1], [0, 5], [1, 1]), edge=True),
        Case("an object very far away", ([-1000], [0.3, 0.7], [0, 5], [1, 1]), edge=True),
        Case("unequal variances", ([1, 2, 3], [0.5, 0.5], [1, 4], [1, 4]), form="whole numbers"),
        Case("the example to do by hand", BY_HAND, form="lists"),
        Case("three classes", THREE_MIXED, form="lists"),
    ),
)


M_STEP = Exercise(
    check="m_step",
    arguments=("y", "r"),
    optional=("means",),
    answer="the new weights, means and variances",
    parts=PARAMETERS,
    right=mistakes.MStep(),
    read=read_parameters,
    excused=refused_by_mixture,
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
        Case("the example to do by hand", (*HAND_SHARES, [1, 3])),
        Case("as many objects as classes", ([0.5, 3], [[0.8, 0.2], [0.3, 0.7]], [0, 2])),
        Case(
            "five labelled objects",
            (*LABELLED, [3, 6]),
        ),
        Case(
            "a large class and a small one",
            ([2, 4, 5, 9], [[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8]], [3, 8]),
        ),
        Case("three objects of one class", ([1, 2, 6], [[1], [1], [1]], [2])),
        Case(
            "three classes",
            (*THREE_SHARED, [-1, 1, 4]),
        ),
        Case(
            "three objects in three classes",
            ([4, -1.5, 0], [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15]], [3, 1, -1]),
        ),
        Case(
            "twelve objects in four classes",
            (*FOUR_SHARED, [0.5, 3.2, 6.4, 2.1]),
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
            (*LABELLED, [3, 6]),
            form="whole numbers",
        ),
        Case(
            "the example to do by hand",
            (*HAND_SHARES, [1, 3]),
            form="lists",
        ),
        Case(
            "five labelled objects",
            (*LABELLED, [3, 6]),
            form="lists",
        ),
    ),
)

EXERCISES = (E_STEP, M_STEP, LOG_LIKELIHOOD, EM, BEST_RESTART, MATCH, FLOORED_M_STEP)
"""Every exercise: the tests run all of its mistakes through each."""

CHECKS = (
    "draw_classes",
    "sample_objects",
    "e_step",
    "m_step",
    "log_likelihood",
    "em",
    "best_restart",
    "match",
    "floored_m_step",
)
"""Every check, in the order of the lessons."""


class Checks:
    """The checks of the course, one for each function that a learner writes: `check.e_step(my_e_step)`.

    Parameters
    ----------
    seconds : float
        How long a function may take in one check, all its calls together.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds

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
        return chance.judge(function, draw_classes.EXERCISE, rng=rng, seconds=self.seconds)

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
        return chance.judge(function, sample_objects.EXERCISE, rng=rng, seconds=self.seconds)

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
        return judge(function, E_STEP, self.seconds)

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
        return judge(function, M_STEP, self.seconds)

    def log_likelihood(self, function: object) -> Verdict:
        """Judge a log-likelihood: a function of (y, weights, means, variances) that returns a number.

        Parameters
        ----------
        function : callable
            Your function. It gets y, shape (N,), and weights, means and variances, shape (K,), as arrays,
            and returns the log-likelihood, one number: natural logarithms, summed over the
            objects.

        Returns
        -------
        Verdict
            As from `e_step`.
        """
        return judge(function, LOG_LIKELIHOOD, self.seconds)

    def em(self, function: object) -> Verdict:
        """Judge the EM loop: a function of (y, weights, means, variances, tol).

        Parameters
        ----------
        function : callable
            Your function. It gets y, shape (N,), and the start: weights, means and variances, shape (K,),
            as arrays. It takes E-steps and M-steps in turn until one of each, a step, raises
            the total log-likelihood by less than tol. It returns the weights, means and variances after the
            last step, and the list of log-likelihoods, the start's first: one more than there were steps.
            A Mixture may stand for the first three.

        Returns
        -------
        Verdict
            As from `e_step`. A variance around the means before the step is called by its own name.

        Notes
        -----
        Inputs on which the first step gains less than tol are tried last, and only if all is right on the
        others: a loop that ends too early here may not end at all there.
        """
        return judge(function, EM, self.seconds)

    def best_restart(self, function: object) -> Verdict:
        """Judge a search: a function of (draw, run, restarts) that returns the best of several runs.

        Parameters
        ----------
        function : callable
            Your function. It gets `draw`, which returns a new start every time it is called: weights, means
            and variances, shape (K,); `run`, which takes these three and returns those where EM ended, and
            the log-likelihood there; and how many restarts to make. It returns the weights, means,
            variances and log-likelihood of the best run. A Mixture may stand for the first three.

        Returns
        -------
        Verdict
            As from `e_step`. A run whose log-likelihood is NaN is none to choose; of two that are equally
            good, either is right. More calls than there are restarts are not.
        """
        return judge(function, BEST_RESTART, self.seconds)

    def match(self, function: object) -> Verdict:
        """Judge a matching: a function of (true_means, true_sds, means, sds) that returns means and sds.

        Parameters
        ----------
        function : callable
            Your function. It gets the means and sds of the true classes and those of the learned ones, each
            of shape (K,), as arrays. It returns the learned means and sds in the order of the
            true classes that they match: one learned class for each true one, so that the sum of
            (difference of means)^2 + (difference of sds)^2 over the pairs is smallest.

        Returns
        -------
        Verdict
            As from `e_step`.
        """
        return judge(function, MATCH, self.seconds)

    def floored_m_step(self, function: object) -> Verdict:
        """Judge an M-step with a floor: a function of (y, r, floor) that returns the new parameters.

        Parameters
        ----------
        function : callable
            Your function. It gets y, shape (N,), and the responsibilities r, shape (N, K), as
            arrays, and the smallest variance allowed. It returns the new weights, means and variances,
            each of shape (K,); a Mixture may stand for them.

        Returns
        -------
        Verdict
            As from `e_step`.
        """
        return judge(function, FLOORED_M_STEP, self.seconds)

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
