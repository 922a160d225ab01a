"""The log-likelihood of lesson 05: what a right one is, and the wrong ones that we know."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import log_likelihood
from gmm_lesson.exercises.inputs import BY_HAND, FOUR_MIXED, THREE_MIXED
from gmm_lesson.exercises.kit import Case, Exercise, each, mistakes, read_array
from gmm_lesson.mixture import Mixture

PROGRAM = """
def my_log_likelihood(y, weights, means, variances):
    sds = np.sqrt(variances)
    away = y[:, np.newaxis] - means
    density = np.exp(-((away / sds) ** 2) / 2) / (np.sqrt(2 * np.pi) * sds)
    joint = weights * density
    logs = np.log(joint.sum(axis=1))
    total = logs.sum()
    return total
"""


def one_number(given: dict[str, Any], number: Array) -> str | None:
    """Say so if there is more than one number, or a number in an array of its own."""
    del given
    return None if number.ndim == 0 else f"one number is wanted; yours is an array of shape {number.shape}"


def finite_number(given: dict[str, Any], number: Array) -> str | None:
    """Say so if the number is a NaN or an infinity."""
    del given
    return None if np.isfinite(number).all() else f"a finite number is wanted; yours is {float(number):g}"


TRACES = ("1e-8", "1e-10", "1e-12", "1e-15", "1e-16", "2.2e-16", "1e-20", "1e-100", "1e-200", "1e-300")
"""What is added to a density, or put under it, so that its logarithm is a number."""

MISTAKES = f"""
ROOT = sds = np.sqrt(variances)
CURVE = np.exp(-((away / sds) ** 2) / 2)
DENSITY = CURVE / (np.sqrt(2 * np.pi) * sds)
JOINT = weights * density
INLOGS = log_joint = np.log(weights) - (away / sds) ** 2 / 2 - np.log(np.sqrt(2 * np.pi) * sds)
LOGS = np.log(joint.sum(axis=1))
SUM = logs.sum()
BACK = return total

one-value-per-object: There is one number for each object, where one number is wanted for all of them
  together.
    SUM -> logs
    SUM -> logs[:, np.newaxis]
one-value-per-class: There is one number for each class, where one number is wanted for all of them together.
    LOGS -> np.log(joint) && SUM -> logs.sum(axis=0)
    LOGS -> np.log(joint.sum(axis=0)) && SUM -> logs
one-value-per-object-and-class: There is a whole array of numbers, a row for each object, where one number is
  wanted.
    LOGS -> np.log(joint) && SUM -> logs
log-left-out: The number is a sum of densities: it is above zero, and an object far from every class hardly
  changes it.
    LOGS -> joint.sum(axis=1)
likelihood-returned: The number is the density of all the objects together: each more object makes it a factor
  larger or smaller.
    BACK -> return np.exp(total)
mean-for-sum: The number does not grow with the data: with every object listed twice it stays what it was.
    SUM -> logs.mean()
n-times-too-large: With one object the number is right, with N objects it is N times too large: each object
  was counted once beside every other.
    SUM -> len(y) * SUM
base-10: Every number is .434 times what it should be, as a logarithm to the base 10 is.
    LOGS -> np.log10(joint.sum(axis=1))
base-2: Every number is 1.44 times what it should be, as a logarithm to the base 2 is.
    LOGS -> np.log2(joint.sum(axis=1))
sign-reversed: Every number has the right size and the opposite sign: the better the fit, the lower it is.
    BACK -> return -total
deviance-returned: Every number has the opposite sign and twice the right size.
    BACK -> return -2 * total
weights-left-out: The numbers do not change when the weights do, and with two classes or more they are too
  high.
    JOINT -> density
equal-weights: Every class counts as if it were as common as any other, whatever the weights.
    JOINT -> density / len(weights)
weights-in-reverse: The common class is treated as the rare one, and the rare one as the common one.
    JOINT -> weights[::-1] * density
weights-twice: The weights count twice: a class nine times as common as its neighbour counts as eighty-one
  times.
    JOINT -> weights**2 * density
