"""What the labs run, what their alarms hear, and how the end is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import SUM_TOLERANCE, Array
from gmm_lesson.data import load
from gmm_lesson.em import MAX_ITER, TOL, gain_is_negligible, log_likelihood
from gmm_lesson.engine.family import Parameters
from gmm_lesson.exercises.kit import Exercise, Function
from gmm_lesson.exercises.lab import Given, Lab, Seen
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.plane_m_step import PARTS
from gmm_lesson.exercises.shown import table
from gmm_lesson.mixture import Mixture
from gmm_lesson.restarts import SAME_OPTIMUM
from gmm_lesson.study import original

LECTURE, START = load("lecture_2021").y, ", ".join(PARAMETERS)


def is_one(total: Any) -> bool:
    """Whether all totals are one; a NaN is not."""
    return bool((np.abs(total - 1) <= SUM_TOLERANCE).all())


def not_a_number(*values: Any) -> bool:
    """Whether there is a NaN or an infinity."""
    return not all(np.isfinite(value).all() for value in values)


def written(names: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write rows of a table, each with its name; numbers that are not whole in four digits."""
    pad = max(map(len, names)) + 1
    entries = ("".join(f"{it:>11{'.4g' * isinstance(it, float)}}" for it in row) for row in rows)
    return "\n".join(name.ljust(pad) + entry for name, entry in zip(names, entries, strict=True))


def five_runs(given: Given, sampler: Function, seed: int = 1) -> Iterator[Seen]:
    """Run a sampler on five generators: labels z, (5, n), and counts, (5, K).

    Where there are values, too, the mean and sd of each class, `learned`, beside the `true` ones, (2, K), and
    by how many standard errors they are `off`; a class without objects has NaN.
    """
    z = made = np.array([sampler(**given, rng=rng) for rng in np.random.default_rng(seed).spawn(5)])
    classes, seen = np.arange(len(given["weights"])), Seen(learned=[], true=[])
    if "means" in given:
        z = made[:, 1]
        values = [made[:, 0][z == k] for k in classes]
        seen.true = np.array([given["means"], np.sqrt(given["variances"])])
        seen.learned = np.array([[f(y) if y.size else np.nan for y in values] for f in (np.mean, np.std)])
        roots = np.sqrt([[y.size * n for y in values] for n in (1, 2)])
        seen.off = np.abs(seen.learned - seen.true) / seen.true[1] * roots
    seen.z, seen.counts = z, (z[..., np.newaxis] == classes).sum(axis=1)
    yield seen


def neighbours_are_alike(it: Seen) -> bool:
    """Whether neighbours are alike more often, by 5 standard errors, than the classes of all runs say."""
    _, counts = np.unique(it.z, return_counts=True)
    chance = ((counts / it.z.size) ** 2).sum()
    alike = it.z[:, :-1:2] == it.z[:, 1::2]
    return bool(alike.mean() > chance + 5 * np.sqrt(chance * (1 - chance) / alike.size))


def write_runs(it: Seen) -> str:
    """Write the counts of every run and what is wanted, give or take an sd; and mean and sd of each class."""
    wanted = it.n * it.weights
    sds = np.sqrt(wanted * (1 - it.weights))
    lines = [("class", [*range(wanted.size)]), *((f"run {i}", row) for i, row in enumerate(it.counts, 1))]
    lines += [("wanted", [f"{mean:.0f} +- {sd:.0f}" for mean, sd in zip(wanted, sds, strict=True)])]
    for name, learned, true in zip(("mean", "sd"), it.learned, it.true, strict=False):
        lines += [(name, ["none" if np.isnan(value) else f"{value:.2f}" for value in learned])]
        lines += [("wanted", [f"{value:.2f}" for value in true])]
    return written(*zip(*lines, strict=True))


# One step, and loops. No step refuses what a bug hands on, as those of em.py would. An E-step without a bug
# works with logarithms, so that what shows is the bug, and no 0/0 that comes of it.

