"""The scrubber of lesson 00: its frames are EM's own steps, and what is shown, stored and left behind."""

from __future__ import annotations

import gc
import re
import weakref
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy.stats import norm
from test_figures import assert_labels_are_clear

from gmm_lesson import Mixture, e_step, em, load
from gmm_lesson.explorers import em_scrubber, live, page
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.figures import HalfStepPicture
from gmm_lesson.figures.base import GREY

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
PALETTE = np.array([to_rgb(colour) for colour in COLOURS])
Y = load("lecture_2021").y
START = Mixture([0.25] * 4, [20, 30, 40, 50], [25] * 4)
STEPS = 15
PAYLOAD = 1_000_000
"""Bytes that all frames may send to the page together."""
TWO = Mixture([0.4, 0.6], [0, 5], [1, 4])


def titled(half):
    """What stands over the panel of a filmstrip."""
    return f"{half.title}: {half.score:.1f}"


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture
def scrubber():
    one = em_scrubber()
    yield one
    one.close()


@pytest.fixture(scope="module")
def run():
    return em(Y, START, max_iter=STEPS, tol=0)


@pytest.fixture
def picture():
    return HalfStepPicture(Y, START, steps=STEPS)


def score_in(sentence):
    return re.search(r"[Ss]core \(log-likelihood\) (-?\d+\.\d)", sentence)[1]


def marks_of(svg):
    """The objects of a frame, as they are drawn."""
    return [ET.tostring(mark) for mark in next(ET.fromstring(svg).iter("g"))]


def curves_of(svg):
    """The curves of a frame and their labels, as they are drawn."""
    root = ET.fromstring(svg)
    lines = [path.get("d") for path in root.iter("path") if path.get("fill") == "none"]
    return lines, [(text.text, text.get("x"), text.get("y")) for text in root.iter("text")]


# ------------------------------------------------------------------ the frames are EM's steps


def test_the_frames_are_the_start_and_then_e_and_m_in_turn(scrubber):
    halves = scrubber.picture.halves
    steps = [f"{kind}-step {t}" for t in range(1, STEPS + 1) for kind in "EM"]
    assert [half.title for half in halves] == ["Start", *steps]
    assert len(scrubber.frames) == 1 + 2 * STEPS
    for frame, half in zip(scrubber.frames, halves, strict=True):
        assert frame.sentence.startswith(f"{half.title}: ")


def test_the_frames_are_those_of_em(picture, run):
    np.testing.assert_array_equal([half.score for half in picture.halves[::2]], run.log_likelihoods)
    for t, mixture in enumerate(run.path):
        shown = [picture.halves[2 * t]] + ([picture.halves[2 * t + 1]] if t < STEPS else [])
        for half in shown:
            for name in ("weights", "means", "variances"):
                np.testing.assert_array_equal(getattr(half.mixture, name), getattr(mixture, name))
    assert picture.halves[0].r is None
    for t in range(1, STEPS + 1):
        r = e_step(Y, run.path[t - 1])
        np.testing.assert_array_equal(picture.halves[2 * t - 1].r, r)
        np.testing.assert_array_equal(picture.halves[2 * t].r, r)


def test_a_frame_draws_its_mixture_and_its_shares(picture):
    for index, half in enumerate(picture.halves):
        picture.go_to(index)
        m = half.mixture
        for k, curve in enumerate(picture.curves):
            x, height = curve.get_data()
            np.testing.assert_allclose(height, m.weights[k] * norm.pdf(x, m.means[k], m.sds[k]), atol=1e-12)
        if half.r is not None:
            np.testing.assert_allclose(picture.dots.get_facecolor()[:, :3], half.r @ PALETTE, atol=1e-9)
        assert_labels_are_clear(picture)


def test_at_the_start_all_objects_are_grey_circles(scrubber):
    marks = list(next(ET.fromstring(scrubber.frames[0].svg).iter("g")))
    assert len(marks) == 200
    assert {(mark.tag, mark.get("fill")) for mark in marks} == {("circle", GREY)}


