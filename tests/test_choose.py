"""How many classes: criteria, held-out objects, bootstraps. What is chosen for birds: lessons 09 and 10."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky
from test_sklearn import KINDS, of_kind

from gmm_lesson import Mixture, fit, load
from gmm_lesson.em import default_floor
from gmm_lesson.study import choose

BIRDS = load("penguins")


@pytest.mark.parametrize(("y", "kind"), [(BIRDS.y, "full"), *((BIRDS.bills, kind) for kind in KINDS)])
def test_the_criteria_are_those_of_a_peer_to_eight_digits(y, kind):
    choice = choose.by_components(y, [2, 3], covariance=kind, restarts=2)
    ours, theirs = choice.fits[1].mixture, GaussianMixture(3, covariance_type=KINDS[kind])
    rows, means, matrices = y, ours.means, ours.parts[2]
    if y.ndim == 1:
        rows, means, matrices = y[:, None], means[:, None], matrices[:, None, None]
    theirs.weights_, theirs.means_, theirs.covariances_ = ours.weights, means, of_kind(matrices, kind)
    theirs.precisions_cholesky_ = _compute_precision_cholesky(theirs.covariances_, KINDS[kind])
    assert choice.bic[1] == pytest.approx(theirs.bic(rows), rel=1e-9)
    assert choice.aic[1] == pytest.approx(theirs.aic(rows), rel=1e-9)


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

    def distinct(sample, *_, **how):
        return SimpleNamespace(best=len(np.unique(sample)) if how["floor"] == floor else 0)

    monkeypatch.setattr(choose, "by_components", distinct)
    found = choose.bootstrap_choices(y, [1], draws=200)
    assert np.ptp(found) > 5
    assert found.mean() == pytest.approx(60 * (1 - (1 - 1 / 60) ** 60), abs=1)  # drawn with replacement


def test_the_ratio_of_likelihoods_is_judged_by_what_it_is_where_there_is_no_second_class():
    apart, _ = Mixture([0.5, 0.5], [0, 6], [1, 1]).sample(80, 1)
    ratio, null = choose.likelihood_ratios(apart, 1, draws=10, restarts=2, floor=0.01)
    one, two = (fit(apart, k, floor=0.01).log_likelihood for k in (1, 2))
    assert ratio == pytest.approx(2 * (two - one), abs=1e-6)
    assert ratio > null.max() > 0
    one = np.random.default_rng(2).normal(size=80)
    ratio, null = choose.likelihood_ratios(one, 1, draws=19, restarts=2, floor=0.01)
    assert ratio < null.max()
    assert null.mean() > 2  # a chi-squared law with the three parameters more would not be ruled out by this
