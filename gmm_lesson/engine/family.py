"""What the engine deals in: parameters of many mixtures at once, sums, and kinds of Gaussians."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import LARGEST, SUM_TOLERANCE, Array, array_of, said
from gmm_lesson.em import TRACE
from gmm_lesson.mixture import FARTHEST, Components, Mixture, check_mixture


class Parameters(NamedTuple):
    """The parameters of R mixtures of K classes: arrays of shape (R, K), with more axes in the plane."""

    weights: Array
    means: Array
    variances: Array

    def mixture(self, restart: int) -> Mixture:
        """Return the mixture of one restart."""
        return Mixture(*self.take(restart))

    def take(self, which: Any) -> Parameters:
        """Return the parameters of some restarts, in the order given."""
        return Parameters(self.weights[which], self.means[which], self.variances[which])

    @classmethod
    def of(cls, mixtures: Sequence[Components]) -> Parameters:
        """Return the parameters of mixtures of one size."""
        return cls(*map(np.array, zip(*(mixture.parts for mixture in mixtures), strict=True)))

    @classmethod
    def checked(cls, starts: Any) -> Parameters:
        """Return starts on a line, Parameters or a list of mixtures of one size, or say what is wrong."""
        if not isinstance(starts, (cls, list, tuple)):
            raise TypeError(
                f"starts must be a list of mixtures, or Parameters; got {said(starts)}"
                + (": give [start]" if isinstance(starts, Mixture) else "")
            )
        if isinstance(starts, cls):
            named = starts._asdict().items()
            given = cls(*(array_of(part, f"starts.{name}", 2, LARGEST**2) for name, part in named))
            shapes = [part.shape for part in given]
            if len(set(shapes)) > 1:
                raise ValueError(f"starts must have three arrays of one shape (R, K); got {shapes}")
            for name, low in (("weights", given.weights.min()), ("variances", given.variances.min())):
                if low <= 0:
                    raise ValueError(f"starts.{name} must be above 0; got {low:g}")
            totals = given.weights.sum(axis=1)
            total = totals[np.abs(totals - 1).argmax()]
            if abs(total - 1) > SUM_TOLERANCE:
                raise ValueError(f"starts.weights must have rows that sum to one; got a sum of {total:.9g}")
            return given
        if not starts:
            raise ValueError("starts must hold at least one start; got none")
        for i, start in enumerate(starts):
            k, first = check_mixture(start, f"starts[{i}]").n_components, starts[0].n_components
            if k != first:
                raise ValueError(f"starts[{i}] must have as many classes as starts[0], {first}; got {k}")
        return cls.of(starts)


class Sums(NamedTuple):
    """The sufficient statistics, all an M-step needs: R restarts, K classes, F features. Parts add up."""

    total: Array
    """sum_i r_ik phi(z_ik), shape (R, K, F); on the line the last axis is N_k, sum r z, sum r z^2."""
    log_likelihood: Array
    """Log-likelihood of the parameters that the E-step used, shape (R,)."""
    origin: Array | None = None
    """z is measured from here, shape (R, K) on the line: near the mean for a narrow class, else from 0."""
    unit: Array | None = None
    """And in this, shape (R, K): the sd of a narrow class, else 1. None and None are 0 and 1 everywhere."""

    @property
    def counts(self) -> Array:
        """N_k, shape (R, K)."""
        return self.total[..., 0]

    def plus(self, other: Sums) -> Sums:
        """Return the sums of two parts of the data under the same parameters."""
        total, log_likelihood = self.total + other.total, self.log_likelihood + other.log_likelihood
        return Sums(total, log_likelihood, self.origin, self.unit)

    def take(self, which: Any) -> Sums:
        """Return the sums of some restarts."""
        origin, unit = (None if part is None else part[which] for part in (self.origin, self.unit))
        return Sums(self.total[which], self.log_likelihood[which], origin, unit)


SMALLEST_VARIANCE, LARGEST_VARIANCE = 1e-280, 1e280
"""Variances outside are moved to these, in units of the objects' size: 1 / variance must be a number."""
LEAST = 1e-305
"""The smallest floor, in the same units: a variance on it must have an inverse still."""
LONGEST_LOG = 300
"""The log of a variance, in the same units, beyond which no jump goes: its square must be a number too."""


