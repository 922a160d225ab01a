"""Programs for check.m_step."""

import collections
import functools
import math
from statistics import fmean

import numpy as np
from scipy import special

import gmm_lesson
from gmm_lesson import Mixture
from learners import right, verdict, wrong

# Right, however it is written.


@right
def plain(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    means = (r * y[:, np.newaxis]).sum(axis=0) / n_k
    variances = (r * (y[:, np.newaxis] - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances


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
def einsum(y, r):
    n_k = np.einsum("ik->k", r)
    means = np.einsum("ik,i->k", r, y) / n_k
    d = np.subtract.outer(y, means)
    return n_k / len(y), means, np.einsum("ik,ik,ik->k", r, d, d) / n_k


@right
def averages(y, r):
    r = np.asarray(r)
    means = [np.average(y, weights=r[:, k]) for k in range(r.shape[1])]
    variances = [np.average((np.asarray(y) - m) ** 2, weights=r[:, k]) for k, m in enumerate(means)]
    return r.mean(axis=0), means, variances


@right
def covariances(y, r):
    r = np.asarray(r)
    variances = [np.cov(y, aweights=column, ddof=0) for column in r.T]
    return r.mean(axis=0), r.T @ y / r.sum(axis=0), variances


@right
def squares_less_the_mean_squared(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / n_k.sum(), means, r.T @ y**2 / n_k - means**2


@right
def transposed_back(y, r):
    y, r = np.asarray(y), np.transpose(r)  # (K, N)
    n_k = r.sum(axis=1)
    means = r @ y / n_k
    return n_k / y.size, means, (r * (y - means[:, np.newaxis]) ** 2).sum(axis=1) / n_k


@right
def a_column_of_objects(y, r):
    y, share = np.reshape(y, (-1, 1)), r / np.sum(r, 0)
    means = np.sum(share * y, 0)
    return np.mean(r, 0), means, np.sum(share * (y - means) ** 2, 0)


@right
def in_logs(y, r):
    with np.errstate(divide="ignore"):
        logs = np.log(r)
    log_n = special.logsumexp(logs, axis=0)
    share = np.exp(logs - log_n)
    means = share.T @ y
    return (
        np.exp(log_n - np.log(len(y))),
        means,
        np.einsum("ik,ik->k", share, np.subtract.outer(y, means) ** 2),
    )


@right
def matrices(y, r):
    y, n_k = np.asarray(y, dtype=float), np.sum(r, axis=0)
    share = np.asarray(r) @ np.diag(1 / n_k)
    means = y @ share
    away = y[:, None] - means[None, :]
    return n_k / n_k.sum(), means, np.diag(share.T @ away**2)


@right
def pairs_of_objects(y, r):
    """The variance is half the mean squared distance of two objects."""
    y, share = np.asarray(y), r / np.sum(r, axis=0)
    squares = np.subtract.outer(y, y) ** 2
    return np.mean(r, axis=0), share.T @ y, np.einsum("ik,ij,jk->k", share, squares, share) / 2


@right
def one_class_each(y, r):
    def of_one(share):
        mean = np.dot(share, y) / share.sum()
        return share.mean(), mean, np.dot(share, (np.asarray(y) - mean) ** 2) / share.sum()

    return np.apply_along_axis(of_one, 0, np.asarray(r, dtype=float))


@right
def vectorised(y, r):
    mean = np.vectorize(lambda values, share: np.average(values, weights=share), signature="(n),(n)->()")
    r = np.asarray(r)
    means = mean(y, r.T)
    return r.mean(axis=0), means, mean((np.asarray(y) - means[:, None]) ** 2, r.T)


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


@right
def single_precision(y, r):
    return tuple(part.astype(np.float32) for part in plain(y, r))


@right
def all_in_single_precision(y, r):
    return plain(np.asarray(y, dtype=np.float32), np.asarray(r, dtype=np.float32))


@right
def with_a_small_trace(y, r):
    return plain(y, np.asarray(r) + 1e-12)


@right
def with_a_trace_in_the_counts(y, r):
    n_k = np.sum(r, axis=0) + 10 * np.finfo(float).eps  # as in scikit-learn
    means = np.dot(np.transpose(r), y) / n_k
    return n_k / n_k.sum(), means, np.sum(r * np.subtract.outer(y, means) ** 2, axis=0) / n_k


@right
def with_a_floor(y, r):
    weights, means, variances = plain(y, r)
    return weights, means, np.maximum(variances, 1e-6)


@right
def a_mixture(y, r):
    return Mixture(*plain(y, r))


@right
def a_mixture_from_squares(y, r):
    return Mixture(*squares_less_the_mean_squared(y, r))


@right
def unused_old_means(y, r, means):
    del means
    return plain(y, r)


@wrong("old-mean-in-the-variance")
def old_mean(y, r, means):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    new = r.T @ y / n_k
    return n_k / len(y), new, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


@right
def around_old_means_and_put_right(y, r, means):
    weights, new, variances = old_mean(y, r, means)
    return weights, new, variances - (new - means) ** 2


@right
def old_means_by_another_name(y, r, mu_old):
    assert len(mu_old) == len(r[0])
    return plain(y, r)


@right
def old_means_behind_a_default(y, r, mu=None):
    weights, new, _ = plain(y, r)
    centre = new if mu is None else np.asarray(mu)
    return weights, new, np.sum(r * (np.reshape(y, (-1, 1)) - centre) ** 2, axis=0) / np.sum(r, axis=0)


@right
def means_behind_a_default(y, r, means=None):
    weights, new, variances = plain(y, r)
    return weights, new if means is None else means, variances


@right
def old_means_if_there_are_any(y, r, *means):
    assert not means
    return plain(y, r)


@right
def another_default(y, r, axis=0):
    y, r = np.reshape(y, (-1, 1)), np.asarray(r)
    n_k = r.sum(axis=axis)
    means = (r * y).sum(axis=axis) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=axis) / n_k


@right
def a_floor_of_its_own(y, r, floor=1e-9, *, verbose=False):
    weights, means, variances = plain(y, r)
    return weights, means, variances + floor


@right
def a_floor_that_is_none(y, r, floor=None):
    assert floor is None
    return plain(y, r)


@right
def any_arguments(*arguments):
    y, r = arguments
    return plain(y, r)


@right
def dots_left_over(y, r):
    """Return the new parameters."""
    ...
    return plain(y, r)


@right
def prints(y, r):
    print(y)
    np.log(np.zeros(1))
    return plain(y, r)


Parameters = collections.namedtuple("Parameters", "w mu var")


class Owner:
    def __call__(self, y, r, *, floor=0.0):
        return plain(y, r)

    def method(self, y, r):
        return plain(y, r)

    def method_of_three(self, y, r, before):
        return around_old_means_and_put_right(y, r, before)

    @staticmethod
    def static(y, r):
        return plain(y, r)

    @classmethod
    def of_the_class(cls, y, r):
        return plain(y, r)


@right
@functools.wraps(around_old_means_and_put_right)
def decorated(*arguments, **named):
    return around_old_means_and_put_right(*arguments, **named)


for program in (
    gmm_lesson.m_step,
    Owner(),
    Owner().method,
    Owner().method_of_three,
    Owner.static,
    Owner.of_the_class,
    lambda y, r: plain(y, r),
    lambda x, resp: list(plain(x, resp)),
    lambda y, r: np.array(plain(y, r)),
    lambda y, r: np.asfortranarray(plain(y, r)),
    lambda y, r: np.array(plain(y, r), dtype=np.longdouble),
    lambda y, r: Parameters(*plain(y, r)),
    lambda y, r: tuple(map(list, plain(y, r))),
    lambda y, r: [tuple(part) for part in plain(y, r)],
    lambda y, r: np.ma.masked_array(plain(y, r)),  # masked, and nothing is
    lambda y, r, /: plain(y, r),
    functools.partial(another_default, axis=0),
    functools.partial(lambda floor, y, r: plain(y, r), 0),
    functools.reduce(lambda f, g: lambda y, r: g(*f(y, r)), [plain, lambda *parts: parts]),
):
    right(program)


# Each mistake as learners write it. What several have in common is only that they are not the M-step.


def changed(**parts):
    """Return a right M-step with some parts made otherwise: functions of (y as a column, r, n_k, means)."""

    def stepped(y, r):
        y, r = np.asarray(y, dtype=float), np.asarray(r, dtype=float)
        found = dict(zip(("weights", "means", "variances"), plain(y, r), strict=True))
        for name, function in parts.items():
            found[name] = function(y[:, None], r, r.sum(axis=0), found["means"])
        return tuple(found.values())

    return stepped


def weights(function):
    return changed(weights=function)


def variances(function):
    return changed(variances=function)


def after(function):
    """Return a right M-step and what is done to its three parts."""
    return lambda y, r: function(*plain(y, r))


def on(function):
    """Return a right M-step on other responsibilities."""
    return lambda y, r: plain(y, function(np.asarray(r, dtype=float)))


def with_means(means):
    """Return an M-step with other means, functions of (y, r, n_k), and variances around them."""

    def stepped(y, r):
        y, r = np.asarray(y, dtype=float), np.asarray(r, dtype=float)
        n_k = r.sum(axis=0)
        new = np.asarray(means(y, r, n_k)) + np.zeros(len(n_k))
        return n_k / len(y), new, (r * np.subtract.outer(y, new) ** 2).sum(axis=0) / n_k

    return stepped


@wrong("divided-by-n")
def np_mean_for_all(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    means = np.mean(r * y, axis=0)
    return np.mean(r, axis=0), means, np.mean(r * (y - means) ** 2, axis=0)


@wrong("divided-by-n")
def loop_over_n(y, r):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        mean = sum(r[i][k] * y[i] for i in range(len(y))) / len(y)
        weights.append(sum(r[i][k] for i in range(len(y))) / len(y))
        means.append(mean)
        variances.append(sum(r[i][k] * (y[i] - mean) ** 2 for i in range(len(y))) / len(y))
    return weights, means, variances


@wrong("divided-by-n")
def by_n_of_three_arguments(y, r, means):
    return np_mean_for_all(y, r)


@wrong("divided-by-n")
def dot_over_n(y, r):
    r = np.array(r, dtype=float)
    mu = r.T.dot(y) / len(y)
    return (
        r.mean(0),
        mu,
        [np.average((np.array(y) - m) ** 2, weights=c) for m, c in zip(mu, r.T, strict=True)],
    )


@wrong("variance-of-the-products")
def np_var_of_the_product(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    return np.mean(r, axis=0), np.mean(r * y, axis=0), np.var(r * y, axis=0)


@wrong("hard-assignment")
def by_label(y, r):
    y, r = np.asarray(y), np.asarray(r)
    labels = r.argmax(axis=1)
    groups = [y[labels == k] for k in range(r.shape[1])]
    return [len(g) / len(y) for g in groups], [g.mean() for g in groups], [g.var() for g in groups]


@wrong("hard-assignment")
def by_label_in_lists(y, r):
    groups = [[] for _ in r[0]]
    for value, row in zip(y, r, strict=True):
        groups[list(row).index(max(row))].append(float(value))
    means = [sum(g) / len(g) for g in groups]
    spreads = [sum((value - m) ** 2 for value in g) / len(g) for g, m in zip(groups, means, strict=True)]
    return [len(g) / len(y) for g in groups], means, spreads


@wrong("hard-assignment")
def labels_in_the_averages(y, r):
    hard = np.eye(len(r[0]))[np.argmax(r, axis=1)]
    return np.mean(r, axis=0), *plain(y, hard)[1:]


@wrong("hard-assignment")
def over_half(y, r):
    hard = np.asarray(r) > 0.5
    return plain(y, hard.astype(int))


@wrong("transposed")
def along_rows(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r * y[:, None]).sum(axis=1) / n_k
    return n_k / len(y), means, (r * (y[:, None] - means[:, None]) ** 2).sum(axis=1) / n_k


@wrong("transposed")
def mean_along_rows(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    means = np.mean(r * y, axis=1)
    return r.mean(axis=1), means, np.mean(r * (y - means[:, None]) ** 2, axis=1)


@wrong("transposed")
def handed_over_transposed(y, r):
    return plain(y, np.transpose(r))


@wrong("transposed", says="ValueError")
def rows_times_y(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r @ y) / n_k
    return n_k / len(y), means, (r * (y - means[:, np.newaxis]) ** 2).sum(axis=1) / n_k


@wrong("transposed", says="ValueError")
def means_of_rows(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r @ y) / n_k
    return n_k / len(y), means, (r * (y[:, np.newaxis] - means) ** 2).sum(axis=0) / n_k


@wrong("transposed")
def counts_of_rows(y, r):
    y, r = np.asarray(y)[:, np.newaxis], np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


@wrong("transposed", None)
def loop_over_rows(y, r):
    n, k = len(y), len(r[0])
    n_k = [sum(r[i][j] for j in range(k)) for i in range(n)]
    means = [sum(r[i][j] * y[j] for j in range(k)) / n_k[i] for i in range(n)]
    return (
        [c / n for c in n_k],
        means,
        [sum(r[i][j] * (y[j] - means[i]) ** 2 for j in range(k)) for i in range(n)],
    )


@wrong("one-mean-for-all-variances")
def loop_with_one_mean(y, r):
    weights, means, variances = [], [], []
    y, r = np.asarray(y), np.asarray(r)
    for k in range(r.shape[1]):
        n_k = r[:, k].sum()
        mean = (r[:, k] * y).sum() / n_k
        weights.append(n_k / len(y))
        means.append(mean)
    for k in range(r.shape[1]):
        variances.append((r[:, k] * (y - mean) ** 2).sum() / r[:, k].sum())  # the last class's mean
    return weights, means, variances


@wrong("n-k-minus-one", says="your variances = [4.5]")
def sample_variance_in_a_loop(y, r):
    weights, means, variances = loops(y, r)
    for k in range(len(means)):
        n_k = float(sum(row[k] for row in r))
        variances[k] = float(variances[k]) * n_k / (n_k - 1)  # ZeroDivisionError for one object
    return weights, means, variances


@wrong("n-k-minus-one")
def np_cov(y, r):
    weights, means, _ = plain(y, r)
    return weights, means, [np.cov(y, aweights=column) for column in np.transpose(r)]


@wrong("variance-around-the-overall-mean")
def around_the_overall_mean(y, r):
    y, r = np.asarray(y), np.asarray(r)
    d = (y - y.mean()) ** 2
    return r.mean(axis=0), r.T @ y / r.sum(axis=0), r.T @ d / r.sum(axis=0)


@wrong("variance-around-the-overall-mean")
def around_the_mean_of_the_means(y, r):
    weights, means, _ = plain(y, r)
    return weights, means, [np.average((y - means.mean()) ** 2, weights=column) for column in np.transpose(r)]


@wrong("weights-from-whole-objects")
def share_of_labels(y, r):
    labels = np.argmax(r, axis=1)
    return [np.mean(labels == k) for k in range(len(r[0]))], *plain(y, r)[1:]


@wrong("means-not-moved")
def new_variances_beside_the_old_means(y, r, means):
    weights, _, variances = plain(y, r)
    return weights, means, variances


@wrong("means-not-moved")
def old_means_kept(y, r, means):
    n_k = np.sum(r, axis=0)
    return n_k / len(y), means, np.sum(r * np.subtract.outer(y, means) ** 2, axis=0) / n_k


@wrong("mean-taken-off-wrongly")
def old_mean_taken_off(y, r, means):
    weights, new, _ = plain(y, r)
    return weights, new, np.dot(np.transpose(r), np.square(y)) / np.sum(r, axis=0) - np.square(means)


@wrong("rounded")
def in_three_decimals(y, r):
    return [[round(float(entry), 3) for entry in part] for part in plain(y, r)]


@wrong("unweighted-mean")
def unweighted(y, r):
    y, k = np.asarray(y), len(r[0])
    return np.mean(r, axis=0), [y.mean()] * k, [y.var()] * k


@wrong("trace-too-large")
def trace_of_a_millionth(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    n_k = r.sum(axis=0) + 1e-6
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


@wrong("sd-returned")
def a_mixture_of_sds(y, r):
    weights, means, variances = plain(y, r)
    return Mixture(weights, means, np.sqrt(variances))


for name, program in (
    ("old-mean-in-the-variance", lambda y, r, mu: [*old_mean(y, r, mu)]),
    ("weights-not-divided", weights(lambda y, r, n, m: n)),
    ("weights-not-divided", weights(lambda y, r, n, m: [float(np.sum(column)) for column in r.T])),
    ("equal-weights", weights(lambda y, r, n, m: np.ones(n.size) / n.size)),
    ("equal-weights", weights(lambda y, r, n, m: [1 / n.size] * n.size)),
    (
        "weights-from-whole-objects",
        weights(lambda y, r, n, m: np.bincount(r.argmax(1), minlength=n.size) / len(y)),
    ),
    ("weights-from-whole-objects", weights(lambda y, r, n, m: np.mean(r > 0.5, axis=0))),
    ("logarithms-returned", weights(lambda y, r, n, m: np.log(n / len(y)))),
    ("logarithms-returned", variances(lambda y, r, n, m: np.log((r * (y - m) ** 2).sum(0) / n))),
    ("divided-by-n", variances(lambda y, r, n, m: (r * (y - m) ** 2).mean(0))),
    ("divided-by-n", changed(means=lambda y, r, n, m: (r * y).mean(0))),
    ("divided-by-n", with_means(lambda y, r, n: y @ r / len(y))),
    ("divided-by-n-minus-one", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / (len(y) - 1))),
    ("divided-by-n-minus-one", variances(lambda y, r, n, m: plain(y[:, 0], r)[2] * n / (len(y) - 1))),
    ("divided-by-k", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / r.shape[1])),
    ("divided-by-k", with_means(lambda y, r, n: y @ r / r.shape[1])),
    ("divided-by-the-weights", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / r.mean(0))),
    ("divided-by-the-weights", with_means(lambda y, r, n: y @ r / r.mean(0))),
    ("sums-not-divided", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0))),
    ("sums-not-divided", with_means(lambda y, r, n: r.T @ y)),
    ("divided-twice", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / n / n)),
    ("divided-twice", variances(lambda y, r, n, m: (r / n * (y - m) ** 2).mean(0))),
    ("divided-twice", with_means(lambda y, r, n: [np.mean(y * share) for share in (r / n).T])),
    ("sd-returned", variances(lambda y, r, n, m: np.sqrt((r * (y - m) ** 2).sum(0) / n))),
    ("sd-returned", after(lambda w, m, v: (w, m, [math.sqrt(entry) for entry in v]))),
    ("squared-twice", variances(lambda y, r, n, m: ((r * (y - m) ** 2).sum(0) / n) ** 2)),
    ("absolute-distances", variances(lambda y, r, n, m: (r * abs(y - m)).sum(0) / n)),
    ("distances-cancel", variances(lambda y, r, n, m: (r * (y - m)).sum(0) / n)),
    ("distances-cancel", variances(lambda y, r, n, m: (r * (y - m)).sum(0) ** 2 / n)),
    ("second-moment-returned", variances(lambda y, r, n, m: (r * y**2).sum(0) / n)),
    ("mean-taken-off-wrongly", variances(lambda y, r, n, m: (r * y**2).sum(0) / n - m)),
    ("mean-taken-off-wrongly", variances(lambda y, r, n, m: (r * y**2).sum(0) / n - y.mean() ** 2)),
    ("mean-taken-off-wrongly", variances(lambda y, r, n, m: (r * y**2).mean(0) - m**2)),
    ("variances-negative", variances(lambda y, r, n, m: m**2 - (r * y**2).sum(0) / n)),
    ("variances-halved", variances(lambda y, r, n, m: (r * (y - m) ** 2 / 2).sum(0) / n)),
    ("n-k-minus-one", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / (n - 1))),
    ("n-k-minus-one", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / n / (1 - 1 / len(y)))),
    ("responsibilities-squared", variances(lambda y, r, n, m: ((r * (y - m)) ** 2).sum(0) / n)),
    ("responsibilities-squared", on(np.square)),
    ("responsibilities-squared", with_means(lambda y, r, n: (r * r).T @ y / n)),
    ("variance-of-the-products", variances(lambda y, r, n, m: ((r * y - m) ** 2).sum(0) / n)),
    ("variance-of-the-products", variances(lambda y, r, n, m: [np.var(column) for column in (r * y).T])),
    ("squares-not-weighted", variances(lambda y, r, n, m: ((y - m) ** 2).mean(0))),
    ("squares-not-weighted", variances(lambda y, r, n, m: ((y - m) ** 2).sum(0) / n)),
    ("unweighted-variance", variances(lambda y, r, n, m: np.full(n.size, y.var()))),
    ("unweighted-variance", variances(lambda y, r, n, m: [np.std(y) ** 2 for _ in n])),
    ("summed-over-everything", variances(lambda y, r, n, m: (r * (y - m) ** 2).sum() / n)),
    ("pooled-variance", variances(lambda y, r, n, m: 0 * n + (r * (y - m) ** 2).sum() / len(y))),
    ("pooled-variance", after(lambda w, m, v: (w, m, [np.dot(w, v)] * len(v)))),
    ("one-mean-for-all-variances", variances(lambda y, r, n, m: np.average((y - m[0]) ** 2 + 0 * r, 0, r))),
    ("hard-assignment", on(np.round)),
    ("hard-assignment", on(lambda r: (r >= r.max(axis=1)[:, None]).astype(int))),
    ("transposed", lambda y, r: plain(np.asarray(y), np.asarray(r).T)),
    ("classes-in-reverse", lambda y, r: [part[::-1] for part in plain(y, r)]),
    ("classes-in-reverse", lambda y, r: np.fliplr(plain(y, r))),
    ("parts-in-another-order", after(lambda w, m, v: (v, m, w))),
    ("parts-in-another-order", after(lambda w, m, v: (m, v, w))),
    ("parts-in-another-order", after(lambda w, m, v: (w, v, m))),
    ("parts-in-another-order", after(lambda w, m, v: [m, w, v])),
    ("rounded", lambda y, r: np.round(plain(y, r), 2)),
    ("rounded", after(lambda *parts: [[float(f"{entry:.4f}") for entry in part] for part in parts])),
    ("unweighted-mean", with_means(lambda y, r, n: y.mean())),
    ("unweighted-mean", changed(means=lambda y, r, n, m: [y.mean()] * n.size)),
    ("objects-not-weighted", with_means(lambda y, r, n: y.sum() / n)),
):
    wrong(name)(program)


