"""How a learner's random function is judged: run again and again, and counted.

Right means that the law is right, however the draws are made. The function is run on one generator after
another, twice on each, and `counting` counts things of which a right function has exactly a binomial number.
One is off if the binomial tail on its side is below LEVEL / 2: in a right function with probability at most
LEVEL = 1e-9. The two checks have fewer than 500 counts together (the tests count them). So over all seeds a
right function is called anything but right with a probability below 500 x 1e-9 = 5e-7. What no right function
does at all (the same 50 labels from two generators) has one below 1e-13.

A mistake is looked for only when something is off: it is the one whose program has the learner's rates in all
settings of some length. What no program explains has the name of the first thing that is off, if it has one.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, generator
from gmm_lesson.exercises import kit, told
from gmm_lesson.exercises.counting import LONG, POOLED, SAYS, Count, counts, like
from gmm_lesson.exercises.judge import called_once
from gmm_lesson.exercises.kit import Case, Edits, Exercise, Function, Mistake, Reading, Sign, Way
from gmm_lesson.exercises.learner import SECONDS, TooLong, in_time
from gmm_lesson.exercises.told import Outcome
from gmm_lesson.exercises.verdict import Verdict, thing

APART = 100  # so far apart are the first seeds of two settings: no generator is used in both


def read_draws(raw: Any, given: dict[str, Any]) -> Reading:
    """Read labels "z", and where there are means values "y" before them."""
    n, parts, names = given["n"], {"z": raw}, {"y": "values", "z": "labels"}
    if "means" in given:
        listed = isinstance(raw, (tuple, list))
        if not (listed and len(raw) == 2) and not (isinstance(raw, np.ndarray) and raw.shape == (2, n)):
            what = f"{len(raw)} things" if listed else thing(raw)
            says = f"it returns {what}, not two, the values and the labels"
            return Reading(None, Sign("other-parts", says))
        parts = dict(zip("yz", raw, strict=True))
    complaints, numbers = list[str | None](), list[Array]()
    for name, part in parts.items():
        reading = kit.read_array(part, names[name] if len(parts) > 1 else "")
        complaints.append(reading.complaint)
        for array in reading.numbers or ():
            numbers.append(np.atleast_1d(array) if n == 1 else array)  # scipy gives a number for one
            complaints.append(_odd(names[name], numbers[-1], n, len(given["weights"])))
    complaint = next(filter(None, complaints), None)
    right = len(numbers) == len(parts) and all(part.shape == (n,) for part in numbers)
    return Reading(tuple(numbers) if right else None, complaint)


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
        says = f"{labels}; {odd.size} of yours are not, the first of them {odd[0]:.4g}"
        from_one = classes > 1 and part.min() > 0 and (odd == classes).all()
        return Sign("labels-from-one", says) if from_one else says
    return None


def telling(runs: Outcome) -> bool:
    """Whether the runs are long enough for signs."""
    return bool(runs.given["n"] >= LONG and len(runs.given["weights"]) > 1)


def run(function: Function, setting: Case, exercise: Exercise) -> Outcome:
    """Call a function twice on each generator, and once more on the seed of the first.

    What comes back is what came of the first odd run, with all that can be counted.
    """
    seeds = range(setting.seed, setting.seed + setting.runs // 2)
    rngs = [(seed, rng) for seed in seeds for rng in [np.random.default_rng(seed)] * 2]
    every = list[Outcome]()
    for seed, rng in [*rngs, (setting.seed, np.random.default_rng(setting.seed))]:
        case = replace(setting, seed=seed)
        every.append(called_once(function, case, exercise, [*case.fresh()[:-1], rng]))
        if every[-1].error is not None:
            return every[-1]
    odd = next((one for one in every if one.reading.complaint), every[0])
    runs = replace(odd, changed=next((one.changed for one in every if one.changed), None))
    if odd.reading.complaint:
        return runs
    parts = [np.array(part) for part in zip(*(one.reading.numbers or () for one in every), strict=True)]
    again = any((part[-1] != part[0]).any() for part in parts)
    *values, labels = (part[:-1] for part in parts)
    found = counts(runs.given, labels, *values, again=again, telling=telling(runs))
    return replace(runs, counts=tuple(found))


def judge(function: object, exercise: Exercise, *, rng: Any = 0, seconds: float = SECONDS) -> Verdict:
    """Judge as `judge.judge` does; the seeds come from `rng`, a seed or a generator, or an error says so."""
    first = int(generator(rng).integers(10**6))
    settings = [replace(setting, seed=first + APART * i) for i, setting in enumerate(exercise.cases)]
    return told.judged(function, exercise, lambda given: _find(given, exercise, settings, seconds))


def _find(function: Function, exercise: Exercise, settings: list[Case], seconds: float) -> Verdict:
    every = list[Outcome]()

    def run_all() -> Iterator[Case]:
        for setting in settings:
            yield setting
            every.append(run(function, setting, exercise))

    if late := in_time(run_all(), seconds):
        every.append(Outcome(function, exercise, late[0], error=late[1]))
    arrays = [runs for runs in every if runs.case.form == "arrays"]
    off, odd = off_in(arrays), [runs for runs in arrays if runs.reading.complaint]
    crashed = [r for r in every if r.error and (r in arrays or isinstance(r.error, TooLong))]
    if (stub := told.as_a_stub(every)) is not None:
        return stub
    if crashed:
        return crashed[0].crashed()
    for shown, first in off[:1]:
        named = _named(arrays, exercise) or [m for m in exercise.mistakes if m.name == first.sign()]
        here = [count.says() for runs, count in off if runs is shown]
        lines = f"in {shown.case.runs} runs", "\n".join(here[:3])
        if named and (telling(shown) or not odd):
            return shown.known(named[0], lines)
        if not odd:
            return replace(shown, reading=Reading(shown.reading.numbers, first.says())).unknown(lines)
    if odd:
        signs = {getattr(runs.reading.complaint, "mistake", "") for runs in arrays if telling(runs)}
        named = [mistake for mistake in exercise.mistakes if {mistake.name} == signs]
        return next(filter(telling, odd)).known(named[0]) if named else odd[0].unknown()
    if changed := [runs for runs in every if runs.changed]:
        return changed[0].changes_its_input()
    for runs in every:
        if runs not in arrays and (runs.error or runs.reading.complaint or off_in([runs])):
            return runs.only_in_form()
    number = sum(runs.case.runs for runs in every)
    return told.right(function, f"{exercise.answer}, in {number} runs", settings)


def off_in(every: Sequence[Outcome]) -> list[tuple[Outcome, Count]]:
    """Return what is off in the answers of some settings, what is said first at the head."""
    off = [(runs, count) for runs, count in judged_in(every) if count.off()]
    return sorted(off, key=lambda pair: (not telling(pair[0]), list(SAYS).index(pair[1].kind)))


def judged_in(every: Sequence[Outcome]) -> list[tuple[Outcome, Count]]:
    """Return all counts of some settings of which a right function has a binomial number."""
    found = [(runs, count) for runs in every for count in runs.counts if count.chance is not None]
    apart = [pair for pair in found if pair[1].kind not in POOLED]
    for pooled in ([pair for pair in found if pair[1].kind == kind] for kind in POOLED):
        if pooled:
            hits, trials = (sum(getattr(count, name) for _, count in pooled) for name in ("hits", "trials"))
            apart.append((pooled[0][0], pooled[0][1]._replace(hits=hits, trials=trials)))
    return apart


def _named(arrays: Sequence[Outcome], exercise: Exercise) -> list[Mistake]:
    """Return the one mistake of which a program answers like this, or none."""
    longer = [runs for runs in arrays if telling(runs) and runs.counts]

    def fits(way: Way) -> bool:
        others = ((runs, _of_program(exercise, tuple(way.items()), runs.case.name)) for runs in longer)
        return all(it.counts and like(one.counts, it.counts) for one, it in others)

    found = [mistake for mistake in exercise.mistakes if any(map(fits, mistake.ways))]
    return found if len(found) == 1 else []


@functools.lru_cache(maxsize=300)
def _of_program(exercise: Exercise, way: Edits, name: str) -> Outcome:
    """Return what a wrong program comes to in a setting, of which arrays come before other forms."""
    setting = next(setting for setting in exercise.cases if setting.name == name)
    return run(exercise.function(dict(way)), replace(setting, seed=10**7), exercise)
