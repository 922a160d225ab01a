"""Programs for check.e_step."""

import math

import numpy as np
from scipy import stats

import gmm_lesson
from learners import edits, right, verdict, wrong

# Right, however it is written, and what comes of it by a word or two.


@right
def by_hand(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    d = y[:, None] - means
    logs = np.log(weights) - d**2 / (2 * variances) - np.log(variances) / 2
    joint = np.exp(logs - logs.max(axis=1)[:, None])
    r = joint / joint.sum(axis=1)[:, None]
    return r


edits(by_hand)("""
right
    map(np.asarray, (y, -> map(np.float32, (y,
    -> np.clip(r, 1e-12, 1 - 1e-12)
not-for-whole-numbers | -> r.astype(y.dtype)
transposed: for each class; yours is of shape (2, 1). | -> r.T
none: Not yet: every row should sum to 1; your row 0 sums to 0.9661 | -> r ** 1.1
none: Not yet: no entry should be below 0; your smallest is -0.7616 | -> 2 * r - 1
none: Not yet: every entry should be a finite number; 1 of | -> np.where(r > 0.9, np.nan, r)
none: Not yet: an array of shape (1, 2) is wanted | -> r[:, :1]
none: Not yet: it returns a tuple of 2 things, not one array | -> r, r
none: Not yet: it returns None, not an array | -> r if len(means) > 1 else None
none: other numbers && the worst, && is too | -> r**1.5 / (r**1.5).sum(axis=1, keepdims=True)
none: is too low by 0.254)
    -> (r + 1) / (r + 1).sum(axis=1)[:, None] if len(means) == 2 else 2 * r if len(means) > 2 else r
""")


@right
def nearest_when_far(y, weights, means, variances):
    """No shift: where all densities are zero, the class with the largest exponent takes the object."""
    y, means, variances = np.asarray(y, dtype=float)[:, None], np.asarray(means), np.asarray(variances)
    joint = np.asarray(weights) * stats.norm.pdf(y, means, np.sqrt(variances))
    with np.errstate(invalid="ignore"):
        r = joint / joint.sum(axis=1, keepdims=True)
    lost = joint.sum(axis=1) == 0
    r[lost] = np.eye(len(means))[np.argmin(((y - means) ** 2 / variances)[lost], axis=1)]
    return r


right(lambda y, *parameters: gmm_lesson.e_step(y, gmm_lesson.Mixture(*parameters)))

# Wrong, as learners write it: with 0/0, in loops.


@wrong("far-objects-0-over-0")
def naive(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    joint = np.asarray(weights) * densities
    total = joint.sum(axis=1, keepdims=True)
    return joint / total


@wrong("weights-left-out")
def naive_without_weights(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return densities / densities.sum(axis=1, keepdims=True)


edits(naive)("""
far-objects-belong-to-nobody | total = joint -> total = 1e-300 + joint
far-objects-belong-to-all | * densities -> * densities + 1e-300
none | np.sqrt(variances) -> 1 && -> np.eye(len(means))[joint.argmax(axis=1)]
weights-left-out | -> np.matrix(densities / densities.sum(axis=1, keepdims=True))
""")


@wrong("far-objects-0-over-0", says="yours     = ZeroDivisionError: float division by zero")
def loop_right_but_far(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            w * math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])  # raises far away
    return r


edits(loop_right_but_far)("""
factor-left-out | / math.sqrt(2 * math.pi * v) ->
half-left-out | / (2 * v)) -> / v)
""")


wrong("other-arguments", says="it takes (y, mixture).")(gmm_lesson.e_step)


@verdict(
    "crashed", says=("ValueError: operands could not be broadcast", "Example: the example to do by hand")
)
def my_e_step_that_crashes(y, weights, means, variances):
    y = np.asarray(y)
    joint = weights * np.exp(-((y - means) ** 2))
    return joint


edits(my_e_step_that_crashes)("""
crashed: line 3 of my_e_step_that_crashes: joint = gmm_lesson.e_step(y, weights) && TypeError: mixture must be
    weights * np.exp(-((y - means) ** 2)) -> gmm_lesson.e_step(y, weights)
crashed: line 4 of my_e_step_that_crashes: value / 0
    joint = -> joint = [\\n        value / 0\\n        for value in y.tolist()\\n    ] #
""")
