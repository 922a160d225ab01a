"""How a learner's random function is judged: run again and again, and counted.

Right means that the law is right, however the draws are made. So nothing is compared with draws of our own.
The function is run on one generator after another, twice on each, and `counting` counts things of which a
right function has exactly a binomial number. One is off if its binomial tail has a probability below
LEVEL / 2 on its side; in a right function that happens with probability at most LEVEL = 1e-9. The two checks
have fewer than 600 counts together (the tests count them). So over the seeds of both, a right function is
called anything but right with a probability below 600 x 1e-9 = 6e-7, however the counts depend on each
other. What no right function does at all (the same 50 labels from two generators, values that all have four
decimals) has one below 1e-13.

A mistake is looked for only when something is off, and there nothing need be exact: it is the one whose
program has the learner's rates in all settings of some length. What no program explains has the name of the
first thing that is off, if that has one.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, generator
from gmm_lesson.exercises import told
from gmm_lesson.exercises.counting import KINDS, LEVEL, LONG, Count, counts, share
from gmm_lesson.exercises.judge import the_mistakes
from gmm_lesson.exercises.kit import (
    Case,
    Exercise,
    Form,
    Function,
    Reading,
    Way,
    read_array,
    read_safely,
)
from gmm_lesson.exercises.learner import SECONDS, Stop, TooLong, called, change, in_time, name_of
from gmm_lesson.exercises.told import Outcome
from gmm_lesson.exercises.verdict import Verdict, sentence, thing, verdict

APART = 100
"""So far apart are the first seeds of two settings: no generator is used in both."""


class Seeded(np.random.Generator):
    """A generator that says in an example how it is made."""

    seed = 0

    def told(self) -> str:
        """Return what makes it."""
        return f"np.random.default_rng({self.seed})"


def seeded(seed: int) -> Seeded:
    """Return the generator of a seed."""
    made = Seeded(np.random.PCG64(seed))
    made.seed = seed
    return made


@dataclass(frozen=True, eq=False)
class Setting(Case):
    """An input, and how many runs there are on it: an even number, for each generator is asked twice."""

    runs: int = 20

    @property
    def telling(self) -> bool:
        """Whether there are objects and classes enough for signs that are no chance."""
        return self.values[0] >= LONG and len(self.values[1]) > 1

    @functools.cached_property
    def short(self) -> Setting:
        """The same with few runs: most programs are other ones by those."""
        return replace(self, runs=4)

    def on(self, seed: int) -> Setting:
        """Return the same with the generator of a seed, for the one that it had."""
        return replace(self, values=(*self.values[:-1], functools.partial(seeded, seed)))


def setting(name: str, runs: int, n: int, *values: list[float], form: Form = "arrays") -> Setting:
    """Return a setting from its arguments without the generator."""
    return Setting(name, (n, *values, functools.partial(seeded, 0)), form=form, runs=runs)


@dataclass(frozen=True, eq=False)
class RandomExercise(Exercise):
    """A function that draws: n and weights come first, the generator last, and the cases are settings.

    Attributes
    ----------
    does : str
        What a right one does.
    """

    does: str = ""

    @property
    def settings(self) -> list[Setting]:
        """The cases."""
        return [case for case in self.cases if isinstance(case, Setting)]


# Running it.


class Runs:
    """What came of one setting: the answers of all runs, and what the first odd one came to."""

    def __init__(self, setting: Setting, first: int, exercise: Exercise) -> None:
        self.setting, self.exercise = setting, exercise
        self.seeds = range(first, first + setting.runs // 2)
        self.outcome = Outcome(setting.on(first), exercise.arguments)
        self.answers: list[dict[str, Array]] = []
        self.again = False

    @property
    def given(self) -> dict[str, Any]:
        """The arguments by name."""
        return self.exercise.named(self.setting)

    def run(self, function: Function, call: Callable[..., Any] = called) -> None:
        """Call a function twice on each generator, and once more on the seed of the first."""
        before = self.setting.fresh()[:-1]
        twice = itertools.chain.from_iterable([(seed, seeded(seed))] * 2 for seed in self.seeds)
        for seed, rng in [*twice, (self.seeds[0], seeded(self.seeds[0]))]:
            given = self.setting.fresh()[:-1]
            try:
                raw = call(function, [*given, rng])
            except Stop:
                raise
            except BaseException as error:  # whatever the function raises is its own
                self.outcome = replace(self.outcome, case=self.setting.on(seed), raw=None, error=error)
                return
            answer: dict[str, Array] = {}
            reading = read_safely(lambda: _read(raw, self.given, self.exercise, answer), raw)  # noqa: B023
            if not self.answers or (reading.complaint and not self.outcome.reading.complaint):
                self.outcome = replace(self.outcome, case=self.setting.on(seed), raw=raw, reading=reading)
            if self.outcome.changed is None:  # all but the generator
                changed = change(self.exercise.arguments, given, before)
                self.outcome = replace(self.outcome, changed=changed)
            self.answers.append(answer)
        last, first = self.answers.pop(), self.answers[0]
        self.again = [part.tobytes() for part in last.values()] != [part.tobytes() for part in first.values()]

    @property
    def form(self) -> dict[str, tuple[int, ...]] | None:
        """The shapes of the parts of an answer; None if they have no one form, or are no finite numbers."""
        forms = [{name: part.shape for name, part in answer.items()} for answer in self.answers]
        if not forms or not forms[0] or forms.count(forms[0]) < len(forms):
            return None
        finite = all(np.isfinite(part).all() for answer in self.answers for part in answer.values())
        return forms[0] if finite else None

    @property
    def sign(self) -> str | None:
        """The mistake that the form of the labels is a sign of."""
        z = [answer["z"] for answer in self.answers if "z" in answer]
        lengths = {part.shape for part in z if part.ndim == 1}
        return "wrong-length" if len(lengths) == 1 and lengths != {(self.given["n"],)} else None

    def counts(self) -> list[Count]:
        """Return all that is counted in the answers; nothing if they have no one form."""
        if self.form is None:
            return []
        parts = {name: np.array([answer[name] for answer in self.answers]) for name in self.answers[0]}
        found = list(counts(self.given, parts, self.setting.telling))
        if self.setting.telling:
            found.append(share("again", -1, np.array([self.again]), 0.0))
        return found


PARTS = {"y": "values", "z": "labels"}


def _read(raw: Any, given: Mapping[str, Any], exercise: Exercise, answer: dict[str, Array]) -> Reading:
    """Read an answer, put its parts into `answer` as far as they are numbers, and say what is odd."""
    n, classes = given["n"], len(given["weights"])
    readings = {"z": read_array(raw)}
    if exercise.parts:
        two = isinstance(raw, (tuple, list)) and len(raw) == 2
        if two or (isinstance(raw, np.ndarray) and raw.shape == (2, n)):
            readings = {name: read_array(part, PARTS[name]) for name, part in zip("yz", raw, strict=True)}
        else:
            numbers = readings.pop("z").numbers
            if numbers is not None and numbers.shape == (n,):
                answer["one"] = numbers
            what = f"{len(raw)} things" if isinstance(raw, (tuple, list)) and not answer else thing(raw)
            return Reading(None, f"it returns {what}, not two, the values and the labels")
    answer |= {name: reading.numbers for name, reading in readings.items() if reading.numbers is not None}
    complaint = next((reading.complaint for reading in readings.values() if reading.complaint), None)
    if len(answer) < len(readings):
        answer.clear()
        return Reading(None, complaint)
    if n == 1 and exercise.parts and answer["y"].shape == ():
        answer["y"] = answer["y"].reshape(1)  # scipy gives a number for an array of one
    for name, part in answer.items():
        if part.shape != (n,):
            says = f"its {PARTS[name]} are of shape {part.shape}; wanted ({n},), one for each object"
            return Reading(None, complaint or says)
        odd = part[~np.isfinite(part)]
        if odd.size:
            says = f"every {PARTS[name][:-1]} should be a finite number; {odd.size} of yours are not"
            return Reading(None, complaint or says)
    z = answer["z"]
    odd = z[~np.isin(z, np.arange(classes))]
    if odd.size:
        labels = "label 0 is the only one" if classes == 1 else f"the labels are 0 to {classes - 1}"
        complaint = complaint or f"{labels}; {odd.size} of yours are not, the first of them {odd[0]:.4g}"
    return Reading(np.array([*answer.values()]) if exercise.parts else z, complaint)


def judge(
    function: object,
    exercise: RandomExercise,
    *,
    rng: np.random.Generator | int = 0,
    seconds: float = SECONDS,
    level: float = LEVEL,
) -> Verdict:
    """Return what there is to say of a learner's random function.

    Parameters
    ----------
    function : object
        The learner's function. Nothing that it raises is raised.
    exercise : RandomExercise
        What it should be.
    rng : numpy.random.Generator or int
        Where the seeds come from of the generators that the function is run on. The same seed gives the
        same Verdict.
    seconds : float
        How long its calls may take, all together.
    level : float
        The level of each count.

    Raises
    ------
    TypeError, ValueError
        If `rng` is neither a generator nor a seed.
    """
    first = int(generator(rng).integers(10**6))
    return told.judged(function, exercise, lambda given: _find(given, exercise, first, seconds, level))


def _find(function: Function, exercise: RandomExercise, first: int, seconds: float, level: float) -> Verdict:
    every = [Runs(setting, first + APART * i, exercise) for i, setting in enumerate(exercise.settings)]
    at: list[tuple[Runs, float]] = []

    def run_all() -> None:
        for runs in every:
            at.append((runs, time.monotonic()))
            runs.run(function)

    if not in_time(run_all, seconds):
        late, since = at[-1]
        error = TooLong(seconds, alone=time.monotonic() - since > seconds / 2)
        late.outcome = replace(late.outcome, error=error)
    arrays = [runs for runs in every if runs.setting.form == "arrays"]
    off, odd = off_in(arrays, level), [runs for runs in arrays if runs.outcome.reading.complaint]
    errors = [(runs, runs.outcome.error) for runs in every if runs.outcome.error]
    crashed = [runs for runs, error in errors if runs in arrays or isinstance(error, TooLong)]
    stub = told.as_a_stub(function, [runs.outcome for runs in every], not (off or odd or crashed))
    if stub is not None:
        return stub
    if crashed:
        return told.crashed(crashed[0].outcome, function, exercise)
    if off or odd:
        return _wrong(arrays, off, odd, exercise)
    for runs in every:
        if runs.outcome.changed is not None:
            return told.changes_its_input(runs.outcome, exercise)
    for runs in every:
        if runs not in arrays and (
            runs.outcome.error or runs.outcome.reading.complaint or off_in([runs], level)
        ):
            return told.only_in_form(runs.outcome, function, exercise)
    names = ", ".join(dict.fromkeys(told.FORMS[runs.setting.form] or runs.setting.name for runs in every))
    number = sum(len(runs.answers) for runs in every)
    says = f"{sentence(name_of(function))} {exercise.does}, in {number} runs: {names}."
    return verdict("right", "Right.", says)


def off_in(every: Sequence[Runs], level: float = LEVEL) -> list[tuple[Runs, Count]]:
    """Return what is off in the answers of some settings, what is said first at the head."""
    return sorted(
        ((runs, count) for runs, count in judged_in(every) if count.off(level)),
        key=lambda pair: (list(KINDS).index(pair[1].kind), not pair[0].setting.telling),
    )


def judged_in(every: Sequence[Runs]) -> list[tuple[Runs, Count]]:
    """Return all counts of some settings of which a right function has a binomial number."""
    found = [(runs, count) for runs in every for count in runs.counts() if count.chance is not None]
    apart = [pair for pair in found if not KINDS[pair[1].kind].pooled]
    for kind in KINDS:
        pooled = [pair for pair in found if pair[1].kind == kind and KINDS[kind].pooled]
        if pooled:
            hits, trials = (
                np.concatenate([getattr(count, name) for _, count in pooled]) for name in ("hits", "trials")
            )
            apart.append((pooled[0][0], replace(pooled[0][1], hits=hits, trials=trials)))
    return apart


# Which mistake it is.


def _wrong(
    arrays: Sequence[Runs], off: Sequence[tuple[Runs, Count]], odd: Sequence[Runs], exercise: RandomExercise
) -> Verdict:
    telling = sorted(
        (runs for runs in arrays if runs.setting.telling), key=lambda runs: -len(runs.given["weights"])
    )
    mine = [(runs.setting, runs.form, runs.counts()) for runs in telling]
    setting, form, counted = mine[0]
    mine.insert(0, (setting.short, form, counted))
    right = _of_way(exercise, (), setting)[0]

    def fits(way: Way) -> bool:
        theirs = (_of_way(exercise, _key(way), setting) for setting, _, _ in mine)
        return all(
            form is not None
            and form == other
            and all(one.like(another) for one, another in zip(counted, its, strict=True))
            for (_, form, counted), (other, its) in zip(mine, theirs, strict=True)
        )

    @functools.cache
    def kinds(key: Key) -> frozenset[str]:
        return frozenset(count.kind for count in _of_way(exercise, key, setting)[1] if count.off())

    def may_be_both(*ways: Way) -> bool:
        """Whether all that two ways get wrong is wrong, and nothing else is."""
        forms = [_of_way(exercise, _key(way), setting)[0] for way in ways]
        if form != right:
            return form in forms
        both = frozenset.union(*(kinds(_key(way)) for way in ways))
        return forms == [right, right] and surely <= both <= perhaps

    surely = {count.kind for count in counted if count.off() and not KINDS[count.kind].pooled}
    perhaps = {count.kind for _, count in off} | {c.kind for c in counted if c.trials.sum() < LONG}
    named = the_mistakes(exercise.mistakes, exercise.program, fits, may_be_both)
    shown = next((runs for runs in odd if runs.setting.telling and named), odd[0]) if odd else off[0][0]
    outcome, here = shown.outcome, [count for runs, count in off if runs is shown]
    if not odd:
        outcome = replace(outcome, reading=Reading(outcome.reading.numbers, off[0][1].says()))
    sign = None
    if not named:
        sign = shown.sign if odd else off[0][1].mistake
        named = tuple(mistake for mistake in exercise.mistakes if mistake.name == sign)
    lines = [(f"in {len(shown.answers)} runs", "\n".join(count.says() for count in here[:3]))] if here else []
    if named:
        return told.known(named, outcome, exercise, *lines)
    return told.unknown(outcome, (), exercise, *lines)


Key = tuple[tuple[str, str], ...] | str


def _key(way: Way) -> Key:
    return way if isinstance(way, str) else tuple(way.items())


@functools.lru_cache(maxsize=300)
def _of_way(
    exercise: RandomExercise, way: Key, setting: Setting
) -> tuple[dict[str, tuple[int, ...]] | None, list[Count]]:
    """Return the form of what a wrong program answers, and what is counted in it."""
    runs = Runs(setting, 10**7, exercise)
    with np.errstate(all="ignore"):
        runs.run(exercise.function(way if isinstance(way, str) else dict(way)), lambda f, given: f(*given))
    return (None, []) if runs.outcome.error else (runs.form, runs.counts())
