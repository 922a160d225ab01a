"""What must not change: classes in another order, the line reflected, moved, in other units.

A relation needs no right value. Here are those of a compressed fit, of one beside far objects, whose others
are in its tests, and of what judges a fit. Units and shifts round what is given, by `EPS` of the largest
number: a tolerance is what such a change may do.
"""

import numpy as np
import pytest

from gmm_lesson import Mixture, em, fit
from gmm_lesson.em import rounding
from gmm_lesson.engine.line import Line
from gmm_lesson.study.basins import basins
from gmm_lesson.study.bootstrap import bootstrap
from gmm_lesson.study.information import (
    Information,
    intervals,
    missing_fraction,
    slowest_direction,
    standard_errors,
    stationary_gap,
)
from gmm_lesson.study.triage import triage

RNG = np.random.default_rng(5)
Z = RNG.choice(3, size=150, p=[0.4, 0.35, 0.25])
Y = RNG.normal(np.array([0.0, 5.0, 11.0])[Z], np.array([1.0, 0.7, 1.5])[Z])
START = Mixture([0.4, 0.35, 0.25], [0, 5, 11], [1, 0.5, 2])
BEST = em(Y, START, tol=1e-15, max_iter=20_000).mixture
DOUBLED = Mixture([*(BEST.weights[:2] * [0.4, 1]), *(BEST.weights[[2, 0]] * [1, 0.6])],
                  BEST.means[[0, 1, 2, 0]], BEST.variances[[0, 1, 2, 0]])  # fmt: skip
EMPTY = Mixture([1 - 1e-200, 1e-200], [Y.mean(), 3], [Y.var(), 1])
EPS = np.finfo(float).eps


class Change:
    """y becomes a + b y, and class k the one in place order[k]."""

    def __init__(self, a=0.0, b=1.0, swap=False):
        self.a, self.b, self.swap = a, b, swap
        self.loss = 1e-9 + 1e3 * EPS * abs(a / b)

    def y(self, y):
        return self.a + self.b * np.asarray(y)

    def order(self, k):
        return np.roll(np.arange(k), 1) if self.swap else np.arange(k)

    def mixture(self, mixture):
        new = Mixture(mixture.weights, self.y(mixture.means), self.b**2 * mixture.variances)
        return new.reordered(self.order(mixture.n_components))

    def per_class(self, part, ends=False):
        """Return what errors, (3, K), or ends of intervals become."""
        order, values = self.order(part.weights.size), part.as_array()
        weights, means, sds = values[:, order]
        return np.array(
            [weights, self.a * ends + (self.b if ends else abs(self.b)) * means, abs(self.b) * sds]
        )


CHANGES = {
    "swapped": Change(swap=True),
    "reflected": Change(b=-1.0),
    "moved": Change(a=1e6),
    "larger": Change(b=1e150),
    "smaller": Change(b=1e-140),
    "moved far, and all": Change(a=-3e5, b=-1e-3, swap=True),
}
pytestmark = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def close(found, expected, change):
    expected = np.asarray(expected)
    scale = np.abs(expected).max() if expected.size else 0
    np.testing.assert_allclose(found, expected, rtol=change.loss, atol=change.loss * scale)


def test_standard_errors_and_intervals(change):
    y, mixture = change.y(Y), change.mixture(BEST)
    expected = change.per_class(standard_errors(Y, BEST))
    for found, other in zip(standard_errors(y, mixture).as_array(), expected, strict=True):
        close(found, other, change)
    found, before = intervals(y, mixture), intervals(Y, BEST)
    low, high = (change.per_class(end, ends=True) for end in (before.low, before.high))
    if change.b < 0:
        low[1], high[1] = high[1].copy(), low[1].copy()
    for ends, others in ((found.low, low), (found.high, high)):
        for part, other in zip(ends.as_array(), others, strict=True):
            close(part, other, change)


