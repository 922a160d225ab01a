"""The wrong searches for the best of several restarts that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes.moves import pairs

Start = tuple[Array, Array, Array]
End = tuple[Array, Array, Array, float]

# A search has four moves: how many runs there are, where one begins, which one is chosen, and what is
# handed over of it. A fifth says what comes back if none is chosen.


@dataclass(frozen=True)
class BestRestart:
    """A search of moves, any of which may be wrong."""

    count: Callable[[int], int] = lambda restarts: restarts
    begin: Callable[[Callable[[], Start], list[Start], list[End]], Start] = lambda draw, starts, ends: draw()
    choose: Callable[[Array], int | None] = lambda lls: int(np.nanargmax(lls))
    hand: Callable[[list[Start], list[End], int], End] = lambda starts, ends, best: ends[best]
    nothing: Callable[[int], Any] = lambda n_components: None

    def __call__(self, draw: Callable[[], Start], run: Callable[..., End], restarts: int) -> Any:
        """Return weights, means, variances and log-likelihood as this search has them."""
        starts: list[Start] = []
        ends: list[End] = []
        for _ in range(self.count(restarts)):
            starts.append(self.begin(draw, starts, ends))
            ends.append(run(*starts[-1]))
        best = self.choose(np.array([end[3] for end in ends])) if ends else None
        if best is None:
            return self.nothing(len(starts[0][0]) if starts else 0)
        return self.hand(starts, ends, best)


RIGHT = BestRestart()
"""All moves right."""


def _choosing(one: Callable[[Array], int]) -> BestRestart:
    return BestRestart(choose=lambda lls: int(one(lls)))


def _if_better_than_the_one_before(lls: Array) -> int:
    """Return the last run that is better than the one before it; the first is always kept."""
    return int(max(i for i in range(len(lls)) if i == 0 or lls[i] > lls[i - 1]))


def _previous(starts: list[Start], ends: list[End]) -> End:
    return ends[-1]


def _best_so_far(starts: list[Start], ends: list[End]) -> End:
    return max(ends, key=lambda end: end[3])


def _first_start(starts: list[Start], ends: list[End]) -> Start:
    return starts[0]


def _carrying(*parts: int, source: Callable[..., Any] = _previous) -> BestRestart:
    """Return a search whose starts have some parts (0 weights, 1 means, 2 variances) from elsewhere."""

    def begin(draw: Callable[[], Start], starts: list[Start], ends: list[End]) -> Start:
        new = draw()
        if not starts:
            return new
        old = source(starts, ends)
        weights, means, variances = (old[i] if i in parts else new[i] for i in range(3))
        return weights, means, variances

    return BestRestart(begin=begin)


def _handing(
    log_likelihood: Callable[[list[End], int], float] = lambda ends, best: ends[best][3],
    parameters: Callable[[list[Start], list[End], int], Any] = lambda starts, ends, best: ends[best],
) -> BestRestart:
    """Return a search that hands over the parameters from one place and the log-likelihood from another."""

    def hand(starts: list[Start], ends: list[End], best: int) -> End:
        weights, means, variances = parameters(starts, ends, best)[:3]
        return weights, means, variances, log_likelihood(ends, best)

    return BestRestart(hand=hand)


def _average(starts: list[Start], ends: list[End], best: int) -> list[Array]:
    return [np.mean(part, axis=0) for part in list(zip(*ends, strict=True))[:3]]


def _mean_of_all(ends: list[End], best: int) -> float:
    return float(np.mean([end[3] for end in ends]))


def _above(level: float) -> tuple[BestRestart, BestRestart]:
    """Return the searches that keep a run only above a level, and otherwise None, or zeros."""

    def choose(lls: Array) -> int | None:
        return int(lls.argmax()) if lls.max() > level else None

    def zeros(n_components: int) -> tuple[Array, Array, Array, float]:
        return (*np.zeros((3, n_components)), level)

    return BestRestart(choose=choose), BestRestart(choose=choose, nothing=zeros)


LEVELS = (0.0, -10.0, -100.0, -1000.0, -1e6)
"""What a best log-likelihood may be set to at first: one number for every gap between those of the cases."""


def _not_all(seen: slice) -> tuple[BestRestart, BestRestart]:
    """Return the searches that compare some runs only; of a single one, it is kept or not."""

    def none(lls: Array) -> int | None:
        return int(np.arange(len(lls))[seen][lls[seen].argmax()]) if len(lls) > 1 else None

    return BestRestart(choose=none), BestRestart(choose=lambda lls: none(lls) or 0)


def _means_of_later_draws(draw: Callable[[], Start], starts: list[Start], ends: list[End]) -> Start:
    """Draw once for the weights and variances, and again for the means of every run."""
    weights, _, variances = starts[0] if starts else draw()
    return weights, draw()[1], variances


def _from_three_draws(draw: Callable[[], Start], starts: list[Start], ends: list[End]) -> Start:
    return draw()[0], draw()[1], draw()[2]


def _last_when_sorted(lls: Array) -> int:
    """Return the run at the end of a list that Python has sorted: beside a NaN its order is broken."""
    return sorted(range(len(lls)), key=lambda i: float(lls[i]))[-1]


def _last_not_below(lls: Array) -> int:
    """Return the last run that is not below the one kept so far: a NaN never is, and none is below it."""
    best = 0
    for i in range(1, len(lls)):
        if not lls[i] <= lls[best]:
            best = i
    return best


def _is_of_nothing(error: BaseException) -> bool:
    """Whether an error is that of a name which no run was given to, or of None in the place of a run."""
    nothing = isinstance(error, (TypeError, AttributeError)) and "NoneType" in str(error)
    return nothing or isinstance(error, UnboundLocalError)


def _is_of_no_runs(error: BaseException) -> bool:
    """Whether an error is that, or of an empty list of runs."""
    empty = isinstance(error, IndexError) or (isinstance(error, ValueError) and "empty" in str(error))
    return empty or _is_of_nothing(error)


BEST_RESTART = (
    Mistake(
        "last-run",
        "The last run comes back, whichever was best.",
        (_choosing(lambda lls: len(lls) - 1),),
    ),
    Mistake(
        "first-run",
        "The first run comes back, whatever the later ones found.",
        (_choosing(lambda lls: 0),),
    ),
    Mistake(
        "same-start-every-time",
        "EM runs from one start only, so more restarts find nothing new.",
        (
            BestRestart(begin=lambda draw, starts, ends: starts[0] if starts else draw()),
            BestRestart(
                begin=lambda draw, starts, ends: starts[0] if starts else draw(),
                choose=lambda lls: len(lls) - 1,
            ),
        ),
    ),
    Mistake(
        "lowest-run",
        "The run with the lowest log-likelihood comes back: the worst of all.",
        (_choosing(np.argmin),),
    ),
    Mistake(
        "sign-left-out",
        "The log-likelihood farthest from zero comes back: above zero it is the best, below zero the worst.",
        (_choosing(lambda lls: int(np.abs(lls).argmax())),),
    ),
    Mistake(
        "closest-to-zero",
        "The log-likelihood closest to zero comes back: below zero it is the best, above zero the worst.",
        (_choosing(lambda lls: int(np.abs(lls).argmin())),),
    ),
    Mistake(
        "compared-with-the-run-before",
        "A run comes back for being better than the one before it, though an earlier one was better still.",
        (_choosing(_if_better_than_the_one_before),),
    ),
    Mistake(
        "one-run-not-compared",
        "EM runs as often as it should, but the first run or the last is never chosen, not even when it is"
        " the best.",
        (*_not_all(slice(0, -1)), *_not_all(slice(1, None))),
    ),
    Mistake(
        "no-run-kept",
        "Where all log-likelihoods are below some level, such as zero, no run is kept.",
        tuple(way for level in LEVELS for way in _above(level)),
        crashing=tuple(_above(level)[0] for level in LEVELS),
        crashes=_is_of_nothing,
    ),
    Mistake(
        "one-restart-too-few",
        "There is one run fewer than restarts.",
        (
            BestRestart(count=lambda restarts: restarts - 1),
            BestRestart(count=lambda restarts: max(restarts - 1, 1)),
        ),
        crashing=(BestRestart(count=lambda restarts: restarts - 1),),
        crashes=_is_of_no_runs,
    ),
    Mistake(
        "one-restart-too-many",
        "There is one run more than restarts.",
        (BestRestart(count=lambda restarts: restarts + 1),),
    ),
    Mistake(
        "weights-and-variances-carried",
        "From the second run on, the weights, the variances or both start where an earlier run ended.",
        tuple(
            _carrying(*parts, source=source)
            for parts in ((0, 2), (0,), (2,))
            for source in (_previous, _best_so_far)
        ),
    ),
    Mistake(
        "means-carried",
        "From the second run on, the means start where an earlier run ended.",
        tuple(
            _carrying(*parts, source=source)
            for parts in ((1,), (0, 1), (1, 2))
            for source in (_previous, _best_so_far)
        ),
    ),
    Mistake(
        "everything-carried",
        "Each run goes on from where an earlier one ended: it is one long run, not several.",
        (_carrying(0, 1, 2), _carrying(0, 1, 2, source=_best_so_far)),
    ),
    Mistake(
        "weights-and-variances-drawn-once",
        "Every run has the weights, the variances or both of the first start, whatever is drawn later.",
        (
            *(_carrying(*parts, source=_first_start) for parts in ((0, 2), (0,), (2,))),
            BestRestart(begin=_means_of_later_draws),
        ),
    ),
    Mistake(
        "one-start-from-three-draws",
        "A run starts from the weights of one draw, the means of another and the variances of a third.",
        (BestRestart(begin=_from_three_draws),),
    ),
    Mistake(
        "start-returned",
        "The weights, means and variances are those from which a run started, not those where it ended.",
        (
            _handing(parameters=lambda starts, ends, best: starts[best]),
            _handing(parameters=lambda starts, ends, best: starts[-1]),
        ),
    ),
    Mistake(
        "best-log-likelihood-beside-another-run",
        "The log-likelihood is the best one, but the weights, means and variances are another run's.",
        (
            _handing(parameters=lambda starts, ends, best: ends[-1]),
            _handing(parameters=lambda starts, ends, best: ends[0]),
        ),
    ),
    Mistake(
        "log-likelihood-of-another-run",
        "The weights, means and variances are the best run's, but the log-likelihood is not.",
        (
            _handing(lambda ends, best: ends[-1][3]),
            _handing(lambda ends, best: ends[0][3]),
            _handing(lambda ends, best: min(end[3] for end in ends)),
            _handing(_mean_of_all),
            _handing(lambda ends, best: sum(end[3] for end in ends)),
        ),
    ),
    Mistake(
        "log-likelihood-turned-round",
        "The log-likelihood has the right size and the opposite sign.",
        (_handing(lambda ends, best: -ends[best][3]),),
    ),
    Mistake(
        "averaged",
        "The weights, means and variances are averages over the runs, and no run ended there.",
        (
            _handing(_mean_of_all, _average),
            _handing(parameters=_average),
        ),
    ),
    Mistake(
        "parts-in-another-order",
        "Every number is right and their order is not: the first part is read as the weights, the second as"
        " the means, the third as the variances.",
        tuple(
            _handing(parameters=lambda starts, ends, best, order=order: [ends[best][i] for i in order])  # type: ignore[misc]
            for order in permutations(range(3))
            if order != (0, 1, 2)
        ),
    ),
    Mistake(
        "nan-taken-for-best",
        "A run whose log-likelihood is NaN comes back as the best.",
        (
            _choosing(np.argmax),
            _choosing(lambda lls: max(range(len(lls)), key=lambda i: float(lls[i]))),
            _choosing(_last_not_below),
        ),
        edge=True,
    ),
    Mistake(
        "order-lost-at-nan",
        "Beside a run whose log-likelihood is NaN, a run comes back that is not the best.",
        (_choosing(_last_when_sorted),),
        edge=True,
    ),
)
"""The known mistakes of a search, in the order in which they are looked for."""


def best_restart_pairs() -> tuple[Pair, ...]:
    """Return every two mistakes of a search that can be made at once, each in its first way."""
    return pairs(tuple(replace(mistake, ways=mistake.ways[:1]) for mistake in BEST_RESTART), RIGHT)
