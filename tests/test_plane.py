"""The plane and beyond: scipy and the line as oracles, floors, hard problems. Its fits: `test_sklearn.py`."""

import numpy as np
import pytest
from problems import assert_finite, cloud, plane_start
from scipy import stats

from gmm_lesson import e_step, load
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.plane import FAMILIES, PlaneMixture, fit_plane
from gmm_lesson.engine.reading import objects_of

TILTED = np.array([[[2.0, 1.2], [1.2, 1.0]], [[1.0, -0.3], [-0.3, 0.5]], [[0.3, 0.0], [0.0, 3.0]]])
THREE = PlaneMixture([0.2, 0.3, 0.5], [[0, 0], [4, 1], [-3, 2]], TILTED)


def test_what_follows_from_the_covariances():
    np.testing.assert_array_equal(THREE.covariances, TILTED)
    np.testing.assert_allclose(THREE.sds[0], [np.sqrt(2), 1])
    np.testing.assert_allclose(THREE.correlations[0], [[1, 1.2 / np.sqrt(2)], [1.2 / np.sqrt(2), 1]])
    assert THREE.n_components == 3
    assert "3 classes in 2 dimensions" in repr(THREE)


def test_densities_are_scipys_and_responsibilities_bayes_rule_far_away_too():
    y = np.vstack([np.random.default_rng(0).normal(size=(50, 2)) * 4, [1e4, -1e4]])
    parts = zip(THREE.weights, THREE.means, THREE.covariances, strict=True)
    joint = np.array([w * stats.multivariate_normal(m, c).pdf(y) for w, m, c in parts]).T
    density, r = joint.sum(axis=1), e_step(y, THREE)
    np.testing.assert_allclose(THREE.density(y), density, rtol=1e-12)
    np.testing.assert_allclose(r[:-1], joint[:-1] / density[:-1, np.newaxis], rtol=1e-11)
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-14)
    assert r[-1].max() > 0.99  # not 0/0


def test_samples_have_the_classes_means_and_covariances():
    y, z = THREE.sample(90_000, 3)
    counts = np.bincount(z)
    assert stats.chisquare(counts, 90_000 * THREE.weights).pvalue > 1e-7
    for k in range(3):
        mine = y[z == k]
        # Whitened, every entry of the mean and of the covariance has an error of about 1 / sqrt(n).
        white = np.linalg.solve(np.linalg.cholesky(TILTED[k]), (mine - THREE.means[k]).T)
        assert np.abs(white.mean(axis=1)).max() < 5.5 / np.sqrt(len(mine))
        assert np.abs(np.cov(white) - np.eye(2)).max() < 8 / np.sqrt(len(mine))


TURN, SHRINK = np.array([[0.6, -0.8], [0.8, 0.6]]), np.diag([1e-3, 1e4])


