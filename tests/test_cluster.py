"""Other machines: the same fit on a Dask array, on a real cluster of processes, one of which is killed."""

import logging
import os
import re
import threading
from contextlib import nullcontext
from decimal import Decimal

import dask
import dask.array as da
import numpy as np
import psutil
import pytest
from dask.bag import Bag
from distributed import Client, LocalCluster
from problems import assert_same_runs

from gmm_lesson import Mixture, fit
from gmm_lesson.engine import progress
from gmm_lesson.engine.plane import fit_plane

N = 24_000
RNG = np.random.default_rng(0)
Y = 1e3 + RNG.normal(3.0 * RNG.integers(3, size=N), 1.0)
START = Mixture([0.3, 0.3, 0.4], [1000, 1003, 1005], [1, 1, 4])


@pytest.fixture(scope="module")
def client():
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a killed worker is meant
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client


@pytest.mark.filterwarnings("ignore:Running on a single-machine")  # older Dask, of the last case
@pytest.mark.parametrize(
    ("chunks", "how", "scheduler"),
    [
        (3_000, {"tol": 1e-3}, {}),
        (3_000, {"tol": 1e-4, "accelerate": True}, {}),
        (N, {"max_iter": 3, "tol": 0}, {}),
        (1_001, {"max_iter": 3, "tol": 0}, {}),
        (3_000, {"max_iter": 9, "tol": 0, "compress": True}, {}),
        # Without a cluster Dask computes with threads: the workspace that each works on is its own.
        (999, {"max_iter": 10, "tol": 0}, {"scheduler": "threads", "num_workers": 4}),
    ],
)
def test_agrees_with_one_machine_however_the_data_is_cut(client, chunks, how, scheduler):
    with dask.config.set(**scheduler):
        found = fit(da.from_array(Y, chunks=chunks), 3, starts=START, **how)
    assert_same_runs(found, fit(Y, 3, starts=START, **how), rtol=2e-10)


def slow(block):
    """Do nothing to a block, slowly: so that a worker dies in the middle."""
    threading.Event().wait(0.02)
    return block


def test_a_worker_killed_in_the_middle_changes_nothing(client, monkeypatch):
    array = da.from_array(Y, chunks=3_000).map_blocks(slow, dtype=float)
    how = {"starts": START, "max_iter": 8, "tol": 0}
    undisturbed, before, steps = fit(array, 3, **how), client.run(os.getpid), []

    def watch(step, going):
        steps.append(step)
        if step == 4:  # the kill falls in the middle of the next step, not between two
            threading.Timer(0.03, psutil.Process(next(iter(before.values()))).kill).start()

    monkeypatch.setattr(progress, "bar", lambda *given: nullcontext(watch))
    found = fit(array, 3, **how)
    assert steps[-1] == 8
    client.wait_for_workers(2)
    assert set(client.run(os.getpid).values()) != set(before.values())  # one of them really was killed
    assert found.log_likelihood == undisturbed.log_likelihood
    assert found.mixture == undisturbed.mixture


EIGHT = np.array([0.0, 1, 2, 3, 10, 11, 12, 13])


def eight_with(value, at=4, kind=object):
    values = EIGHT.astype(kind)
    values[at] = value
    return values


# Whatever a Dask array may hold: as its twin in memory, fitted or refused.
HELD = {
    **{kind: EIGHT.astype(kind) for kind in ("f4", "f2", "g", "i8", "u1", "O", "c16", "U", "M8[D]", "m8[D]")},
    **{f"{value} among objects": eight_with(value) for value in (None, "4", True, np.nan, 1e200)},
    **{
        f"{value} at {at}": eight_with(value, at, float)
        for value in (np.nan, -np.inf, 1e200)
        for at in (3, 4, 7)
    },
    "decimal numbers": np.array([Decimal(int(value)) for value in EIGHT]),
    "too large for a float": eight_with(10**400),
    "nothing masked": np.ma.array(EIGHT, mask=False),
    "masked": np.ma.array(EIGHT, mask=EIGHT == 11),
    "booleans": EIGHT > 5,
    "a structure": np.zeros(8, dtype=[("a", float)]),
    "rows": np.column_stack([EIGHT, EIGHT]),
    "a number": np.array(3.0),
    "nothing": np.empty(0),
}


