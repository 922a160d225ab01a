"""What is said of a learner's function: one thing, with the smallest example that shows it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from gmm_lesson.exercises.kit import Case, Exercise, Form, Function, Mistake, Reading
from gmm_lesson.exercises.learner import (
    TooLong,
    blamed,
    is_endless_stub,
    is_stub,
    is_unfinished,
    name_of,
    quiet,
    shortened,
)
from gmm_lesson.exercises.verdict import (
    Example,
    Verdict,
    counted,
    how_far,
    sentence,
    thing,
    value,
    verdict,
)

FORMS: dict[Form, str] = {"arrays": "", "whole numbers": "arrays of whole numbers", "lists": "plain lists"}
"""What the forms are called; the first goes without saying."""


@dataclass(frozen=True)
class Outcome:
    """What one call came to."""

    case: Case
    taken: tuple[str, ...]  # the names of the arguments handed over
    raw: Any = None
    reading: Reading = field(default=Reading(None))
    error: BaseException | None = None
    changed: tuple[str, str] | None = None  # an argument that the call changed, and what it is after it
    again: Reading | None = None  # the second call's, if it differs


def judged(function: object, exercise: Exercise, find: Callable[[Function], Verdict]) -> Verdict:
    """Return what `find` says of a function that can be called as the exercise asks; of others, why not."""
    try:
        found = _unfit(function, exercise)
        if found is None:
            with quiet() as printed:
                found = find(cast(Function, function))
            if printed.anything and found.kind != "not started":
                note = "What your function prints is left out here."
                found = replace(found, message=f"{found.message}\n\n{note}")
        return found
    except Exception as error:  # objects can refuse whatever is asked of them
        says = f"The check looked at {thing(function)} and at what it returns, and got {shortened(error)}."
        return verdict("unknown mistake", "Not yet: nobody can look at this.", says)


def _unfit(function: object, exercise: Exercise) -> Verdict | None:
    """Say so if it is no function that can be called with the arguments of the exercise, in their order."""
    if function is None or function is Ellipsis:
        return _not_started("There is no function here yet.")
    if not callable(function):
        return _named(
            "not-a-function",
            f"check.{exercise.check} wants the function itself, its name without brackets after it;"
            f" it got {thing(function)}.",
            head="Not yet: this is not a function.",
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None  # written in C: calling it will show
    taken, parameters = exercise.taken(function), signature.parameters.values()
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}
    has = ", ".join(stars.get(p.kind.name, "") + p.name for p in parameters)
    try:
        signature.bind(*taken)
    except TypeError:
        lengths = range(len(exercise.arguments), len(exercise.all_arguments) + 1)
        wanted = " or ".join(f"({', '.join(exercise.all_arguments[:length])})" for length in lengths)
        says = f"The check calls it with {wanted}; it takes {f'({has})' if has else 'none'}."
        return _named("other-arguments", says)
    first = tuple(signature.parameters)[: len(taken)]
    if first != taken and set(first) == set(taken):
        says = f"The check hands over ({', '.join(taken)}), in this order; yours are ({has})."
        return _named("arguments-in-another-order", says)
    if is_endless_stub(function):
        return _not_started(f"{name_of(function)} has a loop that is not written yet.")
    return None


def as_a_stub(function: Function, outcomes: Sequence[Outcome], right: bool) -> Verdict | None:
    """Say "not started" of a stub, and name the one thing that looks like one: a forgotten return."""
    name, raw, error = name_of(function), outcomes[0].raw, outcomes[0].error
    hole = f"{name} still has a ... where something should stand."
    parts = raw if isinstance(raw, (tuple, list)) else ()
    nothing = all(outcome.raw is None and not outcome.error for outcome in outcomes)
    if isinstance(error, NotImplementedError) or raw is NotImplemented:
        return _not_started(f"{name} says that it is not written yet.")
    if isinstance(error, (TypeError, AttributeError)) and "ellipsis" in str(error):
        return _not_started(hole)
    if any(part is Ellipsis for part in (raw, *parts)):
        return _not_started(hole)
    if (parts and all(part is None for part in parts)) or (nothing and is_stub(function)):
        return _not_started(f"{name} returns nothing yet.")
    if nothing:
        says = f"{sentence(name)} runs to its end without an error, and its answer is None."
        return _named("nothing-returned", says)
    return _not_started(hole) if not right and is_unfinished(function) else None


def _not_started(reason: str) -> Verdict:
    says = f"{sentence(reason)} Write it, run its cell, then run this one again."
    return verdict("not started", "Not started.", says)


def _named(mistake: str, *says: str, head: str = "") -> Verdict:
    head = head or f"Not yet: {mistake.replace('-', ' ')}."
    return verdict("known mistake", head, *says, mistake=mistake)


def right(function: Function, cases: Sequence[Case], exercise: Exercise) -> Verdict:
    """Say on what the function is right."""
    names = ", ".join(dict.fromkeys(FORMS[case.form] or case.name for case in cases))
    tried = f"on all {len(cases)} inputs tried: {names}."
    return verdict("right", "Right.", f"{sentence(name_of(function))} gives {exercise.answer} {tried}")


def crashed(outcome: Outcome, function: Function, exercise: Exercise) -> Verdict:
    """Say how the function ended, or that it did not."""
    error, name, example = outcome.error, name_of(function), shown(outcome, exercise)
    assert error is not None
    if not isinstance(error, TooLong):
        return verdict("crashed", "Crashed.", *blamed(error, name), example)
    objects = exercise.named(outcome.case).get("y")
    on = "this input" if objects is None else counted(len(objects), "object")
    if not error.alone:
        slow = (
            f"All its calls together took longer than {error.seconds:g} seconds; the check was at {on}, and"
            " has found nothing wrong so far. A right answer in plain Python takes less than one."
        )
        return _named("too-slow", slow, example)
    says = [f"On {on} it had not ended after {error.seconds:g} seconds, so the check has broken it off."]
    if error.before is not None:
        says += ["Before that, a number went wrong:", *blamed(error.before, name)]
    return _named("never-stops", *says, example)


def known(
    mistakes: Sequence[Mistake | None], outcome: Outcome, exercise: Exercise, *more: tuple[str, str]
) -> Verdict:
    """Name a mistake, or two at once; None is one that we do not know."""
    named = [mistake for mistake in mistakes if mistake is not None]
    heads = [mistake.name.replace("-", " ") if mistake else "something else" for mistake in mistakes]
    return verdict(
        "known mistake",
        f"Not yet, for two reasons: {'; '.join(heads)}." if heads[1:] else f"{named[0].head}: {heads[0]}.",
        *(mistake.says for mistake in named),
        *_example(outcome, exercise, *more),
        mistake=named[0].name,
    )


def unknown(
    outcome: Outcome, others: Sequence[Outcome], exercise: Exercise, *more: tuple[str, str]
) -> Verdict:
    """Say what is wrong on one input, how far, and what the others that are not right add to it."""
    broken = outcome.reading.complaint or breaks(outcome, exercise)
    says = [] if broken else [_what_is_off(outcome, others, exercise)]
    example = shown(outcome, exercise, *came(outcome, exercise), *more)
    return verdict("unknown mistake", f"Not yet: {broken or 'other numbers'}.", *says, example)


def _what_is_off(outcome: Outcome, others: Sequence[Outcome], exercise: Exercise) -> str:
    off = exercise.off(outcome.reading.numbers, outcome.case) or []
    what = (
        f"{_its(off)} not the right one{'s' * _are_many(off)}" if off else f"these are not {exercise.answer}"
    )
    what += _how_far(outcome, off, exercise)
    too = dict[str, None]()
    for other in others:
        worse = shortened(other.error) if other.error else other.reading.complaint or breaks(other, exercise)
        if worse:
            return f"Here {what}. Another input breaks more: {worse}."
        too |= dict.fromkeys(exercise.off(other.reading.numbers, other.case) or [])
    more = [part for part in too if part not in off]
    return f"Here {what}, and on other inputs {_its(more)} not either." if more else f"Here {what}."


def _how_far(outcome: Outcome, off: Sequence[str], exercise: Exercise) -> str:
    """Say how far the worst entry of an answer, or of its first part that is off, is from the right one."""
    right, yours = exercise.right_numbers(outcome.case), outcome.reading.numbers
    if yours is None:
        return ""
    if off:
        place = exercise.parts.index(off[0])
        right, yours = exercise.split(right)[place], exercise.split(yours)[place]
    far = how_far(yours, right)
    return f" ({f'its {off[0]}: ' if len(off) > 1 else ''}{far})" if far else ""


def _its(parts: Sequence[str]) -> str:
    return f"its {' and its '.join(parts)} {'are' if _are_many(parts) else 'is'}"


def _are_many(parts: Sequence[str]) -> bool:
    """Whether these are several things: parts that are several numbers have a plural for a name."""
    return len(parts) > 1 or parts[0].endswith("s")


def unsteady(outcome: Outcome, exercise: Exercise) -> Verdict:
    """Say that two calls on the same input gave two answers."""
    assert outcome.again is not None
    then = replace(outcome, reading=outcome.again)
    lines = (*came(outcome, exercise, ", first"), *came(then, exercise, ", then"))
    says = "Called twice on the same input, it gives two answers."
    return verdict("unknown mistake", "Not yet: different answers.", says, shown(outcome, exercise, *lines))


def changes_its_input(outcome: Outcome, exercise: Exercise) -> Verdict:
    """Say which argument a call changed, and to what."""
    assert outcome.changed is not None
    name, after = outcome.changed
    says = f"After the call, {name} holds other numbers than before: whoever called it goes on with those."
    return _named("changes-its-input", says, shown(outcome, exercise, (f"{name} after", after)))


def only_in_form(outcome: Outcome, function: Function, exercise: Exercise) -> Verdict:
    """Say that it is right on arrays of floats, and not on the same numbers in another form."""
    if outcome.case.form == "lists":
        mistake, head = "not-for-lists", "Not yet: not for plain lists."
        says = (
            "It is right on arrays and fails on plain lists of the same numbers; the course passes lists"
            " too, and np.asarray turns either into an array."
        )
    else:
        mistake, head = "not-for-whole-numbers", ""
        says = (
            "It is right on 1.0, 2.0, 3.0 and fails on 1, 2, 3: an array made in the image of whole"
            " numbers holds whole numbers only, and cuts off what is put into it."
        )
    if outcome.error:
        blame = blamed(outcome.error, name_of(function))
        return _named(mistake, says, *blame, shown(outcome, exercise), head=head)
    return _named(mistake, says, *_example(outcome, exercise), head=head)


def _example(outcome: Outcome, exercise: Exercise, *more: tuple[str, str]) -> list[str]:
    """Return an example with what came of it, and what to look at there."""
    broken = breaks(outcome, exercise)
    look = [f"Look at this: {broken}."] if broken else []
    return [shown(outcome, exercise, *came(outcome, exercise), *more), *look]


def breaks(outcome: Outcome, exercise: Exercise) -> str | None:
    """Return what an answer breaks that must hold of any, the coarsest first."""
    numbers, named = outcome.reading.numbers, exercise.named(outcome.case)
    if numbers is None:
        return None
    return next(iter(exercise.broken(named, numbers)), None)


def shown(outcome: Outcome, exercise: Exercise, *more: tuple[str, str]) -> Example:
    """Return an example: what it is, the arguments, and lines of what came of them."""
    case, named = outcome.case, exercise.named(outcome.case)
    inputs = {name: named[name] for name in outcome.taken}
    lines = [*((name, value(given)) for name, given in inputs.items()), *more]
    width = max(len(left) for left, _ in lines)
    indent = "\n" + " " * (width + 3)
    text = "\n".join(f"{left:<{width}} = " + said.replace("\n", indent) for left, said in lines)
    head = f"Example: {case.name}{FORMS[case.form] and f', as {FORMS[case.form]}'}"
    example = Example(textwrap.indent(f"{head}\n{text}", "    "))
    example.inputs = inputs
    return example


def came(outcome: Outcome, exercise: Exercise, when: str = "") -> list[tuple[str, str]]:
    """Return lines of what a call came to: its error, or its answer, or each of the parts of that."""
    numbers, raw, yours = outcome.reading.numbers, outcome.raw, f"yours{when}"
    if outcome.error is not None or numbers is None:
        return [(yours, shortened(outcome.error) if outcome.error else thing(raw))]
    if not exercise.parts:
        return [(yours, value(numbers))]
    rows = exercise.split(numbers)
    if not len(rows):
        return [(yours, value(raw))]
    return [(f"your {name}{when}", value(row)) for name, row in zip(exercise.parts, rows, strict=True)]
