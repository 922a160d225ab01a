"""A program with a bug to switch on, and the alarms that listen.

A lab is a table over the mistakes of exercises: its program is theirs, and a bug is the edit of one of its
lines. `labs.py` and `em_labs.py` have the tables.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from gmm_lesson._inputs import SUM_TOLERANCE, Array
from gmm_lesson.exercises.kit import Exercise, Way, edited
from gmm_lesson.exercises.parameters import PARAMETERS
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status, table

Given = Mapping[str, Any]
"""The arguments that programs are run on, by name; lists become arrays."""


class Seen(SimpleNamespace):
    """What there is to listen to, by name: the arguments, and what came of the programs on them.

    At the end of a lab `step` is how many steps there were, and `first` has the alarms that rang, each with
    the step at which it rang first.
    """


@dataclass(frozen=True, eq=False)
class Lab:
    """Programs that can be broken, their bugs, and the alarms that are listened for."""

    question: str  # what to ask before a bug is chosen
    exercises: tuple[Exercise, ...]  # whose programs are broken
    bugs: str  # their names with spaces between, each the first way of the mistake of that name
    given: Given  # what the programs are run on
    alarms: Mapping[str, Callable[[Seen], object]]  # what each says, and whether it rings
    write: Callable[[Seen], str]  # how the end is written
    shown: tuple[str, ...]  # the names of the arguments that stand above it
    # From the arguments and a function for each exercise to what came, step by step; the last is the end.
    # None is one step: the `answer`, as its exercise reads it.
    run: Callable[..., Iterable[Seen]] | None = None
    ways: Mapping[str, Way] = field(default_factory=dict)  # bugs with edits of their own
    inputs: Mapping[str, Given] = field(default_factory=dict)  # bugs that are shown on other arguments
    stepwise: bool = False  # whether there are several steps, and an alarm has one at which it rang first
    # What else the table of the bugs says of each, and of none: a heading, and an entry; and lines below it.
    column: tuple[str, Callable[[Seen], str]] | None = None
    below: Callable[[Lab], list[str]] = lambda lab: []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(self.bugs.split())

    def programs(self, name: str = "") -> list[str]:
        """Return the text of each program, one of them with a bug; without a name the right ones."""
        texts = [e.program for e in self.exercises]
        if not name:
            return texts
        for i, e in enumerate(self.exercises):
            ways = {mistake.name: mistake.ways[0] for mistake in e.mistakes if mistake.ways} | dict(self.ways)
            if name in ways and all(piece in e.program for piece in ways[name]):
                texts[i] = edited(e.program, ways[name])
                return texts
        raise ValueError(f"no exercise of this lab has a mistake {name!r}, or the pieces of its edits")

    def text(self, name: str = "") -> str:
        """Return the programs with a bug; without a name the right ones."""
        return "\n\n\n".join(text.strip() for text in self.programs(name))

    def line(self, name: str) -> str:
        """Return what a bug has in the place of right lines, without the spaces before it."""
        right = self.text().splitlines()
        return "\n".join(line.strip() for line in self.text(name).splitlines() if line not in right)

    def ran(self, name: str = "", beside: str = "") -> Seen:
        """Return what comes of the programs with a bug; of the right ones, on what `beside` is shown on."""
        beside = beside or name
        return _ran(self, name, beside if beside in self.inputs else "")

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, perhaps by the steps at which they rang first, or "none"."""
        first = self.ran(name).first
        steps = {step: [says for says in first if first[says] == step] for step in sorted(first.values())}
        at = "step {}: " if self.stepwise else ""
        return "; ".join(at.format(step) + ", ".join(says) for step, says in steps.items()) or "none"

    def answer(self) -> list[str]:
        """Return a table of the bugs and their alarms, as lines of Markdown."""
        heading = ["bug", "alarms" + ", at the step at which they first rang" * self.stepwise]
        if self.column is None:
            return table(heading, [(spoken(name), self.heard(name)) for name in self.names])
        third, entry = self.column
        rows = ((spoken(name), self.heard(name), entry(self.ran(name))) for name in ("", *self.names))
        return [*table([*heading, third], rows), *self.below(self)]