def answer(call):
    """What a call finds, or how it refuses: the kind of error, and its words up to what differs by place."""
    try:
        return call().log_likelihood
    except (TypeError, ValueError) as refusal:
        said = re.sub(
            r"such in .*|: give .*|got (a Dask Array with|shape|a single|no object).*", "", str(refusal)
        )
        return type(refusal), said.replace(", and counts must not be all 0", "")


def together(y, counts=None):
    return fit(y, 2, starts=Mixture([0.5, 0.5], [2, 9], [4, 4]), counts=counts, max_iter=5)


@pytest.mark.parametrize("values", HELD.values(), ids=HELD)
def test_what_is_held_is_fitted_counted_or_refused_as_in_memory(values):
    array, eight = (da.from_array(some, chunks=3) for some in (values, EIGHT))
    assert answer(lambda: together(array)) == pytest.approx(answer(lambda: together(values)))
    if values.shape == (8,):
        counted = answer(lambda: together(eight, array))
        assert counted == pytest.approx(answer(lambda: together(EIGHT, values)))


def test_an_error_counts_from_the_first_chunk_also_where_dask_does_not_know_their_lengths():
    values = eight_with(np.nan, 6, float)
    array = da.from_array(values, chunks=3)
    with pytest.raises(ValueError, match=r"got nan at y\[4\] \(1 such in y\[4:6\]\)"):
        together(array[(array != 0) & (array != 1)])
    points = np.column_stack([EIGHT, values])
    with pytest.raises(ValueError, match=r"got nan at y\[6, 1\]"):
        fit_plane(da.from_array(points, chunks=(3, 2)), 2)
    with pytest.raises(ValueError, match=r"got nan at counts\[6\]"):
        together(da.from_array(EIGHT, chunks=3), array)


class Column:
    """A column of a Dask DataFrame, or several: parts of unknown length, which know how to become arrays."""

    to_dask_array = None  # it warns about columns that are not numpy's, so it is not called

    def __init__(self, *parts):
        self.parts, self.ndim, self.npartitions = parts, np.ndim(parts[0]), len(parts)

    def to_delayed(self):
        return [dask.delayed(part) for part in self.parts]


Column.__module__ = "dask.dataframe"


def test_a_column_of_a_data_frame_is_fitted_as_its_numbers():
    parts = np.split(EIGHT.astype(object), [3, 3])
    column, counts = Column(*parts), Column(*np.split(np.arange(8) % 3, [3, 3]))
    assert together(column).log_likelihood == pytest.approx(together(EIGHT).log_likelihood)
    assert together(column, counts).log_likelihood == pytest.approx(
        together(EIGHT, np.arange(8) % 3).log_likelihood
    )
    assert fit_plane(
        Column(*np.split(np.column_stack([EIGHT, EIGHT[::-1] ** 2]), 2)), 2, restarts=2
    ).converged
    with pytest.raises(ValueError, match=r"got nan at y\[6\]"):
        together(Column(*np.split(eight_with(np.nan, 6), [3, 3])))
    with pytest.raises(ValueError, match=r"each of the 5 objects at y\[3:8\]; got 4"):
        together(column, Column(*np.split(np.ones(7), [3, 3])))
    with pytest.raises(ValueError, match=r"y must have one axis.*got a Dask Column with 2 axes"):
        together(Column(np.ones((3, 2))))


DASK_BUT_NO_ARRAY = {
    "a Delayed": dask.delayed(EIGHT),
    "a list of them": [dask.delayed(EIGHT), dask.delayed(EIGHT)],
    "a list of arrays": [da.from_array(EIGHT), da.from_array(EIGHT)],
    "a Bag": Bag({("eight", 0): [1.0, 2.0]}, "eight", 1),
}


@pytest.mark.parametrize("value", DASK_BUT_NO_ARRAY.values(), ids=DASK_BUT_NO_ARRAY)
def test_what_is_dask_and_no_array_is_refused_by_name(value):
    with pytest.raises(TypeError, match=r"^y must be a Dask array.* got .*dask\.array\."):
        together(value)
    for counts in (value, [1] * 8):
        with pytest.raises(TypeError, match=r"^counts must be a Dask array in chunks like y's.* got "):
            together(da.from_array(EIGHT), counts)
    with pytest.raises((TypeError, ValueError), match=r"^counts must .* got "):
        together(EIGHT, value)
