"""How a learner's function is judged, whatever it should compute.

An `Exercise` says what right means: the arguments, the inputs to try, the right answer, what must hold
of any answer, and the mistakes that we know. `judge` calls the learner's function on every input and
says one thing. A mistake is recognised by its numbers alone, never by how the function is written: the
learner's answers on all ordinary inputs are those of the wrong function, or they are not.
"""

from __future__ import annotations

import ast
import dis
import functools
import inspect
import itertools
import linecache
import re
import sysconfig
import textwrap
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from gmm_lesson._inputs import Array
from gmm_lesson.exercises.calling import SECONDS, Stop, TooLong, called, in_time, quiet
from gmm_lesson.exercises.verdict import Example, Verdict, verdict

Form = Literal["arrays", "whole numbers", "lists"]
Function = Callable[..., Any]
FORMS: dict[Form, str] = {"arrays": "", "whole numbers": "arrays of whole numbers", "lists": "plain lists"}
"""What the forms are called; the first goes without saying."""


@runtime_checkable
class Told(Protocol):
    """An argument that says itself in an example, in a line or several."""

    def told(self) -> str:
        """Return what stands for it."""


@dataclass(frozen=True)
class Case:
    """One input to try.

    Attributes
    ----------
    name : str
        A few words that say what is special about it: they stand above the example.
    values : tuple
        The arguments in order, the optional ones last. A list (of numbers, or of rows) is handed over in
        the case's form; a callable is called for a fresh value (a random generator); anything else is
        passed as it is.
    edge : bool
        Whether a plain way of writing the function may fail here although it is right elsewhere.
        Ordinary mistakes are recognised without these inputs.
    form : str
        "arrays" of floats; "whole numbers": arrays of ints where the numbers are whole; or "lists".
    """

    name: str
    values: tuple[Any, ...]
    edge: bool = False
    form: Form = "arrays"

    def fresh(self) -> list[Any]:
        """Return the arguments, made anew: a function that changes them changes nobody else's."""
        return [_in_form(value, self.form) for value in self.values]


@dataclass(frozen=True)
class Mistake:
    """A wrong way that we know.

    Attributes
    ----------
    name : str
        Its stable name, words joined by hyphens.
    says : str
        One sentence on what the numbers show. It never says what to write instead.
    ways : tuple of callables
        The wrong function; several, if it is written in several ways that give different numbers.
    edge : bool
        Whether it shows on edge cases only, being right on all others.
    head : str
        What stands before its name: something else than "Not yet" for what is no error in itself.
    crashing : tuple of callables
        The wrong function as it is on the inputs where it runs; a learner's crashes on the others.
    crashes : callable
        Whether an error is one to which the mistake leads there: with another it is not recognised.
    """

    name: str
    says: str
    ways: tuple[Function, ...]
    edge: bool = False
    head: str = "Not yet"
    crashing: tuple[Function, ...] = ()
    crashes: Callable[[BaseException], bool] = field(default=lambda error: True)


@dataclass(frozen=True)
class Pair:
    """Two known mistakes at once, in one wrong function."""

    first: Mistake
    second: Mistake
    function: Function


@dataclass(frozen=True)
class Reading:
    """An answer as numbers to compare (None if there are none), and what is odd about its form."""

    numbers: Array | None
    complaint: str | None = None


Rule = Callable[[dict[str, Any], Array], str | None]
"""What must hold of any answer: given the arguments by name and the numbers, a complaint or None."""


@dataclass(frozen=True)
class Exercise:
    """What right means for one function that a learner writes.

    Attributes
    ----------
    check : str
        The name of its check, as "e_step".
    arguments : tuple of str
        The names of the arguments, in order.
    answer : str
        What a right answer is called, as "the responsibilities".
    right : callable
        The right function.
    cases : tuple of Case
        The inputs, the smallest first: the first that fails is the one that is shown.
    mistakes : tuple of Mistake
        The wrong ways that we know, in the order in which they are looked for.
    rules : tuple of Rule
        What must hold of any answer, the coarsest first: shape, NaN, sign, sums.
    pairs : tuple of Pair
        Two mistakes at once, looked for when no single one fits.
    read : callable
        From what the function returned and the arguments by name to a Reading. An answer that is
        random, or in several parts, is read into the numbers that tell it from others.
    tolerance : float
        How far an entry may be from the right one, beside a millionth of its size.
    optional : tuple of str
        The names of trailing arguments that only a function which takes them gets.
    parts : tuple of str
        What the parts of an answer are called, if it has several: `read` makes each a row of its numbers.
    split : callable
        From the numbers to the parts, if they are not its rows, having different lengths. No parts at all
        are what an answer of another kind has: it is shown as it is.
    excused : callable
        Whether an error, given the arguments by name, is no fault of the function: that input is passed
        over.
    """

    check: str
    arguments: tuple[str, ...]
    answer: str
    right: Function
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...]
    rules: tuple[Rule, ...] = ()
    pairs: tuple[Pair, ...] = ()
    read: Callable[[Any, dict[str, Any]], Reading] = field(default=lambda raw, _: read_array(raw))
    tolerance: float = 1e-5
    optional: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    split: Callable[[Array], Sequence[Array]] = list
    excused: Callable[[BaseException, dict[str, Any]], bool] = lambda error, given: False

    def named(self, case: Case) -> dict[str, Any]:
        """Return the arguments of a case by name, the optional ones too."""
        return dict(zip(self.arguments + self.optional, case.fresh(), strict=True))

    def taken(self, function: Function) -> tuple[str, ...]:
        """Return the names of the arguments that a function gets.

        An optional one is handed over if the function cannot do without it: an argument with a default is
        the learner's own affair.
        """
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            return self.arguments
        places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        asked = itertools.takewhile(
            lambda pair: pair[1].default is pair[1].empty,
            zip(self.optional, places[len(self.arguments) :], strict=False),
        )
        return self.arguments + tuple(name for name, _ in asked)

    def answers(self, function: Function, case: Case) -> Array | None:
        """Return the numbers that one of our own functions answers."""
        given = case.fresh()
        return self.reading(function(*given), case, given).numbers

    def reading(self, raw: Any, case: Case, given: Sequence[Any]) -> Reading:
        """Read what a function returned for a case, of which it got `given`.

        What it may have changed is looked up anew, but a function among its arguments is the one that it
        got: that may have counted its calls.
        """
        names = self.arguments + self.optional
        got = {name: value for name, value in zip(names, given, strict=False) if callable(value)}
        return self.read(raw, self.named(case) | got)

    def same(self, a: Array | None, b: Array | None) -> bool:
        """Whether two answers are the same numbers; a NaN is the same as a NaN."""
        if a is None or b is None or a.shape != b.shape:
            return False
        return bool(np.allclose(a, b, rtol=1e-6, atol=self.tolerance, equal_nan=True))


