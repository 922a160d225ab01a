"""Two explorers and a scrubber in JupyterLab: alive, then with a busy kernel and with none."""

import base64
import io
import re
from functools import partial

import numpy as np
import pytest
from lab import (
    assert_it_says_what_it_shows,
    choose,
    open_notebook,
    run_all,
    run_cell,
    seen,
    settled,
    slider,
    watched_page,
    write_notebook,
)
from PIL import Image
from playwright.sync_api import expect

from gmm_lesson.explorers import e_step_explorer, em_scrubber

EXPLORER = "from gmm_lesson.explorers import e_step_explorer\ne_step_explorer()"
SCRUBBER = "from gmm_lesson.explorers import em_scrubber\nem_scrubber()"
BUSY = "import time\ntime.sleep(600)"
COUNT = """
import gc, ipywidgets.widgets.widget as w
from matplotlib.figure import Figure
gc.collect()
print("figures", sum(isinstance(o, Figure) for o in gc.get_objects()), "widgets", len(w._instances))
""".strip()
UNSENT = "Could not send widget sync message"
"""What ipywidgets writes to the console, at every move, once there is no kernel to tell."""


@pytest.fixture(scope="module")
def running(lab, chromium):
    """Two explorers and a scrubber, and a cell that counts what the kernel holds; and the page's errors."""
    folder, url = lab
    write_notebook(folder / "three.ipynb", [EXPLORER, EXPLORER, SCRUBBER, COUNT])
    with watched_page(chromium) as (page, errors):
        page.set_viewport_size({"width": 1280, "height": 2400})  # all four are there at once
        open_notebook(page, url, "three.ipynb")
        run_all(page)
        cells = [page.locator(".jp-CodeCell").nth(place) for place in range(4)]
        for cell, handles in zip(cells[:3], (7, 7, 1), strict=True):
            expect(picture(cell)).to_have_count(1)
            expect(cell.locator(".noUi-handle")).to_have_count(handles)
        yield cells, errors
    assert [error for error in errors if not error.startswith(UNSENT)] == []


@pytest.fixture
def alive(running):
    """The same, with all three at their start."""
    cells, _ = running
    for cell in cells[:2]:
        cell.get_by_role("button", name="Reset").click()
        expect(says(cell)).to_contain_text("Back at the start.")
    handle(cells[2]).press("Home")
    assert_at(cells[2], 0, "Start")
    return cells


def picture(cell):
    return cell.locator("svg[role=img]")


def says(cell):
    return cell.locator("[role=status]")


def drawn(cell):
    return settled(cell.page, lambda: picture(cell).evaluate("svg => svg.outerHTML"))


def handle(scrubber):
    return slider(scrubber, "half-step (arrow keys)")


def play_button(scrubber):
    return scrubber.get_by_role("button", name="Play", exact=True)


def assert_at(scrubber, place, beginning):
    """The slider stands at a place, and picture and sentence are of its frame."""
    expect(handle(scrubber)).to_have_attribute("aria-valuenow", f"{place:.1f}")
    expect(picture(scrubber)).to_have_attribute("aria-label", re.compile(f"^{beginning}: "))
    assert_it_says_what_it_shows(scrubber.page, scrubber)


def assert_keys_move_it(scrubber):
    for key, place, beginning in [
        ("End", 24, "M-step 12"),
        ("ArrowLeft", 23, "E-step 12"),
        ("Home", 0, "Start"),
        ("ArrowRight", 1, "E-step 1"),
        ("ArrowRight", 2, "M-step 1"),
        ("ArrowRight", 3, "E-step 2"),
    ]:
        handle(scrubber).press(key)
        assert_at(scrubber, place, beginning)


def comes_to(scrubber, least, most=24):
    """Play has come so far: a busy machine may show a place too shortly to be seen."""
    place = partial(handle(scrubber).get_attribute, "aria-valuenow")
    seen(scrubber.page, place, lambda now: least <= float(now) <= most)


def test_a_drag_moves_one_explorer_and_its_last_value_wins(alive):
    first, second = alive[:2]
    page, sd, before = first.page, slider(first, "sd of B"), [drawn(first), drawn(second)]
    sd.scroll_into_view_if_needed()
    box = settled(page, sd.bounding_box)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for stop in (20, 40, 60):  # it moves during the drag
        label = settled(page, partial(picture(first).get_attribute, "aria-label"))
        page.mouse.move(x - stop, y, steps=10)
        expect(picture(first)).not_to_have_attribute("aria-label", label)
    page.mouse.move(x - 80, y, steps=10)
    page.mouse.up()

    def now():
        return float(sd.get_attribute("aria-valuenow"))

    seen(page, now, lambda value: value < 2)
    wanted = re.compile(rf"B: weight 0\.50, mean 3\.00, sd {settled(page, now):.2f}\.")
    expect(says(first)).to_contain_text(wanted)
    expect(picture(first)).to_have_attribute("aria-label", wanted)
    assert wanted.search(settled(page, partial(picture(first).get_attribute, "aria-label")))
    expect(says(second)).to_contain_text("B: weight 0.50, mean 3.00, sd 3.00.")
    assert drawn(second) == before[1]
    first.get_by_role("button", name="Reset").click()
    expect(says(first)).to_contain_text("Back at the start. A mixture of 2 classes")
    assert drawn(first) == before[0]
    expect(sd).to_have_attribute("aria-valuenow", "3.0")


