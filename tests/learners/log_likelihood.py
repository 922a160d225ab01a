"""Programs for check.log_likelihood."""

import functools
import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from learners import right, verdict, wrong


def log_joint(y, weights, means, variances):
    y, means, variances = (np.asarray(a, dtype=float) for a in (y, means, variances))
    return np.log(weights) - 0.5 * ((y[:, None] - means) ** 2 / variances + np.log(2 * np.pi * variances))


def joint(*given):
    return np.exp(log_joint(*given))


# Right, however it is written.


@right
def with_logsumexp(y, weights, means, variances):
    return special.logsumexp(log_joint(y, weights, means, variances), axis=1).sum()


@right
def with_a_shift(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    top = logs.max(axis=1)
    return np.sum(top + np.log(np.sum(np.exp(logs - top[:, None]), axis=1)))


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
def from_the_package(y, weights, means, variances):
    return gmm_lesson.log_likelihood(y, gmm_lesson.Mixture(weights, means, variances))


@right
def q_plus_entropy(*given):
    logs = log_joint(*given)
    r = special.softmax(logs, axis=1)
    return (r * logs).sum() + special.entr(r).sum()


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

    def of_class(value):
        return lambda k: (
            math.log(weights[k] / math.sqrt(2 * math.pi * variances[k]))
            - (value - means[k]) ** 2 / (2 * variances[k])
        )

    return sum(functools.reduce(add, map(of_class(value), range(len(means)))) for value in y)


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
    lambda *given: np.logaddexp.reduce(log_joint(*given), axis=1).sum(),
    lambda *given: np.einsum("i->", special.logsumexp(log_joint(*given), axis=1)),
    lambda *given: np.array(with_logsumexp(*given)),
    lambda *given: np.float32(with_logsumexp(*given)),
    lambda *given: np.longdouble(with_logsumexp(*given)),
    lambda *given: with_logsumexp(*given).item(),
    lambda y, weights, means, variances, verbose=False: with_logsumexp(y, weights, means, variances),
    lambda data, pi, mu, sigma2: with_logsumexp(data, pi, mu, sigma2),
    functools.partial(lambda base, y, w, m, v: with_logsumexp(y, w, m, v) / math.log(base), math.e),
    Model(),
):
    right(program)


# Wrong: what is made of the joint densities, (N, K), and of their logarithms.


def each(p):
    return np.log(p.sum(axis=1))


OF_JOINT = [
    ("one-value-per-object", each),
    ("one-value-per-object", lambda p: [np.log(row.sum()) for row in p]),
    ("one-value-per-object", lambda p: np.log(p.sum(axis=1, keepdims=True))),
    ("one-value-per-object", lambda p: tuple(math.log(math.fsum(row)) for row in p)),
    ("one-value-per-class", lambda p: np.log(p.sum(axis=0))),
    ("one-value-per-class", lambda p: np.log(p).sum(axis=0)),
    ("one-value-per-object-and-class", np.log),
    ("log-left-out", np.sum),
    ("log-left-out", lambda p: sum(float(x) for row in p for x in row)),
    ("likelihood-returned", lambda p: p.sum(axis=1).prod()),
    ("likelihood-returned", lambda p: math.prod(map(sum, p.tolist()))),
    ("mean-for-sum", lambda p: each(p).mean()),
    ("mean-for-sum", lambda p: each(p).sum() / len(p)),
    ("n-times-too-large", lambda p: (np.zeros((len(p), 1)) + each(p)).sum()),
    ("base-10", lambda p: np.log10(p.sum(axis=1)).sum()),
    ("base-10", lambda p: sum(math.log10(sum(row)) for row in p)),
    ("base-2", lambda p: np.log2(p.sum(axis=1)).sum()),
    ("base-2", lambda p: sum(math.log(sum(row), 2) for row in p)),
    ("sign-reversed", lambda p: -each(p).sum()),
    ("deviance-returned", lambda p: -2 * each(p).sum()),
    ("likeliest-class-only", lambda p: sum(math.log(max(row)) for row in p)),
    ("logarithm-for-each-class", lambda p: sum(math.log(x) for x in p.ravel())),
    ("objects-summed-too-early", lambda p: np.log(p.sum())),
    ("objects-summed-too-early", lambda p: np.log(p.sum(axis=1).mean())),
    ("objects-summed-too-early", lambda p: np.log(p.sum(axis=0)).sum()),
    ("one-object-only", lambda p: each(p)[0]),
    ("one-class-only", lambda p: np.log(p[:, 0]).sum()),
    ("rounded", lambda p: round(float(each(p).sum()), 2)),
    ("product-goes-to-zero", lambda p: np.log(p.sum(axis=1).prod())),
    ("far-objects-log-of-zero", lambda p: each(p).sum()),
    ("far-objects-log-of-zero", lambda p: sum(math.log(row.sum()) for row in p)),
    ("far-objects-all-the-same", lambda p: np.log(p.sum(axis=1) + 1e-300).sum()),
    ("far-objects-all-the-same", lambda p: np.log(np.maximum(p.sum(axis=1), 1e-12)).sum()),
    ("far-objects-all-the-same", lambda p: np.log(np.clip(p.sum(axis=1), 1e-10, None)).sum()),
    ("far-objects-all-the-same", lambda p: np.nan_to_num(each(p)).sum()),
    ("far-objects-left-out", lambda p: sum(math.log(x) for x in p.sum(axis=1) if x > 0)),
    (None, lambda p: 1.01 * each(p).sum()),
    (None, lambda p: np.median(each(p)) * len(p)),
    (None, lambda p: each(p).max()),  # with one object, or two alike, this is right
    (None, lambda p: np.log1p(p.sum(axis=1)).sum()),
    (None, lambda p: np.nan),
    (None, lambda p: -np.inf),
    (None, lambda p: 0.0),
    (None, lambda p: [each(p).sum()]),
    (None, lambda p: np.array([[each(p).sum()]])),
    (None, lambda p: (each(p).sum(), 3)),
]
for name, number in OF_JOINT:
    wrong(name)(lambda *given, number=number: number(joint(*given)))

