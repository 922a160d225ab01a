"""The labs of EM: a step, a loop with a bug in every step or in the floor, and ten such runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.data import load
from gmm_lesson.em import (
    MAX_ITER,
    TOL,
    default_floor,
    expected_log_joint,
    gain_is_negligible,
    log_likelihood,
    on_floor,
)
from gmm_lesson.em import m_step as textbook
from gmm_lesson.engine.family import Parameters
from gmm_lesson.exercises import best_restart, floored_m_step, m_step
from gmm_lesson.exercises import e_step as shares
from gmm_lesson.exercises.kit import Exercise, Function
from gmm_lesson.exercises.lab import Given, Lab, Seen, is_one, not_a_number, write_parameters, write_rows
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.shown import table
from gmm_lesson.mixture import Mixture
from gmm_lesson.study import original

LECTURE, START = load("lecture_2021").y, ", ".join(PARAMETERS)

# Lessons 03 and 04: one step.

ALL_0 = {"keepdims=True)": "keepdims=True)  # a row of joint is all 0"}
"""No bug but for an object that is."""

E_STEP = Lab(
    question="Which alarm does each bug ring, and which bugs ring none?",
    exercises=(shares.EXERCISE,),
    bugs="""
        not-shared-out shared-over-objects logarithms-returned weights-left-out variance-used-as-sd
        factor-left-out hard-assignment far-objects-0-over-0
    """,
    ways={"far-objects-0-over-0": ALL_0},
    inputs={"far-objects-0-over-0": {"y": [1.0, 2.0, 3.0, 600.0]}},
    given={"y": [1.0, 2.0, 3.0], "weights": [0.9, 0.1], "means": [1.0, 3.0], "variances": [1.0, 4.0]},
    alarms={
        "a row does not sum to one": lambda it: not is_one(it.answer.sum(axis=1)),
        "an entry is below zero": lambda it: (it.answer < -1e-9).any(),
        "an entry is not a number": lambda it: not_a_number(it.answer),
    },
    write=lambda it: np.array2string(np.round(it.answer, 3) + 0.0, precision=3, suppress_small=True),
    shown=("y",),
)

BEFORE = Mixture([0.5, 0.5], [1, 3], [1, 1])
"""What the M-step's lab starts from; its responsibilities, to three decimals, are those of this mixture."""


def q_is_lower(it: Seen) -> bool:
    """Whether Q is lower than before the step; parts that make no mixture have no Q."""
    try:
        after = expected_log_joint(it.y, it.r, Mixture(*it.answer))
    except ValueError:
        return False
    return after < expected_log_joint(it.y, it.r, BEFORE) - 1e-9


M_STEP = Lab(
    question=(
        "The step starts from weights 0.5 and 0.5, means 1 and 3, variances 1 and 1."
        " Which alarm does each bug ring, and which bugs ring none?"
    ),
    exercises=(replace(m_step.EXERCISE, right=lambda y, r, means: textbook(y, r)),),
    bugs="""
        divided-by-n weights-not-divided unweighted-mean second-moment-returned variances-negative sd-returned
        n-k-minus-one hard-assignment old-mean-in-the-variance lost-class-0-over-0
    """,
    ways={"lost-class-0-over-0": m_step.LOST_CLASS.ways[0]},
    inputs={"lost-class-0-over-0": {"r": [[1.0, 0.0]] * 5}},
    given={
        "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        "r": [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881], [0.018, 0.982], [0.002, 0.998]],
        "means": [1.0, 3.0],
    },
    alarms={
        "the weights do not sum to one": lambda it: not is_one(it.answer[0].sum()),
        "a variance is not above zero": lambda it: (it.answer[2] < 1e-12).any(),
        "an entry is not a number": lambda it: not_a_number(it.answer),
        "Q is lower than before the step": q_is_lower,
    },
    write=lambda it: write_parameters(it.answer),
    shown=("y", "r"),
)

# Lessons 05 and 08. Beside the alarms stands what no learner has: the right loop, from the same start. Its
# steps take any numbers: those of em.py would refuse what a bug hands on. An E-step without a bug works with
# logarithms, so that what shows is the bug, and no 0/0 that comes of it.

LOOP = Exercise(
    about="The loop of the labs.",
    answer="a step at a time",
    program="""
def my_em(y, weights, means, variances, floor, my_e_step, my_m_step):
    for step in range(1, 501):
        r = my_e_step(y, weights, means, variances)
        weights, means, variances = my_m_step(y, r, means)
        variances = np.maximum(variances, floor)
        yield r, weights, means, variances
""",
)

FROM_LOGS = {
    "joint = weights * density": "logs = np.log(weights) - (away / sds) ** 2 / 2 - np.log(sds);"
    " joint = np.exp(logs - logs.max(axis=1, keepdims=True))  # no bug"
}
IN_LOGS = shares.EXERCISE.function(FROM_LOGS)
"""The E-step for which no object is too far away."""


