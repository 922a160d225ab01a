"""Other machines: the same fit on a Dask array, on a real cluster of processes, one of which is killed."""

import logging
import os
import signal
import threading

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster

from gmm_lesson import Mixture, fit
from gmm_lesson.compress import compressed
from gmm_lesson.objects import objects_of
from gmm_lesson.plane import PlaneMixture, fit_plane

N = 60_000
START = Mixture([0.3, 0.3, 0.4], [0, 3, 5], [1, 1, 4])


@pytest.fixture(scope="module")
def y():
    rng = np.random.default_rng(0)
    return 1e3 + rng.normal(3.0 * rng.integers(3, size=N), 1.0)


@pytest.fixture(scope="module")
def start():
    return Mixture(START.weights, 1e3 + START.means, START.variances)


@pytest.fixture(scope="module")
def client():
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a killed worker is meant
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client


def assert_agree(found, one):
    assert found.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12, abs=0)
    for part in ("weights", "means", "variances"):
        np.testing.assert_allclose(getattr(found.runs, part), getattr(one.runs, part), rtol=1e-9)
    np.testing.assert_array_equal(found.runs.n_iter, one.runs.n_iter)
    np.testing.assert_array_equal(found.runs.converged, one.runs.converged)


@pytest.mark.parametrize(
    "how", [{"max_iter": 10, "tol": 0}, {"tol": 1e-9}, {"tol": 1e-9, "accelerate": True}]
)
def test_agrees_with_one_machine(client, y, start, how):
    assert_agree(fit(da.from_array(y, chunks=7_000), 3, starts=start, **how), fit(y, 3, starts=start, **how))


def test_several_restarts_from_a_strategy_start_and_end_where_they_do_on_one_machine(client, y):
    few = y[:9_000]  # so few that every object is seen by the strategy, in order
    how = {"restarts": 3, "rng": 1, "max_iter": 5, "tol": 0}
    found, one = fit(da.from_array(few, chunks=2_000), 3, **how), fit(few, 3, **how)
    np.testing.assert_array_equal(found.runs.starts.means, one.runs.starts.means)
    assert_agree(found, one)


def test_a_strategy_sees_a_sample_of_many_objects(client, y):
    found, one = (fit(values, 3, restarts=2, max_iter=1) for values in (da.from_array(y, chunks=7_000), y))
    np.testing.assert_array_equal(found.runs.starts.means, one.runs.starts.means)
    assert np.isin(found.runs.starts.means, y).all()


def test_how_the_data_is_cut_changes_nothing_but_rounding(client, y, start):
    for chunks in [N, 20_000, 999]:
        found = fit(da.from_array(y, chunks=chunks), 3, starts=start, max_iter=3, tol=0)
        assert_agree(found, fit(y, 3, starts=start, max_iter=3, tol=0))


def test_chunks_of_unknown_size_and_empty_ones(client, y, start):
    array = da.from_array(np.sort(y), chunks=7_000)
    high = array[
        array > np.quantile(y, 0.5)
    ]  # Dask does not know how many; in the first chunks there are none
    found = fit(high, 3, starts=start, max_iter=3, tol=0)
    assert_agree(found, fit(y[y > np.quantile(y, 0.5)], 3, starts=start, max_iter=3, tol=0))


def test_weighted_objects(client, y, start):
    counts = np.random.default_rng(1).integers(0, 3, size=N)
    found = fit(
        da.from_array(y, chunks=7_000),
        3,
        starts=start,
        max_iter=3,
        tol=0,
        counts=da.from_array(counts, chunks=7_000),
    )
    assert_agree(found, fit(y, 3, starts=start, max_iter=3, tol=0, counts=counts))


def test_the_histogram_is_made_where_the_data_is(client, y):
    there, here = (compressed(objects_of(values), 256) for values in (da.from_array(y, chunks=7_000), y))
    ((values, counts),), ((expected, numbers),) = there._read(), here._read()
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    np.testing.assert_array_equal(counts, numbers)