OF_LOGS = [
    ("likeliest-class-only", lambda logs: sum(row[row.argmax()] for row in logs)),
    ("logarithm-for-each-class", np.sum),
    ("q-returned", lambda logs: (special.softmax(logs, axis=1) * logs).sum()),
    ("q-returned", lambda logs: np.einsum("ik,ik", special.softmax(logs, axis=1), logs)),
    ("shift-not-put-back", lambda logs: each(np.exp(logs - logs.max(axis=1, keepdims=True))).sum()),
    ("one-shift-for-all-objects", lambda logs: (logs.max() + each(np.exp(logs - logs.max()))).sum()),
    (None, lambda logs: special.softmax(logs, axis=1).sum()),
    ("mean-for-sum", np.mean),  # beside a logarithm for each class
]
for name, number in OF_LOGS:
    wrong(name)(lambda *given, number=number: number(log_joint(*given)))


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


DENSITIES = [
    ("far-objects-log-of-zero", normal),
    ("variance-used-as-sd", stats.norm.pdf),
    ("variance-used-as-sd", lambda y, m, v: np.exp(-((y - m) ** 2) / (2 * v**2)) / np.sqrt(2 * np.pi * v)),
    ("sd-used-as-variance", lambda y, m, v: stats.norm.pdf(y, m, v**0.25)),
    ("factor-left-out", flat),
    ("factor-left-out", lambda y, m, v: flat(y, m, v) / np.sqrt(2 * np.pi)),
    ("constant-off", lambda y, m, v: flat(y, m, v) / np.sqrt(v)),
    ("constant-off", lambda y, m, v: flat(y, m, v) / (2 * np.pi * np.sqrt(v))),
    ("root-left-out", lambda y, m, v: flat(y, m, v) / (np.sqrt(2 * np.pi) * v)),
    ("root-left-out", lambda y, m, v: flat(y, m, v) / (2 * np.pi * v)),
    ("factor-upside-down", lambda y, m, v: flat(y, m, v) / np.sqrt(2 * np.pi) * np.sqrt(v)),
    ("half-left-out", lambda y, m, v: np.exp(-((y - m) ** 2) / v) / np.sqrt(2 * np.pi * v)),
    ("square-left-out", lambda y, m, v: np.exp(-abs(y - m) / (2 * v)) / np.sqrt(2 * np.pi * v)),
    ("sign-of-the-distance", lambda y, m, v: np.exp((y - m) ** 2 / (2 * v)) / np.sqrt(2 * np.pi * v)),
    ("spread-not-in-the-distance", lambda y, m, v: np.exp(-((y - m) ** 2) / 2) / np.sqrt(2 * np.pi * v)),
    ("spread-upside-down", lambda y, m, v: np.exp(-((y - m) ** 2) / 2 * v) / np.sqrt(2 * np.pi * v)),
    ("variances-left-out", lambda y, m, v: stats.norm.pdf(y - m)),
    (None, lambda y, m, v: stats.laplace.pdf(y, m, np.sqrt(v))),
    (None, lambda y, m, v: stats.norm.cdf(y, m, np.sqrt(v))),
]
for name, density in DENSITIES:
    wrong(name)(with_density(density))

wrong("weights-left-out")(with_density(normal, lambda weights, densities: densities))
wrong("equal-weights")(with_density(normal, lambda weights, densities: densities / weights.size))
wrong("weights-in-reverse")(with_density(normal, lambda weights, densities: weights[::-1] * densities))
wrong("weights-twice")(lambda y, w, m, v: with_logsumexp(y, np.square(w), m, v))
wrong("weights-added")(with_density(normal, np.add))
wrong("weights-left-out")(lambda y, weights, means, variances: with_logsumexp(y, [1], means, variances))
wrong("weights-left-out")(
    lambda y, weights, means, variances: sum(
        math.log(sum(stats.norm(m, math.sqrt(v)).pdf(value) for m, v in zip(means, variances, strict=True)))
        for value in y
    )
)