def test_going_back_to_the_start_makes_them_grey_again(picture):
    start = picture.png()
    picture.go_to(5)
    assert picture.png() != start
    picture.go_to(0)
    assert picture.png() == start


def test_an_e_step_moves_the_colours_alone_and_an_m_step_the_curves_alone(scrubber):
    for index, (before, after) in enumerate(pairwise(scrubber.frames), start=1):
        same_curves = curves_of(before.svg) == curves_of(after.svg)
        same_marks = marks_of(before.svg) == marks_of(after.svg)
        if index % 2:
            assert same_curves
            assert not same_marks or index > 20, "EM has nearly ended"
        else:
            assert same_marks
            assert not same_curves or index > 20


def test_labels_follow_their_curves_in_small_steps(scrubber):
    places = [
        np.array([(float(x), float(y)) for _, x, y in curves_of(frame.svg)[1]]) for frame in scrubber.frames
    ]
    after_the_first_step = np.array(places[2:])
    assert np.abs(np.diff(after_the_first_step, axis=0)).max() < 0.4 * 960, "inches"


# ------------------------------------------------------------------ the sentences


def test_the_first_sentences(scrubber, run):
    start, e, m = (frame.sentence for frame in scrubber.frames[:3])
    assert start == (
        "Start: a guess. No object is shared out yet. Score (log-likelihood) -951.7."
        " Class 1: weight 0.25, mean 20.00, sd 5.00; class 2: weight 0.25, mean 30.00, sd 5.00;"
        " class 3: weight 0.25, mean 40.00, sd 5.00; class 4: weight 0.25, mean 50.00, sd 5.00."
    )
    assert e == (
        "E-step 1: the shares follow from the curves; 79 of 200 objects have more than 99% in one class."
        " Score (log-likelihood) -951.7."
    )
    one = run.path[1]
    parts = zip(one.weights, one.means, one.sds, strict=True)
    classes = "; ".join(
        f"class {k}: weight {w:.2f}, mean {mu:.2f}, sd {sd:.2f}" for k, (w, mu, sd) in enumerate(parts, 1)
    )
    assert m == (
        "M-step 1: the curves follow from the shares. Score (log-likelihood) -738.9, up by 212.8."
        f" C{classes[1:]}."
    )


def test_an_e_step_leaves_the_score_and_an_m_step_never_lowers_it(scrubber, run):
    scores = [score_in(frame.sentence) for frame in scrubber.frames]
    assert scores[::2] == [f"{value:.1f}" for value in run.log_likelihoods]
    assert scores[1::2] == scores[:-1:2]
    assert (np.diff([half.score for half in scrubber.picture.halves]) >= 0).all()
    assert scores[-1] == "-696.7"
    for frame, score in zip(scrubber.frames[1::2], scores[:-1:2], strict=True):
        assert frame.sentence.endswith(f" Score (log-likelihood) {score}.")
    for t, frame in enumerate(scrubber.frames[2::2], start=1):
        gain = f"{np.diff(run.log_likelihoods)[t - 1]:.1f}"
        assert f", up by {'less than 0.1' if gain == '0.0' else gain}. Class 1" in frame.sentence
    assert "up by less than 0.1" in scrubber.frames[-1].sentence


def test_who_is_sure_is_counted_in_the_shares_that_are_shown(scrubber, run):
    for t in range(1, STEPS + 1):
        sure = (e_step(Y, run.path[t - 1]).max(axis=1) > 0.99).sum()
        assert f"; {sure} of 200 objects have" in scrubber.frames[2 * t - 1].sentence
    assert "134 of 200" in scrubber.frames[-2].sentence


def test_a_class_that_collapses_is_cut_and_said():
    y = np.append(TWO.sample(60, 1)[0], [20.0, 20.0001])
    picture = HalfStepPicture(y, Mixture([0.9, 0.1], [3, 20], [9, 1]), steps=10)
    picture.go_to(20)
    top = picture.axes.get_ylim()[1]
    peak = picture.curves[1].get_ydata().max()
    assert peak > top
    assert picture.sentence.endswith(f" The peak of class 2, {peak:.2f}, is above the picture.")
    assert picture.curves[0].get_ydata().max() > top / 10, "the other class can be seen"
    picture.go_to(0)
    assert "above" not in picture.sentence


