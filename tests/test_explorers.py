"""The explorers and scrubbers of the lessons: wherever sliders stand, picture, page and sentence say so."""

import itertools
from functools import cache

import numpy as np
import pytest
from drawings import FOUR, LECTURE
from places import assert_labels_are_clear, assert_page_shows, close, same
from sklearn.mixture import GaussianMixture
from test_breaks_figures import HONEST, assert_spike_is_clear, assert_spike_shows
from test_classes_figures import assert_counts_are_clear, assert_counts_show
from test_mixture_figures import assert_blur_shows, assert_mixture_shows, assert_overlap_shows
from test_truth_figures import assert_truth_shows

from gmm_lesson import Mixture, em, fit, load, log_likelihood
from gmm_lesson.explorers import lessons
from gmm_lesson.explorers.lessons import BESIDE, HEAPS, PART_WAYS, TOGETHER, TRUTH
from gmm_lesson.explorers.page import STORING, WIDGET
from gmm_lesson.explorers.scrubber import Scrubber
from gmm_lesson.figures import BoundPicture, HalfStepPicture
from gmm_lesson.study import original
from gmm_lesson.study.information import standard_errors

FRAME_LIMIT = 50 * 1024
THREE = Mixture([0.2, 0.3, 0.5], [-2, 0, 2], [1, 1, 4])
COUNTS = {"number of objects": (10, 200, 1000, 10), "draw": (1, 1, 20, 1)}
SCRUBBERS = {"em": lessons.em_scrubber, "bound": lessons.bound_scrubber, "plane": lessons.plane_scrubber}


# ------------------------------------------------------------------ what the sliders say, by numpy alone
def assert_classes(picture, at):
    parts = np.array([at[f"weight of {name}"] for name in picture.names])
    close(picture.weights, parts / parts.sum())
    assert (picture.n, picture.draw) == (at["number of objects"], at["draw"])
    assert_counts_show(picture)


def assert_objects(picture, at):
    rng, i = np.random.default_rng(int(at["truth"])), np.arange(1, 5)
    means, sds = rng.random(4) * at["gap"] * i, rng.random(4) * at["spread"] * i
    rng = np.random.default_rng(20)
    z, noise = rng.integers(4, size=200), rng.standard_normal(200)
    close([picture.mixture.means, picture.mixture.sds], [means, sds], rtol=1e-14)
    same(picture.mixture.weights, [0.25] * 4)
    same(picture.z, z)
    close(picture.y, means[z] + sds[z] * noise, rtol=1e-12)
    assert_overlap_shows(picture)


def assert_e_step(picture, at):
    kinds = "weight", "mean", "sd"
    weights, means, sds = (np.array([at[f"{kind} of {name}"] for name in picture.names]) for kind in kinds)
    m = picture.mixture
    close([m.weights, m.means, m.sds], [weights / weights.sum(), means, sds], rtol=1e-12)
    assert picture.probe == at["probe at y"]
    assert_mixture_shows(picture)


def assert_m_step(picture, at):
    assert picture.blur == at["blur of the labels"]
    assert_blur_shows(picture)


def assert_restarts(picture, at):
    starts = original.draw_starts(LECTURE, 1000, int(at["draw"]))
    same(picture.starts.means, starts.means)
    close(picture.starts.variances, starts.variances * 2 ** at["doublings"])
    assert picture.selected == at["start"]
    assert f"variances of {picture.starts.variances.mean():.1f} lead" in picture.sentence
    assert f" Start {picture.selected}, means " in picture.sentence


@cache
def drawn(draw):
    """The objects of lesson 07 and their classes."""
    rng, parts = np.random.default_rng(draw), []
    for size in (200, 1800):
        z = rng.choice(3, size=size, p=[0.5, 0.3, 0.2])
        parts.append((rng.normal(np.array([0, 4, 8])[z], np.array([1, 1, 1.5])[z]), z))
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def assert_truth(picture, at):
    y, z = (part[: int(at["number of objects"])] for part in drawn(int(at["draw"])))
    same(picture.y, y)
    same(picture.z, z)
    if len(y) <= 200:
        best = em(y, TRUTH).log_likelihoods[-1]
        assert log_likelihood(y, picture.fitted) == pytest.approx(best, abs=1e-4)
    assert "above the picture" not in picture.sentence
    assert_truth_shows(picture, standard_errors(y, picture.fitted).as_array())


def assert_spike(picture, at):
    assert np.log10(picture.mixture.sds[-1]) == pytest.approx(at["log10 of the sd"])
    assert picture.mixture.means[-1] == np.sort(LECTURE)[int(at["object, in order"]) - 1]
    assert picture.honest == pytest.approx(HONEST, abs=1e-9), "the best of four classes"
    assert_spike_shows(picture)


