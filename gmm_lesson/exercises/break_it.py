"""A step with a bug to switch on, and the alarms that listen."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from gmm_lesson._inputs import Array, one_of
from gmm_lesson.em import expected_log_joint, m_step
from gmm_lesson.exercises import (
    checks,
    loop_labs,
    match_labs,
    mistakes,
    programs,
    restart_labs,
    rules,
    sampling_labs,
)
from gmm_lesson.exercises.judging import Mistake, Rule
from gmm_lesson.exercises.mistakes import match
from gmm_lesson.exercises.programs import Program
from gmm_lesson.exercises.shown import NO_BUG, Shown, folded, paragraph, spoken, status, table
from gmm_lesson.mixture import Mixture


class Breakable(Protocol):
    """What a page needs of a lab. A bug is called by its name, and "" is none."""

    @property
    def question(self) -> str:
        """What to ask before a bug is chosen."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""

    @property
    def program(self) -> Program:
        """What is broken, and the line of each bug."""

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, or "none"."""

    def beside(self, name: str) -> tuple[str, str, str]:
        """Return what stands above the numbers, those of a bug, and the right ones."""

    def answer(self) -> list[str]:
        """Return the lines of Markdown that are folded away behind the question."""


@dataclass(frozen=True)
class Lab:
    """A step that can be broken, its bugs, and the alarms that are listened for.

    Attributes
    ----------
    question : str
        What to ask before a bug is chosen.
    program : Program
        What it looks like in numpy, and the line of each bug.
    right : callable
        The step without a bug.
    bugs : tuple of (str, tuple)
        The names of known mistakes, each with the arguments it is shown on.
    mistakes : tuple of Mistake
        Where the names come from.
    alarms : tuple of (str, callable)
        What each alarm says, and the rule that rings it.
    shown : tuple of str
        The names of the arguments that stand above the numbers.
    parts : tuple of str
        What the rows of an answer are called, if each is a part of its own.
    write : callable or None
        How an answer is written, given the arguments and the answer; None for the array itself.
    outcome : tuple of (str, callable) or None
        What else the table of the bugs says of each, and of none: its heading, and an entry, given as to
        `write`.
    """

    question: str
    program: Program
    right: Callable[..., Array]
    bugs: tuple[tuple[str, dict[str, Any]], ...]
    mistakes: tuple[Mistake, ...]
    alarms: tuple[tuple[str, Rule], ...]
    shown: tuple[str, ...] = ("y",)
    parts: tuple[str, ...] = ()
    write: Callable[[dict[str, Any], Array], str] | None = None
    outcome: tuple[str, Callable[[dict[str, Any], Array], str]] | None = None

    def run(self, name: str) -> tuple[dict[str, Any], Array, Array]:
        """Return the arguments a bug is shown on, what it returns, and what would be right."""
        given = dict(self.bugs)[name]
        (mistake,) = (mistake for mistake in self.mistakes if mistake.name == name)
        with np.errstate(all="ignore"):  # the bug is meant to divide by zero in silence
            return given, mistake.ways[0](**given), self.right(**given)

    def ringing(self, name: str) -> list[str]:
        """Return the alarms that a bug rings."""
        given, wrong, _ = self.run(name)
        return [says for says, rule in self.alarms if rule(given, wrong) is not None]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bugs."""
        return tuple(name for name, _ in self.bugs)

    def heard(self, name: str) -> str:
        """Return the alarms that a bug rings, or "none"."""
        return ", ".join(self.ringing(name) if name else []) or "none"

    def beside(self, name: str) -> tuple[str, str, str]:
        """Return what stands above the numbers, those of a bug, and the right ones."""
        given, wrong, right = self.run(name or self.names[0])
        above = ", ".join(f"{argument} = {given[argument]}" for argument in self.shown)
        return above, self._table(given, wrong if name else right), self._table(given, right)

    def answer(self) -> list[str]:
        """Return a table of the bugs and their alarms."""
        if self.outcome is None:
            rows = [(spoken(name), self.heard(name)) for name in self.names]
            return table(("bug", "alarms"), rows)
        heading, entry = self.outcome
        given, _, right = self.run(self.names[0])
        return table(
            ("bug", "alarms", heading),
            [
                (NO_BUG, "none", entry(given, right)),
                *((spoken(name), self.heard(name), entry(*self.run(name)[:2])) for name in self.names),
            ],
        )

    def _table(self, given: dict[str, Any], values: Array) -> str:
        """Write an answer in its own way; else as an array, or line by line if its rows have names."""
        if self.write is not None:
            return self.write(given, values)
        if not self.parts:
            return _written(values)
        width = max(map(len, self.parts))
        rows = (_written(row) for row in values)
        return "\n".join(f"{part:<{width}} = {row}" for part, row in zip(self.parts, rows, strict=True))