# ------------------------------------------------------------------ the page


def test_all_frames_together_are_small(scrubber):
    sent = [child.value for stack in (scrubber._overlays, scrubber.readout) for child in stack.children]
    assert len(sent) == 2 * len(scrubber.frames)
    assert sum(len(text.encode()) for text in sent) <= PAYLOAD


def test_the_page_holds_every_frame_and_its_sentence(scrubber):
    for frame, svg, said in zip(
        scrubber.frames, scrubber._overlays.children, scrubber.readout.children, strict=True
    ):
        assert svg.value == frame.svg
        root = ET.fromstring(said.value)
        assert (root.get("role"), root.get("aria-live")) == ("status", "polite")
        assert root.text == frame.sentence == ET.fromstring(frame.svg).get("aria-label")


def test_play_moves_the_slider_and_the_slider_the_stacks_in_the_browser(scrubber):
    links = {(link.source, link.target) for link in scrubber.links}
    place = (scrubber.slider, "value")
    assert links == {
        ((scrubber.play_button, "value"), (scrubber.play, "playing")),
        ((scrubber.play, "value"), place),
        (place, (scrubber._overlays, "selected_index")),
        (place, (scrubber.readout, "selected_index")),
    }
    for control in (scrubber.slider, scrubber.play):
        assert (control.min, control.max, control.step, control.value) == (0, 30, 1, 0)
    assert scrubber.slider.continuous_update
    assert scrubber.slider.description == "half-step (arrow keys)"
    assert (scrubber.play_button.description, scrubber.play.interval, scrubber.play.repeat) == (
        "Play",
        700,
        False,
    )
    assert scrubber._overlays.selected_index == scrubber.readout.selected_index == 0


def test_in_the_kernel_the_sentence_keeps_step_with_the_slider(scrubber):
    for place in (30, 0, 7):
        scrubber.slider.value = place
        assert (scrubber.svg, scrubber.sentence) == scrubber.frames[place]
        assert repr(scrubber) == scrubber.sentence
    assert scrubber.sentence.startswith("E-step 4: ")


def test_live_and_stored_bundles_differ_in_the_widget_alone(scrubber, monkeypatch):
    live_outputs = scrubber.outputs()
    assert scrubber._background.value.startswith('<img alt="" src="data:image/png;base64,')
    monkeypatch.setenv(STORING, "1")
    stored = scrubber.outputs()
    assert [set(data) for data, _ in stored] == [
        {"image/png", "text/plain"},
        {"text/markdown", "text/plain"},
    ]
    for (data, metadata), (kept, kept_metadata), widget in zip(
        live_outputs, stored, (scrubber.box, scrubber.readout), strict=True
    ):
        assert data.pop(WIDGET)["model_id"] == widget.model_id
        assert (data, metadata) == (kept, kept_metadata)
    (data, metadata), (text, _) = stored
    sentence = scrubber.picture.filmstrip().sentence
    assert data["text/plain"] == text["text/plain"] == text["text/markdown"] == sentence
    assert metadata["image/png"] == {"alt": sentence, "width": 768, "height": 384}


def test_what_is_stored_does_not_depend_on_where_the_slider_stands(scrubber, monkeypatch):
    monkeypatch.setenv(STORING, "1")
    stored = scrubber.outputs()
    scrubber.slider.value = 9
    assert scrubber.outputs() == stored


def test_nothing_is_drawn_before_it_is_shown(monkeypatch):
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda *args, **kwargs: drawn.append(args))
    figures = figures_alive()
    scrubber = em_scrubber(steps=2)
    assert drawn == []
    assert figures_alive() == figures + 1, "no filmstrip yet"
    scrubber.close()


def test_a_cell_shows_both_outputs(scrubber, monkeypatch):
    shown = []
    monkeypatch.setattr(live, "show", shown.extend)
    scrubber._ipython_display_()
    assert [sorted(data) for data, _ in shown] == [sorted(data) for data, _ in scrubber.outputs()]


