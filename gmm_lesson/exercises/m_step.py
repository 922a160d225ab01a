"""The M-step: what is right, and the wrong ones that we know."""

from __future__ import annotations

from itertools import permutations

from gmm_lesson.exercises.kit import Case, Exercise, Mistake
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

# The pieces of it that most mistakes are about.
COUNTS = "n_k = r.sum(axis=0)"
WEIGHTS = "n_k / len(y)"
MEANS = "(r * y).sum(axis=0) / n_k"
CENTRE = "y - new_means"
SQUARES = "(y - new_means) ** 2"
VARIANCES = "(r * squares).sum(axis=0) / n_k"
WHOLE = "new_weights, new_means, new_variances"


def averages(text: str) -> list[dict[str, str]]:
    """Return the ways that average like `text`, in which {} is what: the means, the variances, or both."""
    means, variances = {MEANS: text.format("y")}, {VARIANCES: text.format("squares")}
    return [means, variances, means | variances]


def variances(text: str) -> dict[str, str]:
    """Return the way that hands over another function of the variances, in which {} they are."""
    return {WHOLE: f"new_weights, new_means, {text.format('new_variances')}"}


def for_all(text: str) -> str:
    """Return the text of an array that has one number for all classes."""
    return f"np.full(n_k.shape, {text})"


HARD = (
    "np.eye(r.shape[1])[r.argmax(axis=1)]",
    "(r > 0.5).astype(float)",
    "(r == r.max(axis=1, keepdims=True)).astype(float)",
)
"""Ways of giving each object to one class; they differ on an object that two classes share equally."""

ALONG_ROWS = {
    COUNTS: "n_k = r.sum(axis=1)",
    MEANS: "(r * y).sum(axis=1) / n_k",
    CENTRE: "y - new_means[:, np.newaxis]",
    VARIANCES: "(r * squares).sum(axis=1) / n_k",
}

LOST_CLASS = Mistake(
    "lost-class-0-over-0",
    "A class that has lost all its objects gets 0/0 for a mean and a variance.",
    {MEANS: f"{MEANS}  # an entry of n_k is 0"},
    edge=True,
)
"""What the plain formula does where N_k is 0. The check does not ask for better; the lab shows it."""