def assert_choose(picture, at):
    k, n, draw = (int(at[name]) for name in ("classes K", "number of birds", "draw"))
    y = np.random.default_rng(draw).permutation(load("penguins").y)[:n]
    found = fit(y, k, floor=0.5**2).log_likelihood
    assert f"{n} objects and the fit of {k} class" in picture.sentence
    assert f"log-likelihood {found:.2f}, {3 * k - 1} parameters" in picture.sentence
    assert (picture.bars.get_xdata().min(), picture.bars.get_xdata().max()) == (y.min(), y.max())


def assert_bins(picture, at):
    bins, (x, errors) = 2 ** int(at["bins: 2 to the power"]), picture.dots.get_data()
    close(x, [bins, bins])
    close(errors, [error[picture.bins == bins].item() for error in picture.errors.values()])
    assert picture.sentence.startswith(f"{bins} bins. ")


def assert_ten_runs(picture, at):
    step = int(at["step"])
    starts = original.draw_starts(LECTURE, 2000, 2021).take(list(lessons.LIKE_2021))
    here = original.run(LECTURE, starts, max_iter=step).log_likelihood
    left = original.run(LECTURE, starts, max_iter=900).log_likelihood - here
    runs = [[run for run in range(1, 11) if (left[run - 1] < 0.001) == done] for done in (True, False)]
    assert [dots.get_xdata().tolist() for dots in picture.dots] == runs
    assert f" {', '.join(f'{value:.2f}' for value in here)}." in picture.sentence
    assert f"after {step} steps" in picture.sentence
    assert f"Finished: {', '.join(map(str, runs[0])) or 'none'}." in picture.sentence


def assert_added(picture, at):
    y, how = load("galaxies").y[:, np.newaxis] / 1000, {"tol": 1e-9, "max_iter": 1000}
    how |= {"means_init": HEAPS.means[:, np.newaxis], "precisions_init": np.full((5, 1, 1), 10.0)}
    model = GaussianMixture(5, weights_init=HEAPS.weights, reg_covar=10 ** at["log10 of reg_covar"], **how)
    assert f"log-likelihood {model.fit(y).score(y) * len(y):.3f}." in picture.sentence
    close(picture.mixture.sds, np.sqrt(model.covariances_.ravel()), rtol=5e-3)
    assert_mixture_shows(picture)


GAPS = {"gap": (0, 20, 40, 1), "spread": (0.25, 2, 10, 0.25), "truth": (1, 9, 20, 1)}
MEANS = {"mean of A": (-5, 0, 10.5, 0.25), "probe at y": (-5, -4, 10.5, 0.25)}
STARTS = {"start": (1, 1, 1000, 1), "draw": (1, 1, 20, 1), "doublings": (0, 0, 5, 0.5)}
DRAWS = {"number of objects": (50, 200, 2000, 50), "draw": (1, 1, 20, 1)}
CHOICES = {"classes K": (1, 2, 5, 1), "number of birds": (42, 42, 342, 20), "draw": (1, 9, 20, 1)}
SPIKES = {"log10 of the sd": (-16, 0, 0.5, 0.25), "object, in order": (1, 1, 200, 1)}
EXPLORERS = {
    "classes": (lessons.classes_explorer, assert_classes, COUNTS),
    "objects": (lessons.objects_explorer, assert_objects, GAPS),
    "e-step": (lessons.e_step_explorer, assert_e_step, MEANS),
    "e-step, 3": (lambda: lessons.e_step_explorer(start=THREE), assert_e_step, {}),
    "e-step, 4": (lambda: lessons.e_step_explorer(FOUR.sample(200, 0)[0], FOUR), assert_e_step, {}),
    "m-step": (lessons.m_step_explorer, assert_m_step, {"blur of the labels": (0, 0, 1, 0.02)}),
    "restarts": (lessons.restarts_explorer, assert_restarts, STARTS),
    "truth": (lessons.truth_explorer, assert_truth, DRAWS),
    "spike": (lessons.spike_explorer, assert_spike, SPIKES),
    "choose": (lessons.choose_explorer, assert_choose, CHOICES),
    "ten runs": (lessons.ten_runs_explorer, assert_ten_runs, {"step": (0, 60, 900, 3)}),
    "added": (lessons.added_explorer, assert_added, {"log10 of reg_covar": (-6, -6, -0.5, 0.5)}),
    "bins": (lessons.bins_explorer, assert_bins, {"bins: 2 to the power": (4, 6, 9, 1)}),
}
"""What each explorer is, what sees to it, and its sliders: least value, start, largest, step."""


@pytest.fixture(params=EXPLORERS, scope="module")
def made(request):
    make, shows, _ = EXPLORERS[request.param]
    one = make()
    one.name, one.shows = request.param, shows
    return one


