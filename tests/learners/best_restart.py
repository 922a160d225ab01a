"""Programs for check.best_restart."""

import functools
import heapq
import itertools
import math
import operator
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gmm_lesson import Mixture
from learners import right, verdict, wrong


def ends_of(draw, run, restarts):
    return [run(*draw()) for _ in range(restarts)]


# Right, however it is written.


@right
def keeps_the_best(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        weights, means, variances, log_likelihood = run(*draw())
        if log_likelihood > best:
            best = log_likelihood
            kept = weights, means, variances
    return *kept, best


@right
def keeps_the_last_of_equals(draw, run, restarts):
    best, result = -math.inf, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] >= best:
            best, result = end[3], end
    return result


@right
def keeps_none_at_first(draw, run, restarts):
    best = None
    for _ in range(restarts):
        end = run(*draw())
        if not np.isnan(end[-1]) and (best is None or end[-1] > best[-1]):
            best = end
    return best


@right
def draws_all_first(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    ends = [run(*start) for start in starts]
    return ends[np.nanargmax([end[3] for end in ends])]


@right
def without_nan(draw, run, restarts):
    return max((end for end in ends_of(draw, run, restarts) if end[3] == end[3]), key=lambda end: end[3])


@right
def sorted_without_nan(draw, run, restarts):
    ends = [end for end in ends_of(draw, run, restarts) if np.isfinite(end[3])]
    return sorted(ends, key=lambda end: end[3])[-1]


@right
def largest_first(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    lls = np.array([end[3] for end in ends])
    return ends[np.argsort(-np.nan_to_num(lls, nan=-np.inf))[0]]


@right
def first_run_before_the_loop(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        new = run(*draw())
        if new[3] > best[3] or np.isnan(best[3]):
            best = new
    return best


@right
def while_loop(draw, run, restarts):
    best = (None, None, None, -np.inf)
    while restarts > 0:
        w, m, v = draw()
        end = run(weights=w, means=m, variances=v)
        best = end if end[3] > best[3] else best
        restarts -= 1
    return best


@right
def a_mixture_and_its_log_likelihood(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(draw, run, restarts)
    return Mixture(*parameters), log_likelihood


@right
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


@right
def reduced(draw, run, restarts):
    ends = (run(*draw()) for _ in range(restarts))
    return functools.reduce(lambda a, b: b if b[3] > a[3] or a[3] != a[3] else a, ends)


@right
def recursive(draw, run, restarts):
    mine = run(*draw())
    if restarts == 1:
        return mine
    others = recursive(draw, run, restarts - 1)
    return mine if mine[3] > others[3] or np.isnan(others[3]) else others


@right
def in_lists(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(lambda: draw(), run, restarts)
    return [part.tolist() for part in parameters] + [float(log_likelihood)]


@right
def nested(draw, run, restarts):
    *parameters, log_likelihood = keeps_the_best(draw, run, restarts)
    return parameters, log_likelihood


@right
def in_an_object_array(draw, run, restarts):
    return np.array(keeps_the_best(draw, run, restarts), dtype=object)


@right
def in_named_runs(draw, run, restarts):
    kind = namedtuple("kind", "weights means variances log_likelihood")
    best = kind(None, None, None, float("-inf"))
    for i in range(1, restarts + 1):
        tried = kind(*run(*draw()))
        if i == 1 or tried.log_likelihood >= best.log_likelihood:
            best = tried if not math.isnan(tried.log_likelihood) else best
    return best


@right
def in_a_dictionary(draw, run, restarts):
    by_number = {}
    for i in range(restarts):
        by_number[i] = run(*draw())
    heights = {i: end[3] for i, end in by_number.items() if not math.isnan(end[3])}
    return by_number[max(heights, key=heights.get)]


@right
def columns_apart(draw, run, restarts):
    ws, ms, vs, lls = zip(*(run(*draw()) for _ in range(restarts)), strict=True)
    lls = np.asarray(lls)
    i = np.flatnonzero(lls == np.nanmax(lls))[-1]
    return ws[i], ms[i], vs[i], lls[i]


@right
def stacked(draw, run, restarts):
    rows = np.array([np.concatenate([*end[:3], [end[3]]]) for end in ends_of(draw, run, restarts)])
    row = rows[np.nanargmax(rows[:, -1])]
    return *np.split(row[:-1], 3), row[-1]


@right
def by_a_heap(draw, run, restarts):
    heap = []
    for i in range(restarts):
        end = run(*draw())
        if end[3] == end[3]:
            heapq.heappush(heap, (-end[3], i, end))
    return heap[0][2]


@right
def losses_are_minimised(draw, run, restarts):
    lowest, found = math.inf, ()
    for _ in itertools.repeat(None, restarts):
        *parts, ll = run(*draw())
        if -ll < lowest:
            lowest, found = -ll, (*parts, ll)
    return found


@right
def tries_and_forgets_what_fails(draw, run, restarts):
    best = None
    for _ in range(restarts):
        try:
            end = run(*draw())
            assert not math.isnan(end[3])
        except AssertionError:
            continue
        if not best or best[3] < end[3]:
            best = end
    return tuple(best)


@right
def one_in_float32(draw, run, restarts):
    weights, means, variances, ll = keeps_the_best(draw, run, restarts)
    return weights.astype(np.float32), means, variances, np.float64(ll)


@right
def takes_numbers_of_one_entry(draw, run, restarts):
    best = [None] * 3 + [np.full((), -np.inf)]
    for _ in range(restarts):
        end = run(*draw())
        best = [*end[:3], np.array(end[3])] if end[3] > best[3] else best
    return best


@right
def leaves_a_pass_behind(draw, run, restarts):
    best = None
    while restarts:
        restarts -= 1
        end = run(*draw())
        if np.isnan(end[3]):
            pass
        elif best is None or end[3] > best[3]:
            best = end
    return best


@right
def by_insertion(draw, run, restarts):
    ranked = []
    for _ in range(restarts):
        end = run(*draw())
        place = 0
        while place < len(ranked) and (ranked[place][3] > end[3] or end[3] != end[3]):
            place += 1
        ranked.insert(place, end)
    return ranked[0] if ranked[0][3] == ranked[0][3] else ranked[1]


@right
def islice_of_draws(draw, run, restarts):
    ends = [run(*start) for start in itertools.islice(iter(draw, object()), restarts)]
    return next(end for end in ends if end[3] == np.nanmax([each[3] for each in ends]))


@right
def last_drawn_runs_first(draw, run, restarts):
    ends = [run(*start) for start in [draw() for _ in range(restarts)][::-1]]
    return sorted(ends, key=lambda end: (end[3] == end[3], end[3]))[-1]


@right
def in_threads(draw, run, restarts):
    with ThreadPoolExecutor(1) as pool:
        ends = list(pool.map(lambda start: run(*start), [draw() for _ in range(restarts)]))
    return max(ends, key=lambda end: -math.inf if end[3] != end[3] else end[3])


class Searcher:
    def __call__(self, draw, run, restarts):
        return keeps_the_best(draw, run, restarts)

    def method(self, draw, run, n, verbose=False):
        return keeps_the_best(draw, run, n)


right(Searcher())
right(Searcher().method)
right(functools.partial(lambda first, draw, run, restarts: keeps_the_best(draw, run, restarts), 0))
right(functools.wraps(keeps_the_best)(lambda *given: keeps_the_best(*given)))


# The mistakes as learners write them.


def with_loop(
    *,
    better=operator.gt,
    answer,
    first=-np.inf,
    kept=lambda weights, means, variances: (weights, means, variances),
):
    """A loop that keeps what is better than the best so far, and an answer made of what it has then."""

    def search(draw, run, restarts):
        best, parameters = first, None
        for _ in range(restarts):
            *last, log_likelihood = run(*draw())
            if better(log_likelihood, best):
                best, parameters = log_likelihood, kept(*last)
        return answer(parameters, best, last, log_likelihood)

    return search


def kept_and_best(parameters, best, last, log_likelihood):
    return None if parameters is None else (*parameters, best)


@wrong("last-run")
def the_last(draw, run, restarts):
    for _ in range(restarts):
        weights, means, variances, log_likelihood = run(*draw())
    return weights, means, variances, log_likelihood


@wrong("last-run")
def best_never_updated(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            result = end
    return result


@wrong("last-run")
def returns_the_loop_variables(draw, run, restarts):
    best_ll = -1e300
    for i in range(restarts):
        w, m, v = draw()
        w, m, v, ll = run(w, m, v)
        if ll > best_ll:
            best_ll = ll
            print("better:", i)
    return w, m, v, ll


@wrong("first-run")
def the_first(draw, run, restarts):
    return ends_of(draw, run, restarts)[0]


@wrong("first-run")
def keeps_only_what_is_first(draw, run, restarts):
    best = None
    for _ in range(restarts):
        end = run(*draw())
        if best is None:
            best = end
    return best


@wrong("same-start-every-time")
def start_outside_the_loop(draw, run, restarts):
    start = draw()
    return max((run(*start) for _ in range(restarts)), key=lambda end: end[3])


@wrong("same-start-every-time")
def draws_and_runs_from_the_first(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    return max((run(*starts[0]) for _ in starts), key=lambda end: end[3])


@wrong("same-start-every-time")
def last_of_the_same(draw, run, restarts):
    w, m, v = draw()
    for _ in range(restarts):
        end = run(w, m, v)
    return end


# The calls are counted: this runs once, and is not the same as running from one start often.
@wrong(None, says="it runs EM once for 3 restarts")
def returned_too_early(draw, run, restarts):
    best = None
    for _ in range(restarts):
        end = run(*draw())
        if best is None or end[3] > best[3]:
            best = end
        return best


@wrong(None, says="it runs EM once for 3 restarts")
def forgets_restarts(draw, run, restarts):
    return run(*draw())


@wrong("lowest-run")
def the_lowest(draw, run, restarts):
    return min(ends_of(draw, run, restarts), key=lambda end: end[3])


wrong("lowest-run")(with_loop(first=np.inf, better=operator.lt, answer=kept_and_best))
wrong("lowest-run")(lambda d, r, n: sorted(ends_of(d, r, n), key=lambda end: end[3])[0])


@wrong("sign-left-out")
def largest_size(draw, run, restarts):
    best = 0
    for _ in range(restarts):
        end = run(*draw())
        if abs(end[3]) > best:
            best, result = abs(end[3]), end
    return result


@wrong("closest-to-zero")
def closest(draw, run, restarts):
    return min(ends_of(draw, run, restarts), key=lambda end: abs(end[3]))


@wrong("compared-with-the-run-before")
def previous_always_updated(draw, run, restarts):
    previous = -np.inf
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > previous:
            result = end
        previous = end[3]
    return result


@wrong("one-run-not-compared")
def first_not_compared(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    return max(ends[1:] or ends, key=lambda end: end[3])


@wrong("one-run-not-compared")
def last_not_compared(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    best = ends[0]
    for end in ends[:-1]:
        best = end if end[3] > best[3] else best
    return best


@wrong("one-run-not-compared")
def compares_before_it_runs_again(draw, run, restarts):
    best, end = (None, None, None, -np.inf), (None, None, None, -np.inf)
    for _ in range(restarts):
        if end[3] > best[3]:
            best = end
        end = run(*draw())
    return best


@wrong("one-run-not-compared")
def nothing_of_one_to_compare(draw, run, restarts):
    return max(ends_of(draw, run, restarts)[1:], key=lambda end: end[3])


@wrong("no-run-kept")
def never_bound(draw, run, restarts):
    best = 0
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


@wrong("no-run-kept")
def nones_at_first(draw, run, restarts):
    weights = means = variances = None
    best = -999
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            weights, means, variances, best = end
    return weights, means, variances, best


@wrong("no-run-kept")
def zeros_at_first(draw, run, restarts):
    best = [0, 0, 0, -1e5]
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best[3]:
            best = end
    return best


# This must not make the check raise.
@wrong("no-run-kept")
def none_none_none_zero(draw, run, restarts):
    best = [None, None, None, 0]
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best[3]:
            best = list(end)
    return best


@wrong("no-run-kept")
def arrays_of_zeros_at_first(draw, run, restarts):
    best = (np.zeros(2), np.zeros(2), np.zeros(2), 0.0)
    for _ in range(restarts):
        best = max(best, run(*draw()), key=lambda end: end[3])
    return best


@wrong("no-run-kept")
def empty_lists_at_first(draw, run, restarts):
    weights, means, variances, best = [], [], [], -50
    for _ in range(restarts):
        w, m, v, ll = run(*draw())
        if ll > best:
            weights, means, variances, best = w, m, v, ll
    return weights, means, variances, best


@wrong("no-run-kept", says="yours    = TypeError: ")
def nothing_unpacked(draw, run, restarts):
    best, result = -100, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end[:3]
    return *result, best


@wrong("no-run-kept", says="yours    = AttributeError: 'NoneType' object")
def nothing_copied(draw, run, restarts):
    best, weights, means, variances = -1e4, None, None, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            weights, means, variances, best = end
    return weights.copy(), means, variances, best


wrong("no-run-kept", says="restarts = 1\n    yours    = None")(with_loop(first=0, answer=kept_and_best))
wrong("no-run-kept")(with_loop(first=-1e4, answer=kept_and_best))


@wrong("one-restart-too-few", says="yours    = UnboundLocalError: ")
def range_from_one(draw, run, restarts):
    best = -np.inf
    for _ in range(1, restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


@wrong("one-restart-too-few")
def range_from_one_and_none(draw, run, restarts):
    best, result = -np.inf, None
    for _ in range(1, restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


@wrong("one-restart-too-few")
def one_before_and_two_fewer(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 2):
        best = max(best, run(*draw()), key=lambda end: end[3])
    return best


@wrong("one-restart-too-few", says="yours    = IndexError: ")
def the_last_of_those_sorted(draw, run, restarts):
    return sorted(ends_of(draw, run, restarts - 1), key=lambda end: end[3])[-1]


@wrong("one-restart-too-few", says="yours    = ValueError: ")
def the_largest_of_fewer(draw, run, restarts):
    return max(ends_of(draw, run, restarts - 1), key=lambda end: end[3])


@wrong("one-restart-too-many")
def one_before_the_loop(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts):
        new = run(*draw())
        if not new[3] < best[3]:
            best = new
    return best


@wrong("one-restart-too-many")
def until_it_is_too_late(draw, run, restarts):
    i, best = 0, None
    while i <= restarts:
        end = run(*draw())
        if best is None or end[3] > best[3]:
            best = end
        i += 1
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


wrong("weights-and-variances-carried")(names_used_again())
wrong("weights-and-variances-carried")(names_used_again(weights_too=False))
wrong("everything-carried")(names_used_again(means_too=True))
wrong("means-carried")(names_used_again(weights_too=False, means_too=True))


@wrong("everything-carried")
def one_long_run(draw, run, restarts):
    end = run(*draw())
    best = end
    for _ in range(restarts - 1):
        end = run(*end[:3])
        best = max(best, end, key=lambda end: end[3])
    return best


@wrong("everything-carried")
def goes_on_from_the_best(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*best[:3])
        if end[3] > best[3]:
            best = end
    return best


@wrong("weights-and-variances-drawn-once")
def only_means_drawn_again(draw, run, restarts):
    weights, _, variances = draw()
    return max((run(weights, draw()[1], variances) for _ in range(restarts)), key=lambda end: end[3])


@wrong("weights-and-variances-drawn-once")
def means_alone_from_later_starts(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    ends = [run(starts[0][0], means, starts[0][2]) for _, means, _ in starts]
    return ends[np.nanargmax([end[3] for end in ends])]


@wrong("one-start-from-three-draws")
def three_draws(draw, run, restarts):
    return max((run(draw()[0], draw()[1], draw()[2]) for _ in range(restarts)), key=lambda end: end[3])


@wrong("start-returned")
def start_kept(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        start = draw()
        log_likelihood = run(*start)[3]
        if log_likelihood > best:
            best, result = log_likelihood, start
    return *result, best


@wrong("start-returned")
def last_start_returned(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        weights, means, variances = draw()
        best = max(best, run(weights, means, variances)[3])
    return weights, means, variances, best


wrong("best-log-likelihood-beside-another-run")(with_loop(answer=lambda p, best, last, ll: (*last, best)))
wrong("log-likelihood-of-another-run")(with_loop(answer=lambda p, best, last, ll: (*p, ll)))
wrong("log-likelihood-turned-round")(with_loop(answer=lambda p, best, last, ll: (*p, -best)))


@wrong("log-likelihood-of-another-run")
def mean_log_likelihood(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    return *max(ends, key=lambda end: end[3])[:3], sum(end[3] for end in ends) / restarts


@wrong("averaged")
def averages(draw, run, restarts):
    return [np.mean(part, axis=0) for part in zip(*ends_of(draw, run, restarts), strict=True)]


@wrong("averaged")
def adds_up(draw, run, restarts):
    weights = means = variances = 0
    best = -math.inf
    for w, m, v, ll in ends_of(draw, run, restarts):
        weights, means, variances, best = weights + w, means + m, variances + v, max(best, ll)
    return weights / restarts, means / restarts, variances / restarts, best


@wrong("parts-in-another-order")
def names_exchanged(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        means, weights, variances, log_likelihood = run(*draw())
        if log_likelihood > best:
            best, result = log_likelihood, (weights, means, variances)
    return *result, best


wrong("nan-taken-for-best")(lambda d, r, n: (e := ends_of(d, r, n))[np.argmax([end[3] for end in e])])
wrong("nan-taken-for-best")(lambda d, r, n: max(ends_of(d, r, n), key=lambda end: end[3]))
wrong("order-lost-at-nan")(lambda d, r, n: sorted(ends_of(d, r, n), key=lambda end: end[3])[-1])


@wrong("nan-taken-for-best")
def first_is_kept_until_better(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end[3] > best[3]:
            best = end
    return best


@wrong("nan-taken-for-best")
def not_below(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if not end[3] <= best[3]:
            best = end
    return best


# Two at once.


@wrong("lowest-run", says="Not yet, for two reasons: lowest run; start returned.\n")
def lowest_and_its_start(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    lls = [run(*start)[3] for start in starts]
    return *starts[np.argmin(lls)], min(lls)


@wrong("one-run-not-compared", says="for two reasons: one run not compared; one restart too many.")
def one_more_and_then_not_compared(draw, run, restarts):
    ends = ends_of(draw, run, restarts + 1)[:-1]
    return ends[np.nanargmax([end[3] for end in ends])]


# Wrong, and no name.


@wrong(None)
def means_of_the_best_and_variances_of_the_last(draw, run, restarts):
    best = -math.inf
    for _ in range(restarts):
        w, m, v, ll = run(*draw())
        if ll > best:
            best, weights, means = ll, w, m
    return weights, means, v, best


@wrong(None)
def the_one_before_the_best(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    return ends[np.nanargmax([end[3] for end in ends]) - 1]


@wrong(None)
def always_the_last_start(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    return max((run(*starts[-1]) for _ in starts), key=lambda end: end[3])


@wrong(None)
def weighed_by_likelihood(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    lls = np.nan_to_num([end[3] for end in ends], nan=-np.inf)
    share = np.exp(lls - lls.max()) / np.exp(lls - lls.max()).sum()
    return *(share @ [end[i] for end in ends] for i in range(3)), lls.max()


@wrong(None)
def highest_mean(draw, run, restarts):
    return max(ends_of(draw, run, restarts), key=lambda end: end[1].max())


@wrong(None)
def equal_weights_at_every_start(draw, run, restarts):
    ends = [run(np.full(len(m), 1 / len(m)), m, v) for _, m, v in (draw() for _ in range(restarts))]
    return ends[np.nanargmax([end[3] for end in ends])]


@wrong(None, says="it runs EM 3 times for 1 restart.")
def runs_twice(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        start = draw()
        if run(*start)[3] > best:
            best = run(*start)[3]
            result = run(*start)
    return result


@wrong(None, says="it runs EM twice for 1 restart.")
def runs_the_best_again(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    return run(*max(starts, key=lambda start: np.nan_to_num(run(*start)[3], nan=-np.inf)))


@wrong(None, says="it draws 2 starts for 1 restart.")
def draws_to_count_the_classes(draw, run, restarts):
    best = [np.ones(len(draw()[0]))] * 3 + [-np.inf]
    return max([best, *ends_of(draw, run, restarts)], key=lambda end: end[3])


@wrong(None, says="it draws 2 starts for 1 restart.")
def throws_one_away_at_the_end(draw, run, restarts):
    result = keeps_the_best(draw, run, restarts)
    draw()
    return result


@wrong(None)
def stops_when_it_falls(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end[3] < best[3]:
            break
        best = end
    return best


@wrong(None)
def median_run(draw, run, restarts):
    return sorted(ends_of(draw, run, restarts), key=lambda end: end[3])[restarts // 2]


@wrong(None)
def second_best(draw, run, restarts):
    return sorted(ends_of(draw, run, restarts), key=lambda end: end[3])[-2:][0]


@wrong(None, says="every entry should be a finite number")
def all_nan(draw, run, restarts):
    return [np.asarray(part) * np.nan for part in keeps_the_best(draw, run, restarts)]


@wrong(None)
def one_part_from_each_run(draw, run, restarts):
    ends = ends_of(draw, run, restarts)
    return ends[0][0], ends[-1][1], ends[-1][2], max(end[3] for end in ends)


wrong(None, says="it runs EM 10 times for 1 restart.")(
    lambda draw, run, restarts: keeps_the_best(draw, run, 10)
)
wrong(None, says="it runs EM 6 times for 4 rest")(lambda d, r, n: keeps_the_best(d, r, n if n != 4 else 6))


FOUR = "not four things: weights, means, variances, log-likelihood."
ORDER = "its first part is one number; the order is weights, means, variances, log-likelihood."
best = keeps_the_best

for says, program in (
    (f"it returns -8.32, {FOUR}", lambda *a: best(*a)[3]),
    ("it returns 1 thing, not four: weights, means, variances, log-likelihood.", lambda *a: ends_of(*a)),
    ("it returns 3 things, not four: weights, means, variances, log-l", lambda *a: best(*a)[:3]),
    (f"it returns a dict, {FOUR}", lambda *a: dict(enumerate(best(*a)))),
    (f"it returns a generator, {FOUR}", lambda *a: (end for end in ends_of(*a))),
    (ORDER, lambda *a: best(*a)[::-1]),
    (ORDER, lambda *a: (lambda w, m, v, ll: (ll, w, m, v))(*best(*a))),
    ("its weights are one number; wanted (2,).", lambda *a: (0.5, *best(*a)[1:])),
    (
        "other numbers.\n\nHere its log-likelihood is not the right one (",
        lambda *a: (*(e := ends_of(*a))[i := int(np.nanargmax([end[3] for end in e]))][:3], i),
    ),
    ("its log-likelihood is None, not one number.", lambda *a: (*best(*a)[:3], None)),
    ("its log-likelihood is a list of 1 thing, not one numb", lambda *a: (*best(*a)[:3], [-3.0])),
    ("its log-likelihood is a str, not one number.", lambda *a: (*best(*a)[:3], "-3")),
    ("its weights are a list of 2 things, which is", lambda *a: ([[1.0, 2.0], 3], *best(*a)[1:])),
    ("its weights", lambda *a: ([[[1.0], [2.0]], [3]], [[]], [[], [[]]], [0])),
    (
        "every part should be of length 2, an entry for each class; yours are of length 1.",
        lambda *a: (*(part[:1] for part in best(*a)[:3]), -8.32),
    ),
    ("every entry should be a finite number; 1 of yours is", lambda *a: (*best(*a)[:3], -np.inf)),
    ("it runs EM twice for 1 restart.", lambda *a: (best(*a)[0] * 2, *best(*a)[1:])),
    (
        "the weights should sum to 1; yours sum to 2.",
        with_loop(answer=kept_and_best, kept=lambda w, m, v: (2 * w, m, v)),
    ),
    (
        "no variance should be below 0; your smallest is -1.5.",
        with_loop(answer=kept_and_best, kept=lambda w, m, v: (w, m, -v)),
    ),
    (
        "other numbers.\n\nHere its means are not the right ones (",
        with_loop(answer=kept_and_best, kept=lambda w, m, v: (w, m + 1, v)),
    ),
):
    wrong(None, says=f"Not yet: {says}")(program)


# What crashes on several restarts has kept a run: it is not "no run kept".


@verdict(
    "crashed", says=("ValueError: The truth value of an array", "line 5 of compares_runs: if end > best:")
)
def compares_runs(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end > best:
            best = end
    return best


@verdict("crashed", says="AttributeError: 'tuple' object has no attribute 'log_likelihood'")
def asks_for_a_name(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end.log_likelihood > best.log_likelihood:
            best = end
    return best


@verdict("crashed", says="NameError: name 'bets' is not defined")
def misspells(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        end = run(*draw())
        if end[3] > bets[3]:  # noqa: F821
            best = end
    return best


@verdict("crashed", says="NameError: name 'log_likelihood' is not defined")
def calls_what_is_not_there(draw, run, restarts):
    return max(ends_of(draw, run, restarts), key=log_likelihood)  # noqa: F821


crashed = "TypeError: run() missing 2 required positional arguments: 'means' and 'var"
verdict("crashed", says=crashed)(lambda draw, run, restarts: run(draw()))
unpacked = "TypeError: run() argument after * must be an iterable, not function"
verdict("crashed", says=unpacked)(lambda draw, run, restarts: run(*draw))
truth = "ValueError: The truth value of an array"
verdict("crashed", says=truth)(lambda draw, run, restarts: max(run(*draw()) for _ in range(restarts)))
# Compared as tuples, equal log-likelihoods make Python compare arrays.
tie = ("ValueError: The truth value of an array", "Example: two runs end at one place\n")
verdict("crashed", says=tie)(lambda d, r, n: max(end[::-1] for end in ends_of(d, r, n))[::-1])


@wrong(None, says="a list of 4 things that holds itself, not an array.")
def all_parts_hold_themselves(draw, run, restarts):
    held = []
    held.extend([held] * 4)
    return held


# Not started, and a forgotten return.


@verdict("not started")
def with_dots(draw, run, restarts): ...


@verdict("not started")
def with_a_loop(draw, run, restarts):
    best = -np.inf
    for _ in range(restarts):
        ...
    return best


verdict("not started")(lambda draw, run, restarts: None)
verdict("not started")(lambda draw, run, restarts: (None, None, None, None))
verdict("not started")(None)


@wrong("nothing-returned")
def forgets_to_return(draw, run, restarts):
    keeps_the_best(draw, run, restarts)
