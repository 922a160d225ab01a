"""What the labs run, what their alarms hear, and how the end is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np

from gmm_lesson._inputs import SUM_TOLERANCE, Array
from gmm_lesson.data import load
from gmm_lesson.em import MAX_ITER, TOL, gain_is_negligible, log_likelihood
from gmm_lesson.engine.family import Parameters
from gmm_lesson.exercises import e_step as shares
from gmm_lesson.exercises.kit import Exercise, Function
from gmm_lesson.exercises.lab import Given, Lab, Seen
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.shown import table
from gmm_lesson.mixture import Mixture
from gmm_lesson.study import original

LECTURE, START = load("lecture_2021").y, ", ".join(PARAMETERS)


def is_one(total: Any) -> bool:
    """Whether all totals are one; a NaN is not."""
    return bool((np.abs(total - 1) <= SUM_TOLERANCE).all())


def not_a_number(*values: Any) -> bool:
    """Whether there is a NaN or an infinity."""
    return not all(np.isfinite(value).all() for value in values)


def written(*rows: tuple[str, Any]) -> str:
    """Write rows of a table, each with its name; numbers that are not whole in four digits."""
    pad = max(len(name) for name, _ in rows) + 1
    entries = [(name, [f"{it:.4g}" if isinstance(it, float) else it for it in row]) for name, row in rows]
    return "\n".join(name.ljust(pad) + "".join(f"{it:>11}" for it in row) for name, row in entries)


def write_parameters(parts: Array) -> str:
    """Write weights, means and variances."""
    return written(*zip(PARAMETERS, parts, strict=True))


# Five runs of a sampler.


def five_runs(given: Given, sampler: Function) -> Iterator[Seen]:
    """Run a sampler on five generators: labels z, (5, n), counts, (5, K), and the values of each class."""
    arguments = {name: value for name, value in given.items() if name != "seed"}
    rngs = np.random.default_rng(given["seed"]).spawn(5)
    z = made = np.array([sampler(**arguments, rng=rng) for rng in rngs])
    classes, values = np.arange(len(given["weights"])), list[Array]()
    if "means" in given:
        z, values = made[:, 1], [made[:, 0][made[:, 1] == k] for k in classes]
    yield Seen(z=z, counts=(z[..., np.newaxis] == classes).sum(axis=1), values=values)


def neighbours_are_alike(it: Seen) -> bool:
    """Whether neighbours are alike more often, by 5 standard errors, than the classes of all runs say."""
    _, counts = np.unique(it.z, return_counts=True)
    chance = ((counts / it.z.size) ** 2).sum()
    alike = it.z[:, :-1:2] == it.z[:, 1::2]
    return bool(alike.mean() > chance + 5 * np.sqrt(chance * (1 - chance) / alike.size))


def errors(it: Seen) -> Array:
    """Return by how many standard errors the mean and the sd of each class that has objects are off."""
    classes = zip(it.means, np.sqrt(it.variances), it.values, strict=True)
    scaled = [(mean, sd, y, y.size**0.5) for mean, sd, y in classes if y.size]
    return np.abs([((y.mean() - m) / sd * n, (y.std() / sd - 1) * 2**0.5 * n) for m, sd, y, n in scaled])


def write_runs(it: Seen) -> str:
    """Write the counts of every run and what is wanted, give or take an sd; and mean and sd of each class."""
    wanted = it.n * it.weights
    sds = np.sqrt(wanted * (1 - it.weights))
    lines = [("class", [*range(wanted.size)]), *((f"run {i}", row) for i, row in enumerate(it.counts, 1))]
    lines += [("wanted", [f"{mean:.0f} +- {sd:.0f}" for mean, sd in zip(wanted, sds, strict=True)])]
    if it.values:
        for name, of, right in (("mean", np.mean, it.means), ("sd", np.std, np.sqrt(it.variances))):
            learned = [f"{np.round(of(y), 2) + 0.0:.2f}" if y.size else "none" for y in it.values]
            lines += [(name, learned), ("wanted", [f"{value:.2f}" for value in right])]
    return written(*lines)


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

FROM_LOGS = {
    "joint = weights * density": "logs = np.log(weights) - (away / sds) ** 2 / 2 - np.log(sds);"
    " joint = np.exp(logs - logs.max(axis=1, keepdims=True))  # no bug"
}
IN_LOGS = shares.EXERCISE.function(FROM_LOGS)
"""The E-step for which no object is too far away."""

BEFORE = ([0.5, 0.5], [1.0, 3.0], [1.0, 1.0])
"""What the M-step's lab starts from; its responsibilities, to three decimals, are those of this mixture."""


