"""The scrubbers of lessons 00 and 05: all their frames, on the page and stored."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from places import assert_page_shows

from gmm_lesson import Mixture, em, load
from gmm_lesson.explorers import lessons
from gmm_lesson.explorers.lessons import FOUR_ALIKE, PART_WAYS, TOGETHER
from gmm_lesson.explorers.page import STORING, WIDGET

THREE = Mixture([0.2, 0.3, 0.5], [-2, 0, 2], [1, 1, 4])
SCRUBBERS = {"em": lessons.em_scrubber, "bound": lessons.bound_scrubber}


@pytest.fixture(autouse=True)
def _live(monkeypatch):
    monkeypatch.delenv(STORING, raising=False)


@pytest.fixture(params=SCRUBBERS)
def scrubber(request):
    one = SCRUBBERS[request.param](steps=4)
    yield one
    one.close()


def test_all_frames_go_to_the_page_and_the_browser_chooses(scrubber):
    picture, links = scrubber.picture, {(link.source, link.target) for link in scrubber.links}
    place = (scrubber.slider, "value")
    assert links == {
        ((scrubber.play_button, "value"), (scrubber.play, "playing")),
        ((scrubber.play, "value"), place),
        (place, (scrubber._overlays, "selected_index")),
        (place, (scrubber.readout, "selected_index")),
    }
    for control in (scrubber.slider, scrubber.play):
        assert (control.min, control.max, control.step, control.value) == (0, 8, 1, 0)
    slider, play = scrubber.slider, scrubber.play
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
    before = scrubber.picture.background()
    picture.go_to(0)
    assert picture.background() == before, "what moves is in the frames"


@pytest.mark.parametrize("name", SCRUBBERS)
def test_the_frames_of_a_lesson_are_those_of_em_and_small_together(name):
    scrubber = SCRUBBERS[name]()
    y, start = (
        (load("lecture_2021").y, FOUR_ALIKE) if name == "em" else (PART_WAYS.sample(120, 1)[0], TOGETHER)
    )
    steps = 15 if name == "em" else 8
    path = em(y, start, max_iter=steps, tol=0).path
    frames = [path[0], *(m for before, after in pairwise(path) for m in (before, after))]
    assert [half.mixture for half in scrubber.picture.halves] == frames
    assert scrubber.picture.names == (["A", "B"] if name == "bound" else [f"class {k}" for k in range(1, 5)])
    sent = [child.value for stack in (scrubber._overlays, scrubber.readout) for child in stack.children]
    assert len(sent) == 2 * len(frames)
    assert sum(len(text.encode()) for text in sent) <= (1_000_000 if name == "em" else 500_000)
    scrubber.close()


def test_a_filmstrip_is_stored_wherever_the_slider_stands(scrubber, monkeypatch):
    live = scrubber.outputs()
    assert scrubber._background.value.startswith('<img alt="" src="data:image/png;base64,')
    monkeypatch.setenv(STORING, "1")
    stored = scrubber.outputs()
    scrubber.slider.value = 5
    assert scrubber.outputs() == stored
    sentence = scrubber.picture.filmstrip().sentence
    assert stored[0][0]["text/plain"] == stored[1][0]["text/markdown"] == sentence
    for (one, meta), (kept, kept_meta), widget in zip(
        live, stored, (scrubber.box, scrubber.readout), strict=True
    ):
        assert one.pop(WIDGET)["model_id"] == widget.model_id
        assert (one, meta) == (kept, kept_meta)


def test_a_scrubber_takes_other_objects():
    y = THREE.sample(60, 2)[0]
    scrubber = SCRUBBERS["em"](y, steps=2, label="length (mm)")
    assert scrubber.picture.strip.get_xlabel() == "length (mm)"
    assert len(scrubber.frames) == 5
    np.testing.assert_array_equal(scrubber.picture.y, y)
    scrubber.close()
