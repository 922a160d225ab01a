"""The questions of `predict`, and their answers: in a text, so that neither a cell nor a picture tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


QUESTIONS = questions(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
"""Every question by its id: the lesson's number, then a word."""
