"""A lesson that a learner ran and saved, opened again without its kernel: pictures, sentences, no error."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest
from lab import open_notebook, run_all, scroll_to, slider, wait_until_idle
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from gmm_lesson.explorers.page import WIDGET

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tool  # noqa: E402

EXPLORER, SCRUBBER, PREDICT, BROKEN = "e_step_explorer()", "em_scrubber()", "predict(", "break_it("
MISSED = re.compile("(loading|displaying) widget", re.IGNORECASE)
BAR = """
from gmm_lesson.engine import progress
progress.PATIENCE = 0.0
with progress.count(10, "work", "piece") as show:
    for done in range(10):
        show(done, "")
""".strip()


def save(page):
    with page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url) as saved:
        page.get_by_role("menuitem", name="File", exact=True).click()
        page.get_by_text("Save Notebook", exact=True).click()
    assert saved.value.ok


@pytest.fixture(scope="module")
def saved(lab, chromium):
    """Lesson 03 and a scrubber, run and saved; its slider was moved after that, and it was saved again."""
    folder, url = lab
    notebook = nbformat.read(ROOT / "notebooks" / "03_e_step.ipynb", as_version=4)
    for source in (f"from gmm_lesson.explorers import em_scrubber\n{SCRUBBER}", BAR):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(notebook, folder / "saved.ipynb")
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    open_notebook(page, url, "saved.ipynb")
    run_all(page)
    wait_until_idle(page)
    save(page)
    cell = scroll_to(page, EXPLORER)
    handle = slider(cell, "mean of A")
    handle.focus()
    handle.press("ArrowRight")
    expect(cell.locator("[role=status]")).to_contain_text("mean of A: 0.25. A mixture")
    expect(cell.locator("svg[role=img]")).to_have_attribute("aria-label", re.compile("A: .* mean 0.25"))
    save(page)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_text("Shut Down Kernel", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^No Kernel")).first).to_be_visible()
    page.close()
    return folder / "saved.ipynb", url


def test_pictures_and_sentences_are_there_and_no_widget_is_missed(saved, page):
    _, url = saved
    open_notebook(page, url, "saved.ipynb")
    for source, picture, said in [
        (EXPLORER, True, "A mixture of 2 classes over 60 objects"),
        (PREDICT, False, "Predict."),
        (BROKEN, False, "Break it."),
        (SCRUBBER, True, "EM from a guess, in 15 steps"),
        ("progress.PATIENCE", False, None),
    ]:
        cell = scroll_to(page, source)
        if picture:
            image = cell.locator(".jp-RenderedImage img")
            expect(image).to_be_visible()
            page.wait_for_function("image => image.naturalWidth > 1000", arg=image.element_handle())
        if said:
            expect(cell.locator(".jp-RenderedMarkdown", has_text=said)).to_be_visible()
        expect(cell.get_by_text(MISSED)).to_have_count(0)
    expect(page.get_by_text(MISSED)).to_have_count(0)


@pytest.mark.parametrize("exporter", [tool.exporter, HTMLExporter], ids=["the project's", "the stock one"])
def test_the_same_file_as_html_has_its_pictures(saved, exporter):
    path, _ = saved
    notebook = nbformat.read(path, as_version=4)
    data = [out.data for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]
    assert not [each for each in data if WIDGET in each]
    html, _ = exporter().from_notebook_node(notebook)
    assert len(re.findall('src="data:image/png', html)) == sum("image/png" in each for each in data) > 1
    assert "Loading widget" not in html
