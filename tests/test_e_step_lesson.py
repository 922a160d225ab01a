"""What lesson 03 says in words, computed."""

import numpy as np
import pytest
from lessons import code_cells, read
from oracles import shares_of
from scipy.stats import norm

from gmm_lesson import Mixture, e_step, fit, load, log_likelihood
from gmm_lesson.explorers import SEED, WIDE_AND_NARROW, e_step_explorer

FAR = Mixture([0.5, 0.5], [0, 5], [1, 1])


def test_the_example_on_paper():
    r = e_step([1, 2, 3], Mixture([0.5, 0.5], [1, 3], [1, 1]))
    assert r[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert r[0, 0].round(3) == 0.881
    assert norm.pdf(1, 1) / norm.pdf(1, 3) == pytest.approx(np.exp(2))
    from_minus_4 = np.abs(-4 - WIDE_AND_NARROW.means) / WIDE_AND_NARROW.sds
    assert from_minus_4.round(1).tolist() == [4, 2.3]


def test_two_birds_that_hardly_differ_get_opposite_labels():
    soft = e_step([42, 42.2], fit(load("penguins").y, 2).mixture.sorted())
    assert np.abs(soft - 0.5).max() < 0.05
    assert (soft[:, 0] > 0.5).tolist() == [True, False]


def test_a_and_b_own_equal_shares_at_two_places():
    y = np.linspace(-20, 20, 100_001)
    first = e_step(y, WIDE_AND_NARROW)[:, 0] > 0.5
    changes = y[1:][first[1:] != first[:-1]]
    assert len(changes) == 2
    assert changes[0] < 0 < changes[1]


def test_ten_parts_to_one_do_not_win_the_object_and_explain_the_objects_worse():
    y, z = WIDE_AND_NARROW.sample(60, SEED)
    assert (z == 1).sum() == 24
    heavy = Mixture(np.array([10, 1]) / 11, WIDE_AND_NARROW.means, WIDE_AND_NARROW.variances)
    assert e_step([-4], heavy)[0, 1] > 0.8
    assert log_likelihood(y, heavy) < log_likelihood(y, WIDE_AND_NARROW)


def test_the_far_densities_underflow_and_the_logarithms_do_not():
    assert norm.pdf(60, [0, 5]).tolist() == [0, 0]
    assert np.isfinite(FAR.log_joint([60])).all()
    assert log_likelihood([60], FAR) == pytest.approx(-1514.11, abs=0.005)


def test_the_lesson_shows_the_line_of_log_sum_exp():
    """What the exercise of lesson 05 needs: the line; its number is that of the package."""
    (cell,) = [cell for cell in code_cells(read("03_e_step")) if "largest + np.log(" in cell.source]
    assert cell.outputs[0].text == f"log-likelihood: {log_likelihood([60], FAR):.2f}\n"


def test_the_explorer_s_story():
    explorer = e_step_explorer()
    owner = shares_of(explorer.picture.mixture, explorer.picture.y).argmax(axis=1) == 1
    wide = explorer.picture.y[owner]
    assert min((wide < -2).sum(), (wide > 2).sum()) >= 3, "on both sides of the narrow class"
    for moves, owners in [
        ({}, "-4.00? A 0.015, B 0.985."),
        ({"probe at y": -2}, "-2.00? A 0.620, B 0.380."),
        ({"sd of B": 1, "probe at y": 1.5}, "1.50? A 0.500, B 0.500."),
        ({"weight of A": 9, "weight of B": 1}, "1.50? A 0.900, B 0.100."),
    ]:
        for name, value in moves.items():
            explorer.sliders[name].value = value
        assert explorer.sentence.endswith(f"Who owns y = {owners}")
