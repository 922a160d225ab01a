"""The M-step in the plane: what is right, and what goes wrong, much of it as on the line."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.engine.plane_family import PlaneMixture
from gmm_lesson.exercises import m_step, parameters
from gmm_lesson.exercises.e_step import TWELVE
from gmm_lesson.exercises.kit import Case, Exercise, Sign, read_parts

PARTS = ("weights", "means", "covariances")

SHARED = m_step.SHARED.replace("new_", "").replace("variance", "covariance").replace("squares", "products")


def broken(given: dict[str, Any], weights: Array, means: Array, covariances: Array) -> Iterator[str]:
    """Say what new parameters break that must hold of any that come of responsibilities r."""
    k, d = len(given["r"][0]), len(given["y"][0])
    shapes = ("weights", weights, (k,)), ("means", means, (k, d)), ("covariances", covariances, (k, d, d))
    for name, part, shape in shapes:
        if part.shape != shape:
            says = f"its {name} should be of shape {shape}; yours are of shape {part.shape}"
            yield Sign("another-shape", says)
    if (np.abs(covariances - covariances.swapaxes(1, 2)) > 1e-4).any():
        yield "every covariance matrix should be symmetric; one of yours is not"
    yield from parameters.broken(given, weights, means, np.einsum("kii->ki", covariances))


FOUR = [[-2, 30, 0.1], [0.5, 10, 0.4], [3, 40, -0.2], [4.5, 60, 0.3]]
FIVE = [[2, 1], [7, 8], [5, 2], [3, 4], [9, 5]]

EXERCISE = Exercise(
    lesson=10,
    about="""Judge an M-step in the plane: a function of (y, r) that returns weights, means and covariances.

    It gets y, shape (N, d), and the responsibilities r, shape (N, K), as arrays, and returns the new weights,
    (K,), means, (K, d), and covariance matrices, (K, d, d); a PlaneMixture may stand for them.
    """,
    program="""
def my_plane_m_step(y, r):
    y = y[:, :, np.newaxis]  # the last axis counts classes
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    means = (r[:, np.newaxis] * y).sum(axis=0) / n_k
    away = y - means
    products = away[:, np.newaxis] * away[:, :, np.newaxis]
    covariances = (r[:, np.newaxis, np.newaxis] * products).sum(axis=0) / n_k
    return weights, means.T, covariances.T
""",
    answer="the new weights, means and covariances",
    parts=PARTS,
    read=lambda raw, _: read_parts(raw.parts if isinstance(raw, PlaneMixture) else raw, PARTS, None),
    broken=broken,
    table=f"""
MEANS = means.T
VARIANCES = covariances.T
OVERALL = y.mean(axis=0) + 0 * n_k
R_Y = r[:, np.newaxis]
R_SQUARES = r[:, np.newaxis, np.newaxis]
{SHARED}
DIAGONALS = np.einsum("iik->ki", covariances)

correlations-left-out: The covariance of two axes is zero, however the objects lean.
    products = away[:, np.newaxis] * away[:, :, np.newaxis] * np.eye(len(means))[:, :, np.newaxis]
one-variance-for-all-axes: A class has one variance for all its axes, where each of them has its own.
    return weights, means.T, np.multiply.outer(DIAGONALS.mean(axis=1), np.eye(len(means)))
second-moment-returned: The numbers grow with the distance of the objects from zero, however close they lie.
    away = y
correlations-returned: The diagonal of every matrix is one, whatever the units of the objects.
    return weights, means.T, covariances.T / np.sqrt(DIAGONALS[:, np.newaxis] * DIAGONALS[:, :, np.newaxis])
""",
    cases=(
        Case("three objects of one class", ([[1, 6], [4, 3], [2, 2]], [[1], [1], [1]])),
        Case("three objects in two classes", ([[1, 2], [2, 1], [3, 5]], m_step.HAND_SHARES[1])),
        Case("three objects in three classes", ([[4, 2], [-1.5, 0], [0, -3]], m_step.SQUARE[1])),
        Case("six labelled objects", ([*FIVE, [1, 5]], [*m_step.LABELLED[1], [1, 0]])),
        Case("three classes on three axes", (FOUR, m_step.THREE_SHARED[1])),
        Case("four classes", ([[place, place % 3] for place in TWELVE], m_step.FOUR_SHARED[1])),
        Case(
            "a class with almost no objects", ([[20, 1], [30, 3], [60, 4]], m_step.ALMOST_NONE[1]), edge=True
        ),
        Case("three objects of one class", ([[1, 6], [4, 3], [2, 2]], [[1], [1], [1]]), form="whole numbers"),
    ),
)
