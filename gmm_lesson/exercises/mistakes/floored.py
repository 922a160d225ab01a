"""The wrong M-steps with a floor that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes.m_step import M_STEP, MStep
from gmm_lesson.exercises.mistakes.m_step import RIGHT as M_STEP_RIGHT
from gmm_lesson.exercises.mistakes.moves import pairs

# An M-step with a floor has two moves: the M-step, and what the floor makes of its parts.


def _at_least(parts: Array, floor: float, y: Array, r: Array) -> Array:
    weights, means, variances = parts
    return np.array([weights, means, np.maximum(variances, floor)])


@dataclass(frozen=True)
class FlooredMStep:
    """An M-step and its floor, either of which may be wrong.

    The step gets no means from before it, but a row of NaN: a mistake that needs them is none here.
    """

    step: Callable[[ArrayLike, ArrayLike, ArrayLike], Array] = M_STEP_RIGHT
    limit: Callable[[Array, float, Array, Array], Array] = _at_least

    def __call__(self, y: ArrayLike, r: ArrayLike, floor: float) -> Array:
        """Return weights, means and variances: the rows of an array, (3, K) if no class is dropped."""
        y, r = np.asarray(y, dtype=float), np.asarray(r, dtype=float)
        return self.limit(self.step(y, r, np.full(r.shape[1], np.nan)), floor, y, r)


RIGHT = FlooredMStep()
"""Both moves right."""


def _limited(of: Callable[..., Any]) -> FlooredMStep:
    """Return the right M-step with other variances: a function of (variances, floor, y, r, n_k)."""

    def limit(parts: Array, floor: float, y: Array, r: Array) -> Array:
        weights, means, variances = parts
        return np.array([weights, means, of(variances, floor, y, r, r.sum(axis=0))])

    return FlooredMStep(limit=limit)


def _replaced(by: Callable[[Array, Array], Any]) -> FlooredMStep:
    """Return the M-step that puts something of (variances, y) where a variance is below the floor."""
    return _limited(lambda v, floor, y, r, n_k: np.where(v < floor, by(v, y), v))


def _dropped(share_out: bool) -> FlooredMStep:
    """Return the M-step without the classes below the floor; whether the others' weights sum to one again."""

    def limit(parts: Array, floor: float, y: Array, r: Array) -> Array:
        kept = parts[:, parts[2] >= floor]
        return np.vstack([kept[:1] / (kept[0].sum() if share_out else 1.0), kept[1:]])

    return FlooredMStep(limit=limit)


def _floored_too(*rows: int, share_out: bool = False) -> FlooredMStep:
    """Return the M-step that raises other parts to the floor as well: 0 the weights, 1 the means."""

    def limit(parts: Array, floor: float, y: Array, r: Array) -> Array:
        out = _at_least(parts, floor, y, r)
        for row in rows:
            out[row] = np.maximum(out[row], floor)
        if share_out:
            out[0] /= out[0].sum()
        return out

    return FlooredMStep(limit=limit)


def _squares_at_least(parts: Array, floor: float, y: Array, r: Array) -> Array:
    weights, means, _ = parts
    squares = np.maximum((y[:, np.newaxis] - means) ** 2, floor)
    return np.array([weights, means, (r * squares).sum(axis=0) / r.sum(axis=0)])


AT_THE_FLOOR = ("distances-cancel", "variances-negative")
"""Mistakes of an M-step without a variance above zero: all that is left to see of them is the floor."""


def _needs_old_means(way: Callable[..., Array]) -> bool:
    """Whether the answer of an M-step depends on the means before it, which are not at hand here."""
    return bool(np.isnan(way([0, 1, 3], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], [np.nan, np.nan])).any())


def _over_the_floor(way: Any) -> FlooredMStep:
    """Return a wrong M-step with the right floor; what it does when it hands over, it does after that."""
    if not isinstance(way, MStep):
        return FlooredMStep(step=way)
    return FlooredMStep(
        step=replace(way, hand=M_STEP_RIGHT.hand),
        limit=_at_least if way.hand is M_STEP_RIGHT.hand else lambda *given: way.hand(_at_least(*given)),
    )


def _of_the_step(mistake: Mistake) -> Mistake:
    """Return a mistake of an M-step as it is with a floor."""
    later = (_limited(lambda v, floor, y, r, n_k: np.sqrt(np.maximum(v, floor))),)
    return replace(
        mistake,
        ways=tuple(_over_the_floor(way) for way in mistake.ways if not _needs_old_means(way))
        + later * (mistake.name == "sd-returned"),
        crashing=tuple(_over_the_floor(way) for way in mistake.crashing),
    )


