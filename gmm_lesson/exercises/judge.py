"""How a learner's function is judged: called on every input of an exercise, and one thing said of it.

A mistake is recognised by its numbers alone, never by how the function is written: the answers on all
ordinary inputs are those of exactly one wrong program, or the mistake has no name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gmm_lesson.exercises import told
from gmm_lesson.exercises.kit import Case, Exercise, Function, Mistake, Reading, Way
from gmm_lesson.exercises.learner import SECONDS, Stop, TooLong, called, change, in_time, shortened
from gmm_lesson.exercises.told import Outcome
from gmm_lesson.exercises.verdict import Verdict, thing


def judge(function: object, exercise: Exercise, seconds: float = SECONDS) -> Verdict:
    """Return what there is to say of a learner's function, all its calls taking so many `seconds`.

    Nothing is raised, but an interrupt from the keyboard. What it prints, warns and draws is kept out of the
    notebook, and all that can be set for the whole process is put back.
    """
    return told.judged(function, exercise, lambda given: _find(given, exercise, seconds))


def _find(function: Function, exercise: Exercise, seconds: float) -> Verdict:
    # What is wrong on an ordinary input is known by those alone, and is spared the others: a loop that
    # ends too early here may not end at all there.
    ordinary = [case for case in exercise.cases if case.form == "arrays" and not case.edge]
    others = [case for case in exercise.cases if case not in ordinary]
    for case in exercise.cases:
        exercise.right_numbers(case)  # what is ours takes none of the learner's time
    outcomes: list[Outcome] = []

    def try_all() -> Iterator[Case]:
        for cases in (ordinary, others):
            for case in cases if all(outcome.right for outcome in outcomes) else ():
                yield case
                outcomes.append(_twice(function, case, exercise))

    if late := in_time(try_all(), seconds):
        outcomes.append(Outcome(function, exercise, late[0], error=late[1]))
    outcomes.sort(key=lambda outcome: exercise.cases.index(outcome.case))
    # Of all that there is to say, the coarsest alone is said.
    if (stub := told.as_a_stub(outcomes)) is not None:
        return stub
    arrays = [outcome for outcome in outcomes if outcome.case.form == "arrays"]
    plain = [outcome for outcome in arrays if not outcome.case.edge]
    wrong = [outcome for outcome in plain if not outcome.right]
    off = wrong + [outcome for outcome in arrays if outcome.case.edge and not outcome.right]
    if twice := [outcome for outcome in arrays if outcome.again]:
        return twice[0].unsteady()
    if off and (mistake := _named(plain if wrong else arrays, exercise, edge=not wrong)):
        return off[0].known(mistake)
    if errors := [outcome for outcome in plain if outcome.error]:
        return errors[0].crashed()
    if changed := [outcome for outcome in outcomes if outcome.changed]:
        return changed[0].changes_its_input()
    if off and off[0].error:
        return off[0].crashed()
    if odd := off or [outcome for outcome in arrays if outcome.reading.complaint]:
        return odd[0].unknown()
    if odd := [outcome for outcome in outcomes if outcome.error or outcome.again or not outcome.right]:
        return odd[0].only_in_form()
    does = f"gives {exercise.answer} on all {len(outcomes)} inputs tried"
    return told.right(function, does, [outcome.case for outcome in outcomes])


def called_once(function: Function, case: Case, exercise: Exercise, given: list[Any]) -> Outcome:
    """Return what one call comes to."""
    outcome, before = Outcome(function, exercise, case), case.fresh()
    raw, error = _safely(lambda: called(function, given))
    if error is not None:
        return replace(outcome, error=error)
    reading, error = _safely(lambda: exercise.read(raw, exercise.named(case, given)))
    if error is not None:  # an answer can refuse whatever is asked of it
        what = f"it returns {thing(raw)}, of which no numbers can be read ({shortened(error)})"
        reading = Reading(None, what)
    return replace(outcome, raw=raw, reading=reading, changed=change(exercise.all_arguments, given, before))


def _safely(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Return what comes of something, or what it raises: whatever that is, it is the learner's own."""
    try:
        return work(), None
    except Stop:
        raise
    except BaseException as error:
        return None, error


def _twice(function: Function, case: Case, exercise: Exercise) -> Outcome:
    """Call the function twice on the same input, each time on fresh arguments."""
    taken = len(exercise.taken(function))
    first = called_once(function, case, exercise, case.fresh()[:taken])
    second = first if first.error else called_once(function, case, exercise, case.fresh()[:taken])
    if second.error:
        return second
    yours, again = first.reading.numbers, second.reading.numbers
    steady = exercise.same(yours, again) or (yours is None and again is None)
    return replace(first, changed=first.changed or second.changed, again=None if steady else second.reading)


def _named(outcomes: Sequence[Outcome], exercise: Exercise, *, edge: bool) -> Mistake | None:
    """Return the one mistake that the answers fit; none if others fit as well."""
    # What took too long has no numbers; on the few inputs before it several mistakes may agree.
    outcomes = [outcome for outcome in outcomes if not isinstance(outcome.error, TooLong)]
    if all(outcome.right for outcome in outcomes):
        return None
    mistakes = (mistake for mistake in exercise.mistakes if mistake.edge is edge)
    fitting = [mistake for mistake in mistakes if any(fits(way, outcomes) for way in mistake.ways)]
    return fitting[0] if len(fitting) == 1 else None


def fits(way: Way, outcomes: Iterable[Outcome]) -> bool:
    """Whether the learner's answers are those of a wrong program on all these inputs, and are answers.

    Whatever goes wrong can end in NaN, or always in the same number: that is nobody's answer.
    """
    answers = []
    for outcome in outcomes:
        expected, numbers = outcome.exercise.answers(way, outcome.case), outcome.reading.numbers
        if isinstance(expected, Exception):
            # A name that nothing was given to is what is left of a run that was not kept.
            if outcome.error is None or type(outcome.error) in (NameError, ImportError, ModuleNotFoundError):
                return False
        elif (error := outcome.error) is not None:
            # Python's own numbers raise where numpy's give NaN: it is the same mistake.
            of_maths = ("ValueError: math domain error", "ValueError: expected a positive input")
            if not isinstance(error, ArithmeticError) and not shortened(error).startswith(of_maths):
                return False
            if expected is None or all(np.isfinite(part).all() for part in expected):
                return False
        elif not outcome.exercise.same(numbers, expected):
            return False
        else:
            entries = np.concatenate([np.ravel(part) for part in numbers or ()])
            answers += [entries[np.isfinite(entries)]] * bool(np.isfinite(entries).any())
    return len(answers) > 1 and bool(np.ptp(np.concatenate(answers)) > 0)