# Wrong: in loops.


@wrong("one-object-only")
def returns_early(y, weights, means, variances):
    total = 0
    for value in y:
        total += math.log(sum(joint([value], weights, means, variances)[0]))
        return total
    return None


@wrong("one-object-only")
def overwrites(y, weights, means, variances):
    for value in y:
        total = math.log(sum(joint([value], weights, means, variances)[0]))
    return total


@wrong("one-class-only")
def the_last_class_stays(y, weights, means, variances):
    total = 0
    for value in y:
        for w, m, v in zip(weights, means, variances, strict=True):
            p = w * stats.norm.pdf(value, m, np.sqrt(v))
        total += np.log(p)
    return total


@wrong("product-goes-to-zero")
def product_in_a_loop(y, weights, means, variances):
    likelihood = 1.0
    for value in y:
        likelihood *= float(joint([value], weights, means, variances).sum())
    return math.log(likelihood)


@wrong("weights-before-the-logarithms")
def weights_outside(y, weights, means, variances):
    logs = stats.norm.logpdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return (np.asarray(weights) * logs).sum()


@wrong("likeliest-class-only")
def with_labels_by_density(y, weights, means, variances):
    labels = joint(y, np.ones(len(means)), means, variances).argmax(axis=1)
    return sum(log_joint(y, weights, means, variances)[i, k] for i, k in enumerate(labels))


@wrong("one-shift-for-all-objects")
def kept_from_the_first_object(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    top = logs[logs.max(axis=1).argmax()].max()
    return len(y) * top + sum(math.log(sum(math.exp(log - top) for log in row)) for row in logs)


@wrong(None)
def one_object_short(y, weights, means, variances):
    return sum(with_logsumexp(y[i : i + 1], weights, means, variances) for i in range(len(y) - 1))


@wrong(None)
def total_within_the_loop(y, weights, means, variances):
    total = 0.0
    for row in joint(y, weights, means, variances):
        inner = 0.0
        for p in row:
            inner += p
            total += math.log(inner)
    return total


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


SAID = [
    ("it returns a str, not a number.", lambda *given: "-3.2"),
    ("it returns a dict, not a number.", lambda *given: {"log_likelihood": -3.2}),
    ("it returns a function, not a number.", lambda *given: with_logsumexp),
    ("one number is wanted; yours is an array of shape (1,).", lambda *given: [with_logsumexp(*given)]),
    ("a finite number is wanted; yours is -inf.", lambda *given: -np.inf),
    ("its entries are of type complex128, not numbers of type ", lambda *given: 1j + with_logsumexp(*given)),
    (
        "other numbers.\n\nHere these are not the log-likelihood (too ",
        lambda *given: 2 + each(joint(*given)).sum(),
    ),
]
for says, program in SAID:
    wrong(None, says=f"Not yet: {says}")(program)


@wrong("far-objects-log-of-zero", says="Look at this: a finite number is wanted; yours is -inf.")
def naive(y, weights, means, variances):
    return with_density(normal)(y, weights, means, variances)


# Two mistakes at once, and four.


@wrong("mean-for-sum", says="for two reasons: mean for sum; sign reversed.")
def mean_loss(*given):
    return -np.mean(np.log(joint(*given).sum(axis=1)))


@wrong("base-10", says="for two reasons: base 10; weights left out.")
def without_weights_to_the_base_10(y, weights, means, variances):
    return np.log10(stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances)).sum(axis=1)).sum()


@wrong(None)
def four(y, weights, means, variances):
    return -np.log10(stats.norm.pdf(np.asarray(y)[:, None], means, variances).sum(axis=1)).mean()


verdict("not started")(lambda y, weights, means, variances: ...)
verdict("not started")(None)
verdict("not started")(...)


@verdict("not started")
def my_log_likelihood(y, weights, means, variances):
    """Return one number: the log-likelihood, by the natural logarithm."""
    ...


@verdict("not started")
def half_written(y, weights, means, variances):
    total = 0
    for _ in y:
        total += ...
    return total


@verdict("crashed", says="IndexError")
def one_object_too_far(y, weights, means, variances):
    return sum(with_logsumexp([y[i + 1]], weights, means, variances) for i in range(len(y)))


@wrong("nothing-returned")
def forgets_to_return(y, weights, means, variances):
    total = with_logsumexp(y, weights, means, variances)
    total += 0


@wrong("changes-its-input")
def standardises_in_place(y, weights, means, variances):
    number = with_logsumexp(y, weights, means, variances)
    y -= np.mean(y)
    return number


@wrong("not-for-whole-numbers")
def cuts_whole_numbers(y, weights, means, variances):
    halves = np.empty_like(np.subtract.outer(y, means))
    for k in range(len(means)):
        halves[:, k] = (y - means[k]) ** 2 / (2 * variances[k])
    logs = np.log(weights) - halves - np.log(2 * np.pi * variances) / 2
    return special.logsumexp(logs, axis=1).sum()
