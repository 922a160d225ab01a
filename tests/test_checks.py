"""The checks: what is right is right however it is written, and each mistake is named as itself."""

import dataclasses
import functools
import itertools
import math
import re
import signal
import subprocess
import sys
import textwrap
import threading
import types
import warnings

import numpy as np
import pytest
from scipy import special, stats

import gmm_lesson
from gmm_lesson.exercises import Verdict, check
from gmm_lesson.exercises.checks import CHECKS, E_STEP, EXERCISES, Checks
from gmm_lesson.exercises.judging import LIBRARIES, Case, Exercise, Mistake, judge

EVERY_MISTAKE = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
EVERY_WAY = [
    pytest.param(exercise, mistake, way, id=f"{exercise.check}-{mistake.name}-{number}")
    for exercise, mistake in EVERY_MISTAKE
    for number, way in enumerate(mistake.ways)
]


# Right, however it is written.


def log_space(y, weights, means, variances):
    y = np.asarray(y)[:, np.newaxis]
    logs = np.log(weights) + stats.norm.logpdf(y, means, np.sqrt(variances))
    return np.exp(logs - special.logsumexp(logs, axis=1, keepdims=True))


def softmax(y, weights, means, variances):
    logs = np.log(weights) + stats.norm(means, np.sqrt(variances)).logpdf(np.reshape(y, (-1, 1)))
    return special.softmax(logs, axis=1)


def by_hand(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    logs = np.log(weights) - (y[:, None] - means) ** 2 / (2 * variances) - np.log(variances) / 2
    joint = np.exp(logs - logs.max(axis=1)[:, None])
    return joint / joint.sum(axis=1)[:, None]


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


def transposed_back(y, weights, means, variances):
    w, m, v = (np.asarray(values, dtype=float)[:, np.newaxis] for values in (weights, means, variances))
    logs = np.log(w) - (y - m) ** 2 / (2 * v) - 0.5 * np.log(v)  # (K, N)
    joint = np.exp(logs - logs.max(axis=0))
    return (joint / joint.sum(axis=0)).T


def with_einsum(y, weights, means, variances):
    d = np.subtract.outer(y, means)
    logs = (
        np.log(weights)
        - 0.5 * np.einsum("ik,ik,k->ik", d, d, 1 / np.asarray(variances))
        - 0.5 * np.log(variances)
    )
    joint = np.exp(logs - logs.max(1, keepdims=True))
    return np.einsum("ik,i->ik", joint, 1 / np.einsum("ik->i", joint))


def single_precision(y, weights, means, variances):
    return by_hand(y, weights, means, variances).astype(np.float32)


def all_in_single_precision(y, weights, means, variances):
    arguments = (np.asarray(values, dtype=np.float32) for values in (y, weights, means, variances))
    return by_hand(*arguments)


def with_defaults(y, weights, means, variances, axis=1, *, verbose=False):
    return special.softmax(by_logs(y, weights, means, variances), axis=axis)


def by_logs(y, weights, means, variances):
    return np.log(weights) + stats.norm.logpdf(np.c_[np.asarray(y)], means, np.sqrt(variances))


def column_by_column(y, weights, means, variances):
    columns = [
        np.log(w) + stats.norm.logpdf(y, loc=m, scale=v**0.5)
        for w, m, v in zip(weights, means, variances, strict=True)
    ]
    return special.softmax(np.column_stack(columns), axis=-1)


def from_the_package(y, weights, means, variances):
    return gmm_lesson.e_step(y, gmm_lesson.Mixture(weights, means, variances))


def nearest_when_far(y, weights, means, variances):
    """No shift: where all densities are zero, the class with the largest exponent takes the object."""
    y, means, variances = np.asarray(y, dtype=float)[:, None], np.asarray(means), np.asarray(variances)
    joint = np.asarray(weights) * stats.norm.pdf(y, means, np.sqrt(variances))
    with np.errstate(invalid="ignore"):
        r = joint / joint.sum(axis=1, keepdims=True)
    lost = joint.sum(axis=1) == 0
    r[lost] = np.eye(len(means))[np.argmin(((y - means) ** 2 / variances)[lost], axis=1)]
    return r


def clipped(y, weights, means, variances):
    return np.clip(by_hand(y, weights, means, variances), 1e-12, 1 - 1e-12)


def any_arguments(*arguments):
    return by_hand(*arguments)


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


@functools.wraps(by_hand)
def decorated(*arguments, **named):
    return by_hand(*arguments, **named)


def _log_density(y, weight, mean, variance):
    return math.log(weight) - (y - mean) ** 2 / (2 * variance) - math.log(variance) / 2


def with_vectorize(y, weights, means, variances):
    return special.softmax(
        np.vectorize(_log_density)(np.reshape(y, (-1, 1)), weights, means, variances), axis=1
    )


RIGHT = [
    log_space,
    softmax,
    by_hand,
    triple_loop,
    lists,
    transposed_back,
    with_einsum,
    single_precision,
    all_in_single_precision,
    with_defaults,
    column_by_column,
    from_the_package,
    nearest_when_far,
    clipped,
    any_arguments,
    other_names,
    Owner(),
    Owner().method,
    Owner.static,
    Owner.of_class,
    decorated,
    with_vectorize,
    lambda y, weights, means, variances: by_hand(y, weights, means, variances),
    functools.partial(with_defaults, axis=-1),
    functools.partial(lambda shift, y, weights, means, variances: by_hand(y, weights, means, variances), 0),
    lambda *arguments: tuple(map(tuple, by_hand(*arguments))),
    lambda *arguments: by_hand(*arguments)[::-1][::-1],  # a view with negative strides
    lambda *arguments: np.asfortranarray(by_hand(*arguments)),
    lambda *arguments: np.ma.masked_array(by_hand(*arguments)),  # masked, and nothing is
]


@pytest.mark.parametrize("function", RIGHT)
def test_right_however_it_is_written(function):
    verdict = check.e_step(function)
    assert verdict.right, verdict
    assert verdict.kind == "right"
    assert verdict.mistake is None
    assert verdict
    assert verdict.message.startswith("Right.\n\n")


def test_right_says_what_was_tried():
    said = check.e_step(by_hand).message
    assert said.startswith("Right.\n\nby_hand gives the responsibilities on all 17 inputs tried: ")
    for words in ("one object", "one class", "a far-away object", "plain lists"):
        assert words in said


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.check)
def test_names_of_inputs_can_be_listed_with_commas(exercise):
    names = {case.name for case in exercise.cases if "," in case.name}
    # What it says of one in each cannot be taken for an input of its own.
    assert names == ({"two objects, one in each class"} if exercise.check == "m_step" else set())


