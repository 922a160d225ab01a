"""How many classes? Information criteria, held-out objects, and how far the answer depends on the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, generator, has_rows, one_of, whole_number
from gmm_lesson.em import default_floor, log_likelihood
from gmm_lesson.engine import progress
from gmm_lesson.engine.fit import RESTARTS, Fit, fit
from gmm_lesson.engine.plane import FAMILIES, fit_plane
from gmm_lesson.restarts import SAME_OPTIMUM

UP_TO = range(1, 7)
"""The numbers of classes that are compared, if none are given."""


def n_parameters(n_components: int, d: int = 1, covariance: str = "full") -> int:
    """Return how many numbers a mixture of K classes in d dimensions may choose.

    K - 1 weights (they sum to one), K d coordinates of means, and the variances: on the line 3K - 1 in all.
    In d dimensions a covariance matrix has d (d + 1) / 2 numbers: one matrix for each class if "full", one
    for all if "tied"; "diagonal" ones have d numbers each, "spherical" ones 1.
    """
    k, d = whole_number(n_components, "n_components", 1), whole_number(d, "d", 1)
    matrix = d * (d + 1) // 2
    spread = {"full": k * matrix, "tied": matrix, "diagonal": k * d, "spherical": k}
    return k - 1 + k * d + spread[one_of(covariance, "covariance", tuple(spread))]


@dataclass(frozen=True, eq=False)
class Choice:
    """Fits with several numbers of classes to the same objects; M numbers.

    Attributes
    ----------
    components : ndarray of int, shape (M,)
        The numbers of classes, K.
    fits : tuple of Fit, length M
        The best fit found with each.
    n_parameters : ndarray of int, shape (M,)
        How many parameters each has.
    n : int
        How many objects there are, N.
    """

    components: NDArray[np.intp]
    fits: tuple[Fit, ...]
    n_parameters: NDArray[np.intp]
    n: int

    @property
    def log_likelihoods(self) -> Array:
        """The log-likelihood of each fit, shape (M,)."""
        return np.array([each.log_likelihood for each in self.fits])

    @property
    def bic(self) -> Array:
        """The Bayesian information criterion (Schwarz 1978), p log N - 2 log-likelihood, (M,): low wins."""
        return np.asarray(self.n_parameters * np.log(self.n) - 2 * self.log_likelihoods)

    @property
    def aic(self) -> Array:
        """Akaike's information criterion (1974), 2 p - 2 log-likelihood, (M,): low wins."""
        return np.asarray(2 * self.n_parameters - 2 * self.log_likelihoods)

    @property
    def best(self) -> int:
        """The number of classes with the lowest BIC."""
        return int(self.components[self.bic.argmin()])

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether a fit is worse than one with fewer classes, shape (M,).

        The maximum cannot fall with K, if the floor on variances stays the same: a class can be split in two
        that are alike. So the search for the best fit has failed there: use more restarts.
        """
        highest = np.maximum.accumulate(self.log_likelihoods)
        return np.asarray(self.log_likelihoods < highest - SAME_OPTIMUM)


def by_components(
    y: ArrayLike,
    components: ArrayLike = UP_TO,
    *,
    covariance: str = "full",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    floor: Any = None,
) -> Choice:
    """Fit mixtures with several numbers of classes, and say what each is worth.

    Parameters
    ----------
    y : array_like, shape (N,) or (N, d)
        The objects.
    components : array_like of int, shape (M,)
        The numbers of classes, ascending, at most N.
    covariance : str
        What the covariances of classes in d dimensions may be, as in `fit_plane`.
    restarts, rng, floor
        As in `fit` and `fit_plane`. The floor is the same for every K.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    y = _objects(y)
    numbers = _ascending(components, len(y))
    how = {"covariance": covariance, "restarts": restarts, "rng": generator(rng), "floor": _floor(y, floor)}
    fits = tuple(_fit(y, k, **how) for k in numbers)
    d = 1 if y.ndim == 1 else y.shape[1]
    return Choice(numbers, fits, np.array([n_parameters(k, d, covariance) for k in numbers]), len(y))


