"""Learned against true: which class is which, how far off it is, and how many objects it misplaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import ndtr

from gmm_lesson import progress
from gmm_lesson._inputs import Array, array_of, generator, labels, whole_number
from gmm_lesson.em import e_step
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import fit


@dataclass(frozen=True, eq=False)
class Match:
    """Learned classes beside the true ones they stand for; K classes.

    Attributes
    ----------
    true : Mixture
        The truth.
    fitted : Mixture
        What was learned, its classes in the order of the true ones they match.
    order : ndarray of int, shape (K,)
        Where each of them stood before: true class k is matched by fitted class `order[k]`.
    """

    true: Mixture
    fitted: Mixture
    order: NDArray[np.intp]

    @property
    def weight_errors(self) -> Array:
        """Learned minus true weights, shape (K,)."""
        return self.fitted.weights - self.true.weights

    @property
    def mean_errors(self) -> Array:
        """Learned minus true means, shape (K,), in the units of the objects."""
        return self.fitted.means - self.true.means

    @property
    def sd_errors(self) -> Array:
        """Learned minus true standard deviations, shape (K,), in the units of the objects."""
        return self.fitted.sds - self.true.sds


def match(*, true: Mixture, fitted: Mixture) -> Match:
    """Match each true class with a learned one, so that the pairs are closest in all.

    The distance between two classes is (difference of means)^2 + (difference of sds)^2, the squared
    2-Wasserstein distance between their Gaussians. The pairs with the smallest sum are found as an assignment
    problem (Kuhn, 1955), so no learned class is used twice; sorting means and sds separately would pair the
    mean of one class with the sd of another.

    Parameters
    ----------
    true, fitted : Mixture
        Two mixtures of one size, by keyword.

    Raises
    ------
    TypeError, ValueError
        If either is not a Mixture, or they differ in size.
    """
    _check_sizes(true, fitted)
    (order,) = orders(true, fitted.means[np.newaxis], fitted.sds[np.newaxis])
    return Match(true, fitted.reordered(order), order)


def orders(true: Mixture, means: Array, sds: Array) -> NDArray[np.intp]:
    """Return the order in which `match` would put the classes of each of B mixtures, shape (B, K).

    Parameters
    ----------
    true : Mixture
        What they are matched with.
    means, sds : ndarray, shape (B, K)
        Theirs.
    """
    away = [
        one[:, np.newaxis] - other[:, np.newaxis, :] for one, other in ((true.means, means), (true.sds, sds))
    ]
    distance = np.hypot(*away)
    # The square of a very large or small distance leaves the range.
    unit = distance.max(axis=(1, 2), keepdims=True)
    square = (distance / np.where(unit > 0, unit, 1.0)) ** 2
    return np.array([linear_sum_assignment(each)[1] for each in square])


def error_rate(y: ArrayLike, z: ArrayLike, mixture: Mixture) -> float:
    """Return the share of objects whose most probable class under `mixture` is not their own.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    z : array_like of int, shape (N,)
        Their true classes, 0..K-1.
    mixture : Mixture
        What judges them; its class k must mean the true class k (see `match`).

    Raises
    ------
    TypeError, ValueError
        If y, z or mixture is not as above.
    """
    y = array_of(y, "y")
    z = labels(z, len(y), check_mixture(mixture).n_components)
    return float((e_step(y, mixture).argmax(axis=1) != z).mean())


def best_error_rate(mixture: Mixture) -> float:
    """Return the smallest error rate that any rule can have on objects drawn from `mixture`.

    The rule that reaches it names the class with the largest pi_k N(y | mu_k, sigma_k^2).
    """
    check_mixture(mixture)
    return fresh_error_rate(true=mixture, fitted=mixture)


def fresh_error_rate(*, true: Mixture, fitted: Mixture) -> float:
    """Return the error rate that the rule of `fitted` has on fresh objects drawn from `true`.

    The rule names the class with the largest pi_k N(y | mu_k, sigma_k^2). Between its borders one class wins,
    so it is right with probability sum pi_k (Phi(right) - Phi(left)) over the intervals, with the weights,
    means and sds of `true`. Nothing is simulated.

    Parameters
    ----------
    true, fitted : Mixture
        Two mixtures of one size, by keyword; class k of `fitted` must mean class k of `true` (see `match`).

    Raises
    ------
    TypeError, ValueError
        If either is not a Mixture, or they differ in size.
    """
    _check_sizes(true, fitted)
    places, winner = borders(fitted)
    means, sds = true.means[winner], true.sds[winner]
    left = ndtr((np.concatenate([[-np.inf], places]) - means) / sds)
    right = ndtr((np.concatenate([places, [np.inf]]) - means) / sds)
    return float(1 - (true.weights[winner] * (right - left)).sum())


def borders(mixture: Mixture) -> tuple[Array, NDArray[np.intp]]:
    """Return where the most probable class changes along the line, and which it is in between.

    Two weighted densities pi_k N(y | mu_k, sigma_k^2) are equal where a quadratic is zero, so B borders cut
    the line into B + 1 intervals with one winner each.

    Returns
    -------
    places : ndarray, shape (B,)
        The borders, rising.
    winner : ndarray of int, shape (B + 1,)
        The class that wins left of the first border, between the borders, and right of the last.
    """
    crossings = np.sort(
        [
            crossing
            for one, other in combinations(range(check_mixture(mixture).n_components), 2)
            for crossing in _crossings(mixture, one, other)
        ]
    )
    if crossings.size == 0:
        return np.empty(0), np.array([mixture.weights.argmax()])
    far = mixture.sds.max()
    middles = np.concatenate(
        [[crossings[0] - far], (crossings[:-1] + crossings[1:]) / 2, [crossings[-1] + far]]
    )
    winner = mixture.log_joint(middles).argmax(axis=1)
    changes = np.flatnonzero(np.diff(winner))
    return crossings[changes], winner[np.append(changes, len(crossings))]


@dataclass(frozen=True, eq=False)
class ErrorsByN:
    """How far fits are off, at M numbers of objects.

    Attributes
    ----------
    ns : ndarray of int, shape (M,)
        The numbers of objects.
    rms : dict of str to ndarray, shape (M,)
        The root mean squared errors of "weights", "means" and "sds", over classes and data sets; those of
        means and sds in the units of the objects.
    monte_carlo : dict of str to ndarray, shape (M,)
        Their standard errors, for the data sets were drawn at random.
    """

    ns: NDArray[np.intp]
    rms: dict[str, Array]
    monte_carlo: dict[str, Array]


def errors_by_n(
    true: Mixture,
    ns: Sequence[int] | NDArray[np.intp],
    *,
    rng: np.random.Generator | int,
    repetitions: int = 100,
) -> ErrorsByN:
    """Draw data sets of several sizes from a truth, fit each, and measure how far the fits are off.

    Every fit starts from the truth, so the errors are those of the optimum next to it: what is left of them
    when the search for a start has succeeded. Learned classes are matched with the true ones (see `match`).

    Parameters
    ----------
    true : Mixture
        What the objects are drawn from; K classes.
    ns : sequence of int, length M
        How many objects a data set has: at least 2, and at least K.
    rng : numpy.random.Generator or int
        What draws them: a generator, or a seed.
    repetitions : int
        How many data sets of each size, at least 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    The standard error of a root mean square q^(1/2) is that of q divided by 2 q^(1/2), where q is a mean over
    independent data sets.
    """
    k = check_mixture(true, "true").n_components
    array_of(ns, "ns")
    sizes = [whole_number(n, "ns", max(2, k)) for n in ns]
    repetitions, rng = whole_number(repetitions, "repetitions", 2), generator(rng)
    squares = np.empty((len(sizes), repetitions, 3))
    with progress.count(len(sizes) * repetitions, "errors", "data set") as show:
        for at in np.ndindex(squares.shape[:2]):
            squares[at] = _squared_errors(true, sizes[at[0]], rng)
            if show:
                show(at[0] * repetitions + at[1] + 1, f"N = {sizes[at[0]]}")
    rms = np.sqrt(squares.mean(axis=1))
    doubled = 2 * np.maximum(rms, np.finfo(float).tiny)  # above 0: one class alone has no weight to miss
    spread = squares.std(axis=1, ddof=1) / np.sqrt(repetitions) / doubled
    names = ("weights", "means", "sds")
    return ErrorsByN(
        np.array(sizes),
        dict(zip(names, rms.T, strict=True)),
        dict(zip(names, spread.T, strict=True)),
    )


def _squared_errors(true: Mixture, n: int, rng: np.random.Generator) -> list[float]:
    """Return the mean squared errors of weights, means and sds of a fit to n objects."""
    y, _ = true.sample(n, rng)
    fitted = fit(y, true.n_components, starts=true, accelerate=True, tol=1e-8).mixture
    found = match(true=true, fitted=fitted)
    return [float(np.mean(e**2)) for e in (found.weight_errors, found.mean_errors, found.sd_errors)]


def _check_sizes(true: Mixture, fitted: Mixture) -> None:
    check_mixture(true, "true")
    check_mixture(fitted, "fitted")
    if true.n_components != fitted.n_components:
        raise ValueError(
            f"fitted must have as many classes as true, {true.n_components}; got {fitted.n_components}"
        )


def _crossings(mixture: Mixture, one: int, other: int) -> Array:
    """Return where the weighted densities of two classes are equal: at most two places."""
    # In units of the first class: t = (y - mean) / sd.
    sd = mixture.sds[one]
    shift = (mixture.means[other] - mixture.means[one]) / sd
    precision = mixture.variances[one] / mixture.variances[other]
    odds = np.log(mixture.weights[other] / mixture.weights[one]) + 0.5 * np.log(precision)
    roots = np.roots([1 - precision, 2 * precision * shift, 2 * odds - precision * shift**2])
    return np.asarray(mixture.means[one] + sd * roots[np.isreal(roots)].real)
