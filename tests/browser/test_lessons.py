"""The lessons in JupyterLab: read cold, run from the top, every slider at its ends, then shown as slides."""

import re
import shutil
from functools import partial
from pathlib import Path

import nbformat
import pytest
from lab import assert_it_says_what_it_shows, open_notebook, run_all, scroll_to, seen, settled, watched_page
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
    "09_how_many": ("choose_explorer()", 3),
    "11_the_original": ("ten_runs_explorer()", 1),
    "12_fast_em": ("bins_explorer()", 1),
    "13_at_work": ("added_explorer()", 1),
}
"""The cell of each lesson's explorer, and its number of sliders."""
SCRUBBERS = {
    "00_start_here": ("em_scrubber()", "^M-step 12: ", ["^Start: ", "^E-step 1: ", "^M-step 1: "]),
    "05_em": (
        "bound_scrubber()",
        "^M-step 8: .* a gap of 0.11",
        ["^Start: ", "^E-step 1: .* The first bound is the log-like", "^M-step 1: .* a gap of 0.49"],
    ),
    "10_two_dimensions": (
        "plane_scrubber()",
        "^M-step 9: .* correlation 0.38",
        ["^Start: .* correlation 0.00", "^E-step 1: ", "^M-step 1: .* correlation 0.86"],
    ),
}
SCRUBBERS["one_lecture"] = SCRUBBERS["00_start_here"]
"""The cell of a scrubber, and what it says at the end and at the first places."""

SLIDES = (Path(__file__).parent / "slides.js").read_text(encoding="utf-8") + "slides()"
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.kernelDisplayStatus"
WIDTH, HEIGHT = 853, 480  # CSS pixels of a 1280 x 720 screen at 150%


@pytest.fixture(scope="module", params=sorted(SCRUBBERS | EXPLORERS))
def lesson(request, lab, chromium):
    """A page with a lesson that was looked at cold and then run, and the lesson's name."""
    folder, url = lab
    name = request.param
    shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder)
    with watched_page(chromium) as (page, errors):
        open_notebook(page, url, f"{name}.ipynb")
        cell = scroll_to(page, (SCRUBBERS | EXPLORERS)[name][0])
        expect(cell.locator(".jp-RenderedImage img")).to_be_visible()
        expect(cell.locator(".jp-RenderedImage img")).to_have_js_property("naturalWidth", 1600)
        expect(cell.locator(".jp-RenderedMarkdown", has_text=re.compile(r"\d"))).to_be_visible()
        expect(cell.locator("svg[role=img]")).to_have_count(0)
        run_all(page)
        yield page, name
        expect(page.get_by_text("Error displaying widget")).to_have_count(0)
        expect(page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_count(0)
    assert errors == []


def test_every_slide_fits(lesson):
    """At 150% zoom on a 1280 x 720 screen: in height and width, clear of the arrows, the figures alive."""
    page, name = lesson
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.locator('[data-command="deck:toggle"]').first.click()
    forward = page.locator(".jp-deck-mod-direction-forward").first
    forward.wait_for()
    slides = page.evaluate_handle(SLIDES).json_value()  # it waits for each
    page.locator(".jp-deck-mod-stop").click()  # the deck remembers whether it was on
    expect(forward).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 1000})
    faults = []
    for slide in slides:
        if not 0 <= slide["top"] <= slide["bottom"] <= HEIGHT:
            faults.append(f"from {slide['top']:g} to {slide['bottom']:g}: {slide['text']}")
        faults += [f"cut at a side: {text}" for text in slide["cut"]]
        faults += [f"under the arrows: {text}" for text in slide["covered"]]
    assert not faults, "\n\n".join(faults)
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    assert slides[0]["text"].startswith(cells[0].source.splitlines()[0].removeprefix("# "))
    assert "The question again" in slides[-1]["text"]
    assert len({slide["text"] for slide in slides}) > (10 if name == "00_start_here" else 15)
    assert min(height for slide in slides for height in slide["figures"]) > 200


def test_every_slider_at_its_ends(lesson):
    page, name = lesson
    source, *expected = (SCRUBBERS | EXPLORERS)[name]
    cell = scroll_to(page, source)
    picture, says = cell.locator("svg[role=img]"), cell.locator("[role=status]")
    expect(picture).to_be_visible()
    handles = cell.locator(".noUi-handle")
    assert_it_says_what_it_shows(page, cell)
    if name in SCRUBBERS:
        last, first = expected
        for key, said in zip(["End", "Home", *["ArrowRight"] * 9], [last, *first], strict=False):
            handles.press(key)
            expect(picture).to_have_attribute("aria-label", re.compile(said))
            assert_it_says_what_it_shows(page, cell)
        return
    expect(handles).to_have_count(*expected)
    default = settled(page, partial(picture.get_attribute, "aria-label"))
    for handle in handles.all():  # no default is the largest value; what each value shows: test_explorers.py
        for key, end in [("Home", "min"), ("End", "max")]:
            value = settled(page, partial(handle.get_attribute, f"aria-value{end}"))
            handle.press(key)
            expect(handle).to_have_attribute("aria-valuenow", value)
        expect(picture).not_to_have_attribute("aria-label", default)
        expect(says).to_contain_text(settled(page, partial(picture.get_attribute, "aria-label")))
        expect(says).not_to_contain_text("cannot")
        # What a slider sends late, a button would overtake.
        seen(page, lambda: settled(page, lambda: page.evaluate(KERNEL)), lambda status: status == "idle")
        cell.get_by_role("button", name="Reset").click()
        expect(says).to_contain_text("Back at the start.")
        expect(picture).to_have_attribute("aria-label", default)


@pytest.mark.parametrize("lesson", ["06_restarts"], indirect=True)
def test_a_click_on_the_restart_map_chooses_a_start(lesson):
    page, _ = lesson
    cell = scroll_to(page, "restarts_explorer()")
    picture, says = cell.locator("svg[role=img]"), cell.locator("[role=status]")
    box = settled(page, picture.bounding_box)
    chosen = []
    for part in (0.15, 0.4):
        page.mouse.click(box["x"] + part * box["width"], box["y"] + 0.5 * box["height"])
        expect(says).to_contain_text("start: ")
        chosen.append(settled(page, says.inner_text))
    assert chosen[0] != chosen[1]
    cell.get_by_role("button", name="Reset").click()
