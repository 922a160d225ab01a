"""The labs with a bug to switch on: each alarm rings for what it should, and honest bugs ring none."""

import html
import inspect
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from lessons import stored

from gmm_lesson import Mixture, PlaneMixture, e_step, em, fit, fit_plane, load
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises import break_it
from gmm_lesson.exercises.lab import Broken, Seen
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.exercises.run_labs import BEFORE, CARRIED, START, five_runs, q_is_lower
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.study import original

Y = load("lecture_2021").y
NAN, WEIGHTS = "an entry is not a number", "the weights do not sum to one"
ROWS, COUNTS, FELL = "a row of r does not sum to one", "the N_k do not sum to N", "the log-likelihood fell"
FLOOR, BELOW = "a variance is on the floor", "a variance is below the floor"

every_lab = pytest.mark.parametrize("name", LABS)
every_bug = pytest.mark.parametrize(
    ("name", "bug"), [(name, bug) for name in LABS for bug in LABS[name].names]
)


@pytest.fixture
def make():
    made = []

    def make(name):
        made.append(Broken(LABS[name]))
        return made[-1]

    yield make
    for page in made:
        page.close()


# All labs.


@every_lab
def test_the_text_is_what_the_lesson_stores_and_folds_the_answer_away(name, make):
    lab = LABS[name]
    live, still = (page._repr_mimebundle_() for page in (make(name), Broken(lab, live=False)))
    assert live.pop(WIDGET)
    assert live == still
    assert still["text/markdown"] == stored()[f'break_it("{name}")']
    assert still["text/plain"] == f"Break it: {lab.question}"
    assert lab.question.endswith("?")
    asked, _ = still["text/markdown"].split("<details>")
    assert not any(says in asked for says in lab.alarms)
    assert not any(bug.replace("-", " ") in lab.question for bug in lab.names)


@every_lab
def test_every_alarm_rings_for_some_bug(name):
    assert set().union(*(LABS[name].ran(bug).first for bug in LABS[name].names)) == set(LABS[name].alarms)


@every_bug
def test_each_bug_is_one_wrong_line_that_changes_the_numbers_where_the_right_ones_ring_nothing(name, bug):
    lab = LABS[name]
    line, right = lab.line(bug), lab.text()
    assert line
    assert "\n" not in line
    assert line not in [right_line.strip() for right_line in right.splitlines()]
    assert len(lab.text(bug).splitlines()) == len(right.splitlines())
    assert lab.write(lab.ran(bug)) != lab.write(lab.ran(beside=bug)) or line.endswith("# no bug")
    assert list(lab.ran(beside=bug).first) == ([FLOOR] if bug.startswith("an-object-at-600") else [])
    known = [mistake.name for exercise in lab.exercises for mistake in exercise.mistakes]
    assert (bug in lab.ways) != (bug in known) or bug == "far-objects-0-over-0"


@every_lab
def test_choosing_a_bug_shows_its_alarms_and_its_numbers_beside_the_right_ones(name, make):
    page, other, lab = make(name), make(name), LABS[name]
    before = other.readout.value
    options = (("no bug", ""), *((bug.replace("-", " "), bug) for bug in lab.names))
    assert page.field.options == options
    for bug in lab.names:
        page.field.value = bug
        said, *written = page.readout.value.split("<pre>")
        assert f"<code>{html.escape(lab.line(bug))}</code>" in said
        assert f"<b>Alarms: {lab.heard(bug)}.</b>" in said
        given = {key: np.asarray(vars(lab.ran(bug))[key]).tolist() for key in lab.shown or lab.given}
        above = ", ".join(f"{key} = {value}" for key, value in given.items())
        assert f">{html.escape(above)}; with the bug, and right:</p>" in said
        assert said.startswith('<div role="status" aria-live="polite">')
        wrong, right = (html.unescape(text.split("</pre>")[0]) for text in written)
        assert (wrong, right) == (lab.write(lab.ran(bug)), lab.write(lab.ran(beside=bug)))
    page.field.value = ""
    assert page.readout.value == other.readout.value == before
    assert "Alarms: none." in before
    assert before.count("<pre>") == 1


def test_break_it_shows_a_lab(monkeypatch):
    shown = []
    monkeypatch.setenv(STORING, "1")
    monkeypatch.setattr("IPython.display.display", shown.append)
    for name in LABS:
        break_it(name)
    assert [page.lab for page in shown] == list(LABS.values())
    assert all(f'"{name}"' in inspect.getdoc(break_it) for name in LABS)
    names = ", ".join(map(repr, LABS))
    with pytest.raises(ValueError, match=f"name must be one of {names}; got 'z_step'"):
        break_it("z_step")
    with pytest.raises(TypeError, match="name must be one of"):
        break_it(None)