MISTAKES = (
    Mistake(
        "old-mean-in-the-variance",
        "Its variances are those around the means before the step: Q does not fall, but the textbook's step"
        " raises it further.",
        {CENTRE: "y - means"},
        head="Not the maximiser of Q",
    ),
    Mistake(
        "parts-in-another-order",
        "Every number is right and their order is not: the first part is read as the weights, the second as"
        " the means, the third as the variances.",
        *({WHOLE: ", ".join(order)} for order in [*permutations(WHOLE.split(", "))][1:]),
    ),
    Mistake(
        "classes-in-reverse",
        "The classes are in the opposite order: the first entry of each part is the last class's.",
        {WHOLE: f"np.array([{WHOLE}])[:, ::-1]"},
    ),
    Mistake(
        "transposed",
        "Rows are taken for classes and columns for objects; in the course a row is an object.",
        ALONG_ROWS,
        ALONG_ROWS | {WEIGHTS: "n_k"},
        ALONG_ROWS | {WEIGHTS: "r.mean(axis=1)"},
        ALONG_ROWS | {WEIGHTS: "r.mean(axis=1)", COUNTS: "n_k = r.shape[1]"},
        ALONG_ROWS | {COUNTS: "n_k = len(y)", WEIGHTS: "r.sum(axis=1) / len(y)"},
        # These raise wherever there are not as many objects as classes.
        ALONG_ROWS | {MEANS: "r @ y[:, 0] / n_k", CENTRE: "y.T - new_means[:, np.newaxis]"},
        {COUNTS: "r = r.T; n_k = r.sum(axis=0)"},
        {COUNTS: "r = r.T; n_k = r.sum(axis=0)", WEIGHTS: "n_k / len(r)"},
        {COUNTS: "n_k = r.sum(axis=1)"},
        {MEANS: "r @ y[:, 0] / n_k"},
    ),
    Mistake(
        "weights-not-divided",
        "The weights sum to the number of objects, not to one.",
        {WEIGHTS: "n_k"},
    ),
    Mistake(
        "equal-weights",
        "The weights are all equal, however many objects a class has.",
        {WEIGHTS: for_all("1 / len(n_k)")},
    ),
    Mistake(
        "weights-from-whole-objects",
        "The weights are shares of whole objects, as if each object were of its likeliest class alone.",
        *({WEIGHTS: f"({hard}).mean(axis=0)"} for hard in HARD),
    ),
    Mistake(
        "divided-by-n",
        "The means, the variances or both are too close to zero, and the fewer objects a class has, the more"
        " so.",
        *averages("(r * {}).sum(axis=0) / len(y)"),
        {WHOLE: "new_weights, (r * y).sum(axis=0) / len(y), new_variances"},
    ),
    Mistake(
        "divided-by-n-minus-one",
        "The variances are sums spread over all the objects but one, however few of them a class has.",
        {VARIANCES: "(r * squares).sum(axis=0) / (len(y) - 1)"},
    ),
    Mistake(
        "divided-by-k",
        "The means, the variances or both are sums shared out equally among the classes, whatever their"
        " sizes.",
        *averages("(r * {}).sum(axis=0) / len(n_k)"),
    ),
    Mistake(
        "divided-by-the-weights",
        "The means, the variances or both are as many times too large as there are objects.",
        *averages("(r * {}).sum(axis=0) / new_weights"),
    ),
    Mistake(
        "sums-not-divided",
        "The means, the variances or both grow with the number of objects: they are sums, not averages.",
        *averages("(r * {}).sum(axis=0)"),
    ),
    Mistake(
        "divided-twice",
        "The means, the variances or both go towards zero as objects are added, wherever these lie.",
        *averages("(r * {}).sum(axis=0) / n_k**2"),
        *averages("(r * {}).mean(axis=0) / n_k"),
    ),
    Mistake(
        "n-k-minus-one",
        "The variances are too large, and the fewer objects there are, the more so.",
        *averages("(r * {}).sum(axis=0) / (n_k - 1)")[1:],
        {VARIANCES: "(r * squares).sum(axis=0) / (n_k - (r**2).sum(axis=0) / n_k)"},  # np.cov(y, aweights=r)
        {VARIANCES: "(r * squares).sum(axis=0) / n_k * len(y) / (len(y) - 1)"},
    ),
    Mistake(
        "unweighted-mean",
        "Every class has the same mean, that of all the objects.",
        {MEANS: for_all("y.mean()")},
        {MEANS: for_all("y.mean()"), VARIANCES: for_all("y.var()")},
        {WHOLE: f"new_weights, {for_all('y.mean()')}, new_variances"},
    ),
    Mistake(
        "objects-not-weighted",
        "Every object counts in full in the mean of every class, so the fewer objects a class has, the"
        " farther out its mean.",
        {MEANS: "y.sum() / n_k"},
        {MEANS: "y.sum() / n_k", VARIANCES: "squares.sum(axis=0) / n_k"},
    ),
    Mistake(
        "unweighted-variance",
        "Every class has the same variance, that of all the objects.",
        {VARIANCES: for_all("y.var()")},
        {VARIANCES: for_all("y.var(ddof=1)")},
    ),
    Mistake(
        "pooled-variance",
        "Every class has the same variance, an average over all the classes.",
        {VARIANCES: for_all("(r * squares).sum() / len(y)")},
    ),
    Mistake(
        "summed-over-everything",
        "The fewer objects a class has, the larger its variance: it holds the distances of all classes.",
        {VARIANCES: "(r * squares).sum() / n_k"},
    ),
    Mistake(
        "squares-not-weighted",
        "An object that is hardly of a class counts as much in its variance as one that is.",
        {VARIANCES: "squares.mean(axis=0)"},
        {VARIANCES: "squares.sum(axis=0) / n_k"},
        {VARIANCES: "squares.sum(axis=0)"},
    ),
    Mistake(
        "responsibilities-squared",
        "A share of one half counts as a quarter, so objects between two classes count for too little.",
        {COUNTS: "r = r**2; n_k = r.sum(axis=0)"},
        {WEIGHTS: f"{WEIGHTS}; r = r**2; n_k = r.sum(axis=0)"},
        *averages("(r**2 * {}).sum(axis=0) / n_k"),
    ),
    Mistake(
        "variance-of-the-products",
        "An object that is hardly of a class counts in its variance as if it lay near zero.",
        {VARIANCES: "(r * y).var(axis=0)"},
        {VARIANCES: "(r * y).var(axis=0)", MEANS: "(r * y).mean(axis=0)"},
        {VARIANCES: "((r * y - new_means) ** 2).sum(axis=0) / n_k"},
        {VARIANCES: "((r * y - new_means) ** 2).mean(axis=0)"},
    ),
    Mistake(
        "hard-assignment",
        "Every object counts in full for one class: the averages do not change when its shares do.",
        *({COUNTS: f"r = {hard}; n_k = r.sum(axis=0)"} for hard in HARD),
        *({WEIGHTS: f"{WEIGHTS}; r = {hard}; n_k = r.sum(axis=0)"} for hard in HARD),
    ),
    Mistake(
        "variance-around-the-overall-mean",
        "A class far from the middle of the objects has a large variance, however close together its own"
        " objects lie.",
        {CENTRE: "y - y.mean()"},
        {CENTRE: "y - new_means.mean()"},
    ),
    Mistake(
        "one-mean-for-all-variances",
        "The variances of all classes are measured around the mean of one of them.",
        {CENTRE: "y - new_means[-1]"},
        {CENTRE: "y - new_means[0]"},
    ),
    Mistake(
        "sd-returned",
        "The third part holds standard deviations: too small where a variance is above 1, too large below.",
        variances("np.sqrt({})"),
    ),
    Mistake(
        "squared-twice",
        "The third part is too large where a variance is above 1, and too small where it is below.",
        variances("{}**2"),
    ),
    Mistake(
        "absolute-distances",
        "The third part is in the units of the objects: one twice as far from a mean adds twice as much.",
        {SQUARES: "np.abs(y - new_means)"},
    ),
    Mistake(
        "distances-cancel",
        "The variances are zero: distances above a mean and below it cancel.",
        {SQUARES: "y - new_means"},
    ),
    Mistake(
        "second-moment-returned",
        "The variances grow with the distance of the objects from zero, however close together they lie.",
        {SQUARES: "y**2"},
    ),
    Mistake(
        "mean-taken-off-wrongly",
        "The variances change when all objects move by the same distance, though no two of them have come"
        " closer together.",
        {VARIANCES: "(r * y**2).sum(axis=0) / n_k - new_means"},
        {VARIANCES: "(r * y**2).sum(axis=0) / n_k - y.mean() ** 2"},
        {VARIANCES: "(r * y**2).sum(axis=0) / n_k - means**2"},
        {VARIANCES: "(r * y**2).sum(axis=0) - new_means**2"},
        {VARIANCES: "(r * y**2).mean(axis=0) - new_means**2"},
    ),
    Mistake(
        "variances-negative",
        "Every variance has the right size and the opposite sign.",
        variances("-{}"),
    ),
    Mistake("variances-halved", "Every variance is half of what it should be.", variances("{} / 2")),
    Mistake(
        "logarithms-returned",
        "The weights or the variances are logarithms: what should be one comes out as zero.",
        {WEIGHTS: f"np.log({WEIGHTS})"},
        variances("np.log({})"),
    ),
    Mistake(
        "means-not-moved",
        "The means are those from before the step.",
        {WHOLE: "new_weights, means, new_variances"},
        {WHOLE: "new_weights, means, new_variances", CENTRE: "y - means"},
    ),
    Mistake(
        "rounded",
        "The numbers are right to a few decimals only: they have been rounded.",
        *({WHOLE: f"np.round([{WHOLE}], {decimals})"} for decimals in (1, 2, 3, 4)),
    ),
    Mistake(
        "trace-too-large",
        "A class with almost no objects has its mean drawn towards zero; in larger classes it does not show.",
        *({COUNTS: f"{COUNTS} + {trace}"} for trace in (1e-6, 1e-7)),
        edge=True,
    ),
)