@dataclass(frozen=True)
class Outcome:
    """What one call came to."""

    case: Case
    taken: tuple[str, ...]  # the names of the arguments handed over
    raw: Any
    reading: Reading
    error: BaseException | None = None
    changed: tuple[str, str] | None = None  # an argument that the call changed, and what it is after it
    again: Reading | None = None  # the second call's, if it differs


def judge(function: object, exercise: Exercise, seconds: float = SECONDS) -> Verdict:
    """Return what there is to say of a learner's function, and raise nothing.

    What the function prints, warns and draws is kept out of the notebook, and all that can be set for the
    whole process is put back. An interrupt from the keyboard alone passes through.

    Parameters
    ----------
    function : object
        The learner's function.
    exercise : Exercise
        What it should be.
    seconds : float
        How long its calls may take, all together.
    """

    def find(function: Function) -> Verdict:
        # What is wrong on an ordinary input is known by those alone, and is spared the others: a loop that
        # ends too early here may not end at all there.
        ordinary = [case.form == "arrays" and not case.edge for case in exercise.cases]
        tried: dict[int, Outcome] = {}
        clock = Clock(seconds)

        def try_all() -> None:
            for now in (True, False):
                if all(_right(o, exercise) or _is_excused(o, exercise) for o in tried.values()):
                    for i, case in enumerate(exercise.cases):
                        if ordinary[i] is now:
                            clock.starts(i)
                            tried[i] = _try(function, case, exercise)

        if not in_time(try_all, seconds):
            tried[clock.at] = _broken_off(function, exercise.cases[clock.at], exercise, clock)
        outcomes = [tried[i] for i in sorted(tried) if not _is_excused(tried[i], exercise)]
        return _found(function, outcomes, exercise)

    return judged(function, exercise, find)


def judged(function: object, exercise: Exercise, find: Callable[[Function], Verdict]) -> Verdict:
    """Return what `find` says of a function that can be called as the exercise asks; of others, why not."""
    try:
        return _judged(function, exercise, find)
    except Exception as error:  # objects can refuse whatever is asked of them
        return verdict(
            "unknown mistake",
            "Not yet: nobody can look at this.",
            f"The check looked at {_thing(function)} and at what it returns, and got {_shortened(error)}.",
        )


def _judged(function: object, exercise: Exercise, find: Callable[[Function], Verdict]) -> Verdict:
    wanted = f"check.{exercise.check}"
    if function is None or function is Ellipsis:
        return _not_started("There is no function here yet.")
    if not callable(function):
        return verdict(
            "known mistake",
            "Not yet: this is not a function.",
            f"{wanted} wants the function itself, its name without brackets after it;"
            f" it got {_thing(function)}.",
            mistake="not-a-function",
        )
    misfit = _misfit(function, exercise)
    if misfit is not None:
        return misfit
    if _is_endless_stub(function):
        return _not_started(f"{_name(function)} has a loop that is not written yet.")
    with quiet() as printed:
        found = find(function)
    if printed.anything and found.kind != "not started":
        note = "What your function prints is left out here."
        found = replace(found, message=f"{found.message}\n\n{note}", _markdown=f"{found._markdown}\n\n{note}")
    return found


