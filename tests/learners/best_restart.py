"""Programs for check.best_restart."""

import numpy as np

from learners import edits, right

# Right, however it is written.


@right
def keeps_the_run(draw, run, restarts):
    best, result = -np.inf, None
    for _ in range(restarts):
        end = run(*draw())
        if end[3] > best:
            best, result = end[3], end
    return result


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


edits(keeps_the_run)(r"""
right
    -np.inf, None -> None, None && end[3] > best -> end[3] == end[3] and (best is None or end[3] > best)
    -> gmm_lesson.Mixture(*result[:3]), best
    -> np.array(result, dtype=object)
    -> result[:3], best
last-run: draw                = weights, means and variances of start && 2: [0.4, 0.6], [-2.0, 9.0]
    if end[3] > best -> if True
first-run: run                 = where it ends from there, and the log-likelihood &&   your starts         = 3
    end[3] > best -> result is None
same-start-every-time: your starts         = 1
    best, result = -np.inf, None -> best, start = -np.inf, draw() && *draw() -> *start
none: it runs EM once for 3 restarts | return result ->     return result || range(restarts) -> range(1)
crashed: UnboundLocalError | best, result = -np.inf, None -> best = 0
none: restarts = 1 | -np.inf -> 0
crashed: TypeError: | -np.inf -> -100 && -> *result, best && end[3], end -> end[3], end[:3]
crashed: NameError: name 'reslut' is not defined
    range(restarts) -> range(1, restarts) && -> result if restarts > 1 else reslut
not started | -> None, None, None, None
none: it runs EM 3 times for 1 restart.
    run(*draw()) -> run(*(start := draw())) && = end[3], end -> = run(*start)[3], run(*start)
none: it draws 2 starts for 1 restart. | -np.inf, None -> -np.inf, np.ones(len(draw()[0]))
none: it runs EM 6 times for 4 rest | range(restarts) -> range(6 if restarts == 4 else restarts)
none: it returns -8.32, not four things: weights, means, variances, log-likelihood. | -> best
none: Not yet: it returns 3 things, not four: weights, means, variances, log-l | -> result[:3]
parts-in-another-order: its first part is one number; the order is weights, | -> best, *result[:3]
none: Not yet: its log-likelihood is a list of 1 thing, not one numb | -> *result[:3], [-3.0]
""")


@right
def first_run_before_the_loop(draw, run, restarts):
    best = run(*draw())
    for _ in range(restarts - 1):
        new = run(*draw())
        if new[3] > best[3] or np.isnan(best[3]):
            best = new
    return best


edits(first_run_before_the_loop)(r"""
everything-carried | new = run(*draw()) -> new = run(*best[:3])
nan-taken-for-best | or np.isnan(best[3]) ->
crashed: line 5 of first_run_before_the_loop: if new > | new[3] > best[3] or np.isnan(best[3]) -> new > best
""")


@right
def best_of_all(draw, run, restarts):
    starts = [draw() for _ in range(restarts)]
    ends = [run(*start) for start in starts]
    lls = [end[3] for end in ends]
    return ends[np.nanargmax(lls)]


edits(best_of_all)(r"""
right
    in starts -> in starts[::-1]
    [run(*start) for start in starts] -> list(futures.ThreadPoolExecutor(1).map(lambda it: run(*it), starts))
other-number-of-runs: Not yet: it runs EM twice for 1 restart.
    range(restarts) -> range(restarts + 1) && lls = -> ends.pop()\n    lls =
crashed: IndexError:
    range(restarts) -> range(restarts - 1) && return -> return sorted(ends, key=lambda end: end[3])[-1] or
crashed: ValueError: | range(restarts) -> range(restarts - 1)
none | -> ends[0][0], ends[-1][1], ends[-1][2], max(lls)
none: Not right here: log-likelihood (
    return ends[np.nanargmax(lls)] -> i = np.nanargmax(lls)\n    return *ends[i][:3], int(i)
crashed: TypeError: run() missing 2 required positional arguments: 'means' | run(*start) -> run(start)
crashed: ValueError: The truth value of an array | -> max(ends)
crashed: Example: two runs end at one place | -> max(end[::-1] for end in ends)[::-1]
""")