HAND = [1, 2, 3], [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881]]
LABELLED = [2, 7, 5, 3, 9], [[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]]
THREE = [-2, 0.5, 3, 4.5], [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.15, 0.75], [0.05, 0.35, 0.6]]
"""Objects and responsibilities."""

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
    mistakes=MISTAKES,
    # Whatever divides by N_k - 1, or gives each object to one class, has a number in every case that is no
    # edge: no N_k is 1 there, and every class is the likeliest of some object.
    cases=(
        Case("one object of one class", ([2], [[1]], [1]), edge=True),
        Case("one object in two classes", ([2], [[0.3, 0.7]], [1, 3]), edge=True),
        Case("two objects, one in each class", ([1, 3], [[1, 0], [0, 1]], [0, 4]), edge=True),
        Case("two objects of one class", ([1, 4], [[1], [1]], [2])),
        Case("the example to do by hand", (*HAND, [1, 3])),
        Case("as many objects as classes", ([0.5, 3], [[0.8, 0.2], [0.3, 0.7]], [0, 2])),
        Case("five labelled objects", (*LABELLED, [3, 6])),
        Case(
            "a large class and a small one",
            ([2, 4, 5, 9], [[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8]], [3, 8]),
        ),
        Case("three objects of one class", ([1, 2, 6], [[1], [1], [1]], [2])),
        Case("three classes", (*THREE, [-1, 1, 4])),
        Case(
            "three objects in three classes",
            ([4, -1.5, 0], [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.65, 0.15]], [3, 1, -1]),
        ),
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
        Case("the example to do by hand", (*HAND, [1, 3]), form="lists"),
        Case("five labelled objects", (*LABELLED, [3, 6]), form="lists"),
    ),
)
