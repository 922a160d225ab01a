"""Programs for check.match."""

import itertools
from itertools import permutations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist  # noqa: F401 - edits use it

from learners import edits, right, wrong


def apart(a, b, power=2):
    return abs(np.subtract.outer(a, b)) ** power


def distances(true_means, true_sds, means, sds, power=2):
    return apart(true_means, means, power) + apart(true_sds, sds, power)


def assignment(distance):
    return linear_sum_assignment(distance)[1]


def all_orders(distance):
    return min(
        permutations(range(len(distance))),
        key=lambda order: sum(distance[k, j] for k, j in enumerate(order)),
    )


# Right, however it is written.


@right
def pairs_in_all_orders(true_means, true_sds, means, sds):
    def squares(pairs):
        return sum(
            (a - m) ** 2 + (b - s) ** 2 for a, b, (m, s) in zip(true_means, true_sds, pairs, strict=True)
        )

    best = min(permutations(zip(means, sds, strict=True)), key=squares)
    return tuple(zip(*best, strict=True))


# Ways to an order that come close, or miss.


def nearest(distance):
    return distance.argmin(axis=1)


def what_is_left(distance):
    left, order = list(range(len(distance))), []
    for row in distance:
        order.append(min(left, key=lambda j: row[j]))
        left.remove(order[-1])
    return order


def closest_first(distance):
    pairs = sorted(np.ndindex(distance.shape), key=lambda pair: distance[pair])
    order = {}
    for k, j in pairs:
        if k not in order and j not in order.values():
            order[k] = j
    return [order[k] for k in range(len(distance))]


def exchanging(start, *, all_at_once=False, rounds=100, order_of_pairs=itertools.combinations):
    """Exchange two until nothing gains, from some order on."""

    def order_of(distance):
        order = list(start(distance))
        for _ in range(rounds):
            gains = []
            for k, j in order_of_pairs(range(len(order)), 2):
                now = distance[k, order[k]] + distance[j, order[j]]
                gain = now - distance[k, order[j]] - distance[j, order[k]]
                if gain > 1e-12 and not all_at_once:
                    order[k], order[j] = order[j], order[k]
                gains.append((gain, k, j))
            gain, k, j = max(gains, default=(0, 0, 0))
            if gain <= 1e-12:
                break
            if all_at_once:
                order[k], order[j] = order[j], order[k]
        return order

    return order_of


def as_they_came(distance):
    return range(len(distance))


def by_regret(distance):
    """Let the class go first that loses most by its second choice."""
    order, left = {}, set(range(len(distance)))
    while left:
        choices = {
            k: sorted((distance[k, j], j) for j in left) for k in range(len(distance)) if k not in order
        }
        k = max(choices, key=lambda k: choices[k][1][0] - choices[k][0][0] if len(left) > 1 else 0)
        order[k] = choices[k][0][1]
        left.remove(order[k])
    return [order[k] for k in range(len(distance))]


def hardest_first(distance):
    """Let the class go first whose nearest is farthest."""
    order, left = {}, list(range(len(distance)))
    while left:
        k = max((k for k in range(len(distance)) if k not in order), key=lambda k: distance[k, left].min())
        order[k] = min(left, key=lambda j: distance[k, j])
        left.remove(order[k])
    return [order[k] for k in range(len(distance))]


@right
def matching(tm, ts, m, s):
    distance = apart(tm, m) + apart(ts, s)
    order = assignment(distance)
    return np.take(m, order), np.take(s, order)


@right
def indexed(tm, ts, m, s):
    order = assignment(distances(tm, ts, m, s))
    return m[order], s[order]


