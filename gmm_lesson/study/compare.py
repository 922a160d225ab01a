"""Learned against true: which class is which, how far off it is, and how many objects it misplaces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, array_of, labels
from gmm_lesson.em import e_step
from gmm_lesson.mixture import Mixture, check_mixture


@dataclass(frozen=True, eq=False)
class Match:
    """The truth, and what was learned: its K classes in the order of the true ones that they stand for.

    `order`, shape (K,), says where each stood before: true class k is matched by fitted class `order[k]`.
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

    Both have as many classes, and are given by keyword.
    """
    _check_sizes(true, fitted)
    (order,) = orders(true, fitted.means[np.newaxis], fitted.sds[np.newaxis])
    return Match(true, fitted.reordered(order), order)


def orders(true: Mixture, means: Array, sds: Array) -> NDArray[np.intp]:
    """Return the order in which `match` would put the classes of each of B mixtures; all of shape (B, K)."""
    away = [
        one[:, np.newaxis] - other[:, np.newaxis, :] for one, other in ((true.means, means), (true.sds, sds))
    ]
    distance = np.hypot(*away)
    # The square of a very large or small distance leaves the range.
    unit = distance.max(axis=(1, 2), keepdims=True)
    square = (distance / np.where(unit > 0, unit, 1.0)) ** 2
    return np.array([scipy.optimize.linear_sum_assignment(each)[1] for each in square])


def error_rate(y: ArrayLike, z: ArrayLike, mixture: Mixture) -> float:
    """Return the share of objects whose most probable class under `mixture` is not their own.

    `z`, shape (N,), are the true classes of the objects y, 0..K-1; class k of the mixture must mean the true
    class k (see `match`).
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
    means and sds of `true`. Nothing is simulated. Class k of both must mean the same (see `match`).
    """
    _check_sizes(true, fitted)
    cuts, winner = _cuts(fitted)
    wrong = 0.0
    for k in range(true.n_components):
        with np.errstate(over="ignore"):
            z = [((fitted.means[anchor] - true.means[k]) + away) / true.sds[k] for anchor, away in cuts]
        left, right = np.array([-np.inf, *z])[winner != k], np.array([*z, np.inf])[winner != k]
        # Two tails on the right are one less two of nearly 1: take those on the left.
        flip = left > 0
        left, right = np.where(flip, -right, left), np.where(flip, -left, right)
        wrong += float(true.weights[k] * (scipy.special.ndtr(right) - scipy.special.ndtr(left)).sum())
    return wrong


def borders(mixture: Mixture) -> tuple[Array, NDArray[np.intp]]:
    """Return where the most probable class changes along the line, and which it is in between.

    Two weighted densities pi_k N(y | mu_k, sigma_k^2) are equal where a quadratic is zero. The borders, shape
    (B,), are rising; two are one number where a class is narrower than numbers are dense. The winners, shape
    (B + 1,), are those left of the first border, between the borders, and right of the last.
    """
    cuts, winner = _cuts(check_mixture(mixture))
    return np.array([mixture.means[anchor] + away for anchor, away in cuts], dtype=float), winner


def _check_sizes(true: Mixture, fitted: Mixture) -> None:
    check_mixture(true, "true")
    check_mixture(fitted, "fitted")
    if true.n_components != fitted.n_components:
        raise ValueError(
            f"fitted must have as many classes as true, {true.n_components}; got {fitted.n_components}"
        )


class _Place(NamedTuple):
    """A place on the line, as its distance from the mean of a class: near a narrow class no digit is lost."""

    anchor: int
    away: float


def _cuts(mixture: Mixture) -> tuple[list[_Place], NDArray[np.intp]]:
    """Return the borders as places, rising, and the class that wins in each interval."""
    k, means = mixture.n_components, mixture.means.tolist()
    between = {}
    for one, other in combinations(range(k), 2):
        # The narrower class first; of two as narrow, the left one.
        first, second = sorted((one, other), key=lambda i: (mixture.variances[i], means[i]))
        between[one, other] = first, _ahead(mixture, first, second)

    def apart(left: _Place, right: _Place) -> Any:
        return (means[left.anchor] - means[right.anchor]) + (left.away - right.away)

    def wins(one: int, other: int, at: _Place) -> bool:
        first, (low, high) = between[min(one, other), max(one, other)]
        inside = apart(at, _Place(first, low)) > 0 > apart(at, _Place(first, high))
        return bool(inside == (first == one))

    def winner(at: _Place) -> int:
        best = 0
        for other in range(1, k):
            best = other if wins(other, best, at) else best
        return best

    crossings = [_Place(first, end) for first, ends in between.values() for end in ends if math.isfinite(end)]
    crossings.sort(key=cmp_to_key(apart))
    crossings = [at for i, at in enumerate(crossings) if i == 0 or apart(at, crossings[i - 1]) > 0]
    if not crossings:
        return [], np.array([winner(_Place(0, 0.0))])
    (first, left), (last, right) = crossings[0], crossings[-1]
    inside = [_Place(a.anchor, a.away - 0.5 * apart(a, b)) for a, b in pairwise(crossings)]
    outside = [
        _Place(anchor, end + side * max(abs(end), float(mixture.sds[anchor])))
        for side, anchor, end in ((-1, first, left), (1, last, right))
    ]
    found = np.array([winner(at) for at in (outside[0], *inside, outside[1])])
    changes = np.flatnonzero(np.diff(found))
    return [crossings[i] for i in changes], found[np.append(changes, len(crossings))]


def _ahead(mixture: Mixture, first: int, second: int) -> tuple[float, float]:
    """Return between which distances from its mean the first class, no wider than the second, is ahead.

    In sds of the first class the weighted densities are equal where (1 - q^2) t^2 + 2 d q t + 2 o = d^2: d is
    the distance of the means in sds of the second class, q the quotient of the sds, and o the log of that of
    the weighted peaks. With S^2 = d^2 - 2 o (1 - q^2) the roots are t = (d^2 - 2 o) / (d q + S) and t = -(d q
    + S) / (1 - q^2): no difference of nearly equal numbers, whatever q is.
    """
    sd, wide = float(mixture.sds[first]), float(mixture.sds[second])
    distance = float(mixture.means[second]) - float(mixture.means[first])
    small, large = float(mixture.variances[first]), float(mixture.variances[second])
    q, curve = sd / wide, (large - small) / large  # 1 - q^2, exact where the two are nearly equal
    log_q = 0.5 * math.log1p(-curve) if curve < 0.5 else math.log(sd) - math.log(wide)
    odds = math.log(mixture.weights[second]) - math.log(mixture.weights[first]) + log_q
    d, nothing, everything = abs(distance) / wide, (math.inf, -math.inf), (-math.inf, math.inf)
    if d == 0 and curve == 0:
        return everything if odds <= 0 else nothing
    # From d = 1 on everything is in units of d, whose square may be no number. Nor may d, if q is not small.
    unit, square, one = (sd, d * d, d) if d < 1 else (sd * d if d < math.inf else q * abs(distance), 1.0, 1.0)
    twice = 2 * odds if d < 1 else 2 * odds / d / d
    if square <= twice * curve:
        return nothing
    root = one * q + math.sqrt(square - twice * curve)
    near, far = unit * ((square - twice) / root), -unit * (root / curve) if curve > 0 else -math.inf
    return (far, near) if distance >= 0 else (-near, -far)
