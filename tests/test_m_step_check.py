"""check.m_step: what is right is right however it is written, and each mistake is named as itself."""

import collections
import functools
import inspect
import re
import textwrap
import types

import numpy as np
import pytest

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.exercises import check
from gmm_lesson.exercises.checks import M_STEP
from gmm_lesson.exercises.judging import judge, read_parts
from gmm_lesson.exercises.mistakes import LOST_CLASS, MStep
from gmm_lesson.study import original

# Right, however it is written.


def plain(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    weights = n_k / len(y)
    means = (r * y[:, np.newaxis]).sum(axis=0) / n_k
    variances = (r * (y[:, np.newaxis] - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances


def loops(y, r):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        n_k = sum(r[i][k] for i in range(len(y)))
        mean = sum(r[i][k] * y[i] for i in range(len(y))) / n_k
        weights.append(n_k / len(y))
        means.append(mean)
        variances.append(sum(r[i][k] * (y[i] - mean) ** 2 for i in range(len(y))) / n_k)
    return weights, means, variances


def einsum(y, r):
    n_k = np.einsum("ik->k", r)
    means = np.einsum("ik,i->k", r, y) / n_k
    d = np.subtract.outer(y, means)
    return n_k / len(y), means, np.einsum("ik,ik,ik->k", r, d, d) / n_k


def averages(y, r):
    r = np.asarray(r)
    means = [np.average(y, weights=r[:, k]) for k in range(r.shape[1])]
    variances = [np.average((np.asarray(y) - m) ** 2, weights=r[:, k]) for k, m in enumerate(means)]
    return r.mean(axis=0), means, variances


def covariances(y, r):
    r = np.asarray(r)
    variances = [np.cov(y, aweights=column, ddof=0) for column in r.T]
    return r.mean(axis=0), r.T @ y / r.sum(axis=0), variances


def squares_less_the_mean_squared(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / n_k.sum(), means, r.T @ y**2 / n_k - means**2


def transposed_back(y, r):
    y, r = np.asarray(y), np.transpose(r)  # (K, N)
    n_k = r.sum(axis=1)
    means = r @ y / n_k
    return n_k / y.size, means, (r * (y - means[:, np.newaxis]) ** 2).sum(axis=1) / n_k


def a_column_of_objects(y, r):
    y, share = np.reshape(y, (-1, 1)), r / np.sum(r, 0)
    means = np.sum(share * y, 0)
    return np.mean(r, 0), means, np.sum(share * (y - means) ** 2, 0)


def single_precision(y, r):
    return tuple(part.astype(np.float32) for part in plain(y, r))


def all_in_single_precision(y, r):
    return plain(np.asarray(y, dtype=np.float32), np.asarray(r, dtype=np.float32))


def with_a_small_trace(y, r):
    return plain(y, np.asarray(r) + 1e-12)


def with_a_floor(y, r):
    weights, means, variances = plain(y, r)
    return weights, means, np.maximum(variances, 1e-6)


def a_mixture(y, r):
    return Mixture(*plain(y, r))


def a_mixture_from_squares(y, r):
    return Mixture(*squares_less_the_mean_squared(y, r))


def unused_old_means(y, r, means):
    del means
    return plain(y, r)


def around_old_means_and_put_right(y, r, means):
    weights, new, variances = old_mean(y, r, means)
    return weights, new, variances - (new - means) ** 2


def old_means_by_another_name(y, r, mu_old):
    assert len(mu_old) == len(r[0])
    return plain(y, r)


def another_default(y, r, axis=0):
    y, r = np.reshape(y, (-1, 1)), np.asarray(r)
    n_k = r.sum(axis=axis)
    means = (r * y).sum(axis=axis) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=axis) / n_k


def a_floor_of_its_own(y, r, floor=1e-9, *, verbose=False):
    weights, means, variances = plain(y, r)
    return weights, means, variances + floor


def any_arguments(*arguments):
    y, r = arguments
    return plain(y, r)


Parameters = collections.namedtuple("Parameters", "w mu var")


class Owner:
    def __call__(self, y, r):
        return plain(y, r)

    def method(self, y, r):
        return plain(y, r)

    def method_of_three(self, y, r, before):
        return around_old_means_and_put_right(y, r, before)

    @staticmethod
    def static(y, r):
        return plain(y, r)


@functools.wraps(around_old_means_and_put_right)
def decorated(*arguments, **named):
    return around_old_means_and_put_right(*arguments, **named)


RIGHT = [
    plain,
    loops,
    einsum,
    averages,
    covariances,
    squares_less_the_mean_squared,
    transposed_back,
    a_column_of_objects,
    single_precision,
    all_in_single_precision,
    with_a_small_trace,
    with_a_floor,
    a_mixture,
    a_mixture_from_squares,
    gmm_lesson.m_step,
    unused_old_means,
    around_old_means_and_put_right,
    old_means_by_another_name,
    another_default,
    a_floor_of_its_own,
    any_arguments,
    Owner(),
    Owner().method,
    Owner().method_of_three,
    Owner.static,
    decorated,
    lambda y, r: plain(y, r),
    lambda x, resp: list(plain(x, resp)),
    lambda y, r: np.array(plain(y, r)),
    lambda y, r: np.asfortranarray(plain(y, r)),
    lambda y, r: Parameters(*plain(y, r)),
    lambda y, r: tuple(map(list, plain(y, r))),
    lambda y, r: [tuple(part) for part in plain(y, r)],
    lambda y, r: np.ma.masked_array(plain(y, r)),  # masked, and nothing is
    functools.partial(another_default, axis=0),
    functools.partial(lambda floor, y, r: plain(y, r), 0),
    MStep(),
]


@pytest.mark.parametrize("function", RIGHT)
def test_right_however_it_is_written(function):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict
    assert verdict.message.startswith("Right.\n\n")


def test_right_says_what_was_tried():
    said = check.m_step(plain).message
    assert said.startswith(
        "Right.\n\nplain gives the new weights, means and variances on all 17 inputs tried: one object of one"
        " class, one object in two classes, "
    )
    for words in ("the example to do by hand", "far from zero", "almost no objects", "plain lists"):
        assert words in said


def test_right_function_is_that_of_the_package():
    for case in M_STEP.cases:
        y, r, means = case.fresh()
        mine = MStep()(y, r, means)
        if mine[2].min() > 0:
            theirs = gmm_lesson.m_step(y, r)
            assert mine == pytest.approx(np.array([theirs.weights, theirs.means, theirs.variances]))
        assert mine == pytest.approx(np.array(plain(y, r)), abs=1e-12)


def test_old_mean_is_that_of_the_original():
    (way,) = next(m for m in M_STEP.mistakes if m.name == "old-mean-in-the-variance").ways
    for case in M_STEP.cases:
        y, r, means = case.fresh()
        before = Mixture(np.full(len(means), 1 / len(means)), means, np.ones(len(means)))
        if way(y, r, means)[2].min() > 0:
            theirs = original.m_step(y, np.asarray(r), before)
            assert way(y, r, means) == pytest.approx(
                np.array([theirs.weights, theirs.means, theirs.variances])
            )


def test_cases_are_what_they_say():
    """No class is empty, all old means differ from the new, and variance 0 is an edge."""
    for case in M_STEP.cases:
        y, r, means = map(np.asarray, case.fresh())
        assert r.shape == (len(y), len(means))
        assert r.sum(axis=1) == pytest.approx(1)
        assert (r.sum(axis=0) > 0).all()
        new, variances = MStep()(y, r, means)[1:]
        assert (np.abs(new - means) > 1e-3).all(), case.name
        if not case.edge:
            assert (variances > 0.1).all()
            assert (np.abs(r.sum(axis=0) - 1) > 0.01).all()


def test_whole_numbers_are_whole_and_lists_are_lists():
    forms = {case.form: case.fresh() for case in M_STEP.cases}
    assert all(value.dtype.kind == "i" for value in forms["whole numbers"])
    assert all(isinstance(value, list) for value in forms["lists"])
    assert all(isinstance(row, list) and isinstance(row[0], int) for row in forms["lists"][1])
    assert all(value.dtype == float for value in forms["arrays"])


# The mistakes as learners write them.


def old_mean(y, r, means):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    new = r.T @ y / n_k
    return n_k / len(y), new, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


def changed(**parts):
    """Return a right M-step with some parts made otherwise: functions of (y as a column, r, n_k, means)."""

    def stepped(y, r):
        y, r = np.asarray(y, dtype=float), np.asarray(r, dtype=float)
        right = dict(zip(("weights", "means", "variances"), plain(y, r), strict=True))
        for name, function in parts.items():
            right[name] = function(y[:, None], r, r.sum(axis=0), right["means"])
        return tuple(right.values())

    return stepped


def np_mean_for_all(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    means = np.mean(r * y, axis=0)
    return np.mean(r, axis=0), means, np.mean(r * (y - means) ** 2, axis=0)


def np_var_of_the_product(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    return np.mean(r, axis=0), np.mean(r * y, axis=0), np.var(r * y, axis=0)


def by_label(y, r):
    y, r = np.asarray(y), np.asarray(r)
    labels = r.argmax(axis=1)
    groups = [y[labels == k] for k in range(r.shape[1])]
    return [len(g) / len(y) for g in groups], [g.mean() for g in groups], [g.var() for g in groups]


def over_half(y, r):
    hard = np.asarray(r) > 0.5
    return plain(y, hard.astype(int))


def along_rows(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r * y[:, None]).sum(axis=1) / n_k
    return n_k / len(y), means, (r * (y[:, None] - means[:, None]) ** 2).sum(axis=1) / n_k


def loop_with_one_mean(y, r):
    weights, means, variances = [], [], []
    y, r = np.asarray(y), np.asarray(r)
    for k in range(r.shape[1]):
        n_k = r[:, k].sum()
        mean = (r[:, k] * y).sum() / n_k
        weights.append(n_k / len(y))
        means.append(mean)
    for k in range(r.shape[1]):
        variances.append((r[:, k] * (y - mean) ** 2).sum() / r[:, k].sum())  # the last class's mean
    return weights, means, variances


def loop_over_n(y, r):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        mean = sum(r[i][k] * y[i] for i in range(len(y))) / len(y)
        weights.append(sum(r[i][k] for i in range(len(y))) / len(y))
        means.append(mean)
        variances.append(sum(r[i][k] * (y[i] - mean) ** 2 for i in range(len(y))) / len(y))
    return weights, means, variances


def sample_variance_in_a_loop(y, r):
    weights, means, variances = loops(y, r)
    for k in range(len(means)):
        n_k = float(sum(row[k] for row in r))
        variances[k] = float(variances[k]) * n_k / (n_k - 1)  # ZeroDivisionError for one object
    return weights, means, variances


def medians(y, r):
    y, labels = np.asarray(y), np.argmax(r, axis=1)
    n_k = np.sum(r, axis=0)
    means = np.array([np.median(y[labels == k]) for k in range(len(r[0]))])
    return n_k / len(y), means, np.sum(r * (y[:, None] - means) ** 2, axis=0) / n_k


def around_the_overall_mean(y, r):
    y, r = np.asarray(y), np.asarray(r)
    d = (y - y.mean()) ** 2
    return r.mean(axis=0), r.T @ y / r.sum(axis=0), r.T @ d / r.sum(axis=0)


def around_the_mean_of_the_means(y, r):
    weights, means, _ = plain(y, r)
    return weights, means, [np.average((y - means.mean()) ** 2, weights=column) for column in np.transpose(r)]


def share_of_labels(y, r, n_k, means):
    labels = r.argmax(axis=1)
    return [np.mean(labels == k) for k in range(len(n_k))]


def new_variances_beside_the_old_means(y, r, means):
    weights, _, variances = plain(y, r)
    return weights, means, variances


def around_zero_of_three_arguments(y, r, means):
    return np_mean_for_all(y, r)


def in_three_decimals(y, r):
    return [[round(float(entry), 3) for entry in part] for part in plain(y, r)]


def unweighted(y, r):
    y, k = np.asarray(y), len(r[0])
    return np.mean(r, axis=0), [y.mean()] * k, [y.var()] * k


def same_mean_for_all(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    means = np.full(r.shape[1], y.mean())
    return r.mean(axis=0), means, (r * (y - means) ** 2).sum(axis=0) / r.sum(axis=0)


def sum_of_all_objects(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    means = y.sum() / r.sum(axis=0)
    return r.mean(axis=0), means, (r * (y - means) ** 2).sum(axis=0) / r.sum(axis=0)


def trace_of_a_millionth(y, r):
    y, r = np.asarray(y)[:, None], np.asarray(r)
    n_k = r.sum(axis=0) + 1e-6
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


LEARNERS = [
    (old_mean, "old-mean-in-the-variance"),
    (lambda y, r, mu: [*old_mean(y, r, mu)], "old-mean-in-the-variance"),
    (np_mean_for_all, "divided-by-n"),
    (loop_over_n, "divided-by-n"),
    (around_zero_of_three_arguments, "divided-by-n"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).mean(0)), "divided-by-n"),
    (
        changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / (len(y) - 1)),
        "divided-by-n-minus-one",
    ),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0)), "sums-not-divided"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / r.mean(0)), "divided-by-the-weights"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / n / n), "divided-twice"),
    (changed(variances=lambda y, r, n, m: (r / n * (y - m) ** 2).mean(0)), "divided-twice"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / r.shape[1]), "divided-by-k"),
    (changed(variances=lambda y, r, n, m: np.sqrt((r * (y - m) ** 2).sum(0) / n)), "sd-returned"),
    (changed(variances=lambda y, r, n, m: ((r * (y - m) ** 2).sum(0) / n) ** 2), "squared-twice"),
    (changed(variances=lambda y, r, n, m: (r * abs(y - m)).sum(0) / n), "absolute-distances"),
    (changed(variances=lambda y, r, n, m: (r * (y - m)).sum(0) / n), "distances-cancel"),
    (changed(variances=lambda y, r, n, m: (r * (y - m)).sum(0) ** 2 / n), "distances-cancel"),
    (changed(variances=lambda y, r, n, m: (r * y**2).sum(0) / n), "second-moment-returned"),
    (changed(variances=lambda y, r, n, m: (r * y**2).sum(0) / n - m), "mean-taken-off-wrongly"),
    (changed(variances=lambda y, r, n, m: m**2 - (r * y**2).sum(0) / n), "variances-negative"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2 / 2).sum(0) / n), "variances-halved"),
    (changed(variances=lambda y, r, n, m: n / (r * (y - m) ** 2).sum(0)), "precisions-returned"),
    (changed(variances=lambda y, r, n, m: np.log((r * (y - m) ** 2).sum(0) / n)), "logarithms-returned"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum(0) / (n - 1)), "n-k-minus-one"),
    (changed(variances=lambda y, r, n, m: [np.cov(y[:, 0], aweights=c) for c in r.T]), "n-k-minus-one"),
    (sample_variance_in_a_loop, "n-k-minus-one"),
    (changed(variances=lambda y, r, n, m: ((r * (y - m)) ** 2).sum(0) / n), "responsibilities-squared"),
    (lambda y, r: plain(y, np.square(r)), "responsibilities-squared"),
    (changed(variances=lambda y, r, n, m: ((r * y - m) ** 2).sum(0) / n), "variance-of-the-products"),
    (np_var_of_the_product, "variance-of-the-products"),
    (changed(variances=lambda y, r, n, m: ((y - m) ** 2).mean(0)), "squares-not-weighted"),
    (changed(variances=lambda y, r, n, m: ((y - m) ** 2).sum(0) / n), "squares-not-weighted"),
    (changed(variances=lambda y, r, n, m: np.full(n.size, y.var())), "unweighted-variance"),
    (changed(variances=lambda y, r, n, m: (r * (y - m) ** 2).sum() / n), "summed-over-everything"),
    (changed(variances=lambda y, r, n, m: 0 * n + (r * (y - m) ** 2).sum() / len(y)), "pooled-variance"),
    (around_the_overall_mean, "variance-around-the-overall-mean"),
    (around_the_mean_of_the_means, "variance-around-the-overall-mean"),
    (changed(variances=lambda y, r, n, m: (r * (y.T - r @ m).T ** 2).sum(0) / n), "distance-from-a-blend"),
    (loop_with_one_mean, "one-mean-for-all-variances"),
    (changed(weights=lambda y, r, n, m: n), "weights-not-divided"),
    (changed(weights=lambda y, r, n, m: n / n.size), "weights-divided-by-k"),
    (changed(weights=lambda y, r, n, m: r.mean(0) / len(y)), "weights-divided-twice"),
    (changed(weights=lambda y, r, n, m: np.ones(n.size) / n.size), "equal-weights"),
    (changed(weights=share_of_labels), "weights-from-whole-objects"),
    (changed(weights=lambda y, r, n, m: np.log(n / len(y))), "logarithms-returned"),
    (by_label, "hard-assignment"),
    (over_half, "hard-assignment"),
    (lambda y, r: plain(y, np.round(r)), "hard-assignment"),
    (along_rows, "transposed"),
    (medians, "median-for-mean"),
    (lambda y, r: [part[::-1] for part in plain(y, r)], "classes-in-reverse"),
    (lambda y, r: np.array(plain(y, r))[:, ::-1], "classes-in-reverse"),
    (lambda y, r: plain(y, r)[::-1], "parts-in-another-order"),
    (lambda y, r: tuple(plain(y, r)[i] for i in (1, 2, 0)), "parts-in-another-order"),
    (lambda y, r: tuple(plain(y, r)[i] for i in (0, 2, 1)), "parts-in-another-order"),
    (new_variances_beside_the_old_means, "means-not-moved"),
    (in_three_decimals, "rounded"),
    (lambda y, r: np.round(plain(y, r), 2), "rounded"),
    (unweighted, "unweighted-mean"),
    (same_mean_for_all, "unweighted-mean"),
    (sum_of_all_objects, "objects-not-weighted"),
    (trace_of_a_millionth, "trace-too-large"),
    (lambda y, r: np.array(plain(y, r))[:, [0] * len(r[0])], "one-class-for-all"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), LEARNERS)
