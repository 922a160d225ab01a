"""The labs of the lessons: what is broken in each, what listens, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.em import expected_log_joint
from gmm_lesson.em import m_step as textbook
from gmm_lesson.exercises import draw_classes, e_step, m_step, match, sample_objects
from gmm_lesson.exercises.em_labs import EM, FLOOR, RESTARTS
from gmm_lesson.exercises.kit import Function
from gmm_lesson.exercises.lab import Bug, Given, Lab, answered, is_one, not_a_number, rows
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.mixture import Mixture

# Lessons 01 and 02: five runs, beside five right ones. Most alarms hear nothing: one run of a wrong sampler
# looks like one run of a right one. What tells them apart is to run it again.


class Runs(NamedTuple):
    """Five runs of a sampler: labels, (5, n), counts, (5, K), and the values of each class in all of them."""

    z: Array
    counts: Array
    values: list[Array]


def five_runs(given: Given, sampler: Function) -> Iterator[Runs]:
    """Run a sampler on five generators; `seed` is where these come from."""
    arguments = {name: value for name, value in given.items() if name != "seed"}
    rngs = np.random.default_rng(given["seed"]).spawn(5)
    made = np.array([sampler(**arguments, rng=rng) for rng in rngs])
    classes = np.arange(len(given["weights"]))
    z, values = made, list[Array]()
    if "means" in given:
        z, values = made[:, 1], [made[:, 0][made[:, 1] == k] for k in classes]
    yield Runs(z, (z[..., np.newaxis] == classes).sum(axis=1), values)


def neighbours_are_alike(given: Given, runs: Runs) -> bool:
    """Whether neighbours are alike more often, by 5 standard errors, than the classes of all runs say."""
    _, counts = np.unique(runs.z, return_counts=True)
    chance = ((counts / runs.z.size) ** 2).sum()
    pairs = runs.z[:, : runs.z.shape[1] // 2 * 2].reshape(-1, 2)
    alike = (pairs[:, 0] == pairs[:, 1]).sum()
    return bool(alike > len(pairs) * chance + 5 * np.sqrt(len(pairs) * chance * (1 - chance)))


def errors(given: Given, runs: Runs) -> Array:
    """Return by how many standard errors the mean and the sd of each class that has objects are off."""
    classes = zip(given["means"], np.sqrt(given["variances"]), runs.values, strict=True)
    scaled = [(mean, sd, y, y.size**0.5) for mean, sd, y in classes if y.size]
    return np.abs([((y.mean() - m) / sd * n, (y.std() / sd - 1) * 2**0.5 * n) for m, sd, y, n in scaled])


def write_runs(given: Given, runs: Runs) -> str:
    """Write the counts of every run and what is wanted, give or take an sd; and mean and sd of each class."""
    wanted = given["n"] * given["weights"]
    sds = np.sqrt(wanted * (1 - given["weights"]))
    lines = [("class", [*range(wanted.size)]), *((f"run {i}", row) for i, row in enumerate(runs.counts, 1))]
    lines += [("wanted", [f"{mean:.0f} +- {sd:.0f}" for mean, sd in zip(wanted, sds, strict=True)])]
    if runs.values:
        lines += [
            ("mean", [f"{round(y.mean(), 2) + 0.0:.2f}" if y.size else "none" for y in runs.values]),
            ("wanted", [f"{mean:.2f}" for mean in given["means"]]),
            ("sd", [f"{y.std():.2f}" if y.size else "none" for y in runs.values]),
            ("wanted", [f"{sd:.2f}" for sd in np.sqrt(given["variances"])]),
        ]
    return rows(lines, 7)


CLASSES = Lab(
    question="Five draws of classes. Which alarm does each bug ring, and which bugs ring none?",
    exercises=(draw_classes.EXERCISE,),
    bugs="""
        equal-counts counts-never-vary weights-ignored weights-misused forgotten-shuffle one-draw-for-all
        labels-from-one wrong-length same-draw-every-time
    """,
    given={"n": 200, "weights": [0.5, 0.3, 0.2], "seed": 1},
    run=five_runs,
    alarms={
        "the counts do not sum to n": lambda given, runs: (runs.counts.sum(axis=1) != given["n"]).any(),
        "a label is no class": lambda given, runs: not np.isin(runs.z, range(len(given["weights"]))).all(),
        "the counts are the same in every run": lambda _, runs: (runs.counts == runs.counts[0]).all(),
        "neighbours are alike too often": neighbours_are_alike,
    },
    write=write_runs,
    shown=("n", "weights"),
)

OFF = "of a class is off by more than 5 standard errors"

OBJECTS = Lab(
    question="Five runs of a draw of objects. Which alarm does each bug ring, and which bugs ring none?",
    exercises=(sample_objects.EXERCISE,),
    bugs="""
        variance-used-as-sd variances-left-out means-in-reverse average-of-the-classes
        labels-apart-from-their-objects one-value-per-class not-gaussian weights-ignored equal-counts
        forgotten-shuffle labels-from-one
    """,
    given=CLASSES.given | {"means": [-4.0, 1.0, 3.0], "variances": [1.0, 4.0, 0.25]},
    run=five_runs,
    alarms={
        **CLASSES.alarms,
        f"the mean {OFF}": lambda given, runs: (errors(given, runs)[:, 0] > 5).any(),
        f"the spread {OFF}": lambda given, runs: (errors(given, runs)[:, 1] > 5).any(),
    },
    write=write_runs,
    shown=("n", "weights", "means", "variances"),
)


# Lessons 03 and 04: one step.


def write_array(given: Given, values: Array) -> str:
    """Write an array; what rounds to 0 has no sign."""
    return np.array2string(np.round(values, 3) + 0.0, precision=3, suppress_small=True)


def write_parameters(given: Given, parts: Array) -> str:
    """Write weights, means and variances, a line each."""
    lines = zip(PARAMETERS, (write_array(given, row) for row in parts), strict=True)
    return "\n".join(f"{name:<9} = {row}" for name, row in lines)


def q_is_lower(given: Given, parts: Array) -> bool:
    """Whether Q is lower than before the step; parts that make no mixture have no Q."""
    try:
        after = expected_log_joint(given["y"], given["r"], Mixture(*parts))
    except ValueError:
        return False
    return after < expected_log_joint(given["y"], given["r"], BEFORE) - 1e-9


E_STEP = Lab(
    question="Which alarm does each bug ring, and which bugs ring none?",
    exercises=(e_step.EXERCISE,),
    bugs="""
        not-shared-out shared-over-objects logarithms-returned weights-left-out variance-used-as-sd
        factor-left-out hard-assignment far-objects-0-over-0
    """,
    special={
        "far-objects-0-over-0": Bug(
            EM.special["an-object-at-600-and-0-over-0"].way, {"y": [1.0, 2.0, 3.0, 600.0]}
        )
    },
    given={"y": [1.0, 2.0, 3.0], "weights": [0.9, 0.1], "means": [1.0, 3.0], "variances": [1.0, 4.0]},
    run=answered(e_step.EXERCISE),
    alarms={
        "a row does not sum to one": lambda _, r: not is_one(r.sum(axis=1)),
        "an entry is below zero": lambda _, r: (r < -1e-9).any(),
        "an entry is not a number": lambda _, r: not_a_number(r),
    },
    write=write_array,
    shown=("y",),
)

BEFORE = Mixture([0.5, 0.5], [1, 3], [1, 1])
"""What the M-step's lab starts from; its responsibilities, to three decimals, are those of this mixture."""