def read_array(raw: Any, part: str = "", wanted: str = "array") -> Reading:
    """Read what a function returned, or one part of it, as an array of numbers, or say why it is none."""
    a_wanted = f"a{'n' * (wanted[0] in 'aeiou')} {wanted}"
    it = f"its {part} are" if part else "it returns"
    if inspect.iscoroutine(raw):
        raw.close()  # or Python warns, later and elsewhere, that nobody waited for it
    if raw is None or isinstance(raw, (str, bytes, dict, set, frozenset)) or inspect.isgenerator(raw):
        return Reading(None, f"{it} {_thing(raw)}, not {a_wanted}")
    if isinstance(raw, tuple) and any(part.ndim > 1 for part in raw if isinstance(part, np.ndarray)):
        return Reading(None, f"{it} {_thing(raw)}, not one {wanted}")
    complaint = None
    if isinstance(raw, np.ma.MaskedArray):
        if np.ma.is_masked(raw):
            complaint = f"{it} an array with masked entries"
            raw = np.ma.filled(raw.astype(float), np.nan)
    elif isinstance(raw, np.matrix):
        complaint = f"{it} a matrix (np.matrix), which multiplies and sums by rules of its own"
    try:
        array = np.asarray(raw)
    except Exception:  # rows of unequal length, or an object that says it is an array and is none
        return Reading(None, f"{it} {_thing(raw)}, which is no array with rows of one length")
    if array.dtype.kind in "biuf":
        return Reading(array.astype(np.float64), complaint)
    if array.dtype.kind == "O" and array.ndim == 0:
        return Reading(None, f"{it} {_thing(raw)}, not {a_wanted}")
    whose = f"the entries of its {part}" if part else "its entries"
    odd = f"{whose} are of type {array.dtype}, not numbers of type float"
    if array.dtype.kind not in "cOSU" or any(entry is None for entry in array.flat):
        return Reading(None, odd)  # dates, records, or nothing yet: no numbers by any reading
    try:
        return Reading(np.real(array).astype(np.float64), odd)
    except (TypeError, ValueError, OverflowError):  # 10**400 is larger than any float
        return Reading(None, odd)


def read_parts(raw: Any, parts: tuple[str, ...], length: int) -> Reading:
    """Read what a function returned as several parts, each an array of shape (length,), or say why not.

    There is an entry of each part for every class. Parts that are all of one other length are still numbers
    to compare: a mistake can have that length.
    """
    count, names = _COUNT[len(parts)], ", ".join(parts)
    table = read_array(raw).numbers  # closes a coroutine
    if table is not None and table.shape == (length, len(parts)) and length != len(parts):
        each = "a pair" if len(parts) == 2 else f"{count} numbers"
        whole = ", then ".join(f"all {part}" for part in parts)
        return Reading(None, f"it returns {each} for each class; return {whole}")
    if isinstance(raw, (tuple, list)):
        if len(raw) != len(parts):
            what = _thing(raw).removeprefix(f"a {type(raw).__name__} of ")
            return Reading(None, f"it returns {what}, not {count}: {names}")
    elif not isinstance(raw, np.ndarray) or raw.ndim == 0 or len(raw) != len(parts):
        return Reading(None, f"it returns {_thing(raw)}, not {count} things: {names}")
    readings = [read_array(value, part) for value, part in zip(raw, parts, strict=True)]
    complaint = next((reading.complaint for reading in readings if reading.complaint), None)
    rows = [reading.numbers for reading in readings if reading.numbers is not None]
    if len(rows) < len(parts):
        return Reading(None, complaint)
    if len({row.shape for row in rows}) > 1 or rows[0].ndim != 1:
        odd, shape = next(
            (part, row.shape) for part, row in zip(parts, rows, strict=True) if row.shape != (length,)
        )
        has = f"of shape {shape}" if shape else "one number"
        return Reading(None, complaint or f"its {odd} are {has}; wanted ({length},)")
    return Reading(np.array(rows), complaint)


_COUNT = ("no", "one", "two", "three", "four")


def _found(function: Function, outcomes: list[Outcome], exercise: Exercise) -> Verdict:
    """Say the one thing that there is to say, the coarsest first."""
    name = _name(function)
    stub = _as_a_stub(function, outcomes, name)
    if stub is not None:
        return stub
    if not all(_right(outcome, exercise) for outcome in outcomes) and _is_unfinished(function):
        return _not_started(f"{name} still has a ... where something should stand.")
    arrays = [outcome for outcome in outcomes if outcome.case.form == "arrays"]
    plain = [outcome for outcome in arrays if not outcome.case.edge]
    crashed = [outcome for outcome in plain if outcome.error is not None]
    if crashed:
        ran = [outcome for outcome in plain if outcome.error is None]
        endless = isinstance(crashed[0].error, TooLong) and not all(_right(o, exercise) for o in ran)
        for mistake in exercise.mistakes:
            crashing = mistake.crashing if all(mistake.crashes(o.error) for o in crashed if o.error) else ()
            if ran and any(_fits_where_it_runs(way, ran, exercise) for way in crashing):
                return _known(mistake, crashed[0], exercise)
        if endless:
            usual = [mistake for mistake in exercise.mistakes if not mistake.edge]
            fitting = [
                one for one in usual if any(_fits_where_it_runs(way, ran, exercise) for way in one.ways)
            ]
            if len(fitting) == 1:  # on few inputs several may agree
                return _known(fitting[0], crashed[0], exercise)
        return _crashed(crashed[0], name, exercise)
    for outcome in arrays:
        if outcome.again is not None:
            return _unsteady(outcome, exercise)
    wrong = [outcome for outcome in plain if not _right(outcome, exercise)]
    far = [outcome for outcome in arrays if outcome.case.edge and not _right(outcome, exercise)]
    if wrong or far:
        for mistake in exercise.mistakes:
            if mistake.edge != bool(wrong) and any(
                _fits(way, arrays if mistake.edge else plain, exercise) for way in mistake.ways
            ):
                return _known(mistake, (wrong or far)[0], exercise)
    if wrong:
        found = _two(
            [pair for pair in exercise.pairs if _fits(pair.function, plain, exercise)], wrong[0], exercise
        )
        if found is not None:
            return found
    changed = next((outcome for outcome in outcomes if outcome.changed), None)
    if changed is not None:
        return _changes_its_input(changed, exercise)
    for outcome in wrong + far:
        if outcome.error:
            return _crashed(outcome, name, exercise)
        return _unknown(outcome, exercise, [other for other in wrong + far if other is not outcome])
    odd = next((outcome for outcome in arrays if outcome.reading.complaint), None)
    if odd is not None:
        return _unknown(odd, exercise)
    for outcome in outcomes:
        if outcome.error or not _right(outcome, exercise) or outcome.again:
            return _only_in_form(outcome, name, exercise)
    cases = [outcome.case for outcome in outcomes]
    names = ", ".join(dict.fromkeys(FORMS[case.form] or case.name for case in cases))
    says = f"{_start(name)} gives {exercise.answer} on all {len(outcomes)} inputs tried: {names}."
    return verdict("right", "Right.", says)


