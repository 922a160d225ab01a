"""The EM algorithm for a Gaussian mixture on the line: the textbook, a line an equation.

Rows are objects and columns are classes: the responsibilities r have shape (N, K). The formulas are
those of Dempster, Laird and Rubin (1977), in the notation of Bishop (2006, section 9.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import SUM_TOLERANCE, Array, array_of, has_rows, number, whole_number
from gmm_lesson.mixture import Components, Mixture, check_mixture

TRACE = 1e-200
"""The trace of each object in each class, so that a class that lost its objects is not 0/0."""

FLOOR_SHARE = 1e-6
"""The default floor on a variance, as a share of the typical variance of the data."""

FAR = 20.0
"""An object is far if it is more than so many median distances from the median: 13 sds of a Gaussian."""

ON_FLOOR = 1 + 1e-6
"""Up to so many times the floor is on it: a change of units, a root, seven printed digits round a little."""

MAX_ITER = 5000
TOL = 1e-11


def e_step(y: ArrayLike, mixture: Components) -> Array:
    """Return the responsibilities: how far each object belongs to each class, given its value.

    Bayes' rule, a row an object: r_ik = pi_k N(y_i | mu_k, sigma_k^2) / sum_j pi_j N(y_i | mu_j,
    sigma_j^2). Each row is divided by its largest entry before it leaves the logs, as in log-sum-exp:
    the densities of an object far from every class would underflow, to 0/0.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    mixture : Mixture
        The weights, means and variances to judge them by. In d dimensions a PlaneMixture; y is (N, d) then.

    Returns
    -------
    r : ndarray, shape (N, K)
        Responsibilities; every row sums to one.

    Raises
    ------
    TypeError, ValueError
        If y is not a non-empty list of finite numbers, or `mixture` is not a Mixture.
    """
    log_joint = _log_joint(y, mixture)
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


def m_step(y: ArrayLike, r: ArrayLike, *, floor: float = 0.0) -> Mixture:
    """Return the mixture that fits best if object i counts as r_ik objects of class k.

    Weighted averages: N_k = sum_i r_ik, pi_k = N_k / N, mu_k = sum_i r_ik y_i / N_k, and
    sigma_k^2 = sum_i r_ik (y_i - mu_k)^2 / N_k around the *new* mean.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    r : array_like, shape (N, K)
        Responsibilities: not negative, every row summing to one.
    floor : float
        The smallest variance allowed, in y's units squared.

    Raises
    ------
    TypeError, ValueError
        If y, r or floor is not as above, or if the floor is 0 and a class sits on a single value:
        its variance would be 0.

    Notes
    -----
    A class that lost all its objects keeps a trace of each: its weight becomes negligible, and its
    mean and variance those of all the objects.
    """
    y, r, floor = array_of(y, "y"), responsibilities_of(r), number(floor, "floor")
    if len(r) != len(y):
        raise ValueError(f"r must have one row for each of the {len(y)} objects; got {len(r)}")
    r = r + TRACE
    n_k = r.sum(axis=0)
    share = r / n_k
    weights = n_k / len(y)
    means = share.T @ y
    variances = (share * (y[:, np.newaxis] - means) ** 2).sum(axis=0)
    variances = np.maximum(variances, floor)
    if floor == 0 and variances.min() <= rounding(y):
        raise ValueError(
            f"floor must be above 0 here: class {variances.argmin()} sits on a single value of y,"
            f" so its variance is 0; got floor={floor:g}"
        )
    return Mixture(weights, means, variances)


def expected_log_joint(y: ArrayLike, r: ArrayLike, mixture: Mixture) -> float:
    """Return Q = sum_i sum_k r_ik log(pi_k N(y_i | mu_k, sigma_k^2)): what the M-step maximises.

    The log-density of objects and classes together, averaged over what the responsibilities say of the
    classes. `m_step(y, r)` is the mixture at which it is highest.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    r : array_like, shape (N, K)
        Responsibilities: not negative, every row summing to one.
    mixture : Mixture
        The K weights, means and variances to judge.

    Raises
    ------
    TypeError, ValueError
        If y, r or mixture is not as above, or they do not belong together.
    """
    log_joint, r = check_mixture(mixture).log_joint(y), responsibilities_of(r)
    if r.shape != log_joint.shape:
        raise ValueError(
            f"r must have a row for each object and a column for each class, shape {log_joint.shape};"
            f" got {r.shape}"
        )
    return float((r * log_joint).sum())


def lower_bound(y: ArrayLike, r: ArrayLike, mixture: Mixture) -> float:
    """Return F = sum_i sum_k r_ik (log(pi_k N(y_i | mu_k, sigma_k^2)) - log r_ik): what both steps raise.

    The evidence lower bound (ELBO): Q and the entropy of the responsibilities, where 0 log 0 = 0. No r lifts
    it above the log-likelihood of the mixture, and `e_step(y, mixture)` lifts it exactly there; the entropy
    does not depend on the mixture, so that `m_step(y, r)` is the mixture at which it is highest for a given r
    (Neal and Hinton 1998; Bishop 2006, equations 9.70 to 9.72).

    Parameters
    ----------
    y, r, mixture
        As for `expected_log_joint`, which raises what is wrong with them.
    """
    q, r = expected_log_joint(y, r, mixture), array_of(r, "r", ndim=2)
    return q - float((r * np.log(np.where(r > 0, r, 1.0))).sum())


def log_likelihood(y: ArrayLike, mixture: Components) -> float:
    """Return sum_i log sum_k pi_k N(y_i | mu_k, sigma_k^2): the log-density of all the objects.

    The natural logarithm, summed (not averaged) over the objects; the inner sum by log-sum-exp, so that
    nothing underflows. Takes and raises what `e_step` does.
    """
    log_joint = _log_joint(y, mixture)
    top = log_joint.max(axis=1)
    return float((top + np.log(np.exp(log_joint - top[:, np.newaxis]).sum(axis=1))).sum())


def _log_joint(y: ArrayLike, mixture: Components) -> Array:
    if isinstance(mixture, Components) and not isinstance(mixture, Mixture) and has_rows(y):
        return mixture.log_joint(y)
    return check_mixture(mixture).log_joint(y)


@dataclass(frozen=True, eq=False)
class EMRun:
    """One run of EM with its whole path.

    Attributes
    ----------
    path : tuple of Mixture, length n_iter + 1
        The start, then the mixture after each step.
    log_likelihoods : ndarray, shape (n_iter + 1,)
        The log-likelihood of each mixture of the path.
    converged : bool
        Whether the last step gained no more than `tol` per object. A flat curve is a hint that an
        optimum is near, not a proof.
    """

    path: tuple[Mixture, ...]
    log_likelihoods: Array
    converged: bool

    @property
    def mixture(self) -> Mixture:
        """Where it ended."""
        return self.path[-1]

    @property
    def n_iter(self) -> int:
        """How many steps it took; a step is an E-step and an M-step."""
        return len(self.path) - 1


def em(
    y: ArrayLike,
    start: Mixture,
    *,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
    floor: float | None = None,
) -> EMRun:
    """Run EM from a start: E-step, M-step, and again, until a step gains almost nothing.

    Parameters
    ----------
    y : array_like, shape (N,)
        The objects.
    start : Mixture
        Where to start; its size is the number of classes. A variance below the floor is raised to it.
    max_iter : int
        The largest number of steps. 0 returns the start.
    tol : float
        Stop when a step changes the log-likelihood by at most `tol` per object. 0 never stops
        early: exactly `max_iter` steps.
    floor : float or None
        The smallest variance allowed, in y's units squared. None means 1e-6 of the variance of y, without the
        objects that are far (see `typical_variance`).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant and no floor above 0 is given.
    """
    y, start = array_of(y, "y"), check_mixture(start, "start")
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")
    floor = default_floor(y) if floor is None else number(floor, "floor")
    now = Mixture(start.weights, start.means, np.maximum(start.variances, floor))
    path, log_likelihoods, converged = [now], [log_likelihood(y, now)], False
    while len(path) <= max_iter and not converged:
        now = m_step(y, e_step(y, now), floor=floor)
        path.append(now)
        log_likelihoods.append(log_likelihood(y, now))
        gain = log_likelihoods[-1] - log_likelihoods[-2]
        converged = bool(gain_is_negligible(gain, len(y), tol))
    return EMRun(tuple(path), np.array(log_likelihoods), converged)


def remaining_gain(log_likelihoods: ArrayLike) -> float:
    """Return an estimate of what a run of EM still has to gain, from its last three log-likelihoods.

    If the gains go on shrinking by the same factor q, what is left is a geometric series: last gain times
    q / (1 - q). Near the end of a run they do, with q = rho^2, rho the factor by which a step shrinks the
    error (Aitken 1926; Boehning and others 1994). Far from it they do not, and the estimate is only a guess.
    A change too small to be told from rounding counts as 0; of gains up to a hundred times as large the
    estimate is noise.

    Parameters
    ----------
    log_likelihoods : array_like, shape (T,)
        The log-likelihood of the start and after each step, at least three; `EMRun.log_likelihoods`.

    Returns
    -------
    left : float
        In the unit of the log-likelihoods; 0 if the last step gained nothing, and infinity if the gains do
        not shrink: then nobody can say.

    Raises
    ------
    TypeError, ValueError
        If there are not three finite numbers, or the last three fall: EM never lowers a log-likelihood.
    """
    values = array_of(log_likelihoods, "log_likelihoods")
    if len(values) < 3:
        raise ValueError(
            f"log_likelihoods must have at least three entries, for two gains in a row; got {len(values)}"
        )
    gains = np.diff(values[-3:])
    gains[np.abs(gains) <= 16 * np.finfo(float).eps * np.abs(values[-3:]).max()] = 0
    before, last = gains.tolist()
    if min(before, last) < 0:
        raise ValueError(
            "log_likelihoods must not fall: EM never lowers them;"
            f" got a fall by {-min(before, last):g} within the last three"
        )
    if last == 0:
        return 0.0
    return float(last**2 / (before - last)) if last < before else float("inf")


def default_floor(y: Array) -> float:
    """Return the floor that `floor=None` stands for: 1e-6 of the typical variance of y."""
    return floor_for(typical_variance(y), len(y), y[0])


def floor_for(variance: float, n: int, value: float) -> float:
    """Return the default floor of n objects of this typical variance, one of them `value`: 1e-6 of it.

    It keeps a collapsing class from infinity. It is no cure: a spurious optimum can sit far above it.
    """
    floor = FLOOR_SHARE * variance
    if floor == 0:
        raise ValueError(
            f"y must vary for floor=None to have a meaning; got {n} times {value:g}:"
            " give more objects, larger units, or a floor above 0"
        )
    return floor


def on_floor(values: ArrayLike, floor: ArrayLike) -> NDArray[np.bool_]:
    """Return which variances are on a floor on variances, or which sds on one on sds; none is on 0."""
    return np.asarray(values) <= ON_FLOOR * np.asarray(floor)


def variance(y: Array) -> float:
    """Return the variance of y; exactly 0 if y is constant, and finite wherever y is accepted."""
    low, high = y.min(), y.max()
    if low == high:
        return 0.0
    return float(np.var((y - low) / (high - low)) * (high - low) ** 2)


def limits(y: Array) -> tuple[float, float]:
    """Return the ends beyond which an object is far: FAR median distances to either side of the median.

    The median distance from the median does not notice what fewer than half of the objects do (Hampel 1974).
    Where half of them or more are one value, but for rounding, it is the median of the other distances.
    """
    middle = float(np.median(y))
    away = np.abs(y - middle)
    same = 8 * np.finfo(float).eps * abs(middle)
    if (typical := float(np.median(away))) <= same:
        typical = float(np.median(away[away > same])) if (away > same).any() else same
    return middle - FAR * typical, middle + FAR * typical


def typical_variance(y: Array) -> float:
    """Return the variance of the objects that are not far; where none is, `variance(y)`.

    One outlier, or a few codes for missing values, can own the variance of all.
    """
    low, high = limits(y)
    near = (low <= y) & (y <= high)
    return variance(y if near.all() else y[near])


def rounding(y: Array) -> float:
    """Return the variance that rounding alone can give to equal objects of the size of y."""
    return float((8 * np.finfo(float).eps * np.abs(y).max()) ** 2)


def gain_is_negligible(gain: ArrayLike, n: float, tol: float) -> NDArray[np.bool_]:
    """Whether a step changed the log-likelihood of n objects by at most `tol` each; never at 0."""
    return np.abs(gain) <= (tol * n if tol > 0 else -1.0)


def responsibilities_of(r: ArrayLike) -> Array:
    """Return responsibilities, shape (N, K), checked: not negative, every row summing to one."""
    r = array_of(r, "r", ndim=2)
    if r.min() < 0:
        row, column = np.argwhere(r < 0)[0]
        raise ValueError(f"r must not be negative; got {r[row, column]:g} at r[{row}, {column}]")
    sums = r.sum(axis=1)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > SUM_TOLERANCE:
        raise ValueError(f"r must have rows that sum to one; got a sum of {sums[worst]:.9g} in row {worst}")
    return r