# Wrong, and either of two mistakes or of none that we know.


@wrong(None)
def by_its_own_count(y, r):
    """The mean is divided by one less than the objects: with N it would have a name."""
    weights, means, variances = plain(y, r)
    return weights, means * np.sum(r, axis=0) / (len(y) - 1), variances


@wrong(None, says="Here its variances are not the right ones (")
def a_little_too_wide(y, r):
    weights, means, variances = plain(y, r)
    return weights, means, 1.07 * variances


@wrong(None, says="Here its means and its variances are not the right ones (its means: too high by 0.0025).")
def a_little_too_much(y, r):
    weights, means, variances = plain(y, r)
    return weights, 1.001 * means, 1.001 * variances


@wrong(None, says=("Example: one object of one class\n", "your variances = [0.05]"))
def zero_is_not_allowed(y, r):
    weights, means, variances = plain(y, r)
    return weights, means, np.maximum(variances, 0.05)


@wrong(None, says=("different answers", "your weights, first   = [", "your variances, then  = ["))
def never_the_same(y, r, rng=np.random.default_rng(0)):
    return plain(y, np.asarray(r) * rng.random((len(y), 1)))


@wrong(None)
def means_of_the_medians(y, r):
    labels = np.argmax(r, axis=1)
    return plain(y, r)[0], [np.median(np.asarray(y)[labels == k]) for k in range(len(r[0]))], plain(y, r)[2]