@dataclass
class Clock:
    """Where a check is: the case that it is at, and since when."""

    seconds: float
    at: int = 0
    since: float = 0.0

    def starts(self, at: int) -> None:
        """Begin with a case."""
        self.at, self.since = at, time.monotonic()

    def broken_off(self, before: BaseException | None = None) -> TooLong:
        """Return what the case came to that was not done in time."""
        return TooLong(self.seconds, time.monotonic() - self.since > self.seconds / 2, before)


def _try(function: Function, case: Case, exercise: Exercise) -> Outcome:
    """Call the function twice on the same input, each time on fresh arguments."""
    taken = exercise.taken(function)
    readings: list[Reading] = []
    outcome = Outcome(case, taken, None, Reading(None))
    for _ in range(2):
        given, before = (case.fresh()[: len(taken)] for _ in range(2))
        try:
            raw = called(function, given)
        except Stop:
            raise
        except BaseException as error:  # whatever the function raises is its own
            return replace(outcome, error=error)
        readings.append(read_safely(lambda: exercise.reading(raw, case, given), raw))  # noqa: B023
        outcome = replace(outcome, raw=raw, changed=outcome.changed or change(taken, given, before))
    first, second = readings
    steady = (first.numbers is None and second.numbers is None) or exercise.same(
        first.numbers, second.numbers
    )
    return replace(outcome, reading=first, again=None if steady else second)


def read_safely(read: Callable[[], Reading], raw: Any) -> Reading:
    """Return what `read` reads; that nothing can be read of an answer that refuses."""
    try:
        return read()
    except Stop:
        raise
    except BaseException as error:
        return Reading(
            None, f"it returns {_thing(raw)}, of which no numbers can be read ({_shortened(error)})"
        )


def change(names: Iterable[str], given: Sequence[Any], before: Sequence[Any]) -> tuple[str, str] | None:
    """Return the first argument that a call has changed by more than rounding, and what it is now."""
    for name, now, was in zip(names, given, before, strict=False):
        if isinstance(was, (list, np.ndarray)):
            try:
                same = np.shape(now) == np.shape(was) and np.allclose(now, was, rtol=1e-9, atol=1e-12)
            except (
                TypeError,
                ValueError,
                RecursionError,
                OverflowError,
            ):  # it is no array of numbers any more
                same = False
            if not same:
                return name, _value(now)
    return None


def _broken_off(function: Function, case: Case, exercise: Exercise, clock: Clock) -> Outcome:
    """Return what a call came to that did not end, and the number that went wrong in it, if one did."""
    taken, error, found = exercise.taken(function), clock.broken_off(), []

    def once_more() -> None:
        try:
            called(function, case.fresh()[: len(taken)], divide="raise", over="raise", invalid="raise")
        except FloatingPointError as error:
            found.append(error)
        except Stop:
            raise
        except BaseException:
            pass

    if error.alone:
        in_time(once_more, clock.seconds / 5)
        error.before = found[0] if found else None
    return Outcome(case, taken, None, Reading(None), error)


def _is_excused(outcome: Outcome, exercise: Exercise) -> bool:
    return outcome.error is not None and exercise.excused(outcome.error, exercise.named(outcome.case))


def _right(outcome: Outcome, exercise: Exercise) -> bool:
    return outcome.error is None and exercise.same(
        outcome.reading.numbers, exercise.answers(exercise.right, outcome.case)
    )


