"""Where to start EM, many starts at once, and which optimum each of them reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from gmm_lesson._inputs import LARGEST, Array, array_of, generator, number, one_of, switch, whole_number
from gmm_lesson.em import FLOOR_SHARE, MAX_ITER, TOL, floor_for, limits, m_step, typical_variance
from gmm_lesson.engine import loop, progress
from gmm_lesson.engine.compress import run_compressed
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.kmeans import clusters, spread_out
from gmm_lesson.engine.line import LEAST
from gmm_lesson.engine.objects import Objects, objects_of
from gmm_lesson.engine.suspects import notes_on, off_saddle
from gmm_lesson.mixture import Mixture

RESTARTS = 20
MANY = 2**53
"""The largest number of restarts that is computed with: from here on floats leave some whole numbers out."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Every restart of a fit, as arrays; R restarts, K classes.

    Attributes
    ----------
    weights, means, variances : ndarray, shape (R, K)
        Where each restart ended.
    log_likelihood : ndarray, shape (R,)
        How well it fits there.
    n_iter : ndarray of int, shape (R,)
        How many steps it took.
    converged : ndarray of bool, shape (R,)
        Whether its last step gained at most `tol` per object.
    starts : Parameters
        Where each restart began: `.weights`, `.means`, `.variances`, each of shape (R, K).
    """

    weights: Array
    means: Array
    variances: Array
    log_likelihood: Array
    n_iter: NDArray[np.intp]
    converged: NDArray[np.bool_]
    starts: Parameters

    def __len__(self) -> int:
        return len(self.log_likelihood)

    def mixture(self, restart: int) -> Mixture:
        """Return the mixture that one restart ended at."""
        return Mixture(self.weights[restart], self.means[restart], self.variances[restart])


@dataclass(frozen=True, eq=False)
class Fit:
    """The best of several restarts, and all of them.

    Attributes
    ----------
    mixture : Mixture
        The one with the highest log-likelihood.
    log_likelihood : float
        Its log-likelihood.
    n_iter : int
        How many steps that restart took.
    converged : bool
        Whether its last step gained at most `tol` per object.
    runs : Runs
        The same for every restart.
    notes : tuple of str
        What is suspicious, a sentence each: objects far from all others, a class on the floor, classes that
        coincide or hold no object. Empty where nothing is. Classes are numbered from 0.
    """

    mixture: Mixture
    log_likelihood: float
    n_iter: int
    converged: bool
    runs: Runs
    notes: tuple[str, ...] = ()


def fit(
    y: ArrayLike,
    n_components: int,
    *,
    starts: str | Mixture | Iterable[str | Mixture] = "k-means++",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
    floor: float | None = None,
    accelerate: bool = False,
    compress: bool = False,
    counts: ArrayLike | None = None,
) -> Fit:
    """Fit a Gaussian mixture by EM from several starts and keep the best.

    Work that takes more than a second shows its progress where somebody is looking: in a terminal, and in a
    notebook whose front end is open. An interrupt ends it at once.

    Parameters
    ----------
    y : array_like, shape (N,), or blocks of such
        The objects. Where they do not fit into memory: a list of arrays, as numpy memory maps, or any other
        iterable of arrays that can be passed over again and again; or a Dask array (`pip install
        "gmm-lesson[dask]"`).
    n_components : int
        How many classes, K: at least 1, at most N.
    starts : str, Mixture, or a sequence of them
        Where to start. A name of `STRATEGIES` is drawn `restarts` times; a Mixture is one start. If all are
        names, and the best run ends on a saddle, on two classes that coincide or one that holds no object, it
        goes on from beside it.
    restarts : int
        How many starts to draw from each strategy that is named. Of more than 16,384 objects (or weighted
        ones), strategies see so many drawn at random.
    rng : numpy.random.Generator or int
        What draws them: a generator, or a seed. The same seed gives the same fit.
    max_iter : int
        The largest number of steps of a restart.
    tol : float
        A restart stops when a step changes its log-likelihood by at most `tol` per object; with `accelerate`,
        when about so much is left to gain. 0 never stops early: exactly `max_iter` steps.
    floor : float or None
        The smallest variance allowed, in y's units squared. None means 1e-6 of the variance of y, without the
        objects that are far from the others (see `em.typical_variance`): a guard against infinity, no cure
        for spurious optima.
    accelerate : bool
        Whether to jump along EM's path (see `engine.accelerate`): to its optima in a tenth of the steps or
        fewer, where classes overlap. Every jump that is tried counts as a step; the log-likelihood
        never falls.
    compress : bool
        Whether to fit a fine histogram in place of the objects (see `engine.compress`): a step then takes as
        long for a billion as for a hundred thousand. The best restart is checked on the objects, and its
        log-likelihood is theirs; those of the other restarts are the histogram's. Fewer than 16,384 entries
        are fitted as they are.
    counts : array_like, shape (N,), or None
        How many objects each entry of y stands for: not negative, not all 0, not always whole. None is one
        each. It comes in blocks, or Dask chunks, as y does.

    Returns
    -------
    Fit

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or y is constant and no floor above 0 is given.

    Warns
    -----
    UserWarning
        If `compress` is on and a class is too narrow for it: the objects themselves were fitted.
    """
    source, k = objects_of(y, counts), whole_number(n_components, "n_components", 1)
    if k > source.size:
        raise ValueError(f"n_components must be at most the number of objects, {source.size}; got {k}")
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")
    floor = (
        floor_for(source.variance, source.size, source.family.centre)
        if floor is None
        else checked_floor(number(floor, "floor"), source.family.unit)
    )
    restarts, rng = whole_number(restarts, "restarts", 1), generator(rng)
    accelerate, compress = switch(accelerate, "accelerate"), switch(compress, "compress")
    several, drawn = starts_of(starts, source, k, restarts, rng, STRATEGIES, Mixture)
    begin = Parameters.of(several)
    run = run_compressed if compress else loop.run
    how: dict[str, Any] = {"max_iter": max_iter, "tol": tol, "floor": floor, "accelerate": accelerate}
    with progress.bar(max_iter, len(begin.weights)) as watch:
        ends = run(source, begin, watch=watch, **how)
    if drawn:
        ends = off_saddle(source, ends, run, how)
    runs = Runs(*ends.parameters, ends.log_likelihood, ends.n_iter, ends.converged, begin)
    return best_of(runs, source, floor)


def checked_floor(floor: float, unit: float) -> float:
    """Return a floor that is 0, or no smaller than can be computed with for objects of the size `unit`."""
    least = LEAST * unit * unit
    if 0 < floor < least:
        raise ValueError(f"floor must be 0, or at least {least:.3g} for objects of this size; got {floor:g}")
    return floor


def best_of(runs: Runs, source: Objects, floor: Any) -> Fit:
    """Return the fit whose best restart is the one with the highest log-likelihood."""
    best = int(runs.log_likelihood.argmax())
    return Fit(
        runs.mixture(best),
        float(runs.log_likelihood[best]),
        int(runs.n_iter[best]),
        bool(runs.converged[best]),
        runs,
        notes_on(source, Parameters(runs.weights[best], runs.means[best], runs.variances[best]), floor),
    )


def uniform_means(y: Array, k: int, rng: np.random.Generator) -> Mixture:
    """Return a start with means uniform over the range of y, equal weights, and the typical variance of y."""
    return _start(y, rng.uniform(y.min(), y.max(), k))


def random_objects(y: Array, k: int, rng: np.random.Generator) -> Mixture:
    """Return a start with means at k different objects, equal weights, and the typical variance of y."""
    return _start(y, rng.choice(y, k, replace=False))


def k_means_plus_plus(y: Array, k: int, rng: np.random.Generator) -> Mixture:
    """Return a start with means at objects that lie apart, equal weights, and the typical variance of y.

    Each next mean is an object drawn with probability proportional to its squared distance from the
    nearest mean so far (Arthur and Vassilvitskii, 2007). Far objects would draw all means to themselves:
    where there are some, most starts are the M-step of clusters, some of far objects and some of the others
    (see `clusters`).
    """
    low, high = limits(y)
    z = clusters(y[:, np.newaxis], (y < low) | (y > high), k, rng)
    if z is not None:
        return _start_of(y, z, k)
    # In units of the range: the square of a tiny distance must not become zero.
    scaled = (y - y.min()) / max(np.ptp(y), np.finfo(float).tiny)
    return _start(y, y[spread_out(scaled[:, np.newaxis], k, rng)])


def random_classes(y: Array, k: int, rng: np.random.Generator) -> Mixture:
    """Return the M-step of random classes: every object in one of k classes, drawn evenly."""
    return _start_of(y, rng.integers(k, size=len(y)), k)


STRATEGIES: dict[str, Callable[[Array, int, np.random.Generator], Mixture]] = {
    "uniform": uniform_means,
    "objects": random_objects,
    "k-means++": k_means_plus_plus,
    "classes": random_classes,
}
"""The named ways of drawing a start: (y, K, rng) to a Mixture."""


@dataclass(frozen=True, eq=False)
class Optima:
    """The different optima that restarts reached, best first.

    Attributes
    ----------
    log_likelihood : ndarray, shape (M,)
        The highest log-likelihood in each group, falling.
    counts : ndarray of int, shape (M,)
        How many restarts reached it.
    which : ndarray of int, shape (R,)
        The group of each restart, 0..M-1.
    """

    log_likelihood: Array
    counts: NDArray[np.intp]
    which: NDArray[np.intp]


def optima(log_likelihood: ArrayLike, *, within: float = 0.01) -> Optima:
    """Group restarts by the optimum they reached.

    Two restarts reached the same one if no gap above `within` lies between their log-likelihoods.
    Different optima with equal log-likelihoods count as one: on real data that is always the same mixture
    with its classes in another order.

    Parameters
    ----------
    log_likelihood : array_like, shape (R,)
        Where each restart ended, converged.
    within : float
        The largest gap inside a group, in total log-likelihood.
    """
    values, within = array_of(log_likelihood, "log_likelihood"), number(within, "within")
    order = np.argsort(-values, kind="stable")
    falls = -np.diff(values[order]) > within
    group = np.concatenate([[0], np.cumsum(falls)]).astype(np.intp)
    which = np.empty(len(values), dtype=np.intp)
    which[order] = group
    first = np.flatnonzero(np.concatenate([[True], falls]))
    return Optima(values[order][first], np.bincount(which), which)


@dataclass(frozen=True)
class HitRate:
    """How often a restart reaches the best optimum, and how well so many restarts tell that.

    Attributes
    ----------
    hits, n : int
        How many of how many restarts reached it.
    rate : float
        hits / n.
    low, high : float
        The ends of the interval for the chance of a hit (Wilson, 1927).
    """

    hits: int
    n: int
    rate: float
    low: float
    high: float


def hit_rate(
    log_likelihood: ArrayLike, *, best: float | None = None, within: float = 0.01, level: float = 0.95
) -> HitRate:
    """Return the share of restarts that reached the best optimum, with its interval.

    The interval holds every chance p from which the share is less than z sqrt(p (1 - p) / n) away, with z the
    normal quantile of the level (Wilson, 1927). It never leaves 0..1, and is not empty where all or none hit.

    Parameters
    ----------
    log_likelihood : array_like, shape (n,)
        Where each restart ended, converged.
    best : float or None
        The log-likelihood to be reached; the highest of them if None.
    within : float
        How far below it still counts as a hit, in total log-likelihood.
    level : float
        How often the interval shall hold the true chance, above 0 and below 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    values, within = array_of(log_likelihood, "log_likelihood"), number(within, "within")
    top = float(values.max()) if best is None else number(best, "best", -LARGEST)
    level = number(level, "level")
    if not 0 < level < 1:
        raise ValueError(f"level must be above 0 and below 1; got {level:g}")
    n, hits = len(values), int((values >= top - within).sum())
    rate, z = hits / n, float(ndtri(0.5 + level / 2))
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # But for rounding these are the ends where none or all hit.
    low, high = 0.0 if hits == 0 else middle - half, 1.0 if hits == n else middle + half
    return HitRate(hits, n, rate, float(low), float(high))


