"""A fine histogram in place of huge data on a line, and whether it was fine enough.

Every bin becomes two weighted objects, at its mean plus and minus its sd: the bin's count, mean and variance
stay exact, and only what the bin holds beyond them is lost. With bins of a thirtieth of the smallest sd that
is about 1e-9 of a parameter. It is not assumed but measured: where the fit on the histogram ended, one step
of EM is taken on all the objects and one on the histogram, and the two must agree. If they do not, the bins
are made finer; if a class is too narrow for any, the objects themselves are fitted, and a warning says so.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.engine import loop
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.loop import Ends
from gmm_lesson.engine.objects import PIECE, Objects

BINS = 2**12
"""How many bins to begin with."""
MOST_BINS = 2**16
SPARSE = 4
"""How many times as many, on either side and between, where objects are far from the others."""
AGREE = 1e-9
"""How far a step on it may be from one on the objects, in shares of weight and variance, and in sds."""


def compressed(source: Objects, bins: int, exact: bool = True) -> Objects:
    """Return at most 2 x `bins` weighted objects with the counts, means and variances of equal bins.

    Without `exact` they lie at the centres of the bins, as in any histogram.
    Objects that are far from the others get bins of their own, on either side, for one of them must not make
    the bins of all too wide. Most of these bins are empty, so there are more.
    """
    family, edges = source.family, _edges(source)
    bins *= SPARSE if len(edges) > 2 else 1
    counts, mean, square = source.total(_bins, np.add, family, bins, edges)
    (full,) = np.nonzero(counts)
    counts = counts[full]
    mean, square = mean[full] / counts, square[full] / counts
    sd = exact * np.sqrt(np.maximum(square - mean**2, 0))
    mean = exact * mean
    part, place = np.divmod(full, bins)
    t = edges[part] + np.diff(edges)[part] / bins * (place + 0.5 + np.array([mean - sd, mean + sd]))
    return source.holding(family.centre + family.unit * t.ravel(), np.tile(counts / 2, 2))


def _edges(source: Objects) -> Array:
    """Return where the bins begin and end, and where those of far objects do, in t."""
    family = source.family
    inner = (np.array([source.spread.low, source.spread.high]) - family.centre) / family.unit
    inside = inner[(family.low < inner) & (inner < family.high)]
    return np.array([family.low, *inside, family.high])


def _bins(y: Array, counts: Array | None, family: Any, bins: int, edges: Array) -> Array:
    """Return each bin's count and sums of distances from its middle and of their squares, (3, all bins)."""
    sums = np.zeros((3, bins * (len(edges) - 1)))
    scales = bins / np.diff(edges)
    for at in range(0, len(y), PIECE):
        place = (y[at : at + PIECE] - family.centre) / family.unit
        part = np.searchsorted(edges[1:-1], place) if len(edges) > 2 else 0
        place -= edges[part]
        place *= scales[part]
        which = np.minimum(place.astype(np.intp), bins - 1)
        place -= which
        place -= 0.5
        which += part * bins
        number = None if counts is None else counts[at : at + PIECE]
        first = place if number is None else place * number
        for total, weights in zip(sums, (number, first, first * place), strict=True):
            total += np.bincount(which, weights, minlength=len(total))
    return sums


def run_compressed(source: Objects, starts: Parameters, **how: Any) -> Ends:
    """Do what `loop.run` does, on a histogram; the best restart is checked on the objects, as above."""
    family, bins, tried = source.family, BINS, 0
    floor = family.scaled_floor(how["floor"])
    while bins <= MOST_BINS and 4 * bins <= source.size and family.low < family.high:
        coarse = compressed(source, bins)
        ends = loop.run(coarse, starts, **how)
        best = ends.log_likelihood.argmax()
        found = family.scaled(ends.parameters.take([best]))
        sums = source.e_step(found)
        one, other = (loop.step(source, found, some, floor) for some in (sums, coarse.e_step(found)))
        differ = apart(one, other, family.rounding**0.5)
        if differ <= AGREE:
            # The one that was checked stays the best, also among equals.
            value = sums.log_likelihood[0]
            np.minimum(ends.log_likelihood, np.nextafter(value, -np.inf), out=ends.log_likelihood)
            ends.log_likelihood[best] = value
            return ends
        tried, bins = (
            bins,
            bins * 2 ** max(1, math.ceil(math.log2(differ / AGREE) / 4)),
        )  # it falls as bins^-4
    if tried:
        narrowest = ends.parameters.variances[best].min() ** 0.5
        warnings.warn(
            f"compress: a histogram of {tried} bins is too coarse for these objects and their narrowest"
            f" class, of sd {narrowest:.3g}; the objects themselves were fitted",
            stacklevel=4,
        )
    return loop.run(source, starts, **how)


def apart(one: Parameters, other: Parameters, rounding: float) -> float:
    """Return the largest difference, in units in which a class has size one; of means, beyond rounding."""
    sd = np.sqrt(other.variances)
    weights, variances = (np.abs(one[part] / other[part] - 1) for part in (0, 2))
    means = np.maximum(np.abs(one.means - other.means) - rounding, 0) / sd
    return float(np.max([weights, means, variances]))
