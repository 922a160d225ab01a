"""What right means for the searches of lesson 06, the matching of lesson 07 and the floor of lesson 08."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises import mistakes
from gmm_lesson.exercises.inputs import FOUR_SHARED, HAND_SHARES, LABELLED, THREE_SHARED
from gmm_lesson.exercises.judging import Case, Exercise, Reading, Rule, _thing, read_array, read_parts
from gmm_lesson.exercises.mistakes.match import RIGHT as closest_pairs
from gmm_lesson.exercises.readings import read_parameters, refused_by_mixture
from gmm_lesson.exercises.restarting import Search, em_on, halfway
from gmm_lesson.exercises.rules import (
    PARAMETERS,
    entry_for_each_class,
    finite,
    joined_run,
    means_among_the_objects,
    split_run,
    variances_not_below_the_floor,
    variances_not_negative,
    weights_sum_to_one,
)
from gmm_lesson.mixture import Mixture

# The best of several restarts.

BEST = (*PARAMETERS, "log-likelihood")


def _read_best(raw: Any, given: dict[str, Any]) -> Reading:
    """Read parameters and a log-likelihood; beside them, how many starts and how many runs there were.

    A Mixture, or a triple, may stand for the parameters.

    What keeps no run at all (None, or nothing before the log-likelihood) is read as a mixture of no classes.
    A count of calls that is not right is a complaint: it is heard if the numbers are.
    """
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    if isinstance(raw, (tuple, list)) and len(raw) == 2:
        first, log_likelihood = raw
        if isinstance(first, Mixture):
            raw = first.weights, first.means, first.variances, log_likelihood
        elif isinstance(first, (tuple, list)) and len(first) == 3:
            raw = *first, log_likelihood
    draw, run, restarts = given["draw"], given["run"], given["restarts"]
    if raw is None or (isinstance(raw, (tuple, list)) and len(raw) != 1 and all(map(_is_empty, raw[:-1]))):
        nothing = f"it returns {_thing(raw)}, not four things: {', '.join(BEST)}"
        return Reading(joined_run(np.zeros((3, 0)), np.array([0.0, len(run.started), run.calls])), nothing)
    if not isinstance(raw, (tuple, list)) or len(raw) != len(BEST):
        return read_parts(raw, BEST, 0)
    if _is_a_number(raw[0]) and not _is_a_number(raw[3]):
        return Reading(None, f"its first part is one number; the order is {', '.join(BEST)}")
    parameters = read_parts(tuple(raw[:3]), PARAMETERS, draw.search.n_components)
    if parameters.numbers is None:
        return parameters
    number = read_array(raw[3], wanted="number").numbers
    if number is None or number.ndim > 0:
        return Reading(None, f"its log-likelihood is {_thing(raw[3])}, not one number")
    complaint = parameters.complaint
    if run.calls != restarts:
        complaint = complaint or f"it runs EM {_times(run.calls)} for {_of_them(restarts, 'restart')}"
    if draw.calls != restarts:
        complaint = (
            complaint or f"it draws {_of_them(draw.calls, 'start')} for {_of_them(restarts, 'restart')}"
        )
    numbers = np.array([float(number), len(run.started), run.calls])
    return Reading(joined_run(parameters.numbers, numbers), complaint)


def _is_empty(part: Any) -> bool:
    """Whether this is what a learner may set a part to before there is any."""
    return (
        part is None
        or (isinstance(part, (int, float)) and part == 0)
        or (isinstance(part, list) and not part)
    )


def _is_a_number(part: Any) -> bool:
    number = read_array(part).numbers
    return number is not None and number.ndim == 0


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _of_them(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _split_best(numbers: Array) -> list[Array]:
    """Return weights, means, variances, log-likelihood and number of starts; nothing if no run is kept."""
    *parameters, others = split_run(numbers)
    return [*parameters, others[0], np.array(int(others[1]))] if numbers[0] else []


def _parameters_of_best(rule: Rule) -> Rule:
    """Return a rule on the rows of an array (3, K) as one on a search's parameters."""

    def ruled(given: dict[str, Any], numbers: Array) -> str | None:
        parameters = np.array(split_run(numbers)[:3])
        return rule(given | {"r": [given["draw"]()[0]]}, parameters) if parameters.size else None

    return ruled