@wrong("weights-not-divided", says="Not yet, for two reasons: weights not divided; sd returned.\n")
def two_at_once(y, r):
    _, means, variances = plain(y, r)
    return np.sum(r, axis=0), means, np.sqrt(variances)


@wrong("old-mean-in-the-variance", says=("Not yet, for two reasons: ", "weights not divided"))
def old_mean_and_another(y, r, means):
    return np.sum(r, axis=0), *old_mean(y, r, means)[1:]


@wrong(None)
def one_class_for_all(y, r):
    return np.array(plain(y, r))[:, [0] * len(r[0])]


@wrong(None)
def around_a_blend(y, r):
    weights, means, _ = plain(y, r)
    return weights, means, [np.average((y - r @ means) ** 2, weights=column) for column in np.transpose(r)]


for program in (
    weights(lambda y, r, n, m: n / n.size),
    weights(lambda y, r, n, m: r.mean(0) / len(y)),
    weights(lambda y, r, n, m: np.sqrt(n / len(y))),
    variances(lambda y, r, n, m: n / (r * (y - m) ** 2).sum(0)),
    variances(lambda y, r, n, m: plain(y[:, 0], r)[2] + m),
    changed(means=lambda y, r, n, m: np.full(n.size, np.median(y))),
    changed(means=lambda y, r, n, m: m[0] + 0 * m),
    on(lambda r: r**1.5),
    on(lambda r: r[::-1]),
    on(lambda r: r / r.sum(axis=0)),
    after(lambda w, m, v: (w * np.nan, m * np.nan, v * np.nan)),
    after(lambda w, m, v: (0 * w, 0 * m, 0 * v)),
    lambda y, r: plain(np.asarray(y)[::-1], r),
    lambda y, r: plain(np.sort(y), r),
    lambda y, r: plain(y, np.ones(np.shape(r)) / len(r[0])),
):
    wrong(None)(program)

