"""Restarts for a learner's search to choose from: starts in a known order, and runs that are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import em
from gmm_lesson.exercises.judging import _value
from gmm_lesson.mixture import Mixture

Parameters = tuple[Array, Array, Array]
Ending = tuple[Array, Array, Array, float]
Runner = Callable[[Array, Array, Array], Ending]


@dataclass(repr=False)
class Draw:
    """What a learner gets as `draw`: each call returns the next start, and there is always another."""

    search: Search
    calls: int = 0

    def __call__(self) -> Parameters:
        """Return a new start."""
        beyond, place = divmod(self.calls, len(self.search.starts))
        self.calls += 1
        weights, means, variances = np.array(self.search.starts[place], dtype=float)
        return weights, means + 20 * beyond, variances

    __call__.__qualname__ = "draw"

    def __repr__(self) -> str:
        return "draw"

    def told(self) -> str:
        """Return the starts that are asked for, a line each."""
        return "\n".join(["weights, means and variances of start", *map(_line, self.search.asked())])


@dataclass(repr=False)
class Run:
    """What a learner gets as `run`: EM, or something as simple as possible that behaves like it."""

    search: Search
    calls: int = 0
    started: set[bytes] = field(default_factory=set)

    def __call__(self, weights: Any, means: Any, variances: Any) -> Ending:
        """Return where a run ends, and its log-likelihood there."""
        start = [np.array(part, dtype=float) for part in (weights, means, variances)]
        self.calls += 1
        self.started.add(b"".join(part.tobytes() for part in start))
        weights, means, variances, log_likelihood = self.search.runner(*start)
        return weights.copy(), means.copy(), variances.copy(), log_likelihood

    __call__.__qualname__ = "run"

    def __repr__(self) -> str:
        return "run"

    def told(self) -> str:
        """Return where the runs from these starts end, a line each."""
        ends = [
            (i, self.search.runner(*(np.array(part, dtype=float) for part in start)))
            for i, start in self.search.asked()
        ]
        return "\n".join(["where it ends from there, and the log-likelihood", *map(_line, ends)])


@dataclass(frozen=True)
class Search:
    """Restarts to choose from.

    Attributes
    ----------
    starts : tuple
        Weights, means and variances of each start, in the order in which they are drawn: more than
        `restarts`, so that a start too many is a new one.
    restarts : int
        How many are asked for.
    runner : callable
        From weights, means and variances to those where a run ends, and its log-likelihood there.
    """

    starts: tuple[tuple[list[float], list[float], list[float]], ...]
    restarts: int
    runner: Runner

    @property
    def n_components(self) -> int:
        """The number of classes."""
        return len(self.starts[0][0])

    def values(self) -> tuple[Callable[[], Draw], Callable[[], Run], int]:
        """Return the arguments of a Case: `draw` and `run` are made anew for every call."""
        return lambda: Draw(self), lambda: Run(self), self.restarts

    def asked(self) -> list[tuple[int, Any]]:
        """Return the starts that are asked for, numbered from 1."""
        return list(enumerate(self.starts[: self.restarts], start=1))


def _line(numbered: tuple[int, Any]) -> str:
    number, parts = numbered
    return f"{number}: " + ", ".join(_value(np.asarray(part)) for part in parts)


def halfway(goal: list[float], level: float, slope: float = 1.0, lost: float | None = None) -> Runner:
    """Return a run that halves the distance to equal weights, some means and variances of one.

    Its log-likelihood is `level` less the squared distances of its start, times `slope`. Each mean stays
    above its goal, so that two starts on either side of it end at one place. A run whose first mean starts
    at `lost` has NaN for a log-likelihood.
    """

    def run(weights: Array, means: Array, variances: Array) -> Ending:
        equal, aim = 1 / len(goal), np.array(goal)
        far = 4 * ((weights - equal) ** 2).sum() + ((means - aim) ** 2).sum() + ((variances - 1) ** 2).sum()
        log_likelihood = np.nan if means[0] == lost else float(level - slope * far)
        return (weights + equal) / 2, aim + np.abs(means - aim) / 2, (variances + 1) / 2, log_likelihood

    return run


def em_on(y: list[float], steps: int) -> Runner:
    """Return EM itself on some objects, for so many steps. What it has run is kept for the next caller."""

    @lru_cache(maxsize=1000)
    def kept(weights: tuple[float, ...], means: tuple[float, ...], variances: tuple[float, ...]) -> Ending:
        run = em(y, Mixture(weights, means, variances), max_iter=steps, tol=0.0)
        mixture = run.mixture
        return mixture.weights, mixture.means, mixture.variances, float(run.log_likelihoods[-1])

    return lambda weights, means, variances: kept(tuple(weights), tuple(means), tuple(variances))
