"""The slider layer and its explorers: what a slider sets, what then moves, what is shown and stored."""

from __future__ import annotations

import gc
import io
import itertools
import re
import weakref
import xml.etree.ElementTree as ET

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from scipy.stats import norm
from test_figures import assert_labels_are_clear

from gmm_lesson import Mixture
from gmm_lesson.explorers import e_step_explorer, live, page
from gmm_lesson.explorers.live import Explorer, Slider, Sliders, Weights, overlay
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import MixturePicture, MovingPicture

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
STARTS = {
    2: None,
    3: Mixture([0.2, 0.3, 0.5], [-2, 0, 2], [1, 1, 4]),
    4: Mixture([0.1, 0.2, 0.3, 0.4], [0, 4, 8, 12], [1, 4, 1, 9]),
}
FRAME_LIMIT = 50 * 1024


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def explorer():
    one = e_step_explorer()
    yield one
    one.close()


@pytest.fixture(params=[2, 3, 4])
def any_explorer(request):
    start = STARTS[request.param]
    one = e_step_explorer(start and start.sample(200, 0)[0], start)
    yield one
    one.close()


def expected_sentence(y, weights, means, sds, probe, names, top):
    """The sentence, from the numbers on the sliders and none of the package's own formulas."""
    joint = weights * norm.pdf(np.append(y, probe)[:, None], means, sds)
    r = joint / joint.sum(axis=1, keepdims=True)
    log_joint = np.log(weights) + norm.logpdf(y[:, None], means, sds)
    classes = zip(names, weights, means, sds, strict=True)
    sentence = (
        f"A mixture of {len(names)} classes over {len(y)} objects; log-likelihood"
        f" {np.logaddexp.reduce(log_joint, axis=1).sum():.3f}. "
        + "; ".join(f"{n}: weight {w:.2f}, mean {m:.2f}, sd {s:.2f}" for n, w, m, s in classes)
        + f". It places {(r[:-1].max(axis=1) > 0.99).sum()} objects with more than 99% certainty."
        + f" Who owns y = {probe:.2f}? "
        + ", ".join(f"{name} {share:.3f}" for name, share in zip(names, r[-1], strict=True))
        + "."
    )
    for name, weight, sd in zip(names, weights, sds, strict=True):
        peak = weight / (sd * np.sqrt(2 * np.pi))
        if peak > top:
            sentence += f" The peak of {name}, {peak:.2f}, is above the picture."
    return sentence


def assert_shows_its_sliders(explorer):
    """Sentence, artists and SVG are what the sliders' own numbers imply."""
    picture, names = explorer.picture, explorer.picture.names

    def at(label):
        return np.array([explorer.sliders[f"{label} of {name}"].value for name in names])

    weights, means, sds = at("weight") / at("weight").sum(), at("mean"), at("sd")
    probe = explorer.sliders["probe at y"].value
    top = picture.axes.get_ylim()[1]
    assert explorer.sentence == expected_sentence(picture.y, weights, means, sds, probe, names, top)
    assert explorer.sentence in explorer.readout.value.replace("&gt;", ">")
    for k, curve in enumerate(picture.curves):
        x, height = curve.get_data()
        np.testing.assert_allclose(height, weights[k] * norm.pdf(x, means[k], sds[k]), atol=1e-12)
    with np.errstate(under="ignore"):
        log_joint = np.log(weights) + norm.logpdf(picture.y[:, None], means, sds)
        r = np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))
    colours = np.array([to_rgb(COLOURS[k]) for k in range(len(names))])
    np.testing.assert_allclose(picture.dots.get_facecolor()[:, :3], r @ colours, atol=1e-9)
    assert_svg_is_the_artists(explorer)
    assert_labels_are_clear(picture)


