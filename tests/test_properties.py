"""What must hold for every problem, tried on many that hypothesis draws: always the same, for a stable CI."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from problems import parts

from gmm_lesson import Mixture, e_step, em, fit, log_likelihood
from gmm_lesson.engine import objects as engine_objects
from gmm_lesson.engine.objects import FEW_RESPONSIBILITIES

settings.register_profile("stable", derandomize=True, deadline=None, max_examples=100)
stable = settings.get_profile("stable")

# Sixteenths: sums of such values are exact, so that rounding is the package's own alone.
values = st.integers(-800, 800).map(lambda sixteenths: sixteenths / 16)


@st.composite
def objects(draw, least=2, most=30):
    y = np.array(draw(st.lists(values, min_size=least, max_size=most)))
    assume(np.ptp(y) > 0)
    return y


@st.composite
def mixtures(draw, most=4):
    """Draw a mixture whose classes differ: equal ones stay together by symmetry until rounding parts them."""
    k = draw(st.integers(1, most))
    shares = np.array(draw(st.lists(st.integers(1, 9), min_size=k, max_size=k)))
    means = draw(st.lists(values, min_size=k, max_size=k, unique=True))
    sds = np.array(draw(st.lists(st.integers(4, 160), min_size=k, max_size=k))) / 16
    return Mixture(shares / shares.sum(), means, sds**2)


def answer_or_none(call):
    """Return call(), or None where it refuses for one of the reasons that the face names."""
    try:
        return call()
    except ValueError as error:
        if not str(error).startswith(("y must vary", "floor must be ", "n_components must be")):
            raise
        return None


def way_of(few):
    """Make up to so many responsibilities take the textbook's way: of 0, all take the engine's."""
    return mock.patch.object(engine_objects, "FEW_RESPONSIBILITIES", few)


@stable
@given(objects(), mixtures(), st.sampled_from([None, 0.5]))
def test_the_log_likelihood_never_falls(y, start, floor):
    path = em(y, start, max_iter=40, tol=0, floor=floor and floor * y.var())
    # What rounding may take from it: more than it does, far less than a real fall.
    assert np.diff(path.log_likelihoods).min() >= -1e-10 * (1 + np.abs(path.log_likelihoods).max())


@settings(stable, max_examples=150)
@given(objects(), mixtures(), st.sampled_from([1e-3, 1e-5, 1e-7]), st.sampled_from([0, FEW_RESPONSIBILITIES]))
def test_the_textbook_and_the_engine_agree(y, start, tol, few):
    assume(start.n_components <= len(y))
    floor = 1e-3 * y.var()
    path = em(y, start, max_iter=60, tol=tol, floor=floor)
    with way_of(few):
        found = fit(y, start.n_components, starts=start, max_iter=60, tol=tol, floor=floor)
    gains = np.abs(np.diff(path.log_likelihoods)) / len(y)
    # A gain within rounding of the tolerance may fall to either side of it.
    assume((np.abs(gains / tol - 1) > 1e-4).all())
    assert found.log_likelihood == pytest.approx(path.log_likelihoods[-1], rel=1e-8, abs=1e-8)
    assert (found.n_iter, found.converged) == (path.n_iter, path.converged)
    # Not the parameters: those of a class that lost its objects mean nothing, and may differ.
    np.testing.assert_allclose(found.mixture.density(y), path.mixture.density(y), rtol=1e-6)


# Anything that the package accepts, however wild: an answer in finite numbers, or an error that says why.

anything = st.floats(-1e153, 1e153, allow_subnormal=True)
tiny_to_huge = st.floats(1e-300, 1e300)


@st.composite
def wild_mixtures(draw):
    k = draw(st.integers(1, 4))
    shares = np.array(draw(st.lists(st.floats(1e-12, 1), min_size=k, max_size=k)))
    means = draw(st.lists(anything, min_size=k, max_size=k))
    return Mixture(shares / shares.sum(), means, draw(st.lists(tiny_to_huge, min_size=k, max_size=k)))


def assert_finite(mixture):
    for part in parts(mixture):
        assert np.isfinite(part).all()


@settings(stable, max_examples=200)
@given(
    st.lists(anything, min_size=1, max_size=12), wild_mixtures(), st.sampled_from([0, FEW_RESPONSIBILITIES])
)
def test_nothing_is_ever_nan(y, start, few):
    y = np.array(y)
    r = e_step(y, start)
    assert np.isfinite(r).all()
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-12)
    assert np.isfinite(log_likelihood(y, start))
    assert np.isfinite(start.log_joint(y)).all()
    assert not np.isnan(start.density(y)).any()
    # Constant y without a floor, a collapse at floor 0, fewer objects than fit accepts: there is no answer.
    # Nor is there one with a floor too small beside the objects to be computed with.
    for floor in [None, 0.0, 1.0]:
        how = {"max_iter": 4, "tol": 0, "floor": floor}
        path = answer_or_none(lambda how=how: em(y, start, **how))
        if path is not None:
            assert_finite(path.mixture)
            assert np.isfinite(path.log_likelihoods).all()
        with way_of(few):
            found = answer_or_none(lambda how=how: fit(y, start.n_components, starts=start, **how))
        if found is not None:
            assert_finite(found.mixture)
            assert np.isfinite(found.log_likelihood)


@stable
@given(
    st.lists(anything, min_size=2, max_size=12), st.integers(1, 3), st.sampled_from(["uniform", "classes"])
)
def test_nor_from_the_packages_own_starts(y, k, starts):
    # With a floor there is always an answer.
    starts = [starts, "k-means++", "objects"]
    floor = max(1.0, 1e-304 * np.square(np.max(np.abs(y))))
    found = fit(y, min(k, len(y)), starts=starts, restarts=2, max_iter=5, floor=floor)
    assert_finite(found.mixture)
    assert np.isfinite(found.runs.log_likelihood).all()
