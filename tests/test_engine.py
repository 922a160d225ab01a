"""The engine: many starts at once, from sums, in every way it has, against the textbook one at a time."""

import numpy as np
import pytest
from problems import assert_same_mixture, drawn, parts, spread_start

from gmm_lesson import Mixture, e_step, em, fit, load, log_likelihood
from gmm_lesson.engine import loop, objects
from gmm_lesson.engine import sums as engine
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.objects import FEW_RESPONSIBILITIES
from gmm_lesson.engine.reading import objects_of

Y = drawn(60, 3, seed=1)
STARTS = [
    spread_start(Y, 3),
    Mixture([0.2, 0.3, 0.5], [0, 4, 9], [1, 2, 3]),
    Mixture([0.6, 0.2, 0.2], [9, 1, 2], [5, 0.5, 3]),
    Mixture([1 / 3] * 3, [-50, 3, 80], [1, 1, 1]),
]
TOGETHER = Parameters.of(STARTS)
COUNTS = np.random.default_rng(7).integers(0, 4, size=len(Y))
WEIGHTS = np.random.default_rng(8).uniform(0.1, 3.0, size=len(Y))


def run(y, starts, *, max_iter=5, tol=0.0, floor=0.0, **how):
    begin = Parameters.of(starts)
    return loop.run(objects_of(y), begin, max_iter=max_iter, tol=tol, floor=floor, **how)


def sums_of(y, starts, counts=None):
    family = objects_of(y, counts).family
    return family, engine.e_step(family, y, counts, family.scaled(Parameters.of(starts)))


