"""The checks of random functions: a right one is never accused, and counts have the law that they should."""

import re
from dataclasses import replace

import numpy as np
import pytest
from learners import SIGNS, learners, program_of
from scipy import stats

from gmm_lesson.exercises import chance, checks, counting
from gmm_lesson.exercises.counting import LEVEL, Count, counts

BOTH = ("draw_classes", "sample_objects")
EXERCISES = {exercise.check: exercise for exercise in checks.EXERCISES if exercise.check in BOTH}
both = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=BOTH)


def runs_of(exercise, function, seed=0):
    seeds = (10**4 * seed + chance.APART * i for i in range(len(exercise.cases)))
    settings = [replace(setting, seed=first) for setting, first in zip(exercise.cases, seeds, strict=True)]
    return [chance.run(function, setting, exercise) for setting in settings]


# The statistics are honest.


def test_right_functions_are_accused_less_than_once_in_a_million():
    """The union bound of the docstring: each list of a setting's own and the arrays together."""
    total = 0
    for exercise in EXERCISES.values():
        every = runs_of(exercise, program_of(exercise))
        arrays = [runs for runs in every if runs.case.form == "arrays"]
        alone = [[runs] for runs in every if runs not in arrays]
        total += sum(len(chance.judged_in(group)) for group in (arrays, *alone))
        assert sum(map(chance.telling, every)) > 3
        for runs in every:
            assert runs.case.runs % 2 == 0
            assert runs.case.runs // 2 <= chance.APART
            if chance.telling(runs):  # the chance of equal classes from two generators, in all pairs of them
                n, weights, *_ = runs.case.values
                assert np.square(weights).sum() ** (n * (runs.case.runs // 4)) < 1e-13
    assert 400 < total < 500
    assert 500 * LEVEL < 1e-6


@pytest.mark.parametrize("trials", [1, 2, 10, 37])
@pytest.mark.parametrize("rate", [0.02, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("level", [0.3, 1e-2, 1e-4])
def test_a_count_is_off_with_no_more_than_its_level(trials, rate, level, monkeypatch):
    monkeypatch.setattr(counting, "LEVEL", level)
    pmf = stats.binom.pmf(np.arange(trials + 1), trials, rate)
    offs = np.array([Count("total", 0, rate, hits, trials).off() for hits in range(trials + 1)])
    assert pmf[offs == 1].sum() <= level / 2
    assert pmf[offs == -1].sum() <= level / 2
    assert (np.diff(offs) >= 0).all()  # too few, fine, too many
    fine = np.flatnonzero(offs == 0)  # and as strict as it may be
    assert pmf[: fine[0] + 1].sum() > level / 2 * (1 - 1e-9)
    assert pmf[fine[-1] :].sum() > level / 2 * (1 - 1e-9)


def test_what_is_sure_is_off_as_soon_as_it_fails():
    for hits, trials, rate, off in [(10, 10, 1, 0), (9, 10, 1, -1), (0, 10, 0, 0), (1, 10, 0, 1)]:
        assert Count("total", 0, rate, hits, trials).off() == off


@both
def test_levels_are_real(exercise, monkeypatch):
    """At levels that can be seen, each kind of count is off as often as it says, and the check as rarely."""
    level, loose, kinds, alarms, function = 1e-2, 3e-4, {}, [], program_of(exercise)
    for seed in range(40):
        found = [count for _, count in chance.judged_in(runs_of(exercise, function, seed))]
        monkeypatch.setattr(counting, "LEVEL", level)
        for count in found:
            kinds.setdefault(count.kind, []).append(count.off() != 0)
        monkeypatch.setattr(counting, "LEVEL", loose)
        alarms.append(any(count.off() for count in found))
    every = [off for offs in kinds.values() for off in offs]
    assert 0.25 * level < np.mean(every) < level
    for kind, offs in kinds.items():  # those of one check depend on each other: a wide margin
        assert np.mean(offs) < level + 3.5 * (level / len(offs)) ** 0.5 + 1e-3, kind
    bound = len(alarms) * loose * len(found)
    assert sum(alarms) <= bound + 3 * bound**0.5


@both
def test_right_programs_are_right_whatever_the_seed(exercise):
    quick = [learner for learner in learners(exercise.check) if learner.kinds == ("right",)][::4]
    for learner in quick:
        for seed in (1, 2):
            said = chance.judge(learner.program, exercise, rng=seed)
            assert said.right, (str(learner), seed, said)


def test_what_is_counted():
    given = {"n": 4, "weights": [0.5, 0.3, 0.2], "means": [0, 5, 2], "variances": [1, 4, 0.25]}
    z = np.array([[0, 0, 1, 2], [1, 0, 1, 1]], dtype=float)
    y = np.array([[-1.0, 0.5, 9.0, 2.5], [3.0, -0.1, 5.5, 7.0]])
    seen = {}
    for count in counts(given, z, y, again=False, telling=False):
        seen.setdefault((count.kind, count.k), []).append((count.hits, count.trials, count.chance))
    assert seen["total", 1] == [(4, 8, 0.3)]
    assert seen["next", -1] == [(2, 4, pytest.approx(0.38)), (0, 2, pytest.approx(0.38))]
    assert seen["place", -1] == [(2, 4, pytest.approx(0.38)), (0, 0, pytest.approx(0.38))]
    assert seen["half", -1] == [(1, 4, pytest.approx(0.38)), (1, 4, pytest.approx(0.38))]
    assert seen["below", 0] == [(2, 3, 0.5)]
    assert seen["near", 1][0][:2] == (1, 4)
    assert (3, 8, None) in seen["entry", -1]  # values below the mean of class 2


def test_the_middle_of_the_counts_has_its_exact_chance():
    given, z = {"n": 200, "weights": [0.3, 0.7]}, np.zeros((3, 200))
    found = list(counts(given, z, again=False, telling=False))
    for kind, inside in (("middle", lambda away: away <= 0.674), ("outside", lambda away: away > 2.5)):
        for count in (count for count in found if count.kind == kind):
            law = stats.binom(200, (0.3, 0.7)[count.k])
            away = np.abs(np.arange(201) - law.mean()) / law.std()
            assert count.chance == pytest.approx(law.pmf(np.arange(201))[inside(away)].sum(), rel=1e-10)
            assert count.hits == (0 if kind == "middle" else 3)


# Mistakes are named, whatever the seed.

WAYS = {
    f"{name}-{mistake.name}-{number}": (exercise, mistake, way)
    for name, exercise in EXERCISES.items()
    for mistake in exercise.mistakes
    for number, way in enumerate(mistake.ways)
}


@pytest.mark.parametrize("which", WAYS)
def test_every_way_is_named_whatever_the_seed(which):
    (exercise, mistake, way), seed = WAYS[which], list(WAYS).index(which)
    said = chance.judge(program_of(exercise, way), exercise, rng=seed)
    if exercise.parts and said.kind == "crashed":  # a label that is no class has no mean
        assert "IndexError" in said.message
    else:
        assert said.mistake == mistake.name, said
        assert said.message.startswith(f"Not yet: {mistake.name.replace('-', ' ')}.\n\n{mistake.says}\n\n")
        assert max(map(len, said.message.split("\n"))) < 170


@both
def test_wrong_programs_are_wrong_whatever_the_seed(exercise):
    """Those that no way explains: what is said of them hangs on what is off."""
    by_signs = {None, *counting.SIGNS.values(), *counting.SAYS}
    named = [one for one in learners(exercise.check) if by_signs & {*one.names} and str(one) != "<lambda>"]
    for learner in [one for one in named if "unknown mistake" in one.kinds][::5]:
        said = chance.judge(learner.program, exercise, rng=7)
        assert said.mistake in {*learner.names, None, *SIGNS}, (str(learner), said)
        assert not said.right


# What is said.


def test_the_message_says_how_far_off_and_can_be_run_again():
    exercise = EXERCISES["draw_classes"]
    said = chance.judge(lambda n, weights, rng: rng.choice(len(weights), n, p=np.sort(weights)), exercise)
    found = re.search(r" class 0 came in (0\.\d+) of the objects; its weight is 0\.5\n", said.message)
    assert 0.15 < float(found[1]) < 0.25
    assert list(said.inputs) == ["n", "weights", "rng"]
    seed = int(re.search(r"rng .* = np\.random\.default_rng\((\d+)\)", said.message)[1])
    again = said.inputs["rng"].choice(3, said.inputs["n"], p=np.sort(said.inputs["weights"]))
    np.testing.assert_array_equal(again, np.random.default_rng(seed).choice(3, 200, p=[0.2, 0.3, 0.5]))
    shown = [float(label) for label in re.search(r"yours .* = \[(.*), \.\.\.\]", said.message)[1].split(", ")]
    assert shown == again[: len(shown)].tolist()


def test_right_says_what_was_tried():
    said = {name: chance.judge(learners(name)[0].program, EXERCISES[name]).message for name in BOTH}
    assert "choice draws every class as often as its weight says, and each object" in said["draw_classes"]
    assert "in 542 runs: one class, one object, " in said["draw_classes"]
    assert said["sample_objects"].endswith("arrays of whole numbers, plain lists.")


@both
def test_a_seed_gives_the_same_verdict_every_time_and_touches_no_global_state(exercise):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    check = getattr(checks.check, exercise.check)
    wrong = program_of(exercise, exercise.mistakes[1].ways[0])
    one, two, other = (check(wrong, rng=seed) for seed in (5, 5, 6))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert one == two
    assert one._repr_mimebundle_() == two._repr_mimebundle_()
    assert one != other
    for bad in ("0", 0.5, None, True, -1):
        with pytest.raises((TypeError, ValueError), match="rng must be a seed"):
            check(None, rng=bad)


def test_no_function_gets_the_same_generator_twice_but_once():
    seen = []

    def draw(n, weights, rng):
        seen.append((n, len(weights), type(weights), rng.bit_generator.state["state"]["state"]))
        return rng.choice(len(weights), size=n, p=weights)

    assert chance.judge(draw, EXERCISES["draw_classes"]).right
    # Every setting starts its first generator once more, to see whether the answer is the same.
    assert len(seen) - len(set(seen)) == len(EXERCISES["draw_classes"].cases)
