"""The loop of lesson 05, EM from a start: what a right one is, and the wrong ones that we know.

What is wrong inside a step is the business of the checks of the steps: this one says to run them.
"""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises import e_step, kit, log_likelihood, m_step, parameters
from gmm_lesson.exercises.kit import Case, Exercise, Reading, Sign, each
from gmm_lesson.exercises.parameters import OTHER_ORDERS, PARAMETERS, unfolded
from gmm_lesson.exercises.verdict import close, how_far

OLD_MEAN = next(m for m in m_step.EXERCISE.mistakes if m.name == "old-mean-in-the-variance").ways[0]

# The plain formulas, for objects that are not far away.
share, score = e_step.EXERCISE.function({}), log_likelihood.EXERCISE.function({})
refit = functools.partial(m_step.EXERCISE.function({}), means=None)

PARTS = (*PARAMETERS, "log-likelihoods")

MOST = 200  # the textbook's loop is at rest before, on every input: steps beyond are not compared


def read_run(raw: Any, given: dict[str, Any]) -> Reading:
    """Read parameters and a list of log-likelihoods."""
    raw = unfolded(raw)
    if not isinstance(raw, (tuple, list)) or len(raw) != len(PARTS):
        return kit.read_parts(raw, PARTS, 0)
    first, lls = kit.read_parts(tuple(raw[:3]), PARAMETERS, len(given["means"])), raw[3]
    if isinstance(lls, (tuple, list)):
        lls = [it.item() if isinstance(it, np.ndarray) and it.size == 1 else it for it in lls]
    listed = kit.read_array(lls, PARTS[3])
    if first.numbers is None or listed.numbers is None:
        return first if first.numbers is None else listed
    if len(shape := listed.numbers[0].shape) > 1:
        return Reading(None, f"its {PARTS[3]} are of shape {shape}; wanted one row of numbers")
    numbers = (*first.numbers, np.atleast_1d(listed.numbers[0]))
    return Reading(numbers, first.complaint or listed.complaint)


def broken(given: dict[str, Any], *parts: Array) -> Iterator[str]:
    """Say what a run breaks that must hold of any, the coarsest first."""
    y, tol, start = given["y"], given["tol"], [given[name] for name in PARAMETERS]
    *found, lls = parts
    yield from parameters.other_length(len(parts[0]), len(start[0]))
    if len(lls) < 2:
        has = "1 entry: no step was taken" if len(lls) else "no entries"
        yield f"the list of log-likelihoods should hold the start's and one for each step; yours has {has}"
    path = [start]
    for _ in lls[1:MOST]:
        path.append(refit(y, share(y, *path[-1])))
    right = np.array([score(y, *it) for it in path])
    if not close(right[0], lls[0]):
        run = "" if close(right[:, np.newaxis], lls[:MOST]).any() else "; run check.log_likelihood"
        says = f"the first log-likelihood should be the start's, {right[0]:.6g}; yours is {lls[0]:.6g}{run}"
        yield Sign("another-beginning", says)
    for step in np.flatnonzero(~close(right, lls[:MOST])):
        says = f"your {'first step' if step == 1 else f'step {step}'} is not the textbook's: it takes the"
        says += f" log-likelihood from {right[step - 1]:.6g} to {lls[step]:.6g}"
        far = how_far(lls[step], right[step])
        says += f"{far and f', {far}'}; run check.e_step and check.m_step"
        yield Sign("another-step", f"{says}, then look at what a step hands on to the next")
    for name, part in zip(PARTS, parts, strict=True):
        for i in np.flatnonzero(~np.isfinite(part)):
            yield f"every entry should be a finite number; of your {name}, {part[i]:g} stands in place {i}"
    yield from parameters.no_mixture(*found)
    last = score(y, *found)
    if not close(last, lls[-1]):
        has = f"the parameters returned have the log-likelihood {last:.6g}"
        says = f"{has}; the last entry of your list is {lls[-1]:.6g}"
        yield Sign("parameters-apart-from-the-list", says)
    gains = np.diff(lls)
    small = np.flatnonzero(gains < tol)
    if not small.size:
        says = f"the last step should gain less than tol, {tol:g}; yours gained {gains[-1]:.3g}"
        yield Sign("stops-too-early", says)
    elif more := gains.size - 1 - small[0]:
        gain = gains[small[0]]
        says = f"step {small[0] + 1} gained {gain:.3g}, less than tol, {tol:g}; yours takes {more} more"
        yield Sign("stops-too-late", says)


