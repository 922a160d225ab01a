"""The wrong M-steps that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes.moves import pairs

# The M-step has five moves: the counts N_k, the weights, the means, the centre that spread is measured
# around, and the spread. A sixth hands over the three parts. In all of them y is a column, so that
# `r * y` has shape (N, K).


def counted(r: Array) -> Array:
    """Return N_k, the number of objects of each class."""
    return np.asarray(r.sum(axis=0))


def averaged(r: Array, values: Array, n_k: Array) -> Array:
    """Return the average of values, shape (N, 1) or (N, K), over the objects of each class."""
    return np.asarray((r * values).sum(axis=0) / n_k)


@dataclass(frozen=True)
class MStep:
    """An M-step of moves, any of which may be wrong."""

    counts: Callable[[Array], Array] = counted
    weigh: Callable[[Array, Array], Array] = lambda n_k, r: n_k / len(r)
    centre: Callable[[Array, Array, Array], Array] = lambda y, r, n_k: averaged(r, y, n_k)
    around: Callable[[Array, Array, Array], Array] = lambda y, new, before: new
    spread: Callable[[Array, Array, Array, Array], Array] = lambda y, r, n_k, c: averaged(
        r, (y - c) ** 2, n_k
    )
    hand: Callable[[Array], Array] = lambda parts: parts

    def __call__(self, y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
        """Return weights, means and variances as this M-step has them: the rows of an array (3, K)."""
        column, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r, dtype=float)
        n_k = self.counts(r)
        new = self.centre(column, r, n_k)
        around = self.around(column, new, np.asarray(means, dtype=float))
        variances = self.spread(column, r, n_k, around)
        return self.hand(np.array([self.weigh(n_k, r), new, variances]))


RIGHT = MStep()
"""All moves right."""


def _over(divisor: Callable[[Array, Array], Any], *parts: str) -> MStep:
    """Return an M-step that divides the sums of some parts by something of (r, n_k)."""
    moves: dict[str, Any] = {}
    if "means" in parts:
        moves["centre"] = lambda y, r, n_k: (r * y).sum(axis=0) / divisor(r, n_k)
    if "variances" in parts:
        moves["spread"] = lambda y, r, n_k, c: (r * (y - c) ** 2).sum(axis=0) / divisor(r, n_k)
    return MStep(**moves)


def _each(divisor: Callable[[Array, Array], Any]) -> tuple[MStep, ...]:
    """Return the M-steps that do so in the means, in the variances, and in both."""
    return _over(divisor, "means"), _over(divisor, "variances"), _over(divisor, "means", "variances")


def _all(value: Any, n_k: Array) -> Array:
    return np.full(n_k.shape, float(value))


def _spread(of: Callable[[Array], Array]) -> MStep:
    """Return an M-step that turns each right variance into something else."""
    return MStep(spread=lambda y, r, n_k, c: of(averaged(r, (y - c) ** 2, n_k)))


def _distances(of: Callable[[Array], Array]) -> MStep:
    """Return an M-step that averages something else than the squares of the distances."""
    return MStep(spread=lambda y, r, n_k, c: averaged(r, of(y - c), n_k))


def _likeliest(r: Array) -> Array:
    return np.asarray(np.eye(r.shape[1])[r.argmax(axis=1)])


def _last_likeliest(r: Array) -> Array:
    return _likeliest(r[:, ::-1])[:, ::-1]


HARD: tuple[Callable[[Array], Array], ...] = (
    _likeliest,
    _last_likeliest,
    lambda r: (r == r.max(axis=1, keepdims=True)).astype(float),
    lambda r: (r > 0.5).astype(float),
)
"""Ways of giving each object to one class; they differ on an object that two classes share equally."""


def _on(change: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return the right M-step on other responsibilities."""
    return lambda y, r, means: RIGHT(y, change(np.asarray(r, dtype=float)), means)


