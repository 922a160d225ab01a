"""Programs for check.floored_m_step."""

import functools  # noqa: F401 - edits use it
import math  # noqa: F401 - edits use it

import numpy as np

import gmm_lesson
from learners import edits, right, wrong
from learners.m_step import plain as m_step

# Right, however it is written, and what is wrong about the floor or besides.


@right
def masked(y, r, floor):
    weights, means, v = m_step(y, r)
    v[v < floor] = floor
    return weights, means, v


edits(masked)("""
right
    -> gmm_lesson.Mixture(weights, means, v)
    masked(y, r, floor) -> masked(y, r, least) && = floor -> = least && < floor -> < least
    v[v < floor] = floor -> v = list(map(functools.partial(max, floor), v))
    v[v < floor] = floor -> v = (v + floor + abs(v - floor)) / 2
    v[v < floor] = floor -> v = np.maximum(np.sqrt(v), math.sqrt(floor)) ** 2
    v[v < floor] = floor -> v = np.maximum(v, max(floor, 1e-9))
    v[v < floor] = floor -> v = np.exp(np.maximum(np.log(v + 1e-12), np.log(floor + 1e-12)))
only-the-smallest-raised | v[v < floor] = floor -> v[v.argmin()] = max(v.min(), floor)
none
    v[v < floor] = floor -> v[:-1] = np.maximum(v[:-1], floor)
    v[v < floor] = floor -> v[1:] = np.maximum(v[1:], floor)
floor-left-out
    v[v < floor] = floor -> floor = np.maximum(v, floor)
    v[v < floor] = floor -> return gmm_lesson.Mixture(weights, means, v)
    v[v < floor] = floor -> v[v == 0] = floor
    = floor -> = 1e-6 && < floor -> < 1e-6
floor-added | v[v < floor] = -> v +=
floor-on-the-sd
    v[v < floor] = floor -> v = np.maximum(np.sqrt(v), floor) ** 2
    v[v < floor] = floor -> v = np.maximum(v, floor**0.5)
ceiling-for-floor | v < floor -> v > floor
floor-everywhere | v[v < floor] -> v[:] || v[v < floor] = floor -> v = np.maximum(-v, floor)
all-raised-with-one | v[v < floor] = floor -> v[:] = floor if (v < floor).any() else v
another-number-below-the-floor
    = floor -> = 1
    = floor -> = np.var(y)
    = floor -> += floor
    = floor -> = 0
class-dropped
    v[v < floor] = floor -> weights, means, v = weights[v >= floor], means[v >= floor], v[v >= floor]
    -> weights[v > floor] / (weights[v > floor].sum() or 1), means[v > floor], v[v > floor]
weights-or-means-floored
    return weights, -> return np.maximum(weights, floor),
    -> np.maximum([weights, means, v], floor)
    return weights, means -> return weights, means.clip(floor)
relative-floor
    v[v < floor] = floor -> v = np.maximum(v, floor * np.var(y))
    v[v < floor] = floor -> v = np.maximum(v, floor * max(v))
floor-too-early | v[v < floor] = floor -> v = np.maximum(v * np.sum(r, 0), floor) / np.sum(r, 0)
not-for-whole-numbers | v[v < floor] = floor -> v = np.maximum(v, floor).astype(np.asarray(r).dtype)
crashed: ValueError: The truth value of an array && of masked: if v < floor:
    v[v < floor] = floor -> if v < floor:\\n        v = floor
crashed: could not be broadcast | m_step(y, r) -> m_step(y, np.transpose(r))
crashed: variances must be above 0
    v[v < floor] = floor -> return gmm_lesson.Mixture(weights, means, np.fmax(v, floor * (v.min() > 0)))
none: every entry should be a finite number; 6 of yours are not. | -> 3 * [np.nan * v]
none: Example: a floor above all variances | return weights, means -> return weights, np.sort(means)
none: Example: a class on one object with a floor of 0 && your variances = [0.01, 0.25]
    = floor -> = floor or 0.01 && < -> <=
none: its variances are one number; wanted (2,). | -> weights, means, floor
none: no variance should be below the floor, 0.5 | v[v < floor] = floor -> v = np.maximum(v, floor / len(y))
none: no variance should be below the floor | v[v < floor] = floor -> v = np.maximum(v, floor * np.mean(r, 0))
none: Not yet: other numbers. && Here its variances are not the right ones
    v[v < floor] = floor -> v = np.maximum(v, floor or 0.01)
    = floor -> = 2 * floor
    -> weights, means, v + floor / 2
    -> weights, means, np.full(len(v), max(*v, *v, floor))
none: on other inputs its means are not either && (too high by 0.5)
    v[v < floor] = floor -> means, v = np.where(v < floor, [[np.mean(y)], [2 * floor]], [means, v])
floor-added: Not yet, for two reasons: floor added; weights or means floored.
    v[v < floor] = floor -> v += floor && return weights, -> return np.maximum(weights, floor),
none: variances are not the right ones (the worst, 0.6392, is too high by 0.231)
    v[v < floor] = floor -> v = np.maximum(np.sqrt(v), floor)
""")


@right
def in_loops(y, r, floor):
    weights, means, found = [], [], []
    for k in range(len(r[0])):
        n_k = sum(row[k] for row in r)
        mean = sum(row[k] * value for row, value in zip(r, y, strict=True)) / n_k
        variance = sum(row[k] * (value - mean) ** 2 for row, value in zip(r, y, strict=True)) / n_k
        weights.append(n_k / len(y))
        means.append(mean)
        found.append(floor if variance < floor else variance)
    return weights, means, found


edits(in_loops)("""
none | variance < floor -> variance < floor and floor not in found
floor-too-early | (value - mean) ** 2 for -> max((value - mean) ** 2, floor) for
""")
right(lambda y, r, floor: gmm_lesson.m_step(y, r, floor=floor))

# A step that is not the textbook's without a floor either is the M-step's affair.


@wrong(None, says="Not yet: without a floor, your step is not the textbook's: run")
def with_a_root(y, r, floor):
    weights, means, v = m_step(y, r)
    return weights, means, np.sqrt(np.maximum(v, floor))


edits(with_a_root)("""
none: run check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its variances
    np.sqrt(np.maximum(v, floor)) -> np.maximum(v * np.mean(r, 0), floor)
    np.sqrt(np.maximum(v, floor)) -> np.maximum(v * np.sum(r, 0) / (np.sum(r, 0) - 1), floor)
    np.sqrt(np.maximum(v, floor)) -> np.maximum(v, floor) / 2
none: Here its weights are not the right ones (the worst, 0.4086, is too low | -> v, means, weights
none: Here its weights are not the right ones (the worst, 1.5, is too high by 1)
    -> np.sum(r, axis=0), means, np.maximum(v, floor)
none: run check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its weights
    m_step(y, r) -> m_step(y, np.asarray(r) > 0.5) && np.sqrt(np.maximum(v, floor)) -> np.maximum(v, floor)
none: run check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its means
    -> np.round([weights, means, np.maximum(v, floor)], 2)
    m_step(y, r) -> m_step(np.sort(y)[::-1], r) && np.sqrt(np.maximum(v, floor)) -> np.maximum(v, floor)
""")