FLOORED_M_STEP = (
    Mistake(
        "floor-left-out",
        "Variances come back that are below the floor, as if there were none.",
        (FlooredMStep(limit=lambda parts, floor, y, r: parts),),
    ),
    Mistake(
        "floor-added",
        "Every variance is larger by the floor, those above it too.",
        (_limited(lambda v, floor, y, r, n_k: v + floor),),
    ),
    Mistake(
        "floor-on-the-sd",
        "The floor is in the units of the objects squared, and it is held against a number in the units of"
        " the objects.",
        (
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor**2)),
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, np.sqrt(floor))),
            _limited(lambda v, floor, y, r, n_k: np.where(np.sqrt(v) < floor, floor, v)),
        ),
    ),
    Mistake(
        "ceiling-for-floor",
        "No variance is above the floor, and those that were stand exactly there.",
        (_limited(lambda v, floor, y, r, n_k: np.minimum(v, floor)),),
    ),
    Mistake(
        "all-raised-with-one",
        "One variance below the floor is enough, and all of them come back as the floor.",
        (_limited(lambda v, floor, y, r, n_k: np.full(v.shape, floor) if v.min() < floor else v),),
    ),
    Mistake(
        "floor-everywhere",
        "Every variance is the floor, whatever the objects are.",
        (_limited(lambda v, floor, y, r, n_k: np.full(v.shape, floor)),),
    ),
    Mistake(
        "only-the-smallest-raised",
        "Of several variances below the floor one has been raised, and the others have not.",
        (
            _limited(lambda v, floor, y, r, n_k: np.where(v == v.min(), np.maximum(v, floor), v)),
            _limited(
                lambda v, floor, y, r, n_k: np.where(
                    np.arange(v.size) == (v < floor).argmax(), np.maximum(v, floor), v
                )
            ),
        ),
    ),
    Mistake(
        "another-number-below-the-floor",
        "A variance below the floor comes back as a number that is not the floor.",
        (
            _replaced(lambda v, y: y.var()),
            _replaced(lambda v, y: y.var(ddof=1)),
            _replaced(lambda v, y: 1.0),
            _replaced(lambda v, y: v.mean()),
            _replaced(lambda v, y: v.max()),
            _replaced(lambda v, y: 0.0),
            _limited(lambda v, floor, y, r, n_k: np.where(v < floor, v + floor, v)),
        ),
    ),
    Mistake(
        "weights-or-means-floored",
        "The floor is under the weights or the means too, though it is a variance.",
        (
            _floored_too(0),
            _floored_too(0, share_out=True),
            _floored_too(1),
            _floored_too(0, 1),
        ),
    ),
    Mistake(
        "relative-floor",
        "The floor moves with the objects: spread them out, and variances are raised that it should not"
        " touch.",
        (
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor * y.var())),
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor * y.var(ddof=1))),
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor * v.max())),
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor * v.mean())),
        ),
    ),
    Mistake(
        "class-dropped",
        "A class with a variance below the floor is gone.",
        (_dropped(False), _dropped(True)),
    ),
    Mistake(
        "squares-floored",
        "Variances above the floor come back too large: every single object is at least that far from every"
        " mean.",
        (FlooredMStep(limit=_squares_at_least),),
    ),
    Mistake(
        "sums-floored",
        "A variance comes back below the floor or above it, depending on how many objects the class has.",
        (
            _limited(lambda v, floor, y, r, n_k: np.maximum(v * n_k, floor) / n_k),
            _limited(lambda v, floor, y, r, n_k: np.maximum(v, floor / n_k)),
        ),
    ),
    *(mistake for mistake in map(_of_the_step, M_STEP) if mistake.ways and mistake.name not in AT_THE_FLOOR),
)
"""The known mistakes of an M-step with a floor, in the order in which they are looked for."""


def floored_m_step_pairs() -> tuple[Pair, ...]:
    """Return one mistake of the M-step and one of the floor at once, each in its first way."""
    usual = tuple(replace(mistake, ways=mistake.ways[:1]) for mistake in FLOORED_M_STEP)
    return pairs(tuple(mistake for mistake in usual if mistake.name != "transposed"), RIGHT)
