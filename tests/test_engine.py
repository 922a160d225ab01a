"""The engine: many starts at once, from sums, in every way it has, against the textbook one at a time."""

import dask.array as da
import numpy as np
import pytest
from problems import assert_same_mixture, assert_same_runs, drawn, several_starts, spread_start

from gmm_lesson import Mixture, e_step, em, fit, load
from gmm_lesson.engine import loop, objects
from gmm_lesson.engine import sums as engine
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.objects import FEW_RESPONSIBILITIES
from gmm_lesson.engine.reading import objects_of

Y = drawn(60, 3, seed=1)
STARTS = several_starts(Y)
WEIGHTS = np.random.default_rng(8).uniform(0.1, 3.0, size=len(Y))


@pytest.fixture(params=[FEW_RESPONSIBILITIES, 0], ids=["textbook_sums", "in_blocks"])
def both_ways(request, monkeypatch):
    """Few objects take the textbook's way, and all may take the engine's."""
    monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", request.param)


# The E-step

# y reaches from -1.7 to 9.7, so that t = (y - 3.9) / 8: a class of variance v has a reach of about 17 / v.
PLAIN = STARTS[:3]
CLIPPED = [
    Mixture([0.5, 0.2, 0.3], [3, 3.5, 0], [9, 0.03, 0.02]),
    Mixture([0.2, 0.2, 0.6], [6, 3.5, 0], [4, 0.05, 1e-2]),
]
BROADEST_SECOND = [start.reordered([1, 0, 2]) for start in CLIPPED]
SHIFTED = [
    Mixture([0.5, 0.2, 0.3], [3, 3.5, 0], [0.02, 0.03, 0.02]),
    Mixture([0.3, 0.3, 0.4], [9, 6, 1], [0.01, 0.02, 0.01]),
]
SOME_NARROW = [
    Mixture([0.5, 0.2, 0.3], [3, Y[7], 0], [9, 1e-7, 1]),
    Mixture([0.2, 0.5, 0.3], [Y[9], 3.5, Y[11]], [1e-5, 9, 1e-8]),
]
ALL_NARROW = [
    Mixture([0.5, 0.2, 0.3], [3, Y[7], 0], [1e-5, 1e-6, 1e-7]),
    Mixture([0.2, 0.3, 0.5], [Y[9], 3.5, Y[11]], [1e-5, 1e-9, 1e-8]),
]
FAR = [
    Mixture([0.5, 0.2, 0.3], [3, 3.5, 1e6], [1, 9, 1]),
    Mixture([0.1, 0.2, 0.7], [-1e9, 3.5, 2], [1e-3, 9, 1]),
]
# All reaches are between 350 and 700, so that an object's density may be e^-700 of the reference's peak.
OVERFLOWING = [Mixture([0.5, 0.5], [0, 1], [0.028, 0.033])]
# The second class is e^213 times as dense as the first at half of the objects, and e^852 is infinite.
TWO_VALUES, APART = np.repeat([0.0, 8.0], 16), [Mixture([0.5, 0.5], [0, 8], [0.15, 0.15])]
MIXED = [PLAIN[0], ALL_NARROW[0], PLAIN[1], ALL_NARROW[1]]
EVERY = [*STARTS, *CLIPPED, *BROADEST_SECOND, *SHIFTED, *SOME_NARROW, *ALL_NARROW, *FAR]


def spread_and_narrow(k):
    return [spread_start(Y, k), Mixture(np.full(k, 1 / k), np.arange(k), np.full(k, 1e-7))]


# Objects, starts, the ways that blocks of them must take with how many narrow classes, the engine's numbers.
WAYS = {
    **{
        f"{name}, {small}": (Y, starts, [way], {"SMALL": small})
        for small in (0, engine.SMALL)
        for name, starts, way in [
            ("plain", PLAIN, (engine.PLAIN, 0)),
            ("clipped", CLIPPED, (engine.CLIPPED, 0)),
            ("shifted", SHIFTED, (engine.SHIFTED, 0)),
            ("some narrow", SOME_NARROW, (engine.SHIFTED, 3)),
            ("all narrow", ALL_NARROW, (engine.SHIFTED, 6)),
            ("far outside", FAR, (engine.SHIFTED, 2)),
        ]
    },
    # The broadest class is the reference where that is worth looking for; two restarts to a block.
    "broadest second, few": (Y, BROADEST_SECOND, [(engine.SHIFTED, 0)], {}),
    "broadest second, many": (Y, BROADEST_SECOND, [(engine.CLIPPED, 0)], {"SMALL": 0}),
    "overflowing": (Y, OVERFLOWING, [(engine.SHIFTED, 0)], {"SMALL": 0}),
    "mixed": (Y, MIXED, [(engine.PLAIN, 0), (engine.SHIFTED, 6)], {"SMALL": 0, "BLOCK": 3 * 60 * 2}),
    "no product of eight": (TWO_VALUES, APART, [(engine.PLAIN, 0)], {}),
    **{f"{n} objects": (Y[:n], PLAIN, None, {}) for n in (1, 2, 7, 8, 9, 15, 16, 17)},  # eight to a logarithm
    **{
        f"{size} to a block, {small}": (Y, EVERY, None, {"BLOCK": size, "SMALL": small})
        for size in (1, 2, 7, 60, 179, 180, 181, 361, 10**6)
        for small in (0, 10**9)
    },
    **{f"{k} classes": (Y, spread_and_narrow(k), None, {}) for k in (1, 2, 5)},
    "many objects": (drawn(30_000, 3, seed=2), EVERY[:6] + SOME_NARROW, None, {}),
}


