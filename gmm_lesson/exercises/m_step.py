"""The M-step: what is right, and the wrong ones that we know."""

from __future__ import annotations

from gmm_lesson.exercises.inputs import FOUR_SHARED, HAND_SHARES, LABELLED, THREE_SHARED
from gmm_lesson.exercises.kit import Case, Exercise, Mistake, mistakes
from gmm_lesson.exercises.parameters import RULES, read_parameters, refused_by_mixture
from gmm_lesson.exercises.rules import PARAMETERS

PROGRAM = """
def my_m_step(y, r, means):
    y = y[:, np.newaxis]
    n_k = r.sum(axis=0)
    new_weights = n_k / len(y)
    new_means = (r * y).sum(axis=0) / n_k
    squares = (y - new_means) ** 2
    new_variances = (r * squares).sum(axis=0) / n_k
    return new_weights, new_means, new_variances
"""

LOST_CLASS = Mistake(
    "lost-class-0-over-0",
    "A class that has lost all its objects gets 0/0 for a mean and a variance.",
    {"(r * y).sum(axis=0) / n_k": "(r * y).sum(axis=0) / n_k  # an entry of n_k is 0"},
    edge=True,
)
"""What the plain formula does where N_k is 0. The check does not ask for better; the lab shows it."""

MISTAKES = """
COUNTS = n_k = r.sum(axis=0)
WEIGHTS = n_k / len(y)
SUMS = (r * y).sum(axis=0)
MEANS = SUMS / n_k
CENTRE = y - new_means
SQUARES = (CENTRE) ** 2
SPREAD = (r * squares).sum(axis=0)
VARIANCES = SPREAD / n_k
FIRST = new_weights, new_means
WHOLE = FIRST, new_variances
LIKELIEST = np.eye(len(r[0]))[r.argmax(axis=1)]
LAST = np.eye(len(r[0]))[::-1][r[:, ::-1].argmax(axis=1)]
HALF = (r > 0.5).astype(float)
LARGEST = (r == r.max(axis=1, keepdims=True)).astype(float)
MOMENT = (r * y**2).sum(axis=0) / n_k
ROWS = COUNTS -> n_k = r.sum(axis=1) && CENTRE -> y - new_means[:, np.newaxis]
  && VARIANCES -> (r * squares).sum(axis=1) / n_k

old-mean-in-the-variance [Not the maximiser of Q]: Its variances are those around the means before the step:
  Q does not fall, but the textbook's step raises it further.
    CENTRE -> y - means
parts-in-another-order: Every number is right and their order is not: the first part is read as the weights,
  the second as the means, the third as the variances.
    WHOLE -> new_weights, new_variances, new_means
    WHOLE -> new_means, new_weights, new_variances
    WHOLE -> new_means, new_variances, new_weights
    WHOLE -> new_variances, new_weights, new_means
    WHOLE -> new_variances, new_means, new_weights
classes-in-reverse: The classes are in the opposite order: the first entry of each part is the last class's.
    WHOLE -> np.array([WHOLE])[:, ::-1]
one-class-for-all: Every class has the weight, the mean and the variance of one of them.
    WHOLE -> np.array([WHOLE])[:, [0] * len(n_k)]
    WHOLE -> np.array([WHOLE])[:, [-1] * len(n_k)]
transposed: Rows are taken for classes and columns for objects; in the course a row is an object.
    ROWS && MEANS -> (r * y).sum(axis=1) / n_k
    ROWS && MEANS -> (r * y).sum(axis=1) / n_k && WEIGHTS -> n_k
    ROWS && MEANS -> (r * y).sum(axis=1) / n_k && WEIGHTS -> r.mean(axis=1)
    MEANS -> (r * y).mean(axis=1) && WEIGHTS -> r.mean(axis=1) && CENTRE -> y - new_means[:, np.newaxis]
        && VARIANCES -> (r * squares).mean(axis=1)
    MEANS -> (r * y).sum(axis=1) / len(y) && WEIGHTS -> r.sum(axis=1) / len(y)
        && CENTRE -> y - new_means[:, np.newaxis] && VARIANCES -> (r * squares).sum(axis=1) / len(y)
    COUNTS -> n_k = r.sum(axis=1) && MEANS -> r @ y[:, 0] / n_k && CENTRE -> y.T - new_means[:, np.newaxis]
        && VARIANCES -> (r * squares).sum(axis=1) / n_k
    COUNTS -> r = r.T; COUNTS
    COUNTS -> r = r.T; COUNTS && WEIGHTS -> n_k / len(r)
    COUNTS -> n_k = r.sum(axis=1)
    MEANS -> r @ y[:, 0] / n_k
    COUNTS -> n_k = r[:len(r[0])].sum(axis=1)
        && MEANS -> np.array([(r[k] * y[:, 0]).sum() / n_k[k] for k in range(len(n_k))])
        && VARIANCES -> np.array([(r[k] * squares[:, k]).sum() / n_k[k] for k in range(len(n_k))])
weights-not-divided: The weights sum to the number of objects, not to one.
    WEIGHTS -> n_k
weights-divided-by-k: The weights have the right proportions, but sum to as many objects as a class has on
  average.
    WEIGHTS -> n_k / len(n_k)
weights-divided-twice: The weights have the right proportions, but the more objects there are, the less they
  sum to.
    WEIGHTS -> n_k / len(y) ** 2
equal-weights: The weights are all equal, however many objects a class has.
    WEIGHTS -> np.full(len(n_k), 1 / len(n_k))
weights-from-whole-objects: The weights are shares of whole objects, as if each object were of its likeliest
  class alone.
    WEIGHTS -> LIKELIEST.mean(axis=0)
    WEIGHTS -> LAST.mean(axis=0)
    WEIGHTS -> HALF.mean(axis=0)
    WEIGHTS -> LARGEST.mean(axis=0)
divided-by-n: The means, the variances or both are too close to zero, and the fewer objects a class has, the
  more so.
    MEANS -> SUMS / len(y)
    VARIANCES -> SPREAD / len(y)
    MEANS -> SUMS / len(y) && VARIANCES -> SPREAD / len(y)
    WHOLE -> new_weights, SUMS / len(y), new_variances
divided-by-n-minus-one: The variances are sums spread over all the objects but one, however few of them a
  class has.
    VARIANCES -> SPREAD / (len(y) - 1)
divided-by-k: The means, the variances or both are sums shared out equally among the classes, whatever their
  sizes.
    MEANS -> SUMS / len(n_k)
    VARIANCES -> SPREAD / len(n_k)
    MEANS -> SUMS / len(n_k) && VARIANCES -> SPREAD / len(n_k)
divided-by-the-weights: The means, the variances or both are as many times too large as there are objects.
    MEANS -> SUMS / new_weights
    VARIANCES -> SPREAD / new_weights
    MEANS -> SUMS / new_weights && VARIANCES -> SPREAD / new_weights
sums-not-divided: The means, the variances or both grow with the number of objects: they are sums, not
  averages.
    MEANS -> SUMS
    VARIANCES -> SPREAD
    MEANS -> SUMS && VARIANCES -> SPREAD
divided-twice: The means, the variances or both go towards zero as objects are added, wherever these lie.
    MEANS -> SUMS / n_k**2
    VARIANCES -> SPREAD / n_k**2
    MEANS -> SUMS / n_k**2 && VARIANCES -> SPREAD / n_k**2
    MEANS -> SUMS / n_k / len(y)
    VARIANCES -> SPREAD / n_k / len(y)
    MEANS -> SUMS / n_k / len(y) && VARIANCES -> SPREAD / n_k / len(y)
n-k-minus-one: The variances are too large, and the fewer objects there are, the more so.
    VARIANCES -> SPREAD / (n_k - 1)
    MEANS -> SUMS / (n_k - 1) && VARIANCES -> SPREAD / (n_k - 1)
    VARIANCES -> SPREAD / (n_k - (r**2).sum(axis=0) / n_k)
    VARIANCES -> SPREAD / n_k * len(y) / (len(y) - 1)
unweighted-mean: Every class has the same mean, that of all the objects.
    MEANS -> np.full(len(n_k), y.mean())
    MEANS -> np.full(len(n_k), y.mean()) && VARIANCES -> np.full(len(n_k), y.var())
    WHOLE -> new_weights, np.full(len(n_k), y.mean()), new_variances
objects-not-weighted: Every object counts in full in the mean of every class, so the fewer objects a class
  has, the farther out its mean.
    MEANS -> y.sum() / n_k
    MEANS -> y.sum() / n_k && VARIANCES -> squares.sum(axis=0) / n_k
unweighted-variance: Every class has the same variance, that of all the objects.
    VARIANCES -> np.full(len(n_k), y.var())
    VARIANCES -> np.full(len(n_k), y.var(ddof=1))
pooled-variance: Every class has the same variance, an average over all the classes.
    VARIANCES -> np.full(len(n_k), (r * squares).sum() / len(y))
summed-over-everything: The fewer objects a class has, the larger its variance: it holds the distances of all
  classes.
    VARIANCES -> (r * squares).sum() / n_k
squares-not-weighted: An object that is hardly of a class counts as much in its variance as one that is.
    VARIANCES -> squares.mean(axis=0)
    VARIANCES -> squares.sum(axis=0) / n_k
    VARIANCES -> squares.sum(axis=0)
responsibilities-squared: A share of one half counts as a quarter, so objects between two classes count for
  too little.
    COUNTS -> r = r**2; COUNTS
    WEIGHTS -> WEIGHTS; r = r**2; COUNTS
    MEANS -> (r**2 * y).sum(axis=0) / n_k
    VARIANCES -> (r**2 * squares).sum(axis=0) / n_k
    MEANS -> (r**2 * y).sum(axis=0) / n_k && VARIANCES -> (r**2 * squares).sum(axis=0) / n_k
variance-of-the-products: An object that is hardly of a class counts in its variance as if it lay near zero.
    VARIANCES -> (r * y).var(axis=0)
    VARIANCES -> (r * y).var(axis=0) && MEANS -> (r * y).mean(axis=0)
    VARIANCES -> ((r * y - new_means) ** 2).sum(axis=0) / n_k
    VARIANCES -> ((r * y - new_means) ** 2).mean(axis=0)
hard-assignment: Every object counts in full for one class: the averages do not change when its shares do.
    COUNTS -> r = LIKELIEST; COUNTS
    COUNTS -> r = LAST; COUNTS
    COUNTS -> r = HALF; COUNTS
    COUNTS -> r = LARGEST; COUNTS
    WEIGHTS -> WEIGHTS; r = LIKELIEST; COUNTS
    WEIGHTS -> WEIGHTS; r = LAST; COUNTS
    WEIGHTS -> WEIGHTS; r = HALF; COUNTS
    WEIGHTS -> WEIGHTS; r = LARGEST; COUNTS
median-for-mean: The means stay where they are when the farthest object moves on: they are values in the
  middle, not averages.
    MEANS -> np.full(len(n_k), np.median(y))
    MEANS -> np.array([np.median(y[r.argmax(axis=1) == k]) for k in range(len(n_k))])
variance-around-the-overall-mean: A class far from the middle of the objects has a large variance, however
  close together its own objects lie.
    CENTRE -> y - y.mean()
    CENTRE -> y - new_means.mean()
one-mean-for-all-variances: The variances of all classes are measured around the mean of one of them.
    CENTRE -> y - new_means[-1]
    CENTRE -> y - new_means[0]
distance-from-a-blend: An object between two classes adds almost nothing to either variance, as if there were
  a mean of its own for it.
    CENTRE -> y - (r @ new_means)[:, np.newaxis]
sd-returned: The third part holds standard deviations: too small where a variance is above 1, too large below.
    WHOLE -> FIRST, np.sqrt(new_variances)
squared-twice: The third part is too large where a variance is above 1, and too small where it is below.
    WHOLE -> FIRST, new_variances**2
absolute-distances: The third part is in the units of the objects: one twice as far from a mean adds twice as
  much.
    SQUARES -> np.abs(CENTRE)
distances-cancel: The variances are zero, as where distances above a mean and below it cancel.
    SQUARES -> CENTRE
second-moment-returned: The variances grow with the distance of the objects from zero, however close together
  they lie.
    SQUARES -> y**2
mean-taken-off-wrongly: The variances change when all objects move by the same distance, though no two of them
  have come closer together.
    VARIANCES -> MOMENT - new_means
    VARIANCES -> MOMENT - y.mean() ** 2
    VARIANCES -> MOMENT - means**2
    VARIANCES -> (r * y**2).sum(axis=0) - new_means**2
    VARIANCES -> (r * y**2).mean(axis=0) - new_means**2
variances-negative: Every variance has the right size and the opposite sign.
    WHOLE -> FIRST, -new_variances
variances-halved: Every variance is half of what it should be.
    WHOLE -> FIRST, new_variances / 2
precisions-returned: The closer together the objects of a class, the larger its variance.
    WHOLE -> FIRST, 1 / new_variances
logarithms-returned: The weights or the variances are logarithms: what should be one comes out as zero.
    WEIGHTS -> np.log(WEIGHTS)
    WHOLE -> FIRST, np.log(new_variances)
means-not-moved: The means are those from before the step.
    WHOLE -> new_weights, means, new_variances
    WHOLE -> new_weights, means, new_variances && CENTRE -> y - means
rounded: The numbers are right to a few decimals only: they have been rounded.
    WHOLE -> np.round([WHOLE], 1)
    WHOLE -> np.round([WHOLE], 2)
    WHOLE -> np.round([WHOLE], 3)
    WHOLE -> np.round([WHOLE], 4)
trace-too-large [edge]: A class with almost no objects has its mean drawn towards zero; in larger classes it
  does not show.
    COUNTS -> COUNTS + 1e-6
    COUNTS -> COUNTS + 1e-7
    COUNTS -> COUNTS + 1e-8
"""

