"""Learned against true: which class is which, how far off it is, and how many objects it misplaces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import ndtr

from gmm_lesson._inputs import Array, array_of, labels
from gmm_lesson.em import e_step
from gmm_lesson.mixture import Mixture, check_mixture


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
    check_mixture(true, "true")
    check_mixture(fitted, "fitted")
    if true.n_components != fitted.n_components:
        raise ValueError(
            f"fitted must have as many classes as true, {true.n_components}; got {fitted.n_components}"
        )
    distance = np.hypot(np.subtract.outer(true.means, fitted.means), np.subtract.outer(true.sds, fitted.sds))
    unit = distance.max() or 1.0  # the square of a very large or small distance leaves the range
    _, order = linear_sum_assignment((distance / unit) ** 2)
    return Match(true, fitted.reordered(order), order)


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

    The rule that reaches it names the class with the largest pi_k N(y | mu_k, sigma_k^2). Two such curves
    cross where a quadratic is zero, so the line falls into intervals with one winner each, and the rule is
    right with probability sum pi_k (Phi(right) - Phi(left)) over them. Nothing is simulated.
    """
    crossings = np.sort(
        [
            crossing
            for one, other in combinations(range(check_mixture(mixture).n_components), 2)
            for crossing in _crossings(mixture, one, other)
        ]
    )
    if crossings.size == 0:
        return float(1 - mixture.weights.max())
    far = mixture.sds.max()
    middles = np.concatenate(
        [[crossings[0] - far], (crossings[:-1] + crossings[1:]) / 2, [crossings[-1] + far]]
    )
    winner = mixture.log_joint(middles).argmax(axis=1)
    means, sds = mixture.means[winner], mixture.sds[winner]
    left = ndtr((np.concatenate([[-np.inf], crossings]) - means) / sds)
    right = ndtr((np.concatenate([crossings, [np.inf]]) - means) / sds)
    return float(1 - (mixture.weights[winner] * (right - left)).sum())


def _crossings(mixture: Mixture, one: int, other: int) -> Array:
    """Return where the weighted densities of two classes are equal: at most two places."""
    # In units of the first class: t = (y - mean) / sd.
    sd = mixture.sds[one]
    shift = (mixture.means[other] - mixture.means[one]) / sd
    precision = mixture.variances[one] / mixture.variances[other]
    odds = np.log(mixture.weights[other] / mixture.weights[one]) + 0.5 * np.log(precision)
    roots = np.roots([1 - precision, 2 * precision * shift, 2 * odds - precision * shift**2])
    return np.asarray(mixture.means[one] + sd * roots[np.isreal(roots)].real)
