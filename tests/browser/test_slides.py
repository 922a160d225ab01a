"""The lessons as slides, at 150% zoom on a 1280 x 720 screen: each fits, the live figure too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lab import open_notebook, run_all, running_lab, seen, settled, wait_until_idle

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
"""What stands on a slide: each cell's edges and text."""
CUT = """() => [...document.querySelectorAll('.jp-deck-mod-onscreen .cm-line')].flatMap(line => {
  const area = line.closest('.jp-InputArea-editor').getBoundingClientRect(), text = document.createRange();
  text.selectNodeContents(line);
  const right = Math.max(0, ...[...text.getClientRects()].map(box => box.right));
  return area.width && right > Math.min(area.right, innerWidth) ? [line.innerText] : [];
})"""
"""Lines of code that go on beyond the right edge of their cell."""
COVERED = """() => {
  const arrows = [...document.querySelectorAll('[class*=jp-deck-mod-direction]')]
    .map(arrow => arrow.getBoundingClientRect()).filter(box => box.width);
  const walk = document.createTreeWalker(document.querySelector('.jp-Notebook'), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; node = walk.nextNode();) {
    if (!node.parentElement.closest('.jp-deck-mod-onscreen') || !node.data.trim()) continue;
    if (!node.parentElement.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const text = document.createRange();
    text.selectNodeContents(node);
    const boxes = [...text.getClientRects()];
    const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    if (boxes.some(a => arrows.some(b => meets(a, b)))) found.push(node.data.trim());
  }
  return found;
}"""
"""Texts that lie under the arrows of the deck."""


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
    slides, faults, alive = [], [], False
    for _ in range(100):
        # The deck moves its cells in a little animation: whatever is looked at has come to rest.
        cells = settled(page, lambda: page.evaluate(ON_SCREEN))
        figures = page.locator(".jp-deck-mod-onscreen svg[role=img]")
        if settled(page, figures.count):
            seen(page, figures.first.bounding_box, lambda box: box["height"] > 200)
            alive = True
        text = "\n".join(cell["text"] for cell in cells)
        if not slides or text != slides[-1]:
            slides.append(text)
            edges = min(cell["top"] for cell in cells), max(cell["bottom"] for cell in cells)
            if not 0 <= edges[0] <= edges[1] <= HEIGHT:
                faults.append(f"from {edges[0]:g} to {edges[1]:g}: {text}")
            faults += [f"cut at the right: {line}" for line in settled(page, lambda: page.evaluate(CUT))]
            faults += [
                f"under the arrows: {words}" for words in settled(page, lambda: page.evaluate(COVERED))
            ]
        if "mod-disabled" in settled(page, lambda: forward.get_attribute("class")):
            break
        forward.click()
    assert not faults, "\n\n".join(faults)
    assert slides[0].startswith(LESSONS[name])
    assert "The question again" in slides[-1]
    assert len(slides) > (10 if name == "00_start_here" else 15)
    assert alive
