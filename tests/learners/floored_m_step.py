"""Programs for check.floored_m_step."""

import functools
import math

import numpy as np

import gmm_lesson
from learners import edits, right, wrong
from learners.m_step import plain as m_step


def variances(change):
    """Return a right M-step with other variances: a function of (v, floor, y, r)."""

    def stepped(y, r, floor):
        weights, means, v = m_step(y, r)
        return weights, means, change(v, floor, np.asarray(y, dtype=float), np.asarray(r))

    return stepped


def after(change):
    """Return a right M-step with a floor, and something done to its weights, means and variances."""
    return lambda y, r, floor: change(*masked(y, r, floor), floor)


# Right, however it is written.


@right
def masked(y, r, floor):
    weights, means, v = m_step(y, r)
    v[v < floor] = floor
    return weights, means, v


edits(
    masked,
    """
    right
        return weights, means, v -> return gmm_lesson.Mixture(weights, means, v)
        masked(y, r, floor) -> masked(y, r, floor=1e-6)
        masked(y, r, floor) -> masked(y, r, least) && = floor -> = least && < floor -> < least
    only-the-smallest-raised | v[v < floor] = floor -> v[v.argmin()] = max(v.min(), floor)
    floor-forgotten-for-one-class | v[v < floor] = floor -> v[:-1] = np.maximum(v[:-1], floor)
    floor-left-out
        v[v < floor] = floor -> floor = np.maximum(v, floor)
        v[v < floor] = floor -> return gmm_lesson.Mixture(weights, means, v)
        v[v < floor] = floor -> v[v == 0] = floor
    ceiling-for-floor | v < floor -> v > floor
    floor-everywhere | v[v < floor] -> v[:]
    all-raised-with-one | v[v < floor] = floor -> v[:] = floor if (v < floor).any() else v
    another-number-below-the-floor | = floor -> = 1
    class-dropped
        v[v < floor] = floor -> weights, means, v = weights[v >= floor], means[v >= floor], v[v >= floor]
    weights-or-means-floored | return weights, -> return np.maximum(weights, floor),
    not-for-whole-numbers: Example: a narrow class and a wide one, as arrays of whole numbers
        v[v < floor] = floor -> v = np.maximum(v, floor).astype(np.asarray(r).dtype)
    crashed: ValueError: The truth value of an array && of masked: if v < floor:
        v[v < floor] = floor -> if v < floor:\\n        v = floor
    crashed: could not be broadcast | m_step(y, r) -> m_step(y, np.transpose(r))
    crashed: variances must be above 0
        v[v < floor] = floor -> return gmm_lesson.Mixture(weights, means, np.fmax(v, floor * (v.min() > 0)))
    none: every entry should be a finite number; 6 of yours are not.
        return weights, means, v -> return 3 * [np.nan * v]
    none: Example: a floor above all variances | return weights, means -> return weights, np.sort(means)
    none: Example: a class on one object with a floor of 0 && your variances = [0.01, 0.25]
        = floor -> = floor or 0.01 && < -> <=
    not started | m_step(y, r) -> ...
    floor-added: Not yet, for two reasons: floor added; weights or means floored.
        v[v < floor] = floor -> v += floor && return weights, -> return np.maximum(weights, floor),
    """,
)


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


for program in (
    lambda y, r, floor: gmm_lesson.m_step(y, r, floor=floor),
    variances(lambda v, floor, y, r: np.maximum(v, floor)),
    variances(lambda v, floor, y, r: [max(variance, floor) for variance in v]),
    variances(lambda v, floor, y, r: list(map(functools.partial(max, floor), v))),
    variances(lambda v, floor, y, r: np.clip(v, floor, None)),
    variances(lambda v, floor, y, r: v.clip(min=floor)),
    variances(lambda v, floor, y, r: np.where(v > floor, v, floor)),
    variances(lambda v, floor, y, r: np.select([v > floor], [v], floor)),
    variances(lambda v, floor, y, r: v + (floor - v).clip(0)),
    variances(lambda v, floor, y, r: (v + floor + abs(v - floor)) / 2),
    variances(lambda v, floor, y, r: np.max([v, np.full_like(v, floor)], axis=0)),
    variances(lambda v, floor, y, r: np.fmax(v, floor)),
    variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), np.sqrt(floor)) ** 2),
    variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), math.sqrt(floor)) ** 2),
    variances(lambda v, floor, y, r: np.maximum(v, max(floor, 1e-9))),
    variances(lambda v, floor, y, r: np.piecewise(v, [v < floor], [floor, lambda x: x])),
    variances(lambda v, floor, y, r: [sorted([x, floor])[1] for x in v]),
    variances(lambda v, floor, y, r: np.exp(np.maximum(np.log(v + 1e-12), np.log(floor + 1e-12)))),
    variances(lambda v, floor, y, r: np.maximum(v * len(y), floor * len(y)) / len(y)),
    after(lambda w, m, v, floor: np.array([w, m, v], dtype=np.float32)),
    after(lambda w, m, v, floor: [list(w), tuple(m), v]),
    functools.partial(lambda floor_at, y, r, floor: masked(y, r, floor), 0),
):
    right(program)


# What is wrong about the floor.


@wrong("only-the-smallest-raised")
def stops_at_the_first(y, r, floor):
    weights, means, v = m_step(y, r)
    for k in range(len(v)):
        if v[k] < floor:
            v[k] = floor
            break
    return weights, means, v


@wrong("class-dropped")
def without_the_small_and_shared_out(y, r, floor):
    weights, means, v = (part[m_step(y, r)[2] >= floor] for part in m_step(y, r))
    return weights / (weights.sum() or 1), means, v