def held_out(
    y: ArrayLike,
    components: ArrayLike = UP_TO,
    *,
    folds: int = 10,
    covariance: str = "full",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    floor: Any = None,
) -> Array:
    """Return the mean log-density of objects that a fit has not seen, shape (folds, M): high is good.

    The objects are dealt into folds; each fold is judged by the fits to all others (cross-validation).
    Arguments and errors as in `by_components`; `folds` is 2 to N.
    """
    y, rng = _objects(y), generator(rng)
    folds = whole_number(folds, "folds", 2, len(y))
    numbers = _ascending(components, len(y) - -(-len(y) // folds))
    fold = rng.permutation(np.arange(len(y)) % folds)
    how = {"covariance": covariance, "restarts": restarts, "rng": rng, "floor": _floor(y, floor)}
    found = np.empty((folds, len(numbers)))
    for i, j in _counted(found.shape, "held-out objects"):
        unseen = y[fold == i]
        fitted = _fit(y[fold != i], numbers[j], **how).mixture
        found[i, j] = log_likelihood(unseen, fitted) / len(unseen)
    return found


def bootstrap_choices(
    y: ArrayLike,
    components: ArrayLike = UP_TO,
    *,
    draws: int = 40,
    covariance: str = "full",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    floor: Any = None,
) -> NDArray[np.intp]:
    """Return how many classes BIC chooses for each of so many resamplings of the objects, shape (draws,).

    Resampled objects repeat, and a narrow class fits those that do: the floor should be no smaller than what
    the objects are rounded to. Arguments and errors as in `by_components`.
    """
    y, rng = _objects(y), generator(rng)
    numbers = _ascending(components, len(y))
    draws = whole_number(draws, "draws", 1)
    how = {"covariance": covariance, "restarts": restarts, "rng": rng, "floor": _floor(y, floor)}
    found = np.empty(draws, dtype=np.intp)
    for (i,) in _counted((draws,), "bootstrap"):
        found[i] = by_components(rng.choice(y, len(y)), numbers, **how).best
    return found


def likelihood_ratios(
    y: ArrayLike,
    n_components: int,
    *,
    draws: int = 100,
    covariance: str = "full",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    floor: Any = None,
) -> tuple[float, Array]:
    """Return twice what one class more gains in log-likelihood, and what it gains where it is one too many.

    Under K classes this ratio has no chi-squared law: the parameters of the class too many mean nothing, or
    its weight is 0, at the edge of what it may be. So its law is simulated, (draws,): objects drawn from the
    fit with K classes are fitted with K and with K + 1 (McLachlan 1987). Arguments and errors as in
    `by_components`.
    """
    y, k, rng = _objects(y), whole_number(n_components, "n_components", 1, len(y) - 1), generator(rng)
    how: dict[str, Any] = {
        "covariance": covariance,
        "restarts": restarts,
        "rng": rng,
        "floor": _floor(y, floor),
    }

    def gain(objects: Array) -> tuple[float, Fit]:
        few, more = (_fit(objects, number, **how) for number in (k, k + 1))
        return 2 * (more.log_likelihood - few.log_likelihood), few

    observed, null = gain(y)
    found = np.empty(whole_number(draws, "draws", 1))
    for (i,) in _counted(found.shape, "parametric bootstrap"):
        found[i], _ = gain(null.mixture.sample(len(y), rng)[0])
    return observed, found


def _objects(y: ArrayLike) -> Array:
    return array_of(y, "y", 2 if has_rows(y) else 1)


def _ascending(components: ArrayLike, n: int) -> NDArray[np.intp]:
    """Return numbers of classes, none above n."""
    numbers = array_of(components, "components")
    if numbers[0] < 1 or (numbers % 1).any() or (np.diff(numbers) <= 0).any() or numbers[-1] > n:
        raise ValueError(f"components must be whole numbers, 1 to {n}, ascending; got {numbers.tolist()}")
    return numbers.astype(np.intp)


def _fit(y: Array, k: int, covariance: str, **how: Any) -> Fit:
    one_of(covariance, "covariance", tuple(FAMILIES))
    return fit(y, int(k), **how) if y.ndim == 1 else fit_plane(y, int(k), covariance=covariance, **how)


def _floor(y: Array, floor: Any) -> Any:
    """Return the floor, by default that of all the objects: a resampled few would have another."""
    if floor is not None:
        return floor
    return default_floor(y) if y.ndim == 1 else np.array([default_floor(axis) for axis in y.T])


def _counted(shape: tuple[int, ...], what: str) -> Iterator[tuple[int, ...]]:
    """Yield all places in an array of a shape, and show the progress."""
    with progress.count(int(np.prod(shape)), what, "fit") as show:
        for done, place in enumerate(np.ndindex(shape)):
            if show:
                show(done, "")
            yield place
