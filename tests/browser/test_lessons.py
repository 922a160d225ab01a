"""The other lessons in JupyterLab: read cold, run from the top, every slider at its ends."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from lab import assert_it_says_what_it_shows, open_notebook, run_all, scroll_to, settled, wait_until_idle
from playwright.sync_api import expect

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
EXPLORERS = {
    "01_classes": ("classes_explorer()", 6),
    "02_objects": ("objects_explorer()", 3),
    "03_e_step": ("e_step_explorer()", 7),
    "04_m_step": ("m_step_explorer()", 1),
    "06_restarts": ("restarts_explorer()", 3),
    "07_truth": ("truth_explorer()", 2),
    "08_when_em_breaks": ("spike_explorer()", 2),
}
"""The cell of each lesson's explorer, and its number of sliders."""

VALUES = "handle => ['now', 'min', 'max'].map(which => handle.getAttribute(`aria-value${which}`))"


def near(value):
    """A pattern for a readout that says a number which rounds to this one."""
    digits = {f"{value + step / 100:g}" for step in range(-5, 6)}
    return re.compile(rf": ({'|'.join(map(re.escape, digits))})\. ")


@pytest.mark.parametrize("name", EXPLORERS)
def test_cold_then_run_with_every_slider_at_its_ends(lab, page, name):
    folder, url = lab
    shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder / f"ends_{name}.ipynb")
    open_notebook(page, url, f"ends_{name}.ipynb")
    source, n_sliders = EXPLORERS[name]
    cell = scroll_to(page, source)
    expect(cell.locator(".jp-RenderedImage img")).to_be_visible()
    run_all(page)
    wait_until_idle(page)  # a slider is heard when the cells below it have run
    cell = scroll_to(page, source)
    picture, says = cell.locator("svg[role=img]"), cell.locator("[role=status]")
    expect(picture).to_be_visible()
    handles = cell.locator(".noUi-handle")
    expect(handles).to_have_count(n_sliders)
    assert_it_says_what_it_shows(page, cell)
    default = settled(page, partial(picture.get_attribute, "aria-label"))
    for number in range(n_sliders):
        handle = handles.nth(number)
        at, *ends = settled(page, partial(handle.evaluate, VALUES))
        shown = []
        handle.focus()
        for key, end in zip(["Home", "End"], ends, strict=True):
            handle.press(key)
            expect(handle).to_have_attribute("aria-valuenow", end)
            if float(end) != float(at):
                # The page's own value is rounded, to one digit: the readout has them all.
                expect(says).to_contain_text(near(float(end)))
            shown.append(settled(page, partial(picture.get_attribute, "aria-label")))
            expect(says).not_to_contain_text("cannot")
        assert shown[0] != shown[1]
        cell.get_by_role("button", name="Reset").click()
        expect(says).to_contain_text("Back at the start.")
        expect(picture).to_have_attribute("aria-label", default)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    expect(page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_count(0)


def test_the_loop_half_a_step_at_a_time(lab, page):
    """Lesson 05's scrubber, in the lesson: stored, then at its ends and one half-step in."""
    folder, url = lab
    shutil.copy(NOTEBOOKS / "05_em.ipynb", folder / "ends_05_em.ipynb")
    open_notebook(page, url, "ends_05_em.ipynb")
    cell = scroll_to(page, "bound_scrubber()")
    expect(cell.locator(".jp-RenderedImage img")).to_be_visible()
    run_all(page)
    wait_until_idle(page)
    cell = scroll_to(page, "bound_scrubber()")
    picture, handle = cell.locator("svg[role=img]"), cell.locator(".noUi-handle")
    expect(picture).to_be_visible()
    handle.focus()
    for key, said in [
        ("End", "^M-step 8: .* a gap of 0.11"),
        ("Home", "^Start: "),
        ("ArrowRight", "^E-step 1: .* The first bound is the log-likelihood, "),
        ("ArrowRight", "^M-step 1: .* a gap of 0.49"),
    ]:
        handle.press(key)
        expect(picture).to_have_attribute("aria-label", re.compile(said))
        assert_it_says_what_it_shows(page, cell)