def test_mistake_as_a_learner_writes_it(function, name):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict


def test_every_known_mistake_has_a_learner():
    """Each is written here once more, by other means than its own in `mistakes/`."""
    assert {mistake.name for mistake in M_STEP.mistakes} == {name for _, name in LEARNERS}


def test_names_and_heads():
    heads = {mistake.name: mistake.head for mistake in M_STEP.mistakes}
    assert heads.pop("old-mean-in-the-variance") == "Not the maximiser of Q"
    assert set(heads.values()) == {"Not yet"}
    assert LOST_CLASS not in M_STEP.mistakes


def test_two_mistakes_at_once():
    def both(y, r):
        y, r = np.asarray(y)[:, None], np.asarray(r)
        n_k = r.sum(axis=0)
        means = (r * y).sum(axis=0) / n_k
        return n_k, means, np.sqrt((r * (y - means) ** 2).sum(axis=0) / n_k)

    verdict = check.m_step(both)
    assert verdict.mistake == "weights-not-divided"
    assert verdict.message.startswith("Not yet, for two reasons: weights not divided; sd returned.\n")


def test_old_mean_and_a_mistake_is_a_mistake():
    verdict = check.m_step(lambda y, r, means: (np.sum(r, axis=0), *old_mean(y, r, means)[1:]))
    assert verdict.message.startswith("Not yet, for two reasons: ")
    assert "old mean in the variance" in verdict.message.splitlines()[0]
    assert "weights not divided" in verdict.message.splitlines()[0]


