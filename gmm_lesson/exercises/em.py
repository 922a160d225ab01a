"""The loop of lesson 05, EM from a start: what a right one is, and the wrong ones that we know.

What is wrong inside a step is the business of the checks of the steps: this one says which to run.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises import e_step, log_likelihood, m_step
from gmm_lesson.exercises.kit import (
    Case,
    Exercise,
    Function,
    Mistake,
    Reading,
    edited,
    read_array,
    read_parts,
)
from gmm_lesson.exercises.rules import PARAMETERS, variances_not_negative, weights_sum_to_one
from gmm_lesson.mixture import Mixture

PROGRAM = """
def my_em(y, weights, means, variances, tol):
    log_likelihoods = [log_likelihood(y, weights, means, variances)]
    gain = np.inf
    while gain >= tol:
        r = e_step(y, weights, means, variances)
        weights, means, variances = m_step(y, r)
        log_likelihoods.append(log_likelihood(y, weights, means, variances))
        gain = log_likelihoods[-1] - log_likelihoods[-2]
    return weights, means, variances, log_likelihoods
"""

STEPS = {"e_step": e_step.EXERCISE, "m_step": m_step.EXERCISE, "log_likelihood": log_likelihood.EXERCISE}

# The plain formulas, for objects that are not far away.
share, score = STEPS["e_step"].function({}), STEPS["log_likelihood"].function({})
refit = functools.partial(STEPS["m_step"].function({}), means=None)

# Pieces of the program, and what its mistakes say instead.
LL = "log_likelihood(y, weights, means, variances)"
FIRST, ANEW = f"[{LL}]", f"append({LL})"
UNTIL = "while gain >= tol"
SHARE = "r = e_step(y, weights, means, variances)"
REFIT = "weights, means, variances = m_step(y, r)"
GAIN = "log_likelihoods[-1] - log_likelihoods[-2]"
LLS = "variances, log_likelihoods"
BACK = f"return weights, means, {LLS}"
JOINT = "joint(y, weights, means, variances)"

ONCE = {UNTIL: "for step in range(1)"}
LATE = {GAIN: "log_likelihoods[-2] - log_likelihoods[-3] if log_likelihoods[2:] else np.inf"}
KEPT = {SHARE: f"old = weights, means, variances; {SHARE}"}


def alone(*ways: Mapping[str, str]) -> tuple[str, ...]:
    """Return ways as whole programs, which are paired with no other.

    Of two mistakes about the end of a loop one can undo the other.
    """
    return tuple(edited(PROGRAM, way) for way in ways)


def recorded(*expressions: str) -> list[dict[str, str]]:
    """Return the ways that record something else than the log-likelihood.

    It may fall, so that each is there twice: it ends the loop then, or goes on until it hardly changes.
    """
    ways = [{FIRST: f"[{it}]", ANEW: f"append({it})"} for it in expressions]
    return ways + [way | {GAIN: f"abs({GAIN})"} for way in ways]


def handed(*lists: str) -> list[dict[str, str]]:
    """Return the ways that hand over something else than the list of log-likelihoods."""
    return [{LLS: f"variances, {it}"} for it in lists]


def taken(*refits: str) -> list[dict[str, str]]:
    """Return the ways that take over something else than all three parameters; as in `recorded`, twice."""
    ways = [{REFIT: refit} for refit in refits]
    return ways + [way | {GAIN: f"abs({GAIN})"} for way in ways]


def moved(size: str) -> dict[str, str]:
    """Return the way that goes by how far the parameters `moved`, shape (3, K)."""
    now = "np.array([weights, means, variances])"
    return {SHARE: f"old = {now}; {SHARE}", f"gain = {GAIN}": f"moved = {now} - old; gain = {size}"}


# A run as one row of numbers: K, the parameters, shape (3, K), and the log-likelihoods.

PARTS = (*PARAMETERS, "log-likelihoods")


def read_run(raw: Any, given: dict[str, Any]) -> Reading:
    """Read weights, means, variances and log-likelihoods; a Mixture, or a triple, may stand for the first."""
    if isinstance(raw, (tuple, list)) and len(raw) == 2:
        first, lls = raw
        if isinstance(first, Mixture):
            raw = first.weights, first.means, first.variances, lls
        elif isinstance(first, (tuple, list, np.ndarray)) and len(first) == 3:
            raw = *first, lls
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    if not isinstance(raw, (tuple, list)) or len(raw) != len(PARTS):
        return read_parts(raw, PARTS, 0)
    parameters, lls = read_parts(tuple(raw[:3]), PARAMETERS, len(given["means"])), raw[3]
    if isinstance(lls, (tuple, list)):
        lls = [it.item() if isinstance(it, np.ndarray) and it.size == 1 else it for it in lls]
    listed = read_array(lls, PARTS[3])
    if parameters.numbers is None or listed.numbers is None:
        return parameters if parameters.numbers is None else listed
    if listed.numbers.ndim > 1:
        return Reading(None, f"its {PARTS[3]} are of shape {listed.numbers.shape}; wanted one row of numbers")
    k = parameters.numbers.shape[1]
    run = np.concatenate([[k], parameters.numbers.ravel(), np.atleast_1d(listed.numbers)])
    return Reading(run, parameters.complaint or listed.complaint)


def split_run(run: Array) -> list[Array]:
    """Return the parts of a run: weights, means and variances, shape (K,), and the log-likelihoods."""
    k = int(run[0])
    return [run[1 : k + 1], run[k + 1 : 2 * k + 1], run[2 * k + 1 : 3 * k + 1], run[3 * k + 1 :]]


def broken(given: dict[str, Any], run: Array) -> str | None:
    """Return what a run breaks that must hold of any, the coarsest first."""
    with np.errstate(all="ignore"):
        return next(_broken(given, *split_run(run)), None)


def _broken(given: dict[str, Any], *parts: Array) -> Iterator[str]:
    y, tol, start = given["y"], given["tol"], [given[name] for name in PARAMETERS]
    *parameters, lls = parts
    if len(parts[0]) != len(start[0]):
        yield (
            f"weights, means and variances should be of length {len(start[0])}, an entry for each class;"
            f" yours are of length {len(parts[0])}"
        )
    if len(lls) < 2:
        yield (
            "the list of log-likelihoods should hold the start's and one for each step; yours has"
            f" {'1 entry: no step was taken' if len(lls) else 'no entries'}"
        )
    before = score(y, *start)
    if not near(before, lls[0]):
        run = made(lls[0], "log_likelihood", lambda score: score(y, *start))
        says = f"the first log-likelihood should be the start's, {before:.6g}; yours is {lls[0]:.6g}"
        yield f"{says}; run {run[0]}" if run else says
    r = share(y, *start)
    after = score(y, *refit(y, r))
    if not near(after, lls[1]):
        run = made(lls[1], "e_step", lambda share: score(y, *refit(y, share(y, *start))))
        run += made(lls[1], "m_step", lambda refit: score(y, *refit(y, r, start[1])))
        far = f", too {'low' if lls[1] < after else 'high'} by {abs(lls[1] - after):.3g}"
        yield (
            f"your first step is not the textbook's: it takes the log-likelihood from {before:.6g} to"
            f" {lls[1]:.6g}{far if np.isfinite(lls[1]) else ''}; run"
            f" {run[0] if len(run) == 1 else 'check.e_step and check.m_step'}"
        )
    gains = np.diff(lls)
    for i in np.flatnonzero(gains < -1e-6 * (1 + np.abs(lls[1:]))):
        yield (
            f"no step should lower the log-likelihood; your step {i + 1} takes it from {lls[i]:.6g} to"
            f" {lls[i + 1]:.6g}"
        )
    for name, part in zip(PARTS, parts, strict=True):
        for i in np.flatnonzero(~np.isfinite(part)):
            yield f"every entry should be a finite number; of your {name}, {part[i]:g} stands in place {i}"
    odd = [rule(given, np.array(parameters)) for rule in (weights_sum_to_one, variances_not_negative)]
    yield from filter(None, odd)
    last = score(y, *parameters)
    if not near(last, lls[-1]):
        yield (
            f"the parameters returned have the log-likelihood {last:.6g}; the last entry of your list is"
            f" {lls[-1]:.6g}"
        )
    small = np.flatnonzero(gains < tol)
    if not small.size:
        yield f"the last step should gain less than tol, {tol:g}; yours gained {gains[-1]:.3g}"
    elif more := gains.size - 1 - small[0]:
        gain = gains[small[0]]
        yield f"step {small[0] + 1} gained {gain:.3g}, less than tol, {tol:g}; yours takes {more} more"


def near(a: float, b: float) -> bool:
    """Whether two log-likelihoods are the same but for rounding."""
    return bool(np.isclose(a, b, rtol=1e-6, atol=1e-5))


def made(yours: float, check: str, comes_to: Callable[[Function], float]) -> list[str]:
    """Return the check to run if a mistake that it knows comes to the learner's log-likelihood."""
    exercise: Exercise = STEPS[check]
    for way in (way for mistake in exercise.mistakes for way in mistake.ways):
        with contextlib.suppress(ArithmeticError, ValueError, TypeError, IndexError):  # no numbers at all
            if near(comes_to(exercise.function(way)), yours):
                return [f"check.{check}"]
    return []