def test_information(change):
    y, mixture = change.y(Y), change.mixture(BEST)
    assert missing_fraction(y, mixture) == pytest.approx(missing_fraction(Y, BEST), rel=change.loss)
    assert stationary_gap(change.y(Y), change.mixture(START)) == pytest.approx(
        stationary_gap(Y, START), rel=change.loss
    )
    # The same number of nats along the same way, whatever the coordinates.
    one, other = slowest_direction(y, mixture), slowest_direction(Y, BEST)
    costs = []
    for way, at in ((one, (y, mixture)), (other, (Y, BEST))):
        told = Information.of(*at)
        step = way.as_array().ravel() / told.units
        costs.append(step @ (told.complete() - told.missing()) @ step)
    assert costs[0] == pytest.approx(costs[1], rel=change.loss)


@pytest.mark.parametrize("far", [[-500.0], [999.0] * 30], ids=["one", "a code"])
def test_a_fit_beside_far_objects(far, change):
    y = np.append(Y, far)
    before, after = (fit(objects, 4, tol=1e-13) for objects in (y, change.y(y)))
    gained = after.log_likelihood + len(y) * np.log(abs(change.b))
    assert gained == pytest.approx(before.log_likelihood, abs=1e-4)
    expected = change.mixture(before.mixture).sorted().means
    np.testing.assert_allclose(after.mixture.sorted().means, expected, rtol=1e-4, atol=1e-4 * abs(change.b))
    assert len(after.notes) == len(before.notes)


def test_a_compressed_fit_of_counted_objects_is_theirs(change):
    y, counts = BEST.sample(20_000, 1)[0], 1 + np.arange(20_000) // 4_000
    how = {"counts": counts, "tol": 0, "max_iter": 20}
    one = fit(y, 3, starts=START, **how).mixture
    other = fit(change.y(y), 3, starts=change.mixture(START), compress=True, **how).mixture
    expected = change.mixture(one)
    np.testing.assert_allclose(other.weights, expected.weights, rtol=1e-7)
    means = ((mixture.means - change.a) / change.b for mixture in (other, expected))
    np.testing.assert_allclose(*means, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(other.variances, expected.variances, rtol=1e-7)


@pytest.mark.parametrize(
    ("mixture", "kind"),
    [(BEST, "local"), (DOUBLED, "saddle"), (EMPTY, "saddle"), (START, "unconverged")],
    ids=["best", "doubled", "empty", "start"],
)
def test_triage(mixture, kind, change):
    assert triage(Y, mixture).kind == kind
    assert triage(change.y(Y), change.mixture(mixture)).kind == kind


def test_triage_of_a_class_on_the_floor(change):
    y = np.append(Y, 60.0)
    fitted = em(y, Mixture([0.9, 0.1], [5, 60], [25, 1])).mixture
    floor = fitted.variances.min()
    for units in (change.b**2, 1 / (1 / change.b) ** 2):
        assert triage(change.y(y), change.mixture(fitted), floor=floor * units).kind == "spurious"
    with pytest.raises(ValueError, match=r"^mixture must"):
        standard_errors(change.y(y), change.mixture(fitted))


def test_the_destinations_of_basins(change):
    starts = [
        Mixture(START.weights, means, np.full(3, 4.0)) for means in ([0, 5, 11], [-1, 6, 12], [1, 4, 9])
    ]
    before = basins(Y, starts)
    after = basins(change.y(Y), [change.mixture(start) for start in starts])
    np.testing.assert_array_equal(after.which, before.which)
    shift = len(Y) * np.log(abs(change.b))
    np.testing.assert_allclose(after.log_likelihood + shift, before.log_likelihood, atol=0.01)


def test_bootstrap(change):
    before, after = (bootstrap(y, at, refits=5) for y, at in ((Y, BEST), (change.y(Y), change.mixture(BEST))))
    one, other = after.standard_errors().as_array(), change.per_class(before.standard_errors())
    # A refit stops where about 1e-8 per object is left to gain (`REFIT_TOL`): 1e-3 of a standard error.
    np.testing.assert_allclose(one, other, rtol=5e-3)


def test_what_rounding_alone_gives_to_equal_objects(change):
    """Eight roundings of the largest object: not one less, or equal objects would pass for a class."""
    y = change.y(Y)
    assert rounding(y) == pytest.approx((8 * EPS * np.abs(y).max()) ** 2, rel=1e-12, abs=0)
    line = Line(float(y.mean()), float(y.min()), float(y.max()))
    assert line.rounding * line.unit**2 == pytest.approx(rounding(y), rel=1e-12, abs=0)
