"""The best of several restarts, of lesson 06: what a right search is, and the wrong ones that we know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import em
from gmm_lesson.exercises.kit import Case, Exercise, Mistake, Reading, read_array, read_parts
from gmm_lesson.exercises.rules import PARAMETERS, finite, variances_not_negative, weights_sum_to_one
from gmm_lesson.exercises.verdict import counted, thing, value
from gmm_lesson.mixture import Mixture

PROGRAM = """
def my_best_restart(draw, run, restarts):
    ends = []
    for restart in range(restarts):
        start = draw()
        end = run(*start)
        ends.append(end)
    best = max(ends, key=log_likelihood)
    return best
"""


def log_likelihood(end: tuple[Any, ...]) -> Any:
    """Return the log-likelihood at which a run ended."""
    return end[3]


def best_of_all(draw: Callable[[], Any], run: Callable[..., Any], restarts: int) -> Any:
    """Return the best of the runs that do not end with NaN."""
    ends = [run(*draw()) for _ in range(restarts)]
    return ends[np.nanargmax([log_likelihood(end) for end in ends])]


# Restarts to choose from: starts in a known order, and runs that are counted.

Start = tuple[list[float], list[float], list[float]]
Ending = tuple[Array, Array, Array, float]


@dataclass(repr=False)
class Draw:
    """What a learner gets as `draw`: each call returns the next start, and there is always another."""

    starts: Sequence[Start]
    asked: Sequence[Start]
    calls: int = 0

    def __call__(self) -> tuple[Array, Array, Array]:
        """Return a new start."""
        beyond, place = divmod(self.calls, len(self.starts))
        self.calls += 1
        weights, means, variances = np.array(self.starts[place], dtype=float)
        return weights, means + 20 * beyond, variances

    __call__.__qualname__ = "draw"  # error messages call it so

    def __repr__(self) -> str:
        return "draw"

    def told(self) -> str:
        """Return the starts that are asked for, a line each."""
        return _numbered("weights, means and variances of start", self.asked)


@dataclass(repr=False)
class Run:
    """What a learner gets as `run`: EM, or something as simple as possible that behaves like it."""

    runner: Callable[..., Ending]
    asked: Sequence[Start]
    calls: int = 0
    started: set[bytes] = field(default_factory=set)

    def __call__(self, weights: Any, means: Any, variances: Any) -> Ending:
        """Return where a run ends, and its log-likelihood there."""
        start = [np.array(part, dtype=float) for part in (weights, means, variances)]
        self.calls += 1
        self.started.add(b"".join(part.tobytes() for part in start))
        return self.runner(*start)

    __call__.__qualname__ = "run"

    def __repr__(self) -> str:
        return "run"

    def told(self) -> str:
        """Return where the runs from these starts end, a line each."""
        ends = [self.runner(*np.array(start, dtype=float)) for start in self.asked]
        return _numbered("where it ends from there, and the log-likelihood", ends)


def _numbered(head: str, rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"{i}: {', '.join(value(np.asarray(part)) for part in row)}" for i, row in enumerate(rows, 1)]
    return "\n".join([head, *lines])


def search(starts: Sequence[Start], restarts: int, runner: Callable[..., Ending]) -> tuple[Any, ...]:
    """Return the arguments of a Case: `draw` and `run`, made anew for every call, and how many are asked for.

    There are more starts than restarts, so that a start too many is a new one.
    """
    return lambda: Draw(starts, starts[:restarts]), lambda: Run(runner, starts[:restarts]), restarts


def halfway(level: float, goal: Sequence[float] = (1, 5), slope: float = 1.0, lost: float = np.inf) -> Any:
    """Return a runner that halves the distance to equal weights, some means and variances of one.

    Its log-likelihood is `level` less the squared distances of its start, times `slope`. Each mean stays
    above its goal, so that two starts on either side of it end at one place. A run whose first mean starts
    at `lost` has NaN for a log-likelihood.
    """

    def runner(weights: Array, means: Array, variances: Array) -> Ending:
        equal, aim = 1 / len(goal), np.array(goal)
        far = 4 * ((weights - equal) ** 2).sum() + ((means - aim) ** 2).sum() + ((variances - 1) ** 2).sum()
        height = np.nan if means[0] == lost else float(level - slope * far)
        return (weights + equal) / 2, aim + np.abs(means - aim) / 2, (variances + 1) / 2, height

    return runner


def em_on_twelve_objects(*start: Array) -> Ending:
    """Run EM itself, for twelve steps."""
    y = [0.2, 0.9, 1.4, 1.6, 2.3, 4.1, 4.8, 5.5, 8.7, 9.0, 9.2, 9.9]
    run = em(y, Mixture(*start), max_iter=12, tol=0.0)
    parts = (run.mixture.weights, run.mixture.means, run.mixture.variances)
    return *(part.copy() for part in parts), float(run.log_likelihoods[-1])  # type: ignore[return-value]


# What comes back: K, the parameters, the log-likelihood, how many starts and how many runs there were.

BEST = (*PARAMETERS, "log-likelihood")


def read_best(raw: Any, given: dict[str, Any]) -> Reading:
    """Read parameters and a log-likelihood; a Mixture, or a triple, may stand for the parameters.

    What keeps no run at all (None, or nothing before the log-likelihood) is read as a mixture of no classes.
    A count of calls that is not right is a complaint: it is heard if the numbers are.
    """
    draw, run, restarts = given["draw"], given["run"], given["restarts"]
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        raw = tuple(raw)
    parts = raw if isinstance(raw, (tuple, list)) else ()
    if len(parts) == 2 and isinstance(parts[0], Mixture):
        parts = (parts[0].weights, parts[0].means, parts[0].variances, parts[1])
    elif len(parts) == 2 and isinstance(parts[0], (tuple, list)) and len(parts[0]) == 3:
        parts = (*parts[0], parts[1])
    if raw is None or (len(parts) > 1 and all(map(_is_empty, parts[:-1]))):
        nothing = f"it returns {thing(raw)}, not four things: {', '.join(BEST)}"
        return Reading(np.array([0.0, 0.0, len(run.started), run.calls]), nothing)
    if len(parts) != len(BEST):
        return read_parts(raw, BEST, 0)
    first, *_, last = (getattr(read_array(part).numbers, "shape", None) for part in parts)
    if first == () != last:
        return Reading(None, f"its first part is one number; the order is {', '.join(BEST)}")
    parameters = read_parts(tuple(parts[:3]), PARAMETERS, len(draw.starts[0][0]))
    if parameters.numbers is None:
        return parameters
    number = read_array(parts[3], wanted="number").numbers
    if number is None or number.ndim > 0:
        return Reading(None, f"its log-likelihood is {thing(parts[3])}, not one number")
    complaint = parameters.complaint
    if run.calls != restarts:
        times = {1: "once", 2: "twice"}.get(run.calls, f"{run.calls} times")
        complaint = complaint or f"it runs EM {times} for {counted(restarts, 'restart')}"
    if draw.calls != restarts:
        drawn = f"it draws {counted(draw.calls, 'start')} for {counted(restarts, 'restart')}"
        complaint = complaint or drawn
    others = [float(number), len(run.started), run.calls]
    k = parameters.numbers.shape[1]
    return Reading(np.concatenate([[k], parameters.numbers.ravel(), others]), complaint)


def _is_empty(part: Any) -> bool:
    """Whether this is what a learner may set a part to before there is any."""
    numbers = read_array(part).numbers
    return part is None or (numbers is not None and not numbers.any())


def parts_of_best(numbers: Array) -> list[Array]:
    """Return weights, means, variances, log-likelihood and number of starts; nothing if no run is kept."""
    *parameters, others = np.split(numbers[1:], int(numbers[0]) * np.arange(1, 4))
    return [*parameters, np.array(others[0]), np.array(int(others[1]))] if numbers[0] else []


def entry_for_each_class(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if the parameters are not of length K."""
    wanted, yours = len(given["draw"].starts[0][0]), int(numbers[0])
    if yours in (0, wanted):
        return None
    return f"every part should be of length {wanted}, an entry for each class; yours are of length {yours}"