A = ([0.3, 0.7], [0.5, 4.0], [2.0, 1.5])
A_TOO = ([0.3, 0.7], [1.5, 6.0], [2.0, 1.5])
B = ([0.6, 0.4], [2.0, 7.0], [3.0, 1.0])
C = ([0.8, 0.2], [3.0, 3.0], [1.5, 4.0])
D = ([0.4, 0.6], [-2.0, 9.0], [2.0, 2.5])
E = ([0.7, 0.3], [1.0, 5.5], [1.2, 1.0])
"""Starts for `halfway` to means of 1 and 5, by how high their runs get: E first, then A, B, C and D."""

LAST = (C, B, A, E)
OBJECTS = [0.2, 0.9, 1.4, 1.6, 2.3, 4.1, 4.8, 5.5, 8.7, 9.0, 9.2, 9.9]


def _search(starts: tuple[Any, ...], restarts: int, level: float, **more: float) -> tuple[Any, ...]:
    return Search(starts, restarts, halfway([1, 5], level, **more)).values()


BEST_RESTART = Exercise(
    check="best_restart",
    arguments=("draw", "run", "restarts"),
    answer="the best run",
    parts=(*BEST, "starts"),
    split=_split_best,
    right=mistakes.BestRestart(),
    read=_read_best,
    rules=(
        _parameters_of_best(entry_for_each_class),
        finite,
        _parameters_of_best(weights_sum_to_one),
        _parameters_of_best(variances_not_negative),
    ),
    mistakes=mistakes.BEST_RESTART,
    pairs=mistakes.best_restart_pairs(),
    # After the last start that is asked for comes, as a rule, a better one. The best log-likelihoods are of
    # every size: whatever the best is set to at first, there are runs below it.
    cases=(
        Case("one restart", _search((A, E), 1, -5.5)),
        Case("the best run comes last", _search(LAST, 3, -59.0)),
        Case("the best run comes first", _search((A, D, B, E), 3, -740.0)),
        Case("the best run is neither", _search((B, A, D, C, E), 4, -5200.0)),
        Case("log-likelihoods above zero", _search((B, A, C, E), 3, 40.0)),
        Case("log-likelihoods above zero and below", _search((B, D, A, C, E), 4, 12.0)),
        Case("very many objects", _search((B, A, C, E), 3, -2e7, slope=1e5)),
        Case("two runs end at one place", _search((C, A, B, A_TOO, E), 4, -5.5)),
        Case(
            "three classes",
            Search(
                (
                    ([0.5, 0.2, 0.3], [1.0, 3.0, 12.0], [2.0, 1.5, 3.0]),
                    ([0.2, 0.6, 0.2], [-1.0, 5.0, 9.5], [1.2, 2.0, 0.5]),
                    ([0.1, 0.3, 0.6], [2.0, 7.0, 6.0], [4.0, 1.0, 2.0]),
                    ([0.3, 0.3, 0.4], [0.2, 4.1, 9.0], [1.1, 1.0, 1.2]),
                ),
                3,
                halfway([0, 4, 9], -59.0),
            ).values(),
        ),
        Case(
            "EM on twelve objects",
            Search(
                (
                    ([0.3, 0.7], [0.2, 1.4], [9.0, 4.0]),
                    ([0.5, 0.5], [0.2, 0.9], [1.0, 1.0]),
                    ([0.4, 0.6], [5.5, 4.8], [1.0, 6.0]),
                    ([0.6, 0.4], [2.3, 9.0], [4.0, 1.0]),
                ),
                3,
                em_on(OBJECTS, 12),
            ).values(),
        ),
        Case("a run that ends with NaN comes first", _search((D, C, A, B, E), 4, -5.5, lost=-2.0), edge=True),
        Case("a run that ends with NaN comes last", _search((A, C, B, D, E), 4, -5.5, lost=-2.0), edge=True),
        Case(
            "a run that ends with NaN comes between", _search((A, B, D, C, E), 4, -5.5, lost=-2.0), edge=True
        ),
    ),
)

# Learned classes in the order of the true ones.

MEANS_AND_SDS = ("means", "sds")


