"""What lesson 09 says in words, computed."""

import numpy as np
import pytest
from scipy.stats import chi2

from gmm_lesson import e_step, load
from gmm_lesson.engine.fit import RESTARTS
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.explorers import choose_explorer
from gmm_lesson.study.choose import by_components, held_out, likelihood_ratios

BIRDS, GALAXIES = load("penguins"), load("galaxies").y / 1000
FLOOR = 0.5**2


@pytest.fixture(scope="module")
def choice():
    return by_components(BIRDS.y, range(1, 6), floor=FLOOR)


def test_two_classes_and_a_third_gains_half_of_its_price(choice):
    assert (choice.best, RESTARTS) == (2, 20)
    assert choice.log_likelihoods[1] == pytest.approx(-1043.558, abs=5e-4)
    gain, price = choice.log_likelihoods[2] - choice.log_likelihoods[1], 1.5 * np.log(342)
    assert price == pytest.approx(8.8, abs=0.05)
    assert gain / price == pytest.approx(0.5, abs=0.01)
    assert choice.aic.argmin() == 3
    assert 1.5 * np.log(42) == pytest.approx(5.6, abs=0.05)


def test_the_lab_has_the_log_likelihoods_of_the_birds(choice):
    lab = LABS["choose"]
    assert lab.given["log_likelihood"] == pytest.approx(choice.log_likelihoods, abs=0.006)
    assert lab.given["n"] == len(BIRDS.y)


def test_what_the_explorer_answers():
    explorer = choose_explorer()
    draw, lowest = explorer.sliders["draw"], []
    for draw.value in range(2, 10):
        lowest.append(next(each for each in range(1, 6) if f" 0.0 at K = {each}" in explorer.sentence))
    assert (lowest.count(1), lowest.count(2)) == (5, 3)


def test_the_two_further_classes_are_the_sexes(choice):
    mixture = choice.fits[3].mixture.sorted()
    assert mixture.means[[1, 3]] == pytest.approx([46.1, 50.1], abs=0.05)
    z = e_step(BIRDS.y, mixture).argmax(axis=1)
    counts = [((z == k) & (BIRDS.sex == sex)).sum() for k, sex in ((1, "female"), (3, "male"))]
    assert (counts, (z == 1).sum(), (z == 3).sum()) == ([44, 59], 58, 68)


def test_one_class_describes_held_out_birds_worse_and_two_to_five_alike():
    held = held_out(BIRDS.y, range(1, 6), folds=5, restarts=5, floor=FLOOR)
    apart = held - held[:, [1]]
    ratio = apart.mean(axis=0)[[0, 2, 3, 4]] * np.sqrt(5) / apart.std(axis=0, ddof=1)[[0, 2, 3, 4]]
    assert apart[:, 0].max() < 0
    assert (np.abs(ratio[1:]) < 1).all()


def test_flippers_earn_a_class_by_their_rounding():
    mm = BIRDS.flipper_length_mm
    found = by_components(mm, range(1, 5), floor=0.7**2)
    assert (found.best, found.bic[1] - found.bic[2]) == (3, pytest.approx(1.5, abs=0.05))
    third = mm[e_step(mm, found.fits[2].mixture.sorted()).argmax(axis=1) == 2]
    assert (len(third), third.min(), third.max()) == (14, 228, 231)
    assert not (mm % 1).any()


def test_six_classes_of_galaxies_are_those_published():
    """McLachlan and Peel, Finite Mixture Models (2000), table 3.8: weights, means, variances."""
    found = by_components(GALAXIES, [3, 6], restarts=40)
    assert found.bic[0] - found.bic[1] == pytest.approx(2.2, abs=0.05)
    six = found.fits[1].mixture.sorted()
    assert six.weights == pytest.approx([0.085, 0.024, 0.404, 0.425, 0.024, 0.037], abs=5.1e-4)
    assert six.means == pytest.approx([9.710, 16.127, 19.790, 22.920, 26.978, 33.044], abs=5.1e-4)
    published = [0.178515, 0.001849, 0.454717, 1.444820, 0.00030, 0.849564]
    assert six.variances == pytest.approx(published, rel=2e-4, abs=7e-6)
    assert six.means[[1, 4]] == pytest.approx([(16.084 + 16.17) / 2, (26.96 + 26.995) / 2], abs=1e-3)


def test_a_chi_squared_law_makes_the_gain_of_a_third_class_look_rarer_than_it_is():
    gain, simulated = likelihood_ratios(BIRDS.y, 2, draws=60, restarts=10, rng=1, floor=FLOOR)
    assert gain == pytest.approx(8.8, abs=0.05)
    assert (chi2.median(3), chi2.sf(gain, 3)) == pytest.approx((2.4, 0.03), abs=0.05)
    assert np.median(simulated) == pytest.approx(4, abs=0.5)
    assert abs((simulated >= gain).mean() - 0.1) < 2 * np.sqrt(0.1 * 0.9 / 60)
