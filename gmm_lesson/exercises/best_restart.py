"""The best of several restarts, of lesson 06: what a right search is, and the wrong ones that we know."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises import parameters
from gmm_lesson.exercises.kit import Case, Exercise, Reading, Sign, each, read_array, read_parts
from gmm_lesson.exercises.parameters import OTHER_ORDERS, PARAMETERS, unfolded
from gmm_lesson.exercises.verdict import counted, thing, value


def search(starts: Sequence[Any], restarts: int, runner: Callable[..., Any]) -> tuple[Any, ...]:
    """Return the arguments of a Case; after the last start `draw` goes on with others."""
    asked = np.array(starts[:restarts], dtype=float)
    ends = [runner(*start) for start in asked]

    def new_draw() -> Any:
        def draw() -> tuple[Array, Array, Array]:
            beyond, place = divmod(it.calls, len(starts))
            it.calls += 1
            weights, means, variances = np.array(starts[place], dtype=float)
            return weights, means + 20 * beyond, variances

        it = _counted(draw, "weights, means and variances of start", asked)
        return it

    def new_run() -> Any:
        def run(weights: Any, means: Any, variances: Any) -> Any:
            start = np.array([weights, means, variances], dtype=float)
            it.calls += 1
            it.started.add(start.tobytes())
            return runner(*start)

        it = _counted(run, "where it ends from there, and the log-likelihood", ends)
        it.n_components = asked.shape[2]
        return it

    return new_draw, new_run, restarts


def _counted(it: Any, head: str, rows: Iterable[Any]) -> Any:
    """Return a function with a count of its calls, a short name in errors, and what an example says of it."""

    def told() -> str:
        lines = [", ".join(value(np.asarray(part)) for part in row) for row in rows]
        return "\n".join([head, *(f"{i}: {line}" for i, line in enumerate(lines, 1))])

    it.calls, it.started, it.told = 0, set(), told
    it.__qualname__, it.__module__ = it.__name__, "builtins"
    return it


def halfway(level: float, goal: Sequence[float] = (1, 5), slope: float = 1.0, lost: float = np.inf) -> Any:
    """Return a runner that halves the distance to equal weights, means of `goal` and variances of one."""

    def runner(*start: Array) -> tuple[Any, ...]:
        target = np.array([[1 / len(goal)] * len(goal), goal, [1] * len(goal)])
        away = np.array(start) - target
        # the higher, the nearer the start; a mean stays above its goal: two starts beside it end at one place
        height = np.nan if start[1][0] == lost else float(level - slope * ([4, 1, 1] @ away**2).sum())
        away[1] = np.abs(away[1])
        return *(target + away / 2), height

    return runner


BEST = (*PARAMETERS, "log-likelihood")


def read_best(raw: Any, given: dict[str, Any]) -> Reading:
    """Read parameters and a log-likelihood, and how many starts and runs there were; a wrong count is odd.

    Of what keeps no run at all (None, or nothing before the log-likelihood) there are the counts alone.
    """
    draw, run, restarts = given["draw"], given["run"], given["restarts"]
    raw = unfolded(raw)
    parts = raw if isinstance(raw, (tuple, list)) else ()
    counts = np.array(len(run.started)), np.array(run.calls)
    before = [read_array(part).numbers for part in parts[:-1] if part is not None]
    if raw is None or (len(parts) > 1 and not any(it is None or it[0].any() for it in before)):
        nothing = "None, not four things" if raw is None else "no parameters; wanted are four things"
        return Reading(counts, f"it returns {nothing}: {', '.join(BEST)}")
    if len(parts) != len(BEST):
        return read_parts(raw, BEST, 0)
    first, last = (read_array(part).numbers or (np.zeros(1),) for part in (parts[0], parts[3]))
    if np.ndim(*first) == 0 < np.ndim(*last) and read_array(parts[3]).numbers:
        says = f"its first part is one number; the order is {', '.join(BEST)}"
        return Reading(None, Sign("parts-in-another-order", says))
    three = read_parts(tuple(parts[:3]), PARAMETERS, run.n_components)
    if three.numbers is None:
        return three
    if np.ndim(*last):
        return Reading(None, f"its log-likelihood is {thing(parts[3])}, not one number")
    times = {1: "once", 2: "twice"}.get(run.calls, f"{run.calls} times")
    runs = f"it runs EM {times}" if run.calls != restarts else ""
    draws = f"it draws {counted(draw.calls, 'start')}" if draw.calls != restarts else ""
    name = "other-number-of-runs" if runs else "other-number-of-starts"
    odd = Sign(name, f"{runs or draws} for {counted(restarts, 'restart')}") if runs or draws else None
    return Reading((*three.numbers, *last, *counts), three.complaint or odd)


def broken(given: dict[str, Any], *parts: Array) -> Iterator[str]:
    """Say so if there is a NaN, the parameters are not of length K, or no mixture has them."""
    yield from parameters.finite(*parts)
    if len(parts) > 2:
        yield from parameters.other_length(len(parts[0]), given["run"].n_components)
        yield from map(str, parameters.no_mixture(*parts[:3]))  # as a rule, it is no name


A, A_TOO = ([0.3, 0.7], [0.5, 4.0], [2.0, 1.5]), ([0.3, 0.7], [1.5, 6.0], [2.0, 1.5])
B, C = ([0.6, 0.4], [2.0, 7.0], [3.0, 1.0]), ([0.8, 0.2], [3.0, 3.0], [1.5, 4.0])
D, E = ([0.4, 0.6], [-2.0, 9.0], [2.0, 2.5]), ([0.7, 0.3], [1.0, 5.5], [1.2, 1.0])
"""Starts for `halfway` to means of 1 and 5, by how high their runs get: E first, then A, B, C and D."""

THREE = (
    ([0.5, 0.2, 0.3], [1.0, 3.0, 12.0], [2.0, 1.5, 3.0]),
    ([0.2, 0.6, 0.2], [-1.0, 5.0, 9.5], [1.2, 2.0, 0.5]),
    ([0.1, 0.3, 0.6], [2.0, 7.0, 6.0], [4.0, 1.0, 2.0]),
    ([0.3, 0.3, 0.4], [0.2, 4.1, 9.0], [1.1, 1.0, 1.2]),
)

LOST = halfway(-5.5, lost=-2)

EARLIER = ("ends[-1]", "max(ends, key=log_likelihood)")

EXERCISE = Exercise(
    lesson=6,
    about="""Judge a search: a function of (draw, run, restarts) that returns the best of several runs.

    It gets `draw`, which returns a new start every time it is called: weights, means and variances, shape
    (K,); `run`, which takes these three and returns those where EM ended, and the log-likelihood there; and
    how many restarts to make. It returns the weights, means, variances and log-likelihood of the best run.
    A Mixture may stand for the first three.

    A run whose log-likelihood is NaN is none to choose; of two that are equally good, either is right. More
    calls than there are restarts are not.
    """,
    program="""
