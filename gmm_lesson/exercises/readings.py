"""How answers that are a mixture are read, whichever check they come from."""

from __future__ import annotations

from typing import Any

from gmm_lesson.exercises.judging import Reading, read_parts
from gmm_lesson.exercises.mistakes import MStep
from gmm_lesson.exercises.rules import PARAMETERS
from gmm_lesson.mixture import Mixture


def read_parameters(raw: Any, given: dict[str, Any]) -> Reading:
    """Read weights, means and variances, the rows of an array (3, K); a Mixture may stand for them."""
    if isinstance(raw, Mixture):
        raw = raw.weights, raw.means, raw.variances
    return read_parts(raw, PARAMETERS, len(given["r"][0]))


def refused_by_mixture(error: BaseException, given: dict[str, Any]) -> bool:
    """Whether a variance of 0 is right here, and the error says that a Mixture has none."""
    if type(error) is not ValueError or given.get("floor", 0) > 0:
        return False
    if not str(error).startswith(("variances must be above 0", "floor must be above 0")):
        return False
    y, r = given["y"], given["r"]
    return bool(MStep()(y, r, r[0])[2].min() < 1e-12)
