"""A program of an exercise with a mistake to switch on, its bug, and the alarms that listen."""

import functools
import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from gmm_lesson.exercises.kit import Exercise, Way, edited
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status, table

Given = Mapping[str, Any]  # the arguments that programs are run on, by name; lists become arrays


class Seen(SimpleNamespace):
    """The arguments, what came of the programs on them, the `step`, and at which each alarm rang `first`."""


@dataclass(frozen=True, eq=False)
class Lab:
    """Programs that can be broken, their bugs, and the alarms that are listened for."""

    question: str  # what to ask before a bug is chosen
    exercises: tuple[Exercise, ...]  # whose programs are broken
    bugs: str  # their names with spaces between, each the first way of the mistake of that name
    given: Given  # what the programs are run on
    alarms: Mapping[str, Callable[[Seen], object]]  # what each says, and whether it rings
    write: Callable[[Seen], str]  # how the end is written
    # From the arguments and a function for each exercise to what came, step by step; the last is the end.
    # None is one step: the `answer`, as its exercise reads it.
    run: Callable[..., Iterable[Seen]] | None = None
    ways: Mapping[str, Way] = field(default_factory=dict)  # bugs with edits of their own
    inputs: Mapping[str, Given] = field(default_factory=dict)  # bugs that are shown on other arguments
    # What else the table of the bugs says of each, and of none: headings, and entries; and lines below it.
    columns: Mapping[str, Callable[[Seen], str]] = field(default_factory=dict)
    below: Callable[["Lab"], list[str]] = lambda lab: []
    shown: tuple[str, ...] = ()  # the names of the arguments that stand above the end, if not all do

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(self.bugs.split())

    def edits(self, name: str = "") -> list[Way]:
        """Return the edits of each program: a bug is in the first that has it, and no name is in none."""
        found: list[Way] = []
        for e in self.exercises:
            way = self.ways.get(name) or next((m.ways[0] for m in e.mistakes if m.name == name), {})
            found.append({} if any(found) or not all(piece in e.program for piece in way) else way)
        return found

    def text(self, name: str = "") -> str:
        """Return the programs with a bug; without a name the right ones."""
        ways = zip(self.exercises, self.edits(name), strict=True)
        return "\n\n\n".join(edited(e.program, way).strip() for e, way in ways)

    def line(self, name: str) -> str:
        """Return what a bug has in the place of right lines, without the spaces before it."""
        right = self.text().splitlines()
        return "\n".join(line.strip() for line in self.text(name).splitlines() if line not in right)

    def ran(self, name: str = "", beside: str = "") -> Seen:
        """Return what comes of the programs with a bug; of the right ones, on what `beside` is shown on."""
        return _ran(self, name, *self.inputs.keys() & {beside or name})

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, in a loop by the steps at which they rang first, or "none"."""
        first, loop = self.ran(name).first, self.ran().step > 1
        steps = {step: ", ".join(s for s in first if first[s] == step) for step in sorted(first.values())}
        return "; ".join(f"step {step}: " * loop + steps[step] for step in steps) or "none"

    def answer(self) -> list[str]:
        """Return a table of the bugs and their alarms, as lines of Markdown."""
        alarms = "alarms" + ", at the step at which they first rang" * (self.ran().step > 1)
        rows = [
            [spoken(name), self.heard(name), *(entry(self.ran(name)) for entry in self.columns.values())]
            for name in (*[""] * bool(self.columns), *self.names)
        ]
        return [*table(["bug", alarms, *self.columns], rows), *self.below(self)]


@functools.cache
def _ran(lab: Lab, name: str, on: str = "") -> Seen:
    given = {**lab.given, **lab.inputs.get(on, {})}
    given = {name: np.array(it) if isinstance(it, list) else it for name, it in given.items()}
    ways = zip(lab.exercises, lab.edits(name), strict=True)
    functions = [(not way and e.right) or e.function(way) for e, way in ways]
    read = lab.exercises[0].read
    run = lab.run or (lambda given, f: [Seen(answer=np.squeeze(read(f(**given), given).numbers or ()))])
    first: dict[str, int] = {}
    with np.errstate(all="ignore"):  # a bug may divide by zero in silence
        for step, came in enumerate(run(given, *functions), 1):
            end = Seen(**given, **vars(came), step=step, first=first)
            first |= {says: step for says, rings in lab.alarms.items() if says not in first and rings(end)}
    return end


def spoken(name: str) -> str:
    """Return a name of words joined by hyphens as the words; no name is no bug."""
    return name.replace("-", " ") or "no bug"


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
        above = ", ".join(
            f"{key} = {np.asarray(vars(wrong)[key]).tolist()}" for key in lab.shown or lab.given
        )
        lines = f'<code style="white-space: pre-wrap">{html.escape(lab.text())}</code>'
        line = paragraph(f"The wrong line: <code>{html.escape(lab.line(name))}</code>")
        ends = [wrong, right] if name else [right]
        self.readout.value = status(
            line * bool(name)
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
