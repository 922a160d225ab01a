"""Answers with weights, means and variances: how they are read, and what must hold of any."""

from __future__ import annotations

from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
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


# Answers of four parts, the parameters and one more: as numbers K, the parameters row by row, and the rest.


def unfolded(raw: Any) -> Any:
    """Return the parts of an answer; a Mixture, or all in one, may stand for weights, means and variances."""
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    match raw:
        case [Mixture() as mixture, fourth]:
            return mixture.weights, mixture.means, mixture.variances, fourth
        case [[_, _, _] | np.ndarray(shape=(3, _)) as parameters, fourth]:
            return *parameters, fourth
    return raw


def joined(parameters: Array, fourth: Any) -> Array:
    """Return the numbers of parameters, shape (3, K), and of what comes fourth."""
    return np.concatenate([[parameters.shape[1]], parameters.ravel(), fourth])


def split(numbers: Array) -> list[Array]:
    """Return weights, means and variances, shape (K,), and what comes fourth."""
    return np.split(numbers[1:], int(numbers[0]) * np.arange(1, 4))
