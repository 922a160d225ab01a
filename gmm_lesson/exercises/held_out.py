"""The held-out log-likelihood of lesson 09: what a right one is, and the wrong ones that we know."""

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import log_likelihood
from gmm_lesson.exercises.e_step import TWELVE
from gmm_lesson.exercises.kit import Case, Exercise, each, read_array
from gmm_lesson.exercises.log_likelihood import broken
from gmm_lesson.mixture import Mixture


def fit(y: Any) -> tuple[Array, Array, Array]:
    """Return weights, means and variances of one class."""
    return np.ones(1), np.mean(y, keepdims=True), np.var(y, keepdims=True) + 0.5


def score(y: Any, weights: Any, means: Any, variances: Any) -> float:
    """Return the log-likelihood of objects."""
    return log_likelihood(y, Mixture(weights, means, variances))


fit.told = lambda: "fit(y) returns weights, means, variances"  # type: ignore[attr-defined]
score.told = lambda: "score(y, weights, means, variances)"  # type: ignore[attr-defined]


def case(name: str, y: list[float], fold: list[int]) -> Case:
    """Return an input; folds are whole numbers in every form."""
    return Case(name, (y, lambda: np.array(fold), lambda: fit, lambda: score))


EXERCISE = Exercise(
    lesson=9.2,
    about="""Judge a cross-validation: a function of (y, fold, fit, score) that returns a number.

    It gets objects y, shape (N,); the fold of each, whole numbers from 0, shape (N,); fit(y), which returns
    the weights, means and variances of a mixture fitted to y; and score(y, weights, means, variances), their
    log-likelihood. It returns the log-likelihood of all objects, each scored by the fit to the other folds.
    """,
    program="""
def my_held_out(y, fold, fit, score):
    folds = np.unique(fold)
    scores = [score(y[fold == f], *fit(y[fold != f])) for f in folds]
    total = sum(scores)
    return total
""",
    answer="the held-out log-likelihood",
    read=lambda raw, _: read_array(raw, wanted="number"),
    broken=broken,
    cases=(
        case("two folds", [1, 2, 4, 7], [0, 1, 0, 1]),
        case("three folds of unequal size", [1, 2, 4, 7, 9, 10, 12], [0, 0, 0, 1, 1, 2, 0]),
        case("four folds", TWELVE, [0, 1, 2, 3] * 3),
        case("each object a fold", [0.5, 3, 4, 9], [0, 1, 2, 3]),
    ),
    table=f"""
judged-on-the-same-objects: A fit is judged by objects that it was made of, and by no others.
    fold != f -> fold == f
    fold == f -> fold != f
    y[fold != f] -> y
judged-by-all-objects: Objects that a fit was made of are among those that judge it.
    y[fold == f] -> y
fitted-to-the-held-out: Each fit is made of one fold alone, and all the others judge it.
    fold == f -> fold != f && fold != f -> fold == f
one-fold-only: Not every object is held out once: only those of one fold are, or of all folds but one.
    in folds -> {each("in folds{}", ("[:1]", "[-1:]", "[1:]", "[:-1]"))}
averaged: The number is that of an average object or fold, or sums averages, and is not that of all together.
    total = np.mean(scores) | sum(scores) / len(y)
    for f in folds -> / (fold == f).sum() for f in folds | / np.mean(fold == f) for f in folds
sign-reversed: The number has the right size and the opposite sign.
    return -total
""",
)
