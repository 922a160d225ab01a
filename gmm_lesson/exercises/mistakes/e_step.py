"""The wrong E-steps that we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.judging import Mistake, Pair
from gmm_lesson.exercises.mistakes.moves import pairs

# The E-step has three moves: a density for each class, the weights, and the sharing out. Most mistakes
# are one wrong move, so two mistakes at once are two wrong moves.


def gaussian(y: Array, means: Array, sds: Array) -> Array:
    """Return the Gaussian density, as everybody should have it."""
    return np.asarray(np.exp(-0.5 * ((y - means) / sds) ** 2) / (np.sqrt(2 * np.pi) * sds))


def multiplied(weights: Array, densities: Array) -> Array:
    """Weigh the classes."""
    return weights * densities


def shared(joint: Array) -> Array:
    """Share every object out among the classes."""
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class EStep:
    """An E-step of three moves, any of which may be wrong."""

    density: Callable[[Array, Array, Array], Array] = lambda y, m, v: gaussian(y, m, np.sqrt(v))
    weigh: Callable[[Array, Array], Array] = multiplied
    share: Callable[[Array], Array] = shared

    def __call__(self, y: ArrayLike, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> Array:
        """Return r as this E-step has it, shape (N, K) unless the shape is what is wrong."""
        column = np.asarray(y, dtype=float)[:, np.newaxis]
        densities = self.density(column, np.asarray(means, dtype=float), np.asarray(variances, dtype=float))
        return self.share(self.weigh(np.asarray(weights, dtype=float), densities))


def _likeliest(joint: Array) -> Array:
    return np.asarray(np.eye(joint.shape[1])[joint.argmax(axis=1)])


def _last_likeliest(joint: Array) -> Array:
    return _likeliest(joint[:, ::-1])[:, ::-1]


def _softmax(values: Array) -> Array:
    return shared(np.exp(values))


def _log_joint(y: ArrayLike, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> Array:
    y, v = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(variances, dtype=float)
    return np.asarray(np.log(weights) - 0.5 * ((y - np.asarray(means)) ** 2 / v + np.log(2 * np.pi * v)))


def _shifted_by_class(*arguments: Any) -> Array:
    logs = _log_joint(*arguments)
    return shared(np.exp(logs - logs.max(axis=0)))


def _shifted_once(*arguments: Any) -> Array:
    logs = _log_joint(*arguments)
    return shared(np.exp(logs - logs.max()))


def _shifted_by_smallest(*arguments: Any) -> Array:
    logs = _log_joint(*arguments)
    return shared(np.exp(logs - logs.min(axis=1, keepdims=True)))


def _in_long_doubles(*arguments: Any) -> Array:
    return shared(np.exp(_log_joint(*arguments).astype(np.longdouble))).astype(np.float64)


def _far_rows(row: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return an E-step without a shift whose 0/0 is patched: each lost row becomes `row(weights)`."""

    def patched(y: ArrayLike, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> Array:
        r = EStep()(y, weights, means, variances)
        lost = np.isnan(r).any(axis=1)
        r[lost] = row(np.asarray(weights, dtype=float))
        return r

    return patched


def _rounded(decimals: int) -> Callable[[Array], Array]:
    return lambda joint: np.round(shared(joint), decimals)


E_STEP = (
    Mistake(
        "transposed",
        "Each row of your array is a class and each column an object; in the course a row is an object.",
        (
            EStep(share=lambda joint: shared(joint).T),
            EStep(share=lambda joint: joint.T),
            EStep(share=lambda joint: (joint / joint.sum(axis=0)).T),
            EStep(share=lambda joint: _likeliest(joint).T),
        ),
    ),
    Mistake(
        "weights-left-out",
        "The numbers do not change when the weights do: a class nine times as common as its neighbour"
        " gets no more for it.",
        (EStep(weigh=lambda weights, densities: densities),),
    ),
    Mistake(
        "weights-added",
        "A class keeps a share of about the size of its weight even in objects that lie far from it.",
        (EStep(weigh=lambda weights, densities: weights + densities),),
    ),
    Mistake(
        "weights-in-reverse",
        "The common class is treated as the rare one, and the rare one as the common one.",
        (EStep(weigh=lambda weights, densities: weights[::-1] * densities),),
    ),
    Mistake(
        "weights-twice",
        "The weights count for too much: halfway between two classes of equal spread, nine times as common"
        " comes out as eighty-one times.",
        (EStep(weigh=lambda weights, densities: weights**2 * densities),),
    ),
    Mistake(
        "weights-too-faint",
        "The weights count for too little: halfway between two classes of equal spread, nine times as common"
        " comes out as little more than twice.",
        (EStep(weigh=lambda weights, densities: np.exp(weights) * densities),),
    ),
    Mistake(
        "weights-only-above",
        "The proportions in a row are right, but the row sums to an average of the weights, not to one.",
        (
            lambda y, weights, means, variances: (
                np.asarray(weights) * EStep(weigh=lambda w, d: d)(y, weights, means, variances)
            ),
        ),
    ),
    Mistake(
        "weights-only-below",
        "A rare class gets as much as a common one, and with two classes or more the rows do not sum to one.",
        (lambda y, weights, means, variances: EStep()(y, weights, means, variances) / np.asarray(weights),),
    ),
    Mistake(
        "variance-used-as-sd",
        "Where a variance is above 1 its class comes out too wide, and where it is below 1 too narrow.",
        (
            EStep(density=gaussian),
            EStep(density=lambda y, m, v: np.exp(-0.5 * ((y - m) / v) ** 2) / np.sqrt(v)),
        ),
    ),
    Mistake(
        "sd-used-as-variance",
        "Where a variance is above 1 its class comes out too narrow, and where it is below 1 too wide.",
        (
            EStep(density=lambda y, m, v: gaussian(y, m, v**0.25)),
            EStep(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2 / np.sqrt(v)) / np.sqrt(v)),
        ),
    ),
    Mistake(
        "factor-left-out",
        "A wide class gets too much of every object: its curve is as high as a narrow one, so it has more"
        " area under it.",
        (EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v))),),
    ),
    Mistake(
        "root-left-out",
        "A wide class gets too little of every object, even at its own mean: there is too little area under"
        " its curve.",
        (EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v)) / v),),
    ),
    Mistake(
        "factor-upside-down",
        "The wider a class, the higher its curve: it gets far too much of every object.",
        (
            EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v)) * np.sqrt(v)),
            EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v)) * v),
        ),
    ),
    Mistake(
        "half-left-out",
        "The shares change too fast with distance, as if every class were narrower than it is.",
        (EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / v) / np.sqrt(v)),),
    ),
    Mistake(
        "square-left-out",
        "An object twice as far from a class is only twice as surprising: curves have peaks like tents.",
        (
            EStep(density=lambda y, m, v: np.exp(-0.5 * np.abs(y - m) / np.sqrt(v)) / np.sqrt(v)),
            EStep(density=lambda y, m, v: np.exp(-0.5 * np.abs(y - m) / v) / np.sqrt(v)),
        ),
    ),
    Mistake(
        "side-matters",
        "An object below a mean is treated otherwise than one as far above it.",
        (
            EStep(density=lambda y, m, v: np.exp(-0.5 * (y - m) / np.sqrt(v)) / np.sqrt(v)),
            EStep(density=lambda y, m, v: np.exp(-0.5 * (y - m) / v) / np.sqrt(v)),
        ),
    ),
    Mistake(
        "sign-of-the-distance",
        "The farther an object lies from a class, the more of it that class gets.",
        (EStep(density=lambda y, m, v: np.exp((y - m) ** 2 / (2 * v)) / np.sqrt(v)),),
    ),
    Mistake(
        "spread-not-in-the-distance",
        "Three units from its mean is as surprising in a wide class as in a narrow one.",
        (EStep(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2) / np.sqrt(v)),),
    ),
    Mistake(
        "spread-upside-down",
        "The wider a class, the faster its share falls with distance.",
        (
            EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / 2 * v) / np.sqrt(v)),
            EStep(density=lambda y, m, v: np.exp(-((y - m) ** 2) / 2 * v)),
        ),
    ),
    Mistake(
        "variances-left-out",
        "The numbers do not change when the variances do.",
        (EStep(density=lambda y, m, v: np.exp(-0.5 * (y - m) ** 2)),),
    ),
    Mistake(
        "logarithms-shared-out",
        "The shares are in proportion to logarithms, so the class under which an object is likelier can get"
        " the smaller share.",
        (
            EStep(density=lambda y, m, v: np.log(gaussian(y, m, np.sqrt(v)))),
            EStep(share=lambda joint: shared(np.log(joint))),
        ),
    ),
    Mistake(
        "not-shared-out",
        "The proportions in a row are right, but the row sums to the density at the object, not to one.",
        (EStep(share=lambda joint: joint),),
    ),
    Mistake(
        "densities-returned",
        "Each column is one class's density alone: rows do not sum to one, and the weights change nothing.",
        (EStep(weigh=lambda weights, densities: densities, share=lambda joint: joint),),
    ),
    Mistake(
        "mixture-density-returned",
        "There is one number for each object, its density under the whole mixture, and no share for a class.",
        (
            EStep(share=lambda joint: joint.sum(axis=1)),
            EStep(share=lambda joint: joint.sum(axis=1, keepdims=True)),
        ),
    ),
    Mistake(
        "shared-over-objects",
        "The columns sum to one instead of the rows: each class is shared out among the objects.",
        (EStep(share=lambda joint: joint / joint.sum(axis=0)),),
    ),
    Mistake(
        "shared-over-everything",
        "The whole array sums to one, where each of its rows should.",
        (EStep(share=lambda joint: joint / joint.sum()),),
    ),
    Mistake(
        "divided-by-the-largest",
        "The largest entry of every row is one, so with two classes or more the row sums to more than one.",
        (EStep(share=lambda joint: joint / joint.max(axis=1, keepdims=True)),),
    ),
    Mistake(
        "hard-assignment",
        "Every entry is 0 or 1, even for an object that could well come from either class.",
        (
            EStep(share=_likeliest),
            EStep(share=_last_likeliest),
            EStep(share=lambda joint: (joint == joint.max(axis=1, keepdims=True)).astype(float)),
            EStep(share=_rounded(0)),
        ),
    ),
    Mistake(
        "labels-returned",
        "There is one whole number for each object, the place of its likeliest class, and no share in any.",
        (
            EStep(share=lambda joint: joint.argmax(axis=1).astype(float)),
            EStep(share=lambda joint: joint.argmax(axis=1) + 1.0),
        ),
    ),
    Mistake(
        "logarithms-returned",
        "No entry is above zero: these are the logarithms of shares.",
        (EStep(share=lambda joint: np.log(shared(joint))),),
    ),
    Mistake(
        "joint-logarithms-returned",
        "Most entries are below zero: these are logarithms, and nothing has been shared out yet.",
        (EStep(share=np.log),),
    ),
    Mistake(
        "exponential-of-densities",
        "All classes get nearly equal shares, even of an object at one mean and far from the others.",
        (EStep(share=_softmax),),
    ),
    Mistake(
        "classes-in-reverse",
        "The columns are in the opposite order of the classes: the first column is the last class's.",
        (EStep(share=lambda joint: shared(joint)[:, ::-1]),),
    ),
    Mistake(
        "rest-returned",
        "The class under which an object is likeliest gets the smallest entry: each entry is what the class"
        " does not own.",
        (EStep(share=lambda joint: 1 - shared(joint)),),
    ),
    Mistake(
        "shift-by-class",
        "One object alone is shared out in equal parts, and its shares change when another joins the list.",
        (_shifted_by_class,),
    ),
    Mistake(
        "rounded",
        "The numbers are right to a few decimals only: they have been rounded.",
        tuple(EStep(share=_rounded(decimals)) for decimals in (1, 2, 3, 4)),
    ),
    Mistake(
        "far-objects-0-over-0",
        "An object far from every class gets 0/0 instead of shares, although one class is nearer to it than"
        " the other.",
        (EStep(), _shifted_by_smallest, _in_long_doubles),
        edge=True,
    ),
    Mistake(
        "far-objects-belong-to-nobody",
        "An object far from every class gets a row of zeros, although one class is nearer than the other.",
        (_far_rows(np.zeros_like),),
        edge=True,
    ),
    Mistake(
        "far-objects-belong-to-all",
        "An object far from every class is shared out as if it could come from any, although one class is"
        " much nearer to it.",
        (
            _far_rows(lambda weights: np.full_like(weights, 1 / weights.size)),
            _far_rows(lambda weights: weights),
        ),
        edge=True,
    ),
    Mistake(
        "one-shift-for-all-objects",
        "A far-away object has its shares when it is alone, and 0/0 as soon as a nearer one is in the list.",
        (_shifted_once,),
        edge=True,
    ),
)
"""The known mistakes of an E-step, in the order in which they are looked for."""


RIGHT = EStep()
"""All three moves right."""


def e_step_pairs() -> tuple[Pair, ...]:
    """Return every two mistakes of the E-step that can be made at once."""
    return pairs(E_STEP, RIGHT)
