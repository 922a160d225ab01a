"""What is said of a learner's function: one thing, with the smallest example that shows it."""

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from gmm_lesson.exercises.kit import Case, Exercise, Form, Function, Mistake, Reading, Sign
from gmm_lesson.exercises.learner import TooLong, blamed, computes, name_of, quiet, shortened
from gmm_lesson.exercises.verdict import Example, Verdict, counted, how_far, named, thing, value, verdict

FORMS: dict[Form, str] = {"arrays": "", "whole numbers": "arrays of whole numbers", "lists": "plain lists"}
"""What the forms are called; the first goes without saying."""

HINTS: dict[Form, str] = {
    "whole numbers": "what is made in the image of such an array cuts off what is put into it",
    "lists": "the course passes both, and np.asarray turns either into an array",
}
"""What to say of a function that fails in that form alone."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a call of a learner's function came to, and what there is to say of that."""

    function: Function
    exercise: Exercise
    case: Case
    raw: Any = None
    reading: Reading = field(default=Reading(None))
    error: BaseException | None = None
    changed: tuple[str, str] | None = None  # an argument that the call changed, and what it is after it
    again: Reading | None = None  # the second call's, if it differs
    counts: tuple[Any, ...] = ()  # of a random function, what can be counted if no run is odd

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        numbers = self.reading.numbers
        return self.error is None and self.exercise.same(numbers, self.exercise.right_numbers(self.case))

    @property
    def given(self) -> dict[str, Any]:
        """All arguments by name, made anew."""
        return self.exercise.named(self.case)

    def _broken(self) -> str:
        """Return what an answer breaks that must hold of any, the coarsest first."""
        numbers = self.reading.numbers
        return "" if numbers is None else next(iter(self.exercise.broken(self.given, *numbers)), "")

    def _came(self, when: str = "") -> list[tuple[str, str]]:
        """Return lines of what the call came to: its error, or its answer, or each of the parts of that."""
        numbers, parts = self.reading.numbers, self.exercise.parts
        if self.error is not None or numbers is None:
            return [(f"yours{when}", shortened(self.error) if self.error else thing(self.raw))]
        if not parts or len(numbers) < len(parts):
            return [(f"yours{when}", value(self.raw if parts else numbers[0]))]
        return [(f"your {name}{when}", value(row)) for name, row in zip(parts, numbers, strict=False)]

    def _example(self, *more: tuple[str, str]) -> Example:
        """Return an example: what it is, the arguments, and lines of what came of them."""
        given = self.given
        inputs = {name: given[name] for name in self.exercise.taken(self.function)}
        lines = [*((name, value(it)) for name, it in inputs.items()), *more]
        width = max(len(left) for left, _ in lines)
        indent = "\n" + " " * (width + 3)
        text = "\n".join(f"{left:<{width}} = " + said.replace("\n", indent) for left, said in lines)
        form = FORMS[self.case.form] and f", as {FORMS[self.case.form]}"
        example = Example(textwrap.indent(f"Example: {self.case.name}{form}\n{text}", "    "))
        example.inputs = inputs
        return example

    def _look(self, *more: tuple[str, str]) -> list[str]:
        """Return an example with what came of it, and what to look at there."""
        broken = self._broken()
        return [self._example(*self._came(), *more), *[f"Look at this: {broken}."] * bool(broken)]

    def crashed(self) -> Verdict:
        """Say how the function ended, or that it did not."""
        error, example, name = self.error, self._example(), name_of(self.function)
        assert error is not None
        if not isinstance(error, TooLong):
            return verdict("crashed", "Crashed.", *blamed(error, name), example)
        on = counted(len(self.given["y"]), "object") if "y" in self.given else "this input"
        if not error.alone:
            slow = f"All its calls together took longer than {error.seconds:g} seconds; the check was at"
            slow += f" {on}, and has found nothing wrong so far. A right answer in plain Python takes less"
            return named("too-slow", f"{slow} than one.", example)
        says = f"On {on} it had not ended after {error.seconds:g} seconds, so the check has broken it off."
        return named("never-stops", says, example)

    def known(self, mistake: Mistake, *more: tuple[str, str]) -> Verdict:
        """Name a mistake."""
        head = f"{mistake.head}: {mistake.name.replace('-', ' ')}."
        return named(mistake.name, mistake.says, *self._look(*more), head=head)

    def unknown(self, *more: tuple[str, str]) -> Verdict:
        """Say what is wrong, and how far."""
        broken = self.reading.complaint or self._broken()
        says = [] if broken else [self._what_is_off()]
        example = self._example(*self._came(), *more)
        numbers = self.reading.numbers
        entries = np.concatenate([np.zeros(0), *map(np.ravel, numbers or ())])
        varied = not entries.size or np.ptp(entries) > 0
        if isinstance(broken, Sign) and varied:  # one number for all is a sign of nothing
            return named(broken.mistake, example, head=f"Not yet: {broken}.")
        return verdict("unknown mistake", f"Not yet: {broken or 'other numbers'}.", *says, example)

    def _what_is_off(self) -> str:
        exercise, right = self.exercise, self.exercise.right_numbers(self.case)
        parts = zip(exercise.parts or (exercise.answer,), self.reading.numbers or (), right, strict=False)
        off = {part: how_far(a, b) for part, a, b in parts if not exercise.same((a,), (b,))}
        worst, far = next(iter(off.items()))
        which = f"{worst}: " * (len(off) > 1)
        return f"Not right here: {', '.join(off)}{far and f' ({which}{far})'}."

    def unsteady(self) -> Verdict:
        """Say that two calls on the same input gave two answers."""
        then = replace(self, reading=self.again or self.reading)
        example = self._example(*self._came(", first"), *then._came(", then"))
        return named("different-answers", "Called twice on the same input, it gives two answers.", example)

    def changes_its_input(self) -> Verdict:
        """Say which argument a call changed, and to what."""
        name, after = self.changed or ("", "")
        says = f"After the call, {name} holds other numbers than before: whoever called it goes on with"
        return named("changes-its-input", f"{says} those.", self._example((f"{name} after", after)))

    def only_in_form(self) -> Verdict:
        """Say that it is right on arrays of floats, and not on the same numbers in another form."""
        form = self.case.form
        says = f"It is right on arrays of floats, and fails on {FORMS[form]}: {HINTS[form]}."
        more = [*blamed(self.error, name_of(self.function)), self._example()] if self.error else self._look()
        return named(f"not-for-{form.replace(' ', '-')}", says, *more)


