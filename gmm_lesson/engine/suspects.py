"""What is suspicious about a fit, said in sentences; and the way off a saddle."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from gmm_lesson._inputs import LARGEST, Array
from gmm_lesson.em import ON_FLOOR
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.loop import Ends
from gmm_lesson.engine.objects import Objects

ALIKE = 0.01
"""Classes coincide if their means are so near, in sds, and their variances, in shares."""
NOBODY = 1e-6
"""A class that counts for fewer objects holds none."""
ENOUGH = 1e-7
"""A climb of the log-likelihood by less an object, as a run near its end makes, leads off no saddle."""
HALVES = (np.sqrt(2 / np.pi), 1 - 2 / np.pi)
"""The halves of a Gaussian: how far their means are from its own, in sds, and the share of its variance."""


def off_saddle(source: Objects, ends: Ends, run: Callable[..., Ends], how: dict[str, Any]) -> Ends:
    """Return the ends of several runs, the best of them led off a saddle if it ended on one.

    Where two classes coincide, or one holds no object, EM stands still though the log-likelihood may rise:
    the class, or the heaviest, is parted in two, in each way in turn, and EM goes on: by `run`, `loop.run` or
    its like, called as it was.
    """
    for _ in range(ends.parameters.weights.shape[1] - 1):
        best = int(ends.log_likelihood.argmax())
        now = ends.parameters.take(best)
        pair = _alike(now) or _deserted(now, source.n)
        if not pair or not ends.converged[best]:
            break
        more = run(source, _parted(now, *pair), **how)
        better = int(more.log_likelihood.argmax())
        if more.log_likelihood[better] <= ends.log_likelihood[best] + ENOUGH * source.n:
            break
        for part, values in zip(ends.parameters, more.parameters, strict=True):
            part[best] = values[better]
        ends.log_likelihood[best] = more.log_likelihood[better]
        ends.n_iter[best] += more.n_iter[better]
        ends.converged[best] = more.converged[better]
    return ends


def notes_on(source: Objects, now: Parameters, floor: Any) -> tuple[str, ...]:
    """Return what is suspicious about one mixture and the objects it was fitted to, a sentence each."""
    notes, n_k = [], now.weights * source.n
    low, high, _, far = source.spread
    if far:
        outside = np.atleast_1d((source.low < low) | (source.high > high))
        where = " or ".join(
            f"{np.atleast_1d(low)[axis]:.4g}..{np.atleast_1d(high)[axis]:.4g}"
            + (f" along axis {axis}" if np.ndim(low) else "")
            for axis in np.flatnonzero(outside)
        )
        notes.append(
            f"{far:.6g} of {source.n:.6g} objects are far from the others, outside {where}:"
            " outliers, or a code for missing values?"
        )
        beyond = ((now.means < low) | (now.means > high)).reshape(len(n_k), -1).any(axis=1)
        notes += [f"class {k} is made of such objects: {n_k[k]:.4g} of them" for k in np.flatnonzero(beyond)]
    for k in np.flatnonzero(n_k < NOBODY):
        notes.append(f"class {k} holds no object: fewer classes fit as well")
    for k in np.flatnonzero(_narrowest(now.variances, floor) <= ON_FLOOR):
        notes.append(
            f"class {k} is as narrow as the floor allows, with {n_k[k]:.4g} objects: the floor decides how"
            " likely they are"
        )
    if pair := _alike(now):
        notes.append(f"classes {pair[0]} and {pair[1]} coincide: fewer classes fit as well")
    return tuple(notes)


def _sds(now: Parameters) -> Array:
    """Return the sd of each class along each axis, shape (K, 1) or (K, d)."""
    variances = now.variances.reshape(len(now.weights), -1)
    d = now.means.reshape(len(now.weights), -1).shape[1]
    return np.asarray(np.sqrt(variances if variances.shape[1] == d else variances[:, :: d + 1]))


def _alike(now: Parameters) -> tuple[int, int] | None:
    sds = _sds(now)
    for i, j in combinations(range(len(sds)), 2):
        apart = np.abs(now.means[i] - now.means[j]) / sds[i]
        size = np.max(np.abs(now.variances[i]))
        if apart.max() <= ALIKE and np.abs(now.variances[i] - now.variances[j]).max() <= ALIKE * size:
            return i, j
    return None


def _deserted(now: Parameters, n: float) -> tuple[int, int] | None:
    """Return the heaviest class and one that holds no object, or None."""
    lightest = int(now.weights.argmin())
    return (int(now.weights.argmax()), lightest) if now.weights[lightest] * n < NOBODY else None


def _parted(now: Parameters, one: int, other: int) -> Parameters:
    """Return starts with a class parted in two: in halves along each axis, and in a narrow and a wide one."""
    sds = _sds(now)[one]
    starts = Parameters(*(np.repeat(part[np.newaxis], len(sds) + 1, axis=0) for part in now))
    starts.weights[:, [one, other]] = (now.weights[one] + now.weights[other]) / 2
    starts.means[:, other] = now.means[one]
    away, share = HALVES
    for axis, sd in enumerate(sds):
        means = starts.means[axis].reshape(len(now.weights), -1)  # a view
        means[one, axis] -= away * sd
        means[other, axis] += away * sd
        starts.variances[axis, [one, other]] = share * now.variances[one]
    starts.variances[-1, one], starts.variances[-1, other] = now.variances[one] / 4, now.variances[one] * 1.75
    return starts


def _narrowest(variances: Array, floor: Any) -> Array:
    """Return the smallest variance of each class in any direction, in floors; infinite without a floor."""
    if not np.any(floor):
        return np.full(len(variances), np.inf)
    with np.errstate(over="ignore"):
        if variances.ndim == 1:
            return np.asarray(variances / floor)
        root = np.sqrt(floor)
        inner = np.clip(variances / root[:, np.newaxis] / root, -LARGEST, LARGEST)
    return np.asarray(np.linalg.eigvalsh(inner)[:, 0])
