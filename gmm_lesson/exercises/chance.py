"""How a learner's random function is judged: run again and again, and counted.

Right means that the law is right, however the draws are made. So nothing is compared with draws of our own.
The function is run on one generator after another, twice on each, and `counting` counts things of which a
right function has exactly a binomial number. One is off if its binomial tail has a probability below
LEVEL / 2 on its side; in a right function that happens with probability at most LEVEL = 1e-9. The two checks
have fewer than 500 counts together (the tests count them). So over the seeds of both, a right function is
called anything but right with a probability below 500 x 1e-9 = 5e-7, however the counts depend on each
other. What no right function does at all (the same 50 labels from two generators, values that all have four
decimals) has one below 1e-13.

A mistake is looked for only when something is off, and there nothing need be exact: it is the one whose
program has the learner's rates in all settings of some length. What no program explains has the name of the
first thing that is off, if that has one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, generator
from gmm_lesson.exercises import kit, told
from gmm_lesson.exercises.counting import LONG, POOLED, SAYS, Count, counts, like
from gmm_lesson.exercises.judge import called_once, the_mistakes
from gmm_lesson.exercises.kit import Case, Exercise, Form, Function, Mistake, Reading, Sign, Way
from gmm_lesson.exercises.learner import SECONDS, TooLong, in_time
from gmm_lesson.exercises.told import Outcome
from gmm_lesson.exercises.verdict import Verdict, thing

APART = 100
"""So far apart are the first seeds of two settings: no generator is used in both."""


@dataclass(frozen=True, eq=False)
class Setting(Case):
    """An input without its generator, and how many runs there are on it: even, for each is asked twice."""

    runs: int = 20
    seed: int = 0  # of the generator

    def fresh(self, form: Form | None = None) -> list[Any]:
        """Return the arguments, made anew, the generator last."""
        return [*super().fresh(form), np.random.default_rng(self.seed)]


def setting(name: str, runs: int, n: int, *values: list[float], form: Form = "arrays") -> Setting:
    """Return a setting from its arguments without the generator."""
    return Setting(name, (n, *values), form=form, runs=runs)


def read_draws(raw: Any, given: dict[str, Any]) -> Reading:
    """Read labels "z", and where there are means values "y" before them; what is neither is "one" part."""
    n, says, parts, names = given["n"], list[str | None](), {"z": raw}, {"y": "values", "z": "labels"}
    if "means" in given:
        listed = isinstance(raw, (tuple, list))
        if (listed and len(raw) == 2) or (isinstance(raw, np.ndarray) and raw.shape == (2, n)):
            parts = dict(zip("yz", raw, strict=True))
        else:
            parts = {"one": raw}
            what = f"{len(raw)} things" if listed else thing(raw)
            says.append(Sign("other-parts", f"it returns {what}, not two, the values and the labels"))
    numbers = dict[str, Array]()
    for name, part in parts.items():
        reading = kit.read_array(part, names[name] if len(parts) > 1 else "")
        says.append(reading.complaint)
        if reading.numbers is not None:
            # scipy gives a number for an array of one
            numbers[name] = np.atleast_1d(reading.numbers) if n == 1 else reading.numbers
            says.append(_odd(names.get(name, "answer"), numbers[name], n, len(given["weights"])))
    right = [*numbers] == [*parts] != ["one"] and all(part.shape == (n,) for part in numbers.values())
    whole = (np.array([*numbers.values()]) if len(parts) > 1 else numbers["z"]) if right else None
    return Reading(whole, next(filter(None, says), None), numbers)


def _odd(name: str, part: Array, n: int, classes: int) -> str | None:
    """Say what is odd about the values or labels, if something is."""
    if part.shape != (n,):
        says = f"its {name} are of shape {part.shape}; wanted ({n},), one for each object"
        return Sign("wrong-length", says) if part.ndim == 1 else says
    odd = part[~np.isfinite(part)]
    if odd.size:
        return f"every {name[:-1]} should be a finite number; {odd.size} of yours are not"
    odd = part[(part % 1 != 0) | (part < 0) | (part >= classes)]
    if name == "labels" and odd.size:
        labels = "label 0 is the only one" if classes == 1 else f"the labels are 0 to {classes - 1}"
        return f"{labels}; {odd.size} of yours are not, the first of them {odd[0]:.4g}"
    return None


@dataclass(frozen=True, eq=False)
class RandomExercise(Exercise):
    """A function that draws: n and weights come first, the generator last."""

    cases: tuple[Setting, ...] = ()
    does: str = ""  # what a right one does
    read: Callable[[Any, dict[str, Any]], Reading] = read_draws


class Runs:
    """What came of one setting: of the first odd run, and of all that can be counted."""

    outcome: Outcome

    def __init__(self, setting: Setting, first: int, exercise: Exercise) -> None:
        self.setting, self.exercise, self.given = setting, exercise, exercise.named(setting)
        self.seeds = range(first, first + setting.runs // 2)
        self.telling = self.given["n"] >= LONG and len(self.given["weights"]) > 1
        # The shapes of the parts of every answer; none if they have no one form, or are no finite numbers.
        self.form = dict[str, tuple[int, ...]]()
        self.counts: list[Count] = []

    def run(self, function: Function) -> None:
        """Call a function twice on each generator, and once more on the seed of the first."""
        rngs = [(seed, rng) for seed in self.seeds for rng in [np.random.default_rng(seed)] * 2]
        outcomes = list[Outcome]()
        for seed, rng in [*rngs, (self.seeds[0], np.random.default_rng(self.seeds[0]))]:
            case = replace(self.setting, seed=seed)
            self.outcome = called_once(function, case, self.exercise, [*case.fresh()[:-1], rng])
            outcomes.append(self.outcome)
            if self.outcome.error is not None:
                return
        odd = next((outcome for outcome in outcomes if outcome.reading.complaint), outcomes[0])
        changed = next((outcome.changed for outcome in outcomes if outcome.changed), None)
        self.outcome = replace(odd, changed=changed)
        answers = [outcome.reading.parts for outcome in outcomes]
        forms = [{name: part.shape for name, part in answer.items()} for answer in answers]
        finite = all(np.isfinite(part).all() for answer in answers for part in answer.values())
        if finite and forms[0] and forms.count(forms[0]) == len(forms):
            self.form = forms[0]
            parts = {name: np.array([answer[name] for answer in answers]) for name in self.form}
            again = any((part[-1] != part[0]).any() for part in parts.values())
            runs = {name: part[:-1] for name, part in parts.items()}
            self.counts = [*counts(self.given, runs, again, self.telling)]


def judge(function: object, exercise: RandomExercise, *, rng: Any = 0, seconds: float = SECONDS) -> Verdict:
    """Return what there is to say of a learner's random function, all its calls taking so many `seconds`.

    Nothing that it raises is raised. `rng` is where the seeds come from of the generators that it is run on,
    or a seed, which gives the same Verdict every time; all else is a TypeError or ValueError.
    """
    first = int(generator(rng).integers(10**6))
    every = [Runs(setting, first + APART * i, exercise) for i, setting in enumerate(exercise.cases)]
    return told.judged(function, exercise, lambda given: _find(given, exercise, every, seconds))


def _find(function: Function, exercise: RandomExercise, every: Sequence[Runs], seconds: float) -> Verdict:
    def run_all() -> Iterator[Runs]:
        for runs in every:
            yield runs
            runs.run(function)

    if late := in_time(run_all(), seconds):
        at, error = late
        at.outcome = Outcome(function, exercise, replace(at.setting, seed=at.seeds[0]), error=error)
        every = every[: every.index(at) + 1]
    arrays = [runs for runs in every if runs.setting.form == "arrays"]
    off, odd = off_in(arrays), [runs for runs in arrays if runs.outcome.reading.complaint]
    errors = [runs for runs in every if runs.outcome.error]
    crashed = [runs for runs in errors if runs in arrays or isinstance(runs.outcome.error, TooLong)]
    stub = told.as_a_stub([runs.outcome for runs in every], not (off or odd or crashed))
    if stub is not None:
        return stub
    if crashed:
        return crashed[0].outcome.crashed()
    if off or odd:
        named = _names(arrays, off, exercise)
        shown = next((runs for runs in odd if runs.telling and named), odd[0]) if odd else off[0][0]
        outcome, here = shown.outcome, [count.says() for runs, count in off if runs is shown]
        if not named and off and (not odd or off[0][1].kind == "wrong-length"):
            named = tuple(m for m in exercise.mistakes if m.name == off[0][1].sign())
        if not odd:
            outcome = replace(outcome, reading=replace(outcome.reading, complaint=off[0][1].says()))
        lines = [(f"in {shown.setting.runs} runs", "\n".join(here[:3]))] if here else []
        return outcome.known(named, *lines) if named else outcome.unknown((), *lines)
    if changed := [runs for runs in every if runs.outcome.changed]:
        return changed[0].outcome.changes_its_input()
    for runs in every:
        if runs not in arrays and (runs.outcome.error or runs.outcome.reading.complaint or off_in([runs])):
            return runs.outcome.only_in_form()
    number = sum(runs.setting.runs for runs in every)
    return told.right(function, f"{exercise.does}, in {number} runs", exercise.cases)


def off_in(every: Sequence[Runs]) -> list[tuple[Runs, Count]]:
    """Return what is off in the answers of some settings, what is said first at the head."""
    off = [(runs, count) for runs, count in judged_in(every) if count.off()]
    return sorted(off, key=lambda pair: (not pair[0].telling, list(SAYS).index(pair[1].kind)))


def judged_in(every: Sequence[Runs]) -> list[tuple[Runs, Count]]:
    """Return all counts of some settings of which a right function has a binomial number."""
    found = [(runs, count) for runs in every for count in runs.counts if count.chance is not None]
    apart = [pair for pair in found if pair[1].kind not in POOLED]
    for pooled in ([pair for pair in found if pair[1].kind == kind] for kind in POOLED):
        if pooled:
            hits, trials = (sum(getattr(count, name) for _, count in pooled) for name in ("hits", "trials"))
            apart.append((pooled[0][0], pooled[0][1]._replace(hits=hits, trials=trials)))
    return apart


def _names(
    arrays: Sequence[Runs], off: Sequence[tuple[Runs, Count]], exercise: RandomExercise
) -> tuple[Mistake | None, ...]:
    """Return the mistakes whose programs answer like this."""
    telling = sorted((runs for runs in arrays if runs.telling), key=lambda runs: -len(runs.given["weights"]))
    first = telling[0]
    perhaps = {count.kind for _, count in off} | {c.kind for c in first.counts if c.trials < LONG}

    def of_way(way: Way, setting: Setting = first.setting) -> Runs:
        return _of_program(exercise, kit.edited(exercise.program, way), setting)

    def fits(way: Way) -> bool:
        others = ((runs, of_way(way, runs.setting)) for runs in telling)
        return all(one.form == it.form != {} and like(one.counts, it.counts) for one, it in others)

    @functools.cache
    def kinds(runs: Runs) -> frozenset[str]:
        return frozenset(count.kind for count in runs.counts if count.off())

    def may_be_both(*ways: Way) -> bool:
        """Whether all that two ways get wrong is wrong, and nothing else is."""
        both, right = [of_way(way) for way in ways], of_way({})
        if first.form != right.form:
            return first.form in [runs.form for runs in both]
        wrong = frozenset.union(*map(kinds, both))
        return all(it.form == right.form for it in both) and kinds(first) - {*POOLED} <= wrong <= perhaps

    return the_mistakes(exercise.mistakes, fits, may_be_both)


@functools.lru_cache(maxsize=300)
def _of_program(exercise: RandomExercise, text: str, setting: Setting) -> Runs:
    """Return what a wrong program comes to."""
    runs = Runs(setting, 10**7, exercise)
    runs.run(exercise.function(text))
    return runs