def _read_match(raw: Any, given: dict[str, Any]) -> Reading:
    """Read means and sds, the rows of an array (2, K); places of classes are a row of their own, (K,)."""
    k = len(given["means"])
    if isinstance(raw, (tuple, list, np.ndarray)) and len(raw) == k and np.ndim(raw[0]) == 0:
        places = np.asarray(raw)
        if places.dtype.kind in "iuf" and places.ndim == 1:
            return Reading(places.astype(float), f"it returns {_thing(raw)}, not two things: means, sds")
    return read_parts(raw, MEANS_AND_SDS, k)


def _pair_for_each_class(given: dict[str, Any], pairs: Array) -> str | None:
    """Say so if the parts are not of length K."""
    wanted = len(given["means"])
    if pairs.ndim == 1 or pairs.shape[1] == wanted:
        return None
    return (
        f"every part should be of length {wanted}, an entry for each true class;"
        f" yours are of length {pairs.shape[1]}"
    )


def _pairs_that_were_learned(given: dict[str, Any], pairs: Array) -> str | None:
    """Say so if a mean and an sd do not belong to one learned class, or two pairs to the same."""
    if pairs.ndim == 1:
        return None
    learned = np.column_stack([given["means"], given["sds"]])
    used = np.zeros(len(learned))
    for mean, sd in pairs.T:
        same = np.isclose(learned, [mean, sd], rtol=1e-6, atol=1e-5).all(axis=1)
        if not same.any():
            return (
                "every mean should stand beside the sd of the same learned class;"
                f" none has the mean {mean:.4g} and the sd {sd:.4g}"
            )
        used[same.argmax()] += 1
        if used.max() > 1:
            return f"every learned class should come once; that with the mean {mean:.4g} comes twice"
    return None


def _no_pairs_are_closer(given: dict[str, Any], pairs: Array) -> str | None:
    """Say so if another pairing has a smaller sum of squared differences."""
    if pairs.ndim == 1:
        return None
    names = ("true_means", "true_sds", "means", "sds")
    true, best = (
        np.array([given["true_means"], given["true_sds"]]),
        closest_pairs(*(given[name] for name in names)),
    )
    yours, least = ((pairs - true) ** 2).sum(), ((best - true) ** 2).sum()
    if yours < least * (1 + 1e-6) + 1e-5:
        return None
    return f"the squared differences within your pairs sum to {yours:.4g}; the least is {least:.4g}"