# One step.


def test_the_lab_of_the_m_step_starts_from_what_it_says_and_only_a_fall_of_q_rings():
    lab, before = LABS["m_step"], Mixture(*BEFORE)
    assert "weights 0.5 and 0.5, means 1 and 3, variances 1 and 1" in lab.question
    assert (BEFORE[1:], lab.given["means"]) == (([1, 3], [1, 1]), [1, 3])
    assert lab.given["r"] == e_step(lab.given["y"], before).round(3).tolist()
    right, old = lab.ran(), lab.ran("old-mean-in-the-variance")
    steps = before, Mixture(*old.answer), Mixture(*right.answer)
    q = [expected_log_joint(right.y, right.r, mixture) for mixture in steps]
    assert q[0] < q[1] < q[2]
    assert not q_is_lower(lab.ran("weights-not-divided"))
    for factor, lower in [(np.nan, False), (0.3, True)]:
        step = Seen(y=right.y, r=right.r, answer=right.answer * [[1], [1], [factor]])
        with np.errstate(invalid="ignore"):
            assert q_is_lower(step) == lower


def test_readouts_of_numbers():
    assert LABS["e_step"].write(Seen(answer=np.array([-1e-9, -0.0, 0.5, np.nan]))) == "[0.  0.  0.5 nan]"
    starts = {
        ("m_step", ""): ["weights 0.304 0.696", "means 1.526 3.644"],
        ("classes", "equal-counts"): ["class 0 1 2", "run 1 67 67 66"],
        ("restarts", "weights-and-variances-carried"): ["ended at hits", "run 1 -776.912 110"],
        ("match", ""): ["true mean 0 7 8 9", "true sd 1 3 1 2", "mean -0.4 7.7 7.4 8.4", "sd 1.5 2 1.5 1"],
    }
    for (name, bug), lines in starts.items():
        written = LABS[name].write(LABS[name].ran(bug)).splitlines()
        assert [" ".join(line.split()) for line in written[: len(lines)]] == lines
    lines = LABS["classes"].write(LABS["classes"].ran("equal-counts")).splitlines()
    assert lines[6] == "wanted    100 +- 7    60 +- 6    40 +- 6"
    last = [line.split() for line in LABS["objects"].write(LABS["objects"].ran()).splitlines()[-4:]]
    assert last[1::2] == [["wanted", "-4.00", "1.00", "3.00"], ["wanted", "1.00", "2.00", "0.50"]]


@pytest.mark.parametrize("name", ["classes", "objects"])
def test_right_runs_ring_nothing_whatever_the_seed(name):
    for seed in range(40):
        assert replace(LABS[name], run=partial(five_runs, seed=seed)).heard("") == "none", seed


def test_means_and_sds_are_judged_by_their_standard_errors():
    runs = LABS["objects"].ran()
    errors = runs.true[1] / np.sqrt(np.outer([1, 2], runs.counts.sum(axis=0)))
    assert runs.off == pytest.approx(np.abs(runs.learned - runs.true) / errors)


# Whole loops.


@pytest.mark.parametrize("name", ["em", "floor"])
def test_the_right_loop_is_em(name):
    ended = LABS[name].ran()
    ours = em(ended.y, Mixture(*vars(ended)[START]), floor=ended.floor)
    assert (ended.step, ended.at_rest) == (ours.n_iter, ours.converged)
    assert ended.after == pytest.approx(ours.log_likelihoods[-1], abs=1e-9)
    np.testing.assert_allclose(ended.parts, ours.mixture.parts, rtol=1e-9)
    if name == "em":  # the object far away has a class of its own, on the floor
        alone = LABS["em"].ran("an-object-at-600-and-no-bug").parts
        np.testing.assert_allclose(np.array(alone)[:, 3], [1 / 201, 600, 1e-6 * Y.var()])


def test_the_right_loop_in_the_plane_is_that_of_fit_plane_and_ends_at_the_best():
    ended = LABS["plane"].ran()
    start = PlaneMixture(ended.weights, ended.means, ended.covariances)
    ours = fit_plane(ended.y, 3, starts=start)
    assert (ended.step, ended.at_rest) == (ours.n_iter, ours.converged)
    assert ended.after == pytest.approx(ours.log_likelihood, abs=1e-9)
    assert ended.after == pytest.approx(fit_plane(ended.y, 3).log_likelihood, abs=1e-3)
    for part, our in zip(ended.parts, ours.mixture.parts, strict=True):
        np.testing.assert_allclose(part, our, rtol=1e-6)