@pytest.fixture
def explorer(made):
    """An explorer as it is at first: tests leave its sliders where they are."""
    made.reset()
    made.picture.figure.draw_without_rendering()  # else texts are measured as in the last picture saved
    return made


def assert_shows_its_sliders(explorer):
    """Picture, page and sentence are what the sliders' own numbers imply."""
    at = {name: slider.value for name, slider in explorer.sliders.items()}
    explorer.shows(explorer.picture, at)
    assert explorer.sentence == explorer.picture.sentence == repr(explorer)
    assert explorer.sentence in explorer.readout.value.replace("&gt;", ">").replace("&lt;", "<")
    assert "cannot" not in explorer.readout.value
    assert len(explorer.svg.encode()) + len(explorer.readout.value.encode()) <= FRAME_LIMIT


def test_every_control_at_its_ends_and_its_default(explorer):
    for name, wanted in EXPLORERS[explorer.name][2].items():
        slider = explorer.sliders[name]
        close((slider.min, slider.value, slider.max, slider.step), wanted)
    start, values = explorer.sentence, {name: s.value for name, s in explorer.sliders.items()}
    assert_shows_its_sliders(explorer)
    for name, slider in explorer.sliders.items():
        for value in (slider.min, slider.max):
            slider.value = value
            assert_shows_its_sliders(explorer)
        slider.value = values[name]
    for end in ("min", "max"):
        for slider in explorer.sliders.values():
            if slider.continuous_update:  # what waits for the release takes its time
                slider.value = getattr(slider, end)
        assert_shows_its_sliders(explorer)
        assert_page_shows(explorer.picture, explorer.svg)
    explorer.reset_button.click()
    assert explorer.sentence == start
    assert "<b>Back at the start.</b>" in explorer.readout.value
    assert {name: s.value for name, s in explorer.sliders.items()} == values
    waiting = {name for name, s in explorer.sliders.items() if not s.continuous_update}
    slow = {"restarts": {"draw", "doublings"}, "choose": {"draw", "number of birds"}}
    assert waiting == slow.get(explorer.name, set())


def assert_stored_without_widgets(one, live, monkeypatch):
    """What is stored is what was live, but for the widgets: a picture, and its sentence."""
    monkeypatch.setenv(STORING, "1")
    stored = one.outputs()
    assert [set(data) for data, _ in stored] == [{"image/png", "text/plain"}, {"text/markdown", "text/plain"}]
    assert stored[0][0]["text/plain"] == stored[1][0]["text/markdown"] == stored[1][0]["text/plain"]
    for (data, metadata), kept, widget in zip(live, stored, (one.box, one.readout), strict=True):
        assert data.pop(WIDGET)["model_id"] == widget.model_id
        assert (data, metadata) == kept
    return stored


def test_showing_it_moves_nothing_and_what_moves_is_not_in_the_background(explorer, monkeypatch):
    svg, background = explorer.svg, explorer.picture.background()
    for _ in range(2):  # matplotlib places a title that is left to it anew at every drawing
        live = explorer.outputs()
        explorer._paint("")
        assert explorer.svg == svg
    data, metadata = assert_stored_without_widgets(explorer, live, monkeypatch)[0]
    assert data["text/plain"] == explorer.sentence
    assert metadata["image/png"] == {"alt": explorer.sentence, "width": 768, "height": 307}
    for slider in explorer.sliders.values():
        if slider.continuous_update:
            slider.value = slider.max
    assert explorer.svg != svg
    assert explorer.picture.background() == background
    assert explorer.outputs()[0][0]["image/png"] != data["image/png"], "the picture as it is now"


def test_explorers_share_nothing_and_say_what_moved(explorer):
    other = EXPLORERS[explorer.name][0]()
    assert other.sentence == explorer.sentence
    before = explorer.sentence, explorer.svg, explorer.readout.value
    name, slider = list(other.sliders.items())[-1]
    slider.value = slider.max
    assert f"<b>{slider.description}: {slider.max:g}.</b> " in other.readout.value
    assert slider.description.startswith(name)
    assert (explorer.sentence, explorer.svg, explorer.readout.value) == before


@pytest.mark.parametrize(("variance", "lowest"), [(1, 0.5), (0.01, 0.1)])
def test_the_sd_sliders_begin_at_two_steps_or_at_the_narrowest_class(variance, lowest):
    start = Mixture([0.5, 0.5], [0, 3], [variance, 9])
    explorer = lessons.e_step_explorer(np.linspace(-9, 9, 60), start)
    for slider in (explorer.sliders["sd of A"], explorer.sliders["sd of B"]):
        steps = (slider.value - slider.min) / slider.step
        assert (slider.step, steps) == (0.25, pytest.approx(round(steps), abs=1e-9)), "on its grid"
        assert lowest <= slider.min < lowest + slider.step, "never 0"


