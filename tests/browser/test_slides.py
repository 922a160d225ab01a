"""Lesson 03 as slides, at 150% zoom on a 1280 x 720 screen: each fits, the live figure too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lab import open_notebook, run_all
from playwright.sync_api import expect

LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "03_e_step.ipynb"
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


def test_every_slide_fits(lab, projector):
    folder, url = lab
    page = projector
    shutil.copy(LESSON, folder / "slides.ipynb")
    open_notebook(page, url, "slides.ipynb")
    run_all(page)
    expect(page.locator("[role=status]").filter(has_text="A mixture of").first).to_be_attached(timeout=60_000)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.locator('[data-command="deck:toggle"]').first.click()
    forward = page.locator(".jp-deck-mod-direction-forward").first
    forward.wait_for()
    seen, alive = [], False
    for _ in range(100):
        page.wait_for_timeout(400)  # the deck moves its cells in a little animation
        if page.locator(".jp-deck-mod-onscreen svg[role=img]").count():
            figure = page.locator("svg[role=img]").first
            assert figure.bounding_box()["height"] > 200
            alive = True
        cells = page.evaluate(ON_SCREEN)
        text = "\n".join(cell["text"] for cell in cells)
        if not seen or text != seen[-1]:
            seen.append(text)
            assert max(cell["bottom"] for cell in cells) <= HEIGHT, text
            assert min(cell["top"] for cell in cells) >= 0, text
        if "mod-disabled" in forward.get_attribute("class"):
            break
        forward.click()
    assert seen[0].startswith("03 · The E-step")
    assert "The question again" in seen[-1]
    assert len(seen) > 20
    assert alive