def score(y: Array, weights: Array, means: Array, variances: Array) -> float:
    """Return what the formula of the log-likelihood says of parts, even if they are no mixture."""
    squares = (y[:, np.newaxis] - means) ** 2 / variances
    logs = np.log(weights) - 0.5 * (squares + np.log(2 * np.pi * variances))
    return float(np.logaddexp.reduce(logs, axis=1).sum())


def steps(given: Given, e_step: Function, m_step: Function, loop: Function) -> Iterator[Seen]:
    """Run a loop until it comes to rest as `em` does, or something is not a number, or for all its steps.

    What comes is r, the parts made of it, the log-likelihood before and after, and whether it is at rest.
    """
    y, after = given["y"], score(given["y"], *given[START])
    for r, *new in loop(y, *given[START], given["floor"], e_step, m_step):
        parts, before, after = np.array(new), after, score(y, *new)
        at_rest = bool(gain_is_negligible(after - before, len(y), TOL))
        yield Seen(r=r, parts=parts, before=before, after=after, at_rest=at_rest)
        if at_rest or not_a_number(parts, after):
            return


def floored_steps(given: Given, floored: Function) -> Iterator[Seen]:
    """Run a loop whose M-step has the floor, and which has no other."""
    below, m_step = {**given, "floor": 0.0}, lambda y, r, means: floored(y, r, given["floor"])
    return steps(below, IN_LOGS, m_step, LOOP.function({}))


def where(it: Seen) -> str:
    """Say where a loop ended. How long one took that came to no mixture hangs on rounding."""
    if not np.isfinite(it.after):
        what = "the parameters are" if not_a_number(it.parts) else "the log-likelihood is"
        return f"{what} not a number at step {it.step}"
    if not is_one(total := it.parts[0].sum()):
        return f"no mixture: the weights sum to {total:.2f}"
    return f"{it.after:.3f} after {it.step} steps" if it.at_rest else f"nowhere: no rest in {it.step} steps"


ALARMS = {
    "the weights do not sum to one": lambda it: not is_one(it.parts[0].sum()),
    # Also of parts that are no mixture: a learner's own formula would not mind. To fall by less is rounding.
    "the log-likelihood fell": lambda it: it.after < it.before - 1e-8,
    "an entry is not a number": lambda it: not_a_number(it.r, it.parts, it.after),
}
"""What listens in every loop."""

EM = Lab(
    question=(
        "EM on the 200 objects of 2021, from one guess, with a bug in every step. Which alarm does each bug"
        " ring first, which bugs ring none, and where do those end?"
    ),
    exercises=(replace(shares.EXERCISE, right=IN_LOGS), m_step.EXERCISE, LOOP),
    bugs="""
        variance-used-as-sd sd-used-as-variance weights-left-out factor-left-out half-left-out not-shared-out
        shared-over-objects logarithms-returned hard-assignment divided-by-n weights-not-divided equal-weights
        unweighted-mean old-mean-in-the-variance sd-returned second-moment-returned variances-negative
        n-k-minus-one responsibilities-from-the-start an-object-at-600-and-0-over-0
        an-object-at-600-and-no-bug
    """,
    ways={
        "responsibilities-from-the-start": {"r = my_e_step(": "if step == 1: r = my_e_step("},
        "an-object-at-600-and-0-over-0": ALL_0,
        "an-object-at-600-and-no-bug": FROM_LOGS,
    },
    inputs={
        "an-object-at-600-and-0-over-0": {"y": [*LECTURE, 600.0]},
        "an-object-at-600-and-no-bug": {"y": [*LECTURE, 600.0]},
    },
    given={"y": LECTURE, START: [[0.25] * 4, [10, 30, 40, 60], [100] * 4], "floor": default_floor(LECTURE)},
    run=steps,
    alarms={
        "a row of r does not sum to one": lambda it: not is_one(it.r.sum(axis=1)),
        "the N_k do not sum to N": lambda it: not is_one(it.r.sum() / len(it.r)),
        **ALARMS,
        "a variance is on the floor": lambda it: on_floor(it.parts[2], it.floor).any(),
    },
    write=lambda it: f"{where(it)}\n{write_parameters(it.parts)}",
    shown=(START,),
    column=("ends at", where),
    stepwise=True,
)

FLOOR = replace(
    EM,
    question=(
        "EM on six objects, with two classes and a floor under their variances: one class ends on a single"
        " object. With a bug in the floor, which alarm rings first, and which bugs ring none?"
    ),
    exercises=(floored_m_step.EXERCISE,),
    bugs="""
        floor-left-out floor-on-the-sd floor-added relative-floor ceiling-for-floor all-raised-with-one
        another-number-below-the-floor weights-or-means-floored class-dropped
    """,
    given={"y": [2.0, 3, 4, 5, 6, 10], START: [[0.5, 0.5], [4, 9], [4, 4]], "floor": 0.25},
    run=floored_steps,
    # To be below by less is rounding.
    alarms={
        "a variance is below the floor": lambda it: (it.parts[2] < (1 - 1e-6) * it.floor).any(),
        **ALARMS,
    },
    shown=("y", START, "floor"),
)


# Lesson 06. One bug is in no run by itself, and no alarm hears it: each start takes over what the last run
# ended with. What tells it from bad luck is to repeat all ten, and to count how often each reaches the best.

