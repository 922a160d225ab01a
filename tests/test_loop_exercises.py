"""check.log_likelihood and check.em: what their inputs are, what they say, and that it is true."""

import contextlib
import textwrap
from dataclasses import replace

import numpy as np
import pytest
from learners.em import refit, shares, while_true

import gmm_lesson
from gmm_lesson import Mixture
from gmm_lesson.exercises.checks import Checks, check
from gmm_lesson.exercises.em import EXERCISE, STEPS, broken, read_run
from gmm_lesson.exercises.parameters import split

ORDINARY = [case for case in EXERCISE.cases if case.form == "arrays" and not case.edge]
impatient = Checks(seconds=2).em

without_the_start = EXERCISE.function({"variances, log_likelihoods": "variances, log_likelihoods[1:]"})


def test_right_is_the_loop_of_the_textbook():
    for case in EXERCISE.cases:
        y, *start, tol = case.fresh("arrays")
        run = gmm_lesson.em(y, Mixture(*start), tol=tol / len(y))
        *parameters, lls = split(EXERCISE.right_numbers(case))
        assert lls == pytest.approx(run.log_likelihoods, rel=1e-12)
        theirs = run.mixture.weights, run.mixture.means, run.mixture.variances
        assert np.array(parameters) == pytest.approx(np.array(theirs), rel=1e-9)


def test_no_gain_is_near_tol():
    """A per cent at least, nearly, where rounding is a millionth of that: < and <= are the same."""
    steps = {}
    for case in EXERCISE.cases:
        tol, n = case.values[-1], len(case.values[0])
        weights, _, variances, lls = split(EXERCISE.right_numbers(case))
        gains = np.diff(lls)
        assert (np.abs(gains / tol - 1) > 0.009).all(), case.name
        assert (np.abs(gains - tol) > 1e-7).all()
        assert (gains[:-1] > tol).all()
        assert (weights * n > 1.5).all()  # nobody is left with one object
        assert (variances > 1).all()
        steps[case.name, case.edge] = len(gains)
        assert case.edge or gains[0] > tol
    assert max(n for (_, edge), n in steps.items() if not edge) < 10
    assert steps["a start that one step hardly improves", True] == 1
    assert 105 < steps["a slow climb", True] < 130


def test_old_mean_is_not_called_wrong_and_does_not_lower_the_log_likelihood():
    around_old_means = EXERCISE.function({"m_step(y, r)": "m_step_around(y, r, means)"})
    verdict = check.em(around_old_means)
    assert (verdict.kind, verdict.right) == ("known mistake", False)
    assert "wrong" not in verdict.message
    for case in EXERCISE.cases:
        lls = around_old_means(*case.fresh("arrays"))[-1]
        assert (np.diff(lls) > -1e-9).all(), case.name


def test_example_of_a_run():
    assert check.em(without_the_start).message == textwrap.dedent("""\
        Not yet: start log likelihood missing.

        The list is one entry too short: it begins after the first step.

            Example: one class
            y                    = [1.0, 2.0, 6.0]
            weights              = [1.0]
            means                = [2.0]
            variances            = [4.0]
            tol                  = 0.1
            your weights         = [1.0]
            your means           = [3.0]
            your variances       = [4.667]
            your log-likelihoods = [-6.567, -6.567]

        Look at this: the first log-likelihood should be the start's, -6.96126; yours is -6.56748.""")


# A wrong step: no mistake of an E-step sends to the M-step's check, nor the other way round.


def told_of(name, way):
    """Return what is said of three steps with a wrong E-step or M-step, wherever they come to numbers."""
    called = "e_step" if name == "e_step" else "m_step_around"
    names = EXERCISE.names | {called: STEPS[name].function(way)}
    edits = {"m_step(y, r)": "m_step_around(y, r, means)"} if name == "m_step" else {}
    three = replace(EXERCISE, names=names).function(edits | {"while gain >= tol": "for _ in range(3)"})
    for given in map(EXERCISE.named, ORDINARY[2:4]):
        with np.errstate(all="ignore"), contextlib.suppress(ValueError, IndexError):  # no numbers at all
            run = read_run(three(*given.values()), given).numbers
            yield "" if run is None else next(broken(given, run), "")


@pytest.mark.parametrize(("name", "other"), [("e_step", "m_step"), ("m_step", "e_step")])
def test_wrong_step_is_sent_to_its_check(name, other):
    ways = [way for mistake in STEPS[name].mistakes if not mistake.edge for way in mistake.ways]
    told = [[words.partition("; run ")[2] for words in told_of(name, way)] for way in ways]
    assert not [(way, checks) for way, checks in zip(ways, told, strict=True) if f"check.{other}" in checks]
    assert sum(f"check.{name}" in checks for checks in told) > 0.6 * len(told)


def test_step_that_is_the_textbooks_at_first_only_is_told_later():
    """Without the weights an E-step is right as long as they are equal."""
    *_, told = told_of("e_step", {"weights * density": "density"})
    assert told == (
        "your step 2 is not the textbook's: it takes the log-likelihood from -24.7781 to -24.4104, too high"
        " by 0.0402; run check.e_step"
    )


# What never stops.


def never_ends(y, weights, means, variances, tol):
    while True:
        weights, means, variances = refit(y, shares(y, weights, means, variances))


def catches_everything(y, weights, means, variances, tol):
    while True:
        try:
            weights, means, variances = refit(y, shares(y, weights, means, variances))
        except Exception:
            return None


@pytest.mark.parametrize("function", [never_ends, catches_everything])
def test_loop_that_never_stops_is_broken_off(function):
    verdict = impatient(function)
    assert (verdict.kind, verdict.mistake) == ("known mistake", "never-stops"), verdict
    assert "On 3 objects it had not ended after 2 seconds, so the check has broken it off." in verdict.message
    assert "Example: one class\n" in verdict.message


def test_known_mistake_that_does_not_end_on_one_input_is_named_by_the_others():
    def my_em(y, weights, means, variances, tol):
        if len(means) == 3:
            never_ends(y, weights, means, variances, tol)
        return without_the_start(y, weights, means, variances, tol)

    assert impatient(my_em).mistake == "start-log-likelihood-missing"


@pytest.mark.parametrize(
    ("at", "case"),
    [(0.15, "two classes far apart\n"), (0.003, "three classes with a"), (3.32e-5, "a slow climb\n")],
)
def test_loop_that_is_right_until_it_does_not_end(at, case):
    def my_em(y, weights, means, variances, tol):
        if tol == at:
            never_ends(y, weights, means, variances, tol)
        return while_true(y, weights, means, variances, tol)

    verdict = impatient(my_em)
    assert verdict.mistake == "never-stops"
    assert f"Example: {case}" in verdict.message


def test_inputs_that_may_not_end_are_spared_to_what_is_wrong_already():
    """Where the first step gains less than tol, a comparison the wrong way round goes on for ever."""
    seen, wrong_way_round = [], EXERCISE.function({"gain >= tol": "not tol < gain < np.inf"})

    def my_em(y, weights, means, variances, tol):
        seen.append(tol)
        return wrong_way_round(y, weights, means, variances, tol)

    assert check.em(my_em).mistake == "one-step-only"
    assert 3.32e-5 not in seen