@pytest.mark.parametrize("place", ["explorer", 0, 24])
def test_the_live_picture_is_the_stored_one(alive, place):
    """The overlay on its background, as the browser shows it, against the PNG of the same figure."""
    cell, one = (alive[0], e_step_explorer()) if place == "explorer" else (alive[2], em_scrubber())
    if place == "explorer":
        slider(cell, "mean of B").press("End")
        expect(says(cell)).to_contain_text("mean 10.50, sd 3.00")
        one.sliders["mean of B"].value = 10.5
    else:
        handle(cell).press("Home" if place else "End")
        handle(cell).press("End" if place else "Home")
        expect(handle(cell)).to_have_attribute("aria-valuenow", f"{place:.1f}")
        one.picture.go_to(place)
    box = settled(cell.page, picture(cell).bounding_box)
    shot = Image.open(io.BytesIO(settled(cell.page, picture(cell).screenshot))).convert("RGB")
    png = Image.open(io.BytesIO(base64.b64decode(one.picture.bundle()[0]["image/png"]))).convert("RGB")
    one.close()
    assert box["width"] / box["height"] == pytest.approx(png.width / png.height, rel=0.01)
    assert box["width"] > 700
    # Coarse pixels, so that glyphs and edges smoothed in two ways do not count.
    small = (192, 77)
    live, wanted = (np.asarray(im.resize(small, Image.Resampling.BOX), float) for im in (shot, png))
    assert np.abs(live - wanted).mean() < 2
    assert (np.abs(live - wanted).max(axis=2) > 60).mean() < 0.005
    shifted = np.roll(wanted, 2, axis=1)
    assert np.abs(live - shifted).mean() > 2 * np.abs(live - wanted).mean(), "the comparison can see"


def test_play_goes_on_by_itself_pauses_and_starts_again_from_the_end(alive):
    scrubber, play = alive[2], play_button(alive[2])
    play.click()
    comes_to(scrubber, 3)
    play.click()
    expect(play).not_to_have_class(re.compile("mod-active"))
    place = partial(handle(scrubber).get_attribute, "aria-valuenow")
    assert 3 <= float(settled(scrubber.page, place, times=20)) < 30, "a second: longer than a frame is shown"
    assert_it_says_what_it_shows(scrubber.page, scrubber)

    for key in ("End", "ArrowLeft", "ArrowLeft"):
        handle(scrubber).press(key)
    play.click()
    assert_at(scrubber, 24, "M-step 12")
    expect(play).not_to_have_class(re.compile("mod-active"))  # it stops at the end
    assert settled(scrubber.page, place, times=20) == "24.0"
    play.click()
    comes_to(scrubber, 1, most=23)
    play.click()


def test_running_again_leaks_nothing(alive):
    page, printed = alive[0].page, alive[3].locator(".jp-OutputArea")
    expect(printed).to_contain_text("figures 3")
    before = settled(page, printed.inner_text)
    old = picture(alive[0]).element_handle()
    run_all(page)
    page.wait_for_function("old => !old.isConnected", arg=old)
    expect(page.locator("svg[role=img]")).to_have_count(3)
    expect(alive[3].locator(".jp-InputPrompt")).to_have_text("[8]:")
    expect(printed).to_have_text(before)


def test_a_scrubber_moves_while_the_kernel_is_busy_and_when_it_is_gone(alive, running):
    """The last one: in the end the page may say that it reaches no kernel, and nothing else."""
    page, scrubber, errors = alive[0].page, alive[2], running[1]

    def look():
        return picture(scrubber).evaluate("svg => svg.innerHTML"), scrubber.bounding_box()["height"]

    shown, height = settled(page, look)
    run_cell(alive[3], BUSY)
    says_busy = page.get_by_text(re.compile(r"\| Busy$")).first
    expect(says_busy).to_be_visible()
    assert_keys_move_it(scrubber)
    moved, height_then = settled(page, look)
    assert moved != shown
    assert height_then == height, "nothing below it jumps"
    expect(scrubber.locator(".jp-RenderedImage")).to_have_count(0)
    expect(says_busy).to_be_visible()
    assert errors == []
    choose(page, "Kernel", "Shut Down Kernel")
    expect(page.get_by_text("No Kernel", exact=True).first).to_be_visible()
    assert_keys_move_it(scrubber)
    play_button(scrubber).click()
    comes_to(scrubber, 5)
