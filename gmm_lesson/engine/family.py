"""What the engine deals in: parameters of many mixtures at once, sums, and kinds of Gaussians."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import LARGEST, SUM_TOLERANCE, Array, array_of, said
from gmm_lesson.mixture import Components, Mixture, check_mixture


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
            parts = (
                array_of(part, f"starts.{name}", 2, LARGEST**2) for name, part in starts._asdict().items()
            )
            weights, means, variances = starts = cls(*parts)
            if not weights.shape == means.shape == variances.shape:
                shapes = weights.shape, means.shape, variances.shape
                raise ValueError(f"starts must have three arrays of one shape (R, K); got {shapes}")
            for name, part in (("weights", weights), ("variances", variances)):
                if part.min() <= 0:
                    raise ValueError(f"starts.{name} must be above 0; got {part.min():g}")
            total = weights.sum(axis=1)
            if (away := np.abs(total - 1)).max() > SUM_TOLERANCE:
                total = total[away.argmax()]
                raise ValueError(f"starts.weights must have rows that sum to one; got a sum of {total:.9g}")
            return cls(weights, means, variances)
        if not starts:
            raise ValueError("starts must hold at least one start; got none")
        several = [check_mixture(start, f"starts[{i}]") for i, start in enumerate(starts)]
        k = several[0].n_components
        for i, start in enumerate(several):
            if start.n_components != k:
                raise ValueError(
                    f"starts[{i}] must have as many classes as starts[0], {k}; got {start.n_components}"
                )
        return cls.of(several)


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


class Family(Protocol):
    """A kind of Gaussian, and the coordinates in which it meets the objects: centred, none larger than 1."""

    flat: str
    """What is said of a class whose variance is 0."""
    bound: Array
    """The largest |phi| that any object has, shape (F,)."""

    def scaled(self, given: Parameters) -> Parameters:
        """Return parameters of y in these coordinates; `unscaled` undoes it."""

    def unscaled(self, found: Parameters) -> Parameters:
        """Return parameters in these coordinates as parameters of y."""

    def scaled_floor(self, floor: Any) -> Any:
        """Return a floor in y's units squared in these coordinates."""

    def features(self, y: Any, out: Array) -> None:
        """Write phi of a block of n objects, as they came, into `out`, shape (F, n)."""

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta, (K, R, F), and the largest value of eta . phi, (K, R), both without log(2 pi)."""

    def zero_origin(self, now: Parameters) -> tuple[Array, Array]:
        """Return the origin 0 and the unit 1 for every class."""

    def origin(self, narrow: Parameters) -> tuple[Array, Array]:
        """Return where m narrow classes are measured from, and in which units."""

    def centred(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return their exponents, (m, n), and the features from their origins, (m, F, n), of a block."""

    def textbook_sums(self, y: Any, counts: Array | None, now: Parameters, score: bool) -> Sums | None:
        """Return the sums of a few objects as em.py would, with no preparation; None if that is not safe."""

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages of n objects that maximise Q."""

    def constrained(self, new: Parameters, empty: NDArray[np.bool_], floor: Any) -> Parameters:
        """Return `new` with floored variances, and with all objects' mean and variance for empty classes."""

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which variances are so small that they are rounding, shape (R, K)."""

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return free coordinates of the parameters, shape (R, P), and how much each of them matters."""

    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; `like` gives the shapes."""
