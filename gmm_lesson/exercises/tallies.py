"""What is counted over many runs of a sampler, and the exact law that it has if the sampler is right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array

LEVEL = 1e-9
"""The largest probability with which one tally of a right sampler is off."""

NEAR = 0.674
"""About half of a Gaussian lies within this many sds of its mean."""

WIDE = 2.5
"""Few counts lie farther than this many sds from their mean."""

MANY = 20
"""Runs of fewer objects have counts too small to have a middle."""

Kind = Literal[
    "total", "first", "last", "middle", "outside", "next", "place", "below", "near", "far", "mixture", "side",
    "sum", "squares", "beyond",
]  # fmt: skip
Labels = NDArray[np.intp]


@dataclass(frozen=True)
class Tally:
    """Something counted, of which a right sampler has a binomial number.

    Attributes
    ----------
    kind : str
        What is counted.
    label : int
        The class that it is counted of; -1 if it is of none.
    seen, trials : int
        How often it came up, and out of how many.
    chance : float
        The probability of each.
    """

    kind: Kind
    label: int
    seen: int
    trials: int
    chance: float

    def off(self, level: float = LEVEL) -> int:
        """Return 1 if there are too many, -1 if there are too few, and 0 if a right sampler may do this."""
        if self.trials == 0 or not 0 < self.chance < 1:
            return int(np.sign(self.seen - self.trials * (self.chance >= 1)))
        from scipy import special

        if special.bdtr(self.seen, self.trials, self.chance) < level / 2:
            return -1
        if self.seen > 0 and special.bdtrc(self.seen - 1, self.trials, self.chance) < level / 2:
            return 1
        return 0

    @property
    def wanted(self) -> float:
        """How many there are on average if the sampler is right."""
        return self.trials * self.chance

    @property
    def excess(self) -> float:
        """How far the rate is from the chance."""
        return abs(self.seen - self.wanted) / max(self.trials, 1)


def counts_of(z: Labels, size: int) -> Labels:
    """Return how many of each label there are in each run, shape (runs, size)."""
    return np.asarray((z[:, :, np.newaxis] == np.arange(size)).sum(axis=1), dtype=np.intp)


def class_tallies(z: Labels, law: Array) -> Iterator[Tally]:
    """Yield what is counted of labels alone.

    Parameters
    ----------
    z : ndarray of int, shape (runs, n)
        The labels, 0..K; a label K is no class.
    law : ndarray, shape (K + 1,)
        The probability of each.
    """
    runs, n = z.shape
    counts = counts_of(z, law.size)
    for k, chance in enumerate(law):
        yield Tally("total", k, int(counts[:, k].sum()), runs * n, chance)
        if n > 1:
            yield Tally("first", k, int((z[:, 0] == k).sum()), runs, chance)
            yield Tally("last", k, int((z[:, -1] == k).sum()), runs, chance)
        if n >= MANY and 0 < chance < 1:
            low, high, inside = _middle(n, chance, NEAR)
            middle = (low <= counts[:, k]) & (counts[:, k] <= high)
            yield Tally("middle", k, int(middle.sum()), runs, inside)
            low, high, inside = _middle(n, chance, WIDE)
            outside = (counts[:, k] < low) | (high < counts[:, k])
            yield Tally("outside", k, int(outside.sum()), runs, 1 - inside)
    # Pairs that share no object are independent, so each of these is binomial too.
    alike = float((law**2).sum())
    for skip in (0, 1):
        yield _equal("next", z[:, skip:].T, alike)
        yield _equal("place", z[skip:], alike)


def value_tallies(y: Array, z: Labels, means: Array, sds: Array, weights: Array) -> Iterator[Tally]:
    """Yield what is counted of values, given their labels.

    Parameters
    ----------
    y, z : ndarray, shape (runs, n)
        The values and the labels, 0..K-1.
    means, sds, weights : ndarray, shape (K,)
        The Gaussian of each class, and its probability.
    """
    yield from around(y, z, means, sds)
    for k, mean in enumerate(means):
        chance = float(weights @ [_below(mean, *one) for one in zip(means, sds, strict=True)])
        yield Tally("mixture", k, int((y < mean).sum()), y.size, chance)
    above = y > means[z]
    yield _equal("side", above.T, 0.5)
    yield _equal("side", above, 0.5)


def around(y: Array, z: Labels, means: Array, sds: Array) -> Iterator[Tally]:
    """Yield how the values of each class lie about a mean, counted in sds."""
    with np.errstate(all="ignore"):
        for k, (mean, sd) in enumerate(zip(means, sds, strict=True)):
            u = (y[z == k] - mean) / sd
            yield Tally("below", k, int((u < 0).sum()), u.size, 0.5)
            yield Tally("near", k, int((np.abs(u) < NEAR).sum()), u.size, math.erf(NEAR / math.sqrt(2)))
            yield Tally("far", k, int((np.abs(u) > 2).sum()), u.size, math.erfc(2 / math.sqrt(2)))


def noise_tallies(noise: Sequence[Array]) -> Iterator[Tally]:
    """Yield what is counted of the noise of runs: noise that is made to balance is never far from its mean.

    Parameters
    ----------
    noise : sequence of ndarray, shape (n,)
        For each run, how many sds each object lies from the mean of its class.
    """
    from scipy import special

    half = math.erf(NEAR / math.sqrt(2))
    sums = [abs(u.sum()) < NEAR * math.sqrt(u.size) for u in noise]
    squares = [0.25 < special.chdtr(u.size, (u**2).sum()) < 0.75 for u in noise]
    yield Tally("sum", -1, sum(map(int, sums)), len(sums), half)
    yield Tally("squares", -1, sum(map(int, squares)), len(squares), 0.5)
    every = np.abs(np.concatenate(noise))
    yield Tally("beyond", -1, int((every > 3).sum()), every.size, math.erfc(3 / math.sqrt(2)))


def like_the_mixture(y: Array, z: Labels, means: Array, sds: Array, weights: Array) -> Iterator[Tally]:
    """Yield how many of each class lie below each mean, if a label tells nothing about its value."""
    for mean in means:
        chance = float(weights @ [_below(mean, *one) for one in zip(means, sds, strict=True)])
        for k in range(means.size):
            theirs = y[z == k]
            yield Tally("mixture", k, int((theirs < mean).sum()), theirs.size, chance)


def _below(value: float, mean: float, sd: float) -> float:
    return math.erfc((mean - value) / (sd * math.sqrt(2))) / 2


def _middle(n: int, chance: float, sds: float) -> tuple[int, int, float]:
    """Return the middle of a binomial number, from and to, and its exact probability."""
    from scipy import special

    reach = sds * math.sqrt(n * chance * (1 - chance))
    low, high = math.ceil(n * chance - reach), math.floor(n * chance + reach)
    below = special.bdtr(low - 1, n, chance) if low > 0 else 0.0
    return low, high, float(special.bdtr(high, n, chance) - below)


def _equal(kind: Kind, rows: NDArray[np.generic], chance: float) -> Tally:
    """Count the entries in which a row is like the next one; no row is in two pairs."""
    pairs = len(rows) // 2
    alike = rows[0 : 2 * pairs : 2] == rows[1 : 2 * pairs : 2]
    return Tally(kind, -1, int(alike.sum()), alike.size, chance)