def _fits(way: Function, outcomes: Sequence[Outcome], exercise: Exercise) -> bool:
    """Whether the learner's answers are those of a wrong function, on all these inputs, and are answers."""
    answers = [outcome.reading.numbers for outcome in outcomes if outcome.reading.numbers is not None]
    if answers and not any(np.isfinite(numbers).any() for numbers in answers):
        return False  # whatever goes wrong can end in NaN
    for outcome in outcomes:
        expected = exercise.answers(way, outcome.case)
        if _is_arithmetic(outcome.error):
            # Python's own numbers raise where numpy's give NaN: it is the same mistake.
            if expected is None or np.isfinite(expected).all():
                return False
        elif outcome.error or not exercise.same(outcome.reading.numbers, expected):
            return False
    return True


def _fits_where_it_runs(way: Function, outcomes: Sequence[Outcome], exercise: Exercise) -> bool:
    try:
        return _fits(way, outcomes, exercise)
    except ValueError:  # of shapes: the learner's function runs where this one does not
        return False


def _is_arithmetic(error: BaseException | None) -> bool:
    return isinstance(error, ArithmeticError) or (
        isinstance(error, ValueError)
        and str(error).startswith(("math domain error", "expected a positive input"))
    )


# What is said.


def _not_started(reason: str) -> Verdict:
    return verdict(
        "not started", "Not started.", f"{_start(reason)} Write it, run its cell, then run this one again."
    )


def _crashed(outcome: Outcome, name: str, exercise: Exercise) -> Verdict:
    assert outcome.error is not None
    if isinstance(outcome.error, TooLong):
        return _too_long(outcome, outcome.error, name, exercise)
    return verdict(
        "crashed",
        "Crashed.",
        *_blamed(outcome.error, name),
        example=_shown(outcome, exercise),
    )


def _too_long(outcome: Outcome, error: TooLong, name: str, exercise: Exercise) -> Verdict:
    objects = exercise.named(outcome.case).get("y")
    on = "this input" if objects is None else f"{len(objects)} object{'s' * (len(objects) != 1)}"
    says = [f"On {on} it had not ended after {error.seconds:g} seconds, so the check has broken it off."]
    if not error.alone:
        says = [
            f"All its calls together took longer than {error.seconds:g} seconds; the check was at {on}, and"
            " has found nothing wrong so far. A right answer in plain Python takes less than one."
        ]
    if error.before is not None:
        says += ["Before that, a number went wrong:", *_blamed(error.before, name)]
    mistake = "never-stops" if error.alone else "too-slow"
    return verdict(
        "known mistake",
        f"Not yet: {mistake.replace('-', ' ')}.",
        *says,
        example=_shown(outcome, exercise),
        mistake=mistake,
    )


def _known(mistake: Mistake, outcome: Outcome, exercise: Exercise) -> Verdict:
    return verdict(
        "known mistake",
        f"{mistake.head}: {mistake.name.replace('-', ' ')}.",
        mistake.says,
        example=_shown(outcome, exercise, *_came(outcome, exercise)),
        after=_must(outcome, exercise),
        mistake=mistake.name,
    )


def _two(pairs: list[Pair], outcome: Outcome, exercise: Exercise) -> Verdict | None:
    """Name two mistakes at once; of pairs that give the same numbers, only what they have in common."""
    if not pairs:
        return None
    common = set.intersection(*({pair.first.name, pair.second.name} for pair in pairs))
    named = [mistake for mistake in (pairs[0].first, pairs[0].second) if mistake.name in common]
    if not named:
        return None
    heads = [mistake.name.replace("-", " ") for mistake in named] + ["something else"] * (len(named) < 2)
    return verdict(
        "known mistake",
        f"Not yet, for two reasons: {heads[0]}; {heads[1]}.",
        *(mistake.says for mistake in named),
        example=_shown(outcome, exercise, *_came(outcome, exercise)),
        after=_must(outcome, exercise),
        mistake=named[0].name,
    )


def _unknown(outcome: Outcome, exercise: Exercise, others: Sequence[Outcome] = ()) -> Verdict:
    """Say what is wrong on one input, and of the others that are not right what they add to it."""
    broken = outcome.reading.complaint or _broken(outcome, exercise)
    says = [] if broken else [_what_is_off(outcome, others, exercise)]
    head = f"Not yet: {broken or 'other numbers'}."
    return verdict(
        "unknown mistake", head, *says, example=_shown(outcome, exercise, *_came(outcome, exercise))
    )


def _what_is_off(outcome: Outcome, others: Sequence[Outcome], exercise: Exercise) -> str:
    """Say what of an answer that breaks no rule is not right, how far, and what other inputs add to it."""
    off = _off(outcome, exercise)
    what = f"{_its(off)} not the right {'one' if _is_one(off) else 'ones'}"
    if not off:
        what = f"these are not {exercise.answer}"
    what += _how_far(outcome, off, exercise)
    worse = (
        _shortened(other.error) if other.error else other.reading.complaint or _broken(other, exercise)
        for other in others
    )
    more = next((said for said in worse if said), None)
    if more is not None:
        return f"Here {what}. Another input breaks more: {more}."
    too = dict.fromkeys(part for other in others for part in _off(other, exercise) if part not in off)
    if too:
        return f"Here {what}, and on other inputs {_its([*too])} not either."
    return f"Here {what}."