LOOP = Exercise(
    about="The loop of the labs.",
    answer="a step at a time",
    program="""
def my_em(y, weights, means, variances, floor, my_e_step, my_m_step):
    for step in range(1, 501):
        r = my_e_step(y, weights, means, variances)
        weights, means, variances = my_m_step(y, r, means)
        variances = np.maximum(variances, floor)
        yield r, weights, means, variances
""",
)

BEFORE = ([0.5, 0.5], [1.0, 3.0], [1.0, 1.0])
"""What the M-step's lab starts from; its responsibilities, to three decimals, are those of this mixture."""


def log_joint(y: Array, weights: Any, means: Any, variances: Any) -> Array:
    """Return the logarithms of weight times density, (N, K), even of what is no mixture.

    In the plane `variances` are matrices; a class with a determinant that is not above zero has NaN.
    """
    away = (y[:, np.newaxis] - means).reshape(len(y), len(weights), -1)
    matrices = np.reshape(variances, (len(weights), *away.shape[2:] * 2))
    determinants = np.linalg.det(2 * np.pi * matrices)
    inverses = np.linalg.inv(np.where(determinants[:, np.newaxis, np.newaxis] > 0, matrices, np.nan))
    squares = np.einsum("nki,kij,nkj->nk", away, inverses, away)
    return np.asarray(np.log(weights) - 0.5 * (squares + np.log(determinants)))


def e_step(y: Array, *parts: Any) -> Array:
    """Return the responsibilities."""
    logs = log_joint(y, *parts)
    return np.asarray(np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)))


def q_is_lower(it: Seen) -> bool:
    """Whether Q is lower than before the step; a NaN is not."""
    before, after = ((it.r * log_joint(it.y, *parts)).sum() for parts in (BEFORE, it.answer))
    return bool(after < before - 1e-9)


def steps(given: Given, e_step: Function, m_step: Function, loop: Function) -> Iterator[Seen]:
    """Run a loop until it comes to rest as `em` does, or something is not a number, or for all its steps."""

    def score(*parts: Any) -> float:
        return float(np.logaddexp.reduce(log_joint(y, *parts), axis=1).sum())

    y, start = given["y"], given[START] if START in given else [given[part] for part in PARTS]
    after = score(*start)
    for r, *parts in loop(y, *start, given.get("floor"), e_step, m_step):
        before, after = after, score(*parts)
        at_rest = bool(gain_is_negligible(after - before, len(y), TOL))
        yield Seen(r=r, parts=parts, before=before, after=after, at_rest=at_rest)
        if at_rest or not_a_number(*parts, after):
            return


def steps_with(arguments: str) -> Callable[..., Iterator[Seen]]:
    """Return what runs a loop with an M-step of these arguments, the right E-step, and no other floor."""
    loop = LOOP.function({"y, r, means": arguments, "np.maximum(variances, floor)": "variances"})
    return lambda given, m_step: steps(given, e_step, m_step, loop)


def where(it: Seen) -> str:
    """Say where a loop ended. How long one took that came to no mixture hangs on rounding."""
    if not np.isfinite(it.after):
        what = "the parameters are" if not_a_number(*it.parts) else "the log-likelihood is"
        return f"{what} not a number at step {it.step}"
    if not is_one(total := it.parts[0].sum()):
        return f"no mixture: the weights sum to {total:.2f}"
    return f"{it.after:.3f} after {it.step} steps" if it.at_rest else f"nowhere: no rest in {it.step} steps"


CARRIED = "weights-and-variances-carried"


