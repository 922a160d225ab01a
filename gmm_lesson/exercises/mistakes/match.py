"""The wrong matchings of learned with true classes that we know."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake

# A matching has a distance between true class k and learned class j, an array (K, K), and a way from there
# to an order: true class k is matched by learned class order[k].

Order = NDArray[np.intp]
Distance = Callable[[Array, Array, Array, Array], Array]
Classes = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Array]


def _squared(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.subtract.outer(tm, m) ** 2 + np.subtract.outer(ts, s) ** 2)


def _unsquared(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.sqrt(_squared(tm, ts, m, s)))


def _absolute(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.abs(np.subtract.outer(tm, m)) + np.abs(np.subtract.outer(ts, s)))


def _means_alone(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.subtract.outer(tm, m) ** 2)


def _means_alone_unsquared(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.abs(np.subtract.outer(tm, m)))


def _sds_alone(tm: Array, ts: Array, m: Array, s: Array) -> Array:
    return np.asarray(np.subtract.outer(ts, s) ** 2)


def _assigned(distance: Array) -> Order:
    from scipy.optimize import linear_sum_assignment  # half a second that no other check needs

    return np.asarray(linear_sum_assignment(distance)[1])


def _nearest_learned(distance: Array) -> Order:
    return np.asarray(distance.argmin(axis=1))


def _nearest_true(distance: Array) -> Order:
    return np.asarray(distance.argmin(axis=0))


def _true_first(distance: Array) -> Order:
    """Let each true class in turn take the nearest of the learned ones that are left."""
    left = distance.copy()
    order = np.zeros(len(distance), dtype=np.intp)
    for k in range(len(distance)):
        order[k] = left[k].argmin()
        left[:, order[k]] = np.inf
    return order


def _learned_first(distance: Array) -> Order:
    """Let each learned class in turn take the nearest of the true ones that are left."""
    return np.asarray(_true_first(distance.T).argsort())


def _closest_first(distance: Array) -> Order:
    """Match the two closest of all, then the two closest of those that are left."""
    left = distance.copy()
    order = np.zeros(len(distance), dtype=np.intp)
    for _ in range(len(distance)):
        k, j = np.unravel_index(left.argmin(), left.shape)
        order[k] = j
        left[k], left[:, j] = np.inf, np.inf
    return order


def _by(distance: Distance, order_of: Callable[[Array], Order] = _assigned) -> Classes:
    """Return the matching with a distance and a way to an order: the rows of an array (2, K)."""
    return _in_order(lambda *given: order_of(distance(*given)))


def _in_order(
    order_of: Callable[[Array, Array, Array, Array], Order],
    pick: Callable[[Array, Array, Array, Array, Order], Any] = lambda tm, ts, m, s, order: (
        m[order],
        s[order],
    ),
) -> Classes:
    def matched(true_means: ArrayLike, true_sds: ArrayLike, means: ArrayLike, sds: ArrayLike) -> Array:
        given = [np.asarray(values, dtype=float) for values in (true_means, true_sds, means, sds)]
        tm, ts, m, s = given
        return np.array(pick(tm, ts, m, s, order_of(tm, ts, m, s)))

    return matched


def _right_order(tm: Array, ts: Array, m: Array, s: Array) -> Order:
    return _assigned(_squared(tm, ts, m, s))


def _inverse_order(tm: Array, ts: Array, m: Array, s: Array) -> Order:
    return np.asarray(_right_order(tm, ts, m, s).argsort())


def _rank(values: Array) -> Order:
    return np.asarray(values.argsort().argsort())


def _picking(pick: Callable[[Array, Array, Array, Array, Order], Any]) -> Classes:
    return _in_order(_right_order, pick)


RIGHT = _by(_squared)
"""The pairs that are closest in all."""

MATCH = (
    Mistake(
        "not-matched",
        "The learned classes come back in the order in which they came.",
        (_picking(lambda tm, ts, m, s, order: (m, s)),),
    ),
    Mistake(
        "inverse-order",
        "The right pairs are found and then read backwards: each learned class goes where its partner"
        " should have come from.",
        (_in_order(_inverse_order),),
    ),
    Mistake(
        "places-returned",
        "Places of classes come back, numbers from zero on, not means and sds.",
        (
            _picking(lambda tm, ts, m, s, order: order),
            _in_order(_inverse_order, lambda tm, ts, m, s, order: order),
            _picking(lambda tm, ts, m, s, order: (np.arange(len(m)), order)),
        ),
    ),
    Mistake(
        "truth-returned",
        "The means and sds that come back are the true ones, not the learned ones.",
        (
            _picking(lambda tm, ts, m, s, order: (tm, ts)),
            _picking(lambda tm, ts, m, s, order: (tm[order], ts[order])),
            _in_order(_inverse_order, lambda tm, ts, m, s, order: (tm[order], ts[order])),
        ),
    ),
    Mistake(
        "sorted-separately",
        "The mean of one learned class stands beside the sd of another: they were put in order one without"
        " the other.",
        (
            _picking(lambda tm, ts, m, s, order: (np.sort(m), np.sort(s))),
            _picking(lambda tm, ts, m, s, order: (np.sort(m)[_rank(tm)], np.sort(s)[_rank(ts)])),
            _picking(
                lambda tm, ts, m, s, order: (
                    m[_nearest_learned(_means_alone(tm, ts, m, s))],
                    s[_nearest_learned(_sds_alone(tm, ts, m, s))],
                )
            ),
        ),
    ),
    Mistake(
        "parts-exchanged",
        "Every number is right, but the sds stand first and the means second.",
        (_picking(lambda tm, ts, m, s, order: (s[order], m[order])),),
    ),
    Mistake(
        "variances-returned",
        "The second part holds variances: too large where an sd is above 1, too small where it is below.",
        (_picking(lambda tm, ts, m, s, order: (m[order], s[order] ** 2)),),
    ),
    Mistake(
        "one-part-not-moved",
        "The means or the sds are in the right order, and the others are still where they were.",
        (
            _picking(lambda tm, ts, m, s, order: (m[order], s)),
            _picking(lambda tm, ts, m, s, order: (m, s[order])),
        ),
    ),
    Mistake(
        "sorted-by-mean",
        "The learned classes come back from the smallest mean to the largest, in whatever order the true ones"
        " are.",
        (_in_order(lambda tm, ts, m, s: m.argsort()),),
    ),
    Mistake(
        "sorted-by-sd",
        "The learned classes come back from the smallest sd to the largest, in whatever order the true ones"
        " are.",
        (_in_order(lambda tm, ts, m, s: s.argsort()),),
    ),
    Mistake(
        "means-alone",
        "Classes are matched by their means alone: two true classes with nearly the same mean get each"
        " other's.",
        (_by(_means_alone), _by(_means_alone_unsquared)),
    ),
    Mistake(
        "sds-alone",
        "Classes are matched by their sds alone, however far apart their means are.",
        (_by(_sds_alone),),
    ),
    Mistake(
        "one-class-twice",
        "Two true classes get the same learned class, and another learned class is lost.",
        tuple(
            _by(distance, order_of)
            for distance, order_of in product(
                (_squared, _absolute, _means_alone), (_nearest_learned, _nearest_true)
            )
        ),
    ),
    Mistake(
        "first-come-first-served",
        "Classes choose one after another: an early one takes what a later one needs more.",
        tuple(
            _by(distance, order_of)
            for distance, order_of in product(
                (_squared, _absolute, _means_alone), (_true_first, _learned_first)
            )
        ),
    ),
    Mistake(
        "closest-pair-first",
        "The closest two are matched first, and what that leaves to the others is farther apart in all.",
        tuple(_by(distance, _closest_first) for distance in (_squared, _absolute, _means_alone)),
    ),
    Mistake(
        "distances-not-squared",
        "The sum is not of squares: one large difference must count for more than two of half its size.",
        (
            _by(_unsquared),
            _by(_absolute),
        ),
    ),
    Mistake(
        "variance-against-sd",
        "True and learned spreads are not in the same units: a class that is learned exactly is not at"
        " distance zero.",
        (
            _by(lambda tm, ts, m, s: _squared(tm, ts**2, m, s)),
            _by(lambda tm, ts, m, s: _squared(tm, ts, m, s**2)),
            _by(lambda tm, ts, m, s: _squared(tm, np.sqrt(ts), m, s)),
            _by(lambda tm, ts, m, s: _squared(tm, ts, m, np.sqrt(s))),
        ),
    ),
    Mistake(
        "variances-compared",
        "Differences between spreads count as if spreads were variances: among wide classes they outweigh"
        " the means.",
        (_by(lambda tm, ts, m, s: _squared(tm, ts**2, m, s**2)),),
    ),
    Mistake(
        "differences-cancel",
        "A mean that is too high and an sd that is too low cancel: such a pair counts as close.",
        (_by(lambda tm, ts, m, s: (np.subtract.outer(tm, m) + np.subtract.outer(ts, s)) ** 2),),
    ),
    Mistake(
        "farthest-pairs",
        "The pairs are those that are farthest apart in all.",
        (_by(lambda *given: -_squared(*given)),),
    ),
)
"""The known mistakes of a matching, in the order in which they are looked for."""
