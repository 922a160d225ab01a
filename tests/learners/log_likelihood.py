"""Programs for check.log_likelihood."""

import functools
import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from learners import edits, right, verdict, wrong


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


edits(
    with_logsumexp,
    """
    right
        special.logsumexp( -> np.logaddexp.reduce(
        per_object.sum() -> np.einsum("i->", per_object)
        per_object.sum() -> np.array(per_object.sum())
        per_object.sum() -> np.float32(per_object.sum())
        per_object.sum() -> np.longdouble(per_object.sum())
        per_object.sum() -> per_object.sum().item()
        variances): -> variances, verbose=False):
        logsumexp( -> softmax( && per_object.sum() -> (per_object * logs + special.entr(per_object)).sum()
    mean-for-sum | per_object.sum() -> logs.mean()
    weights-left-out | log_joint(y, weights, -> log_joint(y, [1],
    weights-twice | log_joint(y, weights, -> log_joint(y, np.square(weights),
    logarithm-for-each-class | per_object.sum() -> logs.sum()
    q-returned
        per_object.sum() -> (special.softmax(logs, axis=1) * logs).sum()
        per_object.sum() -> np.einsum("ik,ik", special.softmax(logs, axis=1), logs)
    likeliest-class-only | per_object.sum() -> sum(row[row.argmax()] for row in logs)
    weights-before-the-logarithms
        log_joint(y, weights, -> weights * log_joint(y, 1, && per_object.sum() -> logs.sum()
    shift-not-put-back | per_object.sum() -> each(np.exp(logs - logs.max(axis=1, keepdims=True))).sum()
    one-shift-for-all-objects | per_object.sum() -> (logs.max() + each(np.exp(logs - logs.max()))).sum()
    none
        per_object.sum() -> special.softmax(logs, axis=1).sum()
        per_object.sum() -> per_object[:-1].sum()
    none: Not yet: its entries are of type complex128 | per_object.sum() -> per_object.sum() + 1j
    crashed: IndexError | log_joint(y, -> log_joint([y[len(y)]],
    nothing-returned | return -> total =
    changes-its-input | return -> y -= np.mean(y)\\n    return
    not-for-whole-numbers | per_object.sum() -> per_object.sum().astype(y.dtype)
    """,
)


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
def scipy_an_object_at_a_time(y, weights, means, variances):
    total = 0
    for value in y:
        logs = stats.norm.logpdf(value, loc=means, scale=np.sqrt(variances))
        total = total + special.logsumexp(logs, b=weights)
    return total


@right
def filled_array(y, weights, means, variances):
    n, k = len(y), len(weights)
    a = np.zeros((k, n))
    for j in range(k):
        a[j] = np.log(weights[j]) + stats.norm(means[j], np.sqrt(variances[j])).logpdf(y)
    per_object = np.empty(n)
    for i in range(n):
        biggest = a[:, i].max()
        per_object[i] = biggest + np.log1p(np.exp(np.sort(a[:, i] - biggest)[:-1]).sum())
    return math.fsum(per_object)


@right
def two_classes_folded(y, weights, means, variances):
    def add(a, b):
        return max(a, b) + math.log1p(math.exp(-abs(a - b)))

    return sum(functools.reduce(add, logs) for logs in log_joint(y, weights, means, variances).tolist())


class Model:
    """With a memory of its own."""

    def __init__(self):
        self.seen = []

    def __call__(self, y, weights, means, variances):
        self.seen.append(with_logsumexp(y, weights, means, variances))
        return self.seen[-1]


@right
def in_logs_where_it_underflows(y, weights, means, variances):
    try:
        with np.errstate(all="raise"):
            return float(np.log(joint(y, weights, means, variances).sum(axis=1)).sum())
    except FloatingPointError:
        return float(with_logsumexp(y, weights, means, variances))


for program in (
    lambda data, pi, mu, sigma2: gmm_lesson.log_likelihood(data, gmm_lesson.Mixture(pi, mu, sigma2)),
    functools.partial(lambda base, y, w, m, v: with_logsumexp(y, w, m, v) / math.log(base), math.e),
    Model(),
):
    right(program)


# Wrong: what is made of the joint densities, (N, K).


@wrong("far-objects-log-of-zero")
def of_joint(y, weights, means, variances):
    p = joint(y, weights, means, variances)
    each = np.log(p.sum(axis=1))
    return each.sum()