# The old mean.


def test_old_mean_is_not_called_wrong():
    verdict = check.m_step(old_mean)
    assert (verdict.kind, verdict.mistake, verdict.right) == (
        "known mistake",
        "old-mean-in-the-variance",
        False,
    )
    assert verdict.message == textwrap.dedent("""\
        Not the maximiser of Q: old mean in the variance.

        Its variances are those around the means before the step: Q does not fall, but the textbook's step\
 raises it further.

            Example: two objects of one class
            y              = [1.0, 4.0]
            r              = [[1.0],
                              [1.0]]
            means          = [2.0]
            your weights   = [1.0]
            your means     = [2.5]
            your variances = [2.5]""")
    for text in (verdict.message, verdict._repr_mimebundle_()["text/markdown"]):
        assert "wrong" not in text
        assert "Not yet" not in text


def test_old_mean_raises_q_less_than_the_textbook():
    """Its sentence, computed on every case where Q is a number."""
    for case in M_STEP.cases:
        y, r, means = map(np.asarray, case.fresh())
        before = np.full(len(means), 1 / len(means)), means, np.full(len(means), 1.5)
        new, old = plain(y, r), old_mean(y, r, means)
        if np.min(new[2]) > 0:
            assert q(y, r, *before) < q(y, r, *old) < q(y, r, *new), case.name