# ------------------------------------------------------------------ the filmstrip


def test_the_panels_of_the_filmstrip_hold_the_numbers_of_their_frames(picture):
    strip = picture.filmstrip()
    panels = strip.figure.get_axes()
    wanted = [0, 1, 2, 3, 4, 8, 16, 30]
    assert [panel.get_title(loc="left") for panel in panels] == [titled(picture.halves[i]) for i in wanted]
    assert [picture.halves[i].title for i in (8, 16, 30)] == ["M-step 4", "M-step 8", "M-step 15"]
    for panel, index in zip(panels, wanted, strict=True):
        m, r = picture.halves[index].mixture, picture.halves[index].r
        assert len(panel.lines) == 4
        for k, line in enumerate(panel.lines):
            x, height = line.get_data()
            np.testing.assert_allclose(height, m.weights[k] * norm.pdf(x, m.means[k], m.sds[k]), atol=1e-12)
            assert (line.get_color().lower(), line.get_linestyle()) == (
                COLOURS[k],
                ["-", "--", "-.", ":"][k],
            )
            assert height.max() < panel.get_ylim()[1]
        (dots,) = panel.collections
        colours = np.full((1, 3), to_rgb(GREY)) if r is None else r @ PALETTE
        np.testing.assert_allclose(dots.get_facecolor()[:, :3], colours, atol=1e-9)
        np.testing.assert_array_equal(dots.get_offsets()[:, 0], Y)
        assert dots.get_offsets()[:, 1].max() < 0, "below the curves"
        assert dots.get_offsets()[:, 1].min() > panel.get_ylim()[0]


def test_the_sentence_of_the_filmstrip(picture, run):
    last = run.path[-1]
    parts = zip(("weights", "means", "sds"), (last.weights, last.means, last.sds), strict=True)
    classes = "; ".join(f"{part} " + ", ".join(f"{value:.2f}" for value in values) for part, values in parts)
    assert picture.filmstrip().sentence == (
        "EM from a guess, in 15 steps. The score (log-likelihood) is -951.7 at the start, -738.9 after 1,"
        " -711.1 after 2, -701.9 after 4, -696.8 after 8, -696.7 after 15. At the end 134 of 200 objects have"
        f" more than 99% in one class; {classes}."
    )


def test_the_filmstrip_leaves_the_picture_where_it_was(picture):
    picture.go_to(7)
    before = picture.sentence, picture.png()
    picture.filmstrip()
    assert (picture.index, picture.sentence, picture.png()) == (7, *before)


@pytest.mark.parametrize(
    ("steps", "frames"), [(1, [0, 1, 2]), (2, [0, 1, 2, 3, 4]), (4, [0, 1, 2, 3, 4, 8]), (8, None), (9, None)]
)
def test_a_filmstrip_of_fewer_steps(steps, frames):
    picture = HalfStepPicture(Y, START, steps=steps, label="length")
    strip = picture.filmstrip()
    frames = frames or [0, 1, 2, 3, 4, 8, 16, *([18] if steps == 9 else [])]
    panels = strip.figure.get_axes()
    assert [panel.get_title(loc="left") for panel in panels] == [titled(picture.halves[i]) for i in frames]
    strip.figure.draw_without_rendering()
    for place, panel in enumerate(panels):
        lowest = place + 4 >= len(panels)
        assert any(label.get_visible() for label in panel.get_xticklabels()) == lowest
    assert strip.figure.get_supxlabel() == "length"
    width, height = strip.figure.get_size_inches()
    assert width <= 8
    assert height <= 4
    assert f"in {steps} step{'s' if steps > 1 else ''}." in strip.sentence


def test_titles_do_not_overlap_and_nothing_leaves_the_page(picture):
    figure = picture.filmstrip().figure
    figure.draw_without_rendering()
    page = figure.get_tightbbox()
    assert page.x0 >= 0
    assert page.y0 >= 0
    assert page.x1 <= 8
    assert page.y1 <= 4
    titles = [panel._left_title.get_window_extent() for panel in figure.get_axes()]
    for one, other in pairwise(titles):
        assert one.x1 < other.x0 or one.y0 > other.y1
    ticks = [label for panel in figure.get_axes() for label in panel.get_xticklabels()]
    assert min(label.get_fontsize() for label in ticks if label.get_visible()) >= 12


