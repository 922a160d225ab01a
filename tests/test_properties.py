"""What must hold for every problem, tried on many that hypothesis draws: always the same, for a stable CI."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from problems import assert_same_mixture, parts

import gmm_lesson.engine.objects
from gmm_lesson import Mixture, e_step, em, fit, log_likelihood, m_step
from gmm_lesson.engine.objects import FEW

settings.register_profile("stable", derandomize=True, deadline=None, max_examples=100)
stable = settings.get_profile("stable")

# Sixteenths: adding a whole number to such a value, or doubling it, is exact, so that what the properties
# compare differs by the package's own rounding alone.
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


@st.composite
def labelled(draw):
    """Draw a mixture and an order for its components."""
    mixture = draw(mixtures())
    return mixture, draw(st.permutations(range(mixture.n_components)))


def answer_or_none(call, *reasons):
    """Return call(), or None where it refuses for one of the reasons that the face names."""
    try:
        return call()
    except ValueError as error:
        if not str(error).startswith(reasons):
            raise
        return None


def falls(path):
    return -np.diff(path.log_likelihoods)


def slack(path):
    """Return what rounding may take from a log-likelihood: more than it does, far less than a real fall."""
    return 1e-10 * (1 + np.abs(path.log_likelihoods).max())


@stable
@given(objects(least=1), mixtures())
def test_rows_of_r_are_probabilities(y, mixture):
    r = e_step(y, mixture)
    assert r.shape == (len(y), mixture.n_components)
    assert r.min() >= 0
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-15 * mixture.n_components)


@stable
@given(objects(least=1), mixtures())
def test_the_e_step_and_the_log_likelihood_are_bayes_rule_read_from_both_sides(y, mixture):
    # log p(y_i) = log joint_ik - log r_ik, whichever class k is looked at; the likeliest has the most digits.
    r, log_joint = e_step(y, mixture), mixture.log_joint(y)
    rows, best = np.arange(len(y)), r.argmax(axis=1)
    total = (log_joint[rows, best] - np.log(r[rows, best])).sum()
    assert log_likelihood(y, mixture) == pytest.approx(total, rel=1e-12, abs=1e-12)


@stable
@given(objects(), mixtures(), st.integers(0, 29))
def test_an_objects_row_does_not_depend_on_the_other_objects(y, mixture, which):
    which %= len(y)
    np.testing.assert_allclose(
        e_step(y[which : which + 1], mixture)[0], e_step(y, mixture)[which], rtol=1e-13
    )


@stable
@given(objects(), mixtures())
def test_the_order_of_the_objects_does_not_matter(y, mixture):
    np.testing.assert_allclose(e_step(y[::-1], mixture), e_step(y, mixture)[::-1], rtol=1e-13)
    forwards = em(y, mixture, max_iter=5, tol=0)
    backwards = em(y[::-1], mixture, max_iter=5, tol=0)
    np.testing.assert_allclose(backwards.log_likelihoods, forwards.log_likelihoods, rtol=1e-9, atol=1e-9)


@stable
@given(objects(), mixtures())
def test_the_log_likelihood_never_falls(y, start):
    path = em(y, start, max_iter=40, tol=0)
    assert falls(path).max() <= slack(path)


@stable
@given(objects(), mixtures())
def test_nor_does_it_under_a_high_floor(y, start):
    path = em(y, start, max_iter=40, tol=0, floor=0.5 * y.var())
    assert falls(path).max() <= slack(path)


@stable
@given(objects(), labelled())
def test_the_names_of_the_classes_do_not_matter(y, pair):
    start, order = pair
    renamed = start.reordered(order)
    np.testing.assert_allclose(e_step(y, renamed), e_step(y, start)[:, order], rtol=1e-12, atol=1e-300)
    assert log_likelihood(y, renamed) == pytest.approx(log_likelihood(y, start), rel=1e-12)
    path, other = em(y, start, max_iter=5, tol=0), em(y, renamed, max_iter=5, tol=0)
    np.testing.assert_allclose(other.log_likelihoods, path.log_likelihoods, rtol=1e-9, atol=1e-9)
    assert_same_mixture(other.path[1], path.path[1].reordered(order), rtol=1e-9, atol=1e-9)


@stable
@given(objects(), mixtures(), st.integers(-1000, 1000))
def test_shifting_the_objects_shifts_the_means_and_nothing_else(y, start, shift):
    moved = Mixture(start.weights, start.means + shift, start.variances)
    floor = 1e-3 * y.var()
    path = em(y, start, max_iter=5, tol=0, floor=floor)
    other = em(y + shift, moved, max_iter=5, tol=0, floor=floor)
    np.testing.assert_allclose(other.log_likelihoods, path.log_likelihoods, rtol=1e-8, atol=1e-8)
    back = Mixture(other.path[1].weights, other.path[1].means - shift, other.path[1].variances)
    assert_same_mixture(back, path.path[1], rtol=1e-8, atol=1e-8)


@stable
@given(objects(), mixtures(), st.integers(-30, 30), st.sampled_from([-1, 1]))
def test_scaling_the_objects_scales_means_sds_and_the_density(y, start, power, sign):
    scale = sign * 2.0**power
    scaled = Mixture(start.weights, scale * start.means, scale**2 * start.variances)
    path, other = em(y, start, max_iter=5, tol=0), em(scale * y, scaled, max_iter=5, tol=0)
    shift = -len(y) * power * np.log(2)
    np.testing.assert_allclose(other.log_likelihoods - shift, path.log_likelihoods, rtol=1e-9, atol=1e-9)
    expected = path.path[1]
    made = other.path[1]
    back = Mixture(made.weights, made.means / scale, made.variances / scale**2)
    assert_same_mixture(back, expected, rtol=1e-9, atol=1e-9)


@stable
@given(objects(), mixtures())
def test_writing_every_object_twice_doubles_the_log_likelihood_alone(y, start):
    once = m_step(y, e_step(y, start), floor=1e-3)
    twice = m_step(np.tile(y, 2), e_step(np.tile(y, 2), start), floor=1e-3)
    assert_same_mixture(once, twice, rtol=1e-9, atol=1e-9)
    assert log_likelihood(np.tile(y, 2), start) == pytest.approx(2 * log_likelihood(y, start), rel=1e-12)


@stable
@given(objects(), mixtures())
def test_the_m_step_keeps_the_mean_and_the_variance_of_all_objects(y, mixture):
    # The law of total variance, exact for weighted averages; no floor may interfere.
    made = answer_or_none(lambda: m_step(y, e_step(y, mixture)), "floor must be above 0")
    assume(made is not None)  # else a class sits on one value
    mean = (made.weights * made.means).sum()
    assert mean == pytest.approx(y.mean(), rel=1e-10, abs=1e-10)
    within, between = (made.weights * made.variances).sum(), (made.weights * (made.means - mean) ** 2).sum()
    assert within + between == pytest.approx(y.var(), rel=1e-10)


@settings(stable, max_examples=300)
@given(objects(), mixtures(), st.sampled_from([1e-3, 1e-5, 1e-7]), st.sampled_from([0, FEW]))
def test_the_textbook_and_the_engine_agree(y, start, tol, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gmm_lesson.engine.objects, "FEW", few)  # of 0, all take the engine's way
        assert_agree(y, start, tol)


def assert_agree(y, start, tol):
    assume(start.n_components <= len(y))
    floor = 1e-3 * y.var()
    path = em(y, start, max_iter=60, tol=tol, floor=floor)
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


@settings(stable, max_examples=400)
@given(st.lists(anything, min_size=1, max_size=12), wild_mixtures(), st.sampled_from([0, FEW]))
def test_nothing_is_ever_nan(y, start, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gmm_lesson.engine.objects, "FEW", few)
        assert_never_nan(np.array(y), start)


def assert_never_nan(y, start):
    r = e_step(y, start)
    assert np.isfinite(r).all()
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-12)
    assert np.isfinite(log_likelihood(y, start))
    assert np.isfinite(start.log_joint(y)).all()
    assert not np.isnan(start.density(y)).any()
    # Constant y without a floor, a collapse at floor 0, fewer objects than fit accepts: there is no answer.
    # Nor is there one with a floor too small beside the objects to be computed with.
    reasons = "y must vary", "floor must be ", "n_components must be"
    for floor in [None, 0.0, 1.0]:
        how = {"max_iter": 4, "tol": 0, "floor": floor}
        path = answer_or_none(lambda how=how: em(y, start, **how), *reasons)
        if path is not None:
            assert_finite(path.mixture)
            assert np.isfinite(path.log_likelihoods).all()
        found = answer_or_none(lambda how=how: fit(y, start.n_components, starts=start, **how), *reasons)
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
