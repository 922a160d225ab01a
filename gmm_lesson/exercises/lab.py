"""A program with a bug to switch on, and the alarms that listen.

A lab is a table over the mistakes of exercises: its program is theirs, and a bug is the edit of one of its
lines. `labs.py` has all the tables.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gmm_lesson._inputs import SUM_TOLERANCE, Array, one_of
from gmm_lesson.exercises.kit import Exercise, Function, Way, edited
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status, table

Given = dict[str, Any]
"""The arguments that a program is run on, by name."""


class Bug(NamedTuple):
    """What is special about a bug: edits that no exercise knows, and what it is shown on."""

    way: Mapping[str, str] = {}
    given: Mapping[str, Any] = {}


class Ran(NamedTuple):
    """What came of the programs, and the alarms that rang, each with the step at which it rang first."""

    given: Given
    end: Any
    first: dict[str, int]


@dataclass(frozen=True, eq=False)
class Lab:
    """Programs that can be broken, their bugs, and the alarms that are listened for.

    Attributes
    ----------
    question : str
        What to ask before a bug is chosen.
    exercises : tuple of Exercise
        Whose programs are broken.
    bugs : str
        The names of the bugs, with spaces between them: each is the first way of one of their mistakes.
    given : dict
        What the programs are run on, by the names of the arguments; lists become arrays.
    run : callable
        From these and a function for each exercise to what the alarms listen to, one thing for each step;
        the last of them is what it came to, the end.
    alarms : dict of str to callable
        What each alarm says, and whether it rings, from the arguments and a step.
    write : callable
        How the end is written, from the arguments and the end.
    shown : tuple of str
        The names of the arguments that stand above it.
    special : dict of str to Bug
        The bugs with edits, of whichever program has the pieces, or arguments of their own.
    right : dict of str to callable
        The right functions, by the name of the check, where those of its exercise will not do.
    stepwise : bool
        Whether there are several steps, so that an alarm has one at which it rang first.
    column : tuple of (str, callable) or None
        What else the table of the bugs says of each, and of none: its heading, and an entry, from the
        arguments and the end.
    below : callable
        From the lab to lines of Markdown below this table.
    """

    question: str
    exercises: tuple[Exercise, ...]
    bugs: str
    given: Given
    run: Callable[..., Iterable[Any]]
    alarms: Mapping[str, Callable[[Given, Any], object]]
    write: Callable[[Given, Any], str]
    shown: tuple[str, ...]
    special: Mapping[str, Bug] = field(default_factory=dict)
    right: Mapping[str, Function] = field(default_factory=dict)
    stepwise: bool = False
    column: tuple[str, Callable[[Given, Any], str]] | None = None
    below: Callable[[Lab], list[str]] = lambda lab: []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(self.bugs.split())

    def edit(self, name: str) -> tuple[Exercise | None, Way]:
        """Return the exercise whose program a bug changes, and how; None and {} if it changes nothing."""
        if not name:
            return None, {}
        if own := self.special.get(name, Bug()).way:
            return next((e, own) for e in self.exercises if all(piece in e.program for piece in own))
        return next((e, m.ways[0]) for e in self.exercises for m in e.mistakes if m.name == name)

    def text(self, name: str = "") -> str:
        """Return the programs with a bug; without a name the right ones."""
        broken, way = self.edit(name)
        texts = (edited(e.program, way if e is broken else {}).strip() for e in self.exercises)
        return "\n\n\n".join(texts)

    def line(self, name: str) -> str:
        """Return what a bug has in the place of right lines, without the spaces before it."""
        right = self.text().splitlines()
        return "\n".join(line.strip() for line in self.text(name).splitlines() if line not in right)

    def ran(self, name: str = "", beside: str = "") -> Ran:
        """Return what comes of the programs with a bug; of the right ones, on what `beside` is shown on."""
        return _ran(self, name, beside or name)

    def ringing(self, name: str) -> list[str]:
        """Return the alarms that a bug rings."""
        return list(self.ran(name).first)

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, perhaps by the steps at which they rang first, or "none"."""
        first = self.ran(name).first
        if not self.stepwise:
            return ", ".join(first) or "none"
        steps = {step: [says for says in first if first[says] == step] for step in sorted(first.values())}
        return "; ".join(f"step {step}: {', '.join(says)}" for step, says in steps.items()) or "none"

    def beside(self, name: str) -> tuple[str, str, str]:
        """Return what stands above the numbers, those of a bug, and the right ones."""
        wrong, right = self.ran(name), self.ran(beside=name)
        above = (f"{key} = {np.asarray(wrong.given[key]).tolist()}" for key in self.shown)
        return ", ".join(above), self.write(*wrong[:2]), self.write(*right[:2])

    def answer(self) -> list[str]:
        """Return a table of the bugs and their alarms, as lines of Markdown."""
        heading = ["bug", "alarms" + ", at the step at which they first rang" * self.stepwise]
        if self.column is None:
            return table(heading, [(spoken(name), self.heard(name)) for name in self.names])
        third, entry = self.column
        rows = ((spoken(name), self.heard(name), entry(*self.ran(name)[:2])) for name in ("", *self.names))
        return [*table([*heading, third], rows), *self.below(self)]