WITHIN = 0.01
"""Log-likelihoods that differ by less are of one optimum."""

CARRIED = "weights-and-variances-carried"


def searched(best: Function, repetitions: int) -> tuple[Any, list[Any], list[Any]]:
    """Search so many times at once; return what is kept, and where each run began and ended.

    Starts are drawn as in 2021: new means, and always the same weights and variances. Parameters are of shape
    (repetitions, K), and the log-likelihood that a run hands over is that of the first repetition.
    """
    rng, began, ended = np.random.default_rng(0), list[Any](), list[Any]()

    def run(*start: Array, max_iter: int = MAX_ITER, tol: float = 1e-9) -> tuple[Any, ...]:
        began.append(Parameters(*start))
        ended.append(original.run(LECTURE, began[-1], max_iter=max_iter, tol=tol, old_mean=False))
        return *ended[-1].parameters, float(ended[-1].log_likelihood[0])

    return best(lambda: original.draw_starts(LECTURE, repetitions, rng), run, 10), began, ended


def search(given: Given, best: Function) -> Iterator[Seen]:
    """Search once, always from the same seed; and perhaps again and again.

    What comes is starts, shape (10, 3, K), and log-likelihoods: the ends of the ten runs, that reported of
    what is kept, and its own. If there are repetitions, `hits` says whether each run of each of them reached
    the best, shape (10, repetitions).
    """
    (*parts, reported), began, ended = searched(best, 1)
    own = log_likelihood(LECTURE, Mixture(*map(np.squeeze, parts)))
    again = searched(best, given["repetitions"])[2] if given["repetitions"] else []
    tops = np.array([ends.log_likelihood for ends in again])
    yield Seen(
        starts=np.array(began)[:, :, 0],
        ends=np.concatenate([ends.log_likelihood for ends in ended]),
        converged=all(ends.converged.all() for ends in ended),
        reported=float(reported),
        own=own,
        misreported=abs(reported - own) > WITHIN,
        hits=tops > tops.max() - WITHIN if again else None,
    )


def said(it: Seen) -> str:
    """Say what is kept, and what is reported of it if that is something else."""
    return f"{it.own:.3f}" + (f", reported as {it.reported:.3f}" if it.misreported else "")


def write_search(it: Seen) -> str:
    """Write where each run ended, perhaps how many repetitions of it reach the best, and what is kept."""
    lines = [("", ["ended at"]), *((f"run {i:>2}", [f"{end:.3f}"]) for i, end in enumerate(it.ends, 1))]
    if it.hits is not None:
        counts = ["hits", *it.hits.sum(axis=1)]
        lines = [(run, [*ends, count]) for (run, ends), count in zip(lines, counts, strict=True)]
    return write_rows([*lines, ("kept", [said(it)])], 6)


def sinking(lab: Lab) -> list[str]:
    """Return how often each of ten runs reaches the best, if weights and variances are carried."""
    hits = lab.ran(CARRIED).hits
    n, counts, ever, shown = hits.shape[1], hits.sum(axis=1), hits.any(axis=0).sum(), (1, 2, 3, 5, 10)
    return [
        "",
        f"All ten, {n} times over, with weights and variances carried. So many of the {n} reach the best,"
        f" {lab.ran().reported:.3f}, at restart",
        "",
        *table([*map(str, shown), "any of the ten"], [[*(str(counts[run - 1]) for run in shown), str(ever)]]),
        "",
        f"give or take sqrt({n} p (1 - p)), at most {np.sqrt(n) / 2:.0f}. Nothing is carried into restart"
        f" 1: ten like it would all miss the best in {n * (1 - counts[0] / n) ** 10:.1f} of {n} repetitions;"
        f" these did in {n - ever}.",
    ]


RESTARTS = Lab(
    question=(
        "Ten restarts on the 200 objects of 2021. Which alarm does each bug ring, and which bugs ring none?"
    ),
    exercises=(best_restart.EXERCISE,),
    bugs="""
        ten-steps-each loose-tolerance last-run lowest-run best-log-likelihood-beside-another-run averaged
        same-start-every-time everything-carried weights-and-variances-carried
    """,
    ways={
        "ten-steps-each": {"run(*start)": "run(*start, max_iter=10)"},
        "loose-tolerance": {"run(*start)": "run(*start, tol=1e-3)"},
    },
    inputs={CARRIED: {"repetitions": 200}},
    given={"restarts": 10, "repetitions": 0},
    run=search,
    alarms={
        "what is kept is not the best of the runs": lambda it: it.reported < it.ends.max() - WITHIN,
        "the log-likelihood is not that of the parameters beside it": lambda it: it.misreported,
        "two runs began alike": lambda it: len(np.unique(it.starts, axis=0)) < 10,
        "all runs ended alike": lambda it: np.ptp(it.ends) < WITHIN,
        "a run had not converged": lambda it: not it.converged,
    },
    write=write_search,
    shown=("restarts", "repetitions"),
    column=("what is kept", said),
    below=sinking,
)