# Every known mistake is named, and none is taken for another.


@pytest.mark.parametrize(("exercise", "mistake", "way"), EVERY_WAY)
def test_known_mistake_is_named(exercise, mistake, way):
    verdict = judge(way, exercise)
    assert (verdict.kind, verdict.mistake) == ("known mistake", mistake.name)
    assert mistake.says in verdict.message
    assert "\n    Example: " in verdict.message
    assert re.search(r"\n    your(s| \w+) +=", verdict.message)
    assert not verdict


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.check)
def test_no_mistake_can_be_taken_for_another(exercise):
    """The numbers of any two differ by much more than the tolerance, on the inputs that are compared."""
    plain = [case for case in exercise.cases if case.form == "arrays" and not case.edge]
    edges = [case for case in exercise.cases if case.form == "arrays" and case.edge]
    with np.errstate(all="ignore"):
        answers = {
            (mistake.name, number): (
                mistake,
                [exercise.answers(way, case) for case in (plain + edges if mistake.edge else plain)],
            )
            for mistake in (Mistake("right", "", (exercise.right,), edge=True), *exercise.mistakes)
            for number, way in enumerate(mistake.ways)
        }
    for (a, (one, mine)), (b, (other, theirs)) in itertools.combinations(answers.items(), 2):
        if one.name != other.name:
            assert apart(mine, theirs) > (1e-3 if "rounded" not in a + b else 3 * exercise.tolerance), (a, b)


def apart(mine, theirs):
    """The largest difference between two lists of answers; infinite if shapes, NaNs or infinities differ."""
    differences = [0.0]
    for a, b in zip(mine, theirs, strict=False):
        if a.shape != b.shape or (np.isfinite(a) != np.isfinite(b)).any():
            return np.inf
        differences.append(np.nanmax(np.abs(a - b), initial=0.0, where=np.isfinite(a)))
    return max(differences)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.check)
def test_ordinary_mistakes_have_finite_numbers_where_they_are_recognised(exercise):
    for mistake in exercise.mistakes:
        for case in exercise.cases:
            if case.form == "arrays" and not case.edge:
                for way in mistake.ways:
                    assert np.isfinite(exercise.answers(way, case)).all(), (mistake.name, case.name)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.check)
