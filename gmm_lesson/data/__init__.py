"""The course's data sets, each with its source and its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array, one_of

LABELS = {"random_class"}
"""Columns of whole numbers: names of classes, not measurements."""

DATASETS = {
    "lecture_2021": ("y",),
    "galaxies": ("velocity",),
    "old_faithful": ("eruptions", "waiting"),
}
"""Every data set, with the columns that are its objects."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set. Its columns are attributes too, as `load("lecture_2021").random_class`.

    `y` are the objects, shape (N,), or (N, 2) for old_faithful, in `units`; `columns` all of the table, a
    name and an array of shape (N,) each; `name` is what `load` calls it, `source` where the numbers are from.
    """

    name: str
    y: Array
    units: str
    source: str
    columns: Mapping[str, NDArray[Any]]

    def __getattr__(self, name: str) -> NDArray[Any]:
        columns: Mapping[str, NDArray[Any]] = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        raise AttributeError(f"this data set has no {name!r}; its columns are {', '.join(columns)}")

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}: {len(self.y)} objects, units: {self.units})"


def load(name: str) -> Dataset:
    """Return a data set of the course; a name that is none of these gets a TypeError or a ValueError.

    "lecture_2021" (200 objects and their random classes), "galaxies" (82 velocities), or "old_faithful" (272
    eruptions, two columns).
    """
    name = one_of(name, "name", tuple(DATASETS))
    notes: dict[str, list[str]] = {}
    lines = []
    for line in Path(__file__).with_name(f"{name}.csv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            key, _, note = line.removeprefix("#").strip().partition(": ")
            notes.setdefault(key, []).append(note)
        else:
            lines.append(line)
    header, *rows = (line.split(",") for line in lines)
    columns = zip(header, zip(*rows, strict=True), strict=True)
    table = {column: np.array(values, int if column in LABELS else float) for column, values in columns}
    objects = [table[column] for column in DATASETS[name]]
    return Dataset(
        name,
        objects[0].copy() if len(objects) == 1 else np.column_stack(objects),
        " ".join(notes["units"]),
        " ".join(notes["source"]),
        table,
    )
