"""How a learner's sampler is judged: by counting, over many runs, what a right one does at a known rate.

Right means that the law is right, however the draws are made. So nothing is compared with draws of our
own. The function is run again and again on one generator after another, and things are counted of which
a right function has exactly a binomial number (`tallies`):

- how often each class comes up in all runs together, and how often it stands first and last in a run;
- in how many runs the count of a class falls into the middle half of its own binomial law, and in how
  many it lies beyond 2.5 of its sds: counts that vary too little never leave the middle, and counts that
  vary too much are often outside;
- how many neighbours are of one class, and how many places hold one class in two runs;
- where there are values, how many objects of each class lie below its mean, within .674 sd of it and
  beyond 2 sd, how many of all objects lie below each mean, and how many neighbours, and how many places
  in two runs, lie on the same side of their means.

A tally is off if its binomial tail, computed exactly, has a probability below LEVEL / 2 on its side; in a
right function that happens with probability at most LEVEL = 1e-9. `DRAW_CLASSES` and `SAMPLE_OBJECTS`
have fewer than 600 tallies together (the tests count them). So the probability, over the seeds of both
checks, that a right function is called anything but right is below 600 x 1e-9 = 6e-7, however the tallies
depend on each other. What else can go against a right function (the same classes from two generators in
200 objects, values that all have four decimals) has a probability below 1e-13.

Only when something is off are mistakes looked for. There nothing need be exact: a known mistake is one
whose own law leaves no tally off, or one with a sign of its own, such as labels in blocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gmm_lesson._inputs import Array, generator
from gmm_lesson.exercises import samplers
from gmm_lesson.exercises.calling import SECONDS, Stop, called, in_time
from gmm_lesson.exercises.judging import (
    FORMS,
    Case,
    Clock,
    Exercise,
    Function,
    Outcome,
    Reading,
    _as_a_stub,
    _changes_its_input,
    _crashed,
    _name,
    _only_in_form,
    _shown,
    _start,
    _thing,
    _value,
    change,
    judged,
    read_array,
    read_safely,
)
from gmm_lesson.exercises.tallies import (
    LEVEL,
    Kind,
    Labels,
    Tally,
    around,
    class_tallies,
    counts_of,
    like_the_mixture,
    noise_tallies,
    value_tallies,
)
from gmm_lesson.exercises.verdict import Verdict, verdict

LONG = 50
"""Runs of this many objects show signs that no right draw shows by chance."""


@dataclass(frozen=True)
class Setting:
    """One input, and how many runs there are on it: an even number, for each generator is asked twice."""

    case: Case
    runs: int


@dataclass(frozen=True)
class Sampler:
    """What a sampler is called with, and what is said of a right one.

    Attributes
    ----------
    exercise : Exercise
        Its name, its arguments (n first, the weights second, the generator last) and its mistakes.
    settings : tuple of Setting
        The inputs.
    does : str
        What a right one does.
    """

    exercise: Exercise
    settings: tuple[Setting, ...]
    does: str


@dataclass
class Runs:
    """What came of one setting.

    Attributes
    ----------
    outcome : Outcome
        What the first call came to, or the first call that is odd.
    given : dict
        The arguments by name.
    made : list of dict
        The answers, run by run: {"z": labels}, {"y": values, "z": labels}, {"lone": one array where two
        are wanted} or, if there are no numbers in it, {}.
    again : dict or None
        The answer of the first generator's seed the second time, if it is not the first answer.
    """

    outcome: Outcome
    given: dict[str, Any]
    made: list[dict[str, Array]] = field(default_factory=list)
    again: dict[str, Array] | None = None

    def __post_init__(self) -> None:
        self.n: int = self.given["n"]
        self.weights = np.asarray(self.given["weights"], dtype=float)
        self.k = self.weights.size
        if "means" in self.given:
            self.means = np.asarray(self.given["means"], dtype=float)
            self.variances = np.asarray(self.given["variances"], dtype=float)

    def part(self, name: str) -> list[Array]:
        """Return one part of every answer that has it."""
        return [made[name] for made in self.made if name in made]


@dataclass(frozen=True)
class Draws:
    """The runs of one setting, as soon as the labels are labels: z, and y or None, shape (runs, n)."""

    of: Runs
    z: Labels
    y: Array | None

    @property
    def telling(self) -> bool:
        """Whether there are objects and classes enough for signs that are no chance."""
        return self.of.n >= LONG and self.of.k > 1

    @property
    def counts(self) -> Labels:
        """How many objects of each class there are in each run, shape (runs, K)."""
        return counts_of(self.z, self.of.k)

    @property
    def frequencies(self) -> Array:
        """How often each label comes up in all, shape (K + 1,)."""
        return np.asarray(counts_of(self.z, self.of.k + 1).sum(axis=0) / max(self.z.size, 1))

    def some(self, which: slice) -> Draws:
        """Return some of the runs."""
        return replace(self, z=self.z[which], y=None if self.y is None else self.y[which])


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a mistake by name, or what to say of one that has none, and where it shows."""

    name: str | None
    runs: Runs
    shows: Sequence[tuple[str, str]] = ()
    says: str = ""
    more: Sequence[str] = ()