def test_two_mistakes_at_once_are_named_or_left_open_but_never_misnamed(exercise):
    left_open = 0
    some = exercise.pairs[:: max(11, len(exercise.pairs) // 40)]
    for pair in some:
        verdict = judge(pair.function, exercise)
        assert not verdict.right
        if verdict.kind == "unknown mistake":
            left_open += 1  # two pairs with the same numbers: to name one would be a guess
            continue
        assert verdict.kind == "known mistake"
        mistake = next(mistake for mistake in exercise.mistakes if mistake.name == verdict.mistake)
        alone = "for two reasons" not in verdict.message
        assert alone or mistake.name in {pair.first.name, pair.second.name} or mistake.says in verdict.message
    assert left_open <= len(some) / 20


def test_two_mistakes_at_once():
    def both(y, weights, means, variances):
        densities = stats.norm.pdf(np.reshape(y, (-1, 1)), means, variances)
        return densities / densities.sum(axis=1, keepdims=True)

    verdict = check.e_step(both)
    assert verdict.mistake == "weights-left-out"
    assert verdict.message.startswith("Not yet, for two reasons: weights left out; variance used as sd.\n")


def test_two_mistakes_of_which_one_is_sure():
    """Hard and the spread ignored: whichever way it is ignored, hard is sure, and nothing else is said."""

    def both(y, weights, means, variances):
        joint = np.asarray(weights) * np.exp(-((np.reshape(y, (-1, 1)) - means) ** 2) / 2)
        return np.eye(len(means))[joint.argmax(axis=1)]

    verdict = check.e_step(both)
    assert verdict.mistake == "hard-assignment"
    assert verdict.message.startswith("Not yet, for two reasons: hard assignment; something else.\n")


# The same mistakes as learners write them: with 0/0, in loops, with booleans.


def naive_without_weights(y, weights, means, variances):
    densities = stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return densities / densities.sum(axis=1, keepdims=True)


def loop_without_weights(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for m, v in zip(means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])  # ZeroDivisionError far away
    return r


def loop_right_but_far(y, weights, means, variances):
    r = []
    for value in y:
        joint = [
            w * math.exp(-((value - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
            for w, m, v in zip(weights, means, variances, strict=True)
        ]
        r.append([float(entry) / float(sum(joint)) for entry in joint])
    return r


def naive(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return joint / joint.sum(axis=1, keepdims=True)


def patched_with_zeros(*arguments):
    return np.nan_to_num(naive(*arguments))


def patched_with_a_trace(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return joint / (joint.sum(axis=1, keepdims=True) + 1e-300)


def patched_with_equal_parts(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances)) + 1e-300
    return joint / joint.sum(axis=1, keepdims=True)


def patched_with_weights(y, weights, means, variances):
    joint = np.asarray(weights) * np.maximum(
        stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances)), 1e-300
    )
    return joint / joint.sum(axis=1, keepdims=True)


def shifted_once(y, weights, means, variances):
    logs = by_logs(y, weights, means, variances)
    joint = np.exp(logs - logs.max())
    return joint / joint.sum(axis=1, keepdims=True)


def masked_far_away(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.asarray(y)[:, None], means, np.sqrt(variances))
    return np.ma.divide(joint, joint.sum(axis=1, keepdims=True))


def booleans(*arguments):
    r = by_hand(*arguments)
    return r == r.max(axis=1, keepdims=True)


def over_half(*arguments):
    return (by_hand(*arguments) > 0.5).astype(int)


def log_space_without_exp(y, weights, means, variances):
    logs = by_logs(y, weights, means, variances)
    return logs - special.logsumexp(logs, axis=1, keepdims=True)


def weights_in_log_space(y, weights, means, variances):
    return special.softmax(np.asarray(weights) + by_logs(y, 1, means, variances), axis=1)


def softmax_of_everything(*arguments):
    return special.softmax(by_logs(*arguments))


def softmax_over_objects(*arguments):
    return special.softmax(by_logs(*arguments), axis=0)


def scipy_with_variance(y, weights, means, variances):
    joint = np.asarray(weights) * stats.norm.pdf(np.c_[np.asarray(y)], means, variances)
    return joint / joint.sum(axis=1, keepdims=True)


def precedence(y, weights, means, variances):
    joint = weights * np.exp(-((np.c_[np.asarray(y)] - means) ** 2) / 2 * variances)
    return joint / joint.sum(1, keepdims=True)


def k_by_n(*arguments):
    return by_hand(*arguments).T


def k_by_n_without_weights(y, weights, means, variances):
    return naive_without_weights(y, weights, means, variances).T


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (naive_without_weights, "weights-left-out"),
        (loop_without_weights, "weights-left-out"),
        (lambda *arguments: np.nan_to_num(naive_without_weights(*arguments)), "weights-left-out"),
        (loop_right_but_far, "far-objects-0-over-0"),
        (naive, "far-objects-0-over-0"),
        (masked_far_away, "far-objects-0-over-0"),
        (patched_with_zeros, "far-objects-belong-to-nobody"),
        (patched_with_a_trace, "far-objects-belong-to-nobody"),
        (patched_with_equal_parts, "far-objects-belong-to-all"),
        (patched_with_weights, "far-objects-belong-to-all"),
        (shifted_once, "one-shift-for-all-objects"),
        (booleans, "hard-assignment"),
        (over_half, "hard-assignment"),
        (log_space_without_exp, "logarithms-returned"),
        (weights_in_log_space, "weights-too-faint"),
        (softmax_of_everything, "shared-over-everything"),
        (softmax_over_objects, "shared-over-objects"),
        (scipy_with_variance, "variance-used-as-sd"),
        (precedence, "spread-upside-down"),
        (by_logs, "joint-logarithms-returned"),
        (k_by_n, "transposed"),
        (k_by_n_without_weights, "transposed"),
        (lambda *arguments: by_hand(*arguments).argmax(axis=1), "labels-returned"),
        (lambda *arguments: np.matrix(naive_without_weights(*arguments)), "weights-left-out"),
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_mistake_as_a_learner_writes_it(function, name):
    verdict = check.e_step(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict


def test_example_of_a_mistake_is_the_smallest_that_shows_it():
    assert check.e_step(naive_without_weights).message == textwrap.dedent("""\
        Not yet: weights left out.

        The numbers do not change when the weights do: a class nine times as common as its neighbour gets no\
 more for it.

            Example: weights .9 and .1
            y         = [2.0]
            weights   = [0.9, 0.1]
            means     = [1.0, 3.0]
            variances = [1.0, 1.0]
            yours     = [[0.5, 0.5]]""")


def test_python_numbers_that_raise_far_away_are_shown_as_what_they_raise():
    verdict = check.e_step(loop_right_but_far)
    assert "yours     = ZeroDivisionError: float division by zero" in verdict.message


def test_example_says_what_its_numbers_should_satisfy():
    verdict = check.e_step(lambda *arguments: by_hand(*arguments).T)
    assert verdict.message.endswith(
        "Look at this: an array of shape (1, 2) is wanted, a row for each object and a column for each class;"
        " yours is of shape (2, 1)."
    )


# Not started.


def stub_with_pass(y, weights, means, variances):
    pass


def stub_with_a_docstring(y, weights, means, variances):
    """Return the responsibilities."""


def stub_with_dots(y, weights, means, variances): ...  # your code here


def stub_that_returns_dots(y, weights, means, variances):
    r = ...
    return r


def stub_that_returns_none(y, weights, means, variances):
    r = None
    return r


def stub_that_raises(y, weights, means, variances):
    raise NotImplementedError("yours to write")


def stub_with_a_first_line(y, weights, means, variances):
    y = np.asarray(y)
    ...  # your code here


def stub_with_holes(y, weights, means, variances):
    joint = ...
    return joint / joint.sum(axis=1, keepdims=True)


def stub_with_a_hole_in_a_sum(y, weights, means, variances):
    joint = weights * ...
    return joint


@pytest.mark.parametrize(
    "function",
    [
        stub_with_pass,
        stub_with_a_docstring,
        stub_with_dots,
        stub_that_returns_dots,
        stub_that_returns_none,
        stub_that_raises,
        stub_with_a_first_line,
        stub_with_holes,
        stub_with_a_hole_in_a_sum,
        lambda y, weights, means, variances: None,
        lambda y, weights, means, variances: NotImplemented,
        None,
        ...,
    ],
)
def test_not_started(function):
    verdict = check.e_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("not started", None, False)
    assert verdict.message.startswith("Not started.\n\n")


def test_forgotten_return_is_not_a_stub():
    def my_e_step(y, weights, means, variances):
        r = by_hand(y, weights, means, variances)
        r[..., 0] = r[..., 0]  # an ellipsis in an index is no hole to be filled

    verdict = check.e_step(my_e_step)
    assert verdict.mistake == "nothing-returned"
    assert "my_e_step runs to its end" in verdict.message


# Crashed.


def my_e_step_that_crashes(y, weights, means, variances):
    y = np.asarray(y)
    joint = weights * np.exp(-((y - means) ** 2))
    return joint


def helper(r):
    return r["first"]


def calls_a_helper(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return helper(r)


def crashes_in_a_comprehension(y, weights, means, variances):
    total = 0
    return [
        value / total
        for value in y.tolist()
    ]  # fmt: skip


def calls_the_package(y, weights, means, variances):
    return gmm_lesson.e_step(y, weights)


def test_crash_is_shortened():
    verdict = check.e_step(my_e_step_that_crashes)
    assert (verdict.kind, verdict.mistake) == ("crashed", None)
    assert verdict.message.startswith("Crashed.\n\nValueError: operands could not be broadcast")
    assert (
        "line 3 of my_e_step_that_crashes: joint = weights * np.exp(-((y - means) ** 2))" in verdict.message
    )
    assert "Example: the example to do by hand" in verdict.message  # the first on which it fails
    assert "y         = [1.0, 2.0, 3.0]" in verdict.message
    assert "yours" not in verdict.message
    assert "Traceback" not in verdict.message
    assert not any(folder in verdict.message for folder in LIBRARIES)


def test_crash_names_the_deepest_line_of_the_learner():
    said = check.e_step(calls_a_helper).message
    assert "IndexError: only integers, slices" in said
    assert 'line 2 of helper: return r["first"]' in said
    said = check.e_step(calls_the_package).message
    assert "TypeError: mixture must be a Mixture(weights, means, variances); got ndarray" in said
    assert "line 2 of calls_the_package: return gmm_lesson.e_step(y, weights)" in said


def test_crash_in_a_comprehension_counts_lines_from_the_def():
    assert (
        "line 4 of crashes_in_a_comprehension: value / total"
        in check.e_step(crashes_in_a_comprehension).message
    )


def test_crash_in_a_lambda_has_no_name_to_say():
    said = check.e_step(lambda y, weights, means, variances: 1 / 0).message
    assert "line 1 of your function: said = check.e_step" in said


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(),
        RuntimeError("first line\nsecond line"),
        RuntimeError("x" * 500),
        KeyError("y"),
        SystemExit(1),
        RecursionError("too deep"),
        FloatingPointError("underflow"),
        RuntimeError(f"in {object()!r}"),
    ],
)
def test_any_error_is_told_in_one_short_line(error):
    def my_e_step(y, weights, means, variances):
        raise error

    verdict = check.e_step(my_e_step)
    line = verdict.message.split("\n\n")[1]
    assert verdict.kind == "crashed"
    assert line.startswith(f"{type(error).__name__}: ")
    assert len(line) < 200
    assert "second line" not in verdict.message
    assert " at 0x" not in verdict.message


def test_crash_far_away_only_is_a_crash_on_that_input():
    def my_e_step(y, weights, means, variances):
        if max(y) > 50:
            raise KeyError("far")
        return by_hand(y, weights, means, variances)

    verdict = check.e_step(my_e_step)
    assert verdict.kind == "crashed"
    assert "Example: a far-away object\n" in verdict.message


def test_function_that_never_returns_to_itself():
    def my_e_step(y, weights, means, variances):
        return my_e_step(y, weights, means, variances)

    verdict = check.e_step(my_e_step)
    assert verdict.message.startswith("Crashed.\n\nRecursionError: ")
    assert "line 2 of my_e_step" in verdict.message


def test_interrupt_passes_through():
    def my_e_step(y, weights, means, variances):
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    with pytest.raises(KeyboardInterrupt):
        check.e_step(my_e_step)
    for thread in threading.enumerate()[1:]:
        thread.join(10)
    assert threading.active_count() == 1  # it has not been left running


def test_function_written_in_the_notebook_or_without_source(tmp_path):
    name = str(tmp_path / "cell.py")
    space = {}
    exec(compile("def my_e_step(y, weights, means, variances):\n    return y[99]\n", name, "exec"), space)
    said = check.e_step(space["my_e_step"]).message
    assert "line 2 of my_e_step." in said
    assert str(tmp_path) not in said


# Wrong in a way that we do not know.


def power(*arguments):
    r = by_hand(*arguments) ** 1.5
    return r / r.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (power, "other numbers"),
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
    ],
)
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_unknown_mistake_says_what_is_broken(function, head):
    verdict = check.e_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("unknown mistake", None, False)
    assert verdict.message.startswith(f"Not yet: {head}"), verdict
    assert " at 0x" not in verdict.message


def test_unknown_mistake_shows_the_smallest_failing_example():
    def wrong_from_three_classes_on(y, weights, means, variances):
        r = by_hand(y, weights, means, variances)
        return r if len(means) < 3 else r[:, [1, 0, *range(2, len(means))]]

    verdict = check.e_step(wrong_from_three_classes_on)
    assert verdict.kind == "unknown mistake"
    assert "Here these are not the responsibilities (the worst, " in verdict.message
    assert "Example: three classes\n" in verdict.message
    assert verdict.message.count("yours     = [[") == 1


def test_unknown_mistake_that_breaks_more_elsewhere_is_not_said_to_break_nothing():
    def sums_to_two_from_three_classes_on(y, weights, means, variances):
        r = by_hand(y, weights, means, variances)
        return (r + 1) / (r + 1).sum(axis=1)[:, None] if len(means) == 2 else 2 * r if len(means) > 2 else r

    said = check.e_step(sums_to_two_from_three_classes_on).message
    assert said.startswith(
        "Not yet: other numbers.\n\nHere these are not the responsibilities ("
        "the worst, 0.6269, is too low by 0.254). Another input breaks more:"
        " every row should sum to 1; your row 0 sums to 2.\n\n    Example: one object\n"
    )


def test_coroutine_is_closed():
    async def my_e_step(y, weights, means, variances):
        return by_hand(y, weights, means, variances)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = check.e_step(my_e_step)
    assert "it returns a coroutine, not an array" in verdict.message


def test_different_answers_on_the_same_input():
    rng = np.random.default_rng(0)

    def my_e_step(y, weights, means, variances):
        return rng.dirichlet(np.ones(len(weights)), size=len(y))

    verdict = check.e_step(my_e_step)
    assert verdict.kind == "unknown mistake"
    assert verdict.message.startswith("Not yet: different answers.")
    assert "yours, first" in verdict.message
    assert "yours, then" in verdict.message


# Known by what it does, not by its numbers.


def changes_y(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    y -= np.mean(y)
    return r


def changes_a_list(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    if isinstance(weights, list):
        weights.sort(reverse=True)
    return r


def for_arrays_only(y, weights, means, variances):
    logs = np.log(weights) - (y[:, None] - means) ** 2 / (2 * variances) - np.log(variances) / 2
    return special.softmax(logs, axis=1)


def for_arrays_only_without_a_crash(y, weights, means, variances):
    r = by_hand(y, weights, means, variances)
    return r if isinstance(y, np.ndarray) else r[::-1] + 0.1


def cuts_whole_numbers(y, weights, means, variances):
    y, weights, means, variances = map(np.asarray, (y, weights, means, variances))
    d = np.empty_like(y[:, None] * means)  # whole numbers, if these are
    for k in range(len(means)):
        d[:, k] = (y - means[k]) ** 2 / (2 * variances[k])
    return special.softmax(np.log(weights) - d - np.log(variances) / 2, axis=1)


def in_another_order(weights, means, variances, y):
    return by_hand(y, weights, means, variances)


@pytest.mark.parametrize(
    ("function", "name", "words"),
    [
        (changes_y, "changes-its-input", "After the call, y holds other numbers than before"),
        (changes_a_list, "changes-its-input", "After the call, weights holds other numbers than before"),
        (for_arrays_only, "not-for-lists", "np.asarray turns either into an array"),
        (for_arrays_only_without_a_crash, "not-for-lists", "It is right on arrays and fails on plain lists"),
        (cuts_whole_numbers, "not-for-whole-numbers", "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3"),
        (lambda y, mixture: 0, "other-arguments", "it takes (y, mixture)."),
        (lambda: 0, "other-arguments", "it takes none."),
        (
            lambda y, weights, means, *, variances: 0,
            "other-arguments",
            "it takes (y, weights, means, variances).",
        ),
        (gmm_lesson.e_step, "other-arguments", "it takes (y, mixture)."),
        (in_another_order, "arguments-in-another-order", "yours are (weights, means, variances, y)."),
        (np.ones((3, 2)), "not-a-function", "it got an array of shape (3, 2)"),
        ("my_e_step", "not-a-function", "it got a str"),
        (gmm_lesson.Mixture([1], [0], [1]), "not-a-function", "it got a Mixture"),
        (math, "not-a-function", "it got a module"),
    ],
)
def test_known_by_what_it_does(function, name, words):
    verdict = check.e_step(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict
    assert words in verdict.message


def test_change_of_input_is_shown():
    said = check.e_step(changes_y).message
    assert "    y         = [2.0]\n" in said
    assert "    y after   = [0.0]" in said


def test_crash_on_lists_says_where():
    said = check.e_step(for_arrays_only).message
    assert "TypeError: list indices must be integers or slices, not tuple" in said
    assert "line 2 of for_arrays_only" in said
    assert "Example: the example to do by hand, as plain lists\n" in said
    assert "y         = [1, 2, 3]" in said


def test_wrong_and_changing_its_input_is_told_one_thing_at_a_time():
    def both(y, weights, means, variances):
        r = naive_without_weights(y, weights, means, variances)
        if isinstance(y, np.ndarray):
            y += 1
        return r

    assert check.e_step(both).mistake == "weights-left-out"


# It leaves everything as it was.


def noisy(y, weights, means, variances):
    print("here", y)
    print("there", file=sys.stderr)
    warnings.warn("careful", stacklevel=1)
    warnings.simplefilter("always")
    np.seterr(all="raise")
    with np.errstate(all="warn"):
        np.log(np.zeros(1))
        return by_hand(y, weights, means, variances)


def test_nothing_spills_and_nothing_stays(capsys):
    before, filters = np.geterr(), list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inside = list(warnings.filters)
        verdict = check.e_step(noisy)
        check.e_step(naive)
        check.e_step(lambda *arguments: print("x") or np.float64(1) / 0)
        assert warnings.filters == inside
    captured = capsys.readouterr()
    assert (captured.out, captured.err, caught) == ("", "", [])
    assert np.geterr() == before
    assert warnings.filters == filters
    assert verdict.right
    assert verdict.message.endswith("\n\nWhat your function prints is left out here.")
    assert "left out here" in verdict._repr_mimebundle_()["text/markdown"]


def test_learners_own_error_state_does_not_decide():
    with np.errstate(all="raise"):
        assert check.e_step(naive).mistake == "far-objects-0-over-0"
        assert check.e_step(by_hand).right


def test_cases_are_the_same_for_everyone():
    """A function that changes what it gets does not spoil the next check."""
    check.e_step(changes_y)
    check.e_step(changes_a_list)
    assert check.e_step(by_hand).right


# What a Verdict is.

SEVERAL = [
    by_hand,
    naive_without_weights,
    power,
    stub_with_pass,
    my_e_step_that_crashes,
    for_arrays_only,
    k_by_n,
]


@pytest.mark.parametrize("function", SEVERAL)
def test_verdict_shows_itself_the_same_every_time(function):
    one, two = check.e_step(function), check.e_step(function)
    bundle = one._repr_mimebundle_()
    assert one == two
    assert bundle == two._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/markdown"]
    assert bundle["text/plain"] == one.message == repr(one) == str(one)
    bare = re.sub(r"\\(.)", r"\1", bundle["text/markdown"]).replace("&lt;", "<").replace("&gt;", ">")
    words = re.findall(r"\w+", one.message)
    assert [
        word for word in re.findall(r"\w+", bare.replace("```text", "").replace("**", "")) if word
    ] == words
    assert "<" not in bundle["text/markdown"]  # no HTML, so no meaning that rests on colour


def test_verdict_is_frozen():
    verdict = check.e_step(None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.message = "Right."
    assert isinstance(verdict, Verdict)


def test_markup_in_names_and_errors_is_shown_and_not_obeyed():
    def my_e_step(y, weights, means, variances):
        raise ValueError("<b>*loud*</b> $x$ `code` [link](x) | # ~")

    shown = check.e_step(my_e_step)._repr_mimebundle_()["text/markdown"]
    assert "&lt;b&gt;\\*loud\\*&lt;/b&gt; \\$x\\$ \\`code\\` \\[link\\](x) \\| \\# \\~" in shown
    assert "my\\_e\\_step" in shown


def test_backticks_in_an_example_do_not_end_it():
    exercise = dataclasses.replace(
        E_STEP, cases=(Case("a ``` in its name", ([2], [0.9, 0.1], [1, 3], [1, 1])),)
    )
    shown = judge(naive_without_weights, exercise)._repr_mimebundle_()["text/markdown"]
    assert shown.count("\n````text\n") == 1
    assert shown.endswith("\n````")


def test_long_examples_are_cut():
    case = Case("many", (list(range(40)), [0.9, 0.1], [1, 3], [1, 1]))
    said = judge(naive_without_weights, dataclasses.replace(E_STEP, cases=(case,))).message
    assert "7.0, 8.0, 9.0, 10.0, 11.0, ...]" in said
    assert said.count("\n") < 20


# The words.


def test_names_and_sentences_are_unique():
    for exercise in EXERCISES:
        names = [mistake.name for mistake in exercise.mistakes]
        sentences = [mistake.says for mistake in exercise.mistakes]
        assert len(set(names)) == len(names)
        assert len(set(sentences)) == len(sentences)
        assert len({case.name + case.form for case in exercise.cases}) == len(exercise.cases)


@pytest.mark.parametrize(("exercise", "mistake"), EVERY_MISTAKE, ids=lambda part: getattr(part, "name", ""))
def test_sentence_is_one_and_gives_nothing_away(exercise, mistake):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.name)
    assert re.fullmatch(r"[A-Z].*[a-z)]\.", mistake.says)
    assert ". " not in mistake.says
    assert len(mistake.says) <= 160
    # A sentence says what the numbers show; code and formulas would say what to write.
    assert not re.search(r"[=*^_`\\+]|\w\(|\bnp\b|/\s|[a-z]/[a-z]", mistake.says)
    banned = ("axis", "keepdims", "sqrt", "exp", "log(", "sum(", "divide by", "multiply", "square root")
    banned += ("subtract", "should use", "use ", "simply", "obviously", "just ")
    assert not [word for word in banned if word in mistake.says.lower()]


def test_storyboard_mistakes_are_all_here():
    tested = {
        *("variance-used-as-sd", "sd-used-as-variance", "weights-left-out", "not-shared-out", "transposed"),
        *("shared-over-objects", "hard-assignment", "far-objects-0-over-0", "factor-left-out"),
        *("logarithms-returned", "half-left-out", "square-left-out", "mixture-density-returned"),
        *("weights-added", "classes-in-reverse", "densities-returned", "divided-by-the-largest"),
    }
    assert tested <= {mistake.name for mistake in E_STEP.mistakes}


def test_right_function_of_each_exercise_is_right():
    for exercise in EXERCISES:
        assert judge(exercise.right, exercise).right


# The machinery, for checks that are not written yet.


def test_another_check_is_a_short_declaration():
    exercise = Exercise(
        check="mean",
        arguments=("y", "rng"),
        answer="the mean",
        right=lambda y, rng: np.mean(y),
        cases=(Case("two objects", ([1, 3], lambda: np.random.default_rng(0))),),
        mistakes=(Mistake("summed", "The number grows with the objects.", (lambda y, rng: np.sum(y),)),),
    )
    assert judge(lambda y, rng: sum(y) / len(y), exercise).right
    assert judge(lambda y, rng: sum(y), exercise).mistake == "summed"
    assert judge(lambda y, rng: 2 + rng.normal() * 0, exercise).right  # a fresh generator each time
    said = judge(lambda y, rng: 7, exercise).message
    assert "rng   = a Generator" in said
    assert "yours = 7" in said


def test_check_says_what_there_is():
    there_is = ", ".join(f"check.{name}(my_{name})" for name in CHECKS)
    assert repr(check) == f"the checks: {there_is}"
    with pytest.raises(AttributeError, match=re.escape(f"there is no check.f_step; there is {there_is}")):
        check.f_step  # noqa: B018
    with pytest.raises(TypeError, match=re.escape(f"say which check: {there_is}")):
        check(by_hand)
    assert {name for name in vars(Checks) if not name.startswith("_")} == set(CHECKS)
    assert {exercise.check for exercise in EXERCISES} <= set(CHECKS)
    steps = ("draw_classes", "sample_objects", "e_step", "m_step", "log_likelihood", "em")
    assert (*steps, "best_restart", "match", "floored_m_step") == CHECKS
    assert isinstance(check.e_step, types.MethodType)
    assert "(N, K)" in check.e_step.__doc__


def test_check_needs_numpy_alone():
    code = (
        "import sys; from gmm_lesson.exercises import check, predict; check.e_step(lambda *a: None);"
        "print([m for m in ('ipywidgets', 'matplotlib', 'IPython', 'scipy.stats') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
