"""What the labs of the two samplers break, listen for and show: five runs, beside five right ones.

Most alarms hear nothing: one run of a wrong sampler looks like one run of a right one. What tells them
apart is to run it again, and to hold the counts against n pi +- sqrt(n pi (1 - pi)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises import samplers
from gmm_lesson.exercises.judging import Function, Mistake

RUNS = 5

CLASSES = {"n": 200, "weights": [0.5, 0.3, 0.2], "seed": 1}
"""The arguments of the lab of the classes; `seed` is where the generators of its runs come from."""

OBJECTS = CLASSES | {"means": [-4.0, 1.0, 3.0], "variances": [1.0, 4.0, 0.25]}
"""The arguments of the lab of the objects."""

CLASS_BUGS = (
    "equal-counts",
    "counts-never-vary",
    "weights-ignored",
    "weights-misused",
    "forgotten-shuffle",
    "one-draw-for-all",
    "labels-from-one",
    "wrong-length",
    "same-draw-every-time",
)

OBJECT_BUGS = (
    "variance-used-as-sd",
    "variances-left-out",
    "means-in-reverse",
    "average-of-the-classes",
    "labels-apart-from-their-objects",
    "one-value-per-class",
    "not-gaussian",
    "weights-ignored",
    "equal-counts",
    "forgotten-shuffle",
    "labels-from-one",
)


def five_runs(function: Function) -> Callable[..., Array]:
    """Return a function that runs a sampler five times, each time on a generator of its own.

    It returns the labels, shape (5, n), or the values and the labels, shape (5, 2, n).
    """

    def runs(*, seed: int, **given: Any) -> Array:
        made = [function(**given, rng=rng) for rng in np.random.default_rng(seed).spawn(RUNS)]
        return np.array(made, dtype=float)

    return runs


def repeated(mistakes: tuple[Mistake, ...], names: tuple[str, ...]) -> tuple[Mistake, ...]:
    """Return the mistakes of these names, each as five runs of its first way."""
    return tuple(
        Mistake(mistake.name, mistake.says, (five_runs(mistake.ways[0]),))
        for mistake in mistakes
        if mistake.name in names
    )


right_classes = five_runs(samplers.Draw())
right_objects = five_runs(samplers.Sample())
class_mistakes = repeated(samplers.DRAW_CLASSES, CLASS_BUGS)
object_mistakes = repeated(samplers.SAMPLE_OBJECTS, OBJECT_BUGS)


# The alarms. Each is given the arguments and five runs.


def counts_sum_to_n(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if the counts of the classes do not sum to the number of objects."""
    sums = _counts(given, runs).sum(axis=1)
    return f"the counts sum to {sums[0]}" if (sums != given["n"]).any() else None


def labels_are_classes(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if a label is no class."""
    odd = ~np.isin(_labels(runs), np.arange(len(given["weights"])))
    return f"{odd.sum()} labels are no class" if odd.any() else None


def counts_vary(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if all runs have the same counts."""
    counts = _counts(given, runs)
    return "all runs have the same counts" if (counts == counts[0]).all() else None


def neighbours_differ(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if neighbours are alike more often, by 5 standard errors, than the classes of all runs say."""
    z = _labels(runs)
    _, counts = np.unique(z, return_counts=True)
    chance = ((counts / z.size) ** 2).sum()
    pairs = z[:, : z.shape[1] // 2 * 2].reshape(-1, 2)
    alike = int((pairs[:, 0] == pairs[:, 1]).sum())
    too_many = alike > len(pairs) * chance + 5 * np.sqrt(len(pairs) * chance * (1 - chance))
    return f"{alike} of {len(pairs)} neighbours are alike" if too_many else None


def means_hold(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if the mean of a class is off by more than 5 standard errors."""
    for k, y in enumerate(_values(given, runs)):
        mean, sd = given["means"][k], given["variances"][k] ** 0.5
        if y.size and abs(y.mean() - mean) > 5 * sd / y.size**0.5:
            return f"class {k} has mean {y.mean():.2f}"
    return None


def spreads_hold(given: dict[str, Any], runs: Array) -> str | None:
    """Say so if the sd of a class is off by more than 5 standard errors."""
    for k, y in enumerate(_values(given, runs)):
        sd = given["variances"][k] ** 0.5
        if y.size and abs(y.std() - sd) > 5 * sd / (2 * y.size) ** 0.5:
            return f"class {k} has sd {y.std():.2f}"
    return None


CLASS_ALARMS = (
    ("the counts do not sum to n", counts_sum_to_n),
    ("a label is no class", labels_are_classes),
    ("the counts are the same in every run", counts_vary),
    ("neighbours are alike too often", neighbours_differ),
)

OBJECT_ALARMS = (
    *CLASS_ALARMS,
    ("the mean of a class is off by more than 5 standard errors", means_hold),
    ("the spread of a class is off by more than 5 standard errors", spreads_hold),
)


# What is shown.


def write_classes(given: dict[str, Any], runs: Array) -> str:
    """Write the counts of every run, and under them what n objects have on average, give or take an sd."""
    weights = np.array(given["weights"])
    mean, sd = given["n"] * weights, np.sqrt(given["n"] * weights * (1 - weights))
    rows = [
        ("class", [str(k) for k in range(weights.size)]),
        *(
            (f"run {run}", [str(count) for count in counts])
            for run, counts in enumerate(_counts(given, runs), 1)
        ),
        ("wanted", [f"{m:.0f} +- {s:.0f}" for m, s in zip(mean, sd, strict=True)]),
    ]
    return "\n".join(f"{name:<7}" + "".join(f"{entry:>11}" for entry in row) for name, row in rows)


def write_objects(given: dict[str, Any], runs: Array) -> str:
    """Write the counts, and the mean and the sd of each class in all runs."""
    values = _values(given, runs)
    rows = [
        ("mean", [f"{round(y.mean(), 2) + 0.0:.2f}" if y.size else "none" for y in values]),
        ("wanted", [f"{mean:.2f}" for mean in given["means"]]),
        ("sd", [f"{y.std():.2f}" if y.size else "none" for y in values]),
        ("wanted", [f"{variance**0.5:.2f}" for variance in given["variances"]]),
    ]
    lines = [f"{name:<7}" + "".join(f"{entry:>11}" for entry in row) for name, row in rows]
    return "\n".join([write_classes(given, runs), *lines])


def _labels(runs: Array) -> Array:
    return runs if runs.ndim == 2 else np.asarray(runs[:, 1])


def _counts(given: dict[str, Any], runs: Array) -> Any:
    return (_labels(runs)[:, :, np.newaxis] == np.arange(len(given["weights"]))).sum(axis=1)


def _values(given: dict[str, Any], runs: Array) -> list[Array]:
    """Return the values of each class in all runs."""
    return [runs[:, 0][runs[:, 1] == k] for k in range(len(given["weights"]))]