def _how_far(outcome: Outcome, off: Sequence[str], exercise: Exercise) -> str:
    """Say how far the worst entry of an answer, or of its first part that is off, is from the right one."""
    right, yours = exercise.answers(exercise.right, outcome.case), outcome.reading.numbers
    if right is None or yours is None:
        return ""
    if off:
        place = exercise.parts.index(off[0])
        right, yours = exercise.split(right)[place], exercise.split(yours)[place]
    if right.shape != yours.shape or not right.size:
        return ""
    apart = (yours - right).ravel()
    if not np.isfinite(apart).all():
        return ""
    worst = int(np.abs(apart).argmax())
    which = "" if apart.size == 1 else f"the worst, {yours.ravel()[worst]:.4g}, is "
    of = f"its {off[0]}: " if len(off) > 1 else ""
    return f" ({of}{which}too {'high' if apart[worst] > 0 else 'low'} by {abs(apart[worst]):.3g})"


def _its(parts: Sequence[str]) -> str:
    return f"its {' and its '.join(parts)} {'is' if _is_one(parts) else 'are'}"


def _is_one(parts: Sequence[str]) -> bool:
    """Whether this is one thing: parts that are several numbers have a plural for a name."""
    return len(parts) == 1 and not parts[0].endswith("s")


def _off(outcome: Outcome, exercise: Exercise) -> list[str]:
    """Return the names of the parts that are not right; none of an answer that has no parts."""
    right, yours = exercise.answers(exercise.right, outcome.case), outcome.reading.numbers
    if not exercise.parts or right is None or yours is None or not len(exercise.split(yours)):
        return []
    return [
        part
        for part, mine, other in zip(
            exercise.parts, exercise.split(yours), exercise.split(right), strict=True
        )
        if not exercise.same(mine, other)
    ]


def _unsteady(outcome: Outcome, exercise: Exercise) -> Verdict:
    assert outcome.again is not None
    return verdict(
        "unknown mistake",
        "Not yet: different answers.",
        "Called twice on the same input, it gives two answers.",
        example=_shown(
            outcome,
            exercise,
            *_yours(outcome.reading.numbers, outcome.raw, exercise, "yours, first", "your {}, first"),
            *_yours(outcome.again.numbers, outcome.raw, exercise, "yours, then", "your {}, then"),
        ),
    )


def _changes_its_input(outcome: Outcome, exercise: Exercise) -> Verdict:
    assert outcome.changed is not None
    name, after = outcome.changed
    return verdict(
        "known mistake",
        "Not yet: changes its input.",
        f"After the call, {name} holds other numbers than before:"
        " whoever called the function goes on with those.",
        example=_shown(outcome, exercise, (f"{name} after", after)),
        mistake="changes-its-input",
    )


def _only_in_form(outcome: Outcome, name: str, exercise: Exercise) -> Verdict:
    """Right on arrays of floats, and not on the same numbers in another form."""
    said = _blamed(outcome.error, name) if outcome.error else []
    if outcome.case.form == "lists":
        mistake, head = "not-for-lists", "Not yet: not for plain lists."
        says = (
            "It is right on arrays and fails on plain lists of the same numbers; the course passes lists too,"
            " and np.asarray turns either into an array."
        )
    else:
        mistake, head = "not-for-whole-numbers", "Not yet: not for whole numbers."
        says = (
            "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3: an array made in the image of whole numbers"
            " holds whole numbers only, and cuts off what is put into it."
        )
    yours = [] if outcome.error else _came(outcome, exercise)
    return verdict(
        "known mistake",
        head,
        says,
        *said,
        example=_shown(outcome, exercise, *yours),
        after=[] if outcome.error else _must(outcome, exercise),
        mistake=mistake,
    )


def _must(outcome: Outcome, exercise: Exercise) -> list[str]:
    """Say what the numbers of an example should satisfy, if they break a rule that any answer keeps."""
    broken = _broken(outcome, exercise)
    return [] if broken is None else [f"Look at this: {broken}."]


def _broken(outcome: Outcome, exercise: Exercise) -> str | None:
    numbers = outcome.reading.numbers
    if numbers is None:
        return None
    named = exercise.named(outcome.case)
    return next((said for rule in exercise.rules if (said := rule(named, numbers)) is not None), None)


def _shown(outcome: Outcome, exercise: Exercise, *more: tuple[str, str]) -> Example:
    """Return an example: what it is, the arguments, and what came of them."""
    case, named = outcome.case, exercise.named(outcome.case)
    lines = [(name, _value(named[name])) for name in outcome.taken] + list(more)
    width = max(len(name) for name, _ in lines)
    indent = "\n" + " " * (width + 3)
    text = "\n".join(f"{name:<{width}} = " + value.replace("\n", indent) for name, value in lines)
    head = f"Example: {case.name}{FORMS[case.form] and f', as {FORMS[case.form]}'}"
    return Example([head, *text.split("\n")], {name: named[name] for name in outcome.taken})


def _came(outcome: Outcome, exercise: Exercise) -> list[tuple[str, str]]:
    if outcome.error is not None:
        return [("yours", _shortened(outcome.error))]
    return _yours(outcome.reading.numbers, outcome.raw, exercise)


