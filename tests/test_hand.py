"""The hand's side in Python: what is on screen as a mixture, what is stored, what it is told."""

import gc
import json
import weakref

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.explorers import hand
from gmm_lesson.explorers.page import STORING, WIDGET

Y = load("lecture_2021").y


@pytest.fixture
def made(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)
    one = hand(Y, 4, label="value", unit="mm")
    yield one
    one.close()


def test_what_is_on_screen_is_a_mixture_to_read_and_to_set(made):
    assert made.log_likelihood == log_likelihood(Y, made.mixture)
    np.testing.assert_allclose(made.mixture.means, np.quantile(Y, [0.125, 0.375, 0.625, 0.875]))
    moved = {"weights": [0.1, 0.2, 0.3, 0.4], "means": [0, 10, 20, 30], "variances": [1, 2, 3, 4]}
    made._widget.mixture = moved  # as the browser sets it
    np.testing.assert_array_equal(made.mixture.means, moved["means"])
    assert "class 2: weight 0.20, mean 10.00, sd 1.41" in made.sentence
    assert "mean 10.00, sd 1.41" in made.readout.value
    made.mixture = em(Y, made.mixture).mixture
    assert made._widget.mixture["means"] == made.mixture.means.tolist()
    assert json.dumps(made._widget.get_state(["setting", "mixture"]))


def test_the_browser_is_told_what_it_needs(made):
    setting = made._widget.setting
    assert setting["y"] == Y.tolist()
    assert setting["label"] == "value (mm)"
    assert setting["names"] == ["class 1", "class 2", "class 3", "class 4"]
    assert setting["optimum"] == fit(Y, 4).log_likelihood
    assert len(set(setting["colours"])) == len(set(setting["dashes"])) == 4


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


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (([1, 1, 1], 2), "y must vary"),
        (([1, np.nan], 2), "y must be finite"),
        ((Y, 0), "n_components must be"),
        ((Y, 7), "n_components must be"),
        ((Y, 3, {"start": Mixture([0.5, 0.5], [0, 1], [1, 1])}), "start must have 3 components; got 2"),
        ((Y, 3, {"names": ["A"]}), "names must have one entry for each of the 3 classes"),
    ],
)
def test_what_it_cannot_show_is_said(arguments, problem):
    *given, more = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
    with pytest.raises(ValueError, match=problem):
        hand(*given, **more)


def test_it_takes_no_other_number_of_classes(made):
    with pytest.raises(ValueError, match="mixture must have 4 components; got 1"):
        made.mixture = Mixture([1], [0], [1])
    with pytest.raises(TypeError, match="mixture must be a Mixture"):
        made.mixture = 3


def test_closed_it_leaves_nothing(made):
    before = set(_instances)
    other = hand(Y, 2)
    figure = weakref.ref(other.picture.figure)
    other.close()
    other.close()
    gc.collect()
    assert set(_instances) == before
    assert figure() is None
    with pytest.raises(RuntimeError, match="this hand is closed"):
        other.outputs()