@pytest.mark.parametrize("y", [[0.0], [5, 5, 5], [1e6, 1e6 + 1], [-1e-3, 1e-3]])
def test_an_explorer_of_few_or_equal_objects(y):
    explorer = lessons.e_step_explorer(y)
    for slider in explorer.sliders.values():
        slider.value = slider.max
    assert "cannot" not in explorer.readout.value


GRIDS = {
    "objects": [(0, 20, 40), (0.25, 10), range(1, 21, 2)],
    "truth": [(50, 100, 1000), range(1, 21)],
    "spike": [(-16, 0.5), range(1, 201, 20)],
}
CLEAR = {"classes": assert_counts_are_clear, "spike": assert_spike_is_clear}


def test_nowhere_do_controls_leave_an_explorer_without_a_clear_picture(explorer):
    """Over a grid of all of them, or with every two at their ends."""
    sliders = [slider for slider in explorer.sliders.values() if slider.continuous_update]
    pairs = [(pair, [(s.min, s.max) for s in pair]) for pair in itertools.combinations(sliders, 2)]
    for moved, grid in [(sliders, GRIDS[explorer.name])] if explorer.name in GRIDS else pairs:
        for values in itertools.product(*grid):
            for slider, value in zip(moved, values, strict=True):
                slider.value = value
            assert "cannot" not in explorer.readout.value, values
            assert len(explorer.svg.encode()) <= FRAME_LIMIT
            CLEAR.get(explorer.name, assert_labels_are_clear)(explorer.picture)
        explorer.reset()


# ------------------------------------------------------------------ scrubbers
@pytest.fixture(params=[HalfStepPicture, BoundPicture])
def scrubber(request):
    return Scrubber(request.param(THREE.sample(60, 2)[0], THREE, steps=4, label="length (mm)"))


def test_all_frames_go_to_the_page_and_the_browser_chooses(scrubber):
    picture, slider, play = scrubber.picture, scrubber.slider, scrubber.play
    assert picture.strip.get_xlabel() == "length (mm)"
    assert {(link.source, link.target) for link in scrubber.links} == {
        ((scrubber.play_button, "value"), (play, "playing")),
        ((play, "value"), (slider, "value")),
        ((slider, "value"), (scrubber._overlays, "selected_index")),
        ((slider, "value"), (scrubber.readout, "selected_index")),
    }
    for control in (slider, play):
        assert (control.min, control.max, control.step, control.value) == (0, 8, 1, 0)
    assert (slider.continuous_update, slider.description) == (True, "half-step (arrow keys)")
    assert (scrubber.play_button.description, play.interval, play.repeat) == ("Play", 700, False)
    assert scrubber._overlays.selected_index == scrubber.readout.selected_index == 0
    shown = zip(scrubber.frames, scrubber._overlays.children, scrubber.readout.children, strict=True)
    for i, (frame, svg, said) in enumerate(shown):
        picture.go_to(i)
        slider.value = i
        assert (scrubber.svg, scrubber.sentence) == frame == (svg.value, picture.sentence)
        assert said.value.startswith('<div role="status" aria-live="polite"')
        assert f">{frame.sentence}<" in said.value.replace("&gt;", ">").replace(' class="', "")
        assert frame.sentence.startswith(picture.halves[i].title)
        assert_page_shows(picture, frame.svg)
    before = picture.background()
    picture.go_to(0)
    assert picture.background() == before, "what moves is in the frames"


@pytest.mark.parametrize(
    ("name", "y", "start", "steps", "names", "most"),
    [
        ("em", load("penguins").y, BESIDE, 12, ["class 1", "class 2"], 1_000_000),
        ("bound", PART_WAYS.sample(120, 1)[0], TOGETHER, 8, ["A", "B"], 500_000),
    ],
)
def test_the_frames_of_a_lesson_are_those_of_em_and_small_together(name, y, start, steps, names, most):
    scrubber = SCRUBBERS[name]()
    path = em(y, start, max_iter=steps, tol=0).path
    frames = [path[0], *(m for before, after in itertools.pairwise(path) for m in (before, after))]
    assert [half.mixture for half in scrubber.picture.halves] == frames
    assert scrubber.picture.names == names
    sent = [child.value for stack in (scrubber._overlays, scrubber.readout) for child in stack.children]
    assert len(sent) == 2 * len(frames)
    assert sum(len(text.encode()) for text in sent) <= most


def test_a_filmstrip_is_stored_wherever_the_slider_stands(scrubber, monkeypatch):
    live = scrubber.outputs()
    assert scrubber._background.value.startswith('<img alt="" src="data:image/png;base64,')
    stored = assert_stored_without_widgets(scrubber, live, monkeypatch)
    assert stored[0][0]["text/plain"] == scrubber.picture.filmstrip().sentence
    scrubber.slider.value = 5
    assert scrubber.outputs() == stored
