"""The hard problems, against sixty digits.

Where the tolerances come from, with eps = 2.2e-16 and every class's sd as its own unit of length:

- One E-step. An entry of the log-joint is a sum of terms (log weight, z^2 / 2, log(2 pi v) / 2), each
  rounded to eps times its size; that size times eps is the error of an exponent, so the *relative* error
  of a responsibility. The same for each term of the log-likelihood.
- One M-step and everything after. An object and a mean are stored to eps |y|, that is eps |y| / sd
  of a class's unit: 2e-7 at an offset of 1e9 with an sd of 1. No formula in floats can do better; so the
  tolerance is a modest multiple of eps (1 + max|y| / sd), for means in sds and for variances
  relatively. The log-likelihood of N objects moves by at most about sqrt(2) |z| N times that.
"""

from unittest import mock

import numpy as np
import pytest
import referee
from problems import PROBLEMS, parts

from gmm_lesson import e_step, em, fit, log_likelihood, m_step
from gmm_lesson.engine import objects

EPS = np.finfo(float).eps
ROUNDINGS = 16
"""How many times its unit a result may be off: sums of thirty terms, five steps. 8 suffice, 2 do not."""

STEPS = 5


# Few objects take the textbook's E-step in fit, and all may take the engine's.
WAYS = [
    (name, way)
    for way in ("em", "fit", "fit in blocks")
    for name, (y, start) in PROBLEMS.items()
    if way == "em" or start.n_components <= len(y)
]


def ends(way, y, start, steps):
    """Return a run's mixture and log-likelihood."""
    how = {"max_iter": steps, "tol": 0, "floor": floor_of(y)}
    if way == "em":
        run = em(y, start, **how)
        return run.mixture, run.log_likelihoods[-1]
    few = 0 if way == "fit in blocks" else objects.FEW_RESPONSIBILITIES
    with mock.patch.object(objects, "FEW_RESPONSIBILITIES", few):
        found = fit(y, start.n_components, starts=start, **how)
    return found.mixture, found.log_likelihood


def floor_of(y):
    """Return a millionth of the variance, as `floor=None` would; of one object, any floor above 0."""
    return float(1e-6 * np.var(y / np.abs(y).max()) * np.abs(y).max() ** 2) or 1e-3


def sizes(y, mixture):
    """Return the largest term in each entry of the log-joint: what its rounding is a share of."""
    z = (y[:, np.newaxis] - mixture.means) / mixture.sds
    logs = np.abs(np.log(mixture.weights)) + np.abs(np.log(2 * np.pi * mixture.variances)) / 2
    return 1 + logs + z**2 / 2


def as_floats(rows):
    return np.array([[float(entry) for entry in row] for row in rows])


def assert_near_exact(mixture, exact, y):
    """Compare with the referee's weights, means and variances, in units of rounding."""
    weights, means, variances = (np.array([float(entry) for entry in part]) for part in exact)
    unit = EPS * (1 + np.abs(y).max() / np.sqrt(variances))
    # A nearly dead class may be off in the digits of its tiny weight: what counts is its share of one.
    assert (np.abs(mixture.weights - weights) <= ROUNDINGS * unit).all()
    alive = weights > 1e-12
    unit = unit.max()  # one class's error passes to the others
    assert (np.abs(mixture.means - means) / np.sqrt(variances) <= ROUNDINGS * unit)[alive].all()
    assert (np.abs(mixture.variances / variances - 1) <= ROUNDINGS * unit)[alive].all()
    # A dead one has forgotten where it was; it must still lie among the objects.
    assert (mixture.means >= y.min()).all()
    assert (mixture.means <= y.max()).all()
    return unit


@pytest.mark.parametrize("name", PROBLEMS)
def test_e_step(name):
    y, start = PROBLEMS[name]
    exact = as_floats(referee.e_step(referee.exact(y), *referee.parameters(start)))
    r = e_step(y, start)
    # An exponent is compared with the row's largest: both roundings count.
    relative = 8 * EPS * (sizes(y, start) + sizes(y, start).max(axis=1, keepdims=True))
    assert (np.abs(r - exact) <= relative * exact + 1e-300).all()
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=4 * EPS * start.n_components)


@pytest.mark.parametrize("name", PROBLEMS)
def test_log_likelihood(name):
    y, start = PROBLEMS[name]
    exact = referee.log_likelihood(referee.exact(y), *referee.parameters(start))
    rounding = 8 * EPS * sizes(y, start).min(axis=1).sum()
    assert abs(log_likelihood(y, start) - float(exact)) <= rounding


@pytest.mark.parametrize("name", PROBLEMS)
def test_m_step(name):
    y, start = PROBLEMS[name]
    r = e_step(y, start)
    exact = referee.m_step(referee.exact(y), [referee.exact(row) for row in r], floor_of(y))
    assert_near_exact(m_step(y, r, floor=floor_of(y)), exact, y)


@pytest.mark.parametrize("steps", [1, STEPS])
@pytest.mark.parametrize(("name", "way"), WAYS)
def test_steps_of_em_and_of_fit(name, way, steps):
    y, start = PROBLEMS[name]
    mixture, value = ends(way, y, start, steps)
    exact = referee.em(y, start, steps, floor_of(y))
    unit = assert_near_exact(mixture, exact, y)
    expected = float(referee.log_likelihood(referee.exact(y), *exact))
    assert abs(value - expected) <= ROUNDINGS * unit * (len(y) + abs(expected))


@pytest.mark.parametrize("way", ["em", "fit", "fit in blocks"])
def test_a_class_that_lost_its_objects_gets_the_referees_mean_and_variance_of_all(way):
    # Above, a dead class need only lie among the objects; the step in which it dies is exact.
    y, start = PROBLEMS["a dead class"]
    exact = as_floats(referee.em(y, start, 1, floor_of(y)))
    assert exact[0][2] < 1e-190
    mixture, _ = ends(way, y, start, 1)
    np.testing.assert_allclose([part[2] for part in parts(mixture)], exact[:, 2], rtol=1e-12)
