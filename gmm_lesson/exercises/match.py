"""The matching of lesson 07: what a right one is, and the wrong ones that we know."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.kit import Case, Exercise, Reading, Sign, read_array, read_parts
from gmm_lesson.exercises.parameters import finite, other_length
from gmm_lesson.exercises.verdict import close, thing


def linear_sum_assignment(distance: Array) -> Any:
    """Call that of scipy, which is loaded then: no other check needs it."""
    return scipy.optimize.linear_sum_assignment(distance)


PARTS = ("means", "sds")


def read_match(raw: Any, given: dict[str, Any]) -> Reading:
    """Read means and sds, or say that these are places of classes."""
    k, places = len(given["means"]), read_array(raw).numbers
    if places and places[0].shape == (k,):
        return Reading(None, Sign("places-returned", f"it returns {thing(raw)}, not two things: means, sds"))
    return read_parts(raw, PARTS, k)


def broken(given: dict[str, Any], *parts: Array) -> Iterator[str]:
    """Say what a matching breaks that must hold of any, the coarsest first."""
    pairs = np.array(parts)
    learned = np.column_stack([given["means"], given["sds"]])
    yield from other_length(pairs.shape[1], len(learned))
    yield from finite(pairs)
    same = np.all(close(pairs.T[:, np.newaxis], learned), axis=2)
    for (mean, sd), these, used in zip(pairs.T, same, same.cumsum(axis=0), strict=True):
        if not these.any():
            has = f"none has the mean {mean:.4g} and the sd {sd:.4g}"
            what = f"every mean should stand beside the sd of the same learned class; {has}"
            yield Sign("torn-apart", what)
        if used[these].max() > 1:
            says = f"every learned class should come once; that with the mean {mean:.4g} comes twice"
            yield Sign("one-class-twice", says)
    true, best = [given["true_means"], given["true_sds"]], EXERCISE.function({})(**given)
    yours, least = (float(((np.array(each) - true) ** 2).sum()) for each in (pairs, best))
    if yours >= least * (1 + 1e-6) + 1e-5:
        says = f"the squared differences within your pairs sum to {yours:.4g}; the least is {least:.4g}"
        yield Sign("not-the-closest-pairs", says)


# Among these, what comes close to the best pairs is told from them, and from each other: pairs exchanged
# until no exchange helps, classes that would lose most first, other powers or scales of the differences.
DRAW = np.random.default_rng(24)
BADLY_LEARNED = [np.round(DRAW.uniform(0.3, 9, (4, k)), 1).tolist() for k in (*[4] * 9, 5)]
NEAREST_OF_TWO = ([8, 2, 7], [1, 2.5, 3], [2.5, 3.8, 8.1], [2.2, 1.6, 3.2])

EXERCISE = Exercise(
    lesson=7,
    about="""Judge a matching: a function of (true_means, true_sds, means, sds) that returns means and sds.

    It gets the means and sds of the true classes and those of the learned ones, each of shape (K,), as
    arrays. It returns the learned means and sds in the order of the true classes that they match: one
    learned class for each true one, so that the sum of (difference of means)^2 + (difference of sds)^2 over
    the pairs is smallest.
    """,
    program="""
def my_match(true_means, true_sds, means, sds):
    distance = (true_means[:, None] - means) ** 2 + (true_sds[:, None] - sds) ** 2
    order = linear_sum_assignment(distance)[1]
    matched = means[order], sds[order]
    return matched
""",
    names={"linear_sum_assignment": linear_sum_assignment},
    answer="the learned means and sds in the order of the true classes",
    parts=PARTS,
    read=read_match,
    broken=broken,
    # No two pairings are equally good, by whatever distance the known mistakes go; but for the edge. Sds do
    # not rise with means: sorted apart, they make pairs that none has.
    cases=(
        Case("one class", ([5], [2], [5.5], [1.8])),
        Case("two classes the other way round", ([1, 6], [2, 1], [6.4, 1.2], [1.1, 1.7])),
        Case("three classes", ([8, 1, 4], [0.5, 1.5, 1], [1.3, 4.2, 7.6], [1.7, 1.1, 0.6])),
        Case("two means that are almost equal", ([5, 9, 5.3], [1, 2, 3], [8.7, 5.6, 5.1], [1.8, 1.2, 2.7])),
        Case("one learned class is the nearest of two true ones", NEAREST_OF_TWO),
        Case("four classes", ([2, 9, 5, 14], [1, 2, 0.5, 3], [13.5, 2.2, 8.9, 5.3], [2.6, 1.3, 1.7, 0.6])),
        *(Case(f"badly learned classes {i}", it) for i, it in enumerate(BADLY_LEARNED, 1)),
        Case("two means that are equal", ([3, 3, 7], [1, 4, 2], [3.2, 7.4, 2.9], [3.6, 1.8, 1.1]), edge=True),
        Case("three classes", ([8, 1, 4], [1, 3, 2], [2, 5, 7], [4, 3, 1]), form="whole numbers"),
    ),
    table="""
MEANS = (true_means[:, None] - means) ** 2
ORDER = order = linear_sum_assignment(distance)[1]
LEFT = left = list(range(len(means)))
TAKE = left.pop(row[left].argmin())

not-matched: The learned classes come back in the order in which they came.
    matched = means, sds
truth-returned: The means and sds that come back are the true ones, not the learned ones.
    matched = true_means, true_sds | true_means[order], true_sds[order]
sorted-separately: The mean of one learned class stands beside the sd of another.
    matched = np.sort(means), np.sort(sds) | np.sort(means), sds
sorted-by-mean: The learned classes are in the order of their means, whatever that of the true ones.
    order = means.argsort() | means.argsort()[::-1]
one-class-twice: Two true classes get the same learned class, and another is lost.
    order = distance.argmin(axis=1) | distance.argmin(axis=0)
first-come-first-served: Classes choose one after another: an early one takes what a later one needs more.
    ORDER -> LEFT; order = [TAKE for row in distance] | LEFT; order = np.argsort([TAKE for row in distance.T])
means-alone: Two true classes with nearly the same mean get each other's: sds do not count.
    distance = MEANS | abs(true_means[:, None] - means)
""",
)
