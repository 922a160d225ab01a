"""The labs with a bug to switch on: each alarm rings for what it should, and honest bugs ring none."""

import numpy as np
import pytest

from gmm_lesson import Mixture, e_step
from gmm_lesson.em import expected_log_joint
from gmm_lesson.exercises import break_it, mistakes
from gmm_lesson.exercises.break_it import LABS, Broken, _written, q_not_lower
from gmm_lesson.explorers.page import STORING, WIDGET

SUMS, NEGATIVE, NAN = "a row does not sum to one", "an entry is below zero", "an entry is not a number"
WEIGHTS, ZERO = "the weights do not sum to one", "a variance is not above zero"
LOWER = "Q is lower than before the step"
RINGS = {
    "e_step": {
        "not-shared-out": [SUMS],
        "shared-over-objects": [SUMS],
        "logarithms-returned": [SUMS, NEGATIVE],
        "weights-left-out": [],
        "variance-used-as-sd": [],
        "factor-left-out": [],
        "hard-assignment": [],
        "far-objects-0-over-0": [SUMS, NAN],
    },
    "m_step": {
        "divided-by-n": [LOWER],
        "weights-not-divided": [WEIGHTS],
        "unweighted-mean": [LOWER],
        "second-moment-returned": [LOWER],
        "variances-negative": [ZERO],
        "sd-returned": [],
        "n-k-minus-one": [],
        "hard-assignment": [],
        "old-mean-in-the-variance": [],
        "lost-class-0-over-0": [NAN],
    },
}
EVERY_BUG = [(step, bug) for step, rings in RINGS.items() for bug in rings]
every_lab = pytest.mark.parametrize("step", RINGS)


@pytest.fixture
def make(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    made = []

    def make(step):
        made.append(Broken(LABS[step]))
        return made[-1]

    yield make
    for lab in made:
        lab.close()


@pytest.fixture
def lab(make):
    return make("e_step")


def test_every_bug_of_these_labs_is_tested():
    for step, rings in RINGS.items():
        assert [name for name, _ in LABS[step].bugs] == list(rings)


@pytest.mark.parametrize(("step", "bug"), EVERY_BUG)
def test_each_bug_rings_its_alarms_and_no_other(step, bug):
    assert LABS[step].ringing(bug) == RINGS[step][bug]


@every_lab
def test_every_alarm_rings_for_something_and_some_bugs_ring_none(step):
    rung = [alarm for alarms in RINGS[step].values() for alarm in alarms]
    assert set(rung) == {says for says, _ in LABS[step].alarms}
    assert [] in RINGS[step].values()


@every_lab
def test_every_bug_is_a_known_mistake_and_changes_the_numbers(step):
    lab = LABS[step]
    known = {mistake.name for mistake in getattr(mistakes, step.upper())} | {mistakes.LOST_CLASS.name}
    for name, _ in lab.bugs:
        assert name in known
        _, wrong, right = lab.run(name)
        assert wrong.shape != right.shape or not np.allclose(wrong, right, atol=0.01)


@every_lab
def test_the_right_step_rings_nothing(step):
    lab = LABS[step]
    for name, given in lab.bugs:
        right = lab.right(**given)
        assert [says for says, rule in lab.alarms if rule(given, right)] == [], name


def test_the_lab_of_the_m_step_starts_from_what_it_says():
    lab = LABS["m_step"]
    before = Mixture([0.5, 0.5], [1, 3], [1, 1])
    assert "weights 0.5 and 0.5, means 1 and 3, variances 1 and 1" in lab.question
    for name, given in lab.bugs:
        assert given["means"] == before.means.tolist()
        if name != "lost-class-0-over-0":
            assert given["r"] == e_step(given["y"], before).round(3).tolist()


def test_the_old_mean_rings_nothing_because_q_does_not_fall():
    given, old, right = LABS["m_step"].run("old-mean-in-the-variance")
    steps = Mixture([0.5, 0.5], given["means"], [1, 1]), Mixture(*old), Mixture(*right)
    before, to_old, to_right = (expected_log_joint(given["y"], given["r"], mixture) for mixture in steps)
    assert before < to_old < to_right


def test_parts_that_make_no_mixture_have_no_q():
    given, wrong, right = LABS["m_step"].run("weights-not-divided")
    assert q_not_lower(given, wrong) is None
    assert q_not_lower(given, right * [[1], [1], [np.nan]]) is None
    assert q_not_lower(given, right * [[1], [4], [1]]).startswith("Q was -11.62 and is ")


@every_lab
def test_choosing_a_bug_shows_its_numbers_and_its_alarms(step, make):
    lab, rings = make(step), RINGS[step]
    assert "Alarms: none." in lab.readout.value
    assert len(lab.field.options) == 1 + len(rings)
    for label, name in lab.field.options[1:]:
        lab.field.value = name
        assert label == name.replace("-", " ")
        assert f"Alarms: {', '.join(rings[name]) or 'none'}." in lab.readout.value
        assert 'aria-live="polite"' in lab.readout.value
    lab.field.value = ""
    assert "Alarms: none." in lab.readout.value


def test_readout_of_an_array(lab):
    lab.field.value = "not-shared-out"
    assert ">y = [1.0, 2.0, 3.0]; with the bug, and right:</p>" in lab.readout.value
    assert lab.readout.value.count("<pre>[[") == 2


def test_readout_of_parts_is_labelled(make):
    lab = make("m_step")
    assert ">y = [1.0, 2.0, 3.0, 4.0, 5.0], r = [[0.881, 0.119], [0.5, 0.5], [0.119" in lab.readout.value
    assert "<pre>weights   = [0.304 0.696]\nmeans     = [1.526 3.644]\nvariances = [" in lab.readout.value
    lab.field.value = "divided-by-n"
    assert "; with the bug, and right:</p>" in lab.readout.value
    assert "means     = [0.464 2.536]" in lab.readout.value
    assert "means     = [1.526 3.644]" in lab.readout.value


def test_two_labs_share_nothing(lab):
    other = Broken(LABS["e_step"])
    other.field.value = "not-shared-out"
    assert "Alarms: none." in lab.readout.value
    other.close()


@every_lab
def test_stored_it_is_a_question_with_the_table_folded(step, make):
    live = make(step)._repr_mimebundle_()
    stored = Broken(LABS[step], live=False)._repr_mimebundle_()
    assert live.pop(WIDGET)
    assert live == stored
    assert stored["text/plain"].endswith("?")
    question, table = stored["text/markdown"].split("<details>")
    assert "|" not in question
    for name, alarms in RINGS[step].items():
        assert f"| {name.replace('-', ' ')} | {', '.join(alarms) or 'none'} |" in table
        assert name.replace("-", " ") not in stored["text/plain"]


def test_unknown_steps_are_refused():
    names = ", ".join(map(repr, LABS))
    with pytest.raises(ValueError, match=f"name must be one of {names}; got 'z_step'"):
        break_it("z_step")
    with pytest.raises(TypeError, match="name must be one of"):
        break_it(None)


def test_what_rounds_to_zero_has_no_sign():
    assert _written(np.array([-1e-9, -0.0, 0.5, np.nan])) == "[0.  0.  0.5 nan]"