class Family(ABC):
    """A kind of Gaussian, and the coordinates in which it meets the objects: centred, none larger than 1.

    They are t = (y - centre) / unit, along each axis in the plane. The unit is a power of two: dividing by it
    rounds nothing.
    """

    flat: str
    """What is said of a class whose variance is 0."""
    bound: Array
    """The largest |phi| that any object has, shape (F,)."""
    ones: Array
    """The variance of a class, or its covariance matrix, with an sd of 1 along each axis."""

    def __init__(self, centre: Any, low: Any, high: Any) -> None:
        farthest = np.maximum(centre - low, high - centre)
        self.centre = centre
        self.unit = 2.0 ** np.maximum(np.ceil(np.log2(np.where(farthest > 0, farthest, 1.0))), -500)
        self.low, self.high = (low - centre) / self.unit, (high - centre) / self.unit
        # What an object's log-density in y is short of that in t, and of the constant left out by `natural`.
        self.log_unit = float(np.log(self.unit).sum() + 0.5 * np.size(centre) * np.log(2 * np.pi))

    def one_class(self) -> Parameters:
        """Return a mixture of one class, whose sums tell the mean and variance of all objects."""
        means = np.zeros((1, 1, *np.shape(self.centre)))
        return Parameters(np.ones((1, 1)), means, self.ones[np.newaxis, np.newaxis])

    def learn_moments(self, sums: Sums, n: float) -> None:
        """Learn the mean and variance of all n objects, in t, from the sums of `one_class`."""
        _, mean, variance = self.m_step(self.one_class(), sums, n)
        self.mean, self.variance = mean[0, 0], variance[0, 0]

    def scaled(self, given: Parameters) -> Parameters:
        """Return parameters of y as parameters of t."""
        means = np.clip((given.means - self.centre) / self.unit, -FARTHEST, FARTHEST)
        return Parameters(given.weights + 0.0, means, given.variances / self._square_units())

    def unscaled(self, found: Parameters) -> Parameters:
        """Return parameters of t as parameters of y."""
        means = self.centre + self.unit * found.means
        return Parameters(found.weights, means, found.variances * self._square_units())

    def scaled_floor(self, floor: Any) -> Array:
        """Return a floor on variances of y, along each axis, as one of t."""
        floor = np.broadcast_to(floor, np.shape(self.centre))
        with np.errstate(over="ignore"):
            inner = np.nan_to_num(floor / self.unit / self.unit, posinf=LARGEST_VARIANCE)
        return np.asarray(np.where(floor > 0, np.maximum(inner, LEAST), inner))

    @abstractmethod
    def features(self, y: Any, out: Array) -> None:
        """Write phi of a block of n objects, as they came, into `out`, shape (F, n)."""

    @abstractmethod
    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta, (K, R, F), and the largest value of eta . phi, (K, R), both without log(2 pi)."""

    def taken(self, starts: Parameters) -> Parameters:
        """Return starts as users give them in the shapes of this family; `whole` undoes it."""
        return starts

    def whole(self, found: Parameters) -> Parameters:
        """Return parameters in the shapes of a mixture."""
        return found

    def zero_origin(self, now: Parameters) -> tuple[Array, Array]:
        """Return the origin 0 and the unit 1 for every class."""
        return np.zeros(now.means.shape), np.zeros(now.variances.shape) + self.ones

    def origin(self, narrow: Parameters) -> tuple[Array, Array]:
        """Return where m narrow classes are measured from, and in which units: `_roots`.

        The origin is the current mean. Near the end it hardly moves, so that the new variance, in the old
        one's units S2 / S0 - (S1 / S0)^2, loses no digits. A class more than the range of the objects outside
        it would lose them all in its first step: its origin is the object nearest to it.
        """
        nearest = np.clip(narrow.means, self.low, self.high)
        far = np.abs(narrow.means - nearest) > self.high - self.low
        return np.where(far, nearest, narrow.means), self._roots(narrow.variances)

    def _roots(self, variances: Array) -> Array:
        """Return the sds of classes, or what has the part of them."""
        return np.sqrt(variances)

    @abstractmethod
    def centred(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return exponents, (m, n), and features, (m, F, n), of z = (t - origin) / unit, of a block."""

    def textbook_sums(self, y: Any, counts: Array | None, now: Parameters, score: bool) -> Sums | None:
        """Return the sums of a few objects as em.py would, with no preparation; None if that is not safe."""
        return None

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages of n objects that maximise Q: N_k / N, the means, the variances."""
        n_k = np.maximum(sums.counts, TRACE * n)
        means, variances = self._moments(sums.total, n_k)
        if sums.origin is not None and sums.unit is not None:
            means, variances = self._uncentred(means, variances, sums.origin, sums.unit)
        return Parameters(n_k / n, means, variances)

    @abstractmethod
    def _moments(self, total: Array, n_k: Array) -> tuple[Array, Array]:
        """Return the means and variances of z."""

    def _uncentred(self, means: Array, variances: Array, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return means and variances of z as those of t."""
        return origin + unit * means, unit**2 * variances

    def constrained(self, new: Parameters, empty: NDArray[np.bool_], floor: Any) -> Parameters:
        """Return `new` with floored variances, and with all objects' mean and variance for empty classes."""
        weights, means, variances = new
        if empty.any():
            means, variances = where(empty, self.mean, means), where(empty, self.variance, variances)
        return Parameters(weights, means, self._floored(variances, floor))

    def _floored(self, variances: Array, floor: Any) -> Array:
        """Return variances of which none is below the floor."""
        return np.asarray(np.maximum(variances, floor))

    @abstractmethod
    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which variances are so small that they are rounding, shape (R, K)."""

    @abstractmethod
    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return free coordinates of the parameters, shape (R, P), and the roots of their information."""

    @abstractmethod
    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; `like` gives the shapes."""

    def _square_units(self) -> Any:
        return self.unit**2


def where(which: NDArray[np.bool_], one: Any, other: Array) -> Array:
    """Return `one` where `which`, which has the first axes of `other`, and `other` elsewhere."""
    chosen: Array = np.where(which.reshape(*which.shape, *[1] * (other.ndim - which.ndim)), one, other)
    return chosen


def weights_of(logs: Array) -> Array:
    """Return weights, (R, K), with these logs but for a constant: they sum to one, and none is 0."""
    weights: Array = np.exp(np.maximum(logs - logs.max(axis=1, keepdims=True), np.log(TRACE)))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