def test_a_compressed_and_accelerated_fit(client, y, start):
    how = {"starts": start, "tol": 1e-13, "accelerate": True}
    found = fit(da.from_array(y, chunks=7_000), 3, compress=True, **how)
    one = fit(y, 3, **how)
    assert found.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(found.mixture.means, one.mixture.means, rtol=1e-8)


def test_in_the_plane(client):
    rng = np.random.default_rng(2)
    start = PlaneMixture([0.5, 0.5], [[0, 0], [3, 3]], [np.eye(2), np.eye(2)])
    points, _ = start.sample(10_000, rng)
    how = {"starts": start, "max_iter": 5, "tol": 0}
    assert_agree(fit_plane(da.from_array(points, chunks=(3_000, 2)), 2, **how), fit_plane(points, 2, **how))


def slow(block):
    """Do nothing to a block, slowly: so that a worker dies in the middle."""
    threading.Event().wait(0.02)
    return block


def test_a_worker_killed_in_the_middle_changes_nothing(client, y, start):
    array = da.from_array(y, chunks=7_000).map_blocks(slow, dtype=float)
    how = {"starts": start, "max_iter": 12, "tol": 0}
    undisturbed = fit(array, 3, **how)
    before = client.run(os.getpid)
    steps = []

    def kill_one_at_the_fourth_step():
        os.kill(next(iter(before.values())), signal.SIGKILL)

    # The loop tells after each step how many there were: the kill falls between the fourth and the fifth.
    found = fit_watched(array, how, steps, {4: kill_one_at_the_fourth_step})
    assert steps[-1] == 12
    client.wait_for_workers(2)
    assert set(client.run(os.getpid).values()) != set(before.values())  # one of them really was killed
    assert found.log_likelihood[0] == undisturbed.log_likelihood
    for part, expected in zip(found.parameters, undisturbed.runs.starts, strict=True):
        assert part.shape == expected.shape
    np.testing.assert_array_equal(found.parameters.means, undisturbed.runs.means)
    np.testing.assert_array_equal(found.parameters.variances, undisturbed.runs.variances)


def fit_watched(array, how, steps, events):
    """Fit as `fit` does, and call what `events` has for a step."""
    from gmm_lesson import loop
    from gmm_lesson.family import Parameters

    def watch(step, going):
        steps.append(step)
        if step in events:
            timer = threading.Timer(0.03, events[step])  # in the middle of the next step, not between two
            timer.start()

    source = objects_of(array)
    begin = Parameters.of([how["starts"]])
    floor = 1e-6 * source.variance
    return loop.run(source, begin, max_iter=how["max_iter"], tol=how["tol"], floor=floor, watch=watch)


def test_needs_no_cluster(y, start):
    # Without one, Dask computes with threads: the desk that each works on is its own.
    with dask.config.set(scheduler="threads", num_workers=4):
        found = fit(da.from_array(y, chunks=999), 3, starts=start, max_iter=10, tol=0)
    assert_agree(found, fit(y, 3, starts=start, max_iter=10, tol=0))


@pytest.mark.parametrize(
    ("values", "counts", "words"),
    [
        (np.ones((4, 2)), None, "y must have 1 ax"),
        (np.array([1.0, np.nan, 3.0]), None, "y must be finite"),
        (np.array(["a", "b"]), None, "y must be"),
        (np.empty(0), None, "y must not be empty"),
        (np.arange(4.0), np.array([1, 1, 1]), "counts must"),
        (np.arange(4.0), np.array([1, -1, 1, 1]), "counts must not be negative"),
        (np.arange(4.0), np.zeros(4), "counts must not be all 0"),
    ],
)
def test_bad_input_is_refused_where_it_lies(values, counts, words):
    array = da.from_array(values, chunks=2)
    counts = None if counts is None else da.from_array(counts, chunks=2)
    with pytest.raises((TypeError, ValueError), match=words):
        fit(array, 2, counts=counts)


def test_counts_that_are_no_dask_array_are_refused():
    with pytest.raises((TypeError, ValueError), match="counts must be a Dask array in chunks like y's"):
        fit(da.arange(4.0, chunks=2), 2, counts=[1, 1, 1, 1])
