"""The labs of the lessons: what is broken in each, what listens, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from gmm_lesson._inputs import Array, one_of
from gmm_lesson.exercises import draw_classes, match, sample_objects
from gmm_lesson.exercises.em_labs import E_STEP, EM, FLOOR, M_STEP, RESTARTS
from gmm_lesson.exercises.kit import Function
from gmm_lesson.exercises.lab import Broken, Given, Lab, Seen, write_rows

# Lessons 01 and 02: five runs, beside five right ones. Most alarms hear nothing: one run of a wrong sampler
# looks like one run of a right one. What tells them apart is to run it again.


def five_runs(given: Given, sampler: Function) -> Iterator[Seen]:
    """Run a sampler on five generators; `seed` is where these come from.

    What comes is labels z, shape (5, n), counts, (5, K), and the values of each class in all runs.
    """
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
        lines += [
            ("mean", [f"{round(y.mean(), 2) + 0.0:.2f}" if y.size else "none" for y in it.values]),
            ("wanted", [f"{mean:.2f}" for mean in it.means]),
            ("sd", [f"{y.std():.2f}" if y.size else "none" for y in it.values]),
            ("wanted", [f"{sd:.2f}" for sd in np.sqrt(it.variances)]),
        ]
    return write_rows(lines, 7)


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
        "the counts do not sum to n": lambda it: (it.counts.sum(axis=1) != it.n).any(),
        "a label is no class": lambda it: not np.isin(it.z, range(it.weights.size)).all(),
        "the counts are the same in every run": lambda it: (it.counts == it.counts[0]).all(),
        "neighbours are alike too often": neighbours_are_alike,
    },
    write=write_runs,
    shown=("n", "weights"),
)

OFF = "of a class is off by more than 5 standard errors"

OBJECTS = replace(
    CLASSES,
    question="Five runs of a draw of objects. Which alarm does each bug ring, and which bugs ring none?",
    exercises=(sample_objects.EXERCISE,),
    bugs="""
        variance-used-as-sd variances-left-out means-in-reverse average-of-the-classes
        labels-apart-from-their-objects one-value-per-class not-gaussian weights-ignored equal-counts
        forgotten-shuffle labels-from-one
    """,
    given={**CLASSES.given, "means": [-4.0, 1.0, 3.0], "variances": [1.0, 4.0, 0.25]},
    alarms={
        **CLASSES.alarms,
        f"the mean {OFF}": lambda it: (errors(it)[:, 0] > 5).any(),
        f"the spread {OFF}": lambda it: (errors(it)[:, 1] > 5).any(),
    },
    shown=("n", "weights", "means", "variances"),
)


# Lesson 07: two alarms hear an answer that is no order of the learned classes. A wrong order rings only the
# third, which has tried them all.


def squares(it: Seen, parts: Array) -> float:
    """Return the sum over the classes of (difference of means)^2 + (difference of sds)^2."""
    return float(((parts - [it.true_means, it.true_sds]) ** 2).sum())


def another_order_is_closer(it: Seen) -> bool:
    """Whether another order of the learned classes is closer to the true ones; all are tried."""
    orders = permutations(np.transpose([it.means, it.sds]))
    return squares(it, it.answer) > 1e-9 + min(squares(it, np.transpose(order)) for order in orders)


def write_pairs(it: Seen) -> str:
    """Write each true class beside its learned one, and the sum of the squared differences."""
    columns = np.transpose([it.true_means, it.true_sds, *it.answer])
    lines = ["true mean    sd    learned mean    sd"]
    lines += [f"{m:>9.1f}{s:>6.1f}{mean:>16.1f}{sd:>6.1f}" for m, s, mean, sd in columns]
    return "\n".join([*lines, f"sum of squared differences {squares(it, it.answer):.2f}"])


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
    alarms={
        "a learned class stands twice": lambda it: len(np.unique(it.answer, axis=1).T) < it.means.size,
        "a mean and an sd stand together that no learned class has": lambda it: (
            not set(zip(*it.answer, strict=True)) <= set(zip(it.means, it.sds, strict=True))
        ),
        "another order of the learned classes is closer": another_order_is_closer,
    },
    write=write_pairs,
    shown=("means", "sds"),
    column=("sum of squared differences", lambda it: f"{squares(it, it.answer):.2f}"),
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


def break_it(name: str) -> None:
    """Show what has a bug to choose, its numbers beside the right ones, and the alarms that ring.

    Parameters
    ----------
    name : str
        What is broken: "classes" or "objects" in drawing them; "e_step", "m_step" or their loop, "em"; the
        search among "restarts"; the "match" of learned with true classes; or the "floor" of the loop.

    Raises
    ------
    TypeError, ValueError
        If there is no such lab.
    """
    Broken.show(LABS[one_of(name, "name", tuple(LABS))])