def svg_of(explorer):
    root = ET.fromstring(explorer.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == explorer.sentence
    return root


def on_page(explorer, artist_transform, points):
    """Points through an artist's own transform, in the SVG's units: tenths of a CSS pixel, y downwards."""
    inches = artist_transform.transform(points) / explorer.picture.figure.dpi
    height = explorer.picture.figure.get_size_inches()[1]
    return np.column_stack([inches[:, 0], height - inches[:, 1]]) * 960


def path_points(path):
    return np.array(re.findall(r"(-?\d+),(-?\d+)", path.get("d")), float)


def assert_svg_is_the_artists(explorer):
    root, picture = svg_of(explorer), explorer.picture
    width, height = picture.figure.get_size_inches()
    assert root.get("viewBox") == f"0 0 {width * 960:.0f} {height * 960:.0f}"
    lines = {path.get("stroke"): path for path in root.iter("path") if path.get("fill") == "none"}
    for k, (curve, label) in enumerate(zip(picture.curves, picture.labels, strict=True)):
        expected = on_page(explorer, curve.get_transform(), curve.get_xydata())
        drawn = path_points(lines[COLOURS[k]])
        # Straight stretches are drawn with fewer points, so compare heights at the artist's points. Off the
        # page (a steep cut-off peak) only the direction counts.
        heights = np.interp(expected[:, 0], drawn[:, 0], drawn[:, 1])
        steep = np.abs(np.gradient(expected[:, 1])) > 50
        np.testing.assert_allclose(heights[~steep], expected[~steep, 1], atol=3)
        assert drawn[:, 0].min() == pytest.approx(expected[:, 0].min(), abs=1)
        assert drawn[:, 0].max() == pytest.approx(expected[:, 0].max(), abs=1)
        (text,) = (text for text in root.iter("text") if text.text == label.get_text())
        assert text.get("fill") == COLOURS[k]
        (place,) = on_page(explorer, label.get_transform(), [label.get_position()])
        np.testing.assert_allclose([float(text.get("x")), float(text.get("y"))], place, atol=1)
    dots = on_page(explorer, picture.dots.get_offset_transform(), picture.dots.get_offsets())
    group = next(root.iter("g"))
    assert len(group) == len(dots)
    for mark, (x, y), rgb in zip(group, dots, picture.dots.get_facecolor()[:, :3], strict=True):
        assert mark.get("fill") == "#{:02x}{:02x}{:02x}".format(*np.rint(rgb * 255).astype(int))
        if mark.tag == "circle":
            place = float(mark.get("cx")), float(mark.get("cy"))
        else:
            steps = np.array(re.findall(r"(-?\d+),(-?\d+)", mark.get("d")), float)
            corners = np.cumsum(steps, axis=0)[1:]
            place = tuple((corners.min(axis=0) + corners.max(axis=0)) / 2)
        np.testing.assert_allclose(place, (x, y), atol=2)


# ------------------------------------------------------------------ every control, everywhere


def test_every_control_at_its_ends_and_its_default(any_explorer):
    assert_shows_its_sliders(any_explorer)
    for slider in any_explorer.sliders.values():
        default = slider.value
        for value in (slider.min, slider.max, default):
            slider.value = value
            assert_shows_its_sliders(any_explorer)
            assert len(any_explorer.svg.encode()) <= FRAME_LIMIT
            assert "cannot" not in any_explorer.readout.value


@pytest.mark.parametrize("k", [2, 4])
def test_every_pair_of_controls_at_its_ends(k):
    explorer = e_step_explorer(start=STARTS[k])
    default = explorer.sentence
    for one, other in itertools.combinations(explorer.sliders.values(), 2):
        for ends in itertools.product(("min", "max"), repeat=2):
            one.value, other.value = getattr(one, ends[0]), getattr(other, ends[1])
            assert "cannot" not in explorer.readout.value
            assert len(explorer.svg.encode()) <= FRAME_LIMIT
            assert np.isfinite(explorer.picture.total.get_ydata()).all()
            assert_labels_are_clear(explorer.picture)
        explorer.reset()
    assert explorer.sentence == default
    explorer.close()


@pytest.mark.parametrize("end", ["min", "max"])
def test_all_controls_at_one_end(any_explorer, end):
    for slider in any_explorer.sliders.values():
        slider.value = getattr(slider, end)
    assert_shows_its_sliders(any_explorer)


def test_each_slider_sets_its_own_parameter_and_no_other(any_explorer):
    names = any_explorer.picture.names
    for k, name in enumerate(names):
        for label, attribute in [("mean", "means"), ("sd", "sds")]:
            before = any_explorer.picture.mixture
            slider = any_explorer.sliders[f"{label} of {name}"]
            slider.value = slider.value + slider.step
            after = any_explorer.picture.mixture
            for other in ("weights", "means", "sds"):
                changed = np.flatnonzero(getattr(after, other) != getattr(before, other))
                assert list(changed) == ([k] if other == attribute else []), slider.description
            assert getattr(after, attribute)[k] == pytest.approx(slider.value)
        before = any_explorer.picture.mixture
        slider = any_explorer.sliders[f"weight of {name}"]
        slider.value = slider.value + slider.step
        after = any_explorer.picture.mixture
        gain = after.weights - before.weights
        assert gain[k] > 0
        assert (np.delete(gain, k) < 0).all()
        np.testing.assert_array_equal(after.means, before.means)
        np.testing.assert_array_equal(after.sds, before.sds)


def test_the_story_of_lesson_3(explorer):
    assert "Who owns y = -4.00? A 0.015, B 0.985." in explorer.sentence
    explorer.sliders["probe at y"].value = -2
    assert "Who owns y = -2.00? A 0.620, B 0.380." in explorer.sentence
    explorer.sliders["sd of B"].value = 1
    explorer.sliders["probe at y"].value = 1.5
    assert "Who owns y = 1.50? A 0.500, B 0.500." in explorer.sentence
    explorer.sliders["weight of A"].value, explorer.sliders["weight of B"].value = 9, 1
    assert "Who owns y = 1.50? A 0.900, B 0.100." in explorer.sentence


def test_objects_on_both_sides_of_the_narrow_class_are_the_wide_ones(explorer):
    owner = [path is explorer.picture._marker_paths[1] for path in explorer.picture.dots.get_paths()]
    mine = explorer.picture.y[owner]
    assert (mine < -2).sum() >= 3
    assert (mine > 2).sum() >= 3


# ------------------------------------------------------------------ state


def test_the_new_state_is_there_in_the_next_line(explorer):
    before = explorer.svg, explorer.readout.value
    explorer.sliders["mean of A"].value = 1.25
    assert "A: weight 0.50, mean 1.25, sd 1.00" in explorer.sentence
    assert explorer.svg != before[0]
    assert explorer.readout.value.startswith('<div role="status" aria-live="polite"')
    assert "<b>mean of A: 1.25.</b>" in explorer.readout.value


def test_reset_puts_all_back_with_one_repaint(explorer, monkeypatch):
    start = explorer.sentence, explorer.svg
    values = {name: slider.value for name, slider in explorer.sliders.items()}
    for slider in explorer.sliders.values():
        slider.value = slider.max
    assert explorer.sentence != start[0]
    paints = []
    monkeypatch.setattr(live, "overlay", lambda *args: paints.append(args) or overlay(*args))
    explorer.reset_button.click()
    assert len(paints) == 1
    assert (explorer.sentence, explorer.svg) == start
    assert {name: slider.value for name, slider in explorer.sliders.items()} == values
    explorer.sliders["mean of A"].value = 1
    assert len(paints) == 2, "the sliders still move the picture"


def test_explorers_share_nothing(explorer):
    other = e_step_explorer()
    assert other.sentence == explorer.sentence
    before = explorer.sentence, explorer.svg, explorer.readout.value, explorer.picture.png()
    for slider in other.sliders.values():
        slider.value = slider.max
    assert (explorer.sentence, explorer.svg, explorer.readout.value, explorer.picture.png()) == before
    other.close()
    explorer.sliders["mean of A"].value = 2
    assert_shows_its_sliders(explorer)


def figures_alive():
    gc.collect()
    return sum(isinstance(thing, Figure) for thing in gc.get_objects())


def test_a_closed_explorer_leaves_no_figure_and_no_widget():
    figures, widgets = figures_alive(), set(_instances)
    explorer = e_step_explorer()
    explorer.outputs()
    figure, slider = weakref.ref(explorer.picture.figure), explorer.sliders["mean of A"]
    explorer.sliders["mean of A"].value = 2
    explorer.close()
    explorer.close()
    assert set(_instances) == widgets
    assert figures_alive() == figures
    assert figure() is None
    assert explorer.closed
    assert "mean 2.00" in repr(explorer)
    slider.value = 1  # no one listens
    with pytest.raises(RuntimeError, match="explorer is closed"):
        explorer.outputs()


def test_running_a_cell_again_closes_what_it_made(monkeypatch):
    running = ["cell", "run 1"]
    monkeypatch.setattr(page, "running", lambda: tuple(running))
    figures, widgets = figures_alive(), len(_instances)
    one, two = e_step_explorer(), e_step_explorer()
    running[:] = "other cell", "run 2"
    third = e_step_explorer()
    assert not one.closed
    assert not two.closed
    for run in range(3, 6):
        running[:] = "cell", f"run {run}"
        new = e_step_explorer()
        assert one.closed
        assert two.closed
        assert not third.closed
        one = two = new
    assert figures_alive() == figures + 2
    third.close()
    new.close()
    assert len(_instances) == widgets


def test_explorers_without_a_cell_stay(explorer):
    assert page.running() == ("", "")
    e_step_explorer().close()
    assert not explorer.closed


# ------------------------------------------------------------------ what goes wrong


class Square(MovingPicture):
    """A line from 0 to 1 whose height is set, and of which half can be updated."""

    def __init__(self):
        figure = Figure(figsize=(4, 2))
        axes = figure.subplots()
        (self.one,), (self.two,) = axes.plot([0, 1], [0, 0]), axes.plot([0, 1], [1, 1])
        axes.set_ylim(0, 1)
        super().__init__(figure, [self.one, self.two])


def square(trouble):
    picture = Square()

    def update(height):
        picture.one.set_ydata([height, height])
        if height > 0.5:
            trouble(height)
        picture.two.set_ydata([height, height])
        picture.sentence = f"Two lines at {height:.2f}."

    return Explorer(picture, {"height": Slider("height", 0.25, 0, 1, 0.25, "m")}, update)


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


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError, KeyError, RuntimeError])
def test_a_bug_in_an_update_reaches_whoever_set_the_slider(error):
    def trouble(height):
        raise error("a bug")

    explorer = square(trouble)
    with pytest.raises(error, match="a bug"):
        explorer.sliders["height"].value = 1
    explorer.close()


