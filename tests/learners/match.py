"""Programs for check.match."""

import functools
import itertools
import math
from itertools import permutations

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist  # noqa: F401 - edits use it

from gmm_lesson import Mixture
from gmm_lesson.study import compare
from learners import edits, right, verdict, wrong


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


@right
def by_the_package(true_means, true_sds, means, sds):
    weights = np.full(len(means), 1 / len(means))
    true, fitted = Mixture(weights, true_means, np.square(true_sds)), Mixture(weights, means, np.square(sds))
    matched = compare.match(true=true, fitted=fitted).fitted
    return matched.means, matched.sds


@right
def keeps_a_closer_order(true_means, true_sds, means, sds):
    distance = distances(true_means, true_sds, means, sds)
    order = list(range(len(means)))
    for other in permutations(order):
        if distance[range(len(order)), other].sum() < distance[range(len(order)), order].sum():
            order = list(other)
    return [means[j] for j in order], [sds[j] for j in order]


@right
def recursive(true_means, true_sds, means, sds):
    def closest(k, left):
        if not left:
            return 0, ()
        tried = []
        for j in left:
            cost, rest = closest(k + 1, left - {j})
            here = (true_means[k] - means[j]) ** 2 + (true_sds[k] - sds[j]) ** 2
            tried.append((here + cost, (j, *rest)))
        return min(tried)

    order = closest(0, frozenset(range(len(means))))[1]
    return [means[j] for j in order], [sds[j] for j in order]


edits(
    recursive,
    r"""
    right
        def closest -> @functools.cache\n    def closest
    """,
)


@right
def over_subsets(true_means, true_sds, means, sds):
    n = len(means)
    least, chosen = {0: 0.0}, {}
    for used in range(1, 1 << n):
        k = bin(used).count("1") - 1
        for j in range(n):
            if used >> j & 1:
                before = used & ~(1 << j)
                cost = least[before] + (true_means[k] - means[j]) ** 2 + (true_sds[k] - sds[j]) ** 2
                if cost < least.get(used, math.inf):
                    least[used], chosen[used] = cost, j
    used, order = (1 << n) - 1, []
    while used:
        order.insert(0, chosen[used])
        used &= ~(1 << chosen[used])
    return np.array(means)[order], np.array(sds)[order]


@right
def filled_in(true_means, true_sds, means, sds):
    out_means, out_sds = np.empty_like(means, dtype=float), np.zeros(len(sds))
    for k, j in zip(*linear_sum_assignment(distances(true_means, true_sds, means, sds)), strict=True):
        out_means[k], out_sds[k] = means[j], sds[j]
    return out_means, out_sds


@right
def exchanges_until_no_circle_helps(true_means, true_sds, means, sds):
    """All circles of exchanges, not only of two."""
    d = distances(true_means, true_sds, means, sds)
    order, again = list(range(len(d))), True
    while again:
        again = False
        for size in range(2, len(d) + 1):
            for ks in permutations(range(len(d)), size):
                new = order.copy()
                for k, after in zip(ks, ks[1:] + ks[:1], strict=True):
                    new[k] = order[after]
                if (
                    sum(d[k, j] for k, j in enumerate(new))
                    < sum(d[k, j] for k, j in enumerate(order)) - 1e-12
                ):
                    order, again = new, True
    return np.asarray(means)[order], np.asarray(sds)[order]


@right
def branch_and_bound(true_means, true_sds, means, sds):
    d = distances(true_means, true_sds, means, sds)
    best = [math.inf, None]

    def go(order, cost):
        if cost >= best[0]:
            return
        if len(order) == len(d):
            best[:] = [cost, list(order)]
            return
        for j in set(range(len(d))) - set(order):
            go([*order, j], cost + d[len(order), j])

    go([], 0.0)
    return [list(part[best[1]]) for part in (np.array(means), np.array(sds))]


@right
def table_of_all_orders(true_means, true_sds, means, sds):
    orders = np.array(list(permutations(range(len(means)))))
    sums = ((means[orders] - true_means) ** 2 + (sds[orders] - true_sds) ** 2).sum(axis=1)
    return np.stack([means[orders[sums.argmin()]], sds[orders[sums.argmin()]]])