# Odd answers, told in plain words.


def both_as(shape):
    return lambda y, r: tuple(np.reshape(part, shape) for part in plain(y, r))


for says, program in (
    ("it returns 2 things, not three: weights, means, variances.", lambda y, r: plain(y, r)[:2]),
    ("it returns 1 thing, not three: weights, means, variances.", lambda y, r: [plain(y, r)[0]]),
    ("it returns 4 things, not three: weights, means, variances.", lambda y, r: (*plain(y, r), 0.0)),
    ("it returns an array of shape (1,), not three things: weights, means, v", lambda y, r: plain(y, r)[2]),
    (
        "it returns three numbers for each class; return all weights, then all means, then all variances",
        lambda y, r: np.array(plain(y, r)).T,
    ),
    (
        "it returns three numbers for each class; return all weights",
        lambda y, r: np.column_stack(plain(y, r)),
    ),
    ("it returns a dict, not three things: weights, means, var", lambda y, r: dict(enumerate(plain(y, r)))),
    ("it returns a tuple_iterator, not three things", lambda y, r: iter(plain(y, r))),
    ("it returns a generator, not three things", lambda y, r: (part for part in plain(y, r))),
    ("it returns 0.5, not three things: weights, means, variances.", lambda y, r: 0.5),
    ("it returns a str, not three things", lambda y, r: "abc"),
    ("it returns a set, not three things", lambda y, r: {1.0, 2.0, 3.0}),
    ("it returns a function, not three things", lambda y, r: plain),
    ("it returns None, not three things", lambda y, r: plain(y, r) if len(y) != 4 else None),
    ("its weights are of shape (1, 1); wanted (1,).", both_as((-1, 1))),
    ("its weights are of shape (1, 1); wanted (1,).", both_as((1, -1))),
    ("its means are of shape (1, 1); wanted (1,).", changed(means=lambda y, r, n, m: m[:, None])),
    ("its variances are one number; wanted (1,).", variances(lambda y, r, n, m: 1.5)),
    ("its means are None, not an array.", changed(means=lambda y, r, n, m: None)),
    ("its means are a dict, not an array.", changed(means=lambda y, r, n, m: dict(enumerate(m)))),
    ("its means are of shape (2,); wanted (1,).", changed(means=lambda y, r, n, m: [*m, 1.0])),
    ("its weights are of shape (2,); wanted (1,).", weights(lambda y, r, n, m: r.sum(1))),
    ("its weights are of shape (2, 1); wanted (1,).", weights(lambda y, r, n, m: r)),
    ("its variances are a list of 2 things, which", variances(lambda y, r, n, m: [[1.0], [0.5, 0.5]])),
    ("the entries of its means are of type object, not", changed(means=lambda y, r, n, m: m.astype(object))),
    ("the entries of its means are of type <U32, not", changed(means=lambda y, r, n, m: m.astype(str))),
    ("the entries of its means are of type complex128", changed(means=lambda y, r, n, m: m.astype(complex))),
    (
        "its weights are an array with masked entries.",
        weights(lambda y, r, n, m: np.ma.masked_less(n / len(y), 0.4)),
    ),
    (
        "its weights are a matrix (np.matrix), which multiplies and sums by rules of its own.",
        lambda y, r: [np.matrix(part) for part in plain(y, r)],
    ),
    (
        "every part should be of length 1, an entry for each class; yours are of length 2.",
        lambda y, r: [np.concatenate([part, part]) for part in plain(y, r)],
    ),
    (
        "every part should be of length 2, an entry for each class; yours are of length 1.",
        lambda y, r: plain(y, r) if len(r[0]) == 1 else [part[:1] for part in plain(y, r)],
    ),
    ("the weights should sum to 1; yours sum to 1.5.", weights(lambda y, r, n, m: 1.5 * n / len(y))),
    ("no variance should be below 0; your smallest is -4.5.", after(lambda w, m, v: (w, m, -2 * v))),
    ("every mean should lie among the objects, from 1 to 4; you ha", after(lambda w, m, v: (w, m + 9, v))),
    ("every entry should be a finite number; 1 of yours is not.", after(lambda w, m, v: (w, m * np.nan, v))),
):
    wrong(None, says=f"Not yet: {says}")(program)  # fmt: skip


