"""How many classes, and of what shape: criteria, held-out objects, bootstraps, and kinds of covariances."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

from gmm_lesson import Mixture, PlaneMixture, fit, fit_plane, load
from gmm_lesson.em import default_floor
from gmm_lesson.study import choose

BIRDS = load("penguins")
NAMES = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}
THREE = PlaneMixture(
    [0.3, 0.4, 0.3], [[38, 18], [45, 15], [50, 19]], [[[6, 1], [1, 2]], [[9, 2], [2, 1]], [[5, -1], [-1, 3]]]
)
"""A start for the birds' bills."""


def peer(mixture, kind, **how):
    """Return scikit-learn's mixture, which starts from ours."""
    covariances = mixture.covariances
    inverse = np.linalg.inv(covariances[0]) if kind == "tied" else 1 / covariances[:, 0, 0]
    start = {"means_init": mixture.means, "weights_init": mixture.weights, "precisions_init": inverse}
    return GaussianMixture(mixture.n_components, covariance_type=NAMES[kind], reg_covar=0, **start, **how)


@pytest.mark.parametrize("kind", ["tied", "spherical"])
@pytest.mark.parametrize("accelerate", [False, True])
def test_tied_and_spherical_covariances_are_fitted_as_a_peer_does(kind, accelerate):
    start = fit_plane(BIRDS.bills, 3, covariance=kind, starts=THREE, max_iter=0).mixture
    found = fit_plane(BIRDS.bills, 3, covariance=kind, starts=start, tol=1e-14, accelerate=accelerate)
    theirs = peer(start, kind, tol=1e-13, max_iter=20_000).fit(BIRDS.bills)
    assert found.log_likelihood == pytest.approx(342 * theirs.score(BIRDS.bills), abs=1e-7)
    np.testing.assert_allclose(found.mixture.means, theirs.means_, atol=1e-4)
    if not accelerate:
        one = fit_plane(BIRDS.bills, 3, covariance=kind, starts=start, max_iter=1, tol=0)
        with pytest.warns(UserWarning, match="did not converge"):
            step = peer(start, kind, tol=0, max_iter=1).fit(BIRDS.bills)
        theirs = step.covariances_
        wanted = [theirs] * 3 if kind == "tied" else theirs[:, np.newaxis, np.newaxis] * np.eye(2)
        np.testing.assert_allclose(one.mixture.covariances, wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("kind", ["tied", "spherical"])
@pytest.mark.parametrize("accelerate", [False, True])
def test_it_keeps_its_shape_whatever_the_units_and_on_the_floor(kind, accelerate):
    y = BIRDS.bills * [1, 1000]
    for scale, floor in (([1, 1000], None), ([1, 1], 5.0)):
        y = BIRDS.bills * scale
        found = fit_plane(y, 3, covariance=kind, restarts=3, floor=floor, accelerate=accelerate).mixture
        covariances = found.covariances
        if kind == "tied":
            np.testing.assert_array_equal(covariances, covariances[[0]].repeat(3, axis=0))
        else:
            wanted = covariances[:, :1, :1] * np.eye(2)
            np.testing.assert_allclose(covariances, wanted, rtol=1e-9)
        if floor:
            assert np.linalg.eigvalsh(covariances).min() >= floor * (1 - 1e-9)


def test_a_tied_fit_never_falls_and_a_start_is_averaged():
    weights = THREE.weights[:, np.newaxis, np.newaxis]
    start = fit_plane(BIRDS.bills, 3, covariance="tied", starts=THREE, max_iter=0).mixture
    np.testing.assert_allclose(start.covariances, [(weights * THREE.covariances).sum(axis=0)] * 3, rtol=1e-12)
    runs = [
        fit_plane(BIRDS.bills, 3, covariance="tied", starts=THREE, max_iter=n, tol=0).log_likelihood
        for n in range(8)
    ]
    assert (np.diff(runs) > 0).all()


@pytest.mark.parametrize(("kind", "theirs"), NAMES.items())
@pytest.mark.parametrize("d", [1, 2, 4])
def test_parameters_are_counted_as_a_peer_does(kind, theirs, d):
    y = BIRDS.measures[:, :d]
    for k in (1, 3):
        peers = GaussianMixture(k, covariance_type=theirs).fit(y)
        assert choose.n_parameters(k, d, kind) == peers._n_parameters()
    assert choose.n_parameters(4) == 3 * 4 - 1
    assert choose.n_parameters(4, 2) == 6 * 4 - 1


def test_bic_says_two_kinds_of_bills_and_three_with_their_depths():
    line = choose.by_components(BIRDS.y, range(1, 6))
    assert line.best == 2
    assert line.log_likelihoods[1] == pytest.approx(-1043.558, abs=5e-4)
    np.testing.assert_allclose(np.sort(line.fits[1].mixture.means), [38.45, 47.47], atol=0.01)
    plane = choose.by_components(BIRDS.bills, range(1, 6))
    assert plane.best == 3
    assert plane.log_likelihoods[2] == pytest.approx(-1634.187, abs=5e-4)
    assert not plane.failed.any()


@pytest.mark.parametrize(("y", "kind"), [(BIRDS.y, "full"), *((BIRDS.bills, kind) for kind in NAMES)])
def test_the_criteria_are_those_of_a_peer_to_eight_digits(y, kind):
    choice = choose.by_components(y, [2, 3], covariance=kind, restarts=2)
    ours, theirs = choice.fits[1].mixture, GaussianMixture(3, covariance_type=NAMES[kind])
    rows, means, matrices = y, ours.means, ours.parts[2]
    if y.ndim == 1:
        rows, means, matrices = y[:, None], means[:, None], matrices[:, None, None]
    diagonals = matrices.diagonal(axis1=1, axis2=2)
    of_kind = {"full": matrices, "tied": matrices[0], "diagonal": diagonals, "spherical": diagonals[:, 0]}
    theirs.weights_, theirs.means_, theirs.covariances_ = ours.weights, means, of_kind[kind]
    theirs.precisions_cholesky_ = _compute_precision_cholesky(of_kind[kind], NAMES[kind])
    assert choice.bic[1] == pytest.approx(theirs.bic(rows), rel=1e-9)
    assert choice.aic[1] == pytest.approx(theirs.aic(rows), rel=1e-9)


@pytest.mark.parametrize(("kind", "best"), [("tied", [4]), ("diagonal", [4]), ("spherical", [5, 6])])
def test_other_shapes_need_more_classes(kind, best):
    assert choose.by_components(BIRDS.bills, range(1, 7), covariance=kind, floor=0.01).best in best


def test_a_rounded_measure_earns_a_class():
    flippers = choose.by_components(BIRDS.measures[:, 2], range(1, 5), floor=0.7**2)
    third = flippers.fits[2].mixture.reordered([0, 1, 2]).sorted()
    assert flippers.best == 3
    assert flippers.bic[1] - flippers.bic[2] == pytest.approx(1.5, abs=0.05)
    assert third.means[2] == pytest.approx(229.5, abs=0.05)
    assert third.sds[2] == pytest.approx(0.92, abs=0.01)


def test_a_search_that_found_less_with_more_classes_has_failed():
    choice = choose.by_components(BIRDS.y, [1, 2, 3], restarts=2)
    worse = SimpleNamespace(log_likelihood=choice.log_likelihoods[1] - 0.5)
    assert replace(choice, fits=(*choice.fits[:2], worse)).failed.tolist() == [False, False, True]


def test_held_out_objects_are_not_seen_by_the_fit_that_they_judge():
    y = Mixture([0.5, 0.5], [0, 20], [1, 4]).sample(70, 1)[0]
    found = choose.held_out(y, [1, 2], folds=3, restarts=2, rng=5)
    fold = np.random.default_rng(5).permutation(np.arange(len(y)) % 3)
    for i in range(3):
        for j in range(2):
            peers = GaussianMixture(j + 1, reg_covar=0, tol=1e-13, random_state=0).fit(y[fold != i, None])
            assert found[i, j] == pytest.approx(peers.score(y[fold == i, None]), rel=1e-9)
    assert choose.held_out(BIRDS.bills, [2], folds=2, restarts=1).shape == (2, 1)


def test_bootstraps_choose_again(monkeypatch):
    y, _ = Mixture([0.5, 0.5], [0, 20], [1, 1]).sample(60, 1)
    assert choose.bootstrap_choices(y, [1, 2], draws=5, restarts=2).tolist() == [2] * 5
    floor = default_floor(y)  # that of all the objects
    distinct = lambda sample, *_, **how: SimpleNamespace(  # noqa: E731
        best=len(np.unique(sample)) if how["floor"] == floor else 0
    )
    monkeypatch.setattr(choose, "by_components", distinct)
    found = choose.bootstrap_choices(y, [1], draws=200)
    assert np.ptp(found) > 5
    assert found.mean() == pytest.approx(60 * (1 - (1 - 1 / 60) ** 60), abs=1)  # drawn with replacement


def test_the_ratio_of_likelihoods_is_judged_by_what_it_is_where_there_is_no_second_class():
    apart, _ = Mixture([0.5, 0.5], [0, 6], [1, 1]).sample(80, 1)
    ratio, null = choose.likelihood_ratios(apart, 1, draws=10, restarts=2, floor=0.01)
    assert ratio == pytest.approx(
        2 * (fit(apart, 2, floor=0.01).log_likelihood - fit(apart, 1, floor=0.01).log_likelihood), abs=1e-6
    )
    assert ratio > null.max() > 0
    one = np.random.default_rng(2).normal(size=80)
    ratio, null = choose.likelihood_ratios(one, 1, draws=19, restarts=2, floor=0.01)
    assert ratio < null.max()
    assert null.mean() > 2  # a chi-squared law with the three parameters more would not be ruled out by this
