"""The labs of the two draws: each bug rings its alarms, and right runs ring none."""

import numpy as np
import pytest
from gmm_lesson.exercises.break_it import LABS, Broken

from gmm_lesson.exercises import draw_classes, sample_objects
from gmm_lesson.explorers.page import STORING, WIDGET

SUM, NO_CLASS = "the counts do not sum to n", "a label is no class"
SAME, ALIKE = "the counts are the same in every run", "neighbours are alike too often"
MEAN = "the mean of a class is off by more than 5 standard errors"
SPREAD = "the spread of a class is off by more than 5 standard errors"
RINGS = {
    "classes": {
        "equal-counts": [SAME],
        "counts-never-vary": [SAME],
        "weights-ignored": [],
        "weights-misused": [],
        "forgotten-shuffle": [ALIKE],
        "one-draw-for-all": [ALIKE],
        "labels-from-one": [SUM, NO_CLASS],
        "wrong-length": [SUM],
        "same-draw-every-time": [SAME],
    },
    "objects": {
        "variance-used-as-sd": [SPREAD],
        "variances-left-out": [SPREAD],
        "means-in-reverse": [MEAN],
        "average-of-the-classes": [MEAN, SPREAD],
        "labels-apart-from-their-objects": [MEAN, SPREAD],
        "one-value-per-class": [MEAN, SPREAD],
        "not-gaussian": [],
        "weights-ignored": [],
        "equal-counts": [SAME],
        "forgotten-shuffle": [ALIKE],
        "labels-from-one": [SUM, NO_CLASS, MEAN, SPREAD],
    },
}
every_lab = pytest.mark.parametrize("step", RINGS)


@every_lab
def test_each_bug_rings_its_alarms_and_no_other(step):
    lab = LABS[step]
    assert {name: lab.ringing(name) for name, _ in lab.bugs} == RINGS[step]
    assert [says for says, _ in lab.alarms] == list(
        dict.fromkeys([SUM, NO_CLASS, SAME, ALIKE, *[MEAN, SPREAD] * (step == "objects")])
    )
    assert {alarm for alarms in RINGS[step].values() for alarm in alarms} == {says for says, _ in lab.alarms}


@every_lab
def test_right_runs_ring_nothing_whatever_the_seed(step):
    lab = LABS[step]
    given = lab.bugs[0][1]
    for seed in range(40):
        runs = lab.right(**given | {"seed": seed})
        assert [says for says, rule in lab.alarms if rule(given, runs)] == [], seed


@every_lab
def test_every_bug_of_a_lab_is_a_known_mistake_of_its_check(step):
    exercise = {"classes": draw_classes.EXERCISE, "objects": sample_objects.EXERCISE}[step]
    known = {mistake.name: mistake for mistake in exercise.mistakes}
    for mistake in LABS[step].mistakes:
        assert known[mistake.name].says == mistake.says
    for name, given in LABS[step].bugs:
        one, two = LABS[step].run(name), LABS[step].run(name)
        assert np.array_equal(one[1], two[1])  # five runs on five seeds, and always the same ones
        assert np.array_equal(one[2], two[2])
        assert given["n"] == 200


@every_lab
def test_lab_shows_its_runs_beside_right_ones(step, monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    lab = Broken(LABS[step])
    assert "n = 200, weights = [0.5, 0.3, 0.2]" in lab.readout.value
    assert "wanted    100 +- 7    60 +- 6    40 +- 6" in lab.readout.value
    for label, name in lab.field.options[1:]:
        lab.field.value = name
        assert label == name.replace("-", " ")
        assert f"Alarms: {', '.join(RINGS[step][name]) or 'none'}." in lab.readout.value
        assert lab.readout.value.count("run 5") == 2
    lab.close()
    live = Broken(LABS[step], live=False)._repr_mimebundle_()
    assert WIDGET not in live
    _, table = live["text/markdown"].split("<details>")
    assert live["text/plain"].endswith("?")
    for name, alarms in RINGS[step].items():
        assert f"| {name.replace('-', ' ')} | {', '.join(alarms) or 'none'} |" in table
        assert name.replace("-", " ") not in live["text/plain"]


def test_counts_of_a_lab_are_the_right_numbers():
    lab = LABS["classes"]
    given, wrong, right = lab.run("equal-counts")
    assert wrong.shape == right.shape == (5, 200)
    lines = lab.write(given, wrong).split("\n")
    assert lines[0].split() == ["class", "0", "1", "2"]
    assert lines[1].split() == ["run", "1", "67", "67", "66"]
    assert len(lines) == 7
    lab = LABS["objects"]
    given, _, right = lab.run("variance-used-as-sd")
    last = lab.write(given, right).split("\n")[-4:]
    assert [line.split()[0] for line in last] == ["mean", "wanted", "sd", "wanted"]
    assert last[1].split()[1:] == ["-4.00", "1.00", "3.00"]
    assert last[3].split()[1:] == ["1.00", "2.00", "0.50"]
