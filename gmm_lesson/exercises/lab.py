"""A program with a bug to switch on, and the alarms that listen.

A lab is a table over the mistakes of exercises: its bugs are their edits, and its program is theirs, with one
line changed. `labs.py` has all the tables.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gmm_lesson.exercises.kit import Exercise, Function, Way, edited
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status, table

NO_BUG = "no bug"

Given = dict[str, Any]
"""The arguments that a program is run on, by name."""


@dataclass(frozen=True)
class Bug:
    """A bug to switch on.

    Attributes
    ----------
    name : str
        That of a mistake of one of the lab's exercises, of which it is the first way, or its own.
    way : dict of str to str or None
        The edits of a bug that no exercise knows; it is one of that program which has these pieces.
    given : mapping
        What it is shown on, where that is not what the lab has.
    """

    name: str
    way: Mapping[str, str] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


class Ran(NamedTuple):
    """What came of a program."""

    given: Given
    end: Any
    """What it came to, in the lab's own form."""
    first: dict[str, int]
    """The alarms that rang, in order, each with the step at which it rang first."""


@dataclass(frozen=True, eq=False)
class Lab:
    """Programs that can be broken, their bugs, and the alarms that are listened for.

    Attributes
    ----------
    question : str
        What to ask before a bug is chosen.
    exercises : tuple of Exercise
        Whose programs are broken, and whose mistakes give the bugs their edits.
    bugs : tuple of (Bug or str)
        The bugs; a name alone is a Bug of that name.
    given : dict
        What the programs are run on; lists become arrays.
    run : callable
        From the arguments by name and a function for each exercise to what the alarms listen to: one thing
        for each step; the last of them is what the programs came to.
    alarms : tuple of (str, callable)
        What each alarm says, and whether it rings: given the arguments and a step, something true or not.
    above : callable
        What stands above the numbers, from the arguments.
    write : callable
        How the end is written, from the arguments and the end.
    column : tuple of (str, callable) or None
        What else the table of the bugs says of each, and of none: its heading, and an entry, given as to
        `write`.
    stepwise : bool
        Whether there are several steps, so that an alarm has one at which it rang first.
    right : dict of str to callable
        The right functions, by the name of the check, where those of the exercises will not do.
    below : callable
        From the lab to lines of Markdown below its table.
    """

    question: str
    exercises: tuple[Exercise, ...]
    bugs: tuple[Bug | str, ...]
    given: Given
    run: Callable[..., Iterable[Any]]
    alarms: tuple[tuple[str, Callable[[Given, Any], object]], ...]
    above: Callable[[Given], str]
    write: Callable[[Given, Any], str]
    column: tuple[str, Callable[[Given, Any], str]] | None = None
    stepwise: bool = False
    right: Mapping[str, Function] = field(default_factory=dict)
    below: Callable[[Lab], list[str]] = lambda lab: []

    @functools.cached_property
    def known(self) -> dict[str, Bug]:
        """The bugs by name."""
        bugs = (Bug(bug) if isinstance(bug, str) else bug for bug in self.bugs)
        return {bug.name: bug for bug in bugs}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(self.known)

    def edit(self, name: str) -> tuple[Exercise, Way] | None:
        """Return the exercise whose program a bug changes, and how; None if it changes nothing."""
        if not name or self.known[name].way == {}:
            return None
        if (own := self.known[name].way) is not None:
            return next(e for e in self.exercises if all(piece in e.program for piece in own)), own
        ways = ((e, m.ways[0]) for e in self.exercises for m in e.mistakes if m.name == name)
        return next(ways)

    def text(self, name: str = "") -> str:
        """Return the programs with a bug; without a name the right ones."""
        broken, way = self.edit(name) or (None, {})
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
        return self.above(wrong.given), self.write(*wrong[:2]), self.write(*right[:2])

    def answer(self) -> list[str]:
        """Return a table of the bugs and their alarms, as lines of Markdown."""
        heading = "alarms, at the step at which they first rang" if self.stepwise else "alarms"
        if self.column is None:
            return table(("bug", heading), [(spoken(name), self.heard(name)) for name in self.names])
        third, entry = self.column
        rows = (
            (spoken(name) or NO_BUG, self.heard(name), entry(*self.ran(name)[:2]))
            for name in ("", *self.names)
        )
        return [*table(("bug", heading, third), rows), *self.below(self)]


@functools.cache
def _ran(lab: Lab, name: str, beside: str) -> Ran:
    given = lab.given | (lab.known[beside].given if beside else {})
    given = {key: np.array(value) if isinstance(value, list) else value for key, value in given.items()}
    broken, way = lab.edit(name) or (None, {})
    functions = [
        e.function(way) if e is broken else lab.right.get(e.check) or e.right or e.function({})
        for e in lab.exercises
    ]
    first: dict[str, int] = {}
    end = None
    with np.errstate(all="ignore"):  # a bug may divide by zero in silence
        for number, end in enumerate(lab.run(given, *functions), 1):
            for says, rings in lab.alarms:
                if says not in first and rings(given, end):
                    first[says] = number
    return Ran(given, end, first)


def spoken(name: str) -> str:
    """Return a name of words joined by hyphens as the words."""
    return name.replace("-", " ")


class Broken(Shown):
    """One lab on one page: live, a `field` to choose a bug in, and a `readout` for what it does."""

    def __init__(self, lab: Lab, *, live: bool = True) -> None:
        self.lab = lab
        super().__init__(live=live)

    def build(self) -> Any:
        """Return the live box."""
        import ipywidgets as widgets  # type: ignore[import-untyped]

        options = [(spoken(name) or NO_BUG, name) for name in ("", *self.lab.names)]
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
