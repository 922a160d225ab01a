"""The M-step from the sums of blocks, of lesson 12: what a right one is, and the wrong ones that we know."""

from gmm_lesson.exercises.kit import Case, Exercise
from gmm_lesson.exercises.parameters import OTHER_ORDERS, PARAMETERS, finite, no_mixture, read_parameters

THREE = [[[2, 1.5], [3, 12], [5, 100]], [[1, 4], [2, 30], [4.5, 230]], [[0.5, 7], [1.5, 51], [5, 380]]]
FOUR = [[[3, 1, 2, 4], [6, -2, 9, 1], [15, 5, 42, 3]], [[5, 2, 1, 1.5], [11, -3, 4, 0], [26, 6, 17, 2]]]

EXERCISE = Exercise(
    lesson=12,
    about="""Judge an M-step from sums: a function of (parts) that returns weights, means and variances.

    It gets what B blocks of objects sent, an array of shape (B, 3, K): for each class N_k, the sum of r y and
    the sum of r y^2 over the block. It returns the new weights, means and variances, each of shape (K,).
    """,
    program="""
def my_from_sums(parts):
    n_k, first, second = parts.sum(axis=0)
    weights = n_k / n_k.sum()
    means = first / n_k
    variances = second / n_k - means**2
    return weights, means, variances
""",
    answer="the new weights, means and variances",
    parts=PARAMETERS,
    read=lambda raw, given: read_parameters(raw, {"r": given["parts"][0]}),
    broken=lambda _, *parts: [*finite(*parts), *no_mixture(*parts)],
    cases=(
        Case("one block", (THREE[:1],)),
        Case("three blocks of two classes", (THREE,)),
        Case("two blocks of four classes", (FOUR,)),
        Case("four blocks far apart", ([*THREE, [[9, 2], [90, 60], [950, 1850]]],)),
    ),
    table=f"""
MEANS = parts[:, 1] / parts[:, 0]
SPREADS = (parts[:, 2] / parts[:, 0] - (MEANS) ** 2)

parts-in-another-order: The numbers are right, and one part stands where another is looked for.
    return {" | ".join(OTHER_ORDERS)}
block-left-out: The numbers do not change when the first block changes, or when the last one does.
    parts.sum(axis=0) -> parts[1:].sum(axis=0) | parts[:-1].sum(axis=0) | parts[0] | parts[-1]
averages-averaged: A block with few objects of a class counts as much for its mean as one with many.
    means = (MEANS).mean(axis=0)
variances-averaged: The variances leave out how far apart the means of the blocks lie.
    variances = SPREADS.mean(axis=0) | (SPREADS * parts[:, 0]).sum(axis=0) / n_k
weights-not-divided: The weights sum to the number of objects, not to one.
    weights = n_k
divided-by-blocks: The more blocks the same objects come in, the smaller the numbers.
    weights = n_k / len(parts) | n_k / n_k.sum() / len(parts)
second-moment-returned: The variances grow with the distance of the objects from zero, however close they lie.
    variances = second / n_k
mean-taken-off-wrongly: The variances change when all objects move together by the same distance.
    variances = second / n_k - means | (second - means**2) / n_k
sd-returned: The third part holds standard deviations: too small where a variance is above 1, too large below.
    return weights, means, np.sqrt(variances)
""",
)
