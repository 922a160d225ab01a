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
SADDLE = -717.29073
"""Of the 200 objects of 2021: the fit of three classes, one of them twice. EM may rest there, and leaves."""


def starts_on(y, k, seed, variance, n=100):
    rng = np.random.default_rng(seed)
    starts = Parameters.of([STRATEGIES["uniform"](y, k, rng) for _ in range(n)])
    return starts._replace(variances=np.full((n, k), variance))


def at_the_end(y, starts):
    """The textbook's steps, until one gains less than 1e-15 per object: past the saddles that hold 1e-11."""
    source = objects_of(y)
    floor = floor_for(source.variance, source.size, source.family.centre)
    ends = loop.run(source, starts, max_iter=20000, tol=1e-15, floor=floor)
    assert ends.converged.all()
    return ends.log_likelihood


def far_away(side):
    """Return starts that must see every object, half of them with a class that is far away."""
    starts = starts_on(Y, 4, 1, Y.var())
    starts.means[:50] += side * np.array([0, 0, 0, 1e200])
    return starts


STARTS = {
    **{
        f"{name}, seed {seed}, {share} of the variance": (y, starts_on(y, k, seed, y.var() / share))
        for name, y, k in [("2021", Y, 4), ("harder", harder(), 3)]
        for seed in (1, 2)
        for share in (1, k**2)
    },
    "a thousand of 2021": (Y, original.draw_starts(Y, 1000, 1)),
    "far to the left": (Y, far_away(-1)),
    "far to the right": (Y, far_away(1)),
}


@pytest.mark.parametrize(("y", "starts"), STARTS.values(), ids=STARTS)
def test_every_start_is_where_em_ends(y, starts):
    found, ends = basins.basins(y, starts), at_the_end(y, starts)
    elsewhere = np.abs(found.log_likelihood[found.which] - ends) > 1e-3
    assert elsewhere.sum() <= 2
    np.testing.assert_allclose(ends[elsewhere], SADDLE, atol=1e-3)
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