def test_defaults_that_cannot_be_shown_are_an_error_and_leave_no_widget():
    widgets = set(_instances)

    def update(height):
        raise ValueError("no height will do")

    with pytest.raises(ValueError, match="no height will do"):
        Explorer(Square(), {"height": Slider("height", 0.25, 0, 1, 0.25)}, update)
    assert set(_instances) == widgets


def test_a_slider_set_to_no_number_is_said(explorer):
    sentence = explorer.sentence
    explorer.sliders["mean of A"].value = np.nan
    assert "This cannot be shown: means must be finite" in explorer.readout.value
    assert explorer.sentence == sentence
    explorer.sliders["mean of A"].value = 1e300
    assert_shows_its_sliders(explorer)


# ------------------------------------------------------------------ controls


def test_weights_are_a_simplex_wherever_the_sliders_stand():
    for k in range(1, 6):
        weights = Weights("ABCDE"[:k], np.full(k, 1 / k))
        for ends in itertools.product(("min", "max"), repeat=k):
            for slider, end in zip(weights.sliders, ends, strict=True):
                slider.widget.value = getattr(slider.widget, end)
            assert weights.value.min() > 0
            assert weights.value.sum() == pytest.approx(1, abs=1e-15)
            Mixture(weights.value, np.arange(k), np.ones(k))


