"""Programs for check.e_step."""

import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from learners import edits, right, verdict, wrong

# Right, however it is written.


def by_logs(y, weights, means, variances):
    return np.log(weights) + stats.norm.logpdf(np.c_[np.asarray(y)], means, np.sqrt(variances))


@right
def log_space(y, weights, means, variances):
    logs = by_logs(y, weights, means, variances)
    total = special.logsumexp(logs, axis=1, keepdims=True)
    return np.exp(logs - total)


edits(
    log_space,
    """
    right
        np.exp(logs - total) -> special.softmax(logs, axis=1)
        np.exp(logs - total) -> [np.exp(row - np.logaddexp.reduce(row)) for row in logs]
    logarithms-returned | np.exp(logs - total) -> logs - total
    joint-logarithms-returned | np.exp(logs - total) -> logs
    shared-over-everything | axis=1, keepdims=True ->
    shared-over-objects | axis=1 -> axis=0
    logarithms-shared-out | np.exp(logs - total) -> logs / logs.sum(axis=1, keepdims=True)
    none | by_logs(y, weights, -> np.asarray(weights) + by_logs(y, 1,
    """,
)


@right
def by_hand(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    d = y[:, None] - means
    logs = np.log(weights) - d**2 / (2 * variances) - np.log(variances) / 2
    joint = np.exp(logs - logs.max(axis=1)[:, None])
    return joint / joint.sum(axis=1)[:, None]


edits(
    by_hand,
    """
    right
        y[:, None] - means -> np.subtract.outer(y, means)
        d**2 / (2 * variances) -> np.einsum("ik,ik,k->ik", d, d, 0.5 / variances)
        joint / joint.sum(axis=1)[:, None] -> np.einsum("ik,i->ik", joint, 1 / np.einsum("ik->i", joint))
        joint / joint.sum(axis=1)[:, None] -> (joint / joint.sum(axis=1)[:, None]).astype(np.float32)
    not-for-whole-numbers: It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3
        joint / joint.sum(axis=1)[:, None] -> (joint / joint.sum(axis=1)[:, None]).astype(y.dtype)
    one-shift-for-all-objects | logs.max(axis=1)[:, None] -> logs.max()
    shift-by-class | logs.max(axis=1)[:, None] -> logs.max(axis=0)
    """,
)


def _log_density(y, weight, mean, variance):
    return math.log(weight) - (y - mean) ** 2 / (2 * variance) - math.log(variance) / 2


@right
def triple_loop(y, *parameters):
    r = np.zeros((len(y), len(parameters[0])))
    for i in range(len(y)):
        logs = [_log_density(y[i], *each) for each in zip(*parameters, strict=True)]
        for k in range(len(logs)):
            total = 0.0
            for j in range(len(logs)):  # each class against each, so that nothing underflows at once
                total += math.exp(min(logs[j] - logs[k], 700))
            r[i, k] = 1 / total
    return r


@right
def lists(y, weights, means, variances):
    rows = []
    for value in y:
        logs = [_log_density(value, *each) for each in zip(weights, means, variances, strict=True)]
        joint = [math.exp(entry - max(logs)) for entry in logs]
        rows.append([entry / sum(joint) for entry in joint])
    return rows


@right
def transposed_back(y, weights, means, variances):
    w, m, v = (np.asarray(values, dtype=float)[:, np.newaxis] for values in (weights, means, variances))
    logs = np.log(w) - (y - m) ** 2 / (2 * v) - 0.5 * np.log(v)  # (K, N)
    joint = np.exp(logs - logs.max(axis=0))
    return (joint / joint.sum(axis=0)).T


@right
def column_by_column(y, weights, means, variances):
    columns = [
        np.log(w) + stats.norm.logpdf(y, loc=m, scale=v**0.5)
        for w, m, v in zip(weights, means, variances, strict=True)
    ]
    return special.softmax(np.column_stack(columns), axis=-1)


@right
def nearest_when_far(y, weights, means, variances):
    """No shift: where all densities are zero, the class with the largest exponent takes the object."""
    y, means, variances = np.asarray(y, dtype=float)[:, None], np.asarray(means), np.asarray(variances)
    joint = np.asarray(weights) * stats.norm.pdf(y, means, np.sqrt(variances))
    with np.errstate(invalid="ignore"):
        r = joint / joint.sum(axis=1, keepdims=True)
    lost = joint.sum(axis=1) == 0
    r[lost] = np.eye(len(means))[np.argmin(((y - means) ** 2 / variances)[lost], axis=1)]
    return r


@right
def in_place(y, weights, means, variances):
    if isinstance(weights, np.ndarray):
        weights /= weights.sum()  # changes it by rounding, if at all
    return by_hand(y, weights, means, variances)


for program in (
    lambda x, w, mu, var: by_hand(x, w, mu, var),
    lambda y, *parameters: gmm_lesson.e_step(y, gmm_lesson.Mixture(*parameters)),
    lambda y, *parameters: special.softmax(
        np.vectorize(_log_density)(np.c_[np.asarray(y)], *parameters), axis=1
    ),
    lambda *arguments: by_hand(*(np.asarray(values, dtype=np.float32) for values in arguments)),
    lambda *arguments: np.clip(by_hand(*arguments), 1e-12, 1 - 1e-12),
    lambda *arguments: tuple(map(tuple, by_hand(*arguments))),
    lambda *arguments: by_hand(*arguments)[::-1][::-1],  # a view with negative strides
    lambda *arguments: np.asfortranarray(by_hand(*arguments)),
    lambda *arguments: np.ma.masked_array(by_hand(*arguments)),  # masked, and nothing is
):
    right(program)


# Wrong, as learners write it: with 0/0, in loops, with booleans.


@wrong("far-objects-0-over-0")
def naive(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    joint = np.asarray(weights) * densities
    total = joint.sum(axis=1, keepdims=True)
    return joint / total


@wrong("weights-left-out")
def naive_without_weights(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return densities / densities.sum(axis=1, keepdims=True)


edits(
    naive,
    """
    far-objects-0-over-0 | joint / total -> np.ma.divide(joint, total)
    far-objects-belong-to-nobody
        joint / total -> np.nan_to_num(joint / total)
        total = joint -> total = 1e-300 + joint
    far-objects-belong-to-all
        * densities -> * densities + 1e-300
        * densities -> * np.maximum(densities, 1e-300)
    variance-used-as-sd | np.sqrt(variances) -> variances
    sd-used-as-variance | np.sqrt(variances) -> np.power(variances, 0.25)
    weights-twice | * densities -> ** 2 * densities
    not-shared-out | joint / total -> joint
    mixture-density-returned | joint / total -> total[:, 0]
    divided-by-the-largest | joint.sum( -> joint.max(
    classes-in-reverse | joint / total -> (joint / total)[:, ::-1]
    rounded | joint / total -> np.round(joint / total, 3)
    transposed: two reasons: transposed; shared over objects. | joint / total -> (joint / joint.sum(axis=0)).T
    densities-returned | joint / total -> densities
    hard-assignment: for two reasons: hard assignment; something else.
        np.sqrt(variances) -> 1 && joint / total -> np.eye(len(means))[joint.argmax(axis=1)]
    weights-left-out: two reasons: weights left out; variance used as sd.
        * densities -> * 0 + densities && np.sqrt(variances) -> variances
    none | joint / total -> 1 - joint / total
    """,
)
edits(
    naive_without_weights,
    """
    weights-left-out
        return densities -> return np.nan_to_num(densities && keepdims=True) -> keepdims=True))
        return densities -> return np.matrix(densities && keepdims=True) -> keepdims=True))
    transposed | return densities -> return (densities && keepdims=True) -> keepdims=True)).T
    """,
)


@wrong("far-objects-0-over-0")
def loop_right_but_far(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            w * math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])  # ZeroDivisionError far away
    return r


edits(
    loop_right_but_far,
    """
    weights-left-out | w * math -> math
    factor-left-out | / math.sqrt(2 * math.pi * v) ->
    root-left-out | math.sqrt(2 * math.pi * v) -> (2 * math.pi * v)
    factor-upside-down | / math.sqrt(2 * math.pi * v) -> * math.sqrt(2 * math.pi * v)
    half-left-out | / (2 * v)) -> / v)
    square-left-out | ((value - m) ** 2) -> abs(value - m)
    side-matters | ((value - m) ** 2) -> (value - m)
    sign-of-the-distance | -((value - m) ** 2) -> (value - m) ** 2
    spread-not-in-the-distance | / (2 * v)) -> / 2)
    spread-upside-down
        / (2 * v)) -> / 2 * v)
        / (2 * v)) / math.sqrt(2 * math.pi * v) -> / 2 * v)
    variances-left-out | / (2 * v)) / math.sqrt(2 * math.pi * v) -> / 2)
    """,
)


@wrong("hard-assignment")
def booleans(*arguments):
    r = by_hand(*arguments)
    return r == r.max(axis=1, keepdims=True)


edits(
    booleans,
    """
    hard-assignment
        r == r.max(axis=1, keepdims=True) -> (r > 0.5).astype(int)
        r == r.max(axis=1, keepdims=True) -> np.eye(len(r[0]))[r.argmax(axis=1)]
    labels-returned | r == r.max(axis=1, keepdims=True) -> r.argmax(axis=1)
    """,
)


@wrong("transposed")
def k_by_n(*arguments):
    return by_hand(*arguments).T


# Known by what it does.


@wrong("changes-its-input", says="After the call, y holds other numbers than before")
def changes_y(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    y -= np.mean(y)
    return r


@wrong("changes-its-input", says="After the call, weights holds other numbers than before")
def changes_a_list(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    if isinstance(weights, list):
        weights.sort(reverse=True)
    return r


@wrong("not-for-lists", says="np.asarray turns either into an array")
def for_arrays_only(y, weights, means, variances):
    logs = np.log(weights) - (y[:, None] - means) ** 2 / (2 * variances) - np.log(variances) / 2
    return special.softmax(logs, axis=1)


for name, says, program in (
    ("arguments-in-another-order", "weights, variances, means).", lambda y, weights, variances, means: 0),
    ("other-arguments", "it takes (y, mixture).", lambda y, mixture: 0),
    ("other-arguments", "it takes none.", lambda: 0),
    ("other-arguments", "takes (y, weights, means, variances).", lambda y, weights, means, *, variances: 0),
    ("other-arguments", "it takes (y, mixture).", gmm_lesson.e_step),
    ("not-a-function", "it got an array of shape (3, 2)", np.ones((3, 2))),
    ("not-a-function", "it got a str", "my_e_step"),
    ("not-a-function", "it got a Mixture", gmm_lesson.Mixture([1], [0], [1])),
    ("not-a-function", "it got a module", math),
):
    wrong(name, says=says)(program)


# Wrong in a way that we do not know.


@wrong(None, says=("other numbers", "the worst, ", " is too "))
def power(*arguments):
    r = by_hand(*arguments) ** 1.5
    return r / r.sum(axis=1, keepdims=True)


NOT_FINITE = "every entry should be a finite number; 1 of"

for head, program in (
    ("every row should sum to 1; your row 0 sums to 0.9661", lambda *a: by_hand(*a) ** 1.1),
    ("no entry should be below 0; your smallest is -0.7616", lambda *a: 2 * by_hand(*a) - 1),
    (NOT_FINITE, lambda *a: np.where(by_hand(*a) > 0.9, np.nan, by_hand(*a))),
    (NOT_FINITE, lambda *a: by_hand(*a) * np.inf),
    ("an array of shape (1, 2) is wanted", lambda *a: by_hand(*a)[:, :1]),
    ("an array of shape (1, 1) is wanted", lambda *a: by_hand(*a)[np.newaxis]),
    ("an array of shape (1, 1) is wanted, a row for each object and a column for each", lambda *a: 0.5),
    ("an array of shape (1, 1) is wanted", lambda *a: []),
    ("it returns a matrix (np.matrix)", lambda *a: np.matrix(by_hand(*a))),
    ("it returns an array with masked entries", lambda *a: np.ma.masked_less(by_hand(*a), 0.1)),
    ("its entries are of type object", lambda *a: by_hand(*a).astype(object)),
    ("its entries are of type complex128", lambda *a: by_hand(*a).astype(complex)),
    ("its entries are of type <U32", lambda *a: by_hand(*a).astype(str)),
    ("it returns a tuple of 2 things, not one array", lambda *a: (by_hand(*a), 1.0)),
    ("it returns a tuple of 2 things, not one array", lambda *a: (by_hand(*a), by_hand(*a))),
    ("it returns a list of 2 things, which is no array with rows of one", lambda *a: [[1.0], [0.5, 0.5]]),
    ("it returns a dict, not an array", lambda *a: {"r": by_hand(*a)}),
    ("it returns a str, not an array", lambda *a: "r"),
    ("it returns a generator, not an array", lambda *a: (row for row in by_hand(*a))),
    ("it returns a map, not an array", lambda *a: map(list, by_hand(*a))),
    ("it returns a Mixture, not an array", lambda *a: gmm_lesson.Mixture(*a[1:])),
    ("it returns a function, not an array", lambda *a: by_hand),
    ("it returns None, not an array", lambda *a: by_hand(*a) if len(a[1]) > 1 else None),
):
    wrong(None, says=f"Not yet: {head}")(program)


@wrong(None, says="Here these are not the responsibilities (the worst, ")
def wrong_from_three_classes_on(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return r if len(means) < 3 else r[:, [1, 0, *range(2, len(means))]]


@wrong(None, says="is too low by 0.254). Another input breaks more: every row should sum to 1; your row 0")
def sums_to_two_from_three_classes_on(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return (r + 1) / (r + 1).sum(axis=1)[:, None] if len(means) == 2 else 2 * r if len(means) > 2 else r


# Not started, crashed.


@verdict("not started", says="Not started.")
def stub_with_pass(y, weights, means, variances):
    pass


@verdict("not started", says="Not started.")
def stub(y, weights, means, variances):
    return ...


edits(
    stub,
    '''
    not started: Not started.
        return ... -> """Return the responsibilities."""
        return ... -> ...  # your code here
        return ... -> r = ...\\n    return r
        return ... -> return None
        return ... -> raise NotImplementedError("yours to write")
        return ... -> y = np.asarray(y)\\n    ...  # your code here
        return ... -> joint = ...\\n    return joint / joint.sum(axis=1, keepdims=True)
        return ... -> return weights * ...
    nothing-returned: stub runs to its end
        return ... -> r = by_hand(y, weights, means, variances)\\n    r[..., 0] = 0.5
    ''',
)
for program in (lambda *given: None, lambda *given: NotImplemented, None, ...):
    verdict("not started", says="Not started.")(program)


def helper(r):
    return r["first"]


@verdict(
    "crashed",
    says=(
        "ValueError: operands could not be broadcast",
        "line 3 of my_e_step_that_crashes: joint = weights * np.exp",
        "Example: the example to do by hand",
    ),
)
def my_e_step_that_crashes(y, weights, means, variances):
    y = np.asarray(y)
    joint = weights * np.exp(-((y - means) ** 2))
    return joint


edits(
    my_e_step_that_crashes,
    """
    crashed: line 3 of my_e_step_that_crashes: joint = gmm_lesson.e_step(y, weights)
        weights * np.exp(-((y - means) ** 2)) -> gmm_lesson.e_step(y, weights)
    crashed: TypeError: mixture must be a Mixture(weights, means, variances); got ndarray
        weights * np.exp(-((y - means) ** 2)) -> gmm_lesson.e_step(y, weights)
    crashed: line 2 of helper: return r["first"]
        return joint -> return helper(by_hand(y, weights, means, variances))
    crashed: line 4 of my_e_step_that_crashes: value / 0
        joint = -> joint = [\\n        value / 0\\n        for value in y.tolist()\\n    ] #
    """,
)