SQUARE = [4, -1.5, 0], [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15]]
"""Three objects and their responsibilities in three classes, whose means are not in their order."""

EXERCISE = Exercise(
    lesson=4,
    about="""Judge an M-step: a function of (y, r) that returns weights, means and variances.

    Parameters
    ----------
    function : callable
        Your function. It gets y, shape (N,), and the responsibilities r, shape (N, K), as arrays or plain
        lists; one that takes a third argument gets the means before the step too, shape (K,). It returns
        the new weights, means and variances, each of shape (K,).

    Returns
    -------
    Verdict
        As from `e_step`. A variance around the means before the step is called by its own name: it is no
        error, but it is not the maximiser of Q.
    """,
    program=PROGRAM,
    answer="the new weights, means and variances",
    optional=("means",),
    parts=PARAMETERS,
    read=read_parameters,
    excused=refused_by_mixture,
    rules=RULES,
    mistakes=mistakes(MISTAKES),
    # Whatever divides by N_k - 1, or gives each object to one class, has a number in every case that is no
    # edge: no N_k is 1 there, and every class is the likeliest of some object.
    cases=(
        Case("one object of one class", ([2], [[1]], [1]), edge=True),
        Case("one object in two classes", ([2], [[0.3, 0.7]], [1, 3]), edge=True),
        Case("two objects, one in each class", ([1, 3], [[1, 0], [0, 1]], [0, 4]), edge=True),
        Case("two objects of one class", ([1, 4], [[1], [1]], [2])),
        Case("the example to do by hand", (*HAND_SHARES, [1, 3])),
        Case("as many objects as classes", ([0.5, 3], [[0.8, 0.2], [0.3, 0.7]], [0, 2])),
        Case("five labelled objects", (*LABELLED, [3, 6])),
        Case(
            "a large class and a small one",
            ([2, 4, 5, 9], [[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8]], [3, 8]),
        ),
        Case("three objects of one class", ([1, 2, 6], [[1], [1], [1]], [2])),
        Case("three classes", (*THREE_SHARED, [-1, 1, 4])),
        Case("three objects in three classes", (*SQUARE, [3, 1, -1])),
        Case("twelve objects in four classes", (*FOUR_SHARED, [0.5, 3.2, 6.4, 2.1])),
        Case(
            "far from zero",
            ([999.5, 1001, 1000.25, 998.75], [[0.8, 0.2], [0.1, 0.9], [0.4, 0.6], [0.7, 0.3]], [999, 1000]),
            edge=True,
        ),
        Case(
            "a class with almost no objects",
            ([20, 30, 60], [[0.9998, 0.0002], [0.9997, 0.0003], [0.9995, 0.0005]], [25, 50]),
            edge=True,
        ),
        Case("five labelled objects", (*LABELLED, [3, 6]), form="whole numbers"),
        Case("the example to do by hand", (*HAND_SHARES, [1, 3]), form="lists"),
        Case("five labelled objects", (*LABELLED, [3, 6]), form="lists"),
    ),
)
