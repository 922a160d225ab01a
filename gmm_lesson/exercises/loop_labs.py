"""What the labs of the loop break, listen for and show: EM from start to end, with a bug in every step.

An alarm listens at every step and is kept with the step at which it rang first. Beside the alarms stands what
no learner has: the right loop, from the same start. Some bugs ring nothing, and end elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

import numpy as np

from gmm_lesson._inputs import SUM_TOLERANCE, Array
from gmm_lesson.data import load
from gmm_lesson.em import TOL, default_floor, gain_is_negligible, on_floor
from gmm_lesson.exercises import mistakes, programs
from gmm_lesson.exercises.judging import Function, Mistake
from gmm_lesson.exercises.mistakes.e_step import shared
from gmm_lesson.exercises.mistakes.floored import FLOORED_M_STEP, FlooredMStep
from gmm_lesson.exercises.mistakes.floored import RIGHT as RIGHT_FLOOR
from gmm_lesson.exercises.mistakes.m_step import RIGHT as RIGHT_M_STEP
from gmm_lesson.exercises.rules import PARAMETERS
from gmm_lesson.exercises.shown import NO_BUG, spoken, table
from gmm_lesson.mixture import Mixture

STEPS = 500
"""The steps of a loop that does not come to rest."""

FEW = 10
"""So many objects are listed."""

ROUNDING = 1e-8
"""A log-likelihood that falls by less has not fallen."""

FAR = 600.0
"""Where the object lies that is nobody's."""

START = np.array([[0.25] * 4, [10, 30, 40, 60], [100] * 4])
"""Weights, means and variances that the right loop takes to the best explanation of the objects of 2021."""


# The right steps, on any numbers: em.py would refuse what a bug hands on.


def log_joint(y: Array, weights: Array, means: Array, variances: Array) -> Array:
    """Return log(pi_k N(y_i | mu_k, sigma_k^2)), shape (N, K), as the formula has it."""
    distance = (y[:, np.newaxis] - means) ** 2
    return np.asarray(np.log(weights) - 0.5 * (distance / variances + np.log(2 * np.pi * variances)))


def e_step(y: Array, weights: Array, means: Array, variances: Array) -> Array:
    """Return the responsibilities, each row divided by its largest entry before it leaves the logs."""
    logs = log_joint(y, weights, means, variances)
    return shared(np.exp(logs - logs.max(axis=1, keepdims=True)))


def score(y: Array, parts: Array) -> float:
    """Return what the formula of the log-likelihood says of parts, even if they are no mixture."""
    logs = log_joint(y, *parts)
    top = logs.max(axis=1)
    return float((top + np.log(np.exp(logs - top[:, np.newaxis]).sum(axis=1))).sum())


def from_the_start_alone(start: Array) -> Function:
    """Return the E-step of a loop that shares the objects out once, before it begins."""
    return lambda y, weights, means, variances: e_step(y, *start)


class Heard(NamedTuple):
    """What one step leaves for the alarms: the responsibilities, the new parts, and two log-likelihoods."""

    y: Array
    r: Array
    parts: Array
    floor: float
    before: float
    after: float


Alarm = tuple[str, Callable[[Heard], bool]]
"""What an alarm says, and whether it rings."""


def _is_one(total: Array) -> bool:
    return bool((np.abs(total - 1) <= SUM_TOLERANCE).all())  # a NaN is not one


ROWS: Alarm = ("a row of r does not sum to one", lambda step: not _is_one(step.r.sum(axis=1)))
COUNTS: Alarm = ("the N_k do not sum to N", lambda step: not _is_one(step.r.sum() / len(step.y)))
WEIGHTS: Alarm = ("the weights do not sum to one", lambda step: not _is_one(step.parts[0].sum()))
# Also of parts that are no mixture: the learner's own formula would not mind.
FELL: Alarm = ("the log-likelihood fell", lambda step: step.after < step.before - ROUNDING)
ON_THE_FLOOR: Alarm = (
    "a variance is on the floor",
    lambda step: bool(on_floor(step.parts[2], step.floor).any()),
)
BELOW: Alarm = (
    "a variance is below the floor",
    lambda step: bool((step.parts[2] < step.floor * (1 - SUM_TOLERANCE)).any()),
)
NOT_A_NUMBER: Alarm = (
    "an entry is not a number",
    lambda step: not np.isfinite([*step.r.flat, *step.parts.flat, step.after]).all(),
)


