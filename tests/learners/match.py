"""Programs for check.match."""

import functools
import itertools
import math

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist

from gmm_lesson import Mixture
from gmm_lesson.study import compare
from learners import right, verdict, wrong


def apart(a, b, power=2):
    return abs(np.subtract.outer(a, b)) ** power


def distances(true_means, true_sds, means, sds, power=2):
    return apart(true_means, means, power) + apart(true_sds, sds, power)


def assignment(distance):
    return linear_sum_assignment(distance)[1]


def all_orders(distance):
    return min(
        itertools.permutations(range(len(distance))),
        key=lambda order: sum(distance[k, j] for k, j in enumerate(order)),
    )


def matched_by(distance=distances, order_of=assignment):
    """Return a matching by a distance and a way from there to an order."""

    def matching(*given):
        order = list(order_of(distance(*map(np.asarray, given))))
        return np.asarray(given[2])[order], np.asarray(given[3])[order]

    return matching


def taking(order_of):
    return matched_by(order_of=order_of)


# Right, however it is written.

right(taking(assignment))
right(taking(all_orders))
right(taking(lambda distance: np.argsort(assignment(distance.T))))


@right
def pairs_in_all_orders(true_means, true_sds, means, sds):
    def squares(pairs):
        return sum(
            (a - m) ** 2 + (b - s) ** 2 for a, b, (m, s) in zip(true_means, true_sds, pairs, strict=True)
        )

    best = min(itertools.permutations(zip(means, sds, strict=True)), key=squares)
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
    for other in itertools.permutations(order):
        if distance[range(len(order)), other].sum() < distance[range(len(order)), order].sum():
            order = list(other)
    return [means[j] for j in order], [sds[j] for j in order]


@right
def indexed_as_arrays(true_means, true_sds, means, sds):
    order = assignment(distances(true_means, true_sds, means, sds))
    return means[order], sds[order]  # the lesson hands over arrays


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
def remembered(true_means, true_sds, means, sds):
    n = len(means)

    @functools.cache
    def best(k, left):
        if k == n:
            return 0.0, ()
        return min(
            (math.hypot(true_means[k] - means[j], true_sds[k] - sds[j]) ** 2 + cost, (j, *rest))
            for j in range(n)
            if left & (1 << j)
            for cost, rest in [best(k + 1, left ^ (1 << j))]
        )

    order = np.array(best(0, 2**n - 1)[1])
    return np.take(means, order), np.take(sds, order)


@right
def in_the_plane(true_means, true_sds, means, sds):
    true, learned = np.column_stack([true_means, true_sds]), np.column_stack([means, sds])
    _, columns = linear_sum_assignment(cdist(true, learned, "sqeuclidean"))
    return tuple(learned[columns].T)


@right
def largest_product(true_means, true_sds, means, sds):
    """The squares sum to least where the products sum to most."""
    _, columns = linear_sum_assignment(np.outer(true_means, means) + np.outer(true_sds, sds), maximize=True)
    return means[columns], sds[columns]


@right
def with_a_matrix_of_the_order(true_means, true_sds, means, sds):
    chosen = np.zeros((len(means), len(means)))
    chosen[linear_sum_assignment(distances(true_means, true_sds, means, sds))] = 1
    return chosen @ means, np.einsum("kj,j->k", chosen, sds)


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
            for ks in itertools.permutations(range(len(d)), size):
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
    orders = np.array(list(itertools.permutations(range(len(means)))))
    sums = ((means[orders] - true_means) ** 2 + (sds[orders] - true_sds) ** 2).sum(axis=1)
    return np.stack([means[orders[sums.argmin()]], sds[orders[sums.argmin()]]])


@right
def complex_numbers(true_means, true_sds, means, sds):
    learned = np.asarray(means) + 1j * np.asarray(sds)
    rows, columns = linear_sum_assignment(abs((true_means + 1j * true_sds)[:, np.newaxis] - learned) ** 2)
    return learned[columns].real, learned[columns[rows]].imag


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


right(lambda *given: np.array(pairs_in_all_orders(*given)))
right(lambda *given: list(map(list, pairs_in_all_orders(*given))))
right(lambda *given: np.asarray(taking(assignment)(*given), dtype=np.float32))
right(matched_by(lambda *given: 3 * distances(*given) + 7))
right(functools.partial(matched_by(), *()))


# The mistakes as learners write them.


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


def after_matching(pick):
    """Find the right order and do something else with it."""
    return lambda *given: pick(*map(np.asarray, given), assignment(distances(*given)))


def means_apart(tm, ts, m, s):
    return abs(np.subtract.outer(tm, m))


def apart_in_all(tm, ts, m, s):
    return distances(tm, ts, m, s, power=1)


