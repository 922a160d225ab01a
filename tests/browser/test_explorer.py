"""Two E-step explorers in JupyterLab, as a learner meets them: stored pictures first, then alive."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from lab import open_notebook, run_all, seen, settled, slider, watched_page, write_notebook
from PIL import Image
from playwright.sync_api import expect

from gmm_lesson.explorers import e_step_explorer
from gmm_lesson.explorers.page import STORING

SOURCE = "from gmm_lesson.explorers import e_step_explorer\ne_step_explorer()"
COUNT = """
import gc, ipywidgets.widgets.widget as w
from matplotlib.figure import Figure
gc.collect()
print("figures", sum(isinstance(o, Figure) for o in gc.get_objects()), "widgets", len(w._instances))
""".strip()


@pytest.fixture(scope="module")
def notebook(lab, chromium):
    """A page at a notebook of two stored explorers and a cell that counts what the kernel holds."""
    folder, url = lab
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORING, "1")
        explorer = e_step_explorer()
        stored = explorer.outputs()
        explorer.close()
    write_notebook(folder / "two.ipynb", [(SOURCE, stored), (SOURCE, stored), (COUNT, [])])
    with watched_page(chromium) as (page, errors):
        open_notebook(page, url, "two.ipynb")
        yield page
    assert errors == []


@pytest.fixture(scope="module")
def running(notebook):
    """The page after Run All, and its first and second explorer's cells."""
    run_all(notebook)
    pictures = notebook.locator("svg[role=img]")
    expect(pictures).to_have_count(2)
    cells = notebook.locator(".jp-CodeCell")
    for cell in (cells.nth(0), cells.nth(1)):
        cell.locator(".noUi-handle").nth(6).wait_for()
    return notebook, cells.nth(0), cells.nth(1)


@pytest.fixture
def alive(running):
    """The same, with both explorers at their start."""
    for cell in running[1:]:
        cell.get_by_role("button", name="Reset").click()
        expect(says(cell)).to_contain_text("Back at the start.")
    return running


def picture(cell):
    return cell.locator("svg[role=img]")


def drawn(cell):
    return settled(cell.page, lambda: picture(cell).evaluate("svg => svg.outerHTML"))


def says(cell):
    return cell.locator("[role=status]")


def test_the_stored_pictures_are_there_before_anything_runs(notebook):
    cells = notebook.locator(".jp-CodeCell")
    for cell in (cells.nth(0), cells.nth(1)):
        image = cell.locator(".jp-RenderedImage img")
        expect(image).to_be_visible()
        expect(image).to_have_js_property("naturalWidth", 1600)
        expect(cell.locator(".jp-OutputArea")).to_contain_text("Who owns y = -4.00? A 0.015, B 0.985.")
    expect(notebook.locator("svg[role=img]")).to_have_count(0)


def test_keys_move_picture_and_readout_and_the_other_explorer_stays(alive):
    _, first, second = alive
    before = [drawn(cell) for cell in (first, second)]
    handle = slider(first, "mean of A")
    handle.focus()
    handle.press("ArrowRight")
    expect(says(first)).to_contain_text("mean of A: 0.25. A mixture")
    expect(picture(first)).to_have_attribute("aria-label", re.compile("A: weight 0.50, mean 0.25, sd 1.00"))
    handle.press("End")
    expect(says(first)).to_contain_text(re.compile(r"A: weight 0\.50, mean 10\.50, sd 1\.00"))
    handle.press("Home")
    expect(says(first)).to_contain_text(re.compile(r"A: weight 0\.50, mean -5\.00, sd 1\.00"))
    assert drawn(first) != before[0]
    assert drawn(second) == before[1]
    expect(says(second)).to_contain_text("mean 0.00, sd 1.00")
    first.get_by_role("button", name="Reset").click()
    expect(says(first)).to_contain_text("Back at the start. A mixture of 2 classes")
    assert drawn(first) == before[0]
    expect(handle).to_have_attribute("aria-valuenow", "0.0")


def test_a_drag_moves_the_picture_and_its_last_value_wins(alive):
    page, first, second = alive
    handle = slider(first, "sd of B")
    handle.scroll_into_view_if_needed()
    box = settled(page, handle.bounding_box)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for stop in (20, 40, 60):  # it moves during the drag
        label = settled(page, lambda: picture(first).get_attribute("aria-label"))
        page.mouse.move(x - stop, y, steps=10)
        expect(picture(first)).not_to_have_attribute("aria-label", label)
    page.mouse.move(x - 80, y, steps=10)
    page.mouse.up()
    value = seen(page, lambda: float(handle.get_attribute("aria-valuenow")), lambda value: value < 2)
    value = settled(page, lambda: float(handle.get_attribute("aria-valuenow")))
    wanted = re.compile(rf"B: weight 0\.50, mean 3\.00, sd {value:.2f}\.")
    expect(picture(first)).to_have_attribute("aria-label", wanted)
    expect(says(first)).to_contain_text(wanted)
    assert wanted.search(settled(page, lambda: picture(first).get_attribute("aria-label")))
    expect(says(second)).to_contain_text("B: weight 0.50, mean 3.00, sd 3.00.")


def test_the_live_picture_is_the_stored_one(alive):
    """The overlay on its background, as the browser shows it, against the PNG of the same figure."""
    page, first, _ = alive
    handle = slider(first, "mean of B")
    handle.focus()
    for _ in range(4):
        handle.press("ArrowRight")
    expect(says(first)).to_contain_text("mean 4.00, sd 3.00")
    box = settled(page, lambda: picture(first).bounding_box())
    shot = Image.open(io.BytesIO(settled(page, lambda: picture(first).screenshot()))).convert("RGB")
    explorer = e_step_explorer()
    explorer.sliders["mean of B"].value = 4
    png = Image.open(io.BytesIO(base64.b64decode(explorer.picture.bundle()[0]["image/png"]))).convert("RGB")
    explorer.close()
    assert box["width"] / box["height"] == pytest.approx(png.width / png.height, rel=0.01)
    # Coarse pixels, so that glyphs and edges smoothed in two ways do not count.
    small = (192, 77)
    live, stored = (np.asarray(im.resize(small, Image.Resampling.BOX), float) for im in (shot, png))
    assert np.abs(live - stored).mean() < 2
    assert (np.abs(live - stored).max(axis=2) > 60).mean() < 0.005
    shifted = np.roll(stored, 2, axis=1)
    assert np.abs(live - shifted).mean() > 2 * np.abs(live - stored).mean(), "the comparison can see"


def test_running_again_leaks_nothing(alive):
    page, *_ = alive
    printed = page.locator(".jp-CodeCell").nth(2).locator(".jp-OutputArea")
    expect(printed).to_contain_text("figures 2")
    before = settled(page, printed.inner_text)
    old = picture(page.locator(".jp-CodeCell").nth(0)).element_handle()
    run_all(page)
    page.wait_for_function("old => !old.isConnected", arg=old)
    expect(page.locator("svg[role=img]")).to_have_count(2)
    expect(page.locator(".jp-CodeCell").nth(2).locator(".jp-InputPrompt")).to_have_text("[6]:")
    expect(printed).to_have_text(before)