M_STEP = Lab(
    question=(
        "The step starts from weights 0.5 and 0.5, means 1 and 3, variances 1 and 1."
        " Which alarm does each bug ring, and which bugs ring none?"
    ),
    exercises=(m_step.EXERCISE,),
    right={"m_step": lambda y, r, means: textbook(y, r)},
    bugs="""
        divided-by-n weights-not-divided unweighted-mean second-moment-returned variances-negative sd-returned
        n-k-minus-one hard-assignment old-mean-in-the-variance lost-class-0-over-0
    """,
    special={
        "lost-class-0-over-0": Bug(
            {m_step.MEANS: f"{m_step.MEANS}  # an entry of n_k is 0"}, {"r": [[1.0, 0.0]] * 5}
        )
    },
    given={
        "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        "r": [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881], [0.018, 0.982], [0.002, 0.998]],
        "means": [1.0, 3.0],
    },
    run=answered(m_step.EXERCISE),
    alarms={
        "the weights do not sum to one": lambda _, parts: not is_one(parts[0].sum()),
        "a variance is not above zero": lambda _, parts: (parts[2] < 1e-12).any(),
        "an entry is not a number": lambda _, parts: not_a_number(parts),
        "Q is lower than before the step": q_is_lower,
    },
    write=write_parameters,
    shown=("y", "r"),
)


