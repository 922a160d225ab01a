"""The draw of objects of lesson 02: what a right one is, and the wrong ones that we know."""

from gmm_lesson.exercises import draw_classes
from gmm_lesson.exercises.chance import read_draws
from gmm_lesson.exercises.kit import Case, Exercise

MISTAKES = """
values-sorted: The values go up from first to last in every run: the place of an object tells how large it is.
    return np.sort(y), z | y[np.argsort(y)], z[np.argsort(y)]
labels-apart-from-their-objects: The objects of every class look like the whole mixture: labels tell nothing.
    y = rng.permutation(rng.normal(means[z], sds[z]))
    return y, rng.permutation(z)
average-of-the-classes: All objects lie about one average of the means, whichever class they are of.
    y = rng.normal(means, sds, size=(n, K)) @ weights | rng.normal(means, sds, size=(n, K)).mean(axis=1)
    y = rng.normal(weights @ means, np.sqrt(weights @ variances), size=n)
no-noise: Every object lies at the mean of its class.
    y = means[z]
one-value-per-class: All objects of a class have the same value in a run, and another value in the next run.
    y = rng.normal(means, sds)[z]
means-left-out: All classes lie about zero, wherever their means are.
    means[z] -> 0 * z
variance-used-as-sd: A class with a variance above 1 spreads too far, and one with less not far enough.
    sds = variances | variances**2
sd-used-as-variance: A class with a variance above 1 spreads not far enough, and one with less too far.
    sds = np.sqrt(np.sqrt(variances))
one-spread-for-all: All classes spread alike, however unequal their variances are.
    sds[z] -> 1 | sds[0] | sds[-1] | sds.mean() | np.sqrt(variances.mean()) | np.sqrt(weights @ variances)
means-in-reverse: The first class lies about the mean of the last, and the last about the mean of the first.
    means[z] -> means[::-1][z]
values-off-centre: The objects of a class do not lie below its mean as often as above it.
spread-off: The objects of a class spread too far from its mean, or not far enough.
not-gaussian: The means and the sds are right, but too many or too few objects lie near their mean, or far.
    y = means[z] + np.sqrt(3) * sds[z] * rng.uniform(-1, 1, size=n)
    y = rng.laplace(means[z], sds[z] / np.sqrt(2))
same-noise-every-time: Each place lies equally many sds from its mean in every run, though classes are new.
rounded: The values have few decimals: they have been rounded.
"""

EXERCISE = Exercise(
    about="""Judge a draw of objects: a function of (n, weights, means, variances, rng) that returns y and z.

    It gets n, the weights, means and variances, shape (K,), as arrays or plain lists, and a numpy
    Generator. It returns the values y, shape (n,), and the classes z, shape (n,): z as in `draw_classes`,
    and y_i from the Gaussian of class z_i.
    """,
    lesson=2,
    program="""
def my_sample_objects(n, weights, means, variances, rng):
    K = len(weights)
    z = rng.choice(K, size=n, p=weights)
    sds = np.sqrt(variances)
    y = rng.normal(means[z], sds[z])
    return y, z
""",
    read=read_draws,
    answer="draws every class as often as its weight says, and every value about the mean of its class",
    parts=("y", "z"),
    cases=(
        Case("one class", (50, [1], [5], [4]), runs=10),
        Case("one object", (1, [0.6, 0.4], [-3, 4], [9, 0.25]), runs=60),
        Case("two classes of which one is wide", (200, [0.4, 0.6], [0, 6], [4, 0.25]), runs=20),
        Case("three classes", (200, [0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25]), runs=30),
        Case("a common class between rare ones", (201, [0.05, 0.9, 0.05], [2, -6, 8], [9, 1, 0.25]), runs=20),
        Case("four equal classes", (50, [0.25] * 4, [6, -2, 1, 3], [0.25, 4, 9, 1]), runs=40),
        Case("two classes", (200, [0.4, 0.6], [0, 6], [4, 1]), runs=10, form="whole numbers"),
        Case("three classes", (200, [0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25]), runs=20, form="lists"),
    ),
    table="NEXT = y = rng\nBACK = return y, z\n" + draw_classes.MISTAKES + MISTAKES,
)