@functools.cache
def _ran(lab: Lab, name: str, beside: str) -> Seen:
    given = {**lab.given, **lab.inputs.get(beside, {})}
    given = {name: np.array(it) if isinstance(it, list) else it for name, it in given.items()}
    functions = [
        e.right or e.function({}) if text == e.program else e.function(text)
        for e, text in zip(lab.exercises, lab.programs(name), strict=True)
    ]
    run = lab.run or (lambda given, f: [Seen(answer=lab.exercises[0].read(f(**given), given).numbers)])
    first: dict[str, int] = {}
    end = Seen()
    with np.errstate(all="ignore"):  # a bug may divide by zero in silence
        for step, came in enumerate(run(given, *functions), 1):
            end = Seen(**given, **vars(came), step=step, first=first)
            for says, rings in lab.alarms.items():
                if says not in first and rings(end):
                    first[says] = step
    return end


def spoken(name: str) -> str:
    """Return a name of words joined by hyphens as the words; no name is no bug."""
    return name.replace("-", " ") or "no bug"


# What several labs are made of.


def is_one(total: Any) -> bool:
    """Whether all totals are one; a NaN is not."""
    return bool((np.abs(total - 1) <= SUM_TOLERANCE).all())


def not_a_number(*values: Any) -> bool:
    """Whether there is a NaN or an infinity."""
    return not all(np.isfinite(value).all() for value in values)


def write_rows(lines: Iterable[tuple[str, Iterable[str]]], pad: int) -> str:
    """Write a table, a line each with its name, padded, before the entries."""
    return "\n".join(name.ljust(pad) + "".join(f"{entry:>11}" for entry in row) for name, row in lines)


def write_parameters(parts: Array) -> str:
    """Write weights, means and variances, a line each."""
    lines = zip(PARAMETERS, parts, strict=True)
    return write_rows(((f"{name:<9} =", [f"{entry:.4g}" for entry in part]) for name, part in lines), 11)


# On a page.


class Broken(Shown):
    """One lab on one page: live, a `field` to choose a bug in, and a readout for what it does."""

    head = "Break it"

    def __init__(self, lab: Lab, *, live: bool = True) -> None:
        self.lab = lab
        super().__init__(lab.question, live=live)

    def controls(self, w: Any, wide: Any) -> list[Any]:
        """Return the field."""
        options = [(spoken(name), name) for name in ("", *self.lab.names)]
        self.field: Any = w.Dropdown(options=options, description="Bug")
        self.field.observe(lambda change: self._tell(), "value")
        self._tell()
        return [self.field]

    def _tell(self) -> None:
        lab, name = self.lab, self.field.value
        wrong, right = lab.ran(name), lab.ran(beside=name)
        above = ", ".join(f"{key} = {np.asarray(vars(wrong)[key]).tolist()}" for key in lab.shown)
        lines = f'<code style="white-space: pre-wrap">{html.escape(lab.text())}</code>'
        line = f"The wrong line: <code>{html.escape(lab.line(name))}</code>"
        ends = [wrong, right] if name else [right]
        self.readout.value = status(
            (paragraph(line) if name else "")
            + f"<details><summary>The right lines</summary>{lines}</details>"
            + paragraph(f"<b>{html.escape(f'Alarms: {lab.heard(name)}.')}</b>")
            + paragraph(html.escape(above) + ("; with the bug, and right:" if name else ":"))
            + '<div style="display: flex; flex-wrap: wrap; gap: 0 3em">'
            + "".join(f"<pre>{html.escape(lab.write(end))}</pre>" for end in ends)
            + "</div>"
        )

    def below(self) -> list[str]:
        """Return the right lines, the line of each bug, and folded away the alarms."""
        lab = self.lab
        return [
            *("The right lines:", "", "```python", *lab.text().splitlines(), "```", ""),
            *("Each bug has one wrong line:", ""),
            *(f"- {spoken(name)}: `{lab.line(name)}`" for name in lab.names),
            "",
            *folded("The bugs and their alarms (decide first)", *lab.answer()),
        ]
