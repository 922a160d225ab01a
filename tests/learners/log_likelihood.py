"""Programs for check.log_likelihood."""

import numpy as np
from scipy import special

from learners import edits, right, wrong


def log_joint(y, weights, means, variances):
    y, means, variances = (np.asarray(a, dtype=float) for a in (y, means, variances))
    return np.log(weights) - 0.5 * ((y[:, None] - means) ** 2 / variances + np.log(2 * np.pi * variances))


def joint(*given):
    return np.exp(log_joint(*given))


# Right, however it is written.


@right
def with_logsumexp(y, weights, means, variances):
    logs = log_joint(y, weights, means, variances)
    per_object = special.logsumexp(logs, axis=1)
    return per_object.sum()


edits(with_logsumexp)("""
right
    -> per_object.sum().item()
    -> gmm_lesson.log_likelihood(y, gmm_lesson.Mixture(weights, means, variances))
none | log_joint(y, weights, -> log_joint(y, np.square(weights),
q-returned | -> np.einsum("ik,ik", special.softmax(logs, axis=1), logs)
likeliest-class-only | -> sum(row[row.argmax()] for row in logs)
logarithms-too-early | log_joint(y, weights, -> weights * log_joint(y, 1, && -> logs.sum()
not-for-whole-numbers | -> per_object.sum().astype(y.dtype)
none | -> per_object[:-1].sum()
none: other numbers. && (too low by 0.0174) | -> 1.01 * per_object.sum() if len(means) < 3 else np.nan
crashed: IndexError | log_joint(y, -> log_joint([y[len(y)]],
""")


@right
def in_logs_where_it_underflows(y, weights, means, variances):
    try:
        with np.errstate(all="raise"):
            return float(np.log(joint(y, weights, means, variances).sum(axis=1)).sum())
    except FloatingPointError:
        return float(with_logsumexp(y, weights, means, variances))


# Wrong: what is made of the joint densities, (N, K).


@wrong("far-objects-log-of-zero", says="Look at this: a finite number is wanted; yours is -inf.")
def of_joint(y, weights, means, variances):
    p = joint(y, weights, means, variances)
    each = np.log(p.sum(axis=1))
    return each.sum()


edits(of_joint)("""
far-objects-log-of-zero | -> sum(math.log(row.sum()) for row in p)
none | -> [math.log(sum(row)) for row in p][-1]
none | -> -np.mean(each)
none
    -> np.log1p(p.sum(axis=1)).sum()
    -> (each.sum(), 3)
none: Not yet: one number is wanted; yours is an array of shape (1,). | -> [each.sum()]
none: Not yet: a finite number is wanted; yours is -inf. | -> -np.inf
none: Not right here: the log-likelihood (too high by 2) | -> 2 + each.sum()
""")