def test_weights_start_where_they_are_told_and_say_where_they_are():
    weights = Weights("AB", [0.004, 0.996])
    np.testing.assert_allclose(weights.value, [0.004, 0.996], rtol=1e-15)
    assert weights.note.value == "weights: A 0.004, B 0.996"
    weights.sliders[0].widget.value = weights.sliders[1].widget.value = 5
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


def test_sliders_are_labelled_with_their_units():
    slider = Slider("mass", 1, 0, 2, 0.125, "kg").widget
    assert (slider.description, slider.readout_format) == ("mass (kg)", ".3f")
    names = [s.name for s in Sliders("mean", "AB", [0, 1], -1, 1, 0.5).sliders]
    assert names == ["mean of A", "mean of B"]


@pytest.mark.parametrize(("value", "low", "high", "step"), [(2, 0, 1, 0.5), (-1, 0, 1, 0.5), (0, 0, 1, 0)])
def test_a_slider_that_cannot_be_is_an_error(value, low, high, step):
    with pytest.raises(ValueError, match="mean must start between its ends and have a step above 0"):
        Slider("mean", value, low, high, step)


@pytest.mark.parametrize(("k", "got"), [(1, 1), (5, 5)])
def test_an_explorer_takes_two_to_four_classes(k, got):
    with pytest.raises(ValueError, match=f"start must have 2 to 4 components; got {got}"):
        e_step_explorer(start=Mixture(np.full(k, 1 / k), np.arange(k), np.ones(k)))