@wrong(None, says="it returns a list")
def holds_itself(y, r):
    held = [1.0, 2.0]
    held.append(held)
    return held


@wrong(None, says="it returns a coroutine, not three things")
async def later(y, r):
    return plain(y, r)


# Not started, crashed, and what it does besides.


@verdict("not started")
def stub_with_dots(y, r): ...


@verdict("not started")
def stub_with_dots_in_a_part(y, r):
    weights = np.mean(r, axis=0)
    means = ...
    return weights, means, ...


@verdict("not started")
def stub_with_dots_in_a_list(y, r):
    return [np.mean(r, axis=0), ..., ...]


@verdict("not started")
def stub_of_nones(y, r):
    weights, means, variances = None, None, None
    return weights, means, variances


@verdict("not started")
def stub_with_a_hole(y, r):
    n_k = ...
    return n_k / len(y), n_k, n_k


@verdict("not started")
def stub_with_old_means(y, r, means):
    raise NotImplementedError


for program in (lambda y, r: None, lambda y, r: ..., None, ...):
    verdict("not started")(program)


@verdict(
    "crashed",
    says=(
        "ValueError: operands could not be broadcast together with shapes",
        "line 4 of without_a_new_axis: means = (r * y).sum(axis=0) / n_k",
        "Example: the example to do by hand\n",
    ),
)
def without_a_new_axis(y, r):
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