def assert_sums_of(family, sums, y, starts, counts=1.0):
    """Compare the sums with the textbook's r; z is the distance from the sums' origin in the sums' unit."""
    t = (y - family.centre) / family.unit
    n = (np.zeros(len(y)) + counts).sum()
    for restart, start in enumerate(starts):
        r = (e_step(y, start).T * counts).T
        origin = 0.0 if sums.origin is None else sums.origin[restart]
        z = (t[:, np.newaxis] - origin) / (1.0 if sums.unit is None else sums.unit[restart])
        total = sums.total[restart]
        np.testing.assert_allclose(total[:, 0], r.sum(axis=0), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(total[:, 1], (r * z).sum(axis=0), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(total[:, 2], (r * z**2).sum(axis=0), rtol=1e-11, atol=1e-11)
        value = (np.logaddexp.reduce(start.log_joint(y), axis=1) * counts).sum()
        assert sums.log_likelihood[restart] - n * family.log_unit == pytest.approx(value, rel=1e-13)


# The E-step


def test_the_source_gives_the_log_likelihood_of_y_itself():
    source = objects_of(Y)
    found = source.e_step(source.family.scaled(TOGETHER)).log_likelihood
    np.testing.assert_allclose(found, [log_likelihood(Y, start) for start in STARTS], rtol=1e-13)


# y reaches from -1.7 to 9.7, so that t = (y - 3.9) / 8: a class of variance v has a reach of about 17 / v.
PLAIN = STARTS[:3]
CLIPPED = [
    Mixture([0.5, 0.2, 0.3], [3, 3.5, 0], [9, 0.03, 0.02]),
    Mixture([0.2, 0.2, 0.6], [6, 3.5, 0], [4, 0.05, 1e-2]),
]
CLIPPED_IF_TURNED = [
    Mixture([0.2, 0.5, 0.3], [3.5, 3, 0], [0.03, 9, 0.02]),
    Mixture([0.2, 0.2, 0.6], [0, 3.5, 6], [1e-2, 0.05, 4]),
]
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
WAYS = {
    "plain": (PLAIN, engine.PLAIN, 0),
    "clipped": (CLIPPED, engine.CLIPPED, 0),
    "shifted": (SHIFTED, engine.SHIFTED, 0),
    "some narrow": (SOME_NARROW, engine.SHIFTED, 3),
    "all narrow": (ALL_NARROW, engine.SHIFTED, 6),
    "far outside": (FAR, engine.SHIFTED, 2),
}
EVERY = [start for starts, *_ in WAYS.values() for start in starts] + CLIPPED_IF_TURNED


@pytest.fixture(autouse=True, params=["textbook_sums", "in blocks"])
def way_of_few(request, monkeypatch):
    """Every test of a run is of both ways: few objects take the textbook's, and all may take the engine's."""
    if request.param == "in blocks":
        monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", 0)
    return request.param


@pytest.fixture
def in_blocks(monkeypatch):
    """Few objects take the engine's way too."""
    monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", 0)


@pytest.fixture
def taken(monkeypatch, in_blocks):
    """Call it after `sums_of`: the ways that blocks were computed in, and how many classes were narrow."""
    ways, block = [], engine._block

    def recorded(phi, counts, eta, way, exact, score):
        ways.append((way, len(exact[0][0]) if exact else 0))
        return block(phi, counts, eta, way, exact, score)

    monkeypatch.setattr(engine, "_block", recorded)
    return lambda: ways[1:]  # the first block is objects_of's, that learns the mean and the variance


@pytest.mark.parametrize(("how", "scored"), [({}, [False] * 4 + [True]), ({"accelerate": True}, [True] * 5)])
def test_with_tol_0_only_the_last_step_is_scored_unless_jumps_need_it(how, scored, monkeypatch, in_blocks):
    asked, e_step_of_engine = [], engine.e_step

    def noted(family, y, counts, now, score=True):
        asked.append(score)
        return e_step_of_engine(family, y, counts, now, score)

    source = objects_of(Y)
    monkeypatch.setattr(engine, "e_step", noted)
    ends = loop.run(source, Parameters.of(STARTS), max_iter=4, tol=0.0, floor=0.0, **how)
    assert asked == scored
    np.testing.assert_allclose(
        ends.log_likelihood,
        [log_likelihood(Y, ends.parameters.mixture(restart)) for restart in range(4)],
        rtol=1e-13,
    )


@pytest.mark.parametrize("small", [0, engine.SMALL])
@pytest.mark.parametrize("counts", [None, WEIGHTS], ids=["", "counted"])
@pytest.mark.parametrize(("starts", "way", "narrow"), WAYS.values(), ids=WAYS)
def test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm(
    starts, way, narrow, counts, small, taken, monkeypatch
):
    monkeypatch.setattr(engine, "SMALL", small)
    family, sums = sums_of(Y, starts, counts)
    assert taken() == [(way, narrow)]
    assert_sums_of(family, sums, Y, starts, 1.0 if counts is None else counts)
    assert (sums.log_likelihood != 0).all()
    unscored = engine.e_step(family, Y, counts, family.scaled(Parameters.of(starts)), score=False)
    np.testing.assert_array_equal(unscored.total, sums.total)
    assert (unscored.log_likelihood == 0).all()


def test_the_broadest_class_is_the_reference_where_that_is_worth_looking_for(taken, monkeypatch):
    for small, way in [(engine.SMALL, engine.SHIFTED), (0, engine.CLIPPED)]:
        monkeypatch.setattr(engine, "SMALL", small)
        family, sums = sums_of(Y, CLIPPED_IF_TURNED)
        assert taken()[-1] == (way, 0)
        assert_sums_of(family, sums, Y, CLIPPED_IF_TURNED)


def test_a_reference_that_could_overflow_the_sum_is_not_taken(taken, monkeypatch):
    # All reaches are between 350 and 700, so that an object's density may be e^-700 of the reference's peak.
    monkeypatch.setattr(engine, "SMALL", 0)
    starts = [Mixture([0.5, 0.5], [0, 1], [0.03, 0.035])]
    family, sums = sums_of(Y, starts)
    assert taken() == [(engine.SHIFTED, 0)]
    assert_sums_of(family, sums, Y, starts)


def test_restarts_that_need_different_ways_do_not_slow_each_other(taken, monkeypatch):
    monkeypatch.setattr(engine, "SMALL", 0)
    monkeypatch.setattr(engine, "BLOCK", 3 * 60 * 2)  # two restarts together
    starts = [PLAIN[0], ALL_NARROW[0], PLAIN[1], ALL_NARROW[1]]
    family, sums = sums_of(Y, starts)
    assert sorted(taken()) == [(engine.PLAIN, 0), (engine.SHIFTED, 6)]
    assert_sums_of(family, sums, Y, starts)


@pytest.mark.parametrize("small", [0, 10**9])
@pytest.mark.parametrize("block", [1, 2, 3, 7, 60, 179, 180, 181, 361, 10**6])
def test_the_size_of_a_block_does_not_matter(block, small, monkeypatch):
    monkeypatch.setattr(engine, "BLOCK", block)
    monkeypatch.setattr(engine, "SMALL", small)
    for starts in (STARTS, EVERY):
        assert_sums_of(*sums_of(Y, starts), Y, starts)


def test_many_objects_in_many_blocks():
    y = drawn(50_000, 3, seed=2)
    assert 3 * len(y) > engine.BLOCK > engine.SMALL
    for starts in ([spread_start(y, 3)], EVERY[:6], SOME_NARROW):
        assert_sums_of(*sums_of(y, starts), y, starts)


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 15, 16, 17])
def test_eight_objects_to_a_logarithm_and_those_that_are_left(n):
    assert_sums_of(*sums_of(Y[:n], PLAIN), Y[:n], PLAIN)


