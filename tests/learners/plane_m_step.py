"""Programs for check.plane_m_step."""

import numpy as np

from gmm_lesson import PlaneMixture  # noqa: F401 - edits use it
from learners import edits, right


@right
def one_class_at_a_time(y, r):
    n_k, means, covariances = r.sum(axis=0), [], []
    for share, n in zip(r.T, n_k, strict=True):
        mean = share @ y / n
        away = y - mean
        means.append(mean)
        covariances.append((share * away.T) @ away / n)
    return n_k / len(y), np.array(means), np.array(covariances)


edits(one_class_at_a_time)("""
right
    -> PlaneMixture(n_k / len(y), means, covariances)
    share @ y / n -> np.average(y, axis=0, weights=share) && np.array(means), -> means,
    (share * away.T) @ away / n -> np.cov(y.T, aweights=share, ddof=0)
    (share * away.T) @ away / n -> np.einsum("n,ni,nj->ij", share, y, y) / n - np.outer(mean, mean)
    (share * away.T) @ away / n -> sum(s * np.outer(a, a) for s, a in zip(share, away)) / n
weights-not-divided | n_k / len(y) -> n_k
divided-by-n | share @ y / n -> share @ y / len(y) || away / n -> away / len(y)
none | @ away / n -> @ away
n-k-minus-one | away / n -> away / (n - 1) || (share * away.T) @ away / n -> np.cov(y.T, aweights=share)
unweighted-mean | share @ y / n -> y.mean(axis=0)
one-covariance-for-all | (share * away.T) @ away / n -> np.cov(y.T)
covariance-not-weighted | (share * away.T) @ -> away.T @
none | (share * away.T) @ away / n -> np.cov(share * y.T)
covariance-around-the-overall-mean | y - mean -> y - y.mean(axis=0)
responsibilities-squared | (share * away.T) @ away -> (share * away.T) @ (share * away.T).T
one-covariance-for-all
    np.array(covariances) -> np.array([np.tensordot(n_k / len(y), covariances, 1)] * n_k.size)
none: of shape (2, 2) | np.array(covariances) -> np.tensordot(n_k / len(y), covariances, 1)
correlations-left-out | (share * away.T) @ away / n -> np.diag(share @ away**2 / n)
none: of shape (1, 2) | (share * away.T) @ away / n -> share @ away**2 / n
none, one-variance-for-all-axes | (share * away.T) @ away / n -> (share @ away**2).sum() / n
second-moment-returned | y - mean -> y
sd-returned | np.array(covariances) -> np.sqrt(np.array(covariances))
correlations-returned
    np.array(covariances) -> [c / np.sqrt(np.outer(np.diag(c), np.diag(c))) for c in covariances]
none | np.array(means) -> np.array(means).T
parts-in-another-order | -> np.array(means), np.array(covariances), n_k / len(y)
hard-assignment | n_k, means -> r = np.eye(len(r[0]))[r.argmax(axis=1)]\\n    n_k, means
none: should be symmetric | np.array(covariances) -> np.triu(covariances)
none: should be of shape (1, 2) | np.array(means) -> np.array(means)[:, 0]
none: it returns 2 things, not three | n_k / len(y), ->
none: the weights should sum to 1 | n_k / len(y) -> n_k / 7
none: every mean should lie among | np.array(means) -> np.array(means) + 99
crashed: positive definite | -> PlaneMixture(n_k / len(y), means, -np.array(covariances))
none: Not right here: covariances (
    np.array(covariances) -> np.array(covariances) + 0.001 * np.eye(y.shape[1])
not-for-whole-numbers | mean = share @ y / n -> mean = np.zeros_like(y[0])\\n        mean[:] = share @ y / n
""")
