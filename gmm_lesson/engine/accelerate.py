"""Fewer steps to the same optimum: jumps along the path of EM, kept only where they climb.

EM is a map F whose optimum is a fixed point. Near it each step shortens the way that is left by about the
same factors, so that the last few steps tell where they lead. Two ways to jump there:

- *Anderson's*: of all the mixtures of the last points, take the one whose steps F(x) - x cancel best (Walker
  and Ni, 2011; for EM: Henderson and Varadhan, 2019). It is Newton's method with a slope learned on the way.
- *SQUAREM* (Varadhan and Roland, 2008): extrapolate the last two steps of EM. It is for a start that leaves a
  saddle, whose steps grow, or that walks along a valley: there Anderson's jump leads back, or too far.

A jump is kept if the log-likelihood did not fall; else it is undone, and a step of EM comes first. So the
log-likelihood never falls, and the fixed points are EM's own. Each restart jumps on its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array

if TYPE_CHECKING:
    from gmm_lesson.engine.family import Family, Parameters

MEMORY = 6
"""How many differences of earlier points an Anderson jump looks at."""
RIDGE = 1e-12
"""What keeps nearly equal differences apart, as a share of their squares."""
STRETCH = 4.0
"""How far SQUAREM may extrapolate at first; four times as far after a jump that was kept, else a fourth."""
SHORTEST, LONGEST = 2.0, 1e8
"""And how far at the least and at the most."""
SLOWEST, FADE = 0.9999, 0.995
"""The slowest rate at which EM's steps are believed to shrink, and how soon a slow rate is forgotten."""
POLISH, POLISHED = 5, 1e-10
"""How many steps go on where nothing is left to gain, unless those of EM are as small as this, in sds."""
ROUNDING = 32 * np.finfo(float).eps
"""What rounding may change in a log-likelihood, as a share of it."""