def test_eight_objects_whose_product_is_not_a_number(taken):
    # The second class is e^213 times as dense as the first at half of the objects, and e^852 is infinite.
    y = np.repeat([0.0, 8.0], 16)
    start = Mixture([0.5, 0.5], [0, 8], [0.15, 0.15])
    family, sums = sums_of(y, [start])
    assert taken() == [(engine.PLAIN, 0)]
    assert_sums_of(family, sums, y, [start])


@pytest.mark.parametrize(("starts", "way"), [(CLIPPED, engine.CLIPPED), (SHIFTED, engine.SHIFTED)])
def test_no_exponent_is_so_small_that_exp_becomes_slow(starts, way, taken):
    # Objects all at 9: the density of the narrow classes there is 0 as a float, and e^-700 is what they get.
    source = objects_of(Y)
    family, y = source.family, np.full(40, 9.0)
    sums = engine.e_step(family, y, None, family.scaled(Parameters.of(starts)))
    assert taken()[-1] == (way, 0)
    assert sums.counts.min() > np.exp(-700)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_other_numbers_of_classes(k):
    starts = [spread_start(Y, k), Mixture(np.full(k, 1 / k), np.arange(k), np.full(k, 1e-7))]
    for some in (starts, starts[:1], starts[1:]):
        assert_sums_of(*sums_of(Y, some), Y, some)