@wrong("squares-floored")
def floor_inside_the_sum(y, r, floor):
    y, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * np.maximum((y - means) ** 2, floor)).sum(axis=0) / n_k


for name, program in (
    ("floor-left-out", variances(lambda v, floor, y, r: np.maximum(v, 1e-6))),
    ("floor-added", variances(lambda v, floor, y, r: v + floor)),
    ("floor-on-the-sd", variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), floor) ** 2)),
    ("floor-on-the-sd", variances(lambda v, floor, y, r: np.maximum(v, floor**0.5))),
    ("floor-on-the-sd", variances(lambda v, floor, y, r: np.where(np.sqrt(v) < floor, floor, v))),
    ("ceiling-for-floor", variances(lambda v, floor, y, r: [min(x, floor) for x in v])),
    ("floor-everywhere", variances(lambda v, floor, y, r: [floor] * len(v))),
    # Without a variance above zero only the floor is left.
    ("floor-everywhere", variances(lambda v, floor, y, r: np.maximum(-v, floor))),
    ("floor-forgotten-for-one-class", variances(lambda v, floor, y, r: [v[0], *v[1:].clip(floor)])),
    ("another-number-below-the-floor", variances(lambda v, f, y, r: np.where(v < f, y.var(), v))),
    ("another-number-below-the-floor", variances(lambda v, f, y, r: [1 if x < f else x for x in v])),
    ("another-number-below-the-floor", variances(lambda v, f, y, r: v + f * (v < f))),
    ("another-number-below-the-floor", variances(lambda v, f, y, r: np.where(v < f, 0, v))),
    ("weights-or-means-floored", after(lambda w, m, v, floor: np.maximum([w, m, v], floor))),
    ("weights-or-means-floored", after(lambda w, m, v, floor: (w, m.clip(floor), v))),
    ("relative-floor", variances(lambda v, floor, y, r: np.maximum(v, floor * np.var(y)))),
    ("relative-floor", variances(lambda v, floor, y, r: np.maximum(v, floor * max(v)))),
    ("sums-floored", variances(lambda v, floor, y, r: np.maximum(v * r.sum(0), floor) / r.sum(0))),
):
    wrong(name)(program)


OTHER = "other numbers.\n\nHere its variances are not"

for says, program in (
    ("its variances are one number; wanted (2,).", variances(lambda v, floor, y, r: floor)),
    ("its variances are one number; wanted (2,).", variances(lambda v, floor, y, r: max(*v, floor))),
    ("every entry should be a finite number; 1 of", variances(lambda v, f, y, r: np.where(v < f, np.nan, v))),
    (OTHER, variances(lambda v, f, y, r: np.maximum(v, f or 0.01))),
    ("it returns an array of shape (2,), not three", lambda y, r, floor: masked(y, r, floor)[2]),
    ("it returns three numbers for each class", lambda y, r, floor: list(zip(*masked(y, r, floor)))),  # noqa: B905
    ("no variance should be below the floor, 0.5", variances(lambda v, f, y, r: np.maximum(v, f / len(y)))),
    (OTHER, variances(lambda v, f, y, r: np.where(v < f, 2 * f, v))),
    (OTHER, variances(lambda v, f, y, r: np.maximum(v, f * len(y)))),
    ("no variance should be below the floor", variances(lambda v, f, y, r: np.maximum(v, f * r.mean(0)))),
    (OTHER, variances(lambda v, f, y, r: np.maximum(v, f) + f / 2)),
    (OTHER, variances(lambda v, f, y, r: np.full(len(v), max(*v, *v, f)))),
):
    wrong(None, says=f"Not yet: {says}")(program)


@wrong(None, says=("on other inputs its means are not either", "(too high by 0.5)"))
def to_the_mean_of_all(y, r, floor):
    weights, means, v = m_step(y, r)
    return weights, *np.where(v < floor, [[np.mean(y)], [2 * floor]], [means, v])


# A step that is not the textbook's without a floor either is the M-step's affair.

NOT_THE_TEXTBOOKS = (
    "Not yet: without a floor, your step is not the textbook's: run"
    " check.m_step(lambda y, r: my_floored_m_step(y, r, 0)). Here its "
)

for says, program in (
    (
        "variances are not the right ones (the worst, 0.6392, is too high by 0.231)",
        variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), floor)),
    ),
    ("variances", variances(lambda v, floor, y, r: np.sqrt(np.maximum(v, floor)))),
    ("variances", variances(lambda v, floor, y, r: np.maximum(v * r.mean(0), floor))),
    ("variances", variances(lambda v, floor, y, r: np.maximum(v * r.sum(0) / (r.sum(0) - 1), floor))),
    ("variances", variances(lambda v, floor, y, r: np.maximum(v, floor) / 2)),
    ("weights are not the right ones (the worst, 0.4086, is too low", after(lambda w, m, v, _: (v, m, w))),
    (
        "weights are not the right ones (the worst, 1.5, is too high by 1)",
        lambda y, r, floor: (np.sum(r, axis=0), *masked(y, r, floor)[1:]),
    ),
    ("means", after(lambda w, m, v, floor: np.round([w, m, v], 2))),
    ("weights", lambda y, r, floor: masked(y, np.asarray(r) > 0.5, floor)),
    ("means", lambda y, r, floor: masked(np.sort(y)[::-1], r, floor)),
):
    wrong(None, says=NOT_THE_TEXTBOOKS + says)(program)  # fmt: skip


wrong("other-arguments", says="The check calls it with (y, r, floor); it takes (y, r).")(m_step)
wrong("arguments-in-another-order")(lambda y, floor, r: 0)