def judge_sampler(
    function: object,
    sampler: Sampler,
    *,
    rng: np.random.Generator | int = 0,
    level: float = LEVEL,
    seconds: float = SECONDS,
) -> Verdict:
    """Return what there is to say of a learner's sampler.

    Parameters
    ----------
    function : object
        The learner's function. Nothing that it raises is raised.
    sampler : Sampler
        What it should be.
    rng : numpy.random.Generator or int
        Where the seeds come from of the generators that the function is run on. The same seed gives the
        same Verdict.
    level : float
        The level of each tally.
    seconds : float
        How long its calls may take, all together.

    Raises
    ------
    TypeError, ValueError
        If `rng` is neither a generator nor a seed.
    """
    rng = generator(rng)
    seeds = [rng.integers(2**63, size=setting.runs // 2).tolist() for setting in sampler.settings]

    def find(function: Function) -> Verdict:
        tried: list[Runs] = []
        clock = Clock(seconds)

        def try_all() -> None:
            for i, (setting, own) in enumerate(zip(sampler.settings, seeds, strict=True)):
                clock.starts(i)
                tried.append(run(function, setting, own, sampler.exercise))

        if not in_time(try_all, seconds):
            late = _not_run(sampler.settings[clock.at].case, sampler.exercise)
            late.outcome = replace(late.outcome, error=clock.broken_off())
            tried[clock.at :] = [late]
        return _found(function, tried, sampler, level)

    return judged(function, sampler.exercise, find)


# Running it.


def _not_run(case: Case, exercise: Exercise) -> Runs:
    return Runs(Outcome(case, exercise.arguments, None, Reading(None)), exercise.named(case))


def run(function: Function, setting: Setting, seeds: list[int], exercise: Exercise) -> Runs:
    """Run a function on one setting: twice on each generator, and once more on the first one's seed."""
    case, inputs = setting.case, replace(setting.case, values=setting.case.values[:-1])
    before = inputs.fresh()
    runs = _not_run(case, exercise)
    pairs = itertools.chain.from_iterable([np.random.default_rng(seed)] * 2 for seed in seeds)
    for rng in [*pairs, np.random.default_rng(seeds[0])]:
        given = inputs.fresh()
        try:
            raw = called(function, [*given, rng])
        except Stop:
            raise
        except BaseException as error:  # whatever the function raises is its own
            runs.outcome = replace(runs.outcome, raw=None, reading=Reading(None), error=error)
            return runs
        made: dict[str, Array] = {}
        reading = read_safely(lambda: _read(raw, runs.n, exercise, made), raw)  # noqa: B023
        if not runs.made or (reading.complaint and not runs.outcome.reading.complaint):
            runs.outcome = replace(runs.outcome, raw=raw, reading=reading)
        if runs.outcome.changed is None:  # all but the generator
            runs.outcome = replace(runs.outcome, changed=change(exercise.arguments, given, before))
        runs.made.append(made)
    again = runs.made.pop()
    runs.again = None if _same(again, runs.made[0]) else again
    return runs


def _same(a: dict[str, Array], b: dict[str, Array]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def _read(raw: Any, n: int, exercise: Exercise, made: dict[str, Array]) -> Reading:
    """Return an answer as it can be shown, and put its parts into `made`, if they are numbers."""
    if not exercise.parts:
        reading = read_array(raw)
        if reading.numbers is not None:
            made["z"] = reading.numbers
        return reading
    two = isinstance(raw, (tuple, list)) and len(raw) == 2
    if two or (isinstance(raw, np.ndarray) and raw.shape == (2, n)):
        readings = [read_array(part, name) for part, name in zip(raw, PARTS, strict=True)]
        complaint = next((reading.complaint for reading in readings if reading.complaint), None)
        y, z = (reading.numbers for reading in readings)
        if n == 1 and y is not None and y.shape == ():
            y = y.reshape(1)  # scipy gives a number for an array of one
        if y is None or z is None:
            return Reading(None, complaint)
        made.update(y=y, z=z)
        return Reading(np.array([y, z]) if y.shape == z.shape else None, complaint)
    one = read_array(raw)
    if one.numbers is not None and one.numbers.shape == (n,):
        made["lone"] = one.numbers
        return Reading(None)
    what = _thing(raw) if not isinstance(raw, (tuple, list)) else f"{len(raw)} things"
    return Reading(None, f"it returns {what}, not two, the values and the labels")


PARTS = ("values", "labels")
"""What the parts of an answer are called where one of them is odd."""


# What there is to say, the coarsest first.


def _found(function: Function, tried: list[Runs], sampler: Sampler, level: float) -> Verdict:
    name, exercise = _name(function), sampler.exercise
    stub = _as_a_stub(function, [runs.outcome for runs in tried], name)
    if stub is not None:
        return stub
    arrays = [runs for runs in tried if runs.outcome.case.form == "arrays"]
    for runs in arrays:
        if runs.outcome.error is not None:
            return _crashed(runs.outcome, name, exercise)
    findings = wrong(arrays, level)
    if findings:
        return _told(findings, exercise)
    for runs in tried:
        if runs.outcome.changed is not None:
            return _changes_its_input(runs.outcome, exercise)
    for runs in arrays:
        if runs.outcome.reading.complaint:
            return _told([Finding(None, runs, _yours(runs), runs.outcome.reading.complaint)], exercise)
    for runs in tried:
        if runs not in arrays and (
            runs.outcome.error or runs.outcome.reading.complaint or wrong([runs], level)
        ):
            return _only_in_form(runs.outcome, name, exercise)
    cases = [runs.outcome.case for runs in tried]
    names = ", ".join(dict.fromkeys(FORMS[case.form] or case.name for case in cases))
    number = sum(len(runs.made) for runs in tried)
    return verdict("right", "Right.", f"{_start(name)} {sampler.does}, in {number} runs: {names}.")


def wrong(tried: list[Runs], level: float = LEVEL) -> list[Finding]:
    """Return what is wrong with the answers of some settings; nothing if nothing is."""
    findings = _form(tried)
    if any(finding.name not in GOES_ON for finding in findings):
        return findings
    labels, draws = _labels(tried)
    findings += labels
    if any(finding.name not in GOES_ON for finding in findings) or not draws:
        return findings
    unsteady = [runs for runs in tried if runs.again is not None]
    if unsteady:
        findings.append(Finding("generator-not-used", _clearest(unsteady), _again(_clearest(unsteady))))
    classes = _classes(draws, level)
    valued = all(one.y is not None and one.z.max() < one.of.k for one in draws)
    values = _values(draws, level) if valued else []
    if any(finding.name == "values-sorted" for finding in values):  # then so are the labels beside them
        classes = [finding for finding in classes if finding.name not in ORDER]
    findings += classes + values
    if any(
        finding.name == "equal-counts" for finding in findings
    ):  # n // K each: too few where K does not divide n
        findings = [finding for finding in findings if finding.name != "wrong-length"]
    if not findings:
        off = [(one, tally) for one in draws for tally in right_tallies(one) if tally.off(level)]
        findings += [_unknown(one, tally) for one, tally in off[:1]]
    if not findings and valued:
        findings += _noise([one for one in draws if one.of.n >= LONG], level)
    return findings


def _noise(draws: list[Draws], level: float) -> list[Finding]:
    """Say what is wrong with the noise of whole runs, counted over all settings together."""
    if not draws:
        return []
    telling = [one for one in draws if one.telling]
    if telling and all(_noise_comes_twice(away) for one in telling for away in _sds_away(one)):
        says = "in every run several objects lie equally many sds from the means of their classes"
        return [Finding(None, telling[0].of, _first_objects(telling[0]), says)]
    runs = [away for one in draws for away in _sds_away(one)]
    off = [tally for tally in noise_tallies(runs) if tally.off(level)]
    return [_unknown(draws[0], tally) for tally in off[:1]]


def _noise_comes_twice(away: Array) -> bool:
    return bool((np.diff(np.sort(np.abs(away))) < 1e-11).any())


GOES_ON = {"other-way-round", "labels-from-one", "one-hot-rows", "wrong-length"}
"""Mistakes behind which the labels can still be told, and with them other mistakes."""

ORDER = {"forgotten-shuffle", "neighbours-too-alike", "neighbours-too-different", "same-places-every-time"}


def right_tallies(one: Draws) -> Iterator[Tally]:
    """Yield all that is counted in one setting, with the law of a right function."""
    yield from class_tallies(one.z, _law(_as_given, one))
    if one.y is not None and one.z.max() < one.of.k:
        yield from value_tallies(one.y, one.z, one.of.means, np.sqrt(one.of.variances), one.of.weights)


def _form(tried: list[Runs]) -> list[Finding]:
    """Say what is wrong with the form of the answers, and put right what can be."""
    for runs in tried:
        if runs.outcome.reading.complaint and not all(runs.made):
            return [Finding(None, runs, _yours(runs), runs.outcome.reading.complaint)]
    lone = [part for runs in tried for part in runs.part("lone")]
    if lone:
        runs = _clearest(tried)
        are_labels = all(_are_labels(part, runs.k) for runs in tried for part in runs.part("lone"))
        name = "only-labels-returned" if are_labels else "only-values-returned"
        return [Finding(name, runs, _yours(runs))]
    findings: list[Finding] = []
    first, second = ([part for runs in tried for part in runs.part(name)] for name in ("y", "z"))
    if first and all(map(_are_whole, first)) and not all(map(_are_whole, second)):
        for runs in tried:
            runs.made = [{"y": made["z"], "z": made["y"]} for made in runs.made]
        findings.append(Finding("other-way-round", _clearest(tried), _yours(_clearest(tried), "yz")))
    for runs in tried:
        for y in runs.part("y"):
            if y.shape != (runs.n,) and not (y.shape == runs.part("z")[0].shape and y.ndim == 1):
                says = f"its values are of shape {y.shape}; wanted ({runs.n},), one for each object"
                return [Finding(None, runs, _yours(runs), says)]
            if not np.isfinite(y).all():
                says = f"every value should be a finite number; {(~np.isfinite(y)).sum()} of yours are not"
                return [Finding(None, runs, _yours(runs), says)]
    return findings


def _clearest(tried: list[Runs]) -> Runs:
    """Return the first of some settings with objects and classes enough to see something in one run."""
    return next((runs for runs in tried if runs.n >= LONG and runs.k > 1), tried[0])


def _are_whole(values: Array) -> bool:
    return bool((np.rint(values) == values).all())


def _are_labels(values: Array, k: int) -> bool:
    return bool(np.isin(values, np.arange(k)).all())


def _labels(tried: list[Runs]) -> tuple[list[Finding], list[Draws]]:
    """Say what is wrong with the form of the labels, and return the runs in which they can be told."""
    findings: list[Finding] = []
    forms = [(runs, _label_form(runs)) for runs in tried]
    for name in ("counts-returned", "one-hot-rows", "wrong-length", "other shape"):
        bad = [runs for runs, form in forms if form == name]
        mixed = name == "counts-returned" and len(bad) < len(forms)
        if bad and (name == "other shape" or mixed):
            shape = next(z.shape for z in bad[0].part("z") if z.shape != (bad[0].n,))
            says = f"one label for each object is wanted, shape ({bad[0].n},); yours are of shape {shape}"
            return [Finding(None, bad[0], _yours(bad[0]), says)], []
        if bad:
            worst = _clearest(bad)
            lengths = [("labels", f"{worst.part('z')[0].size} for {worst.n} objects")]
            findings.append(Finding(name, worst, lengths if name == "wrong-length" else _yours(worst)))
    whole = [runs for runs, form in forms if form in ("labels", "one-hot-rows")]
    z = {id(runs): np.array([_as_labels(z, runs.k) for z in runs.part("z")]) for runs in whole}
    for runs in whole:
        odd = z[id(runs)]
        if not np.isfinite(odd).all():
            says = f"every label should be a finite number; {(~np.isfinite(odd)).sum()} of yours are not"
            return [Finding(None, runs, _yours(runs), runs.outcome.reading.complaint or says)], []
    if not all(map(_are_whole, z.values())):
        return [_not_whole(whole, z)], []
    ones = all(labels.min() >= 1 and labels.max() <= runs.k for runs in whole for labels in [z[id(runs)]])
    if whole and ones:
        findings.append(Finding("labels-from-one", _clearest(whole), _yours(_clearest(whole))))
    draws = [
        Draws(runs, z[id(runs)].astype(np.intp) - ones, np.array(runs.part("y")) if runs.part("y") else None)
        for runs in whole
    ]
    beyond = [one for one in draws if one.z.min() < 0 or one.z.max() >= one.of.k]
    if beyond and not (all(one.z.min() >= 0 and one.z.max() <= one.of.k for one in draws) and _by_law(draws)):
        return [*findings, _beyond(beyond[0])], []
    return findings, draws


def _label_form(runs: Runs) -> str:
    labels, n, k = runs.part("z"), runs.n, runs.k
    if all(z.shape == (n,) for z in labels):
        return "labels"
    if n != k and all(z.shape == (k,) and z.sum() == n for z in labels):
        return "counts-returned"
    if all(z.shape == (n, k) and ((z == 0) | (z == 1)).all() and (z.sum(axis=1) == 1).all() for z in labels):
        return "one-hot-rows"
    return "wrong-length" if all(z.ndim == 1 for z in labels) else "other shape"


def _as_labels(z: Array, k: int) -> Array:
    return z if z.ndim == 1 else z @ np.arange(k)


def _not_whole(whole: list[Runs], z: dict[int, Array]) -> Finding:
    runs = _clearest([runs for runs in whole if not _are_whole(z[id(runs)])])
    several = [(runs, z[id(runs)]) for runs in whole if runs.k > 1]
    if all(np.isclose(labels[..., np.newaxis], runs.weights).any(axis=-1).all() for runs, labels in several):
        return Finding("probabilities-returned", runs, _yours(runs))
    if all((labels >= 0).all() and (labels < 1).all() for _, labels in several) and all(
        np.unique(labels[0]).size == labels[0].size for _, labels in several
    ):
        return Finding("uniforms-returned", runs, _yours(runs))
    odd = next(entry for entry in z[id(runs)].flat if np.rint(entry) != entry)
    return Finding(None, runs, _yours(runs), f"a label should be a whole number; one of yours is {odd:.4g}")


def _beyond(one: Draws) -> Finding:
    run = next(z for z in one.z if z.min() < 0 or z.max() >= one.of.k)
    odd = run[(run < 0) | (run >= one.of.k)]
    wanted = "label 0 is the only one" if one.of.k == 1 else f"the labels are 0 to {one.of.k - 1}"
    says = f"{wanted}; {odd.size} of yours {'is' if odd.size == 1 else 'are'} not, the first of them {odd[0]}"
    return Finding(None, one.of, [("labels", _few(run))], says)


# The classes.


def _as_given(weights: Array) -> Array:
    return weights


def _law(law: Callable[[Array], Array], one: Draws) -> Array:
    """Return the probabilities of the labels 0..K under a law of the weights."""
    chances = law(one.of.weights)
    return np.concatenate([chances, np.zeros(one.of.k + 1 - chances.size)])


def _laws() -> Iterator[tuple[str, Callable[[Array], Array]]]:
    yield "", _as_given
    for name, ways in samplers.LAWS.items():
        for way in ways:
            yield name, way


def _by_law(draws: list[Draws], level: float = LEVEL) -> tuple[str, Callable[[Array], Array]] | None:
    """Return the first law that the totals agree with: its name, "" if it is the right one, and the law."""
    for name, law in _laws():
        totals = ((one, k) for one in draws for k in range(one.of.k + 1))
        if all(_total(one, k, _law(law, one)[k]).off(level) == 0 for one, k in totals):
            return name, law
    return None


def _total(one: Draws, k: int, chance: float) -> Tally:
    return Tally("total", k, int((one.z == k).sum()), one.z.size, chance)


def _classes(draws: list[Draws], level: float) -> list[Finding]:
    """Say what is wrong with how the classes are drawn: how often, in what order, from what generator."""
    telling = [one for one in draws if one.telling]
    if telling and all((one.z == one.z[0]).all() for one in telling):
        return _fixed(telling)
    again = telling and all((one.z[::2] == one.z[1::2]).all() for one in telling)
    findings = []
    if again:
        findings.append(Finding("generator-starts-over", telling[0].of, _two_runs(telling[0])))
        draws = [one.some(slice(None, None, 2)) for one in draws]
        telling = [one for one in draws if one.telling]
    if not any(tally.off(level) for one in draws for tally in class_tallies(one.z, _law(_as_given, one))):
        return findings
    if telling and all((one.z == one.z[:, :1]).all() for one in telling):
        always = all((one.z == one.z[0, 0]).all() for one in telling)
        name = "one-class-only" if always else "one-draw-for-all"
        return [*findings, Finding(name, telling[0].of, _counts(telling[0]))]
    return findings + _drawn(draws, telling, level)


def _fixed(telling: list[Draws]) -> list[Finding]:
    """Say what is wrong with classes that are the same in every run: by rule, or by a seed of their own."""
    first = telling[0]
    if all((one.z == one.z[0, 0]).all() for one in telling):
        return [Finding("one-class-only", first.of, _counts(first))]
    names = _rounded(telling)
    if _in_blocks(telling):
        names.append("forgotten-shuffle")
    elif all((one.z[0, 1:] != one.z[0, :-1]).all() for one in telling):
        names.append("neighbours-too-different")
    if len(names) < 2:
        names.append("same-draw-every-time")
    return [Finding(name, first.of, _evidence(name, first)) for name in names]


def _rounded(telling: list[Draws]) -> list[str]:
    """Return the names of the mistakes of counts that are the rounded numbers of a law, in every run."""
    for name, law in _laws():
        means = [(one.counts.mean(axis=0), one.of.n * _law(law, one)[:-1]) for one in telling]
        if all((np.abs(counts - wanted) >= 1).sum() <= 1 for counts, wanted in means):
            if name == "weights-ignored":
                return ["equal-counts"]
            return [name, "counts-never-vary"] if name else ["counts-never-vary"]
    return []


def _drawn(draws: list[Draws], telling: list[Draws], level: float) -> list[Finding]:
    """Say what is wrong with classes that vary."""
    steady = bool(telling) and all((np.ptp(one.counts, axis=0) <= 1).all() for one in telling)
    found = _by_law(draws, level)
    law = {id(one): _law(found[1], one) if found else one.frequencies for one in draws}
    names = _rounded(telling) or ["counts-never-vary"] if steady else [found[0]] if found and found[0] else []
    order = _order(telling, level)
    if "weights-misused" in names and order != "forgotten-shuffle":
        order = None  # a search in weights that do not ascend starts where the one before it ended
    if not steady and order in (None, "forgotten-shuffle", "same-places-every-time"):
        # Neighbours that depend on each other make counts vary too: then that is the one thing to say.
        names += _variation([tally for one in telling for tally in class_tallies(one.z, law[id(one)])])
    if _nearly_equal(telling):  # as those of no independent draw are: the rest follows from it
        names = ["equal-counts"]
    findings = [Finding(name, one.of, _evidence(name, one)) for name in names for one in telling[:1]]
    if order:
        findings.append(Finding(order, telling[0].of, _evidence(order, telling[0])))
    if not found and not findings:
        off = [
            (one, tally)
            for one in sorted(draws, key=lambda one: not one.telling)
            for tally in class_tallies(one.z, _law(_as_given, one))
            if tally.kind == "total" and tally.off(level)
        ]
        findings += [_unknown(one, tally) for one, tally in off[:1]]
    return findings


def _nearly_equal(telling: list[Draws]) -> bool:
    """Whether all classes of all runs have the same number of objects but for a remainder below K."""
    near = (np.abs(one.counts - one.of.n / one.of.k) <= one.of.k for one in telling)
    return bool(telling) and all(map(np.all, near))


def _variation(tallies: list[Tally]) -> list[str]:
    """Return the name of what is wrong with how much the counts vary, from all of them together."""
    if any(tally.off() > 0 for tally in tallies if tally.kind == "outside"):
        return ["counts-vary-too-much"]
    middle = [tally for tally in tallies if tally.kind == "middle"]
    excess = sum(tally.seen - tally.wanted for tally in middle)
    sd = sum(tally.wanted * (1 - tally.chance) for tally in middle) ** 0.5
    if abs(excess) <= 6 * sd:  # 6, for the counts of one run depend on each other
        return []
    return ["counts-vary-too-much" if excess < 0 else "counts-vary-too-little"]


def _order(telling: list[Draws], level: float) -> str | None:
    """Return the name of what is wrong with the order of the labels, whatever their counts are.

    Any order of the labels of a run is as likely as any other: that alone says how often neighbours, and
    the same places of two runs, are alike.
    """
    if telling and _in_blocks(telling):
        return "forgotten-shuffle"
    worst: dict[Kind, Tally] = {}
    for one in telling:
        c, n = counts_of(one.z, one.of.k + 1), one.of.n
        pairs: tuple[tuple[Kind, Labels, Labels, float], ...] = (
            ("next", one.z[:, :-1:2], one.z[:, 1::2], (c * (c - 1)).sum(axis=1).mean() / (n * (n - 1))),
            ("next", one.z[:, 1:-1:2], one.z[:, 2::2], (c * (c - 1)).sum(axis=1).mean() / (n * (n - 1))),
            ("place", one.z[:-1:2], one.z[1::2], (c[:-1:2] * c[1::2]).sum(axis=1).mean() / n**2),
        )
        for kind, a, b, chance in pairs:
            tally = Tally(kind, -1, int((a == b).sum()), a.size, float(chance))
            if tally.off(level) and (kind not in worst or tally.excess > worst[kind].excess):
                worst[kind] = tally
    following, place = worst.get("next"), worst.get("place")
    if following and (place is None or following.excess > place.excess / 2):
        return "neighbours-too-alike" if following.off(level) > 0 else "neighbours-too-different"
    return "same-places-every-time" if place and place.off(level) > 0 else None


def _in_blocks(telling: list[Draws]) -> bool:
    """Whether each class of each run stands in one block."""
    return all((z[1:] != z[:-1]).sum() == np.unique(z).size - 1 for one in telling for z in one.z)


# The values.


def _values(draws: list[Draws], level: float) -> list[Finding]:
    """Say what is wrong with the values, given the classes that they are said to come from."""
    ys = [one.y for one in draws if one.y is not None]
    telling = [one for one in draws if one.telling]
    if telling and all((_y(one) == _y(one)[0]).all() for one in telling):
        draws = [one.some(slice(None, 1)) for one in draws]
    elif telling and all((_y(one)[::2] == _y(one)[1::2]).all() for one in telling):
        draws = [one.some(slice(None, None, 2)) for one in draws]
    name = next((name for name, shows in SIGNS if telling and all(shows(one) for one in telling)), None)
    if name is None and any((np.round(y, 4) != y).any() for y in ys):
        off = [(one, tally) for one in draws for tally in right_tallies(one) if tally.off(level)]
        off = [(one, tally) for one, tally in off if tally.kind in ("below", "near", "far", "side")]
        if not off:
            return []
        first = next(((one, tally) for one, tally in off if one.telling), off[0])
        names = _by_values(draws, level)
        if not names and all(tally.kind in ("near", "far") for _, tally in off) and _moments_right(draws):
            names = ["not-gaussian"]
        if not names:
            return [_unknown(*first)]
        shows = _shape(first[0]) if names == ["not-gaussian"] else _spreads(first[0])
        return [Finding(name, first[0].of, shows) for name in names]
    shown = (telling or draws)[0]
    return [Finding(name or "rounded", shown.of, _first_objects(shown))]


def _y(one: Draws) -> Array:
    assert one.y is not None
    return one.y


def _sds_away(one: Draws) -> Array:
    return np.asarray((_y(one) - one.of.means[one.z]) / np.sqrt(one.of.variances)[one.z])


def _moved_together(one: Draws) -> bool:
    away = _y(one) - one.of.means[one.z]
    return any((np.ptp(noise, axis=1) < 1e-6).all() for noise in (away, _sds_away(one)))


SIGNS: tuple[tuple[str, Callable[[Draws], bool]], ...] = (
    ("no-noise", lambda one: bool((np.abs(_sds_away(one)) < 1e-6).all())),
    ("noise-shared-by-all", _moved_together),
    ("one-value-per-class", lambda one: all(np.unique(y).size <= one.of.k for y in _y(one))),
    ("values-sorted", lambda one: bool((np.diff(_y(one), axis=1) >= 0).all())),
    (
        "same-noise-every-time",
        lambda one: (
            bool(len(_y(one)) > 1 and (np.ptp(_sds_away(one), axis=0) < 1e-6).all())
            and not (one.z == one.z[0]).all()
        ),
    ),
)
"""The mistakes that show in every single run of some length."""


def _by_values(draws: list[Draws], level: float) -> list[str]:
    """Return the names of the mistakes whose law the values of every class agree with."""
    for names, gaussians in _gaussians():
        if all(
            tally.off(level) == 0
            for one in draws
            for tally in around(_y(one), one.z, *gaussians(one.of.weights, one.of.means, one.of.variances))
        ):
            return names
    if all(
        tally.off(level) == 0
        for one in draws
        if one.of.n > 1  # one label cannot be shuffled apart from its object
        for tally in like_the_mixture(
            _y(one), one.z, one.of.means, np.sqrt(one.of.variances), one.frequencies[:-1]
        )
    ):
        return ["labels-apart-from-their-objects"]
    return []


Gaussians = Callable[[Array, Array, Array], tuple[Array, Array]]


def _gaussians() -> list[tuple[list[str], Gaussians]]:
    """Return every mean with every spread, but for the right ones, and the averages of all classes."""
    means = [("", lambda w, m: m), *((name, way) for name, ways in samplers.MEANS.items() for way in ways)]
    sds = [
        ("", lambda w, v: np.sqrt(v)),
        *((name, way) for name, ways in samplers.SPREADS.items() for way in ways),
    ]

    def of_two(mean: Any, sd: Any) -> Gaussians:
        return lambda w, m, v: (mean(w, m), sd(w, v))

    def of_one(average: Any) -> Gaussians:
        def gaussians(w: Array, m: Array, v: Array) -> tuple[Array, Array]:
            mean, sd = average(w, m, np.sqrt(v))
            return np.full(m.size, mean), np.full(m.size, sd)

        return gaussians

    pairs = [
        ([name for name in (a, b) if name], of_two(mean, sd))
        for (a, mean), (b, sd) in itertools.product(means, sds)
        if a or b
    ]
    averages = [(["average-of-the-classes"], of_one(average)) for average in samplers.AVERAGES]
    return pairs + averages


def _moments_right(draws: list[Draws]) -> bool:
    """Whether the mean and the sd of every class are about right."""
    for one in draws:
        away = _sds_away(one)
        for k in range(one.of.k):
            u = away[one.z == k]
            if u.size > LONG and (abs(u.mean()) > 5 / u.size**0.5 or abs(u.std() - 1) > 6 / u.size**0.5):
                return False
    return True


# The numbers that show it.


def _few(values: Any, many: int = 12) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in values[:many]) + ", ..." * (len(values) > many) + "]"


def _yours(runs: Runs, names: str = "") -> list[tuple[str, str]]:
    """Return the lines of one answer as it is; `names` are its parts as they came, if not as they should."""
    made = runs.made[0]
    if not made:
        return [("yours", _thing(runs.outcome.raw))]
    heads = ["yours"] if len(made) == 1 else [f"your {name}" for name in names or made]
    parts = reversed(made.values()) if names else made.values()
    return [
        (head, _few(part) if part.ndim == 1 else _value(part))
        for head, part in zip(heads, parts, strict=True)
    ]


def _counts(one: Draws) -> list[tuple[str, str]]:
    n, w = one.of.n, one.of.weights
    spread = np.sqrt(n * w * (1 - w))
    wanted = ", ".join(f"{n * p:.0f} +- {s:.0f}" for p, s in zip(w, spread, strict=True))
    shown = " ".join(f"[{', '.join(map(str, counts))}]" for counts in one.counts[:5])
    return [("counts in five runs" if len(one.counts) > 4 else "counts", shown), ("wanted", wanted)]


def _neighbours(one: Draws) -> list[tuple[str, str]]:
    z = one.z[0]
    alike, pairs = int((z[1:] == z[:-1]).sum()), z.size - 1
    wanted = pairs * float((one.of.weights**2).sum())
    return [
        ("labels", _few(z)),
        ("neighbours alike", f"{alike} of {pairs}; wanted about {wanted:.0f}"),
    ]


def _two_runs(one: Draws) -> list[tuple[str, str]]:
    return [("labels of one run", _few(one.z[0])), ("of the next", _few(one.z[1]))]


def _two_generators(one: Draws) -> list[tuple[str, str]]:
    return [("labels", _few(one.z[0])), ("of another generator", _few(one.z[min(2, len(one.z) - 1)]))]


def _again(runs: Runs) -> list[tuple[str, str]]:
    again = runs.again or {}
    for name, part in runs.made[0].items():
        if name in again and not np.array_equal(part, again[name]):
            return [(f"your {name}", _few(part)), ("from the same seed", _few(again[name]))]
    return []


def _first_objects(one: Draws) -> list[tuple[str, str]]:
    return [("your y", _few(_y(one)[0])), ("your z", _few(one.z[0]))]


def _spreads(one: Draws) -> list[tuple[str, str]]:
    lines = []
    for k in range(one.of.k):
        y = _y(one)[one.z == k]
        if y.size > 1:
            has = f"mean {round(y.mean(), 2) + 0.0:.2f}, sd {y.std():.2f} over {y.size} objects"
            wanted = f"wanted {one.of.means[k]:.2f}, {one.of.variances[k] ** 0.5:.2f}"
            lines.append((f"class {k}", f"{has}; {wanted}"))
    return lines


def _shape(one: Draws) -> list[tuple[str, str]]:
    lines = []
    for tally in around(_y(one), one.z, one.of.means, np.sqrt(one.of.variances)):
        if tally.kind != "below" and tally.trials:
            where = "within .674 sd" if tally.kind == "near" else "beyond 2 sd"
            rate, wanted = (f"{100 * part:.1f} %" for part in (tally.seen / tally.trials, tally.chance))
            lines.append((f"class {tally.label}, {where}", f"{rate} of {tally.trials}; wanted {wanted}"))
    return lines


def _evidence(name: str, one: Draws) -> list[tuple[str, str]]:
    if name == "same-draw-every-time":
        return _two_generators(one)
    if name == "same-places-every-time":
        return _two_runs(one)
    return _neighbours(one) if name in ORDER else _counts(one)


_SAYS = {
    "total": "class {k} comes up {seen} times in {trials}, and {wanted} are wanted",
    "middle": "class {k} is near its mean count in {seen} of {trials} runs, and {wanted} are wanted",
    "outside": "class {k} is far from its mean count in {seen} of {trials} runs, and {wanted} are wanted",
    "first": "class {k} stands first in {seen} of {trials} runs, and {wanted} are wanted",
    "last": "class {k} stands last in {seen} of {trials} runs, and {wanted} are wanted",
    "next": "neighbours are of one class {seen} times in {trials}, and {wanted} are wanted",
    "place": "a place holds one class in two runs {seen} times in {trials}, and {wanted} are wanted",
    "below": "{seen} of {trials} objects of class {k} lie below its mean, and {wanted} are wanted",
    "near": "{seen} of {trials} objects of class {k} lie within .674 sd of its mean, and {wanted} are wanted",
    "far": "{seen} of {trials} objects of class {k} lie beyond 2 sd of its mean, and {wanted} are wanted",
    "mixture": "{seen} of {trials} objects lie below the mean of class {k}, and {wanted} are wanted",
    "sum": "the noise of a run adds up to nearly nothing in {seen} of {trials} runs, and {wanted} are wanted",
    "squares": "the noise of a run has nearly its sd in {seen} of {trials} runs, and {wanted} are wanted",
    "beyond": "{seen} of {trials} objects lie beyond 3 sd of their means, and {wanted} are wanted",
    "side": "{seen} of {trials} pairs lie on one side of their means, and {wanted} are wanted",
}


def _unknown(one: Draws, tally: Tally) -> Finding:
    """Say what is off of a mistake that has no name."""
    says = _SAYS[tally.kind].format(
        k=tally.label, seen=tally.seen, trials=tally.trials, wanted=f"about {tally.wanted:.0f}"
    )
    if tally.kind in ("total", "first", "last", "middle", "outside"):
        shows = _counts(one)
    elif tally.kind == "next":
        shows = _neighbours(one)
    elif tally.kind == "place":
        shows = _two_runs(one)
    else:
        shows = _spreads(one)
    return Finding(None, one.of, shows, says)


# What is said.


def _told(findings: list[Finding], exercise: Exercise) -> Verdict:
    """Say the known mistakes, two of them at most; what is unknown beside one may be its consequence."""
    says = {mistake.name: mistake.says for mistake in exercise.mistakes}
    order = list(says)
    named = sorted((one for one in findings if one.name), key=lambda one: order.index(one.name or ""))[:2]
    if not named:
        one = findings[0]
        head = f"Not yet: {one.says}."
        return verdict("unknown mistake", head, example=_shown(one.runs.outcome, exercise, *one.shows))
    names = [str(one.name) for one in named]
    heads = [name.replace("-", " ") for name in names]
    shows = dict(line for one in named if one.runs is named[0].runs for line in one.shows)
    return verdict(
        "known mistake",
        f"Not yet: {heads[0]}." if len(heads) == 1 else f"Not yet, for two reasons: {heads[0]}; {heads[1]}.",
        *(says[name] for name in names),
        example=_shown(named[0].runs.outcome, exercise, *shows.items()),
        mistake=names[0],
    )


# The two samplers of the course.


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


def _settings(*settings: tuple[str, int, int, tuple[list[float], ...], Any]) -> tuple[Setting, ...]:
    return tuple(
        Setting(Case(name, (n, *values, _rng), form=form), runs) for name, n, runs, values, form in settings
    )


_CLASSES = _settings(
    ("one class", 5, 2, ([1],), "arrays"),
    ("one object", 1, 100, ([0.5, 0.3, 0.2],), "arrays"),
    ("seven objects", 7, 40, ([0.5, 0.3, 0.2],), "arrays"),
    ("three classes", 200, 60, ([0.5, 0.3, 0.2],), "arrays"),
    ("a common class between rare ones", 201, 20, ([0.05, 0.9, 0.05],), "arrays"),
    ("four equal classes", 50, 40, ([0.25, 0.25, 0.25, 0.25],), "arrays"),
    ("six classes", 97, 60, ([0.1, 0.25, 0.05, 0.3, 0.1, 0.2],), "arrays"),
    ("three classes", 200, 20, ([0.2, 0.3, 0.5],), "lists"),
)

DRAW_CLASSES = Sampler(
    Exercise(
        check="draw_classes",
        arguments=("n", "weights", "rng"),
        answer="the classes",
        right=samplers.Draw(),
        cases=tuple(setting.case for setting in _CLASSES),
        mistakes=samplers.DRAW_CLASSES,
    ),
    _CLASSES,
    "draws every class as often as its weight says, and each object for itself",
)
"""A draw of classes: (n, weights, rng) to z."""

_OBJECTS = _settings(
    ("one class", 50, 10, ([1], [5], [4]), "arrays"),
    ("one object", 1, 60, ([0.6, 0.4], [-3, 4], [9, 0.25]), "arrays"),
    ("two classes, one wide", 200, 20, ([0.4, 0.6], [0, 6], [4, 0.25]), "arrays"),
    ("three classes", 200, 30, ([0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25]), "arrays"),
    ("a common class between rare ones", 201, 20, ([0.05, 0.9, 0.05], [2, -6, 8], [9, 1, 0.25]), "arrays"),
    ("four equal classes", 50, 40, ([0.25] * 4, [6, -2, 1, 3], [0.25, 4, 9, 1]), "arrays"),
    ("two classes", 200, 10, ([0.4, 0.6], [0, 6], [4, 1]), "whole numbers"),
    ("three classes", 200, 20, ([0.5, 0.3, 0.2], [-4, 1, 3], [1, 4, 0.25]), "lists"),
)

SAMPLE_OBJECTS = Sampler(
    Exercise(
        check="sample_objects",
        arguments=("n", "weights", "means", "variances", "rng"),
        answer="the objects",
        right=samplers.Sample(),
        cases=tuple(setting.case for setting in _OBJECTS),
        mistakes=samplers.SAMPLE_OBJECTS,
        parts=("y", "z"),
    ),
    _OBJECTS,
    "draws every class as often as its weight says, and every value about the mean of its class",
)
"""A draw of objects: (n, weights, means, variances, rng) to y and z."""
