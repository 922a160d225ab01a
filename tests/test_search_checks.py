"""check.best_restart, check.match, check.floored_m_step: what is right is right, and mistakes are named."""

import functools
import itertools
import math
import re
import textwrap
import types

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.exercises import check
from gmm_lesson.exercises.checks import Checks
from gmm_lesson.exercises.mistakes import M_STEP
from gmm_lesson.exercises.searches import BEST_RESTART, FLOORED_M_STEP, MATCH
from gmm_lesson.study import compare


def named(verdict, name, words=""):
    assert (verdict.kind, verdict.mistake) == ("known mistake", name), verdict
    assert words in verdict.message


def odd(verdict, head):
    assert (verdict.kind, verdict.mistake, verdict.right) == ("unknown mistake", None, False), verdict
    assert verdict.message.startswith(f"Not yet: {head}"), verdict
    assert " at 0x" not in verdict.message


# The best of several restarts: right, however it is written.


def keeps_the_best(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        weights, means, variances, log_likelihood = run(*draw())
        if log_likelihood > best:
            best = log_likelihood
            kept = weights, means, variances
    return *kept, best


def keeps_the_last_of_equals(draw, run, restarts):
    best, result = -math.inf, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] >= best:
            best, result = end[3], end
    return result


def keeps_none_at_first(draw, run, restarts):
    best = None
    for _ in range(restarts):
        end = run(*draw())
        if not np.isnan(end[-1]) and (best is None or end[-1] > best[-1]):
            best = end
    return best


