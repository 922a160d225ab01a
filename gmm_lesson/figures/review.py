"""What lesson 11 shows of the notebook of 2021: where its restarts ended, and its closing figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import array_of
from gmm_lesson.figures import words
from gmm_lesson.figures.base import Picture, styled
from gmm_lesson.figures.labels import write
from gmm_lesson.figures.marks import COLOURS, GREY, draw_pairs, new_figure, new_panel
from gmm_lesson.mixture import Mixture
from gmm_lesson.restarts import SAME_OPTIMUM


@styled()
def ladder(endings: ArrayLike, finished: Sequence[bool], rungs: ArrayLike, names: Sequence[str]) -> Picture:
    """Draw where restarts ended between the rungs of a ladder: one rung a level, the best on top.

    Rungs stand at equal distances, whatever lies between them; an ending between two rungs is placed in
    proportion.

    `endings`, shape (R,), are the last log-likelihoods of the restarts; those that had `finished` are filled.
    `rungs`, shape (M,), are the log-likelihoods of the levels (an optimum, or a plateau), falling, with
    `names`.
    """
    endings, rungs = array_of(endings, "endings"), array_of(rungs, "rungs")
    figure, axes = new_panel((8, 4), xlim=(0.4, len(endings) + 5), ylabel="log-likelihood, not to scale")
    # One more rung, as far below the last as the last is below the first: nothing ends beneath the ladder.
    low = min(2 * rungs[-1] - rungs[0], endings.min())
    height = np.interp(-endings, -np.append(rungs, low), -np.arange(len(rungs) + 1.0))
    for place, (value, name) in enumerate(zip(rungs, names, strict=True)):
        axes.axhline(-place, color=GREY, linewidth=1, zorder=0)
        write(axes, f"{value:z.2f}  {name}", (len(endings) + 0.7, -place), (0, 2), va="bottom", ha="left")
    runs = range(1, len(endings) + 1)
    for run, h, done in zip(runs, height, finished, strict=True):
        axes.plot(run, h, "o", ms=11, mfc=COLOURS[0] if done else "white", mec=COLOURS[0], mew=2)
    axes.set(xticks=runs, yticks=[], title="Filled: finished. Hollow: not, as far as anybody can tell.")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("restart", loc="left")
    ended = words.listed(1 + np.flatnonzero(finished))
    best = words.listed(1 + np.flatnonzero(endings > rungs[0] - SAME_OPTIMUM))
    return Picture(
        figure,
        f"Where {len(endings)} restarts ended, on a ladder of {len(rungs)} levels from {rungs[0]:.2f} down to"
        f" {rungs[-1]:.2f}. Restarts {ended} had finished; {best} reached the top rung.",
    )


@styled()
def closing(*, true: Mixture, fitted: Mixture, matched: Mixture) -> Picture:
    """Draw learned against true parameters: the two panels of the notebook of 2021, and what was meant.

    Left, means against their rank; in the middle, spreads against theirs, true standard deviations beside
    learned *variances*, on the axis of the means. Each list is sorted on its own, so a rank is no class.
    Right, each true class beside the learned one matched to it: `matched` is `fitted`, what was learned, with
    its classes in the order of the true ones.
    """
    figure = new_figure((8, 4))
    means, spreads, pairs = figure.subplots(1, 3)
    true_means, true_sds, variances = np.sort(true.means), np.sort(true.sds), np.sort(fitted.variances)
    ranks = np.arange(1, len(true_means) + 1)
    for axes, title, truth, learned in (
        (means, "2021: means", true_means, np.sort(fitted.means)),
        (spreads, "2021: spreads", true_sds, variances),
    ):
        axes.plot(ranks, truth, "o", color=GREY, ms=14, mfc="none", mew=1.5, label="true")
        axes.plot(ranks, learned, "o", color=GREY, ms=7, label="learned")
        axes.set(title=title, xticks=ranks, xlim=(0.5, len(ranks) + 0.5), xlabel="rank")
    spreads.sharey(means)
    shown = np.concatenate([true_means, fitted.means, true_sds, variances])
    margin = 0.1 * np.ptp(shown)
    means.set_ylim(shown.min() - margin, shown.max() + margin)
    means.set_ylabel("mean")
    spreads.set_ylabel("true sd, learned variance")
    means.legend(loc="upper left", fontsize=12)
    draw_pairs(pairs, (true.means, true.sds), (matched.means, matched.sds))
    top = 1.2 * max(true.sds.max(), fitted.sds.max())
    pairs.set(title="Done right: pairs", ylabel="sd", ylim=(0, top))
    others = int((np.argsort(true.means) != np.argsort(true.sds)).sum())
    gap, error = np.abs(variances - true_sds).max(), np.abs(matched.sds - true.sds).max()
    return Picture(
        figure,
        "Learned against true classes. Left and middle, as in 2021: means and spreads, each list sorted on"
        f" its own. Learned variances beside true sds: gaps up to {gap:.1f}. At {others} of {len(ranks)}"
        " ranks the true mean and the true sd belong to different classes. Right, matched pairs: errors of an"
        f" sd up to {error:.2f}.",
    )