wrong("not-matched")(lambda tm, ts, m, s: (m, s))


@wrong("inverse-order")
def scattered(true_means, true_sds, means, sds):
    out = np.zeros((2, len(means)))
    for k, j in enumerate(assignment(distances(true_means, true_sds, means, sds))):
        out[:, j] = means[k], sds[k]
    return out


wrong("inverse-order")(taking(lambda distance: assignment(distance.T)))

place = wrong("places-returned", says="sds        = [1.8]\n    yours      = [0]")
place(after_matching(lambda tm, ts, m, s, order: order))
place(after_matching(lambda tm, ts, m, s, order: tuple(order.tolist())))
place(lambda *given: all_orders(distances(*given)))
wrong("places-returned")(lambda *given: linear_sum_assignment(distances(*given)))
wrong("places-returned")(after_matching(lambda tm, ts, m, s, order: np.argsort(order)))

wrong("truth-returned")(after_matching(lambda tm, ts, m, s, order: (tm[order], ts[order])))
wrong("truth-returned")(lambda tm, ts, m, s: (tm, ts))

# What the words say has to be there to see.
LOOK = "Look at this: every mean should stand beside the sd of the same learned class; none has"
wrong("sorted-separately", says=LOOK)(lambda tm, ts, m, s: (sorted(m), sorted(s)))


@wrong("sorted-separately", says=LOOK)
def nearest_of_each(true_means, true_sds, means, sds):
    def closest(values, truth):
        return [min(values, key=lambda value: abs(value - true)) for true in truth]

    return closest(means, true_means), closest(sds, true_sds)


wrong("sorted-separately", says=LOOK)(lambda tm, ts, m, s: (np.sort(m), s))

wrong("parts-exchanged")(after_matching(lambda tm, ts, m, s, order: (s[order], m[order])))
wrong("variances-returned")(after_matching(lambda tm, ts, m, s, order: (m[order], s[order] ** 2)))
wrong("one-part-not-moved")(after_matching(lambda tm, ts, m, s, order: (m[order], s)))
wrong("one-part-not-moved")(after_matching(lambda tm, ts, m, s, order: (m, s[order])))
wrong("sorted-by-mean")(lambda tm, ts, m, s: tuple(zip(*sorted(zip(m, s, strict=True)), strict=True)))
wrong("sorted-by-sd")(lambda tm, ts, m, s: (m[s.argsort()], np.sort(s)))


@wrong("means-alone")
def sorted_by_rank_of_means(true_means, true_sds, means, sds):
    order = np.empty(len(means), dtype=int)
    order[np.argsort(true_means)] = np.argsort(means)
    return np.asarray(means)[order], np.asarray(sds)[order]


wrong("means-alone")(matched_by(means_apart, all_orders))
wrong("means-alone")(matched_by(lambda tm, ts, m, s: apart(tm, m)))
wrong("sds-alone")(matched_by(lambda tm, ts, m, s: apart(ts, s), all_orders))

wrong("one-class-twice")(taking(nearest))
wrong("one-class-twice")(taking(lambda distance: nearest(distance.T)))
wrong("one-class-twice")(matched_by(means_apart, nearest))
wrong("one-class-twice")(matched_by(apart_in_all, nearest))


@wrong("one-class-twice")
def nearest_in_a_loop(true_means, true_sds, means, sds):
    found = []
    for a, b in zip(true_means, true_sds, strict=True):
        found.append(min(zip(means, sds, strict=True), key=lambda pair: math.dist((a, b), pair)))
    return [mean for mean, _ in found], [sd for _, sd in found]


wrong("first-come-first-served")(taking(what_is_left))
wrong("first-come-first-served")(taking(lambda distance: np.argsort(what_is_left(distance.T))))
wrong("first-come-first-served")(matched_by(means_apart, what_is_left))
wrong("first-come-first-served")(matched_by(apart_in_all, what_is_left))
wrong("closest-pair-first")(taking(closest_first))
wrong("closest-pair-first")(matched_by(apart_in_all, closest_first))

SQUARES = "The sum is not of squares: one large difference must count for more than two of half its size."
wrong("distances-not-squared", says=SQUARES)(taking(lambda distance: all_orders(np.sqrt(distance))))
wrong("distances-not-squared", says=SQUARES)(matched_by(apart_in_all, all_orders))
wrong("variance-against-sd")(matched_by(lambda tm, ts, m, s: distances(tm, ts**2, m, s), all_orders))
wrong("variance-against-sd")(matched_by(lambda tm, ts, m, s: distances(tm, ts, m, np.sqrt(s))))
wrong("variances-compared")(matched_by(lambda tm, ts, m, s: distances(tm, ts**2, m, s**2), all_orders))
wrong("differences-cancel")(
    matched_by(lambda tm, ts, m, s: (np.subtract.outer(tm, m) + np.subtract.outer(ts, s)) ** 2)
)
wrong("farthest-pairs")(taking(lambda distance: linear_sum_assignment(distance, maximize=True)[1]))


