"""The wrong EM loops that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes import e_step, log_likelihood, m_step
from gmm_lesson.exercises.mistakes.e_step import EStep, gaussian, shared
from gmm_lesson.exercises.mistakes.log_likelihood import LogLikelihood
from gmm_lesson.exercises.mistakes.m_step import MStep
from gmm_lesson.exercises.mistakes.moves import pairs

# A step has four moves: which parameters the E-step looks at, the E-step, the M-step, and which of the new
# parameters are taken over. The loop round it has three: what is recorded, when it stops, and what it hands
# over. Parameters are an array (3, K) here: weights, means, variances.

LIMIT = 1200
"""After how many steps one of our own loops gives up; no mistake alone comes so far."""

Path = list[Array]
"""The parameters at the start and after each step."""

Stop = Callable[[Path, list[float], float, int], bool]
"""Whether to stop, from the path, the log-likelihoods, tol and the number of objects."""


def looking_at_the_last(path: Path) -> Array:
    """Return the parameters that the E-step looks at: the newest."""
    return path[-1]


def all_taken(before: Array, new: Array) -> Array:
    """Take over all the new parameters."""
    del before
    return new


def gained(
    scale: Callable[[list[float], int], float] = lambda lls, n: 1.0, back: int = 0, own: float | None = None
) -> Stop:
    """Return a rule that stops when a step gains less than tol.

    Parameters
    ----------
    scale : callable
        From the log-likelihoods and the number of objects to what tol is taken times.
    back : int
        Which step's gain: the last, or that many steps before it.
    own : float or None
        A tolerance to go by whatever tol is.
    """

    def stop(path: Path, lls: list[float], tol: float, n: int) -> bool:
        lls = lls[: len(lls) - back]
        return len(lls) > 1 and lls[-1] - lls[-2] < (tol if own is None else own) * scale(lls, n)

    return stop


def changed(path: Path, lls: list[float], tol: float, n: int) -> bool:
    """Stop when the log-likelihood changes by less than tol, up or down."""
    return abs(lls[-1] - lls[-2]) < tol


def after(steps: int) -> Stop:
    """Return the rule that stops after so many steps."""
    return lambda path, lls, tol, n: len(lls) > steps


def all_handed(path: Path, lls: list[float]) -> tuple[Array, list[float]]:
    """Hand over the last parameters and every log-likelihood."""
    return path[-1], lls


GAINED = gained()
"""The right rule: the last step gained less than tol."""


@dataclass(frozen=True)
class EMLoop:
    """An EM loop of seven moves, any of which may be wrong."""

    look: Callable[[Path], Array] = looking_at_the_last
    share: Callable[..., Array] = e_step.RIGHT
    refit: Callable[[Array, Array, Array], Array] = m_step.RIGHT
    take: Callable[[Array, Array], Array] = all_taken
    record: Callable[..., Any] = log_likelihood.RIGHT
    stop: Stop = GAINED
    hand: Callable[[Path, list[float]], tuple[Array, list[float]]] = all_handed

    def __call__(
        self, y: ArrayLike, weights: ArrayLike, means: ArrayLike, variances: ArrayLike, tol: float
    ) -> tuple[Any, ...]:
        """Return weights, means, variances and log-likelihoods as this loop has them."""
        y = np.asarray(y, dtype=float)
        path = [np.array([weights, means, variances], dtype=float)]
        lls = [float(self.record(y, *path[0]))]
        while len(path) <= LIMIT:
            seen = self.look(path)
            path.append(self.take(path[-1], self.refit(y, self.share(y, *seen), seen[1])))
            lls.append(float(self.record(y, *path[-1])))
            if self.stop(path, lls, tol, len(y)):
                break
        parameters, lls = self.hand(path, lls)
        return *parameters, lls


RIGHT = EMLoop()
"""All moves right."""


def _either_way(*loops: EMLoop) -> tuple[EMLoop, ...]:
    """Return loops twice: with the right rule, and with one that goes on after a fall."""
    return (*loops, *(replace(loop, stop=changed) for loop in loops))


def _in_the_density(**moves: Any) -> tuple[EMLoop, ...]:
    """Return the loops with a wrong move in the E-step alone, and in the log-likelihood too."""
    wrong = EMLoop(share=EStep(**moves))
    return _either_way(wrong, replace(wrong, record=LogLikelihood(**moves)))


def _refitted(**moves: Any) -> tuple[EMLoop, ...]:
    return _either_way(EMLoop(refit=MStep(**moves)))


def _recorded(**moves: Any) -> tuple[EMLoop, ...]:
    return _either_way(EMLoop(record=LogLikelihood(**moves)))


def _kept(*rows: int) -> Callable[[Array, Array], Array]:
    """Return the taking over of all the new parameters but some."""

    def take(before: Array, new: Array) -> Array:
        new = new.copy()
        new[list(rows)] = before[list(rows)]
        return new

    return take


def _around_the_old(y: Array, new: Array, before: Array) -> Array:
    return before


def _likeliest(joint: Array) -> Array:
    return np.asarray(np.eye(joint.shape[1])[joint.argmax(axis=1)])


LIKELIEST: dict[str, Any] = {"join": lambda joint: np.log(joint.max(axis=1))}
"""The move of a log-likelihood in which each object counts with its likeliest class alone."""


def _moved(size: Callable[[Array], Any], rows: slice) -> EMLoop:
    """Return the loop that stops when the parameters move by less than tol."""
    return EMLoop(stop=lambda path, lls, tol, n: bool(size((path[-1] - path[-2])[rows]) < tol))


SIZES: tuple[Callable[[Array], Any], ...] = (
    lambda d: np.abs(d).max(),
    lambda d: np.sqrt((d**2).sum()),
    lambda d: np.abs(d).sum(),
    lambda d: np.abs(d).mean(),
    lambda d: (d**2).sum(),
)
"""How large a movement is said to be."""


def _handing(parameters: Callable[[Path], Array], lls: Callable[[list[float]], Any], **moves: Any) -> EMLoop:
    return EMLoop(hand=lambda path, recorded: (parameters(path), lls(recorded)), **moves)


def _last(path: Path) -> Array:
    return path[-1]


def _last_but_one(path: Path) -> Array:
    return path[-2]


def _all(lls: list[float]) -> list[float]:
    return lls


def _rounded(decimals: int) -> tuple[EMLoop, ...]:
    def off(values: Any) -> Any:
        return np.round(values, decimals)

    return (
        _handing(lambda path: off(path[-1]), off),
        _handing(lambda path: off(path[-1]), _all),
        _handing(_last, off),
    )


FIXED = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100, 200, 201, 300, 500, 1000)
"""Numbers of steps that people settle on."""

LATE = gained(back=1)
"""The rule that goes by the step before the last."""

EM = (
    Mistake(
        "old-mean-in-the-variance",
        "Its variances are those around the means before each step: the log-likelihood does not fall, but"
        " the textbook's steps go another way.",
        (EMLoop(refit=MStep(around=_around_the_old)),),
        head="Not the textbook's EM",
    ),
    Mistake(
        "parts-in-another-order",
        "Every number is right and their order is not: the first part is read as the weights, the second as"
        " the means, the third as the variances.",
        tuple(
            _handing(lambda path, order=list(order): path[-1][order], _all)  # type: ignore[misc]
            for order in permutations(range(3))
            if order != (0, 1, 2)
        ),
    ),
    Mistake(
        "start-returned",
        "The log-likelihoods climb, and the parameters beside them are still those of the start.",
        (_handing(lambda path: path[0], _all),),
    ),
    Mistake(
        "one-step-only",
        "It takes one step, however much that step gained: a large gain stops it too.",
        (EMLoop(stop=after(1)),),
    ),
    Mistake(
        "responsibilities-from-the-start",
        "After the first step nothing moves any more: the second gives the same parameters once again.",
        (EMLoop(look=lambda path: path[0]),),
    ),
    Mistake(
        "fixed-number-of-steps",
        "It takes the same number of steps on every input, whatever tol is: a limit ends it, no small gain.",
        tuple(EMLoop(stop=after(steps)) for steps in FIXED),
    ),
    Mistake(
        "tolerance-of-its-own",
        "With the same data and start it takes the same number of steps whatever tol is.",
        tuple(
            EMLoop(stop=gained(own=own))
            for own in (1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
        ),
    ),
    Mistake(
        "tolerance-per-object",
        "It stops while a step still gains more than tol, and sooner the more objects there are: a gain per"
        " object is what it goes by.",
        (EMLoop(stop=gained(lambda lls, n: n)),),
    ),
    Mistake(
        "relative-tolerance",
        "It stops while a step still gains more than tol: a share, not a gain in the log-likelihood itself,"
        " is what it goes by.",
        (
            EMLoop(stop=gained(lambda lls, n: abs(lls[-2]))),
            EMLoop(stop=gained(lambda lls, n: abs(lls[-1]))),
            EMLoop(stop=gained(lambda lls, n: abs(lls[0]))),
            EMLoop(stop=gained(lambda lls, n: lls[-1] - lls[0])),
        ),
    ),
    Mistake(
        "stops-by-the-parameters",
        "It stops where the parameters have moved by less than tol, whatever the last step gained.",
        tuple(_moved(size, rows) for rows in (slice(1, 2), slice(None)) for size in SIZES),
    ),
    Mistake(
        "one-step-too-early",
        "The last step is not there: the list is one entry too short, and the parameters are those before"
        " it.",
        (_handing(_last_but_one, lambda lls: lls[:-1]),),
    ),
    Mistake(
        "one-step-too-late",
        "It takes another step after one that gained less than tol.",
        (EMLoop(stop=LATE),),
    ),
    Mistake(
        "parameters-one-step-behind",
        "The list of log-likelihoods is right, and the parameters returned are those before the last step.",
        (_handing(_last_but_one, _all),),
    ),
    Mistake(
        "parameters-one-step-ahead",
        "The list of log-likelihoods is right, and the parameters returned are one step further than its"
        " last entry.",
        (_handing(_last, lambda lls: lls[:-1], stop=LATE),),
    ),
    Mistake(
        "start-log-likelihood-missing",
        "The list is one entry too short: it begins after the first step.",
        (_handing(_last, lambda lls: lls[1:]),),
    ),
    Mistake(
        "last-log-likelihood-missing",
        "The list is one entry too short: the log-likelihood of the parameters returned is not in it.",
        (_handing(_last, lambda lls: lls[:-1]),),
    ),
    Mistake(
        "start-log-likelihood-twice",
        "The first two entries of the list are both the start's, so the first step seems to gain nothing.",
        (
            _handing(_last, lambda lls: lls[:1] * 2, stop=after(1)),
            _handing(_last, lambda lls: [lls[0], *lls[:-1]], stop=LATE),
            _handing(_last, lambda lls: [lls[0], *lls[:-1]]),
        ),
    ),
    Mistake(
        "placeholder-for-the-start",
        "The list begins with a zero, which is not the log-likelihood of the start.",
        (
            _handing(_last, lambda lls: [0.0, *lls[1:]]),
            _handing(_last, lambda lls: [0.0, *lls[1:]], stop=after(1)),
            _handing(_last, lambda lls: [0.0, *lls]),
        ),
    ),
    Mistake(
        "last-log-likelihood-only",
        "There is one log-likelihood, the last, where there should be the start's and one for each step.",
        (_handing(_last, lambda lls: lls[-1:]),),
    ),
    Mistake(
        "gains-recorded",
        "The list holds what each step gained, not the log-likelihoods themselves.",
        (
            _handing(_last, np.diff),
            _handing(_last, lambda lls: [lls[0], *np.diff(lls)]),
            _handing(_last, lambda lls: [0.0, *np.diff(lls)]),
        ),
    ),
    Mistake(
        "mean-log-likelihood",
        "The numbers recorded are too small by as many times as there are objects: they are means, not sums.",
        (
            EMLoop(record=LogLikelihood(gather=lambda logs: logs.mean())),
            EMLoop(record=LogLikelihood(gather=lambda logs: logs.mean()), stop=gained(lambda lls, n: 1 / n)),
        ),
    ),
    Mistake(
        "sign-reversed",
        "The numbers recorded fall from step to step: each has the right size and the opposite sign.",
        (
            *_recorded(hand=np.negative),
            EMLoop(record=LogLikelihood(gather=lambda logs: -logs.mean())),
            EMLoop(record=LogLikelihood(gather=lambda logs: -logs.mean()), stop=changed),
        ),
    ),
    Mistake(
        "likeliest-class-only",
        "In the numbers recorded each object counts with its likeliest class alone: they are too low where"
        " classes overlap.",
        _recorded(**LIKELIEST),
    ),
    Mistake(
        "q-recorded",
        "The numbers recorded are those of Q: they average over what the class of an object may be, and are"
        " too low.",
        _recorded(join=lambda joint: (shared(joint) * np.log(joint)).sum(axis=1)),
    ),
    Mistake(
        "another-log-likelihood",
        "Its steps are right, and the numbers recorded beside them are not their log-likelihoods.",
        (
            *_recorded(weigh=lambda weights, densities: densities),
            *_recorded(density=gaussian),
            *_recorded(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v))),
            *_recorded(density=lambda y, m, v: np.sqrt(2 * np.pi) * gaussian(y, m, np.sqrt(v))),
            *_recorded(join=lambda joint: joint.sum(axis=1)),
            *_recorded(join=lambda joint: np.log10(joint.sum(axis=1))),
            *_recorded(join=lambda joint: np.log2(joint.sum(axis=1))),
            *_recorded(join=lambda joint: np.log(joint).sum(axis=1)),
        ),
    ),
    Mistake(
        "weights-left-out",
        "Its E-step does not change when the weights do, so a rare class gets too much.",
        _in_the_density(weigh=lambda weights, densities: densities),
    ),
    Mistake(
        "variance-used-as-sd",
        "Where a variance is above 1 its E-step has the class too wide, and where it is below 1 too narrow.",
        _in_the_density(density=gaussian),
    ),
    Mistake(
        "sd-used-as-variance",
        "Where a variance is above 1 its E-step has the class too narrow, and where it is below 1 too wide.",
        _in_the_density(density=lambda y, m, v: gaussian(y, m, v**0.25)),
    ),
    Mistake(
        "factor-left-out",
        "In its E-step a wide class gets too much: its curve is as high as that of a narrow one.",
        _in_the_density(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v))),
    ),
    Mistake(
        "hard-assignment",
        "Each object counts in full for its likeliest class: means and variances are those of whole objects.",
        _either_way(
            EMLoop(share=EStep(share=_likeliest)),
            EMLoop(share=EStep(share=_likeliest), record=LogLikelihood(**LIKELIEST)),
        ),
    ),
    Mistake(
        "weights-not-updated",
        "The weights are still those of the start.",
        _either_way(EMLoop(take=_kept(0))),
    ),
    Mistake(
        "means-not-updated",
        "The means are still those of the start.",
        _either_way(EMLoop(take=_kept(1)), EMLoop(take=_kept(1), refit=MStep(around=_around_the_old))),
    ),
    Mistake(
        "variances-not-updated",
        "The variances are still those of the start.",
        _either_way(EMLoop(take=_kept(2))),
    ),
    Mistake(
        "only-one-part-updated",
        "Of weights, means and variances, two are still those of the start.",
        _either_way(
            EMLoop(take=_kept(0, 2)),
            EMLoop(take=_kept(1, 2)),
            EMLoop(take=_kept(0, 1)),
            EMLoop(take=_kept(0, 1), refit=MStep(around=_around_the_old)),
        ),
    ),
    Mistake(
        "sd-returned",
        "The variances of every step are standard deviations: too small where a variance is above 1, too"
        " large below.",
        _refitted(spread=lambda y, r, n_k, c: np.sqrt((r * (y - c) ** 2).sum(axis=0) / n_k)),
    ),
    Mistake(
        "weights-not-divided",
        "The weights sum to the number of objects, not to one.",
        _refitted(weigh=lambda n_k, r: n_k),
    ),
    Mistake(
        "n-k-minus-one",
        "The variances of every step are too large, and the fewer objects there are, the more so.",
        _refitted(spread=lambda y, r, n_k, c: (r * (y - c) ** 2).sum(axis=0) / (n_k - 1)),
    ),
    Mistake(
        "unweighted-variance",
        "Every class has the same variance, that of all the objects.",
        _refitted(spread=lambda y, r, n_k, c: np.full(n_k.shape, y.var())),
    ),
    Mistake(
        "pooled-variance",
        "Every class has the same variance, an average over all the classes.",
        _refitted(spread=lambda y, r, n_k, c: np.full(n_k.shape, (r * (y - c) ** 2).sum() / len(y))),
    ),
    Mistake(
        "rounded",
        "The numbers are right to a few decimals only: they have been rounded.",
        tuple(loop for decimals in (1, 2, 3, 4) for loop in _rounded(decimals)),
    ),
    Mistake(
        "cut-short",
        "On a slow climb it breaks off while each step still gains more than tol; elsewhere it is right.",
        tuple(
            EMLoop(stop=lambda path, lls, tol, n, most=most: GAINED(path, lls, tol, n) or len(lls) > most)  # type: ignore[misc]
            for most in (10, 20, 25, 30, 40, 50, 60, 80, 100)
        ),
        edge=True,
    ),
    Mistake(
        "two-steps-at-least",
        "It takes a second step although the first gained less than tol.",
        (EMLoop(stop=lambda path, lls, tol, n: len(lls) > 2 and GAINED(path, lls, tol, n)),),
        edge=True,
    ),
)
"""The known mistakes of an EM loop, in the order in which they are looked for."""

STEP = {"look", "share", "refit", "take"}
"""The moves of a step; the others are those of the loop round it."""

MANY_WAYS = ("fixed-number-of-steps", "tolerance-of-its-own", "stops-by-the-parameters", "rounded")
"""Mistakes of the loop that take long to try beside each of a step."""


def em_pairs() -> tuple[Pair, ...]:
    """Return a wrong move of the step beside another one, or beside one of the loop.

    Of two wrong moves of the loop one can undo the other, and only what stops as the course does is paired.
    """
    usual = tuple(
        replace(
            mistake, ways=tuple(way for way in mistake.ways if getattr(way, "stop", None) is not changed)[:2]
        )
        for mistake in EM
        if mistake.name not in MANY_WAYS
    )
    return tuple(pair for pair in pairs(usual, RIGHT) if _wrong(pair) & STEP)


def _wrong(pair: Pair) -> set[str]:
    moves = (field.name for field in fields(EMLoop))
    return {move for move in moves if getattr(pair.function, move) is not getattr(RIGHT, move)}
