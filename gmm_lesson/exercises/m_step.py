"""The M-step: what is right, and the wrong ones that we know."""

from gmm_lesson.exercises.e_step import TWELVE
from gmm_lesson.exercises.kit import Case, Exercise
from gmm_lesson.exercises.parameters import OTHER_ORDERS, PARAMETERS, broken, read_parameters

# Objects and their responsibilities. By hand they are those of the E-step's example; the means of SQUARE are
# not in their order; of FOUR_SHARED each class has a line.
HAND_SHARES = [1, 2, 3], [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]]
LABELLED = [2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]]
NARROW = [2, 2.1, 6, 6.04], [[1, 0], [1, 0], [0, 1], [0, 1]]
THREE_SHARED = [-2, 0.5, 3, 4.5], [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.15, 0.75], [0.05, 0.35, 0.6]]
FOUR_CLASSES = (
    (0.1, 0.9, 0, 0.3, 0, 0.55, 0.05, 0.85, 0, 0.25, 0, 0.1),
    (0.6, 0.05, 0.1, 0.2, 0.35, 0.15, 0.7, 0, 0.2, 0.15, 0, 0.55),
    (0.1, 0, 0.7, 0.05, 0.6, 0, 0.15, 0, 0.65, 0, 0.9, 0.1),
    (0.2, 0.05, 0.2, 0.45, 0.05, 0.3, 0.1, 0.15, 0.15, 0.6, 0.1, 0.25),
)
FOUR_SHARED = TWELVE, [list(row) for row in zip(*FOUR_CLASSES, strict=True)]
SQUARE = [4, -1.5, 0], [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15]]
LARGE_AND_SMALL = [2, 4, 5, 9], [[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8]]
FAR = [999.5, 1001, 1000.25, 998.75], [[0.8, 0.2], [0.1, 0.9], [0.4, 0.6], [0.7, 0.3]]
ALMOST_NONE = [20, 30, 60], [[0.9998, 0.0002], [0.9997, 0.0003], [0.9995, 0.0005]]

SHARED = f"""
COUNTS = n_k = r.sum(axis=0)
SUMS = (R_Y * y).sum(axis=0)
CENTRE = y - new_means
SPREAD = (R_SQUARES * squares).sum(axis=0)
WEIGHTS = new_weights

parts-in-another-order: The numbers are right, and one part stands where another is looked for.
    return {" | ".join(OTHER_ORDERS).upper()}
weights-not-divided: The weights sum to the number of objects, not to one.
    new_weights = n_k
equal-weights: The weights are all equal, however many objects a class has.
    new_weights = np.full(len(n_k), 1 / len(n_k))
divided-by-n: The means, the variances or both are too close to zero, the more so the smaller a class.
    new_means = SUMS / len(y)
    new_means = SUMS / len(y) && new_variances = SPREAD / len(y)
    new_variances = SPREAD / len(y) | SPREAD / n_k; new_means = SUMS / len(y)
n-k-minus-one: The variances are too large, and the fewer objects there are, the more so.
    new_variances = SPREAD / (n_k - 1) | SPREAD / (n_k - (r**2).sum(axis=0) / n_k)
    new_means = SUMS / (n_k - 1) && new_variances = SPREAD / (n_k - 1)
    new_variances = SPREAD / n_k * len(y) / (len(y) - 1)
unweighted-mean: Every class has the same mean, that of all the objects.
    new_means = OVERALL
    new_means = OVERALL && new_variances = squares.mean(axis=0)
    new_variances = SPREAD / n_k; new_means = OVERALL
responsibilities-squared: A share of one half counts as a quarter: objects between two count too little.
    COUNTS -> r = r**2; COUNTS
    new_variances = (R_SQUARES**2 * squares).sum(axis=0) / n_k
variances-negative: Every variance has the right size and the opposite sign.
    return new_weights, MEANS, -VARIANCES
hard-assignment: Every object counts in full for one class: the averages do not change when its shares do.
    COUNTS -> r = np.eye(len(r[0]))[r.argmax(axis=1)]; COUNTS
one-variance-for-all: Every class has the same variance, that of all objects or an average over classes.
    new_variances = SPREAD.sum(axis=-1, keepdims=True) / len(y) + 0 * n_k
    CENTRE -> y - y.mean(axis=0) + 0 * n_k && new_variances = squares.mean(axis=0)
        | squares.sum(axis=0) / (len(y) - 1)
variance-not-weighted: An object that is hardly of a class counts too much in its variance.
    new_variances = squares.mean(axis=0) | squares.sum(axis=0) / n_k
    CENTRE -> R_Y * y - new_means && new_variances = squares.sum(axis=0) / n_k | squares.mean(axis=0)
variance-around-the-overall-mean: The farther a class lies from the middle, the larger its variance.
    CENTRE -> y - y.mean(axis=0) | y - new_means.mean(axis=-1, keepdims=True)
sd-returned: The third part holds standard deviations: too small where a variance is above 1, too large below.
    return new_weights, MEANS, np.sqrt(VARIANCES)
"""
"""Mistakes in the plane too, in words and in pieces that have a line each below and in plane_m_step.py."""

