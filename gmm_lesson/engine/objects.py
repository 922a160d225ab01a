"""Objects wherever they lie: in an array, or in blocks that are read again at every step of EM."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, reduce
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array, array_of, number
from gmm_lesson.em import FAR, FLOOR_SHARE, floor_for, limits
from gmm_lesson.engine import sums
from gmm_lesson.engine.family import LEAST, Parameters, Sums
from gmm_lesson.engine.line import Line

SAMPLE = 2**14
"""Starts are drawn from so many objects, where there are more."""

FEW_RESPONSIBILITIES = 2**14
"""So many responsibilities in all are sooner computed the textbook's way, `Line.textbook_sums`, than prepared
for the engine's, `sums.e_step`."""

PIECE = 2**14
"""How many objects are looked at together, where that takes memory for each of them."""

FEWEST = 1e-300
"""Counts that sum to less are no longer numbers to divide by."""

Part = TypeVar("Part")
Block = tuple[NDArray[Any], Array | None]
"""Objects and their counts; None is one each."""


class Summary(NamedTuple):
    """What one pass over objects tells: enough to lay coordinates through them. Surveys of parts merge."""

    size: int
    n: float
    """The sum of the counts."""
    low: Any
    high: Any
    mean: Any

    def merged(self, other: Summary) -> Summary:
        """Return the summary of both parts together."""
        n = self.n + other.n
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        mean = self.mean + (other.mean - self.mean) * (other.n / n)
        return Summary(self.size + other.size, n, low, high, mean)


class Spread(NamedTuple):
    """How far objects are spread where most of them are, as `em.limits` and `em.typical_variance` say it."""

    low: Any
    high: Any
    """The ends beyond which an object is far; along each axis in the plane, as the variance."""
    variance: Any
    """The variance of those that are not far, in y's units squared."""
    far: float
    """How many are far, along any axis."""


class Objects:
    """Objects in memory or in blocks, for `loop.run`.

    `read` returns, whenever it is called, the same blocks: pairs of objects, (n,) or (n, d), and counts, (n,)
    or None; `first` reads them at first, where that looks for errors too. `family` makes the family of
    Gaussians from the mean, the smallest and the largest object.
    """

    def __init__(
        self,
        read: Callable[[], Iterable[Block]],
        family: Callable[..., Any] = Line,
        first: Callable[[], Iterable[Block]] | None = None,
    ) -> None:
        self._read = read
        summaries = []
        for y, counts in (first or read)():
            summaries.append(summary_of(y, counts))
            self._counted = counts is not None
            if np.shape(summaries[0].low) != np.shape(summaries[-1].low):
                before, after = np.size(summaries[0].low), np.size(summaries[-1].low)
                raise ValueError(f"y must have as many columns in every block; got {after} after {before}")
        self._sizes = [summary.n for summary in summaries]
        self._describe(summaries, family)

    def _describe(self, summaries: list[Summary], family: Callable[..., Any]) -> None:
        """Lay coordinates through the objects, given the summaries of their parts."""
        if not summaries:
            raise ValueError("y must not be empty, and counts must not be all 0; got no object")
        summary = reduce(Summary.merged, summaries)
        self.size, self.n, self.low, self.high = summary.size, summary.n, summary.low, summary.high
        self.family = family(summary.mean, summary.low, summary.high)
        self.family.learn_moments(self.e_step(self.family.one_class(), score=False), self.n)

    def holding(self, y: Array, counts: Array) -> Objects:
        """Return other objects, in memory, in these coordinates."""
        return Objects(lambda: [(y, counts)], lambda *_: self.family)

    @cached_property
    def spread(self) -> Spread:
        """How far the objects are spread; where there are many, a sample of them tells which are far."""
        low, high = limits_of(self.sample(np.random.default_rng(0)))
        variance = self.family.variance
        variance = np.diagonal(variance) if np.ndim(variance) == 2 else variance
        variance, far = variance * self.family.unit * self.family.unit, 0.0
        inside = (low <= self.low) & (self.high <= high)
        if not np.all(inside):
            middle, unit = (low + high) / 2, np.where(low < high, (high - low) / (2 * FAR), 1.0)
            n, first, second, beyond = self.total(_moments, np.add, low, high, middle, unit)
            near = (second / n - (first / n) ** 2) * unit * unit
            variance = np.where(inside | ~(near > 0), variance, near)[()]
            far = float(np.max(beyond))
        return Spread(low, high, variance, far)

    def floor(self, given: Any = None) -> Any:
        """Return the floor on variances, along each axis: what is given, checked, or the default of `fit`."""
        axes = np.shape(self.low)
        if given is None:
            if not axes:
                return floor_for(float(self.spread.variance), self.size, self.family.centre)
            floor = FLOOR_SHARE * self.spread.variance
            if not (floor > 0).all():
                raise ValueError(
                    "y must vary along every axis for floor=None to have a meaning; got a variance of 0 along"
                    f" axis {np.argmin(floor > 0)}: leave it out, use larger units, or give a floor above 0"
                )
            return floor
        single = not axes or isinstance(given, numbers.Real) or getattr(given, "ndim", 1) == 0
        floor = np.full(axes, number(given, "floor")) if single else array_of(given, "floor")
        if floor.shape != axes or floor.min() < 0 or (floor > 0).any() != (floor > 0).all():
            raise ValueError(f"floor must be {axes[0]} numbers, all above 0 or all 0; got {floor.tolist()}")
        for value, least in zip(floor.flat, np.ravel(LEAST * self.family.unit**2), strict=True):
            if 0 < value < least:
                raise ValueError(
                    f"floor must be 0, or at least {least:.3g} for objects of this size; got {value:g}"
                )
        return floor[()]

    def total(self, part: Callable[..., Part], add: Callable[[Part, Part], Part], *shared: Any) -> Part:
        """Return the sum of `part(y, counts, *shared)` over the blocks."""
        return reduce(add, self._each(part, repeat(shared)))

    def e_step(self, now: Parameters, score: bool = True) -> Sums:
        """Return the sums over all objects; without `score` the log-likelihood means nothing."""
        few = now.weights.size * self.size <= FEW_RESPONSIBILITIES  # of all: every block must go the same way
        found = self.total(_sums, Sums.plus, self.family, now, score, few)
        found.log_likelihood[:] -= self.n * self.family.log_unit
        return found

    def take(self, which: NDArray[np.bool_]) -> Objects:
        """Return the objects of some restarts: these, for all restarts share them."""
        return self

    def sample(self, rng: np.random.Generator, least: int = 1) -> Array:
        """Return objects to draw starts from: all, or where there are more than SAMPLE so many, at random."""
        most = max(SAMPLE, least)
        if self.size <= most and not self._counted:
            return np.concatenate(list(self._each(as_floats, repeat(()))))
        places, lefts = np.sort(rng.uniform(0, self.n, most)), np.cumsum([0, *self._sizes[:-1]])
        cuts = np.split(places, np.searchsorted(places, lefts[1:]))
        mine = [(cut - left,) for cut, left in zip(cuts, lefts, strict=True)]
        return np.concatenate(list(self._each(picked, mine)))

    def _each(self, part: Callable[..., Part], given: Iterable[tuple[Any, ...]]) -> Iterable[Part]:
        """Return `part(y, counts, *mine)` of each block, with what is given for it."""
        return (part(y, counts, *mine) for (y, counts), mine in zip(self._blocks(), given, strict=False))

    def _blocks(self) -> Iterator[Block]:
        seen = 0
        for y, counts in self._read():
            seen += len(y)
            yield y, counts
        if seen != self.size:
            raise ValueError(
                f"y must give the same blocks at every pass; got {seen} after {self.size} objects"
            )