def q(y, r, weights, means, variances):
    d = np.asarray(y)[:, None] - means
    return (
        r * (np.log(weights) - np.log(2 * np.pi * np.asarray(variances)) / 2 - d**2 / (2 * variances))
    ).sum()


def test_old_means_are_shown_only_to_functions_that_take_them():
    two, three = check.m_step(np_mean_for_all).message, check.m_step(around_zero_of_three_arguments).message
    assert "\n    means  " not in two
    assert "\n    means  " in three
    assert two.split("Example")[0] == three.split("Example")[0]


# What a Verdict shows.


def test_example_has_a_line_for_each_part():
    assert check.m_step(np_mean_for_all).message == textwrap.dedent("""\
        Not yet: divided by n.

        The means, the variances or both are too close to zero, and the fewer objects a class has, the more\
 so.

            Example: the example to do by hand
            y              = [1.0, 2.0, 3.0]
            r              = [[0.881, 0.119],
                              [0.5, 0.5],
                              [0.119, 0.881]]
            your weights   = [0.5, 0.5]
            your means     = [0.746, 1.254]
            your variances = [0.4826, 0.9906]

        Look at this: every mean should lie among the objects, from 1 to 3; you have 0.746.""")


def test_unknown_mistake_names_the_parts_that_are_off():
    said = check.m_step(changed(variances=lambda y, r, n, m: 1.07 * (r * (y - m) ** 2).sum(0) / n)).message
    assert said.startswith("Not yet: other numbers.\n\nHere its variances are not the right ones (")
    said = check.m_step(lambda y, r: (plain(y, r)[0], *(1.001 * part for part in plain(y, r)[1:]))).message
    assert "Here its means and its variances are not the right ones (its means: too high by 0.0025)." in said