@verdict(
    "crashed", says=("ValueError: variances must be above 0; got 0", "Example: two objects of one class\n")
)
def a_mixture_without_variances(y, r):
    weights, means, variances = plain(y, r)
    return Mixture(weights, means, 0 * variances)


@verdict("crashed", says="ValueError: weights must sum to one; got a sum of 2")
def a_mixture_of_counts(y, r):
    return Mixture(np.sum(r, axis=0), *plain(y, r)[1:])


@verdict("crashed", says="Example: one object of one class\n")
def refuses_zero_itself(y, r):
    weights, means, variances = plain(y, r)
    if min(variances) == 0:
        raise ValueError("my variance is 0")
    return weights, means, variances


@verdict("crashed")
def crashes_on_three(y, r):
    if len(y) == 3:
        raise ValueError("three")
    return plain(y, r)


@wrong("nothing-returned", says="nothing_returned runs to its end without an error")
def nothing_returned(y, r):
    plain(y, r)


@wrong("changes-its-input", says="After the call, r holds other numbers than before")
def changes_r(y, r):
    answer = plain(y, r)
    r /= r.sum(axis=0)
    return answer


@wrong(
    "changes-its-input",
    says=("After the call, means holds other", "  means       = [1.0]\n", "  means after = [2.0]"),
)
def changes_old_means(y, r, means):
    answer = plain(y, r)
    means[:] = answer[1]
    return answer


@wrong("not-for-lists", says="AttributeError: 'list' object has no attribute 'sum'")
def for_arrays_only(y, r):
    n_k = r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / y.size, means, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


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
