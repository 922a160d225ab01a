"""The labs with a bug to switch on: each alarm rings for what it should, and honest bugs ring none."""

import numpy as np
import pytest

from gmm_lesson._page import STORING, WIDGET
from gmm_lesson.exercises import break_it, mistakes
from gmm_lesson.exercises.break_it import LABS, Broken

SUMS, NEGATIVE, NAN = "a row does not sum to one", "an entry is below zero", "an entry is not a number"
RINGS = {
    "not-shared-out": [SUMS],
    "shared-over-objects": [SUMS],
    "logarithms-returned": [SUMS, NEGATIVE],
    "weights-left-out": [],
    "variance-used-as-sd": [],
    "factor-left-out": [],
    "hard-assignment": [],
    "far-objects-0-over-0": [SUMS, NAN],
}


@pytest.fixture
def lab(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    lab = Broken(LABS["e_step"])
    yield lab
    lab.close()


@pytest.mark.parametrize("bug", RINGS)
def test_each_bug_rings_its_alarms_and_no_other(bug):
    assert LABS["e_step"].ringing(bug) == RINGS[bug]


def test_every_bug_is_a_known_mistake_and_changes_the_numbers():
    lab = LABS["e_step"]
    known = {mistake.name for mistake in mistakes.E_STEP}
    for name, _ in lab.bugs:
        assert name in known
        _, wrong, right = lab.run(name)
        assert wrong.shape != right.shape or not np.allclose(wrong, right, atol=0.01)


def test_the_right_step_rings_nothing():
    lab = LABS["e_step"]
    for name, given in lab.bugs:
        right = lab.right(**given)
        assert [says for says, rule in lab.alarms if rule(given, right)] == [], name


def test_choosing_a_bug_shows_its_numbers_and_its_alarms(lab):
    assert "Alarms: none." in lab.readout.value
    assert len(lab.field.options) == 1 + len(RINGS)
    for label, name in lab.field.options[1:]:
        lab.field.value = name
        assert label == name.replace("-", " ")
        assert f"Alarms: {', '.join(RINGS[name]) or 'none'}." in lab.readout.value
        assert 'aria-live="polite"' in lab.readout.value
    lab.field.value = ""
    assert "Alarms: none." in lab.readout.value


def test_two_labs_share_nothing(lab):
    other = Broken(LABS["e_step"])
    other.field.value = "not-shared-out"
    assert "Alarms: none." in lab.readout.value
    other.close()


def test_stored_it_is_a_question_with_the_table_folded(lab):
    live = lab._repr_mimebundle_()
    stored = Broken(LABS["e_step"], live=False)._repr_mimebundle_()
    assert live.pop(WIDGET)
    assert live == stored
    assert stored["text/plain"].endswith("?")
    question, table = stored["text/markdown"].split("<details>")
    assert "|" not in question
    for name, alarms in RINGS.items():
        assert f"| {name.replace('-', ' ')} | {', '.join(alarms) or 'none'} |" in table
        assert name.replace("-", " ") not in stored["text/plain"]


def test_unknown_steps_are_refused():
    with pytest.raises(ValueError, match="name must be one of 'e_step'; got 'z_step'"):
        break_it("z_step")
    with pytest.raises(TypeError, match="name must be one of"):
        break_it(None)