def log_joint(y: Array, weights: Any, means: Any, variances: Any) -> Array:
    """Return the logarithms of weight times density, shape (N, K), even of what is no mixture."""
    squares = np.subtract.outer(y, means) ** 2 / variances
    return np.asarray(np.log(weights) - 0.5 * (squares + np.log(np.multiply(2 * np.pi, variances))))


def log_joint_in_the_plane(y: Array, weights: Any, means: Any, covariances: Any) -> Array:
    """Return the same of vectors; of a class with a determinant that is not above zero, NaN."""
    away = (y[:, np.newaxis] - means)[..., np.newaxis]  # (N, K, d, 1)
    determinants = np.linalg.det(2 * np.pi * covariances)
    covariances = np.where(determinants[:, np.newaxis, np.newaxis] > 0, covariances, np.nan)
    squares = (away * np.linalg.solve(covariances, away)).sum(axis=(2, 3))
    return np.asarray(np.log(weights) - 0.5 * (squares + np.log(determinants)))


def q_is_lower(it: Seen) -> bool:
    """Whether Q is lower than before the step; a NaN is not."""
    before, after = ((it.r * log_joint(it.y, *parts)).sum() for parts in (BEFORE, it.answer))
    return bool(after < before - 1e-9)


def steps(
    given: Given, e_step: Function, m_step: Function, loop: Function, log_joint: Function = log_joint
) -> Iterator[Seen]:
    """Run a loop until it comes to rest as `em` does, or something is not a number, or for all its steps."""

    def score(*parts: Array) -> float:
        return float(np.logaddexp.reduce(log_joint(y, *parts), axis=1).sum())

    y = given["y"]
    after = score(*given[START])
    for r, *new in loop(y, *given[START], given["floor"], e_step, m_step):
        parts, before, after = new, after, score(*new)
        at_rest = bool(gain_is_negligible(after - before, len(y), TOL))
        yield Seen(r=r, parts=parts, before=before, after=after, at_rest=at_rest)
        if at_rest or not_a_number(*parts, after):
            return


def floored_steps(given: Given, floored: Function) -> Iterator[Seen]:
    """Run a loop whose M-step has the floor, and which has no other."""
    below, m_step = {**given, "floor": 0.0}, lambda y, r, means: floored(y, r, given["floor"])
    return steps(below, IN_LOGS, m_step, LOOP.function({}))


def steps_in_the_plane(given: Given, m_step: Function) -> Iterator[Seen]:
    """Run a loop in the plane, with the right E-step and no floor."""

    def e_step(y: Array, *parts: Array) -> Array:
        logs = log_joint_in_the_plane(y, *parts)
        return np.asarray(np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)))

    given = {**given, START: (given["weights"], given["means"], given["covariances"]), "floor": -np.inf}
    step = LOOP.function({"(y, r, means)": "(y, r)"})
    return steps(given, e_step, m_step, step, log_joint_in_the_plane)


def where(it: Seen) -> str:
    """Say where a loop ended. How long one took that came to no mixture hangs on rounding."""
    if not np.isfinite(it.after):
        what = "the parameters are" if not_a_number(*it.parts) else "the log-likelihood is"
        return f"{what} not a number at step {it.step}"
    if not is_one(total := it.parts[0].sum()):
        return f"no mixture: the weights sum to {total:.2f}"
    return f"{it.after:.3f} after {it.step} steps" if it.at_rest else f"nowhere: no rest in {it.step} steps"


# Ten runs.

WITHIN = 0.01
"""Log-likelihoods that differ by less are of one optimum."""

CARRIED = "weights-and-variances-carried"


def searched(best: Function, repetitions: int) -> tuple[Any, list[Any], list[Any]]:
    """Search so many times at once; return what is kept, and where each run began and ended.

    Parameters are of shape (repetitions, K), and a run hands over the log-likelihood of the first repetition.
    """
    rng, began, ended = np.random.default_rng(0), list[Any](), list[Any]()

    def run(*start: Array, max_iter: int = MAX_ITER, tol: float = 1e-9) -> tuple[Any, ...]:
        began.append(Parameters(*start))
        ended.append(original.run(LECTURE, began[-1], max_iter=max_iter, tol=tol, old_mean=False))
        return *ended[-1].parameters, float(ended[-1].log_likelihood[0])

    return best(lambda: original.draw_starts(LECTURE, repetitions, rng), run, 10), began, ended