# ------------------------------------------------------------------ what is left behind


def figures_alive():
    gc.collect()
    return sum(isinstance(thing, Figure) for thing in gc.get_objects())


def test_a_closed_scrubber_leaves_no_figure_and_no_widget():
    figures, widgets = figures_alive(), set(_instances)
    scrubber = em_scrubber(steps=3)
    scrubber.outputs()
    figure = weakref.ref(scrubber.picture.figure)
    scrubber.slider.value = 2
    scrubber.close()
    scrubber.close()
    assert set(_instances) == widgets
    assert figures_alive() == figures
    assert figure() is None
    assert scrubber.closed
    assert repr(scrubber).startswith("M-step 1: ")
    with pytest.raises(RuntimeError, match="scrubber is closed"):
        scrubber.outputs()


def test_running_a_cell_again_closes_what_it_made(monkeypatch):
    running = ["cell", "run 1"]
    monkeypatch.setattr(page, "running", lambda: tuple(running))
    one, two = em_scrubber(steps=1), em_scrubber(steps=1)
    assert not one.closed
    running[1] = "run 2"
    new = em_scrubber(steps=1)
    assert one.closed
    assert two.closed
    assert not new.closed
    new.close()


def test_scrubbers_share_nothing(scrubber):
    other = em_scrubber()
    assert other.frames == scrubber.frames
    mine = {id(widget) for widget in (scrubber.box, scrubber.readout, scrubber.slider, scrubber.play)}
    assert mine.isdisjoint({id(other.box), id(other.readout), id(other.slider), id(other.play)})
    before = scrubber.frames[:], scrubber.sentence, scrubber.picture.png()
    other.slider.value = 12
    other.picture.go_to(12)
    other.outputs()
    other.close()
    assert (scrubber.frames, scrubber.sentence, scrubber.picture.png()) == before
    assert scrubber.slider.value == 0


# ------------------------------------------------------------------ other data, and bad input


@pytest.mark.parametrize("k", [2, 3, 4])
def test_it_takes_any_objects_and_two_to_four_classes(k):
    start = Mixture(np.full(k, 1 / k), np.arange(k) * 3.0, np.ones(k))
    y = start.sample(50, 3)[0]
    scrubber = em_scrubber(y, start, steps=2, label="length (cm)")
    assert len(scrubber.frames) == 5
    assert scrubber.picture.strip.get_xlabel() == "length (cm)"
    path = em(y, start, max_iter=2, tol=0).path
    np.testing.assert_array_equal(scrubber.picture.halves[-1].mixture.means, path[-1].means)
    assert "of 50 objects" in scrubber.outputs()[0][0]["text/plain"]
    scrubber.close()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y": [1, "2"]}, TypeError, "y must be a list or array of numbers"),
        ({"y": [1, np.nan]}, ValueError, "y must be finite"),
        ({"y": []}, ValueError, "y must not be empty"),
        ({"y": [3, 3, 3]}, ValueError, "y must vary"),
        ({"start": [0.5, 0.5]}, TypeError, "start must be a Mixture"),
        ({"start": Mixture([1], [0], [1])}, ValueError, "start must have 2 to 4 components; got 1"),
        (
            {"start": Mixture([0.2] * 5, range(5), [1] * 5)},
            ValueError,
            "start must have 2 to 4 components; got 5",
        ),
        ({"steps": 0}, ValueError, "steps must be at least 1; got 0"),
        ({"steps": 2.0}, TypeError, "steps must be a whole number, at least 1; got 2.0"),
        ({"steps": True}, TypeError, "steps must be a whole number"),
    ],
)
def test_bad_input_is_an_error_and_leaves_no_widget(arguments, error, message):
    widgets = set(_instances)
    with pytest.raises(error, match=message):
        em_scrubber(**arguments)
    assert set(_instances) == widgets
