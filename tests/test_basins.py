"""basins: which optimum EM reaches from each start, against EM run to its end."""

import numpy as np
import pytest
from problems import harder

from gmm_lesson import Mixture, em, load
from gmm_lesson.em import floor_for
from gmm_lesson.engine import loop
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.engine.starts import STRATEGIES
from gmm_lesson.study import basins, original

Y = load("lecture_2021").y
PROBLEMS = [(Y, 4), (harder(), 3)]
SADDLE = -717.29073
"""Of the 200 objects of 2021: the fit of three classes, one of them twice. EM may rest there, and leaves."""


def starts_on(y, k, seed, variance, n=100):
    rng = np.random.default_rng(seed)
    starts = Parameters.of([STRATEGIES["uniform"](y, k, rng) for _ in range(n)])
    return starts._replace(variances=np.full((n, k), variance))


def at_the_end(y, starts):
    """The textbook's steps, until one gains less than 1e-15 per object: past the saddles that hold 1e-11."""
    source = objects_of(y)
    floor = floor_for(source.spread.variance, source.size, source.family.centre)
    ends = loop.run(source, starts, max_iter=20000, tol=1e-15, floor=floor)
    assert ends.converged.all()
    return ends.log_likelihood


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("y", "k"), PROBLEMS, ids=["2021", "harder"])
def test_every_start_is_where_em_ends(y, k, seed, narrow):
    starts = starts_on(y, k, seed, y.var() / k**2 if narrow else y.var())
    found, ends = basins.basins(y, starts), at_the_end(y, starts)
    held = np.abs(ends - SADDLE) < 1e-3
    assert held.sum() <= 2
    np.testing.assert_allclose(found.log_likelihood[found.which][~held], ends[~held], atol=1e-3)


def test_the_thousand_starts_of_2021():
    starts = original.draw_starts(Y, 1000, 1)
    found = basins.basins(Y, starts)
    ends = at_the_end(Y, starts)
    np.testing.assert_allclose(found.log_likelihood[found.which], ends, atol=1e-3)
    assert found.counts[0] == 545
    np.testing.assert_array_equal(found.counts, np.bincount(found.which))
    assert (np.diff(found.log_likelihood) < 0).all()


def test_the_places_are_the_optima():
    found = basins.basins(Y, original.draw_starts(Y, 100, 1))
    for m, level in enumerate(found.log_likelihood):
        place = found.places.mixture(m)
        assert (np.diff(place.means) >= 0).all()
        run = em(Y, place, tol=1e-13)
        assert run.log_likelihoods[0] == pytest.approx(level, abs=1e-9)
        assert run.log_likelihoods[-1] == pytest.approx(level, abs=1e-3)
        np.testing.assert_allclose(run.mixture.means, place.means, atol=0.05)


def test_a_saddle_is_no_optimum_and_a_start_that_never_leaves_it_is_left_to_the_tolerance():
    # Two lumps, and two equal classes at the best fit of one: EM rests there till it is pushed.
    y = np.concatenate([np.linspace(-1, 1, 40) - 5, np.linspace(-1, 1, 40) + 5])
    equal, pushed = (Mixture([0.5, 0.5], means, [y.var()] * 2) for means in ([0, 0], [-0.5, 0.5]))
    walk = basins._Walk(objects_of(y), Parameters.of([equal]), 1e-6 * y.var())
    assert not walk.is_optimum(walk.here)
    rests, top = (em(y, start, tol=1e-15).log_likelihoods[-1] for start in (equal, pushed))
    assert basins.basins(y, [pushed] * 3).log_likelihood[0] == pytest.approx(top, abs=1e-6)
    found = basins.basins(y, [equal, pushed], max_iter=60)
    np.testing.assert_allclose(found.log_likelihood, [top, rests])
    assert found.which.tolist() == [1, 0]
    assert top > rests + 30


@pytest.mark.parametrize("side", [-1, 1])
def test_starts_that_are_far_away_see_every_object(side):
    starts = starts_on(Y, 4, 1, Y.var())
    starts.means[:50] += side * np.array([0, 0, 0, 1e200])
    found = basins.basins(Y, starts)
    np.testing.assert_allclose(found.log_likelihood[found.which], at_the_end(Y, starts), atol=1e-3)


def test_the_way_is_em():
    start = original.draw_starts(Y, 1, 5).mixture(0)
    means, level = basins.way(Y, start, tol=1e-9)
    run = em(Y, start, tol=1e-9)
    assert len(means) == run.n_iter + 1
    np.testing.assert_allclose(means, [np.sort(mixture.means) for mixture in run.path], rtol=1e-9)
    assert level == pytest.approx(run.log_likelihoods[-1], rel=1e-12)
    still, _ = basins.way(Y, start, max_iter=0)
    np.testing.assert_array_equal(still, [np.sort(start.means)])