def _on_in_averages(change: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return the M-step with other responsibilities everywhere but in the weights."""

    def stepped(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
        soft, hard = RIGHT(y, r, means), _on(change)(y, r, means)
        return np.vstack([soft[:1], hard[1:]])

    return stepped


def _middle(y: Array, r: Array, n_k: Array) -> Array:
    """Return the median of the objects that are likelier in each class than in any other."""
    labels = r.argmax(axis=1)
    return np.array([np.median(y[labels == k]) for k in range(r.shape[1])])


def _weighted_middle(y: Array, r: Array, n_k: Array) -> Array:
    """Return the smallest object up to which each class has half of its own."""
    order = y[:, 0].argsort()
    reached = r[order].cumsum(axis=0) >= n_k / 2
    return np.asarray(y[order, 0][reached.argmax(axis=0)])


def _by_object(weight: Callable[[Array], Array], count: Callable[[Array], Any]) -> Callable[..., Array]:
    """Return an M-step whose sums run along the rows of r, over the classes."""

    def stepped(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
        column, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r, dtype=float)
        new = (r * column).sum(axis=1) / count(r)
        spread = (r * (column - new[:, np.newaxis]) ** 2).sum(axis=1) / count(r)
        return np.array([weight(r), new, spread])

    return stepped


def _blended(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
    """Measure each object from the average of the means, weighted by its responsibilities."""
    column, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r, dtype=float)
    weights, new, _ = RIGHT(y, r, means)
    return np.array([weights, new, averaged(r, (column - r @ new[:, np.newaxis]) ** 2, counted(r))])


def _beside_right_variances(step: MStep) -> Callable[..., Array]:
    """Return an M-step with the weights and means of another, and the right variances."""
    return lambda y, r, means: np.vstack([step(y, r, means)[:2], RIGHT(y, r, means)[2:]])


def _means_kept(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
    weights, _, variances = MStep(around=lambda y, new, before: before)(y, r, means)
    return np.array([weights, np.asarray(means, dtype=float), variances])


def _means_kept_beside_new_variances(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
    weights, _, variances = RIGHT(y, r, means)
    return np.array([weights, np.asarray(means, dtype=float), variances])


def _rounded(decimals: int) -> Callable[[Array], Array]:
    return lambda parts: np.round(parts, decimals)


def _with_a_trace(trace: float) -> MStep:
    return MStep(counts=lambda r: r.sum(axis=0) + trace)


M_STEP = (
    Mistake(
        "old-mean-in-the-variance",
        "Its variances are those around the means before the step: Q does not fall, but the textbook's step"
        " raises it further.",
        (MStep(around=lambda y, new, before: before),),
        head="Not the maximiser of Q",
    ),
    Mistake(
        "parts-in-another-order",
        "Every number is right and their order is not: the first part is read as the weights, the second as"
        " the means, the third as the variances.",
        tuple(
            MStep(hand=lambda parts, order=list(order): parts[order])  # type: ignore[misc]
            for order in permutations(range(3))
            if order != (0, 1, 2)
        ),
    ),
    Mistake(
        "classes-in-reverse",
        "The classes are in the opposite order: the first entry of each part is the last class's.",
        (MStep(hand=lambda parts: parts[:, ::-1]),),
    ),
    Mistake(
        "one-class-for-all",
        "Every class has the weight, the mean and the variance of one of them.",
        (
            MStep(hand=lambda parts: parts[:, [0] * parts.shape[1]]),
            MStep(hand=lambda parts: parts[:, [-1] * parts.shape[1]]),
        ),
    ),
    Mistake(
        "transposed",
        "Rows are taken for classes and columns for objects; in the course a row is an object.",
        (
            _by_object(lambda r: r.sum(axis=1) / len(r), lambda r: r.sum(axis=1)),
            _by_object(lambda r: r.mean(axis=1), lambda r: r.sum(axis=1)),
            _by_object(lambda r: r.sum(axis=1), lambda r: r.sum(axis=1)),
            _by_object(lambda r: r.mean(axis=1), lambda r: r.shape[1]),
            _by_object(lambda r: r.sum(axis=1) / len(r), lambda r: len(r)),
        ),
        crashing=(
            lambda y, r, means: RIGHT(y, np.transpose(r), means),
            lambda y, r, means: MStep(weigh=lambda n_k, _: n_k / len(y))(y, np.transpose(r), means),
            MStep(counts=lambda r: r.sum(axis=1)),
            MStep(centre=lambda y, r, n_k: r @ y[:, 0] / n_k),
        ),
    ),
    Mistake(
        "weights-not-divided",
        "The weights sum to the number of objects, not to one.",
        (MStep(weigh=lambda n_k, r: n_k),),
    ),
    Mistake(
        "weights-divided-by-k",
        "The weights have the right proportions, but sum to as many objects as a class has on average.",
        (MStep(weigh=lambda n_k, r: n_k / r.shape[1]),),
    ),
    Mistake(
        "weights-divided-twice",
        "The weights have the right proportions, but the more objects there are, the less they sum to.",
        (MStep(weigh=lambda n_k, r: n_k / len(r) ** 2),),
    ),
    Mistake(
        "equal-weights",
        "The weights are all equal, however many objects a class has.",
        (MStep(weigh=lambda n_k, r: _all(1 / r.shape[1], n_k)),),
    ),
    Mistake(
        "weights-from-whole-objects",
        "The weights are shares of whole objects, as if each object were of its likeliest class alone.",
        tuple(
            MStep(weigh=lambda n_k, r, hard=hard: hard(r).mean(axis=0))  # type: ignore[misc]
            for hard in HARD
        ),
    ),
    Mistake(
        "divided-by-n",
        "The means, the variances or both are too close to zero, and the fewer objects a class has, the more"
        " so.",
        (
            *_each(lambda r, n_k: len(r)),
            _beside_right_variances(_over(lambda r, n_k: len(r), "means")),
        ),
    ),
    Mistake(
        "divided-by-n-minus-one",
        "The variances are sums spread over all the objects but one, however few of them a class has.",
        (_over(lambda r, n_k: len(r) - 1, "variances"),),
    ),
    Mistake(
        "divided-by-k",
        "The means, the variances or both are sums shared out equally among the classes, whatever their"
        " sizes.",
        _each(lambda r, n_k: len(n_k)),
    ),
    Mistake(
        "divided-by-the-weights",
        "The means, the variances or both are as many times too large as there are objects.",
        _each(lambda r, n_k: n_k / len(r)),
    ),
    Mistake(
        "sums-not-divided",
        "The means, the variances or both grow with the number of objects: they are sums, not averages.",
        _each(lambda r, n_k: 1),
    ),
    Mistake(
        "divided-twice",
        "The means, the variances or both go towards zero as objects are added, wherever these lie.",
        (
            *_each(lambda r, n_k: n_k**2),
            *_each(lambda r, n_k: n_k * len(r)),
            MStep(spread=lambda y, r, n_k, c: np.sqrt(averaged(r, (y - c) ** 2, n_k) / n_k)),
        ),
    ),
    Mistake(
        "n-k-minus-one",
        "The variances are too large, and the fewer objects there are, the more so.",
        (
            _over(lambda r, n_k: n_k - 1, "variances"),
            _over(lambda r, n_k: n_k - 1, "means", "variances"),
            _over(lambda r, n_k: np.maximum(n_k - 1, 1e-12), "variances"),
            _over(lambda r, n_k: n_k - (r**2).sum(axis=0) / n_k, "variances"),  # np.cov(y, aweights=...)
            _over(lambda r, n_k: n_k * (1 - 1 / len(r)), "variances"),
        ),
    ),
    Mistake(
        "unweighted-mean",
        "Every class has the same mean, that of all the objects.",
        (
            MStep(centre=lambda y, r, n_k: _all(y.mean(), n_k)),
            _beside_right_variances(MStep(centre=lambda y, r, n_k: _all(y.mean(), n_k))),
            MStep(
                centre=lambda y, r, n_k: _all(y.mean(), n_k),
                spread=lambda y, r, n_k, c: _all(y.var(), n_k),
            ),
        ),
    ),
    Mistake(
        "objects-not-weighted",
        "Every object counts in full in the mean of every class, so the fewer objects a class has, the"
        " farther out its mean.",
        (
            MStep(centre=lambda y, r, n_k: y.sum() / n_k),
            MStep(
                centre=lambda y, r, n_k: y.sum() / n_k,
                spread=lambda y, r, n_k, c: ((y - c) ** 2).sum(0) / n_k,
            ),
        ),
    ),
    Mistake(
        "unweighted-variance",
        "Every class has the same variance, that of all the objects.",
        (
            MStep(spread=lambda y, r, n_k, c: _all(y.var(), n_k)),
            MStep(spread=lambda y, r, n_k, c: _all(y.var(ddof=1), n_k)),
        ),
    ),
    Mistake(
        "pooled-variance",
        "Every class has the same variance, an average over all the classes.",
        (MStep(spread=lambda y, r, n_k, c: _all((r * (y - c) ** 2).sum() / len(y), n_k)),),
    ),
    Mistake(
        "summed-over-everything",
        "The fewer objects a class has, the larger its variance: it holds the distances of all classes.",
        (MStep(spread=lambda y, r, n_k, c: (r * (y - c) ** 2).sum() / n_k),),
    ),
    Mistake(
        "squares-not-weighted",
        "An object that is hardly of a class counts as much in its variance as one that is.",
        (
            MStep(spread=lambda y, r, n_k, c: ((y - c) ** 2).mean(axis=0)),
            MStep(spread=lambda y, r, n_k, c: ((y - c) ** 2).sum(axis=0) / n_k),
            MStep(spread=lambda y, r, n_k, c: ((y - c) ** 2).sum(axis=0)),
        ),
    ),
    Mistake(
        "responsibilities-squared",
        "A share of one half counts as a quarter, so objects between two classes count for too little.",
        (
            _on(np.square),
            MStep(
                centre=lambda y, r, n_k: (r**2 * y).sum(axis=0) / n_k,
                spread=lambda y, r, n_k, c: (r**2 * (y - c) ** 2).sum(axis=0) / n_k,
            ),
            MStep(centre=lambda y, r, n_k: (r**2 * y).sum(axis=0) / n_k),
            MStep(spread=lambda y, r, n_k, c: (r**2 * (y - c) ** 2).sum(axis=0) / n_k),
            _on_in_averages(np.square),
        ),
    ),
    Mistake(
        "variance-of-the-products",
        "An object that is hardly of a class counts in its variance as if it lay near zero.",
        (
            MStep(spread=lambda y, r, n_k, c: (r * y).var(axis=0)),
            MStep(
                centre=lambda y, r, n_k: (r * y).mean(axis=0), spread=lambda y, r, n_k, c: (r * y).var(axis=0)
            ),
            MStep(spread=lambda y, r, n_k, c: ((r * y - c) ** 2).sum(axis=0) / n_k),
            MStep(spread=lambda y, r, n_k, c: ((r * y - c) ** 2).mean(axis=0)),
        ),
    ),
    Mistake(
        "hard-assignment",
        "Every object counts in full for one class: the averages do not change when its shares do.",
        (*(_on(hard) for hard in HARD), *(_on_in_averages(hard) for hard in HARD)),
    ),
    Mistake(
        "median-for-mean",
        "The means stay where they are when the farthest object moves on: they are values in the middle, not"
        " averages.",
        (
            MStep(centre=lambda y, r, n_k: _all(np.median(y), n_k)),
            MStep(centre=_middle),
            MStep(centre=_weighted_middle),
        ),
    ),
    Mistake(
        "variance-around-the-overall-mean",
        "A class far from the middle of the objects has a large variance, however close together its own"
        " objects lie.",
        (
            MStep(around=lambda y, new, before: _all(y.mean(), new)),
            MStep(around=lambda y, new, before: _all(new.mean(), new)),
        ),
    ),
    Mistake(
        "one-mean-for-all-variances",
        "The variances of all classes are measured around the mean of one of them.",
        (
            MStep(around=lambda y, new, before: _all(new[-1], new)),
            MStep(around=lambda y, new, before: _all(new[0], new)),
        ),
    ),
    Mistake(
        "distance-from-a-blend",
        "An object between two classes adds almost nothing to either variance, as if there were a mean of its"
        " own for it.",
        (_blended,),
    ),
    Mistake(
        "sd-returned",
        "The third part holds standard deviations: too small where a variance is above 1, too large below.",
        (_spread(np.sqrt),),
    ),
    Mistake(
        "squared-twice",
        "The third part is too large where a variance is above 1, and too small where it is below.",
        (_spread(np.square),),
    ),
    Mistake(
        "absolute-distances",
        "The third part is in the units of the objects: one twice as far from a mean adds twice as much.",
        (_distances(np.abs),),
    ),
    Mistake(
        "distances-cancel",
        "The variances are zero: distances above a mean and below it cancel.",
        (_distances(lambda d: d),),
    ),
    Mistake(
        "second-moment-returned",
        "The variances grow with the distance of the objects from zero, however close together they lie.",
        (MStep(spread=lambda y, r, n_k, c: averaged(r, y**2, n_k)),),
    ),
    Mistake(
        "mean-taken-off-wrongly",
        "The variances change when all objects move by the same distance, though no two of them have come"
        " closer together.",
        (
            MStep(spread=lambda y, r, n_k, c: averaged(r, y**2, n_k) - c),
            MStep(spread=lambda y, r, n_k, c: (r * y**2).sum(axis=0) - c**2),
            MStep(spread=lambda y, r, n_k, c: (r * y**2).mean(axis=0) - c**2),
            MStep(spread=lambda y, r, n_k, c: averaged(r, y**2, n_k) - y.mean() ** 2),
            MStep(
                around=lambda y, new, before: before,
                spread=lambda y, r, n_k, c: averaged(r, y**2, n_k) - c**2,
            ),
        ),
    ),
    Mistake(
        "variances-negative",
        "Every variance has the right size and the opposite sign.",
        (_spread(np.negative),),
    ),
    Mistake(
        "variances-halved",
        "Every variance is half of what it should be.",
        (_spread(lambda variances: variances / 2),),
    ),
    Mistake(
        "precisions-returned",
        "The closer together the objects of a class, the larger its variance.",
        (_spread(np.reciprocal),),
    ),
    Mistake(
        "logarithms-returned",
        "The weights or the variances are logarithms: what should be one comes out as zero.",
        (MStep(weigh=lambda n_k, r: np.log(n_k / len(r))), _spread(np.log)),
    ),
    Mistake(
        "means-not-moved",
        "The means are those from before the step.",
        (_means_kept, _means_kept_beside_new_variances),
    ),
    Mistake(
        "rounded",
        "The numbers are right to a few decimals only: they have been rounded.",
        tuple(MStep(hand=_rounded(decimals)) for decimals in (1, 2, 3, 4)),
    ),
    Mistake(
        "trace-too-large",
        "A class with almost no objects has its mean drawn towards zero; in larger classes it does not show.",
        (_with_a_trace(1e-6), _with_a_trace(1e-7)),
        edge=True,
    ),
)
"""The known mistakes of an M-step, in the order in which they are looked for."""

LOST_CLASS = Mistake(
    "lost-class-0-over-0",
    "A class that has lost all its objects gets 0/0 for a mean and a variance.",
    (RIGHT,),
    edge=True,
)
"""What the plain formula does where N_k is 0. The check does not ask for better; the lab shows it."""


def m_step_pairs() -> tuple[Pair, ...]:
    """Return every two mistakes of the M-step that can be made at once."""
    return pairs(M_STEP, RIGHT)
