"""The E-step of em.py at the speed of the machine, for one start or a thousand: what fit() runs on.

On a line with at most `objects.FEW_RESPONSIBILITIES` in all, fit() takes the way of em.py instead
(`line.Line.textbook_sums`), which needs no preparation. Both give the same but for rounding.

Three ideas make it fast. None changes what EM computes, but for rounding at the size of the largest object.

- *The quadratic form.* The logarithm of a weighted Gaussian is a polynomial, log(pi_k N(y | mu_k, v_k)) =
  eta_k . phi(y), with the features phi(y) = (1, y, y^2) and three numbers eta_k for each class. So all the
  exponents are one product of matrices. In the plane phi has six entries, and nothing else changes.
- *The sums*, the sufficient statistics. The M-step needs S_k = sum_i r_ik phi(y_i): N_k, the sum of r y and
  the sum of r y^2. That is the same product the other way round. Sums add up, so data may come in blocks,
  from a disk, from other machines.
- *The blocks.* BLOCK numbers at a time stay in the processor's cache. Objects lie on the last axis and
  classes on the first, because numpy adds along memory many times faster than across it.

One class of each start, the *reference*, costs no exponential: divide all densities of an object by the
reference's, and they are 1 and exp((eta_k - eta_ref) . phi). What could go wrong is known before anything is
computed, for an exponent is a sum of terms of at most |eta_k| . max |phi|, the class's *reach*. A small reach
cannot overflow. A larger one is clipped, or measured from each object's own best class. One so large that its
rounding would show, of a class that is narrow or far away, is computed centred: distances in sds
first, squares after, as in em.py.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.engine.family import Family, Parameters, Sums

BLOCK = 2**16
"""How many responsibilities are in work at once."""
THREADS = 2**18
"""A product of matrices with more multiplications starts threads, which lose more than they gain here."""
DOT = 2**13
"""And so does a product of longer vectors; narrow classes are summed by such."""
SMALL = 2**14
"""Fewer responsibilities in all are done sooner than the best reference is found."""
OVERFLOW = 700.0
"""exp() of more overflows; of less than minus this it takes many times as long, for a result below 1e-304."""
NARROW = 2.0**17
"""From this reach on, the rounding of an exponent could change the eleventh digit of a responsibility."""

PLAIN, CLIPPED, SHIFTED = range(3)
"""The ways of keeping exponents in range."""


class Workspace(threading.local):
    """Memory to work in, kept by each thread: to ask for it anew costs more than a small E-step.

    It begins with ones, which are the odds of the reference.
    """

    numbers = np.empty(0)
    ones = 0

    def prepare(self, size: int, ones: int) -> None:
        """Have so many numbers, and ones."""
        if len(self.numbers) < size:
            self.numbers = np.empty(size)
        self.numbers[:ones], self.ones = 1, ones

    def spread(self, k: int, r: int, n: int, f: int, ones: bool) -> tuple[Array, Array]:
        """Return arrays of shape (k, r, n), the first row of it ones if wanted, and (f, r, n)."""
        first = self.ones - r * n if ones else self.ones
        last = self.ones + k * r * n
        odds = self.numbers[first : first + k * r * n].reshape(k, r, n)
        return odds, self.numbers[last : last + f * r * n].reshape(f, r, n)


WORKSPACE = Workspace()


def e_step(family: Family, y: Any, counts: Array | None, now: Parameters, score: bool = True) -> Sums:
    """Return the sums over one array of objects: a block of objects, and a batch of restarts, at a time.

    y are objects as they came, (N,) or (N, d), which stand for `counts`, (N,), or one each; `now` is in the
    family's coordinates. Without `score` the sums take a tenth less, and the log-likelihood is 0.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        eta, peak = family.natural(now)
        reach = np.abs(eta) @ family.bound
    k, n_restarts, f = eta.shape
    room = max(1, min(BLOCK, THREADS // f) // max(k, f))
    farthest = reach.max()
    n = min(len(y), room if farthest <= NARROW else min(room, DOT))
    together = min(n_restarts, room // n)
    turn = None
    if not farthest <= OVERFLOW / 2 and k * n_restarts * len(y) > SMALL:
        turn = _turn(reach, n_restarts > together)
        eta, reach, peak = eta[turn], reach[turn], peak[turn]
    narrow = None if farthest <= NARROW else Narrow.of(family, now, eta, reach, turn)
    batches = []
    for first in range(0, n_restarts, together):
        some = slice(first, first + together)
        most = reach[:, some].max()
        safe, few = most <= OVERFLOW / 2, None if most <= NARROW or not narrow else narrow.among(some)
        # The log-density of the reference, class 0, is nowhere below minus its reach.
        bounded = not few and reach[0, some].max() + peak[:, some].max() <= OVERFLOW
        batches.append((some, PLAIN if safe else CLIPPED if bounded else SHIFTED, few))
    total, log_likelihood = np.zeros((n_restarts, k, f)), np.zeros(n_restarts)
    size, room = f * n, n * together
    WORKSPACE.prepare((1 + k + f) * room + size, room)
    phi = WORKSPACE.numbers[(1 + k + f) * room :][:size].reshape(f, n)
    for at in range(0, len(y), n):
        block, number = y[at : at + n], None if counts is None else counts[at : at + n]
        seen = phi[:, : len(block)]
        family.features(block, seen)
        for some, way, few in batches:
            exact = few and (few.where, *family.centred(seen, few.parameters, few.origin, few.unit))
            part = _block(seen, number, eta[:, some], way, exact, score)
            total[some] += part[0]
            log_likelihood[some] += part[1]
    for some, way, _ in batches:
        if score and way != SHIFTED:  # the reference's own log-densities, of all objects at once
            log_likelihood[some] += np.vecdot(eta[0, some], total[some].sum(axis=1))
    if turn:  # everything back to its place
        places, order = turn
        turned, total = (total, log_likelihood), np.empty_like(total)
        total[order, places] = np.swapaxes(turned[0], 0, 1)
        log_likelihood = turned[1][np.argsort(order)]
    return Sums(total, log_likelihood, *(narrow.places if narrow else (None, None)))


def _block(
    phi: Array, counts: Array | None, eta: Array, way: int, exact: tuple[Any, ...] | None, score: bool
) -> tuple[Array, Array]:
    """Return the total, shape (R, K, F), and the log-likelihood, (R,), of objects that are in cache.

    The log-likelihood is that of densities divided by the reference's, unless `way` is SHIFTED.

    phi has the shape (F, n), eta (K, R, F), the reference first. `exact` says which classes are narrow, and
    their exponents and features.
    """
    k, r, f = eta.shape
    n = phi.shape[1]
    odds, psi = WORKSPACE.spread(k, r, n, f, ones=way != SHIFTED)  # (K, R, n) and (F, R, n)
    if way == SHIFTED:
        busy = odds
        np.matmul(eta.reshape(-1, f), phi, out=odds.reshape(-1, n))
        if exact:
            odds[exact[0]] = exact[1]
        top = odds.max(axis=0)
        odds -= top
    else:
        busy = odds[1:]
        np.matmul((eta[1:] - eta[0]).reshape(-1, f), phi, out=busy.reshape(-1, n))
    if way != PLAIN:
        np.clip(busy, -OVERFLOW, OVERFLOW, out=busy)  # with both limits it is twice as fast
    np.exp(busy, out=busy)
    share = np.add.reduce(odds, axis=0, out=psi[0])
    np.reciprocal(share, out=share)  # odds * share are the responsibilities
    log_likelihood = np.zeros(r)
    if score and counts is None:
        log_likelihood -= _sum_of_logs(share, eights=way == PLAIN)
    elif score:
        log_likelihood -= (np.log(share) * counts).sum(axis=-1)  # a product of vectors would round more
    if score and way == SHIFTED:
        log_likelihood += (top if counts is None else top * counts).sum(axis=-1)
    if counts is not None:
        share *= counts
    # Not the K rows of odds but the F rows of phi are multiplied by it.
    np.multiply(phi[1:, np.newaxis], share, out=psi[1:])
    total = np.matmul(odds.transpose(1, 0, 2), psi.transpose(1, 2, 0))
    if exact:
        (places, restarts), _, features = exact
        r_ik = odds[places, restarts] * share[restarts]
        total[restarts, places] = np.vecdot(features, r_ik[:, np.newaxis])
    return total, log_likelihood


def _sum_of_logs(values: Array, eights: bool) -> Array:
    """Return the sums of log(values) over the last axis; if `eights`, by one logarithm for eight objects."""
    r, n = values.shape
    if eights and n >= 8:
        products = np.multiply.reduce(values[:, : n - n % 8].reshape(r, 8, -1), axis=1)
        if products.min() > 1e-290:
            rest = np.log(values[:, n - n % 8 :]).sum(axis=-1) if n % 8 else 0.0
            return np.asarray(np.log(products).sum(axis=-1) + rest)
    return np.asarray(np.log(values).sum(axis=-1))


def _turn(reach: Array, several: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return an index that puts the class of least reach first, and restarts with the same needs together."""
    k, n_restarts = reach.shape
    order = np.argsort(reach.max(axis=0), kind="stable") if several else np.arange(n_restarts)
    return (np.arange(k)[:, np.newaxis] + reach.argmin(axis=0)[order]) % k, order


class Narrow(NamedTuple):
    """Classes that are computed centred, m of them."""

    where: tuple[NDArray[np.intp], NDArray[np.intp]]
    """Their place and restart in eta as it is turned."""
    parameters: Parameters
    origin: Array
    unit: Array
    places: tuple[Array, Array]
    """Origin and unit of every class, in the shape of the means and of the variances."""

    @classmethod
    def of(cls, family: Family, now: Parameters, eta: Array, reach: Array, turn: Any) -> Narrow:
        """Find them, a reach that is not a number among them, and take them out of eta."""
        classes, restarts = np.nonzero(~(reach <= NARROW))
        eta[classes, restarts] = 0
        which = (turn[1][restarts], turn[0][classes, restarts]) if turn else (restarts, classes)
        parameters, places = now.take(which), family.zero_origin(now)
        places[0][which], places[1][which] = origin, unit = family.origin(parameters)
        return cls((classes, restarts), parameters, origin, unit, places)

    def among(self, some: slice) -> Narrow:
        """Return those of some of the restarts, counted from the first of these."""
        mine = np.flatnonzero((self.where[1] >= some.start) & (self.where[1] < some.stop))
        where = self.where[0][mine], self.where[1][mine] - some.start
        return Narrow(where, self.parameters.take(mine), self.origin[mine], self.unit[mine], self.places)