edits(
    of_joint,
    """
    far-objects-log-of-zero | each.sum() -> sum(math.log(row.sum()) for row in p)
    one-value-per-object
        each.sum() -> each
        each.sum() -> [np.log(row.sum()) for row in p]
        each.sum() -> np.log(p.sum(axis=1, keepdims=True))
        each.sum() -> tuple(math.log(math.fsum(row)) for row in p)
    one-value-per-class
        each.sum() -> np.log(p.sum(axis=0))
        each.sum() -> np.log(p).sum(axis=0)
    one-value-per-object-and-class | each.sum() -> np.log(p)
    log-left-out
        each.sum() -> p.sum()
        each.sum() -> sum(float(x) for row in p for x in row)
    likelihood-returned
        each.sum() -> p.sum(axis=1).prod()
        each.sum() -> math.prod(map(sum, p.tolist()))
    mean-for-sum
        each.sum() -> each.mean()
        each.sum() -> each.sum() / len(p)
    n-times-too-large | each.sum() -> (np.zeros((len(p), 1)) + each).sum()
    base-10
        np.log( -> np.log10(
        each.sum() -> sum(math.log10(sum(row)) for row in p)
    base-2
        np.log( -> np.log2(
        each.sum() -> sum(math.log(sum(row), 2) for row in p)
    sign-reversed | each.sum() -> -each.sum()
    deviance-returned | each.sum() -> -2 * each.sum()
    likeliest-class-only | each.sum() -> sum(math.log(max(row)) for row in p)
    logarithm-for-each-class | each.sum() -> sum(math.log(x) for x in p.ravel())
    objects-summed-too-early
        each.sum() -> np.log(p.sum())
        each.sum() -> np.log(p.sum(axis=1).mean())
        axis=1 -> axis=0
    one-object-only
        each.sum() -> each[0]
        each.sum() -> [math.log(sum(row)) for row in p][-1]
    one-class-only | each.sum() -> np.log(p[:, 0]).sum()
    rounded | each.sum() -> round(float(each.sum()), 2)
    product-goes-to-zero | each.sum() -> np.log(p.sum(axis=1).prod())
    far-objects-all-the-same
        np.log( -> np.log(1e-300 +
        each.sum() -> np.log(np.maximum(p.sum(axis=1), 1e-12)).sum()
        each.sum() -> np.log(np.clip(p.sum(axis=1), 1e-10, None)).sum()
        each.sum() -> np.nan_to_num(each).sum()
    far-objects-left-out | each.sum() -> sum(math.log(x) for x in p.sum(axis=1) if x > 0)
    mean-for-sum: for two reasons: mean for sum; sign reversed. | each.sum() -> -np.mean(each)
    none
        each.sum() -> 1.01 * each.sum()
        each.sum() -> np.median(each) * len(p)
        each.sum() -> each.max()
        each.sum() -> np.log1p(p.sum(axis=1)).sum()
        each.sum() -> sum(math.log(x) for row in p for x in np.cumsum(row))
        each.sum() -> np.array([[each.sum()]])
        each.sum() -> (each.sum(), 3)
    none: Not yet: it returns a str, not a number. | each.sum() -> "-3.2"
    none: Not yet: it returns a dict, not a number. | each.sum() -> {"log_likelihood": -3.2}
    none: Not yet: it returns a function, not a number. | each.sum() -> with_logsumexp
    none: Not yet: one number is wanted; yours is an array of shape (1,). | each.sum() -> [each.sum()]
    none: Not yet: a finite number is wanted; yours is -inf. | each.sum() -> -np.inf
    none: Here these are not the log-likelihood (too high by 2) | each.sum() -> 2 + each.sum()
    """,
)


# Wrong: the density, of y as a column, means and variances.


def normal(y, m, v):
    return np.exp(-0.5 * (y - m) ** 2 / v) / np.sqrt(2 * np.pi * v)


def flat(y, m, v):
    return np.exp(-((y - m) ** 2) / (2 * v))


def with_density(density, weigh=np.multiply):
    """Return a log-likelihood with a density of its own, and what is made of the weights and it."""

    def total(y, weights, means, variances):
        y, weights, means, variances = (np.asarray(a, dtype=float) for a in (y, weights, means, variances))
        return np.log(weigh(weights, density(y[:, None], means, variances)).sum(axis=1)).sum()

    return total


@wrong("far-objects-log-of-zero", says="Look at this: a finite number is wanted; yours is -inf.")
def from_densities(y, weights, means, variances):
    y, weights, means, variances = (np.asarray(a, dtype=float) for a in (y, weights, means, variances))
    away, sds = y[:, None] - means, np.sqrt(variances)
    p = weights * np.exp(-(away**2) / (2 * sds**2)) / (np.sqrt(2 * np.pi) * sds)
    return np.log(p.sum(axis=1)).sum()


edits(
    from_densities,
    """
    weights-left-out | weights * ->
    equal-weights | weights * -> 1 / weights.size *
    weights-in-reverse | weights * -> weights[::-1] *
    variance-used-as-sd
        np.sqrt(variances) -> variances
        2 * sds**2 -> 2 * variances**2
    sd-used-as-variance | np.sqrt(variances) -> variances**0.25
    factor-left-out
        / (np.sqrt(2 * np.pi) * sds) ->
        / (np.sqrt(2 * np.pi) * sds) -> / np.sqrt(2 * np.pi)
    constant-off
        / (np.sqrt(2 * np.pi) * sds) -> / sds
        np.sqrt(2 * np.pi) -> 2 * np.pi
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
    """,
)


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


edits(
    object_by_object,
    """
    weights-left-out | w * stats -> stats
    one-object-only
        total += -> total =
        return total ->     return total
    one-class-only | p += -> p =
    product-goes-to-zero
        total = 0 -> total = 1 && total += np.log(p) -> total *= p && return total -> return np.log(total)
    none | total += ->     total +=
    """,
)


@wrong("likeliest-class-only")
def with_labels_by_density(y, weights, means, variances):
    labels = joint(y, np.ones(len(means)), means, variances).argmax(axis=1)
    return sum(log_joint(y, weights, means, variances)[i, k] for i, k in enumerate(labels))


# What is said of what has no name.


@wrong(
    None,
    says=(
        "Not yet: other numbers.\n\nHere these are not the log-likelihood (too low by 0.0174). Another input"
        " breaks more: a finite number is wanted; yours is nan.\n\n    Example: one object of one class\n"
    ),
)
def spoilt(y, weights, means, variances):
    return 1.01 * with_logsumexp(y, weights, means, variances) if len(means) < 3 else np.nan


@verdict("not started")
def stub(y, weights, means, variances):
    return ...


edits(
    stub,
    '''
    not started
        return ... -> """Return one number: the log-likelihood, by the natural logarithm."""\\n    ...
        return ... -> total = 0\\n    for _ in y:\\n        total += ...\\n    return total
    ''',
)
