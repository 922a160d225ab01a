"""Programs for check.m_step."""

import numpy as np

import gmm_lesson
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
    np.asarray(y), np.asarray(r) -> np.float32(y), np.float32(r)
    np.asarray(r) -> np.asarray(r) + 1e-12
    -> weights, means, np.maximum(variances, 1e-6)
    -> gmm_lesson.Mixture(weights, means, variances)
    -> collections.namedtuple("Parameters", "w mu var")(weights, means, variances)
    -> weights, means, np.einsum("ik,ij,jk->k", r / n_k, (column - y) ** 2, r / n_k) / 2  # pairs of objects
one-variance-for-all | -> weights, means, [np.std(y) ** 2 for _ in n_k]
variances-negative | -> weights, means, means**2 - (r * column**2).sum(axis=0) / n_k
crashed: ValueError
    axis=0 -> axis=1 && (r * column).sum(axis=1) -> r @ y && column - means -> y - means[:, None]
    (r * column).sum(axis=0) -> (r @ y)
crashed: operands could not be broadcast && line 6 of plain: means = (r * column). | [:, np.newaxis] ->
crashed | n_k = -> if len(y) == 3:\\n        raise ValueError("three")\\n    n_k =
not-for-lists: AttributeError: 'list' object has no attribute 'sum' | y, r = np.asarray(y), np.asarray(r) ->
changes-its-input: After the call, r holds other numbers than before | return -> r /= n_k\\n    return
crashed: be above 0; got 0 && two objects of one | -> gmm_lesson.Mixture(weights, means, 0 * variances)
crashed: ValueError: weights must sum to one; got a sum of 2 | -> gmm_lesson.Mixture(n_k, means, variances)
none: the weights should sum to 1; yours sum to 2
    n_k / len(y) -> n_k && -> weights, means, np.sqrt(variances)
none | np.asarray(r) -> 0 * np.asarray(r) + 1 / len(r[0])
divided-by-n: = [0.746, 1.254] && from 1 to 3; you have 0.746. | -> weights, weights * means, variances
none
    -> weights * np.nan, means * np.nan, variances * np.nan
    -> np.array([weights, means, variances])[:, np.argsort(means)]
    (r * column).sum(axis=0) / n_k -> np.array([np.median(y[r.argmax(1) == k]) for k in range(n_k.size)])
    / n_k -> / (n_k + 1e-6)
none: no variance should be below 0; your smallest is | -> weights, means, variances - 5
none: Example: two narrow classes | -> weights, means, np.maximum(variances, 0.05)
none: means: too high by 0.0025 | -> weights, 1.001 * means, 1.001 * variances
none: it returns 2 things, not three: weights, means, variances | -> weights, means
none: it returns an array of shape (1,), not three things | -> variances
none: it returns three numbers for each class; return all w | -> np.array([weights, means, variances]).T
none: its variances are one number; wanted (1,) | -> weights, means, variances[0]
none: entry for each class; yours are of length 2 | -> [[*it, *it] for it in (weights, means, variances)]
none: the weights should sum to 1; yours sum to 1.5 | -> 1.5 * weights, means, variances
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
means-beyond-the-objects | / n_k ->
none | (y[i] - mean) ** 2 -> abs(y[i] - mean)
variance-not-weighted | r[i][k] * (y -> (y
""")


@wrong("old-mean-in-the-variance", says="Not the maximiser of Q")
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
none: variances (too high by 2.25)
    (y[:, None] - means) ** 2).sum(axis=0) / n_k -> y[:, None] ** 2).sum(axis=0) / n_k - np.square(means)
none: the weights should sum to 1; yours sum to 2
    n_k / len(y), -> n_k,
none | new, variances -> (new + means) / 2, variances - (new - means) ** 2
changes-its-input: After the call, means holds other &&   means       = [2.0] &&   means after = [2.5]
    return -> variances -= (new - means) ** 2\\n    means[:] = new\\n    return
other-arguments: calls it with (y, r) or (y, r, means); it takes (y). | (y, r, means) -> (y)
other-arguments: it takes (y, r, means, weights). | (y, r, means) -> (y, r, means, weights)
arguments-in-another-order: hands over (y, r, means), in this order; yours | (y, r, means) -> (y, means, r)
""")


right(lambda y, r, before: plain(y, r) if len(before) == len(r[0]) else None)
right(gmm_lesson.m_step)

RNG = np.random.default_rng(0)


@wrong(None, says=("different answers", "your weights, first   = [", "your variances, then  = ["))
def never_the_same(y, r):
    return plain(y, np.asarray(r) * RNG.random((len(y), 1)))
