"""The log-likelihood of lesson 05: what a right one is, and the wrong ones that we know."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import log_likelihood
from gmm_lesson.exercises.e_step import CASES, DENSITIES
from gmm_lesson.exercises.kit import Case, Exercise, Sign, each, read_array
from gmm_lesson.mixture import Mixture


def broken(_: dict[str, Any], number: Array) -> Iterator[str]:
    """Say so if there is more than one number, or one in an array of its own, or a NaN or an infinity."""
    if number.ndim:
        yield Sign("several-numbers", f"one number is wanted; yours is an array of shape {number.shape}")
    elif not np.isfinite(number):
        yield f"a finite number is wanted; yours is {float(number):g}"


EXERCISE = Exercise(
    lesson=5.1,
    about="""Judge a log-likelihood: a function of (y, weights, means, variances) that returns a number.

    It gets y, shape (N,), and weights, means and variances, shape (K,), as arrays, and returns the log-
    likelihood, one number: natural logarithms, summed over the objects.
    """,
    program="""
def my_log_likelihood(y, weights, means, variances):
    sds = np.sqrt(variances)
    away = y[:, np.newaxis] - means
    density = np.exp(-((away / sds) ** 2) / 2) / (np.sqrt(2 * np.pi) * sds)
    joint = weights * density
    logs = np.log(joint.sum(axis=1))
    total = logs.sum()
    return total
""",
    answer="the log-likelihood",
    right=lambda y, weights, means, variances: log_likelihood(y, Mixture(weights, means, variances)),
    read=lambda raw, _: read_array(raw, wanted="number"),
    broken=broken,
    cases=(
        *(case for case in CASES if case.form != "lists"),
        Case("four hundred objects", ([i % 20 for i in range(400)], [0.4, 0.6], [4, 13], [9, 16]), edge=True),
    ),
    table=f"""
log-left-out: The number is a sum of densities, above zero: an object far from every class hardly changes it.
    logs = joint.sum(axis=1)
likelihood-returned: The number is the density of all objects together: each further one is a factor in it.
    return np.exp(total)
other-base: Every number is off by a constant factor, as logarithms to another base are.
    logs = np.log10(joint.sum(axis=1)) | np.log2(joint.sum(axis=1))
sign-reversed: Every number has the opposite sign, and the right size or twice that.
    return -total | -2 * total
mean-for-sum: The number does not grow with the data: with every object listed twice it stays what it was.
    total = logs.mean()
{DENSITIES}
SHIFTED = joint = weights * density
TOP = joint = weights * density -> LOGS; top
equal-weights: Every class counts as if it were as common as any other, whatever the weights.
    joint = density / len(weights)
likeliest-class-only: Each object counts with its likeliest class alone: too low where classes overlap.
    logs = np.log(joint.max(axis=1)) | np.log(joint[np.arange(len(y)), density.argmax(axis=1)])
q-returned: The number is Q, an average over what the classes may be: it is too low where classes overlap.
    logs = (joint / joint.sum(axis=1, keepdims=True) * np.log(joint)).sum(axis=1)
logarithms-too-early: Objects near one class and far from another come out far too low.
    logs = np.log(joint) | weights * np.log(density)
objects-summed-too-early: Objects are added up while they are densities: one that fits badly hardly counts.
    logs = np.log(joint.sum()) | np.log(joint.sum(axis=1).mean()) | np.log(joint.sum(axis=0))
constant-off: Every object is off by the same amount, whatever the parameters, as if a constant were missing.
    density = CURVE / sds | {each("CURVE / ({} * sds)", ("2 * np.pi", "np.sqrt(np.pi)", "np.sqrt(2)"))}
    density = CURVE * np.sqrt(2 * np.pi) / sds
shift-not-put-back: What was taken out of the logarithms has not been added again for every object.
    SHIFTED -> LOGS; joint = np.exp(logs - logs.max(axis=1, keepdims=True))
    TOP = logs.max(); joint = np.exp(logs - top) && total = top + logs.sum()
product-goes-to-zero [edge]: On a few objects the number is right, and on a few hundred the logarithm of zero.
    logs = np.log(joint.sum(axis=1).prod())
far-objects-log-of-zero [edge]: An object far from every class has the logarithm of zero for its number.
    as it is
    TOP = logs.max(); joint = np.exp(logs - top) && logs = top + np.log(joint.sum(axis=1))
far-objects-all-the-same [edge]: From some distance on it makes no difference how far away an object lies.
    logs = {each("np.log(joint.sum(axis=1) + {})", ("1e-300", "1e-16", "1e-15", "1e-12", "1e-10"))}
    logs = {each("np.log(np.maximum(joint.sum(axis=1), {}))", ("1e-300", "1e-16", "1e-12", "1e-10"))}
""",
)
