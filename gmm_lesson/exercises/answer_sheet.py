"""The answer sheet of lesson 13: what somebody says of the banknotes, judged by the notes themselves."""

import functools
import re
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from gmm_lesson.data import load
from gmm_lesson.em import e_step
from gmm_lesson.exercises.predict import read_number
from gmm_lesson.exercises.verdict import Verdict, verdict
from gmm_lesson.restarts import hit_rate, success
from gmm_lesson.study.choose import by_components
from gmm_lesson.study.information import standard_errors

READ, SURE, MOST = 0.1, 0.9, 100_000
"""To how many mm the notes were read; from which share on none is in doubt; more starts than anybody runs."""
SHEET = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n\n")
QUESTIONS = {name: text.split(" > ") for name, text in (" ".join(it.split()).split(": ", 1) for it in SHEET)}
"""Each question, and what to look at again if the answer is wrong: whatever it was, or that would tell."""


@functools.cache
def key() -> dict[str, Any]:
    """Return what the notes say, computed once: letters, or a value and how near to it is right."""
    notes = load("banknotes")
    choice = by_components(notes.y, range(1, 6), floor=READ**2)
    best = choice.fits[choice.bic.argmin()]
    r, longer = (e_step(y, best.mixture) for y in (notes.y, notes.y + READ))
    weights, sure = best.mixture.weights, r.max(axis=1)
    errors = standard_errors(notes.y, best.mixture).weights / weights
    true = {
        "a": abs(weights.max() - 0.5) < 0.05,
        "b": len(set(notes.status)) == choice.best,
        "c": sure.min() > 0.99,
        "d": (r.argmax(axis=1) != longer.argmax(axis=1)).any(),
        "e": errors[weights.argmin()] < 0.1,
    }
    return {
        "k": (choice.best, 0.1),
        "log_likelihood": (best.log_likelihood, 0.006),
        "narrowest_sd": (best.mixture.sds.min(), 0.01),
        "doubtful": (notes.y[sure < SURE], READ / 100),
        "reason": {"b"},
        "tell": {letter for letter, holds in true.items() if holds},
    }


def _number(said: Any) -> float:
    kind: type = type(said)
    if kind is not bool and issubclass(kind, Real):
        return float(said)
    return read_number(said[:40] if kind is str else "")


def _is_right(name: str, said: Any, starts: Any) -> bool:
    """Return whether an answer is right; what cannot be read as a number raises something."""
    if name in ("reason", "tell"):
        letters = said[:9] if type(said) in (list, tuple) else [said]
        text = " ".join(it[:40] for it in letters if type(it) is str).lower()
        return set(re.findall(r"\b[a-z]\b", text) or re.findall("[a-z]", text)) == set(key()[name])
    number = _number(said)
    if name in ("starts", "hits"):
        n = _number(starts)
        if not (n % 1 == number % 1 == 0 <= number <= n and 1 <= n <= MOST):
            return False
        rate = hit_rate((np.arange(n) < number).astype(float), best=1.0, within=0)
        return name == "starts" or bool(success(rate.low, n) >= 0.99)
    value, near = key()[name]
    return bool((np.abs(value - number) < near).any())


def answer_sheet(*nameless: object, **answers: object) -> Verdict:
    """Judge the answers to the questions of lesson 13, and say of a wrong one what to look at again.

    It raises nothing, whatever the answers are. One that is left out, or is `...`, is not answered yet.
    """
    given = {name: it for name, it in answers.items() if it is not None and it is not ...}
    told = [f"There is no question {name[:40]!r}." for name in given if name not in QUESTIONS]
    for name, (question, again) in QUESTIONS.items():
        if name not in given:
            told.append(f"{name}: {'not answered yet. ' * bool(given)}{question}")
            continue
        try:
            if _is_right(name, given[name], given.get("starts")):
                continue
        except Exception:
            again = again if name in ("hits", "reason", "tell") else "Write one number, as 12 or -1.25."
        told.append(f"{name}: look again. {again}")
    if not told:
        return verdict("right", "Right.", "All answers are what the notes say.")
    return verdict(*(("unknown mistake", "Not yet.") if given else ("not started", "Not started.")), *told)
