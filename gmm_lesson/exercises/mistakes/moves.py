"""Two mistakes at once: a step made of moves, with a wrong one in two places."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import combinations
from typing import Any

from gmm_lesson.exercises.judging import Mistake, Pair


def pairs(mistakes: tuple[Mistake, ...], right: Any) -> tuple[Pair, ...]:
    """Return every two mistakes that can be made at once: wrong moves in different places.

    Parameters
    ----------
    mistakes : tuple of Mistake
        The known mistakes. A way that is not made of moves, or that shows on edge cases only, pairs
        with nothing.
    right : dataclass instance
        The step with all its moves right; the moves are its fields.
    """

    def wrong(way: Any) -> dict[str, Any]:
        moves = ((field.name, getattr(way, field.name)) for field in fields(right))
        return {name: move for name, move in moves if move is not getattr(right, name)}

    found = []
    for first, second in combinations([mistake for mistake in mistakes if not mistake.edge], 2):
        for a in first.ways:
            for b in second.ways:
                if (
                    isinstance(a, type(right))
                    and isinstance(b, type(right))
                    and not wrong(a).keys() & wrong(b)
                ):
                    found.append(Pair(first, second, replace(a, **wrong(b))))
    return tuple(found)
