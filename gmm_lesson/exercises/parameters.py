"""Answers with weights, means and variances: how they are read, and what must hold of any."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.kit import Reading, Sign, read_parts
from gmm_lesson.mixture import Mixture

PARAMETERS = ("weights", "means", "variances")
OTHER_ORDERS = [", ".join(order) for order in itertools.permutations(PARAMETERS) if order != PARAMETERS]


def finite(*parts: Array) -> Iterator[str]:
    """Say so if there is a NaN or an infinity."""
    odd = sum(int((~np.isfinite(part)).sum()) for part in parts)
    if odd:
        yield f"every entry should be a finite number; {odd} of yours {'is' if odd == 1 else 'are'} not"


def other_length(length: int, wanted: int) -> Iterator[str]:
    """Say so if the parts are not of length K."""
    if length != wanted:
        yield f"every part must be of length {wanted}, an entry for each class; yours are of length {length}"


def no_mixture(weights: Array, _: Array, variances: Array) -> Iterator[str]:
    """Say so if no mixture has these parameters."""
    total, lowest = weights.sum(), variances.min()
    if abs(total - 1) > 1e-4:
        yield Sign("weights-not-summing-to-one", f"the weights should sum to 1; yours sum to {total:.4g}")
    if lowest < -1e-6:
        yield f"no variance should be below 0; your smallest is {lowest:.4g}"


def broken(given: dict[str, Any], weights: Array, means: Array, variances: Array) -> Iterator[str]:
    """Say what new parameters break that must hold of any that come of responsibilities r."""
    yield from other_length(len(means), len(given["r"][0]))
    yield from finite(weights, means, variances)
    yield from no_mixture(weights, means, variances)
    low, high = np.min(given["y"]), np.max(given["y"])
    room = 1e-4 * (1 + np.abs(given["y"]).max())
    for odd in means[(means < low - room) | (means > high + room)]:
        says = f"every mean should lie among the objects, from {low:.4g} to {high:.4g}; you have {odd:.4g}"
        yield Sign("means-beyond-the-objects", says)
    floor, lowest = given.get("floor", 0), variances.min()
    if lowest < floor - 1e-5:
        says = f"no variance should be below the floor, {floor:g}; your smallest is {lowest:.4g}"
        yield Sign("variances-below-the-floor", says)


def read_parameters(raw: Any, given: dict[str, Any]) -> Reading:
    """Read the parameters that come of responsibilities r; a Mixture may stand for them."""
    if isinstance(raw, Mixture):
        raw = raw.parts
    return read_parts(raw, PARAMETERS, len(given["r"][0]))


def unfolded(raw: Any) -> Any:
    """Return the four parts of an answer; for weights, means and variances a Mixture may stand, or a list."""
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    match raw:
        case [Mixture() as mixture, fourth]:
            return *mixture.parts, fourth
        case [[_, _, _] | np.ndarray(shape=(3, _)) as parameters, fourth]:
            return *parameters, fourth
    return raw
