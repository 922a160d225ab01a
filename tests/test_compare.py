"""Learned against true: matching, error rates, and the best possible one."""

from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
import referee
from referee import DIGITS as digits

from gmm_lesson import Mixture
from gmm_lesson.study.compare import best_error_rate, borders, error_rate, fresh_error_rate, match

TRUE = Mixture([0.2, 0.3, 0.5], [0, 10, 4], [1, 4, 0.25])


def total_distance(true, fitted):
    return ((true.means - fitted.means) ** 2 + (true.sds - fitted.sds) ** 2).sum()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_every_order_of_the_classes_is_matched_back(order):
    shuffled = TRUE.reordered(list(order))
    found = match(true=TRUE, fitted=shuffled)
    assert found.fitted == TRUE
    assert shuffled.reordered(found.order) == TRUE
    for errors in (found.weight_errors, found.mean_errors, found.sd_errors):
        assert not errors.any()


def test_the_pairs_are_the_best_of_all_permutations():
    rng = np.random.default_rng(0)
    for _ in range(100):
        true, fitted = (
            Mixture(np.full(4, 0.25), rng.normal(0, 3, 4), rng.uniform(0.1, 9, 4)) for _ in range(2)
        )
        best = min(total_distance(true, fitted.reordered(list(p))) for p in permutations(range(4)))
        assert total_distance(true, match(true=true, fitted=fitted).fitted) == pytest.approx(best)


def test_errors_are_learned_minus_true():
    found = match(true=Mixture([1], [2], [9]), fitted=Mixture([1], [2.5], [4]))
    assert found.mean_errors == [0.5]
    assert found.sd_errors == [-1]


def test_error_rate_by_hand():
    two = Mixture([0.5, 0.5], [0, 4], [1, 1])
    assert error_rate([0, 1, 3, 4], [0, 1, 1, 0], two) == 0.5
    assert error_rate([0, 4], [0, 1], two) == 0


def to_sixty_digits(mixture, true):
    """Return the best error rate, that under a truth, the borders and the winners, all to sixty digits."""
    (w, m, v), cuts = referee.parameters(mixture), []
    for i, j in combinations(range(len(w)), 2):
        a, b = v[i] - v[j], 2 * (m[i] * v[j] - m[j] * v[i])
        c = m[j] ** 2 * v[i] - m[i] ** 2 * v[j] + v[i] * v[j] * digits.log((w[i] / w[j]) ** 2 * v[j] / v[i])
        if a == 0:
            cuts += [-c / b] if b else []
        elif (square := b * b - 4 * a * c) > 0:
            cuts += [(-b + side * digits.sqrt(square)) / (2 * a) for side in (1, -1)]
    cuts.sort()
    far = 2 * digits.sqrt(max(v)) + max((abs(cut) for cut in cuts), default=0)
    inside = [(one + other) / 2 for one, other in pairwise(cuts)]
    rows = referee.log_joint([-far, *inside, far][: len(cuts) + 1], w, m, v)
    winners = [row.index(max(row)) for row in rows]
    kept = [i for i in range(len(cuts)) if winners[i] != winners[i + 1]]
    winners = [winners[0], *(winners[i + 1] for i in kept)]
    ends = [digits.ninf, *(cuts[i] for i in kept), digits.inf]

    def error(drawn):
        total = digits.mpf(0)
        for (left, right), winner in zip(pairwise(ends), winners, strict=True):
            for i, (weight, mean, variance) in enumerate(zip(*drawn.parts, strict=True)):
                if i != winner:
                    root = digits.sqrt(2 * digits.mpf(variance))
                    below = [digits.erfc((mean - x) / root) / 2 for x in (left, right)]
                    total += weight * (below[1] - below[0])
        return float(total)

    return error(mixture), error(true), [float(cuts[i]) for i in kept], winners


def some_mixture(seed):
    rng = np.random.default_rng(seed)
    k = rng.integers(2, 6)
    return Mixture(rng.dirichlet(np.ones(k)), rng.normal(0, 4, k), rng.uniform(0.2, 9, k))


HARD = {
    "one": Mixture([1], [3], [4]),
    "alike": Mixture([0.5, 0.5], [1, 1], [2, 2]),
    "alike but for the weights": Mixture([0.3, 0.7], [0, 0], [1, 1]),
    "narrow inside": Mixture([0.7, 0.3], [0, 0], [9, 0.25]),
    "narrower second": Mixture([0.5, 0.5], [0, 1], [1, 1e-18]),
    "narrower than numbers are dense": Mixture([0.5, 0.5], [0, 1], [1, 1e-40]),
    "both narrow, far apart": Mixture([0.3, 0.7], [0, 1], [1e-20, 1e-30]),
    "nearly equal sds": Mixture([0.4, 0.6], [0, 1], [1, 1 + 1e-13]),
    "equal sds": Mixture([0.1, 0.9], [0, 2], [1, 1]),
    "nearly equal means": Mixture([0.5, 0.5], [0, 1e-9], [1, 4]),
    "equal means": Mixture([0.5, 0.5], [1, 1], [1e-4, 4]),
    "one never ahead": Mixture([0.9, 0.1], [0, 0.1], [1, 1.5]),
    "three": Mixture([0.2, 0.3, 0.5], [0, 1, 1.5], [4, 1e-12, 0.25]),
    "crossed": Mixture([0.5, 0.3, 0.2], [0, 4, 8], [4, 0.25, 1]),
}


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1, -1e8, 1e150])
@pytest.mark.parametrize("name", HARD)
def test_borders_and_error_rates_to_sixty_digits(name, scale):
    one = HARD[name]
    variances = np.maximum(one.variances * scale * scale, 1e-306)
    mixture = Mixture(one.weights, one.means * scale, variances)
    for order in permutations(range(one.n_components)):
        assert_right(mixture.reordered(order))


@pytest.mark.parametrize("seed", range(20))
def test_borders_and_error_rates_of_more_classes(seed):
    assert_right(some_mixture(seed))


def assert_right(mixture):
    """Compare with sixty digits: the borders, and how often their rule errs here and under another truth."""
    rng, k = np.random.default_rng(2), mixture.n_components
    sds = np.maximum(mixture.sds * rng.uniform(0.7, 1.4, k), 1e-153)
    true = Mixture(rng.dirichlet(np.full(k, 9.0)), mixture.means + 0.5 * rng.normal(size=k) * sds, sds**2)
    best, error, places, winners = to_sixty_digits(mixture, true)
    found, won = borders(mixture)
    np.testing.assert_allclose(found, places, rtol=1e-9, atol=1e-15 * np.abs(mixture.means).max())
    assert won.tolist() == winners
    assert best_error_rate(mixture) == pytest.approx(best, rel=1e-9, abs=1e-15)
    assert fresh_error_rate(true=true, fitted=mixture) == pytest.approx(error, rel=1e-9, abs=1e-9)
    assert error >= best_error_rate(true) - 1e-12


def test_borders_at_the_ends_of_the_range():
    far = Mixture([0.5, 0.5], [-1e153, 1e153], [1, 1])
    places, winners = borders(far)
    assert (places.tolist(), winners.tolist()) == ([0], [0, 1])
    assert best_error_rate(far) == 0
    narrow = Mixture([0.5, 0.5], [-1e153, 1e153], [5e-324, 1e-300])
    assert borders(narrow)[1].tolist() == [1, 0, 1]
    assert best_error_rate(narrow) == 0
    same = Mixture([0.4, 0.6], [3, 3], [2, 2])
    assert (borders(same)[0].size, borders(same)[1].tolist()) == (0, [1])
