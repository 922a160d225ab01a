"""What the lab of the matching breaks, listens for and shows: four learned classes beside four true ones.

Two alarms hear an answer that is no order of the learned classes. A wrong order rings only the third, which
has tried them all.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array

MATCHED = {
    "true_means": [0.0, 7.0, 8.0, 9.0],
    "true_sds": [1.0, 3.0, 1.0, 2.0],
    "means": [7.4, 8.4, 7.7, -0.4],
    "sds": [1.5, 1.0, 2.0, 1.5],
}
"""The arguments of the lab."""

BUGS = (
    "not-matched",
    "sorted-separately",
    "sorted-by-mean",
    "means-alone",
    "one-class-twice",
    "first-come-first-served",
    "closest-pair-first",
    "variance-against-sd",
    "truth-returned",
)


def _sum_of_squares(given: dict[str, Any], parts: Array) -> float:
    return float(((parts - [given["true_means"], given["true_sds"]]) ** 2).sum())


def squares(given: dict[str, Any], parts: Array) -> str:
    """Return the sum over the classes of (difference of means)^2 + (difference of sds)^2, to 2 decimals."""
    return f"{_sum_of_squares(given, parts):.2f}"


def no_class_twice(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if two true classes have the same learned one."""
    del given
    return "a class is used twice" if len(np.unique(parts, axis=1).T) < parts.shape[1] else None


def pairs_of_one_class(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a mean stands beside an sd that is not of the same learned class."""
    known = set(zip(given["means"], given["sds"], strict=True))
    odd = [pair for pair in zip(*parts.tolist(), strict=True) if pair not in known]
    return f"no learned class has mean {odd[0][0]:g} and sd {odd[0][1]:g}" if odd else None


def no_order_is_closer(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if another order of the learned classes is closer to the true ones; all are tried."""
    learned = np.array([given["means"], given["sds"]])
    best = min(_sum_of_squares(given, learned[:, order]) for order in permutations(range(learned.shape[1])))
    yours = _sum_of_squares(given, parts)
    return f"the sum of squares is {yours:.2f}, and {best:.2f} is possible" if yours > best + 1e-9 else None


ALARMS = (
    ("a learned class stands twice", no_class_twice),
    ("a mean and an sd stand together that no learned class has", pairs_of_one_class),
    ("another order of the learned classes is closer", no_order_is_closer),
)


def write(given: dict[str, Any], parts: Array) -> str:
    """Write each true class beside its learned one, and the sum of the squared differences."""
    columns = [given["true_means"], given["true_sds"], *parts]
    lines = [f"{'true mean':>9}{'sd':>6}{'learned mean':>16}{'sd':>6}"]
    lines += [f"{m:>9.1f}{s:>6.1f}{mean:>16.1f}{sd:>6.1f}" for m, s, mean, sd in zip(*columns, strict=True)]
    return "\n".join([*lines, f"sum of squared differences {squares(given, parts)}"])
