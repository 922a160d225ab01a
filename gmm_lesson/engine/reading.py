"""Objects in whatever they come: an array, blocks, or the chunks of a Dask array; read, and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, array_of
from gmm_lesson.engine.line import Line
from gmm_lesson.engine.objects import Block, Objects, counts_of, plain, present


def objects_of(y: Any, counts: Any = None, family: Callable[..., Any] = Line, ndim: int = 1) -> Objects:
    """Return the objects in y, checked: an array with `ndim` axes, or blocks, and their counts.

    An iterable that is not an array is blocks; it must be one that can be passed over again.
    """
    part = y[0] if isinstance(y, (list, tuple)) and y else y
    if type(part).__module__.partition(".")[0] in ("dask", "dask_expr"):
        from gmm_lesson.engine.cluster import DaskObjects

        return DaskObjects(y, counts, family, ndim)
    if not is_blocks(y, ndim=ndim):
        return Objects(_whole(array_of(y, "y", ndim), counts), family)
    if counts is not None and not is_blocks(counts, "counts"):
        raise TypeError(f"counts must come in blocks like y's; got {type(counts).__name__}")
    return Objects(lambda: _blocks(y, counts), family, lambda: _blocks(y, counts, ndim))


def is_blocks(y: Any, name: str = "y", ndim: int = 1) -> bool:
    """Whether y is a collection of arrays of objects, not an array or a collection of objects.

    An object has `ndim` - 1 axes: a number on a line, a row in the plane.
    """
    if isinstance(y, (list, tuple)):
        arrays = [block for block in y if isinstance(block, np.ndarray) and block.ndim > 0]
        return 0 < len(arrays) == len(y) and any(block.ndim >= ndim for block in arrays)
    known = (np.ndarray, str, bytes, set, frozenset, dict)
    if isinstance(y, known) or not isinstance(y, Iterable) or hasattr(y, "__array__"):
        return False
    if iter(y) is y:
        raise TypeError(
            f"{name} must be numbers, or blocks that can be passed over again and again, as a list of arrays;"
            f" got {type(y).__name__}, which can be passed over once"
        )
    first = next(iter(y), 0)
    return isinstance(first, (list, tuple)) or np.ndim(first) > 0


def _whole(y: Array, counts: Any) -> Callable[[], Iterable[Block]]:
    if counts is None:
        return lambda: [(y, None)]
    block = present(y, counts_of(counts, len(y)))
    return lambda: [block] if len(block[0]) else []


def _blocks(y: Iterable[Any], counts: Iterable[Any] | None, ndim: int | None = None) -> Iterator[Block]:
    """Read the blocks in which there are objects; with `ndim`, check them too."""
    pairs = ((block, None) for block in y) if counts is None else zip_longest(y, counts)
    for place, (block, number) in enumerate(pairs):
        if counts is not None and (block is None or number is None):
            raise ValueError("counts must come in as many blocks as y; got other ones")
        if hasattr(block, "__array__"):
            block = np.asanyarray(block)  # a mask stays, for the check to refuse
        if hasattr(block, "__len__") and getattr(block, "ndim", None) != 0 and len(block) == 0:
            continue
        if ndim is not None:
            array_of(block, f"y[{place}]", ndim)
        objects = plain(block)
        if counts is not None:
            number = counts_of(number, len(objects), f"counts[{place}]")
        some = present(objects, number)
        if len(some[0]):
            yield some
