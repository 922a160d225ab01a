"""Answers that are weights, means and variances: how they are read, and what must hold of any."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import m_step
from gmm_lesson.exercises.kit import Reading, read_parts
from gmm_lesson.mixture import Mixture

PARAMETERS = ("weights", "means", "variances")
"""The parts of an answer that is a mixture: the rows of an array of shape (3, K)."""


def read_parameters(raw: Any, given: dict[str, Any]) -> Reading:
    """Read the parameters that come of responsibilities r; a Mixture may stand for them."""
    if isinstance(raw, Mixture):
        raw = raw.weights, raw.means, raw.variances
    return read_parts(raw, PARAMETERS, len(given["r"][0]))


def refused_by_mixture(error: BaseException, given: dict[str, Any]) -> bool:
    """Whether a variance of 0 is right here, and the error says that a Mixture has none."""
    if type(error) is not ValueError or given.get("floor", 0) > 0:
        return False
    if not str(error).startswith(("variances must be above 0", "floor must be above 0")):
        return False
    return bool(m_step(given["y"], given["r"], floor=1e-15).variances.min() < 1e-12)


def entry_for_each_class(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if the parts are not of length K."""
    wanted = len(given["r"][0])
    if parts.shape[1] == wanted:
        return None
    return (
        f"every part should be of length {wanted}, an entry for each class;"
        f" yours are of length {parts.shape[1]}"
    )


def finite(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if there is a NaN or an infinity."""
    del given
    odd = np.count_nonzero(~np.isfinite(numbers))
    yours = f"{odd} of yours {'is' if odd == 1 else 'are'} not"
    return f"every entry should be a finite number; {yours}" if odd else None


def weights_sum_to_one(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if the weights do not sum to one."""
    del given
    total = parts[0].sum()
    return None if abs(total - 1) <= 1e-4 else f"the weights should sum to 1; yours sum to {total:.4g}"


def variances_not_negative(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is below zero."""
    del given
    lowest = parts[2].min()
    return f"no variance should be below 0; your smallest is {lowest:.4g}" if lowest < -1e-6 else None


def means_among_the_objects(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a mean is smaller than every object, or larger."""
    low, high = np.min(given["y"]), np.max(given["y"])
    room = 1e-4 * (1 + np.abs(given["y"]).max())
    odd = parts[1][(parts[1] < low - room) | (parts[1] > high + room)]
    if not odd.size:
        return None
    return f"every mean should lie among the objects, from {low:.4g} to {high:.4g}; you have {odd[0]:.4g}"


RULES = (entry_for_each_class, finite, weights_sum_to_one, variances_not_negative, means_among_the_objects)
"""What must hold of any parameters, the coarsest first."""
