"""Programs for check.floored_m_step."""

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
    v[v < floor] = floor -> v = np.exp(np.maximum(np.log(v + 1e-12), np.log(floor + 1e-12)))
none | v[v < floor] = floor -> v[(v < floor).argmax()] = max(floor, v[(v < floor).argmax()])
none, relative-floor | v[v < floor] = floor -> v[v.argmin()] = max(v.min(), floor)
none | v[v < floor] = floor -> v[1:] = np.maximum(v[1:], floor)
floor-left-out | v[v < floor] = floor -> v[v == 0] = floor
none: yours are of length 0
    -> weights[v > floor] / (weights[v > floor].sum() or 1), means[v > floor], v[v > floor]
not-for-whole-numbers | v[v < floor] = floor -> v = np.maximum(v, floor).astype(np.asarray(r).dtype)
crashed: ValueError: The truth value of an array && of masked: if v < floor:
    v[v < floor] = floor -> if v < floor:\\n        v = floor
crashed: variances must be above 0
    v[v < floor] = floor -> return gmm_lesson.Mixture(weights, means, np.fmax(v, floor * (v.min() > 0)))
others-changed: floor, 9, has changed means | return weights, means -> return weights, np.sort(means)
none: no variance should be below the floor, 0.5 | v[v < floor] = floor -> v = np.maximum(v, floor / len(y))
none: Not yet: other numbers. && Not right here: variances (
    = floor -> = 2 * floor
    -> weights, means, np.full(len(v), max(*v, *v, floor))
none
    v[v < floor] = floor -> v += floor && return weights, -> return np.maximum(weights, floor),
""")


right(lambda y, r, floor: gmm_lesson.m_step(y, r, floor=floor))

# A step that is not the textbook's without a floor either is the M-step's affair.


@wrong(None, says="Not yet: without a floor, your step is not the textbook's: run")
def with_a_root(y, r, floor):
    weights, means, v = m_step(y, r)
    return weights, means, np.sqrt(np.maximum(v, floor))


edits(with_a_root)("""
none: run check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its variances
    np.sqrt(np.maximum(v, floor)) -> np.maximum(v * np.sum(r, 0) / (np.sum(r, 0) - 1), floor)
none: weights are not the right ones (the worst, 1.5, | -> np.sum(r, axis=0), means, np.maximum(v, floor)
none: run check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its weights
    m_step(y, r) -> m_step(y, np.asarray(r) > 0.5) && np.sqrt(np.maximum(v, floor)) -> np.maximum(v, floor)
none: my_floored_m_step(y, r, 0)). Here its means | -> np.round([weights, means, np.maximum(v, floor)], 2)
""")