def search(given: Given, best: Function) -> Iterator[Seen]:
    """Search once, always from the same seed; and perhaps again and again, to count hits of the best.

    All repetitions run at once, on parameters of shape (repetitions, K); what a run hands over is the
    log-likelihood of the first.
    """
    runs = list[Any]()

    def run(*start: Array, max_iter: int = MAX_ITER, tol: float = 1e-9) -> tuple[Any, ...]:
        end = original.run(LECTURE, Parameters(*start), max_iter=max_iter, tol=tol, old_mean=False)
        runs.append((start, end.log_likelihood, end.converged))
        return *end.parameters, float(end.log_likelihood[0])

    def searched(repetitions: int) -> Any:
        rng = np.random.default_rng(0)
        return best(lambda: original.draw_starts(LECTURE, repetitions, rng), run, 10)

    *parts, reported = map(np.squeeze, searched(1))
    starts, ends, converged = map(np.squeeze, zip(*runs, strict=True))  # (10, 3, K), (10,) and (10,)
    if given["repetitions"]:
        searched(given["repetitions"])
    tops = np.reshape([top for _, top, _ in runs[10:]], (10, -1))
    hits = tops > tops.max(initial=-np.inf) - SAME_OPTIMUM  # (10, repetitions)
    own = log_likelihood(LECTURE, Mixture(*parts))
    yield Seen(starts=starts, ends=ends, converged=converged, reported=reported, own=own, hits=hits)


def misreported(it: Seen) -> bool:
    """Whether the log-likelihood that is reported is not that of the parameters beside it."""
    return bool(abs(it.reported - it.own) > SAME_OPTIMUM)


def said(it: Seen) -> str:
    """Say what is kept, and what is reported of it if that is something else."""
    return f"{it.own:.3f}" + f", reported as {it.reported:.3f}" * misreported(it)


def write_search(it: Seen) -> str:
    """Write where each run ended, perhaps how many repetitions of it reach the best, and what is kept."""
    columns = [["ended at", *(f"{end:.3f}" for end in it.ends)], ["hits", *it.hits.sum(axis=1)]]
    names, rows = [f"run {i}" for i in range(1, 11)], zip(*columns[: 1 + bool(it.repetitions)], strict=True)
    return written(["", *names, "kept"], [*rows, [said(it)]])


def sinking(lab: Lab) -> list[str]:
    """Return how often each of ten runs reaches the best, if weights and variances are carried."""
    hits, best = lab.ran(CARRIED).hits, lab.ran().reported
    says = f"All ten, {hits.shape[1]} times over, weights and variances carried: so many reach {best:.3f}"
    counts = map(str, [*hits.sum(axis=1), hits.any(axis=0).sum()])
    return ["", f"{says} at restart", "", *table([*map(str, range(1, 11)), "any"], [counts])]


def pairs(given: Given, match: Function) -> Iterator[Seen]:
    """Match once; the `squares` of the differences sum to so much, and to the `least` in the best order."""
    true, answer = np.array([given["true_means"], given["true_sds"]]), np.array(match(**given))
    orders = map(np.transpose, permutations(np.transpose([given["means"], given["sds"]])))
    squares, *others = (float(((true - parts) ** 2).sum()) for parts in (answer, *orders))
    yield Seen(true=true, answer=answer, squares=squares, least=min(others))


def criteria(given: Given, bic: Function) -> Iterator[Seen]:
    """Compute a criterion of each number of classes; then if all fits were better, and of more objects."""
    better = {**given, "log_likelihood": given["log_likelihood"] + 1}
    more = {**given, "n": 2 * given["n"]}
    yield Seen(answer=bic(**given), better=bic(**better), more=bic(**more))


def in_blocks(given: Given, e_step: Function, from_sums: Function, cuts: tuple[int, ...]) -> Iterator[Seen]:
    """Run a loop in which the M-step gets the sums of each block of objects, cut at these places."""

    def m_step(y: Array, r: Array, _: Array) -> Any:
        pairs = zip(np.split(y ** np.arange(3)[:, np.newaxis], cuts, axis=1), np.split(r, cuts), strict=True)
        return from_sums(np.array([powers @ own for powers, own in pairs]))

    return steps(given, e_step, m_step, LOOP.function({}))