@functools.cache
def _ran(lab: Lab, name: str, beside: str) -> Ran:
    given = lab.given | dict(lab.special.get(beside, Bug()).given)
    given = {key: np.array(value) if isinstance(value, list) else value for key, value in given.items()}
    broken, way = lab.edit(name)
    functions = [
        e.function(way) if e is broken else lab.right.get(e.check) or e.right or e.function({})
        for e in lab.exercises
    ]
    first: dict[str, int] = {}
    end = None
    with np.errstate(all="ignore"):  # a bug may divide by zero in silence
        for number, end in enumerate(lab.run(given, *functions), 1):
            for says, rings in lab.alarms.items():
                if says not in first and rings(given, end):
                    first[says] = number
    return Ran(given, end, first)


def spoken(name: str) -> str:
    """Return a name of words joined by hyphens as the words; no name is no bug."""
    return name.replace("-", " ") or "no bug"


# What several labs are made of.


def answered(exercise: Exercise) -> Callable[..., Iterator[Array | None]]:
    """Return what runs a function of an exercise once: its answer is the end."""

    def run(given: Given, function: Function) -> Iterator[Array | None]:
        yield exercise.read(function(**given), given).numbers

    return run


def rows(lines: Iterable[tuple[str, Iterable[str]]], pad: int) -> str:
    """Write a table, a line each with its name, padded, before the entries."""
    return "\n".join(name.ljust(pad) + "".join(f"{entry:>11}" for entry in row) for name, row in lines)


def is_one(total: Any) -> bool:
    """Whether all totals are one; a NaN is not."""
    return bool((np.abs(total - 1) <= SUM_TOLERANCE).all())


def not_a_number(*values: Any) -> bool:
    """Whether there is a NaN or an infinity."""
    return not all(np.isfinite(value).all() for value in values)


# On a page.


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
    from gmm_lesson.exercises.labs import LABS  # they are tables over all the exercises: not before

    Broken.show(LABS[one_of(name, "name", tuple(LABS))])


class Broken(Shown):
    """One lab on one page: live, a `field` to choose a bug in, and a `readout` for what it does."""

    def __init__(self, lab: Lab, *, live: bool = True) -> None:
        self.lab = lab
        super().__init__(live=live)

    def build(self) -> Any:
        """Return the live box."""
        import ipywidgets as widgets  # type: ignore[import-untyped]

        options = [(spoken(name), name) for name in ("", *self.lab.names)]
        self.field: Any = widgets.Dropdown(options=options, description="Bug")
        self.readout: Any = widgets.HTML()
        self.field.observe(lambda change: self._tell(), "value")
        self._tell()
        asked = widgets.HTML(paragraph(f"<b>Break it.</b> {html.escape(self.lab.question)}"))
        return widgets.VBox([asked, self.field, self.readout])

    def _tell(self) -> None:
        name = self.field.value
        above, wrong, right = (html.escape(text) for text in self.lab.beside(name))
        lines = f'<code style="white-space: pre-wrap">{html.escape(self.lab.text())}</code>'
        line = f"The wrong line: <code>{html.escape(self.lab.line(name))}</code>"
        self.readout.value = status(
            (paragraph(line) if name else "")
            + f"<details><summary>The right lines</summary>{lines}</details>"
            + paragraph(f"<b>{html.escape(f'Alarms: {self.lab.heard(name)}.')}</b>")
            + paragraph(f"{above}; with the bug, and right:" if name else f"{above}:")
            + f'<div style="display: flex; flex-wrap: wrap; gap: 0 3em"><pre>{wrong}</pre>'
            + (f"<pre>{right}</pre>" if name else "")
            + "</div>"
        )

    def text(self) -> str:
        """Return the question alone."""
        return f"Break it: {self.lab.question}"

    def markdown(self) -> str:
        """Return the question, the line of each bug, and with them folded away the alarms."""
        lab = self.lab
        lines = [f"**Break it.** {lab.question}", "", "The right lines:", ""]
        lines += ["```python", *lab.text().splitlines(), "```", "", "Each bug has one wrong line:", ""]
        lines += [f"- {spoken(name)}: `{lab.line(name)}`" for name in lab.names]
        answer = folded("The bugs and their alarms (decide first)", *lab.answer())
        return "\n".join([*lines, "", *answer])