def test_an_explorer_takes_extreme_data():
    for y in ([0.0], [5, 5, 5], [1e6, 1e6 + 1], [-1e-3, 1e-3]):
        explorer = e_step_explorer(y)
        for slider in explorer.sliders.values():
            slider.value = slider.max
        assert "cannot" not in explorer.readout.value
        explorer.close()


# ------------------------------------------------------------------ what is shown and stored


def test_live_and_stored_bundles_differ_in_the_widget_alone(explorer, monkeypatch):
    live_outputs = explorer.outputs()
    monkeypatch.setenv(STORING, "1")
    stored = explorer.outputs()
    assert [set(data) for data, _ in stored] == [
        {"image/png", "text/plain"},
        {"text/markdown", "text/plain"},
    ]
    for (data, metadata), (kept, kept_metadata), widget in zip(
        live_outputs, stored, (explorer.box, explorer.readout), strict=True
    ):
        assert data.pop(WIDGET)["model_id"] == widget.model_id
        assert (data, metadata) == (kept, kept_metadata)
    (data, metadata), (text, _) = stored
    assert data["text/plain"] == text["text/plain"] == text["text/markdown"] == explorer.sentence
    assert metadata["image/png"] == {"alt": explorer.sentence, "width": 768, "height": 307}


def test_the_stored_picture_is_the_figure_as_it_is_now(explorer, monkeypatch):
    monkeypatch.setenv(STORING, "1")
    explorer.sliders["mean of A"].value = 2
    (data, _), _ = explorer.outputs()
    assert "mean 2.00" in data["text/plain"]
    again = e_step_explorer()
    assert again.outputs()[0][0]["image/png"] != data["image/png"]
    again.sliders["mean of A"].value = 2
    assert again.outputs()[0][0]["image/png"] == data["image/png"]
    again.close()


def test_a_cell_shows_both_outputs(explorer, monkeypatch):
    shown = []
    monkeypatch.setattr(live, "show", shown.extend)
    explorer._ipython_display_()
    assert [sorted(data) for data, _ in shown] == [sorted(data) for data, _ in explorer.outputs()]


def test_the_page_gets_the_background_once_and_only_what_moves_after(explorer):
    assert explorer._background.value == "", "nothing is drawn before it is shown"
    explorer.outputs()
    background = explorer._background.value
    assert background.startswith('<img alt="" src="data:image/png;base64,')
    sent = []
    for widget in _instances.values():
        widget.observe(lambda change: sent.append(change["owner"]), "value")
    explorer.sliders["mean of A"].value = 1
    texts = [widget for widget in sent if isinstance(widget, ipywidgets.HTML)]
    assert texts == [explorer._overlay, explorer.readout]
    assert explorer._background.value == background


def test_a_frame_of_four_classes_and_200_objects_is_small():
    start = STARTS[4]
    explorer = e_step_explorer(start.sample(200, 0)[0], start)
    assert len(explorer.picture.total.get_xdata()) == 400
    assert len(explorer.svg.encode()) + len(explorer.readout.value.encode()) <= FRAME_LIMIT
    explorer.close()


# ------------------------------------------------------------------ the overlay


