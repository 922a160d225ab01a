"""Programs for check.e_step."""

import functools
import math

import numpy as np
from scipy import special, stats

import gmm_lesson
from learners import right, verdict, wrong

# Right, however it is written.


@right
def log_space(y, weights, means, variances):
    y = np.asarray(y)[:, np.newaxis]
    logs = np.log(weights) + stats.norm.logpdf(y, means, np.sqrt(variances))
    return np.exp(logs - special.logsumexp(logs, axis=1, keepdims=True))


@right
def softmax(y, weights, means, variances):
    logs = np.log(weights) + stats.norm(means, np.sqrt(variances)).logpdf(np.reshape(y, (-1, 1)))
    return special.softmax(logs, axis=1)


@right
def by_hand(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    logs = np.log(weights) - (y[:, None] - means) ** 2 / (2 * variances) - np.log(variances) / 2
    joint = np.exp(logs - logs.max(axis=1)[:, None])
    return joint / joint.sum(axis=1)[:, None]


@right
def triple_loop(y, weights, means, variances):
    r = np.zeros((len(y), len(means)))
    for i in range(len(y)):
        for k in range(len(means)):
            total = 0.0
            for j in range(len(means)):  # each class against each, so that nothing underflows at once
                a = (
                    math.log(weights[k])
                    - (y[i] - means[k]) ** 2 / (2 * variances[k])
                    - math.log(variances[k]) / 2
                )
                b = (
                    math.log(weights[j])
                    - (y[i] - means[j]) ** 2 / (2 * variances[j])
                    - math.log(variances[j]) / 2
                )
                total += math.exp(min(b - a, 700))
            r[i, k] = 1 / total
    return r


@right
def lists(y, weights, means, variances):
    rows = []
    for value in y:
        logs = [
            math.log(w) - (value - m) ** 2 / v / 2 - math.log(v) / 2
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
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
def with_einsum(y, weights, means, variances):
    d = np.subtract.outer(y, means)
    logs = (
        np.log(weights)
        - 0.5 * np.einsum("ik,ik,k->ik", d, d, 1 / np.asarray(variances))
        - 0.5 * np.log(variances)
    )
    joint = np.exp(logs - logs.max(1, keepdims=True))
    return np.einsum("ik,i->ik", joint, 1 / np.einsum("ik->i", joint))


@right
def single_precision(y, weights, means, variances):
    return by_hand(y, weights, means, variances).astype(np.float32)


@right
def all_in_single_precision(y, weights, means, variances):
    arguments = (np.asarray(values, dtype=np.float32) for values in (y, weights, means, variances))
    return by_hand(*arguments)


@right
def with_defaults(y, weights, means, variances, axis=1, *, verbose=False):
    return special.softmax(by_logs(y, weights, means, variances), axis=axis)


def by_logs(y, weights, means, variances):
    return np.log(weights) + stats.norm.logpdf(np.c_[np.asarray(y)], means, np.sqrt(variances))


@right
def column_by_column(y, weights, means, variances):
    columns = [
        np.log(w) + stats.norm.logpdf(y, loc=m, scale=v**0.5)
        for w, m, v in zip(weights, means, variances, strict=True)
    ]
    return special.softmax(np.column_stack(columns), axis=-1)


@right
def from_the_package(y, weights, means, variances):
    return gmm_lesson.e_step(y, gmm_lesson.Mixture(weights, means, variances))


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
def clipped(y, weights, means, variances):
    return np.clip(by_hand(y, weights, means, variances), 1e-12, 1 - 1e-12)


@right
def any_arguments(*arguments):
    return by_hand(*arguments)


@right
def other_names(x, w, mu, var):
    return by_hand(x, w, mu, var)


class Owner:
    def __call__(self, y, weights, means, variances):
        return by_hand(y, weights, means, variances)

    def method(self, y, weights, means, variances):
        return by_hand(y, weights, means, variances)

    @staticmethod
    def static(y, weights, means, variances):
        return by_hand(y, weights, means, variances)

    @classmethod
    def of_class(cls, y, weights, means, variances):
        return by_hand(y, weights, means, variances)


@right
@functools.wraps(by_hand)
def decorated(*arguments, **named):
    return by_hand(*arguments, **named)


def _log_density(y, weight, mean, variance):
    return math.log(weight) - (y - mean) ** 2 / (2 * variance) - math.log(variance) / 2


@right
def with_vectorize(y, weights, means, variances):
    return special.softmax(
        np.vectorize(_log_density)(np.reshape(y, (-1, 1)), weights, means, variances), axis=1
    )


for program in (
    Owner(),
    Owner().method,
    Owner.static,
    Owner.of_class,
    lambda y, weights, means, variances: by_hand(y, weights, means, variances),
    functools.partial(with_defaults, axis=-1),
    functools.partial(lambda shift, y, weights, means, variances: by_hand(y, weights, means, variances), 0),
    lambda *arguments: tuple(map(tuple, by_hand(*arguments))),
    lambda *arguments: by_hand(*arguments)[::-1][::-1],  # a view with negative strides
    lambda *arguments: np.asfortranarray(by_hand(*arguments)),
    lambda *arguments: np.ma.masked_array(by_hand(*arguments)),  # masked, and nothing is
):
    right(program)


# Wrong, as learners write it: with 0/0, in loops, with booleans.


@wrong("weights-left-out")
def naive_without_weights(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return densities / densities.sum(axis=1, keepdims=True)


@wrong("weights-left-out")
def loop_without_weights(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for m, v in zip(means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])  # ZeroDivisionError far away
    return r


@wrong("far-objects-0-over-0")
def loop_right_but_far(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            w * math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])
    return r


@wrong("far-objects-0-over-0")
def naive(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return joint / joint.sum(axis=1, keepdims=True)


@wrong("far-objects-belong-to-nobody")
def patched_with_zeros(*arguments):
    return np.nan_to_num(naive(*arguments))


@wrong("far-objects-belong-to-nobody")
def patched_with_a_trace(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return joint / (joint.sum(axis=1, keepdims=True) + 1e-300)


@wrong("far-objects-belong-to-all")
def patched_with_equal_parts(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances)) + 1e-300
    return joint / joint.sum(axis=1, keepdims=True)


@wrong("far-objects-belong-to-all")
def patched_with_weights(y, weights, means, variances):
    joint = np.asarray(weights) * np.maximum(
        stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances)), 1e-300
    )
    return joint / joint.sum(axis=1, keepdims=True)


@wrong("one-shift-for-all-objects")
def shifted_once(y, weights, means, variances):
    logs = by_logs(y, weights, means, variances)
    joint = np.exp(logs - logs.max())
    return joint / joint.sum(axis=1, keepdims=True)


@wrong("far-objects-0-over-0")
def masked_far_away(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return np.ma.divide(joint, joint.sum(axis=1, keepdims=True))


@wrong("hard-assignment")
def booleans(*arguments):
    r = by_hand(*arguments)
    return r == r.max(axis=1, keepdims=True)


@wrong("hard-assignment")
def over_half(*arguments):
    return (by_hand(*arguments) > 0.5).astype(int)


@wrong("logarithms-returned")
def log_space_without_exp(y, weights, means, variances):
    logs = by_logs(y, weights, means, variances)
    return logs - special.logsumexp(logs, axis=1, keepdims=True)


@wrong(None)
def weights_in_log_space(y, weights, means, variances):
    return special.softmax(np.asarray(weights) + by_logs(y, 1, means, variances), axis=1)


@wrong("shared-over-everything")
def softmax_of_everything(*arguments):
    return special.softmax(by_logs(*arguments))


@wrong("shared-over-objects")
def softmax_over_objects(*arguments):
    return special.softmax(by_logs(*arguments), axis=0)


@wrong("variance-used-as-sd")
def scipy_with_variance(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.c_[np.asarray(y)], means, variances)
    return joint / joint.sum(axis=1, keepdims=True)


@wrong("spread-upside-down")
def precedence(y, weights, means, variances):
    joint = weights * np.exp(-((np.c_[np.asarray(y)] - means) ** 2) / 2 * variances)
    return joint / joint.sum(1, keepdims=True)


@wrong("transposed")
def k_by_n(*arguments):
    return by_hand(*arguments).T


@wrong("transposed")
def k_by_n_without_weights(y, weights, means, variances):
    return naive_without_weights(y, weights, means, variances).T


wrong("joint-logarithms-returned")(by_logs)
wrong("weights-left-out")(lambda *arguments: np.nan_to_num(naive_without_weights(*arguments)))
wrong("weights-left-out")(lambda *arguments: np.matrix(naive_without_weights(*arguments)))
wrong("labels-returned")(lambda *arguments: by_hand(*arguments).argmax(axis=1))


@right
def in_place(y, weights, means, variances):
    if isinstance(weights, np.ndarray):
        weights /= weights.sum()  # changes it by rounding, if at all
    return by_hand(y, weights, means, variances)


# Two mistakes at once.


@wrong("weights-left-out", says="for two reasons: weights left out; variance used as sd.")
def without_weights_and_roots(y, weights, means, variances):
    densities = stats.norm.pdf(np.reshape(y, (-1, 1)), means, variances)
    return densities / densities.sum(axis=1, keepdims=True)


@wrong("hard-assignment", says="for two reasons: hard assignment; something else.")
def hard_without_spread(y, weights, means, variances):
    """Whichever way the spread is ignored, hard is sure, and nothing else is said."""
    joint = np.asarray(weights) * np.exp(-((np.reshape(y, (-1, 1)) - means) ** 2) / 2)
    return np.eye(len(means))[joint.argmax(axis=1)]


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


@wrong("not-for-lists", says="It is right on arrays and fails on plain lists")
def for_arrays_only_without_a_crash(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return r if isinstance(y, np.ndarray) else r[::-1] + 0.1


@wrong("not-for-whole-numbers", says="It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3")
def cuts_whole_numbers(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    d = np.empty_like(y[:, None] * means)  # whole numbers, if these are
    for k in range(len(means)):
        d[:, k] = (y - means[k]) ** 2 / (2 * variances[k])
    return special.softmax(np.log(weights) - d - np.log(variances) / 2, axis=1)


@wrong("arguments-in-another-order", says="yours are (weights, means, variances, y).")
def in_another_order(weights, means, variances, y):
    return by_hand(y, weights, means, variances)


for program, takes in (
    (lambda y, mixture: 0, "(y, mixture)"),
    (lambda: 0, "none"),
    (lambda y, weights, means, *, variances: 0, "(y, weights, means, variances)"),
    (gmm_lesson.e_step, "(y, mixture)"),
):
    wrong("other-arguments", says=f"it takes {takes}.")(program)
for thing, got in (
    (np.ones((3, 2)), "an array of shape (3, 2)"),
    ("my_e_step", "a str"),
    (gmm_lesson.Mixture([1], [0], [1]), "a Mixture"),
    (math, "a module"),
):
    wrong("not-a-function", says=f"it got {got}")(thing)


# Wrong in a way that we do not know.


@wrong(None, says=("other numbers", "the worst, ", " is too "))
def power(*arguments):
    r = by_hand(*arguments) ** 1.5
    return r / r.sum(axis=1, keepdims=True)


for program, head in (
    (lambda *a: by_hand(*a) ** 1.1, "every row should sum to 1; your row 0 sums to 0.9661"),
    (lambda *a: 2 * by_hand(*a) - 1, "no entry should be below 0; your smallest is -0.7616"),
    (
        lambda *a: np.where(by_hand(*a) > 0.9, np.nan, by_hand(*a)),
        "every entry should be a finite number; 1 of",
    ),
    (
        lambda *a: by_hand(*a) * np.array([np.inf] * len(a[1])),
        "every entry should be a finite number; 1 of",
    ),
    (lambda *a: by_hand(*a)[:, :1], "an array of shape (1, 2) is wanted"),
    (lambda *a: by_hand(*a)[np.newaxis], "an array of shape (1, 1) is wanted"),
    (lambda *a: 0.5, "an array of shape (1, 1) is wanted, a row for each object and a column for each"),
    (lambda *a: [], "an array of shape (1, 1) is wanted"),
    (lambda *a: np.matrix(by_hand(*a)), "it returns a matrix (np.matrix)"),
    (lambda *a: np.ma.masked_less(by_hand(*a), 0.1), "it returns an array with masked entries"),
    (lambda *a: by_hand(*a).astype(object), "its entries are of type object"),
    (lambda *a: by_hand(*a).astype(complex), "its entries are of type complex128"),
    (lambda *a: by_hand(*a).astype(str), "its entries are of type <U32"),
    (lambda *a: (by_hand(*a), 1.0), "it returns a tuple of 2 things, not one array"),
    (lambda *a: (by_hand(*a), by_hand(*a)), "it returns a tuple of 2 things, not one array"),
    (lambda *a: [[1.0], [0.5, 0.5]], "it returns a list of 2 things, which is no array with rows of one"),
    (lambda *a: {"r": by_hand(*a)}, "it returns a dict, not an array"),
    (lambda *a: "r", "it returns a str, not an array"),
    (lambda *a: (row for row in by_hand(*a)), "it returns a generator, not an array"),
    (lambda *a: map(list, by_hand(*a)), "it returns a map, not an array"),
    (lambda *a: gmm_lesson.Mixture(*a[1:]), "it returns a Mixture, not an array"),
    (lambda *a: by_hand, "it returns a function, not an array"),
    (lambda *a: by_hand(*a) if len(a[1]) > 1 else None, "it returns None, not an array"),
):
    wrong(None, says=f"Not yet: {head}")(program)


@wrong(None, says="Here these are not the responsibilities (the worst, ")
def wrong_from_three_classes_on(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return r if len(means) < 3 else r[:, [1, 0, *range(2, len(means))]]


@wrong(
    None,
    says="0.6269, is too low by 0.254). Another input breaks more: every row should sum to 1; your row 0",
)
def sums_to_two_from_three_classes_on(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return (r + 1) / (r + 1).sum(axis=1)[:, None] if len(means) == 2 else 2 * r if len(means) > 2 else r


# Not started, crashed.


@verdict("not started", says="Not started.")
def stub_with_pass(y, weights, means, variances):
    pass


@verdict("not started", says="Not started.")
def stub_with_a_docstring(y, weights, means, variances):
    """Return the responsibilities."""


@verdict("not started", says="Not started.")
def stub_with_dots(y, weights, means, variances): ...  # your code here


@verdict("not started", says="Not started.")
def stub_that_returns_dots(y, weights, means, variances):
    r = ...
    return r


@verdict("not started", says="Not started.")
def stub_that_returns_none(y, weights, means, variances):
    r = None
    return r


@verdict("not started", says="Not started.")
def stub_that_raises(y, weights, means, variances):
    raise NotImplementedError("yours to write")


@verdict("not started", says="Not started.")
def stub_with_a_first_line(y, weights, means, variances):
    y = np.asarray(y)
    ...  # your code here


@verdict("not started", says="Not started.")
def stub_with_holes(y, weights, means, variances):
    joint = ...
    return joint / joint.sum(axis=1, keepdims=True)


@verdict("not started", says="Not started.")
def stub_with_a_hole_in_a_sum(y, weights, means, variances):
    joint = weights * ...
    return joint


for program in (lambda *given: None, lambda *given: NotImplemented, None, ...):
    verdict("not started", says="Not started.")(program)


@wrong("nothing-returned", says="forgets_to_return runs to its end")
def forgets_to_return(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    r[..., 0] = r[..., 0]  # an ellipsis in an index is no hole to be filled


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


def helper(r):
    return r["first"]


@verdict(
    "crashed",
    says=(
        "IndexError: only integers, slices",
        'line 2 of helper: return r["first"]',
    ),
)
def calls_a_helper(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return helper(r)


@verdict("crashed", says=("line 4 of crashes_in_a_comprehension: value / total",))
def crashes_in_a_comprehension(y, weights, means, variances):
    total = 0
    return [
        value / total
        for value in y.tolist()
    ]  # fmt: skip


@verdict(
    "crashed",
    says=(
        "TypeError: mixture must be a Mixture(weights, means, variances); got ndarray",
        "line 2 of calls_the_package: return gmm_lesson.e_step(y, weights)",
    ),
)
def calls_the_package(y, weights, means, variances):
    return gmm_lesson.e_step(y, weights)
