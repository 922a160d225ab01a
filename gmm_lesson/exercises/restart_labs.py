"""What the lab of the restarts breaks, listens for and shows: ten runs of EM, and the one that is kept.

One bug is in no run by itself, and no alarm hears it: each start takes over what the last run ended with.
What tells it from bad luck is to repeat all ten, and to count how often each of them reaches the best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.data import load
from gmm_lesson.em import MAX_ITER, log_likelihood
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.loop import Ends
from gmm_lesson.exercises import programs
from gmm_lesson.exercises.mistakes.best_restart import BEST_RESTART, RIGHT, BestRestart
from gmm_lesson.exercises.shown import NO_BUG, spoken, table
from gmm_lesson.mixture import Mixture
from gmm_lesson.study import original

SEED = 0
"""Draws the ten starts, and those of all repetitions."""

RUNS = 10
REPETITIONS = 200

COUNTED = (1, 2, 3, 5, 10)
"""The restarts, from one, whose hits are shown."""

TOL, LOOSE_TOL = 1e-9, 1e-3
"""Tolerances, per object."""

FEW_STEPS = 10

WITHIN = 0.01
"""Log-likelihoods that differ by less are of one optimum."""


@dataclass(frozen=True)
class Search:
    """A search for the best of several runs, either of whose moves may be wrong.

    Attributes
    ----------
    best : BestRestart
        Where the runs begin, and which is kept.
    max_iter, tol
        When a run stops, as in `em`.
    """

    best: BestRestart = RIGHT
    max_iter: int = MAX_ITER
    tol: float = TOL

    def go(self, repetitions: int = 1) -> tuple[Any, list[Parameters], list[Ends]]:
        """Search so many times at once; return what is kept, and where each run began and ended.

        Starts are drawn as in 2021: new means, and always the same weights and variances.
        """
        y, rng = load("lecture_2021").y, np.random.default_rng(SEED)
        began: list[Parameters] = []
        ended: list[Ends] = []

        def run(*start: Array) -> tuple[Any, ...]:
            began.append(Parameters(*start))
            ended.append(original.run(y, began[-1], max_iter=self.max_iter, tol=self.tol, old_mean=False))
            return *ended[-1].parameters, ended[-1].log_likelihood

        kept = self.best(lambda: original.draw_starts(y, repetitions, rng), run, RUNS)
        return kept, began, ended


class Kept(NamedTuple):
    """Ten runs, and what is kept of them."""

    starts: Array
    """Weights, means and variances at the start of each, shape (10, 3 K)."""
    log_likelihoods: Array
    """Where each ended, shape (10,)."""
    converged: bool
    """Whether all had."""
    reported: float
    """The log-likelihood that is kept."""
    own: float
    """That of the parameters which are kept."""


@cache
def search(how: Search) -> Kept:
    """Return ten runs, always from the same seed, and what is kept of them."""
    (*parts, reported), began, ended = how.go()
    return Kept(
        np.concatenate([np.concatenate(start, axis=1) for start in began]),
        np.concatenate([ends.log_likelihood for ends in ended]),
        all(ends.converged.all() for ends in ended),
        np.asarray(reported).item(),
        log_likelihood(load("lecture_2021").y, Mixture(*np.concatenate(parts))),
    )


@cache
def hits(how: Search) -> NDArray[np.bool_]:
    """Return whether each run of each repetition reached the best, shape (10, repetitions)."""
    counting = replace(how, best=replace(how.best, choose=lambda log_likelihoods: 0))
    _, _, ended = counting.go(REPETITIONS)
    return np.array([ends.log_likelihood > search(Search()).reported - WITHIN for ends in ended])


Alarm = tuple[str, Callable[[Kept], bool]]
"""What an alarm says, and whether it rings."""

ALARMS: tuple[Alarm, ...] = (
    (
        "what is kept is not the best of the runs",
        lambda kept: kept.reported < kept.log_likelihoods.max() - WITHIN,
    ),
    (
        "the log-likelihood is not that of the parameters beside it",
        lambda kept: abs(kept.reported - kept.own) > WITHIN,
    ),
    ("two runs began alike", lambda kept: len(np.unique(kept.starts, axis=0)) < RUNS),
    ("all runs ended alike", lambda kept: bool(np.ptp(kept.log_likelihoods) < WITHIN)),
    ("a run had not converged", lambda kept: not kept.converged),
)

CARRIED = "weights-and-variances-carried"

KNOWN = (
    "last-run",
    "lowest-run",
    "best-log-likelihood-beside-another-run",
    "averaged",
    "same-start-every-time",
    "everything-carried",
    CARRIED,
)

BUGS = {
    "ten-steps-each": Search(max_iter=FEW_STEPS),
    "loose-tolerance": Search(tol=LOOSE_TOL),
    **{
        mistake.name: Search(mistake.ways[0])
        for name in KNOWN
        for mistake in BEST_RESTART
        if mistake.name == name and isinstance(mistake.ways[0], BestRestart)
    },
}
"""The bugs by name."""


class RestartLab:
    """Ten runs with a bug to switch on."""

    question = (
        "Ten restarts on the 200 objects of 2021. Which alarm does each bug ring, and which bugs ring none?"
    )
    names = tuple(BUGS)
    program = programs.RESTARTS

    def kept(self, name: str) -> Kept:
        """Return ten runs with a bug, and what is kept of them; without a name the right ones."""
        return search(BUGS[name] if name else Search())

    def ringing(self, name: str) -> list[str]:
        """Return the alarms that a bug rings."""
        return [says for says, rings in ALARMS if rings(self.kept(name))]

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, or "none"."""
        return ", ".join(self.ringing(name)) or "none"

    def beside(self, name: str) -> tuple[str, str, str]:
        """Return what stands above the numbers, those of a bug, and the right ones."""
        above = "The log-likelihoods at which ten runs on the 200 objects of 2021 ended"
        reached = ["hits", *hits(BUGS[CARRIED]).sum(axis=1)] if name == CARRIED else []
        if reached:
            above += f"; and of {REPETITIONS} repetitions, how many reach the best"
        return above, _written(self.kept(name), reached), _written(self.kept(""))

    def answer(self) -> list[str]:
        """Return a table of the bugs, their alarms and what is kept, and how often one of them still hits."""
        rows = (
            (spoken(name) or NO_BUG, self.heard(name), _said(self.kept(name))) for name in ("", *self.names)
        )
        return [*table(("bug", "alarms", "what is kept"), rows), "", *self._sinking()]

    def _sinking(self) -> list[str]:
        hit, n = hits(BUGS[CARRIED]), REPETITIONS
        counts, ever = hit.sum(axis=1), int(hit.any(axis=0).sum())
        missed = n * (1 - counts[0] / n) ** RUNS
        return [
            f"All ten, {n} times over, with weights and variances carried. So many of the {n} reach the best,"
            f" {self.kept('').reported:.3f}, at restart",
            "",
            *table(
                (*map(str, COUNTED), "any of the ten"),
                [(*(str(counts[restart - 1]) for restart in COUNTED), str(ever))],
            ),
            "",
            f"give or take sqrt({n} p (1 - p)), at most {np.sqrt(n) / 2:.0f}. Nothing is carried into restart"
            f" 1: ten like it would all miss the best in {missed:.1f} of {n} repetitions; these did in"
            f" {n - ever}.",
        ]


def _said(kept: Kept) -> str:
    own = f"{kept.own:.3f}"
    return own if abs(kept.own - kept.reported) < WITHIN else f"{own}, reported as {kept.reported:.3f}"


def _written(kept: Kept, beside: Sequence[Any] = ()) -> str:
    """Write where each run ended, perhaps with a heading and a number beside it, and what is kept."""
    lines = [f"run {run:>2}{value:>11.3f}" for run, value in enumerate(kept.log_likelihoods, 1)]
    if beside:
        lines = [f"{line:<17}{entry:>7}" for line, entry in zip(["", *lines], beside, strict=True)]
    return "\n".join([*lines, f"kept  {_said(kept):>11}"])


RESTARTS = RestartLab()
"""The lab of lesson 06."""