def draws_all_first(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    ends = [run(*start) for start in starts]
    return ends[np.nanargmax([end[3] for end in ends])]


def without_nan(draw, run, restarts):
    return max((end for end in ends_of(draw, run, restarts) if end[3] == end[3]), key=lambda end: end[3])


def sorted_without_nan(draw, run, restarts):
    ends = [end for end in ends_of(draw, run, restarts) if np.isfinite(end[3])]
    return sorted(ends, key=lambda end: end[3])[-1]


def largest_first(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    lls = np.array([end[3] for end in ends])
    return ends[np.argsort(-np.nan_to_num(lls, nan=-np.inf))[0]]


def first_run_before_the_loop(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        new = run(*draw())
        if new[3] > best[3] or np.isnan(best[3]):
            best = new
    return best


def while_loop(draw, run, restarts):
    best = (None, None, None, -np.inf)
    while restarts > 0:
        w, m, v = draw()
        end = run(weights=w, means=m, variances=v)
        best = end if end[3] > best[3] else best
        restarts -= 1
    return best


def a_mixture_and_its_log_likelihood(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(draw, run, restarts)
    return Mixture(*parameters), log_likelihood


def spoils_its_starts_and_ends(draw, run, restarts):
    best = [0, 0, 0, -np.inf]
    for _ in range(restarts):
        weights, means, variances = draw()
        end = run(weights, means, variances)
        means += 100
        variances[:] = 0
        if end[3] > best[3]:
            best = [part.copy() for part in end[:3]] + [end[3]]
        end[0][:] = 0
    return best


def reduced(draw, run, restarts):
    ends = (run(*draw()) for _ in range(restarts))
    return functools.reduce(lambda a, b: b if b[3] > a[3] or a[3] != a[3] else a, ends)


def recursive(draw, run, restarts):
    mine = run(*draw())
    if restarts == 1:
        return mine
    others = recursive(draw, run, restarts - 1)
    return mine if mine[3] > others[3] or np.isnan(others[3]) else others


def in_lists(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(lambda: draw(), run, restarts)
    return [part.tolist() for part in parameters] + [float(log_likelihood)]


def nested(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(draw, run, restarts)
    return parameters, log_likelihood


def ends_of(draw, run, restarts):
    return [run(*draw()) for _ in range(restarts)]


class Searcher:
    def __call__(self, draw, run, restarts):
        return keeps_the_best(draw, run, restarts)

    def method(self, draw, run, n, verbose=False):
        return keeps_the_best(draw, run, n)


@pytest.mark.parametrize(
    "function",
    [
        keeps_the_best,
        keeps_the_last_of_equals,
        keeps_none_at_first,
        draws_all_first,
        without_nan,
        sorted_without_nan,
        largest_first,
        first_run_before_the_loop,
        while_loop,
        a_mixture_and_its_log_likelihood,
        spoils_its_starts_and_ends,
        reduced,
        recursive,
        in_lists,
        Searcher(),
        Searcher().method,
        functools.partial(lambda first, draw, run, restarts: keeps_the_best(draw, run, restarts), 0),
        nested,
        lambda draw, run, restarts: np.array(keeps_the_best(draw, run, restarts), dtype=object),
    ],
)
def test_right_search(function):
    verdict = check.best_restart(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict


def test_right_search_says_what_was_tried():
    said = check.best_restart(keeps_the_best).message
    assert said.startswith(
        "Right.\n\nkeeps_the_best gives the best run on all 13 inputs tried: one restart, "
    )
    for words in ("comes last", "above zero", "EM on twelve objects", "ends with NaN"):
        assert words in said


# The mistakes as learners write them.


def with_loop(*, first, better, answer, kept=lambda weights, means, variances: (weights, means, variances)):
    """A loop that keeps what is better than the best so far, and an answer made of what it has then."""

    def search(draw, run, restarts):
        best, parameters = first, None
        for _ in range(restarts):
            *last, log_likelihood = run(*draw())
            if better(log_likelihood, best):
                best, parameters = log_likelihood, kept(*last)
        return answer(parameters, best, last, log_likelihood)

    return search


def larger(a, b):
    return a > b


def kept_and_best(parameters, best, last, log_likelihood):
    return None if parameters is None else (*parameters, best)


def the_last(draw, run, restarts):
    for _ in range(restarts):
        weights, means, variances, log_likelihood = run(*draw())
    return weights, means, variances, log_likelihood


def best_never_updated(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            result = end
    return result


def start_outside_the_loop(draw, run, restarts):
    start = draw()
    return max((run(*start) for _ in range(restarts)), key=lambda end: end[3])


def largest_size(draw, run, restarts):
    best = 0
    for _ in range(restarts):
        end = run(*draw())
        if abs(end[3]) > best:
            best, result = abs(end[3]), end
    return result


def previous_always_updated(draw, run, restarts):
    previous = -np.inf
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > previous:
            result = end
        previous = end[3]
    return result


def first_not_compared(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    return max(ends[1:] or ends, key=lambda end: end[3])


def never_bound(draw, run, restarts):
    best = 0
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


def nones_at_first(draw, run, restarts):
    weights = means = variances = None
    best = -999
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            weights, means, variances, best = end
    return weights, means, variances, best


def zeros_at_first(draw, run, restarts):
    best = [0, 0, 0, -1e5]
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best[3]:
            best = end
    return best


def range_from_one(draw, run, restarts):
    best = -np.inf
    for _ in range(1, restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


def one_before_the_loop(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts):
        new = run(*draw())
        if not new[3] < best[3]:
            best = new
    return best


def names_used_again(*, weights_too=True, means_too=False):
    """The results of a run overwrite the names that hold the start."""

    def search(draw, run, restarts):
        best = -np.inf
        weights, means, variances = draw()
        for i in range(restarts):
            if i > 0:
                fresh = draw()
                means = means if means_too else fresh[1]
                weights = weights if weights_too else fresh[0]
                variances = fresh[2] if means_too and not weights_too else variances
            weights, means, variances, log_likelihood = run(weights, means, variances)
            if log_likelihood > best:
                best, result = log_likelihood, (weights, means, variances, log_likelihood)
        return result

    return search


def one_long_run(draw, run, restarts):
    end = run(*draw())
    best = end
    for _ in range(restarts - 1):
        end = run(*end[:3])
        best = max(best, end, key=lambda end: end[3])
    return best


def only_means_drawn_again(draw, run, restarts):
    weights, _, variances = draw()
    return max((run(weights, draw()[1], variances) for _ in range(restarts)), key=lambda end: end[3])


def three_draws(draw, run, restarts):
    return max((run(draw()[0], draw()[1], draw()[2]) for _ in range(restarts)), key=lambda end: end[3])


def start_kept(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        start = draw()
        log_likelihood = run(*start)[3]
        if log_likelihood > best:
            best, result = log_likelihood, start
    return *result, best


def averages(draw, run, restarts):
    return [np.mean(part, axis=0) for part in zip(*ends_of(draw, run, restarts), strict=True)]


def names_exchanged(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        means, weights, variances, log_likelihood = run(*draw())
        if log_likelihood > best:
            best, result = log_likelihood, (weights, means, variances)
    return *result, best


SEARCHERS = [
    (the_last, "last-run"),
    (best_never_updated, "last-run"),
    (lambda draw, run, restarts: ends_of(draw, run, restarts)[0], "first-run"),
    (start_outside_the_loop, "same-start-every-time"),
    (with_loop(first=np.inf, better=lambda a, b: a < b, answer=kept_and_best), "lowest-run"),
    (largest_size, "sign-left-out"),
    (lambda d, r, n: min(ends_of(d, r, n), key=lambda end: abs(end[3])), "closest-to-zero"),
    (previous_always_updated, "compared-with-the-run-before"),
    (first_not_compared, "one-run-not-compared"),
    (never_bound, "no-run-kept"),
    (nones_at_first, "no-run-kept"),
    (zeros_at_first, "no-run-kept"),
    (with_loop(first=0, better=larger, answer=kept_and_best), "no-run-kept"),
    (with_loop(first=-1e4, better=larger, answer=kept_and_best), "no-run-kept"),
    (range_from_one, "one-restart-too-few"),
    (one_before_the_loop, "one-restart-too-many"),
    (names_used_again(), "weights-and-variances-carried"),
    (names_used_again(means_too=True), "everything-carried"),
    (names_used_again(weights_too=False, means_too=True), "means-carried"),
    (one_long_run, "everything-carried"),
    (only_means_drawn_again, "weights-and-variances-drawn-once"),
    (three_draws, "one-start-from-three-draws"),
    (start_kept, "start-returned"),
    (
        with_loop(first=-np.inf, better=larger, answer=lambda p, best, last, ll: (*last, best)),
        "best-log-likelihood-beside-another-run",
    ),
    (
        with_loop(first=-np.inf, better=larger, answer=lambda p, best, last, ll: (*p, ll)),
        "log-likelihood-of-another-run",
    ),
    (
        with_loop(first=-np.inf, better=larger, answer=lambda p, best, last, ll: (*p, -best)),
        "log-likelihood-turned-round",
    ),
    (averages, "averaged"),
    (names_exchanged, "parts-in-another-order"),
    (lambda d, r, n: (e := ends_of(d, r, n))[np.argmax([end[3] for end in e])], "nan-taken-for-best"),
    (lambda d, r, n: max(ends_of(d, r, n), key=lambda end: end[3]), "nan-taken-for-best"),
    (lambda d, r, n: sorted(ends_of(d, r, n), key=lambda end: end[3])[-1], "order-lost-at-nan"),
]


@pytest.mark.parametrize(("function", "name"), SEARCHERS)
def test_search_as_a_learner_gets_it_wrong(function, name):
    named(check.best_restart(function), name)


def test_every_mistake_of_a_search_has_a_learner():
    assert {mistake.name for mistake in BEST_RESTART.mistakes} == {name for _, name in SEARCHERS}


def test_two_mistakes_of_a_search_at_once():
    def lowest_and_its_start(draw, run, restarts):
        starts = [draw() for _ in range(restarts)]
        lls = [run(*start)[3] for start in starts]
        return *starts[np.argmin(lls)], min(lls)

    verdict = check.best_restart(lowest_and_its_start)
    assert verdict.mistake == "lowest-run"
    assert verdict.message.startswith("Not yet, for two reasons: lowest run; start returned.\n")


def runs_twice(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        start = draw()
        if run(*start)[3] > best:
            best = run(*start)[3]
            result = run(*start)
    return result


def runs_the_best_again(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    return run(*max(starts, key=lambda start: np.nan_to_num(run(*start)[3], nan=-np.inf)))


def draws_to_count_the_classes(draw, run, restarts):
    best = [np.zeros(len(draw()[0]))] * 3 + [-np.inf]
    return max([best, *ends_of(draw, run, restarts)], key=lambda end: end[3])


def throws_one_away_at_the_end(draw, run, restarts):
    result = keeps_the_best(draw, run, restarts)
    draw()
    return result


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (runs_twice, "it runs EM 3 times for 1 restart."),
        (runs_the_best_again, "it runs EM twice for 1 restart."),
        (lambda draw, run, restarts: keeps_the_best(draw, run, 10), "it runs EM 10 times for 1 restart."),
        (lambda draw, run, n: keeps_the_best(draw, run, n if n != 4 else 6), "it runs EM 6 times for 4 rest"),
        (draws_to_count_the_classes, "it draws 2 starts for 1 restart."),
        (throws_one_away_at_the_end, "it draws 2 starts for 1 restart."),
    ],
)
def test_number_of_calls_is_heard(function, head):
    odd(check.best_restart(function), head)


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (
            lambda *a: keeps_the_best(*a)[3],
            "it returns -8.32, not four things: weights, means, variances, log",
        ),
        (lambda *a: ends_of(*a), "it returns 1 thing, not four: weights, means, variances, log-likelihood."),
        (
            lambda *a: keeps_the_best(*a)[:3],
            "it returns 3 things, not four: weights, means, variances, log-l",
        ),
        (
            lambda *a: dict(enumerate(keeps_the_best(*a))),
            "it returns a dict, not four things: weights, means",
        ),
        (lambda *a: (end for end in ends_of(*a)), "it returns a generator, not four things"),
        (
            lambda *a: keeps_the_best(*a)[::-1],
            "its first part is one number; the order is weights, means, variances, log-likelihood.",
        ),
        (
            lambda *a: (keeps_the_best(*a)[3], *keeps_the_best(*a)[:3]),
            "its first part is one number; the order is weights, means, variances, log-likelihood.",
        ),
        (lambda *a: (0.5, *keeps_the_best(*a)[1:]), "its weights are one number; wanted (2,)."),
        (
            lambda *a: (*(e := ends_of(*a))[i := int(np.nanargmax([end[3] for end in e]))][:3], i),
            "other numbers.\n\nHere its log-likelihood is not the right one (",
        ),
        (lambda *a: (*keeps_the_best(*a)[:3], None), "its log-likelihood is None, not one number."),
        (
            lambda *a: (*keeps_the_best(*a)[:3], [-3.0]),
            "its log-likelihood is a list of 1 thing, not one numb",
        ),
        (lambda *a: (*keeps_the_best(*a)[:3], "-3"), "its log-likelihood is a str, not one number."),
        (
            lambda *a: ([[1.0, 2.0], 3], *keeps_the_best(*a)[1:]),
            "its weights are a list of 2 things, which is",
        ),
        (
            lambda *a: (*(part[:1] for part in keeps_the_best(*a)[:3]), -8.32),
            "every part should be of length 2, an entry for each class; yours are of length 1.",
        ),
        (
            lambda *a: (*keeps_the_best(*a)[:3], -np.inf),
            "every entry should be a finite number; 1 of yours is",
        ),
        (lambda *a: (keeps_the_best(*a)[0] * 2, *keeps_the_best(*a)[1:]), "it runs EM twice for 1 restart."),
        (
            with_loop(first=-np.inf, better=larger, answer=kept_and_best, kept=lambda w, m, v: (2 * w, m, v)),
            "the weights should sum to 1; yours sum to 2.",
        ),
        (
            with_loop(first=-np.inf, better=larger, answer=kept_and_best, kept=lambda w, m, v: (w, m + 1, v)),
            "other numbers.\n\nHere its means are not the right ones (",
        ),
    ],
)
def test_odd_answers_of_a_search(function, head):
    odd(check.best_restart(function), head)


def test_example_of_a_search_shows_the_starts_and_the_ends():
    assert check.best_restart(the_last).message == textwrap.dedent("""\
        Not yet: last run.

        The last run comes back, whichever was best.

            Example: the best run comes first
            draw                = weights, means and variances of start
                                  1: [0.3, 0.7], [0.5, 4.0], [2.0, 1.5]
                                  2: [0.4, 0.6], [-2.0, 9.0], [2.0, 2.5]
                                  3: [0.6, 0.4], [2.0, 7.0], [3.0, 1.0]
            run                 = where it ends from there, and the log-likelihood
                                  1: [0.4, 0.6], [1.25, 5.5], [1.5, 1.25], -742.8
                                  2: [0.45, 0.55], [2.5, 7.0], [1.5, 1.75], -768.3
                                  3: [0.55, 0.45], [1.5, 6.0], [2.0, 1.0], -749.1
            restarts            = 3
            your weights        = [0.55, 0.45]
            your means          = [1.5, 6.0]
            your variances      = [2.0, 1.0]
            your log-likelihood = -749.1
            your starts         = 3""")


def test_no_run_kept_is_shown_as_what_came():
    said = check.best_restart(with_loop(first=0, better=larger, answer=kept_and_best)).message
    assert said.endswith("restarts = 1\n    yours    = None")
    assert "yours    = a tuple of 4 things" in check.best_restart(nones_at_first).message


def test_start_in_one_piece_is_a_crash_in_the_learners_line():
    verdict = check.best_restart(lambda draw, run, restarts: run(draw()))
    assert verdict.kind == "crashed"
    assert "TypeError: run() missing 2 required positional arguments: 'means' and 'var" in verdict.message
    verdict = check.best_restart(lambda draw, run, restarts: run(*draw))
    assert "TypeError: run argument after * must be an iterable, not Draw" in verdict.message


def test_runs_that_end_at_one_place_are_a_tie():
    """Compared as tuples, equal log-likelihoods make Python compare arrays."""
    verdict = check.best_restart(lambda d, r, n: max(end[::-1] for end in ends_of(d, r, n))[::-1])
    assert verdict.kind == "crashed"
    assert "ValueError: The truth value of an array" in verdict.message
    assert "Example: two runs end at one place\n" in verdict.message


def compares_runs(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end > best:
            best = end
    return best


def asks_for_a_name(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end.log_likelihood > best.log_likelihood:
            best = end
    return best


def misspells(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end[3] > bets[3]:  # noqa: F821
            best = end
    return best


@pytest.mark.parametrize(
    ("function", "error", "line"),
    [
        (
            lambda draw, run, restarts: max(run(*draw()) for _ in range(restarts)),
            "ValueError: The truth value of an array",
            "lambda draw, run, restarts: max(run(*draw()) for _ in range(restarts)),",
        ),
        (compares_runs, "ValueError: The truth value of an array", "line 5 of compares_runs: if end > best:"),
        (
            asks_for_a_name,
            "AttributeError: 'tuple' object has no attribute 'log_likelihood'",
            "line 5 of asks_for_a_name: if end.log_likelihood > best.log_likelihood:",
        ),
        (misspells, "NameError: name 'bets' is not defined", "line 5 of misspells: if end[3] > bets[3]:"),
    ],
)
def test_search_that_crashes_on_several_restarts_has_kept_a_run(function, error, line):
    """One restart comes to the same whether no run is kept below some level or the second is never seen."""
    verdict = check.best_restart(function)
    assert (verdict.kind, verdict.mistake) == ("crashed", None), verdict
    assert error in verdict.message
    assert line in verdict.message


def nothing_unpacked(draw, run, restarts):
    best, result = -100, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end[:3]
    return *result, best


def nothing_copied(draw, run, restarts):
    best, weights, means, variances = -1e4, None, None, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            weights, means, variances, best = end
    return weights.copy(), means, variances, best


def the_last_of_those_sorted(draw, run, restarts):
    return sorted(ends_of(draw, run, restarts - 1), key=lambda end: end[3])[-1]


def the_largest_of_fewer(draw, run, restarts):
    return max(ends_of(draw, run, restarts - 1), key=lambda end: end[3])


@pytest.mark.parametrize(
    ("function", "name", "error"),
    [
        (nothing_unpacked, "no-run-kept", "TypeError: "),
        (nothing_copied, "no-run-kept", "AttributeError: 'NoneType' object"),
        (never_bound, "no-run-kept", "UnboundLocalError: "),
        (range_from_one, "one-restart-too-few", "UnboundLocalError: "),
        (the_last_of_those_sorted, "one-restart-too-few", "IndexError: "),
        (the_largest_of_fewer, "one-restart-too-few", "ValueError: "),
    ],
)
def test_search_that_crashes_for_want_of_a_run(function, name, error):
    named(check.best_restart(function), name, f"yours    = {error}")


def test_search_without_an_end_is_broken_off():
    def my_best_restart(draw, run, restarts):
        while True:
            run(*draw())

    assert Checks(seconds=0.3).best_restart(my_best_restart).mistake == "never-stops"


def cases(exercise, *, form="arrays"):
    return [case for case in exercise.cases if case.form == form]


def test_searches_are_what_they_say():
    tops, places = [], set()
    for case in BEST_RESTART.cases:
        draw, run, restarts = case.fresh()
        ends = ends_of(draw, run, restarts)
        lls = np.array([end[3] for end in ends])
        assert np.isnan(lls).any() == case.edge == ("NaN" in case.name)
        tops.append(np.nanmax(lls))
        places.add((int(np.nanargmax(lls)), restarts))
        best = np.sort(lls[np.isfinite(lls)])[::-1]
        if case.name == "two runs end at one place":
            first, last = (ends[i] for i in np.flatnonzero(lls == best[0]))
            assert all(np.array_equal(a, b) for a, b in zip(first, last, strict=True))
        elif restarts > 1:
            assert best[0] - best[1] > 0.1
        assert (draw.calls, run.calls, len(run.started)) == (restarts, restarts, restarts)
        later = [draw()[1].tolist() for _ in range(30)]
        assert len({tuple(means) for means in later}) == 30  # every start is a new one
    assert {(0, 3), (2, 3), (1, 4)} <= places
    assert max(tops) > 0 > min(tops)
    assert min(tops) < -1e7


def test_arguments_of_a_search_are_made_anew_and_kept_apart():
    case = BEST_RESTART.cases[1]
    (draw, run, _), (other, _, _) = case.fresh(), case.fresh()
    start = draw()
    start[1][:] = 99
    assert other()[1].tolist() != [99, 99]
    end = run(*other())
    end[0][:] = 99
    assert run(*case.fresh()[0]())[0].tolist() != [99, 99]


# Learned classes beside the true ones: right, however it is written.


def distances(true_means, true_sds, means, sds):
    return np.subtract.outer(true_means, means) ** 2 + np.subtract.outer(true_sds, sds) ** 2


def taking(order_of):
    """Take the learned classes in an order that is found from the distances."""

    def matching(true_means, true_sds, means, sds):
        order = list(order_of(distances(true_means, true_sds, means, sds)))
        return np.asarray(means)[order], np.asarray(sds)[order]

    return matching


def assignment(distance):
    return linear_sum_assignment(distance)[1]


def all_orders(distance):
    return min(
        itertools.permutations(range(len(distance))),
        key=lambda order: sum(distance[k, j] for k, j in enumerate(order)),
    )


def pairs_in_all_orders(true_means, true_sds, means, sds):
    def squares(pairs):
        return sum(
            (a - m) ** 2 + (b - s) ** 2 for a, b, (m, s) in zip(true_means, true_sds, pairs, strict=True)
        )

    best = min(itertools.permutations(zip(means, sds, strict=True)), key=squares)
    return tuple(zip(*best, strict=True))


def by_the_package(true_means, true_sds, means, sds):
    weights = np.full(len(means), 1 / len(means))
    true, fitted = Mixture(weights, true_means, np.square(true_sds)), Mixture(weights, means, np.square(sds))
    matched = compare.match(true=true, fitted=fitted).fitted
    return matched.means, matched.sds


def keeps_a_closer_order(true_means, true_sds, means, sds):
    distance = distances(true_means, true_sds, means, sds)
    order = list(range(len(means)))
    for other in itertools.permutations(order):
        if distance[range(len(order)), other].sum() < distance[range(len(order)), order].sum():
            order = list(other)
    return [means[j] for j in order], [sds[j] for j in order]


@pytest.mark.parametrize(
    "function",
    [
        taking(assignment),
        taking(all_orders),
        taking(lambda distance: np.argsort(assignment(distance.T))),
        pairs_in_all_orders,
        by_the_package,
        keeps_a_closer_order,
        lambda *given: np.array(pairs_in_all_orders(*given)),
        lambda *given: list(map(list, pairs_in_all_orders(*given))),
        lambda *given: np.asarray(taking(assignment)(*given), dtype=np.float32),
    ],
)
def test_right_matching(function):
    verdict = check.match(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict


def test_right_matching_is_that_of_the_package():
    for case in MATCH.cases:
        given = case.fresh()
        assert MATCH.right(*given) == pytest.approx(np.array(by_the_package(*given)))


def nearest(distance):
    return distance.argmin(axis=1)


def what_is_left(distance):
    left, order = list(range(len(distance))), []
    for row in distance:
        order.append(min(left, key=lambda j: row[j]))
        left.remove(order[-1])
    return order


def closest_first(distance):
    pairs = sorted(np.ndindex(distance.shape), key=lambda pair: distance[pair])
    order = {}
    for k, j in pairs:
        if k not in order and j not in order.values():
            order[k] = j
    return [order[k] for k in range(len(distance))]


def matched_by(distance, order_of=assignment):
    def matching(*given):
        order = list(order_of(distance(*map(np.asarray, given))))
        return np.asarray(given[2])[order], np.asarray(given[3])[order]

    return matching


def after_matching(pick):
    """Find the right order and do something else with it."""
    return lambda *given: pick(*map(np.asarray, given), assignment(distances(*given)))


def sorted_by_rank_of_means(true_means, true_sds, means, sds):
    order = np.empty(len(means), dtype=int)
    order[np.argsort(true_means)] = np.argsort(means)
    return np.asarray(means)[order], np.asarray(sds)[order]


def scattered(true_means, true_sds, means, sds):
    out = np.zeros((2, len(means)))
    for k, j in enumerate(assignment(distances(true_means, true_sds, means, sds))):
        out[:, j] = means[k], sds[k]
    return out


MATCHERS = [
    (lambda tm, ts, m, s: (m, s), "not-matched"),
    (scattered, "inverse-order"),
    (taking(lambda distance: assignment(distance.T)), "inverse-order"),
    (after_matching(lambda tm, ts, m, s, order: order), "places-returned"),
    (after_matching(lambda tm, ts, m, s, order: tuple(order.tolist())), "places-returned"),
    (lambda *given: all_orders(distances(*given)), "places-returned"),
    (lambda *given: linear_sum_assignment(distances(*given)), "places-returned"),
    (after_matching(lambda tm, ts, m, s, order: np.argsort(order)), "places-returned"),
    (after_matching(lambda tm, ts, m, s, order: (tm[order], ts[order])), "truth-returned"),
    (lambda tm, ts, m, s: (tm, ts), "truth-returned"),
    (lambda tm, ts, m, s: (sorted(m), sorted(s)), "sorted-separately"),
    (
        lambda tm, ts, m, s: [[min(v, key=lambda x: abs(x - a)) for a in t] for t, v in ((tm, m), (ts, s))],
        "sorted-separately",
    ),
    (after_matching(lambda tm, ts, m, s, order: (s[order], m[order])), "parts-exchanged"),
    (after_matching(lambda tm, ts, m, s, order: (m[order], s[order] ** 2)), "variances-returned"),
    (after_matching(lambda tm, ts, m, s, order: (m[order], s)), "one-part-not-moved"),
    (lambda tm, ts, m, s: tuple(zip(*sorted(zip(m, s, strict=True)), strict=True)), "sorted-by-mean"),
    (after_matching(lambda tm, ts, m, s, order: (m[s.argsort()], np.sort(s))), "sorted-by-sd"),
    (sorted_by_rank_of_means, "means-alone"),
    (matched_by(lambda tm, ts, m, s: abs(np.subtract.outer(tm, m)), all_orders), "means-alone"),
    (matched_by(lambda tm, ts, m, s: np.subtract.outer(ts, s) ** 2, all_orders), "sds-alone"),
    (taking(nearest), "one-class-twice"),
    (matched_by(lambda tm, ts, m, s: abs(np.subtract.outer(tm, m)), nearest), "one-class-twice"),
    (taking(lambda distance: nearest(distance.T)), "one-class-twice"),
    (taking(what_is_left), "first-come-first-served"),
    (matched_by(lambda tm, ts, m, s: abs(np.subtract.outer(tm, m)), what_is_left), "first-come-first-served"),
    (taking(closest_first), "closest-pair-first"),
    (taking(lambda distance: all_orders(np.sqrt(distance))), "distances-not-squared"),
    (
        matched_by(
            lambda tm, ts, m, s: abs(np.subtract.outer(tm, m)) + abs(np.subtract.outer(ts, s)), all_orders
        ),
        "distances-not-squared",
    ),
    (matched_by(lambda tm, ts, m, s: distances(tm, ts**2, m, s), all_orders), "variance-against-sd"),
    (matched_by(lambda tm, ts, m, s: distances(tm, ts**2, m, s**2), all_orders), "variances-compared"),
    (
        matched_by(
            lambda tm, ts, m, s: (np.subtract.outer(tm, m) + np.subtract.outer(ts, s)) ** 2, all_orders
        ),
        "differences-cancel",
    ),
    (taking(lambda distance: linear_sum_assignment(distance, maximize=True)[1]), "farthest-pairs"),
]


@pytest.mark.parametrize(("function", "name"), MATCHERS)
def test_matching_as_a_learner_gets_it_wrong(function, name):
    named(check.match(function), name)


def test_every_mistake_of_a_matching_has_a_learner():
    assert {mistake.name for mistake in MATCH.mistakes} == {name for _, name in MATCHERS}


@pytest.mark.parametrize(
    "function", [function for function, name in MATCHERS if name == "sorted-separately"] + list(
        next(mistake for mistake in MATCH.mistakes if mistake.name == "sorted-separately").ways
    )
)  # fmt: skip
def test_sorted_separately_is_shown_where_it_makes_a_pair_that_was_not_learned(function):
    """What its words say has to be there to see."""
    said = check.match(function).message
    assert "Look at this: every mean should stand beside the sd of the same learned class; none has" in said


def test_a_sum_of_norms_is_not_said_to_count_differences_alike():
    def norms(true_means, true_sds, means, sds):
        def cost(order):
            order = list(order)
            return np.linalg.norm(np.asarray(means)[order] - true_means) + np.linalg.norm(
                np.asarray(sds)[order] - true_sds
            )

        order = list(min(itertools.permutations(range(len(means))), key=cost))
        return np.asarray(means)[order], np.asarray(sds)[order]

    for function in (norms, taking(lambda distance: all_orders(np.sqrt(distance)))):
        said = check.match(function).message
        assert "counts for no more" not in said
    assert "The sum is not of squares: one large difference must count for more than two of half its" in said


def test_places_are_shown_as_they_came():
    said = check.match(after_matching(lambda tm, ts, m, s, order: order)).message
    assert said.endswith("sds        = [1.8]\n    yours      = [0]")


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (
            lambda *given: pairs_in_all_orders(*given)[0],
            "it returns a tuple of 1 thing, not two things: means",
        ),
        (
            lambda *given: list(zip(*pairs_in_all_orders(*given), strict=True)),
            "it returns a pair for each class; return all means, then all sds.",
        ),
        (
            lambda *given: dict(zip(*pairs_in_all_orders(*given), strict=True)),
            "it returns a dict, not two things",
        ),
        (
            lambda *given: np.array(pairs_in_all_orders(*given)).T,
            "it returns a pair for each class; return all means, then all sds.",
        ),
        (
            lambda *given: [part * 2 for part in pairs_in_all_orders(*given)],
            "every part should be of length 1, an entry for each true class; yours are of length 2.",
        ),
        (
            lambda *given: [np.full(len(part), np.nan) for part in pairs_in_all_orders(*given)],
            "every entry should be a finite number; 2 of yours are not.",
        ),
        (
            lambda *given: np.array(pairs_in_all_orders(*given)) + 1,
            "every mean should stand beside the sd of the same learned class; none has the mean 6.5",
        ),
        (
            taking(lambda distance: all_orders(distance)[:-1] + all_orders(distance)[:1]),
            "every learned class should come once; that with the mean 1.2 comes twice.",
        ),
        (
            matched_by(lambda tm, ts, m, s: np.subtract.outer(tm, m) ** 2 / ts[:, None] ** 2, all_orders),
            "the squared differences within your pairs sum to 6.36; the least is 0.66.",
        ),
    ],
)
def test_odd_answers_of_a_matching(function, head):
    odd(check.match(function), head)


def changed_in_place(true_means, true_sds, means, sds):
    order = list(assignment(distances(true_means, true_sds, means, sds)))
    means[:] = np.asarray(means)[order]
    sds[:] = np.asarray(sds)[order]
    return means, sds


def indexed_as_arrays(true_means, true_sds, means, sds):
    order = assignment(distances(true_means, true_sds, means, sds))
    return means[order], sds[order]


def test_matching_known_by_what_it_does():
    named(check.match(changed_in_place), "changes-its-input", "After the call, means holds other numbers")
    assert check.match(indexed_as_arrays).right  # the lesson hands over arrays
    named(check.match(lambda true_means, means: 0), "other-arguments", "it takes (true_means, means).")
    named(check.match(lambda means, sds, true_means, true_sds: 0), "arguments-in-another-order")


def test_matchings_are_what_they_say():
    """The best pairs are better than all others by far, and greedy ways fail as the names tell."""
    orders = []
    for case in cases(MATCH):
        given = [np.asarray(values) for values in case.fresh()]
        distance = distances(*given)
        k = len(distance)
        sums = sorted(distance[range(k), order].sum() for order in itertools.permutations(range(k)))
        assert k == 1 or sums[1] - sums[0] > 0.03 * sums[1], case.name
        orders.append(tuple(assignment(distance)))
        twice = len(set(nearest(distance))) < k
        assert twice or "nearest of two" not in case.name
        if "another needs" in case.name:
            best = [
                distance[range(k), order].sum() for order in (what_is_left(distance), closest_first(distance))
            ]
            assert min(best) > sums[0] + 0.1
    moved = [order for order in orders if tuple(np.argsort(order)) != order]  # not its own inverse
    assert {len(order) for order in moved} == {3, 4, 5, 6}
    equal = next(case for case in MATCH.cases if case.name == "two means that are equal")
    assert equal.edge
    assert len(set(equal.values[0])) < 3


# The M-step with a floor: right, however it is written.


def m_step(y, r):
    y, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * (y - means) ** 2).sum(axis=0) / n_k


def with_variances(change):
    """A right M-step with other variances: a function of (variances, floor, y, r)."""

    def stepped(y, r, floor):
        weights, means, variances = m_step(y, r)
        return weights, means, change(variances, floor, np.asarray(y, dtype=float), np.asarray(r))

    return stepped


def masked(y, r, floor):
    weights, means, variances = m_step(y, r)
    variances[variances < floor] = floor
    return weights, means, variances


def in_loops(y, r, floor):
    weights, means, variances = [], [], []
    for k in range(len(r[0])):
        n_k = sum(row[k] for row in r)
        mean = sum(row[k] * value for row, value in zip(r, y, strict=True)) / n_k
        variance = sum(row[k] * (value - mean) ** 2 for row, value in zip(r, y, strict=True)) / n_k
        weights.append(n_k / len(y))
        means.append(mean)
        variances.append(floor if variance < floor else variance)
    return weights, means, variances


def a_mixture(y, r, floor):
    weights, means, variances = m_step(y, r)
    return Mixture(weights, means, np.maximum(variances, floor))


@pytest.mark.parametrize(
    "function",
    [
        with_variances(lambda v, floor, y, r: np.maximum(v, floor)),
        with_variances(lambda v, floor, y, r: [max(variance, floor) for variance in v]),
        with_variances(lambda v, floor, y, r: np.clip(v, floor, None)),
        with_variances(lambda v, floor, y, r: np.where(v > floor, v, floor)),
        with_variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), np.sqrt(floor)) ** 2),
        with_variances(lambda v, floor, y, r: np.maximum(v, max(floor, 1e-9))),
        masked,
        in_loops,
        a_mixture,
        lambda y, r, floor: gmm_lesson.m_step(y, r, floor=floor),
        lambda y, r, floor=1e-6: masked(y, r, floor),
        lambda y, r, least: np.array(masked(y, r, least)),
    ],
)
def test_right_floor(function):
    verdict = check.floored_m_step(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("right", None, True), verdict


def test_right_floor_is_that_of_the_package():
    for case in FLOORED_M_STEP.cases:
        y, r, floor = case.fresh()
        if floor > 0:
            theirs = gmm_lesson.m_step(y, r, floor=floor)
            assert FLOORED_M_STEP.right(y, r, floor) == pytest.approx(
                np.array([theirs.weights, theirs.means, theirs.variances])
            )


def others(change):
    """A right M-step with a floor, and something done to the weights, means and variances."""
    return lambda y, r, floor: change(*masked(y, r, floor), floor)


def raises_one(v, floor, y, r):
    v[v.argmin()] = max(v.min(), floor)
    return v


def without_the_small(y, r, floor):
    weights, means, variances = m_step(y, r)
    kept = variances >= floor
    return weights[kept], means[kept], variances[kept]


def floor_inside_the_sum(y, r, floor):
    y, r = np.asarray(y, dtype=float)[:, np.newaxis], np.asarray(r)
    n_k = r.sum(axis=0)
    means = (r * y).sum(axis=0) / n_k
    return n_k / len(y), means, (r * np.maximum((y - means) ** 2, floor)).sum(axis=0) / n_k


FLOORERS = [
    (lambda y, r, floor: m_step(y, r), "floor-left-out"),
    (with_variances(lambda v, floor, y, r: np.where(v == 0, floor, v)), "floor-left-out"),
    (with_variances(lambda v, floor, y, r: v + floor), "floor-added"),
    (with_variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), floor) ** 2), "floor-on-the-sd"),
    (with_variances(lambda v, floor, y, r: np.maximum(v, floor**0.5)), "floor-on-the-sd"),
    (with_variances(lambda v, floor, y, r: np.where(np.sqrt(v) < floor, floor, v)), "floor-on-the-sd"),
    (with_variances(lambda v, floor, y, r: np.minimum(v, floor)), "ceiling-for-floor"),
    (with_variances(lambda v, floor, y, r: v if (v > floor).all() else v * 0 + floor), "all-raised-with-one"),
    (with_variances(lambda v, floor, y, r: [floor] * len(v)), "floor-everywhere"),
    (with_variances(raises_one), "only-the-smallest-raised"),
    (with_variances(lambda v, f, y, r: np.where(v < f, y.var(), v)), "another-number-below-the-floor"),
    (with_variances(lambda v, f, y, r: [1 if x < f else x for x in v]), "another-number-below-the-floor"),
    (with_variances(lambda v, f, y, r: v + f * (v < f)), "another-number-below-the-floor"),
    (others(lambda w, m, v, floor: np.maximum([w, m, v], floor)), "weights-or-means-floored"),
    (others(lambda w, m, v, floor: (np.maximum(w, floor), m, v)), "weights-or-means-floored"),
    (with_variances(lambda v, floor, y, r: np.maximum(v, floor * np.var(y))), "relative-floor"),
    (without_the_small, "class-dropped"),
    (floor_inside_the_sum, "squares-floored"),
    (
        with_variances(lambda v, floor, y, r: np.maximum(v * r.sum(0), floor) / r.sum(0)),
        "sums-floored",
    ),
    # What an M-step has of its own.
    (with_variances(lambda v, floor, y, r: np.maximum(v * r.mean(0), floor)), "divided-by-n"),
    (
        with_variances(lambda v, floor, y, r: np.maximum(v * r.sum(0) / (r.sum(0) - 1), floor)),
        "n-k-minus-one",
    ),
    (with_variances(lambda v, floor, y, r: np.maximum(np.sqrt(v), floor)), "sd-returned"),
    (with_variances(lambda v, floor, y, r: np.sqrt(np.maximum(v, floor))), "sd-returned"),
    (others(lambda w, m, v, floor: (v, m, w)), "parts-in-another-order"),
    (others(lambda w, m, v, floor: np.round([w, m, v], 2)), "rounded"),
    (lambda y, r, floor: masked(y, np.transpose(r), floor), "transposed"),
    (lambda y, r, floor: masked(y, np.asarray(r) > 0.5, floor), "hard-assignment"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), FLOORERS)
def test_floor_as_a_learner_gets_it_wrong(function, name):
    named(check.floored_m_step(function), name)


def test_every_mistake_of_a_floor_has_a_learner():
    """The others are those of the M-step, each written again in test_m_step_check.py."""
    steps = {mistake.name for mistake in M_STEP}
    own = {mistake.name for mistake in FLOORED_M_STEP.mistakes} - steps
    assert own == {name for _, name in FLOORERS} - steps
    left_out = {"old-mean-in-the-variance", "means-not-moved", "distances-cancel", "variances-negative"}
    assert {mistake.name for mistake in FLOORED_M_STEP.mistakes} - own == steps - left_out


def test_without_a_variance_above_zero_only_the_floor_is_left():
    for variances in (np.zeros, lambda k: np.full(k, -1.0)):
        function = with_variances(lambda v, floor, y, r, make=variances: np.maximum(make(len(v)), floor))
        named(check.floored_m_step(function), "floor-everywhere")


def test_two_mistakes_of_a_floor_at_once():
    verdict = check.floored_m_step(
        lambda y, r, floor: (np.sum(r, axis=0), m_step(y, r)[1], m_step(y, r)[2] + floor)
    )
    assert verdict.message.startswith("Not yet, for two reasons: floor added; weights not divided.\n")


def test_example_of_a_floor():
    assert check.floored_m_step(lambda y, r, floor: m_step(y, r)).message == textwrap.dedent("""\
        Not yet: floor left out.

        Variances come back that are below the floor, as if there were none.

            Example: two objects of one class close together
            y              = [1.0, 1.4]
            r              = [[1.0],
                              [1.0]]
            floor          = 0.5
            your weights   = [1.0]
            your means     = [1.2]
            your variances = [0.04]

        Look at this: no variance should be below the floor, 0.5; your smallest is 0.04.""")


def to_the_mean_and_variance_of_all(y, r, floor):
    weights, means, variances = m_step(y, r)
    return weights, *np.where(variances < floor, [[np.mean(y)], [np.var(y)]], [means, variances])


def to_the_mean_of_all(y, r, floor):
    weights, means, variances = m_step(y, r)
    return weights, *np.where(variances < floor, [[np.mean(y)], [2 * floor]], [means, variances])


@pytest.mark.parametrize(
    ("function", "head"),
    [
        (with_variances(lambda v, floor, y, r: floor), "its variances are one number; wanted (1,)."),
        (
            with_variances(lambda v, floor, y, r: max(*v, *v, floor)),
            "its variances are one number; wanted (1,).",
        ),
        (
            with_variances(lambda v, floor, y, r: np.where(v < floor, np.nan, v)),
            "every entry should be a finite number; 1 of yours is not.",
        ),
        (
            with_variances(lambda v, floor, y, r: np.maximum(v, floor or 0.01)),
            "other numbers.\n\nHere its variances are not the right ones (",
        ),
        (lambda y, r, floor: masked(y, r, floor)[2], "it returns an array of shape (1,), not three things"),
        (
            lambda y, r, floor: list(zip(*masked(y, r, floor), strict=True)),
            "it returns three numbers for each class; return all weights, then all means, then all variances",
        ),
        (
            to_the_mean_and_variance_of_all,
            "no variance should be below the floor, 0.5; your smallest is 0.04.",
        ),
        (
            with_variances(lambda v, floor, y, r: np.maximum(v, floor / len(y))),
            "no variance should be below the floor, 0.5; your smallest is 0.25.",
        ),
        (
            to_the_mean_of_all,
            "other numbers.\n\nHere its variances are not the right ones (too high by 0.5)"
            ", and on other inputs its means are not either.",
        ),
        (
            with_variances(lambda v, floor, y, r: v - 0.1 if v.min() > floor else v + 0.1),
            "other numbers.\n\nHere its variances are not the right ones (too low by 0.1). Another"
            " input breaks more: no variance should be below the floor, 0.5; your smallest is 0.14.",
        ),
    ],
)
def test_odd_answers_of_a_floor(function, head):
    odd(check.floored_m_step(function), head)


def test_floor_of_zero_is_shown_where_it_matters():
    said = check.floored_m_step(with_variances(lambda v, floor, y, r: np.maximum(v, floor or 0.01))).message
    assert "Example: a class on one object with a floor of 0\n" in said
    assert "your variances = [0.01, 0.25]" in said


def one_for_all(y, r, floor):
    weights, means, variances = m_step(y, r)
    if variances < floor:
        variances = floor
    return weights, means, variances


def test_floor_known_by_what_it_does():
    crashed = check.floored_m_step(one_for_all)
    assert crashed.kind == "crashed"
    assert "ValueError: The truth value of an array" in crashed.message
    assert "line 3 of one_for_all: if variances < floor:" in crashed.message
    named(
        check.floored_m_step(m_step),
        "other-arguments",
        "The check calls it with (y, r, floor); it takes (y, r).",
    )
    named(check.floored_m_step(lambda y, floor, r: 0), "arguments-in-another-order")


def test_mixture_is_excused_only_where_the_variance_is_zero_and_the_floor_too():
    assert check.floored_m_step(a_mixture).message.count("on all 13 inputs tried")

    def without_a_floor(y, r, floor):
        return Mixture(*m_step(y, r))

    named(check.floored_m_step(without_a_floor), "floor-left-out")

    def only_where_it_must(y, r, floor):
        weights, means, variances = m_step(y, r)
        return Mixture(weights, means, np.maximum(variances, floor) if variances.min() > 0 else variances)

    verdict = check.floored_m_step(only_where_it_must)
    assert verdict.kind == "crashed"
    assert "variances must be above 0" in verdict.message


def test_floors_are_what_they_say():
    below = {}
    for case in cases(FLOORED_M_STEP):
        y, r, floor = case.fresh()
        variances = m_step(y, r)[2]
        assert case.edge or np.abs(variances / floor - 1).min() > 0.02, case.name
        below[case.name] = (int((variances < floor).sum()), len(variances))
        assert case.edge or (variances.min() > 0 and (np.abs(np.sum(r, axis=0) - 1) > 0.01).all())
    assert below["a floor below all variances"] == (0, 2)
    assert below["a narrow class and a wide one"] == (1, 2)
    assert below["three classes with a narrow one"] == (1, 3)
    assert below["a floor above all variances"] == (3, 3)
    assert below["four classes with two narrow ones"] == (2, 4)
    assert (
        m_step(*next(c for c in FLOORED_M_STEP.cases if c.name == "a class on one object").fresh()[:2])[2][0]
        == 0
    )


# All three: not started, and what a Verdict is.


def stub_with_dots(draw, run, restarts): ...


def stub_with_a_loop(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        ...
    return best


def stub_of_a_matching(true_means, true_sds, means, sds):
    order = ...
    return np.asarray(means)[order], ...


def stub_of_a_floor(y, r, floor):
    weights, means, variances = None, None, None
    return weights, means, variances


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("best_restart", stub_with_dots),
        ("best_restart", stub_with_a_loop),
        ("best_restart", lambda draw, run, restarts: None),
        ("best_restart", lambda draw, run, restarts: (None, None, None, None)),
        ("best_restart", None),
        ("match", stub_of_a_matching),
        ("match", lambda true_means, true_sds, means, sds: ...),
        ("match", ...),
        ("floored_m_step", stub_of_a_floor),
        ("floored_m_step", lambda y, r, floor: (m_step(y, r)[0], ..., ...)),
    ],
)
def test_not_started(name, function):
    verdict = getattr(check, name)(function)
    assert (verdict.kind, verdict.mistake, verdict.right) == ("not started", None, False), verdict


def test_forgotten_return():
    def my_best_restart(draw, run, restarts):
        keeps_the_best(draw, run, restarts)

    named(check.best_restart(my_best_restart), "nothing-returned")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("best_restart", keeps_the_best),
        ("best_restart", the_last),
        ("best_restart", runs_twice),
        ("best_restart", nones_at_first),
        ("match", taking(nearest)),
        ("match", lambda *given: all_orders(distances(*given))),
        ("floored_m_step", without_the_small),
    ],
)
def test_verdict_shows_itself_the_same_every_time(name, function):
    one, two = (getattr(check, name)(function) for _ in range(2))
    assert one == two
    bundle = one._repr_mimebundle_()
    assert bundle == two._repr_mimebundle_()
    bare = re.sub(r"\\(.)", r"\1", bundle["text/markdown"].replace("```text", "").replace("**", ""))
    assert re.findall(r"\w+", bare) == re.findall(r"\w+", one.message)
    assert " at 0x" not in one.message


def test_docstrings_say_what_is_handed_over():
    for function in (check.best_restart, check.match, check.floored_m_step):
        assert isinstance(function, types.MethodType)
        assert "(K,)" in function.__doc__