weights-added: An object far from every class costs next to nothing: the sum of the weights is in its density.
    JOINT -> weights + density
likeliest-class-only: Each object counts with its likeliest class alone, so the number is too low where
  classes overlap.
    LOGS -> np.log(joint.max(axis=1))
    LOGS -> np.log(joint[np.arange(len(y)), density.argmax(axis=1)])
q-returned: The number is Q: it averages over what the class of an object may be, and is too low where classes
  overlap.
    LOGS -> (joint / joint.sum(axis=1, keepdims=True) * np.log(joint)).sum(axis=1)
logarithm-for-each-class: One class far from an object drags its number down, though another class is right
  where it lies.
    LOGS -> np.log(joint)
weights-before-the-logarithms: A far-off class counts in full measure of its weight: objects near one class
  and far from another come out far too low.
    LOGS -> weights * np.log(density)
objects-summed-too-early: Objects are added up while they are densities still: one that fits badly hardly
  lowers the number.
    LOGS -> np.log(joint.sum())
    LOGS -> np.log(joint.sum(axis=1).mean())
    LOGS -> np.log(joint.sum(axis=0))
one-object-only: The number is that of a single object: it does not change when others join it.
    SUM -> logs[0]
    SUM -> logs[-1]
one-class-only: The number is that of a single class: it does not change when the others move.
    LOGS -> np.log(joint[:, 0])
    LOGS -> np.log(joint[:, -1])
variance-used-as-sd: Where a variance is above 1 its class comes out too wide, and where it is below 1 too
  narrow.
    ROOT -> sds = variances
    CURVE -> np.exp(-((away / variances) ** 2) / 2)
sd-used-as-variance: Where a variance is above 1 its class comes out too narrow, and where it is below 1 too
  wide.
    ROOT -> sds = np.sqrt(np.sqrt(variances))
    CURVE -> np.exp(-(away**2) / sds / 2)
factor-left-out: The curve of a wide class is as high as that of a narrow one, so there is more area under it.
    DENSITY -> CURVE
    DENSITY -> CURVE / np.sqrt(2 * np.pi)
constant-off: Every object is off by the same amount, wherever it lies and whatever the parameters: a constant
  is missing, or there twice.
    DENSITY -> CURVE / sds
    DENSITY -> CURVE / (2 * np.pi * sds)
root-left-out: A class with a variance above 1 has too little area under its curve, and one with less too
  much.
    DENSITY -> CURVE / (np.sqrt(2 * np.pi) * variances)
    DENSITY -> CURVE / (2 * np.pi * variances)
factor-upside-down: The wider a class, the higher its curve.
    DENSITY -> CURVE / np.sqrt(2 * np.pi) * sds
    DENSITY -> CURVE * np.sqrt(2 * np.pi) * sds
half-left-out: The number falls twice as fast with distance as it should, so classes come out too narrow.
    CURVE -> np.exp(-((away / sds) ** 2))
square-left-out: An object twice as far from a class is only twice as surprising: curves have peaks like
  tents.
    CURVE -> np.exp(-abs(away / sds) / 2)
    CURVE -> np.exp(-abs(away) / variances / 2)
sign-of-the-distance: The farther an object lies from every class, the higher the number.
    CURVE -> np.exp((away / sds) ** 2 / 2)
spread-not-in-the-distance: Three units from its mean is as surprising in a wide class as in a narrow one.
    CURVE -> np.exp(-(away**2) / 2)
spread-upside-down: The wider a class, the faster its density falls with distance.
    CURVE -> np.exp(-(away**2) / 2 * variances)
variances-left-out: The numbers do not change when the variances do.
    DENSITY -> np.exp(-(away**2) / 2) / np.sqrt(2 * np.pi)
    DENSITY -> np.exp(-(away**2) / 2)
shift-not-put-back: The number is nearly the same wherever the objects lie: their largest terms have gone from
  it.
    joint = JOINT -> INLOGS &&
        LOGS -> np.log(np.exp(log_joint - log_joint.max(axis=1, keepdims=True)).sum(axis=1))
    joint = JOINT -> INLOGS && LOGS -> np.log(np.exp(log_joint - log_joint.max()).sum(axis=1)) &&
        SUM -> log_joint.max() + SUM
