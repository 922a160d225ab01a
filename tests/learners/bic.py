"""Programs for check.bic."""

import math

from learners import edits, right


@right
def in_one_line(log_likelihood, n_components, n):
    return -2 * log_likelihood + (3 * n_components - 1) * math.log(n)


edits(in_one_line)("""
right | 3 * n_components - 1 -> n_components + n_components + (n_components - 1)
another-size | -> log_likelihood - (3 * n_components - 1) / 2 * math.log(n)
none: other numbers | -> 0.0
crashed | math.log(n) -> math.log(n, 1)
""")
