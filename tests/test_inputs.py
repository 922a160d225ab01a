"""The inputs of the exercises are what they say, what is right on them is the textbook's, and examples."""

import contextlib
import itertools
from dataclasses import replace

import numpy as np
import pytest
from learners.m_step import old_mean

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises.checks import check
from gmm_lesson.exercises.e_step import EXERCISE as E_STEP
from gmm_lesson.exercises.em import EXERCISE as EM
from gmm_lesson.exercises.em import broken, read_run
from gmm_lesson.exercises.floored_m_step import EXERCISE as FLOORED
from gmm_lesson.exercises.m_step import EXERCISE as M_STEP
from gmm_lesson.exercises.match import EXERCISE as MATCH
from gmm_lesson.study import compare, original


def parts(mixture):
    return pytest.approx(np.array([mixture.weights, mixture.means, mixture.variances]), rel=1e-9)


def divided_by_n(y, r):
    y, r = np.asarray(y)[:, np.newaxis], np.asarray(r)
    means = (r * y).mean(axis=0)
    return r.mean(axis=0), means, (r * (y - means) ** 2).mean(axis=0)


def mixtures(exercise):
    """Yield each case with its arguments as arrays, where the right variances are above zero."""
    for case in exercise.cases:
        if exercise.right_numbers(case)[2].min() > 0:
            yield case, *case.fresh("arrays")


def test_right_m_step_is_the_textbooks_and_the_originals_raises_q_less():
    (way,) = next(mistake.ways for mistake in M_STEP.mistakes if mistake.name == "old-mean-in-the-variance")
    for case, y, r, means in mixtures(M_STEP):
        before = Mixture(np.full(len(means), 1 / len(means)), means, np.full(len(means), 1.5))
        old, new = original.m_step(y, r, before), gmm_lesson.m_step(y, r)
        assert M_STEP.right_numbers(case) == parts(new)
        assert M_STEP.answers(way, case) == parts(old)
        q = [expected_log_joint(y, r, mixture) for mixture in (before, old, new)]
        assert q[0] < q[1] < q[2], case.name
    for case, y, r, floor in mixtures(FLOORED):
        assert FLOORED.right_numbers(case) == parts(gmm_lesson.m_step(y, r, floor=floor))


def test_old_means_are_handed_over_and_shown_to_functions_that_cannot_do_without():
    two = [lambda y, r: divided_by_n(y, r), lambda y, r, mu=None: divided_by_n(y, r)]
    two += [lambda y, r, *means: divided_by_n(y, r) if not means else None]
    three = [lambda y, r, means: divided_by_n(y, r), lambda y, r, /, means: divided_by_n(y, r)]
    said = [check.m_step(function).message for function in two + three]
    assert ["\n    means  " in one for one in said] == [False, False, False, True, True]
    assert len({one.split("Example")[0] for one in said}) == 1


def test_right_em_is_the_textbooks_and_no_gain_is_near_tol():
    """A per cent at least, nearly, where rounding is a millionth of that: < and <= are the same."""
    for case in EM.cases:
        y, *start, tol = case.fresh("arrays")
        *parameters, lls = EM.right_numbers(case)
        run = gmm_lesson.em(y, Mixture(*start), tol=tol / len(y))
        assert lls == pytest.approx(run.log_likelihoods, rel=1e-12)
        assert np.array(parameters) == parts(run.mixture)
        gains = np.diff(lls)
        assert (np.abs(gains / tol - 1) > 0.009).all(), case.name
        assert (np.abs(gains - tol) > 1e-7).all()


def test_old_mean_is_not_called_wrong_and_does_not_lower_the_log_likelihood():
    around_old_means = EM.function({"m_step(y, r)": "m_step_around(y, r, means)"})
    for verdict in (check.em(around_old_means), check.m_step(old_mean)):
        assert (verdict.kind, verdict.right) == ("known mistake", False)
        assert verdict.message.startswith("Not the ")
        assert "wrong" not in verdict.message
    for case in EM.cases:
        lls = around_old_means(*case.fresh("arrays"))[-1]
        assert (np.diff(lls) > -1e-9).all(), case.name


def told_of(name, way):
    """Return what is said of three steps with a wrong E-step or M-step, wherever they come to numbers."""
    called = "e_step" if name == "e_step" else "m_step_around"
    names = EM.names | {called: {"e_step": E_STEP, "m_step": M_STEP}[name].function(way)}
    edits = {"m_step(y, r)": "m_step_around(y, r, means)"} if name == "m_step" else {}
    three = replace(EM, names=names).function(edits | {"while gain >= tol": "for _ in range(3)"})
    ordinary = [case for case in EM.cases if case.form == "arrays" and not case.edge]
    for given in map(EM.named, ordinary[2:4]):
        with np.errstate(all="ignore"), contextlib.suppress(ValueError, IndexError):  # no numbers at all
            run = read_run(three(*given.values()), given).numbers
            yield "" if run is None else next(broken(given, *run), "")


@pytest.mark.parametrize("exercise", [E_STEP, M_STEP], ids=["e_step", "m_step"])
def test_wrong_step_is_sent_to_the_checks_of_the_steps(exercise):
    ways = [way for mistake in exercise.mistakes if not mistake.edge for way in mistake.ways]
    told = [[words.partition("; run ")[2] for words in told_of(exercise.check, way)] for way in ways]
    assert {run.partition(",")[0] for runs in told for run in runs} <= {"", "check.e_step and check.m_step"}
    assert sum(any(runs) for runs in told) > 0.6 * len(told)


def test_the_best_pairs_are_those_of_the_package_and_better_than_all_others_by_far():
    turned = set()
    for case in MATCH.cases:
        true_means, true_sds, means, sds = (np.asarray(values, dtype=float) for values in case.fresh())
        k = len(means)
        distance = np.subtract.outer(true_means, means) ** 2 + np.subtract.outer(true_sds, sds) ** 2
        sums = sorted(distance[range(k), order].sum() for order in itertools.permutations(range(k)))
        assert k == 1 or sums[1] - sums[0] > 0.01 * sums[1], case.name
        pairs = (true_means, true_sds**2), (means, sds**2)
        true, fitted = (Mixture(np.full(k, 1 / k), *pair) for pair in pairs)
        matched = compare.match(true=true, fitted=fitted).fitted
        assert MATCH.right_numbers(case) == pytest.approx(np.array([matched.means, matched.sds]))
        # Orders that are their own inverse do not tell which way round they were read.
        order = MATCH.function({"return matched": "return order"})(*case.fresh("arrays"))
        turned |= {k} if (order.argsort() != order).any() else set()
    assert {3, 4, 5} <= turned