@pytest.mark.parametrize("narrowest", [1e-2, 0.1, 1.0])
def test_a_step_of_many_objects_has_ten_digits(narrowest):
    # The same in long doubles, which have three digits more than doubles on most machines.
    rng = np.random.default_rng(11)
    sds, means = np.array([narrowest, 0.5, 1.0]), np.array([1.5, -1.0, 0.5])
    z = rng.integers(3, size=30_000)
    y = 50 + 3 * rng.normal(means[z], sds[z])
    start = Mixture([0.3, 0.3, 0.4], 50 + 3 * (means + 0.3 * sds), (3 * sds) ** 2 * 1.2)
    weights, centres, variances = (np.array(part, dtype=np.longdouble) for part in parts(start))
    distance = y.astype(np.longdouble)[:, np.newaxis] - centres
    log_joint = np.log(weights) - (distance**2 / variances + np.log(2 * np.pi * variances)) / 2
    top = log_joint.max(axis=1, keepdims=True)
    joint = np.exp(log_joint - top)
    value = (top[:, 0] + np.log(joint.sum(axis=1))).sum()
    r = joint / joint.sum(axis=1, keepdims=True)
    n_k = r.sum(axis=0)
    shift = (r * distance).sum(axis=0) / n_k
    spread = (r * (distance - shift) ** 2).sum(axis=0) / n_k
    before, after = (fit(y, 3, starts=start, max_iter=steps, tol=0) for steps in (0, 1))
    assert before.log_likelihood == pytest.approx(float(value), rel=1e-10)
    np.testing.assert_allclose(after.mixture.weights, (n_k / len(y)).astype(float), rtol=1e-10)
    assert (np.abs(after.mixture.means - (centres + shift)) / np.sqrt(spread)).max() < 1e-10
    np.testing.assert_allclose(after.mixture.variances, spread.astype(float), rtol=1e-10)


# The M-step


def test_m_step_measures_narrow_classes_from_their_means_where_these_lie_among_the_objects():
    family, sums = sums_of(Y, [*SOME_NARROW, *FAR])
    now = family.scaled(Parameters.of([*SOME_NARROW, *FAR]))
    sds = np.sqrt(now.variances)
    # The wide classes keep 0 and 1; of those far outside the nearest object is the origin.
    a, b = now.means[0, 1], now.means[1, [0, 2]]
    origin = [[0, a, 0], [b[0], 0, b[1]], [0, 0, family.high], [family.low, 0, 0]]
    np.testing.assert_array_equal(sums.origin, origin)
    np.testing.assert_array_equal(sums.unit, np.where(np.array(origin) == 0, 1, sds))


@pytest.mark.parametrize("variance", [1e-4, 1e-6, 1e-9])
def test_a_narrow_class_loses_no_digits(variance):
    # Objects that lie 1e-9 sds of all apart: in powers of t their variance would be rounding.
    near = 3 + np.sqrt(variance) * drawn(40, 1, seed=6)
    y = np.concatenate([Y, near])
    start = Mixture([0.6, 0.4], [3, near.mean()], [9, variance])
    ends = run(y, [start], max_iter=30)
    textbook = em(y, start, max_iter=30, tol=0, floor=0)
    assert_same_mixture(ends.parameters.mixture(0), textbook.mixture, rtol=1e-8)
    assert ends.parameters.variances[0, 1] < 5 * variance


# Runs


@pytest.mark.parametrize("floor", [0.0, 2.0])
@pytest.mark.parametrize("steps", [0, 1, 2, 10, 40])
def test_every_run_of_a_batch_is_the_textbooks(steps, floor):
    ends = run(Y, STARTS, max_iter=steps, floor=floor)
    for restart, start in enumerate(STARTS):
        textbook = em(Y, start, max_iter=steps, tol=0, floor=floor)
        assert_same_mixture(ends.parameters.mixture(restart), textbook.mixture, rtol=1e-9)
        assert ends.log_likelihood[restart] == pytest.approx(textbook.log_likelihoods[-1], rel=1e-12)
    np.testing.assert_array_equal(ends.n_iter, steps)
    np.testing.assert_array_equal(ends.converged, False)
    assert floor == 0 or ends.parameters.variances.min() == floor


def test_every_run_stops_where_the_textbook_stops_and_leaves_the_batch():
    textbook = np.array([em(Y, start, tol=1e-7, floor=0).n_iter for start in STARTS])
    assert len(set(textbook)) > 1  # else none left the batch before another
    for most in (5000, int(np.sort(textbook)[-1]) - 1):
        going, steps = [], np.minimum(textbook, most)
        ends = run(Y, STARTS, max_iter=most, tol=1e-7, watch=lambda step, left, to=going: to.append(left))
        np.testing.assert_array_equal(ends.n_iter, steps)
        np.testing.assert_array_equal(ends.converged, textbook <= most)
        assert going == [int((textbook > step).sum()) for step in range(steps.max() + 1)]