def success(rate: ArrayLike, restarts: ArrayLike) -> Array:
    """Return the chance that at least one of R restarts hits, 1 - (1 - p)^R.

    Parameters
    ----------
    rate : float or array_like
        The chance p that one restart hits, 0..1.
    restarts : int or array_like
        R, at least 0. The two are broadcast against each other.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    p, r = array_of(rate, "rate", ndim=None), array_of(restarts, "restarts", ndim=None)
    if p.min() < 0 or p.max() > 1:
        raise ValueError(f"rate must be within 0..1; got {p[(p < 0) | (p > 1)][0]:g}")
    if r.min() < 0 or (r != np.rint(r)).any():
        raise ValueError(
            f"restarts must be whole numbers, at least 0; got {r[(r < 0) | (r != np.rint(r))][0]:g}"
        )
    try:
        np.broadcast_shapes(p.shape, r.shape)
    except ValueError:
        raise ValueError(
            f"rate and restarts must have shapes that can be broadcast; got {p.shape} and {r.shape}"
        ) from None
    with np.errstate(divide="ignore"):
        log_miss = np.where(r == 0, 0.0, np.log1p(-p) * np.maximum(r, 1))
    return np.asarray(0.0 - np.expm1(log_miss))


def restarts_needed(rate: float, chance: float = 0.99) -> int:
    """Return the fewest restarts of which at least one hits with a given chance.

    Parameters
    ----------
    rate : float
        The chance that one restart hits, above 0 and at most 1.
    chance : float
        The chance that at least one of them shall hit, above 0 and below 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    """
    rate, chance = number(rate, "rate"), number(chance, "chance")
    if not 0 < rate <= 1:
        raise ValueError(f"rate must be above 0 and at most 1: no number of restarts would do; got {rate:g}")
    if not 0 < chance < 1:
        raise ValueError(f"chance must be above 0 and below 1; got {chance:g}")
    if success(rate, MANY) < chance:
        raise ValueError(f"rate must be so large that {MANY:.0e} restarts are enough; got {rate:g}")
    # Halved, not solved for: so it is the inverse of `success` to the last digit.
    few, enough = 0, MANY
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if success(rate, middle) >= chance else (middle, enough)
    return enough


def starts_of(
    starts: Any,
    source: Objects,
    k: int,
    restarts: int,
    rng: np.random.Generator,
    strategies: Mapping[str, Callable[..., Any]],
    kind: type[Any],
) -> tuple[list[Any], bool]:
    """Return the mixtures to start from, given or drawn by the strategies named; and whether all are drawn.

    Parameters
    ----------
    starts, k, restarts, rng
        As in `fit`.
    source : Objects
        What strategies draw from.
    strategies : mapping of str to callable
        The strategies that may be named.
    kind : type
        What a start is, `Mixture` on the line.
    """
    if isinstance(starts, (str, kind)):
        several = [starts]
    elif isinstance(starts, Iterable) and not _unordered(starts):
        several = list(starts)
    else:
        raise TypeError(
            f"starts must be a strategy's name, a {kind.__name__}, or a sequence of them;"
            f" got {type(starts).__name__}"
        )
    if not several:
        raise ValueError("starts must hold at least one start; got an empty sequence")
    drawn: list[Any] = []
    y = source.sample(rng, k) if any(isinstance(start, str) for start in several) else np.empty(0)
    for start in several:
        if isinstance(start, kind):
            if start.n_components != k:
                raise ValueError(
                    f"starts must have n_components={k} classes each; got one with {start.n_components}"
                )
            drawn.append(start)
        else:
            strategy = strategies[one_of(start, "starts", tuple(strategies))]
            drawn.extend(strategy(y, k, rng) for _ in range(restarts))
    return drawn, all(isinstance(start, str) for start in several)


def _unordered(starts: object) -> bool:
    # A set is refused because its order, and with it the fit, would differ from run to run.
    return isinstance(starts, (bytes, dict, set, frozenset)) or getattr(starts, "ndim", 1) == 0


def _start(y: Array, means: Array) -> Mixture:
    k = len(means)
    return Mixture(np.full(k, 1 / k), means, np.full(k, _start_variance(y)))


def _start_of(y: Array, z: NDArray[np.intp], k: int) -> Mixture:
    return m_step(y, np.eye(k)[z], floor=FLOOR_SHARE * _start_variance(y))


def _start_variance(y: Array) -> float:
    """Return the typical variance of y, or 1 if all objects are equal: any spread will do for those."""
    return typical_variance(y) or 1.0
