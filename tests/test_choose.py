"""How many classes, and of what shape: criteria, held-out objects, and bootstraps."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky
from test_sklearn import KINDS

from gmm_lesson import Mixture, fit, load
from gmm_lesson.study import choose

BIRDS = load("penguins")


def test_bic_says_two_kinds_of_bills_and_three_with_their_depths():
    line = choose.by_components(BIRDS.y, range(1, 6))
    assert line.best == 2
    assert line.log_likelihoods[1] == pytest.approx(-1043.558, abs=5e-4)
    np.testing.assert_allclose(np.sort(line.fits[1].mixture.means), [38.45, 47.47], atol=0.01)
    plane = choose.by_components(BIRDS.bills, range(1, 6))
    assert plane.best == 3
    assert plane.log_likelihoods[2] == pytest.approx(-1634.187, abs=5e-4)
    assert not plane.failed.any()


@pytest.mark.parametrize(("y", "kind"), [(BIRDS.y, "full"), *((BIRDS.bills, kind) for kind in KINDS)])
def test_the_criteria_are_those_of_a_peer_to_eight_digits(y, kind):
    choice = choose.by_components(y, [2, 3], covariance=kind, restarts=2)
    ours, theirs = choice.fits[1].mixture, GaussianMixture(3, covariance_type=KINDS[kind])
    rows, means, matrices = y, ours.means, ours.parts[2]
    if y.ndim == 1:
        rows, means, matrices = y[:, None], means[:, None], matrices[:, None, None]
    diagonals = matrices.diagonal(axis1=1, axis2=2)
    of_kind = {"full": matrices, "tied": matrices[0], "diagonal": diagonals, "spherical": diagonals[:, 0]}
    theirs.weights_, theirs.means_, theirs.covariances_ = ours.weights, means, of_kind[kind]
    theirs.precisions_cholesky_ = _compute_precision_cholesky(of_kind[kind], KINDS[kind])
    assert choice.bic[1] == pytest.approx(theirs.bic(rows), rel=1e-9)
    assert choice.aic[1] == pytest.approx(theirs.aic(rows), rel=1e-9)


@pytest.mark.parametrize(("kind", "best"), [("tied", [4]), ("diagonal", [4]), ("spherical", [5, 6])])
def test_other_shapes_need_more_classes(kind, best):
    assert choose.by_components(BIRDS.bills, range(1, 7), covariance=kind, floor=0.01).best in best


def test_a_rounded_measure_earns_a_class():
    flippers = choose.by_components(BIRDS.measures[:, 2], range(1, 5), floor=0.7**2)
    third = flippers.fits[2].mixture.sorted()
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
    distinct = lambda sample, *_, **__: SimpleNamespace(best=len(np.unique(sample)))  # noqa: E731
    monkeypatch.setattr(choose, "by_components", distinct)
    found = choose.bootstrap_choices(y, draws=200)
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
