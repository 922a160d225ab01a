"""Programs for check.from_sums."""

import numpy as np

from gmm_lesson import Mixture  # noqa: F401 - edits use it
from learners import edits, right


@right
def block_by_block(parts):
    total = np.zeros_like(parts[0], dtype=float)
    for part in parts:
        total += part
    n = total[0].sum()
    mean = total[1] / total[0]
    return total[0] / n, mean, total[2] / total[0] - mean * mean


edits(block_by_block)("""
right
    -> Mixture(total[0] / n, mean, total[2] / total[0] - mean * mean)
    -> [total[0] / n, mean, (total[2] - 2 * mean * total[1] + mean**2 * total[0]) / total[0]]
block-left-out | in parts: -> in parts[:-1]:
variances-averaged
    total[2] / total[0] - mean * mean -> np.mean([p[2] / p[0] - (p[1] / p[0])**2 for p in parts], axis=0)
none | -> total
""")