edits(matching)(r"""
right
    assignment(distance) -> all_orders(distance)
    assignment(distance) -> assignment(distance.T).argsort()
means-alone | assignment(distance) -> all_orders(apart(tm, m, 1)) || + apart(ts, s) ->
sds-alone | apart(tm, m) + ->
one-class-twice
    assignment -> nearest
    assignment(distance) -> nearest(distance.T)
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> nearest
first-come-first-served
    assignment -> what_is_left
    assignment(distance) -> np.argsort(what_is_left(distance.T))
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> what_is_left
closest-pair-first
    assignment -> closest_first
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> closest_first
distances-not-squared: One large difference does not count for more than two of half its size.
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1)
variance-against-sd | ts, s) -> ts**2, s) || ts, s) -> ts, np.sqrt(s))
another-distance | ts, s) -> ts**2, s**2)
another-distance | apart(tm, m) + apart(ts, s) -> (np.subtract.outer(tm, m) + np.subtract.outer(ts, s)) ** 2
farthest-pairs | assignment(distance) -> linear_sum_assignment(distance, maximize=True)[1]
none, another-distance: the least is
    assignment -> exchanging(as_they_came)
    assignment -> exchanging(what_is_left)
    assignment -> exchanging(closest_first)
    assignment -> exchanging(as_they_came, all_at_once=True)
    assignment -> exchanging(what_is_left, all_at_once=True)
    assignment -> exchanging(closest_first, all_at_once=True)
    assignment -> exchanging(as_they_came, rounds=1)
    assignment -> exchanging(as_they_came, order_of_pairs=lambda ks, _: itertools.pairwise(ks))
    assignment -> by_regret
    assignment(distance) -> np.argsort(by_regret(distance.T))
    assignment -> hardest_first
    assignment(distance) -> what_is_left(distance[::-1])[::-1]
    assignment(distance) -> min(permutations(range(len(m))), key=lambda o: np.diag(distance[:, o]).max())
    assignment(distance) -> what_is_left(distance - distance.mean(axis=0))
    assignment(distance) -> assignment(distance.argsort(axis=1).argsort(axis=1))
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 0.5)
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1.5)
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1.8)
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 2.5)
    apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 4)
    assignment(distance) -> assignment(distance**2)
    apart(tm, m) + -> 2 * apart(tm, m) +
    + apart(ts, s) -> + 1.5 * apart(ts, s)
    + apart(ts, s) -> + 2 * apart(ts, s)
    + apart(ts, s) -> + 4 * apart(ts, s)
    tm, m) -> tm, m, 1) && ts, s) -> ts**2, s**2, 1)
    ts, s) -> ts, s, 1)
    tm, m) -> tm, m, 1)
    apart(tm, m) + apart(ts, s) -> np.maximum(apart(tm, m), apart(ts, s))
    apart(tm, m) + -> apart(tm, m) *
    ts, s) -> np.log(ts), np.log(s))
    + apart(ts, s) -> / ts[:, None] ** 2
    tm, m) -> tm / tm.max(), m / tm.max()) && ts, s) -> ts / ts.max(), s / ts.max())
    + apart(ts, s) -> + apart(ts**2, s**2, 1)
    + apart(ts, s) -> / 4 / (ts[:, None] ** 2 + s**2) + np.log(ts[:, None] / s + s / ts[:, None])
    + apart(ts, s) -> / 2 / s**2 + np.log(s / ts[:, None]) + ts[:, None] ** 2 / s**2 / 2
    assignment(distance) -> assignment(np.round(distance))
none, another-distance: the squared differences within your pairs sum to 6.36; the least is 0.66.
    + apart(ts, s) -> / ts[:, None] ** 2 && assignment -> all_orders
none, one-class-twice: Not yet: every learned class should come once; that with the mean 1.2 comes twice.
    assignment(distance) -> all_orders(distance)[:-1] + all_orders(distance)[:1]
""")
edits(indexed)(r"""
right
    distances(tm, ts, m, s) -> cdist(np.column_stack([tm, ts]), np.column_stack([m, s]), "sqeuclidean")
    distances(tm, ts, m, s) -> abs((tm + 1j * ts)[:, np.newaxis] - (m + 1j * s)) ** 2
    return m[order], s[order] -> p = np.eye(len(m))[order]\n    return p @ m, np.einsum("kj,j->k", p, s)
not-matched | -> m, s
inverse-order | order = assignment(distances(tm, ts, m, s)) -> order = assignment(distances(tm, ts, m, s).T)
places-returned: yours      = [0] | -> order
places-returned | -> linear_sum_assignment(distances(tm, ts, m, s)) || -> np.argsort(order)
truth-returned | -> tm[order], ts[order] || -> tm, ts
sorted-separately: Look at this: every mean should stand beside the sd of the same learned class; none has
    -> sorted(m), sorted(s)
    -> np.sort(m), s
parts-exchanged | -> s[order], m[order]
none | -> m[order], s[order] ** 2
one-part-not-moved | -> m[order], s || -> m, s[order]
sorted-by-mean | -> tuple(zip(*sorted(zip(m, s))))
sorted-by-sd | -> m[s.argsort()], np.sort(s)
changes-its-input: After the call, means holds other numbers
    return m[order], s[order] -> m[:], s[:] = m[order], s[order]\n    return m, s
none: Not yet: it returns a pair for each class; return all means, then all sds.
    -> np.array([m[order], s[order]]).T
none: Not yet: every part should be of length 1, an entry for each class; yours are of length 2.
    -> np.append(m[order], m), np.append(s[order], s)
none: Not yet: every mean should stand beside the sd of the same learned class; none has the mean 6.5
    -> m[order] + 1, s[order] + 1
not started | order = assignment(distances(tm, ts, m, s)) -> order = ... && -> m[order], ...
""")


# Wrong in other styles.


@wrong("sorted-separately", says="Look at this: every mean should stand beside")
def nearest_of_each(true_means, true_sds, means, sds):
    def closest(values, truth):
        return [min(values, key=lambda value: abs(value - true)) for true in truth]

    return closest(means, true_means), closest(sds, true_sds)
