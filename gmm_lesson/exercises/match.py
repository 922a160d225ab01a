"""The matching of lesson 07: what a right one is, and the wrong ones that we know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.kit import Case, Exercise, Reading, Sign, read_array, read_parts
from gmm_lesson.exercises.parameters import finite, other_length
from gmm_lesson.exercises.verdict import close, thing


def linear_sum_assignment(distance: Array) -> Any:
    """Call that of scipy, which takes half a second to import that no other check needs."""
    from scipy import optimize

    return optimize.linear_sum_assignment(distance)


def closest_pairs(distance: Array) -> Array:
    """Match the two closest of all, then the two closest of those that are left."""
    left, order = distance.copy(), np.zeros(len(distance), dtype=int)
    for _ in order:
        k, j = np.unravel_index(left.argmin(), left.shape)
        order[k] = j
        left[k], left[:, j] = np.inf, np.inf
    return order


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
            yield f"every mean should stand beside the sd of the same learned class; {has}"
        if used[these].max() > 1:
            says = f"every learned class should come once; that with the mean {mean:.4g} comes twice"
            yield Sign("one-class-twice", says)
    true, best = [given["true_means"], given["true_sds"]], EXERCISE.function({})(**given)
    yours, least = (float(((np.array(each) - true) ** 2).sum()) for each in (pairs, best))
    if yours >= least * (1 + 1e-6) + 1e-5:
        yield f"the squared differences within your pairs sum to {yours:.4g}; the least is {least:.4g}"


# Among these, what comes close to the best pairs is told from them, and from each other: pairs exchanged
# until no exchange helps, classes that would lose most first, other powers or scales of the differences.
DRAW = np.random.default_rng(27)
BADLY_LEARNED = [np.round(DRAW.uniform(0.3, 9, (4, k)), 1).tolist() for k in (4, 4, 4, 4, 4, 5)]
NEAREST_OF_TWO = ([8, 2, 7], [1, 2.5, 3], [2.5, 3.8, 8.1], [2.2, 1.6, 3.2])
FAR_APART = ([1, 11, 6], [0.5, 3.5, 2], [8.6, 0.2, 12], [2.9, 1.3, 2.4])

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
    names={"linear_sum_assignment": linear_sum_assignment, "closest_pairs": closest_pairs},
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
        Case(
            "what one class wants and another needs", ([4, 2, 9], [4, 1, 3], [2.3, 8.8, 7.6], [4.3, 1.9, 1.1])
        ),
        Case("three classes close together", ([6, 7, 8.2], [3, 1.5, 1], [6.6, 7.3, 4.2], [1, 3.4, 2.4])),
        Case("three classes that are badly learned", FAR_APART),
        Case("four classes", ([2, 9, 5, 14], [1, 2, 0.5, 3], [13.5, 2.2, 8.9, 5.3], [2.6, 1.3, 1.7, 0.6])),
        *(Case(f"badly learned classes {i}", it) for i, it in enumerate(BADLY_LEARNED, 1)),
        Case("two means that are equal", ([3, 3, 7], [1, 4, 2], [3.2, 7.4, 2.9], [3.6, 1.8, 1.1]), edge=True),
        Case("three classes", ([8, 1, 4], [1, 3, 2], [2, 5, 7], [4, 3, 1]), form="whole numbers"),
    ),
    table="""
MEANS = (true_means[:, None] - means) ** 2
SDS = (true_sds[:, None] - sds) ** 2
ORDER = order = linear_sum_assignment(distance)[1]
LEFT = left = list(range(len(means)))
TAKE = left.pop(row[left].argmin())

not-matched: The learned classes come back in the order in which they came.
    matched = means, sds
truth-returned: The means and sds that come back are the true ones, not the learned ones.
    matched = true_means, true_sds | true_means[order], true_sds[order]
inverse-order: The right pairs are read backwards: a class goes where its partner should have come from.
    order = linear_sum_assignment(distance)[1].argsort()
sorted-separately: The mean of one learned class stands beside the sd of another.
    matched = np.sort(means), np.sort(sds) | np.sort(means), sds
    matched = np.sort(means)[true_means.argsort().argsort()], np.sort(sds)[true_sds.argsort().argsort()]
    matched = means[(MEANS).argmin(axis=1)], sds[(SDS).argmin(axis=1)]
parts-exchanged: Every number is right, but the sds stand first and the means second.
    matched = sds[order], means[order]
sorted-by-mean: The learned classes are in the order of their means, whatever that of the true ones.
    order = means.argsort() | means.argsort()[::-1]
one-class-twice: Two true classes get the same learned class, and another is lost.
    order = distance.argmin(axis=1) | distance.argmin(axis=0)
first-come-first-served: Classes choose one after another: an early one takes what a later one needs more.
    ORDER -> LEFT; order = [TAKE for row in distance] | LEFT; order = np.argsort([TAKE for row in distance.T])
closest-pair-first: The closest two are matched first, and what that leaves is farther apart in all.
    order = closest_pairs(distance)
means-alone: Two true classes with nearly the same mean get each other's: sds do not count.
    distance = MEANS | abs(true_means[:, None] - means)
sds-alone: Classes are matched by their sds alone, however far apart their means are.
    distance = SDS
distances-not-squared: One large difference does not count for more than two of half its size.
    distance = np.sqrt(MEANS + SDS) | abs(true_means[:, None] - means) + abs(true_sds[:, None] - sds)
another-distance: The pairs are the closest by another distance, in which means or sds count otherwise.
    distance = (MEANS) * SDS | (MEANS) ** 2 + (SDS) ** 2 | (MEANS) + 4 * SDS | 4 * (MEANS) + SDS
    distance = (MEANS) + abs(true_sds[:, None] - sds) | (MEANS) + (true_sds[:, None] ** 2 - sds**2) ** 2
""",
)
