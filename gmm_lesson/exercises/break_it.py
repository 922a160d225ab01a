"""A step with a bug to switch on, and the alarms that listen."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, one_of
from gmm_lesson.exercises import checks, mistakes
from gmm_lesson.exercises.judging import Mistake, Rule
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status


@dataclass(frozen=True)
class Lab:
    """A step that can be broken, its bugs, and the alarms that are listened for.

    Attributes
    ----------
    question : str
        What to ask before a bug is chosen.
    right : callable
        The step without a bug.
    bugs : tuple of (str, tuple)
        The names of known mistakes, each with the arguments it is shown on.
    mistakes : tuple of Mistake
        Where the names come from.
    alarms : tuple of (str, callable)
        What each alarm says, and the rule that rings it.
    """

    question: str
    right: Callable[..., Array]
    bugs: tuple[tuple[str, dict[str, Any]], ...]
    mistakes: tuple[Mistake, ...]
    alarms: tuple[tuple[str, Rule], ...]

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


_HAND = {"y": [1.0, 2.0, 3.0], "weights": [0.9, 0.1], "means": [1.0, 3.0], "variances": [1.0, 4.0]}

LABS = {
    "e_step": Lab(
        question="Which alarm does each bug ring, and which bugs ring none?",
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
            ("a row does not sum to one", checks.rows_sum_to_one),
            ("an entry is below zero", checks.not_negative),
            ("an entry is not a number", checks.finite),
        ),
    ),
}
"""What can be broken, by the name of its step."""


def break_it(name: str) -> None:
    """Show a step with a bug to choose, its numbers beside the right ones, and the alarms that ring.

    Parameters
    ----------
    name : str
        The step: "e_step".

    Raises
    ------
    TypeError, ValueError
        If there is no lab for that step.
    """
    Broken.show(LABS[one_of(name, "name", tuple(LABS))])


class Broken(Shown):
    """One lab on one page.

    Attributes
    ----------
    box : ipywidgets.VBox or None
        The live box: `field` to choose a bug in, `readout` for what it does.
    """

    def __init__(self, lab: Lab, *, live: bool = True) -> None:
        self.lab = lab
        super().__init__(live=live)

    def build(self) -> Any:
        """Return the live box."""
        import ipywidgets as widgets  # type: ignore[import-untyped]

        self.field: Any = widgets.Dropdown(
            options=[("no bug", ""), *((_spoken(name), name) for name, _ in self.lab.bugs)],
            description="Bug",
        )
        self.readout: Any = widgets.HTML()
        self.field.observe(lambda change: self._tell(), "value")
        self._tell()
        asked = widgets.HTML(paragraph(f"<b>Break it.</b> {html.escape(self.lab.question)}"))
        return widgets.VBox([asked, self.field, self.readout])

    def _tell(self) -> None:
        name = self.field.value
        given, wrong, right = self.lab.run(name or self.lab.bugs[0][0])
        ringing = self.lab.ringing(name) if name else []
        said = f"Alarms: {_list(ringing)}."
        table = np.array2string(right if not name else wrong, precision=3, suppress_small=True)
        beside = np.array2string(right, precision=3, suppress_small=True)
        self.readout.value = status(
            paragraph(f"<b>{html.escape(said)}</b>")
            + paragraph(f"y = {given['y']}; with the bug, and right:" if name else f"y = {given['y']}:")
            + f'<div style="display: flex; gap: 3em"><pre>{html.escape(table)}</pre>'
            + (f"<pre>{html.escape(beside)}</pre>" if name else "")
            + "</div>"
        )

    def text(self) -> str:
        """Return the question alone."""
        return f"Break it: {self.lab.question}"

    def markdown(self) -> str:
        """Return the question with the alarms of every bug folded away."""
        rows = [f"| {_spoken(name)} | {_list(self.lab.ringing(name))} |" for name, _ in self.lab.bugs]
        table = folded("The bugs and their alarms (decide first)", "| bug | alarms |", "|---|---|", *rows)
        return "\n".join([f"**Break it.** {self.lab.question}", "", *table])


def _spoken(name: str) -> str:
    return name.replace("-", " ")


def _list(ringing: list[str]) -> str:
    return ", ".join(ringing) or "none"
