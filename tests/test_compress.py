"""Compression: a fine histogram of weighted objects gives the fit of the objects, or says that it cannot."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from problems import assert_same_mixture, drawn

from gmm_lesson import Mixture, e_step, fit, log_likelihood, m_step
from gmm_lesson.engine import compress, loop
from gmm_lesson.engine.compress import compressed
from gmm_lesson.engine.reading import objects_of

N = 200_000
START = Mixture([0.3, 0.4, 0.3], [0, 3, 7], [4, 4, 4])
EXACT = {"tol": 1e-13, "accelerate": True}


@cache
def y_of(n, seed=1):
    y = drawn(n, 3, seed)
    y.setflags(write=False)
    return y


@pytest.fixture
def tried(monkeypatch):
    """The numbers of bins that were tried, and None for the objects themselves; filled as fits go on."""
    seen, made, run, bins = [], [], loop.run, compress.compressed

    def bins_and_noted(source, number):
        seen.append(number)
        made.append(bins(source, number))
        return made[-1]

    def run_and_noted(source, starts, **how):
        if not any(source is coarse for coarse in made):
            seen.append(None)
        return run(source, starts, **how)

    monkeypatch.setattr(compress, "compressed", bins_and_noted)
    monkeypatch.setattr(loop, "run", run_and_noted)
    return seen


@pytest.mark.parametrize("bins", [1, 2, 7, 64])
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("gap", [0, 40], ids=["", "with empty bins"])
def test_every_bin_keeps_its_count_mean_and_variance(bins, counted, gap):
    y = np.round(drawn(5000, 3, seed=3), 3)  # some objects share a bin's edge, and many have twins
    y[4000:] += gap
    counts = np.random.default_rng(5).uniform(0.1, 3, len(y)) if counted else None
    ((t, weights),) = compressed(objects_of(y, counts), bins)._blocks()
    # Equal bins over the range, of which the last one is closed.
    which = np.minimum(((y - y.min()) / np.ptp(y) * bins).astype(int), bins - 1)
    number = np.ones(len(y)) if counts is None else counts
    expected = [(y[which == one], number[which == one]) for one in np.unique(which)]
    assert len(t) == len(weights) == 2 * len(expected)
    # Two objects stand for a bin, one below its mean and one above.
    t, weights = t.reshape(2, -1), weights.reshape(2, -1)
    for (objects, number), pair, halves in zip(expected, t.T, weights.T, strict=True):
        mean = np.average(objects, weights=number)
        np.testing.assert_allclose(halves, number.sum() / 2, rtol=1e-12)
        assert pair.mean() == pytest.approx(mean, abs=1e-12)
        spread = np.average((objects - mean) ** 2, weights=number)
        assert pair.var() == pytest.approx(spread, rel=1e-6, abs=1e-12)


def assert_agrees(one, other, tol=1e-8):
    assert_same_mixture(one.mixture, other.mixture, rtol=tol, atol=tol * other.mixture.sds.min())
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)


def with_a_narrow_class(sd, n=N, share=0.3):
    rng = np.random.default_rng(3)
    y = rng.normal(3.0 * rng.integers(3, size=n), 1.0)
    y[: int(share * n)] = 1.5 + sd * rng.normal(size=int(share * n))
    return y, Mixture([1 - share, share], [3, 1.5], [8, 4 * sd**2])


# 4,096 bins over a range of about 14 are 0.0035 wide, and a class needs an sd of 30 bins. That of a class on
# one value is 0: the check must not divide by it.
ON_A_VALUE = np.concatenate([y_of(20_000), np.full(3_000, 30.0)])
FITS = {
    "broad classes": (y_of(N), START, None, False),
    "a class too narrow for the first bins": (*with_a_narrow_class(0.02), None, True),
    "a class on one value": (ON_A_VALUE, Mixture([0.9, 0.1], [5, 30], [9, 1e-2]), 1e-4, False),
}


@pytest.mark.parametrize(("y", "start", "floor", "finer"), FITS.values(), ids=FITS)
def test_it_is_the_fit_of_the_objects_from_where_a_step_of_em_leads_nowhere(y, start, floor, finer, tried):
    how = {"starts": start, "floor": floor, "tol": 1e-13, "accelerate": True}
    exact = fit(y, start.n_components, **how)
    tried.clear()
    found = fit(y, start.n_components, compress=True, **how)
    assert tried[0] == compress.BINS
    assert (len(tried) > 1) == finer, "else nothing was fitted but the first histogram"
    assert all(one > other and one % other == 0 for other, one in pairwise(tried))
    assert exact.converged
    assert found.converged
    assert_agrees(found, exact)
    assert found.log_likelihood == pytest.approx(log_likelihood(y, found.mixture), rel=1e-12)
    again = m_step(y, e_step(y, found.mixture), floor=floor or 0)
    assert_same_mixture(again, found.mixture, rtol=1e-7)
    assert not floor or found.mixture.variances[1] == pytest.approx(floor, rel=1e-12)


def test_a_class_too_narrow_for_all_bins_is_fitted_exactly_and_a_warning_says_so(tried):
    y, start = with_a_narrow_class(1e-4)
    exact = fit(y, 2, starts=start, floor=1e-12, **EXACT)
    tried.clear()
    with pytest.warns(UserWarning, match=r"^compress: .* of sd 0\.0001\d*; .* were fitted$") as caught:
        found = fit(y, 2, starts=start, floor=1e-12, compress=True, **EXACT)
    assert [warning.filename for warning in caught] == [__file__]  # it points to who asked for the fit
    assert tried[-1] is None
    assert found.mixture == exact.mixture
    assert (found.log_likelihood, found.n_iter) == (exact.log_likelihood, exact.n_iter)


def test_the_restart_that_was_checked_is_the_best_also_among_equals(monkeypatch):
    checked, run = [], loop.run
    monkeypatch.setattr(loop, "run", lambda *given, **how: checked.append(run(*given, **how)) or checked[-1])
    for seed in range(6):
        y = np.random.default_rng(seed).normal(size=20_000)
        y[:8000] = 2 * y[:8000] + 6
        checked.clear()
        found = fit(y, 2, compress=True, restarts=12, rng=seed, accelerate=bool(seed % 2))
        (ends,) = checked
        best = int(found.runs.log_likelihood.argmax())
        assert found.mixture == found.runs.mixture(best)
        assert found.log_likelihood == pytest.approx(log_likelihood(y, found.mixture), rel=1e-14)
        assert np.ptp(found.runs.log_likelihood) < 1e-3  # they are equal: any could be taken for the best
        assert ends.log_likelihood[best] == found.log_likelihood


@pytest.mark.parametrize("n", [3, 100, 4 * compress.BINS - 1, 4 * compress.BINS])
def test_few_objects_are_fitted_themselves_and_nothing_is_said(n, tried):
    y = y_of(20_000)[:n]
    found = fit(y, 2, restarts=2, compress=True)  # a warning would be an error
    assert (compress.BINS in tried) == (n == 4 * compress.BINS)
    exact = fit(y, 2, restarts=2)
    if n < 4 * compress.BINS:
        assert found.mixture == exact.mixture
        np.testing.assert_array_equal(found.runs.log_likelihood, exact.runs.log_likelihood)
    else:
        assert_agrees(found, exact, tol=1e-6)


def test_the_other_restarts_agree_with_theirs():
    starts = [
        START,
        Mixture([0.1, 0.1, 0.8], [-5, 12, 3], [1, 1, 4]),
        Mixture([1 / 3] * 3, [2, 3, 4], [1, 4, 9]),
    ]
    y, how = y_of(N), {"starts": starts, "tol": 0, "max_iter": 60}
    found, exact = (fit(y, 3, compress=on, **how).runs for on in (True, False))
    for restart in range(3):
        assert_same_mixture(found.mixture(restart), exact.mixture(restart), rtol=1e-7, atol=1e-8)
    np.testing.assert_array_equal(found.n_iter, exact.n_iter)
    # The histogram's own, of the restarts that are not the best, are near.
    np.testing.assert_allclose(found.log_likelihood, exact.log_likelihood, rtol=1e-4)


@pytest.mark.parametrize(
    "far", [[1e6], [-500.0], [999.0] * 2000, [-999.0, 1e5]], ids=["1e6", "one", "a code", "both sides"]
)
def test_far_objects_do_not_make_the_bins_of_the_others_wide(far):
    y = np.append(y_of(20_000), far)
    found, exact = (fit(y, 4, compress=on, restarts=6, tol=1e-9) for on in (True, False))
    assert found.log_likelihood == pytest.approx(exact.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(found.mixture.sorted().means, exact.mixture.sorted().means, rtol=1e-4)
    ((t, weights),) = compressed(objects_of(y), 1000)._blocks()
    assert weights.sum() == pytest.approx(len(y), rel=1e-12)
    assert (t[np.abs(t) > 400].min(), t.max()) == pytest.approx((min(far), max(y)), rel=1e-9)
