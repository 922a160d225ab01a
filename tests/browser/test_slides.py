"""The lessons as slides, at 150% zoom on a 1280 x 720 screen: each fits, the live figure too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lab import open_notebook, run_all, running_lab, wait_until_idle

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = {
    "00_start_here": "00 · Start here",
    "01_classes": "01 · Classes",
    "02_objects": "02 · Objects",
    "03_e_step": "03 · The E-step",
    "04_m_step": "04 · The M-step",
    "05_em": "05 · EM",
    "06_restarts": "06 · Restarts",
    "07_truth": "07 · Truth",
    "08_when_em_breaks": "08 · When EM breaks",
}
WIDTH, HEIGHT = 853, 480  # CSS pixels of a 1280 x 720 screen at 150%
ON_SCREEN = """() => [...document.querySelectorAll('.jp-Notebook .jp-deck-mod-onscreen')].map(cell => {
  const box = cell.getBoundingClientRect();
  return {top: box.top, bottom: box.bottom, text: cell.innerText.trim()};
}).filter(cell => cell.bottom > cell.top)"""


@pytest.fixture
def projector(chromium):
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
    yield context.new_page()
    context.close()


@pytest.fixture
def own_lab(tmp_path):
    """A JupyterLab for one test: the deck remembers that it was on."""
    folder, home = tmp_path / "notebooks", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    with running_lab(folder, home) as url:
        yield folder, url


@pytest.mark.parametrize("name", LESSONS)
def test_every_slide_fits(own_lab, projector, name):
    folder, url = own_lab
    page = projector
    shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder / "slides.ipynb")
    open_notebook(page, url, "slides.ipynb")
    run_all(page)
    wait_until_idle(page)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.locator('[data-command="deck:toggle"]').first.click()
    forward = page.locator(".jp-deck-mod-direction-forward").first
    forward.wait_for()
    seen, overfull, alive = [], [], False
    for _ in range(100):
        page.wait_for_timeout(300)  # the deck moves its cells in a little animation
        if page.locator(".jp-deck-mod-onscreen svg[role=img]").count():
            figure = page.locator("svg[role=img]").first
            assert figure.bounding_box()["height"] > 200
            alive = True
        cells = page.evaluate(ON_SCREEN)
        text = "\n".join(cell["text"] for cell in cells)
        if not seen or text != seen[-1]:
            seen.append(text)
            edges = min(cell["top"] for cell in cells), max(cell["bottom"] for cell in cells)
            if not 0 <= edges[0] <= edges[1] <= HEIGHT:
                overfull.append((edges, text))
        if "mod-disabled" in forward.get_attribute("class"):
            break
        forward.click()
    assert not overfull, "\n\n".join(f"{edges}: {text}" for edges, text in overfull)
    assert seen[0].startswith(LESSONS[name])
    assert "The question again" in seen[-1]
    assert len(seen) > (10 if name == "00_start_here" else 15)
    assert alive