def my_best_restart(draw, run, restarts):
    ends = []
    for restart in range(restarts):
        start = draw()
        end = run(*start)
        ends.append(end)
    best = max(ends, key=log_likelihood)
    return best
""",
    names={"log_likelihood": lambda end: end[3]},
    answer="the best run",
    right=lambda draw, run, restarts: max(
        (run(*draw()) for _ in range(restarts)), key=lambda end: np.nan_to_num(end[3], nan=-np.inf)
    ),
    parts=(*BEST, "starts"),
    read=read_best,
    broken=broken,
    # After the last start that is asked for comes, as a rule, a better one.
    cases=(
        Case("one restart", search((A, E), 1, halfway(-5.5))),
        Case("the best run comes last", search((C, B, A, E), 3, halfway(-59.0, slope=0.02))),
        Case("the best run comes first", search((A, D, B, E), 3, halfway(-740.0))),
        Case("the best run is neither", search((B, A, D, C, E), 4, halfway(-5200.0))),
        Case("log-likelihoods above zero", search((B, A, C, E), 3, halfway(40.0))),
        Case("very many objects", search((B, A, C, E), 3, halfway(-2e7))),
        Case("two runs end at one place", search((C, A, B, A_TOO, E), 4, halfway(-5.5))),
        Case("three classes", search(THREE, 3, halfway(-59.0, goal=(0, 4, 9)))),
        Case("a run that ends with NaN comes first", search((D, C, A, B, E), 4, LOST), edge=True),
        Case("a run that ends with NaN comes last", search((A, C, B, D), 4, LOST), edge=True),
        Case("a run that ends with NaN comes between", search((A, B, D, C), 4, LOST), edge=True),
    ),
    table=f"""
DRAW = start = draw()
BEST = max(ends, key=log_likelihood)

last-run: The last run comes back, whichever was best.
    best = ends[-1]
first-run: The first run comes back, whatever the later ones found.
    best = ends[0]
same-start-every-time: EM runs from one start only, so more restarts find nothing new.
    DRAW -> if restart == 0: DRAW
lowest-run: The run with the lowest log-likelihood comes back: the worst of all.
    best = min(ends, key=log_likelihood) | max(ends, key=lambda end: abs(end[3]))
weights-and-variances-carried: From the second run on, weights or variances start where an earlier run ended.
    start = {each("({0}[0], draw()[1], {0}[2]) if ends else draw()", EARLIER)}
    start = {each("({}[0], *draw()[1:]) if ends else draw()", EARLIER)}
    start = {each("(*draw()[:2], {}[2]) if ends else draw()", EARLIER)}
everything-carried: Each run goes on from where an earlier one ended: it is one long run, not several.
    start = {each("{}[:3] if ends else draw()", EARLIER)}
start-returned: The weights, means and variances are those from which a run started, not where it ended.
    ends.append(end) -> ends.append((*start, end[3]))
    return *start, best[3]
best-log-likelihood-beside-another-run: Beside the best log-likelihood are the parameters of another run.
    return *ends[-1][:3], best[3] | *ends[0][:3], best[3]
averaged: The weights, means and variances are averages over the runs, and no run ended there.
    best = [np.mean(part, axis=0) for part in zip(*ends)]
parts-in-another-order: Every number is right, but they do not come as weights, means and variances.
    return best -> {each("weights, means, variances, ll = best; return {}, ll", OTHER_ORDERS)}
nan-taken-for-best [edge]: A run whose log-likelihood is NaN comes back as the best.
    as it is
    best = ends[np.argmax([end[3] for end in ends])]
""",
)
