"""Outliers and codes for missing values: the easy optimum beside them is found, and they are named."""

from functools import partial

import numpy as np
import pytest
from problems import drawn

from gmm_lesson import Mixture, em, fit, load
from gmm_lesson.em import default_floor, limits, typical_variance
from gmm_lesson.engine.plane import PlaneMixture, fit_plane
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.engine.starts import STRATEGIES

CLEAN = np.random.default_rng(1).normal(np.repeat([0.0, 5.0], 150), 1)
FAR = {
    "one": [-500.0],
    "one at 1e6": [1e6],
    "one at 1e9": [1e9],
    "a code": [999.0] * 30,
    "a fifth": [-999.0] * 75,
    "a large code": [999_999.0] * 15,
    "a group": list(np.random.default_rng(2).normal(200, 3, 30)),
}
SIDES = {"one each": [-500.0, 700.0], "codes": [-999.0] * 15 + [999.0] * 15, "another": [-1e4] + [999.0] * 20}


def with_far(far, seed=3):
    return np.random.default_rng(seed).permutation(np.append(CLEAN, far))


def by_hand(groups):
    """Return a start with a class a group, on the line or in the plane."""
    sizes = np.array([len(group) for group in groups])
    means = [np.mean(group, axis=0) for group in groups]
    variances = [np.maximum(np.var(group, axis=0), 1e-3) for group in groups]
    if np.ndim(means) == 1:
        return Mixture(sizes / sizes.sum(), means, variances)
    return PlaneMixture(sizes / sizes.sum(), means, [np.diag(each) for each in variances])


def assert_as_good(found, y, groups):
    """Compare with the fit from a hand-made start: neither misses anything."""
    expected = fit(y, len(groups), starts=by_hand(groups))
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-5)
    np.testing.assert_allclose(found.mixture.sorted().means, expected.mixture.sorted().means, rtol=1e-4)


@pytest.mark.parametrize("far", FAR.values(), ids=FAR)
@pytest.mark.parametrize("how", [{}, {"accelerate": True}, {"rng": 7}], ids=["default", "accelerated", "7"])
def test_the_far_objects_get_a_class_and_the_others_theirs(far, how):
    y = with_far(far)
    found = fit(y, 3, **how)
    assert_as_good(found, y, [CLEAN[:150], CLEAN[150:], far])
    assert f"{len(far)} of {len(y)} objects are far from the others" in found.notes[0]
    k = int(np.abs(found.mixture.means).argmax())
    assert found.notes[1] == f"class {k} is made of such objects: {len(far)} of them"


@pytest.mark.parametrize("far", SIDES.values(), ids=SIDES)
def test_far_objects_on_either_side(far):
    y = with_far(far)
    low, high = np.array(far)[np.array(far) < 0], np.array(far)[np.array(far) > 0]
    assert_as_good(fit(y, 4), y, [low, CLEAN[:150], CLEAN[150:], high])
    # With fewer classes than groups they may share one, if that is likelier than to join the others.
    shared = fit(y, 3, starts=by_hand([CLEAN[:150], CLEAN[150:], far])).log_likelihood
    assert fit(y, 3).log_likelihood >= shared - 1e-6


