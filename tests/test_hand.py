"""The hand's side in Python: what is on screen as a mixture, what is stored, what it is told."""

import json

import numpy as np
import pytest

from gmm_lesson import Mixture, PlaneMixture, em, fit, fit_plane, load, log_likelihood
from gmm_lesson.em import default_floor
from gmm_lesson.explorers import hand
from gmm_lesson.explorers.page import STORING, WIDGET

Y = load("lecture_2021").y


@pytest.fixture
def made():
    return hand(Y, 4, label="value", unit="mm")


def test_what_is_on_screen_is_a_mixture_to_read_and_to_set(made):
    assert made.log_likelihood == log_likelihood(Y, made.mixture)
    np.testing.assert_allclose(made.mixture.means, np.quantile(Y, [0.125, 0.375, 0.625, 0.875]))
    moved = {"weights": [0.1, 0.2, 0.3, 0.4], "means": [0, 10, 20, 30], "variances": [1, 2, 3, 4]}
    made._widget.mixture = moved  # as the browser sets it
    np.testing.assert_array_equal(made.mixture.means, moved["means"])
    assert "class 2: weight 0.20, mean 10.00, sd 1.41" in made.sentence
    made.mixture = em(Y, made.mixture).mixture
    assert made._widget.mixture["means"] == made.mixture.means.tolist()
    assert json.dumps(made._widget.get_state(["setting", "mixture"]))


def test_the_browser_is_told_what_it_needs(made):
    setting = made._widget.setting
    assert setting["y"] == Y.tolist()
    assert setting["labels"] == ("value (mm)",)
    assert setting["names"] == ["class 1", "class 2", "class 3", "class 4"]
    assert setting["optimum"] == fit(Y, 4).log_likelihood
    assert len(set(setting["colours"])) == len(set(setting["dashes"])) == 4


def test_in_the_plane_too():
    y, names, labels = load("old_faithful").y, ["short", "long"], ["eruption", "waiting"]
    made = hand(y, 2, names=names, label=labels, unit="min")
    setting, start = made._widget.setting, made.mixture
    assert (setting["y"], setting["names"]) == (y.tolist(), names)
    assert (setting["labels"], setting["units"]) == (("eruption (min)", "waiting (min)"), ("min", "min"))
    assert setting["floor"] == [default_floor(axis) for axis in y.T]
    assert setting["optimum"] == fit_plane(y, 2).log_likelihood
    np.testing.assert_allclose(start.means[:, 0], np.quantile(y[:, 0], [0.25, 0.75]))
    moved = {"weights": [0.3, 0.7], "means": [[2, 50], [4, 80]]}
    made._widget.mixture = moved | {"variances": [[[1, 0], [0, 4]], [[1, 1.5], [1.5, 9]]]}
    assert made.mixture == PlaneMixture(*made._widget.mixture.values())
    assert "long: weight 0.70, means 4.00, 80.00, sds 1.00, 3.00, correlation 0.50." in made.sentence
    assert made.log_likelihood == pytest.approx(np.log(made.mixture.density(y)).sum(), rel=1e-12)
    assert f"log-likelihood {made.log_likelihood:.3f}" in made.sentence
    made.mixture = start
    assert made._widget.mixture["variances"] == start.covariances.tolist()
    with pytest.raises(TypeError, match="mixture must be a PlaneMixture; got Mixture"):
        made.mixture = Mixture([0.5, 0.5], [0, 1], [1, 1])


def test_it_is_stored_as_a_picture_a_sentence_and_what_an_exported_page_needs(made, monkeypatch):
    live = made.outputs()
    assert [WIDGET in data for data, _ in live] == [True, True]
    made.mixture = Mixture([0.25] * 4, [10, 33, 39, 58], [4, 1, 9, 25])
    monkeypatch.setenv(STORING, "1")
    (picture, metadata), (said, _) = made.outputs()
    assert set(picture) == {"image/png", "text/plain"}
    assert picture["text/plain"] == said["text/markdown"] == metadata["image/png"]["alt"] == made.sentence
    assert metadata["gmm_lesson"]["hand"]["mixture"]["means"] == [10, 33, 39, 58]
    assert picture["image/png"] != live[0][0]["image/png"]


def test_it_takes_no_other_number_of_classes(made):
    with pytest.raises(ValueError, match="mixture must have 4 components; got 1"):
        made.mixture = Mixture([1], [0], [1])
    with pytest.raises(TypeError, match="mixture must be a Mixture; got int"):
        made.mixture = 3
