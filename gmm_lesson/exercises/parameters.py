"""Answers that are new weights, means and variances: how they are read, and what must hold of any."""

from __future__ import annotations

from typing import Any

from gmm_lesson.em import m_step
from gmm_lesson.exercises.kit import Reading, read_parts
from gmm_lesson.exercises.rules import (
    PARAMETERS,
    entry_for_each_class,
    finite,
    means_among_the_objects,
    variances_not_negative,
    weights_sum_to_one,
)
from gmm_lesson.mixture import Mixture

RULES = (entry_for_each_class, finite, weights_sum_to_one, variances_not_negative, means_among_the_objects)
"""What must hold of any, the coarsest first."""


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