class Guide:
    """Where R restarts go next, given where EM would go. After each E-step: `keeps`, `arrived`, `propose`."""

    _by_restart = ("jumped", "stretched", "anderson_fell", "polish", "stretch", "rate", "x", "step", "size")

    def __init__(self, family: Family, n_restarts: int) -> None:
        self.family = family
        # Of the point that each restart is at: whether a jump led there, and whether that was SQUAREM's.
        self.jumped, self.stretched = np.zeros((2, n_restarts), dtype=bool)
        # Whether Anderson's last jump fell: then it is SQUAREM's turn.
        self.anderson_fell = np.zeros(n_restarts, dtype=bool)
        self.polish = np.zeros(n_restarts, dtype=int)  # how long it has been where nothing is left to gain
        self.stretch, self.rate = np.full(n_restarts, STRETCH), np.full(n_restarts, SLOWEST)
        # Of the last point that was kept: its free coordinates, EM's step from it, and the size of that.
        self.x = self.step = np.empty((n_restarts, 0))
        self.size = np.full(n_restarts, np.inf)
        self.dx = self.dstep = np.empty((MEMORY, n_restarts, 0))  # how x and step changed, in a ring
        self.calls = 0

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget the restarts that have left the batch."""
        for name in self._by_restart:
            setattr(self, name, getattr(self, name)[which])
        self.dx, self.dstep = self.dx[:, which], self.dstep[:, which]

    def keeps(
        self, here: Parameters, image: Parameters, gain: Array, log_likelihood: Array
    ) -> NDArray[np.bool_]:
        """Return which restarts stay where they are; the last jump of the others is undone.

        A step of EM takes them from `here` to `image`; it is always kept. A jump is if the log-likelihood is
        above the last one that was kept, by `gain`, or stood still but for rounding while EM's steps became
        smaller. NaN is no rise.
        """
        self.here, self.image = here, image
        (self.x_here, _), (target, self.scale) = self.family.pack(here), self.family.pack(image)
        self.step_here = target - self.x_here
        self.size_here = length(self.step_here * self.scale)
        rounding = ROUNDING * np.abs(log_likelihood)
        still = (np.abs(gain) <= rounding) & (self.size_here < self.size)
        self.kept = np.asarray(~self.jumped | (gain > rounding) | still)
        return self.kept

    def arrived(self, gain: Array, log_likelihood: Array, tol: float) -> NDArray[np.bool_]:
        """Whether what is left to gain is about `tol`, or rounding, and the parameters have been polished.

        A step of EM tells the first. If each is `rate` times the last, each gain is rate^2 times the last,
        and all that follow sum to gain x rate^2 / (1 - rate^2). Then come a few more jumps: so near the
        optimum each gains digits of the parameters, which the log-likelihood has too few of its own to show.
        """
        left = np.abs(gain) * self.rate**2 / (1 - self.rate**2)
        enough = (left <= tol) | (np.abs(gain) <= ROUNDING * np.abs(log_likelihood))
        self.polish = np.where((self.polish > 0) | (enough & ~self.jumped), self.polish + 1, 0)
        return np.asarray((self.polish > POLISH) | ((self.polish > 0) & (self.size_here < POLISHED)))

    def propose(self, settled: NDArray[np.bool_]) -> Parameters:
        """Return where to go next; a step of EM must tell whether those that are `settled` have arrived."""
        kept, plain = self.kept, ~self.jumped
        old_x, old_step, old_size = self.x, self.step, self.size
        if self.calls == 0:
            old_x = old_step = np.zeros_like(self.x_here)
            self.dx, self.dstep = np.zeros((2, MEMORY, *old_x.shape))
        self.x = np.where(kept[:, np.newaxis], self.x_here, old_x)
        self.step = np.where(kept[:, np.newaxis], self.step_here, old_step)
        self.size = np.where(kept, self.size_here, old_size)
        dx, dstep, grows = self.x_here - old_x, self.step_here - old_step, self.size_here >= old_size
        self.dx[self.calls % MEMORY], self.dstep[self.calls % MEMORY] = dx, dstep
        forget = ~kept | grows | (self.calls == 0)
        self.dx[:, forget], self.dstep[:, forget] = 0, 0
        if self.calls:
            # Just after a jump the slow directions are those it mended: the rate before counts for a while.
            rate = np.minimum(self.size_here / np.maximum(old_size, 1e-300), SLOWEST)
            self.rate = np.where(plain, np.maximum(rate, FADE * self.rate), self.rate)
        factor = np.where(self.stretched, np.where(kept, 4.0, 0.25), 1.0)
        self.stretch = np.clip(self.stretch * factor, SHORTEST, LONGEST)
        self.anderson_fell = (self.anderson_fell & ~(kept & self.stretched)) | (~kept & ~self.stretched)

        may = kept & (plain | ~settled | (self.polish > 0)) & (self.calls > 0)
        squarem = may & plain & (grows | self.anderson_fell)
        anderson = may & ~grows & ~squarem
        free = self.x + self.step
        if anderson.any():
            free[anderson] -= self._correction()[anderson]
        if squarem.any():
            far = old_size / np.maximum(length(dstep * self.scale), 1e-300)
            squarem &= far > 1
            far = np.minimum(far, self.stretch)[squarem, np.newaxis]
            free[squarem] = old_x[squarem] + 2 * far * old_step[squarem] + far**2 * dstep[squarem]
        wild = ~np.isfinite(free).all(axis=1)
        free[wild] = (self.x + self.step)[wild]
        self.stretched, self.jumped = squarem & ~wild, (anderson | squarem) & ~wild
        self.calls += 1
        if not self.jumped.any() and kept.all():
            return self.image
        return self.family.unpack(free, self.image)

    def _correction(self) -> Array:
        """Return what Anderson takes off the next step of EM: (dx + dstep) c, with c from least squares."""
        steps = np.moveaxis(self.dstep * self.scale, 0, 2)  # (R, P, MEMORY)
        across = np.swapaxes(steps, 1, 2)
        squares, seen = across @ steps, across @ (self.step * self.scale)[..., np.newaxis]
        size = np.trace(squares, axis1=1, axis2=2)
        lost = ~(np.isfinite(size) & (size > 1e-290))  # no history, or one that is out of range
        squares[lost], seen[lost], size[lost] = np.eye(MEMORY), 0, 0
        squares += (RIDGE * size)[:, np.newaxis, np.newaxis] * np.eye(MEMORY)
        c = np.linalg.solve(squares, seen)
        return np.asarray((np.moveaxis(self.dx + self.dstep, 0, 2) @ c)[..., 0])


def length(rows: Array) -> Array:
    """Return the length of each row."""
    return np.asarray(np.sqrt(np.vecdot(rows, rows)))
