"""A question to answer before anything runs: commit first, see then."""

import html
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gmm_lesson._inputs import one_of
from gmm_lesson.exercises.shown import Shown, folded, paragraph, status


@dataclass(frozen=True)
class Question:
    """A question, its right answer, and why, in a few sentences.

    There are choices, or a number is to be typed. Then an answer no farther from the right one than `within`
    counts as right, and one that is not `between` these two, as any such number is, is not taken.
    """

    text: str
    answer: str
    why: str
    choices: tuple[str, ...] = ()
    within: float = 0.0
    between: tuple[float, float] = (0.0, 1.0)


def questions(table: str) -> dict[str, Question]:
    """Return the questions of a table, by name.

    A question has an empty line before the next: its name, a colon and its text; a line for each answer to
    choose from, behind "= " the right one and behind "- " the others; and why. If a number is to be typed
    there is one such line, "= 24, within 8, from 0 to 342".
    """
    found = {}
    form = r"([\w-]+): ([^\0]+?)((?:\n[=-] .+)+)\n([^\0]+?)(?:\n\n|\Z)"
    for name, text, answers, why in re.findall(form, table.strip()):
        (right,), choices = re.findall("(?m)^= (.+)", answers), re.findall("(?m)^[=-] (.+)", answers)
        what: tuple[Any, ...] = (right, why.replace("\n", " "), tuple(choices))
        if number := re.fullmatch(r"(\S+), within (\S+), from (\S+) to (\S+)", right):
            answer, within, *between = map(float, number.groups())
            what = (f"{answer:g}", what[1], (), within, tuple(between))
        found[name] = Question(text.replace("\n", " "), *what)
    return found


QUESTIONS = questions(Path(__file__).with_name("questions.txt").read_text(encoding="utf-8"))
"""Every question by its id, as "03-midpoint"; they stand in a text, so that no cell tells their answers."""


def predict(name: str) -> None:
    """Show a question, as "03-midpoint"; its answer shows once you have committed to yours.

    With a kernel it is a live box: choose or type, then press Commit. Without one, it is a text with the
    answer folded away below the question. If there is no such question, a ValueError or TypeError lists all.
    """
    Prediction.show(QUESTIONS[one_of(name, "name", tuple(QUESTIONS))])


class Prediction(Shown):
    """One question on one page: a `field` to choose or type in, and a button that commits to the answer."""

    head = "Predict"

    def __init__(self, question: Question, *, live: bool = True) -> None:
        self.question, self.committed = question, False
        self.answer = f"The answer: {question.answer}."
        super().__init__(question.text, live=live)

    def controls(self, w: Any, wide: Any) -> list[Any]:
        """Return the field and the button."""
        if self.question.choices:
            self.field: Any = w.RadioButtons(options=self.question.choices, value=None, layout=wide)
        else:
            # Not at every key, or the button commits to half of what was typed: see _late.
            narrow = w.Layout(width="12em")
            self.field = w.Text(placeholder="a number", continuous_update=False, layout=narrow)
        self.commit: Any = w.Button(description="Commit", tooltip="Commit to this answer, then see")
        self.commit.on_click(self._commit)
        self.field.observe(self._late, "value")
        return [self.field, self.commit]

    def _commit(self, button: object = None) -> None:
        try:
            self._take()
        except ValueError as kindly:
            self.readout.value = status(paragraph(html.escape(str(kindly))))

    def _take(self) -> None:
        """Take the answer in the field, or raise a ValueError that says why not."""
        right, said = _judged(self.question, self.field.value)
        self.committed = self.field.disabled = self.commit.disabled = True
        self.readout.value = status(
            paragraph(f"<b>{'Right.' if right else 'Not this time.'}</b> You said: {html.escape(said)}.")
            + paragraph(f"<b>{html.escape(self.answer)}</b> {html.escape(self.question.why)}")
        )

    def _late(self, change: Any) -> None:
        # A page holds back a change while the one before it is on its way, but never a button: it can
        # overtake the answer. Later ones there are none, as the field is disabled.
        if self.committed:
            try:
                self._take()
            except ValueError:
                self.field.value = change["old"]

    def below(self) -> list[str]:
        """Return the choices, and the answer."""
        choices = [f"- {choice}" for choice in self.question.choices]
        answer = f"**{self.answer}** {self.question.why}"
        return [*choices, *[""] * bool(choices), *folded("The answer (decide on yours first)", answer)]


def read_number(text: str) -> float:
    """Return the number that somebody typed, as .5, 0,5, 1/2 or 50 %; a ValueError says how to write one."""
    tidy = re.sub("[\u2212\u2013]", "-", re.sub(r"\s", "", text)).lstrip("~\u2248").removesuffix(".")
    top, slash, bottom = tidy.removesuffix("%").partition("/")
    parts = [top, bottom] if slash else [top, "1"]
    # float() alone would take "nan", "inf" and "1_000"
    if all(re.fullmatch(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", part, re.ASCII) for part in parts):
        above, below = (float(part.replace(",", ".")) for part in parts)
        if below != 0 and math.isfinite(number := above / below * (0.01 if "%" in tidy else 1)):
            return number
    raise ValueError(f"I cannot read {text.strip()!r} as a number. Write it as .5, 1/2 or 50%.")


def _judged(question: Question, value: Any) -> tuple[bool, str]:
    """Return whether an answer is right, and what was said; a ValueError if there is no answer yet."""
    if question.choices:
        if value is None:
            raise ValueError("Choose an answer first, then press Commit.")
        return value == question.answer, value
    said, (low, high) = value.strip(), question.between
    if not said:
        raise ValueError("Type a number first, then press Commit.")
    number = read_number(said)
    if not low <= number <= high:
        raise ValueError(f"{said} is not between {low:g} and {high:g}. Try again: nothing is committed yet.")
    return abs(number - float(question.answer)) <= question.within * (1 + 1e-9), said