def _written(values: Array) -> str:
    """Write an array; what rounds to 0 has no sign."""
    return np.array2string(np.round(values, 3) + 0.0, precision=3, suppress_small=True)


def q_not_lower(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if Q is lower than before the step; parts that make no mixture have no Q."""
    try:
        after = expected_log_joint(given["y"], given["r"], Mixture(*parts))
    except ValueError:
        return None
    before = expected_log_joint(given["y"], given["r"], _BEFORE)
    return f"Q was {before:.4g} and is {after:.4g}" if after < before - 1e-9 else None


def variances_above_zero(given: dict[str, Any], parts: Array) -> str | None:
    """Say so if a variance is zero or below."""
    del given
    return f"a variance is {parts[2].min():.4g}" if (parts[2] < 1e-12).any() else None


def _m_step(y: ArrayLike, r: ArrayLike, means: ArrayLike) -> Array:
    del means
    new = m_step(y, r)
    return np.array([new.weights, new.means, new.variances])


_HAND = {"y": [1.0, 2.0, 3.0], "weights": [0.9, 0.1], "means": [1.0, 3.0], "variances": [1.0, 4.0]}

_BEFORE = Mixture([0.5, 0.5], [1, 3], [1, 1])
"""What the M-step's lab starts from; its responsibilities, to three decimals, are those of this mixture."""

_SHARED = {
    "y": [1.0, 2.0, 3.0, 4.0, 5.0],
    "r": [[0.881, 0.119], [0.5, 0.5], [0.119, 0.881], [0.018, 0.982], [0.002, 0.998]],
    "means": [1.0, 3.0],
}

LABS: dict[str, Breakable] = {
    "classes": Lab(
        question=("Five draws of classes. Which alarm does each bug ring, and which bugs ring none?"),
        program=programs.CLASSES,
        right=sampling_labs.right_classes,
        bugs=tuple((name, sampling_labs.CLASSES) for name in sampling_labs.CLASS_BUGS),
        mistakes=sampling_labs.class_mistakes,
        alarms=sampling_labs.CLASS_ALARMS,
        shown=("n", "weights"),
        write=sampling_labs.write_classes,
    ),
    "objects": Lab(
        question=(
            "Five runs of a draw of objects. Which alarm does each bug ring, and which bugs ring none?"
        ),
        program=programs.OBJECTS,
        right=sampling_labs.right_objects,
        bugs=tuple((name, sampling_labs.OBJECTS) for name in sampling_labs.OBJECT_BUGS),
        mistakes=sampling_labs.object_mistakes,
        alarms=sampling_labs.OBJECT_ALARMS,
        shown=("n", "weights", "means", "variances"),
        write=sampling_labs.write_objects,
    ),
    "e_step": Lab(
        question="Which alarm does each bug ring, and which bugs ring none?",
        program=programs.E_STEP,
        right=checks.E_STEP.right,
        bugs=(
            *(
                (name, _HAND)
                for name in (
                    "not-shared-out",
                    "shared-over-objects",
                    "logarithms-returned",
                    "weights-left-out",
                    "variance-used-as-sd",
                    "factor-left-out",
                    "hard-assignment",
                )
            ),
            ("far-objects-0-over-0", _HAND | {"y": [1.0, 2.0, 3.0, 600.0]}),
        ),
        mistakes=mistakes.E_STEP,
        alarms=(
            ("a row does not sum to one", rules.rows_sum_to_one),
            ("an entry is below zero", rules.not_negative),
            ("an entry is not a number", rules.finite),
        ),
    ),
    "m_step": Lab(
        question=(
            "The step starts from weights 0.5 and 0.5, means 1 and 3, variances 1 and 1."
            " Which alarm does each bug ring, and which bugs ring none?"
        ),
        program=programs.M_STEP,
        right=_m_step,
        bugs=(
            *(
                (name, _SHARED)
                for name in (
                    "divided-by-n",
                    "weights-not-divided",
                    "unweighted-mean",
                    "second-moment-returned",
                    "variances-negative",
                    "sd-returned",
                    "n-k-minus-one",
                    "hard-assignment",
                    "old-mean-in-the-variance",
                )
            ),
            ("lost-class-0-over-0", _SHARED | {"r": [[1.0, 0.0]] * 5}),
        ),
        mistakes=(*mistakes.M_STEP, mistakes.LOST_CLASS),
        alarms=(
            ("the weights do not sum to one", rules.weights_sum_to_one),
            ("a variance is not above zero", variances_above_zero),
            ("an entry is not a number", rules.finite),
            ("Q is lower than before the step", q_not_lower),
        ),
        shown=("y", "r"),
        parts=rules.PARAMETERS,
    ),
    "em": loop_labs.EM,
    "restarts": restart_labs.RESTARTS,
    "match": Lab(
        question=(
            "Four learned classes, each to be put beside the true class that it stands for. Which alarm does"
            " each bug ring, and which bugs come closer to the truth than the right pairs?"
        ),
        program=programs.MATCH,
        right=match.RIGHT,
        bugs=tuple((name, match_labs.MATCHED) for name in match_labs.BUGS),
        mistakes=match.MATCH,
        alarms=match_labs.ALARMS,
        shown=("means", "sds"),
        write=match_labs.write,
        outcome=("sum of squared differences", match_labs.squares),
    ),
    "floor": loop_labs.FLOORED,
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


class Broken(Shown):
    """One lab on one page.

    Attributes
    ----------
    box : ipywidgets.VBox or None
        The live box: `field` to choose a bug in, `readout` for what it does.
    """

    def __init__(self, lab: Breakable, *, live: bool = True) -> None:
        self.lab = lab
        super().__init__(live=live)

    def build(self) -> Any:
        """Return the live box."""
        import ipywidgets as widgets  # type: ignore[import-untyped]

        self.field: Any = widgets.Dropdown(
            options=[(NO_BUG, ""), *((spoken(name), name) for name in self.lab.names)],
            description="Bug",
        )
        self.readout: Any = widgets.HTML()
        self.field.observe(lambda change: self._tell(), "value")
        self._tell()
        asked = widgets.HTML(paragraph(f"<b>Break it.</b> {html.escape(self.lab.question)}"))
        return widgets.VBox([asked, self.field, self.readout])

    def _tell(self) -> None:
        name = self.field.value
        above, wrong, right = self.lab.beside(name)
        program = self.lab.program
        line = f"<code>{html.escape(program.line(name))}</code>" if name else ""
        lines = f'<code style="white-space: pre-wrap">{html.escape(program.right)}</code>'
        self.readout.value = status(
            (paragraph(f"The wrong line: {line}") if name else "")
            + f"<details><summary>The right lines</summary>{lines}</details>"
            + paragraph(f"<b>{html.escape(f'Alarms: {self.lab.heard(name)}.')}</b>")
            + paragraph(html.escape(f"{above}; with the bug, and right:" if name else f"{above}:"))
            + f'<div style="display: flex; flex-wrap: wrap; gap: 0 3em"><pre>{html.escape(wrong)}</pre>'
            + (f"<pre>{html.escape(right)}</pre>" if name else "")
            + "</div>"
        )

    def text(self) -> str:
        """Return the question alone."""
        return f"Break it: {self.lab.question}"

    def markdown(self) -> str:
        """Return the question, the line of each bug, and with them folded away the alarms."""
        program = self.lab.program
        right = [
            "The right lines:",
            "",
            "```python",
            *program.right.splitlines(),
            "```",
            "",
            "Each bug has one wrong line:",
        ]
        wrong = [f"- {spoken(name)}: `{program.line(name)}`" for name in self.lab.names]
        answer = folded("The bugs and their alarms (decide first)", *self.lab.answer())
        return "\n".join([f"**Break it.** {self.lab.question}", "", *right, "", *wrong, "", *answer])