@pytest.mark.parametrize(("n", "k"), [(30, 2), (300, 4), (20_000, 2)])
def test_few_objects_and_many(n, k):
    rng = np.random.default_rng(4)
    z = rng.integers(k, size=n)
    clean, far = rng.normal(8.0 * z, 1), np.full(n // 10, 999.0)
    y = rng.permutation(np.append(clean, far))
    assert_as_good(fit(y, k + 1, restarts=8, tol=1e-9), y, [*(clean[z == j] for j in range(k)), far])


CLEAR = {
    **{f"drawn {seed}": drawn(200, 3, seed) for seed in range(5)},
    **{name: load(name).y for name in ("lecture_2021", "galaxies")},
}


@pytest.mark.parametrize("y", CLEAR.values(), ids=CLEAR)
def test_where_nothing_is_far_the_floor_is_a_millionth_of_the_variance_as_ever(y):
    assert typical_variance(y) == pytest.approx(y.var(), rel=1e-14)
    assert default_floor(y) == pytest.approx(1e-6 * y.var(), rel=1e-14)
    assert "far from the others" not in str(fit(y, 3, restarts=3).notes)


def test_far_is_twenty_median_distances_from_the_median():
    y = np.array([0.0, 1, 2, 3, 4, 5, 6])  # the median distance is 2
    assert limits(y) == (3 - 40, 3 + 40)
    assert typical_variance(np.append(y, [3.0, 43.1])) == pytest.approx(np.append(y, 3).var())
    assert typical_variance(np.append(y, [3.0, 42.9])) == pytest.approx(np.append(y, [3, 42.9]).var())


def test_where_most_are_one_value_the_others_tell_what_is_far():
    y = np.concatenate([np.zeros(70), np.linspace(9, 11, 30), [999_999.0] * 5])
    low, high = limits(y)
    assert -250 < low < -150
    assert 150 < high < 250
    assert typical_variance(y) == pytest.approx(y[:100].var())
    assert typical_variance(np.repeat([0.0, 5.0], [9, 1])) == pytest.approx(2.25), "two values: none is far"
    assert typical_variance(np.full(9, 7.3)) == 0


def test_a_far_objects_do_not_own_the_floor():
    y = with_far([999_999.0] * 15)
    expected = 1e-6 * CLEAN.var()
    assert default_floor(y) == pytest.approx(expected, rel=1e-12)
    start = Mixture([0.5, 0.5], [2.5, 999_999], [1, 1])
    assert em(y, start, max_iter=9).mixture.variances[1] == pytest.approx(expected, rel=1e-12)
    for values in (y, np.array_split(y, 3)):
        found = fit(values, 2, starts=start, max_iter=9)
        assert found.mixture.variances[1] == pytest.approx(expected, rel=1e-10)
    assert objects_of(*np.unique(np.round(y, 1), return_counts=True)).spread.far == 15


COINCIDE, EMPTY = (
    "classes 0 and 1 coincide: fewer classes fit as well",
    "class 1 holds no object: fewer classes",
)


@pytest.mark.parametrize("plane", [False, True])
@pytest.mark.parametrize(
    ("shares", "apart", "ratio", "said"),
    [
        ([0.5, 0.5], 0.0099, 1, COINCIDE),
        ([0.5, 0.5], 0.0101, 1, None),
        ([0.5, 0.5], 0, 1.0099, COINCIDE),
        ([0.5, 0.5], 0, 1.0101, None),
        ([1 - 3e-9, 3e-9], 2, 1, EMPTY),  # of 300 objects
        ([1 - 4e-9, 4e-9], 2, 1, None),
        ([0.5, 0.5], 2, 1e-6 * CLEAN.var() / 4, "class 1 is as narrow as the floor allows, with"),
        ([0.5, 0.5], 2, 1.001e-6 * CLEAN.var() / 4, None),
    ],
)
def test_from_where_on_it_is_said(shares, apart, ratio, said, plane):
    # Classes of variance 4, so many sds apart, the second wider by a ratio.
    start = Mixture(shares, [0, 2 * apart], [4, 4 * ratio])
    if plane:
        y, means = np.column_stack([CLEAN, CLEAN[::-1]]), start.means[:, np.newaxis] * [1, 0]
        start = PlaneMixture(shares, means, [variance * np.eye(2) for variance in start.variances])
        notes = fit_plane(y, 2, starts=start, max_iter=0).notes
    else:
        notes = fit(CLEAN, 2, starts=start, max_iter=0).notes
    assert [said in note for note in notes] == [True] if said else notes == ()


THREE_GROUPS = np.random.default_rng(5).normal(np.repeat([0.0, 8.0, 16.0], 100), 1)


PLANE = np.random.default_rng(6).normal(size=(300, 2)) + np.repeat([[0.0, 0.0], [6.0, 3.0]], 150, axis=0)
IN_PLANE = PlaneMixture([0.4, 0.6], [[3.0, 1.5]] * 2, [np.diag([10.0, 3.0])] * 2)
SADDLES = {
    "coincide": (fit, CLEAN, Mixture([0.3, 0.7], [2.5, 2.5], [7, 7])),
    "one is empty": (fit, CLEAN, Mixture([0.5, 0.5], [2.5, 1e6], [7, 1])),
    "all coincide": (fit, THREE_GROUPS, Mixture([0.3, 0.3, 0.4], [8.0, 8.0, 8.0], [17.0] * 3)),
    "one of three is empty": (fit, THREE_GROUPS, Mixture([0.3, 0.3, 0.4], [0.0, 12.0, 1e6], [17.0] * 3)),
    "in the plane": (fit_plane, PLANE, IN_PLANE),
    "diagonal": (partial(fit_plane, covariance="diagonal"), PLANE, IN_PLANE),
}


@pytest.mark.parametrize(("fit", "y", "saddle"), SADDLES.values(), ids=SADDLES)
def test_starts_that_are_drawn_leave_a_saddle_and_starts_that_are_given_do_not(fit, y, saddle, monkeypatch):
    k = saddle.n_components
    expected, stays = fit(y, k), fit(y, k, starts=saddle)
    assert expected.notes == ()
    assert stays.converged
    assert stays.notes
    assert stays.log_likelihood < expected.log_likelihood - 50
    monkeypatch.setitem(STRATEGIES, "objects", lambda y, k, rng: saddle)
    assert fit(y, k, starts="objects", restarts=2, max_iter=1, tol=0).n_iter == 1, "it has no more steps"
    found = fit(y, k, starts="objects", restarts=2)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-6)
    assert found.n_iter > stays.n_iter
    assert found.notes == ()
    assert found.runs.mixture(0) == found.mixture


def in_the_plane(kind):
    """Return the objects, and which are far."""
    y, far = PLANE.copy(), np.zeros(300, dtype=bool)
    if kind in ("one", "one at 1e9"):
        point = [-500.0, 300.0] if kind == "one" else [1e9, 1e9]
        return np.vstack([y, point]), np.append(far, True)
    far[::11] = True
    y[far, 1] = 999.0
    if kind == "two codes":
        y[::17, 0] = -999.0
        far[::17] = True
    return y, far


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
@pytest.mark.parametrize("kind", ["one", "one at 1e9", "a code", "two codes"])
def test_outliers_in_the_plane(kind, covariance):
    y, far = in_the_plane(kind)
    first = np.arange(len(y)) < 150
    groups = [y[~far & first], y[~far & ~first], y[far]]
    found = fit_plane(y, 3, covariance=covariance, restarts=10)
    expected = fit_plane(y, 3, covariance=covariance, starts=by_hand(groups))
    assert found.log_likelihood >= expected.log_likelihood - 1e-5
    assert f"{far.sum()} of {len(y)} objects are far from the others" in found.notes[0]
    assert ("along axis 0" in found.notes[0]) == (kind != "a code")
    if kind != "two codes":
        near = np.sort(found.mixture.means[np.abs(found.mixture.means).max(axis=1) < 100, 0])
        np.testing.assert_allclose(near, np.sort([group[:, 0].mean() for group in groups[:2]]), atol=0.2)
