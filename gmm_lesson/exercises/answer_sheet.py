"""The answer sheet of lesson 13: what somebody says of the banknotes, judged by the notes themselves."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from types import SimpleNamespace

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
def key() -> SimpleNamespace:
    """Return what the notes say, computed when it is first asked for."""
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
    found = {"k": choice.best, "log_likelihood": best.log_likelihood, "narrowest_sd": best.mixture.sds.min()}
    return SimpleNamespace(**found, doubtful=notes.y[sure < SURE], tell={each for each in true if true[each]})


def _number(said: object) -> float:
    if type(said) is str:
        return read_number(said[:40])
    if type(said) in (int, float, np.int64, np.float64):
        return float(said)  # type: ignore[arg-type]
    raise ValueError("no number")


def _is_right(name: str, said: object, starts: object) -> bool:
    """Return whether an answer is right; what cannot be read is a ValueError or an OverflowError."""
    if name in ("reason", "tell"):
        letters = set(re.findall("[a-z]", said[:40].lower())) if type(said) is str else set()
        return letters == ({"b"} if name == "reason" else key().tell)
    number = _number(said)
    if name in ("starts", "hits"):
        n = _number(starts)
        if not (n % 1 == number % 1 == 0 <= number <= n and 1 <= n <= MOST):
            return False
        rate = hit_rate((np.arange(n) < number).astype(float), best=1.0, within=0)
        return name == "starts" or bool(success(rate.low, n) >= 0.99)
    near = {"k": 0.1, "log_likelihood": 0.006, "narrowest_sd": 0.01, "doubtful": READ / 100}
    return bool((np.abs(vars(key())[name] - number) < near[name]).any())


def answer_sheet(*nameless: object, **answers: object) -> Verdict:
    """Judge the answers to the questions of lesson 13, and say of a wrong one what to look at again.

    It raises nothing, whatever the answers are. One that is left out, or is `...`, is not answered yet.
    """
    told, given, right = ["Give every answer its name, as in k=..."] * bool(nameless), 0, 0
    told += [f"There is no question {name[:40]!r}." for name in answers if name not in QUESTIONS]
    for name, (question, again) in QUESTIONS.items():
        answer = answers.get(name)
        if answer is None or answer is ...:
            told.append(f"{name}: {'not answered yet. ' * bool(answers)}{question}")
            continue
        given += 1
        try:
            if _is_right(name, answer, answers.get("starts")):
                right += 1
                continue
        except (ValueError, OverflowError):
            again = again if name == "hits" else "Write one number, as 12 or -1.25."
        told.append(f"{name}: look again. {again}")
    if not told:
        return verdict("right", "Right.", f"All {right} answers are what the notes say.")
    head = f"Not yet: {right} of {len(QUESTIONS)} are right." if given else "Not started."
    return verdict("unknown mistake" if given else "not started", head, *told)