@dataclass(frozen=True, eq=False)
class Loop:
    """EM on some objects from a start, with any of its steps wrong.

    Attributes
    ----------
    objects : callable
        Returns y, shape (N,).
    start : ndarray, shape (3, K)
        Weights, means and variances.
    e_step, m_step : callable
        The steps, as `mistakes.EStep` and `mistakes.MStep`.
    limit : callable
        What the floor makes of the parts, as in `mistakes.floored.FlooredMStep`.
    floor : float or None
        The smallest variance allowed; None is that of `em`.
    """

    objects: Callable[[], Array]
    start: Array = field(default_factory=START.copy)
    e_step: Function = e_step
    m_step: Function = RIGHT_M_STEP
    limit: Function = RIGHT_FLOOR.limit
    floor: float | None = None


class Ended(NamedTuple):
    """How a loop ended, and what was heard on the way."""

    parts: Array
    """The weights, means and variances where it ended, shape (3, K)."""
    mixture: bool
    """Whether they are one."""
    log_likelihood: float
    """What the formula says of them."""
    steps: int
    first: dict[str, int]
    """The alarms that rang, in order, each with the step at which it rang first."""
    at_rest: bool
    """Whether its last step changed the log-likelihood by next to nothing."""


@cache
def run(loop: Loop, alarms: tuple[Alarm, ...]) -> Ended:
    """Run a loop until it comes to rest as `em` does, or something is not a number, or for STEPS steps."""
    y, parts, first = loop.objects(), loop.start, dict[str, int]()
    floor = default_floor(y) if loop.floor is None else loop.floor
    with np.errstate(all="ignore"):  # a bug may divide by zero in silence
        after = score(y, parts)
        for steps in range(1, STEPS + 1):
            r, before = loop.e_step(y, *parts), after
            parts = loop.limit(loop.m_step(y, r, parts[1]), floor, y, r)
            after = score(y, parts)
            heard = Heard(y, r, parts, floor, before, after)
            for says, rings in alarms:
                if rings(heard):
                    first.setdefault(says, steps)
            at_rest = bool(gain_is_negligible(after - before, len(y), TOL))
            if at_rest or not np.isfinite([*parts.flat, after]).all():
                break
    return Ended(parts, _is_mixture(parts), after, steps, first, at_rest)


def _is_mixture(parts: Array) -> bool:
    try:
        Mixture(*parts)
    except ValueError:
        return False
    return True


class Bug(NamedTuple):
    """A loop with a bug, and the right loop on the same objects from the same start."""

    name: str
    loop: Loop
    right: Loop


