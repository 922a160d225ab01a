"""How much the objects tell, how much more their classes would, and what that says of errors and of EM.

If every object came with its class, its information on the parameters would be the *complete* one. What the
classes would have added is *missing*, and the objects give the difference, the *observed* one (Orchard and
Woodbury 1972; Louis 1982). Its inverse is the errors' covariance; the missing share is the rate of EM.

The parameters are the K weights, whose sum stays one, the K means, and the K standard deviations (not
variances): P = 3K - 1 of them are free. Everything here takes the objects, shape (N,), and a mixture of K
classes, which must be none so narrow that its information is beyond all numbers.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, number, share
from gmm_lesson.em import FLOOR_SHARE, ON_FLOOR, e_step, on_floor, typical_variance
from gmm_lesson.mixture import Mixture, check_mixture
from gmm_lesson.restarts import SAME_OPTIMUM
from gmm_lesson.study.per_class import Intervals, PerClass

FLAT = 1e-9
"""A share of information this near to none, or to all, is rounding."""
FARTHEST = 1e70
"""An object so many sds from its class has an information beyond all numbers: u^4, and that squared."""


class Information(NamedTuple):
    """The objects as a mixture sees them, and what they tell of its 3K numbers: weights, means, sds.

    Matrices are 3K x 3K as if all weights were free, which `shares` mends. Weights are in units of
    sqrt(pi_k), means and sds of sigma_k / sqrt(pi_k): so the complete one is about N, or 2N, for each number.
    """

    r: Array
    """The responsibilities, (N, K)."""
    u: Array
    """(y - mu) / sigma, (N, K); 0 where r is, so that 0 times it is 0."""
    mixture: Mixture

    @classmethod
    def of(cls, y: ArrayLike, mixture: Mixture) -> Information:
        """See them, or say that the information is beyond all numbers."""
        r = e_step(y, mixture)
        with np.errstate(over="ignore"):
            u = (array_of(y, "y")[:, np.newaxis] - mixture.means) / mixture.sds
        u = np.where(r > 0, u, 0.0)
        if (far := np.abs(u).max()) > FARTHEST:
            raise ValueError(
                f"mixture must have classes within {FARTHEST:g} sds of their objects; got one {far:.3g} sds"
                " away: its information is beyond all numbers. Run EM on"
            )
        return cls(r, u, mixture)

    @property
    def units(self) -> Array:
        """What one of each number is in its own unit, shape (3K,)."""
        root = np.sqrt(self.mixture.weights)
        return np.concatenate([root, self.mixture.sds / root, self.mixture.sds / root])

    def complete(self) -> Array:
        """Return what the objects and their classes would tell together, shape (3K, 3K).

        The expected negative Hessian of sum_i log(pi_z N(y_i | mu_z, sigma_z^2)), the classes z being drawn
        given y. With N_k = sum_i r_ik, class k has N_k / pi_k^2 for its weight, N_k / sigma_k^2 for its mean,
        sum_i r_ik (3 u_ik^2 - 1) / sigma_k^2 for its sd, 2 sum_i r_ik u_ik / sigma_k^2 between the two, and 0
        beside other classes. Exact everywhere, not only at an optimum.
        """
        share, u = self.r / self.mixture.weights, self.u
        mean, cross, sd = share.sum(axis=0), 2 * (share * u).sum(axis=0), (share * (3 * u**2 - 1)).sum(axis=0)
        zero = np.zeros_like(mean)
        rows = [[mean, zero, zero], [zero, mean, cross], [zero, cross, sd]]
        return np.block([[np.diag(entry) for entry in row] for row in rows])

    def missing(self) -> Array:
        """Return what the classes would have told beyond the objects, shape (3K, 3K).

        The covariance, given y, of the derivative of the complete log-likelihood (Louis 1982): of the sum
        over classes of z_ik (1 / pi_k, u_ik / sigma_k, (u_ik^2 - 1) / sigma_k), with z_ik = 1 for the
        object's class, else 0. These have variances r_ik (1 - r_ik) and covariances -r_ik r_il.
        """
        r, u, k = self.r, self.u, self.mixture.n_components
        a = np.array([np.ones_like(u), u, u**2 - 1]) / np.sqrt(self.mixture.weights)
        covariance = r[:, :, np.newaxis] * (np.eye(k) - r[:, np.newaxis, :])
        information = np.einsum("ikl,aik,bil->akbl", covariance, a, a)
        return np.asarray(information.reshape(3 * k, 3 * k))

    def score(self) -> Array:
        """Return the derivative of the log-likelihood, shape (3K,)."""
        share, u = self.r / np.sqrt(self.mixture.weights), self.u
        return np.concatenate([(share * each).sum(axis=0) for each in (1, u, u**2 - 1)])

    def shares(self) -> tuple[Array, Array]:
        """Return the missing shares, (P,), rising, and their directions as columns, (3K, P).

        None of them changes the sum of the weights. In them the complete information is the unit matrix, and
        the missing one the diagonal of the shares.
        """
        k = self.mixture.n_components
        along = np.eye(3 * k)[:, 1:]
        # In these units the weights' sum stays where their changes are at right angles to sqrt(pi).
        root = np.sqrt(self.mixture.weights)[:, np.newaxis]
        along[:k, : k - 1] = np.linalg.qr(root, mode="complete").Q[:, 1:]
        complete, missing = (along.T @ part @ along for part in (self.complete(), self.missing()))
        values = np.linalg.eigvalsh(complete)
        if not values[0] > FLAT * values[-1]:
            raise ValueError(
                "mixture must be a fixed point of EM, or near one; got one whose complete information is not"
                " positive definite: run EM on. (With a class on the floor on variances it may stay so)"
            )
        root = np.linalg.inv(np.linalg.cholesky(complete))
        shares, vectors = np.linalg.eigh(root @ missing @ root.T)
        return np.maximum(shares, 0), along @ (root.T @ vectors)


def standard_errors(y: ArrayLike, mixture: Mixture) -> PerClass:
    """Return the standard errors of a fit: the roots of the diagonal of the inverse observed information.

    The last weight is one minus the others: its error comes from their covariances. They hold for many
    objects, where the log-likelihood is a parabola as far as an error reaches: a class of few objects, or one
    near the floor on variances, has errors that no parabola shows (see `bootstrap`).

    The mixture is the maximum of the log-likelihood that was found, converged. It gets a ValueError if the
    observed information, complete less missing, is not positive definite: then it is no maximum. Or if a
    class is on the floor on variances, or has a weight worth less than one object: what is held by its limit
    is at no top of a parabola. Whichever the floor was, it shows: EM, left alone, would lower that sd and
    gain more than .01.
    """
    information = Information.of(y, mixture)
    shares, axes = information.shares()
    _reject_limits(array_of(y, "y"), information)
    if shares[-1] > 1 - FLAT:
        raise ValueError(
            "mixture must be a maximum of the log-likelihood; got one where the observed information is not"
            f" positive definite (of its share {1 - shares[-1]:.3g} of the complete one is left in one"
            " direction): a saddle, as two equal classes are, or not converged. Run EM on, from a mixture"
            " beside it if need be, or from other starts"
        )
    roots = axes / np.sqrt(1 - shares)  # times their transpose they are the covariance
    return PerClass(*(information.units * np.sqrt((roots**2).sum(axis=1))).reshape(3, -1))


def intervals(y: ArrayLike, mixture: Mixture, *, level: float = 0.95) -> Intervals:
    """Return an interval for each parameter, as wide as a Gaussian needs to hold `level` of its mass.

    A mean is given plus and minus so many standard errors. The interval of a weight is that of its log-odds,
    whose standard error is that of pi divided by pi (1 - pi); the interval of an sd is that of its log, with
    that of sigma divided by sigma (the delta method). So no weight leaves 0..1, and no sd falls below 0. One
    class alone has weight 1, and that is its interval.

    The mixture is as for `standard_errors`, which raises the same. `level`, between 0 and 1, says how often
    one such interval should hold its parameter; all at once do less often.
    """
    reach = NormalDist().inv_cdf((1 + share(level, "level")) / 2)
    mixture, errors = check_mixture(mixture), standard_errors(y, mixture)
    weights, means, sds = PerClass.of(mixture).as_array()
    weights = weights / weights.sum()
    log_odds, far = scipy.special.logit(weights), np.zeros(len(weights))
    if len(weights) > 1:
        far = errors.weights / (weights * (1 - weights))

    def end(side: float) -> PerClass:
        with np.errstate(over="ignore"):
            grown = sds * np.exp(side * errors.sds / sds)
        return PerClass(scipy.special.expit(log_odds + side * far), means + side * errors.means, grown)

    return Intervals(end(-reach), end(reach), level)


def missing_fraction(y: ArrayLike, mixture: Mixture) -> float:
    """Return rho, the largest share of the information on any one direction that is missing.

    The largest eigenvalue of I_complete^-1 I_missing, which is the derivative of a step of EM at its fixed
    points (Dempster, Laird and Rubin 1977; Meng and Rubin 1991). Near a maximum a step of EM leaves rho of
    the error, and rho^2 of the gap in log-likelihood. Above 1 the fixed point is a saddle, and EM walks away
    from it. There rho does not depend on units, nor on how the parameters are written.

    The mixture is an optimum, or near it: far from any fixed point of EM, where the complete information is
    not positive definite, it gets a ValueError.
    """
    return float(Information.of(y, mixture).shares()[0][-1])


def stationary_gap(y: ArrayLike, mixture: Mixture) -> float:
    """Return how far the log-likelihood is from where EM would stand still, by the parabola through here.

    Half the sum over directions of derivative^2 / |curvature|, for a derivative g and a curvature c put the
    stationary point g^2 / 2c away. Near a maximum it is what is left to gain. Near a saddle ups and downs add
    up, so that it is small only near it. Infinity if the complete information is not positive definite, or
    beyond all numbers: no fixed point is near.
    """
    y, mixture = array_of(y, "y"), check_mixture(mixture)
    try:
        information = Information.of(y, mixture)
        shares, axes = information.shares()
    except ValueError:
        return math.inf
    slope = information.score() @ axes
    return float(0.5 * (slope**2 / np.maximum(np.abs(1 - shares), FLAT)).sum())


def slowest_direction(y: ArrayLike, mixture: Mixture) -> PerClass:
    """Return the change of parameters of which most information is missing: the eigenvector of rho.

    Near a maximum the error that EM has left points this way after a while, from nearly every start; at a
    saddle (rho above 1) the log-likelihood rises this way and the opposite way. The weights' changes sum to
    0. Its length is such that the complete information along it is 1: to be off by so much costs
    (1 - rho) / 2 in log-likelihood. Of the two ways along it, it is the one in which the largest change, in
    units of `Information`, is a rise. Takes and raises what `missing_fraction` does.
    """
    information = Information.of(y, mixture)
    direction = information.shares()[1][:, -1]
    direction *= np.sign(direction[np.abs(direction).argmax()])
    return PerClass(*(information.units * direction).reshape(3, -1))


def steps_to(gap: float, target: float, rho: float) -> int:
    """Return how many steps EM takes to bring the gap in log-likelihood from one value down to another.

    Each leaves rho^2 of it, so they are log(target / gap) / (2 log rho), rounded up. `gap` and `target` are
    above 0; the missing fraction rho is at least 0 and below 1.
    """
    gap, target, rho = number(gap, "gap"), number(target, "target"), number(rho, "rho")
    for name, value in [("gap", gap), ("target", target)]:
        if value == 0:
            raise ValueError(f"{name} must be above 0: no number of steps closes a gap entirely; got 0")
    if rho >= 1:
        raise ValueError(f"rho must be below 1: at 1 or more EM does not come nearer; got {rho:g}")
    if target >= gap:
        return 0
    if rho == 0:
        return 1
    steps = (math.log(target) - math.log(gap)) / (2 * math.log(rho))
    # A whole number but for rounding is that number.
    return round(steps) if math.isclose(steps, round(steps), rel_tol=1e-12) else math.ceil(steps)


def _reject_limits(y: Array, information: Information) -> None:
    """Say so if a class has an sd or a weight that only its limit holds."""
    r, u, mixture = information
    floor, n_k = FLOOR_SHARE * typical_variance(y), len(y) * mixture.weights
    # An sd is held up where EM, left alone, would lower it and gain: slope^2 / 4 N_k, by a parabola.
    slope = np.minimum((r * (u**2 - 1)).sum(axis=0), 0.0)
    held = slope**2 > 4 * SAME_OPTIMUM * r.sum(axis=0)
    held |= on_floor(mixture.variances, floor) & ~(ON_FLOOR * mixture.variances < floor)
    for at_limit, what in ((held, "on the floor on variances"), (n_k < 1, "worth less than one object")):
        if at_limit.any():
            k = int(at_limit.argmax())
            raise ValueError(
                f"mixture must have no class {what}, and be converged: what a limit holds has no standard"
                f" error; got class {k} with a weight worth {n_k[k]:.3g} objects and an sd of"
                f" {mixture.sds[k]:.3g}. Run EM on, take fewer classes, or other starts"
            )
