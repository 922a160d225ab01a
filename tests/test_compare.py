"""Learned against true: matching by assignment, error rates, and the best possible one."""

from itertools import combinations, pairwise, permutations

import mpmath
import numpy as np
import pytest
from scipy.stats import norm

from gmm_lesson import Mixture, fit
from gmm_lesson.study.compare import best_error_rate, borders, error_rate, match

PARTS = ("weights", "means", "variances")
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


def test_greedy_pairs_would_collide():
    """Both true classes are nearest to the same learned one; the assignment gives each its own."""
    true = Mixture([0.5, 0.5], [0, 1], [1, 1])
    fitted = Mixture([0.5, 0.5], [-5, 0.4], [1, 1])
    assert match(true=true, fitted=fitted).order.tolist() == [0, 1]


def test_sorting_each_list_would_pair_the_wrong_sds():
    true = Mixture([0.5, 0.5], [0, 10], [9, 1])
    found = match(true=true, fitted=Mixture([0.5, 0.5], [10.1, 0.1], [1.1, 9.1]))
    assert np.abs(found.sd_errors).max() < 0.1


def test_errors_are_learned_minus_true():
    found = match(true=Mixture([1], [2], [9]), fitted=Mixture([1], [2.5], [4]))
    assert found.mean_errors == [0.5]
    assert found.sd_errors == [-1]


@pytest.mark.parametrize("scale", [1e-150, 1, 1e150])
def test_any_scale(scale):
    true = Mixture(TRUE.weights, TRUE.means * scale, TRUE.variances * scale**2)
    assert match(true=true, fitted=true.reordered([2, 0, 1])).fitted == true
    assert best_error_rate(true) == pytest.approx(best_error_rate(TRUE))


def test_mixtures_of_different_size_are_refused():
    with pytest.raises(ValueError, match=r"fitted must have as many classes as true, 3; got 1"):
        match(true=TRUE, fitted=Mixture([1], [0], [1]))


@pytest.mark.parametrize("argument", ["true", "fitted"])
def test_what_is_no_mixture_is_refused(argument):
    with pytest.raises(TypeError, match=rf"{argument} must be a Mixture.*got list"):
        match(**({"true": TRUE, "fitted": TRUE} | {argument: [1, 2, 3]}))
    for function in (best_error_rate, lambda m: error_rate([1.0], [0], m)):
        with pytest.raises(TypeError, match="mixture must be a Mixture"):
            function(None)


def test_error_rate_by_hand():
    two = Mixture([0.5, 0.5], [0, 4], [1, 1])
    assert error_rate([0, 1, 3, 4], [0, 1, 1, 0], two) == 0.5
    assert error_rate([0, 4], [0, 1], two) == 0


@pytest.mark.parametrize(
    ("z", "message"),
    [
        ([0], r"z must have one label for each of the 2 objects; got 1"),
        ([0, 2], r"z must hold labels 0..1; got 0..2"),
        ([0, -1], r"z must hold labels 0..1; got -1..0"),
        ([0, 0.5], r"z must hold labels 0..1; got"),
    ],
)
def test_bad_labels_are_refused(z, message):
    with pytest.raises(ValueError, match=message):
        error_rate([0, 4], z, Mixture([0.5, 0.5], [0, 4], [1, 1]))


@pytest.mark.parametrize(("gap", "sd"), [(2, 1), (2, 2), (3, 0.5)])
def test_the_best_error_of_two_equal_classes_is_the_tail_beyond_the_middle(gap, sd):
    two = Mixture([0.5, 0.5], [0, gap], [sd**2, sd**2])
    assert best_error_rate(two) == pytest.approx(norm.sf(gap / 2, scale=sd), rel=1e-12)


def test_the_best_error_where_one_class_always_wins_is_the_weight_of_the_others():
    assert best_error_rate(Mixture([0.9, 0.1], [0, 0.1], [1, 1])) < 0.1 + 1e-12
    assert best_error_rate(Mixture([0.7, 0.3], [0, 0], [1, 1])) == pytest.approx(0.3)
    assert best_error_rate(Mixture([1], [0], [1])) == 0


def test_the_best_error_of_a_wide_class_on_both_sides_of_a_narrow_one():
    mixture = Mixture([0.5, 0.5], [0, 3], [1, 9])
    y = np.linspace(-60, 60, 2_000_001)
    joint = np.exp(mixture.log_joint(y))
    assert best_error_rate(mixture) == pytest.approx(1 - np.trapezoid(joint.max(axis=1), y), abs=1e-9)