# Wrong, and no name: what comes close to the best pairs must not pass, and is told what it misses.

FARTHER = wrong(None, says=("within your pairs sum to ", "; the least is "))


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


STARTS = (as_they_came, what_is_left, closest_first, lambda distance: range(len(distance))[::-1])
for start, at_once in itertools.product(STARTS, (False, True)):
    FARTHER(taking(exchanging(start, all_at_once=at_once)))
FARTHER(taking(exchanging(as_they_came, rounds=1)))


@FARTHER
def exchanged_from_the_order_of_means(true_means, true_sds, means, sds):
    distance = distances(true_means, true_sds, means, sds)
    order = exchanging(lambda _: np.argsort(means)[np.argsort(np.argsort(true_means))])(distance)
    return np.asarray(means)[order], np.asarray(sds)[order]


@FARTHER
@taking
def only_neighbours_exchanged(distance):
    return exchanging(as_they_came, order_of_pairs=lambda ks, _: itertools.pairwise(ks))(distance)


@FARTHER
@taking
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


@FARTHER
@taking
def by_regret_of_the_learned(distance):
    order, left = {}, set(range(len(distance)))
    while left:
        choices = {
            j: sorted((distance[k, j], k) for k in left) for j in range(len(distance)) if j not in order
        }
        j = max(choices, key=lambda j: choices[j][1][0] - choices[j][0][0] if len(left) > 1 else 0)
        order[j] = choices[j][0][1]
        left.remove(order[j])
    return sorted(order, key=order.get)


@FARTHER
@taking
def hardest_first(distance):
    """Let the class go first whose nearest is farthest."""
    order, left = {}, list(range(len(distance)))
    while left:
        k = max((k for k in range(len(distance)) if k not in order), key=lambda k: distance[k, left].min())
        order[k] = min(left, key=lambda j: distance[k, j])
        left.remove(order[k])
    return [order[k] for k in range(len(distance))]


@FARTHER
@taking
def last_first(distance):
    return what_is_left(distance[::-1])[::-1]


@FARTHER
@taking
def smallest_largest(distance):
    """Not the sum, but the worst pair."""
    return min(
        itertools.permutations(range(len(distance))),
        key=lambda order: max(distance[k, j] for k, j in enumerate(order)),
    )


# Where both sides rank by one distance, the stable pairs are those of the closest first.
@wrong("closest-pair-first")
@taking
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


@FARTHER
@taking
def rows_first_made_even(distance):
    return what_is_left(distance - distance.mean(axis=0))


@FARTHER
@taking
def by_ranks(distance):
    return assignment(distance.argsort(axis=1).argsort(axis=1))


@FARTHER
@taking
def random_orders(distance):
    rng = np.random.default_rng(0)
    tried = [rng.permutation(len(distance)) for _ in range(20)]
    return min(tried, key=lambda order: distance[range(len(order)), order].sum())


@FARTHER
def sum_of_norms(true_means, true_sds, means, sds):
    def cost(order):
        order = list(order)
        far = np.linalg.norm(np.asarray(means)[order] - true_means)
        return far + np.linalg.norm(np.asarray(sds)[order] - true_sds)

    order = list(min(itertools.permutations(range(len(means))), key=cost))
    return np.asarray(means)[order], np.asarray(sds)[order]


for power in (0.5, 1.5, 1.8, 2.5, 3, 4, 6):
    FARTHER(matched_by(functools.partial(distances, power=power)))
for power in (0.75, 0.9, 1.25, 1.5, 2):
    FARTHER(matched_by(lambda *given, power=power: distances(*given) ** power))
