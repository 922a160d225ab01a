"""Programs for check.m_step."""

import collections
import functools
import math
from statistics import fmean

import numpy as np
from scipy import special

import gmm_lesson
from gmm_lesson import Mixture
from learners import edits, right, wrong


def m_step(weights="n / len(y)", means="(r * y).sum(0) / n", variances="(r * (y - m) ** 2).sum(0) / n"):
    """Return an M-step from the expressions of its parts; y is a column, and n is N_k."""

    def my_m_step(y, r):
        y, r = np.array(y, dtype=float)[:, None], np.array(r, dtype=float)
        given = {"np": np, "y": y, "r": r, "n": r.sum(0), "one": np.ones(r.shape[1]), "special": special}
        given["m"] = eval(means, given)  # names in a comprehension are looked for in the globals alone
        return eval(weights, given), given["m"], eval(variances, given)

    return my_m_step


def after(function):
    """Return a right M-step and what is done to its three parts."""
    return lambda y, r: function(*plain(y, r))


def on(function):
    """Return a right M-step on other responsibilities."""
    return lambda y, r: plain(y, function(np.asarray(r, dtype=float)))


# Right, however it is written, and some of its neighbours.


@right
def plain(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    column = y[:, np.newaxis]
    means = (r * column).sum(axis=0) / n_k
    variances = (r * (column - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances


edits(
    plain,
    """
    right
        plain(y, r): -> plain(y, r):\\n    ...
        n_k = -> print(y)\\n    np.log(np.zeros(1))\\n    n_k =
        plain(y, r) -> plain(y, r, floor=1e-9, *, verbose=False) && variances = -> variances = floor +
        (axis=0) -> (axis=axis) && plain(y, r) -> plain(y, r, axis=0)
        n_k = r.sum(axis=0) -> n_k = r.sum(axis=0) + 10 * np.finfo(float).eps
        return weights, means, variances -> return weights, means, np.maximum(variances, 1e-6)
    transposed
        axis=0 -> axis=1 && - means -> - means[:, None]
        axis=0 -> axis=1 && - means -> - means[:, None] && / n_k -> / len(r[0]) && / len(y) -> / len(r[0])
        n_k = r.sum(axis=0) -> n_k = r.sum(axis=1)
    transposed: ValueError
        axis=0 -> axis=1 && (r * column).sum(axis=1) -> r @ y && column - means -> y - means[:, None]
        (r * column).sum(axis=0) -> (r @ y)
    crashed: operands could not be broadcast && line 6 of plain: means = (r * column).sum(axis=0) / n_k
        [:, np.newaxis] ->
    crashed: Example: one object of one class
        return -> if min(variances) == 0:\\n        raise ValueError("my variance is 0")\\n    return
    crashed | n_k = -> if len(y) == 3:\\n        raise ValueError("three")\\n    n_k =
    not-for-lists: AttributeError: 'list' object has no attribute 'sum'
        y, r = np.asarray(y), np.asarray(r) ->
    nothing-returned: plain runs to its end without an error | return weights, means, variances ->
    changes-its-input: After the call, r holds other numbers than before | return -> r /= n_k\\n    return
    none: its variances are a list of 3 things
        return weights, means, variances -> held = [1.0, 2.0]\\n    held.append(held)\\n    return held
    crashed: ValueError: variances must be above 0; got 0 && Example: two objects of one
        return weights, means, variances -> return Mixture(weights, means, 0 * variances)
    crashed: ValueError: weights must sum to one; got a sum of 2
        return weights, means, variances -> return Mixture(n_k, means, variances)
    weights-not-divided: Not yet, for two reasons: weights not divided; sd returned.
        n_k / len(y) -> n_k && return weights, means, variances -> return weights, means, np.sqrt(variances)
    none: Example: one object of one class && your variances = [0.05]
        return weights, means, variances -> return weights, means, np.maximum(variances, 0.05)
    not started
        n_k = r.sum(axis=0) -> n_k = ...
        means = -> means = ... #
        return weights, means, variances -> return weights, means, ...
        return weights, means, variances -> return None, None, None
    """,
)


@right
def loops(y, r):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        n_k = sum(r[i][k] for i in range(len(y)))
        mean = sum(r[i][k] * y[i] for i in range(len(y))) / n_k
        weights.append(n_k / len(y))
        means.append(mean)
        variances.append(sum(r[i][k] * (y[i] - mean) ** 2 for i in range(len(y))) / n_k)
    return weights, means, variances


edits(
    loops,
    """
    transposed | r[i][k] -> r[k][i]
    divided-by-n | / n_k -> / len(y)
    sums-not-divided | / n_k ->
    weights-not-divided | n_k / len(y) -> n_k
    absolute-distances | (y[i] - mean) ** 2 -> abs(y[i] - mean)
    one-mean-for-all-variances | y[i] - mean) -> y[i] - means[0])
    responsibilities-squared | r[i][k] * -> r[i][k] ** 2 *
    squares-not-weighted | r[i][k] * (y -> (y
    """,
)


@right
def loops_into_arrays(y, r):
    n, k = np.shape(r)
    weights, means, variances = np.zeros(k), np.zeros(k), np.zeros(k)
    for j in range(k):
        for i in range(n):
            weights[j] += r[i][j]
        for i in range(n):
            means[j] += r[i][j] * y[i] / weights[j]
        for i in range(n):
            variances[j] += r[i][j] * (y[i] - means[j]) ** 2 / weights[j]
    return weights / n, means, variances


edits(
    loops_into_arrays,
    """
    weights-divided-by-k | return weights / n -> return weights / k
    none: the weights should sum to 1; yours sum to 0.5 | return weights / n ->     return weights / n
    none: the weights should sum to 1; yours sum to 1.5
        for j in range(k): -> for j in range(k):\\n        weights[j] = weights[j - 1]
    """,
)


@right
def while_loops(y, r):
    k, out = 0, ([], [], [])
    while k < len(r[0]):
        total = first = second = 0.0
        for value, row in zip(y, r, strict=True):
            total += row[k]
            first += row[k] * value
        for value, row in zip(y, r, strict=True):
            second += row[k] * (value - first / total) ** 2
        for part, number in zip(out, (total / len(y), first / total, second / total), strict=True):
            part.append(number)
        k += 1
    return out


@right
def a_column_at_a_time(y, r):
    columns = list(zip(*r, strict=True))
    weights = [fmean(column) for column in columns]
    means = [fmean(y, weights=column) for column in columns]
    squares = [[(value - mean) ** 2 for value in y] for mean in means]
    return weights, means, [fmean(s, weights=c) for s, c in zip(squares, columns, strict=True)]


@right
def with_math(y, r):
    out = []
    for column in zip(*r, strict=True):
        n_k = math.fsum(column)
        mean = math.fsum(a * b for a, b in zip(column, y, strict=True)) / n_k
        spread = math.fsum(a * math.pow(b - mean, 2) for a, b in zip(column, y, strict=True)) / n_k
        out.append((n_k / len(y), mean, spread))
    return tuple(zip(*out, strict=True))


edits(
    with_math,
    """
    n-k-minus-one: your variances = [4.5] | mean, spread) -> mean, spread * n_k / (n_k - 1))
    sd-returned | mean, spread) -> mean, math.sqrt(spread))
    """,
)


@right
def running(y, r):
    """West's update, an object at a time."""
    n_k, means, sums = (np.zeros(len(r[0])) for _ in range(3))
    for value, row in zip(y, np.asarray(r, dtype=float), strict=True):
        n_k = n_k + row
        step = np.divide(row, n_k, out=np.zeros_like(row), where=n_k > 0) * (value - means)
        sums = sums + row * (value - means) * (value - means - step)
        means = means + step
    return n_k / len(y), means, sums / n_k


@right
def transposed_back(y, r):
    y, r = np.asarray(y), np.transpose(r)  # (K, N)
    n_k = r.sum(axis=1)
    means = r @ y / n_k
    return n_k / y.size, means, (r * (y - means[:, np.newaxis]) ** 2).sum(axis=1) / n_k


@right
def dicts(y, r):
    n_k, first, second = (collections.defaultdict(float) for _ in range(3))
    for value, row in zip(y, r, strict=True):
        for k, share in enumerate(row):
            n_k[k] += share
            first[k] += share * value
            second[k] += share * value**2
    means = [first[k] / n_k[k] for k in n_k]
    return [n_k[k] / len(y) for k in n_k], means, [second[k] / n_k[k] - means[k] ** 2 for k in n_k]


@right
def in_units_of_its_own(y, r):
    middle, unit = np.mean(y), np.max(np.abs(y))
    weights, means, variances = plain((np.asarray(y) - middle) / unit, r)
    return weights, middle + unit * means, unit**2 * variances


@right
def in_place_on_copies(y, r):
    y, r = np.array(y, dtype=float), np.array(r, dtype=float)
    n_k = r.sum(axis=0)
    r /= n_k
    means = r.T @ y
    away = np.repeat(y[:, None], len(n_k), axis=1)
    away -= means
    away *= away
    away *= r
    n_k /= len(y)
    return n_k, means, away.sum(axis=0)


@right
def other_letters(x, gamma):
    x, gamma = np.array(x), np.array(gamma)
    N, K = gamma.shape
    Nk = [gamma[:, k].sum() for k in range(K)]
    pi = [Nk[k] / N for k in range(K)]
    mu = [(gamma[:, k] @ x) / Nk[k] for k in range(K)]
    sigma2 = [(gamma[:, k] @ (x - mu[k]) ** 2) / Nk[k] for k in range(K)]
    return pi, mu, sigma2


edits(
    other_letters,
    """
    transposed | gamma[:, k] -> gamma[k]
    one-mean-for-all-variances | mu[k]) ** 2 -> mu[-1]) ** 2
    sums-not-divided | / Nk[k] ->
    divided-by-k | / Nk[k] -> / K
    divided-by-the-weights | / Nk[k] -> / pi[k]
    """,
)


@wrong("old-mean-in-the-variance")
def old_mean(y, r, means):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    new = r.T @ y / n_k
    variances = (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k
    return n_k / len(y), new, variances


edits(
    old_mean,
    """
    old-mean-in-the-variance | n_k / len(y), new, variances -> [n_k / len(y), new, variances]
    right
        new, variances -> new, variances - (new - means) ** 2
        old_mean(y, r, means) -> old_mean(y, r, mu=None) && new = -> means = new =
    means-not-moved
        new = -> new = means #
        new, variances -> means, variances - (new - means) ** 2
    mean-taken-off-wrongly
        (y[:, None] - means) ** 2).sum(axis=0) / n_k -> y[:, None] ** 2).sum(axis=0) / n_k - np.square(means)
    old-mean-in-the-variance: Not yet, for two reasons: old mean in the variance; weights not divided.
        n_k / len(y), -> n_k,
    none | new, variances -> (new + means) / 2, variances - (new - means) ** 2
    changes-its-input: After the call, means holds other &&   means       = [1.0] &&   means after = [2.0]
        return -> variances -= (new - means) ** 2\\n    means[:] = new\\n    return
    """,
)


class Owner:
    def __call__(self, y, r, *, floor=0.0):
        return plain(y, r)

    def method_of_three(self, y, r, before):
        return plain(y, r) if len(before) == len(r[0]) else None

    @classmethod
    def of_class(cls, y, r):
        return plain(y, r)

    static = staticmethod(plain)


@right
@functools.wraps(old_mean)
def decorated(*arguments, **named):
    return plain(*arguments[:2], **named)


for program in (
    gmm_lesson.m_step,
    Owner(),
    Owner().method_of_three,
    Owner.of_class,
    Owner.static,
    lambda y, r: Mixture(*plain(y, r)),
    lambda y, r: Mixture(*dicts(y, r)),
    lambda y, r, means: plain(y, r),
    lambda y, r, floor=None: plain(y, r) if floor is None else None,
    lambda y, r, *means: None if means else plain(y, r),
    lambda *arguments: plain(*arguments),
    lambda y, r, /: plain(y, r),
    functools.partial(lambda floor, y, r: plain(y, r), 0),
    functools.partial(lambda y, r, floor: plain(y, r), floor=0),
    lambda y, r: np.array(plain(y, r)),
    lambda y, r: np.array(plain(y, r), dtype=np.longdouble, order="F"),
    lambda y, r: tuple(part.astype(np.float32) for part in plain(y, r)),
    lambda y, r: plain(np.asarray(y, dtype=np.float32), np.asarray(r, dtype=np.float32)),
    lambda y, r: collections.namedtuple("Parameters", "w mu var")(*plain(y, r)),
    lambda y, r: [tuple(part) for part in plain(y, r)],
    lambda y, r: np.ma.masked_array(plain(y, r)),  # masked, and nothing is
    on(lambda r: r + 1e-12),
    m_step("np.einsum('ik->k', r) / len(y)", "np.einsum('ik,ij->k', r, y) / n"),
    m_step("r.mean(0)", "np.average(y + 0 * r, 0, r)", "np.average((y - m) ** 2, 0, r)"),
    m_step(variances="[np.cov(y[:, 0], aweights=share, ddof=0) for share in r.T]"),
    m_step(variances="np.einsum('ik,ik,ik->k', r, y - m, y - m) / n"),
    m_step(variances="np.diag((r / n).T @ (y - m) ** 2)"),
    m_step(variances="np.einsum('ik,ij,jk->k', r / n, (y - y.T) ** 2, r / n) / 2"),  # pairs of objects
    m_step("n / n.sum()", "r.T @ y[:, 0] / n", "r.T @ y[:, 0] ** 2 / n - m**2"),
    m_step("np.exp(special.logsumexp(0 * r, 0, r / len(y)))", "special.softmax(np.log(r), 0).T @ y[:, 0]"),
    m_step(means="[np.linalg.lstsq(s[:, None], s * y[:, 0])[0][0] for s in np.sqrt(r).T]"),
    m_step(means="np.apply_along_axis(lambda share: np.dot(share, y[:, 0]) / share.sum(), 0, r)"),
    m_step(variances="np.vectorize(np.average, signature='(n),(),(n)->()')((y - m).T ** 2, 0, r.T)"),
):
    right(program)


# Each mistake as learners write it.


@wrong("hard-assignment")
def by_label(y, r):
    y, r = np.asarray(y), np.asarray(r)
    labels = r.argmax(axis=1)
    groups = [y[labels == k] for k in range(r.shape[1])]
    return [len(g) / len(y) for g in groups], [g.mean() for g in groups], [g.var() for g in groups]


edits(
    by_label,
    """
    hard-assignment
        r.argmax(axis=1) -> r.shape[1] - 1 - r[:, ::-1].argmax(axis=1)
        [len(g) / len(y) for g in groups] -> r.mean(axis=0)
    """,
)

BY_N = m_step(means="(r * y).mean(0)", variances="(r * (y - m) ** 2).mean(0)")
DISTANCES = "(r * (y - m) ** 2).sum(0)"

for name, program in (
    ("old-mean-in-the-variance", lambda y, r, mu: [*old_mean(y, r, mu)]),
    ("means-not-moved", lambda y, r, means: (plain(y, r)[0], means, plain(y, r)[2])),
    ("weights-not-divided", m_step(weights="n")),
    ("weights-not-divided", m_step(weights="[float(np.sum(column)) for column in r.T]")),
    ("weights-divided-by-k", m_step(weights="n / n.size")),
    ("equal-weights", m_step(weights="[1 / n.size] * n.size")),
    ("equal-weights", on(lambda r: 0 * r + 1 / len(r[0]))),  # and the same mean for all
    ("weights-from-whole-objects", m_step(weights="np.bincount(r.argmax(1), minlength=n.size) / len(y)")),
    ("weights-from-whole-objects", m_step(weights="[np.mean(r.argmax(axis=1) == k) for k in range(n.size)]")),
    ("weights-from-whole-objects", m_step(weights="(r > 0.5).mean(0)")),
    ("logarithms-returned", m_step(weights="np.log(n / len(y))")),
    ("logarithms-returned", m_step(variances=f"np.log({DISTANCES} / n)")),
    ("divided-by-n", BY_N),
    ("divided-by-n", lambda y, r, means: BY_N(y, r)),
    ("divided-by-n", m_step(variances="np.einsum('ik,ik->k', r, (y - m) ** 2) / len(r)")),
    ("divided-by-n", m_step(means="y[:, 0] @ r / len(y)")),
    ("divided-by-n", after(lambda w, m, v: (w, w * m, v))),
    ("divided-by-n-minus-one", m_step(variances=f"{DISTANCES} / (len(y) - 1)")),
    ("divided-by-k", m_step(variances=f"{DISTANCES} / r.shape[1]")),
    ("divided-by-k", m_step(means="r.T @ y[:, 0] / n.size")),
    ("divided-by-the-weights", m_step(variances=f"{DISTANCES} / r.mean(0)")),
    ("divided-by-the-weights", m_step(means="y[:, 0] @ r / r.mean(axis=0)")),
    ("sums-not-divided", m_step(variances=DISTANCES)),
    ("sums-not-divided", m_step(means="r.T @ y[:, 0]")),
    ("divided-twice", m_step(variances=f"{DISTANCES} / n / n")),
    ("divided-twice", m_step(means="[np.mean(y[:, 0] * share) for share in (r / n).T]")),
    ("sd-returned", after(lambda w, m, v: (w, m, [math.sqrt(entry) for entry in v]))),
    ("sd-returned", after(lambda w, m, v: Mixture(w, m, v**0.5))),
    ("precisions-returned", m_step(variances=f"n / {DISTANCES}")),
    ("squared-twice", after(lambda w, m, v: (w, m, v * v))),
    ("absolute-distances", m_step(variances="(r * abs(y - m)).sum(0) / n")),
    ("distances-cancel", m_step(variances="(r * (y - m)).sum(0) / n")),
    ("distances-cancel", m_step(variances="(r * (y - m)).sum(0) ** 2 / n")),
    ("second-moment-returned", m_step(variances="(r * y**2).sum(0) / n")),
    ("second-moment-returned", after(lambda w, m, v: (w, m, v + m**2))),
    ("mean-taken-off-wrongly", m_step(variances="(r * y**2).sum(0) / n - m")),
    ("mean-taken-off-wrongly", m_step(variances="(r * y**2).sum(0) / n - y.mean() ** 2")),
    ("mean-taken-off-wrongly", m_step(variances="(r * y**2).mean(0) - m**2")),
    ("variances-negative", m_step(variances="m**2 - (r * y**2).sum(0) / n")),
    ("variances-halved", after(lambda w, m, v: (w, m, v / 2))),
    ("n-k-minus-one", m_step(variances=f"{DISTANCES} / (n - 1)")),
    ("n-k-minus-one", m_step(variances=f"{DISTANCES} / n / (1 - 1 / len(y))")),
    ("n-k-minus-one", m_step(variances="[np.cov(y[:, 0], aweights=column) for column in r.T]")),
    ("responsibilities-squared", m_step(variances="((r * (y - m)) ** 2).sum(0) / n")),
    ("responsibilities-squared", m_step(means="np.square(r).T @ y[:, 0] / n")),
    ("responsibilities-squared", on(np.square)),
    ("variance-of-the-products", m_step(variances="((r * y - m) ** 2).sum(0) / n")),
    ("variance-of-the-products", m_step(variances="[np.var(column) for column in (r * y).T]")),
    ("variance-of-the-products", m_step(means="(r * y).mean(0)", variances="(r * y).var(0)")),
    ("squares-not-weighted", m_step(variances="((y - m) ** 2).mean(0)")),
    ("squares-not-weighted", m_step(variances="((y - m) ** 2).sum(0) / n")),
    ("unweighted-variance", m_step(variances="[np.std(y) ** 2 for _ in n]")),
    ("summed-over-everything", m_step(variances="(r * (y - m) ** 2).sum() / n")),
    ("pooled-variance", m_step(variances="one * (r * (y - m) ** 2).sum() / len(y)")),
    ("pooled-variance", after(lambda w, m, v: (w, m, [np.dot(w, v)] * len(v)))),
    ("variance-around-the-overall-mean", m_step(variances="r.T @ (y[:, 0] - y.mean()) ** 2 / n")),
    ("variance-around-the-overall-mean", m_step(variances="(r * (y - np.mean(m)) ** 2).sum(0) / n")),
    ("one-mean-for-all-variances", m_step(variances="np.average((y - m[0]) ** 2 + 0 * r, 0, r)")),
    ("hard-assignment", on(np.round)),
    ("hard-assignment", on(lambda r: r > 0.5)),
    ("hard-assignment", on(lambda r: (r >= r.max(axis=1)[:, None]).astype(int))),
    ("transposed", on(np.transpose)),
    ("one-class-for-all", after(lambda w, m, v: [[part[0]] * len(w) for part in (w, m, v)])),
    ("classes-in-reverse", lambda y, r: [part[::-1] for part in plain(y, r)]),
    ("parts-in-another-order", after(lambda w, m, v: (v, m, w))),
    ("parts-in-another-order", after(lambda w, m, v: [m, w, v])),
    ("parts-in-another-order", after(lambda w, m, v: (w, v, m))),
    ("rounded", lambda y, r: np.round(plain(y, r), 2)),
    ("rounded", lambda y, r: [[round(float(entry), 3) for entry in part] for part in plain(y, r)]),
    ("rounded", after(lambda *parts: [[float(f"{entry:.4f}") for entry in part] for part in parts])),
    ("median-for-mean", m_step(means="one * np.median(y)")),
    ("median-for-mean", m_step(means="[np.median(y[r.argmax(1) == k]) for k in range(n.size)]")),
    ("unweighted-mean", m_step(means="one * y.mean()")),
    ("unweighted-mean", m_step(means="[y.mean()] * n.size", variances="[y.var()] * n.size")),
    ("unweighted-mean", after(lambda w, m, v: (w, 0 * m + w @ m, v))),
    ("objects-not-weighted", m_step(means="y.sum() / n")),
    (
        "trace-too-large",
        m_step(means="(r * y).sum(0) / (n + 1e-6)", variances=f"{DISTANCES} / (n + 1e-6)"),
    ),
):
    wrong(name)(program)


# Wrong, and none of the mistakes that we know.

for program in (
    after(lambda w, m, v: (w * np.nan, m * np.nan, v * np.nan)),
    after(lambda w, m, v: (0 * w, 0 * m, 0 * v)),
    after(lambda w, m, v: (w, m, v + m)),
    after(lambda w, m, v: (w, 0 * m + m[0], v)),
    m_step(variances="(r * (y - (r @ m)[:, None]) ** 2).sum(0) / n"),
    m_step(weights="r.mean(0) / len(y)"),
    m_step(weights="np.sqrt(n / len(y))"),
    m_step(means="(r * y).sum(0) / (len(y) - 1)"),  # with N it would have a name
    after(lambda w, m, v: (w, np.roll(m, 1), v)),
    after(lambda w, m, v: (w, m, np.roll(v, 1))),
    after(lambda w, m, v: (w, m, v + 0.01)),
    after(lambda w, m, v: (w, m, 2.3548 * np.sqrt(v))),  # the width at half the height
    after(lambda w, m, v: (w, m.astype(int), v)),
    after(lambda w, m, v: np.array([w, m, v])[:, np.argsort(m)]),
    m_step(weights="(n + 1) / (len(y) + n.size)"),
    m_step(means="(r * y).sum(0) / (len(y) - 1)", variances=f"{DISTANCES} / (len(y) - 1)"),
    m_step(means="(np.eye(n.size)[r.argmax(1)] * y).sum(0) / np.eye(n.size)[r.argmax(1)].sum(0)"),
    m_step(variances="[np.var(y[r.argmax(1) == k]) for k in range(n.size)]"),
    lambda y, r, means: (plain(y, r)[0], (plain(y, r)[1] + means) / 2, plain(y, r)[2]),
    lambda y, r: plain(y[:-1], r[:-1]) if len(y) > 1 else plain(y, r),
    on(lambda r: r**1.5),
    on(lambda r: r[::-1]),
    on(lambda r: r / r.sum(axis=0)),
    on(lambda r: r + 1e-6),
    lambda y, r: plain(np.sort(y), r),
):
    wrong(None)(program)


RNG = np.random.default_rng(0)


@wrong(None, says=("different answers", "your weights, first   = [", "your variances, then  = ["))
def never_the_same(y, r):
    return plain(y, np.asarray(r) * RNG.random((len(y), 1)))


# Odd answers, told in plain words.

for says, program in (
    ("its variances are not the right ones (", after(lambda w, m, v: (w, m, 1.07 * v))),
    ("means: too high by 0.0025", after(lambda w, m, v: (w, 1.001 * m, 1.001 * v))),
    ("it returns 2 things, not three: weights, means, variances", after(lambda w, m, v: (w, m))),
    ("it returns 1 thing, not three: weights, means, variances", after(lambda w, m, v: [w])),
    ("it returns 4 things, not three: weights, means, variances", after(lambda w, m, v: (w, m, v, 0.0))),
    ("it returns an array of shape (1,), not three things", after(lambda w, m, v: v)),
    ("it returns three numbers for each class; return all w", after(lambda *parts: np.array(parts).T)),
    ("it returns a dict, not three things", after(lambda w, m, v: {"w": w, "m": m, "v": v})),
    ("it returns a generator, not three things", after(lambda *parts: (part for part in parts))),
    ("it returns 0.5, not three things", lambda y, r: 0.5),
    ("it returns a str, not three things", lambda y, r: "abc"),
    ("it returns a set, not three things", lambda y, r: {1.0, 2.0, 3.0}),
    ("it returns None, not three things", lambda y, r: plain(y, r) if len(y) != 4 else None),
    ("its weights are of shape (1, 1); wanted (1,)", after(lambda *parts: [part[None] for part in parts])),
    ("its means are of shape (1, 1); wanted (1,)", after(lambda w, m, v: (w, m[:, None], v))),
    ("its variances are one number; wanted (1,)", after(lambda w, m, v: (w, m, v[0]))),
    ("its means are None, not an array", after(lambda w, m, v: (w, None, v))),
    ("its means are of shape (2,); wanted (1,)", after(lambda w, m, v: (w, [*m, 1.0], v))),
    ("its weights are of shape (2, 1); wanted (1,)", m_step(weights="r")),
    ("its variances are a list of 2 things, which", after(lambda w, m, v: (w, m, [[1.0], [0.5, 0.5]]))),
    ("entries of its means are of type object", after(lambda w, m, v: (w, m.astype(object), v))),
    ("entries of its means are of type <U32", after(lambda w, m, v: (w, m.astype(str), v))),
    ("entries of its means are of type complex128", after(lambda w, m, v: (w, m.astype(complex), v))),
    ("an array with masked entries", after(lambda w, m, v: (np.ma.masked_less(w, 0.4), m, v))),
    ("a matrix (np.matrix), which", after(lambda *parts: [np.matrix(part) for part in parts])),
    ("of length 1, an entry for each class; yours are of length 2", after(lambda *p: [[*q, *q] for q in p])),
    ("of length 2, an entry for each class; yours are of length 1", after(lambda *p: [q[:1] for q in p])),
    ("the weights should sum to 1; yours sum to 1.5", after(lambda w, m, v: (1.5 * w, m, v))),
    ("no variance should be below 0; your smallest is -4.5", after(lambda w, m, v: (w, m, -2 * v))),
    ("every mean should lie among the objects, from 1 to 4", after(lambda w, m, v: (w, m + 9, v))),
    ("every entry should be a finite number; 1 of yours is", after(lambda w, m, v: (w, m * np.nan, v))),
):
    wrong(None, says=says)(program)


@wrong(None, says="it returns a coroutine, not three things")
async def later(y, r):
    return plain(y, r)


# What it does besides.


@wrong(
    "not-for-whole-numbers",
    says=(
        "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3",
        "Example: five labelled objects, as arrays of whole numbers\n",
        "your means     = [2.0, 7.0]",
    ),
)
def cuts_whole_numbers(y, r):
    y, r = np.asarray(y), np.asarray(r)
    means, variances = np.zeros_like(r[0]), np.zeros_like(r[0])
    for k in range(len(means)):
        means[k] = r[:, k] @ y / r[:, k].sum()
        variances[k] = r[:, k] @ (y - means[k]) ** 2 / r[:, k].sum()
    return r.mean(axis=0), means, variances


for name, says, program in (
    ("other-arguments", "calls it with (y, r) or (y, r, means); it takes (y).", lambda y: 0),
    ("other-arguments", "it takes none.", lambda: 0),
    ("other-arguments", "it takes (y, r, means, weights).", lambda y, r, means, weights: 0),
    ("other-arguments", "it takes (y, r, means).", lambda y, r, *, means: 0),
    ("arguments-in-another-order", "hands over (y, r), in this order; yours are (r, y).", lambda r, y: 0),
    ("arguments-in-another-order", "hands over (y, r, means), in this order; yours", lambda y, means, r: 0),
    ("arguments-in-another-order", "hands over (y, r), in this order; yours are", lambda r, y, floor=0: 0),
    ("not-a-function", "it got an array of shape (3, 2)", np.ones((3, 2))),
    ("not-a-function", "check.m_step wants the function itself", Mixture([1], [0], [1])),
):
    wrong(name, says=says)(program)
