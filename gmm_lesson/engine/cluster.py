"""Objects on other machines: the engine's sums, made where the data lies and added up in a tree.

`gmm_lesson.fit` comes here when y is a Dask array. Every step sends the parameters out, a few hundred bytes,
and gets K x F sums and a log-likelihood back from each chunk. The tree of additions is the same however many
workers there are and whichever of them die, so the answer is the same to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
from dask.array import Array as DaskArray
from dask.base import compute
from dask.delayed import delayed

from gmm_lesson._inputs import array_of, axes, said
from gmm_lesson.engine.line import Line
from gmm_lesson.engine.objects import Block, Objects, Summary, counts_of, plain, present, summary_of

Part = TypeVar("Part")

BRANCHES = 8
"""How many sums are added by one task."""


class DaskObjects(Objects):
    """The objects of a Dask array, (N,) or (N, d), or of what has `to_dask_array`, as columns of a DataFrame.

    They are read at every step of EM: call `y.persist()` first where they fit into the memory of the cluster.
    Their counts come in chunks like theirs.
    """

    def __init__(self, y: Any, counts: Any = None, family: Callable[..., Any] = Line, ndim: int = 1) -> None:
        self._parts = _parts(y, counts, ndim)
        found = compute(*[delayed(_summary)(y, counts, ndim) for y, counts in self._parts])
        starts = np.cumsum([0, *(length for length, _ in found)]).tolist()
        for chunk, start, (_, summary) in zip(self._parts, starts, found, strict=False):
            if isinstance(summary, Exception):  # only now it is known where its chunk begins
                compute(delayed(_checked)(*chunk, ndim, start))
        summaries = [summary for _, summary in found if isinstance(summary, Summary)]
        self._sizes = [summary.n if isinstance(summary, Summary) else 0.0 for _, summary in found]
        self._counted = counts is not None
        self._describe(summaries, family)

    def total(self, part: Callable[..., Part], add: Callable[[Part, Part], Part], *shared: Any) -> Part:
        """Return the sum of `part(y, counts, *shared)` over the chunks, computed where they are."""
        everything = delayed(shared)
        level = [delayed(_there)(part, y, counts, everything) for y, counts in self._parts]
        while len(level) > 1:
            level = [delayed(_added)(add, level[at : at + BRANCHES]) for at in range(0, len(level), BRANCHES)]
        answer: Part
        (answer,) = compute(level[0])
        return answer

    def _each(self, part: Callable[..., Part], given: Iterable[tuple[Any, ...]]) -> Iterable[Part]:
        pairs = zip(self._parts, given, strict=False)
        found = compute(*[delayed(_there)(part, y, counts, mine) for (y, counts), mine in pairs])
        return (one for one in found if one is not None)


def _parts(y: Any, counts: Any, ndim: int) -> list[tuple[Any, Any]]:
    chunks, ours = _chunks(y, "y", ndim)
    if counts is None:
        return [(chunk, None) for chunk in chunks]
    beside, theirs = _chunks(counts, "counts", 1)
    # The length of a chunk is nan where Dask does not know it: the summary looks at those.
    if len(ours) != len(theirs) or any(n != m for n, m in zip(ours, theirs, strict=True) if n + m == n + m):
        raise ValueError(
            f"counts must be a Dask array in chunks like y's, {ours}; got {theirs}:"
            " give counts.rechunk(y.chunks[:1])"
        )
    return list(zip(chunks, beside, strict=True))


def _chunks(values: Any, name: str, ndim: int) -> tuple[list[Any], tuple[float, ...]]:
    """Return the chunks of a Dask array, or of a column or columns of a Dask DataFrame, and their lengths."""
    frame = hasattr(type(values), "to_dask_array")
    if not frame and not isinstance(values, DaskArray):
        there = type(values).__module__.startswith("dask")
        how = "from_delayed" if there else "concatenate" if name == "y" else "from_array"  # y may be a list
        like = "" if name == "y" else " in chunks like y's"
        raise TypeError(
            f"{name} must be a Dask array{like}, or a column of a Dask DataFrame; got {said(values)}:"
            f" dask.array.{how} makes one"
        )
    if values.ndim != ndim:
        raise ValueError(
            f"{name} must have {axes(ndim, name)}; got a Dask {type(values).__name__} with {values.ndim} axes"
        )
    if frame:
        return list(values.to_delayed()), (np.nan,) * values.npartitions
    if ndim == 2 and values.numblocks[1] > 1:
        several = values.numblocks[1]
        raise ValueError(
            f"{name} must have its columns in one chunk; got {several}: give y.rechunk({{1: -1}})"
        )
    return list(values.to_delayed().ravel()), values.chunks[0]


def _summary(y: Any, counts: Any, ndim: int) -> tuple[int, Summary | Exception | None]:
    """Check a chunk where it is: its length, and its summary, or what is wrong, or None if it is empty."""
    try:
        objects, numbers = present(*_checked(y, counts, ndim))
    except (TypeError, ValueError) as problem:
        return len(y), problem
    return len(y), summary_of(objects, numbers) if len(objects) else None


def _checked(y: Any, counts: Any, ndim: int, start: int = 0) -> Block:
    if len(y):
        array_of(y, "y", ndim, start=start)
    if counts is not None and len(y) + len(counts):
        counts_of(counts, len(y), start=start)
    return _plain(y, counts)


def _plain(y: Any, counts: Any) -> Block:
    return plain(y), None if counts is None else plain(counts)


def _there(part: Callable[..., Part], y: Any, counts: Any, shared: tuple[Any, ...]) -> Part | None:
    y, counts = present(*_plain(y, counts))
    return part(y, counts, *shared) if len(y) else None


def _added(add: Callable[[Part, Part], Part], parts: list[Part | None]) -> Part | None:
    answer = None
    for part in parts:
        if part is not None:
            answer = part if answer is None else add(answer, part)
    return answer