def parameters_of_a_mixture(given: dict[str, Any], numbers: Array) -> str | None:
    """Say so if the weights do not sum to one, or a variance is below zero."""
    parts = np.array(parts_of_best(numbers)[:3])
    return (weights_sum_to_one(given, parts) or variances_not_negative(given, parts)) if parts.size else None


A = ([0.3, 0.7], [0.5, 4.0], [2.0, 1.5])
A_TOO = ([0.3, 0.7], [1.5, 6.0], [2.0, 1.5])
B = ([0.6, 0.4], [2.0, 7.0], [3.0, 1.0])
C = ([0.8, 0.2], [3.0, 3.0], [1.5, 4.0])
D = ([0.4, 0.6], [-2.0, 9.0], [2.0, 2.5])
E = ([0.7, 0.3], [1.0, 5.5], [1.2, 1.0])
"""Starts for `halfway` to means of 1 and 5, by how high their runs get: E first, then A, B, C and D."""

ABC = (
    ([0.5, 0.2, 0.3], [1.0, 3.0, 12.0], [2.0, 1.5, 3.0]),
    ([0.2, 0.6, 0.2], [-1.0, 5.0, 9.5], [1.2, 2.0, 0.5]),
    ([0.1, 0.3, 0.6], [2.0, 7.0, 6.0], [4.0, 1.0, 2.0]),
    ([0.3, 0.3, 0.4], [0.2, 4.1, 9.0], [1.1, 1.0, 1.2]),
)
"""Starts of three classes."""

