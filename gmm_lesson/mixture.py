"""A Gaussian mixture: K weights, K means, K variances, and what follows from them.

An object is made in two steps: draw its class z with probability `weights[z]`, then draw its value y
from a Gaussian with mean `means[z]` and variance `variances[z]`. The mixture is the law of y when z
is not written down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import LARGEST, SUM_TOLERANCE, Array, array_of, generator, whole_number

FARTHEST = 1e150
"""Distances are cut at this many sds: their squares stay finite, so no infinity meets another."""

MOST = 10**9
"""So many objects are drawn at once, at most: more do not fit into memory."""


class Components:
    """The arrays of a mixture, its weights first, and what follows from them in any number of dimensions."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Array) -> None:
        weights = parts[0]
        _check_positive("weights", weights)
        total = weights.sum()
        if abs(total - 1) > SUM_TOLERANCE:
            raise ValueError(f"weights must sum to one; got a sum of {total:.9g}: divide them by their sum")
        self._parts = tuple(part + 0.0 for part in parts)  # copies, in which -0 is 0: equal ones hash alike
        for part in self._parts:
            part.setflags(write=False)

    @property
    def parts(self) -> tuple[Array, ...]:
        """The arrays, in the order of the arguments of the constructor."""
        return self._parts

    @property
    def weights(self) -> Array:
        """Probability of each class, shape (K,)."""
        return self._parts[0]

    @property
    def n_components(self) -> int:
        """The number of components, K."""
        return self.weights.size

    def log_joint(self, y: ArrayLike) -> Array:
        """Return the joint log-density of each object and each class, shape (N, K)."""
        raise NotImplementedError

    def density(self, y: ArrayLike) -> Array:
        """Return the mixture density at y, the sum of pi_k N(y_i | class k) over the classes, shape (N,)."""
        return np.asarray(np.exp(self.log_joint(y)).sum(axis=1))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(map(np.array_equal, self.parts, other.parts))

    def __hash__(self) -> int:
        return hash(tuple(part.tobytes() for part in self.parts))

    def __reduce__(self) -> tuple[type[Components], tuple[Array, ...]]:
        # Copies and pickles are made by the constructor, so they are as unchangeable as this one.
        return type(self), self.parts


class Mixture(Components):
    """A mixture of K Gaussians on the line. It cannot be changed; make another one instead.

    Parameters
    ----------
    weights : array_like, shape (K,)
        Probability of each class: positive, summing to one (to 1e-6).
    means : array_like, shape (K,)
        Mean of each class, in the units of the objects.
    variances : array_like, shape (K,)
        Variance (not standard deviation) of each class, positive, in those units squared.

    Raises
    ------
    TypeError
        If an argument is not an array of real numbers (text, booleans, None).
    ValueError
        If the lengths differ, or an entry is not finite, or a weight or a variance is not positive,
        or the weights do not sum to one.

    Examples
    --------
    >>> two = Mixture([0.3, 0.7], [0, 5], [1, 4])
    >>> two.sds
    array([1., 2.])
    """

    __slots__ = ()

    def __init__(self, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> None:
        weights, means = array_of(weights, "weights"), array_of(means, "means")
        variances = array_of(variances, "variances", largest=LARGEST**2)
        for name, values in [("means", means), ("variances", variances)]:
            if values.size != weights.size:
                raise ValueError(
                    f"{name} must have one entry for each of the {weights.size} weights; got {values.size}"
                )
        super().__init__(weights, means, variances)
        _check_positive("variances", variances)

    @property
    def means(self) -> Array:
        """Mean of each class, shape (K,), in the objects' units."""
        return self._parts[1]

    @property
    def variances(self) -> Array:
        """Variance of each class, shape (K,), in the objects' units squared."""
        return self._parts[2]

    @property
    def sds(self) -> Array:
        """Standard deviation of each class, shape (K,), in the objects' units."""
        return np.sqrt(self.variances)

    def log_joint(self, y: ArrayLike) -> Array:
        """Return log(pi_k N(y_i | mu_k, sigma_k^2)), shape (N, K): a row an object.

        The joint log-density of "object i has the value y_i" and "it came from class k". The
        E-step, the density and the log-likelihood all start here.

        Parameters
        ----------
        y : array_like, shape (N,)
            The objects.
        """
        y = array_of(y, "y")
        with np.errstate(over="ignore"):
            distance = (y[:, np.newaxis] - self.means) / self.sds
        distance = np.clip(distance, -FARTHEST, FARTHEST)
        log_gaussian = -0.5 * (distance**2 + np.log(2 * np.pi * self.variances))
        return np.asarray(np.log(self.weights) + log_gaussian)

    def sample(self, n: int, rng: np.random.Generator | int) -> tuple[Array, NDArray[np.intp]]:
        """Draw n objects: first each one's class, then its value given the class.

        Parameters
        ----------
        n : int
            How many objects, 1 to `MOST`.
        rng : numpy.random.Generator or int
            The generator to draw from, or a seed for a new one.

        Returns
        -------
        y : ndarray, shape (n,)
            The objects.
        z : ndarray of int, shape (n,)
            The class of each, 0..K-1.
        """
        n, rng = whole_number(n, "n", 1, MOST), generator(rng)
        z = rng.choice(self.n_components, size=n, p=self.weights / self.weights.sum())
        y = rng.normal(self.means[z], self.sds[z])
        return y, z

    def sorted(self) -> Mixture:
        """Return the same mixture with its components in the order of their means."""
        return self.reordered(np.lexsort((self.variances, self.means)))

    def reordered(self, order: Sequence[int] | NDArray[np.intp]) -> Mixture:
        """Return the same mixture with component `order[k]` in place k.

        Raises
        ------
        ValueError
            If `order` does not name every component once.
        """
        places = array_of(order, "order")
        if not np.array_equal(np.sort(places), np.arange(self.n_components)):
            raise ValueError(f"order must name each of 0..{self.n_components - 1} once; got {list(order)}")
        index = places.astype(np.intp)
        return Mixture(self.weights[index], self.means[index], self.variances[index])

    def __repr__(self) -> str:
        with np.printoptions(precision=4, suppress=False):
            return "Mixture(weights={}, means={}, variances={})".format(
                *(np.array2string(part, separator=", ") for part in self.parts)
            )


def check_mixture(mixture: object, name: str = "mixture") -> Mixture:
    """Return `mixture` if it is one, or raise a TypeError that says what came instead."""
    if not isinstance(mixture, Mixture):
        raise TypeError(f"{name} must be a Mixture(weights, means, variances); got {type(mixture).__name__}")
    return mixture


def _check_positive(name: str, values: Array) -> None:
    if values.min() <= 0:
        raise ValueError(f"{name} must be above 0; got {values.min():g} at {name}[{values.argmin()}]")
