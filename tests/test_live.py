"""What the explorers are made of: what follows a slider, the controls, and the SVG of what moves."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from places import path_points

from gmm_lesson import Mixture
from gmm_lesson.explorers import explorer as layer
from gmm_lesson.explorers.controls import Slider, Weights
from gmm_lesson.explorers.explorer import Explorer
from gmm_lesson.explorers.lessons import e_step_explorer
from gmm_lesson.explorers.page import STORING
from gmm_lesson.explorers.svg import overlay
from gmm_lesson.figures import MovingPicture


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = e_step_explorer()
    yield one
    one.close()


# ------------------------------------------------------------------ what follows a slider


class Square(MovingPicture):
    """A line from 0 to 1 whose height is set, and of which half can be updated."""

    def __init__(self):
        figure = Figure(figsize=(4, 2))
        axes = figure.subplots()
        (self.one,), (self.two,) = axes.plot([0, 1], [0, 0]), axes.plot([0, 1], [1, 1])
        axes.set_ylim(0, 1)
        super().__init__(figure, [self.one, self.two])


def square(trouble, start=0.25):
    picture = Square()

    def update(height):
        picture.one.set_ydata([height, height])
        if height > 0.5:
            trouble(height)
        picture.two.set_ydata([height, height])
        picture.sentence = f"Two lines at {height:.2f}."

    return Explorer(picture, {"height": Slider("height", start, 0, 1, 0.25, "m")}, update)


def test_a_value_that_cannot_be_shown_is_said_and_the_picture_stays():
    def trouble(height):
        raise ValueError(f"height must be at most 0.5 <m>; got {height}")

    explorer = square(trouble)
    explorer.sliders["height"].value = 0.5
    svg = explorer.svg
    explorer.sliders["height"].value = 1
    assert "This cannot be shown: height must be at most 0.5 &lt;m&gt;; got 1.0." in explorer.readout.value
    assert "<b>height (m): 1.</b>" in explorer.readout.value
    assert explorer.sentence == "Two lines at 0.50."
    assert explorer.svg == svg
    assert list(explorer.picture.one.get_ydata()) == [0.5, 0.5], "half an update is undone"
    explorer.sliders["height"].value = 0
    assert "Two lines at 0.00." in explorer.readout.value
    explorer.close()


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError])
def test_a_bug_in_an_update_reaches_whoever_set_the_slider(error):
    def trouble(height):
        raise error("a bug")

    explorer = square(trouble)
    with pytest.raises(error, match="a bug"):
        explorer.sliders["height"].value = 1
    explorer.close()


def test_defaults_that_cannot_be_shown_are_an_error_and_leave_no_widget():
    def trouble(height):
        raise ValueError("no height will do")

    widgets = set(_instances)
    with pytest.raises(ValueError, match="no height will do"):
        square(trouble, start=1)
    assert set(_instances) == widgets


def test_a_slider_set_to_no_number_is_said_and_a_far_one_is_shown(explorer):
    sentence = explorer.sentence
    explorer.sliders["mean of A"].value = np.nan
    assert "This cannot be shown: means must be finite" in explorer.readout.value
    assert explorer.sentence == sentence
    explorer.sliders["mean of A"].value = 1e300
    assert f"mean {explorer.sliders['mean of A'].max:.2f}" in explorer.sentence


def test_reset_paints_once_and_the_sliders_still_move_the_picture(explorer, monkeypatch):
    for slider in explorer.sliders.values():
        slider.value = slider.max
    paints = []
    monkeypatch.setattr(layer, "overlay", lambda *args: paints.append(args) or overlay(*args))
    explorer.reset_button.click()
    assert len(paints) == 1
    explorer.sliders["mean of A"].value = 1
    assert len(paints) == 2


def test_a_cell_shows_both_outputs_and_then_only_what_moves(explorer, monkeypatch):
    shown = []
    monkeypatch.setattr(layer, "show", shown.extend)
    explorer._ipython_display_()
    assert [sorted(data) for data, _ in shown] == [sorted(data) for data, _ in explorer.outputs()]
    background, sent = explorer._background.value, []
    assert background.startswith('<img alt="" src="data:image/png;base64,')
    for widget in _instances.values():
        widget.observe(lambda change: sent.append(change["owner"]), "value")
    explorer.sliders["mean of A"].value = 1
    texts = [widget for widget in sent if isinstance(widget, ipywidgets.HTML)]
    assert texts == [explorer._overlay, explorer.readout]
    assert explorer._background.value == background


# ------------------------------------------------------------------ controls


def test_weights_are_a_simplex_wherever_the_sliders_stand():
    for k in range(1, 6):
        weights = Weights("ABCDE"[:k], np.full(k, 1 / k))
        for ends in itertools.product(("min", "max"), repeat=k):
            for slider, end in zip(weights.sliders, ends, strict=True):
                slider.widget.value = getattr(slider.widget, end)
            assert weights.value.min() > 0
            assert weights.value.sum() == pytest.approx(1, abs=1e-15)
    weights = Weights("AB", [0.004, 0.996])
    np.testing.assert_allclose(weights.value, [0.004, 0.996], rtol=1e-15)
    assert weights.note.value == "weights: A 0.004, B 0.996"
    weights.sliders[0].widget.value = weights.sliders[1].widget.value
    assert weights.note.value == "weights: A 0.500, B 0.500"


def test_a_start_between_steps_is_kept_and_is_on_the_browsers_grid():
    slider = Slider("mean", 23.4137, 0, 60, 0.25)
    assert slider.value == 23.4137
    steps = (23.4137 - slider.widget.min) / 0.25
    assert steps == pytest.approx(round(steps), abs=1e-9)
    assert 0 <= slider.widget.min < 0.25
    assert 59.75 < slider.widget.max <= 60
    fitted = Mixture([0.123, 0.877], [1.2345, 7.654], [0.111, 3.333])
    explorer = e_step_explorer(start=fitted)
    np.testing.assert_allclose(explorer.picture.mixture.weights, fitted.weights, rtol=1e-15)
    np.testing.assert_array_equal(explorer.picture.mixture.means, fitted.means)
    np.testing.assert_allclose(explorer.picture.mixture.variances, fitted.variances, rtol=1e-15)
    explorer.close()


def test_noise_that_a_browser_adds_is_no_move(explorer):
    before = explorer.readout.value, explorer.sentence, explorer.picture.mixture
    explorer.sliders["weight of A"].value = 5.000000000000001
    assert (explorer.readout.value, explorer.sentence) == before[:2]
    explorer.sliders["mean of B"].value = 3.2500000000000004
    assert explorer.picture.mixture.means[1] == 3.25


def test_a_slider_a_hair_below_zero_stands_at_zero(explorer):
    slider = explorer.sliders["mean of A"]
    slider.value = 1
    slider.value = -5.6e-17
    assert "<b>mean of A: 0.</b>" in explorer.readout.value
    assert "-0" not in explorer.readout.value.replace("-0.25", "")
    assert "mean 0.00" in explorer.sentence


def test_a_slider_is_labelled_with_its_unit_and_may_wait_for_the_release():
    slider = Slider("mass", 1, 0, 2, 0.125, "kg").widget
    assert (slider.description, slider.readout_format, slider.continuous_update) == ("mass (kg)", ".3f", True)
    assert Slider("slow", 1, 0, 2, 1, on_release=True).widget.continuous_update is False


@pytest.mark.parametrize(("value", "low", "high", "step"), [(2, 0, 1, 0.5), (-1, 0, 1, 0.5), (0, 0, 1, 0)])
def test_a_slider_that_cannot_be_is_an_error(value, low, high, step):
    with pytest.raises(ValueError, match="mean must start between its ends and have a step above 0"):
        Slider("mean", value, low, high, step)


@pytest.mark.parametrize("step", [1, 0.5])
def test_where_start_and_step_are_whole_numbers_the_values_are(step):
    slider = Slider("draw", 1, 1, 20, step)
    slider.widget.value = 7.000000001
    assert (slider.value, type(slider.value)) == ((7, int) if step == 1 else (7.000000001, float))


# ------------------------------------------------------------------ the SVG of what moves


def panel():
    axes = Figure(figsize=(5, 2)).subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return axes


def svg_of(axes, artists, sentence=""):
    return ET.fromstring(overlay(axes.figure, artists, sentence))


@pytest.mark.parametrize(
    ("draw", "wanted"),
    [
        (
            lambda axes: axes.plot([0, 1], [0, 1], "--", color="red", lw=3, alpha=0.5),
            {"stroke": "#ff0000", "stroke-width": "40", "stroke-dasharray": "148 64", "opacity": "0.5"},
        ),
        (
            lambda axes: [
                axes.fill_between([0, 0.5, 1], [0, 1, 0], color="#009E73", alpha=0.25, linewidth=0)
            ],
            {"fill": "#009e73", "opacity": "0.25"},
        ),
        (lambda axes: [axes.scatter([0.5], [0.5], s=36, color="red", linewidths=0)], {"r": "40"}),
        (
            lambda axes: [axes.figure.text(0.5, 0.5, "a < b")],
            {"text-anchor": "start", "x": "2400", "y": "960"},
        ),
        *(
            (
                lambda axes, marker=marker: axes.plot([1], [1], marker, mfc="none", mec="#0072b2", mew=3),
                {"fill": "none", "stroke": "#0072b2", "stroke-width": "40"},
            )
            for marker in "oD"
        ),
    ],
)
def test_a_mark_has_the_colour_the_width_and_the_dashes_of_its_artist(draw, wanted):
    axes = panel()
    mark = list(svg_of(axes, draw(axes)).iter())[-1]
    assert {name: mark.get(name) for name in wanted} == wanted


def test_a_mark_is_clipped_to_its_axes_and_a_label_is_not():
    axes = panel()
    text = axes.figure.text(0.5, 0.5, "a < b & c")
    root = svg_of(axes, [*axes.plot([0, 2], [0, 2]), text], 'say "so"')
    assert root.get("aria-label") == 'say "so"'
    box, label = root
    x0, y0, x1, y1 = axes.bbox.extents * 9.6
    shown = [float(box.get(name)) for name in ("x", "y", "width", "height")]
    np.testing.assert_allclose(shown, [x0, 1920 - y1, x1 - x0, y1 - y0], atol=1)
    assert box.get("viewBox") == " ".join(box.get(name) for name in ("x", "y", "width", "height"))
    assert (label.tag, label.text) == ("text", "a < b & c")


@pytest.mark.parametrize(("marker", "corners"), [("s", 4), ("^", 3), ("D", 4), ("P", 12), ("X", 12)])
def test_markers_keep_their_shape_and_size(marker, corners):
    axes = panel()
    dots = axes.scatter([0.5], [0.5], s=36, marker=marker, color="red", linewidths=0)
    (path,) = svg_of(axes, [dots]).iter("path")
    outline = np.cumsum(path_points(path), axis=0)[1:]
    assert len(np.unique(outline, axis=0)) == corners
    expected = dots.get_paths()[0].get_extents().size * 6 * 960 / 72
    np.testing.assert_allclose(np.ptp(outline, axis=0), expected, atol=1)


def test_a_rim_has_no_spoke():
    axes = panel()
    (path,) = svg_of(axes, axes.plot([0, 1], [0, 1], "o", mfc="none", mec="#0072b2", mew=3, ms=12)).iter(
        "path"
    )
    # From the centre, a move without a line.
    assert re.fullmatch(r"(M-?\d+,-?\d+m-?\d+,-?\d+[al][^M]*z){2}", path.get("d"))
    assert "a80,80 0 1,0 160,0" in path.get("d")


def test_gaps_at_the_ends_and_in_a_row_leave_no_move_to_nowhere():
    """A browser complains of a path that ends in a move without a place."""
    axes, y = panel(), [np.nan, 0, 1, np.nan, np.nan, 0.5, 0.2, np.nan]
    (path,) = svg_of(axes, axes.plot(np.arange(8.0), y)).iter("path")
    assert path.get("d").count("M") == 2
    assert re.fullmatch(r"(M-?\d+,-?\d+( -?\d+,-?\d+)+)+", path.get("d"))


def test_what_the_overlay_does_not_know_is_an_error():
    axes = panel()
    with pytest.raises(TypeError, match="a moving artist must be a line, a fill, a scatter or a text"):
        svg_of(axes, [axes.add_patch(Rectangle((0, 0), 1, 1))])
    with pytest.raises(TypeError, match="draw them with scatter, or without the line"):
        svg_of(axes, axes.plot([0, 1], "o-"))