def test_right_but_for_one_object_is_shown_on_that():
    def zero_is_not_allowed(y, r):
        weights, means, variances = plain(y, r)
        return weights, means, np.maximum(variances, 0.05)

    verdict = check.m_step(zero_is_not_allowed)
    assert verdict.kind == "unknown mistake"
    assert "Example: one object of one class\n" in verdict.message
    assert "your variances = [0.05]" in verdict.message


def test_different_answers_are_shown_part_by_part():
    rng = np.random.default_rng(0)

    def my_m_step(y, r):
        return plain(y, np.asarray(r) * rng.random((len(y), 1)))

    said = check.m_step(my_m_step).message
    assert said.startswith("Not yet: different answers.")
    assert "    your weights, first   = [" in said
    assert "    your variances, then  = [" in said


def test_zero_division_is_shown_as_what_it_raises():
    """A sample variance in plain Python: recognised where N_k is not one."""
    verdict = check.m_step(sample_variance_in_a_loop)
    assert verdict.mistake == "n-k-minus-one"
    assert "your variances = [4.5]" in verdict.message


# Odd returns.


def both_as(shape):
    return lambda y, r: tuple(np.reshape(part, shape) for part in plain(y, r))


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (lambda y, r: plain(y, r)[:2], "it returns 2 things, not three: weights, means, variances."),
        (lambda y, r: [plain(y, r)[0]], "it returns 1 thing, not three: weights, means, variances."),
        (lambda y, r: (*plain(y, r), 0.0), "it returns 4 things, not three: weights, means, variances."),
        (
            lambda y, r: plain(y, r)[2],
            "it returns an array of shape (1,), not three things: weights, means, v",
        ),
        (
            lambda y, r: np.array(plain(y, r)).T,
            "it returns three numbers for each class; return all weights, then all means, then all variances",
        ),
        (
            lambda y, r: np.array(plain(y, r)).ravel()[:2],
            "it returns an array of shape (2,), not three things",
        ),
        (
            lambda y, r: dict(enumerate(plain(y, r))),
            "it returns a dict, not three things: weights, means, var",
        ),
        (lambda y, r: iter(plain(y, r)), "it returns a tuple_iterator, not three things"),
        (lambda y, r: (part for part in plain(y, r)), "it returns a generator, not three things"),
        (lambda y, r: 0.5, "it returns 0.5, not three things: weights, means, variances."),
        (lambda y, r: "abc", "it returns a str, not three things"),
        (lambda y, r: {1.0, 2.0, 3.0}, "it returns a set, not three things"),
        (lambda y, r: plain, "it returns a function, not three things"),
        (lambda y, r: types.SimpleNamespace(weights=1), "it returns a SimpleNamespace, not three things"),
        (lambda y, r: plain(y, r) if len(y) != 4 else None, "it returns None, not three things"),
        (both_as((-1, 1)), "its weights are of shape (1, 1); wanted (1,)."),
        (both_as((1, -1)), "its weights are of shape (1, 1); wanted (1,)."),
        (changed(means=lambda y, r, n, m: m[:, None]), "its means are of shape (1, 1); wanted (1,)."),
        (changed(variances=lambda y, r, n, m: 1.5), "its variances are one number; wanted (1,)."),
        (changed(means=lambda y, r, n, m: None), "its means are None, not an array."),
        (changed(means=lambda y, r, n, m: dict(enumerate(m))), "its means are a dict, not an array."),
        (changed(means=lambda y, r, n, m: [*m, 1.0]), "its means are of shape (2,); wanted (1,)."),
        (changed(weights=lambda y, r, n, m: r.sum(1)), "its weights are of shape (2,); wanted (1,)."),
        (changed(weights=lambda y, r, n, m: r), "its weights are of shape (2, 1); wanted (1,)."),
        (
            changed(variances=lambda y, r, n, m: [[1.0], [0.5, 0.5]]),
            "its variances are a list of 2 things, which",
        ),
        (
            changed(means=lambda y, r, n, m: m.astype(object)),
            "the entries of its means are of type object, not",
        ),
        (
            changed(means=lambda y, r, n, m: m.astype(str)),
            "the entries of its means are of type <U32, not numbe",
        ),
        (
            changed(means=lambda y, r, n, m: m.astype(complex)),
            "the entries of its means are of type complex128",
        ),
        (
            changed(weights=lambda y, r, n, m: np.ma.masked_less(n / len(y), 0.4)),
            "its weights are an array with masked entries.",
        ),
        (
            lambda y, r: [np.matrix(part) for part in plain(y, r)],
            "its weights are a matrix (np.matrix), which multiplies and sums by rules of its own.",
        ),
        (
            lambda y, r: [np.concatenate([part, part]) for part in plain(y, r)],
            "every part should be of length 1, an entry for each class; yours are of length 2.",
        ),
        (
            lambda y, r: plain(y, r) if len(r[0]) == 1 else [part[:1] for part in plain(y, r)],
            "every part should be of length 2, an entry for each class; yours are of length 1.",
        ),
        (
            changed(weights=lambda y, r, n, m: 1.5 * n / len(y)),
            "the weights should sum to 1; yours sum to 1.5.",
        ),
        (
            changed(variances=lambda y, r, n, m: -2 * (r * (y - m) ** 2).sum(0) / n),
            "no variance should be below 0; your smallest is -4.5.",
        ),
        (
            changed(means=lambda y, r, n, m: m + 9),
            "every mean should lie among the objects, from 1 to 4; you ha",
        ),
        (
            changed(means=lambda y, r, n, m: m * np.nan),
            "every entry should be a finite number; 1 of yours is not.",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_odd_answers_are_told_in_plain_words(function, head):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("unknown mistake", None, False), verdict
    assert verdict.message.startswith(f"Not yet: {head}"), verdict
    assert " at 0x" not in verdict.message


def test_parts_of_unequal_length_say_which():
    reading = read_parts(([0.5, 0.5], [1.0, 2.0, 3.0], [1.0, 1.0]), ("weights", "means", "variances"), 2)
    assert reading.numbers is None
    assert reading.complaint == "its means are of shape (3,); wanted (2,)"


def test_three_rows_for_three_classes_are_told_apart():
    """A (K, 3) array is a (3, K) array where K is three: the first case already has its say."""
    verdict = check.m_step(lambda y, r: np.column_stack(plain(y, r)))
    assert verdict.message.startswith("Not yet: it returns three numbers for each class; return all")


def test_coroutine_is_closed():
    made = []

    async def later(y, r):
        return plain(y, r)

    def my_m_step(y, r):
        made.append(later(y, r))
        return made[-1]

    assert "it returns a coroutine, not three things" in check.m_step(my_m_step).message
    assert {inspect.getcoroutinestate(coroutine) for coroutine in made} == {inspect.CORO_CLOSED}


# Not started, crashed, and what it does besides.


def stub_with_dots(y, r): ...


def stub_with_dots_in_a_part(y, r):
    weights = np.mean(r, axis=0)
    means = ...
    return weights, means, ...


def stub_with_dots_in_a_list(y, r):
    return [np.mean(r, axis=0), ..., ...]


def stub_of_nones(y, r):
    weights, means, variances = None, None, None
    return weights, means, variances


def stub_with_a_hole(y, r):
    n_k = ...
    return n_k / len(y), n_k, n_k


def stub_with_old_means(y, r, means):
    raise NotImplementedError


@pytest.mark.parametrize(
    "function",
    [
        stub_with_dots,
        stub_with_dots_in_a_part,
        stub_with_dots_in_a_list,
        stub_of_nones,
        stub_with_a_hole,
        stub_with_old_means,
        lambda y, r: None,
        lambda y, r: ...,
        None,
        ...,
    ],
)
def test_not_started(function):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("not started", None, False), verdict


def nothing_returned(y, r):
    plain(y, r)


def without_a_new_axis(y, r):
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


def test_broadcasting_crash_is_shown_where_it_happens():
    verdict = check.m_step(without_a_new_axis)
    assert (verdict.kind, verdict.mistake) == ("crashed", None)
    assert "ValueError: operands could not be broadcast together with shapes" in verdict.message
    assert "line 3 of without_a_new_axis: means = (r * y).sum(axis=0) / n_k" in verdict.message
    assert "Example: the example to do by hand\n" in verdict.message
    assert "your" not in verdict.message


def changes_r(y, r):
    answer = plain(y, r)
    r /= r.sum(axis=0)
    return answer


def changes_old_means(y, r, means):
    answer = plain(y, r)
    means[:] = answer[1]
    return answer


def for_arrays_only(y, r):
    n_k = r.sum(axis=0)
    means = r.T @ y / n_k
    return n_k / y.size, means, (r * (y[:, None] - means) ** 2).sum(axis=0) / n_k


def cuts_whole_numbers(y, r):
    y, r = np.asarray(y), np.asarray(r)
    means, variances = np.zeros_like(r[0]), np.zeros_like(r[0])
    for k in range(len(means)):
        means[k] = r[:, k] @ y / r[:, k].sum()
        variances[k] = r[:, k] @ (y - means[k]) ** 2 / r[:, k].sum()
    return r.mean(axis=0), means, variances


@pytest.mark.parametrize(
    ("function", "name", "words"),
    [
        (nothing_returned, "nothing-returned", "nothing_returned runs to its end without an error"),
        (changes_r, "changes-its-input", "After the call, r holds other numbers than before"),
        (changes_old_means, "changes-its-input", "After the call, means holds other numbers than before"),
        (for_arrays_only, "not-for-lists", "AttributeError: 'list' object has no attribute 'sum'"),
        (cuts_whole_numbers, "not-for-whole-numbers", "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3"),
        (lambda y: 0, "other-arguments", "The check calls it with (y, r) or (y, r, means); it takes (y)."),
        (lambda: 0, "other-arguments", "it takes none."),
        (lambda y, r, means, weights: 0, "other-arguments", "it takes (y, r, means, weights)."),
        (lambda y, r, *, means: 0, "other-arguments", "it takes (y, r, means)."),
        (lambda r, y: 0, "arguments-in-another-order", "hands over (y, r), in this order; yours are (r, y)."),
        (
            lambda y, means, r: 0,
            "arguments-in-another-order",
            "hands over (y, r, means), in this order; yours",
        ),
        (
            lambda r, y, floor=0: 0,
            "arguments-in-another-order",
            "hands over (y, r), in this order; yours are",
        ),
        (np.ones((3, 2)), "not-a-function", "it got an array of shape (3, 2)"),
        (Mixture([1], [0], [1]), "not-a-function", "check.m_step wants the function itself"),
    ],
)
def test_known_by_what_it_does(function, name, words):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict
    assert words in verdict.message


def test_change_of_old_means_is_shown():
    said = check.m_step(changes_old_means).message
    assert "    means       = [1.0]\n" in said
    assert "    means after = [2.0]" in said


def test_whole_numbers_are_shown_part_by_part():
    said = check.m_step(cuts_whole_numbers).message
    assert "Example: five labelled objects, as arrays of whole numbers\n" in said
    assert "your means     = [2.0, 7.0]" in said


# A Mixture holds no variance of 0, so it is not asked for one.


def test_mixture_is_excused_only_where_the_variance_is_zero():
    def always(y, r):
        weights, means, variances = plain(y, r)
        return Mixture(weights, means, 0 * variances)

    verdict = check.m_step(always)
    assert verdict.kind == "crashed"
    assert "ValueError: variances must be above 0; got 0" in verdict.message
    assert "Example: two objects of one class\n" in verdict.message


def test_mixture_with_wrong_numbers_is_known_too():
    def my_m_step(y, r):
        weights, means, variances = plain(y, r)
        return Mixture(weights, means, np.sqrt(variances))

    assert check.m_step(my_m_step).mistake == "sd-returned"


def test_mixture_says_itself_what_it_does_not_take():
    verdict = check.m_step(lambda y, r: Mixture(np.sum(r, axis=0), *plain(y, r)[1:]))
    assert verdict.kind == "crashed"
    assert "ValueError: weights must sum to one; got a sum of 2" in verdict.message


def test_other_errors_about_zero_variance_are_not_excused():
    def my_m_step(y, r):
        weights, means, variances = plain(y, r)
        if min(variances) == 0:
            raise ValueError("my variance is 0")
        return weights, means, variances

    verdict = check.m_step(my_m_step)
    assert verdict.kind == "crashed"
    assert "Example: one object of one class\n" in verdict.message


# How the arguments are handed over.


@pytest.mark.parametrize(
    ("function", "taken"),
    [
        (plain, ("y", "r")),
        (old_mean, ("y", "r", "means")),
        (old_means_by_another_name, ("y", "r", "means")),
        (another_default, ("y", "r")),
        (a_floor_of_its_own, ("y", "r")),
        (any_arguments, ("y", "r")),
        (Owner(), ("y", "r")),
        (Owner().method_of_three, ("y", "r", "means")),
        (functools.partial(old_mean, means=0), ("y", "r")),
        (lambda y, r, /, means: 0, ("y", "r", "means")),
        (lambda y, r, *means: 0, ("y", "r")),
        (np.add.reduce, ("y", "r")),
    ],
)
def test_old_means_are_handed_over_to_functions_that_take_them(function, taken):
    assert M_STEP.taken(function) == taken


def test_function_of_three_arguments_may_keep_or_leave_the_old_means():
    assert check.m_step(unused_old_means).right
    assert check.m_step(around_old_means_and_put_right).right
    assert not check.m_step(old_mean)


def test_nothing_spills(capsys):
    def my_m_step(y, r):
        print(y)
        np.log(np.zeros(1))
        return plain(y, r)

    verdict = check.m_step(my_m_step)
    assert verdict.right
    assert verdict.message.endswith("\n\nWhat your function prints is left out here.")
    assert capsys.readouterr() == ("", "")


def test_verdict_shows_itself_the_same_every_time():
    for function in (plain, old_mean, np_mean_for_all, without_a_new_axis, stub_with_dots_in_a_part):
        one, two = check.m_step(function), check.m_step(function)
        assert one == two
        bundle = one._repr_mimebundle_()
        assert bundle == two._repr_mimebundle_()
        bare = re.sub(r"\\(.)", r"\1", bundle["text/markdown"].replace("```text", "").replace("**", ""))
        assert re.findall(r"\w+", bare) == re.findall(r"\w+", one.message)


def test_judge_and_check_are_the_same():
    assert judge(np_mean_for_all, M_STEP) == check.m_step(np_mean_for_all)


# Rows taken for columns: it crashes wherever there are not as many objects as classes.


def handed_over_transposed(y, r):
    return plain(y, np.transpose(r))


def rows_times_y(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r @ y) / n_k
    return n_k / len(y), means, (r * (y - means[:, np.newaxis]) ** 2).sum(axis=1) / n_k


def means_of_rows(y, r):
    y, r = np.asarray(y), np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r @ y) / n_k
    return n_k / len(y), means, (r * (y[:, np.newaxis] - means) ** 2).sum(axis=0) / n_k


