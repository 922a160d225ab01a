"""The draw of objects of lesson 02: what a right one is, and the wrong ones that we know."""

from __future__ import annotations

import copy

from gmm_lesson.exercises import draw_classes
from gmm_lesson.exercises.chance import RandomExercise, setting
from gmm_lesson.exercises.kit import mistakes

PROGRAM = """
def my_sample_objects(n, weights, means, variances, rng):
    K = len(weights)
    z = rng.choice(K, size=n, p=weights)
    sds = np.sqrt(variances)
    y = rng.normal(means[z], sds[z])
    return y, z
"""

FORM = """
NEXT = y = rng
BACK = return y, z

only-values-returned: There is one array, the values of the objects; the class that each came from is not
  returned.
    BACK -> return y
only-labels-returned: There is one array, the classes of the objects; their values are not returned.
    BACK -> return z
other-way-round: The labels come first and the values second.
    BACK -> return z, y
"""

VALUES = """
ROOT = np.sqrt(variances)
VALUES = rng.normal(means[z], sds[z])

values-sorted: The values go up from first to last in every run: the place of an object tells how large it is.
    BACK -> return np.sort(y), z
    BACK -> return y[np.argsort(y)], z[np.argsort(y)]
labels-apart-from-their-objects: The objects of every class look like the whole mixture: a label tells nothing
  about its object.
    VALUES -> rng.permutation(VALUES)
    BACK -> return y, rng.permutation(z)
average-of-the-classes: All objects lie about one average of the means, whichever class they are said to come
  from.
    VALUES -> rng.normal(means, sds, size=(n, K)) @ weights
    VALUES -> rng.normal(means, sds, size=(n, K)).mean(axis=1)
    VALUES -> rng.normal(weights @ means, np.sqrt(weights @ variances), size=n)
no-noise: Every object lies at the mean of its class.
    VALUES -> means[z]
noise-shared-by-all: All objects of a run lie equally many sds from the means of their classes: they share one
  noise.
    VALUES -> means[z] + sds[z] * rng.normal()
    VALUES -> means[z] + rng.normal()
one-value-per-class: All objects of a class have the same value in a run, and another value in the next run.
    VALUES -> rng.normal(means, sds)[z]
means-left-out: All classes lie about zero, wherever their means are.
    means[z] -> 0 * z
means-in-reverse: The first class lies about the mean of the last, and the last about the mean of the first.
    means[z] -> means[::-1][z]
variance-used-as-sd: A class with a variance above 1 spreads too far, and one with a variance below 1 not far
  enough.
    ROOT -> variances
sd-used-as-variance: A class with a variance above 1 spreads not far enough, and one with a variance below 1
  too far.
    ROOT -> np.sqrt(ROOT)
variances-left-out: All classes spread with an sd of 1, whatever their variances are.
    sds[z] -> 1
one-spread-for-all: All classes spread alike, however unequal their variances are.
    sds[z] -> sds[0]
    sds[z] -> sds[-1]
    sds[z] -> sds.mean()
    sds[z] -> np.sqrt(variances.mean())
    sds[z] -> np.sqrt(weights @ variances)
spreads-in-reverse: The first class spreads as the last one's variance says, and the last as the first one's.
    sds[z] -> sds[::-1][z]
not-gaussian: The means and the sds are right, and yet too many or too few objects lie near their mean.
    VALUES -> means[z] + np.sqrt(3) * sds[z] * rng.uniform(-1, 1, size=n)
    VALUES -> rng.laplace(means[z], sds[z] / np.sqrt(2))
same-noise-every-time: Each place lies equally many sds from its mean in every run: the classes are new, the
  noise is not.
    rng.normal -> np.random.default_rng(0).normal
rounded: The values have few decimals: they have been rounded.
"""

EXERCISE = RandomExercise(
    about="""Judge a draw of objects: a function of (n, weights, means, variances, rng) that returns y and z.

    It gets n, the weights, means and variances, shape (K,), as arrays or plain lists, and a numpy
    Generator. It returns the values y, shape (n,), and the classes z, shape (n,): z as in `draw_classes`,
    and y_i from the Gaussian of class z_i.
    """,
    lesson=2,
    program=PROGRAM,
    answer="the objects",
    does="draws every class as often as its weight says, and every value about the mean of its class",
    names={"copy": copy},
    parts=("y", "z"),
    cases=(
        setting("one class", 10, 50, [1], [5], [4]),
        setting("one object", 60, 1, [0.6, 0.4], [-3, 4], [9, 0.25]),
        setting("two classes of which one is wide", 20, 200, [0.4, 0.6], [0, 6], [4, 0.25]),
        setting("three classes", 30, 200, [0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25]),
        setting("a common class between rare ones", 20, 201, [0.05, 0.9, 0.05], [2, -6, 8], [9, 1, 0.25]),
        setting("four equal classes", 40, 50, [0.25] * 4, [6, -2, 1, 3], [0.25, 4, 9, 1]),
        setting("two classes", 10, 200, [0.4, 0.6], [0, 6], [4, 1], form="whole numbers"),
        setting("three classes", 20, 200, [0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25], form="lists"),
    ),
    mistakes=mistakes(FORM + draw_classes.MISTAKES + VALUES),
)