def test_the_starts_are_left_alone_and_not_shared():
    begin = Parameters.of(STARTS)
    before = [part.copy() for part in begin]
    for steps in (0, 3):
        ends = loop.run(objects_of(Y), begin, max_iter=steps, tol=0.0, floor=2.0)
        for part, original, end in zip(begin, before, ends.parameters, strict=True):
            np.testing.assert_array_equal(part, original)
            assert not np.shares_memory(part, end)


def test_what_has_not_moved_comes_back_as_it_was_given():
    # Through the coordinates and back, 0.1 would be 0.1 and some rounding of 1,000.
    start = Mixture([0.1, 0.9], [0.1, 1000.7], [0.1, 0.3])
    assert run(Y * 0.1 + 1e3, [start], max_iter=0).parameters.mixture(0) == start


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_class_that_lost_its_objects_gets_the_mean_and_variance_of_all(steps):
    y = drawn(40, 1, seed=3)
    ends = run(y, [Mixture([0.5, 0.5], [0, 1e6], [1, 1])], max_iter=steps)
    made = ends.parameters.mixture(0)
    assert 0 < made.weights[1] < 1e-190
    expected = Mixture([1, made.weights[1]], [y.mean()] * 2, [y.var()] * 2)
    assert_same_mixture(made, expected, rtol=1e-11)
    assert np.isfinite(ends.log_likelihood).all()


@pytest.mark.parametrize("far", [1e3, 1e6, 1e9, 1e12])
@pytest.mark.parametrize("variance", [1e-3, 1.0, 100.0])
def test_a_start_far_outside_the_objects_goes_where_the_textbook_goes(far, variance):
    # Sums around the far mean would lose every digit of the variance: (1e9)^2 + 1 is (1e9)^2.
    y = np.concatenate([drawn(50, 1, seed=4), 8 + drawn(50, 1, seed=5)])
    for means in [[-far, far], [far, 2 * far]]:
        start = Mixture([0.5, 0.5], means, [variance, variance])
        ends = run(y, [start], max_iter=20, floor=1e-5)
        textbook = em(y, start, max_iter=20, tol=0, floor=1e-5)
        assert_same_mixture(ends.parameters.mixture(0), textbook.mixture, rtol=1e-9)


# Objects that stand for several


def test_counts_count_towards_the_tolerance_and_the_default_floor():
    # tol is per object, and an entry with count 1,000 is a thousand of them; the floor follows the variance.
    start = Mixture([0.5, 0.5], [Y[0], 3], [1e-9, 4])
    for starts in (STARTS, start):
        k = 2 if starts is start else 3
        counted = fit(Y, k, starts=starts, counts=1000 * COUNTS, tol=1e-7)
        repeated = fit(np.repeat(Y, COUNTS), k, starts=starts, tol=1e-7)
        np.testing.assert_array_equal(counted.runs.n_iter, repeated.runs.n_iter)
        per_object = counted.runs.log_likelihood / 1000
        np.testing.assert_allclose(per_object, repeated.runs.log_likelihood, rtol=1e-11)
        assert counted.mixture.variances.min() == pytest.approx(repeated.mixture.variances.min(), rel=1e-8)


def test_entries_that_count_nothing_are_as_if_absent():
    # Even one that would stretch the range, and so the coordinates, to nothing.
    counts = np.concatenate([COUNTS, [0, 0]])
    y = np.concatenate([Y, [1e9, -1e150]])
    there = COUNTS > 0
    assert not there.all()
    for starts in (STARTS, "k-means++", "classes"):
        with_zeros = fit(y, 3, starts=starts, restarts=4, counts=counts, max_iter=9, tol=0)
        without = fit(Y[there], 3, starts=starts, restarts=4, counts=COUNTS[there], max_iter=9, tol=0)
        np.testing.assert_array_equal(with_zeros.runs.log_likelihood, without.runs.log_likelihood)
        assert with_zeros.mixture == without.mixture