EXERCISE = Exercise(
    lesson=4,
    about="""Judge an M-step: a function of (y, r) that returns weights, means and variances.

    It gets y, shape (N,), and the responsibilities r, shape (N, K), as arrays or plain lists; one that
    takes a third argument gets the means before the step too, shape (K,). It returns the new weights, means
    and variances, each of shape (K,).

    A variance around the means before the step is called by its own name: it is no error, but it is not the
    maximiser of Q.
    """,
    program="""
def my_m_step(y, r, means):
    y = y[:, np.newaxis]
    n_k = r.sum(axis=0)
    new_weights = n_k / len(y)
    new_means = (r * y).sum(axis=0) / n_k
    squares = (y - new_means) ** 2
    new_variances = (r * squares).sum(axis=0) / n_k
    return new_weights, new_means, new_variances
""",
    answer="the new weights, means and variances",
    optional=("means",),
    parts=PARAMETERS,
    read=read_parameters,
    broken=broken,
    table=f"""
MEANS = new_means
VARIANCES = new_variances
OVERALL = np.full(len(n_k), y.mean())
R_Y = r
R_SQUARES = r

old-mean-in-the-variance [Not the maximiser of Q]: Its variances are those around the means before the step:
  Q does not fall, but the textbook's step raises it further.
    y - new_means -> y - means
{SHARED}

transposed: Rows are taken for classes and columns for objects; in the course a row is an object.
    n_k = r.sum(axis=1) && new_means = (r * y).sum(axis=1) / n_k && new_weights = r.mean(axis=1)
        && CENTRE -> y - new_means[:, np.newaxis] && new_variances = (r * squares).sum(axis=1) / n_k
    n_k = r.sum(axis=1) && CENTRE -> y - new_means[:, np.newaxis] && new_means = (r * y).sum(axis=1) / n_k
        && new_variances = (r * squares).sum(axis=1) / n_k
    COUNTS -> r = r.T; COUNTS
    n_k = r.sum(axis=1)
second-moment-returned: The variances grow with the distance of the objects from zero, however close they lie.
    squares = y**2
""",
    # Whatever divides by N_k - 1, or gives each object to one class, has a number in every case that is no
    # edge: no N_k is 1 there, and every class is the likeliest of some object.
    cases=(
        Case("two objects of one class", ([1, 4], [[1], [1]], [2])),
        Case("the example to do by hand", (*HAND_SHARES, [1, 3])),
        Case("as many objects as classes", ([0.5, 3], [[0.8, 0.2], [0.3, 0.7]], [0, 2])),
        Case("five labelled objects", (*LABELLED, [3, 6])),
        Case("a large class and a small one", (*LARGE_AND_SMALL, [3, 8])),
        Case("three objects of one class", ([1, 2, 6], [[1], [1], [1]], [2])),
        Case("three classes", (*THREE_SHARED, [-1, 1, 4])),
        Case("three objects in three classes", (*SQUARE, [3, 1, -1])),
        Case("twelve objects in four classes", (*FOUR_SHARED, [0.5, 3.2, 6.4, 2.1])),
        Case("far from zero", (*FAR, [999, 1000]), edge=True),
        Case("two narrow classes", (*NARROW, [2, 6]), edge=True),
        Case("a class with almost no objects", (*ALMOST_NONE, [25, 50]), edge=True),
        Case("five labelled objects", (*LABELLED, [3, 6]), form="whole numbers"),
        Case("the example to do by hand", (*HAND_SHARES, [1, 3]), form="lists"),
        Case("five labelled objects", (*LABELLED, [3, 6]), form="lists"),
    ),
)
