"""The inputs of check.match: one pairing is the best by far, and its program is the package's own."""

import itertools

import numpy as np
import pytest

from gmm_lesson import Mixture
from gmm_lesson.exercises.match import EXERCISE
from gmm_lesson.study import compare

CASES = [pytest.param(case, id=f"{case.name} {case.form}") for case in EXERCISE.cases]


@pytest.mark.parametrize("case", CASES)
def test_the_best_pairs_are_those_of_the_package_and_better_than_all_others_by_far(case):
    true_means, true_sds, means, sds = (np.asarray(values, dtype=float) for values in case.fresh())
    k = len(means)
    distance = np.subtract.outer(true_means, means) ** 2 + np.subtract.outer(true_sds, sds) ** 2
    sums = sorted(distance[range(k), order].sum() for order in itertools.permutations(range(k)))
    assert k == 1 or sums[1] - sums[0] > 0.03 * sums[1]
    true, fitted = (
        Mixture(np.full(k, 1 / k), *pair) for pair in ((true_means, true_sds**2), (means, sds**2))
    )
    matched = compare.match(true=true, fitted=fitted).fitted
    assert EXERCISE.right_numbers(case) == pytest.approx(np.array([matched.means, matched.sds]))


def test_matchings_are_what_they_say():
    twice = next(case for case in EXERCISE.cases if "nearest of two" in case.name)
    true_means, true_sds, means, sds = twice.fresh()
    distance = np.subtract.outer(true_means, means) ** 2 + np.subtract.outer(true_sds, sds) ** 2
    assert len(set(distance.argmin(axis=1))) < len(means)
    equal = next(case for case in EXERCISE.cases if case.name == "two means that are equal")
    assert equal.edge
    assert len(set(equal.values[0])) < 3
    # Orders that are their own inverse do not tell which way round they were read.
    order = EXERCISE.function({"return matched": "return order"})
    orders = [order(*case.fresh("arrays")) for case in EXERCISE.cases]
    assert {3, 4, 5} <= {len(o) for o in orders if (o.argsort() != o).any()}
