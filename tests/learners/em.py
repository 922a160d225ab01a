"""Programs for check.em."""

import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from gmm_lesson import Mixture
from learners import edits, right
from learners.log_likelihood import log_joint
from learners.log_likelihood import with_logsumexp as ll


def shares(*given):
    return special.softmax(log_joint(*given), axis=1)


def refit(y, r):
    y, n_k = np.asarray(y, dtype=float), r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / len(y), means, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


# Right, however it is written.


@right
def while_true(y, w, m, v, tol):
    lls = [ll(y, w, m, v)]
    while True:
        r = shares(y, w, m, v)
        w, m, v = refit(y, r)
        lls.append(ll(y, w, m, v))
        if lls[-1] - lls[-2] < tol:
            break
    return w, m, v, lls


@right
def for_with_a_limit(y, w, m, v, tol, max_iter=300):
    lls = [ll(y, w, m, v)]
    for _ in range(max_iter):
        r = shares(y, w, m, v)
        w, m, v = refit(y, r)
        lls += [ll(y, w, m, v)]
        if abs(lls[-1] - lls[-2]) <= tol:
            break
    return [list(w), list(m), list(v), lls]


@right
def stops_at_the_e_step(y, weights, means, variances, tol):
    """Record at the top of the loop, and stop before the M-step."""
    lls = []
    while True:
        r = shares(y, weights, means, variances)
        lls.append(ll(y, weights, means, variances))
        if len(lls) > 1 and lls[-1] - lls[-2] < tol:
            return weights, means, variances, lls
        weights, means, variances = refit(y, r)


@right
def with_the_loop_of_the_package(y, weights, means, variances, tol):
    run = gmm_lesson.em(y, Mixture(weights, means, variances), tol=tol / len(y))
    return run.mixture, run.log_likelihoods


@right
def slow(y, weights, means, variances, tol):
    """An object at a time, with scipy.stats for each density."""

    def joint_of(value):
        return np.array([w * stats.norm.pdf(value, m, v**0.5) for w, m, v in zip(weights, means, variances)])  # noqa: B905

    def total():
        return sum(math.log(joint_of(value).sum()) for value in y)

    lls = [total()]
    while len(lls) < 2 or lls[-1] - lls[-2] >= tol:
        r = np.array([joint_of(value) / joint_of(value).sum() for value in y])
        weights, means, variances = refit(y, r)
        lls.append(total())
    return weights, means, variances, lls


def around_old_means(y, r, old):
    weights, means, _ = refit(y, r)
    return weights, means, (r * (np.asarray(y)[:, None] - np.asarray(old)) ** 2).sum(0) / r.sum(0)


# Where what is recorded falls, it makes a difference whether the size of a gain counts.
for program in (while_true, for_with_a_limit):
    edits(program)(r"""
    another-step | w, m, v = refit -> w, _, _ = refit
    another-beginning: ; run check.log_likelihood. | ll(y -> 1 / len(y) * ll(y || ll(y -> -ll(y
    none: Not yet: your first step is not the textbook's: it takes | refit(y, r) -> refit(y, np.round(r))
    none: ; run check.e_step and check.m_step, | shares(y, w -> shares(y, np.ones(len(m))
    """)

# These have no end but a limit.
edits(for_with_a_limit)(r"""
none: the first log-likelihood should be the start's, -6.96126; yours is nan | ll(y -> np.nan * ll(y
""")

edits(while_true)(r"""
right
    refit(y, r) -> refit(y, r)\n        v = r.T @ np.square(y) / r.sum(axis=0) - m**2
    -> (w, m, v), lls
    -> collections.namedtuple("Run", "p m v l")(w, m, v, lls)
    -> w, m, v, [np.array([ll]) for ll in lls]
none | lls[-1] - lls[-2] < tol -> math.isclose(*lls[-2:], rel_tol=tol)
none | r = -> old = w, m, v\n        r = && -> *old, lls
none: step 4 gained 0.0184, less than tol, 0.025; yours takes 20 more. | < tol -> < tol**2
none: the last step should gain less than tol, 0.025; yours gained 0.0311. | < tol -> < 2 * tol
none: step 2 gained 0, less than tol, 0.1; yours takes 35 more. | lls[-1] - lls[-2] < tol -> len(lls) == 38
none: yours has 1 entry: no step was taken. | while True -> gain = 0\n    while gain > tol
none: = [-6.567, -6.567] && should be the start's, -6.96126; | -> w, m, v, lls[1:]
none: the first log-likelihood should be the start's
    shares(y, w -> shares(y, np.ones(len(m)) && ll(y, w -> ll(y, np.ones(len(m))
old-mean-in-the-variance: Not the textbook's EM: | refit(y, r) -> around_old_means(y, r, m)
changes-its-input: After the call, means holds other numbers than before
    w, m, v = refit -> w[:], m[:], v[:] = refit && while True -> for _ in range(500)
none: Not yet: it returns 3 things, not four: weights, means, | -> w, m, v
none: Not yet: its weights are of shape (3,); wanted (1,). | -> lls, w, m, v
none: the entries of its log-likelihoods are of type complex128 | -> w, m, v, np.array(lls) + 0j
none: Not yet: its log-likelihoods are of shape (3, 1); wan | -> w, m, v, np.c_[lls]
none: hold the start's and one for each step; yours has no | -> w, m, v, []
none: your step 2 is not the textbook's: it takes the | -> w, m, v, [*lls[:-1], lls[-1] - 1]
none: of your means, nan stands in place 0. | -> w, m * np.nan, v, lls
none: Not yet: step 2 gained 0, less than tol, 0.1; yours takes 99999 | -> w, m, v, lls[:2] + lls[1:2] * 10**5
none: the parameters returned have the log-likelihood -6.56756; the last | -> w, m, 1.01 * v, lls
crashed: IndexError: list index out of range && line 9 of while_true: return w, m, | -> w, m, v, lls[10**6]
not started | lls = [ll(y, w, m, v)] -> lls = [...]
""")