def _yours(
    numbers: Array | None, raw: Any, exercise: Exercise, whole: str = "yours", part: str = "your {}"
) -> list[tuple[str, str]]:
    """Return the lines of an answer: one, or one for each of its parts."""
    if numbers is None:
        return [(whole, _thing(raw))]
    if not exercise.parts:
        return [(whole, _value(numbers))]
    rows = exercise.split(numbers)
    if not len(rows):
        whole_numbers = isinstance(raw, (tuple, list)) and all(isinstance(entry, int) for entry in raw)
        return [(whole, _value(list(raw) if whole_numbers else raw))]
    return [(part.format(name), _value(row)) for name, row in zip(exercise.parts, rows, strict=True)]


def _value(value: Any) -> str:
    """Write a value short and the same on every machine: four digits, the first rows of a long array."""
    try:
        return _written(value)
    except (TypeError, ValueError, OverflowError, RecursionError):  # no numbers, or larger than any float
        return _thing(value)


def _written(value: Any) -> str:
    if isinstance(value, (list, np.ndarray)):
        whole = isinstance(value, list) or value.dtype.kind in "iub"
        array = np.asarray(value)
        if array.ndim >= 2:
            rows = [_row(row, whole) for row in array[:MOST_ROWS]]
            rows += ["..."] * (len(array) > MOST_ROWS)
            return "[" + ",\n ".join(rows) + "]"
        return _row(array, whole)
    if isinstance(value, Told):
        return value.told()
    return _digits(value, isinstance(value, int)) if isinstance(value, (int, float)) else _thing(value)


MOST_ROWS = 4
"""How many rows of a long array an example shows."""

MOST_ENTRIES = 12
"""How many entries of a row it shows."""


def _row(row: Any, whole: bool) -> str:
    if np.ndim(row) == 0:
        return _digits(row, whole)
    if np.ndim(row) > 1:
        return "[" + ", ".join(_row(inner, whole) for inner in row) + "]"
    entries = [_digits(entry, whole) for entry in row[:MOST_ENTRIES]]
    return "[" + ", ".join(entries + ["..."] * (len(row) > MOST_ENTRIES)) + "]"


def _digits(entry: Any, whole: bool) -> str:
    text = f"{float(entry) + 0.0:.4g}"
    return text if whole or not re.fullmatch(r"-?\d+", text) else text + ".0"


def _thing(value: Any) -> str:
    """Say what kind of thing a value is, without its address or its contents, and without asking it."""
    if value is None or value is Ellipsis or type(value) in (bool, int, float):
        return "..." if value is Ellipsis else _cut(_number(value), 40)
    kind = type(value)
    if issubclass(kind, (tuple, list)):
        length = (tuple if issubclass(kind, tuple) else list).__len__(value)
        return f"a {kind.__name__} of {length} thing{'s' * (length != 1)}"
    if issubclass(kind, np.ndarray):
        return f"an array of shape {np.ndarray.shape.__get__(value)}"
    return f"{'an' if kind.__name__[0] in 'aeiouAEIOU' else 'a'} {kind.__name__}"