@pytest.fixture
def taken(monkeypatch):
    """The ways that blocks were computed in, and how many classes were narrow."""
    ways, block = [], engine._block

    def recorded(phi, counts, eta, way, exact, score):
        ways.append((way, len(exact[0][0]) if exact else 0))
        return block(phi, counts, eta, way, exact, score)

    monkeypatch.setattr(engine, "_block", recorded)
    return ways


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize(("y", "starts", "ways", "numbers"), WAYS.values(), ids=WAYS)
def test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm(
    y, starts, ways, numbers, counted, taken, monkeypatch
):
    """z is the distance from the sums' origin in the sums' unit."""
    counts = np.resize(WEIGHTS, len(y)) if counted else None
    family = objects_of(y, counts).family
    for name, value in numbers.items():
        monkeypatch.setattr(engine, name, value)
    now, number = family.scaled(Parameters.of(starts)), np.ones(len(y)) if counts is None else counts
    taken.clear()
    sums = engine.e_step(family, y, counts, now)
    assert ways is None or sorted(taken) == ways
    t = (y - family.centre) / family.unit
    for restart, start in enumerate(starts):
        r = e_step(y, start) * number[:, np.newaxis]
        origin = 0.0 if sums.origin is None else sums.origin[restart]
        z = (t[:, np.newaxis] - origin) / (1.0 if sums.unit is None else sums.unit[restart])
        expected = np.column_stack([(r * z**power).sum(axis=0) for power in range(3)])
        np.testing.assert_allclose(sums.total[restart], expected, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(sums.total[restart, :, 0], expected[:, 0], rtol=1e-12, atol=1e-12)
        value = (np.logaddexp.reduce(start.log_joint(y), axis=1) * number).sum()
        assert sums.log_likelihood[restart] - number.sum() * family.log_unit == pytest.approx(
            value, rel=1e-13
        )
    unscored = engine.e_step(family, y, counts, now, score=False)
    np.testing.assert_array_equal(unscored.total, sums.total)
    assert (unscored.log_likelihood == 0).all()


@pytest.mark.parametrize(("starts", "way"), [(CLIPPED, engine.CLIPPED), (SHIFTED, engine.SHIFTED)])
def test_no_exponent_is_so_small_that_exp_becomes_slow(starts, way, taken):
    # Objects all at 9: the density of the narrow classes there is 0 as a float, and e^-700 is what they get.
    family, y = objects_of(Y).family, np.full(40, 9.0)
    sums = engine.e_step(family, y, None, family.scaled(Parameters.of(starts)))
    assert taken[-1] == (way, 0)
    assert sums.counts.min() > np.exp(-700)


def run(y, starts, *, max_iter=5, tol=0.0, floor=0.0, **how):
    return loop.run(objects_of(y), Parameters.of(starts), max_iter=max_iter, tol=tol, floor=floor, **how)


def with_neighbours(variance):
    """Return objects of which some lie 1e-9 sds of all apart: in powers of t their variance is rounding."""
    near = 3 + np.sqrt(variance) * drawn(40, 1, seed=6)
    return np.concatenate([Y, near]), [Mixture([0.6, 0.4], [3, near.mean()], [9, variance])]


# Sums around a far mean would lose every digit of the variance: (1e9)^2 + 1 is (1e9)^2.
TWO_GROUPS = np.concatenate([drawn(50, 1, seed=4), 8 + drawn(50, 1, seed=5)])
RUNS = {
    **{f"{steps} steps": (Y, STARTS, steps, 0.0, 1e-9) for steps in (0, 1, 2, 10, 40)},
    **{f"{steps} steps, floored": (Y, STARTS, steps, 2.0, 1e-9) for steps in (0, 1, 2, 10, 40)},
    **{f"a class of {v:g}": (*with_neighbours(v), 30, 0.0, 1e-8) for v in (1e-4, 1e-6, 1e-9)},
    **{
        f"{means}, {v:g}": (TWO_GROUPS, [Mixture([0.5, 0.5], means, [v, v])], 20, 1e-5, 1e-9)
        for far in (1e3, 1e6, 1e9, 1e12)
        for v in (1e-3, 1.0, 100.0)
        for means in ([-far, far], [far, 2 * far])
    },
}


@pytest.mark.parametrize(("y", "starts", "steps", "floor", "rtol"), RUNS.values(), ids=RUNS)
def test_every_run_of_a_batch_is_the_textbooks(y, starts, steps, floor, rtol, both_ways):
    ends = run(y, starts, max_iter=steps, floor=floor)
    for restart, start in enumerate(starts):
        textbook = em(y, start, max_iter=steps, tol=0, floor=floor)
        assert_same_mixture(ends.parameters.mixture(restart), textbook.mixture, rtol=rtol)
        assert ends.log_likelihood[restart] == pytest.approx(
            textbook.log_likelihoods[-1], rel=max(rtol / 1e3, 1e-12)
        )
    np.testing.assert_array_equal(ends.n_iter, steps)
    np.testing.assert_array_equal(ends.converged, False)
    assert floor != 2 or ends.parameters.variances.min() == floor


def test_every_run_stops_where_the_textbook_stops_and_leaves_the_batch(both_ways):
    textbook = np.array([em(Y, start, tol=1e-7, floor=0).n_iter for start in STARTS])
    assert len(set(textbook)) > 1  # else none left the batch before another
    for most in (5000, int(np.sort(textbook)[-1]) - 1):
        going, steps = [], np.minimum(textbook, most)
        ends = run(Y, STARTS, max_iter=most, tol=1e-7, watch=lambda step, left, to=going: to.append(left))
        np.testing.assert_array_equal(ends.n_iter, steps)
        np.testing.assert_array_equal(ends.converged, textbook <= most)
        assert going == [int((textbook > step).sum()) for step in range(steps.max() + 1)]


def test_what_has_not_moved_comes_back_as_it_was(both_ways):
    # Through the coordinates and back, 0.1 would be 0.1 and some rounding of 1,000.
    start = Mixture([0.1, 0.9], [0.1, 1000.7], [0.1, 0.3])
    assert fit(Y * 0.1 + 1e3, 2, starts=start, max_iter=0, floor=0).mixture == start


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("parted", ["blocks", "chunks"])
@pytest.mark.parametrize("y", [Y, np.sort(drawn(40_000, 3, seed=2))], ids=["few", "many"])
def test_parts_have_the_coordinates_of_all_and_starts_are_drawn_from_a_sample_of_all(y, parted, counted):
    counts = np.arange(len(y)) % 3 * (y - y.min()) ** 3 if counted else None
    cuts = [1, len(y) // 3, len(y) // 3 + 1]
    parts_of = {
        "blocks": lambda values: np.split(values, cuts),
        "chunks": lambda values: da.from_array(values, chunks=(tuple(np.diff([0, *cuts, len(y)])),)),
    }[parted]
    how = {"starts": ["uniform", "objects", "k-means++", "classes"], "restarts": 50, "max_iter": 0}
    ways = [(y, counts), (parts_of(y), parts_of(counts) if counted else None)]
    one, other = (objects_of(*way).family for way in ways)
    for name in ("centre", "unit", "low", "high", "mean", "variance", "bound"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-13, atol=1e-15)
    together, apart = (fit(some, 2, counts=number, **how).runs.starts for some, number in ways)
    for part, same in zip(together, apart, strict=True):
        np.testing.assert_array_equal(part, same)
    drawn_ones = apart.means[50:100]
    assert np.isin(drawn_ones, y[counts != 0] if counted else y).all()
    # Their mean is that of y within six of its Monte Carlo errors: it is no sample of the first block.
    mean = np.average(y, weights=counts)
    assert abs(drawn_ones.mean() - mean) < 6 * y.std() / np.sqrt(drawn_ones.size)


def test_more_classes_than_a_sample_holds_objects(monkeypatch):
    monkeypatch.setattr(objects, "SAMPLE", 16)
    found = fit(Y, 20, starts=["objects", "k-means++"], restarts=1, max_iter=1)
    assert found.runs.means.shape == (2, 20)


@pytest.mark.parametrize("restarts", [20, 21])
def test_few_responsibilities_go_the_textbooks_way_and_on_either_side_of_the_switch_both_agree(
    restarts, monkeypatch
):
    y, calls, true = load("lecture_2021").y, [], engine.e_step
    monkeypatch.setattr(engine, "e_step", lambda *given: calls.append(1) or true(*given))
    assert 20 * 4 * len(y) <= FEW_RESPONSIBILITIES < 21 * 4 * len(y)
    found, used = [], []
    for few in (FEW_RESPONSIBILITIES, 0, 2**40):
        monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", few)
        calls.clear()
        found.append(fit(y, 4, restarts=restarts, max_iter=60, tol=0))
        used.append(len(calls) > 60)
    assert used == [restarts == 21, True, False]
    for one in found[:2]:
        assert_same_runs(one, found[2], rtol=1e-9)
