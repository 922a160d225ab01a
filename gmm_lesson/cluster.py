"""Objects on other machines: the engine's sums, made where the data lies and added up in a tree.

`gmm_lesson.fit` comes here when y is a Dask array. Every step sends the parameters out, a few hundred bytes,
and gets K x F sums and a log-likelihood back from each chunk. The tree of additions is the same however many
workers there are and whichever of them die, so the answer is the same to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from dask.base import compute
from dask.delayed import delayed

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.line import Line
from gmm_lesson.objects import SAMPLE, Objects, Survey, counts_of, picked, present, survey_of

Part = TypeVar("Part")

BRANCHES = 8
"""How many sums are added by one task."""


class DaskObjects(Objects):
    """The objects of a Dask array.

    Parameters
    ----------
    y : dask.array.Array, shape (N,) or (N, d)
        The objects. They are read at every step of EM: call `y.persist()` first where they fit into the
        memory of the cluster.
    counts : dask.array.Array, shape (N,), in chunks like y's, or None
        How many objects each of them stands for.
    family, ndim
        As for `objects_of`.
    """

    def __init__(self, y: Any, counts: Any = None, family: Callable[..., Any] = Line, ndim: int = 1) -> None:
        self._parts = _parts(y, counts, ndim)
        surveys = self._each(_survey, ndim)
        self._sizes = [survey.n if survey else 0.0 for survey in surveys]
        self._describe([survey for survey in surveys if survey], family)

    def total(self, part: Callable[..., Part], add: Callable[[Part, Part], Part], *shared: Any) -> Part:
        """Return the sum of `part(y, counts, *shared)` over the chunks, computed where they are."""
        everything = delayed(shared)
        level = [delayed(_there)(part, y, counts, everything) for y, counts in self._parts]
        while len(level) > 1:
            level = [delayed(_added)(add, level[at : at + BRANCHES]) for at in range(0, len(level), BRANCHES)]
        answer: Part
        (answer,) = compute(level[0])
        return answer

    def sample(self, rng: np.random.Generator, least: int = 1) -> Array:
        """Return objects to draw starts from, as `Objects.sample`."""
        most = max(SAMPLE, least)
        if self.size <= most and self._parts[0][1] is None:
            return np.concatenate(self._each(_numbers))
        places, rights = np.sort(rng.uniform(0, self.n, most)), np.cumsum(self._sizes)
        cuts = np.split(places, np.searchsorted(places, rights[:-1]))
        lefts = rights - self._sizes
        picks = [
            delayed(picked)(y, counts, cut - left)
            for (y, counts), cut, left in zip(self._parts, cuts, lefts, strict=True)
            if len(cut)
        ]
        return np.concatenate(compute(*picks))

    def _each(self, function: Callable[..., Part], *shared: Any) -> list[Part]:
        return list(compute(*[delayed(function)(y, counts, *shared) for y, counts in self._parts]))


def _parts(y: Any, counts: Any, ndim: int) -> list[tuple[Any, Any]]:
    if y.ndim != ndim:
        raise ValueError(f"y must have {ndim} axes; got a Dask array with {y.ndim}")
    if ndim == 2 and y.numblocks[1] > 1:
        raise ValueError(
            f"y must have its columns in one chunk; got {y.numblocks[1]}: y.rechunk((-1, None)) ..."
        )
    chunks = list(y.to_delayed().ravel())
    if counts is None:
        return [(chunk, None) for chunk in chunks]
    if not hasattr(counts, "to_delayed") or counts.numblocks != y.numblocks[:1]:
        raise ValueError("counts must be a Dask array in chunks like y's; got other ones")
    return list(zip(chunks, counts.to_delayed().ravel(), strict=True))


def _survey(y: Array, counts: Array | None, ndim: int) -> Survey | None:
    """Check a chunk where it is, and return its survey; None if nothing is in it."""
    if len(y) == 0:
        return None
    y = array_of(y, "y", ndim)
    y, counts = present(y, None if counts is None else counts_of(counts, len(y)))
    return survey_of(y, counts) if len(y) else None


def _there(part: Callable[..., Part], y: Array, counts: Array | None, shared: tuple[Any, ...]) -> Part | None:
    y, counts = present(y, counts)
    return part(y, counts, *shared) if len(y) else None


def _added(add: Callable[[Part, Part], Part], parts: list[Part | None]) -> Part | None:
    answer = None
    for part in parts:
        if part is not None:
            answer = part if answer is None else add(answer, part)
    return answer


def _numbers(y: Array, counts: Array | None) -> Array:
    return np.asarray(y, dtype=float)