def search(given: Given, best: Function) -> Iterator[Seen]:
    """Search once, always from the same seed; and perhaps again and again, to count hits of the best."""
    (*parts, reported), began, ended = searched(best, 1)
    own = log_likelihood(LECTURE, Mixture(*map(np.squeeze, parts)))
    again = searched(best, given["repetitions"])[2] if given["repetitions"] else []
    tops = np.array([ends.log_likelihood for ends in again])
    yield Seen(
        starts=np.array(began)[:, :, 0],  # (10, 3, K)
        ends=np.concatenate([ends.log_likelihood for ends in ended]),
        converged=all(ends.converged.all() for ends in ended),
        reported=float(reported),
        own=own,
        misreported=bool(abs(reported - own) > WITHIN),
        hits=tops > tops.max() - WITHIN if again else None,  # (10, repetitions)
    )


def said(it: Seen) -> str:
    """Say what is kept, and what is reported of it if that is something else."""
    return f"{it.own:.3f}" + f", reported as {it.reported:.3f}" * bool(it.misreported)


def write_search(it: Seen) -> str:
    """Write where each run ended, perhaps how many repetitions of it reach the best, and what is kept."""
    hits = np.zeros((10, 0)) if it.hits is None else it.hits.sum(axis=1, keepdims=True)
    runs = [(f"run {i}", [f"{end:.3f}", *n]) for i, (end, n) in enumerate(zip(it.ends, hits, strict=True), 1)]
    return written(("", ["ended at", "hits"][: 1 + hits.shape[1]]), *runs, ("kept", [said(it)]))


def sinking(lab: Lab) -> list[str]:
    """Return how often each of ten runs reaches the best, if weights and variances are carried."""
    hits, best = lab.ran(CARRIED).hits, lab.ran().reported
    counts, shown = [*hits.sum(axis=1), hits.any(axis=0).sum()], [*map(str, range(1, 11)), "any"]
    says = f"All ten, {hits.shape[1]} times over, weights and variances carried: so many reach {best:.3f}"
    return ["", f"{says} at restart", "", *table(shown, [[str(count) for count in counts]])]


# Pairs.


def squares(it: Seen, parts: Array) -> float:
    """Return the sum over the classes of (difference of means)^2 + (difference of sds)^2."""
    return float(((parts - [it.true_means, it.true_sds]) ** 2).sum())


def another_order_is_closer(it: Seen) -> bool:
    """Whether another order of the learned classes is closer to the true ones; all are tried."""
    orders = permutations(np.transpose([it.means, it.sds]))
    return squares(it, it.answer) > 1e-9 + min(squares(it, np.transpose(order)) for order in orders)


def write_pairs(it: Seen) -> str:
    """Write each true class above its learned one, and the sum of the squared differences."""
    rows = zip(("true mean", "true sd", "mean", "sd"), (it.true_means, it.true_sds, *it.answer), strict=True)
    return f"{written(*rows)}\nsum of squared differences {squares(it, it.answer):.2f}"


# Numbers of classes.


def criteria(given: Given, bic: Function) -> Iterator[Seen]:
    """Compute a criterion of each number of classes; then if all fits were better, and of more objects."""
    better = {**given, "log_likelihood": given["log_likelihood"] + 1}
    more = {**given, "n": 2 * given["n"]}
    yield Seen(answer=bic(**given), better=bic(**better), more=bic(**more))


# From the sums of blocks.


def in_blocks(given: Given, e_step: Function, from_sums: Function, cuts: tuple[int, ...]) -> Iterator[Seen]:
    """Run a loop in which the M-step gets the sums of each block of objects, cut at these places."""

    def m_step(y: Array, r: Array, _: Array) -> Any:
        pairs = zip(np.split(y ** np.arange(3)[:, np.newaxis], cuts, axis=1), np.split(r, cuts), strict=True)
        return from_sums(np.array([powers @ own for powers, own in pairs]))

    return steps(given, e_step, m_step, LOOP.function({}))
