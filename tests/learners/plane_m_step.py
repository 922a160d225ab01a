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
divided-by-n | share @ y / n -> share @ y / len(y) || away / n -> away / len(y)
none | @ away / n -> @ away
n-k-minus-one | away / n -> away / (n - 1) || (share * away.T) @ away / n -> np.cov(y.T, aweights=share)
none | (share * away.T) @ away / n -> np.cov(share * y.T)
none: of shape (2, 2) | np.array(covariances) -> np.tensordot(n_k / len(y), covariances, 1)
none: of shape (1, 2) | (share * away.T) @ away / n -> share @ away**2 / n
none, one-variance-for-all-axes | (share * away.T) @ away / n -> (share @ away**2).sum() / n
none | np.array(means) -> np.array(means).T
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
