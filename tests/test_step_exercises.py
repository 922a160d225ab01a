"""check.m_step and check.floored_m_step: what their inputs are, what they say, and that it is true."""

import functools
import textwrap

import numpy as np
import pytest
from learners.m_step import BY_N, Owner, old_mean, plain

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises.checks import check
from gmm_lesson.exercises.floored_m_step import EXERCISE as FLOORED
from gmm_lesson.exercises.kit import edited
from gmm_lesson.exercises.m_step import EXERCISE, LOST_CLASS
from gmm_lesson.study import original

WAYS = {mistake.name: mistake.ways for mistake in (*EXERCISE.mistakes, LOST_CLASS)}


def mixtures(exercise):
    """Yield each case with its arguments as arrays, where the right variances are above zero."""
    for case in exercise.cases:
        if exercise.right_numbers(case)[2].min() > 0:
            yield case, *case.fresh("arrays")


def parts(mixture):
    return pytest.approx(np.array([mixture.weights, mixture.means, mixture.variances]))


def test_right_is_the_textbook():
    for case, y, r, _ in mixtures(EXERCISE):
        assert EXERCISE.right_numbers(case) == parts(gmm_lesson.m_step(y, r))
    for case, y, r, floor in mixtures(FLOORED):
        assert FLOORED.right_numbers(case) == parts(gmm_lesson.m_step(y, r, floor=floor))


def test_old_mean_is_that_of_the_original_and_raises_q_less():
    (way,) = WAYS["old-mean-in-the-variance"]
    for case, y, r, means in mixtures(EXERCISE):
        before = Mixture(np.full(len(means), 1 / len(means)), means, np.full(len(means), 1.5))
        old, new = original.m_step(y, r, before), gmm_lesson.m_step(y, r)
        assert EXERCISE.answers(way, case) == parts(old)
        q = [expected_log_joint(y, r, mixture) for mixture in (before, old, new)]
        assert q[0] < q[1] < q[2], case.name


def test_old_mean_is_not_called_wrong():
    message = check.m_step(old_mean).message
    assert message.startswith("Not the maximiser of Q: old mean in the variance.\n")
    assert "wrong" not in message


def test_inputs_of_the_m_step_are_what_they_say():
    """No class is empty, all old means differ from the new, and variance 0 is an edge."""
    for case in EXERCISE.cases:
        _, r, means = case.fresh("arrays")
        _, new, variances = EXERCISE.right_numbers(case)
        assert r.sum(axis=1) == pytest.approx(1)
        assert (r.sum(axis=0) > 0).all()
        assert (np.abs(new - means) > 1e-3).all(), case.name
        assert case.edge or (variances > 0.1).all()
        assert case.edge or (np.abs(r.sum(axis=0) - 1) > 0.01).all()
        assert case.edge or set(r.argmax(axis=1)) == set(range(len(means)))


def test_floors_are_what_they_say():
    below = {}
    for case in FLOORED.cases:
        y, r, floor = case.fresh("arrays")
        variances = plain(y, r)[2]
        assert case.edge or np.abs(variances / floor - 1).min() > 0.02, case.name
        assert case.edge or (variances.min() > 0 and (np.abs(r.sum(axis=0) - 1) > 0.01).all())
        below[case.name, case.form] = (int((variances < floor).sum()), len(variances))
    assert (
        below["a floor that changes nothing", "arrays"]
        == below["a floor below all variances", "arrays"]
        == (0, 2)
    )
    assert below["a narrow class and a wide one", "arrays"] == (1, 2)
    assert below["three classes with a narrow one", "arrays"] == (1, 3)
    assert below["four classes with two narrow ones", "arrays"] == (2, 4)
    assert below["a floor above all variances", "arrays"] == (3, 3)
    case = next(case for case in FLOORED.cases if case.name == "a class on one object with a floor of 0")
    assert FLOORED.right_numbers(case)[2][0] == 0


def test_lost_class_is_the_program_itself():
    (way,) = LOST_CLASS.ways
    added = edited(EXERCISE.program, way).replace("  # an entry of n_k is 0", "")
    assert added == EXERCISE.program
    with np.errstate(invalid="ignore"):
        found = EXERCISE.function(way)(np.array([1.0, 2.0]), np.array([[1.0, 0.0]] * 2), np.zeros(2))
    assert np.isnan(found).tolist() == [[False, False], [False, True], [False, True]]


def test_example_has_a_line_for_each_part():
    assert check.m_step(BY_N).message == textwrap.dedent("""\
        Not yet: divided by n.

        The means, the variances or both are too close to zero, the more so the smaller a class.

            Example: the example to do by hand
            y              = [1.0, 2.0, 3.0]
            r              = [[0.881, 0.119],
                              [0.5, 0.5],
                              [0.119, 0.881]]
            your weights   = [0.5, 0.5]
            your means     = [0.746, 1.254]
            your variances = [0.4826, 0.9906]

        Look at this: every mean should lie among the objects, from 1 to 3; you have 0.746.""")


def test_example_of_a_floor():
    message = check.floored_m_step(lambda y, r, floor: plain(y, r)).message
    assert "\n    floor          = 0.5\n    your weights   = [1.0]\n" in message
    assert message.endswith("no variance should be below the floor, 0.5; your smallest is 0.04.")


@pytest.mark.parametrize(
    ("function", "taken"),
    [
        (plain, 2),
        (old_mean, 3),
        (lambda y, r, mu_old: 0, 3),
        (lambda y, r, /, means: 0, 3),
        (lambda y, r, mu=None: 0, 2),
        (lambda y, r, *means: 0, 2),
        (Owner(), 2),
        (Owner().method_of_three, 3),
        (functools.partial(old_mean, means=0), 2),
        (np.add.reduce, 2),
    ],
)
def test_old_means_are_handed_over_to_functions_that_cannot_do_without(function, taken):
    assert EXERCISE.taken(function) == ("y", "r", "means")[:taken]


def test_old_means_are_shown_only_to_functions_that_take_them():
    two, three = check.m_step(BY_N).message, check.m_step(lambda y, r, means: BY_N(y, r)).message
    assert "\n    means  " not in two
    assert "\n    means  " in three
    assert two.split("Example")[0] == three.split("Example")[0]
