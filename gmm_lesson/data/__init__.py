"""The course's data sets, each with its source and its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmm_lesson._inputs import Array, one_of

KINDS = {"random_class": int, "year": int, "species": str, "island": str, "sex": str, "status": str}
"""What the columns are that do not measure."""

DATASETS = {
    "lecture_2021": ("y",),
    "galaxies": ("velocity",),
    "old_faithful": ("eruptions", "waiting"),
    "penguins": ("bill_length_mm",),
    "banknotes": ("diagonal_mm",),
}
"""Every data set, with the columns that are its objects."""

BILLS = ("bill_length_mm", "bill_depth_mm")
GROUPS = {"penguins": {"bills": BILLS, "measures": (*BILLS, "flipper_length_mm", "body_mass_g")}}
"""Columns that are asked for together."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set. Its columns are attributes too, as `load("lecture_2021").random_class`.

    `y` are the objects, shape (N,), or (N, 2) for old_faithful, in `units`; `columns` all of the table, a
    name and an array of shape (N,) each (of the penguins also `bills`, (N, 2), and `measures`, (N, 4));
    `name` is what `load` calls it, `source` where the numbers are from.
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

    "lecture_2021" (200 objects and their random classes), "galaxies" (82 velocities), "old_faithful" (272
    eruptions, two columns), "penguins" (342 bill lengths; `.bills` has the depths, too, `.measures` all four
    measures), or "banknotes" (200 diagonals).
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
    table: dict[str, NDArray[Any]] = {}
    for column, values in columns:
        table[column] = np.array(values, KINDS.get(column, float))
    together = {group: _side_by_side(table, parts) for group, parts in GROUPS.get(name, {}).items()}
    objects = _side_by_side(table, DATASETS[name])
    return Dataset(
        name,
        objects if len(DATASETS[name]) > 1 else objects[:, 0],
        " ".join(notes["units"]),
        " ".join(notes["source"]),
        table | together,
    )


def _side_by_side(table: Mapping[str, NDArray[Any]], columns: tuple[str, ...]) -> Array:
    return np.column_stack([table[column] for column in columns])
