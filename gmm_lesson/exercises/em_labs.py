"""The labs of whole runs of EM: with a bug in every step, with a bug in the floor, and ten of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logsumexp

from gmm_lesson._inputs import Array
from gmm_lesson.data import load
from gmm_lesson.em import MAX_ITER, TOL, default_floor, gain_is_negligible, log_likelihood, on_floor
from gmm_lesson.engine.family import Parameters
from gmm_lesson.exercises import best_restart, floored_m_step, m_step
from gmm_lesson.exercises import e_step as shares
from gmm_lesson.exercises.kit import Exercise, Function
from gmm_lesson.exercises.lab import Bug, Given, Lab, is_one, not_a_number, rows
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.shown import table
from gmm_lesson.mixture import Mixture
from gmm_lesson.study import original

LECTURE = load("lecture_2021").y

BELOW = 1 - 1e-6
"""Up to so many times the floor is below it: less is rounding."""

# Lessons 05 and 08. Beside the alarms stands what no learner has: the right loop, from the same start. Its
# steps take any numbers: those of em.py would refuse what a bug hands on.

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

IN_LOGS = f"{shares.LOGS}np.exp(logs - logs.max(axis=1, keepdims=True))  # no bug"
FROM_LOGS = {"joint = weights * density": IN_LOGS}
"""The E-step for which no object is too far away."""


def score(y: Array, weights: Array, means: Array, variances: Array) -> float:
    """Return what the formula of the log-likelihood says of parts, even if they are no mixture."""
    distance = (y[:, np.newaxis] - means) ** 2 / variances
    return float(logsumexp(np.log(weights) - 0.5 * (distance + np.log(2 * np.pi * variances)), axis=1).sum())


class Step(NamedTuple):
    """What the alarms of a loop listen to, and where it is; at rest if it hardly changed `after`."""

    number: int
    r: Array
    parts: Array
    before: float
    after: float
    at_rest: bool


def steps(given: Given, e_step: Function, m_step: Function, loop: Function) -> Iterator[Step]:
    """Run a loop until it comes to rest as `em` does, or something is not a number, or for all its steps."""
    y, after = given["y"], score(given["y"], *given["start"])
    for number, (r, *new) in enumerate(loop(y, *given["start"], given["floor"], e_step, m_step), 1):
        parts, before, after = np.array(new), after, score(y, *new)
        at_rest = bool(gain_is_negligible(after - before, len(y), TOL))
        yield Step(number, r, parts, before, after, at_rest)
        if at_rest or not_a_number(parts, after):
            return


def floored_steps(given: Given, floored: Function) -> Iterator[Step]:
    """Run a loop whose M-step has the floor."""
    loop = LOOP.function({"variances = np.maximum(variances, floor)": "pass"})
    e_step = shares.EXERCISE.function(FROM_LOGS)
    return steps(given, e_step, lambda y, r, means: floored(y, r, given["floor"]), loop)


def where(given: Given, end: Step) -> str:
    """Say where a loop ended. How long one took that came to no mixture hangs on rounding."""
    if not np.isfinite(end.after):
        what = "the parameters are" if not_a_number(end.parts) else "the log-likelihood is"
        return f"{what} not a number at step {end.number}"
    try:
        Mixture(*end.parts)
    except ValueError:
        return f"no mixture: the weights sum to {end.parts[0].sum():.2f}"
    if not end.at_rest:
        return f"nowhere: no rest in {end.number} steps"
    return f"{end.after:.3f} after {end.number} steps"


def write_loop(given: Given, end: Step) -> str:
    """Write where a loop ended."""
    parts = zip(PARAMETERS, end.parts, strict=True)
    lines = ((f"{name:<9} =", [f"{value:.4g}" for value in values]) for name, values in parts)
    return f"{where(given, end)}\n{rows(lines, 11)}"


ALARMS = {
    "the weights do not sum to one": lambda _, step: not is_one(step.parts[0].sum()),
    # Also of parts that are no mixture: a learner's own formula would not mind. To fall by less is rounding.
    "the log-likelihood fell": lambda _, step: step.after < step.before - 1e-8,
    "an entry is not a number": lambda _, step: not_a_number(step.r, step.parts, step.after),
}
"""What listens in every loop."""

EM = Lab(
    question=(
        "EM on the 200 objects of 2021, from one guess, with a bug in every step. Which alarm does each bug"
        " ring first, which bugs ring none, and where do those end?"
    ),
    exercises=(shares.EXERCISE, m_step.EXERCISE, LOOP),
    right={"e_step": shares.EXERCISE.function(FROM_LOGS), "m_step": m_step.EXERCISE.function({})},
    bugs="""
        variance-used-as-sd sd-used-as-variance weights-left-out factor-left-out half-left-out not-shared-out
        shared-over-objects logarithms-returned hard-assignment divided-by-n weights-not-divided equal-weights
        unweighted-mean old-mean-in-the-variance sd-returned second-moment-returned variances-negative
        n-k-minus-one responsibilities-from-the-start an-object-at-600-and-0-over-0
        an-object-at-600-and-no-bug
    """,
    special={
        "responsibilities-from-the-start": Bug({"r = my_e_step(": "if step == 1: r = my_e_step("}),
        "an-object-at-600-and-0-over-0": Bug(
            {shares.SHARE: f"{shares.SHARE}  # a row of joint is all 0"}, {"y": [*LECTURE, 600.0]}
        ),
        "an-object-at-600-and-no-bug": Bug(FROM_LOGS, {"y": [*LECTURE, 600.0]}),
    },
    given={"y": LECTURE, "start": [[0.25] * 4, [10, 30, 40, 60], [100] * 4], "floor": default_floor(LECTURE)},
    run=steps,
    alarms={
        "a row of r does not sum to one": lambda _, step: not is_one(step.r.sum(axis=1)),
        "the N_k do not sum to N": lambda _, step: not is_one(step.r.sum() / len(step.r)),
        **ALARMS,
        "a variance is on the floor": lambda given, step: on_floor(step.parts[2], given["floor"]).any(),
    },
    write=write_loop,
    shown=("start",),
    column=("ends at", where),
    stepwise=True,
)

FLOOR = Lab(
    question=(
        "EM on six objects, with two classes and a floor under their variances: one class ends on a single"
        " object. With a bug in the floor, which alarm rings first, and which bugs ring none?"
    ),
    exercises=(floored_m_step.EXERCISE,),
    bugs="""
        floor-left-out floor-on-the-sd floor-added relative-floor ceiling-for-floor all-raised-with-one
        another-number-below-the-floor weights-or-means-floored class-dropped
    """,
    given={"y": [2.0, 3, 4, 5, 6, 10], "start": [[0.5, 0.5], [4, 9], [4, 4]], "floor": 0.25},
    run=floored_steps,
    alarms={
        "a variance is below the floor": lambda given, step: (step.parts[2] < BELOW * given["floor"]).any(),
        **ALARMS,
    },
    write=write_loop,
    shown=("y", "start", "floor"),
    column=("ends at", where),
    stepwise=True,
)


# Lesson 06. One bug is in no run by itself, and no alarm hears it: each start takes over what the last run
# ended with. What tells it from bad luck is to repeat all ten, and to count how often each reaches the best.

WITHIN = 0.01
"""Log-likelihoods that differ by less are of one optimum."""

CARRIED = "weights-and-variances-carried"


class Kept(NamedTuple):
    """Ten runs, and what is kept: the log-likelihood reported, and that of the parameters beside it.

    `starts` is of shape (10, 3, K), `ends` are log-likelihoods. If there are repetitions, `hits` says whether
    each run of each of them reached the best, shape (10, repetitions).
    """

    starts: Array
    ends: Array
    converged: bool
    reported: float
    own: float
    hits: Array | None

    @property
    def misreported(self) -> bool:
        """Whether these two differ."""
        return abs(self.reported - self.own) > WITHIN


def searched(best: Function, repetitions: int) -> tuple[Any, list[Any], list[Any]]:
    """Search so many times at once; return what is kept, and where each run began and ended.

    Starts are drawn as in 2021: new means, and always the same weights and variances. The log-likelihood that
    a run hands over is that of the first repetition.
    """
    rng, began, ended = np.random.default_rng(0), list[Any](), list[Any]()

    def draw() -> tuple[Array, ...]:
        return tuple(np.squeeze(part) for part in original.draw_starts(LECTURE, repetitions, rng))

    def run(*start: Array, max_iter: int = MAX_ITER, tol: float = 1e-9) -> tuple[Any, ...]:
        began.append(Parameters(*map(np.atleast_2d, start)))
        ended.append(original.run(LECTURE, began[-1], max_iter=max_iter, tol=tol, old_mean=False))
        return *map(np.squeeze, ended[-1].parameters), float(ended[-1].log_likelihood[0])

    return best(draw, run, 10), began, ended


def search(given: Given, best: Function) -> Iterator[Kept]:
    """Search once, always from the same seed; and perhaps again and again."""
    (*parts, reported), began, ended = searched(best, 1)
    hits = None
    if given["repetitions"]:
        again = np.array([ends.log_likelihood for ends in searched(best, given["repetitions"])[2]])
        hits = again > again.max() - WITHIN
    yield Kept(
        starts=np.concatenate(np.swapaxes(began, 1, 2)),
        ends=np.concatenate([ends.log_likelihood for ends in ended]),
        converged=all(ends.converged.all() for ends in ended),
        reported=float(reported),
        own=log_likelihood(LECTURE, Mixture(*parts)),
        hits=hits,
    )


def said(given: Given, kept: Kept) -> str:
    """Say what is kept, and what is reported of it if that is something else."""
    own = f"{kept.own:.3f}"
    return f"{own}, reported as {kept.reported:.3f}" if kept.misreported else own


def write_search(given: Given, kept: Kept) -> str:
    """Write where each run ended, perhaps how many repetitions of it reach the best, and what is kept."""
    lines = [("", ["ended at"]), *((f"run {i:>2}", [f"{end:.3f}"]) for i, end in enumerate(kept.ends, 1))]
    if kept.hits is not None:
        counts = ["hits", *kept.hits.sum(axis=1)]
        lines = [(run, [*value, count]) for (run, value), count in zip(lines, counts, strict=True)]
    return rows([*lines, ("kept", [said(given, kept)])], 6)


def sinking(lab: Lab) -> list[str]:
    """Return how often each of ten runs reaches the best, if weights and variances are carried."""
    hits = lab.ran(CARRIED).end.hits
    n, counts, ever, shown = hits.shape[1], hits.sum(axis=1), hits.any(axis=0).sum(), (1, 2, 3, 5, 10)
    return [
        "",
        f"All ten, {n} times over, with weights and variances carried. So many of the {n} reach the best,"
        f" {lab.ran().end.reported:.3f}, at restart",
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
    special={
        "ten-steps-each": Bug({"run(*start)": "run(*start, max_iter=10)"}),
        "loose-tolerance": Bug({"run(*start)": "run(*start, tol=1e-3)"}),
        CARRIED: Bug(given={"repetitions": 200}),
    },
    given={"restarts": 10, "repetitions": 0},
    run=search,
    alarms={
        "what is kept is not the best of the runs": lambda _, kept: kept.reported < kept.ends.max() - WITHIN,
        "the log-likelihood is not that of the parameters beside it": lambda _, kept: kept.misreported,
        "two runs began alike": lambda _, kept: len(np.unique(kept.starts, axis=0)) < 10,
        "all runs ended alike": lambda _, kept: np.ptp(kept.ends) < WITHIN,
        "a run had not converged": lambda _, kept: not kept.converged,
    },
    write=write_search,
    shown=("restarts", "repetitions"),
    column=("what is kept", said),
    below=sinking,
)
