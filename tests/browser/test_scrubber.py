"""The scrubber of lesson 00 in JupyterLab: stored, then moved by keys and Play, with a kernel and without."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from lab import (
    assert_it_says_what_it_shows,
    open_notebook,
    seen,
    settled,
    slider,
    watched_page,
    write_notebook,
)
from PIL import Image
from playwright.sync_api import expect

from gmm_lesson.explorers import em_scrubber
from gmm_lesson.explorers.page import STORING

SOURCE = "from gmm_lesson.explorers import em_scrubber\nem_scrubber()"
BUSY = "import time\ntime.sleep(600)"
UNSENT = "Could not send widget sync message"
"""What ipywidgets writes to the console, at every move, once there is no kernel to tell."""


@pytest.fixture
def notebook(lab, page, monkeypatch, request):
    """The page, at a notebook of a stored scrubber and of a cell that keeps the kernel busy."""
    return opened(lab, page, monkeypatch, request)


@pytest.fixture
def alive(notebook):
    return run_first(notebook)


@pytest.fixture
def alive_on_a_lenient_page(lab, chromium, monkeypatch, request):
    """The same, on a page that may say that it reaches no kernel, and nothing else."""
    with watched_page(chromium) as (page, errors):
        yield run_first(opened(lab, page, monkeypatch, request))
    assert [error for error in errors if not error.startswith(UNSENT)] == []


def opened(lab, page, monkeypatch, request):
    folder, url = lab
    monkeypatch.setenv(STORING, "1")
    scrubber = em_scrubber()
    stored = scrubber.outputs()
    scrubber.close()
    name = f"{request.node.name}.ipynb"  # JupyterLab would give the same notebook the same kernel
    write_notebook(folder / name, [(SOURCE, stored), (BUSY, [])])
    open_notebook(page, url, name)
    return page


def run_first(page):
    """Run the scrubber's cell; return the page and the slider's handle."""
    page.locator(".jp-CodeCell").first.click()
    page.keyboard.press("Control+Enter")
    expect(picture(page)).to_have_count(1)
    handle = slider(page, "half-step (arrow keys)")
    handle.wait_for()
    return page, handle


def picture(page):
    return page.locator("svg[role=img]")


def play_button(page):
    return page.get_by_role("button", name="Play", exact=True)


def assert_at(page, place, beginning):
    """The slider stands at a place, and picture and sentence are of its frame."""
    expect(slider(page, "half-step (arrow keys)")).to_have_attribute("aria-valuenow", f"{place:.1f}")
    expect(picture(page)).to_have_attribute("aria-label", re.compile(f"^{beginning}: "))
    assert_it_says_what_it_shows(page, page)


def at_least(page, handle, place):
    """Play has come so far: a busy machine may show a place too shortly to be seen."""
    seen(page, lambda: float(handle.get_attribute("aria-valuenow")), lambda now: now >= place)


def assert_keys_move_it(page, handle):
    handle.focus()
    handle.press("End")
    assert_at(page, 30, "M-step 15")
    handle.press("ArrowLeft")
    assert_at(page, 29, "E-step 15")
    handle.press("Home")
    assert_at(page, 0, "Start")
    for place, beginning in enumerate(["E-step 1", "M-step 1", "E-step 2"], start=1):
        handle.press("ArrowRight")
        assert_at(page, place, beginning)


def test_the_stored_filmstrip_is_there_before_anything_runs(notebook):
    cell = notebook.locator(".jp-CodeCell").first
    image = cell.locator(".jp-RenderedImage img")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 1600)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("-696.7 after 15. At the end 134 of 200 objects")
    expect(picture(notebook)).to_have_count(0)


def test_keys_move_picture_and_sentence(alive):
    page, handle = alive
    assert_at(page, 0, "Start")
    first = page.locator(".jp-CodeCell").first

    def look():
        return picture(page).evaluate("svg => svg.innerHTML"), first.bounding_box()["height"]

    drawn, height = settled(page, look)
    assert_keys_move_it(page, handle)
    moved, height_then = settled(page, look)
    assert moved != drawn
    assert height_then == height, "nothing below it jumps"
    expect(page.locator(".jp-RenderedImage")).to_have_count(0)


@pytest.mark.parametrize(("key", "index"), [("Home", 0), ("End", 30)])
def test_a_frame_lies_on_its_background(alive, key, index):
    """The two layers, as the browser shows them, against the PNG of the same frame."""
    page, handle = alive
    handle.focus()
    handle.press("End" if key == "Home" else "Home")
    handle.press(key)
    expect(handle).to_have_attribute("aria-valuenow", f"{index:.1f}")
    box = settled(page, lambda: picture(page).bounding_box())
    shot = Image.open(io.BytesIO(settled(page, lambda: picture(page).screenshot()))).convert("RGB")
    scrubber = em_scrubber()
    scrubber.picture.go_to(index)
    png = Image.open(io.BytesIO(scrubber.picture.png())).convert("RGB")
    scrubber.close()
    assert box["width"] / box["height"] == pytest.approx(png.width / png.height, rel=0.01)
    assert box["width"] > 700
    small = (192, 77)  # coarse pixels, so that glyphs and edges smoothed in two ways do not count
    live, stored = (np.asarray(im.resize(small, Image.Resampling.BOX), float) for im in (shot, png))
    assert np.abs(live - stored).mean() < 2
    assert (np.abs(live - stored).max(axis=2) > 60).mean() < 0.005


def test_play_goes_on_by_itself_pauses_and_starts_again_from_the_end(alive):
    page, handle = alive
    play_button(page).click()
    at_least(page, handle, 3)
    play_button(page).click()
    expect(play_button(page)).not_to_have_class(re.compile("mod-active"))
    page.wait_for_timeout(1000)  # longer than a frame is shown
    place = settled(page, lambda: handle.get_attribute("aria-valuenow"))
    page.wait_for_timeout(1000)
    expect(handle).to_have_attribute("aria-valuenow", place)
    assert_it_says_what_it_shows(page, page)

    handle.focus()
    handle.press("End")
    handle.press("ArrowLeft")
    handle.press("ArrowLeft")
    play_button(page).click()
    assert_at(page, 30, "M-step 15")
    expect(play_button(page)).not_to_have_class(re.compile("mod-active"))  # it stops at the end
    page.wait_for_timeout(1000)
    assert_at(page, 30, "M-step 15")
    play_button(page).click()
    seen(page, lambda: float(handle.get_attribute("aria-valuenow")), lambda place: 1 <= place < 30)
    play_button(page).click()


def test_it_moves_while_the_kernel_is_busy(alive):
    page, handle = alive
    page.locator(".jp-CodeCell").nth(1).click()
    page.keyboard.press("Control+Enter")
    page.get_by_text(re.compile(r"\| Busy$")).first.wait_for()
    assert_keys_move_it(page, handle)
    page.get_by_text(re.compile(r"\| Busy$")).first.wait_for()


def test_it_moves_when_the_kernel_is_gone(alive_on_a_lenient_page):
    page, handle = alive_on_a_lenient_page
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_text("Shut Down Kernel", exact=True).click()
    page.get_by_text("No Kernel", exact=True).first.wait_for()
    assert_keys_move_it(page, handle)
    play_button(page).click()
    at_least(page, handle, 5)