# Lesson 07: two alarms hear an answer that is no order of the learned classes. A wrong order rings only the
# third, which has tried them all.


def squares(given: Given, parts: Array) -> float:
    """Return the sum over the classes of (difference of means)^2 + (difference of sds)^2."""
    return float(((parts - [given["true_means"], given["true_sds"]]) ** 2).sum())


def another_order_is_closer(given: Given, parts: Array) -> bool:
    """Whether another order of the learned classes is closer to the true ones; all are tried."""
    learned = np.array([given["means"], given["sds"]])
    orders = map(list, permutations(range(learned.shape[1])))
    return squares(given, parts) > 1e-9 + min(squares(given, learned[:, order]) for order in orders)


def pairs_of_no_class(given: Given, parts: Array) -> bool:
    """Whether a mean stands beside an sd that is not of the same learned class."""
    return not set(zip(*parts, strict=True)) <= set(zip(given["means"], given["sds"], strict=True))


def write_pairs(given: Given, parts: Array) -> str:
    """Write each true class beside its learned one, and the sum of the squared differences."""
    columns = np.transpose([given["true_means"], given["true_sds"], *parts])
    lines = ["true mean    sd    learned mean    sd"]
    lines += [f"{m:>9.1f}{s:>6.1f}{mean:>16.1f}{sd:>6.1f}" for m, s, mean, sd in columns]
    return "\n".join([*lines, f"sum of squared differences {squares(given, parts):.2f}"])


MATCH = Lab(
    question=(
        "Four learned classes, each to be put beside the true class that it stands for. Which alarm does"
        " each bug ring, and which bugs come closer to the truth than the right pairs?"
    ),
    exercises=(match.EXERCISE,),
    bugs="""
        not-matched sorted-separately sorted-by-mean means-alone one-class-twice first-come-first-served
        closest-pair-first variance-against-sd truth-returned
    """,
    given={
        "true_means": [0.0, 7.0, 8.0, 9.0],
        "true_sds": [1.0, 3.0, 1.0, 2.0],
        "means": [7.4, 8.4, 7.7, -0.4],
        "sds": [1.5, 1.0, 2.0, 1.5],
    },
    run=answered(match.EXERCISE),
    alarms={
        "a learned class stands twice": lambda _, parts: len(np.unique(parts, axis=1).T) < parts.shape[1],
        "a mean and an sd stand together that no learned class has": pairs_of_no_class,
        "another order of the learned classes is closer": another_order_is_closer,
    },
    write=write_pairs,
    shown=("means", "sds"),
    column=("sum of squared differences", lambda given, parts: f"{squares(given, parts):.2f}"),
)

LABS = {
    "classes": CLASSES,
    "objects": OBJECTS,
    "e_step": E_STEP,
    "m_step": M_STEP,
    "em": EM,
    "restarts": RESTARTS,
    "match": MATCH,
    "floor": FLOOR,
}
"""What can be broken, by name."""