FOR_EM = (
    ([0.3, 0.7], [0.2, 1.4], [9.0, 4.0]),
    ([0.5, 0.5], [0.2, 0.9], [1.0, 1.0]),
    ([0.4, 0.6], [5.5, 4.8], [1.0, 6.0]),
    ([0.6, 0.4], [2.3, 9.0], [4.0, 1.0]),
)
"""Starts of two classes from which EM gets to different places."""

# After the last start that is asked for comes, as a rule, a better one. The best log-likelihoods are of every
# size: whatever the best is set to at first, there are runs below it.
CASES = (
    Case("one restart", search((A, E), 1, halfway(-5.5))),
    Case("the best run comes last", search((C, B, A, E), 3, halfway(-59.0))),
    Case("the best run comes first", search((A, D, B, E), 3, halfway(-740.0))),
    Case("the best run is neither", search((B, A, D, C, E), 4, halfway(-5200.0))),
    Case("log-likelihoods above zero", search((B, A, C, E), 3, halfway(40.0))),
    Case("log-likelihoods above zero and below", search((B, D, A, C, E), 4, halfway(12.0))),
    Case("very many objects", search((B, A, C, E), 3, halfway(-2e7, slope=1e5))),
    Case("two runs end at one place", search((C, A, B, A_TOO, E), 4, halfway(-5.5))),
    Case("three classes", search(ABC, 3, halfway(-59.0, goal=(0, 4, 9)))),
    Case("EM on twelve objects", search(FOR_EM, 3, em_on_twelve_objects)),
    *(
        Case(f"a run that ends with NaN comes {when}", search(starts, 4, halfway(-5.5, lost=-2)), edge=True)
        for when, starts in {"first": (D, C, A, B, E), "last": (A, C, B, D), "between": (A, B, D, C)}.items()
    ),
)

# Pieces of the program, and what stands in their places.
FIRST, RANGE, DRAW = "ends = []", "range(restarts)", "start = draw()"
KEEP, BACK, CHOOSE = "ends.append(end)", "return best", "max(ends, key=log_likelihood)"

LEVELS = (0, -20, -50, -100, -1000, -1e6)
"""What a best log-likelihood may be set to at first: one number for every gap between those of the cases."""