def test_starts_are_drawn_by_the_counts():
    # Objects of which the last is 999 of 1,000: nearly every first mean is there.
    y, counts = np.array([0.0, 1.0, 5.0]), np.array([0.5, 0.5, 999])
    for some, value in [(counts, 5), (counts[::-1], 0)]:
        found = fit(y, 1, starts="objects", restarts=200, counts=some, max_iter=0)
        assert (found.runs.starts.means == value).mean() > 0.95


# Objects in blocks


BLOCKS = [Y[:1], Y[1:20], Y[20:21], Y[21:]]


def test_blocks_are_met_in_the_same_coordinates():
    for blocks in (BLOCKS, BLOCKS[::-1], [np.sort(Y)[:5], np.sort(Y)[5:]], [np.sort(Y)[5:], np.sort(Y)[:5]]):
        one, other = objects_of(blocks).family, objects_of(Y).family
        assert one.centre == pytest.approx(other.centre, rel=1e-14)
        for name in ("unit", "low", "high", "mean", "variance", "bound"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("starts", ["uniform", "objects", "k-means++", "classes"])
def test_starts_drawn_from_blocks_are_those_drawn_from_the_objects(starts):
    apart, together = (fit(y, 3, starts=starts, restarts=3, max_iter=0).runs.starts for y in (BLOCKS, Y))
    for one, other in zip(apart, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_starts_of_many_objects_are_drawn_from_a_sample_of_all_of_them():
    y = np.sort(drawn(40_000, 3, seed=2))
    blocks = np.split(y, [100, 9_000, 9_001])
    how = {"starts": "objects", "restarts": 500, "max_iter": 0}
    apart, together = (fit(some, 2, **how).runs.starts.means for some in (blocks, y))
    np.testing.assert_array_equal(apart, together)
    assert np.isin(apart, y).all()
    # Their mean is that of y within six of its Monte Carlo errors: it is no sample of the first block.
    assert abs(apart.mean() - y.mean()) < 6 * y.std() / np.sqrt(apart.size)


def test_more_classes_than_a_sample_holds_objects(monkeypatch):
    monkeypatch.setattr(objects, "SAMPLE", 16)
    found = fit(Y, 20, starts=["objects", "k-means++"], restarts=1, max_iter=1)
    assert found.runs.means.shape == (2, 20)


# Few responsibilities go the textbook's way: on either side of the switch both ways agree


@pytest.mark.parametrize("restarts", [20, 21])
def test_the_textbooks_way_and_the_engines_agree_on_either_side_of_the_switch(restarts, monkeypatch):
    y, calls, true = load("lecture_2021").y, [], engine.e_step
    monkeypatch.setattr(engine, "e_step", lambda *given: calls.append(1) or true(*given))
    assert 20 * 4 * len(y) <= FEW_RESPONSIBILITIES < 21 * 4 * len(y)

    def run(few):
        monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", few)
        calls.clear()
        found = fit(y, 4, restarts=restarts, max_iter=60, tol=0)
        return found, len(calls)

    as_it_is, used = run(FEW_RESPONSIBILITIES)
    assert bool(used) == (restarts == 21)
    by_engine, by_textbook = run(0), run(2**40)
    assert by_engine[1] > 60
    assert by_textbook[1] == 0
    for found in (by_engine[0].runs, as_it_is.runs):
        other = by_textbook[0].runs
        np.testing.assert_allclose(found.log_likelihood, other.log_likelihood, rtol=1e-12, atol=0)
        for name in ("weights", "means", "variances"):
            np.testing.assert_allclose(getattr(found, name), getattr(other, name), rtol=1e-7, atol=1e-9)
