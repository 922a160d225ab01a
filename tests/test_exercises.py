"""All exercises: what is right is right however it is written, and each mistake is named as itself."""

import importlib
import itertools
import pkgutil
import re

import numpy as np
import pytest
from learners import SIGNS, learners, program_of

import gmm_lesson.exercises
from gmm_lesson.exercises import told
from gmm_lesson.exercises.checks import CHECKS, EXERCISES, check
from gmm_lesson.exercises.kit import edited

FOUND = {
    name: module.EXERCISE
    for _, name, _ in pkgutil.iter_modules(gmm_lesson.exercises.__path__)
    if hasattr(module := importlib.import_module(f"gmm_lesson.exercises.{name}"), "EXERCISE")
}
MISTAKES = [
    pytest.param(exercise, mistake, id=f"{name}-{mistake.name}")
    for name, exercise in FOUND.items()
    for mistake in exercise.mistakes
]
LEARNERS = [
    pytest.param(name, learner, id=f"{name}-{number}-{learner}")
    for name in FOUND
    for number, learner in enumerate(learners(name))
]
over_all = pytest.mark.parametrize("name", FOUND)
# Numbers that are random are counted, not compared: test_chance.py tries their mistakes.
over_steady = pytest.mark.parametrize("name", [n for n in FOUND if not FOUND[n].cases[0].runs])


def test_checks_are_the_files():
    assert {name: exercise.check for name, exercise in FOUND.items()} == {name: name for name in CHECKS}
    assert [exercise.check for exercise in EXERCISES] == list(CHECKS)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(("name", "learner"), LEARNERS)
def test_learner(name, learner):
    verdict = getattr(check, name)(learner.program)
    assert verdict.kind in learner.kinds, verdict
    allowed = {*learner.names, *(SIGNS if None in learner.names else ())}
    assert verdict.mistake in allowed, verdict
    assert not [words for words in learner.says if words not in verdict.message], verdict


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_every_way_of_a_mistake_has_its_name_alone(exercise, mistake):
    for way in mistake.ways if not exercise.cases[0].runs else ():
        verdict = getattr(check, exercise.check)(program_of(exercise, way))
        assert verdict.mistake == mistake.name, (way, verdict)
        assert f"{mistake.head}: {mistake.name.replace('-', ' ')}." in verdict.message
        assert mistake.says in verdict.message
        assert verdict.inputs


@over_steady
def test_two_mistakes_at_once_are_never_right_nor_misnamed(name):
    exercise, rng = FOUND[name], np.random.default_rng(0)
    ways = [(m.name, way) for m in exercise.mistakes for way in m.ways if not isinstance(way, str) and way]
    pairs = [
        {**way, **other}
        for (a, way), (b, other) in itertools.combinations(ways, 2)
        if a != b and fit_together(exercise, way, other)
    ]
    for place in rng.permutation(len(pairs))[:6]:
        both = pairs[place]
        verdict = getattr(check, name)(program_of(exercise, both))
        assert verdict.right is False, both
        # Two mistakes can come to the same as one of them, or as a third.
        like = {m.name for m in exercise.mistakes if any(same(exercise, both, way) for way in m.ways)}
        assert verdict.mistake in {None, *SIGNS, *like}, (both, verdict)


def fit_together(exercise, way, other):
    try:
        return len(edited(exercise.program, {**way, **other})) and not set(way) & set(other)
    except ValueError:
        return False


def same(exercise, way, other):
    cases = [case for case in exercise.cases if not case.edge and case.form == "arrays"]
    return all(exercise.same(exercise.answers(way, case), exercise.answers(other, case)) for case in cases)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_sentence_is_one_and_gives_nothing_away(exercise, mistake):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mistake.name)
    assert re.fullmatch(r"[A-Z].*[a-zK)]\.", mistake.says)
    assert ". " not in mistake.says
    assert len(mistake.says) <= 160
    # A sentence says what the numbers show; code and formulas would say what to write.
    assert not re.search(r"[=*^_`\\+]|\w\(|\bnp\b|/\s|[a-z]/[a-z]", mistake.says)
    banned = ("axis", "keepdims", "sqrt", "exp", "log(", "sum(", "divide by", "multiply", "square root")
    banned += ("subtract", "should use", "use ", "simply", "obviously", "just ")
    assert not [word for word in banned if word in mistake.says.lower()]


@over_all
def test_declarations(name):
    exercise = FOUND[name]
    names = [it.name for it in exercise.mistakes], [case.name + case.form for case in exercise.cases]
    for values in (*names, [it.says for it in exercise.mistakes]):
        assert len(set(values)) == len(values)
    assert not [case.name for case in exercise.cases if "," in case.name and not case.edge]
    assert told.FORMS[exercise.cases[0].form] == ""
    assert "It returns a Verdict" in getattr(check, name).__doc__


@over_all
def test_program_of_the_exercise_is_right_where_it_should_be(name):
    exercise = FOUND[name]
    verdict = getattr(check, name)(program_of(exercise, {}))
    assert verdict.right or any({} in mistake.ways for mistake in exercise.mistakes), verdict
