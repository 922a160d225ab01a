"""SQUAREM, a line an equation: EM's steps, and a jump to where they lead.

Varadhan and Roland (2008), scheme S3. `fit(..., accelerate=True)` jumps in this way and in another, for many
restarts at once (see `gmm_lesson.engine.accelerate`); this is the one to read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, number, whole_number
from gmm_lesson.em import (
    MAX_ITER,
    TOL,
    EMRun,
    default_floor,
    e_step,
    gain_is_negligible,
    log_likelihood,
    m_step,
    variance,
)
from gmm_lesson.mixture import Mixture, check_mixture

LONGEST_JUMP = 30.0
"""How much the log of a weight or of a variance may change in a jump."""


def squarem(
    y: ArrayLike, start: Mixture, *, max_iter: int = MAX_ITER, tol: float = TOL, floor: float | None = None
) -> EMRun:
    """Run EM with jumps, until a step gains almost nothing.

    Take two steps from x, the first s = F(x) - x, and how the second differs from it, v. Each step is about a
    factor times the one before, and where all the others would end is x + 2 a s + a^2 v, with a = |s| / |v|.
    Go there, and take a step from there. A jump to a lower log-likelihood is undone. x holds the logs of the
    weights, the means in sds of y, and the logs of the variances.

    Parameters
    ----------
    y, start, tol, floor
        As for `em`.
    max_iter : int
        The largest number of steps. Every step of EM counts, an E-step and an M-step, also one after a jump
        that is undone.

    Returns
    -------
    EMRun
        As from `em`: its path holds the mixture after each step, and its log-likelihoods never fall.

    Raises
    ------
    TypeError, ValueError
        As `em` does.
    """
    y, start = array_of(y, "y"), check_mixture(start, "start")
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")
    floor = default_floor(y) if floor is None else number(floor, "floor")
    now = Mixture(start.weights, start.means, np.maximum(start.variances, floor))
    unit = float(np.sqrt(variance(y))) or 1.0
    path, log_likelihoods, converged = [now], [log_likelihood(y, now)], False
    while len(path) <= max_iter and not converged:
        begin, undone = path[-1], False
        # After two steps of EM comes a jump, and a step from where it lands.
        if len(path) % 3 == 0 and (landed := _jump(*path[-3:], unit=unit, floor=floor)):
            undone = log_likelihood(y, landed) < log_likelihoods[-1]
            begin = begin if undone else landed
        path.append(begin if undone else m_step(y, e_step(y, begin), floor=floor))
        log_likelihoods.append(log_likelihood(y, path[-1]))
        gain = log_likelihoods[-1] - log_likelihoods[-2]
        converged = not undone and bool(gain_is_negligible(gain, len(y), tol))
    return EMRun(tuple(path), np.array(log_likelihoods), converged)


def _jump(x: Mixture, once: Mixture, twice: Mixture, *, unit: float, floor: float) -> Mixture | None:
    """Return where the steps x, once, twice lead; None if they lead no further than to `twice`."""
    at, next_, last = (_free(mixture, unit) for mixture in (x, once, twice))
    s, v = next_ - at, last - 2 * next_ + at
    size = np.linalg.norm(v)
    far = np.linalg.norm(s) / size if size > 0 else 0.0
    if far <= 1:
        return None
    log_weights, means, log_variances = (at + 2 * far * s + far**2 * v).reshape(3, -1)
    log_weights = np.clip(log_weights - log_weights.max(), -LONGEST_JUMP, 0)
    near = np.log(twice.variances)
    log_variances = np.clip(log_variances, near - LONGEST_JUMP, near + LONGEST_JUMP)
    weights = np.exp(log_weights)
    return Mixture(weights / weights.sum(), unit * means, np.maximum(np.exp(log_variances), floor))


def _free(mixture: Mixture, unit: float) -> Array:
    return np.concatenate([np.log(mixture.weights), mixture.means / unit, np.log(mixture.variances)])