rounded: The numbers are right to a few decimals only: they have been rounded.
    {each("BACK -> return np.round(total, {})", range(1, 5))}
product-goes-to-zero [edge]: On a few objects the number is right, and on a few hundred it is the logarithm of
  zero, though none of them lies far away.
    LOGS -> np.log(joint.sum(axis=1).prod())
far-objects-log-of-zero [edge]: An object far from every class has the logarithm of zero, where a number far
  below zero is right.
    as it is
    joint = JOINT -> INLOGS && LOGS -> np.log(np.exp(log_joint.astype(np.longdouble)).sum(axis=1))
far-objects-all-the-same [edge]: From some distance on it makes no difference how far an object lies from
  every class.
    {each("LOGS -> np.log(joint.sum(axis=1) + {})", TRACES)}
    {each("LOGS -> np.log(np.maximum(joint.sum(axis=1), {}))", TRACES)}
    LOGS -> np.nan_to_num(LOGS)
far-objects-left-out [edge]: An object far from every class costs nothing: the number is that of the other
  objects alone.
    LOGS -> np.nan_to_num(LOGS, neginf=0)
one-shift-for-all-objects [edge]: A far-away object has a number when it is alone, and the logarithm of zero
  as soon as a nearer one is in the list.
    joint = JOINT -> INLOGS &&
        LOGS -> log_joint.max() + np.log(np.exp(log_joint - log_joint.max()).sum(axis=1))
"""

EXERCISE = Exercise(
    lesson=5.1,
    about="""Judge a log-likelihood: a function of (y, weights, means, variances) that returns a number.

    Parameters
    ----------
    function : callable
        Your function. It gets y, shape (N,), and weights, means and variances, shape (K,), as arrays,
        and returns the log-likelihood, one number: natural logarithms, summed over the objects.

    Returns
    -------
    Verdict
        As from `e_step`.
    """,
    program=PROGRAM,
    answer="the log-likelihood",
    right=lambda y, weights, means, variances: log_likelihood(y, Mixture(weights, means, variances)),
    read=lambda raw, _: read_array(raw, wanted="number"),
    rules=(one_number, finite_number),
    # Where it is no edge, no object is so far from all classes that a trace beside its density shows.
    cases=(
        Case("one object of one class", ([2], [1], [1], [4])),
        Case("one object", ([1], [0.5, 0.5], [1, 3], [1, 1])),
        Case("two objects of one class", ([1, 4], [1], [2], [4])),
        Case("the example to do by hand", BY_HAND),
        Case("weights .9 and .1", ([2], [0.9, 0.1], [1, 3], [1, 1])),
        Case("unequal variances", ([2, 0], [0.5, 0.5], [0, 3], [1, 4])),
        Case("a wide class round a narrow one", ([-4, -2], [0.5, 0.5], [0, 3], [1, 9])),
        Case("densities above one", ([0, 0.1, 1.05], [0.3, 0.7], [0, 1], [0.01, 0.04])),
        Case("three classes", THREE_MIXED),
        Case("three objects in three classes", ([0, 1.5, 4], [0.6, 0.3, 0.1], [4, 0, 1], [1, 4, 0.25])),
        Case("twelve objects in four classes", FOUR_MIXED),
        Case("four hundred objects", ([i % 20 for i in range(400)], [0.4, 0.6], [4, 13], [9, 16]), edge=True),
        Case("a far-away object", ([60], [0.5, 0.5], [0, 5], [1, 1]), edge=True),
        Case("a far-away object beside a near one", ([0, 60], [0.9, 0.1], [0, 5], [1, 1]), edge=True),
        Case("an object very far away", ([-1000], [0.3, 0.7], [0, 5], [1, 1]), edge=True),
        Case("unequal variances", ([1, 2, 3], [0.5, 0.5], [1, 4], [1, 4]), form="whole numbers"),
    ),
    mistakes=mistakes(MISTAKES),
)
"""The check of the log-likelihood."""