EIGHT = [2, 4, 5, 8, 13, 15, 17, 21]
TWELVE = [-15, -13, -11, -8, -3, -1, 2, 3, 8, 10, 14, 16]
# In a smaller unit a gain stays what it was, and how far a parameter moves does not.
SMALLER = ([10 * y for y in TWELVE], [0.2, 0.3, 0.5], [-90, 10, 80], [400, 225, 900])
HARDLY = (EIGHT, [0.49, 0.51], [4.7, 16.4], [4.6, 9.7])

EXERCISE = Exercise(
    lesson=5.2,
    about="""Judge the EM loop: a function of (y, weights, means, variances, tol).

    It gets y, shape (N,), and the start: weights, means and variances, shape (K,), as arrays. It takes
    E-steps and M-steps in turn until one of each, a step, raises the total log-likelihood by less than tol.
    It returns the weights, means and variances after the last step, and the list of log-likelihoods, the
    start's first: one more than there were steps. A Mixture may stand for the first three.

    What is wrong inside a step is not looked into again: the message says to run `check.e_step` and
    `check.m_step`. A variance around the means before the step is called by its own name.
    """,
    program="""
def my_em(y, weights, means, variances, tol):
    def score(*parameters):
        return log_likelihood(y, *parameters)

    log_likelihoods = [score(weights, means, variances)]
    gain = np.inf
    while gain >= tol:
        r = e_step(y, weights, means, variances)
        weights, means, variances = m_step(y, r)
        log_likelihoods.append(score(weights, means, variances))
        gain = log_likelihoods[-1] - log_likelihoods[-2]
    return weights, means, variances, log_likelihoods
""",
    answer="the last parameters and all the log-likelihoods",
    parts=PARTS,
    names={
        "e_step": share,
        "m_step": refit,
        "m_step_around": m_step.EXERCISE.function(OLD_MEAN),
        "log_likelihood": score,
    },
    read=read_run,
    broken=broken,
    # No gain is near tol, so rounding decides nothing. Where it is no edge, the first step gains more than
    # tol: a loop with the comparison the wrong way round ends there. A dozen objects at most and under ten
    # steps, so that plain Python is judged at once, and a loop with a limit of ten steps or more is right.
    cases=(
        Case("one class", ([1, 2, 6], [1], [2], [4], 0.1)),
        Case("two classes far apart", ([0, 3, 12, 18], [0.6, 0.4], [2, 12], [9, 4], 0.15)),
        Case("two classes that overlap", ([-4, -1, 0, 2, 3, 7, 9, 13], [0.3, 0.7], [-1, 6], [4, 9], 0.025)),
        Case("eight objects", (EIGHT, [0.5, 0.5], [6, 12], [9, 16], 0.002)),
        Case("three classes", (TWELVE, [0.5, 0.2, 0.3], [8, -9, 1], [9, 4, 2.25], 0.05)),
        Case("three classes with a smaller tol", (*SMALLER, 0.003)),
        Case("a start that one step hardly improves", (*HARDLY, 0.05), edge=True),
        Case("a slow climb", ([-6, -3, -1, 0, 0, 2, 3, 3], [0.5, 0.5], [-2, 4], [9, 9], 3.32e-5), edge=True),
        Case(
            "seven objects", ([1, 2, 3, 5, 9, 10, 12], [0.5, 0.5], [3, 8], [4, 9], 0.03), form="whole numbers"
        ),
    ),
    # What a run breaks says what else is wrong: where it begins, a step, where it stops, what comes back.
    table=f"""
old-mean-in-the-variance [Not the textbook's EM]: Its variances are those around the means before each step:
  the log-likelihood does not fall, but the textbook's steps go another way.
    weights, means, variances = m_step_around(y, r, means)
parts-in-another-order: Every number is right, but they do not come as weights, means and variances.
    return weights, means, variances -> {each("return {}", OTHER_ORDERS)}
""",
)