MATCH = Exercise(
    check="match",
    arguments=("true_means", "true_sds", "means", "sds"),
    answer="the learned means and sds in the order of the true classes",
    parts=MEANS_AND_SDS,
    split=lambda pairs: list(pairs) if pairs.ndim == 2 else [],
    right=closest_pairs,
    read=_read_match,
    rules=(_pair_for_each_class, finite, _pairs_that_were_learned, _no_pairs_are_closer),
    mistakes=mistakes.MATCH,
    # No two pairings are equally good, by whatever distance the known mistakes go; but for the edge. Where
    # there are several classes, sds do not rise with means: sorted apart, they make pairs that none has.
    cases=(
        Case("one class", ([5], [2], [5.5], [1.8])),
        Case("two classes the other way round", ([1, 6], [2, 1], [6.4, 1.2], [1.1, 1.7])),
        Case("three classes", ([8, 1, 4], [0.5, 1.5, 1], [1.3, 4.2, 7.6], [1.7, 1.1, 0.6])),
        Case("two means that are almost equal", ([5, 9, 5.3], [1, 2, 3], [8.7, 5.6, 5.1], [1.8, 1.2, 2.7])),
        Case(
            "one learned class is the nearest of two true ones",
            ([8, 2, 7], [1, 2.5, 3], [2.5, 3.8, 8.1], [2.2, 1.6, 3.2]),
        ),
        Case(
            "what one class wants and another needs",
            ([4, 2, 9], [4, 1, 3], [2.3, 8.8, 7.6], [4.3, 1.9, 1.1]),
        ),
        Case("three classes close together", ([6, 7, 8.2], [3, 1.5, 1], [6.6, 7.3, 4.2], [1, 3.4, 2.4])),
        Case(
            "three classes that are badly learned",
            ([1, 11, 6], [0.5, 3.5, 2], [8.6, 0.2, 12], [2.9, 1.3, 2.4]),
        ),
        Case("four classes", ([2, 9, 5, 14], [1, 2, 0.5, 3], [13.5, 2.2, 8.9, 5.3], [2.6, 1.3, 1.7, 0.6])),
        Case(
            "four classes close together",
            ([7, 8, 2, 10], [2.5, 4, 2, 0.5], [9.7, 5.6, 8.8, 3.1], [2.7, 4.9, 3.5, 2.1]),
        ),
        Case(
            "four classes that are badly learned",
            ([3, 5, 7, 10], [0.5, 4, 1, 1.5], [13.5, 1.6, 9.4, 4.7], [2.3, 0.8, 1.1, 4.9]),
        ),
        # Pairs exchanged until no exchange helps, classes that would lose most first, and other powers or
        # scales of the differences come to the best pairs among four classes, and not among these.
        Case(
            "five classes that are badly learned",
            (
                [4.7, 5.5, 7.0, 3.6, 0.3],
                [2.3, 4.5, 5.0, 2.9, 0.8],
                [6.6, 7.2, 3.7, 2.9, 1.2],
                [4.0, 2.8, 4.6, 2.7, 4.9],
            ),
        ),
        Case(
            "five classes",
            (
                [2.1, 4.0, 7.0, 9.8, 8.6],
                [2.7, 1.4, 2.2, 2.4, 1.3],
                [2.7, 5.4, 8.5, 9.4, 9.0],
                [3.9, 1.8, 2.0, 2.3, 4.5],
            ),
        ),
        Case(
            "six classes",
            (
                [4.0, 0.6, 5.3, 3.3, 9.1, 8.0],
                [4.8, 3.7, 2.9, 1.4, 1.5, 4.1],
                [4.9, 5.6, 2.5, 8.6, 1.0, 9.2],
                [3.8, 4.9, 4.8, 3.4, 3.7, 3.5],
            ),
        ),
        Case("two means that are equal", ([3, 3, 7], [1, 4, 2], [3.2, 7.4, 2.9], [3.6, 1.8, 1.1]), edge=True),
        Case("three classes", ([8, 1, 4], [1, 3, 2], [2, 5, 7], [4, 3, 1]), form="whole numbers"),
    ),
)

# The M-step with a floor.

FLOORED_M_STEP = Exercise(
    check="floored_m_step",
    arguments=("y", "r", "floor"),
    answer="the new weights, means and variances",
    parts=PARAMETERS,
    right=mistakes.FlooredMStep(),
    read=read_parameters,
    excused=refused_by_mixture,
    rules=(
        entry_for_each_class,
        finite,
        weights_sum_to_one,
        variances_not_negative,
        variances_not_below_the_floor,
        means_among_the_objects,
    ),
    mistakes=mistakes.FLOORED_M_STEP,
    pairs=mistakes.floored_m_step_pairs(),
    # As for the M-step: no N_k is 1 where it is no edge, and every class is the likeliest of some object.
    cases=(
        Case("two objects of one class far apart", ([1, 4], [[1], [1]], 0.5)),
        Case("two objects of one class close together", ([1, 1.4], [[1], [1]], 0.5)),
        Case(
            "a floor below all variances",
            (*HAND_SHARES, 0.25),
        ),
        Case("a narrow class and a wide one", (*LABELLED, 0.6)),
        Case("three classes with a narrow one", (*THREE_SHARED, 3.5)),
        Case("a floor above all variances", (*THREE_SHARED, 9.0)),
        Case("four classes with two narrow ones", (*FOUR_SHARED, 2.5)),
        Case("twelve objects in four classes", (*FOUR_SHARED, 0.1)),
        Case("one object of one class", ([2], [[1]], 0.3), edge=True),
        Case("a class on one object", ([2, 5, 6, 8], [[1, 0], [0, 1], [0, 1], [0, 1]], 0.3), edge=True),
        Case(
            "a class on one object with a floor of 0", ([2, 5, 6], [[1, 0], [0, 1], [0, 1]], 0.0), edge=True
        ),
        Case("a floor of 0", (*THREE_SHARED, 0.0), edge=True),
        Case(
            "a class with almost no objects",
            ([20, 30, 60], [[0.9998, 0.0002], [0.9997, 0.0003], [0.9995, 0.0005]], 0.5),
            edge=True,
        ),
        Case("a narrow class and a wide one", (*LABELLED, 1), form="whole numbers"),
    ),
)