def _number(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # more digits than Python writes
        return "a whole number of very many digits"


# The learner's own function: its name, its arguments, its error.


def _bare(function: Any) -> Any:
    """Return the function inside a partial, a method, a decorator or a callable object."""
    for _ in range(20):  # wrappers can wrap each other in a circle
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif isinstance(function, np.vectorize):
            function = function.pyfunc
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not hasattr(function, "__code__") and inspect.isfunction(type(function).__call__):
            function = type(function).__call__
        else:
            break
    return function


def _name(function: Any) -> str:
    name = getattr(function, "__name__", None) or getattr(_bare(function), "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() and name != "__call__" else "your function"


def _misfit(function: Function, exercise: Exercise) -> Verdict | None:
    """Say so if the function cannot be called with the arguments of the exercise, in their order."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None  # written in C: calling it will show
    taken = exercise.taken(function)
    wanted = " or ".join(
        f"({', '.join(exercise.arguments + exercise.optional[:more])})"
        for more in range(len(exercise.optional) + 1)
    )
    parameters = list(signature.parameters.values())
    names = [parameter.name for parameter in parameters]
    has = ", ".join(
        {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(p.kind.name, "") + p.name for p in parameters
    )
    try:
        signature.bind(*taken)
    except TypeError:
        return verdict(
            "known mistake",
            "Not yet: other arguments.",
            f"The check calls it with {wanted}; it takes {f'({has})' if has else 'none'}.",
            mistake="other-arguments",
        )
    first = names[: len(taken)]
    if first != list(taken) and set(first) == set(taken):
        return verdict(
            "known mistake",
            "Not yet: arguments in another order.",
            f"The check hands over ({', '.join(taken)}), in this order; yours are ({has}).",
            mistake="arguments-in-another-order",
        )
    return None


def _as_a_stub(function: Function, outcomes: list[Outcome], name: str) -> Verdict | None:
    """Say "not started" of a stub, and name the one thing that looks like one: a forgotten return."""
    first = outcomes[0]
    if isinstance(first.error, NotImplementedError):
        return _not_started(f"{name} says that it is not written yet.")
    if isinstance(first.error, (TypeError, AttributeError)) and "ellipsis" in str(first.error):
        return _not_started(f"{name} still has a ... where something should stand.")
    if first.error is not None:
        return None
    if first.raw is Ellipsis or first.raw is NotImplemented:
        return _not_started(f"{name} still returns ... and nothing else.")
    parts = first.raw if isinstance(first.raw, (tuple, list)) else ()
    if any(part is Ellipsis for part in parts):
        return _not_started(f"{name} still has a ... where something should stand.")
    if parts and all(part is None for part in parts):
        return _not_started(f"{name} returns nothing yet.")
    if any(outcome.raw is not None or outcome.error for outcome in outcomes):
        return None
    if _is_idle(function) or _has_dots(_source(_bare(function))):
        return _not_started(f"{name} returns nothing yet.")
    return verdict(
        "known mistake",
        "Not yet: nothing returned.",
        f"{_start(name)} runs to its end without an error, and its answer is None.",
        mistake="nothing-returned",
    )


def _is_idle(function: Any) -> bool:
    """Whether a function's body computes nothing; a loop in it never ends."""
    code = getattr(_bare(function), "__code__", None)
    return isinstance(code, CodeType) and all(step.opname in IDLE for step in dis.get_instructions(code))


def _is_endless_stub(function: Any) -> bool:
    return _is_idle(function) and any(
        step.opname in JUMPS for step in dis.get_instructions(_bare(function).__code__)
    )


def _is_unfinished(function: Any) -> bool:
    """Whether a function's source has a hole: a `...` that is a value, or all that a block does."""
    tree = _source(_bare(function)) or ast.Pass()
    for block in _blocks(tree):
        if len(block) > 1:
            block[:] = [statement for statement in block if not _is_dots(statement)] or block[:1]
    return _has_dots(tree)


def _blocks(tree: ast.AST) -> list[list[ast.stmt]]:
    """Return the blocks of statements; a docstring is none of them."""
    blocks = [
        getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse", "finalbody")
    ]
    found = [block for block in blocks if isinstance(block, list) and block]
    for block in found:
        first = getattr(block[0], "value", None)
        if len(block) > 1 and isinstance(first, ast.Constant) and isinstance(first.value, str):
            del block[0]
    return found


def _is_dots(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and _has_dots(statement)


def _source(function: Any) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None


def _has_dots(tree: ast.AST | None) -> bool:
    """Whether there is a `...` that is no index: y[..., np.newaxis] is work."""
    nodes = list(ast.walk(tree or ast.Pass()))
    in_index = {id(node) for one in nodes if isinstance(one, ast.Subscript) for node in ast.walk(one.slice)}
    return any(
        isinstance(node, ast.Constant) and node.value is Ellipsis and id(node) not in in_index
        for node in nodes
    )


JUMPS = {"JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_BACKWARD_JIT", "NOT_TAKEN"}
IDLE = {
    "RESUME", "NOP", "CACHE", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "STORE_FAST", "LOAD_FAST",
    "LOAD_FAST_BORROW", "COPY_FREE_VARS", "POP_TOP", *JUMPS,
}  # fmt: skip
"""Instructions that compute nothing: what `pass`, `...`, `r = None` and `return r` are made of."""


def _start(words: str) -> str:
    """Return words as a sentence starts; the learner's own name for a function keeps its spelling."""
    return f"Y{words[1:]}" if words.startswith("your function") else words


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _blamed(error: BaseException, name: str) -> list[str]:
    """Return the error, shortened, and the line of the learner's own that it came from."""
    said = [_shortened(error)]
    where = _line(error)
    if where is not None:
        number, function, text = where
        of = function if function.isidentifier() else name
        said.append(f"It happened in line {number} of {of}" + (f": {_cut(text, 80)}" if text else "."))
    return said


def _shortened(error: BaseException) -> str:
    if isinstance(error, TooLong):
        return "no end: broken off"
    try:
        message = (str(error).strip() or "no message").splitlines()[0]
    except Exception:  # an error of the learner's own making
        message = "no message"
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", message)
    return f"{type(error).__name__}: {_cut(message, 160)}"


def _line(error: BaseException) -> tuple[int, str, str] | None:
    """Return the deepest line that the learner wrote: its number within its function, whose, and its text."""
    frames = [
        (frame, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if not _is_library(frame.f_code.co_filename)
    ]
    if not frames:
        return None
    frame, number = frames[-1]
    text = linecache.getline(frame.f_code.co_filename, number).strip()
    # A comprehension has a frame of its own; the learner counts lines from the def around it.
    home = next((f for f, _ in reversed(frames) if not f.f_code.co_name.startswith("<")), frame)
    return number - home.f_code.co_firstlineno + 1, home.f_code.co_name, text


def _is_library(filename: str) -> bool:
    return (
        filename.startswith(("<frozen", "<__array_function__"))
        or filename.endswith(".pyx")  # compiled: numpy.random names its files without their folder
        or any(filename.startswith(folder) for folder in LIBRARIES)
    )


LIBRARIES = tuple(
    {str(Path(__file__).parent.parent)}
    | {sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
)
"""Folders whose code the learner did not write: this package, Python and what is installed."""


def _in_form(value: Any, form: Form) -> Any:
    if callable(value):
        return value()
    if not isinstance(value, list):
        return value
    numbers = np.array(value, dtype=float)
    whole = bool((numbers == np.floor(numbers)).all()) and form != "arrays"
    numbers = numbers.astype(int) if whole else numbers
    return numbers.tolist() if form == "lists" else numbers
