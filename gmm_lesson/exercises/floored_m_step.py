"""The M-step with a floor: what is right, and what goes wrong about the floor.

What goes wrong in the step itself is the M-step's affair: the first input has a floor too small to matter,
and a rule says on it that the step is not the textbook's.
"""

from collections.abc import Iterator
from typing import Any

from gmm_lesson._inputs import Array
from gmm_lesson.em import m_step as textbook
from gmm_lesson.exercises import m_step, parameters
from gmm_lesson.exercises.kit import Case, Exercise, Sign, each
from gmm_lesson.exercises.parameters import PARAMETERS, read_parameters
from gmm_lesson.exercises.verdict import how_far

TINY = 1e-9  # a floor that changes nothing


def broken(given: dict[str, Any], *parts: Array) -> Iterator[str]:
    """Say what a step breaks: but for variances that are below the floor, it is the textbook's."""
    yield from parameters.other_length(len(parts[0]), len(given["r"][0]))
    right, floor = textbook(given["y"], given["r"], floor=TINY), given["floor"]
    high = right.variances >= floor
    for name, yours, wanted in zip(PARAMETERS, parts, right.parts, strict=True):
        off = how_far(yours[high], wanted[high]) if name == "variances" else how_far(yours, wanted)
        if off and floor == TINY:
            run = "without a floor, your step is not the textbook's: run check.m_step"
            here = f"Here its {name} are not the right ones ({off})"
            yield Sign("another-step", f"{run}(lambda y, r: my_floored_m_step(y, r, 0)). {here}")
        elif off:
            what = "variances that are above the floor" if name == "variances" else name
            yield Sign("others-changed", f"the floor, {floor:g}, has changed {what} ({off})")
    yield from parameters.broken(given, *parts)


EXERCISE = Exercise(
    lesson=8,
    about="""Judge an M-step with a floor: a function of (y, r, floor) that returns the new parameters.

    It gets y, shape (N,), and the responsibilities r, shape (N, K), as arrays, and the smallest variance
    allowed. It returns the new weights, means and variances, each of shape (K,); a Mixture may stand for
    them.

    What is wrong about the floor is named; a step that is wrong without one is left to `m_step`.
    """,
    program="""
def my_floored_m_step(y, r, floor):
    y = y[:, np.newaxis]
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    means = (r * y).sum(axis=0) / n_k
    squares = (y - means) ** 2
    variances = (r * squares).sum(axis=0) / n_k
    variances = np.maximum(variances, floor)
    return weights, means, variances
""",
    answer="the new weights, means and variances",
    parts=PARAMETERS,
    read=read_parameters,
    broken=broken,
    table=f"""
FLOORED = np.maximum(variances, floor)

floor-left-out: Variances come back that are below the floor, as if there were none.
    FLOORED -> variances
floor-added: Every variance is larger by the floor, those above it too.
    FLOORED -> variances + floor
floor-on-the-sd: The floor is held against a number in the units of the objects, and not in those squared.
    FLOORED -> np.maximum(variances, floor**2) | np.maximum(variances, np.sqrt(floor))
    FLOORED -> np.where(np.sqrt(variances) < floor, floor, variances)
ceiling-for-floor: No variance is above the floor, and those that were stand exactly there.
    FLOORED -> np.minimum(variances, floor)
relative-floor: The floor moves with the objects: spread out, they have variances raised that are high enough.
    FLOORED -> np.maximum(variances, floor * y.var()) | np.maximum(variances, floor * variances.max())
another-number-below-the-floor: A variance below the floor comes back as a number that is not the floor.
    FLOORED -> {each("np.where(variances < floor, {}, variances)", ("y.var()", 1, 0, "variances + floor"))}
weights-or-means-floored: The floor is under the weights or the means too, though it is a variance.
    return np.maximum(weights, floor), means, variances | weights, np.maximum(means, floor), variances
""",
    cases=(
        Case("a floor that changes nothing", (*m_step.HAND_SHARES, TINY)),
        Case("two objects of one class far apart", ([1, 4], [[1], [1]], 0.5)),
        Case("two objects of one class close together", ([1, 1.4], [[1], [1]], 0.5)),
        Case("a narrow class and a wide one", (*m_step.LABELLED, 0.6)),
        Case("three classes with a narrow one", (*m_step.THREE_SHARED, 3.5)),
        Case("a floor above all variances", (*m_step.SQUARE, 9.0)),
        Case("four classes with two narrow ones", (*m_step.FOUR_SHARED, 2.5)),
        Case("one object of one class", ([2], [[1]], 0.3), edge=True),
        Case("a class on one object", ([2, 5, 6, 8], [[1, 0], [0, 1], [0, 1], [0, 1]], 0.3), edge=True),
        Case("a floor of 0", (*m_step.NARROW, 0.0), edge=True),
        Case("a class with almost no objects", (*m_step.ALMOST_NONE, 0.5), edge=True),
        Case("a narrow class and a wide one", (*m_step.LABELLED, 1), form="whole numbers"),
    ),
)