def test_the_overlay_lies_on_the_picture(explorer):
    """Where the SVG says that a thing is, matplotlib's own rendering has its colour."""
    buffer = io.BytesIO()
    explorer.sliders["sd of A"].value = 0.75
    explorer.picture.figure.savefig(buffer, format="png", dpi=960 / 5)
    image = np.asarray(Image.open(buffer).convert("RGB")).astype(float)

    def colour_at(points):
        columns, rows = np.rint(np.asarray(points, float) / 5 - 0.5).astype(int).T
        return image[rows, columns]

    root = svg_of(explorer)
    circles = list(root.iter("circle"))
    found = colour_at([(mark.get("cx"), mark.get("cy")) for mark in circles])
    wanted = 255 * np.array([to_rgb(mark.get("fill")) for mark in circles])
    assert (np.abs(found - wanted).max(axis=1) < 3).mean() > 0.8, "all but those under another"
    (curve,) = (path for path in root.iter("path") if path.get("stroke") == COLOURS[0])
    points = path_points(curve)
    inside = (points[:, 1] > 50) & (points[:, 1] < 1700)
    gap = np.abs(colour_at(points[inside]) - 255 * np.array(to_rgb(COLOURS[0]))).max(axis=1)
    assert (gap < 60).mean() > 0.9, "all but those under a label"


def everything():
    figure = Figure(figsize=(5, 2))
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return figure, axes


def test_a_line_keeps_its_width_its_dashes_and_its_gaps():
    figure, axes = everything()
    (line,) = axes.plot([0, 0.25, np.nan, 0.5, 1], [0, 1, 0, 1, 1], "--", color="red", lw=3, alpha=0.5)
    (path,) = ET.fromstring(overlay(figure, [line], "")).iter("path")
    assert path.get("stroke") == "#ff0000"
    assert path.get("stroke-width") == "40"
    assert path.get("stroke-dasharray") == "148 64"
    assert path.get("opacity") == "0.5"
    assert path.get("d").count("M") == 2
    corners = axes.transData.transform([(0, 0), (0.25, 1), (0.5, 1), (1, 1)]) * 9.6
    corners[:, 1] = 1920 - corners[:, 1]
    np.testing.assert_allclose(path_points(path), corners, atol=0.51)


def test_a_fill_is_its_outline():
    figure, axes = everything()
    fill = axes.fill_between([0, 0.5, 1], [0, 1, 0], color="#009E73", alpha=0.25, linewidth=0)
    (path,) = ET.fromstring(overlay(figure, [fill], "")).iter("path")
    assert (path.get("fill"), path.get("opacity")) == ("#009e73", "0.25")
    assert path.get("d").endswith("z")
    corner = axes.transData.transform((0.5, 1)) * 9.6
    assert np.abs(path_points(path) - [corner[0], 1920 - corner[1]]).sum(axis=1).min() <= 1


def test_a_mark_is_clipped_to_its_axes_and_a_label_is_not():
    figure, axes = everything()
    (line,) = axes.plot([0, 2], [0, 2])
    text = figure.text(0.5, 0.5, "a < b & c")
    root = ET.fromstring(overlay(figure, [line, text], 'say "so"'))
    assert root.get("aria-label") == 'say "so"'
    (box,) = (child for child in root if child.tag == "svg")
    x0, y0, x1, y1 = axes.bbox.extents * 9.6
    shown = [float(box.get(name)) for name in ("x", "y", "width", "height")]
    np.testing.assert_allclose(shown, [x0, 1920 - y1, x1 - x0, y1 - y0], atol=1)
    assert box.get("viewBox") == " ".join(box.get(name) for name in ("x", "y", "width", "height"))
    (label,) = (child for child in root if child.tag == "text")
    assert label.text == "a < b & c"
    assert (label.get("text-anchor"), label.get("x"), label.get("y")) == ("start", "2400", "960")


def test_markers_keep_their_shape_and_size():
    figure, axes = everything()
    for marker, corners in [("s", 4), ("^", 3), ("D", 4), ("P", 12), ("X", 12)]:
        dots = axes.scatter([0.5], [0.5], s=36, marker=marker, color="red", linewidths=0)
        (path,) = ET.fromstring(overlay(figure, [dots], "")).iter("path")
        steps = np.array(re.findall(r"(-?\d+),(-?\d+)", path.get("d")), float)
        outline = np.cumsum(steps, axis=0)[1:]
        assert len(np.unique(outline, axis=0)) == corners
        expected = dots.get_paths()[0].get_extents().size * 6 * 960 / 72
        np.testing.assert_allclose(np.ptp(outline, axis=0), expected, atol=1)
    dots = axes.scatter([0.5], [0.5], s=36, marker="o", color="red", linewidths=0)
    (circle,) = ET.fromstring(overlay(figure, [dots], "")).iter("circle")
    assert circle.get("r") == "40"


