"""However objects come, a fit is the same: in blocks, counted, permuted, from a file, in other numbers."""

import tempfile

import dask
import dask.array as da
import numpy as np
import pytest
from problems import assert_same_runs, drawn, several_starts

from gmm_lesson import Mixture, fit
from gmm_lesson.engine import objects
from gmm_lesson.engine.plane import PlaneMixture, fit_plane

RNG = np.random.default_rng(7)
N = 60
COUNTS = RNG.integers(0, 4, size=N)
SHARE = RNG.uniform(0.1, 0.9, size=N)
CUTS = [1, 20, 21]
WHOLE = "int8", "uint8", "uint16", "int64", "uint64"
THERE = (np.arange(N) > 8) & (np.arange(N) % 20 != 3)  # of the first Dask chunk nothing
LATE = np.where(np.arange(N) < 20, 0.0, 1.0)


class Reread:
    """Blocks that are made again at every pass, as from a file."""

    def __init__(self, *passes):
        self.passes, self.count = passes, 0

    def __iter__(self):
        self.count += 1
        yield from self.passes[min(self.count, len(self.passes)) - 1]


def on_disk(values):
    maps = []
    for block in blocks(values):
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            np.save(file, block)
            file.flush()
            maps.append(np.load(file.name, mmap_mode="r"))
    return maps


def sixteenths(values):
    """Return what every kind of floats holds."""
    return np.round(values * 16) / 16


def line():
    y = sixteenths(drawn(N, 3, seed=1))
    starts = [
        *(several_starts(y)[start] for start in (0, 1, 4)),
        Mixture([0.2, 0.3, 0.5], [y[9], 3.5, y[11]], [1e-5, 9, 1e-3]),
    ]
    return y, starts, fit


def plane(covariance):
    y = sixteenths(np.column_stack([drawn(N, 3, seed=1), drawn(N, 2, seed=2)]))
    tilt = [[4.0, 1.2], [1.2, 3.0]] if covariance == "full" else np.diag([4.0, 3.0])
    starts = [
        PlaneMixture([0.2, 0.3, 0.5], y[[0, 20, 40]], [tilt, np.eye(2), 3 * np.eye(2)]),
        PlaneMixture([0.6, 0.2, 0.2], y[[5, 6, 59]], [np.eye(2), tilt, 1e-4 * np.eye(2)]),
    ]
    return y, starts, lambda *given, **how: fit_plane(*given, covariance=covariance, **how)


PROBLEMS = {"line": line(), "line, directly": line(), "diagonal": plane("diagonal"), "full": plane("full")}
WAYS = {
    "plain": {"max_iter": 25, "tol": 0},
    "accelerated": {"max_iter": 20, "tol": 0, "accelerate": True},
}


def blocks(values):
    return np.split(values, CUTS)


def chunks(values):
    return da.from_array(values, chunks=(7, *values.shape[1:]))


# How each form is made of the objects, and for which objects and counts it stands, if not for those.
FORMS = {
    "list of blocks": (lambda y: (blocks(y), None), None),
    "tuple of blocks": (lambda y: (tuple(blocks(y)), None), None),
    "one block": (lambda y: ([y], None), None),
    "blocks of nothing": (lambda y: ([y[:0], y[:10], y[:0], y[10:]], None), None),
    "blocks read again": (lambda y: (Reread(blocks(y)), None), None),
    "memory maps": (lambda y: (on_disk(y), None), None),
    "lists": (lambda y: (y.tolist(), None), None),
    "a list of rows": (lambda y: (list(y), None), None),
    "permuted": (lambda y: (y[::-1], None), None),
    "chunks": (lambda y: (chunks(y), None), None),
    "chunks of unknown size": (lambda y: (chunks(y)[chunks(THERE)], None), lambda y: (y[THERE], None)),
    "counts": (lambda y: (y, COUNTS), lambda y: (np.repeat(y, COUNTS, axis=0), None)),
    "counts of one": (lambda y: (y, np.ones(N)), None),
    "shares": (lambda y: (np.concatenate([y, y]), np.append(SHARE, 1 - SHARE)), None),
    "counted blocks": (lambda y: (blocks(y), blocks(COUNTS)), lambda y: (y, COUNTS)),
    "counted blocks read again": (lambda y: (blocks(y), Reread(blocks(COUNTS))), lambda y: (y, COUNTS)),
    "counted chunks": (lambda y: (chunks(y), chunks(COUNTS)), lambda y: (y, COUNTS)),
    "a block that counts nothing": (lambda y: (blocks(y), blocks(LATE)), lambda y: (y[20:], None)),
    "far ones that count nothing": (
        lambda y: (np.concatenate([y, 0 * y[:2] + 1e150]), np.append(COUNTS, [0, 0])),
        lambda y: (y[COUNTS > 0], COUNTS[COUNTS > 0]),
    ),
    "float32": (lambda y: (blocks(y.astype("f4")), None), None),
    "big-endian": (lambda y: (y.astype(">f8"), None), None),
    "objects of Python's": (lambda y: (Reread(blocks(y.astype(object))), None), None),
    # In int8, 127 + 1 is -128.
    **{
        kind: (lambda y, k=kind: (blocks(whole(y, k)), None), lambda y, k=kind: (whole(y, k) + 0.0, None))
        for kind in WHOLE
    },
}


def whole(y, kind):
    """Return whole numbers that fill their type, or much of it."""
    ends = np.clip([np.iinfo(kind).min, np.iinfo(kind).max], -(2.0**40), 2.0**40)
    return (ends[0] + (y - y.min()) / np.ptp(y) * np.ptp(ends)).astype(kind)


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("form", FORMS)
def test_a_fit_is_the_same_however_its_objects_come(form, problem, how, monkeypatch):
    monkeypatch.setattr(objects, "FEW_RESPONSIBILITIES", 10**9 if problem == "line, directly" else 0)
    y, starts, fit_of = PROBLEMS[problem]
    if form in WHOLE:
        starts = "objects"
    elif "accelerate" in how:
        starts = starts[:2]  # jumps between classes that have hardly any object make rounding large
    given, same = FORMS[form]
    with dask.config.set(scheduler="synchronous"):
        found, expected = (
            fit_of(values, 3, counts=counts, starts=starts, restarts=2, **how)
            for values, counts in (given(y), same(y) if same else (y, None))
        )
    # A jump makes rounding larger.
    assert_same_runs(found, expected, rtol=1e-6 if "accelerate" in how else 1e-9, score=1e-11)


@pytest.mark.parametrize("second", [-1, 0, 1], ids=["fewer", "none", "more"])
@pytest.mark.parametrize("after", [3, 4, 5, 9])  # the first passes look, check and count
def test_blocks_that_change_between_passes_are_refused(second, after):
    y, starts, _ = PROBLEMS["line"]
    other = {-1: blocks(y)[:-1], 0: [], 1: [*blocks(y), y[:1]]}[second]
    with pytest.raises(ValueError, match=r"^y must .*; got "):
        fit(Reread(*[blocks(y)] * after, other), 3, starts=starts, max_iter=20, tol=0)
