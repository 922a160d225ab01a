"""What the explorers are made of: what follows a slider, controls, the SVG of what moves; what they leave."""

import gc
import itertools
import re
import weakref
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from drawings import LECTURE
from ipywidgets.widgets.widget import _instances
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from places import assert_page_shows
from test_explorers import EXPLORERS, SCRUBBERS

from gmm_lesson.explorers import explorer as layer
from gmm_lesson.explorers import hand, lessons, page
from gmm_lesson.explorers.controls import Slider, Weights
from gmm_lesson.explorers.explorer import Explorer
from gmm_lesson.explorers.lessons import e_step_explorer
from gmm_lesson.explorers.svg import overlay
from gmm_lesson.figures import MovingPicture


@pytest.fixture
def explorer():
    return e_step_explorer()


class Square(MovingPicture):
    """A line from 0 to 1 whose height is set, and of which half can be updated."""

    def __init__(self):
        figure = Figure(figsize=(4, 2))
        axes = figure.subplots()
        (self.one,), (self.two,) = axes.plot([0, 1], [0, 0]), axes.plot([0, 1], [1, 1])
        axes.set_ylim(0, 1)
        super().__init__(figure, [self.one, self.two])


def square(trouble, start=0.25):
    """Return an explorer of it that a height above 1/2 gets into trouble."""
    picture = Square()

    def update(height):
        picture.one.set_ydata([height, height])
        if height > 0.5:
            raise trouble
        picture.two.set_ydata([height, height])
        picture.sentence = f"Two lines at {height:.2f}."

    return Explorer(picture, {"height": Slider("height", start, 0, 1, 0.25, "m")}, update)


def test_a_value_that_cannot_be_shown_is_said_and_the_picture_stays():
    explorer = square(ValueError("height must be at most 0.5 <m>; got 1.0"))
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


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError])
def test_a_bug_in_an_update_reaches_whoever_set_the_slider(error):
    explorer = square(error("a bug"))
    with pytest.raises(error, match="a bug"):
        explorer.sliders["height"].value = 1


def test_defaults_that_cannot_be_shown_are_an_error_and_leave_no_widget():
    widgets = set(_instances)
    with pytest.raises(ValueError, match="no height will do"):
        square(ValueError("no height will do"), start=1)
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


@pytest.mark.parametrize(
    ("start", "step", "moved_to", "value"),
    [
        (1, 1, 7.000000001, 7),  # whole numbers, where start and step are
        (1, 0.5, 7.000000001, 7.000000001),
        (23.4137, 0.25, 23.4137, 23.4137),  # a start between steps is kept
        (5.0, 0.25, 5.000000000000001, 5.0),  # a browser adds noise
        (3.0, 0.25, 3.2500000000000004, 3.25),
        (1.0, 0.25, -5.6e-17, 0.0),
    ],
)
def test_a_slider_stands_where_it_was_put_without_the_noise_of_a_browser(start, step, moved_to, value):
    slider = Slider("mean", start, -40, 40, step)
    slider.widget.value = moved_to
    assert repr(slider.value) == repr(value)


def test_noise_that_a_browser_adds_is_no_move(explorer):
    before = explorer.readout.value
    explorer.sliders["weight of A"].value = 5.000000000000001
    assert explorer.readout.value == before
    explorer.sliders["mean of A"].value = 1
    explorer.sliders["mean of A"].value = -5.6e-17
    assert "<b>mean of A: 0.</b>" in explorer.readout.value


def test_a_slider_is_labelled_with_its_unit_and_may_wait_for_the_release():
    slider = Slider("mass", 1, 0, 2, 0.125, "kg").widget
    assert (slider.description, slider.readout_format, slider.continuous_update) == ("mass (kg)", ".3f", True)
    assert Slider("slow", 1, 0, 2, 1, on_release=True).widget.continuous_update is False


@pytest.mark.parametrize(("value", "low", "high", "step"), [(2, 0, 1, 0.5), (-1, 0, 1, 0.5), (0, 0, 1, 0)])
def test_a_slider_that_cannot_be_is_an_error(value, low, high, step):
    with pytest.raises(ValueError, match="mean must start between its ends and have a step above 0"):
        Slider("mean", value, low, high, step)


def panel():
    axes = Figure(figsize=(5, 2)).subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return axes


def svg_of(axes, artists):
    return ET.fromstring(overlay(axes.figure, artists, ""))


def test_the_page_shows_each_kind_of_artist_as_it_is():
    axes = panel()
    marks = [
        *axes.plot([0, 2], [0, 2], "--", color="red", lw=3, alpha=0.5),
        axes.fill_between([0, 0.5, 1], [0, 1, 0], color="#009E73", alpha=0.25, linewidth=0),
        *(axes.scatter([0.5], [0.5], s=36, marker=m, color="red", linewidths=0) for m in "os^DPX"),
        *axes.plot([1], [1], "o", color="red", mew=0),
        *axes.plot([1], [1], "o", mfc="none", mec="#0072b2", mew=3),
        *axes.plot([1], [1], "D", mfc="none", mec="#0072b2", mew=3),
        axes.figure.text(0.5, 0.5, "a < b & c"),
    ]
    svg = overlay(axes.figure, marks, 'say "so"')
    assert_page_shows(SimpleNamespace(figure=axes.figure, moving=marks, sentence='say "so"'), svg)
    assert 'stroke-dasharray="148 64"' in svg


def test_a_rim_has_no_spoke():
    axes = panel()
    rims = axes.plot([0, 1], [0, 1], "o", mfc="none", mec="#0072b2", mew=3, ms=12)
    (path,) = svg_of(axes, rims).iter("path")
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


@pytest.fixture
def alive(monkeypatch):
    """Return what counts the figures made in this test that are still there, and all widgets."""
    figures, make = weakref.WeakSet(), Figure.__init__
    monkeypatch.setattr(Figure, "__init__", lambda own, *a, **how: figures.add(own) or make(own, *a, **how))

    def count():
        gc.collect()
        return len(figures), len(_instances)

    return count


ALL = {name: make for name, (make, *_) in EXPLORERS.items()} | SCRUBBERS
ALL |= {"hand": lambda: hand(LECTURE, 2)}


@pytest.mark.parametrize("name", ALL)
def test_what_is_closed_leaves_no_figure_and_no_widget(name, alive):
    before = alive()
    one = ALL[name]()
    assert alive()[0] == 1, "nothing else is drawn before it is shown"
    assert name == "hand" or one._background.value == ""
    one.outputs()
    sentence = one.sentence
    one.close()
    one.close()
    assert alive() == before
    assert one.closed
    assert name == "hand" or repr(one) == sentence
    kind = "hand" if name == "hand" else "scrubber" if name in SCRUBBERS else "explorer"
    with pytest.raises(RuntimeError, match=f"this {kind} is closed: run the cell that makes it again"):
        one.outputs()


def test_running_a_cell_again_closes_what_it_made(alive, monkeypatch):
    running = ["cell", "run 1"]
    monkeypatch.setattr(page, "running", lambda: tuple(running))
    before = alive()
    one, two = lessons.e_step_explorer(), lessons.em_scrubber()
    running[:] = "other cell", "run 2"
    third = lessons.e_step_explorer()
    assert not one.closed
    for run in range(3, 6):
        running[:] = "cell", f"run {run}"
        new = lessons.e_step_explorer()
        assert (one.closed, two.closed, third.closed) == (True, True, False)
        one = two = new
    assert alive()[0] == 2
    third.close()
    new.close()
    assert alive() == before