def _sums(y: Any, counts: Array | None, family: Any, now: Parameters, score: bool, few: bool) -> Sums:
    found: Sums | None = family.textbook_sums(y, counts, now, score) if few else None
    return sums.e_step(family, y, counts, now, score) if found is None else found


def limits_of(y: Array) -> tuple[Any, Any]:
    """Return the limits of objects, (n,) or (n, d), along each of their axes."""
    ends = np.apply_along_axis(limits, 0, y)
    return ends[0], ends[1]


def _moments(y: Any, counts: Array | None, low: Any, high: Any, middle: Any, unit: Any) -> Array:
    """Return, along each axis, N, sum z and sum z^2 of those not far, z = (y - middle) / unit; the far."""
    moments = np.zeros((4, *np.shape(low)))
    for at in range(0, len(y), PIECE):
        block = np.asarray(y[at : at + PIECE], dtype=float)
        n = np.ones(len(block)) if counts is None else counts[at : at + PIECE]
        inside = (low <= block) & (block <= high)
        z = (np.where(inside, block, middle) - middle) / unit
        moments[:3] += n @ inside, n @ z, n @ z**2
        moments[3] += n[~inside.reshape(len(block), -1).all(axis=1)].sum()
    return moments


def summary_of(y: Any, counts: Array | None) -> Summary:
    """Return the summary of a block with at least one object."""
    low, high = (np.asarray(end, dtype=float)[()] for end in (y.min(axis=0), y.max(axis=0)))
    n = float(len(y) if counts is None else counts.sum())
    mean = y.mean(axis=0, dtype=float) if counts is None else counts @ y / n
    return Summary(len(y), n, low, high, np.clip(mean, low, high))  # rounding may leave the range


def as_floats(y: Any, counts: Array | None) -> Array:
    """Return the objects of a block as floats."""
    return np.asarray(y, dtype=float)


def picked(y: Any, counts: Array | None, places: Array) -> Array:
    """Return the objects at places on a scale where each takes as much as it counts."""
    which = (
        places.astype(np.intp) if counts is None else np.searchsorted(np.cumsum(counts), places, side="right")
    )
    return np.asarray(y[np.minimum(which, len(y) - 1)], dtype=float)


def counts_of(counts: Any, n: int, name: str = "counts", start: int | None = None) -> Array:
    """Return the counts of n objects, checked; those of a part that begins at `start`, as in `array_of`."""
    array = array_of(counts, name, start=start)
    if array.shape != (n,):
        of = "" if start is None else f" at y[{start}:{start + n}]"
        raise ValueError(f"{name} must have one entry for each of the {n} objects{of}; got {len(array)}")
    if array.min() < 0:
        where = int(array.argmin()) + (start or 0)
        raise ValueError(f"{name} must not be negative; got {array.min():g} at {name}[{where}]")
    if 0 < array.sum() < FEWEST:
        raise ValueError(f"{name} must sum to at least {FEWEST:g}, or be all 0; got {array.sum():g}")
    return array


def present(y: Any, counts: Array | None) -> Block:
    """Return the objects that are there: those that count for more than 0."""
    if counts is None or counts.all():
        return y, counts
    return y[counts > 0], counts[counts > 0]


def plain(block: Any) -> NDArray[Any]:
    """Return a block as an array to calculate with: of numbers as they are, but not of Python's objects."""
    array = np.asarray(block)
    return array_of(array, "y", array.ndim) if array.dtype.kind == "O" and array.size else array