@pytest.mark.parametrize("name", ["em", "floor", "plane"])
def test_a_change_in_the_twelfth_digit_changes_no_text(name):
    """What is stored must be the same on every machine."""
    rng, lab = np.random.default_rng(0), LABS[name]

    def changed(given):
        return given | {"y": np.array(given["y"]) * (1 + 1e-12 * rng.random(np.shape(given["y"])))}

    for _ in range(2):
        inputs = {bug: changed(lab.inputs[bug]) for bug in lab.inputs}
        assert replace(lab, given=changed(lab.given), inputs=inputs).answer() == lab.answer()


QUIET = {"r": [[0.5, 0.5], [0.25, 0.75]], "parts": [[0.4, 0.6], [1, 2], [0.5, 1]]}
QUIET |= {"before": -3.0, "after": -2.0, "floor": 0.1}


@pytest.mark.parametrize(
    ("part", "place", "value", "rings"),
    [
        ("after", (), -3.0 - 1e-9, []),  # that is rounding
        ("after", (), -3.0 - 1e-7, [FELL]),
        ("after", (), np.nan, [NAN]),
        ("r", (..., 1), [0.6, 0.65], [ROWS]),
        ("r", (0, 1), 0.6, [ROWS, COUNTS]),
        ("r", (0, 1), np.nan, [ROWS, COUNTS, NAN]),
        ("parts", (0, 1), 0.5, [WEIGHTS]),
        ("parts", (1, 0), np.inf, [NAN]),
        ("parts", (2, 0), 0.1, [FLOOR]),
        ("parts", (2, 0), 0.09, [FLOOR, BELOW]),
        ("parts", (2, 1), np.nan, [NAN]),
    ],
)
def test_each_alarm_of_a_loop_hears_what_it_should_and_nothing_else(part, place, value, rings):
    seen = {name: np.array(numbers, dtype=float) for name, numbers in QUIET.items()}
    seen[part][place] = value
    alarms = LABS["em"].alarms | LABS["floor"].alarms
    assert {says for says, rule in alarms.items() if rule(Seen(**seen))} == set(rings)


# Ten runs.


def test_each_alarm_of_the_search_hears_what_it_should_and_nothing_else():
    lab = LABS["restarts"]
    right = lab.ran()
    best, ends, starts = right.ends.max(), right.ends, right.starts.copy()
    starts[9] = starts[0]
    for change, rings in [
        ({"reported": best - 0.009}, []),
        ({"reported": best - 0.011, "own": best - 0.011}, ["what is kept is not the best of the runs"]),
        ({"own": best - 0.011}, ["the log-likelihood is not that of the parameters beside it"]),
        ({"starts": starts}, ["two runs began alike"]),
        ({"ends": best - 0.009 * (ends < best)}, ["all runs ended alike"]),
        ({"ends": best - 0.011 * (ends < best)}, []),
        ({"converged": np.arange(10) > 0}, ["a run had not converged"]),
    ]:
        assert [says for says, rule in lab.alarms.items() if rule(Seen(**vars(right) | change))] == rings


def test_the_search_is_fit_from_the_starts_of_2021_and_the_wrong_one_carries_the_run_before():
    drawn = original.draw_starts(Y, 10, 0)
    right, carried = map(LABS["restarts"].ran, ("", CARRIED))
    np.testing.assert_allclose(right.starts, np.stack(drawn, axis=1))
    assert np.array_equal(carried.starts[0], right.starts[0])
    assert np.array_equal(carried.starts[:, 1], drawn.means)
    for kept in (right, carried):
        ours = fit(Y, 4, starts=[Mixture(*start) for start in kept.starts], tol=1e-9)
        np.testing.assert_allclose(kept.ends, ours.runs.log_likelihood, atol=1e-6)
    assert (right.reported, right.own) == pytest.approx([right.ends.max()] * 2, abs=1e-6)
    ended = np.stack([ours.runs.weights, ours.runs.variances], axis=1)
    np.testing.assert_allclose(carried.starts[1:, ::2], ended[:-1], rtol=1e-6)


def test_hits_sink_from_restart_to_restart_if_weights_and_variances_are_carried_and_else_they_do_not():
    wrong, right = LABS["restarts"].ran(CARRIED), LABS["restarts"].ran(beside=CARRIED)
    assert wrong.hits.sum(axis=1)[[0, 1, 2, 4, 9]].tolist() == [110, 71, 42, 14, 0]
    # The slope of ten counts is within 4 standard errors of 0: for one seed in 16,000 it is not.
    slope, _ = np.polyfit(np.arange(10), shares := right.hits.mean(axis=1), 1)
    assert right.hits.shape == (10, 200)
    assert shares.min() > 0.4
    assert abs(slope) < 4 * np.sqrt(0.25 / 200 / ((np.arange(10) - 4.5) ** 2).sum())
