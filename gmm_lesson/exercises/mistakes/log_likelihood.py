"""The wrong log-likelihoods that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes.e_step import gaussian, multiplied, shared
from gmm_lesson.exercises.mistakes.moves import pairs
from gmm_lesson.mixture import Mixture

# The log-likelihood has five moves: a density for each class, the weights, the logarithm of each object's
# density, the sum over the objects, and the handing over. The first two are those of the E-step, with the
# constants that cancel there.

ROOT = np.sqrt(2 * np.pi)


def joined(joint: Array) -> Array:
    """Return the log-density of each object under the whole mixture, shape (N,)."""
    return np.asarray(np.log(joint.sum(axis=1)))


def summed(logs: Array) -> Array:
    """Sum over the objects."""
    return np.asarray(logs.sum())


def handed(total: Array) -> Array:
    """Hand over what came out."""
    return total


@dataclass(frozen=True)
class LogLikelihood:
    """A log-likelihood of five moves, any of which may be wrong."""

    density: Callable[[Array, Array, Array], Array] = lambda y, m, v: gaussian(y, m, np.sqrt(v))
    weigh: Callable[[Array, Array], Array] = multiplied
    join: Callable[[Array], Array] = joined
    gather: Callable[[Array], Array] = summed
    hand: Callable[[Array], Array] = handed

    def __call__(self, y: ArrayLike, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> Array:
        """Return the log-likelihood as this one has it: an array of no axes, unless that is what is wrong."""
        column = np.asarray(y, dtype=float)[:, np.newaxis]
        densities = self.density(column, np.asarray(means, dtype=float), np.asarray(variances, dtype=float))
        joint = self.weigh(np.asarray(weights, dtype=float), densities)
        return np.asarray(self.hand(self.gather(self.join(joint))))


RIGHT = LogLikelihood()
"""All moves right; an object so far away that its density is below the range of a float has log 0."""


def _on_joint(number: Callable[[Array], Any]) -> Callable[..., Array]:
    """Return the log-likelihood that makes one number of pi_k N(y_i | k), shape (N, K)."""
    return LogLikelihood(join=lambda joint: joint, gather=lambda joint: np.asarray(number(joint)))


def _on_logs(number: Callable[[Array], Any]) -> Callable[..., Array]:
    """Return the log-likelihood that makes one number of log(pi_k N(y_i | k)), shape (N, K)."""
    return lambda y, *parameters: np.asarray(number(Mixture(*parameters).log_joint(y)))


def _weights_before_the_logarithms(y: ArrayLike, weights: ArrayLike, *spread: ArrayLike) -> Array:
    logs = LogLikelihood(weigh=lambda weights, densities: densities, join=np.log, gather=lambda logs: logs)
    return np.asarray((np.asarray(weights) * logs(y, weights, *spread)).sum())


def _in_long_doubles(logs: Array) -> Any:
    return np.log(np.exp(logs.astype(np.longdouble)).sum(axis=1)).sum().astype(np.float64)


def _shifted_once(logs: Array) -> Any:
    return (logs.max() + np.log(np.exp(logs - logs.max()).sum(axis=1))).sum()


def _shift_lost(logs: Array) -> Any:
    return np.log(np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1)).sum()


def _shift_put_back_once(logs: Array) -> Any:
    return logs.max() + np.log(np.exp(logs - logs.max()).sum(axis=1)).sum()


def _nearest_density(y: ArrayLike, weights: ArrayLike, *spread: ArrayLike) -> Array:
    """Give each object to the class under which it is densest, whatever the weights, and weigh it then."""
    whole = LogLikelihood(join=lambda joint: joint, gather=lambda joint: joint)
    densities = LogLikelihood(weigh=lambda w, d: d, join=lambda d: d, gather=lambda d: d)
    labels = densities(y, weights, *spread).argmax(axis=1)
    return np.asarray(np.log(whole(y, weights, *spread)[np.arange(len(labels)), labels]).sum())


def _rounded(decimals: int) -> LogLikelihood:
    return LogLikelihood(hand=lambda total: np.round(total, decimals))


TRACES = (1e-8, 1e-10, 1e-12, 1e-15, 1e-16, float(np.finfo(float).eps), 1e-20, 1e-100, 1e-200, 1e-300)
"""What is added to a density, or put under it, so that its logarithm is a number."""

LOG_LIKELIHOOD = (
    Mistake(
        "one-value-per-object",
        "There is one number for each object, where one number is wanted for all of them together.",
        (
            LogLikelihood(gather=lambda logs: logs),
            LogLikelihood(gather=lambda logs: logs[:, np.newaxis]),
        ),
    ),
    Mistake(
        "one-value-per-class",
        "There is one number for each class, where one number is wanted for all of them together.",
        (
            LogLikelihood(join=np.log, gather=lambda logs: logs.sum(axis=0)),
            LogLikelihood(join=lambda joint: joint, gather=lambda joint: np.log(joint.sum(axis=0))),
        ),
    ),
    Mistake(
        "one-value-per-object-and-class",
        "There is a whole array of numbers, a row for each object, where one number is wanted.",
        (LogLikelihood(join=np.log, gather=lambda logs: logs),),
    ),
    Mistake(
        "log-left-out",
        "The number is a sum of densities: it is above zero, and an object far from every class hardly"
        " changes it.",
        (LogLikelihood(join=lambda joint: joint.sum(axis=1)),),
    ),
    Mistake(
        "likelihood-returned",
        "The number is the density of all the objects together: each more object makes it a factor larger or"
        " smaller.",
        (LogLikelihood(hand=np.exp),),
    ),
    Mistake(
        "mean-for-sum",
        "The number does not grow with the data: with every object listed twice it stays what it was.",
        (LogLikelihood(gather=lambda logs: logs.mean()),),
    ),
    Mistake(
        "n-times-too-large",
        "With one object the number is right, with N objects it is N times too large: each object was counted"
        " once beside every other.",
        (LogLikelihood(gather=lambda logs: len(logs) * logs.sum()),),
    ),
    Mistake(
        "base-10",
        "Every number is .434 times what it should be, as a logarithm to the base 10 is.",
        (LogLikelihood(join=lambda joint: np.log10(joint.sum(axis=1))),),
    ),
    Mistake(
        "base-2",
        "Every number is 1.44 times what it should be, as a logarithm to the base 2 is.",
        (LogLikelihood(join=lambda joint: np.log2(joint.sum(axis=1))),),
    ),
    Mistake(
        "sign-reversed",
        "Every number has the right size and the opposite sign: the better the fit, the lower it is.",
        (LogLikelihood(hand=np.negative),),
    ),
    Mistake(
        "deviance-returned",
        "Every number has the opposite sign and twice the right size.",
        (LogLikelihood(hand=lambda total: -2 * total),),
    ),
    Mistake(
        "weights-left-out",
        "The numbers do not change when the weights do, and with two classes or more they are too high.",
        (LogLikelihood(weigh=lambda weights, densities: densities),),
    ),
    Mistake(
        "equal-weights",
        "Every class counts as if it were as common as any other, whatever the weights.",
        (LogLikelihood(weigh=lambda weights, densities: densities / weights.size),),
    ),
    Mistake(
        "weights-in-reverse",
        "The common class is treated as the rare one, and the rare one as the common one.",
        (LogLikelihood(weigh=lambda weights, densities: weights[::-1] * densities),),
    ),
    Mistake(
        "weights-twice",
        "The weights count twice: a class nine times as common as its neighbour counts as eighty-one times.",
        (LogLikelihood(weigh=lambda weights, densities: weights**2 * densities),),
    ),
    Mistake(
        "weights-added",
        "An object far from every class costs next to nothing: the sum of the weights is in its density.",
        (LogLikelihood(weigh=lambda weights, densities: weights + densities),),
    ),
    Mistake(
        "likeliest-class-only",
        "Each object counts with its likeliest class alone, so the number is too low where classes overlap.",
        (LogLikelihood(join=lambda joint: np.log(joint.max(axis=1))), _nearest_density),
    ),
    Mistake(
        "q-returned",
        "The number is Q: it averages over what the class of an object may be, and is too low where classes"
        " overlap.",
        (LogLikelihood(join=lambda joint: (shared(joint) * np.log(joint)).sum(axis=1)),),
    ),
    Mistake(
        "logarithm-for-each-class",
        "One class far from an object drags its number down, though another class is right where it lies.",
        (LogLikelihood(join=lambda joint: np.log(joint).sum(axis=1)),),
    ),
    Mistake(
        "weights-before-the-logarithms",
        "A far-off class counts in full measure of its weight: objects near one class and far from another"
        " come out far too low.",
        (_weights_before_the_logarithms,),
    ),
    Mistake(
        "objects-summed-too-early",
        "Objects are added up while they are densities still: one that fits badly hardly lowers the number.",
        (
            LogLikelihood(gather=lambda logs: np.log(np.exp(logs).sum())),
            LogLikelihood(gather=lambda logs: np.log(np.exp(logs).mean())),
            _on_joint(lambda joint: np.log(joint.sum(axis=0)).sum()),
        ),
    ),
    Mistake(
        "one-object-only",
        "The number is that of a single object: it does not change when others join it.",
        (LogLikelihood(gather=lambda logs: logs[0]), LogLikelihood(gather=lambda logs: logs[-1])),
    ),
    Mistake(
        "one-class-only",
        "The number is that of a single class: it does not change when the others move.",
        (
            LogLikelihood(join=lambda joint: np.log(joint[:, 0])),
            LogLikelihood(join=lambda joint: np.log(joint[:, -1])),
        ),
    ),
    Mistake(
        "variance-used-as-sd",
        "Where a variance is above 1 its class comes out too wide, and where it is below 1 too narrow.",
        (
            LogLikelihood(density=gaussian),
            LogLikelihood(density=lambda y, m, v: np.exp(-0.5 * ((y - m) / v) ** 2) / (ROOT * np.sqrt(v))),
        ),
    ),
    Mistake(
        "sd-used-as-variance",
        "Where a variance is above 1 its class comes out too narrow, and where it is below 1 too wide.",
        (
            LogLikelihood(density=lambda y, m, v: gaussian(y, m, v**0.25)),
            LogLikelihood(
                density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2 / np.sqrt(v)) / (ROOT * np.sqrt(v))
            ),
        ),
    ),
    Mistake(
        "factor-left-out",
        "The curve of a wide class is as high as that of a narrow one, so there is more area under it.",
        (
            LogLikelihood(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v))),
            LogLikelihood(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v)) / ROOT),
        ),
    ),
    Mistake(
        "constant-off",
        "Every object is off by the same amount, wherever it lies and whatever the parameters: a constant is"
        " missing, or there twice.",
        (
            LogLikelihood(density=lambda y, m, v: ROOT * gaussian(y, m, np.sqrt(v))),
            LogLikelihood(density=lambda y, m, v: gaussian(y, m, np.sqrt(v)) / ROOT),
        ),
    ),
    Mistake(
        "root-left-out",
        "A class with a variance above 1 has too little area under its curve, and one with less too much.",
        (
            LogLikelihood(density=lambda y, m, v: np.sqrt(1 / v) * gaussian(y, m, np.sqrt(v))),
            LogLikelihood(density=lambda y, m, v: np.sqrt(1 / v) * gaussian(y, m, np.sqrt(v)) / ROOT),
        ),
    ),
    Mistake(
        "factor-upside-down",
        "The wider a class, the higher its curve.",
        (
            LogLikelihood(density=lambda y, m, v: v * gaussian(y, m, np.sqrt(v))),
            LogLikelihood(density=lambda y, m, v: 2 * np.pi * v * gaussian(y, m, np.sqrt(v))),
        ),
    ),
    Mistake(
        "half-left-out",
        "The number falls twice as fast with distance as it should, so classes come out too narrow.",
        (LogLikelihood(density=lambda y, m, v: np.exp(-((y - m) ** 2) / v) / (ROOT * np.sqrt(v))),),
    ),
    Mistake(
        "square-left-out",
        "An object twice as far from a class is only twice as surprising: curves have peaks like tents.",
        (
            LogLikelihood(
                density=lambda y, m, v: np.exp(-0.5 * np.abs(y - m) / np.sqrt(v)) / (ROOT * np.sqrt(v))
            ),
            LogLikelihood(density=lambda y, m, v: np.exp(-0.5 * np.abs(y - m) / v) / (ROOT * np.sqrt(v))),
        ),
    ),
    Mistake(
        "sign-of-the-distance",
        "The farther an object lies from every class, the higher the number.",
        (LogLikelihood(density=lambda y, m, v: np.exp((y - m) ** 2 / (2 * v)) / (ROOT * np.sqrt(v))),),
    ),
    Mistake(
        "spread-not-in-the-distance",
        "Three units from its mean is as surprising in a wide class as in a narrow one.",
        (LogLikelihood(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2) / (ROOT * np.sqrt(v))),),
    ),
    Mistake(
        "spread-upside-down",
        "The wider a class, the faster its density falls with distance.",
        (LogLikelihood(density=lambda y, m, v: np.exp(-((y - m) ** 2) / 2 * v) / (ROOT * np.sqrt(v))),),
    ),
    Mistake(
        "variances-left-out",
        "The numbers do not change when the variances do.",
        (
            LogLikelihood(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2) / ROOT),
            LogLikelihood(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2)),
        ),
    ),
    Mistake(
        "shift-not-put-back",
        "The number is nearly the same wherever the objects lie: their largest terms have gone from it.",
        (_on_logs(_shift_lost), _on_logs(_shift_put_back_once)),
    ),
    Mistake(
        "rounded",
        "The numbers are right to a few decimals only: they have been rounded.",
        tuple(_rounded(decimals) for decimals in (1, 2, 3, 4)),
    ),
    Mistake(
        "product-goes-to-zero",
        "On a few objects the number is right, and on a few hundred it is the logarithm of zero, though none"
        " of them lies far away.",
        (_on_joint(lambda joint: np.log(np.prod(joint.sum(axis=1)))),),
        edge=True,
    ),
    Mistake(
        "far-objects-log-of-zero",
        "An object far from every class has the logarithm of zero, where a number far below zero is right.",
        (RIGHT, _on_logs(_in_long_doubles)),
        edge=True,
    ),
    Mistake(
        "far-objects-all-the-same",
        "From some distance on it makes no difference how far an object lies from every class.",
        (
            *(
                LogLikelihood(join=lambda joint, trace=trace: np.log(joint.sum(axis=1) + trace))  # type: ignore[misc]
                for trace in TRACES
            ),
            *(
                LogLikelihood(join=lambda joint, trace=trace: np.log(np.maximum(joint.sum(axis=1), trace)))  # type: ignore[misc]
                for trace in TRACES
            ),
            LogLikelihood(join=lambda joint: np.nan_to_num(joined(joint))),
        ),
        edge=True,
    ),
    Mistake(
        "far-objects-left-out",
        "An object far from every class costs nothing: the number is that of the other objects alone.",
        (LogLikelihood(join=lambda joint: np.nan_to_num(joined(joint), neginf=0)),),
        edge=True,
    ),
    Mistake(
        "one-shift-for-all-objects",
        "A far-away object has a number when it is alone, and the logarithm of zero as soon as a nearer one"
        " is in the list.",
        (_on_logs(_shifted_once),),
        edge=True,
    ),
)
"""The known mistakes of a log-likelihood, in the order in which they are looked for."""


def log_likelihood_pairs() -> tuple[Pair, ...]:
    """Return every two mistakes of the log-likelihood that can be made at once."""
    return pairs(LOG_LIKELIHOOD, RIGHT)
