"""Programs for check.m_step."""

import collections
import math  # noqa: F401 - edits use it
from statistics import fmean

import numpy as np
from scipy import special  # noqa: F401 - edits use it

import gmm_lesson
from gmm_lesson import Mixture  # noqa: F401 - edits use it
from learners import edits, right, wrong

# Right, however it is written, and what comes of it by a word or two.


@right
def plain(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    column = y[:, np.newaxis]
    means = (r * column).sum(axis=0) / n_k
    variances = (r * (column - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances


edits(plain)("""
right
    plain(y, r) -> plain(y, r, floor=1e-9, *, verbose=False) && variances = -> variances = floor +
    (axis=0) -> (axis=axis) && plain(y, r) -> plain(y, r, axis=0)
    np.asarray(y), np.asarray(r) -> np.float32(y), np.float32(r)
    np.asarray(r) -> np.asarray(r) + 1e-12
    -> weights, means, np.maximum(variances, 1e-6)
    -> Mixture(weights, means, variances)
    -> collections.namedtuple("Parameters", "w mu var")(weights, means, variances)
transposed
    axis=0 -> axis=1 && - means -> - means[:, None]
    n_k = r.sum(axis=0) -> n_k = r.sum(axis=1)
    np.asarray(r) -> np.transpose(r)
transposed: ValueError
    axis=0 -> axis=1 && (r * column).sum(axis=1) -> r @ y && column - means -> y - means[:, None]
    (r * column).sum(axis=0) -> (r @ y)
crashed: operands could not be broadcast && line 6 of plain: means = (r * column).sum(axis=0) / n_k
    [:, np.newaxis] ->
crashed: Example: one object of one class
    return -> if min(variances) == 0:\\n        raise ValueError("my variance is 0")\\n    return
crashed | n_k = -> if len(y) == 3:\\n        raise ValueError("three")\\n    n_k =
not-for-lists: AttributeError: 'list' object has no attribute 'sum' | y, r = np.asarray(y), np.asarray(r) ->
changes-its-input: After the call, r holds other numbers than before | return -> r /= n_k\\n    return
crashed: ValueError: variances must be above 0; got 0 && Example: two objects of one
    -> Mixture(weights, means, 0 * variances)
crashed: ValueError: weights must sum to one; got a sum of 2 | -> Mixture(n_k, means, variances)
weights-not-divided: Not yet, for two reasons: weights not divided; sd returned.
    n_k / len(y) -> n_k && -> weights, means, np.sqrt(variances)
hard-assignment
    np.asarray(r) -> np.round(r)
    np.asarray(r) -> (r >= np.max(r, axis=1)[:, None]).astype(int)
responsibilities-squared | np.asarray(r) -> np.square(r)
equal-weights | np.asarray(r) -> 0 * np.asarray(r) + 1 / len(r[0])
sd-returned
    -> weights, means, [math.sqrt(entry) for entry in variances]
    -> Mixture(weights, means, variances**0.5)
squared-twice | -> weights, means, variances**2
none | -> weights, means, variances / 2
second-moment-returned | -> weights, means, variances + means**2
divided-by-n | -> weights, weights * means, variances
pooled-variance | -> weights, means, [np.dot(weights, variances)] * len(variances)
none | -> [[part[0]] * len(part) for part in (weights, means, variances)]
classes-in-reverse | -> weights[::-1], means[::-1], variances[::-1]
parts-in-another-order
    -> variances, means, weights
    -> [means, weights, variances]
    -> weights, variances, means
rounded
    -> np.round([weights, means, variances], 2)
    -> [[float(f"{entry:.4f}") for entry in part] for part in (weights, means, variances)]
unweighted-mean | -> weights, 0 * means + weights @ means, variances
none, classes-sorted
    -> weights * np.nan, means * np.nan, variances * np.nan
    -> weights, 0 * means + means[0], variances
    -> weights, means, np.roll(variances, 1)
    -> weights, means, variances + 0.01
    -> weights, means, 2.3548 * np.sqrt(variances)
    -> weights, means.astype(int), variances
    -> np.array([weights, means, variances])[:, np.argsort(means)]
    np.asarray(r) -> np.power(r, 1.5)
    np.asarray(r) -> np.asarray(r)[::-1]
    np.asarray(r) -> r / np.sum(r, axis=0)
    np.asarray(r) -> np.asarray(r) + 1e-6
    np.asarray(y) -> np.sort(y)
    y, r = np.asarray(y), np.asarray(r) -> y, r = (np.asarray(part)[: len(y) - 1 or 1] for part in (y, r))
none: Example: one object of one class && your variances = [0.05]
    -> weights, means, np.maximum(variances, 0.05)
none: its variances are not the right ones ( | -> weights, means, 1.07 * variances
none: means: too high by 0.0025 | -> weights, 1.001 * means, 1.001 * variances
none: it returns 2 things, not three: weights, means, variances | -> weights, means
none: it returns 1 thing, not three: weights, means, variances | -> [weights]
none: it returns 4 things, not three: weights, means, variances | -> weights, means, variances, 0.0
none: it returns an array of shape (1,), not three things | -> variances
none: it returns three numbers for each class; return all w | -> np.array([weights, means, variances]).T
none: it returns None, not three things | -> (weights, means, variances) if len(y) != 4 else None
none: its weights are of shape (1, 1); wanted (1,) | -> weights[None], means[None], variances[None]
none: its means are of shape (1, 1); wanted (1,) | -> weights, means[:, None], variances
none: its variances are one number; wanted (1,) | -> weights, means, variances[0]
none: its means are of shape (2,); wanted (1,) | -> weights, [*means, 1.0], variances
none: its weights are of shape (2, 1); wanted (1,) | -> r, means, variances
none: of length 1, an entry for each class; yours are of length 2
    -> [[*part, *part] for part in (weights, means, variances)]
classes-left-out: of length 2, an entry for each class; yours are of length 1
    -> weights[:1], means[:1], variances[:1]
none: the weights should sum to 1; yours sum to 1.5 | -> 1.5 * weights, means, variances
none: no variance should be below 0; your smallest is -4.5 | -> weights, means, -2 * variances
none: every mean should lie among the objects, from 1 to 4 | -> weights, means + 9, variances
""")


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


edits(loops)("""
transposed | r[i][k] -> r[k][i]
divided-by-n | / n_k -> / len(y)
sums-not-divided | / n_k ->
weights-not-divided | n_k / len(y) -> n_k
absolute-distances | (y[i] - mean) ** 2 -> abs(y[i] - mean)
one-mean-for-all-variances | y[i] - mean) -> y[i] - means[0])
responsibilities-squared | r[i][k] * -> r[i][k] ** 2 *
squares-not-weighted | r[i][k] * (y -> (y
""")


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


edits(loops_into_arrays)("""
weights-divided-by-k | return weights / n -> return weights / k
classes-left-out: the weights should sum to 1; yours sum to 0.5 | return weights / n ->     return weights / n
none: the weights should sum to 1; yours sum to 1.5
    for j in range(k): -> for j in range(k):\\n        weights[j] = weights[j - 1]
""")


@right
def a_column_at_a_time(y, r):
    columns = list(zip(*r, strict=True))
    weights = [fmean(column) for column in columns]
    means = [fmean(y, weights=column) for column in columns]
    squares = [[(value - mean) ** 2 for value in y] for mean in means]
    return weights, means, [fmean(s, weights=c) for s, c in zip(squares, columns, strict=True)]


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


edits(other_letters)("""
transposed | gamma[:, k] -> gamma[k]
one-mean-for-all-variances | mu[k]) ** 2 -> mu[-1]) ** 2
sums-not-divided | / Nk[k] ->
divided-by-k | / Nk[k] -> / K
divided-by-the-weights | / Nk[k] -> / pi[k]
""")


@wrong("old-mean-in-the-variance")
def old_mean(y, r, means):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    new = r.T @ y / n_k
    variances = (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k
    return n_k / len(y), new, variances


edits(old_mean)("""
right
    new, variances -> new, variances - (new - means) ** 2
    old_mean(y, r, means) -> old_mean(y, r, mu=None) && new = -> means = new =
means-not-moved | new = -> new = means # || new, variances -> means, variances - (new - means) ** 2
divided-by-n
    new = r.T @ y / n_k -> means = new = r.T @ y / len(y) && ** 2).sum(axis=0) / n_k -> ** 2).mean(axis=0)
mean-taken-off-wrongly
    (y[:, None] - means) ** 2).sum(axis=0) / n_k -> y[:, None] ** 2).sum(axis=0) / n_k - np.square(means)
old-mean-in-the-variance: Not yet, for two reasons: old mean in the variance; weights not divided.
    n_k / len(y), -> n_k,
none | new, variances -> (new + means) / 2, variances - (new - means) ** 2
changes-its-input: After the call, means holds other &&   means       = [1.0] &&   means after = [2.0]
    return -> variances -= (new - means) ** 2\\n    means[:] = new\\n    return
other-arguments: calls it with (y, r) or (y, r, means); it takes (y). | (y, r, means) -> (y)
other-arguments: it takes (y, r, means, weights). | (y, r, means) -> (y, r, means, weights)
arguments-in-another-order: hands over (y, r, means), in this order; yours | (y, r, means) -> (y, means, r)
""")


right(lambda y, r, before: plain(y, r) if len(before) == len(r[0]) else None)
right(gmm_lesson.m_step)

# A formula for each part.


@right
def formulas(y, r):
    y, r = np.array(y, dtype=float)[:, None], np.array(r, dtype=float)
    n = r.sum(0)
    w = n / len(y)
    m = (r * y).sum(0) / n
    v = (r * (y - m) ** 2).sum(0) / n
    return w, m, v


edits(formulas)("""
right
    n / len(y) -> np.exp(special.logsumexp(0 * r, 0, r / len(y)))
    (r * y).sum(0) / n -> special.softmax(np.log(r), 0).T @ y[:, 0]
    (r * y).sum(0) / n -> np.average(y + 0 * r, 0, r)
    -> w, m, [np.cov(y[:, 0], aweights=share, ddof=0) for share in r.T]
    -> w, m, np.einsum("ik,ij,jk->k", r / n, (y - y.T) ** 2, r / n) / 2  # pairs of objects
weights-from-whole-objects
    -> np.bincount(r.argmax(1), minlength=n.size) / len(y), m, v
    -> (r > 0.5).mean(0), m, v
logarithms-returned | -> np.log(w), m, v || -> w, m, np.log(v)
divided-by-n
    (r * y).sum(0) / n -> (r * y).mean(0) && ** 2).sum(0) / n -> ** 2).mean(0)
    -> w, m, np.einsum("ik,ik->k", r, (y - m) ** 2) / len(r)
divided-by-n-minus-one | -> w, m, n * v / (len(y) - 1)
divided-by-k | (r * y).sum(0) / n -> r.T @ y[:, 0] / n.size
divided-by-the-weights | -> w, m, n * v / w
sums-not-divided | -> w, m, n * v
divided-twice | -> w, m, v / n || (r * y).sum(0) / n -> np.mean(r / n * y, axis=0)
precisions-returned | -> w, m, 1 / v
distances-cancel | (y - m) ** 2).sum(0) -> (y - m)).sum(0) || (y - m) ** 2).sum(0) -> (y - m)).sum(0) ** 2
mean-taken-off-wrongly | -> w, m, (r * y**2).sum(0) / n - y.mean() ** 2 || -> w, m, (r * y**2).mean(0) - m**2
variances-negative | -> w, m, m**2 - (r * y**2).sum(0) / n
n-k-minus-one | -> w, m, n * v / (n - 1) || -> w, m, [np.cov(y[:, 0], aweights=share) for share in r.T]
responsibilities-squared | r * (y - m) ** 2 -> (r * (y - m)) ** 2
variance-of-the-products
    r * (y - m) ** 2 -> (r * y - m) ** 2
    (r * y).sum(0) / n -> (r * y).mean(0) && -> w, m, (r * y).var(0)
squares-not-weighted | r * (y - m) ** 2 -> (y - m) ** 2
unweighted-variance | -> w, m, [np.std(y) ** 2 for _ in n]
none | -> w, m, (n * v).sum() / n
variance-around-the-overall-mean | y - m) -> y - y.mean()) || y - m) -> y - m.mean())
none
    (r * y).sum(0) / n -> 0 * n + np.median(y)
    (r * y).sum(0) / n -> np.array([np.median(y[r.argmax(1) == k]) for k in range(n.size)])
unweighted-mean | (r * y).sum(0) / n -> 0 * n + y.mean() && -> w, m, 0 * n + y.var()
objects-not-weighted | (r * y).sum(0) / n -> y.sum() / n
none | y).sum(0) / n -> y).sum(0) / (n + 1e-6) && ** 2).sum(0) / n -> ** 2).sum(0) / (n + 1e-6)
none
    y - m) -> y - (r @ m)[:, None])
    n / len(y) -> n / len(y) ** 2
    n / len(y) -> (n + 1) / (len(y) + n.size)
    (r * y).sum(0) / n -> (r * y).sum(0) / (len(y) - 1)
    (r * y).sum(0) / n -> (np.eye(n.size)[r.argmax(1)] * y).sum(0) / np.eye(n.size)[r.argmax(1)].sum(0)
    -> w, m, [np.var(y[r.argmax(1) == k]) for k in range(n.size)]
""")


RNG = np.random.default_rng(0)


@wrong(None, says=("different answers", "your weights, first   = [", "your variances, then  = ["))
def never_the_same(y, r):
    return plain(y, np.asarray(r) * RNG.random((len(y), 1)))


@wrong(
    "not-for-whole-numbers",
    says=("Example: five labelled objects, as arrays of whole numbers\n", "your means     = [2.0, 7.0]"),
)
def cuts_whole_numbers(y, r):
    y, r = np.asarray(y), np.asarray(r)
    means, variances = np.zeros_like(r[0]), np.zeros_like(r[0])
    for k in range(len(means)):
        means[k] = r[:, k] @ y / r[:, k].sum()
        variances[k] = r[:, k] @ (y - means[k]) ** 2 / r[:, k].sum()
    return r.mean(axis=0), means, variances
