"""What the engine deals in: parameters of many mixtures at once, sums, and kinds of Gaussians."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array
from gmm_lesson.mixture import Mixture


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
    def of(cls, mixtures: list[Mixture]) -> Parameters:
        """Return the parameters of a list of mixtures of one size."""
        names = ("weights", "means", "variances")
        return cls(*(np.array([getattr(mixture, name) for mixture in mixtures]) for name in names))


class Sums(NamedTuple):
    """What an E-step leaves for the M-step: R restarts, K classes, F features. Sums of parts add up."""

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

    def inward(self, given: Parameters) -> Parameters:
        """Return parameters of y in these coordinates; `outward` leads back."""

    def outward(self, found: Parameters) -> Parameters:
        """Return parameters in these coordinates as parameters of y."""

    def inward_floor(self, floor: Any) -> Any:
        """Return a floor in y's units squared in these coordinates."""

    def features(self, y: Any, out: Array) -> None:
        """Write phi of a block of n objects, as they came, into `out`, shape (F, n)."""

    def natural(self, now: Parameters) -> tuple[Array, Array]:
        """Return eta, (K, R, F), and the largest value of eta . phi, (K, R), both without log(2 pi)."""

    def nowhere(self, now: Parameters) -> tuple[Array, Array]:
        """Return the origin 0 and the unit 1 for every class."""

    def origin(self, narrow: Parameters) -> tuple[Array, Array]:
        """Return where m narrow classes are measured from, and in which units."""

    def careful(self, phi: Array, narrow: Parameters, origin: Array, unit: Array) -> tuple[Array, Array]:
        """Return their exponents, (m, n), and the features from their origins, (m, F, n), of a block."""

    def directly(self, y: Any, counts: Array | None, now: Parameters, score: bool) -> Sums | None:
        """Return the sums of a few objects as em.py would, with no preparation; None if that is not safe."""

    def m_step(self, now: Parameters, sums: Sums, n: float) -> Parameters:
        """Return the weighted averages of n objects that maximise Q."""

    def mended(self, new: Parameters, empty: NDArray[np.bool_], floor: Any) -> Parameters:
        """Return `new` with floored variances, and with all objects' mean and variance for empty classes."""

    def collapsed(self, new: Parameters) -> NDArray[np.bool_]:
        """Return which variances are so small that they are rounding, shape (R, K)."""

    def pack(self, now: Parameters) -> tuple[Array, Array]:
        """Return free coordinates of the parameters, shape (R, P), and how much each of them matters."""

    def unpack(self, free: Array, like: Parameters) -> Parameters:
        """Undo `pack`; `like` gives the shapes."""