def counts_of_rows(y, r):
    y, r = np.asarray(y)[:, np.newaxis], np.asarray(r)
    n_k = r.sum(axis=1)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


@pytest.mark.parametrize("function", [handed_over_transposed, rows_times_y, means_of_rows, counts_of_rows])
def test_transposed_is_named_although_it_crashes(function):
    verdict = check.m_step(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", "transposed"), verdict
    assert "ValueError" in verdict.message


def test_another_crash_is_a_crash():
    def crashes_on_three(y, r):
        if len(y) == 3:
            raise ValueError("three")
        return plain(y, r)

    assert check.m_step(crashes_on_three).kind == "crashed"


@pytest.mark.parametrize("name", ["mu_old", "means", "old", "before", "previous_means"])
def test_old_means_behind_a_default_are_the_learners_own(name):
    space = {"np": np}
    exec(  # the name of the argument is what differs
        f"def step(y, r, {name}=None):\n"
        "    y, r = np.asarray(y)[:, np.newaxis], np.asarray(r)\n"
        "    n_k = r.sum(axis=0)\n"
        "    new = (r * y).sum(axis=0) / n_k\n"
        f"    centre = new if {name} is None else np.asarray({name})\n"
        "    return n_k / len(y), new, (r * (y - centre) ** 2).sum(axis=0) / n_k\n",
        space,
    )
    assert check.m_step(space["step"]).right


def test_another_argument_behind_none_is_left_alone():
    def step(y, r, floor=None):
        assert floor is None
        return plain(y, r)

    assert check.m_step(step).right
