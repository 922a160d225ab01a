"""What several sentences say, and what several arguments must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, array_of, whole_number
from gmm_lesson.mixture import Mixture, check_mixture

SURE = 0.99
"""An object with a larger responsibility than this is said to be surely of its class."""


def sure(r: Array) -> int:
    """Return how many objects are surely of one class, from responsibilities of shape (N, K)."""
    return int((r.max(axis=1) > SURE).sum())


def class_names(names: Sequence[str] | None, n_classes: int) -> list[str]:
    """Return the names of K classes: "class 1" and so on, if none are given."""
    found = [f"class {k + 1}" for k in range(n_classes)] if names is None else list(names)
    if len(found) != n_classes:
        raise ValueError(f"names must have one entry for each of the {n_classes} classes; got {names}")
    return found


def varied(y: ArrayLike) -> Array:
    """Return objects that are not all equal, shape (N,)."""
    array = array_of(y, "y")
    if np.ptp(array) == 0:
        raise ValueError(f"y must vary; got {len(array)} times {array[0]:g}")
    return array


def same_classes(mixture: Mixture, n_classes: int) -> Mixture:
    """Return a mixture, if it has so many components."""
    if check_mixture(mixture).n_components != n_classes:
        raise ValueError(f"mixture must have {n_classes} components; got {mixture.n_components}")
    return mixture


def one_of_several(k: int, name: str, n_classes: int) -> int:
    """Return which of at least two classes is meant, 0..K-1."""
    if not whole_number(k, name, 0) < n_classes or n_classes < 2:
        raise ValueError(f"{name} must be one of at least two classes, 0..{n_classes - 1}; got {k}")
    return int(k)


def one_for_each(values: ArrayLike, name: str, n: int, what: str) -> Array:
    """Return an array of n numbers: one for each of what they belong to."""
    array = array_of(values, name)
    if len(array) != n:
        raise ValueError(f"{name} must have one entry for each of the {n} {what}; got {len(array)}")
    return array


def paragraph(*sentences: str) -> str:
    """Return sentences in a row, each with a full stop; they come without, and without a capital."""
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


def counted(n: int, noun: str) -> str:
    """Return "1 step", "2 steps" and so on."""
    return f"{n:,} {noun}{'s' if n != 1 else ''}"


def listed(values: Iterable[object], form: str = "") -> str:
    """Return values as they stand in a sentence, each in a format."""
    return ", ".join(format(value, form) for value in values)


def parameters(names: Sequence[str], mixture: Mixture, *counts: Array) -> str:
    """Return each class's weight, mean and sd as they stand in a sentence; before them its N_k, if given."""
    rows = zip(names, mixture.weights, mixture.means, mixture.sds, *counts, strict=True)
    return "; ".join(
        f"{name}: {''.join(f'N_k {n:.1f}, ' for n in n_k)}weight {weight:.2f}, mean {mean:.2f}, sd {sd:.2f}"
        for name, weight, mean, sd, *n_k in rows
    )


def cut_off(axes: Axes, names: Sequence[str], peaks: Iterable[float]) -> list[str]:
    """Return a sentence for each class whose curve is higher than the panel."""
    cut = [(name, peak) for name, peak in zip(names, peaks, strict=True) if peak > axes.get_ylim()[1]]
    return [f"the peak of {name}, {peak:.2f}, is above the picture" for name, peak in cut]


def outside(axes: Axes, y: Array) -> list[str]:
    """Return a sentence that counts the objects beside the panel, if there are any."""
    low, high = axes.get_xlim()
    n = int(((y < low) | (y > high)).sum())
    return [f"objects outside the picture: {n}"] if n else []
