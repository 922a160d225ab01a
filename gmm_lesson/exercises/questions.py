"""The questions of `predict`, with their answers: here, so that neither a cell nor a picture tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A question with answers to choose from.

    Attributes
    ----------
    text : str
        The question.
    choices : tuple of str
        What there is to choose from, no two alike.
    answer : str
        The right one of them.
    why : str
        Why, in a sentence or three.
    """

    text: str
    choices: tuple[str, ...]
    answer: str
    why: str

    def __post_init__(self) -> None:
        if self.choices.count(self.answer) != 1 or len(set(self.choices)) != len(self.choices):
            raise ValueError(f"answer must be one of the choices, and no two alike; got {self.answer!r}")


@dataclass(frozen=True)
class Number:
    """A question with a number to type.

    Attributes
    ----------
    text : str
        The question.
    answer : float
        The right number.
    within : float
        How far from it still counts as right.
    low, high : float
        Between what the number lies, whatever it is: an answer outside is not taken, and says so.
    why : str
        Why, in a sentence or three.
    """

    text: str
    answer: float
    within: float
    low: float
    high: float
    why: str

    def __post_init__(self) -> None:
        if not self.low <= self.answer <= self.high or not self.within >= 0:
            raise ValueError(f"answer must lie between low and high; got {self.answer}")


Question = Choice | Number

QUESTIONS: dict[str, Question] = {
    "00-certain": Number(
        text=(
            "For how many of the 200 objects will EM give one class a share above 99%, so that they are as"
            " good as placed?"
        ),
        answer=134,
        within=15,
        low=0,
        high=200,
        why=(
            "Two thirds of them. The rest lie where two classes overlap, and there nobody can be as sure as"
            " that, EM or not. A guess within 15 counts as right."
        ),
    ),
    "03-midpoint": Number(
        text=(
            "Two classes have weights .9 and .1 and equal sds. An object lies exactly halfway between their"
            " means. How far does it belong to the common class: with which responsibility, from 0 to 1?"
        ),
        answer=0.9,
        within=0.005,
        low=0.0,
        high=1.0,
        why=(
            "Halfway between the means, with equal sds, both densities are the same number. So the object"
            " itself says nothing, and only the weights speak: .9 to .1."
        ),
    ),
    "03-wide": Choice(
        text=(
            "Two classes have weights 1/2 each. A has mean 0 and sd 1; B has mean 3 and sd 3."
            " Which of them owns an object at y = -4, on A's side?"
        ),
        choices=(
            "A, almost certainly: its mean is nearer",
            "A, but only just",
            "B, but only just",
            "B, almost certainly",
        ),
        answer="B, almost certainly",
        why=(
            "The object is 4 sds from A and 2.3 sds from B, so B owns it with responsibility .985. Nearer in,"
            " at y = -2, A does with .620. A wide class takes both sides of a narrow one."
        ),
    ),
    "11-finished": Choice(
        text=(
            "The original notebook ran EM ten times, 200 steps each, and printed where each run ended. Which"
            " of the ten runs had finished, that is, converged?"
        ),
        choices=(
            "All ten: 200 steps are enough",
            "Only 3, 5 and 6, which reached the best log-likelihood",
            "3, 4, 5, 6 and 8",
            "None of them",
        ),
        answer="3, 4, 5, 6 and 8",
        why=(
            "3, 5 and 6 ended at -696.728, the best; 4 at -716.586 and 8 at -711.525, optima too and"
            " worse. At least 1, 2, 7 and 10 had not finished. Finished and best are two things."
        ),
    ),
}
"""Every question by its id: the lesson's number, then a word."""