EIGHT = [2, 4, 5, 8, 13, 15, 17, 21]
TWELVE = [-15, -13, -11, -8, -3, -1, 2, 3, 8, 10, 14, 16]
TWENTY = [
    *(-3.5, -2.3, -1.6, -1.1, -0.6, -0.2, 0.2, 0.6, 1.1, 1.4),
    *(1.6, 2.3, 2.7, 3.5, 3.5, 4.2, 4.8, 5.5, 6.3, 7.6),
]
"""Objects that more than one case has; the twenty are two classes that overlap so far that EM is slow."""

FIXED = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100, 200, 201, 300, 500, 1000)
"""Numbers of steps that people settle on."""

EXERCISE = Exercise(
    lesson=5.2,
    about="""Judge the EM loop: a function of (y, weights, means, variances, tol).

    Parameters
    ----------
    function : callable
        Your function. It gets y, shape (N,), and the start: weights, means and variances, shape (K,), as
        arrays. It takes E-steps and M-steps in turn until one of each, a step, raises the total
        log-likelihood by less than tol. It returns the weights, means and variances after the last step,
        and the list of log-likelihoods, the start's first: one more than there were steps. A Mixture may
        stand for the first three.

    Returns
    -------
    Verdict
        As from `e_step`. What is wrong inside a step is not looked into again: the message says which of
        `check.e_step` and `check.m_step` to run. A variance around the means before the step is called by
        its own name.

    Notes
    -----
    Inputs on which the first step gains less than tol are tried last, and only if all is right on the
    others: a loop that ends too early here may not end at all there.
    """,
    program=PROGRAM,
    answer="the last parameters and all the log-likelihoods",
    parts=PARTS,
    split=split_run,
    names={
        "e_step": share,
        "joint": STEPS["e_step"].function({"return r": "return joint"}),
        "m_step": refit,
        "m_step_around": STEPS["m_step"].function({m_step.CENTRE: "y - means"}),
        "log_likelihood": score,
    },
    read=read_run,
    rules=(broken,),
    # No gain is near tol, so rounding decides nothing. Where it is no edge, the first step gains more than
    # tol: a loop with the comparison the wrong way round ends there. A dozen objects at most and under ten
    # steps, so that plain Python is judged at once, and a loop with a limit of ten steps or more is right.
    cases=(
        Case("one class", ([1, 2, 6], [1], [2], [4], 0.1)),
        Case("two classes far apart", ([0, 3, 12, 18], [0.6, 0.4], [2, 12], [9, 4], 0.15)),
        Case("two classes that overlap", ([-4, -1, 0, 2, 3, 7, 9, 13], [0.3, 0.7], [-1, 6], [4, 9], 0.025)),
        Case("eight objects", (EIGHT, [0.5, 0.5], [6, 12], [9, 16], 0.002)),
        Case("three classes", (TWELVE, [0.2, 0.3, 0.5], [-9, 1, 8], [4, 2.25, 9], 0.05)),
        # In a smaller unit a gain stays what it was, and how far a parameter moves does not.
        Case(
            "three classes with a smaller tol",
            ([10 * y for y in TWELVE], [0.2, 0.3, 0.5], [-90, 10, 80], [400, 225, 900], 0.003),
        ),
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
    mistakes=(
        Mistake(
            "old-mean-in-the-variance",
            "Its variances are those around the means before each step: the log-likelihood does not fall, but"
            " the textbook's steps go another way.",
            {"m_step(y, r)": "m_step_around(y, r, means)"},
            head="Not the textbook's EM",
        ),
        Mistake(
            "parts-in-another-order",
            "Every number is right and their order is not: the first part is read as the weights, the second"
            " as the means, the third as the variances.",
            *(
                {BACK: f"return {', '.join(order)}, log_likelihoods"}
                for order in [*permutations(PARAMETERS)][1:]
            ),
        ),
        Mistake(
            "start-returned",
            "The log-likelihoods climb, and the parameters beside them are still those of the start.",
            {FIRST: f"{FIRST}; start = weights, means, variances", BACK: "return *start, log_likelihoods"},
        ),
        Mistake(
            "one-step-only",
            "It takes one step, however much that step gained: a large gain stops it too.",
            *alone(ONCE),
        ),
        Mistake(
            "responsibilities-from-the-start",
            "After the first step nothing moves any more: the second gives the same parameters once again.",
            {SHARE: f"if gain == np.inf: {SHARE}"},
        ),
        Mistake(
            "fixed-number-of-steps",
            "It takes the same number of steps on every input, whatever tol is: a limit ends it, no small"
            " gain.",
            *alone(*({UNTIL: f"for step in range({steps})"} for steps in FIXED)),
        ),
        Mistake(
            "tolerance-of-its-own",
            "With the same data and start it takes the same number of steps whatever tol is.",
            *alone(*({UNTIL: f"while gain >= 1e-{digits}"} for digits in range(11))),
        ),
        Mistake(
            "tolerance-per-object",
            "It stops while a step still gains more than tol, and sooner the more objects there are: a gain"
            " per object is what it goes by.",
            *alone({GAIN: f"({GAIN}) / len(y)"}),
        ),
        Mistake(
            "relative-tolerance",
            "It stops while a step still gains more than tol: a share, not a gain in the log-likelihood"
            " itself, is what it goes by.",
            *alone(*({GAIN: f"({GAIN}) / abs(log_likelihoods[{place}])"} for place in (-2, -1, 0))),
            *alone({GAIN: f"({GAIN}) / (log_likelihoods[-1] - log_likelihoods[0])"}),
        ),
        Mistake(
            "stops-by-the-parameters",
            "It stops where the parameters have moved by less than tol, whatever the last step gained.",
            *alone(
                *(
                    moved(f"np.abs({it}).{size}()")
                    for it in ("moved", "moved[1]")
                    for size in ("max", "sum", "mean")
                ),
                *(
                    moved(f"{root}(({it}**2).sum())")
                    for it in ("moved", "moved[1]")
                    for root in ("", "np.sqrt")
                ),
            ),
        ),
        Mistake(
            "one-step-too-early",
            "The last step is not there: the list is one entry too short, and the parameters are those before"
            " it.",
            *alone(KEPT | {BACK: "return *old, log_likelihoods[:-1]"}),
        ),
        Mistake(
            "one-step-too-late",
            "It takes another step after one that gained less than tol.",
            *alone(LATE),
        ),
        Mistake(
            "parameters-one-step-behind",
            "The list of log-likelihoods is right, and the parameters returned are those before the last"
            " step.",
            KEPT | {BACK: "return *old, log_likelihoods"},
        ),
        Mistake(
            "parameters-one-step-ahead",
            "The list of log-likelihoods is right, and the parameters returned are one step further than its"
            " last entry.",
            *alone(LATE | {BACK: f"{BACK}[:-1]"}),
        ),
        Mistake(
            "start-log-likelihood-missing",
            "The list is one entry too short: it begins after the first step.",
            *handed("log_likelihoods[1:]"),
        ),
        Mistake(
            "last-log-likelihood-missing",
            "The list is one entry too short: the log-likelihood of the parameters returned is not in it.",
            *handed("log_likelihoods[:-1]"),
        ),
        Mistake(
            "start-log-likelihood-twice",
            "The first two entries of the list are both the start's, so the first step seems to gain"
            " nothing.",
            *handed("[log_likelihoods[0], *log_likelihoods[:-1]]"),
            *alone(
                LATE
                | {BACK: "return weights, means, variances, [log_likelihoods[0], *log_likelihoods[:-1]]"},
                ONCE | {BACK: "return weights, means, variances, log_likelihoods[:1] * 2"},
            ),
        ),
        Mistake(
            "placeholder-for-the-start",
            "The list begins with a zero, which is not the log-likelihood of the start.",
            *handed("[0.0, *log_likelihoods[1:]]", "[0.0, *log_likelihoods]"),
            *alone(ONCE | {BACK: "return weights, means, variances, [0.0, *log_likelihoods[1:]]"}),
        ),
        Mistake(
            "last-log-likelihood-only",
            "There is one log-likelihood, the last, where there should be the start's and one for each step.",
            *handed("log_likelihoods[-1:]"),
        ),
        Mistake(
            "gains-recorded",
            "The list holds what each step gained, not the log-likelihoods themselves.",
            *handed(
                "np.diff(log_likelihoods)",
                "[log_likelihoods[0], *np.diff(log_likelihoods)]",
                "[0.0, *np.diff(log_likelihoods)]",
            ),
        ),
        Mistake(
            "mean-log-likelihood",
            "The numbers recorded are too small by as many times as there are objects: they are means, not"
            " sums.",
            *recorded(f"{LL} / len(y)"),
            recorded(f"{LL} / len(y)")[0] | {GAIN: f"({GAIN}) * len(y)"},
        ),
        Mistake(
            "sign-reversed",
            "The numbers recorded fall from step to step: each has the right size and the opposite sign.",
            *recorded(f"-{LL}", f"-{LL} / len(y)"),
        ),
        Mistake(
            "likeliest-class-only",
            "In the numbers recorded each object counts with its likeliest class alone: they are too low"
            " where classes overlap.",
            *recorded(f"np.log({JOINT}.max(axis=1)).sum()"),
        ),
        Mistake(
            "q-recorded",
            "The numbers recorded are those of Q: they average over what the class of an object may be, and"
            " are too low.",
            *recorded(f"(e_step(y, weights, means, variances) * np.log({JOINT})).sum()"),
        ),
        Mistake(
            "another-log-likelihood",
            "Its steps are right, and the numbers recorded beside them are not their log-likelihoods.",
            *recorded(
                "log_likelihood(y, 1, means, variances)",
                "log_likelihood(y, weights, means, variances**2)",
                f"np.log(({JOINT} * np.sqrt(2 * np.pi * variances)).sum(axis=1)).sum()",
                f"{LL} + len(y) * np.log(2 * np.pi) / 2",
                f"{JOINT}.sum()",
                f"{LL} / np.log(10)",
                f"{LL} / np.log(2)",
                f"np.log({JOINT}).sum()",
            ),
        ),
        Mistake(
            "weights-not-updated",
            "The weights are still those of the start.",
            *taken("_, means, variances = m_step(y, r)"),
        ),
        Mistake(
            "means-not-updated",
            "The means are still those of the start.",
            *taken(
                "weights, _, variances = m_step(y, r)", "weights, _, variances = m_step_around(y, r, means)"
            ),
        ),
        Mistake(
            "variances-not-updated",
            "The variances are still those of the start.",
            *taken("weights, means, _ = m_step(y, r)"),
        ),
        Mistake(
            "only-one-part-updated",
            "Of weights, means and variances, two are still those of the start.",
            *taken(
                "_, means, _ = m_step(y, r)",
                "weights, _, _ = m_step(y, r)",
                "_, _, variances = m_step(y, r)",
                "_, _, variances = m_step_around(y, r, means)",
            ),
        ),
        Mistake(
            "rounded",
            "The numbers are right to a few decimals only: they have been rounded.",
            *alone(
                *(
                    {BACK: back.format(decimals)}
                    for decimals in (1, 2, 3, 4)
                    for back in (
                        "return *np.round([weights, means, variances], {0}), np.round(log_likelihoods, {0})",
                        "return *np.round([weights, means, variances], {0}), log_likelihoods",
                        "return weights, means, variances, np.round(log_likelihoods, {0})",
                    )
                )
            ),
        ),
        Mistake(
            "cut-short",
            "On a slow climb it breaks off while each step still gains more than tol; elsewhere it is right.",
            *(
                {UNTIL: f"{UNTIL} and len(log_likelihoods) <= {most}"}
                for most in (10, 20, 25, 30, 40, 50, 60, 80, 100)
            ),
            edge=True,
        ),
        Mistake(
            "two-steps-at-least",
            "It takes a second step although the first gained less than tol.",
            {UNTIL: f"{UNTIL} or len(log_likelihoods) < 3"},
            edge=True,
        ),
    ),
)
"""The check of the EM loop."""
