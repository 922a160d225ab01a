"""What lesson 11 shows of the notebook of 2021: where its restarts ended, and its closing figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of
from gmm_lesson.figures.base import COLOURS, GREY, Picture, draw_pairs, listed, new_figure, styled
from gmm_lesson.mixture import Mixture


@styled()
def ladder(endings: ArrayLike, finished: Sequence[bool], rungs: ArrayLike, names: Sequence[str]) -> Picture:
    """Draw where restarts ended between the rungs of a ladder: one rung a level, the best on top.

    Rungs stand at equal distances, whatever lies between them; an ending between two rungs is placed in
    proportion.

    Parameters
    ----------
    endings : array_like, shape (R,)
        The last log-likelihood of each restart.
    finished : sequence of bool, length R
        Whether it had converged; such endings are filled.
    rungs : array_like, shape (M,)
        The log-likelihood of each level (an optimum, or a plateau), falling.
    names : sequence of str, length M
        What to call each.
    """
    endings, rungs = array_of(endings, "endings"), array_of(rungs, "rungs")
    figure = new_figure()
    axes = figure.add_subplot()
    # One more rung, as far below the last as the last is below the first: nothing ends beneath the ladder.
    low = min(2 * rungs[-1] - rungs[0], endings.min())
    height = np.interp(-endings, -np.append(rungs, low), -np.arange(len(rungs) + 1.0))
    for place, (value, name) in enumerate(zip(rungs, names, strict=True)):
        axes.axhline(-place, color=GREY, linewidth=1, zorder=0)
        axes.annotate(
            f"{value:z.2f}  {name}",
            (len(endings) + 0.7, -place),
            xytext=(0, 2),
            textcoords="offset points",
            va="bottom",
            ha="left",
        )
    for run, (h, done) in enumerate(zip(height, finished, strict=True), start=1):
        axes.plot(run, h, "o", ms=11, mfc=COLOURS[0] if done else "white", mec=COLOURS[0], mew=2)
    axes.set_xlim(0.4, len(endings) + 5)
    axes.set_xticks(range(1, len(endings) + 1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("restart", loc="left")
    axes.set_title("Filled: finished. Hollow: not, as far as anybody can tell.")
    axes.set_ylabel("log-likelihood, not to scale")
    done_runs = [run for run, done in enumerate(finished, start=1) if done]
    best = [run for run, ending in enumerate(endings, start=1) if ending > rungs[0] - 0.01]
    return Picture(
        figure,
        f"Where {len(endings)} restarts ended, on a ladder of {len(rungs)} levels from {rungs[0]:.2f} down to"
        f" {rungs[-1]:.2f}. Restarts {listed(done_runs)} had finished; {listed(best)} reached the top rung.",
    )


@styled()
def closing(*, true: Mixture, fitted: Mixture, matched: Mixture) -> Picture:
    """Draw learned against true parameters: as the notebook of 2021 did, half mended, and done right.

    Left, true standard deviations and learned *variances* on one axis, each list sorted on its own. In the
    middle, standard deviations on both sides, still sorted. Right, each true class beside the learned one
    matched to it.

    Parameters
    ----------
    true, fitted : Mixture
        The truth, and what was learned from its objects.
    matched : Mixture
        `fitted`, with its classes in the order of the true ones they match.
    """
    figure = new_figure()
    left, middle, right = figure.subplots(1, 3)
    truth = (np.sort(true.means), np.sort(true.sds))
    wrong = (np.sort(fitted.means), np.sort(fitted.variances))
    draw_pairs(left, truth, wrong)
    left.set_title("As in 2021")
    left.set_ylabel("true sd, learned variance")
    draw_pairs(middle, truth, (np.sort(fitted.means), np.sort(fitted.sds)))
    middle.set_title("sds, still sorted")
    draw_pairs(right, (true.means, true.sds), (matched.means, matched.sds))
    right.set_title("Done right")
    for axes in (middle, right):
        axes.set_ylabel("sd")
        axes.set_ylim(0, 1.2 * max(true.sds.max(), fitted.sds.max()))
    grey: Any = {"color": GREY, "marker": "o", "linestyle": ""}
    left.plot([], [], ms=14, mfc="none", label="true", **grey)
    left.plot([], [], ms=7, label="learned", **grey)
    left.legend(loc="upper left", fontsize=12)
    seeming = np.abs(wrong[1] - truth[1]).max()
    error = np.abs(matched.sds - true.sds).max()
    moved = int((np.argsort(true.means) != np.argsort(true.sds)).sum())
    return Picture(
        figure,
        "Learned against true classes, mean across and spread upwards. Left, as in 2021, learned variances"
        f" stand against true sds and the largest gap is {seeming:.1f}. In the middle, sds sorted by"
        f" themselves: {moved} of {len(true.sds)} true classes have the sd of another. Right, matched: the"
        f" largest error of an sd is {error:.2f}.",
    )