def to_sixty_digits(mixture):
    """Return the best error rate, the borders and the winners, by the quadratic formula to sixty digits."""
    digits = mpmath.mp.clone()
    digits.dps = 60
    w, m, v = ([digits.mpf(float(x)) for x in getattr(mixture, part)] for part in PARTS)
    k, s = range(len(w)), [digits.sqrt(x) for x in v]

    def ahead(i, x):
        return digits.log(w[i] / s[i]) - ((x - m[i]) / s[i]) ** 2 / 2

    cuts = []
    for i, j in combinations(k, 2):
        a, b = v[i] - v[j], 2 * (m[i] * v[j] - m[j] * v[i])
        c = m[j] ** 2 * v[i] - m[i] ** 2 * v[j] + 2 * v[i] * v[j] * digits.log(w[i] * s[j] / w[j] / s[i])
        if a == 0:
            cuts += [-c / b] if b else []
        elif (square := b * b - 4 * a * c) > 0:
            cuts += [(-b + side * digits.sqrt(square)) / (2 * a) for side in (1, -1)]
    cuts.sort()
    far = 2 * max(s) + max((abs(cut) for cut in cuts), default=0)
    inside = [(one + other) / 2 for one, other in pairwise(cuts)]
    winners = [max(k, key=lambda i: ahead(i, x)) for x in [-far, *inside, far][: len(cuts) + 1]]
    ends = [digits.ninf, *cuts, digits.inf]
    error = digits.mpf(0)
    for left, right, winner in zip(ends, ends[1:], winners, strict=False):
        for i in k:
            if i != winner:
                z = [(end - m[i]) / s[i] for end in (left, right)]
                left_tail = [digits.erfc(-x / digits.sqrt(2)) / 2 for x in z]
                error += w[i] * (left_tail[1] - left_tail[0])
    kept = [i for i in range(len(cuts)) if winners[i] != winners[i + 1]]
    return float(error), [float(cuts[i]) for i in kept], [winners[0], *(winners[i + 1] for i in kept)]


HARD = {
    "narrower second": Mixture([0.5, 0.5], [0, 1], [1, 1e-18]),
    "narrower than numbers are dense": Mixture([0.5, 0.5], [0, 1], [1, 1e-40]),
    "both narrow, far apart": Mixture([0.3, 0.7], [0, 1], [1e-20, 1e-30]),
    "nearly equal sds": Mixture([0.4, 0.6], [0, 1], [1, 1 + 1e-13]),
    "equal sds": Mixture([0.1, 0.9], [0, 2], [1, 1]),
    "nearly equal means": Mixture([0.5, 0.5], [0, 1e-9], [1, 4]),
    "equal means": Mixture([0.5, 0.5], [1, 1], [1e-4, 4]),
    "one never ahead": Mixture([0.9, 0.1], [0, 0.1], [1, 1.5]),
    "three": Mixture([0.2, 0.3, 0.5], [0, 1, 1.5], [4, 1e-12, 0.25]),
}


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1, -1e8, 1e150])
@pytest.mark.parametrize("name", HARD)
def test_borders_and_best_errors_to_sixty_digits(name, scale):
    one = HARD[name]
    for order in permutations(range(one.n_components)):
        variances = np.maximum(one.variances * scale * scale, 1e-306)
        mixture = Mixture(one.weights, one.means * scale, variances).reordered(order)
        error, places, winners = to_sixty_digits(mixture)
        found, won = borders(mixture)
        assert best_error_rate(mixture) == pytest.approx(error, rel=1e-9, abs=1e-15)
        np.testing.assert_allclose(found, places, rtol=1e-9, atol=1e-15 * abs(scale))
        assert won.tolist() == winners


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


def test_the_best_error_agrees_with_simulation():
    """Twenty mixtures of 200,000 objects each, six sds of a share: a false alarm once in ten million runs."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        k = rng.integers(2, 6)
        mixture = Mixture(rng.dirichlet(np.ones(k)), rng.normal(0, 4, k), rng.uniform(0.2, 9, k))
        y, z = mixture.sample(200_000, rng)
        rate = best_error_rate(mixture)
        assert abs(error_rate(y, z, mixture) - rate) < 6 * np.sqrt(rate * (1 - rate) / len(y)) + 1e-9


def test_no_fit_beats_the_best_error_on_fresh_objects():
    y, _ = TRUE.sample(500, 2)
    fresh, z = TRUE.sample(200_000, 3)
    learned = match(true=TRUE, fitted=fit(y, 3).mixture).fitted
    best = best_error_rate(TRUE)
    assert best - 6 * np.sqrt(best / len(fresh)) < error_rate(fresh, z, learned) < 3 * best
