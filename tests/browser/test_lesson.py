"""Lesson 03 in JupyterLab, as a student meets it: read cold, run from the top, moved, answered, checked."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lab import open_notebook, run_all, scroll_to, slider
from playwright.sync_api import expect

LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "03_e_step.ipynb"
ANSWER = """def my_e_step(y, weights, means, variances):
    distance = np.asarray(y)[:, None] - means
    joint = np.asarray(weights) * np.exp(-(distance**2) / (2 * np.asarray(variances)))
    return joint / joint.sum(axis=1, keepdims=True)"""


@pytest.fixture
def lesson(lab, page, request):
    folder, url = lab
    name = f"{request.node.name}.ipynb"
    shutil.copy(LESSON, folder / name)
    open_notebook(page, url, name)
    return page


def test_cold_it_shows_its_stored_picture_and_hides_its_answers(lesson):
    cell = scroll_to(lesson, "e_step_explorer()")
    image = cell.locator(".jp-RenderedImage img")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 1600)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("log-likelihood -146.539")
    question = scroll_to(lesson, 'predict("03-wide")')
    expect(question.get_by_text("B, almost certainly").first).to_be_visible()
    expect(question.get_by_text("4 sds from A")).to_be_hidden()
    question.locator("summary").click()
    expect(question.get_by_text("4 sds from A")).to_be_visible()


def test_run_as_a_student_runs_it(lesson):
    run_all(lesson)
    explorer = scroll_to(lesson, "e_step_explorer()")
    picture = explorer.locator("svg[role=img]")
    expect(picture).to_be_visible()
    handle = slider(explorer, "probe at y")
    handle.focus()
    handle.press("ArrowRight")
    expect(explorer.locator("[role=status]")).to_contain_text("Who owns y = -3.75?")
    handle.press("Home")
    handle.press("End")
    expect(explorer.locator("[role=status]")).to_contain_text(
        re.compile(r"Who owns y = 1\d\.\d\d\? A 0\.000")
    )
    expect(picture).to_have_attribute("aria-label", re.compile(r"Who owns y = 1\d\.\d\d\?"))

    question = scroll_to(lesson, 'predict("03-midpoint")')
    expect(question.get_by_text("only the weights speak")).to_have_count(0)
    question.get_by_role("textbox").last.fill("0,9")
    question.get_by_role("button", name="Commit").click()
    expect(question.locator("[role=status]")).to_contain_text("Right.")
    expect(question.locator("[role=status]")).to_contain_text("only the weights speak")

    check = scroll_to(lesson, "check.e_step(my_e_step)")
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not started.")
    stub = scroll_to(lesson, "def my_e_step")
    editor = stub.locator(".cm-content")
    editor.click()
    editor.press("Control+a")
    lesson.keyboard.insert_text(ANSWER)
    lesson.keyboard.press("Shift+Enter")  # runs the stub and goes on to the check
    lesson.keyboard.press("Shift+Enter")
    check = scroll_to(lesson, "check.e_step(my_e_step)")
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not yet: factor left out.")

    lab = scroll_to(lesson, 'break_it("e_step")')
    lab.locator("select").select_option("weights left out")
    expect(lab.locator("[role=status]")).to_contain_text("Alarms: none.")
    lab.locator("select").select_option("not shared out")
    expect(lab.locator("[role=status]")).to_contain_text("Alarms: a row does not sum to one.")
