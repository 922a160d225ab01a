"""What right means for the loop of lesson 05: the log-likelihood, and EM itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson.em import log_likelihood
from gmm_lesson.exercises import mistakes
from gmm_lesson.exercises.inputs import BY_HAND, FOUR_MIXED, THREE_MIXED
from gmm_lesson.exercises.judging import Case, Exercise, Reading, read_array, read_parts
from gmm_lesson.exercises.rules import (
    PARAMETERS,
    RUN,
    ends_where_it_says,
    finite_number,
    joined_run,
    never_falls,
    one_number,
    run_of_a_step,
    run_of_all_classes,
    run_of_finite_numbers,
    run_of_mixtures,
    split_run,
    starts_with_the_start,
    steps_as_the_textbook,
    stops_by_tol,
)
from gmm_lesson.mixture import Mixture


def _log_likelihood(y: Any, weights: Any, means: Any, variances: Any) -> float:
    return log_likelihood(y, Mixture(weights, means, variances))


LOG_LIKELIHOOD = Exercise(
    check="log_likelihood",
    arguments=("y", "weights", "means", "variances"),
    answer="the log-likelihood",
    right=_log_likelihood,
    read=lambda raw, _: read_array(raw, wanted="number"),
    rules=(one_number, finite_number),
    mistakes=mistakes.LOG_LIKELIHOOD,
    pairs=mistakes.log_likelihood_pairs(),
    # Where it is no edge, no object is so far from all classes that a trace beside its density shows.
    cases=(
        Case("one object of one class", ([2], [1], [1], [4])),
        Case("one object", ([1], [0.5, 0.5], [1, 3], [1, 1])),
        Case("two objects of one class", ([1, 4], [1], [2], [4])),
        Case("the example to do by hand", BY_HAND),
        Case("weights .9 and .1", ([2], [0.9, 0.1], [1, 3], [1, 1])),
        Case("unequal variances", ([2, 0], [0.5, 0.5], [0, 3], [1, 4])),
        Case("a wide class round a narrow one", ([-4, -2], [0.5, 0.5], [0, 3], [1, 9])),
        Case("densities above one", ([0, 0.1, 1.05], [0.3, 0.7], [0, 1], [0.01, 0.04])),
        Case("three classes", THREE_MIXED),
        Case("three objects in three classes", ([0, 1.5, 4], [0.6, 0.3, 0.1], [4, 0, 1], [1, 4, 0.25])),
        Case(
            "twelve objects in four classes",
            FOUR_MIXED,
        ),
        Case("four hundred objects", ([i % 20 for i in range(400)], [0.4, 0.6], [4, 13], [9, 16]), edge=True),
        Case("a far-away object", ([60], [0.5, 0.5], [0, 5], [1, 1]), edge=True),
        Case("a far-away object beside a near one", ([0, 60], [0.9, 0.1], [0, 5], [1, 1]), edge=True),
        Case("an object very far away", ([-1000], [0.3, 0.7], [0, 5], [1, 1]), edge=True),
        Case("unequal variances", ([1, 2, 3], [0.5, 0.5], [1, 4], [1, 4]), form="whole numbers"),
    ),
)


def _read_run(raw: Any, given: dict[str, Any]) -> Reading:
    """Read weights, means, variances and log-likelihoods; a Mixture, or a triple, may stand for the first."""
    if isinstance(raw, (tuple, list)) and len(raw) == 2:
        first, log_likelihoods = raw
        if isinstance(first, Mixture):
            raw = first.weights, first.means, first.variances, log_likelihoods
        elif isinstance(first, (tuple, list, np.ndarray)) and len(first) == 3:
            raw = *first, log_likelihoods
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    if not isinstance(raw, (tuple, list)) or len(raw) != len(RUN):
        return read_parts(raw, RUN, 0)
    parameters = read_parts(tuple(raw[:3]), PARAMETERS, len(given["means"]))
    lls = read_array(raw[3], RUN[3])
    if parameters.numbers is None or lls.numbers is None:
        return parameters if parameters.numbers is None else lls
    if lls.numbers.ndim > 1:
        return Reading(None, f"its {RUN[3]} are of shape {lls.numbers.shape}; wanted one row of numbers")
    run = joined_run(parameters.numbers, np.atleast_1d(lls.numbers))
    return Reading(run, parameters.complaint or lls.complaint)


EIGHT = [2, 4, 5, 8, 13, 15, 17, 21]
TWELVE = [-15, -13, -11, -8, -3, -1, 2, 3, 8, 10, 14, 16]
TWENTY = [
    *(-3.5, -2.3, -1.6, -1.1, -0.6, -0.2, 0.2, 0.6, 1.1, 1.4),
    *(1.6, 2.3, 2.7, 3.5, 3.5, 4.2, 4.8, 5.5, 6.3, 7.6),
]
"""Objects that more than one case has; the twenty are two classes that overlap so far that EM is slow."""

EM = Exercise(
    check="em",
    arguments=("y", "weights", "means", "variances", "tol"),
    answer="the last parameters and all the log-likelihoods",
    parts=RUN,
    split=split_run,
    right=mistakes.EMLoop(),
    read=_read_run,
    rules=(
        run_of_all_classes,
        run_of_a_step,
        starts_with_the_start,
        never_falls,
        steps_as_the_textbook,
        run_of_finite_numbers,  # after what may have led there
        run_of_mixtures,
        ends_where_it_says,
        stops_by_tol,
    ),
    mistakes=mistakes.EM,
    pairs=mistakes.em_pairs(),
    # No gain is near tol, so rounding decides nothing. Where it is no edge, the first step gains more than
    # tol: a loop with the comparison the wrong way round ends there. A dozen objects at most and under ten
    # steps, so that plain Python is judged at once, and a loop with a limit of ten steps or more is right.
    cases=(
        Case("one class", ([1, 2, 6], [1], [2], [4], 0.1)),
        Case("two classes far apart", ([0, 3, 12, 18], [0.6, 0.4], [2, 12], [9, 4], 0.15)),
        Case("two classes that overlap", ([-4, -1, 0, 2, 3, 7, 9, 13], [0.3, 0.7], [-1, 6], [4, 9], 0.025)),
        Case("eight objects", (EIGHT, [0.5, 0.5], [6, 12], [9, 16], 0.002)),
        Case("three classes", (TWELVE, [0.2, 0.3, 0.5], [-9, 1, 8], [4, 2.25, 9], 0.05)),
        Case("three classes with a smaller tol", (TWELVE, [0.2, 0.3, 0.5], [-9, 1, 8], [4, 2.25, 9], 0.003)),
        Case(
            "a start that one step hardly improves",
            (EIGHT, [0.49, 0.51], [4.7, 16.4], [4.6, 9.7], 0.05),
            edge=True,
        ),
        Case("a slow climb", (TWENTY, [0.5, 0.5], [-1, 4.5], [5, 5], 4.04e-5), edge=True),
        Case(
            "seven objects", ([1, 2, 3, 5, 9, 10, 12], [0.5, 0.5], [3, 8], [4, 9], 0.03), form="whole numbers"
        ),
    ),
)