def test_hidden_artists_are_left_out_and_the_order_is_theirs():
    figure, axes = everything()
    (one,) = axes.plot([0, 1], [0, 1], color="red", zorder=5)
    (two,) = axes.plot([0, 1], [0, 1], color="lime", zorder=1)
    (gone,) = axes.plot([0, 1], [0, 1], color="blue", visible=False)
    strokes = [p.get("stroke") for p in ET.fromstring(overlay(figure, [one, two, gone], "")).iter("path")]
    assert strokes == ["#00ff00", "#ff0000"]


@pytest.mark.parametrize("marker", ["o", "s", "^", "X"])
def test_markers_without_a_line_are_one_path(marker):
    figure, axes = everything()
    x, y = np.arange(5.0), np.array([0.0, 1, 2, np.nan, 4])
    (dots,) = axes.plot(x, y, marker, color="#d55e00", mew=0, ms=4)
    (path,) = ET.fromstring(overlay(figure, [dots], "")).iter("path")
    assert "#d55e00" in (path.get("fill"), path.get("stroke"))
    starts = np.array(re.findall(r"M(-?\d+),(-?\d+)", path.get("d")), float)
    height = figure.get_size_inches()[1]
    inches = axes.transData.transform(np.column_stack([x, y])[np.isfinite(y)]) / figure.dpi
    expected = 960 * np.column_stack([inches[:, 0], height - inches[:, 1]])
    np.testing.assert_allclose(starts, expected, atol=1)
    assert len(path.get("d")) < 4 * 150


@pytest.mark.parametrize("marker", ["o", "D"])
def test_hollow_markers_have_a_rim(marker):
    figure, axes = everything()
    (dots,) = axes.plot([0, 1], [0, 1], marker, mfc="none", mec="#0072b2", mew=3, ms=12)
    (path,) = ET.fromstring(overlay(figure, [dots], "")).iter("path")
    assert (path.get("fill"), path.get("stroke"), path.get("stroke-width")) == ("none", "#0072b2", "40")
    # From the centre, a move without a line: a rim has no spoke.
    assert re.fullmatch(r"(M-?\d+,-?\d+m-?\d+,-?\d+[al][^M]*z){2}", path.get("d"))
    if marker == "o":
        assert "a80,80 0 1,0 160,0" in path.get("d")


def test_a_slider_may_wait_for_the_release():
    assert Slider("slow", 1, 0, 2, 1, on_release=True).widget.continuous_update is False
    assert Slider("quick", 1, 0, 2, 1).widget.continuous_update is True


def test_gaps_at_the_ends_and_in_a_row_leave_no_move_to_nowhere():
    """A browser complains of a path that ends in a move without a place."""
    axes = Figure().add_subplot()
    y = [np.nan, 0, 1, np.nan, np.nan, 0.5, 0.2, np.nan]
    (line,) = axes.plot(np.arange(8.0), y)
    d = re.search(r' d="([^"]*)"', overlay(axes.figure, [line], "gaps"))[1]
    assert d.count("M") == 2
    assert re.fullmatch(r"(M-?\d+,-?\d+( -?\d+,-?\d+)+)+", d)


def test_what_the_overlay_does_not_know_is_an_error():
    figure, axes = everything()
    with pytest.raises(TypeError, match="a moving artist must be a line, a fill, a scatter or a text"):
        overlay(figure, [axes.add_patch(Rectangle((0, 0), 1, 1))], "")
    with pytest.raises(TypeError, match="draw them with scatter, or without the line"):
        overlay(figure, axes.plot([0, 1], "o-"), "")


def test_a_picture_of_labels_in_words_moves_too():
    picture = MixturePicture([0.0, 1, 2], Mixture([0.5, 0.5], [0, 2], [1, 1]))
    assert ">class 2</text>" in overlay(picture.figure, picture.moving, picture.sentence)
