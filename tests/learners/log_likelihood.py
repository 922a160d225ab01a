"""Programs for check.log_likelihood."""

import functools  # noqa: F401 - edits use it
import math

import numpy as np
from scipy import special, stats

import gmm_lesson  # noqa: F401 - edits use it
from learners import edits, right, wrong


def log_joint(y, weights, means, variances):
    y, means, variances = (np.asarray(a, dtype=float) for a in (y, means, variances))
    return np.log(weights) - 0.5 * ((y[:, None] - means) ** 2 / variances + np.log(2 * np.pi * variances))


def joint(*given):
    return np.exp(log_joint(*given))


def each(p):
    return np.log(p.sum(axis=1))


# Right, however it is written.


@right
def with_logsumexp(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    per_object = special.logsumexp(logs, axis=1)
    return per_object.sum()


edits(with_logsumexp)("""
right
    -> np.array(per_object.sum())
    -> per_object.sum().item()
    logsumexp( -> softmax( && -> (per_object * logs + special.entr(per_object)).sum()
    -> sum(functools.reduce(np.logaddexp, row) for row in logs.tolist())
    -> gmm_lesson.log_likelihood(y, gmm_lesson.Mixture(weights, means, variances))
weights-twice | log_joint(y, weights, -> log_joint(y, np.square(weights),
logarithm-for-each-class | -> logs.sum()
q-returned | -> np.einsum("ik,ik", special.softmax(logs, axis=1), logs)
likeliest-class-only
    -> sum(row[row.argmax()] for row in logs)
    -> sum(logs[i, k] for i, k in enumerate(joint(y, np.ones(len(means)), means, variances).argmax(axis=1)))
weights-before-the-logarithms | log_joint(y, weights, -> weights * log_joint(y, 1, && -> logs.sum()
shift-not-put-back | -> each(np.exp(logs - logs.max(axis=1, keepdims=True))).sum()
one-shift-for-all-objects | -> (logs.max() + each(np.exp(logs - logs.max()))).sum()
not-for-whole-numbers | -> per_object.sum().astype(y.dtype)
none, objects-left-out | -> special.softmax(logs, axis=1).sum() || -> per_object[:-1].sum()
none: Not yet: other numbers. && (too low by 0.0174). Another input breaks more: a finite number is wanted;
    -> 1.01 * per_object.sum() if len(means) < 3 else np.nan
crashed: IndexError | log_joint(y, -> log_joint([y[len(y)]],
""")


@right
def in_plain_python(y, weights, means, variances):
    total = 0.0
    for value in y:
        logs = [
            math.log(w) - (value - m) ** 2 / (2 * v) - 0.5 * math.log(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        top = max(logs)
        total += top + math.log(sum(math.exp(log - top) for log in logs))
    return total


@right
def in_logs_where_it_underflows(y, weights, means, variances):
    try:
        with np.errstate(all="raise"):
            return float(np.log(joint(y, weights, means, variances).sum(axis=1)).sum())
    except FloatingPointError:
        return float(with_logsumexp(y, weights, means, variances))


# Wrong: what is made of the joint densities, (N, K).


@wrong("far-objects-log-of-zero")
def of_joint(y, weights, means, variances):
    p = joint(y, weights, means, variances)
    each = np.log(p.sum(axis=1))
    return each.sum()


edits(of_joint)("""
far-objects-log-of-zero | -> sum(math.log(row.sum()) for row in p)
one-value-per-object | -> each || -> np.log(p.sum(axis=1, keepdims=True))
one-value-per-class | -> np.log(p.sum(axis=0)) || -> np.log(p).sum(axis=0)
one-value-per-object | -> np.log(p)
log-left-out | -> p.sum()
likelihood-returned | -> p.sum(axis=1).prod() || -> math.prod(map(sum, p.tolist()))
mean-for-sum | -> each.mean()
each-object-with-every-other | -> (np.zeros((len(p), 1)) + each).sum()
base-10 | np.log( -> np.log10(
base-2 | -> sum(math.log(sum(row), 2) for row in p)
sign-reversed | -> -each.sum()
deviance-returned | -> -2 * each.sum()
likeliest-class-only | -> sum(math.log(max(row)) for row in p)
logarithm-for-each-class | -> sum(math.log(x) for x in p.ravel())
objects-summed-too-early | -> np.log(p.sum()) || axis=1 -> axis=0
one-object-only | -> each[0] || -> [math.log(sum(row)) for row in p][-1]
one-class-only | -> np.log(p[:, 0]).sum()
rounded | -> round(float(each.sum()), 2)
product-goes-to-zero | -> np.log(p.sum(axis=1).prod())
far-objects-all-the-same | np.log( -> np.log(1e-300 + || -> np.nan_to_num(each).sum()
far-objects-left-out | -> sum(math.log(x) for x in p.sum(axis=1) if x > 0)
mean-for-sum: for two reasons: mean for sum; sign reversed. | -> -np.mean(each)
none
    -> 1.01 * each.sum()
    -> np.median(each) * len(p)
    -> each.max()
    -> np.log1p(p.sum(axis=1)).sum()
    -> sum(math.log(x) for row in p for x in np.cumsum(row))
    -> np.array([[each.sum()]])
    -> (each.sum(), 3)
none: Not yet: one number is wanted; yours is an array of shape (1,). | -> [each.sum()]
none: Not yet: a finite number is wanted; yours is -inf. | -> -np.inf
none: Here these are not the log-likelihood (too high by 2) | -> 2 + each.sum()
""")


@wrong("far-objects-log-of-zero", says="Look at this: a finite number is wanted; yours is -inf.")
def from_densities(y, weights, means, variances):
    y, weights, means, variances = (np.asarray(a, dtype=float) for a in (y, weights, means, variances))
    away, sds = y[:, None] - means, np.sqrt(variances)
    p = weights * np.exp(-(away**2) / (2 * sds**2)) / (np.sqrt(2 * np.pi) * sds)
    return np.log(p.sum(axis=1)).sum()


edits(from_densities)("""
weights-left-out | weights * ->
equal-weights | weights * -> 1 / weights.size *
none | weights * -> weights[::-1] *
variance-used-as-sd | np.sqrt(variances) -> variances || 2 * sds**2 -> 2 * variances**2
sd-used-as-variance | np.sqrt(variances) -> variances**0.25
factor-left-out | / (np.sqrt(2 * np.pi) * sds) -> || / (np.sqrt(2 * np.pi) * sds) -> / np.sqrt(2 * np.pi)
constant-off | / (np.sqrt(2 * np.pi) * sds) -> / sds || np.sqrt(2 * np.pi) -> 2 * np.pi
root-left-out
    (np.sqrt(2 * np.pi) * sds) -> (np.sqrt(2 * np.pi) * variances)
    np.sqrt(2 * np.pi) * sds -> 2 * np.pi * variances
factor-upside-down | / (np.sqrt(2 * np.pi) * sds) -> / np.sqrt(2 * np.pi) * sds
half-left-out | 2 * sds**2 -> sds**2
square-left-out | away**2 -> abs(away)
sign-of-the-distance | -(away**2) -> away**2
spread-not-in-the-distance | / (2 * sds**2) -> / 2
spread-upside-down | / (2 * sds**2) -> / 2 * variances
variances-left-out | np.sqrt(variances) -> 1
base-10: for two reasons: base 10; weights left out. | weights * -> && np.log( -> np.log10(
none
    away**2 -> away
    weights * -> weights +
    np.exp(-(away**2) / (2 * sds**2)) / (np.sqrt(2 * np.pi) * sds) -> stats.norm.cdf(away / sds)
    away**2 -> abs(away * sds) * 8**0.5
    weights * -> && np.log( -> -np.log10( && np.sqrt(variances) -> variances && .sum() -> .mean()
""")


# Wrong: in loops.


@wrong("far-objects-log-of-zero")
def object_by_object(y, weights, means, variances):
    total = 0
    for value in y:
        p = 0
        for w, m, v in zip(weights, means, variances, strict=True):
            p += w * stats.norm.pdf(value, m, math.sqrt(v))
        total += np.log(p)
    return total


edits(object_by_object)("""
weights-left-out | w * stats -> stats
one-object-only | total += -> total =
one-class-only | p += -> p =
none | total += ->     total +=
""")
