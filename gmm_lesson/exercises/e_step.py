"""The E-step of lesson 03: what a right one is, and the wrong ones that we know."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import e_step
from gmm_lesson.exercises.kit import Case, Exercise, Sign
from gmm_lesson.exercises.parameters import finite
from gmm_lesson.mixture import Mixture


def broken(given: dict[str, Any], r: Array) -> Iterator[str]:
    """Say what responsibilities break that must hold of any: shape, NaN, sign, sums."""
    wanted = (len(given["y"]), len(given["means"]))
    if r.shape != wanted:
        what = f"an array of shape {wanted} is wanted, a row for each object and a column for each class"
        yield f"{what}; yours is of shape {r.shape}"
    yield from finite(r)
    if (r < -1e-9).any():
        yield f"no entry should be below 0; your smallest is {r.min():.4g}"
    sums = r.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > 1e-4:
        yield Sign("not-shared-out", f"every row should sum to 1; your row {worst} sums to {sums[worst]:.4g}")


DENSITIES = """
CURVE = np.exp(-((away / sds) ** 2) / 2)
LOGS = logs = np.log(weights) - (away / sds) ** 2 / 2 - np.log(np.sqrt(2 * np.pi) * sds)

weights-left-out: The numbers do not change when the weights do: a class nine times as common gets no more.
    joint = density
weights-beside-the-logarithms: A class that is nine times as common does not count nine times as much.
    joint = np.exp(weights) * density | density**weights
one-spread-for-all: All classes are equally wide, however unequal their variances are.
    sds = 1 | np.sqrt(variances[0]) | np.sqrt(variances[-1]) | np.sqrt(variances.mean())
variance-used-as-sd: A class with a variance above 1 comes out too wide, and one with less too narrow.
    sds = variances
    CURVE -> np.exp(-((away / variances) ** 2) / 2)
sd-used-as-variance: A class with a variance above 1 comes out too narrow, and one with less too wide.
    sds = np.sqrt(np.sqrt(variances))
    CURVE -> np.exp(-(away**2) / sds / 2)
half-left-out: The curves fall too fast with distance, as if every class were narrower than it is.
    CURVE -> np.exp(-((away / sds) ** 2))
distance-misused: Curves fall too slowly with distance, as much in a wide class as in a narrow one, or rise.
    CURVE -> np.exp((away / sds) ** 2 / 2) | np.exp(-abs(away / sds) / 2) | np.exp(-(away**2) / 2)
factor-left-out: The curve of a wide class is as high as that of a narrow one: there is more area under it.
    density = CURVE | CURVE / np.sqrt(2 * np.pi)
root-left-out: A class with a variance above 1 has too little area under its curve, one with less too much.
    density = CURVE / (np.sqrt(2 * np.pi) * variances) | CURVE / (2 * np.pi * variances)
"""
"""What goes wrong before the joint densities are summed; a constant in all of them changes no share."""

BY_HAND = [1, 2, 3], [0.5, 0.5], [1, 3], [1, 1]
TWELVE = [3.1, -0.4, 7.8, 2.2, 5.5, 0.9, 4.7, -1.3, 6.1, 1.6, 8.3, 3.9]
FOUR_MIXED = TWELVE, [0.15, 0.4, 0.25, 0.2], [0.5, 3.2, 6.4, 2.1], [1.7, 0.8, 2.6, 5.3]
THREE_MIXED = [-1, 2.5], [0.2, 0.3, 0.5], [-2, 0, 3], [2.25, 0.49, 4]

# From the smallest up, and each with one thing more than those before it: the first that fails is shown, and
# its name is a hint in itself. Where it is no edge, no object is so far from all classes that a trace beside
# its density shows.
CASES = (
    Case("one object of one class", ([2], [1], [1], [4])),
    Case("one object", ([1], [0.5, 0.5], [1, 3], [1, 1])),
    Case("the example to do by hand", BY_HAND),
    Case("weights .9 and .1", ([2], [0.9, 0.1], [1, 3], [1, 1])),
    Case("unequal variances", ([2, 0], [0.5, 0.5], [0, 3], [1, 4])),
    Case("a wide class round a narrow one", ([-4, -2], [0.5, 0.5], [0, 3], [1, 9])),
    Case("densities above one", ([0, 0.1, 1.05], [0.3, 0.7], [0, 1], [0.01, 0.04])),
    Case("one class", ([1, 2, 5], [1], [2], [4])),
    Case("three classes", THREE_MIXED),
    Case("three objects in three classes", ([0, 1.5, 4], [0.6, 0.3, 0.1], [4, 0, 1], [1, 4, 0.25])),
    Case("twelve objects in four classes", FOUR_MIXED),
    Case("a far-away object", ([60], [0.5, 0.5], [0, 5], [1, 1]), edge=True),
    Case("a far-away object beside a near one", ([0, 60], [0.9, 0.1], [0, 5], [1, 1]), edge=True),
    Case("an object very far away", ([-1000], [0.3, 0.7], [0, 5], [1, 1]), edge=True),
    Case("unequal variances", ([1, 2, 3], [0.5, 0.5], [1, 4], [1, 4]), form="whole numbers"),
    Case("the example to do by hand", BY_HAND, form="lists"),
    Case("three classes", THREE_MIXED, form="lists"),
)

EXERCISE = Exercise(
    lesson=3,
    about="""Judge an E-step: a function of (y, weights, means, variances) that returns r.

    It gets y, shape (N,), and weights, means and variances, shape (K,), as arrays or plain lists, and
    returns the responsibilities r, shape (N, K).
    """,
    program="""
def my_e_step(y, weights, means, variances):
    sds = np.sqrt(variances)
    away = y[:, np.newaxis] - means
    density = np.exp(-((away / sds) ** 2) / 2) / (np.sqrt(2 * np.pi) * sds)
    joint = weights * density
    r = joint / joint.sum(axis=1, keepdims=True)
    return r
""",
    answer="the responsibilities",
    right=lambda y, weights, means, variances: e_step(y, Mixture(weights, means, variances)),
    broken=broken,
    cases=CASES,
    table=f"""
transposed: Each row of your array is a class and each column an object; in the course a row is an object.
    return r.T
{DENSITIES}
not-shared-out: The proportions in a row are right, but they are no shares: the row does not sum to one.
    r = joint | joint / joint.max(axis=1, keepdims=True) | joint / density.sum(axis=1, keepdims=True)
shared-over-objects: The columns sum to one instead of the rows: each class is shared out among the objects.
    r = joint / joint.sum(axis=0)
hard-assignment: Every entry is 0 or 1, even for an object that could well come from either class.
    r = np.eye(len(means))[joint.argmax(axis=1)] | (joint == joint.max(axis=1, keepdims=True)).astype(float)
    r = np.eye(len(means))[::-1][joint[:, ::-1].argmax(axis=1)]
    r = np.eye(len(means))[abs(away).argmin(axis=1)]
    return np.round(r)
logarithms-returned: No entry is above zero: these are the logarithms of shares.
    return np.log(r)
far-objects-0-over-0 [edge]: An object far from all classes gets 0/0, although one class is nearer.
    as it is
far-objects-belong-to-nobody [edge]: An object far from all classes gets zeros, although one class is nearer.
    return np.nan_to_num(r)
far-objects-belong-to-all [edge]: An object far from every class is shared out as if it could come from any.
    return np.where(np.isnan(r), 1 / len(means), r) | np.where(np.isnan(r), weights, r)
one-shift-for-all-objects [edge]: A far-away object has its shares when alone, and 0/0 beside a nearer one.
    joint = weights * density -> LOGS; joint = np.exp(logs - logs.max())
""",
)
