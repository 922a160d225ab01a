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
from gmm_lesson.engine.plane import fit_plane
from gmm_lesson.restarts import SAME_OPTIMUM


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
    """Fits with several numbers of classes to the same objects; M numbers."""

    components: NDArray[np.intp]  # the numbers of classes K, shape (M,)
    fits: tuple[Fit, ...]  # the best found with each
    n_parameters: NDArray[np.intp]  # how many parameters each has, shape (M,)
    n: int  # how many objects there are

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
    components: ArrayLike,
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

    An argument that is not as above is a TypeError or ValueError.
    """
    y, numbers = array_of(y, "y", 2 if has_rows(y) else 1), array_of(components, "components")
    if numbers[0] < 1 or (numbers % 1).any() or (np.diff(numbers) <= 0).any() or numbers[-1] > len(y):
        raise ValueError(
            f"components must be whole numbers, 1 to {len(y)}, ascending; got {numbers.tolist()}"
        )
    free = [n_parameters(int(k), y[0].size, covariance) for k in numbers]
    how: dict[str, Any] = {"restarts": restarts, "rng": generator(rng), "floor": floor}
    if y.ndim == 1:
        fits = [fit(y, int(k), **how) for k in numbers]
    else:
        fits = [fit_plane(y, int(k), covariance=covariance, **how) for k in numbers]
    return Choice(numbers.astype(np.intp), tuple(fits), np.array(free), len(y))


def held_out(
    y: ArrayLike,
    components: ArrayLike,
    *,
    folds: int = 10,
    rng: np.random.Generator | int = 0,
    **how: Any,
) -> Array:
    """Return the mean log-density of objects that a fit has not seen, shape (folds, M): high is good.

    The objects are dealt into folds, 2 to N; each is judged by the fits to all others (cross-validation).
    All else, errors too, as in `by_components`; the floor is by default that of all the objects.
    """
    y, rng, how = _ready(y, rng, how)
    folds = whole_number(folds, "folds", 2, len(y))
    fold = rng.permutation(np.arange(len(y)) % folds)
    found = []
    for i in _counted(folds, "folds"):
        unseen, seen = y[fold == i], y[fold != i]
        fits = by_components(seen, components, rng=rng, **how).fits
        found.append([log_likelihood(unseen, each.mixture) / len(unseen) for each in fits])
    return np.array(found)


def bootstrap_choices(
    y: ArrayLike,
    components: ArrayLike,
    *,
    draws: int = 40,
    rng: np.random.Generator | int = 0,
    **how: Any,
) -> NDArray[np.intp]:
    """Return how many classes BIC chooses for each of so many resamplings of the objects, shape (draws,).

    Resampled objects repeat, and a narrow class fits those that do: the floor should be no smaller than what
    the objects are rounded to. All else as in `held_out`.
    """
    y, rng, how = _ready(y, rng, how)
    resampled = (rng.choice(y, len(y)) for _ in _counted(whole_number(draws, "draws", 1), "bootstraps"))
    return np.array([by_components(each, components, rng=rng, **how).best for each in resampled])


def likelihood_ratios(
    y: ArrayLike,
    n_components: int,
    *,
    draws: int = 100,
    rng: np.random.Generator | int = 0,
    **how: Any,
) -> tuple[float, Array]:
    """Return twice what one class more gains in log-likelihood, and what it gains where it is one too many.

    Under K classes this ratio has no chi-squared law: the parameters of the class too many mean nothing, or
    its weight is 0, at the edge of what it may be. So its law is simulated, (draws,): objects drawn from the
    fit with K classes are fitted with K and with K + 1 (McLachlan 1987). All else as in `held_out`.
    """
    y, rng, how = _ready(y, rng, how)
    k = whole_number(n_components, "n_components", 1, len(y) - 1)

    def fitted(objects: Array) -> Choice:
        return by_components(objects, [k, k + 1], rng=rng, **how)

    observed = fitted(y)
    null = observed.fits[0].mixture
    samples = (null.sample(len(y), rng)[0] for _ in _counted(whole_number(draws, "draws", 1), "simulations"))
    gains = [2 * float(np.diff(each.log_likelihoods)[0]) for each in (observed, *map(fitted, samples))]
    return gains[0], np.array(gains[1:])


def _ready(y: ArrayLike, rng: Any, how: dict[str, Any]) -> tuple[Array, np.random.Generator, dict[str, Any]]:
    """Return objects, a generator, and options with the floor of all the objects, if they have none."""
    y = array_of(y, "y", 2 if has_rows(y) else 1)
    if how.get("floor") is None:
        floor = default_floor(y) if y.ndim == 1 else np.array([default_floor(axis) for axis in y.T])
        how = {**how, "floor": floor}
    return y, generator(rng), how


def _counted(n: int, what: str) -> Iterator[int]:
    """Yield 0 to n - 1, and show the progress."""
    with progress.count(n, "choosing", what) as show:
        for done in range(n):
            if show:
                show(done, "")
            yield done