for distance in (
    lambda tm, ts, m, s: 2 * apart(tm, m) + apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) + 2 * apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) + apart(ts, s) / 2,
    lambda tm, ts, m, s: apart(tm, m) + 1.5 * apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) + 4 * apart(ts, s),
    lambda tm, ts, m, s: 4 * apart(tm, m) + apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m, 1) + apart(ts**2, s**2, 1),
    lambda tm, ts, m, s: apart(tm, m, 1) + apart(ts**2, s, 1),
    lambda tm, ts, m, s: apart(tm, m) + apart(ts, s, 1),
    lambda tm, ts, m, s: apart(tm, m, 1) + apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m, 1) + 0.5 * apart(ts, s, 1),
    lambda tm, ts, m, s: np.maximum(apart(tm, m), apart(ts, s)),
    lambda tm, ts, m, s: np.minimum(apart(tm, m), apart(ts, s)),
    lambda tm, ts, m, s: apart(tm, m) * apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) - apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) + apart(np.log(ts), np.log(s)),
    lambda tm, ts, m, s: apart(tm, m) / tm[:, None] ** 2 + apart(ts, s) / ts[:, None] ** 2,
    lambda tm, ts, m, s: apart(tm, m) / ts[:, None] ** 2,
    lambda tm, ts, m, s: apart(tm, m, 1) / ts[:, None],
    lambda tm, ts, m, s: apart(tm / tm.max(), m / tm.max()) + apart(ts / ts.max(), s / ts.max()),
    lambda tm, ts, m, s: abs(np.subtract.outer(tm**2, m**2)) + apart(ts, s),
    lambda tm, ts, m, s: apart(tm, m) + abs(np.subtract.outer(ts**2, s**2)),
    lambda tm, ts, m, s: 1 - np.exp(-distances(tm, ts, m, s) / 2),
    lambda tm, ts, m, s: (
        apart(tm, m) / 4 / (ts[:, None] ** 2 + s**2) + np.log(ts[:, None] / s + s / ts[:, None])
    ),
    lambda tm, ts, m, s: np.log(s / ts[:, None]) + (ts[:, None] ** 2 + apart(tm, m)) / (2 * s**2),
    lambda tm, ts, m, s: np.log(ts[:, None] / s) + (s**2 + apart(tm, m)) / (2 * ts[:, None] ** 2),
    lambda tm, ts, m, s: apart(tm, m) / (ts[:, None] ** 2 + s**2),
    lambda tm, ts, m, s: apart(tm + ts, m + s) + apart(tm, m),
    lambda tm, ts, m, s: np.round(distances(tm, ts, m, s)),
):
    FARTHER(matched_by(distance))

for says, program in (
    ("it returns a tuple of 1 thing, not two things: means", lambda *given: pairs_in_all_orders(*given)[0]),
    (
        "it returns a pair for each class; return all means, then all sds.",
        lambda *given: list(zip(*pairs_in_all_orders(*given), strict=True)),
    ),
    (
        "it returns a dict, not two things",
        lambda *given: dict(zip(*pairs_in_all_orders(*given), strict=True)),
    ),
    (
        "it returns a pair for each class; return all means, then all sds.",
        lambda *given: np.array(pairs_in_all_orders(*given)).T,
    ),
    (
        "every part should be of length 1, an entry for each true class; yours are of length 2.",
        lambda *given: [part * 2 for part in pairs_in_all_orders(*given)],
    ),
    (
        "every entry should be a finite number; 2 of yours are not.",
        lambda *given: [np.full(len(part), np.nan) for part in pairs_in_all_orders(*given)],
    ),
    (
        "every mean should stand beside the sd of the same learned class; none has the mean 6.5",
        lambda *given: np.array(pairs_in_all_orders(*given)) + 1,
    ),
    (
        "every learned class should come once; that with the mean 1.2 comes twice.",
        taking(lambda distance: all_orders(distance)[:-1] + all_orders(distance)[:1]),
    ),
    (
        "the squared differences within your pairs sum to 6.36; the least is 0.66.",
        matched_by(lambda tm, ts, m, s: apart(tm, m) / ts[:, None] ** 2, all_orders),
    ),
    # These must not make the check raise.
    ("its means are one number", lambda *given: (0.5, assignment(distances(*given)))),
    ("its sds are a list of 2 things", lambda *given: (0.5, [[1], [2, 3]])),
    ("it returns", lambda *given: itertools.permutations(given[2])),
):
    wrong(None, says=f"Not yet: {says}")(program)


@wrong(None)
def holds_itself(true_means, true_sds, means, sds):
    held = [means, sds]
    held[:] = held, held
    return held


# Known by what it does.


@wrong("changes-its-input", says="After the call, means holds other numbers")
def changed_in_place(true_means, true_sds, means, sds):
    order = list(assignment(distances(true_means, true_sds, means, sds)))
    means[:] = np.asarray(means)[order]
    sds[:] = np.asarray(sds)[order]
    return means, sds


wrong("other-arguments", says="it takes (true_means, means).")(lambda true_means, means: 0)
wrong("arguments-in-another-order")(lambda means, sds, true_means, true_sds: 0)


@verdict("not started")
def with_dots(true_means, true_sds, means, sds):
    order = ...
    return np.asarray(means)[order], ...


verdict("not started")(lambda true_means, true_sds, means, sds: ...)
verdict("not started")(...)