def judged(function: object, exercise: Exercise, find: Callable[[Function], Verdict]) -> Verdict:
    """Return what `find` says of a function that can be called as the exercise asks; of others, why not."""
    try:
        if (unfit := _unfit(function, exercise)) is not None:
            return unfit
        with quiet() as printed:
            found = find(cast(Function, function))
        note = "\n\nWhat your function prints is left out here."
        noted = printed.anything and found.kind != "not started"
        return replace(found, message=found.message + note * noted)
    except Exception as error:  # objects can refuse whatever is asked of them
        says = f"The check looked at {thing(function)} and at what it returns, and got {shortened(error)}."
        return verdict("unknown mistake", "Not yet: nobody can look at this.", says)


def _unfit(function: object, exercise: Exercise) -> Verdict | None:
    """Say so if it is no function that can be called with the arguments of the exercise, in their order."""
    if function is None or function is Ellipsis:
        return _not_started("There is no function here yet.")
    if not callable(function):
        wants = f"check.{exercise.check} wants the function itself, its name without brackets after it"
        head = "Not yet: this is not a function."
        return named("not-a-function", f"{wants}; it got {thing(function)}.", head=head)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None  # written in C: calling it will show
    taken = exercise.taken(function)
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}
    has = ", ".join(stars.get(p.kind.name, "") + p.name for p in signature.parameters.values())
    try:
        signature.bind(*taken)
    except TypeError:
        wanted = dict.fromkeys(f"({', '.join(it)})" for it in (exercise.arguments, exercise.all_arguments))
        says = f"The check calls it with {' or '.join(wanted)}; it takes {f'({has})' if has else 'none'}."
        return named("other-arguments", says)
    first = tuple(signature.parameters)[: len(taken)]
    if first != taken and set(first) == set(taken):
        says = f"The check hands over ({', '.join(taken)}), in this order; yours are ({has})."
        return named("arguments-in-another-order", says)
    return None


def as_a_stub(outcomes: Sequence[Outcome]) -> Verdict | None:
    """Say "not started" of a stub, and name the one thing that looks like one: a forgotten return."""
    function, raw, error = outcomes[0].function, outcomes[0].raw, outcomes[0].error
    name, parts = name_of(function), list(raw) if isinstance(raw, (tuple, list)) else []
    if isinstance(error, NotImplementedError) or raw is NotImplemented:
        return _not_started(f"{name} says that it is not written yet.")
    hole = isinstance(error, (TypeError, AttributeError)) and "ellipsis" in str(error)
    if hole or any(part is Ellipsis for part in (raw, *parts)):
        return _not_started(f"{name} still has a ... where something should stand.")
    nothing = all(outcome.raw is None and not outcome.error for outcome in outcomes)
    if nothing and computes(function):
        return named("nothing-returned", f"{name} runs to its end without an error, and its answer is None.")
    if nothing or (parts and all(part is None for part in parts)):
        return _not_started(f"{name} returns nothing yet.")
    return None


def _not_started(reason: str) -> Verdict:
    says = f"{reason} Write it, run its cell, then run this one again."
    return verdict("not started", "Not started.", says)


def right(function: Function, does: str, cases: Sequence[Case]) -> Verdict:
    """Say what a right function does, and on what."""
    names = ", ".join(dict.fromkeys(FORMS[case.form] or case.name for case in cases))
    return verdict("right", "Right.", f"{name_of(function)} {does}: {names}.")