@dataclass(frozen=True)
class LoopLab:
    """Whole loops with a bug to switch on.

    Attributes
    ----------
    question : str
        What to ask before a bug is chosen.
    program : Program
        What it looks like in numpy, and the line of each bug.
    bugs : tuple of Bug
        The bugs; the right loop of the first is the one that is shown when none is chosen.
    alarms : tuple of Alarm
        What listens at every step.
    """

    question: str
    program: programs.Program
    bugs: tuple[Bug, ...]
    alarms: tuple[Alarm, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(bug.name for bug in self.bugs)

    def pair(self, name: str) -> tuple[Ended, Ended]:
        """Return how the loop with a bug ended, and how the right one did; without a name the right one."""
        bug = next((bug for bug in self.bugs if bug.name == name), None)
        right = run((bug or self.bugs[0]).right, self.alarms)
        return (run(bug.loop, self.alarms) if bug else right), right

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, by the steps at which they rang first."""
        first = self.pair(name)[0].first
        steps = sorted(set(first.values()))
        return (
            "; ".join(
                f"step {step}: " + ", ".join(says for says, when in first.items() if when == step)
                for step in steps
            )
            or "none"
        )

    def beside(self, name: str) -> tuple[str, str, str]:
        """Return what stands above the numbers, those of a bug, and the right ones."""
        loop = next((bug for bug in self.bugs if bug.name == name), self.bugs[0]).loop
        y, starts = loop.objects(), zip(PARAMETERS, loop.start, strict=True)
        objects = f"y = {_listed(y)}" if len(y) <= FEW else f"{len(y)} objects"
        wrong, right = (_written(ended) for ended in self.pair(name))
        above = "; ".join(f"{part} {_listed(values)}" for part, values in starts)
        floor = "" if loop.floor is None else f", on a floor of {loop.floor:g}"
        return f"{objects}, from {above}{floor}", wrong, right

    def answer(self) -> list[str]:
        """Return a table of the bugs, their alarms and where they end."""
        rows = (
            (spoken(name) or NO_BUG, self.heard(name), _where(self.pair(name)[0]))
            for name in ("", *self.names)
        )
        return table(("bug", "alarms, at the step at which they first rang", "ends at"), rows)


def _listed(values: Array) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _where(ended: Ended) -> str:
    """Say where a loop ended. How long one took that came to no mixture hangs on rounding."""
    if ended.mixture and ended.at_rest:
        return f"{ended.log_likelihood:.3f} after {ended.steps} steps"
    if ended.mixture:
        return f"nowhere: no rest in {ended.steps} steps"
    if not np.isfinite(ended.log_likelihood):
        what = "the log-likelihood is" if np.isfinite(ended.parts).all() else "the parameters are"
        return f"{what} not a number at step {ended.steps}"
    return f"no mixture: the weights sum to {ended.parts[0].sum():.2f}"


def _written(ended: Ended) -> str:
    """Write where a loop ended."""
    rows = zip(PARAMETERS, ended.parts, strict=True)
    lines = (f"{part:<9} =" + "".join(f"{value:>11.4g}" for value in values) for part, values in rows)
    return "\n".join([_where(ended), *lines])


# The lab of lesson 05.


def lecture() -> Array:
    """Return the objects of 2021."""
    return load("lecture_2021").y


def one_far_away() -> Array:
    """Return the objects of 2021 and one more, far from them all."""
    return np.append(lecture(), FAR)


LECTURE, WITH_ONE_FAR_AWAY = Loop(lecture), Loop(one_far_away)

E_STEP_BUGS = (
    "variance-used-as-sd",
    "sd-used-as-variance",
    "weights-left-out",
    "factor-left-out",
    "half-left-out",
    "not-shared-out",
    "shared-over-objects",
    "logarithms-returned",
    "hard-assignment",
)

M_STEP_BUGS = (
    "divided-by-n",
    "weights-not-divided",
    "equal-weights",
    "unweighted-mean",
    "old-mean-in-the-variance",
    "sd-returned",
    "second-moment-returned",
    "variances-negative",
    "n-k-minus-one",
)


def first_way(known: tuple[Mistake, ...], name: str) -> Function:
    """Return the first way in which a known mistake is made."""
    (way,) = (mistake.ways[0] for mistake in known if mistake.name == name)
    return way


EM = LoopLab(
    question=(
        "EM on the 200 objects of 2021, from one guess, with a bug in every step. Which alarm does each bug"
        " ring first, which bugs ring none, and where do those end?"
    ),
    program=programs.EM,
    bugs=(
        *(
            Bug(name, replace(LECTURE, e_step=first_way(mistakes.E_STEP, name)), LECTURE)
            for name in E_STEP_BUGS
        ),
        *(
            Bug(name, replace(LECTURE, m_step=first_way(mistakes.M_STEP, name)), LECTURE)
            for name in M_STEP_BUGS
        ),
        Bug("responsibilities-from-the-start", replace(LECTURE, e_step=from_the_start_alone(START)), LECTURE),
        Bug(
            f"an-object-at-{FAR:g}-and-0-over-0",
            replace(WITH_ONE_FAR_AWAY, e_step=first_way(mistakes.E_STEP, "far-objects-0-over-0")),
            WITH_ONE_FAR_AWAY,
        ),
        Bug(f"an-object-at-{FAR:g}-and-no-bug", WITH_ONE_FAR_AWAY, WITH_ONE_FAR_AWAY),
    ),
    alarms=(ROWS, COUNTS, WEIGHTS, FELL, ON_THE_FLOOR, NOT_A_NUMBER),
)
"""The lab of lesson 05: the mistakes of lessons 03 and 04, and three of its own."""


# The lab of lesson 08.

FLOOR = 0.25
"""The floor of its lab: an sd of 0.5."""

SIX_START = np.array([[0.5, 0.5], [4, 9], [4, 4]])


def six() -> Array:
    """Return five objects in a row, and one apart."""
    return np.array([2.0, 3, 4, 5, 6, 10])


SIX = Loop(six, SIX_START, floor=FLOOR)

FLOOR_BUGS = (
    "floor-left-out",
    "floor-on-the-sd",
    "floor-added",
    "relative-floor",
    "ceiling-for-floor",
    "all-raised-with-one",
    "another-number-below-the-floor",
    "weights-or-means-floored",
    "class-dropped",
)

FLOORED = LoopLab(
    question=(
        "EM on six objects, with two classes and a floor under their variances: one class ends on a single"
        " object. With a bug in the floor, which alarm rings first, and which bugs ring none?"
    ),
    program=programs.FLOOR,
    bugs=tuple(
        Bug(mistake.name, replace(SIX, limit=mistake.ways[0].limit), SIX)
        for name in FLOOR_BUGS
        for mistake in FLOORED_M_STEP
        if mistake.name == name and isinstance(mistake.ways[0], FlooredMStep)
    ),
    alarms=(BELOW, WEIGHTS, FELL, NOT_A_NUMBER),
)
"""The lab of lesson 08."""
