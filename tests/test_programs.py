"""The lines that the labs show: each program, run, does what the lab says of its bug."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from gmm_lesson import Mixture, e_step
from gmm_lesson.exercises import programs, restart_labs, sampling_labs
from gmm_lesson.exercises.break_it import LABS, Broken
from gmm_lesson.exercises.loop_labs import run
from gmm_lesson.exercises.shown import spoken
from gmm_lesson.explorers.page import STORING

EVERY_BUG = [(lab, name) for lab in LABS for name in LABS[lab].names]


def ran(program, name, **known):
    """What the variables are after a program with a bug, "" for none."""
    variables = {
        key: value.copy() if isinstance(value, np.ndarray) else value for key, value in known.items()
    }
    variables["np"] = np
    with np.errstate(all="ignore"):
        exec(program.text(name), variables)
    return variables


def closest_pairs(distance):
    distance, order = distance.copy(), [0] * len(distance)
    for _ in order:
        k, j = np.unravel_index(distance.argmin(), distance.shape)
        order[k] = j
        distance[k], distance[:, j] = np.inf, np.inf
    return order


def answer(lab, name, given):
    """What the program of a lab returns, in the form that the lab has it."""
    given = {key: np.array(value) if isinstance(value, list) else value for key, value in given.items()}
    if lab in ("classes", "objects"):
        arguments = {key: value for key, value in given.items() if key != "seed"}

        def sampler(rng, **arguments):
            end = ran(LABS[lab].program, name, rng=rng, K=len(arguments["weights"]), **arguments)
            return end["z"] if lab == "classes" else (end["y"], end["z"])

        return sampling_labs.five_runs(sampler)(seed=given["seed"], **arguments)
    if lab == "match":
        tools = {"linear_sum_assignment": linear_sum_assignment, "closest_pairs": closest_pairs}
        return np.array(ran(LABS[lab].program, name, K=4, **tools, **given)["matched"])
    given["y"] = given["y"][:, np.newaxis]
    end = ran(LABS[lab].program, name, K=2, N=len(given["y"]), **given)
    if lab == "e_step":
        return end["r"]
    return np.array([end["new_weights"], end["new_means"], end["new_variances"]])


STEPS = [bug for bug in EVERY_BUG if bug[0] in ("e_step", "m_step", "match")]


@pytest.mark.parametrize(("lab", "name"), STEPS)
def test_the_line_of_a_step_gives_the_numbers_of_its_bug(lab, name):
    given, wrong, right = LABS[lab].run(name)
    np.testing.assert_allclose(answer(lab, name, given), wrong, rtol=1e-12)
    if "0-over-0" not in name:
        np.testing.assert_allclose(answer(lab, "", given), right, rtol=1e-12)


@pytest.mark.parametrize(("lab", "name"), [bug for bug in EVERY_BUG if bug[0] in ("classes", "objects")])
def test_the_line_of_a_sampler_rings_the_alarms_of_its_bug(lab, name):
    given, _, _ = LABS[lab].run(name)
    for bug in (name, ""):
        runs = answer(lab, bug, given)
        rung = [says for says, rule in LABS[lab].alarms if rule(given, runs) is not None]
        assert rung == (LABS[lab].ringing(name) if bug else [])


@pytest.mark.parametrize("name", LABS["em"].names)
def test_the_line_of_the_loop_ends_where_its_bug_does(name):
    lab = LABS["em"]
    (bug,) = [bug for bug in lab.bugs if bug.name == name]
    shares = []

    def its_e_step(y, *parts):
        known = dict(zip(("weights", "means", "variances"), parts, strict=True))
        tools = {"e_step": lambda y, mixture: e_step(y.ravel(), mixture), "Mixture": Mixture}
        before = {"r": shares[-1] if shares else None, "step": 1 + len(shares)}
        shares.append(ran(first_half, name, y=y[:, np.newaxis], K=4, **before, **tools, **known)["r"])
        return shares[-1]

    def its_m_step(y, r, means):
        end = ran(programs.M_STEP, name, y=y[:, np.newaxis], r=r, means=means, N=len(y), K=4)
        return np.array([end["new_weights"], end["new_means"], end["new_variances"]])

    first_half = programs.Program(programs.E_STEP.right, programs.EM.wrong)
    of_the_m_step = bug.loop.e_step is bug.right.e_step and "no-bug" not in name
    changed = {"m_step": its_m_step} if of_the_m_step else {"e_step": its_e_step}
    ours, theirs = (run(loop, lab.alarms) for loop in (replace(bug.loop, **changed), bug.loop))
    assert ours.first == theirs.first
    assert (ours.steps, ours.at_rest, ours.mixture) == (theirs.steps, theirs.at_rest, theirs.mixture)
    np.testing.assert_allclose(ours.parts, theirs.parts, rtol=1e-6)


@pytest.mark.parametrize("name", LABS["floor"].names)
def test_the_line_of_the_floor_ends_where_its_bug_does(name):
    lab = LABS["floor"]
    (bug,) = [bug for bug in lab.bugs if bug.name == name]

    def limit(parts, floor, y, r):
        known = dict(zip(("weights", "means", "variances"), parts, strict=True))
        end = ran(programs.FLOOR, name, y=y, floor=floor, K=parts.shape[1], **known)
        return np.array([end[part] for part in known])

    ours, theirs = run(replace(bug.loop, limit=limit), lab.alarms), run(bug.loop, lab.alarms)
    np.testing.assert_array_equal(ours.parts, theirs.parts)
    assert ours.first == theirs.first


@pytest.mark.parametrize("name", restart_labs.KNOWN)
def test_the_line_of_the_restarts_keeps_what_its_bug_does(name):
    def best(draw, run, restarts):
        assert restarts == 10
        return ran(programs.RESTARTS, name, draw=draw, run=run, ends=[], log_likelihood=lambda end: end[3])[
            "best"
        ]

    ours = restart_labs.search(restart_labs.Search(best))
    theirs = restart_labs.search(restart_labs.BUGS[name])
    np.testing.assert_allclose(ours.log_likelihoods, theirs.log_likelihoods)
    assert (ours.reported, ours.own) == pytest.approx((theirs.reported, theirs.own))


def test_how_long_the_runs_of_two_bugs_are():
    wrong = programs.RESTARTS.wrong
    assert f"max_iter={restart_labs.BUGS['ten-steps-each'].max_iter})" in wrong["ten-steps-each"]
    tol = restart_labs.BUGS["loose-tolerance"].tol
    assert f"tol={np.format_float_scientific(tol, trim='-', exp_digits=1)})" in wrong["loose-tolerance"]


@pytest.mark.parametrize("lab", LABS)
def test_every_bug_has_its_line_stored_and_live(lab, monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    broken = Broken(LABS[lab])
    shown, fold = broken._repr_mimebundle_()["text/markdown"].split("<details>")
    assert f"```python\n{LABS[lab].program.right}\n```" in shown
    assert "|" not in shown
    for name in LABS[lab].names:
        line = LABS[lab].program.line(name)
        assert f"- {spoken(name)}: `{line}`\n" in shown
        assert f"| {spoken(name)} | " in fold
        broken.field.value = name
        assert line.split(" <")[0].split("'")[0] in broken.readout.value.replace("&lt;", "<").replace(
            "&gt;", ">"
        )
    broken.close()


def test_a_line_that_assigns_what_no_line_does_is_refused():
    with pytest.raises(ValueError, match="no line of the program assigns"):
        programs.Program("a = 1", {"bug": "b = 2"}).text("bug")