@pytest.mark.parametrize(
    ("covariance", "change", "shift", "rtol"),
    [("full", TURN, [0, 0], 1e-8), *((kind, SHRINK, [1e5, -7], 1e-6) for kind in ("full", "diagonal"))],
)
def test_turning_and_scaling_the_axes_changes_nothing_else(covariance, change, shift, rtol):
    y, back = cloud(400, 2, 3, seed=5), np.linalg.inv(change)
    start = plane_start(y, 3, covariance)
    moved = PlaneMixture(start.weights, start.means @ change.T + shift, change @ start.covariances @ change.T)
    how = {"covariance": covariance, "max_iter": 10, "tol": 0, "floor": 0}
    one, other = (fit_plane(v, 3, starts=s, **how) for v, s in [(y, start), (y @ change.T + shift, moved)])
    gained = 400 * np.linalg.slogdet(change)[1]
    assert other.log_likelihood + gained == pytest.approx(one.log_likelihood, rel=rtol / 1e3)
    means, covariances = (other.mixture.means - shift) @ back.T, back @ other.mixture.covariances @ back.T
    np.testing.assert_allclose(means, one.mixture.means, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(covariances, one.mixture.covariances, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("covariance", FAMILIES)
def test_acceleration_reaches_the_same_optimum_in_fewer_steps(covariance):
    rng = np.random.default_rng(9)  # three classes that overlap, so that EM is slow
    y = rng.normal(size=(800, 2)) + np.array([[0, 0], [2, 0], [0, 2]])[rng.integers(3, size=800)]
    how = {"covariance": covariance, "starts": plane_start(y, 3, covariance), "max_iter": 20_000}
    plain, fast = fit_plane(y, 3, tol=1e-14, **how), fit_plane(y, 3, tol=1e-13, accelerate=True, **how)
    assert fast.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)
    assert fast.n_iter < plain.n_iter / 5
    np.testing.assert_allclose(fast.mixture.covariances, plain.mixture.covariances, rtol=1e-3, atol=1e-3)
    path = [
        fit_plane(y, 3, tol=0, accelerate=True, **{**how, "max_iter": m}).log_likelihood for m in range(25)
    ]
    assert np.diff(path).min() >= -1e-9


@pytest.mark.parametrize("covariance", FAMILIES)
def test_the_coordinates_of_a_jump_lead_back(covariance):
    y = cloud(100, 2, 3, seed=8)
    family = objects_of(y, None, FAMILIES[covariance], 2).family
    now = family.scaled(
        family.taken(Parameters.of([plane_start(y, 3, covariance, seed) for seed in range(4)]))
    )
    free, scale = family.pack(now)
    assert free.shape == scale.shape
    for part, back in zip(now, family.unpack(free, now), strict=True):
        np.testing.assert_allclose(back, part, rtol=1e-12)
    assert all(np.isfinite(part).all() for part in family.unpack(free + 1e3, now)), "nor out of range"


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_narrow_and_far_classes_are_computed_with_care(covariance):
    # A class of sd 1e-4 beside one of sd 1, and one that starts at 1e6: the sums are still the textbook's.
    rng = np.random.default_rng(10)
    y = np.concatenate([rng.normal(size=(100, 2)), [5.0, -5.0] + 1e-4 * rng.normal(size=(50, 2))])
    thin = np.array([[1e-8, 0.5e-8], [0.5e-8, 1e-8]]) if covariance == "full" else 1e-8 * np.eye(2)
    start = PlaneMixture([0.4, 0.5, 0.1], [[0, 0], [5, -5], [1e6, 1e6]], [np.eye(2), thin, np.eye(2)])
    made = fit_plane(y, 3, covariance=covariance, starts=start, max_iter=1, tol=0, floor=0).mixture
    shape = np.ones((2, 2)) if covariance == "full" else np.eye(2)
    for k, r in enumerate(e_step(y, start).T[:2]):
        np.testing.assert_allclose(made.means[k], r @ y / r.sum(), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(made.covariances[k], shape * np.cov(y.T, aweights=r, bias=True), rtol=1e-7)


def test_the_floor_bounds_the_variance_along_every_direction_and_q_is_highest_there():
    rng, floor = np.random.default_rng(12), np.array([0.04, 0.09])
    y = rng.normal(size=(60, 1)) * [1.0, 2.0]  # without a floor the covariance would be flat
    start, root = PlaneMixture([1], [[0, 0]], [np.eye(2)]), np.sqrt(np.outer(floor, floor))
    found = fit_plane(y, 1, starts=start, floor=floor, max_iter=2, tol=0)
    covariance, tried = found.mixture.covariances[0], 0
    assert np.linalg.eigvalsh(covariance / root)[0] == pytest.approx(1, rel=1e-9)
    for _ in range(1000):
        shape = rng.normal(size=(2, 2))
        other = covariance + rng.uniform(0, 0.3) * (shape + shape.T) / 2
        if np.linalg.eigvalsh(other / root)[0] >= 1:
            rival = PlaneMixture([1], found.mixture.means, [other])
            assert rival.log_joint(y).sum() <= found.log_likelihood + 1e-9
            tried += 1
    assert tried > 50


LINE = np.column_stack([np.arange(20.0), 0.1 + 0.3 * np.arange(20.0)])  # flat but for rounding
POINT = np.concatenate([cloud(20, 2, 1, seed=14), np.full((5, 2), 9.1)])
AT_POINT = PlaneMixture([0.5, 0.5], [[0, 0], [9.1, 9.1]], [np.eye(2), 1e-4 * np.eye(2)])


@pytest.mark.parametrize(
    ("covariance", "y", "k", "starts"),
    [
        ("full", LINE, 1, "objects"),
        ("diagonal", LINE * [1, 0] + 0.1, 1, "objects"),
        ("full", POINT, 2, AT_POINT),
        ("diagonal", POINT, 2, AT_POINT),
    ],
)
def test_floor_0_stops_with_an_error_where_a_class_is_flat(covariance, y, k, starts):
    how = {"covariance": covariance, "starts": starts}
    expected = rf"^floor must be above 0 here: class {k - 1} of start 0 is flat: .*; got floor=0$"
    with pytest.raises(ValueError, match=expected):
        fit_plane(y, k, floor=0, max_iter=1, **how)  # rounding would shrink it to 0 in a few more
    assert np.isfinite(fit_plane(y, k, floor=1e-9, **how).log_likelihood)


def test_the_default_floor_is_a_millionth_of_the_variance_along_each_axis():
    y = np.concatenate([cloud(50, 2, 1, seed=15) * [1, 100], np.tile([12.0, 700.0], (5, 1))])
    start = PlaneMixture([0.5, 0.5], [[0, 0], [12, 700]], [np.diag([1.0, 1e4]), np.eye(2)])
    found = fit_plane(y, 2, covariance="diagonal", starts=start)
    np.testing.assert_allclose(np.diagonal(found.mixture.covariances[1]), 1e-6 * y.var(axis=0), rtol=1e-9)


@pytest.mark.parametrize(
    ("covariance", "k", "expected"),
    [("full", 2, -1130.26396), ("full", 3, -1114.43987), ("diagonal", 2, -1147.80635)],
)
def test_old_faithful(covariance, k, expected):
    # mclust 6.0.0's VVV with two classes gives -1130.264 (Scrucca and others, 2016); the
    # others are scikit-learn's best of many starts.
    found = fit_plane(load("old_faithful").y, k, covariance=covariance)
    assert found.log_likelihood == pytest.approx(expected, abs=1e-4)
    assert found.converged


def test_k_means_plus_plus_measures_axes_in_their_own_sds():
    # Two groups that lie apart along the narrow axis alone: means are drawn one from each, nearly always.
    rng = np.random.default_rng(18)
    y = np.column_stack(
        [rng.uniform(-1e6, 1e6, 200), np.repeat([0.0, 1.0], 100) + 0.01 * rng.normal(size=200)]
    )
    starts = fit_plane(y, 2, restarts=200, max_iter=0).runs.starts.means
    apart = (np.abs(starts[:, 0, 1] - starts[:, 1, 1]) > 0.5).mean()
    # In sds, squares are 4 between the groups and 2 on average along the wide axis: (4 + 2) / (4 + 2 + 2).
    assert abs(apart - 0.75) < 6 * np.sqrt(0.75 * 0.25 / 200)


Y = cloud(20, 2, 2, seed=19)
CLOUDS = [np.tile(np.random.default_rng(3).normal(size=2) * size, (5, 1)) for size in (1e-3, 1, 1e3)]
HARD = {
    "an outlier": (np.concatenate([cloud(30, 2, 1, seed=20), [[1e6, -1e6]]]), None),
    "two values": (np.repeat([[1.0, 2.0], [3.0, 5.0]], 6, axis=0), None),
    "offset": (cloud(30, 2, 2, seed=21) + 1e9, None),
    "huge": (cloud(30, 2, 2, seed=22) * 1e150, None),
    "tiny": (cloud(30, 2, 2, seed=23) * 1e-140, None),
    "as many classes as objects": (cloud(3, 2, 1, seed=24), None),
    "a constant axis": (np.column_stack([Y[:, 0], np.full(20, 5.0)]), 0.5),
    **{f"a floor of {floor:g}": (Y, floor) for floor in (1e-300, 5, 1e160, 1e300)},
    **{f"tiny, a floor of {floor:g}": (1e-140 * Y, floor) for floor in (1e-300, 1e160, 1e300)},
    # A floor far below rounding leaves no singular covariance.
    **{
        f"flat {place}, a floor of {floor:g}": (np.array(y, dtype=float), floor)
        for floor in (1e-20, 1e-100, 1e-300)
        for place, y in enumerate(
            [*CLOUDS, [[1, 2], [4, 5], [3, 8], [0, 1]], [[0.1, 0.7]] * 5, [[1, 1], [2, 2], [3, 3]]]
        )
    },
}


@pytest.mark.parametrize("covariance", FAMILIES)
@pytest.mark.parametrize(("y", "floor"), HARD.values(), ids=HARD)
def test_hard_problems_give_finite_numbers_and_keep_the_floor_and_the_shape(y, floor, covariance):
    for accelerate in (False, True):
        how = {"covariance": covariance, "floor": floor, "restarts": 3, "max_iter": 40}
        found = fit_plane(y, 3, accelerate=accelerate, **how)
        assert_finite(found)
        covariances = found.mixture.covariances
        if covariance == "tied":
            assert (covariances == covariances[0]).all()
        elif covariance == "spherical":
            np.testing.assert_allclose(covariances, covariances[:, :1, :1] * np.eye(2), rtol=1e-9)
        if floor and floor > 0.1 and np.abs(y).max() > 1:  # in units of the tiny ones it is no number
            assert np.linalg.eigvalsh(covariances).min() >= floor * (1 - 1e-9)
        if y[:, 1].min() == y[:, 1].max() and covariance != "spherical":
            np.testing.assert_allclose(found.mixture.means[:, 1], y[0, 1], rtol=1e-12)
            assert floor != 0.5 or covariances[:, 1, 1] == pytest.approx(0.5, rel=1e-9)
