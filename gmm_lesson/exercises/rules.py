"""What must hold of any answer: given the arguments by name and the numbers, a complaint or None."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array

PARAMETERS = ("weights", "means", "variances")
"""The parts of an answer that is a mixture."""

OTHER_ORDERS = [", ".join(order) for order in itertools.permutations(PARAMETERS) if order != PARAMETERS]
"""Orders that are not theirs."""


def finite(_: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is a NaN or an infinity."""
    odd = numbers[~np.isfinite(numbers)]
    if not odd.size:
        return None
    are = "is" if odd.size == 1 else "are"
    return f"every entry should be a finite number; {odd.size} of yours {are} not"


def not_negative(_: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is an entry below zero."""
    if not (numbers < -1e-9).any():  # a NaN is not below zero: `finite` says so
        return None
    return f"no entry should be below 0; your smallest is {np.nanmin(numbers):.4g}"


# What must hold of any new parameters, the rows of an array of shape (3, K).


def other_length(length: int, wanted: int) -> str | None:
    """Say so if the parts are not of length K."""
    if length == wanted:
        return None
    return f"every part should be of length {wanted}, an entry for each class; yours are of length {length}"


def entry_for_each_class(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if the parts are not of length K, the number of columns of r."""
    return other_length(parts.shape[1], len(given["r"][0]))


def weights_sum_to_one(_: dict[str, Any], parts: Array) -> str | None:
    """Say so if the weights do not sum to one."""
    total = parts[0].sum()
    return None if abs(total - 1) <= 1e-4 else f"the weights should sum to 1; yours sum to {total:.4g}"


def variances_not_negative(_: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is below zero."""
    lowest = parts[2].min()
    return f"no variance should be below 0; your smallest is {lowest:.4g}" if lowest < -1e-6 else None


def no_mixture(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if no mixture has these parameters."""
    return weights_sum_to_one(given, parts) or variances_not_negative(given, parts)


def variances_not_below_the_floor(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is below the floor."""
    floor, lowest = given["floor"], parts[2].min()
    if lowest >= floor - 1e-5:
        return None
    return f"no variance should be below the floor, {floor:g}; your smallest is {lowest:.4g}"


def means_among_the_objects(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a mean is smaller than every object, or larger."""
    low, high = np.min(given["y"]), np.max(given["y"])
    room = 1e-4 * (1 + np.abs(given["y"]).max())
    odd = parts[1][(parts[1] < low - room) | (parts[1] > high + room)]
    if not odd.size:
        return None
    return f"every mean should lie among the objects, from {low:.4g} to {high:.4g}; you have {odd[0]:.4g}"