@right
def linear_program(true_means, true_sds, means, sds):
    d, n = distances(true_means, true_sds, means, sds), len(means)
    once = np.concatenate([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    chosen = linprog(d.ravel(), A_eq=once, b_eq=np.ones(2 * n)).x.reshape(n, n).argmax(axis=1)
    return means[chosen], sds[chosen]


@right
def auction(true_means, true_sds, means, sds):
    worth = -distances(true_means, true_sds, means, sds)
    prices, owners, waiting = np.zeros(len(means)), {}, list(range(len(means)))
    while waiting:
        k = waiting.pop(0)
        gains = worth[k] - prices
        j = int(gains.argmax())
        second = np.delete(gains, j).max(initial=gains.min())
        prices[j] += gains[j] - second + 1e-5
        waiting += [owners[j]] if j in owners else []
        owners[j] = k
    order = sorted(owners, key=owners.get)
    return means[order], sds[order]


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


def backwards(distance):
    return range(len(distance))[::-1]


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


def stable_pairs(distance):
    """Each true class proposes; each learned one keeps the nearest."""
    free, keeps, asked = list(range(len(distance))), {}, dict.fromkeys(range(len(distance)), 0)
    while free:
        k = free.pop(0)
        j = np.argsort(distance[k])[asked[k]]
        asked[k] += 1
        if j not in keeps or distance[k, j] < distance[keeps[j], j]:
            free += [keeps[j]] if j in keeps else []
            keeps[j] = k
        else:
            free.append(k)
    return sorted(keeps, key=keeps.get)


def random_orders(distance):
    rng = np.random.default_rng(0)
    tried = [rng.permutation(len(distance)) for _ in range(20)]
    return min(tried, key=lambda order: distance[range(len(order)), order].sum())


@right
def matching(tm, ts, m, s):
    distance = apart(tm, m) + apart(ts, s)
    order = assignment(distance)
    return np.take(m, order), np.take(s, order)


@right
def indexed(tm, ts, m, s):
    order = assignment(distances(tm, ts, m, s))
    return m[order], s[order]  # the lesson hands over arrays


edits(
    matching,
    r"""
    right
        assignment(distance) -> all_orders(distance)
        assignment(distance) -> assignment(distance.T).argsort()
        assignment(distance) -> assignment(3 * distance + 7)
    means-alone
        assignment(distance) -> all_orders(apart(tm, m, 1))
        + apart(ts, s) ->
        assignment(distance) -> np.argsort(m)[np.argsort(np.argsort(tm))]
    sds-alone
        apart(tm, m) + ->
    one-class-twice
        assignment -> nearest
        assignment(distance) -> nearest(distance.T)
        assignment(distance) -> nearest(apart(tm, m, 1))
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> nearest
    first-come-first-served
        assignment -> what_is_left
        assignment(distance) -> np.argsort(what_is_left(distance.T))
        assignment(distance) -> what_is_left(apart(tm, m, 1))
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> what_is_left
    closest-pair-first
        assignment -> closest_first
        assignment -> stable_pairs
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1) && assignment -> closest_first
    distances-not-squared: One large difference does not count for more than two of half its size.
        assignment(distance) -> all_orders(np.sqrt(distance))
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1)
    variance-against-sd
        ts, s) -> ts**2, s)
        ts, s) -> ts, np.sqrt(s))
    variances-compared
        ts, s) -> ts**2, s**2)
    differences-cancel
        apart(tm, m) + apart(ts, s) -> (np.subtract.outer(tm, m) + np.subtract.outer(ts, s)) ** 2
    farthest-pairs
        assignment(distance) -> linear_sum_assignment(distance, maximize=True)[1]
    none: the least is
        assignment -> exchanging(as_they_came)
        assignment -> exchanging(what_is_left)
        assignment -> exchanging(closest_first)
        assignment -> exchanging(backwards)
        assignment -> exchanging(as_they_came, all_at_once=True)
        assignment -> exchanging(what_is_left, all_at_once=True)
        assignment -> exchanging(closest_first, all_at_once=True)
        assignment -> exchanging(backwards, all_at_once=True)
        assignment -> exchanging(as_they_came, rounds=1)
        assignment -> exchanging(lambda _: np.argsort(m)[np.argsort(np.argsort(tm))])
        assignment -> exchanging(as_they_came, order_of_pairs=lambda ks, _: itertools.pairwise(ks))
        assignment -> by_regret
        assignment(distance) -> np.argsort(by_regret(distance.T))
        assignment -> hardest_first
        assignment(distance) -> what_is_left(distance[::-1])[::-1]
        assignment(distance) -> min(permutations(range(len(m))), key=lambda o: np.diag(distance[:, o]).max())
        assignment(distance) -> what_is_left(distance - distance.mean(axis=0))
        assignment(distance) -> assignment(distance.argsort(axis=1).argsort(axis=1))
        assignment -> random_orders
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 0.5)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1.5)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 1.8)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 2.5)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 3)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 4)
        apart(tm, m) + apart(ts, s) -> distances(tm, ts, m, s, 6)
        assignment(distance) -> assignment(distance**0.75)
        assignment(distance) -> assignment(distance**0.9)
        assignment(distance) -> assignment(distance**1.25)
        assignment(distance) -> assignment(distance**1.5)
        assignment(distance) -> assignment(distance**2)
        apart(tm, m) + -> 2 * apart(tm, m) +
        apart(tm, m) + -> 4 * apart(tm, m) +
        + apart(ts, s) -> + apart(ts, s) / 2
        + apart(ts, s) -> + 1.5 * apart(ts, s)
        + apart(ts, s) -> + 2 * apart(ts, s)
        + apart(ts, s) -> + 4 * apart(ts, s)
        tm, m) -> tm, m, 1) && ts, s) -> ts**2, s**2, 1)
        tm, m) -> tm, m, 1) && ts, s) -> ts**2, s, 1)
        ts, s) -> ts, s, 1)
        tm, m) -> tm, m, 1)
        apart(tm, m) + apart(ts, s) -> apart(tm, m, 1) + 0.5 * apart(ts, s, 1)
        apart(tm, m) + apart(ts, s) -> np.maximum(apart(tm, m), apart(ts, s))
        apart(tm, m) + apart(ts, s) -> np.minimum(apart(tm, m), apart(ts, s))
        apart(tm, m) + -> apart(tm, m) *
        apart(tm, m) + -> apart(tm, m) -
        ts, s) -> np.log(ts), np.log(s))
        + apart(ts, s) -> / tm[:, None] ** 2 + apart(ts, s) / ts[:, None] ** 2
        + apart(ts, s) -> / ts[:, None] ** 2
        apart(tm, m) + apart(ts, s) -> apart(tm, m, 1) / ts[:, None]
        tm, m) -> tm / tm.max(), m / tm.max()) && ts, s) -> ts / ts.max(), s / ts.max())
        apart(tm, m) + -> apart(tm**2, m**2, 1) +
        + apart(ts, s) -> + apart(ts**2, s**2, 1)
        apart(tm, m) + apart(ts, s) -> 1 - np.exp(-distances(tm, ts, m, s) / 2)
        + apart(ts, s) -> / 4 / (ts[:, None] ** 2 + s**2) + np.log(ts[:, None] / s + s / ts[:, None])
        + apart(ts, s) -> / 2 / s**2 + np.log(s / ts[:, None]) + ts[:, None] ** 2 / s**2 / 2
        + apart(ts, s) -> / 2 / ts[:, None] ** 2 + np.log(ts[:, None] / s) + s**2 / ts[:, None] ** 2 / 2
        + apart(ts, s) -> / (ts[:, None] ** 2 + s**2)
        apart(tm, m) + apart(ts, s) -> apart(tm + ts, m + s) + apart(tm, m)
        assignment(distance) -> assignment(np.round(distance))
    none: Not yet: the squared differences within your pairs sum to 6.36; the least is 0.66.
        + apart(ts, s) -> / ts[:, None] ** 2 && assignment -> all_orders
    none: Not yet: every learned class should come once; that with the mean 1.2 comes twice.
        assignment(distance) -> all_orders(distance)[:-1] + all_orders(distance)[:1]
    """,
)
edits(
    indexed,
    r"""
    right
        distances(tm, ts, m, s) -> cdist(np.column_stack([tm, ts]), np.column_stack([m, s]), "sqeuclidean")
        distances(tm, ts, m, s) -> -np.outer(tm, m) - np.outer(ts, s)
        distances(tm, ts, m, s) -> abs((tm + 1j * ts)[:, np.newaxis] - (m + 1j * s)) ** 2
        return m[order], s[order] -> p = np.eye(len(m))[order]\n    return p @ m, np.einsum("kj,j->k", p, s)
        return m[order], s[order] -> return np.array([m[order], s[order]], dtype=np.float32)
        return m[order], s[order] -> return [m[order].tolist(), s[order].tolist()]
        (tm, ts, m, s): -> (tm, ts, m, s, scale=1.0):
    not-matched
        m[order], s[order] -> m, s
    inverse-order
        order = assignment(distances(tm, ts, m, s)) -> order = assignment(distances(tm, ts, m, s).T)
    places-returned: yours      = [0]
        return m[order], s[order] -> return order
        return m[order], s[order] -> return tuple(order.tolist())
        return m[order], s[order] -> return all_orders(distances(tm, ts, m, s))
    places-returned
        return m[order], s[order] -> return linear_sum_assignment(distances(tm, ts, m, s))
        return m[order], s[order] -> return np.argsort(order)
    truth-returned
        m[order], s[order] -> tm[order], ts[order]
        m[order], s[order] -> tm, ts
    sorted-separately: Look at this: every mean should stand beside the sd of the same learned class; none has
        m[order], s[order] -> sorted(m), sorted(s)
        m[order], s[order] -> np.sort(m), s
    parts-exchanged
        m[order], s[order] -> s[order], m[order]
    variances-returned
        m[order], s[order] -> m[order], s[order] ** 2
    one-part-not-moved
        m[order], s[order] -> m[order], s
        m[order], s[order] -> m, s[order]
    sorted-by-mean
        return m[order], s[order] -> return tuple(zip(*sorted(zip(m, s))))
    sorted-by-sd
        m[order], s[order] -> m[s.argsort()], np.sort(s)
    changes-its-input: After the call, means holds other numbers
        return m[order], s[order] -> m[:], s[:] = m[order], s[order]\n    return m, s
    none: Not yet: it returns a tuple of 1 thing, not two things: means
        return m[order], s[order] -> return tuple(m[order])
    none: Not yet: it returns a pair for each class; return all means, then all sds.
        return m[order], s[order] -> return list(zip(m[order], s[order]))
        return m[order], s[order] -> return np.array([m[order], s[order]]).T
    none: Not yet: it returns a dict, not two things
        return m[order], s[order] -> return dict(zip(m[order], s[order]))
    none: Not yet: every part should be of length 1, an entry for each class; yours are of length 2.
        m[order], s[order] -> np.append(m[order], m), np.append(s[order], s)
    none: Not yet: every entry should be a finite number; 2 of yours are not.
        m[order], s[order] -> m[order] * np.nan, s[order] * np.nan
    none: Not yet: every mean should stand beside the sd of the same learned class; none has the mean 6.5
        m[order], s[order] -> m[order] + 1, s[order] + 1
    none: Not yet: its means are one number
        m[order], s[order] -> 0.5, order
    none: Not yet: its sds are a list of 2 things
        m[order], s[order] -> 0.5, [[1], [2, 3]]
    none: Not yet: it returns
        return m[order], s[order] -> return permutations(m)
    none: that holds itself, not an array.
        return m[order], s[order] -> held = [m, s]\n    held[:] = held, held\n    return held
    other-arguments: it takes (tm, m).
        (tm, ts, m, s): -> (tm, m):
    arguments-in-another-order
        (tm, ts, m, s): -> (means, sds, true_means, true_sds):
    not started
        order = assignment(distances(tm, ts, m, s)) -> order = ... && m[order], s[order] -> m[order], ...
        return m[order], s[order] -> return ...
    """,
)
right(functools.partial(matching))
verdict("not started")(...)


# Wrong in other styles.


@wrong("inverse-order")
def scattered(true_means, true_sds, means, sds):
    out = np.zeros((2, len(means)))
    for k, j in enumerate(assignment(distances(true_means, true_sds, means, sds))):
        out[:, j] = means[k], sds[k]
    return out


@wrong("sorted-separately", says="Look at this: every mean should stand beside")
def nearest_of_each(true_means, true_sds, means, sds):
    def closest(values, truth):
        return [min(values, key=lambda value: abs(value - true)) for true in truth]

    return closest(means, true_means), closest(sds, true_sds)


@wrong("one-class-twice")
def nearest_in_a_loop(true_means, true_sds, means, sds):
    found = []
    for a, b in zip(true_means, true_sds, strict=True):
        found.append(min(zip(means, sds, strict=True), key=lambda pair: math.dist((a, b), pair)))
    return [mean for mean, _ in found], [sd for _, sd in found]


@wrong(None, says="; the least is ")
def sum_of_norms(true_means, true_sds, means, sds):
    def cost(order):
        order = list(order)
        far = np.linalg.norm(np.asarray(means)[order] - true_means)
        return far + np.linalg.norm(np.asarray(sds)[order] - true_sds)

    order = list(min(permutations(range(len(means))), key=cost))
    return np.asarray(means)[order], np.asarray(sds)[order]