OTHERS = ("{0}[0], draw()[1], {0}[2]", "{0}[0], *draw()[1:]", "*draw()[:2], {0}[2]")
MEANS = (
    "(new := draw())[0], {0}[1], new[2]",
    "*{0}[:2], draw()[2]",
    "draw()[0], *{0}[1:3]",
)
"""Starts of which the weights, the variances or both are old, and starts of which the means are."""


def carried(parts: Sequence[str]) -> list[dict[str, str]]:
    """Return the edits after which parts of a start are from where the run before ended, or the best."""
    ways = [part.format(old) for part in parts for old in ("ends[-1]", CHOOSE)]
    return [{DRAW: f"start = ({way}) if ends else draw()"} for way in ways]


EXERCISE = Exercise(
    lesson=6,
    about="""Judge a search: a function of (draw, run, restarts) that returns the best of several runs.

    Parameters
    ----------
    function : callable
        Your function. It gets `draw`, which returns a new start every time it is called: weights, means
        and variances, shape (K,); `run`, which takes these three and returns those where EM ended, and
        the log-likelihood there; and how many restarts to make. It returns the weights, means,
        variances and log-likelihood of the best run. A Mixture may stand for the first three.

    Returns
    -------
    Verdict
        As from `e_step`. A run whose log-likelihood is NaN is none to choose; of two that are equally
        good, either is right. More calls than there are restarts are not.
    """,
    program=PROGRAM,
    names={"log_likelihood": log_likelihood},
    answer="the best run",
    right=best_of_all,
    parts=(*BEST, "starts"),
    split=parts_of_best,
    read=read_best,
    rules=(entry_for_each_class, finite, parameters_of_a_mixture),
    cases=CASES,
    mistakes=(
        Mistake("last-run", "The last run comes back, whichever was best.", {CHOOSE: "ends[-1]"}),
        Mistake("first-run", "The first run comes back, whatever the later ones found.", {CHOOSE: "ends[0]"}),
        Mistake(
            "same-start-every-time",
            "EM runs from one start only, so more restarts find nothing new.",
            {DRAW: "if restart == 0: start = draw()"},
        ),
        Mistake(
            "lowest-run",
            "The run with the lowest log-likelihood comes back: the worst of all.",
            {CHOOSE: "min(ends, key=log_likelihood)"},
        ),
        Mistake(
            "sign-left-out",
            "The log-likelihood farthest from zero comes back: above zero it is the best, below zero the"
            " worst.",
            {CHOOSE: "max(ends, key=lambda end: abs(end[3]))"},
        ),
        Mistake(
            "closest-to-zero",
            "The log-likelihood closest to zero comes back: below zero it is the best, above zero the worst.",
            {CHOOSE: "min(ends, key=lambda end: abs(end[3]))"},
        ),
        Mistake(
            "compared-with-the-run-before",
            "A run comes back for being better than the one before it, though an earlier one was better"
            " still.",
            {CHOOSE: "[new for old, new in zip(ends[:1] + ends, ends) if old is new or new[3] > old[3]][-1]"},
        ),
        Mistake(
            "one-run-not-compared",
            "EM runs as often as it should, but the first run or the last is never chosen, not even when it"
            " is the best.",
            *(
                {CHOOSE: f"max(ends[{which}], key=log_likelihood{more})"}
                for which in ("1:", ":-1")
                for more in ("", ", default=None", ", default=end")
            ),
        ),
        Mistake(
            "no-run-kept",
            "Where all log-likelihoods are below some level, such as zero, no run is kept.",
            *(
                {CHOOSE: f"max([end for end in ends if end[3] > {level}], key=log_likelihood{more})"}
                for level in LEVELS
                for more in ("", ", default=None")
            ),
        ),
        Mistake(
            "one-restart-too-few",
            "There is one run fewer than restarts.",
            {RANGE: "range(restarts - 1)"},
            {RANGE: "range(restarts - 1)", CHOOSE: "max(ends, key=log_likelihood, default=None)"},
            {RANGE: "range(max(restarts - 1, 1))"},
        ),
        Mistake(
            "one-restart-too-many", "There is one run more than restarts.", {RANGE: "range(restarts + 1)"}
        ),
        Mistake(
            "weights-and-variances-carried",
            "From the second run on, the weights, the variances or both start where an earlier run ended.",
            *carried(OTHERS),
        ),
        Mistake(
            "means-carried",
            "From the second run on, the means start where an earlier run ended.",
            *carried(MEANS),
        ),
        Mistake(
            "everything-carried",
            "Each run goes on from where an earlier one ended: it is one long run, not several.",
            {DRAW: "start = ends[-1][:3] if ends else draw()"},
            {DRAW: f"start = {CHOOSE}[:3] if ends else draw()"},
        ),
        Mistake(
            "weights-and-variances-drawn-once",
            "Every run has the weights, the variances or both of the first start, whatever is drawn later.",
            *(
                {
                    FIRST: f"{FIRST}; first = draw()",
                    DRAW: f"start = ({part.format('first')}) if ends else first",
                }
                for part in OTHERS
            ),
            {FIRST: f"{FIRST}; first = draw()", DRAW: "start = first[0], draw()[1], first[2]"},
        ),
        Mistake(
            "one-start-from-three-draws",
            "A run starts from the weights of one draw, the means of another and the variances of a third.",
            {DRAW: "start = draw()[0], draw()[1], draw()[2]"},
        ),
        Mistake(
            "start-returned",
            "The weights, means and variances are those from which a run started, not those where it ended.",
            {KEEP: "ends.append((*start, end[3]))"},
            {BACK: "return *start, best[3]"},
        ),
        Mistake(
            "best-log-likelihood-beside-another-run",
            "The log-likelihood is the best one, but the weights, means and variances are another run's.",
            {BACK: "return *ends[-1][:3], best[3]"},
            {BACK: "return *ends[0][:3], best[3]"},
        ),
        Mistake(
            "log-likelihood-of-another-run",
            "The weights, means and variances are the best run's, but the log-likelihood is not.",
            {BACK: "return *best[:3], ends[-1][3]"},
            {BACK: "return *best[:3], ends[0][3]"},
            {BACK: "return *best[:3], min(map(log_likelihood, ends))"},
            {BACK: "return *best[:3], np.mean([end[3] for end in ends])"},
            {BACK: "return *best[:3], sum(map(log_likelihood, ends))"},
        ),
        Mistake(
            "log-likelihood-turned-round",
            "The log-likelihood has the right size and the opposite sign.",
            {BACK: "return *best[:3], -best[3]"},
        ),
        Mistake(
            "averaged",
            "The weights, means and variances are averages over the runs, and no run ended there.",
            {CHOOSE: "[np.mean(part, axis=0) for part in zip(*ends)]"},
            {BACK: "return *[np.mean(part, axis=0) for part in zip(*ends)][:3], best[3]"},
        ),
        Mistake(
            "parts-in-another-order",
            "Every number is right and their order is not: the first part is read as the weights, the second"
            " as the means, the third as the variances.",
            *(
                {BACK: f"return best[{a}], best[{b}], best[{c}], best[3]"}
                for a, b, c in permutations(range(3))
                if (a, b, c) != (0, 1, 2)
            ),
        ),
        Mistake(
            "nan-taken-for-best",
            "A run whose log-likelihood is NaN comes back as the best.",
            {},
            {CHOOSE: "ends[np.argmax([end[3] for end in ends])]"},
            {KEEP: "ends = ends if ends and end[3] <= ends[0][3] else [end]"},
            edge=True,
        ),
        Mistake(
            "order-lost-at-nan",
            "Beside a run whose log-likelihood is NaN, a run comes back that is not the best.",
            {CHOOSE: "sorted(ends, key=log_likelihood)[-1]"},
            edge=True,
        ),
    ),
)
"""The check of the best restart."""
